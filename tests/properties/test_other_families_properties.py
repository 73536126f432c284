"""Random systems of the families with points: every later answer stays inside every earlier range."""

from dataclasses import replace
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from app.assessment.energy_quota import quota_outcomes
from app.assessment.engine import assess
from app.assessment.finding import Finding, Measured, Missing, NotApplicable, Reached
from app.assessment.gap import gap_to
from app.assessment.indicator_system import (
    Direction,
    Family,
    Indicator,
    IndicatorKind,
    IndicatorSystem,
    Level,
    LevelRule,
    Method,
    NotApplicableRule,
)
from app.assessment.result import Assessment
from tests.helpers.systems import READ, category, qualitative, quantitative, system

F = Fraction
RULES = (LevelRule(Level.I, "先进", F(90), Level.I), LevelRule(Level.II, "一般", F(70)))


@st.composite
def point_systems(draw: st.DrawFn, family: Family) -> IndicatorSystem:
    names = iter("abcdefghijkl")
    categories = []
    for place in range(draw(st.integers(1, 3))):
        is_qualitative = draw(st.booleans())
        rows = []
        for _ in range(draw(st.integers(1, 3))):
            points = F(draw(st.integers(1, 9)))
            if is_qualitative:
                row = qualitative(next(names), binary=True, limiting=draw(st.booleans()))
                rows.append(replace(row, points=points))
            else:
                direction = draw(st.sampled_from([Direction.LOWER, Direction.HIGHER]))
                row = quantitative(next(names), ("5", "5", "5"), direction)
                if family is Family.P_INDEX:
                    row = replace(row, benchmarks={}, base=F(draw(st.integers(1, 9))))
                rows.append(replace(row, points=points))
        whole = draw(st.sampled_from([None, F(20)]))
        categories.append(
            category(f"c{place}", None, *rows, points=whole, qualitative_part=is_qualitative)
        )
    method = Method(
        family,
        RULES,
        READ,
        not_applicable=draw(
            st.sampled_from([NotApplicableRule.REPAIR_POINTS, NotApplicableRule.NOT_COUNTED])
        ),
        quantitative_share=F("0.6"),
        qualitative_share=F("0.4"),
        ratio_cap=draw(st.sampled_from(["", "k/m", "1.2"])),
    )
    return system(*categories, method=method)


def answer(draw: st.DrawFn, row: Indicator) -> Finding:
    if draw(st.booleans()) and draw(st.booleans()):
        return NotApplicable("没有")
    if row.kind is IndicatorKind.QUALITATIVE:
        return Reached(draw(st.sampled_from([Level.I, Level.NONE])))
    return Measured(draw(st.fractions("0.01", 20)))


def inside(before: Assessment, after: Assessment) -> None:
    assert before.scores.keys() >= after.scores.keys()
    for name, late in after.scores.items():
        early = before.scores[name]
        assert early.low <= late.low
        assert early.high is None or (late.high is not None and late.high <= early.high)
        assert late.high is None or late.low <= late.high
    if before.level_range is not None and after.level_range is not None:
        assert before.level_range[0] <= after.level_range[0]
        assert after.level_range[1] <= before.level_range[1]


@given(st.sampled_from([Family.P_INDEX, Family.POINTS]).flatmap(point_systems), st.data())
@settings(max_examples=120, deadline=None)
def test_later_answers_stay_inside_earlier_ranges(
    made: IndicatorSystem, data: st.DataObject
) -> None:
    rows = list(made.tables[0].indicators())
    findings: dict[str, Finding] = {}
    before = assess(made, "t", findings)
    for row in data.draw(st.permutations(rows)):
        findings[row.id] = data.draw(st.composite(answer)(row))
        after = assess(made, "t", findings)
        inside(before, after)
        before = after
    assert all(score.is_point for score in before.scores.values())
    if before.level_range is not None:
        assert before.level is not None


@given(st.sampled_from([Family.P_INDEX, Family.POINTS]).flatmap(point_systems), st.data())
@settings(max_examples=60, deadline=None)
def test_the_order_of_rows_changes_nothing(made: IndicatorSystem, data: st.DataObject) -> None:
    rows = list(made.tables[0].indicators())
    findings = {row.id: data.draw(st.composite(answer)(row)) for row in rows[:-1]}
    table = made.tables[0]
    turned = replace(
        table,
        categories=tuple(
            replace(part, indicators=part.indicators[::-1]) for part in table.categories[::-1]
        ),
    )
    first = assess(made, "t", findings)
    second = assess(replace(made, tables=(turned,)), "t", findings)
    assert first.scores == second.scores
    assert first.level_range == second.level_range


@given(st.sampled_from([Family.P_INDEX, Family.POINTS]).flatmap(point_systems), st.data())
@settings(max_examples=120, deadline=None)
def test_doing_all_of_a_gap_brings_exactly_its_points(
    made: IndicatorSystem, data: st.DataObject
) -> None:
    rows = list(made.tables[0].indicators())
    findings = {row.id: data.draw(st.composite(answer)(row) | st.just(Missing())) for row in rows}
    before = assess(made, "t", findings)
    gap = gap_to(made, before)
    if gap is None:
        assert before.level_range is None or before.level_range[1] is Level.I
        return
    name = "P" if made.method.family is Family.P_INDEX else "points"
    assert gap.index == before.scores[name].low
    by_id = {row.id: row for row in rows}
    done: dict[str, Finding] = {}
    for item in gap.items:
        row = by_id[item.indicator_id]
        if row.kind is IndicatorKind.QUALITATIVE:
            done[row.id] = Reached(Level.I)
        else:
            assert isinstance(item.needed, Fraction)
            done[row.id] = Measured(item.needed)
    after = assess(made, "t", {**findings, **done})
    gained = sum((item.points or F(0) for item in gap.items), F(0))
    assert after.scores[name].low == gap.index + gained
    if gap.index + gained >= (gap.index_needed or 0):
        assert after.level_range is not None
        assert after.level_range[1] <= gap.target


@given(st.lists(st.integers(-20, 20), min_size=3, max_size=3).map(sorted), st.fractions(-25, 25))
@settings(max_examples=100, deadline=None)
def test_a_quota_row_is_over_exactly_above_level_three(limits: list[int], value: Fraction) -> None:
    row = quantitative("x", [str(limit) for limit in limits])
    made = system(
        category("e", None, row),
        method=Method(Family.ENERGY_QUOTA, (), READ, not_applicable=NotApplicableRule.NOT_COUNTED),
    )
    assert assess(made, "t", {"x": Missing()}).level_range is None
    (outcome,) = quota_outcomes(assess(made, "t", {"x": Measured(value)}))
    assert outcome.is_over_level_3 == (value > limits[2])
    assert outcome.meets_level_2 == (value <= limits[1])
    expected = [level for level, limit in zip((1, 2, 3), limits, strict=True) if value <= limit]
    assert outcome.level == (expected[0] if expected else Level.NONE)
