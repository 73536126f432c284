"""A block of cells as it was copied or read from a file, each cell with its place."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple


class GridCell(NamedTuple):
    """One cell as it came. place: 「B3」 of a sheet, or 「第 3 行第 2 列」. note: why it cannot be read, "" when it can
    (a formula without a stored value). merged: True in the cells of a merged range after its first. kind: "date" or
    "number" where the file says so, "" where nobody knows. span: rows that a merged range takes, at its first cell."""

    text: str
    place: str = ""
    note: str = ""
    merged: bool = False
    kind: str = ""
    span: int = 1


@dataclass(frozen=True)
class Grid:
    """A rectangle of cells, all rows of the same length. notes: what was met while reading (hidden rows). warnings: what
    was met and has to be looked at, each with what to do.

    sheet, file: the names it came under, "" from the clipboard. hidden_rows, hidden_columns: places in `rows` that the
    file hides. hidden: the whole sheet is. from_1904: bare serial days count from 1904.
    """

    rows: tuple[tuple[GridCell, ...], ...]
    notes: tuple[str, ...] = ()
    sheet: str = ""
    file: str = ""
    hidden_rows: frozenset[int] = field(default_factory=frozenset)
    hidden_columns: frozenset[int] = field(default_factory=frozenset)
    from_1904: bool = False
    hidden: bool = False
    warnings: tuple[tuple[str, str], ...] = ()

    @property
    def width(self) -> int:
        return len(self.rows[0]) if self.rows else 0

    @property
    def hides(self) -> bool:
        return bool(self.hidden_rows or self.hidden_columns)

    def visible(self) -> "Grid":
        """The same without hidden rows and columns."""
        if not self.hides:
            return self
        rows = tuple(
            tuple(cell for place, cell in enumerate(row) if place not in self.hidden_columns)
            for number, row in enumerate(self.rows)
            if number not in self.hidden_rows
        )
        none: frozenset[int] = frozenset()
        return replace(self, rows=rows, hidden_rows=none, hidden_columns=none)


@dataclass(frozen=True)
class SheetGrid:
    """One sheet of a workbook."""

    name: str
    grid: Grid


_FORMULA = re.compile(r"(^|[;\t\r\n])(\s*)(?=[=+\-@＝＋－＠])")
_HARMLESS = re.compile(r"[+\-－]?[0-9.,]*(?:[eE][+\-]?[0-9]+)?%?|[-－]+")
_MADE_SAFE = re.compile(r"(^|[;\t\r\n])(\s*)'(?=[=+\-@＝＋－＠])")


def safe_cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula or a call of another program, whatever mark it splits lines at: an
    apostrophe before = + - @ (full-width, too) at its beginning and behind ; tab and line end. Numbers stay as they are."""
    if _HARMLESS.fullmatch(text):
        return text
    return _FORMULA.sub(r"\1\2'", text)


def safe_line(cells: Sequence[str]) -> str:
    """Cells as a line for the clipboard, each safe."""
    return "\t".join(safe_cell(re.sub(r"[\t\r\n]+", " ", one)) for one in cells)


def as_typed(text: str) -> str:
    """A cell as it was before `safe_cell`."""
    return _MADE_SAFE.sub(r"\1\2", text)


def grid_from_text(text: str) -> Grid:
    """A grid of what a spreadsheet puts on the clipboard: tabs between cells, quoted cells may hold line ends.

    Text without any tab (from a PDF, a chat, a text editor) is split where every line has the same number of pieces, else
    it is one column.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    if not text:
        return Grid(())
    rows = None if "\t" in text else _pieces(text)
    if rows is None:
        rows = list(csv.reader(io.StringIO(text), delimiter="\t"))
    return grid_from_rows([[as_typed(cell) for cell in row] for row in rows])


_LEAST_LINES = 3
_SPLITS = (
    re.compile(r"\s*[;；]\s*"),
    re.compile(r"\s{2,}|\u3000+"),
    re.compile(r"\s*[:：]\s*(?=[-+¥￥]?\d)"),
    re.compile(r"\s+"),
)
_THOUSANDS = re.compile(r"(?<!\d)\d{1,3} \d{3}(?!\d)")  # one number as some programs print it


def _pieces(text: str) -> list[list[str]] | None:
    """Lines without tabs as cells, None when they do not fall into the same number of pieces."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    counts = {line.count(",") for line in lines}
    only = counts.pop() if len(counts) == 1 else 0
    if only and not re.fullmatch(r"[-−–¥￥\d,.\s]*", lines[-1]):
        return list(csv.reader(io.StringIO(text)))
    if all(line.startswith("|") and line.endswith("|") for line in lines) and len(lines) > 1:
        cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
        return [row for row in cells if not all(re.fullmatch(r":?-+:?", cell) for cell in row)]
    if len(lines) < _LEAST_LINES:
        return None
    for split in _SPLITS:
        if split.pattern == r"\s+" and any(_THOUSANDS.search(line) for line in lines):
            continue
        rows = [split.split(line) for line in lines]
        first = next((n for n, row in enumerate(rows[:3]) if len(row) > 1), None)
        if first is None:
            continue
        width = len(rows[first])
        body = rows[first:-1] if len(rows[-1]) == 1 else rows[first:]
        if len(body) >= _LEAST_LINES and all(len(row) == width for row in body):
            if all(re.fullmatch(r"[-+¥￥]?[\d,.]+%?", cell) for row in body for cell in row):
                return None  # bare numbers beside each other may be one number
            return rows
    return None


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

    full = [number for number, row in enumerate(grid.rows) if filled(row)]
    if not full:
        return replace(grid, rows=())
    top, rows = full[0], grid.rows[full[0] : full[-1] + 1]
    used = [c for c in range(len(rows[0])) if filled([row[c] for row in rows])]
    first, last = used[0], used[-1] + 1
    return replace(
        grid,
        rows=tuple(row[first:last] for row in rows),
        hidden_rows=frozenset(n - top for n in grid.hidden_rows if n >= top),
        hidden_columns=frozenset(n - first for n in grid.hidden_columns if first <= n < last),
    )
