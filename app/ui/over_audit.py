"""A desk whose screens lie over the open audit (or the library), one at a time."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.ui.frame import Frame


class OverAudit(QObject):
    """`leave` goes back to what lies below."""

    def __init__(self, window: Frame) -> None:
        super().__init__(window)
        self._window = window
        self.screen: QWidget | None = None

    def push(self, screen: QWidget, title: str, hint: str) -> None:
        """Show a screen instead of the one that is shown."""
        if self.screen is not None:
            self._window.screens.remove(self.screen)
        self.screen = screen
        self._window.screens.add(screen)
        self._window.screens.show_screen(screen)
        behind = self.tr("案卷") if self._window.audit is not None else self.tr("项目库")
        self._window.show_desk(title, behind, hint)

    def leave(self) -> None:
        """Back to what lies below."""
        screen, self.screen = self.screen, None
        self._window.show_base()
        if screen is not None:
            self._window.screens.remove(screen)

    def forget(self) -> None:
        """What lies below is closed."""
        if self.screen is not None:
            self._window.screens.remove(self.screen)
            self.screen = None
