"""What the labels of rows say about time: one label alone, and a whole column of them read together."""

import datetime
import re
from calendar import monthrange
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from app.forms.cell_words import serial_day
from app.forms.reading.words import fold

_CHINESE = {name: number for number, name in enumerate("一二三四五六七八九十", start=1)} | {
    "十一": 11,
    "十二": 12,
    "正": 1,
    "元": 1,
}
_ENGLISH = {
    name: n
    for n, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
        start=1,
    )
}
_CN_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_CN_YEAR = re.compile(r"([〇零○一二三四五六七八九]{4})年")
_YEAR = r"(?:(?P<y>\d{4}|\d{2})年度?)"
_DATE = re.compile(
    r"(?P<y>\d{4})(?:年|[-./])(?P<m>\d{1,2})(?:月|[-./])(?P<d>\d{1,2})日?(?:[t ]*(?P<h>\d{1,2}):(?P<i>\d{2})(?::\d{2}(?:\.\d+)?)?)?z?"
)
_COMPACT = re.compile(r"(?P<y>20\d{2})(?P<m>\d{2})(?P<d>\d{2})")
_SHORT_DAY = re.compile(r"(?P<m>\d{1,2})(?:月|[-./])(?P<d>\d{1,2})日?")
_DAY = r"(?:(?:\d{4}|\d{2})(?:年|[-./]))?\d{1,2}(?:月|[-./])\d{1,2}日?|\d{8}"
_SPAN = re.compile(rf"({_DAY})(?:--?|至|到|—)({_DAY})")
_QUARTER = re.compile(
    rf"{_YEAR}?-?(?:第?(?P<q>[一二三四1-4])季度?|q(?P<q2>[1-4])|(?P<q3>[1-4])q)(?:度)?(?:\(?\d{{1,2}}月?-\d{{1,2}}月\)?)?"
)
_QUARTER_BEFORE = re.compile(r"(?:(?P<y>\d{4})[-年./ ]?)?q(?P<q>[1-4])(?:[-/ ]?(?P<y2>\d{4}))?")
_HALF = re.compile(rf"{_YEAR}?(?P<half>[上下])半年(?:度)?")
_MONTHS = re.compile(
    r"(?:(?P<y>\d{4}|\d{2})(?:年度?|[-./]))?(?P<a>\d{1,2})月?(?:-|至|到|、|,|和|及|/)(?:(?P<y2>\d{4})(?:年|[-./]))?(?P<b>\d{1,2})月份?"
)
_MANY_FULL = re.compile(
    r"(?P<y>\d{4})[-./年](?P<a>\d{1,2})月?(?:--?|至|到)(?P<y2>\d{4})[-./年](?P<b>\d{1,2})月?"
)


class Label(NamedTuple):
    """kind: "month", "day", "span" (first to last day), "many" (so many months from the first), "year".

    year, month: None and 0 when not said. first, last: days of a span; years in them are guesses when `year` is None. at: a
    day's time in minutes, −1 without one. months: how many "many" are. dotted: 2025.1, which may be October.
    """

    kind: str
    year: int | None = None
    month: int = 0
    day: int = 0
    at: int = -1
    first: tuple[int, int, int] = (0, 0, 0)
    last: tuple[int, int, int] = (0, 0, 0)
    months: int = 1
    dotted: bool = False


def _y(text: str | None) -> int | None:
    if not text:
        return None
    return int(text) if len(text) == 4 else 2000 + int(text)


