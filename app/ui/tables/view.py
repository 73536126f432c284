"""The table on the screen: columns and rows as large as what they hold, and the keys of a spreadsheet."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QModelIndex, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QFontMetrics,
    QInputMethodEvent,
    QKeyEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QMenu,
    QWidget,
)

from app.assessment.finding import Missing
from app.assessment.numbers import display
from app.audit.offers import Offer
from app.forms.question import QuestionKind, RowsKind
from app.ui import theme
from app.ui.chips import chip_size
from app.ui.fields.edit import LineField
from app.ui.tables.cells import (
    ICON_ROOM,
    PADDING,
    CellDelegate,
    Index,
    is_right,
    is_wrapped,
    wrapping,
)
from app.ui.tables.edges import EdgedTable, Head, PinnedColumn
from app.ui.tables.model import AnswerTableModel

_DENSE_ROW = 24
_LEAST_WORDS = 84  # a column of words may shrink so far before the table scrolls sideways
_SCROLLED_WORDS = 128  # and so far in one that scrolls
_MOST_LINES = 5
_MOST_MEASURED = 60  # rows measured for widths and heights
_MOST_ROWS = 16  # taller tables scroll inside themselves, the total row stays


class AnswerTableView(EdgedTable):
    """Cells with the keys of a spreadsheet. It records nothing itself.

    typed(index, text), cleared(indexes), marked_not_applicable(indexes), copied_from_above(indexes), pasted(), inserted(),
    deleted_rows(), rows_moved(+1 / -1), opened(index) for a computed cell, left_forward / left_back when Tab leaves.
    """

    typed = Signal(QModelIndex, str)
    rested = Signal(QModelIndex, str)
    cleared = Signal(list)
    marked_not_applicable = Signal(list)
    copied_from_above = Signal(list)
    copy_requested = Signal()
    pasted = Signal()
    inserted = Signal()
    deleted_rows = Signal()
    rows_moved = Signal(int)
    opened = Signal(QModelIndex)
    current_moved = Signal()
    focus_came = Signal()

    def __init__(
        self,
        model: AnswerTableModel,
        parent: QWidget | None = None,
        *,
        offered: Callable[[str], Sequence[Offer]] = lambda _name: (),
        kept_widths: dict[str, int] | None = None,
    ) -> None:
        """kept_widths: 「table/column」 -> pixels of columns the user drew, changed in place."""
        super().__init__(parent)
        self.answers = model
        self._kept_widths = {} if kept_widths is None else kept_widths
        head = Head(self)
        head.drawn.connect(self._keep_width)
        head.freed.connect(self._free_width)
        self.setHorizontalHeader(head)
        self.pinned = PinnedColumn(self)
        self.setModel(model)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        months = model.table.rows is RowsKind.MONTHS
        self.row_height = _DENSE_ROW if months else theme.size("table_row")
        self.verticalHeader().setMinimumSectionSize(20)
        self.verticalHeader().setDefaultSectionSize(self.row_height)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.DoubleClicked
        )
        self.cells = CellDelegate(self, offered)
        self.cells.row_height = self.row_height
        self.setItemDelegate(self.cells)
        self.cells.typed.connect(self.typed)
        self.cells.rested.connect(self.rested)
        self.cells.moved.connect(self.move)
        self.doubleClicked.connect(self._on_double_clicked)
        model.modelReset.connect(self._on_reset)
        # Widths follow a little later, so that an answer shows at once.
        self._widen_soon = QTimer(self)
        self._widen_soon.setSingleShot(True)
        self._widen_soon.setInterval(150)
        self._widen_soon.timeout.connect(self._widen_if_needed)
        model.dataChanged.connect(lambda *_: self._widen_soon.start())
        self.setAccessibleName(model.table.title)
        self._natural: list[int] = []
        self._fitted: tuple[int, int] = (
            0,
            0,
        )  # length of the columns and width they were fitted to

    # -------------------------------------------------------------- size

    def _on_reset(self) -> None:
        self._natural = []
        if self.isVisible():
            self.fit()
        if not self.currentIndex().isValid() and self.answers.rowCount():
            first = self.first_typed()
            if first is not None:
                self.selectionModel().setCurrentIndex(
                    first, self.selectionModel().SelectionFlag.NoUpdate
                )

    def fit(self) -> None:
        """Height for all rows (up to sixteen), widths for all columns. The cell in use stays in sight when they change."""
        before = self._fitted
        if len(self._natural) != self.answers.columnCount():
            self._natural = [self._natural_width(c) for c in range(self.answers.columnCount())]
        # Said, not left to Qt: a bar that comes takes room from the other, whose going takes the first away, for ever.
        always, never = Qt.ScrollBarPolicy.ScrollBarAlwaysOn, Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(always if self.answers.rowCount() > _MOST_ROWS else never)
        self._share_width()
        self._share_height()
        rows = min(self.answers.rowCount(), _MOST_ROWS)
        head = self._head_height()
        self.horizontalHeader().setFixedHeight(head)
        is_wider = self.horizontalHeader().length() > self.viewport().width() + 1
        self.setHorizontalScrollBarPolicy(always if is_wider else never)
        bar = self.horizontalScrollBar().sizeHint().height() if is_wider else 0
        self.setFixedHeight(head + sum(self.rowHeight(row) for row in range(rows)) + bar + 1)
        self.pinned.place()
        self._fitted = (self.horizontalHeader().length(), self.viewport().width())
        if self.hasFocus() and self._fitted != before and self.currentIndex().isValid():
            self.updateGeometries()  # the range of the bar is that of the old widths still
            self.scrollTo(self.currentIndex())

    def _share_height(self) -> None:
        """Rows whose words do not fit in one line get two or three."""
        metrics = QFontMetrics(theme.font("table"))
        words = [
            column
            for column in range(self.answers.columnCount())
            if is_wrapped(self.answers.question_at(column))
        ]
        for row in range(min(self.answers.rowCount(), _MOST_MEASURED)):
            lines = 1
            for column in words:
                cell = self.answers.cell(row, column)
                text = cell.text
                room = self.columnWidth(column) - 2 * PADDING - (ICON_ROOM if cell.icon else 0)
                if text and metrics.horizontalAdvance(text) > room > 0:
                    wrap = wrapping(text, metrics, room)
                    box = metrics.boundingRect(0, 0, room, 1000, wrap, text)
                    lines = max(lines, min(_MOST_LINES, box.height() // metrics.lineSpacing()))
            height = self.row_height + (lines - 1) * metrics.lineSpacing()
            if self.rowHeight(row) != height:
                self.setRowHeight(row, height)

    def _head_width(self, column: int, *, lines: int) -> int:
        metrics = QFontMetrics(theme.font("caption"))
        text = self.answers.head(column)
        question = self.answers.question_at(column)
        mark = 12 if question is not None and question.derived else 0
        if lines == 1:
            return metrics.horizontalAdvance(text) + mark
        parts = text.split(" ")
        longest = max((metrics.horizontalAdvance(part) for part in parts), default=0)
        return (
            max((longest if len(parts) > 1 else 0), metrics.horizontalAdvance(text) // 2 + 8) + mark
        )

    def _content_width(self, column: int) -> int:
        metrics = QFontMetrics(theme.font("table"))
        widest = 0
        for row in range(min(self.answers.rowCount(), _MOST_MEASURED)):
            cell = self.answers.cell(row, column)
            width = (
                chip_size(cell.chip).width()
                if cell.chip is not None
                else metrics.horizontalAdvance(cell.text) + (ICON_ROOM if cell.icon else 0)
            )
            widest = max(widest, width)
        question = self.answers.question_at(column)
        if question is not None and question.id in self.answers.table.total:
            value, complete, places = self.answers.total(column)
            if value is not None:
                text = ("" if complete else "已填 ") + display(value, places)
                bold = QFontMetrics(theme.font("table", bold=True))
                widest = max(widest, bold.horizontalAdvance(text))
        return widest

    def _natural_width(self, column: int) -> int:
        question = self.answers.question_at(column)
        content = self._content_width(column)
        if question is None:
            return max(content, self._head_width(column, lines=1), 40) + 2 * PADDING + 2
        if is_right(question):
            return max(content, self._head_width(column, lines=2), 52) + 2 * PADDING + 2
        least = 56 if self.answers.rowCount() else 96
        if question.kind is QuestionKind.DATE:  # empty so far or not: a day is never cut off
            least = QFontMetrics(theme.font("table")).horizontalAdvance("2026-12-28") + 4
        return max(min(content, 240), self._head_width(column, lines=2), least) + 2 * PADDING

    def _widen_if_needed(self) -> None:
        if not self.isVisible() or len(self._natural) != self.answers.columnCount():
            self._natural = []  # worked out when the table is shown
            return
        widths = [self._natural_width(c) for c in range(self.answers.columnCount())]
        if any(new > old for new, old in zip(widths, self._natural, strict=True)):
            self._natural = [max(pair) for pair in zip(widths, self._natural, strict=True)]
        self.fit()  # longer words may need another line, too

    def _weight(self, column: int) -> int:
        question = self.answers.question_at(column)
        if question is None:
            return 0 if self.answers.table.rows is RowsKind.MONTHS else 2
        if question.width:
            return question.width
        return 2 if question.kind in (QuestionKind.TEXT, QuestionKind.LONG_TEXT) else 1

    def _share_width(self) -> None:
        """One-line heads first where there is room, then the rest by weight."""
        if not self._natural:
            return
        room = self.viewport().width()
        widths = list(self._natural)
        drawn = {
            column: kept
            for column in range(len(widths))
            if (kept := self._kept_widths.get(self._width_key(column)))
        }
        for column, width in drawn.items():
            widths[column] = width
        over = sum(widths) - room
        words = [
            column
            for column in range(len(widths))
            if is_wrapped(self.answers.question_at(column)) and column not in drawn
        ]
        least = _LEAST_WORDS
        if over > sum(max(0, widths[column] - least) for column in words):
            least = _SCROLLED_WORDS  # it scrolls sideways anyway: no need to be so narrow
        words = [column for column in words if widths[column] > least]
        if over > 0 and words:
            slack = sum(widths[column] - least for column in words)
            for column in words:
                give = (widths[column] - least) * min(over, slack) // slack
                widths[column] -= give + (1 if give else 0)
        for column in range(len(widths)):
            wanted = self._head_width(column, lines=1) + 2 * PADDING + 2
            if (
                column not in drawn
                and wanted > widths[column]
                and sum(widths) + wanted - widths[column] <= room
            ):
                widths[column] = wanted
        spare = room - sum(widths)
        weights = [0 if column in drawn else self._weight(column) for column in range(len(widths))]
        if spare > 0 and any(weights):
            for column, weight in enumerate(weights):
                widths[column] += spare * weight // sum(weights)
            last = max(range(len(widths)), key=lambda c: weights[c])
            widths[last] += room - sum(widths)
        head = self.horizontalHeader()
        for column, width in enumerate(widths):
            if head.sectionSize(column) != width:
                head.resizeSection(column, width)

    def _width_key(self, column: int) -> str:
        question = self.answers.question_at(column)
        return f"{self.answers.table.id}/{question.id if question is not None else ''}"

    def _keep_width(self, column: int, width: int) -> None:
        self._kept_widths[self._width_key(column)] = width
        self.fit()

    def _free_width(self, column: int) -> None:
        """The column takes the width of what it holds again."""
        self._kept_widths.pop(self._width_key(column), None)
        QTimer.singleShot(0, self, self.fit)  # after Qt's own answer to the double click

    def _head_height(self) -> int:
        one = theme.size("table_head")
        head = self.horizontalHeader()
        for column in range(self.answers.columnCount()):
            if self._head_width(column, lines=1) + 2 * PADDING > head.sectionSize(column):
                return max(one, QFontMetrics(theme.font("caption")).lineSpacing() * 2 + 8)
        return one

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.fit()  # unseen too: a page made ahead has its tables as high as they will stand

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.fit()

    # -------------------------------------------------------------- moving

    def first_typed(self) -> QModelIndex | None:
        for row in range(self.answers.rowCount()):
            for column in range(self.answers.columnCount()):
                index = self.answers.index(row, column)
                if self.answers.is_typed(index):
                    return index
        return None

    def move(self, rows: int, columns: int) -> bool:  # type: ignore[override]
        """Go to the next typed cell in a direction; False at the edge."""
        index = self.currentIndex()
        row, column = index.row(), index.column()
        if rows:
            row += rows
            if not 0 <= row < self.answers.rowCount():
                return False
            return self._go(row, column)
        last_column = self.answers.columnCount()
        while True:
            column += columns
            if not 0 <= column < last_column:
                row += columns
                column = 0 if columns > 0 else last_column - 1
            if not 0 <= row < self.answers.rowCount():
                return False
            if self.answers.is_typed(self.answers.index(row, column)):
                return self._go(row, column)

    def _go(self, row: int, column: int) -> bool:
        index = self.answers.index(row, column)
        self.setCurrentIndex(index)
        self.scrollTo(index)
        return True

    def scrollTo(
        self,
        index: Index,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        super().scrollTo(index, hint)
        if self.pinned.isHidden() or not index.column():
            return
        covered = self.pinned.width() - self.visualRect(index).left()
        if covered > 0:
            bar = self.horizontalScrollBar()
            bar.setValue(bar.value() - covered)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self.pinned.update()
        self.current_moved.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self.currentIndex().isValid():
            first = self.first_typed()
            if first is not None:
                self.setCurrentIndex(first)
        self.focus_came.emit()
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def commit_open(self) -> None:
        """Hand over what stands in an open editor, and close it."""
        editor = QApplication.focusWidget()
        if isinstance(editor, LineField) and self.viewport().isAncestorOf(editor):
            self.commitData(editor)
            self.closeEditor(editor, QAbstractItemDelegate.EndEditHint.NoHint)

    def current_rect(self) -> QRect:
        """Where the current cell is, in coordinates of the table."""
        rect = self.visualRect(self.currentIndex())
        return rect.translated(QPoint(0, self.horizontalHeader().height()))

    # -------------------------------------------------------------- keys

    def _chosen(self) -> list[QModelIndex]:
        """Typed cells of the selection, or the current one."""
        indexes = self.selectionModel().selectedIndexes() or [self.currentIndex()]
        typed = [index for index in indexes if self.answers.is_typed(index)]
        return sorted(typed, key=lambda index: (index.row(), index.column()))

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Slash
            and not event.modifiers()
        ):
            event.accept()  # 「/」 marks a cell 不适用 here and must not open the search
            return True
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
            and not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            back = event.key() == Qt.Key.Key_Backtab
            if self.move(0, -1 if back else 1):
                return True
        return super().event(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Text an input method gives without composing (full-width digits) opens the cell and is its first text.

        Qt opens the cell too, but the first character of such text does not reach it.
        """
        text = event.commitString()
        editing = self.state() == QAbstractItemView.State.EditingState
        if not text or editing or not self.currentIndex().isValid():
            super().inputMethodEvent(event)
            return
        if not self.currentIndex().flags() & Qt.ItemFlag.ItemIsEditable:
            return
        self.edit(self.currentIndex())
        editor = QApplication.focusWidget()
        if isinstance(editor, LineField):
            editor.selectAll()
            editor.insert(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        key = event.key()
        free = self.answers.table.rows is RowsKind.FREE
        match key:
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if not control and not alt:
                if self.answers.figure_at(self.currentIndex()) is not None and not shift:
                    self.opened.emit(self.currentIndex())
                    return
                self.move(-1 if shift else 1, 0)
            case Qt.Key.Key_D if control:
                self.copied_from_above.emit(self._chosen())
            case Qt.Key.Key_C if control:
                self.copy_requested.emit()
            case Qt.Key.Key_V if control:
                self.pasted.emit()
            case Qt.Key.Key_Delete if control and free:
                self.deleted_rows.emit()
            case Qt.Key.Key_Delete | Qt.Key.Key_Backspace if not control:
                self.cleared.emit(self._chosen())
            case Qt.Key.Key_Insert if free:
                self.inserted.emit()
            case Qt.Key.Key_Up | Qt.Key.Key_Down if alt and free:
                self.rows_moved.emit(-1 if key == Qt.Key.Key_Up else 1)
            case Qt.Key.Key_Slash | Qt.Key.Key_Question if control:
                self.mark_unused(whole=shift)
            case Qt.Key.Key_Slash if not control and self._chosen_are_numbers():
                self.marked_not_applicable.emit(self._chosen())
            case _:
                super().keyPressEvent(event)

    def mark_unused(self, *, whole: bool) -> None:
        """Ask for a reason why the empty cells of this column (of the whole table) do not apply. Answers stay."""
        here = self.currentIndex()
        columns = range(self.answers.columnCount()) if whole else [here.column()]
        empty = [
            index
            for row in range(len(self.answers.rows))
            for column in columns
            if self.answers.is_typed(index := self.answers.index(row, column))
            and (question := self.answers.question_at(column)) is not None
            and question.kind is QuestionKind.NUMBER
            and (question.silences or question.required)
            and isinstance(self.answers.answer_at(index), Missing)
        ]
        if empty:
            self.marked_not_applicable.emit(empty)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What keys do, by right click: a column or a table that is not used, copying, pasting."""
        index = self.indexAt(event.pos())
        if index.isValid() and index not in self.selectionModel().selectedIndexes():
            self.setCurrentIndex(index)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        entries: list[tuple[str, Callable[[], object]]] = [
            (self.tr("复制\tCtrl+C"), self.copy_requested.emit),
            (self.tr("粘贴\tCtrl+V"), self.pasted.emit),
            (self.tr("和上一格一样\tCtrl+D"), lambda: self.copied_from_above.emit(self._chosen())),
            (self.tr("清空\tDelete"), lambda: self.cleared.emit(self._chosen())),
            (self.tr("这一列没填的都不适用…\tCtrl+/"), lambda: self.mark_unused(whole=False)),
            (self.tr("整张表没填的都不适用…\tCtrl+Shift+/"), lambda: self.mark_unused(whole=True)),
        ]
        if self.answers.figure_at(index) is not None:
            entries.insert(
                0, (self.tr("看来历\tEnter"), lambda: self.opened.emit(self.currentIndex()))
            )
        if self.answers.table.rows is RowsKind.FREE:
            entries += [
                (self.tr("加一行\tInsert"), self.inserted.emit),
                (self.tr("删掉这行\tCtrl+Delete"), self.deleted_rows.emit),
                (self.tr("上移\tAlt+↑"), lambda: self.rows_moved.emit(-1)),
                (self.tr("下移\tAlt+↓"), lambda: self.rows_moved.emit(1)),
            ]
        for words, act in entries:
            menu.addAction(words).triggered.connect(lambda _=False, act=act: act())
        menu.popup(event.globalPos())

    def _chosen_are_numbers(self) -> bool:
        questions = [self.answers.question_at(index.column()) for index in self._chosen()]
        return bool(questions) and all(
            question is not None and question.kind is QuestionKind.NUMBER for question in questions
        )

    def _on_double_clicked(self, index: QModelIndex) -> None:
        if self.answers.figure_at(index) is not None:
            self.opened.emit(index)

    def select(self, indexes: Sequence[QModelIndex]) -> None:
        """Select these cells, the first one current."""
        selection = self.selectionModel()
        for place, index in enumerate(indexes):
            if place == 0:
                self.setCurrentIndex(index)
            else:
                selection.select(index, selection.SelectionFlag.Select)
