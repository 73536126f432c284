"""Computed figures side by side; each opens its trace, and can be typed over with a reason."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFontMetrics,
    QFontMetricsF,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QMenu, QSizePolicy, QVBoxLayout, QWidget

from app.assessment.numbers import display
from app.assessment.trace import Trace
from app.audit.project import AuditProject
from app.forms.answer import override_key
from app.forms.figure import Figure
from app.forms.question import Question, QuestionKind
from app.forms.reasons import ONLY_BASE_YEAR
from app.ui import chips, theme
from app.ui.chips import chip_size, paint_chip
from app.ui.fields.control import QuestionControl, field_block, figure_text

_LEAST_WIDTH = 156
_MARGIN = 14


def _lacks_a_year(trace: Trace) -> bool:
    """True when something below is known for the base year only, so that the figure of an earlier year means little."""
    return trace.note == ONLY_BASE_YEAR or any(_lacks_a_year(child) for child in trace.children)


class FigureTile(QAbstractButton):
    """One figure: what it is, the value with its unit, and a line below. Click or Enter opens the trace, F2 types over."""

    override_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._figure: Figure | None = None
        self._note = ""
        self.first = True
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def figure(self) -> Figure | None:
        return self._figure

    def show_figure(self, figure: Figure, note: str) -> None:
        self._figure, self._note = figure, note
        value = figure_text(figure) or self.tr("还算不出来")
        if figure.not_applicable:
            value = self.tr("不适用：") + figure.not_applicable
        self.setAccessibleName(f"{figure.title}，{value} {figure.unit}")
        self.setAccessibleDescription(f"{note}；{self.tr('按 Enter 看来历，F2 手改')}")
        self.setToolTip(f"{figure.title}\n{note}" if note else figure.title)
        self.update()

    def sizeHint(self) -> QSize:
        lines = QFontMetrics(theme.font("caption")).lineSpacing() * 2
        return QSize(_LEAST_WIDTH, lines + QFontMetrics(theme.figure_font(13)).lineSpacing() + 18)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.click()
        elif event.key() == Qt.Key.Key_F2:
            self.override_wanted.emit()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.addAction(self.tr("看来历"), self.click)
        menu.addAction(self.tr("手改…"), self.override_wanted.emit)
        menu.exec(
            event.globalPos() if not event.globalPos().isNull() else self.mapToGlobal(QPoint())
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        figure = self._figure
        if figure is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() and not self.hasFocus():
            painter.fillRect(self.rect().adjusted(1, 1, -1, -1), theme.color("hover"))
        if not self.first:
            painter.setPen(QPen(theme.color("line"), 1))
            painter.drawLine(0, 0, 0, self.height())
        if self.hasFocus():
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(3, 2, -2, -2), 4, 4)
        width = self.width() - 2 * _MARGIN
        caption = QFontMetrics(theme.font("caption"))
        top = 8
        painter.setFont(theme.font("caption"))
        painter.setPen(theme.color("ink2"))
        self._line(painter, top, width, caption, figure.title)
        top += caption.lineSpacing()
        big = theme.figure_font(13)
        big_metrics = QFontMetricsF(big)
        height = big_metrics.lineSpacing()
        row = QRectF(_MARGIN, top, width, height)
        text = figure_text(figure)
        if text:
            painter.setFont(big)
            painter.setPen(theme.color("ink"))
            align = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            painter.drawText(row, align, text)
            left = big_metrics.horizontalAdvance(text) + 4
            painter.setFont(theme.font("caption"))
            painter.setPen(theme.color("ink3"))
            painter.drawText(row.adjusted(left, 3, 0, 0), align, figure.unit)
            left += QFontMetricsF(theme.font("caption")).horizontalAdvance(figure.unit) + 8
            if figure.overridden:
                paint_chip(painter, row.adjusted(left, 0, 0, 0), chips.overridden_chip())
        elif figure.not_applicable:
            chip = chips.not_applicable_level_chip()
            paint_chip(painter, QRectF(_MARGIN, top, chip_size(chip).width(), height), chip)
        else:
            chip = chips.missing_level_chip()
            paint_chip(painter, QRectF(_MARGIN, top, chip_size(chip).width(), height), chip)
        painter.setFont(theme.font("caption"))
        painter.setPen(theme.color("ink3"))
        note = self._note
        while caption.horizontalAdvance(note) > width and "，" in note:
            note = note.rpartition("，")[
                0
            ]  # the year before last goes first; the tooltip has it all
        self._line(painter, top + round(height), width, caption, note)
        painter.end()

    def _line(
        self, painter: QPainter, top: int, width: int, metrics: QFontMetrics, text: str
    ) -> None:
        painter.drawText(
            _MARGIN,
            top + metrics.ascent() + 1,
            metrics.elidedText(text, Qt.TextElideMode.ElideRight, width),
        )


class FigureStripWidget(QWidget):
    """The figures of a strip, as many a line as fit. trace_requested(Trace); overridden(quantity id, Answer)."""

    trace_requested = Signal(object)
    overridden = Signal(str, object)
    entered = Signal()

    def __init__(self, quantities: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._quantities = tuple(quantities)
        self._project: AuditProject | None = None
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        self._grid = QGridLayout()
        self._grid.setSpacing(0)
        box.addLayout(self._grid)
        self._editor_box = QVBoxLayout()
        box.addLayout(self._editor_box)
        self._editor: QuestionControl | None = None
        self._editor_block: QWidget | None = None
        self.tiles: list[FigureTile] = []
        self._per_line = 0
        for quantity_id in self._quantities:
            tile = FigureTile(self)
            tile.clicked.connect(lambda _checked=False, tile=tile: self._open(tile))
            tile.override_wanted.connect(lambda q=quantity_id, t=tile: self._override(q, t))
            self.tiles.append(tile)
        self._arrange(max(1, min(len(self.tiles), 3)))

    def load(self, project: AuditProject) -> None:
        self._project = project
        for quantity_id, tile in zip(self._quantities, self.tiles, strict=True):
            figure = project.derivation.figure(quantity_id)
            tile.show_figure(figure, self._note(project, quantity_id, figure))
        if self._editor is not None:
            figure = project.derivation.figure(self._editor.key)
            self._editor.show(project.book.get(override_key(self._editor.key)), figure)

    def _note(self, project: AuditProject, quantity_id: str, figure: Figure) -> str:
        """What stands below: the reason, what is missing, or the years before."""
        if figure.overridden:
            computed = display(figure.computed, figure.decimals) if figure.computed else "—"
            return self.tr("算出来 {0}，改因：{1}").format(computed, figure.reason)
        if figure.not_applicable:
            return figure.not_applicable
        if figure.value is None:
            names = [
                # a cell is named without its table: 「2025 年 5 月电量」
                project.index.label_of(key, project.book).split(" › ", 1)[-1].replace(" › ", "")
                for key in dict.fromkeys(figure.missing)
            ]
            if not names:
                return ""
            more = self.tr(" 等 {0} 项").format(len(names)) if len(names) > 1 else ""
            return self.tr("还差：") + names[0] + more
        earlier = []
        for year in reversed(project.years[:-1]):
            past = project.derivation.figure(quantity_id, year)
            if past.value is not None and not _lacks_a_year(past.trace):
                earlier.append(f"{year} 年 {display(past.value, past.decimals)}")
        return "，".join(earlier)

    def _open(self, tile: FigureTile) -> None:
        if tile.figure is not None:
            self.trace_requested.emit(tile.figure.trace)

    def _override(self, quantity_id: str, tile: FigureTile) -> None:
        """The line to type over a figure, below the strip."""
        figure = tile.figure
        if figure is None or self._project is None:
            return
        if self._editor is not None and self._editor_block is not None:
            self._editor_block.deleteLater()
        question = Question(
            id=quantity_id,
            title=figure.title,
            kind=QuestionKind.NUMBER,
            unit=figure.unit,
            derived=quantity_id,
        )
        editor = QuestionControl(question, quantity_id, self)
        editor.overridden.connect(lambda answer: self.overridden.emit(quantity_id, answer))
        editor.overridden.connect(lambda _answer: tile.setFocus())
        editor.trace_requested.connect(self.trace_requested)
        editor.entered.connect(self.entered)
        self._editor, self._editor_block = editor, field_block(editor)
        self._editor_block.setMaximumWidth(420)
        self._editor_box.setContentsMargins(14, 4, 14, 10)
        self._editor_box.addWidget(self._editor_block)
        editor.show(self._project.book.get(override_key(quantity_id)), figure)
        editor.start_override()

    def _arrange(self, per_line: int) -> None:
        if per_line == self._per_line:
            return
        self._per_line = per_line
        for place, tile in enumerate(self.tiles):
            self._grid.addWidget(tile, place // per_line, place % per_line)
            tile.first = place % per_line == 0
        for column in range(max(per_line, len(self.tiles))):
            self._grid.setColumnStretch(column, 1 if column < per_line else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        fits = max(1, event.size().width() // _LEAST_WIDTH)
        lines = -(-len(self.tiles) // fits)
        self._arrange(-(-len(self.tiles) // lines))
