"""Which pictures the report shows: the binder as small pictures at the left, the report's own in their order at the right."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QByteArray,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QIcon,
    QKeySequence,
    QPainter,
    QShortcut,
)
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QListWidget,
    QListWidgetItem,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.audit.evidence import Paper
from app.forms.answer import MISSING, Given, cell_key
from app.papers.pictures import TABLE, Wanted, wanted_pictures
from app.services import acts, evidence, report_pictures
from app.ui import theme, widgets
from app.ui.messages import MessageBar
from app.ui.pages.evidence import PaperModel, PaperTile, tile_view
from app.ui.session import SessionModel
from app.ui.tasks import Tasks
from app.ui.thumbnails import Thumbnails

if TYPE_CHECKING:
    from app.services.evidence import Kept

_MIME = "application/x-cleanaudit-papers"
_ICON = QSize(72, 56)
_ROW = Qt.ItemDataRole.UserRole
_Index = QModelIndex | QPersistentModelIndex


class _Pictures(PaperModel):
    """Tiles that can be dragged into the order of the report."""

    def flags(self, index: _Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        data = QMimeData()
        chosen = [self.rows[index.row()].paper.sha256 for index in indexes]
        data.setData(_MIME, QByteArray(" ".join(chosen).encode()))
        return data


class _Tile(PaperTile):
    """With the place it has in the report."""

    asks_proof = False
    places: dict[str, int]  # by SHA-256, from 1

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        super().paint(painter, option, index)
        place = self.places.get(self.papers.rows[index.row()].paper.sha256)
        if place is None:
            return
        rect: QRect = option.rect  # type: ignore[attr-defined]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font("caption"))
        words = f"图 {place}"
        badge = QRect(0, 0, painter.fontMetrics().horizontalAdvance(words) + 14, 20)
        badge.moveTopRight(rect.topRight() + QRect(-10, 10, 1, 1).topLeft())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("jade"))
        painter.drawRoundedRect(badge, 3, 3)
        painter.setPen(theme.color("on_jade"))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, words)
        painter.restore()


class _Order(QListWidget):
    """ordered: row ids as they were dragged. dropped(papers by SHA-256, before which row): from the tiles."""

    ordered = Signal(object)
    dropped = Signal(object, int)

    def __init__(self) -> None:
        super().__init__()
        self.setDragDropMode(QListWidget.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setSelectionMode(QListWidget.SelectionMode.SingleSelection)
        self.setIconSize(_ICON)
        self.setWordWrap(True)
        self.setProperty("role", "choices")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def rows(self) -> list[str]:
        return [str(self.item(at).data(_ROW)) for at in range(self.count())]

    def _is_ours(self, event: QDropEvent) -> bool:
        return event.source() is self or event.mimeData().hasFormat(_MIME)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._is_ours(event):
            event.acceptProposedAction()
        else:
            event.ignore()  # files: the window takes them

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        super().dragMoveEvent(event)
        if self._is_ours(event):
            event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        """Nothing is moved here: the list shows what the audit says afterwards, once the drag is over."""
        at = self.place_at(event)
        event.setDropAction(Qt.DropAction.CopyAction)  # else Qt takes out what was dragged
        event.accept()
        if event.source() is self:
            row = self.currentRow()
            rows = self.rows()
            moved = rows.pop(row)
            rows.insert(at - (at > row), moved)
            QTimer.singleShot(0, self, partial(self.ordered.emit, rows))
        else:
            papers = bytes(event.mimeData().data(_MIME).data()).decode().split()
            QTimer.singleShot(0, self, partial(self.dropped.emit, papers, at))

    def place_at(self, event: QDropEvent) -> int:
        """Before which row something is dropped."""
        point = event.position().toPoint()
        index = self.indexAt(point)
        if not index.isValid():
            return self.count()
        return index.row() + (point.y() > self.visualRect(index).center().y())


class PicturePicker(QWidget):
    """left: back to the audit. files_wanted: the user wants to add files. Everything is an act of its own, at once."""

    left = Signal()
    files_wanted = Signal()

    def __init__(self, model: SessionModel, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self._shown: tuple[Wanted, ...] = ()
        self._binder: dict[str, Kept] = {}
        self._icons: dict[str, QIcon] = {}
        self.thumbnails = Thumbnails(model, tasks, self)
        self.thumbnails.drawn.connect(self._show_drawn)
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self._middle(), 1)
        box.addWidget(self._side())
        for keys, run in (
            ("Ctrl+O", self.files_wanted.emit), ("Escape", self.left.emit), ("Ctrl+Z", model.undo), ("Ctrl+Y", model.redo),
            ("Alt+Up", partial(self.move_current, -1)), ("Alt+Down", partial(self.move_current, 1)),
        ):  # fmt: skip
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(run)
        for key, widget, act in (
            ("Space", self.view, self.toggle), ("Return", self.view, self.toggle), ("Enter", self.view, self.toggle),
            ("Delete", self.order, self.take_out),
        ):  # fmt: skip
            shortcut = QShortcut(QKeySequence(key), widget)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(act)
        model.answers_changed.connect(self._on_answers)
        self.refresh()
        if self.papers.rows:
            self.view.setCurrentIndex(self.papers.index(0))

    # -- parts

    def _middle(self) -> QWidget:
        middle = QWidget()
        box = QVBoxLayout(middle)
        box.setContentsMargins(18, 14, 18, 12)
        box.setSpacing(10)
        self.add_button = widgets.button(
            self.tr("加图片"), self.files_wanted.emit, icon="plus", keys="Ctrl+O"
        )
        done = widgets.button(
            self.tr("挑好了"), self.left.emit, role="primary", icon="check", keys="Esc"
        )
        title = widgets.label(self.tr("挑报告里的图和照片"), "title")
        box.addLayout(widgets.row(title, None, self.add_button, done))
        self.messages = MessageBar()
        self.model.message_posted.connect(self.messages.show_message)
        box.addWidget(self.messages)
        self.hint = widgets.label("", "second", wrap=True)
        box.addWidget(self.hint)
        self.papers = _Pictures()
        self.view = tile_view(self.papers)
        self._tile = _Tile(self.papers, self.thumbnails, self._note, self.view)
        self._tile.places = {}
        self.view.setItemDelegate(self._tile)
        self.view.setDragEnabled(True)
        self.view.setDragDropMode(QListView.DragDropMode.DragOnly)
        self.view.doubleClicked.connect(lambda _index: self.toggle())
        self.view.setAccessibleName(self.tr("证据册里的图"))
        box.addWidget(self.view, 1)
        return middle

    def _side(self) -> QWidget:
        panel = widgets.frame("help", margins=(14, 14, 14, 12), spacing=8)
        panel.setFixedWidth(max(336, theme.size("sidebar") + 112))
        box: QVBoxLayout = panel.layout()  # type: ignore[assignment]
        self.count = widgets.label("", "card_title")
        box.addWidget(self.count)
        self.empty = widgets.label(
            self.tr("还没有图。左边双击一张，或拖到这里。"), "note", wrap=True
        )
        box.addWidget(self.empty)
        self.order = _Order()
        self.order.setAccessibleName(self.tr("报告里的图，按次序"))
        self.order.currentRowChanged.connect(lambda _row: self._show_fields())
        self.order.ordered.connect(self._put_in_order)
        self.order.dropped.connect(self._on_dropped)
        box.addWidget(self.order, 1)
        self._fields = QWidget()
        fields = QVBoxLayout(self._fields)
        fields.setContentsMargins(0, 0, 0, 0)
        fields.setSpacing(4)
        fields.addWidget(widgets.label(self.tr("是什么图"), "note"))
        self.kind = QComboBox()
        self.kind.setAccessibleName(self.tr("是什么图"))
        self.kind.addItem(self.tr("没说"), "")
        for option in self._kinds():
            self.kind.addItem(option[1], option[0])
        self.kind.activated.connect(self._set_kind)
        fields.addWidget(self.kind)
        fields.addWidget(widgets.label(self.tr("图名（印在图下）"), "note"))
        self.caption = QLineEdit()
        self.caption.setAccessibleName(self.tr("图名"))
        self.caption.editingFinished.connect(self._set_caption)
        fields.addWidget(self.caption)
        self.up = widgets.button(
            self.tr("上移"), partial(self.move_current, -1), role="quiet", keys="Alt+↑"
        )
        self.down = widgets.button(
            self.tr("下移"), partial(self.move_current, 1), role="quiet", keys="Alt+↓"
        )
        out = widgets.button(self.tr("拿出"), self.take_out, role="quiet", icon="trash", keys="Del")
        fields.addLayout(widgets.row(self.up, self.down, out, None, spacing=2))
        box.addWidget(self._fields)
        return panel

    def _kinds(self) -> list[tuple[str, str]]:
        table = self.model.project.index.tables.get(TABLE)
        columns = () if table is None else table.columns
        return [
            (option.id, option.label)
            for column in columns
            if column.id == "kind"
            for option in column.options
        ]

    # -- showing

    def _on_answers(self, keys: object) -> None:
        assert isinstance(keys, frozenset)
        self.refresh()

    def refresh(self) -> None:
        """Everything anew from the audit; what was chosen stays chosen."""
        here, row = self.view.currentIndex().row(), self.current_row()
        self._shown = wanted_pictures(self.model.project)
        binder = evidence.binder(self.model.session)
        self._binder = {one.paper.sha256: one for one in binder}
        self._tile.places = {
            one.paper.sha256: at for at, one in enumerate(self._shown, 1) if one.paper is not None
        }
        self.papers.show(tuple(one for one in binder if is_picture(one.paper)))
        if 0 <= here < len(self.papers.rows):
            self.view.setCurrentIndex(self.papers.index(here))
        self.hint.setText(
            self.tr(
                "双击、空格或拖到右边，图就进报告的「附图」；再按一次拿出来。图片文件直接拖进窗口。"
                if self.papers.rows
                else "证据册里还没有图。把平面布置图、照片（图片或 PDF）拖进窗口，或按「加图片」。"
            )
        )
        self.order.blockSignals(True)
        self.order.clear()
        for at, one in enumerate(self._shown, 1):
            lost = one.paper is None
            words = self.tr("证据册里没有「{name}」").format(name=one.name) if lost else one.caption
            item = QListWidgetItem(f"图 {at}　{words}")
            item.setData(_ROW, one.row_id)
            item.setToolTip(one.name)
            if one.paper is None:
                item.setForeground(theme.color("ochre"))
            self.order.addItem(item)
        rows = self.order.rows()
        self.order.setCurrentRow(rows.index(row) if row in rows else len(rows) - 1)
        self.order.blockSignals(False)
        self.count.setText(self.tr("报告按这个次序印：{n} 张").format(n=len(rows)))
        self.empty.setVisible(not rows)
        self._show_icons()
        if self.order.currentItem() is not None:
            self.order.scrollToItem(self.order.currentItem())
        self._show_fields()

    def _show_icons(self) -> None:
        """Small ones are kept: with every act the list is filled anew, and a report may show hundreds."""
        for at, one in enumerate(self._shown):
            if one.paper is None:
                continue
            icon = self._icons.get(one.paper.sha256)
            if icon is None:
                pixmap = self.thumbnails.of(self._binder[one.paper.sha256])
                if pixmap is None:
                    continue
                ratio = self.devicePixelRatioF()
                small = pixmap.scaled(
                    _ICON * ratio,
                    Qt.AspectRatioMode.KeepAspectRatio,
                    Qt.TransformationMode.SmoothTransformation,
                )
                small.setDevicePixelRatio(ratio)
                icon = self._icons[one.paper.sha256] = QIcon(small)
            self.order.item(at).setIcon(icon)

    def _show_drawn(self) -> None:
        self.view.viewport().update()
        self._show_icons()

    def _note(self, row: "Kept") -> str:
        return self.tr("原件不在了") if row.kept is None else row.number

    def current_row(self) -> str:
        """The id of the chosen row of the report's pictures, "" for none."""
        item = self.order.currentItem()
        return "" if item is None else str(item.data(_ROW))

    def _current(self) -> Wanted | None:
        row = self.current_row()
        return next((one for one in self._shown if one.row_id == row), None)

    def _show_fields(self) -> None:
        one = self._current()
        self._fields.setVisible(one is not None)
        if one is None:
            return
        book = self.model.book
        kind = book.text(cell_key(TABLE, one.row_id, "kind"))
        self.kind.setCurrentIndex(max(0, self.kind.findData(kind)))
        self.caption.setText(book.text(cell_key(TABLE, one.row_id, "caption")))
        self.caption.setPlaceholderText(one.caption)
        at = self.order.currentRow()
        self.up.setEnabled(at > 0)
        self.down.setEnabled(at < self.order.count() - 1)
        self.up.setToolTip("" if self.up.isEnabled() else self.tr("已经是第一张"))
        self.down.setToolTip("" if self.down.isEnabled() else self.tr("已经是最后一张"))

    # -- acts

    def toggle(self) -> None:
        """The chosen tiles into the report; where all of them are there already, out of it."""
        chosen = [self.papers.rows[index.row()].paper for index in self.view.selectedIndexes()]
        there = {one.paper.sha256: one.row_id for one in self._shown if one.paper is not None}
        if new := [one for one in chosen if one.sha256 not in there]:
            self.add(new)
        elif chosen:
            rows = [there[one.sha256] for one in chosen]
            self.model.do(acts.delete_rows(self.model.project, TABLE, rows))

    def add(self, papers: Sequence[Paper], before: str = "") -> None:
        """Papers of the binder that have a picture into the report, before a row of it ("": at the end), one act."""
        chosen = [one for one in papers if is_picture(one)]
        if not chosen:
            return
        rows = [self.model.session.new_row_id(TABLE) for _ in chosen]
        if self.model.do(report_pictures.show_pictures(self.model.project, chosen, rows, before)):
            self.order.setCurrentRow(self.order.rows().index(rows[-1]))

    def _on_dropped(self, papers: list[str], at: int) -> None:
        """From the tiles: new ones come in, the others go to the place."""
        there = {one.paper.sha256: one.row_id for one in self._shown if one.paper is not None}
        known = [there[one] for one in papers if one in there]
        rows = self.order.rows()
        next_row = rows[at] if at < len(rows) else ""
        if known:
            front = [one for one in rows[:at] if one not in known]
            rest = [one for one in rows[at:] if one not in known]
            self._put_in_order([*front, *known, *rest])
            next_row = rest[0] if rest else ""
        by_hash = {one.paper.sha256: one.paper for one in self.papers.rows}
        self.add([by_hash[one] for one in papers if one not in there and one in by_hash], next_row)

    def _put_in_order(self, rows: list[str]) -> None:
        self.model.do(report_pictures.order_pictures(self.model.project, rows))

    def move_current(self, step: int) -> None:
        """Alt+↑, Alt+↓."""
        if row := self.current_row():
            self.model.do(acts.move_rows(self.model.project, TABLE, [row], step))

    def take_out(self) -> None:
        """Del: out of the report; it stays in the binder, and Ctrl+Z brings it back."""
        if row := self.current_row():
            self.model.do(acts.delete_rows(self.model.project, TABLE, [row]))

    def _set_kind(self) -> None:
        self._answer("kind", str(self.kind.currentData()))

    def _set_caption(self) -> None:
        self._answer("caption", self.caption.text().strip())

    def _answer(self, column: str, text: str) -> None:
        row = self.current_row()
        if not row:
            return
        key = cell_key(TABLE, row, column)
        if text != self.model.book.text(key):
            after = Given(text) if text else MISSING
            self.model.do(acts.answer(self.model.project, key, after))


def is_picture(paper: Paper) -> bool:
    return Path(paper.name).suffix.lower() in report_pictures.PICTURES
