"""The measures of an audit as values: read from the tables of measures, with what is wrong with each."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from app.assessment.finding import Missing, NotApplicable
from app.assessment.indicator_system import Indicator, IndicatorKind
from app.assessment.numbers import brief, parse_exact
from app.audit.measures import SAVINGS, TABLE, code_of, saved
from app.audit.project import AuditProject
from app.errors import Problem
from app.forms.answer import Answer, AnswerBook, Given, cell_key, override_key
from app.forms.measure_data import Stream
from app.forms.once import once

DROPPED, DONE, IDEA = "dropped", "done", "idea"
FEASIBLE = ("feasible", "doing", DONE)
_PAIR = re.compile(r"\s*(.+?)\s*(?:=|＝|:|：|到|→|做到)\s*([^=＝:：→]+?)\s*")
_LEVELS = {
    "Ⅰ": "I", "Ⅱ": "II", "Ⅲ": "III", "I": "I", "II": "II", "III": "III", "1": "I", "2": "II", "3": "III",
    "一": "I", "二": "II", "三": "III", "是": "I", "达到": "I",
}  # fmt: skip


@dataclass(frozen=True)
class Measure:
    """One row. cost, saving: 万元, None while open. savings: by stream id, of a year. raises: by indicator id, the answer
    text it will have. place: where it is used, "" = not said."""

    row_id: str
    code: str
    name: str
    aspect: str
    place: str
    state: str
    cost: Fraction | None
    saving: Fraction | None
    life: int | None
    savings: Mapping[str, Fraction]
    raises: Mapping[str, str]
    problems: tuple[Problem, ...] = ()


@once
def measures_of(project: AuditProject) -> tuple[Measure, ...]:
    """Every row with a name, in order."""
    if TABLE not in project.index.tables:
        return ()
    rows = project.book.row_ids(TABLE)
    named = [row for row in rows if project.book.text(cell_key(TABLE, row, "name")).strip()]
    return tuple(_measure(project, row) for row in named)


def _measure(project: AuditProject, row_id: str) -> Measure:
    book = project.book

    def text(column: str) -> str:
        return book.text(cell_key(TABLE, row_id, column)).strip()

    def amount(column: str) -> Fraction | None:
        return number_of(book.get(cell_key(TABLE, row_id, column)))

    savings = {}
    for stream in project.reference.streams:
        value = saved(project.derivation, project.reference.streams, row_id, stream)
        if value:
            savings[stream.id] = value
    savings = with_implied(project, savings)
    name = text("name")
    raises, faults = raises_of(project, text("raises"), name)
    problems = [*faults, *_beyond(project, name, savings)]
    saving = amount("saving")
    if saving is None and SAVINGS in project.index.tables:
        saving = project.derivation.cell(SAVINGS, row_id, "money").value
    life = text("life")
    return Measure(
        row_id,
        code_of(book, row_id),
        name,
        text("aspect"),
        text("where"),
        text("state"),
        amount("cost"),
        saving,
        int(life) if life.isdigit() else None,
        savings,
        raises,
        tuple(problems),
    )


def number_of(answer: Answer) -> Fraction | None:
    """A typed number; 0 where it does not apply; None while open or unreadable."""
    if isinstance(answer, NotApplicable):
        return Fraction(0)
    if isinstance(answer, Missing) or not answer.text:
        return None
    try:
        return parse_exact(answer.text)
    except ValueError:
        return None


def stream_of(project: AuditProject, stream_id: str) -> Stream:
    """KeyError for an unknown one."""
    for stream in project.reference.streams:
        if stream.id == stream_id:
            return stream
    raise KeyError(stream_id)


def whole_of(project: AuditProject, stream: Stream) -> Fraction | None:
    """What a year of the stream amounts to; None where nobody asked, or while it is open."""
    return _figure_of(project, stream.whole)


def _figure_of(project: AuditProject, quantity_id: str) -> Fraction | None:
    if not quantity_id or quantity_id not in project.derivation.quantities:
        return None
    return project.derivation.figure(quantity_id).value


def with_implied(project: AuditProject, savings: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """With what falls along and nobody stated: less VOC made is less emitted, by the audit's own capture and treatment."""
    made = dict(savings)
    derivation, book = project.derivation, project.book
    for stream in project.reference.streams:
        amount = savings.get(stream.id)
        if not amount or not stream.implies or stream.implies in savings:
            continue
        further = stream_of(project, stream.implies)
        if not {stream.whole, further.whole} <= derivation.quantities.keys():
            continue
        whole, before = (derivation.figure(one.whole).value for one in (stream, further))
        if whole is None or before is None or amount > whole:
            continue
        answers = {**book.answers, override_key(stream.whole): Given(str(whole - amount))}
        later = derivation.with_book(AnswerBook(answers, book.rows))
        after = later.figure(further.whole).value
        if after is not None and after != before:
            made[further.id] = before - after
    return made


