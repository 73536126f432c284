"""What the words of a cell say by themselves: folded text, a number for guessing, a day as a spreadsheet counts it."""

import datetime
import re
import unicodedata
from fractions import Fraction
from functools import lru_cache

from app.assessment.units import find_unit

_SERIAL_DAYS = (36526, 73050)  # 2000-01-01 … 2099-12-31 as Excel counts days
_SERIAL_ZERO = datetime.date(1899, 12, 30)


def folded(text: str) -> str:
    """Half-width, lower case, without spaces at the ends."""
    return unicodedata.normalize("NFKC", text).replace("\u00a0", " ").strip().lower()


@lru_cache(maxsize=200_000)
def number_in(text: str) -> Fraction | None:
    """The number in a cell, for guessing only; None when there is none."""
    text = folded(text).replace(",", "").replace(" ", "").lstrip("¥")
    text = re.sub(r"^[−–-]", "-", text)
    match = re.fullmatch(r"\(?(-?\d{1,40}(?:\.\d{0,40})?)\)?(\D*)", text)
    if match is None or (match[2] and match[2][0] not in "百千万亿" and not find_unit(match[2])):
        return None
    return Fraction(match[1].rstrip("."))


def serial_day(text: str) -> datetime.date | None:
    """The day an Excel serial number stands for (45658 → 2025-01-01), None when it is not one of this century."""
    if re.fullmatch(r"\d{5}(\.0+)?", text) and _SERIAL_DAYS[0] <= int(text[:5]) <= _SERIAL_DAYS[1]:
        return _SERIAL_ZERO + datetime.timedelta(days=int(text[:5]))
    return None
