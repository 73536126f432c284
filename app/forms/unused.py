"""What an audit says it does not use at all: said once on a card, kept as 「不适用」 in every place it concerns.

Data: resources/design/unused.json (option -> places, * for every row or every typed column).
"""

import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.assessment.finding import Missing, NotApplicable
from app.forms.answer import MISSING, Answer, AnswerBook, Change, Given, cell_key
from app.forms.question import TableQuestion
from app.forms.question_index import QuestionIndex, row_ids

_FILE = Path(__file__).resolve().parents[2] / "resources" / "design" / "unused.json"


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_FILE.read_text("utf-8"))
    return found


def questions() -> tuple[str, ...]:
    """Ids of the questions on the card."""
    return tuple(_data()["questions"])


def said(answer: Answer) -> bool:
    """True for an answer that the card gave."""
    return isinstance(answer, NotApplicable) and answer.reason == _data()["reason"]


def _unused(book: AnswerBook) -> set[str]:
    return {option for key in questions() for option in book.text(key).split("|") if option}


def _keys(place: str, index: QuestionIndex, book: AnswerBook, year: int | None) -> Iterator[str]:
    parts = place.split("/")
    if len(parts) == 1:
        if place in index.places:
            yield place
        return
    table = index.tables.get(parts[0])
    if table is None:
        return
    for row_id in row_ids(table, book, year):
        for column in table.columns:
            if parts[1] in ("*", row_id) and parts[2] in ("*", column.id) and not column.derived:
                yield cell_key(table.id, row_id, column.id)


def _wanted(index: QuestionIndex, book: AnswerBook, base_year: int | None) -> set[str]:
    unused = _unused(book)
    return {
        key
        for option, places in _data()["places"].items()
        if option in unused
        for place in places
        for key in _keys(place, index, book, base_year)
    }


def contradictions(
    index: QuestionIndex, book: AnswerBook, base_year: int | None
) -> tuple[str, ...]:
    """Places with a number above zero although the card says that it is not used; one of every column."""
    found: dict[tuple[str, str], str] = {}
    for key in sorted(_wanted(index, book, base_year)):
        answer = book.get(key)
        if isinstance(answer, Given) and answer.text.strip("0."):
            table, _, rest = key.partition("/")
            found.setdefault((table, rest.rpartition("/")[2]), key)
    return tuple(found.values())


def changes(index: QuestionIndex, book: AnswerBook, base_year: int | None) -> tuple[Change, ...]:
    """What has to change so that exactly the open places of what is not used hold the answer of the card. Numbers that
    stand there stay."""
    reason = NotApplicable(_data()["reason"])
    wanted = _wanted(index, book, base_year)
    made = [
        Change(key, MISSING, reason) for key in sorted(wanted) if isinstance(book.get(key), Missing)
    ]
    made += [
        Change(key, answer, MISSING)
        for key, answer in sorted(book.answers.items())
        if answer == reason and key not in wanted
    ]
    return tuple(made)


def used_after_all(table: TableQuestion, column_id: str, book: AnswerBook) -> Change | None:
    """The answer of the card without what this column is about; None when the card does not speak of it."""
    options = {
        option
        for option, places in _data()["places"].items()
        for place in places
        if (parts := place.split("/"))[0] == table.id and parts[-1] in ("*", column_id)
    }
    for key in questions():
        before = book.get(key)
        if not isinstance(before, Given):
            continue
        left = [option for option in before.text.split("|") if option not in options]
        if len(left) < len(before.text.split("|")):
            return Change(key, before, Given("|".join(left)) if left else MISSING)
    return None
