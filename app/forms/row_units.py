"""The unit of a row: 「柴油 kg」, 「用电（kWh）」, the option chosen in it, or its own column 「单位」; and that of a question whose unit is
the answer to another."""

import re
from dataclasses import replace
from functools import cache

from app.assessment.units import find_unit
from app.forms.answer import AnswerBook, cell_key
from app.forms.question import Question, QuestionKind, RowsKind, TableQuestion
from app.forms.question_index import QuestionIndex, row_label

UNIT_COLUMN = "unit"
_LAST = re.compile(r"（([^（）]+)）$|(?:\s|(?<=）))([A-Za-z%][^\s（）]*)$")
_OF_WATER = re.compile(r"^(?:取水|水|废水)")  # a tonne of it is a m³


@cache
def unit_in_name(name: str) -> str:
    """The unit at the end of a name: kWh of 「用电（kWh）」; "" where there is none."""
    found = _LAST.search(name.strip())
    written = "" if found is None else (found[1] or found[2])
    return written if find_unit(written) is not None else ""


def in_row(
    question: Question, table: TableQuestion | None, row_id: str, book: AnswerBook
) -> Question:
    """The column as it is asked in this row: with the row's unit where it has none of its own. An unknown unit of the
    user's own (「L/人次」) counts as it is written."""
    if table is None or question.unit or question.derived:
        return question
    if question.kind is not QuestionKind.NUMBER or question.id == UNIT_COLUMN:
        return question
    unit, name = _unit_and_name(table, row_id, book)
    if not unit:
        own = unit_column(table)
        return question if own is None else replace(question, unit_in=own.title)
    return replace(question, unit=unit, tonnes=bool(unit == "m³" and _OF_WATER.match(name)))


def asked_in(question: Question, index: QuestionIndex, book: AnswerBook) -> Question:
    """A single question as it is asked now: in the unit another answer says; the question itself where it has its own."""
    if not question.unit_of:
        return question
    unit = book.text(question.unit_of).strip()
    if not unit:
        return replace(question, unit_in=index.label_of(question.unit_of, book))
    return replace(question, unit=unit)


def unit_column(table: TableQuestion) -> Question | None:
    """The column in which the rows of a table say their unit."""
    return next(
        (c for c in table.columns if c.id == UNIT_COLUMN and c.kind is QuestionKind.TEXT), None
    )


def _unit_and_name(table: TableQuestion, row_id: str, book: AnswerBook) -> tuple[str, str]:
    if table.rows is RowsKind.FIXED:
        name = next((one.label for one in table.fixed_rows if one.id == row_id), "")
        return unit_in_name(name), name
    if table.rows is RowsKind.FOLLOWING:
        key = cell_key(table.rows_of, row_id, UNIT_COLUMN)
        return book.text(key).strip(), row_label(table, row_id, book)
    if table.rows is not RowsKind.FREE:
        return "", ""
    if unit_column(table) is not None:
        written = book.text(cell_key(table.id, row_id, UNIT_COLUMN)).strip()
        return written, row_label(table, row_id, book)
    for column in table.columns:
        chosen = book.text(cell_key(table.id, row_id, column.id))
        label = next((one.label for one in column.options if one.id == chosen), "")
        if unit := unit_in_name(label):
            return unit, label
    return "", ""
