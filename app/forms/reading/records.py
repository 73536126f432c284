"""Tables whose rows are given (months, years, a list): every number of the sheet gets its row, its column and its unit, or
is asked about, or is refused with its place."""

import datetime
import re
from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import pairwise

from app.assessment.numbers import brief
from app.forms.cell_words import number_in
from app.forms.grid import Grid, GridCell
from app.forms.question import Question, QuestionKind, RowsKind, TableQuestion
from app.forms.reading.blocks import Block, find_blocks, fixed_row, is_number, year_label
from app.forms.reading.columns import Match, Names
from app.forms.reading.heads import Head, read_head, years_in
from app.forms.reading.periods import Label, Labels, read_column, shares, span
from app.forms.reading.plan import ROW_NAMES, SKIP, UNUSED, Draft
from app.forms.reading.units import fit, is_unit
from app.forms.reading.words import (
    MEAN,
    Carrier,
    carrier_in,
    carriers,
    fold,
    item_meaning,
    meaning_of_column,
    spoken,
    tight,
    words,
)

_SHORT_MONTH, _LONG_MONTH = 26, 37  # days of a bill for one month
_MOST_NAMED = 6
_BY_ID = re.compile(r"\d{4}-\d{2}")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_SAMPLE = 400  # cells that tell the kind of a column


@dataclass
class Entry:
    """One cell of the sheet on its way. unit: written for its row or its block, "" none. order: its place in the sheet."""

    cell: GridCell
    row_id: str
    order: tuple[int, int]
    unit: str = ""
    who: str = ""  # the other words of its row, which tell two meters apart
    day: bool = False
    days: int = 0
    spread: str = ""
    label: str = ""  # the label of its row as it stands


@dataclass
class Source:
    """One column of the preview: the client's columns that mean the same (of several years or blocks)."""

    head: Head
    kind: str  # "number" or "text"
    target: str = UNUSED
    by: str = ""
    match: Match | None = None
    entries: list[Entry] = field(default_factory=list)
    year_heads: set[int] = field(default_factory=set)
    units: set[str] = field(default_factory=set)
    title_units: tuple[str, ...] = ()
    carrier: Carrier | None = None
    item: bool = False
    positional: bool = False
    at: tuple[int, int] = (0, 0)  # block and column
    totals: list[tuple[GridCell, str, str]] = field(default_factory=list)  # cell, kind, scope


@dataclass
class Sheet:
    """What was read of a grid: sources, rows that could not be placed, periods, and the names of the rows as written."""

    sources: list[Source]
    unplaced: list[tuple[GridCell, str, str]] = field(default_factory=list)
    periods: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    label_head: str = ""
    positional: bool = False
    by_id: bool = True  # every label is one of our row ids


@dataclass
class _Roles:
    label: int | None = None
    labels: Labels | None = None
    end: int | None = None
    years: int | None = None
    item: int | None = None
    unit: int | None = None
    note: int | None = None
    numbers: list[int] = field(default_factory=list)
    texts: list[int] = field(default_factory=list)
    skipped: list[int] = field(default_factory=list)


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
    if few or not room < len(cells) <= count or not all(_number_like(cell.text) for cell in cells):
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


# ------------------------------------------------------------------ roles of columns


