"""What the typesetting process keeps from paper to paper changes no byte of one, and does not grow."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from app.papers.document import (
    Amount,
    Block,
    Chapter,
    Column,
    Document,
    Layout,
    Paragraph,
    Ref,
    Row,
    Section,
    State,
    Table,
)
from app.reports import story
from app.reports.kept_tables import KeptTables
from app.reports.pdf import write_pdf
from tests.reports.example_document import example

_WIDE = Layout("w", "宽边", "", 30, 30, 35, 35, "宋体", 14, 26, "黑体", 18, 15, 11)
_COLUMNS = (Column("项", 1), Column("说明", 2), Column("数", 1))


def _paper(said: str, first: int) -> Document:
    """A table that refers to one before it, and one that is the same whatever is said; `first` tables stand before both."""
    before = tuple(
        Table(f"b{n}", "前面的", _COLUMNS, (Row((str(n), "甲", Amount(Fraction(n), 1))),))
        for n in range(first)
    )
    same = Table("same", "不变的", _COLUMNS, tuple(Row((str(n), "乙" * n, "1")) for n in range(30)))
    refers = Table("refers", "引用", _COLUMNS, (Row(("1", (said, Ref("same")), "2")),))
    blocks: tuple[Block, ...] = (Section("节"), Paragraph((said,)), *before, same, refers)
    return replace(example(State.DRAFT), chapters=(Chapter("章", blocks),), appendices=())


def _fresh(paper: Document, target: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    with monkeypatch.context() as patch:
        patch.setattr(story, "TABLES", KeptTables())
        return write_pdf(paper, target, invariant=True).sha256


def test_a_paper_after_others_is_the_one_of_a_fresh_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers = [_paper("甲", 0), _paper("乙", 0), _paper("甲", 2), example(State.FOR_REVIEW)]
    papers += [replace(one, layout=_WIDE) for one in papers]
    target = tmp_path / "paper.pdf"
    alone = [_fresh(one, target, monkeypatch) for one in papers]
    assert len(set(alone)) == len(papers)
    for turn in range(2):
        one_after_another = [write_pdf(one, target, invariant=True).sha256 for one in papers]
        assert one_after_another == alone, turn


def test_no_more_is_kept_than_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = KeptTables(most=100)
    monkeypatch.setattr(story, "TABLES", kept)
    for said in "甲乙丙丁":
        write_pdf(_paper(said, 3), tmp_path / "paper.pdf")
        assert 0 < kept.cells <= 100
