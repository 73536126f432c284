"""Document -> PDF: page furniture, one pass over the paper, what is refused before printing.

What a strict reader would find fault with is refused for 送审稿 and 定稿, all at once; a draft prints it, marked.
"""

import copy
import functools
import hashlib
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any

from reportlab import rl_config
from reportlab.lib.pagesizes import A3, A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfdoc
from reportlab.pdfbase.pdfdoc import PDFFile
from reportlab.pdfgen import canvas, pathobject, textobject
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate

from app.errors import UserError
from app.files import written_beside
from app.papers.document import Document, PdfFacts, State
from app.papers.numbering import number_all
from app.papers.walk import texts_of
from app.reports import fonts
from app.reports.alone import alone
from app.reports.archive import make_archivable, plain_words, prepare
from app.reports.fit import problems_of
from app.reports.fonts import HEI, SONG
from app.reports.full_pages import Begun, Filled, breaks_for
from app.reports.sheets import (
    BOTTOM,
    FOLD_WIDTH,
    HEIGHT,
    LEFT,
    TEXT_HEIGHT,
    TEXT_WIDTH,
    WIDE_WIDTH,
    WIDTH,
    set_as,
    setting,
)
from app.reports.story import Noted, Place, Writer, opening_sheet
from app.reports.typesetting import INK, plain, say
from app.reports.upright import stood_up
from app.reports.watermark import draw_watermark

