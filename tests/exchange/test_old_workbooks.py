"""Workbooks of other programs and other times: .xls, .et, .xlsb, .ods, .xlsm, Strict OOXML; each read right or refused in words."""

import shutil
import time
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from openpyxl import Workbook

from app.errors import UserError
from app.exchange.bill_sheet import read_bill_file
from app.forms.answer import AnswerBook, Given
from app.forms.grid import Grid
from app.forms.paste import plan_paste
from tests.helpers.forms import derivation
from tests.helpers.old_workbooks import binary_workbook

FOLDER = Path(__file__).parent / "old_workbooks"
BOOK = AnswerBook({"audit.base_year": Given("2025")})
KWH = (152300, 128400, 158900, 161200, 149800, 155600, 163700, 168200, 151900, 147300, 159800, 165300)  # fmt: skip


def _written(grid: Grid) -> dict[str, str]:
    table = derivation(BOOK).index.tables["energy.bills"]
    plan = plan_paste(table, grid, BOOK, base_year=2025, year=2025)
    assert not plan.questions
    return {f"{c.row_id}/{c.column_id}": getattr(c.after, "text", "") for c in plan.cells}


@pytest.mark.parametrize("name", ["all.xls", "all.et", "all.dat", "all.ods"])
def test_hidden_rows_percent_and_errors_are_known_in_old_and_open_workbooks(
    tmp_path: Path, name: str
) -> None:
    """Written by LibreOffice; .et is what WPS calls the same. A hidden 「2025-04 999」, a hidden column, =1/0, a chart."""
    source = FOLDER / ("all.ods" if name.endswith("ods") else "all.xls")
    path = tmp_path / name
    shutil.copy(source, path)
    first, second = read_bill_file(path)
    assert (first.name, second.name) == ("2025年电费", "旧账")
    assert any("隐藏" in note for note in second.grid.notes)
    assert first.grid.hidden_rows == {14}
    assert first.grid.hidden_columns == {2}
    assert [cell.text for cell in first.grid.rows[2]] == ["2025-01-01", "152300", "151300", "112702", "25%"]  # fmt: skip
    assert [cell.text for cell in first.grid.rows[15]] == ["合计", "1862400", "", "#DIV/0!", ""]
    assert first.grid.rows[0][1].merged
    written = _written(first.grid)
    assert [written[f"2025-{m:02d}/electricity"] for m in range(1, 13)] == [str(k) for k in KWH]
    assert written["2025-04/electricity_fee"] == "119288"


def test_days_that_count_from_1904_are_days_of_their_year(tmp_path: Path) -> None:
    grid = read_bill_file(FOLDER / "1904.xls")[0].grid
    assert grid.from_1904
    assert grid.rows[2][0].text == "2025-01-28"
    assert grid.rows[2][2].text == "50%"
    assert grid.hidden_rows == {3}


def test_a_binary_workbook_is_read_with_its_hidden_rows_and_errors(tmp_path: Path) -> None:
    rows: list[list[object]] = [["月份", "电量(kWh)", "电费(元)"]]
    rows += [[f"{m}月", KWH[m - 1], "#N/A" if m == 2 else 100000 + m] for m in range(1, 13)]
    rows.append(["3月", 1, 1])
    path = tmp_path / "电费.xlsb"
    path.write_bytes(binary_workbook(rows, {13}))
    grid = read_bill_file(path)[0].grid
    assert grid.hidden_rows == {13}
    assert grid.rows[2][2].text == "#N/A"
    written = _written(grid)
    assert [written[f"2025-{m:02d}/electricity"] for m in range(1, 13)] == [str(k) for k in KWH]
    assert "2025-02/electricity_fee" not in written
    assert written["2025-03/electricity_fee"] == "100003"


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.9])
def test_a_torn_old_workbook_is_refused_in_plain_words(tmp_path: Path, cut: float) -> None:
    whole = (FOLDER / "all.xls").read_bytes()
    path = tmp_path / "账单.xls"
    path.write_bytes(whole[: int(len(whole) * cut)])
    with suppress(UserError):  # anything else is a traceback for the user
        read_bill_file(path)


# ------------------------------------------------------------------ OOXML in other words


