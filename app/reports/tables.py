"""Three-line tables: caption in the first row (续表 where it continues), figures on their decimal point, marks in cells."""

from collections.abc import Callable, Iterable
from typing import Any

from reportlab.lib.enums import TA_CENTER
from reportlab.platypus import Flowable, FrameBreak, KeepTogether
from reportlab.platypus import Table as PlatypusTable

from app.papers.document import (
    Align,
    Amount,
    Away,
    Bold,
    Cell,
    Column,
    JoinLeft,
    JoinUp,
    LevelMark,
    LimitingMark,
    Open,
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
from app.papers.unbroken import UNBROKEN
from app.reports.fonts import HEI, HEI_MEDIUM, SONG, SONG_BOLD
from app.reports.painting import level_mark, limiting_mark, open_mark, state_mark
from app.reports.paragraph import ChineseParagraph, as_runs
from app.reports.sheets import setting
from app.reports.typesetting import (
    ASCENT,
    CELL,
    INK,
    NOTE,
    NOTE_DENSE,
    Look,
    Run,
    say,
    text_width,
)

Marker = Callable[[Runs, str], Iterable[Run]]
"""Sets runs in a font; references are resolved by the paper."""

_MOST_ROWS_WHOLE = 14
_FEWEST_ROWS_SPLIT = 6  # a shorter table is never parted, whatever its height
# Shares of a page that are not left empty for the sake of a table that could be parted: of a long one, of one of a few rows.
_ROOM, _ROOM_OF_FEW, _FEW_ROWS = 0.28, 0.5, 14
_FEWEST_ROWS = 3  # on either side
_TALLEST_ROW = 0.55  # share of a page; a taller row goes on in a row below
_PADDING = {"std": 2.2, "small": 1.8, "dense": 1.15, "tight": 0.35}
_ABOVE_NOTES, _LEAST_NOTES = 13.0, 66.0  # points: the gap above notes, what of them may end a page
_LONGEST_BOX = 12  # characters in a dashed box; what was typed and not understood is set as text
_BOLD = {SONG: SONG_BOLD, HEI: HEI_MEDIUM}


def split_number(text: str) -> tuple[str, str]:
    """(before the decimal point, the point and what follows)."""
    head, point, tail = text.partition(".")
    return head, point + tail


class Figure(Flowable):
    """A figure on the column's decimal point; text without digits is centred."""

    def __init__(self, text: str, cell_style: Any, left: float, right: float, font: str) -> None:
        super().__init__()
        self._text, self._style, self._left, self._right, self._font = (
            text,
            cell_style,
            left,
            right,
            font,
        )

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:
        self.width, self.height = availWidth, self._style.leading
        return self.width, self.height

    def drawOn(self, canvas: Any, x: float, y: float, _sW: float = 0) -> None:
        size = self._style.fontSize
        y += self.height - ASCENT * size
        if not any(character.isdigit() for character in self._text):
            say(canvas, x + self.width / 2, y, self._text, self._font, size, "middle")
            return
        head, _ = split_number(self._text)
        point = x + (self.width - self._left - self._right) / 2 + self._left
        say(canvas, point - text_width(head, self._font, size), y, self._text, self._font, size)


class Notes(Flowable):
    """Notes and sources under a table or figure, on its width."""

    def __init__(self, texts: list[Iterable[Run]], width: float, *, dense: bool = False) -> None:
        super().__init__()
        self._items = [ChineseParagraph(text, NOTE_DENSE if dense else NOTE) for text in texts]
        self._own = width

    def parts(self, tallest: float) -> list["Notes"]:
        """Itself, or pieces no taller than that."""
        pieces: list[ChineseParagraph] = []
        for item in self._items:
            rest: ChineseParagraph | None = item
            while rest is not None:
                found = (
                    rest.split(self._own, tallest) if rest.wrap(self._own, 1e6)[1] > tallest else []
                )
                pieces.append(found[0] if len(found) == 2 else rest)
                rest = found[1] if len(found) == 2 else None
        made: list[Notes] = []
        used = tallest
        for piece in pieces:
            tall = piece.wrap(self._own, 1e6)[1]
            if used + tall > tallest:
                made.append(Notes([], self._own))
                used = 0.0
            made[-1]._items.append(piece)
            used += tall
        return made

    def split(self, availWidth: float, availHeight: float) -> list[Any]:
        if self.wrap(availWidth, availHeight)[1] <= availHeight:
            return [self]
        room = availHeight - _ABOVE_NOTES
        if room < _LEAST_NOTES:
            return []
        made = self.parts(room)
        return list(made) if len(made) > 1 else []

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:
        self.width = availWidth
        self.height = _ABOVE_NOTES + sum(
            item.wrap(self._own, availHeight)[1] for item in self._items
        )
        return self.width, self.height

    def draw(self) -> None:
        y = self.height - 3
        for item in self._items:
            y -= item.height
            item.drawOn(self.canv, (self.width - self._own) / 2, y)


class ThreeLineTable(PlatypusTable):
    """number, caption: for the continued head; `noted` is told where the table begins. noted_rows: of notes, at the end."""

    number = ""
    caption = ""
    key = ""
    continued = False
    may_part = False
    noted_rows = 0
    _nosplitCmds: list[Any]  # of ReportLab

    def split(self, availWidth: float, availHeight: float) -> list[Any]:
        parts: list[Any] = super().split(availWidth, availHeight)
        if not parts and hasattr(self, "_postponed") and self._nosplitCmds:
            # At the head of a page already: rows that belong together are too tall for one.
            self._nosplitCmds = []
            parts = super().split(availWidth, availHeight)
        if len(parts) == 2 and self.number:
            first, second = parts
            for part in parts:
                part.number, part.caption, part.key = self.number, self.caption, self.key
            first.continued, second.continued = self.continued, True
            head = ChineseParagraph(
                as_runs(f"续表 {self.number}　{self.caption}", HEI_MEDIUM), setting().caption
            )
            # Both parts share the row's list; the second needs its own.
            second._cellvalues[0] = [[head], *second._cellvalues[0][1:]]
        return parts

    def draw(self) -> None:
        if self.number and not self.continued:
            self.canv.bookmarkHorizontal(self.key, 0, self._height)
            self.canv.noted(self.key)
        super().draw()

    def _drawCell(
        self, cellval: Any, cellstyle: Any, pos: tuple[float, float], size: tuple[float, float]
    ) -> None:
        """A third of the time of ReportLab's own: every cell here is empty or flowables in its middle."""
        if not cellval:
            return
        (left, low), (width, height) = pos, size
        parts = cellval if isinstance(cellval, list | tuple) else (cellval,)
        room = width - cellstyle.leftPadding - cellstyle.rightPadding
        tall = [part.wrap(room, height)[1] for part in parts]
        y = low + (height + cellstyle.bottomPadding - cellstyle.topPadding + sum(tall)) / 2
        for part, one in zip(parts, tall, strict=True):
            y -= one
            part.drawOn(self.canv, left + cellstyle.leftPadding, y)


class _Builder:
    """Rows and style commands of one table."""

    def __init__(self, table: Table, number: str, width: float, mark: Marker) -> None:
        self.table = table
        self.mark = mark
        self.cell = CELL[table.size.value]
        self.bold = _BOLD[self.cell.fontName]
        head_size = self.cell.fontSize if self.cell.fontSize < 10 else 9.5
        self.head = Look("th", HEI_MEDIUM, head_size, head_size * 1.4, TA_CENTER)
        self.unit = Look(
            "tu", HEI, max(6.5, head_size - 1.5), max(6.5, head_size - 1.5) * 1.4, TA_CENTER
        )
        total = sum(column.width for column in table.columns)
        self.widths = _fitted([width * column.width / total for column in table.columns], table)
        self.count = len(table.columns)
        self.data: list[list[Any]] = []
        self.commands: list[tuple[Any, ...]] = []
        self.origin: dict[int, int] = {}  # column -> row its current cell begins in
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
        if not _is_short(table):
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
            self.commands += [
                ("SPAN", (0, y), (-1, y)),
                ("LEFTPADDING", (0, y), (-1, y), 0),
                ("RIGHTPADDING", (0, y), (-1, y), 0),
            ]

    def _caption(self, number: str) -> None:
        words = ChineseParagraph(
            as_runs(f"表 {number}　{self.table.caption}", HEI_MEDIUM), setting().caption
        )
        self.data.append([words] + [""] * (self.count - 1))
        self.commands += [
            ("SPAN", (0, 0), (-1, 0)),
            ("TOPPADDING", (0, 0), (-1, 0), 0),
            ("BOTTOMPADDING", (0, 0), (-1, 0), 4),
        ]

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
            words = self.mark(_runs(row.cells[0]), HEI_MEDIUM)
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
        self._join_up(row, y)
        self.data += self._in_parts(cells)
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

    def _join_up(self, row: Row, y: int) -> None:
        for place, cell in enumerate(row.cells[: self.count]):
            if not isinstance(cell, JoinUp):
                self.origin[place] = y
                continue
            top = (place, self.origin[place])
            self.commands = [c for c in self.commands if c[:2] != ("SPAN", top)]
            self.commands.append(("SPAN", top, (place, y)))

    def _cell(self, cell: Cell, place: int, strong: bool) -> Any:
        align = self.table.columns[place].align
        font = self.bold if strong else self.cell.fontName
        mark = _mark_of(cell, 6.5 if self.table.size is Size.TIGHT else 8)
        if mark is not None:
            return mark
        if align is Align.NUMBER and isinstance(cell, str | Amount | Away):
            return Figure(str(cell), self.cell, *self.pivots[place], font)
        alignment = self.cell.alignment if align is Align.TEXT else TA_CENTER
        look = Look("tc", font, self.cell.fontSize, self.cell.leading, alignment)
        return ChineseParagraph(self.mark(_runs(cell), font), look)

    def _row_lines(self) -> list[tuple[Any, ...]]:
        """Hairlines between rows, none through a cell that reaches over several."""
        joined = any(isinstance(cell, JoinUp) for row in self.table.rows for cell in row.cells)
        if not joined and self.ends != list(range(self.first, self.last + 1)):
            return [("LINEBELOW", (0, y), (-1, y), 0.25, INK) for y in self.ends[:-1]]
        if not joined:
            return [("LINEBELOW", (0, self.first), (-1, self.last - 1), 0.25, INK)]
        lines: list[tuple[Any, ...]] = []
        for place, row in enumerate(self.table.rows[1:]):
            y = self.ends[place]
            lines += [
                ("LINEBELOW", (column, y), (column, y), 0.25, INK)
                for column in range(self.count)
                if column >= len(row.cells) or not isinstance(row.cells[column], JoinUp)
            ]
        return lines

    def all_commands(self) -> list[tuple[Any, ...]]:
        padding = _PADDING[self.table.size.value]
        base: list[tuple[Any, ...]] = [
            ("FONTNAME", (0, 0), (-1, -1), SONG),
            # Empty cells take part in the height of a row.
            ("FONTSIZE", (0, 0), (-1, -1), self.cell.fontSize),
            ("LEADING", (0, 0), (-1, -1), self.cell.leading),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("LEFTPADDING", (0, 0), (-1, -1), 3),
            ("RIGHTPADDING", (0, 0), (-1, -1), 3),
            ("TOPPADDING", (0, self.top), (-1, -1), padding),
            ("BOTTOMPADDING", (0, self.top), (-1, -1), padding),
            *self._row_lines(),
            ("LINEABOVE", (0, self.top), (-1, self.top), 1.2, INK),
            ("LINEBELOW", (0, self.first - 1), (-1, self.first - 1), 0.6, INK),
            ("LINEBELOW", (0, self.last), (-1, self.last), 1.2, INK),
            ("LINEBELOW", (0, "splitlast"), (-1, "splitlast"), 1.2, INK),
        ]
        return base + self.commands


def _needs(table: Table, place: int) -> float:
    """The least width of a column: its widest figure or unbreakable word, with the padding of a cell."""
    cell = CELL[table.size.value]
    font, size = cell.fontName, cell.fontSize
    column = table.columns[place]
    head_size = size if size < 10 else 9.5
    words = [w for text in (column.title, column.unit) for w in UNBROKEN.findall(text)]
    least = max((text_width(word, HEI_MEDIUM, head_size) for word in words), default=0.0)
    for row in table.rows:
        if row.kind is RowKind.GROUP or place >= len(row.cells):
            continue
        following = row.cells[place + 1] if place + 1 < len(row.cells) else ""
        if isinstance(following, JoinLeft):
            continue  # it has the room of its neighbours too
        for one in _runs(row.cells[place]):
            text = cell_text(one)
            if isinstance(one, Open) and len(text) <= _LONGEST_BOX:
                least = max(least, text_width(text, HEI, 7.5) + 8)
                continue
            parts = [text] if column.align is Align.NUMBER else UNBROKEN.findall(text)
            heavy = _BOLD[font] if row.kind is not RowKind.NORMAL or isinstance(one, Bold) else font
            least = max([least, *(text_width(part, heavy, size) for part in parts)])
    return least + 7


_SHORT = 8  # characters of a label, a choice or a name that reads badly when broken


def _prefers(table: Table, place: int, least: float) -> tuple[float, float]:
    """Widths at which a column's head reads well (short ones whole, others over two lines), and the rest of it as well
    (labels, choices and names whole). least: as of `_needs`."""
    size, font = CELL[table.size.value].fontSize, CELL[table.size.value].fontName
    column = table.columns[place]
    head_size = size if size < 10 else 9.5
    title = text_width(column.title, HEI_MEDIUM, head_size)
    if title > 4 * head_size:
        title = max(title / 2 + 0.6 * head_size, 2 * head_size)
    head = max(least, title + 7)
    longest = size * (_SHORT if place == 0 or column.align is Align.CENTRE else _SHORT - 2)
    rest = 0.0
    for row in table.rows:
        if row.kind is RowKind.GROUP or place >= len(row.cells):
            continue
        following = row.cells[place + 1] if place + 1 < len(row.cells) else ""
        text = row.cells[place]
        if isinstance(text, str | Amount) and not isinstance(following, JoinLeft):
            rest = max(rest, min(text_width(str(text), font, size), longest))
    return head, max(head, rest + 7)


def _fitted(widths: list[float], table: Table) -> list[float]:
    """The wished widths, with room taken from wide columns for those that read badly. Where there is not room for
    everything: figures and codes whole first, then the heads, then the words."""
    places = range(len(widths))
    least = [_needs(table, place) for place in places]
    heads, whole = zip(*(_prefers(table, one, least[one]) for one in places), strict=True)
    total = sum(widths)
    for low, high in ((list(heads), list(whole)), (least, list(heads))):
        if sum(low) <= total < sum(high):
            share = (total - sum(low)) / (sum(high) - sum(low))
            return [a + (b - a) * share for a, b in zip(low, high, strict=True)]
    least = list(whole) if sum(whole) <= total else least
    lacking = sum(max(0.0, need - width) for need, width in zip(least, widths, strict=True))
    spare = sum(max(0.0, width - need) for need, width in zip(least, widths, strict=True))
    if not lacking or lacking > spare:
        return widths
    share = lacking / spare
    return [
        need if need >= width else width - (width - need) * share
        for need, width in zip(least, widths, strict=True)
    ]


def too_wide(table: Table, width: float) -> bool:
    """Whether the table cannot hold its figures and codes whole on `width` points."""
    return sum(_needs(table, place) for place in range(len(table.columns))) > width * table.width


def _runs(cell: Cell) -> Runs:
    if isinstance(cell, tuple):
        return cell
    if isinstance(cell, JoinLeft | JoinUp):
        return ("",)
    return (cell,)


def _mark_of(cell: Cell, size: float) -> Any:
    """A cell that is nothing but a mark, as a drawing; None for text. size: of a level's numeral."""
    match cell:
        case LevelMark(level):
            return level_mark(level, size)
        case StateMark(state):
            return state_mark(state)
        case LimitingMark():
            return limiting_mark(size - 1)
        case Open() if len(str(cell)) <= _LONGEST_BOX:
            return open_mark(str(cell))
        case (
            str()
            | Open()
            | Amount()
            | Away()
            | Bold()
            | Sub()
            | Ref()
            | JoinLeft()
            | JoinUp()
            | tuple()
        ):
            return None


def build_table(table: Table, number: str, width: float, mark: Marker) -> list[Any]:
    """Flowables of a table with its notes. A short one is kept whole; a long one is split by rows with its heads."""
    builder = _Builder(table, number, width * table.width, mark)
    body = ThreeLineTable(
        builder.data,
        colWidths=builder.widths,
        repeatRows=builder.first,
        style=builder.all_commands(),
        hAlign="CENTER",
        splitByRow=1,
    )
    body.number, body.caption, body.key = number, table.caption, table.key
    body.may_part = bool(number) and not _is_short(table)
    body.noted_rows = int(body.may_part and bool(table.notes))
    if not stays_whole(table):
        return [body]
    if not _is_short(table):
        return [KeptTogether([body])]
    return [KeptTogether([body, *_notes(table, width * table.width, mark)])]


class KeptTogether(KeepTogether):
    """Kept on one page, unless that would leave a great part of the page before empty."""

    def split(self, aW: float, aH: float) -> list[Any]:
        parts = self._parted(aW, aH) if aH > self._room() * setting().height() else []
        if not parts:
            parts = super().split(aW, aH)
        return parts

    def _room(self) -> float:
        tables = [one for one in self._content if isinstance(one, ThreeLineTable)]
        few = all(len(one._cellvalues) - one.repeatRows <= _FEW_ROWS for one in tables)
        return _ROOM_OF_FEW if few else _ROOM

    def _parted(self, width: float, height: float) -> list[Any]:
        """What leads to the table, then the table in two parts, a few rows each; nothing where that cannot be."""
        place = next(
            (n for n, one in enumerate(self._content) if isinstance(one, ThreeLineTable)), None
        )
        if place is None or not self._content[place].may_part:
            return []
        before, table, after = (
            self._content[:place],
            self._content[place],
            self._content[place + 1 :],
        )
        room = height - sum(one.wrap(width, height)[1] for one in before)
        if table.wrap(width, room)[1] <= room:
            return []
        while True:
            parts = table.split(width, room)
            rows = [len(part._cellvalues) - table.repeatRows for part in parts]
            if len(parts) < 2 or rows[0] < _FEWEST_ROWS:
                return []
            if rows[1] - table.noted_rows >= _FEWEST_ROWS:
                for one in before:
                    one.keepWithNext = 0  # its place is found; ReportLab would gather them again
                return [*before, parts[0], FrameBreak, parts[1], *after]
            room -= 12


def stays_whole(table: Table) -> bool:
    """Whether the table is kept on one page with its notes if there is room; longer ones are split by rows."""
    return len(table.rows) <= _MOST_ROWS_WHOLE


def _is_short(table: Table) -> bool:
    return len(table.rows) < _FEWEST_ROWS_SPLIT


def _notes(table: Table, width: float, mark: Marker) -> list[Notes]:
    if not table.notes:
        return []
    dense = table.size in (Size.DENSE, Size.TIGHT)
    texts = [mark(note, HEI if dense else SONG) for note in table.notes]
    return [Notes(texts, width, dense=dense)]
