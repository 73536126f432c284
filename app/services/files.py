"""Files that leave the program: written beside their target and moved into place whole, with names every file system takes."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from app.errors import Problem, UserError

# A name holds 255 bytes on most file systems, 143 on an encrypted home; endings, numbers and journals come on top.
MOST_NAME_BYTES = 90
_RESERVED = {
    "CON",
    "PRN",
    "AUX",
    "NUL",
    *(f"{port}{n}" for port in ("COM", "LPT") for n in range(1, 10)),
}
_FORBIDDEN = frozenset('\\/:*?"<>|')
_NO_SPACE = 28  # ENOSPC
_AUDIT = ".cpaudit"


def safe_name(name: str, instead: str = "") -> str:
    """A file's name without ending from any text: no character, length, or word a file system refuses. instead: what is said
    where nothing is left."""
    clean = "".join(one for one in name if one.isprintable() and one not in _FORBIDDEN)
    clean = clean.encode("utf-8", "ignore")[:MOST_NAME_BYTES].decode("utf-8", "ignore").strip(" .")
    if clean.split(".")[0].upper() in _RESERVED:
        return f"{instead} {clean}".strip() if instead else f"_{clean}"
    return clean or instead


@contextmanager
def written_beside(target: Path) -> Iterator[Path]:
    """A path to write to; it becomes `target` when the block ends well, else it goes and `target` is as it was.

    UserError for a place that cannot be written (folder missing, read-only, open elsewhere, full disk) and for a target that
    is an audit.
    """
    if target.suffix.lower() == _AUDIT:
        raise UserError(Problem(str(target), "这是案卷，没有盖掉它", "换一个文件名。"))
    if target.is_dir():
        raise UserError(Problem(str(target), "这是一个文件夹", "写上文件名。"))
    part = target.with_name(f".{target.name}.part")
    try:
        if not target.parent.is_dir():
            raise FileNotFoundError(2, "no folder", str(target.parent))
        yield part
        os.replace(part, target)
    except OSError as error:
        if error.filename and Path(error.filename) not in (part, target, target.parent):
            raise  # something else could not be read: a fault of ours, not of the place
        raise UserError(not_written(target, error)) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def not_written(target: Path, error: OSError) -> Problem:
    """Why a file could not be written, and what to do."""
    if isinstance(error, FileNotFoundError) and not target.parent.is_dir():
        return Problem(str(target.parent), "没有这个文件夹", "先建文件夹，或换个位置")
    if isinstance(error, PermissionError):
        return Problem(
            str(target), "不让写：文件正开着，或这个文件夹只读", "关掉打开它的程序，或换个位置"
        )
    if error.errno == _NO_SPACE:
        return Problem(str(target), "磁盘满了", "腾出空间再存")
    return Problem(str(target), f"没写进去（{error.strerror}）", "换个位置再存")
