"""Document -> PDF: page furniture, passes until contents and totals agree, what is refused before printing.

What a strict reader would find fault with is refused for 送审稿 and 定稿, all at once; a draft prints it, marked.
"""

import functools
import hashlib
import os
from pathlib import Path
from typing import Any

from reportlab import rl_config
from reportlab.lib.pagesizes import A3, A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfdoc
from reportlab.pdfgen import canvas, textobject
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate

from app.errors import UserError
from app.papers.document import Document, PdfFacts, State
from app.papers.numbering import Entry, number_all
from app.papers.walk import texts_of
from app.reports import fonts
from app.reports.attachments import attach
from app.reports.fit import problems_of
from app.reports.fonts import HEI, SONG
from app.reports.sheets import (
    BOTTOM,
    FOLD_WIDTH,
    HEIGHT,
    LEFT,
    RIGHT,
    TEXT_HEIGHT,
    TEXT_WIDTH,
    WIDE_WIDTH,
    WIDTH,
)
from app.reports.story import opening_sheet, story_of
from app.reports.typesetting import INK, forget_broken_lines, say
from app.reports.watermark import draw_watermark

_ROMAN = ("", "Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "Ⅵ", "Ⅶ", "Ⅷ", "Ⅸ", "Ⅹ", "Ⅺ", "Ⅻ")
_MOST_PASSES = 5


@functools.lru_cache(maxsize=65536)
def _plain(value: float) -> str:
    """A coordinate to a ten-thousandth of a point."""
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _numbers(*values: Any) -> str:
    """What ReportLab's own function gives, at a third of the time: it wrote a tenth of every paper."""
    listed = values[0] if len(values) == 1 and isinstance(values[0], list | tuple) else values
    return " ".join(_plain(value) for value in listed)


for _module in (canvas, textobject, pdfdoc):
    _module.fp_str = _numbers
rl_config.useA85 = 0  # streams as they are: no seven-bit channel carries these files


class _Paper(BaseDocTemplate):
    """One pass. `previous_total`: body pages of the pass before, for 「共 n 页」."""

    def __init__(
        self, path: str, document: Document, previous_total: int, *, invariant: bool
    ) -> None:
        super().__init__(
            path, pagesize=A4, title=document.title, author=document.author, subject=document.head_left,
            keywords=",".join(document.keywords), creator="清审通", lang="zh-CN", displayDocTitle=True,
            initialFontName=SONG, allowSplitting=1, invariant=1 if invariant else None,
        )  # fmt: skip
        self.document = document
        self.previous_total = previous_total
        self.entries: list[Entry] = []
        self.body_start = 0
        self.last_page = 0
        self.is_measuring = False
        none = {"leftPadding": 0, "rightPadding": 0, "topPadding": 0, "bottomPadding": 0}
        portrait = (LEFT, BOTTOM, TEXT_WIDTH, TEXT_HEIGHT)
        wide = (22 * mm, 22 * mm, WIDE_WIDTH, WIDTH - 52 * mm)
        fold = (30 * mm, 20 * mm, FOLD_WIDTH, A3[0] - 46 * mm)
        self.addPageTemplates(
            [
                PageTemplate("cover", [Frame(*portrait, **none)], onPage=self._on_cover),
                PageTemplate("signatures", [Frame(*portrait, **none)], onPage=self._on_front),
                PageTemplate("front", [Frame(*portrait, **none)], onPage=self._on_front),
                PageTemplate("body", [Frame(*portrait, **none)], onPage=self._on_body),
                PageTemplate(
                    "wide", [Frame(*wide, **none)], onPage=self._on_wide, pagesize=landscape(A4)
                ),
                PageTemplate(
                    "fold", [Frame(*fold, **none)], onPage=self._on_fold, pagesize=landscape(A3)
                ),
            ]
        )
        if document.cover is None:
            names = [template.id for template in self.pageTemplates]
            first = opening_sheet(document.chapters[0])
            self._firstPageTemplateIndex = names.index(first.value)

    def handle_documentBegin(self) -> None:
        super().handle_documentBegin()
        self.canv.noted = self._note
        self.canv.is_measuring = self.is_measuring

    def _note(self, kind: str, number: str, title: str, key: str) -> None:
        self.entries.append(Entry(kind, number, title, key, self._label(self.page)))

    def _label(self, page: int) -> str:
        if self.body_start and page >= self.body_start:
            return str(page - self.body_start + 1)
        return _ROMAN[min(page - 1, len(_ROMAN) - 1)] if page > 1 else ""

    def _furniture(
        self, canvas: Any, x0: float, x1: float, head: float, foot: float, centre: str
    ) -> None:
        if self.is_measuring:
            return
        canvas.saveState()
        canvas._code.append("/Artifact <</Type /Pagination>> BDC")
        document = self.document
        say(canvas, x0, head, document.head_left, SONG, 9)
        say(canvas, x1, head, document.head_right, SONG, 9, "end")
        canvas.setStrokeColor(INK)
        canvas.setLineWidth(0.4)
        canvas.line(x0, head - 5, x1, head - 5)
        say(canvas, x0, foot, document.foot, HEI, 7.5)
        say(canvas, x1, foot, document.check, HEI, 7.5, "end")
        say(canvas, (x0 + x1) / 2, foot, centre, SONG, 9, "middle")
        canvas._code.append("EMC")
        canvas.restoreState()

    def _page_text(self, page: int) -> str:
        label = self._label(page)
        if self.document.state is State.DRAFT or not self.previous_total:
            return f"第{label}页"
        return f"第{label}页　共{self.previous_total}页"

    def _mark(self, canvas: Any, width: float, height: float) -> None:
        if self.is_measuring:
            return
        if self.document.state is State.FOR_REVIEW:
            draw_watermark(canvas, "送审稿", 118, width / 2, height / 2, 32)
        elif self.document.state is State.DRAFT:
            for share in (0.2, 0.5, 0.8):
                draw_watermark(canvas, "草稿", 92, width / 2, height * share, 24)

    def _on_cover(self, canvas: Any, _doc: Any) -> None:
        canvas.addPageLabel(0, prefix="封面")
        self.last_page = self.page

    def _on_front(self, canvas: Any, doc: Any) -> None:
        self.last_page = self.page
        if doc.page == 2:
            canvas.addPageLabel(1, style="ROMAN_UPPER", start=1)
        else:
            self._mark(canvas, WIDTH, HEIGHT)  # the page of signatures and seals stays clear
        self._furniture(canvas, LEFT, WIDTH - RIGHT, HEIGHT - 46, 36, self._label(doc.page))

    def _begin_body(self, canvas: Any, doc: Any) -> None:
        self.last_page = self.page
        if not self.body_start:
            self.body_start = doc.page
            canvas.addPageLabel(doc.page - 1, style="ARABIC", start=1)

    def _on_body(self, canvas: Any, doc: Any) -> None:
        self._begin_body(canvas, doc)
        self._mark(canvas, WIDTH, HEIGHT)
        self._furniture(canvas, LEFT, WIDTH - RIGHT, HEIGHT - 46, 36, self._page_text(doc.page))

    def _on_wide(self, canvas: Any, doc: Any) -> None:
        self._begin_body(canvas, doc)
        self._mark(canvas, HEIGHT, WIDTH)
        self._furniture(
            canvas, 22 * mm, HEIGHT - 22 * mm, WIDTH - 22 * mm, 34, self._page_text(doc.page)
        )

    def _on_fold(self, canvas: Any, doc: Any) -> None:
        self._begin_body(canvas, doc)
        width, height = landscape(A3)
        self._mark(canvas, width, height)
        self._furniture(
            canvas, 30 * mm, width - 17 * mm, height - 17 * mm, 32, self._page_text(doc.page)
        )


class _Sheet(Canvas):
    """A canvas that is written only when its pass turns out to be the last."""

    def save(self) -> None:
        pass

    def write(self) -> None:
        super().save()


def write_pdf(document: Document, target: Path, *, invariant: bool = False) -> PdfFacts:
    """Set `document` and put it at `target` in one step; a file that was there stays until the new one is whole.

    invariant: same bytes every time, for tests. UserError with every problem when the state forbids printing;
    OSError when the place cannot be written.
    """
    fonts.register()
    problems = problems_of(document)
    if problems and document.state is not State.DRAFT:
        raise UserError(*problems)
    lacking = tuple(
        dict.fromkeys(c for _, text in texts_of(document) for c in fonts.missing_characters(text))
    )
    fonts.replace_when_missing(lacking)
    beside = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        paper, total = _settled(document, beside, invariant=invariant)
        if document.attachments:
            attach(paper.canv, document)
        paper.canv.showOutline()
        paper.canv.write()
        digest = hashlib.sha256(beside.read_bytes()).hexdigest()
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
    return PdfFacts(paper.last_page, total, digest, lacking)


def _settled(document: Document, file: Path, *, invariant: bool) -> tuple[_Paper, int]:
    """The pass whose contents and total agree with the one before. The first only finds out what stands where."""
    numbers = number_all(document)
    entries: list[Entry] = []
    total = 0
    forget_broken_lines()
    for attempt in range(_MOST_PASSES):
        paper = _Paper(str(file), document, total, invariant=invariant)
        paper.is_measuring = attempt == 0
        paper.build(story_of(document, numbers, entries), canvasmaker=_Sheet)
        fresh = paper.last_page - paper.body_start + 1
        if attempt and paper.entries == entries and fresh == total:
            return paper, total
        entries, total = paper.entries, fresh
    raise RuntimeError("the contents did not settle")
