"""Nets under the units: price in 元 per unit, the size of other months, two sizes within one column. They only ask."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from statistics import median

from app.assessment.numbers import brief
from app.forms.answer import AnswerBook, cell_key
from app.forms.cell_words import number_in
from app.forms.question import Question, RowsKind, TableQuestion
from app.forms.reading.plan import SKIP, Draft
from app.forms.reading.words import Carrier, carriers

_STEPS = (Fraction(10000), Fraction(1000), Fraction(1, 1000), Fraction(1, 10000))
_GAP = 100  # two sizes within one column that no year of a firm has
_FAR = 8  # times larger or smaller than the same column of another year


@dataclass
class Column:
    """What would be written into one column: row id -> value in our unit. said: the unit was written by the client."""

    question: Question
    carrier: Carrier | None
    fee: bool
    values: dict[str, Fraction]
    view: int
    said: bool


def check(
    table: TableQuestion,
    columns: Mapping[str, Column],
    ids: Sequence[str],
    book: AnswerBook,
    draft: Draft,
    own: bool,
) -> dict[str, dict[str, Fraction]]:
    """Column id -> row id -> factor that the user chose; a factor of 0 leaves the cell out."""
    result: dict[str, dict[str, Fraction]] = {}
    for column_id, column in columns.items():
        mixed = _two_sizes(column, draft) if table.rows is RowsKind.MONTHS else None
        if mixed is None and table.rows is RowsKind.MONTHS:
            mixed = _running_sum(column, draft)
        if mixed is None and column.question.unit == "%":
            mixed = _parts_of_one(column, draft)
        if mixed is not None:
            result[column_id] = mixed
    asked = {column_id for column_id, found in result.items() if found}
    for column_id, column in columns.items():
        if column_id not in asked:
            found = _beside_other_years(table, column, ids, book, draft)
            if found is not None:
                result[column_id] = found
                asked.add(column_id)
    if own:
        return result
    for carrier in carriers():
        pair = {c.fee: c for c in columns.values() if c.carrier is carrier}
        touched = {c.question.id for c in pair.values()} & asked
        if pair and carrier.price and not touched:
            result |= _price(carrier, pair.get(False), pair.get(True), table, book, draft)
            asked |= set(result)
    for column_id, column in columns.items():
        if column_id not in asked and not column.said:
            found = _plain_size(column, draft)
            if found is not None:
                result[column_id] = found
    return result


def _all(column: Column, factor: Fraction) -> dict[str, Fraction]:
    return dict.fromkeys(column.values, factor)


def _choose(column: Column, chosen: str) -> dict[str, Fraction]:
    """ "": open, nothing is written; SKIP: nothing; "keep": as it stands; else a factor."""
    if chosen in ("", SKIP):
        return _all(column, Fraction(0))
    return {} if chosen == "keep" else _all(column, Fraction(chosen))


def _factor_words(factor: Fraction, unit: str) -> str:
    gap = " " if unit.isascii() or unit == "m³" else ""
    words = {
        Fraction(10000): f"是万{gap}{unit}，乘 1 万",
        Fraction(1000): f"是千{gap}{unit}，乘 1 千",
    }
    if factor in words:
        return words[factor]
    return f"除以 {'1 万' if factor == Fraction(1, 10000) else '1 千' if factor == Fraction(1, 1000) else brief(1 / factor)}"


def _two_sizes(column: Column, draft: Draft) -> dict[str, Fraction] | None:
    sizes = sorted(abs(value) for value in column.values.values() if value)
    if len(sizes) < 3:
        return None
    ratio, place = max((b / a, n) for n, (a, b) in enumerate(pairwise(sizes)))
    if ratio < _GAP:
        return None
    small, large = sizes[: place + 1], sizes[place + 1 :]
    unit = column.question.unit
    scale = median(large) / median(small)
    step = next(
        (s for s in (Fraction(10000), Fraction(1000)) if Fraction(1, 4) <= scale / s <= 4), None
    )
    choices = []
    if step is not None:
        choices.append((str(step), f"小的 {len(small)} 个{_factor_words(step, unit)}"))
    choices += [("keep", f"都是 {unit}，照写"), (SKIP, "这一列不写")]
    chosen = draft.ask(
        f"sizes:{column.question.id}",
        f"「{column.question.title}」里 {len(small)} 个数在 {_short(small[-1])} 以下，{len(large)} 个在 {_short(large[0])} 以上：单位不一样吗？",
        choices,
        column=column.view,
    )
    if chosen in ("", SKIP):
        return _all(column, Fraction(0))
    if chosen == "keep":
        return {}
    return {
        row_id: Fraction(chosen)
        for row_id, value in column.values.items()
        if value and abs(value) <= small[-1]
    }


def _running_sum(column: Column, draft: Draft) -> dict[str, Fraction] | None:
    """Months that rise all year from January on, up to many times the first, look like sums of the months before."""
    years: dict[str, list[str]] = {}
    for row_id in sorted(column.values):
        years.setdefault(row_id[:4], []).append(row_id)
    rising = [rows for rows in years.values() if _rises(rows, column.values)]
    if not rising:
        return None
    rows = rising[0]
    values = column.values
    chosen = draft.ask(
        f"running:{column.question.id}",
        f"「{column.question.title}」从 1 月到 {int(rows[-1][5:])} 月一直涨（{_short(values[rows[0]])} 到 {_short(values[rows[-1]])}）：是累计数吗？",
        [("keep", "不是，就是各月的"), ("parts", "是累计，减去上月再写"), (SKIP, "这一列不写")],
        column=column.view,
    )
    if chosen == "keep":
        return {}
    if chosen != "parts":
        return _all(column, Fraction(0))
    return {b: (values[b] - values[a]) / values[b] for rows in rising for a, b in pairwise(rows)}


def _rises(rows: list[str], values: Mapping[str, Fraction]) -> bool:
    line = [values[row_id] for row_id in rows]
    return (
        len(line) >= 5
        and rows[0].endswith("-01")
        and int(rows[-1][5:]) == len(rows)
        and line[0] > 0
        and all(a < b for a, b in pairwise(line))
        and line[-1] * 2 >= line[0] * len(line)
    )


def _parts_of_one(column: Column, draft: Draft) -> dict[str, Fraction] | None:
    """Shares without a sign for percent, none above one: 0.98 is 98 % more often than 0.98 %."""
    chosen = ask_percent(
        column.question, list(column.values.values()), column.said, column.view, draft
    )
    return None if chosen is None else _choose(column, chosen)


def ask_percent(
    question: Question, values: Sequence[Fraction], said: bool, view: int, draft: Draft
) -> str | None:
    """ "100", "keep", SKIP, "" while open; None when nothing is in doubt. said: the client wrote %."""
    sizes = [abs(value) for value in values if value]
    if not sizes or max(sizes) > 1 or (said and max(sizes) < Fraction(1, 2)):
        return None
    if said and len(sizes) == 1 and sizes[0] == 1:
        return None
    shown = brief(max(sizes))
    return draft.ask(
        f"percent:{question.id}",
        f"「{question.title}」最大是 {shown}：是 {brief(max(sizes) * 100)} % 还是 {shown} %？",
        [
            ("100", f"是 {brief(max(sizes) * 100)} %，都乘 100"),
            ("keep", f"就是 {shown} %"),
            (SKIP, "这一列不写"),
        ],
        column=view,
    )


def _beside_other_years(
    table: TableQuestion, column: Column, ids: Sequence[str], book: AnswerBook, draft: Draft
) -> dict[str, Fraction] | None:
    pasted = [abs(value) for value in column.values.values() if value]
    known: dict[str, list[Fraction]] = {}
    for row_id in ids:
        text = book.text(cell_key(table.id, row_id, column.question.id))
        value = number_in(text) if text else None
        if value:
            known.setdefault(row_id[:4] if row_id[:4].isdigit() else "", []).append(abs(value))
    others = {
        year: values for year, values in known.items() if year not in {r[:4] for r in column.values}
    } or known
    if not pasted or not others or table.rows.value not in ("months", "years"):
        return None
    year = max(others)
    theirs, ours = Fraction(median(pasted)), Fraction(median(others[year]))
    if Fraction(1, _FAR) <= theirs / ours <= _FAR:
        return None
    unit = column.question.unit
    fits = [step for step in _STEPS if Fraction(1, 3) <= theirs * step / ours <= 3]
    larger = theirs > ours
    text = (
        f"「{column.question.title}」中位数 {_short(theirs)}，{year} 年同列是 {_short(ours)}，"
        f"{'大' if larger else '小'}{_times(theirs / ours if larger else ours / theirs)}倍：单位对吗？"
    )
    chosen = draft.ask(
        f"earlier:{column.question.id}",
        text,
        [
            *((str(step), _factor_words(step, unit)) for step in fits),
            ("keep", f"就是 {unit}，照写"),
            (SKIP, "这一列不写"),
        ],
        column=column.view,
        unit=(
            f"万 {unit}"
            if fits and fits[0] == 10000
            else f"千 {unit}"
            if fits and fits[0] == 1000
            else f"1/{brief(1 / fits[0])} {unit}"
            if fits
            else ""
        ),
    )
    return _choose(column, chosen)


def _standing(
    table: TableQuestion,
    titles: Sequence[str],
    rows: Sequence[str],
    book: AnswerBook,
    carrier: Carrier,
    fee: bool,
) -> Column | None:
    """The other column of a pair, from what stands in the table already."""
    question = next((c for c in table.columns if c.title in titles and not c.derived), None)
    if question is None:
        return None
    values = {}
    for row_id in rows:
        value = number_in(book.text(cell_key(table.id, row_id, question.id)))
        if value:
            values[row_id] = value
    return Column(question, carrier, fee, values, -1, True) if values else None


def _price(
    carrier: Carrier,
    amount: Column | None,
    fee: Column | None,
    table: TableQuestion,
    book: AnswerBook,
    draft: Draft,
) -> dict[str, dict[str, Fraction]]:
    assert carrier.price is not None
    pasted = [c.question.id for c in (amount, fee) if c is not None]
    rows = list((amount or fee).values) if (amount or fee) is not None else []  # type: ignore[union-attr]
    amount = amount or _standing(table, carrier.amount, rows, book, carrier, False)
    fee = fee or _standing(table, carrier.fee, rows, book, carrier, True)
    if amount is None or fee is None:
        return {}
    low, high = carrier.price
    rows = [r for r in amount.values if amount.values[r] > 0 and fee.values.get(r, Fraction(0)) > 0]
    if not rows:
        return {}
    prices = {r: fee.values[r] / amount.values[r] for r in rows}
    middle = Fraction(median(prices.values()))
    unit = amount.question.unit
    if low <= middle <= high:
        odd = [r for r, price in prices.items() if not low / 4 <= price <= high * 4]
        if not odd:
            return {}
        named = "、".join(_row_words(r) for r in odd[:3])
        chosen = draft.ask(
            f"prices:{carrier.name}",
            f"{named}的{carrier.name}合 {_price_words(prices[odd[0]])} 元/{unit}，别的月 {_price_words(middle)}：这{len(odd)}个月的数对吗？",
            (("keep", "照写"), (SKIP, "这几个月不写")),
            column=amount.view,
        )
        if chosen == "keep":
            return {}
        return {c: dict.fromkeys(odd, Fraction(0)) for c in pasted}
    choices = []
    if amount.question.id in pasted:
        choices += [
            (f"a{step}", f"{amount.question.title}{_factor_words(step, unit)}")
            for step in _STEPS
            if low <= middle / step <= high
        ]
    if fee.question.id in pasted:
        choices += [
            (f"f{step}", f"{fee.question.title}{_factor_words(step, '元')}")
            for step in _STEPS
            if low <= middle * step <= high
        ]
    chosen = draft.ask(
        f"price:{carrier.name}",
        f"{carrier.name}合 {_price_words(middle)} 元/{unit}，常见 {brief(low)}–{brief(high)}：单位或列对吗？",
        [*choices, ("keep", "没错，照写"), (SKIP, "这两列不写")],
        column=amount.view,
    )
    if chosen == "keep":
        return {}
    if chosen in ("", SKIP):
        return {
            c.question.id: _all(c, Fraction(0)) for c in (amount, fee) if c.question.id in pasted
        }
    column = amount if chosen[0] == "a" else fee
    return {column.question.id: _all(column, Fraction(chosen[1:]))}


def _plain_size(column: Column, draft: Draft) -> dict[str, Fraction] | None:
    if column.carrier is None:
        return None
    bounds = column.carrier.monthly_fee if column.fee else column.carrier.monthly
    sizes = [abs(value) for value in column.values.values() if value]
    if bounds is None or not sizes:
        return None
    middle = Fraction(median(sizes))
    if bounds[0] <= middle <= bounds[1]:
        return None
    unit = column.question.unit
    choices = [
        (str(step), _factor_words(step, unit))
        for step in _STEPS
        if bounds[0] <= middle * step <= bounds[1]
    ]
    chosen = draft.ask(
        f"size:{column.question.id}",
        f"「{column.question.title}」没写单位，一个月 {_short(middle)} {unit}，{'太小' if middle < bounds[0] else '太大'}了：单位是什么？",
        [("keep", f"就是 {unit}"), *choices, (SKIP, "这一列不写")]
        if middle > bounds[1]
        else [*choices, ("keep", f"就是 {unit}"), (SKIP, "这一列不写")],
        column=column.view,
    )
    return _choose(column, chosen)


def _row_words(row_id: str) -> str:
    return f"{row_id[:4]} 年 {int(row_id[5:])} 月" if len(row_id) == 7 else row_id


def _price_words(value: Fraction) -> str:
    if value and abs(value) < Fraction(1, 1000):
        return "不到 0.001"
    return brief(Fraction(round(value * 1000), 1000)) if value < 1000 else _short(value)


def _times(ratio: Fraction) -> str:
    if 3000 <= ratio <= 30000:
        return "约 1 万"
    if 300 <= ratio < 3000:
        return "约 1 千"
    return f"约 {_short(Fraction(round(ratio)))} "


def _short(value: Fraction) -> str:
    """A number in few digits: 157000 → 「15.7 万」."""
    if value >= 10000:
        return f"{brief(Fraction(round(value / 1000), 10))} 万"
    return brief(Fraction(round(value * 100), 100))
