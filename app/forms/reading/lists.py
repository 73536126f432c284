"""Tables with free rows (materials, equipment, waste, VOC …): columns by their heads, years by their year, ledgers summed."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from app.forms.answer import AnswerBook
from app.forms.grid import Grid
from app.forms.question import TableQuestion
from app.forms.reading.blocks import find_blocks, without_shifted
from app.forms.reading.columns import Names
from app.forms.reading.heads import read_head, title_units_of
from app.forms.reading.ledgers import read_ledger
from app.forms.reading.list_columns import (
    ListColumn,
    by_head,
    by_place,
    choose_unit,
    columns_of_years,
    find_unit_column,
)
from app.forms.reading.list_rows import body_rows, rows_and_cells
from app.forms.reading.plan import Draft, PastePlan


def plan_list(
    table: TableQuestion,
    grid: Grid,
    book: AnswerBook,
    ids: Sequence[str],
    base_year: int | None,
    top_left: tuple[str, str] | None,
    targets: Mapping[int, str],
    factors: Mapping[int, Fraction],
    reason: str,
    draft: Draft,
    new_ids: Callable[[int], Sequence[str]],
) -> PastePlan:
    names = Names.of(table)
    block = find_blocks(grid, table)[0]
    if block.head_count:
        ledger = read_ledger(table, names, block, grid, base_year, draft)
        if ledger is not None:
            block = ledger
    block = without_shifted(block, draft)
    columns = [ListColumn(read_head(head)) for head in block.heads]
    years = columns_of_years(table, base_year)
    if block.head_count:
        by_head(table, names, block, grid, columns, years, base_year, targets, draft)
    else:
        by_place(table, block, columns, top_left, targets, draft)
    unit_column = find_unit_column(table, block, columns)
    title_units = title_units_of(block.titles)
    for place in range(len(columns)):
        choose_unit(table, block, columns, place, unit_column, title_units, factors, draft)
    body = body_rows(table, block, draft)
    return rows_and_cells(
        table,
        grid,
        book,
        ids,
        top_left,
        block,
        columns,
        unit_column,
        body,
        title_units,
        reason,
        draft,
        new_ids,
    )
