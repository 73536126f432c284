"""Opening and making SQLite files that are audit files: identity, version, locking, and what went wrong in plain words.

An audit file is held by one window at a time (SQLite's exclusive locking, so it also holds on a network drive and ends
with the process). Its rollback journal is used up by every commit: the main file alone is always a complete audit.

Trap: closing any descriptor of a file drops this process's POSIX locks on it. Nothing in the program may open an audit
file it holds by any way but the connection itself; `held` knows which those are.
"""

import errno
import os
import shutil
import sqlite3
import struct
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from app import files
from app.errors import Problem, UserError
from app.files import cut
from app.storage import locks

if TYPE_CHECKING:
    import sqlalchemy as sa  # reading an audit does without: a fifth of a second of every start

APPLICATION_ID = int.from_bytes(b"CPA1", "big")
# major * 1000 + minor. Raise it with every change of the tables, with a step in app.storage.migrations.
FORMAT = 1002
SUFFIX = ".cpaudit"

_MAGIC = b"SQLite format 3\x00"
_HEADER_LENGTH = 100
_BUSY_SECONDS = 0.5
_FEW_BYTES = 4 * 1024 * 1024
_held: set[Path] = set()
_held_lock = threading.Lock()


def format_name(version: int) -> str:
    """1002 -> 「1.2」."""
    return f"{version // 1000}.{version % 1000}"


def _refuse(path: Path, what: str, remedy: str) -> UserError:
    return UserError(Problem(path.name, what, remedy))


def already_open(path: Path) -> UserError:
    return _refuse(
        path, "这个案卷已在另一个窗口打开。", "到那个窗口里接着做，或者关掉那个窗口再打开。"
    )


def hold(path: Path) -> None:
    """Mark `path` as held by this process. UserError when it already is."""
    with _held_lock:
        if path in _held:
            raise already_open(path)
        _held.add(path)


def release(path: Path) -> None:
    with _held_lock:
        _held.discard(path)


def is_held(path: Path) -> bool:
    """Whether a window of this process holds the file; then it must not be opened by any other way."""
    with _held_lock:
        return files.resolved(path) in _held


def read_version(path: Path) -> int:
    """The format of the audit file at `path`, from its header.

    UserError when there is no such file, it cannot be read, or it is not an audit file. The file must not be held.
    """
    if not path.is_dir():
        files.refuse_odd(path)
    try:
        with path.open("rb") as stream:
            header = stream.read(_HEADER_LENGTH)
    except FileNotFoundError:
        raise _refuse(
            path,
            f"找不到这个文件（{path.parent}）。",
            "它可能被移走或改名了：找到后再打开，或者从备份恢复。",
        ) from None
    except IsADirectoryError:
        raise _refuse(path, "这是文件夹，不是案卷。", f"选里面的 *{SUFFIX} 文件。") from None
    except OSError as error:
        raise os_problem(error, path, "打不开") from None
    if not header:
        raise _refuse(path, "文件是空的。", "它可能没有复制完：重新复制一份，或者从备份恢复。")
    if header.startswith(locks.MARK):
        return _locked_version(path, len(header))
    if not header.startswith(_MAGIC):
        if _MAGIC.startswith(header):
            raise damaged(path)
        raise _refuse(path, "这不是清审通的案卷。", f"选扩展名是 {SUFFIX}、由清审通写出的文件。")
    if len(header) < _HEADER_LENGTH:
        raise damaged(path)
    if header[18:20] != b"\x01\x01":
        # Opening it would change it: another way of writing (WAL), which this program never uses.
        raise damaged(path, "它被改成了另一种写法")
    application_id, version = (
        struct.unpack(">i", header[68:72])[0],
        struct.unpack(">i", header[60:64])[0],
    )
    if application_id != APPLICATION_ID:
        raise _refuse(path, "这是别的程序的数据库，不是清审通的案卷。", "用写它的那个程序打开。")
    return int(version)


def _locked_version(path: Path, length: int) -> int:
    if length < _HEADER_LENGTH:
        raise damaged(path)
    if key_of(path) is None:
        raise NeedsPassword(
            Problem(
                path.name,
                "这个案卷加了密码。",
                "打开它，输入密码；命令行用环境变量 CLEANAUDIT_PASSWORD。",
            )
        )
    with reading(path), closing(connect(path, "ro", untouched=True)) as connection:
        if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            raise damaged(path)
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


class NeedsPassword(UserError):
    """The audit has a password that this session does not know yet."""


