"""A user folder that cannot be written: said in plain words, on the console and in a box, and nothing is left behind."""

from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from app.__main__ import main
from app.errors import Problem, UserError
from app.ui.application import show_start_error
from app.ui.problems import show_fault


@pytest.fixture
def blocked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home below a file: nobody, not even root, can make it."""
    (tmp_path / "文件").write_text("x", "utf-8")
    home = tmp_path / "文件" / "家"
    monkeypatch.setenv("CLEANAUDIT_HOME", str(home))
    return home


def test_the_command_line_says_which_folder_and_what_to_do(
    blocked: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sample", str(tmp_path / "示例")]) == 2
    said = capsys.readouterr().err
    assert str(blocked) in said
    assert "写不进" in said
    assert "Traceback" not in said
    assert [path.name for path in tmp_path.iterdir()] == ["文件"]


def test_the_window_says_it_in_a_box(blocked: Path, qtbot: QtBot) -> None:
    seen = []

    def answer() -> None:
        box = QApplication.activeModalWidget()
        assert box is not None
        seen.append((box.property("text"), box.property("informativeText")))
        button = box.findChild(QPushButton)
        assert isinstance(button, QPushButton)
        button.click()

    QTimer.singleShot(0, answer)
    show_start_error(UserError(Problem(str(blocked), "写不进去", "换一个。")))
    assert seen == [("清审通没有打开", f"{blocked}：写不进去。换一个。")]


def test_a_bug_without_a_place_for_its_log_is_said_too(
    blocked: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("app.bootstrap.load_catalogue", broken)
    assert main(["score", "任何.cpaudit"]) == 1
    said = capsys.readouterr().err
    assert "程序自己出了毛病" in said
    assert f"没有地方写日志（{blocked}" in said


def test_the_window_says_a_bug_without_a_place_for_its_log(blocked: Path, qtbot: QtBot) -> None:
    seen = []

    def answer() -> None:
        box = QApplication.activeModalWidget()
        assert box is not None
        seen.append(str(box.property("informativeText")))
        for button in box.findChildren(QPushButton):
            if "文件夹" in button.text():
                button.click()

    QTimer.singleShot(0, answer)
    show_fault(None, RuntimeError("x"))
    assert f"没有地方写日志（{blocked}" in seen[0]
