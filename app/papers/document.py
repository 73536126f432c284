"""A paper as plain data: what stands where, in which order, with which marks. Nothing here computes or draws.

Numbers of chapters, tables and figures, page numbers, 续表 heads and the contents are made by app.reports.pdf.
User text is plain text everywhere; it prints as typed. A number that somebody may compare is an `Amount`: exact, with unit,
places and the key of what it is; the printers round and group it (U+2009 from five digits on, minus U+2212), a workbook
takes its value, a test compares it across papers. A worked example: tests/reports/example_document.py.
"""

import enum
import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from app.assessment.indicator_system import Level, Verification
from app.audit.charts.shapes import Chart
from app.papers.digits import number

OPEN_CELLS = "open-cells"  # code of the Problem that something on the paper is 未填


class State(enum.StrEnum):
    """Version word of the paper. 草稿 prints what is missing; the others refuse it."""

    DRAFT = "草稿"
    FOR_REVIEW = "送审稿"
    FINAL = "定稿"


class Purpose(enum.StrEnum):
    """What a report is for: the whole audit, its 评估 (before the costly measures), or its 验收 (after them)."""

    AUDIT = "审核"
    EVALUATION = "评估"
    ACCEPTANCE = "验收"


# ------------------------------------------------------------------ inline


@dataclass(frozen=True)
class Bold:
    text: str


@dataclass(frozen=True)
class Sub:
    """A subscript: Sub("Ⅱ") behind "Y"."""

    text: str


@dataclass(frozen=True)
class Ref:
    """「表 2-1」 or 「图 3-2」 of the table or figure with this key, as a link."""

    key: str


@dataclass(frozen=True)
class PageOf:
    """The pages on which tables stand, a cell of its own (「8、19～20」). spans: from the beginning of the table with the first
    key to the end of that with the second."""

    spans: tuple[tuple[str, str], ...]

    def said(self, begins: Mapping[str, str], ends: Mapping[str, str]) -> str:
        """begins, ends: page of every table by its key; "" where it stands on none."""
        found: dict[str, None] = {}
        for first, last in self.spans:
            pages = dict.fromkeys((begins.get(first, ""), ends.get(last, "")))
            found["～".join(one for one in pages if one)] = None
        return "、".join(one for one in found if one)


class Bound(enum.StrEnum):
    """What is known of a number that is not known itself: a sure lower bound; below the detection limit of a report."""

    AT_LEAST = "≥ "
    BELOW = "<"


@dataclass(frozen=True)
class Amount:
    """A number: exact value, printed with `places` decimals, rounded half up.

    unit: what the value is in; it stands in the head or behind the number, not in it. key: what the number is, the same on
    every paper: a quantity (「energy.total」 of the base year, 「energy.total@2023」), an answer
    (「water.bills/2025-03/intake」), 「index/II」, 「indicator/<id>」; "" for what is nowhere else. high: the upper end of a range
    that begins at `value`. bound BELOW: `value` is the limit the result stays under. signed: with + where it is positive.
    mark: the numeral of a note behind it.
    """

    value: Fraction
    places: int
    unit: str = ""
    key: str = ""
    high: Fraction | None = None
    bound: Bound | None = None
    signed: bool = False
    mark: str = ""

    def __str__(self) -> str:
        """As papers print it."""
        return self._said

    @functools.cached_property
    def _said(self) -> str:
        said = ("+" if self.signed and self.value > 0 else "") + number(self.value, self.places)
        if self.high is not None and self.high != self.value:
            said += f"～{number(self.high, self.places)}"
        return f"{self.bound or ''}{said}{self.mark}"


@dataclass(frozen=True)
class Away:
    """不适用, printed as a dash; its reason stands in a note or an appendix. key: as of an Amount."""

    reason: str = ""
    key: str = field(default="", compare=False)

    def __str__(self) -> str:
        return "—"


@dataclass(frozen=True)
class Open:
    """未填 or 未读懂: a dashed box to be written by hand. Drafts only.

    amount: what is known of it already (a sure lower bound). key: as of an Amount.
    """

    words: str = "未填"
    amount: Amount | None = None
    key: str = field(default="", compare=False)

    def __str__(self) -> str:
        return self.words if self.amount is None else str(self.amount)


