"""The cheapest path in documents of every family equals trying every set; small systems with random answers and measures."""

import random
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from pathlib import Path as Path_

import pytest

from app.assessment.indicator_system import Indicator, IndicatorKind, IndicatorSystem, Level, Limit
from app.audit.findings import assess_project
from app.audit.project import AuditProject
from app.forms.answer import Answer, AnswerBook, Given, indicator_key
from app.measures.apply import rescored
from app.measures.model import Measure, measures_of
from app.measures.path import find_path
from app.measures.roads import gains_of, roads_of
from app.standards.yaml_source import load_system_file
from tests.helpers.forms import sample_project

FOLDER = Path_(__file__).parents[1] / "cases" / "systems"
SYSTEMS = (
    "vectors-2013", "vectors-p", "vectors-pcb", "points", "points-one-threshold", "p-zero-under-cap", "two-tables", "open-tables",
    "lone-row-of-unknown-weight", "level-three-not-printed", "bonus-open-output", "peers-nine", "peers-two",
)  # fmt: skip


def _said(dice: random.Random, indicator: Indicator, level: Level) -> str:
    if indicator.kind is not IndicatorKind.QUANTITATIVE:
        return {1: "I", 2: "II"}.get(level.value, "III")
    limits = [one.value for one in indicator.benchmarks.values() if isinstance(one, Limit)]
    own = indicator.benchmarks.get(level)
    if isinstance(own, Limit) and dice.random() < 3 / 4:
        return str(own.value)
    return str(dice.choice(limits) * dice.choice((1, Fraction(1, 2), 2))) if limits else "5"


def _project(
    dice: random.Random, system: IndicatorSystem, table_id: str, target: Level
) -> AuditProject:
    indicators = [one for part in system.parts(table_id) for one in part.indicators()]
    answers: dict[str, Answer] = {}
    for one in indicators:
        level = target if dice.random() < 3 / 4 else Level.III
        if dice.random() > 0.05:
            key = indicator_key(system.home(table_id, one.id), one.id)
            answers[key] = Given(_said(dice, one, level))
    rows = tuple(f"r{n}" for n in range(dice.randint(0, 6)))
    for row in rows:
        some = dice.sample(indicators, dice.randint(1, len(indicators)))
        raises = [f"{one.id}={_said(dice, one, Level.I)}" for one in some]
        answers[f"measures.list/{row}/name"] = Given(f"方案{row}")
        answers[f"measures.list/{row}/cost"] = Given(dice.choice(("0", "1", "1", "2.5", "7.25")))
        answers[f"measures.list/{row}/raises"] = Given("；".join(raises))
    base = sample_project()
    book = AnswerBook(answers, {"measures.list": rows})
    derivation = base.derivation.with_book(book)
    return replace(
        base, book=book, derivation=derivation, system=system, table_id=table_id, derivation_map=None
    )  # fmt: skip


def _brute_force(
    project: AuditProject, measures: Sequence[Measure], target: Level, must: Sequence[str]
) -> Fraction | None:
    costs = []
    for size in range(len(measures) + 1):
        for some in combinations(measures, size):
            span = rescored(project, some).level_range
            if set(must) <= {one.row_id for one in some} and span is not None and span[1] <= target:
                costs.append(sum((one.cost or Fraction(0) for one in some), Fraction(0)))
    return min(costs, default=None)


@pytest.mark.parametrize("name", SYSTEMS)
def test_the_same_as_trying_every_set(name: str) -> None:
    system = load_system_file(FOLDER / f"{name}.yaml").system
    dice = random.Random(name)
    for _ in range(8):
        target = dice.choice((Level.I, Level.II, Level.II))
        project = _project(dice, system, dice.choice(system.tables).id, target)
        measures = measures_of(project)
        out = [dice.choice(measures).row_id] if measures and dice.random() < 1 / 5 else []
        usable = [one for one in measures if one.row_id not in out and not one.problems]
        must = [dice.choice(usable).row_id] if usable and dice.random() < 1 / 5 else []
        path = find_path(project, measures, target, without=out, required=must)
        expected = _brute_force(project, usable, target, must)
        scored = assess_project(project)
        if scored.why_not_scored or not any(r.level is target for r in system.method.levels):
            expected = None
        assert (None if path.best is None else path.best.cost) == expected
        assert (path.best is None) == bool(path.why_not)
        roads = roads_of(project, path, measures, without=out)
        gains_of(project, path, measures)
        for road in roads:
            span = rescored(project, road.plan.measures).level_range
            assert span is not None
            assert span[1] <= target


def test_an_audit_without_measures_says_so() -> None:
    """Once a solver without a variable was a fault of the program."""
    system = load_system_file(FOLDER / "vectors-pcb.yaml").system
    table = system.tables[0]
    answers: dict[str, Answer] = {
        indicator_key(table.id, one.id): Given(_said(random.Random(1), one, Level.III))
        for one in table.indicators()
    }
    base = sample_project()
    book = AnswerBook(answers)
    derivation = base.derivation.with_book(book)
    project = replace(
        base, book=book, derivation=derivation, system=system, table_id=table.id, derivation_map=None
    )  # fmt: skip
    path = find_path(project, (), Level.I)
    assert path.best is None
    assert "还没有写清投资的方案" in path.why_not
