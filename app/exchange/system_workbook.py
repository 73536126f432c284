"""Indicator system -> Excel workbook, and the empty template that explains itself."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import cast

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from app.assessment.indicator_system import IndicatorSystem
from app.assessment.units import UNITS
from app.exchange.system_layout import (
    CATEGORIES,
    DOCUMENT,
    EXAMPLE_SHEET,
    GUIDE_SHEET,
    HEADING_ROW,
    HELP_MARK,
    HELP_ROW,
    INDICATORS,
    LEVELS_SHEET,
    LIST_SHEETS,
    MODIFIERS,
    OPTIONS_SHEET,
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
    TITLE,
    VALUES,
    VARIABLES,
    CellKind,
    Column,
    SheetLayout,
)
from app.files import write_archive, written_beside
from app.standards.system_writer import Document, Number, system_document

_TEMPLATE_ROWS = 300
_MOST_DIGITS = 15  # what a double holds exactly
_HEAD_FILL = PatternFill("solid", fgColor="DCE9E4")
_REQUIRED_FILL = PatternFill("solid", fgColor="F6E7C8")
_LINE = Border(bottom=Side("thin", color="B8C4BF"))
_MISSING = object()

_GUIDE = (
    "这本工作簿用来把一份官方文件（评价指标体系、清洁生产标准、能耗限额）录进清审通。按工作表的顺序填，从左到右。",
    "1. 「文件」填文件的名称、文号、评价方法；黄底的必须填。",
    "2. 「来源」写明你看的是哪份文件：每个值都要说得出是从哪里看来的。",
    "3. 「级别」照文件写各级的名称和条件。",
    "4. 「评价表」「一级指标」照文件写。各类的一级权重相加为 1（加分类除外）。",
    "5. 「二级指标」一行一项。定量指标的Ⅰ、Ⅱ、Ⅲ级填数，定性指标填要求的文字。同一类的二级权重相加为 1。",
    "   文件没有这一级（印作 —）就填 —；文件有、你没有查到，就空着：程序会如实告诉使用的人，绝不会当成 0。",
    "   区间写 6~9；随层数等变化的写 10+5n，并在「变量」里写明 n 的含义；印作 < 或 > 的把「不含等号」填是。",
    "   几行分摊一个权重的（例如各镀种均分 0.8），不填二级权重，填分摊组、规则和合计。",
    "6. 其余各表用不到就空着：「单个值」记个别值的来源，「修正」记随企业情况改变的限额，「其他」记文件的原话。",
    "7. 带下拉箭头的格子请从列表里选；隐藏的行也会读入。",
    "   照原文的样子抄也认：一级指标只写第一行或合并成一格，类型空着，≤ ≥ 写在数前，单位写在名称的括号里，三级合并成一格。怎么认的都会说出来，请对照原文确认。",
    "8. 在程序里点「导入体系」，或运行 cleanaudit systems check 文件名：所有问题会一次列出，写明工作表、单元格和改法。",
    "编号（体系、表、类、指标）用小写英文字母、数字和连字符，定了就不要再改：案卷靠它认指标。「指标编号」空着会自动编号。",
)


def write_template(path: Path) -> None:
    """An empty workbook with explanations, drop-downs and an example; written beside and then put in place."""
    _save(_workbook({}, rows=_TEMPLATE_ROWS), path)


def write_system(system: IndicatorSystem, path: Path) -> None:
    """The whole system as a workbook that `read_system_workbook` reads back equal."""
    document = system_document(system)
    _save(_workbook(document, rows=0), path)


def _save(book: Workbook, path: Path) -> None:
    with written_beside(path, ".xlsx") as beside:
        write_archive(beside, book.save)


def _workbook(document: Document, rows: int) -> Workbook:
    book = Workbook()
    guide = cast(Worksheet, book.active)
    guide.title = GUIDE_SHEET
    _write_guide(guide)
    _write_document(book.create_sheet(DOCUMENT.name), document)
    records = _records(document)
    for layout in LIST_SHEETS:
        _write_list(book.create_sheet(layout.name), layout, records[layout.name], rows)
    _write_example(book.create_sheet(EXAMPLE_SHEET))
    _write_options(book.create_sheet(OPTIONS_SHEET))
    return book


# ---- the document as rows of each sheet -----------------------------------------------------------


def _records(document: Document) -> dict[str, list[Document]]:
    """Rows of every list sheet, each with the keys its columns ask for."""
    method = _mapping(document.get("method"))
    records: dict[str, list[Document]] = {layout.name: [] for layout in LIST_SHEETS}
    for source_id, source in _mapping(document.get("sources")).items():
        records[SOURCES.name].append({"id": source_id, **_mapping(source)})
    records[LEVELS_SHEET.name] = _list(method.get("levels"))
    records[VARIABLES.name] = _list(document.get("variables"))
    for table in _list(document.get("tables")):
        records[TABLES.name].append(table)
        for category in _list(table["categories"]):
            unknown = {"weights_unknown": True} if "weights_known" in category else {}
            records[CATEGORIES.name].append({**category, **unknown, "table": table["id"]})
            for row in _list(category["indicators"]):
                place = {"table": table["id"], "indicator": row["id"]}
                records[INDICATORS.name].append(
                    {**row, "table": table["id"], "category": category["id"]}
                )
                for value, marks in _mapping(row.get("values")).items():
                    records[VALUES.name].append({**place, "value": value, **_mapping(marks)})
                for modifier in _list(row.get("modifiers")):
                    records[MODIFIERS.name].append({**place, **modifier})
                for name, text in _mapping(row.get("extras")).items():
                    key = f"{table['id']}/{row['id']}/{name}"
                    records[OTHER.name].append(_other(OTHER_ROW_EXTRA, key, text))
    records[OTHER.name].extend(_other_rows(document, method))
    return records


def _other_rows(document: Document, method: Document) -> Iterable[Document]:
    for key, text in _mapping(method.get("texts")).items():
        yield _other(OTHER_TEXT, key, text)
    for key, weight in _mapping(method.get("phase_weights")).items():
        yield _other(OTHER_PHASE, key, None, weight)
    for key, text in _mapping(method.get("item_points")).items():
        yield _other(OTHER_POINTS, key, text)
    for level, grade in _mapping(method.get("grades")).items():
        for key, value in _mapping(grade).items():
            text, number = (None, value) if isinstance(value, Number) else (_word(value), None)
            yield _other(OTHER_GRADE, f"{level}/{key}", text, number)
    for group in _list(method.get("pick_groups")):
        yield _other(OTHER_GROUP, str(group["id"]), group.get("title"), group.get("pick"))
    for combination in _list(document.get("combinations")):
        name = str(combination["id"])
        for table_id, weight in _mapping(combination["tables"]).items():
            yield _other(OTHER_COMBINATION, f"{name}/{table_id}", None, weight)
        for key, value in combination.items():
            if key not in ("id", "tables"):
                text = "\n".join(value) if isinstance(value, list) else _word(value)
                yield _other(OTHER_COMBINATION, f"{name}//{key}", text)
    for key, text in _mapping(document.get("extras")).items():
        yield _other(OTHER_EXTRA, key, text)


def _word(value: object) -> object:
    """Excel would show TRUE, which no drop-down of ours has."""
    return "是" if value is True else value


def _other(what: str, key: str, text: object, number: object = None) -> Document:
    return {"what": what, "key": key, "text": text, "number": number}


def _mapping(value: object) -> Document:
    return cast(Document, value) if isinstance(value, Mapping) else {}


def _list(value: object) -> list[Document]:
    return cast(list[Document], value) if isinstance(value, list) else []


# ---- sheets -------------------------------------------------------------------------------------


def _write_guide(sheet: Worksheet) -> None:
    sheet.column_dimensions["A"].width = 110
    sheet["A1"] = TITLE
    sheet["A1"].font = Font(bold=True, size=16)
    for number, line in enumerate(_GUIDE, 3):
        cell = sheet.cell(number, 1, line)
        cell.alignment = Alignment(wrap_text=True, vertical="top")


def _write_document(sheet: Worksheet, document: Document) -> None:
    _heading(sheet, DOCUMENT.title, ("项目", "内容", "怎样填"), (24, 60, 70))
    for number, column in enumerate(DOCUMENT.columns, HEADING_ROW + 1):
        name = _cell(sheet, number, 1)
        name.value = column.heading
        name.font = Font(bold=True)
        answer = _cell(sheet, number, 2)
        _put(answer, column, _at(document, column.path))
        if column.required:
            answer.fill = _REQUIRED_FILL
        sheet.cell(number, 3, column.help).font = Font(italic=True, color="5B6B66")
        name.border = answer.border = _LINE
        _drop_down(sheet, column, f"B{number}")


def _write_list(
    sheet: Worksheet, layout: SheetLayout, records: Sequence[Document], rows: int
) -> None:
    _heading(
        sheet,
        layout.title,
        [column.heading for column in layout.columns],
        [column.width for column in layout.columns],
    )
    for number, column in enumerate(layout.columns, 1):
        if column.required:
            sheet.cell(HEADING_ROW, number).fill = _REQUIRED_FILL
        text = f"{HELP_MARK} {column.help}" if number == 1 else column.help
        note = sheet.cell(HELP_ROW, number, text)
        note.font = Font(italic=True, size=9, color="5B6B66")
        note.alignment = Alignment(wrap_text=True, vertical="top")
        last = HELP_ROW + max(len(records) + 50, rows)
        letter = get_column_letter(number)
        _drop_down(sheet, column, f"{letter}{HELP_ROW + 1}:{letter}{last}")
    sheet.freeze_panes = f"A{HELP_ROW + 1}"
    for row, record in enumerate(records, HELP_ROW + 1):
        for number, column in enumerate(layout.columns, 1):
            _put(_cell(sheet, row, number), column, _at(record, column.path))


def _heading(sheet: Worksheet, title: str, names: Sequence[str], widths: Sequence[int]) -> None:
    sheet.cell(1, 1, title).font = Font(bold=True, size=14)
    for number, (name, width) in enumerate(zip(names, widths, strict=True), 1):
        cell = _cell(sheet, HEADING_ROW, number)
        cell.value = name
        cell.font = Font(bold=True)
        cell.fill = _HEAD_FILL
        cell.border = _LINE
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.print_title_rows = f"1:{HEADING_ROW}"
    sheet.page_setup.orientation = "landscape"


def _drop_down(sheet: Worksheet, column: Column, cells: str) -> None:
    if column.kind is CellKind.UNIT:
        formula = f"'{OPTIONS_SHEET}'!$A$2:$A${len(UNITS) + 1}"
    elif column.kind is CellKind.CHOICE:
        formula = '"' + ",".join(column.choices) + '"'
    elif column.kind is CellKind.YES:
        formula = '"是,否"'
    elif column.kind is CellKind.YES_UNKNOWN:
        formula = '"是,否,不明"'
    else:
        return
    validation = DataValidation(
        type="list", formula1=formula, allow_blank=True, showErrorMessage=False
    )
    validation.add(cells)
    sheet.add_data_validation(validation)


def _write_example(sheet: Worksheet) -> None:
    """A few rows as they look when filled in; this sheet is not read."""
    columns = INDICATORS.columns[:13]
    _heading(
        sheet,
        "示例（这一页不会读入）：「二级指标」填好的样子",
        [column.heading for column in columns],
        [column.width for column in columns],
    )
    rows: tuple[tuple[str | int | float, ...], ...] = (
        ("", "资源消耗指标", "rinse-water-intake", "单位产品每次清洗取水量", "定量", "L/m2", "越小越好", "是", 1, 8, 24, 40, "否"),
        ("", "资源综合利用指标", "water-reuse", "水重复利用率", "定量", "%", "越大越好", "否", 0.4, 60, 40, 30, "否"),
        ("", "资源综合利用指标", "rinse-ph", "清洗水 pH", "定量", "pH", "区间内为好", "否", 0.6, "6.5~8.5", "6~9", "6~9", "否"),
        ("", "能源消耗", "electricity", "单位产品电耗（2+n 层）", "定量", "kWh/m2", "越小越好", "否", 1, "10+5n", "25+10n", "55+15n", "否"),
        ("", "管理指标", "emergency-plan", "环境应急预案", "定性", "", "", "是", 1, "有预案并每年演练", "有预案并演练过", "有预案", ""),
    )  # fmt: skip
    for number, row in enumerate(rows, HELP_ROW):
        for column, value in enumerate(row, 1):
            sheet.cell(number, column, value)


def _write_options(sheet: Worksheet) -> None:
    sheet.cell(1, 1, "单位").font = Font(bold=True)
    sheet.cell(1, 2, "印作").font = Font(bold=True)
    for number, unit in enumerate(UNITS.values(), 2):
        sheet.cell(number, 1, unit.id)
        sheet.cell(number, 2, unit.symbol)
    sheet.column_dimensions["A"].width = 24


def _cell(sheet: Worksheet, row: int, column: int) -> Cell:
    return cast(Cell, sheet.cell(row, column))


# ---- cells --------------------------------------------------------------------------------------


def _at(document: Mapping[str, object], path: Sequence[str]) -> object:
    """The value at a path of keys, _MISSING when a key is absent."""
    value: object = document
    for key in path:
        if not isinstance(value, Mapping) or key not in value:
            return _MISSING
        value = value[key]
    return value


def _put(cell: Cell, column: Column, value: object) -> None:
    match column.kind:
        case CellKind.LEVEL:
            _put_level(cell, value)
        case CellKind.NUMBER:
            if isinstance(value, Number):
                _put_number(cell, value)
        case CellKind.LINES | CellKind.CHOICES:
            if isinstance(value, list):
                words = {code: word for word, code in column.choices.items()}
                lines = [words.get(item, str(item).replace("\n", "\\n")) for item in value]
                _put_text(cell, "\n".join(lines))
        case CellKind.YES:
            if isinstance(value, bool):
                _put_text(cell, "是" if value else "否")
        case CellKind.YES_UNKNOWN:
            if value is not _MISSING:
                _put_text(cell, "不明" if value is None else "是" if value else "否")
        case CellKind.CHOICE:
            words = {code: word for word, code in column.choices.items()}
            if isinstance(value, str):
                _put_text(cell, words[value])
        case CellKind.TEXT | CellKind.DATE | CellKind.UNIT:
            if isinstance(value, str):
                _put_text(cell, value)


def _put_level(cell: Cell, value: object) -> None:
    if value is _MISSING:
        _put_text(cell, "—")
    elif value is None:
        _put_text(cell, "未查到")
    elif isinstance(value, Number):
        _put_number(cell, value)
    elif isinstance(value, list):
        _put_text(cell, f"{value[0]}~{value[1]}")
    elif isinstance(value, Mapping):
        slope = str(value["slope"])
        joined = slope if slope.startswith("-") else f"+{slope}"
        _put_text(cell, f"{value['base']}{joined}{value['variable']}")
    else:
        _put_text(cell, str(value))


def _put_number(cell: Cell, number: Number) -> None:
    digits = sum(character.isdigit() for character in number)
    if "/" in number or digits > _MOST_DIGITS:
        _put_text(cell, str(number))
    else:
        cell.value = float(number) if "." in number else int(number)
        cell.alignment = Alignment(vertical="top", horizontal="right")


def _put_text(cell: Cell, text: str) -> None:
    if not text:
        return
    cell.value = text
    cell.data_type = "s"  # also when it begins with =
    cell.number_format = "@"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
