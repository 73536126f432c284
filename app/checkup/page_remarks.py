"""What looks wrong on a page, all at once. Nothing here blocks or changes an answer; each remark names its place and remedy."""

import enum
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise
from statistics import median

from app.assessment.finding import Missing, NotApplicable
from app.assessment.numbers import brief, display, fraction_of, number_text
from app.audit.compliance import settled
from app.audit.contradictions import PENALTIES, answers_in_doubt
from app.forms import unused
from app.forms.answer import SHORTEST_REASON, Answer, AnswerBook, Given, cell_key, override_key
from app.forms.derive import Derivation
from app.forms.figure import Tone
from app.forms.outliers import MIN_OUTLIER_VALUES, outliers
from app.forms.parse import Offer, is_unread, parse_answer, unit_typed
from app.forms.question import FigureStrip, Page, Question, QuestionKind, RowsKind, TableQuestion
from app.forms.question_index import cell_answer, row_label
from app.forms.row_units import asked_in, in_row
from app.forms.two_ways import two_ways
from app.forms.visible import asked_columns, asked_items, asked_rows, hidden_but_answered

_FACTS_SHOWN = 2


class Severity(enum.StrEnum):
    """MUST 必改 cannot be right; SHOULD 建议 is unusual and asks for a word; HINT 提示 is good to know."""

    MUST = "must"
    SHOULD = "should"
    HINT = "hint"


@dataclass(frozen=True)
class Remark:
    """key: the answer it is about (or a table or question id). Offers are corrections to type on a click."""

    key: str
    severity: Severity
    what: str
    remedy: str
    offers: tuple[Offer, ...] = ()


YEAR_CHANGE_PERCENT = 20  # change from year to year that asks for a reason
SLIPS = (1000, 10_000)  # kg for t, 元 for 万元 and so on
SLIP_CLOSENESS = 3  # a slip is named when the mended value is within this factor of its neighbours
YEAR_COLUMNS = ("y2", "y1", "y0")
NOTE_COLUMN = "note"


def check_page(
    page: Page, book: AnswerBook, derivation: Derivation, today: date | None = None
) -> tuple[Remark, ...]:
    """Every remark about the page, in reading order. `today` switches on what depends on the date."""
    return tuple(_remarks(page, book, derivation, today))


def places_in_order(remarks: Iterable[Remark], keys: Iterable[str]) -> list[tuple[str, Severity]]:
    """Keys with something to mend or to look at, once each with the worst, in the order of `keys`; others are left out."""
    worst: dict[str, Severity] = {}
    for remark in remarks:
        if remark.severity is Severity.HINT:
            continue
        if remark.severity is Severity.MUST or remark.key not in worst:
            worst[remark.key] = remark.severity
    return [(key, worst[key]) for key in keys if key in worst]


def _remarks(
    page: Page, book: AnswerBook, derivation: Derivation, today: date | None
) -> Iterator[Remark]:
    for item in asked_items(page, book):
        if isinstance(item, Question):
            asked = asked_in(item, derivation.index, book)
            yield from _answer_remarks(asked, item.id, book.get(item.id))
            if asked.unit != item.unit:
                yield from _unit_remarks(asked, item.id, book.get(item.id))
            yield from _date_remarks(item, book, derivation.base_year, today)
            if item.part_of:
                yield from _part_remarks(item, item.id, item.part_of, book, derivation)
        else:
            yield from _table_remarks(item, book, derivation)
    for card in page.cards:
        for part in card.items:
            if isinstance(part, FigureStrip):
                yield from _override_remarks(part, book, derivation)
    here = {item.id for item in asked_items(page, book)}
    for key, facts in (answers_in_doubt(derivation) if PENALTIES in here else {}).items():
        if key in here:
            what = f"和自己的数据对不上：{'；'.join(one.text for one in facts[:_FACTS_SHOWN])}"
            yield Remark(key, Severity.MUST, what, "改其中一个")
    for key in unused.contradictions(derivation.index, book, derivation.base_year):
        if key.partition("/")[0] in here:
            yield Remark(
                key,
                Severity.SHOULD,
                "「用了哪些能源和物料」里说没有用，这里却有数",
                "有用就去掉那里的勾，没有用就清空这里",
            )
    for hidden in hidden_but_answered(page, book):
        yield Remark(
            hidden,
            Severity.HINT,
            "前面的回答改了，这一题不再问；原来填的还留着",
            "不用了就清空，要用就把前面改回来",
        )


