"""Bills and ledgers from files as grids of texts, each cell with its place: .xlsx, .xlsm, .xlsb, .xls, .et, .ods, tables in
HTML or XML that are called .xls, and .csv in the encodings of the field. Changes nothing, decides nothing: what the cells
mean is planned in app.forms.paste.

python-calamine reads the values; what it does not tell (hidden rows, percent formats, formulas without a result, the
calendar) is read from the file's own XML. Sizes are looked at before anything is unpacked.
"""

import datetime
import functools
import io
import logging
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.parsers.expat import ParserCreate

from openpyxl.utils import column_index_from_string, get_column_letter
from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from app import files
from app.errors import Problem, UserError
from app.exchange import ole
from app.exchange.sheet_facts import Facts, of_ods, of_xls, of_xlsb, of_xlsx
from app.exchange.text_tables import looks_like_html, looks_like_xml, read_csv, read_html, read_xml
from app.forms.grid import Grid, GridCell, SheetGrid, trimmed

_LOG = logging.getLogger(__name__)

MOST_ROWS = 200_000
MOST_COLUMNS = 2_000
MOST_CELLS = 2_000_000
_MOST_FILE = 60_000_000
_MOST_UNPACKED = 120_000_000
_MOST_SHEETS = 200
_LONGEST = 32_767  # characters of a cell, as in a spreadsheet
_OLE = b"\xd0\xcf\x11\xe0"
_NO_VALUE = "这一格是公式，文件里没有存下结果"
_OTHERS = {
    b"%PDF": "是 PDF",
    b"\x89PNG": "是图片",
    b"\xff\xd8\xff": "是图片",
    b"GIF8": "是图片",
    b"Rar!": "是压缩包",
    b"7z\xbc\xaf": "是压缩包",
    b"\x1f\x8b": "是压缩包",
    b"SQLite f": "是数据库",
    b"MZ": "是程序",
    b"{\\rtf": "是文档",
}


class CancelledError(Exception):
    """The user does not want the file any more."""


def may_end_its_reader(path: Path) -> bool:
    """Whether a damaged file of this kind may end the process that reads it: the old binary workbooks."""
    try:
        files.refuse_odd(path)
        with path.open("rb") as file:
            start = file.read(8)
        if start.startswith(b"PK"):
            with zipfile.ZipFile(path) as archive:
                return any(one.lower().endswith("workbook.bin") for one in archive.namelist())
    except (UserError, OSError, ValueError, NotImplementedError, zipfile.BadZipFile):
        return False  # whoever reads it says what is wrong
    return start.startswith(_OLE)


def damaged(path: Path) -> UserError:
    """An old workbook that ended its reader."""
    return _damaged(path, b"")


def read_bill_file(
    path: Path, stopped: Callable[[], bool] = lambda: False
) -> tuple[SheetGrid, ...]:
    """Every sheet that holds something, in the order of the workbook; text tables are sheets, too.

    stopped: asked between sheets; True ends the reading with CancelledError. UserError: not there, not readable, with a
    password, damaged, empty, or too big.
    """
    files.refuse_odd(path)
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(4096)
    except OSError as error:
        raise _refuse(
            path, f"打不开：{error.strerror}", "看看文件是不是被移走了，或正被别的程序占着"
        ) from error
    if size > _MOST_FILE:
        raise _refuse(
            path, f"有 {size // 1_000_000} MB，太大了", "只留要导入的那张表，另存一份再导入"
        )
    for mark, what in _OTHERS.items():
        if start.startswith(mark):
            raise _refuse(
                path,
                f"{what}，不是表格（不是 .xlsx 或 .csv）",
                "在 Excel 或 WPS 里另存为 .xlsx 再导入",
            )
    try:
        sheets = _read(path, start, stopped)
    except UserError:
        raise
    except CancelledError:
        raise
    except PasswordError as error:
        raise _refuse(path, "加了密码", "在 Excel 或 WPS 里去掉密码，另存一份再导入") from error
    except MemoryError as error:
        raise _refuse(path, "太大了，内存不够", "只留要导入的那张表，另存一份再导入") from error
    except BaseException as error:  # calamine reports a panic in a damaged file as a BaseException
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        _LOG.info("table not read", exc_info=error)
        raise _damaged(path, start) from error
    if not sheets:
        raise _refuse(path, "里面没有内容", "选有账单数据的那个文件")
    return tuple(
        SheetGrid(sheet.name, replace(sheet.grid, sheet=sheet.grid.sheet, file=path.stem))
        for sheet in sheets
    )


