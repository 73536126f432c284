"""One formula of a quantity, walked for one year and at most one row."""

import ast
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import Protocol

from app.assessment.finding import Missing, NotApplicable
from app.assessment.numbers import brief, fraction_of
from app.assessment.trace import Trace
from app.errors import ProgramError
from app.forms.answer import Answer, AnswerBook, Given, cell_key
from app.forms.expression import dotted, keyword, names
from app.forms.figure import Figure
from app.forms.part import (
    Part,
    add,
    bracketed,
    divide,
    does_not_apply,
    leaf_text,
    multiply,
    of_figure,
    total,
)
from app.forms.quantity import Factor, Quantity
from app.forms.question import RowsKind, TableQuestion
from app.forms.question_index import Place, QuestionIndex, cell_answer, row_ids
from app.forms.reasons import Reason


class Sources(Protocol):
    """Where names of an expression are looked up (app.forms.derive)."""

    book: AnswerBook
    index: QuestionIndex
    quantities: Mapping[str, Quantity]
    factors: Mapping[str, Factor]
    base_year: int | None

    def figure(self, quantity_id: str, year: int | None = None) -> Figure: ...

    def cell(self, table_id: str, row_id: str, column_id: str) -> Figure: ...

    def row_label(self, table: TableQuestion, row_id: str) -> str: ...

    def not_asked(self, item_id: str) -> tuple[bool, tuple[str, ...]]: ...


_AS_THEY_COME = (RowsKind.FREE, RowsKind.FOLLOWING)


@dataclass(frozen=True)
class Row:
    """Where column names point to while a row is evaluated."""

    table: TableQuestion
    row_id: str


@lru_cache(maxsize=256)
def _constant(whole: int) -> Part:
    number = Fraction(whole)
    return Part(number, number, (), "", str(whole), operands=number)


