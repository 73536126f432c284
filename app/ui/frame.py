"""The frame of the window: one screen at a time, and what a screen may ask of the window around it."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QMainWindow, QScrollArea, QStackedWidget, QWidget

from app.ui.session import SessionModel
from app.ui.settings import Settings
from app.ui.status import StatusBar
from app.ui.tasks import Tasks
from app.ui.top_bar import TopBar

if TYPE_CHECKING:
    from app.services.services import Services
    from app.services.session import AuditSession
    from app.ui.audit_screen import AuditScreen


class Screens(QStackedWidget):
    """One screen at a time. A screen that needs more room than there is scrolls, so that nothing is cut off."""

    def add(self, screen: QWidget) -> None:
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(screen)
        self.addWidget(area)

    def show_screen(self, screen: QWidget) -> None:
        self.setCurrentWidget(self._area(screen))

    def current_screen(self) -> QWidget:
        area = self.currentWidget()
        assert isinstance(area, QScrollArea)
        return area.widget()

    def remove(self, screen: QWidget) -> None:
        """Take a screen away for good."""
        area = self._area(screen)
        self.removeWidget(area)
        area.deleteLater()

    def _area(self, screen: QWidget) -> QScrollArea:
        for index in range(self.count()):
            area = self.widget(index)
            if isinstance(area, QScrollArea) and area.widget() is screen:
                return area
        raise KeyError(screen)


class Frame(QMainWindow):
    """What the parts of the window ask of it; app.ui.main_window is the one window."""

    services: "Services"
    settings: Settings
    tasks: Tasks
    top: TopBar
    status: StatusBar
    screens: Screens
    model: SessionModel | None
    audit: "AuditScreen | None"

    def open_file(self, path: Path) -> bool:
        """Open an audit; False, after saying why, when it cannot be."""
        raise NotImplementedError

    def show_session(self, session: "AuditSession") -> None:
        """Show an audit that has just been opened or created."""
        raise NotImplementedError

    def ask_copy(self) -> None:
        """Ask where to, then go on in a copy of the open audit."""
        raise NotImplementedError

    def show_desk(self, title: str, behind: str, hint: str) -> None:
        """The bars while a screen of the desk is shown; `behind`: where back leads."""
        raise NotImplementedError

    def show_base(self) -> None:
        """Show what lies under the desk: the open audit, or the library."""
        raise NotImplementedError
