"""Three-line tables: caption in the first row (续表 where it continues), figures on their decimal point, marks in cells."""

import copy
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from reportlab.lib.enums import TA_CENTER
from reportlab.platypus.tables import CellStyle

from app.papers.document import (
    Align,
    Amount,
    Away,
    Bar,
    Bold,
    Cell,
    Column,
    JoinLeft,
    JoinUp,
    LevelMark,
    LimitingMark,
    Open,
    PageOf,
    Progress,
    Ref,
    Row,
    RowKind,
    Runs,
    Size,
    StateMark,
    Sub,
    Table,
    cell_text,
)
from app.papers.row_rules import is_joined_up, ruled_after
from app.reports.fonts import HEI, HEI_MEDIUM, SONG
from app.reports.painting import (
    bar_mark,
    level_mark,
    limiting_mark,
    open_mark,
    progress_mark,
    state_mark,
)
from app.reports.paragraph import ChineseParagraph, as_runs
from app.reports.sheets import setting
from app.reports.table_breaks import KeptTogether, is_short, stays_whole
from app.reports.table_parts import Figure, Notes, PageNumber, ThreeLineTable, split_number
from app.reports.table_widths import BOLD, LONGEST_BOX, cell_look, fitted_widths, runs_of
from app.reports.typesetting import (
    INK,
    Look,
    Run,
    text_width,
)

# Sets runs in a font; references are resolved by the paper.
Marker = Callable[[Runs, str], Iterable[Run]]


_FIGURE = re.compile(r"[≥≤<>＝=] ?[\d.,\u2009−]+|[\d.,\u2009−]+|—")
_TALLEST_ROW = 0.55  # share of a page; a taller row goes on in a row below
_PADDING = {"std": 2.2, "small": 1.8, "dense": 1.15, "tight": 0.35}


