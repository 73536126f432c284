"""What an .xlsx file may cost, found out before any library opens it: entities, far cells, huge merged areas, swollen parts.

openpyxl makes an object of every merged cell and walks every row up to the last; a 5 KB file can ask for 17 thousand
million of them. The parts are read here as a stream, counted, and refused by name.
"""

import re
import zipfile
import zlib
from pathlib import Path
from xml.parsers import expat

from app.errors import Problem, UserError

_MOST_UNPACKED = 60_000_000
_MOST_PARTS = 2_000
_MOST_ROW = 20_000
_MOST_COLUMN = 1_000
_MOST_CELLS = 400_000
_MOST_MERGED = 20_000
_CHUNK = 1 << 20
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")


def refuse_bombs(path: Path) -> None:
    """UserError when the workbook is none, or would cost more than a workbook of this program can."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if len(parts) > _MOST_PARTS or sum(one.file_size for one in parts) > _MOST_UNPACKED:
                raise _too_large(path)
            unpacked = 0
            for part in parts:
                if part.filename.lower().endswith((".xml", ".rels", ".vml")):
                    unpacked += _scan(archive, part, path, _MOST_UNPACKED - unpacked)
    except (
        zipfile.BadZipFile,
        zlib.error,  # a torn stream
        expat.ExpatError,
        ValueError,
        OSError,
        EOFError,
        NotImplementedError,  # a compression nobody uses
        RuntimeError,  # a password
    ) as error:
        raise unreadable(path) from error


def unreadable(path: Path) -> UserError:
    return UserError(
        Problem(
            path.name,
            "不是完好的 .xlsx 工作簿",
            "在 Excel 里打开，另存为「Excel 工作簿（.xlsx）」再导入。",
        )
    )


def _too_large(path: Path) -> UserError:
    return UserError(Problem(path.name, "工作簿展开后太大", "只留要导入的工作表再试。"))


def _scan(archive: zipfile.ZipFile, part: zipfile.ZipInfo, path: Path, most: int) -> int:
    """Read one part as a stream; its true size in bytes."""
    parser = expat.ParserCreate(namespace_separator=" ")
    counts = {"cells": 0, "merged": 0, "row": 0}
    is_sheet = "worksheets/" in part.filename.replace("\\", "/")

    def refuse_doctype(*_: object) -> None:
        raise UserError(
            Problem(
                path.name,
                "工作簿里有不该有的文档声明（DOCTYPE），可能会读别的文件或撑满内存",
                "请对方在 Excel 里另存为「Excel 工作簿（.xlsx）」再发来。",
            )
        )

    def start(name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(" ")[2]
        if tag == "c":
            counts["cells"] += 1
            _refuse_far(attributes.get("r", ""), path)
            if counts["cells"] > _MOST_CELLS:
                raise _too_large(path)
        elif tag == "row":
            counts["row"] = max(counts["row"] + 1, _whole(attributes.get("r", "")))
            if counts["row"] > _MOST_ROW:
                raise _far(path, f"第 {counts['row']} 行")
        elif tag == "mergeCell":
            counts["merged"] += _area(attributes.get("ref", ""))
            if counts["merged"] > _MOST_MERGED:
                raise UserError(
                    Problem(
                        path.name,
                        f"合并单元格太大（{attributes.get('ref', '')[:30]}）",
                        "取消合并，每一格都填上自己的内容。",
                    )
                )

    parser.StartDoctypeDeclHandler = refuse_doctype
    parser.EntityDeclHandler = refuse_doctype
    if is_sheet:
        parser.StartElementHandler = start
    size = 0
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > most:
                raise _too_large(path)
            parser.Parse(chunk, False)
    parser.Parse(b"", True)
    return size


def _refuse_far(reference: str, path: Path) -> None:
    found = _REFERENCE.fullmatch(reference.upper())
    if reference and found is None:
        raise ValueError(reference)  # a place no sheet has
    if found and (int(found[2]) > _MOST_ROW or _column(found[1]) > _MOST_COLUMN):
        raise _far(path, reference)


def _far(path: Path, where: str) -> UserError:
    return UserError(
        Problem(
            path.name,
            f"表太大：{where} 也有内容（最多 {_MOST_ROW} 行、{_MOST_COLUMN} 列）",
            "删去空白的格式行列（选中后删除整行整列）再导入。",
        )
    )


def _area(reference: str) -> int:
    first, _, last = reference.partition(":")
    one, other = _REFERENCE.fullmatch(first), _REFERENCE.fullmatch(last or first)
    if one is None or other is None:
        return _MOST_MERGED + 1  # whole rows or columns
    rows = abs(int(other[2]) - int(one[2])) + 1
    return rows * (abs(_column(other[1]) - _column(one[1])) + 1)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else 0
