"""The outcome of an assessment. Everything a screen or a paper shows about a level is in here; nobody recomputes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from app.assessment.doubt import Doubt
from app.assessment.finding import Finding
from app.assessment.indicator_system import Family, Level, Verification
from app.assessment.remarks import Code, Remark
from app.assessment.trace import Trace

if TYPE_CHECKING:
    from app.assessment.outcome import Outcome


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

    state: measured | reached | not_applicable | missing | unjudgeable (threshold unknown). A row whose product has
      no output, or another row of a one-of group applies, is not_applicable too, whatever its finding.
    meets: per level; None = cannot be said yet (missing finding, unknown threshold, unknown variable).
    reached: best level met, Level.NONE if none, None while it cannot be said.
    weight_before: ω as the document gives it (n counted over the whole list for 0.8/n); weight_after: ω' after
      not-applicable redistribution; share: 100·w·ω' = points of the comprehensive index this indicator can bring.
      Each None when unknown. For not-applicable indicators weight_after and share are 0.
    places: decimals that show on which side of every threshold a measured value lies.
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
    places: int
    explain: Callable[[], Trace] = field(repr=False, compare=False)

    @cached_property
    def trace(self) -> Trace:
        """Value, comparison, membership, weight before and after. Built when first asked for: most are never looked at."""
        return self.explain()


@dataclass(frozen=True)
class ScoreRange:
    """A score that may have no upper bound yet (ratios without a cap). high None = unbounded."""

    low: Fraction
    high: Fraction | None

    @property
    def is_point(self) -> bool:
        return self.low == self.high


@dataclass(frozen=True)
class Assessment:
    """index: exact, only where it is a point; index_range: always (empty mapping for families without an index).

    level: None while it depends on something missing; level_range: (best, worst) still possible, None for families or
    documents that give no overall level. limiting_failed: per level, ids of limiting indicators that certainly do not
    meet it. level_name: the document's own words for `level`, "" while undetermined.
    verification: the weakest state any threshold, weight or rule in use has.
    remarks: what must be known beside the figures. reasons: why the document gives no index or level (unknown weights …),
    empty when it does. `warnings` and `why_not_scored` are their Chinese words.
    missing_inputs: ids of the firm's inputs (variables, modifiers) and 「output:指标」 marks that are still asked for.
    scores: families that work with points: "P1", "P2", "P" (p-index) or "points". Empty for the others.
    outcome: what a reference table or checklist says of the whole, None for other documents.
    profile: how many applicable indicators have each level as their best; open ones are in no count.
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
    judge: Callable[[], tuple[Judgement, ...]] = field(repr=False, compare=False)
    missing: tuple[str, ...]
    verification: Verification | None
    remarks: tuple[Remark, ...]
    reasons: tuple[Remark, ...]
    explain: Callable[[], Trace] = field(repr=False, compare=False)
    missing_inputs: tuple[str, ...] = ()
    scores: Mapping[str, ScoreRange] = field(default_factory=dict)
    profile: Mapping[Level, int] = field(default_factory=dict)
    outcome: "Outcome | None" = None

    @property
    def doubts(self) -> Mapping[str, Doubt]:
        """By indicator id: answers the firm's own data speak against. They are among `missing`."""
        return {
            one.indicators[0]: one.arguments["doubt"]
            for one in self.remarks
            if one.code is Code.CONTRADICTED
        }

    @property
    def blank(self) -> tuple[str, ...]:
        """Of `missing`: what nobody has answered."""
        doubts = self.doubts
        return tuple(one for one in self.missing if one not in doubts)

    @property
    def warnings(self) -> tuple[str, ...]:
        """The remarks as plain Chinese sentences."""
        return tuple(one.text for one in self.remarks)

    @property
    def why_not_scored(self) -> str:
        """The reasons in Chinese, "" when there are none."""
        return "；".join(one.text for one in self.reasons)

    @cached_property
    def judgements(self) -> tuple[Judgement, ...]:
        """Every indicator in the order of the document. Built when first asked for: a folder of scores never does."""
        return self.judge()

    @cached_property
    def trace(self) -> Trace:
        """From the decision down to every value and threshold."""
        return self.explain()

    def judgement(self, indicator_id: str) -> Judgement:
        """KeyError when the table has no such indicator."""
        for judgement in self.judgements:
            if judgement.indicator_id == indicator_id:
                return judgement
        raise KeyError(indicator_id)
