"""Chips and marks: level, answer state, verification, limiting. One painter for delegates, labels and charts.

Every chip differs by fill, outline, hatch or word as well as by colour, so that it can be told apart in black and white.
"""

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QCoreApplication, QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.assessment.finding import Missing, NotApplicable
from app.assessment.indicator_system import Level, Verification
from app.forms.answer import Answer
from app.forms.parse import NO_DETECTION_LIMIT
from app.ui import theme

ChipKind = Literal["level", "answer", "mark", "limiting", "tag", "evidence"]


@dataclass(frozen=True)
class Chip:
    """What to paint. `look` is the state within the kind; `text` may be empty for a mark alone.

    spoken: what a screen reader says, when the text alone does not say it.
    big: the large form of a level (result card).
    """

    kind: ChipKind
    look: str
    text: str
    spoken: str = ""
    big: bool = False

    @property
    def name(self) -> str:
        return self.spoken or self.text


def _tr(text: str) -> str:
    return QCoreApplication.translate("chips", text)


# ------------------------------------------------------------------ which chip


def level_chip(level: Level | None, *, big: bool = False) -> Chip:
    """Level reached; None = 未定."""
    if level is None:
        return Chip("level", "open", _tr("未定"), big=big)
    if level is Level.NONE:
        return Chip("level", "none", _tr("未达 Ⅲ"), big=big)
    return Chip("level", level.code, f"{level.symbol} 级", big=big)


def missing_level_chip() -> Chip:
    """未填, in a column of levels."""
    return Chip("level", "missing", _tr("未填"))


def contradicted_chip() -> Chip:
    """对不上: answered, and the firm's own data speak against it."""
    return tag(_tr("对不上"), "error")


def not_applicable_level_chip() -> Chip:
    """不适用, in a column of levels."""
    return Chip("level", "na", _tr("不适用"))


def unjudgeable_chip() -> Chip:
    """不能判定: the threshold is not known."""
    return Chip("level", "open", _tr("不能判定"))


def answer_chip(answer: Answer, *, zero: bool = False) -> Chip:
    """已填, 未填, 零, 不适用 or 未检出. `zero`: the answer is the number nought."""
    if isinstance(answer, Missing):
        return Chip("answer", "missing", _tr("未填"))
    if isinstance(answer, NotApplicable):
        if answer.reason == NO_DETECTION_LIMIT:
            return Chip("answer", "na", _tr("未检出"), spoken=answer.reason)
        return Chip("answer", "na", _tr("不适用"), spoken=_tr("不适用：") + answer.reason)
    if zero:
        return Chip("answer", "zero", _tr("零"))
    return Chip("answer", "given", _tr("已填"))


def computed_chip() -> Chip:
    """计算: follows from other answers."""
    return Chip("answer", "computed", _tr("计算"))


def overridden_chip() -> Chip:
    """手改: typed over a computed figure."""
    return Chip("answer", "overridden", _tr("手改"))


def verification_chip(state: Verification | None, *, word: bool = True) -> Chip:
    """How sure a value is; None = 未收录. Without `word` the mark alone, the word spoken."""
    look, text = {
        Verification.VERIFIED: ("verified", _tr("已核对")),
        Verification.TRANSCRIBED: ("transcribed", _tr("转录待核")),
        Verification.RECALLED: ("recalled", _tr("凭记忆待核")),
        None: ("absent", _tr("未收录")),
    }[state]
    return Chip("mark", look, text if word else "", spoken=text)


def limiting_chip() -> Chip:
    """限: a limiting indicator."""
    return Chip("limiting", "", _tr("限"), spoken=_tr("限定性指标"))


def tag(text: str, tone: Literal["plain", "info", "ok", "warn", "error"] = "plain") -> Chip:
    """A short word on a coloured ground."""
    return Chip("tag", tone, text)


# ------------------------------------------------------------------ measuring and painting

# look -> (ground, outline, text, dashed, bold)
_LEVEL = {
    "I": ("jade", "jade", "on_jade", False, True),
    "II": ("jade_mid", "jade", "ink", False, True),
    "III": ("surface", "jade", "ink", False, True),
    "none": ("surface", "cinnabar", "cinnabar", False, True),
    "open": ("surface", "border", "ink2", True, True),
    "na": ("sunken", "", "ink2", False, False),
    "missing": ("ochre_bg", "ochre_line", "ochre", True, True),
}
_ANSWER = {
    "given": ("jade_bg", "", "jade", False, False),
    "missing": ("ochre_bg", "ochre_line", "ochre", True, False),
    "zero": ("ink2", "", "surface", False, True),
    "na": ("sunken", "line2", "ink2", False, False),
    "computed": ("derived", "", "indigo", False, False),
    "overridden": ("surface", "ochre_line", "ochre", False, False),
}
_TAG = {
    "plain": ("sunken", "", "ink2", False, False),
    "info": ("indigo_bg", "", "indigo", False, False),
    "ok": ("jade_bg", "", "jade", False, False),
    "warn": ("ochre_bg", "", "ochre", False, False),
    "error": ("cinnabar_bg", "", "cinnabar", False, False),
}
_MARK_TEXT = {"verified": "jade", "transcribed": "ink2", "recalled": "ochre", "absent": "cinnabar"}
_MARK_SIDE = 10
_HEIGHT = 19
_BIG_HEIGHT = 44


