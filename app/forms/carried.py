"""Amounts asked once that stand in a second place too: said where they are typed first, written into the other by the same act.

A place takes what is carried while it is empty or still holds what was carried before; what somebody typed there stays.
Data: resources/design/carried.json.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.assessment.finding import Missing
from app.assessment.numbers import number_text
from app.assessment.units import times_between
from app.forms.answer import (
    MISSING,
    AnswerBook,
    Change,
    Given,
    RowsChange,
    apply,
    cell_key,
    next_row_ids,
)
from app.forms.question import Question, RowsKind, TableQuestion
from app.forms.question_index import QuestionIndex
from app.forms.row_units import in_row

_FILE = Path(__file__).resolve().parents[2] / "resources" / "design" / "carried.json"
_BACK = {"y2": 2, "y1": 1, "y0": 0}


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_FILE.read_text("utf-8"))
    return found


class _Places:
    """What is carried in one state of the answers. texts: by key of the second place. new: rows there that are not there yet,
    (table, name) -> their cells with the amounts."""

    def __init__(self, index: QuestionIndex, book: AnswerBook, base_year: int | None) -> None:
        self.index, self.book, self.base_year = index, book, base_year
        self.texts: dict[str, str] = {}
        self.new: dict[tuple[str, str], dict[str, str]] = {}
        for one in _data()["rows"]:
            self._row(one)
        for one in _data()["named"]:
            self._named(one["from"], one["to"])
        for one in _data()["single"]:
            self._single(one)

    def _asked(self, item: str) -> bool:
        known = item in self.index.places or item in self.index.tables
        return known and not self.index.not_asked(item, self.book)[0]

    def _row(self, one: Mapping[str, Any]) -> None:
        table = self.index.tables.get(one["table"])
        if table is None or not self._asked(table.id):
            return
        amounts = dict(self._by_year(one["from"], table))
        if not amounts:
            return
        found = [
            row
            for row in self.book.row_ids(table.id)
            if any(word in self._name(table.id, row) for word in one["words"])
            and not any(word in self._name(table.id, row) for word in one["except"])
        ]
        if len(found) == 1:
            self.texts |= {cell_key(table.id, found[0], c): text for c, text in amounts.items()}
        elif not found and any(text != "0" for text in amounts.values()):
            self.new[table.id, one["name"]] = {**one["cells"], **amounts}

    def _name(self, table: str, row: str) -> str:
        return self.book.text(cell_key(table, row, "name")).strip()

    def _by_year(self, source: str, table: TableQuestion) -> Iterator[tuple[str, str]]:
        """(column y2, y1 or y0 of the table, the amount in its unit)."""
        targets = {column.id: column for column in table.columns if column.id in _BACK}
        place = self.index.places.get(source)
        if place is None:
            return
        if place.table is None:
            keys = {"y0": source} if self._asked(source) else {}
        elif place.table.rows is RowsKind.YEARS and self.base_year is not None:
            head, column = place.table.id, place.question.id
            keys = {y: cell_key(head, str(self.base_year - n), column) for y, n in _BACK.items()}
        else:
            return
        for year, key in keys.items():
            if year in targets and (text := self._in_unit(key, place.question, targets[year])):
                yield year, text

    def _in_unit(self, key: str, source: Question, target: Question) -> str:
        number = self.book.number(key)
        times = times_between(source.unit, target.unit)
        return "" if number is None or times is None else number_text(number * times)

    def _named(self, source: str, target: str) -> None:
        """Amounts of rows that two free tables call by the same name."""
        (first, column), (second, amount) = source.rsplit(".", 1), target.rsplit(".", 1)
        tables = self.index.tables.get(first), self.index.tables.get(second)
        if tables[0] is None or tables[1] is None or not self._asked(second):
            return
        asked = next(one for one in tables[0].columns if one.id == column)
        into = next(one for one in tables[1].columns if one.id == amount)
        known: dict[str, str] = {}
        for row in self.book.row_ids(first):
            name = self._name(first, row)
            question = in_row(asked, tables[0], row, self.book)
            text = self._in_unit(cell_key(first, row, column), question, into)
            if name and text:
                known[name] = (
                    "" if name in known else text
                )  # twice there: which of the two is not said
        rows = [row for row in self.book.row_ids(second) if known.get(self._name(second, row))]
        names = [self._name(second, row) for row in rows]
        for row, name in zip(rows, names, strict=True):
            if names.count(name) == 1:
                self.texts[cell_key(second, row, amount)] = known[name]

    def _single(self, one: Mapping[str, Any]) -> None:
        table_id, column = one["to"].rsplit(".", 1)
        table = self.index.tables.get(table_id)
        place = self.index.places.get(one["from"])
        if table is None or place is None or not self._asked(table_id):
            return
        rows = [
            row
            for row in self.book.row_ids(table_id)
            if all(self.book.text(cell_key(table_id, row, c)) == v for c, v in one["where"].items())
        ]
        if len(rows) != 1 or any(word in self._name(table_id, rows[0]) for word in one["except"]):
            return
        target = next(each for each in table.columns if each.id == column)
        if text := self._in_unit(one["from"], place.question, target):
            self.texts[cell_key(table_id, rows[0], column)] = text


def carried(index: QuestionIndex, book: AnswerBook, base_year: int | None) -> dict[str, str]:
    """Second places and what belongs there by the first."""
    return _Places(index, book, base_year).texts


def changes(
    index: QuestionIndex,
    book: AnswerBook,
    made: tuple[Change | RowsChange, ...],
    base_year: int | None,
    questionnaire: str,
) -> tuple[Change | RowsChange, ...]:
    """What follows from the changes of an act. base_year: as it is after them. questionnaire: id of the set."""
    after = apply(book, made)
    before_, now = _Places(index, book, base_year), _Places(index, after, base_year)
    own = {one.key for one in made if isinstance(one, Change)}
    found: list[Change | RowsChange] = []
    for key in dict.fromkeys((*now.texts, *before_.texts)):
        old, new = before_.texts.get(key), now.texts.get(key)
        if key in own or old == new:
            continue
        answer = after.get(key)
        if isinstance(answer, Missing) and new is not None and _row_there(after, key):
            found.append(Change(key, answer, Given(new)))
        elif isinstance(answer, Given) and old is not None and answer == Given(old):
            found.append(Change(key, answer, MISSING if new is None else Given(new)))
    for (table, name), cells in now.new.items():
        if before_.new.get((table, name)) == cells or _was_there(before_, table, cells):
            continue
        rows = after.row_ids(table)
        (row,) = next_row_ids(after, table, 1)
        found.append(RowsChange(table, rows, (*rows, row)))
        after = apply(after, (found[-1],))
        for column, text in {"name": name, **cells}.items():
            found.append(Change(cell_key(table, row, column), MISSING, Given(text)))
    return (*found, *_output(index, after, own, base_year, questionnaire))


def _row_there(book: AnswerBook, key: str) -> bool:
    table, row, _ = key.split("/")
    return row in book.row_ids(table)


def _was_there(before: _Places, table: str, cells: Mapping[str, str]) -> bool:
    """The row had been there and was taken out or called otherwise: nobody puts it in again."""
    return any(
        key.startswith(f"{table}/") and cells.get(key.rsplit("/", 1)[1]) == text
        for key, text in before.texts.items()
    )


def _output(
    index: QuestionIndex,
    book: AnswerBook,
    own: Iterable[str],
    base_year: int | None,
    questionnaire: str,
) -> Iterator[Change]:
    """The base year's output and its unit beside the figures after the measures, once those are being answered."""
    data = _data()["output"]
    touched = [key for key in own if key in data["asked_with"]]
    place = index.places.get(data["from"].get(questionnaire, ""))
    if not touched or place is None or place.table is None or data["to"] not in index.places:
        return
    table, question = place.table, place.question
    row = str(base_year)
    if table.rows is RowsKind.FREE:
        rows = book.row_ids(table.id)
        row = rows[0] if len(rows) == 1 else ""
        question = in_row(question, table, row, book)
    number: Fraction | None = book.number(cell_key(table.id, row, question.id))
    unit = book.text(data["unit"]).strip()
    if number is None or not question.unit or (unit and unit != question.unit):
        return
    for key, text in ((data["to"], number_text(number)), (data["unit"], question.unit)):
        if isinstance(book.get(key), Missing) and key not in own:
            yield Change(key, MISSING, Given(text))