# --- one answer -------------------------------------------------------------------------------------------------------


def _answer_remarks(question: Question, key: str, answer: Answer) -> Iterator[Remark]:
    match answer:
        case Missing():
            return
        case NotApplicable(reason):
            if len(reason.strip()) < SHORTEST_REASON:
                yield Remark(
                    key, Severity.SHOULD, "不适用要写原因", "写一句为什么没有，至少 4 个字"
                )
        case Given():
            if is_unread(answer) or question.kind is QuestionKind.CREDIT_CODE:
                parsed = parse_answer(question, answer.raw or answer.text)
                if parsed.problem is not None:
                    severity = Severity.SHOULD if parsed.doubtful else Severity.MUST
                    yield Remark(
                        key, severity, parsed.problem.what, parsed.problem.remedy, parsed.offers
                    )
            elif question.kind is QuestionKind.NUMBER or question.kind is QuestionKind.YEAR:
                yield from _bounds(question, key, fraction_of(answer.text), answer.note)


def _unit_remarks(question: Question, key: str, answer: Answer) -> Iterator[Remark]:
    """What was typed with a unit before its row had this one: it is written down only on a click."""
    if not isinstance(answer, Given) or not unit_typed(answer.raw):
        return
    parsed = parse_answer(question, answer.raw)
    if not isinstance(parsed.answer, Given) or parsed.answer.text == answer.text:
        return
    if parsed.problem is None:
        shown = f"{brief(Fraction(parsed.answer.text))} {question.unit}"
        stands = f"，记下的是 {brief(Fraction(answer.text))}" if answer.text else "，还没有记下"
        offers = (Offer(f"改成 {shown}", answer.raw),)
        what = f"写的是「{answer.raw}」，按这里的单位是 {shown}{stands}"
        yield Remark(key, Severity.MUST, what, "", offers)
    elif answer.text:
        what = f"写的是「{answer.raw}」，这里的单位现在是 {question.unit}"
        yield Remark(key, Severity.MUST, what, "改数，或把单位改回来")


def _bounds(question: Question, key: str, value: Fraction, note: str) -> Iterator[Remark]:
    check = question.check
    unit = f" {question.unit}" if question.unit and question.unit != "%" else question.unit
    if check.minimum and value < fraction_of(check.minimum):
        what = (
            "不会是负数"
            if check.minimum == "0"
            else f"不会小于 {brief(Fraction(check.minimum))}{unit}"
        )
        offers = (_put(abs(value)),) if check.minimum == "0" else ()
        yield Remark(key, Severity.MUST, what, "检查一下", offers)
        return
    if check.maximum and value > Fraction(check.maximum):
        what = f"不会大于 {brief(Fraction(check.maximum))}{unit}"
        yield Remark(key, Severity.MUST, what, "检查一下数和单位", _slip_offers(question, value))
        return
    if check.integer and value.denominator != 1:
        yield Remark(key, Severity.MUST, "这里要整数", "改成整数")
        return
    if note:
        return
    if check.usual_minimum and value < Fraction(check.usual_minimum):
        what = f"比常见的 {brief(Fraction(check.usual_minimum))}{unit} 小"
        yield Remark(key, Severity.SHOULD, what, "没错就写一句原因")
    if check.usual_maximum and value > Fraction(check.usual_maximum):
        what = f"比常见的 {brief(Fraction(check.usual_maximum))}{unit} 大"
        yield Remark(key, Severity.SHOULD, what, "没错就写一句原因", _slip_offers(question, value))


def _part_remarks(
    question: Question, key: str, whole: str, book: AnswerBook, derivation: Derivation
) -> Iterator[Remark]:
    """A part that is more than the whole it belongs to, which only a stock from before explains."""
    part, all_of_it = book.number(key), book.number(whole)
    answer = book.get(key)
    noted = isinstance(answer, Given) and answer.note
    if part is None or all_of_it is None or part <= all_of_it or noted:
        return
    name = derivation.index.label_of(whole, book).rsplit(" › ", 1)[-1]
    unit = f" {question.unit}" if question.unit else ""
    what = f"{brief(part)}{unit}，比「{name}」的 {brief(all_of_it)}{unit} 还多"
    yield Remark(key, Severity.SHOULD, what, "两个数对一下；没错就写一句原因，比如用了上年的库存")


