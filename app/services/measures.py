"""Measures of an audit for the command line and the screens: the cheapest path as plain data."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from app.assessment.finding import Finding, Measured
from app.assessment.indicator_system import LEVELS, Level
from app.assessment.numbers import brief, display
from app.assessment.result import Assessment
from app.audit.project import AuditProject
from app.errors import Problem, UserError
from app.measures.model import Measure, measures_of, stream_of
from app.services.cases import Cases
from app.storage.catalogue_store import Catalogue

if TYPE_CHECKING:  # the solver is not needed to open an audit
    from app.measures.path import Path as CheapestPath
    from app.measures.path import Plan, Step
    from app.measures.roads import Need, Road

LEVEL_CODES: Mapping[str, Level] = {level.code: level for level in LEVELS}


def path_of_file(
    file: Path,
    catalogue: Catalogue,
    target: Level | None,
    without: Sequence[str] = (),
    required: Sequence[str] = (),
) -> "tuple[CheapestPath, tuple[Road, ...], AuditProject]":
    """The cheapest path of an audit file to `target`, or to the next level, and its roads. without, required: codes (ZG1),
    names or row ids of measures. UserError when the file cannot be read, or names no measure of it."""
    from app.measures.path import find_path
    from app.measures.roads import roads_of

    case = Cases(catalogue).read(file)
    project = case.project
    if target is None:
        target = default_target(case.assessment, project) or Level.I
    measures = measures_of(project)
    out = _rows(measures, without, "--without")
    path = find_path(
        project, measures, target, without=out, required=_rows(measures, required, "--with")
    )
    return path, roads_of(project, path, measures, without=out), project


def _rows(measures: Sequence[Measure], names: Sequence[str], where: str) -> list[str]:
    found, unknown = [], []
    for name in names:
        rows = [
            one.row_id
            for one in measures
            if name in (one.row_id, one.name) or name.upper() == one.code
        ]
        found += rows
        if not rows:
            unknown.append(name)
    if unknown:
        known = "、".join(f"{one.code} {one.name}" for one in measures) or "还没有方案"
        raise UserError(
            *(Problem(where, f"没有方案「{name}」", f"案卷里的方案：{known}。") for name in unknown)
        )
    return found


def path_json(path: "CheapestPath", roads: "Sequence[Road]" = ()) -> dict[str, object]:
    """Exact numbers as text; levels `I` `II` `III` `none`. alternatives: within a tenth of the cheapest."""
    best = path.best
    return {
        "reachable": best is not None,
        "cost": None if best is None else str(best.cost),
        "measures": [] if best is None else [one.code for one in best.measures],
        "indicators": [_step(one) for one in path.steps],
        "index_after": {} if best is None else _index(best.assessment),
        "alternatives": [_plan(one) for one in path.alternatives],
        "why_not": path.why_not or None,
        "target": path.target.code,
        "level_after": _code(best.assessment.level) if best is not None else None,
        "names": {} if best is None else {one.code: one.name for one in best.measures},
        "unpriced": [one.code for one in path.unpriced],
        "sets_scored": path.tried,
        "roads": [_road(one) for one in roads],
    }


def _road(road: "Road") -> dict[str, object]:
    return {
        "kinds": list(road.kinds),
        **_plan(road.plan),
        "extra": str(road.extra),
        "adds": [one.code for one in road.adds],
        "leaves": [one.code for one in road.leaves],
        "margin": None if road.margin is None else str(road.margin),
        "holds_at": None if road.holds_at is None else str(road.holds_at),
        "needs": [
            {
                "measure": need.measure.code,
                "stream": need.stream_id or None,
                "least": str(need.least) if need.stream_id else None,
                "share": str(need.share),
                "lost": list(need.lost),
            }
            for need in road.needs
        ],
    }


def _plan(plan: "Plan") -> dict[str, object]:
    return {
        "measures": [one.code for one in plan.measures],
        "cost": str(plan.cost),
        "index_after": _index(plan.assessment),
    }


def _index(assessment: Assessment) -> dict[str, str]:
    """Per level what is certain; P or points where the document counts those."""
    scores = {name: str(one.low) for name, one in assessment.scores.items()}
    return {level.code: str(one.low) for level, one in assessment.index_range.items()} | scores


def _step(step: "Step") -> dict[str, object]:
    return {
        "id": step.indicator_id,
        "from": _code(step.level_before),
        "to": _code(step.level_after),
        "value_from": _value(step.before),
        "value_to": _value(step.after),
        "points": None if step.points is None else str(step.points),
        "limiting": step.limiting,
        "by": list(step.by),
    }


def _code(level: Level | None) -> str | None:
    return None if level is None else level.code


def _value(finding: Finding) -> str | None:
    return str(finding.value) if isinstance(finding, Measured) else None


def road_title(road: "Road") -> str:
    """「最省」「多 6.8 万元，顺手补一项」「比过的几条里最稳」: of the sets found, not of all there are."""
    if "cheapest" in road.kinds:
        return "最省，比过的几条里也最稳" if "steady" in road.kinds else "最省"
    if "more" in road.kinds:
        return f"多 {brief(road.extra)} 万元，顺手补一项" if road.extra else "不多花钱，顺手补一项"
    return "比过的几条里最稳"


def need_words(project: AuditProject, need: "Need") -> str:
    """What must come true, and what is lost without it."""
    if not need.stream_id:
        return f"{need.measure.code} 要做到：{'、'.join(need.lost)}"
    stream = stream_of(project, need.stream_id)
    said = (
        f"{need.measure.code} 一年省{stream.title} ≥ {brief(need.least)} {stream.unit}"
        f"（预计的 {display(need.share * 100, 1)}%）"
    )
    return f"{said}，少了「{'」「'.join(need.lost)}」就掉下来" if need.lost else said


def path_lines(
    path: "CheapestPath", roads: "Sequence[Road]" = (), project: AuditProject | None = None
) -> list[str]:
    """For people."""
    if path.best is None:
        return [f"到不了{path.target.symbol}级：{path.why_not}"]
    best = path.best
    if not best.measures:
        return [f"现在就是{path.target.symbol}级或更好，不用再花钱"]
    lines = [f"到{path.target.symbol}级最省 {brief(best.cost)} 万元："]
    lines += [
        f"  {one.code} {one.name}　{brief(one.cost or best.cost * 0)} 万元" for one in best.measures
    ]
    for step in path.steps:
        before, after = (
            "未定" if level is None else level.symbol
            for level in (step.level_before, step.level_after)
        )
        gain = f"，加 {display(step.points, 2)} 分" if step.points else ""
        mark = "限定性 " if step.limiting else ""
        lines.append(f"  {mark}{step.name}：{before} → {after}{gain}（{'、'.join(step.by)}）")
    lines += [
        f"做完 Y{level.symbol} {display(interval.low, 2)}"
        for level, interval in best.assessment.index_range.items()
        if level is path.target
    ]
    for plan in path.alternatives:
        names = " + ".join(one.code for one in plan.measures)
        lines.append(f"也可以：{names}，{brief(plan.cost)} 万元")
    for road in roads:
        names = " + ".join(one.code for one in road.plan.measures)
        lines.append(f"{road_title(road)}：{names}，{brief(road.plan.cost)} 万元")
        if project is not None:
            lines += [f"  · {need_words(project, need)}" for need in road.needs]
    if path.unpriced:
        lines.append("没填投资、没算进去：" + "、".join(one.name for one in path.unpriced))
    return lines


def default_target(assessment: Assessment | None, project: AuditProject) -> Level | None:
    """The next level above the worst still possible; None when there is none."""
    if assessment is None or assessment.level_range is None or project.system is None:
        return None
    now = assessment.level_range[1]
    better = [rule.level for rule in project.system.method.levels if rule.level < now]
    return max(better, default=None)
