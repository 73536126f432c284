"""What was read from dropped bills, before anything is written: each document, what it is, where it goes, what was checked.

One button fills and keeps all that is chosen, as one act; what is in doubt is not chosen by itself.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.forms.grid import safe_line
from app.services.bill_filling import Choice, PlanRow, filled_texts, with_choice
from app.ui import theme, widgets
from app.ui.messages import announce
from app.ui.page_picture import Mark, PagePicture

if TYPE_CHECKING:
    from pathlib import Path

_ROW = 26
_ORDER = (Choice.FILL, Choice.KEEP, Choice.NOTHING)


class BillsPreview(QWidget):
    """written(rows): the user wants it. left(): the user does not. picture_wanted(path, page): for the row that is shown.
    buyer_accepted: the firm the bills name is the audit's, though written otherwise (asked with `buyer`)."""

    written = Signal(object)
    left = Signal()
    picture_wanted = Signal(object, int)
    buyer_accepted = Signal()

    def __init__(
        self,
        rows: Sequence[PlanRow],
        note: str = "",
        buyer: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.rows = list(rows)
        self._words = {
            Choice.FILL: self.tr("填入"),
            Choice.KEEP: self.tr("只留凭证"),
            Choice.NOTHING: self.tr("不要"),
        }
        box = QVBoxLayout(self)
        box.setContentsMargins(18, 14, 18, 12)
        box.setSpacing(10)
        box.addWidget(widgets.label(self.tr("读到的单据：看一遍，再一次填进去"), "title"))
        self.summary = widgets.label("", "second", wrap=True)
        box.addWidget(self.summary)
        self.buyer_bar = self._bar(buyer, "warn") if buyer else None
        if self.buyer_bar is not None:
            same = widgets.button(self.tr("是同一家"), self._accept_buyer, role="small")
            self.buyer_bar.layout().addWidget(same)  # type: ignore[union-attr]
            box.addWidget(self.buyer_bar)
        if note:
            box.addWidget(self._bar(note, "info"))
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.table = self._table()
        self.split.addWidget(self.table)
        side = QWidget()
        side_box = QVBoxLayout(side)
        side_box.setContentsMargins(12, 0, 0, 0)
        side_box.setSpacing(6)
        self.name = widgets.label("", "card_title", wrap=True)
        self.choice = widgets.Segments(
            [self._words[one] for one in _ORDER], name=self.tr("这一份：")
        )
        self.choice.chosen.connect(lambda index: self.choose(_ORDER[index]))
        self.why = widgets.label("", "second", wrap=True)
        self.checks = widgets.label("", "note", wrap=True)
        self.picture = PagePicture()
        self.picture.page_wanted.connect(self._want_page)
        side_box.addWidget(self.name)
        side_box.addWidget(self.choice)
        side_box.addWidget(self.why)
        self.copy_table = widgets.link(
            self.tr("抄下读到的表，到对应的页上 Ctrl+V"), self._copy_table, icon="copy"
        )
        side_box.addWidget(self.copy_table)
        side_box.addWidget(self.picture, 1)
        side_box.addWidget(self.checks)
        self.split.addWidget(side)
        self.split.setStretchFactor(0, 3)
        self.split.setStretchFactor(1, 2)
        self.split.setSizes([760, 480])
        box.addWidget(self.split, 1)
        self.write_button = widgets.button(
            "", self.write, role="primary", icon="check", keys="Ctrl+Enter"
        )
        self.leave_button = widgets.button(
            self.tr("都不要"), self.left.emit, icon="close", keys="Esc"
        )
        self.effect = widgets.label("", "second", wrap=True)
        line = widgets.row(self.effect, None, self.leave_button, self.write_button)
        box.addLayout(line)
        for keys, run in (("Ctrl+Return", self.write), ("Ctrl+Enter", self.write), ("Escape", self.left.emit), ("Space", self._next_choice)):  # fmt: skip
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(run)
        self._show_all()
        self.table.selectRow(0)

    def _bar(self, text: str, tone: str) -> QFrame:
        bar = widgets.frame("message", vertical=False, margins=(12, 6, 8, 6), spacing=9)
        bar.setProperty("tone", tone)
        icon = widgets.IconLabel(
            *(("warning", "ochre") if tone == "warn" else ("info", "indigo")), 16
        )
        bar.layout().addWidget(icon)  # type: ignore[union-attr]
        words = widgets.label(text, "table", wrap=True)
        bar.layout().addWidget(words)  # type: ignore[union-attr]
        bar.layout().setStretchFactor(words, 1)  # type: ignore[union-attr]
        return bar

    def _accept_buyer(self) -> None:
        if self.buyer_bar is not None:
            self.buyer_bar.hide()
        self.buyer_accepted.emit()

    def show_rows(self, rows: Sequence[PlanRow]) -> None:
        """The same bills judged anew."""
        self.rows = list(rows)
        self.table.setRowCount(len(self.rows))
        self._show_all()
        self.table.selectRow(0)
        self._show_row()

    def _table(self) -> QTableWidget:
        heads = [self.tr("怎么办"), self.tr("单据"), self.tr("用量"), self.tr("金额 元"), self.tr("检查"), self.tr("放到哪里"), self.tr("要看的")]  # fmt: skip
        table = QTableWidget(len(self.rows), len(heads))
        table.setHorizontalHeaderLabels(heads)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setAccessibleName(self.tr("读到的单据"))
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(_ROW)
        table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        header = table.horizontalHeader()
        for column, width in enumerate((66, 162, 112, 90, 72, 178, 300)):
            table.setColumnWidth(column, width)
        header.setStretchLastSection(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        table.itemSelectionChanged.connect(self._show_row)
        return table

    # -- choosing

    def _current(self) -> int:
        row = self.table.currentRow()
        return row if row >= 0 else 0

    def _chosen_rows(self) -> list[int]:
        return sorted({index.row() for index in self.table.selectedIndexes()}) or [self._current()]

    def choose(self, choice: Choice) -> None:
        """What becomes of the selected bills; those it makes no sense for stay as they are."""
        for at in self._chosen_rows():
            if choice in self.rows[at].choices:
                self.rows[at] = with_choice(self.rows[at], choice)
                self._show_line(at)
        self._show_summary()
        self._show_row()

    def _next_choice(self) -> None:
        row = self.rows[self._current()]
        place = row.choices.index(row.choice)
        self.choose(row.choices[(place + 1) % len(row.choices)])

    def write(self) -> None:
        """Hand the rows over."""
        if self.write_button.isEnabled():
            self.written.emit(tuple(self.rows))

    # -- showing

    def _show_all(self) -> None:
        for at in range(len(self.rows)):
            self._show_line(at)
        self._show_summary()

    def _show_line(self, at: int) -> None:
        row = self.rows[at]
        tone = {"read": "", "ask": "ochre", "left_out": "ink3"}[row.reading.state.value]
        texts = (
            self._words[row.choice],
            row.title,
            row.amount,
            row.money,
            row.checks,
            row.goes,
            row.note,
        )
        for column, text in enumerate(texts):
            item = QTableWidgetItem(text)
            if column in (2, 3):
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            if column == 0 and row.choice is Choice.FILL:
                item.setForeground(QColor(theme.color("jade")))
            elif tone:
                item.setForeground(QColor(theme.color(tone)))
            item.setToolTip(row.note if column == 6 else f"{row.reading.file}")
            self.table.setItem(at, column, item)

    def _show_summary(self) -> None:
        states = [row.reading.state.value for row in self.rows]
        files = len({row.path for row in self.rows})
        self.summary.setText(
            self.tr(
                "{files} 个文件：{read} 份核对过、可以用，{ask} 份要看过，{out} 份没有算。带颜色的一行行看，右边是原件，框出来的是读的地方。"
            ).format(
                files=files,
                read=states.count("read"),
                ask=states.count("ask"),
                out=states.count("left_out"),
            )
        )
        cells = len(filled_texts(self.rows))
        kept = len({row.path for row in self.rows if row.choice is not Choice.NOTHING})
        self.effect.setText(self.tr("一次写进去，Ctrl+Z 一次退回来。"))
        self.write_button.setText(
            self.tr("填 {cells} 格，收 {kept} 份凭证").format(cells=cells, kept=kept)
        )
        self.write_button.setEnabled(bool(kept))
        self.write_button.setToolTip("" if kept else self.tr("一份也没有选"))

    def _show_row(self) -> None:
        if not self.rows:
            return
        row = self.rows[self._current()]
        self.name.setText(f"{row.title}　{row.reading.file}")
        for index, choice in enumerate(_ORDER):
            self.choice.buttons[index].setVisible(choice in row.choices)
        self.choice.set_current(_ORDER.index(row.choice))
        self.why.setText(row.note or self.tr("各项都对得上。"))
        theme.set_property(self.why, "tone", "warn" if row.note else "ok")
        self.copy_table.setVisible(bool(row.reading.table))
        failed = [f"✗ {check.said}" for check in row.reading.failed]
        passed = [f"✓ {check.said}" for check in row.reading.checks if check.holds]
        lines = [*failed, *passed]
        more = f"　…（共 {len(lines)} 项）" if len(lines) > 5 else ""
        self.checks.setText("\n".join(lines[:5]) + more)
        self.checks.setToolTip("\n".join(lines))
        self.picture.clear(self.tr("正在画…"))
        places = [target.place for target in row.targets if target.place is not None]
        self.picture_wanted.emit(row.path, places[0].page if places else 0)

    def _copy_table(self) -> None:
        """The table of a test report or a list as text: pasting it on its page shows the paste preview."""
        rows = self.rows[self._current()].reading.table
        QGuiApplication.clipboard().setText("\n".join(safe_line(row) for row in rows))
        announce(self, self.tr("抄好了"))

    def _want_page(self, page: int) -> None:
        self.picture_wanted.emit(self.rows[self._current()].path, page)

    def show_picture(self, path: "Path", page: int, png: bytes, pages: int) -> None:
        """A drawn page; passed by when another row is shown by now."""
        row = self.rows[self._current()]
        if row.path != path:
            return
        marks = [
            Mark(
                place.page,
                (place.left, place.top, place.right, place.bottom),
                f"{target.title} {target.text}",
            )
            for target in row.targets
            if (place := target.place) is not None
        ]
        self.picture.show_page(png, page, pages, marks)
