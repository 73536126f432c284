"""Document tree -> IndicatorSystem, with every fault at its place. The one validator of YAML, JSON and Excel.

The shape of a document is described in resources/indicator_systems/README.md.
"""

import re
from dataclasses import dataclass

from app.assessment.indicator_system import (
    DocumentKind,
    Family,
    IndicatorSystem,
    Variable,
)
from app.errors import Problem
from app.standards.reader import Reader, quote
from app.standards.system_method import read_method
from app.standards.system_reading import Inherited, Reading, read_marks, read_sources
from app.standards.system_tables import read_combinations, read_tables
from app.standards.tree import Branch, Node

SCHEMA = "cleanaudit-system/1"
STATUSES = ("in_force", "superseded", "trial", "draft", "unknown", "")
FIELDS = ("industry", "agriculture", "services", "construction", "transport", "park")
CONFIDENCES = ("high", "medium", "low", "")
DOCUMENT_KEYS = (
    "schema", "id", "title", "title_en", "document_no", "kind", "jurisdiction", "issued",
    "effective", "status", "status_note", "supersedes", "based_on", "fields", "industry_codes",
    "scope", "confidence", "confidence_note", "missing", "notes", "extras", "sources", "source",
    "verification", "weight_source", "weight_verification", "method", "variables", "tables",
    "combinations",
)  # fmt: skip
_INDUSTRY_CODE = re.compile(r"[A-T]|[0-9]{2,4}")


@dataclass(frozen=True)
class LoadedSystem:
    """A system that passed every check, and what the user should still know (official non-monotonic rows …)."""

    system: IndicatorSystem
    warnings: tuple[Problem, ...]


def read_system(node: Node, reader: Reader | None = None) -> LoadedSystem:
    """The system written in `node`. UserError with every problem found (those already in `reader` included)."""
    reading = Reading(reader or Reader())
    system = _read_document(reading, node)
    reading.reader.raise_problems()
    return LoadedSystem(system, tuple(reading.reader.warnings))


def _read_document(reading: Reading, node: Node) -> IndicatorSystem:
    reader = reading.reader
    top = reader.branch(
        node,
        DOCUMENT_KEYS,
        ("schema", "id", "title", "document_no", "kind", "sources", "method", "tables"),
    )
    schema = reader.text(top, "schema")
    if schema and schema != SCHEMA:
        reader.fail(
            top.place_of("schema"),
            f"文件格式是{quote(schema)}，本程序只认 {SCHEMA}",
            "用较新版本的程序打开，或按本版模板重写。",
        )
    read_sources(reading, top)
    _read_variables(reading, top)
    inherited, _ = read_marks(reading, top, Inherited(), need_source=False)
    method = read_method(reading, top, inherited)
    issued, effective = reader.date(top, "issued"), reader.date(top, "effective")
    if issued and effective and effective < issued:
        reader.warn(top.place_of("effective"), "施行日期早于发布日期", "对照原文核对两个日期。")
    codes = reader.placed_texts(top, "industry_codes")
    for code, place in codes:
        if not _INDUSTRY_CODE.fullmatch(code):
            reader.fail(
                place,
                f"行业代码{quote(code)}不是 GB/T 4754 的写法",
                '写门类字母，或 2 到 4 位数字，例如 "336"。',
            )
    fields = reader.placed_texts(top, "fields")
    for name, place in fields:
        if name not in FIELDS:
            reader.fail(place, f"没有{quote(name)}这个领域", "可写：" + "、".join(FIELDS) + "。")
    tables = read_tables(reading, top, inherited)
    kind = reader.choice(top, "kind", DocumentKind, DocumentKind.INDICATOR_SYSTEM)
    asks = method.family is not Family.LEVEL_ONLY and any(
        rule.limiting_level is not None for rule in method.levels
    )
    marks = {row.limiting for table in tables for row in table.indicators()}
    if asks and marks == {False}:
        reader.warn(
            top.place_of("tables"),
            "判级规则要看限定性指标，表里却没有一行是限定性的",
            "对照原文把限定性（带 * 的）标出来；原文真的没有，就把判级规则里的限定性要求去掉。",
        )
    rated = method.family is Family.LEVEL_INDEX and kind is DocumentKind.INDICATOR_SYSTEM
    if rated and not asks and marks == {False}:
        reader.warn(
            top.place_of("tables"),
            "表里没有限定性指标，判级规则也不看",
            "指标体系一般都有限定性指标（带 * 的）：对照原文，漏了就标出来，并在级别里写限定性指标要达到哪一级。",
        )
    elif rated and not asks and True in marks:
        reader.warn(
            top.place_of("method"),
            "表里有限定性指标，判级规则却没有要求它们达到哪一级",
            "对照原文，在每一级写明限定性指标须达到哪一级；原文真的没有就照录。",
        )
    return IndicatorSystem(
        id=reader.slug(top, "id"),
        title=reader.text(top, "title", required=True),
        title_en=reader.text(top, "title_en"),
        document_no=reader.text(top, "document_no", required=True),
        kind=kind,
        jurisdiction=reader.text(top, "jurisdiction"),
        issued=issued,
        effective=effective,
        status=reader.one_of(top, "status", STATUSES, ""),
        status_note=reader.text(top, "status_note"),
        supersedes=reader.texts(top, "supersedes"),
        based_on=reader.text(top, "based_on"),
        fields=tuple(name for name, _ in fields),
        industry_codes=tuple(code for code, _ in codes),
        scope=reader.text(top, "scope"),
        confidence=reader.one_of(top, "confidence", CONFIDENCES, ""),
        confidence_note=reader.text(top, "confidence_note"),
        missing=reader.texts(top, "missing"),
        notes=reader.texts(top, "notes"),
        extras=reader.text_map(top, "extras"),
        sources=dict(reading.sources),
        method=method,
        variables=tuple(reading.variables.values()),
        tables=tables,
        combinations=read_combinations(reading, top, inherited, tables),
    )


def _read_variables(reading: Reading, top: Branch) -> None:
    seen: dict[str, str] = {}
    for node in reading.reader.items(top, "variables"):
        branch = reading.reader.branch(node, ("id", "symbol", "meaning"), ("id", "meaning"))
        variable = Variable(
            id=reading.reader.slug(branch, "id"),
            symbol=reading.reader.text(branch, "symbol") or reading.reader.text(branch, "id"),
            meaning=reading.reader.text(branch, "meaning", required=True),
        )
        reading.reader.unique(seen, variable.id, branch.place, "变量编号")
        reading.variables[variable.id] = variable
