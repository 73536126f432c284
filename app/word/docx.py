"""A paper as an editable Word file: the same content and numbers as the PDF, with Word's own headings, captions, contents
field, table heads that repeat, and page numbers. Pictures of charts come from the caller (a PDF page drawn)."""

import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import docx
from docx.document import Document as Word
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.shared import Mm, Pt

from app import files
from app.papers.document import (
    Block,
    Chapter,
    Cover,
    Document,
    EditionBox,
    Figure,
    PageBreak,
    Paragraph,
    Ref,
    SealRow,
    Section,
    Sheet,
    Signatures,
    SubSection,
    Table,
)
from app.papers.numbering import number_all
from app.papers.sheets import sheets_of
from app.word.elements import SANS, cleaned, field, number_pages, tiny
from app.word.flow import Unit, pages_of
from app.word.headings import Headings
from app.word.pages import SHEETS, Pages
from app.word.styles import LISTS, set_styles
from app.word.tables import AFTER_TABLE, Tables
from app.word.words import Words

Picture = Callable[[Figure], bytes]
"""PNG of a figure at 200 dpi or more."""

_LEADING = 22.0  # points from line to line of the body
_CAPTION_ROOM = 32.0  # mm of a page for the caption and notes of a picture as tall as it
_FRONT, _BODY = "upperRoman", "decimal"
_FEW = 120  # characters of a paragraph of two or three lines


def write_docx(path: Path, document: Document, picture: Picture, *, made: datetime) -> None:
    """Write the paper. made: the time in the file's properties. OSError when it cannot be written; the caller writes
    beside the target and moves it into place."""
    files.write_archive(path, _Writer(cleaned(document), picture, made).write().save)


