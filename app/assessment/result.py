"""The outcome of an assessment. Everything a screen or a paper shows about a level is in here; nobody recomputes."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from app.assessment.finding import Finding
from app.assessment.indicator_system import Family, Level, Verification
from app.assessment.trace import Trace


@dataclass(frozen=True)
class Interval:
    """Closed range of exact values; low == high once nothing relevant is missing."""

    low: Fraction
    high: Fraction

    @property
    def is_point(self) -> bool:
        return self.low == self.high


@dataclass(frozen=True)
class Judgement:
    """One indicator as judged.

    state: measured | reached | not_applicable | missing | unjudgeable (threshold unknown).
    meets: per level; None = cannot be said yet (missing finding, unknown threshold, unknown variable).
    reached: best level met, Level.NONE if none, None while it cannot be said.
    weight_before: ω as the document gives it (n counted over the whole list for 0.8/n); weight_after: ω' after
      not-applicable redistribution; share: 100·w·ω' = points of the comprehensive index this indicator can bring.
      Each None when unknown. For not-applicable indicators weight_after and share are 0.
    """

    indicator_id: str
    category_id: str
    finding: Finding
    state: str
    meets: Mapping[Level, bool | None]
    reached: Level | None
    weight_before: Fraction | None
    weight_after: Fraction | None
    share: Fraction | None
    limiting: bool
    verification: Verification
    trace: Trace


@dataclass(frozen=True)
class Assessment:
    """index: exact, only where it is a point; index_range: always (empty mapping for families without an index).

    level: None while it depends on something missing; level_range: (best, worst) still possible, None for families or
    documents that give no overall level. limiting_failed: per level, ids of limiting indicators that certainly do not
    meet it. level_name: the document's own words for `level`, "" while undetermined.
    verification: the weakest state any threshold, weight or rule in use has. warnings: plain Chinese sentences.
    why_not_scored: why the document gives no index or level (unknown weights …), "" when it does.
    """

    system_id: str
    edition: str
    table_id: str
    family: Family
    index: Mapping[Level, Fraction | None]
    index_range: Mapping[Level, Interval]
    level: Level | None
    level_range: tuple[Level, Level] | None
    level_name: str
    limiting_failed: Mapping[Level, tuple[str, ...]]
    judgements: tuple[Judgement, ...]
    missing: tuple[str, ...]
    verification: Verification | None
    warnings: tuple[str, ...]
    why_not_scored: str
    trace: Trace

    def judgement(self, indicator_id: str) -> Judgement:
        """KeyError when the table has no such indicator."""
        for judgement in self.judgements:
            if judgement.indicator_id == indicator_id:
                return judgement
        raise KeyError(indicator_id)
