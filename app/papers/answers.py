"""Answers and computed figures as single cells and as facts, in the words of a paper. Works for every question set.

A cell that is 未填 becomes an Open mark, which keeps a 送审稿 from being printed; 不适用 prints as 「—」 with its reason below.
"""

import functools
import json
import re
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from app import paths
from app.assessment.finding import NotApplicable
from app.assessment.numbers import fraction_of, number_text
from app.audit.contradictions import answers_in_doubt
from app.audit.project import AuditProject
from app.forms import unused
from app.forms.answer import Answer, Given
from app.forms.figure import Figure as ComputedFigure
from app.forms.parse import detection_limit, is_unread
from app.forms.question import Question, QuestionKind
from app.papers.digits import regrouped
from app.papers.document import (
    Amount,
    Away,
    Block,
    Bound,
    Column,
    Inline,
    Open,
    Paragraph,
    Row,
    Runs,
    Table,
)

DASH = "—"
_MOST_PLACES = 4


@functools.cache
def _paper_words() -> Any:
    """words: a whole label -> how a paper says it. facts: question=choice -> the sentence that says it. answers: question -> choice -> how a paper says it.
    phrases: pieces of sentences, replaced in this order. printed: the same, of everything on a paper."""
    return json.loads((paths.resources_dir() / "design" / "paper_words.json").read_text("utf-8"))


def formal(words: str) -> str:
    """How a paper says a label of the screen: 「怎么处置」 becomes 「处置方式」; a hint behind a colon is dropped."""
    known: str | None = _paper_words()["words"].get(words)
    return words.partition("：")[0] if known is None else known


def formal_sentence(words: str) -> str:
    """How a paper says what a rule says; nothing is dropped."""
    known: str | None = _paper_words()["words"].get(words)
    if known is not None:
        return known
    for plain, said in _paper_words()["phrases"]:
        words = words.replace(plain, said)
    return regrouped(words)


def printed_words() -> list[tuple[str, str]]:
    """(plain, as a paper says it) of what may stand anywhere on one."""
    found: list[tuple[str, str]] = _paper_words()["printed"]
    return found


def places_of(text: str) -> int:
    """Decimals of a typed number, as many as a paper prints."""
    if "/" in text:  # an endless decimal, kept exactly
        return _MOST_PLACES
    return min(_MOST_PLACES, len(text.partition(".")[2]))


def places_typed(answer: Answer) -> int:
    """Decimals of a number as it was typed: 「31.80」 has two, though 31.8 is what is kept."""
    if not isinstance(answer, Given):
        return 0
    raw = answer.raw.strip()
    kept = places_of(answer.text)
    return max(kept, places_of(raw)) if _PLAIN.fullmatch(raw) else kept


_PLAIN = re.compile(r"-?\d+\.\d+")


def exact_of(text: str) -> Fraction | None:
    """The number a canonical answer holds; None for words and for nothing."""
    try:
        return fraction_of(text)
    except ValueError:
        return None


def number_given(
    question: Question, answer: Given, key: str, places: int | None = None
) -> Amount | Open:
    """A typed number; 「<20」 for a result below the detection limit, 未读懂 for what is no number."""
    value = exact_of(answer.text)
    if value is None:
        said = (answer.raw or answer.text).strip()
        return Open(f"「{said}」未读懂" if said else "未填", key=key)
    limit = detection_limit(answer)
    if limit is not None:
        written = places_of(number_text(limit))
        return Amount(limit, written, question.unit, key, bound=Bound.BELOW)
    return Amount(value, places_typed(answer) if places is None else places, question.unit, key)


def given_text(question: Question, answer: Given) -> str:
    """An answer in words: choices by their labels. Numbers: see `number_given`."""
    known: str | None = _paper_words()["answers"].get(question.id, {}).get(answer.text)
    if known is not None:
        return known
    labels = {option.id: option.label for option in question.options}
    match question.kind:
        case QuestionKind.YES_NO:
            return {"yes": "是", "no": "否"}.get(answer.text, answer.text)
        case QuestionKind.CHOICE:
            return formal(labels.get(answer.text, answer.text))
        case QuestionKind.MULTI_CHOICE:
            return "、".join(formal(labels.get(one, one)) for one in answer.text.split("|"))
        case _:
            return answer.text


_INCOME = "product.years.value"


def figure_title(project: AuditProject, figure: ComputedFigure) -> str:
    """The name of a figure; what the field calls its income (营业收入, 年支出) stands for 产值."""
    title = formal(figure.title)
    place = project.index.places.get(_INCOME)
    income = formal(place.question.title) if place is not None else ""
    if not income or income in ("年产值", "产值") or income in title:
        return title
    return title.replace("万元产值", f"万元{income}").replace("年产值", income)


def figure_key(project: AuditProject, figure: ComputedFigure, year: int) -> str:
    """The key of a figure of a year: the base year's has none of its own."""
    return figure.quantity_id if year == project.base_year else f"{figure.quantity_id}@{year}"


