"""What the firm's own monitoring and totals say about the limits, whoever answered what elsewhere. Pure comparison: the
limits are those that were typed from the permit and the reports."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from app.assessment.indicator_system import Indicator, IndicatorKind, Requirement
from app.forms.answer import AnswerBook, cell_key
from app.forms.once import once
from app.forms.parse import lower_bound

MONITORING, TOTALS = "env.monitoring", "env.totals"
YEAR_COLUMNS = ("y2", "y1", "y0")
# What a requirement says that asks for keeping the limits of concentrations, and those of yearly totals: by kind of
# exceedance.
_PERMIT = r"排污许可证?[^；。]{0,4}要求"
_KEEPS_LIMITS = {
    "monitoring": re.compile(
        rf"排放标准|达标排放|排放达标|排放浓度|(?:废水|废气|噪声|排口)[^；。]{{0,12}}达标|{_PERMIT}"
    ),
    "total": re.compile(rf"总量控制|排放总量|许可排放量|允许排放|{_PERMIT}"),
}
# What a requirement speaks of; one that names none of them, or all, speaks of every result.
_MEDIA = {
    "water": re.compile("废水|污水|水污染物|一类污染物"),
    "gas": re.compile("废气|排气筒|大气污染物|烟"),
    "noise": re.compile("噪声"),
}


@dataclass(frozen=True)
class Exceedance:
    """One value above its limit. kind: monitoring | total. keys: the value, then its limit. name: 「DW001 总排口 COD」.
    back: years before the base year (totals), 0 for monitoring."""

    kind: str
    keys: tuple[str, str]
    name: str
    value: Fraction
    limit: Fraction
    unit: str
    back: int = 0


@once
def exceedances(book: AnswerBook) -> tuple[Exceedance, ...]:
    """Every monitoring result above its limit and every yearly total above what is permitted."""
    return (*_monitoring(book), *_totals(book))


def measured_later(book: AnswerBook, row: str) -> tuple[str, ...]:
    """Rows of monitoring with the same outlet and item on a later day, in the order of days. Nobody can say what came after a
    result without a day: it has none."""

    def said(one: str) -> tuple[str, ...]:
        return tuple(_text(book, MONITORING, one, column) for column in ("outlet", "item"))

    def day(one: str) -> str:
        return _text(book, MONITORING, one, "date")

    if not day(row):
        return ()
    later = [
        one for one in book.row_ids(MONITORING) if said(one) == said(row) and day(one) > day(row)
    ]
    return tuple(sorted(later, key=day))


def settled(book: AnswerBook, row: str) -> bool:
    """Whether a result above its limit (a row of monitoring) was told of, and the same was within its limit afterwards."""
    later = measured_later(book, row)
    if not later or not book.text("env.penalties_text").strip():
        return False
    keys = [cell_key(MONITORING, later[-1], column) for column in ("result", "limit")]
    over = {one.keys[0] for one in _monitoring(book)}
    return all(known_number(book, key) is not None for key in keys) and keys[0] not in over


def judged_results(book: AnswerBook) -> tuple[str, ...]:
    """Rows of monitoring that are held against a limit: the result, its limit and whose limit it is are known. What comes
    into a treatment has none."""
    return tuple(
        row
        for row in book.row_ids(MONITORING)
        if known_number(book, cell_key(MONITORING, row, "result")) is not None
        and known_number(book, cell_key(MONITORING, row, "limit")) is not None
        and _text(book, MONITORING, row, "standard")
    )


def compared(book: AnswerBook) -> tuple[int, int]:
    """How many monitoring results and how many totals of the base year have a limit to be held against."""

    def known(table: str, *columns: str) -> int:
        rows = book.row_ids(table)
        return sum(
            all(known_number(book, cell_key(table, row, one)) is not None for one in columns)
            for row in rows
        )

    return known(MONITORING, "result", "limit"), known(TOTALS, "y0", "permitted")


def _monitoring(book: AnswerBook) -> Iterator[Exceedance]:
    for row in book.row_ids(MONITORING):
        keys = cell_key(MONITORING, row, "result"), cell_key(MONITORING, row, "limit")
        result, limit = (known_number(book, key) for key in keys)
        if result is not None and limit is not None and result > limit:
            name = (
                f"{_text(book, MONITORING, row, 'outlet')} {_text(book, MONITORING, row, 'item')}"
            )
            unit = _text(book, MONITORING, row, "unit")
            yield Exceedance("monitoring", keys, name.strip(), result, limit, unit)
        low = lower_bound(book.get(keys[1]))
        if result is not None and low is not None and result < low:
            name = (
                f"{_text(book, MONITORING, row, 'outlet')} {_text(book, MONITORING, row, 'item')}"
            )
            yield Exceedance("monitoring", keys, f"{name.strip()}（下限）", result, low, "")


def _totals(book: AnswerBook) -> Iterator[Exceedance]:
    for row in book.row_ids(TOTALS):
        limit_key = cell_key(TOTALS, row, "permitted")
        limit = known_number(book, limit_key)
        for back, column in zip((2, 1, 0), YEAR_COLUMNS, strict=True):
            key = cell_key(TOTALS, row, column)
            amount = known_number(book, key)
            if amount is not None and limit is not None and amount > limit:
                name = _text(book, TOTALS, row, "name")
                yield Exceedance("total", (key, limit_key), name, amount, limit, "t", back)


def _asked(indicator: Indicator) -> str:
    """All that is asked of an indicator answered by level, "" of another."""
    if indicator.kind is IndicatorKind.QUANTITATIVE:
        return ""
    return "；".join(
        dict.fromkeys(
            one.text for one in indicator.benchmarks.values() if isinstance(one, Requirement)
        )
    )


def subjects_by_words(indicator: Indicator) -> tuple[str, ...]:
    """What an indicator is held against (app.forms.quantity.SUBJECTS) by the words of its requirement: of documents that the
    user brought in, for which no map says it. One that names water, gas or noise is held against those alone."""
    asked = _asked(indicator)
    found = []
    if _KEEPS_LIMITS["monitoring"].search(asked):
        media = [name for name, words in _MEDIA.items() if words.search(asked)]
        found += (
            ["limits"] if len(media) in (0, len(_MEDIA)) else [f"limits_{one}" for one in media]
        )
    if _KEEPS_LIMITS["total"].search(asked):
        found.append("totals")
    return tuple(found)


def known_number(book: AnswerBook, key: str) -> Fraction | None:
    """The number of an answer; None while it is open, does not apply or is words."""
    try:
        return book.number(key)
    except ValueError:
        return None


def _text(book: AnswerBook, table: str, row: str, column: str) -> str:
    return book.text(cell_key(table, row, column))
