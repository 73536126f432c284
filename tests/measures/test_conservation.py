"""What a measure saves is what the audit's figures fall by, for every stream and sector; and an indicator that derives from
emissions moves with them."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.assessment.finding import Measured
from app.audit.findings import finding_of
from app.audit.project import AuditProject
from app.forms.answer import AnswerBook, Given, cell_key, override_key
from app.measures.apply import with_changes, with_measures
from app.measures.model import measures_of
from tests.helpers.forms import printer_project, sample_project, shipped_forms, shipped_system


def _whole(project: AuditProject, stream_id: str) -> Fraction | None:
    stream = next(one for one in project.reference.streams if one.id == stream_id)
    if not stream.whole or stream.whole not in project.derivation.quantities:
        return None
    return project.derivation.figure(stream.whole).value


PROJECTS = {"plating": sample_project, "printer": printer_project}
STREAMS = tuple(one.id for one in sample_project().reference.streams if one.whole and not one.more)


@pytest.mark.parametrize("firm", PROJECTS)
@pytest.mark.parametrize("stream_id", STREAMS)
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(share=st.fractions(min_value=0, max_value=1, max_denominator=97))
def test_the_figure_falls_by_exactly_what_is_saved(
    firm: str, stream_id: str, share: Fraction
) -> None:
    project = PROJECTS[firm]()
    before = _whole(project, stream_id)
    if not before:
        return  # this firm has none of it
    if stream_id == "drain":
        share *= Fraction(
            9, 10
        )  # a little of the plant's waste water is of units no measure is bound to
    after = with_changes(project, {stream_id: before * share}, {})
    assert _whole(after, stream_id) == before * (1 - share)


@pytest.mark.parametrize("stream_id", ["electricity", "water", "voc"])
def test_a_figure_typed_over_moves_too(stream_id: str) -> None:
    project = printer_project()
    stream = next(one for one in project.reference.streams if one.id == stream_id)
    key = override_key(stream.whole)
    book = AnswerBook({**project.book.answers, key: Given("5000", "按表")}, project.book.rows)
    project = printer_project(book)
    assert _whole(with_changes(project, {stream_id: Fraction(700)}, {}), stream_id) == 4300


def test_voc_made_less_is_emitted_less_and_counts_once() -> None:
    project = printer_project()
    made, emitted = (
        project.derivation.figure(name).value for name in ("voc.generated", "voc.emitted")
    )
    assert made is not None
    assert emitted is not None
    less_made = with_changes(project, {"voc_made": Fraction(10000)}, {}).derivation
    assert less_made.figure("voc.generated").value == made - 10000
    fallen = less_made.figure("voc.emitted").value
    assert fallen is not None
    assert fallen < emitted
    both = with_changes(
        project, {"voc_made": Fraction(10000), "voc": emitted - fallen}, {}
    ).derivation
    assert both.figure("voc.emitted").value == fallen, "not once more"
    more = with_changes(project, {"voc": Fraction(-100)}, {}).derivation
    assert more.figure("voc.emitted").value == emitted + 100


def test_what_is_emitted_falls_along_where_only_what_is_made_was_said() -> None:
    project = printer_project()
    row = next(
        r
        for r in project.book.row_ids("measures.list")
        if project.book.text(f"measures.savings/{r}/voc_made")
    )
    answers = dict(project.book.answers)
    both = {one.row_id: one.savings for one in measures_of(project)}[row]
    assert both["voc"] == Fraction(project.book.text(f"measures.savings/{row}/voc")), (
        "as it was said"
    )
    del answers[f"measures.savings/{row}/voc"]
    silent = printer_project(AnswerBook(answers, project.book.rows))
    alone = {one.row_id: one.savings for one in measures_of(silent)}[row]
    after = with_changes(silent, {"voc_made": alone["voc_made"]}, {}).derivation
    before = silent.derivation.figure("voc.emitted").value
    now = after.figure("voc.emitted").value
    assert before is not None
    assert now is not None
    assert alone["voc"] == before - now > 0


def test_an_indicator_of_made_voc_moves_with_a_measure() -> None:
    """涂装: g of VOC per m² painted."""
    base = sample_project()
    answers = {
        "voc.used": Given("yes"), "process.list": Given("painting"),
        "voc.materials/r1/name": Given("溶剂型漆"), "voc.materials/r1/amount": Given("4000"),
        "voc.materials/r1/percent": Given("50"),
        "coating.lines/r1/name": Given("喷漆线"), "coating.lines/r1/y0": Given("20000"),
        "measures.list/r1/name": Given("换水性漆"), "measures.list/r1/cost": Given("3"),
        "measures.savings/r1/voc_made": Given("1200"),
    }  # fmt: skip
    rows = dict.fromkeys(("voc.materials", "coating.lines", "measures.list"), ("r1",))
    book = AnswerBook({**{"audit.base_year": Given("2025")}, **answers}, rows)
    system = shipped_system("coating-2016")
    maps = shipped_forms().derivations["coating-2016"]
    table = next(
        name for name, row in maps.indicators.items() if "coating.voc_area" in row.values()
    )
    project = replace(
        base, book=book, derivation=base.derivation.with_book(book), system=system, table_id=table,
        derivation_map=maps,
    )  # fmt: skip
    indicator = next(
        name for name, quantity in maps.indicators[table].items() if quantity == "coating.voc_area"
    )
    assert finding_of(project, indicator) == Measured(Fraction(100))
    after = with_measures(project, measures_of(project))
    assert finding_of(after, indicator) == Measured(Fraction(40))


@pytest.mark.parametrize(
    ("stream_id", "column", "saved", "figure", "after"),
    [
        ("cod_made", "cod", "60", "pcb.double_cod", "24"),
        ("copper_made", "copper", "60", "pcb.double_copper", "24"),
        ("electricity", "power", "60", "pcb.double_power", "0.024"),
        ("water", "fresh", "60", "pcb.double_water", "0.024"),
        ("drain", "drain", "60", "pcb.double_drain", "0.024"),
    ],
)
def test_a_board_maker_s_indicators_move(
    stream_id: str, column: str, saved: str, figure: str, after: str
) -> None:
    base = sample_project()
    table = "pcb.boards"
    answers = {
        cell_key(table, "r1", "kind"): Given("double"), cell_key(table, "r1", "area"): Given("5000"),
        cell_key(table, "r1", column): Given("180"), "process.list": Given("etching"), "audit.base_year": Given("2025"),
    }  # fmt: skip
    book = AnswerBook(answers, {table: ("r1",)})
    project = replace(base, book=book, derivation=base.derivation.with_book(book))
    changed = with_changes(project, {stream_id: Fraction(saved)}, {})
    assert changed.derivation.figure(figure).value == Fraction(after)
