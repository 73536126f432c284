"""A form of a few sheets as a workbook, from the same document the PDF is printed from: texts, tables with numbers as
numbers, places to sign, set up for the paper it is printed on. Bureaus that take forms electronically want it so."""

import io
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from app.files import write_archive
from app.papers.document import (
    Align,
    Amount,
    Block,
    Cell,
    Column,
    Document,
    JoinLeft,
    JoinUp,
    LevelMark,
    LimitingMark,
    Paragraph,
    Row,
    RowKind,
    Runs,
    SealRow,
    Section,
    Sheet,
    StateMark,
    SubSection,
    Table,
    cell_text,
)

_MOST_TEXT = 32_000  # of a cell; a spreadsheet takes 32,767
_PAPER = {
    Sheet.PORTRAIT: (9, False, 86.0),
    Sheet.LANDSCAPE: (9, True, 130.0),
    Sheet.A3: (8, True, 190.0),
}
_GRID = 36  # columns
_LINE = 14.5  # points of a line of text at 10 pt
_SIGNS = str.maketrans({"\u2009": "", "−": "-"})


def write_form(path: Path, document: Document) -> None:
    """Write the workbook, one sheet a chapter. OSError when it cannot be written; the caller writes beside the target and
    moves it."""
    write_archive(path, lambda stream: _write(document, stream))


def _write(document: Document, stream: io.BytesIO) -> None:
    book = xlsxwriter.Workbook(
        stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"title": document.title, "author": document.author})
    writer = _Writer(book)
    for chapter in (*document.chapters, *document.appendices):
        writer.chapter(document, chapter.title, chapter.blocks, chapter.sheet)
    book.close()


