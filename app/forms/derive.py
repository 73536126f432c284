"""Figures worked out from answers, exact, each with its way back to what somebody typed."""

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

from app.assessment.finding import Missing, NotApplicable
from app.assessment.indicator_system import Verification, weakest
from app.assessment.numbers import brief, display, fraction_of
from app.assessment.trace import Trace
from app.errors import ProgramError
from app.forms.answer import Answer, AnswerBook, Given, cell_key, override_key
from app.forms.condition import Condition, condition_keys, holds
from app.forms.expression import dotted, keyword, names, parse_expression
from app.forms.figure import Figure
from app.forms.quantity import Factor, Quantity
from app.forms.question import (
    Question,
    QuestionKind,
    Questionnaire,
    RowsKind,
    TableQuestion,
)
from app.forms.rule import Rule, Tone, Worked

NO_RULES: Mapping[str, Rule] = {}
NO_REFERENCE = "没有参考数据"
ONLY_BASE_YEAR = "只有基准年的数"
NOT_ASKED = "这一类企业不问这一项"
SAID_NO = "前面答了没有这一项"
ANSWER_DIRECTLY = "账单分不到这一种产品上，直接填"
MANY_TERMS = 4  # longer sums are written with 「…」 in the formula; the trace lists every term


@dataclass(slots=True)  # not frozen: made by the thousand, and changed by nobody
class _Part:
    """A piece of a formula, evaluated. `text` is the piece with its figures filled in; `loose` = needs brackets in a product.

    at_least: lower bound (equal to value when known), None when none can be given.
    """

    value: Fraction | None
    at_least: Fraction | None
    missing: tuple[str, ...]
    not_applicable: str
    text: str
    children: tuple[Trace, ...] = ()
    loose: bool = False
    note: str = ""
    through: bool = False  # nothing but one answer or one other figure


@dataclass(frozen=True)
class _Row:
    """Where column names point to while a row is evaluated."""

    table: TableQuestion
    row_id: str


@dataclass(frozen=True)
class Place:
    """A single question, or a column of a table."""

    question: Question
    page_number: str
    table: TableQuestion | None


