"""Sheets filled the way a standard is printed: merged cells, a category named once for all its rows, no word about kind,
unit or direction, table notes below the rows, weights as points of a hundred.

What follows from the print alone is filled in and said; what does not is a problem with the cell and the remedy.
"""

import itertools
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from app.assessment.numbers import number_text
from app.assessment.units import find_unit
from app.errors import Problem
from app.exchange.cell_text import NotUnderstoodError, Threshold, read_number, read_threshold
from app.exchange.read_workbook import Merged, TextCell, TextSheet
from app.exchange.system_layout import HEADING_ROW

Path = tuple[str, ...]
Cells = dict[Path, TextCell]
LEVELS: tuple[Path, ...] = (("levels", "I"), ("levels", "II"), ("levels", "III"))
_SYMBOLS = ("Ⅰ", "Ⅱ", "Ⅲ")
# what one merged cell may stand for in every row it covers
_DOWN = {("table",), ("category",), ("kind",), ("unit",), ("direction",), ("source",), ("verification",)}  # fmt: skip
_NOTE = re.compile(r"^(注\s*\d*\s*[:：]?|备注|说明|表注|带\s*[*＊★]|[*＊★①-⑳]|[a-zA-Z]\s*[)）.、])")
_UNIT_IN_NAME = re.compile(
    r"[（(\[]\s*([^（()）\[\]]+?)\s*[）)\]]\s*[*＊★]?$|[,，/]\s*([^,，/（(]+)$"
)
_BANDS = 2  # levels that touch, from which on they are bands and no ranges
_LOWER, _HIGHER, _RANGE = "越小越好", "越大越好", "区间内为好"


@dataclass
class Filled:
    """rows: cells by column path of each row that stays. problems, remarks: what has to be mended, what was taken for granted."""

    rows: dict[int, Cells] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    remarks: list[Problem] = field(default_factory=list)


def spread_merged(
    sheet: TextSheet, paths: Mapping[int, Path], first: int
) -> tuple[TextSheet, Filled]:
    """The sheet with merged cells filled where one text can only mean the same for all they cover.

    paths: column number -> what it fills. first: first row of data.
    """
    said = Filled()
    rows = {number: dict(cells) for number, cells in sheet.rows.items()}
    spread: list[str] = []
    for merged in sheet.merged:
        cell = rows.get(merged.top, {}).get(merged.left)
        if merged.bottom < HEADING_ROW:
            continue  # the title
        columns = [paths.get(number) for number in range(merged.left, merged.right + 1)]
        levels_only = all(path in LEVELS for path in columns)
        downward = merged.left == merged.right and columns[0] in _DOWN
        across = levels_only and merged.top == merged.bottom
        if merged.top < first or cell is None or not (downward or across):
            if cell is None and merged.top >= first:
                continue  # nothing stands in it
            if cell is not None and len(rows[merged.top]) == 1 and _NOTE.match(cell.text):
                continue  # a note below the table
            said.problems.append(_merged_problem(sheet, merged, columns))
            continue
        for row in range(merged.top, merged.bottom + 1):
            if not rows.get(row) and row != merged.top:
                continue  # nothing else in that row
            for column in range(merged.left, merged.right + 1):
                place = sheet.place(row, column)
                rows.setdefault(row, {})[column] = replace(cell, place=place)
        spread.append(merged.name)
    if spread:
        said.remarks.append(
            Problem(
                f"工作表「{sheet.name}」 {'、'.join(spread[:6])}{'…' if len(spread) > 6 else ''}",
                "合并的格子按每一行（每一级）都是同样的内容读",
                "对照原文确认；不是的，取消合并，分开填。",
            )
        )
    return replace(sheet, rows=rows), said


def _merged_problem(sheet: TextSheet, merged: Merged, columns: Sequence[Path | None]) -> Problem:
    remedy = "取消合并，每一格都填上自己的内容。"
    if columns and columns[0] in (("weight",), ("points",)):
        remedy = "几行共用一个权重的，取消合并，不填二级权重，填分摊组、分摊规则和分摊合计；各有各的就分开填。"
    elif columns and columns[0] == ("name",):
        remedy = "一项指标分几行的，取消合并，每行写全名，例如「单位产品取水量：棉机织物」。"
    return Problem(f"工作表「{sheet.name}」 {merged.name}", "有合并单元格", remedy)


def gap_code(path: tuple[str, ...]) -> str:
    """Code of the problem that a cell which must be filled is empty, so that it is said once a row."""
    return f"empty/{'/'.join(path)}"


