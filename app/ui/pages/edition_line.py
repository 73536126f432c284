"""The editions of an audit on the report page: the last one, what the audit says otherwise since, all of them on demand."""

from PySide6.QtWidgets import (
    QDialog,
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.audit.editions import EDITION, Edition, editions_of
from app.services.editions import changes_of
from app.ui import widgets
from app.ui.session import SessionModel


class EditionLine(QWidget):
    """Hidden before the first edition."""

    def __init__(self, model: SessionModel) -> None:
        super().__init__()
        self._model = model
        self._shown: tuple[Edition, ...] = ()
        self.text = widgets.label("", "second")
        self.look = widgets.link(self.tr("看改了什么"), self.show_changes)
        line = widgets.row(widgets.IconLabel("shield", "ink2", 14), self.text, self.look, None)
        line.setContentsMargins(14, 0, 14, 0)
        self.setLayout(line)
        model.answers_changed.connect(self._on_answers)
        self.refresh()

    def _on_answers(self, keys: frozenset[str]) -> None:
        # Counting what changed reads the file: done when the page is shown and when an edition comes.
        if any(key.startswith(EDITION) for key in keys):
            self.refresh()
        elif self._shown:
            self.text.setText(self._words(self.tr("那以后改过")))
            self.look.show()

    def refresh(self) -> None:
        """Show the editions as they are now."""
        self._shown = editions_of(self._model.book)
        self.setVisible(bool(self._shown))
        if not self._shown:
            return
        count = len(changes_of(self._model.session, self._shown[-1]))
        since = self.tr("那以后改了 {n} 处").format(n=count) if count else self.tr("那以后没有改")
        self.text.setText(self._words(since))
        self.look.setVisible(bool(count))

    def _words(self, since: str) -> str:
        last = self._shown[-1]
        return self.tr("第 {place} 版 {state}　{number}　{day}　{since}").format(
            place=last.place, state=last.state, number=last.number, day=last.day, since=since
        )

    def show_changes(self) -> None:
        dialog = EditionChanges(self._model, self._shown[-1], self)
        dialog.exec()
        dialog.deleteLater()
        self.refresh()


class EditionChanges(QDialog):
    """What the audit says otherwise than the edition did."""

    def __init__(
        self, model: SessionModel, edition: Edition, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("和第 {n} 版相比").format(n=edition.place))
        self.resize(820, 480)
        box = QVBoxLayout(self)
        box.setContentsMargins(20, 16, 20, 14)
        box.setSpacing(10)
        changes = changes_of(model.session, edition)
        lead = self.tr(
            "{state} {number}（{day}）以后，案卷改了 {n} 处。再出送审稿或定稿就是新的一版，这张单子印在最后一页。"
        )
        words = lead.format(
            state=edition.state, number=edition.number, day=edition.day, n=len(changes)
        )
        box.addWidget(widgets.label(words, "body", wrap=True))
        self.tree = QTreeWidget()
        self.tree.setAccessibleName(self.tr("改了哪些"))
        self.tree.setRootIsDecorated(False)
        self.tree.setHeaderLabels([self.tr("哪一处"), self.tr("那一版"), self.tr("现在")])
        self.tree.header().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.tree.setColumnWidth(0, 300)
        self.tree.setColumnWidth(1, 220)
        for change in changes:
            item = QTreeWidgetItem([change.label, change.before, change.after])
            for column in range(3):
                item.setToolTip(column, item.text(column))
            self.tree.addTopLevelItem(item)
        box.addWidget(self.tree, 1)
        close = widgets.button(self.tr("关上"), self.accept, role="primary", keys="Esc")
        box.addLayout(widgets.row(None, close))
