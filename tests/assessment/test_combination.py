"""Several tables of one document together: what is refused, what the trace says, audits with two tables."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from app.assessment.engine import assess
from app.assessment.finding import Finding, Measured, NotApplicable
from app.assessment.indicator_system import Family, Method
from app.assessment.inputs import FirmInputs
from app.assessment.trace import Trace
from app.errors import UserError
from app.standards.system_json import system_from_json, system_to_json
from app.standards.yaml_source import load_system_file
from tests.helpers.systems import READ, category, qualitative, system

F = Fraction
CASES = Path(__file__).parents[1] / "cases" / "systems"
KNOWN = load_system_file(CASES / "two-tables.yaml").system
OPEN = load_system_file(CASES / "open-tables.yaml").system
ALL = "one+two+management"
FINDINGS: dict[str, Finding] = {
    "a1": Measured(F(1)),
    "a2": Measured(F(5)),
    "b1": Measured(F(1)),
    "c1": Measured(F(30)),
}


def labels(trace: Trace) -> list[str]:
    return [trace.label, *(label for child in trace.children for label in labels(child))]


def test_shares_of_all_tables_are_points_of_one_hundred() -> None:
    result = assess(KNOWN, ALL, FINDINGS)
    assert [judgement.share for judgement in result.judgements] == [F(75, 2), F(25, 2), 30, 20]
    open_shares = assess(OPEN, ALL, FINDINGS)
    assert [judgement.share for judgement in open_shares.judgements] == [None, None, None, 20]


def test_the_trace_names_every_table_and_its_part() -> None:
    result = assess(KNOWN, ALL, FINDINGS)
    found = labels(result.trace)
    assert {"工序一 YⅠ", "工序二 YⅠ", "管理 YⅠ", "甲一"} <= set(found)
    assert "本表 0.5" in result.judgement("a1").trace.children[-1].formula
    assert "本表 未收录" in assess(OPEN, ALL, FINDINGS).judgement("a1").trace.children[-1].formula
    absent = assess(KNOWN, ALL, {**FINDINGS, "b1": NotApplicable("没有")})
    assert "整表不适用" in str(absent.trace)
    assert "「工序二」整张表不适用，没有参加合并" in absent.warnings


def test_nothing_applies_in_any_table() -> None:
    result = assess(KNOWN, ALL, dict.fromkeys(FINDINGS, NotApplicable("没有")))
    assert result.index_range == {}
    assert result.why_not_scored == "没有一项适用，算不出综合指数"


def test_every_order_of_tables_gives_the_same() -> None:
    one, other = assess(OPEN, ALL, FINDINGS), assess(OPEN, "management+two+one", FINDINGS)
    assert one.index_range == other.index_range
    assert one.level_range == other.level_range


@pytest.mark.parametrize("tables", ["one+two", "management+management"])
def test_tables_the_document_does_not_put_together_are_refused(tables: str) -> None:
    with pytest.raises(UserError, match="没有这样合并"):
        assess(KNOWN, tables, FINDINGS)


def test_other_methods_refuse_two_tables() -> None:
    made = system(
        category("A", F(1), qualitative("a", F(1))), method=Method(Family.LEVEL_ONLY, (), READ)
    )
    second = replace(made.tables[0], id="u")
    with pytest.raises(UserError, match="没有把几张表合并"):
        assess(replace(made, tables=(*made.tables, second)), "t+u", {})


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ({"one": F("0.4"), "two": F("0.3")}, "0.9"),
        ({"one": F("0.9")}, "1.1"),
        ({"one": F("-0.2"), "two": F(1)}, "负数"),
        ({"management": F("0.2")}, "已经给了"),
        ({"three": F("0.2")}, "没有选用"),
    ],
)
def test_own_weights_that_do_not_fit_are_refused(weights: dict[str, Fraction], said: str) -> None:
    with pytest.raises(UserError, match=said):
        assess(OPEN, ALL, FINDINGS, FirmInputs(table_weights=weights))


def test_json_keeps_combinations() -> None:
    for made in (KNOWN, OPEN):
        assert system_from_json(system_to_json(made)).combinations == made.combinations
