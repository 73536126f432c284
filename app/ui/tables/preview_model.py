"""The block that is to be pasted as Qt shows it: choices of columns, its rows as they would be written, sums."""

from fractions import Fraction

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    Qt,
)
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from app.assessment.finding import NotApplicable
from app.assessment.numbers import display
from app.forms.answer import Given
from app.forms.derive import Derivation
from app.forms.figure import Figure
from app.forms.question import Question, QuestionKind, RowsKind
from app.forms.question_index import row_label
from app.forms.reading.plan import ROW_NAMES, PastePlan, PlannedCell
from app.forms.visible import asked_columns
from app.ui import theme
from app.ui.chips import answer_chip, paint_chip
from app.ui.fields.answer_words import grouped
from app.ui.fields.typed_input import LEFT, RIGHT
from app.ui.tables.model import number_of

PADDING = 8  # left and right of the words of a cell
Index = QModelIndex | QPersistentModelIndex


class _View:
    """One column of the preview: where it comes from and what it shows."""

    def __init__(self, kind: str, source: int = -1, question: Question | None = None) -> None:
        self.kind = kind  # "row", "source", "converted", "derived"
        self.source = source
        self.question = question


class PreviewModel(QAbstractTableModel):
    """Row 0 holds the choices of columns, then come the rows of the block and, where the table has sums, theirs."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.plan: PastePlan | None = None
        self.views: list[_View] = []
        self.body: list[int] = []
        self.by_place: dict[tuple[int, int], PlannedCell] = {}
        self.problem_at: dict[tuple[int, int], str] = {}
        self.future: Derivation | None = None
        self.factors: dict[int, Fraction] = {}

    def load(self, plan: PastePlan, factors: dict[int, Fraction], future: Derivation) -> None:
        """Show a plan. `factors` are the multipliers shown as 换算后, also those only proposed; `future`: figures as
        they would be."""
        self.beginResetModel()
        self.plan, self.factors, self.future = plan, factors, future
        self.body = [
            index
            for index in range(plan.head_rows, len(plan.grid.rows))
            if any(cell.text.strip() or cell.note for cell in plan.grid.rows[index])
        ]
        self.by_place = {(cell.row, cell.column): cell for cell in plan.cells}
        self.problem_at = {}
        for problem in plan.problems:
            self.problem_at.setdefault((problem.row, problem.column), problem.what)
        self.views = [_View("row")]
        for source, column in enumerate(plan.columns):
            if column.target == ROW_NAMES:
                continue
            question = self.question(column.target)
            self.views.append(_View("source", source, question))
            if source in factors and factors[source] != 1:
                self.views.append(_View("converted", source, question))
        typed = {column.target for column in plan.columns}
        if typed & {column.id for column in plan.table.columns}:
            self.views += [
                _View("derived", question=column)
                for column in asked_columns(plan.table, future.book)
                if column.derived
            ]
        self.endResetModel()

    def question(self, column_id: str) -> Question | None:
        assert self.plan is not None
        return next((c for c in self.plan.table.columns if c.id == column_id), None)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        if parent.isValid() or self.plan is None:
            return 0
        return len(self.body) + (2 if self.plan.table.total else 1)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.views)

    def flags(self, _index: Index) -> Qt.ItemFlag:
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(index.row(), index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.problem(index.row(), index.column()) or None
        return None

    def problem(self, row: int, column: int) -> str:
        """What is wrong with a cell, "" when nothing."""
        if self.plan is None or not 1 <= row <= len(self.body):
            return ""
        place = self.body[row - 1]
        view = self.views[column]
        if view.kind == "row":
            names = [i for i, c in enumerate(self.plan.columns) if c.target == ROW_NAMES]
            return next(
                (
                    self.problem_at[(place, i)]
                    for i in (*names, -1)
                    if (place, i) in self.problem_at
                ),
                "",
            )
        if view.kind != "source":
            return ""
        return self.problem_at.get((place, view.source), "")

    def is_written(self, row: int, column: int) -> bool:
        """True when this cell of the block would be written."""
        view = self.views[column]
        return (
            1 <= row <= len(self.body)
            and view.kind in ("source", "converted")
            and (self.body[row - 1], view.source) in self.by_place
        )

    def text(self, row: int, column: int) -> str:
        plan = self.plan
        if plan is None:
            return ""
        view = self.views[column]
        if row == 0:
            return self.head(view)
        if row == len(self.body) + 1:
            return self.total(view)
        place = self.body[row - 1]
        row_id = plan.rows[place]
        match view.kind:
            case "row":
                return self._row_text(plan, place, row_id)
            case "source":
                return plan.grid.rows[place][view.source].text.strip()
            case "converted":
                value = self._value(place, view.source)
                return "" if value is None else display(value, _places(value))
            case _:
                figure = self._figure(row_id, view.question)
                if figure is None or figure.value is None:
                    return "" if figure is None else figure.words
                return display(figure.value, figure.decimals)

    def _row_text(self, plan: PastePlan, place: int, row_id: str) -> str:
        if row_id and plan.table.rows is not RowsKind.FREE:
            assert self.future is not None
            label = row_label(plan.table, row_id, self.future.book)
            return label
        names = [i for i, column in enumerate(plan.columns) if column.target == ROW_NAMES]
        if names:
            return plan.grid.rows[place][names[0]].text.strip() or "—"
        return str(self.body.index(place) + 1) if row_id else "不写"

    def _value(self, place: int, source: int) -> Fraction | None:
        cell = self.by_place.get((place, source))
        if cell is None or self.plan is None:
            return None
        value = number_of(cell.after)
        if value is None:
            return None
        done = self.plan.columns[source].factor
        return value / done * self.factors.get(source, done)

    def _figure(self, row_id: str, question: Question | None) -> Figure | None:
        if not row_id or question is None or self.future is None or self.plan is None:
            return None
        if self.plan.table.rows is RowsKind.FREE and row_id not in self.future.book.row_ids(
            self.plan.table.id
        ):
            return None
        return self.future.cell(self.plan.table.id, row_id, question.id)

    def head(self, view: _View) -> str:
        assert self.plan is not None
        match view.kind:
            case "row":
                return self.plan.table.row_title or "行"
            case "converted":
                return f"换算后 {view.question.unit if view.question else ''}"
            case "derived":
                return f"{view.question.title} {view.question.unit}" if view.question else ""
            case _:
                return ""

    def total(self, view: _View) -> str:
        if view.kind == "row":
            return "合计"
        if (
            self.plan is None
            or view.question is None
            or view.question.id not in self.plan.table.total
        ):
            return ""
        if view.kind == "derived":
            figures = [self._figure(self.plan.rows[place], view.question) for place in self.body]
            values = [f.value for f in figures if f is not None and f.value is not None]
            places = next((f.decimals for f in figures if f is not None), 0)
            return display(sum(values, Fraction(0)), places) if values else ""
        if view.question.kind is not QuestionKind.NUMBER:
            return ""
        numbers = []
        for place in self.body:
            value = self._value(place, view.source)
            if value is not None:
                if view.kind == "source":
                    value /= self.factors.get(view.source, self.plan.columns[view.source].factor)
                numbers.append(value)
        if not numbers:
            return ""
        return display(sum(numbers, Fraction(0)), max(map(_places, numbers)))


def _places(value: Fraction) -> int:
    return next((n for n in range(5) if (value * 10**n).denominator == 1), 4)


class PreviewDelegate(QStyledItemDelegate):
    """Paints what came beside what would be written; a cell with a problem is marked."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, PreviewModel)
        rect: QRect = option.rect  # type: ignore[attr-defined]
        view = model.views[index.column()]
        row, last = index.row(), len(model.body) + 1  # the row of the sums, where there is one
        computed = view.kind in ("converted", "derived")
        problem = model.problem(row, index.column())
        written = model.is_written(row, index.column())
        ground = "derived" if computed else "raised" if row in (0, last) else "surface"
        if 0 < row < last and problem:
            ground = "cinnabar_bg"
        elif 0 < row < last and written and not computed:
            ground = "ochre_bg"
        painter.fillRect(rect, theme.color(ground))
        painter.setPen(QPen(theme.color("line2" if row in (0, last - 1) else "line"), 1))
        if row != last:
            painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if row == 0 and view.kind == "source":
            return  # the choice of the column stands here
        right = computed or _is_number(view.question)
        align = RIGHT if right else LEFT
        inner = QRect(rect).adjusted(PADDING, 0, -PADDING, 0)
        ink = "ink2" if row == 0 else "ink"
        if 0 < row < last:
            ink = "cinnabar" if problem else "ink" if written or view.kind != "source" else "ink3"
        cell = (
            model.by_place.get((model.body[row - 1], view.source))
            if 0 < row < last and view.kind == "source"
            else None
        )
        if cell is not None and isinstance(cell.after, NotApplicable):
            paint_chip(painter, QRectF(inner), answer_chip(cell.after), align)
            return
        role = "caption" if row == 0 else "table"
        painter.setFont(theme.font(role, bold=row == last))
        painter.setPen(theme.color(ink))
        if row == 0 and computed:
            italic = theme.font(role)
            italic.setItalic(True)
            painter.save()
            painter.setFont(italic)
            painter.setPen(theme.color("indigo"))
            painter.drawText(inner, int(RIGHT), "ƒ")
            painter.restore()
            inner.adjust(0, 0, -11, 0)
        text = model.text(row, index.column())
        if cell is not None and right and isinstance(cell.after, Given):
            text = grouped(text.replace(",", "")) if text.replace(",", "").isascii() else text
        painter.drawText(
            inner,
            int(align),
            QFontMetrics(painter.font()).elidedText(
                text.replace("\n", " "), Qt.TextElideMode.ElideRight, inner.width() + 1
            ),
        )


def _is_number(question: Question | None) -> bool:
    return question is not None and question.kind is QuestionKind.NUMBER
