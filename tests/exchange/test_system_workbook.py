"""Excel and back: equal for every shipped system; whatever a user does to a workbook is understood or refused by its cell."""

import re
import zipfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from app.assessment.indicator_system import (
    Direction,
    Indicator,
    IndicatorSystem,
    Level,
    Limit,
    Linear,
    Span,
    Verification,
)
from app.errors import UserError
from app.exchange.system_import import read_system_workbook
from app.exchange.system_workbook import write_system, write_template
from app.standards.system_reader import LoadedSystem
from app.standards.yaml_source import load_system_file
from tests.helpers.systems import load_system_text

FOLDER = Path(__file__).parents[2] / "resources" / "indicator_systems"
GOOD = Path(__file__).parents[1] / "bad_systems" / "good.yaml"
WATER, COPPER, ZINC = 6, 7, 8  # rows of the good system in the sheet of indicators
Change = Callable[[Worksheet], None]


def column(sheet: Worksheet, heading: str) -> str:
    for cell in sheet[2]:
        if cell.value == heading:
            return str(cell.column_letter)
    raise KeyError(heading)


def put(heading: str, row: int, value: object, number_format: str = "General") -> Change:
    def change(sheet: Worksheet) -> None:
        cell = sheet[f"{column(sheet, heading)}{row}"]
        cell.value = value
        cell.number_format = number_format

    return change


def altered(tmp_path: Path, *changes: Change, sheet: str = "二级指标") -> Path:
    path = tmp_path / "体系.xlsx"
    write_system(load_system_file(GOOD).system, path)
    book = openpyxl.load_workbook(path)
    for change in changes:
        change(book[sheet])
    book.save(path)
    return path


def problems(path: Path) -> list[str]:
    with pytest.raises(UserError) as caught:
        read_system_workbook(path)
    assert all(problem.remedy for problem in caught.value.problems)
    return [f"{problem.where}：{problem.what}" for problem in caught.value.problems]


def indicator(loaded: LoadedSystem, indicator_id: str) -> Indicator:
    rows = [row for table in loaded.system.tables for row in table.indicators()]
    return next(row for row in rows if row.id == indicator_id)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_system_comes_back_equal(path: Path, tmp_path: Path) -> None:
    system = load_system_file(path).system
    write_system(system, tmp_path / "out.xlsx")
    assert read_system_workbook(tmp_path / "out.xlsx").system == system


def fill_by_hand(path: Path) -> None:
    """What a person types into the template from a printed table."""
    write_template(path)
    book = openpyxl.load_workbook(path)
    answers: dict[str, str | int] = {
        "体系编号": "denim-2030",
        "名称": "牛仔水洗行业清洁生产评价指标体系",
        "文号": "T/XX 1-2030",
        "文件类型": "清洁生产评价指标体系",
        "发布日期": "2030年1月5日",
        "施行日期": "2030/2/1",
        "领域": "工业",
        "行业代码": 1761,
        "默认来源": "print",
        "默认核实状态": "读自来源",
        "评价方法": "三级指数（2013 通则、GB/T 43329）",
    }
    document = book["文件"]
    for row in document.iter_rows(min_row=3):
        answer = answers.get(str(row[0].value))
        if answer is not None:
            row[1].value = answer
    book["来源"].append(["print", "标准纸本第 5 页 表1", None, "完整"])
    for line in (
        ["Ⅰ级", "领先", 85, "Ⅰ级"],
        ["Ⅱ级", "先进", 85, "Ⅱ级"],
        ["Ⅲ级", "基本", 100, "Ⅲ级"],
    ):
        book["级别"].append(line)
    book["变量"].append(["n", "n", "洗次减1"])
    book["评价表"].append([None, "表1 水洗"])
    book["一级指标"].append([None, None, "资源消耗", "60%"])
    book["一级指标"].append([None, None, "管理", 0.4])
    sheet = book["二级指标"]
    rows: list[dict[str, str | float | None]] = [
        {"一级指标": "资源消耗", "二级指标": "单位产品取水量", "类型": "定量", "单位": "m³/t", "方向": "越小越好",
         "限定性": "是", "二级权重": "０．５", "Ⅰ级": "≤6０", "Ⅱ级": "≤１，２00", "Ⅲ级": "≤ 1,500 m3/t"},
        {"一级指标": "资源消耗", "二级指标": "水重复利用率", "类型": "定量", "单位": "％", "方向": "越大越好",
         "二级权重": 0.25, "Ⅰ级": "＞60%", "Ⅱ级": ">50", "Ⅲ级": "> 30"},
        {"一级指标": "资源消耗", "二级指标": "洗水 pH", "类型": "定量", "单位": "pH", "方向": "区间内为好",
         "二级权重": 0.15, "Ⅰ级": "6.5～8.5", "Ⅱ级": "6-9", "Ⅲ级": "[6，9]"},
        {"一级指标": "资源消耗", "二级指标": "单位产品电耗", "类型": "定量", "单位": "度/t", "方向": "越小越好",
         "二级权重": 0.1, "Ⅰ级": "10＋5n", "Ⅱ级": "25 + 10 n", "Ⅲ级": "—"},
        {"一级指标": "管理", "二级指标": "环境应急预案", "类型": "定性", "单位": "-", "限定性": "是",
         "二级权重": 1, "Ⅰ级": "有预案，每年演练", "Ⅱ级": "有预案", "Ⅲ级": None},
    ]  # fmt: skip
    for number, values in enumerate(rows, 4):
        for heading, value in values.items():
            sheet[f"{column(sheet, heading)}{number}"] = value
    book.save(path)


