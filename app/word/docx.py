"""A paper as an editable Word file: the same content and numbers as the PDF, with Word's own headings, captions, contents
field, table heads that repeat, and page numbers. Pictures of charts come from the caller (a PDF page drawn)."""

import copy
import dataclasses
import enum
import io
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar, cast

import docx
from docx.document import Document as Word
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section as WordSection
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table as WordTable
from docx.table import _Cell
from docx.text.paragraph import Paragraph as WordParagraph
from docx.text.run import Run as WordRun

from app.assessment.indicator_system import Verification
from app.audit.charts.shapes import Chart
from app.papers.document import (
    Align,
    Attachment,
    Block,
    Bold,
    Cell,
    Chapter,
    Column,
    Cover,
    Document,
    EditionBox,
    Figure,
    Inline,
    JoinLeft,
    JoinUp,
    LevelMark,
    LimitingMark,
    Open,
    PageBreak,
    Paragraph,
    Ref,
    RowKind,
    Runs,
    SealRow,
    Section,
    Sheet,
    Signatures,
    Size,
    StateMark,
    Sub,
    SubSection,
    Table,
)
from app.papers.document import (
    Picture as Photo,
)
from app.papers.indexes import pieces
from app.papers.numbering import number_all
from app.papers.row_rules import is_joined_up, ruled_after
from app.papers.sheets import sheets_of
from app.papers.unbroken import UNBROKEN
from app.word.columns import PADDING, fitted
from app.word.flow import Unit, lines_of, pages_of, placed_of, stretches_of

_T = TypeVar("_T")
_NOT_XML = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
Picture = Callable[[Figure], bytes]
"""PNG of a figure at 200 dpi or more."""

_SERIF, _SANS = "宋体", "黑体"
_PARAGRAPH = WD_STYLE_TYPE.PARAGRAPH
_STATES = {
    Verification.VERIFIED: "●",
    Verification.TRANSCRIBED: "◐",
    Verification.RECALLED: "◌",
}
_SIZES = {Size.STANDARD: 10.5, Size.SMALL: 9.0, Size.DENSE: 8.0, Size.TIGHT: 7.5}
_SHEETS = {Sheet.PORTRAIT: (210, 297), Sheet.LANDSCAPE: (297, 210), Sheet.A3: (420, 297)}
_MARGINS = (30.0, 23.4, 26.8, 24.7)  # left, right, top, bottom in mm, as the PDF
_CELL = 1.5  # points above and below the words of a cell
_LEVELS = {1: 15.0, 2: 13.0, 3: 12.0}
_LEADING = 22.0  # points from line to line of the body
_DENSE, _TIGHT = 1.3, 1.15  # lines of tables and notes, shares of their type
_AFTER_TABLE = 9.0
_ROWS_WHOLE = 10  # a table of so many rows stays on one page
_MOST_WHOLE = 0.45  # share of a page that is left empty for it at most
_CONTENTS = (
    18.0,
    13.2,
)  # points from line to line: as wished, as tight as it may be to stay on one page
_CAPTION_ROOM = 32.0  # mm of a page for the caption and notes of a picture as tall as it
_FRONT, _BODY = "upperRoman", "decimal"
_THIN, _LEFT = 0.2, 0.3  # shares of a page: few lines; what is left on a page that could hold more
_LISTS = (("表目录", "表", "表题"), ("图目录", "图", "图题"))  # title, kind, style of the captions
_FEW = 120  # characters of a paragraph of two or three lines
_LISTED = 13.5  # points from line to line of the lists of tables and figures
_WORDS, _LINE_END, _TAB = qn("w:t"), qn("w:br"), qn("w:tab")
_BREAKS = re.compile(r"[\t\r\n]")
_ALIGNED = {Align.NUMBER: WD_ALIGN_PARAGRAPH.RIGHT, Align.CENTRE: WD_ALIGN_PARAGRAPH.CENTER}


def write_docx(path: Path, document: Document, picture: Picture, *, made: datetime) -> None:
    """Write the paper. made: the time in the file's properties. OSError when it cannot be written; the caller writes
    beside the target and moves it into place."""
    _Writer(_cleaned(document), picture, made).write().save(str(path))


def _line_below(cell: Any, eighths: int) -> None:
    """A line under a cell; width in eighths of a point."""
    properties = cell.get_or_add_tcPr()
    if properties.find(qn("w:tcBorders")) is not None:
        return
    under = OxmlElement("w:tcBorders")
    line = OxmlElement("w:bottom")
    for name, value in (
        ("val", "single"),
        ("sz", str(eighths)),
        ("space", "0"),
        ("color", "000000"),
    ):
        line.set(qn(f"w:{name}"), value)
    under.append(line)
    properties.append(under)


class _Cells:
    """A Word table with its cells looked up once: the library searches the whole table at every look."""

    def __init__(self, table: WordTable, columns: int) -> None:
        self.table, self.columns = table, columns
        self.rows = list(table.rows)
        self._cells: list[_Cell] = table._cells  # noqa: SLF001

    def at(self, row: int, column: int) -> _Cell:
        return self._cells[row * self.columns + column]

    def row(self, row: int) -> list[_Cell]:
        return self._cells[row * self.columns : (row + 1) * self.columns]