@dataclass(frozen=True)
class LevelMark:
    """Level chip; None = 未定."""

    level: Level | None


@dataclass(frozen=True)
class StateMark:
    """● ◐ ◌ of a threshold."""

    state: Verification


@dataclass(frozen=True)
class LimitingMark:
    """Boxed 限."""


@dataclass(frozen=True)
class Progress:
    """How far something has come from where it stood (0) to its target (1): drawn as a strip; the numbers stand beside it."""

    reached: Fraction

    def __str__(self) -> str:
        """Where a strip cannot be drawn: 「○──┃──●」."""
        steps, goal = 8, 8
        if self.reached > 1:
            goal = max(2, round(8 / float(self.reached)))
        at = max(1, min(steps, round(float(self.reached) * goal)))
        line = ["─"] * (steps + 1)
        line[goal], line[0] = "┃", "○"
        line[at] = "●"
        return "".join(line)


@dataclass(frozen=True)
class Bar:
    """A bar as long as its share of the longest in its column (0..1); the number stands beside it."""

    share: Fraction

    def __str__(self) -> str:
        """Where it cannot be drawn."""
        return "█" * max(1, round(10 * self.share))


Inline = (
    str
    | Amount
    | Away
    | Bold
    | Sub
    | Ref
    | PageOf
    | Open
    | LevelMark
    | StateMark
    | LimitingMark
    | Progress
    | Bar
)
Runs = tuple[Inline, ...]


@dataclass(frozen=True)
class JoinLeft:
    """A cell that continues the one at its left (equal requirements of Ⅰ, Ⅱ, Ⅲ)."""


@dataclass(frozen=True)
class JoinUp:
    """A cell that continues the one above (a category beside its indicators). Such rows stay on one page."""


Cell = Inline | Runs | JoinLeft | JoinUp


def cell_text(cell: Cell) -> str:
    """The words and numbers of a cell as printed, without its marks."""
    match cell:
        case str():
            return cell
        case Amount() | Away() | Open():
            return str(cell)
        case Bold(text) | Sub(text):
            return text
        case tuple():
            return "".join(cell_text(one) for one in cell)
        case _:
            return ""


# ------------------------------------------------------------------ blocks


class Align(enum.StrEnum):
    TEXT = "text"
    CENTRE = "centre"
    NUMBER = "number"  # on the decimal point


@dataclass(frozen=True)
class Column:
    """width: relative. unit: on a second line of the head. group: a head spanning neighbours with the same group."""

    title: str
    width: float
    align: Align = Align.TEXT
    unit: str = ""
    group: str = ""


class RowKind(enum.StrEnum):
    NORMAL = "normal"
    GROUP = "group"  # one cell, heads the rows below
    TOTAL = "total"
    STRONG = "strong"


@dataclass(frozen=True)
class Row:
    """bar: a black bar outside the left edge (limiting indicators)."""

    cells: tuple[Cell, ...]
    kind: RowKind = RowKind.NORMAL
    bar: bool = False


class Size(enum.StrEnum):
    STANDARD = "std"
    SMALL = "small"
    DENSE = "dense"
    TIGHT = "tight"  # dense with the least leading: a calculation sheet on one page


class Sheet(enum.StrEnum):
    PORTRAIT = "body"
    LANDSCAPE = "wide"
    A3 = "fold"


@dataclass(frozen=True)
class Table:
    """key: for references. width: share of the text width (0..1]."""

    key: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[Runs, ...] = ()
    size: Size = Size.STANDARD
    sheet: Sheet = Sheet.PORTRAIT
    width: float = 1.0


@dataclass(frozen=True)
class Picture:
    """A photograph or a drawn page of a paper of the binder. content: a JPEG of `wide` × `high` dots."""

    content: bytes
    wide: int
    high: int

    @property
    def width(self) -> float:
        """On paper, in points: as wide as the text, not higher than a page with its caption."""
        return self.wide * min(_PICTURE_WIDTH / self.wide, _PICTURE_HEIGHT / self.high)

    @property
    def height(self) -> float:
        return self.high * self.width / self.wide