def key_of(path: Path) -> locks.Key | None:
    """The key of a file that nobody holds; None when it has no password, or the password is not known."""
    salt = locks.salt_of(path)
    return None if salt is None else locks.known(salt)


def unlock(path: Path, password: str) -> None:
    """Let this session open the audit. UserError when the password is wrong."""
    salt = locks.salt_of(path)
    if salt is None:
        return
    key = locks.derive(password, salt)
    with closing(locks.open_with(key, _uri(path, "ro", untouched=True), _BUSY_SECONDS)) as found:
        try:
            found.execute("SELECT count(*) FROM sqlite_master").fetchall()
        except Exception as error:
            if not locks.is_sql_error(error):
                raise
            raise UserError(
                Problem(
                    path.name,
                    "密码不对，没有打开。",
                    "看看大小写和输入法，再试一次；忘了的密码谁也找不回。",
                )
            ) from None
    locks.remember(key)


def newer(path: Path, version: int) -> UserError:
    return _refuse(
        path,
        f"案卷是 {format_name(version)} 版格式，这个程序只认到 {format_name(FORMAT)} 版。",
        "装上新版清审通再打开；案卷没有改动。",
    )


class DamagedFile(UserError):
    """The file is not sound. It was left as it is; what can be read of it may be rescued into another file.

    key: the answer or table that does not fit, written 「key」 in the problem; "" when it is not about one.
    """

    key = ""

    def called(self, label: str) -> "DamagedFile":
        """The same with the name people know for the answer."""
        named = DamagedFile(
            *(
                replace(one, what=one.what.replace(f"「{self.key}」", f"「{label}」"))
                for one in self.problems
            )
        )
        named.key = self.key
        return named


def damaged(path: Path, why: str = "", key: str = "") -> DamagedFile:
    """why: what does not fit, without a full stop (「第 3 次改动的记录和它的校验对不上」); an answer or table in it is 「key」."""
    error = DamagedFile(
        Problem(
            path.name,
            f"文件不完整或者已经损坏{'：' if why else ''}{why}。",
            "从备份恢复一份，或者把读得出的另存一份；这个文件没有改动。",
        )
    )
    error.key = key
    return error


class Displaced(UserError):
    """The file that was opened is no longer where it was, or something else lies there; nothing was written into that."""


def gone(path: Path) -> Displaced:
    return Displaced(
        Problem(
            path.name,
            f"案卷不在「{path.parent}」了：被移走、改名、删除，或者盘拔掉了，写不进去。",
            "放回原处会自动接着写；或者点「另存一份」，填过的都在。",
        )
    )


def replaced(path: Path) -> Displaced:
    return Displaced(
        Problem(
            path.name,
            "原来的地方换成了别的内容（可能是同步软件、别的程序或另一个盘），没有往里写。",
            "点「另存一份」，填过的都在；那个文件没有动。",
        )
    )


def os_problem(error: OSError, path: Path, what: str) -> UserError:
    """The operating system's refusal in plain words. what: 「打不开」, 「写不进去」."""
    if error.errno in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT):
        return disk_full(path)
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return _refuse(
            path,
            f"{what}：没有权限。",
            f"换一个能读写的文件夹，或者请管理员开放「{path.parent}」。",
        )
    if isinstance(error, FileNotFoundError):
        return _refuse(
            path, f"{what}：找不到「{path.parent}」。", "接好移动盘或网络盘，或者换一个文件夹。"
        )
    return _refuse(
        path, f"{what}：{error.strerror or error}。", "检查磁盘和网络连接，或者换一个文件夹。"
    )


def disk_full(path: Path) -> UserError:
    return _refuse(path, "磁盘满了，写不进去。", "腾出空间后再写；已经填的都还在。")


def sqlite_problem(error: BaseException | None, path: Path) -> UserError | None:
    """What the world did to the file, in plain words; None when the error is a fault of ours."""
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return damaged(path)
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL")):
        return already_open(path)
    if name.startswith("SQLITE_FULL"):
        return disk_full(path)
    if name.startswith("SQLITE_IOERR") and _free_bytes(path.parent) < _FEW_BYTES:
        return disk_full(path)
    if name.startswith(("SQLITE_READONLY", "SQLITE_PERM", "SQLITE_AUTH")):
        return read_only(path)
    if name.startswith("SQLITE_CANTOPEN"):
        return _refuse(
            path,
            f"打不开「{path.parent}」里的文件。",
            "接好移动盘或网络盘，检查文件夹的读写权限。",
        )
    if name.startswith("SQLITE_IOERR"):
        return _refuse(
            path, "磁盘读写出错，写不进去。", "检查移动盘或网络盘有没有断开；接好后自动再写。"
        )
    return None


