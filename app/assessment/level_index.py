"""The family of 2013 and GB/T 43329: Y_g = 100 · Σ w_i · Σ ω'_ij · [meets g], then limiting indicators and limits.

A range is tight: its low end counts every open question as missed, its high end as met, and where the document's
weights are unknown each end takes the division of the unknown weight that reaches it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from app.assessment.finding import Measured, Reached
from app.assessment.indicator_system import (
    LEVELS,
    Category,
    EmptyCategoryRule,
    Level,
    Method,
    ShareRule,
    Table,
)
from app.assessment.inputs import FirmInputs
from app.assessment.numbers import total
from app.assessment.result import Interval
from app.assessment.rows import Row
from app.errors import Problem, UserError

_ZERO = Fraction(0)
_ONE = Fraction(1)
_HUNDRED = Fraction(100)


@dataclass(frozen=True, slots=True)
class Weight:
    """before, after: ω and ω' inside the category; share: points of the index. None = unknown."""

    before: Fraction | None
    after: Fraction | None
    share: Fraction | None


NO_WEIGHT = Weight(None, None, None)


@dataclass(frozen=True, slots=True)
class Unit:
    """What carries one second-level weight: a single row, or the rows of a group that divide it.

    weight None = unknown. shares: part of each row in the unit, parallel to `rows`; None where it cannot be said.
    positive: which rows certainly have a part above zero when the division is unknown.
    """

    weight: Fraction | None
    rows: tuple[Row, ...]
    shares: tuple[Fraction | None, ...]
    rule: ShareRule | None = None
    outputs: tuple[Fraction | None, ...] = ()

    def range(self, level: Level) -> tuple[Fraction, Fraction] | None:
        """Part of the unit's weight earned at `level`, lowest and highest; None when no row takes part."""
        if not self.rows:
            return None
        if len(self.rows) == 1 and self.shares[0] is _ONE:
            met = self.rows[0].meets[level]
            return (_ONE if met else _ZERO), (_ZERO if met is False else _ONE)
        if None not in self.shares:
            sure: list[Fraction] = []
            open_: list[Fraction] = []
            for share, row in zip(self.shares, self.rows, strict=True):
                met = row.meets[level]
                if share is not None and met is not False:
                    (sure if met else open_).append(share)
            low = total(sure)
            return low, (low + total(open_) if open_ else low)
        lows = [_ONE if row.surely_meets(level) else _ZERO for row in self.rows]
        highs = [_ONE if row.may_meet(level) else _ZERO for row in self.rows]
        if self.rule is ShareRule.ONE_OF:
            return _lowest(lows), _highest(highs)
        # Outputs: any positive amount is possible for the rows whose output is unknown.
        known_total = sum((output for output in self.outputs if output is not None), _ZERO)
        open_rows = [place for place, output in enumerate(self.outputs) if output is None]
        low = _lowest([lows[place] for place in open_rows])
        high = _highest([highs[place] for place in open_rows])
        if known_total:
            earned_low = sum(
                (o * lows[i] for i, o in enumerate(self.outputs) if o is not None), _ZERO
            )
            earned_high = sum(
                (o * highs[i] for i, o in enumerate(self.outputs) if o is not None), _ZERO
            )
            low = min(low, earned_low / known_total)
            high = max(high, earned_high / known_total)
        return low, high


@dataclass(frozen=True, slots=True)
class Division:
    """How one whole (a category's 1, or the table's 1) is divided among parts of which some take no part.

    weights: of each part, None = unknown; a single unknown one is what is left of 1. known: sum of the known weights
    that take part. masses: what the unknown ones that take part may weigh together: the lowest and the highest, or one
    when there is nothing to choose.
    """

    weights: tuple[Fraction | None, ...]
    present: tuple[bool, ...]
    known: Fraction
    masses: tuple[Fraction, ...]

    @property
    def is_empty(self) -> bool:
        """Nothing with a weight takes part."""
        return not self.known and not any(
            weight is None and present
            for weight, present in zip(self.weights, self.present, strict=True)
        )

    def share(self, place: int) -> Fraction | None:
        """Weight after spreading what takes no part over the rest in proportion. None while unknown."""
        if not self.present[place]:
            return _ZERO
        weight = self.weights[place]
        if weight is None or len(self.masses) > 1:
            return None
        whole = self.known + self.masses[0] if self.masses[0] else self.known
        if whole == 1:
            return weight
        return weight / whole if whole else _ZERO

    def blend(
        self, ranges: Sequence[tuple[Fraction, Fraction] | None]
    ) -> tuple[Fraction, Fraction]:
        """Weighted mean of the parts that take part, lowest and highest over every admissible division."""
        sure: list[Fraction] = []
        hoped: list[Fraction] = []
        open_lows, open_highs = [], []
        for weight, part, present in zip(self.weights, ranges, self.present, strict=True):
            if part is None or not present:
                continue
            low, high = part
            if weight is None:
                open_lows.append(low)
                open_highs.append(high)
                continue
            if low:
                sure.append(weight if low is _ONE else weight * low)
            if high:
                hoped.append(weight if high is _ONE else weight * high)
        low_sum, high_sum = total(sure), total(hoped)
        worst, best = _lowest(open_lows), _highest(open_highs)
        lows, highs = [], []
        for mass in self.masses:
            whole, low, high = self.known, low_sum, high_sum
            if mass:
                whole, low, high = whole + mass, low + mass * worst, high + mass * best
            if whole:
                lows.append(low if whole == 1 else low / whole)
                highs.append(high if whole == 1 else high / whole)
        if not lows:  # only rows whose unknown weights have nothing left to divide
            return worst, best
        return min(lows), max(highs)


