"""How wide the columns of a three-line table come to stand: what their cells need, what they would like, what there is."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from itertools import islice

from app.papers.document import (
    Align,
    Bar,
    Bold,
    Cell,
    JoinLeft,
    JoinUp,
    Open,
    Progress,
    Ref,
    RowKind,
    Runs,
    Sheet,
    Size,
    Table,
    cell_text,
)
from app.papers.row_rules import is_joined_up
from app.papers.unbroken import UNBROKEN
from app.reports.fonts import HEI, HEI_MEDIUM, SONG, SONG_BOLD
from app.reports.painting import STRIP
from app.reports.typesetting import (
    CELL,
    FOLDED,
    Look,
    text_width,
)

LONGEST_BOX = 12  # characters in a dashed box; what was typed and not understood is set as text
BOLD = {SONG: SONG_BOLD, HEI: HEI_MEDIUM}


def cell_look(table: Table) -> Look:
    """Of the words in its cells."""
    folded = table.sheet is Sheet.A3 and table.size is Size.SMALL
    return FOLDED if folded else CELL[table.size.value]


def _said(one: Cell) -> str:
    """The words of an inline; for a reference, whose number is not known here, as many as it may take."""
    return "表 2-27" if isinstance(one, Ref) else cell_text(one)


def _needs(table: Table, place: int) -> float:
    """The least width of a column: its widest figure or unbreakable word, with the padding of a cell."""
    cell = cell_look(table)
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
        for one in runs_of(row.cells[place]):
            text = _said(one)
            if isinstance(one, Progress | Bar):
                least = max(least, STRIP)
            if isinstance(one, Open) and len(text) <= LONGEST_BOX:
                least = max(least, text_width(text, HEI, 7.5) + 8)
                continue
            whole = column.align is Align.NUMBER or isinstance(one, Ref)
            parts = [text] if whole else UNBROKEN.findall(text)
            heavy = BOLD[font] if row.kind is not RowKind.NORMAL or isinstance(one, Bold) else font
            least = max([least, *(text_width(part, heavy, size) for part in parts)])
    return least + 7


_SHORT = 3.2  # em of a word that is not broken: 稀释剂


def _head(table: Table, place: int, least: float, words: list[float]) -> float:
    """The width at which a column's head reads well: short ones whole, others over two lines, and short words below it
    whole. least: as of `_needs`; words: as of `_words`."""
    size = cell_look(table).fontSize
    head_size = size if size < 10 else 9.5
    column = table.columns[place]
    title = text_width(column.title, HEI_MEDIUM, head_size)
    if title > 4 * head_size:
        title = max(title / 2 + 0.6 * head_size, 2 * head_size)
    unit = text_width(column.unit, HEI, max(6.5, head_size - 1.5))
    short = [one for one in words if one <= _SHORT * size]
    return max(
        [least, title + 7, unit + 7 if unit < 6 * head_size else 0.0, max(short, default=0) + 7]
    )


_MOST_ROWS_WEIGHED = (
    80  # the longest words of a table of hundreds of rows say how wide its columns want to be
)
_FEW_CHARACTERS, _NARROW, _BROAD = 6.2, 0.8, 0.25  # see `_Column`
_SIDES = 6.5  # points left and right of the words of a cell
_BROKEN = 0.5  # em that a line stays short of the room, because a mark may not begin the next


def _words(table: Table, place: int) -> list[float]:
    """Width of what every row has in a column, on one line; 0 where a cell has the room of others too."""
    size, font = cell_look(table).fontSize, cell_look(table).fontName
    found = []
    for number, row in enumerate(table.rows):
        text = row.cells[place] if place < len(row.cells) else ""
        beside = row.cells[place + 1] if place + 1 < len(row.cells) else ""
        if row.kind is RowKind.GROUP or isinstance(beside, JoinLeft) or isinstance(text, Open):
            found.append(0.0)
            continue
        high = 1  # rows that the cell reaches over
        while number + high < len(table.rows) and is_joined_up(table.rows[number + high], place):
            high += 1
        heavy = BOLD[font] if row.kind is not RowKind.NORMAL else font
        wide = sum(text_width(_said(one), heavy, size) for one in runs_of(text))
        found.append(wide / high)
    return found


def _losses(table: Table, place: int, words: list[float]) -> list[float]:
    """What a line of a cell stays short of the room in the mean: half of its longest word that may not break."""
    size, font = cell_look(table).fontSize, cell_look(table).fontName
    found = []
    for row, wide in zip(table.rows, words, strict=True):
        text = cell_text(row.cells[place]) if wide > 4 * size and place < len(row.cells) else ""
        parts = [text_width(one, font, size) for one in UNBROKEN.findall(text)] if text else []
        found.append(max([_BROKEN * size, *(one / 2 for one in parts)]))
    return found


_Cell = tuple[float, float]
"""Width of a cell's words on one line, and what a line of them loses."""


