"""Answers and computed figures as single cells and as facts, in the words of a paper. Works for every question set.

A cell that is 未填 becomes an Open mark, which keeps a 送审稿 from being printed; 不适用 prints as 「—」 with its reason below.
"""

import functools
import json
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from app import paths
from app.assessment.finding import Missing, NotApplicable
from app.audit.project import AuditProject
from app.forms.answer import Answer, Given
from app.forms.figure import Figure as ComputedFigure
from app.forms.question import Question, QuestionKind
from app.papers.digits import number, regrouped
from app.papers.document import Block, Cell, Column, Inline, Open, Paragraph, Row, Table

DASH = "—"
_MOST_PLACES = 4


@functools.cache
def _paper_words() -> Any:
    """words: a whole label -> how a paper says it. phrases: pieces of sentences, replaced in this order."""
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


def places_of(text: str) -> int:
    """Decimals of a typed number, as many as a paper prints."""
    return min(_MOST_PLACES, len(text.partition(".")[2]))


def given_text(question: Question, answer: Given, places: int | None = None) -> str:
    """An answer in words: choices by their labels, numbers grouped."""
    labels = {option.id: option.label for option in question.options}
    match question.kind:
        case QuestionKind.NUMBER:
            try:
                value = Fraction(answer.text)
            except ValueError:
                return answer.text  # stored although it could not be read; the checks point at it
            return number(value, places_of(answer.text) if places is None else places)
        case QuestionKind.YES_NO:
            return {"yes": "是", "no": "否"}.get(answer.text, answer.text)
        case QuestionKind.CHOICE:
            return formal(labels.get(answer.text, answer.text))
        case QuestionKind.MULTI_CHOICE:
            return "、".join(labels.get(one, one) for one in answer.text.split("|"))
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


def computed_cell(figure: ComputedFigure) -> Cell:
    """A computed figure; 「≥ 426.53」 while something is missing, 未填 when nothing can be said."""
    if figure.words:
        return formal_sentence(figure.words)
    if figure.value is not None:
        return number(figure.value, figure.decimals)
    if figure.not_applicable:
        return DASH
    if figure.at_least is not None:
        return (Open("≥ " + number(figure.at_least, figure.decimals)),)
    return Open()


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


def fact_cell(question: Question, answer: Answer) -> Inline:
    match answer:
        case Missing():
            return Open() if question.required else DASH
        case NotApplicable(reason):
            return f"不适用：{reason}"
        case Given():
            text = given_text(question, answer)
            unit = f" {question.unit}" if question.unit else ""
            return f"{text}{unit}" + (f"（{answer.note}）" if answer.note else "")


def facts_table(
    project: AuditProject, key: str, caption: str, questions: Iterable[Question]
) -> Table | None:
    """Two columns: item and content. None when no question is asked."""
    rows = [
        Row(
            (
                formal(question.short or question.title),
                fact_cell(question, project.book.get(question.id)),
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
        runs += [
            "；" if runs else "",
            f"{formal(question.short or question.title)}：",
            fact_cell(question, project.book.get(question.id)),
        ]
    return [Paragraph((*runs, "。"))] if runs else []
