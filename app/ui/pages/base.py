"""What every page of the guided audit offers to the window around it."""

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from app.forms.question import Page
from app.ui.session import SessionModel


class BasePage(QWidget):
    """The part of a page below its head; it scrolls by itself.

    help_requested carries the Question, TableQuestion or Page the help panel should speak of, help_opened the one it
    should open for (「为什么问」); trace_requested the Trace the panel should open; status_changed says that
    `status_keys` has changed; jump_requested carries the key of an answer on another page; panel_wanted asks the window to show the page's own side panel.
    """

    help_requested = Signal(object)
    help_opened = Signal(object)
    trace_requested = Signal(object)
    status_changed = Signal()
    panel_wanted = Signal()
    jump_requested = Signal(str)

    def __init__(self, model: SessionModel, page: Page, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self.page = page
        self._is_behind = False

    def build_more(self) -> bool:
        """Make one more part of the page; False when it is whole. A page of questions is made card by card, so that it can be
        made ahead without the window standing still."""
        return False

    def complete(self) -> None:
        """Make what is still lacking."""
        while self.build_more():
            pass

    def refresh(self) -> None:
        """Show the state of the audit everywhere on the page."""

    def follow(self, *signals: SignalInstance) -> None:
        """`refresh` at each of these: at once while the page is seen, else when it is shown again."""
        for one in signals:
            one.connect(self._on_change)

    def _on_change(self, *_: object) -> None:
        self._is_behind = not self.isVisible()
        if not self._is_behind:
            self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.catch_up()

    def catch_up(self) -> None:
        """Show what changed while nobody saw the page."""
        if self._is_behind:
            self._is_behind = False
            self.refresh()

    def title(self) -> str:
        """The title over the page; designed pages may say more than the page's data does."""
        return self.page.title

    def subtitle(self) -> str:
        """One line of explanation below the title, "" for none."""
        return self.page.subtitle

    def head_widget(self) -> QWidget | None:
        """What stands at the right of the title (years, 从 Excel 粘贴); asked for once."""
        return None

    def side_panel(self) -> tuple[str, QWidget] | None:
        """Title and widget of a panel of the page's own at the right (the indicator in full); asked for once. The
        window shows it instead of the page's help until the user turns to the help; panel_wanted brings it back."""
        return None

    def focus_first_missing(self) -> bool:
        """Focus the first 未填 field; False when there is none."""
        return False

    def focus_start(self) -> bool:
        """Focus the first field or table; False when the page leaves it to the window to find one."""
        return False

    def focus_key(self, key: str) -> bool:
        """Focus the field of an answer key; False when this page has no such field."""
        return False

    def current_key(self) -> str:
        """The key that has the focus, "" when none; the window comes back to it."""
        return ""

    def next_problem(self) -> bool:
        """F8: focus the next thing to mend; False when there is none."""
        return False

    def previous_problem(self) -> bool:
        """Shift+F8."""
        return False

    def status_keys(self) -> str:
        """The keys of this page, for the middle of the status bar."""
        return ""

    def commit_pending(self) -> None:
        """Store text that is still being typed; called before the page is left."""
