"""Tables filled in as standards print them: read right, told or refused; never silently wrong."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.assessment.indicator_system import (
    Indicator,
    Level,
    Limit,
    Linear,
    Requirement,
    Span,
)
from app.errors import UserError
from app.exchange.cell_text import NotUnderstoodError, read_threshold
from app.exchange.system_import import read_system_workbook
from app.exchange.system_layout import DOCUMENT, HEADING_ROW, LIST_SHEETS, OPTIONAL_SHEETS
from tests.helpers.cases import read_yaml

FILE = Path(__file__).with_name("printed_tables.yaml")


CASES = read_yaml(FILE)
ANSWERS = {
    "体系编号": "try-2030", "名称": "试填的体系", "文号": "T/XX 1-2030", "文件类型": "清洁生产评价指标体系", "默认来源": "print",
    "默认核实状态": "读自来源", "评价方法": "三级指数（2013 通则、GB/T 43329）",
}  # fmt: skip
LEVELS = [["Ⅰ级", "领先", 85, "Ⅰ级"], ["Ⅱ级", "先进", 85, "Ⅱ级"], ["Ⅲ级", "基本", 100, "Ⅲ级"]]
FILLED = ("一级指标", "二级指标", "类型", "单位", "方向", "限定性", "二级权重", "Ⅰ级", "Ⅱ级", "Ⅲ级")


def workbook(case: dict[str, Any], path: Path) -> Path:
    """A workbook of the template's sheets, without its help rows."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = DOCUMENT.name
    sheet.append([DOCUMENT.title])
    sheet.append(["项目", "填什么"])
    for heading, text in ANSWERS.items():
        sheet.append([heading, text])
    names = list(dict.fromkeys(row[0] for row in case["rows"] if row[0] and row[1] and row[0] not in ("资原", "一级指标")))  # fmt: skip
    content: dict[str, list[dict[str, Any]]] = {
        "来源": [{"编号": "print", "看的是什么": "标准纸本"}],
        "级别": [
            dict(zip(("级别", "级别名称", "指数不低于", "限定性指标须达到"), row, strict=True))
            for row in case.get("levels", LEVELS)
        ],
        "变量": [
            dict(zip(("编号", "符号", "含义"), row, strict=True))
            for row in case.get("variables", [])
        ],
        "评价表": [{"表名": "表 1"}],
        "一级指标": [
            {"一级指标": name, "一级权重": weight}
            for name, weight in case.get("categories", [[n, 1 / len(names)] for n in names])
        ],
        "二级指标": [dict(zip(FILLED, row, strict=True)) for row in case["rows"]],
    }
    for layout in LIST_SHEETS:
        rows = content.get(layout.name, [])
        if case.get("without") == layout.name or (not rows and layout.name in OPTIONAL_SHEETS):
            continue
        sheet = book.create_sheet(layout.name)
        heads = case.get("heads", {}) if layout.name == "二级指标" else {}
        for number, column in enumerate(layout.columns, 1):
            head = heads.get(column.heading, column.heading)
            sheet.cell(HEADING_ROW, number, head)
            for place, row in enumerate(rows, HEADING_ROW + 2):
                value = row.get(column.heading)
                if value is not None:
                    sheet.cell(place, number, value)
        sheet.cell(HEADING_ROW + 1, 1, "▼ 说明")
        for area in case.get("merge", []) if layout.name == "二级指标" else []:
            sheet.merge_cells(area)
    book.save(path)
    return path


def _benchmark(row: Indicator, level: Level) -> Any:
    if level not in row.benchmarks:
        return "none"
    match row.benchmarks[level]:
        case None:
            return None
        case Limit(value):
            return value
        case Span(low, high):
            return [low, high]
        case Linear(base, slope, variable):
            return f"{base}+{slope}{variable}"
        case Requirement(text):
            return text


def _number(value: Any) -> Any:
    if isinstance(value, list):
        return [Fraction(str(one)) for one in value]
    try:
        return value if value is None or isinstance(value, bool) else Fraction(str(value))
    except ValueError:
        return value


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["about"])
def test_a_printed_table_is_right_told_or_refused(case: dict[str, Any], tmp_path: Path) -> None:
    path = workbook(case, tmp_path / "表.xlsx")
    try:
        loaded = read_system_workbook(path)
    except UserError as error:
        said = "\n".join(f"{one.where}：{one.what}。{one.remedy}" for one in error.problems)
        assert "refused" in case, said
        assert [words for words in case["refused"] if words not in said] == [], said
        return
    told = "\n".join(f"{one.where}：{one.what}" for one in loaded.warnings)
    assert "refused" not in case, f"was taken in: {told}"
    assert [words for words in case.get("told", []) if words not in told] == [], told
    (table,) = loaded.system.tables
    rows = {row.name: row for row in table.indicators()}
    assert len(rows) == sum(1 for row in case["rows"] if row[1])
    for name, expected in case.get("right", {}).items():
        row = rows[name]
        got = [
            None if row.direction is None else row.direction.value,
            row.unit,
            row.limiting,
            row.weight,
            *(_benchmark(row, level) for level in (Level.I, Level.II, Level.III)),
        ]
        assert got == [expected[0], expected[1], expected[2], *map(_number, expected[3:])]
    for name, weight in case.get("weights", {}).items():
        found = next(one for one in table.categories if one.name == name)
        assert found.weight == Fraction(str(weight))


def test_there_are_sixty() -> None:
    assert len(CASES) >= 60


# decoration -> what the cell then says: the value, or nothing anybody may guess
_PLAIN = ["{}", "≤{}", "≥ {}", "＜{}", "不大于{}", "至少{}", "{}以上", "{}及以下", "（{}）", "[{}]", " {} ", "{} kg/t"]  # fmt: skip
_DOUBTFUL = ["{}①", "{}²", "{}⑵", "{}*", "约{}", "{}左右", "{}a", "{}~", "≤{}以上", "{}×10³", "{}.", "{} 0", "{}、{}", "{}kWh", "每吨{}"]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    st.decimals(min_value=0, max_value=99999, places=2, allow_nan=False),
    st.sampled_from(_PLAIN),
    st.booleans(),
)
def test_a_number_is_itself_however_it_is_dressed(value: Decimal, dress: str, wide: bool) -> None:
    digits = f"{value:f}"
    if wide:
        digits = digits.translate(str.maketrans("0123456789.", "０１２３４５６７８９．"))
    try:
        read = read_threshold(dress.format(digits), "kg/t")
    except NotUnderstoodError:
        assert dress in ("（{}）", "[{}]")
        return
    assert read.value == Fraction(value)


@settings(max_examples=150, deadline=None)
@given(st.integers(min_value=1, max_value=99999), st.sampled_from(_DOUBTFUL))
def test_what_hangs_on_a_number_never_becomes_part_of_it(value: int, dress: str) -> None:
    text = dress.format(value, value)
    try:
        read = read_threshold(text, "kg/t")
    except NotUnderstoodError:
        return
    assert read.slope is not None or read.value == value, text
