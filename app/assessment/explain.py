"""Traces of judgements and decisions. Built when somebody looks: value, comparison, membership, weight, index, level."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from app.assessment.combination import TableIndex
from app.assessment.finding import Measured, Missing, NotApplicable, Reached
from app.assessment.indicator_system import (
    LEVELS,
    Benchmark,
    Direction,
    DocumentKind,
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
from app.assessment.item_classes import ClassPoints
from app.assessment.membership import satisfies, threshold
from app.assessment.numbers import brief, index_text
from app.assessment.outcome import HEADING, Outcome
from app.assessment.p_index import Item, Part, Points
from app.assessment.points import PointsSum
from app.assessment.ratio_index import RatioSum
from app.assessment.result import Interval, ScoreRange
from app.assessment.rows import Row
from app.assessment.trace import Trace
from app.assessment.weights import Weight, Weighting

_ZERO = Fraction(0)
NOT_SAID = "还不能说"
INDEX_PLACES = 2


def explain_row(
    system: IndicatorSystem,
    table: Table,
    row: Row,
    weight: Weight | None,
    inputs: FirmInputs,
    evidence: Callable[[], Trace] | None,
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


def _found(row: Row, evidence: Callable[[], Trace] | None) -> Trace:
    if evidence is not None:
        return evidence()
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
                note=_benchmark_note(benchmark, provenance, _blank_corrections(row, level, inputs)),
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


def _blank_corrections(row: Row, level: Level, inputs: FirmInputs) -> list[str]:
    return [
        one.meaning
        for one in row.indicator.modifiers
        if one.counts_at(level) and one.input not in inputs.variables
    ]


def _benchmark_note(
    benchmark: Benchmark | None, provenance: Provenance, blank: Sequence[str]
) -> str:
    notes = [f"还要按「{meaning}」修正，没填" for meaning in blank]
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
    before = "未收录" if weight.before is None else brief(weight.before)
    after = "未收录" if weight.after is None else brief(weight.after)
    what = "分值" if row.indicator.points is not None else "二级权重"
    note = "" if before == after else f"{what} {before}，去掉不适用的以后是 {after}"
    if row.indicator.points is not None:
        label, value, formula = "分值", weight.after, ""
    else:
        outer = "未收录" if row.category.weight is None else brief(row.category.weight)
        label, value = "占综合指数", weight.share
        formula = f"100 × 一级权重 {outer} × 二级权重 {after}"
        if weight.of_table != 1:
            formula += f" × 本表 {'未收录' if weight.of_table is None else brief(weight.of_table)}"
    return Trace(
        label=label,
        value=value,
        unit="分",
        formula=formula,
        source=clause(system, table, provenance),
        verification=provenance.verification,
        note=note,
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
        return index_text(low)
    if high is None:
        return f"{index_text(low)} 以上"
    return f"{index_text(low)}～{index_text(high)}"


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided, for the root of the trace."""

    system: IndicatorSystem
    table: Table
    rows: tuple[Row, ...]
    failed: Mapping[Level, tuple[str, ...]]
    level: Level | None
    bounds: tuple[Level, Level] | None
    level_name: str
    outcome: Outcome | None = None


def explain_level_index(
    parts: Sequence[TableIndex], ranges: Mapping[Level, Interval], decision: Decision
) -> Trace:
    """Decision, then each level's index, then each table where there are several, then each category, then each
    indicator's points."""
    children = []
    for rule in sorted(decision.system.method.levels, key=lambda rule: rule.level):
        interval = ranges.get(rule.level)
        if interval is not None:
            index = _combined(decision, parts, rule.level, interval)
            score = interval_text(interval.low, interval.high)
            children.append(_rule(decision, rule, score, (index,)))
    return _root(decision, tuple(children))


