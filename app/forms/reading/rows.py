"""Which row of ours every row of a block is: by month, by name, or from the current cell down."""

import re
from collections.abc import Sequence
from fractions import Fraction

from app.forms.cell_words import number_in
from app.forms.grid import Grid
from app.forms.question import QuestionKind, RowsKind, TableQuestion
from app.forms.reading.blocks import Block, fixed_row, year_label
from app.forms.reading.columns import Names
from app.forms.reading.heads import read_head
from app.forms.reading.months import filled_down, place_months
from app.forms.reading.plan import SKIP, Draft
from app.forms.reading.roles import number_like
from app.forms.reading.sources import Extra, Roles, Sheet, refuse_row
from app.forms.reading.words import (
    fold,
    tight,
    words,
)


def place_rows(
    table: TableQuestion,
    grid: Grid,
    ids: Sequence[str],
    year: int | None,
    top_left: tuple[str, str] | None,
    audit_years: tuple[int, ...],
    number: int,
    block: Block,
    roles: Roles,
    sheet: Sheet,
    draft: Draft,
    names: Names,
) -> dict[int, tuple[str, Extra]] | None:
    """Body place -> (row id, what else is known). Row ids outside of the audit's years are kept; they are refused later."""
    body = [i for i in range(len(block.rows)) if not block.is_total(i)]
    if table.rows is not RowsKind.MONTHS:
        return _place_named(table, block, roles, body, sheet, draft, top_left, ids, number)
    if roles.labels is None or roles.label is None:
        return _place_by_cursor(
            table, grid, ids, year, top_left, block, roles, body, sheet, draft, number
        )
    labels = filled_down(block, roles, body)
    return place_months(
        table, grid, ids, year, audit_years, block, roles, body, labels, sheet, draft, number
    )


def _place_by_cursor(
    table: TableQuestion,
    grid: Grid,
    ids: Sequence[str],
    year: int | None,
    top_left: tuple[str, str] | None,
    block: Block,
    roles: Roles,
    body: list[int],
    sheet: Sheet,
    draft: Draft,
    number: int,
) -> dict[int, tuple[str, Extra]] | None:
    """Bare numbers go down from the current cell. With words in front that are no months nothing is guessed."""
    named = [
        c
        for c in range(len(block.heads))
        if c not in roles.numbers
        and c != roles.unit
        and c != roles.note
        and any(block.rows[i][c].text.strip() for i in body)
        and c not in roles.skipped
    ]
    labelled = [
        c
        for c, head in enumerate(block.heads)
        if tight(head) in words()["label_heads"]
        or any(_looks_dated(block.rows[i][c].text) for i in body)
    ]
    named += [c for c in labelled if c not in named]
    if roles.years is not None or named or number > 0:
        column = roles.years if roles.years is not None else named[0] if named else 0
        for index in body:
            cell = block.rows[index][column]
            if any(c.text.strip() for c in block.rows[index]):
                sheet.unplaced.append(
                    (
                        cell,
                        f"「{cell.text.strip() or '空白'}」不知道是哪一行，这一行没有写",
                        "月份写成 2025-03 或 3月",
                    )
                )
        return {}
    if not roles.numbers or year is None:
        return {}
    body = [i for i in body if any(block.rows[i][c].text.strip() for c in roles.numbers)]
    body = _without_sum(block, roles, body, draft)
    body = _with_gaps(block, body, number, draft)
    if not body:
        return {}
    shown = [row_id for row_id in ids if row_id[:4] == str(year)]
    sheet.positional = True
    if top_left is None or top_left[0] not in shown:
        options = [("first", f"从 {year} 年 1 月往下写")] if len(body) <= 12 else []
        chosen = draft.ask(
            f"rows:{number}",
            f"没有月份，一共 {len(body)} 行数：从哪个月开始？",
            (*options, (SKIP, "都不写，回去带上月份")),
        )
        if chosen != "first":
            return {}
        start = 0
    else:
        start = shown.index(top_left[0])
    if len(body) > len(shown) - start:
        options = [("top", f"从 {year} 年 1 月写起")] if len(body) == len(shown) else []
        options.append(
            (
                "cut",
                f"从 {int(top_left[0][5:]) if top_left else 1} 月写起，后面 {len(body) - len(shown) + start} 行不写",
            )
        )
        chosen = draft.ask(
            f"fits:{number}",
            f"没有月份，一共 {len(body)} 行数，从 {int(shown[start][5:])} 月往下放不下：多出 {len(body) - len(shown) + start} 行",
            (*options, (SKIP, "都不写")),
        )
        if chosen == "top":
            start = 0
        elif chosen != "cut":
            return {}
    found = _downwards(sheet, block, body, shown[start:], "从第一行开始粘，或者带上月份一起复制")
    if found:
        draft.say(f"没有行名，从「{shown[start][:4]} 年 {int(shown[start][5:])} 月」往下依次写")
    return found