class QuestionIndex:
    """Where each question and column of a questionnaire stands. Built once per questionnaire."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        self.places: dict[str, Place] = {}
        self.tables: dict[str, TableQuestion] = {}
        self.pages: dict[str, str] = {}
        self.conditions: dict[str, tuple[Condition, ...]] = {}
        for page in questionnaire.pages():
            for card in page.cards:
                for item in card.items:
                    if isinstance(item, Question | TableQuestion):
                        conditions = (card.condition, item.condition)
                        self.conditions[item.id] = tuple(c for c in conditions if c is not None)
                    if isinstance(item, Question):
                        self.places[item.id] = Place(item, page.number, None)
                        self.pages[item.id] = page.id
                    elif isinstance(item, TableQuestion):
                        self.tables[item.id] = item
                        self.pages[item.id] = page.id
                        for column in item.columns:
                            self.places[f"{item.id}.{column.id}"] = Place(column, page.number, item)

    def not_asked(self, item_id: str, book: AnswerBook) -> tuple[bool, tuple[str, ...]]:
        """(question or table is hidden, keys that must be answered before that is certain)."""
        hidden = [c for c in self.conditions.get(item_id, ()) if not holds(c, book)]
        open_keys = tuple(
            key
            for condition in hidden
            for key in condition_keys(condition)
            if isinstance(book.get(key), Missing)
        )
        return bool(hidden), tuple(dict.fromkeys(open_keys))

    def page_of(self, key: str) -> str:
        """Id of the page where an answer key (or a table id) is asked, "" for keys asked on no page."""
        return self.pages.get(key.split("/", 1)[0], "")

    def label_of(self, key: str, book: AnswerBook) -> str:
        """How people call the place of an answer: 「电和天然气账单 › 2025 年 3 月 › 电量」."""
        parts = key.split("/")
        if len(parts) == 3 and (table := self.tables.get(parts[0])) is not None:
            place = self.places.get(f"{parts[0]}.{parts[2]}")
            column = place.question.title if place else parts[2]
            return f"{table.title} › {row_label(table, parts[1], book)} › {column}"
        if (table := self.tables.get(key)) is not None:
            return table.title
        if (place := self.places.get(key)) is not None:
            return place.question.short or place.question.title
        return key


def row_ids(table: TableQuestion, book: AnswerBook, base_year: int | None) -> tuple[str, ...]:
    """Ids of the rows of `table` in order; month and year tables need the base year."""
    match table.rows:
        case RowsKind.FIXED:
            return tuple(option.id for option in table.fixed_rows)
        case RowsKind.FREE:
            return book.row_ids(table.id)
        case RowsKind.YEARS:
            return () if base_year is None else tuple(str(base_year - back) for back in (2, 1, 0))
        case RowsKind.MONTHS:
            years = () if base_year is None else tuple(base_year - back for back in (2, 1, 0))
            return tuple(f"{year}-{month:02d}" for year in years for month in range(1, 13))


def row_label(table: TableQuestion, row_id: str, book: AnswerBook) -> str:
    """The name of a row as people see it: 「2025 年 3 月」, 「锌」, or the first text of a free row."""
    match table.rows:
        case RowsKind.MONTHS:
            year, month = row_id.split("-")
            return f"{year} 年 {int(month)} 月"
        case RowsKind.YEARS:
            return f"{row_id} 年"
        case RowsKind.FIXED:
            return next((o.label for o in table.fixed_rows if o.id == row_id), row_id)
        case RowsKind.FREE:
            for column in table.columns:
                text = book.text(cell_key(table.id, row_id, column.id))
                if text and column.kind is QuestionKind.TEXT:
                    return text
                if text and column.kind is QuestionKind.CHOICE:
                    return next((o.label for o in column.options if o.id == text), text)
            order = book.row_ids(table.id)
            return f"第 {order.index(row_id) + 1} 行" if row_id in order else row_id


def cell_answer(book: AnswerBook, table: TableQuestion, row_id: str, column_id: str) -> Answer:
    """The answer of a cell. In a fixed list, 不适用 in the first typed column stands for the whole row."""
    answer = book.get(cell_key(table.id, row_id, column_id))
    if isinstance(answer, Missing) and table.rows is RowsKind.FIXED:
        first = next((column for column in table.columns if not column.derived), None)
        if first is not None:
            lead = book.get(cell_key(table.id, row_id, first.id))
            if isinstance(lead, NotApplicable):
                return lead
    return answer


class Derivation:
    """All figures that follow from one book of answers. Make a new one after a change; figures are worked out when asked
    for and kept."""

    def __init__(
        self,
        book: AnswerBook,
        questionnaire: Questionnaire | QuestionIndex,
        quantities: Mapping[str, Quantity],
        factors: Mapping[str, Factor],
        base_year: int | None,
        rules: Mapping[str, Rule] = NO_RULES,
    ) -> None:
        self.book = book
        self.index = (
            questionnaire
            if isinstance(questionnaire, QuestionIndex)
            else QuestionIndex(questionnaire)
        )
        self.quantities = quantities
        self.factors = factors
        self.base_year = base_year
        self.rules = rules
        self._figures: dict[tuple[str, int | None], Figure] = {}
        self._cells: dict[str, Figure] = {}
        self._open: list[str] = []

    def with_book(self, book: AnswerBook) -> "Derivation":
        """The same figures for other answers."""
        return Derivation(
            book, self.index, self.quantities, self.factors, self.base_year, self.rules
        )

    def figure(self, quantity_id: str, year: int | None = None) -> Figure:
        """The quantity in `year` (base year when None). KeyError for an unknown quantity."""
        year = self.base_year if year is None else year
        known = self._figures.get((quantity_id, year))
        if known is not None:
            return known
        quantity = self.quantities[quantity_id]
        if quantity_id in self._open:
            raise ProgramError(f"quantity {quantity_id} needs itself")
        self._open.append(quantity_id)
        try:
            if quantity.rule:
                figure = self._ruled(quantity, None, "", quantity.title, year == self.base_year)
            else:
                part = _Evaluator(self, year, None).part(parse_expression(quantity.expression))
                figure = self._figure_of(quantity, part, quantity.title)
            figure = self._finish(figure, year)
        finally:
            self._open.pop()
        self._figures[(quantity_id, year)] = figure
        return figure

    def cell(self, table_id: str, row_id: str, column_id: str) -> Figure:
        """A derived cell: the quantity of its column, worked out in that row."""
        key = cell_key(table_id, row_id, column_id)
        known = self._cells.get(key)
        if known is not None:
            return known
        table = self.index.tables[table_id]
        column = next(column for column in table.columns if column.id == column_id)
        quantity = self.quantities[column.derived]
        label = row_label(table, row_id, self.book)
        if quantity.rule:
            figure = self._ruled(quantity, table, row_id, label, True)
        else:
            part = _Evaluator(self, self.base_year, _Row(table, row_id)).part(
                parse_expression(quantity.expression)
            )
            figure = self._figure_of(quantity, part, label)
        self._cells[key] = figure
        return figure

    def _ruled(
        self,
        quantity: Quantity,
        table: TableQuestion | None,
        row_id: str,
        label: str,
        of_base_year: bool,
    ) -> Figure:
        rule = self.rules.get(quantity.rule)
        if not of_base_year:
            said = Worked(not_applicable=ONLY_BASE_YEAR)  # rules look at the base year only
        elif rule is None:
            said = Worked(not_applicable=NO_REFERENCE)
        else:
            said = rule(self, table, row_id)
        trace = Trace(
            label,
            said.words or said.value,
            quantity.unit,
            formula=said.formula,
            source=said.source or quantity.basis,
            verification=said.verification,
            note=said.not_applicable or said.note or quantity.note,
            children=said.children,
        )
        return Figure(
            quantity.id,
            quantity.title,
            quantity.unit,
            quantity.decimals,
            said.value,
            said.at_least,
            said.missing,
            said.not_applicable,
            said.value,
            False,
            "",
            trace,
            bounded=said.at_least is not None,
            words=said.words,
            tone=said.tone,
        )

    def _finish(self, figure: Figure, year: int | None) -> Figure:
        """The figure, or the value typed over it in the base year."""
        key = override_key(figure.quantity_id)
        typed = self.book.get(key)
        if year != self.base_year or not isinstance(typed, Given):
            return figure
        value = Fraction(typed.text)
        trace = Trace(
            label=figure.title,
            value=value,
            unit=figure.unit,
            note=f"手改：{typed.note}" if typed.note else "手改，还没写原因",
            key=key,
            children=(replace(figure.trace, label=f"{figure.title}（算出来的）"),),
        )
        return replace(
            figure,
            value=value,
            at_least=None,
            missing=(),
            not_applicable="",
            overridden=True,
            reason=typed.note,
            trace=trace,
            words="",
            tone=Tone.PLAIN,
        )

    def _figure_of(self, quantity: Quantity, part: _Part, label: str) -> Figure:
        formula, children = part.text, part.children
        if part.through and len(children) == 1 and children[0].children:
            formula, children = children[0].formula, children[0].children
        elif part.through:
            formula = ""
        states = [child.verification for child in part.children if child.verification is not None]
        trace = Trace(
            label=label,
            value=part.value,
            unit=quantity.unit,
            formula=formula,
            source=quantity.basis,
            verification=weakest(
                states + ([quantity.verification] if quantity.verification else [])
            ),
            note=part.not_applicable or part.note or quantity.note,
            children=children,
        )
        return Figure(
            quantity_id=quantity.id,
            title=quantity.title,
            unit=quantity.unit,
            decimals=quantity.decimals,
            value=part.value,
            at_least=part.at_least or None if part.value is None else None,
            missing=part.missing,
            not_applicable=part.not_applicable,
            computed=part.value,
            overridden=False,
            reason="",
            trace=trace,
            bounded=part.value is None and part.at_least is not None,
        )


class _Evaluator:
    """Walks one expression for one year, inside at most one row."""

    def __init__(self, derivation: Derivation, year: int | None, row: _Row | None) -> None:
        self._d = derivation
        self._year = year
        self._row = row

    def part(self, node: ast.expr) -> _Part:
        name = dotted(node)
        if name is not None:
            return self._name(name)
        if isinstance(node, ast.BinOp):
            left, right = self.part(node.left), self.part(node.right)
            if isinstance(node.op, ast.Mult):
                return _multiply(left, right)
            if isinstance(node.op, ast.Div):
                return _divide(left, right)
            return _add(left, right, isinstance(node.op, ast.Sub))
        match node:
            case ast.Constant(int(whole)):
                number = Fraction(whole)
                return _Part(number, number, (), "", str(whole))
            case ast.UnaryOp(_, operand):
                part = self.part(operand)
                value = None if part.value is None else -part.value
                return replace(part, value=value, at_least=value, text=f"−{_closed(part)}")
            case ast.Call(ast.Name("sum"), [inner], _):
                return self._sum(node, inner)
            case ast.Call(ast.Name("by_year"), branches, _):
                return self._by_year(branches)
            case ast.Call(ast.Name("either"), [first, second], _):
                part = self.part(first)
                if part.value is not None:
                    return part
                other = self.part(second)
                return other if other.value is not None or part.not_applicable else part
            case ast.Call(ast.Name("at"), [column, ast.Constant(str(row_id))], _):
                place = self._d.index.places.get(dotted(column) or "")
                if place is None or place.table is None:
                    return _not_applicable(NOT_ASKED)
                return _Evaluator(self._d, self._year, _Row(place.table, row_id)).part(column)
            case _:
                raise ProgramError(f"unexpected node {ast.dump(node)}")

    def _by_year(self, branches: list[ast.expr]) -> _Part:
        if self._year is None or self._d.base_year is None:
            return self.part(branches[2])
        return self._branch_of(branches, self._d.base_year - self._year)

    def _branch_of(self, branches: list[ast.expr], back: int) -> _Part:
        if back not in (0, 1, 2):
            return _not_applicable("不在三个审核年里")
        # the branch speaks of one year only, so inside it the year no longer matters
        return _Evaluator(self._d, self._d.base_year, self._row).part(branches[2 - back])

    def _name(self, name: str) -> _Part:
        if name.startswith("factor."):
            return _factor(self._d.factors[name.removeprefix("factor.")])
        if name in self._d.quantities:
            return self._quantity(name)
        place = self._d.index.places.get(name)
        if place is None:
            return _not_applicable(NOT_ASKED)
        if place.table is None:
            if self._year != self._d.base_year:
                return _not_applicable(ONLY_BASE_YEAR)
            hidden = self._hidden(name)
            if hidden is not None:
                return hidden
            return self._leaf(place, name, self._d.book.get(name), place.question.short)
        if self._row is None or self._row.table.id != place.table.id:
            raise ProgramError(f"column {name} outside of its table")
        return self._cell(place, place.table, self._row.row_id)

    def _cell(self, place: Place, table: TableQuestion, row_id: str) -> _Part:
        column = place.question
        if column.derived:
            figure = self._d.cell(table.id, row_id, column.id)
            trace = replace(
                figure.trace, label=f"{row_label(table, row_id, self._d.book)} {column.title}"
            )
            return _of_figure(figure, trace)
        answer = cell_answer(self._d.book, table, row_id, column.id)
        return self._leaf(
            place,
            cell_key(table.id, row_id, column.id),
            answer,
            f"{row_label(table, row_id, self._d.book)} {column.title}",
        )

    def _leaf(self, place: Place, key: str, answer: Answer, label: str) -> _Part:
        question = place.question
        label = label or question.title
        number = (place.table.number if place.table else question.number) or ""
        source = f"{place.page_number} · {number}" if number else place.page_number
        match answer:
            case Missing() | Given(text=""):
                note = f"看不懂「{answer.raw}」" if isinstance(answer, Given) else "未填"
                trace = Trace(label, None, question.unit, source=source, note=note, key=key)
                bound = Fraction(0) if question.check.minimum not in ("",) else None
                return _Part(None, bound, (key,), "", "未填", (trace,), through=True)
            case NotApplicable(reason):
                trace = Trace(
                    label, None, question.unit, source=source, note=f"不适用：{reason}", key=key
                )
                return _Part(None, None, (), reason or "不适用", "不适用", (trace,), through=True)
            case Given(text, note=note):
                value = fraction_of(text)
                trace = Trace(label, value, question.unit, source=source, note=note, key=key)
                return _Part(value, value, (), "", _leaf_text(trace), (trace,), through=True)

    def _quantity(self, quantity_id: str) -> _Part:
        figure = self._d.figure(quantity_id, self._year)
        return _of_figure(figure, figure.trace)

    def _sum(self, call: ast.Call, inner: ast.expr) -> _Part:
        table = self._table_of(inner)
        if table is None:
            return _not_applicable(NOT_ASKED)
        hidden = self._hidden(table.id)
        if hidden is not None:
            return hidden
        ids = row_ids(table, self._d.book, self._d.base_year)
        if table.rows in (RowsKind.MONTHS, RowsKind.YEARS):
            ids = tuple(row_id for row_id in ids if row_id[:4] == str(self._year))
        elif self._year != self._d.base_year:
            return _not_applicable(ONLY_BASE_YEAR)
        where = keyword(call, "where")
        parts: list[_Part] = []
        for row_id in ids:
            if table.rows is RowsKind.FREE and not self._row_has_anything(table, row_id):
                continue
            taken, unknown = self._matches(where, table, row_id)
            if unknown:
                parts.append(_Part(None, Fraction(0), (unknown,), "", "未填"))
            elif taken:
                part = _Evaluator(self._d, self._year, _Row(table, row_id)).part(inner)
                parts.append(self._as_row(part, table, row_id))
        if not parts:
            if keyword(call, "none") is not None and (ids or table.rows is not RowsKind.FREE):
                zero = Fraction(0)
                return _Part(zero, zero, (), "", "0", note="没有这一类")
            return _Part(
                None, Fraction(0), (table.id,), "", "未填", note=f"「{table.title}」还没填"
            )
        return _total(parts)

    def _hidden(self, item_id: str) -> _Part | None:
        """What a question or table contributes while a condition hides it; None when it is asked."""
        hidden, open_keys = self._d.index.not_asked(item_id, self._d.book)
        if not hidden:
            return None
        if open_keys:
            return _Part(None, Fraction(0), open_keys, "", "未填")
        return _not_applicable(SAID_NO)

    def _as_row(self, part: _Part, table: TableQuestion, row_id: str) -> _Part:
        """One row of a sum as one step of the trace, named after the row."""
        label = row_label(table, row_id, self._d.book)
        if part.through and len(part.children) == 1:
            return replace(part, children=(replace(part.children[0], label=label),))
        trace = Trace(
            label,
            part.value,
            formula=part.text,
            note=part.not_applicable or part.note,
            children=part.children,
        )
        text = brief(part.value) if part.value is not None else f"（{part.text}）"
        return replace(part, text=text, loose=False, children=(trace,))

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


@lru_cache(maxsize=1024)
def _factor(factor: Factor) -> _Part:
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
    return _Part(factor.value, factor.value, (), "", _leaf_text(trace), (trace,))


def _of_figure(figure: Figure, trace: Trace) -> _Part:
    bound = figure.value if figure.value is not None else figure.at_least
    if bound is None and figure.bounded:
        bound = Fraction(0)
    if figure.value is not None:
        text = f"{display(figure.value, figure.decimals)}{_unit(figure.unit)}"
    elif figure.not_applicable:
        text = "不适用"
    else:
        text = f"「{figure.title}」未定"
    return _Part(
        figure.value, bound, figure.missing, figure.not_applicable, text, (trace,), through=True
    )


def _not_applicable(reason: str) -> _Part:
    return _Part(None, None, (), reason, "不适用")


def _unit(unit: str) -> str:
    if not unit:
        return ""
    return unit if unit == "%" else f" {unit}"


def _leaf_text(trace: Trace) -> str:
    if not isinstance(trace.value, Fraction) or trace.formula or trace.children:
        return ""
    return f"{brief(trace.value)}{_unit(trace.unit)}"


def _closed(part: _Part) -> str:
    return f"（{part.text}）" if part.loose else part.text


def _merge(left: _Part, right: _Part) -> tuple[tuple[str, ...], tuple[Trace, ...]]:
    missing = tuple(dict.fromkeys(left.missing + right.missing))
    return missing, left.children + right.children


def _add(left: _Part, right: _Part, minus: bool) -> _Part:
    """Sum or difference; a term that does not apply is left out, a difference of nothing does not apply."""
    missing, children = _merge(left, right)
    if left.not_applicable and (minus or right.not_applicable):
        return _Part(None, None, missing, left.not_applicable, left.text, children)
    if left.not_applicable:
        return replace(right, missing=missing, children=children)
    if right.not_applicable:
        return replace(left, missing=missing, children=children)
    text = f"{left.text} {'−' if minus else '+'} {_closed(right) if minus else right.text}"
    if left.value is not None and right.value is not None:
        value = left.value - right.value if minus else left.value + right.value
        return _Part(value, value, missing, "", text, children, loose=True)
    bound = (
        left.at_least + right.at_least
        if not minus and left.at_least is not None and right.at_least is not None
        else None
    )
    return _Part(None, bound, missing, "", text, children, loose=True)


def _multiply(left: _Part, right: _Part) -> _Part:
    missing, children = _merge(left, right)
    reason = left.not_applicable or right.not_applicable
    text = f"{_closed(left)} × {_closed(right)}"
    if reason:
        return _Part(None, None, (), reason, text, children)
    if left.value is not None and right.value is not None:
        value = left.value * right.value
        return _Part(value, value, missing, "", text, children)
    bound = None
    if (
        left.at_least is not None
        and right.at_least is not None
        and min(left.at_least, right.at_least) >= 0
    ):
        bound = left.at_least * right.at_least
    return _Part(None, bound, missing, "", text, children)


def _divide(left: _Part, right: _Part) -> _Part:
    missing, children = _merge(left, right)
    reason = left.not_applicable or right.not_applicable
    text = f"{_closed(left)} ÷ {_closed(right)}"
    if reason:
        return _Part(None, None, (), reason, text, children)
    if right.value == 0:
        # a nought below the line is not "does not apply": it must be mended before anything is said
        blamed = tuple(_keys(right.children)) or ("",)
        return _Part(None, None, blamed, "", text, children, note="除数是 0，算不出来")
    if left.value is not None and right.value is not None:
        value = left.value / right.value
        return _Part(value, value, missing, "", text, children)
    bound = None
    if right.value is not None and right.value > 0 and left.at_least is not None:
        bound = left.at_least / right.value
    return _Part(None, bound, missing, "", text, children)


def _keys(traces: tuple[Trace, ...]) -> Iterator[str]:
    for trace in traces:
        if trace.key:
            yield trace.key
        yield from _keys(trace.children)


def _total(parts: list[_Part]) -> _Part:
    """The sum of rows. Rows that do not apply are left out; when none applies, the sum does not apply."""
    children = tuple(trace for part in parts for trace in part.children)
    live = [part for part in parts if not part.not_applicable]
    if not live:
        return _Part(None, None, (), parts[0].not_applicable, "不适用", children)
    missing = tuple(dict.fromkeys(key for part in live for key in part.missing))
    text = _joined([part.text for part in live])
    known = [part.value for part in live if part.value is not None]
    if len(known) == len(live):
        value = sum(known, Fraction(0))
        return _Part(value, value, missing, "", text, children, loose=len(live) > 1)
    bounds = [part.at_least for part in live if part.at_least is not None]
    bound = sum(bounds, Fraction(0)) if len(bounds) == len(live) else None
    return _Part(None, bound, missing, "", text, children, loose=len(live) > 1)


def _joined(texts: list[str]) -> str:
    if len(texts) <= MANY_TERMS:
        return " + ".join(texts)
    return f"{texts[0]} + {texts[1]} + … + {texts[-1]}（{len(texts)} 项）"


def dependencies(
    expression: str, quantities: Mapping[str, Quantity], seen: Callable[[str], None]
) -> None:
    """Calls `seen` with every name a formula needs, through quantities down to questions, columns and factors."""
    for name in names(parse_expression(expression)):
        seen(name)
        if name in quantities:
            dependencies(quantities[name].expression, quantities, seen)


def verification_of(trace: Trace) -> Verification | None:
    """The least trusted state anywhere below a trace."""
    states = [trace.verification] if trace.verification else []
    for child in trace.children:
        below = verification_of(child)
        if below is not None:
            states.append(below)
    return weakest(states)
