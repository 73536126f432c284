"""Indicator systems for the command line and the standards desk: list, show, check a file, template, import, export.

A user's own systems are kept as canonical JSON, one file each, in the folder `systems` of the user's data.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from app import files
from app.assessment.indicator_system import (
    LEVELS,
    Benchmark,
    Indicator,
    IndicatorSystem,
    Limit,
    Linear,
    Requirement,
    Span,
    Verification,
)
from app.assessment.numbers import number_text
from app.assessment.units import UNITS
from app.errors import Problem, UserError
from app.paths import user_data_dir
from app.standards.library import SystemSummary, table_gaps, threshold_state
from app.standards.limits import decode, read_bytes
from app.standards.system_json import system_from_json, system_to_json
from app.standards.system_reader import LoadedSystem
from app.standards.verification import recheck
from app.storage.catalogue_store import Catalogue
from app.storage.own_systems import own_file, own_files, undo_own, write_own

SOURCE_SUFFIXES = (".yaml", ".yml", ".xlsx", ".json")
STATE_NAMES = {
    Verification.VERIFIED: "已核对",
    Verification.TRANSCRIBED: "转录",
    Verification.RECALLED: "凭记忆",
}


@dataclass(frozen=True)
class Imported:
    """A system taken into the user's library. warnings: what the user should still know."""

    summary: SystemSummary
    file: Path
    warnings: tuple[Problem, ...]


def own_systems_dir() -> Path:
    """The folder of the user's own systems, made if need be."""
    folder = user_data_dir() / "systems"
    folder.mkdir(exist_ok=True)
    return folder


def own_system_files() -> tuple[Path, ...]:
    """What `open_catalogue` takes beside the shipped systems."""
    return own_files(own_systems_dir())


def read_system_file(path: Path) -> LoadedSystem:
    """A system from YAML, Excel or JSON, by the ending. UserError with every problem and its place."""
    suffix = path.suffix.lower()
    if suffix in (".xlsx", ".xlsm", ".xls"):
        from app.exchange.system_import import read_system_workbook  # openpyxl takes half a second

        return read_system_workbook(path)
    if suffix in (".yaml", ".yml"):
        from app.standards.yaml_source import load_system_file

        return load_system_file(path)
    if suffix == ".json":
        text = decode(read_bytes(path), path.name)
        return LoadedSystem(system_from_json(text), ())
    raise UserError(
        Problem(path.name, "不认识这种文件", f"可以用的：{'、'.join(SOURCE_SUFFIXES)}。")
    )


def write_template(target: Path) -> None:
    """The Excel template at `target`. UserError when it cannot be written there."""
    from app.exchange.system_workbook import write_template as write

    write(target)


def import_system(
    path: Path, catalogue: Catalogue, *, replace: bool = False, folder: Path | None = None
) -> Imported:
    """Check a file and take it into the user's library and into `catalogue`.

    UserError when it has faults, or when its id is taken by another content and `replace` is not set.
    """
    loaded = read_system_file(path)
    system = loaded.system
    body = system_to_json(system)
    known = {summary.id for summary in catalogue.systems()}
    if system.id in known and not replace and catalogue.system_json(system.id) != body:
        from app.services.system_difference import few, what_differs

        differs = what_differs(catalogue.system(system.id), system)
        raise UserError(
            Problem(
                path.name,
                f"库里已有编号「{system.id}」的体系，内容不同{'，' + few(differs) if differs else ''}",
                "是另一份文件就换个体系编号；要用这一份代替它，请确认替换（命令行加 --replace）。",
            )
        )
    summary = keep_own(catalogue, loaded, folder)
    return Imported(summary, own_file(folder or own_systems_dir(), system.id), loaded.warnings)


def keep_own(
    catalogue: Catalogue, loaded: LoadedSystem, folder: Path | None = None
) -> SystemSummary:
    """Keep a checked system in the user's library and show it in `catalogue`. UserError when it cannot be written."""
    place = folder or own_systems_dir()
    return catalogue.add_own(write_own(place, loaded.system), loaded.warnings)


def change_system(
    catalogue: Catalogue,
    system_id: str,
    change: Callable[[IndicatorSystem], IndicatorSystem],
) -> SystemSummary:
    """Apply a change of app.standards.verification (verify_row, correct_row, confirm_row …) and keep the result.

    A shipped system becomes an own copy of the same id. UserError when the changed system breaks a rule; nothing is kept then.
    """
    return keep_own(catalogue, recheck(change(find_system(catalogue, system_id))))


def undo_last_change(catalogue: Catalogue, system_id: str) -> None:
    """Back to the state of an own system before its last change; the first change undone brings the shipped one back."""
    own = undo_own(own_systems_dir(), system_id)
    if own is None:
        catalogue.drop_own(system_id)
    else:
        catalogue.add_own(own)


