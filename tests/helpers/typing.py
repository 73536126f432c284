"""Typing as a person does: keys for what a keyboard has, an input method for the rest."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget


def focused() -> QWidget:
    """The widget with the focus; there must be one."""
    widget = QApplication.focusWidget()
    assert widget is not None, "the focus is nowhere"
    return widget


def type_text(text: str) -> None:
    """Type into whatever has the focus."""
    for character in text:
        if character.isascii():
            QTest.keyClicks(focused(), character)
        else:
            target = focused()  # stays the same while one character is composed
            QApplication.sendEvent(target, QInputMethodEvent("zi", []))
            event = QInputMethodEvent()
            event.setCommitString(character)
            QApplication.sendEvent(target, event)
    QApplication.processEvents()


def press(
    key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier, times: int = 1
) -> None:
    """Press a key where the focus is."""
    for _ in range(times):
        QTest.keyClick(focused(), key, modifier)
        QApplication.processEvents()


def press_in(widget: QWidget, key: Qt.Key) -> None:
    """Press a key in an open list, which takes the keys without the focus."""
    QTest.keyClick(widget, key)
    QApplication.processEvents()
