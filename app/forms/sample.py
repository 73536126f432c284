"""The sample audit as data: answers of a made-up firm, in two states."""

from dataclasses import dataclass

from app.forms.answer import AnswerBook


@dataclass(frozen=True)
class SampleAudit:
    """removed: keys taken away in the state 「还差几项」."""

    id: str
    name: str
    questionnaire_id: str
    system_id: str
    table_id: str
    book: AnswerBook
    removed: tuple[str, ...]

    def incomplete(self) -> AnswerBook:
        """The book with the `removed` answers taken away."""
        answers = {
            key: answer for key, answer in self.book.answers.items() if key not in self.removed
        }
        return AnswerBook(answers, self.book.rows)
