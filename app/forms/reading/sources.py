"""What is read of a sheet on its way to a plan: entries, the columns they stand in, what each column is for."""

from dataclasses import dataclass, field

from app.forms.grid import GridCell
from app.forms.reading.blocks import Block
from app.forms.reading.columns import Match
from app.forms.reading.heads import Head
from app.forms.reading.periods import Labels
from app.forms.reading.plan import UNUSED
from app.forms.reading.words import (
    Carrier,
)


@dataclass
class Entry:
    """One cell of the sheet on its way. unit: written for its row or its block, "" none. order: its place in the sheet."""

    cell: GridCell
    row_id: str
    order: tuple[int, int]
    unit: str = ""
    who: str = ""  # the other words of its row, which tell two meters apart
    day: bool = False
    days: int = 0
    spread: str = ""
    label: str = ""  # the label of its row as it stands


@dataclass
class Source:
    """One column of the preview: the client's columns that mean the same (of several years or blocks)."""

    head: Head
    kind: str  # "number" or "text"
    target: str = UNUSED
    by: str = ""
    match: Match | None = None
    entries: list[Entry] = field(default_factory=list)
    year_heads: set[int] = field(default_factory=set)
    units: set[str] = field(default_factory=set)
    title_units: tuple[str, ...] = ()
    carrier: Carrier | None = None
    item: bool = False
    positional: bool = False
    at: tuple[int, int] = (0, 0)  # block and column
    totals: list[tuple[GridCell, str, str]] = field(default_factory=list)  # cell, kind, scope


@dataclass
class Sheet:
    """What was read of a grid: sources, rows that could not be placed, periods, and the names of the rows as written."""

    sources: list[Source]
    unplaced: list[tuple[GridCell, str, str]] = field(default_factory=list)
    periods: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    label_head: str = ""
    positional: bool = False
    by_id: bool = True  # every label is one of our row ids


@dataclass
class Roles:
    label: int | None = None
    labels: Labels | None = None
    end: int | None = None
    years: int | None = None
    item: int | None = None
    unit: int | None = None
    note: int | None = None
    numbers: list[int] = field(default_factory=list)
    texts: list[int] = field(default_factory=list)
    skipped: list[int] = field(default_factory=list)


@dataclass
class Extra:
    day: bool = False
    days: int = 0
    spread: str = ""
    bare: bool = False  # the year is not said in the row
    guess: str = ""


def refuse_row(
    sheet: Sheet, block: Block, index: int, roles: Roles, what: str, remedy: str
) -> None:
    label = roles.label if roles.label is not None else 0
    sheet.unplaced.append((block.rows[index][label], what, remedy))
