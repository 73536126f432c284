"""One audit as the rules of the check-up look at it: what was typed, safely read; and the register of the rules' tests."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property

from app.assessment.result import Assessment
from app.audit.balance import MaterialBalance, material_balances
from app.audit.compliance import Exceedance, exceedances, known_number
from app.audit.law import report_day
from app.audit.project import AuditProject
from app.checkup.concern import Severity, Value
from app.forms.answer import AnswerBook, Given, cell_key
from app.forms.checkup_data import RuleText
from app.forms.question import Question, QuestionKind, TableQuestion
from app.forms.question_index import QuestionIndex
from app.forms.visible import asked_columns, asked_items, asked_rows
from app.measures.model import Measure, measures_of
from app.measures.results import Proof, proofs_of

Told = dict[str, Value]  # what a test found, for the words of its rule
WORDS = (QuestionKind.TEXT, QuestionKind.LONG_TEXT)


@dataclass(frozen=True)
class Facts:
    """today: the day of the check-up. Reads only what is asked at present: hidden answers are no part of the paper."""

    project: AuditProject
    assessment: Assessment | None
    today: date

    @property
    def book(self) -> AnswerBook:
        return self.project.book

    @property
    def index(self) -> QuestionIndex:
        return self.project.index

    @property
    def base_year(self) -> int | None:
        return self.project.base_year

    @cached_property
    def asked(self) -> Mapping[str, Question | TableQuestion]:
        """Every question and table whose conditions hold, by id, in reading order."""
        pages = self.project.questionnaire.pages()
        return {item.id: item for page in pages for item in asked_items(page, self.book)}

    def rows(self, table_id: str) -> tuple[str, ...]:
        """Rows in which something stands; empty for a table that is not asked."""
        return self._rows.get(table_id, ())

    @cached_property
    def _rows(self) -> Mapping[str, tuple[str, ...]]:
        tables = [item for item in self.asked.values() if isinstance(item, TableQuestion)]
        return {table.id: asked_rows(table, self.book, self.base_year) for table in tables}

    def text(self, *parts: str) -> str:
        """Of a question, or of a cell (table, row, column)."""
        return self.book.text("/".join(parts)).strip()

    def number(self, *parts: str) -> Fraction | None:
        """None while open, not applicable or not understood."""
        return known_number(self.book, "/".join(parts))

    @property
    def report_day(self) -> date:
        """The day the report speaks of; today where none was answered."""
        return report_day(self.book, self.today)

    def day(self, *parts: str) -> date | None:
        """A date, or the first of a month."""
        text = self.text(*parts)
        try:
            return date.fromisoformat(f"{text}-01"[:10]) if len(text) in (7, 10) else None
        except ValueError:
            return None

    def year(self, *parts: str) -> int | None:
        text = self.text(*parts)
        return int(text) if text.isascii() and text.isdigit() else None

    def figure(self, quantity_id: str) -> Fraction | None:
        """A derived quantity of the base year; None where it is unknown or this set of questions has none."""
        if quantity_id not in self.project.derivation.quantities:
            return None
        return self.project.derivation.figure(quantity_id).value

    @cached_property
    def numbers(self) -> tuple[tuple[Question, str, Fraction], ...]:
        """(question or column, key, value) of every number that is asked and given."""
        return tuple(
            (question, key, value)
            for question, key in self._places()
            if question.kind is QuestionKind.NUMBER and (value := self.number(key)) is not None
        )

    def _places(self) -> Iterator[tuple[Question, str]]:
        for item in self.asked.values():
            if isinstance(item, Question):
                yield item, item.id
                continue
            columns = [c for c in asked_columns(item, self.book) if not c.derived]
            for row in self._rows[item.id]:
                for column in columns:
                    yield column, cell_key(item.id, row, column.id)

    def keys_of(self, place: str) -> list[str]:
        """Every filled row's cell of a 「table/column」; of a question or a table that is asked, the place itself."""
        table, _, column = place.partition("/")
        if "/" in column:
            return [place] if table in self.asked else []
        if column:
            return [cell_key(table, row, column) for row in self.rows(table)]
        return [place] if place in self.asked else []

    def shown(self, key: str) -> str:
        """What stands there, of a choice its words."""
        at, text = self.index.places.get(key), self.text(key)
        if at is None and key.count("/") == 2:
            table, _, column = key.split("/")
            at = self.index.places.get(f"{table}.{column}")
        options = () if at is None else at.question.options
        return next((one.label for one in options if one.id == text), text)

    def note(self, key: str) -> str:
        answer = self.book.get(key)
        return answer.note if isinstance(answer, Given) else ""

    @cached_property
    def texts(self) -> tuple[tuple[str, str], ...]:
        """(key, text) of everything written in words, notes of other answers and of indicators among it."""
        return tuple(self._texts())

    def _texts(self) -> Iterator[tuple[str, str]]:
        for question, key in self._places():
            yield from self._words(question, key)
        for key, answer in self.book.answers.items():
            if key.startswith("indicator/") and isinstance(answer, Given) and answer.note:
                yield key, answer.note

    def _words(self, question: Question, key: str) -> Iterator[tuple[str, str]]:
        answer = self.book.get(key)
        if not isinstance(answer, Given):
            return
        if question.kind in WORDS and answer.text.strip():
            yield key, answer.text
        if answer.note:
            yield key, answer.note

    @cached_property
    def balances(self) -> tuple[MaterialBalance, ...]:
        """Material by material; empty where they are not asked."""
        return material_balances(self.project) if "balance.streams" in self.asked else ()

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        """Every measure with a name."""
        return measures_of(self.project)

    @cached_property
    def proofs(self) -> tuple[Proof, ...]:
        """The same, with what is known of each afterwards."""
        return proofs_of(self.project)

    @cached_property
    def exceedances(self) -> tuple[Exceedance, ...]:
        return exceedances(self.book)


@dataclass(frozen=True)
class Found:
    """What a test found. severity: other than the rule's where the case is milder or graver."""

    keys: tuple[str, ...]
    arguments: Mapping[str, Value] = field(default_factory=dict)
    severity: Severity | None = None


Test = Callable[[Facts, RuleText], Iterator[Found]]
TESTS: dict[str, Test] = {}


def test_of_rule(test: Test) -> Test:
    """Registers the test under the name of its function (`test:` of a rule, or its id with _ for .)."""
    TESTS[test.__name__] = test
    return test


def setting(rule: RuleText, name: str) -> Fraction:
    """A limit given with the rule."""
    return Fraction(rule.settings[name][0])
