"""Columns of Word tables: no figure, date or code is narrower in its column than it is long."""

import pytest

from app.papers.document import Align, Column, Row, Sheet, Size, Table
from app.papers.document import Document as Paper
from app.papers.unbroken import UNBROKEN
from app.word.columns import PADDING, fitted, text_width
from tests.word.test_docx import parts, report

PAGE = 444.0  # points of text on an upright A4 page
ROOM = {Sheet.PORTRAIT: PAGE, Sheet.LANDSCAPE: 690.0, Sheet.A3: 1039.0}


def tables(document: Paper) -> list[Table]:
    return [b for chapter in parts(document) for b in chapter.blocks if isinstance(b, Table)]


def broken(table: Table, size: float, widths: list[float]) -> list[str]:
    return [
        word
        for row in table.rows
        if len(row.cells) == len(table.columns)
        for cell, width in zip(row.cells, widths, strict=True)
        if isinstance(cell, str)
        for word in UNBROKEN.findall(cell)
        if text_width(word, size) > width - 2 * PADDING + 0.01
    ]


@pytest.mark.parametrize("which", ["chengling", "huichuan"])
def test_no_figure_of_a_report_breaks(which: str) -> None:
    found = tables(report(which))
    assert len(found) > 20
    for table in found:
        room = ROOM[table.sheet] * table.width
        size, widths = fitted(table, 9.0, room)
        assert sum(widths) == pytest.approx(room)
        assert not broken(table, size, widths), table.caption


def wide(columns: int) -> Table:
    return Table(
        "t",
        "监测结果",
        (
            *(Column(f"第 {n} 项", 1.0, align=Align.NUMBER) for n in range(columns - 2)),
            Column("日期", 0.2),
            Column("说明", 6.0),
        ),
        (Row((*["12345.67"] * (columns - 2), "2026-10-21", "长的说明文字" * 8)),),
        size=Size.SMALL,
    )


@pytest.mark.parametrize("columns", [3, 6, 10, 12])
def test_room_comes_from_the_wide_columns_and_then_from_the_type(columns: int) -> None:
    table = wide(columns)
    size, widths = fitted(table, 9.0, PAGE)
    assert sum(widths) == pytest.approx(PAGE)
    assert not broken(table, size, widths)
    assert (size < 9.0) == (columns >= 12)


def test_what_no_page_can_hold_still_has_the_width_of_the_page() -> None:
    size, widths = fitted(wide(40), 9.0, PAGE)
    assert size == 6.5
    assert sum(widths) == pytest.approx(PAGE)
