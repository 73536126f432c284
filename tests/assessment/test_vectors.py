"""Vectors M1-M10: the 2013 method on a small table, worked by hand."""

from dataclasses import replace
from fractions import Fraction

import pytest

from app.assessment.engine import assess
from app.assessment.indicator_system import LEVELS, Level
from tests.helpers.systems import RULES, category, found, qualitative, system

F = Fraction
BASE = system(
    category(
        "A",
        F("0.4"),
        qualitative("a1", F("0.5"), limiting=True),
        qualitative("a2", F("0.3")),
        qualitative("a3", F("0.2")),
    ),
    category(
        "B",
        F("0.6"),
        qualitative("b1", F("0.6")),
        qualitative("b2", F("0.4"), limiting=True),
    ),
)
VECTORS = {
    "M1": ((1, 1, 1, 1, 1), (100, 100, 100), Level.I),
    "M2": ((1, 3, 1, 1, 1), (88, 88, 100), Level.I),
    "M3": ((2, 1, 1, 1, 1), (80, 100, 100), Level.II),
    "M4": ((1, 2, 2, 2, 1), (44, 100, 100), Level.II),
    "M5": ((3, 1, 1, 1, 1), (80, 80, 100), Level.III),
    "M6": ((1, 4, 1, 1, 1), (88, 88, 88), Level.I),
    "M7": ((2, 0, 2, 1, 2), (36, 100, 100), Level.II),
    "M8": ((2, 4, 2, 2, 2), (0, 88, 88), Level.II),
    "M9": ((4, 1, 1, 1, 1), (80, 80, 80), Level.NONE),
    "M10": ((3, 3, 4, 3, 3), (0, 0, 92), Level.NONE),
}


@pytest.mark.parametrize("name", VECTORS)
def test_vector(name: str) -> None:
    reached, y, level = VECTORS[name]
    ids = [indicator.id for indicator in BASE.table("t").indicators()]
    result = assess(BASE, "t", {i: found(r) for i, r in zip(ids, reached, strict=True)})
    assert [result.index[level] for level in LEVELS] == list(y)
    assert result.level is level
    assert result.level_range == (level, level)
    assert result.missing == ()
    assert ("低于Ⅲ级" in "".join(result.warnings)) == (name in ("M6", "M8"))


def test_extra_condition_on_level_one() -> None:
    rules = (replace(RULES[0], others_level=Level.II), *RULES[1:])
    strict = replace(BASE, method=replace(BASE.method, levels=rules))
    findings = {"a1": found(1), "a2": found(3), "a3": found(1), "b1": found(1), "b2": found(1)}
    result = assess(strict, "t", findings)
    assert result.index == {Level.I: 88, Level.II: 88, Level.III: 100}
    assert result.level is Level.II
    assert result.level_name == "先进"


def test_traces_reach_down_to_every_indicator() -> None:
    result = assess(BASE, "t", {"a1": found(1), "a2": found(0), "b1": found(2)})
    assert result.trace.value is None
    assert result.trace.note == "未定：最好Ⅱ，最差未达Ⅲ"
    first = result.trace.children[0]
    assert first.value == "28.57～64.00"
    assert first.formula == "28.57～64.00 ≥ 85？；限定性指标都达到Ⅰ级，还没定：指标 b2"
    by_category = first.children[0].children
    assert [part.label for part in by_category] == ["类 A", "类 B"]
    assert by_category[0].value == "71.43～100.00"
    assert by_category[0].children[1].value == "不适用"
    assert result.judgement("a1").trace.children[-1].value == F(4000, 140)