def _slip_offers(question: Question, value: Fraction) -> tuple[Offer, ...]:
    if question.unit == "%":
        return ()  # a share has no other unit it may have been typed in
    highest = Fraction(question.check.usual_maximum or question.check.maximum)
    return tuple(_put(value / slip) for slip in SLIPS if value / slip <= highest)[:1]


def _put(value: Fraction) -> Offer:
    return Offer(f"改成 {brief(value)}", number_text(value))


def _override_remarks(
    strip: FigureStrip, book: AnswerBook, derivation: Derivation
) -> Iterator[Remark]:
    for quantity_id in strip.quantities:
        quantity = derivation.quantities[quantity_id]
        answer = book.get(override_key(quantity_id))
        if isinstance(answer, Given) and not answer.note:
            yield Remark(
                override_key(quantity_id),
                Severity.MUST,
                f"「{quantity.title}」是手改的，没写原因",
                "写一句为什么改，或改回算出来的数",
            )
        if not quantity.maximum or derivation.base_year is None:
            continue
        for year in (derivation.base_year - back for back in (2, 1, 0)):
            value = derivation.figure(quantity_id, year).value
            if value is not None and value > Fraction(quantity.maximum):
                shown = display(value, quantity.decimals)
                what = f"{year} 年「{quantity.title}」算出来是 {shown}{quantity.unit}，不会超过 {quantity.maximum}{quantity.unit}"
                yield Remark(override_key(quantity_id), Severity.MUST, what, "点开看是哪一格不对")


# --- dates ------------------------------------------------------------------------------------------------------------


def _date_remarks(
    question: Question, book: AnswerBook, base_year: int | None, today: date | None
) -> Iterator[Remark]:
    answer = book.get(question.id)
    if not isinstance(answer, Given) or not answer.text or answer.note:
        return
    if question.kind is QuestionKind.DATE and question.id.endswith("_until") and today is not None:
        if date.fromisoformat(answer.text) < today:
            what = f"今天 {today:%m-%d}，已经过期"
            yield Remark(question.id, Severity.SHOULD, what, "换了新证就改日期，没换先写说明")
    elif question.kind is QuestionKind.YEAR and question.id == "audit.base_year":
        if today is not None and int(answer.text) >= today.year:
            what = f"{answer.text} 年还没过完"
            yield Remark(
                question.id,
                Severity.SHOULD,
                what,
                "基准年一般是刚过完的那一年",
                (_put(Fraction(today.year - 1)),),
            )
    elif question.id == "energy.equivalent_year" and base_year not in (None, int(answer.text)):
        what = f"等价值是 {answer.text} 年的，基准年是 {base_year} 年"
        yield Remark(
            question.id, Severity.HINT, what, "体系写明哪一年就用哪一年，没写明的用基准年的"
        )
    elif question.id == "firm.founded" and base_year is not None and int(answer.text) > base_year:
        what = f"成立年份比基准年 {base_year} 还晚"
        yield Remark(question.id, Severity.MUST, what, "检查两个年份")


# --- tables -----------------------------------------------------------------------------------------------------------


def _table_remarks(
    table: TableQuestion, book: AnswerBook, derivation: Derivation
) -> Iterator[Remark]:
    rows = asked_rows(table, book, derivation.base_year)
    columns = asked_columns(table, book)
    typed = [column for column in columns if not column.derived]
    for row_id in rows:
        for column in typed:
            key = cell_key(table.id, row_id, column.id)
            asked = in_row(column, table, row_id, book)
            yield from _answer_remarks(asked, key, book.get(key))
            if asked is not column:
                yield from _unit_remarks(asked, key, book.get(key))
            if column.part_of:
                whole = cell_key(table.id, row_id, column.part_of)
                yield from _part_remarks(column, key, whole, book, derivation)
        yield from _order_remarks(table, book, row_id)
        yield from _year_remarks(table, book, row_id, typed)
        yield from _row_remarks(table, columns, book, derivation, row_id)
        yield from _checked_cells(table, derivation, row_id)
    numbers = [column for column in typed if column.kind is QuestionKind.NUMBER]
    if table.rows is RowsKind.MONTHS:
        for column in numbers:
            yield from _month_remarks(table, book, column, rows)
            yield from _two_ways_remarks(table, column, derivation)
    if table.rows is RowsKind.YEARS:
        for column in numbers:
            series = [(row_id, cell_key(table.id, row_id, column.id)) for row_id in rows]
            yield from _series_remarks(book, series)


