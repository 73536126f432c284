"""A case: one firm's findings for one table, as a YAML file for scripts and tests.

    system: electroplating-2015          # id in the catalogue, or the path of a system file relative to this one
    table: general-plating               # may be left out where the system has one table
    tables: [spray-painting, management] # instead: several to put together; `id: weight` where the weights are open
    inputs:                              # what thresholds and weights depend on
      n: 4                               # a variable of the system, or the input of a threshold's correction
      outputs: {flex-single: 1200}       # by indicator id; an explicit 0 = not produced
      applicable: {metal-use: [zinc]}    # by weight group: the rows the firm has, the others do not apply
    findings:
      rinse-water-intake: 31.8           # a number, I / II / III / none, {na: 原因}, or null = not answered yet
    title, note, expect                  # for people and tests; scoring does not look at them

A finding that is not listed is missing. Nothing is guessed: every fault is reported, with file and line.
"""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Protocol

from app.assessment.finding import Finding, Measured, Missing, NotApplicable, Reached
from app.assessment.indicator_system import (
    Family,
    Indicator,
    IndicatorKind,
    IndicatorSystem,
    Level,
    Linear,
    Table,
    joined_id,
)
from app.assessment.inputs import FirmInputs
from app.errors import UserError
from app.standards.reader import Reader, exact_number, quote
from app.standards.tree import Branch, Items, Leaf, Node
from app.standards.yaml_source import load_system_file
from app.standards.yaml_tree import read_yaml_file

_KEYS = ("system", "table", "tables", "inputs", "findings", "title", "note", "expect")
_LEVELS = {"I": Level.I, "II": Level.II, "III": Level.III, "none": Level.NONE}


class Systems(Protocol):
    """The part of the catalogue a case needs."""

    def system(self, system_id: str) -> IndicatorSystem:
        """KeyError when there is none."""

    def ids(self) -> Iterable[str]: ...


@dataclass(frozen=True)
class Case:
    system: IndicatorSystem
    table_id: str
    findings: Mapping[str, Finding]
    inputs: FirmInputs
    expect: Node | None = None


def read_case(path: Path, systems: Systems) -> Case:
    """UserError with every problem of the file, also those of a system file it names."""
    reader = Reader()
    branch = reader.branch(read_yaml_file(path, reader), _KEYS, ("system", "findings"))
    system = _system(branch, path, systems, reader)
    if system is None:
        reader.raise_problems()
        raise AssertionError("a case without a system has a problem")
    table = _table(branch, system, reader)
    tables = [table] if table is not None else list(system.tables)
    inputs = replace(
        _inputs(branch, system, tables, reader), table_weights=_table_weights(branch, reader)
    )
    findings = _findings(branch, system, tables, reader)
    reader.raise_problems()
    assert table is not None
    return Case(system, table.id, findings, inputs, branch.entries.get("expect"))


def _system(branch: Branch, path: Path, systems: Systems, reader: Reader) -> IndicatorSystem | None:
    name = reader.text(branch, "system", required=True).strip()
    if not name:
        return None
    place = branch.place_of("system")
    if name.endswith((".yaml", ".yml")) or "/" in name or "\\" in name:
        file = _beside(path, name)
        if file is None:
            reader.fail(
                place,
                f"体系文件{quote(name)}不在算例所在的文件夹里面",
                "把体系文件放到算例旁边或下面的文件夹，只写从那里起的路径。",
            )
            return None
        try:
            return load_system_file(file).system
        except UserError as error:
            reader.fail(place, f"体系文件{quote(name)}用不了", "先改好下面列出的问题。")
            reader.problems.extend(error.problems)
            return None
    try:
        return systems.system(name)
    except KeyError:
        reader.fail(
            place,
            f"目录里没有体系{quote(name)}",
            _nearest(name, systems.ids()) or "写目录里的编号，或体系文件的相对路径（.yaml）。",
        )
        return None


def _beside(case: Path, name: str) -> Path | None:
    """The regular file a case names, None when it lies outside the folder of the case: a case is other people's text."""
    folder = case.parent.resolve()
    try:
        file = (folder / name.replace("\\", "/")).resolve()
    except (OSError, ValueError, RuntimeError):
        return None
    return file if file.is_relative_to(folder) and file != folder else None


def _table(branch: Branch, system: IndicatorSystem, reader: Reader) -> Table | None:
    known = [table.id for table in system.tables]
    if "tables" in branch.entries:
        return _several(branch, "tables", system, reader)
    if isinstance(branch.entries.get("table"), Items):
        return _several(branch, "table", system, reader)
    if "table" not in branch.entries and len(known) == 1:
        return system.tables[0]
    name = reader.text(branch, "table", required=True).strip()
    for table in system.tables:
        if table.id == name:
            return table
    what = f"「{system.id}」没有表{quote(name)}" if name else "没有写用哪张表（table）"
    reader.fail(branch.place_of("table"), what, "可写：" + "、".join(known) + "。")
    return None


def _several(branch: Branch, key: str, system: IndicatorSystem, reader: Reader) -> Table | None:
    """Tables to put together: a list of ids, or `id: weight` where the document leaves the weights open."""
    known = [table.id for table in system.tables]
    node = branch.entries[key]
    names = list(node.entries) if isinstance(node, Branch) else list(reader.texts(branch, key))
    for place, name in enumerate(names):
        if name not in known or name in names[:place]:
            what = "写了两次" if name in known else f"「{system.id}」没有"
            reader.fail(
                branch.place_of(key), f"{what}表{quote(name)}", "可写：" + "、".join(known) + "。"
            )
            return None
    if not names:
        reader.fail(branch.place_of(key), "没有写用哪几张表", "可写：" + "、".join(known) + "。")
        return None
    return system.table(joined_id(names))


