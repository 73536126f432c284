"""A damaged, displaced or doubtful file in the window: said, kept, saved elsewhere, never a way into another file."""

import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from app.bootstrap import build_services
from app.forms.answer import MISSING, Change, Given
from app.services import open_marks, passwords
from app.services.services import Services
from app.services.session import ImmediateExecutor
from app.storage import database, locks
from app.storage.audit_reader import read_audit
from app.ui import damage, password, recovery
from app.ui.main_window import MainWindow
from app.ui.settings import Settings


@pytest.fixture
def services() -> Iterator[Services]:
    made = build_services(ImmediateExecutor())
    yield made
    made.close()


@pytest.fixture
def window(services: Services, qtbot: QtBot) -> MainWindow:
    made = MainWindow(services, Settings())
    qtbot.addWidget(made, before_close_func=lambda one: one.close_audit(saved_elsewhere=True))
    made.show()
    return made


def give(window: MainWindow, text: str) -> None:
    assert window.model is not None
    window.model.record([Change("firm.name", MISSING, Given(text))], "填写")
    QApplication.processEvents()


def answered(monkeypatch: pytest.MonkeyPatch, wish: damage.Wish) -> list[damage.DamageDialog]:
    shown: list[damage.DamageDialog] = []

    def answer(dialog: damage.DamageDialog) -> int:
        shown.append(dialog)
        dialog.wish = wish
        return 1

    monkeypatch.setattr(damage.DamageDialog, "exec", answer)
    return shown


def spoil(path: Path) -> None:
    with sqlite3.connect(path) as plain:
        plain.execute("UPDATE answer SET text = '1999' WHERE key = 'audit.base_year'")
    plain.close()


def messages(window: MainWindow) -> str:
    assert window.audit is not None
    return "\n".join(one.text for one in window.audit.messages.messages)


