"""Opinions of reviewers on a paper and the answers to them, kept in the audit as answers of their own kind under 「review/<id>」,
so that undo, history and backups know them. A paper is not made of them: replying changes no number of an edition.
"""

import json
from dataclasses import dataclass
from enum import StrEnum

from app.forms.answer import Answer, AnswerBook, Given

REVIEW = "review/"


class Reply(StrEnum):
    """How far an opinion is answered; the words are what people see."""

    OPEN = "没答"
    DOING = "在改"
    DONE = "改完"
    DECLINED = "不采纳"


@dataclass(frozen=True)
class Opinion:
    """One opinion. text: the reviewer's own words, never changed. place, where, before: the place of the paper (app.papers.places), how it is
    called and what stood there; "" for the paper as a whole. page: as printed on the paper that was read; edition, purpose: which paper that was. reply: the answer;
    evidence: SHA-256 of papers of the binder that go with it."""

    id: str
    order: int
    text: str
    author: str
    day: str
    place: str = ""
    where: str = ""
    before: str = ""
    page: str = ""
    edition: str = ""
    purpose: str = "审核"
    state: Reply = Reply.OPEN
    reply: str = ""
    evidence: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return REVIEW + self.id

    @property
    def is_settled(self) -> bool:
        return self.state in (Reply.DONE, Reply.DECLINED)


def to_answer(opinion: Opinion) -> Given:
    """The answer that keeps it; equal opinions give equal text."""
    plain = {name: getattr(opinion, name) for name in _TEXTS}
    plain |= {"order": opinion.order, "state": opinion.state.value}
    plain["evidence"] = list(opinion.evidence)
    return Given(json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")))


_TEXTS = (
    "text",
    "author",
    "day",
    "place",
    "where",
    "before",
    "page",
    "edition",
    "purpose",
    "reply",
)


def opinion_of(key: str, answer: Answer) -> Opinion | None:
    """None for any other answer, and for one that cannot be read."""
    if not key.startswith(REVIEW) or not isinstance(answer, Given):
        return None
    try:
        plain = json.loads(answer.text)
        texts = {name: str(plain[name]) for name in _TEXTS}
        return Opinion(
            id=key.removeprefix(REVIEW),
            order=int(plain["order"]),
            state=Reply(plain["state"]),
            evidence=tuple(str(one) for one in plain["evidence"]),
            **texts,
        )
    except (ArithmeticError, ValueError, KeyError, TypeError, RecursionError):
        return None


def opinions(book: AnswerBook) -> tuple[Opinion, ...]:
    """Every opinion, in the order they came."""
    found = [
        one for key, answer in book.answers.items() if (one := opinion_of(key, answer)) is not None
    ]
    return tuple(sorted(found, key=lambda one: (one.order, one.id)))
