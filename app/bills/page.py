"""A page as words with their places: what a PDF's text layer, an OFD and the reader of pictures all come down to.

Places are for finding and showing, never for amounts; a document's pages are stacked into one tall sheet, so that a
table running over a page break stays one table.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

_GAP = 0.9  # of the height of the letters: a wider gap parts two cells of a line

_GAP_OF_NUMBERS = 0.45


@dataclass(frozen=True)
class Word:
    """One cell of a line. Left, top, right, bottom on the sheet, downwards; `sure` is what the reader of pictures gives (0…1)."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    sure: float = 1.0

    @property
    def middle(self) -> float:
        return (self.x0 + self.x1) / 2

    @property
    def centre(self) -> float:
        return (self.y0 + self.y1) / 2

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @cached_property
    def plain(self) -> str:
        """Full-width and compatibility characters as plain ones, no blanks: for comparing."""
        return plain(self.text)


@dataclass(frozen=True)
class Place:
    """Where something was read: page from 0; left, top, right, bottom in thousandths of the page."""

    page: int
    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True)
class Sheet:
    """The pages of a document, stacked. sizes: (width, height) of each page; pictured: read from a picture, so letters may
    be wrong; fall: how much its lines fell to the right before the words were turned level; turned: by how many degrees
    (against the clock) the picture was turned before it could be read (both of one page)."""

    words: tuple[Word, ...]
    sizes: tuple[tuple[float, float], ...]
    pictured: bool = False
    fall: float = 0.0
    turned: int = 0

    def place(self, *words: Word) -> Place | None:
        """The box round `words` (of one page)."""
        if not words:
            return None
        top, page = 0.0, 0
        for page, (_, height) in enumerate(self.sizes):  # noqa: B007 - the last page takes what is below
            if words[0].centre < top + height:
                break
            top += height
        width, height = self.sizes[page]
        if self.fall:
            words = tuple(_turned(word, -self.fall, width, height) for word in words)
        left, right = min(word.x0 for word in words) / width, max(word.x1 for word in words) / width
        upper, lower = min(word.y0 for word in words) - top, max(word.y1 for word in words) - top
        box = (left, upper / height, right, lower / height)
        for _ in range(self.turned // 90):  # back by a quarter, with the clock
            box = (1 - box[3], box[0], 1 - box[1], box[2])
        return Place(page, *(min(1000, max(0, round(value * 1000))) for value in box))

    def part(self, top: float, bottom: float) -> "Sheet":
        """The words between two heights."""
        kept = tuple(word for word in self.words if top <= word.centre < bottom)
        return replace(self, words=kept)

    def text(self) -> str:
        """All words, a line a row."""
        return "\n".join(" ".join(word.text for word in line) for line in lines_of(self.words))


def stacked(pages: Iterable[tuple[float, float, Iterable[Word]]]) -> Sheet:
    """Pages (width, height, words) below each other."""
    words: list[Word] = []
    sizes = []
    top = 0.0
    for width, height, some in pages:
        words += (replace(word, y0=word.y0 + top, y1=word.y1 + top) for word in some)
        sizes.append((width, height))
        top += height
    return Sheet(tuple(words), tuple(sizes), pictured=False)


def _turned(word: Word, fall: float, width: float, height: float) -> Word:
    """The word's box turned about the middle of the page (small angles), of the same size."""
    across, down = word.middle - width / 2, word.centre - height / 2
    return replace(
        word,
        x0=word.x0 + fall * down,
        x1=word.x1 + fall * down,
        y0=word.y0 - fall * across,
        y1=word.y1 - fall * across,
    )


def levelled(
    words: Iterable[Word], fall: float, width: float, height: float, quarter: int = 0
) -> Sheet:
    """One pictured page whose lines fall by `fall` (down for each step to the right), turned level."""
    turned = tuple(_turned(word, fall, width, height) for word in words)
    return Sheet(turned, ((width, height),), pictured=True, fall=fall, turned=quarter)


_RARE = str.maketrans(
    {"﹣": "-", "−": "-", "–": "-", "—": "-", "‑": "-", "－": "-", "：": ":", "￥": "¥"}
)


def plain(text: str) -> str:
    """Full-width, compatibility and look-alike characters as plain ones, without blanks."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text.translate(_RARE)).translate(_RARE))


def lines_of(words: Iterable[Word]) -> list[list[Word]]:
    """Words grouped into lines from top to bottom, each from left to right; a slanted line stays one (neighbours decide)."""
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda one: (one.centre, one.x0)):
        best = None
        for line in reversed(lines[-12:]):
            # letters of a level line come in order: its last one is the neighbour
            follows = 0 <= word.x0 - line[-1].x1 < 3 * word.height
            near = line[-1] if follows else min(line, key=lambda other: _distance(other, word))
            overlap = min(near.y1, word.y1) - max(near.y0, word.y0)
            slack = 0.6 * min(near.height, word.height)
            beside = near.x1 <= word.x0 + slack or word.x1 <= near.x0 + slack
            if overlap > min(near.height, word.height) * 0.5 and beside:
                best = line
                break
        if best is None:
            lines.append([word])
        else:
            best.append(word)
    for line in lines:
        line.sort(key=lambda one: one.x0)
    return lines


def _distance(one: Word, other: Word) -> float:
    return max(other.x0 - one.x1, one.x0 - other.x1, 0.0)


def joined(letters: Iterable[Word]) -> Iterator[Word]:
    """Letters (one Word each) put together to cells: a gap of about a letter parts them."""
    for line in lines_of(letters):
        run: list[Word] = []
        for letter in line:
            if run and _parted(run[-1], letter):
                yield _one(run)
                run = []
            run.append(letter)
        if run:
            yield _one(run)


def _parted(before: Word, letter: Word) -> bool:
    gap = (letter.x0 - before.x1) / max(letter.height, before.height, 0.01)
    # Two numbers of a narrow table stand closer than two words.
    numbers = before.text in "0123456789.%" and letter.text in "-−0123456789¥￥"
    return gap > (_GAP_OF_NUMBERS if numbers else _GAP)


def _one(run: list[Word]) -> Word:
    text = ""
    for before, letter in zip([None, *run], run, strict=False):
        if before is not None and letter.x0 - before.x1 > 0.22 * letter.height:
            text += " "
        text += letter.text
    return Word(
        text,
        run[0].x0,
        min(one.y0 for one in run),
        run[-1].x1,
        max(one.y1 for one in run),
    )


def value_after(sheet: Sheet, label: str) -> tuple[str, tuple[Word, ...]]:
    """What stands behind a label (a pattern for plain text): in the same cell after it, else the next cell of the line.

    ("", ()) when the label is not there or nothing follows.
    """
    pattern = re.compile(rf"(?:{label})[:]?(?P<rest>.*)", re.DOTALL)
    for word in sheet.words:
        found = pattern.search(word.plain)
        if found is None:
            continue
        if found["rest"]:
            return found["rest"], (word,)
        nearest = right_of(sheet.words, word)
        if nearest is not None:
            return nearest.plain.lstrip(":"), (nearest,)
    return "", ()


def right_of(words: Iterable[Word], word: Word) -> Word | None:
    """The next cell of the same line."""
    beside = [
        one
        for one in words
        if one.x0 >= word.x1 - word.height * 0.5
        and one is not word
        and min(one.y1, word.y1) - max(one.y0, word.y0) > 0.4 * min(one.height, word.height)
    ]
    return min(beside, key=lambda one: one.x0, default=None)
