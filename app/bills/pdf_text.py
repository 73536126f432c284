"""The text layer of a PDF as words with places, and its pages as pictures (pypdfium2).

Called in the child process only: a broken file may bring the library down.
"""

import io
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from app.bills.page import Sheet, Word, joined, stacked
from app.errors import Problem, UserError
from app.nested_pdf import refuse_nested

MOST_PAGES = 40  # of a bill; a longer paper is a report or a book
_MOST_LETTERS = 60_000  # a page


def open_pdf(data: bytes, name: str, pages: Iterable[int]) -> pypdfium2.PdfDocument:
    """UserError: a password, damaged, forms without end on one of the pages that will be looked at."""
    refuse_nested(data, name, pages)
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise UserError(
                Problem(name, "这份 PDF 加了密码", "用密码打开它，另存一份不加密的再拖进来")
            ) from error
        raise UserError(
            Problem(name, "不是完好的 PDF", "重新下载一份，或者打印成 PDF 再拖进来")
        ) from error


def sheet_of(document: pypdfium2.PdfDocument, pages: range) -> Sheet:
    """Words of these pages, stacked. UserError when one cannot be read."""
    with _whole():
        return stacked([_page(document[number]) for number in pages])


@contextmanager
def _whole() -> Iterator[None]:
    """A document that opens may still have pages that do not."""
    try:
        yield
    except pypdfium2.PdfiumError as error:
        raise UserError(
            Problem("", "有一页读不出来，PDF 不完整", "重新下载一份，或者打印成 PDF 再拖进来")
        ) from error


def _page(page: Any) -> tuple[float, float, list[Word]]:
    width, height = page.get_size()
    text = page.get_textpage()
    try:
        letters = list(_letters(page, text, width, height))
    finally:
        text.close()
    size = (height, width) if letters and letters[0].x1 > width else (width, height)
    return *size, list(joined(letters))


def _letters(page: Any, text: Any, width: float, height: float) -> Iterator[Word]:
    rect = pdfium.FS_RECTF()
    count = min(text.count_chars(), _MOST_LETTERS)
    turned = _direction(text, count)
    # the page as it lies, whatever way it is shown
    across = (height, width) if page.get_rotation() in (90, 270) else (width, height)
    box = page.get_cropbox() or page.get_mediabox()
    for index in range(count):
        code = pdfium.FPDFText_GetUnicode(text, index)
        if code <= 32 or code in (0xA0, 0x3000, 0xFFFE, 0xFFFF):
            continue
        # The loose box is as wide as the letter's step and as tall as its line, for a dot as for a word.
        if not pdfium.FPDFText_GetLooseCharBox(text, index, rect):
            continue
        x0, x1 = rect.left - box[0], rect.right - box[0]
        y0, y1 = across[1] - (rect.top - box[1]), across[1] - (rect.bottom - box[1])
        if turned:
            x0, y0, x1, y1 = _turn(turned, x0, y0, x1, y1, *across)
        yield Word(chr(code), x0, y0, x1, y1)


def _direction(text: Any, count: int) -> int:
    """By how many degrees (0, 90, 180, 270) most of the letters are turned on the page as it lies."""
    seen: Counter[int] = Counter()
    for index in range(0, count, max(1, count // 200)):
        angle = pdfium.FPDFText_GetCharAngle(text, index)
        if angle >= 0:
            seen[round(math.degrees(angle) / 90) % 4 * 90] += 1
    return seen.most_common(1)[0][0] if seen else 0


def _turn(
    turned: int, x0: float, y0: float, x1: float, y1: float, width: float, height: float
) -> tuple[float, float, float, float]:
    """A box on the page as it lies to the page as it is shown, turned clockwise."""
    if turned == 90:
        return height - y1, x0, height - y0, x1
    if turned == 180:
        return width - x1, height - y1, width - x0, height - y0
    return y0, width - x1, y1, width - x0


def picture_of(document: pypdfium2.PdfDocument, number: int, longest: int) -> bytes:
    """A page as PNG, its longer side `longest` dots. UserError when it cannot be read."""
    with _whole():
        page = document[number]
        scale = longest / max(*page.get_size(), 1)
        image = page.render(scale=scale).to_pil().convert("RGB")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
