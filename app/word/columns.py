"""Widths of a Word table's columns and the size of its type: no figure, date or code breaks inside a cell.

Word fits tables with fonts that are not known here (Times New Roman and 宋体, or what a machine has instead of them), so widths
are estimated on the safe side."""

import unicodedata

from app.papers.document import (
    Align,
    Bold,
    Cell,
    JoinLeft,
    JoinUp,
    RowKind,
    Runs,
    Table,
    cell_text,
)
from app.papers.unbroken import UNBROKEN

PADDING = 3.0
"""Points left and right of the words of a cell; Word's own 5.4 are too many for a table of ten columns."""
_BOLD = 1.08
_WIDE = {"F", "W", "A"}  # East Asian widths that are set as whole squares
_LEAST_SIZE = 6.5  # points: 小六, the smallest that a reader can be given
_STEP = 0.5
_MOST_OF_WORDS = 8  # characters of a name or choice that reads badly when broken
_TITLE_WHOLE = 4  # characters of a head that is set in one line


def fitted(table: Table, size: float, room: float) -> tuple[float, list[float]]:
    """The size of type (points, not above `size`) and the width of every column (points, `room` together)."""
    while True:
        least = [_least(table, place, size) for place in range(len(table.columns))]
        if sum(least) <= room or size - _STEP < _LEAST_SIZE:
            break
        size -= _STEP
    total = sum(column.width for column in table.columns)
    wished = [column.width / total * room for column in table.columns]
    if sum(least) > room:
        return size, [one / sum(least) * room for one in least]
    good = [max(need, _reads_well(table, place, size)) for place, need in enumerate(least)]
    if sum(good) > room:
        share = (room - sum(least)) / (sum(good) - sum(least))
        return size, [a + (b - a) * share for a, b in zip(least, good, strict=True)]
    lacking = sum(max(0.0, a - b) for a, b in zip(good, wished, strict=True))
    spare = sum(max(0.0, b - a) for a, b in zip(good, wished, strict=True))
    share = lacking / spare if spare else 0.0
    return size, [a if a >= b else b - (b - a) * share for a, b in zip(good, wished, strict=True)]


def text_width(text: str, size: float) -> float:
    """Points that the text takes at most in the usual fonts."""
    return sum(_width(one) for one in text) * size


def _width(letter: str) -> float:
    if letter == "\u2009":
        return 0.25
    if unicodedata.east_asian_width(letter) in _WIDE:
        return 1.0
    if letter.isdigit() or letter in ".,;:-/'()[]!| ":
        return 0.52 if letter.isdigit() else 0.36
    return 0.78 if letter.isupper() or letter in "mwMW%@—" else 0.54


def _cells(table: Table, place: int) -> list[tuple[Cell, bool]]:
    """Cells of a column that have no more room than it, and whether they are bold."""
    found = []
    for row in table.rows:
        if place >= len(row.cells) or (row.kind is RowKind.GROUP and len(row.cells) == 1):
            continue
        beside = row.cells[place + 1] if place + 1 < len(row.cells) else ""
        if not isinstance(beside, JoinLeft):
            found.append((row.cells[place], row.kind is not RowKind.NORMAL))
    return found


def _least(table: Table, place: int, size: float) -> float:
    column = table.columns[place]
    words = UNBROKEN.findall(column.title) + UNBROKEN.findall(column.unit)
    least = max((text_width(word, size) * _BOLD for word in words), default=0.0)
    least = max(least, 2 * size * _BOLD if column.title else 0.0)
    for cell, strong in _cells(table, place):
        text = _text(cell)
        whole = column.align is Align.NUMBER and any(one.isdigit() for one in text)
        parts = [text] if whole else UNBROKEN.findall(text)
        heavy = _BOLD if strong or _has_bold(cell) else 1.0
        least = max([least, *(text_width(part, size) * heavy for part in parts)])
    return least + 2 * PADDING


def _reads_well(table: Table, place: int, size: float) -> float:
    """Short heads, names and choices whole, longer heads over two lines."""
    column = table.columns[place]
    title = text_width(column.title, size) * _BOLD
    if title > _TITLE_WHOLE * size * _BOLD:
        title = title / 2 + 0.6 * size
    most = _MOST_OF_WORDS * size
    words = [min(text_width(_text(cell), size), most) for cell, _ in _cells(table, place)]
    return max([title, *words]) + 2 * PADDING


def _text(cell: Cell) -> str:
    return "".join(cell_text(one) for one in _runs(cell))


def _has_bold(cell: Cell) -> bool:
    return any(isinstance(one, Bold) for one in _runs(cell))


def _runs(cell: Cell) -> Runs:
    if isinstance(cell, tuple):
        return cell
    return () if isinstance(cell, JoinLeft | JoinUp) else (cell,)
