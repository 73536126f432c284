"""From sources and entries to a plan: columns chosen, units, several entries of one cell, checks, what is written."""

import re
from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from app.assessment.numbers import brief, number_text
from app.forms.answer import Answer, AnswerBook, Change, Given, cell_key
from app.forms.cell_words import number_in
from app.forms.grid import Grid, GridCell
from app.forms.question import Question, QuestionKind, RowsKind, TableQuestion
from app.forms.question_index import row_label
from app.forms.reading import nets
from app.forms.reading.blocks import CLOCK
from app.forms.reading.cells import read_cell
from app.forms.reading.columns import Match, Names
from app.forms.reading.heads import Head, read_head
from app.forms.reading.not_applicable import ask_not_applicable
from app.forms.reading.plan import (
    ROW_NAMES,
    SKIP,
    UNUSED,
    Draft,
    PastePlan,
    PasteProblem,
    PlannedCell,
    SourceColumn,
)
from app.forms.reading.records import Entry, Sheet, Source, read_sheet
from app.forms.reading.units import fit
from app.forms.reading.words import meaning_of_column, spoken, tight, words

_MOST_NAMED = 6
_MOST_RAW = 60  # rows shown as they came while nothing has its place
_PARTS = {"其中的一部分", "分时的", "另一种费", "另一处来源的"}  # what may add up to the whole
_REUSED = re.compile("中水|再生|回用|雨水|自发|自备|柴发|发电")  # not part of what is taken in
_MOST_EACH = 6  # columns that are asked about one by one
_PLAIN = re.compile(r"-?\d{1,15}(?:\.\d{1,9})?")
# Columns whose unit clients leave out although they write another one: what else it may be.
_ASKED_UNITS = {
    "万元": (("1/10000", "元"), ("1/10", "千元")),
    "kg": (("1000", "t"),),
    "t": (("1/1000", "kg"),),
    "m²": (("10000", "万 m²"),),
}


@dataclass
class _Cell:
    """One cell of ours on its way: value in our unit or an answer that is no number; where it came from."""

    entries: list[Entry]
    value: Fraction | None = None
    answer: Answer | None = None
    shown: str = ""
    note: str = ""


@dataclass
class _Column:
    source: Source
    question: Question | None = None
    factors: dict[str, Fraction | None] = field(
        default_factory=dict
    )  # unit as written -> factor, None = left out
    said: bool = False
    by: str = ""
    cells: dict[str, _Cell] = field(default_factory=dict)


def plan_records(
    table: TableQuestion,
    grid: Grid,
    book: AnswerBook,
    ids: Sequence[str],
    year: int | None,
    top_left: tuple[str, str] | None,
    targets: Mapping[int, str],
    factors: Mapping[int, Fraction],
    reason: str,
    draft: Draft,
) -> PastePlan:
    names = Names.of(table)
    sheet = read_sheet(table, grid, names, ids, year, top_left, targets, draft)
    sources = sorted((s for s in sheet.sources if s.entries or s.totals), key=lambda s: s.at)
    label = int(not sheet.positional)
    columns = [_Column(source) for source in sources]
    _choose_targets(table, names, sheet, columns, label, top_left, targets, draft)
    for place, column in enumerate(columns):
        _choose_units(table, column, place + label, factors, draft)
    twice = _several(sheet, columns, draft)
    waiting = 0
    for place, column in enumerate(columns):
        waiting += _read_column(table, column, place + label, twice, ids, reason, draft)
    _refuse_years(table, columns, ids, draft)
    _check_totals(columns, label, draft)
    _check_parts(columns, draft)
    _apply_nets(table, columns, label, ids, book, draft, _own_heads(table, columns, sheet))
    return _finish(table, grid, book, ids, sheet, columns, label, waiting, draft)


# ------------------------------------------------------------------ which column is which


def _choose_targets(
    table: TableQuestion,
    names: Names,
    sheet: Sheet,
    columns: list[_Column],
    label: int,
    top_left: tuple[str, str] | None,
    targets: Mapping[int, str],
    draft: Draft,
) -> None:
    by_user = {place - label: target for place, target in targets.items() if place >= label}
    candidates: dict[str, list[_Column]] = defaultdict(list)
    for place, column in enumerate(columns):
        source = column.source
        if place in by_user:
            column.by = "你选的"
            column.question = names.column(by_user[place])
            continue
        if source.kind == "text":
            _match_text(table, names, column)
            continue
        if (
            source.match is None
            and source.head.year is not None
            and table.rows is not RowsKind.MONTHS
        ):
            dated = next(
                (
                    c
                    for c in table.columns
                    if not c.derived and read_head(c.title).year == source.head.year
                ),
                None,
            )
            amount = source.head.core in words()["year_amounts"] and source.head.clean
            if dated is not None and amount:
                source.match = Match(dated, True, 4)
            elif amount and table.rows is not RowsKind.YEARS:
                column.by = "不写"
                draft.problem(
                    f"第 {place + label + 1} 列",
                    f"「{source.head.text}」不在三个审核年里，没有写",
                    "核对年份；审核年在「企业概况」里改",
                    column=place + label,
                )
                continue
        if source.match is None and (source.head.text or source.head.year) and not source.item:
            source.match = _sum_of_fees(names, columns, place) or names.match(
                source.head, source.carrier
            )
        if source.match is not None:
            if source.match.target.derived:
                draft.say(f"「{source.head.text}」这一列是算出来的，不写")
                column.by = "算出来的"
            elif source.match.target.kind is not QuestionKind.NUMBER:
                column.question, column.by = source.match.target, "标题"
            else:
                candidates[source.match.target.id].append(column)
    taken = {c.question.id for c in columns if c.question is not None}
    for target, found in candidates.items():
        if target not in taken:
            _settle(target, found, columns, label, draft)
    if (
        sheet.positional
        and table.rows is not RowsKind.MONTHS
        and not any(c.source.head.text for c in columns)
    ):
        typed = [c for c in table.columns if not c.derived]
        first = next((n for n, c in enumerate(typed) if top_left and c.id == top_left[1]), 0)
        for place, column in enumerate(columns):
            if column.by != "你选的" and first + place < len(typed):
                column.question, column.by = typed[first + place], "位置"
    numbers = [c for c in columns if c.source.kind == "number" and not c.by]
    settled = any(c.question is not None and c.source.kind == "number" for c in columns)
    open_targets = {
        d.id.removeprefix("column:") for d in draft.questions if d.id.startswith("column:")
    }
    if numbers and not settled and not open_targets:
        _by_cursor_or_asked(table, names, sheet, numbers, columns, label, top_left, draft)
    for place, column in enumerate(columns):
        source = column.source
        if column.question is None and not column.by and source.kind == "number" and source.entries:
            if source.head.name in ("序号",):
                continue
            meaning = meaning_elsewhere(source)
            name = f"「{source.head.text}」" if source.head.text else "没有列名"
            if meaning or (source.match is not None and source.match.why):
                why = (
                    f"是{source.match.why}"
                    if source.match is not None and source.match.why
                    else "不在这张表里"
                )
                draft.say(f"{name}{why}，没有写")
            else:
                draft.problem(
                    f"第 {place + label + 1} 列",
                    f"{name}，不知道是哪一列，没有写" if source.head.text else "多出来的列，没有写",
                    "在列名那里选一个，或者不要它",
                    column=place + label,
                )


