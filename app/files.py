"""How a file comes to its place: written beside it, then moved, so that what was there stays whole until the new one is; and how
a file is named after a firm.

Audits have their own way (app.storage: proved before they are moved); nothing here ever goes onto one.
"""

import errno
import io
import os
import shutil
import stat
import threading
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from app.errors import Problem, UserError

AUDIT_SUFFIX = ".cpaudit"
_ANOTHER = b"SQLite format 3"
_HEADS = {".pdf": b"%PDF", ".xlsx": b"PK", ".docx": b"PK"}
_TEXTS = {".csv", ".html", ".htm", ".json", ".yaml", ".yml", ".txt", ".cppack"}
_LOOK_AT = 4096
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextmanager
def written_beside(target: Path, *endings: str, is_for_now: bool = False) -> Iterator[Path]:
    """Gives a path beside `target` to write to; the file there is flushed to the disk and moved to `target` at the end.

    endings: those the name may have; any when none is given. is_for_now: a file of the program's own that need not outlive a
    power cut is not flushed, which a busy disk takes a second for. UserError when the place cannot be written, is an audit, or
    holds something of another kind (a PDF where a workbook is to go). Whatever goes wrong, also in the caller, `target`
    is as it was and nothing is left beside it.
    """
    check_place(target, *endings)
    beside = _beside(target)
    try:
        try:
            yield beside
            if not is_for_now:
                flush(beside)
            os.replace(beside, target)
        finally:
            with suppress(OSError):
                beside.unlink(missing_ok=True)
    except (FileNotFoundError, PermissionError) as error:
        if error.filename and Path(error.filename) not in (beside, target, target.parent):
            raise  # something else could not be read: a fault of ours, not of the place
        raise UserError(not_written(target, error)) from error
    except OSError as error:
        raise UserError(not_written(target, error)) from error


def _beside(target: Path) -> Path:
    """Another process, or another thread, may be writing to the same place: whoever ends last wins, and each file is whole."""
    who = f"{os.getpid()}-{threading.get_native_id()}"
    return target.with_name(f".{cut(target.name, MOST_NAME_BYTES)}.{who}.part")


def write_own(target: Path, text: str) -> None:
    """A small file of the program itself in the user's folder (settings, the list of audits): whatever is there is replaced,
    also the noughts a power cut left. UserError when it cannot be written."""
    beside = _beside(target)
    try:
        try:
            beside.write_bytes(text.encode("utf-8"))
            flush(beside)
            os.replace(beside, target)
        finally:
            with suppress(OSError):
                beside.unlink(missing_ok=True)
    except OSError as error:
        raise UserError(not_written(target, error)) from error


def write_bytes(target: Path, content: bytes, *endings: str, is_for_now: bool = False) -> None:
    """UserError and `is_for_now` as of `written_beside`."""
    with written_beside(target, *endings, is_for_now=is_for_now) as beside:
        beside.write_bytes(content)


def write_archive(path: Path, save: Callable[[io.BytesIO], object]) -> None:
    """A Word file or workbook, put together in memory by `save`: a library whose archive meets a full disk holds it open, and
    writes to it once more when it is thrown away, whenever that is. OSError as it comes."""
    made = io.BytesIO()
    save(made)
    path.write_bytes(made.getvalue())


def write_text(target: Path, text: str, *endings: str) -> None:
    """UTF-8, lines as they are. UserError as `written_beside`."""
    write_bytes(target, text.encode("utf-8"), *endings)


def resolved(path: Path) -> Path:
    """The path without links. UserError when they lead in a circle."""
    try:
        return path.resolve()
    except (RuntimeError, OSError, ValueError) as error:
        what = "打不开：路径里的链接绕成了圈，或者名字不对。"
        raise UserError(Problem(path.name, what, "选原来的那个文件，不选链接。")) from error