class _Writer:
    """One workbook in the making; `row` is the next free line of the sheet at work."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.book = book
        self.row = 0
        self.columns = 1
        self.is_single = False  # one table on the sheet at work
        self.sheet: Worksheet
        self._formats: dict[tuple[tuple[str, object], ...], Format] = {}

    def format(self, **more: object) -> Format:
        """A format of the house, each made once."""
        key = tuple(sorted(more.items()))
        if key not in self._formats:
            base: dict[str, object] = {"font_name": "宋体", "font_size": 10, "valign": "vcenter", "text_wrap": True}  # fmt: skip
            self._formats[key] = self.book.add_format({**base, **more})
        return self._formats[key]

    def chapter(
        self, document: Document, title: str, blocks: tuple[Block, ...], sheet: Sheet
    ) -> None:
        tables = [block for block in blocks if isinstance(block, Table)]
        # Tables of different columns share a fine grid; a single table keeps its own columns, to be read by others.
        only = tables[0] if len(tables) == 1 else None
        self.is_single = only is not None
        self.columns = len(only.columns) if only is not None else _GRID
        self.sheet = self.book.add_worksheet(_sheet_name(title))
        paper, landscape, room = _PAPER[sheet]
        self.sheet.set_paper(paper)
        if landscape:
            self.sheet.set_landscape()
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_margins(0.6, 0.6, 0.7, 0.7)
        self.sheet.set_footer("&C第 &P 页，共 &N 页")
        self.widths = _widths(only.columns if only is not None else (), self.columns, room)
        for place, width in enumerate(self.widths):
            self.sheet.set_column(place, place, width)
        self.row = 0
        self._line(title, self.format(bold=True, font_size=14, align="center"), 26)
        self._line(document.enterprise, self.format(), 18)
        for block in blocks:
            self._block(block)

    # -- blocks

    def _block(self, block: Block) -> None:
        match block:
            case Section(title) | SubSection(title):
                self._line(title, self.format(bold=True, font_size=11), 20)
            case Paragraph(runs):
                self._text(_said(runs))
            case Table():
                self._table(block)
                for note in block.notes:
                    self._text(_said(note), self.format(font_size=9))
                self.row += 1
            case SealRow(seals, lines):
                for seal in seals:
                    self._line(f"{seal.role}：{seal.name}", self.format(), 40)
                for line in lines:
                    self._line(f"{line}：", self.format(), 24)
            case _:
                pass

    def _line(self, text: str, form: Format, height: float) -> None:
        self.sheet.set_row(self.row, height)
        self._across(self.row, 0, self.columns - 1, text, form)
        self.row += 1

    def _text(self, text: str, form: Format | None = None) -> None:
        lines = _lines(text, sum(self.widths))
        self._line(text[:_MOST_TEXT], form or self.format(), max(18.0, lines * _LINE + 4))

    def _across(self, row: int, first: int, last: int, text: str, form: Format) -> None:
        if last > first:
            self.sheet.merge_range(row, first, row, last, "", form)
        self.sheet.write_string(row, first, text[:_MOST_TEXT], form)

    # -- tables

    def _table(self, table: Table) -> None:
        spans = _spans(table, self.columns)
        self._heads(table, spans)
        for row in table.rows:
            self._row(table, row, spans)

    def _heads(self, table: Table, spans: list[tuple[int, int]]) -> None:
        """Groups over their columns, then the heads with their units; repeated on every printed page."""
        head = self.format(bold=True, align="center", border=1)
        first = self.row
        if any(column.group for column in table.columns):
            start = 0
            while start < len(table.columns):
                group = table.columns[start].group
                end = start
                while (
                    group and end + 1 < len(table.columns) and table.columns[end + 1].group == group
                ):
                    end += 1
                self._across(self.row, spans[start][0], spans[end][1], group, head)
                start = end + 1
            self.row += 1
        deepest = 1
        for column, (left, right) in zip(table.columns, spans, strict=True):
            words = f"{column.title}\n{column.unit}" if column.unit else column.title
            deepest = max(deepest, _lines(words, sum(self.widths[left : right + 1])))
            self._across(self.row, left, right, words, head)
        self.sheet.set_row(self.row, max(18.0, deepest * _LINE + 4))
        self.row += 1
        if self.is_single:  # another table's rows must not print under these heads
            self.sheet.repeat_rows(first, self.row - 1)

    def _row(self, table: Table, row: Row, spans: list[tuple[int, int]]) -> None:
        strong = row.kind in (RowKind.GROUP, RowKind.TOTAL, RowKind.STRONG)
        if row.kind is RowKind.GROUP:
            form = self.format(bold=True, border=1)
            self._line(cell_text(row.cells[0]), form, 18)
            return
        deepest = 1
        place = 0
        while place < len(row.cells):
            cell, last = row.cells[place], place
            while last + 1 < len(row.cells) and isinstance(row.cells[last + 1], JoinLeft):
                last += 1
            left, right = spans[place][0], spans[last][1]
            text = _said(cell)
            deepest = max(deepest, _lines(text, sum(self.widths[left : right + 1])))
            self._cell(left, right, cell, text, table.columns[place], strong=strong)
            place = last + 1
        self.sheet.set_row(self.row, max(18.0, deepest * _LINE + 4))
        self.row += 1

    def _cell(
        self, left: int, right: int, cell: Cell, text: str, column: Column, *, strong: bool
    ) -> None:
        align = {Align.TEXT: "left", Align.CENTRE: "center", Align.NUMBER: "right"}[column.align]
        more: dict[str, object] = {"border": 1, "align": align}
        if strong:
            more["bold"] = True
        if _is_plain(cell):
            assert isinstance(cell, Amount)
            places = f".{'0' * cell.places}" if cell.places else ""
            form = self.format(**more, num_format=f"0{places}")
            if right > left:
                self.sheet.merge_range(self.row, left, self.row, right, "", form)
            # The printed number: a workbook that is added up gives what the paper says.
            self.sheet.write_number(self.row, left, float(str(cell).translate(_SIGNS)), form)
            return
        self._across(self.row, left, right, text, self.format(**more))


def _is_plain(cell: Cell) -> bool:
    """Whether a cell is one number and nothing else."""
    return (
        isinstance(cell, Amount)
        and cell.high is None
        and cell.bound is None
        and not cell.mark
        and not cell.signed
    )


def _said(cell: Cell | Runs) -> str:
    """A cell in words; marks by their words."""
    if isinstance(cell, tuple):
        return "".join(_said(one) for one in cell)
    match cell:
        case LevelMark(level):
            return "未定" if level is None else level.symbol
        case LimitingMark():
            return "限"
        case StateMark(state):
            return {"verified": "已核对", "transcribed": "转录", "recalled": "凭记忆"}.get(
                state.value, ""
            )
        case JoinLeft() | JoinUp():
            return ""
        case _:
            return cell_text(cell).translate(_SIGNS)


def _sheet_name(title: str) -> str:
    """Excel takes 31 characters and none of []:*?/\\."""
    return "".join("_" if one in "[]:*?/\\" else one for one in title)[:31] or "表"


def _widths(columns: tuple[Column, ...], count: int, room: float) -> list[float]:
    """Shares of the paper's width, in characters; a number always has room."""
    if not columns:
        return [room / count] * count
    whole = sum(column.width for column in columns)
    return [max(5.0, room * column.width / whole) for column in columns]


def _spans(table: Table, grid: int) -> list[tuple[int, int]]:
    """First and last column of the sheet of every column of a table, by its width; as it stands where the numbers agree."""
    count = len(table.columns)
    if count == grid:
        return [(place, place) for place in range(count)]
    whole = sum(column.width for column in table.columns)
    spans, start, done = [], 0, 0.0
    for place, column in enumerate(table.columns):
        done += column.width
        end = min(round(done / whole * grid), grid - (count - place - 1))
        end = max(end, start + 1)
        spans.append((start, end - 1))
        start = end
    return spans


def _lines(text: str, width: float) -> int:
    """Lines a text takes in a cell `width` characters wide; Chinese takes two."""

    def wide(line: str) -> float:
        return sum(2.0 if ord(one) > 0x2000 else 1.05 for one in line)

    return sum(max(1, -(-int(wide(line)) // max(1, int(width) - 1))) for line in text.split("\n"))
