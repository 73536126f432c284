"""The search for the cheapest set as lines for a solver, for documents with an index of met indicators.

A yes or no for each measure and for each demand the level makes of an indicator; a demand may be a yes only if the measures
that move this indicator suffice. Which sets suffice is asked of the audit's own formulas: at first in part (small groups in full,
sums of one stream as one line), then, each time the solver proposes a set that the rescored audit does not confirm, by one more
line that is true of every set that does. Every line only removes sets that fail, so the first confirmed set is the cheapest."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import lcm

from app.assessment.finding import Finding, Measured, Missing, NotApplicable, Reached
from app.assessment.indicator_system import (
    Direction,
    Indicator,
    Level,
)
from app.assessment.result import Judgement
from app.audit.findings import finding_of
from app.audit.project import AuditProject
from app.measures.apply import with_changes
from app.measures.path_search import Search
from app.measures.solver import Line, Solver

_SMALL_GROUP = 4  # measures that move one indicator, of which every set is looked at beforehand
_MOST_ROUNDS = 3000


_ZERO = Fraction(0)


@dataclass(frozen=True)
class _Demand:
    """An indicator at a level. movers: places of measures that change its finding. only_better: no mover alone makes it
    worse, and all push the same way, so that more of them never undoes it."""

    indicator_id: str
    level: Level
    is_hard: bool
    share: Fraction
    movers: frozenset[int]
    only_better: bool


class Model:
    """The search as yes-or-no variables: first one per measure, then one per demand that is not settled."""

    def __init__(self, search: Search, needed: frozenset[int]) -> None:
        self._search = search
        self._needed = needed
        self._count = len(search.measures)
        self._lines: list[Line] = []
        self._found: list[frozenset[int]] = []
        assert search.rule is not None
        self._rule = search.rule
        self._bonus = _bonus_ids(search.project)
        self._nudged: dict[str, AuditProject] = {}
        movers = self._movers()
        self._demands: list[_Demand] = []
        self._hopeless = False
        settled = _ZERO
        nothing = search.before
        for one in nothing.judgements:
            if one.state == "not_applicable":
                continue
            for level, is_hard in self._asked(one):
                share = _ZERO if is_hard and level is not self._rule.level else one.share or _ZERO
                moved, better = movers.get(one.indicator_id, (frozenset(), True))
                if one.meets[level] is True and better:
                    settled += share
                elif not moved:
                    self._hopeless |= is_hard
                else:
                    self._demands.append(
                        _Demand(one.indicator_id, level, is_hard, share, moved, better)
                    )
        self._settled = settled
        self._state_demands()

    def _asked(self, judgement: Judgement) -> list[tuple[Level, bool]]:
        """The levels this indicator is asked for, and whether it must."""
        rule = self._rule
        hard = rule.limiting_level if judgement.limiting else rule.others_level
        if judgement.indicator_id in self._bonus and not judgement.limiting:
            hard = None
        counted = rule.min_index is not None
        if hard is None:
            return [(rule.level, False)] if counted else []
        if hard is rule.level or not counted:
            return [(hard, True)]
        return [(hard, True), (rule.level, False)]

    def _movers(self) -> Mapping[str, tuple[frozenset[int], bool]]:
        """Per indicator: the measures that change it alone or together, and whether all of them only improve it."""
        search = self._search
        before = {
            one.indicator_id: one.finding
            for one in search.before.judgements
            if one.state != "not_applicable"
        }
        streams = {stream for one in search.measures for stream in one.savings}
        touched = {s: [name for name in before if self._touches(s, name)] for s in streams}
        moved: dict[str, set[int]] = {}
        worse: set[str] = set()
        for place, measure in enumerate(search.measures):
            reached = {name for stream in measure.savings for name in touched[stream]}
            for name in sorted(reached | (measure.raises.keys() & before.keys())):
                finding = search.finding(frozenset((place,)), name)
                if finding != before[name]:
                    moved.setdefault(name, set()).add(place)
                    if not _improves(search.indicators[name], before[name], finding):
                        worse.add(name)
        return {name: (frozenset(places), name not in worse) for name, places in moved.items()}

    # -- lines

    def _state_demands(self) -> None:
        rule = self._rule
        if rule.min_index is not None:
            terms = {self._count + i: one.share for i, one in enumerate(self._demands) if one.share}
            self._lines.append(Line(terms, rule.min_index - self._settled))
        for i, one in enumerate(self._demands):
            variable = self._count + i
            if one.is_hard:
                self._lines.append(Line({variable: Fraction(1)}, Fraction(1)))
            movers = sorted(one.movers)
            if len(movers) <= _SMALL_GROUP:
                for size in range(len(movers) + 1):
                    for some in combinations(movers, size):
                        self._exclude_if_failing(i, frozenset(some))
            elif one.only_better:
                self._exclude_if_failing(i, frozenset())
                line = self._stream_line(one)
                if line is not None:
                    terms, least = line
                    self._lines.append(Line({**terms, variable: -least}, _ZERO))
        for place in self._needed:
            self._lines.append(Line({place: Fraction(1)}, Fraction(1)))

    def _stream_line(self, one: _Demand) -> tuple[dict[int, Fraction], Fraction] | None:
        """All movers save of one stream only and raise nothing: how much of it at least must be saved together. Adding the
        savings up is the most they can come to, so that the line is true of every set that suffices."""
        search = self._search
        streams = {s for m in one.movers for s in search.measures[m].savings}
        if any(one.indicator_id in search.measures[m].raises for m in one.movers):
            return None
        touching = [s for s in streams if self._touches(s, one.indicator_id)]
        if len(touching) != 1:
            return None
        stream = touching[0]
        amounts = {m: search.measures[m].savings.get(stream, _ZERO) for m in one.movers}
        if any(amount < 0 for amount in amounts.values()):
            return None
        low, high = _ZERO, sum(amounts.values(), _ZERO)
        if not self._suffices(stream, high, one):
            return None
        for _ in range(30):
            middle = (low + high) / 2
            if self._suffices(stream, middle, one):
                high = middle
            else:
                low = middle
        return {m: amount for m, amount in amounts.items() if amount}, low

    def _touches(self, stream: str, indicator_id: str) -> bool:
        search = self._search
        if stream not in self._nudged:
            self._nudged[stream] = with_changes(search.project, {stream: Fraction(1)}, {})
        nudged = finding_of(self._nudged[stream], indicator_id)
        return nudged != search.before.judgement(indicator_id).finding

    def _suffices(self, stream: str, amount: Fraction, one: _Demand) -> bool:
        changed = with_changes(self._search.project, {stream: amount}, {})
        finding = finding_of(changed, one.indicator_id)
        return self._search.meets(finding, one.indicator_id, one.level)

    def _holds(self, one: _Demand, chosen: frozenset[int]) -> bool:
        finding = self._search.finding(chosen & one.movers, one.indicator_id)
        return self._search.meets(finding, one.indicator_id, one.level)

    def _exclude_if_failing(self, i: int, chosen: frozenset[int]) -> bool:
        """Adds what must differ from `chosen` for the demand to hold; False when it holds."""
        one = self._demands[i]
        if self._holds(one, chosen):
            return False
        if one.only_better:
            chosen = self._most_failing(one, chosen)
        terms = {place: Fraction(1) for place in one.movers - chosen}
        least = _ZERO
        if not one.only_better:
            for place in chosen & one.movers:
                terms[place] = Fraction(-1)
                least -= 1
        terms[self._count + i] = Fraction(-1)
        self._lines.append(Line(terms, least))
        return True

    def _most_failing(self, one: _Demand, chosen: frozenset[int]) -> frozenset[int]:
        """As many more measures as still do not suffice: the line says more then."""
        grown = chosen & one.movers
        for place in sorted(
            one.movers - grown, key=lambda p: self._search.measures[p].cost or _ZERO
        ):
            if not self._holds(one, grown | {place}):
                grown |= {place}
        return grown

    # -- solving

    def sets(self) -> Iterator[frozenset[int]]:
        """Confirmed sets by cost, each followed by the next that does not contain it."""
        if self._hopeless or not self._count:
            return
        costs = [one.cost or _ZERO for one in self._search.measures]
        scale = lcm(*[cost.denominator for cost in costs])
        # one more for each measure: of equal costs the smaller set
        weights = [cost * scale * (self._count + 1) + 1 for cost in costs]
        weights += [_ZERO] * len(self._demands)
        solver = Solver(weights)
        stated = 0
        for _ in range(_MOST_ROUNDS):
            for line in self._lines[stated:]:
                solver.add(line)
            stated = len(self._lines)
            answer = solver.solve()
            if answer is None:
                return
            chosen = frozenset(place for place in answer if place < self._count)
            if self._search.is_enough(chosen):
                return
            if self._confirmed(chosen, answer):
                yield chosen
                self._lines.append(
                    Line({place: Fraction(-1) for place in chosen}, Fraction(1 - len(chosen)))
                )
            elif len(self._lines) == stated:
                self._differ(chosen)
        self._search.gave_up = True

    def _confirmed(self, chosen: frozenset[int], answer: frozenset[int]) -> bool:
        """By scoring again; adds why not."""
        search = self._search
        if not search.is_possible(chosen):
            # more of the same stream is beyond it too, unless something in it uses more
            uses_more = any(v < 0 for m in search.measures for v in m.savings.values())
            if not uses_more:
                self._lines.append(
                    Line(
                        {place: Fraction(-1) for place in self._overdrawing(chosen)},
                        Fraction(1 - len(self._overdrawing(chosen))),
                    )
                )
            return False
        if search.reaches(chosen):
            return True
        failing = [
            i
            for i, one in enumerate(self._demands)
            if self._count + i in answer and self._exclude_if_failing(i, chosen)
        ]
        if not failing:
            # the index falls short by less than the solver's tolerance: one more demand must be met
            unmet = {
                self._count + i: Fraction(1)
                for i, one in enumerate(self._demands)
                if one.share and self._count + i not in answer
            }
            self._lines.append(Line(unmet, Fraction(1)))
        return False

    def _overdrawing(self, chosen: frozenset[int]) -> frozenset[int]:
        """As few of the set as still save more than there is."""
        kept = chosen
        for place in sorted(chosen):
            if not self._search.is_possible(kept - {place}):
                kept -= {place}
        return kept

    def _differ(self, chosen: frozenset[int]) -> None:
        """Anything but exactly this set."""
        terms = {place: Fraction(-1 if place in chosen else 1) for place in range(self._count)}
        self._lines.append(Line(terms, Fraction(1 - len(chosen))))


def _bonus_ids(project: AuditProject) -> frozenset[str]:
    assert project.system is not None
    return frozenset(
        one.id
        for part in project.system.parts(project.table_id)
        for category in part.categories
        if category.bonus
        for one in category.indicators
    )


def _improves(indicator: Indicator, before: Finding, after: Finding) -> bool:
    """Not worse; what cannot be compared counts as worse, so that nothing is concluded from it."""
    match before, after:
        case Measured(old), Measured(new):
            if indicator.direction is Direction.LOWER:
                return new <= old
            return indicator.direction is Direction.HIGHER and new >= old
        case Reached(old_level), Reached(new_level):
            return new_level <= old_level
        case (Missing(), Reached() | Measured()):
            return True
        case (NotApplicable(), NotApplicable()):
            return True
        case _:
            return False
