"""Checking a system row by row against the official text: who, when, which print. Pure: a system in, a system out."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from app.assessment.indicator_system import (
    Benchmark,
    Category,
    Combination,
    Indicator,
    IndicatorSystem,
    Level,
    Provenance,
    Table,
    Verification,
)
from app.errors import Problem, UserError
from app.standards.system_reader import LoadedSystem, read_system
from app.standards.system_writer import system_document
from app.standards.tree import tree_from_data

CORRECTED = "更正"
# What a system's extras say of who typed it in and who looked through it; a row's, of who changed it and checked alone.
ENTERED, SECOND_LOOK, CHANGED, ALONE = "录入", "复核", "改动", "同一人"
NO_SECOND_LOOK = "没有第二人复核"
_WHO = re.compile(r"^\d{4}-\d\d-\d\d (\S+)")


@dataclass(frozen=True)
class Check:
    """by: the person who held the official text; on: ISO date; against: which print, which page."""

    by: str
    on: str
    against: str


def verify_row(
    system: IndicatorSystem, table_id: str, indicator_id: str, check: Check
) -> IndicatorSystem:
    """Every threshold and the weight of one row as checked. Doubts and prints stay: they tell what the source had.

    UserError when the row still has a gap (a level nobody has seen cannot have been checked).
    """
    _complete(check)

    def verify(row: Indicator) -> Indicator:
        gaps = [level.symbol for level, item in row.benchmarks.items() if item is None]
        if gaps:
            raise UserError(
                Problem(row.name, f"{'、'.join(gaps)}级还没有值", "先按原文把值补上，再核对。")
            )
        return _with_marks(row, lambda mark: _signed(mark, check))

    return _with_row(system, table_id, indicator_id, verify)


def correct_row(
    system: IndicatorSystem,
    table_id: str,
    indicator_id: str,
    check: Check,
    *,
    benchmarks: Mapping[Level, Benchmark | None] | None = None,
    weight: Fraction | None = None,
    limiting: bool | None = None,
    unit: str = "",
) -> IndicatorSystem:
    """The row as the official text has it, and checked; what is not given stays. The row's extras say who changed it."""
    _complete(check)

    def correct(row: Indicator) -> Indicator:
        changed = replace(
            row,
            benchmarks=row.benchmarks if benchmarks is None else dict(benchmarks),
            weight=row.weight if weight is None else weight,
            limiting=row.limiting if limiting is None else limiting,
            unit=unit or row.unit,
        )
        if changed == row:
            return row
        note = f"{check.on} {check.by} 按{check.against}改"
        earlier = row.extras.get(CORRECTED)
        return replace(
            changed,
            benchmark_provenance={
                level: mark
                for level, mark in row.benchmark_provenance.items()
                if level in changed.benchmarks
            },
            extras={**row.extras, CORRECTED: f"{earlier}；{note}" if earlier else note},
        )

    return verify_row(
        _with_row(system, table_id, indicator_id, correct), table_id, indicator_id, check
    )


def confirm_row(
    system: IndicatorSystem, table_id: str, indicator_id: str, by: str, on: str
) -> IndicatorSystem:
    """A second person has looked. UserError when the row is not checked yet, or by the same person."""

    def confirm(row: Indicator) -> Indicator:
        if not is_verified(row):
            raise UserError(Problem(row.name, "这一行还没有核对过", "先由一个人对照原文核对。"))
        if by.strip() in ("", row.provenance.checked_by):
            raise UserError(
                Problem(row.name, "复核要由另一个人做", "填上另一个人的名字；没有人复核就跳过。")
            )
        return _with_marks(
            row, lambda mark: replace(mark, confirmed_by=by.strip(), confirmed_on=on)
        )

    return _with_row(system, table_id, indicator_id, confirm)


def verify_category(
    system: IndicatorSystem, table_id: str, category_id: str, check: Check
) -> IndicatorSystem:
    """The first-level weight of one category as checked. UserError when it is unknown."""
    _complete(check)

    def verify(category: Category) -> Category:
        if category.weight is None:
            raise UserError(Problem(category.name, "一级权重还没有值", "先按原文把权重补上。"))
        return replace(category, provenance=_signed(category.provenance, check))

    return _with_category(system, table_id, category_id, verify)


def verify_method(system: IndicatorSystem, check: Check) -> IndicatorSystem:
    """The rules for the levels as checked."""
    _complete(check)
    signed = _signed(system.method.provenance, check)
    return replace(system, method=replace(system.method, provenance=signed, recalled_parts=()))


def with_extra(
    system: IndicatorSystem, table_id: str, indicator_id: str, name: str, text: str
) -> IndicatorSystem:
    """A mark written beside a row; an empty text takes it away."""

    def mark(row: Indicator) -> Indicator:
        kept = {key: value for key, value in row.extras.items() if key != name}
        return replace(row, extras={**kept, name: text} if text else kept)

    return _with_row(system, table_id, indicator_id, mark)


