"""assess(): one firm against one table of one document. Picks the family; everything the result says is settled here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial

from app.assessment import explain, p_index
from app.assessment.combination import Combined, combine
from app.assessment.decision import level_range, limiting_failed
from app.assessment.finding import Finding, Measured, Reached
from app.assessment.indicator_system import (
    LEVELS,
    DocumentKind,
    Family,
    IndicatorSystem,
    Level,
    ShareRule,
    Table,
    Verification,
)
from app.assessment.inputs import NO_INPUTS, FirmInputs
from app.assessment.item_classes import grade_conditions, sum_classes
from app.assessment.level_only import prints_a_rule
from app.assessment.numbers import brief
from app.assessment.outcome import Condition, outcome_of
from app.assessment.points import sum_points
from app.assessment.ratio_index import sum_ratios
from app.assessment.refusals import refusals, without
from app.assessment.result import Assessment, Interval, Judgement, ScoreRange
from app.assessment.rows import Row, build_rows, missing_inputs, non_nested, profile
from app.assessment.trace import Trace
from app.assessment.weights import Weight
from app.errors import Problem, UserError


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What a family has to say beyond the rows themselves. states: replaces the row's own state where the family judges
    differently from thresholds."""

    weights: Mapping[str, Weight]
    scores: Mapping[str, ScoreRange]
    bounds: tuple[Level, Level] | None
    why: str
    warnings: tuple[str, ...]
    explain: Callable[[explain.Decision], Trace]
    ranges: Mapping[Level, Interval] = field(default_factory=dict)
    conditions: tuple[Condition, ...] = ()
    states: Mapping[str, str] = field(default_factory=dict)


def assess(
    system: IndicatorSystem,
    table_id: str,
    findings: Mapping[str, Finding],
    inputs: FirmInputs = NO_INPUTS,
    evidence: Mapping[str, Callable[[], Trace]] | None = None,
) -> Assessment:
    """Absent findings are Missing. `evidence`: per indicator id, what tells how its value was worked out; that becomes the
    first branch of the judgement's trace. KeyError for an unknown table; UserError for findings the document forbids."""
    table = system.table(table_id)
    if system.method.family is not Family.LEVEL_INDEX and len(system.parts(table_id)) > 1:
        raise UserError(Problem(table.title, "这份文件没有把几张表合并的规则", "只选一张表"))
    refused = refusals(system, table_id, findings, inputs)
    if refused:
        raise UserError(*(one.problem for one in refused))
    rows = build_rows(system, table, findings, inputs)
    failed = limiting_failed(rows)
    asked = missing_inputs(rows, inputs)
    outcome = _FAMILIES[system.method.family](system, table, rows, inputs)
    bounds, why = outcome.bounds, outcome.why
    if system.kind is DocumentKind.REFERENCE_TABLE:
        gaps = why if system.method.family is Family.POINTS or system.method.ratio_index else ""
        bounds, why = None, "；".join(filter(None, ("参考表不给清洁生产水平，只作自评参考", gaps)))
    judged = None
    if system.kind is DocumentKind.REFERENCE_TABLE or system.method.family is Family.CHECKLIST:
        judged = outcome_of(system.method, rows, outcome.conditions)
    level = bounds[0] if bounds is not None and bounds[0] is bounds[1] else None
    name = level_name(system, level)
    return Assessment(
        system_id=system.id,
        edition=system.edition,
        table_id=table.id,
        family=system.method.family,
        index={
            level: outcome.ranges[level].low
            if level in outcome.ranges and outcome.ranges[level].is_point
            else None
            for level in LEVELS
        },
        index_range=outcome.ranges,
        level=level,
        level_range=bounds,
        level_name=name,
        limiting_failed=failed,
        judge=partial(_judge, system, table, rows, outcome, inputs, evidence or {}),
        missing=tuple(row.indicator.id for row in rows if row.is_open),
        verification=weakest_in_use(system, table, rows),
        warnings=(*outcome.warnings, *_common_warnings(system, rows, inputs, asked, level, bounds)),
        why_not_scored=why,
        explain=partial(
            outcome.explain,
            explain.Decision(system, table, rows, failed, level, bounds, name, judged),
        ),
        missing_inputs=asked,
        scores=outcome.scores,
        profile=profile(rows),
        outcome=judged,
    )


def assess_allowed(
    system: IndicatorSystem,
    table_id: str,
    findings: Mapping[str, Finding],
    inputs: FirmInputs = NO_INPUTS,
    evidence: Mapping[str, Callable[[], Trace]] | None = None,
) -> Assessment:
    """As `assess`, with findings and inputs the document does not allow left open, each with a warning that names it."""
    refused = refusals(system, table_id, findings, inputs)
    findings, inputs = without(refused, findings, inputs)
    assessment = assess(system, table_id, findings, inputs, evidence)
    if not refused:
        return assessment
    said = tuple(
        f"{one.problem.where}：{one.problem.what}，没有算进去，当作没填。{one.problem.remedy}"
        for one in refused
    )
    return replace(assessment, warnings=(*said, *assessment.warnings))


