"""assess(): one firm against one table of one document. Picks the family; everything the result says is settled here."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial

from app.assessment import explain, p_index
from app.assessment.combination import Combined, combine
from app.assessment.decision import level_range, limiting_failed
from app.assessment.finding import Finding, Measured, Missing, Reached
from app.assessment.indicator_system import (
    LEVELS,
    DocumentKind,
    Family,
    IndicatorSystem,
    Level,
    Modifier,
    ShareRule,
    Span,
    Table,
    Verification,
)
from app.assessment.inputs import NO_INPUTS, FirmInputs
from app.assessment.item_classes import grade_conditions, met_by_points, sum_classes
from app.assessment.level_index import worst_together
from app.assessment.level_only import prints_a_rule
from app.assessment.membership import threshold
from app.assessment.numbers import places_apart
from app.assessment.outcome import Condition, outcome_of
from app.assessment.plausible import implausible, odd_inputs
from app.assessment.points import sum_points
from app.assessment.ratio_index import sum_ratios
from app.assessment.refusals import refusals, without
from app.assessment.remarks import Code, Remark, remark
from app.assessment.result import Assessment, Interval, Judgement, ScoreRange
from app.assessment.rows import Away, Row, build_rows, missing_inputs, non_nested, profile
from app.assessment.scorable import for_comparison_only
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
    reasons: tuple[Remark, ...]
    remarks: tuple[Remark, ...]
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
    comparison_only: bool = False,
) -> Assessment:
    """Absent findings are Missing. `evidence`: per indicator id, what tells how its value was worked out; that becomes the
    first branch of the judgement's trace. comparison_only: row by row, without index and level. KeyError for an unknown table; UserError for findings the document forbids."""
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
    if comparison_only:
        outcome = _compared(outcome)
    bounds, reasons = outcome.bounds, outcome.reasons
    if system.kind is DocumentKind.REFERENCE_TABLE:
        gives_a_score = system.method.family is Family.POINTS or bool(system.method.ratio_index)
        bounds = None
        reasons = (remark(Code.NEVER_A_LEVEL), *(reasons if gives_a_score else ()))
    judged = None
    if system.kind is DocumentKind.REFERENCE_TABLE or system.method.family is Family.CHECKLIST:
        judged = outcome_of(
            system.method, rows, outcome.conditions, partial(met_by_points, system.method)
        )
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
        remarks=(*outcome.remarks, *_common_remarks(system, rows, inputs, asked, level, bounds)),
        reasons=reasons,
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
    """As `assess` for an audit: findings and inputs the document does not allow are left open, each with a warning that
    names it, and a document of which our copy lacks too much is for comparison only."""
    refused = refusals(system, table_id, findings, inputs)
    findings, inputs = without(refused, findings, inputs)
    only = for_comparison_only(system)
    assessment = assess(system, table_id, findings, inputs, evidence, comparison_only=only)
    if not refused:
        return assessment
    said = tuple(
        remark(
            Code.REFUSED,
            (*one.findings, *one.outputs),
            refusal=one,
        )
        for one in refused
    )
    return replace(assessment, remarks=(*said, *assessment.remarks))


