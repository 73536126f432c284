"""PySide6 6.12 on Python 3.11 loses a reference to None with every call that returns nothing and aborts after some
thousands of calls. This is the guard against a lock that takes such a version."""

import sys
from collections.abc import Callable

import pytest
from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

CALLS = 1000


class Canvas(QWidget):
    def paintEvent(self, event: QPaintEvent) -> None:
        pass

    def resizeEvent(self, event: QResizeEvent) -> None:
        pass


@pytest.mark.parametrize(
    "name",
    ["process events", "set text", "resize", "set enabled", "click", "repaint", "start timer"],
)
def test_calls_that_return_nothing_keep_references_to_none(qtbot: QtBot, name: str) -> None:
    label, button, canvas, timer = QLabel(), QPushButton(), Canvas(), QTimer()
    for widget in (label, button, canvas):
        qtbot.addWidget(widget)
    button.clicked.connect(lambda: None)
    canvas.show()
    acts: dict[str, Callable[[], object]] = {
        "process events": QCoreApplication.processEvents,
        "set text": lambda: label.setText("清洁生产"),
        "resize": lambda: label.resize(10, 10),
        "set enabled": lambda: button.setEnabled(True),
        "click": button.click,
        "repaint": canvas.repaint,
        "start timer": lambda: timer.start(1000),
    }
    act = acts[name]
    act()
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        act()
    assert abs(sys.getrefcount(None) - before) < CALLS // 10
