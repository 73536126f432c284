"""「按数据起草现象」: fills empty cells of the eight aspects with what the data say, as one act."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.audit.project import AuditProject
from app.forms.question import MeasureItem
from app.services.acts import draft_causes
from app.ui.messages import Action, Message
from app.ui.session import SessionModel
from app.ui.widgets import button, label

DRAFT = "causes.draft"


class DraftButton(QWidget):
    """Says beside it how many aspects the data speak of."""

    def __init__(
        self, session: SessionModel, item: MeasureItem, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        box = QHBoxLayout(self)
        box.setContentsMargins(14, 10, 14, 10)
        box.setSpacing(10)
        self.button = button(item.title, self.write, icon="pencil")
        self.note = label("", "note", wrap=True)
        box.addWidget(self.button)
        box.addWidget(self.note, 1)

    def load(self, project: AuditProject) -> bool:
        """Show a state of the audit."""
        # Counting what could be drafted scores the audit; that waits until it is asked for.
        self.note.setText(self.tr("只填空着的「现象」，每句都从这个案卷的数来；「原因」自己写。"))
        return "causes.aspects" in project.index.tables

    def write(self) -> None:
        """Fill in, as one act, and say what was done."""
        project, assessment = self._session.project, self._session.assessment
        act = draft_causes(project, assessment)
        if not act.changes:
            self._session.post(
                Message("info", self.tr("没有可以起草的：空着的方面，数据里看不出现象。"))
            )
        elif self._session.do(act):
            self._session.post(
                Message(
                    "ok",
                    self.tr("起草了 {0} 个方面的现象，逐条看一遍再补原因。").format(
                        len(act.changes)
                    ),
                    (Action(self.tr("撤销"), self._session.undo, "Ctrl+Z"),),
                    of_last_act=True,
                )
            )