def complete_rows(rows: Mapping[int, Cells], place_of: Callable[[int], str]) -> Filled:
    """Rows of indicators with what the print leaves to the eye."""
    said = Filled()
    above: TextCell | None = None
    table = ""
    carried: list[int] = []
    kinds: dict[str, list[int]] = {"定量": [], "定性": []}
    directions: dict[str, list[int]] = {_LOWER: [], _HIGHER: [], _RANGE: []}
    units: list[int] = []
    for number, cells in rows.items():
        if _is_note(cells):
            (cell,) = {one.text: one for one in cells.values()}.values()
            said.remarks.append(
                Problem(
                    cell.place,
                    f"「{cell.text[:20]}」看着是表注，没有当指标读",
                    "要留下的，写进工作表「评价表」的「表注」。",
                )
            )
            continue
        row = dict(cells)
        own_table = row[("table",)].text if ("table",) in row else table
        if ("category",) in row:
            above = row[("category",)]
        elif above is not None and ("name",) in row and own_table == table:
            row[("category",)] = replace(above, place=place_of(number))
            carried.append(number)
        table = own_table
        if ("name",) in row and ("kind",) not in row and any(path in row for path in LEVELS):
            kind = _kind_of(row, said, place_of(number))
            if kind:
                row[("kind",)] = TextCell(kind, place_of(number))
                kinds[kind].append(number)
        if ("name",) in row and row.get(("kind",), TextCell("", "")).text == "定量":
            named = _unit_in(row[("name",)].text)
            if ("unit",) not in row and named:
                row[("unit",)] = TextCell(named, row[("name",)].place)
                units.append(number)
            elif named and find_unit(named) != find_unit(row[("unit",)].text):
                said.remarks.append(
                    Problem(
                        row[("unit",)].place,
                        f"名称里写的单位是 {named}，单位列写的是 {row[('unit',)].text}",
                        "对照原文确认各级的值是哪一个单位的。",
                    )
                )
            if ("direction",) not in row and (way := _direction_of(row, said, place_of(number))):
                row[("direction",)] = TextCell(way, place_of(number))
                directions[way].append(number)
        said.rows[number] = row
    _tell(said, place_of, carried, "一级指标空着，照上面一行的读")
    for kind, found in kinds.items():
        _tell(
            said,
            place_of,
            found,
            f"类型空着，按各级写的是{'数' if kind == '定量' else '文字'}读成{kind}",
        )
    for way, found in directions.items():
        how = "各级写的是区间" if way == _RANGE else "各级前面的 ≤ ≥ 等写法"
        _tell(said, place_of, found, f"方向空着，按{how}读成{way}")
    _tell(said, place_of, units, "单位空着，用名称后面括号里的单位")
    _refuse_reversed(said)
    return said


def _tell(said: Filled, place_of: Callable[[int], str], rows: Sequence[int], what: str) -> None:
    if rows:
        also = f"等 {len(rows)} 行" if len(rows) > 1 else ""
        said.remarks.append(Problem(place_of(rows[0]) + also, what, "对照原文确认；不是的就填上。"))


def _is_note(cells: Cells) -> bool:
    """One text alone in its row, which begins as notes below a table do."""
    texts = {cell.text for cell in cells.values()}
    return len(texts) == 1 and ("name",) not in cells and bool(_NOTE.match(next(iter(texts))))


def _levels(row: Cells) -> dict[Path, Threshold | None]:
    """The levels that say something: as a threshold, None where one is not understood as any."""
    found: dict[Path, Threshold | None] = {}
    unit_cell = row.get(("unit",))
    unit = find_unit(unit_cell.text) if unit_cell else None
    for path in LEVELS:
        cell = row.get(path)
        if cell is None:
            continue
        try:
            read = read_threshold(cell.text, unit.id if unit else "", percent=cell.percent)
        except NotUnderstoodError:
            found[path] = None
            continue
        if not read.absent and not read.unknown:
            found[path] = read
    return found


def _kind_of(row: Cells, said: Filled, place: str) -> str:
    """定量 where every level is a number, 定性 where none is; "" and a problem where they differ."""
    read = _levels(row)
    if not read:
        return ""
    numbers = [path for path, one in read.items() if one is not None]
    if len(numbers) == len(read):
        return "定量"
    words = [path for path in read if path not in numbers]
    starts_as_number = [
        path for path in words if re.match(r"^[<>≤≥＜＞≦≧约\d０-９]", row[path].text.strip())
    ]
    if not numbers and not starts_as_number and ("unit",) not in row:
        return "定性"
    said.problems.append(
        Problem(
            place,
            "「类型」没有填，各级有的像数、有的像文字",
            "对照原文选定量或定性；定量的每一级只写数。",
            gap_code(("kind",)),
        )
    )
    return ""


def _unit_in(name: str) -> str:
    """The unit at the end of a printed name: 「单位产品取水量（m³/t）」; "" when what stands there is none."""
    match = _UNIT_IN_NAME.search(name.strip())
    text = (match.group(1) or match.group(2) or "").strip() if match else ""
    return text if text and find_unit(text) is not None else ""


