"""Tables of the question sets as they were filled in: rows that count, columns somebody used, reasons as numbered notes.

Nothing is printed under 9 pt: a table too wide for an upright page stands as two (what was typed, what follows from it), or on a
page turned over.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from app.assessment.finding import Missing, NotApplicable
from app.assessment.numbers import round_half_up
from app.audit.project import AuditProject
from app.forms.answer import Given, cell_key
from app.forms.figure import Figure as ComputedFigure
from app.forms.parse import is_unread
from app.forms.question import Question, QuestionKind, RowsKind, TableQuestion
from app.forms.question_index import cell_answer, row_label
from app.forms.visible import asked_columns, asked_rows
from app.papers.answers import (
    DASH,
    computed_cell,
    exact_of,
    formal,
    formal_sentence,
    given_text,
    is_voluntary,
    number_given,
    places_typed,
    reason_said,
)
from app.papers.document import (
    Align,
    Amount,
    Away,
    Bound,
    Cell,
    Column,
    Open,
    Row,
    RowKind,
    Runs,
    Sheet,
    Size,
    Table,
    cell_text,
)

MONITORING = "env.monitoring"
_TOTALS, _FEWEST_YEARS = "env.totals", 2
_TARGETS, _REACHED = "targets.list", "targets.done"
_TEXT_KINDS = (
    QuestionKind.TEXT,
    QuestionKind.LONG_TEXT,
    QuestionKind.MULTI_CHOICE,
    QuestionKind.INDUSTRY,
)
# Room of a line in em of 9 pt, with the padding of cells.
_UPRIGHT, _TURNED = 48.0, 78.0
_FEWEST_WORKED = 3  # columns worth a table of their own
_CIRCLED = 20  # numbers with a circle of their own


class _Notes:
    """What is said under a table: why something does not apply, and reasons of verdicts by number, each once."""

    def __init__(self) -> None:
        self.away: dict[str, None] = {}
        self.below = False  # whether a result below the detection limit stands in the table
        self._reasons: dict[str, int] = {}

    def numeral(self, reason: str) -> str:
        """The number of a reason, new or known."""
        return _numeral(self._reasons.setdefault(reason, len(self._reasons) + 1))

    def of_figure(self, figure: ComputedFigure) -> str:
        """The number of the reason of a rule's words or of a figure typed over; "" without one."""
        if figure.overridden:
            return self.numeral(f"手改，原因：{figure.reason or '未写'}")
        reason = formal_sentence(figure.trace.note).rstrip("。")
        return self.numeral(reason) if figure.words and reason and figure.words != DASH else ""

    def lines(self, cells: Iterable[Cell]) -> list[Runs]:
        """The notes of a table with these cells; reasons nobody points at are left out."""
        printed = [cell_text(cell) for cell in cells]
        said: list[Runs] = [(BELOW_RULE,)] if self.below else []
        return said + [
            (f"{_numeral(place)} {reason}。",)
            for reason, place in self._reasons.items()
            if any(cell.endswith(_numeral(place)) for cell in printed)
        ]


BELOW_RULE = "注：“<”为低于检出限，其后为检出限；参与计算和合计时按检出限的一半计。"


def _numeral(place: int) -> str:
    return chr(0x245F + place) if place <= _CIRCLED else f"（{place}）"


