"""Blocks of a sheet: titles over them, head rows, body rows; tables that lie on their side are turned."""

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache

from app.forms.grid import Grid, GridCell
from app.forms.question import RowsKind, TableQuestion
from app.forms.reading.heads import read_head, take_year
from app.forms.reading.periods import read_column, read_label
from app.forms.reading.plan import Draft
from app.forms.reading.units import is_unit
from app.forms.reading.words import (
    carrier_in,
    fold,
    is_total,
    other_names,
    spoken,
    tight,
    words,
)

_MOST_HEADS = 4
_PLAIN = re.compile(r"[-+(]?[¥]?\s*[\d][\d,' ]*(?:\.\d+)?(?:e[+-]?\d+)?\)?%?")
# a time of a day or a day of a month over a column of readings
CLOCK = re.compile(
    r"\d{1,2}:\d{2}(?::00)?(?:-\d{1,2}:\d{2}(?::00)?)?|\d{1,2}[时点](?:-\d{1,2}[时点])?|\d{1,2}[日号]"
)
_UNIT_LINE = re.compile(r"(?:计量)?单位\s*:|编制(?:人|单位|日期)|制表|填报|填表")
_GENERIC = ("generic_amount", "generic_fee")
_KNOWN = ("label_heads", "number_heads", "note_heads", "unit_heads", "item_heads", "id_heads", "name_heads")  # fmt: skip


@dataclass
class Block:
    """heads: one joined text per column (parts by spaces). rows: the body. sections: per body row the last line that
    stood alone above it. titles: what stands over the block. turned: the sheet has it on its side."""

    heads: list[str]
    rows: list[tuple[GridCell, ...]]
    sections: list[str]
    titles: list[str] = field(default_factory=list)
    turned: bool = False
    head_count: int = 0
    remarks: list[str] = field(default_factory=list)
    totals: set[int] | None = None

    def is_total(self, index: int) -> bool:
        """The row says that it is a sum or a mean of others."""
        if self.totals is None:
            self.totals = {n for n, row in enumerate(self.rows) if total_row(row)}
        return index in self.totals


def total_row(row: tuple[GridCell, ...]) -> bool:
    """A sum or a mean of others, or 「小计 906200」 in one cell."""
    for cell in row:
        text = cell.text.strip()
        if not text or is_number(text) or len(text) > 40:
            continue
        if is_total(text) or re.match(r"(小计|合计|总计|累计)[\s:：]*[-\d.,]+$", text):
            return True
    return False


def without_shifted(block: Block, draft: Draft) -> Block:
    """Rows whose numbers stand a column too far right are left out with a problem: where they reach into a column without a
    name (or into the remarks), a column to the left is empty that all other rows fill."""
    if not block.head_count:
        return block
    rows = [n for n, row in enumerate(block.rows) if not block.is_total(n) and any(is_number(cell.text) for cell in row)]  # fmt: skip
    notes = words()["note_heads"]
    beyond = [c for c, head in enumerate(block.heads) if not head.strip() or tight(head) in notes]
    shifted: set[int] = set()
    for c in beyond:
        out = [n for n in rows if is_number(block.rows[n][c].text)]
        rest = [n for n in rows if n not in out]
        for own in range(c) if rest else ():
            left = [block.rows[n][own] for n in out]
            if (
                own not in beyond
                and not any(cell.text.strip() or cell.merged for cell in left)
                and all(is_number(block.rows[n][own].text) for n in rest)
            ):
                shifted |= set(out)
    for n in sorted(shifted):
        first = next(cell for cell in block.rows[n] if cell.text.strip())
        draft.problem(first.place, f"「{first.text.strip()[:20]}」这一行像是往右错了一格，没有写", "在原表里对齐列名，再粘")  # fmt: skip
    keep = [n for n in range(len(block.rows)) if n not in shifted]
    return block if not shifted else replace(block, rows=[block.rows[n] for n in keep], sections=[block.sections[n] for n in keep], totals=None)  # fmt: skip


@lru_cache(maxsize=200_000)
def is_number(text: str) -> bool:
    return bool(_PLAIN.fullmatch(fold(text)))


@lru_cache(maxsize=200_000)
def year_label(text: str) -> int | None:
    """The year a text is, and nothing else: 「2025年」, 「25年」, 「FY2025」, 「2025年度合计」 is none."""
    plain = fold(text)
    if len(plain) > 12:
        return None
    if re.fullmatch(r"(?:19|20)\d{2}(?:\.0+)?", plain):
        return int(plain[:4])
    year, rest = take_year(re.sub(r"(?<=\d)\s+(?=年)", "", plain))
    return year if year is not None and not re.sub(r"[\s()度年]", "", rest) else None


