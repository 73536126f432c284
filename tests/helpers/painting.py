"""Windows of tests painted when it matters: a picture after every key costs more than what the key does."""

from collections.abc import Iterator
from contextlib import contextmanager

import shiboken6
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot


@contextmanager
def painted_last(window: QWidget) -> Iterator[None]:
    """Nothing in `window` is painted within; at the end all of it, so that a fault of painting is still one of the test."""
    before = window.updatesEnabled()
    window.setUpdatesEnabled(False)
    try:
        yield
    finally:
        _paint(window)
        window.setUpdatesEnabled(before)


def add_painted_last(qtbot: QtBot, window: QWidget) -> None:
    """`qtbot.addWidget` of a window that is painted once, as the test leaves it."""
    window.setUpdatesEnabled(False)
    qtbot.addWidget(window, before_close_func=_paint)


def _paint(window: QWidget) -> None:
    if shiboken6.isValid(window):
        window.setUpdatesEnabled(True)
        QApplication.processEvents()