def meaning_elsewhere(source: Source) -> bool:
    """The head speaks of something we know that has no column here."""
    return source.head.core in spoken() or source.item or bool(source.head.kinds)


def _match_text(table: TableQuestion, names: Names, column: _Column) -> None:
    head = column.source.head
    match = names.match(head, None) if head.text else None
    if (
        match is not None
        and match.clean
        and match.target.kind is not QuestionKind.NUMBER
        and not match.target.derived
    ):
        column.question, column.by = match.target, "标题"
        return
    data = words()
    if head.name in data["note_heads"] or tight(head.text) in data["note_heads"]:
        column.question = next((c for c in table.columns if c.id == "note" and not c.derived), None)
        column.by = "标题" if column.question is not None else "不写"
        return
    column.by = "不写"


def _settle(
    target: str, found: list[_Column], columns: list[_Column], label: int, draft: Draft
) -> None:
    """One column for certain, or a question."""
    best = (
        max(
            c.source.match.strength
            for c in found
            if c.source.match is not None and c.source.match.clean
        )
        if any(c.source.match is not None and c.source.match.clean for c in found)
        else 0
    )
    clean = [c for c in found if c.source.match is not None and c.source.match.clean]
    exact = [c for c in clean if c.source.match is not None and c.source.match.strength == best]
    whole = [c for c in clean if c.source.head.whole]
    doubtful = [c for c in found if c not in clean]
    question = found[0].source.match.target if found[0].source.match is not None else None
    assert question is not None
    if len(clean) > 1 and not _meet(clean):
        picked: list[_Column] | None = clean
    elif len(exact) == 1 and best == 4 and len(clean) > 1 and not whole:
        picked = exact
    else:
        picked = clean if len(clean) == 1 else None
    tax = [c for c in doubtful if "不含税的" in c.source.head.kinds]
    solar = [c for c in doubtful if "光伏的" in c.source.head.kinds]
    plain = picked is not None and len(picked) == 1 and not picked[0].source.head.whole
    unsure_solar = (
        bool(solar)
        and plain
        and picked is not None
        and not re.search("购|网|市电|下网", picked[0].source.head.name)
    )
    if len(whole) == 1 and len(clean) > 1:
        picked = _whole_of(whole[0], clean, doubtful) or picked
    sources = [
        c
        for c in doubtful
        if "另一处来源的" in c.source.head.kinds and "其中的一部分" not in c.source.head.kinds
    ]
    plain = picked is not None and len(picked) == 1 and not picked[0].source.head.whole
    if picked is not None and plain and question.unit == "元":
        untaxed = _beside_tax(picked[0], question, columns, label, draft)
        if untaxed:
            return
    if picked is not None and not tax and not unsure_solar and not (sources and plain):
        for column in picked:
            column.question, column.by = question, "标题"
        return
    order = [*clean, *doubtful] if clean else doubtful
    choices = [
        (f"col:{columns.index(c)}", f"写「{c.source.head.text or '没有列名'}」") for c in order
    ]
    parts = [
        c
        for c in doubtful
        if set(c.source.head.kinds) <= _PARTS and (c.source.head.kinds or question.unit == "元")
    ]
    if clean and sources:
        parts = [*clean[:1], *sources]
    if (not clean or sources) and len(parts) > 1:
        added = ("sum:" + ",".join(str(columns.index(c)) for c in parts), f"{len(parts)} 列加起来")
        choices.insert(1 if any(_REUSED.search(c.source.head.text) for c in sources) else 0, added)
    if not clean and len(found) == 1:
        why = found[0].source.match.why if found[0].source.match is not None else ""
        text = f"「{found[0].source.head.text}」{why if why.startswith('多了') else '是' + why}：写进「{question.title}」吗？"
    elif clean:
        heads = "、".join(f"「{c.source.head.text}」" for c in order)
        text = f"{heads}，哪一列是「{question.title}」？"
    else:
        heads = "、".join(f"「{c.source.head.text}」" for c in order)
        text = f"没有一列明写是全部的{question.title}，有{heads}：写哪一列？"
    chosen = draft.ask(
        f"column:{target}",
        text,
        [*choices, (SKIP, "都不写")],
        column=columns.index(order[0]) + label,
    )
    for column in found:
        column.by = column.by or "等你定"
    if chosen.startswith("col:"):
        column = columns[int(chosen[4:])]
        column.question, column.by = question, "你选的"
    elif chosen.startswith("sum:"):
        _add_up([columns[int(n)] for n in chosen[4:].split(",")], question)


def _beside_tax(
    column: _Column, question: Question, columns: list[_Column], label: int, draft: Draft
) -> bool:
    """True when the amount has a column of its tax beside it and nothing says that it holds the tax: that is asked."""
    if re.search("含税|价税|合计|总", column.source.head.text):
        return False
    tax = next((c for c in columns if re.fullmatch("税[额金].*", tight(c.source.head.text))), None)
    if tax is None or not tax.source.entries:
        return False
    mine, theirs = column.source.head.text, tax.source.head.text
    chosen = draft.ask(
        f"tax:{question.id}",
        f"「{mine}」旁边有「{theirs}」：「{mine}」是不含税的吗？",
        [
            ("sum", f"不含税，两列加起来是「{question.title}」"),
            ("own", f"写「{mine}」"),
            (SKIP, "都不写"),
        ],
        column=columns.index(column) + label,
    )
    column.by = tax.by = "等你定"
    if chosen == "sum":
        _add_up([column, tax], question)
    elif chosen == "own":
        column.question, column.by = question, "你选的"
    return True


def _whole_of(
    whole: _Column, clean: list[_Column], doubtful: list[_Column]
) -> list[_Column] | None:
    """A 「合计」 that is the sum of the columns beside it is the whole of them, or of years that have their own columns."""
    mine = _numbers_of(whole)
    others = [c for c in clean if c is not whole]
    if len(others) + len(doubtful) < 2:
        return None
    dated = len({c.source.head.year for c in others}) == len(others) > 1
    if not dated and any("光伏的" in c.source.head.kinds for c in (*others, *doubtful)):
        return None  # bought, or bought and made: not said
    sums = dict.fromkeys(mine if not dated else (r[5:] for r in mine), Fraction(0))
    for column in others if dated else (*others, *doubtful):
        if column.source.head.unit != whole.source.head.unit:
            return None
        for row_id, value in _numbers_of(column).items():
            key = row_id[5:] if dated else row_id
            sums[key] = sums.get(key, Fraction(0)) + value
    same = len(mine) > 2 and all(
        abs(sums[r[5:] if dated else r] - v) * 1000 <= abs(v) for r, v in mine.items()
    )
    if not same:
        return None
    return others if dated else [whole]


