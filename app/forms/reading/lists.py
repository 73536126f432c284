"""Tables with free rows (materials, equipment, waste, VOC …): columns by their heads, years by their year, ledgers summed."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from statistics import median

from app.assessment.numbers import brief, number_text
from app.forms.answer import MISSING, Answer, AnswerBook, Change, Given, RowsChange, cell_key
from app.forms.cell_words import number_in
from app.forms.grid import Grid, GridCell
from app.forms.question import Question, QuestionKind, RowsKind, TableQuestion
from app.forms.question_index import row_label
from app.forms.reading.blocks import Block, find_blocks, is_number, year_label
from app.forms.reading.cells import read_cell
from app.forms.reading.columns import Match, Names
from app.forms.reading.heads import Head, read_head, years_in
from app.forms.reading.nets import ask_percent
from app.forms.reading.not_applicable import ask_not_applicable
from app.forms.reading.periods import Label, Labels, read_column
from app.forms.reading.plan import SKIP, UNUSED, Draft, PastePlan, PlannedCell, SourceColumn
from app.forms.reading.records import _title_units
from app.forms.reading.units import fit, is_unit
from app.forms.reading.words import fold, is_total, tight, words

_YEAR_COLUMN = re.compile(r"y[0-2]")
_AMOUNTS = ("amount", "used", "bought", "input", "weight")
_MASSES = ("kg", "t", "m³", "t/年", "m²")
_SHARES = ("%", "g/L", "g/l", "kg/L", "kg/l", "g/cm³", "g/cm3", "mg/m³")  # never summed in a ledger
_WITH_UNIT = re.compile(r"([-+]?[\d,，]+(?:\.\d+)?)\s*([^\d\s.,，%].*)")
_CONSTANT = (QuestionKind.TEXT, QuestionKind.CHOICE)
_LARGE_MONEY = 5000  # 万元: a list without units that says more is likely in 元


@dataclass
class _Column:
    head: Head
    question: Question | None = None
    by: str = ""
    factor: Fraction | None = Fraction(1)
    unit_from_head: str = ""
    match: Match | None = None
    said: bool = False


@dataclass
class _Row:
    """One row to be: column id -> cell; place: row of the preview."""

    place: int
    cells: dict[int, GridCell] = field(default_factory=dict)


def plan_list(
    table: TableQuestion,
    grid: Grid,
    book: AnswerBook,
    ids: Sequence[str],
    base_year: int | None,
    top_left: tuple[str, str] | None,
    targets: Mapping[int, str],
    factors: Mapping[int, Fraction],
    reason: str,
    draft: Draft,
    new_ids: Callable[[int], Sequence[str]],
) -> PastePlan:
    names = Names.of(table)
    block = find_blocks(grid, table)[0]
    if block.head_count:
        ledger = _ledger(table, names, block, grid, base_year, draft)
        if ledger is not None:
            block = ledger
    columns = [_Column(read_head(head)) for head in block.heads]
    years = _years(table, base_year)
    if block.head_count:
        _by_head(table, names, block, grid, columns, years, base_year, targets, draft)
    else:
        _by_place(table, block, columns, top_left, targets, draft)
    unit_column = _unit_column(table, block, columns)
    title_units = _title_units(block.titles)
    for place in range(len(columns)):
        _unit_of(table, block, columns, place, unit_column, title_units, factors, draft)
    body = _body(table, block, draft)
    return _rows_and_cells(
        table,
        grid,
        book,
        ids,
        top_left,
        block,
        columns,
        unit_column,
        body,
        title_units,
        reason,
        draft,
        new_ids,
    )


# ------------------------------------------------------------------ columns


def _years(table: TableQuestion, base_year: int | None) -> dict[int, Question]:
    if base_year is None:
        return {}
    found = {}
    for column in table.columns:
        if not column.derived and _YEAR_COLUMN.fullmatch(column.id):
            found[base_year - int(column.id[1])] = column
    return found


def _by_head(
    table: TableQuestion,
    names: Names,
    block: Block,
    grid: Grid,
    columns: list[_Column],
    years: Mapping[int, Question],
    base_year: int | None,
    targets: Mapping[int, str],
    draft: Draft,
) -> None:
    data = words()
    year_ids = {column.id for column in years.values()} or {
        c.id for c in table.columns if _YEAR_COLUMN.fullmatch(c.id)
    }
    wanted: dict[str, list[int]] = defaultdict(list)
    for place, column in enumerate(columns):
        head = column.head
        if place in targets:
            column.question, column.by = names.column(targets[place]), "你选的"
            continue
        plain = tight(head.text)
        if not plain:
            continue
        own = next(
            (
                c
                for c in table.columns
                if plain
                in (tight(c.title), tight(f"{c.title}({c.unit})"), tight(f"{c.title}{c.unit}"))
            ),
            None,
        )
        alike = names.several.get(head.name, [])
        if own is not None and len(alike) > 1 and not head.unit:
            own = None  # 「VOC 含量」 is a share in one column and g/L in another
        if own is not None:
            column.match = Match(own, True, 5)
            wanted[own.id].append(place)
            continue
        if head.name in data["number_heads"] and not any(
            head.name == read_head(c.title).name for c in table.columns
        ):
            column.by = "不写"
            continue
        if head.year is not None and year_ids:
            amount = head.core in data["year_amounts"] or head.name in data["year_amounts"]
            priced = _priced(names, head)
            if priced is not None and (base_year is None or head.year == base_year):
                column.match = Match(priced, True, 4)
                wanted[priced.id].append(place)
            elif amount and head.clean:
                if head.year in years:
                    column.match = Match(years[head.year], True, 4)
                    wanted[years[head.year].id].append(place)
                else:
                    column.by = "不写"
                    draft.problem(
                        f"第 {place + 1} 列",
                        f"「{head.text}」不在三个审核年里，没有写",
                        "核对年份；审核年在「企业概况」里改",
                        column=place,
                    )
            else:
                column.by = "不写"
                draft.problem(
                    f"第 {place + 1} 列",
                    f"「{head.text}」不知道是哪一列，没有写",
                    "在列名那里选一个，或者不要它",
                    column=place,
                )
            continue
        match = names.match(head, None)
        if (
            match is not None
            and match.target.id in year_ids
            and head.year is None
            and match.strength < 5
        ):
            match = None  # a year column is told by its year only
        if match is None:
            continue
        column.match = match
        wanted[match.target.id].append(place)
    for target, places in wanted.items():
        if any(c.question is not None and c.question.id == target for c in columns):
            continue
        _settle(target, places, columns, draft)
    lone_year = [
        c
        for c in columns
        if c.by == "" and c.match is None and c.head.name in data["year_amounts"] and c.head.name
    ]
    if (
        year_ids
        and lone_year
        and not any(c.question is not None and c.question.id in year_ids for c in columns)
    ):
        _ask_year(block, grid, columns, lone_year, years, draft)
    _ask_name(table, block, columns, draft)
    for place, column in enumerate(columns):
        if (
            column.question is None
            and not column.by
            and (column.head.text or any(row[place].text.strip() for row in block.rows))
        ):
            if tight(column.head.text) in data["number_heads"]:
                continue
            if tight(column.head.text) in data["unit_heads"]:
                continue  # read with the amounts
            if (
                not column.head.text
                and all(
                    is_number(row[place].text) or not row[place].text.strip() for row in block.rows
                )
                and place == 0
            ):
                continue
            name = f"「{column.head.text}」" if column.head.text else "没有列名"
            if column.match is not None and column.match.target.derived:
                continue
            draft.problem(
                f"第 {place + 1} 列",
                f"{name}，不知道是哪一列，没有写",
                "在列名那里选一个，或者不要它",
                column=place,
            )


def _ask_name(table: TableQuestion, block: Block, columns: list[_Column], draft: Draft) -> None:
    """Rows without their name are no rows: the first column of words that nothing else claims may be it."""
    key = next((c for c in table.columns if not c.derived and c.kind is QuestionKind.TEXT), None)
    taken = {c.question.id for c in columns if c.question is not None}
    asked = {d.id for d in draft.questions}
    if key is None or key.id in taken or f"column:{key.id}" in asked or not taken:
        return
    free = [
        place
        for place, column in enumerate(columns)
        if column.question is None
        and not column.by
        and any(row[place].text.strip() and not is_number(row[place].text) for row in block.rows)
    ]
    if not free:
        return
    chosen = draft.ask(
        "name",
        f"哪一列是「{key.title}」？",
        [
            *(
                (str(place), f"「{columns[place].head.text or f'第 {place + 1} 列'}」")
                for place in free[:5]
            ),
            (SKIP, "没有，照样写"),
        ],
        column=free[0],
    )
    if chosen and chosen != SKIP:
        columns[int(chosen)].question, columns[int(chosen)].by = key, "你选的"
    elif not chosen:
        for column in columns:
            column.question = None if column.question is not None else column.question
            column.by = column.by or "等你定"


def _priced(names: Names, head: Head) -> Question | None:
    """A column with a year in its own title that is no year column: 「2025 年单价」."""
    found = next(
        (
            c
            for c in names.table.columns
            if not c.derived
            and not _YEAR_COLUMN.fullmatch(c.id)
            and read_head(c.title).year is not None
            and read_head(c.title).name.lstrip("年") == head.name.lstrip("年")
        ),
        None,
    )
    return found


def _ask_year(
    block: Block,
    grid: Grid,
    columns: list[_Column],
    lone: list[_Column],
    years: Mapping[int, Question],
    draft: Draft,
) -> None:
    said = list(dict.fromkeys(y for title in reversed(block.titles) for y in years_in(title)))
    named = list(dict.fromkeys([*said, *years_in(grid.sheet), *years_in(grid.file)]))
    column = lone[0]
    place = columns.index(column)
    if len(lone) > 1:
        return
    if len(named) == 1 and named[0] in years and draft.decisions.get(f"year:{place}") is None:
        where = "标题" if said else "工作表名" if years_in(grid.sheet) else "文件名"
        draft.say(f"「{column.head.text}」按{where}算 {named[0]} 年的")
        column.question, column.by = years[named[0]], "标题"
        return
    order = [y for y in dict.fromkeys([*said, *sorted(years, reverse=True)]) if y in years]
    chosen = draft.ask(
        f"year:{place}",
        f"「{column.head.text}」是哪一年的？" + (f"标题写的是 {said[0]} 年" if said else ""),
        [*((str(year), f"{year} 年") for year in order), (SKIP, "不要这一列")],
        column=place,
    )
    column.by = "等你定"
    if chosen and chosen != SKIP:
        column.question, column.by = years[int(chosen)], "你选的"


def _settle(target: str, places: list[int], columns: list[_Column], draft: Draft) -> None:
    found = [columns[place] for place in places]
    question = found[0].match.target if found[0].match is not None else None
    assert question is not None
    if question.derived:
        for column in found:
            column.by = "算出来的"
        draft.say(f"「{found[0].head.text}」这一列是算出来的，不写")
        return
    clean = [c for c in found if c.match is not None and c.match.clean]
    best = max((c.match.strength for c in clean if c.match is not None), default=0)
    exact = [c for c in clean if c.match is not None and c.match.strength == best]
    if (len(exact) == 1 and best >= 4) or len(clean) == 1:
        column = exact[0] if len(exact) == 1 else clean[0]
        column.question, column.by = question, "标题"
        return
    if not clean and question.kind is not QuestionKind.NUMBER and len(found) == 1:
        text = f"「{found[0].head.text}」是「{question.title}」吗？"
    else:
        heads = "、".join(f"「{c.head.text}」" for c in found)
        why = found[0].match.why if found[0].match is not None and len(found) == 1 else ""
        text = f"{heads}{why and f'（{why}）'}，哪一列是「{question.title}」？"
    chosen = draft.ask(
        f"column:{target}",
        text,
        [*((str(columns.index(c)), f"写「{c.head.text}」") for c in found), (SKIP, "都不写")],
        column=places[0],
    )
    for column in found:
        column.by = column.by or "等你定"
    if chosen and chosen != SKIP:
        columns[int(chosen)].question, columns[int(chosen)].by = question, "你选的"


def _by_place(
    table: TableQuestion,
    block: Block,
    columns: list[_Column],
    top_left: tuple[str, str] | None,
    targets: Mapping[int, str],
    draft: Draft,
) -> None:
    """A block without heads begins at the current cell; kinds that do not fit are asked about as a whole."""
    typed = [c for c in table.columns if not c.derived]
    start = next((n for n, c in enumerate(typed) if top_left and c.id == top_left[1]), 0)
    free = typed[start:]
    guesses: list[Question | None] = []
    for place in range(len(columns)):
        guesses.append(free[place] if place < len(free) else None)
    fits = True
    for place, question in enumerate(guesses):
        if question is None:
            continue
        texts = [row[place].text.strip() for row in block.rows if row[place].text.strip()]
        numeric = sum(is_number(t) or number_in(t) is not None for t in texts)
        if texts and question.kind is QuestionKind.NUMBER and numeric * 2 < len(texts):
            fits = False
        if (
            texts
            and question.kind is QuestionKind.TEXT
            and numeric == len(texts)
            and len(columns) > 1
        ):
            fits = False
    chosen = ""
    dated = [
        place
        for place, question in enumerate(guesses)
        if question is not None and _YEAR_COLUMN.fullmatch(question.id) and place not in targets
    ]
    if fits and len(dated) > 1 and len(block.rows) > 1:
        titles = [question.title for p in dated if (question := guesses[p]) is not None]
        order = draft.ask(
            "years",
            f"没有列名，{len(dated)} 列数按{'、'.join(titles)}的顺序写：对吗？",
            (
                ("go", "对"),
                ("back", f"倒过来：{'、'.join(reversed(titles))}"),
                (SKIP, "这几列不写"),
            ),
            column=dated[0],
        )
        turned = [guesses[p] for p in (reversed(dated) if order == "back" else dated)]
        for place, question in zip(dated, turned, strict=True):
            guesses[place] = question if order in ("go", "back") else None
            columns[place].by = "" if order in ("go", "back") else "等你定"
    if not fits:
        chosen = draft.ask(
            "place",
            f"没有列名，从「{typed[start].title}」往右依次写，有的列对不上",
            (("go", "就这样写"), (SKIP, "不写，回去带上列名")),
        )
    for place, column in enumerate(columns):
        if place in targets:
            column.question, column.by = (
                next((c for c in typed if c.id == targets[place]), None),
                "你选的",
            )
        elif fits or chosen == "go":
            if column.by == "等你定":
                continue
            column.question, column.by = guesses[place], "位置" if guesses[place] else ""
            if guesses[place] is None:
                draft.problem(
                    f"第 {place + 1} 列",
                    "多出来的列，没有写",
                    "在列名那里选一个，或者不要它",
                    column=place,
                )
    if fits and len(columns) > 1:
        draft.say(f"没有列名，从「{typed[start].title}」那一列往右依次写")


# ------------------------------------------------------------------ units


def _unit_column(table: TableQuestion, block: Block, columns: list[_Column]) -> int | None:
    """The client's column of units that is not simply copied into one of ours."""
    data = words()
    for place, column in enumerate(columns):
        headed = (
            tight(column.head.text) in data["unit_heads"] or column.head.name in data["unit_heads"]
        )
        texts = [row[place].text.strip() for row in block.rows if row[place].text.strip()]
        if headed and not texts:
            continue  # an empty column of units says nothing
        if headed or (column.question is not None and column.question.id == "unit"):
            if column.question is None:
                column.by = "单位"
            return place
        if not column.head.text and texts and all(is_unit(t) for t in texts):
            return place
    return None


