"""Tables put together, profiles and checklists: every later answer, also 「不适用」, stays inside every earlier range."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from app.assessment.engine import assess
from app.assessment.finding import Finding, Measured, NotApplicable, Reached
from app.assessment.indicator_system import (
    LEVELS,
    DocumentKind,
    Family,
    IndicatorSystem,
    Level,
    LevelRule,
    Method,
    NotApplicableRule,
    PickGroup,
)
from app.assessment.result import Assessment
from app.standards.yaml_source import load_system_file
from tests.helpers.systems import READ, category, qualitative, system

F = Fraction
CASES = Path(__file__).parents[1] / "cases" / "systems"
TABLES = [load_system_file(CASES / name).system for name in ("two-tables.yaml", "open-tables.yaml")]
NUMBERS = st.one_of(
    st.just(NotApplicable("没有")), st.integers(0, 40).map(lambda value: Measured(F(value)))
)
GRADES = st.one_of(
    st.just(NotApplicable("没有")), st.sampled_from(list(Level)).map(lambda level: Reached(level))
)


def inside(before: Assessment, after: Assessment) -> None:
    for level, late in after.index_range.items():
        early = before.index_range[level]
        assert early.low <= late.low <= late.high <= early.high
    if before.level_range is not None and after.level_range is not None:
        assert before.level_range[0] <= after.level_range[0]
        assert after.level_range[1] <= before.level_range[1]


@given(st.sampled_from(TABLES), st.permutations(["a1", "a2", "b1", "c1"]), st.data())
@settings(max_examples=60, deadline=None)
def test_tables_together_only_narrow(
    chosen: IndicatorSystem, order: list[str], data: st.DataObject
) -> None:
    names = data.draw(st.permutations(["one", "two", "management"]))
    table_id = "+".join(names)
    findings: dict[str, Finding] = {}
    before = assess(chosen, table_id, findings)
    for name in order:
        findings[name] = data.draw(NUMBERS)
        after = assess(chosen, table_id, findings)
        inside(before, after)
        ends = [(y.low, y.high) for y in after.index_range.values()]
        assert ends == sorted(ends)
        assert all(0 <= low <= high <= 100 for low, high in ends)
        before = after
    own = {part: assess(chosen, part, findings).index_range for part in names}
    for level, y in before.index_range.items():
        there = [ranges[level] for ranges in own.values() if ranges]
        assert min(part.low for part in there) <= y.low
        assert y.high <= max(part.high for part in there)


def _listed(family: Family, picks: int, least: int) -> IndicatorSystem:
    rows = [
        replace(qualitative(name), mandatory=place < 2, pick_group="" if place < 2 else "g")
        for place, name in enumerate("abcdef")
    ]
    method = Method(
        family,
        (
            LevelRule(Level.I, "一级", None, None, Level.I),
            LevelRule(Level.II, "二级", None, None, Level.II),
        ),
        READ,
        not_applicable=NotApplicableRule.NOT_COUNTED,
        pick_groups=(PickGroup("g", "G", picks),),
        least_met=least,
    )
    return system(category("A", None, *rows), method=method)


@given(
    st.sampled_from([Family.CHECKLIST, Family.LEVEL_ONLY]),
    st.integers(1, 4),
    st.integers(0, 6),
    st.permutations("abcdef"),
    st.data(),
)
@settings(max_examples=60, deadline=None)
def test_lists_only_settle(
    family: Family, picks: int, least: int, order: list[str], data: st.DataObject
) -> None:
    made = _listed(family, picks, least)
    findings: dict[str, Finding] = {}
    before = assess(made, "t", findings)
    for name in order:
        findings[name] = data.draw(GRADES)
        after = assess(made, "t", findings)
        inside(before, after)
        turned = dict(reversed(list(findings.items())))
        assert assess(made, "t", turned).profile == after.profile
        if family is Family.CHECKLIST:
            assert before.outcome is not None
            assert after.outcome is not None
            assert after.outcome.open <= before.outcome.open
            assert before.outcome.met <= after.outcome.met
            late = {one.text[:2]: one.holds for one in after.outcome.conditions}
            for early in before.outcome.conditions:
                if early.holds is not None and early.text[:2] in late:
                    assert late[early.text[:2]] == early.holds
        before = after
    assert not before.missing


def test_a_reference_table_never_has_a_level() -> None:
    made = _listed(Family.CHECKLIST, 1, 1)
    reference = replace(made, kind=DocumentKind.REFERENCE_TABLE)
    findings: Mapping[str, Finding] = {name: Reached(Level.I) for name in "abcdef"}
    result = assess(reference, "t", findings)
    assert (result.level, result.level_range) == (None, None)
    assert all(result.index[level] is None for level in LEVELS)
