"""The sheets of a PDF: sizes, margins and type, the program's own or those of a layout. Which block stands on which: app.papers.sheets.

Cover and page of signatures are drawn on the program's own margins in every layout.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from reportlab.lib.pagesizes import A3, A4
from reportlab.lib.units import mm

from app.papers.document import Layout, Sheet
from app.reports.typesetting import BODY, CAPTION, H1, H2, H3, LEAD, Look

# 37 characters by 29 lines of 12/24 pt; the left edge is bound.
LEFT, RIGHT, TOP, BOTTOM = 85.0, 66.3, 76.0, 69.9
WIDTH, HEIGHT = A4
TEXT_WIDTH, TEXT_HEIGHT = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
WIDE_WIDTH = HEIGHT - 44 * mm
FOLD_WIDTH = A3[1] - 47 * mm


@dataclass(frozen=True)
class Setting:
    """Margins of an upright sheet in points, and looks."""

    left: float = LEFT
    right: float = RIGHT
    top: float = TOP
    bottom: float = BOTTOM
    body: Look = BODY
    lead: Look = LEAD
    h1: Look = H1
    h2: Look = H2
    h3: Look = H3
    caption: Look = CAPTION

    def width(self, sheet: Sheet = Sheet.PORTRAIT) -> float:
        """Of the text."""
        upright = WIDTH - self.left - self.right
        return {Sheet.PORTRAIT: upright, Sheet.LANDSCAPE: WIDE_WIDTH, Sheet.A3: FOLD_WIDTH}[sheet]

    def height(self, sheet: Sheet = Sheet.PORTRAIT) -> float:
        """Of the text."""
        upright = HEIGHT - self.top - self.bottom
        lying, fold = WIDTH - 52 * mm, A3[0] - 46 * mm
        return {Sheet.PORTRAIT: upright, Sheet.LANDSCAPE: lying, Sheet.A3: fold}[sheet]


_OWN = Setting()
_now: ContextVar[Setting] = ContextVar("setting", default=_OWN)


def setting() -> Setting:
    """That of the paper being set."""
    return _now.get()


@contextmanager
def set_as(layout: Layout | None) -> Iterator[Setting]:
    """Set what follows in this layout."""
    token = _now.set(_OWN if layout is None else _setting_of(layout))
    try:
        yield _now.get()
    finally:
        _now.reset(token)


def _setting_of(layout: Layout) -> Setting:
    size, leading = layout.body, max(layout.leading, 1.2 * layout.body)
    return Setting(
        layout.left * mm,
        layout.right * mm,
        layout.top * mm,
        layout.bottom * mm,
        BODY._replace(fontSize=size, leading=leading, firstLineIndent=2 * size),
        LEAD._replace(fontSize=size, leading=leading),
        H1._replace(fontSize=layout.heading_1, leading=1.5 * layout.heading_1),
        H2._replace(fontSize=layout.heading_2, leading=1.6 * layout.heading_2),
        H3._replace(fontSize=max(12.0, size), leading=1.7 * max(12.0, size)),
        CAPTION._replace(fontSize=layout.caption, leading=1.5 * layout.caption),
    )