class _Builder:
    """Rows and style commands of one table."""

    def __init__(self, table: Table, number: str, width: float, mark: Marker) -> None:
        self.table = table
        self.mark = mark
        self.cell = cell_look(table)
        self.bold = BOLD[self.cell.fontName]
        head_size = self.cell.fontSize if self.cell.fontSize < 10 else 9.5
        self.head = Look("th", HEI_MEDIUM, head_size, head_size * 1.4, TA_CENTER)
        self.unit = Look(
            "tu", HEI, max(6.5, head_size - 1.5), max(6.5, head_size - 1.5) * 1.4, TA_CENTER
        )
        total = sum(column.width for column in table.columns)
        self.widths = fitted_widths(
            [width * column.width / total for column in table.columns], table
        )
        self.count = len(table.columns)
        self.data: list[list[Any]] = []
        self.commands: list[tuple[Any, ...]] = []
        self.origin: dict[int, int] = {}  # column -> row its current cell begins in
        self.above: dict[int, tuple[Cell, list[list[Any]]]] = {}  # column -> that cell, its rows
        self.ends: list[int] = []  # where the rows of the table end, in rows of `data`
        self.tallest = setting().height(table.sheet) * _TALLEST_ROW
        self.top = 1 if number else 0
        if number:
            self._caption(number)
        self._heads()
        self.first = len(self.data)
        self.pivots = [self._pivot(place) for place in range(self.count)]
        for row in table.rows:
            self._row(row)
            self.ends.append(len(self.data) - 1)
        self.last = len(self.data) - 1  # of the rows proper
        if not is_short(table):
            self._closing_notes(width)
            # One range for the end of the table: of two that overlap only one counts.
            end = (-1, min(self.last + 1, len(self.data) - 1))
            self.commands = [
                one for one in self.commands if one[0] != "NOSPLIT" or one[2][1] < self.last - 1
            ]
            self.commands.append(("NOSPLIT", (0, self.last - 1), end))

    def _closing_notes(self, width: float) -> None:
        """Notes of a table that may be split: its last row, so that they never stand on a page alone."""
        notes = _notes(self.table, width, self.mark)
        parts = notes[0].parts(self.tallest) if notes else []
        for part in parts:
            y = len(self.data)
            self.data.append([[part]] + [""] * (self.count - 1))
            self.commands.append(("SPAN", (0, y), (-1, y)))

    def _caption(self, number: str) -> None:
        words = ChineseParagraph(
            as_runs(f"表 {number}　{self.table.caption}", HEI_MEDIUM), setting().caption
        )
        self.data.append([words] + [""] * (self.count - 1))
        self.commands.append(("SPAN", (0, 0), (-1, 0)))

    def _head_cell(self, column: Column) -> list[Any]:
        cell = [ChineseParagraph(as_runs(column.title, HEI_MEDIUM), self.head)]
        if column.unit:
            cell.append(ChineseParagraph(as_runs(column.unit, HEI), self.unit))
        return cell

    def _heads(self) -> None:
        columns = self.table.columns
        if not any(column.group for column in columns):
            self.data.append([self._head_cell(column) for column in columns])
            return
        top: list[Any] = []
        low: list[Any] = []
        place = 0
        while place < self.count:
            group = columns[place].group
            last = place
            while group and last + 1 < self.count and columns[last + 1].group == group:
                last += 1
            if group:
                top += [ChineseParagraph(as_runs(group, HEI_MEDIUM), self.head)] + [""] * (
                    last - place
                )
                low += [self._head_cell(column) for column in columns[place : last + 1]]
                self.commands += [
                    ("SPAN", (place, self.top), (last, self.top)),
                    ("LINEBELOW", (place, self.top), (last, self.top), 0.4, INK),
                ]
            else:
                top.append(self._head_cell(columns[place]))
                low.append("")
                self.commands.append(("SPAN", (place, self.top), (place, self.top + 1)))
            place = last + 1
        self.data += [top, low]

    def _pivot(self, place: int) -> tuple[float, float]:
        """Widest part before and behind the decimal point of a column."""
        texts = [
            text
            for row in self.table.rows
            if row.kind is not RowKind.GROUP and place < len(row.cells)
            for cell in (row.cells[place],)
            if isinstance(cell, str | Amount)
            for text in (str(cell),)
            if any(character.isdigit() for character in text)
        ]
        font, size = self.cell.fontName, self.cell.fontSize
        left = max((text_width(split_number(text)[0], font, size) for text in texts), default=0.0)
        right = max((text_width(split_number(text)[1], font, size) for text in texts), default=0.0)
        return left, right

    def _row(self, row: Row) -> None:
        y = len(self.data)
        if row.kind is RowKind.GROUP:
            words = self.mark(runs_of(row.cells[0]), HEI_MEDIUM)
            head = Look("tg", HEI_MEDIUM, self.cell.fontSize, self.cell.leading)
            self.data.append([ChineseParagraph(words, head)] + [""] * (self.count - 1))
            self.commands += [
                ("SPAN", (0, y), (-1, y)),
                ("LINEABOVE", (0, y), (-1, y), 0.4, INK),
                ("LINEBELOW", (0, y), (-1, y), 0.25, INK),
                ("NOSPLIT", (0, y), (-1, y + 1)),  # a group's head stays with its first row
            ]
            return
        strong = row.kind in (RowKind.TOTAL, RowKind.STRONG)
        cells: list[Any] = []
        for place in range(self.count):
            cell = row.cells[place] if place < len(row.cells) else ""
            if isinstance(cell, JoinLeft | JoinUp):
                cells.append("")
                continue
            cells.append(self._cell(cell, place, strong))
        self._join(row, y)
        parts = self._in_parts(cells)
        self._join_up(row, y, parts, strong)
        self.data += parts
        if row.kind is RowKind.TOTAL:
            self.commands.append(("LINEABOVE", (0, y), (-1, y), 0.4, INK))
            if y > self.first:
                self.commands.append(("NOSPLIT", (0, y - 1), (-1, y)))
        if row.bar:
            last = len(self.data) - 1
            self.commands.append(("LINEBEFORE", (0, y), (0, last), 2.6, INK))

    def _in_parts(self, cells: list[Any]) -> list[list[Any]]:
        """A row, or several where a cell is taller than half a page: its lines go on in the rows below."""
        rows: list[list[Any]] = []
        rest = cells
        while True:
            now: list[Any] = []
            later: list[Any] = []
            for place, cell in enumerate(rest):
                room = self.widths[place] - 6
                tall = isinstance(cell, ChineseParagraph) and cell.wrap(room, 1e6)[1] > self.tallest
                parts = cell.split(room, self.tallest) if tall else []
                now.append(parts[0] if len(parts) == 2 else cell)
                later.append(parts[1] if len(parts) == 2 else "")
            rows.append(now)
            if not any(later):
                return rows
            rest = later

    def _join(self, row: Row, y: int) -> None:
        start = 0
        for place in range(1, self.count + 1):
            joined = place < len(row.cells) and isinstance(row.cells[place], JoinLeft)
            if not joined:
                if place - 1 > start:
                    self.commands.append(("SPAN", (start, y), (place - 1, y)))
                start = place

    def _join_up(self, row: Row, y: int, parts: list[list[Any]], strong: bool) -> None:
        """Join cells with those above. What would grow taller than half a page says its words anew: no page ends within."""
        for place, cell in enumerate(row.cells[: self.count]):
            if not isinstance(cell, JoinUp):
                self.origin[place], self.above[place] = y, (cell, parts)
                continue
            said, rows = self.above[place]
            rows = [*rows, *parts]
            if sum(map(self._height, rows)) > self.tallest:
                self.origin[place], self.above[place] = y, (said, parts)
                parts[0][place] = self._cell(said, place, strong)
                continue
            self.above[place] = said, rows
            top = (place, self.origin[place])
            self.commands = [c for c in self.commands if c[:2] != ("SPAN", top)]
            self.commands.append(("SPAN", top, (place, y)))

    def _height(self, cells: list[Any]) -> float:
        """Of one row, nearly: marks are no taller than a line."""
        lines = (
            cell.wrap(self.widths[place] - 6, 1e6)[1]
            for place, cell in enumerate(cells)
            if isinstance(cell, ChineseParagraph)
        )
        return max(lines, default=self.cell.leading) + 2 * _PADDING[self.table.size.value]

    def _cell(self, cell: Cell, place: int, strong: bool) -> Any:
        align = self.table.columns[place].align
        font = self.bold if strong else self.cell.fontName
        if isinstance(cell, PageOf):
            return PageNumber(cell, self.cell)
        mark = _mark_of(cell, 6.5 if self.table.size is Size.TIGHT else 8)
        if mark is not None:
            return mark
        if align is Align.NUMBER and isinstance(cell, str | Amount | Away):
            return Figure(str(cell), self.cell, *self.pivots[place], font)
        alignment = self.cell.alignment if align is Align.TEXT else TA_CENTER
        if alignment != TA_CENTER and self._stands_in_the_middle(cell):
            alignment = TA_CENTER
        look = Look("tc", font, self.cell.fontSize, self.cell.leading, alignment, is_cell=True)
        return ChineseParagraph(self.mark(runs_of(cell), font), look)

    def _stands_in_the_middle(self, cell: Cell) -> bool:
        """In a sheet of indicators a figure among words."""
        return self.table.size is Size.DENSE and bool(_FIGURE.fullmatch(cell_text(cell)))

    def row_lines(self, heights: Sequence[float]) -> list[tuple[Any, ...]]:
        """Hairlines between rows where they help to read: see `ruled_after`. None through a cell that reaches over several
        rows. heights: of every row of `data`."""
        single = self.cell.leading + 2 * _PADDING[self.table.size.value] + 1
        begins = [self.first, *(y + 1 for y in self.ends)]
        lines = [
            max(1, round((sum(heights[a : b + 1]) - single) / self.cell.leading) + 1)
            for a, b in zip(begins, self.ends, strict=False)
        ]
        return [
            ("LINEBELOW", (column, self.ends[place]), (column, self.ends[place]), 0.25, INK)
            for place in ruled_after(self.table, lines)
            for column in range(self.count)
            if not is_joined_up(self.table.rows[place + 1], column)
        ]

    def all_commands(self) -> list[tuple[Any, ...]]:
        return [
            ("LINEABOVE", (0, self.top), (-1, self.top), 1.2, INK),
            ("LINEBELOW", (0, self.first - 1), (-1, self.first - 1), 0.6, INK),
            ("LINEBELOW", (0, self.last), (-1, self.last), 1.2, INK),
            ("LINEBELOW", (0, "splitlast"), (-1, "splitlast"), 1.2, INK),
            *self.commands,
        ]

    def styles(self) -> list[list[CellStyle]]:
        """Of every cell. Three kinds, shared: one for each cell took a tenth of the time of a paper."""
        padding = _PADDING[self.table.size.value]
        caption, cell, note = self._style(3, 0, 4), self._style(3, padding), self._style(0, padding)
        kinds = [caption] * self.top + [cell] * (self.last + 1 - self.top)
        kinds += [note] * (len(self.data) - len(kinds))
        return [[one] * self.count for one in kinds]

    def _style(self, side: float, above: float, below: float | None = None) -> CellStyle:
        style = CellStyle("")
        # Empty cells take part in the height of a row.
        style.fontsize, style.leading = self.cell.fontSize, self.cell.leading
        style.leftPadding = style.rightPadding = side
        style.topPadding, style.bottomPadding = above, above if below is None else below
        return style


