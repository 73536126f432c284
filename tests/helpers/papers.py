"""Papers as plain data in tests: tables by key, cells as printed, numbers by what they are."""

from collections.abc import Iterable, Iterator

from app.papers.document import (
    Amount,
    Cell,
    Document,
    Paragraph,
    Row,
    Section,
    SubSection,
    Table,
    cell_text,
)
from app.papers.walk import places


def tables(document: Document) -> Iterator[Table]:
    """Every table, front pages first."""
    blocks = [block for page in document.front for block in page.blocks]
    blocks += [block for one in document.chapters for block in one.blocks]
    blocks += [block for one in document.appendices for block in one.blocks]
    yield from (block for block in blocks if isinstance(block, Table))


def table(document: Document, key: str) -> Table:
    return next(one for one in tables(document) if one.key == key)


def row(found: Table, words: str) -> Row:
    """The first row with this cell."""
    return next(one for one in found.rows if words in printed(one.cells))


def printed(cells: Iterable[Cell]) -> tuple[str, ...]:
    """Cells as text, figures ungrouped."""
    return tuple(cell_text(cell).replace("\u2009", "") for cell in cells)


def amounts(document: Document) -> Iterator[tuple[str, Amount]]:
    """(where, number) of every known number with a key."""
    for where, thing in places(document):
        if isinstance(thing, Amount) and thing.key and thing.bound is None:
            yield where, thing


def column(found: Table, title: str) -> tuple[str, ...]:
    """A column as printed, by the beginning of its head."""
    place = next(p for p, one in enumerate(found.columns) if one.title.startswith(title))
    return printed(row.cells[place] for row in found.rows if place < len(row.cells))


def said_by(blocks: Iterable[object]) -> str:
    """Everything blocks print, in order, figures ungrouped."""
    words: list[str] = []
    for block in blocks:
        match block:
            case Paragraph(runs):
                words += printed(runs)
            case Table():
                words += [block.caption, *(one.title for one in block.columns)]
                words += [cell for row in block.rows for cell in printed(row.cells)]
                words += [cell for note in block.notes for cell in printed(note)]
            case Section(title) | SubSection(title):
                words.append(title)
            case _:
                pass
    return "".join(words)