class _Column:
    """How many lines its cells take at a width. low: the least it may get; em: of its words."""

    def __init__(self, cells: Sequence[_Cell], low: float, em: float) -> None:
        self.cells, self.low = cells, low
        self._few = _FEW_CHARACTERS * em
        self._known: dict[float, list[int]] = {}
        self.steps = sorted(
            (_room_for(cell, fewer) + _SIDES + 0.1, row)
            for row, (cell, lines) in enumerate(zip(cells, self.lines(low), strict=True))
            for fewer in range(1, lines)
        )
        """(width, row) for every line that a cell takes fewer on the way up from `low`."""

    def lines(self, width: float) -> list[int]:
        found = self._known.get(width)
        if found is None:
            found = self._known[width] = [_line_count(cell, width - _SIDES) for cell in self.cells]
        return found

    def ladder(self, width: float, lines: int) -> float:
        """How bad so many lines more than one a cell are, in lines of their rows: more in a column of a few characters."""
        return lines * (_NARROW if width < self._few else _BROAD)


def _line_count(cell: _Cell, room: float) -> int:
    wide, loss = cell
    if wide <= room:
        return 1
    left = room - loss
    lines = math.ceil((wide - loss) / (left if left > loss else loss))
    return lines if lines > 2 else 2


def _room_for(cell: _Cell, lines: int) -> float:
    """The room in which the words take that many lines."""
    wide, loss = cell
    return wide if lines == 1 else (wide - loss) / lines + loss


def _badness(columns: Sequence[_Column], widths: Sequence[float]) -> float:
    """Of a table: the lines of its rows, and the ladders of its cells."""
    lines = [column.lines(wide) for column, wide in zip(columns, widths, strict=True)]
    ladders = (
        column.ladder(wide, sum(high) - len(high))
        for column, wide, high in zip(columns, widths, lines, strict=True)
    )
    return sum(map(max, zip(*lines, strict=True))) + sum(ladders)


def _best_step(
    columns: Sequence[_Column], widths: list[float], spare: float
) -> tuple[int, float] | None:
    """(column, its new width) that saves most for what it takes of the spare room; None where nothing is saved."""
    best, gained = None, 0.0
    lines = [column.lines(wide) for column, wide in zip(columns, widths, strict=True)]
    ones = [1] * len(lines[0])
    for place, (column, wide) in enumerate(zip(columns, widths, strict=True)):
        steps = column.steps
        first = bisect_right(steps, (wide, len(ones)))
        if first == len(steps) or steps[first][0] > wide + spare:
            continue
        own = list(lines[place])
        others = [max(row) for row in zip(ones, *lines[:place], *lines[place + 1 :], strict=True)]
        saved = before = after = (
            0  # lines of rows; lines more than one of the cells that take fewer
        )
        for step, row in islice(steps, first, None):
            if step > wide + spare:
                break
            saved += own[row] > others[row]
            own[row] -= 1
            if own[row] + 1 < lines[place][row]:
                after -= 1
                continue
            before += own[row]
            after += own[row] - 1
            ladders = column.ladder(wide, before) - column.ladder(step, after)
            if (saved + ladders) / (step - wide) > gained:
                best, gained = (place, step), (saved + ladders) / (step - wide)
    return best


