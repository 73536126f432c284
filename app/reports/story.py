"""The blocks of a document as ReportLab flowables, in reading order."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from reportlab.platypus import (
    CondPageBreak,
    Flowable,
    KeepTogether,
    NextPageTemplate,
    Spacer,
)
from reportlab.platypus import PageBreak as NewPage

from app.assessment.indicator_system import Verification
from app.papers.document import (
    Amount,
    Away,
    Bar,
    Block,
    Bold,
    Chapter,
    Document,
    EditionBox,
    Figure,
    Inline,
    LevelMark,
    LimitingMark,
    Open,
    PageBreak,
    PageOf,
    Paragraph,
    Progress,
    Ref,
    Runs,
    SealRow,
    Section,
    Sheet,
    StateMark,
    Sub,
    SubSection,
    Table,
    cell_text,
)
from app.papers.numbering import Numbers, entries_of
from app.papers.sheets import sheets_of
from app.reports.contents import Rule, contents
from app.reports.fixed_pages import Drawn, EditionFrame, SealStrip, paint_cover, paint_signatures
from app.reports.fonts import BOLD_OF, HEI_BOLD, HEI_MEDIUM, SONG, THIN
from app.reports.kept_tables import KeptTables
from app.reports.painting import Drawing
from app.reports.paragraph import ChineseParagraph, as_runs, lowered
from app.reports.sheets import setting
from app.reports.table_breaks import KeptTogether, stays_whole
from app.reports.table_parts import Notes, ThreeLineTable
from app.reports.tables import BuiltTable
from app.reports.typesetting import (
    INK,
    Run,
)

_STATE_WORDS = {
    Verification.VERIFIED: "已核对",
    Verification.TRANSCRIBED: "转录待核",
    Verification.RECALLED: "凭记忆待核",
}


# Shares of a page that must be left for a heading of the first level to stand on it: chapters begin alike, on a new page.
_EMPTY_PAGE, _ROOM_OF_APPENDIX = 0.99, 0.25


Place = tuple[str, int]
"""A block of a chapter or an appendix: its number, the place in it; the chapter's heading is `_ITSELF`."""
_ITSELF = -1


TABLES = KeptTables()


def _refs(table: Table) -> Iterator[Ref]:
    runs = [one for row in table.rows for one in row.cells] + list(table.notes)
    for one in runs:
        if isinstance(one, Ref):
            yield one
        elif isinstance(one, tuple):
            yield from (part for part in one if isinstance(part, Ref))


