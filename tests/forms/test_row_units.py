"""A unit that stands in the row's name, its chosen option or its own column: taken, converted, or asked about."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache

import pytest

from app.assessment.units import UNITS, find_unit, times_between
from app.audit.project import AuditProject
from app.checkup.page_remarks import Severity, check_page
from app.forms.answer import AnswerBook, Given, cell_key
from app.forms.parse import is_unread, number_in, parse_answer
from app.forms.question import Question, QuestionKind, RowsKind, TableQuestion
from app.forms.row_units import asked_in, in_row, unit_column, unit_in_name
from tests.helpers.forms import sample_book, sample_project, shipped_forms

# Columns of numbers without any unit, each with its reason.
WITHOUT = {
    "focus.candidates": "marks of a ranking",
    "measures.screening": "marks of a ranking",
    "measures.list": "worked out",
    "voc.processes.activity": "as the factor picked in the row says, shown beside it",
    "env.caps.output": "as the limit picked in the row says, shown beside it",
    "env.caps.count": "layers, exposures",
    "product.list": "where the row has no unit yet",
}


def _tables() -> Iterator[tuple[str, TableQuestion]]:
    for name, questions in shipped_forms().questionnaires.items():
        for page in questions.pages():
            for card in page.cards:
                for item in card.items:
                    if isinstance(item, TableQuestion):
                        yield name, item


def _asked_without_unit(table: TableQuestion) -> list[Question]:
    return [
        c for c in table.columns if c.kind is QuestionKind.NUMBER and not c.derived and not c.unit
    ]


def _rows(table: TableQuestion) -> Iterator[tuple[str, AnswerBook]]:
    """A row of each kind the table has, with an audit that holds it."""
    if table.rows is RowsKind.FIXED:
        yield from ((one.id, AnswerBook({})) for one in table.fixed_rows)
    elif table.rows is RowsKind.FOLLOWING:
        key = cell_key(table.rows_of, "r1", "unit")
        yield "r1", AnswerBook({key: Given("kg")}, {table.rows_of: ("r1",)})
    elif unit_column(table) is not None:
        for unit in ("kg", "t", "mg/m³", "L/人次", "%"):
            key = cell_key(table.id, "r1", "unit")
            yield "r1", AnswerBook({key: Given(unit)}, {table.id: ("r1",)})
    else:
        for column in table.columns:
            for one in column.options:
                if unit_in_name(one.label):
                    key = cell_key(table.id, "r1", column.id)
                    yield "r1", AnswerBook({key: Given(one.id)}, {table.id: ("r1",)})


@cache
def _cells() -> dict[str, Question]:
    found = {}
    for _, table in _tables():
        for row, book in _rows(table):
            for column in table.columns:
                asked = in_row(column, table, row, book)
                if asked.kind is QuestionKind.NUMBER and not asked.derived and asked.unit:
                    found[f"{table.id}.{column.id} {row} {asked.unit}"] = asked
    return found


def test_every_number_has_a_unit_or_a_reason_to_have_none() -> None:
    for name, table in _tables():
        rows = list(_rows(table))
        for column in _asked_without_unit(table):
            known = bool(rows) and all(in_row(column, table, r, b).unit for r, b in rows)
            reason = WITHOUT.get(table.id) or WITHOUT.get(f"{table.id}.{column.id}")
            assert known or reason, f"{name}: {table.id}.{column.id} has no unit"


@pytest.mark.parametrize("place", sorted(_cells()))
def test_its_own_unit_is_taken_a_like_one_converted_another_asked(place: str) -> None:
    question = replace(_cells()[place], check=type(_cells()[place].check)())
    plain = parse_answer(question, "46")
    with_unit = parse_answer(question, f"46{question.unit}")
    spaced = parse_answer(question, f"４６ {question.unit}")
    for read in (with_unit, spaced):
        assert number_in(read) is not None, read.problem
        assert number_in(read).text == number_in(plain).text == "46"  # type: ignore[union-attr]
    own = find_unit(question.unit)
    if own is None:
        return
    for other in UNITS.values():
        times = times_between(other.symbol, question.unit) if other.symbol else None
        if times is None:
            continue
        media = {other.dimension, own.dimension}
        if media == {"concentration in liquid", "concentration in gas"}:
            continue  # of water and of air: asked, below
        read = parse_answer(question, f"46{other.symbol}")
        got = number_in(read)
        assert got is not None, (other.symbol, read.problem)
        assert Fraction(got.text) == 46 * times, other.symbol
    strange = "kWh" if own.dimension != "energy" else "kg"
    refused = parse_answer(question, f"46{strange}")
    assert is_unread(refused.answer)
    assert question.unit in refused.problem.what  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("table", "row", "answers", "column", "typed", "expected"),
    [
        ("voc.swap", "solids", {}, "now", "46%", "46"),
        ("voc.swap", "amount", {}, "now", "4.6吨", "4600"),
        ("after.plant", "hazardous", {}, "after", "4600 公斤", "4.6"),
        ("after.plant", "water", {}, "after", "6,450吨", "6450"),
        ("after.plant", "electricity", {}, "after", "19.48万度", "194800"),
        ("energy.before", "diesel", {}, "y1", "2.8t", "2800"),
        ("materials.list", "r1", {"unit": "吨"}, "y0", "15.6吨", "15.6"),
        ("materials.list", "r1", {"unit": "吨"}, "y0", "15600kg", "15.6"),
        ("materials.list", "r1", {"unit": "万套"}, "y0", "6.12万套", "6.12"),
        ("materials.list", "r1", {"unit": "桶"}, "y0", "30桶", "30"),
        ("materials.list", "r1", {"unit": "桶"}, "y0", "3万桶", "30000"),
        ("materials.list", "r1", {"unit": "万桶"}, "y0", "3000桶", "0.3"),
        ("targets.list", "r1", {"unit": "L/人次"}, "near", "52L/人次", "52"),
        ("env.monitoring", "r1", {"unit": "mg/m³"}, "result", "2.6mg/m3", "2.6"),
        ("env.monitoring", "r1", {"unit": "mg/L"}, "result", "<0.02mg/L", "0.01"),
        ("env.monitoring", "r1", {"unit": "mg/L"}, "limit", "≤80 mg/L", "80"),
        ("energy.meters", "r1", {"medium": "water"}, "closing", "1,203吨", "1203"),
        ("energy.more", "r1", {"carrier": "solar"}, "y0", "3.2万度", "32000"),
    ],
)
def test_as_people_write_it(
    table: str, row: str, answers: dict[str, str], column: str, typed: str, expected: str
) -> None:
    found = next(one for _, one in _tables() if one.id == table)
    book = AnswerBook(
        {cell_key(table, row, k): Given(v) for k, v in answers.items()}, {table: (row,)}
    )
    question = next(one for one in found.columns if one.id == column)
    read = parse_answer(in_row(question, found, row, book), typed)
    assert read.problem is None, read.problem
    assert isinstance(read.answer, Given)
    assert read.answer.text == expected


@pytest.mark.parametrize(
    ("unit", "column", "typed", "offers"),
    [
        ("mg/L", "result", "41 mg/m³", ["41", "0.041"]),
        ("mg/L", "result", "41000 μg/m3", ["41000", "0.041"]),
        ("mg/m³", "result", "41毫克每升", ["41", "41000"]),
        ("mg/L", "limit", "80mg/m3", ["80", "0.08"]),
        ("mg/L", "limit", "80", None),
        ("mg/L", "result", "41000 μg/L", None),
        ("mg/m³", "result", "0.041 g/m³", None),
    ],
)
def test_a_result_of_air_in_a_row_of_water_is_asked_about(
    unit: str, column: str, typed: str, offers: list[str] | None
) -> None:
    found = next(one for _, one in _tables() if one.id == "env.monitoring")
    question = next(one for one in found.columns if one.id == column)
    book = AnswerBook({"env.monitoring/r1/unit": Given(unit)}, {"env.monitoring": ("r1",)})
    read = parse_answer(in_row(question, found, "r1", book), typed)
    if offers is None:
        assert number_in(read) is not None
        return
    assert is_unread(read.answer)
    assert [one.typed for one in read.offers] == offers
    assert "水样" in read.problem.what  # type: ignore[union-attr]


def test_a_unit_where_the_row_has_none_yet_is_asked_for() -> None:
    found = next(one for _, one in _tables() if one.id == "materials.list")
    question = next(one for one in found.columns if one.id == "y0")
    book = AnswerBook({}, {"materials.list": ("r1",)})
    read = parse_answer(in_row(question, found, "r1", book), "4.6吨")
    assert is_unread(read.answer)
    assert "「单位」写 吨" in read.problem.remedy  # type: ignore[union-attr]


def _remarks_with(unit: str, answer: Given) -> list[tuple[Severity, str, list[str]]]:
    book = sample_book()
    key = cell_key("materials.list", "r99", "y0")
    answers = {**book.answers, key: answer, cell_key("materials.list", "r99", "unit"): Given(unit)}
    rows = {**book.rows, "materials.list": (*book.row_ids("materials.list"), "r99")}
    project: AuditProject = sample_project(AnswerBook(answers, rows))
    (page,) = [
        p for p in project.questionnaire.pages() if p.id == project.index.page_of("materials.list")
    ]
    found = check_page(page, project.book, project.derivation)
    return [(r.severity, r.what, [o.typed for o in r.offers]) for r in found if r.key == key]


def test_a_unit_changed_afterwards_is_seen_and_nothing_is_rewritten() -> None:
    assert _remarks_with("吨", Given("4.6", raw="4600kg")) == []
    ((severity, what, offers),) = _remarks_with("kg", Given("4.6", raw="4600kg"))
    assert severity is Severity.MUST
    assert "4,600 kg" in what
    assert offers == ["4600kg"]
    ((severity, what, offers),) = _remarks_with("m", Given("4.6", raw="4600kg"))
    assert severity is Severity.MUST
    ((severity, what, offers),) = _remarks_with("吨", Given("", raw="4.6吨"))
    assert severity is Severity.MUST
    assert offers == ["4.6吨"]
    assert _remarks_with("吨", Given("590000", raw="590")) == []  # pasted below a head of 千吨


def _single(key: str) -> tuple[AuditProject, Question]:
    project = sample_project(AnswerBook({**sample_book().answers}, sample_book().rows))
    place = project.index.places[key]
    return project, place.question


@pytest.mark.parametrize("key", ["after.output", "after.output_before"])
@pytest.mark.parametrize(
    ("unit", "typed", "expected"),
    [
        ("m²", "27万 m²", "270000"),
        ("万m²", "27万m²", "27"),
        ("件", "1.2 万件", "12000"),
        ("t", "1200kg", "1.2"),
        ("人次", "3.5万人次", "35000"),
        ("桶", "2万桶", "20000"),
    ],
)
def test_output_is_typed_in_the_unit_that_another_question_says(
    key: str, unit: str, typed: str, expected: str
) -> None:
    project, question = _single(key)
    book = AnswerBook({**project.book.answers, "after.output_unit": Given(unit)})
    read = parse_answer(asked_in(question, project.index, book), typed)
    assert number_in(read) == Given(expected, raw=read.answer.raw)  # type: ignore[union-attr]
    wrong = parse_answer(asked_in(question, project.index, book), "30 GJ")
    assert is_unread(wrong.answer)


def test_output_before_its_unit_is_said_names_the_question() -> None:
    project, question = _single("after.output")
    read = parse_answer(asked_in(question, project.index, AnswerBook({})), "27万 m²")
    assert is_unread(read.answer)
    assert "先在「产量单位」写 m²" in read.problem.remedy  # type: ignore[union-attr]


def test_a_unit_said_afterwards_offers_what_was_typed() -> None:
    book = sample_book()
    answers = {**book.answers, "after.output": Given("", raw="27万 m²"), "after.output_unit": Given("m²")}  # fmt: skip
    project = sample_project(AnswerBook(answers, book.rows))
    (page,) = [p for p in project.questionnaire.pages() if p.id == project.index.page_of("after.output")]  # fmt: skip
    found = [r for r in check_page(page, project.book, project.derivation) if r.key == "after.output" and r.offers]  # fmt: skip
    assert [o.typed for o in found[0].offers] == ["27万 m²"]


_OTHER = next(
    one for _, table in _tables() if table.id == "measures.savings" for one in table.columns if one.id == "other_energy"
)  # fmt: skip


def test_fuels_of_other_energy_have_the_factors_of_the_energy_page() -> None:
    factors = sample_project(sample_book()).derivation.factors.values()
    known = {(one.value / 1000, one.unit) for one in factors if one.unit.startswith("kgce/")}
    for carrier in _OTHER.carriers:
        assert (Fraction(carrier.times), f"kgce/{carrier.unit}") in known, carrier
        assert any(
            one.title.startswith(
                (carrier.name, "热力" if carrier.unit == "GJ" else "", "原煤", "电力")
            )
            for one in factors
            if (one.value / 1000, one.unit) == (Fraction(carrier.times), f"kgce/{carrier.unit}")
        )


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("200 kg 柴油", "0.29142"),
        ("柴油 0.2 吨", "0.29142"),
        ("-200公斤柴油", "-0.29142"),
        ("15GJ外购蒸汽", "0.5118"),
        ("1.2万度 光伏电", "1.4748"),
        ("约 200 kg 柴油", "0.29142"),
        ("煤 2 吨", "1.4286"),
        ("3吨标煤", "3"),
        ("3", "3"),
        ("200kg×0.0014571", "0.29142"),
    ],
)
def test_other_energy_is_typed_as_the_bill_says_it(typed: str, expected: str) -> None:
    read = number_in(parse_answer(_OTHER, typed))
    assert read is not None
    assert read.text == expected
    if "kg" in typed:
        assert "0.0014571 tce/kg" in read.note, "the factor as it is, not rounded"


@pytest.mark.parametrize(
    ("typed", "offered"),
    [("柴油200", ["200 kg 柴油", "200"]), ("2 GJ", ["2 GJ 外购蒸汽"]), ("300度", ["300度 光伏电"])],
)
def test_other_energy_without_a_fuel_or_a_unit_is_asked(typed: str, offered: list[str]) -> None:
    read = parse_answer(_OTHER, typed)
    assert is_unread(read.answer)
    assert [one.typed for one in read.offers] == offered
    for one in read.offers:
        assert number_in(parse_answer(_OTHER, one.typed)) is not None
