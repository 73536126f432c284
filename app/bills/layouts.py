"""The layouts of resources/bills: where a bill says what. A new layout of a known document is a line there."""

import json
from functools import cache
from typing import Any

from app import paths
from app.bills.page import plain


@cache
def layout(name: str) -> dict[str, Any]:
    """One file of resources/bills, by its name without the ending."""
    text = (paths.resources_dir() / "bills" / f"{name}.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def head_of(text: str, heads: dict[str, list[str]]) -> str:
    """The column a printed head names (the longest match), "" when none."""
    flat = plain(text)
    best, length = "", 0
    for name, words in heads.items():
        for word in words:
            if word in flat and len(word) > length:
                best, length = name, len(word)
    return best