@lru_cache(maxsize=8)
def _vocabulary() -> frozenset[str]:
    data = words()
    return frozenset(word for key in (*_KNOWN, *_GENERIC) for word in data[key])


def names_of(table: TableQuestion) -> frozenset[str]:
    found = set()
    for column in table.columns:
        for name in (column.title, column.short, *column.headings):
            if name:
                found.add(read_head(name).name)
                found.update(other_names(name))
    if table.row_title:
        found.add(read_head(table.row_title).name)
    found.discard("")
    return frozenset(found)


def head_word(text: str, names: frozenset[str]) -> bool:
    """A cell that belongs into a head: a known name, a unit, a year."""
    plain = tight(text)
    if not plain or len(plain) > 40:
        return False
    head = read_head(text)
    if (
        head.name in names
        or head.core in names
        or plain in _vocabulary()
        or head.name in _vocabulary()
    ):
        return True
    if head.core in spoken() or head.core in _vocabulary():
        return True
    if is_unit(text) or year_label(text) is not None:
        return True
    return (
        bool(head.kinds)
        or (bool(head.unit) and len(plain) < 20)
        or (len(plain) < 12 and carrier_in(plain) is not None)
    )


def find_blocks(grid: Grid, table: TableQuestion) -> list[Block]:
    """Blocks of the sheet in their order. Rows before the first head are titles; nothing is lost silently: what is neither
    head nor data is kept in `titles`, `sections` or `remarks`."""
    names = names_of(table)
    if table.rows is RowsKind.FREE:
        return [_free_block(grid, table, names)]
    blocks: list[Block] = []
    titles: list[str] = []
    heads: list[tuple[GridCell, ...]] = []
    block: Block | None = None
    section = ""
    width = grid.width
    last_was_body = False
    for row in grid.rows:
        filled = [cell for cell in row if cell.text.strip() or cell.note]
        if not filled:
            if block is not None and last_was_body and not block.head_count:
                block.rows.append(row)  # bare numbers are told by their place
                block.sections.append(section)
            continue
        kind = _row_kind(table, row, filled, names, width, bool(heads) and not last_was_body)
        if kind == "head":
            if last_was_body:
                block, heads = None, []
            heads.append(row)
            last_was_body = False
        elif kind == "line":
            text = filled[0].text.strip()
            if block is not None and last_was_body:
                section = text
                titles_next = text
                block.remarks.append(text)
                titles = [titles_next]
            elif heads and block is None:
                section = text  # a year or a place under the heads, before the first row
                titles.append(text)
            else:
                titles.append(text)
        elif kind == "title":
            texts = [cell.text.strip() for cell in filled]
            if block is not None and last_was_body:
                block.remarks.append(" ".join(texts))
                titles = [" ".join(texts)]
            else:
                titles.extend(texts)
        else:
            if block is None:
                block = Block(_joined(heads, width), [], [], list(titles), head_count=len(heads))
                if not heads:
                    section = section or ""
                elif section not in titles[-1:] or not titles:
                    section = ""
                blocks.append(block)
                titles = []
            block.rows.append(row)
            block.sections.append(section)
            last_was_body = True
        if kind == "head" and block is None:
            section = ""
    if not blocks and not heads:
        blocks.append(Block([""] * width, list(grid.rows), [""] * len(grid.rows)))
    if not blocks and heads:
        blocks.append(Block(_joined(heads, width), [], [], titles, head_count=len(heads)))
    return [part for block in blocks for part in _beside(_upright(block, table), table)]


