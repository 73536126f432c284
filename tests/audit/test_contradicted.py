"""「四季达标」 is not believed beside the firm's own exceedance: the row is open, and so is every level that needs it."""

from dataclasses import replace
from fractions import Fraction

import pytest

from app.assessment.finding import Missing, Reached
from app.assessment.indicator_system import (
    LEVELS,
    Indicator,
    IndicatorSystem,
    Level,
    Requirement,
)
from app.assessment.remarks import Code
from app.audit.findings import assess_project, findings_of, found_indicators
from app.audit.own_ties import with_own_ties
from app.audit.project import AuditProject
from app.forms.answer import AnswerBook, Given, cell_key, indicator_key
from app.measures.apply import with_changes
from tests.helpers.forms import sample_project, with_answer
from tests.helpers.systems import category, qualitative, system

KEPT = "legal-compliance"


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
    assert "DW001 COD测得 95 mg/L，限值 80 mg/L" in said[0].text


def test_it_says_where_it_comes_from() -> None:
    finding = found_indicators(exceeding())[KEPT].finding
    assert isinstance(finding, Missing)
    assert finding.doubt is not None
    assert [(one.value, one.limit) for one in finding.doubt.facts] == [(Fraction(95), Fraction(80))]


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


def own_document() -> IndicatorSystem:
    """A document the user brought in: no map says what its rows are held against."""

    def row(name: str, text: str) -> Indicator:
        return qualitative(name, benchmarks={level: Requirement(text) for level in LEVELS})

    rows = (
        row("kept", "废水、废气、噪声达到国家和地方排放标准；满足总量控制指标"),
        row("noise", "厂界噪声稳定达标"),
        row("other", "有用水计量"),
    )
    return system(category("c", None, *rows))


def test_a_document_of_the_user_is_held_against_data_by_its_words() -> None:
    own = own_document()
    tables = with_own_ties(None, own, {})
    assert tables is not None
    assert tables.held[own.tables[0].id] == {
        "kept": ("limits", "totals"),
        "noise": ("limits_noise",),
    }


def test_raised_rows_are_no_part_of_what_two_audits_share() -> None:
    project = sample_project()
    assert replace(project, raised=frozenset({KEPT})) != project
