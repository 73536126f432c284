"""The best level that the limiting indicators alone leave open: from the system's own thresholds, never more."""

import pytest

from app.assessment.indicator_system import Level, Verification
from app.audit.first_look import FirstLook, first_look, look_rows, without_other_tables
from app.forms.answer import AnswerBook, Given
from tests.helpers.forms import sample_book, sample_project, shipped_forms, shipped_system

PLATING, TABLE = "electroplating-2015", "general-plating"
ESTIMATE = "front.look/general-plating/rinse-water-intake"
PLAN = "indicator/general-plating/emergency-plan"


def looked(answers: dict[str, str], system_id: str = PLATING, table_id: str = TABLE) -> FirstLook:
    system = shipped_system(system_id)
    rows = look_rows(system, table_id, shipped_forms().derivations.get(system_id))
    book = AnswerBook({key: Given(text) for key, text in answers.items()})
    return first_look(book, system, table_id, rows, shipped_forms().front_door.rough)


def test_nothing_answered_nothing_said() -> None:
    look = looked({})
    assert look.best is None
    assert look.answered == ()
    assert look.total == 9


@pytest.mark.parametrize(
    ("litres", "best"),
    [("8", Level.I), ("8.01", Level.II), ("24", Level.II), ("40", Level.III), ("40.5", Level.NONE)],
)
def test_one_indicator_bounds_the_level_by_its_threshold(litres: str, best: Level) -> None:
    look = looked({ESTIMATE: litres})
    assert look.best is best
    (one,) = look.answered
    assert one.reached is best
    assert look.verification is Verification.TRANSCRIBED


def test_the_worst_answer_bounds_and_a_better_one_does_not_help() -> None:
    assert looked({ESTIMATE: "10", PLAN: "III"}).best is Level.III
    assert looked({ESTIMATE: "10", PLAN: "I"}).best is Level.II
    assert looked({PLAN: "none"}).best is Level.NONE
    assert looked({ESTIMATE: "10", PLAN: "I"}).verification is Verification.RECALLED


def test_what_cannot_be_read_says_nothing() -> None:
    assert looked({ESTIMATE: "", PLAN: "很好"}).best is None


def test_it_is_the_bound_the_whole_assessment_gives() -> None:
    project = sample_project()
    assert project.system is not None
    rows = look_rows(project.system, TABLE, project.derivation_map)
    book = sample_book()
    assessment_keys = [row.question.id for row in rows if not row.is_estimate]
    look = first_look(book, project.system, TABLE, rows)
    assert {one.indicator.id for one in look.answered} == {
        key.rsplit("/", 1)[1] for key in assessment_keys if book.text(key)
    }


def test_two_rough_figures_stand_for_the_indicator_until_it_is_answered() -> None:
    rough = {"front.rough_water": "54000", "front.rough_rinsed": "1687500"}
    look = looked(rough)
    assert look.answered[0].value == "32 L/m²"
    assert look.best is Level.III
    assert looked({**rough, ESTIMATE: "8"}).best is Level.I


def test_what_the_bills_give_is_an_estimate_and_the_rest_are_answers_of_the_audit() -> None:
    rows = look_rows(shipped_system(PLATING), TABLE, shipped_forms().derivations[PLATING])
    keys = {row.indicator.id: row.question.id for row in rows}
    assert keys["rinse-water-intake"] == ESTIMATE
    assert keys["emergency-plan"] == PLAN
    plan = next(row.question for row in rows if row.question.id == PLAN)
    assert [option.id for option in plan.options][-1] == "none"


def test_every_system_that_ships_can_be_looked_at() -> None:
    seen = 0
    for system_id in ("coating-2016", "pcb-64-draft", "hazardous-waste-incineration-zaepi-draft"):
        system = shipped_system(system_id)
        for table in system.tables:
            rows = look_rows(system, table.id, shipped_forms().derivations.get(system_id))
            for row in rows:
                worst = "none" if row.question.options else "999999999"
                look = looked({row.question.id: worst}, system_id, table.id)
                assert look.best is Level.NONE, row.indicator.id
                seen += 1
    assert seen == 6 + 4 + 3


def test_systems_without_limiting_indicators_ask_nothing() -> None:
    for system_id in ("battery-2015", "beer-hjt183-2006", "energy-quota-cement-gb16780-2021"):
        system = shipped_system(system_id)
        assert look_rows(system, system.tables[0].id, None) == ()


def test_answers_for_a_table_that_was_not_chosen_are_left_out() -> None:
    keys = (ESTIMATE, PLAN, "indicator/anodizing/emergency-plan", "firm.name")
    book = AnswerBook({key: Given("I") for key in keys})
    assert set(without_other_tables(book, {TABLE}).answers) == {ESTIMATE, PLAN, "firm.name"}
    assert set(without_other_tables(book, ()).answers) == {"firm.name"}
