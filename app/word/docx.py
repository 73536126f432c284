"""A paper as an editable Word file: the same content and numbers as the PDF, with Word's own headings, captions, contents
field, table heads that repeat, and page numbers. Pictures of charts come from the caller (a PDF page drawn)."""

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
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section as WordSection
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table as WordTable
from docx.table import _Cell
from docx.text.paragraph import Paragraph as WordParagraph

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
from app.papers.numbering import number_all
from app.papers.sheets import sheets_of
from app.papers.template import layouts
from app.papers.unbroken import UNBROKEN
from app.word.columns import PADDING, fitted

_T = TypeVar("_T")
_NOT_XML = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
Picture = Callable[[Figure], bytes]
"""PNG of a figure at 200 dpi or more."""

_SERIF, _SANS = "宋体", "黑体"
_STATES = {
    Verification.VERIFIED: "●",
    Verification.TRANSCRIBED: "◐",
    Verification.RECALLED: "◌",
}
_SIZES = {Size.STANDARD: 10.5, Size.SMALL: 9.0, Size.DENSE: 8.0, Size.TIGHT: 7.5}
_SHEETS = {Sheet.PORTRAIT: (210, 297), Sheet.LANDSCAPE: (297, 210), Sheet.A3: (420, 297)}
_MARGINS = (30.0, 23.4, 26.8, 24.7)  # left, right, top, bottom in mm, as the PDF
_CELL = 1.5  # points above and below the words of a cell
_LEVELS = {1: 15, 2: 13, 3: 12}


