"""An open audit: current at once, written in order, undo, history, retry; on real files and with a real worker."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from app.audit.project import SYSTEM_KEY, AuditProject
from app.errors import AppError, Problem, ProgramError, UserError
from app.forms.answer import MISSING, AnswerBook, Change, Given, RowsChange
from app.services import session as session_module
from app.services.session import (
    BACKUP_EVERY_ACTS,
    BACKUP_EVERY_SECONDS,
    AuditSession,
    Builders,
    ImmediateExecutor,
)
from app.storage import backups, database, opening
from app.storage.audit_file import AuditFile
from app.storage.contents import FrozenSystem
from tests.helpers.forms import sample_project

NOW = datetime(2026, 11, 20, 14, 3, 22, tzinfo=UTC)


def project(
    book: AnswerBook, system: FrozenSystem | None, basis: FrozenSystem | None
) -> AuditProject:
    return sample_project(book)


def catalogue_system(system_id: str) -> FrozenSystem:
    if system_id == "unknown":
        raise UserError(Problem("", "没有这个体系", "换一个"))
    return FrozenSystem(system_id, f'{{"id":"{system_id}"}}')


def new_path(folder: Path, book: AnswerBook | None = None) -> Path:
    path = folder / "案卷.cpaudit"
    opening.create(
        path,
        answers=book or AnswerBook(),
        system=None,
        meta={"audit_id": "id", "questionnaire": "industry"},
        who="何敏",
        when=NOW,
    ).close()
    return path


def opened(path: Path, **options: object) -> AuditSession:
    settings: dict[str, object] = {
        "executor": ImmediateExecutor(),
        "clock": lambda: NOW,
        "who": "何敏",
        "retry_seconds": 3600,
        **options,
    }
    builders = Builders(project, lambda _project: None, catalogue_system)
    return AuditSession(opening.open_file(path), builders, **settings)  # type: ignore[arg-type]


@pytest.fixture
def session(tmp_path: Path) -> Iterator[AuditSession]:
    open_session = opened(new_path(tmp_path))
    yield open_session
    open_session.close(abandon=True)


def give(session: AuditSession, key: str, text: str, label: str = "填写") -> None:
    session.record([Change(key, MISSING, Given(text))], label)


def in_file(path: Path) -> AnswerBook:
    file = opening.open_file(path, read_only=True)
    book = file.read_book()
    file.close()
    return book


def test_an_answer_is_current_at_once_and_in_the_file_when_saved(session: AuditSession) -> None:
    times: list[datetime] = []
    session.on_saved = times.append
    saved = session.record([Change("n", MISSING, Given("7"))], "填写")
    assert session.project.book.text("n") == "7"
    assert saved.result(timeout=0) == NOW
    assert times == [NOW]
    session.close()
    assert in_file(session.path).text("n") == "7"


def test_what_changes_nothing_is_no_act(session: AuditSession) -> None:
    give(session, "n", "7")
    give(session, "n", "7")
    session.record([RowsChange("t", (), ())], "删行")
    assert len(session.history("n")) == 1
    assert session.undo_label == "填写"
    session.undo()
    assert session.undo_label == ""


def test_one_act_may_change_one_key_twice(session: AuditSession) -> None:
    session.record([Change("n", MISSING, Given("1")), Change("n", MISSING, Given("2"))], "粘贴")
    assert session.book.text("n") == "2"
    session.undo()
    assert session.book.get("n") == MISSING
    session.close()
    assert in_file(session.path) == AnswerBook()


def test_undo_and_redo_are_per_act_and_stay_in_the_history(session: AuditSession) -> None:
    session.record(
        [
            RowsChange("t", (), ("r1",)),
            Change("t/r1/a", MISSING, Given("1")),
            Change("t/r1/b", MISSING, Given("2")),
        ],
        "粘贴 1 行",
    )
    pasted = session.book
    give(session, "elsewhere", "x")
    assert session.undo_label == "填写"
    session.undo()
    act = session.undo()
    assert act is not None
    assert act.label == "粘贴 1 行"
    assert session.book == AnswerBook({}, {"t": ()})
    assert session.redo_label == "粘贴 1 行"
    session.redo()
    assert session.book == pasted
    give(session, "t/r1/a", "9", "改")
    assert session.redo() is None
    labels = [entry.label for entry in session.history("t/r1/a")]
    assert labels == ["改", "重做：粘贴 1 行", "撤销：粘贴 1 行", "粘贴 1 行"]
    session.close()
    again = opened(session.path)
    assert again.undo() is None
    assert again.book.text("t/r1/a") == "9"
    again.close()


def test_row_ids_are_never_given_twice(session: AuditSession) -> None:
    first = session.new_row_id("t")
    session.record([RowsChange("t", (), (first,))], "加行")
    session.record([RowsChange("t", (first,), ())], "删行")
    assert (first, session.new_row_id("t")) == ("r1", "r2")
    session.close()
    again = opened(session.path)
    assert again.new_row_id("t") == "r2"
    again.close()


def test_the_place_is_kept_and_is_no_act(session: AuditSession) -> None:
    session.set_position("water", "water.total")
    session.close()
    again = opened(session.path)
    assert again.position == ("water", "water.total")
    assert again.history("") == ()
    again.close()


def test_only_the_last_acts_can_be_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Eight hours of acts do not fill the memory; the history in the file keeps all of them."""
    monkeypatch.setattr("app.services.session.MOST_UNDO", 5)
    session = opened(new_path(tmp_path))
    for number in range(8):
        give(session, "n", str(number))
    taken = 0
    while session.undo() is not None:
        taken += 1
    assert (taken, session.book.text("n")) == (5, "2")
    while session.redo() is not None:
        taken -= 1
    assert (taken, session.book.text("n")) == (0, "7")
    session.close()


