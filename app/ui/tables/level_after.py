"""The level before and after the measures, on the page of results: the words and the chart of the report."""

import operator

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.audit.project import AuditProject
from app.papers.chapters.level_after import level_after
from app.papers.document import Paragraph, Ref
from app.ui import widgets
from app.ui.paper_view import add_block
from app.ui.session import SessionModel

_REST_MS = 150  # the answer itself shows at once; scoring the audit again may come a little later


class LevelAfter(QWidget):
    """Filled anew with every state that is shown: the audit is scored again by what was measured."""

    def __init__(self, session: SessionModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._project: AuditProject | None = None
        self._filled: tuple[object, object] = None, None  # audit and assessment that it shows
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(14, 10, 14, 12)
        self._box.setSpacing(8)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._fill)

    def load(self, project: AuditProject) -> bool:
        """Show a state of the audit; False while there are no measures."""
        if project is not self._project:
            self._project = project
            if self._filled[0] is None:
                self._soon.start(0)  # while the page is made, before anybody sees it
            elif self.isVisible():
                self._soon.start(_REST_MS)
        return bool(project.book.row_ids("measures.list"))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._soon.start(_REST_MS)

    def _fill(self) -> None:
        state = (self._project, self._session.assessment)
        if self._project is None or all(map(operator.is_, state, self._filled)):
            return
        self._filled = state
        widgets.clear_layout(self._box)
        for block in level_after(self._project, self._session.assessment):
            if isinstance(block, Paragraph) and any(isinstance(one, Ref) for one in block.runs):
                continue  # what it points at stands right below it
            add_block(self._box, block)
