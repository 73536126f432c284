"""Pages and blocks drawn freely: cover, responsibility and signatures, places for stamps, the framed edition number."""

import io
import math
from typing import Any

import segno
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.platypus import Flowable

from app.papers.document import (
    Cover,
    Document,
    EditionBox,
    SealPlace,
    SealRow,
    SignatureBlock,
    Signatures,
)
from app.reports.fonts import HEI, HEI_BOLD, HEI_MEDIUM, SONG, SONG_BOLD
from app.reports.paragraph import ChineseParagraph, as_runs
from app.reports.sheets import BOTTOM, HEIGHT, LEFT, RIGHT, TEXT_HEIGHT, TEXT_WIDTH, TOP, WIDTH
from app.reports.typesetting import (
    BODY,
    GREY,
    INK,
    WHITE,
    Look,
    say,
    text_width,
)


class Drawn(Flowable):
    """A page drawn freely on the whole sheet."""

    def __init__(self, paint: Any) -> None:
        super().__init__()
        self._paint = paint

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:
        return TEXT_WIDTH, TEXT_HEIGHT - 1

    def draw(self) -> None:
        self.canv.translate(-LEFT, -BOTTOM - 1)
        self._paint(self.canv)


def draw_seal(canvas: Any, x: float, y: float) -> None:
    """A place for a stamp: a dashed circle of 42 mm and a small word, never a drawing of a seal."""
    canvas.saveState()
    canvas.setStrokeColor(GREY)
    canvas.setLineWidth(0.6)
    canvas.setDash(3, 3)
    canvas.circle(x, y, 21 * mm, stroke=1, fill=0)
    canvas.setDash()
    say(canvas, x, y - 21 * mm + 7, "盖章处", HEI, 7.5, "middle")
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


_COVER_FIRM = Look("cover_firm", SONG_BOLD, 20, 28, TA_CENTER)
_COVER_FACT = Look("cover_fact", SONG, 12, 17)
_SEAL_ROOM = 100.0  # pt inside the dashes of 42 mm, where up to three lines stand
_SEAL_NAME = Look("seal_name", SONG_BOLD, 11, 15, TA_CENTER)
_SEAL_SMALL = Look("seal_small", SONG_BOLD, 9, 13, TA_CENTER)


def _set(
    canvas: Any, text: str, look: Any, x: float, top: float, width: float, *, upwards: bool = False
) -> float:
    """A paragraph from `top` downwards, or ending a line below it; returns its height."""
    paragraph = ChineseParagraph(as_runs(text, look.fontName), look)
    _, tall = paragraph.wrap(width, HEIGHT)
    paragraph.drawOn(canvas, x, top - look.leading if upwards else top - tall)
    return float(tall)


def _name_over_seal(canvas: Any, x: float, middle: float, seal: SealPlace) -> None:
    """The printed name in the place for the stamp, clear of its dashes; a long one on two or three lines of like length."""
    room = _SEAL_ROOM
    look = _SEAL_NAME if text_width(seal.name, SONG_BOLD, 11) <= 2 * room else _SEAL_SMALL
    whole = text_width(seal.name, SONG_BOLD, look.fontSize)
    lines = max(1, math.ceil(whole / room))
    # The last line would else hold a word or two.
    room = min(room, whole / lines + look.fontSize)
    paragraph = ChineseParagraph(as_runs(seal.name, SONG_BOLD), look)
    _, tall = paragraph.wrap(room, 60)
    wide = min(room, text_width(seal.name, SONG_BOLD, look.fontSize))
    canvas.setFillColor(WHITE)
    canvas.rect(x - wide / 2 - 4, middle - tall / 2, wide + 8, tall, stroke=0, fill=1)
    paragraph.drawOn(canvas, x - room / 2, middle - tall / 2)
    say(canvas, x, middle + tall / 2 + 6, seal.role, HEI, 9, "middle")


def paint_cover(document: Document, cover: Cover) -> Any:

    def paint(canvas: Any) -> None:
        centre = LEFT + TEXT_WIDTH / 2
        canvas.setLineWidth(1)
        canvas.setStrokeColor(INK)
        canvas.rect(WIDTH - RIGHT - 104, HEIGHT - 72, 104, 24)
        say(canvas, WIDTH - RIGHT - 52, HEIGHT - 64.4, document.state.value, HEI_BOLD, 12, "middle")
        number = document.foot.removeprefix(document.state.value).strip("　")
        sealed = "-" in number
        named = f"报告编号　{number}" if sealed else number
        say(canvas, LEFT, HEIGHT - 64, named, HEI, 9)
        if cover.logo is not None:
            scale = min(150 / cover.logo.wide, 26 / cover.logo.high)
            image = ImageReader(io.BytesIO(cover.logo.content))
            width, height = cover.logo.wide * scale, cover.logo.high * scale
            canvas.drawImage(image, LEFT, HEIGHT - 98, width, height, mask="auto")
        _double_rule(canvas, HEIGHT - 104, True)
        _set(canvas, cover.enterprise, _COVER_FIRM, LEFT, HEIGHT - 180, TEXT_WIDTH, upwards=True)
        spread = cover.title
        total = text_width(spread, SONG_BOLD, 38) + 8 * (len(spread) - 1)
        share = min(1.0, TEXT_WIDTH / total)
        line = canvas.beginText(centre - share * total / 2, HEIGHT - 266)
        line.setFont(SONG_BOLD, 38 * share)
        line.setCharSpace(8 * share)
        line.textOut(spread)
        line.setCharSpace(0)
        canvas.drawText(line)
        say(canvas, centre, HEIGHT - 304, cover.subtitle, SONG, 15, "middle")
        y = HEIGHT - 378
        canvas.setLineWidth(0.25)
        for name, value in cover.facts:
            say(canvas, centre - 176, y, name, HEI, 10.5)
            tall = _set(canvas, value, _COVER_FACT, centre - 106, y + 12.5, 282)
            y -= tall - 17
            canvas.line(centre - 176, y - 8, centre + 176, y - 8)
            y -= 27
        places = [centre] if len(cover.seals) == 1 else [LEFT + 106, WIDTH - RIGHT - 106]
        for x, seal in zip(places, cover.seals, strict=False):
            draw_seal(canvas, x, 198)
            _name_over_seal(canvas, x, 203, seal)
        say(canvas, centre, 98, cover.month, SONG, 14, "middle")
        _double_rule(canvas, 76, False)
        say(canvas, LEFT, 60, document.check, HEI, 7.5)
        if sealed:
            say(canvas, WIDTH - RIGHT, 60, "版本与核验方法见末页", HEI, 7.5, "end")

    return paint