# Derived cells whose bad words are a remark of the page: quantity -> (column it is about, how bad).
_CHECKED = {
    "measures.class": ("level", Severity.SHOULD),
    "measures.worked": ("formula", Severity.SHOULD),
    "measures.check": ("", Severity.MUST),
    "results.check": ("finished", Severity.MUST),
    "targets.check": ("near", Severity.SHOULD),
}


def _checked_cells(table: TableQuestion, derivation: Derivation, row_id: str) -> Iterator[Remark]:
    for column in table.columns:
        if column.derived not in _CHECKED:
            continue
        figure = derivation.cell(table.id, row_id, column.id)
        if figure.tone is Tone.BAD and figure.words:
            about, severity = _CHECKED[column.derived]
            key = cell_key(table.id, row_id, about or column.id)
            yield Remark(key, severity, figure.words, figure.trace.note or "核对一下")


def _note_at(book: AnswerBook, table: TableQuestion, row_id: str, key: str) -> str:
    """The remark on a cell, or what stands in the row's 说明 column."""
    answer = book.get(key)
    note = answer.note if isinstance(answer, Given) else ""
    return note or book.text(cell_key(table.id, row_id, NOTE_COLUMN))


def _month_remarks(
    table: TableQuestion, book: AnswerBook, column: Question, rows: tuple[str, ...]
) -> Iterator[Remark]:
    years = sorted({row_id[:4] for row_id in rows})
    sums: list[tuple[str, Fraction, bool]] = []
    for year in years:
        ids = [row_id for row_id in rows if row_id.startswith(year)]
        keys = {row_id: cell_key(table.id, row_id, column.id) for row_id in ids}
        values = {
            row_id: value for row_id, key in keys.items() if (value := book.number(key)) is not None
        }
        yield from _gap_remarks(table, book, column, keys, values)
        slipped = _slipped(values) if len(values) >= MIN_OUTLIER_VALUES else {}
        for row_id, (what, mended) in slipped.items():
            yield Remark(keys[row_id], Severity.SHOULD, what, "对一下账单", (_put(mended),))
        if column.id in table.outliers:
            middle = median(values.values()) if values else Fraction(0)
            for row_id in outliers(values):
                if row_id in slipped:
                    continue
                note = _note_at(book, table, row_id, keys[row_id])
                side = "低" if values[row_id] < middle else "高"
                what = f"比当年的中位数 {brief(Fraction(middle))} {side}很多"
                if note:
                    yield Remark(keys[row_id], Severity.HINT, what, f"已说明：{note}")
                else:
                    yield Remark(
                        keys[row_id], Severity.SHOULD, what, "写一句原因，比如停产、检修、抄表晚了"
                    )
        if len(values) == len(ids):
            noted = any(_note_at(book, table, row_id, key) for row_id, key in keys.items())
            sums.append((year, sum(values.values(), Fraction(0)), noted))
    for (before, old, _), (after, new, noted) in pairwise(sums):
        if not noted and (change := _change_percent(old, new)) is not None:
            yield Remark(
                cell_key(table.id, f"{after}-12", column.id),
                Severity.SHOULD,
                f"{after} 年「{column.title}」比 {before} 年{change}",
                "没错就在说明里写原因",
            )


def _two_ways_remarks(
    table: TableQuestion, column: Question, derivation: Derivation
) -> Iterator[Remark]:
    """A year given by its months and as one number, which differ."""
    for year, by_month, as_one in two_ways(table, column, derivation):
        unit = column.unit
        what = f"{year} 年「{column.title}」各月合计 {brief(by_month)} {unit}，全年数填的是 {brief(as_one)} {unit}"
        key = cell_key(table.id, f"{year}-12", column.id)
        yield Remark(key, Severity.SHOULD, what, "程序用各月合计；改对其中一个，或不再按月填")


