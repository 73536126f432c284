"""Sets of measures scored by the audit's own formulas, each once, and what a level demands of the result."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction

from app.assessment.finding import Finding
from app.assessment.indicator_system import (
    Indicator,
    Level,
    LevelRule,
)
from app.assessment.membership import meets
from app.assessment.result import Assessment, Judgement
from app.audit.findings import assess_project, finding_of, inputs_of
from app.audit.project import AuditProject
from app.errors import AppError
from app.measures.apply import combine, with_measures
from app.measures.model import Measure

NEAR = Fraction(11, 10)  # alternatives cost at most so many times the cheapest
TOTALS = ("P", "points")  # scores the level is read from
_FURTHER_SETS = 40  # tried for dearer ones, when the near ones are known
_ZERO = Fraction(0)


class Cancelled(AppError):
    """The user did not want to wait."""


class Search:
    """Sets are frozensets of places in `measures`."""

    def __init__(
        self,
        project: AuditProject,
        measures: Sequence[Measure],
        target: Level,
        watch: Callable[[int], bool],
    ) -> None:
        assert project.system is not None
        self.project = project
        self.measures = measures
        self.target = target
        self.tried = 0
        self.gave_up = False
        self._watch = watch
        # What an alternative may cost, once the cheapest is known.
        self.near: Fraction | None = None
        self._dearer = 0
        self._scored: dict[frozenset[int], Assessment] = {}
        self._overdrawn: dict[frozenset[int], bool] = {}
        self._projects: dict[frozenset[int], AuditProject] = {}
        self._inputs = inputs_of(project)
        self.before = assess_project(project)
        rules = [one for one in project.system.method.levels if one.level is target]
        self.rule: LevelRule | None = rules[0] if rules else None
        self.indicators: Mapping[str, Indicator] = {
            one.id: one
            for part in project.system.parts(project.table_id)
            for one in part.indicators()
        }

    # -- what a set comes to

    def scored(self, chosen: frozenset[int]) -> Assessment:
        known = self._scored.get(chosen)
        if known is None:
            if not self._watch(self.tried):
                raise Cancelled
            self.tried += 1
            known = assess_project(with_measures(self.project, self.chosen_of(chosen)))
            self._scored[chosen] = known
        return known

    def finding(self, chosen: frozenset[int], indicator_id: str) -> Finding:
        """Of one indicator only: much quicker than scoring all of them."""
        if chosen not in self._projects:
            self._projects[chosen] = with_measures(self.project, self.chosen_of(chosen))
        return finding_of(self._projects[chosen], indicator_id)

    def meets(self, finding: Finding, indicator_id: str, level: Level) -> bool:
        return meets(self.indicators[indicator_id], finding, level, self._inputs) is True

    def chosen_of(self, chosen: Iterable[int]) -> tuple[Measure, ...]:
        return tuple(self.measures[place] for place in sorted(chosen))

    def is_possible(self, chosen: frozenset[int]) -> bool:
        """Nothing is saved that is not there."""
        if chosen not in self._overdrawn:
            self._overdrawn[chosen] = not combine(self.project, self.chosen_of(chosen)).overdrawn
        return self._overdrawn[chosen]

    def reaches(self, chosen: frozenset[int]) -> bool:
        """For certain, whatever is still open."""
        if not self.is_possible(chosen):
            return False
        span = self.scored(chosen).level_range
        return span is not None and span[1] <= self.target

    def cost(self, chosen: Iterable[int]) -> Fraction:
        return sum((self.measures[place].cost or _ZERO for place in chosen), _ZERO)

    def is_enough(self, chosen: frozenset[int]) -> bool:
        """Everything within a tenth of the cheapest is known, and enough dearer sets were looked at."""
        if self.near is None or self.cost(chosen) <= self.near:
            return False
        self._dearer += 1
        return self._dearer > _FURTHER_SETS


def demands(
    rule: LevelRule, judgements: Sequence[Judgement]
) -> tuple[list[tuple[Judgement, Level]], list[Judgement]]:
    """(indicators with the level demanded of each, indicators that do not yet count in the index)."""
    hard, soft = [], []
    for one in judgements:
        if one.state == "not_applicable":
            continue
        level = rule.limiting_level if one.limiting else rule.others_level
        if level is not None:
            hard.append((one, level))
        if one.meets[rule.level] is not True:
            soft.append(one)
    return hard, soft