def _mark_of(cell: Cell, size: float) -> Any:
    """A cell that is nothing but a mark, as a drawing; None for text. size: of a level's numeral."""
    match cell:
        case LevelMark(level):
            return level_mark(level, size)
        case StateMark(state):
            return state_mark(state)
        case LimitingMark():
            return limiting_mark(size - 1)
        case Progress(reached):
            return progress_mark(reached)
        case Bar(share):
            return bar_mark(share)
        case Open() if len(str(cell)) <= LONGEST_BOX:
            return open_mark(str(cell))
        case (
            str()
            | Open()
            | Amount()
            | Away()
            | Bold()
            | Sub()
            | Ref()
            | PageOf()
            | JoinLeft()
            | JoinUp()
            | tuple()
        ):
            return None


class BuiltTable:
    """A table with its notes, built and measured once, for as many layouts as it takes."""

    def __init__(self, table: Table, number: str, width: float, mark: Marker) -> None:
        self._table = table
        builder = _Builder(table, number, width * table.width, mark)
        body = ThreeLineTable(
            builder.data,
            colWidths=builder.widths,
            repeatRows=builder.first,
            style=builder.all_commands(),
            cellStyles=builder.styles(),
            hAlign="CENTER",
            splitByRow=1,
        )
        body.number, body.caption, body.key = number, table.caption, table.key
        body.may_part = not is_short(table)
        body.noted_rows = int(body.may_part and bool(table.notes))
        self.width, self.height = body.wrap(width, 0)
        body.setStyle(builder.row_lines(body._rowHeights))
        self._body = body
        self._notes = _notes(table, width * table.width, mark) if is_short(table) else []

    def flowables(self) -> list[Any]:
        """A short one is kept whole; a long one is split by rows with its heads."""
        body = copy.copy(self._body)  # a layout marks and parts it
        if not stays_whole(self._table):
            return [body]
        if not is_short(self._table):
            return [KeptTogether([body])]
        return [KeptTogether([body, *map(copy.copy, self._notes)])]


def _notes(table: Table, width: float, mark: Marker) -> list[Notes]:
    if not table.notes:
        return []
    dense = table.size in (Size.DENSE, Size.TIGHT)
    texts = [mark(note, HEI if dense else SONG) for note in table.notes]
    return [Notes(texts, width, dense=dense)]
