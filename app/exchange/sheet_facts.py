"""What the cells of a workbook do not say by their values: hidden rows and columns, percent formats, error values, formulas
without a result, the calendar. Read from the file itself (OOXML, ODF, BIFF5/8, BIFF12), because calamine does not tell.
"""

import re
import struct
import zipfile
from collections.abc import Iterator
from xml.parsers.expat import ParserCreate

from openpyxl.utils import column_index_from_string

_MOST_ROWS, _MOST_COLUMNS = 200_000, 2_000
_MOST_MARKS = 400_000
_CODES = {
    0: "#NULL!",
    7: "#DIV/0!",
    15: "#VALUE!",
    23: "#REF!",
    29: "#NAME?",
    36: "#NUM!",
    42: "#N/A",
}


class Facts:
    """What a sheet's XML says beside its values. Rows and columns count from 0."""

    def __init__(self) -> None:
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[int] = set()
        self.no_value: set[tuple[int, int]] = set()
        self.errors: dict[tuple[int, int], str] = {}
        self.percent: set[tuple[int, int]] = set()
        self.merges: list[tuple[tuple[int, int], tuple[int, int]]] = []
        self.last_row = 0
        self.last_column = 0
        self.from_1904 = False


_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(/)?>")
_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_COL = re.compile(rb"<(?:\w+:)?col\b([^>]*)>")
_FORMULA = re.compile(
    rb"<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?f\b[^>]*?(?:/>|>[^<]*</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_ERROR = re.compile(
    rb"<(?:\w+:)?c\b([^>]*)>(?:\s*<(?:\w+:)?f\b[^>]*?(?:/>|>[^<]*</(?:\w+:)?f>))?\s*<(?:\w+:)?v>([^<]*)</(?:\w+:)?v>"
)
_NAMED = re.compile(rb'\b(r|s|t|min|max|hidden|spans)\s*=\s*["\']([^"\']*)["\']')


def _attributes(text: bytes) -> dict[bytes, bytes]:
    return dict(_NAMED.findall(text))


def of_xlsx(archive: zipfile.ZipFile, names: set[str]) -> dict[str, Facts]:
    """Sheet name -> facts. What is not well-formed is left to the reader of the values."""
    workbook = archive.read("xl/workbook.xml")
    from_1904 = re.search(rb'date1904\s*=\s*["\'](?:1|true)', workbook) is not None
    targets: dict[bytes, str] = {}
    if "xl/_rels/workbook.xml.rels" in names:
        for relation in re.findall(
            rb"<(?:\w+:)?Relationship\b[^>]*>", archive.read("xl/_rels/workbook.xml.rels")
        ):
            ident = re.search(rb'\bId\s*=\s*["\']([^"\']*)', relation)
            target = re.search(rb'\bTarget\s*=\s*["\']([^"\']*)', relation)
            if ident and target:
                place = target[1].decode("utf-8", "replace")
                targets[ident[1]] = place.lstrip("/") if place.startswith("/") else f"xl/{place}"
    percents = _percent_styles(archive.read("xl/styles.xml")) if "xl/styles.xml" in names else set()
    result: dict[str, Facts] = {}
    for sheet in re.findall(rb"<(?:\w+:)?sheet\b[^>]*>", workbook):
        name = re.search(rb'\bname\s*=\s*"([^"]*)"', sheet) or re.search(
            rb"\bname\s*=\s*'([^']*)'", sheet
        )
        ident = re.search(rb'\b\w+:id\s*=\s*["\']([^"\']*)', sheet)
        place = targets.get(ident[1], "") if ident else ""
        if name is None or place not in names or "worksheets" not in place:
            continue
        result[_unescaped(name[1])] = _sheet(archive.read(place), percents, from_1904)
    return result


def _unescaped(data: bytes) -> str:
    text = data.decode("utf-8", "replace")
    for code, plain in (
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", '"'),
        ("&apos;", "'"),
        ("&amp;", "&"),
    ):
        text = text.replace(code, plain)
    return text


