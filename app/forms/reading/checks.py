"""What a sheet says about itself as a check: totals, quarters, parts of a whole, prices and sizes."""

import re
from collections.abc import Sequence
from fractions import Fraction

from app.assessment.numbers import brief, number_text
from app.forms.answer import AnswerBook, Given
from app.forms.cell_words import number_in
from app.forms.question import QuestionKind, TableQuestion
from app.forms.reading import nets
from app.forms.reading.entries import ChosenColumn, mark_of_row, words_of_month
from app.forms.reading.plan import (
    SKIP,
    Draft,
)
from app.forms.reading.sources import Sheet
from app.forms.reading.words import meaning_of_column, tight


def check_totals(columns: list[ChosenColumn], label: int, draft: Draft) -> None:
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


def _check_periods(column: ChosenColumn, draft: Draft) -> None:
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
                entry.cell.place, f"{words_of_month(months[0])}到 {int(months[-1][5:])} 月合在一起的 {entry.cell.text.strip()} 没有写，里面有的月没有单独的数",
                "补上每个月的数再粘", row=mark_of_row(entry),
            )  # fmt: skip
            continue
        added = sum((single[m] or Fraction(0) for m in have), Fraction(0))
        if written is not None and abs(written - added) * 1000 > abs(added):
            draft.problem(
                entry.cell.place, f"{words_of_month(months[0])}到 {int(months[-1][5:])} 月合计写 {brief(written)}，各月加起来是 {brief(added)}",
                "核对各月；合计不写", row=mark_of_row(entry),
            )  # fmt: skip


def check_parts(columns: list[ChosenColumn], draft: Draft) -> None:
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


def has_own_heads(table: TableQuestion, columns: list[ChosenColumn], sheet: Sheet) -> bool:
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


def apply_nets(
    table: TableQuestion,
    columns: list[ChosenColumn],
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
