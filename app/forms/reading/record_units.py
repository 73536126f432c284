"""The unit of a source against the one its column asks for."""

import re
from collections.abc import Mapping
from fractions import Fraction

from app.assessment.numbers import brief
from app.forms.question import Question, QuestionKind, RowsKind, TableQuestion
from app.forms.reading.entries import ChosenColumn, unit_of_row
from app.forms.reading.plan import (
    SKIP,
    Draft,
)
from app.forms.reading.sources import Source
from app.forms.reading.units import fit
from app.forms.reading.words import meaning_of_column, tight

# Columns whose unit clients leave out although they write another one: what else it may be.
_ASKED_UNITS = {
    "万元": (("1/10000", "元"), ("1/10", "千元")),
    "kg": (("1000", "t"),),
    "t": (("1/1000", "kg"),),
    "m²": (("10000", "万 m²"),),
}


def choose_units(
    table: TableQuestion,
    column: ChosenColumn,
    view: int,
    factors: Mapping[int, Fraction],
    draft: Draft,
) -> None:
    question, source = column.question, column.source
    if question is None or question.kind is not QuestionKind.NUMBER:
        return
    meaning = meaning_of_column(question)
    tonnes = meaning is not None and meaning.carrier.tonnes
    for unit in dict.fromkeys(entry.unit for entry in source.entries):
        if view in factors:
            column.factors[unit], column.said = factors[view], True
            continue
        if not question.unit and any(unit_of_row(table, option.id) for option in table.fixed_rows):
            column.factors[unit] = Fraction(1)  # each row has its own unit
            continue
        column.factors[unit] = _factor(table, column, unit, question, tonnes, view, draft)


def _factor(
    table: TableQuestion,
    column: ChosenColumn,
    unit: str,
    question: Question,
    tonnes: bool,
    view: int,
    draft: Draft,
) -> Fraction | None:
    source = column.source
    own = question.unit
    name = source.head.text or question.title
    titled = [
        t
        for t in source.title_units
        if (f := fit(t, own, tonnes)).factor is not None and not f.bare
    ]
    if unit:
        found = fit(unit, own, tonnes)
        if found.factor is not None:
            column.said = True
            other = next((t for t in titled if fit(t, own, tonnes).factor != found.factor), None)
            if other is not None:
                return _ask_unit(
                    column, f"unit:{question.id}:{unit}", f"「{name}」的列名写 {unit}，上面的标题写 {other}：哪个对？",
                    [(str(found.factor), f"按 {unit}"), (str(fit(other, own, tonnes).factor), f"按 {other}")], view, draft,
                )  # fmt: skip
            if found.factor != 1:
                shown = _unit_as_written(source, unit)
                scale = f"当作{shown} {own}" if found.bare else f"按 {shown}"
                draft.say(f"「{name}」{scale} 换算成 {own}：乘 {brief(found.factor)}")
            return found.factor
        shown = _unit_as_written(source, unit)
        if own == "kWh" and tight(unit) in ("kw", "千瓦", "万kw", "万千瓦"):
            power = 10000 if "万" in unit else 1
            return _ask_unit(
                column, f"unit:{question.id}:{unit}", f"「{name}」的单位写的是 {shown}，那是功率：是 {shown}h 吗？",
                [(str(power), f"是{'万' if power > 1 else ''} kWh")], view, draft,
            )  # fmt: skip
        if found.other or not own:
            draft.problem(
                f"第 {view + 1} 列",
                f"「{name}」的单位是 {shown}，这一列要 {own or '别的'}，换算不了，没有写",
                "换一列，或改好单位再粘",
                column=view,
            )
            return None
        return _ask_unread(column, shown, question, name, view, draft)
    if source.head.unread:
        counted = fit(source.head.unread, own, tonnes).factor
        if counted is not None and own:
            column.said = True
            return counted  # a word that is a unit in this column only: 层, 人次
        return _ask_unread(column, source.head.unread, question, name, view, draft)
    if titled:
        factor = fit(titled[0], own, tonnes).factor
        assert factor is not None
        several = {fit(t, own, tonnes).factor for t in titled}
        if len(several) > 1:
            return _ask_unit(
                column, f"unit:{question.id}:title", f"标题里有两种单位：{'、'.join(titled)}，「{name}」是哪一种？",
                [(str(fit(t, own, tonnes).factor), f"按 {t}") for t in titled], view, draft,
            )  # fmt: skip
        column.said = True
        if factor != 1:
            draft.say(f"「{name}」按标题里的 {titled[0]} 换算成 {own}：乘 {brief(factor)}")
        return factor
    if (
        table.rows is not RowsKind.MONTHS
        and own in _ASKED_UNITS
        and source.head.text
        and source.entries
    ):
        if tight(source.head.text) == tight(question.title) and column.by == "位置":
            return Fraction(1)
        written = any(re.search(r"\d\s*[a-zA-Z一-龥]", e.cell.text) for e in source.entries)
        if not written and not source.title_units:
            return _ask_unit(
                column,
                f"unit:{question.id}:none",
                f"「{name}」没写单位：是 {own} 吗？",
                [
                    ("1", f"是 {own}"),
                    *((factor, f"是 {unit}") for factor, unit in _ASKED_UNITS[own]),
                ],
                view,
                draft,
            )
    for text in source.title_units:
        found = fit(text, own, tonnes)
        if found.bare:
            assert found.factor is not None
            return _ask_unit(
                column, f"unit:{question.id}:title", f"标题写「单位：{text}」，「{name}」也是{text} {own} 吗？",
                [(str(found.factor), f"是{text} {own}"), ("1", f"就是 {own}")], view, draft,
            )  # fmt: skip
        if not found.other and found.factor is None:
            return _ask_unread(column, text, question, name, view, draft)
    return Fraction(1)


def _unit_as_written(source: Source, unit: str) -> str:
    found = re.search(re.escape(unit), source.head.text, re.IGNORECASE)
    return found[0] if found else unit


def _ask_unread(
    column: ChosenColumn, shown: str, question: Question, name: str, view: int, draft: Draft
) -> Fraction | None:
    own = question.unit
    return _ask_unit(
        column, f"unit:{question.id}:{shown}", f"「{name}」里的「{shown}」看不懂，是单位吗？",
        [("1", f"数就是 {own}" if own else "照写"), ("1000", f"是千 {own}"), ("10000", f"是万 {own}")], view, draft,
    )  # fmt: skip


def _ask_unit(
    column: ChosenColumn,
    doubt: str,
    text: str,
    choices: list[tuple[str, str]],
    view: int,
    draft: Draft,
) -> Fraction | None:
    chosen = draft.ask(doubt, text, [*choices, (SKIP, "这一列不写")], column=view)
    column.said = True
    return Fraction(chosen) if chosen and chosen != SKIP else None
