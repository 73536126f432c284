"""Where a table may go over to the next page, and when it waits for one of its own."""

from typing import Any

from reportlab.platypus import FrameBreak, KeepTogether

from app.papers.document import (
    Table,
)
from app.reports.sheets import setting
from app.reports.table_parts import FEWEST_ROWS, ThreeLineTable

_MOST_ROWS_WHOLE = 14
_FEWEST_ROWS_SPLIT = 6  # a shorter table is never parted, whatever its height
# Shares of a page that are not left empty for the sake of a table that could be parted: of a long one, of one of a few rows.
_ROOM, _ROOM_OF_FEW, _FEW_ROWS = 0.28, 0.33, 14


class KeptTogether(KeepTogether):
    """Kept on one page, unless that would leave a great part of the page before empty. is_signed: ends with places for
    stamps, which are not alone on a page: rows of the table stand above them."""

    is_signed = False

    def split(self, aW: float, aH: float) -> list[Any]:
        parts = self._parted(aW, aH) if aH > self._room() * setting().height() else []
        if not parts:
            parts = super().split(aW, aH)
        return parts

    def _room(self) -> float:
        tables = [one for one in self._content if isinstance(one, ThreeLineTable)]
        few = all(len(one._cellvalues) - one.repeatRows <= _FEW_ROWS for one in tables)
        return _ROOM_OF_FEW if few else _ROOM

    def _parted(self, width: float, height: float) -> list[Any]:
        """What leads to the table, then the table in two parts, a few rows each; nothing where that cannot be."""
        place = next(
            (n for n, one in enumerate(self._content) if isinstance(one, ThreeLineTable)), None
        )
        if place is None or not self._content[place].may_part:
            return []
        before, table, after = (
            self._content[:place],
            self._content[place],
            self._content[place + 1 :],
        )
        room = height - sum(one.wrap(width, height)[1] for one in before)
        tall = table.wrap(width, room)[1]
        if tall <= room:
            below = sum(one.wrap(width, height)[1] for one in after)
            if not self.is_signed or tall + below <= room:
                return []
            room = tall - 1  # its last rows go along with what is signed
        while True:
            parts = [one for one in table.split(width, room) if isinstance(one, ThreeLineTable)]
            rows = [len(part._cellvalues) - table.repeatRows for part in parts]
            if len(parts) < 2 or rows[0] < FEWEST_ROWS:
                return []
            if rows[1] - table.noted_rows >= FEWEST_ROWS:
                for one in before:
                    one.keepWithNext = 0  # its place is found; ReportLab would gather them again
                rest = [parts[1], *after]
                if self.is_signed:
                    kept = type(self)(rest)
                    kept.is_signed = True
                    rest = [kept]
                return [*before, parts[0], FrameBreak, *rest]
            room -= 12


def stays_whole(table: Table) -> bool:
    """Whether the table is kept on one page with its notes if there is room; longer ones are split by rows."""
    return len(table.rows) <= _MOST_ROWS_WHOLE


def is_short(table: Table) -> bool:
    return len(table.rows) < _FEWEST_ROWS_SPLIT
