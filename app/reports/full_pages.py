"""Pages with a few lines are closed up: from where blocks came to stand, which of them should open a page instead."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.reports.story import Place

_LEAST = (
    0.36  # share of a page, with the white space below the last block, under which it looks empty
)
_MOST = 0.96  # what is moved must surely fit
_HEADING = 0.12  # how much emptier a page may stay for the sake of opening the next with a heading


@dataclass(frozen=True)
class Begun:
    """A block and where it came to stand. y: points above the foot of the sheet."""

    place: Place
    page: int
    y: float
    may_open: bool
    is_heading: bool


@dataclass
class Filled:
    """What was noted while a paper was laid out. pages: number → (top of the text, where it ended, foot), upright ones."""

    begun: list[Begun] = field(default_factory=list)
    pages: dict[int, tuple[float, float, float]] = field(default_factory=dict)


def breaks_for(filled: Filled) -> frozenset[Place]:
    """Blocks that should open a page, so that the page after them is at least a third full and theirs not much less."""
    by_page: Mapping[int, list[Begun]] = defaultdict(list)
    for one in filled.begun:
        by_page[one.page].append(one)
    found: set[Place] = set()
    moved: set[int] = set()
    for page in sorted(filled.pages):
        top, end, foot = filled.pages[page]
        share = (top - end) / (top - foot)
        if share >= _LEAST or page - 1 not in filled.pages or {page, page - 1} & moved:
            continue
        best = _best(by_page[page - 1], by_page[page], filled.pages[page - 1], share)
        if best is not None:
            found.add(best)
            moved |= {page, page - 1}
    return frozenset(found)


def _best(
    before: Sequence[Begun],
    here: Sequence[Begun],
    page: tuple[float, float, float],
    share: float,
) -> Place | None:
    """The block of the page before that should open the next one; None where none helps."""
    chapters = {one.place[0] for one in here} or {one.place[0] for one in before[-1:]}
    if len(chapters) != 1:
        return None
    top, end, foot = page
    best, most = None, 0.0
    for one in before:
        if not one.may_open or one.place[0] not in chapters:
            continue
        left = (top - one.y) / (top - foot)
        full = share + (one.y - end) / (top - foot)
        if left < _LEAST or full < _LEAST or full > _MOST:
            continue
        worth = min(left, full) + (_HEADING if one.is_heading else 0.0)
        if worth > most:
            best, most = one.place, worth
    return best
