"""Which row of a block is which row of the table: by month, year, name, or added at the end."""

import re
from collections.abc import Callable, Sequence

from app.forms.answer import AnswerBook
from app.forms.cell_words import TOTALS, folded, read_month, read_year, serial_day
from app.forms.grid import Grid
from app.forms.paste_columns import fixed_row
from app.forms.paste_plan import Draft, PasteProblem
from app.forms.question import RowsKind, TableQuestion
from app.forms.question_index import row_label


def next_row_ids(book: AnswerBook, table_id: str, count: int) -> tuple[str, ...]:
    """Ids for new free rows, after every id the audit holds."""
    used = [
        int(row_id[1:])
        for row_id in (*book.row_ids(table_id), *_answered_rows(book, table_id))
        if re.fullmatch(r"r\d+", row_id)
    ]
    first = max(used, default=0) + 1
    return tuple(f"r{first + n}" for n in range(count))


def _answered_rows(book: AnswerBook, table_id: str) -> set[str]:
    prefix = f"{table_id}/"
    return {key.split("/")[1] for key in book.answers if key.startswith(prefix)}


def map_rows(
    table: TableQuestion,
    grid: Grid,
    head_rows: int,
    names_column: int | None,
    ids: tuple[str, ...],
    book: AnswerBook,
    year: int | None,
    top_left: tuple[str, str] | None,
    new_ids: Callable[[int], Sequence[str]],
    draft: Draft,
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Row id per block row ("" = not written), and the ids of rows that would be added."""
    rows = [""] * len(grid.rows)
    body = body_rows(grid, head_rows)
    if names_column is not None:
        _rows_by_name(table, grid, body, names_column, ids, year, rows, draft)
        return tuple(rows), ()
    shown = [
        row_id for row_id in ids if table.rows is not RowsKind.MONTHS or row_id[:4] == str(year)
    ]
    start = shown.index(top_left[0]) if top_left and top_left[0] in shown else None
    if table.rows is RowsKind.FREE:
        existing = shown[start:] if start is not None else []
        new = tuple(new_ids(max(0, len(body) - len(existing))))
        for index, row_id in zip(body, [*existing, *new], strict=False):
            rows[index] = row_id
        if new:
            draft.understood.append(f"会加 {len(new)} 行")
        return tuple(rows), new
    available = shown[start or 0 :]
    for index, row_id in zip(body, available, strict=False):
        rows[index] = row_id
    if len(body) > len(available):
        place = grid.rows[body[len(available)]][0].place
        draft.problems.append(
            PasteProblem(
                place,
                f"从这里往下多出 {len(body) - len(available)} 行，放不下，没有写",
                "从第一行开始粘，或者带上月份一起复制",
                row=body[len(available)],
            )
        )
    if body:
        first = row_label(table, rows[body[0]], book) if rows[body[0]] else ""
        draft.understood.append(f"没有行名，从「{first}」往下依次写")
    return tuple(rows), ()


def body_rows(grid: Grid, head_rows: int) -> list[int]:
    """Rows with something in them that are neither heads nor totals."""
    return [
        index
        for index in range(head_rows, len(grid.rows))
        if any(cell.text.strip() or cell.note for cell in grid.rows[index])
        and not is_total_row(grid, index)
    ]


def month_ids(
    table: TableQuestion, grid: Grid, body: Sequence[int], names_column: int, year: int | None
) -> dict[int, str]:
    """Block row -> month 「2025-03」, without rows whose month is not understood. A month merged down over several rows
    is the month of each of them."""
    found: dict[int, str] = {}
    years_column = _years_column(table, grid, body, names_column)
    last: str | None = None
    for index in body:
        cell = grid.rows[index][names_column]
        if years_column is not None:
            year = read_year(grid.rows[index][years_column].text) or year
        if cell.text.strip() or not cell.merged:
            last = _row_of(table, cell.text, year)
        if last is not None:
            found[index] = last
    return found


def is_total_row(grid: Grid, index: int) -> bool:
    return any(TOTALS.match(folded(cell.text).replace(" ", "")) for cell in grid.rows[index][:3])


def _rows_by_name(
    table: TableQuestion,
    grid: Grid,
    body: Sequence[int],
    names_column: int,
    ids: tuple[str, ...],
    year: int | None,
    rows: list[str],
    draft: Draft,
) -> None:
    first_place: dict[str, str] = {}
    years_column = _years_column(table, grid, body, names_column)
    for index in body:
        cell = grid.rows[index][names_column]
        if years_column is not None:
            year = read_year(grid.rows[index][years_column].text) or year
        row_id = _row_of(table, cell.text, year)
        if row_id is None:
            if not cell.text.strip() and cell.merged:
                continue
            draft.problems.append(
                PasteProblem(
                    cell.place,
                    f"「{cell.text.strip() or '空白'}」不知道是哪一行，这一行没有写",
                    _row_remedy(table),
                    row=index,
                    column=names_column,
                )
            )
        elif row_id not in ids:
            draft.problems.append(
                PasteProblem(
                    cell.place,
                    f"「{cell.text.strip()}」不在三个审核年里，这一行没有写",
                    "核对年份；审核年在「企业概况」里改",
                    row=index,
                    column=names_column,
                )
            )
        elif row_id in first_place:
            draft.problems.append(
                PasteProblem(
                    cell.place,
                    f"「{cell.text.strip()}」和 {first_place[row_id]} 重了，这一行没有写",
                    "一行只能有一个数；两张账单先加起来",
                    row=index,
                    column=names_column,
                )
            )
        else:
            first_place[row_id] = cell.place
            rows[index] = row_id
    if table.rows is RowsKind.MONTHS:
        years = sorted({row_id[:4] for row_id in first_place})
        if any(serial_day(folded(grid.rows[index][names_column].text)) for index in body):
            draft.understood.append("月份是 Excel 的日期序号，已经换成年月")
        if len(years) > 1:
            draft.understood.append(f"一共 {len(years)} 年：{'、'.join(years)}")


def _years_column(
    table: TableQuestion, grid: Grid, body: Sequence[int], names_column: int
) -> int | None:
    """A column with the year beside the months, written once per year or in every row."""
    if table.rows is not RowsKind.MONTHS:
        return None
    for column in range(names_column):
        texts = [grid.rows[i][column].text for i in body if grid.rows[i][column].text.strip()]
        if texts and all(read_year(text) is not None for text in texts):
            return column
    return None


def _row_of(table: TableQuestion, text: str, year: int | None) -> str | None:
    match table.rows:
        case RowsKind.MONTHS:
            found = read_month(text)
            if found is None:
                plain = folded(text)
                if not (plain.isdigit() and 1 <= int(plain) <= 12):
                    return None
                found = (None, int(plain))
            row_year = found[0] if found[0] is not None else year
            return None if row_year is None else f"{row_year}-{found[1]:02d}"
        case RowsKind.YEARS:
            found_year = read_year(text)
            return None if found_year is None else str(found_year)
        case RowsKind.FIXED:
            return fixed_row(table, text)
        case _:
            return None


def _row_remedy(table: TableQuestion) -> str:
    match table.rows:
        case RowsKind.MONTHS:
            return "月份写成 2025-03 或 3月"
        case RowsKind.YEARS:
            return "年份写成 2025"
        case _:
            names = "、".join(option.label for option in table.fixed_rows[:4])
            return f"这张表的行是：{names}{'…' if len(table.fixed_rows) > 4 else ''}"