def _add_up(parts: list[_Column], question: Question) -> None:
    """Several columns become one; consent to add was given."""
    first, *rest = parts
    for column in rest:
        for entry in column.source.entries:
            entry.who = f"{entry.who} {column.source.head.text}".strip()
        first.source.entries += column.source.entries
    for entry in first.source.entries:
        entry.who = entry.who or first.source.head.text
        entry.day = True
    first.question, first.by = question, "你选的"


def _sum_of_fees(names: Names, columns: list[_Column], place: int) -> Match | None:
    """A bare 「合计」 whose numbers are the sum of the fees before it is the fee, whatever the title speaks of."""
    head = columns[place].source.head
    if head.core or not head.whole or head.kinds:
        return None
    mine = _numbers_of(columns[place])
    sums = dict.fromkeys(mine, Fraction(0))
    target: Question | None = None
    for other in reversed(columns[:place]):
        if other.source.kind != "number":
            break
        match = other.source.match or names.match(other.source.head, other.source.carrier)
        if match is None and "另一种费" not in other.source.head.kinds:
            break
        if match is not None and match.target.unit != "元":
            break
        target = match.target if match is not None else target
        theirs = _numbers_of(other)
        sums = {row_id: value + theirs.get(row_id, Fraction(0)) for row_id, value in sums.items()}
        if (
            target is not None
            and len(mine) > 2
            and all(abs(sums[r] - v) * 1000 <= abs(v) for r, v in mine.items())
        ):
            return Match(target, True, 3)
    return None


def _numbers_of(column: _Column) -> dict[str, Fraction]:
    return {
        entry.row_id: value
        for entry in column.source.entries
        if (value := number_in(entry.cell.text)) is not None
    }


def _meet(columns: list[_Column]) -> bool:
    """True when two of them would write the same row."""
    seen: set[str] = set()
    for column in columns:
        rows = {entry.row_id for entry in column.source.entries}
        if seen & rows:
            return True
        seen |= rows
    return False


def _elsewhere(source: Source) -> bool:
    """The head names a carrier that has no column in this table."""
    return source.head.core in spoken() and source.match is None


def _by_cursor_or_asked(
    table: TableQuestion,
    names: Names,
    sheet: Sheet,
    numbers: list[_Column],
    columns: list[_Column],
    label: int,
    top_left: tuple[str, str] | None,
    draft: Draft,
) -> None:
    typed = [c for c in table.columns if not c.derived]
    bare = all(not c.source.head.text for c in numbers)
    start = names.column(top_left[1]) if top_left else None
    if bare and start is not None and start.kind is QuestionKind.NUMBER:
        free = [c for c in typed[typed.index(start) :] if c.kind is QuestionKind.NUMBER]
        for column in numbers:
            if free:
                column.question, column.by = free.pop(0), "位置"
        if len(numbers) > 1:
            draft.say("没有列名，从光标那一列往右依次写")
        return
    numbers = [c for c in numbers if not _elsewhere(c.source)]
    fitting = [c for c in typed if c.kind is QuestionKind.NUMBER]
    if len(fitting) == 1 and len(numbers) == 1 and bare:
        numbers[0].question, numbers[0].by = fitting[0], "位置"
        return
    if len(numbers) > 1 and _addable(numbers):
        carrier = next((c.source.carrier for c in numbers if c.source.carrier is not None), None)
        fees = carrier is not None and not any(carrier.name == meaning_carrier(c) for c in fitting)
        wanted = [
            c for c in fitting if carrier is None or meaning_carrier(c) == carrier.name or fees
        ]
        heads = "、".join(f"「{c.source.head.text}」" for c in numbers[:3] if c.source.head.text)
        chosen = draft.ask(
            "sum",
            f"{heads or '没有列名的列'}{f'等 {len(numbers)} 列' if len(numbers) > 3 else ''}都不是全部：加起来写吗？",
            [
                *((c.id, f"{len(numbers)} 列加起来是「{c.title}」") for c in wanted[:_MOST_EACH]),
                *([("each", "一列一列地定")] if len(numbers) <= _MOST_EACH else []),
                (SKIP, "都不写"),
            ],
            column=columns.index(numbers[0]) + label,
        )
        if chosen != "each":
            for column in numbers:
                column.by = "等你定"
            question = names.column(chosen) if chosen and chosen != SKIP else None
            if question is not None:
                _add_up(numbers, question)
            return
    for column in numbers[:_MOST_EACH]:
        place = columns.index(column)
        carrier = column.source.carrier
        first = start.id if start is not None else ""
        ordered = sorted(
            fitting,
            key=lambda c: (c.id != first, carrier is None or meaning_carrier(c) != carrier.name),
        )
        name = f"「{column.source.head.text}」" if column.source.head.text else "没有列名的这一列"
        if column.source.year_heads and not column.source.head.name:
            name = f"「{'、'.join(f'{y} 年' for y in sorted(column.source.year_heads))}」下面的数"
        chosen = draft.ask(
            f"which:{place}",
            f"{name}是哪一列？",
            [
                *((c.id, f"{c.title}，{c.unit}" if c.unit else c.title) for c in ordered),
                (SKIP, "不要这一列"),
            ],
            column=place + label,
        )
        column.by = "等你定"
        if chosen and chosen != SKIP:
            column.question, column.by = names.column(chosen), "你选的"
    taken: dict[str, _Column] = {}
    for column in numbers:
        if column.question is None:
            continue
        if column.question.id in taken and _meet([taken[column.question.id], column]):
            column.question = None
            continue
        taken[column.question.id] = column


def _addable(numbers: list[_Column]) -> bool:
    """Parts of one thing by their heads (workshops, meters, times of a day), all in the same unit."""
    heads = [c.source.head for c in numbers]
    clocks = [bool(CLOCK.fullmatch(tight(head.text))) for head in heads]
    parts = [bool(head.kinds) and set(head.kinds) <= _PARTS for head in heads]
    return len({head.unit for head in heads}) == 1 and (all(clocks) or all(parts))


def meaning_carrier(question: Question) -> str:
    meaning = meaning_of_column(question)
    return meaning.carrier.name if meaning is not None else ""


# ------------------------------------------------------------------ units


