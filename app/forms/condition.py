"""When a question is asked. A small comparison tree over answers; no eval, no code in data."""

import enum
from dataclasses import dataclass

from app.assessment.finding import Missing, NotApplicable
from app.forms.answer import AnswerBook


class Operator(enum.StrEnum):
    EQUALS = "equals"
    NOT_EQUALS = "not_equals"
    CONTAINS = "contains"  # one of several choices
    NOT_CONTAINS = "not_contains"  # holds while nothing is answered, too
    ANSWERED = "answered"


@dataclass(frozen=True)
class Comparison:
    key: str
    operator: Operator
    value: str = ""


@dataclass(frozen=True)
class AllOf:
    parts: tuple["Condition", ...]


@dataclass(frozen=True)
class AnyOf:
    parts: tuple["Condition", ...]


Condition = Comparison | AllOf | AnyOf


def holds(condition: Condition | None, book: AnswerBook) -> bool:
    """True when the question is to be asked. No condition: always. A missing answer equals nothing, so what depends on
    it stays hidden until it is given; `not_equals` holds for a given answer only, `not_contains` without one as well."""
    match condition:
        case None:
            return True
        case AllOf(parts):
            return all(holds(part, book) for part in parts)
        case AnyOf(parts):
            return any(holds(part, book) for part in parts)
        case Comparison(key, operator, value):
            answer = book.get(key)
            if operator is Operator.ANSWERED and book.row_ids(key):
                return True  # a table with rows
            if isinstance(answer, Missing | NotApplicable):
                return operator is Operator.NOT_CONTAINS
            match operator:
                case Operator.EQUALS:
                    return answer.text == value
                case Operator.NOT_EQUALS:
                    return answer.text != value
                case Operator.CONTAINS:
                    return value in answer.text.split("|")
                case Operator.NOT_CONTAINS:
                    return value not in answer.text.split("|")
                case Operator.ANSWERED:
                    return True


def condition_keys(condition: Condition | None) -> tuple[str, ...]:
    """Every answer key a condition looks at, in reading order."""
    match condition:
        case None:
            return ()
        case Comparison(key):
            return (key,)
        case AllOf(parts) | AnyOf(parts):
            return tuple(key for part in parts for key in condition_keys(part))
