"""Excel workbook -> indicator system, through the same validator as the YAML; every problem names sheet, cell, cause and remedy."""

from collections.abc import Mapping
from pathlib import Path

from app.assessment.numbers import number_text
from app.assessment.units import find_unit
from app.errors import Problem, UserError
from app.exchange.cell_text import NotUnderstoodError, Threshold, fold, read_threshold
from app.exchange.read_workbook import TextCell, TextSheet, read_workbook
from app.exchange.system_layout import (
    CATEGORIES,
    DOCUMENT,
    HEADING_ROW,
    IGNORED_SHEETS,
    INDICATORS,
    LEVEL_WORDS,
    LEVELS_SHEET,
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
    SOURCES,
    TABLES,
    VALUES,
    VARIABLES,
    SheetLayout,
)
from app.exchange.system_rows import Named, Row, SheetReading, nested
from app.standards.reader import Reader
from app.standards.system_reader import SCHEMA, LoadedSystem, read_system
from app.standards.system_reading import CONSEQUENCE
from app.standards.terms import IN_WORKBOOK
from app.standards.tree import Branch, Items, Leaf, Node

_LOST = "lost-rows"


def read_system_workbook(path: Path) -> LoadedSystem:
    """The system in a workbook. UserError with every problem; warnings tell what was read although it may surprise."""
    book = read_workbook(path)
    reading = _Reading(dict(book.sheets))
    reading.problems.extend(book.problems)
    document = reading.document(path.name)
    if document is None:
        raise UserError(*reading.in_order(reading.problems))
    try:
        loaded = read_system(document, Reader(IN_WORKBOOK))
    except UserError as error:
        known = {problem.where for problem in reading.problems}
        fresh = [
            problem
            for problem in error.problems
            if problem.where not in known
            and not (reading.incomplete and problem.code == CONSEQUENCE)
        ]
        raise UserError(*reading.in_order(reading.problems + fresh)) from error
    if reading.problems:
        raise UserError(*reading.in_order(reading.problems))
    told = (*book.remarks, *reading.remarks, *loaded.warnings)
    return LoadedSystem(loaded.system, told)


class _Reading(SheetReading):
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
        entries = nested(flat, f"工作表「{sheet.name}」")
        entries["schema"] = Leaf(f"工作表「{sheet.name}」", SCHEMA)
        return entries

    def put_lists(self, top: dict[str, Node], rows: Mapping[str, list[Row]]) -> None:
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

    def branches(self, layout: SheetLayout, rows: Mapping[str, list[Row]]) -> Items:
        return Items(
            f"工作表「{layout.name}」",
            tuple(self.branch(row.place, self.entries(layout, row)) for row in rows[layout.name]),
        )

    def put_other(
        self, top: dict[str, Node], method: dict[str, Node], rows: list[Row]
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
        rows: Mapping[str, list[Row]],
        row_extras: Mapping[tuple[str, str], dict[str, Node]],
    ) -> Items:
        tables = Named(self, "评价表", rows[TABLES.name], "title", "t")
        categories = {
            table_id: Named(self, "一级指标", own, "name", "c")
            for table_id, own in tables.split(rows[CATEGORIES.name]).items()
        }
        indicators: dict[tuple[str, str], list[Row]] = {}
        by_table = tables.split(rows[INDICATORS.name])
        names = {
            table_id: Named(self, "二级指标", own, "name", "r")
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
                listed[_LOST] = Row(lost[0].sheet, lost[0].number, {("name",): TextCell("？", "")})
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
        self, tables: "Named", names: Mapping[str, "Named"], rows: list[Row]
    ) -> dict[tuple[str, str], list[Row]]:
        found: dict[tuple[str, str], list[Row]] = {}
        for table_id, own in tables.split(rows).items():
            for row in own:
                indicator_id = names[table_id].find(row, "indicator")
                if indicator_id is not None:
                    found.setdefault((table_id, indicator_id), []).append(row)
        return found

    def values(self, rows: list[Row]) -> Branch:
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

    def indicator(self, row: Row, indicator_id: str) -> dict[str, Node]:
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

    def put_thresholds(self, row: Row, entries: dict[str, Node]) -> None:
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
        self, row: Row, entries: dict[str, Node], signs: list[tuple[str, str]]
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
