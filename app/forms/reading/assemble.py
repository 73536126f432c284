"""From sources and entries to a plan: columns chosen, units, cells, checks, what is written."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from app.forms.answer import AnswerBook, Change, Given, cell_key
from app.forms.grid import Grid, GridCell
from app.forms.question import RowsKind, TableQuestion
from app.forms.question_index import row_label
from app.forms.reading.checks import apply_nets, check_parts, check_totals, has_own_heads
from app.forms.reading.columns import Names
from app.forms.reading.entries import (
    ChosenColumn,
    FilledCell,
    fill_column,
    mark_of_row,
    refuse_years,
    settle_several,
)
from app.forms.reading.heads import Head
from app.forms.reading.not_applicable import ask_not_applicable
from app.forms.reading.plan import (
    ROW_NAMES,
    UNUSED,
    Draft,
    PastePlan,
    PasteProblem,
    PlannedCell,
    SourceColumn,
)
from app.forms.reading.record_units import choose_units
from app.forms.reading.records import read_sheet
from app.forms.reading.sources import Sheet, Source
from app.forms.reading.targets import choose_targets

_MOST_RAW = 60  # rows shown as they came while nothing has its place


def plan_records(
    table: TableQuestion,
    grid: Grid,
    book: AnswerBook,
    ids: Sequence[str],
    year: int | None,
    top_left: tuple[str, str] | None,
    targets: Mapping[int, str],
    factors: Mapping[int, Fraction],
    reason: str,
    draft: Draft,
) -> PastePlan:
    names = Names.of(table)
    sheet = read_sheet(table, grid, names, ids, year, top_left, targets, draft)
    sources = sorted((s for s in sheet.sources if s.entries or s.totals), key=lambda s: s.at)
    label = int(not sheet.positional)
    columns = [ChosenColumn(source) for source in sources]
    choose_targets(table, names, sheet, columns, label, top_left, targets, draft)
    for place, column in enumerate(columns):
        choose_units(table, column, place + label, factors, draft)
    twice = settle_several(sheet, columns, draft)
    waiting = 0
    for place, column in enumerate(columns):
        waiting += fill_column(table, column, place + label, twice, ids, reason, draft)
    refuse_years(table, columns, ids, draft)
    check_totals(columns, label, draft)
    check_parts(columns, draft)
    apply_nets(table, columns, label, ids, book, draft, has_own_heads(table, columns, sheet))
    return _finish(table, grid, book, ids, sheet, columns, label, waiting, draft)


def _finish(
    table: TableQuestion,
    grid: Grid,
    book: AnswerBook,
    ids: Sequence[str],
    sheet: Sheet,
    columns: list[ChosenColumn],
    label: int,
    waiting: int,
    draft: Draft,
) -> PastePlan:
    order = {row_id: place for place, row_id in enumerate(ids)}
    used = sorted(
        {r for c in columns for r in c.cells if r in order}
        | {e.row_id for c in columns for e in c.source.entries if e.row_id in order},
        key=lambda r: order[r],
    )
    _add_periods(table, sheet, columns, used)
    row_of = {row_id: place for place, row_id in enumerate(used)}
    lines: list[tuple[GridCell, ...]] = []
    origin: dict[int, int] = {}
    for row_id in used:
        first = [GridCell(_label_of(columns, row_id, table, book), "")] if label else []
        cells = []
        for column in columns:
            cell = column.cells.get(row_id)
            if cell is None:
                entry = next(
                    (e for e in column.source.entries if e.row_id == row_id and not e.spread), None
                )
                cells.append(entry.cell if entry is not None else GridCell(""))
            else:
                places = [e.cell.place for e in cell.entries]
                where = (
                    places[0]
                    if len(places) == 1
                    else f"{places[0]} 等 {len(places)} 格"
                    if places
                    else ""
                )
                shown = cell.shown or (cell.entries[0].cell.text.strip() if cell.entries else "")
                cells.append(
                    GridCell(
                        shown, where, cell.entries[0].cell.note if len(cell.entries) == 1 else ""
                    )
                )
            for entry in column.source.entries:
                if entry.row_id == row_id:
                    origin[mark_of_row(entry)] = row_of[row_id]
        lines.append((*first, *cells))
    rows = [*used]
    for named, what, remedy in sheet.unplaced[:200]:
        draft.problem(named.place, what, remedy, row=len(lines), column=0)
        blanks = [GridCell("")] * (len(columns) + label - 1) if len(columns) + label else []
        lines.append((named, *blanks))
        rows.append("")
    if len(sheet.unplaced) > 200:
        draft.problem(
            "",
            f"还有 {len(sheet.unplaced) - 200} 行不知道是哪一行，没有写",
            "月份写成 2025-03 或 3月",
        )
    draft.problems[:] = [_placed(p, origin, len(lines)) for p in draft.problems]
    planned: list[PlannedCell] = []
    unchanged = 0
    for place, column in enumerate(columns):
        question = column.question
        if question is None:
            continue
        for row_id, cell in column.cells.items():
            answer = cell.answer
            if answer is None or row_id not in row_of:
                continue
            key = cell_key(table.id, row_id, question.id)
            before = book.get(key)
            if answer == before or (
                isinstance(answer, Given)
                and isinstance(before, Given)
                and answer.text == before.text
            ):
                unchanged += 1
                continue
            where = lines[row_of[row_id]][place + label].place if lines else ""
            planned.append(
                PlannedCell(
                    row_of[row_id],
                    place + label,
                    key,
                    row_id,
                    question.id,
                    cell.shown,
                    before,
                    answer,
                    where,
                )
            )
    planned, undone = ask_not_applicable(table, book, planned, draft)
    planned.sort(key=lambda cell: (cell.row, cell.column))
    shown_columns = (
        [SourceColumn(sheet.label_head or table.row_title or "行", ROW_NAMES, "内容")]
        if label
        else []
    )
    for column in columns:
        known = [f for f in column.factors.values() if f is not None]
        factor = known[0] if known and len(set(known)) == 1 else Fraction(1)
        shown_columns.append(
            SourceColumn(
                _heading(column.source),
                column.question.id if column.question else UNUSED,
                column.by,
                factor,
                column.source.head.unit or (column.question.unit if column.question else ""),
            )
        )
    years = (
        tuple(sorted({int(c.row_id[:4]) for c in planned}))
        if table.rows in (RowsKind.MONTHS, RowsKind.YEARS)
        else ()
    )
    if waiting:
        draft.problem(
            "", f"有 {waiting} 格写着「/」，看成不适用，还没写原因", "在下面写一句原因，就一起写入"
        )
    if not planned and not unchanged and not draft.questions and not draft.problems:
        draft.problem("", "没有看到能写的数", "选中带月份和列名的格子，复制后再粘")
    raw = not lines and bool(draft.questions)
    if raw:
        lines = list(grid.rows[:_MOST_RAW])
        rows = [""] * len(lines)
        shown_columns = [SourceColumn("", UNUSED) for _ in range(grid.width)]
    if table.rows is RowsKind.MONTHS and len(years) > 1:
        draft.say(f"一共 {len(years)} 年：{'、'.join(map(str, years))}")
    return PastePlan(
        table=table,
        grid=Grid(tuple(lines), grid.notes, grid.sheet, grid.file),
        head_rows=0,
        columns=tuple(shown_columns),
        rows=tuple(rows),
        cells=tuple(planned),
        changes=(*undone, *(Change(cell.key, cell.before, cell.after) for cell in planned)),
        problems=tuple(draft.problems),
        understood=tuple(draft.understood),
        questions=tuple(draft.questions),
        reason_needed=waiting,
        unchanged=unchanged,
        settled=tuple(draft.settled),
        years=years,
        raw=raw,
    )


def _placed(problem: PasteProblem, origin: Mapping[int, int], count: int) -> PasteProblem:
    if problem.row < 0 or (problem.row in range(count) and problem.row not in origin):
        return problem
    return replace(problem, row=origin.get(problem.row, -1))


def _heading(source: Source) -> str:
    if len(source.year_heads) > 1:
        return "｜".join(f"{y} 年" for y in sorted(source.year_heads)) + (
            f" {source.head.name}" if source.head.name else ""
        )
    return source.head.text


def _label_of(
    columns: list[ChosenColumn], row_id: str, table: TableQuestion, book: AnswerBook
) -> str:
    return row_label(table, row_id, book)


def _add_periods(
    table: TableQuestion, sheet: Sheet, columns: list[ChosenColumn], used: list[str]
) -> None:
    """The period of a bill is kept in the column for it."""
    column = next((c for c in table.columns if c.id == "period" and not c.derived), None)
    if column is None or not sheet.periods or any(c.question is column for c in columns):
        return
    source = Source(Head(column.title, column.title, column.title), "text")
    made = ChosenColumn(source, column, by="内容")
    for row_id in used:
        text = sheet.periods.get(row_id)
        if text:
            made.cells[row_id] = FilledCell([], answer=Given(text), shown=text)
    if made.cells:
        columns.append(made)
