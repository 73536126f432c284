"""Blocks of a paper on the screen: the same description the printers set, as widgets. For short papers a page shows whole."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.audit.charts.shapes import Chart
from app.audit.wording import level_name
from app.papers.document import (
    Align,
    Bar,
    Block,
    Bold,
    Cell,
    Figure,
    LevelMark,
    LimitingMark,
    Paragraph,
    Progress,
    Row,
    RowKind,
    Section,
    SubSection,
    Table,
    cell_text,
)
from app.ui import theme, widgets
from app.ui.charts import ChartView

_SIDES = {
    Align.TEXT: Qt.AlignmentFlag.AlignLeft,
    Align.CENTRE: Qt.AlignmentFlag.AlignHCenter,
    Align.NUMBER: Qt.AlignmentFlag.AlignRight,
}


def paper_cards(blocks: Iterable[Block]) -> list[widgets.Card]:
    """A card for every run-in heading with what stands below it; blocks before the first have a card without a head."""
    cards: list[widgets.Card] = []
    for block in blocks:
        if isinstance(block, SubSection):
            cards.append(widgets.Card(block.title))
            continue
        if not cards:
            cards.append(widgets.Card())
        add_block(cards[-1].body, block)
    return cards


def add_block(box: QVBoxLayout, block: Block) -> None:
    """One block below what stands there; ValueError for a kind no page shows."""
    match block:
        case Paragraph(runs):
            box.addWidget(_paragraph(runs))
        case Table():
            box.addWidget(_table(block))
            for note in block.notes:
                box.addWidget(widgets.label(cell_text(note), "note", wrap=True))
        case Section(title) | SubSection(title):
            box.addWidget(widgets.label(title, "strong"))
        case Figure(_, caption, chart) if isinstance(chart, Chart):
            view = ChartView(caption)
            view.show_chart(lambda _width: chart)
            view.setMaximumWidth(760)
            box.addWidget(view)
            box.addWidget(widgets.label(caption, "note"))
        case _:
            raise ValueError(type(block).__name__)


def _paragraph(runs: tuple[object, ...]) -> QLabel:
    """Bold runs make the line an HTML label; everything typed is escaped."""
    if not any(isinstance(one, Bold) for one in runs):
        made = widgets.label(cell_text(runs), wrap=True)  # type: ignore[arg-type]
    else:
        made = widgets.label("", wrap=True)
        made.setTextFormat(Qt.TextFormat.RichText)
        made.setText("".join(_html(one) for one in runs))
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made


def _html(run: object) -> str:
    text = cell_text(run)  # type: ignore[arg-type]
    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'<b style="font-size:12pt">{plain}</b>' if isinstance(run, Bold) else plain


def _table(table: Table) -> QWidget:
    holder = QWidget()
    grid = QGridLayout(holder)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(5)
    for place, column in enumerate(table.columns):
        head = f"{column.title} {column.unit}".strip()
        title = widgets.label(head, "note")
        grid.addWidget(title, 0, place, _SIDES[column.align] | Qt.AlignmentFlag.AlignVCenter)
        grid.setColumnStretch(place, round(column.width * 10))
    for line, row in enumerate(table.rows):
        grid.addWidget(widgets.rule(), 2 * line + 1, 0, 1, len(table.columns))
        _add_row(grid, table, row, 2 * line + 2)
    return holder


class _BarView(QWidget):
    """A share of the longest bar, from the left."""

    def __init__(self, bar: Bar) -> None:
        super().__init__()
        self._share = float(bar.share)
        self.setAccessibleName(str(bar))
        self.setMinimumSize(60, 14)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        width = round(self.width() * self._share)
        if self._share:
            painter.fillRect(0, (self.height() - 11) // 2, max(2, width), 11, theme.color("jade"))
        painter.end()


def _add_row(grid: QGridLayout, table: Table, row: Row, line: int) -> None:
    role = "table" if row.kind is RowKind.NORMAL else "table_strong"
    for place, (column, cell) in enumerate(zip(table.columns, row.cells, strict=True)):
        if isinstance(cell, Bar):
            grid.addWidget(_BarView(cell), line, place)
            continue
        made = widgets.label(_said(cell), role, wrap=column.align is Align.TEXT)
        made.setAlignment(_SIDES[column.align] | Qt.AlignmentFlag.AlignVCenter)
        made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        grid.addWidget(made, line, place)


def _said(cell: Cell) -> str:
    """With words for the marks a paper draws."""
    if isinstance(cell, tuple):
        return "".join(_said(one) for one in cell)
    match cell:
        case LevelMark(level):
            return level_name(level)
        case LimitingMark():
            return "限"
        case Bar() | Progress():
            return str(cell)
        case _:
            return cell_text(cell)