def write_docx(path: Path, document: Document, picture: Picture, *, made: datetime) -> None:
    """Write the paper. made: the time in the file's properties. OSError when it cannot be written; the caller writes
    beside the target and moves it into place."""
    _Writer(_cleaned(document), picture, made).write().save(str(path))


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
        self._headings: list[tuple[int, str, str]] = []  # level, text, bookmark
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
        if document.cover is not None:
            self._cover(document.cover)
            self._new_page()
        if document.signatures is not None:
            self._signatures(document.signatures)
            self._new_page()
        for page in document.front:
            self._title(page.title)
            self._blocks(page.blocks, "")
            self._back_to_portrait()
            self._new_page()
        contents = None
        if document.cover is not None:
            self._title("目　录")
            contents = self.word.add_paragraph()
            self._new_section(Sheet.PORTRAIT)
            self._number_pages(self.word.sections[-1])
        for chapter in document.chapters:
            self._chapter(chapter)
        for chapter in document.appendices:
            self._chapter(chapter, appendix=True)
        if contents is not None:
            self._contents(contents)
        self._heads()
        return self.word

    def _chapter(self, chapter: Chapter, *, appendix: bool = False) -> None:
        name = self.numbers.chapters[id(chapter)]
        wanted = chapter.sheet
        if self.document.cover is None:
            self._title(chapter.title)
            self._blocks(chapter.blocks, "", chapter.sheet)
            return
        if wanted is not self._sheet:
            self._new_section(wanted)
            fresh = True
        else:
            fresh = not self._headings
        text = f"附录 {name}　{chapter.title}" if appendix else f"{name}　{chapter.title}"
        heading = self._heading(1, text)
        heading.paragraph_format.page_break_before = not fresh
        self._blocks(chapter.blocks, name, chapter.sheet)

    def _blocks(
        self, blocks: tuple[Block, ...], chapter: str, first: Sheet = Sheet.PORTRAIT
    ) -> None:
        section = 0
        for block, wanted in zip(blocks, sheets_of(blocks, first), strict=True):
            if wanted is not self._sheet:
                self._new_section(wanted)
            match block:
                case Section(title):
                    section += 1
                    self._heading(2, f"{chapter}.{section}　{title}" if chapter else title)
                case SubSection(title):
                    self._heading(3, title, numbered=False)
                case Paragraph(runs, indent):
                    paragraph = self.word.add_paragraph(style="Body Text")
                    if indent:
                        paragraph.paragraph_format.first_line_indent = Pt(24)
                    self._runs(paragraph, runs)
                case Table():
                    self._table(block, chapter)
                case Figure():
                    self._figure(block)
                case PageBreak():
                    self._new_page()
                case SealRow():
                    self._seals(block)
                case EditionBox():
                    self._edition(block)

    # -- styles

    def _styles(self) -> None:
        styles = self.word.styles
        own = layouts().get(self.document.layout)
        serif = _SERIF if own is None else own.body_font
        sans = _SANS if own is None else own.heading_font
        sizes = dict(_LEVELS) if own is None else {**_LEVELS, 1: own.heading_1, 2: own.heading_2}
        self._font(styles["Normal"], serif, 10.5 if own is None else own.caption)
        self._font(styles["Body Text"], serif, 12 if own is None else own.body)
        body = styles["Body Text"].paragraph_format
        body.space_after, body.line_spacing = Pt(0), 1.6 if own is None else Pt(own.leading)
        for level, size in sizes.items():
            style = styles[f"Heading {level}"]
            self._font(style, sans, size, bold=level < 3)
            form = style.paragraph_format
            form.space_before, form.space_after = Pt(12 if level < 3 else 6), Pt(6)
            form.keep_with_next = True
        caption = styles["Caption"]
        self._font(caption, _SANS, 10.5)
        caption.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
        caption.paragraph_format.keep_with_next = True

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
        left, right, top, bottom = _MARGINS
        own = layouts().get(self.document.layout)
        if own is not None:
            left, right, top, bottom = own.left, own.right, own.top, own.bottom
        section.left_margin, section.right_margin = Mm(left), Mm(right)
        section.top_margin, section.bottom_margin = Mm(top), Mm(bottom)
        self._sheet = sheet

    def _new_section(self, sheet: Sheet) -> None:
        section = self.word.add_section(WD_SECTION.NEW_PAGE)
        properties = section._sectPr  # noqa: SLF001
        for restart in properties.findall(qn("w:pgNumType")):  # copied from the section before
            properties.remove(restart)
        self._page(section, sheet)

    def _back_to_portrait(self) -> None:
        if self._sheet is not Sheet.PORTRAIT:
            self._new_section(Sheet.PORTRAIT)

    def _new_page(self) -> None:
        """The next paragraph begins a page: an empty one carries the break."""
        paragraph = self.word.add_paragraph()
        paragraph.add_run().add_break(WD_BREAK.PAGE)
        paragraph.paragraph_format.space_after = Pt(0)

    @property
    def _room(self) -> float:
        """Width of the text in mm."""
        return _SHEETS[self._sheet][0] - _MARGINS[0] - _MARGINS[1]

    def _number_pages(self, section: WordSection) -> None:
        """Arabic numbers begin at 1 with this section."""
        kind = OxmlElement("w:pgNumType")
        kind.set(qn("w:start"), "1")
        section._sectPr.append(kind)  # noqa: SLF001 - python-docx has no public way

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
        run = paragraph.add_run(text)
        run.font.size, run.bold = Pt(size), bold
        self._east(run, font)
        return paragraph

    def _east(self, run: Any, font: str) -> None:
        run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)  # noqa: SLF001

    def _cover(self, cover: Cover) -> None:
        if cover.logo is not None:
            logo = self.word.add_paragraph().add_run()
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

    def _signatures(self, signatures: Signatures) -> None:
        self._title("编制与责任")
        lead = self.word.add_paragraph(signatures.lead, style="Body Text")
        lead.paragraph_format.first_line_indent = Pt(24)
        for block in signatures.blocks:
            self._heading(3, f"{block.party}：{block.name}", numbered=False)
            table = self._grid(len(block.lines) + 1, 4, (0.22, 0.24, 0.24, 0.3), 1.0)
            for place, text in enumerate(("职责", "姓名", "职务或职称", "签字")):
                self._words(table.at(0, place), text, 10.5, bold=True)
            for row, line in enumerate(block.lines, 1):
                for place, text in enumerate((line.duty, line.name, line.post, "")):
                    self._words(table.at(row, place), text, 10.5)
            self._rules(table)
            self.word.add_paragraph(block.seal)

    def _seals(self, row: SealRow) -> None:
        for seal in row.seals:
            self.word.add_paragraph(f"{seal.role}　{seal.name}")
        for line in row.lines:
            self.word.add_paragraph(f"{line}：＿＿＿＿＿＿＿＿")

    def _edition(self, box: EditionBox) -> None:
        table = self._grid(3, 1, (1.0,), 1.0)
        for row, text in enumerate((box.number, box.sha256, box.note)):
            self._words(table.at(row, 0), text, 12 if row == 0 else 8)
        self._rules(table)

    # -- headings, references, contents

    def _title(self, text: str) -> None:
        self._line(text, 16, font=_SANS, bold=True).paragraph_format.space_after = Pt(12)

    def _heading(self, level: int, text: str, *, numbered: bool = True) -> WordParagraph:
        paragraph: WordParagraph = self.word.add_heading(level=level)
        name = f"_Toc{len(self._headings) + 1:06d}"
        self._bookmark(paragraph, name, text)
        if numbered and level < 3:
            self._headings.append((level, text, name))
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

    def _contents(self, first: WordParagraph) -> None:
        """The contents field with its lines already in it; page numbers are fields of their own."""
        self._mark(first, "begin")
        code = OxmlElement("w:instrText")
        code.set(qn("xml:space"), "preserve")
        code.text = ' TOC \\o "1-2" \\h \\z \\u '
        first.add_run()._r.append(code)  # noqa: SLF001
        self._mark(first, "separate")
        width = Mm(_SHEETS[Sheet.PORTRAIT][0] - _MARGINS[0] - _MARGINS[1])
        last = first
        for level, text, name in self._headings:
            paragraph = self.word.add_paragraph()
            last._p.addnext(paragraph._p)  # noqa: SLF001
            last = paragraph
            form = paragraph.paragraph_format
            form.left_indent = Pt(0 if level == 1 else 21)
            form.space_after = Pt(2)
            form.tab_stops.add_tab_stop(width, WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
            link = OxmlElement("w:hyperlink")
            link.set(qn("w:anchor"), name)
            run = paragraph.add_run(f"{text}\t")
            link.append(run._r)  # noqa: SLF001
            paragraph._p.append(link)  # noqa: SLF001
            self._field(paragraph, f"PAGEREF {name} \\h", "")
        self._mark(last, "end")
        settings = self.word.settings.element
        update = OxmlElement("w:updateFields")
        update.set(qn("w:val"), "true")
        settings.append(update)

    def _caption(self, kind: str, number: str, text: str, key: str) -> None:
        """「表 2-1　caption」 with a field for the running number, and a bookmark that references lead to."""
        paragraph = self.word.add_paragraph(style="Caption")
        if number:
            self._bookmarks += 1
            start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
            for one in (start, end):
                one.set(qn("w:id"), str(self._bookmarks))
            start.set(qn("w:name"), _anchor(key))
            chapter, _, running = number.rpartition("-")
            paragraph._p.append(start)  # noqa: SLF001
            paragraph.add_run(f"{kind} {chapter}-")
            self._field(paragraph, f"SEQ {kind}{chapter} \\* ARABIC", running)
            paragraph._p.append(end)  # noqa: SLF001
            paragraph.add_run("　")
        paragraph.add_run(text)

    # -- runs

    def _runs(self, paragraph: WordParagraph, runs: Iterable[Inline], size: float = 0) -> None:
        for one in runs:
            self._inline(paragraph, one, size)

    def _inline(self, paragraph: WordParagraph, one: Inline, size: float) -> None:
        before = len(paragraph.runs)
        match one:
            case Bold(text):
                paragraph.add_run(text).bold = True
            case Sub(text):
                paragraph.add_run(text).font.subscript = True
            case Ref(key):
                kind, number = self.numbers.items[key]
                self._field(paragraph, f"REF {_anchor(key)} \\h", f"{kind} {number}")
            case Open():
                paragraph.add_run(f"〔{one}〕").bold = True
            case LevelMark(level):
                paragraph.add_run("未定" if level is None else level.symbol).bold = True
            case StateMark(state):
                paragraph.add_run(_STATES[state])
            case LimitingMark():
                paragraph.add_run("限")
            case _:
                paragraph.add_run(str(one))
        for run in paragraph.runs[before:]:
            for words in run._r.findall(qn("w:t")):  # noqa: SLF001
                words.text = UNBROKEN.sub(_whole, words.text or "")
            if size:
                run.font.size = Pt(size)

    # -- tables and figures

    def _table(self, table: Table, chapter: str) -> None:
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
        for row, content in enumerate(table.rows, heads):
            cells = [grid.at(row, place) for place in range(len(table.columns))]
            if content.kind is RowKind.GROUP and len(content.cells) == 1:
                merged = cells[0].merge(cells[-1])
                self._content(merged, content.cells[0], Align.TEXT, size, bold=True)
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
            self._keep_row(grid.rows[row])
        self._rules(grid, heads)
        for note in table.notes:
            paragraph = self.word.add_paragraph()
            paragraph.paragraph_format.space_after = Pt(2)
            self._runs(paragraph, note, 8.5)
        self.word.add_paragraph().paragraph_format.space_after = Pt(2)

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
        paragraph = cell.paragraphs[0]
        form = paragraph.paragraph_format
        form.space_before = form.space_after = Pt(_CELL)
        if align is Align.NUMBER:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        elif align is Align.CENTRE:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        assert not isinstance(content, JoinLeft | JoinUp)
        runs: Runs = content if isinstance(content, tuple) else (content,)
        self._runs(paragraph, runs, size)
        if bold:
            for run in paragraph.runs:
                run.bold = True

    def _words(
        self, cell: _Cell, text: str, size: float, *, bold: bool = False, centre: bool = False
    ) -> None:
        paragraph = cell.paragraphs[0]
        form = paragraph.paragraph_format
        form.space_before = form.space_after = Pt(_CELL)
        if centre:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = paragraph.add_run(text)
        run.font.size, run.bold = Pt(size), bold

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
        """Three lines: strong above and below, a thin one under the head, hairlines between rows."""
        borders = OxmlElement("w:tblBorders")
        for side, width in (("top", 12), ("bottom", 12), ("insideH", 2)):
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
            properties = cell._tc.get_or_add_tcPr()  # noqa: SLF001
            under = OxmlElement("w:tcBorders")
            line = OxmlElement("w:bottom")
            for name, value in (
                ("val", "single"),
                ("sz", "6"),
                ("space", "0"),
                ("color", "000000"),
            ):
                line.set(qn(f"w:{name}"), value)
            under.append(line)
            properties.append(under)

    def _figure(self, figure: Figure) -> None:
        paragraph = self.word.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.keep_with_next = True
        width = min(figure.chart.width / 72 * 25.4, self._room)
        paragraph.add_run().add_picture(io.BytesIO(self.picture(figure)), width=Mm(width))
        kind, number = self.numbers.items[figure.key]
        self._caption(kind, number, figure.caption, figure.key)
        for note in figure.notes:
            self._runs(self.word.add_paragraph(), note, 8.5)


def _whole(found: re.Match[str]) -> str:
    """A figure and its unit with spaces at which no line ends."""
    return found[0].replace("\u2009", "\u202f").replace(" ", "\xa0")


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