def explain_p_index(result: Points, decision: Decision) -> Trace:
    """Decision, then P, then P1 and P2, then each first-level item and its ratios."""
    method = decision.system.method
    parts = []
    for name, is_qualitative in (("P1", False), ("P2", True)):
        if name in result.scores:
            items = tuple(
                _item(decision, item)
                for item in result.items
                if item.is_qualitative is is_qualitative
            )
            label = "定性部分 P2" if is_qualitative else "定量部分 P1"
            share = f"占 {brief(result.shares[is_qualitative])}"
            parts.append(Trace(label, _score(result.scores[name]), formula=share, children=items))
    score = result.scores.get("P")
    if score is None:
        return _root(decision, ())
    whole = Trace(
        "综合评价指数 P",
        _score(score),
        formula=f"{brief(result.shares[False])} × P1 + {brief(result.shares[True])} × P2",
        source=decision.system.document_no,
        verification=method.provenance.verification,
        children=tuple(parts),
    )
    text = interval_text(score.low, score.high)
    rules = [
        _rule(decision, rule, text, ())
        for rule in sorted(method.levels, key=lambda rule: rule.level)
    ]
    return _root(decision, (whole, *rules))


def _item(decision: Decision, item: Item) -> Trace:
    cap = "" if item.cap is None else f"比值最多算 {brief(item.cap)}"
    return Trace(
        item.category.name,
        _score(item.score),
        formula="Σ 比值 × 分值（不适用的分值按 A1/A2 分给其他项）",
        source=clause(decision.system, decision.table, item.category.provenance),
        verification=item.category.provenance.verification,
        note=cap,
        children=tuple(_part(part) for part in item.parts),
    )


def _part(part: Part) -> Trace:
    indicator = part.row.indicator
    formula = ""
    if part.ratio is not None:
        formula = f"{brief(part.ratio)} × {brief(part.points)}"
    base = "" if indicator.base is None else f"评价基准值 {brief(indicator.base)}"
    return Trace(
        indicator.name,
        part.earned,
        unit="分",
        formula=formula,
        verification=indicator.provenance.verification,
        note=base,
    )


def explain_points(result: PointsSum, decision: Decision) -> Trace:
    """Decision, then the sum and every row's points."""
    if result.total is None:
        return _root(decision, ())
    awards = tuple(
        Trace(
            award.row.indicator.name,
            award.low if award.low == award.high else None,
            unit="分",
            note=f"满分 {brief(award.points)}",
            verification=award.row.indicator.provenance.verification,
        )
        for award in result.awards
    )
    text = interval_text(result.total.low, result.total.high)
    rules = [_rule(decision, rule, text, ()) for rule in decision.system.method.levels]
    total = Trace("总分", _score(result.total), unit="分", children=awards)
    return _root(decision, (total, *rules))


def explain_classes(result: ClassPoints, decision: Decision) -> Trace:
    """The whole work, the round, then each element and its items."""
    method = decision.system.method
    elements = tuple(
        Trace(
            element.category.name,
            None if element.score is None else _score(element.score),
            formula="100 × Σ实得 / Σ应得 + Σ优选项，占 " + brief(element.category.weight or _ZERO),
            source=clause(decision.system, decision.table, element.category.provenance),
            verification=method.provenance.verification,
            children=tuple(
                Trace(
                    item.row.indicator.name,
                    item.low if item.low == item.high else None,
                    unit="分",
                    note=f"{item.row.indicator.item_class}，最多 {brief(item.most)}",
                    verification=item.row.indicator.provenance.verification,
                )
                for item in element.items
            ),
        )
        for element in result.elements
    )
    names = {"batch": "这一批的得分", "W": "单位工程得分 W"}
    scores = tuple(
        Trace(
            names[name],
            _score(score),
            formula=method.texts.get("formula", ""),
            verification=method.provenance.verification,
            children=elements if name == "batch" else (),
        )
        for name, score in result.scores.items()
    )
    return _root(decision, scores)


def explain_ratios(result: RatioSum, decision: Decision) -> Trace:
    """The index, then every row's ratio to its leading value."""
    if result.index is None:
        return explain_profile(decision)
    method = decision.system.method
    rows = tuple(
        Trace(
            row.indicator.name,
            _score(ratio),
            formula="定性项：达到记 1" if isinstance(row.finding, Reached) else "",
            source=clause(decision.system, decision.table, row.indicator.provenance),
            verification=row.indicator.provenance_of(Level.I).verification,
            note="未填" if row.is_open else "",
        )
        for row, ratio in result.ratios
    )
    index = Trace(
        method.ratio_index,
        _score(result.index),
        formula=f"100 ÷ {len(rows)} × Σ 与引领值的比",
        source=decision.system.document_no,
        verification=method.provenance.verification,
        note=method.texts.get("formula", ""),
        children=rows,
    )
    return _root(decision, (index,))


