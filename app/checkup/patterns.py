"""Patterns of the rules, compiled once; sentences and clauses of a text."""

import re
from fractions import Fraction
from functools import lru_cache

# A number of a sentence, one group: 11600, 11,600, 「11 600」 with a plain, fixed or thin space; 2025 4 stays two numbers.
NUMBER = r"((?:\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?!\d)|\d[\d,，]*)(?:\.\d+)?)"
_SENTENCES, _CLAUSES = "。；;！!？?\n", "。；;！!？?\n，：:、"


@lru_cache(maxsize=256)
def compiled(pattern: str) -> re.Pattern[str]:
    """Of a rule's settings."""
    return re.compile(pattern)


@lru_cache(maxsize=1 << 16)
def matches(pattern: str, text: str) -> tuple[re.Match[str], ...]:
    """Every place of a pattern in a text. Kept, for all texts of an audit are looked through after each answer, and all but
    one are the same as before."""
    return tuple(compiled(pattern).finditer(text))


def number_of_words(words: str) -> Fraction:
    """What a match of NUMBER says."""
    return Fraction(re.sub(r"[,，\s]", "", words))


def sentence_of(text: str, at: int) -> str:
    """The sentence a place of `text` stands in, without its last mark."""
    return _between(text, at, _SENTENCES)


def clause_of(text: str, at: int) -> str:
    """The part between two commas."""
    return _between(text, at, _CLAUSES)


def _between(text: str, at: int, marks: str) -> str:
    first = max((text.rfind(mark, 0, at) for mark in marks), default=-1) + 1
    ends = [place for mark in marks if (place := text.find(mark, at)) >= 0]
    return text[first : min(ends, default=len(text))]
