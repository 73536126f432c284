"""Checking a row by typing the official text again: what is to be typed, how it compares, what comes of it.

The values of the library are not shown before the same thing has been typed. A difference changes nothing by itself:
both readings are kept until a second person has typed the row too.
"""

import enum
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from app.assessment.indicator_system import (
    LEVELS,
    Benchmark,
    Category,
    Family,
    Indicator,
    IndicatorKind,
    IndicatorSystem,
    Level,
    LevelRule,
    Limit,
    Linear,
    Method,
    Provenance,
    Span,
    Verification,
)
from app.assessment.numbers import number_text
from app.assessment.units import UNITS, find_unit
from app.audit.wording import sign, threshold_text
from app.errors import Problem, UserError
from app.exchange.cell_text import NotUnderstoodError, Threshold, fold, read_number, read_threshold
from app.services.systems import change_system
from app.standards.verification import (
    ALONE,
    Check,
    checked_alone,
    confirm_row,
    correct_row,
    is_confirmed,
    is_verified,
    verify_category,
    verify_method,
    verify_row,
    with_extra,
)
from app.storage.catalogue_store import Catalogue

OPEN = "打的不一样"  # a reading nobody has confirmed yet
PAST = "核对经过"
_SHARED = re.compile(r"\s*/\s*[a-zA-Z]\s*$")
_LEVEL_OF = {level.code: level for level in LEVELS}
_YES, _NO = "是", "否"
_ABSENT = "—"
_NO_UNIT = ("—", "-", "无量纲", "无")
_NOT_KNOWN = "没有收录"


class Kind(enum.Enum):
    TEXT = "text"
    YES_NO = "yes_no"
    READING = "reading"  # our words are shown, the official text is read: same meaning or not


@dataclass(frozen=True)
class Field:
    """One thing to type: a level's code, weight, points, base, limiting, unit or reading."""

    id: str
    label: str
    kind: Kind


@dataclass(frozen=True)
class Compared:
    """typed: as understood. ours: what the library has. problem: why the typing is not understood, "" when it is."""

    typed: str
    ours: str
    same: bool
    problem: str = ""


@dataclass(frozen=True)
class Dispute:
    """A reading that differs from the library: who typed it, when, from which print; typed by field id."""

    by: str
    on: str
    against: str
    typed: Mapping[str, str]


class Outcome(enum.Enum):
    VERIFIED = "verified"
    CONFIRMED = "confirmed"
    KEPT_BOTH = "kept_both"
    CORRECTED = "corrected"


@dataclass(frozen=True)
class Item:
    """A line of the list to check: the rules for the levels (no category), the first-level weight of a category (no
    row), or an indicator."""

    method: Method
    category: Category | None = None
    row: Indicator | None = None

    @property
    def name(self) -> str:
        if self.category is None:
            return "评级规则"
        return self.category.name if self.row is None else self.row.name

    @property
    def id(self) -> str:
        if self.category is None:
            return "method"
        return f"category:{self.category.id}" if self.row is None else self.row.id

    @property
    def mark(self) -> Provenance:
        """Where the line comes from and who checked it."""
        if self.row is not None:
            return self.row.provenance
        return self.method.provenance if self.category is None else self.category.provenance

    @property
    def state(self) -> Verification:
        return self.mark.verification if self.row is None else self.row.trust

    @property
    def is_verified(self) -> bool:
        if self.row is None:
            return self.mark.verification is Verification.VERIFIED
        return is_verified(self.row)

    @property
    def is_confirmed(self) -> bool:
        return self.row is not None and is_confirmed(self.row)

    @property
    def alone(self) -> str:
        """What the record says where one person both entered and checked the line and nobody else looked; "" otherwise."""
        return "" if self.row is None else self.row.extras.get(ALONE, "")

    @property
    def dispute(self) -> Dispute | None:
        return None if self.row is None else dispute_of(self.row)