_PICTURE_WIDTH, _PICTURE_HEIGHT = 440.0, 560.0


@dataclass(frozen=True)
class Figure:
    key: str
    caption: str
    chart: Chart | Picture
    notes: tuple[Runs, ...] = ()


@dataclass(frozen=True)
class Paragraph:
    """indent: two characters, as body text; without it for leads and lists. is_figures: says nothing but figures, and may be
    left out where tables before it say them all."""

    runs: Runs
    indent: bool = True
    is_figures: bool = False


@dataclass(frozen=True)
class Section:
    """A second-level heading, numbered inside its chapter."""

    title: str


@dataclass(frozen=True)
class SubSection:
    """A run-in heading without number."""

    title: str


@dataclass(frozen=True)
class PageBreak:
    """What follows starts on a new page."""


@dataclass(frozen=True)
class SealPlace:
    """A place for a stamp: role (企业名称（盖章）) and the printed name."""

    role: str
    name: str


@dataclass(frozen=True)
class SealRow:
    """Under a form: places for stamps at both sides, lines to be filled in by hand between them."""

    seals: tuple[SealPlace, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True)
class EditionBox:
    """The framed number of a sealed edition with its QR code. sha256: 64 hex digits; note: one line below them."""

    number: str
    sha256: str
    qr_text: str
    note: str


Block = Paragraph | Section | SubSection | Table | Figure | PageBreak | SealRow | EditionBox


@dataclass(frozen=True)
class Chapter:
    """sheet: the paper its first page is on."""

    title: str
    blocks: tuple[Block, ...]
    sheet: Sheet = Sheet.PORTRAIT


@dataclass(frozen=True)
class FrontPage:
    """A page between cover and contents without number (审核结果一览)."""

    title: str
    blocks: tuple[Block, ...]


# ------------------------------------------------------------------ fixed pages


@dataclass(frozen=True)
class Cover:
    enterprise: str
    title: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]
    seals: tuple[SealPlace, ...]
    month: str
    logo: Picture | None = None


@dataclass(frozen=True)
class SignatureLine:
    """name or post "" = to be written by hand."""

    duty: str
    name: str
    post: str = ""


@dataclass(frozen=True)
class SignatureBlock:
    party: str
    name: str
    lines: tuple[SignatureLine, ...]
    seal: str


@dataclass(frozen=True)
class Signatures:
    lead: str
    blocks: tuple[SignatureBlock, ...]


@dataclass(frozen=True)
class Attachment:
    name: str
    content: bytes
    mime: str
    description: str


@dataclass(frozen=True)
class Layout:
    """Margins of an upright sheet in mm, sizes in points; fonts as Word knows them (the PDF has its own). said: where it comes from."""

    id: str
    title: str
    said: str
    top: float
    bottom: float
    left: float
    right: float
    body_font: str
    body: float
    leading: float
    heading_font: str
    heading_1: float
    heading_2: float
    caption: float
    copies: str = ""


@dataclass(frozen=True)
class Document:
    """head_left, head_right: running heads. foot: edition at the left of the foot (「草稿　未封存」).

    layout: None = the program's own. shorter: what is printed instead where this takes more than one sheet. check: at the right of the foot (「校验 c9f6 6aaa」, 「无校验，不得提交」). cover, signatures None: a form of a few
    sheets, which begins with its first chapter; headings and tables carry no numbers.
    """

    title: str
    enterprise: str
    state: State
    head_left: str
    head_right: str
    foot: str
    cover: Cover | None
    signatures: Signatures | None
    front: tuple[FrontPage, ...]
    chapters: tuple[Chapter, ...]
    appendices: tuple[Chapter, ...]
    attachments: tuple[Attachment, ...] = ()
    keywords: tuple[str, ...] = field(default_factory=tuple)
    author: str = ""
    check: str = ""
    layout: Layout | None = None
    shorter: "Document | None" = None


@dataclass(frozen=True)
class PdfFacts:
    """pages: all sheets. body_pages: numbered in Arabic figures. replaced: characters a draft printed as 〓."""

    pages: int
    body_pages: int
    sha256: str
    replaced: tuple[str, ...]
