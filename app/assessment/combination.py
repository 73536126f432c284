"""Several tables of one document put together for one firm: Y = Σ weight of the table · Y of the table.

A firm is assessed by the tables of what it has. What the document leaves open about their weights gives a range; a firm
may put in its own parts there, and the result says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from app.assessment.indicator_system import LEVELS, Combination, IndicatorSystem, Level, Table
from app.assessment.inputs import FirmInputs
from app.assessment.level_index import index_ranges
from app.assessment.numbers import brief, total
from app.assessment.remarks import Code, Remark, remark
from app.assessment.result import Interval
from app.assessment.rows import Row
from app.assessment.weights import Weight, Weighting, divide, weigh
from app.errors import Problem, UserError

_ONE = Fraction(1)
_HUNDRED = Fraction(100)


@dataclass(frozen=True, slots=True)
class TableIndex:
    """One table by itself. weight: its part of the whole, None = unknown. ranges: empty when nothing in it applies."""

    table: Table
    rows: tuple[Row, ...]
    weighting: Weighting
    ranges: Mapping[Level, Interval]
    weight: Fraction | None


@dataclass(frozen=True, slots=True)
class Combined:
    parts: tuple[TableIndex, ...]
    ranges: Mapping[Level, Interval]
    weights: Mapping[str, Weight]
    warnings: tuple[Remark, ...]
    is_open: bool  # weights of two tables or more are unknown


def combine(
    system: IndicatorSystem, table: Table, rows: Sequence[Row], inputs: FirmInputs
) -> Combined:
    """`table` as given by `system.table`, `rows` in its order. UserError when the document does not put these tables
    together, or the firm's own weights do not add up."""
    tables = system.parts(table.id)
    found = []
    first = 0
    for own in tables:
        here = tuple(rows[first : first + sum(len(part.indicators) for part in own.categories)])
        first += len(here)
        weighting = weigh(own, here, inputs)
        ranges = index_ranges(system.method, weighting, here)
        found.append(TableIndex(own, here, weighting, ranges, _ONE))
    if len(found) == 1:
        (only,) = found
        return Combined((only,), only.ranges, only.weighting.weights, (), False)
    combination = _combination(system, table)
    given = _weights(combination, table, tables, inputs.table_weights)
    present = [name in {own.id for own in tables} for name in given]
    by_id = {part.table.id: part for part in found}
    applies = [here and bool(by_id[name].ranges) for name, here in zip(given, present, strict=True)]
    division = divide(list(given.values()), applies)
    places = {name: place for place, name in enumerate(given)}
    parts = tuple(replace(part, weight=division.share(places[part.table.id])) for part in found)
    weights: dict[str, Weight] = {}
    for part in parts:
        for name, weight in part.weighting.weights.items():
            share = None
            if weight.share is not None and part.weight is not None:
                share = weight.share * part.weight
            elif weight.share == 0:
                share = weight.share
            weights[name] = Weight(weight.before, weight.after, share, part.weight)
    ranges = {}
    if any(applies):
        for level in LEVELS:
            ends = [
                _part_of_one(by_id[name].ranges[level]) if here else None
                for name, here in zip(given, applies, strict=True)
            ]
            low, high = division.blend(ends)
            ranges[level] = Interval(_HUNDRED * low, _HUNDRED * high)
    return Combined(
        parts,
        ranges,
        weights,
        tuple(_warnings(combination, parts, present, inputs)),
        any(
            here and weight is None for weight, here in zip(division.weights, applies, strict=True)
        ),
    )


def _part_of_one(interval: Interval) -> tuple[Fraction, Fraction]:
    return interval.low / _HUNDRED, interval.high / _HUNDRED


def _combination(system: IndicatorSystem, table: Table) -> Combination:
    combination = system.combination(table.id)
    names = [part.id for part in system.parts(table.id)]
    if combination is not None and len(set(names)) == len(names):
        return combination
    titles = {known.id: known.title for known in system.tables}
    ways = [
        "、".join(f"「{titles[name]}」" for name in known.weights) for known in system.combinations
    ]
    raise UserError(
        Problem(
            f"{system.title} › {table.title}",
            "这份文件没有这样合并几张表",
            "可以一起选：" + "；".join(ways) if ways else "只选一张表",
        )
    )


def part_weights(
    system: IndicatorSystem, table_id: str, own: Mapping[str, Fraction]
) -> Mapping[str, Fraction | None]:
    """The parts of 1 of the tables of `table_id` (and of those left out, which carry nothing) before anything is
    divided anew; None = unknown. UserError when the document does not put these tables together, or `own` does not
    fit."""
    tables = system.parts(table_id)
    if len(tables) == 1:
        return {tables[0].id: _ONE}
    table = system.table(table_id)
    return _weights(_combination(system, table), table, tables, own)


def _weights(
    combination: Combination,
    table: Table,
    tables: Sequence[Table],
    own: Mapping[str, Fraction],
) -> dict[str, Fraction | None]:
    """The document's weights, and the firm's own where it gives none."""
    if not own:
        return dict(combination.weights)
    chosen = {part.id: part.title for part in tables}
    problems = [
        Problem(
            f"{table.title} › {chosen.get(name, name)}",
            "这张表没有选用" if name not in chosen else "文件已经给了这张表的权重",
            "不要另外给它权重",
        )
        for name in own
        if name not in chosen or combination.weights[name] is not None
    ]
    problems.extend(
        Problem(f"{table.title} › {chosen.get(name, name)}", "权重是负数", "改成 0 到 1")
        for name, weight in own.items()
        if weight < 0
    )
    # Chosen parts divide the 1; tables the firm does not have carry nothing then.
    weights = {name: own.get(name, combination.weights[name]) for name in chosen}
    known = total(weight for weight in weights.values() if weight is not None)
    if known > 1 or (known < 1 and None not in weights.values()):
        problems.append(
            Problem(table.title, f"各表的权重加起来是 {brief(known)}，不是 1", "改到合计为 1")
        )
    if problems:
        raise UserError(*problems)
    return weights


def _warnings(
    combination: Combination,
    parts: Sequence[TableIndex],
    present: Sequence[bool],
    inputs: FirmInputs,
) -> list[Remark]:
    warnings = []
    if inputs.table_weights:
        warnings.append(remark(Code.OWN_TABLE_WEIGHTS))
    elif not all(present) and any(weight is not None for weight in combination.weights.values()):
        warnings.append(remark(Code.TABLES_LEFT_OUT))
    warnings.extend(
        remark(Code.EMPTY_TABLE, title=part.table.title) for part in parts if not part.ranges
    )
    return warnings
