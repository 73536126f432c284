"""What the words of a cell say: numbers, units, months, years and the names of totals."""

import datetime
import re
import unicodedata
from fractions import Fraction

from app.assessment.units import find_unit

_CHINESE_MONTHS = {
    name: number
    for number, name in enumerate(
        ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"), start=1
    )
}
_ENGLISH_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
        start=1,
    )
}
TOTALS = re.compile(r"^(总计|合计|小计|总数|总和|累计|平均(值|数)?|全年(合计)?|sum|total)$")
_SERIAL_DAYS = (36526, 73050)  # 2000-01-01 … 2099-12-31 as Excel counts days
_SERIAL_ZERO = datetime.date(1899, 12, 30)


def folded(text: str) -> str:
    """Half-width, lower case, without spaces at the ends."""
    return unicodedata.normalize("NFKC", text).replace("\u00a0", " ").strip().lower()


def core_name(text: str) -> str:
    """A heading without its unit, spaces and marks: 「电费（元）」 → 「电费」."""
    text = folded(text)
    text = re.sub(r"[(\[【].*?[)\]】]", "", text)
    text = (
        re.split(r"[/,，]", text)[0]
        if re.search(r"[一-龥]", re.split(r"[/,，]", text)[0])
        else text
    )
    return re.sub(r"[\s_:：、.*\n]+", "", text).removesuffix("ƒ")


def unit_in(heading: str) -> str:
    """The unit written in a heading, "" when there is none: in brackets, after a slash or comma, or after a space."""
    text = unicodedata.normalize("NFKC", heading).strip()
    for pattern in (r"[(\[【]\s*(.*?)\s*[)\]】]", r"[/,，]\s*([^/,，]+)$", r"\s(\S+(?:\s\S+)?)$"):
        for found in re.findall(pattern, text):
            unit = str(found).removeprefix("单位").lstrip(":： ").replace(" ", "")
            if find_unit(unit) is not None:
                return unit
    return ""


def number_in(text: str) -> Fraction | None:
    """The number in a cell, for guessing only; None when there is none."""
    text = folded(text).replace(",", "").replace(" ", "").lstrip("¥")
    text = re.sub(r"^[−–-]", "-", text)
    match = re.fullmatch(r"\(?(-?\d+(?:\.\d*)?)\)?(\D*)", text)
    if match is None or (match[2] and match[2][0] not in "百千万亿" and not find_unit(match[2])):
        return None
    return Fraction(match[1].rstrip("."))


def serial_day(text: str) -> datetime.date | None:
    """The day an Excel serial number stands for (45658 → 2025-01-01), None when it is not one of this century."""
    if re.fullmatch(r"\d{5}(\.0+)?", text) and _SERIAL_DAYS[0] <= int(text[:5]) <= _SERIAL_DAYS[1]:
        return _SERIAL_ZERO + datetime.timedelta(days=int(text[:5]))
    return None


def read_month(text: str) -> tuple[int | None, int] | None:
    """(year or None, month) a label speaks of; a period counts for the month of its last day. None when it is no month.

    Read: 「2025年1月」「25年1月」「2025-01」「2025/1/31」「202501」「1月」「一月」「Jan-25」「2024.12.26-2025.01.25」, serial days.
    """
    text = folded(text).replace(" ", "")
    day = serial_day(text)
    if day is not None:
        return day.year, day.month
    period = re.fullmatch(
        r"(.*\d)(?:~|至|到|—|–|-{1,2})(\d{2,4}[./年-]\d{1,2}[./月-]\d{1,2}日?)", text
    )
    if period:
        return read_month(period[2])
    for pattern in (
        r"(\d{4})(?:[./-]|年)(\d{1,2})(?:月份?|[./-]\d{1,2}|月\d{1,2}日?)?(?:t?0?0:00:00)?",
        r"(\d{4})(\d{2})",
        r"(\d{2})年(\d{1,2})月份?",
    ):
        found = re.fullmatch(pattern, text)
        if found:
            year, month = int(found[1]), int(found[2])
            return ((year + 2000 if year < 100 else year), month) if 1 <= month <= 12 else None
    found = re.fullmatch(r"([a-z]{3})[a-z]*[-./' ]?(\d{2}|\d{4})?", text)
    if found and found[1] in _ENGLISH_MONTHS:
        written = int(found[2]) if found[2] else None
        return (
            (written + 2000 if written is not None and written < 100 else written),
            _ENGLISH_MONTHS[found[1]],
        )
    found = re.fullmatch(r"(\d{1,2})月份?", text)
    if found and 1 <= int(found[1]) <= 12:
        return None, int(found[1])
    found = re.fullmatch(r"(十?[一二三四五六七八九十])月份?", text)
    if found and found[1] in _CHINESE_MONTHS:
        return None, _CHINESE_MONTHS[found[1]]
    return None


def read_year(text: str) -> int | None:
    found = re.fullmatch(r"((?:19|20)\d{2})(年度?)?", folded(text).replace(" ", ""))
    return int(found[1]) if found else None
