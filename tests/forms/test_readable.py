"""What is looked through again after an act: only what the act changed, with the same outcome as looking through all."""

from hypothesis import given
from hypothesis import strategies as st

from app.assessment.finding import NotApplicable
from app.bootstrap import load_catalogue
from app.forms.answer import Answer, AnswerBook, Change, Given, RowsChange, apply
from app.forms.question_index import QuestionIndex
from app.forms.readable import readable

_KEYS = (
    "audit.base_year",
    "firm.name",
    "energy.bills/2025-01/electricity",
    "energy.bills/2025-02/electricity",
    "override/energy.total",
    "nowhere",
)
_TEXTS = ("2025", "12.5", "abc", "1e9", "", "2025-13-01", "9" * 80, "1/3")
_ANSWERS: st.SearchStrategy[Answer] = st.one_of(
    st.sampled_from(_TEXTS).map(Given), st.just(NotApplicable("没有这项"))
)
_QUESTIONS = load_catalogue().questionnaire("industry")


@given(st.lists(st.tuples(st.sampled_from(_KEYS), _ANSWERS), max_size=30), st.integers(0, 5))
def test_after_every_act_as_if_all_were_looked_through(
    acts: list[tuple[str, Answer]], other: int
) -> None:
    index = QuestionIndex(_QUESTIONS)
    book = AnswerBook()
    for number, (key, answer) in enumerate(acts):
        book = apply(book, (Change(key, book.get(key), answer),))
        if number == other:  # another book of the same questions in between, and the same one again
            readable(AnswerBook({key: Given("x") for key in _KEYS}), index)
            readable(book, index)
        assert readable(book, index) == readable(book, QuestionIndex(_QUESTIONS))


def test_what_cannot_be_read_stays_so_after_other_acts() -> None:
    index = QuestionIndex(_QUESTIONS)
    book = AnswerBook({"audit.base_year": Given("abc")})
    assert readable(book, index).get("audit.base_year") == Given("", "abc")
    later = apply(book, (RowsChange("team.members", (), ("r1",)),))
    assert readable(later, index).get("audit.base_year") == Given("", "abc")


def test_nothing_of_a_closed_audit_is_kept() -> None:
    index = QuestionIndex(_QUESTIONS)
    readable(AnswerBook({"firm.name": Given("甲厂")}), index)
    last, _ = index.looked_through
    assert last is not None
    assert last() is None
