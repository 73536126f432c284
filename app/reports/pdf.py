"""Document -> PDF: page furniture, numbering, contents, references, watermark, seal places, bookmarks, checks.

Two or three passes until contents and page totals no longer change. What a strict reader would find fault with is
refused for 送审稿 and 定稿, all at once; a draft prints it, marked.
"""

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from reportlab.lib.pagesizes import A3, A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfdoc
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    KeepTogether,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Spacer,
)
from reportlab.platypus import Table as PlatypusTable

from app import paths
from app.assessment.indicator_system import Verification
from app.errors import Problem, UserError
from app.reports import fonts
from app.reports.document import (
    Block,
    Bold,
    Chapter,
    Document,
    Figure,
    Inline,
    LevelMark,
    LimitingMark,
    Open,
    Paragraph,
    Ref,
    Runs,
    Section,
    Sheet,
    SignatureBlock,
    State,
    StateMark,
    Sub,
    SubSection,
    Table,
)
from app.reports.fonts import HEI, HEI_BOLD, HEI_MEDIUM, SONG, SONG_BOLD, THIN
from app.reports.painting import drawing_of
from app.reports.tables import Notes, build_table
from app.reports.typesetting import (
    BODY,
    CAPTION,
    GREY,
    H1,
    H2,
    H3,
    INK,
    LEAD,
    WHITE,
    ChineseParagraph,
    forget_broken_lines,
    markup,
    say,
    text_width,
)

