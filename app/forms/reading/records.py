"""Tables whose rows are given (months, years, a list): every number of the sheet gets its row, its column and its unit, or
is asked about, or is refused with its place."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.forms.grid import Grid, GridCell
from app.forms.question import QuestionKind, RowsKind, TableQuestion
from app.forms.reading.blocks import Block, find_blocks, is_number, without_shifted
from app.forms.reading.columns import Match, Names
from app.forms.reading.heads import Head, read_head, title_units_of
from app.forms.reading.plan import SKIP, Draft
from app.forms.reading.roles import find_roles, number_like
from app.forms.reading.rows import place_rows
from app.forms.reading.sources import Entry, Extra, Roles, Sheet, Source
from app.forms.reading.units import fit
from app.forms.reading.words import (
    MEAN,
    carrier_in,
    item_meaning,
    spoken,
    tight,
    words,
)

_SHORT_MONTH, _LONG_MONTH = 26, 37  # days of a bill for one month


_MOST_NAMED = 6


def read_sheet(
    table: TableQuestion,
    grid: Grid,
    names: Names,
    ids: Sequence[str],
    year: int | None,
    top_left: tuple[str, str] | None,
    targets: Mapping[int, str],
    draft: Draft,
) -> Sheet:
    sheet = Sheet([])
    blocks = find_blocks(grid, table)
    audit_years = tuple(sorted({int(row_id[:4]) for row_id in ids if row_id[:4].isdigit()}))
    known: dict[tuple[object, ...], int] = {}
    for number, block in enumerate(blocks):
        upright = _row_of_numbers(table, block, number, len(ids), top_left, draft)
        if upright is None:
            continue
        upright = without_shifted(upright, draft)
        _read_block(
            table,
            grid,
            names,
            ids,
            year,
            top_left,
            audit_years,
            number,
            upright,
            known,
            sheet,
            draft,
            len(blocks),
        )
    return sheet


def _row_of_numbers(
    table: TableQuestion,
    block: Block,
    number: int,
    count: int,
    top_left: tuple[str, str] | None,
    draft: Draft,
) -> Block | None:
    """One row of more bare numbers than there are columns to the right may be months (years) lying down; None while open."""
    if block.head_count or len(block.rows) != 1 or top_left is None:
        return block
    cells = [cell for cell in block.rows[0] if cell.text.strip()]
    typed = [c.id for c in table.columns if not c.derived and c.kind is QuestionKind.NUMBER]
    room = len(typed) - typed.index(top_left[1]) if top_left[1] in typed else len(typed)
    few = len(cells) < 4 and len(cells) != count
    if few or not room < len(cells) <= count or not all(number_like(cell.text) for cell in cells):
        return block
    chosen = draft.ask(
        f"across:{number}",
        f"一行 {len(cells)} 个数，没有列名：是往下 {len(cells)} 行的数横过来了吗？",
        (("down", "是，竖着往下写"), ("right", "不是，往右依次写"), (SKIP, "都不写")),
    )
    if chosen == "right":
        return block
    if chosen != "down":
        return None
    rows: list[tuple[GridCell, ...]] = [(cell,) for cell in block.rows[0]]
    return replace(block, heads=[""], rows=rows, sections=[""] * len(rows), totals=None)


def _read_block(
    table: TableQuestion,
    grid: Grid,
    names: Names,
    ids: Sequence[str],
    year: int | None,
    top_left: tuple[str, str] | None,
    audit_years: tuple[int, ...],
    number: int,
    block: Block,
    known: dict[tuple[object, ...], int],
    sheet: Sheet,
    draft: Draft,
    count: int,
) -> None:
    roles = find_roles(table, grid, names, block, audit_years, draft, number)
    if -1 in roles.skipped:
        return
    titled = [*block.titles]
    carrier = next(
        (one for text in reversed(titled) if (one := carrier_in(text)) is not None), None
    )
    if carrier is None:
        carrier = carrier_in(grid.sheet) or carrier_in(grid.file)
    if carrier is None:
        heads_say = {
            meaning.carrier.name: meaning.carrier
            for c in roles.numbers
            if (meaning := spoken().get(read_head(block.heads[c]).core)) is not None
        }
        carrier = next(iter(heads_say.values())) if len(heads_say) == 1 else None
    title_units = title_units_of([*titled, *block.remarks[:0]])
    if sheet.label_head == "" and roles.label is not None:
        sheet.label_head = block.heads[roles.label]
    rows = place_rows(
        table, grid, ids, year, top_left, audit_years, number, block, roles, sheet, draft, names
    )
    if rows is None:
        return
    data = words()
    heads = [read_head(head) for head in block.heads]
    slots = [*roles.numbers]
    for c in (*roles.skipped, *roles.texts):
        if (
            c >= 0
            and c != roles.item
            and tight(block.heads[c]) not in ("序号", "no", "no.", "")
            and names.match(heads[c], None) is None
        ):
            draft.say(f"「{heads[c].text}」不在这张表里，没有写")
    texts = [c for c in (*roles.texts, roles.note) if c is not None]
    counted = ("序号", "no", "no.", "行号", "编号")
    described = [c for c in roles.texts if c != roles.item]
    described += [c for c in roles.skipped if c >= 0 and tight(block.heads[c]) not in counted]
    seen_here: dict[tuple[object, ...], int] = defaultdict(int)

    def source_of(key: tuple[object, ...], head: Head, kind: str, column: int) -> Source:
        if key not in known:
            known[key] = len(sheet.sources)
            sheet.sources.append(
                Source(head, kind, title_units=title_units, carrier=carrier, at=(number, column))
            )
        return sheet.sources[known[key]]

    for c in slots:
        head = heads[c]
        repeat_key = (head.core, head.kinds, head.year)
        seen_here[repeat_key] += 1
        base_key: tuple[object, ...] = (
            "number",
            head.year if table.rows is not RowsKind.MONTHS else None, head.name, head.kinds, carrier.name if carrier and not _tells(names, head) else "", seen_here[repeat_key],
            () if block.heads[c].strip() else ("", c),
            title_units if not head.unit else (),
        )  # fmt: skip
        if roles.item is None:
            source = source_of(base_key, head, "number", c)
            source.positional = source.positional or not block.heads[c].strip()
            if head.year is not None:
                source.year_heads.add(head.year)
        for index, row in enumerate(block.rows):
            cell = row[c]
            if cell.merged or not (cell.text.strip() or cell.note):
                continue
            if block.is_total(index):
                if roles.item is None:
                    source.totals.append((cell, _total_kind(row), f"{number}:{index}"))
                continue
            place = rows.get(index)
            if place is None:
                continue
            row_id, extra = place
            if roles.item is not None:
                item = row[roles.item].text.strip() or _above(block.rows, index, roles.item)
                meaning = item_meaning(item)
                fee = head.core in data["generic_fee"] or bool(fit(head.unit, "元").factor)
                source = source_of(
                    ("item", tight(item), head.name, head.kinds, seen_here[repeat_key]),
                    replace(head, text=f"{item} {head.text}".strip()),
                    "number",
                    c,
                )
                source.item = True
                if meaning is not None:
                    wanted = replace(meaning, fee=fee or meaning.fee)
                    column = names.meaning(wanted)
                    generic = (
                        head.core in data["generic_amount"]
                        or head.core in data["generic_fee"]
                        or not head.core
                    )
                    if column is not None and generic:
                        source.match = Match(column, head.clean, 3, "、".join(head.kinds))
            row_ids = _with_head_year(table, row_id, head, extra)
            unit = head.unit
            per_row = row[roles.unit].text.strip() if roles.unit is not None else ""
            money = head.core in data["generic_fee"] or "费" in head.core or "金额" in head.core
            if per_row and not (money and not fit(per_row, "元").factor):
                unit = per_row if not head.unit or fit(per_row, "元").factor is None else head.unit
            elif table.rows is RowsKind.FIXED and roles.label is not None and not unit:
                unit = read_head(row[roles.label].text).unit
            who = " ".join(row[t].text.strip() for t in described if row[t].text.strip())
            spans = (
                cell.span > 1
                and table.rows is RowsKind.MONTHS
                and not grid_labels_merged(block, index, roles)
            )
            entry = Entry(
                cell, row_ids, (number, index), unit, who, extra.day, extra.days, extra.spread
            )
            if spans:
                entry.spread = f"merged:{cell.span}"
            if roles.label is not None:
                entry.label = row[roles.label].text.strip()
            source.entries.append(entry)
    for c in texts:
        head = heads[c]
        key = ("text", head.name, c if not block.heads[c].strip() else "")
        source = source_of(key, head, "text", c)
        for index, row in enumerate(block.rows):
            cell = row[c]
            place = rows.get(index)
            if place is None or not cell.text.strip() or block.is_total(index):
                continue
            source.entries.append(Entry(cell, place[0], (number, index), "", ""))


def grid_labels_merged(block: Block, index: int, roles: Roles) -> bool:
    return roles.label is not None and block.rows[index][roles.label].span > 1


def _tells(names: Names, head: Head) -> bool:
    """The head names its column itself, whatever the title speaks of."""
    match = names.match(head, None)
    return match is not None and match.strength >= 3


def _total_kind(row: tuple[GridCell, ...]) -> str:
    text = "".join(
        tight(cell.text) for cell in row if cell.text.strip() and not is_number(cell.text)
    )
    if MEAN.search(text):
        return "mean"
    return "part" if re.search(r"小计|季度|半年|\d月", text) else "all"


def _above(rows: list[tuple[GridCell, ...]], index: int, column: int) -> str:
    while index > 0 and not rows[index][column].text.strip():
        index -= 1
    return rows[index][column].text.strip()


def _with_head_year(table: TableQuestion, row_id: str, head: Head, extra: Extra) -> str:
    if head.year is not None and table.rows is RowsKind.MONTHS and extra.bare:
        return f"{head.year}{row_id[4:]}"
    return row_id
