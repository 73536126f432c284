"""Charts on the screen: the shapes of app.audit.charts painted with QPainter in the colours of the theme."""

from collections.abc import Callable
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QContextMenuEvent,
    QGuiApplication,
    QImage,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

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
from app.ui import theme

# Pixels a point of the chart takes on the screen, so that its 7 pt ticks stay readable.
PIXELS_PER_POINT = 1.6
_TOKENS = {
    Role.INK: "ink",
    Role.SECOND: "ink2",
    Role.GRID: "line",
    Role.PAPER: "surface",
    Role.GOOD: "jade",
    Role.ENERGY: "indigo",
    Role.WARN: "ochre",
}
_COPY_SCALE = 3
_BAND_OPACITY = 0.38  # broad flows carry words


class _Painter:
    """Paints the items of one chart; y grows downwards on the screen, so points are turned here."""

    def __init__(self, painter: QPainter, chart: Chart, area: QRectF) -> None:
        self.painter = painter
        self.scale = min(area.width() / chart.width, area.height() / chart.height)
        self.left = area.left() + (area.width() - chart.width * self.scale) / 2
        self.bottom = area.top() + chart.height * self.scale

    def at(self, x: float, y: float) -> QPointF:
        return QPointF(self.left + x * self.scale, self.bottom - y * self.scale)

    def pen(self, role: Role, width: float, dash: tuple[float, ...] = ()) -> None:
        if not width:
            self.painter.setPen(Qt.PenStyle.NoPen)
            return
        pen = QPen(theme.color(_TOKENS[role]), width * self.scale)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        if dash:
            pen.setDashPattern([part / width for part in dash])
        self.painter.setPen(pen)

    def fill(self, role: Role | None, opacity: float = 1.0) -> None:
        if role is None:
            self.painter.setBrush(Qt.BrushStyle.NoBrush)
            return
        color = QColor(theme.color(_TOKENS[role]))
        color.setAlphaF(opacity)
        self.painter.setBrush(QBrush(color))

    def hatch(self, segments: list[hatching.Segment], role: Role) -> None:
        self.pen(role, hatching.STROKE)
        for x1, y1, x2, y2 in segments:
            self.painter.drawLine(self.at(x1, y1), self.at(x2, y2))

    def paint(self, item: Item) -> None:
        match item:
            case Line(points, width, role, dash):
                self.pen(role, width, dash)
                self.fill(None)
                self.painter.drawPolyline(QPolygonF([self.at(*point) for point in points]))
            case Box():
                self.box(item)
            case Shape(points, filled, role, stroke, dash):
                self.pen(role, stroke, dash)
                self.fill(role if filled else None)
                self.painter.drawPolygon(QPolygonF([self.at(*point) for point in points]))
            case Band():
                self.band(item)
            case Dot(x, y, radius, filled, role):
                self.pen(role, 0.8)
                self.fill(role if filled else Role.PAPER)
                self.painter.drawEllipse(self.at(x, y), radius * self.scale, radius * self.scale)
            case Words():
                self.words(item)

    def area(self, box: Box) -> QRectF:
        """Where a box is painted."""
        corner = self.at(box.x, box.y + box.height)
        return QRectF(corner.x(), corner.y(), box.width * self.scale, box.height * self.scale)

    def box(self, box: Box) -> None:
        area = self.area(box)
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.fill(box.role if box.fill is Fill.SOLID else Role.PAPER)
        self.painter.drawRect(area)
        self.hatch(hatching.box_lines(box), box.role)
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.fill(box.role)
        radius = hatching.DOT_RADIUS * self.scale
        for x, y in hatching.box_dots(box):
            self.painter.drawEllipse(self.at(x, y), radius, radius)
        self.pen(box.role, box.stroke, box.dash)
        self.fill(None)
        self.painter.drawRect(area)

    def band(self, band: Band) -> None:
        middle = (band.x1 + band.x2) / 2
        path = QPainterPath(self.at(band.x1, band.high1))
        path.cubicTo(
            self.at(middle, band.high1), self.at(middle, band.high2), self.at(band.x2, band.high2)
        )
        path.lineTo(self.at(band.x2, band.low2))
        path.cubicTo(
            self.at(middle, band.low2), self.at(middle, band.low1), self.at(band.x1, band.low1)
        )
        path.closeSubpath()
        if band.fill is Fill.SOLID:
            self.painter.setPen(Qt.PenStyle.NoPen)
            self.fill(band.role, _BAND_OPACITY)
        else:
            self.pen(band.role, 0.5)
            self.fill(Role.PAPER)
        self.painter.drawPath(path)
        self.hatch(hatching.band_lines(band), band.role)

    def words(self, words: Words) -> None:
        font = theme.font("kbd", bold=words.weight is not Weight.REGULAR)
        font.setPixelSize(max(1, round(words.size * self.scale)))
        self.painter.setFont(font)
        self.painter.setPen(theme.color(_TOKENS[words.role]))
        width = self.painter.fontMetrics().horizontalAdvance(words.text)
        place = self.at(words.x, words.y)
        place.setX(place.x() - {"start": 0.0, "middle": 0.5, "end": 1.0}[words.anchor] * width)
        self.painter.drawText(place, words.text)