def items_of(system: IndicatorSystem, table_id: str) -> tuple[Item, ...]:
    """What is to be checked of a table, in its order; rules and first-level weights only where the method has them."""

    def lines() -> Iterator[Item]:
        method = system.method
        if method.levels:
            yield Item(method)
        for category in system.table(table_id).categories:
            if method.family is Family.LEVEL_INDEX and category.weight is not None:
                yield Item(method, category)
            for row in category.indicators:
                yield Item(method, category, row)

    return tuple(lines())


def fields_of(system: IndicatorSystem, item: Item) -> tuple[Field, ...]:
    """What of a line is to be typed, in the order of a printed table."""
    row = item.row
    if item.category is None:
        indexed = [rule for rule in system.method.levels if rule.min_index is not None]
        numbers = [
            Field(rule.level.code, f"{rule.level.symbol} 级指数 ≥", Kind.TEXT) for rule in indexed
        ]
        return (*numbers, Field("reading", "评级条件", Kind.READING))
    if row is None:
        return (Field("weight", "一级权重", Kind.TEXT),)
    family = system.method.family
    fields = []
    if row.kind is IndicatorKind.QUANTITATIVE and row.benchmarks:
        fields += [Field(level.code, f"{level.symbol} 级", Kind.TEXT) for level in LEVELS]
    if row.base is not None:
        fields.append(Field("base", "基准值", Kind.TEXT))
    if family is Family.LEVEL_INDEX:
        fields.append(Field("weight", "二级权重", Kind.TEXT))
    if row.points is not None:
        fields.append(Field("points", "权重值", Kind.TEXT))
    if family in (Family.LEVEL_INDEX, Family.LEVEL_ONLY):
        fields.append(Field("limiting", "限定性", Kind.YES_NO))
    if row.kind is IndicatorKind.QUANTITATIVE:
        fields.append(Field("unit", "单位", Kind.TEXT))
    elif row.benchmarks:
        fields.append(Field("reading", "各级要求", Kind.READING))
    return tuple(fields)


def ours(item: Item, field_id: str) -> str:
    """What the library has, as shown beside the typed value."""
    row = item.row
    if item.category is None:
        if field_id in _LEVEL_OF:
            return _number(_value(item, field_id))
        return "；".join(map(rule_text, item.method.levels))
    if row is None:
        return _number(item.category.weight)
    if field_id in _LEVEL_OF:
        return threshold_text(row, _LEVEL_OF[field_id])
    match field_id:
        case "weight":
            if row.share is not None:
                return f"{_number(row.share.total)}/n"
            return _number(row.weight)
        case "points":
            return _number(row.points)
        case "base":
            return _number(row.base)
        case "limiting":
            return _NOT_KNOWN if row.limiting is None else _YES if row.limiting else _NO
        case "unit":
            return (UNITS[row.unit].symbol if row.unit else "") or _ABSENT
        case _:
            return "；".join(
                f"{level.symbol} {threshold_text(row, level)}"
                for level in LEVELS
                if level in row.benchmarks
            )


def rule_text(rule: LevelRule) -> str:
    """What a level asks, in short."""
    parts = []
    if rule.min_index is not None:
        parts.append(f"指数 ≥ {number_text(rule.min_index)}")
    if rule.limiting_level is not None:
        parts.append(f"限定性指标全到{rule.limiting_level.symbol}级")
    if rule.others_level is not None:
        parts.append(f"其他指标全到{rule.others_level.symbol}级")
    return f"{rule.level.symbol}级：{'，'.join(parts) or rule.rule_text}"


def _number(value: object) -> str:
    return _NOT_KNOWN if value is None else number_text(value)  # type: ignore[arg-type]


