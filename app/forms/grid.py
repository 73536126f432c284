"""A block of cells as it was copied or read from a file, each cell with its place."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class GridCell:
    """One cell as it came. place: 「B3」 of a sheet, or 「第 3 行第 2 列」. note: why it cannot be read, "" when it can
    (a formula without a stored value). merged: True in the cells of a merged range after its first."""

    text: str
    place: str = ""
    note: str = ""
    merged: bool = False


@dataclass(frozen=True)
class Grid:
    """A rectangle of cells, all rows of the same length. notes: what was met while reading (hidden rows)."""

    rows: tuple[tuple[GridCell, ...], ...]
    notes: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        return len(self.rows[0]) if self.rows else 0


@dataclass(frozen=True)
class SheetGrid:
    """One sheet of a workbook."""

    name: str
    grid: Grid


def grid_from_text(text: str) -> Grid:
    """A grid of what a spreadsheet puts on the clipboard: tabs between cells, quoted cells may hold line ends.

    Text without any tab is split at commas when every line has the same number of them (a pasted CSV), else it is one column.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    if not text:
        return Grid(())
    delimiter = "\t"
    if "\t" not in text:
        counts = {line.count(",") for line in text.split("\n") if line.strip()}
        only = counts.pop() if len(counts) == 1 else 0
        if only and not re.fullmatch(r"[-−–－¥￥\d,.\s]*", text.split("\n")[-1].strip()):
            delimiter = ","
    rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    return grid_from_rows(rows)


def grid_from_rows(rows: Sequence[Sequence[str]]) -> Grid:
    """A grid of plain texts; places are counted from 1. Short rows are filled, empty rows and columns at the edges go."""
    width = max((len(row) for row in rows), default=0)
    cells = tuple(
        tuple(
            GridCell(row[c] if c < len(row) else "", f"第 {r + 1} 行第 {c + 1} 列")
            for c in range(width)
        )
        for r, row in enumerate(rows)
    )
    return trimmed(Grid(cells))


def trimmed(grid: Grid) -> Grid:
    """The grid without empty rows at either end and empty columns at either side."""

    def filled(cells: Sequence[GridCell]) -> bool:
        return any(cell.text.strip() or cell.note for cell in cells)

    rows = list(grid.rows)
    while rows and not filled(rows[-1]):
        rows.pop()
    while rows and not filled(rows[0]):
        rows.pop(0)
    if not rows:
        return Grid((), grid.notes)
    used = [c for c in range(len(rows[0])) if filled([row[c] for row in rows])]
    first, last = used[0], used[-1] + 1
    return Grid(tuple(row[first:last] for row in rows), grid.notes)
