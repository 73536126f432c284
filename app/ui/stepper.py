"""The left side of an open audit: the firm, how much is answered, the stages and the pages of the open stage.

Folded it is a rail with the stages only. One list in both forms; everything is painted by one delegate.
"""

from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLabel,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.ui import theme, widgets

_ENTRY = Qt.ItemDataRole.UserRole
_STAGE_HEIGHT = 32
_PAGE_HEIGHT = 28
_RAIL_HEIGHT = 45


@dataclass(frozen=True)
class Counts:
    """How many questions a page, a stage or the audit has, by what was answered."""

    given: int = 0
    zero: int = 0
    not_applicable: int = 0
    missing: int = 0

    @property
    def total(self) -> int:
        return self.given + self.zero + self.not_applicable + self.missing

    @property
    def done(self) -> int:
        return self.total - self.missing

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.given + other.given,
            self.zero + other.zero,
            self.not_applicable + other.not_applicable,
            self.missing + other.missing,
        )


@dataclass(frozen=True)
class PageEntry:
    id: str
    number: str
    title: str
    counts: Counts


@dataclass(frozen=True)
class StageEntry:
    id: str
    title: str
    pages: tuple[PageEntry, ...]

    @property
    def counts(self) -> Counts:
        return sum((page.counts for page in self.pages), Counts())


