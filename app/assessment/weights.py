"""How a table's weights fall on the rows that take part: n of a group, output shares, what does not apply spread over the rest.

Depends on which rows take part and on outputs, not on what they reached; the same firm asks for it again and again,
so the last ones are kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import lcm
from typing import NamedTuple

from app.assessment.finding import Measured, Reached
from app.assessment.indicator_system import (
    Category,
    Indicator,
    ShareRule,
    Table,
)
from app.assessment.inputs import FirmInputs
from app.assessment.numbers import total
from app.assessment.rows import Row

_ZERO = Fraction(0)
_ONE = Fraction(1)
_HUNDRED = Fraction(100)

Range = tuple[Fraction, Fraction]
Met = Sequence[bool | None]
"""Per row of the table: does it meet the level in question?"""


@dataclass(frozen=True, slots=True)
class Weight:
    """before, after: ω and ω' inside the category; share: points of the index; of_table: what its table carries where
    several are put together. None = unknown."""

    before: Fraction | None
    after: Fraction | None
    share: Fraction | None
    of_table: Fraction | None = _ONE


@dataclass(frozen=True, slots=True)
class Amounts:
    """Exact parts of some rows, as whole numbers over one denominator: adding them up is most of the work."""

    places: tuple[int, ...]
    numerators: tuple[int, ...]
    denominator: int

    def earned(self, met: Met) -> Range:
        """Sum over the rows that surely meet the level, and over those that may."""
        low = high = 0
        for place, amount in zip(self.places, self.numerators, strict=True):
            answer = met[place]
            if answer is not False:
                high += amount
                if answer:
                    low += amount
        lowest = Fraction(low, self.denominator)
        return lowest, lowest if low == high else Fraction(high, self.denominator)


def _amounts(parts: Sequence[tuple[int, Fraction | None]]) -> Amounts | None:
    """None while one of them is unknown."""
    known = [(place, part) for place, part in parts if part is not None]
    if len(known) < len(parts):
        return None
    denominator = lcm(*(part.denominator for _, part in known))
    return Amounts(
        tuple(place for place, _ in known),
        tuple(part.numerator * (denominator // part.denominator) for _, part in known),
        denominator,
    )


@dataclass(frozen=True, slots=True)
class Unit:
    """What carries one second-level weight: a single row, or the rows of a group that divide it.

    weight None = unknown. places: its rows that take part. shares: part of each of them in the unit, None where it
    cannot be said; `exact` holds them when all are known. outputs: of an output group, None = unknown.
    """

    weight: Fraction | None
    places: tuple[int, ...]
    shares: tuple[Fraction | None, ...]
    exact: Amounts | None
    rule: ShareRule | None = None
    outputs: tuple[Fraction | None, ...] = ()

    def earned(self, met: Met) -> Range | None:
        """Part of the unit's weight earned, lowest and highest; None when no row takes part."""
        if not self.places:
            return None
        if self.rule is None:
            answer = met[self.places[0]]
            return (_ONE if answer else _ZERO), (_ZERO if answer is False else _ONE)
        if self.exact is not None:
            return self.exact.earned(met)
        lows = [_ONE if met[place] else _ZERO for place in self.places]
        highs = [_ZERO if met[place] is False else _ONE for place in self.places]
        if self.rule is ShareRule.ONE_OF:
            return _lowest(lows), _highest(highs)
        # Outputs: any positive amount is possible for the rows whose output is unknown.
        known = [(index, o) for index, o in enumerate(self.outputs) if o is not None]
        unknown = [index for index, output in enumerate(self.outputs) if output is None]
        low = _lowest([lows[index] for index in unknown])
        high = _highest([highs[index] for index in unknown])
        if known:
            whole = total(output for _, output in known)
            low = min(low, total(o * lows[index] for index, o in known) / whole)
            high = max(high, total(o * highs[index] for index, o in known) / whole)
        return low, high


