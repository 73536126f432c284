"""The cheapest set of measures that reaches a level, proven by a solver and believed only after the audit is scored again.

Documents with an index of met indicators are searched by a model (app.measures.path_model); where a document works otherwise
(points, ratios), sets are tried in the order of their cost. What a set comes to: app.measures.path_search. Numbers are floating
point inside the solver only; what is said is exact.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from app.assessment.finding import Finding, Missing
from app.assessment.indicator_system import (
    Family,
    Level,
)
from app.assessment.numbers import brief, display
from app.assessment.result import Assessment
from app.audit.findings import assess_project
from app.audit.project import AuditProject
from app.audit.wording import score_name
from app.measures.apply import combine, with_measures
from app.measures.model import DROPPED, Measure
from app.measures.path_model import Model
from app.measures.path_search import NEAR, TOTALS, Search, demands

MOST_ALTERNATIVES = 10
_MOST_SETS = 4000  # scored one by one, where a document fits no model
_FURTHER = 4  # dearer sets looked for

_ZERO = Fraction(0)


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
    search = Search(project, priced, target, watch)
    said = _cannot(search, unpriced, faulty, must)
    if said:
        return Path(target, search.before, None, (), (), (said,), unpriced, search.tried)
    needed = frozenset(place for place, one in enumerate(priced) if one.row_id in must)
    plans = _cheapest(search, needed)
    if not plans:
        why = _why_not(search, needed, unpriced)
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
    search: Search, unpriced: Sequence[Measure], faulty: Sequence[Measure], must: set[str]
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


def _in_order(search: Search, needed: frozenset[int]) -> Iterator[frozenset[int]]:
    """Minimal sets that reach the level, by cost, then size."""
    if search.reaches(needed):
        yield needed
        return
    if _is_modelled(search):
        yield from Model(search, needed).sets()
    else:
        yield from _one_by_one(search, needed)


def _is_modelled(search: Search) -> bool:
    """A document whose index counts the shares of met indicators, all known and the same whatever is done."""
    assert search.project.system is not None
    if search.project.system.method.family is not Family.LEVEL_INDEX:
        return False
    rows = search.before.judgements
    if any(one.share is None for one in rows):
        return False
    after = search.scored(frozenset(range(len(search.measures)))).judgements
    return all(
        one.share == other.share and one.limiting == other.limiting
        for one, other in zip(rows, after, strict=True)
    )


def _one_by_one(search: Search, needed: frozenset[int]) -> Iterator[frozenset[int]]:
    """Every set in the order of its cost: right for any document, for as many measures as patience allows."""
    free = sorted(
        set(range(len(search.measures))) - needed,
        key=lambda place: (search.measures[place].cost or _ZERO, place),
    )
    found: list[frozenset[int]] = []
    heap: list[tuple[Fraction, int, tuple[int, ...]]] = [(_ZERO, 0, ())]
    while heap:
        if search.tried > _MOST_SETS:
            search.gave_up = True
            return
        cost, size, places = heapq.heappop(heap)
        chosen = needed | {free[place] for place in places}
        if search.is_enough(chosen):
            return
        if not any(one <= chosen for one in found) and search.reaches(chosen):
            found.append(chosen)
            yield chosen
        start = places[-1] + 1 if places else 0
        for place in range(start, len(free)):
            more = search.measures[free[place]].cost or _ZERO
            heapq.heappush(heap, (cost + more, size + 1, (*places, place)))


def _cheapest(search: Search, needed: frozenset[int]) -> tuple[Plan, ...]:
    """The cheapest set with `needed` in it, the others within a tenth of its cost (at most MOST_ALTERNATIVES), and a few
    dearer ones; of equal costs the smallest, then the first of the list leads. Empty when there is none."""
    found: list[frozenset[int]] = []
    for chosen in _in_order(search, needed):
        found.append(chosen)
        search.near = search.cost(found[0]) * NEAR
        dearer = sum(search.cost(one) > search.near for one in found)
        if dearer >= _FURTHER or len(found) > MOST_ALTERNATIVES:
            break
    found.sort(key=lambda one: (search.cost(one), len(one), sorted(one)))
    return tuple(Plan(search.chosen_of(one), search.cost(one), search.scored(one)) for one in found)


def _why_not(
    search: Search, needed: frozenset[int], unpriced: Sequence[Measure]
) -> tuple[str, ...]:
    """What is still lacking when everything possible is done."""
    assert search.rule is not None
    if search.gave_up:
        return (
            f"试了 {search.tried} 种组合还没有定论：方案太多，这份文件的算法又不能一次解出来；"
            "把不打算做的标成「不做」，或指定一定要做的，再试",
        )
    said = []
    if needed and not search.is_possible(needed):
        said.append("一定要做的方案合起来省的比总量还多")
    if not search.measures:
        said.append("还没有写清投资的方案")
    everything = frozenset(range(len(search.measures)))
    if not search.is_possible(everything):
        over = combine(search.project, search.measures).overdrawn
        said.append("方案合起来省的超过总量：" + "、".join(one.stream.title for one in over))
    after = search.scored(everything)
    hard, soft = demands(search.rule, after.judgements)
    missing = [
        search.indicators[one.indicator_id].name
        for one in after.judgements
        if isinstance(one.finding, Missing)
        and one.finding.doubt is None
        and (one.share or one.share is None)
    ]
    doubted = [
        f"{search.indicators[name].name}（{doubt.facts_text}）"
        for name, doubt in after.doubts.items()
    ]
    stuck = [
        f"{search.indicators[one.indicator_id].name}（只到{one.reached.symbol}）"
        for one, level in hard
        if one.meets[level] is False and one.reached is not None
    ]
    if stuck:
        said.append(f"全部做完，{search.target.symbol}级要求的还有没到的：{'、'.join(stuck)}")
    interval = after.index_range.get(search.target)
    least = search.rule.min_index
    if interval is not None and least is not None and interval.low < least:
        said.append(
            f"全部做完，Y{search.target.symbol} 是 {display(interval.low, 2)}，"
            f"比 {brief(least)} 少 {display(least - interval.low, 2)}"
        )
        helps = sorted(soft, key=lambda one: -(one.share or _ZERO))[:3]
        names = [search.indicators[one.indicator_id].name for one in helps]
        if names:
            said.append(f"还没到{search.target.symbol}级的大项：{'、'.join(names)}")
    for name, score in after.scores.items():
        if name in TOTALS and least is not None and score.low < least:
            said.append(
                f"全部做完，{score_name(name)} 是 {display(score.low, 2)}，"
                f"比 {brief(least)} 少 {display(least - score.low, 2)}"
            )
            short = [search.indicators[one.indicator_id].name for one in soft[:3]]
            said += [f"还没到{search.target.symbol}级的：{'、'.join(short)}"] if short else []
    if doubted:
        said.append(f"填的和数据对不上的指标：{'、'.join(doubted)}")
    if missing:
        said.append(f"还没填的指标：{'、'.join(missing)}")
    if unpriced:
        said.append(f"没填投资、没算进去的方案：{'、'.join(one.name for one in unpriced)}")
    return tuple(said) or (f"试过的组合都到不了{search.target.symbol}级",)
