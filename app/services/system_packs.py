"""Verified packs: several systems in one file, so that one consultant's checking serves others, with its origin kept."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from app import files
from app.assessment.indicator_system import IndicatorSystem
from app.errors import Problem, UserError
from app.services.system_difference import few, what_differs
from app.services.systems import Imported, find_system, keep_own, own_systems_dir
from app.standards.limits import read_json
from app.standards.system_json import system_to_json
from app.standards.system_reader import LoadedSystem, read_system
from app.standards.tree import tree_from_data
from app.standards.verification import is_confirmed, is_verified
from app.storage.catalogue_store import Catalogue
from app.storage.own_systems import own_file

FORMAT = "cleanaudit-pack/1"
SUFFIX = ".cppack"
ORIGIN = "体系包"


@dataclass(frozen=True)
class Pack:
    """by, on: who made the pack and when. systems: with the origin written into their extras."""

    by: str
    on: str
    note: str
    systems: tuple[IndicatorSystem, ...]


def checked_rows(systems: Iterable[IndicatorSystem]) -> tuple[int, int, int]:
    """Rows checked against the print, of these by two people, and all rows."""
    rows = [row for system in systems for table in system.tables for row in table.indicators()]
    return sum(map(is_verified, rows)), sum(map(is_confirmed, rows)), len(rows)


def describe_checking(systems: Iterable[IndicatorSystem]) -> str:
    """How much of a pack was checked, in one sentence; says so when nobody looked twice."""
    checked, confirmed, rows = checked_rows(systems)
    second = f"其中 {confirmed} 行有第二人复核" if confirmed else "没有第二人复核"
    return f"{rows} 行中 {checked} 行对照原文核对过，{second}。"


def export_pack(
    catalogue: Catalogue,
    system_ids: Iterable[str],
    target: Path,
    *,
    by: str,
    on: str,
    note: str = "",
) -> str:
    """Write a pack; returns the sentence about its checking. UserError without a name, for an unknown id, or unwritable."""
    if not by.strip():
        raise UserError(Problem("", "没有填谁做的这个包", "填上名字，收到的人要知道是谁核对的。"))
    systems = [find_system(catalogue, system_id) for system_id in system_ids]
    if not systems:
        raise UserError(Problem("", "没有选体系", "至少选一份。"))
    content = {
        "format": FORMAT,
        "by": by.strip(),
        "on": on,
        "note": note,
        "checking": describe_checking(systems),
        "systems": [json.loads(system_to_json(system)) for system in systems],
    }
    files.write_text(target, json.dumps(content, ensure_ascii=False, indent=1))
    return str(content["checking"])


def read_pack(path: Path) -> Pack:
    """A pack with every system checked like any file. UserError when it is none, newer, or has faults."""
    data = read_json(path, "不是完好的体系包")
    try:
        content: Any = data
        kind, by, on = str(content["format"]), str(content["by"]), str(content["on"])
        plain = list(content["systems"])
        note = str(content.get("note", ""))
    except (KeyError, TypeError, AttributeError) as error:
        raise UserError(
            Problem(path.name, "不是完好的体系包", "请对方重新导出，用不改内容的方式传送。")
        ) from error
    if kind != FORMAT:
        raise UserError(
            Problem(path.name, "体系包是别的版本做的", "用较新版本的程序打开，或请对方用本版导出。")
        )
    origin = f"{by} {on} 做的体系包 {path.name}"
    systems = []
    for number, one in enumerate(plain, 1):
        where = f"{path.name} 第 {number} 份"
        tree = tree_from_data(one, lambda keys, where=where: " › ".join((where, *keys)))  # type: ignore[misc]
        system = read_system(tree).system
        earlier = system.extras.get(ORIGIN)
        kept = f"{earlier}；{origin}" if earlier else origin
        systems.append(replace(system, extras={**system.extras, ORIGIN: kept}))
    return Pack(by, on, note, tuple(systems))


@dataclass(frozen=True)
class Taken:
    """A system of a pack whose place in the library is taken. differs: what would score otherwise, () when nothing."""

    system: IndicatorSystem
    own: bool
    differs: tuple[str, ...]


def would_replace(pack: Pack, catalogue: Catalogue) -> tuple[Taken, ...]:
    """What must be asked before the pack is taken: own systems, and shipped ones that would score otherwise."""
    present = {summary.id: summary for summary in catalogue.systems()}
    found = []
    for system in pack.systems:
        if system.id not in present:
            continue
        differs = what_differs(catalogue.system(system.id), system)
        if present[system.id].own or differs:
            found.append(Taken(system, present[system.id].own, differs))
    return tuple(found)


def import_pack(
    path: Path, catalogue: Catalogue, *, replace_own: bool = False, folder: Path | None = None
) -> tuple[Imported, ...]:
    """Take every system of a pack into the library; nothing is taken when one of them would replace another unasked.

    replace_own: the user has seen what differs (`would_replace`) and wants the pack's.
    """
    pack = read_pack(path)
    if not replace_own:
        problems = [_asked(path, one) for one in would_replace(pack, catalogue)]
        if problems:
            raise UserError(*problems)
    place = folder or own_systems_dir()
    return tuple(
        Imported(
            keep_own(catalogue, LoadedSystem(system, ()), place), own_file(place, system.id), ()
        )
        for system in pack.systems
    )


def _asked(path: Path, taken: Taken) -> Problem:
    whose = "自己的库里已有" if taken.own else "随程序的库里已有"
    differs = f"，{few(taken.differs)}" if taken.differs else "，阈值和权重都一样"
    return Problem(
        path.name,
        f"{whose}「{taken.system.id}」{differs}",
        "看清不同的地方；确认要用包里的代替它，再导入。",
    )