def _lowest(low: list[float], total: float, table: Table, words: list[list[float]]) -> list[float]:
    """Widths from `low` upwards at which the rows take the fewest lines: room goes where it saves most for its width."""
    em = cell_look(table).fontSize
    losses = [_losses(table, place, one) for place, one in enumerate(words)]
    cells = [list(zip(*one, strict=True)) for one in zip(words, losses, strict=True)]
    rows = [one for one in zip(*cells, strict=True) if any(wide for wide, _ in one)]
    rows = sorted(rows, key=max, reverse=True)[:_MOST_ROWS_WEIGHED]
    columns = [
        _Column(one, least, em) for one, least in zip(zip(*rows, strict=True), low, strict=True)
    ]
    widths, spare = list(low), total - sum(low)
    while (found := _best_step(columns, widths, spare)) is not None:
        place, step = found
        spare -= step - widths[place]
        widths[place] = step
    if len(rows) <= _FEW_ROWS:
        widths = _traded(widths, columns)
    wished = [column.width for column in table.columns]
    return [one + spare * wish / sum(wished) for one, wish in zip(widths, wished, strict=True)]


_FEW_ROWS = 30
_STEPS, _MOST_TRADES = 12.0, 12  # points handed over at a time; how often
_MOST_ROWS_WHOLE = 14  # of a table in which a whole column is tried on one line


def _traded(widths: list[float], columns: Sequence[_Column]) -> list[float]:
    """Widths with room handed from column to column while that makes the rows lower."""

    def badness(at: list[float]) -> float:
        return _badness(columns, at)

    places = range(len(widths))
    now = badness(widths)
    for _ in range(_MOST_TRADES):
        tried = []
        for giver in places:
            for taker in places:
                for step in (_STEPS, 2 * _STEPS):
                    if giver == taker or widths[giver] - step < columns[giver].low:
                        continue
                    other = list(widths)
                    other[giver] -= step
                    other[taker] += step
                    tried.append((badness(other), other))
        best = min(tried, key=lambda one: one[0], default=(now, widths))
        if best[0] >= now - 1e-9:
            break
        now, widths = best
    for taker, column in enumerate(columns):
        if len(column.cells) > _MOST_ROWS_WHOLE:
            break
        if max(column.lines(widths[taker])) != 2:
            continue
        # All of it on one line, with room of those who miss it least.
        other, need = list(widths), max(wide for wide, _ in column.cells) + _SIDES - widths[taker]
        other[taker] += need
        while need > 0:
            part = min(need, _STEPS)
            givers = [g for g in places if g != taker and other[g] - part >= columns[g].low]
            if not givers:
                break
            left = {g: [w - part if n == g else w for n, w in enumerate(other)] for g in givers}
            other = min(left.values(), key=badness)
            need -= part
        if need <= 0 and badness(other) < now - 1e-9:
            now, widths = badness(other), other
    return widths


def fitted_widths(widths: list[float], table: Table) -> list[float]:
    """The wished widths, with room taken from wide columns for those that read badly. Where there is not room for
    everything on one line: figures and codes whole first, then the heads, then as few lines as can be."""
    places = range(len(widths))
    least = [_needs(table, place) for place in places]
    words = [_words(table, place) for place in places]
    heads = [_head(table, place, least[place], words[place]) for place in places]
    total = sum(widths)
    if sum(least) <= total < sum(heads):
        share = (total - sum(least)) / (sum(heads) - sum(least))
        return [a + (b - a) * share for a, b in zip(least, heads, strict=True)]
    if sum(heads) <= total:
        whole = [max([heads[p], *(one + 7 for one in words[p])]) for p in places]
        if sum(whole) > total:
            return _lowest(heads, total, table, words)
        least = whole
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


def runs_of(cell: Cell) -> Runs:
    if isinstance(cell, tuple):
        return cell
    if isinstance(cell, JoinLeft | JoinUp):
        return ("",)
    return (cell,)
