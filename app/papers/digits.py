"""Figures grouped as papers do: thin gaps of three from five digits on. The gap is drawn, not typed."""

import functools
import re
from fractions import Fraction

from app.assessment.numbers import display

THIN = "\u2009"
_COMMAS = re.compile(r"\d{1,3}(?:,\d{3})+")
_PERCENT = re.compile(
    r"(?<=\d) (?=%)|^ (?=%)"
)  # behind a number of the words, or of the run before


def grouped(text: str) -> str:
    """A plain decimal with its groups: 「1 862 400」."""
    sign = "−" if text.startswith("-") else ""
    whole, point, rest = text.removeprefix("-").partition(".")
    if len(whole) >= 5:
        first = len(whole) % 3 or 3
        whole = THIN.join([whole[:first], *(whole[i : i + 3] for i in range(first, len(whole), 3))])
    return f"{sign}{whole}{point}{rest}"


def regrouped(text: str) -> str:
    """Words written for the screen with the groups of a paper: 「53,620 m³」 becomes 「53 620 m³」, 「6,315」 「6315」."""
    return _COMMAS.sub(lambda found: grouped(found[0].replace(",", "")), text)


def tied(text: str) -> str:
    """「40.7 %」 as papers write it: 「40.7%」."""
    return _PERCENT.sub("", text) if "%" in text else text


_DAY = re.compile(
    r"(?<![0-9A-Za-z\-])(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
    r"(?![0-9A-Za-z\-])(?: (?=[\u3400-\u9fff]))?"  # the blank behind it goes with the digit
)


def told_days(text: str) -> str:
    """Dates of running text as sentences tell them: 「2026-05-10」 becomes 「2026 年 5 月 10 日」. Tables keep theirs."""
    return _DAY.sub(lambda found: f"{found[1]} 年 {int(found[2])} 月 {int(found[3])} 日", text)


@functools.lru_cache(maxsize=8192)
def number(value: Fraction, places: int) -> str:
    """Rounded half up, grouped as papers do."""
    return grouped(display(value, places, grouping=False).replace("−", "-"))


def places_to_the_end(value: Fraction, most: int = 6) -> int:
    """Decimals that write `value` exactly, at most `most`; four for what has no end."""
    return next((n for n in range(most + 1) if 10**n % value.denominator == 0), min(4, most))
