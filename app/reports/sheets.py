"""The sheets of a paper: sizes, margins, and which block stands on which."""

from reportlab.lib.pagesizes import A3, A4
from reportlab.lib.units import mm

from app.papers.document import (
    Block,
    EditionBox,
    Figure,
    PageBreak,
    Paragraph,
    SealRow,
    Section,
    Sheet,
    SubSection,
    Table,
)

# 37 characters by 29 lines of 12/24 pt; the left edge is bound.
LEFT, RIGHT, TOP, BOTTOM = 85.0, 66.3, 76.0, 69.9
WIDTH, HEIGHT = A4
TEXT_WIDTH, TEXT_HEIGHT = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
WIDE_WIDTH = HEIGHT - 44 * mm
FOLD_WIDTH = A3[1] - 47 * mm
SHEET_WIDTH = {Sheet.PORTRAIT: TEXT_WIDTH, Sheet.LANDSCAPE: WIDE_WIDTH, Sheet.A3: FOLD_WIDTH}


def sheets_of(blocks: tuple[Block, ...], first: Sheet) -> list[Sheet]:
    """The sheet of every block: tables choose, text goes with the table it leads to, forms with what they close.

    first: the sheet the part opens on; what leads to its first table stays there.
    """
    sheets: list[Sheet] = []
    led: list[int] = []  # places of text that waits for the table or figure it leads to
    current = first
    for place, block in enumerate(blocks):
        sheets.append(Sheet.PORTRAIT)
        match block:
            case Section() | SubSection() | Paragraph() | PageBreak():
                led.append(place)
                continue
            case Table():
                current = block.sheet
            case Figure():
                current = Sheet.PORTRAIT
            case SealRow() | EditionBox():
                pass
        _lead(
            blocks,
            sheets,
            led,
            current,
            is_first=not any(p not in led for p in range(place)),
            first=first,
        )
        sheets[place] = current
        led = []
    return sheets


def _lead(
    blocks: tuple[Block, ...],
    sheets: list[Sheet],
    led: list[int],
    current: Sheet,
    *,
    is_first: bool,
    first: Sheet,
) -> None:
    """Put the text before a table on the table's sheet, from its last heading on; the rest stays upright."""
    heads = [place for place in led if isinstance(blocks[place], Section | SubSection)]
    # A heading with nothing but its lead under it would stand alone.
    while len(heads) > 1 and heads[-1] - heads[-2] <= 2:
        heads.pop()
    start = heads[-1] if heads else (led[0] if led and is_first and first is current else None)
    if current is not Sheet.PORTRAIT and start is not None:
        for place in led:
            if place >= start:
                sheets[place] = current