def _level_index(
    system: IndicatorSystem, table: Table, rows: tuple[Row, ...], inputs: FirmInputs
) -> _Outcome:
    method = system.method
    combined = combine(system, table, rows, inputs)
    ranges = combined.ranges
    bounds = None
    if ranges and method.levels:
        ends = {level: (y.low, y.high) for level, y in ranges.items()}
        bounds = level_range(method.levels, ends, rows)
    warnings = list(combined.warnings)
    for part in [part for one in combined.parts for part in one.weighting.main]:
        if part.is_empty:
            weight = part.category.weight
            size = "" if weight is None else f" {brief(weight)}"
            warnings.append(
                f"「{part.category.name}」整类不适用，它的权重{size} 按比例分给了其他类。"
                "文件没有写这种情况，报告里要说明"
            )
    return _Outcome(
        weights=combined.weights,
        scores={},
        bounds=bounds,
        why=_why_no_index(combined, rows, inputs),
        warnings=tuple(warnings),
        explain=partial(explain.explain_level_index, combined.parts, ranges),
        ranges=ranges,
    )


def _p_index(
    system: IndicatorSystem, table: Table, rows: tuple[Row, ...], inputs: FirmInputs
) -> _Outcome:
    del inputs  # ratios to a base value ask the firm for nothing more
    result = p_index.score_points(system.method, table, rows)
    weights = {}
    states = {}
    for item in result.items:
        part_of_whole = (
            system.method.qualitative_share
            if item.is_qualitative
            else system.method.quantitative_share
        )
        for part in item.parts:
            indicator = part.row.indicator
            share = None if part_of_whole is None else part.points * part_of_whole
            weights[indicator.id] = Weight(indicator.points, part.points, share)
            if part.ratio is not None:
                states[indicator.id] = (
                    "reached" if isinstance(part.row.finding, Reached) else "measured"
                )
    for row in rows:
        if row.indicator.id not in weights and result.items:
            weights[row.indicator.id] = Weight(row.indicator.points, Fraction(0), Fraction(0))
    bounds = None
    whole = result.scores.get("P")
    if whole is not None and system.method.levels and any(row.applies for row in rows):
        ends = {rule.level: (whole.low, whole.high) for rule in system.method.levels}
        bounds = level_range(system.method.levels, ends, rows)
    return _Outcome(
        weights=weights,
        scores=result.scores,
        bounds=bounds,
        why="；".join(result.unknown),
        warnings=tuple(
            f"「{part.row.indicator.name}」的值算不出与基准值的比"
            for item in result.items
            for part in item.parts
            if part.ratio is None and not part.row.is_open
        ),
        explain=partial(explain.explain_p_index, result),
        states=states,
    )


def _points(
    system: IndicatorSystem, table: Table, rows: tuple[Row, ...], inputs: FirmInputs
) -> _Outcome:
    if system.method.item_points:
        return _item_classes(system, table, rows, inputs)
    result = sum_points(system.method, table, rows)
    weights = {
        award.row.indicator.id: Weight(award.row.indicator.points, award.points, award.points)
        for award in result.awards
    }
    bounds = None
    if result.total is not None and any(
        rule.min_index is not None for rule in system.method.levels
    ):
        total = result.total
        ends = {rule.level: (total.low, total.high) for rule in system.method.levels}
        bounds = level_range(system.method.levels, ends, rows)
    return _Outcome(
        weights=weights,
        scores={} if result.total is None else {"points": result.total},
        bounds=bounds,
        why="；".join(result.unknown),
        warnings=(),
        explain=partial(explain.explain_points, result),
        states={
            award.row.indicator.id: "measured"
            for award in result.awards
            if isinstance(award.row.finding, Measured) and award.low == award.high
        },
    )


def _item_classes(
    system: IndicatorSystem, table: Table, rows: tuple[Row, ...], inputs: FirmInputs
) -> _Outcome:
    result = sum_classes(system.method, table, rows, inputs)
    return _Outcome(
        weights={},
        scores=result.scores,
        bounds=None,
        why="；".join(result.unknown),
        warnings=(),
        explain=partial(explain.explain_classes, result),
        conditions=grade_conditions(system.method, rows, result, inputs),
        states={
            item.row.indicator.id: "measured"
            for element in result.elements
            for item in element.items
            if isinstance(item.row.finding, Measured) and item.low == item.high
        },
    )


