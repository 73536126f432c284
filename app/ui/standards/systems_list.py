"""The list of systems: found while typing, each with kind, edition and how sure its values are."""

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.assessment.indicator_system import Verification
from app.standards.library import SystemSummary
from app.ui import theme
from app.ui.standards.words import STATES, kind_name, status_name, why_no_level

_Index = QModelIndex | QPersistentModelIndex
_BAR_FROM = 330  # px of a line that leave room for the bar of checked values
SUMMARY = Qt.ItemDataRole.UserRole
_TONES = {
    Verification.VERIFIED: "jade",
    Verification.TRANSCRIBED: "jade_mid",
    Verification.RECALLED: "ochre_bg",
}


def states_text(summary: SystemSummary) -> str:
    """「已核对 2 · 转录 10 · 凭记忆 31」, only those that occur."""
    words = {
        Verification.VERIFIED: "已核对",
        Verification.TRANSCRIBED: "转录",
        Verification.RECALLED: "凭记忆",
    }
    return " · ".join(
        f"{words[state]} {summary.states[state]}" for state in STATES if summary.states[state]
    )


class SystemsModel(QAbstractListModel):
    """The systems that are shown, in the order they were found."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.shown: tuple[SystemSummary, ...] = ()

    def show(self, summaries: Sequence[SystemSummary]) -> None:
        self.beginResetModel()
        self.shown = tuple(summaries)
        self.endResetModel()

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.shown)

    def data(self, index: _Index, role: int = 0) -> object:
        summary = self.shown[index.row()]
        if role == SUMMARY:
            return summary
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            parts = (
                summary.title,
                summary.document_no,
                kind_name(summary.kind),
                status_name(summary.status),
                states_text(summary),
                why_no_level(summary),
            )
            return "，".join(parts)
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{summary.title}\n{summary.document_no}\n{states_text(summary)}"
        return None


class SystemLine(QStyledItemDelegate):
    """Two lines: title and number of rows; kind, status, bar of states, level or why not."""

    def sizeHint(self, option: QStyleOptionViewItem, _index: _Index) -> QSize:
        return QSize(100, 2 * option.fontMetrics.height() + 20)  # type: ignore[attr-defined]

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        summary: SystemSummary = index.data(SUMMARY)
        rect: QRect = option.rect  # type: ignore[attr-defined]
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.color("select"))
            painter.fillRect(
                QRect(rect.left(), rect.top(), 3, rect.height()), theme.color("indigo")
            )
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, theme.color("hover"))
        painter.setPen(theme.color("line"))
        painter.drawLine(rect.left(), rect.bottom(), rect.right(), rect.bottom())
        half = rect.height() // 2
        upper = QRect(rect.left() + 12, rect.top() + 3, rect.width() - 24, half)
        lower = upper.translated(0, half - 5)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(theme.font("caption"))
        painter.setPen(theme.color("ink3"))
        rows = self.tr("{n} 行").format(n=summary.indicators)
        painter.drawText(upper, right, rows)
        room = upper.width() - painter.fontMetrics().horizontalAdvance(rows) - 10
        painter.setFont(theme.font("table", bold=True))
        painter.setPen(theme.color("ink"))
        title = painter.fontMetrics().elidedText(summary.title, Qt.TextElideMode.ElideRight, room)
        painter.drawText(upper, middle, title)
        painter.setFont(theme.font("caption"))
        verdict = why_no_level(summary)
        painter.setPen(theme.color("jade" if summary.scorable else "ink3"))
        painter.drawText(lower, right, verdict)
        room = lower.width() - painter.fontMetrics().horizontalAdvance(verdict) - 10
        if lower.width() >= _BAR_FROM:
            bar = QRectF(lower.right() - 190, lower.center().y() - 3, 84, 8)
            self._paint_bar(painter, bar, summary)
            room = lower.width() - 200
        words = f"{kind_name(summary.kind)} · {status_name(summary.status)}"
        if summary.own:
            words += self.tr(" · 自己的")
        painter.setPen(theme.color("ink2"))
        painter.drawText(
            lower,
            middle,
            painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room),
        )
        painter.restore()

    @staticmethod
    def _paint_bar(painter: QPainter, box: QRectF, summary: SystemSummary) -> None:
        """Solid = checked, pale = transcribed, dotted outline alone = recalled."""
        total = sum(summary.states.values()) or 1
        x = box.left()
        for state in STATES:
            width = box.width() * summary.states[state] / total
            if not width:
                continue
            part = QRectF(x, box.top(), width, box.height())
            painter.fillRect(part, theme.color(_TONES[state]))
            if state is Verification.RECALLED:
                painter.setPen(QPen(theme.color("ochre_line"), 1, Qt.PenStyle.DotLine))
                painter.drawRect(part.adjusted(0.5, 0.5, -0.5, -0.5))
            x += width
        painter.setPen(QPen(theme.color("border"), 1))
        painter.drawRect(box)
