"""核对单: every row of a system on paper, with the doubts, the state and room to write."""

from datetime import date
from pathlib import Path

import pytest

from app.papers.check_sheet import check_sheet
from app.reports.pdf import write_pdf
from app.reports.read_back import text_of
from tests.helpers.forms import shipped_system

TODAY = date(2026, 11, 22)


def printed(system_id: str, target: Path, *, prints: tuple[str, ...] = ()) -> str:
    system = shipped_system(system_id)
    tables = [table.id for table in system.tables]
    write_pdf(check_sheet(system, tables, today=TODAY, prints=prints), target)
    return text_of(target.read_bytes())


@pytest.mark.parametrize(
    "system_id",
    [
        "electroplating-2015",
        "beer-hjt183-2006",
        "energy-quota-beer-gb32047-2025",
        "battery-2015",
        "coating-2016",
        "pcb-64-draft",
        "eco-industrial-park-hj274-2015",
        "green-construction-gbt50640-2010",
    ],
)
def test_every_row_is_on_the_sheet(system_id: str, tmp_path: Path) -> None:
    words = printed(system_id, tmp_path / "sheet.pdf")
    system = shipped_system(system_id)
    rows = [row for table in system.tables for row in table.indicators()]
    missing = [row.name for row in rows if "".join(row.name.split()) not in words]
    assert missing == []
    assert words.count("□") >= len(rows)
    assert words.count("复核人（另一个人）") == len(system.tables)


def test_thresholds_sources_and_the_opened_print_are_named(tmp_path: Path) -> None:
    words = printed("electroplating-2015", tmp_path / "sheet.pdf", prints=("公告.pdf　SHA-256 ab",))
    assert "单位产品每次清洗取水量L/m²越低越好1限≤8≤24≤40甲□" in words
    assert "对照的文件公告.pdfSHA-256ab" in words
    assert "2026-11-22打印" in words
    assert "草稿" not in words