def _level_only(
    system: IndicatorSystem, table: Table, rows: tuple[Row, ...], inputs: FirmInputs
) -> _Outcome:
    del table, inputs
    method = system.method
    bounds = None
    if method.family is not Family.ENERGY_QUOTA and prints_a_rule(method.levels):
        ends: dict[Level, tuple[Fraction, Fraction | None]] = {
            rule.level: (Fraction(0), None) for rule in method.levels
        }
        bounds = level_range(method.levels, ends, rows)
    why = ""
    if bounds is None:
        why = (
            "能耗限额逐个产品比，不合成总等级"
            if method.family is Family.ENERGY_QUOTA
            else "文件没有写总等级怎么判，只列每项指标达到哪一级"
        )
    return _Outcome({}, {}, bounds, why, (), explain.explain_profile)


def _checklist(
    system: IndicatorSystem, table: Table, rows: tuple[Row, ...], inputs: FirmInputs
) -> _Outcome:
    name = system.method.ratio_index
    if not name:
        return _level_only(system, table, rows, inputs)
    result = sum_ratios(rows, inputs)
    warnings = []
    if result.odd:
        names = _listed([row.indicator.name for row in result.odd])
        warnings.append(f"{names}的值算不出与引领值的比，{name} 只有下限")
    unmet = [
        row.indicator.name
        for row, ratio in result.ratios
        if isinstance(row.finding, Reached) and not ratio.is_point
    ]
    if unmet:
        warnings.append(
            f"{_listed(unmet)}没达到，折成多少比值文件没有收录，{name} 按 0 到 1 两头算"
        )
    if result.index is not None and "formula" in system.method.recalled_parts:
        warnings.append(f"{name} 的算法凭记忆，没有见到原文，用前要核对")
    return _Outcome(
        weights={},
        scores={} if result.index is None else {name: result.index},
        bounds=None,
        why="；".join(result.unknown),
        warnings=tuple(warnings),
        explain=partial(explain.explain_ratios, result),
    )


_FAMILIES = {
    Family.LEVEL_INDEX: _level_index,
    Family.P_INDEX: _p_index,
    Family.POINTS: _points,
    Family.LEVEL_ONLY: _level_only,
    Family.ENERGY_QUOTA: _level_only,
    Family.CHECKLIST: _checklist,
}


def _judge(
    system: IndicatorSystem,
    table: Table,
    rows: Sequence[Row],
    outcome: _Outcome,
    inputs: FirmInputs,
    evidence: Mapping[str, Callable[[], Trace]],
) -> tuple[Judgement, ...]:
    """One Judgement a row. An indicator without an entry in `weights` belongs to a family without weights."""
    judgements = []
    for row in rows:
        indicator = row.indicator
        weight = outcome.weights.get(indicator.id)
        judgements.append(
            Judgement(
                indicator_id=indicator.id,
                category_id=row.category.id,
                finding=row.finding,
                state=outcome.states.get(indicator.id, row.state),
                meets=row.meets,
                reached=row.reached,
                weight_before=None if weight is None else weight.before,
                weight_after=None if weight is None else weight.after,
                share=None if weight is None else weight.share,
                limiting=indicator.limiting is True,
                verification=indicator.trust,
                explain=partial(
                    explain.explain_row,
                    system,
                    table,
                    row,
                    weight,
                    inputs,
                    evidence.get(indicator.id),
                ),
            )
        )
    return tuple(judgements)


def weakest_in_use(
    system: IndicatorSystem, table: Table, rows: Sequence[Row]
) -> Verification | None:
    """Weakest of the method, the category weights and the rows that take part. None when no row takes part."""
    states = {row.indicator.trust for row in rows if row.applies}
    if not states:
        return None
    combination = system.combination(table.id)
    if combination is not None and len(system.parts(table.id)) > 1:
        states.add(combination.provenance.verification)
    used = {row.category.id for row in rows if row.applies}
    states.add(system.method.provenance.verification)
    states.update(
        category.provenance.verification for category in table.categories if category.id in used
    )
    return max(states, key=lambda state: state.rank)


def level_name(system: IndicatorSystem, level: Level | None) -> str:
    """The document's own words."""
    if level is None:
        return ""
    if level is Level.NONE:
        return system.method.below_name
    return next((rule.name for rule in system.method.levels if rule.level is level), "")


