"""Which sheet every block of a part stands on: upright, lying or A3. The printers only set it."""

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
