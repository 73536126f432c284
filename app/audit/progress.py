"""How far the audit is: per page what is filled, zero, not applicable and still open, and how long the rest takes."""

from dataclasses import dataclass
from fractions import Fraction

from app.assessment.finding import Missing, NotApplicable
from app.assessment.numbers import fraction_of
from app.audit.findings import found_indicators
from app.audit.project import AuditProject
from app.forms.answer import Answer, Given, cell_key
from app.forms.once import once
from app.forms.question import Page, Question, QuestionKind, TableQuestion
from app.forms.question_index import cell_answer
from app.forms.visible import asked_columns, asked_items, asked_rows, can_fold


@dataclass(frozen=True)
class PageProgress:
    """Counts are of questions, a table being one question: it is answered when no required cell of it is open.

    answered + zero + not_applicable + missing = total. open_keys: every key still to fill, in reading order.
    minutes_left: the page's minutes in proportion to what is open.
    """

    page_id: str
    answered: int
    zero: int
    not_applicable: int
    missing: int
    open_keys: tuple[str, ...]
    minutes_left: int

    @property
    def total(self) -> int:
        return self.answered + self.zero + self.not_applicable + self.missing

    @property
    def done(self) -> int:
        return self.total - self.missing


@dataclass(frozen=True)
class Progress:
    pages: tuple[PageProgress, ...]

    def page(self, page_id: str) -> PageProgress:
        """KeyError for a page that is not in the set."""
        for page in self.pages:
            if page.page_id == page_id:
                return page
        raise KeyError(page_id)

    def _sum(self, name: str) -> int:
        return sum(getattr(page, name) for page in self.pages)

    @property
    def answered(self) -> int:
        return self._sum("answered")

    @property
    def zero(self) -> int:
        return self._sum("zero")

    @property
    def not_applicable(self) -> int:
        return self._sum("not_applicable")

    @property
    def missing(self) -> int:
        return self._sum("missing")

    @property
    def total(self) -> int:
        return self._sum("total")

    @property
    def done(self) -> int:
        return self._sum("done")

    @property
    def minutes_left(self) -> int:
        return self._sum("minutes_left")


@once
def progress(project: AuditProject) -> Progress:
    """Progress of every page, in order. Questions that are not asked and optional empty ones are not counted."""
    return Progress(tuple(page_progress(project, page) for page in project.questionnaire.pages()))


def page_progress(project: AuditProject, page: Page) -> PageProgress:
    states: list[str] = []
    open_keys: list[str] = []
    weights: list[tuple[int, int]] = []
    if page.kind == "benchmark":
        for name, found in found_indicators(project).items():
            state = _finding_state(found.finding)
            states.append(state)
            weights.append((int(state == "missing"), 1))
            if state == "missing":
                open_keys.extend(found.missing or (name,))
    for item in asked_items(page, project.book):
        if isinstance(item, TableQuestion):
            state, keys, cells = _table(project, item)
        else:
            answer = project.book.get(item.id)
            state = _state(answer, item)
            keys, cells = ((item.id,) if state == "missing" else ()), 1
        if state:
            states.append(state)
            open_keys.extend(keys)
            weights.append((len(keys), cells))
    share = sum((Fraction(left, max(all_, 1)) for left, all_ in weights), Fraction(0))
    minutes = -(-(share * page.minutes) // len(weights)) if weights else 0
    return PageProgress(
        page.id,
        states.count("answered"),
        states.count("zero"),
        states.count("not_applicable"),
        states.count("missing"),
        tuple(dict.fromkeys(open_keys)),
        int(minutes),
    )


def _state(answer: Answer, question: Question) -> str:
    """ "" for an optional question without an answer: it does not count."""
    if question.derived:
        return ""
    match answer:
        case NotApplicable():
            return "not_applicable"
        case Given(text="") | Missing():
            return "missing" if question.required or isinstance(answer, Given) else ""
        case Given(text):
            is_zero = question.kind is QuestionKind.NUMBER and not fraction_of(text)
            return "zero" if is_zero else "answered"


def _table(project: AuditProject, table: TableQuestion) -> tuple[str, tuple[str, ...], int]:
    """(state, open keys, number of required cells) of a table as one question."""
    rows = asked_rows(table, project.book, project.base_year)
    columns = [column for column in asked_columns(table, project.book) if not column.derived]
    required = [column for column in columns if column.required]
    if not required and can_fold(table, project.book):
        return "", (), 1
    if not rows:
        return ("missing" if required else ""), ((table.id,) if required else ()), 1
    open_keys = []
    states = []
    for row_id in rows:
        for column in required:
            state = _state(cell_answer(project.book, table, row_id, column.id), column)
            states.append(state)
            if state == "missing":
                open_keys.append(cell_key(table.id, row_id, column.id))
    if open_keys:
        return "missing", tuple(open_keys), len(states)
    for state in ("not_applicable", "zero"):
        if states and all(found == state for found in states):
            return state, (), len(states)
    return "answered", (), len(states)


def _finding_state(finding: object) -> str:
    match finding:
        case NotApplicable():
            return "not_applicable"
        case Missing():
            return "missing"
        case _:
            return "answered"
