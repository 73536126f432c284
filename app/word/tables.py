"""Tables of a Word file: three lines, heads that repeat, hairlines where they help, rows that stay together."""

import copy
import itertools
from typing import Any

from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table as WordTable
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from app.papers.document import Align, Cell, Column, JoinLeft, JoinUp, RowKind, Runs, Size, Table
from app.papers.row_rules import is_joined_up, ruled_after
from app.word.columns import PADDING, fitted
from app.word.elements import (
    DENSE,
    end_anchor,
    exact_lines,
    keep_row,
    keep_with_next,
    line_below,
    lines_around,
    pad,
    repeat_row,
    said,
)
from app.word.flow import lines_of
from app.word.pages import Pages
from app.word.words import Words

_TC, _TC_WIDTH = qn("w:tc"), qn("w:tcW")
_SIZES = {Size.STANDARD: 10.5, Size.SMALL: 9.0, Size.DENSE: 8.0, Size.TIGHT: 7.5}
_CELL = 1.5  # points above and below the words of a cell
_TIGHT = 1.15  # lines of the smallest tables, a share of their type
AFTER_TABLE = 9.0
_ROWS_WHOLE = 10  # a table of so many rows stays on one page
_MOST_WHOLE = 0.45  # share of a page that is left empty for it at most
_ALIGNED = {Align.NUMBER: WD_ALIGN_PARAGRAPH.RIGHT, Align.CENTRE: WD_ALIGN_PARAGRAPH.CENTER}


class Grid:
    """A new Word table with its cells looked up once: the library searches the whole table at every look."""

    def __init__(self, table: WordTable, columns: int) -> None:
        self.table, self.columns = table, columns
        self.rows = list(table.rows)
        self._cells = [_Cell(one, table) for one in table._tbl.iter(_TC)]  # noqa: SLF001

    def at(self, row: int, column: int) -> _Cell:
        return self._cells[row * self.columns + column]

    def row(self, row: int) -> list[_Cell]:
        return self._cells[row * self.columns : (row + 1) * self.columns]