def answers_tables(
    project: AuditProject, table: TableQuestion, *, key: str = "", rows: Iterable[str] | None = None
) -> list[Table]:
    """A table of the question set as it was filled in, in one or two parts; nothing when there is no row.

    rows: only these row ids.
    """
    book = project.book
    wanted = tuple(rows) if rows is not None else asked_rows(table, book, project.base_year)
    away = [row_id for row_id in wanted if _is_away(project, table, row_id)]
    wanted = tuple(row_id for row_id in wanted if row_id not in away)
    columns = [
        column
        for column in asked_columns(table, book)
        if _has_content(project, table, column, wanted)
    ]
    if not wanted or not columns:
        return []
    notes = _Notes()
    decimals = _Decimals(project, table, wanted)
    body = [_table_row(project, table, row_id, columns, notes, decimals) for row_id in wanted]
    numbered = table.rows is RowsKind.FREE
    total = _total_row(project, table, columns, wanted, numbered, decimals)
    heads = []
    if not numbered:
        widest = max(_em(row_label(table, row_id, book)) for row_id in wanted)
        heads.append(Column(formal(table.row_title or "项目"), min(10.0, max(3.0, widest)) + 0.6))
    for place, column in enumerate(columns, start=len(heads)):
        heads.append(_head(column, [row.cells[place] for row in body]))
    if table.id == MONITORING:
        heads, body = _with_verdicts(project, table, heads, body, wanted)
    caption = formal(table.title)
    rows_of = body if total is None else [*body, total]
    heads, rows_of = _reasons_into_heads(heads, rows_of)
    made = []
    parts = _parts(heads, columns, rows_of, numbered)
    for part, places in enumerate(parts):
        name = caption if part == 0 else f"{caption}：核算与判定"
        made.append(_part(key or table.id, part, name, heads, rows_of, places))
    said = _away_note(project, table, away, notes)
    first = [(f"注：{said}",)] if said else []
    result = []
    for part, one in enumerate(made):
        cells = [cell for row in one.rows for cell in row.cells]
        cells += [column.title for column in one.columns]
        off = (
            [("注：合计由未修约的数相加后修约，末位与各行之和可能相差。",)]
            if total is not None and _is_off(list(one.rows[:-1]), one.rows[-1])
            else []
        )
        judged = [(_JUDGED,)] if table.id == MONITORING else []
        lines: list[Runs] = [*(first if part == 0 else []), *off, *judged, *notes.lines(cells)]
        lines = [lines[0], *map(_going_on, lines[1:])] if lines else []
        ours = [
            0 <= place < len(columns) and columns[place].derived != ""
            for place in (head - (0 if numbered else 1) for head in parts[part])
        ]
        result.append(_numbered_anew(replace(one, notes=tuple(lines)), ours))
    return result


def _numbered_anew(part: Table, ours: list[bool]) -> Table:
    """A part of a ledger counts its notes from ①, as a table of its own. ours: of each column, whether its words are worked
    out; a ② at the end of what somebody typed stays."""
    heads = [line[0] for line in part.notes]
    marks = [head[0] for head in heads if isinstance(head, str) and _is_numeral(head[:1])]
    anew = {mark: _numeral(place) for place, mark in enumerate(marks, 1)}

    def marked(text: str) -> str:
        return text[:-1] + anew.get(text[-1], text[-1]) if text else text

    def cell_of(cell: Cell, is_ours: bool) -> Cell:
        if isinstance(cell, Amount):
            return replace(cell, mark=marked(cell.mark))
        return marked(cell) if is_ours and isinstance(cell, str) else cell

    return replace(
        part,
        columns=tuple(replace(one, title=marked(one.title)) for one in part.columns),
        rows=tuple(replace(row, cells=tuple(map(cell_of, row.cells, ours))) for row in part.rows),
        notes=tuple(
            (anew.get(head[:1], head[:1]) + head[1:], *line[1:]) if isinstance(head, str) else line
            for head, line in zip(heads, part.notes, strict=True)
        ),
    )


def _going_on(line: Runs) -> Runs:
    """A further note: 「注：」 stands once."""
    head = line[0]
    return (head.removeprefix("注："), *line[1:]) if isinstance(head, str) else line


def _reasons_into_heads(heads: list[Column], rows: list[Row]) -> tuple[list[Column], list[Row]]:
    """Where every cell of a column has the same reason, its number stands once, at the head."""
    for place, head in enumerate(heads):
        cells = [row.cells[place] for row in rows]
        words = [text for cell in cells if (text := cell_text(cell))]
        marks = {word[-1] for word in words}
        if len(words) < 2 or len(marks) != 1 or not _is_numeral(mark := marks.pop()):
            continue
        heads = [*heads[:place], replace(head, title=head.title + mark), *heads[place + 1 :]]
        rows = [
            replace(
                row,
                cells=tuple(
                    _unmarked(cell, mark) if column == place else cell
                    for column, cell in enumerate(row.cells)
                ),
            )
            for row in rows
        ]
    return heads, rows


