"""What the short view of a page folds, and what it never does."""

from app.forms.answer import AnswerBook, Given
from app.forms.folding import Folding
from app.forms.question import Card, Page, Question, QuestionKind


def question(name: str, *, required: bool = False) -> Question:
    return Question(name, name, QuestionKind.TEXT, required=required)


ASKED = question("asked", required=True)
CARD = Card("card", "卡片", (ASKED, question("one"), question("two")))
PAGE = Page("page", "A1", "页", "页", "", cards=(CARD,))


def folded(folding: Folding, book: AnswerBook, *awaited: str) -> set[str]:
    folding.update(book, quick=True, awaited=lambda: awaited)
    return set(folding.folded)


def test_optional_and_empty_is_folded_unless_an_indicator_waits_for_it() -> None:
    assert folded(Folding(PAGE), AnswerBook()) == {"one", "two"}
    assert folded(Folding(PAGE), AnswerBook(), "two") == {"one"}
    assert folded(Folding(PAGE), AnswerBook({"one": Given("x")})) == {"two"}


def test_what_was_answered_here_or_opened_stays_open_until_the_view_begins_again() -> None:
    folding = Folding(PAGE)
    assert folded(folding, AnswerBook({"one": Given("x")})) == {"two"}
    assert folded(folding, AnswerBook()) == {"two"}
    assert folding.open("card") == "two"
    assert folded(folding, AnswerBook()) == set()
    folding.start_again()
    assert folded(folding, AnswerBook()) == {"one", "two"}
    assert not folding.is_closed(CARD, AnswerBook())


def test_a_page_of_nothing_but_optional_questions_is_not_emptied() -> None:
    page = Page("page", "A1", "页", "页", "", cards=(Card("card", "卡片", (question("one"),)),))
    assert folded(Folding(page), AnswerBook()) == set()