def _percent_styles(styles: bytes) -> set[bytes]:
    own = set()
    for number in re.findall(rb"<(?:\w+:)?numFmt\b[^>]*>", styles):
        ident = re.search(rb'numFmtId\s*=\s*["\'](\d+)', number)
        code = re.search(rb'formatCode\s*=\s*(?:"([^"]*)"|\'([^\']*)\')', number)
        if ident and code and b"%" in (code[1] or code[2] or b""):
            own.add(ident[1])
    own |= {b"9", b"10"}
    block = re.search(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", styles, re.DOTALL)
    found = set()
    if block:
        for place, xf in enumerate(re.findall(rb"<(?:\w+:)?xf\b[^>]*>", block[0])):
            ident = re.search(rb'numFmtId\s*=\s*["\'](\d+)', xf)
            if ident and ident[1] in own:
                found.add(str(place).encode())
    return found


def _place(reference: bytes) -> tuple[int, int] | None:
    found = re.fullmatch(rb"([A-Za-z]{1,3})(\d{1,7})", reference)
    if found is None:
        return None
    return int(found[2]) - 1, column_index_from_string(found[1].decode().upper()) - 1


def _sheet(xml: bytes, percents: set[bytes], from_1904: bool) -> Facts:
    facts = Facts()
    facts.from_1904 = from_1904
    if b"hidden" in xml:
        for found in _ROW.finditer(xml):
            named = _attributes(found[1])
            if (
                named.get(b"hidden") in (b"1", b"true")
                and named.get(b"r", b"").isdigit()
                and len(facts.hidden_rows) < _MOST_ROWS
            ):
                facts.hidden_rows.add(int(named[b"r"]) - 1)
        for found in _COL.finditer(xml):
            named = _attributes(found[1])
            if (
                named.get(b"hidden") in (b"1", b"true")
                and named.get(b"min", b"").isdigit()
                and named.get(b"max", b"").isdigit()
            ):
                low, high = int(named[b"min"]), min(int(named[b"max"]), _MOST_COLUMNS)
                facts.hidden_columns.update(range(low - 1, high))
    if re.search(rb"<(?:\w+:)?f[ />]", xml):
        for found in _FORMULA.finditer(xml):
            place = _place(_attributes(found[1]).get(b"r", b""))
            if place is not None:
                facts.no_value.add(place)
    if b'"e"' in xml or b"'e'" in xml:
        for found in _ERROR.finditer(xml):
            named = _attributes(found[1])
            place = _place(named.get(b"r", b""))
            if named.get(b"t") == b"e" and place is not None:
                facts.errors[place] = _unescaped(found[2]).strip()
    if percents:
        for found in re.finditer(rb'<(?:\w+:)?c\b([^>]*\bs="(\d+)"[^>]*)>', xml):
            if found[2] in percents:
                place = _place(_attributes(found[1]).get(b"r", b""))
                if place is not None:
                    facts.percent.add(place)
    return facts


# ------------------------------------------------------------------ ODF


def of_ods(content: bytes) -> dict[str, Facts]:
    """Sheet name -> facts of content.xml, which is well-formed."""
    result: dict[str, Facts] = {}
    state = {"row": 0, "column": 0, "rows": 1, "columns": 0}
    facts = Facts()
    cell: dict[str, str] = {}
    text: list[str] = []

    def repeated(attributes: dict[str, str], name: str) -> int:
        said = attributes.get(f"table:number-{name}-repeated", "1")
        return int(said) if said.isdecimal() and len(said) < 9 else 1

    def hides(attributes: dict[str, str]) -> bool:
        return attributes.get("table:visibility") in ("collapse", "filter")

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal facts, cell
        if name == "table:table":
            facts = result.setdefault(attributes.get("table:name", ""), Facts())
            state.update(row=0, column=0, columns=0)
        elif name == "table:table-column":
            count = repeated(attributes, "columns")
            if hides(attributes):
                last = min(state["columns"] + count, _MOST_COLUMNS)
                facts.hidden_columns.update(range(state["columns"], last))
            state["columns"] += count
        elif name == "table:table-row":
            state["column"], state["rows"] = 0, repeated(attributes, "rows")
            if hides(attributes):
                last = min(state["row"] + state["rows"], _MOST_ROWS)
                facts.hidden_rows.update(range(state["row"], last))
        elif name in ("table:table-cell", "table:covered-table-cell"):
            cell, text[:] = attributes, []

    def end(name: str) -> None:
        if name == "table:table-row":
            state["row"] += state["rows"]
        elif name in ("table:table-cell", "table:covered-table-cell"):
            here = (state["row"], state["column"])
            count = repeated(cell, "columns")
            if cell.get("office:value-type") == "percentage" and here[1] < _MOST_COLUMNS:
                columns = range(here[1], min(here[1] + count, _MOST_COLUMNS))
                rows = range(here[0], min(here[0] + state["rows"], _MOST_ROWS))
                if len(facts.percent) < _MOST_MARKS:
                    facts.percent.update((r, c) for r in rows for c in columns)
            if cell.get("calcext:value-type") == "error":
                facts.errors[here] = "".join(text).strip() or "#VALUE!"
            down = cell.get("table:number-rows-spanned", "1")
            right = cell.get("table:number-columns-spanned", "1")
            if down.isdecimal() and right.isdecimal() and (int(down) > 1 or int(right) > 1):
                last = (here[0] + int(down) - 1, here[1] + int(right) - 1)
                if last[0] < _MOST_ROWS and last[1] < _MOST_COLUMNS:
                    facts.merges.append((here, last))
            state["column"] += count

    parser = ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text.append
    parser.Parse(content, True)
    return result


# ------------------------------------------------------------------ BIFF5 and BIFF8 (.xls, .et)


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + size]
        at += 4 + size


