"""The user's own indicator systems on disk: one JSON file each, with every earlier state kept for undo."""

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from app.assessment.indicator_system import IndicatorSystem
from app.errors import Problem, UserError
from app.files import written_beside
from app.standards.library import pinyin_initials
from app.standards.system_json import system_from_json, system_to_json

HISTORY = "history"


@dataclass(frozen=True)
class OwnSystem:
    """initials are kept with the system: working them out takes the library that knows pinyin a quarter of a second."""

    system: IndicatorSystem
    initials: str


def own_files(folder: Path) -> tuple[Path, ...]:
    """Every own system of a folder, in the order of their names."""
    return tuple(sorted(folder.glob("*.json")))


def own_file(folder: Path, system_id: str) -> Path:
    """Where the system of this id is kept."""
    return folder / f"{system_id}.json"


def read_own(path: Path) -> OwnSystem:
    """UserError when the file is torn or breaks a rule."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        text = json.dumps(data["system"], ensure_ascii=False)
        return OwnSystem(system_from_json(text), str(data["initials"]))
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise UserError(
            Problem(path.name, "自有体系文件读不出来", "重新导入这份体系，或删去这个文件。")
        ) from error


def write_own(folder: Path, system: IndicatorSystem) -> OwnSystem:
    """Keep `system`; the state before goes to the history. UserError when the folder cannot be written."""
    own = OwnSystem(system, pinyin_initials(system.title))
    target = own_file(folder, system.id)
    content = {"initials": own.initials, "system": json.loads(system_to_json(system))}
    past = _history(folder, system.id)
    number = int(past[-1].stem) + 1 if past else 1
    kept = folder / HISTORY / system.id / f"{number:06}.json"
    try:
        with written_beside(target) as beside:
            beside.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
            if target.exists():
                kept.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(target, kept)
    except UserError:
        kept.unlink(missing_ok=True)
        raise
    return own


def undo_own(folder: Path, system_id: str) -> OwnSystem | None:
    """Back to the state before the last `write_own`; None when there was none, and the own file is gone."""
    past = _history(folder, system_id)
    target = own_file(folder, system_id)
    if not past:
        target.unlink(missing_ok=True)
        return None
    os.replace(past[-1], target)
    return read_own(target)


def _history(folder: Path, system_id: str) -> list[Path]:
    return sorted((folder / HISTORY / system_id).glob("*.json"))
