"""Usual answers: offered where the data name one, never counted by themselves."""

import pytest

from app.assessment.finding import NotApplicable
from app.forms.answer import Answer, AnswerBook, Given, cell_key
from app.forms.condition import Comparison, Operator
from app.forms.offered import offered
from app.forms.parse import Offer, parse_answer
from app.forms.question import Option, Question, QuestionKind, TableQuestion
from tests.helpers.forms import derivation, shipped_forms

RATIO = Question("ratio", "倍率", QuestionKind.NUMBER, unit="倍", default="1")
YES_NO = Question("meters", "有没有分表？", QuestionKind.YES_NO, default="no")
FLOW = Question(
    "flow",
    "走哪条路？",
    QuestionKind.MULTI_CHOICE,
    options=(Option("a", "甲"), Option("b", "乙"), Option("c", "丙")),
    default="a|c",
)
EMPTY = AnswerBook()


def test_the_offer_says_the_usual_answer_and_types_it() -> None:
    assert offered(RATIO, EMPTY) == Offer("常见是 1 倍", "1")
    assert offered(YES_NO, EMPTY) == Offer("常见是「否」", "no")
    assert offered(FLOW, EMPTY) == Offer("常见是「甲、丙」", "a|c")


@pytest.mark.parametrize(
    "answer", [Given("2"), Given("0"), Given("", raw="两"), NotApplicable("没有表")]
)
def test_nothing_is_offered_over_an_answer(answer: Answer) -> None:
    assert offered(RATIO, AnswerBook({"ratio": answer})) is None


def test_a_cell_is_asked_by_its_own_key() -> None:
    key = cell_key("energy.meters", "r2", "ratio")
    book = AnswerBook({cell_key("energy.meters", "r1", "ratio"): Given("40")})
    assert offered(RATIO, book, key) == Offer("常见是 1 倍", "1")
    assert offered(RATIO, book, cell_key("energy.meters", "r1", "ratio")) is None


def test_a_question_that_is_not_asked_offers_nothing() -> None:
    hidden = Question(
        "x",
        "几只？",
        QuestionKind.NUMBER,
        default="1",
        condition=Comparison("meters", Operator.EQUALS, "yes"),
    )
    assert offered(hidden, EMPTY) is None
    assert offered(hidden, AnswerBook({"meters": Given("yes")})) == Offer("常见是 1", "1")


def test_an_offer_not_taken_counts_nowhere() -> None:
    cells = {"name": "总表", "opening": "10", "closing": "30"}
    book = AnswerBook(
        {cell_key("energy.meters", "r1", column): Given(text) for column, text in cells.items()},
        {"energy.meters": ("r1",)},
    )
    used = derivation(book).cell("energy.meters", "r1", "used")
    assert used.value is None
    assert used.missing == (cell_key("energy.meters", "r1", "ratio"),)


def test_every_usual_answer_in_the_data_can_be_typed() -> None:
    seen = 0
    for questionnaire in shipped_forms().questionnaires.values():
        for page in questionnaire.pages():
            for card in page.cards:
                for item in card.items:
                    questions = item.columns if isinstance(item, TableQuestion) else (item,)
                    for question in questions:
                        if isinstance(question, Question) and question.default:
                            seen += 1
                            parsed = parse_answer(question, question.default)
                            assert parsed.problem is None, question.id
                            assert parsed.answer == Given(question.default), question.id
    assert seen
