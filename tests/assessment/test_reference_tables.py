"""Reference tables: their own conditions and points, never a level."""

from dataclasses import replace
from fractions import Fraction

import pytest

from app.assessment.engine import assess
from app.assessment.finding import Finding, Measured, NotApplicable, Reached
from app.assessment.indicator_system import Level
from app.assessment.item_classes import amounts
from app.assessment.outcome import outcome_of
from app.errors import UserError
from tests.helpers.resource_systems import resource_system

F = Fraction
GREEN = resource_system("green-construction-gbt50640-2010")
PARK = resource_system("eco-industrial-park-hj274-2015")
ABSENT = NotApplicable("没有发生")


def test_steps_are_read_from_the_document_and_nothing_else() -> None:
    assert amounts(GREEN.method, "一般项") == (F(0), F(1), F(2))
    assert amounts(GREEN.method, "优选项") == (F(0), F("0.5"), F(1))
    assert amounts(replace(GREEN.method, item_points={"一般项": "若干分"}), "一般项") == ()


def test_a_step_the_document_does_not_give_is_refused() -> None:
    with pytest.raises(UserError, match="0、1、2"):
        assess(GREEN, "general", {"staff-health": Measured(F("1.5"))})


def test_without_steps_there_is_no_score() -> None:
    open_steps = replace(GREEN, method=replace(GREEN.method, item_points={"一般项": "若干分"}))
    result = assess(open_steps, "general", {})
    assert result.scores == {}
    assert "一般项每条给多少分没有收录" in result.why_not_scored
    assert result.trace.label.startswith("自评参考")


def test_an_element_that_does_not_occur_leaves_the_round_open() -> None:
    land = [
        row.id
        for part in GREEN.tables[0].categories
        if part.id == "land"
        for row in part.indicators
    ]
    result = assess(GREEN, "general", dict.fromkeys(land, ABSENT))
    assert "batch" not in result.scores
    assert "整个要素不发生" in result.why_not_scored


def test_the_range_of_a_round_holds_every_completion() -> None:
    rows = list(GREEN.tables[0].indicators())
    before = assess(GREEN, "general", {}).scores["batch"]
    for place in range(len(rows)):
        findings: dict[str, Finding] = {
            row.id: Reached(Level.I if (number + place) % 3 else Level.NONE)
            for number, row in enumerate(rows)
            if row.kind.value == "qualitative" and number % 5 != place % 5
        }
        now = assess(GREEN, "general", findings).scores["batch"]
        assert before.high is not None
        assert now.high is not None
        assert before.low <= now.low <= now.high <= before.high


def test_a_group_of_which_nothing_applies_stays_open() -> None:
    group = [row.id for row in PARK.tables[0].indicators() if row.pick_group == "group-l"]
    outcome = assess(PARK, "general", dict.fromkeys(group, ABSENT)).outcome
    assert outcome is not None
    assert any("整组不适用" in one.text and one.holds is None for one in outcome.conditions)


def test_all_conditions_held_is_passed_and_one_missed_is_not() -> None:
    rows = list(PARK.tables[0].indicators())
    good = {
        row.id: Reached(Level.I)
        if row.kind.value == "qualitative"
        else Measured(getattr(row.benchmarks[Level.I], "value"))  # noqa: B009 - all are limits
        for row in rows
    }
    result = assess(PARK, "general", good)
    assert result.outcome is not None
    assert result.outcome.passed is True
    assert result.level is None
    assert result.level_range is None
    missed = assess(PARK, "general", {**good, "stable-compliance": Reached(Level.NONE)}).outcome
    assert missed is not None
    assert missed.passed is False
    assert any("没达到" in one.text for one in missed.conditions)


def test_ordinary_systems_have_no_outcome() -> None:
    system = resource_system("electroplating-2015")
    assert assess(system, system.tables[0].id, {}).outcome is None
    assert outcome_of(system.method, ()).passed is None