LEFT, RIGHT, TOP, BOTTOM = (
    85.0,
    66.3,
    76.0,
    69.9,
)  # 37 characters by 29 lines of 12/24 pt; left is the binding edge
WIDTH, HEIGHT = A4
TEXT_WIDTH, TEXT_HEIGHT = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
WIDE_WIDTH = HEIGHT - 44 * mm
FOLD_WIDTH = A3[1] - 47 * mm
_SHEET_WIDTH = {Sheet.PORTRAIT: TEXT_WIDTH, Sheet.LANDSCAPE: WIDE_WIDTH, Sheet.A3: FOLD_WIDTH}
_ROMAN = ("", "Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "Ⅵ", "Ⅶ", "Ⅷ", "Ⅸ", "Ⅹ", "Ⅺ", "Ⅻ")
_MOST_PASSES = 5
_STATE_WORDS = {
    Verification.VERIFIED: "已核对",
    Verification.TRANSCRIBED: "转录待核",
    Verification.RECALLED: "凭记忆待核",
}


@dataclass(frozen=True)
class PdfFacts:
    """pages: all sheets. body_pages: numbered in Arabic figures. replaced: characters a draft printed as 〓."""

    pages: int
    body_pages: int
    sha256: str
    replaced: tuple[str, ...]


@dataclass(frozen=True)
class _Entry:
    """A line of the contents: kind h1, h2, 表 or 图."""

    kind: str
    number: str
    title: str
    key: str
    label: str


@dataclass
class _Numbers:
    """Numbers of everything, worked out before layout, so that references need no pass of their own."""

    chapters: dict[int, str] = field(default_factory=dict)
    items: dict[str, tuple[str, str]] = field(default_factory=dict)  # key -> (表|图, number)


def _number_all(document: Document) -> _Numbers:
    numbers = _Numbers()
    parts = [(chapter, str(place)) for place, chapter in enumerate(document.chapters, 1)]
    parts += [(chapter, chr(ord("A") + place)) for place, chapter in enumerate(document.appendices)]
    for chapter, name in parts:
        numbers.chapters[id(chapter)] = name
        tables = figures = 0
        for block in chapter.blocks:
            if isinstance(block, Table):
                tables += 1
                numbers.items[block.key] = ("表", f"{name}-{tables}")
            elif isinstance(block, Figure):
                figures += 1
                numbers.items[block.key] = ("图", f"{name}-{figures}")
    return numbers


class _Writer:
    """Turns the blocks of one document into flowables."""

    def __init__(self, document: Document, numbers: _Numbers) -> None:
        self.document = document
        self.numbers = numbers
        self.is_draft = document.state is State.DRAFT

    def mark(self, runs: Runs, font: str) -> str:
        return "".join(self._inline(one, font) for one in runs)

    def _inline(self, one: Inline, font: str) -> str:
        match one:
            case str():
                return markup(one, font)
            case Bold(text):
                return f"<b>{markup(text, font)}</b>"
            case Sub(text):
                return f'<sub rise="1.4" size="70%">{markup(text, font)}</sub>'
            case Ref(key):
                kind, number = self.numbers.items[key]
                return f'<a href="#{key}" color="#000000">{kind}{THIN}{number}</a>'
            case Open(words):
                return markup(f"〔{words}〕", font)
            case LevelMark(level):
                return f"<b>{markup('未定' if level is None else level.symbol, font)}</b>"
            case StateMark(state):
                return markup(_STATE_WORDS[state], font)
            case LimitingMark():
                return markup("限", font)

    def blocks(self, blocks: tuple[Block, ...], chapter: str) -> list[Any]:
        story: list[Any] = []
        section = 0
        sheet = Sheet.PORTRAIT
        for block in blocks:
            wanted = block.sheet if isinstance(block, Table) else Sheet.PORTRAIT
            if wanted is not sheet:
                story += [NextPageTemplate(wanted.value), PageBreak()]
                sheet = wanted
            match block:
                case Section(title):
                    section += 1
                    heading = _Heading(2, f"{chapter}.{section}", title)
                    story += [CondPageBreak(150), Spacer(1, 8), heading, Spacer(1, 4)]
                case SubSection(title):
                    story += [
                        CondPageBreak(130),
                        Spacer(1, 4),
                        ChineseParagraph(markup(title, HEI_MEDIUM), H3),
                        Spacer(1, 2),
                    ]
                case Paragraph(runs, indent):
                    story.append(ChineseParagraph(self.mark(runs, SONG), BODY if indent else LEAD))
                case Table():
                    # Tables of the pages before chapter 1 carry no number and no caption.
                    number = self.numbers.items[block.key][1] if chapter else ""
                    story.append(Spacer(1, 6))
                    story += build_table(block, number, _SHEET_WIDTH[block.sheet], self.mark)
                    story.append(Spacer(1, 8))
                case Figure():
                    story.append(self._figure(block))
        if sheet is not Sheet.PORTRAIT:
            story.append(NextPageTemplate(Sheet.PORTRAIT.value))
        return story

    def _figure(self, figure: Figure) -> Any:
        number = self.numbers.items[figure.key][1]
        drawing = drawing_of(figure.chart)
        parts: list[Any] = [Spacer(1, 8), drawing, Spacer(1, 5), _FigureCaption(number, figure)]
        if figure.notes:
            parts.append(
                Notes([self.mark(note, SONG) for note in figure.notes], figure.chart.width)
            )
        parts.append(Spacer(1, 8))
        return KeepTogether(parts)


class _Heading(ChineseParagraph):
    def __init__(self, level: int, number: str, title: str) -> None:
        self.level, self.number, self.title = level, number, title
        self.key = f"H{number}" if number else f"H{title}"
        gap = "　" if number else ""
        super().__init__(markup(f"{number}{gap}{title}", HEI_BOLD), H1 if level == 1 else H2)

    def draw(self) -> None:
        self.canv.bookmarkHorizontal(self.key, 0, self.height)
        words = f"{self.number} {self.title}".strip()
        self.canv.addOutlineEntry(words, self.key, self.level - 1, closed=self.level > 1)
        self.canv.noted(f"h{self.level}", self.number, self.title, self.key)
        if self.level == 1:
            self.canv.setStrokeColor(INK)
            self.canv.setLineWidth(0.8)
            self.canv.line(0, -3.5, self.width, -3.5)
        super().draw()


class _FigureCaption(ChineseParagraph):
    def __init__(self, number: str, figure: Figure) -> None:
        self.number, self.title, self.key = number, figure.caption, figure.key
        super().__init__(markup(f"图 {number}　{figure.caption}", HEI_MEDIUM), CAPTION)

    def draw(self) -> None:
        self.canv.bookmarkHorizontal(self.key, 0, self.height)
        self.canv.noted("图", self.number, self.title, self.key)
        super().draw()


class _Drawn(Flowable):
    """A page drawn freely on the whole sheet."""

    def __init__(self, paint: Any) -> None:
        super().__init__()
        self._paint = paint

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:
        return TEXT_WIDTH, TEXT_HEIGHT - 1

    def draw(self) -> None:
        self.canv.translate(-LEFT, -BOTTOM - 1)
        self._paint(self.canv)


class _ContentsLine(Flowable):
    """Title, leaders, page label; a link."""

    def __init__(
        self, entry: _Entry, width: float, indent: float, font: str, size: float, leading: float
    ) -> None:
        super().__init__()
        self._entry, self._own, self._indent = entry, width, indent
        self._font, self._size, self._leading = font, size, leading

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:
        return self._own, self._leading

    def draw(self) -> None:
        entry, size, font = self._entry, self._size, self._font
        kind = f"{entry.kind} " if entry.kind in ("表", "图") else ""
        words = f"{kind}{entry.number}　{entry.title}" if entry.number else entry.title
        room = self._own - self._indent - text_width(entry.label, font, size) - 12
        while text_width(words, font, size) > room:
            words = words[:-2] + "…"
        y = (self._leading - size) / 2 + 1
        say(self.canv, self._indent, y, words, font, size)
        say(self.canv, self._own, y, entry.label, font, size, "end")
        start = self._indent + text_width(words, font, size) + 5
        end = self._own - text_width(entry.label, font, size) - 5
        if end > start:
            self.canv.setDash(0.6, 2.6)
            self.canv.setLineWidth(0.6)
            self.canv.setStrokeColor(INK)
            self.canv.line(start, y + 1.5, end, y + 1.5)
            self.canv.setDash()
        self.canv.linkRect("", entry.key, (0, 0, self._own, self._leading), relative=1, thickness=0)


def _contents(entries: list[_Entry]) -> list[Any]:
    """Headings with their pages, then tables and figures."""
    story: list[Any] = [ChineseParagraph(markup("目　录", HEI_BOLD), H1), _Rule(), Spacer(1, 10)]
    for entry in entries:
        if entry.kind == "h1":
            story += [Spacer(1, 4), _ContentsLine(entry, TEXT_WIDTH, 0, HEI_MEDIUM, 11, 19)]
        elif entry.kind == "h2":
            story.append(_ContentsLine(entry, TEXT_WIDTH, 18, SONG, 10.5, 17))
    for kind, title in (("表", "表目录"), ("图", "图目录")):
        lines = [entry for entry in entries if entry.kind == kind]
        if lines:
            story += [
                Spacer(1, 10),
                ChineseParagraph(markup(title, HEI_MEDIUM), H3),
                _two_columns(lines),
            ]
    return story


def _two_columns(lines: list[_Entry]) -> PlatypusTable:
    """Entries down the left column, then down the right."""
    half = (len(lines) + 1) // 2
    width = (TEXT_WIDTH - 20) / 2
    cells = [_ContentsLine(entry, width, 0, SONG, 9, 14) for entry in lines]
    rows = [[cells[n], cells[n + half] if n + half < len(cells) else ""] for n in range(half)]
    style = [
        ("FONTNAME", (0, 0), (-1, -1), SONG),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), 0),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
    ]
    return PlatypusTable(rows, colWidths=[width + 20, width], style=style, hAlign="LEFT")


