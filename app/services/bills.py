"""Reading bills and ledgers from files, for the preview before anything is written."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from app.forms.answer import AnswerBook
from app.forms.grid import SheetGrid
from app.forms.paste import plan_paste
from app.forms.question import TableQuestion

__all__ = ["SheetGrid", "best_sheet", "read_bills"]

_LOOKED_AT = 60  # rows of a sheet that tell whether it is the one


def read_bills(path: Path, stopped: Callable[[], bool] = lambda: False) -> tuple[SheetGrid, ...]:
    """The sheets of a workbook or CSV. UserError when it cannot be read; stopped: asked now and then, True ends it."""
    from app.exchange.apart import read_table_file  # the readers take a while to import

    return read_table_file(path, stopped)


def best_sheet(
    sheets: Sequence[SheetGrid],
    table: TableQuestion,
    book: AnswerBook,
    base_year: int | None,
    year: int | None,
) -> int:
    """The sheet that fits the table best: what would be written at once first, then what would be asked."""

    def worth(sheet: SheetGrid) -> tuple[int, int, int]:
        grid = replace(sheet.grid, rows=sheet.grid.rows[:_LOOKED_AT])
        plan = plan_paste(table, grid, book, base_year=base_year, year=year)
        matched = sum(bool(column.target) for column in plan.columns)
        asked = sum(
            question.id.startswith(("column", "which", "year", "unit", "runs"))
            for question in plan.questions
        )
        return (
            0 if sheet.grid.hidden else 1,
            min(len(plan.cells), 400) * 4
            + (min(matched, 8) * 6 if plan.cells or asked else 0)
            + asked * 8,
            -len(plan.questions),
        )

    if len(sheets) < 2:
        return 0
    worths = [worth(sheet) for sheet in sheets]
    return max(range(len(sheets)), key=lambda place: (worths[place], -place))
