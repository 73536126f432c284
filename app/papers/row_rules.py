"""Between which rows of a three-line table a hairline stands: light pages have few. One rule for every printer."""

from collections.abc import Sequence

from app.papers.document import Align, JoinUp, Row, RowKind, Size, Table

_TALL_SHARE = 0.25  # of rows with more than one line
_HIGH = 4  # lines of a row that is parted from its neighbours
_WRITTEN_SHARE = 0.15  # of cells that are blank
_FEWEST_NAMED = 6  # rows with names of groups
_LONG, _EVERY = 15, 5  # rows of a list that the eye is led along, by fives


def ruled_after(table: Table, lines: Sequence[int]) -> list[int]:
    """Rows (from 0) with a hairline below. lines: how many each row takes.

    Rows of words over several lines are parted, so are groups and lines to write on; rows of one line are not, but a long
    list by fives.
    """
    rows = table.rows
    between = range(len(rows) - 1)
    tall = [n for n in range(len(rows)) if lines[n] > 1 and rows[n].kind is not RowKind.GROUP]
    proper = sum(row.kind is not RowKind.GROUP for row in rows)
    crowded = len(tall) > _TALL_SHARE * proper
    names = table.columns[0].align is Align.TEXT  # and no marks, which most rows lack
    continued = [_continues(row, names) for row in rows]
    if _is_written_in(table):
        return list(between)
    if crowded and len(table.rows) > 1:
        if any(is_joined_up(row, 0) for row in rows):
            return [n for n in between if not continued[n + 1] or lines[n] > 1 or lines[n + 1] > 1]
        return list(between)
    if any(continued):
        return [n for n in between if not continued[n + 1]]
    named = _groups_by_name(table)
    if named:
        return named
    high = [n for n in tall if lines[n] >= _HIGH or _is_room(rows[n])]
    if high:
        return [n for n in between if n in high or n + 1 in high]
    if len(rows) > _LONG and not any(row.kind is RowKind.GROUP for row in rows):
        return [n for n in between if n % _EVERY == _EVERY - 1 and n < len(rows) - 2]
    return []


def _is_written_in(table: Table) -> bool:
    """Whether cells are left for somebody to write in, line by line."""
    if table.size in (Size.DENSE, Size.TIGHT):
        return False
    cells = [cell for row in table.rows if row.kind is RowKind.NORMAL for cell in row.cells[1:]]
    return sum(cell in ("", ()) for cell in cells) > _WRITTEN_SHARE * len(cells)


def _is_room(row: Row) -> bool:
    """Whether the row holds room for somebody's words (an opinion, a stamp)."""
    return any(isinstance(cell, str) and cell and not cell.strip() for cell in row.cells)


def _groups_by_name(table: Table) -> list[int]:
    """Rows after which another name begins in the first column, of a table whose names are said row by row; [] for others."""
    names = [
        str(row.cells[0]) if row.cells and row.kind is RowKind.NORMAL else "" for row in table.rows
    ]
    ends = [n for n in range(len(names) - 1) if names[n] != names[n + 1] and names[n + 1]]
    proper = sum(map(bool, names))
    return ends if proper >= _FEWEST_NAMED and 0 < len(ends) < proper / 2 else []


def is_joined_up(row: Row, place: int) -> bool:
    """Whether the cell continues the one above."""
    return place < len(row.cells) and isinstance(row.cells[place], JoinUp)


def _continues(row: Row, names: bool) -> bool:
    """Whether the row belongs to the one above, which names what both are about."""
    if row.kind is not RowKind.NORMAL or not row.cells:
        return False
    return is_joined_up(row, 0) or (names and row.cells[0] in ("", ()))
