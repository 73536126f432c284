"""A document that says 只作对照 never gives a level: not on screen, on paper or by command, however good the answers are."""

from fractions import Fraction

import pytest

from app.assessment.engine import assess
from app.assessment.finding import Finding, Measured, Reached
from app.assessment.indicator_system import Direction, IndicatorSystem, Level
from app.assessment.remarks import Code
from app.assessment.scorable import for_comparison_only
from app.audit.findings import assess_project
from app.audit.project import build_project
from app.forms.answer import AnswerBook, Given, indicator_key
from app.papers.chapters.level import result_blocks
from app.services.scoring import assessment_to_plain
from tests.helpers.forms import shipped_forms, shipped_reference, shipped_rules, shipped_system
from tests.helpers.resource_systems import ResourceSystems

ONLY = [name for name in ResourceSystems().ids() if for_comparison_only(shipped_system(name))]


def best(system: IndicatorSystem, table_id: str) -> dict[str, str]:
    """The best answer to every row."""
    found = {}
    for row in system.table(table_id).indicators():
        number = "1000000" if row.direction is Direction.HIGHER else "0"
        found[row.id] = number if row.unit else Level.I.code
    return found


def test_some_documents_are_for_comparison_only() -> None:
    assert {"battery-2015", "coating-2016", "pcb-64-draft"} <= set(ONLY)
    assert not for_comparison_only(shipped_system("electroplating-2015"))
    assert not for_comparison_only(shipped_system("energy-quota-cement-gb16780-2021"))


@pytest.mark.parametrize("system_id", ONLY)
def test_the_best_answers_give_no_level(system_id: str) -> None:
    system = shipped_system(system_id)
    forms = shipped_forms()
    for table in system.tables:
        answers = best(system, table.id)
        book = AnswerBook(
            {indicator_key(table.id, name): Given(text) for name, text in answers.items()}
        )
        project = build_project(
            book,
            forms.questionnaires["industry"],
            forms.quantities,
            forms.factors,
            system=system,
            table_id=table.id,
            rules=shipped_rules(),
            law=shipped_reference().law,
        )
        result = assess_project(project)
        assert result.level is None
        assert result.level_range is None
        assert result.index_range == {}
        assert result.scores == {}
        assert result.reasons[0].code is Code.COMPARISON_ONLY
        assert "只作对照" in str(assessment_to_plain(result, system)["why_not_scored"])
        assert result.trace.value is None
        said = str(result_blocks(project, result))
        assert "只作对照" in said
        assert "判定为" not in said
        assert "decision" not in said


def test_a_case_file_of_known_rows_is_still_worked_out() -> None:
    """Scripts ask for figures with everything they rest on; the level of an audit is another thing."""
    system = shipped_system("battery-2015")
    table = system.tables[0]
    findings: dict[str, Finding] = {
        name: Reached(Level.I) if text == "I" else Measured(Fraction(text))
        for name, text in best(system, table.id).items()
    }
    assert assess(system, table.id, findings).index_range
