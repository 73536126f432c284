"""What a pasted or imported block of cells would write: planned first, shown with every problem, applied as one act.

Right, or asked, or refused: what the table does not say for certain is a question of the plan (`app.forms.reading`), and
what hangs on it is not written before it is answered. Nothing is dropped silently: a cell is written, found unchanged,
empty, part of a question, or a problem with its place.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from app.forms.answer import AnswerBook, next_row_ids
from app.forms.grid import Grid, trimmed
from app.forms.question import Option, RowsKind, TableQuestion
from app.forms.question_index import row_ids, row_label
from app.forms.reading.assemble import plan_records
from app.forms.reading.lists import plan_list
from app.forms.reading.plan import Choice, Doubt, Draft, PastePlan
from app.forms.visible import asked_columns


def plan_paste(
    table: TableQuestion,
    grid: Grid,
    book: AnswerBook,
    *,
    base_year: int | None,
    year: int | None = None,
    top_left: tuple[str, str] | None = None,
    targets: Mapping[int, str] | None = None,
    factors: Mapping[int, Fraction] | None = None,
    reason: str = "",
    decisions: Mapping[str, str] | None = None,
    new_ids: Callable[[int], Sequence[str]] | None = None,
) -> PastePlan:
    """What writing `grid` into `table` would change.

    year: the year shown, for months that nothing else dates. top_left: (row id, column id) of the current cell, where bare
    numbers begin. targets: column of the preview -> column id or UNUSED, as the user chose. factors: column of the preview
    -> multiplier. decisions: answers to questions, id -> key of the choice. reason: why the cells marked 「/」 do not apply;
    without it they are not written. new_ids: gives ids for so many new free rows; by default those after every id the
    book holds.
    """
    draft = Draft(decisions or {}, understood=list(grid.notes))
    for what, remedy in grid.warnings:
        draft.problem("", what, remedy)
    table = replace(table, columns=asked_columns(table, book))
    grid = _shown(grid, draft)
    if not grid.rows or all(column.derived for column in table.columns):
        draft.problem("", "剪贴板里没有表格", "在 Excel 或 WPS 里选中要抄的格子，复制后再粘")
        return PastePlan(
            table, grid, 0, (), (), (), (), tuple(draft.problems), tuple(draft.understood), (), 0, 0
        )
    ids = row_ids(table, book, base_year)
    if table.rows is RowsKind.FOLLOWING:
        named = tuple(Option(row_id, row_label(table, row_id, book)) for row_id in ids)
        table = replace(table, rows=RowsKind.FIXED, fixed_rows=named)
    if table.rows is RowsKind.FREE:
        make = new_ids or (lambda count: next_row_ids(book, table.id, count))
        return plan_list(
            table,
            grid,
            book,
            ids,
            base_year,
            top_left,
            targets or {},
            factors or {},
            reason,
            draft,
            make,
        )
    return plan_records(
        table, grid, book, ids, year, top_left, targets or {}, factors or {}, reason, draft
    )


def _shown(grid: Grid, draft: Draft) -> Grid:
    """Hidden rows and columns are left out unless the user wants them."""
    if not grid.hides:
        return trimmed(grid)
    rows, columns = len(grid.hidden_rows), len(grid.hidden_columns)
    chosen = draft.decisions.get("hidden", "leave")
    parts = [f"{rows} 行" if rows else "", f"{columns} 列" if columns else ""]
    text = f"原表隐藏或筛掉了 {'、'.join(part for part in parts if part)}"
    draft.settled.append(
        Doubt("hidden", text, (Choice("leave", "不读隐藏的"), Choice("read", "隐藏的也读")), chosen)
    )
    if chosen == "read":
        none: frozenset[int] = frozenset()
        return trimmed(replace(grid, hidden_rows=none, hidden_columns=none))
    draft.say(f"{text}，没有读")
    return trimmed(grid.visible())
