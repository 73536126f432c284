"""What newer data of the program would change in the open audit, and the button that takes them over."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QDialog, QHeaderView, QTreeWidget, QTreeWidgetItem, QVBoxLayout

from app.assessment.indicator_system import Level
from app.ui import widgets
from app.ui.messages import Action, Message
from app.ui.session import SessionModel

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.services.cases import Cases
    from app.services.newer_data import NewerData


class NewerDataDialog(QDialog):
    """Accepted when the user takes the newer data over. The button that changes something is not the default."""

    def __init__(self, newer: "NewerData", parent: "QWidget | None" = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("程序带的数据比案卷用的新"))
        self.resize(860, 560)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 20, 24, 16)
        box.setSpacing(12)
        box.addWidget(widgets.label(self.tr("改用新的，会变什么"), "dialog_title"))
        box.addWidget(widgets.label(self._summary(newer), "body", wrap=True))
        self.tree = QTreeWidget()
        self.tree.setAccessibleName(self.tr("会变的数和数据"))
        self.tree.setHeaderLabels([self.tr("是什么"), self.tr("案卷里现在"), self.tr("改用以后")])
        self.tree.setUniformRowHeights(True)
        header = self.tree.header()
        header.setStretchLastSection(True)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        self.tree.setColumnWidth(0, 300)
        self.tree.setColumnWidth(1, 240)
        if newer.figures:
            rows = [
                (f"{one.title}（{one.unit}）" if one.unit else one.title, one.before, one.after)
                for one in newer.figures
            ]
            self._add(self.tr("这个案卷里会变的数"), rows)
        by_kind: dict[str, list[tuple[str, str, str]]] = {}
        for change in newer.data:
            by_kind.setdefault(change.kind, []).append((change.title, change.before, change.after))
        for kind, rows in by_kind.items():
            self._add(kind, rows)
        box.addWidget(self.tree, 1)
        note = self.tr(
            "不改也可以：案卷照旧用它开始时的数据，结果不变。改了以后按 Ctrl+Z 能退回来。"
        )
        box.addWidget(widgets.label(note, "note", wrap=True))
        self.keep_button = widgets.button(self.tr("照旧"), self.reject, role="primary", keys="Esc")
        self.take_button = widgets.button(self.tr("改用新的"), self.accept)
        box.addLayout(widgets.row(None, self.take_button, self.keep_button))
        self.keep_button.setDefault(True)
        self.keep_button.setFocus()

    def _add(self, title: str, rows: list[tuple[str, str, str]]) -> None:
        top = QTreeWidgetItem([self.tr("{title}　{n} 处").format(title=title, n=len(rows))])
        for cells in rows:
            item = QTreeWidgetItem(list(cells))
            for column, text in enumerate(cells):
                item.setToolTip(column, text)
            top.addChild(item)
        self.tree.addTopLevelItem(top)
        top.setExpanded(True)

    def _summary(self, newer: "NewerData") -> str:
        before, after = newer.levels
        words = self.tr("{n} 处数据不同，案卷里有 {m} 个数会变。").format(
            n=len(newer.data), m=len(newer.figures)
        )
        if before != after:
            return words + self.tr("等级从 {before} 变成 {after}。").format(
                before=self._level(before), after=self._level(after)
            )
        return words + self.tr("等级不变。")

    def _level(self, level: Level | None) -> str:
        return self.tr("未定") if level is None else level.symbol


def offer_newer_data(model: SessionModel, cases: "Cases", look: Callable[[], object]) -> None:
    """Say that the program's data are newer than those the audit rests on, where they are; `look` shows what would change."""
    from app.services.newer_data import newer_data

    if newer_data(model.session, cases) is None:
        return
    text = _tr("程序带的系数、公式或问题比这个案卷用的新。案卷照旧用自己的，结果没有变。")
    model.post(Message("info", text, (Action(_tr("看会变什么"), look),)))


def ask_newer_data(model: SessionModel, cases: "Cases", parent: "QWidget") -> None:
    """Show what newer data would change; take them over if the user says so."""
    from app.services.newer_data import newer_data, take_over

    newer = newer_data(model.session, cases)
    if newer is None:
        return
    dialog = NewerDataDialog(newer, parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    if dialog.exec() == NewerDataDialog.DialogCode.Accepted:
        model.act(lambda session: take_over(session, newer))


def _tr(text: str) -> str:
    return QCoreApplication.translate("newer_data", text)
