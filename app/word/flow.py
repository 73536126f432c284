"""On which page a heading of the Word file comes to stand, so that its contents are filled before Word works them out.

Word sets the pages itself, with the fonts of the machine; every line of the file has an exact height, so only line ends are
estimated here. Word and LibreOffice put their own numbers in when the fields are updated.
"""

import re
import unicodedata
from dataclasses import dataclass

from app.papers.unbroken import UNBROKEN

_NEVER_FIRST = set("，。；：、！？）》」』”％%")
_TOKEN = re.compile(rf"(?:{UNBROKEN.pattern})|\s|.", re.DOTALL)


@dataclass
class Unit:
    """What stays on one page: a row, a picture, a line or more. keep: stays with the next one. lines: a paragraph's, which
    parts between them, two at least on either side. head: height of the table head that repeats above it."""

    height: float
    keep: bool = False
    lines: int = 1
    head: float = 0.0
    mark: str = ""
    room: float = 0.0  # height of the page from here on; begins one
    starts: bool = False  # begins a page
    above: float = 0.0  # of the height: room that falls away at the top of a page
    numbered: bool = False  # numbers begin at 1 on its page


def pages_of(units: list[Unit]) -> dict[str, int]:
    """mark -> number of the page its unit stands on."""
    found: dict[str, int] = {}
    first = 0
    for unit, placed in zip(units, placed_of(units), strict=True):
        if unit.numbered:
            first = placed.begins - 1
        if unit.mark:
            found[unit.mark] = placed.begins - first
    return found


@dataclass(frozen=True)
class Placed:
    """Where a unit stands: the page it begins on, the page it ends on, and how much of that is used then."""

    begins: int
    ends: int
    used: float


def placed_of(units: list[Unit]) -> list[Placed]:
    """Where each unit stands, in order."""
    found: list[Placed] = []
    page, used, room = 1, 0.0, 0.0
    for place, unit in enumerate(units):
        if unit.room:
            page, used, room = page + (room > 0), 0.0, unit.room
        elif unit.starts:
            page, used = page + 1, 0.0
        together = _together(units, place)
        if used and used + together > room + 0.5:
            page, used = page + 1, unit.head - unit.above
        begins = page
        line = unit.height / unit.lines
        left = unit.lines
        while used + left * line > room + 0.5 and left > 1:
            fits = min(left - 2 if left > 3 else left - 1, int((room - used + 0.5) / line))
            left -= max(fits, 1)
            page, used = page + 1, 0.0
        used += left * line
        found.append(Placed(begins, page, used))
    return found


def stretches_of(units: list[Unit]) -> list[tuple[int, int]]:
    """What begins a page of its own and what follows it up to the next such: (first, behind the last)."""
    starts = [place for place, unit in enumerate(units) if unit.starts or unit.room]
    return list(zip(starts, [*starts[1:], len(units)], strict=True))


def _together(units: list[Unit], place: int) -> float:
    """What has to fit below from here on: this one whole, or its first two lines, with all that it keeps to itself."""
    total = 0.0
    for later, unit in enumerate(units[place:]):
        if later and (unit.starts or unit.room):
            break
        whole = unit.lines <= 3 or unit.keep
        total += unit.height if whole else 2 * unit.height / unit.lines
        if not unit.keep:
            break
    return total


def lines_of(text: str, size: float, width: float, indent: float = 0.0) -> int:
    """Lines that the text takes in a column of `width` points."""
    count = 0
    for part in text.split("\n"):
        used, count = indent, count + 1
        for token in _TOKEN.findall(part):
            wide = sum(map(_width, token)) * size
            if used + wide > width + 0.01 and used and token not in _NEVER_FIRST:
                count += 1
                used = 0.0
            if wide > width:
                count += int(wide / width)
                wide %= width
            used += wide
        indent = 0.0
    return count


def _width(letter: str) -> float:
    """As a line of Times and a square Chinese face takes it; `columns.text_width` is the most that any face takes."""
    if unicodedata.east_asian_width(letter) in {"F", "W", "A"}:
        return 1.0
    if letter.isdigit():
        return 0.5
    if letter in " .,;:/'()[]!|-\u2009\u202f\xa0":
        return 0.28
    return 0.69 if letter.isupper() or letter in "mwMW%@" else 0.46