def refuse_odd(path: Path) -> None:
    """UserError for a pipe, a device or a folder: opening a pipe waits for ever, a device never ends. What is not there or
    cannot be looked at is left to who opens it."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return
    if stat.S_ISDIR(mode):
        raise UserError(Problem(path.name, "这是文件夹，不是文件。", "选里面的文件。"))
    if not stat.S_ISREG(mode):
        raise UserError(
            Problem(path.name, "这不是普通文件（管道或设备），没有读。", "换一个文件。")
        )


def not_written(target: Path, error: OSError) -> Problem:
    """Why the operating system did not take a file, and what to do."""
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return Problem(str(target.parent), "没有这个文件夹，写不进去", "先建文件夹，或换个位置。")
    if isinstance(error, IsADirectoryError):
        return Problem(str(target), "这是一个文件夹，写不进去", "写上文件名。")
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return Problem(
            str(target),
            "写不进去：文件正开着，或这个文件夹只读",
            "关掉打开它的程序（Excel、Word、看 PDF 的），或换个位置。",
        )
    if error.errno in _FULL:
        return Problem(str(target), "磁盘满了，写不进去", "腾出空间再存；原来的文件没有动。")
    if error.errno == errno.ENAMETOOLONG:
        return Problem(str(target), "文件名太长，写不进去", "换一个短些的名字。")
    return Problem(str(target), f"写不进去（{error.strerror or error}）", "换个位置再存。")


def check_place(target: Path, *endings: str) -> None:
    """What `written_beside` refuses before anything is written, for callers with much to do before."""
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        mode = 0
    except OSError as error:
        raise UserError(not_written(target, error)) from error
    if stat.S_ISDIR(mode):
        raise UserError(not_written(target, IsADirectoryError()))
    if mode and not stat.S_ISREG(mode):
        raise UserError(Problem(str(target), "这不是普通的文件，写不进去", "换一个文件名。"))
    ending = target.suffix.lower()
    if ending == AUDIT_SUFFIX:
        raise UserError(Problem(str(target), "这是案卷的名字，没有盖掉它", "换一个文件名。"))
    if endings and ending not in endings:
        what = "文件名的结尾不对，没有写"
        raise UserError(Problem(str(target), what, f"文件名用 {' 或 '.join(endings)} 结尾。"))
    if not mode:
        return
    try:
        with target.open("rb") as stream:
            head = stream.read(_LOOK_AT)
    except OSError as error:
        raise UserError(not_written(target, error)) from error
    if _is_of_another_kind(head, ending):
        what = "这个文件里是别的东西，没有盖掉它"
        raise UserError(Problem(str(target), what, "换一个文件名。"))
    if not mode & 0o222:
        what = "这个文件设成了只读，没有盖掉它"
        raise UserError(Problem(str(target), what, "换一个文件名，或先去掉只读。"))


def _is_of_another_kind(head: bytes, ending: str) -> bool:
    """Looked at because a name can be wrong: an audit of any name, also one with a password, is nothing to replace."""
    if head.startswith(_ANOTHER):
        return True
    if ending not in _HEADS and ending not in _TEXTS:
        return False
    own = _HEADS.get(ending)
    if own is not None and own in head[: 1024 if ending == ".pdf" else 2]:
        return False
    return b"\0" in head or head.startswith(tuple(_HEADS.values()))


def copy_flushed(source: Path, target: Path) -> None:
    """The content of a file, on the disk itself. OSError as it comes."""
    shutil.copyfile(source, target)
    flush(target)


def flush(path: Path) -> None:
    """To the disk itself: else a power cut after the move may leave a file of noughts under the final name."""
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())


def flush_folder(folder: Path) -> None:
    """That a file is in this folder, on the disk itself. Windows does so of itself; so do disks that refuse to be asked."""
    if os.name == "posix":
        with suppress(OSError):
            opened = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(opened)
            finally:
                os.close(opened)


# Names

_FORBIDDEN = '\\/:*?"<>|'
_DEVICES = {
    "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$",
    *(f"{port}{n}" for port in ("COM", "LPT") for n in "0123456789¹²³"),
}  # fmt: skip
# A name holds 255 bytes on most file systems, 143 on an encrypted home; endings, numbers, journals and parts come on top.
MOST_NAME_BYTES = 90


def safe_name(name: str, instead: str = "") -> str:
    """The name of a file without its ending, of a firm or a document: what no name may hold is left out, a long one loses its
    end. instead: where nothing is left."""
    plain = unicodedata.normalize("NFC", name)
    shown = "".join(one for one in plain if one.isprintable() and one not in _FORBIDDEN)
    clean = cut(shown, MOST_NAME_BYTES).strip(" .")
    if clean.split(".")[0].strip().upper() in _DEVICES:
        return f"{instead} {clean}" if instead else f"_{clean}"
    return clean or instead


def cut(text: str, most: int) -> str:
    """At most `most` bytes of it: file systems count bytes, and a Chinese character has 3."""
    return text.encode("utf-8", "surrogateescape")[:most].decode("utf-8", "ignore")
