"""Which rows of a block are headings, and which of its columns is which column of the table."""

from collections.abc import Mapping, Sequence

from app.forms.cell_words import TOTALS, core_name, folded, number_in, read_month, read_year
from app.forms.grid import Grid
from app.forms.paste_plan import ROW_NAMES, UNUSED, Draft, PasteProblem, SourceColumn
from app.forms.question import Question, QuestionKind, RowsKind, TableQuestion

MOST_HEAD_ROWS = 4


def upright(table: TableQuestion, grid: Grid, draft: Draft) -> Grid:
    """A month table written with the months side by side is turned."""
    if table.rows is not RowsKind.MONTHS or len(grid.rows) < 2:
        return grid
    for head in grid.rows[:MOST_HEAD_ROWS]:
        months = [cell for cell in head if read_month(cell.text) is not None]
        down = sum(read_month(row[0].text) is not None for row in grid.rows)
        if len(months) >= 3 and len(months) > down:
            draft.understood.append("月份是横着写的，已经转成竖的")
            return Grid(tuple(zip(*grid.rows, strict=True)), grid.notes)
    return grid


def _name_score(column: Question, heading: str) -> int:
    """How well a heading names a column: 0 not at all … 4 exactly."""
    core = core_name(heading)
    if not core:
        return 0
    names = {
        core_name(name)
        for name in (column.title, column.short, column.id, *column.headings)
        if name
    }
    if core in names:
        return 4
    best = 0
    for name in names:
        if len(name) >= 2 and (core.endswith(name) or name.endswith(core)) and len(core) >= 2:
            best = max(best, 3)
        elif len(name) >= 2 and len(core) >= 2 and (name in core or core in name):
            best = max(best, 2)
    return best


def _is_row_name(table: TableQuestion, text: str) -> bool:
    match table.rows:
        case RowsKind.MONTHS:
            return read_month(text) is not None
        case RowsKind.YEARS:
            return read_year(text) is not None
        case RowsKind.FIXED:
            return fixed_row(table, text) is not None
        case _:
            return False


def fixed_row(table: TableQuestion, text: str) -> str | None:
    """Id of the row a name stands for: the same name, else the only one that holds it. None when none or several do."""
    core = core_name(text)
    if not core:
        return None
    exact = [o.id for o in table.fixed_rows if core in (core_name(o.label), folded(o.id))]
    if exact:
        return exact[0]
    near = [o.id for o in table.fixed_rows if len(core) >= 2 and core in core_name(o.label)]
    return near[0] if len(near) == 1 else None


def count_head_rows(table: TableQuestion, grid: Grid, typed: Sequence[Question]) -> int:
    """How many rows at the top are headings: rows that name columns, or words above the first row of numbers."""
    numeric = any(column.kind is QuestionKind.NUMBER for column in typed)
    count = 0
    named = False
    for index, row in enumerate(grid.rows[:MOST_HEAD_ROWS]):
        texts = [cell.text for cell in row if cell.text.strip()]
        if any(_is_row_name(table, text) for text in texts):
            break
        if len(texts) == 1 and grid.width > 1 and number_in(texts[0]) is None:
            count = index + 1  # a title over the whole block
            continue
        matches = sum(
            max((_name_score(column, text) for column in table.columns), default=0) >= 3
            for text in texts
        )
        numbers = sum(number_in(text) is not None for text in texts)
        if matches and numbers == 0 and matches * 2 >= len(texts):
            count, named = index + 1, True
            continue
        if numbers:
            break
        if numeric and not named and texts and _numbers_below(grid, index):
            count = index + 1
            continue
        if named and numeric and _numbers_below(grid, index):
            # a second row of headings, or a row of units
            count = index + 1
            continue
        break
    return count


def _numbers_below(grid: Grid, index: int) -> bool:
    return any(
        number_in(cell.text) is not None for row in grid.rows[index + 1 : index + 3] for cell in row
    )


def read_headings(grid: Grid, head_rows: int) -> list[str]:
    """One heading per column; the parts of several heading rows joined, merged heads carried to the right."""
    result = [""] * grid.width
    for index in range(head_rows):
        if grid.width > 1 and sum(bool(cell.text.strip()) for cell in grid.rows[index]) == 1:
            continue  # a title over the whole block names no column
        carried = ""
        last = index == head_rows - 1
        for column in range(grid.width):
            cell = grid.rows[index][column]
            text = cell.text.strip()
            if text:
                carried = text
            elif not cell.merged and (last or not carried):
                carried = ""
            part = text or ("" if last else carried)
            if part and part not in result[column].split(" "):
                result[column] = f"{result[column]} {part}".strip()
    return result


