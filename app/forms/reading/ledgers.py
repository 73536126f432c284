"""品名 × date: a ledger summed by name and year, before it is read as a list."""

import re
from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction

from app.assessment.numbers import number_text
from app.forms.cell_words import number_in
from app.forms.grid import Grid, GridCell
from app.forms.question import Question, QuestionKind, TableQuestion
from app.forms.reading.blocks import Block, is_number, year_label
from app.forms.reading.columns import Match, Names
from app.forms.reading.heads import Head, read_head, years_in
from app.forms.reading.list_columns import AMOUNTS, columns_of_years
from app.forms.reading.list_rows import cell_above
from app.forms.reading.periods import Label, Labels, read_column
from app.forms.reading.plan import SKIP, Draft
from app.forms.reading.units import fit
from app.forms.reading.words import is_total, tight, words

_SHARES = ("%", "g/L", "g/l", "kg/L", "kg/l", "g/cm³", "g/cm3", "mg/m³")  # never summed in a ledger
_CONSTANT = (QuestionKind.TEXT, QuestionKind.CHOICE)


def read_ledger(
    table: TableQuestion,
    names: Names,
    block: Block,
    grid: Grid,
    base_year: int | None,
    draft: Draft,
) -> Block | None:
    """品名 × date: summed by name and year into the years' columns, or into the one amount of the base year."""
    if base_year is None or len(block.rows) < 2:
        return None
    data = words()
    heads = [read_head(head) for head in block.heads]
    body = [
        i
        for i, row in enumerate(block.rows)
        if not any(is_total(c.text) for c in row[:4] if not is_number(c.text))
        and any(c.text.strip() for c in row)
    ]
    kinds = (tuple(w for w in data["label_heads"] if len(w) > 1), tuple(data["month_heads"]))
    when = None
    labels = None
    matches = [names.match(head, None) for head in heads]
    for c in range(len(heads)):
        match = matches[c]
        if (
            match is not None
            and match.clean
            and match.target.kind in (QuestionKind.DATE, QuestionKind.MONTH, QuestionKind.YEAR)
        ):
            return None
        texts = {i: (block.rows[i][c].text, block.rows[i][c].kind) for i in body}
        found = read_column(
            texts, block.heads[c], tuple(range(base_year - 2, base_year + 1)), grid.from_1904, kinds
        )
        dated = any(word in tight(block.heads[c]) for word in ("日期", "时间", "月", "年月"))
        if found is not None and dated and len(found.at) * 2 >= len(body) and when is None:
            when, labels = c, found
    if when is None or labels is None:
        when, labels = _year_rows(block, heads, body)
    if when is None or labels is None:
        return None
    key = next((c for c in table.columns if not c.derived and c.kind is QuestionKind.TEXT), None)
    name_at = next(
        (
            c
            for c, m in enumerate(matches)
            if m is not None and key is not None and m.target.id == key.id and m.clean
        ),
        None,
    )
    if name_at is None:
        name_at = next((c for c, head in enumerate(heads) if head.name in data["name_heads"]), None)
    year_columns = columns_of_years(table, base_year)
    amount = next(
        (
            c
            for c in table.columns
            if not c.derived and c.kind is QuestionKind.NUMBER and c.id in AMOUNTS
        ),
        None,
    )
    if name_at is None or key is None or (not year_columns and amount is None):
        return None
    quantities = [
        c
        for c, head in enumerate(heads)
        if c not in (when, name_at)
        and head.year is None
        and head.unit not in _SHARES
        and not (matches[c] is not None and matches[c].target.unit in _SHARES)  # type: ignore[union-attr]
        and (
            head.core in data["generic_amount"]
            or any(head.name.endswith(w) for w in ("数量", "用量", "重量", "量"))
        )
        and any(number_in(block.rows[i][c].text) is not None for i in body)
    ]
    if not quantities:
        return None
    picked = quantities[0]
    if len(quantities) > 1:
        chosen = draft.ask(
            "ledger",
            f"流水账里{'、'.join(f'「{block.heads[c]}」' for c in quantities)}，加哪一列？",
            [*((str(c), f"加「{block.heads[c]}」") for c in quantities), (SKIP, "都不写")],
        )
        picked = int(chosen) if chosen and chosen != SKIP else -1
    ways = _ways(block, body, (when, name_at, *quantities))
    keep: set[str] | None = None
    if ways is not None:
        place, kinds_of = ways
        chosen = draft.ask(
            "ways",
            f"「{block.heads[place]}」里有{'、'.join(kinds_of)}：加哪一种？",
            [*((kind, f"只加「{kind}」") for kind in kinds_of), (SKIP, "都不写")],
        )
        keep = {chosen} if chosen and chosen != SKIP else set()
    said_year = None
    if any(label.year is None for label in labels.at.values()):
        years = next(
            (
                years_in(t)
                for t in [*reversed(block.titles), grid.sheet, grid.file]
                if len(years_in(t)) == 1
            ),
            (),
        )
        options = list(dict.fromkeys([*years, base_year, base_year - 1, base_year - 2]))
        chosen = draft.ask(
            "ledger-year",
            "流水账的日期没写年份：是哪一年的？",
            [*((str(y), f"{y} 年") for y in options), (SKIP, "都不写")],
        )
        said_year = int(chosen) if chosen and chosen != SKIP else None
    unit_at = next(
        (c for c, head in enumerate(heads) if tight(head.text) in data["unit_heads"]), None
    )
    sums: dict[tuple[str, str], dict[int, Fraction]] = {}
    first: dict[tuple[str, str], tuple[GridCell, dict[int, GridCell]]] = {}
    lost: list[tuple[GridCell, str]] = []
    for i in body:
        row = block.rows[i]
        name = row[name_at].text.strip() or (cell_above(block.rows, i, name_at).text.strip())
        label = labels.at.get(i)
        if ways is not None and keep is not None and row[ways[0]].text.strip() not in keep:
            continue
        if picked < 0:
            continue
        cell = row[picked]
        if not cell.text.strip() and not cell.note:
            continue
        value = number_in(cell.text)
        year = (
            label.year
            if label is not None and label.year is not None
            else said_year
            if label is not None
            else None
        )
        if value is None or year is None or not name:
            lost.append(
                (cell, "日期看不懂" if label is None else "不是数" if value is None else "没有年份")
            )
            continue
        unit = tight(row[unit_at].text) if unit_at is not None else ""
        group = (name, unit)
        sums.setdefault(group, defaultdict(Fraction))[year] += value
        first.setdefault(group, (row[name_at], {}))[1].setdefault(year, cell)
    for cell, why in lost[:6]:
        draft.problem(
            cell.place, f"流水账这一行{why}，「{cell.text.strip()}」没有加进去", "改好再粘"
        )
    met = sorted({year for per_year in sums.values() for year in per_year})
    outside = [y for y in met if (y not in year_columns if year_columns else y != base_year)]
    if outside:
        draft.problem(
            "",
            f"流水账里 {'、'.join(map(str, outside))} 年的没有写",
            "这张表只要" + ("三个审核年" if year_columns else "基准年") + "的",
        )
    _same_units(sums, first)
    kept = _kept_columns(
        block, heads, matches, body, name_at, (when, name_at, unit_at, *quantities), key
    )
    unit_words = heads[picked].unit if picked >= 0 else ""
    suffix = f"（{unit_words}）" if unit_words else ""
    if year_columns:
        wanted = [y for y in sorted(year_columns) if y in met]
        new_heads = [key.title, "单位", *(f"{y}年用量{suffix}" for y in wanted)]
    else:
        wanted = [base_year]
        new_heads = [key.title, "单位", f"{amount.title}{suffix}" if amount is not None else ""]
    new_heads += [block.heads[c] for c in kept]
    rows = []
    for group, per_year in sums.items():
        if not any(y in per_year for y in wanted):
            continue
        name_cell, cells = first[group]
        rows.append(
            (
                GridCell(group[0], name_cell.place),
                GridCell(block_unit(block, unit_at, body, group, name_at)),
                *(
                    GridCell(
                        number_text(per_year[y]) if y in per_year else "",
                        f"{cells[y].place} 等" if y in cells else "",
                    )
                    for y in wanted
                ),
                *(found.get(tight(group[0]), GridCell("")) for found in kept.values()),
            )
        )
    if rows:
        draft.say(f"流水账按品名和年加起来：{len(body)} 行成 {len(rows)} 行")
    return Block(new_heads, rows, [""] * len(rows), block.titles, head_count=1)


