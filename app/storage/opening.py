"""An audit file made or opened: proved before anything may write, an older format brought to the present one on a copy."""

import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from app import files, paths
from app.errors import Problem, UserError
from app.forms.answer import Act, AnswerBook, Change, RowsChange
from app.storage import contents, database, journals, locks
from app.storage.act_rows import driver_of, freeze, set_meta, write_act
from app.storage.audit_file import AuditFile
from app.storage.contents import CREATED, FrozenSystem
from app.storage.journals import Settled
from app.storage.migrations import migrate_copy
from app.storage.rows import metadata


def create(
    path: Path,
    *,
    answers: AnswerBook,
    system: FrozenSystem | None,
    basis: FrozenSystem | None = None,
    meta: Mapping[str, str],
    who: str,
    when: datetime,
    label: str = CREATED,
    key: locks.Key | None = None,
) -> AuditFile:
    """A new audit file with first answers (kept as act 1), the frozen system and the data it rests on, opened.

    meta: at least audit_id and questionnaire. key: of a password, None without one. UserError when the file exists or cannot be written; then nothing is left.
    """
    path = files.resolved(path)
    changes: list[Change | RowsChange] = [
        RowsChange(table_id, (), row_ids) for table_id, row_ids in answers.rows.items() if row_ids
    ]
    empty = AnswerBook()
    changes += [Change(key, empty.get(key), answer) for key, answer in answers.answers.items()]
    part = path.with_name(path.name + ".part")
    try:
        with path.open("xb"):
            pass
    except FileExistsError:
        raise UserError(
            Problem(path.name, "这个文件已经有了，没有覆盖它。", "换一个文件名。")
        ) from None
    except OSError as error:
        raise database.os_problem(error, path, "写不进去") from None
    try:
        part.unlink(missing_ok=True)
        frozen = [one for one in (system, basis) if one is not None]
        _write_new(part, Act(label, tuple(changes)), frozen, meta, who, when, key)
        os.replace(part, path)
    except BaseException as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
            path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise database.os_problem(error, path, "写不进去") from None
        raise
    return open_file(path)


def _write_new(
    path: Path,
    act: Act,
    frozen: Sequence[FrozenSystem],
    meta: Mapping[str, str],
    who: str,
    when: datetime,
    key: locks.Key | None,
) -> None:
    with database.plain_words(path):
        engine = database.open_engine(path, "rwc", key)
        try:
            with engine.begin() as connection:
                connection.exec_driver_sql(f"PRAGMA application_id = {database.APPLICATION_ID}")
                connection.exec_driver_sql(f"PRAGMA user_version = {database.FORMAT}")
                metadata.create_all(connection)
                stamp = when.isoformat(timespec="seconds")
                for name, value in {"created_at": stamp, "created_by": who, **meta}.items():
                    set_meta(connection, name, value)
                for one in frozen:
                    freeze(connection, one, stamp)
                write_act(connection, 1, act, who, stamp)
                driver = driver_of(connection)
                set_meta(connection, contents.SEAL, contents.file_seal(driver))
        finally:
            engine.dispose()


def open_file(path: Path, *, read_only: bool = False) -> AuditFile:
    """Open an audit file: of the present format, or brought to it on a copy (the old file is kept among the backups).

    A file or folder that cannot be written opens for reading; `AuditFile.read_only` says so.
    UserError: missing, no audit file, damaged, newer, held by another window.
    """
    path = files.resolved(path)
    database.hold(path)
    try:
        version = database.read_version(path)
        if version > database.FORMAT:
            raise database.newer(path, version)
        read_only = read_only or not database.is_writable(path)
        if read_only:
            return _open_to_read(path, version)
        settled = journals.settle(path)
        if version == database.FORMAT:
            return _open_present(path, path, read_only=False, journal=settled)
        _upgrade(path, version)
        return _open_present(path, path, read_only=False, migrated_from=version, journal=settled)
    except OSError as error:
        database.release(path)
        raise database.os_problem(error, path, "打不开") from None
    except BaseException:
        database.release(path)
        raise


def _open_to_read(path: Path, version: int) -> AuditFile:
    """From a private copy where the file itself would have to be changed: an older format, a journal beside it."""
    pending = journals.has_journal(path)
    if version == database.FORMAT and not pending:
        return _open_present(path, path, read_only=True)
    scratch = tempfile.TemporaryDirectory(prefix="cleanaudit-")
    copy = Path(scratch.name) / path.name
    try:
        if pending:
            with journals.readable_copy(path) as (sound, _played):
                _copy_present(sound, copy, path)
        else:
            _copy_present(path, copy, path)
        migrated_from = version if version < database.FORMAT else None
        file = _open_present(path, copy, read_only=True, migrated_from=migrated_from)
    except BaseException:
        scratch.cleanup()
        raise
    file.scratch = scratch
    return file


def _copy_present(source: Path, target: Path, called: Path) -> None:
    if database.read_version(source) < database.FORMAT:
        migrate_copy(source, target, called=called)
    else:
        shutil.copyfile(source, target)


def _upgrade(path: Path, version: int) -> None:
    """Bring the file to the present format: migrate a copy beside it, keep the old one, then replace."""
    kept = paths.backups_dir() / f"{path.stem} 升级前 {database.format_name(version)}{path.suffix}"
    number = 2
    while kept.exists():
        kept = kept.with_name(
            f"{path.stem} 升级前 {database.format_name(version)} ({number}){path.suffix}"
        )
        number += 1
    part = path.with_name(path.name + ".part")
    try:
        migrate_copy(path, part)
        files.copy_flushed(path, kept)
        os.replace(part, path)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _open_present(
    path: Path,
    actual: Path,
    *,
    read_only: bool,
    migrated_from: int | None = None,
    journal: Settled | None = None,
) -> AuditFile:
    # Proved before anything may write: taking the lock alone makes SQLite mend the size of a file.
    found = journals.prove(actual, path)
    key = database.key_of(actual)
    with database.reading(path):
        engine = database.open_engine(actual, "ro" if read_only else "rw")
        try:
            with engine.connect() as connection:
                driver = driver_of(connection)
            query = "SELECT value FROM meta WHERE key = ?"
            if driver.execute(query, (contents.SEAL,)).fetchone() != (found.seal,):
                found = contents.read_contents(driver, path)  # written by others in between
            if not read_only and actual.with_name(actual.name + "-journal").exists():
                # Used up, but left by a process that was killed: a first transaction of
                # our own makes SQLite clear it away on closing.
                driver.execute(f"PRAGMA user_version = {database.FORMAT}")
            return AuditFile(
                path,
                engine,
                found,
                read_only=read_only,
                migrated_from=migrated_from,
                journal=journal,
                key=key,
            )
        except BaseException:
            engine.dispose()
            raise