def _is_amount(question: Question) -> bool:
    return (
        bool(_YEAR_COLUMN.fullmatch(question.id))
        or question.id in _AMOUNTS
        or question.title in ("年用量", "用量", "数量")
    )


def _unit_of(
    table: TableQuestion,
    block: Block,
    columns: list[_Column],
    place: int,
    unit_column: int | None,
    title_units: tuple[str, ...],
    factors: Mapping[int, Fraction],
    draft: Draft,
) -> None:
    column = columns[place]
    question, head = column.question, column.head
    if question is None or question.kind is not QuestionKind.NUMBER:
        return
    own = question.unit
    if place in factors:
        column.factor = factors[place]
        return
    our_unit = next(
        (c for c in table.columns if c.id == "unit" and c.kind is QuestionKind.TEXT), None
    )
    if own and tight(head.text) in (tight(f"{question.title}({own})"), tight(question.title + own)):
        column.said = True
        return  # our own head, with our own unit
    if head.unit:
        if not own:
            if our_unit is not None and _is_amount(question):
                column.unit_from_head = _as_written(head)
            return
        found = fit(head.unit, own, _tonnes(table, own))
        per = re.match(r"([万千百十]*元)/", tight(head.unit))
        if found.factor is None and own == "元" and per is not None:
            column.factor, column.said = fit(per[1], own).factor, True  # 万元/t is a price
            return
        if found.factor is not None:
            column.factor, column.said = found.factor, True
            if own == "%":
                _percent(block, column, place, True, draft)
            if found.factor != 1:
                draft.say(
                    f"「{head.text}」按 {_as_written(head)} 换算成 {own}：乘 {brief(found.factor)}"
                )
            return
        if found.other:
            draft.problem(
                f"第 {place + 1} 列",
                f"「{head.text}」的单位是 {_as_written(head)}，这一列要 {own}，换算不了，没有写",
                "换一列，或改好单位再粘",
                column=place,
            )
            column.factor = None
            return
        column.factor = _ask(
            column,
            place,
            f"「{head.text}」里的「{_as_written(head)}」看不懂，是单位吗？",
            own,
            draft,
        )
        return
    if head.unread and own:
        counted = fit(head.unread, own).factor
        if counted is not None:
            column.factor, column.said = counted, True
            return
        column.factor = _ask(
            column, place, f"「{head.text}」里的「{head.unread}」看不懂，是单位吗？", own, draft
        )
        return
    fitting = [
        u for u in title_units if own and fit(u, own).factor is not None and not fit(u, own).bare
    ]
    if fitting:
        column.factor, column.said = fit(fitting[0], own).factor, True
        if column.factor != 1 and column.factor is not None:
            draft.say(
                f"「{head.text}」按标题里的 {fitting[0]} 换算成 {own}：乘 {brief(column.factor)}"
            )
        return
    if not own:
        if (
            our_unit is not None
            and title_units
            and _is_amount(question)
            and unit_column is None
            and len(title_units) == 1
        ):
            column.unit_from_head = title_units[0]
        return
    if unit_column is not None and _is_amount(question):
        return
    if own == "%":
        _percent(block, column, place, False, draft)
        return
    if column.by == "位置" or not head.text:
        return
    numbers = [abs(v) for row in block.rows if (v := number_in(row[place].text)) is not None and v]
    own_written = any(re.search(r"\d\s*[a-zA-Z一-龥]", row[place].text) for row in block.rows)
    if _is_amount(question) and own in _MASSES and numbers and not own_written:
        other = {
            "kg": ("1000", "t"),
            "t": ("1/1000", "kg"),
            "t/年": ("1/1000", "kg/年"),
            "m³": ("10000", "万 m³"),
            "m²": ("10000", "万 m²"),
        }[own]
        chosen = draft.ask(
            f"unit:{question.id}",
            f"「{head.text}」没写单位：是 {own} 吗？",
            (("1", f"是 {own}"), (other[0], f"是 {other[1]}"), (SKIP, "这一列不写")),
            column=place,
        )
        column.factor = Fraction(chosen) if chosen and chosen != SKIP else None
    elif own == "万元" and numbers:
        likely = median(numbers) >= _LARGE_MONEY
        choices = [("1", "是万元"), ("1/10000", "是元"), ("1/10", "是千元")]
        if likely:
            choices[:2] = choices[1::-1]
        chosen = draft.ask(
            f"unit:{question.id}",
            f"「{head.text}」没写单位{'，像是元' if likely else ''}：是万元吗？",
            [*choices, (SKIP, "这一列不写")],
            column=place,
        )
        column.factor = Fraction(chosen) if chosen and chosen != SKIP else None


