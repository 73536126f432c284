"""The sheets of a workbook as rows of cells, and cells as nodes of a document's tree; every problem names its place."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.assessment.numbers import number_text
from app.errors import Problem
from app.exchange.as_printed import (
    Cells,
    Filled,
    by_category,
    by_table,
    complete_rows,
    gap_code,
    scaled_weights,
    spread_merged,
)
from app.exchange.cell_text import NotUnderstoodError, fold, read_number
from app.exchange.read_workbook import TextCell, TextSheet
from app.exchange.system_layout import (
    CATEGORIES,
    DOCUMENT,
    FAMILY_WORDS,
    HEADING_ROW,
    HELP_MARK,
    HELP_ROW,
    INDICATORS,
    LIMITING_MARKS,
    PRINTED_HEADS,
    CellKind,
    Column,
    SheetLayout,
)
from app.standards.tree import Branch, Items, Leaf, Node

_DATE = re.compile(r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?")
_WEIGHING = {word for word, family in FAMILY_WORDS.items() if family == "level-index"} | {
    "level-index"
}


@dataclass(frozen=True)
class Row:
    """One filled row: its cells by column, and the keys they fill."""

    sheet: TextSheet
    number: int
    cells: Mapping[tuple[str, ...], TextCell]

    @property
    def place(self) -> str:
        return self.sheet.place(self.number)

    def text(self, *path: str) -> str:
        cell = self.cells.get(path)
        return cell.text if cell else ""

    def place_of(self, *path: str) -> str:
        cell = self.cells.get(path)
        return cell.place if cell else self.place


class SheetReading:
    """What is read of a workbook so far, and what is wrong with it."""

    def __init__(self, sheets: dict[str, TextSheet]) -> None:
        self.sheets = sheets
        self.problems: list[Problem] = []
        self.remarks: list[Problem] = []
        # Rows cannot be put together: the validator would only report consequences.
        self.broken = False
        # Some rows have no place: what the validator says of sums is a consequence, all else is not.
        self.incomplete = False
        self.order: dict[str, tuple[int, int, int]] = {}
        self.skipped: dict[str, set[int]] = {}  # columns nobody needs, by sheet

    def fail(self, place: str, what: str, remedy: str, code: str = "") -> None:
        self.problems.append(Problem(place, what, remedy, code))

    def in_order(self, problems: list[Problem]) -> list[Problem]:
        """As they stand in the workbook."""
        last = (len(self.order), 0, 0)
        return sorted(problems, key=lambda problem: self.order.get(problem.where, last))

    def note_order(self, index: int, sheet: TextSheet) -> None:
        for row, cells in sheet.rows.items():
            self.order[sheet.place(row)] = (index, row, 0)
            for column, cell in cells.items():
                self.order[cell.place] = (index, row, column)

    def rows(self, layout: SheetLayout) -> list[Row]:
        sheet = self.sheets.get(layout.name)
        if sheet is None:
            return []
        found = self.headed(layout, sheet)
        absent = [c.heading for c in layout.columns if c.required and c not in found.values()]
        if absent:
            self.fail(
                sheet.place(HEADING_ROW),
                f"缺少「{'、'.join(absent)}」列",
                f"表头放在第 {HEADING_ROW} 行，照模板补上。",
            )
            self.broken = True
        helped = any(
            cell.text.startswith(HELP_MARK) for cell in sheet.rows.get(HELP_ROW, {}).values()
        )
        first = HELP_ROW + 1 if helped else HELP_ROW
        paths = {number: column.path for number, column in found.items()}
        sheet, said = spread_merged(sheet, paths, first)
        self.note(said)
        by_path = {
            number: {paths[column]: cell for column, cell in cells.items() if column in paths}
            for number, cells in sorted(sheet.rows.items())
            if number >= first
        }
        for number, cells in by_path.items():
            if not cells and set(sheet.rows[number]) - self.skipped.get(layout.name, set()):
                self.fail(
                    sheet.place(number), "这一行的内容不在任何一列之下", "移到对应的列，或删去。"
                )
        by_path = {number: cells for number, cells in by_path.items() if cells}
        if layout is INDICATORS:
            filled = complete_rows(by_path, sheet.place)
            self.note(filled)
            by_path = filled.rows
        if layout in (INDICATORS, CATEGORIES):
            self.scale_weights(layout, by_path)
        rows = []
        for number, cells in by_path.items():
            row = Row(sheet, number, cells)
            told = {one.code for one in self.problems if one.where == row.place}
            for column in layout.columns:
                gap = gap_code(column.path)
                asked = column.required and column in found.values() and gap not in told
                if asked and column.path not in row.cells:
                    what = f"「{column.heading}」没有填"
                    self.fail(row.place, what, "填上这一格；整行不要就删除整行。", gap)
            rows.append(row)
        return rows

    def headed(self, layout: SheetLayout, sheet: TextSheet) -> dict[int, Column]:
        """The columns of a sheet by number, headed as in the template or as in prints."""
        columns = {fold(column.heading): column for column in layout.columns}
        by_path = {column.path: column for column in layout.columns}
        printed = PRINTED_HEADS.get(layout.name, {})
        found: dict[int, Column] = {}
        for number, cell in sheet.rows.get(HEADING_ROW, {}).items():
            heading = re.sub(r"\s", "", fold(cell.text)).rstrip("*")
            path = printed.get(heading)
            if path == ():
                self.skipped.setdefault(layout.name, set()).add(number)
                continue
            column = columns.get(heading) or (by_path[path] if path else None)
            if column is None:
                self.fail(
                    cell.place,
                    f"不认识的列「{cell.text}」",
                    "列名照模板写；自己加的列请移到别的工作表，一级权重填在工作表「一级指标」。",
                )
            elif column in found.values():
                self.fail(cell.place, f"「{column.heading}」列出现两次", "只留一列。")
            else:
                found[number] = column
        return found

    def scale_weights(self, layout: SheetLayout, rows: dict[int, Cells]) -> None:
        """Weights printed as points of a hundred become parts of one, said so; only where indexes weigh."""
        family = self.sheets.get(DOCUMENT.name)
        if family is None or not any(
            cells.get(2) is not None and cells[2].text in _WEIGHING
            for cells in family.rows.values()
        ):
            return
        groups = by_category(rows) if layout is INDICATORS else by_table(rows)
        changed, remarks = scaled_weights(groups)
        for number, cell in changed.items():
            rows[number][("weight",)] = cell
        self.remarks.extend(remarks)

    def note(self, said: Filled) -> None:
        self.problems.extend(said.problems)
        self.remarks.extend(said.remarks)

    # ---- cells to nodes -----------------------------------------------------------------------------

    def node(self, column: Column, cell: TextCell) -> Node:
        """What one cell fills in. Text that is not understood is reported and passed on as it stands."""
        match column.kind:
            case CellKind.NUMBER:
                return self.number(cell)
            case CellKind.LINES:
                return self.items(cell, lambda line: line.replace("\\n", "\n"))
            case CellKind.CHOICES:
                return self.items(cell, lambda line: self.word(column.choices, line, cell))
            case CellKind.CHOICE:
                return Leaf(cell.place, self.word(column.choices, cell.text, cell))
            case CellKind.YES:
                return Leaf(cell.place, self.word({"是": "true", "否": "false"}, cell.text, cell))
            case CellKind.YES_UNKNOWN:
                words = {"是": "true", "否": "false", "不明": ""}
                if column.path == ("limiting",):
                    words |= dict.fromkeys(LIMITING_MARKS, "true")
                return Leaf(cell.place, self.word(words, cell.text, cell) or None)
            case CellKind.DATE:
                match = _DATE.fullmatch(fold(cell.text))
                if match:
                    year, month, day = match.groups()
                    return Leaf(cell.place, f"{year}-{int(month):02}-{int(day):02}")
                return Leaf(cell.place, cell.text)
            case CellKind.TEXT | CellKind.UNIT | CellKind.LEVEL:
                return Leaf(cell.place, cell.text)

    def number(self, cell: TextCell) -> Leaf:
        try:
            return Leaf(cell.place, number_text(read_number(cell.text)))
        except NotUnderstoodError as error:
            self.fail(cell.place, *error.args)
            return Leaf(cell.place, cell.text)

    def items(self, cell: TextCell, convert: Callable[[str], str]) -> Items:
        lines = [line.strip() for line in cell.text.split("\n") if line.strip()]
        return Items(cell.place, tuple(Leaf(cell.place, convert(line)) for line in lines))

    def word(self, choices: Mapping[str, str], text: str, cell: TextCell) -> str:
        """The value a word stands for; the value itself is taken too."""
        for word, value in choices.items():
            if fold(text) in (fold(word), value) or text == word:
                return value
        self.fail(cell.place, f"「{text}」不在可选的内容里", f"可选：{'、'.join(choices)}。")
        return text

    def entries(self, layout: SheetLayout, row: Row, *skip: str) -> dict[str, Node]:
        """Keys and nodes of a row; columns whose first key is in `skip` are left to the caller."""
        flat = {
            column.path: self.node(column, row.cells[column.path])
            for column in layout.columns
            if column.path in row.cells and column.path[0] not in skip
        }
        return nested(flat, row.place)

    def branch(self, place: str, entries: dict[str, Node]) -> Branch:
        return Branch(place, entries, {key: node.place for key, node in entries.items()})


class Named:
    """Rows found by their id or their name; ids left empty are numbered."""

    def __init__(
        self, reading: SheetReading, what: str, rows: list[Row], name_key: str, prefix: str
    ) -> None:
        self.reading = reading
        self.what = what
        self.rows: dict[str, Row] = {}
        self._ids: dict[int, str] = {}
        self._by_name: dict[str, str | None] = {}
        for number, row in enumerate(rows, 1):
            own_id = row.text("id") or f"{prefix}{number}"
            if own_id in self.rows:
                reading.fail(
                    row.place_of("id"),
                    f"{what}编号「{own_id}」重复，前一个在{self.rows[own_id].place}",
                    "给其中一个换个编号。",
                )
                reading.broken = True
            self.rows[own_id] = row
            self._ids[row.number] = own_id
            name = row.text(name_key)
            self._by_name[name] = None if name in self._by_name else own_id

    def id_of(self, row: Row) -> str:
        return self._ids[row.number]

    def find(self, row: Row, key: str) -> str | None:
        """The id that `row` refers to; None when there is none (reported). Empty is fine where there is only one."""
        text = row.text(key)
        if text in self.rows:
            return text
        if self._by_name.get(text) is not None:
            return self._by_name[text]
        if not text and len(self.rows) == 1:
            return next(iter(self.rows))
        if text:
            several = text in self._by_name
            self.reading.fail(
                row.place_of(key),
                f"有几个{self.what}都叫「{text}」" if several else f"没有「{text}」这个{self.what}",
                f"填工作表「{self.what}」里的编号。",
            )
        elif key == "table":
            self.reading.fail(row.place, "没有填属于哪张表", "有几张表时，「表」这一列都要填。")
        self.reading.incomplete = True
        return None

    def split(self, rows: list[Row]) -> dict[str, list[Row]]:
        """Rows by the table they name."""
        found: dict[str, list[Row]] = {table_id: [] for table_id in self.rows}
        for row in rows:
            table_id = self.find(row, "table")
            if table_id is not None:
                found[table_id].append(row)
        return found


def nested(flat: Mapping[tuple[str, ...], Node], place: str) -> dict[str, Node]:
    """Paths of one or two keys as nested branches."""
    entries: dict[str, Node] = {}
    inner: dict[str, dict[str, Node]] = {}
    for path, node in flat.items():
        if len(path) == 1:
            entries[path[0]] = node
        else:
            inner.setdefault(path[0], {})[path[1]] = node
    for key, nodes in inner.items():
        entries[key] = Branch(place, nodes, {name: node.place for name, node in nodes.items()})
    return entries
