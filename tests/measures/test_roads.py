"""Three roads to a level: the design's own figures, what each must keep, and that everything said holds when scored again."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings

from app.assessment.indicator_system import Level
from app.measures.apply import combine, rescored
from app.measures.model import measures_of
from app.measures.path import find_path
from app.measures.path_search import Cancelled
from app.measures.roads import CHEAPEST, MORE, STEADY, Road, gains_of, roads_of
from app.services.measures import need_words, road_title
from tests.measures.test_path import FIVE, ROWS, Row, project_with


def roads(rows: dict[str, Row], target: Level = Level.II) -> tuple[Road, ...]:
    project = project_with(rows)
    measures = measures_of(project)
    return roads_of(project, find_path(project, measures, target), measures)


def codes(road: Road) -> list[str]:
    return [one.code for one in road.plan.measures]


def test_the_three_roads_of_the_sample_shop() -> None:
    cheapest, more, steady = roads(FIVE)
    assert [codes(one) for one in (cheapest, more, steady)] == [
        ["ZG1", "ZG2"],
        ["ZG1", "ZG2", "WD8"],
        ["ZG1", "ZG3"],
    ]
    assert [road_title(one) for one in (cheapest, more, steady)] == [
        "最省",
        "多 6.8 万元，顺手补一项",
        "比过的几条里最稳",
    ]
    assert [one.plan.cost for one in (cheapest, more, steady)] == [
        Fraction("29.4"), Fraction("36.2"), Fraction("70.6"),
    ]  # fmt: skip
    assert [one.margin for one in (cheapest, more, steady)] == [
        Fraction("0.2"), Fraction("1.8"), Fraction("8.6"),
    ]  # fmt: skip
    assert [one.code for one in steady.adds] == ["ZG3"]
    assert [one.code for one in steady.leaves] == ["ZG2"]


def test_what_the_cheapest_road_must_keep() -> None:
    """Guide section 12: at least 10,450 m³ with nickel, 10,208 m³ with the line rebuilt."""
    cheapest, _, steady = roads(FIVE)
    water, nickel = cheapest.needs
    assert (water.stream_id, water.least) == ("water", Fraction(10450))
    assert water.lost == ("电镀用水重复利用率",)
    assert (nickel.stream_id, nickel.least) == ("nickel", Fraction("242.6"))
    assert (steady.needs[0].least, steady.needs[0].lost) == (
        Fraction(10208),
        ("单位产品每次清洗取水量",),
    )
    assert steady.needs[1].lost == ("电镀生产线要求",)
    assert (cheapest.holds_at, steady.holds_at) == (Fraction("0.901"), Fraction("0.88"))
    said = need_words(project_with(FIVE), water)
    assert said == "ZG1 一年省新水 ≥ 10,450 m³（预计的 90.1%），少了「电镀用水重复利用率」就掉下来"


def test_the_cheapest_may_be_the_steadiest() -> None:
    rows = {"ZG1": FIVE["ZG1"], "ZG3": {**FIVE["ZG3"], "cost": "1"}}
    (only,) = roads(rows)
    assert only.kinds == (CHEAPEST, STEADY)
    assert road_title(only) == "最省，比过的几条里也最稳"


def test_nothing_to_do_has_no_road() -> None:
    assert roads(FIVE, Level.III) == ()
    assert roads({"WD9": FIVE["WD9"]}) == ()


def test_it_can_be_stopped() -> None:
    project = project_with(FIVE)
    measures = measures_of(project)
    path = find_path(project, measures, Level.II)
    with pytest.raises(Cancelled):
        roads_of(project, path, measures, watch=lambda tried: tried < path.tried + 5)
    with pytest.raises(Cancelled):
        gains_of(project, path, measures, watch=lambda tried: tried < path.tried + 2)


def test_every_open_indicator_with_who_brings_it() -> None:
    project = project_with(FIVE)
    measures = measures_of(project)
    gains = gains_of(project, find_path(project, measures, Level.II), measures)
    said = {one.name: ([m.code for m in one.by], one.cost, one.points) for one in gains}
    assert gains[0].before.limiting
    assert said["单位产品每次清洗取水量"] == (["ZG1"], Fraction("12.6"), Fraction(10))
    assert said["电镀用水重复利用率"] == (["ZG1"], Fraction(0), Fraction("3.6"))
    assert said["电镀生产线要求"] == (["ZG3"], Fraction(58), Fraction("13.2"))
    assert len(gains) == 5


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ROWS)
def test_every_road_reaches_and_every_need_is_needed(drawn: list[tuple[str, Row]]) -> None:
    rows = {
        f"r{n}": {"name": f"方案{n}", "cost": cost, **effects}
        for n, (cost, effects) in enumerate(drawn, 1)
    }
    project = project_with(rows)
    measures = measures_of(project)
    path = find_path(project, measures, Level.II)
    found = roads_of(project, path, measures)

    def reaches(chosen: tuple[object, ...]) -> bool:
        span = rescored(project, chosen).level_range  # type: ignore[arg-type]
        return span is not None and span[1] <= Level.II

    for road in found:
        chosen = road.plan.measures
        assert reaches(chosen)
        assert not combine(project, chosen).overdrawn
        assert path.best is not None
        assert road.extra == road.plan.cost - path.best.cost >= 0
        if MORE in road.kinds:
            assert len(road.adds) == 1
            assert not road.leaves
        for need in road.needs:
            if not need.stream_id:
                continue
            for share, holds in ((need.share, True), (need.share * Fraction(999, 1000), False)):
                some = tuple(
                    replace(
                        one, savings={s: v * share if v > 0 else v for s, v in one.savings.items()}
                    )
                    if one is need.measure
                    else one
                    for one in chosen
                )
                assert reaches(some) or not holds
