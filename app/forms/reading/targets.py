"""Which column of ours each source is: for certain, in doubt and asked about, several added up."""

import re
from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction

from app.forms.cell_words import number_in
from app.forms.question import Question, QuestionKind, RowsKind, TableQuestion
from app.forms.reading.blocks import CLOCK
from app.forms.reading.columns import Match, Names
from app.forms.reading.entries import ChosenColumn
from app.forms.reading.heads import read_head
from app.forms.reading.plan import (
    SKIP,
    Draft,
)
from app.forms.reading.sources import Sheet, Source
from app.forms.reading.units import fit
from app.forms.reading.words import meaning_of_column, spoken, tight, words

_PARTS = {"其中的一部分", "分时的", "另一种费", "另一处来源的"}  # what may add up to the whole
_REUSED = re.compile("中水|再生|回用|雨水|自发|自备|柴发|发电")  # not part of what is taken in
_MOST_EACH = 6  # columns that are asked about one by one


def choose_targets(
    table: TableQuestion,
    names: Names,
    sheet: Sheet,
    columns: list[ChosenColumn],
    label: int,
    top_left: tuple[str, str] | None,
    targets: Mapping[int, str],
    draft: Draft,
) -> None:
    by_user = {place - label: target for place, target in targets.items() if place >= label}
    candidates: dict[str, list[ChosenColumn]] = defaultdict(list)
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
        if source.match is not None and _is_money(names, source, columns):
            told = meaning_of_column(source.match.target)
            fee = names.meanings.get((told.carrier.name, True)) if told is not None else None
            source.match = Match(fee, source.match.clean, 3) if fee is not None else None
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


def _is_money(names: Names, source: Source, columns: list[ChosenColumn]) -> bool:
    """An amount of a carrier by its head alone, under a title whose only unit is money that no other column takes."""
    head, match = source.head, source.match
    if match is None or head.unit or head.unread or not source.title_units:
        return False
    if meaning_of_column(match.target) is None or match.target.unit == "元":
        return False
    if not all(fit(unit, "元").factor and not fit(unit, "元").bare for unit in source.title_units):
        return False
    fees = (
        other.source.match or names.match(other.source.head, other.source.carrier)
        for other in columns
        if other.source is not source and other.source.kind == "number"
    )
    return not any(fee is not None and fee.target.unit == "元" for fee in fees)


def meaning_elsewhere(source: Source) -> bool:
    """The head speaks of something we know that has no column here."""
    return source.head.core in spoken() or source.item or bool(source.head.kinds)


def _match_text(table: TableQuestion, names: Names, column: ChosenColumn) -> None:
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
    target: str, found: list[ChosenColumn], columns: list[ChosenColumn], label: int, draft: Draft
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
        picked: list[ChosenColumn] | None = clean
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
    column: ChosenColumn, question: Question, columns: list[ChosenColumn], label: int, draft: Draft
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
    whole: ChosenColumn, clean: list[ChosenColumn], doubtful: list[ChosenColumn]
) -> list[ChosenColumn] | None:
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


def _add_up(parts: list[ChosenColumn], question: Question) -> None:
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


def _sum_of_fees(names: Names, columns: list[ChosenColumn], place: int) -> Match | None:
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


def _numbers_of(column: ChosenColumn) -> dict[str, Fraction]:
    return {
        entry.row_id: value
        for entry in column.source.entries
        if (value := number_in(entry.cell.text)) is not None
    }


def _meet(columns: list[ChosenColumn]) -> bool:
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
    numbers: list[ChosenColumn],
    columns: list[ChosenColumn],
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
    taken: dict[str, ChosenColumn] = {}
    for column in numbers:
        if column.question is None:
            continue
        if column.question.id in taken and _meet([taken[column.question.id], column]):
            column.question = None
            continue
        taken[column.question.id] = column


def _addable(numbers: list[ChosenColumn]) -> bool:
    """Parts of one thing by their heads (workshops, meters, times of a day), all in the same unit."""
    heads = [c.source.head for c in numbers]
    clocks = [bool(CLOCK.fullmatch(tight(head.text))) for head in heads]
    parts = [bool(head.kinds) and set(head.kinds) <= _PARTS for head in heads]
    return len({head.unit for head in heads}) == 1 and (all(clocks) or all(parts))


def meaning_carrier(question: Question) -> str:
    meaning = meaning_of_column(question)
    return meaning.carrier.name if meaning is not None else ""