@dataclass(frozen=True, slots=True)
class Division:
    """How one whole (a category's 1, or the table's 1) is divided among parts of which some take no part.

    weights: of each part, None = unknown; a single unknown one is what is left of 1. known: sum of the known weights
    that take part. masses: what the unknown ones that take part may weigh together: the lowest and the highest, or one
    when there is nothing to choose. is_empty: nothing with a weight takes part. numerators: the weights as whole numbers
    over one denominator, 0 for unknown ones.
    """

    weights: tuple[Fraction | None, ...]
    present: tuple[bool, ...]
    known: Fraction
    masses: tuple[Fraction, ...]
    is_empty: bool
    numerators: tuple[int, ...]
    denominator: int

    def share(self, place: int) -> Fraction | None:
        """Weight after spreading what takes no part over the rest in proportion. None while unknown."""
        if not self.present[place]:
            return _ZERO
        weight = self.weights[place]
        if weight is None and self.masses[-1] and sum(self.present) == 1:
            return _ONE  # the only one left carries everything, whatever it weighs
        if weight is None or len(self.masses) > 1:
            return None
        whole = self.known + self.masses[0] if self.masses[0] else self.known
        if whole == 1:
            return weight
        return weight / whole if whole else _ZERO

    def _sum(self, whole: int, parts: Sequence[tuple[int, int]]) -> Fraction:
        """Added up in whole numbers and shortened once, for Fraction shortens at every step."""
        if not parts:
            if not whole:
                return _ZERO
            if whole == self.denominator:
                return _ONE
        denominator = lcm(*[below for _, below in parts])
        above = whole * denominator + sum(part * (denominator // below) for part, below in parts)
        return Fraction(above, self.denominator * denominator)

    def blend(
        self, ranges: Sequence[tuple[Fraction, Fraction] | None]
    ) -> tuple[Fraction, Fraction]:
        """Weighted mean of the parts that take part, lowest and highest over every admissible division."""
        sure = hoped = 0  # weights of parts that count whole, over one denominator
        low_parts: list[tuple[int, int]] = []  # of the others, over that and one of their own
        high_parts: list[tuple[int, int]] = []
        open_lows, open_highs = [], []
        for weight, numerator, part in zip(self.weights, self.numerators, ranges, strict=True):
            if part is None:
                continue
            low, high = part
            if weight is None:
                open_lows.append(low)
                open_highs.append(high)
                continue
            if low is _ONE:
                sure += numerator
            elif low is not _ZERO:
                low_parts.append((numerator * low.numerator, low.denominator))
            if high is _ONE:
                hoped += numerator
            elif high is not _ZERO:
                high_parts.append((numerator * high.numerator, high.denominator))
        low_sum = self._sum(sure, low_parts)
        same = sure == hoped and low_parts == high_parts
        high_sum = low_sum if same else self._sum(hoped, high_parts)
        worst, best = _lowest(open_lows), _highest(open_highs)
        lows, highs = [], []
        for mass in self.masses:
            whole, low, high = self.known, low_sum, high_sum
            if mass:
                whole += mass
                low = _more(low, mass, worst)
                high = _more(high, mass, best)
            if whole:
                lows.append(low if whole == 1 else low / whole)
                highs.append(high if whole == 1 else high / whole)
        if not lows:  # only rows whose unknown weights have nothing left to divide
            return worst, best
        return (lows[0], highs[0]) if len(lows) == 1 else (min(lows), max(highs))


def _more(score: Fraction, mass: Fraction, part: Fraction) -> Fraction:
    """score + mass × part, which is mostly 0 or 1."""
    if part is _ZERO:
        return score
    gained = mass if part is _ONE else mass * part
    return gained if score is _ZERO else score + gained


def _lowest(parts: Sequence[Fraction]) -> Fraction:
    """Of parts between 0 and 1, which are mostly one of the two; 0 when there are none."""
    for part in parts:
        if part is _ZERO:
            return _ZERO
    return min(parts, default=_ZERO)


def _highest(parts: Sequence[Fraction]) -> Fraction:
    """The same from above; 0 when there are none."""
    for part in parts:
        if part is _ONE:
            return _ONE
    return max(parts, default=_ZERO)


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
    is_open = any(present[place] for place in unknown)
    if is_open:
        absent_may_take = left and any(not present[place] for place in unknown)
        masses = (_ZERO, left) if absent_may_take else (left,)
    is_empty = not known and not is_open
    denominator = lcm(*(weight.denominator for weight in settled if weight is not None))
    numerators = tuple(
        0 if weight is None else weight.numerator * (denominator // weight.denominator)
        for weight in settled
    )
    return Division(
        tuple(settled), tuple(present), known, masses, is_empty, numerators, denominator
    )


@dataclass(frozen=True, slots=True)
class CategoryWeights:
    """exact: ω' of every row that takes part, None while one of them is unknown."""

    category: Category
    units: tuple[Unit, ...]
    inner: Division
    exact: Amounts | None

    @property
    def is_empty(self) -> bool:
        return self.inner.is_empty

    def earned(self, met: Met) -> Range | None:
        """Part of the category earned, of 1; None when nothing takes part."""
        if self.is_empty:
            return None
        if self.exact is not None:
            return self.exact.earned(met)
        return self.inner.blend([unit.earned(met) for unit in self.units])


@dataclass(frozen=True, slots=True)
class Weighting:
    """All weights of a table for one firm. `outer` divides the 1 among `main`, the categories that are not a bonus.
    exact: points of the index of every row that takes part, None while one of them is unknown."""

    categories: tuple[CategoryWeights, ...]
    main: tuple[CategoryWeights, ...]
    bonus: tuple[CategoryWeights, ...]
    outer: Division
    weights: Mapping[str, Weight]
    exact: Amounts | None


def weigh(table: Table, rows: Sequence[Row], inputs: FirmInputs) -> Weighting:
    """`rows` in the order of the table."""
    return _weighting(_ThisTable(table), tuple(_mark(row, inputs) for row in rows))


class _Mark(NamedTuple):
    """All that the weights ask of a row. output None = unknown. A tuple: looked up by the thousand."""

    applies: bool
    answered: bool = False
    output: Fraction | None = None


_OUT = _Mark(False)
_IN = _Mark(True)  # also: unanswered in a one-of group, output unknown
_ANSWERED = _Mark(True, answered=True)


def _mark(row: Row, inputs: FirmInputs) -> _Mark:
    if not row.applies:
        return _OUT
    share = row.indicator.share
    if share is None or share.rule is ShareRule.APPLICABLE_COUNT:
        return _IN
    if share.rule is ShareRule.OUTPUT:
        output = inputs.outputs.get(row.indicator.id)
        return _IN if output is None else _Mark(True, output=output)
    return _ANSWERED if isinstance(row.finding, (Measured, Reached)) else _IN


@dataclass(frozen=True, slots=True, eq=False)
class _ThisTable:
    """A table as a key: this very object. Comparing all its rows would cost more than working the weights out."""

    table: Table

    def __hash__(self) -> int:
        return id(self.table)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ThisTable) and other.table is self.table


@lru_cache(maxsize=256)
def _weighting(key: _ThisTable, marks: tuple[_Mark, ...]) -> Weighting:
    table = key.table
    parts: list[CategoryWeights] = []
    afters_of: list[list[tuple[int, Fraction | None]]] = []
    indicators: list[Indicator] = []
    before: list[Fraction | None] = []
    for category in table.categories:
        first = len(indicators)
        indicators.extend(category.indicators)
        before.extend(indicator.weight for indicator in category.indicators)
        units = _units(category, first, marks, before)
        inner = divide([unit.weight for unit in units], [bool(unit.places) for unit in units])
        afters = _afters(units, inner)
        parts.append(CategoryWeights(category, units, inner, _amounts(afters)))
        afters_of.append(afters)
    main = tuple(part for part in parts if not part.category.bonus)
    outer = divide([part.category.weight for part in main], [not part.is_empty for part in main])
    weights = {
        indicator.id: Weight(given, _ZERO, _ZERO)
        for indicator, given in zip(indicators, before, strict=True)
    }
    shares: list[tuple[int, Fraction | None]] = []
    for part, afters in zip(parts, afters_of, strict=True):
        is_bonus = part.category.bonus
        points = _product(
            _HUNDRED, part.category.weight if is_bonus else outer.share(main.index(part))
        )
        for place, after in afters:
            share = _product(points, after)
            weights[indicators[place].id] = Weight(before[place], after, share)
            shares.append((place, share))
    return Weighting(
        tuple(parts),
        main,
        tuple(part for part in parts if part.category.bonus),
        outer,
        weights,
        _amounts(shares),
    )


def _afters(units: Sequence[Unit], inner: Division) -> list[tuple[int, Fraction | None]]:
    """ω' of every row that takes part."""
    afters: list[tuple[int, Fraction | None]] = []
    for number, unit in enumerate(units):
        weight = inner.share(number)
        for place, portion in zip(unit.places, unit.shares, strict=True):
            afters.append((place, _product(weight, portion)))
    return afters


def _product(left: Fraction | None, right: Fraction | None) -> Fraction | None:
    """None when either is unknown."""
    return None if left is None or right is None else left * right


def _units(
    category: Category, first: int, marks: Sequence[_Mark], before: list[Fraction | None]
) -> tuple[Unit, ...]:
    """The category's rows stand from `first` on. Sets `before` of the rows that share a weight."""
    units: list[Unit] = []
    groups: dict[str, list[int]] = {}
    for place, indicator in enumerate(category.indicators, first):
        if indicator.share is None:
            places = (place,) if marks[place].applies else ()
            units.append(Unit(indicator.weight, places, (_ONE,) * len(places), None))
        else:
            groups.setdefault(indicator.share.group, []).append(place)
    for members in groups.values():
        share = category.indicators[members[0] - first].share
        assert share is not None
        units.append(_group(share.rule, share.total, members, marks, before))
    return tuple(units)


def _group(
    rule: ShareRule,
    weight: Fraction | None,
    members: Sequence[int],
    marks: Sequence[_Mark],
    before: list[Fraction | None],
) -> Unit:
    present = tuple(place for place in members if marks[place].applies)
    outputs: tuple[Fraction | None, ...] = ()
    shares: tuple[Fraction | None, ...]
    match rule:
        case ShareRule.APPLICABLE_COUNT:
            for place in members:
                before[place] = None if weight is None else weight / len(members)
            shares = tuple(Fraction(1, len(present)) for _ in present)
        case ShareRule.OUTPUT:
            outputs = tuple(marks[place].output for place in present)
            shares = _by_output(outputs)
            for place, share in zip(present, shares, strict=True):
                before[place] = _product(weight, share)
        case ShareRule.ONE_OF:
            for place in members:
                before[place] = weight
            present = tuple(place for place in present if marks[place].answered) or present
            shares = (_ONE,) if len(present) == 1 else (None,) * len(present)
    exact = _amounts(tuple(zip(present, shares, strict=True)))
    return Unit(weight, present, shares, exact, rule, outputs)


def _by_output(outputs: Sequence[Fraction | None]) -> tuple[Fraction | None, ...]:
    """A lone row takes everything whatever its output."""
    if len(outputs) == 1:
        return (_ONE,)
    known = [output for output in outputs if output is not None]
    if len(known) < len(outputs):
        return (None,) * len(outputs)
    whole = total(known)
    return tuple(output / whole for output in known)