def _row_kind(
    table: TableQuestion,
    row: tuple[GridCell, ...],
    filled: list[GridCell],
    names: frozenset[str],
    width: int,
    under_head: bool,
) -> str:
    """ "head", "line" (one text alone), "title" (several texts, no data) or "body"."""
    texts = [cell.text.strip() for cell in filled]
    if any(cell.note for cell in filled):
        return "body"
    if (
        width == 1
        and re.match(r"[-+¥约]?\s*\d", fold(texts[0]))
        and not _row_named(table, texts[0])
    ):
        return "body"
    if len(texts) == 1 and width > 1:
        text = texts[0]
        if is_number(text) and year_label(text) is None:
            return "body"
        if _row_named(table, text) and year_label(text) is None:
            return "body"
        if is_total(text):
            return "body"
        return (
            "head" if under_head and is_unit(text) and not re.match("单位", fold(text)) else "line"
        )
    numbers = [text for text in texts if is_number(text)]
    if not numbers and any(_UNIT_LINE.match(fold(text)) for text in texts):
        return "title"
    if len(texts) >= 8 and sum(bool(CLOCK.fullmatch(tight(text))) for text in texts) >= 8:
        return "head"
    if numbers:
        run = [fold(text) for text in numbers] == [str(n + 1) for n in range(len(numbers))]
        if (
            table.rows is RowsKind.MONTHS
            and run
            and len(numbers) >= 6
            and any("月" in text for text in texts)
        ):
            return "head"
        if table.rows is RowsKind.MONTHS and _times_across(texts):
            return "head"
        if any(year_label(text) is None for text in numbers):
            return "body"
    labels = sum(read_label(text) is not None for text in texts)
    years = sum(year_label(text) is not None for text in texts)
    if labels >= 3 and labels * 2 >= len(texts):
        return "head"
    named = sum(_row_named(table, text) for text in texts[:3])
    if (
        table.rows is RowsKind.FIXED
        and _row_named(table, texts[0])
        and not any(_row_named(table, text) for text in texts[1:])
    ):
        return "body"  # whatever its words look like
    if table.rows is RowsKind.YEARS:
        beside = year_label(texts[0]) is not None
    else:
        beside = len(texts) < 4 or not all(_row_named(table, t) or year_label(t) for t in texts[1:])
    if named and numbers and beside:
        return "body"  # a number that looks like a year, beside the name of a row
    known = sum(head_word(text, names) for text in texts)
    if (
        named
        and table.rows is not RowsKind.YEARS
        and named + years < len(texts)
        and not (known - years - named >= 2)
    ):
        return "body"
    if years == 1 < len(texts) and not under_head:
        others = [text for text in texts if year_label(text) is None]
        if not any(_names_a_column(text, names) for text in others):
            return "title"  # 「用电统计表 | 2024 年度」
    if years >= 2 and years + 3 >= len(texts) and table.rows is RowsKind.YEARS:
        return "head"
    if known * 2 >= len(texts) or (under_head and known):
        return "head"
    if is_total(texts[0]) or named:
        return "body"
    if width == 1:
        return "body"
    return "title"


def _names_a_column(text: str, names: frozenset[str]) -> bool:
    head = read_head(text)
    known = (head.name, head.core, tight(text))
    return bool(head.unit) or any(
        word and (word in names or word in _vocabulary() or word in spoken()) for word in known
    )


def _times_across(texts: list[str]) -> bool:
    """「月份 | 25.1 | 25.2 | …」, 「日期 | 202501 | …」: numbers that are months, under a head that says so."""
    data = words()
    if len(texts) < 4 or tight(texts[0]) not in data["label_heads"]:
        return False
    kinds = (
        tuple(word for word in data["label_heads"] if len(word) > 1),
        tuple(data["month_heads"]),
    )
    rest = [text for text in texts[1:] if not is_total(text)]
    found = read_column({n: (text, "") for n, text in enumerate(rest)}, texts[0], (), False, kinds)
    return found is not None and len(found.at) == len(rest)


def _row_named(table: TableQuestion, text: str) -> bool:
    match table.rows:
        case RowsKind.MONTHS:
            return read_label(text) is not None
        case RowsKind.YEARS:
            return year_label(text) is not None
        case RowsKind.FIXED:
            return fixed_row(table, text) is not None
        case _:
            return False


def fixed_row(table: TableQuestion, text: str) -> str | None:
    """Id of the listed row a text names exactly (without its unit), else None."""
    name = read_head(text).name
    plain = tight(text)
    for option in table.fixed_rows:
        if plain in (tight(option.label), option.id) or (
            name and name == read_head(option.label).name
        ):
            return option.id
    return None


def _joined(heads: list[tuple[GridCell, ...]], width: int) -> list[str]:
    """Head rows joined; a merged or wide head is carried to the right over what stands below it."""
    result = [""] * width
    for index, row in enumerate(heads):
        last = index == len(heads) - 1
        carried = ""
        lone = sum(bool(cell.text.strip()) for cell in row) == 1 and width > 2 and not last
        for column in range(width):
            text = row[column].text.strip()
            if text:
                carried = text
            elif not row[column].merged and (last or not _filled_below(heads, index, column)):
                carried = ""
            part = text or ("" if last or lone else carried)
            if not text and carried and row[column].merged:
                part = carried
            if part and part not in result[column].split("\n"):
                result[column] = f"{result[column]}\n{part}".strip("\n")
    return result