class Tables:
    """Sets tables at the end of the file."""

    def __init__(self, pages: Pages, words: Words) -> None:
        self.pages, self.words = pages, words
        self._forms: dict[tuple[float, WD_ALIGN_PARAGRAPH | None], Any] = {}  # of a cell's words

    def table(self, table: Table, *, tail: bool = False) -> None:
        """tail: a few lines follow and end the chapter; they stay with the table, or they could be alone on a page."""
        grouped = any(column.group for column in table.columns)
        heads = 2 if grouped else 1
        room = self.pages.room / 25.4 * 72 * table.width
        size, widths = fitted(table, _SIZES[table.size], room)
        grid = self.grid(
            heads + len(table.rows),
            len(table.columns),
            tuple(width / room for width in widths),
            table.width,
        )
        pad(grid.table, PADDING)
        self._table_head(grid, table.columns, heads, size)
        lines = [1] * len(table.rows)
        for row, content in enumerate(table.rows, heads):
            cells = [grid.at(row, place) for place in range(len(table.columns))]
            if content.kind is RowKind.GROUP and len(content.cells) == 1:
                merged = cells[0].merge(cells[-1])
                self._content(merged, content.cells[0], Align.TEXT, size, bold=True)
                lines[row - heads] = lines_of(said(merged), size, room - 2 * PADDING)
                continue
            strong = content.kind in (RowKind.TOTAL, RowKind.STRONG, RowKind.GROUP)
            for place, (cell, column) in enumerate(zip(content.cells, table.columns, strict=False)):
                if isinstance(cell, JoinLeft):
                    continue
                if isinstance(cell, JoinUp):
                    continue
                last = place
                while last + 1 < len(content.cells) and isinstance(
                    content.cells[last + 1], JoinLeft
                ):
                    last += 1
                down = row
                while (
                    down + 1 - heads < len(table.rows)
                    and place < len(table.rows[down + 1 - heads].cells)
                    and isinstance(table.rows[down + 1 - heads].cells[place], JoinUp)
                ):
                    down += 1
                target = cells[place]
                if (last, down) != (place, row):
                    target = target.merge(grid.at(down, last))
                self._content(target, cell, column.align, size, bold=strong)
                wide = sum(widths[place : last + 1]) - 2 * PADDING
                own = lines_of(said(target), size, wide) - (down - row)
                lines[row - heads] = max(lines[row - heads], own)
            keep_row(grid.rows[row])
        self.rules(grid, heads)
        self._row_lines(grid, heads, table, lines)
        head = _head_lines(table.columns, size, widths)
        heights = [self._height(one, size) for one in (*head, *lines)]
        self._stay(grid, table, heads, heights, tail=tail)
        for note in table.notes:
            self.note(note, keep=tail)
        self.pages.gap(AFTER_TABLE, keep=tail)

    def note(self, note: Runs, *, keep: bool = False) -> None:
        paragraph = self.pages.word.add_paragraph()
        form = paragraph.paragraph_format
        if keep:
            form.keep_with_next = True
        form.space_before, form.space_after = Pt(1), Pt(1)
        leading = exact_lines(form, 8.5)
        self.words.runs(paragraph, note, 8.5)
        self.pages.measure(paragraph, 8.5, leading, about=2)

    def _stay(
        self, grid: Grid, table: Table, heads: int, heights: list[float], *, tail: bool
    ) -> None:
        """Keep rows on one page: of a small table all, of a longer one the head with two rows, and the last two."""
        head, body = sum(heights[:heads]), len(table.rows)
        room = next(unit.room for unit in reversed(self.pages.units) if unit.room)
        whole = body <= _ROWS_WHOLE and sum(heights) < room * _MOST_WHOLE
        for row, height in enumerate(heights):
            place = row - heads
            is_last = place == body - 1
            keep = (whole and not is_last) or place < min(1, body - 1) or place == body - 2
            keep = keep or (is_last and (bool(table.notes) or tail))
            if keep:
                for cell in grid.row(row):
                    for paragraph in cell._tc.p_lst:  # noqa: SLF001
                        keep_with_next(paragraph)
            mark = ""
            if is_last and table.key in self.words.numbers.items:
                mark = end_anchor(table.key)
                cells = grid.rows[row]._tr.tc_lst  # noqa: SLF001
                cells[0].p_lst[0].extend(self.pages.bookmark(mark))
            self.pages.put(height, keep=keep, head=0.0 if place < 0 else head, mark=mark)

    def _height(self, lines: int, size: float) -> float:
        return lines * self._cell_leading(size) + 2 * _CELL + 0.25

    def _cell_leading(self, size: float) -> float:
        return round(size * (_TIGHT if size < 8 else DENSE), 1)

    def _table_head(self, grid: Grid, columns: tuple[Column, ...], heads: int, size: float) -> None:
        for row in range(heads):
            repeat_row(grid.rows[row])
        for place, column in enumerate(columns):
            text = column.title + (f"\n{column.unit}" if column.unit else "")
            if heads == 1:
                self.say(grid.at(0, place), text, size, bold=True, centre=True)
                continue
            if not column.group:
                cell = grid.at(0, place).merge(grid.at(1, place))
                self.say(cell, text, size, bold=True, centre=True)
                continue
            self.say(grid.at(1, place), text, size, bold=True, centre=True)
            if place and columns[place - 1].group == column.group:
                continue
            last = place
            while last + 1 < len(columns) and columns[last + 1].group == column.group:
                last += 1
            cell = grid.at(0, place).merge(grid.at(0, last))
            self.say(cell, column.group, size, bold=True, centre=True)

    def grid(self, rows: int, columns: int, shares: tuple[float, ...], width: float) -> Grid:
        table = self.pages.word.add_table(rows=rows, cols=columns)
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        cells = Grid(table, columns)
        wide = [Mm(self.pages.room * width * share) for share in shares]
        for place, column in enumerate(wide):
            table.columns[place].width = column
        for room, column in zip(table._tbl.iter(_TC_WIDTH), itertools.cycle(wide)):  # noqa: SLF001
            room.width = column
        return cells

    def _content(
        self, cell: _Cell, content: Cell, align: Align, size: float, *, bold: bool
    ) -> None:
        paragraph = self._cell_form(cell, size, _ALIGNED.get(align))
        assert not isinstance(content, JoinLeft | JoinUp)
        runs: Runs = content if isinstance(content, tuple) else (content,)
        self.words.runs(paragraph, runs, size)
        if bold:
            for run in paragraph.runs:
                run.bold = True

    def _cell_form(self, cell: _Cell, size: float, aligned: WD_ALIGN_PARAGRAPH | None) -> Paragraph:
        """The paragraph of an empty cell with its form; the same for thousands of cells, so made once and copied."""
        paragraph: Paragraph = cell.paragraphs[0]
        made = self._forms.get((size, aligned))
        if made is None:
            form = paragraph.paragraph_format
            form.space_before = form.space_after = Pt(_CELL)
            form.line_spacing = Pt(self._cell_leading(size))
            if aligned is not None:
                paragraph.alignment = aligned
            self._forms[size, aligned] = copy.deepcopy(paragraph._p.pPr)  # noqa: SLF001
        else:
            paragraph._p.insert(0, copy.deepcopy(made))  # noqa: SLF001
        return paragraph

    def say(
        self, cell: _Cell, text: str, size: float, *, bold: bool = False, centre: bool = False
    ) -> None:
        paragraph = self._cell_form(cell, size, WD_ALIGN_PARAGRAPH.CENTER if centre else None)
        self.words.run(paragraph, text, size, bold=bold)

    def room_above(self, table: Grid, before: float) -> None:
        """Room above a table, which has no such setting of its own."""
        paragraph = self.pages.word.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(before)
        table.table._tbl.addprevious(paragraph._p)  # noqa: SLF001

    def rules(self, table: Grid, heads: int = 1) -> None:
        """Three lines: strong above and below, a thin one under the head."""
        lines_around(table.table)
        for cell in table.row(heads - 1):
            line_below(cell._tc, 6)  # noqa: SLF001

    def _row_lines(self, grid: Grid, heads: int, table: Table, lines: list[int]) -> None:
        """Hairlines where they help to read, none through a cell that reaches over several rows."""
        for place in ruled_after(table, lines):
            column = 0
            for cell in grid.rows[heads + place]._tr.tc_lst:  # noqa: SLF001
                if not is_joined_up(table.rows[place + 1], column):
                    line_below(cell, 2)
                column += cell.grid_span


def _head_lines(columns: tuple[Column, ...], size: float, widths: list[float]) -> list[int]:
    """Lines of every row of a table's head."""
    titles, groups = [1], [1]
    for column, width in zip(columns, widths, strict=True):
        own = lines_of(column.title, size * 1.03, width - 2 * PADDING) + bool(column.unit)
        titles.append(own if column.group else own - any(one.group for one in columns))
    return [max(groups), max(titles)] if any(one.group for one in columns) else [max(titles)]
