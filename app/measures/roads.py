"""Three roads to a level: the cheapest, one that takes a little more along, and the steadiest; and what each must keep.

A measure rarely saves exactly what was promised. `holds_at` is the share of everything promised with which a road still
reaches the level; a `Need` says it of one measure while the others come true. Both are found by scoring the audit again.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from app.assessment.finding import Finding
from app.assessment.indicator_system import Indicator, Level
from app.assessment.result import Assessment, Judgement
from app.audit.project import AuditProject
from app.measures.apply import combine, rescored
from app.measures.model import DROPPED, Measure, stream_of
from app.measures.path import Path, Plan, Step, steps_of
from app.measures.path_search import TOTALS, Cancelled

CHEAPEST, MORE, STEADY = "cheapest", "more", "steady"
_SHARE_STEPS = 1000
_PROBES = (Fraction(1, 4), Fraction(1, 2), Fraction(3, 4))
_MOST_EXTRAS = 60  # single measures tried beside the cheapest set
_ZERO, _ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True)
class Need:
    """Of what the measure promises of a stream, `least` must come true (others as promised). share: least / promised.
    Without a stream: the indicators of `lost` must be raised as said. lost: names of what fails below it."""

    measure: Measure
    stream_id: str
    least: Fraction
    share: Fraction
    lost: tuple[str, ...]


@dataclass(frozen=True)
class Road:
    """kinds: CHEAPEST, MORE, STEADY (one road may be two). extra: 万元 beyond the cheapest. margin: index above what the
    level asks, None where there is no index. holds_at: None where nothing of it is a saving. adds, leaves: against the
    cheapest. steps: what it changes."""

    kinds: tuple[str, ...]
    plan: Plan
    extra: Fraction
    adds: tuple[Measure, ...]
    leaves: tuple[Measure, ...]
    margin: Fraction | None
    holds_at: Fraction | None
    needs: tuple[Need, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Gain:
    """An indicator that does not meet the level yet. points: what it would add to the index, None where unknown. by: the
    measures that bring it there: those of the cheapest set where they do, else the cheapest one that does alone; none where
    nothing listed does. cost: 万元; 0 where the measures are counted at another indicator already."""

    before: Judgement
    name: str
    points: Fraction | None
    by: tuple[Measure, ...]
    cost: Fraction
    after: Finding | None


def gains_of(
    project: AuditProject,
    path: Path,
    measures: Sequence[Measure],
    *,
    watch: Callable[[int], bool] = lambda tried: True,
) -> tuple[Gain, ...]:
    """Every indicator that still counts, limiting first, then by points; measures tried one by one."""
    if path.before is None or project.system is None:
        return ()
    names = {
        one.id: one.name
        for part in project.system.parts(project.table_id)
        for one in part.indicators()
    }
    alone: list[tuple[Measure, Assessment]] = []
    for tried, one in enumerate(sorted(measures, key=lambda m: m.cost or _ZERO)):
        if not watch(path.tried + tried):
            raise Cancelled
        if one.cost is not None and not one.problems and one.state != DROPPED:
            alone.append((one, rescored(project, (one,))))
    open_rows = [
        one
        for one in path.before.judgements
        if one.state != "not_applicable" and one.meets[path.target] is not True
        and (one.share or one.limiting)
    ]  # fmt: skip
    open_rows.sort(key=lambda one: (not one.limiting, -(one.share or _ZERO)))
    spent: set[str] = set()
    found = []
    for row in open_rows:
        by, after = _brought(path, row.indicator_id, alone)
        cost = sum((one.cost or _ZERO for one in by if one.row_id not in spent), _ZERO)
        spent |= {one.row_id for one in by}
        found.append(Gain(row, names[row.indicator_id], row.share, by, cost, after))
    return tuple(found)


def _brought(
    path: Path, indicator_id: str, alone: Sequence[tuple[Measure, Assessment]]
) -> tuple[tuple[Measure, ...], Finding | None]:
    step = next((one for one in path.steps if one.indicator_id == indicator_id), None)
    if path.best is not None and step is not None:
        judged = path.best.assessment.judgement(indicator_id)
        if judged.meets[path.target] is True:
            by = tuple(one for one in path.best.measures if one.code in step.by)
            return by, judged.finding
    for measure, assessment in alone:
        judged = assessment.judgement(indicator_id)
        if judged.meets[path.target] is True:
            return (measure,), judged.finding
    return (), None


def roads_of(
    project: AuditProject,
    path: Path,
    measures: Iterable[Measure],
    *,
    without: Iterable[str] = (),
    watch: Callable[[int], bool] = lambda tried: True,
) -> tuple[Road, ...]:
    """At most three, the cheapest first; empty where nothing needs to be done or nothing helps. Cancelled by `watch`."""
    if path.best is None or not path.best.measures or project.system is None:
        return ()
    made = _Roads(project, path, watch)
    steadiest = path.best
    for plan in (*path.alternatives, *path.further):
        if made.is_steadier(plan, steadiest):
            steadiest = plan
    out = set(without)
    richer = made.richer([one for one in measures if one.row_id not in out])
    found: list[tuple[tuple[str, ...], Plan]] = [
        ((CHEAPEST, STEADY) if steadiest == path.best else (CHEAPEST,), path.best)
    ]
    if richer is not None:
        found.append(((MORE,), richer))
    if steadiest != path.best:
        found.append(((STEADY,), steadiest))
    return tuple(made.road(kinds, plan) for kinds, plan in found)


def index_of(assessment: Assessment, level: Level) -> Fraction | None:
    """What the document reads a level from, as far as it is certain: its index, P, or points; None where it has none."""
    interval = assessment.index_range.get(level)
    if interval is not None:
        return interval.low
    return next((one.low for name, one in assessment.scores.items() if name in TOTALS), None)


class _Roads:
    def __init__(self, project: AuditProject, path: Path, watch: Callable[[int], bool]) -> None:
        assert project.system is not None
        assert path.before is not None
        self._project, self._path, self._watch = project, path, watch
        self._now = path.before
        self._tried = path.tried
        self._hints: dict[str, int] = {}  # row id of a measure, "" for all together -> step
        self._shares: dict[tuple[str, ...], Fraction | None] = {}
        self._indicators: dict[str, Indicator] = {
            one.id: one
            for part in project.system.parts(project.table_id)
            for one in part.indicators()
        }

    def road(self, kinds: tuple[str, ...], plan: Plan) -> Road:
        best = self._path.best
        assert best is not None
        return Road(
            kinds,
            plan,
            plan.cost - best.cost,
            tuple(one for one in plan.measures if one not in best.measures),
            tuple(one for one in best.measures if one not in plan.measures),
            self.margin(plan.assessment),
            self.holds_at(plan),
            self._needs(plan),
            self._path.steps
            if plan == best
            else steps_of(self._project, self._now, plan, self._path.target),
        )

    def margin(self, assessment: Assessment) -> Fraction | None:
        reached, needed = index_of(assessment, self._path.target), self._path.needed
        return None if reached is None or needed is None else reached - needed

    def room(self, plan: Plan) -> Fraction:
        return self.margin(plan.assessment) or _ZERO

    def richer(self, measures: Sequence[Measure]) -> Plan | None:
        """The cheapest set and the one measure more that lifts the index for the least money."""
        best = self._path.best
        assert best is not None
        if self.margin(best.assessment) is None:
            return None
        others = [
            one
            for one in measures
            if one.cost is not None and not one.problems and one.state != DROPPED
            and one not in best.measures
        ]  # fmt: skip
        others.sort(key=lambda one: one.cost or _ZERO)
        for one in others[:_MOST_EXTRAS]:
            chosen = tuple(m for m in measures if m in best.measures or m is one)
            if combine(self._project, chosen).overdrawn:
                continue
            after = self._scored(chosen)
            if self._reaches(after) and (self.margin(after) or _ZERO) > self.room(best):
                return Plan(chosen, best.cost + (one.cost or _ZERO), after)
        return None

    # -- what must hold

    def is_steadier(self, plan: Plan, than: Plan) -> bool:
        """Holds with less of what is promised; where that is the same, with more of the index to spare."""
        least = self.holds_at(than) or _ZERO
        if self._holds(plan, least - Fraction(1, _SHARE_STEPS)):
            return True
        return self._holds(plan, least) and self.room(plan) > self.room(than)

    def _holds(self, plan: Plan, share: Fraction) -> bool:
        if share < 0:
            return False
        return self._reaches(self._scored(_scaled(plan.measures, share)))

    def holds_at(self, plan: Plan) -> Fraction | None:
        """The share of all savings with which the level still holds, up to a thousandth, never too low."""
        key = tuple(one.row_id for one in plan.measures)
        if key not in self._shares:
            self._shares[key] = self._holds_at(plan)
        return self._shares[key]

    def _holds_at(self, plan: Plan) -> Fraction | None:
        if not any(one.savings for one in plan.measures):
            return None
        step = self._least_from(
            "", lambda at: self._holds(plan, Fraction(at, _SHARE_STEPS)), _SHARE_STEPS
        )
        return Fraction(step, _SHARE_STEPS)

    def _least_from(self, what: str, holds: Callable[[int], bool], steps: int) -> int:
        """What another road needed of the same is mostly needed here, too: two looks instead of all the halving."""
        hint = self._hints.get(what)
        if hint is not None and 0 < hint <= steps and holds(hint) and not holds(hint - 1):
            return hint
        self._hints[what] = step = _least(holds, steps)
        return step

    def _needs(self, plan: Plan) -> tuple[Need, ...]:
        found = []
        for one in plan.measures:
            need = self._of_saving(plan, one)
            if need is not None:
                found.append(need)
            lost = [
                indicator
                for indicator in one.raises
                if not self._reaches(self._scored(_without_raise(plan.measures, one, indicator)))
            ]
            if lost:
                names = tuple(self._indicators[name].name for name in lost)
                found.append(Need(one, "", _ZERO, _ONE, names))
        return tuple(found)

    def _of_saving(self, plan: Plan, one: Measure) -> Need | None:
        """By the first stream of the measure that it promises to save; its other streams go with it."""
        streams = [s for s, amount in one.savings.items() if amount > 0]
        if not streams:
            return None
        stream = next((s for s in streams if stream_of(self._project, s).result), streams[0])
        promised = one.savings[stream]
        unit = _grain(promised)
        steps = (promised / unit).__ceil__()

        def scored(step: int) -> Assessment:
            share = min(step * unit / promised, _ONE)
            return self._scored(_scaled(plan.measures, share, one))

        step = self._least_from(one.row_id, lambda at: self._reaches(scored(at)), steps)
        if not step:
            return None
        least = min(step * unit, promised)
        lost = self._lost(scored(step), scored(step - 1))
        return Need(one, stream, least, least / promised, lost)

    def _lost(self, enough: Assessment, below: Assessment) -> tuple[str, ...]:
        """What meets the level with just enough and no longer one step below."""
        full = {one.indicator_id: one.meets for one in enough.judgements}
        target: Level = self._path.target
        return tuple(
            self._indicators[one.indicator_id].name
            for one in below.judgements
            if any(
                full[one.indicator_id].get(level) is True and said is not True
                for level, said in one.meets.items()
                if level >= target
            )
        )

    def _reaches(self, assessment: Assessment) -> bool:
        span = assessment.level_range
        return span is not None and span[1] <= self._path.target

    def _scored(self, measures: Sequence[Measure]) -> Assessment:
        if not self._watch(self._tried):
            raise Cancelled
        self._tried += 1
        return rescored(self._project, measures)


def _scaled(
    measures: Sequence[Measure], share: Fraction, only: Measure | None = None
) -> tuple[Measure, ...]:
    """With `share` of what they save; what they use more of stays whole."""
    return tuple(
        replace(
            one,
            savings={s: v * share if v > 0 else v for s, v in one.savings.items()},
        )
        if only is None or one is only
        else one
        for one in measures
    )


def _without_raise(
    measures: Sequence[Measure], one: Measure, indicator_id: str
) -> tuple[Measure, ...]:
    raises = {name: text for name, text in one.raises.items() if name != indicator_id}
    return tuple(replace(m, raises=raises) if m is one else m for m in measures)


def _least(holds: Callable[[int], bool], steps: int) -> int:
    """The least step from which all that were looked at hold; `steps` holds. More is usually better, so halving finds it;
    where a few steps above it do not hold, more is not always better, and the least is above those."""
    low, high = -1, steps
    while high - low > 1:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle
    failing = [
        step
        for share in _PROBES
        if high < (step := high + int((steps - high) * share)) and not holds(step)
    ]
    return _least(lambda step: step > failing[-1] and holds(step), steps) if failing else high


def _grain(amount: Fraction) -> Fraction:
    """A power of ten that is a ten-thousandth of the amount or less, at most 1."""
    unit = _ONE
    while unit * 10_000 > amount:
        unit /= 10
    while unit * 100_000 <= amount:
        unit *= 10
    return unit