def _filled_below(heads: list[tuple[GridCell, ...]], index: int, column: int) -> bool:
    return any(row[column].text.strip() for row in heads[index + 1 :])


def _free_block(grid: Grid, table: TableQuestion, names: frozenset[str]) -> Block:
    best, score = -1, 0
    for index, row in enumerate(grid.rows[:12]):
        texts = [cell.text.strip() for cell in row if cell.text.strip()]
        if any(is_number(text) and year_label(text) is None for text in texts):
            continue
        heads = [read_head(text) for text in texts]
        exact = sum(head.name in names or head.core in names for head in heads)
        known = sum(head_word(text, names) for text in texts)
        if len(texts) < min(2, grid.width) or known == 0 or (known * 2 < len(texts) and exact < 2):
            continue
        if exact * 3 + known > score and (exact or known >= 2):
            best, score = index, exact * 3 + known
    if best < 0:
        best = _words_over_values(grid, names)
    if best < 0:
        return Block([""] * grid.width, list(grid.rows), [""] * len(grid.rows))
    rows = [grid.rows[best]]
    start = best
    if best and _is_upper_head(grid.rows[best - 1], names):
        rows.insert(0, grid.rows[best - 1])
        start -= 1
    end = best + 1
    while end < len(grid.rows) and end - start < _MOST_HEADS:
        texts = [cell.text.strip() for cell in grid.rows[end] if cell.text.strip()]
        more = texts and all(
            year_label(text) is not None
            or is_unit(text)
            or (read_head(text).year and not is_number(text))
            for text in texts
        )
        if not more:
            under = [
                cell.text.strip()
                for column, cell in enumerate(grid.rows[end])
                if cell.text.strip() and not rows[-1][column].text.strip()
            ]
            more = (
                bool(texts)
                and len(under) == len(texts)
                and all(head_word(text, names) for text in texts)
            )
        if not more:
            break
        rows.append(grid.rows[end])
        end += 1
    titles = [cell.text.strip() for row in grid.rows[:start] for cell in row if cell.text.strip()]
    block = Block(_joined(rows, grid.width), [], [], titles, head_count=len(rows))
    section = ""
    repeated = [tuple(cell.text.strip() for cell in row) for row in rows]
    for row in grid.rows[end:]:
        texts = [cell.text.strip() for cell in row if cell.text.strip()]
        if not texts and not any(cell.note for cell in row):
            continue
        if tuple(cell.text.strip() for cell in row) in repeated:
            continue  # the head printed again on the next page
        block.rows.append(row)
        block.sections.append(section)
    return block


def _words_over_values(grid: Grid, names: frozenset[str]) -> int:
    """The first row of words alone that names one of our columns and has numbers or days under its words; −1 without."""
    for index, row in enumerate(grid.rows[:6]):
        filled = [c for c, cell in enumerate(row) if cell.text.strip()]
        texts = [row[c].text.strip() for c in filled]
        if len(texts) < 2 or any(is_number(text) for text in texts):
            continue
        named = any(
            read_head(text).name in names or read_head(text).core in names for text in texts
        )
        under = any(
            is_number(below[c].text.strip()) or read_label(below[c].text) is not None
            for below in grid.rows[index + 1 : index + 11]
            for c in filled
        )
        if named and under:
            return index
    return -1


def _is_upper_head(row: tuple[GridCell, ...], names: frozenset[str]) -> bool:
    """The row above the names of columns belongs to the head when it groups them (years, 用量 …), not when it is a title."""
    texts = [cell.text.strip() for cell in row if cell.text.strip()]
    return (
        len(texts) >= 2
        and all(len(tight(text)) <= 14 for text in texts)
        and all(head_word(text, names) or year_label(text) is not None for text in texts)
        and not any(_UNIT_LINE.match(fold(text)) for text in texts)
    )


# ------------------------------------------------------------------ tables on their side


