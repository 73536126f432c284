"""On which page of a printed paper its places stand: found by their words, in the order of the paper."""

import re
from collections.abc import Sequence

import pypdfium2

from app.reports.alone import alone

_LEAST = 6  # letters that are looked for when a paragraph breaks across pages
_IN_LINE, _SHORTEST = 14, 3  # letters looked for in one line
_AHEAD = 8  # sheets: farther on the same words are another place
_FOOT = re.compile(r"第([0-9]+)页共[0-9]+页")


@alone
def pages_of(content: bytes) -> list[tuple[str, str]]:
    """(words without white space, page as printed) of every sheet of a paper of our own."""
    document = pypdfium2.PdfDocument(content)
    try:
        return [
            (
                _plain(document[at].get_textpage().get_text_bounded()),
                document.get_page_label(at) or str(at + 1),
            )
            for at in range(len(document))
        ]
    finally:
        document.close()


def pages_of_lines(lines: Sequence[Sequence[str]]) -> list[tuple[str, str]]:
    """The same from the lines of a sealed paper; pages before the body, which count in Roman figures, have no number."""
    found = []
    for some in lines:
        text = _plain("".join(some))
        numbers = _FOOT.findall(text)
        found.append((text, numbers[-1] if numbers else ""))
    return found


def find_pages(
    pages: Sequence[tuple[str, str]], marks: Sequence[tuple[str, str]]
) -> dict[str, tuple[int, str]]:
    """(sheet from 0, page as printed) by id, for (id, words) in the order of the paper; without those that are not found.

    A place is looked for from the sheet of the one before on, so that the contents and running heads are passed by.
    """
    found: dict[str, tuple[int, str]] = {}
    at = 0
    for name, words in marks:
        wanted = _plain(words)
        if not wanted:
            continue
        sheet = _from(pages, wanted, at)
        if sheet is None and len(wanted) > _LEAST:
            sheet = _from(pages, wanted[: max(_LEAST, len(wanted) // 2)], at)
        if sheet is not None:
            found[name] = (sheet, pages[sheet][1])
            at = sheet
    return found


@alone
def box_of(content: bytes, sheet: int, words: str) -> tuple[int, int, int, int] | None:
    """Where words stand on a sheet: left, top, right, bottom in thousandths; None when they are not found in one line."""
    document = pypdfium2.PdfDocument(content)
    try:
        page = document[sheet]
        text = page.get_textpage()
        wanted = words.strip()[:_IN_LINE]
        found = None
        while len(wanted) >= _SHORTEST and found is None:
            found = text.search(wanted, match_case=True).get_next()
            wanted = wanted[: len(wanted) // 2] if found is None else wanted
        if found is None:
            return None
        first, count = found
        boxes = [text.get_charbox(at) for at in range(first, first + count)]
        width, height = page.get_size()
        left, bottom = min(box[0] for box in boxes), min(box[1] for box in boxes)
        right, top = max(box[2] for box in boxes), max(box[3] for box in boxes)
        return (
            round(left * 1000 / width),
            round((height - top) * 1000 / height),
            round(right * 1000 / width),
            round((height - bottom) * 1000 / height),
        )
    finally:
        document.close()


def _plain(text: str) -> str:
    return "".join(text.split())


def _from(pages: Sequence[tuple[str, str]], words: str, first: int) -> int | None:
    """The first sheet from `first` on with these words."""
    last = min(len(pages), first + _AHEAD)
    return next((at for at in range(first, last) if words in pages[at][0]), None)
