"""The indexes as bars: solid = certain, hatch = still open, thick line = what the level asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.assessment.indicator_system import Method
from app.assessment.numbers import display, index_text
from app.assessment.result import Assessment
from app.ui import theme

_ROW = 31
_LABEL = 86
_NUMBER = 112
_BAR = 14
_AXIS = 20


@dataclass(frozen=True)
class IndexBar:
    """One index. low and high on a scale of 0..100; minimum = what the level asks, None = nothing."""

    symbol: str
    low: Fraction
    high: Fraction
    minimum: Fraction | None


def index_bars(assessment: Assessment, method: Method) -> tuple[IndexBar, ...]:
    """One bar per level the document gives an index for; empty for families without an index."""
    asked = {rule.level: rule.min_index for rule in method.levels}
    return tuple(
        IndexBar(level.symbol, interval.low, interval.high, asked.get(level))
        for level, interval in assessment.index_range.items()
    )


def range_text(low: Fraction, high: Fraction) -> str:
    """「66.80」, or 「65.20 ~ 71.60」 while it is open."""
    if low == high:
        return index_text(low)
    return f"{index_text(low)} ~ {index_text(high)}"


def _asked_text(minimum: Fraction | None) -> str:
    if minimum is None:
        return ""
    relation = "=" if minimum == 100 else "≥"
    text = QCoreApplication.translate("IndexRange", "要 {relation} {value}")
    return text.format(relation=relation, value=display(minimum, 0))


class IndexRange(QWidget):
    """The three indexes with their thresholds. Reads all numbers to a screen reader."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars: tuple[IndexBar, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(_LABEL + _NUMBER + 160)

    def set_bars(self, bars: Sequence[IndexBar]) -> None:
        self._bars = tuple(bars)
        spoken = "；".join(
            f"Y{bar.symbol} {range_text(bar.low, bar.high)}，{_asked_text(bar.minimum)}"
            for bar in self._bars
        )
        self.setAccessibleName(self.tr("综合评价指数：{figures}").format(figures=spoken))
        self.setToolTip(self.tr("实心是已经确定的，斜线是没填的项还能带来的"))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(600, _ROW * max(1, len(self._bars)) + _AXIS)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left, right = _LABEL, self.width() - _NUMBER
        bottom = _ROW * len(self._bars)

        def x(value: Fraction) -> float:
            share = min(max(value, Fraction(0)), Fraction(100)) / 100
            return left + (right - left) * share.numerator / share.denominator

        painter.setFont(theme.font("caption"))
        for tick in range(0, 101, 20):
            place = x(Fraction(tick))
            painter.setPen(QPen(theme.color("line"), 1))
            painter.drawLine(QPointF(place, 2), QPointF(place, bottom))
            painter.setPen(theme.color("ink3"))
            painter.drawText(
                QRectF(place - 30, bottom, 60, _AXIS), Qt.AlignmentFlag.AlignCenter, str(tick)
            )
        for row, bar in enumerate(self._bars):
            self._paint_bar(painter, bar, row * _ROW, left, right, x(bar.low), x(bar.high))
            if bar.minimum is not None:
                place = x(bar.minimum)
                painter.setPen(QPen(theme.color("ink"), 1.8))
                top = row * _ROW + (_ROW - 24) / 2
                painter.drawLine(QPointF(place, top), QPointF(place, top + 24))
        painter.end()

    def _paint_bar(
        self,
        painter: QPainter,
        bar: IndexBar,
        top: float,
        left: float,
        right: float,
        low: float,
        high: float,
    ) -> None:
        middle = QRectF(0, top, left, _ROW)
        align = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(theme.color("ink"))
        painter.setFont(theme.font("body", bold=True))
        painter.drawText(middle, align, "Y")
        painter.setFont(theme.font("kbd", bold=True))
        painter.drawText(middle.translated(9, 4), align, bar.symbol)
        painter.setFont(theme.font("caption"))
        painter.setPen(theme.color("ink2"))
        painter.drawText(middle.translated(29, 0), align, _asked_text(bar.minimum))

        box = QRectF(left, top + (_ROW - _BAR) / 2, right - left, _BAR)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("sunken"))
        painter.drawRoundedRect(box, 2, 2)
        painter.setBrush(theme.color("jade"))
        if low > left:
            painter.drawRoundedRect(QRectF(left, box.top(), low - left, _BAR), 2, 2)
        if high > low:
            self._paint_open(painter, QRectF(low, box.top(), high - low, _BAR))
        painter.setFont(theme.font("body", bold=True))
        painter.setPen(theme.color("ink"))
        number = QRectF(right + 8, top, _NUMBER - 8, _ROW)
        painter.drawText(
            number,
            Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight,
            range_text(bar.low, bar.high),
        )

    @staticmethod
    def _paint_open(painter: QPainter, box: QRectF) -> None:
        shape = QPainterPath()
        shape.addRect(box)
        painter.fillPath(shape, theme.color("surface"))
        painter.save()
        painter.setClipPath(shape)
        painter.setPen(QPen(theme.color("jade"), 1.2))
        start = box.left() - box.height()
        while start < box.right():
            painter.drawLine(QPointF(start, box.top()), QPointF(start + box.height(), box.bottom()))
            start += 5
        painter.restore()
        painter.setPen(QPen(theme.color("jade"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
