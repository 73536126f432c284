"""Bills whose period crosses months, shared by day. Exact: a bill's parts add up to the bill."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from app.assessment.trace import Trace
from app.forms.answer import Given, cell_key
from app.forms.derive import Derivation, row_ids
from app.forms.question import TableQuestion
from app.forms.rule import Worked

_DAY = re.compile(r"(?:(\d{4})\s*[-/.年]\s*)?(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_BETWEEN = re.compile(r"\s*(?:[–—~～至到]|-(?=\s*(?:\d{4}\s*[-/.年]|\d{1,2}\s*[/.月]))|--)\s*")


@dataclass(frozen=True)
class Period:
    """Both days belong to it."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def read_period(text: str, month: str) -> Period | None:
    """「1/26–2/25」, 「2025-01-26至2025-02-25」, 「1月26日~2月25日」 in the row of `month` (YYYY-MM). Days without a year take
    the year that puts the end nearest to that month. None when it cannot be read or runs backwards."""
    parts = [part for part in _BETWEEN.split(text.strip()) if part]
    if len(parts) != 2:
        return None
    found = [_DAY.fullmatch(part) for part in parts]
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
    bills, missing = _bills(derivation, table)
    parts: list[Trace] = []
    total = Fraction(0)
    for month, (amount, period) in bills.items():
        part = share(amount, period).get(row_id)
        if part is not None:
            total += part
            parts.append(
                Trace(
                    f"{month} 的账单", part, "kWh", key=cell_key(table.id, month, "electricity"),
                    note=f"{period.first} 到 {period.last}，{period.days} 天",
                )
            )  # fmt: skip
    own_key = cell_key(table.id, row_id, "electricity")
    wanted = tuple(key for key in missing if key == own_key or key.endswith("/period"))
    if wanted or not parts:
        unread = any(key.endswith("/period") for key in wanted)
        if unread:
            return Worked(missing=wanted, note="抄表期看不懂，写成 1/26–2/25 这样")
        if wanted:
            return Worked(missing=wanted)
        period_key = cell_key(table.id, row_id, "period")
        return Worked(missing=(period_key,), note="没有一张账单盖住这个月，检查抄表期")
    covered = sum(_overlap(period, whole_month(row_id)) for _, period in bills.values())
    days, formula = whole_month(row_id).days, "按天数分到各月再相加"
    if covered < days:
        note = f"账单只盖住这个月 {days} 天里的 {covered} 天，其余的还不知道"
        return Worked(at_least=total, note=note, children=tuple(parts), formula=formula)
    note = f"账单重了 {covered - days} 天" if covered > days else ""
    return Worked(value=total, note=note, children=tuple(parts), formula=formula)


def _overlap(one: Period, other: Period) -> int:
    return max(0, (min(one.last, other.last) - max(one.first, other.first)).days + 1)


def _bills(
    derivation: Derivation, table: TableQuestion
) -> tuple[dict[str, tuple[Fraction, Period]], tuple[str, ...]]:
    """Bills by row month, and the keys that are missing or cannot be read."""
    bills, missing = {}, []
    for month in row_ids(table, derivation.book, derivation.base_year):
        answer = derivation.book.get(cell_key(table.id, month, "electricity"))
        if not isinstance(answer, Given) or not answer.text:
            missing.append(cell_key(table.id, month, "electricity"))
            continue
        text = derivation.book.text(cell_key(table.id, month, "period"))
        period = read_period(text, month) if text else whole_month(month)
        if period is None:
            missing.append(cell_key(table.id, month, "period"))
            continue
        bills[month] = (Fraction(answer.text), period)
    return bills, tuple(missing)


def shared_year(derivation: Derivation, _table: TableQuestion | None, _row_id: str) -> Worked:
    """Electricity of the base year after sharing; gaps and overlaps of the periods in the note."""
    table = derivation.index.tables.get("energy.bills")
    if table is None or derivation.base_year is None:
        return Worked(not_applicable="没有账单表")
    months = [f"{derivation.base_year}-{number:02d}" for number in range(1, 13)]
    cells = [shared_cell(derivation, table, month) for month in months]
    missing = tuple(dict.fromkeys(key for cell in cells for key in cell.missing))
    if missing:
        notes = dict.fromkeys(cell.note for cell in cells if cell.missing and cell.note)
        return Worked(missing=missing, note="；".join(notes))
    bills, _ = _bills(derivation, table)
    said = faults({month: period for month, (_, period) in bills.items()})
    short = [
        f"{month}：{cell.note}" for month, cell in zip(months, cells, strict=True) if cell.note
    ]
    children = tuple(
        Trace(month, cell.value, "kWh", note=cell.note, children=cell.children)
        for month, cell in zip(months, cells, strict=True)
    )
    total = sum((cell.value or cell.at_least or Fraction(0) for cell in cells), Fraction(0))
    complete = all(cell.value is not None for cell in cells)
    return Worked(
        value=total if complete else None,
        at_least=None if complete else total,
        note="；".join((*said, *short)) or "抄表期首尾相接",
        formula="12 个月按日分摊后的电量相加",
        children=children,
    )
