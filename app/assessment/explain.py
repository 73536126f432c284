"""Traces of judgements and decisions. Built when somebody looks: value, comparison, membership, weight, index, level."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from app.assessment.finding import Measured, Missing, NotApplicable, Reached
from app.assessment.indicator_system import (
    LEVELS,
    Benchmark,
    Direction,
    IndicatorSystem,
    Level,
    LevelRule,
    Linear,
    Provenance,
    Requirement,
    Span,
    Table,
)
from app.assessment.inputs import FirmInputs
from app.assessment.level_index import Weight, Weighting
from app.assessment.membership import satisfies, threshold
from app.assessment.numbers import brief, display
from app.assessment.result import Interval
from app.assessment.rows import Row
from app.assessment.trace import Trace

NOT_SAID = "还不能说"
INDEX_PLACES = 2


def explain_row(
    system: IndicatorSystem,
    table: Table,
    row: Row,
    weight: Weight | None,
    inputs: FirmInputs,
    evidence: Trace | None,
) -> Trace:
    """One indicator: what was found, each threshold compared, the weight and the points it brings."""
    indicator = row.indicator
    children = [_found(row, evidence)]
    if row.applies:
        children.extend(_comparisons(system, table, row, inputs))
    if weight is not None:
        children.append(_weight(system, table, row, weight))
    return Trace(
        label=indicator.name,
        value="不适用" if not row.applies else symbol(row.reached),
        source=clause(system, table, indicator.provenance),
        verification=indicator.provenance.verification,
        note=indicator.notes,
        children=tuple(children),
    )


def _found(row: Row, evidence: Trace | None) -> Trace:
    if evidence is not None:
        return evidence
    unit = row.indicator.unit
    match row.finding:
        case Measured(value):
            return Trace("实际值", value, unit=unit)
        case Reached(level, statement):
            return Trace("现状", level.symbol, note=statement)
        case NotApplicable(reason):
            return Trace("不适用", "不适用", note=reason)
        case Missing():
            return Trace("未填", None, unit=unit, note=row.reason)


def _comparisons(
    system: IndicatorSystem, table: Table, row: Row, inputs: FirmInputs
) -> list[Trace]:
    indicator = row.indicator
    result = []
    for level in LEVELS:
        if level not in indicator.benchmarks:
            continue
        benchmark = indicator.benchmarks[level]
        provenance = indicator.provenance_of(level)
        bound = threshold(indicator, level, inputs)
        answer = "未填"
        if isinstance(row.finding, Measured | Reached):
            own = satisfies(indicator, row.finding, level, inputs)
            answer = {True: "达到", False: "没达到", None: NOT_SAID}[own]
            if own is not True and row.meets[level] is True:
                answer = "达到（更好的级别已达到）"
        result.append(
            Trace(
                label=f"{level.symbol}级基准值",
                value=benchmark_value(benchmark, bound),
                unit=indicator.unit,
                formula=_comparison(row, bound) + answer,
                source=clause(system, table, provenance),
                verification=provenance.verification,
                note=_benchmark_note(benchmark, provenance),
            )
        )
    return result


def benchmark_value(
    benchmark: Benchmark | None, bound: Fraction | Span | None
) -> Fraction | str | None:
    """How a threshold shows: a number, a span or text; None when it is not known."""
    if isinstance(benchmark, Requirement):
        return benchmark.text
    if isinstance(bound, Span):
        return f"{brief(bound.low)}～{brief(bound.high)}"
    return bound


def _benchmark_note(benchmark: Benchmark | None, provenance: Provenance) -> str:
    notes = []
    if benchmark is None:
        notes.append("基准值未收录，不能判定")
    if isinstance(benchmark, Linear):
        sign = "−" if benchmark.slope < 0 else "+"
        notes.append(
            f"{brief(benchmark.base)} {sign} {brief(abs(benchmark.slope))} × {benchmark.variable}"
        )
    notes.extend(text for text in (provenance.doubt, provenance.printed) if text)
    return "；".join(notes)


def _comparison(row: Row, bound: Fraction | Span | None) -> str:
    """「31.8 ≤ 40：」, empty for text and for what is open."""
    if not isinstance(row.finding, Measured) or bound is None:
        return ""
    value = brief(row.finding.value)
    if isinstance(bound, Span):
        return f"{value}，范围 {brief(bound.low)}～{brief(bound.high)}："
    strict = row.indicator.strict
    if row.indicator.direction is Direction.LOWER:
        sign = "<" if strict else "≤"
    else:
        sign = ">" if strict else "≥"
    return f"{value} {sign} {brief(bound)}？"


def _weight(system: IndicatorSystem, table: Table, row: Row, weight: Weight) -> Trace:
    provenance = row.indicator.weight_provenance or row.indicator.provenance
    category = row.category
    before = "未收录" if weight.before is None else brief(weight.before)
    after = "未收录" if weight.after is None else brief(weight.after)
    outer = "未收录" if category.weight is None else brief(category.weight)
    return Trace(
        label="占综合指数",
        value=weight.share,
        unit="分",
        formula=f"100 × 一级权重 {outer} × 二级权重 {after}",
        source=clause(system, table, provenance),
        verification=provenance.verification,
        note="" if before == after else f"二级权重 {before}，去掉不适用的以后是 {after}",
    )


def clause(system: IndicatorSystem, table: Table, provenance: Provenance) -> str:
    """Document, table and the source we read it in."""
    source = system.sources.get(provenance.source_id)
    read_in = "" if source is None or not source.what else f"（{source.what}）"
    return f"{system.document_no} {table.title}{read_in}".strip()


def symbol(level: Level | None) -> str | None:
    return None if level is None else level.symbol


def interval_text(low: Fraction, high: Fraction | None) -> str:
    """「30.55」 or 「28.95～35.35」."""
    if low == high:
        return display(low, INDEX_PLACES)
    if high is None:
        return f"{display(low, INDEX_PLACES)} 以上"
    return f"{display(low, INDEX_PLACES)}～{display(high, INDEX_PLACES)}"


def explain_level_index(
    system: IndicatorSystem,
    table: Table,
    rows: Sequence[Row],
    weighting: Weighting,
    ranges: Mapping[Level, Interval],
    failed: Mapping[Level, tuple[str, ...]],
    level: Level | None,
    bounds: tuple[Level, Level] | None,
    level_name: str,
) -> Trace:
    """Decision, then each level's index, then each category, then each indicator's points."""
    method = system.method
    children = []
    for rule in sorted(method.levels, key=lambda rule: rule.level):
        interval = ranges.get(rule.level)
        if interval is not None:
            children.append(
                explain_rule(
                    system,
                    table,
                    rule,
                    rows,
                    interval_text(interval.low, interval.high),
                    failed,
                    (_index(system, table, rows, weighting, rule.level, interval),),
                )
            )
    return decision_trace(system, level, bounds, level_name, tuple(children))


def decision_trace(
    system: IndicatorSystem,
    level: Level | None,
    bounds: tuple[Level, Level] | None,
    level_name: str,
    children: tuple[Trace, ...],
) -> Trace:
    note = ""
    if level is None and bounds is not None:
        note = f"未定：最好{bounds[0].symbol}，最差{bounds[1].symbol}"
    return Trace(
        label="清洁生产水平",
        value=None if level is None else f"{level.symbol} {level_name}".strip(),
        formula="从Ⅰ级起逐级试，先满足的就是",
        source=system.document_no,
        verification=system.method.provenance.verification,
        note=note,
        children=children,
    )


def explain_rule(
    system: IndicatorSystem,
    table: Table,
    rule: LevelRule,
    rows: Sequence[Row],
    score: str,
    failed: Mapping[Level, tuple[str, ...]],
    children: tuple[Trace, ...],
) -> Trace:
    """What one level asks and what is there."""
    names = {row.indicator.id: row.indicator.name for row in rows}
    parts = []
    if rule.min_index is not None:
        parts.append(f"{score} ≥ {brief(rule.min_index)}？")
    if rule.limiting_level is not None:
        missed = failed.get(rule.limiting_level, ())
        open_rows = [
            row.indicator.name
            for row in rows
            if row.applies and row.indicator.limiting and row.meets[rule.limiting_level] is None
        ]
        text = f"限定性指标都达到{rule.limiting_level.symbol}级"
        if missed:
            text += "，没达到：" + "、".join(names[indicator_id] for indicator_id in missed)
        if open_rows:
            text += "，还没定：" + "、".join(open_rows)
        parts.append(text)
    if rule.others_level is not None:
        parts.append(f"其他指标都达到{rule.others_level.symbol}级")
    return Trace(
        label=f"{rule.level.symbol}级 {rule.name}".strip(),
        value=score,
        formula="；".join(parts),
        source=system.document_no,
        verification=system.method.provenance.verification,
        note=rule.rule_text,
        children=children,
    )


def _index(
    system: IndicatorSystem,
    table: Table,
    rows: Sequence[Row],
    weighting: Weighting,
    level: Level,
    interval: Interval,
) -> Trace:
    categories = []
    for part in weighting.categories:
        earned = part.range(level)
        category = part.category
        weight = "未收录" if category.weight is None else brief(category.weight)
        if earned is None:
            value: Fraction | str | None = "整类不适用"
            formula = ""
        else:
            low, high = 100 * earned[0], 100 * earned[1]
            value = low if low == high else interval_text(low, high)
            formula = f"一级权重 {weight}{'，另加' if category.bonus else ''}"
        categories.append(
            Trace(
                label=category.name,
                value=value,
                formula=formula,
                source=clause(system, table, category.provenance),
                verification=category.provenance.verification,
                children=tuple(
                    _points(row, weighting.weights[row.indicator.id], level)
                    for row in rows
                    if row.category is category
                ),
            )
        )
    low, high = interval.low, interval.high
    return Trace(
        label=f"综合评价指数 Y{level.symbol}",
        value=low if low == high else interval_text(low, high),
        formula="Y = 100 × Σ 一级权重 × Σ 二级权重 × 达到记 1、没达到记 0",
        source=system.document_no,
        verification=system.method.provenance.verification,
        children=tuple(categories),
    )


def _points(row: Row, weight: Weight, level: Level) -> Trace:
    """What one indicator brings to one level's index; its own trace hangs on its judgement."""
    if not row.applies:
        return Trace(row.indicator.name, "不适用", note=row.reason)
    answer = row.meets[level]
    if answer is False:
        return Trace(row.indicator.name, Fraction(0), unit="分", note="没达到")
    points = None if weight.share is None else weight.share
    if answer is None:
        top = "未收录" if points is None else brief(points)
        return Trace(row.indicator.name, None, unit="分", note=f"未定，最多 {top} 分")
    return Trace(row.indicator.name, points, unit="分", note="达到")
