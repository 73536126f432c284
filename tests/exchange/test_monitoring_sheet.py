"""A laboratory's monitoring results from .xlsx: every row arrives, and 「未检出」 is neither zero nor lost."""

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from openpyxl import Workbook

from app.assessment.finding import NotApplicable
from app.forms.answer import AnswerBook, Given, apply, cell_key
from app.forms.parse import NO_DETECTION_LIMIT, parse_answer
from app.forms.paste import plan_paste
from app.forms.reading.plan import PastePlan
from app.services.bills import read_bills
from tests.helpers.forms import derivation

TABLE = "env.monitoring"
EMPTY = AnswerBook()
HEAD = (
    "序号",
    "监测点位",
    "采样日期",
    "监测因子",
    "单位",
    "检测结果",
    "标准限值",
    "执行标准",
    "报告编号",
)
ROWS = (
    (1, "DW001 总排口", date(2025, 3, 12), "pH", "无量纲", 7.3, 9, "GB 21900-2008", "HJ2503-018"),
    (2, "DW001 总排口", date(2025, 3, 12), "总镍", "mg/L", "<0.01", 0.5, "GB 21900-2008", "HJ2503-018"),
    (3, "DW001 总排口", "2025.3.12", "总银", "mg/L", "ND", 0.3, "GB 21900-2008", "HJ2503-018"),
    (4, "DW001 总排口", "2025年3月12日", "六价铬", "mg/L", "0.004L", 0.2, "GB 21900-2008", "HJ2503-018"),
    (5, "DA001 酸雾塔", 45729, "氯化氢", "mg/m³", "未检出（检出限0.9）", 30, "GB 21900-2008", "HJ2503-019"),
    (6, "DA001 酸雾塔", date(2025, 3, 13), "铬酸雾", "mg/m³", 0.05, 0.05, "GB 21900-2008", "HJ2503-019"),
)  # fmt: skip


def workbook(folder: Path, rows: tuple[tuple[object, ...], ...] = ROWS) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "监测数据"
    sheet.append(["2025 年第一季度自行监测结果"])
    sheet.merge_cells("A1:I1")
    sheet.append(HEAD)
    for row in rows:
        sheet.append(list(row))
    path = folder / "自行监测.xlsx"
    book.save(path)
    return path


def planned(path: Path, book: AnswerBook = EMPTY) -> PastePlan:
    (sheet,) = read_bills(path)
    table = derivation(book).index.tables[TABLE]
    return plan_paste(table, sheet.grid, book, base_year=2025)


def test_all_rows_arrive_with_their_dates_limits_and_reports(tmp_path: Path) -> None:
    plan = planned(workbook(tmp_path))
    assert [problem.what for problem in plan.problems] == []
    assert sum("都不是零" in said for said in plan.understood) == 1
    book = apply(EMPTY, plan.changes)
    rows = book.row_ids(TABLE)
    assert len(rows) == len(ROWS)
    for row_id, (_, outlet, _, item, unit, _, limit, standard, report) in zip(
        rows, ROWS, strict=True
    ):
        expected = {
            "outlet": outlet, "item": item, "unit": unit, "limit": str(limit), "standard": standard, "report": report,
        }  # fmt: skip
        for column, text in expected.items():
            assert book.text(cell_key(TABLE, row_id, column)) == text, (row_id, column)
    dates = [book.text(cell_key(TABLE, row_id, "date")) for row_id in rows]
    assert dates == ["2025-03-12"] * 4 + ["2025-03-13"] * 2


def test_what_was_not_detected_is_half_of_the_limit_of_detection_or_said_so(tmp_path: Path) -> None:
    book = apply(EMPTY, planned(workbook(tmp_path)).changes)
    ph, nickel, silver, chrome, acid, mist = (
        book.get(cell_key(TABLE, row_id, "result")) for row_id in book.row_ids(TABLE)
    )
    assert isinstance(ph, Given)
    assert (ph.text, ph.note) == ("7.3", "")
    assert nickel == Given("0.005", raw="<0.01", note="未检出，检出限 0.01，按一半记")
    assert silver == NotApplicable(NO_DETECTION_LIMIT)
    assert chrome == Given("0.002", raw="0.004L", note="未检出，检出限 0.004，按一半记")
    assert isinstance(acid, Given)
    assert (acid.text, acid.note) == ("0.45", "未检出，检出限 0.9，按一半记")
    assert isinstance(mist, Given)
    assert mist.text == "0.05"


def test_the_share_of_the_limit_follows_and_knows_what_was_not_detected(tmp_path: Path) -> None:
    book = apply(EMPTY, planned(workbook(tmp_path)).changes)
    made = derivation(book)
    _, nickel, silver, *_, mist = book.row_ids(TABLE)
    assert made.cell(TABLE, nickel, "share").value == Fraction(1)
    assert made.cell(TABLE, silver, "share").not_applicable == NO_DETECTION_LIMIT
    assert made.cell(TABLE, silver, "share").value is None
    assert made.cell(TABLE, mist, "share").value == 100


def test_new_results_come_below_the_old_ones(tmp_path: Path) -> None:
    first = apply(EMPTY, planned(workbook(tmp_path, ROWS[:2])).changes)
    both = apply(first, planned(workbook(tmp_path, ROWS[2:4]), first).changes)
    items = [both.text(cell_key(TABLE, row_id, "item")) for row_id in both.row_ids(TABLE)]
    assert items == ["pH", "总镍", "总银", "六价铬"]


def test_a_result_that_cannot_be_read_is_named_with_its_cell(tmp_path: Path) -> None:
    row = (1, "DW001", date(2025, 3, 12), "总锌", "mg/L", "见附件", 1, "GB 21900-2008", "HJ1")
    plan = planned(workbook(tmp_path, (row, ROWS[1])))
    (problem,) = plan.problems
    assert problem.where == "F3"
    assert problem.remedy
    book = apply(EMPTY, plan.changes)
    assert book.text(cell_key(TABLE, book.row_ids(TABLE)[0], "item")) == "总锌"


@pytest.mark.parametrize("typed", ["ND", "n.d.", "未检出", "低于检出限", "ＮＤ"])
def test_not_detected_without_a_limit_is_no_number(typed: str) -> None:
    question = derivation(EMPTY).index.places["env.monitoring.result"].question
    assert parse_answer(question, typed).answer == NotApplicable(NO_DETECTION_LIMIT)


@pytest.mark.parametrize("typed", ["<", "L", "<0.01mg/L", "-", "0.01~0.02"])
def test_what_only_looks_like_it_is_not_taken_for_it(typed: str) -> None:
    question = derivation(EMPTY).index.places["env.monitoring.result"].question
    answer = parse_answer(question, typed).answer
    assert isinstance(answer, Given)
    assert (answer.text, answer.raw) == ("", typed)


@pytest.mark.parametrize("typed", ["ND", "<0.01", "0.01L"])
def test_a_bill_knows_no_limit_of_detection(typed: str) -> None:
    question = derivation(EMPTY).index.places["energy.bills.electricity"].question
    answer = parse_answer(question, typed).answer
    assert isinstance(answer, Given)
    assert answer.text == ""