def _choose_units(
    table: TableQuestion, column: _Column, view: int, factors: Mapping[int, Fraction], draft: Draft
) -> None:
    question, source = column.question, column.source
    if question is None or question.kind is not QuestionKind.NUMBER:
        return
    meaning = meaning_of_column(question)
    tonnes = meaning is not None and meaning.carrier.tonnes
    for unit in dict.fromkeys(entry.unit for entry in source.entries):
        if view in factors:
            column.factors[unit], column.said = factors[view], True
            continue
        if not question.unit and any(_row_unit(table, option.id) for option in table.fixed_rows):
            column.factors[unit] = Fraction(1)  # each row has its own unit
            continue
        column.factors[unit] = _factor(table, column, unit, question, tonnes, view, draft)


def _factor(
    table: TableQuestion,
    column: _Column,
    unit: str,
    question: Question,
    tonnes: bool,
    view: int,
    draft: Draft,
) -> Fraction | None:
    source = column.source
    own = question.unit
    name = source.head.text or question.title
    titled = [
        t
        for t in source.title_units
        if (f := fit(t, own, tonnes)).factor is not None and not f.bare
    ]
    if unit:
        found = fit(unit, own, tonnes)
        if found.factor is not None:
            column.said = True
            other = next((t for t in titled if fit(t, own, tonnes).factor != found.factor), None)
            if other is not None:
                return _ask_unit(
                    column, f"unit:{question.id}:{unit}", f"「{name}」的列名写 {unit}，上面的标题写 {other}：哪个对？",
                    [(str(found.factor), f"按 {unit}"), (str(fit(other, own, tonnes).factor), f"按 {other}")], view, draft,
                )  # fmt: skip
            if found.factor != 1:
                shown = _unit_as_written(source, unit)
                scale = f"当作{shown} {own}" if found.bare else f"按 {shown}"
                draft.say(f"「{name}」{scale} 换算成 {own}：乘 {brief(found.factor)}")
            return found.factor
        shown = _unit_as_written(source, unit)
        if own == "kWh" and tight(unit) in ("kw", "千瓦", "万kw", "万千瓦"):
            power = 10000 if "万" in unit else 1
            return _ask_unit(
                column, f"unit:{question.id}:{unit}", f"「{name}」的单位写的是 {shown}，那是功率：是 {shown}h 吗？",
                [(str(power), f"是{'万' if power > 1 else ''} kWh")], view, draft,
            )  # fmt: skip
        if found.other or not own:
            draft.problem(
                f"第 {view + 1} 列",
                f"「{name}」的单位是 {shown}，这一列要 {own or '别的'}，换算不了，没有写",
                "换一列，或改好单位再粘",
                column=view,
            )
            return None
        return _ask_unread(column, shown, question, name, view, draft)
    if source.head.unread:
        counted = fit(source.head.unread, own, tonnes).factor
        if counted is not None and own:
            column.said = True
            return counted  # a word that is a unit in this column only: 层, 人次
        return _ask_unread(column, source.head.unread, question, name, view, draft)
    if titled:
        factor = fit(titled[0], own, tonnes).factor
        assert factor is not None
        several = {fit(t, own, tonnes).factor for t in titled}
        if len(several) > 1:
            return _ask_unit(
                column, f"unit:{question.id}:title", f"标题里有两种单位：{'、'.join(titled)}，「{name}」是哪一种？",
                [(str(fit(t, own, tonnes).factor), f"按 {t}") for t in titled], view, draft,
            )  # fmt: skip
        column.said = True
        if factor != 1:
            draft.say(f"「{name}」按标题里的 {titled[0]} 换算成 {own}：乘 {brief(factor)}")
        return factor
    if (
        table.rows is not RowsKind.MONTHS
        and own in _ASKED_UNITS
        and source.head.text
        and source.entries
    ):
        if tight(source.head.text) == tight(question.title) and column.by == "位置":
            return Fraction(1)
        written = any(re.search(r"\d\s*[a-zA-Z一-龥]", e.cell.text) for e in source.entries)
        if not written and not source.title_units:
            return _ask_unit(
                column,
                f"unit:{question.id}:none",
                f"「{name}」没写单位：是 {own} 吗？",
                [
                    ("1", f"是 {own}"),
                    *((factor, f"是 {unit}") for factor, unit in _ASKED_UNITS[own]),
                ],
                view,
                draft,
            )
    for text in source.title_units:
        found = fit(text, own, tonnes)
        if found.bare:
            assert found.factor is not None
            return _ask_unit(
                column, f"unit:{question.id}:title", f"标题写「单位：{text}」，「{name}」也是{text} {own} 吗？",
                [(str(found.factor), f"是{text} {own}"), ("1", f"就是 {own}")], view, draft,
            )  # fmt: skip
        if not found.other and found.factor is None:
            return _ask_unread(column, text, question, name, view, draft)
    return Fraction(1)


def _unit_as_written(source: Source, unit: str) -> str:
    found = re.search(re.escape(unit), source.head.text, re.IGNORECASE)
    return found[0] if found else unit


def _ask_unread(
    column: _Column, shown: str, question: Question, name: str, view: int, draft: Draft
) -> Fraction | None:
    own = question.unit
    return _ask_unit(
        column, f"unit:{question.id}:{shown}", f"「{name}」里的「{shown}」看不懂，是单位吗？",
        [("1", f"数就是 {own}" if own else "照写"), ("1000", f"是千 {own}"), ("10000", f"是万 {own}")], view, draft,
    )  # fmt: skip


def _ask_unit(
    column: _Column, doubt: str, text: str, choices: list[tuple[str, str]], view: int, draft: Draft
) -> Fraction | None:
    chosen = draft.ask(doubt, text, [*choices, (SKIP, "这一列不写")], column=view)
    column.said = True
    return Fraction(chosen) if chosen and chosen != SKIP else None


# ------------------------------------------------------------------ several entries of one cell


