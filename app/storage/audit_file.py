"""One audit in one file: every act of the user is one transaction, with who, when, from and to.

An AuditFile belongs to one thread at a time (the writer of app.services.session); nothing in it is locked.
"""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import cast

import sqlalchemy as sa

from app import files, paths
from app.assessment.finding import Missing
from app.errors import Problem, ProgramError, UserError
from app.forms.answer import MISSING, Act, Answer, AnswerBook, Change, RowsChange
from app.storage import contents, database, evidence, journals, locks, places
from app.storage.contents import Contents
from app.storage.contents import FrozenSystem as FrozenSystem
from app.storage.journals import Settled
from app.storage.migrations import migrate_copy
from app.storage.rows import (
    ACT,
    ANSWER,
    CHANGE,
    CREATED,
    META,
    SYSTEM,
    TABLE_ROW,
    answer_from_columns,
    answer_to_columns,
    metadata,
)

_KEYS_AT_ONCE = 500  # below SQLite's limit of parameters in every version
_NO_ANSWER = {"state": "", "text": "", "raw": "", "note": ""}


@dataclass(frozen=True)
class HistoryEntry:
    """One change of one answer, as the change log keeps it."""

    when: datetime
    who: str
    label: str
    key: str
    before: Answer
    after: Answer


@dataclass(frozen=True)
class Counts:
    """What a copy is compared by."""

    answers: int
    acts: int


