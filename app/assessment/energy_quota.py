"""Energy quotas per product (单位产品能耗限额): each row by itself, nothing is added up.

Level 3 is the limit existing plants must keep (限定值), level 2 what new ones must keep (准入值), level 1 the best.
"""

from dataclasses import dataclass

from app.assessment.indicator_system import Level
from app.assessment.result import Assessment


@dataclass(frozen=True)
class QuotaOutcome:
    """One product. level None = open or the document gives none there; the two flags are None while it cannot be said."""

    indicator_id: str
    level: Level | None
    is_over_level_3: bool | None
    meets_level_2: bool | None


def quota_outcomes(assessment: Assessment) -> tuple[QuotaOutcome, ...]:
    """The rows that apply, in the order of the document; rows nobody has answered are left out."""
    outcomes = []
    for judgement in assessment.judgements:
        if judgement.state in ("missing", "not_applicable"):
            continue
        within = judgement.meets[Level.III]
        outcomes.append(
            QuotaOutcome(
                judgement.indicator_id,
                judgement.reached,
                None if within is None else not within,
                judgement.meets[Level.II],
            )
        )
    return tuple(outcomes)