def computed_cell(figure: ComputedFigure, key: str = "", *, mark: str = "") -> Inline:
    """A computed figure; 「≥ 426.53」 while something is missing, 未填 when nothing can be said.

    key: of the number; the quantity itself when left out. mark: the numeral of a note.
    """
    key = key or figure.quantity_id
    if figure.words:
        return formal_sentence(figure.words) + mark
    if figure.value is not None:
        return Amount(figure.value, figure.decimals, figure.unit, key, mark=mark)
    if figure.not_applicable:
        return Away(figure.not_applicable, key)
    if figure.at_least is not None:
        least = Amount(figure.at_least, figure.decimals, figure.unit, key, bound=Bound.AT_LEAST)
        return Open(amount=least, key=key)
    return Open(key=key)


def reason_said(answer: NotApplicable) -> str:
    """Why something does not apply; what a card of the screen says once for all is 「未使用」."""
    return UNUSED if unused.said(answer) else answer.reason


UNUSED = "未使用"


def has_gas(project: AuditProject, year: int | None = None) -> bool:
    """Whether a month of gas stands in the bills of a year (None: the base year), or may still."""
    year = project.base_year if year is None else year
    answers = [project.book.get(f"energy.bills/{year}-{month:02d}/gas") for month in range(1, 13)]
    return not all(isinstance(one, NotApplicable) for one in answers)


def is_absent(project: AuditProject, quantity_id: str) -> bool:
    """Whether there is nothing to say of a figure: a sum of a kind of waste of which the firm has no row, a difference to a
    meter it does not have."""
    needed = _DIFFERENCE_TO.get(quantity_id)
    if needed is not None:
        return isinstance(project.book.get(needed), NotApplicable)
    kind = _KINDS_OF_WASTE.get(quantity_id)
    rows = project.book.row_ids(_WASTE)
    return bool(kind) and all(project.book.text(f"{_WASTE}/{one}/kind") != kind for one in rows)


_DIFFERENCE_TO = {"water.gap_plant": "water.outlet_meter"}
_WASTE = "env.waste"
_KINDS_OF_WASTE = {"env.hazardous": "hazardous", "env.general_waste": "general"}


def is_voluntary(project: AuditProject, figure: ComputedFigure) -> bool:
    """A figure that is open only because optional questions were left: nothing is missing from the paper."""
    if figure.value is not None or figure.words or figure.not_applicable:
        return False
    if project.derivation.quantities[figure.quantity_id].rule and not figure.missing:
        return True
    return bool(figure.missing) and all(_is_optional(project, key) for key in figure.missing)


def _is_optional(project: AuditProject, key: str) -> bool:
    parts = key.split("/")
    place = project.index.places.get(f"{parts[0]}.{parts[2]}" if len(parts) == 3 else key)
    return place is not None and not place.question.required


def fact_of(project: AuditProject, question: Question) -> Runs:
    """A single answer with its unit and its note, and what the firm's own data say against it."""
    runs = fact_runs(question, project.book.get(question.id))
    against = answers_in_doubt(project.derivation).get(question.id)
    if not against:
        return runs
    return (*runs, f"（与数据不符：{'；'.join(one.text for one in against)}）")


def fact_runs(question: Question, answer: Answer) -> Runs:
    """A single answer with its unit and its note."""
    match answer:
        case NotApplicable():
            return (f"不适用：{reason_said(answer)}",)
        case Given() if answer.text or is_unread(answer):
            note = f"（{answer.note}）" if answer.note else ""
            if question.kind is QuestionKind.NUMBER:
                unit = f" {question.unit}" if question.unit else ""
                return (number_given(question, answer, question.id), f"{unit}{note}")
            if is_unread(answer):
                return (Open(f"「{answer.raw.strip()}」未读懂", key=question.id),)
            return (f"{given_text(question, answer)}{note}",)
        case _:
            return (Open(key=question.id) if question.required else DASH,)


def facts_table(
    project: AuditProject, key: str, caption: str, questions: Iterable[Question]
) -> Table | None:
    """Two columns: item and content. None when no question is asked."""
    rows = [
        Row(
            (
                formal(question.short or question.title),
                fact_of(project, question),
            )
        )
        for question in questions
    ]
    if not rows:
        return None
    return Table(key, caption, (Column("项目", 2.2), Column("内容", 6)), tuple(rows))


def fact_sentences(project: AuditProject, questions: list[Question]) -> list[Block]:
    """One or two facts: a table of them would be all frame."""
    runs: list[Inline] = []
    for question in questions:
        whole = _paper_words()["facts"].get(f"{question.id}={project.book.text(question.id)}")
        name = formal(question.short or question.title)
        answer = project.book.get(question.id)
        said: Runs = (f"{name}为", *fact_of(project, question))
        if whole:
            said = (whole,)
        elif isinstance(answer, NotApplicable):
            said = (f"{name}不适用（{reason_said(answer)}）",)
        runs += ["，" if runs else "", *said]
    return [Paragraph((*runs, "。"))] if runs else []
