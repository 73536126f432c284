"""A wide table of a few rows stands on an upright page where it can be read there: a lying sheet for three rows is two thirds empty."""

from collections.abc import Iterator
from dataclasses import replace

from app.papers.document import Block, Chapter, Document, Runs, Sheet, Size, Table, cell_text
from app.reports.paragraph import as_runs
from app.reports.sheets import TEXT_WIDTH, setting
from app.reports.table_widths import too_wide
from app.reports.tables import BuiltTable
from app.reports.typesetting import CELL, Run

_MOST_ROWS = 8  # more fill a good part of a lying sheet
_TALLEST = 0.45  # share of an upright page
_MOST_LINES = 4  # of a row in the mean; with more its cells are ladders of words
_HEADS = 60.0  # points of caption and heads
_SMALLER = {
    Size.STANDARD: (Size.STANDARD, Size.SMALL, Size.DENSE),
    Size.SMALL: (Size.SMALL, Size.DENSE),
    Size.DENSE: (Size.DENSE,),
    Size.TIGHT: (Size.TIGHT,),
}


def stood_up(document: Document) -> Document:
    """The document with such tables upright; everything else as it is."""
    return replace(
        document,
        chapters=tuple(map(_chapter, document.chapters)),
        appendices=tuple(map(_chapter, document.appendices)),
    )


def _chapter(chapter: Chapter) -> Chapter:
    blocks = tuple(map(_block, chapter.blocks))
    if blocks == chapter.blocks:
        return chapter
    lying = any(isinstance(one, Table) and one.sheet is chapter.sheet for one in blocks)
    return replace(chapter, blocks=blocks, sheet=chapter.sheet if lying else Sheet.PORTRAIT)


def _block(block: Block) -> Block:
    if not isinstance(block, Table):
        return block
    if (
        block.sheet is Sheet.PORTRAIT
        and setting().width() < TEXT_WIDTH
        and too_wide(block, setting().width())
    ):
        return replace(block, sheet=Sheet.LANDSCAPE)  # in a layout with wide margins
    if block.sheet is not Sheet.LANDSCAPE:
        return block
    if len(block.rows) > _MOST_ROWS:
        return block
    for size in _SMALLER[block.size]:
        table = replace(block, sheet=Sheet.PORTRAIT, size=size)
        most = _MOST_LINES * len(table.rows) * CELL[size.value].leading + _HEADS
        if not too_wide(table, setting().width()) and _height(table) <= min(
            most, _TALLEST * setting().height()
        ):
            return table
    return block


def _height(table: Table) -> float:
    bare = replace(table, notes=())
    return BuiltTable(bare, "1-1", setting().width(), _plain).height


def _plain(runs: Runs, font: str) -> Iterator[Run]:
    for one in runs:
        yield from as_runs(cell_text(one), font)
