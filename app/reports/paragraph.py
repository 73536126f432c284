"""Paragraphs set by Chinese rules: 避头尾, Latin words and figures with units whole, hanging marks, justified by letter space.

A paragraph of its own and not ReportLab's: that one reads mark-up, knows Japanese rules only and takes four times as long.
"""

import functools
import itertools
from bisect import bisect_right
from collections.abc import Iterable
from typing import Any, NamedTuple

from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY
from reportlab.platypus import Flowable

from app.papers.indexes import pieces
from app.reports.fonts import SONG, THIN, cleaned, runs_by_font
from app.reports.typesetting import (
    ASCENT,
    CLOSING,
    GAP,
    INK,
    Look,
    Run,
    closed_up,
    may_break,
    show,
    spacing,
    splits_figure,
    stretches,
    text_width,
    width_of,
)

_MOST_JUSTIFIED = 0.16  # em added per character; a line that needs more stays ragged
_FUZZ = 1e-6
_ORPHAN = 1.6  # em; a shorter last line is a character left alone
_CUT = 3.0  # em of unlike length that are better than a word cut in half


@functools.lru_cache(maxsize=16384)
def as_runs(text: str, font: str = SONG) -> tuple[Run, ...]:
    """Plain text as it is to be set: nothing in it is read as a tag, what the font lacks is set in another. The index of a
    level (YⅡ) and the x of NOx stand below the line."""
    made: list[Run] = []
    for piece, is_below in pieces(closed_up(cleaned(text))):
        runs = (Run(run, one) for one, run in runs_by_font(piece, font))
        made += map(lowered, runs) if is_below else runs
    return tuple(made)


def lowered(run: Run) -> Run:
    """As a subscript."""
    return run._replace(size=0.7, rise=-1.4)


def joined(runs: Iterable[Run]) -> list[Run]:
    """Runs as one text: without blanks between Chinese and Latin where one run ends and the next begins."""
    made: list[Run] = []
    for run in runs:
        if made and (made[-1].text[-1:] == " ") != (run.text[:1] == " "):
            before = made[-1]
            pair = before.text[-2:] + run.text[:2]
            if closed_up(pair) != pair:
                made[-1] = before._replace(text=before.text.rstrip(" "))
                run = run._replace(text=run.text.lstrip(" "))
        made.append(run)
    return made


def _unevenness(characters: list[str], lines: list["_Line"], em: float) -> float:
    """How badly a centred text is broken: lines of unlike length, words of two characters cut in half."""
    wide = [line.wide for line in lines]
    score = (max(wide) - min(wide)) / em
    for line, after in itertools.pairwise(lines):
        left = [one for one in characters[line.start : line.end] if "\u3400" <= one <= "\u9fff"]
        right = [one for one in characters[after.start : after.end] if "\u3400" <= one <= "\u9fff"]
        if len(left) % 2 and (len(right) % 2 or right[-1:] == ["性"]):
            score += _CUT  # 「每件清｜洗次数」, 「车间积｜极性」
    return score


class _Line(NamedTuple):
    """start, end: units drawn. x: of the first one. wide: of all of them. between: added behind every character."""

    start: int
    end: int
    x: float
    wide: float
    between: float
    hard: bool


