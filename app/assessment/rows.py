"""The rows of a table as this firm meets them: which take part, and what each has reached."""

import enum
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from app.assessment.finding import Finding, Measured, Missing, NotApplicable, Reached
from app.assessment.indicator_system import (
    LEVELS,
    Category,
    Family,
    Indicator,
    IndicatorSystem,
    Level,
    ShareRule,
    Table,
)
from app.assessment.inputs import FirmInputs
from app.assessment.membership import (
    Meets,
    meets_levels,
    reached_level,
    satisfies,
    without_unprinted_best,
)

_MISSING = Missing()


class Away(enum.Enum):
    """Why a row takes no part; the value in words, "" where the firm's own reason stands in its finding."""

    NOT_APPLICABLE = "不适用"
    NOT_HAD = "企业没有此项"
    NO_OUTPUT = "没有产量，不参评"
    OTHER_OF_GROUP = "同组另一项适用"


class Row(NamedTuple):
    """away: why it takes no part. Meets is all None then. A tuple: made anew by the thousand."""

    indicator: Indicator
    category: Category
    finding: Finding
    meets: Meets
    reached: Level | None
    away: Away | None = None

    @property
    def applies(self) -> bool:
        return self.away is None

    @property
    def reason(self) -> str:
        """Why it takes no part, for people; "" when it does."""
        if isinstance(self.finding, NotApplicable) and self.finding.reason:
            return self.finding.reason
        return "" if self.away is None else self.away.value

    @property
    def meets_what_is_asked(self) -> bool | None:
        """Where a row is met or not met, without levels: by the least the document asks of it."""
        asked = self.indicator.benchmarks
        return self.meets[max(asked)] if asked else self.meets[Level.III]

    @property
    def is_open(self) -> bool:
        """Takes part and nobody has answered it."""
        return self.applies and isinstance(self.finding, Missing)

    @property
    def state(self) -> str:
        """The word of Judgement.state."""
        match self.finding:
            case _ if not self.applies:
                return "not_applicable"
            case Missing():
                return "missing"
            case _ if self.reached is None:
                return "unjudgeable"
            case Reached():
                return "reached"
            case _:
                return "measured"

    def may_meet(self, level: Level) -> bool:
        return self.meets[level] is not False

    def surely_meets(self, level: Level) -> bool:
        return self.meets[level] is True


def build_rows(
    system: IndicatorSystem,
    table: Table,
    findings: Mapping[str, Finding],
    inputs: FirmInputs,
) -> tuple[Row, ...]:
    """Every indicator of the table, in its order. The findings are allowed ones (app.assessment.refusals)."""
    answered_groups = {
        (category.id, indicator.share.group)
        for category in table.categories
        for indicator in category.indicators
        if indicator.share is not None
        and indicator.share.rule is ShareRule.ONE_OF
        and isinstance(findings.get(indicator.id), Measured | Reached)
    }
    nests = system.method.family in (Family.LEVEL_INDEX, Family.P_INDEX)
    rows = []
    for category in table.categories:
        for indicator in category.indicators:
            finding = findings.get(indicator.id, _MISSING)
            away = _why_it_takes_no_part(indicator, category, finding, inputs, answered_groups)
            answers = meets_levels(indicator, finding if away is None else _MISSING, inputs)
            if nests and away is None and not isinstance(finding, Missing):
                answers = without_unprinted_best(indicator, answers)
            rows.append(
                Row(
                    indicator=indicator,
                    category=category,
                    finding=finding,
                    meets=answers,
                    reached=reached_level(answers, LEVELS if nests else _levels(indicator)),
                    away=away,
                )
            )
    return tuple(rows)


def _levels(indicator: Indicator) -> Sequence[Level]:
    """Where nothing is added up, a level the document does not give (「—」) is no level of that row."""
    return [level for level in LEVELS if level in indicator.benchmarks] or LEVELS


def _why_it_takes_no_part(
    indicator: Indicator,
    category: Category,
    finding: Finding,
    inputs: FirmInputs,
    answered_groups: set[tuple[str, str]],
) -> Away | None:
    """None when it takes part."""
    if isinstance(finding, NotApplicable):
        return Away.NOT_APPLICABLE
    share = indicator.share
    if share is None:
        return None
    if share.group in inputs.applicable and indicator.id not in inputs.applicable[share.group]:
        return Away.NOT_HAD
    if share.rule is ShareRule.OUTPUT and inputs.outputs.get(indicator.id) == 0:
        return Away.NO_OUTPUT
    if (
        share.rule is ShareRule.ONE_OF
        and isinstance(finding, Missing)
        and (category.id, share.group) in answered_groups
    ):
        return Away.OTHER_OF_GROUP
    return None


def missing_inputs(rows: tuple[Row, ...], inputs: FirmInputs) -> tuple[str, ...]:
    """Ids of the variables and corrections that answered rows wait for, and `output:<indicator>` for open output shares."""
    asked: dict[str, None] = {}
    sharing: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        if not row.applies:
            continue
        if isinstance(row.finding, Measured):
            for name in row.indicator.asked_inputs:
                if name not in inputs.variables:
                    asked[name] = None
        share = row.indicator.share
        if share is not None and share.rule is ShareRule.OUTPUT:
            sharing.setdefault((row.category.id, share.group), []).append(row.indicator.id)
    for members in sharing.values():
        if len(members) > 1:
            for indicator_id in members:
                if indicator_id not in inputs.outputs:
                    asked[f"output:{indicator_id}"] = None
    return tuple(asked)


def profile(rows: tuple[Row, ...]) -> dict[Level, int]:
    """How many rows have each level as their best; open rows are in no count."""
    counts = dict.fromkeys((*LEVELS, Level.NONE), 0)
    for row in rows:
        if row.applies and row.reached is not None:
            counts[row.reached] += 1
    return counts


def non_nested(rows: tuple[Row, ...], inputs: FirmInputs) -> tuple[str, ...]:
    """Ids of measured rows that satisfy a better level's threshold and miss a worse one's: the official row is not
    monotonic there."""
    return tuple(
        row.indicator.id
        for row in rows
        if row.applies
        and isinstance(row.finding, Measured)
        and row.reached in (Level.I, Level.II)
        and any(
            satisfies(row.indicator, row.finding, level, inputs) is False
            for level in LEVELS[row.reached :]
        )
    )