@lru_cache(maxsize=200_000)
def read_label(text: str) -> Label | None:
    """One label alone. Bare whole numbers and 25.3 are no labels here: see `read_loose`."""
    plain = fold(text)
    if len(plain) > 44 or not plain:
        return None
    plain = _CN_YEAR.sub(lambda found: found[1].translate(_CN_DIGITS) + "年", plain)
    spaced = re.sub(r"\s+", " ", plain)
    found = _DATE.fullmatch(spaced) or _DATE.fullmatch(plain.replace(" ", ""))
    if found:
        return _day_label(found)
    plain = plain.replace(" ", "").replace("'", "").strip("'\"")
    plain = re.sub(
        r"(?<=[年月日季度])(?:账单|电费|水费|气费|用电|用水|用气|电量|水量|气量|合并|抄表|小计)$",
        "",
        plain,
    )
    plain = re.sub(r"(?<=[月份])\(\d{1,2}天\)$", "", plain)
    found = _COMPACT.fullmatch(plain)
    if found:
        return _day_label(found)
    span = _SPAN.fullmatch(plain)
    if span:
        made = _span_label(span[1], span[2])
        if made is not None:
            return made
    for pattern in (
        r"(?P<y>\d{4})(?:[-./]|年度?-?)(?P<m>\d{1,2})(?:月份?|月度)?",
        r"(?P<y>\d{2})年度?(?P<m>\d{1,2})月份?",
        r"(?P<y>\d{2})-(?P<m>\d{1,2})月?",
        r"(?P<m>\d{1,2})月份?",
        r"(?P<m>\d{1,2})月(?:/|-|,)?\(?(?P<y>\d{4})年?\)?",
        r"(?P<m>\d{1,2})[/-](?P<y>\d{4})",
        r"(?P<y>\d{4})[-/.]?m(?P<m>\d{1,2})",
        r"m(?P<m>0[1-9]|1[0-2])",
        r"(?P<y>\d{4})[-/.年]?(?P<m>\d{1,2})期",
    ):
        found = re.fullmatch(pattern, plain)
        if found:
            parts = found.groupdict()
            month = int(parts["m"])
            if not 1 <= month <= 12:
                continue
            year = _y(parts.get("y"))
            if year is not None and not 1990 <= year <= 2100:
                return None
            dotted = bool(re.fullmatch(r"\d{4}\.1", plain))
            return Label("month", year, month, dotted=dotted)
    found = re.fullmatch(rf"{_YEAR}?(?P<m>十[一二]?|[一二三四五六七八九正元])月份?", plain)
    if found:
        return Label("month", _y(found["y"]), _CHINESE[found["m"]])
    found = re.fullmatch(r"(?P<m>[a-z]{3})[a-z]*[-./' ]?(?P<y>\d{2}|\d{4})?", plain)
    if found and found["m"] in _ENGLISH:
        return Label("month", _y(found["y"]), _ENGLISH[found["m"]])
    found = re.fullmatch(r"(?P<y>\d{2}|\d{4})[-./](?P<m>[a-z]{3})[a-z]*", plain)
    if found and found["m"] in _ENGLISH:
        return Label("month", _y(found["y"]), _ENGLISH[found["m"]])
    found = re.fullmatch(r"(?P<d>\d{1,2})[-/](?P<m>[a-z]{3})[a-z]*[-/](?P<y>\d{2}|\d{4})", plain)
    if found and found["m"] in _ENGLISH:
        return _day(_y(found["y"]), _ENGLISH[found["m"]], int(found["d"]))
    found = re.fullmatch(r"(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4})", plain)
    if found:
        return None  # day first or month first: not said
    found = _QUARTER.fullmatch(plain) or _QUARTER_BEFORE.fullmatch(plain)
    if found:
        parts = found.groupdict()
        said = next(parts[name] for name in ("q", "q2", "q3") if parts.get(name))
        quarter = int(said) if said.isdigit() else _CHINESE[said]
        return Label("many", _y(parts.get("y") or parts.get("y2")), quarter * 3 - 2, months=3)
    found = _HALF.fullmatch(plain)
    if found:
        return Label("many", _y(found["y"]), 1 if found["half"] == "上" else 7, months=6)
    found = _MANY_FULL.fullmatch(plain)
    if found:
        count = (int(found["y2"]) - int(found["y"])) * 12 + int(found["b"]) - int(found["a"]) + 1
        if count >= 1 and 1 <= int(found["a"]) <= 12 and 1 <= int(found["b"]) <= 12:
            return Label(
                "many" if count > 1 else "month", int(found["y"]), int(found["a"]), months=count
            )
        return None
    found = _MONTHS.fullmatch(plain)
    if found:
        first, last = int(found["a"]), int(found["b"])
        if 1 <= first <= 12 and 1 <= last <= 12 and first != last:
            count = last - first + 1 if last > first else last + 13 - first
            return Label("many", _y(found["y"]), first, months=count)
        return None
    found = _SHORT_DAY.fullmatch(plain)
    if found and ("月" in plain or "/" in plain or "-" in plain):
        return _day(None, int(found["m"]), int(found["d"]))
    return None