def _several(sheet: Sheet, columns: list[_Column], draft: Draft) -> str:
    """How several rows of one month are taken: "sum", "first", "last", "shift" or "" (left out)."""
    groups: dict[str, dict[tuple[int, int], Entry]] = defaultdict(dict)
    void: set[tuple[int, int]] = set()
    marks = words()["void_words"]
    for column in columns:
        if column.question is None or column.source.kind != "number":
            continue
        for entry in column.source.entries:
            if entry.spread:
                continue
            groups[entry.row_id].setdefault(entry.order, entry)
            if any(mark in entry.who for mark in marks):
                void.add(entry.order)
    if void:
        chosen = draft.ask(
            "void",
            f"有 {len(void)} 行写着作废：怎么办？",
            (("drop", "作废的不算"), ("keep", "照样算"), (SKIP, "有作废的月份都不写")),
        )
        for column in columns:
            if chosen == "drop":
                column.source.entries = [e for e in column.source.entries if e.order not in void]
            elif chosen != "keep":
                months = {e.row_id for e in column.source.entries if e.order in void}
                column.source.entries = [e for e in column.source.entries if e.row_id not in months]
        if chosen != "keep":
            for row_id in list(groups):
                groups[row_id] = {o: e for o, e in groups[row_id].items() if o not in void}
    twice = {
        row_id: list(found.values())
        for row_id, found in groups.items()
        if len(found) > 1 and _same_column(columns, row_id)
    }
    if not twice:
        return "sum"
    named = [f"{_month_words(r)} {len(e)} 行" for r, e in list(twice.items())[:3]]
    more = f"等 {len(twice)} 个月" if len(twice) > 3 else ""
    words_of = f"{'、'.join(named)}{more}"
    if all(entry.day for found in twice.values() for entry in found):
        twins = [e for found in twice.values() for e in _twins(columns, found)]
        if not twins:
            draft.say(f"同一个月的几行加起来写成一个数：{words_of}")
            return "sum"
    if all(_apart(found) for found in twice.values()):
        draft.say(f"同一个月的几行加起来写成一个数：{words_of}")
        return "sum"
    choices = [("sum", "加起来"), ("first", "只要前一行"), ("last", "只要后一行")]
    if len(twice) == 1 and re.fullmatch(r"\d{4}-\d{2}", next(iter(twice))):
        row_id, found = next(iter(twice.items()))
        after = _next_month(row_id)
        if len(found) == 2 and after[:4] == row_id[:4] and after not in groups:
            choices.insert(1, ("shift", f"后一行是 {int(after[5:])} 月"))
    extra = ""
    if any(_twins(columns, found) for found in twice.values()):
        extra = "，其中有一模一样的"
    chosen = draft.ask(
        "twice", f"同一个月有几行：{words_of}{extra}。怎么记？", (*choices, (SKIP, "这些月不写"))
    )
    if chosen == "shift":
        row_id, found = next(iter(twice.items()))
        last = max(entry.order for entry in found)
        for column in columns:
            for entry in column.source.entries:
                if entry.order == last:
                    entry.row_id = _next_month(row_id)
        return "sum"
    return "" if chosen in ("", SKIP) else chosen


def _same_column(columns: list[_Column], row_id: str) -> bool:
    """True when one column of ours would get several numbers in this row."""
    counts: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for column in columns:
        if column.question is not None and column.source.kind == "number":
            for entry in column.source.entries:
                if entry.row_id == row_id and not entry.spread:
                    counts[column.question.id].add(entry.order)
    return any(len(orders) > 1 for orders in counts.values())


def _twins(columns: list[_Column], found: list[Entry]) -> list[Entry]:
    """Entries whose whole row stands there twice."""
    seen: set[tuple[object, ...]] = set()
    result = []
    for entry in found:
        whole = (
            (
                entry.label,
                entry.who,
                entry.days,
                *(
                    tight(e.cell.text)
                    for c in columns
                    for e in c.source.entries
                    if e.order == entry.order
                ),
            )
            if len(found) < 40
            else (entry.order,)
        )
        if whole in seen:
            result.append(entry)
        seen.add(whole)
    return result


_SUSPICIOUS = re.compile(
    r"(?:^|\s)(?:尖峰?|高?峰|平|低?谷)(?:段|时段|期)?(?:$|\s)|本年|上年|去年|计划|实际|同期|预算|累计|其中|冲红|红冲|冲|退|更正|调整|补"
)


def _apart(found: list[Entry]) -> bool:
    """The other words of the rows tell them apart as meters, houses, places: they are parts of one month."""
    who = [tight(entry.who) for entry in found]
    if len({entry.order[0] for entry in found}) > 1:
        return False
    return (
        all(who)
        and len(set(who)) == len(who)
        and not any(_SUSPICIOUS.search(entry.who) for entry in found)
    )


def _next_month(row_id: str) -> str:
    number = int(row_id[:4]) * 12 + int(row_id[5:])
    return f"{number // 12}-{number % 12 + 1:02d}"


def _month_words(row_id: str) -> str:
    if re.fullmatch(r"\d{4}-\d{2}", row_id):
        return f"{row_id[:4]} 年 {int(row_id[5:])} 月"
    return row_id


# ------------------------------------------------------------------ reading


def _read_column(
    table: TableQuestion,
    column: _Column,
    view: int,
    twice: str,
    ids: Sequence[str],
    reason: str,
    draft: Draft,
) -> int:
    question, source = column.question, column.source
    if question is None:
        return 0
    waiting = 0
    meaning = meaning_of_column(question)
    tonnes = meaning is not None and meaning.carrier.tonnes
    groups: dict[str, list[Entry]] = defaultdict(list)
    known = set(ids)
    for entry in source.entries:
        if entry.spread.startswith("check"):
            continue
        if entry.spread:
            _spread(column, entry, question, view, known, tonnes, draft)
            continue
        groups[entry.row_id].append(entry)
    for row_id, entries in groups.items():
        if row_id not in known:
            column.cells[row_id] = _Cell(entries)
            continue
        if len(entries) > 1 and question.kind is not QuestionKind.NUMBER:
            texts = list(dict.fromkeys(e.cell.text.strip() for e in entries if e.cell.text.strip()))
            if question.id == "note":
                cell = GridCell("；".join(texts), entries[0].cell.place)
            elif len(texts) == 1:
                cell = GridCell(texts[0], entries[0].cell.place)
            else:
                draft.say(f"同一个月里写法不一样的不写：{source.head.text or question.title}")
                continue
            entries = [Entry(cell, row_id, entries[0].order)]
        elif len(entries) > 1:
            if not twice:
                column.cells[row_id] = _Cell(entries)
                continue
            if twice in ("first", "last"):
                entries = [entries[0] if twice == "first" else entries[-1]]
        waiting += _read_entries(
            table, column, question, row_id, entries, view, reason, tonnes, draft
        )
    return waiting