def _gap_remarks(
    table: TableQuestion,
    book: AnswerBook,
    column: Question,
    keys: Mapping[str, str],
    values: Mapping[str, Fraction],
) -> Iterator[Remark]:
    if not values or not column.required:
        return
    for row_id, key in keys.items():
        if isinstance(book.get(key), Missing):
            month = row_label(table, row_id, book)
            yield Remark(
                key,
                Severity.SHOULD,
                f"{month}的「{column.title}」没填，别的月都有",
                "补上；真没用就点「零」",
            )


def _slipped(values: Mapping[str, Fraction]) -> dict[str, tuple[str, Fraction]]:
    """Rows that are about 1,000 or 10,000 times their neighbours (or a thousandth): (what, mended value)."""
    positive = [value for value in values.values() if value > 0]
    if not positive:
        return {}
    middle = median(positive)
    found = {}
    for row_id, value in values.items():
        slip = _slip(value, Fraction(middle))
        if slip is not None:
            found[row_id] = (f"和别的月差了约 {_times(slip)}，像是单位填错了", value / slip)
    return found


def _slip(value: Fraction, usual: Fraction) -> Fraction | None:
    """1000, 10000 or their inverse when `value` differs from `usual` by about that factor, else None.

    When both would do, the one that lands nearer.
    """
    if value <= 0 or usual <= 0:
        return None
    # the two over one denominator, so that what nearly every value comes to costs little
    one, other = value.numerator * usual.denominator, usual.numerator * value.denominator
    if max(one, other) * SLIP_CLOSENESS < min(one, other) * SLIPS[0]:
        return None
    best: tuple[Fraction, Fraction] | None = None
    for factor in (*map(Fraction, SLIPS), *(Fraction(1, slip) for slip in SLIPS)):
        mended = value / factor
        off = max(mended / usual, usual / mended)
        if off <= SLIP_CLOSENESS and (best is None or off < best[0]):
            best = (off, factor)
    return best[1] if best else None


def _times(slip: Fraction) -> str:
    size = slip if slip > 1 else 1 / slip
    return "1 万倍" if size == 10_000 else "1,000 倍"


def _change_percent(old: Fraction, new: Fraction) -> str | None:
    """「多了 35 %」 when the change asks for a reason."""
    if old <= 0:
        return None
    change = (new - old) * 100 / old
    if abs(change) <= YEAR_CHANGE_PERCENT:
        return None
    return f"{'多' if change > 0 else '少'}了 {display(abs(change), 0)}%"


def _year_remarks(
    table: TableQuestion, book: AnswerBook, row_id: str, columns: list[Question]
) -> Iterator[Remark]:
    """The columns y2, y1, y0 of one row, oldest first."""
    present = {column.id: column for column in columns}
    series = [
        (present[name].title.removesuffix(" 年"), cell_key(table.id, row_id, name))
        for name in YEAR_COLUMNS
        if name in present
    ]
    yield from _series_remarks(book, series)


def _series_remarks(book: AnswerBook, series: list[tuple[str, str]]) -> Iterator[Remark]:
    """Slips of unit and jumps between neighbouring years of one series of (year, key)."""
    for (before, old_key), (_, key) in pairwise(series):
        old, new = book.number(old_key), book.number(key)
        answer = book.get(key)
        if old is None or new is None or (isinstance(answer, Given) and answer.note):
            continue
        slip = _slip(new, old)
        if slip is not None:
            side = "大" if slip > 1 else "小"
            what = f"比 {before} 年{side}约 {_times(slip)}，像是单位填错了"
            yield Remark(key, Severity.SHOULD, what, "", (_put(new / slip),))
        elif (change := _change_percent(old, new)) is not None:
            yield Remark(key, Severity.SHOULD, f"比 {before} 年{change}", "没错就写一句原因")


def _order_remarks(table: TableQuestion, book: AnswerBook, row_id: str) -> Iterator[Remark]:
    """A row's `end` before its `start`."""
    start = book.text(cell_key(table.id, row_id, "start"))
    end = book.text(cell_key(table.id, row_id, "end"))
    if start and end and end < start:
        yield Remark(
            cell_key(table.id, row_id, "end"),
            Severity.MUST,
            f"完成（{end}）比开始（{start}）早",
            "检查两个日期",
        )


