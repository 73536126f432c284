"""How wide the columns of a three-line table come to stand: what their cells need, what they would like, what there is."""

import math

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


def _head(table: Table, place: int, least: float) -> float:
    """The width at which a column's head reads well: short ones whole, others over two lines, and short words below it
    whole. least: as of `_needs`."""
    size = cell_look(table).fontSize
    head_size = size if size < 10 else 9.5
    column = table.columns[place]
    title = text_width(column.title, HEI_MEDIUM, head_size)
    if title > 4 * head_size:
        title = max(title / 2 + 0.6 * head_size, 2 * head_size)
    unit = text_width(column.unit, HEI, max(6.5, head_size - 1.5))
    short = [one for one in _words(table, place) if one <= _SHORT * size]
    return max(
        [least, title + 7, unit + 7 if unit < 6 * head_size else 0.0, max(short, default=0) + 7]
    )


_MOST_ROWS_WEIGHED = (
    80  # the longest words of a table of hundreds of rows say how wide its columns want to be
)
_FEW_CHARACTERS, _NARROW, _BROAD = 6.2, 0.8, 0.25  # see `_ladder`
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


def _line_count(cell: "_Cell", room: float) -> int:
    wide, loss = cell
    if wide <= room:
        return 1
    left = room - loss
    lines = math.ceil((wide - loss) / (left if left > loss else loss))
    return lines if lines > 2 else 2


def _ladder(lines: int, width: float, em: float) -> float:
    """How bad a cell of so many lines is, in lines of its row: more in a column of a few characters."""
    return (lines - 1) * (_NARROW if width < _FEW_CHARACTERS * em else _BROAD)


def _room_for(cell: "_Cell", lines: int) -> float:
    """The room in which the words take that many lines."""
    wide, loss = cell
    return wide if lines == 1 else (wide - loss) / lines + loss


_Cell = tuple[float, float]
"""Width of a cell's words on one line, and what a line of them loses."""


def _lowest(low: list[float], total: float, table: Table) -> list[float]:
    """Widths from `low` upwards at which the rows take the fewest lines: room goes where it saves most for its width."""
    places, em = range(len(low)), cell_look(table).fontSize
    columns = [_words(table, place) for place in places]
    losses = [_losses(table, place, columns[place]) for place in places]
    cells = [list(zip(*one, strict=True)) for one in zip(columns, losses, strict=True)]
    rows: list[tuple[_Cell, ...]] = [
        one for one in zip(*cells, strict=True) if any(wide for wide, _ in one)
    ]
    rows = sorted(rows, key=max, reverse=True)[:_MOST_ROWS_WEIGHED]
    widths, spare = list(low), total - sum(low)
    lines = [[_line_count(one[p], widths[p] - _SIDES) for p in places] for one in rows]
    while True:
        best, gained = None, 0.0
        for place in places:
            active = [
                (one[place], n[place], max((n[p] for p in places if p != place), default=1))
                for one, n in zip(rows, lines, strict=True)
                if n[place] > 1
            ]
            steps = {_room_for(cell, high - 1) + _SIDES + 0.1 for cell, high, _ in active}
            for step in sorted(steps):
                more = step - widths[place]
                if more > spare:
                    break
                if more <= 0:
                    continue
                saved = 0.0
                for cell, high, others in active:
                    now = _line_count(cell, step - _SIDES)
                    if now < high:
                        saved += max(others, high) - max(others, now)
                        saved += _ladder(high, widths[place], em) - _ladder(now, step, em)
                if saved / more > gained:
                    best, gained = (place, step), saved / more
        if best is None:
            break
        place, step = best
        spare -= step - widths[place]
        widths[place] = step
        for one, n in zip(rows, lines, strict=True):
            n[place] = _line_count(one[place], step - _SIDES)
    if len(rows) <= _FEW_ROWS:
        widths = _traded(widths, low, rows, em)
    wished = [column.width for column in table.columns]
    return [one + spare * wish / sum(wished) for one, wish in zip(widths, wished, strict=True)]


_FEW_ROWS = 30
_STEPS, _MOST_TRADES = 12.0, 12  # points handed over at a time; how often
_MOST_ROWS_WHOLE = 14  # of a table in which a whole column is tried on one line


def _traded(
    widths: list[float], low: list[float], rows: list[tuple["_Cell", ...]], em: float
) -> list[float]:
    """Widths with room handed from column to column while that makes the rows lower."""

    def badness(at: list[float]) -> float:
        whole = 0.0
        for row in rows:
            lines = [_line_count(cell, wide - _SIDES) for cell, wide in zip(row, at, strict=True)]
            ladders = (_ladder(n, wide, em) for n, wide in zip(lines, at, strict=True))
            whole += max(lines) + sum(ladders)
        return whole

    places = range(len(widths))
    now = badness(widths)
    for _ in range(_MOST_TRADES):
        tried = []
        for giver in places:
            for taker in places:
                for step in (_STEPS, 2 * _STEPS):
                    if giver == taker or widths[giver] - step < low[giver]:
                        continue
                    other = list(widths)
                    other[giver] -= step
                    other[taker] += step
                    tried.append((badness(other), other))
        best = min(tried, key=lambda one: one[0], default=(now, widths))
        if best[0] >= now - 1e-9:
            break
        now, widths = best
    for taker in places if len(rows) <= _MOST_ROWS_WHOLE else ():
        cells = [row[taker] for row in rows]
        lines = [_line_count(cell, widths[taker] - _SIDES) for cell in cells]
        if max(lines) != 2:
            continue
        # All of it on one line, with room of those who miss it least.
        other, need = list(widths), max(wide for wide, _ in cells) + _SIDES - widths[taker]
        other[taker] += need
        while need > 0:
            part = min(need, _STEPS)
            givers = [g for g in places if g != taker and other[g] - part >= low[g]]
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
    heads = [_head(table, place, least[place]) for place in places]
    total = sum(widths)
    if sum(least) <= total < sum(heads):
        share = (total - sum(least)) / (sum(heads) - sum(least))
        return [a + (b - a) * share for a, b in zip(least, heads, strict=True)]
    if sum(heads) <= total:
        whole = [max([heads[p], *(one + 7 for one in _words(table, p))]) for p in places]
        if sum(whole) > total:
            return _lowest(heads, total, table)
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
