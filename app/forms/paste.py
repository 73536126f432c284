"""What a pasted or imported block of cells would write: planned first, shown with every problem, applied as one act.

Nothing is dropped silently: a cell is written, found unchanged, left because it is empty, or a problem with its place.
The plan guesses (which column is which, which row is which month, which unit); every guess is said and can be changed.
"""

import csv
import datetime
import io
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from statistics import median

from app.assessment.finding import Missing, NotApplicable
from app.assessment.numbers import brief
from app.assessment.units import UnitMismatchError, convert, find_unit
from app.errors import Problem
from app.forms.answer import Answer, AnswerBook, Change, Given, RowsChange, cell_key
from app.forms.derive import row_ids, row_label
from app.forms.parse import decimal_text, is_unread, parse_answer
from app.forms.question import Question, QuestionKind, RowsKind, TableQuestion

UNUSED = ""  # a source column that is not written
ROW_NAMES = "#rows"  # a source column that names the rows
MOST_HEAD_ROWS = 4
SHORTEST_REASON = 4
_NOT_DETECTED = "未检出的：写了检出限的按一半记，没写的记成未检出，都不是零"

_TOTALS = re.compile(r"^(总计|合计|小计|总数|总和|累计|平均(值|数)?|全年(合计)?|sum|total)$")
_NOT_APPLICABLE = {"/", "\\", "不适用", "n/a", "na"}
_DASHES = {"-", "--", "---", "—", "——", "–", "−", "无", "没有", "none", "nil"}
_EXCEL_ERROR = re.compile(r"^#(n/a|ref!|value!|div/0!|name\?|num!|null!|spill!|calc!)$")
_SERIAL_DAYS = (36526, 73050)  # 2000-01-01 … 2099-12-31 as Excel counts days
_SERIAL_ZERO = datetime.date(1899, 12, 30)


@dataclass(frozen=True)
class GridCell:
    """One cell as it came. place: 「B3」 of a sheet, or 「第 3 行第 2 列」. note: why it cannot be read, "" when it can
    (a formula without a stored value). merged: True in the cells of a merged range after its first."""

    text: str
    place: str = ""
    note: str = ""
    merged: bool = False


@dataclass(frozen=True)
class Grid:
    """A rectangle of cells, all rows of the same length. notes: what was met while reading (hidden rows)."""

    rows: tuple[tuple[GridCell, ...], ...]
    notes: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        return len(self.rows[0]) if self.rows else 0


@dataclass(frozen=True)
class SheetGrid:
    """One sheet of a workbook."""

    name: str
    grid: Grid


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


# ------------------------------------------------------------------ reading text


