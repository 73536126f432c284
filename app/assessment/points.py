"""Tables of 100 or 1000 points, mostly local: the sum of what is fulfilled or awarded, against limits in the document."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.assessment.finding import Measured, Missing, Reached
from app.assessment.indicator_system import (
    Indicator,
    Level,
    Method,
    NotApplicableRule,
    Requirement,
    Table,
)
from app.assessment.result import ScoreRange
from app.assessment.rows import Row

_ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Award:
    """points: full points of the row after repair; low, high: what it brings."""

    row: Row
    points: Fraction
    low: Fraction
    high: Fraction


@dataclass(frozen=True, slots=True)
class PointsSum:
    """`unknown` names what the document's copy lacks, then there is no sum."""

    awards: tuple[Award, ...]
    total: ScoreRange | None
    unknown: tuple[str, ...]


def sum_points(method: Method, table: Table, rows: Sequence[Row]) -> PointsSum:
    """A row earns its full points or none; where it has no thresholds, a number is the points awarded."""
    unknown = tuple(
        f"「{row.indicator.name}」的分值没有收录"
        for row in rows
        if row.applies and row.indicator.points is None
    )
    if unknown or not any(row.applies for row in rows):
        return PointsSum((), None, unknown)
    awards = []
    for category in table.categories:
        members = [row for row in rows if row.category.id == category.id]
        present = [row for row in members if row.applies]
        assessed = sum((_points(row) for row in present), _ZERO)
        repair = Fraction(1)
        if method.not_applicable is not NotApplicableRule.NOT_COUNTED and assessed:
            whole = category.points
            if whole is None:
                whole = sum((_points(row) for row in members), _ZERO)
            repair = whole / assessed
        for row in present:
            low, high = _earned(row)
            full = _points(row)
            awards.append(Award(row, full * repair, low * repair, high * repair))
    low = sum((award.low for award in awards), _ZERO)
    high = sum((award.high for award in awards), _ZERO)
    return PointsSum(tuple(awards), ScoreRange(low, high), ())


def _points(row: Row) -> Fraction:
    return row.indicator.points or _ZERO


def _earned(row: Row) -> tuple[Fraction, Fraction]:
    full = _points(row)
    match row.finding:
        case Reached(level):
            amount = _ZERO if level is Level.NONE else full
            return amount, amount
        case Measured(value) if awards_points(row.indicator):
            return value, value
        case Measured():
            met = row.meets[Level.III]
            return (full if met else _ZERO), (_ZERO if met is False else full)
        case _:
            assert isinstance(row.finding, Missing)
            return _ZERO, full


def awards_points(indicator: Indicator) -> bool:
    """True where the auditor gives the points himself: no threshold to compare with."""
    return all(
        benchmark is None or isinstance(benchmark, Requirement)
        for benchmark in indicator.benchmarks.values()
    )
