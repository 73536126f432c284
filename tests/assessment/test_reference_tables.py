"""Reference tables: their own conditions and points, never a level."""

from dataclasses import replace
from fractions import Fraction

import pytest

from app.assessment.engine import assess
from app.assessment.finding import Finding, Measured, Missing, NotApplicable, Reached
from app.assessment.indicator_system import Level, Verification
from app.assessment.inputs import FirmInputs
from app.assessment.item_classes import amounts
from app.assessment.outcome import outcome_of
from app.assessment.result import ScoreRange
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


# ------------------------------------------------------------------------------------------------ grades


ENVIRONMENT = replace(GREEN.tables[0].categories[0], weight=F(1))
ONE_ELEMENT = replace(GREEN, tables=(replace(GREEN.tables[0], categories=(ENVIRONMENT,)),))
PHASES = ("地基与基础", "结构工程", "装饰装修与机电安装")


def graded(
    marks: dict[str, Finding], scores: tuple[int, int, int] = (90, 85, 80)
) -> dict[str, bool | None]:
    """What the grades say of a firm that does everything but for `marks`, when all preferred items are on record."""
    findings: dict[str, Finding] = {row.id: Reached(Level.I) for row in ENVIRONMENT.indicators}
    phases = {name: F(score) for name, score in zip(PHASES, scores, strict=True)}
    result = assess(ONE_ELEMENT, "general", {**findings, **marks}, FirmInputs(phases))
    assert result.outcome is not None
    answers = {one.text.split("：")[0]: one.holds for one in result.outcome.conditions}
    return {**answers, "passed": result.outcome.passed}


def preferred(count: int) -> dict[str, Finding]:
    """Only the first `count` preferred items bring points."""
    items = [row.id for row in ENVIRONMENT.indicators if row.item_class == "优选项"]
    assert len(items) == 8
    return {name: Reached(Level.NONE) for name in items[count:]}


def test_the_better_grade_asks_for_ten_points_of_preferred_items() -> None:
    """Eight of one point each are too few, whatever else is done."""
    answers = graded({})
    assert answers["优良"] is False
    assert answers["合格"] is False  # 60 ≤ W < 80, and W is 86
    assert answers["不属于「不合格」"] is True
    assert answers["passed"] is None  # the document has no word for that


@pytest.mark.parametrize(
    ("count", "scores", "passes"),
    [
        (5, (70, 60, 70), True),
        (5, (70, 59, 70), False),  # the structure phase misses 60, W = 64.5
        (4, (70, 60, 70), None),  # four points of preferred items, five are asked: no grade at all
        (5, (60, 60, 60), True),
        (5, (50, 60, 64), False),  # W = 57.8
    ],
)
def test_the_grade_of_passing_at_its_bounds(
    count: int, scores: tuple[int, int, int], passes: bool | None
) -> None:
    answers = graded(preferred(count), scores)
    assert answers["passed"] is passes
    assert answers["合格"] is bool(passes)


def test_a_missed_control_item_fails_whatever_the_points() -> None:
    control = next(row.id for row in ENVIRONMENT.indicators if row.item_class == "控制项")
    answers = graded({control: Reached(Level.NONE)}, (70, 70, 70))
    assert answers["不属于「不合格」"] is False
    assert answers["合格"] is False
    assert answers["passed"] is False
    open_control = graded({control: Missing()}, (70, 70, 70))
    assert open_control["不属于「不合格」"] is None
    assert open_control["passed"] is None


def test_elements_without_their_preferred_items_on_record_leave_the_grade_open() -> None:
    everything = {row.id: Reached(Level.I) for row in GREEN.tables[0].indicators()}
    result = assess(GREEN, "general", everything, FirmInputs(dict.fromkeys(PHASES, F(70))))
    assert result.outcome is not None
    by_name = {one.text.split("：")[0]: one for one in result.outcome.conditions}
    assert by_name["合格"].holds is None
    assert "的优选项条文没有收录" in by_name["合格"].text
    assert by_name["优良"].holds is False  # W is 70
    none_at_all = {**everything, **preferred(0)}
    result = assess(GREEN, "general", none_at_all, FirmInputs(dict.fromkeys(PHASES, F(70))))
    assert result.outcome is not None
    by_name = {one.text.split("：")[0]: one for one in result.outcome.conditions}
    assert by_name["合格"].holds is False  # one element is enough to say so


# ------------------------------------------------------------------------------------------------ ratios


RATIOS = resource_system("green-industrial-park-miit-2016")
LEADING: dict[str, Finding] = {
    row.id: Reached(Level.I)
    if row.kind.value == "qualitative"
    else Measured(getattr(row.benchmarks[Level.I], "value"))  # noqa: B009 - all are limits
    for row in RATIOS.tables[0].indicators()
}


def test_leading_everywhere_is_one_hundred_and_no_level() -> None:
    result = assess(RATIOS, "general", LEADING)
    assert result.scores["GI"] == ScoreRange(F(100), F(100))
    assert (result.level, result.level_range) == (None, None)
    assert result.trace.children[-1].label == "GI"
    assert result.trace.children[-1].value == 100
    assert result.trace.children[-1].verification is Verification.RECALLED


def test_an_open_number_leaves_no_upper_bound_and_an_open_yes_or_no_does() -> None:
    number = assess(RATIOS, "general", {**LEADING, "green-cover": Missing()}).scores["GI"]
    assert number == ScoreRange(F(3000, 31), None)
    answer = assess(RATIOS, "general", {**LEADING, "development-plan": Missing()}).scores["GI"]
    assert answer == ScoreRange(F(3000, 31), F(100))
    # Above one on the whole, an open answer that turns out not to apply lifts the mean most.
    good: dict[str, Finding] = {
        **LEADING, "energy-productivity": Measured(F(36)), "development-plan": Missing(),
    }  # fmt: skip
    assert assess(RATIOS, "general", good).scores["GI"].high == F(4100, 30)


@pytest.mark.parametrize(
    ("name", "value"), [("wastewater-per-value-added", 0), ("carbon-intensity-cut", -1)]
)
def test_values_without_a_ratio_are_named(name: str, value: int) -> None:
    result = assess(RATIOS, "general", {**LEADING, name: Measured(F(value))})
    assert result.scores["GI"] == ScoreRange(F(3000, 31), None)
    assert any("算不出与引领值的比" in warning for warning in result.warnings)


def test_without_a_leading_value_there_is_no_index() -> None:
    first = RATIOS.tables[0].categories[0]
    row = replace(first.indicators[0], benchmarks={Level.I: None})
    gap = replace(first, indicators=(row, *first.indicators[1:]))
    table = replace(RATIOS.tables[0], categories=(gap, *RATIOS.tables[0].categories[1:]))
    result = assess(replace(RATIOS, tables=(table,)), "general", LEADING)
    assert result.scores == {}
    assert "引领值或方向没有收录" in result.why_not_scored


def test_nothing_applies_and_there_is_no_index() -> None:
    assert assess(RATIOS, "general", dict.fromkeys(LEADING, ABSENT)).scores == {}
