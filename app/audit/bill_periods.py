"""Bills whose period crosses months, shared by day. Exact: a bill's parts add up to the bill."""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from weakref import WeakKeyDictionary

from app.assessment.finding import NotApplicable
from app.assessment.trace import Trace
from app.forms.answer import Given, cell_key
from app.forms.derive import Derivation
from app.forms.figure import Worked
from app.forms.question import TableQuestion
from app.forms.question_index import row_ids

_DAY = re.compile(r"(?:(\d{4})\s*[-/.年]\s*)?(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_BARE_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
_BETWEEN = re.compile(
    r"\s*(?:--|[–—~至到]+|-(?=\s*(?:\d{4}\s*[-/.年]|\d{1,2}\s*[/.月]|\d{8}$)))\s*"
)
# the last bills of a year reach into the next one, whose first bill stands outside of the table
_NEXT_PERIOD, _NEXT_AMOUNT = "energy.next_period", "energy.next_electricity"


@dataclass(frozen=True)
class Period:
    """Both days belong to it."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@lru_cache(maxsize=512)  # every month's cell reads all the bills
def read_period(text: str, month: str) -> Period | None:
    """「1/26–2/25」, 「2025-01-26至2025-02-25」, 「20250126-20250225」, 「1月26日~2月25日」 in the row of `month` (YYYY-MM).
    Days without a year take the year that puts the end nearest to that month. None when it cannot be read or runs
    backwards."""
    plain = unicodedata.normalize("NFKC", text).strip()
    parts = [part for part in _BETWEEN.split(plain) if part]
    if len(parts) != 2:
        return None
    found = [_BARE_DAY.fullmatch(part) or _DAY.fullmatch(part) for part in parts]
    if found[0] is None or found[1] is None:
        return None
    year, row_month = int(month[:4]), int(month[5:])
    last = _date(found[1], _year_near(int(found[1][2]), row_month, year))
    if last is None:
        return None
    first = _date(found[0], last.year - (int(found[0][2]) > last.month))
    if first is None or first > last:
        return None
    return Period(first, last)


def _year_near(month: int, row_month: int, year: int) -> int:
    """December in the row of January is last year's, January in the row of December next year's."""
    if month - row_month > 6:
        return year - 1
    return year + 1 if row_month - month > 6 else year


def _date(found: re.Match[str], year: int) -> date | None:
    try:
        return date(int(found[1]) if found[1] else year, int(found[2]), int(found[3]))
    except ValueError:
        return None


def whole_month(month: str) -> Period:
    """The calendar month itself."""
    year, number = int(month[:4]), int(month[5:])
    return Period(date(year, number, 1), date(year, number, monthrange(year, number)[1]))


def share(amount: Fraction, period: Period) -> dict[str, Fraction]:
    """The part of each month (YYYY-MM), by its number of days; the parts add up to `amount`."""
    parts: dict[str, Fraction] = {}
    day = period.first
    while day <= period.last:
        month = f"{day:%Y-%m}"
        end = min(whole_month(month).last, period.last)
        parts[month] = amount * ((end - day).days + 1) / period.days
        day = end + timedelta(days=1)
    return parts


def faults(periods: dict[str, Period]) -> tuple[str, ...]:
    """Gaps and overlaps between the periods of consecutive rows, in words."""
    said = []
    rows = sorted(periods)
    for before, after in pairwise(rows):
        gap = (periods[after].first - periods[before].last).days - 1
        if gap > 0:
            said.append(f"{before} 和 {after} 之间漏了 {gap} 天")
        elif gap < 0:
            said.append(f"{before} 和 {after} 重了 {-gap} 天")
    return tuple(said)


def shared_cell(derivation: Derivation, table: TableQuestion | None, row_id: str) -> Worked:
    """Electricity of the calendar month `row_id`, from the bills that touch it. A bill without a period is the calendar
    month of its row."""
    if table is None:
        return Worked()
    return _month(derivation, table, row_id, _read(derivation, table))


def _month(derivation: Derivation, table: TableQuestion, row_id: str, bills: "_Bills") -> Worked:
    own_key = cell_key(table.id, row_id, "electricity")
    # a bill whose days are not known may reach into the months beside its own
    unread = tuple(
        key for key, row in bills.unread.items() if abs(_count(row) - _count(row_id)) <= 1
    )
    if unread:
        return Worked(missing=unread, note="抄表期看不懂，写成 1/26–2/25 这样")
    if row_id in bills.empty:
        return Worked(missing=(own_key,))
    parts: list[Trace] = []
    total, covered = Fraction(0), 0
    month = whole_month(row_id)
    touching = (
        one
        for one in bills.read
        if one.period.first <= month.last and month.first <= one.period.last
    )
    for bill in touching:
        part = share(bill.amount, bill.period)[row_id]
        total += part
        covered += _overlap(bill.period, month)
        note = f"{bill.period.first} 到 {bill.period.last}，{bill.period.days} 天"
        parts.append(Trace(bill.title, part, "kWh", key=bill.key, note=note))
    if not parts:
        answer = derivation.book.get(own_key)
        if isinstance(answer, NotApplicable):
            return Worked(not_applicable=answer.reason or "不适用")
        period_key = cell_key(table.id, row_id, "period")
        return Worked(missing=(period_key,), note="没有一张账单盖住这个月，检查抄表期")
    formula = "按天数分到各月再相加"
    if covered < month.days:
        note = f"账单只盖住这个月 {month.days} 天里的 {covered} 天，其余的还不知道"
        return Worked(at_least=total, note=note, children=tuple(parts), formula=formula)
    note = f"账单重了 {covered - month.days} 天" if covered > month.days else ""
    return Worked(value=total, note=note, children=tuple(parts), formula=formula)


def _count(month: str) -> int:
    """Months since the year 0."""
    return int(month[:4]) * 12 + int(month[5:])


def _overlap(one: Period, other: Period) -> int:
    return max(0, (min(one.last, other.last) - max(one.first, other.first)).days + 1)


@dataclass(frozen=True)
class _Bill:
    """key: of the amount. row: month (YYYY-MM) of its row, "" for the first bill of the next year."""

    title: str
    key: str
    row: str
    amount: Fraction
    period: Period


@dataclass(frozen=True)
class _Bills:
    """empty: row months without an amount. unread: keys of periods that cannot be read, with the month of the row."""

    read: tuple[_Bill, ...]
    empty: frozenset[str]
    unread: Mapping[str, str]


# What was read of the bills, for as long as the figures live: every month's cell asks for it.
_KNOWN: "WeakKeyDictionary[Derivation, dict[str, _Bills]]" = WeakKeyDictionary()


def _read(derivation: Derivation, table: TableQuestion) -> _Bills:
    known = _KNOWN.setdefault(derivation, {})
    if table.id not in known:
        known[table.id] = _read_bills(derivation, table)
    return known[table.id]


def _read_bills(derivation: Derivation, table: TableQuestion) -> _Bills:
    bills: list[_Bill] = []
    empty: set[str] = set()
    unread: dict[str, str] = {}
    book = derivation.book
    for month in row_ids(table, book, derivation.base_year):
        key, period_key = (cell_key(table.id, month, name) for name in ("electricity", "period"))
        answer, text = book.get(key), book.text(period_key)
        if isinstance(answer, NotApplicable):
            continue
        if not isinstance(answer, Given) or not answer.text:
            empty.add(month)
            continue
        period = read_period(text, month) if text else whole_month(month)
        if period is None:
            unread[period_key] = month
            continue
        bills.append(_Bill(f"{month} 的账单", key, month, Fraction(answer.text), period))
    next_text, next_amount = book.text(_NEXT_PERIOD), book.text(_NEXT_AMOUNT)
    if derivation.base_year is not None and next_text and next_amount:
        january = f"{derivation.base_year + 1}-01"
        period = read_period(next_text, january)
        if period is None:
            unread[_NEXT_PERIOD] = january
        else:
            bills.append(_Bill("下一年第一张账单", _NEXT_AMOUNT, "", Fraction(next_amount), period))
    return _Bills(tuple(bills), frozenset(empty), unread)


def shared_year(derivation: Derivation, _table: TableQuestion | None, _row_id: str) -> Worked:
    """Electricity of the base year after sharing; gaps and overlaps of the periods in the note."""
    table = derivation.index.tables.get("energy.bills")
    if table is None or derivation.base_year is None:
        return Worked(not_applicable="没有账单表")
    months = [f"{derivation.base_year}-{number:02d}" for number in range(1, 13)]
    bills = _read(derivation, table)
    cells = [_month(derivation, table, month, bills) for month in months]
    missing = tuple(dict.fromkeys(key for cell in cells for key in cell.missing))
    if missing:
        notes = dict.fromkeys(cell.note for cell in cells if cell.missing and cell.note)
        return Worked(missing=missing, note="；".join(notes))
    live = [
        (month, cell) for month, cell in zip(months, cells, strict=True) if not cell.not_applicable
    ]
    if not live:
        return Worked(not_applicable=cells[0].not_applicable)
    said = faults({bill.row: bill.period for bill in bills.read if bill.row})
    short = [f"{month}：{cell.note}" for month, cell in live if cell.note]
    if any(month.endswith("-12") and cell.value is None for month, cell in live):
        short.append("把下一年第一张账单也填上，12 月就全了")
    children = tuple(
        Trace(month, cell.value, "kWh", note=cell.note, children=cell.children)
        for month, cell in live
    )
    total = sum((cell.value or cell.at_least or Fraction(0) for _, cell in live), Fraction(0))
    complete = all(cell.value is not None for _, cell in live)
    return Worked(
        value=total if complete else None,
        at_least=None if complete else total,
        note="；".join((*said, *short)) or "抄表期首尾相接",
        formula="各月按日分摊后的电量相加",
        children=children,
    )
