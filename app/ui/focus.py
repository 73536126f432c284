"""Keeps the keyboard where the user left it while a button waits for its own work."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid


class FocusKeeper(QObject):
    """A disabled widget hands the keyboard to whatever comes next, often the button that leaves the audit; here it gets it back
    once it is enabled again, unless the user went elsewhere in the meantime."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._left: QWidget | None = None  # was disabled while it had the keyboard
        self._stand_in: QWidget | None = None  # where Qt put the keyboard instead
        app.focusChanged.connect(self._on_focus)

    def _on_focus(self, old: QWidget | None, new: QWidget | None) -> None:
        if old is not None and isValid(old) and not old.isEnabled() and old.isVisible():
            if self._left is None or old is not self._stand_in:
                self._forget()
                self._left = old
                old.installEventFilter(self)
            self._stand_in = new
        elif self._left is not None and new is not None and isValid(self._left):
            is_here = new.window() is self._left.window()  # not in a dialog over it
            if is_here and new is not self._stand_in:
                self._forget()

    def _forget(self) -> None:
        if self._left is not None and isValid(self._left):
            self._left.removeEventFilter(self)
        self._left = self._stand_in = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        left = self._left
        if event.type() == QEvent.Type.EnabledChange and watched is left and left is not None:
            now = QApplication.focusWidget()
            if left.isEnabled():
                is_free = now is None or now is self._stand_in
                self._forget()
                if is_free and left.isVisible():
                    left.setFocus()
        return False