def read_only(path: Path) -> UserError:
    return _refuse(
        path, "案卷或所在的文件夹是只读的，不能改。", "复制到能写的文件夹，再打开那一份。"
    )


def _free_bytes(folder: Path) -> int:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return _FEW_BYTES


def _of_driver(error: Exception) -> BaseException:
    """SQLAlchemy's errors hold that of the driver."""
    return getattr(error, "orig", None) or error


@contextmanager
def plain_words(path: Path) -> Iterator[None]:
    """Turn SQLite's errors about the file at `path` into UserErrors; faults of ours pass unchanged."""
    try:
        yield
    except Exception as error:
        found = _of_driver(error)
        problem = sqlite_problem(found, path) if locks.is_sql_error(found) else None
        if problem is None:
            raise
        raise problem from error


def is_writable(path: Path) -> bool:
    """Whether file and folder allow writing (SQLite needs the folder for its journal)."""
    effective = os.access in os.supports_effective_ids
    return os.access(path, os.W_OK, effective_ids=effective) and os.access(
        path.parent, os.W_OK, effective_ids=effective
    )


def file_uri(path: str, mode: str) -> str:
    """SQLite's URI of a file. A network path (//server/share) must come after an empty host part."""
    text = quote(path)
    if text.startswith("//"):
        return f"file://{text}?mode={mode}"
    return f"file:{text if text.startswith('/') else '/' + text}?mode={mode}"


def connect(
    path: Path, mode: str, *, key: locks.Key | None = None, untouched: bool = False
) -> sqlite3.Connection:
    """A plain connection whose transactions are begun by hand. mode: ro, rw or rwc.

    key: of a new file; that of an existing one is found by its salt. untouched: no lock is taken and no journal played.
    UserError (NeedsPassword) when the file has a password that is not known.
    """
    uri = _uri(path, mode, untouched=untouched)
    salt = locks.salt_of(path)
    if salt is not None:
        key = locks.known(salt)
        if key is None:
            raise NeedsPassword(Problem(path.name, "这个案卷加了密码。", "打开它，输入密码。"))
    if key is not None:
        return locks.open_with(key, uri, _BUSY_SECONDS)
    return sqlite3.connect(
        uri, uri=True, isolation_level=None, timeout=_BUSY_SECONDS, check_same_thread=False
    )


def _uri(path: Path, mode: str, *, untouched: bool = False) -> str:
    return file_uri(path.as_posix(), mode) + ("&immutable=1" if untouched else "")


def guard(connection: sqlite3.Connection) -> None:
    """Let nothing in the file run code or change how SQLite treats it."""
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    connection.execute("PRAGMA mmap_size = 0")


def short_stem(path: Path, most: int = 120) -> str:
    """The file's name without its ending, cut to `most` bytes."""
    return cut(path.stem, most).strip()


def open_engine(path: Path, mode: str, key: locks.Key | None = None) -> "sa.Engine":
    """One connection to the file for as long as the engine lives, held exclusively unless mode is "ro".

    Errors are sqlite3's or SQLAlchemy's; wrap the use in `plain_words`.
    """
    import sqlalchemy as sa
    from sqlalchemy.pool import StaticPool

    def open_connection() -> sqlite3.Connection:
        connection = connect(path, mode, key=key)
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            guard(connection)
            if mode != "ro":
                connection.execute("PRAGMA locking_mode = EXCLUSIVE")
                connection.execute("PRAGMA journal_mode = DELETE")
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute("BEGIN EXCLUSIVE")
                connection.execute("COMMIT")
        except BaseException:
            connection.close()
            raise
        return connection

    locked = key is not None or locks.salt_of(path) is not None
    engine = sa.create_engine(
        "sqlite://",
        creator=open_connection,
        poolclass=StaticPool,
        module=locks.module() if locked else sqlite3,
    )

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN" if mode == "ro" else "BEGIN IMMEDIATE")

    return engine


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Whatever goes wrong while a file is read and proved is the file's fault: `damaged`, or what `sqlite_problem` says."""
    try:
        with plain_words(path):
            yield
    except Exception as error:
        found = _of_driver(error)
        if type(found).__name__ == "ProgrammingError":  # of SQLite or of SQLCipher: a bug of ours
            raise
        if not isinstance(
            found, ValueError | TypeError | AttributeError
        ) and not locks.is_sql_error(found):
            raise
        # Text that is no UTF-8, numbers where text must be, a schema SQLite cannot read.
        raise damaged(path) from error
