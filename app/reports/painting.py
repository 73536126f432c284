"""Chart shapes, chips and marks on the canvas. Hatches are clipped lines, so that they scale and print."""

import hashlib
import io
from collections.abc import Callable
from fractions import Fraction
from math import cos, pi, sin
from typing import Any

from reportlab.pdfbase.pdfdoc import PDFImageXObject
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
    position,
)
from app.errors import ProgramError
from app.papers.digits import regrouped, tied
from app.papers.document import Picture
from app.reports.fonts import HEI, HEI_BOLD, HEI_MEDIUM
from app.reports.sheets import setting
from app.reports.typesetting import ACCENT, GREY, INK, PALE, WHITE, say, text_width

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
_Points = tuple[tuple[float, float], ...]


def _strokes(canvas: Any, color: Any, width: float, dash: tuple[float, ...] = ()) -> None:
    canvas.setStrokeColor(color)
    canvas.setLineWidth(width)
    canvas.setDash(list(dash))


def _path(canvas: Any, points: _Points, *, closed: bool) -> Any:
    path = canvas.beginPath()
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)
    if closed:
        path.close()
    return path


def _hatch(canvas: Any, segments: list[hatching.Segment]) -> None:
    if segments:
        _strokes(canvas, INK, hatching.STROKE)
        canvas.lines(segments)


def _paint_box(canvas: Any, box: Box) -> None:
    color = _PALETTE[box.role]
    # Bars of the base year are in the one accent; what has no outline is a mark or a ground.
    is_bar = bool(box.stroke) and box.role in (Role.INK, Role.ENERGY)
    ground = ACCENT if is_bar else color
    canvas.setFillColor(ground if box.fill is Fill.SOLID else WHITE)
    canvas.rect(box.x, box.y, box.width, box.height, stroke=0, fill=1)
    _hatch(canvas, hatching.box_lines(box))
    dots = hatching.box_dots(box)
    if dots:
        canvas.setFillColor(INK)
    for x, y in dots:
        canvas.circle(x, y, hatching.DOT_RADIUS, stroke=0, fill=1)
    if box.stroke:
        _strokes(canvas, color, box.stroke, box.dash)
        canvas.rect(box.x, box.y, box.width, box.height)


def _paint_band(canvas: Any, band: Band) -> None:
    """An S-curve between two edges; hatched flows are outlined and carry sloping lines."""
    middle = (band.x1 + band.x2) / 2
    solid = band.fill is Fill.SOLID
    path = canvas.beginPath()
    path.moveTo(band.x1, band.high1)
    path.curveTo(middle, band.high1, middle, band.high2, band.x2, band.high2)
    path.lineTo(band.x2, band.low2)
    path.curveTo(middle, band.low2, middle, band.low1, band.x1, band.low1)
    path.close()
    canvas.setFillColor(_FLOW if solid else WHITE)
    _strokes(canvas, INK, 0.4)
    canvas.drawPath(path, stroke=0 if solid else 1, fill=1)
    _hatch(canvas, hatching.band_lines(band))


def _paint(canvas: Any, item: Item) -> None:
    match item:
        case Line(points, width, role, dash):
            _strokes(canvas, _PALETTE[role], width, dash)
            canvas.drawPath(_path(canvas, points, closed=False))
        case Box():
            _paint_box(canvas, item)
        case Shape(points, filled, role, stroke, dash):
            canvas.setFillColor(_PALETTE[role])
            _strokes(canvas, _PALETTE[role], stroke, dash)
            canvas.drawPath(_path(canvas, points, closed=True), fill=int(filled))
        case Band():
            _paint_band(canvas, item)
        case Dot(x, y, radius, filled, role):
            canvas.setFillColor(_PALETTE[role] if filled else WHITE)
            _strokes(canvas, _PALETTE[role], 0.8)
            canvas.circle(x, y, radius, fill=1)
        case Words(x, y, text, size, weight, anchor, role):
            say(canvas, x, y, tied(regrouped(text)), _FONTS[weight], size, anchor, _PALETTE[role])


