"""Figures worked out from answers, exact, each with its way back to what somebody typed."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction

from app.assessment.indicator_system import weakest
from app.assessment.trace import Trace
from app.errors import ProgramError
from app.forms.answer import AnswerBook, Given, cell_key, override_key
from app.forms.evaluate import Evaluator, Row
from app.forms.expression import names, parse_expression
from app.forms.figure import Figure, Tone, Worked
from app.forms.part import Part
from app.forms.quantity import Factor, Quantity
from app.forms.question import Questionnaire, TableQuestion
from app.forms.question_index import QuestionIndex, row_label
from app.forms.reasons import Reason

Rule = Callable[["Derivation", TableQuestion | None, str], Worked]
"""What no formula can say: (derivation, table, row id) of a derived cell; (derivation, None, "") of a figure.
A quantity names its rule (`rule: voc_verdict` in resources/forms/quantities); app.audit.rules holds them."""

NO_RULES: Mapping[str, Rule] = {}


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
        self._labels: dict[tuple[str, str], str] = {}
        self._not_asked: dict[str, tuple[bool, tuple[str, ...]]] = {}
        self._here = (
            threading.local()
        )  # what this thread is at; check-up and papers work beside the window

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
        at: list[str] = self._here.__dict__.setdefault("at", [])
        if quantity_id in at:
            raise ProgramError(f"quantity {quantity_id} needs itself")
        at.append(quantity_id)
        try:
            if quantity.rule:
                figure = self._ruled(quantity, None, "", quantity.title, year == self.base_year)
            else:
                part = Evaluator(self, year, None).part(parse_expression(quantity.expression))
                figure = self._figure_of(quantity, part, quantity.title)
            figure = self._finish(figure, year)
        finally:
            at.pop()
        # The window and a worker may have worked it out at once: there is one, for papers tell steps apart by identity.
        return self._figures.setdefault((quantity_id, year), figure)

    def cell(self, table_id: str, row_id: str, column_id: str) -> Figure:
        """A derived cell: the quantity of its column, worked out in that row."""
        key = cell_key(table_id, row_id, column_id)
        known = self._cells.get(key)
        if known is not None:
            return known
        table = self.index.tables[table_id]
        column = next(column for column in table.columns if column.id == column_id)
        quantity = self.quantities[column.derived]
        label = self.row_label(table, row_id)
        if quantity.rule:
            figure = self._ruled(quantity, table, row_id, label, True)
        else:
            part = Evaluator(self, self.base_year, Row(table, row_id)).part(
                parse_expression(quantity.expression)
            )
            figure = self._figure_of(quantity, part, label)
        return self._cells.setdefault(key, figure)

    def row_label(self, table: TableQuestion, row_id: str) -> str:
        """The name of a row as people see it (app.forms.question_index)."""
        place = table.id, row_id
        if place not in self._labels:
            self._labels[place] = row_label(table, row_id, self.book)
        return self._labels[place]

    def not_asked(self, item_id: str) -> tuple[bool, tuple[str, ...]]:
        """Whether a condition hides it, and the keys that are open before that is certain (QuestionIndex.not_asked)."""
        known = self._not_asked.get(item_id)
        if known is None:
            known = self._not_asked[item_id] = self.index.not_asked(item_id, self.book)
        return known

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
            said = Worked(not_applicable=Reason.ONLY_BASE_YEAR)  # rules look at the base year only
        elif rule is None:
            said = Worked(not_applicable=Reason.NO_REFERENCE)
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
        if year != self.base_year or not isinstance(typed, Given) or not typed.text:
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

    def _figure_of(self, quantity: Quantity, part: Part, label: str) -> Figure:
        formula, children, operands = part.text, part.children, part.operands
        if part.through and len(children) == 1 and children[0].children:
            formula, children, operands = (
                children[0].formula,
                children[0].children,
                children[0].operands,
            )
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
            operands=operands,
        )
        return Figure(
            quantity_id=quantity.id,
            title=quantity.title,
            unit=quantity.unit,
            decimals=max(quantity.decimals, _decimals_typed(part)),
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


def dependencies(
    expression: str, quantities: Mapping[str, Quantity], seen: Callable[[str], None]
) -> None:
    """Calls `seen` with every name a formula needs, through quantities down to questions, columns and factors."""
    for name in names(parse_expression(expression)):
        seen(name)
        if name in quantities:
            dependencies(quantities[name].expression, quantities, seen)


_MOST_TYPED = 2


def _decimals_typed(part: Part) -> int:
    """Decimals of a figure that is nothing but one answer: 918.5 stays 918.5. 0 for what was worked out, or has no end."""
    if part.value is None or len(part.children) != 1:
        return 0
    (only,) = part.children
    if only.children or only.formula or not only.key or only.value != part.value:
        return 0
    known = (n for n in range(_MOST_TYPED + 1) if 10**n % part.value.denominator == 0)
    return next(known, 0)
