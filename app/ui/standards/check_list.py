"""The rows to check, in the order of the print: which are done, by whom, and which wait."""

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.services.checking import Item
from app.services.prints import short_record
from app.ui import chips, theme
from app.ui.standards.words import tr

_Index = QModelIndex | QPersistentModelIndex
ITEM = Qt.ItemDataRole.UserRole


class CheckItems(QAbstractListModel):
    """The rows of a table as one list."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.items: tuple[Item, ...] = ()
        self.numbers: tuple[str, ...] = ()

    def show(self, items: tuple[Item, ...], numbers: tuple[str, ...]) -> None:
        self.beginResetModel()
        self.items, self.numbers = items, numbers
        self.endResetModel()

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.items)

    def data(self, index: _Index, role: int = 0) -> object:
        item = self.items[index.row()]
        if role == ITEM:
            return item
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            state = chips.verification_chip(item.state).name
            dispute = tr("，打的不一样，等另一个人") if item.dispute else ""
            return f"{self.numbers[index.row()]} {item.name}，{state}{dispute}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return signed_text(item) or item.name
        return None


def signed_text(item: Item) -> str:
    mark = item.mark
    if not mark.checked_by:
        return ""
    text = f"{mark.checked_on} {mark.checked_by} 核对，照{short_record(mark.checked_against)}"
    if mark.confirmed_by:
        text += f"；{mark.confirmed_on} {mark.confirmed_by} 复核"
    return text


class CheckLine(QStyledItemDelegate):
    """A row: its name, and whether it was checked."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        return QSize(100, 27)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        item: Item = index.data(ITEM)
        model: CheckItems = index.model()  # type: ignore[assignment]
        rect: QRect = option.rect  # type: ignore[attr-defined]
        selected = bool(option.state & QStyle.StateFlag.State_Selected)  # type: ignore[attr-defined]
        painter.save()
        frame = item.row is None
        painter.fillRect(
            rect, theme.color("select" if selected else "raised" if frame else "surface")
        )
        if selected:
            painter.fillRect(
                QRect(rect.left(), rect.top(), 3, rect.height()), theme.color("indigo")
            )
        painter.setPen(theme.color("line"))
        painter.drawLine(rect.left(), rect.bottom(), rect.right(), rect.bottom())
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(theme.font("table"))
        painter.setPen(theme.color("ink3"))
        painter.drawText(rect.adjusted(12, 0, 0, 0), middle, model.numbers[index.row()])
        painter.setFont(theme.font("table", bold=frame))
        painter.setPen(theme.color("ink"))
        words = painter.fontMetrics().elidedText(
            item.name, Qt.TextElideMode.ElideRight, rect.width() - 92
        )
        painter.drawText(rect.adjusted(44, 0, -40, 0), middle, words)
        place = QRectF(rect.right() - 40, rect.top(), 34, rect.height())
        if item.dispute is not None:
            painter.setPen(theme.color("ochre"))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, "≠")
        else:
            chips.paint_chip(
                painter,
                place,
                chips.verification_chip(item.state, word=False),
                Qt.AlignmentFlag.AlignHCenter,
            )
        painter.restore()