class _Rule(Flowable):
    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:
        self.width = availWidth
        return availWidth, 2

    def draw(self) -> None:
        self.canv.setStrokeColor(INK)
        self.canv.setLineWidth(0.8)
        self.canv.line(0, -1.5, self.width, -1.5)


# ------------------------------------------------------------------ drawn pages


def _seal(canvas: Any, x: float, y: float, label: str = "盖章处") -> None:
    """A place for a stamp: a dashed circle of 42 mm and a small word, never a drawing of a seal."""
    canvas.saveState()
    canvas.setStrokeColor(GREY)
    canvas.setLineWidth(0.6)
    canvas.setDash(3, 3)
    canvas.circle(x, y, 21 * mm, stroke=1, fill=0)
    canvas.setDash()
    say(canvas, x, y - 21 * mm + 7, label, HEI, 7.5, "middle")
    canvas.restoreState()


def _double_rule(canvas: Any, y: float, thick_first: bool) -> None:
    canvas.setStrokeColor(INK)
    for offset, width in ((0.0, 2.4), (-4.0 if thick_first else 4.0, 0.5)):
        canvas.setLineWidth(width)
        canvas.line(LEFT, y + offset, WIDTH - RIGHT, y + offset)


def _fit(text: str, font: str, size: float, room: float) -> float:
    """The size at which `text` fits, not under 60 % of `size`."""
    width = text_width(text, font, size)
    return size if width <= room else max(size * 0.6, size * room / width)


