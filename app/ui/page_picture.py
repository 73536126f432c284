"""A page of a paper with the places marked that were read from it: zoom, pages, drag."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsPixmapItem,
    QGraphicsRectItem,
    QGraphicsScene,
    QGraphicsView,
    QVBoxLayout,
    QWidget,
)

from app.ui import theme, widgets

_STEP = 1.25
_MOST = 6.0


@dataclass(frozen=True)
class Mark:
    """A place on a page (left, top, right, bottom in thousandths) and what was read there."""

    page: int
    box: tuple[int, int, int, int]
    text: str


class _View(QGraphicsView):
    """Ctrl and the wheel zoom, the wheel alone scrolls, dragging moves the page."""

    zoomed = Signal(float)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoomed.emit(_STEP if event.angleDelta().y() > 0 else 1 / _STEP)
            event.accept()
            return
        super().wheelEvent(event)


class PagePicture(QWidget):
    """page_wanted: another page of the same paper."""

    page_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._page = 0
        self._pages = 0
        self._marks: tuple[Mark, ...] = ()
        self._fits = True
        self._levels: list[QPixmap] = []
        self._item: QGraphicsPixmapItem | None = None
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        self.scene = QGraphicsScene(self)
        self.view = _View(self.scene)
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.view.setRenderHints(QPainter.RenderHint.SmoothPixmapTransform)
        self.view.setAccessibleName(self.tr("单据的样子"))
        self.view.zoomed.connect(self._zoom)
        self._before = widgets.icon_button(
            "chevron-left", self.tr("上一页"), lambda: self._turn(-1)
        )
        self._after = widgets.icon_button("chevron-right", self.tr("下一页"), lambda: self._turn(1))
        self._number = widgets.label("", "note")
        self._words = widgets.label("", "note")
        self._smaller = widgets.icon_button("minus", self.tr("缩小"), lambda: self._zoom(1 / _STEP))
        self._larger = widgets.icon_button(
            "plus", self.tr("放大（Ctrl+滚轮）"), lambda: self._zoom(_STEP)
        )
        self._whole = widgets.link(self.tr("整页"), self.fit)
        self._place = widgets.link(self.tr("读的地方"), self.show_marks)
        bar = widgets.row(
            self._before, self._number, self._after, self._words, None, self._place, self._whole,
            self._smaller, self._larger, spacing=4,
        )  # fmt: skip
        box.addLayout(bar)
        box.addWidget(self.view, 1)
        self.clear("")

    def clear(self, words: str) -> None:
        """Nothing to show, and why."""
        self.scene.clear()
        self.scene.setSceneRect(QRectF(0, 0, 1, 1))
        self.view.resetTransform()
        self._item = None
        self._pages = 0
        self._words.setText(words)
        for widget in (
            self._before,
            self._number,
            self._after,
            self._whole,
            self._smaller,
            self._larger,
            self._place,
        ):
            widget.hide()

    def show_page(
        self, png: bytes, page: int, pages: int, marks: Sequence[Mark], *, whole: bool = False
    ) -> None:
        """Show a page: the marked places large, or the `whole` page; marks of other pages are passed by."""
        pixmap = QPixmap()
        if not png or not pixmap.loadFromData(png):
            self.clear(self.tr("这种文件没有样子可看"))
            return
        self.scene.clear()
        self._page, self._pages = page, pages
        self._marks = tuple(mark for mark in marks if mark.page == page)
        self._levels = [pixmap]
        while self._levels[-1].width() > 240:
            half = QSize(self._levels[-1].width() // 2, max(1, self._levels[-1].height() // 2))
            self._levels.append(
                self._levels[-1].scaled(
                    half,
                    Qt.AspectRatioMode.IgnoreAspectRatio,
                    Qt.TransformationMode.SmoothTransformation,
                )
            )
        self._item = self.scene.addPixmap(pixmap)
        self._item.setTransformationMode(Qt.TransformationMode.SmoothTransformation)
        self.scene.setSceneRect(QRectF(pixmap.rect()))
        for mark in self._marks:
            self.scene.addItem(self._frame(mark, pixmap))
        self._words.setText("")
        several = pages > 1
        for widget in (self._before, self._number, self._after):
            widget.setVisible(several)
        self._number.setText(f"{page + 1}/{pages}")
        self._before.setEnabled(page > 0)
        self._after.setEnabled(page + 1 < pages)
        for tool in (self._whole, self._smaller, self._larger):
            tool.show()
        self._place.setVisible(bool(self._marks))
        self.fit()
        if self._marks and not whole:
            self.show_marks()

    def _frame(self, mark: Mark, pixmap: QPixmap) -> QGraphicsRectItem:
        left, top, right, bottom = mark.box
        rect = QRectF(
            left * pixmap.width() / 1000,
            top * pixmap.height() / 1000,
            (right - left) * pixmap.width() / 1000,
            (bottom - top) * pixmap.height() / 1000,
        ).adjusted(-5, -4, 5, 4)
        item = QGraphicsRectItem(rect)
        # paper is white in both themes, so the frame has the colours of the light one
        shade = QColor(theme.tokens("light").color["ochre"])
        pen = QPen(shade, 2)
        pen.setCosmetic(True)
        item.setPen(pen)
        fill = QColor(theme.tokens("light").color["ochre_line"])
        fill.setAlpha(50)
        item.setBrush(fill)
        item.setToolTip(mark.text)
        return item

    def fit(self) -> None:
        """The whole page."""
        self._fits = True
        self.view.fitInView(self.scene.sceneRect(), Qt.AspectRatioMode.KeepAspectRatio)
        self._sharpen()

    def _sharpen(self) -> None:
        """Draw from the copy that is nearest to the size on the screen: small letters stay readable."""
        if self._item is None:
            return
        now = self.view.transform().m11() * self.devicePixelRatioF()
        width = self._levels[0].width()
        level = next(
            (one for one in reversed(self._levels) if one.width() >= now * width), self._levels[0]
        )
        self._item.setPixmap(level)
        self._item.setScale(width / level.width())

    def show_marks(self) -> None:
        """The marked places, large."""
        frames = [
            item.sceneBoundingRect()
            for item in self.scene.items()
            if isinstance(item, QGraphicsRectItem)
        ]
        if not frames:
            return
        whole = frames[0]
        for one in frames[1:]:
            whole = whole.united(one)
        self._fits = False
        room = whole.adjusted(-120, -80, 120, 80).intersected(self.scene.sceneRect())
        self.view.fitInView(room, Qt.AspectRatioMode.KeepAspectRatio)
        self._sharpen()

    def _zoom(self, factor: float) -> None:
        now = self.view.transform().m11()
        if 0.02 < now * factor < _MOST:
            self._fits = False
            self.view.scale(factor, factor)
            self._sharpen()

    def _turn(self, step: int) -> None:
        if 0 <= self._page + step < self._pages:
            self.page_wanted.emit(self._page + step)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fits and self._pages:
            self.fit()
