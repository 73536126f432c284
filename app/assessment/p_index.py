"""The family of 2005-2009: P1 = Σ S_i·K_i over ratios to a base value, P2 = Σ K_i of what is met, P = a·P1 + b·P2.

What does not apply hands its points to the rest of its first-level item: K' = K × A1 / A2. An item of which nothing applies
hands its points to the other items of its part, and a part to the other part. Documents cap the ratio S at k/m (points of the
item over indicators assessed), at a number of their own, or not at all.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from math import lcm

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
from app.assessment.numbers import total
from app.assessment.points import category_points, points_of, spread_points
from app.assessment.remarks import Code, Remark, remark
from app.assessment.result import ScoreRange
from app.assessment.rows import Row

_ZERO = Fraction(0)
_ONE = Fraction(1)
_MOST_TRIED = 10_000
QUALITATIVE_PART, QUANTITATIVE_PART = "定性部分", "定量部分"


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
    """P1, P2, P; `unknown` names what the document's copy lacks, then P is not worked out.

    shares: what P1 (False) and P2 (True) carry of P, all of it on the other where nothing of one applies. warnings: items
    and parts of which nothing applies.
    """

    items: tuple[Item, ...]
    scores: Mapping[str, ScoreRange]
    unknown: tuple[Remark, ...]
    shares: Mapping[bool, Fraction]
    warnings: tuple[Remark, ...] = ()


def score_points(method: Method, table: Table, rows: Sequence[Row]) -> Points:
    """Every range holds whatever the open answers become, also when they turn out not to apply."""
    unknown = [
        remark(Code.VALUE_UNKNOWN, [row.indicator.id], name=row.indicator.name, what=what)
        for row in rows
        if row.applies
        for what in _gaps(row.indicator)
    ]
    if method.quantitative_share is None or method.qualitative_share is None:
        unknown.append(remark(Code.SHARES_UNKNOWN))
    if unknown:
        return Points((), {}, tuple(unknown), {})
    assert method.quantitative_share is not None
    assert method.qualitative_share is not None
    members: dict[str, list[Row]] = {category.id: [] for category in table.categories}
    for row in rows:
        members[row.category.id].append(row)
    parts = {}
    for is_qualitative in (False, True):
        parts[is_qualitative] = _part(
            method,
            [
                (category, members[category.id])
                for category in table.categories
                if _is_qualitative(category, members[category.id]) is is_qualitative
            ],
            is_qualitative,
        )
    shares = {False: method.quantitative_share, True: method.qualitative_share}
    warnings: list[Remark] = []
    for is_qualitative, part in parts.items():
        other = parts[not is_qualitative]
        if part.applies or not part.items:
            warnings += part.warnings
        elif other.applies and all(shares.values()):
            shares = {is_qualitative: _ZERO, not is_qualitative: _ONE}
            name = QUALITATIVE_PART if is_qualitative else QUANTITATIVE_PART
            warnings.append(remark(Code.PART_SPREAD, part=name))
    scores = {is_qualitative: part.score for is_qualitative, part in parts.items()}
    whole = _add([_times(scores[part], share) for part, share in shares.items()])
    if all(shares.values()):
        whole = _with_a_part_less(whole, parts)
    places = {category.id: place for place, category in enumerate(table.categories)}
    items = sorted(
        (item for part in parts.values() for item in part.items),
        key=lambda item: places[item.category.id],
    )
    named = {"P1": scores[False], "P2": scores[True], "P": whole}
    return Points(tuple(items), named, (), shares, tuple(warnings))


@dataclass(frozen=True, slots=True)
class _Half:
    """P1 or P2. may_go: something applies, and all of it is open, so that it may turn out not to apply."""

    items: tuple[Item, ...]
    score: ScoreRange
    applies: bool
    may_go: bool
    warnings: tuple[Remark, ...]


def _with_a_part_less(whole: ScoreRange, parts: Mapping[bool, _Half]) -> ScoreRange:
    """P, highest also for the case that nothing of one part turns out to apply and the other carries everything."""
    high = whole.high
    for is_qualitative, part in parts.items():
        if parts[not is_qualitative].may_go and part.applies and high is not None:
            high = None if part.score.high is None else max(high, part.score.high)
    return ScoreRange(whole.low, high)


def _part(
    method: Method, parts: Sequence[tuple[Category, Sequence[Row]]], is_qualitative: bool
) -> _Half:
    wholes = {category.id: category_points(category, rows) for category, rows in parts}
    spread, warnings = spread_points(parts, wholes)
    items = []
    settled: list[tuple[Fraction, Fraction | None]] = []  # points and highest score: must stay
    optional: list[tuple[Fraction, Fraction | None]] = []  # all open: may turn out not to apply
    for category, rows in parts:
        present = [row for row in rows if row.applies]
        item = _item(method, category, wholes[category.id], present, spread, is_qualitative)
        items.append(item)
        if present:
            is_open = all(isinstance(row.finding, Missing) for row in present)
            high = item.score.high
            (optional if is_open else settled).append((wholes[category.id] * spread, high))
    score = ScoreRange(
        total(item.score.low for item in items), _highest_of_items(settled, optional)
    )
    applies = bool(settled or optional)
    return _Half(tuple(items), score, applies, applies and not settled, warnings)


def _highest_of_items(
    settled: Sequence[tuple[Fraction, Fraction | None]],
    optional: Sequence[tuple[Fraction, Fraction | None]],
) -> Fraction | None:
    """Most the items of a part can bring together, when any of the optional ones may hand its points to the rest. Those
    that bring most for their points stay longest."""
    known = []
    for points, high in (*settled, *optional):
        if high is None:
            return None
        known.append((points, high))
    whole = total(points for points, _ in known)
    points = total(points for points, _ in known[: len(settled)])
    score = total(high for _, high in known[: len(settled)])
    best = whole * score / points if points else _ZERO
    for own, high in sorted(
        (one for one in known[len(settled) :] if one[0]),
        key=lambda one: one[1] / one[0],
        reverse=True,
    ):
        points += own
        score += high
        best = max(best, whole * score / points)
    return best


def _gaps(indicator: Indicator) -> list[str]:
    gaps = [] if indicator.points is not None else ["分值"]
    if indicator.kind is IndicatorKind.QUANTITATIVE:
        if indicator.base is None:
            gaps.append("评价基准值")
        if indicator.direction not in (Direction.LOWER, Direction.HIGHER):
            gaps.append("方向")
    return gaps


def _is_qualitative(category: Category, rows: Sequence[Row]) -> bool:
    """Whether the item belongs to P2."""
    if category.qualitative_part is not None:
        return category.qualitative_part
    return bool(rows) and all(row.indicator.kind is IndicatorKind.QUALITATIVE for row in rows)


def _item(
    method: Method,
    category: Category,
    whole: Fraction,
    present: Sequence[Row],
    spread: Fraction,
    is_qualitative: bool,
) -> Item:
    """whole: its points as printed; spread: what they are multiplied by because other items do not apply."""
    cap = _cap(method, whole, len(present))
    assessed = total(points_of(row) for row in present)
    repair = whole * spread / assessed if assessed else _ZERO
    parts = []
    for row in present:
        points = points_of(row) * repair
        ratio = _capped(row, cap)
        parts.append(Part(row, ratio, points, None if ratio is None else ratio * points))
    low = total(part.earned for part in parts if part.earned is not None)
    high = _highest(method, whole, present)
    return Item(
        category,
        tuple(parts),
        cap,
        ScoreRange(low, None if high is None else high * spread),
        is_qualitative,
    )


def _highest(method: Method, whole: Fraction, present: Sequence[Row]) -> Fraction | None:
    """Most the item can bring; None without a cap while a ratio is open.

    An open ratio counts as its cap, an open requirement as met. Fewer assessed indicators lift a k/m cap, so every number of
    dropped open ones is tried, of each kind the cheapest first. An average above 1 gains from every requirement dropped, so
    with the ratios alone tried only requirements all kept or all dropped can bring more than `whole`.
    """
    quantities: list[Fraction] = []  # points of the open ratios
    requirements: list[Fraction] = []  # and of the open requirements
    ratios: list[
        tuple[Fraction, Fraction | None]
    ] = []  # answered: points and ratio, None = no number
    earned = points = _ZERO  # of the answered requirements, which no cap touches
    for row in present:
        own = points_of(row)
        is_open = isinstance(row.finding, Missing)
        if row.indicator.kind is not IndicatorKind.QUALITATIVE:
            if is_open:
                quantities.append(own)
            else:
                ratios.append((own, _ratio(row)))
        elif is_open:
            requirements.append(own)
        else:
            points += own
            earned += own if _ratio(row) is None else own * (_ratio(row) or _ZERO)
    if not method.ratio_cap and (quantities or any(ratio is None for _, ratio in ratios)):
        return None
    answered = len(present) - len(quantities) - len(requirements)
    settled = _Settled(ratios, earned, points)
    kept_quantities, kept_requirements = _dearest(quantities), _dearest(requirements)
    at = {}  # by number of assessed indicators: the cap, and what the answered ones bring under it
    for count in range(answered, len(present) + 1):
        cap = _cap(method, whole, count)
        at[count] = (cap or _ZERO, settled.under(cap))

    def most(kept: int) -> Fraction:
        """With so many open requirements kept, and any number of open ratios."""
        best = _ZERO
        for place, quantity in enumerate(kept_quantities):
            cap, got = at[answered + kept + place]
            parts = settled.points + kept_requirements[kept] + quantity
            if parts:
                best = max(best, (got + kept_requirements[kept] + quantity * cap) / parts)
        return best

    best = max(map(most, {0, len(requirements)}))
    if best < 1 and len(quantities) * len(requirements) > _MOST_TRIED:
        best = _ONE  # no average above 1 is left to find: an end on the safe side, where trying would take seconds
    elif best < 1:
        best = max((best, *map(most, range(1, len(requirements)))))
    return whole * best


def _dearest(points: Sequence[Fraction]) -> list[Fraction]:
    """The sums of none, the dearest one, the dearest two … of them, added in whole numbers over one denominator."""
    denominator = lcm(*(one.denominator for one in points))
    wholes = sorted(
        (one.numerator * (denominator // one.denominator) for one in points), reverse=True
    )
    return [Fraction(whole, denominator) for whole in accumulate(wholes, initial=0)]


class _Settled:
    """What answered indicators bring under any cap: ratios in their order with running sums, so that a cap is looked up."""

    def __init__(
        self, ratios: Sequence[tuple[Fraction, Fraction | None]], earned: Fraction, points: Fraction
    ) -> None:
        """ratios: points and ratio of each, None = above every cap. earned, points: of what no cap touches."""
        told = sorted((ratio, own) for own, ratio in ratios if ratio is not None)
        self._ratios = [ratio for ratio, _ in told]
        self._below = list(accumulate((ratio * own for ratio, own in told), initial=_ZERO))
        self._points = list(accumulate((own for _, own in told), initial=_ZERO))
        self._ratio_points = total(own for own, _ in ratios)
        self._earned = earned
        self.points = points + self._ratio_points

    def under(self, cap: Fraction | None) -> Fraction:
        if not self._ratio_points:
            return self._earned
        if cap is None:
            return self._earned + self._below[-1]
        place = bisect_right(self._ratios, cap)
        return self._earned + self._below[place] + cap * (self._ratio_points - self._points[place])


def _capped(row: Row, cap: Fraction | None) -> Fraction | None:
    """The cap is one on ratios to a base value; a fulfilled requirement counts whole. A measured zero where less is better
    is above every cap."""
    ratio = _ratio(row)
    if row.indicator.kind is IndicatorKind.QUALITATIVE or cap is None:
        return ratio
    if ratio is None:
        return cap if _is_above_every_cap(row) else None
    return min(ratio, cap)


def _is_above_every_cap(row: Row) -> bool:
    base = row.indicator.base
    return (
        isinstance(row.finding, Measured)
        and not row.finding.value
        and row.indicator.direction is Direction.LOWER
        and base is not None
        and base > 0
    )


def _cap(method: Method, whole: Fraction, assessed: int) -> Fraction | None:
    if not method.ratio_cap:
        return None
    if method.ratio_cap == "k/m":
        return whole / assessed if assessed else None
    return Fraction(method.ratio_cap)


def _ratio(row: Row) -> Fraction | None:
    """S of a quantitative row (before the cap), 1 or 0 of a qualitative one; None while open or without a number."""
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
        total(score.low for score in scores),
        None if None in highs else total(high for high in highs if high is not None),
    )


def _times(score: ScoreRange, factor: Fraction) -> ScoreRange:
    high = None if score.high is None else score.high * factor
    return ScoreRange(score.low * factor, _ZERO if not factor else high)