class _Writer:
    """One Word file in the making."""

    def __init__(self, document: Document, picture: Picture, made: datetime) -> None:
        self.document, self.picture = document, picture
        self.numbers = number_all(document)
        self.word: Word = docx.Document()
        self._bookmarks = 0
        self._sheet = Sheet.PORTRAIT
        own = self._own = document.layout
        self._margins = _MARGINS if own is None else (own.left, own.right, own.top, own.bottom)
        self._body = 12.0 if own is None else own.body
        self._leading = _LEADING if own is None else own.leading
        self._room_below: Any = None  # the paragraph under the last table
        self._units: list[Unit] = []  # what is set so far, for the pages of the contents
        self._headings: list[tuple[int, str, str]] = []  # level, text, bookmark
        self._captions: list[tuple[str, str, str]] = []  # kind, text, bookmark
        self._moved: dict[int, WordParagraph] = {}  # headings by the place of their unit
        self._style_ids: dict[str, str] = {}
        self._forms: dict[tuple[float, WD_ALIGN_PARAGRAPH | None], Any] = {}  # of a cell's words
        self._runs_made: dict[tuple[float, bool | None], Any] = {}
        self._styles()
        properties = self.word.core_properties
        properties.title = f"{document.enterprise} {document.title}"
        properties.author = document.author
        properties.keywords = "；".join(document.keywords)[:250]
        properties.comments = document.state.value
        properties.created = properties.modified = made.astimezone(UTC).replace(tzinfo=None)
        properties.language = "zh-CN"

    # -- the whole

    def write(self) -> Word:
        self._page(self.word.sections[0], Sheet.PORTRAIT)
        document = self.document
        started = document.cover is not None
        if document.cover is not None:
            self._cover(document.cover)
        if document.signatures is not None:
            self._signatures(document.signatures, started)
            started = True
        for page in document.front:
            self._title(page.title, starts=started)
            self._blocks(page.blocks, "")
            self._back_to_portrait()
            started = True
        contents = None
        if document.cover is not None:
            self._number_pages(self.word.sections[0], _FRONT, None)
            self._title("目　录", starts=True)
            contents = self.word.add_paragraph()
            lists = [self._list_place(title, kind) for title, kind, _ in _LISTS]
            self._tiny(
                self.word.add_paragraph()
            )  # ends the section, behind the lines of the contents
            self._new_section(Sheet.PORTRAIT)
            self._number_pages(self.word.sections[-1], _BODY, 1)
            self._units[-1].numbered = True
        for chapter in document.chapters:
            self._chapter(chapter)
        for place, chapter in enumerate(document.appendices):
            self._chapter(chapter, appendix=True, starts=place == 0)
        self._fill_thin_pages()
        if contents is not None:
            self._contents(contents)
            for (_, kind, style), holder in zip(_LISTS, lists, strict=True):
                if holder is not None:
                    self._list(holder, kind, style)
        self._heads()
        return self.word

    def _list_place(self, title: str, kind: str) -> WordParagraph | None:
        """The heading of a list of tables or figures and where its lines will stand; None where there are none."""
        if not any(one == kind for one, _ in self.numbers.items.values()):
            return None
        self._title(title, starts=kind == _LISTS[0][1])
        return self.word.add_paragraph()

    def _chapter(self, chapter: Chapter, *, appendix: bool = False, starts: bool = True) -> None:
        """starts: on a new page; small appendices follow each other."""
        name = self.numbers.chapters[id(chapter)]
        wanted = chapter.sheet
        if self.document.cover is None:
            if wanted is not self._sheet:
                self._new_section(wanted, first=not self._units)
            self._title(chapter.title)
            self._blocks(chapter.blocks, "", chapter.sheet)
            return
        if wanted is not self._sheet:
            self._new_section(wanted)
            fresh = True
        else:
            fresh = not self._headings
        text = f"附录 {name}　{chapter.title}" if appendix else f"{name}　{chapter.title}"
        self._heading(1, text, starts=starts and not fresh)
        self._blocks(chapter.blocks, name, chapter.sheet)

    def _blocks(
        self, blocks: tuple[Block, ...], chapter: str, first: Sheet = Sheet.PORTRAIT
    ) -> None:
        section = 0
        following = (*blocks[1:], None)
        for block, wanted, after in zip(blocks, sheets_of(blocks, first), following, strict=True):
            if wanted is not self._sheet:
                self._new_section(wanted)
            match block:
                case Section(title):
                    section += 1
                    self._heading(2, f"{chapter}.{section}　{title}" if chapter else title)
                case SubSection(title):
                    self._heading(3, title, numbered=False)
                case Paragraph(runs, indent):
                    paragraph = self._styled("Body Text")
                    indented = 2 * self._body if indent else 0.0
                    paragraph.paragraph_format.first_line_indent = Pt(indented)
                    self._runs(paragraph, runs)
                    if isinstance(after, Table | Figure) and Ref(after.key) in runs:
                        paragraph.paragraph_format.keep_with_next = True
                    self._measure(paragraph, self._body, self._leading, indent=indented)
                case Table():
                    self._table(block, chapter, tail=_ends_with(blocks, after))
                case Figure():
                    self._figure(block)
                case PageBreak():
                    self._break()
                case SealRow():
                    self._seals(block)
                case EditionBox():
                    self._edition(block)

    # -- styles

    def _styles(self) -> None:
        styles = self.word.styles
        own = self._own
        serif = _SERIF if own is None else own.body_font
        sans = _SANS if own is None else own.heading_font
        sizes = (
            dict(_LEVELS)
            if own is None
            else {1: own.heading_1, 2: own.heading_2, 3: max(12.0, own.body)}
        )
        self._font(styles["Normal"], serif, 10.5 if own is None else own.caption)
        normal = styles["Normal"]
        self._leads(normal.paragraph_format, 10.5 if own is None else own.caption)
        # Gaps between Chinese and Latin that Word adds by itself make a figure wider than its column.
        about = normal.element.get_or_add_pPr()
        for name in ("autoSpaceDE", "autoSpaceDN"):
            off = OxmlElement(f"w:{name}")
            off.set(qn("w:val"), "0")
            about.insert_element_before(
                off, "w:bidi", "w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind",
                "w:contextualSpacing", "w:jc", "w:outlineLvl", "w:rPr",
            )  # fmt: skip
        self._font(styles["Body Text"], serif, self._body)
        body = styles["Body Text"].paragraph_format
        body.space_after, body.line_spacing = Pt(0), Pt(self._leading)
        self._sizes = sizes
        for level, size in sizes.items():
            style = styles[f"Heading {level}"]
            self._font(style, sans, size, bold=level < 3)
            form = style.paragraph_format
            form.space_before, form.space_after = Pt(10 if level < 3 else 5), Pt(5)
            form.line_spacing = Pt(round(size * 1.4, 1))
            form.keep_with_next = True
        # A style of their own for tables and for figures: a list of them is made of it.
        for name in ("Caption", *(style for *_, style in _LISTS)):
            caption = styles[name] if name == "Caption" else styles.add_style(name, _PARAGRAPH)
            if name != "Caption":
                caption.base_style = styles["Caption"]
            self._font(caption, _SANS, 10.5 if own is None else own.caption)
            form = caption.paragraph_format
            form.alignment = WD_ALIGN_PARAGRAPH.CENTER
            form.space_before, form.space_after = Pt(4), Pt(3)
            self._leads(form, 10.5 if own is None else own.caption)

    def _styled(self, style: str) -> WordParagraph:
        """A paragraph at the end; the library looks through all styles for each, here once."""
        if style not in self._style_ids:
            self._style_ids[style] = self.word.styles[style].style_id
        paragraph: WordParagraph = self.word.add_paragraph()
        paragraph._p.style = self._style_ids[style]  # noqa: SLF001
        return paragraph

    def _leads(self, form: Any, size: float) -> float:
        """Lines of an exact height, so that every machine sets the same pages whatever fonts it has."""
        high = round(size * _DENSE, 1)
        form.line_spacing = Pt(high)
        return high

    # -- thin pages

    def _fill_thin_pages(self) -> None:
        """Where the last page before a new one would hold a few lines only, what stands under the last heading goes there
        whole, if enough is left on the page before."""
        for start, end in stretches_of(self._units):
            placed = placed_of(self._units)
            room = next(one.room for one in reversed(self._units[: start + 1]) if one.room)
            last = placed[end - 1]
            if last.ends == placed[start].begins or last.used >= _THIN * room:
                continue
            at = max((one for one in self._moved if start < one < end), default=0)
            if at and placed[at].begins == last.ends - 1 and placed[at - 1].used >= _LEFT * room:
                self._moved[at].paragraph_format.page_break_before = True
                self._units[at] = dataclasses.replace(self._units[at], starts=True)

    # -- what stands where

    def _measure(
        self, paragraph: WordParagraph, size: float, leading: float, *,
        indent: float = 0.0, about: float = 0.0, keep: bool = False,
        above: float = 0.0, mark: str = "", starts: bool = False,
    ) -> None:  # fmt: skip
        """Note a paragraph for the pages of the contents. about: points above and below its lines."""
        lines = lines_of(_said(paragraph), size, self._points, indent)
        keep = keep or bool(paragraph.paragraph_format.keep_with_next)
        self._units.append(
            Unit(lines * leading + about, keep, lines, mark=mark, starts=starts, above=above)
        )

    @property
    def _points(self) -> float:
        """Width of the text."""
        return self._room / 25.4 * 72

    def _set(self, height: float, *, keep: bool = False, head: float = 0.0) -> None:
        self._units.append(Unit(height, keep, head=head))

    def _font(self, style: Any, name: str, size: float, *, bold: bool = False) -> None:
        font = style.font
        font.name, font.size, font.bold, font.italic = "Times New Roman", Pt(size), bold, False
        font.color.rgb = RGBColor(0, 0, 0)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for kind in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{kind}"), None)
        fonts.set(qn("w:eastAsia"), name)
        if name == _SANS:
            for kind in ("ascii", "hAnsi"):
                fonts.set(qn(f"w:{kind}"), name)

    # -- sheets

    def _page(self, section: WordSection, sheet: Sheet) -> None:
        width, height = _SHEETS[sheet]
        section.orientation = WD_ORIENT.PORTRAIT if sheet is Sheet.PORTRAIT else WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(width), Mm(height)
        left, right, top, bottom = self._margins
        section.left_margin, section.right_margin = Mm(left), Mm(right)
        section.top_margin, section.bottom_margin = Mm(top), Mm(bottom)
        self._sheet = sheet
        self._units.append(Unit(0, room=(height - top - bottom) / 25.4 * 72))

    def _new_section(self, sheet: Sheet, *, first: bool = False) -> None:
        if first:
            self._page(self.word.sections[0], sheet)
            return
        section = self.word.add_section(WD_SECTION.NEW_PAGE)
        self._end_quietly()
        properties = section._sectPr  # noqa: SLF001
        for restart in properties.findall(qn("w:pgNumType")):  # copied from the section before
            restart.attrib.pop(qn("w:start"), None)
        self._page(section, sheet)

    def _end_quietly(self) -> None:
        """The end of a section sits in the paragraph before it: one of its own could be alone on a page."""
        ending = self.word.element.body[-2]
        before = ending.getprevious()
        kept = qn("w:sectPr")
        if before is not None and before.tag == qn("w:p") and before.find(f".//{kept}") is None:
            before.get_or_add_pPr().append(ending.find(f".//{kept}"))
            ending.getparent().remove(ending)
        else:
            self._tiny(WordParagraph(ending, self.word))

    def _back_to_portrait(self) -> None:
        if self._sheet is not Sheet.PORTRAIT:
            self._new_section(Sheet.PORTRAIT)

    def _break(self) -> None:
        """What follows begins a page, behind a paragraph nobody sees: one that carries a break could leave a page blank."""
        self._drop_gap()
        paragraph = self.word.add_paragraph()
        self._tiny(paragraph)
        paragraph.paragraph_format.page_break_before = True
        self._units.append(Unit(1, starts=True))

    def _tiny(self, paragraph: WordParagraph) -> None:
        form = paragraph.paragraph_format
        form.space_before = form.space_after = Pt(0)
        form.line_spacing = Pt(1)

    @property
    def _room(self) -> float:
        """Width of the text in mm."""
        return _SHEETS[self._sheet][0] - self._margins[0] - self._margins[1]

    def _number_pages(self, section: WordSection, form: str, start: int | None) -> None:
        """How the pages of a section and of those after it are numbered, and with what they begin."""
        properties = section._sectPr  # noqa: SLF001 - python-docx has no public way
        for old in properties.findall(qn("w:pgNumType")):
            properties.remove(old)
        kind = OxmlElement("w:pgNumType")
        kind.set(qn("w:fmt"), form)
        if start is not None:
            kind.set(qn("w:start"), str(start))
        margins = properties.find(qn("w:pgMar"))
        margins.addnext(kind)

    def _heads(self) -> None:
        """Running heads and page numbers, the same in every section; none on the cover."""
        document = self.document
        first = self.word.sections[0]
        first.different_first_page_header_footer = document.cover is not None
        for section in self.word.sections:
            head, foot = section.header, section.footer
            head.is_linked_to_previous = foot.is_linked_to_previous = False
            width = section.page_width - section.left_margin - section.right_margin  # type: ignore[operator]
            for part, texts in (
                (head, (document.head_left, "", document.head_right)),
                (foot, (document.foot, None, document.check)),
            ):
                paragraph = part.paragraphs[0]
                paragraph.style = self.word.styles["Normal"]
                stops = paragraph.paragraph_format.tab_stops
                stops.add_tab_stop(width // 2, WD_TAB_ALIGNMENT.CENTER)
                stops.add_tab_stop(width, WD_TAB_ALIGNMENT.RIGHT)
                for place, text in enumerate(texts):
                    if place:
                        paragraph.add_run("\t")
                    if text is None:
                        self._field(paragraph, "PAGE", "1")
                    else:
                        paragraph.add_run(text)
                for run in paragraph.runs:
                    run.font.size = Pt(8)

    # -- fixed pages

    def _line(
        self, text: str, size: float, *, font: str = _SERIF, bold: bool = False, before: float = 0
    ) -> WordParagraph:
        paragraph = self.word.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.space_before = Pt(before)
        paragraph.paragraph_format.line_spacing = Pt(round(size * 1.4, 1))
        run = paragraph.add_run(text)
        run.font.size, run.bold = Pt(size), bold
        self._east(run, font)
        return paragraph

    def _east(self, run: Any, font: str) -> None:
        run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)  # noqa: SLF001

    def _cover(self, cover: Cover) -> None:
        if cover.logo is not None:
            holder = self.word.add_paragraph()
            holder.paragraph_format.line_spacing = 1.0
            logo = holder.add_run()
            high = min(14.0, 60.0 * cover.logo.high / cover.logo.wide)
            logo.add_picture(io.BytesIO(cover.logo.content), height=Mm(high))
        self._line(cover.enterprise, 22, font=_SANS, before=120)
        self._line(cover.title, 30, font=_SANS, bold=True, before=24)
        if cover.subtitle:
            self._line(cover.subtitle, 16, before=12)
        table = self._grid(len(cover.facts), 2, (0.36, 0.64), 0.82)
        for row, (name, value) in enumerate(cover.facts):
            self._words(table.at(row, 0), name, 12)
            self._words(table.at(row, 1), value, 12)
        self._spread(table, 60)
        for seal in cover.seals:
            self._line(f"{seal.role}：{seal.name}", 13, before=18)
        self._line(cover.month, 14, before=30)

    def _signatures(self, signatures: Signatures, starts: bool) -> None:
        self._title("编制与责任", starts=starts)
        lead = self.word.add_paragraph(signatures.lead, style="Body Text")
        lead.paragraph_format.first_line_indent = Pt(2 * self._body)
        for block in signatures.blocks:
            self._heading(3, f"{block.party}：{block.name}", numbered=False)
            table = self._grid(len(block.lines) + 1, 4, (0.22, 0.24, 0.24, 0.3), 1.0)
            for place, text in enumerate(("职责", "姓名", "职务或职称", "签字")):
                self._words(table.at(0, place), text, 10.5, bold=True)
            for row, line in enumerate(block.lines, 1):
                for place, text in enumerate((line.duty, line.name, line.post, "")):
                    self._words(table.at(row, place), text, 10.5)
            self._rules(table)
            seal = self.word.add_paragraph(block.seal)
            seal.paragraph_format.space_before, seal.paragraph_format.space_after = Pt(10), Pt(28)

    def _seals(self, row: SealRow) -> None:
        said = [f"{seal.role}　{seal.name}" for seal in row.seals]
        for text in (*said, *(f"{line}：＿＿＿＿＿＿＿＿" for line in row.lines)):
            paragraph = self.word.add_paragraph(text)
            paragraph.paragraph_format.space_before = Pt(8)
            self._measure(paragraph, 10.5, 13.7, about=8)

    def _edition(self, box: EditionBox) -> None:
        table = self._grid(3, 1, (1.0,), 1.0)
        for row, text in enumerate((box.number, box.sha256, box.note)):
            self._words(table.at(row, 0), text, 12 if row == 0 else 8)
            self._set(19 if row == 0 else 14)
        self._rules(table)
        self._gap(_AFTER_TABLE)

    def _gap(self, height: float, *, keep: bool = False) -> None:
        """Room under a table, which has no such setting of its own."""
        paragraph = self.word.add_paragraph()
        if keep:
            paragraph.paragraph_format.keep_with_next = True
        paragraph.paragraph_format.space_after = Pt(0)
        paragraph.paragraph_format.line_spacing = Pt(height)
        self._set(height, keep=keep)
        self._room_below = self.word.element.body[-2]  # the last element holds the page's size

    def _drop_gap(self) -> None:
        """What follows begins a page: room under a table that fills its own would leave a page blank."""
        gap, self._room_below = self._room_below, None
        if gap is not None and self.word.element.body[-2] is gap:
            gap.getparent().remove(gap)
            self._units.pop()

    # -- headings, references, contents

    def _title(self, text: str, *, starts: bool = False) -> None:
        if starts:
            self._drop_gap()
        paragraph = self._line(text, 16, font=_SANS, bold=True)
        paragraph.paragraph_format.space_after = Pt(12)
        paragraph.paragraph_format.page_break_before = starts
        self._measure(paragraph, 16, 22, about=12, starts=starts)

    def _heading(
        self, level: int, text: str, *, numbered: bool = True, starts: bool = False
    ) -> WordParagraph:
        if starts:
            self._drop_gap()
        paragraph: WordParagraph = self._styled(f"Heading {level}")
        name = f"_Toc{len(self._headings) + 1:06d}"
        self._bookmark(paragraph, name, text)
        listed = numbered and level < 3
        if listed:
            self._headings.append((level, text, name))
        paragraph.paragraph_format.page_break_before = starts
        size = self._sizes[level]
        above = 10.0 if level < 3 else 5.0
        self._measure(
            paragraph, size, round(size * 1.4, 1), about=above + 5, above=above, keep=True,
            mark=name if listed else "", starts=starts,
        )  # fmt: skip
        if listed:
            self._moved[len(self._units) - 1] = paragraph
        return paragraph

    def _bookmark(self, paragraph: WordParagraph, name: str, text: str) -> None:
        self._bookmarks += 1
        start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
        for one in (start, end):
            one.set(qn("w:id"), str(self._bookmarks))
        start.set(qn("w:name"), name)
        paragraph._p.append(start)  # noqa: SLF001
        paragraph.add_run(text)
        paragraph._p.append(end)  # noqa: SLF001

    def _field(self, paragraph: WordParagraph, code: str, shown: str) -> None:
        """A field with the text it shows until Word works it out."""
        self._mark(paragraph, "begin")
        run = paragraph.add_run()
        instruction = OxmlElement("w:instrText")
        instruction.set(qn("xml:space"), "preserve")
        instruction.text = f" {code} "
        run._r.append(instruction)  # noqa: SLF001
        self._mark(paragraph, "separate")
        paragraph.add_run(shown)
        self._mark(paragraph, "end")

    def _mark(self, paragraph: WordParagraph, kind: str) -> None:
        mark = OxmlElement("w:fldChar")
        mark.set(qn("w:fldCharType"), kind)
        paragraph.add_run()._r.append(mark)  # noqa: SLF001

    def _list(self, first: WordParagraph, kind: str, style: str) -> None:
        """The list of tables or of figures, as a field like the contents."""
        self._mark(first, "begin")
        code = OxmlElement("w:instrText")
        code.set(qn("xml:space"), "preserve")
        code.text = f' TOC \\h \\z \\t "{style},1" '
        first.add_run()._r.append(code)  # noqa: SLF001
        self._mark(first, "separate")
        width = Mm(_SHEETS[Sheet.PORTRAIT][0] - self._margins[0] - self._margins[1])
        lines = [(0, text, name) for one, text, name in self._captions if one == kind]
        self._listed(first, lines, width, _LISTED)

    def _listed(
        self, first: WordParagraph, lines: list[tuple[int, str, str]], width: Any, leading: float
    ) -> None:
        """Lines of a list behind its field's beginning: indent in points, text, bookmark."""
        self._tiny(first)
        pages = pages_of(self._units)
        last = first
        for indent, text, name in lines:
            paragraph = self.word.add_paragraph()
            last._p.addnext(paragraph._p)  # noqa: SLF001
            last = paragraph
            form = paragraph.paragraph_format
            form.left_indent = Pt(indent)
            form.space_after = Pt(0)
            form.line_spacing = Pt(round(leading, 1))
            form.tab_stops.add_tab_stop(width, WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
            link = OxmlElement("w:hyperlink")
            link.set(qn("w:anchor"), name)
            run = paragraph.add_run(f"{text}\t")
            link.append(run._r)  # noqa: SLF001
            paragraph._p.append(link)  # noqa: SLF001
            self._field(paragraph, f"PAGEREF {name} \\h", str(pages[name]))
        self._mark(last, "end")

    def _contents(self, first: WordParagraph) -> None:
        """The contents field with its lines already in it; page numbers are fields of their own."""
        self._mark(first, "begin")
        code = OxmlElement("w:instrText")
        code.set(qn("xml:space"), "preserve")
        code.text = ' TOC \\o "1-2" \\h \\z \\u '
        first.add_run()._r.append(code)  # noqa: SLF001
        self._mark(first, "separate")
        width = Mm(_SHEETS[Sheet.PORTRAIT][0] - self._margins[0] - self._margins[1])
        high = (_SHEETS[Sheet.PORTRAIT][1] - self._margins[2] - self._margins[3]) / 25.4 * 72 - 60
        leading = max(_CONTENTS[1], min(_CONTENTS[0], high / max(1, len(self._headings))))
        lines = [(0 if level == 1 else 21, text, name) for level, text, name in self._headings]
        self._listed(first, lines, width, leading)
        settings = self.word.settings.element
        update = OxmlElement("w:updateFields")
        update.set(qn("w:val"), "true")
        settings.append(update)

    def _caption(self, kind: str, number: str, text: str, key: str, *, keep: bool = True) -> None:
        """「表 2-1　caption」 with a field for the running number, and a bookmark that references lead to."""
        paragraph = self._styled(next(style for _, one, style in _LISTS if one == kind))
        paragraph.paragraph_format.keep_with_next = keep
        name = ""
        if number:
            self._bookmarks += 1
            start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
            for one in (start, end):
                one.set(qn("w:id"), str(self._bookmarks))
            start.set(qn("w:name"), _anchor(key))
            name = _anchor(key)
            self._captions.append((kind, f"{kind} {number}　{text}", name))
            chapter, _, running = number.rpartition("-")
            paragraph._p.append(start)  # noqa: SLF001
            paragraph.add_run(f"{kind} {chapter}-")
            self._field(paragraph, f"SEQ {kind}{chapter} \\* ARABIC", running)
            paragraph._p.append(end)  # noqa: SLF001
            paragraph.add_run("　")
        paragraph.add_run(text)
        self._measure(paragraph, 10.5, 13.7, about=7, above=4, mark=name)

    # -- runs

    def _runs(self, paragraph: WordParagraph, runs: Iterable[Inline], size: float = 0) -> None:
        for one in runs:
            self._inline(paragraph, one, size)

    def _inline(self, paragraph: WordParagraph, one: Inline, size: float) -> None:
        match one:
            case Bold(text):
                runs = [self._run(paragraph, text, size, bold=True)]
            case Sub(text):
                runs = [self._run(paragraph, text, size)]
                runs[0].font.subscript = True
            case Ref(key):
                kind, number = self.numbers.items[key]
                before = len(paragraph.runs)
                self._field(paragraph, f"REF {_anchor(key)} \\h", f"{kind} {number}")
                runs = paragraph.runs[before:]
                for run in runs if size else ():
                    run.font.size = Pt(size)
            case Open():
                runs = [self._run(paragraph, f"〔{one}〕", size, bold=True)]
            case LevelMark(level):
                symbol = "未定" if level is None else level.symbol
                runs = [self._run(paragraph, symbol, size, bold=True)]
            case StateMark(state):
                runs = [self._run(paragraph, _STATES[state], size)]
            case LimitingMark():
                runs = [self._run(paragraph, "限", size)]
            case str():
                runs = []
                for piece, is_below in pieces(one):
                    runs.append(self._run(paragraph, piece, size))
                    if is_below:
                        runs[-1].font.subscript = True
            case _:
                runs = [self._run(paragraph, str(one), size)]
        for run in runs:
            for words in run._r.findall(_WORDS):  # noqa: SLF001
                words.text = UNBROKEN.sub(_whole, words.text or "")

    def _run(
        self, paragraph: WordParagraph, text: str, size: float, *, bold: bool | None = None
    ) -> WordRun:
        """A run at the end of the paragraph. Thousands look alike: each kind is made by the library once and copied."""
        empty = self._runs_made.get((size, bold))
        if empty is None:
            run = paragraph.add_run()
            if bold is not None:
                run.bold = bold
            if size:
                run.font.size = Pt(size)
            self._runs_made[size, bold] = copy.deepcopy(run._r)  # noqa: SLF001
        else:
            run = WordRun(copy.deepcopy(empty), paragraph)
            paragraph._p.append(run._r)  # noqa: SLF001
        if _BREAKS.search(text):
            run.text = text
        elif text:
            run._r.add_t(text)  # noqa: SLF001
        return run

    # -- tables and figures

    def _table(self, table: Table, chapter: str, *, tail: bool = False) -> None:
        """tail: a few lines follow and end the chapter; they stay with the table, or they could be alone on a page."""
        # Tables of the pages before chapter 1 carry no number and no caption.
        if chapter and table.caption:
            self._caption(*self.numbers.items[table.key], table.caption, table.key)
        grouped = any(column.group for column in table.columns)
        heads = 2 if grouped else 1
        room = self._room / 25.4 * 72 * table.width
        size, widths = fitted(table, _SIZES[table.size], room)
        grid = self._grid(
            heads + len(table.rows),
            len(table.columns),
            tuple(width / room for width in widths),
            table.width,
        )
        self._pad(grid)
        self._table_head(grid, table.columns, heads, size)
        lines = [1] * len(table.rows)
        for row, content in enumerate(table.rows, heads):
            cells = [grid.at(row, place) for place in range(len(table.columns))]
            if content.kind is RowKind.GROUP and len(content.cells) == 1:
                merged = cells[0].merge(cells[-1])
                self._content(merged, content.cells[0], Align.TEXT, size, bold=True)
                lines[row - heads] = lines_of(_said(merged), size, room - 2 * PADDING)
                continue
            strong = content.kind in (RowKind.TOTAL, RowKind.STRONG, RowKind.GROUP)
            for place, (cell, column) in enumerate(zip(content.cells, table.columns, strict=False)):
                if isinstance(cell, JoinLeft):
                    continue
                if isinstance(cell, JoinUp):
                    continue
                last = place
                while last + 1 < len(content.cells) and isinstance(
                    content.cells[last + 1], JoinLeft
                ):
                    last += 1
                down = row
                while (
                    down + 1 - heads < len(table.rows)
                    and place < len(table.rows[down + 1 - heads].cells)
                    and isinstance(table.rows[down + 1 - heads].cells[place], JoinUp)
                ):
                    down += 1
                target = cells[place]
                if (last, down) != (place, row):
                    target = target.merge(grid.at(down, last))
                self._content(target, cell, column.align, size, bold=strong)
                wide = sum(widths[place : last + 1]) - 2 * PADDING
                own = lines_of(_said(target), size, wide) - (down - row)
                lines[row - heads] = max(lines[row - heads], own)
            self._keep_row(grid.rows[row])
        self._rules(grid, heads)
        self._row_lines(grid, heads, table, lines)
        head = _head_lines(table.columns, size, widths)
        heights = [self._height(one, size) for one in (*head, *lines)]
        self._stay(grid, table, heads, heights, tail=tail)
        for note in table.notes:
            self._note(note, keep=tail)
        self._gap(_AFTER_TABLE, keep=tail)

    def _note(self, note: Runs, *, keep: bool = False) -> None:
        paragraph = self.word.add_paragraph()
        form = paragraph.paragraph_format
        if keep:
            form.keep_with_next = True
        form.space_before, form.space_after = Pt(1), Pt(1)
        leading = self._leads(form, 8.5)
        self._runs(paragraph, note, 8.5)
        self._measure(paragraph, 8.5, leading, about=2)

    def _stay(
        self, grid: "_Cells", table: Table, heads: int, heights: list[float], *, tail: bool
    ) -> None:
        """Keep rows on one page: of a small table all, of a longer one the head with two rows, and the last two."""
        head, body = sum(heights[:heads]), len(table.rows)
        room = next(unit.room for unit in reversed(self._units) if unit.room)
        whole = body <= _ROWS_WHOLE and sum(heights) < room * _MOST_WHOLE
        for row, height in enumerate(heights):
            place = row - heads
            is_last = place == body - 1
            keep = (whole and not is_last) or place < min(1, body - 1) or place == body - 2
            keep = keep or (is_last and (bool(table.notes) or tail))
            if keep:
                for cell in grid.row(row):
                    for paragraph in cell.paragraphs:
                        paragraph.paragraph_format.keep_with_next = True
            self._set(height, keep=keep, head=0.0 if place < 0 else head)

    def _height(self, lines: int, size: float) -> float:
        return lines * self._cell_leading(size) + 2 * _CELL + 0.25

    def _cell_leading(self, size: float) -> float:
        return round(size * (_TIGHT if size < 8 else _DENSE), 1)

    def _table_head(
        self, grid: "_Cells", columns: tuple[Column, ...], heads: int, size: float
    ) -> None:
        for row in range(heads):
            self._repeat(grid.rows[row])
        for place, column in enumerate(columns):
            text = column.title + (f"\n{column.unit}" if column.unit else "")
            if heads == 1:
                self._words(grid.at(0, place), text, size, bold=True, centre=True)
                continue
            if not column.group:
                cell = grid.at(0, place).merge(grid.at(1, place))
                self._words(cell, text, size, bold=True, centre=True)
                continue
            self._words(grid.at(1, place), text, size, bold=True, centre=True)
            if place and columns[place - 1].group == column.group:
                continue
            last = place
            while last + 1 < len(columns) and columns[last + 1].group == column.group:
                last += 1
            cell = grid.at(0, place).merge(grid.at(0, last))
            self._words(cell, column.group, size, bold=True, centre=True)

    def _grid(self, rows: int, columns: int, shares: tuple[float, ...], width: float) -> "_Cells":
        table = self.word.add_table(rows=rows, cols=columns)
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        cells = _Cells(table, columns)
        for place, share in enumerate(shares):
            column = Mm(self._room * width * share)
            table.columns[place].width = column
            for row in range(rows):
                cells.at(row, place).width = column
        return cells

    def _pad(self, grid: "_Cells") -> None:
        """The room left and right of the words that the widths are made for."""
        margins = OxmlElement("w:tblCellMar")
        for side in ("left", "right"):
            room = OxmlElement(f"w:{side}")
            room.set(qn("w:w"), str(round(PADDING * 20)))
            room.set(qn("w:type"), "dxa")
            margins.append(room)
        properties = grid.table._tbl.tblPr  # noqa: SLF001
        look = properties.find(qn("w:tblLook"))
        if look is None:
            properties.append(margins)
        else:
            look.addprevious(margins)

    def _content(
        self, cell: _Cell, content: Cell, align: Align, size: float, *, bold: bool
    ) -> None:
        paragraph = self._cell_form(cell, size, _ALIGNED.get(align))
        assert not isinstance(content, JoinLeft | JoinUp)
        runs: Runs = content if isinstance(content, tuple) else (content,)
        self._runs(paragraph, runs, size)
        if bold:
            for run in paragraph.runs:
                run.bold = True

    def _cell_form(
        self, cell: _Cell, size: float, aligned: WD_ALIGN_PARAGRAPH | None
    ) -> WordParagraph:
        """The paragraph of an empty cell with its form; the same for thousands of cells, so made once and copied."""
        paragraph: WordParagraph = cell.paragraphs[0]
        made = self._forms.get((size, aligned))
        if made is None:
            form = paragraph.paragraph_format
            form.space_before = form.space_after = Pt(_CELL)
            form.line_spacing = Pt(self._cell_leading(size))
            if aligned is not None:
                paragraph.alignment = aligned
            self._forms[size, aligned] = copy.deepcopy(paragraph._p.pPr)  # noqa: SLF001
        else:
            paragraph._p.insert(0, copy.deepcopy(made))  # noqa: SLF001
        return paragraph

    def _words(
        self, cell: _Cell, text: str, size: float, *, bold: bool = False, centre: bool = False
    ) -> None:
        paragraph = self._cell_form(cell, size, WD_ALIGN_PARAGRAPH.CENTER if centre else None)
        self._run(paragraph, text, size, bold=bold)

    def _spread(self, table: "_Cells", before: float) -> None:
        """Room above a table, which has no such setting of its own."""
        paragraph = self.word.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(before)
        table.table._tbl.addprevious(paragraph._p)  # noqa: SLF001

    def _repeat(self, row: Any) -> None:
        mark = OxmlElement("w:tblHeader")
        mark.set(qn("w:val"), "true")
        row._tr.get_or_add_trPr().append(mark)  # noqa: SLF001
        self._keep_row(row)

    def _keep_row(self, row: Any) -> None:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001

    def _rules(self, table: "_Cells", heads: int = 1) -> None:
        """Three lines: strong above and below, a thin one under the head."""
        borders = OxmlElement("w:tblBorders")
        for side, width in (("top", 12), ("bottom", 12)):
            line = OxmlElement(f"w:{side}")
            for name, value in (
                ("val", "single"),
                ("sz", str(width)),
                ("space", "0"),
                ("color", "000000"),
            ):
                line.set(qn(f"w:{name}"), value)
            borders.append(line)
        about = table.table._tbl.tblPr  # noqa: SLF001
        layout = about.find(qn("w:tblLayout"))  # the schema fixes the order
        if layout is None:
            about.append(borders)
        else:
            layout.addprevious(borders)
        for cell in table.row(heads - 1):
            _line_below(cell._tc, 6)  # noqa: SLF001

    def _row_lines(self, grid: "_Cells", heads: int, table: Table, lines: list[int]) -> None:
        """Hairlines where they help to read, none through a cell that reaches over several rows."""
        for place in ruled_after(table, lines):
            column = 0
            for cell in grid.rows[heads + place]._tr.tc_lst:  # noqa: SLF001
                if not is_joined_up(table.rows[place + 1], column):
                    _line_below(cell, 2)
                column += cell.grid_span

    def _figure(self, figure: Figure) -> None:
        paragraph = self.word.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        form = paragraph.paragraph_format
        form.keep_with_next = True
        form.line_spacing, form.space_before = 1.0, Pt(4)
        tall = _SHEETS[self._sheet][1] - self._margins[2] - self._margins[3] - _CAPTION_ROOM
        share = min(1.0, tall / (figure.chart.height / 72 * 25.4))
        width = min(figure.chart.width / 72 * 25.4 * share, self._room)
        run = paragraph.add_run()
        run.font.size = Pt(2)  # what lies under the line of a picture
        run.add_picture(io.BytesIO(self.picture(figure)), width=Mm(width))
        high = figure.chart.height * width / (figure.chart.width / 72 * 25.4)
        self._units.append(Unit(high + 6, keep=True, above=4))
        kind, number = self.numbers.items[figure.key]
        self._caption(kind, number, figure.caption, figure.key, keep=bool(figure.notes))
        for note in figure.notes:
            self._note(note)


def _ends_with(blocks: tuple[Block, ...], last: Block | None) -> bool:
    """Whether this is the last block of a chapter and a few lines of words."""
    if not isinstance(last, Paragraph) or last is not blocks[-1]:
        return False
    return sum(len(str(one)) for one in last.runs) < _FEW


def _said(thing: WordParagraph | _Cell) -> str:
    """Words of a paragraph or of a cell with one; the library's own way looks for each kind of thing in every run."""
    found = thing._element.iter(_WORDS, _LINE_END, _TAB)  # noqa: SLF001
    return "".join(one.text or "" if one.tag == _WORDS else str(one) for one in found)


def _whole(found: re.Match[str]) -> str:
    """A figure and its unit with spaces at which no line ends."""
    return found[0].replace("\u2009", "\u202f").replace(" ", "\xa0")


def _head_lines(columns: tuple[Column, ...], size: float, widths: list[float]) -> list[int]:
    """Lines of every row of a table's head."""
    titles, groups = [1], [1]
    for column, width in zip(columns, widths, strict=True):
        own = lines_of(column.title, size * 1.03, width - 2 * PADDING) + bool(column.unit)
        titles.append(own if column.group else own - any(one.group for one in columns))
    return [max(groups), max(titles)] if any(one.group for one in columns) else [max(titles)]


def _anchor(key: str) -> str:
    """A bookmark's name: letters, digits and underscores, 40 at most."""
    plain = "".join(one if one.isascii() and one.isalnum() else "_" for one in key)
    return f"_Ref_{plain}"[:40]


def _cleaned(thing: _T) -> _T:
    """The same without what XML cannot hold: a control character would make a file that Word calls damaged."""
    if isinstance(thing, Chart | Photo | Attachment | enum.Enum):
        return thing
    if isinstance(thing, str):
        return cast(_T, _NOT_XML.sub("", thing))
    if isinstance(thing, tuple):
        return cast(_T, tuple(_cleaned(one) for one in thing))
    if not dataclasses.is_dataclass(thing):
        return thing
    kept = {one.name: getattr(thing, one.name) for one in dataclasses.fields(thing)}
    changed = {name: new for name, old in kept.items() if (new := _cleaned(old)) != old}
    return cast(_T, dataclasses.replace(cast(Any, thing), **changed)) if changed else thing
