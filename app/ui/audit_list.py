"""The list of audits: its cells as text and as painted, its keys, and what its columns are ordered by."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from app.ui import chips, theme
from app.ui.outline import short_name
from app.ui.search import pinyin
from app.ui.status import day_text

if TYPE_CHECKING:
    # For types only: what it stands on is not needed to show the list.
    from app.services.audit_list import AuditSummary

AUDIT = Qt.ItemDataRole.UserRole  # the AuditSummary of a row
PRESSING_DAYS = 40  # so few days left are shown in red


_PLACE = re.compile(r"(?:.{2,3}省)?(.{2,4})市(.{2,4})[区县市镇]")


def _short_place(place: str) -> str:
    """「佛山南海」 of 「佛山市南海区」: a list has little room, and the tip says it whole."""
    found = _PLACE.fullmatch(place)
    return place if found is None else f"{found[1]}{found[2]}"


class AuditTable(QAbstractTableModel):
    """One audit a row; what a cell says is the same for the eye, the ear and the search."""

    def __init__(self, today: date, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.today = today
        self.rows: list[AuditSummary] = []
        self._shared: frozenset[str] = frozenset()  # firms with several audits in the list
        self.heads = (
            self.tr("企业"),
            self.tr("地点、行业"),
            self.tr("类型"),
            self.tr("进度"),
            self.tr("等级"),
            self.tr("完成期限"),
            self.tr("还剩"),
            self.tr("上次打开"),
        )

    def show(self, rows: Sequence["AuditSummary"]) -> None:
        self.beginResetModel()
        self.rows = list(rows)
        counted = Counter(short_name(row.path.stem, row.name) for row in rows)
        self._shared = frozenset(name for name, count in counted.items() if count > 1)
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.heads)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> object:
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return self.heads[section]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                right = Qt.AlignmentFlag.AlignRight if section >= 6 else Qt.AlignmentFlag.AlignLeft
                return int(right | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = 0) -> object:
        row = self.rows[index.row()]
        if role == AUDIT:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(row, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            industry = f"{row.place} {row.industry}".strip()
            return row.trouble or "\n".join(filter(None, (row.name, industry, str(row.path))))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self.heads[index.column()]}：{self.text(row, index.column())}"
        return None

    def text(self, row: "AuditSummary", column: int) -> str:
        """The words of a cell, also for chips and bars."""
        match column:
            case 0:
                name = short_name(row.path.stem, row.name)
                # Several audits of one firm: the name of the file tells them apart.
                return row.path.stem if name in self._shared else name
            case 1:
                industry = row.industry.lstrip("0123456789ABCDEFGHIJKLMNOPQRST ")
                return " · ".join(part for part in (_short_place(row.place), industry) if part)
            case 2:
                return row.kind
            case 3:
                return f"{row.current_stage} {int(row.done * 100)}%".strip() if row.stages else ""
            case 4:
                if row.trouble:
                    return self.tr("打不开")
                return chips.level_chip(row.level).text if row.rated else self.tr("不评级")
            case 5:
                return row.deadline.isoformat() if row.deadline else ""
            case 6:
                left = row.days_left(self.today)
                if left is None:
                    return ""
                if left < 0:
                    return self.tr("过了 {n} 天").format(n=-left)
                return self.tr("{n} 天").format(n=left)
            case _:
                if row.opened is None:
                    return ""
                now = datetime.combine(self.today, datetime.max.time()).astimezone()
                return day_text(row.opened, now).removeprefix("今天 ")


class AuditCells(QStyledItemDelegate):
    """Progress as boxes a stage, the level as a chip, days that press in red; the current row is filled whole."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        model: AuditTable = index.model()  # type: ignore[assignment]
        row = model.rows[index.row()]
        rect: QRect = option.rect  # type: ignore[attr-defined]
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        view: QTableView = option.widget  # type: ignore[attr-defined]
        painter.save()
        current = view.currentIndex().row() == index.row()
        if current:
            painter.fillRect(rect, theme.color("select"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, theme.color("hover"))
        painter.setPen(theme.color("line"))
        painter.drawLine(rect.left(), rect.bottom(), rect.right(), rect.bottom())
        inner = rect.adjusted(8, 0, -8, 0)
        text = model.text(row, index.column())
        column = index.column()
        middle = Qt.AlignmentFlag.AlignVCenter
        if column == 3 and row.stages:
            self._paint_progress(painter, inner, row, text)
        elif column == 4 and row.rated and not row.trouble:
            chips.paint_chip(painter, QRectF(inner), chips.level_chip(row.level))
        else:
            role, bold = "ink2", False
            if column == 0:
                role, bold = "ink", True
            elif column == 5:
                role = "ink"
            elif column == 6:
                left = row.days_left(model.today)
                pressing = left is not None and left <= PRESSING_DAYS
                role, bold = ("cinnabar", True) if pressing else ("ink", False)
            elif column == 4:
                role = "cinnabar" if row.trouble else "ink3"
            painter.setFont(theme.font("table", bold=bold))
            painter.setPen(theme.color(role))
            right = Qt.AlignmentFlag.AlignRight if column >= 6 else Qt.AlignmentFlag.AlignLeft
            shown = painter.fontMetrics().elidedText(
                text, Qt.TextElideMode.ElideRight, inner.width()
            )
            painter.drawText(inner, middle | right, shown)
        if current and view.hasFocus() and column in (0, model.columnCount() - 1):
            painter.setPen(QPen(theme.color("focus"), 2))
            edge = rect.left() + 1 if column == 0 else rect.right() - 1
            painter.drawLine(edge, rect.top(), edge, rect.bottom())
        painter.restore()

    def _paint_progress(
        self, painter: QPainter, rect: QRect, row: "AuditSummary", text: str
    ) -> None:
        x = float(rect.left())
        width = min(16.0, (rect.width() - 60) / max(len(row.stages), 1) - 3)
        for _, share in row.stages:
            box = QRectF(x + 0.5, rect.center().y() - 3, width, 7)
            painter.setPen(QPen(theme.color("jade"), 1))
            painter.setBrush(theme.color("surface"))
            painter.drawRect(box)
            painter.fillRect(
                QRectF(box.left(), box.top(), box.width() * share, box.height()),
                theme.color("jade"),
            )
            x += width + 3
        painter.setFont(theme.font("caption"))
        painter.setPen(theme.color("ink3"))
        painter.drawText(
            QRectF(x + 4, rect.top(), rect.right() - x, rect.height()),
            Qt.AlignmentFlag.AlignVCenter,
            text,
        )


class AuditView(QTableView):
    """opened, forgotten: Enter and Delete on a row (its AuditSummary). moved: another row is current."""

    opened = Signal(object)
    forgotten = Signal(object)
    moved = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        if index.isValid():
            row = index.data(AUDIT)
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.opened.emit(row)
                return
            if event.key() == Qt.Key.Key_Delete:
                self.forgotten.emit(row)
                return
        super().keyPressEvent(event)

    def currentChanged(
        self,
        current: QModelIndex | QPersistentModelIndex,
        previous: QModelIndex | QPersistentModelIndex,
    ) -> None:
        super().currentChanged(current, previous)
        self.moved.emit()


def sort_key(row: "AuditSummary", column: int, model: AuditTable) -> "tuple[Any, ...] | None":
    """What a column is ordered by; None where nothing stands in it. Names in the order of their pinyin."""
    match column:
        case 3:
            return (row.done,)
        case 4:
            return (row.level,) if row.level is not None else None
        case 5 | 6:
            return (row.deadline,) if row.deadline else None
        case 7:
            return (-row.opened.timestamp(),) if row.opened else None
        case _:
            text = model.text(row, column)
            return (pinyin(text), text) if text else None