class Evaluator:
    """Walks one expression for one year, inside at most one row."""

    def __init__(self, derivation: Sources, year: int | None, row: Row | None) -> None:
        self._d = derivation
        self._year = year
        self._row = row

    def part(self, node: ast.expr) -> Part:
        if isinstance(node, ast.BinOp):
            left, right = self.part(node.left), self.part(node.right)
            if isinstance(node.op, ast.Mult):
                return multiply(left, right)
            if isinstance(node.op, ast.Div):
                return divide(left, right)
            return add(left, right, isinstance(node.op, ast.Sub))
        name = dotted(node)
        if name is not None:
            return self._name(name)
        match node:
            case ast.Constant(int(whole)):
                return _constant(whole)
            case ast.UnaryOp(_, operand):
                part = self.part(operand)
                value = None if part.value is None else -part.value
                return replace(
                    part,
                    value=value,
                    at_least=value,
                    text=f"−{bracketed(part)}",
                    operands=("neg", (part.operands,)),
                )
            case ast.Call(ast.Name("sum"), [inner], _):
                return self._sum(node, inner)
            case ast.Call(ast.Name("by_year"), branches, _):
                return self._by_year(branches)
            case ast.Call(ast.Name("either"), [first, second], _):
                part = self.part(first)
                if part.value is not None:
                    return part
                other = self.part(second)
                told = other.value is not None and other.note is not Reason.NONE_OF_KIND
                return other if told or part.not_applicable else part
            case ast.Call(ast.Name("at"), [column, ast.Constant(str(row_id))], _):
                place = self._d.index.places.get(dotted(column) or "")
                if place is None or place.table is None:
                    return does_not_apply(Reason.NOT_ASKED)
                by_year = place.table.rows in (RowsKind.MONTHS, RowsKind.YEARS)
                if self._year != self._d.base_year and not by_year:
                    return does_not_apply(Reason.ONLY_BASE_YEAR)
                return Evaluator(self._d, self._year, Row(place.table, row_id)).part(column)
            case _:
                raise ProgramError(f"unexpected node {ast.dump(node)}")

    def _by_year(self, branches: list[ast.expr]) -> Part:
        if self._year is None or self._d.base_year is None:
            return self.part(branches[2])
        return self._branch_of(branches, self._d.base_year - self._year)

    def _branch_of(self, branches: list[ast.expr], back: int) -> Part:
        if back not in (0, 1, 2):
            return does_not_apply("不在三个审核年里")
        # the branch speaks of one year only, so inside it the year no longer matters
        return Evaluator(self._d, self._d.base_year, self._row).part(branches[2 - back])

    def _name(self, name: str) -> Part:
        if name.startswith("factor."):
            return _factor(self._d.factors[name.removeprefix("factor.")])
        if name in self._d.quantities:
            return self._quantity(name)
        place = self._d.index.places.get(name)
        if place is None:
            return does_not_apply(Reason.NOT_ASKED)
        if place.table is None:
            if self._year != self._d.base_year:
                return does_not_apply(Reason.ONLY_BASE_YEAR)
            hidden = self._hidden(name)
            if hidden is not None:
                return hidden
            return self._leaf(place, name, self._d.book.get(name), place.question.short)
        if self._row is None or self._row.table.id != place.table.id:
            raise ProgramError(f"column {name} outside of its table")
        return self._cell(place, place.table, self._row.row_id)

    def _cell(self, place: Place, table: TableQuestion, row_id: str) -> Part:
        column = place.question
        if column.derived:
            figure = self._d.cell(table.id, row_id, column.id)
            trace = figure.trace.called(f"{self._d.row_label(table, row_id)} {column.title}")
            return of_figure(figure, trace)
        answer = cell_answer(self._d.book, table, row_id, column.id)
        return self._leaf(
            place,
            cell_key(table.id, row_id, column.id),
            answer,
            f"{self._d.row_label(table, row_id)} {column.title}",
        )

    def _leaf(self, place: Place, key: str, answer: Answer, label: str) -> Part:
        question = place.question
        label = label or question.title
        number = (place.table.number if place.table else question.number) or ""
        source = f"{place.page_number} · {number}" if number else place.page_number
        match answer:
            case Missing() | Given(text=""):
                note = f"看不懂「{answer.raw}」" if isinstance(answer, Given) else "未填"
                trace = Trace(label, None, question.unit, source=source, note=note, key=key)
                bound = Fraction(0) if question.check.minimum not in ("",) else None
                return Part(None, bound, (key,), "", "未填", (trace,), through=True)
            case NotApplicable(reason):
                trace = Trace(
                    label, None, question.unit, source=source, note=f"不适用：{reason}", key=key
                )
                return Part(None, None, (), reason or "不适用", "不适用", (trace,), through=True)
            case Given(text, note=note):
                value = fraction_of(text)
                trace = Trace(label, value, question.unit, source=source, note=note, key=key)
                return Part(
                    value, value, (), "", leaf_text(trace), (trace,), through=True, operands=trace
                )

    def _quantity(self, quantity_id: str) -> Part:
        figure = self._d.figure(quantity_id, self._year)
        return of_figure(figure, figure.trace)

    def _sum(self, call: ast.Call, inner: ast.expr) -> Part:
        table = self._table_of(inner)
        if table is None:
            return does_not_apply(Reason.NOT_ASKED)
        hidden = self._hidden(table.id) or self._hidden(dotted(inner) or "")
        if hidden is not None:
            return hidden
        ids = row_ids(table, self._d.book, self._d.base_year)
        if table.rows in (RowsKind.MONTHS, RowsKind.YEARS):
            ids = tuple(row_id for row_id in ids if row_id[:4] == str(self._year))
        elif self._year != self._d.base_year:
            return does_not_apply(Reason.ONLY_BASE_YEAR)
        where = keyword(call, "where")
        parts: list[Part] = []
        for row_id in ids:
            if table.rows in _AS_THEY_COME and not self._row_has_anything(table, row_id):
                continue
            taken, unknown = self._matches(where, table, row_id)
            if unknown:
                parts.append(Part(None, Fraction(0), (unknown,), "", "未填"))
            elif taken:
                part = Evaluator(self._d, self._year, Row(table, row_id)).part(inner)
                parts.append(self._as_row(part, table, row_id))
        if not parts:
            if keyword(call, "none") is not None and (ids or table.rows is not RowsKind.FREE):
                zero = Fraction(0)
                return Part(zero, zero, (), "", "0", note=Reason.NONE_OF_KIND, operands=zero)
            return Part(None, Fraction(0), (table.id,), "", "未填", note=f"「{table.title}」还没填")
        return total(parts)

    def _hidden(self, item_id: str) -> Part | None:
        """What a question or table contributes while a condition hides it; None when it is asked."""
        hidden, open_keys = self._d.not_asked(item_id)
        if not hidden:
            return None
        if open_keys:
            return Part(None, Fraction(0), open_keys, "", "未填")
        return does_not_apply(Reason.SAID_NO)

    def _as_row(self, part: Part, table: TableQuestion, row_id: str) -> Part:
        """One row of a sum as one step of the trace, named after the row."""
        label = self._d.row_label(table, row_id)
        if part.through and len(part.children) == 1:
            named = part.children[0].called(label)
            return _standing_for(part, part.text, named)
        trace = Trace(
            label,
            part.value,
            formula=part.text,
            note=part.not_applicable or part.note,
            children=part.children,
            operands=part.operands,
        )
        text = brief(part.value) if part.value is not None else f"（{part.text}）"
        return _standing_for(part, text, trace)

    def _table_of(self, inner: ast.expr) -> TableQuestion | None:
        """The table whose columns `inner` names, None when this question set does not have it."""
        for name in names(inner):
            place = self._d.index.places.get(name)
            if place is not None and place.table is not None:
                return place.table
        return None

    def _row_has_anything(self, table: TableQuestion, row_id: str) -> bool:
        return any(
            not isinstance(self._d.book.get(cell_key(table.id, row_id, column.id)), Missing)
            for column in table.columns
            if not column.derived
        )

    def _matches(
        self, where: ast.expr | None, table: TableQuestion, row_id: str
    ) -> tuple[bool, str]:
        """(row belongs to the sum, key of the cell that must be filled before one can say)."""
        match where:
            case None:
                return True, ""
            case ast.BoolOp(operator, values):
                results = [self._matches(value, table, row_id) for value in values]
                sure = [taken for taken, unknown in results if not unknown]
                if isinstance(operator, ast.And) and not all(sure):
                    return False, ""
                if isinstance(operator, ast.Or) and any(sure):
                    return True, ""
                unknown = next((unknown for _, unknown in results if unknown), "")
                return (False, unknown) if unknown else (isinstance(operator, ast.And), "")
            case ast.Compare(left, [operator], [ast.Constant(str(wanted))]):
                column_id = (dotted(left) or "").removeprefix(f"{table.id}.")
                answer = cell_answer(self._d.book, table, row_id, column_id)
                if isinstance(answer, Missing):
                    return False, cell_key(table.id, row_id, column_id)
                if isinstance(answer, NotApplicable):
                    return False, ""
                same = answer.text == wanted
                return same == isinstance(operator, ast.Eq), ""
            case _:
                raise ProgramError("unexpected condition")


def _standing_for(part: Part, text: str, step: Trace) -> Part:
    """A row of a sum, with what it is made of as one step of the trace."""
    return Part(
        part.value,
        part.at_least,
        part.missing,
        part.not_applicable,
        text,
        (step,),
        note=part.note,
        through=part.through,
        operands=step,
    )


_making_a_factor = threading.Lock()


def _factor(factor: Factor) -> Part:
    """One step for every figure, whichever thread asked first: papers tell steps apart by identity."""
    with _making_a_factor:
        return _factor_step(factor)


@lru_cache(maxsize=1024)
def _factor_step(factor: Factor) -> Part:
    where = "，".join(
        text for text in (factor.source, factor.region, factor.year and f"{factor.year} 年") if text
    )
    trace = Trace(
        factor.title,
        factor.value,
        factor.unit,
        source=where,
        verification=factor.verification,
        note=factor.note,
    )
    return Part(factor.value, factor.value, (), "", leaf_text(trace), (trace,), operands=trace)
