"""目录: headings with their pages, then tables and figures in two columns; every line is a link."""

from collections.abc import Mapping
from typing import Any

from reportlab.platypus import Flowable, KeepTogether, Spacer
from reportlab.platypus import Table as PlatypusTable

from app.papers.numbering import Entry
from app.reports.fonts import HEI_BOLD, HEI_MEDIUM, SONG
from app.reports.paragraph import ChineseParagraph, as_runs
from app.reports.sheets import setting
from app.reports.typesetting import INK, say, show, text_width

_ON_ONE_PAGE = 34  # lines at the open leading
_TITLE = 56.0  # points of a page that its title takes
_SET_CLOSE = 1.25  # points of leading a point of size, inside a title of several lines
_NEVER_FIRST = "）」》”、，。：；"
_CLOSEST = 0.7  # share of the open leading at which lines still stand apart


class _ContentsLine(Flowable):
    """Title, leaders, page label; a link. The page is written when the whole paper is set."""

    def __init__(
        self, entry: Entry, width: float, indent: float, font: str, size: float, leading: float
    ) -> None:
        super().__init__()
        self._entry, self._own, self._indent = entry, width, indent
        self._font, self._size, self._leading = font, size, leading

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:
        more = len(self._lines()) - 1
        return self._own, self._leading + more * self._size * _SET_CLOSE

    def _lines(self) -> list[tuple[float, str]]:
        """(indent, words): a long title goes on below itself, beside its number."""
        entry, size, font = self._entry, self._size, self._font
        kind = f"{entry.kind} " if entry.kind in ("表", "图") else ""
        number = f"{kind}{entry.number}　" if entry.number else ""
        room = self._own - self._indent - text_width("000", font, size) - 8
        inside = text_width(number, font, size)
        lines: list[tuple[float, str]] = []
        line, indent = number, 0.0
        for character in entry.title:
            if (
                text_width(line + character, font, size) > room - indent
                and line.strip() != number.strip()
            ):
                kept = 1 if character in _NEVER_FIRST else 0  # goes down with what it closes
                lines.append((indent, line[: len(line) - kept]))
                line, indent = line[len(line) - kept :], inside
            line += character
        return [*lines, (indent, line)]

    def draw(self) -> None:
        entry, size, font = self._entry, self._size, self._font
        lines = self._lines()
        y = (self._leading - size) / 2 + 1
        for place, (indent, words) in enumerate(lines):
            up = y + (len(lines) - 1 - place) * size * _SET_CLOSE
            pieces = [
                (one.text, one.font, size * one.size, one.rise) for one in as_runs(words, font)
            ]
            show(self.canv, self._indent + indent, up, pieces, 0.0, INK)
        start = self._indent + lines[-1][0] + text_width(lines[-1][1], font, size) + 5

        def finish(canvas: Any, labels: Mapping[str, str]) -> None:
            label = labels.get(entry.key, "")
            say(canvas, self._own, y, label, font, size, "end")
            end = self._own - text_width(label, font, size) - 5
            if end > start:
                canvas.setDash(0.6, 2.6)
                canvas.setLineWidth(0.6)
                canvas.setStrokeColor(INK)
                canvas.line(start, y + 1.5, end, y + 1.5)
                canvas.setDash()

        self.canv.later(finish)
        area = (0, 0, self._own, self.wrap(0, 0)[1])
        self.canv.linkRect("", entry.key, area, relative=1, thickness=0)


def contents(entries: list[Entry]) -> list[Any]:
    """Headings with their pages, then tables and figures."""
    story: list[Any] = [
        ChineseParagraph(as_runs("目　录", HEI_BOLD), setting().h1),
        Rule(),
        Spacer(1, 10),
    ]
    heads = [entry for entry in entries if entry.kind in ("h1", "h2")]
    if len(heads) > _ON_ONE_PAGE:  # sections of appendices are found by their tables
        heads = [one for one in heads if one.kind == "h1" or one.number[:1].isdigit()]
    firsts = sum(entry.kind == "h1" for entry in heads)
    # Closer together where that keeps the headings on one page.
    room = setting().height() - _TITLE
    share = min(1.0, room / (firsts * 23 + (len(heads) - firsts) * 17 or 1))
    share = share if share >= _CLOSEST else 0.84
    for entry in heads:
        if entry.kind == "h1":
            gap = Spacer(1, 4 * share)
            line = _ContentsLine(entry, setting().width(), 0, HEI_MEDIUM, 11, 19 * share)
            story += [gap, line]
        else:
            story.append(_ContentsLine(entry, setting().width(), 18, SONG, 10.5, 17 * share))
    lists: list[Any] = []
    rows = sum((sum(one.kind == kind for one in entries) + 1) // 2 for kind in ("表", "图"))
    leading = min(14.0, max(11.5, (room - 60) / (rows or 1)))
    for kind, title in (("表", "表目录"), ("图", "图目录")):
        lines = [entry for entry in entries if entry.kind == kind]
        if lines:
            lists += [
                Spacer(1, 10),
                ChineseParagraph(as_runs(title, HEI_MEDIUM), setting().h3),
                _two_columns(lines, leading),
            ]
    # Together: a page with three lines of figures is none.
    return [*story, KeepTogether(lists)] if lists else story


def _two_columns(lines: list[Entry], leading: float) -> PlatypusTable:
    """Entries down the left column, then down the right."""
    half = (len(lines) + 1) // 2
    width = (setting().width() - 20) / 2
    cells = [_ContentsLine(entry, width, 0, SONG, 9, leading) for entry in lines]
    rows = [[cells[n], cells[n + half] if n + half < len(cells) else ""] for n in range(half)]
    style = [
        ("FONTNAME", (0, 0), (-1, -1), SONG),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), 0),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
    ]
    return PlatypusTable(rows, colWidths=[width + 20, width], style=style, hAlign="LEFT")


class Rule(Flowable):
    """The line under a first-level heading that is not numbered."""

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:
        self.width = availWidth
        return availWidth, 2

    def draw(self) -> None:
        self.canv.setStrokeColor(INK)
        self.canv.setLineWidth(0.8)
        self.canv.line(0, -1.5, self.width, -1.5)