def _unmarked(cell: Cell, mark: str) -> Cell:
    if isinstance(cell, Amount):
        return replace(cell, mark=cell.mark.removesuffix(mark))
    return cell.removesuffix(mark) if isinstance(cell, str) else cell


def _is_numeral(character: str) -> bool:
    return "①" <= character <= "⑳"


def _away_note(project: AuditProject, table: TableQuestion, away: list[str], notes: _Notes) -> str:
    """Why rows are left out and what the dashes mean."""
    said = []
    if away:
        reasons: dict[str, str] = {}
        for row_id in away:
            answers = (
                cell_answer(project.book, table, row_id, column.id)
                for column in asked_columns(table, project.book)
                if not column.derived
            )
            for answer in answers:
                if isinstance(answer, NotApplicable):
                    name = row_label(table, row_id, project.book)
                    reasons.setdefault(name, reason_said(answer))
        said.append(
            "未列的不适用：" + "；".join(f"{name}（{reason}）" for name, reason in reasons.items())
        )
    if notes.away:
        said.append(f"“—”为不适用：{'；'.join(notes.away)}")
    return "".join(f"{one}。" for one in said)


class _Decimals:
    """How many decimals the columns of a table show, each found once for all of its rows."""

    def __init__(self, project: AuditProject, table: TableQuestion, rows: tuple[str, ...]) -> None:
        self._project, self._table, self._rows = project, table, rows
        self._of: dict[str, int] = {}
        self._say_it_whole: dict[str, bool] = {}

    def of(self, column: Question) -> int:
        """One number of decimals for a column and its neighbours of the same unit (the years of a quantity)."""
        if column.id not in self._of:
            alike = [one.id for one in self._typed(column.unit)] if column.unit else [column.id]
            book = self._project.book
            told = [
                book.get(f"{self._table.id}/{row_id}/{one}")
                for row_id in self._rows
                for one in alike
            ]
            self._of[column.id] = max((places_typed(one) for one in told), default=0)
        return self._of[column.id]

    def of_figure(self, column: Question, figure: ComputedFigure) -> int:
        """Of a worked out cell: those of the typed columns of its unit where they say it whole, else its own."""
        if not column.unit:
            return figure.decimals
        places = self.of(column)
        if column.id not in self._say_it_whole:
            cell = self._project.derivation.cell
            values = [cell(self._table.id, row, column.id).value for row in self._rows]
            self._say_it_whole[column.id] = bool(self._typed(column.unit)) and all(
                one is None or (one * 10**places).denominator == 1 for one in values
            )
        return places if self._say_it_whole[column.id] else max(figure.decimals, places)

    def _typed(self, unit: str) -> list[Question]:
        return [
            one
            for one in self._table.columns
            if one.kind is QuestionKind.NUMBER and not one.derived and one.unit == unit
        ]


def _table_row(
    project: AuditProject,
    table: TableQuestion,
    row_id: str,
    columns: list[Question],
    notes: _Notes,
    decimals: _Decimals,
) -> Row:
    label = [] if table.rows is RowsKind.FREE else [_label(project, table, row_id)]
    cells = [_cell(project, table, row_id, column, notes, decimals) for column in columns]
    return Row((*label, *cells))


def _label(project: AuditProject, table: TableQuestion, row_id: str) -> str:
    """What a row is called: labels of the form as a paper says them, typed ones as typed."""
    said = row_label(table, row_id, project.book)
    return formal(said) if table.rows is RowsKind.FIXED else said


