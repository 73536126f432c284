"""Several rows of one month (two meters, daily readings) become one row before a block is planned."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from app.assessment.numbers import number_text
from app.forms.answer import Given
from app.forms.cell_words import folded
from app.forms.grid import Grid, GridCell
from app.forms.parse import is_unread, parse_answer
from app.forms.paste_columns import column_of, is_number_column
from app.forms.paste_plan import ROW_NAMES, Draft, PasteProblem, SourceColumn
from app.forms.paste_rows import body_rows, month_ids
from app.forms.question import Question, RowsKind, TableQuestion

_MOST_NAMED = 3


def added_by_month(
    table: TableQuestion,
    grid: Grid,
    head_rows: int,
    names_column: int | None,
    columns: Sequence[SourceColumn],
    year: int | None,
    draft: Draft,
) -> Grid:
    """The grid with one row per month: numbers added, words kept where all rows agree.

    A month's number with an addend that cannot be read is left out with a problem: a sum without it would be too low.
    """
    if table.rows is not RowsKind.MONTHS or names_column is None:
        return grid
    groups: dict[str, list[int]] = {}
    for index, row_id in month_ids(
        table, grid, body_rows(grid, head_rows), names_column, year
    ).items():
        groups.setdefault(row_id, []).append(index)
    several = {row_id: rows for row_id, rows in groups.items() if len(rows) > 1}
    if not several:
        return grid
    unlike: set[int] = set()
    merged: dict[int, tuple[GridCell, ...]] = {}
    for row_id, places in several.items():
        _say_twins(grid, places, draft)
        month = f"{row_id[:4]} 年 {int(row_id[5:])} 月"
        merged[places[0]] = tuple(
            grid.rows[places[0]][source]
            if column.target == ROW_NAMES
            else _added(column_of(table, column.target), month, cells, places[0], source, draft)
            if is_number_column(table, column.target)
            else _agreed(cells, source, unlike)
            for source, column in enumerate(columns)
            for cells in ([grid.rows[place][source] for place in places],)
        )
    gone = {place for places in several.values() for place in places[1:]}
    _say_added(several, columns, unlike, draft)
    kept = [index for index in range(len(grid.rows)) if index not in gone]
    moved = {index: place for place, index in enumerate(kept)}
    draft.problems[:] = [
        replace(problem, row=moved[problem.row]) if problem.row in moved else problem
        for problem in draft.problems
    ]
    return Grid(tuple(merged.get(index, grid.rows[index]) for index in kept), grid.notes)


def _added(
    question: Question,
    month: str,
    cells: Sequence[GridCell],
    row: int,
    source: int,
    draft: Draft,
) -> GridCell:
    filled = [cell for cell in cells if cell.text.strip() or cell.note]
    if len({folded(cell.text) for cell in filled if not cell.note}) == 1 and len(filled) == 1:
        return filled[0]
    total = Fraction(0)
    for cell in filled:
        answer = parse_answer(question, cell.text.strip()).answer
        if cell.note or not isinstance(answer, Given) or is_unread(answer):
            draft.problems.append(
                PasteProblem(
                    cell.place,
                    f"{cell.note or f'「{cell.text.strip()}」不是数'}，{month}的{question.title}加不起来，没有写",
                    "在原表里改好这一格再导入，或写入后手填这个月",
                    row=row,
                    column=source,
                )
            )
            return GridCell("", cell.place)
        total += Fraction(answer.text)
    if not filled:
        return cells[0]
    return GridCell(number_text(total), f"{filled[0].place} 等 {len(filled)} 格")


def _agreed(cells: Sequence[GridCell], source: int, unlike: set[int]) -> GridCell:
    texts = {cell.text.strip() for cell in cells if cell.text.strip()}
    if len(texts) > 1:
        unlike.add(source)
        return GridCell("", cells[0].place)
    return next((cell for cell in cells if cell.text.strip()), cells[0])


def _say_twins(grid: Grid, places: Sequence[int], draft: Draft) -> None:
    """A row that stands there twice is added twice, and said: it may be one bill copied twice."""
    seen: dict[tuple[str, ...], int] = {}
    for place in places:
        texts = tuple(cell.text.strip() for cell in grid.rows[place])
        if texts in seen:
            first = grid.rows[seen[texts]][0].place
            draft.problems.append(
                PasteProblem(
                    grid.rows[place][0].place,
                    f"这一行和 {first} 那一行一模一样，也加进去了",
                    "抄重了就在原表里删掉一行再导入",
                    row=places[0],
                )
            )
        seen.setdefault(texts, place)


def _say_added(
    several: dict[str, list[int]], columns: Sequence[SourceColumn], unlike: set[int], draft: Draft
) -> None:
    named = [
        f"{row_id[:4]} 年 {int(row_id[5:])} 月 {len(places)} 行"
        for row_id, places in list(several.items())[:_MOST_NAMED]
    ]
    more = f"等 {len(several)} 个月" if len(several) > _MOST_NAMED else ""
    draft.understood.append(f"同一个月的几行加起来写成一个数：{'、'.join(named)}{more}")
    words = [
        columns[source].heading or f"第 {source + 1} 列"
        for source in sorted(unlike)
        if columns[source].target
    ]
    if words:
        draft.understood.append(f"同一个月里写法不一样的不写：{'、'.join(words)}")