class ChineseParagraph(Flowable):
    """Text that flows. runs: see `as_runs`; a line end in them is a forced break."""

    def __init__(self, runs: Iterable[Run], style: Look) -> None:
        super().__init__()
        self.style = style
        self.keepWithNext = style.keepWithNext
        self._runs = tuple(joined(runs))
        self._characters: list[str] = []
        self._owner: list[int] = []
        self._so_far: list[float] = []
        self._soft: set[int] = set()  # gaps across a change of run
        self._from, self._to = 0, -1
        self._goes_on = False  # in another part behind a split
        self._known: dict[float, list[_Line]] = {}

    def _whole_line(self, width: float) -> list[_Line]:
        """The paragraph as one line, as most cells are, when it plainly is one: then its characters are not looked at."""
        if len(self._runs) != 1:
            return []
        text, font, share, *_ = self._runs[0]
        wide = text_width(text, font, self.style.fontSize * share)
        indent = self.style.firstLineIndent
        room = width - indent
        if wide > room or "\n" in text or text[-1:] == " ":
            return []
        if self.style.alignment == TA_CENTER:
            indent += (room - wide) / 2
        return [_Line(0, len(text), indent, wide, 0.0, False)]

    def _set_units(self) -> None:
        """One unit a character: its run, its width with the gap before the next."""
        size = self.style.fontSize
        characters: list[str] = []
        wide: list[float] = []
        owner: list[int] = []
        for number, run in enumerate(self._runs):
            em, width = size * run.size, width_of(run.font)
            if characters and run.text and spacing(characters[-1], run.text[0]) > 0:
                self._soft.add(len(characters))
                characters.append(THIN)
                wide.append(GAP * size * self._runs[owner[-1]].size)
                owner.append(owner[-1])
            characters += run.text
            owner += [number] * len(run.text)
            for a, b in itertools.pairwise(run.text):
                if a == THIN:
                    wide.append(GAP * em)
                elif b == THIN:
                    wide.append(width[a] * em)
                else:
                    wide.append((width[a] + spacing(a, b)) * em)
            if run.text:
                last = run.text[-1]
                wide.append(GAP * em if last == THIN else width[last] * em)
        self._characters, self._owner = characters, owner
        self._so_far = [0.0, *itertools.accumulate(wide)]
        self._to = len(characters)

    # -- breaking

    def lines(self, width: float) -> list[str]:
        """The text of every line, for tests."""
        found = self._broken(width)
        if self._to < 0:
            return [self._runs[0].text]
        return ["".join(self._characters[one.start : one.end]) for one in found]

    def _broken(self, width: float) -> list[_Line]:
        known = self._known.get(width)
        if known is not None:
            return known
        if self._to < 0:
            made = self._whole_line(width)
            if made:
                self._known[width] = made
                return made
            self._set_units()
        made = self._lines(width)
        if len(made) > 1 and not self._goes_on and self._from == 0:
            made = self._balanced(width, made)
        self._known[width] = made
        return made

    def _balanced(self, width: float, made: list[_Line]) -> list[_Line]:
        """Centred lines of like length; in a cell no last line of a single character. As many lines as before."""
        style, em = self.style, self.style.fontSize
        centred = style.alignment == TA_CENTER
        if any(line.hard for line in made) or not (centred or style.is_cell):
            return made
        if not centred and made[-1].wide >= _ORPHAN * em:
            return made
        if centred and len(made) == 2:
            return self._in_two(width, made)
        best, least = made, _unevenness(self._characters, made, em)
        narrow = max(sum(line.wide for line in made) / len(made), 2 * em)
        while narrow < width:
            found = self._lines(narrow)
            if len(found) == len(made):
                shift = (width - narrow) / 2 if centred else 0.0
                score = _unevenness(self._characters, found, em)
                if not centred and found[-1].wide >= _ORPHAN * em:
                    best = found  # the widest of them
                elif centred and score < least:
                    best = [line._replace(x=line.x + shift) for line in found]
                    least = score
            narrow += 0.5 * em
        return best

    def _in_two(self, width: float, made: list[_Line]) -> list[_Line]:
        """Two centred lines, broken at the best of all places."""
        best, least = made, _unevenness(self._characters, made, self.style.fontSize)
        for place in range(made[0].start + 1, made[-1].end):
            after = place
            while after < self._to and self._characters[after] == " ":
                after += 1
            if self._characters[place - 1] == " " or not self._breaks_before(after):
                continue
            found = [
                self._line(made[0].start, place, 0.0, width, False),
                self._line(after, self._to, 0.0, width, False),
            ]
            score = _unevenness(self._characters, found, self.style.fontSize)
            if score <= least and all(line.wide <= width + _FUZZ for line in found):
                best, least = found, score
        return best

    def _lines(self, width: float) -> list[_Line]:
        indent = self.style.firstLineIndent if self._from == 0 else 0.0
        made: list[_Line] = []
        start = self._from
        while start < self._to or not made:
            left = indent if not made else 0.0
            end, hard = self._line_end(start, width - left)
            made.append(self._line(start, end, left, width - left, hard))
            start = end
            while start < self._to and self._characters[start] == " " and not hard:
                start += 1
        return made

    def _line_end(self, start: int, width: float) -> tuple[int, bool]:
        """(first unit of the next line, whether the line ends by a forced break)."""
        to, characters, so_far = self._to, self._characters, self._so_far
        used = so_far[start] + width + _FUZZ
        place = max(start + 1, bisect_right(so_far, used, start + 1, to + 1) - 1)
        while place < to and so_far[place + 1] - self._slack(place) <= used:
            place += 1
        try:
            forced = characters.index("\n", start, place)
        except ValueError:
            pass
        else:
            return forced + 1, True
        if place >= to or characters[place] == "\n":
            return (to, False) if place >= to else (place + 1, True)
        for before in range(place, start, -1):
            if self._breaks_before(before):
                return before, False
        return place, False

    def _slack(self, place: int) -> float:
        """What a closing mark may hang out of the line."""
        if self._characters[place] not in CLOSING:
            return 0.0
        return self.style.fontSize * self._runs[self._owner[place]].size * 0.5

    def _breaks_before(self, place: int) -> bool:
        """A figure stays with its unit, a thin gap with its neighbours unless it only joins two runs."""
        characters, soft = self._characters, self._soft
        back = place - 1
        if back in soft and back > 0:
            back -= 1
        before = back - 1
        if before > 0 and before in soft:
            before -= 1
        a, b = characters[back], characters[place]
        if splits_figure(characters[before] if before >= 0 else "", a, b):
            return False
        return may_break(a, b)

    def _line(self, start: int, end: int, left: float, width: float, hard: bool) -> _Line:
        characters, owner = self._characters, self._owner
        stop = end - 1 if hard else end
        while stop - 1 > start and characters[stop - 1] == " ":
            stop -= 1
        used = self._so_far[stop] - self._so_far[start]
        last = not hard and end >= self._to and not self._goes_on
        em = self.style.fontSize
        if stop > start:
            em = self.style.fontSize * self._runs[owner[stop - 1]].size
            goes_on = not hard and end < len(characters)
            if goes_on and owner[stop - 1] == owner[end]:
                # The gap behind the last character is not drawn.
                used -= max(0.0, spacing(characters[stop - 1], characters[end])) * em
            if characters[stop - 1] in CLOSING:
                used = min(used, width)
        extra = max(0.0, width - used)
        between = 0.0
        if self.style.alignment == TA_CENTER:
            left += extra / 2
        elif self.style.alignment == TA_JUSTIFY and not hard and not last:
            gaps = max(1, self._stretching(start, stop - 1))
            if extra / gaps <= _MOST_JUSTIFIED * self.style.fontSize:
                between = extra / gaps
        return _Line(start, stop, left, used, between, hard)

    def _stretching(self, start: int, end: int) -> int:
        """How many of these units a justified line is made wider behind."""
        characters, owner = self._characters, self._owner
        last = len(characters) - 1
        return sum(
            characters[n] != THIN
            and (
                n == last or owner[n] != owner[n + 1] or stretches(characters[n], characters[n + 1])
            )
            for n in range(start, end)
        )

    # -- as a flowable

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:
        self.width = availWidth
        self.height = len(self._broken(availWidth)) * self.style.leading
        return availWidth, self.height

    def split(self, availWidth: float, availHeight: float) -> list[Any]:
        """At least two lines on either side, or none."""
        lines = self._broken(availWidth)
        fit = int(availHeight / self.style.leading)
        if fit <= 1:
            return []
        if len(lines) <= fit:
            return [self]
        if len(lines) == fit + 1:
            if len(lines) <= 3:
                return []
            fit -= 1
        first, second = self._part(), self._part()
        at = lines[fit].start
        first._to = second._from = at
        first._goes_on = not lines[fit - 1].hard
        return [first, second]

    def _part(self) -> "ChineseParagraph":
        part = ChineseParagraph.__new__(ChineseParagraph)
        part.__dict__.update(self.__dict__)
        part.__dict__.pop(
            "_postponed", None
        )  # that the whole was put off to this page says nothing of its parts
        part._known = {}
        return part

    def drawOn(self, canvas: Any, x: float, y: float, _sW: float = 0) -> None:
        self.mark(canvas, x, y)
        style = self.style
        at = y + self.height - ASCENT * style.fontSize
        for line in self._broken(self.width):
            self._draw_line(canvas, x + line.x, at, line)
            at -= style.leading

    def mark(self, canvas: Any, x: float, y: float) -> None:
        """What is done besides drawing: bookmarks, lines. Nothing here."""

    def _draw_line(self, canvas: Any, x: float, y: float, line: _Line) -> None:
        characters, owner, size = self._characters, self._owner, self.style.fontSize
        if self._to < 0:
            text, font, share, rise, link = self._runs[0]
            show(canvas, x, y, [(text, font, size * share, rise)], 0.0, INK)
            if link:
                self._link(canvas, x, y, line.wide, self._runs[0])
            return
        start = line.start
        pieces: list[tuple[str, str, float, float]] = []
        while start < line.end:
            number = owner[start]
            end = start + 1
            while end < line.end and owner[end] == number:
                end += 1
            run = self._runs[number]
            text = "".join(characters[start:end])
            pieces.append((text, run.font, size * run.size, run.rise))
            if run.link:
                left = self._so_far[start] - self._so_far[line.start]
                if line.between:
                    left += line.between * self._stretching(line.start, start)
                wide = self._so_far[end] - self._so_far[start]
                wide += line.between * self._stretching(start, end) if line.between else 0.0
                self._link(canvas, x + left, y, wide, run)
            start = end
        show(canvas, x, y, pieces, line.between, INK)

    def _link(self, canvas: Any, x: float, y: float, wide: float, run: Run) -> None:
        em = self.style.fontSize * run.size
        box = (x, y - 0.25 * em, x + wide, y + 0.95 * em)
        canvas.linkRect("", run.link, box, relative=1, thickness=0)