def explain_profile(decision: Decision) -> Trace:
    """Every row with its level; the level rules where the document prints any."""
    rows = tuple(
        Trace(
            row.indicator.name,
            symbol(row.reached) if row.applies else "不适用",
            source=clause(decision.system, decision.table, row.indicator.provenance),
            verification=row.indicator.provenance.verification,
        )
        for row in decision.rows
    )
    return _root(decision, rows)


def _score(score: ScoreRange) -> Fraction | str:
    return score.low if score.is_point else interval_text(score.low, score.high)


def _root(decision: Decision, children: tuple[Trace, ...]) -> Trace:
    system = decision.system
    outcome = decision.outcome
    if system.kind is DocumentKind.REFERENCE_TABLE and outcome is not None:
        said = {True: "符合", False: "不符合", None: NOT_SAID}
        return Trace(
            label=f"{HEADING}：{system.title}",
            value=said[outcome.passed] if outcome.conditions else None,
            source=system.document_no,
            verification=system.method.provenance.verification,
            note=system.method.texts.get("rule", ""),
            children=(
                *(Trace(one.text, said[one.holds]) for one in outcome.conditions),
                *children,
            ),
        )
    note = ""
    if decision.level is None and decision.bounds is not None:
        best, worst = decision.bounds
        note = f"未定：最好{best.symbol}，最差{worst.symbol}"
    value = None
    if decision.level is not None:
        value = f"{decision.level.symbol} {decision.level_name}".strip()
    return Trace(
        label="清洁生产水平",
        value=value,
        formula="从最好的一级起逐级试，先满足的就是",
        source=decision.system.document_no,
        verification=decision.system.method.provenance.verification,
        note=note,
        children=children,
    )


def _rule(decision: Decision, rule: LevelRule, score: str, children: tuple[Trace, ...]) -> Trace:
    """What one level asks and what is there."""
    rows = [row for row in decision.rows if row.applies]
    names = {row.indicator.id: row.indicator.name for row in rows}
    parts = []
    if rule.min_index is not None:
        parts.append(f"{score} ≥ {brief(rule.min_index)}？")
    if rule.limiting_level is not None:
        missed = decision.failed[rule.limiting_level]
        open_rows = [
            row.indicator.name
            for row in rows
            if row.indicator.limiting and row.meets[rule.limiting_level] is None
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
        source=decision.system.document_no,
        verification=decision.system.method.provenance.verification,
        note=rule.rule_text,
        children=children,
    )


def _combined(
    decision: Decision, parts: Sequence[TableIndex], level: Level, interval: Interval
) -> Trace:
    """The index of one table, or of several put together."""
    if len(parts) == 1:
        return _index(decision, parts[0].weighting, level, interval)
    combination = decision.system.combination(decision.table.id)
    assert combination is not None
    children = []
    for part in parts:
        own = part.ranges.get(level)
        if own is None:
            children.append(Trace(part.table.title, "整表不适用"))
            continue
        here = replace(decision, table=part.table, rows=part.rows)
        index = _index(here, part.weighting, level, own)
        weight = "未收录" if part.weight is None else brief(part.weight)
        children.append(
            replace(index, label=f"{part.table.title} Y{level.symbol}", note=f"占 {weight}")
        )
    return Trace(
        label=f"综合评价指数 Y{level.symbol}",
        value=interval.low if interval.is_point else interval_text(interval.low, interval.high),
        formula="Y = Σ 各表所占 × 各表的 Y",
        source=decision.system.document_no,
        verification=combination.provenance.verification,
        note=combination.provenance.printed,
        children=tuple(children),
    )


def _index(decision: Decision, weighting: Weighting, level: Level, interval: Interval) -> Trace:
    system, table, rows = decision.system, decision.table, decision.rows
    categories = []
    met = [row.meets[level] for row in rows]
    for part in weighting.categories:
        earned = part.earned(met)
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
