"""Units of pasted columns: read from their headings, or asked about when the numbers look wrong by a whole factor."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from statistics import median

from app.assessment.numbers import brief
from app.assessment.units import UnitMismatchError, convert, find_unit
from app.forms.answer import AnswerBook, cell_key
from app.forms.cell_words import number_in, unit_in
from app.forms.grid import Grid
from app.forms.paste_columns import column_of, is_number_column
from app.forms.paste_plan import UNUSED, Draft, PasteProblem, SourceColumn, UnitQuestion
from app.forms.question import RowsKind, TableQuestion


def read_units(
    table: TableQuestion,
    columns: tuple[SourceColumn, ...],
    factors: Mapping[int, Fraction],
    draft: Draft,
) -> tuple[SourceColumn, ...]:
    """Units written in headings: the same, convertible (converted and said), or of another kind (not written)."""
    result: list[SourceColumn] = []
    for source, column in enumerate(columns):
        if not is_number_column(table, column.target):
            result.append(column)
            continue
        own = column_of(table, column.target).unit
        written = unit_in(column.heading)
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
            value = number_in(grid.rows[index][source].text)
            if value is not None and value != 0:
                found.append((index, abs(value)))
    return found


def ask_units(
    table: TableQuestion,
    grid: Grid,
    columns: tuple[SourceColumn, ...],
    rows: Sequence[str],
    ids: Sequence[str],
    book: AnswerBook,
    factors: Mapping[int, Fraction],
    draft: Draft,
) -> None:
    """A column whose median is ten thousand (or a thousand) times off its other rows is asked about."""
    for source, column in enumerate(columns):
        if (
            not is_number_column(table, column.target)
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
            value = number_in(text) if text else None
            if row_id not in written_now and value:
                known.setdefault(row_id[:4], []).append(abs(value))
        if not pasted or not known:
            continue
        # the nearest other year is what the user would compare with
        year = max(known)
        theirs, ours = median(pasted), median(known[year])
        own = column_of(table, column.target).unit
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