def _percent(block: Block, column: _Column, place: int, said: bool, draft: Draft) -> None:
    """Shares that are all below one are asked about: 0.42 may be 42 %."""
    question = column.question
    if question is None or any("%" in row[place].text for row in block.rows):
        return
    shares = [v for row in block.rows if (v := number_in(row[place].text)) is not None]
    chosen = ask_percent(question, shares, said, place, draft)
    if chosen is not None:
        column.factor = None if chosen in ("", SKIP) else Fraction(1 if chosen == "keep" else 100)


def _tonnes(table: TableQuestion, own: str) -> bool:
    """A tonne of water is a m³."""
    return own == "m³" and table.id.startswith("water.")


def _as_written(head: Head) -> str:
    found = re.search(re.escape(head.unit), head.text, re.IGNORECASE)
    return found[0] if found else head.unit


def _ask(column: _Column, place: int, text: str, own: str, draft: Draft) -> Fraction | None:
    chosen = draft.ask(
        f"unit:{place}",
        text,
        (
            ("1", f"数就是 {own}"),
            ("1000", f"是千 {own}"),
            ("10000", f"是万 {own}"),
            (SKIP, "这一列不写"),
        ),
        column=place,
    )
    return Fraction(chosen) if chosen and chosen != SKIP else None


# ------------------------------------------------------------------ rows


