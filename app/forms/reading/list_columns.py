"""Columns of a free table: by their heads or by their place, and the units of their numbers."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from statistics import median

from app.assessment.numbers import brief
from app.forms.cell_words import number_in
from app.forms.grid import Grid, GridCell
from app.forms.question import Question, QuestionKind, TableQuestion
from app.forms.reading.blocks import Block, is_number
from app.forms.reading.columns import Match, Names
from app.forms.reading.heads import Head, read_head, years_in
from app.forms.reading.nets import ask_percent
from app.forms.reading.plan import SKIP, Draft
from app.forms.reading.units import fit, is_unit
from app.forms.reading.words import tight, words

_YEAR_COLUMN = re.compile(r"y[0-2]")
AMOUNTS = ("amount", "used", "bought", "input", "weight")
_MASSES = ("kg", "t", "m³", "t/年", "m²")
_LARGE_MONEY = 5000  # 万元: a list without units that says more is likely in 元


@dataclass
class ListColumn:
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


def columns_of_years(table: TableQuestion, base_year: int | None) -> dict[int, Question]:
    if base_year is None:
        return {}
    found = {}
    for column in table.columns:
        if not column.derived and _YEAR_COLUMN.fullmatch(column.id):
            found[base_year - int(column.id[1])] = column
    return found


def by_head(
    table: TableQuestion,
    names: Names,
    block: Block,
    grid: Grid,
    columns: list[ListColumn],
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


def _ask_name(table: TableQuestion, block: Block, columns: list[ListColumn], draft: Draft) -> None:
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
    columns: list[ListColumn],
    lone: list[ListColumn],
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


def _settle(target: str, places: list[int], columns: list[ListColumn], draft: Draft) -> None:
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


def by_place(
    table: TableQuestion,
    block: Block,
    columns: list[ListColumn],
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


def find_unit_column(table: TableQuestion, block: Block, columns: list[ListColumn]) -> int | None:
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


def is_amount(question: Question) -> bool:
    return (
        bool(_YEAR_COLUMN.fullmatch(question.id))
        or question.id in AMOUNTS
        or question.title in ("年用量", "用量", "数量")
    )


def choose_unit(
    table: TableQuestion,
    block: Block,
    columns: list[ListColumn],
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
            if our_unit is not None and is_amount(question):
                column.unit_from_head = _as_written(head)
            return
        found = fit(head.unit, own, question.tonnes)
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
            and is_amount(question)
            and unit_column is None
            and len(title_units) == 1
        ):
            column.unit_from_head = title_units[0]
        return
    if unit_column is not None and is_amount(question):
        return
    if own == "%":
        _percent(block, column, place, False, draft)
        return
    if column.by == "位置" or not head.text:
        return
    numbers = [abs(v) for row in block.rows if (v := number_in(row[place].text)) is not None and v]
    own_written = any(re.search(r"\d\s*[a-zA-Z一-龥]", row[place].text) for row in block.rows)
    if is_amount(question) and own in _MASSES and numbers and not own_written:
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


def _percent(block: Block, column: ListColumn, place: int, said: bool, draft: Draft) -> None:
    """Shares that are all below one are asked about: 0.42 may be 42 %."""
    question = column.question
    if question is None or any("%" in row[place].text for row in block.rows):
        return
    shares = [v for row in block.rows if (v := number_in(row[place].text)) is not None]
    chosen = ask_percent(question, shares, said, place, draft)
    if chosen is not None:
        column.factor = None if chosen in ("", SKIP) else Fraction(1 if chosen == "keep" else 100)


def _as_written(head: Head) -> str:
    found = re.search(re.escape(head.unit), head.text, re.IGNORECASE)
    return found[0] if found else head.unit


def _ask(column: ListColumn, place: int, text: str, own: str, draft: Draft) -> Fraction | None:
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
