"""The table of indicators: limiting ones first, then by category; level columns, chip, weight, share, gap, state."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPen,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from app.assessment.doubt import Doubt
from app.assessment.finding import Measured, Missing, NotApplicable, Reached
from app.assessment.indicator_system import (
    DocumentKind,
    Family,
    Indicator,
    IndicatorKind,
    IndicatorSystem,
    Level,
    Table,
)
from app.assessment.inputs import NO_INPUTS, FirmInputs
from app.assessment.numbers import brief, display
from app.assessment.result import Assessment, Judgement
from app.assessment.units import UNITS
from app.audit.wording import finding_text, gap_text, sign, threshold_text
from app.forms.grid import safe_line
from app.ui import chips, theme

_Index = QModelIndex | QPersistentModelIndex


class Filter(enum.Enum):
    ALL = "all"
    LIMITING = "limiting"
    BELOW_TARGET = "below"
    MISSING = "missing"
    NOT_APPLICABLE = "na"


class Column(enum.IntEnum):
    LIMITING = 0
    NAME = 1
    VALUE = 2
    LEVEL_I = 3
    LEVEL_II = 4
    LEVEL_III = 5
    REACHED = 6
    WEIGHT = 7
    SHARE = 8
    GAP = 9
    STATE = 10


_WIDTHS = {
    Column.LIMITING: 38,
    Column.NAME: 210,
    Column.VALUE: 156,
    Column.LEVEL_I: 52,
    Column.LEVEL_II: 52,
    Column.LEVEL_III: 52,
    Column.REACHED: 76,
    Column.WEIGHT: 58,
    Column.SHARE: 64,
    Column.GAP: 112,
    Column.STATE: 34,
}
_LEAST_NAME = 120  # px
_WIDEST_LEVEL = 104
_LEVEL_OF = {Column.LEVEL_I: Level.I, Column.LEVEL_II: Level.II, Column.LEVEL_III: Level.III}


@dataclass(frozen=True)
class Row:
    """A group line (indicator None) or one indicator with its judgement."""

    title: str
    note: str = ""
    indicator: Indicator | None = None
    judgement: Judgement | None = None


class Kind(enum.Enum):
    """What a document gives: cleaner-production levels row by row, levels of an energy quota, points of each row, or only
    met and not met."""

    LEVELS = "levels"
    POINTS = "points"
    QUOTA = "quota"
    REFERENCE = "reference"


def kind_of(system: IndicatorSystem) -> Kind:
    """A reference table never speaks of levels."""
    if system.kind is DocumentKind.ENERGY_QUOTA:
        return Kind.QUOTA
    if system.kind is DocumentKind.REFERENCE_TABLE:
        return Kind.REFERENCE
    by_points = system.method.family in (Family.P_INDEX, Family.POINTS)
    return Kind.POINTS if by_points else Kind.LEVELS


def reached_chip(kind: Kind, judgement: Judgement) -> chips.Chip:
    """What an indicator reaches, in the words of its document: 「Ⅱ 级」, 「2 级」, 「达到」."""
    match judgement.state:
        case "missing":
            in_doubt = doubt_of(judgement) is not None
            return chips.contradicted_chip() if in_doubt else chips.missing_level_chip()
        case "not_applicable":
            return chips.not_applicable_level_chip()
        case "unjudgeable":
            return chips.unjudgeable_chip()
        case _:
            level = judgement.reached
    if kind in (Kind.POINTS, Kind.REFERENCE) and level is None:
        return chips.tag(_tr("已填"))
    if kind is Kind.LEVELS or level is None:
        return chips.level_chip(level)
    if kind is Kind.POINTS and level not in (Level.I, Level.NONE):
        return chips.level_chip(level)
    if kind in (Kind.REFERENCE, Kind.POINTS):
        return (
            chips.tag(_tr("没达到"), "warn")
            if level is Level.NONE
            else chips.tag(_tr("达到"), "ok")
        )
    if level is Level.NONE:
        return chips.Chip("level", "none", _tr("超 3 级"))
    return chips.Chip("level", level.code, level_word(kind, level))


def doubt_of(judgement: Judgement) -> Doubt | None:
    """What stands against the answer, None where nothing does."""
    finding = judgement.finding
    return finding.doubt if isinstance(finding, Missing) and judgement.state == "missing" else None


def said_text(kind: Kind, indicator: Indicator, judgement: Judgement) -> str:
    """The firm's value, points or statement; of a reference table without any word of levels."""
    finding = judgement.finding
    if isinstance(finding, Measured) and indicator.kind is IndicatorKind.QUALITATIVE:
        return _tr("{points} 分").format(points=brief(finding.value))
    plain = kind in (Kind.REFERENCE, Kind.POINTS)
    if plain and isinstance(finding, Reached) and not finding.statement:
        return reached_chip(kind, judgement).text
    return finding_text(finding, judgement.places)