def _is_away(project: AuditProject, table: TableQuestion, row_id: str) -> bool:
    """Whether nothing of the row applies; the months of bills stay in their line."""
    if table.rows is RowsKind.MONTHS:
        return False
    answers = [
        cell_answer(project.book, table, row_id, column.id)
        for column in asked_columns(table, project.book)
        if not column.derived
    ]
    told = [answer for answer in answers if not isinstance(answer, Missing)]
    return bool(told) and all(isinstance(answer, NotApplicable) for answer in told)


def _parts(
    heads: list[Column], columns: list[Question], rows: list[Row], numbered: bool
) -> list[list[int]]:
    """Places of the columns of each part."""
    everything = list(range(len(heads)))
    offset = 0 if numbered else 1
    worked = [
        place
        for place in everything[offset:]
        if place - offset >= len(columns) or columns[place - offset].derived
    ]
    typed = [place for place in everything if place not in worked]
    if _least(heads, rows, everything) <= _UPRIGHT:
        return [everything]
    if len(worked) < _FEWEST_WORKED or len(typed) < 2:
        return [everything]
    # The last typed columns stand with what is worked out where the first part is too wide for an upright page.
    while len(typed) > 2 and _least(heads, rows, typed) > _UPRIGHT:
        with_one = [typed[-1], *worked]
        if _least(heads, rows, [0, *with_one]) > _UPRIGHT:
            break
        typed, worked = typed[:-1], with_one
    return [typed, [0, *worked]]


def _part(
    key: str, part: int, caption: str, heads: list[Column], rows: list[Row], places: list[int]
) -> Table:
    chosen = tuple(heads[place] for place in places)
    em = sum(head.width for head in chosen)
    size = Size.STANDARD if len(chosen) <= 6 and em <= 40 else Size.SMALL
    sheet = Sheet.PORTRAIT if _least(heads, rows, places) <= _UPRIGHT else Sheet.LANDSCAPE
    body = tuple(replace(row, cells=tuple(row.cells[place] for place in places)) for row in rows)
    return Table(key if part == 0 else f"{key}.worked", caption, chosen, body, (), size, sheet)


_LATIN = re.compile(r"[A-Z/]+ \d[\d.-]*|[!-~]+")
_READABLE = 5.5  # em a column of words needs at least


def _least(heads: list[Column], rows: list[Row], places: list[int]) -> float:
    """Room in em the columns need: figures and codes whole, words over a few lines."""
    needed = 0.0
    for place in places:
        head = heads[place]
        if head.align is Align.NUMBER:
            needed += head.width
            continue
        words = [cell_text(row.cells[place]) for row in rows]
        codes = max((_em(code) for text in words for code in _LATIN.findall(text)), default=0.0)
        needed += max(min(head.width, _READABLE), codes + 0.7)
    return needed


def _has_content(
    project: AuditProject, table: TableQuestion, column: Question, rows: tuple[str, ...]
) -> bool:
    """Optional columns nobody has used stay off the paper."""
    if column.derived and project.derivation.quantities[column.derived].rule:
        cells = [project.derivation.cell(table.id, row_id, column.id) for row_id in rows]
        return any(cell.words or cell.value is not None for cell in cells)
    answers = [cell_answer(project.book, table, row_id, column.id) for row_id in rows]
    is_month = table.rows is RowsKind.MONTHS and bool(answers) and not column.derived
    if is_month and all(isinstance(one, NotApplicable) for one in answers):
        return False  # what the firm does not use at all has no column of dashes
    if column.derived or column.required:
        return True
    return any(not isinstance(one, Missing) for one in answers)


def _em(text: str) -> float:
    """Rough width in em: Chinese 1, Latin and digits 0.55."""
    return sum(1.0 if ord(character) > 0x2000 else 0.55 for character in text)