def _refuse(path: Path, what: str, remedy: str) -> UserError:
    return UserError(Problem(path.name, what, remedy))


def _damaged(path: Path, start: bytes) -> UserError:
    kind = ".xlsx" if start.startswith(b"PK") else ".xls" if start.startswith(_OLE) else "表格文件"
    return _refuse(
        path, f"不是完好的 {kind}，里面有坏的地方", "在 Excel 或 WPS 里打开它，另存一份再导入"
    )


def _read(path: Path, start: bytes, stopped: Callable[[], bool]) -> list[SheetGrid]:
    if start.startswith(b"PK"):
        return _read_zip(path, stopped)
    if start.startswith(_OLE):
        return _read_ole(path, stopped)
    data = path.read_bytes()
    if looks_like_xml(start):
        made = read_xml(data)
    elif looks_like_html(start):
        made = read_html(data)
    else:
        made = read_csv(data, path.stem)
    if made is None:
        raise _refuse(path, "不是 .xlsx，也不是 .csv", "在 Excel 或 WPS 里另存为 .xlsx 再导入")
    for sheet in made:
        _check_size(path, len(sheet.grid.rows), sheet.grid.width)
    return [SheetGrid(s.name, trimmed(s.grid)) for s in made if trimmed(s.grid).rows]


def _check_size(path: Path, rows: int, columns: int) -> None:
    if rows > MOST_ROWS or columns > MOST_COLUMNS or rows * columns > MOST_CELLS:
        raise _refuse(
            path,
            f"有 {rows} 行 {columns} 列，太大了",
            f"只留要导入的部分（最多 {MOST_ROWS} 行、{MOST_CELLS // 10000} 万格）",
        )


# ------------------------------------------------------------------ workbooks in a zip


def _read_zip(path: Path, stopped: Callable[[], bool]) -> list[SheetGrid]:
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            whole = sum(info.file_size for info in infos)
            if whole > _MOST_UNPACKED or len(infos) > 5000:
                raise _refuse(
                    path,
                    f"解开有 {whole // 1_000_000} MB，太大了",
                    "只留要导入的那张表，另存一份再导入",
                )
            for info in infos:
                if info.file_size > 1_000_000 and info.file_size > 200 * max(1, info.compress_size):
                    raise _refuse(
                        path,
                        "压缩得不寻常，解开会很大，没有读",
                        "在 Excel 或 WPS 里打开它，另存一份再导入",
                    )
            names = {info.filename for info in infos}
            if "META-INF/manifest.xml" in names and b"encryption-data" in archive.read(
                "META-INF/manifest.xml"
            ):
                raise PasswordError("encrypted")
            for name in names:
                if _READ_PARTS.fullmatch(name) or _is_sheet(archive, name):
                    _check_size(path, *_extent(archive.read(name)))
            facts = of_xlsx(archive, names) if "xl/workbook.xml" in names else {}
            if "xl/workbook.bin" in names:
                facts = of_xlsb(archive, names)
            if "content.xml" in names:
                _check_ods(path, archive)
                facts = of_ods(archive.read("content.xml"))
    except (
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        NotImplementedError,
        EOFError,
        ValueError,
        KeyError,
        RuntimeError,
        IndexError,
        struct.error,
    ) as error:
        raise _damaged(path, b"PK") from error
    for fact in facts.values():
        _check_size(path, fact.last_row, fact.last_column)
    with path.open("rb") as file:
        book = CalamineWorkbook.from_filelike(file)
        return _sheets(path, book, facts, stopped)


_READ_PARTS = re.compile(
    r"content\.xml|xl/(?:workbook|sharedStrings|styles)\.xml|xl/worksheets/[^/]+\.xml|xl/_rels/workbook\.xml\.rels"
)


