"""What a pasted block would write, as a value: columns, rows, cells, problems and what is still open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from app.assessment.finding import Missing
from app.errors import Problem
from app.forms.answer import Answer, Change, RowsChange
from app.forms.grid import Grid
from app.forms.question import TableQuestion

UNUSED = ""  # a source column that is not written
ROW_NAMES = "#rows"  # a source column that names the rows
SKIP = "skip"  # the choice that writes nothing of what is asked about


@dataclass(frozen=True)
class SourceColumn:
    """What is done with one column of the preview.

    heading: the client's own head. target: column id, ROW_NAMES or UNUSED. guessed_by: 「标题」, 「位置」, 「你选的」 or "".
    factor: what its numbers are multiplied by; unit: the unit they are read in.
    """

    heading: str
    target: str
    guessed_by: str = ""
    factor: Fraction = Fraction(1)
    unit: str = ""


@dataclass(frozen=True)
class PlannedCell:
    """One cell of the block and the answer it becomes. source: where it stood in the client's table."""

    row: int
    column: int
    key: str
    row_id: str
    column_id: str
    typed: str
    before: Answer
    after: Answer
    source: str = ""

    @property
    def replaces(self) -> bool:
        """True when an older answer would go."""
        return not isinstance(self.before, Missing)


@dataclass(frozen=True)
class PasteProblem(Problem):
    """A problem with its place in the block; row or column −1 when it is not about one cell."""

    row: int = -1
    column: int = -1


@dataclass(frozen=True)
class Choice:
    key: str
    label: str


@dataclass(frozen=True)
class Doubt:
    """Something the table does not say for certain. What hangs on it is not written before it is answered.

    id stays the same while the block does, so that an answer can be remembered. chosen: the key of the answer, "" while open.
    column: the column of the preview it is about, −1 for all.
    """

    id: str
    text: str
    choices: tuple[Choice, ...]
    chosen: str = ""
    column: int = -1
    unit: str = ""


@dataclass(frozen=True)
class PastePlan:
    """changes: exactly what writing would do, in order. cells: the same, with where each came from.

    grid: the block as it is shown: one row per row of ours, then what could not be placed. rows: per block row its row id,
    "" for rows that are not written. questions: what is open; settled: what was answered. reason_needed: cells marked 「/」
    that wait for a reason. unchanged: cells that already hold the same answer. years: the years that would be written.
    """

    table: TableQuestion
    grid: Grid
    head_rows: int
    columns: tuple[SourceColumn, ...]
    rows: tuple[str, ...]
    cells: tuple[PlannedCell, ...]
    changes: tuple[Change | RowsChange, ...]
    problems: tuple[PasteProblem, ...]
    understood: tuple[str, ...]
    questions: tuple[Doubt, ...]
    reason_needed: int
    unchanged: int
    settled: tuple[Doubt, ...] = ()
    years: tuple[int, ...] = ()
    raw: bool = False  # nothing has its place yet: the grid is shown as it came, its columns cannot be chosen

    @property
    def replaced(self) -> int:
        return sum(cell.replaces for cell in self.cells)

    @property
    def ready(self) -> bool:
        """Nothing is open and there is something to write: 写入 may be the default."""
        return not self.questions and bool(self.changes)


@dataclass
class Draft:
    """What is met on the way to a plan."""

    decisions: Mapping[str, str] = field(default_factory=dict)
    problems: list[PasteProblem] = field(default_factory=list)
    understood: list[str] = field(default_factory=list)
    questions: list[Doubt] = field(default_factory=list)
    settled: list[Doubt] = field(default_factory=list)

    def ask(
        self,
        doubt_id: str,
        text: str,
        choices: Sequence[tuple[str, str]],
        *,
        column: int = -1,
        unit: str = "",
    ) -> str:
        """The key that was chosen, "" while it is open."""
        made = tuple(Choice(key, label) for key, label in choices)
        chosen = self.decisions.get(doubt_id, "")
        if chosen not in {choice.key for choice in made}:
            chosen = ""
        if any(known.id == doubt_id for known in (*self.questions, *self.settled)):
            return chosen
        doubt = Doubt(doubt_id, text, made, chosen, column, unit)
        (self.settled if chosen else self.questions).append(doubt)
        return chosen

    def say(self, text: str) -> None:
        if text not in self.understood:
            self.understood.append(text)

    def problem(self, where: str, what: str, remedy: str, row: int = -1, column: int = -1) -> None:
        self.problems.append(PasteProblem(where, what, remedy, row=row, column=column))