class AuditFile:
    """An open audit file. Made by `create` and `open_file`.

    path: the file the user chose. read_only: nothing can be written; `commit` raises UserError.
    migrated_from: the format it had until it was opened, None when it already had the present one. journal: what was done
    about a journal that lay beside it, None when there was none. key: None without a password.
    """

    def __init__(
        self,
        path: Path,
        engine: sa.Engine,
        found: Contents,
        *,
        read_only: bool,
        migrated_from: int | None = None,
        journal: Settled | None = None,
        key: locks.Key | None = None,
    ) -> None:
        self.path = path
        self.read_only = read_only
        self.migrated_from = migrated_from
        self.scratch: tempfile.TemporaryDirectory[str] | None = None  # of a migrated copy
        self.journal = journal
        self.key = key
        self._engine = engine
        self.meta: Mapping[str, str] = found.meta
        self.last_act: int = found.last_act
        self._seal = found.seal
        self._tried = found.seal  # of a transaction whose end is not known
        self._later: list[str] | None = None  # contents.later_tables, while only acts are written
        self._left = places.identity(path)

    @contextmanager
    def _begin(self) -> Iterator[sa.Connection]:
        with database.plain_words(self.path), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _write(self, *, later: bool = False) -> Iterator[sa.Connection]:
        """One transaction, into the file that was opened and no other; sealed before it is committed. later: it may write
        to the later tables."""
        self._refuse_another()
        if later:
            self._later = None
        seal = self._seal
        with self._begin() as connection:
            driver = _driver(connection)
            before = driver.total_changes
            yield connection
            if driver.total_changes != before:
                known = self._later
                if known is None:
                    known = contents.later_tables(driver)
                seal = contents.file_seal(driver, known)
                self._later = None if later else known
                _set_meta(connection, contents.SEAL, seal)
                self._tried = seal
        self._seal = self._tried = seal
        after = places.identity(self.path)
        if after is not None and self._left is not None and after.is_file_of(self._left):
            self._left = after

    def _refuse_another(self, *, anew: bool = False) -> None:
        """UserError (Displaced) unless the path still leads to the file as this window left it.

        A copy that holds the very same state counts as the file: disks come back under other numbers. anew: open it again
        in any case, its disk was away.
        """
        there = places.identity(self.path)
        if there == self._left and not anew:
            return
        self._later = None
        if there is None:
            raise database.gone(self.path)
        if there.size == 0:
            raise database.replaced(self.path)  # opening it to write would begin a new file in it
        if self._left is None or not there.is_file_of(self._left):
            # Another file lies there. Ours may live on without a name; it is kept open until the other proves the same.
            try:
                found = journals.prove(self.path, self.path)
            except UserError:
                raise database.replaced(self.path) from None
            if found.seal not in (self._seal, self._tried):
                raise database.replaced(self.path)
            self._engine.dispose()
        else:
            self._engine.dispose()
            try:
                journals.settle(self.path)
                with self._begin():
                    pass
                found = contents.read_contents(self._driver_connection(), self.path)
            except database.DamagedFile:
                raise database.replaced(self.path) from None
            if found.seal not in (self._seal, self._tried):
                # Let go: whoever wrote there may go on.
                self._engine.dispose()
                raise database.replaced(self.path)
        self._seal = self._tried = found.seal
        self._left = places.identity(self.path)

    @property
    def is_ours(self) -> bool:
        """Whether what the open handle leads to is what this window wrote last."""
        try:
            return self.meta_on_file(contents.SEAL) in (self._seal, self._tried)
        except UserError:
            return False

    def read_book(self) -> AnswerBook:
        """All answers, and the row orders of the free tables."""
        with self._begin() as connection:
            answers = {
                row["key"]: answer_from_columns(row)
                for row in connection.execute(sa.select(ANSWER).order_by(ANSWER.c.key))
                .mappings()
                .all()
            }
            rows: dict[str, tuple[str, ...]] = {}
            for row in connection.execute(
                sa.select(TABLE_ROW).order_by(TABLE_ROW.c.table_id, TABLE_ROW.c.position)
            ):
                rows[row.table_id] = (*rows.get(row.table_id, ()), row.row_id)
        return AnswerBook(answers, rows)

    def system(self, system_id: str = "", digest: str = "") -> FrozenSystem | None:
        """The system frozen last; of `system_id`, the copy with this hash, else the first one; None when there is none.

        UserError when its text is no longer the one that was frozen.
        """
        query = sa.select(SYSTEM).where(~SYSTEM.c.system_id.startswith("@"))
        query = query.order_by(SYSTEM.c.id.desc()).limit(1)
        if system_id:
            is_other = sa.case((SYSTEM.c.hash == digest, 0), else_=1)
            query = (
                sa.select(SYSTEM)
                .where(SYSTEM.c.system_id == system_id)
                .order_by(is_other, SYSTEM.c.id)
                .limit(1)
            )
        with self._begin() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        frozen = FrozenSystem(row.system_id, row.json)
        if frozen.hash != row.hash:
            raise database.damaged(self.path)
        return frozen

    def commit(
        self,
        number: int,
        act: Act,
        *,
        who: str,
        when: datetime,
        frozen: Sequence[FrozenSystem] = (),
        position: str | None = None,
    ) -> None:
        """Write one act durably. On any error nothing of it is in the file, or all of it is and trying again is harmless.

        number: the act's running number (last_act + 1). frozen: systems or data to freeze with this act.
        UserError when the file cannot be written; ProgramError when the file holds other values than `act` says.
        """
        if self.read_only:
            raise database.read_only(self.path)
        with self._write() as connection:
            known = connection.execute(sa.select(ACT).where(ACT.c.id == number)).one_or_none()
            stamp = when.isoformat(timespec="seconds")
            if known is None:
                _write_act(connection, number, act, who, stamp)
                for one in frozen:
                    _freeze(connection, one, stamp)
                if position is not None:
                    _set_meta(connection, "position", position)
            elif (known.at, known.label) != (stamp, act.label):
                raise ProgramError(f"act {number} is already another one: {known.label}")
        self.last_act = max(self.last_act, number)
        if position is not None:
            self.meta = {**self.meta, "position": position}

    def set_meta(self, values: Mapping[str, str]) -> None:
        """Keep settings of the file that are not answers; not an act. Nothing is written when they are kept already."""
        if self.read_only or values.items() <= self.meta.items():
            return
        with self._write() as connection:
            for key, value in values.items():
                _set_meta(connection, key, value)
        self.meta = {**self.meta, **values}

    def history(self, key: str = "", limit: int = 500) -> tuple[HistoryEntry, ...]:
        """Changes of one answer, or of all, latest first."""
        query = (
            sa.select(CHANGE, ACT.c.at, ACT.c.who, ACT.c.label)
            .join(ACT, ACT.c.id == CHANGE.c.act_id)
            .where(CHANGE.c.kind == "answer")
            .order_by(CHANGE.c.id.desc())
            .limit(limit)
        )
        if key:
            query = query.where(CHANGE.c.key == key)
        with self._begin() as connection:
            return tuple(
                HistoryEntry(
                    when=datetime.fromisoformat(row["at"]),
                    who=row["who"],
                    label=row["label"],
                    key=row["key"],
                    before=answer_from_columns(row, "before_"),
                    after=answer_from_columns(row, "after_"),
                )
                for row in connection.execute(query).mappings()
            )

    def rows_ever(self, table_id: str) -> frozenset[str]:
        """Every row id the table has or had, so that none is given out twice."""
        query = sa.select(CHANGE.c.before_text, CHANGE.c.after_text).where(
            CHANGE.c.kind == "rows", CHANGE.c.key == table_id
        )
        with self._begin() as connection:
            ids = {
                row_id
                for row in connection.execute(query)
                for text in row
                for row_id in text.split("\n")
            }
            ids.update(
                connection.scalars(
                    sa.select(TABLE_ROW.c.row_id).where(TABLE_ROW.c.table_id == table_id)
                )
            )
        return frozenset(ids - {""})

    def add_evidence(self, papers: Sequence[evidence.NewPaper], who: str, when: datetime) -> None:
        """Keep papers, durably; those kept already cost nothing. UserError as `evidence.add`, and when read-only."""
        if self.read_only:
            raise database.read_only(self.path)
        with self._write(later=True) as connection:
            stamp = when.isoformat(timespec="seconds")
            secret = self.key is not None
            evidence.add(connection, self.path, papers, who, stamp, secret=secret)

    def papers_kept(self) -> tuple[evidence.KeptPaper, ...]:
        with self._begin() as connection:
            return evidence.kept(connection)

    def evidence_content(self, digest: str) -> bytes:
        """UserError as `evidence.content`."""
        with self._begin() as connection:
            return evidence.content(connection, self.path, digest)

    def counts(self) -> Counts:
        with self._begin() as connection:
            return Counts(
                connection.scalar(sa.select(sa.func.count()).select_from(ANSWER)) or 0,
                connection.scalar(sa.select(sa.func.count()).select_from(ACT)) or 0,
            )

    def copy_to(self, target: Path) -> Counts:
        """A complete copy at `target` (replaced if it exists), announced only after it was opened and checked."""
        part = target.with_name(target.name + ".part")
        try:
            part.unlink(missing_ok=True)
            with database.plain_words(target):
                copy = database.connect(part, "rwc", key=self.key)
                try:
                    self._driver_connection().backup(copy)
                    found = contents.read_contents(copy, part)
                finally:
                    copy.close()
            if found.seal != self.meta_on_file(contents.SEAL):
                raise database.damaged(part)
            os.replace(part, target)
        except OSError as error:
            raise database.os_problem(error, target, "写不进去") from None
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)
        return self.counts()

    def meta_on_file(self, key: str) -> str:
        """One setting as it is in the file at this moment, "" when it is not there."""
        with self._begin() as connection:
            return connection.scalar(sa.select(META.c.value).where(META.c.key == key)) or ""

    def reconnect(self) -> None:
        """Open the file anew after its disk was away. UserError when it still is, or something else lies there."""
        self._refuse_another(anew=True)

    def close(self) -> None:
        self._engine.dispose()
        if self.scratch is not None:
            self.scratch.cleanup()
        database.release(self.path)

    def _driver_connection(self) -> sqlite3.Connection:
        with self._engine.connect() as connection:
            return _driver(connection)


