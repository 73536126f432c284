"""Own systems: taking in a filled template after a second look, changing single cells, what the change means."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from app.assessment.indicator_system import (
    LEVELS,
    Benchmark,
    Category,
    Indicator,
    IndicatorKind,
    IndicatorSystem,
    Limit,
    Linear,
    Provenance,
    Requirement,
    Span,
    Table,
    Verification,
)
from app.assessment.units import find_unit
from app.audit.own_ties import TAKES, fitting, tied_row, whole_quantities
from app.errors import Problem, UserError
from app.exchange.cell_text import NotUnderstoodError, read_number, read_threshold
from app.services.systems import keep_own, own_systems_dir, read_system_file
from app.standards.library import SystemSummary
from app.standards.system_json import system_to_json
from app.standards.system_reader import LoadedSystem
from app.standards.verification import (
    CHANGED,
    ENTERED,
    NO_SECOND_LOOK,
    SECOND_LOOK,
    confirm_row,
    is_verified,
)
from app.storage.catalogue_store import Catalogue

_LEVEL_OF = {level.code: level for level in LEVELS}


@dataclass(frozen=True)
class Preview:
    """What a file would add. taken: the library has another content under this id (own: a system of the user's)."""

    path: Path
    loaded: LoadedSystem
    taken: bool
    own: bool


def preview(path: Path, catalogue: Catalogue) -> Preview:
    """Read a template, YAML or JSON without keeping anything. UserError with every problem."""
    loaded = read_system_file(path)
    known = {one.id: one for one in catalogue.systems()}
    held = known.get(loaded.system.id)
    taken = held is not None and catalogue.system_json(held.id) != system_to_json(loaded.system)
    return Preview(path, loaded, taken, held is not None and held.own)


def take_in(
    catalogue: Catalogue,
    chosen: Preview,
    *,
    by: str,
    on: str,
    second: str = "",
    folder: Path | None = None,
) -> SystemSummary:
    """Keep a previewed system. second: who looked through it after `by`; without one the system says so.

    UserError without a name, or when both are the same person.
    """
    if not by.strip():
        raise UserError(Problem("", "没有填谁录的", "填上名字，以后好问。"))
    if second.strip() == by.strip():
        raise UserError(Problem("", "复核要由另一个人做", "填另一个人的名字；没有人复核就空着。"))
    system = chosen.loaded.system
    looked = f"{on} {second.strip()}" if second.strip() else NO_SECOND_LOOK
    system = replace(
        system,
        extras={
            **system.extras,
            ENTERED: f"{on} {by.strip()} 从 {chosen.path.name}",
            SECOND_LOOK: looked,
        },
    )
    if second.strip():
        for table in system.tables:
            for row in table.indicators():
                if is_verified(row) and row.provenance.checked_by != second.strip():
                    system = confirm_row(system, table.id, row.id, second, on)
    place = folder or own_systems_dir()
    return keep_own(catalogue, LoadedSystem(system, chosen.loaded.warnings), place)


def edit_cell(
    system: IndicatorSystem, table_id: str, row_id: str, column: str, text: str, note: str
) -> IndicatorSystem:
    """One cell as typed. column: name, unit, weight, limiting (是/否), a level's code; row_id `category:ID` with name or
    weight. A checked row is no longer checked. `note` (who, when) goes to the row. UserError when it is not understood.
    """
    table = system.table(table_id)
    try:
        changed = _edited(table, row_id, column, text.strip(), note)
    except NotUnderstoodError as error:
        raise UserError(Problem(text or "空格", str(error.args[0]), str(error.args[1]))) from error
    tables = tuple(changed if one.id == table_id else one for one in system.tables)
    return replace(system, tables=tables)


@dataclass(frozen=True)
class Tie:
    """quantity_id: what a row takes its value from, "" when it is answered directly. offered: what it could take (id,
    title with unit), best first; empty for rows answered in words. shipped: title of what the program ties it to by
    itself. unknown: a tie this program does not know."""

    quantity_id: str
    offered: tuple[tuple[str, str], ...]
    shipped: str = ""
    unknown: str = ""


def tie_of(catalogue: Catalogue, system: IndicatorSystem, table_id: str, row_id: str) -> Tie:
    """Where a row's value comes from, and where it could come from."""
    row = next(one for one in system.table(table_id).indicators() if one.id == row_id)
    quantities = catalogue.quantities()
    offered = fitting(row, whole_quantities(quantities, catalogue.questionnaires()))
    own = row.extras.get(TAKES, "")
    shipped = catalogue.derivations(system.id)
    taken = quantities.get(shipped.quantity_of(table_id, row_id)) if shipped else None
    known = own in {one.id for one in offered}
    return Tie(
        own if known else "",
        tuple((one.id, f"{one.title}（{one.unit}）") for one in offered),
        "" if taken is None else taken.title,
        "" if known else own,
    )


def tie_row(
    system: IndicatorSystem, table_id: str, row_id: str, quantity_id: str
) -> IndicatorSystem:
    """The system with a row that takes its value from a quantity, "" = it is answered directly. Values and checks stay."""
    table = system.table(table_id)
    categories = tuple(
        replace(
            one,
            indicators=tuple(
                tied_row(row, quantity_id) if row.id == row_id else row for row in one.indicators
            ),
        )
        for one in table.categories
    )
    changed = replace(table, categories=categories)
    return replace(
        system, tables=tuple(changed if one.id == table_id else one for one in system.tables)
    )


def _edited(table: Table, row_id: str, column: str, text: str, note: str) -> Table:
    def in_category(category: Category) -> Category:
        if row_id == f"category:{category.id}":
            changed = (
                replace(category, name=text or category.name)
                if column == "name"
                else replace(category, weight=read_number(text) if text else None)
            )
            return replace(changed, provenance=_unchecked(category.provenance))
        rows = tuple(
            _edited_row(row, column, text, note) if row.id == row_id else row
            for row in category.indicators
        )
        return replace(category, indicators=rows)

    return replace(table, categories=tuple(map(in_category, table.categories)))


def _edited_row(row: Indicator, column: str, text: str, note: str) -> Indicator:
    changes: dict[str, Callable[[], Indicator]] = {
        "name": lambda: replace(row, name=text or row.name),
        "unit": lambda: replace(row, unit=_unit(text)),
        "weight": lambda: _with_weight(row, text),
        "limiting": lambda: replace(row, limiting=_limiting(text)),
    }
    changed = changes[column]() if column in changes else _with_threshold(row, column, text)
    if changed == row:
        return row
    earlier = row.extras.get(CHANGED)
    return replace(
        changed,
        provenance=_unchecked(row.provenance),
        weight_provenance=row.weight_provenance and _unchecked(row.weight_provenance),
        benchmark_provenance={
            level: _unchecked(mark)
            for level, mark in row.benchmark_provenance.items()
            if level in changed.benchmarks
        },
        extras={**row.extras, CHANGED: f"{earlier}；{note}" if earlier else note},
    )


def _unchecked(mark: Provenance) -> Provenance:
    if mark.verification is not Verification.VERIFIED:
        return mark
    return Provenance(
        mark.source_id, Verification.TRANSCRIBED, mark.doubt, mark.printed, mark.inferred
    )


def _unit(text: str) -> str:
    unit = find_unit(text)
    if unit is None:
        raise NotUnderstoodError(
            f"不认识单位「{text}」", "写原文的单位，例如 L/m²；没有单位写 无量纲。"
        )
    return unit.id


def _limiting(text: str) -> bool:
    if text not in ("是", "否"):
        raise NotUnderstoodError(f"「{text}」看不出是不是限定性指标", "填 是 或 否。")
    return text == "是"


def _with_weight(row: Indicator, text: str) -> Indicator:
    value = read_number(text.split("/n")[0]) if text else None
    if row.share is not None:
        return replace(row, share=replace(row.share, total=value))
    return replace(row, weight=value)


def _with_threshold(row: Indicator, column: str, text: str) -> Indicator:
    level = _LEVEL_OF[column]
    benchmarks = dict(row.benchmarks)
    if row.kind is IndicatorKind.QUALITATIVE:
        benchmarks[level] = Requirement(text) if text else None
        return replace(row, benchmarks=benchmarks)
    read = read_threshold(text, row.unit)
    if read.absent:
        benchmarks.pop(level, None)
        return replace(row, benchmarks=benchmarks)
    value: Benchmark | None = None
    if read.low is not None and read.high is not None:
        value = Span(read.low, read.high)
    elif read.value is not None:
        value = (
            Limit(read.value)
            if read.slope is None
            else Linear(read.value, read.slope, read.variable)
        )
    benchmarks[level] = value
    return replace(row, benchmarks=benchmarks)
