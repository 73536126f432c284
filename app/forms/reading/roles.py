"""What each column of a block is for: label, years, item, unit, note, numbers."""

import re
from collections import Counter
from collections.abc import Mapping
from itertools import pairwise

from app.forms.cell_words import number_in
from app.forms.grid import Grid
from app.forms.question import QuestionKind, RowsKind, TableQuestion
from app.forms.reading.blocks import Block, fixed_row, is_number, year_label
from app.forms.reading.columns import Names
from app.forms.reading.heads import Head, read_head
from app.forms.reading.periods import Label, Labels, read_column, span
from app.forms.reading.plan import SKIP, Draft
from app.forms.reading.sources import Roles
from app.forms.reading.units import is_unit
from app.forms.reading.words import (
    fold,
    item_meaning,
    tight,
    words,
)

_SAMPLE = 400  # cells that tell the kind of a column


def find_roles(
    table: TableQuestion,
    grid: Grid,
    names: Names,
    block: Block,
    audit_years: tuple[int, ...],
    draft: Draft,
    number: int,
) -> Roles:
    roles = Roles()
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
        numeric = sum(number_like(text) for text in texts) * 2 > len(texts) if texts else False
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


def number_like(text: str) -> bool:
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
    roles: Roles,
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
    roles: Roles, found: dict[int, Labels], heads: list[str], data: Mapping[str, list[str]]
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
    roles: Roles,
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
