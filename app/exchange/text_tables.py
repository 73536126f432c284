"""Tables that are text: CSV in the encodings of the field, HTML and XML 2003 as portals export them under the name .xls."""

import csv
import io
import re
from collections.abc import Sequence
from html.parser import HTMLParser
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from openpyxl.utils import get_column_letter

from app.forms.grid import Grid, GridCell, SheetGrid

_LONGEST = 32_767
_MOST_SPAN = 2_000
_COMMON = "月年电量费水气用日期元度单位金额合计備备注名称材料项目数编号电電費氣單額計價總數產類"


def looks_like_xml(start: bytes) -> bool:
    head = start.lstrip(b"\xef\xbb\xbf \r\n\t")[:400]
    return (
        head.startswith(b"<?xml") and b"<html" not in start.lower()
    ) or b"urn:schemas-microsoft-com:office:spreadsheet" in start


def looks_like_html(start: bytes) -> bool:
    plain = start.replace(b"\0", b"").lower()
    return any(mark in plain for mark in (b"<html", b"<table", b"<!doctype html", b"<tr"))


def decoded(data: bytes) -> str | None:
    """Text of a file: by its mark, UTF-8, UTF-16 without a mark, else GB18030 or Big5 by what reads as words. None: no text."""
    if data[:3] == b"\xef\xbb\xbf":
        return data.decode("utf-8-sig", "replace")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    sample = data[:4000]
    if sample.count(b"\0") * 4 > len(sample) and len(sample) > 3:
        return data.decode(
            "utf-16-le"
            if sample[1:2] == b"\0" or sample[1::2].count(0) > sample[::2].count(0)
            else "utf-16-be",
            "replace",
        )
    if b"\0" in sample:
        return None
    found: list[tuple[int, int, str]] = []
    for order, encoding in enumerate(("utf-8", "gb18030", "big5hkscs")):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8":
            return text
        head = text[:4000]
        known = sum(head.count(letter) for letter in _COMMON)
        strange = sum(
            1
            for letter in head
            if "\u0080" <= letter < "\u3000" or "\ue000" <= letter <= "\uf8ff" or letter > "\uffef"
        )
        found.append((known - 3 * strange, -order, text))
    return max(found)[2] if found else None


def read_csv(data: bytes, name: str) -> list[SheetGrid] | None:
    """One sheet. A quote that is never closed does not swallow the lines after it."""
    text = decoded(data)
    if text is None or _is_binary(text):
        return None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    separator = re.match(r"sep=(.)\n", text, re.IGNORECASE)
    if separator:
        text = text[separator.end() :]
    lines = [line for line in text.split("\n")[:60] if line.strip()]
    delimiter = (
        separator[1]
        if separator
        else max(
            ("\t", ",", ";", "|"),
            key=lambda mark: (
                sum(mark in line for line in lines),
                sum(line.count(mark) for line in lines),
            ),
        )
    )
    rows = _rows(text, delimiter)
    width = max(map(len, rows), default=0)
    letters = [get_column_letter(c + 1) if c < 16_384 else str(c + 1) for c in range(width)]
    cells = tuple(
        tuple(
            GridCell(row[c].strip()[:_LONGEST] if c < len(row) else "", f"{letters[c]}{r}")
            for c in range(width)
        )
        for r, row in enumerate(rows, start=1)
    )
    return [SheetGrid(name, Grid(cells, warnings=_open_quotes(text)))]


def _open_quotes(text: str) -> tuple[tuple[str, str], ...]:
    """A quote that is opened and never closed leaves open where a cell ends; the line it stands in is named."""
    if text.count('"') % 2 == 0:
        return ()
    lines = [n for n, line in enumerate(text.split("\n"), start=1) if line.count('"') % 2]
    named = "、".join(str(n) for n in lines[:5]) + ("…" if len(lines) > 5 else "")
    what = f"第 {named} 行有引号没有配对，按一行一条读的，这几行可能多读或少读"
    return ((what, "对照原文件看一眼这几行，或在 Excel 里另存为 .xlsx 再导入"),)


def _is_binary(text: str) -> bool:
    head = text[:2000]
    control = sum(1 for letter in head if letter < " " and letter not in "\t\n\r\f\v")
    return control * 20 > max(1, len(head)) or "\0" in head


def _rows(text: str, delimiter: str) -> list[list[str]]:
    csv.field_size_limit(50_000_000)
    if text.count('"') % 2 == 0:
        try:
            rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        except csv.Error:
            rows = []
        swallowed = any(
            field.count("\n") > 2 and field.count(delimiter) >= field.count("\n")
            for row in rows
            for field in row
            if "\n" in field
        )
        if rows and not swallowed:
            return rows
    rows = []
    for line in text.split("\n"):
        if line.count('"') % 2 == 0:
            try:
                rows.append(next(csv.reader([line], delimiter=delimiter), []))
                continue
            except csv.Error:
                pass
        rows.append([part.strip().strip('"') for part in line.split(delimiter)])
    return rows


# ------------------------------------------------------------------ HTML


class _Tables(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[tuple[str, int, int]]]] = []
        self._open: list[list[list[tuple[str, int, int]]]] = []
        self._text: list[str] | None = None
        self._spans = (1, 1)
        self._skip = 0
        self._cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self._skip += 1
        if tag == "table" or (tag == "tr" and not self._open):
            self._close_cell()
            if tag == "table" or not self._open:
                table: list[list[tuple[str, int, int]]] = []
                self.tables.append(table)
                self._open.append(table)
        if tag == "tr" and self._open:
            self._close_cell()
            self._open[-1].append([])
        if tag in ("td", "th") and self._open:
            self._close_cell()
            if not self._open[-1]:
                self._open[-1].append([])
            named = dict(attrs)
            self._spans = (_span(named.get("rowspan")), _span(named.get("colspan")))
            self._text = []
        if tag == "br" and self._text is not None:
            self._text.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style") and self._skip:
            self._skip -= 1
        if tag in ("td", "th", "tr", "table"):
            self._close_cell()
        if tag == "table" and self._open:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._text is not None and not self._skip:
            self._text.append(data)

    def _close_cell(self) -> None:
        if self._text is not None and self._open and self._open[-1]:
            self._cells += 1
            if self._cells <= 2_000_000:
                text = re.sub(r"\s+", " ", "".join(self._text)).strip()[:_LONGEST]
                self._open[-1][-1].append((text, *self._spans))
        self._text = None