def _paint_cover(document: Document) -> Any:
    cover = document.cover

    def paint(canvas: Any) -> None:
        centre = LEFT + TEXT_WIDTH / 2
        canvas.setLineWidth(1)
        canvas.setStrokeColor(INK)
        canvas.rect(WIDTH - RIGHT - 104, HEIGHT - 72, 104, 24)
        say(canvas, WIDTH - RIGHT - 52, HEIGHT - 64.4, document.state.value, HEI_BOLD, 12, "middle")
        say(canvas, LEFT, HEIGHT - 64, document.foot, HEI, 9)
        _double_rule(canvas, HEIGHT - 104, True)
        size = _fit(cover.enterprise, SONG_BOLD, 20, TEXT_WIDTH)
        say(canvas, centre, HEIGHT - 198, cover.enterprise, SONG_BOLD, size, "middle")
        spread = cover.title
        total = text_width(spread, SONG_BOLD, 38) + 8 * (len(spread) - 1)
        line = canvas.beginText(centre - total / 2, HEIGHT - 266)
        line.setFont(SONG_BOLD, 38)
        line.setCharSpace(8)
        line.textOut(spread)
        line.setCharSpace(0)
        canvas.drawText(line)
        say(canvas, centre, HEIGHT - 304, cover.subtitle, SONG, 15, "middle")
        y = HEIGHT - 378
        canvas.setLineWidth(0.4)
        for name, value in cover.facts:
            say(canvas, centre - 176, y, name, HEI, 10.5)
            say(canvas, centre - 106, y, value, SONG, _fit(value, SONG, 12, 282))
            canvas.line(centre - 176, y - 8, centre + 176, y - 8)
            y -= 27
        places = [centre] if len(cover.seals) == 1 else [LEFT + 106, WIDTH - RIGHT - 106]
        for x, seal in zip(places, cover.seals, strict=False):
            _seal(canvas, x, 198)
            size = _fit(seal.name, SONG_BOLD, 11, 206)
            width = text_width(seal.name, SONG_BOLD, size)
            canvas.setFillColor(WHITE)
            canvas.rect(x - width / 2 - 4, 193, width + 8, 15, stroke=0, fill=1)
            say(canvas, x, 218, seal.role, HEI, 9, "middle")
            say(canvas, x, 196.5, seal.name, SONG_BOLD, size, "middle")
        say(canvas, centre, 98, cover.month, SONG, 14, "middle")
        _double_rule(canvas, 76, False)

    return paint


def _paint_signatures(document: Document) -> Any:
    signatures = document.signatures

    def paint(canvas: Any) -> None:
        y = HEIGHT - TOP
        say(canvas, LEFT, y - 16, "编制与责任", HEI_BOLD, 16)
        canvas.setLineWidth(0.8)
        canvas.setStrokeColor(INK)
        canvas.line(LEFT, y - 27.5, WIDTH - RIGHT, y - 27.5)
        lead = ChineseParagraph(markup(signatures.lead), BODY)
        _, tall = lead.wrap(TEXT_WIDTH, 300)
        lead.drawOn(canvas, LEFT, y - 40 - tall)
        y -= 56 + tall
        row = 36 if len(signatures.blocks) > 1 else 42
        for block in signatures.blocks:
            y = _signature_block(canvas, block, y, row) - 26

    return paint