def test_a_system_typed_into_the_template(tmp_path: Path) -> None:
    path = tmp_path / "模板.xlsx"
    fill_by_hand(path)
    loaded = read_system_workbook(path)
    system = loaded.system
    assert (system.id, system.issued, system.effective) == (
        "denim-2030",
        "2030-01-05",
        "2030-02-01",
    )
    assert system.industry_codes == ("1761",)
    water, reuse, acidity, electricity, plan = system.tables[0].indicators()
    assert [water.id, plan.id] == ["r1", "r5"]
    assert water.limiting is True
    assert water.benchmarks[Level.II] == Limit(Fraction(1200))
    assert reuse.strict
    assert reuse.benchmarks[Level.I] == Limit(Fraction(60))
    assert acidity.direction is Direction.RANGE
    assert acidity.benchmarks[Level.III] == acidity.benchmarks[Level.II]
    assert isinstance(acidity.benchmarks[Level.I], Span)
    assert isinstance(electricity.benchmarks[Level.II], Linear)
    assert electricity.unit == "kWh/t"
    assert Level.III not in electricity.benchmarks
    assert plan.benchmarks[Level.III] is None
    assert water.provenance.verification is Verification.TRANSCRIBED
    assert [problem.what for problem in loaded.warnings] == [
        "基准值写的是 < 或 >，按「不含等号」读入"
    ]


def test_the_empty_template_says_what_to_fill_in(tmp_path: Path) -> None:
    write_template(tmp_path / "t.xlsx")
    found = problems(tmp_path / "t.xlsx")
    assert "工作表「文件」 A3：「体系编号」没有填" in found
    assert any("工作表「评价表」" in line for line in found)


def test_the_template_offers_lists(tmp_path: Path) -> None:
    write_template(tmp_path / "t.xlsx")
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    sheet = book["二级指标"]
    lists = {
        str(item.sqref).split(":")[0].rstrip("0123456789"): item.formula1
        for item in sheet.data_validations.dataValidation
    }
    assert lists[column(sheet, "类型")] == '"定量,定性"'
    assert lists[column(sheet, "单位")].startswith("'选项'!")
    assert sheet.freeze_panes == "A4"