def export_system(catalogue: Catalogue, system_id: str, target: Path) -> None:
    """A system as Excel, YAML or JSON, by the ending of `target`. UserError for an unknown id or ending."""
    system = find_system(catalogue, system_id)
    files.check_place(target, *SOURCE_SUFFIXES)
    suffix = target.suffix.lower()
    if suffix == ".xlsx":
        from app.exchange.system_workbook import write_system

        write_system(system, target)
        return
    if suffix == ".json":
        text = system_to_json(system)
    else:
        from app.standards.yaml_source import system_to_yaml

        text = system_to_yaml(system)
    files.write_text(target, text)


def find_system(catalogue: Catalogue, system_id: str) -> IndicatorSystem:
    """UserError with near matches when there is no such system."""
    try:
        return catalogue.system(system_id)
    except KeyError as error:
        near = "、".join(summary.id for summary in catalogue.find(system_id)[:3])
        raise UserError(
            Problem(
                system_id,
                "库里没有这个编号的体系",
                f"是不是要找：{near}？" if near else "用 cleanaudit systems list 看有哪些。",
            )
        ) from error


def check_lines(path: Path) -> Iterator[str]:
    """What a system file holds, and what the user should look at again. UserError with every problem."""
    loaded = read_system_file(path)
    system = loaded.system
    for warning in loaded.warnings:
        yield f"提示 {warning}"
    rows = sum(1 for table in system.tables for _ in table.indicators())
    yield f"{path.name}：没有问题。{system.title}（{system.id}），{len(system.tables)} 张表，{rows} 项指标。"
    for table in system.tables:
        for gap in table_gaps(table, system.method.family):
            yield f"还缺 {table.title}：{gap}"


def list_lines(catalogue: Catalogue, query: str = "") -> Iterator[str]:
    """One line a system: id, document number, title, states, whether it gives a level."""
    for summary in catalogue.find(query):
        states = "，".join(
            f"{STATE_NAMES[state]} {count}" for state, count in summary.states.items() if count
        )
        level = "可定级" if summary.scorable else "不定级"
        own = " 自有" if summary.own else ""
        yield f"{summary.id}\t{summary.document_no}\t{summary.title}\t{states}\t{level}{own}"


def show_lines(catalogue: Catalogue, system_id: str) -> Iterator[str]:
    """A system as a plain table with source, state and doubt of each row, then its gaps."""
    system = find_system(catalogue, system_id)
    summary = catalogue.summary(system_id)
    yield f"{system.title}（{system.document_no}）"
    for name, value in (
        ("状态", system.status),
        ("发布", system.issued),
        ("施行", system.effective),
        ("说明", system.confidence_note),
    ):
        if value:
            yield f"{name}：{value}"
    for source in system.sources.values():
        yield f"来源 {source.id}：{source.what} {source.url}".rstrip()
    for table in system.tables:
        yield ""
        yield f"[{table.id}] {table.title}"
        for category in table.categories:
            weight = "未查到" if category.weight is None else number_text(category.weight)
            yield f"  {category.name}（权重 {weight}）"
            for row in category.indicators:
                yield f"    {_row_line(row)}"
                doubt = row.provenance.doubt
                if doubt:
                    yield f"      存疑：{doubt}"
    for title, lines in (("没有查到的", system.missing), ("因此不能判的", summary.gaps)):
        if lines:
            yield ""
            yield f"{title}："
            yield from (f"  {line}" for line in lines)


def _row_line(row: Indicator) -> str:
    levels = "；".join(
        f"{level.symbol} {benchmark_text(row.benchmarks[level])}"
        for level in LEVELS
        if level in row.benchmarks
    )
    unit = UNITS[row.unit].symbol if row.unit else ""
    weight = ""
    if row.weight is not None:
        weight = f" 权重 {number_text(row.weight)}"
    elif row.share is not None and row.share.total is not None:
        weight = f" 分摊 {number_text(row.share.total)}（{row.share.group}）"
    limiting = " 限定" if row.limiting else ""
    state = STATE_NAMES[threshold_state(row)]
    return (
        f"{row.id} {row.name}{f'（{unit}）' if unit else ''}{weight}{limiting} [{state}] {levels}"
    )


def benchmark_text(benchmark: Benchmark | None) -> str:
    """A threshold in short: 8, 6~9, 10+5n, the requirement, 未查到."""
    match benchmark:
        case None:
            return "未查到"
        case Limit(value):
            return number_text(value)
        case Span(low, high):
            return f"{number_text(low)}~{number_text(high)}"
        case Linear(base, slope, variable):
            sign = "" if slope < 0 else "+"
            return f"{number_text(base)}{sign}{number_text(slope)}{variable}"
        case Requirement(text):
            return text
