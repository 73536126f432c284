"""What each kept paper proves: an answer of its own kind under 「evidence/<SHA-256>」, so that undo, history and merging know it.

The paper itself lies in storage; here are its title, its group in the binder and the places it proves.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import groupby

from app.forms.answer import MISSING, Answer, AnswerBook, Given

_PREFIX = "evidence/"
GROUPS = ("手续和承诺", "能源和水", "监测报告", "培训", "危险废物", "方案", "还没归类")
"""The groups of the binder, in its order; a paper's number is 「<group>-<place in it>」."""
UNSORTED = GROUPS[-1]
# The page an answer is on, by the first part of its key.
_GROUP_OF = {
    "energy": "能源和水", "water": "能源和水", "env": "监测报告", "waste": "危险废物", "compliance": "手续和承诺",
    "team": "培训", "training": "培训", "measure": "方案", "measures": "方案", "option": "方案",
}  # fmt: skip


@dataclass(frozen=True)
class Proof:
    """One answer a paper proves. page from 0 and box (left, top, right, bottom in thousandths of the page): where it says so,
    None = not known."""

    key: str
    page: int = 0
    box: tuple[int, int, int, int] | None = None


@dataclass(frozen=True)
class Paper:
    """One paper of the binder. months: YYYY-MM it is about, for the order."""

    sha256: str
    title: str
    name: str
    group: str = UNSORTED
    month: str = ""
    proves: tuple[Proof, ...] = ()


@dataclass(frozen=True)
class Numbered:
    """A paper with its number in the binder (「2-07」)."""

    number: str
    paper: Paper


def paper_key(sha256: str) -> str:
    return f"{_PREFIX}{sha256}"


def to_answer(paper: Paper) -> Given:
    """The answer that keeps what a paper is; the same paper gives the same text."""
    plain = {
        "title": paper.title,
        "name": paper.name,
        "group": paper.group,
        "month": paper.month,
        "proves": [
            {"key": one.key, "page": one.page, "box": None if one.box is None else list(one.box)}
            for one in paper.proves
        ],
    }
    return Given(json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")))


@lru_cache(maxsize=8192)  # asked for every paper whenever a table is shown anew
def paper_of(key: str, answer: Answer) -> Paper | None:
    """None for any other answer, and for one that cannot be read."""
    if not key.startswith(_PREFIX) or not isinstance(answer, Given):
        return None
    try:
        plain = json.loads(answer.text)
        proves = tuple(
            Proof(one["key"], one["page"], None if one["box"] is None else tuple(one["box"]))
            for one in plain["proves"]
        )
        return Paper(
            key.removeprefix(_PREFIX),
            plain["title"],
            plain["name"],
            plain["group"],
            plain["month"],
            proves,
        )
    except (ValueError, KeyError, TypeError):
        return None


def papers(book: AnswerBook) -> tuple[Paper, ...]:
    """Every paper of the binder, by group, month and title."""
    found = [
        paper
        for key, answer in book.answers.items()
        if (paper := paper_of(key, answer)) is not None
    ]
    return tuple(sorted(found, key=_order))


def _order(paper: Paper) -> tuple[int, str, str, str]:
    place = GROUPS.index(paper.group) if paper.group in GROUPS else len(GROUPS)
    return place, paper.month or "9999", paper.title, paper.sha256


def numbered(book: AnswerBook) -> tuple[Numbered, ...]:
    """The same with their numbers."""
    return _binder(book).numbered


@dataclass(frozen=True)
class _Binder:
    """What follows from the papers alone. Asked for with every act and every table shown, and rarely changed: the last one
    is kept, so that 2,000 photographs cost nothing while other answers are typed."""

    book: AnswerBook
    answers: Mapping[str, Answer]
    numbered: tuple[Numbered, ...]
    proofs: Mapping[str, tuple[Numbered, ...]]


_last = _Binder(AnswerBook(), {}, (), {})


def _binder(book: AnswerBook) -> _Binder:
    global _last
    last = _last
    if last.book is book:
        return last
    answers = {key: one for key, one in book.answers.items() if key.startswith(_PREFIX)}
    if answers == last.answers:
        last = replace(last, book=book)
    else:
        found: list[Numbered] = []
        for group, some in groupby(papers(book), key=lambda one: one.group):
            number = GROUPS.index(group) + 1 if group in GROUPS else len(GROUPS)
            found += [Numbered(f"{number}-{at:02d}", one) for at, one in enumerate(some, 1)]
        proofs: dict[str, list[Numbered]] = {}
        for one in found:
            for proof in one.paper.proves:
                proofs.setdefault(proof.key, []).append(one)
        by_key = {key: tuple(some) for key, some in proofs.items()}
        last = _Binder(book, answers, tuple(found), by_key)
    _last = last
    return last


def group_of(keys: Iterable[str]) -> str:
    """The group a paper goes to that proves these answers."""
    for key in keys:
        group = _GROUP_OF.get(key.replace("/", ".").split(".")[0])
        if group:
            return group
    return UNSORTED


def proofs_of(book: AnswerBook) -> Mapping[str, tuple[Numbered, ...]]:
    """By answer key: the papers that prove it."""
    return _binder(book).proofs


def joined(before: Paper | None, paper: Paper) -> Paper:
    """A paper that is kept already, with what it proves beside."""
    if before is None:
        return paper
    known = {one.key for one in before.proves}
    more = tuple(one for one in paper.proves if one.key not in known)
    return replace(before, proves=(*before.proves, *more))


# --- what is still missing ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wanted:
    """A paper that is not there: what, for which month, for which answers."""

    what: str
    month: str
    keys: tuple[str, ...] = field(default=())


_BILLS = (
    ("电费单", "energy.bills", "electricity"),
    ("气费单", "energy.bills", "gas"),
    ("水费单", "water.bills", "intake"),
)


def wanted(book: AnswerBook, year: int | None) -> tuple[Wanted, ...]:
    """Bills of the base year that are not there: a month without a figure, and a figure without a paper. 零 and 不适用 want none."""
    if year is None:
        return ()
    proved = proofs_of(book)
    found = []
    for what, table, column in _BILLS:
        for number in range(1, 13):
            month = f"{year}-{number:02d}"
            key = f"{table}/{month}/{column}"
            answer = book.get(key)
            if answer != MISSING and (not isinstance(answer, Given) or answer.text == "0"):
                continue
            if key not in proved:
                found.append(Wanted(what, month, (key,)))
    return tuple(found)
