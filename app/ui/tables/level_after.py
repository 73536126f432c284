"""The level before and after the measures, on the page of results: the words and the chart of the report."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.audit.project import AuditProject
from app.papers.chapters.results import level_after
from app.papers.document import Paragraph, Ref
from app.ui import widgets
from app.ui.paper_view import add_block
from app.ui.session import SessionModel

LEVEL = "results.level"


class LevelAfter(QWidget):
    """Filled anew with every state that is shown: the audit is scored again by what was measured."""

    def __init__(self, session: SessionModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(14, 10, 14, 12)
        self._box.setSpacing(8)

    def load(self, project: AuditProject) -> bool:
        """Show a state of the audit; False while there are no measures."""
        widgets.clear_layout(self._box)
        if not project.book.row_ids("measures.list"):
            return False
        for block in level_after(project, self._session.assessment):
            if isinstance(block, Paragraph) and any(isinstance(one, Ref) for one in block.runs):
                continue  # what it points at stands right below it
            add_block(self._box, block)
        return True
