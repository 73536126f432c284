"""The last pass over a paper: numbers that people typed are grouped as the program's own, and no cell of a table stays blank."""

import itertools
import re
from collections.abc import Collection
from dataclasses import replace

from app.papers.answers import DASH, printed_words
from app.papers.chapters.judgements import STATE_NOTE
from app.papers.digits import THIN, grouped, regrouped, tied, told_days
from app.papers.document import (
    Align,
    Block,
    Bold,
    Cell,
    Chapter,
    Document,
    Figure,
    JoinLeft,
    JoinUp,
    Paragraph,
    Row,
    RowKind,
    Runs,
    Size,
    Table,
    cell_text,
)

_UNITS = r"kWh|kgce|tce|kg|km|m³|m²|m3|m2|MJ|GJ|MW|kW|L|t|h|m|元|万|吨|度|个|件|人|次|台|套|张|只|双|平方米|立方米|公斤|千克|小时"
# A number with its unit behind it; letters, hyphens or digits before it make a code of it.
_TYPED = re.compile(
    rf"(?<![\w.,\-−/〔\u2009])(\d{{5,}}(?:\.\d+)?)(?= ?(?:{_UNITS})(?![A-Za-z0-9]))"
)
# The same typed in groups already, with spaces at which a line could end.
_SPACED = re.compile(
    rf"(?<![0-9A-Za-z] )(?<![0-9A-Za-z.,\-−/〔\u2009])(\d{{2,3}}(?: \d{{3}})+|\d(?: \d{{3}}){{2,}})(?= ?(?:{_UNITS})(?![A-Za-z0-9]))"
)
_CHEMICAL = re.compile(r"(?<![A-Za-z])(CO|SO)2(?![0-9A-Za-z])")
_LEVEL = re.compile(r"(?<=[ⅠⅡⅢⅣⅤ]) (?=级)")


def typed(text: str) -> str:
    """Words with their numbers, chemicals, levels and marks as the paper writes them: 「23800 m³」 becomes 「23 800 m³」."""
    if not text.isascii():
        text = _LEVEL.sub("", text)
        for plain, said in printed_words():
            if plain in text:
                text = text.replace(plain, said)
    text = tied(text)
    if not any(character.isdigit() for character in text):
        return text
    text = _TYPED.sub(lambda found: grouped(found[1]), regrouped(text))
    text = _SPACED.sub(lambda found: found[1].replace(" ", THIN), text)
    return _CHEMICAL.sub(lambda found: f"{found[1]}₂", text)


def explained(table: Table) -> Table:
    """The table with a note on the marks ◐ ◌ where its words bear one."""
    marks = ("◐", "◌")
    cells = (cell_text(cell) for row in table.rows for cell in row.cells)
    noted = [cell_text(note) for note in table.notes]
    if any(STATE_NOTE in one for one in noted):
        return table
    if not any(mark in text for text in (*cells, *noted) for mark in marks):
        return table
    return replace(table, notes=(*table.notes, (STATE_NOTE,)))


def dashed(table: Table) -> Table:
    """The table with a dash in every cell that would be blank, and a note that says what dashes mean."""
    if table.size in (Size.DENSE, Size.TIGHT):
        return (
            table  # sheets of indicators, where a category stands once and a mark is there or not
        )
    marks = {place for place, one in enumerate(table.columns) if one.title == _MARKED}
    rows = tuple(_dashed(row, marks) if _is_filled(row) else row for row in table.rows)
    if not any(cell_text(cell) == DASH for row in rows if _is_filled(row) for cell in row.cells):
        return replace(table, rows=rows)
    said = any("“—”" in cell_text(note) for note in table.notes)
    notes = table.notes if said else (*table.notes, ("“—”为没有或不涉及。",))
    return replace(table, rows=rows, notes=notes)


_MARKED = "限"  # a column of marks


def _dashed(row: Row, marks: Collection[int]) -> Row:
    cells = tuple(
        DASH if _is_blank(cell) and place not in marks else cell
        for place, cell in enumerate(row.cells)
    )
    return row if cells == row.cells else replace(row, cells=cells)


def _is_filled(row: Row) -> bool:
    """Whether every cell of the row says something; a total need not stand under every column."""
    return row.kind in (RowKind.NORMAL, RowKind.STRONG)


def _is_blank(cell: Cell) -> bool:
    return cell in ("", (), ("",))


def finished(document: Document) -> Document:
    """A report as it is printed."""
    styled = in_house_style(document)
    return replace(
        styled,
        chapters=tuple(map(_with_dashes, styled.chapters)),
        appendices=tuple(map(_with_dashes, styled.appendices)),
    )


_MOST_JOINED = 6  # rows under one name: a page ends at none of them
_FEWEST_NAMED = 6


def named_once(table: Table) -> Table:
    """The table with a name said once that stands in the first cell of several rows one behind the other (an outlet with
    all that was measured at it)."""
    if table.size in (Size.DENSE, Size.TIGHT) or len(table.rows) < _FEWEST_NAMED:
        return table
    names = [row.cells[0] if _is_filled(row) and row.cells else None for row in table.rows]
    if table.columns[0].align is not Align.TEXT or not all(
        isinstance(n, str | None) for n in names
    ):
        return table
    runs = [len(list(group)) for name, group in itertools.groupby(names) if name]
    if max(runs, default=1) > _MOST_JOINED or len(runs) > len(table.rows) * 2 / 3:
        return table
    rows = [table.rows[0]]
    for before, name, row in zip(names, names[1:], table.rows[1:], strict=False):
        same = name and name == before and not isinstance(row.cells[1], JoinLeft)
        rows.append(replace(row, cells=(JoinUp(), *row.cells[1:])) if same else row)
    return replace(table, rows=tuple(rows))


def _with_dashes(chapter: Chapter) -> Chapter:
    blocks = (explained(dashed(one)) if isinstance(one, Table) else one for one in chapter.blocks)
    return replace(chapter, blocks=tuple(blocks))


def in_house_style(document: Document) -> Document:
    """A form: its words as a report writes them; blanks stay, to be written by hand."""
    return replace(
        document,
        front=tuple(replace(one, blocks=_blocks(one.blocks)) for one in document.front),
        chapters=tuple(replace(one, blocks=_blocks(one.blocks)) for one in document.chapters),
        appendices=tuple(replace(one, blocks=_blocks(one.blocks)) for one in document.appendices),
    )


def _blocks(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    return tuple(map(_block, blocks))


def _block(block: Block) -> Block:
    match block:
        case Paragraph(runs=runs):
            said = (told_days(one) if isinstance(one, str) else one for one in runs)
            return replace(block, runs=_runs(tuple(said)))
        case Table(rows=rows, notes=notes):
            styled = replace(
                block,
                rows=tuple(map(_row, rows)),
                notes=tuple(map(_runs, notes)),
            )
            return named_once(styled)
        case Figure(notes=notes):
            return replace(block, notes=tuple(map(_runs, notes)))
        case _:
            return block


def _row(row: Row) -> Row:
    cells = tuple(map(_cell, row.cells))
    return row if cells == row.cells else replace(row, cells=cells)


def _cell(cell: Cell) -> Cell:
    match cell:
        case str():
            return typed(cell)
        case Bold(text):
            return Bold(typed(text))
        case tuple():
            return _runs(cell)
        case _:
            return cell


def _runs(runs: Runs) -> Runs:
    return tuple(
        typed(one)
        if isinstance(one, str)
        else Bold(typed(one.text))
        if isinstance(one, Bold)
        else one
        for one in runs
    )
