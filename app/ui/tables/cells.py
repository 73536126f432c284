"""The cells of a table: how they are painted and what they are typed in."""

import re
from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QComboBox,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from app.audit.offers import Offer
from app.checkup.page_remarks import NOTE_COLUMN
from app.forms.question import Question, QuestionKind
from app.ui import theme
from app.ui.chips import paint_chip
from app.ui.fields.answer_words import answer_text
from app.ui.fields.edit import LineField
from app.ui.fields.typed_input import LEFT, RIGHT
from app.ui.tables.model import RIGHT_KINDS, AnswerTableModel, Cell, CellState
from app.ui.tables.offers import OfferList

PADDING = 8  # left and right of the text in a cell
_ICON_SIDE = 14
_CLIP = 11  # the mark of a figure that a paper proves
ICON_ROOM = _ICON_SIDE + 4  # taken by the mark of a verdict before its words
_CHOICE_KINDS = (QuestionKind.CHOICE, QuestionKind.YES_NO)
_GROUNDS = {
    CellState.DERIVED: "derived",
    CellState.LOOK_AGAIN: "ochre_bg",
    CellState.MUST_MEND: "cinnabar_bg",
}
Index = QModelIndex | QPersistentModelIndex


def is_right(question: Question | None) -> bool:
    """Figures stand at the right, words at the left."""
    return question is not None and question.kind in RIGHT_KINDS


def is_wrapped(question: Question | None) -> bool:
    """Words may take several lines, figures never."""
    return question is None or question.kind in (QuestionKind.TEXT, QuestionKind.LONG_TEXT)


_LATIN = re.compile(r"[!-~]+")


def wrapping(text: str, metrics: QFontMetrics, room: int) -> int:
    """How text takes several lines: by the rules of words and Chinese punctuation; anywhere only where a code has no room."""
    fits = all(metrics.horizontalAdvance(run) <= room for run in _LATIN.findall(text))
    return int(Qt.TextFlag.TextWordWrap if fits else Qt.TextFlag.TextWrapAnywhere)


