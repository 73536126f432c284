"""The sheets of a Word file in the making, and what stands on each: whatever is added to the file is noted here, so that page
numbers are known before Word works them out."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from docx.document import Document as Word
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from app.papers.document import Layout, Sheet
from app.word.elements import bookmark, said, tiny
from app.word.flow import Unit, lines_of, placed_of, stretches_of

SHEETS = {Sheet.PORTRAIT: (210, 297), Sheet.LANDSCAPE: (297, 210), Sheet.A3: (420, 297)}
_MARGINS = (30.0, 23.4, 26.8, 24.7)  # left, right, top, bottom in mm, as the PDF
_THIN, _LEFT = 0.2, 0.3  # shares of a page: few lines; what is left on a page that could hold more


class Pages:
    """units: what is set so far. margins: left, right, top, bottom in mm."""

    def __init__(self, word: Word, own: Layout | None) -> None:
        self.word = word
        self.sheet = Sheet.PORTRAIT
        self.margins = _MARGINS if own is None else (own.left, own.right, own.top, own.bottom)
        self.units: list[Unit] = []
        self._room_below: Any = None  # the paragraph under the last table
        self._style_ids: dict[str, str] = {}
        self._bookmarks = 0

    @property
    def room(self) -> float:
        """Width of the text in mm."""
        return SHEETS[self.sheet][0] - self.margins[0] - self.margins[1]

    @property
    def points(self) -> float:
        """Width of the text."""
        return self.room / 25.4 * 72

    def page(self, section: Section, sheet: Sheet) -> None:
        width, height = SHEETS[sheet]
        section.orientation = WD_ORIENT.PORTRAIT if sheet is Sheet.PORTRAIT else WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(width), Mm(height)
        left, right, top, bottom = self.margins
        section.left_margin, section.right_margin = Mm(left), Mm(right)
        section.top_margin, section.bottom_margin = Mm(top), Mm(bottom)
        self.sheet = sheet
        self.units.append(Unit(0, room=(height - top - bottom) / 25.4 * 72))

    def new_section(self, sheet: Sheet, *, first: bool = False) -> None:
        if first:
            self.page(self.word.sections[0], sheet)
            return
        section = self.word.add_section(WD_SECTION.NEW_PAGE)
        self._end_quietly()
        properties = section._sectPr  # noqa: SLF001
        for restart in properties.findall(qn("w:pgNumType")):  # copied from the section before
            restart.attrib.pop(qn("w:start"), None)
        self.page(section, sheet)

    def _end_quietly(self) -> None:
        """The end of a section sits in the paragraph before it: one of its own could be alone on a page."""
        ending = self.word.element.body[-2]
        before = ending.getprevious()
        kept = qn("w:sectPr")
        if before is not None and before.tag == qn("w:p") and before.find(f".//{kept}") is None:
            before.get_or_add_pPr().append(ending.find(f".//{kept}"))
            ending.getparent().remove(ending)
        else:
            tiny(Paragraph(ending, self.word))

    def back_to_portrait(self) -> None:
        if self.sheet is not Sheet.PORTRAIT:
            self.new_section(Sheet.PORTRAIT)

    def break_page(self) -> None:
        """What follows begins a page, behind a paragraph nobody sees: one that carries a break could leave a page blank."""
        self.drop_gap()
        paragraph = self.word.add_paragraph()
        tiny(paragraph)
        paragraph.paragraph_format.page_break_before = True
        self.units.append(Unit(1, starts=True))

    def styled(self, style: str) -> Paragraph:
        """A paragraph at the end; the library looks through all styles for each, here once."""
        if style not in self._style_ids:
            self._style_ids[style] = self.word.styles[style].style_id
        paragraph: Paragraph = self.word.add_paragraph()
        paragraph._p.style = self._style_ids[style]  # noqa: SLF001
        return paragraph

    def measure(
        self, paragraph: Paragraph, size: float, leading: float, *,
        indent: float = 0.0, about: float = 0.0, keep: bool = False,
        above: float = 0.0, mark: str = "", starts: bool = False,
    ) -> None:  # fmt: skip
        """Note a paragraph for the pages of the contents. about: points above and below its lines."""
        lines = lines_of(said(paragraph), size, self.points, indent)
        keep = keep or bool(paragraph.paragraph_format.keep_with_next)
        self.units.append(
            Unit(lines * leading + about, keep, lines, mark=mark, starts=starts, above=above)
        )

    def put(self, height: float, *, keep: bool = False, head: float = 0.0, mark: str = "") -> None:
        self.units.append(Unit(height, keep, head=head, mark=mark))

    def bookmark(self, name: str) -> tuple[Any, Any]:
        """The two ends of a new bookmark."""
        self._bookmarks += 1
        return bookmark(self._bookmarks, name)

    def gap(self, height: float, *, keep: bool = False) -> None:
        """Room under a table, which has no such setting of its own."""
        paragraph = self.word.add_paragraph()
        if keep:
            paragraph.paragraph_format.keep_with_next = True
        paragraph.paragraph_format.space_after = Pt(0)
        paragraph.paragraph_format.line_spacing = Pt(height)
        self.put(height, keep=keep)
        self._room_below = self.word.element.body[-2]  # the last element holds the page's size

    def drop_gap(self) -> None:
        """What follows begins a page: room under a table that fills its own would leave a page blank."""
        gap, self._room_below = self._room_below, None
        if gap is not None and self.word.element.body[-2] is gap:
            gap.getparent().remove(gap)
            self.units.pop()

    def fill_thin_pages(self, headings: Mapping[int, Paragraph]) -> None:
        """headings: by the place of their unit. Where the last page before a new one would hold a few lines only, what stands under the last heading goes there
        whole, if enough is left on the page before."""
        for start, end in stretches_of(self.units):
            placed = placed_of(self.units)
            room = next(one.room for one in reversed(self.units[: start + 1]) if one.room)
            last = placed[end - 1]
            if last.ends == placed[start].begins or last.used >= _THIN * room:
                continue
            at = max((one for one in headings if start < one < end), default=0)
            if at and placed[at].begins == last.ends - 1 and placed[at - 1].used >= _LEFT * room:
                headings[at].paragraph_format.page_break_before = True
                self.units[at] = dataclasses.replace(self.units[at], starts=True)
