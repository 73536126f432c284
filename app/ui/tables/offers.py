"""What may be picked while typing a text: a list below the field, found by words in any order or pinyin initials.

The list never takes the focus and never decides: Enter writes what was typed unless a line was chosen with ↓.
"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
)

from app.audit.offers import Offer, wanted_words
from app.ui import theme, widgets
from app.ui.search import initials

_ROW = 40
_MOST_ROWS = 7  # more are scrolled
_LEAST_WIDTH, _MARGIN = 380, 12
_OFFER = int(Qt.ItemDataRole.UserRole) + 1
_LIST_BREAKS = "、，,;；"
Index = QModelIndex | QPersistentModelIndex


def found(offers: Sequence[Offer], typed: str) -> list[Offer]:
    """Offers that hold every typed word, in any order: in the text, its detail, or its pinyin initials. Those whose text
    begins with what was typed come first, then those with all words in the text."""
    words = wanted_words(typed)
    if not words:
        return list(offers)
    ranked = []
    for place, offer in enumerate(offers):
        text, detail = offer.text.lower(), offer.detail.lower()
        in_text = all(word in text for word in words)
        if not in_text and not all(
            word in text or word in detail or (word.isascii() and word in initials(offer.text))
            for word in words
        ):
            continue
        ranked.append((not text.startswith(words[0]), not in_text, place, offer))
    return [offer for *_, offer in sorted(ranked, key=lambda entry: entry[:3])]


class _Offers(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.shown: list[Offer] = []

    def show(self, shown: list[Offer]) -> None:
        self.beginResetModel()
        self.shown = shown
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.shown)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        offer = self.shown[index.row()]
        if role == _OFFER:
            return offer
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{offer.text}，{offer.detail}"
        return None


class _Row(QStyledItemDelegate):
    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(100, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        offer: Offer = index.data(_OFFER)
        rect: QRect = option.rect  # type: ignore[attr-defined]
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.fillRect(rect, theme.color("select" if chosen else "surface"))
        inner = rect.adjusted(10, 3, -10, -3)
        for font, ink, text, align in (
            ("table", "ink", offer.text, Qt.AlignmentFlag.AlignTop),
            ("caption", "ink2", offer.detail, Qt.AlignmentFlag.AlignBottom),
        ):
            painter.setFont(theme.font(font))
            painter.setPen(theme.color(ink))
            room = inner.width()
            words = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room)
            painter.drawText(inner, int(align | Qt.AlignmentFlag.AlignLeft), words)


class OfferList(QFrame):
    """Belongs to one field and lives as long as it. `joins`: the answer is a list, only its last piece is looked for.

    written(): a line was put into the field.
    """

    written = Signal()

    def __init__(
        self, field: QLineEdit, source: Callable[[], Sequence[Offer]], *, joins: bool = False
    ) -> None:
        super().__init__(field.window())
        self.setProperty("role", "pop")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(self.tr("可以选的"))
        self._field, self._source, self._joins = field, source, joins
        self._model = _Offers(self)
        self.list = QListView()
        self.list.setModel(self._model)
        self.list.setItemDelegate(_Row(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(True)
        self.list.setAccessibleName(self.tr("可以选的"))
        self.list.clicked.connect(lambda index: self._write(index.row()))
        box = QVBoxLayout(self)
        box.setContentsMargins(1, 1, 1, 1)
        box.setSpacing(0)
        box.addWidget(self.list)
        self._note = widgets.label(self.tr("↓ 选一条，Enter 写入；不选就照打的写"), "note")
        self._note.setContentsMargins(10, 3, 10, 4)
        box.addWidget(self._note)
        self.hide()
        field.installEventFilter(self)
        field.textEdited.connect(lambda _text: self.refresh())
        field.destroyed.connect(self.deleteLater)

    @property
    def shown(self) -> list[Offer]:
        return self._model.shown

    def _typed(self) -> tuple[str, str]:
        """What stays as it is, and what is looked for."""
        text = self._field.text()
        if not self._joins:
            return "", text
        cut = max(text.rfind(mark) for mark in _LIST_BREAKS) + 1
        return text[:cut], text[cut:]

    def refresh(self) -> None:
        """Show what fits the text; nothing fits = no list."""
        shown = found(self._source(), self._typed()[1])
        self._model.show(shown)
        self.list.clearSelection()
        self.list.setCurrentIndex(QModelIndex())
        if not shown:
            self.hide()
            return
        window = self._field.window()
        if self.parentWidget() is not window:
            self.setParent(window)
        corner = self._field.mapTo(window, QPoint(0, self._field.height() + 2))
        width = min(max(self._field.width(), _LEAST_WIDTH), window.width() - 2 * _MARGIN)
        extra = self._note.sizeHint().height() + 4
        below = window.height() - corner.y() - _MARGIN
        above = corner.y() - self._field.height() - 4 - _MARGIN
        rows = min(len(shown), _MOST_ROWS)
        up = below < rows * _ROW + extra and above > below
        rows = max(1, min(rows, ((above if up else below) - extra) // _ROW))
        height = rows * _ROW + extra
        x = max(_MARGIN, min(corner.x(), window.width() - width - _MARGIN))
        y = corner.y() - self._field.height() - 4 - height if up else corner.y()
        self.setGeometry(x, y, width, height)
        self.show()
        self.raise_()

    def open_if_idle(self) -> None:
        """Show everything when the field has the focus and nothing was typed yet."""
        if self._field.hasFocus() and not self._field.text():
            self.refresh()

    def takes(self, event: QKeyEvent) -> bool:
        """Handle a key of the field. Enter and Tab with a chosen line write it, and still mean what they mean there."""
        key = event.key()
        if key == Qt.Key.Key_Down and not self.isVisible():
            self.refresh()
            return self.isVisible()
        if not self.isVisible():
            return False
        step = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_PageDown: _MOST_ROWS,
            Qt.Key.Key_PageUp: -_MOST_ROWS,
        }.get(Qt.Key(key))
        row = self.list.currentIndex().row()
        if step is not None:
            last = len(self.shown) - 1
            row = -1 if row + step < 0 else min(row + step, last)
            chosen = self._model.index(row) if row >= 0 else QModelIndex()
            self.list.setCurrentIndex(chosen)
            if row < 0:
                self.list.clearSelection()
            else:
                offer = self.shown[row]
                self._field.setAccessibleDescription(f"{offer.text}，{offer.detail}")
            return True
        if key == Qt.Key.Key_Escape:
            self.hide()
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab):
            if row >= 0:
                self._write(row)
            self.hide()
        return False

    def _write(self, row: int) -> None:
        kept, _ = self._typed()
        text = kept + self.shown[row].text
        self._field.setText(text)
        self._field.setModified(True)
        self.hide()
        self.written.emit()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusOut, QEvent.Type.Hide, QEvent.Type.Move):
            self.hide()
        if not isinstance(event, QKeyEvent):
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            if event.key() != Qt.Key.Key_Escape or not self.isVisible():
                return False
            event.accept()
            return True
        return event.type() == QEvent.Type.KeyPress and self.takes(event)
