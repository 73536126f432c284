"""「四季达标」 is not believed beside the firm's own exceedance: the row is open, and so is every level that needs it."""

from dataclasses import replace
from fractions import Fraction

import pytest

from app.assessment.finding import Missing, Reached
from app.assessment.indicator_system import Indicator, IndicatorKind, Level
from app.assessment.remarks import Code
from app.audit.compliance import contradiction
from app.audit.findings import assess_project, findings_of, found_indicators
from app.audit.project import AuditProject
from app.forms.answer import AnswerBook, Given, cell_key, indicator_key
from app.measures.apply import with_changes
from app.standards.yaml_source import load_system_file
from tests.helpers.forms import RESOURCES, sample_project, with_answer

KEPT = "legal-compliance"
SYSTEMS = sorted((RESOURCES / "indicator_systems").glob("*.yaml"))


def with_monitoring(book: AnswerBook, **cells: str) -> AnswerBook:
    """One more result, of COD in mg/L unless told otherwise."""
    row = {"outlet": "DW001", "item": "COD", "unit": "mg/L", "result": "95", "limit": "80", **cells}
    answers = dict(book.answers)
    answers |= {cell_key("env.monitoring", "x1", name): Given(text) for name, text in row.items()}
    rows = {**book.rows, "env.monitoring": (*book.row_ids("env.monitoring"), "x1")}
    return AnswerBook(answers, rows)


def exceeding() -> AuditProject:
    return sample_project(with_monitoring(sample_project().book))


def test_the_row_is_open_and_the_level_with_it() -> None:
    before = assess_project(sample_project())
    assert before.level is Level.III
    found = assess_project(exceeding())
    assert found.level is None
    assert found.level_range == (Level.III, Level.NONE)
    assert KEPT in found.missing
    said = [one for one in found.remarks if one.code is Code.CONTRADICTED]
    assert [one.indicators for one in said] == [(KEPT,)]
    assert "DW001 COD 95 mg/L，超过限值 80" in said[0].text


def test_it_says_where_it_comes_from() -> None:
    found = found_indicators(exceeding())[KEPT]
    assert found.finding == Missing(contradicted=True)
    assert [child.value for child in found.trace.children] == [Fraction(95), Fraction(80)]


@pytest.mark.parametrize(
    ("cells", "believed"),
    [
        ({"result": "79.9"}, True),
        ({"result": "80"}, True),
        ({"result": "80.0001"}, False),
        ({"result": "", "limit": "80"}, True),
        ({"item": "pH", "unit": "", "result": "5.2", "limit": ""}, True),
        ({"item": "厂界噪声", "unit": "dB(A)", "result": "68", "limit": "65"}, False),
    ],
)
def test_only_what_is_above_its_limit_counts(cells: dict[str, str], believed: bool) -> None:
    project = sample_project(with_monitoring(sample_project().book, **cells))
    assert isinstance(findings_of(project)[KEPT], Reached) is believed


def test_a_total_counts_in_the_base_year_only() -> None:
    book = sample_project().book
    row = book.row_ids("env.totals")[0]
    for column, believed in (("y2", True), ("y1", True), ("y0", False)):
        changed = with_answer(book, cell_key("env.totals", row, column), "999999")
        found = findings_of(sample_project(changed))[KEPT]
        assert isinstance(found, Reached) is believed, column


def test_owning_up_gives_a_level_again() -> None:
    project = exceeding()
    key = indicator_key(project.table_id, KEPT)
    told = assess_project(sample_project(with_answer(project.book, key, "none")))
    assert told.level is Level.NONE


def test_a_measure_that_raises_it_is_believed() -> None:
    later = with_changes(exceeding(), {}, {KEPT: "I"})
    assert findings_of(later)[KEPT] == Reached(Level.I)
    assert assess_project(later).level is Level.III


def test_answers_of_older_exceedances_stay(tmp_path: object) -> None:
    """Nothing of it is in the file: the answer is still there and counts as soon as the monitoring is put right."""
    project = exceeding()
    key = indicator_key(project.table_id, KEPT)
    assert project.book.text(key) == sample_project().book.text(key)
    mended = with_answer(project.book, cell_key("env.monitoring", "x1", "result"), "75")
    assert assess_project(sample_project(mended)).level is Level.III


def all_exceeded() -> AnswerBook:
    """A result in a unit nobody knows and a total, both above their limits."""
    book = with_monitoring(AnswerBook(), unit="")
    total = {"permitted": "5", "y0": "6"}
    answers = {cell_key("env.totals", "r1", name): Given(text) for name, text in total.items()}
    return AnswerBook({**book.answers, **answers}, {**book.rows, "env.totals": ("r1",)})


def rows_of_keeping_limits() -> list[tuple[str, Indicator]]:
    found = []
    for path in SYSTEMS:
        system = load_system_file(path).system
        found += [
            (f"{system.id} {row.id}", row)
            for table in system.tables
            for row in table.indicators()
            if contradiction(all_exceeded(), row) is not None
        ]
    return found


ROWS = rows_of_keeping_limits()


def test_every_document_that_asks_for_it_is_seen() -> None:
    documents = {name.split()[0] for name, _ in ROWS}
    assert documents >= {
        "electroplating-2015", "coating-2016", "pcb-64-draft", "pcb-hj450-2008", "steel-gd-benchmark-form",
    }  # fmt: skip
    assert all(row.kind is IndicatorKind.QUALITATIVE for _, row in ROWS)


def contradicted(unit: str) -> set[str]:
    """Ids of the rows of the printed-board draft that a result above its limit in that unit speaks against."""
    book = with_monitoring(AnswerBook(), unit=unit)
    return {
        name.split()[1]
        for name, row in ROWS
        if name.startswith("pcb-64") and contradiction(book, row) is not None
    }


def test_noise_speaks_against_noise_and_water_against_water() -> None:
    assert contradicted("mg/L") == {"wastewater-treatment", "legal-compliance"}
    assert contradicted("mg/m³") == {"waste-gas-treatment", "legal-compliance"}
    assert contradicted("dB(A)") == {"noise", "legal-compliance"}
    assert contradicted("") == {
        "wastewater-treatment", "waste-gas-treatment", "noise", "legal-compliance"
    }  # fmt: skip


def test_concentrations_and_totals_speak_against_what_asks_for_them() -> None:
    rows = {name.split()[1]: row for name, row in ROWS if name.startswith("steel")}
    assert set(rows) == {"compliance", "total-control"}
    concentration = with_monitoring(AnswerBook())
    total = AnswerBook(
        {cell_key("env.totals", "r1", name): Given(text) for name, text in (("permitted", "5"), ("y0", "6"))},
        {"env.totals": ("r1",)},
    )  # fmt: skip
    for book, against in ((concentration, "compliance"), (total, "total-control")):
        assert {one for one, row in rows.items() if contradiction(book, row)} == {against}


def test_raised_rows_are_no_part_of_what_two_audits_share() -> None:
    project = sample_project()
    assert replace(project, raised=frozenset({KEPT})) != project
