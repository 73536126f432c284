"""Answers a document does not allow: all of them, with what is wrong. Scoring by itself refuses them; an audit is scored
without them and says so."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

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


@dataclass(frozen=True, slots=True)
class Refusal:
    """findings, outputs: indicator ids whose finding or output cannot stand; variables: ids of the firm's numbers."""

    problem: Problem
    findings: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()


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
        Refusal(
            Problem(f"{table.title} › {row.name}", "这份文件不允许标「不适用」", "填实际情况"),
            (row.id,),
        )
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
        what = f"得分 {brief(finding.value)} 不是文件给的分"
        if not award.steps:
            what = f"得分 {brief(finding.value)} 超出了这一项的分值"
        problem = Problem(f"{table.title} › {row.name}", what, f"填 {award.words}")
        found.append(Refusal(problem, (row.id,)))
    return found


def _outputs(table: Table, inputs: FirmInputs) -> list[Refusal]:
    names = {row.id: row.name for row in table.indicators()} if inputs.outputs else {}
    return [
        Refusal(
            Problem(f"{table.title} › {names.get(name, name)}", "产量是负数", "改成 0 或正数"),
            outputs=(name,),
        )
        for name, output in inputs.outputs.items()
        if output.numerator < 0
    ]


def _variables(table: Table, inputs: FirmInputs) -> list[Refusal]:
    found = []
    for row in table.indicators() if inputs.variables else ():
        for modifier in row.modifiers:
            given = inputs.variables.get(modifier.input)
            if given is not None and modifier.choices and given not in modifier.choices:
                allowed = "、".join(brief(choice) for choice in modifier.choices)
                problem = Problem(
                    f"{table.title} › {row.name}",
                    f"「{modifier.meaning}」填了 {brief(given)}，文件里没有这个数",
                    f"改成 {allowed} 之一",
                )
                found.append(Refusal(problem, variables=(modifier.input,)))
            elif given is not None and given <= 0 and modifier.kind is ModifierKind.MULTIPLY:
                problem = Problem(
                    f"{table.title} › {row.name}",
                    f"「{modifier.meaning}」填了 {brief(given)}，乘上它基准值就没有了",
                    "填文件给的系数；不用修正的填 1",
                )
                found.append(Refusal(problem, variables=(modifier.input,)))
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
            problem = Problem(
                f"{table.title} › {part.category.name}",
                "这一类的指标全部不适用，这份文件不允许",
                "至少填一项",
            )
            found.append(Refusal(problem, ids, ids))
    return found