def _paint_icon(painter: QPainter, inner: QRect, cell: Cell) -> None:
    pixmap = theme.icon_pixmap(
        cell.icon, theme.color(cell.ink).name(), _ICON_SIDE, painter.device().devicePixelRatioF()
    )
    painter.drawPixmap(inner.left(), inner.center().y() - _ICON_SIDE // 2 + 1, pixmap)


class CellField(LineField):
    """The line a cell is typed in. offers: what may be picked, None in most columns."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(small=True, parent=parent)
        self.offers: OfferList | None = None


class CellDelegate(QStyledItemDelegate):
    """Paints every cell and makes its editor. `typed(index, text)` carries what was typed, `rested(index, text)` what
    stands in an open editor after a second of rest; `moved(rows, columns)` where to go next."""

    typed = Signal(QModelIndex, str)
    rested = Signal(QModelIndex, str)
    moved = Signal(int, int)

    def __init__(
        self, parent: QObject, offered: Callable[[str], Sequence[Offer]] = lambda _name: ()
    ) -> None:
        """offered: what a column with `choices_from` offers, by that name."""
        super().__init__(parent)
        self._offered = offered
        self.row_height = theme.size(
            "table_row"
        )  # of one line; words have more lines in a higher row

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, AnswerTableModel)
        cell = model.cell(index.row(), index.column())
        view = option.widget  # type: ignore[attr-defined]
        rect: QRect = option.rect  # type: ignore[attr-defined]
        assert isinstance(view, QTableView)
        selected = view.selectionModel().isSelected(index)
        current = index == view.currentIndex() and view.hasFocus()
        ground = "select" if selected and not current else _GROUNDS.get(cell.state, "surface")
        painter.fillRect(rect, theme.color(ground if not current else "surface"))
        if index.row() < model.rowCount() - 1:
            painter.setPen(QPen(theme.color("line"), 1))
            painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        question = model.question_at(index.column())
        inner = QRect(rect).adjusted(PADDING, 0, -PADDING, 0)
        align = RIGHT if is_right(question) else LEFT
        if cell.chip is not None:
            paint_chip(painter, QRectF(inner).adjusted(0, 0, 1, 0), cell.chip, align)
        elif cell.text:
            if cell.icon:
                _paint_icon(painter, inner, cell)
                inner.adjust(ICON_ROOM, 0, 0, 0)
            if cell.proved:
                mark = theme.icon_pixmap(
                    "clip", theme.color("ink3").name(), _CLIP, painter.device().devicePixelRatioF()
                )
                painter.drawPixmap(rect.left() + 4, rect.center().y() - _CLIP // 2 + 1, mark)
            painter.setFont(theme.font("table"))
            painter.setPen(theme.color(self._ink(model, index.row(), cell, question)))
            if rect.height() > self.row_height and is_wrapped(question):
                wrap = wrapping(cell.text, painter.fontMetrics(), inner.width())
                painter.drawText(inner, int(align) | wrap, cell.text)
            else:
                text = QFontMetrics(painter.font()).elidedText(
                    cell.text.replace("\n", " "), Qt.TextElideMode.ElideRight, inner.width() + 1
                )
                painter.drawText(inner, int(align), text)
        if current:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(rect).adjusted(1, 1, -1, -2))

    def _ink(self, model: AnswerTableModel, row: int, cell: Cell, question: Question | None) -> str:
        if cell.ink:
            return cell.ink
        if question is not None and question.id == NOTE_COLUMN and model.is_explained(row):
            return "ochre"
        if cell.state is CellState.MUST_MEND:
            return "cinnabar"
        if question is not None and question.kind in (QuestionKind.TEXT, QuestionKind.LONG_TEXT):
            return "ink" if question.required else "ink2"
        return "ink"

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(64, theme.size("table_row"))

    # -------------------------------------------------------------- editing

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: Index) -> QWidget:
        model = index.model()
        assert isinstance(model, AnswerTableModel)
        question = model.question_at(index.column())
        assert question is not None
        name = str(model.data(index, Qt.ItemDataRole.AccessibleTextRole))
        if question.kind in _CHOICE_KINDS:
            combo = QComboBox(parent)
            for option_id, words in model.options_at(index):
                combo.addItem(words, option_id)
            combo.setAccessibleName(name)
            combo.activated.connect(lambda _row: self._take(combo, (1, 0)))
            return combo
        line = CellField(parent)
        if question.choices_from:
            offered = partial(self._offered, question.choices_from)
            line.offers = OfferList(line, offered, joins=question.choices_from == "chemicals")
        line.setAccessibleName(name)
        line.setTextMargins(PADDING - 1, 0, PADDING - 1, 1)
        place = QPersistentModelIndex(index)

        def at_rest() -> None:
            if place.isValid() and line.isModified():
                self.rested.emit(model.index(place.row(), place.column()), line.text())

        line.rested.connect(at_rest)
        if is_right(question):
            line.setAlignment(RIGHT)
        return line

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        if isinstance(editor, CellField) and editor.isModified():
            return  # a new state of the audit while someone types: 「1.」 kept at rest is not put back as 「1」
        model = index.model()
        assert isinstance(model, AnswerTableModel)
        question = model.question_at(index.column())
        assert question is not None
        answer = model.answer_at(index)
        text = answer_text(question, answer)
        if isinstance(editor, QComboBox):
            editor.setCurrentIndex(editor.findText(text))
            editor.showPopup()
        elif isinstance(editor, CellField):
            editor.setText(text)
            if editor.offers is not None and not text:
                QTimer.singleShot(0, editor.offers, editor.offers.open_if_idle)

    def setModelData(self, editor: QWidget, _model: QAbstractItemModel, index: Index) -> None:
        if isinstance(editor, QComboBox):
            if editor.currentIndex() >= 0:
                self.typed.emit(index, editor.currentData())
        elif isinstance(editor, LineField) and editor.isModified():
            self.typed.emit(index, editor.text())

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, _index: Index
    ) -> None:
        rect: QRect = option.rect  # type: ignore[attr-defined]
        if isinstance(editor, QComboBox):
            rect = QRect(rect).adjusted(0, 0, max(0, 120 - rect.width()), 0)
        editor.setGeometry(rect)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            isinstance(watched, QWidget)
            and event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
        ):
            offers = watched.offers if isinstance(watched, CellField) else None
            if offers is not None and offers.takes(event):
                return True
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                    return False
                self._take(watched, (-1 if shift else 1, 0))
                return True
            if event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
                back = shift or event.key() == Qt.Key.Key_Backtab
                self._take(watched, (0, -1 if back else 1))
                return True
        return super().eventFilter(watched, event)

    def _take(self, editor: QWidget, step: tuple[int, int]) -> None:
        if editor.property("taken"):
            return  # the Enter that picks from an open list reaches the editor as well
        editor.setProperty("taken", True)
        self.commitData.emit(editor)
        self.closeEditor.emit(editor, QAbstractItemDelegate.EndEditHint.NoHint)
        table = self.parent()
        if isinstance(editor, QComboBox) and isinstance(table, QWidget):
            # The open list has the keyboard, and would give it back to a field that is gone by then.
            table.setFocus(Qt.FocusReason.OtherFocusReason)
        self.moved.emit(*step)