def _table_weights(branch: Branch, reader: Reader) -> Mapping[str, Fraction]:
    node = branch.entries.get("tables")
    if not isinstance(node, Branch):
        return {}
    weights = {name: reader.number(node, name) for name in node.entries}
    return {name: weight for name, weight in weights.items() if weight is not None}


def _inputs(
    branch: Branch, system: IndicatorSystem, tables: list[Table], reader: Reader
) -> FirmInputs:
    node = branch.entries.get("inputs")
    if node is None or (isinstance(node, Leaf) and node.text is None):
        return FirmInputs()
    indicators = [indicator for table in tables for indicator in table.indicators()]
    known = _input_ids(system, indicators)
    given = reader.branch(node, (*known, "outputs", "applicable"))
    variables = {}
    for name in known:
        value = reader.number(given, name)
        if value is not None:
            variables[name] = value
    return FirmInputs(
        variables, _outputs(given, indicators, reader), _applicable(given, indicators, reader)
    )


def _input_ids(system: IndicatorSystem, indicators: Iterable[Indicator]) -> list[str]:
    names = dict.fromkeys(
        (*(variable.id for variable in system.variables), *system.method.phase_weights)
    )
    for indicator in indicators:
        for benchmark in indicator.benchmarks.values():
            if isinstance(benchmark, Linear):
                names[benchmark.variable] = None
        for modifier in indicator.modifiers:
            names[modifier.input] = None
    return list(names)


def _outputs(given: Branch, indicators: list[Indicator], reader: Reader) -> Mapping[str, Fraction]:
    node = given.entries.get("outputs")
    if node is None:
        return {}
    shared = [indicator.id for indicator in indicators if indicator.share is not None]
    branch = reader.branch(node, shared)
    outputs = {}
    for name in shared:
        value = reader.number(branch, name)
        if value is not None and value < 0:
            reader.fail(branch.place_of(name), f"「{name}」的产量是负数", "改成 0 或正数。")
        elif value is not None:
            outputs[name] = value
    return outputs


def _applicable(
    given: Branch, indicators: list[Indicator], reader: Reader
) -> Mapping[str, frozenset[str]]:
    node = given.entries.get("applicable")
    if node is None:
        return {}
    groups: dict[str, list[str]] = {}
    for indicator in indicators:
        if indicator.share is not None:
            groups.setdefault(indicator.share.group, []).append(indicator.id)
    branch = reader.branch(node, groups)
    result = {}
    for group in groups:
        if group not in branch.entries:
            continue
        chosen = reader.texts(branch, group)
        for name in chosen:
            if name not in groups[group]:
                reader.fail(
                    branch.place_of(group),
                    f"「{group}」组里没有{quote(name)}",
                    _nearest(name, groups[group]) or "可写：" + "、".join(groups[group]) + "。",
                )
        result[group] = frozenset(chosen)
    return result


def _findings(
    branch: Branch, system: IndicatorSystem, tables: list[Table], reader: Reader
) -> Mapping[str, Finding]:
    node = branch.entries.get("findings")
    if node is None:
        return {}
    if isinstance(node, Leaf) and node.text is None:
        return {}
    if not isinstance(node, Branch):
        reader.fail(node.place, "findings 应当是一组「指标编号: 值」", "每个指标写一行。")
        return {}
    known = {indicator.id: indicator for table in tables for indicator in table.indicators()}
    findings = {}
    for name, value in node.entries.items():
        indicator = known.get(name)
        if indicator is None:
            reader.fail(
                node.place_of(name),
                f"这张表没有指标{quote(name)}",
                _nearest(name, known) or "用 cleanaudit systems show 看这份体系的指标编号。",
            )
            continue
        findings[name] = _finding(indicator, value, system, reader)
    return findings


def _finding(indicator: Indicator, node: Node, system: IndicatorSystem, reader: Reader) -> Finding:
    name = f"「{indicator.name}」"
    if isinstance(node, Branch):
        return _not_applicable(name, node, reader)
    if isinstance(node, Items):
        reader.fail(node.place, f"{name}写成了列表", "写一个数、一个级别、{na: 原因} 或 null。")
        return Missing()
    text = node.text
    if text is None or not text.strip():
        return Missing()
    text = text.strip()
    if text in _LEVELS:
        if indicator.kind is IndicatorKind.QUANTITATIVE:
            reader.fail(
                node.place, f"{name}是定量指标，写的是级别{quote(text)}", "写实际值，只写数。"
            )
        return Reached(_LEVELS[text])
    value = exact_number(text)
    awarded = system.method.family is Family.POINTS
    if indicator.kind is IndicatorKind.QUALITATIVE and not (awarded and value is not None):
        reader.fail(
            node.place,
            f"{name}是定性指标，写的是{quote(text)}",
            "写达到的最好级别：I、II、III，都没达到写 none。",
        )
        return Missing()
    if value is None:
        reader.fail(
            node.place,
            f"{name}应当是一个数，写的是{quote(text)}",
            f"只写半角数字，不写单位（单位是 {indicator.unit}）和千位逗号，例如 31.8 或 250/7。"
            if indicator.unit
            else "只写半角数字，例如 31.8 或 250/7。",
        )
        return Missing()
    return Measured(value)


def _not_applicable(name: str, node: Branch, reader: Reader) -> Finding:
    branch = reader.branch(node, ("na",))
    reason = reader.text(branch, "na").strip()
    if not reason:
        reader.fail(node.place, f"{name}标了不适用，没有写原因", "写成 {na: 没有这道工序} 的样子。")
    return NotApplicable(reason)


def _nearest(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"是不是要写「{close[0]}」？" if close else ""