def test_the_system_is_frozen_with_the_choice_and_comes_back_with_undo(
    session: AuditSession,
) -> None:
    assert session.system is None
    give(session, SYSTEM_KEY, "one")
    give(session, SYSTEM_KEY, "two")
    assert session.system == catalogue_system("two")
    session.undo()
    assert session.system == catalogue_system("one")
    session.close()
    again = opened(session.path)
    assert again.system == catalogue_system("one")
    again.record([Change(SYSTEM_KEY, MISSING, MISSING)], "不选")
    assert again.system is None
    again.close()
    once_more = opened(session.path)
    assert once_more.system is None
    with pytest.raises(UserError, match="没有这个体系"):
        give(once_more, SYSTEM_KEY, "unknown")
    assert once_more.book.get(SYSTEM_KEY) == MISSING
    assert once_more.waiting == 0
    once_more.close()


def test_the_frozen_copy_wins_over_a_changed_catalogue(session: AuditSession) -> None:
    give(session, SYSTEM_KEY, "one")
    kept = session.system
    give(session, SYSTEM_KEY, "two")
    session._builders = Builders(  # noqa: SLF001
        project, lambda _project: None, lambda name: FrozenSystem(name, "{}")
    )
    give(session, SYSTEM_KEY, "one")
    assert session.system == kept


def failing(file_commit: Callable[..., None], failures: int) -> Callable[..., None]:
    left = [failures]

    def commit(self: AuditFile, *arguments: object, **options: object) -> None:
        if left[0]:
            left[0] -= 1
            raise database.disk_full(self.path)
        file_commit(self, *arguments, **options)

    return commit


def test_nothing_is_lost_while_writing_fails(
    session: AuditSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures: list[tuple[AppError, int]] = []
    saved: list[datetime] = []
    session.on_save_failed = lambda error, waiting: failures.append((error, waiting))
    session.on_saved = saved.append
    monkeypatch.setattr(AuditFile, "commit", failing(AuditFile.commit, 2))
    future = session.record([Change("a", MISSING, Given("1"))], "填写")
    give(session, "b", "2")
    assert not future.done()
    assert session.book.text("a") == "1"
    assert session.waiting == 2
    assert [waiting for _, waiting in failures] == [1, 2]
    assert "磁盘满了" in str(failures[0][0])
    assert saved == []
    assert [entry.after for entry in session.history("a")] == [Given("1")]
    session.retry()
    assert future.done()
    assert (session.waiting, session.save_problem, len(saved)) == (0, None, 2)
    session.close()
    assert in_file(session.path).answers == {"a": Given("1"), "b": Given("2")}


def test_it_is_tried_again_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AuditFile, "commit", failing(AuditFile.commit, 1))
    with ThreadPoolExecutor(1) as worker:
        session = opened(new_path(tmp_path), executor=worker, retry_seconds=0)
        saved = session.record([Change("a", MISSING, Given("1"))], "填写")
        assert saved.result(timeout=20) == NOW
        session.close()
    assert in_file(session.path).text("a") == "1"


