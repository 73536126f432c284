"""The usual answer of a question (`default` in the data), offered and never counted until somebody takes it."""

from app.assessment.finding import Missing
from app.forms.answer import AnswerBook
from app.forms.condition import holds
from app.forms.parse import Offer
from app.forms.question import Question, QuestionKind


def offered(question: Question, book: AnswerBook, key: str = "") -> Offer | None:
    """What one click would type at `key` (the question's own id, or the key of a cell of its column). None when the data
    know no usual answer, when the question is answered already, or when it is not asked."""
    if (
        not question.default
        or question.derived
        or not isinstance(book.get(key or question.id), Missing)
        or not holds(question.condition, book)
    ):
        return None
    return Offer(f"常见是{_shown(question)}", question.default)


def _shown(question: Question) -> str:
    """The usual answer as people read it, quoted unless it begins with a figure."""
    if question.kind is QuestionKind.YES_NO:
        return "「是」" if question.default == "yes" else "「否」"
    if question.options:
        chosen = question.default.split("|")
        labels = "、".join(option.label for option in question.options if option.id in chosen)
        return f"「{labels}」"
    if question.kind is QuestionKind.NUMBER:
        return f" {question.default} {question.unit}".rstrip()
    return f"「{question.default}」"
