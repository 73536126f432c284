"""Audits with a password and copies that name nobody: nothing readable is left where it should not be."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from app import paths
from app.audit.basis import BASIS_KEY
from app.audit.project import COPY_KEY, SYSTEM_KEY, TABLE_KEY
from app.bootstrap import build_services
from app.errors import UserError
from app.exchange.read_workbook import read_workbook
from app.forms.answer import MISSING, AnswerBook, Change, Given
from app.forms.question_index import QuestionIndex
from app.services import passwords
from app.services.anonymous import anonymised
from app.services.projects import Projects
from app.services.session import ImmediateExecutor
from app.storage import backups, database, journals, locks, opening
from app.storage.audit_reader import read_audit
from tests.helpers.forms import sample_project

PASSWORD = "正确 horse 电池"
OLD = Path(__file__).parents[1] / "old_files" / "澄岭五金 1.0.cpaudit"


@pytest.fixture
def projects() -> Iterator[Projects]:
    services = build_services(ImmediateExecutor())
    yield services.projects
    services.close()


@pytest.fixture
def locked(projects: Projects, tmp_path: Path) -> Path:
    path = projects.sample(tmp_path)[0]
    projects.open_audit(path).close()
    passwords.set_password(path, PASSWORD)
    return path


def forget(path: Path) -> None:
    key = database.key_of(path)
    assert key is not None
    locks.forget(key)


def test_nothing_of_it_can_be_read_without_the_password(
    projects: Projects, locked: Path, tmp_path: Path
) -> None:
    session = projects.open_audit(locked)
    session.record([Change("firm.name", MISSING, Given("机密企业名称"))], "填写")
    session.close()
    forget(locked)
    for path in (locked, *(one.path for one in backups.backups_of(locked))):
        content = path.read_bytes()
        assert content.startswith(locks.MARK)
        for secret in ("机密企业名称", "澄岭", "firm.name", "CREATE TABLE"):
            assert secret.encode() not in content
    for door in (projects.open_audit, read_audit, opening.open_file, projects.load):
        with pytest.raises(database.NeedsPassword):
            door(locked)
    with pytest.raises(UserError, match="密码不对"):
        passwords.unlock(locked, PASSWORD + "x")
    passwords.unlock(locked, PASSWORD)
    assert read_audit(locked).book.text("firm.name") == "机密企业名称"


def test_answers_and_score_are_those_from_before(projects: Projects, tmp_path: Path) -> None:
    path = projects.sample(tmp_path)[0]
    before, scored = read_audit(path), projects.load(path)[1]
    assert passwords.set_password(path, PASSWORD) == 0
    assert read_audit(path) == before
    assert projects.load(path)[1] == scored
    passwords.set_password(path, "另外一个密码 2026")
    assert read_audit(path) == before
    passwords.set_password(path, "")
    assert read_audit(path) == before
    assert path.read_bytes().startswith(b"SQLite format 3")
    assert [one.name for one in tmp_path.iterdir() if ".part" in one.name] == []


def test_backups_and_copies_have_the_password_too(
    projects: Projects, locked: Path, tmp_path: Path
) -> None:
    (backup,) = backups.backups_of(locked)
    assert locks.salt_of(backup.path) is not None
    restored = projects.restore(locked)
    assert locks.salt_of(restored) is not None
    assert read_audit(restored).book == read_audit(locked).book
    session = projects.open_audit(locked)
    assert session.has_password
    session.copy_to(tmp_path / "副本.cpaudit")
    session.close()
    assert locks.salt_of(tmp_path / "副本.cpaudit") is not None


def test_older_copies_without_password_are_found_and_handled(
    projects: Projects, tmp_path: Path
) -> None:
    old = tmp_path / "案卷" / "澄岭五金 1.0.cpaudit"
    old.parent.mkdir()
    shutil.copy(OLD, old)
    projects.open_audit(old).close()  # upgraded: the original lies among the backups
    restored = projects.restore(old)
    kept = journals.keep_aside(old)
    other = projects.sample(tmp_path / "案卷")[0]
    damaged = tmp_path / "案卷" / "坏的.cpaudit"
    content = bytearray(old.read_bytes())
    content[-3000:-2000] = bytes(1000)
    damaged.write_bytes(content)
    second = tmp_path / "第二处"
    second.mkdir()
    shutil.copy(old, second / "澄岭五金 备份 000001.cpaudit")
    thumbnail = paths.thumbnails_dir()
    assert thumbnail.is_dir()
    projects.set_password(old, PASSWORD)
    copies = projects.open_copies(old, second)
    names = {one.name for one in copies}
    assert restored in copies
    assert (kept / old.name).resolve() in copies
    assert any("升级前" in name for name in names)
    assert "澄岭五金 备份 000001.cpaudit" in names
    assert damaged in copies
    assert other not in copies
    left = passwords.lock_copies(old, copies)
    assert left == (damaged,) or left == ()
    for one in copies:
        assert one in left or locks.salt_of(one) is not None
    assert read_audit(restored).book == read_audit(old).book
    assert projects.open_copies(old, second) == left
    assert passwords.remove_copies(left) == ()
    assert projects.open_copies(old, second) == ()
    assert other.exists()


def test_a_flipped_bit_anywhere_is_found(locked: Path) -> None:
    content = locked.read_bytes()
    for place in range(20, len(content), 7919):
        damaged = bytearray(content)
        damaged[place] ^= 4
        locked.write_bytes(damaged)
        with pytest.raises(UserError):
            read_audit(locked)


def test_a_kill_in_the_middle_of_writing_loses_nothing(locked: Path, tmp_path: Path) -> None:
    expected = read_audit(locked)
    key = database.key_of(locked)
    assert key is not None
    working = tmp_path / "working.cpaudit"
    working.write_bytes(locked.read_bytes())
    plain = database.connect(working, "rw")
    plain.execute("PRAGMA cache_size = 1")
    plain.execute("BEGIN")
    plain.execute("UPDATE answer SET text = '0' WHERE text <> ''")
    plain.execute("UPDATE change SET before_raw = before_raw")
    locked.write_bytes(working.read_bytes())
    journals.journal_of(locked).write_bytes(journals.journal_of(working).read_bytes())
    plain.execute("ROLLBACK")
    plain.close()
    assert journals.has_journal(locked)
    assert read_audit(locked) == expected
    file = opening.open_file(locked)
    assert file.read_book() == expected.book
    file.close()


def test_a_short_password_and_an_open_audit_are_refused(projects: Projects, tmp_path: Path) -> None:
    path = projects.sample(tmp_path)[0]
    with pytest.raises(UserError, match="太短"):
        passwords.set_password(path, "1234567")
    session = projects.open_audit(path)
    with pytest.raises(UserError, match="另一个窗口"):
        passwords.set_password(path, PASSWORD)
    session.close()


def test_scripts_give_the_password_by_the_environment(
    locked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget(locked)
    monkeypatch.setenv("CLEANAUDIT_PASSWORD", PASSWORD)
    assert read_audit(locked).book.text("firm.name")


def test_the_list_keeps_no_name_of_a_confidential_audit(projects: Projects, locked: Path) -> None:
    projects.open_audit(locked).close()
    assert "澄岭五金表面" not in (paths.user_data_dir() / "library.json").read_text("utf-8")


def test_an_anonymous_copy_names_nobody(projects: Projects, tmp_path: Path) -> None:
    path = projects.sample(tmp_path)[1]
    before = read_audit(path).book
    scored = projects.load(path)[1]
    target = projects.anonymous_copy(path, tmp_path / "匿名.cpaudit")
    content = target.read_bytes().decode("utf-8", "ignore")
    people = [
        before.text(key)
        for key in before.answers
        if key.startswith("team.members/") and key.endswith("/name")
    ]
    assert people
    secrets = [
        before.text("firm.name"), "澄岭", before.text("firm.legal"), before.text("firm.credit_code"),
        before.text("firm.address"), before.text("env.permit_no"), before.text("team.consultant"), *people,
    ]  # fmt: skip
    for secret in secrets:
        assert secret
        assert secret not in content, secret
    file = opening.open_file(target)
    assert {one.label for one in file.history()} == {"匿名副本"}
    file.close()
    assert projects.load(target)[1] == scored
    with pytest.raises(UserError):
        projects.anonymous_copy(path, path)


@pytest.mark.parametrize(
    ("firm", "place", "said", "left"),
    [
        ("广东澄岭五金制品有限公司", "广东省佛山市南海区狮山镇", "澄岭 五金在狮山镇；南海的澄岭公司", ("澄岭", "狮山", "南海")),
        ("绘川包装印刷（东莞）有限公司", "广东省东莞市塘厦镇", "绘川在塘厦", ("绘川", "塘厦")),
        ("苏州木渎酒店", "江苏省苏州市吴中区木渎镇", "吴中区木渎酒店", ("吴中", "木渎")),
    ],
)  # fmt: skip
def test_its_own_word_and_its_town_are_taken_out_of_every_text(
    firm: str, place: str, said: str, left: tuple[str, ...], projects: Projects
) -> None:
    index = projects.cases.present_basis("industry").questionnaire
    texts = {
        "firm.name": firm,
        "firm.place": place,
        "process.text": said,
        "x": "材料 电镀 包装 用水",
    }
    book = anonymised(
        AnswerBook({key: Given(text) for key, text in texts.items()}), QuestionIndex(index)
    )
    shown = " ".join(book.text(key) for key in texts)
    assert not [one for one in left if one in shown]
    assert "电镀" in shown


def test_the_log_names_no_file(
    projects: Projects, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A file is called after the firm."""
    path = projects.sample(tmp_path / "甲厂")[1]
    journals.journal_of(path).write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + bytes(600))
    with caplog.at_level("DEBUG"):
        projects.open_audit(path).close()
        (tmp_path / "甲厂 账.xlsx").write_bytes(b"PK" + bytes(90))
        with suppress(UserError):
            read_workbook(tmp_path / "甲厂 账.xlsx")
    assert "journal" in caplog.text
    assert "澄岭" not in caplog.text
    assert "甲厂" not in caplog.text


