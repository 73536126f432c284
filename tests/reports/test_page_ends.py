"""Where a page ends: never with an empty one after it."""

import dataclasses
import itertools
from pathlib import Path

import pypdfium2

from app.papers.document import Block, Chapter, Column, Paragraph, Row, Table
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
