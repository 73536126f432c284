"""Chart shapes, chips and marks as ReportLab drawings. Hatches are clipped lines, so that they scale and print."""

from math import cos, pi, sin
from typing import Any

from reportlab.graphics import renderPDF
from reportlab.graphics.shapes import Circle, Drawing, Group, Path, Polygon, PolyLine, Rect, String
from reportlab.graphics.shapes import Line as PaintedLine
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Flowable

from app.assessment.indicator_system import Level, Verification
from app.audit.charts import hatching
from app.audit.charts.shapes import (
    Band,
    Box,
    Chart,
    Dot,
    Fill,
    Item,
    Line,
    Role,
    Shape,
    Weight,
    Words,
)
from app.papers.digits import regrouped
from app.reports.fonts import HEI, HEI_BOLD, HEI_MEDIUM, THIN, runs_by_font
from app.reports.typesetting import ACCENT, GREY, INK, PALE, THIN_GAP, WHITE, spacing, text_width

_PALETTE = {
    Role.INK: INK,
    Role.SECOND: INK,  # grey text is dithered by office printers
    Role.GRID: PALE,
    Role.PAPER: WHITE,
    Role.GOOD: ACCENT,
    Role.ENERGY: INK,
    Role.WARN: INK,
}
_FONTS = {Weight.REGULAR: HEI, Weight.MEDIUM: HEI_MEDIUM, Weight.BOLD: HEI_BOLD}
_FLOW = PALE  # broad bands in solid black would hide the words upon them


def add_words(
    target: Any,
    x: float,
    y: float,
    text: str,
    size: float,
    font: str,
    anchor: str,
    color: Any = INK,
) -> None:
    """Text with the gaps of a paragraph, split where a gap falls."""
    x -= {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor] * text_width(text, font, size)
    for one, part in runs_by_font(text, font):
        run = ""
        for place, character in enumerate(part):
            if character == THIN:
                continue
            run += character
            following = part[place + 1] if place + 1 < len(part) else ""
            gap = (
                THIN_GAP
                if following == THIN
                else spacing(character, following)
                if following
                else 0.0
            )
            if gap or not following:
                target.add(String(x, y, run, fontName=one, fontSize=size, fillColor=color))
                x += stringWidth(run, one, size) + gap * size
                run = ""


def _add_lines(target: Any, segments: list[hatching.Segment]) -> None:
    for x1, y1, x2, y2 in segments:
        target.add(PaintedLine(x1, y1, x2, y2, strokeColor=INK, strokeWidth=hatching.STROKE))


def _add_box(target: Any, box: Box) -> None:
    color = _PALETTE[box.role]
    fill = color if box.fill is Fill.SOLID else WHITE
    target.add(Rect(box.x, box.y, box.width, box.height, fillColor=fill, strokeColor=None))
    _add_lines(target, hatching.box_lines(box))
    for x, y in hatching.box_dots(box):
        target.add(Circle(x, y, hatching.DOT_RADIUS, fillColor=INK, strokeColor=None))
    if box.stroke:
        target.add(
            Rect(box.x, box.y, box.width, box.height, fillColor=None, strokeColor=color,
                 strokeWidth=box.stroke, strokeDashArray=list(box.dash) or None)
        )  # fmt: skip


def _add_band(target: Any, band: Band) -> None:
    """An S-curve between two edges; hatched flows are outlined and carry sloping lines."""
    middle = (band.x1 + band.x2) / 2
    solid = band.fill is Fill.SOLID
    path = Path(
        fillColor=_FLOW if solid else WHITE,
        strokeColor=None if solid else INK,
        strokeWidth=0.4,
    )
    path.moveTo(band.x1, band.high1)
    path.curveTo(middle, band.high1, middle, band.high2, band.x2, band.high2)
    path.lineTo(band.x2, band.low2)
    path.curveTo(middle, band.low2, middle, band.low1, band.x1, band.low1)
    path.closePath()
    target.add(path)
    _add_lines(target, hatching.band_lines(band))


def _add(target: Any, item: Item) -> None:
    match item:
        case Line(points, width, role, dash):
            flat = [number for point in points for number in point]
            target.add(
                PolyLine(
                    flat,
                    strokeColor=_PALETTE[role],
                    strokeWidth=width,
                    strokeDashArray=list(dash) or None,
                )
            )
        case Box():
            _add_box(target, item)
        case Shape(points, filled, role, stroke, dash):
            flat = [number for point in points for number in point]
            target.add(
                Polygon(flat, fillColor=_PALETTE[role] if filled else None, strokeColor=_PALETTE[role],
                        strokeWidth=stroke, strokeDashArray=list(dash) or None)
            )  # fmt: skip
        case Band():
            _add_band(target, item)
        case Dot(x, y, radius, filled, role):
            target.add(
                Circle(
                    x,
                    y,
                    radius,
                    fillColor=_PALETTE[role] if filled else WHITE,
                    strokeColor=_PALETTE[role],
                    strokeWidth=0.8,
                )
            )
        case Words(x, y, text, size, weight, anchor, role):
            add_words(target, x, y, regrouped(text), size, _FONTS[weight], anchor, _PALETTE[role])


