"""Computed figures side by side; each opens its trace, and can be typed over with a reason."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFont,
    QFontMetrics,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
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
from app.forms.figure import Figure, Tone
from app.forms.question import Question, QuestionKind
from app.forms.reasons import Reason
from app.ui import chips, theme
from app.ui.chips import chip_size, paint_chip
from app.ui.fields.blocks import field_block
from app.ui.fields.control import QuestionControl, figure_text

_LEAST_WIDTH = 156
_MARGIN = 14
_ICON_SIDE = 15
# tone of words -> (icon, colour); the icon tells them apart without colour
_TONES = {
    Tone.GOOD: ("check", "jade"),
    Tone.BAD: ("error", "cinnabar"),
    Tone.UNSURE: ("warning", "ochre"),
}
_WRAP = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)


def _lacks_a_year(trace: Trace) -> bool:
    """True when something below is known for the base year only, so that the figure of an earlier year means little."""
    return trace.note is Reason.ONLY_BASE_YEAR or any(
        _lacks_a_year(child) for child in trace.children
    )


class FigureTile(QAbstractButton):
    """One figure: what it is, the value with its unit, and a line below. Click or Enter opens the trace, F2 types over.

    What it still needs stands below as a link: a click there, or Ctrl+E, wants that answer. Words in place of a number stand in full, as many lines as they need, with the reason below.
    """

    override_wanted = Signal()
    answer_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._figure: Figure | None = None
        self._note = ""
        self.first = True
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @property
    def has_words(self) -> bool:
        return self._figure is not None and bool(self._figure.words)

    @property
    def figure(self) -> Figure | None:
        return self._figure

    def show_figure(self, figure: Figure, note: str) -> None:
        self._figure, self._note = figure, note
        value = figure_text(figure) or self.tr("还算不出来")
        if figure.not_applicable:
            value = self.tr("不适用：") + figure.not_applicable
        self.setAccessibleName(f"{figure.title}，{value} {figure.unit}")
        keys = self.tr("按 Enter 看来历，F2 手改")
        if self._needs():
            keys += self.tr("，Ctrl+E 去填")
        self.setAccessibleDescription(f"{note}；{keys}")
        self.setToolTip(f"{figure.title}\n{note}" if note else figure.title)
        self.updateGeometry()
        self.update()

    def _needs(self) -> str:
        """The first answer the figure waits for, "" when it has a value or words."""
        figure = self._figure
        if figure is None or figure_text(figure) or figure.words or figure.not_applicable:
            return ""
        return next(iter(figure.missing), "")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        line = QFontMetrics(theme.font("caption")).lineSpacing()
        top = 8 + line + round(QFontMetricsF(theme.figure_font(13)).lineSpacing())
        needs, at = self._needs(), event.position().y()
        if needs and self.isDown() and top <= at <= top + line + 2:
            self.setDown(False)
            self.answer_wanted.emit(needs)
            return
        super().mouseReleaseEvent(event)

    def heightForWidth(self, width: int) -> int:
        if not self.has_words:
            return self.sizeHint().height()
        words, reason = self._blocks(width)
        return 8 + QFontMetrics(theme.font("caption")).lineSpacing() + 3 + words + reason + 10

    def _blocks(self, width: int) -> tuple[int, int]:
        """Heights of the words and of the reason below them in a tile of this width."""
        room = width - 2 * _MARGIN
        return (
            _height(theme.font("table", bold=True), room - self._indent(), self._words()),
            _height(theme.font("caption"), room, self._note) + 2 if self._note else 0,
        )

    def _words(self) -> str:
        """What the rule says, one statement a line."""
        return self._figure.words.replace("；", "；\n") if self._figure is not None else ""

    def _indent(self) -> int:
        return _ICON_SIDE + 6 if self._figure is not None and self._figure.tone in _TONES else 0

    def sizeHint(self) -> QSize:
        lines = QFontMetrics(theme.font("caption")).lineSpacing() * (2 if self._note else 1)
        return QSize(_LEAST_WIDTH, lines + QFontMetrics(theme.figure_font(13)).lineSpacing() + 18)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.click()
        elif event.key() == Qt.Key.Key_F2:
            self.override_wanted.emit()
        elif (
            event.key() == Qt.Key.Key_E
            and event.modifiers() == Qt.KeyboardModifier.ControlModifier
            and (needs := self._needs())
        ):
            self.answer_wanted.emit(needs)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        if needs := self._needs():
            menu.addAction(self.tr("去填还差的"), lambda: self.answer_wanted.emit(needs))
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
        mark = figure.trace.verification if figure.words else None
        room = width
        if mark is not None:
            chip = chips.verification_chip(mark)
            room -= chip_size(chip).width() + 8
            title = min(caption.horizontalAdvance(figure.title), room)
            beside = _MARGIN + title + 8
            paint_chip(painter, QRectF(beside, top - 1, self.width(), caption.lineSpacing()), chip)
        painter.setPen(theme.color("ink2"))
        painter.setFont(theme.font("caption"))
        self._line(painter, top, room, caption, figure.title)
        top += caption.lineSpacing()
        if figure.words:
            self._paint_words(painter, top + 3, figure)
            painter.end()
            return
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
        painter.setPen(theme.color("indigo" if self._needs() else "ink3"))
        note = self._note
        while caption.horizontalAdvance(note) > width and "，" in note:
            note = note.rpartition("，")[
                0
            ]  # the year before last goes first; the tooltip has it all
        self._line(painter, top + round(height), width, caption, note)
        painter.end()

    def _paint_words(self, painter: QPainter, top: int, figure: Figure) -> None:
        words, reason = self._blocks(self.width())
        left, width = _MARGIN, self.width() - 2 * _MARGIN
        shade = "ink"
        if figure.tone in _TONES:
            icon, shade = _TONES[figure.tone]
            pixmap = theme.icon_pixmap(
                icon, theme.color(shade).name(), _ICON_SIDE, self.devicePixelRatioF()
            )
            painter.drawPixmap(left, top + 2, pixmap)
        indent = self._indent()
        painter.setFont(theme.font("table", bold=True))
        painter.setPen(theme.color(shade))
        painter.drawText(QRect(left + indent, top, width - indent, words), _WRAP, self._words())
        if reason:
            painter.setFont(theme.font("caption"))
            painter.setPen(theme.color("ink2"))
            painter.drawText(QRect(left, top + words + 2, width, reason), _WRAP, self._note)

    def _line(
        self, painter: QPainter, top: int, width: int, metrics: QFontMetrics, text: str
    ) -> None:
        painter.drawText(
            _MARGIN,
            top + metrics.ascent() + 1,
            metrics.elidedText(text, Qt.TextElideMode.ElideRight, width),
        )


def _height(font: QFont, width: int, text: str) -> int:
    return QFontMetrics(font).boundingRect(QRect(0, 0, max(width, 40), 9999), _WRAP, text).height()


class FigureStripWidget(QWidget):
    """The figures of a strip, as many a line as fit. trace_requested(Trace); overridden(quantity id, Answer);
    answer_wanted(key): the answer a figure waits for."""

    trace_requested = Signal(object)
    overridden = Signal(str, object)
    answer_wanted = Signal(str)
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
        self._laid_out: tuple[int, tuple[FigureTile, ...]] = (0, ())
        for quantity_id in self._quantities:
            tile = FigureTile(self)
            tile.clicked.connect(lambda _checked=False, tile=tile: self._open(tile))
            tile.answer_wanted.connect(self.answer_wanted)
            tile.override_wanted.connect(lambda q=quantity_id, t=tile: self._override(q, t))
            self.tiles.append(tile)
        self._arrange_for(3 * _LEAST_WIDTH)

    def load(self, project: AuditProject) -> None:
        self._project = project
        for quantity_id, tile in zip(self._quantities, self.tiles, strict=True):
            figure = project.derivation.figure(quantity_id)
            tile.show_figure(figure, self._note(project, quantity_id, figure))
        self._arrange_for(self.width())
        if self._editor is not None:
            figure = project.derivation.figure(self._editor.key)
            self._editor.show(project.book.get(override_key(self._editor.key)), figure)

    def says_something(self, project: AuditProject) -> bool:
        """Whether any figure has been worked out."""
        figures = (project.derivation.figure(quantity_id) for quantity_id in self._quantities)
        return any(figure.value is not None or figure.words for figure in figures)

    def _note(self, project: AuditProject, quantity_id: str, figure: Figure) -> str:
        """What stands below: the reason, what is missing, or the years before."""
        if figure.overridden:
            computed = display(figure.computed, figure.decimals) if figure.computed else "—"
            return self.tr("算出来 {0}，改因：{1}").format(computed, figure.reason)
        if figure.not_applicable:
            return figure.not_applicable
        lacking = self._lacking(project, figure)
        if figure.words:
            trace = figure.trace
            source = trace.source if trace.source not in trace.note else ""
            return "；".join(part for part in (trace.note, lacking, source) if part)
        if figure.value is None:
            return lacking
        earlier = []
        for year in reversed(project.years[:-1]):
            past = project.derivation.figure(quantity_id, year)
            if past.value is not None and not _lacks_a_year(past.trace):
                earlier.append(f"{year} 年 {display(past.value, past.decimals)}")
        return "，".join(earlier)

    def _lacking(self, project: AuditProject, figure: Figure) -> str:
        """「还差：2025 年 5 月电量 等 3 项」, "" when nothing is missing."""
        names = [
            # a cell is named without its table: 「2025 年 5 月电量」
            project.index.label_of(key, project.book).split(" › ", 1)[-1].replace(" › ", "")
            for key in dict.fromkeys(figure.missing)
        ]
        if not names:
            return ""
        more = self.tr(" 等 {0} 项").format(len(names)) if len(names) > 1 else ""
        return self.tr("还差：") + names[0] + more

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
        self._editor, self._editor_block = editor, field_block(editor, self)
        self._editor_block.setMaximumWidth(420)
        self._editor_box.setContentsMargins(14, 4, 14, 10)
        self._editor_box.addWidget(self._editor_block)
        editor.show(self._project.book.get(override_key(quantity_id)), figure)
        editor.start_override()

    def _arrange_for(self, width: int) -> None:
        """Figures side by side, as many a line as fit; words take a line of their own."""
        small = [tile for tile in self.tiles if not tile.has_words]
        fits = max(1, width // _LEAST_WIDTH)
        lines = max(1, -(-len(small) // fits))
        per_line = max(1, -(-len(small) // lines))
        wide = tuple(tile for tile in self.tiles if tile.has_words)
        if self._laid_out == (per_line, wide):
            return
        self._laid_out = (per_line, wide)
        row = column = 0
        for tile in self.tiles:
            if tile.has_words or column == per_line:
                row, column = row + bool(column), 0
            self._grid.addWidget(tile, row, column, 1, per_line if tile.has_words else 1)
            tile.first = column == 0
            row, column = (row + 1, 0) if tile.has_words else (row, column + 1)
        for place in range(max(per_line, len(self.tiles))):
            self._grid.setColumnStretch(place, 1 if place < per_line else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange_for(event.size().width())