def _why_no_index(combined: Combined, rows: Sequence[Row], inputs: FirmInputs) -> str:
    if not combined.ranges:
        return "没有一项适用，算不出综合指数"
    if all(interval.is_point for interval in combined.ranges.values()):
        return ""
    reasons = ["各表合并的权重没有收录全"] if combined.is_open else []
    weightings = [part.weighting for part in combined.parts]
    if any(_has_gap([part.category.weight for part in one.main]) for one in weightings):
        reasons.append("一级权重没有收录全")
    gaps = [
        part.category.name
        for one in weightings
        for part in one.categories
        if _has_gap([unit.weight for unit in part.units])
    ]
    if gaps:
        reasons.append(f"{_listed(gaps)}的二级权重没有收录全")
    unknown = unjudgeable(rows, inputs)
    if unknown:
        reasons.append(f"{_listed([row.indicator.name for row in unknown])}的基准值没有收录全")
    return "；".join(reasons)


def _has_gap(weights: Sequence[Fraction | None]) -> bool:
    """A single unknown weight is what is left of 1; two or more are a gap."""
    return sum(weight is None for weight in weights) > 1


def unjudgeable(rows: Sequence[Row], inputs: FirmInputs) -> list[Row]:
    """Answered rows that the document's own gaps leave open, not an input still to be given."""
    return [
        row
        for row in rows
        if row.state == "unjudgeable" and row.indicator.variables <= inputs.variables.keys()
    ]


def _listed(names: Sequence[str], most: int = 3) -> str:
    """「甲」「乙」, with the rest as a count."""
    text = "".join(f"「{name}」" for name in names[:most])
    return text if len(names) <= most else f"{text}等 {len(names)} 项"


def _common_warnings(
    system: IndicatorSystem,
    rows: tuple[Row, ...],
    inputs: FirmInputs,
    asked: Sequence[str],
    level: Level | None,
    bounds: tuple[Level, Level] | None,
) -> list[str]:
    """What every family has to say beside its figures."""
    warnings = []
    open_rows = [row for row in rows if row.is_open]
    if open_rows and bounds is not None:
        settled = "不影响等级" if level is not None else "只给范围，不给等级"
        warnings.append(f"{len(open_rows)} 项没填：{settled}")
    names = {row.indicator.id: row.indicator.name for row in rows}
    outputs = [names[name.removeprefix("output:")] for name in asked if name.startswith("output:")]
    if outputs:
        warnings.append(f"{_listed(outputs)}的产量没填，权重还分不出来")
    for variable in system.variables:
        if variable.id in asked:
            warnings.append(f"「{variable.meaning}」没填，有的基准值还算不出来")
    warnings.extend(
        f"「{meaning}」没填，基准值按不修正算" for meaning in open_modifiers(rows, inputs)
    )
    below = [row.indicator.name for row in rows if row.applies and row.reached is Level.NONE]
    if below and level in LEVELS:
        warnings.append(f"按文件条文仍是{level.symbol}级，但{_listed(below)}低于Ⅲ级")
    odd = non_nested(rows, inputs)
    if odd:
        warnings.append(
            f"{_listed([names[name] for name in odd])}的官方基准值前后不顺：达到了较好一级，却不满足较差一级的数，按达到算"
        )
    unsure = [row.indicator.name for row in rows if row.applies and row.indicator.limiting is None]
    if unsure and any(rule.limiting_level is not None for rule in system.method.levels):
        warnings.append(f"来源没有写明{_listed(unsure)}是不是限定性指标，等级按两种可能给")
    for row in rows:
        share = row.indicator.share
        if (
            share is not None
            and share.rule is ShareRule.OUTPUT
            and not row.applies
            and isinstance(row.finding, Measured | Reached)
            and row.reason.startswith("没有产量")
        ):
            warnings.append(f"「{row.indicator.name}」填了数，产量却是 0，没有参评。核对产量")
    warnings.extend(_one_of_conflicts(rows))
    if system.method.provenance.verification is Verification.RECALLED:
        warnings.append("判级方法凭记忆，没有见到原文，用前要核对")
    return warnings


def open_modifiers(rows: Sequence[Row], inputs: FirmInputs) -> tuple[str, ...]:
    """What corrections of thresholds nobody has entered, for rows that were measured."""
    return tuple(
        dict.fromkeys(
            modifier.meaning
            for row in rows
            if row.applies and isinstance(row.finding, Measured)
            for modifier in row.indicator.modifiers
            if modifier.input not in inputs.variables
        )
    )


def _one_of_conflicts(rows: Sequence[Row]) -> list[str]:
    answered: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        share = row.indicator.share
        if (
            share is not None
            and share.rule is ShareRule.ONE_OF
            and row.applies
            and isinstance(row.finding, Measured | Reached)
        ):
            answered.setdefault((row.category.id, share.group), []).append(row.indicator.name)
    return [
        f"{_listed(names)}只能有一项适用，别的标「不适用」"
        for names in answered.values()
        if len(names) > 1
    ]