def _body(table: TableQuestion, block: Block, draft: Draft) -> list[int]:
    found = []
    totals = False
    for index, row in enumerate(block.rows):
        texts = [cell.text.strip() for cell in row if cell.text.strip()]
        if not texts and not any(cell.note for cell in row):
            continue
        if any(is_total(cell.text) for cell in row[:4] if not is_number(cell.text)) or re.fullmatch(
            r"第\d+页(?:共\d+页)?", tight(texts[0]) if texts else ""
        ):
            totals = True
            continue
        if (
            block.head_count
            and len(texts) == 1
            and len(block.heads) > 2
            and re.match(
                r"(?:注|备注|说明|填表|制表|审核|单位负责人|日期)[:：]|[一二三四五六七八九十]+、|\([一二三四五六七八九十]+\)",
                fold(texts[0]),
            )
        ):
            draft.say(f"「{texts[0][:20]}」不是一行数据，没有写")
            continue
        found.append(index)
    if totals:
        draft.say("合计、平均这些行不写，只拿来核对")
    return found


def _rows_and_cells(
    table: TableQuestion,
    grid: Grid,
    book: AnswerBook,
    ids: Sequence[str],
    top_left: tuple[str, str] | None,
    block: Block,
    columns: list[_Column],
    unit_column: int | None,
    body: list[int],
    title_units: tuple[str, ...],
    reason: str,
    draft: Draft,
    new_ids: Callable[[int], Sequence[str]],
) -> PastePlan:
    _check_sums(block, columns, draft)
    typed = [c for c in table.columns if not c.derived]
    key_question = next(
        (c for c in typed if c.kind in (QuestionKind.TEXT, QuestionKind.CHOICE)), None
    )
    key_place = next(
        (
            p
            for p, c in enumerate(columns)
            if key_question is not None
            and c.question is not None
            and c.question.id == key_question.id
        ),
        None,
    )
    waiting = 0
    read: dict[int, dict[str, tuple[Answer, int, GridCell]]] = {}
    our_unit = next((c for c in typed if c.id == "unit" and c.kind is QuestionKind.TEXT), None)
    for index in body:
        found: dict[str, tuple[Answer, int, GridCell]] = {}
        unit = block.rows[index][unit_column].text.strip() if unit_column is not None else ""
        for place, column in enumerate(columns):
            question = column.question
            if question is None or (question.kind is QuestionKind.NUMBER and column.factor is None):
                continue
            cell = block.rows[index][place]
            if cell.merged and place == key_place and index and not cell.text.strip():
                cell = _above_cell(block.rows, index, place)
            factor = column.factor or Fraction(1)
            own = question.unit
            if (
                unit
                and question.kind is QuestionKind.NUMBER
                and own
                and not column.said
                and place != unit_column
            ):
                fitted = fit(unit, own, _tonnes(table, own))
                if fitted.factor is not None:
                    factor = fitted.factor
                elif (
                    _is_amount(question)
                    and our_unit is None
                    and cell.text.strip()
                    and number_in(cell.text)
                ):
                    draft.problem(
                        cell.place,
                        f"单位是「{unit}」，这一列要 {own}，换算不了，没有写",
                        f"换成 {own} 再粘",
                        row=index,
                        column=place,
                    )
                    continue
            out: list[tuple[str, str]] = []
            beside = ""
            if (
                our_unit is not None
                and not own
                and _is_amount(question)
                and not column.unit_from_head
            ):
                cell, beside = _unit_beside(cell)
            if beside:
                given = found.get("unit")
                stands = given[0].text if given is not None and isinstance(given[0], Given) else ""
                into = fit(beside, stands).factor if stands else Fraction(1)
                if into is None:
                    draft.problem(
                        cell.place,
                        f"写的是 {beside}，单位那一格是 {stands}，没有写",
                        "核对单位，改好再粘",
                        row=index,
                        column=place,
                    )
                    continue
                factor *= into
                if not stands:
                    found["unit"] = (Given(beside), place, GridCell(beside, cell.place))
            got = read_cell(
                question,
                cell,
                reason,
                _into(out),
                factor=factor,
                say=draft.say,
            )
            for what, remedy in out:
                draft.problem(cell.place, what, remedy, row=index, column=place)
            waiting += got.waiting
            if got.answer is not None:
                found[question.id] = (got.answer, place, cell)
            if column.unit_from_head and our_unit is not None and got.value is not None:
                given = found.get("unit")
                if given is None:
                    found["unit"] = (
                        Given(column.unit_from_head),
                        place,
                        GridCell(column.unit_from_head, cell.place),
                    )
                elif isinstance(given[0], Given) and tight(given[0].text) != tight(
                    column.unit_from_head
                ):
                    draft.problem(
                        cell.place,
                        f"列名写 {column.unit_from_head}，单位那一格写 {given[0].text}，没有写",
                        "核对单位，改好再粘",
                        row=index,
                        column=place,
                    )
                    found.pop(question.id)
        read[index] = found
    body = [
        index
        for index in body
        if read[index]
        or any(
            block.rows[index][p].text.strip()
            for p, c in enumerate(columns)
            if c.question is not None
        )
    ]
    rows, added, cleared, unchanged = _place(
        table, book, ids, top_left, block, columns, key_question, body, read, draft, new_ids
    )
    planned: list[PlannedCell] = []
    changes: list[Change | RowsChange] = []
    for index, row_id in rows.items():
        for column_id, (answer, place, cell) in read[index].items():
            key = cell_key(table.id, row_id, column_id)
            before = book.get(key)
            if answer == before or (
                isinstance(answer, Given)
                and isinstance(before, Given)
                and answer.text == before.text
            ):
                unchanged += 1
                continue
            planned.append(
                PlannedCell(
                    index,
                    place,
                    key,
                    row_id,
                    column_id,
                    cell.text.strip(),
                    before,
                    answer,
                    cell.place,
                )
            )
    planned, undone = ask_not_applicable(table, book, planned, draft)
    planned.sort(key=lambda c: (c.row, c.column))
    used = {cell.row_id for cell in planned}
    fresh = tuple(row_id for row_id in added if row_id in used)
    if fresh:
        before_rows = book.row_ids(table.id)
        changes.append(RowsChange(table.id, before_rows, before_rows + fresh))
    written = {cell.key for cell in planned}
    changes += [change for change in cleared if change.key not in written]
    changes += [*undone, *(Change(cell.key, cell.before, cell.after) for cell in planned)]
    if waiting:
        draft.problem(
            "", f"有 {waiting} 格写着「/」，看成不适用，还没写原因", "在下面写一句原因，就一起写入"
        )
    shown_rows = [rows.get(index, "") for index in range(len(block.rows))]
    source_columns = tuple(
        SourceColumn(
            column.head.text,
            column.question.id if column.question else UNUSED,
            column.by,
            column.factor or Fraction(1),
            column.head.unit or (column.question.unit if column.question else ""),
        )
        for column in columns
    )
    return PastePlan(
        table=table,
        grid=Grid(tuple(block.rows), grid.notes, grid.sheet, grid.file),
        head_rows=0,
        columns=source_columns,
        rows=tuple(shown_rows),
        cells=tuple(planned),
        changes=tuple(changes),
        problems=tuple(draft.problems),
        understood=tuple(draft.understood),
        questions=tuple(draft.questions),
        reason_needed=waiting,
        unchanged=unchanged,
        settled=tuple(draft.settled),
    )