def _driver(connection: sa.Connection) -> sqlite3.Connection:
    """Below SQLAlchemy; of an audit with a password it is SQLCipher's, which behaves alike."""
    return cast(sqlite3.Connection, connection.connection.driver_connection)


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
                    _set_meta(connection, name, value)
                for one in frozen:
                    _freeze(connection, one, stamp)
                _write_act(connection, 1, act, who, stamp)
                driver = _driver(connection)
                _set_meta(connection, contents.SEAL, contents.file_seal(driver))
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
                driver = _driver(connection)
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


def _set_meta(connection: sa.Connection, key: str, value: str) -> None:
    connection.execute(sa.delete(META).where(META.c.key == key))
    connection.execute(META.insert().values(key=key, value=value))


def _freeze(connection: sa.Connection, system: FrozenSystem, stamp: str) -> None:
    connection.execute(
        SYSTEM.insert().values(
            system_id=system.system_id, hash=system.hash, json=system.json, frozen_at=stamp
        )
    )


def _write_act(connection: sa.Connection, number: int, act: Act, who: str, stamp: str) -> None:
    """An act with its changes, sealed after the act before it."""
    last = connection.scalar(sa.select(ACT.c.seal).order_by(ACT.c.id.desc()).limit(1)) or ""
    values = {"id": number, "at": stamp, "who": who, "label": act.label}
    connection.execute(ACT.insert().values(**values, seal=""))
    _write_changes(connection, number, act.changes)
    mine = CHANGE.c.act_id == number
    written = connection.execute(sa.select(CHANGE).where(mine).order_by(CHANGE.c.id)).all()
    seal = contents.act_seal(last, (number, stamp, who, act.label), [tuple(row) for row in written])
    connection.execute(ACT.update().where(ACT.c.id == number).values(seal=seal))