class _Writer:
    """One Word file in the making."""

    def __init__(self, document: Document, picture: Picture, made: datetime) -> None:
        self.document, self.picture = document, picture
        self.numbers = number_all(document)
        self.word: Word = docx.Document()
        own = document.layout
        self._body = 12.0 if own is None else own.body
        self._leading = _LEADING if own is None else own.leading
        sizes = set_styles(self.word, own, body=self._body, leading=self._leading)
        self.pages = Pages(self.word, own)
        self.words = Words(self.numbers)
        self.headings = Headings(self.pages, self.numbers, sizes)
        self.tables = Tables(self.pages, self.words)
        properties = self.word.core_properties
        properties.title = f"{document.enterprise} {document.title}"
        properties.author = document.author
        properties.keywords = "；".join(document.keywords)[:250]
        properties.comments = document.state.value
        properties.created = properties.modified = made.astimezone(UTC).replace(tzinfo=None)
        properties.language = "zh-CN"

    # -- the whole

    def write(self) -> Word:
        self.pages.page(self.word.sections[0], Sheet.PORTRAIT)
        document = self.document
        started = document.cover is not None
        if document.cover is not None:
            self._cover(document.cover)
        if document.signatures is not None:
            self._signatures(document.signatures, started)
            started = True
        for page in document.front:
            self.headings.title(page.title, starts=started)
            self._blocks(page.blocks, "")
            self.pages.back_to_portrait()
            started = True
        contents = None
        if document.cover is not None:
            number_pages(self.word.sections[0], _FRONT, None)
            self.headings.title("目　录", starts=True)
            contents = self.word.add_paragraph()
            lists = [self.headings.list_place(title, kind) for title, kind, _ in LISTS]
            tiny(self.word.add_paragraph())  # ends the section, behind the lines of the contents
            self.pages.new_section(Sheet.PORTRAIT)
            number_pages(self.word.sections[-1], _BODY, 1)
            self.pages.units[-1].numbered = True
        for chapter in document.chapters:
            self._chapter(chapter)
        for place, chapter in enumerate(document.appendices):
            self._chapter(chapter, appendix=True, starts=place == 0)
        self.pages.fill_thin_pages(self.headings.placed)
        self.words.fill_pages(pages_of(self.pages.units))
        if contents is not None:
            self.headings.fill_contents(contents)
            for (_, kind, style), holder in zip(LISTS, lists, strict=True):
                if holder is not None:
                    self.headings.fill_list(holder, kind, style)
        self._heads()
        return self.word

    def _chapter(self, chapter: Chapter, *, appendix: bool = False, starts: bool = True) -> None:
        """starts: on a new page; small appendices follow each other."""
        name = self.numbers.chapters[id(chapter)]
        wanted = chapter.sheet
        if self.document.cover is None:
            if wanted is not self.pages.sheet:
                self.pages.new_section(wanted, first=not self.pages.units)
            self.headings.title(chapter.title)
            self._blocks(chapter.blocks, "", chapter.sheet)
            return
        if wanted is not self.pages.sheet:
            self.pages.new_section(wanted)
            fresh = True
        else:
            fresh = not self.headings.placed
        text = f"附录 {name}　{chapter.title}" if appendix else f"{name}　{chapter.title}"
        self.headings.heading(1, text, starts=starts and not fresh)
        self._blocks(chapter.blocks, name, chapter.sheet)

    def _blocks(
        self, blocks: tuple[Block, ...], chapter: str, first: Sheet = Sheet.PORTRAIT
    ) -> None:
        section = 0
        following = (*blocks[1:], None)
        for block, wanted, after in zip(blocks, sheets_of(blocks, first), following, strict=True):
            if wanted is not self.pages.sheet:
                self.pages.new_section(wanted)
            match block:
                case Section(title):
                    section += 1
                    self.headings.heading(2, f"{chapter}.{section}　{title}" if chapter else title)
                case SubSection(title):
                    self.headings.heading(3, title, numbered=False)
                case Paragraph(runs, indent):
                    paragraph = self.pages.styled("Body Text")
                    indented = 2 * self._body if indent else 0.0
                    paragraph.paragraph_format.first_line_indent = Pt(indented)
                    self.words.runs(paragraph, runs)
                    if isinstance(after, Table | Figure) and Ref(after.key) in runs:
                        paragraph.paragraph_format.keep_with_next = True
                    self.pages.measure(paragraph, self._body, self._leading, indent=indented)
                case Table():
                    # Tables of the pages before chapter 1 carry no number and no caption.
                    if chapter and block.caption:
                        kind, number = self.numbers.items[block.key]
                        self.headings.caption(kind, number, block.caption, block.key)
                    self.tables.table(block, tail=_ends_with(blocks, after))
                case Figure():
                    self._figure(block)
                case PageBreak():
                    self.pages.break_page()
                case SealRow():
                    self._seals(block)
                case EditionBox():
                    self._edition(block)

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
                        field(paragraph, "PAGE", "1")
                    else:
                        paragraph.add_run(text)
                for run in paragraph.runs:
                    run.font.size = Pt(8)

    # -- fixed pages

    def _cover(self, cover: Cover) -> None:
        if cover.logo is not None:
            holder = self.word.add_paragraph()
            holder.paragraph_format.line_spacing = 1.0
            logo = holder.add_run()
            high = min(14.0, 60.0 * cover.logo.high / cover.logo.wide)
            logo.add_picture(io.BytesIO(cover.logo.content), height=Mm(high))
        self.headings.line(cover.enterprise, 22, font=SANS, before=120)
        self.headings.line(cover.title, 30, font=SANS, bold=True, before=24)
        if cover.subtitle:
            self.headings.line(cover.subtitle, 16, before=12)
        table = self.tables.grid(len(cover.facts), 2, (0.36, 0.64), 0.82)
        for row, (name, value) in enumerate(cover.facts):
            self.tables.say(table.at(row, 0), name, 12)
            self.tables.say(table.at(row, 1), value, 12)
        self.tables.room_above(table, 60)
        for seal in cover.seals:
            self.headings.line(f"{seal.role}：{seal.name}", 13, before=18)
        self.headings.line(cover.month, 14, before=30)

    def _signatures(self, signatures: Signatures, starts: bool) -> None:
        self.headings.title("编制与责任", starts=starts)
        lead = self.word.add_paragraph(signatures.lead, style="Body Text")
        lead.paragraph_format.first_line_indent = Pt(2 * self._body)
        for block in signatures.blocks:
            self.headings.heading(3, f"{block.party}：{block.name}", numbered=False)
            table = self.tables.grid(len(block.lines) + 1, 4, (0.22, 0.24, 0.24, 0.3), 1.0)
            for place, text in enumerate(("职责", "姓名", "职务或职称", "签字")):
                self.tables.say(table.at(0, place), text, 10.5, bold=True)
            for row, line in enumerate(block.lines, 1):
                for place, text in enumerate((line.duty, line.name, line.post, "")):
                    self.tables.say(table.at(row, place), text, 10.5)
            self.tables.rules(table)
            seal = self.word.add_paragraph(block.seal)
            seal.paragraph_format.space_before, seal.paragraph_format.space_after = Pt(10), Pt(28)

    def _seals(self, row: SealRow) -> None:
        said = [f"{seal.role}　{seal.name}" for seal in row.seals]
        for text in (*said, *(f"{line}：＿＿＿＿＿＿＿＿" for line in row.lines)):
            paragraph = self.word.add_paragraph(text)
            paragraph.paragraph_format.space_before = Pt(8)
            self.pages.measure(paragraph, 10.5, 13.7, about=8)

    def _edition(self, box: EditionBox) -> None:
        table = self.tables.grid(3, 1, (1.0,), 1.0)
        for row, text in enumerate((box.number, box.sha256, box.note)):
            self.tables.say(table.at(row, 0), text, 12 if row == 0 else 8)
            self.pages.put(19 if row == 0 else 14)
        self.tables.rules(table)
        self.pages.gap(AFTER_TABLE)

    def _figure(self, figure: Figure) -> None:
        paragraph = self.word.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        form = paragraph.paragraph_format
        form.keep_with_next = True
        form.line_spacing, form.space_before = 1.0, Pt(4)
        tall = (
            SHEETS[self.pages.sheet][1]
            - self.pages.margins[2]
            - self.pages.margins[3]
            - _CAPTION_ROOM
        )
        share = min(1.0, tall / (figure.chart.height / 72 * 25.4))
        width = min(figure.chart.width / 72 * 25.4 * share, self.pages.room)
        run = paragraph.add_run()
        run.font.size = Pt(2)  # what lies under the line of a picture
        run.add_picture(io.BytesIO(self.picture(figure)), width=Mm(width))
        high = figure.chart.height * width / (figure.chart.width / 72 * 25.4)
        self.pages.units.append(Unit(high + 6, keep=True, above=4))
        kind, number = self.numbers.items[figure.key]
        self.headings.caption(kind, number, figure.caption, figure.key, keep=bool(figure.notes))
        for note in figure.notes:
            self.tables.note(note)


def _ends_with(blocks: tuple[Block, ...], last: Block | None) -> bool:
    """Whether this is the last block of a chapter and a few lines of words."""
    if not isinstance(last, Paragraph) or last is not blocks[-1]:
        return False
    return sum(len(str(one)) for one in last.runs) < _FEW
