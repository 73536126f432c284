"""Which letters of plain words stand below the line, on every paper: the level of an index (YⅡ), the x of NOx."""

import re
from collections.abc import Iterator

_BELOW = re.compile(r"(?<=Y)[ⅠⅡⅢⅣⅤ]|(?<=NO)x(?![A-Za-z])")


def pieces(text: str) -> Iterator[tuple[str, bool]]:
    """(piece, whether it stands below the line)."""
    at = 0
    for found in _BELOW.finditer(text):
        if found.start() > at:
            yield text[at : found.start()], False
        yield found[0], True
        at = found.end()
    if at < len(text):
        yield text[at:], False