def compare(item: Item, field_id: str, typed: str) -> Compared:
    """How one typed thing compares. The sign may be left out; when it is typed it must be the same."""
    row = item.row
    expected = ours(item, field_id)
    if not typed.strip():
        return Compared("", expected, same=False, problem="还没打")
    if field_id in ("limiting", "reading"):
        return Compared(typed, expected, typed == (expected if field_id == "limiting" else _YES))
    try:
        if row is not None and field_id in _LEVEL_OF:
            level = _LEVEL_OF[field_id]
            read = read_threshold(typed, row.unit)
            if read.unknown:
                return Compared("", expected, same=False, problem="还没打")
            text = _as_text(row, read)
            mine = None if read.absent else _benchmark(read)
            theirs = row.benchmarks.get(level)
            sign_fits = not read.sign or read.sign == sign(row)
            has_level = (level in row.benchmarks) is not read.absent
            return Compared(text, expected, has_level and mine == theirs and sign_fits)
        if field_id == "unit":
            if fold(typed) in _NO_UNIT:
                return Compared(_ABSENT, expected, expected == _ABSENT)
            unit = find_unit(typed)
            same = row is not None and unit is not None and unit.id == row.unit
            return Compared(typed.strip() if unit is None else unit.symbol, expected, same)
        value = read_number(_SHARED.sub("", fold(typed)))
    except NotUnderstoodError as error:
        return Compared(typed, expected, same=False, problem=f"{error.args[0]}。{error.args[1]}")
    return Compared(_typed_number(item, field_id, value), expected, value == _value(item, field_id))


def _typed_number(item: Item, field_id: str, value: object) -> str:
    shared = field_id == "weight" and item.row is not None and item.row.share is not None
    return f"{_number(value)}/n" if shared else _number(value)


def _value(item: Item, field_id: str) -> object:
    row = item.row
    if item.category is None:
        rules = {rule.level.code: rule.min_index for rule in item.method.levels}
        return rules[field_id]
    if row is None:
        return item.category.weight
    if field_id == "weight":
        return row.weight if row.share is None else row.share.total
    return row.points if field_id == "points" else row.base


def _benchmark(read: Threshold) -> Benchmark:
    if read.low is not None and read.high is not None:
        return Span(read.low, read.high)
    assert read.value is not None
    if read.slope is not None:
        return Linear(read.value, read.slope, read.variable)
    return Limit(read.value)


def _as_text(row: Indicator, read: Threshold) -> str:
    if read.absent:
        return _ABSENT
    typed = replace(row, benchmarks={Level.I: _benchmark(read)}, modifiers=())
    text = threshold_text(typed, Level.I)
    return text.replace(sign(row), read.sign, 1) if read.sign and sign(row) else text


def dispute_of(row: Indicator) -> Dispute | None:
    """The reading that waits for a second person, None when there is none."""
    text = row.extras.get(OPEN)
    if not text:
        return None
    data = json.loads(text)
    return Dispute(data["by"], data["on"], data["against"], data["typed"])


def check_item(
    catalogue: Catalogue,
    system_id: str,
    table_id: str,
    item_id: str,
    typed: Mapping[str, str],
    check: Check,
) -> Outcome:
    """Take over what one person typed of one line. Kept as an own copy of the system; undo_last_change takes it back.

    The same as the library: checked, or confirmed when another person had checked it. Different: kept beside the
    library's values; when another person typed the same before, the row is corrected and carries both names.
    UserError when something is missing or not understood, or the same person would confirm herself.
    """
    system = catalogue.system(system_id)
    item = next(one for one in items_of(system, table_id) if one.id == item_id)
    compared = {
        field.id: compare(item, field.id, typed.get(field.id, ""))
        for field in fields_of(system, item)
    }
    labels = {field.id: field.label for field in fields_of(system, item)}
    problems = [
        Problem(f"{item.name} {labels[name]}", one.problem, "照原文打一遍。")
        for name, one in compared.items()
        if one.problem
    ]
    if problems:
        raise UserError(*problems)
    if item.row is None:
        return _check_frame(catalogue, system_id, table_id, item, compared, check)
    row_id = item.row.id
    before = item.dispute
    if all(one.same for one in compared.values()):
        if item.is_verified:
            change_system(
                catalogue,
                system_id,
                lambda one: with_extra(
                    confirm_row(one, table_id, row_id, check.by, check.on),
                    table_id,
                    row_id,
                    ALONE,
                    "",
                ),
            )
            return Outcome.CONFIRMED

        def agree(one: IndicatorSystem) -> IndicatorSystem:
            checked = verify_row(_settled(one, table_id, row_id, before), table_id, row_id, check)
            row = next(row for row in checked.table(table_id).indicators() if row.id == row_id)
            alone = checked_alone(checked, row)
            said = f"{check.on} {alone}：录入和核对是同一个人" if alone else ""
            return with_extra(checked, table_id, row_id, ALONE, said)

        change_system(catalogue, system_id, agree)
        return Outcome.VERIFIED
    said = {name: one.typed for name, one in compared.items() if not one.same}
    if before is not None and before.by != check.by.strip() and dict(before.typed) == said:
        first = before

        def correct(one: IndicatorSystem) -> IndicatorSystem:
            settled = _settled(one, table_id, row_id, first)
            changed = _corrected(settled, table_id, item, first, said)
            return confirm_row(changed, table_id, row_id, check.by, check.on)

        change_system(catalogue, system_id, correct)
        return Outcome.CORRECTED
    dispute = {"by": check.by.strip(), "on": check.on, "against": check.against, "typed": said}
    text = json.dumps(dispute, ensure_ascii=False)
    change_system(catalogue, system_id, lambda one: with_extra(one, table_id, row_id, OPEN, text))
    return Outcome.KEPT_BOTH