def _font(chip: Chip) -> QFont:
    if chip.big:
        return theme.figure_font(17)
    role = "kbd" if chip.kind in ("limiting", "tag") else "chip"
    bold = chip.kind == "limiting" or (
        {"level": _LEVEL, "answer": _ANSWER}.get(chip.kind, {}).get(chip.look, ("",) * 5)[4] is True
    )
    return theme.font(role, bold=bold)


def chip_size(chip: Chip) -> QSize:
    """The natural size of a chip, in device independent pixels."""
    width = QFontMetricsF(_font(chip)).horizontalAdvance(chip.text)
    match chip.kind:
        case "level" if chip.big:
            return QSize(max(88, round(width) + 28), _BIG_HEIGHT)
        case "level":
            return QSize(max(44, round(width) + 13), _HEIGHT)
        case "answer":
            return QSize(round(width) + 15, _HEIGHT)
        case "mark":
            return QSize(_MARK_SIDE + 2 + (round(width) + 5 if chip.text else 0), _HEIGHT)
        case "limiting":
            return QSize(round(width) + 8, 17)
        case _:
            return QSize(round(width) + 13, 18)


def paint_chip(
    painter: QPainter,
    rect: QRectF,
    chip: Chip,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> None:
    """Paint a chip inside `rect`, vertically centred, at the left, middle or right of it."""
    natural = chip_size(chip)
    width = min(float(natural.width()), rect.width())
    left = rect.left()
    if align & Qt.AlignmentFlag.AlignRight:
        left = rect.right() - width
    elif align & Qt.AlignmentFlag.AlignHCenter:
        left = rect.left() + (rect.width() - width) / 2
    top = round(rect.top() + (rect.height() - natural.height()) / 2)
    box = QRectF(round(left), top, width, natural.height())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(_font(chip))
    if chip.kind == "mark":
        _paint_mark(painter, box, chip)
    elif chip.kind == "limiting":
        _paint_body(painter, box, chip, ("", "cinnabar", "cinnabar", False, True), 1.2)
    else:
        looks = {"level": _LEVEL, "answer": _ANSWER}.get(chip.kind, _TAG)
        pen = 2.0 if chip.big else (1.3 if chip.kind == "level" else 1.0)
        _paint_body(painter, box, chip, looks[chip.look], pen)
    painter.restore()


def _paint_body(
    painter: QPainter, box: QRectF, chip: Chip, look: tuple[str, str, str, bool, bool], width: float
) -> None:
    ground, outline, text, dashed, _ = look
    radius = 5.0 if chip.big else 3.0
    inner = box.adjusted(width / 2, width / 2, -width / 2, -width / 2)
    shape = QPainterPath()
    shape.addRoundedRect(inner, radius, radius)
    if ground:
        painter.fillPath(shape, theme.color(ground))
    if chip.kind == "level" and chip.look == "none":
        _hatch(painter, shape, box)
    if outline:
        pen = QPen(theme.color(outline), width)
        if dashed:
            pen.setDashPattern([3.2, 2.2])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(shape)
    painter.setPen(theme.color(text))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, chip.text)


def _hatch(painter: QPainter, shape: QPainterPath, box: QRectF) -> None:
    painter.save()
    painter.setClipPath(shape)
    painter.setPen(QPen(theme.color("cinnabar_bg"), 3))
    step = 6.0 * 2**0.5
    x = box.left() - box.height()
    while x < box.right() + box.height():
        painter.drawLine(QPointF(x, box.bottom()), QPointF(x + box.height(), box.top()))
        x += step
    painter.restore()


def _paint_mark(painter: QPainter, box: QRectF, chip: Chip) -> None:
    shade: QColor = theme.color(_MARK_TEXT[chip.look])
    centre = QPointF(box.left() + _MARK_SIDE / 2 + 1, box.center().y())
    radius = _MARK_SIDE / 2 - 0.7
    circle = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
    painter.setPen(QPen(shade, 1.4))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    match chip.look:
        case "verified":
            painter.setBrush(shade)
            painter.drawEllipse(circle)
        case "transcribed":
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(circle)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(shade)
            painter.drawPie(circle, 90 * 16, 180 * 16)
        case "recalled":
            for start in range(0, 360, 60):
                painter.drawArc(circle, start * 16, 34 * 16)
        case _:
            painter.fillRect(QRectF(box.left() + 1, centre.y() - 1, _MARK_SIDE, 2), shade)
    if chip.text:
        painter.setPen(shade)
        text_box = box.adjusted(_MARK_SIDE + 7, 0, 40, 0)
        painter.drawText(
            text_box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, chip.text
        )


class ChipLabel(QWidget):
    """A chip as a widget."""

    def __init__(self, chip: Chip, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chip = chip
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(chip.name)
        self.setToolTip(chip.name if chip.name != chip.text else "")

    @property
    def chip(self) -> Chip:
        return self._chip

    def set_chip(self, chip: Chip) -> None:
        if chip == self._chip:
            return
        self._chip = chip
        self.setAccessibleName(chip.name)
        self.setToolTip(chip.name if chip.name != chip.text else "")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return chip_size(self._chip)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.updateGeometry()
        super().changeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_chip(painter, QRectF(self.rect()), self._chip)
        painter.end()
