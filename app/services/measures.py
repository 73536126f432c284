"""Measures of an audit for the command line and the screens: the cheapest path as plain data."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from app.assessment.finding import Finding, Measured
from app.assessment.indicator_system import LEVELS, Level
from app.assessment.numbers import brief, display
from app.assessment.result import Assessment
from app.audit.project import AuditProject
from app.errors import Problem, UserError
from app.measures.model import Measure, measures_of
from app.measures.path import Path as CheapestPath
from app.measures.path import Plan, Step, find_path
from app.services.cases import Cases
from app.storage.catalogue_store import Catalogue

LEVEL_CODES: Mapping[str, Level] = {level.code: level for level in LEVELS}


def path_of_file(
    file: Path,
    catalogue: Catalogue,
    target: Level | None,
    without: Sequence[str] = (),
    required: Sequence[str] = (),
) -> CheapestPath:
    """The cheapest path of an audit file to `target`, or to the next level. without, required: codes (ZG1), names or row ids of measures. UserError when the
    file cannot be read, or names no measure of it."""
    case = Cases(catalogue).read(file)
    project = case.project
    if target is None:
        target = default_target(case.assessment, project) or Level.I
    measures = measures_of(project)
    return find_path(
        project,
        measures,
        target,
        without=_rows(measures, without, "--without"),
        required=_rows(measures, required, "--with"),
    )


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


def path_json(path: CheapestPath) -> dict[str, object]:
    """Exact numbers as text; levels `I` `II` `III` `none`."""
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
    }


def _plan(plan: Plan) -> dict[str, object]:
    return {
        "measures": [one.code for one in plan.measures],
        "cost": str(plan.cost),
        "index_after": _index(plan.assessment),
    }


def _index(assessment: Assessment) -> dict[str, str]:
    """Per level what is certain."""
    return {level.code: str(one.low) for level, one in assessment.index_range.items()}


def _step(step: Step) -> dict[str, object]:
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


def path_lines(path: CheapestPath) -> list[str]:
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