def _is_sheet(archive: zipfile.ZipFile, name: str) -> bool:
    """A workbook may keep its sheets under any name."""
    with archive.open(name) as part:
        start = part.read(200)
    if start[:2] in _UTF_16:
        return True
    return b"<" in start and b"sheetData" in archive.read(name)


_UTF_16 = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")


def _extent(xml: bytes) -> tuple[int, int]:
    """(rows, columns) up to the last cell of a worksheet with a value or formula; (0, 0) for other parts. ExpatError for a
    part that is cut or damaged: the reader of the values may never come back from one. ValueError for a place no sheet has:
    that reader would make room for everything before it."""
    row = column = last_row = last_column = 0
    kinds: dict[str, str] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal row, column, last_row, last_column
        kind = kinds.get(name)
        if kind is None:
            kind = kinds[name] = name.rpartition(":")[2]
        if kind == "c":
            place = attributes.get("r")
            if place is None:
                column += 1
            else:
                found = _CELL_PLACE(place)
                if found is None:
                    raise ValueError(place)
                column, row = _column_of(found[1]), int(found[2])
        elif kind in ("v", "f", "is"):
            last_row, last_column = max(last_row, row), max(last_column, column)
        elif kind == "row":
            said = attributes.get("r")
            if said is not None and (len(said) > 7 or not said.isdecimal()):
                raise ValueError(said)
            row, column = row + 1 if said is None else int(said), 0

    def refuse(*_: object) -> None:
        raise ValueError("entity")

    parser = ParserCreate()
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = start
    parser.Parse(xml, True)
    return last_row, last_column


_CELL_PLACE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})").fullmatch


@functools.cache
def _column_of(letters: str) -> int:
    return column_index_from_string(letters.upper())


def _check_ods(path: Path, archive: zipfile.ZipFile) -> None:
    """A cell with a value that is repeated over half a sheet unpacks into millions."""
    xml = archive.read("content.xml")
    for cell in re.finditer(rb"<table:table-cell\b([^>]*)>", xml):
        if b"office:value" in cell[1]:
            times = re.search(rb'number-columns-repeated="(\d+)"', cell[1])
            if times and int(times[1][:9]) > MOST_COLUMNS:
                _check_size(path, 1, int(times[1][:9]))
    for row in re.finditer(
        rb"<table:table-row\b([^>]*)>(.{0,4000}?)(?:</table:table-row>)", xml, re.DOTALL
    ):
        times = re.search(rb'number-rows-repeated="(\d+)"', row[1])
        if times and int(times[1][:9]) > 10_000 and b"office:value" in row[2]:
            _check_size(path, int(times[1][:9]), MOST_COLUMNS)


# ------------------------------------------------------------------ old workbooks


def _read_ole(path: Path, stopped: Callable[[], bool]) -> list[SheetGrid]:
    data = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise PasswordError("encrypted")
    if "WordDocument".encode("utf-16-le") in data and "Workbook".encode("utf-16-le") not in data:
        raise _refuse(path, "是 Word 文档，不是表格", "把表格抄到 Excel 里再导入")
    stream = ole.stream_of(data, ("Workbook", "Book"))
    if not stream:
        raise _damaged(path, data)
    facts, locked = of_xls(stream)
    if locked:
        raise PasswordError("encrypted")
    for fact in facts:
        _check_size(path, fact.last_row, fact.last_column)
    book = CalamineWorkbook.from_filelike(io.BytesIO(ole.file_of("Workbook", stream)))
    names = [meta.name for meta in book.sheets_metadata]
    told = dict(zip(names, facts, strict=True)) if len(facts) == len(names) else {}
    return _sheets(path, book, told, stopped)


# ------------------------------------------------------------------ values


