"""Best and worst level while weights, answers and limiting marks are open, against every way they may turn out.

The brute force tries the corners of the unknown weights and points beside them (a level may be lost just off a corner),
every answer of what is missing, and both readings of an unknown limiting mark.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise, product

from hypothesis import given, settings
from hypothesis import strategies as st

from app.assessment.engine import assess
from app.assessment.indicator_system import (
    Family,
    IndicatorSystem,
    Level,
    LevelRule,
    Method,
)
from tests.helpers.resource_systems import ResourceSystems, resource_system
from tests.helpers.systems import READ, RULES, category, found, qualitative, system

F = Fraction
BESIDE = F(1, 1000)
PCB = (
    LevelRule(Level.I, "先进", F(85), Level.I, Level.II),
    LevelRule(Level.II, "准入", F(85), Level.II),
    LevelRule(Level.III, "一般", F(100)),
)
Reached = Mapping[str, int | None]


@st.composite
def cases(
    draw: st.DrawFn, rules: tuple[LevelRule, ...] | None = None
) -> tuple[IndicatorSystem, dict[str, int | None]]:
    """One or two categories of known and unknown weights; one row or two are missing, one has an unknown mark."""
    sizes = draw(st.sampled_from([(3,), (4,), (2, 2), (3, 2)]))
    outer: tuple[Fraction | None, ...] = (F(1),)
    if len(sizes) == 2:
        outer = draw(st.sampled_from([(F("0.9"), F("0.1")), (F("0.4"), F("0.6")), (None, None)]))
    categories = []
    reached: dict[str, int | None] = {}
    for place, (size, weight) in enumerate(zip(sizes, outer, strict=True)):
        known = draw(st.sampled_from([F(0), F("0.1"), F("0.5"), F("0.85"), F("0.9")]))
        weights: list[Fraction | None] = [None] * size
        if draw(st.booleans()):
            weights[0] = known
        rows = [
            qualitative(f"r{place}{number}", omega, draw(st.sampled_from([False, False, True])))
            for number, omega in enumerate(weights)
        ]
        reached |= {row.id: draw(st.sampled_from([1, 1, 2, 3, 4])) for row in rows}
        categories.append(category(f"c{place}", weight, *rows))
    for name in draw(st.lists(st.sampled_from(sorted(reached)), max_size=2, unique=True)):
        reached[name] = None
    marked = draw(st.sampled_from([None, *sorted(reached)]))
    categories = [
        replace(
            part,
            indicators=tuple(
                replace(row, limiting=None) if row.id == marked else row for row in part.indicators
            ),
        )
        for part in categories
    ]
    if rules is None:
        rules = draw(st.sampled_from([RULES, PCB]))
    return system(*categories, method=Method(Family.LEVEL_INDEX, rules, READ)), reached


def divisions(weights: Sequence[Fraction | None]) -> list[list[Fraction]]:
    """Corners, middle, and a little from each corner towards the middle and towards each other corner."""
    unknown = [place for place, weight in enumerate(weights) if weight is None]
    left = 1 - sum((w for w in weights if w is not None), F(0))
    if not unknown:
        return [[w for w in weights if w is not None]]
    corners = [[F(int(place == one)) for place in unknown] for one in unknown]
    middle = [F(1, len(unknown))] * len(unknown)
    tried = [*corners, middle]
    for corner in corners:
        tried.extend(
            [(1 - BESIDE) * a + BESIDE * b for a, b in zip(corner, other, strict=True)]
            for other in (middle, *corners)
            if other is not corner
        )
    return [
        [
            left * parts[unknown.index(place)] if weight is None else weight
            for place, weight in enumerate(weights)
        ]
        for parts in tried
    ]


def ways(made: IndicatorSystem, reached: Reached) -> Iterator[Level]:
    """The level of every completion, worked out by a plain second reading of the rules."""
    parts = made.tables[0].categories
    inner = [divisions([row.weight for row in part.indicators]) for part in parts]
    outer = divisions([part.weight for part in parts])
    rows = [row for part in parts for row in part.indicators]
    missing = [name for name, answer in reached.items() if answer is None]
    marks = [[True, False] if row.limiting is None else [row.limiting] for row in rows]
    shares = [
        [w * omega for w, omegas in zip(above, chosen, strict=True) for omega in omegas]
        for above in outer
        for chosen in product(*inner)
    ]
    for answers in product((1, 2, 3, 4), repeat=len(missing)):
        whole = {**reached, **dict(zip(missing, answers, strict=True))}
        at = [whole[row.id] or 4 for row in rows]
        for share in shares:
            y = {
                level: 100 * sum((s for s, a in zip(share, at, strict=True) if a <= level), F(0))
                for level in Level
            }
            for mark in product(*marks):
                yield _level(made, at, mark, y)


def _level(
    made: IndicatorSystem, at: Sequence[int], mark: Sequence[bool], y: Mapping[Level, Fraction]
) -> Level:
    for rule in made.method.levels:
        asked = [rule.limiting_level if limits else rule.others_level for limits in mark]
        if y[rule.level] >= (rule.min_index or 0) and all(
            need is None or reached <= need for need, reached in zip(asked, at, strict=True)
        ):
            return rule.level
    return Level.NONE


@given(cases())
@settings(max_examples=60, deadline=None)
def test_best_and_worst_level_are_those_of_some_completion(
    case: tuple[IndicatorSystem, dict[str, int | None]],
) -> None:
    made, reached = case
    result = assess(made, "t", {name: found(level) for name, level in reached.items()})
    levels = set(ways(made, reached))
    assert result.level_range is not None
    assert result.level_range == (min(levels), max(levels))


@st.composite
def any_rules(draw: st.DrawFn) -> tuple[LevelRule, ...]:
    """Also such as ask more of a worse level than of a better one."""
    asked = st.sampled_from([None, *list(Level)[:3]])
    return tuple(
        LevelRule(
            level,
            level.name,
            draw(st.sampled_from([F(60), F(85), F(100)])),
            draw(asked),
            draw(asked),
        )
        for level in list(Level)[:3]
    )


@given(any_rules().flatmap(cases))
@settings(max_examples=60, deadline=None)
def test_under_any_rules_the_best_level_is_possible_and_nothing_is_worse_than_the_worst(
    case: tuple[IndicatorSystem, dict[str, int | None]],
) -> None:
    made, reached = case
    result = assess(made, "t", {name: found(level) for name, level in reached.items()})
    levels = set(ways(made, reached))
    assert result.level_range is not None
    assert result.level_range[0] == min(levels)
    assert result.level_range[1] >= max(levels)


def test_rules_that_take_turns_leave_the_worst_level_on_the_safe_side() -> None:
    """The mark of `a` is unknown. Marked, it misses I and has II; unmarked, it has I: never below II. But no single rule
    holds under both readings, because II asks more of unmarked rows than I does. No document known prints such rules."""
    rules = (
        LevelRule(Level.I, "领先", F(0), Level.I, None),
        LevelRule(Level.II, "先进", F(0), None, Level.I),
        LevelRule(Level.III, "基本", F(100)),
    )
    made = system(
        category("c", F(1), qualitative("a", F(1), limiting=None)),
        method=Method(Family.LEVEL_INDEX, rules, READ),
    )
    reached = {"a": 4}
    assert set(ways(made, reached)) == {Level.I, Level.II}
    result = assess(made, "t", {"a": found(4)})
    assert result.level_range == (Level.I, Level.NONE)


def test_no_document_asks_more_of_a_worse_level() -> None:
    """What makes the worst level exact for all of them."""
    for system_id in ResourceSystems().ids():
        made = resource_system(system_id)
        rules = sorted(made.method.levels, key=lambda rule: rule.level)
        for better, worse in pairwise(rules):
            for asked, less in (
                (better.limiting_level, worse.limiting_level),
                (better.others_level, worse.others_level),
            ):
                assert less is None or (asked is not None and asked <= less), system_id
