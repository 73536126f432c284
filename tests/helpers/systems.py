"""Small indicator systems made in code, for tests that build them by the thousand."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from app.assessment.finding import Finding, Missing, NotApplicable, Reached
from app.assessment.indicator_system import (
    LEVELS,
    Benchmark,
    Category,
    Direction,
    DocumentKind,
    Family,
    Indicator,
    IndicatorKind,
    IndicatorSystem,
    Level,
    LevelRule,
    Limit,
    Method,
    Provenance,
    Requirement,
    Source,
    Table,
    Verification,
    WeightShare,
)
from app.standards.reader import Reader
from app.standards.system_reader import LoadedSystem, read_system
from app.standards.yaml_tree import read_yaml_text

READ = Provenance("s1", Verification.TRANSCRIBED)
RULES = (
    LevelRule(Level.I, "领先", Fraction(85), Level.I),
    LevelRule(Level.II, "先进", Fraction(85), Level.II),
    LevelRule(Level.III, "基本", Fraction(100), Level.III),
)
TEXTS: Mapping[Level, Benchmark | None] = {
    level: Requirement(f"{level.name} 的要求") for level in LEVELS
}


def qualitative(
    indicator_id: str,
    weight: Fraction | None = None,
    limiting: bool | None = False,
    share: WeightShare | None = None,
    binary: bool = False,
    benchmarks: Mapping[Level, Benchmark | None] = TEXTS,
) -> Indicator:
    return Indicator(
        id=indicator_id,
        name=f"指标 {indicator_id}",
        kind=IndicatorKind.QUALITATIVE,
        benchmarks=benchmarks,
        provenance=READ,
        limiting=limiting,
        weight=weight,
        share=share,
        binary=binary,
    )


def quantitative(
    indicator_id: str,
    limits: Sequence[str],
    direction: Direction = Direction.LOWER,
    weight: Fraction | None = None,
    limiting: bool | None = False,
    strict: bool = False,
) -> Indicator:
    return Indicator(
        id=indicator_id,
        name=f"指标 {indicator_id}",
        kind=IndicatorKind.QUANTITATIVE,
        benchmarks={
            level: Limit(Fraction(limit)) for level, limit in zip(LEVELS, limits, strict=True)
        },
        provenance=READ,
        unit="kg/t",
        direction=direction,
        strict=strict,
        limiting=limiting,
        weight=weight,
    )


def category(
    category_id: str,
    weight: Fraction | None,
    *indicators: Indicator,
    bonus: bool = False,
    points: Fraction | None = None,
    qualitative_part: bool | None = None,
) -> Category:
    return Category(
        id=category_id,
        name=f"类 {category_id}",
        weight=weight,
        indicators=indicators,
        provenance=READ,
        bonus=bonus,
        points=points,
        qualitative_part=qualitative_part,
    )


def system(
    *categories: Category,
    method: Method | None = None,
    kind: DocumentKind = DocumentKind.INDICATOR_SYSTEM,
) -> IndicatorSystem:
    return IndicatorSystem(
        id="made-up",
        title="编造的指标体系",
        document_no="无号",
        kind=kind,
        method=method or Method(Family.LEVEL_INDEX, RULES, READ),
        tables=(Table("t", "表", categories, READ),),
        sources={"s1": Source("s1", "测试用")},
    )


def found(level: int | None) -> Finding:
    """1, 2, 3, 4 = below III, 0 = not applicable, None = missing: as the vectors are written."""
    if level is None:
        return Missing()
    if level == 0:
        return NotApplicable("没有")
    return Reached(Level(level))


def load_system_text(text: str, name: str) -> LoadedSystem:
    """`load_system_file` of text; `name` stands for the file's name in messages."""
    reader = Reader()
    return read_system(read_yaml_text(text, name, reader), reader)
