"""What keeps a firm from the next level: limiting indicators first, then by the points of the index to be gained.

The index is Y of the target level, P of the ratio family, or the sum of a points table.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from app.assessment.finding import Measured
from app.assessment.indicator_system import (
    Family,
    Indicator,
    IndicatorKind,
    IndicatorSystem,
    Level,
    LevelRule,
    Span,
    Table,
)
from app.assessment.inputs import NO_INPUTS, FirmInputs
from app.assessment.membership import threshold
from app.assessment.p_index import score_points
from app.assessment.points import sum_points
from app.assessment.result import Assessment, Judgement
from app.assessment.rows import Row, build_rows

_ZERO = Fraction(0)
_ONE = Fraction(1)


class Obstacle(StrEnum):
    """Why an indicator matters, in the order of the list."""

    LIMITING = "limiting"  # the level asks it of every limiting indicator
    OTHERS = "others"  # the level asks it of every other indicator too
    INDEX = "index"  # it would bring points


@dataclass(frozen=True)
class GapItem:
    """One indicator that does not surely meet what is needed.

    asked: the level it must reach (in ratio and points families full points are asked, and it is the target unless the
    item limits). is_open: nobody has answered, or it cannot be judged. points: what it adds to the index of the target
    level; None = weight unknown, 0 where the index already counts it. needed: the threshold, or the base value of a ratio.
    distance: how far the value is from it, in the indicator's unit; None for text, ranges and open values.
    """

    indicator_id: str
    obstacle: Obstacle
    asked: Level
    is_open: bool
    points: Fraction | None
    needed: Fraction | Span | None
    distance: Fraction | None


@dataclass(frozen=True)
class Gap:
    """index: surely reached now at the target level, None for documents without an index; short: what is lacking to
    `index_needed`. fewest_more: how many INDEX items at least are needed once everything above them is met; None
    where weights are unknown or all together do not suffice."""

    target: Level
    name: str
    index: Fraction | None
    index_needed: Fraction | None
    short: Fraction
    items: tuple[GapItem, ...]
    fewest_more: int | None


def gap_to(
    system: IndicatorSystem,
    assessment: Assessment,
    target: Level | None = None,
    inputs: FirmInputs = NO_INPUTS,
) -> Gap | None:
    """To `target`, or to the next level above the worst still possible. None when there is no such level to reach:
    reference tables, checklists and quotas give none."""
    if assessment.level_range is None:
        return None
    now = assessment.level_range[1]
    rules = sorted(system.method.levels, key=lambda rule: rule.level)
    if target is None:
        better = [rule for rule in rules if rule.level < now]
        rule = better[-1] if better else None
    else:
        rule = next((rule for rule in rules if rule.level is target), None)
    if rule is None:
        return None
    table = system.table(assessment.table_id)
    if assessment.family in (Family.P_INDEX, Family.POINTS):
        return _gap_of_points(system, table, assessment, rule, inputs)
    indicators = {indicator.id: indicator for indicator in table.indicators()}
    bonus = {
        indicator.id
        for category in table.categories
        if category.bonus
        for indicator in category.indicators
    }
    items = [
        item
        for judgement in assessment.judgements
        if judgement.state != "not_applicable"
        for item in [
            _item(
                rule,
                indicators[judgement.indicator_id],
                judgement,
                judgement.indicator_id in bonus,
                inputs,
            )
        ]
        if item is not None
    ]
    items.sort(key=_rank)
    interval = assessment.index_range.get(rule.level)
    index = None if interval is None else interval.low
    short = _ZERO
    if index is not None and rule.min_index is not None:
        short = max(_ZERO, rule.min_index - index)
    return Gap(
        target=rule.level,
        name=rule.name,
        index=index,
        index_needed=rule.min_index,
        short=short,
        items=tuple(items),
        fewest_more=_fewest_more(items, short),
    )


@dataclass(frozen=True)
class RowGap:
    """A row that misses a level: the nearest one it misses, what that asks (None where it is not known), and how far the
    value is from it, in the unit of the row; None for text, ranges and open thresholds."""

    indicator_id: str
    asked: Level
    needed: Fraction | Span | None
    distance: Fraction | None


def row_gaps(
    system: IndicatorSystem, assessment: Assessment, inputs: FirmInputs = NO_INPUTS
) -> tuple[RowGap, ...]:
    """Row by row what is lacking to the next level up, for documents that give the whole none. Limiting rows first, then
    those furthest down; rows nobody answered are not among them."""
    indicators = {one.id: one for one in system.table(assessment.table_id).indicators()}
    found = []
    for judgement in assessment.judgements:
        if judgement.state not in ("measured", "reached"):
            continue
        missed = [level for level, met in judgement.meets.items() if met is False]
        if not missed:
            continue
        asked = max(missed)  # the nearest: levels count up from the best
        indicator = indicators[judgement.indicator_id]
        needed = threshold(indicator, asked, inputs)
        distance = None
        if isinstance(judgement.finding, Measured) and isinstance(needed, Fraction):
            distance = abs(judgement.finding.value - needed)
        found.append(
            (not judgement.limiting, -asked, RowGap(indicator.id, asked, needed, distance))
        )
    return tuple(gap for *_, gap in sorted(found, key=lambda one: one[:2]))


def _rank(item: GapItem) -> tuple[int, Fraction, bool]:
    return list(Obstacle).index(item.obstacle), -(item.points or _ZERO), item.is_open


def _gap_of_points(
    system: IndicatorSystem,
    table: Table,
    assessment: Assessment,
    rule: LevelRule,
    inputs: FirmInputs,
) -> Gap:
    """The index is one for all levels here; what is open counts nothing in it."""
    findings = {one.indicator_id: one.finding for one in assessment.judgements}
    rows = build_rows(system, table, findings, inputs)
    is_ratio = assessment.family is Family.P_INDEX
    gains = _ratio_gains(system, table, rows) if is_ratio else _award_gains(system, table, rows)
    score = assessment.scores.get("P" if is_ratio else "points")
    items = []
    for row in rows:
        if not row.applies:
            continue
        indicator = row.indicator
        limiting = indicator.limiting is True
        demanded = rule.limiting_level if limiting else rule.others_level
        obstacle, asked = Obstacle.INDEX, rule.level
        if demanded is not None and row.meets[demanded] is not True:
            obstacle = Obstacle.LIMITING if limiting else Obstacle.OTHERS
            asked = demanded
        gain = gains.get(indicator.id, _ZERO)
        if obstacle is Obstacle.INDEX and (not gain or rule.min_index is None):
            continue
        needed: Fraction | Span | None = indicator.base
        if not is_ratio:
            full_at = Level.III if obstacle is Obstacle.INDEX else asked
            needed = threshold(indicator, full_at, inputs)
        distance = None
        if isinstance(row.finding, Measured) and isinstance(needed, Fraction):
            distance = abs(row.finding.value - needed)
        items.append(GapItem(indicator.id, obstacle, asked, row.is_open, gain, needed, distance))
    items.sort(key=_rank)
    index = None if score is None else score.low
    short = _ZERO
    if index is not None and rule.min_index is not None:
        short = max(_ZERO, rule.min_index - index)
    return Gap(
        rule.level,
        rule.name,
        index,
        rule.min_index,
        short,
        tuple(items),
        _fewest_more(items, short),
    )


def _ratio_gains(
    system: IndicatorSystem, table: Table, rows: Sequence[Row]
) -> Mapping[str, Fraction]:
    """What reaching the base value (or the requirement) adds to P; more than that may add still more, and is not
    counted on."""
    gains = {}
    scored = score_points(system.method, table, rows)
    for item in scored.items:
        factor = scored.shares[item.is_qualitative]
        full = _ONE if item.cap is None else min(_ONE, item.cap)
        for part in item.parts:
            is_ratio = part.row.indicator.kind is IndicatorKind.QUANTITATIVE
            most = part.points * (full if is_ratio else _ONE)
            gain = most - (part.earned or _ZERO)
            gains[part.row.indicator.id] = max(_ZERO, gain) * factor
    return gains


def _award_gains(
    system: IndicatorSystem, table: Table, rows: Sequence[Row]
) -> Mapping[str, Fraction]:
    """Full points less what the row surely brings."""
    return {
        award.row.indicator.id: award.points - award.low
        for award in sum_points(system.method, table, rows).awards
    }


def _item(
    rule: LevelRule, indicator: Indicator, judgement: Judgement, is_bonus: bool, inputs: FirmInputs
) -> GapItem | None:
    obstacle, asked = Obstacle.INDEX, rule.level
    demanded = rule.limiting_level if judgement.limiting else rule.others_level
    if is_bonus and not judgement.limiting:
        demanded = None
    if demanded is not None and judgement.meets[demanded] is not True:
        obstacle = Obstacle.LIMITING if judgement.limiting else Obstacle.OTHERS
        asked = demanded
    if judgement.meets[asked] is True or (obstacle is Obstacle.INDEX and rule.min_index is None):
        return None
    points = judgement.share
    if asked > rule.level or judgement.meets[rule.level] is True:
        points = _ZERO  # what is demanded of it lies below the level whose index is counted
    bound = threshold(indicator, asked, inputs)
    distance = None
    if isinstance(judgement.finding, Measured) and isinstance(bound, Fraction):
        distance = abs(judgement.finding.value - bound)
    return GapItem(
        indicator_id=indicator.id,
        obstacle=obstacle,
        asked=asked,
        is_open=judgement.meets[asked] is None,
        points=points,
        needed=bound,
        distance=distance,
    )


def _fewest_more(items: list[GapItem], short: Fraction) -> int | None:
    """Taking the weightiest first is the fewest."""
    if any(item.points is None for item in items):
        return None
    left = short - sum(
        (item.points or _ZERO for item in items if item.obstacle is not Obstacle.INDEX), _ZERO
    )
    count = 0
    for item in items:
        if left <= 0:
            break
        if item.obstacle is Obstacle.INDEX:
            left -= item.points or _ZERO
            count += 1
    return count if left <= 0 else None