def _upright(block: Block, table: TableQuestion) -> Block:
    """A block with the months (years, listed names) across is turned."""
    width = len(block.heads)
    if width < 3 or not block.rows:
        return block
    across = [c for c in range(width) if _names_row(table, block.heads[c])]
    if (
        len(across) < 2
        and table.rows is RowsKind.MONTHS
        and _times_across([head for head in block.heads if head.strip()])
    ):
        across = [
            c for c in range(1, width) if block.heads[c].strip() and not is_total(block.heads[c])
        ]
    if len(across) < 2:
        numbers = [fold(head) for head in block.heads]
        run = [c for c in range(width) if re.fullmatch(r"\d{1,2}", numbers[c])]
        if (
            table.rows is RowsKind.MONTHS
            and [numbers[c] for c in run] == [str(n + 1) for n in range(len(run))]
            and len(run) >= 6
        ):
            across = run
            block.heads = [f"{h}月" if c in run else h for c, h in enumerate(block.heads)]
        else:
            return block
    if table.rows is RowsKind.MONTHS and len(across) < 3 and len(block.rows) > 6:
        return block
    down = (
        max(
            sum(_names_row(table, row[column].text) for row in block.rows)
            for column in range(min(3, across[0] or 1))
        )
        if across[0]
        else 0
    )
    if table.rows is not RowsKind.MONTHS and down > len(across):
        return block
    if table.rows is RowsKind.MONTHS and down >= 2 and down >= len(across):
        return block
    head_row = tuple(GridCell(head, "列名") for head in block.heads)
    matrix = [head_row, *block.rows]
    turned = [tuple(row) for row in zip(*matrix, strict=True)]
    first = across[0]
    if first == 0:
        return block
    lead = turned[:first]
    heads = []
    for column in range(len(matrix)):
        parts = []
        carried_up = ""
        for row in lead:
            text = row[column].text.strip()
            if not text and row[column].merged and column > 1:
                above = next(
                    (row[c].text.strip() for c in range(column, 0, -1) if row[c].text.strip()), ""
                )
                text = above
            if column and text and is_number(text) and year_label(text) is None:
                continue  # a running number
            if text:
                parts.append(text)
        heads.append(" ".join(dict.fromkeys(parts)) or carried_up)
    # a first label column filled once for several rows below (「2024年」 over 电量, 电费)
    sections = [""] * (len(turned) - first)
    if any(block.sections):
        heads = [
            heads[0],
            *(
                f"{s} {h}".strip() if s else h
                for s, h in zip(block.sections, heads[1:], strict=True)
            ),
        ]
    lead_first = lead[0]
    carried = ""
    for column in range(1, len(matrix)):
        text = lead_first[column].text.strip()
        if year_label(text) is not None:
            carried = text
        elif text:
            carried = ""
        elif carried and year_label(carried) is not None:
            heads[column] = f"{carried} {heads[column]}".strip()
    return replace(
        block, heads=heads, rows=turned[first:], sections=sections, turned=True, head_count=first
    )


def _names_row(table: TableQuestion, text: str) -> bool:
    if table.rows is RowsKind.MONTHS:
        label = read_label(text.split(" ")[-1]) or read_label(text)
        return label is not None
    return _row_named(table, text)


def _beside(block: Block, table: TableQuestion) -> list[Block]:
    """A block whose labels stand in several columns with numbers between is several blocks beside each other."""
    if table.rows is RowsKind.FREE or block.turned or len(block.heads) < 4:
        return [block]
    sample = block.rows[:40]
    need = max(2, (len(sample) + 1) // 2) if len(sample) > 2 else len(sample)
    starts = [
        column
        for column in range(len(block.heads))
        if sum(_label_like(table, row[column].text) for row in sample) >= min(need, 3)
    ]
    first = [c for c in starts if c == 0 or c - 1 not in starts]
    if len(first) < 2 or first[0] > 2:
        return [block]
    cuts = []
    for place, column in enumerate(first):
        end = first[place + 1] if place + 1 < len(first) else len(block.heads)
        numbers = any(
            is_number(row[c].text)
            for row in sample
            for c in range(column + 1, end)
            if row[c].text.strip()
        )
        if not numbers:
            return [block]
        cuts.append((0 if place == 0 else column, end))
    return [
        replace(
            block,
            heads=block.heads[a:b],
            rows=[row[a:b] for row in block.rows if any(c.text.strip() for c in row[a:b])],
            sections=[
                s
                for s, row in zip(block.sections, block.rows, strict=True)
                if any(c.text.strip() for c in row[a:b])
            ],
        )
        for a, b in cuts
    ]


def _label_like(table: TableQuestion, text: str) -> bool:
    if is_total(text):
        return False
    return _row_named(table, text) and not is_number(text)
