"""Workbooks and CSV files as grids: every kind of cell is read or shown with its place."""

import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from app.errors import UserError
from app.exchange.bill_sheet import read_bill_file


def saved(folder: Path, book: Workbook, name: str = "电费 2025.xlsx") -> Path:
    path = folder / name
    book.save(path)
    return path


def texts(path: Path) -> list[list[str]]:
    return [[cell.text for cell in row] for row in read_bill_file(path)[0].grid.rows]


def test_numbers_dates_percent_and_text_come_as_one_would_type_them(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["月份", "电量", "电费", "比例", "说明", "停产"])
    sheet.append([datetime.date(2025, 1, 1), 128400, 95138.24, 0.95, " 春节 ", True])
    evening = datetime.datetime.fromisoformat("2025-02-01T08:30")  # Excel knows no time zones
    sheet.append([evening, 0.1 + 0.2, "96,200", 1, None, False])
    sheet["D2"].number_format = sheet["D3"].number_format = "0.00%"
    assert texts(saved(tmp_path, book)) == [
        ["月份", "电量", "电费", "比例", "说明", "停产"],
        ["2025-01-01", "128400", "95138.24", "95%", "春节", "是"],
        ["2025-02-01 08:30:00", "0.3", "96,200", "100%", "", "否"],
    ]


def test_every_cell_knows_its_place_also_when_the_table_does_not_begin_at_a1(
    tmp_path: Path,
) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["C4"], sheet["D4"], sheet["C5"], sheet["D5"] = "月份", "电量", "1月", 128400
    grid = read_bill_file(saved(tmp_path, book))[0].grid
    assert [[cell.place for cell in row] for row in grid.rows] == [["C4", "D4"], ["C5", "D5"]]


def test_merged_cells_are_told_apart_from_empty_ones(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["2025 年用电", None, None])
    sheet.append(["月份", "电量", "电费"])
    sheet.merge_cells("A1:C1")
    first = read_bill_file(saved(tmp_path, book))[0].grid.rows[0]
    assert [cell.merged for cell in first] == [False, True, True]


def test_a_formula_without_a_stored_result_is_shown_not_read_as_empty(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["1月", 5])
    sheet.append(["合计", "=SUM(B1:B1)"])
    cell = read_bill_file(saved(tmp_path, book))[0].grid.rows[1][1]
    assert cell.text == ""
    assert "公式" in cell.note
    assert cell.place == "B2"


def test_hidden_rows_columns_and_sheets_are_known(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in range(1, 5):
        sheet.append([f"{row}月", row, row])
    sheet.row_dimensions[2].hidden = True
    sheet.column_dimensions["B"].hidden = True
    book.create_sheet("空的")
    other = book.create_sheet("旧账")
    other.append(["x"])
    other.sheet_state = "hidden"
    sheets = read_bill_file(saved(tmp_path, book))
    assert [found.name for found in sheets] == ["Sheet", "旧账"]
    grid = sheets[0].grid
    assert len(grid.rows) == 4
    assert grid.hidden_rows == {1}
    assert grid.hidden_columns == {1}
    assert [[cell.text for cell in row] for row in grid.visible().rows] == [
        ["1月", "1"],
        ["3月", "3"],
        ["4月", "4"],
    ]
    assert any("工作表" in note for note in sheets[1].grid.notes)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_in_the_encodings_spreadsheets_write(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "电费.csv"
    path.write_bytes('月份,电量,说明\r\n1月,"128,400",春节停产\r\n'.encode(encoding))
    assert texts(path) == [["月份", "电量", "说明"], ["1月", "128,400", "春节停产"]]
    assert read_bill_file(path)[0].grid.rows[1][1].place == "B2"


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_csv_with_other_delimiters(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"月份{delimiter}电量\n1月{delimiter}5\n", encoding="utf-8")
    assert texts(path) == [["月份", "电量"], ["1月", "5"]]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "不是完好的 .xls"),
        (b"PK\x03\x04 not a zip at all", "不是完好的 .xlsx"),
        (b"", "没有内容"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "不是 .xlsx"),
    ],
)
def test_what_cannot_be_read_is_said_with_a_remedy(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "账单 一.xlsx"
    path.write_bytes(data)
    with pytest.raises(UserError) as caught:
        read_bill_file(path)
    problem = caught.value.problems[0]
    assert problem.where == "账单 一.xlsx"
    assert words in problem.what
    assert problem.remedy


def test_a_file_that_is_gone_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="打不开"):
        read_bill_file(tmp_path / "没有.xlsx")


def test_a_file_too_big_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "大.csv"
    path.write_text("1,2\n" * 200_001, encoding="utf-8")
    with pytest.raises(UserError, match="太大"):
        read_bill_file(path)
