"""What a run counts, and the one way to say that something went wrong."""

from collections import Counter
from pathlib import Path

KEEP = Path(__file__).parents[2] / "build" / "torture"


class Wrong(AssertionError):
    """An answer lost, another figure in silence, an error that is no plain message, a hang."""


def keep(name: str, content: bytes) -> Path:
    """Put an input that went wrong aside, to be looked at and to become a test."""
    KEEP.mkdir(parents=True, exist_ok=True)
    target = KEEP / name
    target.write_bytes(content)
    return target


def said(counts: Counter[str]) -> str:
    return "，".join(f"{name} {counts[name]:,}" for name in sorted(counts))
