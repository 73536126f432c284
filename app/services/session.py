"""An open audit: answers are current in memory at once and durable shortly after, in the order they were given.

All work on the file runs on one executor (one worker thread in the window, ImmediateExecutor on the command line and
in tests). An act that cannot be written stays in memory and is tried again until it is written; nothing is announced
as saved before it is.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from app.assessment.result import Assessment
from app.audit.basis import BASIS_KEY
from app.audit.next_round import Earlier, earlier_from_text
from app.audit.project import COPY_KEY, SYSTEM_KEY, TABLE_KEY
from app.errors import AppError, Problem, ProgramError, UserError
from app.forms.answer import MISSING, Act, AnswerBook, Change, Given, RowsChange, apply, inverse
from app.services.copying import InMemory, copy_audit
from app.storage import backups, database, locks, places
from app.storage.audit_file import AuditFile, HistoryEntry
from app.storage.backups import Backup
from app.storage.contents import BASIS_ID, FrozenSystem
from app.storage.evidence import KeptPaper, NewPaper

if TYPE_CHECKING:
    from app.audit.project import AuditProject

log = logging.getLogger(__name__)

EARLIER_META = "earlier"  # the round before (app.audit.next_round), not an answer of this one
BACKUP_EVERY_ACTS = 25
BACKUP_EVERY_SHARE = (
    100  # of a long history: each proves all of it anew, so an act would become dearer for ever
)
BACKUP_EVERY_SECONDS = 600  # of a clock that nobody can set
MOST_UNDO = 1_000  # acts that can be taken back; the history keeps all of them
RETRY_SECONDS = 5

Saved = Future[datetime]
"""Resolved with the time of the commit once an act is in the file; it waits as long as writing does not succeed."""

_P = ParamSpec("_P")
_T = TypeVar("_T")


class ImmediateExecutor(Executor):
    """Runs what is submitted at once, in the caller's thread; threads wait for each other."""

    def __init__(self) -> None:
        super().__init__()
        self._one_at_a_time = threading.RLock()

    def submit(self, fn: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        future: Future[_T] = Future()
        try:
            with self._one_at_a_time:
                result = fn(*args, **kwargs)
            future.set_result(result)
        except Exception as error:  # noqa: BLE001 - handed to the caller by the future, as an executor does
            future.set_exception(error)
        return future


@dataclass(frozen=True)
class Builders:
    """How a project is made of answers and a frozen system, and assessed; the catalogue's part of a session.

    project(book, system, basis), assess(project) (None without a system), system(id) -> the catalogue's copy to freeze,
    basis() -> the catalogue's data beside the systems, None to freeze none.
    """

    project: Callable[[AnswerBook, FrozenSystem | None, FrozenSystem | None], "AuditProject"]
    assess: Callable[["AuditProject"], Assessment | None]
    system: Callable[[str], FrozenSystem]
    basis: Callable[[], FrozenSystem | None] = lambda: None


@dataclass
class _Pending:
    number: int
    act: Act
    when: datetime
    frozen: tuple[FrozenSystem, ...]
    saved: Saved = field(default_factory=Future)


class AuditSession:
    """One open audit file with its current project, undo and history.

    Use it from one thread. The callbacks run on the executor's thread:
    on_saved(time) after each commit; on_save_failed(error, waiting) with the number of acts not yet in the file, a
    UserError when the user can mend it (it is tried again every RETRY_SECONDS), a ProgramError when it is a bug;
    on_backup(backups) after each backup.
    """

    def __init__(
        self,
        file: AuditFile,
        builders: Builders,
        *,
        executor: Executor,
        clock: Callable[[], datetime],
        who: str,
        retry_seconds: int = RETRY_SECONDS,
        second_place: Path | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.path = file.path
        self.read_only = file.read_only
        self.migrated_from = file.migrated_from
        self.who = who
        self.on_saved: Callable[[datetime], None] = lambda when: None
        self.on_save_failed: Callable[[AppError, int], None] = lambda error, waiting: None
        self.on_backup: Callable[[tuple[Backup, ...]], None] = lambda backups: None
        self.on_backup_failed: Callable[[UserError], None] = lambda error: None
        self.backup_problem: UserError | None = None
        self.second_place = second_place
        self.doubts: tuple[Problem, ...] = places.doubts(file.path)
        self.journal = file.journal
        self.last_saved: datetime | None = None
        self.save_problem: AppError | None = None
        self.backups: tuple[Backup, ...] = ()
        self._file = file
        self._builders = builders
        self._executor = executor
        self._clock = clock
        self._monotonic = monotonic
        self._backed_up_at = monotonic()
        self._beside: tuple[FrozenSystem, ...] = ()
        self._retry_seconds = retry_seconds
        self._lock = threading.Lock()
        self._pending: deque[_Pending] = deque()
        self._timer: threading.Timer | None = None
        self._closed = False
        self._undo: deque[Act] = deque(maxlen=MOST_UNDO)
        self._redo: list[Act] = []
        self._position = tuple(file.meta.get("position", "\n").split("\n", 1))
        self._rows_given: dict[str, set[str]] = {}
        self._papers: tuple[KeptPaper, ...] | None = None  # read when first asked for
        self._next_number = file.last_act + 1
        self._book = file.read_book()
        chosen = self._book.text(SYSTEM_KEY)
        self._offered: dict[str, FrozenSystem] = {}
        self._system = file.system(chosen, self._book.text(COPY_KEY)) if chosen else None
        self._basis = self._basis_in_file(self._book.text(BASIS_KEY))
        self._project = builders.project(self._book, self._system, self._basis)
        self._assessment: Assessment | None = None
        self._assessed = False
        if not self.read_only:
            self._submit(self._back_up)

    # What the audit is now

    @property
    def project(self) -> "AuditProject":
        """The audit with every act recorded so far, written or not."""
        return self._project

    @property
    def book(self) -> AnswerBook:
        return self._book

    @property
    def assessment(self) -> Assessment | None:
        """The assessment of `project`; None while no indicator system is chosen. Worked out when first asked for."""
        if not self._assessed:
            self._assessment = self._builders.assess(self._project)
            self._assessed = True
        return self._assessment

    @property
    def system(self) -> FrozenSystem | None:
        return self._system

    @property
    def basis(self) -> FrozenSystem | None:
        """The data beside the system, as frozen; None in an older file that nobody has written to since."""
        return self._basis

    def copy_to(self, target: Path) -> None:
        """Everything, also what is not in the file yet, as an audit file at `target`, replaced if it is there.

        From the file with its whole history while the open handle leads to it, else from memory (answers, system, data).
        UserError when it cannot be written; `target` is then as it was.
        """
        self._on_file(lambda: copy_audit(self._file, self._in_memory(), target))

    def _in_memory(self) -> InMemory:
        waiting = tuple(self._pending)
        return InMemory(self._book, self._system, self._basis, waiting, self.who, self._clock())

    @cached_property
    def earlier(self) -> Earlier | None:
        """The answers of the round before, kept in this file; None for a firm's first audit here."""
        text = self._file.meta.get(EARLIER_META)
        return None if text is None else earlier_from_text(text)

    @property
    def audit_id(self) -> str:
        return self._file.meta["audit_id"]

    @property
    def has_password(self) -> bool:
        return self._file.key is not None

    def forget_key(self) -> None:
        """The password is asked for when the audit is opened again."""
        if self._file.key is not None:
            locks.forget(self._file.key)

    @property
    def questionnaire_id(self) -> str:
        return self._file.meta["questionnaire"]

    @property
    def waiting(self) -> int:
        """Acts that are not in the file yet."""
        with self._lock:
            return len(self._pending)

    # Acts of the user

    def record(self, changes: Iterable[Change | RowsChange], label: str) -> Saved:
        """Take over one act of the user; `before` of each change is filled in from the present answers.

        Changes that change nothing are left out; an act without any is not recorded (its Saved is done).
        UserError when the audit is open for reading only, or the system chosen is not in the catalogue.
        """
        act = self._effective(changes, label)
        saved = self._take(act)
        if act.changes:
            self._undo.append(act)
            self._redo.clear()
        return saved

    def do(self, act: Act) -> Saved:
        """`record` of an act of app.services.acts."""
        return self.record(act.changes, act.label)

    def adopt(
        self,
        system_id: str,
        system_json: str,
        table_id: str,
        label: str,
        changes: Iterable[Change | RowsChange] = (),
    ) -> Saved:
        """Score by this copy and table from now on, as one act with `changes`. The copies before stay in the file, and
        undo brings them back. UserError when the audit is open for reading only."""
        frozen = FrozenSystem(system_id, system_json)
        self._offered[frozen.hash] = frozen
        chosen = ((SYSTEM_KEY, system_id), (TABLE_KEY, table_id), (COPY_KEY, frozen.hash))
        book = self._book
        acts = [Change(key, book.get(key), Given(text)) for key, text in chosen]
        return self.record((*acts, *changes), label)

    def drop_system(self, label: str) -> Saved:
        """Score by no system from now on (自评参考), as one act. Answers to its indicators and its copies stay in the file, and
        undo brings it back. UserError when the audit is open for reading only."""
        return self.record(
            [Change(key, MISSING, MISSING) for key in (SYSTEM_KEY, TABLE_KEY, COPY_KEY)], label
        )

    def adopt_basis(self, text: str, label: str) -> Saved:
        """Rest on this edition of the data from now on, as one act; undo brings the one before back. UserError when the
        audit is open for reading only."""
        frozen = FrozenSystem(BASIS_ID, text)
        self._offered[frozen.hash] = frozen
        return self.record([Change(BASIS_KEY, MISSING, Given(frozen.hash))], label)

    def record_with(
        self, changes: Iterable[Change | RowsChange], label: str, frozen: FrozenSystem
    ) -> Saved:
        """`record`, with a text that is frozen in the file by the same act."""
        self._beside = (frozen,)
        try:
            return self.record(changes, label)
        finally:
            self._beside = ()

    def kept(self, document_id: str, digest: str) -> FrozenSystem | None:
        """A text frozen in the file, written or still waiting; None when it holds none of this hash."""
        with self._lock:
            for item in self._pending:
                for one in item.frozen:
                    if (one.system_id, one.hash) == (document_id, digest):
                        return one
        found = self._on_file(lambda: self._file.system(document_id, digest))
        return found if found is not None and found.hash == digest else None

    def undo(self) -> Act | None:
        """Take the last act of this session back; the act taken back, None when there is none."""
        if not self._undo:
            return None
        act = self._undo[-1]
        self._take(Act(f"撤销：{act.label}", inverse(act)))
        self._undo.pop()
        self._redo.append(act)
        return act

    def redo(self) -> Act | None:
        """Do the act taken back last again; that act, None when there is none."""
        if not self._redo:
            return None
        act = self._redo[-1]
        self._take(Act(f"重做：{act.label}", act.changes))
        self._redo.pop()
        self._undo.append(act)
        return act

    @property
    def undo_label(self) -> str:
        """What `undo` would take back (「粘贴 12 行」), "" when nothing."""
        return self._undo[-1].label if self._undo else ""

    @property
    def redo_label(self) -> str:
        return self._redo[-1].label if self._redo else ""

    def new_row_id(self, table_id: str) -> str:
        """A row id (「r7」) the table never had; given out once."""
        given = self._rows_given.get(table_id)
        if given is None:
            given = set(self._on_file(lambda: self._file.rows_ever(table_id)))
            given.update(self._book.row_ids(table_id))
            self._rows_given[table_id] = given
        numbers = [int(row_id[1:]) for row_id in given if row_id[1:].isdecimal()]
        row_id = f"r{max(numbers, default=0) + 1}"
        given.add(row_id)
        return row_id

    def keep_papers(self, papers: Sequence[NewPaper]) -> None:
        """Keep files in the audit (each once), before an act says what they prove. UserError when they cannot be written."""

        def add() -> None:
            self._papers = None
            self._file.add_evidence(papers, self.who, self._clock())

        self._on_file(add)

    def papers_kept(self) -> tuple[KeptPaper, ...]:
        """Every file kept, also those no answer speaks of any more (taken back with undo)."""

        def read() -> tuple[KeptPaper, ...]:
            if self._papers is None:
                self._papers = self._file.papers_kept()
            return self._papers

        return self._papers or self._on_file(read)

    def paper_content(self, sha256: str) -> bytes:
        """UserError when it is not there any more, or changed."""
        return self._on_file(lambda: self._file.evidence_content(sha256))

    def history(self, key: str) -> tuple[HistoryEntry, ...]:
        """Changes of one answer over the whole life of the file, latest first; also those still to be written."""
        with self._lock:
            waiting = tuple(self._pending)
        written = self._on_file(lambda: self._file.history(key))
        with self._lock:
            still = {item.number for item in self._pending}
        entries = [
            HistoryEntry(item.when, self.who, item.act.label, key, change.before, change.after)
            for item in reversed(waiting)
            if item.number in still
            for change in reversed(item.act.changes)
            if isinstance(change, Change) and change.key == key
        ]
        return (*entries, *written)

    @property
    def position(self) -> tuple[str, str]:
        """(page id, key) where the user was last, "" when unknown."""
        return self._position[0], self._position[1]

    def set_position(self, page_id: str, key: str) -> None:
        """Remember where the user is; written with the next act and on closing, never an act itself."""
        self._position = (page_id, key)

    # Saving

    def retry(self) -> None:
        """Try now to write what is waiting."""
        self._submit(self._write_pending)

    def close(self, *, abandon: bool = False) -> None:
        """Write what is waiting, back up and let go of the file.

        UserError (and the session stays open) when something cannot be written, unless `abandon` is set.
        """
        if self._closed:
            return
        self._stop_timer()
        if self.waiting:
            bug = self._executor.submit(self._write_pending).exception()
            problem = bug or self.save_problem
            if self.waiting and problem is not None and not abandon:
                raise problem
        self._closed = True
        self._stop_timer()
        self._on_file(self._finish)

    def let_go(self) -> None:
        """Close the file as it is, for an audit that turned out not to be shown: nothing more is written."""
        self._closed = True
        self._stop_timer()
        self._on_file(self._file.close)

    def _effective(self, changes: Iterable[Change | RowsChange], label: str) -> Act:
        book = self._book
        effective: list[Change | RowsChange] = []
        for change in changes:
            if isinstance(change, RowsChange):
                change = replace(change, before=book.row_ids(change.table_id))
            else:
                change = replace(change, before=book.get(change.key))
            if change.before != change.after:
                effective.append(change)
                book = apply(book, (change,))
        return Act(label, tuple(effective))

    def _take(self, act: Act) -> Saved:
        when = self._clock()
        if not act.changes:
            done: Saved = Future()
            done.set_result(self.last_saved or when)
            return done
        if self.read_only:
            raise database.read_only(self.path)
        if not self._book.text(BASIS_KEY):
            self._freeze_basis(when)
        return self._put(act, when)

    def _freeze_basis(self, when: datetime) -> None:
        """A file from before data were frozen keeps today's with the first act written to it: an act of its own, not undone."""
        present = self._builders.basis()
        if present is not None:
            self._offered[present.hash] = present
            change = Change(BASIS_KEY, self._book.get(BASIS_KEY), Given(present.hash))
            self._put(Act("留下所用系数、公式和问题的版本", (change,)), when)

    def _put(self, act: Act, when: datetime) -> Saved:
        book = apply(self._book, act.changes)
        system, new_system = self._system_for(book)
        basis, new_basis = self._basis_for(book)
        self._project = self._builders.project(book, system, basis)
        self._book, self._system, self._basis, self._assessed = book, system, basis, False
        frozen = tuple(one for one in (new_system, new_basis, *self._beside) if one is not None)
        item = _Pending(self._next_number, act, when, frozen)
        self._next_number += 1
        with self._lock:
            self._pending.append(item)
        self._submit(self._write_pending)
        return item.saved

    def _basis_for(self, book: AnswerBook) -> tuple[FrozenSystem | None, FrozenSystem | None]:
        """(the data the answers name, the same when they are to be frozen in the file)."""
        digest = book.text(BASIS_KEY)
        if self._basis is not None and self._basis.hash == digest:
            return self._basis, None
        kept = self._on_file(lambda: self._basis_in_file(digest, whole=False)) if digest else None
        if kept is not None or not digest:
            return kept, None
        return self._offered[digest], self._offered[digest]

    def _basis_in_file(self, digest: str, *, whole: bool = True) -> FrozenSystem | None:
        """The frozen data of this hash. UserError when the file names data that it does not hold (`whole`)."""
        kept = self._file.system(BASIS_ID, digest) if digest else None
        if kept is not None and kept.hash == digest:
            return kept
        if digest and whole:
            raise database.damaged(self.path)
        return None

    def _system_for(self, book: AnswerBook) -> tuple[FrozenSystem | None, FrozenSystem | None]:
        """(the system the answers choose, the one to freeze in the file when it changes)."""
        chosen, copy = book.text(SYSTEM_KEY), book.text(COPY_KEY)
        present = self._system
        if not chosen:
            return None, None
        same = (chosen, copy) == (self._book.text(SYSTEM_KEY), self._book.text(COPY_KEY))
        if present is not None and chosen == present.system_id and same:
            return present, None
        offered = self._offered.get(copy)
        if offered is not None and offered.system_id == chosen:
            return offered, offered
        kept = self._on_file(lambda: self._file.system(chosen, copy))
        system = kept or self._builders.system(chosen)
        return system, system

    def _write_pending(self) -> None:
        written = 0
        while True:
            with self._lock:
                if not self._pending:
                    break
                item = self._pending[0]
            try:
                if self.save_problem is not None:
                    self._file.reconnect()
                self._file.commit(
                    item.number,
                    item.act,
                    who=self.who,
                    when=item.when,
                    frozen=item.frozen,
                    position="\n".join(self._position),
                )
            except UserError as error:
                self._report_failure(error)
                self._start_timer()
                return
            with self._lock:
                self._pending.popleft()
            written += 1
            self.save_problem = None
            self.last_saved = self._clock()
            item.saved.set_result(self.last_saved)
            self.on_saved(self.last_saved)
        if written and self._is_backup_due():
            self._back_up()

    def _is_backup_due(self) -> bool:
        """By acts and by a clock that only runs forward: the wall clock may be wrong or set back."""
        last = self.backups[0].act if self.backups else 0
        number = self._file.last_act
        return (
            not self.backups
            or number - last >= max(BACKUP_EVERY_ACTS, number // BACKUP_EVERY_SHARE)
            or self._monotonic() - self._backed_up_at >= BACKUP_EVERY_SECONDS
        )

    def _report_failure(self, error: AppError) -> None:
        self.save_problem = error
        log.warning("not written: %s, %s", type(error).__name__, self.path.suffix)
        self.on_save_failed(error, self.waiting)

    def _back_up(self) -> None:
        try:
            self.backups = backups.back_up(self._file, self._clock(), self.second_place)
        except UserError as error:
            self._backed_up_at = self._monotonic()  # not with every act again
            self.backup_problem = error
            log.warning("no backup: %s", type(error).__name__)
            self.on_backup_failed(error)
            return
        self.backup_problem = None
        self._backed_up_at = self._monotonic()
        self.on_backup(self.backups)

    def _finish(self) -> None:
        try:
            if not self.read_only:
                self._file.set_meta({"position": "\n".join(self._position)})
                self._back_up()
        except UserError as error:
            log.warning("position not written: %s", type(error).__name__)
        finally:
            self._file.close()

    def _submit(self, work: Callable[[], None]) -> None:
        self._executor.submit(work).add_done_callback(self._report_bug)

    def _report_bug(self, job: Future[None]) -> None:
        if job.cancelled() or (error := job.exception()) is None:
            return
        log.error("bug while writing", exc_info=error)
        self._report_failure(
            error
            if isinstance(error, AppError)
            else ProgramError(f"{type(error).__name__}: {error}")
        )

    def _on_file(self, work: Callable[[], _T]) -> _T:
        return self._executor.submit(work).result()

    def _start_timer(self) -> None:
        with self._lock:
            if self._closed or self._timer is not None:
                return
            self._timer = threading.Timer(self._retry_seconds, self._retry_by_timer)
            self._timer.daemon = True
            self._timer.start()

    def _retry_by_timer(self) -> None:
        with self._lock:
            self._timer = None
            if self._closed:
                return
        self._submit(self._write_pending)

    def _stop_timer(self) -> None:
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
