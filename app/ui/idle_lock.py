"""Tells when nobody has touched the window for a while: an audit with a password is then closed."""

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

_LOCK_AFTER_MINUTES = 10
_TOUCHES = {
    QEvent.Type.KeyPress,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseMove,
    QEvent.Type.Wheel,
}


class IdleLock(QObject):
    """due: nobody has touched anything since it was started."""

    due = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_LOCK_AFTER_MINUTES * 60_000)
        self._timer.timeout.connect(self.due)

    def watch(self, wanted: bool) -> None:
        app = QApplication.instance()
        assert app is not None
        app.removeEventFilter(self)
        self._timer.stop()
        if wanted:
            app.installEventFilter(self)
            self._timer.start()

    def start_again(self) -> None:
        """Not now: wait as long again."""
        self._timer.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _TOUCHES and self._timer.isActive():
            self._timer.start()
        return super().eventFilter(watched, event)
