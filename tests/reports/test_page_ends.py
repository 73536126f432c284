"""Where a page ends: never with an empty one after it."""

import dataclasses
import itertools
from pathlib import Path

import pypdfium2

from app.papers.document import (
    Block,
    Chapter,
    Column,
    JoinUp,
    Paragraph,
    Row,
    SealPlace,
    SealRow,
    SubSection,
    Table,
)
from app.reports.pdf import write_pdf
from tests.reports.example_document import FIRM, example


def test_a_table_that_just_fills_its_page_is_followed_by_no_empty_page(tmp_path: Path) -> None:
    """However many rows: the white space below the last block opens no page of its own."""
    paper = dataclasses.replace(example(), cover=None, signatures=None, front=(), appendices=())
    for rows, leads in itertools.product(range(26, 42), range(4)):
        lines = tuple(Row((str(row), "一项")) for row in range(rows))
        table = Table("only", "清单", (Column("序", 1), Column("项目", 3)), lines)
        blocks: tuple[Block, ...] = (*[Paragraph(("写一行。",))] * leads, table)
        target = tmp_path / f"{rows}-{leads}.pdf"
        write_pdf(dataclasses.replace(paper, chapters=(Chapter("清单", blocks),)), target)
        for page in pypdfium2.PdfDocument(target):
            text = page.get_textpage().get_text_range()
            said = [line.strip() for line in text.splitlines() if line.strip()]
            furniture = [line for line in said if FIRM in line or "未封存" in line or "页" in line]
            assert len(said) > len(furniture), (rows, leads, said)


def test_a_name_of_more_rows_than_a_page_holds_is_said_again(tmp_path: Path) -> None:
    paper = dataclasses.replace(example(), cover=None, signatures=None, front=(), appendices=())
    for text in ("一项", "写了很多字的一项" * 60):
        lines = (Row(("排放口甲", text)), *[Row((JoinUp(), text))] * 90)
        table = Table("only", "清单", (Column("名", 1), Column("项目", 3)), lines)
        target = tmp_path / "长.pdf"
        write_pdf(dataclasses.replace(paper, chapters=(Chapter("清单", (table,)),)), target)
        told = [
            "".join(page.get_textpage().get_text_range().split())
            for page in pypdfium2.PdfDocument(target)
        ]
        pages = [one for one in told if "排放口甲" in one]
        assert len(pages) > 2
        assert sum(page.count("一项") for page in pages) == 91 * text.count("一项")


def test_a_table_goes_on_with_a_few_rows_and_on_another_page(tmp_path: Path) -> None:
    """However many rows: neither one or two of them alone on the next page, nor a second head on the same page."""
    paper = dataclasses.replace(example(), front=(), appendices=())
    parted = 0
    tall = f"一项{'写了很多字' * 15}"  # a row taller than the heads
    for rows in range(22, 34):
        texts = ["一项"] * (rows - 4) + [tall] * 4
        lines = tuple(Row((f"第{row}行", text)) for row, text in enumerate(texts))
        table = Table("only", "清单", (Column("序", 1), Column("项目", 3)), lines)
        target = tmp_path / f"{rows}.pdf"
        write_pdf(dataclasses.replace(paper, chapters=(Chapter("清单", (table,)),)), target)
        told = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(target)]
        counts = [page.count("一项") for page in told if "一项" in page]
        assert sum(counts) == rows
        assert min(counts) >= 3, (rows, counts)
        parted += len(counts) > 1
        assert not any("续表" in page and "第0行" in page for page in told), rows
    assert parted > 3


def test_a_heading_at_the_foot_of_a_page_has_rows_of_its_long_table(tmp_path: Path) -> None:
    paper = dataclasses.replace(example(), front=(), appendices=())
    lines = tuple(Row((f"第{row}行", "一项")) for row in range(40))
    table = Table("only", "清单", (Column("序", 1), Column("项目", 3)), lines)
    for count in range(18, 28):
        leads = [Paragraph(("写一行。",))] * count
        blocks: tuple[Block, ...] = (*leads, SubSection("小标题"), table)
        target = tmp_path / f"{count}.pdf"
        write_pdf(dataclasses.replace(paper, chapters=(Chapter("清单", blocks),)), target)
        told = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(target)]
        (page,) = [one for one in told if "小标题" in one]
        assert page.count("一项") >= 3, count


def test_what_is_signed_has_rows_of_its_table_above_it(tmp_path: Path) -> None:
    """However many rows of a form: places for stamps are never alone on a page, and no row is lost."""
    paper = dataclasses.replace(example(), cover=None, signatures=None, front=(), appendices=())
    seals = SealRow((SealPlace("企业名称（盖章）", "甲厂"),), ("填表人", "日　期"))
    for rows, notes in itertools.product((4, *range(16, 40), 66), ((), (("注：说明一句。",),))):
        lines = tuple(Row((f"第{row}行", "一项")) for row in range(rows))
        table = Table("only", "", (Column("序", 1), Column("项目", 3)), lines, notes)
        blocks: tuple[Block, ...] = (table, Paragraph(("以上填报属实。",)), seals)
        target = tmp_path / f"{rows}.pdf"
        write_pdf(dataclasses.replace(paper, chapters=(Chapter("表", blocks),)), target)
        told = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(target)]
        assert sum(page.count("一项") for page in told) == rows
        last = next(page for page in told if "填表人" in page)
        assert last.count("一项") >= min(rows, 3), (rows, len(told))
        assert "以上填报属实" in last


def test_a_table_of_a_few_rows_parts_where_a_third_of_a_page_would_stay_empty(
    tmp_path: Path,
) -> None:
    paper = dataclasses.replace(example(), front=(), appendices=())
    lines = tuple(Row((f"第{row}行", "一项")) for row in range(13))
    table = Table("only", "清单", (Column("序", 1), Column("项目", 3)), lines)
    for before in range(14, 24):
        target = tmp_path / f"{before}.pdf"
        line = Paragraph(("写一行。",))
        blocks: tuple[Block, ...] = (*[line] * before, table, *[line] * 16)
        write_pdf(dataclasses.replace(paper, chapters=(Chapter("清单", blocks),)), target)
        told = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(target)]
        counts = [page.count("一项") for page in told if "一项" in page]
        assert sum(counts) == 13
        assert min(counts) >= 3
        if before <= 17:  # of 29 lines, under a heading: more than a third of the page is left
            assert "一项" in next(page for page in told if "写一行" in page), before