def _find_roles(
    table: TableQuestion,
    grid: Grid,
    names: Names,
    block: Block,
    audit_years: tuple[int, ...],
    draft: Draft,
    number: int,
) -> _Roles:
    roles = _Roles()
    data = words()
    width = len(block.heads)
    body = [i for i in range(len(block.rows)) if not block.is_total(i)]
    heads = [read_head(head) for head in block.heads]
    columns = [
        {i: (block.rows[i][c].text, block.rows[i][c].kind) for i in body} for c in range(width)
    ]
    filled = [sum(bool(text.strip()) for text, _ in column.values()) for column in columns]
    plain_heads = [tight(head) for head in block.heads]
    taken: set[int] = set()
    texts_of_ours: set[int] = set()
    for c in range(width):
        if (
            heads[c].name in data["number_heads"]
            or plain_heads[c] in data["number_heads"]
            or re.fullmatch(r"no\.?", plain_heads[c])
        ):
            taken.add(c)
            roles.skipped.append(c)
    for c in range(width):
        own = names.exact.get(heads[c].name)
        if own is not None and own.kind is not QuestionKind.NUMBER:
            texts_of_ours.add(c)
    if table.rows is RowsKind.MONTHS:
        _find_months(
            roles,
            block,
            grid,
            heads,
            plain_heads,
            columns,
            filled,
            taken,
            audit_years,
            data,
            draft,
            number,
            texts_of_ours,
        )
    elif table.rows is RowsKind.YEARS:
        best = max(
            (c for c in range(min(width, 6)) if c not in taken),
            key=lambda c: sum(year_label(text) is not None for text, _ in columns[c].values()),
            default=None,
        )
        if best is not None and any(
            year_label(text) is not None for text, _ in columns[best].values()
        ):
            roles.label = best
    else:
        best = max(
            (c for c in range(min(width, 6)) if c not in taken),
            key=lambda c: sum(
                fixed_row(table, text) is not None for text, _ in columns[c].values()
            ),
            default=None,
        )
        if best is not None and any(
            fixed_row(table, text) is not None for text, _ in columns[best].values()
        ):
            roles.label = best
    taken |= {c for c in (roles.label, roles.end, roles.years) if c is not None}
    for c in range(width):
        if c in taken:
            continue
        texts = [text.strip() for text, _ in columns[c].values() if text.strip()]
        if len(texts) > _SAMPLE:
            texts = texts[: _SAMPLE // 2] + texts[-_SAMPLE // 2 :]
        match = names.match(heads[c], None) if block.heads[c].strip() else None
        units = bool(texts) and sum(is_unit(text) for text in texts) * 5 >= len(texts) * 4
        numeric = sum(_number_like(text) for text in texts) * 2 > len(texts) if texts else False
        if (
            (
                plain_heads[c] in data["unit_heads"]
                or heads[c].name in data["unit_heads"]
                or not block.heads[c].strip()
            )
            and units
            and not numeric
        ):
            roles.unit = c
            taken.add(c)
        elif match is not None and match.target.kind is not QuestionKind.NUMBER and match.clean:
            roles.texts.append(c)
        elif heads[c].name in data["note_heads"] or plain_heads[c] in data["note_heads"]:
            roles.note = c
        elif (
            numeric
            or (match is not None and not texts)
            or (match is not None and match.clean and match.target.kind is QuestionKind.NUMBER)
        ):
            roles.numbers.append(c)
        else:
            roles.texts.append(c)
    _find_items(roles, names, block, heads, columns, data)
    return roles


def _number_like(text: str) -> bool:
    return (
        is_number(text)
        or number_in(text) is not None
        or bool(
            re.match(r"^[-+¥]?\s*\d", fold(text))
            and len(text) < 18
            and not re.search(r"[#年月日号:]", text)
        )
        or text in ("/", "-", "—", "--")
    )


def _find_months(
    roles: _Roles,
    block: Block,
    grid: Grid,
    heads: list[Head],
    plain_heads: list[str],
    columns: list[dict[int, tuple[str, str]]],
    filled: list[int],
    taken: set[int],
    audit_years: tuple[int, ...],
    data: Mapping[str, list[str]],
    draft: Draft,
    number: int,
    texts_of_ours: set[int],
) -> None:
    width = len(columns)
    if (
        width == 1
        and not block.head_count
        and all(is_number(text) for text, _ in columns[0].values() if text.strip())
    ):
        return  # one column of bare numbers: they are the numbers
    kinds = (tuple(w for w in data["label_heads"] if len(w) > 1), tuple(data["month_heads"]))
    found: dict[int, Labels] = {}
    years = [
        c
        for c in range(width)
        if c not in taken
        and filled[c]
        and all(year_label(text) is not None for text, _ in columns[c].values() if text.strip())
        and (
            "年" in plain_heads[c]
            or year_label(block.heads[c]) is not None
            or plain_heads[c] in data["label_heads"]
            or (
                not plain_heads[c]
                and _only_years(columns[c], audit_years)
                and sum(map(bool, filled)) > 2
            )
        )
    ]
    for c in range(width):
        if c in taken or c in years or not filled[c]:
            continue
        labels = read_column(columns[c], block.heads[c], audit_years, grid.from_1904, kinds)
        if labels is not None and len(labels.at) * 2 >= filled[c]:
            found[c] = labels
    if not found and years:
        # 年 | 月 with bare numbers and no head
        for c in range(width):
            texts = [fold(text) for text, _ in columns[c].values() if text.strip()]
            if (
                c not in taken
                and c not in years
                and abs(c - years[0]) == 1
                and texts
                and all(re.fullmatch(r"0?[1-9]|1[0-2]", t) for t in texts)
                and (not plain_heads[c] or plain_heads[c].startswith("月"))
            ):
                at = {
                    p: Label("month", None, int(text))
                    for p, (text, _) in columns[c].items()
                    if text.strip()
                }
                found[c] = Labels(at)
                break
    if not found:
        first = next(
            (c for c in range(width) if c not in taken and c not in years and filled[c]), None
        )
        if first is not None and width > 1:
            texts = [fold(text) for text, _ in columns[first].values() if text.strip()]
            numbers = [int(t) for t in texts if re.fullmatch(r"\d{1,2}", t)]
            if (
                len(numbers) == len(texts) >= 2
                and all(1 <= n <= 12 for n in numbers)
                and all(abs(b - a) == 1 for a, b in pairwise(numbers))
                and not plain_heads[first]
            ):
                chosen = draft.ask(
                    f"months:{number}",
                    f"第一列是 {numbers[0]}–{numbers[-1]} 的数，没有列名：是月份，还是序号？",
                    (("months", "是月份"), ("numbers", "是序号"), (SKIP, "都不写")),
                )
                if chosen == "months":
                    at = {
                        p: Label("month", None, int(fold(text)))
                        for p, (text, _) in columns[first].items()
                        if text.strip()
                    }
                    found[first] = Labels(at)
                elif chosen == "numbers":
                    taken.add(first)
                else:
                    roles.skipped.append(-1)
                    taken.add(first)
    if years:
        roles.years = years[0]

    def rank(c: int) -> tuple[int, int, int, int]:
        head = plain_heads[c]
        month_head = any(word in head for word in data["month_heads"])
        paying = any(word in head for word in data["paying_heads"])
        kinds_here = Counter(label.kind for label in found[c].at.values())
        common = kinds_here.most_common(1)[0][0]
        return (
            month_head,
            not paying,
            {"month": 3, "span": 2, "day": 1, "many": 0}.get(common, 0),
            -c,
        )

    if found:
        best = max(found, key=rank)
        roles.label, roles.labels = best, found[best]
        for c in found:
            if c != best and c not in texts_of_ours:
                taken.add(c)
        _pair_days(roles, found, plain_heads, data)


def _only_years(column: dict[int, tuple[str, str]], audit_years: tuple[int, ...]) -> bool:
    """Bare 2024, 2025 without a head: years of the audit, and few of them."""
    years = [year_label(text) for text, _ in column.values() if text.strip()]
    near = range(min(audit_years, default=2000) - 2, max(audit_years, default=2100) + 2)
    return all(year in near for year in years) and (
        len(set(years)) <= 4 and (len(years) > len(set(years)) or len(years) <= 3)
    )


def _pair_days(
    roles: _Roles, found: dict[int, Labels], heads: list[str], data: Mapping[str, list[str]]
) -> None:
    """Begin and end in two columns become one period."""
    days = [c for c in sorted(found) if all(label.kind == "day" for label in found[c].at.values())]
    for a in days:
        for b in days:
            if a == b:
                continue
            begins = any(word in heads[a] for word in data["start_heads"])
            ends = any(word in heads[b] for word in data["end_heads"])
            if (
                not (begins and ends)
                and not (b == a + 1 and not heads[a] and not heads[b])
                and not (b == a + 1 and begins)
            ):
                continue
            if any(word in heads[a] for word in data["end_heads"]) and not begins:
                continue
            made = {}
            for place, first in found[a].at.items():
                last = found[b].at.get(place)
                if last is None:
                    continue
                label = span(
                    (first.year, first.month, first.day), (last.year, last.month, last.day)
                )
                if label is not None:
                    made[place] = label
            if made and (
                roles.label in (a, b)
                or all(
                    label.kind != "month"
                    for label in (roles.labels.at.values() if roles.labels else ())
                )
            ):
                roles.label, roles.end = a, b
                roles.labels = Labels(made)
                return


def _find_items(
    roles: _Roles,
    names: Names,
    block: Block,
    heads: list[Head],
    columns: list[dict[int, tuple[str, str]]],
    data: Mapping[str, list[str]],
) -> None:
    """A column of items (电, 天然气) of a long table."""
    matched = [
        c
        for c in roles.numbers
        if (m := names.match(heads[c], None)) is not None and m.clean and m.strength >= 3
    ]
    for c in roles.texts:
        texts = [text.strip() for text, _ in columns[c].values() if text.strip()]
        if not texts:
            continue
        known = sum(item_meaning(text) is not None for text in texts)
        headed = heads[c].name in data["item_heads"]
        if (known * 5 >= len(texts) * 3 and (headed or not matched)) or (
            headed and known and not matched
        ):
            roles.item = c
            roles.texts.remove(c)
            return


# ------------------------------------------------------------------ one block


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
    roles = _find_roles(table, grid, names, block, audit_years, draft, number)
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
    title_units = _title_units([*titled, *block.remarks[:0]])
    if sheet.label_head == "" and roles.label is not None:
        sheet.label_head = block.heads[roles.label]
    rows = _place_rows(
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


def grid_labels_merged(block: Block, index: int, roles: _Roles) -> bool:
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


def _title_units(titles: Sequence[str]) -> tuple[str, ...]:
    found: list[str] = []
    for title in titles:
        plain = fold(title)
        texts = [
            m.strip()
            for m in re.findall(r"(?:单位|计量单位|unit)\s*[:为]?\s*([^()\[\]]+)", plain)
            if not m.startswith("名称")
        ]
        texts += re.findall(r"[(\[]([^()\[\]]+)[)\]]", plain)
        for text in texts:
            for piece in re.split(
                r"[、,;，；\s]+|/(?=[万千百]?元$)", re.sub(r"^(?:单位|unit)[:为]?", "", text)
            ):
                piece = piece.strip().strip("()[]")
                if piece and (is_unit(piece) or re.search("单位", plain)):
                    found.append(piece)
    return tuple(dict.fromkeys(found))


@dataclass
class _Extra:
    day: bool = False
    days: int = 0
    spread: str = ""
    bare: bool = False  # the year is not said in the row
    guess: str = ""


def _with_head_year(table: TableQuestion, row_id: str, head: Head, extra: _Extra) -> str:
    if head.year is not None and table.rows is RowsKind.MONTHS and extra.bare:
        return f"{head.year}{row_id[4:]}"
    return row_id


# ------------------------------------------------------------------ rows


def _place_rows(
    table: TableQuestion,
    grid: Grid,
    ids: Sequence[str],
    year: int | None,
    top_left: tuple[str, str] | None,
    audit_years: tuple[int, ...],
    number: int,
    block: Block,
    roles: _Roles,
    sheet: Sheet,
    draft: Draft,
    names: Names,
) -> dict[int, tuple[str, _Extra]] | None:
    """Body place -> (row id, what else is known). Row ids outside of the audit's years are kept; they are refused later."""
    body = [i for i in range(len(block.rows)) if not block.is_total(i)]
    if table.rows is not RowsKind.MONTHS:
        return _place_named(table, block, roles, body, sheet, draft, top_left, ids, number)
    if roles.labels is None or roles.label is None:
        return _place_by_cursor(
            table, grid, ids, year, top_left, block, roles, body, sheet, draft, number
        )
    labels = _filled_down(block, roles, body)
    return _place_months(
        table, grid, ids, year, audit_years, block, roles, body, labels, sheet, draft, number
    )


def _filled_down(block: Block, roles: _Roles, body: list[int]) -> dict[int, Label]:
    assert roles.labels is not None
    assert roles.label is not None
    found: dict[int, Label] = {}
    last: Label | None = None
    for index in body:
        cell = block.rows[index][roles.label]
        if index in roles.labels.at:
            last = roles.labels.at[index]
            found[index] = last
        elif not cell.text.strip() and last is not None:
            others = (
                any(block.rows[index][c].text.strip() for c in roles.texts)
                or cell.merged
                or roles.item is not None
            )
            if others:
                found[index] = last
        elif cell.text.strip():
            last = None
    return found


def _refuse_row(
    sheet: Sheet, block: Block, index: int, roles: _Roles, what: str, remedy: str
) -> None:
    label = roles.label if roles.label is not None else 0
    sheet.unplaced.append((block.rows[index][label], what, remedy))


def _place_months(
    table: TableQuestion,
    grid: Grid,
    ids: Sequence[str],
    year: int | None,
    audit_years: tuple[int, ...],
    block: Block,
    roles: _Roles,
    body: list[int],
    labels: dict[int, Label],
    sheet: Sheet,
    draft: Draft,
    number: int,
) -> dict[int, tuple[str, _Extra]] | None:
    assert roles.label is not None
    assert roles.labels is not None
    head = block.heads[roles.label]
    for place, (january, october) in roles.labels.doubts.items():
        cell = block.rows[place][roles.label]
        chosen = draft.ask(
            f"october:{number}:{place}",
            f"{cell.place}「{cell.text.strip()}」是 1 月还是 10 月？Excel 里 2025.10 会显示成 2025.1",
            (("1", "1 月"), ("10", "10 月"), (SKIP, "这一行不写")),
        )
        if chosen in ("1", "10"):
            labels[place] = january if chosen == "1" else october
        else:
            labels.pop(place, None)
    for index in body:
        plain = block.rows[index][roles.label].text.strip()
        sheet.by_id = sheet.by_id and _BY_ID.fullmatch(plain) is not None
        if index not in labels:
            cell = block.rows[index][roles.label]
            if any(block.rows[index][c].text.strip() for c in roles.numbers):
                _refuse_row(
                    sheet,
                    block,
                    index,
                    roles,
                    f"「{cell.text.strip() or '空白'}」不知道是哪一行，这一行没有写",
                    "月份写成 2025-03 或 3月",
                )
    years = _row_years(grid, year, audit_years, block, roles, body, labels, draft, number, head)
    if years is None:
        return {}
    head_plain = tight(head)
    shift = _day_rule(block, roles, body, labels, head_plain, draft, number)
    if shift is None:
        return {}
    found: dict[int, tuple[str, _Extra]] = {}
    ending = _stamp_ends(labels, body)
    stamped = 0
    for index in body:
        label = labels.get(index)
        if label is None:
            continue
        said = label.year is not None
        row_year = label.year if label.year is not None else years.get(index)
        extra = _Extra(bare=not said and index not in roles_years(roles, block, index))
        if row_year is None:
            continue
        if label.kind == "many":
            extra.spread = f"many:{label.months}"
            found[index] = (f"{row_year}-{label.month:02d}", extra)
            continue
        if label.kind == "span":
            made = _month_of_span(label, row_year, draft, number)
            if made is None:
                continue
            row_id, days, first, last = made
            if days > 45:
                extra.spread = f"span:{first.isoformat()}:{last.isoformat()}"
            extra.days = days
            sheet.periods.setdefault(row_id, f"{first.month}/{first.day}–{last.month}/{last.day}")
            found[index] = (row_id, extra)
            continue
        month = row_year * 12 + label.month - 1
        if label.kind == "day":
            extra.day = True
            stamped += 1
            if ending and label.at == 0 and label.day == 1:
                month -= 1
            month += shift
        found[index] = (f"{month // 12}-{month % 12 + 1:02d}", extra)
    if stamped and shift:
        draft.say("按抄表日的上一个月记")
    if block.turned:
        draft.say("月份是横着写的，已经转成竖的")
    if any(_SERIAL.fullmatch(block.rows[i][roles.label].text.strip()) for i in labels):
        draft.say("月份是 Excel 的日期序号，已经换成年月")
    if any(label.kind == "span" for label in labels.values()):
        draft.say("抄表期跨月的，按天数多的那个月记")
    _share_long(table, block, roles, found, draft, number)
    _complete_stamps(labels, found, draft, number)
    return found


def roles_years(roles: _Roles, block: Block, index: int) -> set[int]:
    """{index} when the row's year is said in a column of years, or in the line above it."""
    if roles.years is not None and any(
        block.rows[i][roles.years].text.strip() for i in range(index + 1)
    ):
        return {index}
    return {index} if _section_year(block.sections[index]) is not None else set()


def _section_year(text: str) -> int | None:
    found = years_in(text) if text else ()
    return found[0] if len(found) == 1 else None


def _row_years(
    grid: Grid,
    year: int | None,
    audit_years: tuple[int, ...],
    block: Block,
    roles: _Roles,
    body: list[int],
    labels: dict[int, Label],
    draft: Draft,
    number: int,
    label_head: str,
) -> dict[int, int] | None:
    """The year of every row whose label does not say it. None while it is open."""
    found: dict[int, int] = {}
    bare: list[int] = []
    current: int | None = None
    for index in body:
        if roles.years is not None:
            current = year_label(block.rows[index][roles.years].text) or current
        said = current if roles.years is not None else None
        said = said or _section_year(block.sections[index])
        if said is not None:
            found[index] = said
        elif index in labels and labels[index].year is None:
            bare.append(index)
    if not bare:
        return found
    explicit = [label.year for label in labels.values() if label.year is not None]
    if explicit and len(explicit) >= 1:
        # some rows say it, others go on from them: 2025年1月, 2月, 3月 …
        order = [i for i in body if i in labels]
        last_year: int | None = None
        last_month = 0
        plain = True
        for index in order:
            label = labels[index]
            if label.year is not None:
                last_year, last_month = label.year, label.month
            elif last_year is not None and label.kind != "many":
                if label.month < last_month:
                    plain = False
                found[index] = last_year
                last_month = label.month
            elif index in bare and last_year is None:
                plain = False
        if plain and all(index in found for index in bare):
            return found
    heads_with_years = [read_head(block.heads[c]).year for c in roles.numbers]
    if heads_with_years and all(value is not None for value in heads_with_years):
        for index in bare:
            found[index] = heads_with_years[0] or 0
        return found
    context = _context_year(grid, block, label_head)
    runs = _runs([labels[i] for i in bare if labels[i].kind != "many"])
    base = year
    candidates = context[0]
    if candidates and candidates != (year,):
        named = "、".join(f"{y} 年" for y in candidates)
        choices = [(str(y), f"{y} 年（{context[1]}）") for y in candidates]
        if year is not None and year not in candidates:
            choices.append((str(year), f"{year} 年（现在看的）"))
        chosen = draft.ask(
            f"year:{'-'.join(map(str, candidates))}",
            f"{context[1]}写的是 {named}，现在看的是 {year} 年，月份没写年份：是哪一年的？"
            if year not in candidates
            else f"{context[1]}不止一个年份（{named}），月份没写年份：是哪一年的？",
            (*choices, (SKIP, "都不写")),
        )
        if not chosen or chosen == SKIP:
            return None
        base = int(chosen)
    if base is None:
        return None
    if runs is None:
        for index in bare:
            found[index] = base
        return found
    order = [i for i in bare if labels[i].kind != "many"]
    steps, total = runs
    longest = _longest(steps)
    options = [
        ("last", f"到 {base} 年为止：" + _run_words(labels, order, steps, base - max(steps))),
    ]
    if longest != max(steps):
        options.insert(
            0,
            (
                "longest",
                f"满 12 个月的是 {base} 年：" + _run_words(labels, order, steps, base - longest),
            ),
        )
    if total > 12:
        options.append(("same", f"都是 {base} 年，同月的加起来"))
    if max(steps) == 1 and total <= 12:
        options.append(("first", f"从 {base} 年开始：" + _run_words(labels, order, steps, base)))
        options.append(("same", f"都是 {base} 年的"))
    chosen = draft.ask(
        f"runs:{number}",
        f"月份没写年份，一共 {total} 行，像是跨了 {max(steps) + 1} 年：怎么记？",
        (*options, (SKIP, "都不写")),
    )
    if not chosen or chosen == SKIP:
        return None
    start = {"last": base - max(steps), "longest": base - longest, "first": base, "same": base}[
        chosen
    ]
    for index, step in zip(order, steps, strict=True):
        found[index] = start + (0 if chosen == "same" else step)
    for index in bare:
        found.setdefault(index, base)
    return found


def _context_year(grid: Grid, block: Block, label_head: str) -> tuple[tuple[int, ...], str]:
    """The years that title, head, sheet or file speak of, nearest first; () when none does."""
    head = read_head(label_head).year or year_label(label_head.split(" ")[0])
    if head is not None:
        return (head,), "表头"
    titles: list[int] = []
    for text in reversed(block.titles):
        titles += [y for y in years_in(text) if y not in titles]
    sheet = years_in(grid.sheet)
    if titles:
        if len(titles) == 1 and len(sheet) == 1 and sheet[0] != titles[0]:
            return (titles[0], sheet[0]), "标题和工作表名"
        return tuple(titles), "标题"
    if sheet:
        return sheet, "工作表名"
    file = years_in(grid.file)
    return (file, "文件名") if file else ((), "")


def _runs(labels: list[Label]) -> tuple[list[int], int] | None:
    """Years counted from the first row, when bare months cannot be of one year; None when they can."""
    months = [label.month for label in labels]
    if len(months) < 2:
        return None
    collapsed = [m for k, m in enumerate(months) if k == 0 or months[k - 1] != m]
    if len(set(collapsed)) == len(collapsed):
        ups = sum(b - a == 1 for a, b in pairwise(collapsed))
        downs = sum(a - b == 1 for a, b in pairwise(collapsed))
        wrap = any((a, b) == (12, 1) for a, b in pairwise(collapsed)) and ups >= downs
        wrap_down = any((a, b) == (1, 12) for a, b in pairwise(collapsed)) and downs > ups
        if not (wrap or wrap_down):
            return None
    ups = sum(0 < b - a <= 2 for a, b in pairwise(collapsed))
    downs = sum(0 < a - b <= 2 for a, b in pairwise(collapsed))
    rising = ups >= downs
    steps, step = [], 0
    last = months[0]
    for month in months:
        if rising and month < last:
            step += 1
        elif not rising and month > last:
            step -= 1
        steps.append(step)
        last = month
    low = min(steps)
    steps = [s - low for s in steps]
    if max(steps) == 0 or max(steps) > 4:
        return None
    # a single month out of order is a slip, not another year
    sizes = Counter(steps)
    if len(set(collapsed)) < len(collapsed) and max(sizes.values()) < 6:
        return None
    return steps, len(months)


def _longest(steps: list[int]) -> int:
    sizes = Counter(steps)
    full = [step for step, size in sizes.items() if size >= 12]
    return max(full) if full else max(steps)


def _run_words(labels: dict[int, Label], order: list[int], steps: list[int], start: int) -> str:
    parts = []
    for step in sorted(set(steps)):
        rows = [labels[i].month for i, s in zip(order, steps, strict=True) if s == step]
        months = f"{rows[0]} 月" if len(rows) == 1 else f"{rows[0]}–{rows[-1]} 月"
        parts.append(f"{start + step} 年 {months}")
    return "，".join(parts)


def _day_rule(
    block: Block,
    roles: _Roles,
    body: list[int],
    labels: dict[int, Label],
    head: str,
    draft: Draft,
    number: int,
) -> int | None:
    """0 or −1: the month a day of reading counts for. None while it is open."""
    data = words()
    days = [
        label
        for i in body
        if (label := labels.get(i)) is not None and label.kind == "day" and label.at < 0
    ]
    if not days or any(word in head for word in data["month_heads"]):
        return 0
    per_month = Counter((label.year, label.month) for label in days)
    if max(per_month.values()) > 2:
        return 0  # readings or purchases of every day
    reading = any(word in head for word in data["reading_heads"])
    paying = any(word in head for word in data["paying_heads"])
    numbers = [label.day for label in days]
    if paying or (max(numbers) < 18 and (reading or set(numbers) != {1})):
        if max(per_month.values()) > 1 and not paying and not reading:
            return 0
        name = block.heads[roles.label or 0] or "日期"
        chosen = draft.ask(
            f"readings:{number}",
            f"「{name}」是每月 {min(numbers)}–{max(numbers)} 号：这一行是上一个月的量，还是当月的？"
            if min(numbers) != max(numbers)
            else f"「{name}」都是 {numbers[0]} 号：这一行是上一个月的量，还是当月的？",
            (("before", "上一个月的"), ("own", "当月的"), (SKIP, "都不写")),
        )
        return {"before": -1, "own": 0}.get(chosen)
    return 0


def _month_of_span(
    label: Label, row_year: int, draft: Draft, number: int
) -> tuple[str, int, datetime.date, datetime.date] | None:
    back = label.last[0] - label.first[0]
    try:
        first = datetime.date(row_year - back, *label.first[1:])
        last = datetime.date(row_year, *label.last[1:])
    except ValueError:
        return None
    parts = shares(first, last)
    total = sum(parts.values())
    best, days = max(parts.items(), key=lambda item: item[1])
    if total <= 45 and days * 100 < total * 56:
        chosen = draft.ask(
            f"halves:{number}",
            f"抄表期 {first.month}/{first.day}–{last.month}/{last.day} 两个月差不多各一半：记在哪个月？",
            (("end", "止日的那个月"), ("begin", "起日的那个月"), (SKIP, "都不写")),
        )
        if chosen == "end":
            best = (last.year, last.month)
        elif chosen == "begin":
            best = (first.year, first.month)
        else:
            return None
    return f"{best[0]}-{best[1]:02d}", total, first, last


def _stamp_ends(labels: dict[int, Label], body: list[int]) -> bool:
    """True when the times of readings are the ends of their intervals (00:30 … 24:00)."""
    stamps = [label for i in body if (label := labels.get(i)) is not None and label.at >= 0]
    return len(stamps) > 3 and 0 < stamps[0].at <= 60 and stamps[-1].at == 0


def _complete_stamps(
    labels: dict[int, Label], found: dict[int, tuple[str, _Extra]], draft: Draft, number: int
) -> None:
    """Readings of every hour or half-hour that leave times out are asked about: the sum would be too low."""
    stamps = [(i, label) for i, label in labels.items() if label.at >= 0 and i in found]
    if not stamps:
        per_month = Counter(
            found[i][0] for i, label in labels.items() if label.kind == "day" and i in found
        )
        if per_month and max(per_month.values()) > 8:
            stamps = [
                (i, x._replace(at=0)) for i, x in labels.items() if x.kind == "day" and i in found
            ]
    if len(stamps) < 9:
        return
    minutes = sorted(
        datetime.date(label.year or 2025, label.month, label.day).toordinal() * 1440 + label.at
        for _, label in stamps
    )
    gaps = Counter(b - a for a, b in pairwise(minutes) if b > a)
    if not gaps:
        return
    step, often = gaps.most_common(1)[0]
    if step > 1440 or often * 5 < sum(gaps.values()) * 4:
        return  # purchases and deliveries, not readings
    per_month = Counter(found[i][0] for i, _ in stamps)
    short = []
    for row_id, count in sorted(per_month.items()):
        days = monthrange(int(row_id[:4]), int(row_id[5:]))[1]
        if count < days * 1440 // step:
            short.append(f"{int(row_id[5:])} 月 {count} 条（满月 {days * 1440 // step} 条）")
    if short:
        more = "…" if len(short) > 3 else ""
        chosen = draft.ask(
            f"stamps:{number}",
            f"每{_step_words(step)}一条的读数不全：{'、'.join(short[:3])}{more}。照现有的加起来会偏小",
            (("sum", "照现有的加"), (SKIP, "都不写")),
        )
        if chosen != "sum":
            for i, _ in stamps:
                found.pop(i, None)
    if found:
        draft.say("每天、每小时的读数按月加起来")


def _step_words(minutes: int) -> str:
    if minutes == 1440:
        return "天"
    return "小时" if minutes == 60 else f" {minutes} 分钟"


def _share_long(
    table: TableQuestion,
    block: Block,
    roles: _Roles,
    found: dict[int, tuple[str, _Extra]],
    draft: Draft,
    number: int,
) -> None:
    """Rows of a quarter or half a year: a check where its months are there, else refused or shared by day with consent."""
    singles = {row_id for row_id, extra in found.values() if not extra.spread}
    for index in [i for i, (_, extra) in found.items() if extra.spread.startswith("many")]:
        row_id, extra = found[index]
        months = _months_from(row_id, int(extra.spread.split(":")[1]))
        if singles.intersection(months):
            # a subtotal of months that stand there, or one of which some are missing
            extra.spread = "check:" + ",".join(months)
        else:
            extra.spread = "share:" + ",".join(months)
    for index in [i for i, (_, extra) in found.items() if extra.spread.startswith("span")]:
        _, extra = found[index]
        first, last = extra.spread.split(":")[1:3]
        parts = shares(datetime.date.fromisoformat(first), datetime.date.fromisoformat(last))
        whole = sum(parts.values())
        extra.spread = "days:" + ",".join(f"{y}-{m:02d}={d}/{whole}" for (y, m), d in parts.items())


def _months_from(row_id: str, count: int) -> list[str]:
    start = int(row_id[:4]) * 12 + int(row_id[5:]) - 1
    return [f"{n // 12}-{n % 12 + 1:02d}" for n in range(start, start + count)]


def _place_by_cursor(
    table: TableQuestion,
    grid: Grid,
    ids: Sequence[str],
    year: int | None,
    top_left: tuple[str, str] | None,
    block: Block,
    roles: _Roles,
    body: list[int],
    sheet: Sheet,
    draft: Draft,
    number: int,
) -> dict[int, tuple[str, _Extra]] | None:
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
    found: dict[int, tuple[str, _Extra]] = {}
    for place, index in enumerate(body):
        if start + place < len(shown):
            found[index] = (shown[start + place], _Extra())
        else:
            _refuse_row(
                sheet,
                block,
                index,
                _Roles(),
                f"从这里往下多出 {len(body) - place} 行，放不下，没有写",
                "从第一行开始粘，或者带上月份一起复制",
            )
            break
    if found:
        draft.say(f"没有行名，从「{shown[start][:4]} 年 {int(shown[start][5:])} 月」往下依次写")
    return found


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


def _without_sum(block: Block, roles: _Roles, body: list[int], draft: Draft) -> list[int]:
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
    roles: _Roles,
    body: list[int],
    sheet: Sheet,
    draft: Draft,
    top_left: tuple[str, str] | None,
    ids: Sequence[str],
    number: int,
) -> dict[int, tuple[str, _Extra]] | None:
    found: dict[int, tuple[str, _Extra]] = {}
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
        for place, index in enumerate(body):
            if start + place < len(ids):
                found[index] = (ids[start + place], _Extra())
            else:
                _refuse_row(
                    sheet,
                    block,
                    index,
                    _Roles(),
                    f"从这里往下多出 {len(body) - place} 行，放不下，没有写",
                    "从第一行开始粘，或者带上行名一起复制",
                )
                break
        return found
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
        found[index] = (row_id, _Extra())
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
        numeric = sum(_number_like(text) for text in texts)
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


__all__ = [
    "ROW_NAMES",
    "Entry",
    "Question",
    "Sheet",
    "Source",
    "brief",
    "carriers",
    "meaning_of_column",
    "read_sheet",
]
