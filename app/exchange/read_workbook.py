"""An .xlsx file as plain text cells, each with its place; whatever cannot be trusted is refused by name.

Refused: old .xls and encrypted files, workbooks with macros, formulas without a stored result, error values. Merged cells
are told with what they cover: what they mean is for the reader of the sheet to say.
"""

import datetime
import logging
import re
import warnings
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from app import files
from app.errors import Problem, UserError
from app.exchange.workbook_limits import refuse_bombs, unreadable

_LOG = logging.getLogger(__name__)
_MOST_BYTES = 20_000_000
_MOST_CELLS = 2_000_000
_ERROR = re.compile(r"#(N/A|[A-Z][A-Z0-9/]*[!?])")
_OLE_MAGIC = bytes.fromhex("D0CF11E0A1B11AE1")


@dataclass(frozen=True)
class TextCell:
    """text: as typed (numbers without exponent). percent: a number shown as percent, so 0.8 stands for 80 %."""

    text: str
    place: str
    percent: bool = False


@dataclass(frozen=True)
class Merged:
    """Cells that are one, by the numbers of their outermost rows and columns; the text stands in the first of them."""

    top: int
    left: int
    bottom: int
    right: int
    name: str  # 「A4:A9」


@dataclass(frozen=True)
class TextSheet:
    """rows: row number -> column number -> cell, empty cells left out, rows and columns counted from 1."""

    name: str
    rows: Mapping[int, Mapping[int, TextCell]]
    merged: tuple[Merged, ...] = ()

    def place(self, row: int, column: int | None = None) -> str:
        """How messages name a place: 工作表「二级指标」 F12."""
        where = f"第 {row} 行" if column is None else f"{get_column_letter(column)}{row}"
        return f"工作表「{self.name}」 {where}"


@dataclass(frozen=True)
class TextBook:
    """problems: cells that must be mended. remarks: what was read although it may surprise (hidden rows)."""

    sheets: Mapping[str, TextSheet]
    problems: tuple[Problem, ...]
    remarks: tuple[Problem, ...]


def read_workbook(path: Path) -> TextBook:
    """Every sheet of the workbook. UserError when the file as a whole cannot be read."""
    _refuse_unreadable(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # openpyxl warns of extensions it drops; cells are all we read
            with path.open("rb") as stream:  # openpyxl leaves a torn file open
                book = load_workbook(stream)
                values = load_workbook(stream, data_only=True) if _has_formulas(book) else book
    except UserError:
        raise
    except Exception as error:  # openpyxl lets anything through that a torn part makes happen
        _LOG.info("workbook not read", exc_info=error)
        raise unreadable(path) from error
    problems: list[Problem] = []
    remarks: list[Problem] = []
    sheets = {}
    for sheet in book.worksheets:
        sheets[sheet.title] = _read_sheet(sheet, values[sheet.title], problems, remarks)
    return TextBook(sheets, tuple(problems), tuple(remarks))


def _refuse_unreadable(path: Path) -> None:
    files.refuse_odd(path)
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            magic = stream.read(8)
    except OSError as error:
        raise UserError(
            Problem(path.name, "工作簿打不开", "确认文件还在，并在 Excel 里关掉它再试。")
        ) from error
    if magic == _OLE_MAGIC:
        raise UserError(
            Problem(
                path.name,
                "这是加密的工作簿，或旧版 .xls 文件",
                "在 Excel 里去掉打开密码，另存为「Excel 工作簿（.xlsx）」再导入。",
            )
        )
    if size > _MOST_BYTES:
        raise UserError(Problem(path.name, "工作簿太大", "只留要导入的工作表再试。"))
    refuse_bombs(path)
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    if any(name.endswith("vbaProject.bin") for name in names) or path.suffix.lower() == ".xlsm":
        raise UserError(
            Problem(
                path.name,
                "工作簿里有宏",
                "在 Excel 里另存为不含宏的「Excel 工作簿（.xlsx）」再导入。",
            )
        )


def _has_formulas(book: Workbook) -> bool:
    return any(
        cell.data_type == "f"
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
    )


def _read_sheet(
    sheet: Worksheet, values: Worksheet, problems: list[Problem], remarks: list[Problem]
) -> TextSheet:
    name = sheet.title
    if sheet.max_row * sheet.max_column > _MOST_CELLS:
        raise UserError(
            Problem(
                f"工作表「{name}」", "表太大", "删去空白的格式行列（选中后删除整行整列）再导入。"
            )
        )
    rows: dict[int, dict[int, TextCell]] = {}
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value is None:
                continue
            place = f"工作表「{name}」 {cell.coordinate}"
            value = cell.value
            if cell.data_type == "f":
                value = values[cell.coordinate].value
                if value is None:
                    problems.append(
                        Problem(
                            place,
                            "公式没有存下算好的结果",
                            "在 Excel 里打开并保存一次，或把公式改成数值。",
                        )
                    )
                    continue
            if cell.data_type == "e" or (isinstance(value, str) and _ERROR.fullmatch(value)):
                problems.append(Problem(place, f"单元格是错误值 {value}", "改正公式或填上数值。"))
                continue
            text = _cell_text(value)
            if text:
                percent = isinstance(value, int | float) and "%" in (cell.number_format or "")
                rows.setdefault(cell.row, {})[cell.column] = TextCell(text, place, percent)
    hidden = [number for number in rows if sheet.row_dimensions[number].hidden]
    if hidden:
        shown = "、".join(str(number) for number in hidden[:8]) + ("…" if len(hidden) > 8 else "")
        remarks.append(
            Problem(
                f"工作表「{name}」 第 {shown} 行",
                "这些行被隐藏或筛选掉了，仍然一起读入",
                "不要的行请删除，不要只是隐藏。",
            )
        )
    merged = tuple(
        Merged(one.min_row, one.min_col, one.max_row, one.max_col, one.coord)
        for one in sorted(sheet.merged_cells.ranges, key=lambda one: (one.min_row, one.min_col))
    )
    return TextSheet(name, rows, merged)


def _cell_text(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        # The shortest text that gives the stored double back is what was typed.
        text = format(Decimal(repr(value)), "f")
        return text.removesuffix(".0")
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value).replace("\r\n", "\n").replace("_x000D_", "").strip()