class _Entries(QAbstractListModel):
    """Rows to show: every stage, and below the open one its pages; in the rail the stages only."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.stages: tuple[StageEntry, ...] = ()
        self.current_page = ""
        self.rail = False
        self.rows: list[StageEntry | PageEntry] = []

    def show(self, stages: tuple[StageEntry, ...], current_page: str, *, rail: bool) -> None:
        rows: list[StageEntry | PageEntry] = []
        for stage in stages:
            rows.append(stage)
            if not rail and any(page.id == current_page for page in stage.pages):
                rows.extend(stage.pages)
        same_shape = [row.id for row in rows] == [row.id for row in self.rows] and rail == self.rail
        if not same_shape:
            self.beginResetModel()
        self.stages, self.current_page, self.rail, self.rows = stages, current_page, rail, rows
        if same_shape:
            self.dataChanged.emit(self.index(0), self.index(max(len(rows) - 1, 0)))
        else:
            self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def is_open(self, stage: StageEntry) -> bool:
        return any(page.id == self.current_page for page in stage.pages)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = 0) -> object:
        if not index.isValid():
            return None
        entry = self.rows[index.row()]
        if role == _ENTRY:
            return entry
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.title
        if role == Qt.ItemDataRole.ToolTipRole and self.rail:
            return f"{entry.id} {entry.title}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            counts = entry.counts
            done = self.tr("{total} 题填了 {done} 题").format(total=counts.total, done=counts.done)
            if isinstance(entry, StageEntry):
                return self.tr("{id} 阶段 {title}，{done}").format(
                    id=entry.id, title=entry.title, done=done
                )
            here = self.tr("，当前页") if entry.id == self.current_page else ""
            what = f"，{done}" if counts.total else ""
            return f"{entry.title}，{entry.number}{what}{here}"
        return None


class _Delegate(QStyledItemDelegate):
    def __init__(self, entries: _Entries, parent: QWidget) -> None:
        super().__init__(parent)
        self._entries = entries

    def sizeHint(
        self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        if self._entries.rail:
            return QSize(theme.size("sidebar_rail"), _RAIL_HEIGHT)
        stage = isinstance(index.data(_ENTRY), StageEntry)
        return QSize(100, _STAGE_HEIGHT if stage else _PAGE_HEIGHT)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        entry = index.data(_ENTRY)
        rect: QRect = option.rect  # type: ignore[attr-defined]
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        current = isinstance(entry, PageEntry) and entry.id == self._entries.current_page
        if current:
            painter.fillRect(rect, theme.color("select"))
            painter.fillRect(
                QRect(rect.left(), rect.top(), 3, rect.height()), theme.color("indigo")
            )
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, theme.color("hover"))
        if isinstance(entry, StageEntry):
            if self._entries.rail:
                self._paint_rail(painter, rect, entry)
            else:
                self._paint_stage(painter, rect, entry)
        else:
            self._paint_page(painter, rect, entry, current=current)
        view = option.widget  # type: ignore[attr-defined]
        if state & QStyle.StateFlag.State_HasFocus and view is not None and view.hasFocus():
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(rect).adjusted(2, 2, -2, -2), 3, 3)
        painter.restore()

    def _ring(self, painter: QPainter, circle: QRectF, stage: StageEntry) -> None:
        counts = stage.counts
        complete = counts.total > 0 and counts.missing == 0
        ground, outline, text = "surface", "border", "ink2"
        if self._entries.is_open(stage):
            ground, outline, text = "indigo", "indigo", "on_indigo"
        elif complete:
            ground, outline, text = "jade", "jade", "on_jade"
        painter.setPen(QPen(theme.color(outline), 1.4))
        painter.setBrush(theme.color(ground))
        painter.drawEllipse(circle)
        if complete and not self._entries.is_open(stage):
            mark = theme.icon_pixmap("check", theme.color(text).name(), 12, 2.0)
            painter.drawPixmap(
                QRectF(circle.center().x() - 6, circle.center().y() - 6, 12, 12).toRect(), mark
            )
        else:
            painter.setPen(theme.color(text))
            painter.setFont(theme.font("caption", bold=True))
            painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, stage.id)

    def _paint_stage(self, painter: QPainter, rect: QRect, stage: StageEntry) -> None:
        self._ring(painter, QRectF(rect.left() + 12.7, rect.center().y() - 8.3, 18.6, 18.6), stage)
        painter.setPen(theme.color("ink"))
        painter.setFont(theme.font("body", bold=True))
        painter.drawText(rect.adjusted(41, 0, -60, 0), Qt.AlignmentFlag.AlignVCenter, stage.title)
        self._count(painter, rect, stage.counts)

    def _paint_rail(self, painter: QPainter, rect: QRect, stage: StageEntry) -> None:
        if self._entries.is_open(stage):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("select"))
            painter.drawRoundedRect(QRectF(rect).adjusted(4, 2, -4, -2), 4, 4)
        middle = rect.center().x()
        self._ring(painter, QRectF(middle - 9.8, rect.top() + 6.7, 20.6, 20.6), stage)
        counts = stage.counts
        if counts.total:
            painter.setPen(theme.color("ink2"))
            painter.setFont(theme.font("kbd"))
            share = f"{counts.done * 100 // counts.total}%"
            painter.drawText(
                QRect(rect.left(), rect.top() + 27, rect.width(), 16),
                Qt.AlignmentFlag.AlignCenter,
                share,
            )

    def _paint_page(
        self, painter: QPainter, rect: QRect, page: PageEntry, *, current: bool
    ) -> None:
        dot = QRectF(rect.left() + 16.7, rect.center().y() - 3, 8.6, 8.6)
        counts = page.counts
        painter.setBrush(theme.color("surface"))
        started = counts.done > 0
        painter.setPen(QPen(theme.color("jade" if started else "border"), 1.4))
        painter.drawEllipse(dot)
        if counts.total and counts.missing == 0:
            painter.setBrush(theme.color("jade"))
            painter.drawEllipse(dot)
        elif started:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("jade"))
            painter.drawPie(dot, 90 * 16, 180 * 16)
        painter.setPen(theme.color("ink" if current else "ink2"))
        painter.setFont(theme.font("body", bold=current))
        painter.drawText(rect.adjusted(39, 0, -56, 0), Qt.AlignmentFlag.AlignVCenter, page.title)
        self._count(painter, rect, counts)

    def _count(self, painter: QPainter, rect: QRect, counts: Counts) -> None:
        if counts.total:
            painter.setPen(theme.color("ink3"))
            painter.setFont(theme.font("caption"))
            painter.drawText(
                rect.adjusted(0, 0, -14, 0),
                Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight,
                f"{counts.done}/{counts.total}",
            )


class ProgressBar(QWidget):
    """Filled = numbers, dark = zero, hatched = not applicable, empty = missing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts = Counts()
        self.setFixedHeight(7)

    def set_counts(self, counts: Counts) -> None:
        self._counts = counts
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole = QRectF(self.rect())
        clip = QPainterPath()
        clip.addRoundedRect(whole, 3, 3)
        painter.setClipPath(clip)
        painter.fillRect(whole, theme.color("sunken"))
        total = self._counts.total or 1
        x = 0.0
        for count, role in (
            (self._counts.given, "jade"),
            (self._counts.zero, "ink"),
            (self._counts.not_applicable, "hatch"),
        ):
            width = whole.width() * count / total
            part = QRectF(x, 0, width, whole.height())
            if role == "hatch":
                hatch(painter, part)
            else:
                painter.fillRect(part, theme.color(role))
            x += width
        painter.setPen(QPen(theme.color("line2"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawLine(int(x), 0, self.width(), 0)
        painter.drawLine(int(x), self.height() - 1, self.width(), self.height() - 1)
        painter.end()


def hatch(painter: QPainter, rect: QRectF) -> None:
    """The hatch that stands for 不适用."""
    painter.save()
    painter.setClipRect(rect, Qt.ClipOperation.IntersectClip)
    painter.fillRect(rect, theme.color("surface"))
    painter.setPen(QPen(theme.color("ink3"), 1.5))
    x = rect.left() - rect.height()
    while x < rect.right():
        painter.drawLine(int(x), int(rect.top()), int(x + rect.height()), int(rect.bottom()))
        x += 5
    painter.restore()


class _LegendMark(QWidget):
    def __init__(self, look: str) -> None:
        super().__init__()
        self._look = look
        self.setFixedSize(8, 8)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        rect = QRectF(self.rect())
        if self._look == "hatch":
            hatch(painter, rect)
        else:
            painter.fillRect(rect, theme.color(self._look))
            if self._look == "sunken":
                painter.setPen(theme.color("line2"))
                painter.drawRect(rect.adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()


class _List(QListView):
    activated_row = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            if self.currentIndex().isValid():
                self.activated_row.emit(self.currentIndex().row())
            return
        super().keyPressEvent(event)


class Stepper(QFrame):
    """page_chosen: the id of the page the user wants. fold_wanted: the user asked for the other form (F9).
    evidence_wanted: the binder. review_wanted: opinions of reviewers."""

    page_chosen = Signal(str)
    fold_wanted = Signal()
    evidence_wanted = Signal()
    review_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "side")
        self._stages: tuple[StageEntry, ...] = ()
        self._current = ""
        self._rail = False
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 1, 0)
        outer.setSpacing(0)

        self._menu = widgets.icon_button("menu", self.tr("展开左栏（F9）"), self.fold_wanted.emit)
        self._menu_row = QWidget()
        menu_box = widgets.row(None, self._menu, None, margins=(0, 10, 0, 6))
        self._menu_row.setLayout(menu_box)
        outer.addWidget(self._menu_row)

        self._head = widgets.frame("card_head", margins=(14, 12, 14, 11), spacing=4)
        head: QVBoxLayout = self._head.layout()  # type: ignore[assignment]
        self._firm = widgets.label("", "firm", wrap=True)
        self._subtitle = widgets.label("", "note", wrap=True)
        self._bar = ProgressBar()
        head.addWidget(self._firm)
        head.addWidget(self._subtitle)
        head.addWidget(self._bar)
        legend = QGridLayout()
        legend.setContentsMargins(0, 1, 0, 0)
        legend.setHorizontalSpacing(10)
        legend.setVerticalSpacing(0)
        self._legend: list[QLabel] = []
        for index, look in enumerate(("jade", "ink", "hatch", "sunken")):
            words = widgets.label("", "legend")
            self._legend.append(words)
            cell = QWidget()
            cell.setLayout(widgets.row(_LegendMark(look), words, None, spacing=4))
            legend.addWidget(cell, index // 2, index % 2)
        head.addLayout(legend)
        self._left = widgets.label("", "note")
        head.addWidget(self._left)
        outer.addWidget(self._head)

        self._entries = _Entries(self)
        self.list = _List()
        self.list.setModel(self._entries)
        self.list.setItemDelegate(_Delegate(self._entries, self.list))
        self.list.setMouseTracking(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setAccessibleName(self.tr("阶段和页"))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.viewport().setAutoFillBackground(False)
        self.list.setStyleSheet("background: transparent;")
        self.list.clicked.connect(lambda index: self._activate(index.row()))
        self.list.activated_row.connect(self._activate)
        holder = QWidget()
        holder_box = QVBoxLayout(holder)
        holder_box.setContentsMargins(0, 8, 0, 8)
        holder_box.addWidget(self.list)
        outer.addWidget(holder, 1)
        self._evidence = widgets.link(self.tr("证据册"), self.evidence_wanted.emit, icon="clip")
        self._evidence.setToolTip(self.tr("每一份单据证明什么，还缺哪些"))
        self._foot = widgets.frame("foot", vertical=False, margins=(10, 6, 10, 6))
        self._review = widgets.link(self.tr("审阅意见"), self.review_wanted.emit, icon="pencil")
        self._review.setToolTip(self.tr("评审人的意见，一条一条答，出修改对照表"))
        for link in (self._evidence, self._review):
            self._foot.layout().addWidget(link)  # type: ignore[union-attr]
        outer.addWidget(self._foot)
        self.set_rail(False)

    @property
    def is_rail(self) -> bool:
        return self._rail

    def set_rail(self, rail: bool) -> None:
        """Fold to the rail, or open."""
        self._rail = rail
        self.setFixedWidth(theme.size("sidebar_rail" if rail else "sidebar"))
        self._head.setVisible(not rail)
        self._menu_row.setVisible(rail)
        self._foot.setVisible(not rail)
        self._refresh()

    def show_firm(self, name: str, subtitle: str) -> None:
        self._firm.setText(name)
        self._subtitle.setText(subtitle)
        self._subtitle.setVisible(bool(subtitle))

    def show_progress(self, stages: tuple[StageEntry, ...], minutes: int) -> None:
        """Renew all counts. minutes: how long the rest may take."""
        self._stages = stages
        whole = sum((stage.counts for stage in stages), Counts())
        self._bar.set_counts(whole)
        for words, text in zip(
            self._legend,
            (
                self.tr("填数 {n}").format(n=whole.given),
                self.tr("零 {n}").format(n=whole.zero),
                self.tr("不适用 {n}").format(n=whole.not_applicable),
                self.tr("未填 {n}").format(n=whole.missing),
            ),
            strict=True,
        ):
            words.setText(text)
        done = self.tr("已填 {done}/{total}").format(done=whole.done, total=whole.total)
        rest = duration_text(minutes)
        self._left.setText(self.tr("还需约 {rest} · ").format(rest=rest) + done if rest else done)
        self._refresh()

    def set_current(self, page_id: str) -> None:
        self._current = page_id
        self._refresh()

    def _refresh(self) -> None:
        self._entries.show(self._stages, self._current, rail=self._rail)
        for row, entry in enumerate(self._entries.rows):
            here = isinstance(entry, PageEntry) and entry.id == self._current
            if here or (
                self._rail and isinstance(entry, StageEntry) and self._entries.is_open(entry)
            ):
                self.list.setCurrentIndex(self._entries.index(row))

    def _activate(self, row: int) -> None:
        entry = self._entries.rows[row]
        if isinstance(entry, PageEntry):
            self.page_chosen.emit(entry.id)
        elif entry.pages:
            unfinished = [page for page in entry.pages if page.counts.missing]
            self.page_chosen.emit((unfinished or list(entry.pages))[0].id)


def duration_text(minutes: int) -> str:
    """「2 小时 10 分」, to ten minutes above half an hour; "" for nothing."""
    if minutes <= 0:
        return ""
    if minutes > 30:
        minutes = -(-minutes // 10) * 10
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} 小时"] if hours else []
    if rest:
        parts.append(f"{rest} 分")
    return " ".join(parts)