def _day_label(found: re.Match[str]) -> Label | None:
    parts = found.groupdict()
    label = _day(int(parts["y"]), int(parts["m"]), int(parts["d"]))
    if label is not None and parts.get("h"):
        return label._replace(at=int(parts["h"]) * 60 + int(parts["i"]))
    return label


def _day(year: int | None, month: int, day: int) -> Label | None:
    if not 1 <= month <= 12 or not 1 <= day <= monthrange(year or 2024, month)[1]:
        return None
    if year is not None and not 1990 <= year <= 2100:
        return None
    return Label("day", year, month, day)


def _parts(text: str) -> tuple[int | None, int, int] | None:
    compact = re.fullmatch(r"(\d{4})(\d{2})(\d{2})", text)
    found = compact or re.fullmatch(
        r"(?:(\d{4}|\d{2})(?:年|[-./]))?(\d{1,2})(?:月|[-./])(\d{1,2})日?", text
    )
    if found is None:
        return None
    month, day = int(found[2]), int(found[3])
    if not 1 <= month <= 12 or not 1 <= day <= monthrange(2024, month)[1]:
        return None
    return _y(found[1]), month, day


def _span_label(start: str, end: str) -> Label | None:
    first, last = _parts(start), _parts(end)
    if first is None or last is None:
        return None
    return span(first, last)


def span(first: tuple[int | None, int, int], last: tuple[int | None, int, int]) -> Label | None:
    """A period from two days; a year that only one of them says is the other's too."""
    crosses = first[1] > last[1] or (first[1] == last[1] and first[2] > last[2])
    end = last[0] if last[0] is not None else first[0] + crosses if first[0] is not None else None
    begin = first[0] if first[0] is not None else end - crosses if end is not None else None
    guess_end = end if end is not None else 2025
    guess_begin = begin if begin is not None else guess_end - crosses
    try:
        days = (datetime.date(guess_end, *last[1:]) - datetime.date(guess_begin, *first[1:])).days
    except ValueError:
        return None
    if not 0 <= days < 740:
        return None
    return Label(
        "span", end, last[1], last[2], first=(guess_begin, *first[1:]), last=(guess_end, *last[1:])
    )


@lru_cache(maxsize=65536)
def read_loose(text: str) -> tuple[int, int] | None:
    """「25.3」, 「2025.1」, 「1.25」 as two whole numbers; None for anything else."""
    found = _LOOSE.fullmatch(fold(text).replace(" ", ""))
    return (int(found[1]), int(found[2])) if found else None


def serial_label(text: str, from_1904: bool) -> Label | None:
    """A day as a spreadsheet counts it, for columns that are formatted or headed as dates."""
    plain = fold(text)
    found = re.fullmatch(r"(\d{5})(\.\d+)?", plain)
    if not found:
        return None
    day = int(found[1]) + (1462 if from_1904 else 0)
    when = serial_day(str(day))
    if when is None:
        return None
    at = round(Fraction(found[2]) * 1440) if found[2] else -1
    return Label("day", when.year, when.month, when.day, at=at)


_WHOLE = re.compile(r"\d{1,8}\.0+")
_DECIMAL = re.compile(r"\d+\.\d+")
_SLASHED = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_LOOSE = re.compile(r"(\d{1,4})\.(\d{1,2})")
_SAMPLE = 60  # rows that tell whether a column can be one of times


