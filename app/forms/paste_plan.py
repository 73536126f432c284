"""What a pasted block would write, as a value: columns, rows, cells, problems and questions (app.forms.paste makes it)."""

from dataclasses import dataclass, field
from fractions import Fraction

from app.assessment.finding import Missing
from app.errors import Problem
from app.forms.answer import Answer, Change, RowsChange
from app.forms.grid import Grid
from app.forms.question import TableQuestion

UNUSED = ""  # a source column that is not written
ROW_NAMES = "#rows"  # a source column that names the rows


@dataclass(frozen=True)
class SourceColumn:
    """What is done with one column of the block.

    target: column id, ROW_NAMES or UNUSED. guessed_by: 「标题」, 「位置」, 「你选的」 or "". factor: what its numbers are
    multiplied by; unit: the unit they are read in.
    """

    heading: str
    target: str
    guessed_by: str = ""
    factor: Fraction = Fraction(1)
    unit: str = ""


@dataclass(frozen=True)
class PlannedCell:
    """One cell of the block and the answer it becomes."""

    row: int
    column: int
    key: str
    row_id: str
    column_id: str
    typed: str
    before: Answer
    after: Answer

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
class UnitQuestion:
    """The numbers of a column look as if they were in another unit. Nothing is converted before it is answered.

    factor: what the guessed unit would multiply by (10000 for 「万 kWh」).
    """

    column: int
    column_id: str
    text: str
    factor: Fraction
    unit: str
    own_unit: str


@dataclass(frozen=True)
class PastePlan:
    """changes: exactly what writing would do, in order. cells: the same, with where each came from.

    rows: per block row its row id, "" for heads, totals and rows that are not written. reason_needed: cells marked 「/」
    that wait for a reason. unchanged: cells that already hold the same answer.
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
    questions: tuple[UnitQuestion, ...]
    reason_needed: int
    unchanged: int

    @property
    def replaced(self) -> int:
        return sum(cell.replaces for cell in self.cells)


@dataclass
class Draft:
    problems: list[PasteProblem] = field(default_factory=list)
    understood: list[str] = field(default_factory=list)
    questions: list[UnitQuestion] = field(default_factory=list)
