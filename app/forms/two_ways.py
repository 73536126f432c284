"""A year's amount given twice: by its months, and as one number."""

import ast
from collections.abc import Iterator
from fractions import Fraction

from app.forms.answer import cell_key
from app.forms.derive import Derivation
from app.forms.evaluate import Evaluator
from app.forms.expression import dotted, parse_expression
from app.forms.question import Question, TableQuestion
from app.forms.question_index import row_ids
from app.forms.reasons import Reason

MONTHS = 12


def two_ways(
    table: TableQuestion, column: Question, derivation: Derivation
) -> Iterator[tuple[str, Fraction, Fraction]]:
    """(year, sum of its months, its one number) wherever both are given and differ. Looks at quantities written
    `either(sum(table.column), by_year(…))`."""
    yearly = _as_one_number_of(f"{table.id}.{column.id}", derivation)
    if yearly is None:
        return
    book = derivation.book
    months: dict[str, list[Fraction]] = {}
    for row_id in row_ids(table, book, derivation.base_year):
        amount = book.number(cell_key(table.id, row_id, column.id))
        if amount is not None:
            months.setdefault(row_id[:4], []).append(amount)
    for year, amounts in months.items():
        other = _in_year(yearly, int(year), derivation)
        if len(amounts) == MONTHS and other is not None and other != sum(amounts):
            yield year, sum(amounts, Fraction(0)), other


def _as_one_number_of(column: str, derivation: Derivation) -> ast.Call | None:
    """The `by_year(…)` that stands beside the months of a column."""
    for quantity in derivation.quantities.values():
        if not quantity.expression.startswith(f"either(sum({column})"):
            continue
        match parse_expression(quantity.expression):
            case ast.Call(ast.Name("either"), [_, ast.Call(ast.Name("by_year")) as yearly]):
                return yearly
            case _:
                pass
    return None


def _in_year(yearly: ast.Call, year: int, derivation: Derivation) -> Fraction | None:
    """The one number of the year, also where its question is no longer asked; None when nobody gave it."""
    if year == derivation.base_year and (asked := dotted(yearly.args[2])) is not None:
        return derivation.book.number(asked)
    part = Evaluator(derivation, year, None).part(yearly)
    return None if part.note is Reason.NONE_OF_KIND else part.value