def _lowest(parts: Sequence[Fraction]) -> Fraction:
    """Of parts between 0 and 1, mostly one of the two; 0 when there are none."""
    return _ZERO if _ZERO in parts or not parts else min(parts)


def _highest(parts: Sequence[Fraction]) -> Fraction:
    """The same from above; 0 when there are none."""
    if not parts:
        return _ZERO
    return _ONE if _ONE in parts else max(parts)


def divide(weights: Sequence[Fraction | None], present: Sequence[bool]) -> Division:
    """Of parts whose weights add up to 1. Parts that are not present take no part."""
    unknown = [place for place, weight in enumerate(weights) if weight is None]
    settled = list(weights)
    if unknown:
        left = max(_ZERO, _ONE - total(weight for weight in weights if weight is not None))
        if len(unknown) == 1:
            settled[unknown[0]] = left
            unknown = []
    known = total(w for w, here in zip(settled, present, strict=True) if here and w is not None)
    masses: tuple[Fraction, ...] = (_ZERO,)
    if any(present[place] for place in unknown):
        absent_may_take = left and any(not present[place] for place in unknown)
        masses = (_ZERO, left) if absent_may_take else (left,)
    return Division(tuple(settled), tuple(present), known, masses)


@dataclass(frozen=True, slots=True)
class CategoryWeights:
    """settled: ω' of every row that takes part, None while one of them is unknown."""

    category: Category
    units: tuple[Unit, ...]
    inner: Division
    settled: tuple[tuple[Row, Fraction], ...] | None

    @property
    def is_empty(self) -> bool:
        return self.inner.is_empty

    def range(self, level: Level) -> tuple[Fraction, Fraction] | None:
        """Part of the category earned, of 1; None when nothing takes part."""
        if self.is_empty:
            return None
        if self.settled is None:
            return self.inner.blend([unit.range(level) for unit in self.units])
        low = total([after for row, after in self.settled if row.meets[level] is True])
        open_ = [after for row, after in self.settled if row.meets[level] is None]
        return low, (low + total(open_) if open_ else low)


@dataclass(frozen=True, slots=True)
class Weighting:
    """All weights of a table for one firm. `outer` divides the 1 among the categories that are not a bonus."""

    categories: tuple[CategoryWeights, ...]
    outer: Division
    weights: Mapping[str, Weight]

    @property
    def main(self) -> tuple[CategoryWeights, ...]:
        return tuple(part for part in self.categories if not part.category.bonus)

    @property
    def bonus(self) -> tuple[CategoryWeights, ...]:
        return tuple(part for part in self.categories if part.category.bonus)


def weigh(method: Method, table: Table, rows: Sequence[Row], inputs: FirmInputs) -> Weighting:
    """UserError when a whole category does not apply and the document forbids that."""
    by_category: dict[str, list[Row]] = {category.id: [] for category in table.categories}
    for row in rows:
        by_category[row.category.id].append(row)
    parts = []
    after_of = []
    listed: dict[str, Fraction | None] = {}
    for category in table.categories:
        units = _units(by_category[category.id], inputs, listed)
        inner = divide([unit.weight for unit in units], [bool(unit.rows) for unit in units])
        afters = _afters(units, inner)
        settled = tuple((row, after) for row, after in afters if after is not None)
        known = settled if len(settled) == len(afters) else None
        parts.append(CategoryWeights(category, units, inner, known))
        after_of.append(afters)
    main = [part for part in parts if not part.category.bonus]
    empty = [part.category for part in main if part.is_empty]
    if empty and method.empty_category is EmptyCategoryRule.FORBIDDEN:
        raise UserError(
            *(
                Problem(
                    f"{table.title} › {category.name}",
                    "这一类的指标全部不适用，这份文件不允许",
                    "至少填一项",
                )
                for category in empty
            )
        )
    outer = divide([part.category.weight for part in main], [not part.is_empty for part in main])
    weights: dict[str, Weight] = {}
    place = 0
    for part, afters in zip(parts, after_of, strict=True):
        if part.category.bonus:
            outer_share = part.category.weight
        else:
            outer_share = outer.share(place)
            place += 1
        points = None if outer_share is None else _HUNDRED * outer_share
        for row, after in afters:
            share = None if after is None or points is None else points * after
            weights[row.indicator.id] = Weight(listed[row.indicator.id], after, share)
    for row in rows:
        if row.indicator.id not in weights:
            weights[row.indicator.id] = Weight(listed[row.indicator.id], _ZERO, _ZERO)
    return Weighting(tuple(parts), outer, weights)