def _read_entries(
    table: TableQuestion,
    column: _Column,
    question: Question,
    row_id: str,
    entries: list[Entry],
    view: int,
    reason: str,
    tonnes: bool,
    draft: Draft,
) -> int:
    total = Fraction(0)
    shown = Fraction(0)
    made = _Cell(entries)
    row_unit = (
        _row_unit(table, row_id)
        if not question.unit and question.kind is QuestionKind.NUMBER
        else ""
    )
    column.cells[row_id] = made
    single = len(entries) == 1
    plain: dict[
        str, int
    ] = {}  # unit -> sum of plain numbers, in billionths: tens of thousands of readings add up fast
    for entry in entries:
        if not single and not row_unit and not entry.cell.note:
            scaled = _billionths(entry.cell.text)
            if scaled is not None:
                plain[entry.unit] = plain.get(entry.unit, 0) + scaled
                continue
        factor = (
            column.factors.get(entry.unit, Fraction(1))
            if question.kind is QuestionKind.NUMBER
            else Fraction(1)
        )
        if row_unit:
            factor = _fit_row(entry, row_unit, view, draft)
        if factor is None:
            return 0
        refused: list[tuple[str, str]] = []
        read = read_cell(
            question,
            entry.cell,
            reason,
            _into(refused),
            factor=factor,
            tonnes=tonnes,
            say=draft.say,
        )
        for what, remedy in refused:
            if not single and read.answer is None:
                what = f"{what.removesuffix('，没有写')}，{_month_words(row_id)}的{question.title}加不起来，没有写"
                remedy = "在原表里改好这一格再导入，或写入后手填这个月"
            draft.problem(entry.cell.place, what, remedy, row=_row_key(entry), column=view)
        if read.own_unit:
            column.said = True
        if single:
            made.answer, made.value = read.answer, read.value
            made.shown = entry.cell.text.strip()
            return int(read.waiting)
        if read.value is None:
            if not entry.cell.text.strip():
                continue
            if not refused:
                draft.problem(
                    entry.cell.place, f"「{entry.cell.text.strip()}」不是数，{_month_words(row_id)}的{question.title}加不起来，没有写",
                    "在原表里改好这一格再导入，或写入后手填这个月", row=_row_key(entry), column=view,
                )  # fmt: skip
            return 0
        total += read.value
        shown += read.value / factor
    for unit, scaled in plain.items():
        factor = column.factors.get(unit, Fraction(1))
        if factor is None:
            return 0
        total += Fraction(scaled, 10**9) * factor
        shown += Fraction(scaled, 10**9)
    made.value = total
    made.answer = Given(number_text(total))
    made.shown = number_text(shown)
    return 0


def _into(out: list[tuple[str, str]]) -> Callable[[str, str], None]:
    """A collector of what is refused."""
    return lambda what, remedy: out.append((what, remedy))


def _billionths(text: str) -> int | None:
    """A plain number times a billion, exactly; None for anything else."""
    if not _PLAIN.fullmatch(text):
        return None
    whole, _, rest = text.partition(".")
    value = int(whole.lstrip("-") + rest.ljust(9, "0"))
    return -value if text[0] == "-" else value


def _fit_row(entry: Entry, row_unit: str, view: int, draft: Draft) -> Fraction | None:
    """The factor of a cell whose unit stands in the name of its row."""
    if not entry.unit:
        chosen = draft.ask(
            "unit:rows",
            f"没写单位：都是表里每一行的单位吗（{row_unit} 这样）？",
            (("1", "是，照写"), (SKIP, "不写")),
        )
        return Fraction(1) if chosen == "1" else None
    found = fit(entry.unit, row_unit)
    if found.factor is None:
        draft.problem(
            entry.cell.place,
            f"单位是「{entry.unit}」，这一行要 {row_unit}，换算不了，没有写",
            f"换成 {row_unit} 再粘",
            row=_row_key(entry),
            column=view,
        )
    return found.factor


def _row_unit(table: TableQuestion, row_id: str) -> str:
    """The unit a listed row has in its own name: 「柴油 kg」."""
    label = next((option.label for option in table.fixed_rows if option.id == row_id), "")
    return read_head(label).unit if label else ""


def _row_key(entry: Entry) -> int:
    """Marks a problem with the row it came from; turned into a row of the preview at the end."""
    return entry.order[0] * 1_000_000 + entry.order[1]


def _spread(
    column: _Column,
    entry: Entry,
    question: Question,
    view: int,
    known: set[str],
    tonnes: bool,
    draft: Draft,
) -> None:
    """One number for several months: never written as one month, shared by day only with consent."""
    kind, _, rest = entry.spread.partition(":")
    if kind == "merged":
        start = int(entry.row_id[:4]) * 12 + int(entry.row_id[5:]) - 1
        months = [f"{n // 12}-{n % 12 + 1:02d}" for n in range(start, start + int(rest))]
        days = {m: Fraction(monthrange(int(m[:4]), int(m[5:]))[1]) for m in months}
    elif kind == "days":
        days = {p.split("=")[0]: Fraction(p.split("=")[1].split("/")[0]) for p in rest.split(",")}
        months = list(days)
    else:
        months = rest.split(",")
        days = {m: Fraction(monthrange(int(m[:4]), int(m[5:]))[1]) for m in months}
    first, last = months[0], months[-1]
    words_of = f"{_month_words(first)}到 {int(last[5:])} 月"
    if question.kind is not QuestionKind.NUMBER:
        return
    chosen = draft.ask(
        "share",
        f"{entry.cell.place}「{entry.cell.text.strip()}」是{words_of}合在一起的，这张表一个月一格：不能当一个月写",
        ((SKIP, "不写，回去要每个月的"), ("share", "按天数分到各月，说明里写明")),
        column=view,
    )
    if chosen != "share":
        draft.problem(
            entry.cell.place, f"{words_of}合在一起的 {entry.cell.text.strip()} 没有写", "向供应方要每个月的账单，或选按天数分到各月",
            row=_row_key(entry), column=view,
        )  # fmt: skip
        return
    factor = column.factors.get(entry.unit, Fraction(1))
    if factor is None:
        return
    refused: list[tuple[str, str]] = []
    read = read_cell(
        question,
        entry.cell,
        "",
        lambda what, remedy: refused.append((what, remedy)),
        factor=factor,
        tonnes=tonnes,
    )
    for what, remedy in refused:
        draft.problem(entry.cell.place, what, remedy, row=_row_key(entry), column=view)
    if read.value is None:
        return
    whole = sum(days.values(), Fraction(0))
    left = read.value
    for month in months:
        part = (
            left if month == last else Fraction(round(read.value * days[month] / whole * 100), 100)
        )
        left -= part
        cell = column.cells.setdefault(month, _Cell([]))
        cell.entries.append(entry)
        cell.value = (cell.value or Fraction(0)) + part
        cell.answer = Given(
            number_text(cell.value),
            note=f"{words_of}共 {brief(read.value)} {question.unit}，按天数分摊",
        )
        cell.shown = number_text(cell.value / factor)


def _refuse_years(
    table: TableQuestion, columns: list[_Column], ids: Sequence[str], draft: Draft
) -> None:
    known = set(ids)
    outside: dict[str, Entry] = {}
    for column in columns:
        if column.question is None:
            continue
        for row_id in [r for r in column.cells if r not in known]:
            entries = column.cells.pop(row_id).entries
            if entries:
                outside.setdefault(row_id, entries[0])
    for row_id, entry in list(outside.items())[:_MOST_NAMED]:
        draft.problem(
            entry.cell.place,
            f"「{_month_words(row_id)}」不在三个审核年里，这一行没有写",
            "核对年份；审核年在「企业概况」里改",
            row=_row_key(entry),
        )
    if len(outside) > _MOST_NAMED:
        draft.problem(
            "",
            f"还有 {len(outside) - _MOST_NAMED} 个月不在三个审核年里，没有写",
            "核对年份；审核年在「企业概况」里改",
        )


# ------------------------------------------------------------------ checks