def _same_units(
    sums: dict[tuple[str, str], dict[int, Fraction]],
    first: dict[tuple[str, str], tuple[GridCell, dict[int, GridCell]]],
) -> None:
    """One material in kg and in t is one row, in the unit that came first."""
    main: dict[str, str] = {}
    for name, unit in list(sums):
        if name not in main:
            main[name] = unit
            continue
        factor = fit(unit, main[name]).factor if unit and main[name] else None
        if factor is None or fit(unit, main[name]).bare:
            continue
        whole = sums[name, main[name]]
        for year, value in sums.pop((name, unit)).items():
            whole[year] += value * factor
        cells = first.pop((name, unit))[1]
        for year, cell in cells.items():
            first[name, main[name]][1].setdefault(year, cell)


def _kept_columns(
    block: Block,
    heads: list[Head],
    matches: Sequence[Match | None],
    body: list[int],
    name_at: int,
    not_these: tuple[int | None, ...],
    key: Question,
) -> dict[int, dict[str, GridCell]]:
    """Columns of a ledger that say the same of a material in every row: place -> name -> cell."""
    kept: dict[int, dict[str, GridCell]] = {}
    for c, match in enumerate(matches):
        if c in not_these or match is None or not match.clean or match.target.id == key.id:
            continue
        if match.target.kind not in _CONSTANT and match.target.unit not in _SHARES:
            continue
        found: dict[str, list[GridCell]] = defaultdict(list)
        for i in body:
            name = tight(block.rows[i][name_at].text)
            if name and block.rows[i][c].text.strip():
                found[name].append(block.rows[i][c])
        same = {
            n: cells[0] for n, cells in found.items() if len({tight(x.text) for x in cells}) == 1
        }
        if same:
            kept[c] = same
    return kept