@pytest.mark.parametrize(
    ("change", "where", "what"),
    [
        (put("Ⅰ级", WATER, "约8"), "J6", "「约8」看不出是多少"),
        (put("Ⅰ级", WATER, "1，5"), "J6", "逗号看不出是千位还是小数点"),
        (put("Ⅰ级", WATER, "≥8"), "J6", "符号 ≥ 与方向「越小越好」矛盾"),
        (put("Ⅰ级", WATER, "8 kg"), "J6", "单位与单位列不是一回事"),
        (put("Ⅰ级", WATER, "6~"), "J6", "区间没有写全"),
        (put("Ⅰ级", WATER, "6~9"), "J6", "区间，方向却不是 range"),
        (put("Ⅰ级", WATER, "8+2m"), "J6", "变量「m」没有在工作表「变量」里登记"),
        (put("Ⅰ级", WATER, "=1+1"), "J6", "公式没有存下算好的结果"),
        (put("Ⅰ级", WATER, "#DIV/0!"), "J6", "错误值 #DIV/0!"),
        (put("Ⅰ级", 5, 12), "J5", "定性指标的Ⅰ级写的是数值「12」"),
        (put("单位", WATER, "升每方"), "F6", "单位「升每方」不在单位表里"),
        (put("方向", WATER, "小"), "G6", "「小」不在可选的内容里"),
        (put("方向", WATER, None), "第 6 行", "「方向」没有填：Ⅰ级 8，Ⅱ级 24，Ⅲ级 40"),
        (put("二级权重", WATER, "七成"), "I6", "「七成」不是数值"),
        (put("二级权重", WATER, 70), "I6", "权重 70 不在 0 到 1 之间"),
        (put("二级权重", WATER, 0.6), "", "「资源」的二级权重相加为 0.9，应为 1"),
        (put("一级指标", WATER, "水"), "B6", "没有「水」这个一级指标"),
        (put("指标编号", ZINC, "copper"), "C8", "二级指标编号「copper」重复"),
        (put("指标编号", ZINC, "锌"), "C8", "编号「锌」不合规则"),
        (put("来源", WATER, "梦"), "T6", "来源「梦」没有在工作表「来源」里登记"),
        (put("核实状态", WATER, "已核对原文"), "U6", "没有写全谁、哪天、对照哪份原文"),
        (lambda sheet: sheet.merge_cells("I6:I7"), "I6:I7", "有合并单元格"),
        (put("二级指标", 2, "名字"), "D2", "不认识的列「名字」"),
    ],
)  # fmt: skip
def test_a_bad_cell_is_named(tmp_path: Path, change: Change, where: str, what: str) -> None:
    found = problems(altered(tmp_path, change))
    assert any(where in line and what in line for line in found), found


def test_all_problems_at_once_in_the_order_of_the_workbook(tmp_path: Path) -> None:
    path = altered(
        tmp_path,
        put("Ⅲ级", ZINC, "很多"),
        put("Ⅰ级", WATER, "约8"),
        put("单位", COPPER, "箱"),
    )
    assert [line.split("：")[0] for line in problems(path)] == [
        "工作表「二级指标」 J6",
        "工作表「二级指标」 F7",
        "工作表「二级指标」 L8",
    ]


def test_percent_and_fraction_are_told_apart(tmp_path: Path) -> None:
    path = altered(
        tmp_path,
        put("Ⅰ级", COPPER, 0.9, "0%"),
        put("Ⅱ级", COPPER, "80％"),
        put("二级权重", WATER, 0.7, "0%"),
    )
    copper = indicator(read_system_workbook(path), "copper")
    limits = [copper.benchmarks[level] for level in (Level.I, Level.II, Level.III)]
    assert [limit.value for limit in limits if isinstance(limit, Limit)] == [90, 80, 75]
    as_fractions = altered(
        tmp_path, *(put(f"{name}级", COPPER, value) for name, value in (("Ⅰ", 0.9), ("Ⅱ", 0.8), ("Ⅲ", 0.75)))
    )  # fmt: skip
    warned = [problem.what for problem in read_system_workbook(as_fractions).warnings]
    assert any("各级的值却都不超过 1" in what for what in warned)


def test_signs_decide_about_equality(tmp_path: Path) -> None:
    strict = altered(
        tmp_path, put("Ⅰ级", WATER, "<8"), put("Ⅱ级", WATER, "＜24"), put("Ⅲ级", WATER, "<40")
    )
    assert indicator(read_system_workbook(strict), "water").strict
    mixed = altered(tmp_path, put("Ⅰ级", WATER, "<8"), put("Ⅱ级", WATER, "≤24"))
    assert any("K6：同一行有的带等号，有的不带" in line for line in problems(mixed))
    denied = altered(tmp_path, put("Ⅰ级", WATER, "<8"), put("不含等号", WATER, "否"))
    assert any("J6：符号不带等号" in line for line in problems(denied))