def grid_from_text(text: str) -> Grid:
    """A grid of what a spreadsheet puts on the clipboard: tabs between cells, quoted cells may hold line ends.

    Text without any tab is split at commas when every line has the same number of them (a pasted CSV), else it is one column.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    if not text:
        return Grid(())
    delimiter = "\t"
    if "\t" not in text:
        counts = {line.count(",") for line in text.split("\n") if line.strip()}
        only = counts.pop() if len(counts) == 1 else 0
        if only and not re.fullmatch(r"[-−–－¥￥\d,.\s]*", text.split("\n")[-1].strip()):
            delimiter = ","
    rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    return grid_from_rows(rows)


def grid_from_rows(rows: Sequence[Sequence[str]]) -> Grid:
    """A grid of plain texts; places are counted from 1. Short rows are filled, empty rows and columns at the edges go."""
    width = max((len(row) for row in rows), default=0)
    cells = tuple(
        tuple(
            GridCell(row[c] if c < len(row) else "", f"第 {r + 1} 行第 {c + 1} 列")
            for c in range(width)
        )
        for r, row in enumerate(rows)
    )
    return trimmed(Grid(cells))


def trimmed(grid: Grid) -> Grid:
    """The grid without empty rows at either end and empty columns at either side."""

    def filled(cells: Sequence[GridCell]) -> bool:
        return any(cell.text.strip() or cell.note for cell in cells)

    rows = list(grid.rows)
    while rows and not filled(rows[-1]):
        rows.pop()
    while rows and not filled(rows[0]):
        rows.pop(0)
    if not rows:
        return Grid((), grid.notes)
    used = [c for c in range(len(rows[0])) if filled([row[c] for row in rows])]
    first, last = used[0], used[-1] + 1
    return Grid(tuple(row[first:last] for row in rows), grid.notes)


# ------------------------------------------------------------------ reading cells


def _plain(text: str) -> str:
    """Half-width, lower case, without spaces at the ends."""
    return unicodedata.normalize("NFKC", text).replace("\u00a0", " ").strip().lower()


def _core(text: str) -> str:
    """A heading without its unit, spaces and marks: 「电费（元）」 → 「电费」."""
    text = _plain(text)
    text = re.sub(r"[(\[【].*?[)\]】]", "", text)
    text = (
        re.split(r"[/,，]", text)[0]
        if re.search(r"[一-龥]", re.split(r"[/,，]", text)[0])
        else text
    )
    return re.sub(r"[\s_:：、.*\n]+", "", text).removesuffix("ƒ")


def _unit_in(heading: str) -> str:
    """The unit written in a heading, "" when there is none: in brackets, after a slash or comma, or after a space."""
    text = unicodedata.normalize("NFKC", heading).strip()
    for pattern in (r"[(\[【]\s*(.*?)\s*[)\]】]", r"[/,，]\s*([^/,，]+)$", r"\s(\S+(?:\s\S+)?)$"):
        for found in re.findall(pattern, text):
            unit = str(found).removeprefix("单位").lstrip(":： ").replace(" ", "")
            if find_unit(unit) is not None:
                return unit
    return ""


def _number(text: str) -> Fraction | None:
    """The number in a cell, for guessing only; None when there is none."""
    text = _plain(text).replace(",", "").replace(" ", "").lstrip("¥")
    text = re.sub(r"^[−–-]", "-", text)
    match = re.fullmatch(r"\(?(-?\d+(?:\.\d*)?)\)?(\D*)", text)
    if match is None or (match[2] and match[2][0] not in "百千万亿" and not find_unit(match[2])):
        return None
    return Fraction(match[1].rstrip("."))


def serial_day(text: str) -> datetime.date | None:
    """The day an Excel serial number stands for (45658 → 2025-01-01), None when it is not one of this century."""
    if re.fullmatch(r"\d{5}(\.0+)?", text) and _SERIAL_DAYS[0] <= int(text[:5]) <= _SERIAL_DAYS[1]:
        return _SERIAL_ZERO + datetime.timedelta(days=int(text[:5]))
    return None


_CHINESE_MONTHS = {
    name: number
    for number, name in enumerate(
        ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"), start=1
    )
}
_ENGLISH_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
        start=1,
    )
}


def read_month(text: str) -> tuple[int | None, int] | None:
    """(year or None, month) a label speaks of; a period counts for the month of its last day. None when it is no month.

    Read: 「2025年1月」「25年1月」「2025-01」「2025/1/31」「202501」「1月」「一月」「Jan-25」「2024.12.26-2025.01.25」, serial days.
    """
    text = _plain(text).replace(" ", "")
    day = serial_day(text)
    if day is not None:
        return day.year, day.month
    period = re.fullmatch(
        r"(.*\d)(?:~|至|到|—|–|-{1,2})(\d{2,4}[./年-]\d{1,2}[./月-]\d{1,2}日?)", text
    )
    if period:
        return read_month(period[2])
    for pattern in (
        r"(\d{4})(?:[./-]|年)(\d{1,2})(?:月份?|[./-]\d{1,2}|月\d{1,2}日?)?(?:t?0?0:00:00)?",
        r"(\d{4})(\d{2})",
        r"(\d{2})年(\d{1,2})月份?",
    ):
        found = re.fullmatch(pattern, text)
        if found:
            year, month = int(found[1]), int(found[2])
            return ((year + 2000 if year < 100 else year), month) if 1 <= month <= 12 else None
    found = re.fullmatch(r"([a-z]{3})[a-z]*[-./' ]?(\d{2}|\d{4})?", text)
    if found and found[1] in _ENGLISH_MONTHS:
        written = int(found[2]) if found[2] else None
        return (
            (written + 2000 if written is not None and written < 100 else written),
            _ENGLISH_MONTHS[found[1]],
        )
    found = re.fullmatch(r"(\d{1,2})月份?", text)
    if found and 1 <= int(found[1]) <= 12:
        return None, int(found[1])
    found = re.fullmatch(r"(十?[一二三四五六七八九十])月份?", text)
    if found and found[1] in _CHINESE_MONTHS:
        return None, _CHINESE_MONTHS[found[1]]
    return None


def _read_year(text: str) -> int | None:
    found = re.fullmatch(r"((?:19|20)\d{2})(年度?)?", _plain(text).replace(" ", ""))
    return int(found[1]) if found else None


# ------------------------------------------------------------------ the plan


@dataclass
class _Draft:
    problems: list[PasteProblem] = field(default_factory=list)
    understood: list[str] = field(default_factory=list)
    questions: list[UnitQuestion] = field(default_factory=list)


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
    draft = _Draft(understood=list(grid.notes))
    typed = tuple(column for column in table.columns if not column.derived)
    if not grid.rows or not typed:
        return _empty_plan(table, grid, draft)
    grid = _upright(table, grid, draft)
    ids = row_ids(table, book, base_year)
    head_rows = _head_rows(table, grid, typed)
    headings = _headings(grid, head_rows)
    names_column = _row_names_column(table, grid, head_rows, headings, targets or {})
    columns = _map_columns(table, headings, head_rows, names_column, top_left, targets or {}, draft)
    columns = _read_units(table, columns, factors or {}, draft)
    rows, added_ids = _map_rows(
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
    _ask_units(table, grid, columns, rows, ids, book, factors or {}, draft)
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


def _empty_plan(table: TableQuestion, grid: Grid, draft: _Draft) -> PastePlan:
    draft.problems.append(
        PasteProblem("", "剪贴板里没有表格", "在 Excel 或 WPS 里选中要抄的格子，复制后再粘")
    )
    return PastePlan(
        table, grid, 0, (), (), (), (), tuple(draft.problems), tuple(draft.understood), (), 0, 0
    )


def _upright(table: TableQuestion, grid: Grid, draft: _Draft) -> Grid:
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
    core = _core(heading)
    if not core:
        return 0
    names = {
        _core(name) for name in (column.title, column.short, column.id, *column.headings) if name
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
            return _read_year(text) is not None
        case RowsKind.FIXED:
            return _fixed_row(table, text) is not None
        case _:
            return False


def _fixed_row(table: TableQuestion, text: str) -> str | None:
    core = _core(text)
    if not core:
        return None
    exact = [o.id for o in table.fixed_rows if core in (_core(o.label), _plain(o.id))]
    if exact:
        return exact[0]
    near = [o.id for o in table.fixed_rows if len(core) >= 2 and core in _core(o.label)]
    return near[0] if len(near) == 1 else None


def _head_rows(table: TableQuestion, grid: Grid, typed: Sequence[Question]) -> int:
    """How many rows at the top are headings: rows that name columns, or words above the first row of numbers."""
    numeric = any(column.kind is QuestionKind.NUMBER for column in typed)
    count = 0
    named = False
    for index, row in enumerate(grid.rows[:MOST_HEAD_ROWS]):
        texts = [cell.text for cell in row if cell.text.strip()]
        if any(_is_row_name(table, text) for text in texts):
            break
        if len(texts) == 1 and grid.width > 1 and _number(texts[0]) is None:
            count = index + 1  # a title over the whole block
            continue
        matches = sum(
            max((_name_score(column, text) for column in table.columns), default=0) >= 3
            for text in texts
        )
        numbers = sum(_number(text) is not None for text in texts)
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
        _number(cell.text) is not None for row in grid.rows[index + 1 : index + 3] for cell in row
    )


def _headings(grid: Grid, head_rows: int) -> list[str]:
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


def _row_names_column(
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
        texts = [text for text in texts if not _TOTALS.match(_plain(text))]
        if texts and sum(_is_row_name(table, text) for text in texts) * 5 >= len(texts) * 3:
            return column
        plain = [_plain(text) for text in texts]
        heading = _core(headings[column]) if headings else ""
        if (
            table.rows is RowsKind.MONTHS
            and len(plain) > 1
            and all(text.isdigit() and 1 <= int(text) <= 12 for text in plain)
            and (heading.startswith("月") or plain == [str(n + 1) for n in range(len(plain))])
        ):
            return column
    return None


def _map_columns(
    table: TableQuestion,
    headings: Sequence[str],
    head_rows: int,
    names_column: int | None,
    top_left: tuple[str, str] | None,
    targets: Mapping[int, str],
    draft: _Draft,
) -> tuple[SourceColumn, ...]:
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
            if _core(heading) in ("序号", "no", "编号", "行号", "年份", "年度", "年"):
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


def _column(table: TableQuestion, column_id: str) -> Question:
    return next(column for column in table.columns if column.id == column_id)


def _is_number_column(table: TableQuestion, target: str) -> bool:
    if target in (UNUSED, ROW_NAMES):
        return False
    return _column(table, target).kind is QuestionKind.NUMBER


def _read_units(
    table: TableQuestion,
    columns: tuple[SourceColumn, ...],
    factors: Mapping[int, Fraction],
    draft: _Draft,
) -> tuple[SourceColumn, ...]:
    """Units written in headings: the same, convertible (converted and said), or of another kind (not written)."""
    result: list[SourceColumn] = []
    for source, column in enumerate(columns):
        if not _is_number_column(table, column.target):
            result.append(column)
            continue
        own = _column(table, column.target).unit
        written = _unit_in(column.heading)
        factor = Fraction(1)
        unit = own
        if source in factors:
            factor = factors[source]
        elif written:
            theirs, ours = find_unit(written), find_unit(own)
            if theirs is not None and ours is not None and theirs.id != ours.id:
                try:
                    factor = convert(Fraction(1), theirs.id, ours.id)
                except UnitMismatchError:
                    draft.problems.append(
                        PasteProblem(
                            f"第 {source + 1} 列",
                            f"列名里的单位是 {written}，这一列要 {own}，换算不了",
                            "没有写这一列；换一列，或改好单位再粘",
                            column=source,
                        )
                    )
                    result.append(SourceColumn(column.heading, UNUSED, "单位不对"))
                    continue
                unit = written
                draft.understood.append(
                    f"第 {source + 1} 列按列名里的 {written} 换算成 {own}：乘 {brief(factor)}"
                )
        result.append(SourceColumn(column.heading, column.target, column.guessed_by, factor, unit))
    return tuple(result)


def _values_of(grid: Grid, source: int, rows: Sequence[str]) -> list[tuple[int, Fraction]]:
    found = []
    for index, row_id in enumerate(rows):
        if row_id:
            value = _number(grid.rows[index][source].text)
            if value is not None and value != 0:
                found.append((index, abs(value)))
    return found


def _ask_units(
    table: TableQuestion,
    grid: Grid,
    columns: tuple[SourceColumn, ...],
    rows: Sequence[str],
    ids: Sequence[str],
    book: AnswerBook,
    factors: Mapping[int, Fraction],
    draft: _Draft,
) -> None:
    """A column whose median is ten thousand (or a thousand) times off its other rows is asked about."""
    for source, column in enumerate(columns):
        if (
            not _is_number_column(table, column.target)
            or source in factors
            or column.factor != 1
            or table.rows not in (RowsKind.MONTHS, RowsKind.YEARS)
        ):
            continue
        pasted = [value for _, value in _values_of(grid, source, rows)]
        written_now = {row_id for row_id in rows if row_id}
        known: dict[str, list[Fraction]] = {}
        for row_id in ids:
            text = book.text(cell_key(table.id, row_id, column.target))
            value = _number(text) if text else None
            if row_id not in written_now and value:
                known.setdefault(row_id[:4], []).append(abs(value))
        if not pasted or not known:
            continue
        # the nearest other year is what the user would compare with
        year = max(known)
        theirs, ours = median(pasted), median(known[year])
        own = _column(table, column.target).unit
        for factor, unit in ((Fraction(10000), f"万 {own}"), (Fraction(1000), f"千 {own}")):
            if Fraction(1, 3) <= theirs * factor / ours <= 3:
                draft.questions.append(
                    UnitQuestion(
                        source,
                        column.target,
                        f"第 {source + 1} 列中位数 {brief(Fraction(theirs))}，{year} 年同列是 "
                        f"{_short(Fraction(ours))}。像「{unit}」：按 {own} 存会小 {_times(factor)}倍。",
                        factor,
                        unit,
                        own,
                    )
                )
                break
            if Fraction(1, 3) <= theirs / factor / ours <= 3:
                draft.questions.append(
                    UnitQuestion(
                        source,
                        column.target,
                        f"第 {source + 1} 列中位数 {_short(Fraction(theirs))}，{year} 年同列是 "
                        f"{brief(Fraction(ours))}。比去年大 {_times(factor)}倍，像是单位小了一档。",
                        1 / factor,
                        f"1/{brief(factor)} {own}",
                        own,
                    )
                )
                break


def _times(factor: Fraction) -> str:
    return "1 万" if factor == 10000 else "1 千"


def _short(value: Fraction) -> str:
    """A number in few digits: 157000 → 「15.7 万」."""
    if value >= 10000:
        return f"{brief(Fraction(round(value / 1000), 10))} 万"
    return brief(value)


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


def _map_rows(
    table: TableQuestion,
    grid: Grid,
    head_rows: int,
    names_column: int | None,
    ids: tuple[str, ...],
    book: AnswerBook,
    year: int | None,
    top_left: tuple[str, str] | None,
    new_ids: Callable[[int], Sequence[str]],
    draft: _Draft,
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Row id per block row ("" = not written), and the ids of rows that would be added."""
    rows = [""] * len(grid.rows)
    body = [
        index
        for index in range(head_rows, len(grid.rows))
        if any(cell.text.strip() or cell.note for cell in grid.rows[index])
        and not _is_total_row(grid, index)
    ]
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