def _row_remarks(
    table: TableQuestion,
    columns: tuple[Question, ...],
    book: AnswerBook,
    derivation: Derivation,
    row_id: str,
) -> Iterator[Remark]:
    """Derived cells above their maximum, and rows whose two sides must agree. columns: those asked."""
    for column in columns:
        if not column.derived:
            continue
        quantity = derivation.quantities[column.derived]
        if quantity.rule:
            yield from _rule_remarks(derivation, table, row_id, column.id)
        if not quantity.maximum:
            continue
        value = derivation.cell(table.id, row_id, column.id).value
        if value is not None and value > Fraction(quantity.maximum):
            shown = display(value, quantity.decimals)
            typed = [one.id for one in table.columns if not one.derived]
            yield Remark(
                cell_key(table.id, row_id, _input_of(quantity.expression, table.id, typed)),
                Severity.MUST,
                f"{column.title}算出来是 {shown}{quantity.unit}，不会超过 {quantity.maximum}{quantity.unit}",
                "检查这一行的数",
            )
    if table.id == "water.units":
        yield from _two_sides(derivation, table, row_id, "total_in", "total_out", "drain")
    if table.id == "energy.meters":
        opening, closing = (
            book.number(cell_key(table.id, row_id, column)) for column in ("opening", "closing")
        )
        key = cell_key(table.id, row_id, "closing")
        if opening is not None and closing is not None and closing < opening:
            what = f"年末读数 {brief(closing)} 比年初 {brief(opening)} 小"
            yield Remark(key, Severity.SHOULD, what, "换过表或走满一圈的，拆成两行填")
    if table.id == "packaging.list":
        gap = derivation.cell(table.id, row_id, "gap").value
        key = cell_key(table.id, row_id, "closing")
        if gap and not _note_at(book, table, row_id, key):
            what = f"年初 + 购入 + 退回 和 发出 + 报废 + 年末 差 {brief(gap)} kg"
            yield Remark(key, Severity.SHOULD, what, "多半是盘点，补一句说明就行")
    if table.id == "env.monitoring":
        result = book.number(cell_key(table.id, row_id, "result"))
        limit = book.number(cell_key(table.id, row_id, "limit"))
        key = cell_key(table.id, row_id, "result")
        over = result is not None and limit is not None and result > limit
        if result is not None and limit is not None and over and not settled(book, row_id):
            what = f"结果 {brief(result)} 超过限值 {brief(limit)}"
            yield Remark(
                key, Severity.SHOULD, what, "先核对报告；真超了，在「处罚和超标」里写明怎么改"
            )


def _rule_remarks(
    derivation: Derivation, table: TableQuestion, row_id: str, column_id: str
) -> Iterator[Remark]:
    """An answer of this row that a rule could not make sense of."""
    figure = derivation.cell(table.id, row_id, column_id)
    for key in figure.missing:
        if key.startswith(f"{table.id}/{row_id}/") and derivation.book.text(key):
            why = figure.trace.note or "这一格程序对不上"
            yield Remark(key, Severity.SHOULD, why, "改好，旁边的数才算得出来")


def _input_of(expression: str, table_id: str, typed: list[str]) -> str:
    """The last typed column the formula names: the place to look first."""
    named = [column for column in typed if f"{table_id}.{column}" in expression]
    return named[-1] if named else typed[-1]


def _two_sides(
    derivation: Derivation, table: TableQuestion, row_id: str, left: str, right: str, place: str
) -> Iterator[Remark]:
    one = derivation.cell(table.id, row_id, left)
    other = derivation.cell(table.id, row_id, right)
    if one.value is None or other.value is None or one.value == other.value:
        return
    answer = cell_answer(derivation.book, table, row_id, place)
    if isinstance(answer, Given) and answer.note:
        return
    gap = abs(one.value - other.value)
    what = f"进 {brief(one.value)}，出 {brief(other.value)}，差 {brief(gap)} {one.unit}"
    yield Remark(
        cell_key(table.id, row_id, place), Severity.SHOULD, what, "检查这一行，或写一句原因"
    )