def _downwards(
    sheet: Sheet, block: Block, body: list[int], places: Sequence[str], remedy: str
) -> dict[int, tuple[str, Extra]]:
    """Rows without names, one after another into `places`; the first that finds no room is told."""
    if len(body) > len(places):
        more = f"从这里往下多出 {len(body) - len(places)} 行，放不下，没有写"
        refuse_row(sheet, block, body[len(places)], Roles(), more, remedy)
    return {index: (place, Extra()) for index, place in zip(body, places, strict=False)}


def _with_gaps(block: Block, body: list[int], number: int, draft: Draft) -> list[int]:
    """Bare numbers with empty rows between: whether a gap is a month without a number is asked."""
    if not body:
        return body
    gaps = [
        i
        for i in range(body[0], body[-1])
        if i not in body and not any(cell.text.strip() for cell in block.rows[i])
    ]
    if not gaps:
        return body
    chosen = draft.ask(
        f"gaps:{number}",
        f"没有月份，数的中间有 {len(gaps)} 个空行：空行也占一个月吗？",
        (("keep", "占一个月，那个月不写"), ("close", "不占，挨着往下写"), (SKIP, "都不写")),
    )
    if chosen == "keep":
        return sorted([*body, *gaps])
    return body if chosen == "close" else []


def _looks_dated(text: str) -> bool:
    """Words or marks of a day or month that could not be read: never a number to write."""
    return bool(re.search(r"\d\s*[年月日]|\d[/-]\d", fold(text)))


def _without_sum(block: Block, roles: Roles, body: list[int], draft: Draft) -> list[int]:
    """Without the row that is the sum of all others, at either end: an unmarked total."""
    if len(body) < 4:
        return body
    for index in (body[0], body[-1]):
        others = [i for i in body if i != index]
        sums = []
        for c in roles.numbers:
            mine = number_in(block.rows[index][c].text)
            rest = [number_in(block.rows[i][c].text) for i in others]
            if mine is None or any(value is None for value in rest):
                return body
            total = sum((value for value in rest if value is not None), Fraction(0))
            sums.append(mine != 0 and abs(mine - total) * 1000 <= abs(total))
        if sums and all(sums):
            draft.say(
                f"{block.rows[index][roles.numbers[0]].place} 正好是其余各行的和，当作合计，不写"
            )
            return others
    return body


def _place_named(
    table: TableQuestion,
    block: Block,
    roles: Roles,
    body: list[int],
    sheet: Sheet,
    draft: Draft,
    top_left: tuple[str, str] | None,
    ids: Sequence[str],
    number: int,
) -> dict[int, tuple[str, Extra]] | None:
    found: dict[int, tuple[str, Extra]] = {}
    if roles.label is None:
        if not top_left or block.head_count or not _fits_cursor(table, block, body, top_left[1]):
            for index in body:
                first = next(
                    (cell for cell in block.rows[index] if cell.text.strip()), block.rows[index][0]
                )
                sheet.unplaced.append(
                    (
                        first,
                        f"「{first.text.strip() or '空白'}」不知道是哪一行，这一行没有写",
                        _row_remedy(table),
                    )
                )
            return {}
        start = ids.index(top_left[0]) if top_left[0] in ids else 0
        sheet.positional = True
        return _downwards(sheet, block, body, ids[start:], "从第一行开始粘，或者带上行名一起复制")
    last: str | None = None
    for index in body:
        cell = block.rows[index][roles.label]
        text = cell.text.strip()
        if table.rows is RowsKind.YEARS:
            year = year_label(text)
            row_id = str(year) if year is not None else None
        else:
            row_id = fixed_row(table, text) or _near_row(table, text)
        if row_id is None and not text and cell.merged and last is not None:
            row_id = last
        if row_id is None:
            if text or any(block.rows[index][c].text.strip() for c in roles.numbers):
                sheet.unplaced.append(
                    (cell, f"「{text or '空白'}」不知道是哪一行，这一行没有写", _row_remedy(table))
                )
            continue
        last = row_id
        found[index] = (row_id, Extra())
    return found


def _fits_cursor(table: TableQuestion, block: Block, body: list[int], column_id: str) -> bool:
    """A block without heads and names goes down from the cursor when every column is of the kind of ours below it."""
    typed = [c for c in table.columns if not c.derived]
    start = next((n for n, c in enumerate(typed) if c.id == column_id), 0)
    for place in range(len(block.heads)):
        texts = [
            block.rows[i][place].text.strip() for i in body if block.rows[i][place].text.strip()
        ]
        if start + place >= len(typed) or not texts:
            continue
        numeric = sum(number_like(text) for text in texts)
        if (typed[start + place].kind is QuestionKind.NUMBER) != (numeric * 2 > len(texts)):
            return False
    return True


def _near_row(table: TableQuestion, text: str) -> str | None:
    name = read_head(text).name
    near = [o.id for o in table.fixed_rows if len(name) >= 2 and name in read_head(o.label).name]
    return near[0] if len(near) == 1 else None


def _row_remedy(table: TableQuestion) -> str:
    if table.rows is RowsKind.YEARS:
        return "年份写成 2025"
    names = "、".join(option.label for option in table.fixed_rows[:4])
    return f"这张表的行是：{names}{'…' if len(table.fixed_rows) > 4 else ''}"