def _write_changes(
    connection: sa.Connection, act_id: int, changes: Sequence[Change | RowsChange]
) -> None:
    """Put the changes of one act into answers, row orders and change log. ProgramError when a `before` does not hold."""
    keys = list(dict.fromkeys(each.key for each in changes if isinstance(each, Change)))
    answers: dict[str, Answer] = {}
    for start in range(0, len(keys), _KEYS_AT_ONCE):
        some = ANSWER.c.key.in_(keys[start : start + _KEYS_AT_ONCE])
        for row in connection.execute(sa.select(ANSWER).where(some)).mappings():
            answers[row["key"]] = answer_from_columns(row)
    log: list[dict[str, object]] = []
    for change in changes:
        if isinstance(change, RowsChange):
            _write_rows(connection, change)
            before = {**_NO_ANSWER, "text": "\n".join(change.before)}
            after = {**_NO_ANSWER, "text": "\n".join(change.after)}
            line: dict[str, object] = {"kind": "rows", "key": change.table_id}
        else:
            stored = answers.get(change.key, MISSING)
            if stored != change.before:
                raise ProgramError(f"{change.key} holds {stored}, not {change.before}")
            answers[change.key] = change.after
            before, after = answer_to_columns(change.before), answer_to_columns(change.after)
            line = {"kind": "answer", "key": change.key}
        line |= {f"before_{name}": text for name, text in before.items()}
        line |= {f"after_{name}": text for name, text in after.items()}
        log.append({"act_id": act_id, **line})
    if keys:
        of_key = ANSWER.c.key == sa.bindparam("of_key")
        connection.execute(sa.delete(ANSWER).where(of_key), [{"of_key": key} for key in keys])
    present = [
        {"key": key, **answer_to_columns(answers[key])}
        for key in keys
        if not isinstance(answers[key], Missing)
    ]
    if present:
        connection.execute(sa.insert(ANSWER), present)
    if log:
        connection.execute(sa.insert(CHANGE), log)


def _write_rows(connection: sa.Connection, change: RowsChange) -> None:
    mine = TABLE_ROW.c.table_id == change.table_id
    stored = tuple(
        connection.scalars(sa.select(TABLE_ROW.c.row_id).where(mine).order_by(TABLE_ROW.c.position))
    )
    if stored != change.before:
        raise ProgramError(f"rows of {change.table_id} are {stored}, not {change.before}")
    connection.execute(sa.delete(TABLE_ROW).where(mine))
    if change.after:
        connection.execute(
            sa.insert(TABLE_ROW),
            [
                {"table_id": change.table_id, "position": position, "row_id": row_id}
                for position, row_id in enumerate(change.after)
            ],
        )