def _compared(outcome: _Outcome) -> _Outcome:
    """What is left of an outcome where the document is here for comparison only."""
    return replace(
        outcome,
        scores={},
        ranges={},
        bounds=None,
        reasons=(remark(Code.COMPARISON_ONLY), *outcome.reasons),
        explain=explain.explain_profile,
    )


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
        if bounds is not None and bounds[0] is not bounds[1] and len(combined.parts) == 1:
            weighting = combined.parts[0].weighting
            worst = worst_together(method.levels, method.index_cap, weighting, rows)
            bounds = bounds[0], min(bounds[1], worst)
    remarks = list(combined.warnings)
    applying = {row.category.id for row in rows if row.applies}
    for part in [part for one in combined.parts for part in one.weighting.main]:
        if part.is_empty and applying:  # with nothing left there is no other class to share it
            category = part.category
            code = Code.ZERO_WEIGHT if category.id in applying else Code.EMPTY_CATEGORY
            ids = [row.id for row in category.indicators]
            remarks.append(remark(code, ids, name=category.name, weight=category.weight))
    return _Outcome(
        weights=combined.weights,
        scores={},
        bounds=bounds,
        reasons=tuple(_why_no_index(combined, rows, inputs)),
        remarks=tuple(remarks),
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
        part_of_whole = result.shares[item.is_qualitative]
        for part in item.parts:
            indicator = part.row.indicator
            weights[indicator.id] = Weight(
                indicator.points, part.points, part.points * part_of_whole
            )
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
        reasons=_or_nothing_applies(result.unknown, rows),
        remarks=(
            *result.warnings,
            *(
                remark(Code.NO_RATIO, [part.row.indicator.id], name=part.row.indicator.name)
                for item in result.items
                for part in item.parts
                if part.ratio is None and not part.row.is_open
            ),
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
        reasons=_or_nothing_applies(result.unknown, rows),
        remarks=result.warnings,
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
        reasons=result.unknown,
        remarks=(),
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
    reasons: tuple[Remark, ...] = ()
    if bounds is None:
        is_quota = method.family is Family.ENERGY_QUOTA
        reasons = (remark(Code.EACH_PRODUCT_BY_ITSELF if is_quota else Code.NO_RULE),)
    return _Outcome({}, {}, bounds, reasons, (), explain.explain_profile)


def _checklist(
    system: IndicatorSystem, table: Table, rows: tuple[Row, ...], inputs: FirmInputs
) -> _Outcome:
    name = system.method.ratio_index
    if not name:
        return _level_only(system, table, rows, inputs)
    result = sum_ratios(rows, inputs)
    remarks = []
    if result.odd:
        remarks.append(_of_rows(Code.NO_LEADING_RATIO, result.odd, index=name))
    unmet = [
        row
        for row, ratio in result.ratios
        if isinstance(row.finding, Reached) and not ratio.is_point
    ]
    if unmet:
        remarks.append(_of_rows(Code.UNMET_WITHOUT_RATIO, unmet, index=name))
    if result.index is not None and "formula" in system.method.recalled_parts:
        remarks.append(remark(Code.INDEX_RECALLED, index=name))
    return _Outcome(
        weights={},
        scores={} if result.index is None else {name: result.index},
        bounds=None,
        reasons=result.unknown,
        remarks=tuple(remarks),
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


def _places(row: Row, inputs: FirmInputs) -> int:
    if not isinstance(row.finding, Measured):
        return explain.INDEX_PLACES
    bounds: list[Fraction] = [] if row.indicator.base is None else [row.indicator.base]
    for level in LEVELS:
        match threshold(row.indicator, level, inputs):
            case Fraction() as bound:
                bounds.append(bound)
            case Span(low, high):
                bounds += [low, high]
            case _:
                pass
    return places_apart(row.finding.value, bounds, explain.INDEX_PLACES)


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
                places=_places(row, inputs),
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


def _or_nothing_applies(reasons: tuple[Remark, ...], rows: Sequence[Row]) -> tuple[Remark, ...]:
    if reasons or any(row.applies for row in rows):
        return reasons
    return (remark(Code.NOTHING_APPLIES),)


def _of_rows(code: Code, rows: Iterable[Row], **arguments: object) -> Remark:
    """A remark that names rows."""
    indicators = [row.indicator for row in rows]
    return remark(
        code,
        [one.id for one in indicators],
        names=tuple(one.name for one in indicators),
        **arguments,
    )


def _why_no_index(combined: Combined, rows: Sequence[Row], inputs: FirmInputs) -> list[Remark]:
    if not combined.ranges:
        return [remark(Code.NOTHING_APPLIES)]
    if all(interval.is_point for interval in combined.ranges.values()):
        return []
    reasons = [remark(Code.TABLE_WEIGHTS_UNKNOWN)] if combined.is_open else []
    weightings = [part.weighting for part in combined.parts]
    if any(_has_gap([part.category.weight for part in one.main]) for one in weightings):
        reasons.append(remark(Code.CATEGORY_WEIGHTS_UNKNOWN))
    gaps = [
        part.category.name
        for one in weightings
        for part in one.categories
        if _has_gap([unit.weight for unit in part.units])
    ]
    if gaps:
        reasons.append(remark(Code.ROW_WEIGHTS_UNKNOWN, names=tuple(gaps)))
    unknown = unjudgeable(rows, inputs)
    not_printed = [row for row in unknown if _open_levels(row).isdisjoint(row.indicator.benchmarks)]
    gaps_of_ours = [row for row in unknown if row not in not_printed]
    if gaps_of_ours:
        reasons.append(_of_rows(Code.THRESHOLDS_UNKNOWN, gaps_of_ours))
    if not_printed:
        levels = sorted({level for row in not_printed for level in _open_levels(row)})
        reasons.append(_of_rows(Code.LEVEL_NOT_PRINTED, not_printed, levels=tuple(levels)))
    return reasons


def _open_levels(row: Row) -> set[Level]:
    return {level for level in LEVELS if row.meets[level] is None}


def _has_gap(weights: Sequence[Fraction | None]) -> bool:
    """A single unknown weight is what is left of 1; two or more are a gap."""
    return sum(weight is None for weight in weights) > 1


def unjudgeable(rows: Sequence[Row], inputs: FirmInputs) -> list[Row]:
    """Answered rows that the document or our copy of it leaves open, not an input still to be given."""
    return [
        row
        for row in rows
        if row.state == "unjudgeable" and inputs.variables.keys() >= set(row.indicator.asked_inputs)
    ]


def _common_remarks(
    system: IndicatorSystem,
    rows: tuple[Row, ...],
    inputs: FirmInputs,
    asked: Sequence[str],
    level: Level | None,
    bounds: tuple[Level, Level] | None,
) -> list[Remark]:
    """What every family has to say beside its figures."""
    remarks = []
    for row in rows:
        doubt = row.finding.doubt if row.is_open and isinstance(row.finding, Missing) else None
        if doubt is not None:
            indicator = row.indicator
            said = remark(Code.CONTRADICTED, [indicator.id], name=indicator.name, doubt=doubt)
            remarks.append(said)
    doubted = {one.indicators[0] for one in remarks}
    open_rows = [row.indicator.id for row in rows if row.is_open]
    open_rows = [one for one in open_rows if one not in doubted]
    if open_rows and bounds is not None:
        remarks.append(
            remark(Code.OPEN_ROWS, open_rows, count=len(open_rows), decided=level is not None)
        )
    by_id = {row.indicator.id: row for row in rows}
    outputs = [by_id[one.removeprefix("output:")] for one in asked if one.startswith("output:")]
    if outputs:
        remarks.append(_of_rows(Code.OUTPUTS_OPEN, outputs))
    for variable in system.variables:
        if variable.id in asked:
            remarks.append(remark(Code.VARIABLE_OPEN, meaning=variable.meaning))
    remarks.extend(
        remark(Code.CORRECTION_OPEN, meaning=one.meaning, neutral=one.neutral)
        for one in open_modifiers(rows, inputs)
    )
    unprinted = [
        row
        for row in rows
        if row.applies
        and row.indicator.unprinted_best
        and row.reached is min(row.indicator.benchmarks)
    ]
    if unprinted and system.method.family in (Family.LEVEL_INDEX, Family.P_INDEX):
        levels = sorted({one for row in unprinted for one in row.indicator.unprinted_best})
        remarks.append(_of_rows(Code.BEST_NOT_PRINTED, unprinted, levels=tuple(levels)))
    below = [row for row in rows if row.applies and row.reached is Level.NONE]
    if below and level in LEVELS and system.method.family is not Family.POINTS:
        remarks.append(_of_rows(Code.BELOW_WORST, below, level=level))
    odd = non_nested(rows, inputs)
    if odd:
        remarks.append(_of_rows(Code.NOT_NESTED, [by_id[one] for one in odd]))
    unsure = [row for row in rows if row.applies and row.indicator.limiting is None]
    if (
        unsure
        and bounds is not None
        and any(rule.limiting_level is not None for rule in system.method.levels)
    ):
        remarks.append(_of_rows(Code.LIMITING_UNKNOWN, unsure))
    remarks.extend(
        remark(Code.VALUE_WITHOUT_OUTPUT, [row.indicator.id], name=row.indicator.name)
        for row in rows
        if row.away is Away.NO_OUTPUT and isinstance(row.finding, Measured | Reached)
    )
    remarks.extend(_one_of_conflicts(rows))
    remarks.extend(implausible(rows, inputs))
    meanings = {one.id: one.meaning for one in system.variables}
    remarks.extend(odd_inputs(rows, meanings, inputs))
    if system.method.provenance.verification is Verification.RECALLED:
        remarks.append(remark(Code.METHOD_RECALLED))
    if level is not None and for_comparison_only(system):
        remarks.append(remark(Code.INCOMPLETE_COPY))
    return remarks


def open_modifiers(rows: Sequence[Row], inputs: FirmInputs) -> tuple[Modifier, ...]:
    """Corrections of thresholds nobody has entered, for rows that were measured; each input once."""
    found = {
        modifier.input: modifier
        for row in reversed(rows)
        if row.applies and isinstance(row.finding, Measured)
        for modifier in reversed(row.indicator.modifiers)
        if modifier.input not in inputs.variables
        and any(map(modifier.counts_at, row.indicator.benchmarks))
    }
    return tuple(reversed(found.values()))


def _one_of_conflicts(rows: Sequence[Row]) -> list[Remark]:
    answered: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        share = row.indicator.share
        if (
            share is not None
            and share.rule is ShareRule.ONE_OF
            and row.applies
            and isinstance(row.finding, Measured | Reached)
        ):
            answered.setdefault((row.category.id, share.group), []).append(row)
    return [_of_rows(Code.ONE_OF, group) for group in answered.values() if len(group) > 1]