def find_row_names(
    table: TableQuestion,
    grid: Grid,
    head_rows: int,
    headings: Sequence[str],
    targets: Mapping[int, str],
) -> int | None:
    """The column that names the rows, None when rows are taken by position."""
    chosen = [column for column, target in targets.items() if target == ROW_NAMES]
    if chosen:
        return chosen[0]
    if table.rows is RowsKind.FREE:
        return None
    body = grid.rows[head_rows:]
    for column in range(min(3, grid.width)):
        if column in targets:
            continue
        texts = [row[column].text for row in body if row[column].text.strip()]
        texts = [text for text in texts if not TOTALS.match(folded(text))]
        if texts and sum(_is_row_name(table, text) for text in texts) * 5 >= len(texts) * 3:
            return column
        plain = [folded(text) for text in texts]
        heading = core_name(headings[column]) if headings else ""
        if (
            table.rows is RowsKind.MONTHS
            and len(plain) > 1
            and all(text.isdigit() and 1 <= int(text) <= 12 for text in plain)
            and (heading.startswith("月") or plain == [str(n + 1) for n in range(len(plain))])
        ):
            return column
    return None


def map_columns(
    table: TableQuestion,
    headings: Sequence[str],
    head_rows: int,
    names_column: int | None,
    top_left: tuple[str, str] | None,
    targets: Mapping[int, str],
    draft: Draft,
) -> tuple[SourceColumn, ...]:
    """Each column of the block with its column of the table and why: chosen by the user, by heading, else by place. targets:
    what the user chose, column of the block -> column id."""
    width = len(headings)
    chosen: dict[int, tuple[str, str]] = {
        column: (target, "你选的") for column, target in targets.items() if column < width
    }
    if names_column is not None:
        chosen.setdefault(names_column, (ROW_NAMES, "内容"))
    taken = {target for target, _ in chosen.values()}
    if head_rows:
        scored = sorted(
            (
                (-_name_score(column, headings[source]), source, place, column)
                for source in range(width)
                if source not in chosen
                for place, column in enumerate(table.columns)
                if _name_score(column, headings[source])
            ),
            key=lambda item: item[:3],
        )
        for _, source, _, column in scored:
            if source in chosen or column.id in taken:
                continue
            taken.add(column.id)
            if column.derived:
                chosen[source] = (UNUSED, "算出来的")
                draft.understood.append(f"「{headings[source]}」这一列是算出来的，不写")
            else:
                chosen[source] = (column.id, "标题")
    by_position = not any(by == "标题" for _, by in chosen.values())
    if by_position:
        typed = [column.id for column in table.columns if not column.derived]
        start = typed.index(top_left[1]) if top_left and top_left[1] in typed else 0
        free = [column_id for column_id in typed[start:] if column_id not in taken]
        for source in range(width):
            if source in chosen:
                continue
            chosen[source] = (free.pop(0), "位置") if free else (UNUSED, "")
    result: list[SourceColumn] = []
    for source in range(width):
        target, by = chosen.get(source, (UNUSED, ""))
        heading = headings[source]
        result.append(SourceColumn(heading, target, by))
        if target == UNUSED and by == "" and source not in targets:
            if core_name(heading) in ("序号", "no", "编号", "行号", "年份", "年度", "年"):
                continue
            name = f"「{heading}」" if heading else "没有列名"
            draft.problems.append(
                PasteProblem(
                    f"第 {source + 1} 列",
                    f"{name}，不知道是哪一列，没有写" if heading else "多出来的列，没有写",
                    "在列名那里选一个，或者不要它",
                    column=source,
                )
            )
    return tuple(result)


def column_of(table: TableQuestion, column_id: str) -> Question:
    return next(column for column in table.columns if column.id == column_id)


def is_number_column(table: TableQuestion, target: str) -> bool:
    if target in (UNUSED, ROW_NAMES):
        return False
    return column_of(table, target).kind is QuestionKind.NUMBER
