"""A list at the left and what it says of the chosen one at the right: shared by the designed pages of measures."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.ui import widgets

_ID = Qt.ItemDataRole.UserRole
_LIST_WIDTH = 330
_NARROW = 960  # below this the list leaves more of the page to what it says
_NARROW_LIST_WIDTH = 260


def scrolled(inner: QWidget, name: str) -> QScrollArea:
    """`inner` in a frame that scrolls downwards; sideways only where the window leaves it less than it needs."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidget(inner)
    area.setAccessibleName(name)
    return area


def fill_list(view: QListWidget, entries: Sequence[tuple[str, str, str]], chosen: str) -> None:
    """entries: (id, words, tip). The one chosen before stays chosen, else the first."""
    view.blockSignals(True)
    view.clear()
    for entry_id, words, tip in entries:
        item = QListWidgetItem(words)
        item.setData(_ID, entry_id)
        item.setToolTip(tip)
        view.addItem(item)
    ids = [entry_id for entry_id, _, _ in entries]
    view.setCurrentRow(ids.index(chosen) if chosen in ids else 0 if ids else -1)
    view.blockSignals(False)


def chosen_id(view: QListWidget) -> str:
    """The id of the current entry, "" when there is none."""
    item = view.currentItem()
    return "" if item is None else str(item.data(_ID))


class ListAndDetail(QWidget):
    """`left` holds the list and what stands above it, `body` is filled anew for every entry. narrow: px of the left where
    there is little room."""

    def __init__(
        self, name: str, *, narrow: int = _NARROW_LIST_WIDTH, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._narrow = narrow
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 12)
        row.setSpacing(12)
        self._side = QWidget()
        self._side.setFixedWidth(_LIST_WIDTH)
        self.left = QVBoxLayout(self._side)
        self.left.setContentsMargins(0, 0, 0, 0)
        self.left.setSpacing(8)
        self.list = QListWidget()
        self.list.setAccessibleName(name)
        self.list.setWordWrap(True)
        self.list.setProperty("role", "choices")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)  # it wraps
        self.left.addWidget(self.list, 1)
        row.addWidget(self._side)
        inner = QWidget()
        self.body = QVBoxLayout(inner)
        self.body.setContentsMargins(0, 0, 6, 0)
        self.body.setSpacing(12)
        row.addWidget(scrolled(inner, self.tr("{0}的说明").format(name)), 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._side.setFixedWidth(self._narrow if self.width() < _NARROW else _LIST_WIDTH)

    def clear(self) -> None:
        widgets.clear_layout(self.body)


def facts(pairs: Sequence[tuple[str, str]]) -> QWidget:
    """Names and values below one another, hairlines between."""
    holder = QWidget()
    box = QVBoxLayout(holder)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(4)
    for place, (name, value) in enumerate(pairs):
        if place:
            box.addWidget(widgets.rule())
        title = widgets.label(name, "note")
        title.setFixedWidth(150)
        text = widgets.label(value, wrap=True)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        line = widgets.row(title, spacing=10)
        line.addWidget(text, 1)
        box.addLayout(line)
    return holder
