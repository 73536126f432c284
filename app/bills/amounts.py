"""Numbers, money words, days and months as bills print them. Exact; None where a text cannot be read for sure."""

import re
from calendar import monthrange
from datetime import date
from decimal import Decimal, InvalidOperation

from app.bills.page import plain

_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_DIGITS = {letter: value for value, letter in enumerate("零壹贰叁肆伍陆柒捌玖")}
_DIGITS |= {
    "〇": 0,
    "一": 1,
    "二": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_DIGITS |= {"貳": 2, "叄": 3, "参": 3, "參": 3, "陸": 6, "弍": 2, "两": 2}
_PLACES = {"拾": 10, "十": 10, "佰": 100, "百": 100, "仟": 1000, "千": 1000}
_WORDS = re.compile(
    r"(?P<minus>[(]?负[)]?|[-])?(?:[人民币¥]*)(?P<whole>[^圆元圓角分整正]*?)[圆元圓]?"
    r"(?:(?P<jiao>.)角)?零?(?:(?P<fen>.)分)?[整正]?"
)
YEARS = range(2000, 2100)


def number(text: str) -> Decimal | None:
    """「1,234.50」, 「¥-12.30」, 「（12.30）」 of bookkeepers; None for anything else."""
    flat = plain(text).lstrip("¥").replace("¥", "")
    if flat.startswith("(") and flat.endswith(")") and _NUMBER.fullmatch(flat[1:-1].lstrip("-")):
        flat = "-" + flat[1:-1].lstrip("-")
    flat = flat.removesuffix("元").removesuffix("kWh").removesuffix("千瓦时")
    if not _NUMBER.fullmatch(flat) or len(flat) > 30:
        return None
    try:
        return Decimal(flat.replace(",", ""))
    except InvalidOperation:
        return None


def places(value: Decimal) -> int:
    """How many decimals are written."""
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def half_step(value: Decimal) -> Decimal:
    """Half of the last digit written: as far as a rounded number may be from the true one."""
    return Decimal(5).scaleb(-places(value) - 1)


def rate(text: str) -> Decimal | None:
    """A tax rate: 「13%」, 「0.13」, 「13」 as a part of 1; None for 免税, 不征税, *** and what cannot be read."""
    flat = plain(text)
    value = number(flat.removesuffix("%"))
    if value is None or value < 0:
        return None
    if flat.endswith("%") or value >= 1:
        value /= 100
    return value if value < 1 else None


def money_in_words(text: str) -> Decimal | None:
    """「壹拾肆万捌仟柒佰柒拾捌圆零伍分」 as a number; None when a letter is not of that language."""
    # a circled cross stands before the words, and loses itself in many ways
    flat = re.sub(r"^[^\u4e00-\u9fff(-]*(人民币)?", "", plain(text))
    if not flat or not re.search("[圆元圓角分]", flat):
        return None
    found = _WORDS.fullmatch(flat)
    if found is None:
        return None
    whole = _whole(found["whole"])
    cents = [0 if found[name] is None else _DIGITS.get(found[name]) for name in ("jiao", "fen")]
    if whole is None or cents[0] is None or cents[1] is None:
        return None
    value = Decimal(whole) + Decimal(cents[0] * 10 + cents[1]).scaleb(-2)
    return -value if found["minus"] else value


def _whole(text: str) -> int | None:
    total = section = digit = 0
    seen = False
    for letter in text:
        if letter in _DIGITS:
            if digit and _DIGITS[letter]:
                return None  # two digits without a place between: a letter is lost
            digit = _DIGITS[letter]
        elif letter in _PLACES:
            section += (digit or (0 if seen else 1)) * _PLACES[letter]
            digit = 0
        elif letter == "万":
            total, section, digit = total + (section + digit) * 10_000, 0, 0
        elif letter == "亿":
            total, section, digit = (total + section + digit) * 100_000_000, 0, 0
        else:
            return None
        seen = True
    return total + section + digit


_DAY = r"(20\d\d)(?:[-./年](\d{1,2})[-./月](\d{1,2})日?|(\d{2})(\d{2}))"
_TO = r"(?:-|~|—|–|至|到|--)+"
_SPAN = re.compile(rf"{_DAY}{_TO}(?:{_DAY}|(?:(\d{{1,2}})[-./月])?(\d{{1,2}})日?(?!\d))")
_FROM_TO = re.compile(
    rf"(?:起|始)(?:日期|时间|日)?:?{_DAY}.{{0,14}}?(?:止|终|末)(?:日期|时间|日)?:?{_DAY}"
)
_LISTED_MONTHS = re.compile(r"\d{1,2}月?(?:份)?[、,，和及与&/+]\d{1,2}月")
_ONE_DAY = re.compile(_DAY)
_MONTH = re.compile(
    r"(?<!\d)(20\d\d)(?:[-./](\d{1,2})(?![\d.]|[-/]\d)|年(\d{1,2})月(?:份)?(?!\d{1,2}日))"
)
_MONTHS = re.compile(rf"(20\d\d)[-./年](\d{{1,2}})月?{_TO}(?:(20\d\d)[-./年])?(\d{{1,2}})月")
_BARE_MONTH = re.compile(r"(?<!\d)(20\d\d)(0[1-9]|1[0-2])(?!\d)")


def day(text: str) -> date | None:
    """「20250101」, 「2025-01-01」, 「2025年1月1日」 anywhere in the text."""
    found = _ONE_DAY.search(plain(text))
    return None if found is None else _date(found[1], found[2] or found[4], found[3] or found[5])


def _date(year: str | int, month: str | int, number: str | int) -> date | None:
    try:
        value = date(int(year), int(month), int(number))
    except ValueError:
        return None
    return value if value.year in YEARS else None


def span(text: str) -> tuple[date, date] | None:
    """The only 「2025.1.1-2025.1.31」 (or 2025年1月1日至31日) of the text; None when there is none, or more than one, or it runs backwards."""
    flat = plain(text)
    spans = set()
    for found in _SPAN.finditer(flat):
        first = _date(found[1], found[2] or found[4], found[3] or found[5])
        if found[6]:
            last = _date(found[6], found[7] or found[9], found[8] or found[10])
        else:
            last = first and _date(first.year, found[11] or first.month, found[12])
        if first is None or last is None or last < first:
            return None
        spans.add((first, last))
    for found in _FROM_TO.finditer(flat):
        first = _date(found[1], found[2] or found[4], found[3] or found[5])
        last = _date(found[6], found[7] or found[9], found[8] or found[10])
        if first is None or last is None or last < first:
            return None
        spans.add((first, last))
    if not spans:
        for several in _MONTHS.finditer(flat):
            first = _date(several[1], several[2], 1)
            year, month = int(several[3] or several[1]), int(several[4])
            if first is None or not 1 <= month <= 12:
                return None
            last = date(year, month, monthrange(year, month)[1])
            if last < first:
                return None
            spans.add((first, last))
    return spans.pop() if len(spans) == 1 else None


def months(text: str, *, bare: bool = False) -> set[str]:
    """Every month (YYYY-MM) the text names; with `bare` also 「202502」. Days are no months."""
    flat = plain(text)
    found = {(one[1], one[2] or one[3]) for one in _MONTH.finditer(flat)}
    if bare:
        found |= {(one[1], one[2]) for one in _BARE_MONTH.finditer(flat)}
    return {f"{year}-{int(month):02d}" for year, month in found if 1 <= int(month) <= 12}


def lists_months(text: str) -> bool:
    """「1、2月」, 「3月和4月」: more than one month, though a year stands before the first only."""
    return _LISTED_MONTHS.search(plain(text)) is not None


def month_of(first: date, last: date) -> str:
    """The month nearly all of the days belong to (a bill of 12-26 to 01-25 is January's); "" when no month has a clear majority."""
    days = (last - first).days + 1
    if not 20 <= days <= 40:
        return ""
    counts: dict[str, int] = {}
    for number in range(days):
        key = f"{date.fromordinal(first.toordinal() + number):%Y-%m}"
        counts[key] = counts.get(key, 0) + 1
    best = max(counts, key=lambda key: counts[key])
    return best if counts[best] * 5 >= days * 3 else ""