@dataclass
class Labels:
    """A column of labels read together. at: body place -> label. doubts: body place -> the two months a 2025.1 may be."""

    at: dict[int, Label] = field(default_factory=dict)
    doubts: dict[int, tuple[Label, Label]] = field(default_factory=dict)


def read_column(
    texts: dict[int, tuple[str, str]],
    head: str,
    audit_years: tuple[int, ...],
    from_1904: bool,
    kinds: tuple[tuple[str, ...], tuple[str, ...]],
) -> Labels | None:
    """Labels of a column (place -> text and kind of cell), None when it is no column of times. kinds: (heads of any
    label column, heads of months)."""
    plain_head = re.sub(r"\s", "", fold(head))
    dated = any(word in plain_head for word in (*kinds[0], *kinds[1])) and not re.search(
        "月(?:电|用|度电|均)", plain_head
    )
    named = dated or plain_head in kinds[0]
    result = Labels()
    filled = {place: pair for place, pair in texts.items() if pair[0].strip()}
    if not filled:
        return None
    sample = list(filled.values())[:_SAMPLE]
    if not named and not any(
        kind == "date" or read_label(text) is not None or _maybe_time(text) for text, kind in sample
    ):
        return None
    folded = {place: fold(text) for place, (text, _) in filled.items()}
    whole = {
        p: int(t.split(".")[0])
        for p, t in folded.items()
        if (t.isdecimal() and t.isascii() and len(t) <= 8) or (".0" in t and _WHOLE.fullmatch(t))
    }
    for place, (text, kind) in filled.items():
        label = None
        if place in whole and kind != "date":
            label = _whole_label(
                folded[place], whole[place], named, plain_head, audit_years, from_1904
            )
        elif kind == "date" or not _DECIMAL.fullmatch(folded[place]):
            label = read_label(text)
        if label is not None:
            result.at[place] = label
    _read_dotted(folded, named, audit_years, result)
    _read_slashed(folded, result)
    if any(label.at >= 0 for label in result.at.values()):
        # midnight of a spreadsheet comes without its time
        result.at = {
            place: label._replace(at=0) if label.kind == "day" and label.at < 0 else label
            for place, label in result.at.items()
        }
    return result if result.at else None


def _maybe_time(text: str) -> bool:
    """A number that may be a month or a day, depending on its neighbours: 202501, 20250428, 25.3, 3."""
    return bool(
        re.fullmatch(r"\d{1,2}|\d{6}|\d{8}|\d{1,4}\.\d{1,2}|\d{1,2}/\d{1,2}/\d{4}", text.strip())
    )


