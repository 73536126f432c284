"""The family of 2013 and GB/T 43329: Y_g = 100 · Σ w_i · Σ ω'_ij · [meets g].

A range is tight: its low end counts every open question as missed, its high end as met, and where the document's
weights are unknown each end takes the division of the unknown weight that reaches it.
"""

from collections.abc import Sequence
from fractions import Fraction

from app.assessment.indicator_system import LEVELS, Level, Method
from app.assessment.result import Interval
from app.assessment.rows import Row
from app.assessment.weights import Met, Range, Weighting

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
