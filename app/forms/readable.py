"""Answers as the rest of the program may rely on them: what a number, year, month or date question holds is one.

The program itself stores nothing else; a file made or changed elsewhere may. Such a text counts as typed and not
understood (未读懂), so that no formula, chart or paper meets it.
"""

import re
from datetime import date
from weakref import ref

from app.assessment.numbers import parse_exact
from app.forms.answer import Answer, AnswerBook, Given
from app.forms.question import QuestionKind
from app.forms.question_index import QuestionIndex

MOST_DIGITS = 60
_KINDS = {QuestionKind.NUMBER, QuestionKind.YEAR, QuestionKind.MONTH, QuestionKind.DATE}
_OVERRIDE = "override/"


def readable(book: AnswerBook, index: QuestionIndex) -> AnswerBook:
    """The same book where everything can be read."""
    last, doubtful = index.looked_through
    before = None if last is None else last()
    # An act changes a few answers of thousands: those it left as they were need not be read again.
    known = {} if before is None or before.answers is book.answers else before.answers
    changed: dict[str, Answer] = {}
    kinds = index.kinds  # asked for every answer with every act
    for key, answer in book.answers.items():
        if known.get(key) is answer and key not in doubtful:
            continue
        if not isinstance(answer, Given) or not answer.text:
            continue
        if key not in kinds:
            kinds[key] = _kind(key, index)
        kind = kinds[key]
        if kind in _KINDS and not _is_plain(answer.text, kind):
            changed[key] = Given("", answer.raw or answer.text[:MOST_DIGITS], answer.note)
    index.looked_through = (ref(book), frozenset(changed))
    return AnswerBook({**book.answers, **changed}, book.rows) if changed else book


def _kind(key: str, index: QuestionIndex) -> QuestionKind | None:
    place = index.places.get(key)
    if place is None:
        # A cell: table/row/column.
        parts = key.split("/")
        if len(parts) == 3:
            place = index.places.get(f"{parts[0]}.{parts[2]}")
        elif key.startswith(_OVERRIDE):
            return QuestionKind.NUMBER
    return None if place is None else place.question.kind


def _is_plain(text: str, kind: QuestionKind | None) -> bool:
    match kind:
        case QuestionKind.YEAR:
            return re.fullmatch(r"[0-9]{4}", text) is not None
        case QuestionKind.MONTH:
            return re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", text) is not None
        case QuestionKind.DATE:
            try:
                return date.fromisoformat(text).isoformat() == text
            except ValueError:
                return False
        case _:
            if len(text) > MOST_DIGITS:
                return False
            if text.isdecimal() and text.isascii():
                return True
            try:
                parse_exact(text)
            except ValueError:
                return False
            return True