def _unit_beside(cell: GridCell) -> tuple[GridCell, str]:
    """「12.5吨」 as its number and its unit; the cell as it is when it holds no unit."""
    found = _WITH_UNIT.fullmatch(cell.text.strip())
    if found is None or not is_unit(found[2]):
        return cell, ""
    return cell._replace(text=found[1]), found[2]


def _into(out: list[tuple[str, str]]) -> Callable[[str, str], None]:
    """A collector of what is refused."""
    return lambda what, remedy: out.append((what, remedy))


def _above_cell(rows: list[tuple[GridCell, ...]], index: int, place: int) -> GridCell:
    while index > 0 and not rows[index][place].text.strip():
        index -= 1
    return rows[index][place]


def _check_sums(block: Block, columns: list[_Column], draft: Draft) -> None:
    """A total row of the list against its rows; the column is asked about where they differ."""
    totals = [
        i
        for i, row in enumerate(block.rows)
        if any(is_total(c.text) for c in row[:4] if not is_number(c.text))
    ]
    if not totals:
        return
    last = totals[-1]
    for place, column in enumerate(columns):
        if (
            column.question is None
            or column.question.kind is not QuestionKind.NUMBER
            or column.factor is None
        ):
            continue
        written = number_in(block.rows[last][place].text)
        if not written:
            continue
        values = [
            number_in(row[place].text)
            for i, row in enumerate(block.rows)
            if i not in totals and i < last
        ]
        before = totals[-2] if len(totals) > 1 else -1
        since = [
            number_in(row[place].text) for i, row in enumerate(block.rows) if before < i < last
        ]
        sums = [sum((v for v in some if v is not None), Fraction(0)) for some in (values, since)]
        if any(abs(written - one) * 1000 <= abs(one) for one in sums):
            continue
        chosen = draft.ask(
            f"total:{place}",
            f"{block.rows[last][place].place} 原表合计写 {brief(written)}，各行加起来是 {brief(sums[0])}：是不是漏了行，或者有一格不对？",
            (("keep", "各行照写，合计不写"), (SKIP, "这一列不写")),
            column=place,
        )
        if chosen != "keep":
            column.factor = None


