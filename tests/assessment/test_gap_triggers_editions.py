"""What holds a firm back, what duty a result brings, what another edition changes."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from app.assessment.editions import compare_editions
from app.assessment.engine import assess
from app.assessment.finding import Finding, Measured, Missing, NotApplicable, Reached
from app.assessment.gap import Obstacle, gap_to
from app.assessment.indicator_system import (
    Direction,
    DocumentKind,
    Family,
    Indicator,
    IndicatorKind,
    IndicatorSystem,
    Level,
    LevelRule,
    Limit,
    Linear,
    Method,
    Requirement,
    Span,
)
from app.assessment.triggers import mandatory_triggers
from app.standards.case_source import read_case
from app.standards.yaml_source import load_system_file
from tests.helpers.resource_systems import ResourceSystems
from tests.helpers.systems import READ, RULES, category, found, qualitative, quantitative, system

F = Fraction
CASES = Path(__file__).parents[1] / "cases"


# ------------------------------------------------------------------------------------------------ gap


def test_the_sample_lacks_its_limiting_rinse_water_then_the_weightiest_points() -> None:
    case = read_case(CASES / "sample-complete.yaml", ResourceSystems())
    result = assess(case.system, case.table_id, case.findings, case.inputs)
    gap = gap_to(case.system, result)
    assert gap is not None
    assert (gap.target, gap.index_needed) == (Level.II, F(85))
    assert gap.short == F("18.2")
    first = gap.items[0]
    assert first.indicator_id == "rinse-water-intake"
    assert first.obstacle is Obstacle.LIMITING
    assert (first.needed, first.points) == (F(24), F(10))
    assert first.distance == F(10400, 327) - 24
    assert [item.obstacle for item in gap.items[1:]] == [Obstacle.INDEX] * (len(gap.items) - 1)
    points = [item.points for item in gap.items[1:]]
    assert points == sorted(points, key=lambda value: -(value or F(0)))
    assert gap.fewest_more == 1  # the plating line alone brings 13.2 of the 8.2 still lacking


def test_the_gap_of_an_open_audit_starts_from_the_worst_case() -> None:
    case = read_case(CASES / "sample-two-missing.yaml", ResourceSystems())
    result = assess(case.system, case.table_id, case.findings, case.inputs)
    gap = gap_to(case.system, result)
    assert gap is not None
    assert gap.target is Level.III
    assert gap.items[0].indicator_id == "emergency-plan"
    assert gap.items[0].is_open
    assert {item.indicator_id for item in gap.items} == {"nickel-utilisation", "emergency-plan"}


def test_a_wanted_level_and_levels_that_do_not_exist() -> None:
    case = read_case(CASES / "m02-pcb.yaml", ResourceSystems())
    result = assess(case.system, case.table_id, case.findings, case.inputs)
    gap = gap_to(case.system, result, Level.I)
    assert gap is not None
    assert [(item.indicator_id, item.obstacle, item.asked) for item in gap.items] == [
        ("a2", Obstacle.OTHERS, Level.II)
    ]
    assert gap.items[0].points == 0
    assert gap.short == 0
    assert gap.fewest_more == 0
    assert gap_to(case.system, result, Level.NONE) is None
    top = assess(
        case.system, case.table_id, {row: found(1) for row in ("a1", "a2", "a3", "b1", "b2")}
    )
    assert gap_to(case.system, top) is None


def test_unknown_weights_give_no_count() -> None:
    made = system(
        category("a", F(1), qualitative("a1"), qualitative("a2"), qualitative("a3", limiting=True)),
        category("b", F("0.1"), qualitative("b1", F(1)), bonus=True),
    )
    result = assess(made, "t", {"a1": found(3), "a3": found(3), "b1": found(3)})
    gap = gap_to(made, result, Level.I)
    assert gap is not None
    assert gap.fewest_more is None
    assert gap.items[0].indicator_id == "a3"
    assert gap.items[0].points is None


def test_levels_without_an_index_lack_only_what_they_demand() -> None:
    rules = tuple(LevelRule(level, level.name, None, None, level) for level in (Level.I, Level.II))
    made = system(
        category("a", None, qualitative("a1"), qualitative("a2")),
        method=Method(Family.LEVEL_ONLY, rules, READ),
    )
    result = assess(made, "t", {"a1": found(1), "a2": found(3)})
    gap = gap_to(made, result)
    assert gap is not None
    assert [item.indicator_id for item in gap.items] == ["a2"]
    assert gap.index is None
    reference = replace(made, kind=DocumentKind.REFERENCE_TABLE)
    assert gap_to(reference, assess(reference, "t", {})) is None


def test_no_index_that_suffices_gives_no_count() -> None:
    rules = (LevelRule(Level.I, "I", F(120)),)
    made = system(
        category("a", F(1), qualitative("a1", F(1))), method=Method(Family.LEVEL_INDEX, rules, READ)
    )
    gap = gap_to(made, assess(made, "t", {}))
    assert gap is not None
    assert gap.fewest_more is None


def test_ratios_lack_the_base_value_and_the_requirement_that_limits() -> None:
    """P = 0.6·P1 + 0.4·P2 with P1 = 20 points of 12 + 8, P2 = 100 of 60 + 40."""
    made = load_system_file(CASES / "systems" / "vectors-p.yaml").system
    result = assess(
        made,
        "t",
        {"energy": Measured(F(20)), "yield": Measured(F(90)), "policy": Reached(Level.NONE)},
    )
    gap = gap_to(made, result)
    assert gap is not None
    assert (gap.target, gap.name) == (Level.II, "清洁生产企业")
    # now: 0.6 × (12 × 10/20 + 8 × 90/80)
    assert (gap.index, gap.index_needed, gap.short) == (F(9), F(80), F(71))
    assert [(item.indicator_id, item.obstacle, item.points) for item in gap.items] == [
        ("policy", Obstacle.LIMITING, F(24)),
        ("audit", Obstacle.INDEX, F(16)),
        ("energy", Obstacle.INDEX, F("3.6")),
    ]
    energy = gap.items[2]
    assert (energy.needed, energy.distance) == (F(10), F(10))
    assert gap.items[1].is_open
    assert gap.fewest_more is None  # P tops at 52 with base values; this small table is no real one
    assert gap_to(made, result, Level.III) is None


def test_points_lack_what_is_not_awarded() -> None:
    rules = (LevelRule(Level.I, "合格", F(70)),)
    made = system(
        category(
            "a",
            None,
            replace(qualitative("a1"), points=F(40)),
            replace(qualitative("a2"), points=F(35)),
            replace(quantitative("a3", ("5", "5", "5")), points=F(25)),
        ),
        method=Method(Family.POINTS, rules, READ),
    )
    result = assess(made, "t", {"a1": Measured(F(30)), "a2": Reached(Level.NONE), "a3": found(1)})
    gap = gap_to(made, replace(result))
    assert gap is not None
    assert [(item.indicator_id, item.points) for item in gap.items] == [
        ("a2", F(35)),
        ("a1", F(10)),
    ]
    assert (gap.index, gap.short, gap.fewest_more) == (F(55), F(15), 1)
    above = assess(made, "t", {"a1": Measured(F(30)), "a2": Measured(F(10)), "a3": Measured(F(8))})
    gap = gap_to(made, above)
    assert gap is not None
    by_id = {item.indicator_id: item for item in gap.items}
    assert (by_id["a3"].needed, by_id["a3"].distance) == (F(5), F(3))
    assert (gap.index, gap.short, gap.fewest_more) == (F(40), F(30), 2)


# ------------------------------------------------------------------------------------------------ triggers


QUOTA = system(
    category(
        "e",
        None,
        quantitative("cement", ("80", "87", "94")),
        replace(
            quantitative("clinker", ("1", "1", "1")), benchmarks={Level.II: None, Level.III: None}
        ),
    ),
    method=Method(Family.ENERGY_QUOTA, (), READ),
    kind=DocumentKind.ENERGY_QUOTA,
)
SECTOR = system(
    category("a", F(1), qualitative("a1", F(1))), method=Method(Family.LEVEL_INDEX, RULES, READ)
)


def applies(
    quota: dict[str, Finding] | None, level: int | None, is_two_high_project: bool = True
) -> list[bool | None]:
    triggers = mandatory_triggers(
        quota=None if quota is None else assess(QUOTA, "t", quota),
        system=assess(SECTOR, "t", {"a1": found(level)}),
        is_two_high_project=is_two_high_project,
    )
    return [trigger.applies for trigger in triggers]


def test_energy_over_the_limit_asks_for_an_audit() -> None:
    assert applies({"cement": Measured(F(95))}, 1, False) == [True]
    assert applies({"cement": Measured(F(94))}, 1, False) == [False]
    assert applies({"cement": Measured(F(94)), "clinker": Measured(F(1))}, 1, False) == [None]
    assert applies({}, 1, False) == [None]
    assert applies(None, 1, False) == [None]
    over = mandatory_triggers(
        quota=assess(QUOTA, "t", {"cement": Measured(F(95))}), system=None, is_two_high_project=True
    )
    assert over[0].indicator_ids == ("cement",)
    assert over[2].applies is None


def test_planned_two_high_projects_are_held_against_level_two() -> None:
    assert applies({"cement": Measured(F(88))}, 3) == [False, True, True]
    assert applies({"cement": Measured(F(87))}, 2) == [False, False, False]
    assert applies({"clinker": Measured(F(1))}, None) == [None, None, None]


# ------------------------------------------------------------------------------------------------ editions


def edition(*rows: Indicator) -> IndicatorSystem:
    weight = F(1, len(rows))
    return system(category("a", F(1), *(replace(row, weight=weight) for row in rows)))


def test_another_edition_says_what_changes_and_what_must_be_asked_again() -> None:
    water = quantitative("water", ("8", "24", "40"))
    energy = quantitative("energy", ("1", "2", "3"))
    policy, plan, gone = qualitative("policy"), qualitative("plan"), qualitative("gone")
    old = edition(water, energy, policy, plan, gone)
    new = edition(
        replace(water, benchmarks={**water.benchmarks, Level.III: Limit(F(30))}),
        replace(
            energy,
            unit="g/t",
            benchmarks={level: Limit(F(level * 1000)) for level in (Level.I, Level.II, Level.III)},
        ),
        policy,
        replace(plan, benchmarks={**plan.benchmarks, Level.I: Requirement("更严")}),
        qualitative("fresh"),
    )
    findings: dict[str, Finding] = {
        "water": Measured(F(32)),
        "energy": Measured(F(2)),
        "policy": Reached(Level.I),
        "plan": Reached(Level.II),
        "gone": NotApplicable("没有"),
    }
    result = compare_editions((old, "t"), (new, "t"), findings)
    by_name = {pair.new_id or pair.old_id: pair for pair in result.pairs}
    assert list(by_name) == ["water", "energy", "policy", "plan", "fresh", "gone"]
    assert by_name["water"].thresholds == {Level.III: (Limit(F(40)), Limit(F(30)))}
    assert by_name["water"].reached == (Level.III, Level.NONE)
    moved = [pair.new_id for pair in result.pairs if pair.reached[0] != pair.reached[1]]
    assert moved == ["water", "plan"]
    assert by_name["energy"].thresholds == {}
    assert result.new.judgement("energy").finding == Measured(F(2000))
    assert result.ask_again == ("plan", "fresh")
    assert by_name["plan"].ask_again == "新版的要求改了，要再看一次"
    assert result.new.missing == ("plan", "fresh")
    assert by_name["policy"].shares == (F(25), F(20))
    assert all(pair.is_changed for pair in result.pairs)
    assert result.old.index_range != result.new.index_range


def test_an_equal_edition_changes_nothing() -> None:
    old = edition(quantitative("water", ("8", "24", "40")), qualitative("plan"))
    findings: dict[str, Finding] = {"water": Measured(F(8)), "plan": Missing()}
    result = compare_editions((old, "t"), (old, "t"), findings)
    assert not any(pair.is_changed for pair in result.pairs)
    assert result.ask_again == ()


def test_renamed_rows_are_mapped_and_others_are_not() -> None:
    old = edition(quantitative("water", ("8", "24", "40")), qualitative("plan"))
    new = edition(quantitative("rinse", ("8", "24", "40")), qualitative("plan"))
    result = compare_editions(
        (old, "t"), (new, "t"), {"water": Measured(F(8))}, same={"rinse": "water"}
    )
    assert result.new.judgement("rinse").finding == Measured(F(8))
    assert [(pair.old_id, pair.new_id) for pair in result.pairs] == [
        ("water", "rinse"),
        ("", "plan"),
        ("plan", ""),
    ]


def test_what_cannot_be_converted_is_asked_again() -> None:
    water = replace(
        quantitative("water", ("8", "24", "40")),
        benchmarks={Level.I: Span(F(1), F(2)), Level.II: Linear(F(1), F(2), "n")},
    )
    old = edition(water, qualitative("plan"))
    elsewhere = edition(
        replace(water, unit="kWh/t"),
        replace(qualitative("plan"), kind=IndicatorKind.QUANTITATIVE, direction=Direction.LOWER),
    )
    findings: dict[str, Finding] = {"water": Measured(F(8)), "plan": Reached(Level.I)}
    result = compare_editions((old, "t"), (elsewhere, "t"), findings)
    assert [pair.ask_again for pair in result.pairs] == [
        "新版换了单位，算不过去",
        "新版改了考核方式（定量、定性）",
    ]
    grams = edition(replace(water, unit="g/t"), qualitative("plan"))
    changed = compare_editions((old, "t"), (grams, "t"), findings).pairs[0].thresholds
    assert changed[Level.I] == (Span(F(1000), F(2000)), Span(F(1), F(2)))
    assert changed[Level.II] == (Linear(F(1000), F(2000), "n"), Linear(F(1), F(2), "n"))
