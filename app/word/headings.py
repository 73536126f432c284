"""Headings, captions and the lists of them: contents, tables, figures, as fields with their lines already in them."""

from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from app.papers.document import Sheet
from app.papers.numbering import Numbers
from app.word.elements import SANS, SERIF, anchor, begin_field, east, field, mark, tiny
from app.word.flow import pages_of
from app.word.pages import SHEETS, Pages
from app.word.styles import LISTS

_CONTENTS = (
    18.0,
    13.2,
)  # points from line to line: as wished, as tight as may be to stay on one page
_LISTED = 13.5  # points from line to line of the lists of tables and figures


class Headings:
    """sizes: of headings by level, in points. placed: headings that a page may begin with, by the place of their unit."""

    def __init__(self, pages: Pages, numbers: Numbers, sizes: dict[int, float]) -> None:
        self.pages, self.numbers, self.sizes = pages, numbers, sizes
        self.placed: dict[int, Paragraph] = {}
        self._listed: list[tuple[int, str, str]] = []  # level, text, bookmark
        self._captions: list[tuple[str, str, str]] = []  # kind, text, bookmark

    def line(
        self, text: str, size: float, *, font: str = SERIF, bold: bool = False, before: float = 0
    ) -> Paragraph:
        """A line in the middle; points above it."""
        paragraph = self.pages.word.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.space_before = Pt(before)
        paragraph.paragraph_format.line_spacing = Pt(round(size * 1.4, 1))
        run = paragraph.add_run(text)
        run.font.size, run.bold = Pt(size), bold
        east(run, font)
        return paragraph

    def title(self, text: str, *, starts: bool = False) -> None:
        if starts:
            self.pages.drop_gap()
        paragraph = self.line(text, 16, font=SANS, bold=True)
        paragraph.paragraph_format.space_after = Pt(12)
        paragraph.paragraph_format.page_break_before = starts
        self.pages.measure(paragraph, 16, 22, about=12, starts=starts)

    def heading(
        self, level: int, text: str, *, numbered: bool = True, starts: bool = False
    ) -> Paragraph:
        if starts:
            self.pages.drop_gap()
        paragraph: Paragraph = self.pages.styled(f"Heading {level}")
        name = f"_Toc{len(self._listed) + 1:06d}"
        start, end = self.pages.bookmark(name)
        paragraph._p.append(start)  # noqa: SLF001
        paragraph.add_run(text)
        paragraph._p.append(end)  # noqa: SLF001
        listed = numbered and level < 3
        if listed:
            self._listed.append((level, text, name))
        paragraph.paragraph_format.page_break_before = starts
        size = self.sizes[level]
        above = 10.0 if level < 3 else 5.0
        self.pages.measure(
            paragraph, size, round(size * 1.4, 1), about=above + 5, above=above, keep=True,
            mark=name if listed else "", starts=starts,
        )  # fmt: skip
        if listed:
            self.placed[len(self.pages.units) - 1] = paragraph
        return paragraph

    def caption(self, kind: str, number: str, text: str, key: str, *, keep: bool = True) -> None:
        """「表 2-1　caption」 with a field for the running number, and a bookmark that references lead to."""
        paragraph = self.pages.styled(next(style for _, one, style in LISTS if one == kind))
        paragraph.paragraph_format.keep_with_next = keep
        name = ""
        if number:
            name = anchor(key)
            start, end = self.pages.bookmark(name)
            self._captions.append((kind, f"{kind} {number}　{text}", name))
            chapter, _, running = number.rpartition("-")
            paragraph._p.append(start)  # noqa: SLF001
            paragraph.add_run(f"{kind} {chapter}-")
            field(paragraph, f"SEQ {kind}{chapter} \\* ARABIC", running)
            paragraph._p.append(end)  # noqa: SLF001
            paragraph.add_run("　")
        paragraph.add_run(text)
        self.pages.measure(paragraph, 10.5, 13.7, about=7, above=4, mark=name)

    def list_place(self, title: str, kind: str) -> Paragraph | None:
        """The heading of a list of tables or figures and where its lines will stand; None where there are none."""
        if not any(one == kind for one, _ in self.numbers.items.values()):
            return None
        self.title(title, starts=kind == LISTS[0][1])
        return self.pages.word.add_paragraph()

    def fill_list(self, first: Paragraph, kind: str, style: str) -> None:
        """The list of tables or of figures, as a field like the contents."""
        begin_field(first, f'TOC \\h \\z \\t "{style},1"')
        lines = [(0, text, name) for one, text, name in self._captions if one == kind]
        self._fill(first, lines, _LISTED)

    def fill_contents(self, first: Paragraph) -> None:
        """The contents field with its lines already in it; page numbers are fields of their own."""
        begin_field(first, 'TOC \\o "1-2" \\h \\z \\u')
        *_, top, bottom = self.pages.margins
        high = (SHEETS[Sheet.PORTRAIT][1] - top - bottom) / 25.4 * 72 - 60
        leading = max(_CONTENTS[1], min(_CONTENTS[0], high / max(1, len(self._listed))))
        lines = [(0 if level == 1 else 21, text, name) for level, text, name in self._listed]
        self._fill(first, lines, leading)
        settings = self.pages.word.settings.element
        update = OxmlElement("w:updateFields")
        update.set(qn("w:val"), "true")
        settings.append(update)

    def _fill(self, first: Paragraph, lines: list[tuple[int, str, str]], leading: float) -> None:
        """Lines of a list behind its field's beginning: indent in points, text, bookmark."""
        tiny(first)
        pages = pages_of(self.pages.units)
        left, right, *_ = self.pages.margins
        width = Mm(SHEETS[Sheet.PORTRAIT][0] - left - right)
        last = first
        for indent, text, name in lines:
            paragraph = self.pages.word.add_paragraph()
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
            field(paragraph, f"PAGEREF {name} \\h", str(pages[name]))
        mark(last, "end")