def test_no_connection_is_ever_opened(
    projects: Projects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise AssertionError("a network connection")

    for name in ("connect", "connect_ex", "bind", "sendto"):
        monkeypatch.setattr(socket.socket, name, refused)
    monkeypatch.setattr(socket, "create_connection", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    path = projects.sample(tmp_path)[0]
    session = projects.open_audit(path)
    session.record([Change("firm.name", MISSING, Given("x"))], "填写")
    session.close()
    projects.load(path)
    projects.restore(path)


def test_the_whole_program_loads_nothing_that_speaks_to_a_network() -> None:
    """Every module of the program in one process: none of Qt's or Python's ways to another machine comes along."""
    script = (
        "import importlib, pkgutil, sys, app\n"
        "for one in pkgutil.walk_packages(app.__path__, 'app.'):\n"
        "    if not one.name.endswith('__main__'): importlib.import_module(one.name)\n"
        "bad = ['PySide6.QtNetwork', 'PySide6.QtWebEngineCore', 'requests', 'httpx', 'aiohttp', 'ftplib', 'smtplib']\n"
        "print([name for name in bad if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "[]", done.stderr[-800:]


def test_the_log_holds_no_answers(
    projects: Projects, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = projects.sample(tmp_path)[0]
    session = projects.open_audit(path)
    session.record([Change("firm.name", MISSING, Given("机密企业名称"))], "填写")
    path.unlink()
    session.record([Change("firm.name", MISSING, Given("机密企业名称二"))], "填写")
    session.close(abandon=True)
    assert "机密" not in caplog.text
    assert "澄岭" not in caplog.text


def test_what_the_program_keeps_by_hash_stays_though_it_looks_like_a_number() -> None:
    """A copy that names other data than it holds would count as damaged."""
    digest = "ab13912345678cd" + "0757-83345678"
    kept = {key: Given(digest) for key in (BASIS_KEY, COPY_KEY, SYSTEM_KEY, TABLE_KEY)}
    book = AnswerBook({**kept, "override/water.intake": Given("9", note="问 13912345678")})
    copy = anonymised(book, sample_project().index)
    assert {key: copy.answers[key] for key in kept} == kept
    assert "139" not in str(copy.get("override/water.intake"))
