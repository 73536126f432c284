"""改数值: cells of an own system typed over; kept as soon as the whole table passes the checks, with undo."""

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from app.assessment.indicator_system import Indicator, IndicatorSystem
from app.audit.own_ties import TAKES
from app.errors import UserError
from app.services.system_editing import edit_cell, tie_of, tie_row
from app.services.systems import change_system
from app.ui import problems, widgets
from app.ui.messages import MessageBar
from app.ui.standards.system_table import SystemView
from app.ui.standards.words import tr

if TYPE_CHECKING:
    from app.services.services import Services


_MOST_NAME = 16


class EditScreen(QWidget):
    """changed: the library has another content of this system."""

    changed = Signal()

    def __init__(
        self, services: "Services", system_id: str, table_id: str, *, who: str, today: date
    ) -> None:
        super().__init__()
        self._services = services
        self._id, self._table_id = system_id, table_id
        self._note = f"{today.isoformat()} {who or tr('本机用户')} 在程序里改"
        self._draft: IndicatorSystem = services.catalogue.system(system_id)
        self._past: list[IndicatorSystem] = []
        outer = QVBoxLayout(self)
        outer.setContentsMargins(18, 14, 18, 14)
        outer.setSpacing(10)
        outer.addWidget(
            widgets.label(f"{tr('指标体系库')} / {self._draft.title} / {tr('改数值')}", "note")
        )
        self.undo_button = widgets.button(tr("撤销"), self.undo, icon="undo", keys="Ctrl+Z")
        outer.addLayout(
            widgets.row(
                widgets.label(tr("改数值：照原文改，整张表对得上才存"), "title"),
                None,
                self.undo_button,
            )
        )
        self._state = widgets.label("", "second", wrap=True)
        outer.addWidget(self._state)
        self.messages = MessageBar()
        outer.addWidget(self.messages)
        card = widgets.Card(self._draft.table(table_id).title, padded=False)
        self.table = SystemView(self._edit)
        card.body.addWidget(self.table)
        outer.addWidget(card, 1)
        self.tie_label = widgets.label("", "table")
        self.tie = QComboBox()
        self.tie.setAccessibleName(tr("这一行的数从哪里来"))
        self.tie.setMinimumWidth(320)
        self.tie.setMaxVisibleItems(14)
        self.tie.activated.connect(self._tie)
        self.tie_note = widgets.label("", "note", wrap=True)
        tie = widgets.row(self.tie_label, self.tie, self.tie_note)
        tie.setStretch(2, 1)
        outer.addLayout(tie)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._show_tie())
        undo = QShortcut(QKeySequence("Ctrl+Z"), self)
        undo.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        undo.activated.connect(self.undo)
        self._show(tr("改过的格子不再算核对过。程序带的体系改了，存成自己的一份。"))

    def _show(self, state: str) -> None:
        at = max(self.table.currentIndex().row(), 0)
        column = max(self.table.currentIndex().column(), 0)
        self.table.show_table(self._draft, self._table_id)
        if not self.table.currentIndex().isValid():
            self.table.setCurrentIndex(self.table.lines.index(at, column))
        self._show_tie()
        self._state.setText(state)
        self.undo_button.setEnabled(bool(self._past))
        self.undo_button.setToolTip("" if self._past else tr("没有可以撤销的"))

    # -- where a row's value comes from

    def _row(self) -> Indicator | None:
        index = self.table.currentIndex()
        return self.table.lines.lines[index.row()].row if index.isValid() else None

    def _show_tie(self) -> None:
        row = self._row()
        self.tie.clear()
        if row is None:
            self.tie_label.setText(tr("选一行指标，看它的数从哪里来"))
            self.tie.setEnabled(False)
            self.tie_note.setText("")
            return
        found = tie_of(self._services.catalogue, self._draft, self._table_id, row.id)
        self.tie_label.setText(tr("「{name}」的数：").format(name=_short(row.name)))
        first = tr("程序已经会算：{title}").format(title=found.shipped) if found.shipped else tr("在指标对标页直接填")  # fmt: skip
        self.tie.addItem(first, "")
        for quantity_id, title in found.offered:
            self.tie.addItem(title, quantity_id)
        self.tie.setCurrentIndex(max(0, self.tie.findData(found.quantity_id)))
        self.tie.setEnabled(bool(found.offered))
        if found.unknown:
            note = tr("原来选的「{id}」这个程序里没有，按直接填算。").format(id=found.unknown)
        elif not found.offered:
            note = tr("定性的指标由人选级；定量的，账单和台账里没有这种单位的数。")
        else:
            note = tr("选一个从账单和台账算的数，单位会换算；定义和原文不一样的不要选。")
        self.tie_note.setText(note)

    def _tie(self, _index: int) -> None:
        row = self._row()
        if row is None:
            return
        wanted = str(self.tie.currentData() or "")
        if wanted == row.extras.get(TAKES, ""):
            return
        self._past.append(self._draft)
        self._draft = tie_row(self._draft, self._table_id, row.id, wanted)
        self._keep()

    def _edit(self, line_id: str, column: str, text: str) -> bool:
        try:
            changed = edit_cell(self._draft, self._table_id, line_id, column, text, self._note)
        except UserError as error:
            self.messages.show_message(problems.as_message(error))
            return False
        self._past.append(self._draft)
        self._draft = changed
        self._keep()
        return True

    def _keep(self) -> None:
        self.messages.clear()
        draft = self._draft
        try:
            change_system(self._services.catalogue, self._id, lambda _: draft)
        except UserError as error:
            self.messages.show_message(
                replace(problems.as_message(error), tone="warn", strong=tr("还没存："))
            )
            self._show(tr("表还对不上，改到对得上就自动存。"))
            return
        self._show(tr("已存进自己的库。"))
        self.changed.emit()

    def undo(self) -> None:
        if self._past:
            self._draft = self._past.pop()
            self._keep()

    def hint(self) -> str:
        return tr("方向键换格 · F2 或直接打字就改 · Enter 写入 · Ctrl+Z 撤销")


def _short(name: str) -> str:
    """The beginning of a long name."""
    return name if len(name) <= _MOST_NAME else f"{name[:_MOST_NAME]}…"