def _head(column: Question, cells: list[Cell]) -> Column:
    """Width by what stands in the column: figures and dates whole, text up to a line of its own, heads over two lines."""
    widest = max(
        (_em(cell_text(cell)) for cell in cells if not isinstance(cell, Open)), default=2.0
    )
    if column.kind is QuestionKind.NUMBER:
        head = max(_em(formal(column.title)) / 2, _em(column.unit) * 0.8)
        return Column(formal(column.title), max(2.0, head, widest) + 0.6, Align.NUMBER, column.unit)
    head = _em(formal(column.title)) / 2 + 0.6
    if column.kind in _TEXT_KINDS:
        # A sentence takes the root of its length, so that it does not starve the columns beside it.
        wide = widest if widest <= 8 else 8 + (widest - 8) ** 0.5 * 1.6
        return Column(formal(column.title), max(2.4, head, wide) + 0.6)
    return Column(formal(column.title), max(head, min(widest, 7.0)) + 0.8, Align.CENTRE)


def _cell(
    project: AuditProject,
    table: TableQuestion,
    row_id: str,
    column: Question,
    notes: _Notes,
    decimals: _Decimals,
) -> Cell:
    key = cell_key(table.id, row_id, column.id)
    if column.derived:
        figure = project.derivation.cell(table.id, row_id, column.id)
        if is_voluntary(project, figure):
            return ""
        wide = replace(figure, decimals=decimals.of_figure(column, figure))
        return computed_cell(wide, key, mark=notes.of_figure(figure))
    answer = cell_answer(project.book, table, row_id, column.id)
    match answer:
        case NotApplicable():
            reason = reason_said(answer)
            notes.away[f"{row_label(table, row_id, project.book)}，{reason}"] = None
            return Away(reason, key)
        case Given() if answer.text or is_unread(answer):
            if column.kind is not QuestionKind.NUMBER:
                if is_unread(answer):
                    return Open(f"「{answer.raw.strip()}」未读懂", key=key)
                return given_text(column, answer)
            if _has_units_of_rows(table) and (not column.unit or table.id == _TOTALS):
                places_of_row = _row_places(project, table, row_id, column)
                said = number_given(column, answer, key, places_of_row)
            else:
                said = number_given(column, answer, key, decimals.of(column))
            if isinstance(said, Amount) and said.bound is Bound.BELOW:
                notes.below = True
            elif isinstance(said, Amount) and answer.note.strip():
                return replace(said, mark=notes.numeral(answer.note.strip().rstrip("。")))
            return said
        case _:
            return Open(key=key) if column.required else _worked_out(project, key)


def _worked_out(project: AuditProject, key: str) -> Cell:
    """What stands in for an empty cell of the comparison of materials: the ledger's figure, the amount by solids."""
    if not key.startswith(f"{_SWAP}/"):
        return ""
    _, row, column = key.split("/")
    names = [f"voc.swap_ledger_{column}_{row}"]
    if (row, column) == ("amount", "new"):
        names.insert(0, "voc.swap_amount")
    for name in names:
        if name in project.derivation.quantities:
            figure = project.derivation.figure(name)
            if figure.value is not None:
                return Amount(figure.value, figure.decimals, figure.unit, name)
    return ""


_SWAP = "voc.swap"


def _has_units_of_rows(table: TableQuestion) -> bool:
    """Whether each row has a unit of its own: named in a column, or in the labels of a form's rows."""
    if any(column.id == "unit" for column in table.columns):
        return True
    if table.id == _TOTALS:
        return True  # every pollutant is an amount of its own size
    plain = [one for one in table.columns if one.kind is QuestionKind.NUMBER and not one.unit]
    return table.rows is RowsKind.FIXED and len(plain) > 1


def _row_places(
    project: AuditProject, table: TableQuestion, row_id: str, column: Question
) -> int | None:
    """Decimals of a row of one quantity (its years, where it stands and where it shall be): the same in every column.
    None = as typed: a measured value and its limit, the loads of a year keep their own."""
    if column.kind is not QuestionKind.NUMBER or table.id == MONITORING:
        return None
    if table.id == _TOTALS:
        years = [one.id for one in table.columns if one.unit == column.unit and not one.derived]
        if len(years) < _FEWEST_YEARS:
            return None  # what is permitted
        return max(places_typed(project.book.get(f"{table.id}/{row_id}/{one}")) for one in years)
    alike = [one.id for one in table.columns if one.kind is QuestionKind.NUMBER and not one.unit]
    told = [project.book.get(f"{table.id}/{row_id}/{one}") for one in alike]
    if table.id == _TARGETS:
        told.append(project.book.get(f"{_REACHED}/{row_id}/value"))  # printed beside them later
    return max((places_typed(one) for one in told), default=0)