def of_xls(stream: bytes) -> tuple[list[Facts], bool]:
    """(facts of every sheet in the order of the workbook, whether it has a password). struct.error: damaged."""
    starts: list[int] = []
    formats: dict[int, bytes] = {}
    styles: list[int] = []
    from_1904 = locked = False
    for kind, data in _records(stream, 0):
        match kind:
            case 0x0085:
                starts.append(struct.unpack_from("<I", data)[0])
            case 0x041E:
                formats[struct.unpack_from("<H", data)[0]] = data[3:]
            case 0x00E0:
                styles.append(struct.unpack_from("<H", data, 2)[0])
            case 0x0022:
                from_1904 = data[:1] == b"\x01"
            case 0x002F:
                locked = True
            case 0x000A:
                break
            case _:
                pass
    marks = {9, 10} | {number for number, text in formats.items() if b"%" in text}
    percents = {place for place, number in enumerate(styles) if number in marks}
    return [_biff_sheet(stream, at, percents, from_1904) for at in starts], locked


# number, RK, formula, error, text in its five forms
_BIFF_CELLS = {
    0x0203,
    0x027E,
    0x0006,
    0x0206,
    0x0406,
    0x0205,
    0x00FD,
    0x0204,
    0x00D6,
    0x0207,
    0x0004,
}


