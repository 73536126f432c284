"""「写进方案」: one press writes what a comparison came to into the table of measures, the next brings it up to date."""

from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.audit import measures
from app.audit.project import AuditProject
from app.forms.answer import cell_key
from app.forms.question import MeasureItem
from app.services.acts import write_measure
from app.ui.messages import Action, Message
from app.ui.session import SessionModel
from app.ui.widgets import button, label

_NAMED = 2  # open answers named beside the button


class MeasureButton(QWidget):
    """A button with what it will do, or what is still open, beside it."""

    def __init__(
        self, session: SessionModel, item: MeasureItem, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._item = session, item
        box = QHBoxLayout(self)
        box.setContentsMargins(14, 10, 14, 10)
        box.setSpacing(10)
        self.button = button(item.title, self.write, role="primary", icon="plus")
        self.note = label("", "note", wrap=True)
        box.addWidget(self.button)
        box.addWidget(self.note, 1)

    def load(self, project: AuditProject) -> bool:
        """Show a state of the audit; False where the set has no table of measures."""
        if measures.TABLE not in project.index.tables:
            return False
        row = measures.draft(project, self._item.measure)
        written = measures.is_written(project, row)
        current = written and not row.missing and not measures.changes(project, row)
        self.button.setText(self.tr("更新方案") if written else self._item.title)
        self.button.setEnabled(not row.missing and not current)
        if row.missing:
            names = [project.index.label_of(key, project.book) for key in row.missing[:_NAMED]]
            said = self.tr("还差：{0}").format("、".join(f"「{name}」" for name in names))
            if len(row.missing) > _NAMED:
                said += self.tr(" 等 {0} 处").format(len(row.missing))
        elif current:
            said = self.tr("已在方案第 {0} 行，和这里算的一样。").format(self._place(project, row))
        elif written:
            said = self.tr("已在方案第 {0} 行；这里算的变了，按一下就更新。").format(
                self._place(project, row)
            )
        else:
            said = row.worked["effect"]
        self.note.setText(said)
        self.button.setAccessibleDescription(said)
        return True

    def _place(self, project: AuditProject, row: measures.Draft) -> int:
        return project.book.row_ids(measures.TABLE).index(row.row_id) + 1

    def write(self) -> None:
        """Write the row or bring it up to date, as one act, and say what was done."""
        project = self._session.project
        row = measures.draft(project, self._item.measure)
        written = measures.is_written(project, row)
        act = write_measure(project, row)
        if not act.changes or not self._session.do(act):
            return
        place = self._place(self._session.project, row)
        page = self._session.project.index.page_of(measures.TABLE)
        key = cell_key(measures.TABLE, row.row_id, "name")
        strong = self.tr("方案第 {0} 行已更新：") if written else self.tr("写进了方案第 {0} 行：")
        self._session.post(
            Message(
                "ok",
                self.tr("{0}。").format(row.worked["effect"]),
                (
                    Action(self.tr("去看"), partial(self._session.go_to, page, key)),
                    Action(self.tr("撤销"), self._session.undo, "Ctrl+Z"),
                ),
                strong=strong.format(place),
                of_last_act=True,
            )
        )
