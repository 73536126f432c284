"""One table of a system as it is published: category with weight, indicator, unit, ω, 限, Ⅰ Ⅱ Ⅲ, state, doubt."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from app.assessment.indicator_system import (
    LEVELS,
    Category,
    Family,
    Indicator,
    IndicatorKind,
    IndicatorSystem,
    ShareRule,
    Verification,
)
from app.assessment.numbers import brief
from app.assessment.units import UNITS
from app.audit.wording import threshold_text
from app.services.prints import short_record
from app.standards.library import threshold_state
from app.ui import chips, theme

_Index = QModelIndex | QPersistentModelIndex
COLUMNS = ("name", "unit", "weight", "limiting", "I", "II", "III", "state")
_LEVEL_OF = {level.code: level for level in LEVELS}
_WIDTHS = {"unit": 84, "weight": 64, "limiting": 36, "I": 84, "II": 84, "III": 84, "state": 34}


@dataclass(frozen=True)
class Line:
    category: Category
    row: Indicator | None = None

    @property
    def id(self) -> str:
        return f"category:{self.category.id}" if self.row is None else self.row.id


def weight_text(family: Family, row: Indicator) -> str:
    """ω (or the points) as the document writes it; 未收录 when the source does not have it."""
    if family in (Family.P_INDEX, Family.POINTS):
        return "未收录" if row.points is None else brief(row.points)
    if family is not Family.LEVEL_INDEX:
        return "—"
    if row.share is not None:
        if row.share.total is None:
            return "未收录"
        evenly = row.share.rule is ShareRule.APPLICABLE_COUNT
        return f"{brief(row.share.total)}/n" if evenly else brief(row.share.total)
    return "未收录" if row.weight is None else brief(row.weight)


class SystemModel(QAbstractTableModel):
    """Read-only unless `on_edit` is given: then cells take text and hand it over as (line id, column, text)."""

    LINE = Qt.ItemDataRole.UserRole
    CHIP = Qt.ItemDataRole.UserRole + 1

    def __init__(
        self, parent: QWidget, on_edit: Callable[[str, str, str], bool] | None = None
    ) -> None:
        super().__init__(parent)
        self.lines: tuple[Line, ...] = ()
        self._family = Family.LEVEL_INDEX
        self._on_edit = on_edit

    def show(self, system: IndicatorSystem, table_id: str) -> None:
        lines: list[Line] = []
        for category in system.table(table_id).categories:
            lines.append(Line(category))
            lines.extend(Line(category, row) for row in category.indicators)
        same = [line.id for line in lines] == [line.id for line in self.lines]
        if not same:
            self.beginResetModel()
        self._family = system.method.family
        self.lines = tuple(lines)
        if not same:
            self.endResetModel()
        elif lines:
            # A reset would close the cell that is being typed in, and lose the focus.
            last = self.index(len(lines) - 1, len(COLUMNS) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def row_of(self, line_id: str) -> int:
        return next((n for n, line in enumerate(self.lines) if line.id == line_id), -1)

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.lines)

    def columnCount(self, parent: _Index | None = None) -> int:
        return len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            return left if section == 0 else Qt.AlignmentFlag.AlignCenter
        if role == Qt.ItemDataRole.DisplayRole:
            names = (
                self.tr("指标"),
                self.tr("单位"),
                "ω",
                self.tr("限"),
                "Ⅰ",
                "Ⅱ",
                "Ⅲ",
                self.tr("核"),
            )
            return names[section]
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        line = self.lines[index.row()]
        column = COLUMNS[index.column()]
        if role == self.LINE:
            return line
        if role == self.CHIP:
            return self._chip(line, column)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return self.text(line, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(line, column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            chip = self._chip(line, column)
            head = self.headerData(index.column(), Qt.Orientation.Horizontal, 0)
            return f"{line.row.name if line.row else line.category.name}，{head}：{chip.name if chip else self.text(line, column)}"
        return None

    def text(self, line: Line, column: str) -> str:
        """The words of a cell; of a category its name and weight."""
        row = line.row
        if row is None:
            weight = line.category.weight
            if column == "name":
                return line.category.name
            if column == "weight" and self._family is Family.LEVEL_INDEX:
                return "未收录" if weight is None else brief(weight)
            return ""
        if column in _LEVEL_OF:
            return threshold_text(row, _LEVEL_OF[column])
        match column:
            case "name":
                return row.name
            case "unit":
                return UNITS[row.unit].symbol if row.unit else ""
            case "weight":
                return weight_text(self._family, row)
            case "limiting":
                return "" if self._on_edit is None else "是" if row.limiting else "否"
            case _:
                return ""

    def _chip(self, line: Line, column: str) -> chips.Chip | None:
        row = line.row
        if column == "state":
            state = line.category.provenance.verification if row is None else row.trust
            return chips.verification_chip(state, word=False)
        if row is not None and column == "limiting" and row.limiting and self._on_edit is None:
            return chips.limiting_chip()
        return None

    def _tip(self, line: Line, column: str) -> str:
        mark = line.category.provenance if line.row is None else line.row.provenance
        parts = [self.text(line, column)]
        if line.row is not None and column == "weight" and line.row.share is not None:
            parts.append(line.row.share.printed)
        if column in ("name", "state"):
            state = mark.verification if line.row is None else threshold_state(line.row)
            parts.append(chips.verification_chip(state).name)
            if mark.checked_by:
                against = short_record(mark.checked_against)
                parts.append(f"{mark.checked_on} {mark.checked_by}，照{against}")
            if mark.confirmed_by:
                parts.append(self.tr("复核 {who}").format(who=mark.confirmed_by))
        if mark.doubt:
            parts.append(self.tr("存疑：{doubt}").format(doubt=mark.doubt))
        return "\n".join(part for part in parts if part)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        plain = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        line = self.lines[index.row()]
        column = COLUMNS[index.column()]
        editable = column != "state" and (line.row is not None or column in ("name", "weight"))
        if self._on_edit is not None and editable:
            return plain | Qt.ItemFlag.ItemIsEditable
        return plain

    def setData(self, index: _Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        line = self.lines[index.row()]
        column = COLUMNS[index.column()]
        if self._on_edit is None or str(value) == self.text(line, column):
            return False
        return self._on_edit(line.id, column, str(value))


class _Cells(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        base = super().sizeHint(option, index)
        return QSize(base.width(), max(27, base.height()))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        line: Line = index.data(SystemModel.LINE)
        column = COLUMNS[index.column()]
        rect = QRectF(option.rect)  # type: ignore[attr-defined]
        selected = bool(option.state & QStyle.StateFlag.State_Selected)  # type: ignore[attr-defined]
        painter.save()
        ground = "select" if selected else "raised" if line.row is None else "surface"
        painter.fillRect(rect, theme.color(ground))
        painter.setPen(QPen(theme.color("line"), 1))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        inner = rect.adjusted(8 if column != "name" or line.row is None else 18, 0, -6, -1)
        chip = index.data(SystemModel.CHIP)
        if chip is not None:
            chips.paint_chip(painter, rect, chip, Qt.AlignmentFlag.AlignHCenter)
        else:
            text = str(index.data() or "")
            unknown = text == "未收录"
            painter.setFont(theme.font("table", bold=line.row is None))
            painter.setPen(theme.color("ochre" if unknown else "ink"))
            shown = painter.fontMetrics().elidedText(
                text, Qt.TextElideMode.ElideRight, round(inner.width())
            )
            words = line.row is not None and line.row.kind is IndicatorKind.QUALITATIVE
            left = column == "name" or (column in _LEVEL_OF and words)
            side = Qt.AlignmentFlag.AlignLeft if left else Qt.AlignmentFlag.AlignHCenter
            painter.drawText(inner, side | Qt.AlignmentFlag.AlignVCenter, shown)
            if column == "name" and line.row is not None and _doubtful(line.row):
                width = painter.fontMetrics().horizontalAdvance(shown)
                painter.setPen(theme.color("ochre"))
                painter.drawText(
                    inner.adjusted(width + 6, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, "?"
                )
        painter.restore()


def _doubtful(row: Indicator) -> bool:
    return bool(row.provenance.doubt) and row.provenance.verification is not Verification.VERIFIED


class SystemView(QTableView):
    """The table; with `on_edit` cells are typed in place (F2 or typing)."""

    def __init__(self, on_edit: Callable[[str, str, str], bool] | None = None) -> None:
        super().__init__()
        self.lines = SystemModel(self, on_edit)
        self.setModel(self.lines)
        self.setItemDelegate(_Cells(self))
        self.setAccessibleName(self.tr("体系的表"))
        self.setShowGrid(False)
        self.setTabKeyNavigation(on_edit is not None)
        if on_edit is None:
            self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
            self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(27)
        header = self.horizontalHeader()
        header.setSectionsClickable(False)
        header.setHighlightSections(False)
        for number, column in enumerate(COLUMNS):
            if column in _WIDTHS:
                self.setColumnWidth(number, _WIDTHS[column])
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        spare = self.viewport().width() - 260 - sum(_WIDTHS.values())
        for column in _LEVEL_OF:
            width = _WIDTHS[column] + max(0, min(spare // 4, 160))
            self.setColumnWidth(COLUMNS.index(column), width)

    def show_table(self, system: IndicatorSystem, table_id: str) -> None:
        self.lines.show(system, table_id)