def _check_frame(
    catalogue: Catalogue,
    system_id: str,
    table_id: str,
    item: Item,
    compared: Mapping[str, Compared],
    check: Check,
) -> Outcome:
    """Rules and first-level weights hang together: a difference is not kept beside, it is refused."""
    problems = [
        Problem(
            item.name,
            f"打的是 {one.typed}，库里是 {one.ours}",
            "再看一遍原文；库里真错了，在「改数值」里改。",
        )
        for one in compared.values()
        if not one.same
    ]
    if problems:
        raise UserError(*problems)
    category = item.category

    def verify(system: IndicatorSystem) -> IndicatorSystem:
        if category is None:
            return verify_method(system, check)
        return verify_category(system, table_id, category.id, check)

    change_system(catalogue, system_id, verify)
    return Outcome.VERIFIED


def _settled(
    system: IndicatorSystem, table_id: str, row_id: str, dispute: Dispute | None
) -> IndicatorSystem:
    """The open reading moves to the history of the row."""
    if dispute is None:
        return system
    system = with_extra(system, table_id, row_id, OPEN, "")
    words = "，".join(f"{name} {text}" for name, text in dispute.typed.items())
    note = f"{dispute.on} {dispute.by} 照{dispute.against}打的是 {words}"
    return with_extra(system, table_id, row_id, PAST, note)


def _corrected(
    system: IndicatorSystem,
    table_id: str,
    item: Item,
    first: Dispute,
    said: Mapping[str, str],
) -> IndicatorSystem:
    row = item.row
    assert row is not None
    changed: dict[Level, Benchmark | None] = dict(row.benchmarks)
    weight = None
    limiting = None
    unit = ""
    for name, text in said.items():
        if name in _LEVEL_OF:
            read = read_threshold(text, row.unit)
            if read.absent:
                changed.pop(_LEVEL_OF[name], None)
            elif read.sign and read.sign != sign(row):
                raise _by_hand(row, "方向符号")
            else:
                changed[_LEVEL_OF[name]] = _benchmark(read)
        elif name == "weight" and row.share is None:
            weight = read_number(text)
        elif name == "limiting":
            limiting = text == _YES
        elif name == "unit" and (found := find_unit(text)) is not None:
            unit = found.id
        else:
            raise _by_hand(row, {"weight": "分摊的权重", "reading": "各级要求"}.get(name, name))
    return correct_row(
        system,
        table_id,
        row.id,
        Check(first.by, first.on, first.against),
        benchmarks=changed,
        weight=weight,
        limiting=limiting,
        unit=unit,
    )


def _by_hand(row: Indicator, what: str) -> UserError:
    return UserError(
        Problem(
            row.name,
            f"两个人打的{what}一样，与库里不同，但不能照打的字直接换",
            "到「改数值」里照原文改，再核一遍。",
        )
    )
