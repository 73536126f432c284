"""Filling a whole question set with plain plausible answers, as a patient user would."""

from collections.abc import Mapping

from app.audit.offers import offers
from app.audit.project import AuditProject, build_project
from app.forms.answer import Answer, AnswerBook, Given, cell_key
from app.forms.question import Question, QuestionKind, Questionnaire, RowsKind, TableQuestion
from app.forms.question_index import row_ids
from app.forms.visible import asked_columns, asked_items
from tests.helpers.forms import shipped_forms, shipped_reference, shipped_rules

TEXTS = {
    QuestionKind.TEXT: "文字",
    QuestionKind.LONG_TEXT: "一段文字",
    QuestionKind.YEAR: "2025",
    QuestionKind.MONTH: "2025-06",
    QuestionKind.DATE: "2026-06-01",
    QuestionKind.YES_NO: "yes",
    QuestionKind.INDUSTRY: "3360 金属表面处理及热处理加工",
    QuestionKind.CREDIT_CODE: "91440605MA05T8K207",
}

PERIODS = {"energy.next_period": "2026-01-01至2026-01-31"}  # a text that is read


def project_of(questionnaire: Questionnaire, book: AnswerBook) -> AuditProject:
    forms = shipped_forms()
    return build_project(
        book,
        questionnaire,
        forms.quantities,
        forms.factors,
        rules=shipped_rules(),
        law=shipped_reference().law,
    )


def answer_to(question: Question) -> Given:
    """Something that passes every check of the question."""
    if question.kind is QuestionKind.CHOICE:
        return Given(question.options[0].id)
    if question.kind is QuestionKind.MULTI_CHOICE:
        # 「没有」 is chosen alone
        return Given("|".join(option.id for option in question.options if option.id != "none"))
    if question.kind is QuestionKind.NUMBER:
        return Given(
            question.check.usual_minimum or question.check.minimum.replace("0", "1") or "1"
        )
    if question.choices_from == "emission_factors":
        return Given(shipped_reference().emission_factors[0].process)  # others are refused
    if question.choices_from.startswith("caps"):
        return Given(offers(shipped_reference(), question.choices_from)[0].text)
    return Given(PERIODS.get(question.id, TEXTS[question.kind]))


def filled(questionnaire: Questionnaire, begun: Mapping[str, Answer] | None = None) -> AnswerBook:
    """Answers to everything that is asked, one row in each free table; goes on until nothing new is asked. begun: what is
    answered already."""
    answers: dict[str, Answer] = {"audit.base_year": Given("2025"), **(begun or {})}
    rows: dict[str, tuple[str, ...]] = {}
    while True:
        book = AnswerBook(dict(answers), dict(rows))
        before = len(answers)
        for page in questionnaire.pages():
            for item in asked_items(page, book):
                if isinstance(item, TableQuestion):
                    _fill_table(item, book, answers, rows)
                else:
                    answers.setdefault(item.id, answer_to(item))
        if len(answers) == before:
            return book


def _fill_table(
    table: TableQuestion,
    book: AnswerBook,
    answers: dict[str, Answer],
    rows: dict[str, tuple[str, ...]],
) -> None:
    if table.rows is RowsKind.FREE:
        rows.setdefault(table.id, ("r1",))
    ids = rows[table.id] if table.rows is RowsKind.FREE else row_ids(table, book, 2025)
    for row_id in ids:
        for column in asked_columns(table, book):
            if column.id == "period":
                continue  # twelve different spans; empty means the calendar month
            if not column.derived:
                answers.setdefault(cell_key(table.id, row_id, column.id), answer_to(column))