def level_word(kind: Kind, level: Level) -> str:
    """「Ⅱ 级」, or 「2 级」 as energy quotas number them."""
    return f"{level.value} 级" if kind is Kind.QUOTA else f"{level.symbol} 级"


def _tr(text: str) -> str:
    return QCoreApplication.translate("IndicatorTable", text)


def asked_level(table: Table) -> Level:
    """The lowest level the table asks anything for: what a reference table's single column stands under."""
    return max((level for row in table.indicators() for level in row.benchmarks), default=Level.III)


def target_level(assessment: Assessment) -> Level:
    """The next level worth working for: one better than the best still possible."""
    best = assessment.level_range[0] if assessment.level_range else Level.NONE
    return Level(max(1, min(3, best - 1)))


def is_in(judgement: Judgement, chosen: Filter, target: Level) -> bool:
    """Whether a judgement belongs to a filter. 全部 leaves out what does not apply, as its weight is elsewhere."""
    match chosen:
        case Filter.ALL:
            return judgement.state != "not_applicable"
        case Filter.LIMITING:
            return judgement.limiting and judgement.state != "not_applicable"
        case Filter.BELOW_TARGET:
            return judgement.state != "not_applicable" and judgement.meets[target] is False
        case Filter.MISSING:
            return judgement.state == "missing"
        case Filter.NOT_APPLICABLE:
            return judgement.state == "not_applicable"


def table_rows(
    table: Table,
    assessment: Assessment,
    chosen: Filter,
    target: Level,
    kind: Kind,
) -> tuple[Row, ...]:
    """Limiting indicators first, what is open or stops the firm on top of them; then the other categories."""
    by_id = {judgement.indicator_id: judgement for judgement in assessment.judgements}
    shown = [
        (category, indicator, by_id[indicator.id])
        for category in table.categories
        for indicator in category.indicators
        if indicator.id in by_id and is_in(by_id[indicator.id], chosen, target)
    ]
    rows: list[Row] = []
    limiting = [(i, j) for _, i, j in shown if j.limiting]
    if limiting:
        heads = {
            Kind.LEVELS: (
                _tr("限定性指标 {count} 项"),
                _tr("任何一项不到，等级就上不去；这里排在最前"),
            ),
            Kind.POINTS: (_tr("限定性指标 {count} 项"), _tr("排在最前")),
            Kind.QUOTA: (_tr("限额 {count} 项"), _tr("3 级是限定值，1 级最先进")),
            Kind.REFERENCE: (_tr("必须达到的 {count} 项"), _tr("排在最前")),
        }
        title, note = heads[kind]
        rows.append(Row(title.format(count=len(limiting)), note))
        urgency = {None: 0, False: 1, True: 2}
        limiting.sort(key=lambda pair: urgency[pair[1].meets[target]])
        rows += [Row(i.name, indicator=i, judgement=j) for i, j in limiting]
    for category in table.categories:
        others = [(i, j) for c, i, j in shown if c is category and not j.limiting]
        if others:
            weight = "" if category.weight is None else brief(category.weight)
            note = _tr("一级权重 {weight}").format(weight=weight) if weight else ""
            rows.append(Row(category.name, note))
            rows += [Row(i.name, indicator=i, judgement=j) for i, j in others]
    return tuple(rows)