def _place(
    table: TableQuestion,
    book: AnswerBook,
    ids: Sequence[str],
    top_left: tuple[str, str] | None,
    block: Block,
    columns: list[_Column],
    key: Question | None,
    body: list[int],
    read: Mapping[int, Mapping[str, tuple[Answer, int, GridCell]]],
    draft: Draft,
    new_ids: Callable[[int], Sequence[str]],
) -> tuple[dict[int, str], tuple[str, ...], list[Change], int]:
    """Block row -> row id, new ids in order, cells cleared in overwritten rows, cells found unchanged."""
    typed = [c.id for c in table.columns if not c.derived]
    full = [
        r for r in ids if any(book.answers.get(cell_key(table.id, r, c)) is not None for c in typed)
    ]
    empty = [r for r in ids if r not in full]
    rows: dict[int, str] = {}
    unchanged = 0
    has_key = key is not None and any(key.id in read[i] for i in body)
    if not block.head_count and not has_key and top_left is not None and top_left[0] in ids:
        # bare numbers go over what stands there, as in any spreadsheet
        rest = list(ids[ids.index(top_left[0]) :])
        span = body[-1] - body[0] + 1 if body else 0  # empty rows keep their places
        fresh = tuple(new_ids(max(0, span - len(rest))))
        if fresh:
            draft.say(f"会加 {len(fresh)} 行")
        places = [*rest, *fresh]
        return {index: places[index - body[0]] for index in body}, fresh, [], 0
    if not full:
        if top_left is not None and top_left[0] in empty:
            empty = empty[empty.index(top_left[0]) :]
        fresh = tuple(new_ids(max(0, len(body) - len(empty))))
        if fresh:
            draft.say(f"会加 {len(fresh)} 行")
        return dict(zip(body, [*empty, *fresh], strict=False)), fresh, [], 0
    same_as = _identical(table, book, full, body, read)
    for index in same_as:
        unchanged += len(read[index])
    left = [i for i in body if i not in same_as]
    if same_as:
        draft.say(f"有 {len(same_as)} 行和已有的一样，不再写")
    if not left:
        return {}, (), [], unchanged
    by_name: dict[str, list[str]] = defaultdict(list)
    if key is not None:
        for row_id in full:
            by_name[_plain(book.text(cell_key(table.id, row_id, key.id)))].append(row_id)
    pasted_names = [_plain_answer(read[i].get(key.id)) if key is not None else "" for i in left]
    twins = {
        n: by_name[n][0]
        for n in pasted_names
        if n and len(by_name.get(n, ())) == 1 and pasted_names.count(n) == 1
    }
    at_cursor = top_left is not None and top_left[0] in full
    unique = len(set(by_name)) == len(full)
    if not (at_cursor or (twins and unique)):
        fresh = tuple(new_ids(max(0, len(left) - len(empty))))
        draft.say(f"加在后面，新增 {len(left)} 行")
        return dict(zip(left, [*empty, *fresh], strict=False)), fresh, [], unchanged
    choices = [("add", f"加在后面，新增 {len(left)} 行")]
    if twins and unique:
        choices.insert(
            0,
            (
                "same",
                f"同名的 {len(twins)} 行更新"
                + (f"，另加 {len(left) - len(twins)} 行" if len(left) > len(twins) else ""),
            ),
        )
    if at_cursor and top_left is not None:
        first = row_label(table, top_left[0], book)
        choices.append(("over", f"从「{first}」往下覆盖，原来那几行换掉"))
    chosen = draft.ask(
        "rows",
        f"表里已经有 {len(full)} 行，贴进来 {len(left)} 行：放在哪里？",
        (*choices, (SKIP, "都不写")),
    )
    if chosen == "add":
        fresh = tuple(new_ids(max(0, len(left) - len(empty))))
        return dict(zip(left, [*empty, *fresh], strict=False)), fresh, [], unchanged
    if chosen == "same":
        others = [i for i, n in zip(left, pasted_names, strict=True) if n not in twins]
        fresh = tuple(new_ids(max(0, len(others) - len(empty))))
        rows = {i: twins[n] for i, n in zip(left, pasted_names, strict=True) if n in twins}
        rows |= dict(zip(others, [*empty, *fresh], strict=False))
        return rows, fresh, [], unchanged
    if chosen == "over" and top_left is not None:
        rest = list(ids[list(ids).index(top_left[0]) :])
        fresh = tuple(new_ids(max(0, len(left) - len(rest))))
        rows = dict(zip(left, [*rest, *fresh], strict=False))
        cleared = []
        for index, row_id in rows.items():
            if row_id in fresh or not has_key:
                continue
            name = _plain_answer(read[index].get(key.id)) if key is not None else ""
            if key is not None and name == _plain(book.text(cell_key(table.id, row_id, key.id))):
                continue  # the same material: what is not pasted stays
            for column in typed:
                where = cell_key(table.id, row_id, column)
                if column not in read[index] and book.answers.get(where) is not None:
                    cleared.append(Change(where, book.get(where), MISSING))
        return rows, fresh, cleared, unchanged
    return {}, (), [], unchanged