def test_closing_with_something_unwritten_is_refused_unless_given_up(
    session: AuditSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AuditFile, "commit", failing(AuditFile.commit, 99))
    give(session, "a", "1")
    with pytest.raises(UserError, match="磁盘满了"):
        session.close()
    give(session, "b", "2")
    assert session.waiting == 2
    session.close(abandon=True)
    assert in_file(session.path).answers == {}


def test_a_bug_while_writing_is_reported_and_not_taken_for_the_users(
    session: AuditSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    def commit(self: AuditFile, *arguments: object, **options: object) -> None:
        raise ZeroDivisionError("bug")

    failures: list[AppError] = []
    session.on_save_failed = lambda error, waiting: failures.append(error)
    monkeypatch.setattr(AuditFile, "commit", commit)
    give(session, "a", "1")
    assert isinstance(failures[0], ProgramError)
    assert session.waiting == 1
    with pytest.raises(ZeroDivisionError):
        session.close()


def test_acts_are_written_in_order_by_one_worker(tmp_path: Path) -> None:
    threads = set()
    with ThreadPoolExecutor(1) as worker:
        session = opened(new_path(tmp_path), executor=worker)
        session.on_saved = lambda when: threads.add(threading.current_thread().name)
        for number in range(60):
            give(session, "n", str(number))
        assert session.book.text("n") == "59"
        session.close()
    assert len(threads) == 1
    assert threads != {threading.current_thread().name}
    file = opening.open_file(session.path)
    assert [entry.after for entry in file.history("n")] == [
        Given(str(number)) for number in reversed(range(60))
    ]
    file.close()


def test_backups_on_opening_every_few_minutes_and_on_closing(tmp_path: Path) -> None:
    """By a clock nobody can set: the clock of the wall stands still, or runs back."""
    now = [0.0]
    session = opened(new_path(tmp_path), monotonic=lambda: now[0])
    told: list[int] = []
    session.on_backup = lambda kept: told.append(kept[0].act)
    assert [backup.act for backup in session.backups] == [1]
    give(session, "n", "1")
    now[0] += BACKUP_EVERY_SECONDS
    give(session, "n", "2")
    give(session, "n", "3")
    assert told == [3]
    session.close()
    assert [backup.act for backup in backups.backups_of(session.path)] == [4, 3, 1]


def test_backups_after_so_many_acts_whatever_the_clock_says(tmp_path: Path) -> None:
    session = opened(new_path(tmp_path), clock=lambda: datetime(1970, 1, 2, tzinfo=UTC))
    for number in range(2 * BACKUP_EVERY_ACTS):
        give(session, "n", str(number))
    assert [backup.act for backup in session.backups] == [
        1 + 2 * BACKUP_EVERY_ACTS,
        1 + BACKUP_EVERY_ACTS,
        1,
    ]
    session.close()


def test_a_long_history_is_proved_less_often_so_that_an_act_costs_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_module, "BACKUP_EVERY_ACTS", 4)
    monkeypatch.setattr(session_module, "BACKUP_EVERY_SHARE", 5)
    session = opened(new_path(tmp_path))
    made: list[int] = []
    session.on_backup = lambda kept: made.append(kept[0].act)
    for number in range(100):
        give(session, "n", str(number))
    apart = [later - before for before, later in pairwise(made)]
    assert apart == sorted(apart)
    assert apart[0] == 4
    assert apart[-1] == made[-1] // 5
    session.close()
    assert backups.backups_of(session.path)[0].act == 101


def test_a_failed_backup_is_said_and_writing_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = opened(new_path(tmp_path))
    told: list[UserError] = []
    session.on_backup_failed = told.append

    def full(*_: object) -> None:
        raise UserError(Problem("x", "磁盘满了", "腾出空间"))

    monkeypatch.setattr(backups, "back_up", full)
    for number in range(BACKUP_EVERY_ACTS):
        give(session, "n", str(number))
    assert len(told) == 1
    assert session.backup_problem is told[0]
    assert session.waiting == 0
    session.close()


def test_read_only_refuses_and_keeps_the_answers(tmp_path: Path) -> None:
    path = new_path(tmp_path, AnswerBook({"n": Given("1")}))
    file = opening.open_file(path, read_only=True)
    session = AuditSession(
        file,
        Builders(project, lambda _project: None, catalogue_system),
        executor=ImmediateExecutor(),
        clock=lambda: NOW,
        who="何敏",
    )
    assert session.read_only
    with pytest.raises(UserError, match="只读"):
        give(session, "n", "2")
    assert session.book.text("n") == "1"
    session.close()
    assert backups.backups_of(path) == ()
