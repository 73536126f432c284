"""Where a file is written: its ending, whatever was typed, and nothing replaced without a question."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from app.ui import problems
from app.ui.saving import ask_target

UI = Path(__file__).parents[2] / "app" / "ui"


@pytest.mark.parametrize(
    ("typed", "ending", "made"),
    [
        ("甲厂 2025.1", ".cpaudit", "甲厂 2025.1.cpaudit"),
        ("甲厂.cpaudit", ".cpaudit", "甲厂.cpaudit"),
        ("报告.PDF", ".pdf", "报告.PDF"),
        ("报告", ".pdf", "报告.pdf"),
        ("v1.0 对照", ".xlsx", "v1.0 对照.xlsx"),
        ("照片", "", "照片"),
    ],
)
def test_a_name_gets_its_ending_and_keeps_the_rest(
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    typed: str,
    ending: str,
    made: str,
) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / typed), ""))
    assert ask_target(parent, "存", "x", "*", ending) == tmp_path / made


def test_nothing_chosen_is_nothing(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    assert ask_target(parent, "存", "x", "*", ".pdf") is None


@pytest.mark.parametrize("agreed", [True, False])
def test_a_file_the_dialog_could_not_ask_about_is_asked_about(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, agreed: bool
) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    (tmp_path / "报告.pdf").write_bytes(b"old")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "报告"), ""))
    asked: list[str] = []

    def ask(*words: object) -> bool:
        asked.append(" ".join(map(str, words)))
        return agreed

    monkeypatch.setattr(problems, "ask", ask)
    target = ask_target(parent, "存", "x", "*", ".pdf")
    assert "报告.pdf" in asked[0]
    assert target == (tmp_path / "报告.pdf" if agreed else None)


def test_every_dialog_that_saves_is_this_one() -> None:
    users = [
        path.name
        for path in UI.rglob("*.py")
        if "getSaveFileName" in path.read_text("utf-8") and path.name != "saving.py"
    ]
    assert users == []
