"""Patterns of the rules, compiled once."""

import re
from functools import lru_cache


@lru_cache(maxsize=256)
def compiled(pattern: str) -> re.Pattern[str]:
    """Of a rule's settings."""
    return re.compile(pattern)