def _check_totals(columns: list[_Column], label: int, draft: Draft) -> None:
    """The block's own totals are not written, but compared; where they differ the column is asked about."""
    said = False
    for place, column in enumerate(columns):
        source = column.source
        if column.question is None or source.kind != "number":
            continue
        if not source.totals:
            continue
        numbers = [
            (e.order, number_in(e.cell.text))
            for e in source.entries
            if not e.spread.startswith("check")
        ]
        for cell, kind, scope in source.totals:
            said = True
            written = number_in(re.sub(r"^(?:小计|合计|总计|累计)[\s:：]*", "", cell.text.strip()))
            if written is None or kind == "mean":
                continue
            block, index = (int(n) for n in scope.split(":"))
            here = [
                (order[1], value)
                for order, value in numbers
                if order[0] == block and value is not None
            ]
            before = [
                i
                for i in (
                    int(s.split(":")[1])
                    for _, _, s in source.totals
                    if s.split(":")[0] == str(block)
                )
                if i < index
            ]
            since = max(before, default=-1)
            sums = {
                sum((v for _, v in here), Fraction(0)),
                sum((v for i, v in here if since < i < index), Fraction(0)),
                sum((v for i, v in here if i < index), Fraction(0)),
                sum((v for i, v in here if i > index), Fraction(0)),
            }
            if len(source.totals) > 1 and kind == "all":
                later = [
                    i for i in (int(s.split(":")[1]) for _, _, s in source.totals) if i > index
                ]
                sums.add(
                    sum((v for i, v in here if index < i < min(later, default=10**9)), Fraction(0))
                )
            added = (
                sum((v for _, v in here), Fraction(0))
                if kind == "all"
                else sum((v for i, v in here if since < i < index), Fraction(0))
            )
            if not here or any(
                abs(written - one) * 1000 <= abs(one) for one in sums if one or not written
            ):
                continue
            chosen = draft.ask(
                f"total:{place}:{scope}",
                f"{cell.place} 原表合计写 {brief(written)}，各行加起来是 {brief(added)}：是不是漏了行，或者有一格不对？",
                (("keep", "各行照写，合计不写"), (SKIP, "这一列不写")),
                column=place + label,
            )
            if chosen != "keep":
                column.cells.clear()
                break
    if said:
        draft.say("合计、平均这些行不写，只拿来核对")
    for column in columns:
        _check_periods(column, draft)


def _check_periods(column: _Column, draft: Draft) -> None:
    """Quarters beside their months are a check; a quarter whose months are missing is refused by name."""
    if column.question is None or not any(
        e.spread.startswith("check") for e in column.source.entries
    ):
        return
    single = {e.row_id: number_in(e.cell.text) for e in column.source.entries if not e.spread}
    for entry in column.source.entries:
        if not entry.spread.startswith("check"):
            continue
        months = entry.spread.partition(":")[2].split(",")
        have = [m for m in months if m in single]
        written = number_in(entry.cell.text)
        if len(have) < len(months):
            draft.problem(
                entry.cell.place, f"{_month_words(months[0])}到 {int(months[-1][5:])} 月合在一起的 {entry.cell.text.strip()} 没有写，里面有的月没有单独的数",
                "补上每个月的数再粘", row=_row_key(entry),
            )  # fmt: skip
            continue
        added = sum((single[m] or Fraction(0) for m in have), Fraction(0))
        if written is not None and abs(written - added) * 1000 > abs(added):
            draft.problem(
                entry.cell.place, f"{_month_words(months[0])}到 {int(months[-1][5:])} 月合计写 {brief(written)}，各月加起来是 {brief(added)}",
                "核对各月；合计不写", row=_row_key(entry),
            )  # fmt: skip


def _check_parts(columns: list[_Column], draft: Draft) -> None:
    """A total that is smaller than one of its parts is no total."""
    for place, column in enumerate(columns):
        question = column.question
        if question is None or column.source.kind != "number" or column.by == "你选的":
            continue
        mine: dict[str, Fraction | None] | None = None
        for other in columns:
            match = other.source.match
            if other is column or match is None or match.clean or match.target.id != question.id:
                continue
            if (
                not set(other.source.head.kinds) <= {"其中的一部分", "分时的", "不含税的"}
                or not other.source.head.kinds
            ):
                continue
            if other.source.head.unit != column.source.head.unit:
                continue
            if mine is None:
                mine = {
                    e.row_id: number_in(e.cell.text) for e in column.source.entries if not e.spread
                }
            theirs = {e.row_id: number_in(e.cell.text) for e in other.source.entries}
            larger = [
                r
                for r, v in theirs.items()
                if v is not None and (m := mine.get(r)) is not None and v > m * Fraction(1001, 1000)
            ]
            if len(larger) * 4 > len(theirs) and len(larger) > 0:
                chosen = draft.ask(
                    f"parts:{question.id}",
                    f"「{column.source.head.text}」比「{other.source.head.text}」还小：哪一列是全部的{question.title}？",
                    (("keep", f"就是「{column.source.head.text}」"), (SKIP, "这一列不写")),
                    column=place,
                )
                if chosen != "keep":
                    column.cells.clear()


def _own_heads(table: TableQuestion, columns: list[_Column], sheet: Sheet) -> bool:
    """A whole table copied from here: every column of ours with its unit, rows by our ids. Its numbers were looked at when
    they were typed."""
    heads = {tight(c.source.head.text) for c in columns}
    mine = [
        {
            tight(column.title + column.unit),
            tight(f"{column.title}({column.unit})"),
            tight(column.title),
        }
        if not column.unit
        else {tight(f"{column.title}({column.unit})"), tight(f"{column.title}{column.unit}")}
        for column in table.columns
        if not column.derived
    ]
    return sheet.by_id and len(mine) > 1 and all(heads & names for names in mine)


def _apply_nets(
    table: TableQuestion,
    columns: list[_Column],
    label: int,
    ids: Sequence[str],
    book: AnswerBook,
    draft: Draft,
    own: bool,
) -> None:
    found: dict[str, nets.Column] = {}
    for place, column in enumerate(columns):
        question = column.question
        if question is None or question.kind is not QuestionKind.NUMBER:
            continue
        values = {
            r: c.value
            for r, c in column.cells.items()
            if c.value is not None and c.answer is not None
        }
        if not values:
            continue
        if question.id in found:
            found[question.id].values |= values
            found[question.id].said = found[question.id].said and column.said
            continue
        meaning = meaning_of_column(question)
        found[question.id] = nets.Column(
            question,
            meaning.carrier if meaning else None,
            bool(meaning and meaning.fee),
            dict(values),
            place + label,
            column.said or (column.by == "你选的" and False),
        )
    factors = nets.check(table, found, ids, book, draft, own)
    for column in columns:
        if column.question is None:
            continue
        for row_id, factor in factors.get(column.question.id, {}).items():
            cell = column.cells.get(row_id)
            if cell is None or cell.value is None:
                continue
            if factor == 0:
                cell.answer = None
            elif isinstance(cell.answer, Given):
                cell.value *= factor
                cell.answer = Given(number_text(cell.value), raw=cell.shown, note=cell.answer.note)


