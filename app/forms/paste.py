"""What a pasted or imported block of cells would write: planned first, shown with every problem, applied as one act.

Nothing is dropped silently: a cell is written, found unchanged, left because it is empty, or a problem with its place.
The plan guesses (which column is which, which row is which month, which unit); every guess is said and can be changed.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from app.assessment.finding import NotApplicable
from app.assessment.numbers import brief, number_text
from app.forms.answer import Answer, AnswerBook, Change, Given, RowsChange, cell_key
from app.forms.cell_words import folded, number_in, serial_day
from app.forms.grid import Grid, GridCell
from app.forms.parse import is_unread, parse_answer
from app.forms.paste_columns import (
    column_of,
    count_head_rows,
    find_row_names,
    is_number_column,
    map_columns,
    read_headings,
    upright,
)
from app.forms.paste_months import added_by_month
from app.forms.paste_plan import (
    ROW_NAMES,
    UNUSED,
    Draft,
    PastePlan,
    PasteProblem,
    PlannedCell,
    SourceColumn,
)
from app.forms.paste_rows import is_total_row, map_rows, next_row_ids
from app.forms.paste_units import ask_units, read_units
from app.forms.question import Question, QuestionKind, TableQuestion
from app.forms.question_index import row_ids
from app.forms.visible import asked_columns

SHORTEST_REASON = 4
_NOT_DETECTED = "未检出的：写了检出限的按一半记，没写的记成未检出，都不是零"
_NOT_APPLICABLE = {"/", "\\", "不适用", "n/a", "na"}
_DASHES = {"-", "--", "---", "—", "——", "–", "−", "无", "没有", "none", "nil"}
_EXCEL_ERROR = re.compile(r"^#(n/a|ref!|value!|div/0!|name\?|num!|null!|spill!|calc!)$")


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
    new_ids: Callable[[int], Sequence[str]] | None = None,
) -> PastePlan:
    """What writing `grid` into `table` would change.

    year: the year shown, for months without a year. top_left: (row id, column id) of the current cell, where a block
    without headings begins; row id "" = a new row. targets: source column -> column id, ROW_NAMES or UNUSED, as the
    user chose. factors: source column -> multiplier, the user's answers to unit questions (1 = as they stand).
    reason: why the cells marked 「/」 do not apply; without it they are not written. new_ids: gives ids for so many new
    free rows; by default those after every id the book holds.
    """
    draft = Draft(understood=list(grid.notes))
    table = replace(table, columns=asked_columns(table, book))
    typed = tuple(column for column in table.columns if not column.derived)
    if not grid.rows or not typed:
        return _empty_plan(table, grid, draft)
    grid = upright(table, grid, draft)
    ids = row_ids(table, book, base_year)
    head_rows = count_head_rows(table, grid, typed)
    headings = read_headings(grid, head_rows)
    names_column = find_row_names(table, grid, head_rows, headings, targets or {})
    columns = map_columns(table, headings, head_rows, names_column, top_left, targets or {}, draft)
    columns = read_units(table, columns, factors or {}, draft)
    grid = added_by_month(table, grid, head_rows, names_column, columns, year, draft)
    rows, added_ids = map_rows(
        table,
        grid,
        head_rows,
        names_column,
        ids,
        book,
        year,
        top_left,
        new_ids or (lambda count: next_row_ids(book, table.id, count)),
        draft,
    )
    ask_units(table, grid, columns, rows, ids, book, factors or {}, draft)
    cells, unchanged, waiting = _plan_cells(table, grid, columns, rows, book, reason, draft)
    _check_totals(table, grid, columns, rows, head_rows, draft)
    if waiting:
        draft.problems.append(
            PasteProblem(
                "",
                f"有 {waiting} 格写着「/」，看成不适用，还没写原因",
                "在下面写一句原因，就一起写入",
            )
        )
    changes: list[Change | RowsChange] = []
    if added_ids:
        used = {cell.row_id for cell in cells}
        added = tuple(row_id for row_id in added_ids if row_id in used)
        if added:
            before = book.row_ids(table.id)
            changes.append(RowsChange(table.id, before, before + added))
    changes += [Change(cell.key, cell.before, cell.after) for cell in cells]
    return PastePlan(
        table=table,
        grid=grid,
        head_rows=head_rows,
        columns=columns,
        rows=rows,
        cells=tuple(cells),
        changes=tuple(changes),
        problems=tuple(draft.problems),
        understood=tuple(draft.understood),
        questions=tuple(draft.questions),
        reason_needed=waiting,
        unchanged=unchanged,
    )


def _empty_plan(table: TableQuestion, grid: Grid, draft: Draft) -> PastePlan:
    draft.problems.append(
        PasteProblem("", "剪贴板里没有表格", "在 Excel 或 WPS 里选中要抄的格子，复制后再粘")
    )
    return PastePlan(
        table, grid, 0, (), (), (), (), tuple(draft.problems), tuple(draft.understood), (), 0, 0
    )


def _plan_cells(
    table: TableQuestion,
    grid: Grid,
    columns: Sequence[SourceColumn],
    rows: Sequence[str],
    book: AnswerBook,
    reason: str,
    draft: Draft,
) -> tuple[list[PlannedCell], int, int]:
    cells: list[PlannedCell] = []
    unchanged = waiting = 0
    for index, row_id in enumerate(rows):
        if not row_id:
            continue
        for source, column in enumerate(columns):
            if column.target in (UNUSED, ROW_NAMES):
                continue
            cell = grid.rows[index][source]
            question = column_of(table, column.target)
            key = cell_key(table.id, row_id, question.id)
            before = book.get(key)
            after = _read_cell(question, cell, column, reason, index, source, draft)
            if after is None:
                if folded(cell.text) in _NOT_APPLICABLE:
                    waiting += 1
                continue
            if after == before or (
                isinstance(after, Given) and isinstance(before, Given) and after.text == before.text
            ):
                unchanged += 1
                continue
            cells.append(
                PlannedCell(
                    index, source, key, row_id, question.id, cell.text.strip(), before, after
                )
            )
    return cells, unchanged, waiting


def _read_cell(
    question: Question,
    cell: GridCell,
    column: SourceColumn,
    reason: str,
    row: int,
    source: int,
    draft: Draft,
) -> Answer | None:
    """The answer a cell becomes; None when it is left (empty, waiting for a reason, or a problem that was noted)."""

    def refuse(what: str, remedy: str) -> None:
        draft.problems.append(PasteProblem(cell.place, what, remedy, row=row, column=source))

    if cell.note:
        refuse(cell.note, "在 Excel 里打开存一次，或改成数再粘")
        return None
    text = cell.text.strip()
    plain = folded(text)
    if not plain:
        return None
    if _EXCEL_ERROR.match(plain):
        refuse(f"这一格是 Excel 的错误值 {text}，没有写", "先在 Excel 里改好")
        return None
    if plain in _NOT_APPLICABLE:
        return NotApplicable(reason.strip()) if len(reason.strip()) >= SHORTEST_REASON else None
    if question.kind is QuestionKind.NUMBER and plain in _DASHES:
        refuse(
            f"「{text}」看不出是零、没填还是不适用，没有写",
            "是零写 0，没有这一项写「/」，不知道就空着",
        )
        return None
    if question.kind is QuestionKind.YEAR and (day := serial_day(plain)) is not None:
        text = str(day.year)
    parsed = parse_answer(question, text)
    answer = parsed.answer
    if is_unread(answer) or (parsed.problem is not None and isinstance(answer, Given)):
        problem = parsed.problem
        refuse(
            f"{problem.what if problem else f'「{text}」看不懂'}，没有写",
            (problem.remedy if problem else "") or "改好再粘，或写入后手填",
        )
        return None
    not_detected = isinstance(answer, NotApplicable) or (isinstance(answer, Given) and answer.note)
    if question.detection and not_detected and _NOT_DETECTED not in draft.understood:
        draft.understood.append(_NOT_DETECTED)
    if not isinstance(answer, Given) or question.kind is not QuestionKind.NUMBER:
        return answer
    value = Fraction(answer.text)
    if value < 0 and not question.check.minimum.startswith("-"):
        refuse(f"{question.title}是负数 {text}，会照样写入", "退费、冲账请再核一遍")
    if column.factor == 1:
        return answer
    return replace(answer, text=number_text(value * column.factor), raw=cell.text.strip())


def _check_totals(
    table: TableQuestion,
    grid: Grid,
    columns: Sequence[SourceColumn],
    rows: Sequence[str],
    head_rows: int,
    draft: Draft,
) -> None:
    """The block's own total row is not written, but compared."""
    totals = [i for i in range(head_rows, len(grid.rows)) if is_total_row(grid, i)]
    if not totals:
        return
    draft.understood.append("合计、平均这些行不写，只拿来核对")
    for index in totals:
        if not any(re.match("合计|总计|总", folded(cell.text)) for cell in grid.rows[index][:3]):
            continue
        for source, column in enumerate(columns):
            if not is_number_column(table, column.target):
                continue
            written = number_in(grid.rows[index][source].text)
            values = [
                number_in(grid.rows[i][source].text) for i, row_id in enumerate(rows) if row_id
            ]
            added = sum((value for value in values if value is not None), Fraction(0))
            if written is not None and added and abs(written - added) > abs(added) / 1000:
                draft.problems.append(
                    PasteProblem(
                        grid.rows[index][source].place,
                        f"原表合计写 {brief(written)}，各行加起来是 {brief(added)}",
                        "先核对是不是漏了行；各行照写，合计不写",
                        row=index,
                        column=source,
                    )
                )