def block_unit(
    block: Block, unit_at: int | None, body: list[int], group: tuple[str, str], name_at: int
) -> str:
    if unit_at is None:
        return ""
    for i in body:
        if tight(block.rows[i][unit_at].text) == group[1]:
            return block.rows[i][unit_at].text.strip()
    return ""


def _year_rows(
    block: Block, heads: list[Head], body: list[int]
) -> tuple[int | None, Labels | None]:
    """A column 「年份」 that is filled in every row makes a list by year."""
    for c, head in enumerate(heads):
        if tight(head.text) not in ("年份", "年度", "年", "year"):
            continue
        years = {i: year_label(block.rows[i][c].text) for i in body}
        if len(set(years.values())) > 1 and all(year is not None for year in years.values()):
            return c, Labels({i: Label("year", year) for i, year in years.items()})
    return None, None


_WAYS = re.compile(r"^(?:入库|出库|领用|采购|购入|退库|退货|盘盈|盘亏|调拨|收|发|入|出|领料|退料)")


def _ways(
    block: Block, body: list[int], not_these: tuple[int, ...]
) -> tuple[int, list[str]] | None:
    for c in range(len(block.heads)):
        if c in not_these:
            continue
        found = list(
            dict.fromkeys(
                block.rows[i][c].text.strip() for i in body if block.rows[i][c].text.strip()
            )
        )
        if 2 <= len(found) <= 6 and all(_WAYS.match(text) for text in found):
            return c, found
    return None
