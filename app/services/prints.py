"""The official print (a PDF or a picture) opened beside the rows that are checked: which file, its SHA-256, page and size.

Only the place of the file is kept, in a small file of the user's data; the print itself stays where the user has it.
"""

import hashlib
import json
import logging
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app import files, paths
from app.errors import Problem, UserError

_LOG = logging.getLogger(__name__)
PICTURES = (".png", ".jpg", ".jpeg", ".bmp")
SUFFIXES = (".pdf", *PICTURES)
_SHA = re.compile(r"(SHA-256 [0-9a-f]{12})[0-9a-f]{52}")


@dataclass(frozen=True)
class Print:
    """page counts from 1. zoom in percent, 0 = as wide as the pane."""

    path: Path
    sha256: str
    page: int = 1
    zoom: int = 0


def open_print(path: Path) -> Print:
    """A file as a print, with its SHA-256. UserError when it is of another kind or cannot be read."""
    if path.suffix.lower() not in SUFFIXES:
        raise UserError(
            Problem(
                path.name,
                "这里打不开这种文件",
                "用 PDF 或图片（png、jpg、bmp）；别的先另存成 PDF。",
            )
        )
    files.refuse_odd(path)
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UserError(
            Problem(path.name, "文件读不出来", "看看它还在不在，或换一份再打开。")
        ) from error
    return Print(path, digest)


def print_of(system_id: str) -> Print | None:
    """The print last opened for a system, None when there was none."""
    entry = _read().get(system_id)
    if entry is None:
        return None
    try:
        place, digest = Path(str(entry["path"])), str(entry["sha256"])
        return Print(place, digest, int(entry["page"]), int(entry["zoom"]))
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        _LOG.warning("print of %s not read: %s", system_id, error)
        return None


def keep_print(system_id: str, opened: Print) -> None:
    """Remember a print, its page and size. A disk that cannot be written is logged: nothing of a check is lost."""
    entries = {**_read(), system_id: {**asdict(opened), "path": str(opened.path)}}
    target = _file()
    try:
        files.write_own(target, json.dumps(entries, ensure_ascii=False, indent=1))
    except UserError as error:
        _LOG.warning("print not remembered: %s", error)


def record_text(against: str, page: str, row: str, opened: Print | None) -> str:
    """What a check was made against, for the record: 「公告 2015 年第 25 号，第 3 页第 5 行；文件 公告.pdf，SHA-256 …」."""
    place = f"第 {page} 页" if page else ""
    place += f"第 {row} 行" if row else ""
    text = "，".join(part for part in (against, place) if part)
    file = "" if opened is None else f"文件 {opened.path.name}，SHA-256 {opened.sha256}"
    return "；".join(part for part in (text, file) if part)


def short_record(text: str) -> str:
    """The same with the hash cut to twelve digits, where there is little room."""
    return _SHA.sub(r"\1…", text)


def _file() -> Path:
    return paths.user_data_dir() / "prints.json"


def _read() -> dict[str, dict[str, Any]]:
    try:
        entries = json.loads(_file().read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        _LOG.warning("prints not read: %s", error)
        return {}
    if not isinstance(entries, dict):
        return {}
    return {name: entry for name, entry in entries.items() if isinstance(entry, dict)}
