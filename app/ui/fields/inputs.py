"""One designed widget per question kind, and the registry that picks it.

Every input emits `answered(Parsed)` when the user has given something, and `step(+1 / -1)` for next and previous field.
To add a kind: a class with what all of `Input` have (typed_input, choice_inputs, long_text_input), its name there, and a line in
`create_input`.
"""

from app.forms.question import Question, QuestionKind
from app.ui.fields.choice_inputs import ChipsInput, ComboInput, SegmentsInput
from app.ui.fields.long_text_input import LongTextInput
from app.ui.fields.typed_input import TypedInput

# Choices up to this many characters in all stand side by side; longer ones drop down.
_SEGMENT_CHARACTERS = 22


Input = TypedInput | LongTextInput | SegmentsInput | ComboInput | ChipsInput


def create_input(question: Question, *, small: bool = False) -> Input:
    """The designed input of a question's kind."""
    match question.kind:
        case QuestionKind.LONG_TEXT:
            return LongTextInput(question)
        case QuestionKind.YES_NO:
            return SegmentsInput(question, (("yes", "是"), ("no", "否")))
        case QuestionKind.CHOICE:
            if sum(len(option.label) + 2 for option in question.options) <= _SEGMENT_CHARACTERS:
                return SegmentsInput(
                    question, tuple((option.id, option.label) for option in question.options)
                )
            return ComboInput(question)
        case QuestionKind.MULTI_CHOICE:
            return ChipsInput(question)
        case _:
            return TypedInput(question, small=small)
