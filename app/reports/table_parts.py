"""What a three-line table is drawn of: figures on their decimal point, notes below, the table that begins again as 续表."""

from collections.abc import Iterable, Mapping
from typing import Any

from reportlab.platypus import Flowable, FrameBreak
from reportlab.platypus import Table as PlatypusTable

from app.papers.document import PageOf
from app.reports.fonts import HEI_MEDIUM
from app.reports.paragraph import ChineseParagraph, as_runs
from app.reports.sheets import setting
from app.reports.typesetting import (
    ASCENT,
    NOTE,
    NOTE_DENSE,
    Run,
    say,
    text_width,
)

_ANY_HEIGHT = 1e9
FEWEST_ROWS = 3  # of a table on either side of a page end
_ABOVE_NOTES, _LEAST_NOTES = 13.0, 66.0  # points: the gap above notes, what of them may end a page


def split_number(text: str) -> tuple[str, str]:
    """(before the decimal point, the point and what follows)."""
    head, point, tail = text.partition(".")
    return head, point + tail


class Figure(Flowable):
    """A figure on the column's decimal point; text without digits is centred."""

    def __init__(self, text: str, cell_style: Any, left: float, right: float, font: str) -> None:
        super().__init__()
        self._text, self._style, self._left, self._right, self._font = (
            text,
            cell_style,
            left,
            right,
            font,
        )

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:
        self.width, self.height = availWidth, self._style.leading
        return self.width, self.height

    def drawOn(self, canvas: Any, x: float, y: float, _sW: float = 0) -> None:
        size = self._style.fontSize
        y += self.height - ASCENT * size
        if not any(character.isdigit() for character in self._text):
            say(canvas, x + self.width / 2, y, self._text, self._font, size, "middle")
            return
        head, _ = split_number(self._text)
        point = x + (self.width - self._left - self._right) / 2 + self._left
        say(canvas, point - text_width(head, self._font, size), y, self._text, self._font, size)


def ending(key: str) -> str:
    """What the page is noted by on which a table ends."""
    return f"{key}\0end"


class PageNumber(Flowable):
    """The pages on which tables stand, a link to the first. Written when the whole paper is set."""

    def __init__(self, pages: PageOf, style: Any) -> None:
        super().__init__()
        self._pages, self._style = pages, style

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:
        self.width, self.height = availWidth, self._style.leading
        return self.width, self.height

    def draw(self) -> None:
        size = self._style.fontSize
        y = self.height - ASCENT * size

        def finish(canvas: Any, labels: Mapping[str, str]) -> None:
            ends = {last: labels.get(ending(last), "") for _, last in self._pages.spans}
            said = self._pages.said(labels, ends)
            say(canvas, self.width / 2, y, said, self._style.fontName, size, "middle")

        self.canv.later(finish)
        area = (0, 0, self.width, self.height)
        self.canv.linkRect("", self._pages.spans[0][0], area, relative=1, thickness=0)


class Notes(Flowable):
    """Notes and sources under a table or figure, on its width."""

    def __init__(self, texts: list[Iterable[Run]], width: float, *, dense: bool = False) -> None:
        super().__init__()
        self._items = [ChineseParagraph(text, NOTE_DENSE if dense else NOTE) for text in texts]
        self._own = width

    def parts(self, tallest: float) -> list["Notes"]:
        """Itself, or pieces no taller than that."""
        pieces: list[ChineseParagraph] = []
        for item in self._items:
            rest: ChineseParagraph | None = item
            while rest is not None:
                found = (
                    rest.split(self._own, tallest) if rest.wrap(self._own, 1e6)[1] > tallest else []
                )
                pieces.append(found[0] if len(found) == 2 else rest)
                rest = found[1] if len(found) == 2 else None
        made: list[Notes] = []
        used = tallest
        for piece in pieces:
            tall = piece.wrap(self._own, 1e6)[1]
            if used + tall > tallest:
                made.append(Notes([], self._own))
                used = 0.0
            made[-1]._items.append(piece)
            used += tall
        return made

    def split(self, availWidth: float, availHeight: float) -> list[Any]:
        if self.wrap(availWidth, availHeight)[1] <= availHeight:
            return [self]
        room = availHeight - _ABOVE_NOTES
        if room < _LEAST_NOTES:
            return []
        made = self.parts(room)
        return list(made) if len(made) > 1 else []

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:
        self.width = availWidth
        self.height = _ABOVE_NOTES + sum(
            item.wrap(self._own, availHeight)[1] for item in self._items
        )
        return self.width, self.height

    def draw(self) -> None:
        y = self.height - 3
        for item in self._items:
            y -= item.height
            item.drawOn(self.canv, (self.width - self._own) / 2, y)