def test_hidden_rows_are_read_and_told(tmp_path: Path) -> None:
    def hide(sheet: Worksheet) -> None:
        sheet.row_dimensions[WATER].hidden = True

    loaded = read_system_workbook(altered(tmp_path, hide))
    assert indicator(loaded, "water").weight is not None
    assert [problem.where for problem in loaded.warnings] == ["工作表「二级指标」 第 6 行"]


def test_a_formula_with_a_stored_result_is_its_result(tmp_path: Path) -> None:
    path = altered(tmp_path, put("Ⅰ级", WATER, "=4+4"))
    stored = tmp_path / "算过.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(stored, "w") as new:
        for item in old.infolist():
            data = old.read(item)
            new.writestr(item, re.sub(rb"<f>4\+4</f>(<v ?/>|<v></v>)", b"<f>4+4</f><v>8</v>", data))
    limit = indicator(read_system_workbook(stored), "water").benchmarks[Level.I]
    assert isinstance(limit, Limit)
    assert limit.value == 8


def test_a_missing_sheet_and_a_foreign_one(tmp_path: Path) -> None:
    path = altered(tmp_path)
    book = openpyxl.load_workbook(path)
    book.create_sheet("我的笔记")["A1"] = "hello"
    book.save(path)
    assert [problem.where for problem in read_system_workbook(path).warnings] == [
        "工作表「我的笔记」"
    ]
    del book["级别"]
    book.save(path)
    assert problems(path) == ["体系.xlsx：缺少工作表「级别」"]


def test_the_explaining_row_may_be_deleted(tmp_path: Path) -> None:
    path = altered(tmp_path, lambda sheet: sheet.delete_rows(3))
    assert read_system_workbook(path).system == load_system_file(GOOD).system


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("a.xlsx", bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 600, "加密的工作簿，或旧版 .xls"),
        ("a.xlsx", b"not a workbook", "不是完好的 .xlsx"),
        ("a.xlsx", b"", "不是完好的 .xlsx"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, name: str, content: bytes, what: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert what in problems(tmp_path / name)[0]


def test_macros_torn_and_missing_files_are_refused(tmp_path: Path) -> None:
    path = altered(tmp_path)
    torn = tmp_path / "断.xlsx"
    torn.write_bytes(path.read_bytes()[:-400])
    assert "不是完好的 .xlsx" in problems(torn)[0]
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macro")
    assert "有宏" in problems(path)[0]
    assert "打不开" in problems(tmp_path / "没有.xlsx")[0]
    other = tmp_path / "压缩包.xlsx"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("readme.txt", "hi")
    assert "不是完好的 .xlsx" in problems(other)[0]


def verified() -> IndicatorSystem:
    """The good system with one row and one single value checked against the print."""
    text = GOOD.read_text(encoding="utf-8").replace(
        "      limiting: true\n",
        "      limiting: true\n      verification: verified\n      checked_by: 李工\n"
        "      checked_on: '2026-11-22'\n      checked_against: 公告纸本第 3 页\n"
        "      values:\n        weight: {verification: recalled, doubt: 字迹不清}\n"
        "        II: {printed: 二十四, source: print}\n",
    )
    return load_system_text(text, "核对过.yaml").system


def test_verified_values_travel_with_their_signature(tmp_path: Path) -> None:
    system = verified()
    write_system(system, tmp_path / "v.xlsx")
    again = read_system_workbook(tmp_path / "v.xlsx").system
    assert again == system
    water = next(row for row in again.tables[0].indicators() if row.id == "water")
    assert water.provenance.checked_by == "李工"
    assert water.weight_provenance is not None
    assert water.weight_provenance.doubt == "字迹不清"
    assert water.provenance_of(Level.II).printed == "二十四"
    assert water.provenance_of(Level.II).verification is Verification.VERIFIED
