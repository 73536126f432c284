"""The sample audit as data: answers of a made-up firm, in three states."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.forms.answer import Answer, AnswerBook


@dataclass(frozen=True)
class SampleAudit:
    """removed: keys taken away in the state 「还差几项」. after: answers added once the measures are done;
    after_rows: rows of free tables that come with them, by table."""

    id: str
    name: str
    questionnaire_id: str
    system_id: str
    table_id: str
    book: AnswerBook
    removed: tuple[str, ...]
    after: Mapping[str, Answer] = field(default_factory=dict)
    after_rows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def incomplete(self) -> AnswerBook:
        """The book with the `removed` answers taken away."""
        answers = {
            key: answer for key, answer in self.book.answers.items() if key not in self.removed
        }
        return AnswerBook(answers, self.book.rows)

    def finished(self) -> AnswerBook:
        """The book with what was done and measured afterwards."""
        rows = dict(self.book.rows)
        for table, ids in self.after_rows.items():
            known = rows.get(table, ())
            rows[table] = (*known, *(one for one in ids if one not in known))
        return AnswerBook({**self.book.answers, **self.after}, rows)