class ThreeLineTable(PlatypusTable):
    """number, caption: for the continued head; `noted` is told where the table begins. noted_rows: of notes, at the end."""

    number = ""
    caption = ""
    key = ""
    continued = False
    may_part = False
    noted_rows = 0
    is_measured = False
    _nosplitCmds: list[Any]  # of ReportLab

    def _calc(self, availWidth: float, _availHeight: float) -> None:
        """Once, and every row: ReportLab measures all cells anew whenever it asks for the height."""
        if not self.is_measured:
            super()._calc(availWidth, _ANY_HEIGHT)
            self.is_measured = True

    def split(self, availWidth: float, availHeight: float) -> list[Any]:
        parts: list[Any] = super().split(availWidth, availHeight)
        is_ours = bool(self.number) or self.may_part
        alone = len(parts) == 2 and is_ours and self._stays_alone(parts)
        if alone:
            parts = self._with_company(parts, availWidth)
        if not parts and hasattr(self, "_postponed") and self._nosplitCmds:
            # At the head of a page already: rows that belong together are too tall for one.
            self._nosplitCmds, self.is_measured = [], False
            parts = super().split(availWidth, availHeight)
        if len(parts) == 2 and is_ours:
            first, second = parts
            for part in parts:
                part.number, part.caption, part.key = self.number, self.caption, self.key
            first.continued, second.continued = self.continued, True
            second.noted_rows, second.may_part = self.noted_rows, self.may_part
            if self.number:  # a table of a form has heads alone
                head = ChineseParagraph(
                    as_runs(f"续表 {self.number}　{self.caption}", HEI_MEDIUM), setting().caption
                )
                # Both parts share the row's list; the second needs its own.
                second._cellvalues[0] = [[head], *second._cellvalues[0][1:]]
            if alone:
                return [first, FrameBreak, second]  # there may be room below the first part
        return parts

    def _lacking(self, parts: list[Any]) -> int:
        """Rows that the second part should have more: two rows under the heads of a page say little."""
        return FEWEST_ROWS - (len(parts[1]._cellvalues) - self.repeatRows - self.noted_rows)

    def _stays_alone(self, parts: list[Any]) -> bool:
        lacking = self._lacking(parts)
        first = len(parts[0]._cellvalues) - self.repeatRows
        return lacking > 0 and first - lacking >= FEWEST_ROWS

    def _with_company(self, parts: list[Any], width: float) -> list[Any]:
        """Other parts, of which the second has a few rows."""
        kept = len(parts[0]._cellvalues) - self._lacking(parts)
        found: list[Any] = super().split(width, sum(self._rowHeights[:kept]) + 0.01)
        return found if len(found) == 2 else parts

    def draw(self) -> None:
        if self.number and not self.continued:
            self.canv.bookmarkHorizontal(self.key, 0, self._height)
            self.canv.noted(self.key)
        if self.number:
            self.canv.noted(ending(self.key))  # the last part of a table says so last
        super().draw()

    def _drawCell(
        self, cellval: Any, cellstyle: Any, pos: tuple[float, float], size: tuple[float, float]
    ) -> None:
        """A third of the time of ReportLab's own: every cell here is empty or flowables in its middle."""
        if not cellval:
            return
        (left, low), (width, height) = pos, size
        parts = cellval if isinstance(cellval, list | tuple) else (cellval,)
        room = width - cellstyle.leftPadding - cellstyle.rightPadding
        tall = [part.wrap(room, height)[1] for part in parts]
        y = low + (height + cellstyle.bottomPadding - cellstyle.topPadding + sum(tall)) / 2
        for part, one in zip(parts, tall, strict=True):
            y -= one
            part.drawOn(self.canv, left + cellstyle.leftPadding, y)