def _signature_block(canvas: Any, block: SignatureBlock, y: float, row: float) -> float:
    """Duties, names and room for signatures at the left, the place for the stamp at the right; returns the new y."""
    x0, x1 = LEFT, WIDTH - RIGHT
    columns = (0, 78, 134, 226, 308)
    say(canvas, x0, y - 14, block.party, HEI_MEDIUM, 12)
    say(canvas, x0 + 62, y - 14, block.name, SONG, _fit(block.name, SONG, 12, x1 - x0 - 64))
    canvas.setStrokeColor(INK)
    canvas.setLineWidth(1.2)
    canvas.line(x0, y - 23, x1, y - 23)
    for x, words in zip(
        columns, ("责任", "姓名", "职务或证书编号", "签字", "盖章与日期"), strict=True
    ):
        say(canvas, x0 + x + 2, y - 36, words, HEI, 8)
    canvas.setLineWidth(0.5)
    canvas.line(x0, y - 42, x1, y - 42)
    top = at = y - 42
    for place, line in enumerate(block.lines):
        at -= row
        say(canvas, x0 + 2, at + 13, line.duty, HEI, 10.5)
        say(canvas, x0 + columns[1] + 2, at + 13, line.name, SONG, _fit(line.name, SONG, 11, 52))
        say(canvas, x0 + columns[2] + 2, at + 13, line.post, HEI, _fit(line.post, HEI, 8, 88))
        last = place == len(block.lines) - 1
        canvas.setLineWidth(1.2 if last else 0.25)
        canvas.line(x0, at, x1 if last else x0 + columns[4] - 10, at)
    canvas.setLineWidth(0.25)
    canvas.line(x0 + columns[4] - 10, at + 4, x0 + columns[4] - 10, top - 4)
    centre = (x0 + columns[4] + x1) / 2
    _seal(canvas, centre, (top + at) / 2 + 8, "")
    say(canvas, centre, (top + at) / 2 + 5, block.seal, HEI, 8.5, "middle")
    say(canvas, centre, at + 7, "年　　　月　　　日", SONG, 10, "middle")
    return at


_outlines: dict[str, Any] = {}


def _watermark(canvas: Any, word: str, size: float, x: float, y: float, angle: float) -> None:
    """Hollow letters as outlines: nothing of them is text, and what they cross stays readable."""
    if not _outlines:
        file = paths.resources_dir() / "design" / "watermark.json"
        _outlines.update(json.loads(file.read_text("utf-8")))
    data = _outlines[word]
    scale = size / 1000
    canvas.saveState()
    canvas._code.append("/Artifact <</Type /Pagination /Subtype /Watermark>> BDC")
    canvas.translate(x, y)
    canvas.rotate(angle)
    canvas.translate(-data["width"] * scale / 2, -0.38 * size)
    path = canvas.beginPath()
    at = (0.0, 0.0)
    for name, *numbers in data["operations"]:
        scaled = [number * scale for number in numbers]
        if name == "M":
            path.moveTo(*scaled)
            at = (scaled[0], scaled[1])
        elif name == "L":
            path.lineTo(*scaled)
            at = (scaled[0], scaled[1])
        elif name == "Q":
            cx, cy, ex, ey = scaled
            path.curveTo(
                at[0] + 2 / 3 * (cx - at[0]), at[1] + 2 / 3 * (cy - at[1]),
                ex + 2 / 3 * (cx - ex), ey + 2 / 3 * (cy - ey), ex, ey,
            )  # fmt: skip
            at = (ex, ey)
        else:
            path.close()
    canvas.setStrokeGray(0.82)
    canvas.setLineWidth(0.9)
    canvas.drawPath(path, stroke=1, fill=0)
    # Filling with the non-zero rule hides the inner lines of overlapping contours.
    canvas.setFillGray(1)
    canvas.drawPath(path, stroke=0, fill=1, fillMode=1)
    canvas._code.append("EMC")
    canvas.restoreState()


# ------------------------------------------------------------------ the paper


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
        self.entries: list[_Entry] = []
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

    def handle_documentBegin(self) -> None:
        super().handle_documentBegin()
        self.canv.noted = self._note
        self.canv.is_measuring = self.is_measuring

    def _note(self, kind: str, number: str, title: str, key: str) -> None:
        self.entries.append(_Entry(kind, number, title, key, self._label(self.page)))

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
            _watermark(canvas, "送审稿", 118, width / 2, height / 2, 32)
        elif self.document.state is State.DRAFT:
            for share in (0.2, 0.5, 0.8):
                _watermark(canvas, "草稿", 92, width / 2, height * share, 24)

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


