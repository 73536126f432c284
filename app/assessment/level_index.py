"""The family of 2013 and GB/T 43329: Y_g = 100 · Σ w_i · Σ ω'_ij · [meets g].

A range is tight: its low end counts every open question as missed, its high end as met, and where the document's
weights are unknown each end takes the division of the unknown weight that reaches it.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import combinations

from app.assessment.decision import asked_of, rows_surely_pass
from app.assessment.indicator_system import LEVELS, Level, LevelRule, Method, ShareRule
from app.assessment.numbers import total
from app.assessment.result import Interval
from app.assessment.rows import Row
from app.assessment.weights import Met, Range, Unit, Weighting

_ZERO = Fraction(0)
_ONE = Fraction(1)
_HUNDRED = Fraction(100)


def index_ranges(
    method: Method, weighting: Weighting, rows: Sequence[Row]
) -> dict[Level, Interval]:
    """Y of each level; empty when no category applies."""
    if weighting.outer.is_empty:
        return {}
    ranges = {}
    for level in LEVELS:
        met = [row.meets[level] for row in rows]
        exact = weighting.exact
        low, high = general_index(weighting, met) if exact is None else exact.earned(met)
        if method.index_cap is not None:
            low, high = min(low, method.index_cap), min(high, method.index_cap)
        ranges[level] = Interval(low, high)
    return ranges


def general_index(weighting: Weighting, met: Met) -> Range:
    """The index whatever is unknown about weights and outputs, before any cap."""
    low, high = weighting.outer.blend([part.earned(met) for part in weighting.main])
    for part in weighting.bonus:
        earned = part.earned(met)
        if earned is not None:
            weight = part.category.weight
            # A bonus of unknown size adds at least nothing and at most everything.
            low += earned[0] * (_ZERO if weight is None else weight)
            high += earned[1] * (_ONE if weight is None else weight)
    return _HUNDRED * low, _HUNDRED * high


# ------------------------------------------------------------------------------------------------ several rules at once

Corner = Mapping[
    Level, Fraction
]  # points of each index that one part brings, in one extreme of what is unknown


def worst_together(
    rules: Sequence[LevelRule], cap: Fraction | None, weighting: Weighting, rows: Sequence[Row]
) -> Level:
    """Worst level still possible, with the rules asked together: open outputs move every index at once, so that one rule may
    hold just where another fails (a bonus fills Y of level III). Never better than what is possible: where weights are open
    too, each rule is asked by itself."""
    short: dict[
        Level, Fraction
    ] = {}  # what the index must stay below for the rules tried so far to fail
    corners: Sequence[Sequence[Corner]] | None = None
    for rule in asked_of(rules, rows):
        if not rows_surely_pass(rule, rows):
            continue  # some way of answering what is open fails it, and lowers every index too
        if rule.min_index is None:
            return rule.level
        if cap is not None and rule.min_index > cap:
            continue
        short[rule.level] = rule.min_index
        if corners is None:
            corners = _corners(weighting, rows)
        if not _can_all_be_below(short, corners):
            return rule.level
    return Level.NONE


def _can_all_be_below(short: Mapping[Level, Fraction], corners: Sequence[Sequence[Corner]]) -> bool:
    """Whether a mix of the corners of every part keeps all these indexes below their bounds. Any two of them are tried
    together: they cannot when some weighing of the two never comes below the bound weighed alike."""
    if any(
        total(min(corner[level] for corner in part) for part in corners) >= bound
        for level, bound in short.items()
    ):
        return False
    return not any(_exclude_each_other(a, b, short, corners) for a, b in combinations(short, 2))


def _exclude_each_other(
    a: Level, b: Level, short: Mapping[Level, Fraction], corners: Sequence[Sequence[Corner]]
) -> bool:
    """The least weighed sum is a line with bends, highest at a bend: where two corners of a part weigh the same."""
    bends = set()
    for part in corners:
        for one, other in combinations(part, 2):
            at_a, at_b = one[a] - other[a], one[b] - other[b]
            if at_a != at_b and 0 < at_a / (at_a - at_b) < 1:
                bends.add(at_a / (at_a - at_b))
    return any(
        total(min((1 - t) * corner[a] + t * corner[b] for corner in part) for part in corners)
        >= (1 - t) * short[a] + t * short[b]
        for t in bends
    )


def _corners(weighting: Weighting, rows: Sequence[Row]) -> list[Sequence[Corner]]:
    """Per part that moves by itself, its extremes with everything open counted as missed. A category of unknown weights is
    one part with one corner, the lowest of each index."""
    parts: list[Sequence[Corner]] = []
    met = {level: [row.meets[level] is True for row in rows] for level in LEVELS}
    for category in weighting.categories:
        if category.category.bonus:
            weight = category.category.weight or _ZERO
        else:
            share = weighting.outer.share(weighting.main.index(category))
            if share is None:
                ranges = {level: general_index(weighting, met[level]) for level in LEVELS}
                return [[{level: low for level, (low, _) in ranges.items()}]]
            weight = share
        if category.is_empty:
            continue
        afters = [category.inner.share(place) for place in range(len(category.units))]
        if None in afters:
            lows = {level: category.earned(met[level]) for level in LEVELS}
            parts.append(
                [{level: _HUNDRED * weight * low[0] for level, low in lows.items() if low}]
            )
            continue
        for unit, after in zip(category.units, afters, strict=True):
            points = _HUNDRED * weight * (after or _ZERO)
            mixes: list[Corner] = []
            for corner in _corners_of(unit, met):
                mix = {level: points * part for level, part in corner.items()}
                if mix not in mixes:  # a row alone reaches one of four levels
                    mixes.append(mix)
            if mixes:
                parts.append(mixes)
    return parts


def _corners_of(unit: Unit, met: Mapping[Level, Sequence[bool]]) -> list[Corner]:
    """Parts of the unit's weight earned at each level, in every extreme way to divide it among its rows."""
    if unit.exact is not None or unit.rule is not ShareRule.OUTPUT:
        lows = {level: unit.earned(answers) for level, answers in met.items()}
        return [{level: low[0] for level, low in lows.items() if low}] if unit.places else []
    alone: list[Corner] = [
        {level: Fraction(met[level][place]) for level in LEVELS}
        for place, output in zip(unit.places, unit.outputs, strict=True)
        if output is None
    ]
    known = [
        (place, output)
        for place, output in zip(unit.places, unit.outputs, strict=True)
        if output is not None
    ]
    whole = total(output for _, output in known)
    if whole:
        alone.append(
            {
                level: total(output for place, output in known if met[level][place]) / whole
                for level in LEVELS
            }
        )
    return alone