def _span(value: str | None) -> int:
    return (
        min(_MOST_SPAN, max(1, int(value)))
        if value and value.strip().isdigit() and len(value) < 8
        else 1
    )


def read_html(data: bytes) -> list[SheetGrid] | None:
    said = re.search(rb"charset\s*=\s*[\"']?([\w-]+)", data[:4000])
    text = None
    if said:
        try:
            text = data.decode(
                said[1].decode("ascii").replace("gb2312", "gb18030").replace("GB2312", "gb18030")
            )
        except (LookupError, UnicodeDecodeError):
            text = None
    text = text if text is not None else decoded(data)
    if text is None:
        return None
    parser = _Tables()
    parser.feed(text)
    parser.close()
    found = [_spread(table) for table in parser.tables]
    sheets = [
        SheetGrid(f"表 {n}", grid) for n, grid in enumerate((g for g in found if g.rows), start=1)
    ]
    return sheets or None


def _spread(table: Sequence[Sequence[tuple[str, int, int]]]) -> Grid:
    """Row and column spans laid out; covered cells are merged ones."""
    placed: dict[tuple[int, int], GridCell] = {}
    width = 0
    for r, row in enumerate(table):
        c = 0
        for text, down, right in row:
            while (r, c) in placed:
                c += 1
            down = min(down, len(table) - r)
            if len(placed) + down * right > 4_000_000:
                break
            for i in range(down):
                for j in range(right):
                    first = i == j == 0
                    where = f"{get_column_letter(min(c + j + 1, 16_384))}{r + i + 1}"
                    placed[r + i, c + j] = GridCell(
                        text if first else "", where, "", not first, "", down if first else 1
                    )
            c += right
            width = max(width, c)
    return Grid(
        tuple(
            tuple(
                placed.get((r, c), GridCell("", f"{get_column_letter(min(c + 1, 16_384))}{r + 1}"))
                for c in range(width)
            )
            for r in range(len(table))
        )
    )


# ------------------------------------------------------------------ XML spreadsheet 2003


def read_xml(data: bytes) -> list[SheetGrid] | None:
    try:
        root = fromstring(data)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return read_html(data) if b"<table" in data.lower() and b"Worksheet" not in data else None
    sheets = []
    for number, sheet in enumerate(_all(root, "Worksheet"), start=1):
        name = next((v for k, v in sheet.attrib.items() if _local(k) == "Name"), f"表 {number}")
        rows: list[tuple[GridCell, ...]] = []
        hidden: set[int] = set()
        covered: set[tuple[int, int]] = set()
        raw: dict[int, dict[int, GridCell]] = {}
        r = 0
        for row in _all(sheet, "Row"):
            index = _attribute(row, "Index")
            r = int(index) - 1 if index.isdigit() and len(index) < 7 else r
            if _attribute(row, "Hidden") == "1":
                hidden.add(r)
            c = 0
            for cell in _all(row, "Cell"):
                at = _attribute(cell, "Index")
                c = int(at) - 1 if at.isdigit() and len(at) < 5 else c
                while (r, c) in covered:
                    c += 1
                across, down = _attribute(cell, "MergeAcross"), _attribute(cell, "MergeDown")
                right = min(int(across), _MOST_SPAN) if across.isdigit() else 0
                below = min(int(down), _MOST_SPAN) if down.isdigit() else 0
                content = next(iter(_all(cell, "Data")), None)
                text = "".join(content.itertext()).strip()[:_LONGEST] if content is not None else ""
                kind = ""
                if content is not None and _attribute(content, "Type") == "DateTime":
                    kind, text = "date", text.replace("T00:00:00.000", "").replace("T", " ")
                raw.setdefault(r, {})[c] = GridCell(
                    text, f"{get_column_letter(c + 1)}{r + 1}", "", False, kind, below + 1
                )
                for i in range(below + 1):
                    for j in range(right + 1):
                        if i or j:
                            covered.add((r + i, c + j))
                c += right + 1
            r += 1
        if not raw:
            continue
        height = max(raw) + 1
        width = max(c for row in raw.values() for c in row) + 1
        if height > 300_000 or height * width > 4_000_000:
            height = min(height, 300_000)
            width = min(width, 4_000_000 // height)
        for r in range(height):
            line = raw.get(r, {})
            rows.append(
                tuple(
                    line.get(c)
                    or GridCell("", f"{get_column_letter(c + 1)}{r + 1}", "", (r, c) in covered)
                    for c in range(width)
                )
            )
        sheets.append(SheetGrid(name, Grid(tuple(rows), (), name, "", frozenset(hidden))))
    return sheets or None


def _local(name: str) -> str:
    return name.rsplit("}", 1)[-1]


def _all(node, name: str):  # type: ignore[no-untyped-def]
    """Descendants of that name that are not inside another of it."""
    return [
        child for child in node.iter() if isinstance(child.tag, str) and _local(child.tag) == name
    ]


def _attribute(node, name: str) -> str:  # type: ignore[no-untyped-def]
    return next((value for key, value in node.attrib.items() if _local(key) == name), "")
