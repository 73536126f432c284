"""A journal lying beside an audit file: left by a kill or a power cut, or by somebody who copied files about.

SQLite plays any such journal the moment it reads the file. One that belongs to another state of the file destroys a good
copy that way, so both files are tried first in private: what counts is whichever comes out sound. The file alone wins
when it is sound, for it then holds every act the journal would have taken back.
"""

import logging
import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from app import paths
from app.errors import UserError
from app.storage import database
from app.storage.contents import Contents, read_contents
from app.storage.migrations import migrate_copy, migrate_into

log = logging.getLogger(__name__)
_LOCK_BYTE = 0x40000002  # of the bytes every reader of an SQLite file locks, and a writer bars
_KEPT = "打开前原样"
_KEEP_LAST = 20


@dataclass(frozen=True)
class Settled:
    """What was done about a journal. played: the act cut short was taken back; else the journal was put away.

    kept: the folder with file and journal as they were found.
    """

    played: bool
    kept: Path


def journal_of(path: Path) -> Path:
    return path.with_name(path.name + "-journal")


def has_journal(path: Path) -> bool:
    """Whether SQLite would play a journal on opening the file."""
    try:
        with journal_of(path).open("rb") as stream:
            return stream.read(1) not in (b"", b"\0")
    except OSError:
        return False


@contextmanager
def not_held(path: Path) -> Iterator[None]:
    """UserError when another process has the file open for writing; it cannot begin to while this lasts.

    The file must not be held by this process: closing it would drop our own lock.
    """
    try:
        stream = path.open("rb")
    except OSError as error:
        raise database.os_problem(error, path, "打不开") from None
    with stream:
        if sys.platform == "win32":
            import msvcrt

            stream.seek(_LOCK_BYTE)
            try:
                msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
            except OSError:
                raise database.already_open(path) from None
            stream.seek(_LOCK_BYTE)
            msvcrt.locking(stream.fileno(), msvcrt.LK_UNLCK, 1)
        else:
            import fcntl

            try:
                fcntl.lockf(stream, fcntl.LOCK_SH | fcntl.LOCK_NB, 1, _LOCK_BYTE)
            except (BlockingIOError, PermissionError):
                raise database.already_open(path) from None
            except OSError:
                log.warning("locks do not work where the file lies")
        yield


def prove(path: Path, called: Path) -> Contents:
    """The contents of a file that nobody holds, of any format known. UserError when it is not sound.

    A journal beside it is played: only for copies of our own, and files without one.
    """
    version = database.read_version(path)
    if version > database.FORMAT:
        raise database.newer(called, version)
    mode = "rw" if has_journal(path) else "ro"
    if version < database.FORMAT:
        if mode == "rw":
            with database.plain_words(called), closing(database.connect(path, mode)) as first:
                first.execute("SELECT count(*) FROM sqlite_master").fetchall()
        if database.key_of(path) is not None:
            with tempfile.TemporaryDirectory(prefix="cleanaudit-") as name:
                copy = Path(name) / path.name
                migrate_copy(path, copy, called=called)
                return prove(copy, called)
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as memory:
            migrate_into(path, memory, called=called)
            return read_contents(memory, called)
    with database.plain_words(called), closing(database.connect(path, mode)) as connection:
        database.guard(connection)
        return read_contents(connection, called)


@contextmanager
def readable_copy(path: Path) -> Iterator[tuple[Path, bool]]:
    """A sound private copy of a file with a journal beside it, and whether its journal was played. The two stay as they
    are. UserError when neither way gives a sound file, or a window holds it."""
    with tempfile.TemporaryDirectory(prefix="cleanaudit-") as name:
        alone, both = Path(name) / "alone" / path.name, Path(name) / "both" / path.name
        with not_held(path):
            try:
                for copy in (alone, both):
                    copy.parent.mkdir()
                    shutil.copyfile(path, copy)
                shutil.copyfile(journal_of(path), journal_of(both))
            except OSError as error:
                raise database.os_problem(error, path, "打不开") from None
        try:
            prove(alone, path)
        except UserError as error:
            first = error
        else:
            yield alone, False
            return
        try:
            prove(both, path)
        except UserError:
            raise first from None
        yield both, True


def settle(path: Path) -> Settled | None:
    """Make a file with a journal beside it safe to open; None when there is no journal.

    File and journal are kept aside as they are before anything is changed. UserError as above; then nothing is changed.
    """
    if not has_journal(path):
        return None
    with readable_copy(path) as (_copy, played):
        try:
            kept = keep_aside(path)
            if not played:
                journal_of(path).unlink()
        except OSError as error:
            raise database.os_problem(error, path, "旁边的日志收不走") from None
    # Names of files are names of firms: no word of them goes into the log.
    log.warning(
        "journal %s, both kept, number %s", "played" if played else "put away", kept.name[:5]
    )
    return Settled(played, kept)


def keep_aside(path: Path) -> Path:
    """Copy a file, and a journal beside it, as they are into a folder of their own; that folder. OSError as it comes."""
    root = paths.backups_dir() / _KEPT
    root.mkdir(exist_ok=True)
    numbers = [int(one.name.split(" ", 1)[0]) for one in root.iterdir() if one.name[:1].isdigit()]
    folder = root / f"{max(numbers, default=0) + 1:05} {database.short_stem(path)}"
    folder.mkdir()
    for one in (path, journal_of(path)):
        if one.exists():
            with one.open("rb") as source, (folder / one.name).open("wb") as target:
                shutil.copyfileobj(source, target)
                target.flush()
                os.fsync(target.fileno())
    for old in sorted(root.iterdir())[:-_KEEP_LAST]:
        with suppress(OSError):
            shutil.rmtree(old)
    return folder