def _whole_label(
    text: str, value: int, named: bool, head: str, audit_years: tuple[int, ...], from_1904: bool
) -> Label | None:
    near = range(min(audit_years, default=2000) - 2, max(audit_years, default=2098) + 3)
    if 1 <= value <= 12 and len(text) <= 2:
        months = head in ("月", "月份", "月度") or head.endswith("月份")
        return Label("month", None, value) if months else None
    if len(text) == 6 and value // 100 in near and 1 <= value % 100 <= 12:
        return Label("month", value // 100, value % 100)
    if len(text) == 8 and value // 10000 in near:
        return read_label(text)
    if named and 36526 <= value + (1462 if from_1904 else 0) <= 73050:
        return serial_label(text, from_1904)
    return None


def _read_dotted(
    folded: dict[int, str], named: bool, audit_years: tuple[int, ...], result: Labels
) -> None:
    """Columns of 25.3 or 2025.1 or 1.25: told by all of them together, 2025.1 by its neighbours."""
    pairs = {}
    for place, text in folded.items():
        loose = read_loose(text)
        if loose is not None:
            pairs[place] = (*loose, text)
    others = [p for p, t in folded.items() if p not in pairs and p not in result.at]
    if not pairs or len(pairs) < len(others):
        return
    near = set(range(min(audit_years, default=2023) - 3, max(audit_years, default=2026) + 3))
    long = all(a in near for a, _, _ in pairs.values())
    short = all(2000 + a in near for a, _, _ in pairs.values())
    if (long or short) and all(1 <= b <= 12 for _, b, _ in pairs.values()):
        two_digits = any(re.search(r"\.(10|0\d)$", text) for _, _, text in pairs.values())
        for place, (a, b, text) in pairs.items():
            open_end = text.endswith(".1") and not two_digits
            result.at[place] = Label("month", a if long else 2000 + a, b, dotted=open_end)
        _tell_october(result)
    elif named and all(1 <= a <= 12 and 1 <= b <= 31 for a, b, _ in pairs.values()):
        for place, (a, b, _) in pairs.items():
            label = _day(None, a, b)
            if label is not None:
                result.at[place] = label


def _read_slashed(folded: dict[int, str], result: Labels) -> None:
    """1/31/2025 or 31/1/2025: told by a part above twelve anywhere in the column; else it is not said, and nothing is read."""
    parts = {}
    for place, text in folded.items():
        found = _SLASHED.fullmatch(text.split(" ")[0])
        if found:
            parts[place] = (int(found[1]), int(found[2]), int(found[3]))
    month_first = any(b > 12 for _, b, _ in parts.values())
    day_first = any(a > 12 for a, _, _ in parts.values())
    if not parts or month_first == day_first:
        return
    for place, (a, b, year) in parts.items():
        label = _day(year, a, b) if month_first else _day(year, b, a)
        if label is not None:
            result.at[place] = label


def _number(label: Label) -> int:
    return (label.year or 0) * 12 + label.month


def _tell_october(result: Labels) -> None:
    """2025.1 is October between September and November, January between December and February; else it is in doubt."""
    order = sorted(result.at)
    for index, place in enumerate(order):
        label = result.at[place]
        if not label.dotted:
            continue
        january, october = (
            label._replace(month=1, dotted=False),
            label._replace(month=10, dotted=False),
        )
        votes = {1: 0, 10: 0}
        for near in (index - 1, index + 1):
            if 0 <= near < len(order) and not result.at[order[near]].dotted:
                other = _number(result.at[order[near]])
                for month, made in ((1, january), (10, october)):
                    if abs(other - _number(made)) <= 1:
                        votes[month] += 1
        twins = [p for p in order if result.at[p].dotted or p in result.doubts]
        if votes[1] and not votes[10]:
            result.at[place] = january
        elif votes[10] and not votes[1]:
            result.at[place] = october
        else:
            neighbours = [
                (order[n] - place, _number(result.at[order[n]]))
                for n in range(len(order))
                if n != index and not result.at[order[n]].dotted
            ]
            guess = _by_order(neighbours, _number(january), _number(october))
            if guess and len(twins) <= 2:
                result.at[place] = january if guess == 1 else october
            else:
                result.doubts[place] = (january, october)


def _by_order(neighbours: list[tuple[int, int]], january: int, october: int) -> int:
    """1 or 10 when only one keeps the column rising (or falling) all along, 0 when both or none do."""
    fits = []
    for month, value in ((1, january), (10, october)):
        line = sorted([*neighbours, (0, value)])
        values = [number for _, number in line]
        rising = all(a < b for a, b in pairwise(values))
        falling = all(a > b for a, b in pairwise(values))
        if len(values) > 2 and (rising or falling):
            fits.append(month)
    return fits[0] if len(fits) == 1 else 0


def shares(first: datetime.date, last: datetime.date) -> dict[tuple[int, int], int]:
    """Days of each month between two days, both counted."""
    found: dict[tuple[int, int], int] = {}
    day = first
    while day <= last:
        end = min(last, day.replace(day=monthrange(day.year, day.month)[1]))
        found[day.year, day.month] = (end - day).days + 1
        day = end + datetime.timedelta(days=1)
    return found
