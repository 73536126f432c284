"""What stands around the cells of a table: headings, the first column while it is scrolled, the total row."""

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QHeaderView,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from app.assessment.numbers import display
from app.forms.question import RowsKind
from app.ui import theme
from app.ui.fields.typed_input import LEFT, RIGHT
from app.ui.tables.cells import PADDING, is_right, wrapping
from app.ui.tables.model import AnswerTableModel


class EdgedTable(QTableView):
    """What the edges ask of the table they stand around (app.ui.tables.view)."""

    answers: AnswerTableModel
    cells: QAbstractItemDelegate
    pinned: "PinnedColumn"


class Head(QHeaderView):
    """Headings in up to two lines; computed columns are marked ƒ on their ground.

    drawn(column, width): the user drew a column wider or narrower; freed(column): double click on its edge.
    """

    drawn = Signal(int, int)
    freed = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSectionsClickable(False)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(30)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._held = False
        self._drawn: tuple[int, int] | None = None
        self.sectionResized.connect(self._on_resized)
        self.sectionHandleDoubleClicked.connect(self.freed)

    def _on_resized(self, column: int, _before: int, width: int) -> None:
        if self._held:
            self._drawn = (column, width)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._held, self._drawn = True, None
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        self._held = False
        if self._drawn is not None:
            self.drawn.emit(*self._drawn)

    def paintSection(self, painter: QPainter, rect: QRect, logical: int) -> None:
        model = self.model()
        assert isinstance(model, AnswerTableModel)
        question = model.question_at(logical)
        derived = question is not None and bool(question.derived)
        painter.fillRect(rect, theme.color("derived" if derived else "raised"))
        painter.setPen(QPen(theme.color("line2"), 1))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.setFont(theme.font("caption"))
        painter.setPen(theme.color("ink2"))
        inner = QRect(rect).adjusted(PADDING, 0, -PADDING, -1)
        align = RIGHT if is_right(question) else LEFT
        if derived:
            mark = theme.font("caption")
            mark.setItalic(True)
            painter.save()
            painter.setFont(mark)
            painter.setPen(theme.color("indigo"))
            painter.drawText(inner, int(RIGHT), "ƒ")
            painter.restore()
            inner.adjust(0, 0, -11, 0)
        head = model.head(logical)
        wrap = wrapping(head, painter.fontMetrics(), inner.width())
        painter.drawText(inner, int(align) | wrap, head)


class PinnedColumn(QWidget):
    """The first column, painted over the left edge while the table is scrolled sideways, so that rows keep their names."""

    def __init__(self, view: EdgedTable) -> None:
        super().__init__(view)
        self._view = view
        view.horizontalScrollBar().valueChanged.connect(lambda _value: self.place())
        view.verticalScrollBar().valueChanged.connect(lambda _value: self.update())
        view.horizontalHeader().sectionResized.connect(lambda *_: self.place())
        view.answers.dataChanged.connect(lambda *_: self.update())
        view.answers.modelReset.connect(self.place)
        self.hide()

    def place(self) -> None:
        """Show or hide, at the size of the first column; one wider than half the table is not pinned."""
        view = self._view
        width, port = view.columnWidth(0), view.viewport().geometry()
        self.setVisible(
            view.horizontalScrollBar().value() > 0
            and view.answers.columnCount() > 1
            and width * 2 <= port.width()
        )
        self.setGeometry(port.left(), 0, width, port.bottom() + 1)
        self.raise_()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        view, painter = self._view, QPainter(self)
        head = view.horizontalHeader()
        assert isinstance(head, Head)
        top = view.viewport().y()
        painter.fillRect(self.rect(), theme.color("surface"))
        option = QStyleOptionViewItem()
        option.widget = view  # type: ignore[attr-defined]
        first, last = view.rowAt(0), view.rowAt(view.viewport().height() - 1)
        last = view.answers.rowCount() - 1 if last < 0 else last
        for row in range(max(0, first), last + 1):
            rect = QRect(0, view.rowViewportPosition(row) + top, self.width(), view.rowHeight(row))
            option.rect = rect  # type: ignore[attr-defined]
            view.cells.paint(painter, option, view.answers.index(row, 0))
        head.paintSection(painter, QRect(0, 0, self.width(), top), 0)
        painter.setPen(QPen(theme.color("line2"), 1))
        painter.drawLine(self.rect().topRight(), self.rect().bottomRight())
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self._view.rowAt(int(event.position().y()) - self._view.viewport().y())
        if row >= 0:
            self._view.setCurrentIndex(self._view.answers.index(row, 0))
            self._view.setFocus(Qt.FocusReason.MouseFocusReason)


class TotalRow(QWidget):
    """合计 under the columns that have one, fixed at the foot; follows the widths and the scrolling of the table."""

    def __init__(self, view: EdgedTable) -> None:
        super().__init__(view.parentWidget())
        self._view = view
        self._texts: list[str] = []
        self.setFixedHeight(theme.size("table_row"))
        head = view.horizontalHeader()
        head.sectionResized.connect(lambda *_: self.update())
        view.horizontalScrollBar().valueChanged.connect(lambda _value: self.update())
        view.answers.dataChanged.connect(lambda *_: self._refresh())
        view.answers.modelReset.connect(self._refresh)

    def _refresh(self) -> None:
        self.update()
        answers = self._view.answers
        self._texts = [self._text(column) for column in range(answers.columnCount())]
        texts = [
            f"{answers.head(column)} {text}" for column, text in enumerate(self._texts) if text
        ]
        self.setAccessibleName(self.tr("合计：") + "，".join(texts))

    def _text(self, column: int) -> str:
        model = self._view.answers
        question = model.question_at(column)
        if question is None or question.id not in model.table.total:
            return ""
        value, complete, places = model.total(column)
        if value is None:
            return "—"
        text = display(value, places)
        if complete:
            return text
        # what is still open may take something away again
        falls = not question.derived and not question.check.minimum
        return self.tr("已填 {0}").format(text) if falls else f"≥ {text}"

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        model, head = self._view.answers, self._view.horizontalHeader()
        painter.fillRect(self.rect(), theme.color("raised"))
        painter.setFont(theme.font("table", bold=True))
        for column in range(model.columnCount()):
            question = model.question_at(column)
            rect = QRect(
                head.sectionViewportPosition(column), 0, head.sectionSize(column), self.height()
            )
            if question is not None and question.derived:
                painter.fillRect(rect, theme.color("derived"))
            inner = rect.adjusted(PADDING, 0, -PADDING, 0)
            if column == 0:
                painter.setPen(theme.color("ink"))
                painter.drawText(inner, int(LEFT), self.tr("合计"))
                if not model.named_rows:
                    continue
            elif column == 1 and model.table.rows is RowsKind.MONTHS and not is_right(question):
                painter.setPen(theme.color("ink2"))
                painter.drawText(inner, int(LEFT), self.tr("{0} 个月").format(len(model.rows)))
            painter.setPen(theme.color("ink"))
            painter.drawText(inner, int(RIGHT), self._texts[column])
        if not self._view.pinned.isHidden():
            names = QRect(0, 0, self._view.pinned.width(), self.height())
            painter.fillRect(names, theme.color("raised"))
            painter.drawText(names.adjusted(PADDING, 0, 0, 0), int(LEFT), self.tr("合计"))
        painter.setPen(QPen(theme.color("line2"), 1))
        painter.drawLine(0, 0, self.width(), 0)
        painter.end()