_ROMAN = ("", "Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "Ⅵ", "Ⅶ", "Ⅷ", "Ⅸ", "Ⅹ", "Ⅺ", "Ⅻ")
_MOST_LAYOUTS = 3  # the last two only where pages with a few lines are to be closed up
_Finish = Callable[[Any, Mapping[str, str]], None]


def _numbers(*values: Any) -> str:
    """What ReportLab's own function gives, at a third of the time: it wrote a tenth of every paper."""
    listed = values[0] if len(values) == 1 and isinstance(values[0], list | tuple) else values
    return " ".join(map(plain, listed))


for _module in (canvas, pathobject, textobject, pdfdoc):
    _module.fp_str = _numbers
_pack = functools.lru_cache(maxsize=256)(zlib.compress)
_MOST_PACKED = 100_000


def _packed(_self: Any, text: str | bytes) -> bytes:
    """What ReportLab's own filter gives; fonts and pages that are as in the last paper are not packed again."""
    content = text.encode() if isinstance(text, str) else text
    return (_pack if len(content) < _MOST_PACKED else zlib.compress)(content)


pdfdoc.PDFStreamFilterZCompress.encode = _packed
rl_config.useA85 = 0  # streams as they are: no seven-bit channel carries these files


class _Nowhere:
    """In place of a canvas while a paper is laid out: nothing is drawn yet, and perhaps it is laid out once more."""

    _pagesize = None

    def __init__(self, *_arguments: Any, **_named: Any) -> None:
        self._doc = SimpleNamespace(info=None)

    def __getattr__(self, _name: str) -> Callable[..., None]:
        return _do_nothing


def _do_nothing(*_arguments: Any, **_named: Any) -> None:
    pass


class _Frame(Frame):
    """Keeps where flowables come to stand, instead of drawing them."""

    def __init__(self, put: Callable[..., None], *place: float) -> None:
        super().__init__(*place, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)
        self._put = put

    def __deepcopy__(self, _known: object) -> "_Frame":
        return copy.copy(self)  # what is kept together is measured in one; it holds numbers only

    def add(self, flowable: Any, canv: Any, trySplit: int = 0) -> int:
        flowable.drawOn = functools.partial(self._put, flowable)
        try:
            return int(super().add(flowable, canv, trySplit))
        finally:
            del flowable.drawOn


@dataclass
class _Page:
    """placed: flowables with x, y and what is left of the width."""

    template: PageTemplate
    placed: list[tuple[Flowable, float, float, float]] = field(default_factory=list)


class _Paper(BaseDocTemplate):
    """The paper: laid out as often as it takes, drawn once; what depends on later pages (numbers in the contents, 「共 n 页」)
    is drawn at the end."""

    def __init__(self, path: str, document: Document, *, invariant: bool) -> None:
        super().__init__(
            path, pagesize=A4, title=plain_words(document.title), author=plain_words(document.author),
            subject=plain_words(document.head_left), keywords=plain_words(",".join(document.keywords)), creator="清审通", lang="zh-CN", displayDocTitle=True, pdfVersion=(1, 7),
            initialFontName=SONG, allowSplitting=1, invariant=1 if invariant else None,
        )  # fmt: skip
        self.document = document
        self.labels: dict[str, str] = {}  # where headings, tables and figures stand
        self.filled = Filled()
        self.body_start = 0
        self.last_page = 0
        self.laid: list[_Page] = []
        portrait = (LEFT, BOTTOM, TEXT_WIDTH, TEXT_HEIGHT)
        own = setting()
        text = (own.left, own.bottom, own.width(), own.height())
        wide = (22 * mm, 22 * mm, WIDE_WIDTH, WIDTH - 52 * mm)
        fold = (30 * mm, 20 * mm, FOLD_WIDTH, A3[0] - 46 * mm)
        sheets = {
            "cover": (portrait, A4, self._on_cover),
            "signatures": (portrait, A4, self._on_front),
            "front": (text, A4, self._on_front),
            "body": (text, A4, self._on_body),
            "wide": (wide, landscape(A4), self._on_wide),
            "fold": (fold, landscape(A3), self._on_fold),
        }
        self._furnish = {name: furnish for name, (_, _, furnish) in sheets.items()}
        self.addPageTemplates(
            [
                PageTemplate(name, [_Frame(self._put, *place)], pagesize=size)
                for name, (place, size, _) in sheets.items()
            ]
        )
        if document.cover is None:
            names = [template.id for template in self.pageTemplates]
            first = opening_sheet(document.chapters[0])
            self._firstPageTemplateIndex = names.index(first.value)

    def handle_pageBegin(self) -> None:
        self.laid.append(_Page(self.pageTemplate))
        super().handle_pageBegin()

    def handle_pageEnd(self) -> None:
        frame = self.frame
        if self.pageTemplate.id == "body":
            top = frame._y1p + frame._height
            self.filled.pages[self.page] = (top, frame._y, frame._y1p)
        super().handle_pageEnd()

    def _put(self, flowable: Any, _canvas: Any, x: float, y: float, _sW: float) -> None:
        if isinstance(flowable, Noted):
            one = flowable
            self.filled.begun.append(Begun(one.place, self.page, y, one.may_open, one.is_heading))
        else:
            self.laid[-1].placed.append((flowable, x, y, _sW))

    def drawn(self) -> "_Sheet":
        """Every page, as it was laid out."""
        canvas: _Sheet = self._makeCanvas(canvasmaker=_Sheet)
        canvas.noted = self._note
        for number, page in enumerate(self.laid, 1):
            self.page = number
            page.template.checkPageSize(canvas, self)
            self._furnish[page.template.id](canvas, self)
            for flowable, x, y, spare in page.placed:
                flowable.drawOn(canvas, x, y, spare)
            canvas.showPage()
        return canvas

    def _note(self, key: str) -> None:
        self.labels[key] = self._label(self.page)

    @property
    def body_pages(self) -> int:
        return self.last_page - self.body_start + 1

    def _label(self, page: int) -> str:
        if self.body_start and page >= self.body_start:
            return str(page - self.body_start + 1)
        return _ROMAN[min(page - 1, len(_ROMAN) - 1)] if page > 1 else ""

    def _furniture(
        self, canvas: Any, x0: float, x1: float, head: float, foot: float, centre: Callable[[], str]
    ) -> None:
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

        def finish(canvas: Any, _labels: Mapping[str, str]) -> None:
            say(canvas, (x0 + x1) / 2, foot, centre(), SONG, 9, "middle")

        canvas.later(finish)
        canvas._code.append("EMC")
        canvas.restoreState()

    def _page_text(self, page: int) -> Callable[[], str]:
        def said() -> str:
            label = self._label(page)
            if self.document.state is State.DRAFT:
                return f"第{label}页"
            return f"第{label}页　共{self.body_pages}页"

        return said

    def _mark(self, canvas: Any, width: float, height: float) -> None:
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
        self._furniture(
            canvas,
            setting().left,
            WIDTH - setting().right,
            HEIGHT - 46,
            36,
            functools.partial(self._label, doc.page),
        )

    def _begin_body(self, canvas: Any, doc: Any) -> None:
        self.last_page = self.page
        if not self.body_start:
            self.body_start = doc.page
            canvas.addPageLabel(doc.page - 1, style="ARABIC", start=1)

    def _on_body(self, canvas: Any, doc: Any) -> None:
        self._begin_body(canvas, doc)
        self._mark(canvas, WIDTH, HEIGHT)
        own = setting()
        self._furniture(
            canvas, own.left, WIDTH - own.right, HEIGHT - 46, 36, self._page_text(doc.page)
        )

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
    """Keeps its pages open until the paper is set, so that what depends on later pages can still be drawn on them."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        self._held: list[tuple[dict[str, Any], list[tuple[int, _Finish]]]] = []
        self._due: list[tuple[int, _Finish]] = []  # with its place among the operators of the page
        self._is_writing = False
        self._code: list[str] = []
        self.noted: Callable[[str], None]
        super().__init__(*arguments, **named)

    def later(self, finish: _Finish) -> None:
        """To be drawn here, in the coordinates of now, when every label is known."""
        self._due.append((len(self._code), finish))

    def showPage(self) -> None:
        if self._is_writing:
            super().showPage()
            return
        self._held.append((dict(self.__dict__), self._due))
        self._due = []
        self._doc.pageCounter += 1  # bookmarks name the page by it
        self._startPage()

    def save(self) -> None:
        if self._code and not self._is_writing:
            self.showPage()

    def write(self, labels: Mapping[str, str]) -> None:
        """Finish every page and write the file."""
        held = self._held
        self._doc.pageCounter = 1
        for state, due in held:
            self.__dict__.update(state)
            self._is_writing = True
            page: list[str] = self._code
            for place, finish in reversed(due):
                self._code = ["q"]
                self._fillColorObj = None  # another one may hold at that place
                finish(self, labels)
                page[place:place] = [*self._code, "Q"]
            self._code = page
            super().showPage()
            self._doc.Pages.pages[-1].Trans = None  # a show's transition has no place on paper
        target: Any = self.__dict__["_filename"]
        with Path(target).open("wb") as stream:
            self._filename = stream
            pdfdoc.PDFFile = functools.partial(_Written, stream)
            try:
                super().save()
            finally:
                pdfdoc.PDFFile = PDFFile


class _Written(PDFFile):
    """What ReportLab keeps until the file is whole, written as it comes: photographs would lie in memory three times."""

    def __init__(self, stream: IO[bytes], version: Any) -> None:
        super().__init__(version)
        stream.write(b"".join(self.strings))
        self.write = stream.write

    def format(self, _document: Any) -> bytes:
        return b""


@alone
def write_pdf(
    document: Document, target: Path, *, invariant: bool = False, is_for_now: bool = False
) -> PdfFacts:
    """Set `document` and put it at `target` in one step; a file that was there stays until the new one is whole.

    invariant: same bytes every time, for tests. is_for_now: as of `written_beside`. UserError with every problem when the state forbids printing, or when the
    place cannot be written.
    """
    with set_as(document.layout):
        facts = _write(document, target, invariant, is_for_now)
    if document.shorter is not None and facts.pages > 1:
        return write_pdf(document.shorter, target, invariant=invariant, is_for_now=is_for_now)
    return facts


def _write(document: Document, target: Path, invariant: bool, is_for_now: bool) -> PdfFacts:
    fonts.register()
    prepare()
    if document.state is not State.DRAFT:
        problems = problems_of(document)
        if problems:
            raise UserError(*problems)
    characters = dict.fromkeys("".join(text for _, text in texts_of(document)))
    lacking = fonts.missing_characters("".join(characters))
    document = stood_up(document)
    with written_beside(target, ".pdf", is_for_now=is_for_now) as beside:
        writer = Writer(document, number_all(document))
        breaks: frozenset[Place] = frozenset()
        for _ in range(_MOST_LAYOUTS):
            paper = _Paper(str(beside), document, invariant=invariant)
            paper.build(writer.story(breaks), canvasmaker=_Nowhere)
            more = breaks_for(paper.filled) - breaks
            if not more:
                break
            breaks |= more
        canvas = paper.drawn()
        make_archivable(canvas, document)
        canvas.showOutline()
        canvas.write(paper.labels)
        with beside.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return PdfFacts(paper.last_page, paper.body_pages, digest, lacking)
