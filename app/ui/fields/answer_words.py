"""An answer as a field shows it."""

from app.assessment.numbers import fraction_of
from app.forms.answer import Answer, Given
from app.forms.parse import is_unread
from app.forms.question import Question, QuestionKind


def is_zero(answer: Answer) -> bool:
    """True for the number nought, however it is written."""
    if not isinstance(answer, Given):
        return False
    try:
        return not fraction_of(answer.text)
    except (ValueError, ZeroDivisionError):
        return False


def grouped(text: str) -> str:
    """Canonical decimal text with thousands commas and a true minus sign; anything else as it is."""
    body = text.removeprefix("-")
    whole, point, places = body.partition(".")
    if not whole.isascii() or not whole.isdigit() or (point and not places.isdigit()):
        return text
    return ("−" if text.startswith("-") else "") + f"{int(whole):,}" + point + places


def answer_text(question: Question, answer: Answer) -> str:
    """An answer as the user reads it: grouped figures, labels of choices."""
    if not isinstance(answer, Given):
        return ""
    if is_unread(answer):
        return answer.raw
    labels = {option.id: option.label for option in question.options}
    match question.kind:
        case QuestionKind.NUMBER:
            # an endless decimal (10 MJ in kW·h) is kept exactly as a quotient; people see what they typed
            return answer.raw if "/" in answer.text and answer.raw else grouped(answer.text)
        case QuestionKind.CHOICE:
            return labels.get(answer.text, answer.text)
        case QuestionKind.MULTI_CHOICE:
            return "、".join(labels.get(part, part) for part in answer.text.split("|") if part)
        case QuestionKind.YES_NO:
            return {"yes": "是", "no": "否"}.get(answer.text, answer.text)
        case _:
            return answer.text