# ------------------------------------------------------------------ the plan


def _finish(
    table: TableQuestion,
    grid: Grid,
    book: AnswerBook,
    ids: Sequence[str],
    sheet: Sheet,
    columns: list[_Column],
    label: int,
    waiting: int,
    draft: Draft,
) -> PastePlan:
    order = {row_id: place for place, row_id in enumerate(ids)}
    used = sorted(
        {r for c in columns for r in c.cells if r in order}
        | {e.row_id for c in columns for e in c.source.entries if e.row_id in order},
        key=lambda r: order[r],
    )
    _add_periods(table, sheet, columns, used)
    row_of = {row_id: place for place, row_id in enumerate(used)}
    lines: list[tuple[GridCell, ...]] = []
    origin: dict[int, int] = {}
    for row_id in used:
        first = [GridCell(_label_of(columns, row_id, table, book), "")] if label else []
        cells = []
        for column in columns:
            cell = column.cells.get(row_id)
            if cell is None:
                entry = next(
                    (e for e in column.source.entries if e.row_id == row_id and not e.spread), None
                )
                cells.append(entry.cell if entry is not None else GridCell(""))
            else:
                places = [e.cell.place for e in cell.entries]
                where = (
                    places[0]
                    if len(places) == 1
                    else f"{places[0]} 等 {len(places)} 格"
                    if places
                    else ""
                )
                shown = cell.shown or (cell.entries[0].cell.text.strip() if cell.entries else "")
                cells.append(
                    GridCell(
                        shown, where, cell.entries[0].cell.note if len(cell.entries) == 1 else ""
                    )
                )
            for entry in column.source.entries:
                if entry.row_id == row_id:
                    origin[_row_key(entry)] = row_of[row_id]
        lines.append((*first, *cells))
    rows = [*used]
    for named, what, remedy in sheet.unplaced[:200]:
        draft.problem(named.place, what, remedy, row=len(lines), column=0)
        blanks = [GridCell("")] * (len(columns) + label - 1) if len(columns) + label else []
        lines.append((named, *blanks))
        rows.append("")
    if len(sheet.unplaced) > 200:
        draft.problem(
            "",
            f"还有 {len(sheet.unplaced) - 200} 行不知道是哪一行，没有写",
            "月份写成 2025-03 或 3月",
        )
    draft.problems[:] = [_placed(p, origin, len(lines)) for p in draft.problems]
    planned: list[PlannedCell] = []
    unchanged = 0
    for place, column in enumerate(columns):
        question = column.question
        if question is None:
            continue
        for row_id, cell in column.cells.items():
            answer = cell.answer
            if answer is None or row_id not in row_of:
                continue
            key = cell_key(table.id, row_id, question.id)
            before = book.get(key)
            if answer == before or (
                isinstance(answer, Given)
                and isinstance(before, Given)
                and answer.text == before.text
            ):
                unchanged += 1
                continue
            where = lines[row_of[row_id]][place + label].place if lines else ""
            planned.append(
                PlannedCell(
                    row_of[row_id],
                    place + label,
                    key,
                    row_id,
                    question.id,
                    cell.shown,
                    before,
                    answer,
                    where,
                )
            )
    planned, undone = ask_not_applicable(table, book, planned, draft)
    planned.sort(key=lambda cell: (cell.row, cell.column))
    shown_columns = (
        [SourceColumn(sheet.label_head or table.row_title or "行", ROW_NAMES, "内容")]
        if label
        else []
    )
    for column in columns:
        known = [f for f in column.factors.values() if f is not None]
        factor = known[0] if known and len(set(known)) == 1 else Fraction(1)
        shown_columns.append(
            SourceColumn(
                _heading(column.source),
                column.question.id if column.question else UNUSED,
                column.by,
                factor,
                column.source.head.unit or (column.question.unit if column.question else ""),
            )
        )
    years = (
        tuple(sorted({int(c.row_id[:4]) for c in planned}))
        if table.rows in (RowsKind.MONTHS, RowsKind.YEARS)
        else ()
    )
    if waiting:
        draft.problem(
            "", f"有 {waiting} 格写着「/」，看成不适用，还没写原因", "在下面写一句原因，就一起写入"
        )
    if not planned and not unchanged and not draft.questions and not draft.problems:
        draft.problem("", "没有看到能写的数", "选中带月份和列名的格子，复制后再粘")
    raw = not lines and bool(draft.questions)
    if raw:
        lines = list(grid.rows[:_MOST_RAW])
        rows = [""] * len(lines)
        shown_columns = [SourceColumn("", UNUSED) for _ in range(grid.width)]
    if table.rows is RowsKind.MONTHS and len(years) > 1:
        draft.say(f"一共 {len(years)} 年：{'、'.join(map(str, years))}")
    return PastePlan(
        table=table,
        grid=Grid(tuple(lines), grid.notes, grid.sheet, grid.file),
        head_rows=0,
        columns=tuple(shown_columns),
        rows=tuple(rows),
        cells=tuple(planned),
        changes=(*undone, *(Change(cell.key, cell.before, cell.after) for cell in planned)),
        problems=tuple(draft.problems),
        understood=tuple(draft.understood),
        questions=tuple(draft.questions),
        reason_needed=waiting,
        unchanged=unchanged,
        settled=tuple(draft.settled),
        years=years,
        raw=raw,
    )


def _placed(problem: PasteProblem, origin: Mapping[int, int], count: int) -> PasteProblem:
    if problem.row < 0 or (problem.row in range(count) and problem.row not in origin):
        return problem
    return replace(problem, row=origin.get(problem.row, -1))


def _heading(source: Source) -> str:
    if len(source.year_heads) > 1:
        return "｜".join(f"{y} 年" for y in sorted(source.year_heads)) + (
            f" {source.head.name}" if source.head.name else ""
        )
    return source.head.text


def _label_of(columns: list[_Column], row_id: str, table: TableQuestion, book: AnswerBook) -> str:
    return row_label(table, row_id, book)


def _add_periods(
    table: TableQuestion, sheet: Sheet, columns: list[_Column], used: list[str]
) -> None:
    """The period of a bill is kept in the column for it."""
    column = next((c for c in table.columns if c.id == "period" and not c.derived), None)
    if column is None or not sheet.periods or any(c.question is column for c in columns):
        return
    source = Source(Head(column.title, column.title, column.title), "text")
    made = _Column(source, column, by="内容")
    for row_id in used:
        text = sheet.periods.get(row_id)
        if text:
            made.cells[row_id] = _Cell([], answer=Given(text), shown=text)
    if made.cells:
        columns.append(made)


__all__ = ["Match", "plan_records"]
