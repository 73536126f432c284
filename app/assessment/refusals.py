"""Answers a document does not allow: all of them, each a code with arguments and one place that words it. Scoring by itself
refuses them; an audit is scored without them and says so."""

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from app.assessment.finding import Finding, Measured, NotApplicable
from app.assessment.indicator_system import (
    EmptyCategoryRule,
    Family,
    IndicatorSystem,
    ModifierKind,
    NotApplicableRule,
    Table,
)
from app.assessment.inputs import FirmInputs
from app.assessment.item_classes import awarded
from app.assessment.numbers import brief
from app.assessment.rows import build_rows
from app.assessment.weights import weigh
from app.errors import Problem


class RefusalCode(enum.StrEnum):
    """What is wrong. To add one: a member here, its words in _WORDS."""

    NOT_APPLICABLE = "not-applicable"
    NO_STEP = "no-step"
    BEYOND_POINTS = "beyond-points"
    NEGATIVE_OUTPUT = "negative-output"
    NO_SUCH_CORRECTION = "no-such-correction"
    CORRECTION_NOT_POSITIVE = "correction-not-positive"
    EMPTY_CATEGORY = "empty-category"


@dataclass(frozen=True, slots=True)
class Refusal:
    """table, name: titles of the document's table and of the row or category. arguments: what the words need, by name.
    findings, outputs: indicator ids whose finding or output cannot stand; variables: ids of the firm's numbers."""

    code: RefusalCode
    table: str
    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    findings: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()

    @property
    def problem(self) -> Problem:
        """In Chinese."""
        what, remedy = _WORDS[self.code](self.arguments)
        return Problem(f"{self.table} › {self.name}", what, remedy, code=self.code)


_WORDS: Mapping[RefusalCode, Callable[[Mapping[str, Any]], tuple[str, str]]] = {
    RefusalCode.NOT_APPLICABLE: lambda a: ("这份文件不允许标「不适用」", "填实际情况"),
    RefusalCode.NO_STEP: lambda a: (
        f"得分 {brief(a['points'])} 不是文件给的分",
        f"填 {a['allowed']}",
    ),
    RefusalCode.BEYOND_POINTS: lambda a: (
        f"得分 {brief(a['points'])} 超出了这一项的分值",
        f"填 {a['allowed']}",
    ),
    RefusalCode.NEGATIVE_OUTPUT: lambda a: ("产量是负数", "改成 0 或正数"),
    RefusalCode.NO_SUCH_CORRECTION: lambda a: (
        f"「{a['meaning']}」填了 {brief(a['given'])}，文件里没有这个数",
        f"改成 {'、'.join(map(brief, a['choices']))} 之一",
    ),
    RefusalCode.CORRECTION_NOT_POSITIVE: lambda a: (
        f"「{a['meaning']}」填了 {brief(a['given'])}，乘上它基准值就没有了",
        "填文件给的系数；不用修正的填 1",
    ),
    RefusalCode.EMPTY_CATEGORY: lambda a: ("这一类的指标全部不适用，这份文件不允许", "至少填一项"),
}


def refusals(
    system: IndicatorSystem,
    table_id: str,
    findings: Mapping[str, Finding],
    inputs: FirmInputs,
) -> tuple[Refusal, ...]:
    """In the order of the table; empty when everything can be scored. KeyError for an unknown table."""
    table = system.table(table_id)
    found = [
        *_not_applicable(system, table, findings),
        *_awards(system, table, findings),
        *_outputs(table, inputs),
        *_variables(table, inputs),
    ]
    if system.method.empty_category is EmptyCategoryRule.FORBIDDEN:
        found.extend(_empty_categories(system, table_id, *without(found, findings, inputs)))
    return tuple(found)


def without(
    refused: list[Refusal] | tuple[Refusal, ...],
    findings: Mapping[str, Finding],
    inputs: FirmInputs,
) -> tuple[Mapping[str, Finding], FirmInputs]:
    """What is left when the refused answers count as not given."""
    if not refused:
        return findings, inputs
    dropped = {name for one in refused for name in one.findings}
    outputs = {name for one in refused for name in one.outputs}
    variables = {name for one in refused for name in one.variables}
    return (
        {name: finding for name, finding in findings.items() if name not in dropped},
        replace(
            inputs,
            outputs={name: out for name, out in inputs.outputs.items() if name not in outputs},
            variables={
                name: value for name, value in inputs.variables.items() if name not in variables
            },
        ),
    )


def _not_applicable(
    system: IndicatorSystem, table: Table, findings: Mapping[str, Finding]
) -> list[Refusal]:
    if system.method.not_applicable is not NotApplicableRule.FORBIDDEN:
        return []
    return [
        Refusal(RefusalCode.NOT_APPLICABLE, table.title, row.name, findings=(row.id,))
        for row in table.indicators()
        if isinstance(findings.get(row.id), NotApplicable)
    ]


def _awards(
    system: IndicatorSystem, table: Table, findings: Mapping[str, Finding]
) -> list[Refusal]:
    if system.method.family is not Family.POINTS:
        return []
    found = []
    for row in table.indicators():
        finding = findings.get(row.id)
        award = awarded(system.method, row) if isinstance(finding, Measured) else None
        if award is None or not isinstance(finding, Measured) or award.allows(finding.value):
            continue
        code = RefusalCode.NO_STEP if award.steps else RefusalCode.BEYOND_POINTS
        arguments = {"points": finding.value, "allowed": award.words}
        found.append(Refusal(code, table.title, row.name, arguments, findings=(row.id,)))
    return found


def _outputs(table: Table, inputs: FirmInputs) -> list[Refusal]:
    names = {row.id: row.name for row in table.indicators()} if inputs.outputs else {}
    return [
        Refusal(RefusalCode.NEGATIVE_OUTPUT, table.title, names.get(name, name), outputs=(name,))
        for name, output in inputs.outputs.items()
        if output.numerator < 0
    ]


def _variables(table: Table, inputs: FirmInputs) -> list[Refusal]:
    found = []
    for row in table.indicators() if inputs.variables else ():
        for modifier in row.modifiers:
            given = inputs.variables.get(modifier.input)
            if given is not None and modifier.choices and given not in modifier.choices:
                code = RefusalCode.NO_SUCH_CORRECTION
            elif given is not None and given <= 0 and modifier.kind is ModifierKind.MULTIPLY:
                code = RefusalCode.CORRECTION_NOT_POSITIVE
            else:
                continue
            arguments = {"meaning": modifier.meaning, "given": given, "choices": modifier.choices}
            found.append(
                Refusal(code, table.title, row.name, arguments, variables=(modifier.input,))
            )
    return found


def _empty_categories(
    system: IndicatorSystem,
    table_id: str,
    findings: Mapping[str, Finding],
    inputs: FirmInputs,
) -> list[Refusal]:
    found = []
    for table in system.parts(table_id):
        rows = build_rows(system, table, findings, inputs)
        for part in weigh(table, rows, inputs).main:
            if not part.is_empty:
                continue
            ids = tuple(row.id for row in part.category.indicators)
            found.append(
                Refusal(
                    RefusalCode.EMPTY_CATEGORY,
                    table.title,
                    part.category.name,
                    findings=ids,
                    outputs=ids,
                )
            )
    return found