def paint_chart(canvas: Any, chart: Chart) -> None:
    """The chart with its lower left corner at the origin."""
    for item in chart.items:
        _paint(canvas, item)


_CAPTION_ROOM = 90.0  # points of a page for caption and notes


class Drawing(Flowable):
    """A chart or a photograph, centred."""

    hAlign = "CENTER"

    def __init__(self, chart: Chart | Picture) -> None:
        super().__init__()
        self._chart = chart
        own = (
            setting()
        )  # smaller on wide margins, and where it is taller than a page with its caption
        room = own.height() - _CAPTION_ROOM
        self._scale = min(1.0, own.width() / chart.width, room / chart.height)
        self.width, self.height = chart.width * self._scale, chart.height * self._scale

    def draw(self) -> None:
        if self._scale < 1:
            self.canv.scale(self._scale, self._scale)
        if isinstance(self._chart, Picture):
            _photograph(self.canv, self._chart)
        else:
            paint_chart(self.canv, self._chart)


def _photograph(canvas: Any, picture: Picture) -> None:
    """The JPEG as it is, once in the file: ReportLab's own way unpacks every picture to compare it (5 MB and 30 ms each)."""
    document = canvas._doc
    canvas._currentPageHasImages = 1
    name = hashlib.sha256(picture.content).hexdigest()
    known = document.getXObjectName(name)
    if not document.hasForm(name):
        image = PDFImageXObject(name)
        if not image.loadImageFromJPEG(io.BytesIO(picture.content)):
            raise ProgramError("a picture of the paper is no JPEG")
        image.name = name
        canvas._setXObjects(image)
        document.Reference(image, known)
        document.addForm(name, image)
    canvas.saveState()
    canvas.transform(picture.width, 0, 0, picture.height, 0, 0)
    canvas._code.append(f"/{known} Do")
    canvas.restoreState()
    canvas._formsinuse.append(name)


# ------------------------------------------------------------------ chips and marks


def _paint_level(
    canvas: Any, level: Level | None, width: float, height: float, size: float
) -> None:
    reached = level in (Level.I, Level.II, Level.III)
    canvas.setFillColor(INK if level is Level.I else WHITE)
    _strokes(canvas, INK, 0.6, () if reached else (1.5, 1.5))
    canvas.rect(0, 0, width, height, fill=1)
    baseline = height / 2 - size * 0.36
    if level is Level.I:
        say(canvas, width / 2, baseline, "Ⅰ", HEI_BOLD, size, "middle", WHITE)
    elif level is Level.II:
        canvas.setFillColor(INK)
        canvas.rect(0, 0, width * 0.22, height, stroke=0, fill=1)
        say(canvas, width * 0.61, baseline, "Ⅱ", HEI_BOLD, size, "middle")
    elif level is Level.III:
        say(canvas, width / 2, baseline, "Ⅲ", HEI_BOLD, size, "middle")
    else:
        words = "未达" if level is Level.NONE else "未定"
        say(canvas, width / 2, height / 2 - size * 0.27, words, HEI, size * 0.75, "middle")


def _paint_state(canvas: Any, state: Verification, radius: float) -> None:
    centre = radius + 0.6
    canvas.setFillColor(INK if state is Verification.VERIFIED else WHITE)
    _strokes(canvas, INK, 0.7, (1.3, 1.1) if state is Verification.RECALLED else ())
    canvas.circle(centre, centre, radius, fill=1)
    if state is Verification.TRANSCRIBED:
        half = tuple(
            (
                centre + radius * cos(pi / 2 + pi * n / 16),
                centre + radius * sin(pi / 2 + pi * n / 16),
            )
            for n in range(17)
        )
        canvas.setFillColor(INK)
        canvas.drawPath(_path(canvas, half, closed=True), stroke=0, fill=1)