@pytest.mark.parametrize("wish", [damage.Wish.BACKUP, damage.Wish.RESCUE])
def test_a_damaged_audit_is_offered_its_backup_and_what_can_be_read(
    wish: damage.Wish,
    window: MainWindow,
    services: Services,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file, _ = services.projects.sample(tmp_path)
    services.projects.open_audit(file).close()  # makes a backup
    spoil(file)
    content = file.read_bytes()
    shown = answered(monkeypatch, wish)
    window.open_file(file)
    (dialog,) = shown
    said = " ".join(label.text() for label in dialog.findChildren(QLabel))
    assert "基准年" in said
    assert not re.search(r"[a-z]+[._/][a-z]+", said), said
    assert dialog.backup_button.isEnabled()
    assert window.model is not None
    assert window.model.session.path != file
    assert window.model.session.path.parent == file.parent
    assert window.model.book.text("audit.base_year") == "2025"
    assert file.read_bytes() == content
    if wish is damage.Wish.RESCUE:
        assert "核一核" in messages(window)


def test_without_a_backup_the_dialog_says_so(
    window: MainWindow, services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, _ = services.projects.sample(tmp_path)
    spoil(file)
    (tmp_path / "x").mkdir()
    shown = answered(monkeypatch, damage.Wish.NOTHING)
    window.open_file(file)
    assert not shown[0].backup_button.isEnabled()
    assert window.model is None


@pytest.mark.parametrize("happens", ["gone", "replaced"])
def test_the_file_under_the_window_is_gone_or_another_one(
    happens: str,
    window: MainWindow,
    services: Services,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file, other = services.projects.sample(tmp_path)
    assert window.open_file(file)
    give(window, "第一")
    if happens == "gone":
        file.rename(tmp_path / "移走了.cpaudit")
    else:
        os.replace(other, file)
    left = file.read_bytes() if file.exists() else b""
    give(window, "第二")
    assert window.model is not None
    assert window.model.session.waiting == 1
    assert ("不在" if happens == "gone" else "别的内容") in messages(window)
    target = tmp_path / "另存" / "保住.cpaudit"
    target.parent.mkdir()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    window.ask_copy()
    assert window.model is not None
    assert window.model.session.path == target
    assert window.model.session.waiting == 0
    window.go_home()
    assert read_audit(target).book.text("firm.name") == "第二"
    assert (file.read_bytes() if file.exists() else b"") == left


def test_a_doubtful_place_is_said(window: MainWindow, services: Services, tmp_path: Path) -> None:
    file, _ = services.projects.sample(tmp_path / "OneDrive")
    assert window.open_file(file)
    assert "同步" in messages(window)


def test_opening_never_moves_the_folder_of_new_audits(
    window: MainWindow, services: Services, tmp_path: Path
) -> None:
    file, _ = services.projects.sample(tmp_path / "别处")
    assert window.open_file(file)
    assert window.settings.audits_folder == ""


def test_a_second_window_leaves_the_mark_of_the_first(
    window: MainWindow, services: Services, tmp_path: Path, qtbot: QtBot
) -> None:
    file, _ = services.projects.sample(tmp_path)
    assert window.open_file(file)
    second = MainWindow(services, Settings())
    qtbot.addWidget(second)
    second.start()
    assert second.model is None
    mark = next((Path(os.environ["CLEANAUDIT_HOME"]) / "open").iterdir())
    assert mark.read_text() == str(file)


def test_after_a_crash_the_backup_before_it_is_offered_with_its_differences(
    window: MainWindow,
    services: Services,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    open_dialogs: list[recovery.RecoveryDialog],
) -> None:
    file, _ = services.projects.sample(tmp_path)
    session = services.projects.open_audit(file)
    session.record([Change("firm.name", MISSING, Given("新名"))], "填写")
    session.close()
    services.projects.backups(file)[0].path.unlink()  # a kill makes none
    open_marks.mark(file)
    window.start()
    (dialog,) = open_dialogs
    assert any("1 处不同" in label.text() for label in dialog.findChildren(QLabel))
    assert window.model is not None
    assert window.model.session.path != file
    assert window.model.book.text("firm.name") != "新名"
    assert read_audit(file).book.text("firm.name") == "新名"


@pytest.fixture
def open_dialogs(monkeypatch: pytest.MonkeyPatch) -> list[recovery.RecoveryDialog]:
    shown: list[recovery.RecoveryDialog] = []

    def go_back(dialog: recovery.RecoveryDialog) -> int:
        shown.append(dialog)
        dialog.go_back.setChecked(True)
        return 1

    monkeypatch.setattr(recovery.RecoveryDialog, "exec", go_back)
    return shown


def test_a_password_is_asked_for_and_the_idle_window_locks(
    window: MainWindow, services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, _ = services.projects.sample(tmp_path)
    services.projects.set_password(file, "正确的密码 123")
    key = database.key_of(file)
    assert key is not None
    locks.forget(key)
    told: list[str] = []
    answers = iter(["错的", "正确的密码 123", None])

    def answer(_parent: object, _name: str, wrong: str = "") -> str | None:
        told.append(wrong)
        return next(answers)

    monkeypatch.setattr(password, "ask_password", answer)
    assert window.open_file(file)
    assert told[0] == ""
    assert "密码不对" in told[1]
    give(window, "保密")
    window.idle.due.emit()
    assert window.model is None
    assert not window.open_file(file)
    assert window.model is None
    passwords.unlock(file, "正确的密码 123")
    assert read_audit(file).book.text("firm.name") == "保密"


def test_the_menu_sets_a_password_and_writes_an_anonymous_copy(
    window: MainWindow, services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, _ = services.projects.sample(tmp_path)
    assert window.open_file(file)
    window.go_home()

    def type_it(dialog: password.NewPasswordDialog) -> int:
        assert not dialog.set_button.isEnabled()
        dialog.first.setText("一个长密码 456")
        dialog.second.setText("一个长密码 457")
        assert not dialog.set_button.isEnabled()
        dialog.second.setText("一个长密码 456")
        assert dialog.set_button.isEnabled()
        return 1

    asked: list[password.OpenCopiesDialog] = []

    def lock_all(dialog: password.OpenCopiesDialog) -> int:
        asked.append(dialog)
        dialog.buttons.buttons()[0].click()
        return 1

    monkeypatch.setattr(password.NewPasswordDialog, "exec", type_it)
    monkeypatch.setattr(password.OpenCopiesDialog, "exec", lock_all)
    copy = file.with_name("旧副本.cpaudit")
    shutil.copy(file, copy)
    window.library.password_wanted.emit(file)
    assert locks.salt_of(file) is not None
    (dialog,) = asked
    assert any("旧副本.cpaudit" in label.text() for label in dialog.findChildren(QLabel))
    assert locks.salt_of(copy) is not None
    target = tmp_path / "匿名.cpaudit"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    window.library.anonymous_wanted.emit(file)
    assert window.model is not None
    assert window.model.book.text("firm.name") == "某企业"
