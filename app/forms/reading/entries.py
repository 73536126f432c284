"""From entries to cells: several rows of one month, cells read, sums, periods shared by day."""

import re
from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from app.assessment.numbers import brief, number_text
from app.forms.answer import Answer, Given
from app.forms.grid import GridCell
from app.forms.question import Question, QuestionKind, TableQuestion
from app.forms.reading.cells import read_cell
from app.forms.reading.plan import (
    SKIP,
    Draft,
)
from app.forms.reading.sources import Entry, Sheet, Source
from app.forms.reading.units import fit
from app.forms.reading.words import meaning_of_column, tight, words
from app.forms.row_units import unit_in_name

_MOST_NAMED = 6
_PLAIN = re.compile(r"-?\d{1,15}(?:\.\d{1,9})?")


@dataclass
class FilledCell:
    """One cell of ours on its way: value in our unit or an answer that is no number; where it came from."""

    entries: list[Entry]
    value: Fraction | None = None
    answer: Answer | None = None
    shown: str = ""
    note: str = ""


@dataclass
class ChosenColumn:
    source: Source
    question: Question | None = None
    factors: dict[str, Fraction | None] = field(
        default_factory=dict
    )  # unit as written -> factor, None = left out
    said: bool = False
    by: str = ""
    cells: dict[str, FilledCell] = field(default_factory=dict)


def settle_several(sheet: Sheet, columns: list[ChosenColumn], draft: Draft) -> str:
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
    named = [f"{words_of_month(r)} {len(e)} 行" for r, e in list(twice.items())[:3]]
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


def _same_column(columns: list[ChosenColumn], row_id: str) -> bool:
    """True when one column of ours would get several numbers in this row."""
    counts: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for column in columns:
        if column.question is not None and column.source.kind == "number":
            for entry in column.source.entries:
                if entry.row_id == row_id and not entry.spread:
                    counts[column.question.id].add(entry.order)
    return any(len(orders) > 1 for orders in counts.values())


def _twins(columns: list[ChosenColumn], found: list[Entry]) -> list[Entry]:
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
    r"(?:^|\s)(?:尖峰?|高?峰|平|低?谷)(?:段|时段|期)?(?:$|\s)|总表|总水表|总电表|主表|关口|全厂|分表|本年|上年|去年|计划|实际|同期|预算|累计|其中|冲红|红冲|冲|退|更正|调整|补"
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


def words_of_month(row_id: str) -> str:
    if re.fullmatch(r"\d{4}-\d{2}", row_id):
        return f"{row_id[:4]} 年 {int(row_id[5:])} 月"
    return row_id


def fill_column(
    table: TableQuestion,
    column: ChosenColumn,
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
            column.cells[row_id] = FilledCell(entries)
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
                column.cells[row_id] = FilledCell(entries)
                continue
            if twice in ("first", "last"):
                entries = [entries[0] if twice == "first" else entries[-1]]
        waiting += _read_entries(
            table, column, question, row_id, entries, view, reason, tonnes, draft
        )
    return waiting


def _read_entries(
    table: TableQuestion,
    column: ChosenColumn,
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
    made = FilledCell(entries)
    row_unit = (
        unit_of_row(table, row_id)
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
                what = f"{what.removesuffix('，没有写')}，{words_of_month(row_id)}的{question.title}加不起来，没有写"
                remedy = "在原表里改好这一格再导入，或写入后手填这个月"
            draft.problem(entry.cell.place, what, remedy, row=mark_of_row(entry), column=view)
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
                    entry.cell.place, f"「{entry.cell.text.strip()}」不是数，{words_of_month(row_id)}的{question.title}加不起来，没有写",
                    "在原表里改好这一格再导入，或写入后手填这个月", row=mark_of_row(entry), column=view,
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
            row=mark_of_row(entry),
            column=view,
        )
    return found.factor


def unit_of_row(table: TableQuestion, row_id: str) -> str:
    """The unit a listed row has in its own name: 「柴油 kg」."""
    return unit_in_name(next((o.label for o in table.fixed_rows if o.id == row_id), ""))


def mark_of_row(entry: Entry) -> int:
    """Marks a problem with the row it came from; turned into a row of the preview at the end."""
    return entry.order[0] * 1_000_000 + entry.order[1]


def _spread(
    column: ChosenColumn,
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
    words_of = f"{words_of_month(first)}到 {int(last[5:])} 月"
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
            row=mark_of_row(entry), column=view,
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
        draft.problem(entry.cell.place, what, remedy, row=mark_of_row(entry), column=view)
    if read.value is None:
        return
    whole = sum(days.values(), Fraction(0))
    left = read.value
    for month in months:
        part = (
            left if month == last else Fraction(round(read.value * days[month] / whole * 100), 100)
        )
        left -= part
        cell = column.cells.setdefault(month, FilledCell([]))
        cell.entries.append(entry)
        cell.value = (cell.value or Fraction(0)) + part
        cell.answer = Given(
            number_text(cell.value),
            note=f"{words_of}共 {brief(read.value)} {question.unit}，按天数分摊",
        )
        cell.shown = number_text(cell.value / factor)


def refuse_years(
    table: TableQuestion, columns: list[ChosenColumn], ids: Sequence[str], draft: Draft
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
            f"「{words_of_month(row_id)}」不在三个审核年里，这一行没有写",
            "核对年份；审核年在「企业概况」里改",
            row=mark_of_row(entry),
        )
    if len(outside) > _MOST_NAMED:
        draft.problem(
            "",
            f"还有 {len(outside) - _MOST_NAMED} 个月不在三个审核年里，没有写",
            "核对年份；审核年在「企业概况」里改",
        )
