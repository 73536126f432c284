"""The tables last built, of this paper and those before: one answer changes few of them."""

import threading
from collections import OrderedDict
from collections.abc import Hashable

from app.reports.tables import BuiltTable

MOST_CELLS = 20_000  # about 60 MB


class KeptTables:
    """key: all that decides how a table looks. cells: held at the moment, never more than `most`; the longest unused goes first."""

    def __init__(self, most: int = MOST_CELLS) -> None:
        self.cells = 0
        self._most = most
        self._kept: OrderedDict[Hashable, tuple[BuiltTable, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> BuiltTable | None:
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
            return found[0]

    def keep(self, key: Hashable, built: BuiltTable, cells: int) -> None:
        with self._lock:
            if key not in self._kept:
                self._kept[key] = (built, cells)
                self.cells += cells
            while self.cells > self._most:
                self.cells -= self._kept.popitem(last=False)[1][1]