def paint_chart(painter: QPainter, chart: Chart, area: QRectF) -> None:
    """Paint the whole chart into `area`, its proportions kept, at the top."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    brush = _Painter(painter, chart, area)
    for item in chart.items:
        brush.paint(item)
    painter.restore()


class ChartView(QWidget):
    """A chart that is laid out again for every width. Reads its numbers to a screen reader.

    picked(key): a box that stands for an answer was clicked.
    """

    picked = Signal(str)

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = title
        self._build: Callable[[float], Chart | None] = lambda _width: None
        self._chart: Chart | None = None
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMinimumWidth(320)
        self.setMouseTracking(True)

    def show_chart(self, build: Callable[[float], Chart | None], what: str = "") -> bool:
        """build: width in points -> the chart, or None while there is too little to draw. what: of which year it is.
        Says whether there is one."""
        self._build = lru_cache(maxsize=32)(build)  # a layout asks for many widths, again and again
        self._chart = self._laid_out(self.width())
        spoken = self.tr("还不够画图") if self._chart is None else self._chart.spoken
        title = f"{self._title}，{what}" if what else self._title
        self.setAccessibleName(f"{title}：{spoken}")
        self.updateGeometry()
        self.update()
        return self._chart is not None

    def _laid_out(self, pixels: int) -> Chart | None:
        return self._build(max(pixels, self.minimumWidth()) / PIXELS_PER_POINT)

    def key_at(self, place: QPointF) -> str:
        """The key of the box at a place of this widget, "" for none."""
        if self._chart is None:
            return ""
        brush = _Painter(QPainter(), self._chart, QRectF(self.rect()))
        for item in self._chart.items:
            if isinstance(item, Box) and item.key and brush.area(item).contains(place):
                return item.key
        return ""

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.key_at(event.position()):
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        else:
            self.unsetCursor()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        key = self.key_at(event.position())
        if key and event.button() is Qt.MouseButton.LeftButton:
            self.picked.emit(key)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The picture, or what it shows in words, onto the clipboard."""
        if self._chart is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("复制成图片"), self.copy_picture)
        menu.addAction(self.tr("复制图里的数"), self.copy_words)
        menu.popup(event.globalPos())

    def copy_picture(self) -> None:
        """Large enough to be printed."""
        if self._chart is None:
            return
        size = self.size() * _COPY_SCALE
        picture = QImage(size, QImage.Format.Format_RGB32)
        picture.fill(theme.color("surface"))
        painter = QPainter(picture)
        paint_chart(painter, self._chart, QRectF(picture.rect()))
        painter.end()
        QGuiApplication.clipboard().setImage(picture)

    def copy_words(self) -> None:
        QGuiApplication.clipboard().setText(self.accessibleName())

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, pixels: int) -> int:
        chart = self._laid_out(pixels)
        return 0 if chart is None else round(chart.height * pixels / chart.width)

    def sizeHint(self) -> QSize:
        width = max(self.width(), self.minimumWidth())
        return QSize(width, self.heightForWidth(width))

    def paintEvent(self, _event: QPaintEvent) -> None:
        self._chart = self._laid_out(self.width())
        if self._chart is not None:
            painter = QPainter(self)
            paint_chart(painter, self._chart, QRectF(self.rect()))
            painter.end()