def _story(document: Document, numbers: _Numbers, entries: list[_Entry]) -> list[Any]:
    writer = _Writer(document, numbers)
    story: list[Any] = [
        _Drawn(_paint_cover(document)), NextPageTemplate("signatures"), PageBreak(),
        _Drawn(_paint_signatures(document)), NextPageTemplate("front"), PageBreak(),
    ]  # fmt: skip
    story += [*_contents(entries), PageBreak()]
    for page in document.front:
        story += [ChineseParagraph(markup(page.title, HEI_BOLD), H1), _Rule(), Spacer(1, 12)]
        story += [*writer.blocks(page.blocks, ""), PageBreak()]
    chapters = (*document.chapters, *document.appendices)
    for place, chapter in enumerate(chapters):
        story += [NextPageTemplate(chapter.sheet.value)]
        if story and place == 0:
            story.pop()  # the break before the first chapter must already switch the page
            story[-1:] = [NextPageTemplate(chapter.sheet.value), PageBreak()]
        else:
            story.append(PageBreak())
        story += _chapter(writer, chapter, numbers, is_appendix=chapter in document.appendices)
    return story


def _chapter(
    writer: _Writer, chapter: Chapter, numbers: _Numbers, *, is_appendix: bool
) -> list[Any]:
    name = numbers.chapters[id(chapter)]
    head = _Heading(1, f"附录 {name}" if is_appendix else name, chapter.title)
    blocks = writer.blocks(chapter.blocks, name)
    if chapter.sheet is not Sheet.PORTRAIT:
        # The chapter opens on the table's own sheet: drop the switch that the first table would ask for.
        while blocks and isinstance(blocks[0], NextPageTemplate | PageBreak):
            blocks.pop(0)
    return [head, Spacer(1, 14), *blocks]


def _attach(canvas: Any, document: Document) -> None:
    """Embed files in the PDF's catalogue; ReportLab has no call for it, so its own PDF objects are used."""
    file = canvas._doc
    dictionary, name, text = pdfdoc.PDFDictionary, pdfdoc.PDFName, pdfdoc.PDFString
    held = []
    for one in document.attachments:
        stream = pdfdoc.PDFStream(
            dictionary=dictionary(
                {"Type": name("EmbeddedFile"), "Subtype": name(one.mime.replace("/", "#2F")),
                 "Params": dictionary({"Size": len(one.content)})}
            ),
            content=one.content,
        )  # fmt: skip
        stream.filters = [pdfdoc.PDFZCompress]
        specification = dictionary(
            {"Type": name("Filespec"), "F": text(one.name), "UF": text(one.name),
             "Desc": text(one.description), "AFRelationship": name("Data"),
             "EF": dictionary({"F": file.Reference(stream)})}
        )  # fmt: skip
        held.append((one.name, file.Reference(specification)))
    listed: list[Any] = []
    for one_name, reference in sorted(held, key=lambda pair: pair[0]):
        listed += [text(one_name), reference]
    file.Catalog.Names = dictionary(
        {"EmbeddedFiles": dictionary({"Names": pdfdoc.PDFArray(listed)})}
    )
    file.Catalog.AF = pdfdoc.PDFArray([reference for _, reference in held])
    file.Catalog.__class__ = _Catalogue


class _Catalogue(pdfdoc.PDFCatalog):
    __NoDefault__: ClassVar = [*pdfdoc.PDFCatalog.__NoDefault__, "AF", "Names"]
    __Refs__ = pdfdoc.PDFCatalog.__Refs__


# ------------------------------------------------------------------ before printing