def paint_signatures(signatures: Signatures) -> Any:

    def paint(canvas: Any) -> None:
        y = HEIGHT - TOP
        say(canvas, LEFT, y - 16, "编制与责任", HEI_BOLD, 16)
        canvas.setLineWidth(0.8)
        canvas.setStrokeColor(INK)
        canvas.line(LEFT, y - 27.5, WIDTH - RIGHT, y - 27.5)
        lead = ChineseParagraph(as_runs(signatures.lead), BODY)
        _, tall = lead.wrap(TEXT_WIDTH, 300)
        lead.drawOn(canvas, LEFT, y - 40 - tall)
        y -= 56 + tall
        for block in signatures.blocks:
            # At least 12 mm to sign in, and together room for the stamp and its date.
            row = max(36.0, 152 / max(1, len(block.lines)))
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
    draw_seal(canvas, centre, (top + at) / 2 + 10)
    say(canvas, centre, (top + at) / 2 + 7, block.seal, HEI, 8.5, "middle")
    say(canvas, centre, at + 7, "年　　　月　　　日", SONG, 10, "middle")
    return at


class SealStrip(Flowable):
    """Places for stamps at both sides, lines to be filled in by hand between them."""

    def __init__(self, row: SealRow) -> None:
        super().__init__()
        self._row = row

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:
        self.width, self.height = availWidth, 124.0
        return self.width, self.height

    def draw(self) -> None:
        margin = min(150.0, self.width / 5)
        alone = len(self._row.seals) == 1
        places = (margin, self.width - margin)
        for x, seal in zip(places, self._row.seals, strict=False):
            draw_seal(self.canv, x, 62)
            _name_over_seal(self.canv, x, 62, seal)
        lines = self._row.lines
        step = min(28.0, 112 / max(1, len(lines)))
        half = min(110.0, self.width / 2 - margin - 66)
        left = margin + 90 if alone else self.width / 2 - half
        right = min(left + 240, self.width) if alone else self.width / 2 + half
        start = left + max((text_width(words, HEI, 10) for words in lines), default=0.0) + 8
        for number, words in enumerate(lines):
            y = 62 + (len(lines) - 1) * step / 2 - number * step
            say(self.canv, left, y, words, HEI, 10)
            self.canv.setStrokeColor(INK)
            self.canv.setLineWidth(0.4)
            self.canv.line(start, y - 3, right, y - 3)


class EditionFrame(Flowable):
    """Number, hash in groups of four and QR code in a frame."""

    def __init__(self, box: EditionBox) -> None:
        super().__init__()
        self._box = box

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:
        self.width, self.height = availWidth, 144.0
        return self.width, self.height

    def draw(self) -> None:
        canvas, box, top = self.canv, self._box, self.height
        canvas.setStrokeColor(INK)
        canvas.setLineWidth(1.2)
        canvas.rect(0, 0, self.width, top)
        say(canvas, 16, top - 24, "封存编号", HEI, 9)
        number = canvas.beginText(16, top - 51)
        number.setFont(HEI_BOLD, 25)
        number.setCharSpace(1.2)
        number.textOut(box.number)
        number.setCharSpace(0)
        canvas.drawText(number)
        say(canvas, 16, top - 76, "数据包 SHA-256", HEI, 9)
        for place in range(4):
            part = box.sha256[place * 16 : (place + 1) * 16]
            words = " ".join(part[n : n + 4] for n in range(0, 16, 4))
            say(canvas, 16 + (place % 2) * 144, top - 93 - (place // 2) * 16, words, HEI, 10.5)
        say(canvas, 16, top - 132, box.note, HEI, _fit(box.note, HEI, 8, self.width - 150))
        _draw_qr(canvas, box.qr_text, self.width - 126, top - 128, 112)


def _draw_qr(canvas: Any, text: str, x: float, y: float, side: float) -> None:
    """A QR code of error level M with its quiet zone inside `side`; neighbouring modules as one rectangle."""
    rows = [
        bytes(row) for row in segno.make(text, error="m", micro=False, boost_error=False).matrix
    ]
    module = side / (len(rows) + 4)
    canvas.setFillColor(INK)
    for number, row in enumerate(rows):
        top = y + side - (number + 2) * module
        start = 0
        while start < len(row):
            end = start
            while end < len(row) and row[end]:
                end += 1
            if end > start:
                wide = (end - start) * module
                left = x + (start + 2) * module
                canvas.rect(left, top - module, wide, module, stroke=0, fill=1)
            start = end + 1