def _afters(units: Sequence[Unit], inner: Division) -> list[tuple[Row, Fraction | None]]:
    """ω' of every row that takes part."""
    afters: list[tuple[Row, Fraction | None]] = []
    for place, unit in enumerate(units):
        weight = inner.share(place)
        for row, portion in zip(unit.rows, unit.shares, strict=True):
            if portion is _ONE:
                afters.append((row, weight))
            elif weight is None or portion is None:
                afters.append((row, None))
            else:
                afters.append((row, weight * portion))
    return afters


def _units(
    rows: Sequence[Row], inputs: FirmInputs, listed: dict[str, Fraction | None]
) -> tuple[Unit, ...]:
    """Fills `listed` with ω as the document gives it."""
    units: list[Unit] = []
    groups: dict[str, list[Row]] = {}
    for row in rows:
        share = row.indicator.share
        if share is None:
            listed[row.indicator.id] = row.indicator.weight
            present = (row,) if row.applies else ()
            units.append(Unit(row.indicator.weight, present, (_ONE,) * len(present)))
        else:
            groups.setdefault(share.group, []).append(row)
    for members in groups.values():
        units.append(_group(members, inputs, listed))
    return tuple(units)


def _group(members: Sequence[Row], inputs: FirmInputs, listed: dict[str, Fraction | None]) -> Unit:
    share = members[0].indicator.share
    assert share is not None
    present = tuple(row for row in members if row.applies)
    outputs: tuple[Fraction | None, ...] = ()
    portions: tuple[Fraction | None, ...]
    match share.rule:
        case ShareRule.APPLICABLE_COUNT:
            for row in members:
                listed[row.indicator.id] = (
                    None if share.total is None else share.total / len(members)
                )
            portions = (Fraction(1, len(present)),) * len(present) if present else ()
        case ShareRule.OUTPUT:
            outputs = tuple(inputs.outputs.get(row.indicator.id) for row in present)
            portions = _by_output(outputs)
            for row in members:
                listed[row.indicator.id] = None
            for row, portion in zip(present, portions, strict=True):
                if portion is not None and share.total is not None:
                    listed[row.indicator.id] = share.total * portion
        case ShareRule.ONE_OF:
            for row in members:
                listed[row.indicator.id] = share.total
            answered = tuple(row for row in present if isinstance(row.finding, Measured | Reached))
            present = answered or present
            portions = (_ONE,) if len(present) == 1 else (None,) * len(present)
    return Unit(share.total, present, portions, share.rule, outputs)


def _by_output(outputs: Sequence[Fraction | None]) -> tuple[Fraction | None, ...]:
    """A lone row takes everything whatever its output."""
    if len(outputs) == 1:
        return (_ONE,)
    known = [output for output in outputs if output is not None]
    if len(known) < len(outputs):
        return (None,) * len(outputs)
    whole = total(known)
    return tuple(output / whole for output in known)


def index_ranges(
    method: Method, weighting: Weighting, rows: Sequence[Row]
) -> dict[Level, Interval]:
    """Y of each level; empty when no category applies."""
    if weighting.outer.is_empty:
        return {}
    if all(weight.share is not None for weight in weighting.weights.values()):
        totals = _sum_shares(weighting, rows)
    else:
        totals = {level: _blend(weighting, level) for level in LEVELS}
    cap = method.index_cap
    if cap is not None:
        totals = {level: (min(low, cap), min(high, cap)) for level, (low, high) in totals.items()}
    return {level: Interval(low, high) for level, (low, high) in totals.items()}


def _sum_shares(
    weighting: Weighting, rows: Sequence[Row]
) -> dict[Level, tuple[Fraction, Fraction]]:
    """All weights known: plain sums, in whole numbers over one denominator because that is ten times faster."""
    pairs = [
        (row, share)
        for row in rows
        if row.applies and (share := weighting.weights[row.indicator.id].share)
    ]
    denominator = lcm(*(share.denominator for _, share in pairs))
    points = [(row, share.numerator * (denominator // share.denominator)) for row, share in pairs]
    result = {}
    for level in LEVELS:
        low = sum(amount for row, amount in points if row.meets[level] is True)
        high = low + sum(amount for row, amount in points if row.meets[level] is None)
        result[level] = (Fraction(low, denominator), Fraction(high, denominator))
    return result


def _blend(weighting: Weighting, level: Level) -> tuple[Fraction, Fraction]:
    low, high = weighting.outer.blend([part.range(level) for part in weighting.main])
    for part in weighting.bonus:
        earned = part.range(level)
        if earned is not None:
            weight = part.category.weight
            # A bonus of unknown size adds at least nothing and at most everything.
            low += earned[0] * (_ZERO if weight is None else weight)
            high += earned[1] * (_ONE if weight is None else weight)
    return _HUNDRED * low, _HUNDRED * high