def differing_values(
    one: IndicatorSystem, other: IndicatorSystem, table_id: str
) -> tuple[str, ...]:
    """What of a table counts differently in two copies (names of rows, 评级规则); empty = only states and notes differ."""
    try:
        table = other.table(table_id)
    except KeyError:
        return ("这张表",)
    names = []
    ways = [system.combination(table_id) for system in (one, other)]
    if len(one.parts(table_id)) > 1 and _divided(ways[0]) != _divided(ways[1]):
        names.append("各表怎么合并")
    if one.method.levels != other.method.levels or one.method.family != other.method.family:
        names.append("评级规则")
    left, right = _counted(one.table(table_id)), _counted(table)
    for key in (*left, *(key for key in right if key not in left)):
        if left.get(key) != right.get(key):
            held = left.get(key) or right[key]
            names.append(held.name)
    return tuple(names)


def _divided(way: Combination | None) -> tuple[object, ...]:
    return () if way is None else (dict(way.weights), set(way.always))


def _counted(table: Table) -> dict[str, Category | Indicator]:
    """Rows and categories without what does not count: sources, states, notes, marks."""
    plain = Provenance("", Verification.RECALLED)
    found: dict[str, Category | Indicator] = {}
    for category in table.categories:
        found[f"category:{category.id}"] = replace(
            category, provenance=plain, indicators=(), notes=""
        )
        for row in category.indicators:
            found[row.id] = replace(
                row,
                provenance=plain,
                weight_provenance=None,
                benchmark_provenance={},
                extras={},
                notes="",
                evidence="",
            )
    return found


def is_verified(row: Indicator) -> bool:
    """Whether every threshold and the weight of the row were checked."""
    return all(mark.verification is Verification.VERIFIED for mark in _marks(row))


def is_confirmed(row: Indicator) -> bool:
    """Whether a second person has looked at all of them."""
    return is_verified(row) and all(mark.confirmed_by for mark in _marks(row))


def entered_by(system: IndicatorSystem, row: Indicator) -> frozenset[str]:
    """Who typed the row in or changed it, as the system says; empty for what came with the program."""
    notes = [system.extras.get(ENTERED, ""), *row.extras.get(CHANGED, "").split("；")]
    return frozenset(match.group(1) for note in notes if (match := _WHO.match(note.strip())))


def checked_alone(system: IndicatorSystem, row: Indicator) -> str:
    """The one person who both entered and checked the row while nobody else has looked; "" otherwise."""
    if not is_verified(row) or is_confirmed(row):
        return ""
    names = {mark.checked_by.strip() for mark in _marks(row)}
    return "、".join(sorted(names)) if names <= entered_by(system, row) else ""


def recheck(system: IndicatorSystem) -> LoadedSystem:
    """The system through the same checks as any file. UserError with every problem (a sum that no longer holds …)."""
    return read_system(tree_from_data(system_document(system), lambda path: " › ".join(path)))


def _complete(check: Check) -> None:
    missing = [
        name
        for name, value in (
            ("核对人", check.by),
            ("核对日期", check.on),
            ("核对的原文", check.against),
        )
        if not value.strip()
    ]
    if missing:
        raise UserError(
            Problem(
                "", f"没有填{'、'.join(missing)}", "核对要记下谁、哪天、对照哪份原文，三样都填上。"
            )
        )


def _marks(row: Indicator) -> list[Provenance]:
    thresholds = [row.provenance_of(level) for level in row.benchmarks]
    return [*thresholds, row.weight_provenance or row.provenance]


def _signed(mark: Provenance, check: Check) -> Provenance:
    return replace(
        mark,
        verification=Verification.VERIFIED,
        checked_by=check.by.strip(),
        checked_on=check.on,
        checked_against=check.against.strip(),
        confirmed_by="",
        confirmed_on="",
    )


def _with_marks(row: Indicator, change: Callable[[Provenance], Provenance]) -> Indicator:
    own = change(row.provenance)
    weight = None if row.weight_provenance is None else change(row.weight_provenance)
    levels = {level: change(mark) for level, mark in row.benchmark_provenance.items()}
    return replace(
        row,
        provenance=own,
        weight_provenance=None if weight == own else weight,
        benchmark_provenance=levels,
    )


def _with_row(
    system: IndicatorSystem,
    table_id: str,
    indicator_id: str,
    change: Callable[[Indicator], Indicator],
) -> IndicatorSystem:
    def within(category: Category) -> Category:
        rows = tuple(change(row) if row.id == indicator_id else row for row in category.indicators)
        return replace(category, indicators=rows)

    holder = next(
        category
        for category in system.table(table_id).categories
        if any(row.id == indicator_id for row in category.indicators)
    )
    return _with_category(system, table_id, holder.id, within)


def _with_category(
    system: IndicatorSystem,
    table_id: str,
    category_id: str,
    change: Callable[[Category], Category],
) -> IndicatorSystem:
    table = system.table(table_id)
    categories = tuple(
        change(category) if category.id == category_id else category
        for category in table.categories
    )
    changed = replace(table, categories=categories)
    return replace(
        system, tables=tuple(changed if one.id == table_id else one for one in system.tables)
    )