class Writer:
    """Turns one document into flowables."""

    def __init__(self, document: Document, numbers: Numbers) -> None:
        self.document = document
        self.numbers = numbers
        self.breaks: Collection[Place] = ()
        self._built: dict[tuple[int, str], BuiltTable] = {}  # for every layout of this paper

    def mark(self, runs: Runs, font: str) -> Iterator[Run]:
        for one in runs:
            yield from self._inline(one, font)

    def _inline(self, one: Inline, font: str) -> Iterable[Run]:
        match one:
            case str():
                return as_runs(one, font)
            case Bold(text):
                return as_runs(text, BOLD_OF[font])
            case Sub(text):
                return map(lowered, as_runs(text, font))
            case Ref(key):
                kind, number = self.numbers.items[key]
                return (run._replace(link=key) for run in as_runs(f"{kind}{THIN}{number}", font))
            case Amount() | Away():
                return as_runs(str(one), font)
            case Open():
                return as_runs(f"〔{one}〕", font)
            case LevelMark(level):
                return as_runs("未定" if level is None else level.symbol, BOLD_OF[font])
            case StateMark(state):
                return as_runs(_STATE_WORDS[state], font)
            case LimitingMark():
                return as_runs("限", font)
            case Progress() | Bar() | PageOf():  # drawn, as cells of their own
                return as_runs("", font)

    def blocks(
        self, blocks: tuple[Block, ...], chapter: str, first: Sheet = Sheet.PORTRAIT
    ) -> list[Any]:
        """first: the sheet the page is on when these blocks begin."""
        story: list[Any] = []
        section = 0
        sheet = first
        for place, (block, wanted) in enumerate(zip(blocks, sheets_of(blocks, first), strict=True)):
            if wanted is not sheet:
                story += [NextPageTemplate(wanted.value), NewPage()]
                sheet = wanted
            if chapter:
                here = (chapter, place)
                if here in self.breaks:
                    story.append(NewPage())
                begins = _may_begin_a_page(blocks, place)
                story.append(Noted(here, begins, isinstance(block, Section | SubSection)))
            match block:
                case Section(title):
                    section += 1
                    heading = _Heading(2, f"{chapter}.{section}", title)
                    story += [CondPageBreak(150), _Gap(8), heading, _Gap(4)]
                case SubSection(title):
                    story += [
                        CondPageBreak(165),  # with the head and three rows of a table
                        _Gap(4),
                        ChineseParagraph(as_runs(title, HEI_MEDIUM), setting().h3),
                        _Gap(2),
                    ]
                case Paragraph(runs, indent):
                    words = ChineseParagraph(
                        self.mark(runs, SONG), setting().body if indent else setting().lead
                    )
                    if _leads(blocks, place):
                        words.keepWithNext = 1
                    story.append(words)
                case Table():
                    # Tables of the pages before chapter 1 carry no number and no caption.
                    number = self.numbers.items[block.key][1] if chapter else ""
                    # A short table moves as a whole with its heading, a long one begins where it stands.
                    story.append(_Gap(6) if stays_whole(block) else Spacer(1, 6))
                    story += self._table(block, number)
                    story.append(_After(8))
                case Figure():
                    story.append(self._figure(block, chapter))
                case PageBreak():
                    story.append(NewPage())
                case SealRow():
                    story = _signed([*story, SealStrip(block)])
                case EditionBox():
                    story += [EditionFrame(block), _After(14)]
        if sheet is not Sheet.PORTRAIT:
            story.append(NextPageTemplate(Sheet.PORTRAIT.value))
        return _with_their_headings(story)

    def _table(self, table: Table, number: str) -> list[Any]:
        here = (id(table), number)
        if here not in self._built:
            referred = tuple(self.numbers.items[one.key] for one in _refs(table))
            key = (table, number, referred, setting())
            built = TABLES.get(key)
            if built is None:
                built = BuiltTable(table, number, setting().width(table.sheet), self.mark)
                TABLES.keep(key, built, len(table.rows) * len(table.columns))
            self._built[here] = built
        return self._built[here].flowables()

    def _figure(self, figure: Figure, chapter: str) -> Any:
        # A sheet without chapters counts nothing.
        number = self.numbers.items[figure.key][1] if chapter else ""
        drawing = Drawing(figure.chart)
        parts: list[Any] = [Spacer(1, 8), drawing, Spacer(1, 5), _FigureCaption(number, figure)]
        if figure.notes:
            parts.append(Notes([self.mark(note, SONG) for note in figure.notes], drawing.width))
        parts.append(_After(8))
        return KeepTogether(parts)

    def story(self, breaks: Collection[Place] = ()) -> list[Any]:
        """The whole paper. breaks: blocks that open a page."""
        document, numbers, self.breaks = self.document, self.numbers, breaks
        story: list[Any] = []
        is_form = document.cover is None or document.signatures is None
        if document.cover is not None and document.signatures is not None:
            story += [
                Drawn(paint_cover(document, document.cover)), NextPageTemplate("signatures"), NewPage(),
                Drawn(paint_signatures(document.signatures)), NextPageTemplate("front"), NewPage(),
                *contents(entries_of(document, numbers)),
            ]  # fmt: skip
        for page in document.front:
            heading = ChineseParagraph(as_runs(page.title, HEI_BOLD), setting().h1)
            story += [NewPage(), heading, Rule(), Spacer(1, 12), *self.blocks(page.blocks, "")]
        parts = [("", chapter) for chapter in document.chapters]
        parts += [("附录 ", chapter) for chapter in document.appendices]
        before: Sheet | None = None  # where the chapter before ended
        tiny = False  # and whether it was but a few lines
        for kind, chapter in parts:
            name = "" if is_form else numbers.chapters[id(chapter)]
            opening = opening_sheet(chapter)
            if before is opening is Sheet.PORTRAIT and tiny:
                story += [CondPageBreak(setting().height() / 2), _After(18)]
            elif before is opening is Sheet.PORTRAIT:
                # Chapters open a page; short appendices follow one another.
                follows = bool(kind) and chapter is not document.appendices[0]
                room = (
                    _ROOM_OF_APPENDIX if follows and (name, _ITSELF) not in breaks else _EMPTY_PAGE
                )
                story.append(CondPageBreak(setting().height() * room))
            elif story:
                story = [*_to_the_last_line(story), NextPageTemplate(opening.value), NewPage()]
            before = next(reversed(sheets_of(chapter.blocks, opening)), opening)
            tiny = _is_tiny(chapter)
            heading = _Heading(1, f"{kind}{name}", chapter.title)
            inside = self.blocks(chapter.blocks, name, opening)
            begun = Noted((name, _ITSELF), bool(kind) and not is_form, True)
            gap = 6 if isinstance(next(iter(chapter.blocks), None), Section) else 14
            story += _with_their_headings([begun, heading, _Gap(gap), *inside])
        return _to_the_last_line(story)


def _may_begin_a_page(blocks: tuple[Block, ...], place: int) -> bool:
    """Whether a page may begin with the block: what stands before it does not lead to it."""
    if place == 0 or isinstance(blocks[place - 1], Section | SubSection):
        return False
    before, block = blocks[place - 1], blocks[place]
    leads = isinstance(before, Paragraph) and isinstance(block, Table | Figure)
    return not leads and not isinstance(block, SealRow | EditionBox)


class Noted(Flowable):
    """Where a block begins, to be known when it is laid out; takes no room."""

    keepWithNext = 1

    def __init__(self, place: Place, may_open: bool, is_heading: bool) -> None:
        super().__init__()
        self.place, self.may_open, self.is_heading = place, may_open, is_heading

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        return 0, 0