def drawing_of(chart: Chart) -> Drawing:
    """A chart as a flowable drawing, centred."""
    drawing = Drawing(chart.width, chart.height)
    drawing.hAlign = "CENTER"
    for item in chart.items:
        _add(drawing, item)
    return drawing


# ------------------------------------------------------------------ chips and marks


def _level_group(level: Level | None, width: float, height: float, size: float) -> Group:
    group = Group()
    baseline = height / 2 - size * 0.36

    def frame(fill: Any, dash: list[float] | None = None) -> None:
        group.add(
            Rect(
                0,
                0,
                width,
                height,
                fillColor=fill,
                strokeColor=INK,
                strokeWidth=0.6,
                strokeDashArray=dash,
            )
        )

    match level:
        case Level.I:
            frame(INK)
            group.add(
                String(
                    width / 2,
                    baseline,
                    "Ⅰ",
                    fontName=HEI_BOLD,
                    fontSize=size,
                    textAnchor="middle",
                    fillColor=WHITE,
                )
            )
        case Level.II:
            frame(WHITE)
            group.add(Rect(0, 0, width * 0.22, height, fillColor=INK, strokeColor=None))
            group.add(
                String(
                    width * 0.61,
                    baseline,
                    "Ⅱ",
                    fontName=HEI_BOLD,
                    fontSize=size,
                    textAnchor="middle",
                    fillColor=INK,
                )
            )
        case Level.III:
            frame(WHITE)
            group.add(
                String(
                    width / 2,
                    baseline,
                    "Ⅲ",
                    fontName=HEI_BOLD,
                    fontSize=size,
                    textAnchor="middle",
                    fillColor=INK,
                )
            )
        case _:
            words = "未达" if level is Level.NONE else "未定"
            frame(WHITE, [1.5, 1.5])
            group.add(
                String(
                    width / 2,
                    height / 2 - size * 0.27,
                    words,
                    fontName=HEI,
                    fontSize=size * 0.75,
                    textAnchor="middle",
                    fillColor=INK,
                )
            )
    return group


def _state_group(state: Verification, radius: float) -> Group:
    centre = radius + 0.6
    dashed = [1.3, 1.1] if state is Verification.RECALLED else None
    group = Group(
        Circle(
            centre,
            centre,
            radius,
            fillColor=WHITE,
            strokeColor=INK,
            strokeWidth=0.7,
            strokeDashArray=dashed,
        )
    )
    if state is Verification.VERIFIED:
        group.add(Circle(centre, centre, radius, fillColor=INK, strokeColor=INK, strokeWidth=0.7))
    if state is Verification.TRANSCRIBED:
        half = [
            (
                centre + radius * cos(pi / 2 + pi * n / 16),
                centre + radius * sin(pi / 2 + pi * n / 16),
            )
            for n in range(17)
        ]
        group.add(Polygon([n for point in half for n in point], fillColor=INK, strokeColor=None))
    return group


class Mark(Flowable):
    """A small drawing set in the middle of its cell or line."""

    def __init__(self, group: Any, width: float, height: float, centred: bool = True) -> None:
        super().__init__()
        self._group, self._centred = group, centred
        self._own = (width, height)

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:
        self.width = availWidth if self._centred else self._own[0]
        self.height = self._own[1]
        return self.width, self.height

    def draw(self) -> None:
        drawing = Drawing(*self._own)
        drawing.add(self._group)
        left = (self.width - self._own[0]) / 2 if self._centred else 0
        renderPDF.draw(drawing, self.canv, left, 0)


def level_mark(level: Level | None, size: float = 8) -> Mark:
    """Level chip: told apart by fill, bar and numeral."""
    width = 15.0 if level in (Level.I, Level.II, Level.III) else 18.0
    return Mark(_level_group(level, width, size * 1.3, size), width, size * 1.3)


def state_mark(state: Verification) -> Mark:
    return Mark(_state_group(state, 3.4), 8, 8)


def limiting_mark(size: float = 7) -> Mark:
    side = size + 2.4
    group = Group(Rect(0.4, 0.4, side, side, fillColor=WHITE, strokeColor=INK, strokeWidth=0.8))
    group.add(
        String(
            side / 2 + 0.4,
            side / 2 + 0.4 - 0.37 * size,
            "限",
            fontName=HEI_BOLD,
            fontSize=size,
            textAnchor="middle",
            fillColor=INK,
        )
    )
    return Mark(group, side + 0.8, side + 0.8)


def open_mark(words: str, size: float = 7.5) -> Mark:
    """未填: a dashed box, to be written by hand."""
    width = text_width(words, HEI, size) + 8
    height = size + 4
    group = Group(
        Rect(
            0.3,
            0.3,
            width - 0.6,
            height - 0.6,
            fillColor=WHITE,
            strokeColor=GREY,
            strokeWidth=0.6,
            strokeDashArray=[2, 1.5],
        )
    )
    group.add(
        String(
            width / 2,
            height / 2 - size * 0.36,
            words,
            fontName=HEI,
            fontSize=size,
            textAnchor="middle",
            fillColor=INK,
        )
    )
    return Mark(group, width, height)
