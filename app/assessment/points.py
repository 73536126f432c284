"""Tables of 100 or 1000 points, mostly local: the sum of what is fulfilled or awarded, against limits in the document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.assessment.finding import Measured, Missing, Reached
from app.assessment.indicator_system import (
    Category,
    Indicator,
    IndicatorKind,
    Level,
    Method,
    NotApplicableRule,
    Requirement,
    Table,
)
from app.assessment.numbers import total
from app.assessment.remarks import Code, Remark, remark
from app.assessment.result import ScoreRange
from app.assessment.rows import Row

_ZERO = Fraction(0)
_ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Award:
    """points: full points of the row after repair; low, high: what it brings."""

    row: Row
    points: Fraction
    low: Fraction
    high: Fraction


@dataclass(frozen=True, slots=True)
class PointsSum:
    """`unknown` names what the document's copy lacks, then there is no sum. warnings: categories of which nothing
    applies."""

    awards: tuple[Award, ...]
    total: ScoreRange | None
    unknown: tuple[Remark, ...]
    warnings: tuple[Remark, ...] = ()


def sum_points(method: Method, table: Table, rows: Sequence[Row]) -> PointsSum:
    """A row earns its full points or none; where it has no thresholds, a number is the points awarded. What does not apply
    hands its points to the rest of its category, and a whole category to the other ones, unless the document says that
    such points are not counted."""
    unknown = tuple(
        remark(Code.VALUE_UNKNOWN, [row.indicator.id], name=row.indicator.name, what="分值")
        for row in rows
        if row.applies and row.indicator.points is None
    )
    if unknown or not any(row.applies for row in rows):
        return PointsSum((), None, unknown)
    repairs = method.not_applicable is not NotApplicableRule.NOT_COUNTED
    parts = [
        (category, [row for row in rows if row.category is category])
        for category in table.categories
    ]
    wholes = {
        category.id: category_points(category, members) if repairs else _assessed(members)
        for category, members in parts
    }
    spread, warnings = spread_points(parts, wholes, repairs)
    awards = []
    for category, members in parts:
        assessed = _assessed(members)
        repair = spread * wholes[category.id] / assessed if assessed else spread
        for row in members:
            if row.applies:
                low, high = _earned(row)
                full = points_of(row)
                awards.append(Award(row, full * repair, low * repair, high * repair))
    score = ScoreRange(total(award.low for award in awards), total(award.high for award in awards))
    return PointsSum(tuple(awards), score, (), warnings)


def spread_points(
    parts: Sequence[tuple[Category, Sequence[Row]]],
    wholes: Mapping[str, Fraction],
    repairs: bool = True,
) -> tuple[Fraction, tuple[Remark, ...]]:
    """What the points of the categories left are multiplied by when others do not apply at all, and a remark for each of
    those. wholes: points of each category. Nothing is spread where the document does not repair points."""
    empty = [
        (category, members)
        for category, members in parts
        if members and not any(row.applies for row in members)
    ]
    if not empty:
        return _ONE, ()
    code = Code.POINTS_SPREAD if repairs else Code.POINTS_NOT_COUNTED
    warnings = tuple(
        remark(
            code,
            [row.indicator.id for row in members],
            name=category.name,
            points=category_points(category, members),
        )
        for category, members in empty
    )
    gone = {category.id for category, _ in empty}
    left = total(wholes[category.id] for category, _ in parts if category.id not in gone)
    if not repairs or not left:
        return _ONE, warnings
    return total(wholes.values()) / left, warnings


def category_points(category: Category, members: Sequence[Row]) -> Fraction:
    """As printed, else the sum of its rows."""
    if category.points is not None:
        return category.points
    return total(points_of(row) for row in members)


def _assessed(members: Sequence[Row]) -> Fraction:
    return total(points_of(row) for row in members if row.applies)


def points_of(row: Row) -> Fraction:
    """As printed, before any repair; nothing while unknown."""
    return row.indicator.points or _ZERO


def _earned(row: Row) -> tuple[Fraction, Fraction]:
    full = points_of(row)
    match row.finding:
        case Reached(level):
            amount = _ZERO if level is Level.NONE else full
            return amount, amount
        case Measured(value) if awards_points(row.indicator):
            return value, value
        case Measured():
            met = row.meets_what_is_asked
            return (full if met else _ZERO), (_ZERO if met is False else full)
        case _:
            assert isinstance(row.finding, Missing)
            return _ZERO, full


def awards_points(indicator: Indicator) -> bool:
    """True where the auditor gives the points himself: no threshold to compare with, and none that our source does not
    show."""
    if indicator.kind is IndicatorKind.QUANTITATIVE and None in indicator.benchmarks.values():
        return False
    return all(
        benchmark is None or isinstance(benchmark, Requirement)
        for benchmark in indicator.benchmarks.values()
    )