def _direction_of(row: Cells, said: Filled, place: str) -> str:
    """From the signs, or from ranges that lie in one another; the mere order of the numbers is asked."""
    read = {path: one for path, one in _levels(row).items() if one is not None}
    if not read:
        return ""
    signs = {one.sign for one in read.values() if one.sign}
    if signs and signs <= {"≤", "<"}:
        return _LOWER
    if signs and signs <= {"≥", ">"}:
        return _HIGHER
    spans = [(one.low, one.high) for one in read.values() if one.low is not None]
    if not signs and spans and len(spans) == len(read):
        pairs = list(itertools.pairwise(spans))
        if all(wide[0] <= tight[0] and tight[1] <= wide[1] for tight, wide in pairs):  # type: ignore[operator]
            return _RANGE
        said.problems.append(
            Problem(
                place,
                "各级写的是一段一段的区间，不是一级套一级",
                "分段印的（例如 ≥80、60～80、40～60）：越大越好的只填每段的下限（80、60、40），越小越好的只填上限，并填方向。",
            )
        )
        return ""
    said.problems.append(
        Problem(place, f"「方向」没有填：{_shown(row)}", _guess(read) + "对照原文选方向。")
    )
    return ""


def _shown(row: Cells) -> str:
    parts = [f"{s}级 {row[p].text}" for s, p in zip(_SYMBOLS, LEVELS, strict=True) if p in row]
    return "，".join(parts)


def _guess(read: Mapping[Path, Threshold]) -> str:
    values = [one.value for one in read.values() if one.value is not None and one.slope is None]
    if len(values) < 2 or len(values) != len(read) or values[0] == values[-1]:
        return ""
    way = _LOWER if values[0] < values[-1] else _HIGHER
    return f"按Ⅰ级最严看，像是{way}；Ⅰ、Ⅲ两列没有放反的话就选它。"


def _refuse_reversed(said: Filled) -> None:
    """Columns of levels put in the wrong way round: every row asks least of level Ⅰ."""
    good, bad = 0, []
    for row in said.rows.values():
        way = row[("direction",)].text if ("direction",) in row else ""
        if row.get(("kind",), TextCell("", "")).text != "定量" or way not in (_LOWER, _HIGHER):
            continue
        read = [one for one in _levels(row).values() if one is not None]
        values = [one.value for one in read if one.value is not None and one.slope is None]
        if len(values) < 2 or values[0] == values[-1]:
            continue
        if (values[0] < values[-1]) is (way == _LOWER):
            good += 1
        else:
            bad.append(row)
    if len(bad) >= _BANDS and not good:
        said.problems.append(
            Problem(
                bad[0][LEVELS[0]].place if LEVELS[0] in bad[0] else "",
                f"每一行都是Ⅰ级最宽、Ⅲ级最严（{len(bad)} 行）",
                "看着是Ⅰ级和Ⅲ级两列放反了，或方向都填反了：对照原文改。",
            )
        )


def out_of_hundred(cells: Iterable[TextCell | None]) -> bool:
    """Weights printed as points of a hundred: all above 1 or nought, a hundred together."""
    values: list[Fraction] = []
    for cell in cells:
        if cell is None or cell.percent or "%" in cell.text or "％" in cell.text:
            return False
        try:
            values.append(read_number(cell.text))
        except NotUnderstoodError:
            return False
    return bool(values) and sum(values) == 100 and all(value > 1 or value == 0 for value in values)


def scaled_weights(
    groups: Mapping[str, Sequence[tuple[int, TextCell | None]]],
) -> tuple[dict[int, TextCell], list[Problem]]:
    """Cells of weights that are points of a hundred, as parts of one, by row; and what is to be said of them."""
    changed: dict[int, TextCell] = {}
    remarks = []
    for name, cells in groups.items():
        if not out_of_hundred(cell for _, cell in cells):
            continue
        for row, cell in cells:
            assert cell is not None
            value = number_text(read_number(cell.text) / 100)
            changed[row] = replace(cell, text=value)
        first = cells[0][1]
        assert first is not None
        remarks.append(
            Problem(first.place, f"{name}的权重按百分数读（相加正好是 100）", "对照原文确认。")
        )
    return changed, remarks


def by_category(rows: Mapping[int, Cells]) -> dict[str, list[tuple[int, TextCell | None]]]:
    """Weight cells of each category of each table."""
    groups: dict[str, list[tuple[int, TextCell | None]]] = defaultdict(list)
    for number, row in rows.items():
        if ("share", "group") in row:
            continue
        table = row[("table",)].text if ("table",) in row else ""
        category = row[("category",)].text if ("category",) in row else ""
        groups[f"{table}「{category}」"].append((number, row.get(("weight",))))
    return groups


def by_table(rows: Mapping[int, Cells]) -> dict[str, list[tuple[int, TextCell | None]]]:
    """Weight cells of the categories of each table; what is given on top of the sum stays out."""
    groups: dict[str, list[tuple[int, TextCell | None]]] = defaultdict(list)
    for number, row in rows.items():
        if ("bonus",) in row and row[("bonus",)].text == "是":
            continue
        table = row[("table",)].text if ("table",) in row else ""
        groups[f"{table}各类"].append((number, row.get(("weight",))))
    return groups
