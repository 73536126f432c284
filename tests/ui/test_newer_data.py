"""An audit begun with older data: said on opening, shown before it counts, taken over and taken back."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.forms.answer import Change, Given
from app.services.services import Services
from app.ui.main_window import MainWindow
from app.ui.newer_data import NewerDataDialog
from app.ui.outline import short_name
from tests.services.test_one_truth import newer
from tests.ui.test_audit_screen import nameless
from tests.ui.test_main_window import catalogue_is_built, open_window, services

__all__ = ["catalogue_is_built", "open_window", "services"]


def test_newer_data_are_offered_and_taken_over(
    qtbot: QtBot,
    services: Services,
    open_window: Callable[[], MainWindow],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = services.projects.sample(tmp_path)[1]
    services.projects.cases.catalogue = newer(services.catalogue)
    window = open_window()
    assert window.open_file(path)
    assert window.model is not None
    assert window.audit is not None
    said = [one.text for one in window.audit.messages.messages]
    assert any("比这个案卷用的新" in text for text in said)
    total = window.model.project.derivation.figure("energy.total").value

    def answer(dialog: NewerDataDialog) -> int:
        qtbot.addWidget(dialog)
        dialog.show()
        dialog.grab().save(str(tmp_path / "newer.png"))
        assert nameless(dialog) == []
        words = " ".join(label.text() for label in dialog.findChildren(QLabel))
        assert "等级" in words
        assert dialog.keep_button.isDefault()
        top = dialog.tree.topLevelItem(0)
        assert top is not None
        assert top.childCount() > 0
        return int(NewerDataDialog.DialogCode.Accepted)

    monkeypatch.setattr(NewerDataDialog, "exec", answer)
    page = window.audit
    window.ask_newer_data()
    assert window.model.project.derivation.figure("energy.total").value != total
    qtbot.waitUntil(lambda: window.audit is not page)
    said = [label.text() for label in window.audit.stepper.findChildren(QLabel)]
    assert short_name(path.stem, window.model.book.text("firm.name")) in said
    QTest.qWait(50)  # the screen before is gone by now: nothing of the model may still call it
    staff = window.model.book.get("firm.staff")
    with qtbot.captureExceptions() as faults:
        window.model.record([Change("firm.staff", staff, Given("131"))], "改")
        window.model.undo()
    assert faults == []
    again = window.audit
    window.model.undo()
    assert window.model.project.derivation.figure("energy.total").value == total
    qtbot.waitUntil(lambda: window.audit is not again)
