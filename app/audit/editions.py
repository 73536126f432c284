"""The sealed editions of an audit: which papers left the house, and what the audit says otherwise since the last one.

Each edition is an answer (「edition.2」: its number, state and day) and a frozen text with the answers as they were.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from app.audit.review import REVIEW
from app.errors import ProgramError
from app.forms.answer import Answer, AnswerBook, Given
from app.forms.question_index import QuestionIndex

EDITION = "edition."
FROZEN_ID = "@edition"
_SHOWN = 60


@dataclass(frozen=True)
class Edition:
    """place: 1, 2, … number: 「QS26-…」. digest: SHA-256 of the frozen text with its answers."""

    place: int
    number: str
    state: str
    day: str
    digest: str


@dataclass(frozen=True)
class AnswerChange:
    label: str
    before: str
    after: str


_BASIS = "audit.basis"
_HASH_SHOWN = 8


def editions_of(book: AnswerBook) -> tuple[Edition, ...]:
    """Those recorded, first to last."""
    found = []
    for key, answer in book.answers.items():
        place = key.removeprefix(EDITION)
        if key.startswith(EDITION) and place.isdecimal() and isinstance(answer, Given):
            state, _, day = answer.note.partition(" ")
            found.append(Edition(int(place), answer.text, state, day, answer.raw))
    return tuple(sorted(found, key=lambda one: one.place))


def without_editions(book: AnswerBook) -> AnswerBook:
    """The answers a paper is made of: that papers were made, and what reviewers said of them, is none of them."""
    beside = (EDITION, REVIEW)
    kept = {key: one for key, one in book.answers.items() if not key.startswith(beside)}
    return AnswerBook(kept, book.rows)


def frozen_answers(book: AnswerBook) -> str:
    """The answers as an edition keeps them: canonical JSON, key -> what `said` gives, and the row orders."""
    plain = without_editions(book)
    answers = {key: said(answer) for key, answer in plain.answers.items()}
    rows = {table: list(ids) for table, ids in plain.rows.items()}
    return json.dumps(
        {"answers": answers, "rows": rows},
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )


def changes_since(frozen: str, book: AnswerBook, index: QuestionIndex) -> tuple[AnswerChange, ...]:
    """What differs from the answers an edition kept, by label. ProgramError when the text is none of ours."""
    try:
        kept = json.loads(frozen)
        before: dict[str, str] = kept["answers"]
        rows: dict[str, list[str]] = kept["rows"]
    except (ValueError, KeyError, TypeError) as error:
        raise ProgramError("an edition's frozen answers cannot be read") from error
    return tuple(_changes(before, rows, without_editions(book), index))


def _changes(
    before: dict[str, str], rows: dict[str, list[str]], book: AnswerBook, index: QuestionIndex
) -> Iterator[AnswerChange]:
    after = {key: said(answer) for key, answer in book.answers.items()}
    for key in sorted({*before, *after}):
        was, now = before.get(key, "未填"), after.get(key, "未填")
        if was != now:
            if key == _BASIS:  # a hash has no place to break: no table of a paper holds it
                was, now = was[:_HASH_SHOWN], now[:_HASH_SHOWN]
            yield AnswerChange(label_of(index, key, book), _short(was), _short(now))
    for table in sorted({*rows, *book.rows}):
        was_rows, now_rows = rows.get(table, []), list(book.row_ids(table))
        if was_rows != now_rows:
            yield AnswerChange(
                label_of(index, table, book), f"{len(was_rows)} 行", f"{len(now_rows)} 行"
            )


def label_of(index: QuestionIndex, key: str, book: AnswerBook) -> str:
    """Words for a key; the key itself for what is no question."""
    if key in index.tables:
        return index.tables[key].title
    try:
        return index.label_of(key, book)
    except KeyError:
        return {
            "audit.basis": "系数、公式和问题的版本",
            "audit.system": "指标体系",
            "paper.template": "报告模板",
        }.get(key, key)


def said(answer: Answer) -> str:
    """An answer in words: as it was typed, with its note."""
    match answer:
        case Given(text, raw, note):
            return (raw or text) + (f"（{note}）" if note else "")
        case _:
            reason = getattr(answer, "reason", "")
            return f"不适用：{reason}" if reason else "未填"


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
