"""How wide the columns of a three-line table come to stand: what their cells need, what they would like, what there is."""

from app.papers.document import (
    Align,
    Amount,
    Bold,
    Cell,
    JoinLeft,
    JoinUp,
    Open,
    RowKind,
    Runs,
    Table,
    cell_text,
)
from app.papers.unbroken import UNBROKEN
from app.reports.fonts import HEI, HEI_MEDIUM, SONG, SONG_BOLD
from app.reports.typesetting import (
    CELL,
    text_width,
)

LONGEST_BOX = 12  # characters in a dashed box; what was typed and not understood is set as text
BOLD = {SONG: SONG_BOLD, HEI: HEI_MEDIUM}


def _needs(table: Table, place: int) -> float:
    """The least width of a column: its widest figure or unbreakable word, with the padding of a cell."""
    cell = CELL[table.size.value]
    font, size = cell.fontName, cell.fontSize
    column = table.columns[place]
    head_size = size if size < 10 else 9.5
    words = [w for text in (column.title, column.unit) for w in UNBROKEN.findall(text)]
    least = max((text_width(word, HEI_MEDIUM, head_size) for word in words), default=0.0)
    for row in table.rows:
        if row.kind is RowKind.GROUP or place >= len(row.cells):
            continue
        following = row.cells[place + 1] if place + 1 < len(row.cells) else ""
        if isinstance(following, JoinLeft):
            continue  # it has the room of its neighbours too
        for one in runs_of(row.cells[place]):
            text = cell_text(one)
            if isinstance(one, Open) and len(text) <= LONGEST_BOX:
                least = max(least, text_width(text, HEI, 7.5) + 8)
                continue
            parts = [text] if column.align is Align.NUMBER else UNBROKEN.findall(text)
            heavy = BOLD[font] if row.kind is not RowKind.NORMAL or isinstance(one, Bold) else font
            least = max([least, *(text_width(part, heavy, size) for part in parts)])
    return least + 7


_SHORT = 8  # characters of a label, a choice or a name that reads badly when broken


def _prefers(table: Table, place: int, least: float) -> tuple[float, float]:
    """Widths at which a column's head reads well (short ones whole, others over two lines), and the rest of it as well
    (labels, choices and names whole). least: as of `_needs`."""
    size, font = CELL[table.size.value].fontSize, CELL[table.size.value].fontName
    column = table.columns[place]
    head_size = size if size < 10 else 9.5
    title = text_width(column.title, HEI_MEDIUM, head_size)
    if title > 4 * head_size:
        title = max(title / 2 + 0.6 * head_size, 2 * head_size)
    head = max(least, title + 7)
    longest = size * (_SHORT if place == 0 or column.align is Align.CENTRE else _SHORT - 2)
    rest = 0.0
    for row in table.rows:
        if row.kind is RowKind.GROUP or place >= len(row.cells):
            continue
        following = row.cells[place + 1] if place + 1 < len(row.cells) else ""
        text = row.cells[place]
        if isinstance(text, str | Amount) and not isinstance(following, JoinLeft):
            rest = max(rest, min(text_width(str(text), font, size), longest))
    return head, max(head, rest + 7)


def fitted_widths(widths: list[float], table: Table) -> list[float]:
    """The wished widths, with room taken from wide columns for those that read badly. Where there is not room for
    everything: figures and codes whole first, then the heads, then the words."""
    places = range(len(widths))
    least = [_needs(table, place) for place in places]
    heads, whole = zip(*(_prefers(table, one, least[one]) for one in places), strict=True)
    total = sum(widths)
    for low, high in ((list(heads), list(whole)), (least, list(heads))):
        if sum(low) <= total < sum(high):
            share = (total - sum(low)) / (sum(high) - sum(low))
            return [a + (b - a) * share for a, b in zip(low, high, strict=True)]
    least = list(whole) if sum(whole) <= total else least
    lacking = sum(max(0.0, need - width) for need, width in zip(least, widths, strict=True))
    spare = sum(max(0.0, width - need) for need, width in zip(least, widths, strict=True))
    if not lacking or lacking > spare:
        return widths
    share = lacking / spare
    return [
        need if need >= width else width - (width - need) * share
        for need, width in zip(least, widths, strict=True)
    ]


def too_wide(table: Table, width: float) -> bool:
    """Whether the table cannot hold its figures and codes whole on `width` points."""
    return sum(_needs(table, place) for place in range(len(table.columns))) > width * table.width


def runs_of(cell: Cell) -> Runs:
    if isinstance(cell, tuple):
        return cell
    if isinstance(cell, JoinLeft | JoinUp):
        return ("",)
    return (cell,)
