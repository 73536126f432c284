"""Excel workbook -> indicator system, through the same validator as the YAML; every problem names sheet, cell, cause and remedy."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.assessment.numbers import number_text
from app.assessment.units import find_unit
from app.errors import Problem, UserError
from app.exchange.as_printed import (
    Cells,
    Filled,
    by_category,
    by_table,
    complete_rows,
    scaled_weights,
    spread_merged,
)
from app.exchange.cell_text import NotUnderstoodError, Threshold, fold, read_number, read_threshold
from app.exchange.read_workbook import TextCell, TextSheet, read_workbook
from app.exchange.system_layout import (
    CATEGORIES,
    DOCUMENT,
    FAMILY_WORDS,
    HEADING_ROW,
    HELP_MARK,
    HELP_ROW,
    IGNORED_SHEETS,
    INDICATORS,
    LEVEL_WORDS,
    LEVELS_SHEET,
    LIMITING_MARKS,
    LIST_SHEETS,
    MODIFIERS,
    OPTIONAL_SHEETS,
    OTHER,
    OTHER_COMBINATION,
    OTHER_EXTRA,
    OTHER_GRADE,
    OTHER_GROUP,
    OTHER_PHASE,
    OTHER_POINTS,
    OTHER_ROW_EXTRA,
    OTHER_TEXT,
    PRINTED_HEADS,
    SOURCES,
    TABLES,
    VALUES,
    VARIABLES,
    CellKind,
    Column,
    SheetLayout,
)
from app.standards.system_reader import SCHEMA, LoadedSystem, read_system
from app.standards.tree import Branch, Items, Leaf, Node

# The validator speaks of keys; in a workbook they are columns.
_IN_WORKBOOK = (
    ("在这一类写 weights_known: false", "在工作表「一级指标」把「二级权重没查全」填是"),
    (
        "写 lower（越小越好）、higher（越大越好）或 range（区间内为好）",
        "选 越小越好、越大越好 或 区间内为好",
    ),
    ("把 direction 改成 lower 或 higher", "把方向改成 越小越好 或 越大越好"),
    ("把 direction 改成 range", "把方向改成 区间内为好"),
    ("把 kind 改成 quantitative 并写方向和单位", "把类型改成定量，并填方向和单位"),
    ("把 kind 改成 quantitative", "把类型改成定量"),
    ("写单位；纯数值写 dimensionless（无量纲）", "填单位；没有单位填 无量纲"),
    ("写成 [下限, 上限]", "写成 6~9 的样子"),
    ("在文件开头的 variables 里写明它的含义", "在工作表「变量」里写明它的含义"),
    ("没有在 variables 里登记", "没有在工作表「变量」里登记"),
    ("没有在 sources 里登记", "没有在工作表「来源」里登记"),
    ("先在 sources 里写明它", "先在工作表「来源」里写明它"),
    ("没有在 method.pick_groups 里登记", "没有在工作表「其他」里登记"),
    ("没有查到写 null", "没有查到就空着"),
    ("补上 checked_by、checked_on、checked_against", "补上核对人、核对日期、核对的原文"),
    ("写了 verified，", "选了「已核对原文」，"),
    ("同一组的每一行写同样的 total 和 rule", "同一组的每一行填同样的规则和合计"),
    (
        "在这里，或在它所属的类、表、文件开头写 source，每个值都要有来源",
        "在工作表「文件」填默认来源，或在这一行填来源；每个值都要有来源",
    ),
    (
        "在这里，或在它所属的类、表、文件开头写 transcribed（读自来源）或 recalled（凭记忆）",
        "在工作表「文件」选默认核实状态，或在这一行选",
    ),
    ("补上 min_index，例如 85", "填「指数不低于」，例如 85"),
    ("（source）", ""),
    ("（verification）", ""),
    ("（direction）", ""),
    ("（share）", ""),
)
# What is said of sums and of empty categories, where rows found no place.
_CONSEQUENCE = re.compile("相加为|没有指标")
_LOST = "lost-rows"
_WEIGHING = {word for word, family in FAMILY_WORDS.items() if family == "level-index"} | {
    "level-index"
}
_DATE = re.compile(r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?")


def read_system_workbook(path: Path) -> LoadedSystem:
    """The system in a workbook. UserError with every problem; warnings tell what was read although it may surprise."""
    book = read_workbook(path)
    reading = _Reading(dict(book.sheets))
    reading.problems.extend(book.problems)
    document = reading.document(path.name)
    if document is None:
        raise UserError(*reading.in_order(reading.problems))
    try:
        loaded = read_system(document)
    except UserError as error:
        known = {problem.where for problem in reading.problems}
        fresh = [
            _for_workbook(problem)
            for problem in error.problems
            if problem.where not in known
            and not (reading.incomplete and _CONSEQUENCE.search(problem.what))
        ]
        raise UserError(*reading.in_order(reading.problems + fresh)) from error
    if reading.problems:
        raise UserError(*reading.in_order(reading.problems))
    told = (*book.remarks, *reading.remarks, *map(_for_workbook, loaded.warnings))
    return LoadedSystem(loaded.system, told)


def _for_workbook(problem: Problem) -> Problem:
    what, remedy = problem.what, problem.remedy
    for key, column in _IN_WORKBOOK:
        what, remedy = what.replace(key, column), remedy.replace(key, column)
    return Problem(problem.where, what, remedy)


@dataclass(frozen=True)
class _Row:
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


class _Reading:
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

    def fail(self, place: str, what: str, remedy: str) -> None:
        self.problems.append(Problem(place, what, remedy))

    def in_order(self, problems: list[Problem]) -> list[Problem]:
        """As they stand in the workbook."""
        last = (len(self.order), 0, 0)
        return sorted(problems, key=lambda problem: self.order.get(problem.where, last))

    # ---- sheets and rows --------------------------------------------------------------------------

    def document(self, name: str) -> Node | None:
        """The document tree; None when the sheets cannot be put together."""
        known = [DOCUMENT.name, *(layout.name for layout in LIST_SHEETS)]
        for index, sheet_name in enumerate(known):
            if sheet_name in self.sheets:
                self.note_order(index, self.sheets[sheet_name])
        for sheet_name in self.sheets:
            if sheet_name not in known and sheet_name not in IGNORED_SHEETS:
                self.remarks.append(
                    Problem(
                        f"工作表「{sheet_name}」",
                        "模板里没有这张表，没有读它",
                        "内容要用的话，移到模板的表里。",
                    )
                )
        for sheet_name in known:
            if sheet_name not in self.sheets and sheet_name not in OPTIONAL_SHEETS:
                self.fail(
                    name,
                    f"缺少工作表「{sheet_name}」",
                    "用程序导出的模板填写，不要改工作表的名字。",
                )
                self.broken = True
        entries = self.document_entries(
            self.sheets.get(DOCUMENT.name, TextSheet(DOCUMENT.name, {}))
        )
        rows = {layout.name: self.rows(layout) for layout in LIST_SHEETS}
        self.put_lists(entries, rows)
        return None if self.broken else self.branch(name, entries)

    def note_order(self, index: int, sheet: TextSheet) -> None:
        for row, cells in sheet.rows.items():
            self.order[sheet.place(row)] = (index, row, 0)
            for column, cell in cells.items():
                self.order[cell.place] = (index, row, column)

    def rows(self, layout: SheetLayout) -> list[_Row]:
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
            row = _Row(sheet, number, cells)
            for column in layout.columns:
                if column.required and column in found.values() and column.path not in row.cells:
                    self.fail_unless_said(
                        row.place, f"「{column.heading}」没有填", "填上这一格；整行不要就删除整行。"
                    )
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

    def fail_unless_said(self, place: str, what: str, remedy: str) -> None:
        """One problem a row about the same gap."""
        if not any(
            one.where == place and what.split("没有填")[0] in one.what for one in self.problems
        ):
            self.fail(place, what, remedy)

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

    def entries(self, layout: SheetLayout, row: _Row, *skip: str) -> dict[str, Node]:
        """Keys and nodes of a row; columns whose first key is in `skip` are left to the caller."""
        flat = {
            column.path: self.node(column, row.cells[column.path])
            for column in layout.columns
            if column.path in row.cells and column.path[0] not in skip
        }
        return _nested(flat, row.place)

    def branch(self, place: str, entries: dict[str, Node]) -> Branch:
        return Branch(place, entries, {key: node.place for key, node in entries.items()})

    # ---- the document -------------------------------------------------------------------------------

    def document_entries(self, sheet: TextSheet) -> dict[str, Node]:
        columns = {fold(column.heading): column for column in DOCUMENT.columns}
        flat: dict[tuple[str, ...], Node] = {}
        seen = set()
        for number, cells in sorted(sheet.rows.items()):
            if number <= HEADING_ROW or 1 not in cells:
                continue
            heading = cells[1].text
            column = columns.get(fold(heading))
            if column is None:
                self.fail(cells[1].place, f"不认识的项目「{heading}」", "项目名照模板写。")
            elif heading in seen:
                self.fail(cells[1].place, f"「{heading}」出现两次", "只留一行。")
            else:
                seen.add(heading)
                if 2 in cells:
                    flat[column.path] = self.node(column, cells[2])
                elif column.required:
                    self.fail(cells[1].place, f"「{heading}」没有填", "在右边的格子里填上。")
                    flat[column.path] = Leaf(cells[1].place, None)
        for column in DOCUMENT.columns:
            if column.required and column.heading not in seen:
                self.fail(sheet.place(HEADING_ROW), f"缺少「{column.heading}」一行", "照模板补上。")
        entries = _nested(flat, f"工作表「{sheet.name}」")
        entries["schema"] = Leaf(f"工作表「{sheet.name}」", SCHEMA)
        return entries

    def put_lists(self, top: dict[str, Node], rows: Mapping[str, list[_Row]]) -> None:
        method = top.get("method")
        method_entries = dict(method.entries) if isinstance(method, Branch) else {}
        sources: dict[str, Node] = {}
        for row in rows[SOURCES.name]:
            source_id = row.text("id")
            if source_id in sources:
                self.fail(
                    row.place_of("id"), f"来源编号「{source_id}」重复", "给其中一个换个编号。"
                )
            sources[source_id] = self.branch(row.place, self.entries(SOURCES, row, "id"))
        top["sources"] = self.branch(f"工作表「{SOURCES.name}」", sources)
        method_entries["levels"] = self.branches(LEVELS_SHEET, rows)
        if rows[VARIABLES.name]:
            top["variables"] = self.branches(VARIABLES, rows)
        row_extras = self.put_other(top, method_entries, rows[OTHER.name])
        place = method.place if isinstance(method, Branch) else f"工作表「{DOCUMENT.name}」"
        top["method"] = self.branch(place, method_entries)
        top["tables"] = self.tables(rows, row_extras)

    def branches(self, layout: SheetLayout, rows: Mapping[str, list[_Row]]) -> Items:
        return Items(
            f"工作表「{layout.name}」",
            tuple(self.branch(row.place, self.entries(layout, row)) for row in rows[layout.name]),
        )

    def put_other(
        self, top: dict[str, Node], method: dict[str, Node], rows: list[_Row]
    ) -> dict[tuple[str, str], dict[str, Node]]:
        """Method texts, stage weights and the like; returns the extras of single indicators."""
        groups: list[Node] = []
        combinations: dict[str, dict[str, Node]] = {}
        grades: dict[str, dict[str, Node]] = {}
        maps: dict[str, dict[str, Node]] = {}
        row_extras: dict[tuple[str, str], dict[str, Node]] = {}
        for row in rows:
            what, key = row.text("what"), row.text("key")
            text = Leaf(row.place_of("text"), row.text("text") or None)
            number = row.cells.get(("number",))
            amount = self.number(number) if number else Leaf(row.place, None)
            if what == OTHER_GROUP:
                entries: dict[str, Node] = {
                    "id": Leaf(row.place_of("key"), key), "title": text, "pick": amount,
                }  # fmt: skip
                groups.append(self.branch(row.place, entries))
            elif what == OTHER_COMBINATION and "/" in key:
                name, part = key.split("/", 1)
                found = combinations.setdefault(name, {})
                if part.startswith("/"):
                    found[part[1:]] = self.mark(part[1:], text)
                else:
                    tables = found.get("tables")
                    known = dict(tables.entries) if isinstance(tables, Branch) else {}
                    found["tables"] = self.branch(row.place, {**known, part: amount})
            elif what == OTHER_GRADE and "/" in key:
                level, part = key.split("/", 1)
                grades.setdefault(level, {})[part] = amount if number else self.mark(part, text)
            elif what == OTHER_ROW_EXTRA and key.count("/") >= 2:
                table_id, indicator_id, name = key.split("/", 2)
                row_extras.setdefault((table_id, indicator_id), {})[name] = text
            elif what in (OTHER_TEXT, OTHER_POINTS, OTHER_EXTRA, OTHER_PHASE):
                maps.setdefault(what, {})[key] = amount if what == OTHER_PHASE else text
            else:
                self.fail(row.place, f"「{what}」的编号「{key}」看不懂", "照模板第 3 行的说明填。")
        for what, target, key in (
            (OTHER_TEXT, method, "texts"),
            (OTHER_POINTS, method, "item_points"),
            (OTHER_PHASE, method, "phase_weights"),
            (OTHER_EXTRA, top, "extras"),
        ):
            if what in maps:
                target[key] = self.branch(f"工作表「{OTHER.name}」", maps[what])
        if grades:
            place = f"工作表「{OTHER.name}」"
            found = {level: self.branch(place, entries) for level, entries in grades.items()}
            method["grades"] = self.branch(place, dict(found))
        if combinations:
            place = f"工作表「{OTHER.name}」"
            top["combinations"] = Items(
                place,
                tuple(
                    self.branch(place, {"id": Leaf(place, name), **entries})
                    for name, entries in combinations.items()
                ),
            )
        if groups:
            method["pick_groups"] = Items(f"工作表「{OTHER.name}」", tuple(groups))
        return row_extras

    def mark(self, key: str, text: Leaf) -> Node:
        """Lists stand as one line each, marks that are set as 是."""
        if key in ("inferred", "fails") and text.text == "是":
            return Leaf(text.place, "true")
        if key not in ("always", "cross_checked"):
            return text
        lines = (text.text or "").splitlines()
        return Items(text.place, tuple(Leaf(text.place, line) for line in lines))

    # ---- tables, categories, indicators ---------------------------------------------------------------

    def tables(
        self,
        rows: Mapping[str, list[_Row]],
        row_extras: Mapping[tuple[str, str], dict[str, Node]],
    ) -> Items:
        tables = _Named(self, "评价表", rows[TABLES.name], "title", "t")
        categories = {
            table_id: _Named(self, "一级指标", own, "name", "c")
            for table_id, own in tables.split(rows[CATEGORIES.name]).items()
        }
        indicators: dict[tuple[str, str], list[_Row]] = {}
        by_table = tables.split(rows[INDICATORS.name])
        names = {
            table_id: _Named(self, "二级指标", own, "name", "r")
            for table_id, own in by_table.items()
        }
        for table_id, own in by_table.items():
            for row in own:
                category_id = categories[table_id].find(row, "category")
                indicators.setdefault((table_id, category_id or _LOST), []).append(row)
        values = self.by_indicator(tables, names, rows[VALUES.name])
        modifiers = self.by_indicator(tables, names, rows[MODIFIERS.name])
        table_nodes = []
        for table_id, table_row in tables.rows.items():
            category_nodes = []
            lost = indicators.get((table_id, _LOST), [])
            listed = dict(categories[table_id].rows)
            if lost:
                listed[_LOST] = _Row(lost[0].sheet, lost[0].number, {("name",): TextCell("？", "")})
            for category_id, category_row in listed.items():
                nodes = []
                for row in indicators.get((table_id, category_id), []):
                    indicator_id = names[table_id].id_of(row)
                    key = (table_id, indicator_id)
                    entries = self.indicator(row, indicator_id)
                    if key in values:
                        entries["values"] = self.values(values[key])
                    if key in modifiers:
                        entries["modifiers"] = Items(
                            modifiers[key][0].place,
                            tuple(
                                self.branch(
                                    item.place, self.entries(MODIFIERS, item, "table", "indicator")
                                )
                                for item in modifiers[key]
                            ),
                        )
                    if key in row_extras:
                        entries["extras"] = self.branch(row.place, row_extras[key])
                    nodes.append(self.branch(row.place, entries))
                entries = self.entries(CATEGORIES, category_row, "table", "weights_unknown", "id")
                entries["id"] = Leaf(category_row.place_of("id"), category_id)
                if category_row.text("weights_unknown") == "是" or category_id == _LOST:
                    entries["weights_known"] = Leaf(category_row.place, "false")
                entries["indicators"] = Items(category_row.place, tuple(nodes))
                category_nodes.append(self.branch(category_row.place, entries))
            entries = self.entries(TABLES, table_row, "id")
            entries["id"] = Leaf(table_row.place_of("id"), table_id)
            entries["categories"] = Items(table_row.place, tuple(category_nodes))
            table_nodes.append(self.branch(table_row.place, entries))
        return Items(f"工作表「{TABLES.name}」", tuple(table_nodes))

    def by_indicator(
        self, tables: "_Named", names: Mapping[str, "_Named"], rows: list[_Row]
    ) -> dict[tuple[str, str], list[_Row]]:
        found: dict[tuple[str, str], list[_Row]] = {}
        for table_id, own in tables.split(rows).items():
            for row in own:
                indicator_id = names[table_id].find(row, "indicator")
                if indicator_id is not None:
                    found.setdefault((table_id, indicator_id), []).append(row)
        return found

    def values(self, rows: list[_Row]) -> Branch:
        entries: dict[str, Node] = {}
        value_column = next(column for column in VALUES.columns if column.path == ("value",))
        for row in rows:
            cell = row.cells.get(("value",))
            if cell is None:
                continue
            value = self.word(value_column.choices, cell.text, cell)
            if value in entries:
                self.fail(cell.place, f"这项指标的「{cell.text}」写了两次", "只留一行。")
            marks = self.entries(VALUES, row, "table", "indicator", "value")
            entries[value] = self.branch(row.place, marks)
        return self.branch(rows[0].place, entries)

    def indicator(self, row: _Row, indicator_id: str) -> dict[str, Node]:
        entries = self.entries(INDICATORS, row, "table", "category", "id", "levels", "strict")
        entries["id"] = Leaf(row.place_of("id"), indicator_id)
        kind = entries.get("kind")
        quantitative = isinstance(kind, Leaf) and kind.text == "quantitative"
        if quantitative:
            self.put_thresholds(row, entries)
        else:
            levels: dict[str, Node] = {}
            for code in LEVEL_WORDS.values():
                text = row.text("levels", code)
                if text not in ("—", "——", "-"):
                    levels[code] = Leaf(row.place_of("levels", code), _requirement(text))
            entries["levels"] = self.branch(row.place, levels)
            for key in ("unit", "strict"):
                if row.text(key) in ("", "-", "—", "/", "否"):
                    entries.pop(key, None)
        return entries

    def put_thresholds(self, row: _Row, entries: dict[str, Node]) -> None:
        unit = find_unit(row.text("unit"))
        unit_id = unit.id if unit else ""
        levels: dict[str, Node] = {}
        signs: list[tuple[str, str]] = []
        for code in LEVEL_WORDS.values():
            cell = row.cells.get(("levels", code))
            if cell is None:
                levels[code] = Leaf(row.place, None)
                continue
            try:
                threshold = read_threshold(cell.text, unit_id, percent=cell.percent)
            except NotUnderstoodError as error:
                self.fail(cell.place, *error.args)
                levels[code] = Leaf(cell.place, cell.text)
                continue
            if threshold.sign:
                signs.append((threshold.sign, cell.place))
            if not threshold.absent:
                levels[code] = _threshold_node(cell.place, threshold)
        entries["levels"] = self.branch(row.place, levels)
        self.put_strictness(row, entries, signs)

    def put_strictness(
        self, row: _Row, entries: dict[str, Node], signs: list[tuple[str, str]]
    ) -> None:
        """Signs in the cells must agree with one another, with the direction and with the column 不含等号."""
        strict_cell = row.cells.get(("strict",))
        strict: str | None = None
        if strict_cell is not None:
            strict = self.word({"是": "true", "否": "false"}, strict_cell.text, strict_cell)
        direction = entries.get("direction")
        way = direction.text if isinstance(direction, Leaf) else ""
        for sign, place in signs:
            if (way, sign) in (("lower", "≥"), ("lower", ">"), ("higher", "≤"), ("higher", "<")):
                self.fail(
                    place,
                    f"符号 {sign} 与方向「{row.text('direction')}」矛盾",
                    "对照原文改正符号或方向。",
                )
        without_equal = {sign in "<>" for sign, _ in signs}
        if len(without_equal) == 2:
            self.fail(
                signs[-1][1], "同一行有的带等号，有的不带", "对照原文核对；各级只能是同一种。"
            )
        elif without_equal == {True} and strict == "false":
            self.fail(signs[0][1], "符号不带等号，「不含等号」却填了否", "对照原文改正其中一处。")
        elif without_equal == {True} and strict is None:
            strict = "true"
            self.remarks.append(
                Problem(row.place, "基准值写的是 < 或 >，按「不含等号」读入", "对照原文确认。")
            )
        if strict is not None:
            place = strict_cell.place if strict_cell else row.place
            entries["strict"] = Leaf(place, strict)


class _Named:
    """Rows found by their id or their name; ids left empty are numbered."""

    def __init__(
        self, reading: _Reading, what: str, rows: list[_Row], name_key: str, prefix: str
    ) -> None:
        self.reading = reading
        self.what = what
        self.rows: dict[str, _Row] = {}
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

    def id_of(self, row: _Row) -> str:
        return self._ids[row.number]

    def find(self, row: _Row, key: str) -> str | None:
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

    def split(self, rows: list[_Row]) -> dict[str, list[_Row]]:
        """Rows by the table they name."""
        found: dict[str, list[_Row]] = {table_id: [] for table_id in self.rows}
        for row in rows:
            table_id = self.find(row, "table")
            if table_id is not None:
                found[table_id].append(row)
        return found


def _requirement(text: str) -> str | None:
    return None if text in ("", "未查到") else text


def _threshold_node(place: str, threshold: Threshold) -> Node:
    if threshold.unknown:
        return Leaf(place, None)
    if threshold.low is not None and threshold.high is not None:
        ends = (Leaf(place, number_text(threshold.low)), Leaf(place, number_text(threshold.high)))
        return Items(place, ends)
    value = Leaf(place, None if threshold.value is None else number_text(threshold.value))
    if threshold.slope is not None:
        entries: dict[str, Node] = {
            "base": value,
            "slope": Leaf(place, number_text(threshold.slope)),
            "variable": Leaf(place, threshold.variable),
        }
        return Branch(place, entries, dict.fromkeys(entries, place))
    return value


def _nested(flat: Mapping[tuple[str, ...], Node], place: str) -> dict[str, Node]:
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
