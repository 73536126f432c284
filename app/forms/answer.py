"""Answers as the user gave them. One flat book of answers per audit, so that undo, history, merging and Excel need one rule.

Keys: `question_id` for single questions, `table_id/row_id/column_id` for cells. Row ids: `2025-03` (month tables),
`2025` (year tables), the option id (fixed lists), `r1`, `r2` … (free rows; never reused within an audit).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from app.assessment.finding import Missing, NotApplicable
from app.assessment.numbers import fraction_of

MISSING = Missing()
SHORTEST_REASON = 4  # characters of a reason (不适用, 手改), design guide section 6


@dataclass(frozen=True)
class Given:
    """A value in canonical text: numbers as plain decimals in the question's own unit ("1862400", "0"), dates and
    months ISO ("2025-03-01", "2025-03"), choices by option id, several choices joined by "|", levels as I/II/III/none.

    raw: what the user typed when it was understood differently ("1.2万"). note: the user's remark or reason
    (required when a computed figure is typed over, or an unusual value is confirmed).
    """

    text: str
    raw: str = ""
    note: str = ""


Answer = Given | NotApplicable | Missing


def cell_key(table_id: str, row_id: str, column_id: str) -> str:
    """The key of one table cell."""
    return f"{table_id}/{row_id}/{column_id}"


def override_key(quantity_id: str) -> str:
    """The key under which a typed-over derived quantity is kept (its note is the reason)."""
    return f"override/{quantity_id}"


def indicator_key(table_id: str, indicator_id: str) -> str:
    """The key of an indicator answered directly (a level for qualitative ones, a number where nothing derives it)."""
    return f"indicator/{table_id}/{indicator_id}"


_NO_CELLS: Mapping[str, Answer] = {}


@dataclass(frozen=True)
class AnswerBook:
    """All answers of one audit. A key that is absent is Missing. `rows` keeps the order of free rows per table."""

    answers: Mapping[str, Answer] = field(default_factory=dict)
    rows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def get(self, key: str) -> Answer:
        return self.answers.get(key, MISSING)

    def text(self, key: str, default: str = "") -> str:
        """Canonical text of a given answer, `default` for missing and not applicable."""
        answer = self.answers.get(key)
        return answer.text if isinstance(answer, Given) else default

    def number(self, key: str) -> Fraction | None:
        """A number in its question's own unit; None for missing and not applicable. ValueError for words."""
        text = self.text(key)
        return fraction_of(text) if text else None

    @cached_property
    def cells(self) -> Mapping[str, Mapping[str, Answer]]:
        """The answers in cells of each table that has any: table id -> key 「table/row/column」 -> answer."""
        found: dict[str, dict[str, Answer]] = {}
        for key, answer in self.answers.items():
            table, slash, _ = key.partition("/")
            if slash:
                found.setdefault(table, {})[key] = answer
        return found

    def cells_of(self, table_id: str) -> Mapping[str, Answer]:
        """The answers in cells of one table by key, in the order of the book; empty where it has none."""
        return self.cells.get(table_id, _NO_CELLS)

    def row_ids(self, table_id: str) -> tuple[str, ...]:
        return self.rows.get(table_id, ())

    def row(self, table_id: str, row_id: str) -> Iterator[tuple[str, Answer]]:
        """(column id, answer) of every cell of a row that has an entry."""
        prefix = f"{table_id}/{row_id}/"
        for key, answer in self.cells_of(table_id).items():
            if key.startswith(prefix):
                yield key[len(prefix) :], answer


def next_row_ids(book: AnswerBook, table_id: str, count: int) -> tuple[str, ...]:
    """Ids for new free rows, after every id the audit holds."""
    prefix = f"{table_id}/"
    answered = {key.split("/")[1] for key in book.answers if key.startswith(prefix)}
    used = [
        int(row_id[1:])
        for row_id in (*book.row_ids(table_id), *answered)
        if re.fullmatch(r"r\d+", row_id)
    ]
    first = max(used, default=0) + 1
    return tuple(f"r{first + n}" for n in range(count))


@dataclass(frozen=True)
class Change:
    """One change of one key (or of a table's row order, with key = table id and rows set)."""

    key: str
    before: Answer
    after: Answer


@dataclass(frozen=True)
class RowsChange:
    """Rows of a free table added, removed or moved; cells of removed rows are separate Changes to Missing."""

    table_id: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True)
class Act:
    """One act of the user: what undo takes back and the change log shows (「粘贴 12 行」)."""

    label: str
    changes: tuple[Change | RowsChange, ...]


def apply(book: AnswerBook, changes: tuple[Change | RowsChange, ...]) -> AnswerBook:
    """The book after `changes`; `before` is not checked here (storage does)."""
    answers = dict(book.answers)
    rows = dict(book.rows)
    for change in changes:
        if isinstance(change, RowsChange):
            rows[change.table_id] = change.after
        elif isinstance(change.after, Missing):
            answers.pop(change.key, None)
        else:
            answers[change.key] = change.after
    return AnswerBook(answers, rows)


def inverse(act: Act) -> tuple[Change | RowsChange, ...]:
    """The changes that take `act` back, last first."""
    back: list[Change | RowsChange] = []
    for change in reversed(act.changes):
        if isinstance(change, RowsChange):
            back.append(RowsChange(change.table_id, change.after, change.before))
        else:
            back.append(Change(change.key, change.after, change.before))
    return tuple(back)


def touched(act: Act) -> frozenset[str]:
    """The keys an act changes; rows of a free table by the id of the table."""
    return frozenset(
        change.table_id if isinstance(change, RowsChange) else change.key for change in act.changes
    )


def differing(before: AnswerBook, after: AnswerBook) -> frozenset[str]:
    """The same for two states of the answers."""
    keys = {*before.answers, *after.answers}
    tables = {*before.rows, *after.rows}
    return frozenset(
        {key for key in keys if before.get(key) != after.get(key)}
        | {table for table in tables if before.row_ids(table) != after.row_ids(table)}
    )