def _biff_sheet(stream: bytes, at: int, percents: set[int], from_1904: bool) -> Facts:
    facts = Facts()
    facts.from_1904 = from_1904
    depth = 0
    for kind, data in _records(stream, at):
        if kind in (0x0809, 0x0009, 0x0209, 0x0409):
            depth += 1  # a chart inside the sheet is a substream of its own
        elif kind == 0x000A:
            depth -= 1
            if depth <= 0:
                break
        elif depth != 1:
            continue
        elif kind == 0x0208 and len(data) >= 16:
            if struct.unpack_from("<H", data, 12)[0] & 0x20:
                facts.hidden_rows.add(struct.unpack_from("<H", data)[0])
        elif kind == 0x007D and len(data) >= 10:
            first, last, _, _, flags = struct.unpack_from("<5H", data)
            if flags & 1:
                facts.hidden_columns.update(range(first, min(last + 1, _MOST_COLUMNS)))
        elif kind in _BIFF_CELLS and len(data) >= 6:
            row, column, style = struct.unpack_from("<3H", data)
            facts.last_row = max(facts.last_row, row + 1)
            facts.last_column = max(facts.last_column, column + 1)
            if style in percents:
                facts.percent.add((row, column))
            if kind not in (0x0205, 0x0006):
                continue
            if kind == 0x0205 and data[7:8] == b"\x01":
                facts.errors[row, column] = _CODES.get(data[6], "#VALUE!")
            elif kind == 0x0006 and data[12:14] == b"\xff\xff" and data[6] == 2:
                facts.errors[row, column] = _CODES.get(data[8], "#VALUE!")
        elif kind == 0x00BD and len(data) >= 6:
            row, first = struct.unpack_from("<2H", data)
            facts.last_row = max(facts.last_row, row + 1)
            facts.last_column = max(facts.last_column, first + (len(data) - 6) // 6)
            for place in range((len(data) - 6) // 6):
                if struct.unpack_from("<H", data, 4 + place * 6)[0] in percents:
                    facts.percent.add((row, first + place))
    return facts


# ------------------------------------------------------------------ BIFF12 (.xlsb)


def of_xlsb(archive: zipfile.ZipFile, names: set[str]) -> dict[str, Facts]:
    """Sheet name -> facts. struct.error, IndexError: damaged."""
    book = archive.read("xl/workbook.bin")
    relations = archive.read("xl/_rels/workbook.bin.rels")
    targets = {}
    for relation in re.findall(rb"<(?:\w+:)?Relationship\b[^>]*>", relations):
        ident = re.search(rb'\bId\s*=\s*["\']([^"\']*)', relation)
        target = re.search(rb'\bTarget\s*=\s*["\']([^"\']*)', relation)
        if ident and target:
            spot = target[1].decode("utf-8", "replace")
            targets[ident[1].decode()] = spot.lstrip("/") if spot[0] == "/" else f"xl/{spot}"
    percents = _xlsb_percents(archive.read("xl/styles.bin")) if "xl/styles.bin" in names else set()
    from_1904 = False
    sheets = {
        place: _xlsb_sheet(archive.read(place), percents)
        for place in names
        if re.fullmatch(r"xl/worksheets/[^/]+\.bin", place)
    }
    # also those the workbook does not name: their size counts before anything is unpacked
    result = {f"\0{place}": facts for place, facts in sheets.items()}
    for kind, data in _long_records(book):
        if kind == 153:
            from_1904 = bool(data[0] & 1)
        elif kind == 156:
            relation_id, at = _wide_text(data, 8)
            name, _ = _wide_text(data, at)
            part = targets.get(relation_id, "")
            if part in sheets:
                result[name] = sheets[part]
    for facts in result.values():
        facts.from_1904 = from_1904
    return result


def _long_records(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(data):
        kind, at = data[at], at + 1
        if kind & 0x80:
            kind, at = (kind & 0x7F) | (data[at] << 7), at + 1
        size = shift = 0
        while True:
            byte, at = data[at], at + 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80 or shift > 21:
                break
        yield kind, data[at : at + size]
        at += size


def _wide_text(data: bytes, at: int) -> tuple[str, int]:
    length = struct.unpack_from("<I", data, at)[0]
    end = at + 4 + length * 2
    return data[at + 4 : end].decode("utf-16-le", "replace"), end


def _xlsb_percents(styles: bytes) -> set[int]:
    formats = {9, 10}
    found: set[int] = set()
    cells, place = False, 0
    for kind, data in _long_records(styles):
        if kind == 44 and "%".encode("utf-16-le") in data[2:]:
            formats.add(struct.unpack_from("<H", data)[0])
        elif kind in (617, 618):  # the formats of cells begin and end
            cells = kind == 617
        elif kind == 47 and cells:
            if struct.unpack_from("<H", data, 2)[0] in formats:
                found.add(place)
            place += 1
    return found


def _xlsb_sheet(data: bytes, percents: set[int]) -> Facts:
    facts = Facts()
    row = 0
    for kind, found in _long_records(data):
        if kind == 0 and len(found) >= 12:
            row = struct.unpack_from("<I", found)[0]
            if found[11] & 0x10 and row < _MOST_ROWS:
                facts.hidden_rows.add(row)
        elif kind == 60 and len(found) >= 18:
            first, last = struct.unpack_from("<2I", found)
            if found[16] & 1:
                facts.hidden_columns.update(range(first, min(last + 1, _MOST_COLUMNS)))
        elif 2 <= kind <= 11 and len(found) >= 8:
            column, style = struct.unpack_from("<2I", found)
            facts.last_row = max(facts.last_row, row + 1)
            facts.last_column = max(facts.last_column, column + 1)
            if style & 0xFFFFFF in percents and kind in (2, 5, 9):
                facts.percent.add((row, column))
            if kind in (3, 11) and len(found) > 8:
                facts.errors[row, column] = _CODES.get(found[8], "#VALUE!")
    return facts