def _leads(blocks: tuple[Block, ...], place: int) -> bool:
    """Whether a paragraph only opens what follows: right under the heading, before a table, a figure or the next heading; or
    anywhere before the table or figure that it names."""
    opens = place == 0 or isinstance(blocks[place - 1], Section | SubSection)
    if place + 1 < len(blocks) and isinstance(blocks[place + 1], SealRow):
        return True  # what is signed is not on another page than who signs it
    one, after = blocks[place], blocks[place + 1] if place + 1 < len(blocks) else None
    if (
        isinstance(one, Paragraph)
        and isinstance(after, Table | Figure)
        and Ref(after.key) in one.runs
    ):
        return True
    return opens and isinstance(after, Table | Figure | SubSection)


def _signed(story: list[Any]) -> list[Any]:
    """The story with the table right before its last flowable, places for stamps, kept with them, or the last rows of it."""
    place = next(
        (
            at
            for at in range(len(story) - 2, -1, -1)
            if not isinstance(story[at], Spacer | Noted | ChineseParagraph)
        ),
        None,
    )
    if place is None or not isinstance(story[place], KeptTogether | ThreeLineTable):
        return story
    table = story[place]
    inside = table._content if isinstance(table, KeptTogether) else [table]
    kept = KeptTogether([*inside, *story[place + 1 :]])
    kept.is_signed = True
    return [*story[:place], kept]


def _with_their_headings(story: list[Any]) -> list[Any]:
    """Headings go into the KeepTogether that follows them: ReportLab's own keepWithNext leaves such containers out."""
    result: list[Any] = []
    waiting: list[Any] = []
    for one in story:
        if waiting and isinstance(one, CondPageBreak):
            if all(isinstance(other, Noted) for other in waiting):
                result.append(one)
            continue  # what waits stays with what follows
        if one.getKeepWithNext():
            waiting.append(one)
            continue
        if waiting and isinstance(one, KeepTogether):
            kept = type(one)([*waiting, *one._content])
            if isinstance(one, KeptTogether) and isinstance(kept, KeptTogether):
                kept.is_signed = one.is_signed
            result.append(kept)
        else:
            result += [*waiting, one]
        waiting = []
    return result + waiting


class _Gap(Spacer):
    """White space that stays with what follows: a heading never ends a page."""

    keepWithNext = 1

    def __init__(self, height: float) -> None:
        super().__init__(1, height)


class _After(Spacer):
    """White space below a block. At the foot of a page it is as small as what is left: it never opens an empty page."""

    def __init__(self, height: float) -> None:
        super().__init__(1, height)

    def wrap(self, width: float, room: float) -> tuple[float, float]:
        return 1, max(0.0, min(self.height, room))


class _Heading(ChineseParagraph):
    def __init__(self, level: int, number: str, title: str) -> None:
        self.level, self.number, self.title = level, number, title
        self.key = f"H{number}" if number else f"H{title}"
        gap = "　" if number else ""
        look = setting().h1 if level == 1 else setting().h2
        super().__init__(as_runs(f"{number}{gap}{title}", look.fontName), look)

    def mark(self, canvas: Any, x: float, y: float) -> None:
        canvas.bookmarkHorizontal(self.key, x, y + self.height)
        words = f"{self.number} {self.title}".strip()
        canvas.addOutlineEntry(words, self.key, self.level - 1, closed=self.level > 1)
        canvas.noted(self.key)
        if self.level == 1:
            canvas.setStrokeColor(INK)
            canvas.setLineWidth(0.8)
            canvas.line(x, y - 3.5, x + self.width, y - 3.5)


class _FigureCaption(ChineseParagraph):
    def __init__(self, number: str, figure: Figure) -> None:
        self.number, self.title, self.key = number, figure.caption, figure.key
        label = f"图 {number}　" if number else ""
        super().__init__(as_runs(f"{label}{figure.caption}", HEI_MEDIUM), setting().caption)

    def mark(self, canvas: Any, x: float, y: float) -> None:
        canvas.bookmarkHorizontal(self.key, x, y + self.height)
        canvas.noted(self.key)


def opening_sheet(chapter: Chapter) -> Sheet:
    """The sheet a chapter begins on: one that leads straight to a landscape table opens on its sheet."""
    return next(iter(sheets_of(chapter.blocks, chapter.sheet)), chapter.sheet)


_FEW_CHARACTERS = 220


def _is_tiny(chapter: Chapter) -> bool:
    """Whether a chapter is but a few lines: the next one follows on its page, which would else be empty."""
    if not all(isinstance(one, Section | SubSection | Paragraph) for one in chapter.blocks):
        return False
    words = (cell_text(one.runs) for one in chapter.blocks if isinstance(one, Paragraph))
    return sum(map(len, words)) < _FEW_CHARACTERS


def _to_the_last_line(story: list[Any]) -> list[Any]:
    """Without the white space at the end: on a page filled to the last point even that would open an empty page."""
    while story and isinstance(story[-1], _After):
        story = story[:-1]
    return story