def _sheets(
    path: Path, book: Any, facts: dict[str, Facts], stopped: Callable[[], bool]
) -> list[SheetGrid]:
    result: list[SheetGrid] = []
    wrong: BaseException | None = None
    for meta in book.sheets_metadata[:_MOST_SHEETS]:
        if stopped():
            raise CancelledError
        if meta.typ != SheetTypeEnum.WorkSheet:
            continue
        try:
            sheet = book.get_sheet_by_name(meta.name)
            rows = sheet.to_python(skip_empty_area=False)
        except CalamineError as error:
            wrong = error
            continue
        _check_size(path, len(rows), max(map(len, rows), default=0))
        told = facts.get(meta.name) or Facts()
        grid = _grid(
            meta.name,
            rows,
            sheet.merged_cell_ranges or told.merges,
            told,
        )
        if meta.visible != SheetVisibleEnum.Visible:
            notes = (*grid.notes, "这张工作表在原文件里是隐藏的")
            grid = replace(grid, notes=notes, hidden=True)
        if grid.rows:
            result.append(SheetGrid(meta.name, grid))
    if wrong is not None and not result:
        raise wrong
    if wrong is not None:
        noted = result[0]
        result[0] = SheetGrid(
            noted.name,
            replace(noted.grid, notes=(*noted.grid.notes, "这个文件里有的工作表坏了，读不出来")),
        )
    return result


def _grid(name: str, rows: list[list[Any]], merges: list[Any], facts: Facts) -> Grid:
    spans: dict[tuple[int, int], int] = {}
    merged: set[tuple[int, int]] = set()
    count = 0
    for (top, left), (bottom, right) in merges:
        bottom, right = min(bottom, len(rows)), min(right, MOST_COLUMNS)
        count += (bottom - top + 1) * (right - left + 1)
        if count > MOST_CELLS:
            break
        spans[top, left] = bottom - top + 1
        merged.update(
            (r, c)
            for r in range(top, bottom + 1)
            for c in range(left, right + 1)
            if (r, c) != (top, left)
        )
    width = max(map(len, rows), default=0)
    letters = [get_column_letter(column + 1) for column in range(width)]
    plain = not merged and not facts.no_value and not facts.percent and not facts.errors
    made = []
    for r, row in enumerate(rows):
        cells = []
        for c, value in enumerate(row):
            place = f"{letters[c]}{r + 1}"
            if value == "":
                if plain:
                    cells.append(GridCell("", place))
                    continue
                wrong = facts.errors.get((r, c), "")
                note = _NO_VALUE if (r, c) in facts.no_value else ""
                cells.append(GridCell(wrong, place, note, (r, c) in merged))
                continue
            text, kind = _text(value, (r, c) in facts.percent)
            cells.append(
                GridCell(text, place, "", (r, c) in merged and not text, kind, spans.get((r, c), 1))
            )
        made.append(tuple(cells))
    hidden_rows = frozenset(r for r in facts.hidden_rows if r < len(rows))
    hidden_columns = frozenset(c for c in facts.hidden_columns if c < width)
    grid = Grid(tuple(made), (), name, "", hidden_rows, hidden_columns, facts.from_1904)
    return trimmed(grid)


def _text(value: object, percent: bool) -> tuple[str, str]:
    """What the cell says, as somebody would type it (15 significant digits, dates ISO), and its kind."""
    match value:
        case bool():
            return ("是" if value else "否"), ""
        case float() | int():
            if value != value or value in (float("inf"), float("-inf")):
                return "", ""
            if percent:
                return f"{_digits(float(value) * 100)}%", "number"
            return _digits(value), "number"
        case datetime.datetime():
            plain = (value + datetime.timedelta(milliseconds=500)).replace(microsecond=0)
            if plain.time() == datetime.time():
                return plain.date().isoformat(), "date"
            return plain.isoformat(sep=" "), "date"
        case datetime.date():
            return value.isoformat(), "date"
        case datetime.time():
            return value.isoformat(), ""
        case datetime.timedelta():
            return str(value), ""
        case _:
            return str(value).strip()[:_LONGEST], ""


def _digits(value: float) -> str:
    plain = repr(value)
    if plain.endswith(".0") and len(plain) < 18:
        return plain[:-2]
    text = format(value, ".15g")
    if "e" in text:
        from decimal import Decimal

        return f"{Decimal(text):f}"
    return text
