"""An audit that is closed leaves nothing behind: its pages, what they show beside them, its figures."""

import gc
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.assessment.result import Assessment
from app.bootstrap import build_services
from app.services.session import ImmediateExecutor
from app.ui.main_window import MainWindow
from app.ui.settings import load_settings


def _left(window: MainWindow, path: Path) -> tuple[int, int]:
    """Widgets and assessments after the audit was opened, its pages of every kind shown, and closed."""
    assert window.open_file(path)
    assert window.model is not None
    assert window.audit is not None
    kinds: dict[str, str] = {}
    for stage in window.model.project.questionnaire.stages:
        for page in stage.pages:
            kinds.setdefault(page.kind, page.id)
    for page_id in kinds.values():
        window.audit.go_to(page_id)
    QTest.qWait(80)  # others are begun ahead meanwhile
    assert window.close_audit()
    window.go_home()
    for _ in range(3):
        QApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()
    figures = sum(isinstance(one, Assessment) for one in gc.get_objects())
    return len(QApplication.allWidgets()), figures


def test_an_audit_that_is_closed_leaves_nothing_behind(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.ui.audit_screen._FIRST_PART_AFTER_MS", 0)
    services = build_services(ImmediateExecutor())
    path = services.projects.sample(tmp_path)[1]
    window = MainWindow(services, load_settings())
    qtbot.addWidget(window)
    window.show()
    window.build_ahead()
    _left(window, path)  # what is made once for all
    first = _left(window, path)
    assert _left(window, path) == first
    window.close()
    services.close()
