"""One audit in one file: every act of the user is one transaction, with who, when, from and to.

An AuditFile belongs to one thread at a time (the writer of app.services.session); nothing in it is locked. How one is made and
opened: app.storage.opening."""

import os
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from app.errors import ProgramError, UserError
from app.forms.answer import Act, Answer, AnswerBook
from app.storage import contents, database, evidence, journals, locks, places
from app.storage.act_rows import driver_of, freeze, set_meta, write_act
from app.storage.contents import Contents, FrozenSystem
from app.storage.journals import Settled
from app.storage.rows import (
    ACT,
    ANSWER,
    CHANGE,
    META,
    SYSTEM,
    TABLE_ROW,
    answer_from_columns,
)


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
            driver = driver_of(connection)
            before = driver.total_changes
            yield connection
            if driver.total_changes != before:
                known = self._later
                if known is None:
                    known = contents.later_tables(driver)
                seal = contents.file_seal(driver, known)
                self._later = None if later else known
                set_meta(connection, contents.SEAL, seal)
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
                write_act(connection, number, act, who, stamp)
                for one in frozen:
                    freeze(connection, one, stamp)
                if position is not None:
                    set_meta(connection, "position", position)
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
                set_meta(connection, key, value)
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
            return driver_of(connection)
