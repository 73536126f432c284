"""An index of ratios to leading values: 100/N × Σ value ÷ leading value, turned over where lower is better (green parks).

Level I is the leading value. N counts what applies. No ratio has a cap, so an open number leaves the index without an
upper bound.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.assessment.finding import Measured, Reached
from app.assessment.indicator_system import Direction, IndicatorKind, Level
from app.assessment.inputs import FirmInputs
from app.assessment.membership import threshold
from app.assessment.numbers import total
from app.assessment.remarks import Code, Remark, remark
from app.assessment.result import ScoreRange
from app.assessment.rows import Row

_ZERO = Fraction(0)
_ONE = Fraction(1)
_HUNDRED = Fraction(100)


@dataclass(frozen=True, slots=True)
class RatioSum:
    """ratios: of every row that applies, low == high once it is known. index None: `unknown` says what is lacking.
    odd: answered rows whose value has no ratio (division by zero, a negative value)."""

    ratios: tuple[tuple[Row, ScoreRange], ...]
    index: ScoreRange | None
    unknown: tuple[Remark, ...]
    odd: tuple[Row, ...]


def sum_ratios(rows: Sequence[Row], inputs: FirmInputs) -> RatioSum:
    """The range holds whatever the open answers become, also when they turn out not to apply."""
    present = [row for row in rows if row.applies]
    unknown = tuple(
        remark(Code.VALUE_UNKNOWN, [row.indicator.id], name=row.indicator.name, what="引领值或方向")
        for row in present
        if row.indicator.kind is IndicatorKind.QUANTITATIVE and _leading(row, inputs) is None
    )
    if unknown or not present:
        return RatioSum((), None, unknown, ())
    ratios = tuple((row, _ratio(row, inputs)) for row in present)
    odd = tuple(
        row for row, ratio in ratios if isinstance(row.finding, Measured) and not ratio.is_point
    )
    low = total(ratio.low for _, ratio in ratios) / len(ratios)
    return RatioSum(ratios, ScoreRange(_HUNDRED * low, _highest(ratios)), (), odd)


def _leading(row: Row, inputs: FirmInputs) -> Fraction | None:
    if row.indicator.direction not in (Direction.LOWER, Direction.HIGHER):
        return None
    value = threshold(row.indicator, Level.I, inputs)
    return value if isinstance(value, Fraction) else None


def _ratio(row: Row, inputs: FirmInputs) -> ScoreRange:
    if row.indicator.kind is not IndicatorKind.QUANTITATIVE:
        # Fulfilled is as good as leading. How far short counts, the document is not known to say.
        met = isinstance(row.finding, Reached) and row.finding.level is not Level.NONE
        return ScoreRange(_ONE if met else _ZERO, _ONE)
    leading = _leading(row, inputs)
    assert leading is not None
    if isinstance(row.finding, Measured):
        value = row.finding.value
        higher = row.indicator.direction is Direction.HIGHER
        over, under = (value, leading) if higher else (leading, value)
        if under > 0 and over >= 0:
            return ScoreRange(over / under, over / under)
    return ScoreRange(_ZERO, None)


def _highest(ratios: Sequence[tuple[Row, ScoreRange]]) -> Fraction | None:
    """Open rows of a mean that is above 1 lower it, so they may better not apply."""
    highs = [ratio.high for _, ratio in ratios]
    settled = [high for (row, _), high in zip(ratios, highs, strict=True) if not row.is_open]
    if None in highs:
        return None
    means = [
        total(high for high in some if high is not None) / len(some)
        for some in (highs, settled)
        if some
    ]
    return _HUNDRED * max(means)
