"""The cheapest set of measures that reaches a level, proven by a solver and believed only after the audit is scored again.

The model (for documents with an index of met indicators): a yes or no for each measure and for each demand the level makes of
an indicator; a demand may be a yes only if the measures that move this indicator suffice. Which sets suffice is asked of the
audit's own formulas: at first in part (small groups in full, sums of one stream as one line), then, each time the solver
proposes a set that the rescored audit does not confirm, by one more line that is true of every set that does. Every line only
removes sets that fail, so the first confirmed set is the cheapest. Where a document works otherwise (points, ratios), sets are
tried in the order of their cost. Numbers are floating point inside the solver only; what is said is exact.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations
from math import lcm

from app.assessment.finding import Finding, Measured, Missing, NotApplicable, Reached
from app.assessment.indicator_system import (
    Direction,
    Family,
    Indicator,
    Level,
    LevelRule,
)
from app.assessment.membership import meets
from app.assessment.numbers import brief, display
from app.assessment.result import Assessment, Judgement
from app.audit.findings import assess_project, finding_of, inputs_of
from app.audit.project import AuditProject
from app.audit.wording import score_name
from app.errors import AppError
from app.measures.apply import combine, with_changes, with_measures
from app.measures.model import DROPPED, Measure
from app.measures.solver import Line, Solver

MOST_ALTERNATIVES = 10
NEAR = Fraction(11, 10)  # alternatives cost at most so many times the cheapest
TOTALS = ("P", "points")  # scores the level is read from
_SMALL_GROUP = 4  # measures that move one indicator, of which every set is looked at beforehand
_MOST_ROUNDS = 3000
_MOST_SETS = 4000  # scored one by one, where a document fits no model
_FURTHER, _FURTHER_SETS = 4, 40  # dearer sets looked for, and how many may be tried for them
_ZERO = Fraction(0)


class Cancelled(AppError):
    """The user did not want to wait."""


@dataclass(frozen=True)
class Step:
    """One indicator that is changed. points: what it adds to the index of the target, None where unknown."""

    indicator_id: str
    name: str
    limiting: bool
    before: Finding
    after: Finding
    level_before: Level | None
    level_after: Level | None
    points: Fraction | None
    by: tuple[str, ...]  # codes of the measures that move it


@dataclass(frozen=True)
class Plan:
    """A set that reaches the level; none of it can be left out."""

    measures: tuple[Measure, ...]
    cost: Fraction
    assessment: Assessment = field(compare=False)


@dataclass(frozen=True)
class Path:
    """best None: not reachable, `reasons` say why. unpriced: measures left out because their investment is open.
    tried: sets scored again. before: the audit as it is. needed: the index the level asks for. alternatives: within a tenth
    of the cheapest. further: the next dearer sets, none of which can leave a measure out (a few, not all)."""

    target: Level
    before: Assessment | None
    best: Plan | None
    steps: tuple[Step, ...]
    alternatives: tuple[Plan, ...]
    reasons: tuple[str, ...]
    unpriced: tuple[Measure, ...]
    tried: int
    needed: Fraction | None = None
    further: tuple[Plan, ...] = ()

    @property
    def why_not(self) -> str:
        """The reasons in one line, "" when it can be reached."""
        return "；".join(self.reasons)


def find_path(
    project: AuditProject,
    measures: Iterable[Measure],
    target: Level,
    *,
    without: Iterable[str] = (),
    required: Iterable[str] = (),
    watch: Callable[[int], bool] = lambda tried: True,
) -> Path:
    """without, required: row ids. watch: told how many sets were scored; False ends it (Cancelled)."""
    if project.system is None:
        return Path(target, None, None, (), (), ("这个案卷没有选指标体系，没有等级可以算",), (), 0)
    known = tuple(measures)
    out, must = set(without), set(required)
    usable = [
        one
        for one in known
        if one.row_id not in out and (one.row_id in must or one.state != DROPPED)
    ]
    unpriced = tuple(one for one in usable if one.cost is None)
    faulty = [one for one in usable if one.problems and one.cost is not None]
    priced = [one for one in usable if one.cost is not None and not one.problems]
    search = _Search(project, priced, target, watch)
    said = _cannot(search, unpriced, faulty, must)
    if said:
        return Path(target, search.before, None, (), (), (said,), unpriced, search.tried)
    needed = frozenset(place for place, one in enumerate(priced) if one.row_id in must)
    plans = search.cheapest(needed)
    if not plans:
        why = search.why_not(needed, unpriced)
        return Path(target, search.before, None, (), (), why, unpriced, search.tried)
    plan = plans[0]
    near = [one for one in plans[1:] if one.cost <= plan.cost * NEAR][:MOST_ALTERNATIVES]
    further = tuple(one for one in plans[1:] if one not in near)
    steps = steps_of(project, search.before, plan, target)
    least = None if search.rule is None else search.rule.min_index
    return Path(
        target, search.before, plan, steps, tuple(near), (), unpriced, search.tried, least, further
    )


def _cannot(
    search: "_Search", unpriced: Sequence[Measure], faulty: Sequence[Measure], must: set[str]
) -> str:
    """What ends it before anything is tried."""
    assert search.project.system is not None
    title = search.project.system.title
    if search.before.why_not_scored:
        return f"《{title}》现在给不出等级：{search.before.why_not_scored}"
    if search.before.level_range is None:
        return f"《{title}》不给清洁生产等级"
    if search.rule is None:
        return f"《{title}》没有{search.target.symbol}级"
    for names, what in ((unpriced, "还没填投资"), (faulty, "填的有问题，先改好")):
        held = [one.name for one in names if one.row_id in must]
        if held:
            return f"一定要做的方案{what}：{'、'.join(held)}"
    return ""


def steps_of(project: AuditProject, now: Assessment, plan: Plan, target: Level) -> tuple[Step, ...]:
    """What each changed indicator becomes, limiting first, then by points. now: the audit as it is."""
    assert project.system is not None
    names = {
        one.id: one.name
        for part in project.system.parts(project.table_id)
        for one in part.indicators()
    }
    before = {one.indicator_id: one for one in now.judgements}
    moved: dict[str, list[str]] = {}
    for measure in plan.measures:
        alone = assess_project(with_measures(project, (measure,)))
        for one in alone.judgements:
            if one.finding != before[one.indicator_id].finding:
                moved.setdefault(one.indicator_id, []).append(measure.code)
    found = []
    for one in plan.assessment.judgements:
        old = before[one.indicator_id]
        if one.finding == old.finding:
            continue
        gained = one.meets[target] is True and old.meets[target] is not True
        found.append(
            Step(
                one.indicator_id,
                names[one.indicator_id],
                one.limiting,
                old.finding,
                one.finding,
                old.reached,
                one.reached,
                (one.share if gained else _ZERO),
                tuple(moved.get(one.indicator_id, ())),
            )
        )
    found.sort(key=lambda step: (not step.limiting, -(step.points or _ZERO)))
    return tuple(found)


class _Search:
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
        self._near: Fraction | None = (
            None  # what an alternative may cost, once the cheapest is known
        )
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
            known = assess_project(with_measures(self.project, self._of(chosen)))
            self._scored[chosen] = known
        return known

    def finding(self, chosen: frozenset[int], indicator_id: str) -> Finding:
        """Of one indicator only: much quicker than scoring all of them."""
        if chosen not in self._projects:
            self._projects[chosen] = with_measures(self.project, self._of(chosen))
        return finding_of(self._projects[chosen], indicator_id)

    def meets(self, finding: Finding, indicator_id: str, level: Level) -> bool:
        return meets(self.indicators[indicator_id], finding, level, self._inputs) is True

    def _of(self, chosen: Iterable[int]) -> tuple[Measure, ...]:
        return tuple(self.measures[place] for place in sorted(chosen))

    def is_possible(self, chosen: frozenset[int]) -> bool:
        """Nothing is saved that is not there."""
        if chosen not in self._overdrawn:
            self._overdrawn[chosen] = not combine(self.project, self._of(chosen)).overdrawn
        return self._overdrawn[chosen]

    def reaches(self, chosen: frozenset[int]) -> bool:
        """For certain, whatever is still open."""
        if not self.is_possible(chosen):
            return False
        span = self.scored(chosen).level_range
        return span is not None and span[1] <= self.target

    def cost(self, chosen: Iterable[int]) -> Fraction:
        return sum((self.measures[place].cost or _ZERO for place in chosen), _ZERO)

    # -- the cheapest

    def _in_order(self, needed: frozenset[int]) -> Iterator[frozenset[int]]:
        """Minimal sets that reach the level, by cost, then size."""
        if self.reaches(needed):
            yield needed
            return
        if self._is_modelled():
            yield from _Model(self, needed).sets()
        else:
            yield from self._one_by_one(needed)

    def _is_modelled(self) -> bool:
        """A document whose index counts the shares of met indicators, all known and the same whatever is done."""
        assert self.project.system is not None
        if self.project.system.method.family is not Family.LEVEL_INDEX:
            return False
        rows = self.before.judgements
        if any(one.share is None for one in rows):
            return False
        after = self.scored(frozenset(range(len(self.measures)))).judgements
        return all(
            one.share == other.share and one.limiting == other.limiting
            for one, other in zip(rows, after, strict=True)
        )

    def _one_by_one(self, needed: frozenset[int]) -> Iterator[frozenset[int]]:
        """Every set in the order of its cost: right for any document, for as many measures as patience allows."""
        free = sorted(
            set(range(len(self.measures))) - needed,
            key=lambda place: (self.measures[place].cost or _ZERO, place),
        )
        found: list[frozenset[int]] = []
        heap: list[tuple[Fraction, int, tuple[int, ...]]] = [(_ZERO, 0, ())]
        while heap:
            if self.tried > _MOST_SETS:
                self.gave_up = True
                return
            cost, size, places = heapq.heappop(heap)
            chosen = needed | {free[place] for place in places}
            if self.is_enough(chosen):
                return
            if not any(one <= chosen for one in found) and self.reaches(chosen):
                found.append(chosen)
                yield chosen
            start = places[-1] + 1 if places else 0
            for place in range(start, len(free)):
                more = self.measures[free[place]].cost or _ZERO
                heapq.heappush(heap, (cost + more, size + 1, (*places, place)))

    def cheapest(self, needed: frozenset[int]) -> tuple[Plan, ...]:
        """The cheapest set with `needed` in it, the others within a tenth of its cost (at most MOST_ALTERNATIVES), and a few
        dearer ones; of equal costs the smallest, then the first of the list leads. Empty when there is none."""
        found: list[frozenset[int]] = []
        for chosen in self._in_order(needed):
            found.append(chosen)
            self._near = self.cost(found[0]) * NEAR
            dearer = sum(self.cost(one) > self._near for one in found)
            if dearer >= _FURTHER or len(found) > MOST_ALTERNATIVES:
                break
        found.sort(key=lambda one: (self.cost(one), len(one), sorted(one)))
        return tuple(Plan(self._of(one), self.cost(one), self.scored(one)) for one in found)

    def is_enough(self, chosen: frozenset[int]) -> bool:
        """Everything within a tenth of the cheapest is known, and enough dearer sets were looked at."""
        if self._near is None or self.cost(chosen) <= self._near:
            return False
        self._dearer += 1
        return self._dearer > _FURTHER_SETS

    # -- words

    def why_not(self, needed: frozenset[int], unpriced: Sequence[Measure]) -> tuple[str, ...]:
        """What is still lacking when everything possible is done."""
        assert self.rule is not None
        if self.gave_up:
            return (
                f"试了 {self.tried} 种组合还没有定论：方案太多，这份文件的算法又不能一次解出来；"
                "把不打算做的标成「不做」，或指定一定要做的，再试",
            )
        said = []
        if needed and not self.is_possible(needed):
            said.append("一定要做的方案合起来省的比总量还多")
        if not self.measures:
            said.append("还没有写清投资的方案")
        everything = frozenset(range(len(self.measures)))
        if not self.is_possible(everything):
            over = combine(self.project, self.measures).overdrawn
            said.append("方案合起来省的超过总量：" + "、".join(one.stream.title for one in over))
        after = self.scored(everything)
        hard, soft = demands(self.rule, after.judgements)
        missing = [
            self.indicators[one.indicator_id].name
            for one in after.judgements
            if isinstance(one.finding, Missing)
            and one.finding.doubt is None
            and (one.share or one.share is None)
        ]
        doubted = [
            f"{self.indicators[name].name}（{doubt.facts_text}）"
            for name, doubt in after.doubts.items()
        ]
        stuck = [
            f"{self.indicators[one.indicator_id].name}（只到{one.reached.symbol}）"
            for one, level in hard
            if one.meets[level] is False and one.reached is not None
        ]
        if stuck:
            said.append(f"全部做完，{self.target.symbol}级要求的还有没到的：{'、'.join(stuck)}")
        interval = after.index_range.get(self.target)
        least = self.rule.min_index
        if interval is not None and least is not None and interval.low < least:
            said.append(
                f"全部做完，Y{self.target.symbol} 是 {display(interval.low, 2)}，"
                f"比 {brief(least)} 少 {display(least - interval.low, 2)}"
            )
            helps = sorted(soft, key=lambda one: -(one.share or _ZERO))[:3]
            names = [self.indicators[one.indicator_id].name for one in helps]
            if names:
                said.append(f"还没到{self.target.symbol}级的大项：{'、'.join(names)}")
        for name, score in after.scores.items():
            if name in TOTALS and least is not None and score.low < least:
                said.append(
                    f"全部做完，{score_name(name)} 是 {display(score.low, 2)}，"
                    f"比 {brief(least)} 少 {display(least - score.low, 2)}"
                )
                short = [self.indicators[one.indicator_id].name for one in soft[:3]]
                said += [f"还没到{self.target.symbol}级的：{'、'.join(short)}"] if short else []
        if doubted:
            said.append(f"填的和数据对不上的指标：{'、'.join(doubted)}")
        if missing:
            said.append(f"还没填的指标：{'、'.join(missing)}")
        if unpriced:
            said.append(f"没填投资、没算进去的方案：{'、'.join(one.name for one in unpriced)}")
        return tuple(said) or (f"试过的组合都到不了{self.target.symbol}级",)


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


class _Model:
    """The search as yes-or-no variables: first one per measure, then one per demand that is not settled."""

    def __init__(self, search: _Search, needed: frozenset[int]) -> None:
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