def _total_row(
    project: AuditProject,
    table: TableQuestion,
    columns: list[Question],
    rows: tuple[str, ...],
    numbered: bool,
    decimals: _Decimals,
) -> Row | None:
    """Sums of the columns the question set names. While a cell is missing or not understood the sum is what it is at least;
    results below a detection limit count by half of it, as everywhere."""
    if not any(column.id in table.total for column in columns):
        return None
    cells: list[Cell] = [] if numbered else ["合计"]
    for place, column in enumerate(columns):
        if column.id not in table.total:
            cells.append("合计" if numbered and place == 0 else "")
            continue
        cells.append(_sum_of(project, table, column, rows, decimals))
    return Row(tuple(cells), RowKind.TOTAL)


def _sum_of(
    project: AuditProject,
    table: TableQuestion,
    column: Question,
    rows: tuple[str, ...],
    decimals: _Decimals,
) -> Cell:
    """The sum of a column, 「≥ 1234」 while a row is open and no row can make it smaller."""
    known = Fraction(0)
    is_open = can_shrink = False
    places = decimals.of(column)
    for row_id in rows:
        value: Fraction | None
        if column.derived:
            figure = project.derivation.cell(table.id, row_id, column.id)
            places = decimals.of_figure(column, figure)
            value = Fraction(0) if figure.not_applicable else figure.value
            if value is None and is_voluntary(project, figure):
                value = Fraction(0)
            if value is None:
                is_open = True
                can_shrink = can_shrink or not figure.bounded
                value = figure.at_least
        else:
            answer = cell_answer(project.book, table, row_id, column.id)
            value = exact_of(answer.text) if isinstance(answer, Given) else None
            if value is None and not isinstance(answer, NotApplicable):
                is_open = (
                    is_open or column.required or is_unread(answer) or isinstance(answer, Given)
                )
        can_shrink = can_shrink or (value is not None and value < 0)
        known += value or 0
    key = f"{table.id}/{'+'.join((rows[0], rows[-1]))}/{column.id}"
    if not is_open:
        return Amount(known, places, column.unit, key)
    if can_shrink or not known:
        return Open(key=key)
    return Open(amount=Amount(known, places, column.unit, key, bound=Bound.AT_LEAST), key=key)


def _is_off(body: list[Row], total: Row) -> bool:
    """Whether a printed total differs from the sum of what is printed above it."""
    for place, cell in enumerate(total.cells):
        parts = [one for row in body if isinstance(one := row.cells[place], Amount)]
        if isinstance(cell, Amount) and parts:
            printed = sum(
                one.value / 2
                if one.bound is Bound.BELOW
                else Fraction(round_half_up(one.value, one.places))
                for one in parts
            )
            if printed != Fraction(round_half_up(cell.value, cell.places)):
                return True
    return False


_JUDGED = "注：按所列执行标准的限值判断；未写明执行标准的不作判断，以“—”表示。"


def _with_verdicts(
    project: AuditProject,
    table: TableQuestion,
    heads: list[Column],
    body: list[Row],
    row_ids: tuple[str, ...],
) -> tuple[list[Column], list[Row]]:
    """Monitoring results with 达标 beside them; nothing is judged by a limit whose source is not named."""
    rows = []
    for row_id, row in zip(row_ids, body, strict=True):
        share = project.derivation.cell(table.id, row_id, "share").value
        source = project.book.text(f"{table.id}/{row_id}/standard").strip()
        verdict = DASH if share is None or not source else "是" if share <= 100 else "否"
        rows.append(replace(row, cells=(*row.cells, verdict)))
    return [*heads, Column("达标", 2.6, Align.CENTRE)], rows
