"""Pasting a block of cells: what is understood, what would be written, and every problem with its place."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.assessment.finding import NotApplicable
from app.forms.answer import AnswerBook, Change, Given, RowsChange, cell_key
from app.forms.cell_words import serial_day
from app.forms.grid import Grid, grid_from_rows, grid_from_text
from app.forms.paste import plan_paste
from app.forms.question import NumberCheck, Option, Question, QuestionKind, RowsKind, TableQuestion
from app.forms.reading.periods import read_label
from app.forms.reading.plan import ROW_NAMES, UNUSED

# every scalar stays text, as on a clipboard
CASES = yaml.load(
    (Path(__file__).parent / "paste_cases.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader
)


def _number(column_id: str, title: str, unit: str, **more: Any) -> Question:
    return Question(
        column_id, title, QuestionKind.NUMBER, unit=unit, check=NumberCheck(minimum="0"), **more
    )


BILLS = TableQuestion(
    "bills",
    "电和天然气账单",
    RowsKind.MONTHS,
    (
        Question("period", "抄表期", QuestionKind.TEXT, required=False),
        _number("electricity", "电量", "kWh"),
        _number("fee", "电费", "元"),
        _number("gas", "天然气", "m³"),
        Question("tce", "折标煤", QuestionKind.NUMBER, unit="tce", derived="energy.month_tce"),
    ),
)
METALS = TableQuestion(
    "metals",
    "金属",
    RowsKind.FIXED,
    (_number("used", "用量", "kg"), _number("kept", "镀层", "kg")),
    fixed_rows=(Option("zinc", "锌"), Option("copper", "铜"), Option("nickel", "镍")),
)
YEARLY = TableQuestion("yearly", "三年产值", RowsKind.YEARS, (_number("value", "年产值", "万元"),))
VOC = TableQuestion(
    "voc",
    "VOC 物料",
    RowsKind.FREE,
    (
        Question("name", "物料", QuestionKind.TEXT),
        Question(
            "kind",
            "类别",
            QuestionKind.CHOICE,
            options=(Option("ink", "油墨"), Option("thin", "稀释剂")),
        ),
        _number("used", "年用量", "kg"),
        Question("bought", "购入日期", QuestionKind.DATE, required=False),
    ),
)
TABLES = {table.id: table for table in (BILLS, METALS, YEARLY, VOC)}


def _book(case: dict[str, Any]) -> AnswerBook:
    answers = {key: Given(text) for key, text in case.get("book", {}).items()}
    rows = {table: tuple(ids) for table, ids in case.get("rows", {}).items()}
    return AnswerBook(answers, rows)


def _grid(case: dict[str, Any]) -> Grid:
    text = case["grid"]
    if isinstance(text, str):
        return grid_from_text(
            "\n".join(
                "\t".join(p.strip() for p in line.split("|")) for line in text.strip().split("\n")
            )
        )
    return grid_from_rows([[str(cell) for cell in row] for row in text])


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_pasted_block_is_understood_or_shown(case: dict[str, Any]) -> None:
    table = TABLES[case["table"]]
    at = case.get("at")
    plan = plan_paste(
        table,
        _grid(case),
        _book(case),
        base_year=2025,
        year=int(case.get("year", 2025)),
        top_left=(at[0], at[1]) if at else None,
        targets=case.get("targets"),
        factors={int(k): Fraction(v) for k, v in case.get("factors", {}).items()},
        reason=case.get("reason", ""),
        decisions=case.get("decisions"),
    )
    written = {}
    for change in plan.changes:
        if isinstance(change, Change):
            after = change.after
            written[change.key.split("/", 1)[1]] = (
                f"na:{after.reason}"
                if isinstance(after, NotApplicable)
                else getattr(after, "text", "")
            )
    assert written == {key: str(value) for key, value in case["writes"].items()}
    problems = [f"{problem.where}：{problem.what}" for problem in plan.problems]
    expected = case.get("problems", [])
    assert len(problems) == len(expected), problems
    for shown, wanted in zip(problems, expected, strict=True):
        assert wanted in shown
    assert all(problem.remedy for problem in plan.problems)
    for wanted in case.get("understood", []):
        assert any(wanted in text for text in plan.understood), plan.understood
    asked = case.get("asks", [])
    assert len(plan.questions) == len(asked), plan.questions
    for question, wanted in zip(plan.questions, asked, strict=True):
        assert wanted in question.text
    assert plan.replaced == int(case.get("replaces", 0))
    assert plan.unchanged == int(case.get("unchanged", 0))
    rows = [change.after for change in plan.changes if isinstance(change, RowsChange)]
    assert [list(after) for after in rows] == ([case["rows_after"]] if "rows_after" in case else [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025年3月", (2025, 3)),
        ("25年3月", (2025, 3)),
        ("2025-03", (2025, 3)),
        ("2025/3/31", (2025, 3)),
        ("2025.03", (2025, 3)),
        ("２０２５年３月", (2025, 3)),
        ("3月", (None, 3)),
        ("03 月份", (None, 3)),
        ("十二月", (None, 12)),
        ("Mar-25", (2025, 3)),
        ("2024.12.26-2025.01.25", (2025, 1)),
        ("2024-12-26 至 2025-01-25", (2025, 1)),
        ("2025-03-01 00:00:00", (2025, 3)),
        ("13月", None),
        ("合计", None),
        ("128400", None),
        ("", None),
    ],
)
def test_months_as_people_and_spreadsheets_write_them(
    text: str, expected: tuple[int | None, int] | None
) -> None:
    label = read_label(text)
    assert (None if label is None else (label.year, label.month)) == expected


def test_a_serial_number_is_a_day_only_within_this_century() -> None:
    assert str(serial_day("45658")) == "2025-01-01"
    assert serial_day("128400") is None
    assert serial_day("12840") is None


def test_the_clipboard_keeps_line_ends_inside_quoted_cells() -> None:
    grid = grid_from_text('月份\t说明\r\n1月\t"春节\n停产"\r\n')
    assert grid.rows[1][1].text == "春节\n停产"
    assert grid.rows[1][1].place == "第 2 行第 2 列"


def test_one_column_of_numbers_with_commas_is_not_a_csv() -> None:
    assert grid_from_text("128,400\n96,200").width == 1


def test_every_cell_of_a_block_is_accounted_for() -> None:
    """Written, a row name, a heading, a total, or named: nothing else is possible."""
    grid = grid_from_text(
        "月份\t电量\t电费\t备注\n1月\t128,400\t--\t见附件\n2月\tabc\t70569.63\t\n13月\t5\t6\t7"
    )
    plan = plan_paste(BILLS, grid, AnswerBook(), base_year=2025, year=2025)
    written = {cell.source for cell in plan.cells}
    named = {problem.where for problem in plan.problems}
    for r in range(1, 4):
        row_named = grid.rows[r][0].place in named
        for c in range(1, 3):
            place = grid.rows[r][c].place
            assert place in written | named or row_named, place


def test_columns_can_be_chosen_by_hand() -> None:
    grid = grid_from_text("甲\t乙\t丙\n1月\t5\t6000\n2月\t7\t8000")
    plan = plan_paste(
        BILLS,
        grid,
        AnswerBook(),
        base_year=2025,
        year=2025,
        targets={0: ROW_NAMES, 1: UNUSED, 2: "gas"},
    )
    assert [cell.key for cell in plan.cells] == [
        cell_key("bills", "2025-01", "gas"),
        cell_key("bills", "2025-02", "gas"),
    ]
    assert not plan.problems