class Mark(Flowable):
    """A small drawing set in the middle of its cell. key: what it shows; drawn once a paper, then repeated."""

    def __init__(
        self, key: object, width: float, height: float, paint: Callable[[Any], None]
    ) -> None:
        super().__init__()
        self._key, self._paint = key, paint
        self._own = (width, height)

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:
        self.width, self.height = availWidth, self._own[1]
        return self.width, self.height

    def drawOn(self, canvas: Any, x: float, y: float, _sW: float = 0) -> None:
        drawn = canvas.__dict__.setdefault("_drawn", {})
        if self._key not in drawn:
            page, canvas._code = canvas._code, []
            canvas.saveState()
            canvas._fillColorObj = None  # set again wherever it is repeated
            self._paint(canvas)
            canvas.restoreState()
            drawn[self._key] = canvas._code
            canvas._code = page
        canvas.saveState()
        canvas.translate(x + (self.width - self._own[0]) / 2, y)
        canvas._code.extend(drawn[self._key])
        canvas.restoreState()


def level_mark(level: Level | None, size: float = 8) -> Mark:
    """Level chip: told apart by fill, bar and numeral."""
    width = 15.0 if level in (Level.I, Level.II, Level.III) else 18.0
    height = size * 1.3
    return Mark(
        (level, size),
        width,
        height,
        lambda canvas: _paint_level(canvas, level, width, height, size),
    )


def state_mark(state: Verification) -> Mark:
    return Mark(state, 8, 8, lambda canvas: _paint_state(canvas, state, 3.4))


def limiting_mark(size: float = 7) -> Mark:
    side = size + 2.4

    def paint(canvas: Any) -> None:
        canvas.setFillColor(WHITE)
        _strokes(canvas, INK, 0.8)
        canvas.rect(0.4, 0.4, side, side, fill=1)
        say(canvas, side / 2 + 0.4, side / 2 + 0.4 - 0.37 * size, "限", HEI_BOLD, size, "middle")

    return Mark(("限", size), side + 0.8, side + 0.8, paint)


STRIP = 78.0  # points: how long a strip of progress is


def progress_mark(reached: Fraction) -> Mark:
    """From where it stood (hollow) along a line to where it is (solid; hollow while the target is missed); a stroke at the
    target."""
    high = 11.0
    most = max(Fraction(1), reached)
    first, last = 5.0, STRIP - 5

    def at(share: Fraction) -> float:
        return first + (last - first) * position(max(share, Fraction(0)) / most)

    def paint(canvas: Any) -> None:
        y = high / 2
        _strokes(canvas, PALE, 0.6)
        canvas.line(first, y, last, y)
        _strokes(canvas, INK, 2.4)
        canvas.line(first, y, at(reached), y)
        _strokes(canvas, INK, 1.2)
        canvas.line(at(Fraction(1)), 0.5, at(Fraction(1)), high - 0.5)
        _strokes(canvas, INK, 1.0)
        canvas.setFillColor(WHITE)
        canvas.circle(first, y, 2.7, fill=1)
        canvas.setFillColor(INK if reached >= 1 else WHITE)
        canvas.circle(at(reached), y, 3.0, fill=1)

    return Mark(("progress", reached), STRIP, high, paint)


def bar_mark(share: Fraction) -> Mark:
    """A bar from the left edge of its cell."""

    def paint(canvas: Any) -> None:
        canvas.setFillColor(ACCENT)
        canvas.rect(0, 0.5, max(0.8, STRIP * position(share)), 8, stroke=0, fill=1)

    return Mark(("bar", share), STRIP, 9, paint)


def open_mark(words: str, size: float = 7.5) -> Mark:
    """未填: a dashed box, to be written by hand."""
    width = text_width(words, HEI, size) + 8
    height = size + 4

    def paint(canvas: Any) -> None:
        canvas.setFillColor(WHITE)
        _strokes(canvas, GREY, 0.6, (2, 1.5))
        canvas.rect(0.3, 0.3, width - 0.6, height - 0.6, fill=1)
        say(canvas, width / 2, height / 2 - size * 0.36, words, HEI, size, "middle")

    return Mark((words, size), width, height, paint)
