"""Audit files on a real disk: what is written is there, and what is wrong with a file is said in plain words."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.assessment.finding import NotApplicable
from app.errors import ProgramError, UserError
from app.forms.answer import MISSING, Act, Answer, AnswerBook, Change, Given, RowsChange
from app.storage import database
from app.storage.audit_file import AuditFile, Counts
from app.storage.contents import FrozenSystem
from app.storage.opening import create, open_file
from tests.helpers.ordinary_user import open_folder, ordinary_user

NOW = datetime(2026, 11, 20, 9, 12, tzinfo=UTC)
SYSTEM = FrozenSystem("toy", '{"id":"toy"}')
BOOK = AnswerBook(
    {
        "water.total": Given("53620", raw="5.362万", note="含宿舍"),
        "energy.steam": NotApplicable("园区没有蒸汽管网"),
        "a/r2/x": Given("0"),
    },
    {"a": ("r2", "r1")},
)


def new_file(folder: Path, name: str = "澄岭 五金.cpaudit") -> AuditFile:
    return create(
        folder / name,
        answers=BOOK,
        system=SYSTEM,
        meta={"audit_id": "id", "questionnaire": "industry"},
        who="何敏",
        when=NOW,
    )


@pytest.fixture
def file(tmp_path: Path) -> Iterator[AuditFile]:
    audit = new_file(tmp_path)
    yield audit
    audit.close()


def write(audit: AuditFile, key: str, before: Answer, after: Answer) -> None:
    audit.commit(audit.last_act + 1, Act("填写", (Change(key, before, after),)), who="李", when=NOW)


def problem_of(path: Path) -> str:
    with pytest.raises(UserError) as caught:
        open_file(path)
    assert not database.is_held(path)
    (problem,) = caught.value.problems
    assert problem.where == path.name
    assert problem.remedy
    return problem.what


def test_what_was_created_is_read_back(file: AuditFile, tmp_path: Path) -> None:
    file.close()
    again = open_file(file.path)
    assert again.read_book() == BOOK
    assert again.system() == SYSTEM
    assert again.system("other") is None
    assert again.meta["questionnaire"] == "industry"
    assert not again.read_only
    again.close()
    assert [path.name for path in tmp_path.iterdir()] == ["澄岭 五金.cpaudit"]


def test_identity_and_settings_of_the_database(file: AuditFile) -> None:
    file.close()
    with sqlite3.connect(file.path) as plain:
        assert plain.execute("PRAGMA application_id").fetchone() == (database.APPLICATION_ID,)
        assert plain.execute("PRAGMA user_version").fetchone() == (database.FORMAT,)
        assert plain.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        kinds = plain.execute("SELECT DISTINCT typeof(text), typeof(note) FROM answer").fetchall()
        assert kinds == [("text", "text")]
    plain.close()
    engine = database.open_engine(file.path, "rw")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    engine.dispose()


def test_an_act_is_one_transaction_with_its_history(file: AuditFile) -> None:
    act = Act(
        "粘贴 2 格",
        (
            RowsChange("a", ("r2", "r1"), ("r1", "r2", "r3")),
            Change("a/r3/x", MISSING, Given("7")),
            Change("water.total", BOOK.get("water.total"), MISSING),
        ),
    )
    file.commit(2, act, who="李", when=NOW, position="water\nwater.total")
    file.close()
    again = open_file(file.path)
    book = again.read_book()
    assert book.row_ids("a") == ("r1", "r2", "r3")
    assert (book.get("a/r3/x"), book.get("water.total")) == (Given("7"), MISSING)
    assert again.meta["position"] == "water\nwater.total"
    latest, first = again.history("water.total")
    assert (latest.who, latest.label, latest.when) == ("李", "粘贴 2 格", NOW)
    assert (latest.before, latest.after) == (BOOK.get("water.total"), MISSING)
    assert (first.who, first.label, first.before) == ("何敏", "新建案卷", MISSING)
    assert again.rows_ever("a") == {"r1", "r2", "r3"}
    assert again.counts() == Counts(answers=3, acts=2)
    again.close()


def test_a_refused_act_leaves_nothing(file: AuditFile) -> None:
    stale = Act(
        "填写",
        (Change("new", MISSING, Given("1")), Change("water.total", MISSING, Given("2"))),
    )
    with pytest.raises(ProgramError, match=r"water\.total"):
        file.commit(2, stale, who="李", when=NOW)
    assert file.read_book() == BOOK
    assert file.counts().acts == 1


def test_writing_the_same_act_again_is_harmless(file: AuditFile) -> None:
    act = Act("填写", (Change("new", MISSING, Given("1")),))
    for _ in range(2):
        file.commit(2, act, who="李", when=NOW)
    assert len(file.history("new")) == 1
    with pytest.raises(ProgramError):
        file.commit(2, Act("别的", act.changes), who="李", when=NOW)


def test_a_changed_frozen_system_is_noticed(file: AuditFile) -> None:
    file.close()
    with sqlite3.connect(file.path) as plain:
        plain.execute("UPDATE system SET json = json || ' '")
    plain.close()
    with pytest.raises(UserError, match=r"损坏.*冻结"):
        open_file(file.path)


def test_a_second_window_of_the_same_program_is_refused(file: AuditFile) -> None:
    with pytest.raises(UserError, match="已在另一个窗口打开"):
        open_file(file.path)
    write(file, "still", MISSING, Given("1"))


def test_another_process_is_refused(file: AuditFile) -> None:
    script = (
        "import sys, pathlib\n"
        "from app.storage.opening import open_file\n"
        "from app.errors import UserError\n"
        "try: open_file(pathlib.Path(sys.argv[1]))\n"
        "except UserError as error: print(error)\n"
    )
    command = [sys.executable, "-X", "utf8", "-c", script, str(file.path)]
    said = subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout
    assert "已在另一个窗口打开" in said


def test_nothing_is_overwritten_by_a_new_audit(file: AuditFile, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="没有覆盖"):
        new_file(tmp_path)
    assert file.read_book() == BOOK


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "文件是空的"),
        ("这是文本".encode(), "不是清审通的案卷"),
        (b"SQLite form", "不完整"),
        (b"SQLite format 3\x00" + b"\x00" * 20, "不完整"),
    ],
)
def test_other_contents(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "x.cpaudit"
    path.write_bytes(content)
    assert said in problem_of(path)
    assert path.read_bytes() == content


def test_another_programs_database(tmp_path: Path) -> None:
    path = tmp_path / "x.cpaudit"
    with sqlite3.connect(path) as plain:
        plain.execute("PRAGMA application_id = 7")
        plain.execute("CREATE TABLE t (a)")
    plain.close()
    assert "别的程序" in problem_of(path)


def test_newer_files_are_refused_with_both_versions(file: AuditFile) -> None:
    file.close()
    with sqlite3.connect(file.path) as plain:
        plain.execute("PRAGMA user_version = 2003")
    plain.close()
    before = file.path.read_bytes()
    assert problem_of(file.path) == "案卷是 2.3 版格式，这个程序只认到 1.2 版。"
    assert file.path.read_bytes() == before


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_truncated_file(file: AuditFile, share: float) -> None:
    file.close()
    content = file.path.read_bytes()
    file.path.write_bytes(content[: int(len(content) * share)])
    assert "不完整或者已经损坏" in problem_of(file.path)


def test_a_damaged_page(file: AuditFile) -> None:
    file.close()
    content = bytearray(file.path.read_bytes())
    content[4096:12288] = b"\xff" * 8192
    file.path.write_bytes(content)
    assert "不完整或者已经损坏" in problem_of(file.path)


def test_a_missing_table(file: AuditFile) -> None:
    file.close()
    with sqlite3.connect(file.path) as plain:
        plain.execute("DROP TABLE change")
    plain.close()
    assert "损坏" in problem_of(file.path)


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    assert "找不到这个文件" in problem_of(tmp_path / "没有.cpaudit")
    assert "这是文件夹" in problem_of(tmp_path)


@pytest.mark.parametrize("what", ["file", "folder"])
def test_a_read_only_file_or_folder_opens_for_reading(what: str) -> None:
    with open_folder() as folder:
        audit = new_file(folder)
        audit.close()
        audit.path.chmod(0o444 if what == "file" else 0o666)
        folder.chmod(0o777 if what == "file" else 0o555)
        with ordinary_user():
            again = open_file(audit.path)
            assert again.read_only
            assert again.read_book() == BOOK
            with pytest.raises(UserError, match="只读"):
                write(again, "new", MISSING, Given("1"))
            with pytest.raises(UserError, match=r"写不进去：没有权限|没有覆盖"):
                new_file(folder, audit.path.name if what == "file" else "b.cpaudit")
            again.close()


def test_an_unreadable_file() -> None:
    with open_folder() as folder:
        audit = new_file(folder)
        audit.close()
        audit.path.chmod(0)
        with ordinary_user():
            assert "没有权限" in problem_of(audit.path)


def test_a_full_disk_keeps_what_was_there_and_takes_the_act_later(
    file: AuditFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = database.connect

    def on_a_full_disk(path: Path, mode: str, **rest: object) -> sqlite3.Connection:
        connection = connect(path, mode, **rest)  # type: ignore[arg-type]
        connection.execute("PRAGMA max_page_count = 1")  # as large as it is
        return connection

    act = Act("填写", (Change("long", MISSING, Given("字" * 90_000)),))
    with monkeypatch.context() as patch:
        patch.setattr(database, "connect", on_a_full_disk)
        file.reconnect()
        with pytest.raises(UserError, match="磁盘满了"):
            file.commit(2, act, who="李", when=NOW)
        assert file.read_book() == BOOK
    file.reconnect()
    file.commit(2, act, who="李", when=NOW)
    file.close()
    again = open_file(file.path)
    assert again.read_book().get("long") == Given("字" * 90_000)
    again.close()


def test_a_copy_is_complete_and_checked(file: AuditFile, tmp_path: Path) -> None:
    target = tmp_path / "副本 一.cpaudit"
    assert file.copy_to(target) == file.counts()
    copy = open_file(target)
    assert copy.read_book() == BOOK
    copy.close()
    assert sorted(path.suffix for path in tmp_path.iterdir())[:2] == [".cpaudit", ".cpaudit"]


@pytest.mark.parametrize(
    "path", ["//服务器/共享 盘/甲?乙#丙%.cpaudit", "/a/b.cpaudit", "C:/文 件/a.cpaudit"]
)
def test_every_path_reaches_sqlite_as_it_is(path: str) -> None:
    uri = database.file_uri(path, "ro")
    head, _, rest = uri.partition(":")
    assert (head, uri.endswith("?mode=ro"), "#" in uri) == ("file", True, False)
    assert not rest.startswith("//") or rest.startswith("////")


def test_a_path_with_signs_of_an_address_opens(tmp_path: Path) -> None:
    audit = new_file(tmp_path, "100% 甲#乙 & 丙.cpaudit")
    audit.close()
    again = open_file(audit.path)
    assert again.read_book() == BOOK
    again.close()