def _plain(text: str) -> str:
    return tight(text)


def _plain_answer(found: tuple[Answer, int, GridCell] | None) -> str:
    return tight(found[0].text) if found is not None and isinstance(found[0], Given) else ""


def _identical(
    table: TableQuestion,
    book: AnswerBook,
    full: Sequence[str],
    body: list[int],
    read: Mapping[int, Mapping[str, tuple[Answer, int, GridCell]]],
) -> dict[int, str]:
    """Pasted rows that stand there already, word for word, each existing row once."""
    free = list(full)
    found: dict[int, str] = {}
    for index in body:
        if not read[index]:
            continue
        for row_id in free:
            if all(
                _alike(answer, book.get(cell_key(table.id, row_id, column)))
                for column, (answer, _, _) in read[index].items()
            ):
                found[index] = row_id
                free.remove(row_id)
                break
    return found


def _alike(one: Answer, other: Answer) -> bool:
    if isinstance(one, Given) and isinstance(other, Given):
        return one.text == other.text
    return one == other


# ------------------------------------------------------------------ ledgers


def _ledger(
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
    year_columns = _years(table, base_year)
    amount = next(
        (
            c
            for c in table.columns
            if not c.derived and c.kind is QuestionKind.NUMBER and c.id in _AMOUNTS
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
        name = row[name_at].text.strip() or (_above_cell(block.rows, i, name_at).text.strip())
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


__all__ = ["RowsKind", "plan_list", "year_label"]