def _texts(document: Document) -> list[tuple[str, str]]:
    """(where, text) of everything that will be printed, for the check of characters."""
    found: list[tuple[str, str]] = [
        ("封面", document.enterprise),
        ("封面", document.cover.subtitle),
    ]
    found += [("封面", value) for pair in document.cover.facts for value in pair]
    found += [("封面", seal.name) for seal in document.cover.seals]
    for block in document.signatures.blocks:
        found.append(("编制与责任", block.name))
        found += [("编制与责任", line.name + line.post) for line in block.lines]

    def of_runs(where: str, runs: Runs) -> None:
        for one in runs:
            if isinstance(one, str):
                found.append((where, one))
            elif isinstance(one, Bold | Sub):
                found.append((where, one.text))

    parts = [(page.title, page.blocks) for page in document.front]
    parts += [
        (chapter.title, chapter.blocks) for chapter in (*document.chapters, *document.appendices)
    ]
    for title, blocks in parts:
        for block_ in blocks:
            match block_:
                case Paragraph(runs):
                    of_runs(title, runs)
                case Section(words) | SubSection(words):
                    found.append((title, words))
                case Table():
                    where = f"{title} › {block_.caption}"
                    for row in block_.rows:
                        for cell in row.cells:
                            of_runs(where, cell if isinstance(cell, tuple) else _as_runs(cell))
                    for note in block_.notes:
                        of_runs(where, note)
                case Figure():
                    found.append((f"{title} › {block_.caption}", block_.chart.spoken))
    return found


def _as_runs(cell: Any) -> Runs:
    return (cell,) if isinstance(cell, str | Bold | Sub) else ()


def _open_cells(document: Document) -> list[str]:
    """Where something is 未填."""
    places = []
    for chapter in (*document.chapters, *document.appendices):
        for block in chapter.blocks:
            if isinstance(block, Table):
                for row in block.rows:
                    cells = [
                        c
                        for cell in row.cells
                        for c in (cell if isinstance(cell, tuple) else (cell,))
                    ]
                    if any(isinstance(cell, Open) for cell in cells):
                        places.append(f"{chapter.title} › {block.caption}")
                        break
            elif isinstance(block, Paragraph) and any(isinstance(one, Open) for one in block.runs):
                places.append(chapter.title)
    return list(dict.fromkeys(places))


def problems_of(document: Document) -> tuple[Problem, ...]:
    """What keeps this document from being a 送审稿 or 定稿: characters without a glyph, anything 未填, dangling references."""
    found: list[Problem] = []
    for where, text in _texts(document):
        lacking = fonts.missing_characters(text)
        if lacking:
            found.append(
                Problem(
                    where,
                    f"「{'」「'.join(lacking)}」字库里没有，印不出来",
                    "换一个写法，或只出草稿",
                )
            )
    found += [
        Problem(where, "还有没填的", "填好再出送审稿；只想看看就出草稿")
        for where in _open_cells(document)
    ]
    numbers = _number_all(document)
    for chapter in (*document.chapters, *document.appendices):
        for block in chapter.blocks:
            runs = block.runs if isinstance(block, Paragraph) else ()
            for one in runs:
                if isinstance(one, Ref) and one.key not in numbers.items:
                    raise KeyError(f"reference to a table or figure that is not there: {one.key}")
    return tuple(found)


def write_pdf(document: Document, target: Path, *, invariant: bool = False) -> PdfFacts:
    """Set `document` and write it to `target` (replaced if it is there; the caller writes beside and moves).

    invariant: same bytes every time, for tests. UserError with every problem when the state forbids printing.
    """
    fonts.register()
    problems = problems_of(document)
    if problems and document.state is not State.DRAFT:
        raise UserError(*problems)
    lacking = tuple(
        dict.fromkeys(c for _, text in _texts(document) for c in fonts.missing_characters(text))
    )
    fonts.replace_when_missing(lacking)
    numbers = _number_all(document)
    entries: list[_Entry] = []
    total = 0
    forget_broken_lines()
    for attempt in range(_MOST_PASSES):
        # The first pass only finds out what stands on which page.
        paper = _Paper(str(target), document, total, invariant=invariant)
        paper.is_measuring = attempt == 0
        paper.build(_story(document, numbers, entries), canvasmaker=_canvas_maker(document))
        fresh = paper.last_page - paper.body_start + 1
        if attempt and paper.entries == entries and fresh == total:
            break
        entries, total = paper.entries, fresh
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    return PdfFacts(paper.last_page, total, digest, lacking)


def _canvas_maker(document: Document) -> Any:
    from reportlab.pdfgen.canvas import Canvas

    class Sheet_(Canvas):
        def save(self) -> None:
            if document.attachments:
                _attach(self, document)
            self.showOutline()
            super().save()

    return Sheet_