def _book() -> Workbook:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["月份", "电量(kWh)", "电费(元)"])
    for month, kwh in enumerate(KWH, start=1):
        sheet.append([f"2025-{month:02d}", kwh, 100000 + month])
    return book


def _parts(path: Path, change: dict[str, tuple[str, str]]) -> None:
    """Rewrites the file with words replaced in its parts."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            for mark, (old, new) in change.items():
                if mark in name:
                    data = data.replace(old.encode(), new.encode())
            archive.writestr(name, data)


@pytest.mark.parametrize("name", ["电费.xlsx", "电费.xlsm", "电费.et", "电费.xls"])
def test_a_workbook_is_told_by_what_is_in_it_not_by_its_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with path.open("wb") as file:
        _book().save(file)
    assert _written(read_bill_file(path)[0].grid)["2025-12/electricity"] == "165300"


def test_strict_ooxml_is_read(tmp_path: Path) -> None:
    path = tmp_path / "电费.xlsx"
    _book().save(path)
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    links = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    _parts(path, {"xl/": (main, "http://purl.oclc.org/ooxml/spreadsheetml/main")})
    _parts(path, {"": (links, "http://purl.oclc.org/ooxml/officeDocument/relationships")})
    assert _written(read_bill_file(path)[0].grid)["2025-12/electricity"] == "165300"


def test_a_style_that_is_no_number_does_not_stop_the_reading(tmp_path: Path) -> None:
    path = tmp_path / "电费.xlsx"
    _book().save(path)
    _parts(path, {"styles.xml": ('<sz val="11" />', '<sz val="NaN" />')})
    assert _written(read_bill_file(path)[0].grid)["2025-12/electricity"] == "165300"


def test_an_error_value_is_shown_not_read_as_empty(tmp_path: Path) -> None:
    book = _book()
    sheet = book.active
    assert sheet is not None
    sheet["B4"] = "#REF!"
    path = tmp_path / "电费.xlsx"
    book.save(path)
    grid = read_bill_file(path)[0].grid
    assert grid.rows[3][1].text == "#REF!"
    table = derivation(BOOK).index.tables["energy.bills"]
    plan = plan_paste(table, grid, BOOK, base_year=2025, year=2025)
    assert any("#REF!" in problem.what for problem in plan.problems)


def test_rows_that_are_only_formatted_cost_little_and_change_nothing(tmp_path: Path) -> None:
    path = tmp_path / "电费.xlsx"
    _book().save(path)
    ghosts = "".join(f'<row r="{n}"><c r="A{n}" s="0"/></row>' for n in range(20, 60_000))
    _parts(path, {"sheet1.xml": ("</sheetData>", ghosts + "</sheetData>")})
    began = time.process_time()
    grid = read_bill_file(path)[0].grid
    assert len(grid.rows) == 13
    assert time.process_time() - began < 5  # far off; it must not be a minute


@pytest.mark.parametrize("encoding", ["gb18030", "gbk", "big5", "utf-16", "utf-16-le", "utf-8-sig"])
def test_text_tables_in_every_encoding_of_the_field(tmp_path: Path, encoding: str) -> None:
    lines = ["月份,電量(kWh),電費(元)" if encoding == "big5" else "月份,电量(kWh),电费(元)"]
    lines += [f"2025年{m}月,{k},{100000 + m}" for m, k in enumerate(KWH, start=1)]
    path = tmp_path / "电费.csv"
    path.write_bytes("\r\n".join(lines).encode(encoding))
    assert _written(read_bill_file(path)[0].grid)["2025-12/electricity"] == "165300"


def test_a_quote_that_is_never_closed_is_said(tmp_path: Path) -> None:
    path = tmp_path / "quote_open.csv"
    path.write_text('月份,电量(kWh),说明\n1月,152300,"春节\n2月,128400,\n3月,158900,\n', "utf-8")
    table = derivation(BOOK).index.tables["energy.bills"]
    plan = plan_paste(table, read_bill_file(path)[0].grid, BOOK, base_year=2025, year=2025)
    assert any("第 2 行有引号没有配对" in problem.what for problem in plan.problems)
    written = {
        c.row_id: getattr(c.after, "text", "") for c in plan.cells if c.column_id == "electricity"
    }
    assert written == {"2025-01": "152300", "2025-02": "128400", "2025-03": "158900"}