class IndicatorModel(QAbstractTableModel):
    """Rows of the table. UserRole gives the Row, UserRole + 1 the chip of a cell."""

    ROW = Qt.ItemDataRole.UserRole
    CHIP = Qt.ItemDataRole.UserRole + 1

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[Row, ...] = ()
        self.target = Level.II
        self.year = ""
        self.inputs: FirmInputs = NO_INPUTS
        self.kind = Kind.LEVELS

    def set_rows(
        self,
        rows: Sequence[Row],
        target: Level,
        year: str,
        inputs: FirmInputs,
        kind: Kind = Kind.LEVELS,
    ) -> None:
        same = [r.title for r in rows] == [r.title for r in self.rows]
        if not same:
            self.beginResetModel()
        self.rows, self.target, self.year, self.inputs = tuple(rows), target, year, inputs
        self.kind = kind
        if not same:
            self.endResetModel()
        elif self.rows:
            last = self.index(len(self.rows) - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, self.columnCount() - 1)

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index | None = None) -> int:
        return len(Column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _ALIGN[Column(section)]
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        quota, only = self.kind is Kind.QUOTA, self.kind is Kind.REFERENCE
        base = any(
            row.indicator is not None and row.indicator.base is not None for row in self.rows
        )
        target = level_word(self.kind, self.target)
        return {
            Column.NAME: self.tr("指标"),
            Column.VALUE: self.tr("企业值（{year}）").format(year=self.year)
            if self.year
            else self.tr("企业值"),
            Column.LEVEL_I: (
                self.tr("基准值") if base else self.tr("要求") if only else "1" if quota else "Ⅰ"
            ),
            Column.LEVEL_II: self.tr("要求") if only else "2" if quota else "Ⅱ",
            Column.LEVEL_III: self.tr("要求") if only else "3" if quota else "Ⅲ",
            Column.REACHED: self.tr("达到"),
            Column.WEIGHT: self.tr("分数"),
            Column.SHARE: self.tr("计入 Y{level}").format(level=self.target.symbol),
            Column.GAP: (
                self.tr("还差") if only else self.tr("到 {level}还差").format(level=target)
            ),
            Column.STATE: self.tr("核"),
        }.get(Column(section), "")

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.rows[index.row()]
        column = Column(index.column())
        if role == self.ROW:
            return row
        if row.indicator is None or row.judgement is None:
            if role == Qt.ItemDataRole.DisplayRole and column == Column.LIMITING:
                return f"{row.title}　{row.note}"
            return None
        if role == self.CHIP:
            return self._chip(row.indicator, row.judgement, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _ALIGN[column]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row.indicator, row.judgement, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(row.indicator, row.judgement, column)
        if role == Qt.ItemDataRole.AccessibleTextRole and column == Column.NAME:
            return self._spoken(row.indicator, row.judgement)
        return None

    def _text(self, indicator: Indicator, judgement: Judgement, column: Column) -> str:
        match column:
            case Column.NAME:
                symbol = UNITS[indicator.unit].symbol if indicator.unit else ""
                return f"{indicator.name}  {symbol}" if symbol else indicator.name
            case Column.VALUE:
                if judgement.state == "missing":
                    doubt = doubt_of(judgement)
                    return "" if doubt is None else doubt.facts_text
                if isinstance(judgement.finding, NotApplicable):
                    return judgement.finding.reason
                return said_text(self.kind, indicator, judgement)
            case Column.LEVEL_I | Column.LEVEL_II | Column.LEVEL_III:
                if indicator.kind is IndicatorKind.QUALITATIVE:
                    return ""
                if column is Column.LEVEL_I and indicator.base is not None:
                    return f"{sign(indicator)} {brief(indicator.base)}".strip()
                return threshold_text(indicator, _LEVEL_OF[column], self.inputs)
            case Column.WEIGHT:
                if judgement.state == "not_applicable":
                    return "—"
                if self.kind is Kind.POINTS:
                    return "未收录" if indicator.points is None else brief(indicator.points)
                return "未收录" if judgement.share is None else display(judgement.share, 2)
            case Column.SHARE:
                met = judgement.meets[self.target]
                if judgement.state == "not_applicable" or met is None or judgement.share is None:
                    return "—"
                return display(judgement.share, 2) if met else "0"
            case Column.GAP:
                if self.kind is Kind.POINTS or (
                    judgement.state == "missing" and self.kind is not Kind.LEVELS
                ):
                    return ""  # 「填了才定级」 is of levels, a gap in points is no way to one
                return gap_text(indicator, judgement, self.target, self.inputs)
            case _:
                return ""

    def _chip(
        self, indicator: Indicator, judgement: Judgement, column: Column
    ) -> chips.Chip | None:
        match column:
            case Column.LIMITING:
                return chips.limiting_chip() if judgement.limiting else None
            case Column.VALUE if judgement.state == "missing" and doubt_of(judgement) is None:
                return chips.missing_level_chip()
            case Column.REACHED:
                return reached_chip(self.kind, judgement)
            case Column.STATE:
                return chips.verification_chip(judgement.verification, word=False)
            case _:
                return None

    def _tip(self, indicator: Indicator, judgement: Judgement, column: Column) -> str:
        if column in _LEVEL_OF:
            return threshold_text(indicator, _LEVEL_OF[column], self.inputs)
        doubt = doubt_of(judgement)
        if doubt is not None and column in (Column.VALUE, Column.REACHED):
            return doubt.text
        chip = self._chip(indicator, judgement, column)
        if chip is not None:
            return chip.name
        return self._text(indicator, judgement, column)

    def _spoken(self, indicator: Indicator, judgement: Judgement) -> str:
        parts = [indicator.name]
        if judgement.limiting:
            parts.append(self.tr("限定性指标"))
        parts.append(said_text(self.kind, indicator, judgement))
        chip = self._chip(indicator, judgement, Column.REACHED)
        state = self._chip(indicator, judgement, Column.STATE)
        parts += [one.name for one in (chip, state) if one is not None]
        return "，".join(parts)

    def row_of(self, indicator_id: str) -> int:
        """Row number of an indicator, -1 when it is filtered out."""
        for number, row in enumerate(self.rows):
            if row.indicator is not None and row.indicator.id == indicator_id:
                return number
        return -1

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if self.rows[index.row()].indicator is None:
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


_CENTRE = Qt.AlignmentFlag.AlignCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_ALIGN = {
    Column.LIMITING: _CENTRE,
    Column.NAME: _LEFT,
    Column.VALUE: _RIGHT,
    Column.LEVEL_I: _CENTRE,
    Column.LEVEL_II: _CENTRE,
    Column.LEVEL_III: _CENTRE,
    Column.REACHED: _CENTRE,
    Column.WEIGHT: _RIGHT,
    Column.SHARE: _RIGHT,
    Column.GAP: _LEFT,
    Column.STATE: _CENTRE,
}


class IndicatorDelegate(QStyledItemDelegate):
    """Paints chips, dots and group lines; everything else by the style sheet's colours."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        row: Row = index.data(IndicatorModel.ROW)
        rect = QRectF(option.rect)  # type: ignore[attr-defined]
        selected = bool(option.state & QStyle.StateFlag.State_Selected)  # type: ignore[attr-defined]
        if row.indicator is None or row.judgement is None:
            self._paint_group(painter, rect, row)
            return
        painter.save()
        ground = "select" if selected else "surface"
        painter.fillRect(rect, theme.color(ground))
        painter.setPen(QPen(theme.color("line"), 1))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        column = Column(index.column())
        chip = index.data(IndicatorModel.CHIP)
        inner = rect.adjusted(6, 0, -6, -1)
        if chip is not None:
            align = Qt.AlignmentFlag.AlignHCenter
            if column == Column.VALUE:
                align = Qt.AlignmentFlag.AlignRight
            chips.paint_chip(painter, inner, chip, align)
        elif column in _LEVEL_OF and row.indicator.kind is IndicatorKind.QUALITATIVE:
            self._paint_dot(painter, rect, row.judgement.meets[_LEVEL_OF[column]])
        else:
            font, shade = self._look(row, column)
            painter.setFont(font)
            painter.setPen(shade)
            text = painter.fontMetrics().elidedText(
                str(index.data() or ""), Qt.TextElideMode.ElideRight, round(inner.width())
            )
            painter.drawText(inner, _ALIGN[column], text)
        painter.restore()

    @staticmethod
    def _paint_group(painter: QPainter, rect: QRectF, row: Row) -> None:
        painter.save()
        painter.fillRect(rect, theme.color("raised"))
        painter.setPen(QPen(theme.color("line"), 1))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.setFont(theme.font("table", bold=True))
        painter.setPen(theme.color("ink"))
        inner = rect.adjusted(12, 0, -6, 0)
        painter.drawText(inner, _LEFT, row.title)
        width = painter.fontMetrics().horizontalAdvance(row.title)
        painter.setFont(theme.font("caption"))
        painter.setPen(theme.color("ink3"))
        painter.drawText(inner.adjusted(width + 8, 0, 0, 0), _LEFT, row.note)
        painter.restore()

    @staticmethod
    def _paint_dot(painter: QPainter, rect: QRectF, met: bool | None) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if met is None:
            painter.setPen(QPen(theme.color("border"), 1.1, Qt.PenStyle.DashLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
        elif met:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("jade"))
        else:
            painter.setPen(QPen(theme.color("border"), 1.1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(rect.center(), 5.0, 5.0)

    @staticmethod
    def _look(row: Row, column: Column) -> tuple[QFont, QColor]:
        assert row.judgement is not None
        away = row.judgement.state == "not_applicable"
        if column in _LEVEL_OF:
            met = row.judgement.meets[_LEVEL_OF[column]] is True
            return theme.font("table", bold=met), theme.color("jade" if met else "ink3")
        if column == Column.VALUE and doubt_of(row.judgement) is not None:
            return theme.font("table"), theme.color("cinnabar")
        if column == Column.VALUE:
            measured = isinstance(row.judgement.finding, Measured)
            return theme.font("table", bold=measured), theme.color("ink3" if away else "ink")
        if column == Column.GAP and row.judgement.state == "missing":
            return theme.font("table"), theme.color("ochre")
        return theme.font("table"), theme.color("ink3" if away else "ink")

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(40, 27)


_SHOWN = Qt.ItemDataRole.DisplayRole
_MOVES = frozenset(
    {
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_PageUp,
        Qt.Key.Key_PageDown,
        Qt.Key.Key_Home,
        Qt.Key.Key_End,
    }
)


class IndicatorTable(QTableView):
    """The view: one row selected at a time, arrows move over group lines. It takes what room the page has left."""

    def sizeHint(self) -> QSize:
        return self.minimumSize().expandedTo(self.minimumSizeHint())

    def __init__(self, model: IndicatorModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setItemDelegate(IndicatorDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setAccessibleName(self.tr("指标对标表"))
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(27)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(30)
        for column, width in _WIDTHS.items():
            header.resizeSection(column, width)
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(Column.NAME, QHeaderView.ResizeMode.Stretch)
        model.modelReset.connect(self._span_groups)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that move stay here; letters and figures are the page's (1 2 3 0 choose a level), not a search."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() in _MOVES:
            super().keyPressEvent(event)
        else:
            event.ignore()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("复制这张表\tCtrl+C"), self.copy)
        menu.popup(event.globalPos())

    def copy(self) -> None:
        """The rows shown with their heads, as a spreadsheet takes them; marks in words."""
        model = self.model()
        assert isinstance(model, IndicatorModel)
        columns = [one for one in Column if not self.isColumnHidden(one)]
        heads = [
            str(model.headerData(one, Qt.Orientation.Horizontal, _SHOWN) or "") for one in columns
        ]
        lines = [heads]
        for number, row in enumerate(model.rows):
            if row.indicator is None:
                lines.append([str(model.index(number, Column.LIMITING).data() or "")])
            else:
                tip = Qt.ItemDataRole.ToolTipRole
                lines.append([str(model.index(number, one).data(tip) or "") for one in columns])
        QGuiApplication.clipboard().setText("\n".join(safe_line(line) for line in lines))

    def fit(self, *, has_index: bool, levels: Sequence[Level]) -> None:
        """Show the columns the document has, thresholds at full length where there is room."""
        model = self.model()
        assert isinstance(model, IndicatorModel)
        header = self.horizontalHeader()
        self.setColumnHidden(Column.WEIGHT, not has_index and model.kind is not Kind.POINTS)
        self.setColumnHidden(Column.SHARE, not has_index)
        self.setColumnHidden(Column.GAP, model.kind is Kind.POINTS)
        metrics = QFontMetrics(theme.font("table", bold=True))
        for column, level in _LEVEL_OF.items():
            self.setColumnHidden(column, level not in levels)
            texts = [
                str(model.index(number, column).data() or "")
                for number, row in enumerate(model.rows)
                if row.indicator is not None
            ]
            wide = max((metrics.horizontalAdvance(text) for text in texts), default=0)
            header.resizeSection(column, max(_WIDTHS[column], min(wide + 14, _WIDEST_LEVEL)))
        # Where there is less room the page scrolls: without their names rows say nothing.
        others = [one for one in Column if one != Column.NAME and not self.isColumnHidden(one)]
        self.setMinimumWidth(_LEAST_NAME + sum(header.sectionSize(one) for one in others))

    def _span_groups(self) -> None:
        self.clearSpans()
        model = self.model()
        assert isinstance(model, IndicatorModel)
        for number, row in enumerate(model.rows):
            if row.indicator is None:
                self.setSpan(number, 0, 1, len(Column))