def _is_total_row(grid: Grid, index: int) -> bool:
    return any(_TOTALS.match(_plain(cell.text).replace(" ", "")) for cell in grid.rows[index][:3])


def _rows_by_name(
    table: TableQuestion,
    grid: Grid,
    body: Sequence[int],
    names_column: int,
    ids: tuple[str, ...],
    year: int | None,
    rows: list[str],
    draft: _Draft,
) -> None:
    first_place: dict[str, str] = {}
    years_column = _years_column(table, grid, body, names_column)
    for index in body:
        cell = grid.rows[index][names_column]
        if years_column is not None:
            year = _read_year(grid.rows[index][years_column].text) or year
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
        if any(serial_day(_plain(grid.rows[index][names_column].text)) for index in body):
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
        if texts and all(_read_year(text) is not None for text in texts):
            return column
    return None


def _row_of(table: TableQuestion, text: str, year: int | None) -> str | None:
    match table.rows:
        case RowsKind.MONTHS:
            found = read_month(text)
            if found is None:
                plain = _plain(text)
                if not (plain.isdigit() and 1 <= int(plain) <= 12):
                    return None
                found = (None, int(plain))
            row_year = found[0] if found[0] is not None else year
            return None if row_year is None else f"{row_year}-{found[1]:02d}"
        case RowsKind.YEARS:
            found_year = _read_year(text)
            return None if found_year is None else str(found_year)
        case RowsKind.FIXED:
            return _fixed_row(table, text)
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


