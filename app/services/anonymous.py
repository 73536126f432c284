"""A copy of an audit that names nobody, to show or to ask with: made in one step, looked over by the user.

What says who the firm is, is replaced by a stand-in; its name is taken out of every other text too; people of the firm become
人员1, 人员2 …; history, names of those who worked on it, the round before and evidence stay behind.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from app.assessment.finding import NotApplicable
from app.audit.basis import BASIS_KEY
from app.audit.project import COPY_KEY, SYSTEM_KEY, TABLE_KEY
from app.errors import Problem, UserError
from app.forms.answer import Answer, AnswerBook, Given
from app.forms.question import QuestionKind
from app.forms.question_index import QuestionIndex

FIRM = "某企业"
HIDDEN = "（已隐去）"
_NAME = "firm.name"
# Ids (the last part of a question or column) that ask who or where somebody is, or for a number given to this firm alone.
_WHO = re.compile(
    r"(legal|address|consultant|receiver|lecturer|owner|manager|contact|phone|mobile|email|approval|acceptance|report"
    r"|permit|plan_no|.*_(person|no|phone|contact|owner))"
)
_PERSON = (
    "team.members.name",
    "team.consultants.name",
    "team.consultants.certificate",
    "team.signers.name",
    "firm.legal",
)
_NUMBERS = re.compile(
    r"(?<![0-9.])(1[3-9][0-9]{9}|0[0-9]{2,3}-?[0-9]{7,8}|[0-9A-HJ-NPQRTUWXY]{18}|[0-9]{17}[0-9Xx])(?![0-9.])"
)
_CITY = re.compile(r"^(.*?[市州盟]).*$")
_MAIL = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+\.[A-Za-z]+")
# What others said of this firm's papers, and the papers themselves.
_LEFT_OUT = ("review/", "evidence/", "edition.", "paper.template")
_OF_THE_PROGRAM = (SYSTEM_KEY, TABLE_KEY, COPY_KEY, BASIS_KEY)
_PART = re.compile(r"[市州盟]?([^市州盟区县旗镇乡]{1,6}?)(新区|区|县|旗|镇|乡|街道)")
_COMMON_ENDINGS = re.compile(r"(股份有限公司|有限责任公司|有限公司|集团|公司|厂)$")


def anonymised(book: AnswerBook, index: QuestionIndex) -> AnswerBook:
    """The answers without names; figures, choices and dates as they are."""
    names = {**dict.fromkeys(names_of(book, index), FIRM), **_places(book)}
    people = _people(book)
    answers: dict[str, Answer] = {}
    for key, answer in book.answers.items():
        if key.startswith(_LEFT_OUT):
            continue
        if key in _OF_THE_PROGRAM:
            answers[key] = answer  # a hash may look like a telephone number
        elif isinstance(answer, Given):
            answers[key] = _given(key, answer, index, names, people)
        elif isinstance(answer, NotApplicable):
            answers[key] = NotApplicable(_without(answer.reason, names, people))
        else:
            answers[key] = answer
    return AnswerBook(answers, book.rows)


def _people(book: AnswerBook) -> dict[str, str]:
    """Name -> stand-in of everybody a table of people or the licence names."""
    people: dict[str, str] = {}
    for key, answer in book.answers.items():
        parts = key.split("/")
        where = f"{parts[0]}.{parts[2]}" if len(parts) == 3 else key
        if where in _PERSON and isinstance(answer, Given):
            people.setdefault(answer.text, f"人员{len(people) + 1}")
    return people


def _places(book: AnswerBook) -> dict[str, str]:
    """Where the firm is, below its city, as it may stand in any text: 「狮山镇」 and 「狮山」 -> 「某镇」."""
    below = book.text("firm.place")[len(_CITY.sub(r"\1", book.text("firm.place"))) :]
    found: dict[str, str] = {}
    for name, kind in _PART.findall(below):
        found[name + kind] = f"某{kind}"
        if len(name) >= 2:
            found.setdefault(name, f"某{kind}")
    return dict(sorted(found.items(), key=lambda one: -len(one[0])))


def names_of(book: AnswerBook, index: QuestionIndex) -> tuple[str, ...]:
    """How the firm is called in full and in short, the longest first. Its own word (字号) is what its name begins with after
    the place; where that is a word of the trade, which our questions use too, it stays."""
    full = book.text(_NAME).strip()
    if not full:
        return ()
    place = book.text("firm.place")
    found = {full}
    short = _COMMON_ENDINGS.sub("", full)
    found.add(short)
    for part in (*re.split(r"[省市区县镇乡]", place), *re.split(r"[省市区县镇乡]", short)[:-1]):
        if len(part) >= 2:
            short = re.sub(rf"^{re.escape(part)}[省市区县镇乡]?", "", short)
    found.add(short)
    own = short[:2]
    words = (
        f"{one.question.title} {one.question.short} {one.question.help}"
        for one in index.places.values()
    )
    if len(short) > len(own) == 2 and not any(own in some for some in words):
        found.add(own)
    return tuple(sorted((one for one in found if len(one) >= 2), key=len, reverse=True))


def _given(
    key: str, answer: Given, index: QuestionIndex, names: Mapping[str, str], people: dict[str, str]
) -> Given:
    if key == _NAME:
        return Given(FIRM)
    kind = _kind(key, index)
    if kind is QuestionKind.CREDIT_CODE:
        return Given(HIDDEN, raw=HIDDEN)
    if key == "firm.place":
        return Given(_CITY.sub(r"\1", answer.text))
    parts = key.split("/")
    where = f"{parts[0]}.{parts[2]}" if len(parts) == 3 else key
    if where in _PERSON:
        return Given(people[answer.text])
    if kind is QuestionKind.TEXT and _WHO.fullmatch(where.rpartition(".")[2]):
        return Given(HIDDEN)
    if kind is None or kind in (QuestionKind.TEXT, QuestionKind.LONG_TEXT):
        return Given(
            _without(answer.text, names, people),
            _without(answer.raw, names, people),
            _without(answer.note, names, people),
        )
    return Given(
        answer.text, _without(answer.raw, names, people), _without(answer.note, names, people)
    )


def _kind(key: str, index: QuestionIndex) -> QuestionKind | None:
    parts = key.split("/")
    place = index.places.get(f"{parts[0]}.{parts[2]}" if len(parts) == 3 else key)
    return None if place is None else place.question.kind


def _without(text: str, names: Mapping[str, str], people: Mapping[str, str]) -> str:
    for name, stand_in in names.items():
        text = text.replace(name, stand_in)
    return _MAIL.sub(HIDDEN, _NUMBERS.sub(HIDDEN, _people_out(text, people)))


def _people_out(text: str, people: Mapping[str, str]) -> str:
    for name, stand_in in people.items():
        if len(name) >= 2:
            text = text.replace(name, stand_in)
    return text


def refuse_own_path(path: Path, target: Path) -> None:
    """UserError when the copy would lie where the audit does."""
    if path.resolve() == target.resolve():
        raise UserError(Problem(target.name, "匿名副本不能盖掉原案卷。", "换一个文件名。"))
