"""Bills and ledgers from .xlsx and .csv as grids of texts, each cell with its place. Changes nothing, decides nothing:
what the cells mean is planned in app.forms.paste."""

import csv
import datetime
import io
import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from app.errors import Problem, UserError
from app.forms.grid import Grid, GridCell, SheetGrid, trimmed

MOST_ROWS = 20_000
MOST_COLUMNS = 200
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"  # .xls, and .xlsx with a password
_NO_VALUE = "这一格是公式，文件里没有存下结果"


def read_bill_file(path: Path) -> tuple[SheetGrid, ...]:
    """Every sheet that holds something, in the order of the workbook; a CSV is one sheet.

    UserError: not there, not readable, an old .xls, with a password, damaged, empty, or too big.
    """
    try:
        with path.open("rb") as file:
            start = file.read(8)
    except OSError as error:
        raise _refuse(
            path, f"打不开：{error.strerror}", "看看文件是不是被移走了，或正被别的程序占着"
        ) from error
    if start.startswith(_OLD_EXCEL):
        raise _refuse(
            path, "是旧的 .xls，或者加了密码", "在 Excel 或 WPS 里另存为 .xlsx（不加密码）再导入"
        )
    sheets = _read_workbook(path) if start.startswith(b"PK") else _read_csv(path)
    if not sheets:
        raise _refuse(path, "里面没有内容", "选有账单数据的那个文件")
    return sheets


def _refuse(path: Path, what: str, remedy: str) -> UserError:
    return UserError(Problem(path.name, what, remedy))


# ------------------------------------------------------------------ CSV


def _read_csv(path: Path) -> tuple[SheetGrid, ...]:
    data = path.read_bytes()
    text = ""
    marked = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise _refuse(path, "不是 .xlsx，也读不成文字", "在 Excel 或 WPS 里另存为 .xlsx 再导入")
    if "\0" in text:
        raise _refuse(path, "不是 .xlsx，也不是 .csv", "在 Excel 或 WPS 里另存为 .xlsx 再导入")
    first = text.lstrip("\n").split("\n", 1)[0]
    delimiter = max(("\t", ",", ";"), key=first.count)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    _check_size(path, len(rows), max(map(len, rows), default=0))
    width = max(map(len, rows), default=0)
    cells = tuple(
        tuple(
            GridCell(row[c].strip() if c < len(row) else "", f"{get_column_letter(c + 1)}{r}")
            for c in range(width)
        )
        for r, row in enumerate(rows, start=1)
    )
    grid = trimmed(Grid(cells))
    return (SheetGrid(path.stem, grid),) if grid.rows else ()


# ------------------------------------------------------------------ workbooks


def _read_workbook(path: Path) -> tuple[SheetGrid, ...]:
    try:
        book = load_workbook(path, data_only=True)
        formulas = load_workbook(path) if _has_formulas(path) else None
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise _refuse(
            path, "不是完好的 .xlsx", "在 Excel 或 WPS 里打开它，另存一份再导入"
        ) from error
    result = []
    for sheet in book.worksheets:
        _check_size(path, sheet.max_row, sheet.max_column)
        twin = formulas[sheet.title] if formulas is not None else None
        grid = _sheet_grid(sheet, twin if isinstance(twin, Worksheet) else None)
        if grid.rows:
            result.append(SheetGrid(sheet.title, grid))
    return tuple(result)


def _has_formulas(path: Path) -> bool:
    """Whether any sheet holds a formula; only then the file is read a second time, to find those without a result."""
    with zipfile.ZipFile(path) as archive:
        return any(
            re.search(rb"<f[ >/]", archive.read(name)) is not None
            for name in archive.namelist()
            if name.startswith("xl/worksheets/") and name.endswith(".xml")
        )


def _check_size(path: Path, rows: int, columns: int) -> None:
    if rows > MOST_ROWS or columns > MOST_COLUMNS:
        raise _refuse(
            path,
            f"有 {rows} 行 {columns} 列，太大了",
            f"只留要导入的部分（最多 {MOST_ROWS} 行、{MOST_COLUMNS} 列）",
        )


def _sheet_grid(sheet: Worksheet, formulas: Worksheet | None) -> Grid:
    rows = []
    letters = [get_column_letter(column + 1) for column in range(sheet.max_column)]
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells = []
        for letter, cell in zip(letters, row, strict=False):
            place = f"{letter}{number}"
            if isinstance(cell, MergedCell):
                cells.append(GridCell("", place, merged=True))
                continue
            text, note = _text(cell), ""
            if not text and formulas is not None and _is_formula(formulas[place]):
                note = _NO_VALUE
            cells.append(GridCell(text, place, note))
        rows.append(tuple(cells))
    return trimmed(Grid(tuple(rows), tuple(_hidden(sheet))))


def _is_formula(cell: Any) -> bool:
    return getattr(cell, "data_type", "") == "f"


def _text(cell: Cell) -> str:
    """What the cell says, as somebody would type it: exact digits as Excel shows them (15 significant), dates ISO."""
    value = cell.value
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case int():
            return _percent(cell, Decimal(value))
        case datetime.datetime():
            return value.date().isoformat() if value.time() == datetime.time() else str(value)
        case datetime.date() | datetime.time():
            return value.isoformat()
        case str():
            return value.strip()
        case _:
            return _percent(cell, Decimal(format(value, ".15g")))


def _percent(cell: Cell, value: Decimal) -> str:
    if "%" in (cell.number_format or ""):
        return f"{(value * 100).normalize():f}%"
    return f"{value:f}"


def _hidden(sheet: Worksheet) -> Iterator[str]:
    rows = [n for n, size in sheet.row_dimensions.items() if size.hidden and n <= sheet.max_row]
    if rows:
        places = "、".join(str(row) for row in rows[:6]) + ("…" if len(rows) > 6 else "")
        yield f"原表有 {len(rows)} 行是隐藏的（第 {places} 行），也读进来了"
    columns = [letter for letter, size in sheet.column_dimensions.items() if size.hidden]
    if columns:
        yield f"原表有隐藏的列（{'、'.join(columns[:6])}），也读进来了"
    if sheet.sheet_state != "visible":
        yield "这张工作表在原文件里是隐藏的"
