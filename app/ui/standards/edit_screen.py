"""改数值: cells of an own system typed over; kept as soon as the whole table passes the checks, with undo."""

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.assessment.indicator_system import IndicatorSystem
from app.errors import UserError
from app.services.system_editing import edit_cell
from app.services.systems import change_system
from app.ui import problems, widgets
from app.ui.messages import MessageBar
from app.ui.standards.system_table import SystemView
from app.ui.standards.words import tr

if TYPE_CHECKING:
    from app.services.services import Services


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
        undo = QShortcut(QKeySequence("Ctrl+Z"), self)
        undo.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        undo.activated.connect(self.undo)
        self._show(tr("改过的格子不再算核对过。程序带的体系改了，存成自己的一份。"))

    def _show(self, state: str) -> None:
        self.table.show_table(self._draft, self._table_id)
        if not self.table.currentIndex().isValid():
            self.table.setCurrentIndex(self.table.lines.index(0, 0))
        self._state.setText(state)
        self.undo_button.setEnabled(bool(self._past))
        self.undo_button.setToolTip("" if self._past else tr("没有可以撤销的"))

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