def _plan_cells(
    table: TableQuestion,
    grid: Grid,
    columns: Sequence[SourceColumn],
    rows: Sequence[str],
    book: AnswerBook,
    reason: str,
    draft: _Draft,
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
            question = _column(table, column.target)
            key = cell_key(table.id, row_id, question.id)
            before = book.get(key)
            after = _read_cell(question, cell, column, reason, index, source, draft)
            if after is None:
                if _plain(cell.text) in _NOT_APPLICABLE:
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
    draft: _Draft,
) -> Answer | None:
    """The answer a cell becomes; None when it is left (empty, waiting for a reason, or a problem that was noted)."""

    def refuse(what: str, remedy: str) -> None:
        draft.problems.append(PasteProblem(cell.place, what, remedy, row=row, column=source))

    if cell.note:
        refuse(cell.note, "在 Excel 里打开存一次，或改成数再粘")
        return None
    text = cell.text.strip()
    plain = _plain(text)
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
    return replace(answer, text=decimal_text(value * column.factor), raw=cell.text.strip())


def _check_totals(
    table: TableQuestion,
    grid: Grid,
    columns: Sequence[SourceColumn],
    rows: Sequence[str],
    head_rows: int,
    draft: _Draft,
) -> None:
    """The block's own total row is not written, but compared."""
    totals = [i for i in range(head_rows, len(grid.rows)) if _is_total_row(grid, i)]
    if not totals:
        return
    draft.understood.append("合计、平均这些行不写，只拿来核对")
    for index in totals:
        if not any(re.match("合计|总计|总", _plain(cell.text)) for cell in grid.rows[index][:3]):
            continue
        for source, column in enumerate(columns):
            if not _is_number_column(table, column.target):
                continue
            written = _number(grid.rows[index][source].text)
            values = [_number(grid.rows[i][source].text) for i, row_id in enumerate(rows) if row_id]
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
