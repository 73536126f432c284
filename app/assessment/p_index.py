"""The family of 2005-2009: P1 = Σ S_i·K_i over ratios to a base value, P2 = Σ K_i of what is met, P = a·P1 + b·P2.

What does not apply hands its points to the rest of its first-level item: K' = K × A1 / A2. Documents cap the ratio S
at k/m (points of the item over indicators assessed), at a number of their own, or not at all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.assessment.finding import Measured, Missing, Reached
from app.assessment.indicator_system import (
    Category,
    Direction,
    Indicator,
    IndicatorKind,
    Level,
    Method,
    Table,
)
from app.assessment.result import ScoreRange
from app.assessment.rows import Row

_ZERO = Fraction(0)
_ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Part:
    """One indicator's part. ratio None = open; points: K' after repair; earned: S·K' or F."""

    row: Row
    ratio: Fraction | None
    points: Fraction
    earned: Fraction | None


@dataclass(frozen=True, slots=True)
class Item:
    """One first-level item: cap of its ratios (None = none) and what it brings."""

    category: Category
    parts: tuple[Part, ...]
    cap: Fraction | None
    score: ScoreRange
    is_qualitative: bool


@dataclass(frozen=True, slots=True)
class Points:
    """P1, P2, P; `unknown` names what the document's copy lacks, then P is not worked out."""

    items: tuple[Item, ...]
    scores: Mapping[str, ScoreRange]
    unknown: tuple[str, ...]


def score_points(method: Method, table: Table, rows: Sequence[Row]) -> Points:
    """Every range holds whatever the open answers become, also when they turn out not to apply."""
    unknown = [
        f"「{row.indicator.name}」的{what}没有收录"
        for row in rows
        if row.applies
        for what in _gaps(row.indicator)
    ]
    if method.quantitative_share is None or method.qualitative_share is None:
        unknown.append("定量、定性两部分怎么合成没有收录")
    if unknown:
        return Points((), {}, tuple(unknown))
    items = tuple(
        _item(method, category, [row for row in rows if row.category.id == category.id])
        for category in table.categories
    )
    first = _add([item.score for item in items if not item.is_qualitative])
    second = _add([item.score for item in items if item.is_qualitative])
    assert method.quantitative_share is not None
    assert method.qualitative_share is not None
    whole = _add(
        [_times(first, method.quantitative_share), _times(second, method.qualitative_share)]
    )
    return Points(items, {"P1": first, "P2": second, "P": whole}, ())


def _gaps(indicator: Indicator) -> list[str]:
    gaps = [] if indicator.points is not None else ["分值"]
    if indicator.kind is IndicatorKind.QUANTITATIVE:
        if indicator.base is None:
            gaps.append("评价基准值")
        if indicator.direction not in (Direction.LOWER, Direction.HIGHER):
            gaps.append("方向")
    return gaps


def _item(method: Method, category: Category, rows: Sequence[Row]) -> Item:
    """Open ratios lie between 0 and the cap; they are highest when the cheapest of them do not apply, for fewer
    assessed indicators lift a k/m cap. So every number of dropped ones is tried."""
    present = [row for row in rows if row.applies]
    whole = category.points
    if whole is None:
        whole = sum((_points(row) for row in rows), _ZERO)
    cap = _cap(method, whole, len(present))
    assessed = sum((_points(row) for row in present), _ZERO)
    repair = whole / assessed if assessed else _ZERO
    parts = []
    for row in present:
        points = _points(row) * repair
        ratio = _capped(row, cap)
        parts.append(Part(row, ratio, points, None if ratio is None else ratio * points))
    low = sum((part.earned for part in parts if part.earned is not None), _ZERO)
    is_qualitative = category.qualitative_part is True or (
        category.qualitative_part is None
        and bool(rows)
        and all(row.indicator.kind is IndicatorKind.QUALITATIVE for row in rows)
    )
    high = _highest(method, whole, present)
    return Item(category, tuple(parts), cap, ScoreRange(low, high), is_qualitative)


def _highest(method: Method, whole: Fraction, present: Sequence[Row]) -> Fraction | None:
    """Most the item can bring; None without a cap while a ratio is open."""
    missing = sorted((row for row in present if isinstance(row.finding, Missing)), key=_points)
    answered = [row for row in present if not isinstance(row.finding, Missing)]
    best = _ZERO
    for dropped in range(len(missing) + 1):
        left = [*answered, *missing[dropped:]]
        cap = _cap(method, whole, len(left))
        earned = total = _ZERO
        for row in left:
            ratio = _capped(row, cap)
            if ratio is None:
                ratio = _ONE if row.indicator.kind is IndicatorKind.QUALITATIVE else cap
            if ratio is None:
                return None
            earned += _points(row) * ratio
            total += _points(row)
        if total:
            best = max(best, whole * earned / total)
    return best


def _capped(row: Row, cap: Fraction | None) -> Fraction | None:
    """The cap is one on ratios to a base value; a fulfilled requirement counts whole."""
    ratio = _ratio(row)
    if ratio is None or cap is None or row.indicator.kind is IndicatorKind.QUALITATIVE:
        return ratio
    return min(ratio, cap)


def _cap(method: Method, whole: Fraction, assessed: int) -> Fraction | None:
    if not method.ratio_cap:
        return None
    if method.ratio_cap == "k/m":
        return whole / assessed if assessed else None
    return Fraction(method.ratio_cap)


def _points(row: Row) -> Fraction:
    return row.indicator.points or _ZERO


def _ratio(row: Row) -> Fraction | None:
    """S of a quantitative row (before the cap), 1 or 0 of a qualitative one; None while open or without meaning."""
    match row.finding:
        case Reached(level):
            return _ZERO if level is Level.NONE else _ONE
        case Measured(value) if row.indicator.kind is IndicatorKind.QUANTITATIVE:
            base = row.indicator.base
            assert base is not None
            higher = row.indicator.direction is Direction.HIGHER
            over, under = (value, base) if higher else (base, value)
            if under <= 0 or over < 0:
                return None
            return over / under
        case _:
            return None


def _add(scores: Sequence[ScoreRange]) -> ScoreRange:
    highs = [score.high for score in scores]
    return ScoreRange(
        sum((score.low for score in scores), _ZERO),
        None if None in highs else sum((high for high in highs if high is not None), _ZERO),
    )


def _times(score: ScoreRange, factor: Fraction) -> ScoreRange:
    high = None if score.high is None else score.high * factor
    return ScoreRange(score.low * factor, _ZERO if not factor else high)