def _beyond(project: AuditProject, name: str, savings: Mapping[str, Fraction]) -> list[Problem]:
    """No saving above the stream it saves from."""
    found = []
    for stream_id, amount in savings.items():
        stream = stream_of(project, stream_id)
        whole = whole_of(project, stream)
        most = _figure_of(project, stream.most)
        if most is not None and (whole is None or most < whole):
            whole = most
        if whole is not None and amount > whole and not stream.more:
            found.append(
                Problem(
                    f"{name}　{stream.title}",
                    f"省 {brief(amount)} {stream.unit}，比全年的 {brief(whole)} {stream.unit} 还多",
                    "核对数量和单位。",
                )
            )
    return found


def raises_of(
    project: AuditProject, text: str, name: str = ""
) -> tuple[Mapping[str, str], list[Problem]]:
    """「电镀生产线=Ⅱ；pH 控制=Ⅰ」 as answers by indicator id, and what in it cannot be understood."""
    raises: dict[str, str] = {}
    problems = []
    where = f"{name}　指标做到几级" if name else "指标做到几级"
    for part in re.split(r"[;；\n]", text):
        if not part.strip():
            continue
        pair = _PAIR.fullmatch(part)
        if pair is None:
            problems.append(
                Problem(where, f"看不懂「{part.strip()}」", "写成「指标名=Ⅱ」，几项用分号隔开。")
            )
            continue
        if project.system is None:
            problems.append(Problem(where, "这个案卷没有指标体系", "先选指标体系，或清空这一格。"))
            break
        indicators = [i for one in project.system.parts(project.table_id) for i in one.indicators()]
        found = _indicators_called(indicators, pair[1])
        if len(found) != 1:
            what = "不止一项指标像" if found else "没有指标叫"
            problems.append(Problem(where, f"{what}「{pair[1]}」", "照对标页上的指标名写。"))
            continue
        answer = _reached(found[0], pair[2])
        if answer is None:
            problems.append(
                Problem(where, f"「{found[0].name}」不能做到「{pair[2]}」", _remedy(found[0]))
            )
            continue
        raises[found[0].id] = answer
    return raises, problems


def _indicators_called(indicators: list[Indicator], text: str) -> list[Indicator]:
    exact = [one for one in indicators if text in (one.id, one.name)]
    return exact or [one for one in indicators if len(text) >= 2 and text in one.name]


def _reached(indicator: Indicator, text: str) -> str | None:
    plain = text.strip().removesuffix("级").strip()
    if indicator.kind is not IndicatorKind.QUANTITATIVE:
        return _LEVELS.get(plain.upper() if plain.isascii() else plain)
    try:
        return str(parse_exact(plain.replace(",", "").rstrip("%％")))
    except ValueError:
        return None


def _remedy(indicator: Indicator) -> str:
    if indicator.kind is IndicatorKind.QUANTITATIVE:
        return "这项是数，写成「指标名=12.5」。"
    return "写Ⅰ、Ⅱ或Ⅲ。"


def problems_of(measures: tuple[Measure, ...]) -> tuple[Problem, ...]:
    """Everything wrong with them, numbers used twice among it."""
    twice = {one.code for one in measures if sum(o.code == one.code for o in measures) > 1}
    repeated = [
        Problem(one.name, f"编号 {one.code} 用了两次", "换一个编号。")
        for one in measures
        if one.code in twice
    ]
    return (*(p for one in measures for p in one.problems), *repeated)


_METALS = {"zinc": "锌", "copper": "铜", "nickel": "镍"}


def price_of(project: AuditProject, stream: Stream) -> Fraction | None:
    """元 a unit of the stream by the audit itself: the mean of its bills, what it says of treating waste water, the material list's
    price of a metal in kg. None where nobody said."""
    if stream.price and stream.price in project.derivation.quantities:
        return project.derivation.figure(stream.price).value
    book = project.book
    if stream.id == "drain":
        return number_of(book.get("measures.drain_price"))
    name = _METALS.get(stream.id)
    for row in book.row_ids("materials.list") if name else ():
        called = book.text(cell_key("materials.list", row, "name"))
        if f"折{name}" in called and book.text(cell_key("materials.list", row, "unit")) == "kg":
            return number_of(book.get(cell_key("materials.list", row, "price")))
    return None
