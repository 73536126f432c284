"""The families without membership indexes: ratios and points, plain points, profiles, energy quotas."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import pytest

from app.assessment.energy_quota import QuotaOutcome, quota_outcomes
from app.assessment.engine import assess
from app.assessment.finding import Finding, Measured, Missing, NotApplicable, Reached
from app.assessment.indicator_system import (
    Direction,
    DocumentKind,
    Family,
    Indicator,
    IndicatorSystem,
    Level,
    LevelRule,
    Limit,
    Method,
    Modifier,
    ModifierKind,
    NotApplicableRule,
    Verification,
)
from app.assessment.inputs import FirmInputs
from app.assessment.level_only import profile_shares
from app.assessment.result import ScoreRange
from app.errors import UserError
from tests.helpers.systems import READ, category, found, qualitative, quantitative, system

F = Fraction


def ratio_row(indicator_id: str, points: int, base: str, direction: Direction) -> Indicator:
    return replace(
        quantitative(indicator_id, ("1", "1", "1"), direction),
        benchmarks={},
        base=F(base),
        points=F(points),
    )


def met_row(indicator_id: str, points: int, limiting: bool = False) -> Indicator:
    return replace(qualitative(indicator_id, limiting=limiting, binary=True), points=F(points))


P_RULES = (
    LevelRule(Level.I, "清洁生产先进企业", F(90), Level.I),
    LevelRule(Level.II, "清洁生产企业", F(80), Level.II),
)


def p_system(a: str = "0.6", b: str = "0.4", cap: str = "k/m") -> IndicatorSystem:
    return system(
        category(
            "q1",
            None,
            ratio_row("energy", 12, "10", Direction.LOWER),
            ratio_row("yield", 8, "80", Direction.HIGHER),
            points=F(20),
        ),
        category("q2", None, ratio_row("water", 80, "5", Direction.LOWER), points=F(80)),
        category(
            "soft",
            None,
            met_row("policy", 60, limiting=True),
            met_row("audit", 40),
            points=F(100),
            qualitative_part=True,
        ),
        method=Method(
            Family.P_INDEX,
            P_RULES,
            READ,
            below_name="未达到",
            not_applicable=NotApplicableRule.REPAIR_POINTS,
            quantitative_share=F(a),
            qualitative_share=F(b),
            ratio_cap=cap,
        ),
    )


GOOD: Mapping[str, Finding] = {
    "energy": Measured(F(8)),
    "yield": Measured(F(90)),
    "water": Measured(F(5)),
    "policy": Reached(Level.I),
    "audit": Reached(Level.I),
}


def point(value: Fraction | int) -> ScoreRange:
    return ScoreRange(F(value), F(value))


def test_vector_p1_ratios_above_one_lift_p1_above_its_points() -> None:
    result = assess(p_system(), "t", GOOD)
    assert result.scores == {"P1": point(104), "P2": point(100), "P": point(F("102.4"))}
    assert result.level is Level.I
    assert result.level_name == "清洁生产先进企业"
    assert result.judgement("energy").share == F("7.2")
    assert result.judgement("energy").state == "measured"
    assert result.index_range == {}


def test_vector_p2_points_of_what_does_not_apply_go_to_the_rest_of_its_item() -> None:
    result = assess(p_system(), "t", {**GOOD, "yield": NotApplicable("无此工序")})
    assert result.scores["P1"] == point(25 + 80)
    assert result.judgement("energy").weight_before == 12
    assert result.judgement("energy").weight_after == 20
    assert result.judgement("yield").weight_after == 0


def test_a_cap_printed_as_a_number_cuts_the_ratio() -> None:
    result = assess(p_system(cap="1.2"), "t", GOOD)
    assert result.scores["P1"] == point(F("1.2") * 12 + F("1.125") * 8 + 80)


def test_a_cap_of_k_over_m_cuts_a_large_ratio() -> None:
    result = assess(p_system(), "t", {**GOOD, "energy": Measured(F("0.5"))})
    assert result.scores["P1"] == point(10 * 12 + F("1.125") * 8 + 80)  # 10 ÷ 0.5 = 20, cap 20 ÷ 2


def test_without_a_cap_an_open_ratio_has_no_upper_end() -> None:
    result = assess(p_system(cap=""), "t", {**GOOD, "water": Missing()})
    assert result.scores["P1"] == ScoreRange(F(24), None)
    assert result.level_range == (Level.I, Level.NONE)
    assert result.level is None


def test_an_unmet_limiting_requirement_blocks_every_level() -> None:
    result = assess(p_system(), "t", {**GOOD, "policy": Reached(Level.NONE)})
    assert result.scores["P2"] == point(40)
    assert result.level is Level.NONE
    assert result.level_name == "未达到"


def test_zero_consumption_is_above_every_cap_and_has_no_ratio_without_one() -> None:
    findings = {**GOOD, "energy": Measured(F(0))}
    capped = assess(p_system(), "t", findings)
    assert capped.judgement("energy").state == "measured"
    assert capped.scores["P1"] == ScoreRange(F(209), F(209))
    made = p_system()
    free = assess(replace(made, method=replace(made.method, ratio_cap="")), "t", findings)
    assert free.judgement("energy").state == "unjudgeable"
    assert free.scores["P1"] == ScoreRange(F("89"), None)
    assert "「指标 energy」的值算不出与基准值的比" in free.warnings


def test_points_unknown_to_our_source_leave_no_score() -> None:
    made = p_system()
    first = made.tables[0].categories[0]
    broken = replace(first, indicators=(replace(first.indicators[0], points=None, base=None),))
    table = replace(made.tables[0], categories=(broken,))
    result = assess(replace(made, tables=(table,)), "t", GOOD)
    assert result.scores == {}
    assert result.level_range is None
    assert result.why_not_scored == (
        "「指标 energy」的分值没有收录；「指标 energy」的评价基准值没有收录"
    )


def test_the_trace_of_p_goes_down_to_the_ratio() -> None:
    trace = assess(p_system(), "t", GOOD).trace
    assert trace.value == "Ⅰ 清洁生产先进企业"
    whole = trace.children[0]
    assert whole.value == F("102.4")
    assert whole.children[0].children[0].children[0].formula == "1.25 × 12"


# ------------------------------------------------------------------------------------------------ points


def points_system(rule: NotApplicableRule) -> IndicatorSystem:
    return system(
        category("a", None, met_row("a1", 30), met_row("a2", 10), points=F(40)),
        category(
            "b",
            None,
            replace(quantitative("b1", ("5", "5", "5")), points=F(40)),
            replace(qualitative("b2", benchmarks={}), points=F(20)),
        ),
        method=Method(
            Family.POINTS,
            (LevelRule(Level.III, "合格", F(70)),),
            READ,
            below_name="不合格",
            not_applicable=rule,
        ),
    )


def test_points_are_summed_against_the_printed_limit() -> None:
    findings: dict[str, Finding] = {
        "a1": Reached(Level.I),
        "a2": Reached(Level.NONE),
        "b1": Measured(F(5)),
        "b2": Measured(F("7.5")),
    }
    made = points_system(NotApplicableRule.NOT_COUNTED)
    result = assess(made, "t", findings)
    assert result.scores == {"points": point(F("77.5"))}
    assert result.level is Level.III
    assert result.judgement("b2").state == "measured"
    assert result.trace.children[0].value == F("77.5")
    open_one = assess(made, "t", {**findings, "b1": Missing()})
    assert open_one.scores == {"points": ScoreRange(F("37.5"), F("77.5"))}
    assert open_one.level_range == (Level.III, Level.NONE)


def test_points_of_what_does_not_apply_are_repaired_or_left_out() -> None:
    findings: dict[str, Finding] = {
        "a1": Reached(Level.I),
        "a2": NotApplicable("没有"),
        "b1": Measured(F(6)),
        "b2": Measured(F(20)),
    }
    repaired = assess(points_system(NotApplicableRule.REPAIR_POINTS), "t", findings)
    assert repaired.scores == {"points": point(60)}
    left_out = assess(points_system(NotApplicableRule.NOT_COUNTED), "t", findings)
    assert left_out.scores == {"points": point(50)}


def test_more_points_than_the_row_has_are_refused() -> None:
    with pytest.raises(UserError, match="填 0 到 20"):
        assess(points_system(NotApplicableRule.NOT_COUNTED), "t", {"b2": Measured(F(21))})


def test_points_nobody_knows_give_no_sum() -> None:
    made = system(category("a", None, qualitative("a1")), method=Method(Family.POINTS, (), READ))
    result = assess(made, "t", {"a1": Reached(Level.I)})
    assert result.scores == {}
    assert result.why_not_scored == "「指标 a1」的分值没有收录"


# ------------------------------------------------------------------------------------------------ profiles


def levels_only(
    *rules: LevelRule, kind: DocumentKind = DocumentKind.CP_STANDARD
) -> IndicatorSystem:
    return system(
        category("a", None, quantitative("a1", ("1", "2", "3")), qualitative("a2")),
        category("b", None, qualitative("b1"), qualitative("b2")),
        method=Method(Family.LEVEL_ONLY, rules, READ, not_applicable=NotApplicableRule.NOT_COUNTED),
        kind=kind,
    )


PROFILE: Mapping[str, Finding] = {"a1": Measured(F(2)), "a2": found(1), "b1": found(0)}


def test_levels_without_a_rule_give_a_profile_and_no_grade() -> None:
    result = assess(levels_only(LevelRule(Level.I, "一级")), "t", PROFILE)
    assert result.level is None
    assert result.level_range is None
    assert result.why_not_scored == "文件没有写总等级怎么判，只列每项指标达到哪一级"
    assert result.profile == {Level.I: 1, Level.II: 1, Level.III: 0, Level.NONE: 0}
    assert profile_shares(result)["open"] == F(1, 3)
    assert profile_shares(result)["II"] == F(1, 3)
    assert [child.value for child in result.trace.children] == ["Ⅱ", "Ⅰ", "不适用", None]


def test_a_printed_rule_is_followed() -> None:
    rules = tuple(LevelRule(level, level.name, None, None, level) for level in (Level.I, Level.II))
    result = assess(levels_only(*rules), "t", {**PROFILE, "b2": found(2)})
    assert result.level is Level.II
    assert assess(levels_only(*rules), "t", PROFILE).level_range == (Level.II, Level.NONE)


def test_a_reference_table_never_gives_a_level() -> None:
    rules = tuple(LevelRule(level, level.name, None, None, level) for level in (Level.I, Level.II))
    result = assess(
        levels_only(*rules, kind=DocumentKind.REFERENCE_TABLE), "t", {**PROFILE, "b2": found(2)}
    )
    assert result.level is None
    assert result.level_range is None
    assert result.why_not_scored == "参考表不给清洁生产水平，只作自评参考"


def test_nothing_answered_has_no_profile() -> None:
    result = assess(levels_only(), "t", {i: found(0) for i in ("a1", "a2", "b1", "b2")})
    assert profile_shares(result) == {}
    assert result.verification is None


# ------------------------------------------------------------------------------------------------ energy quota


def quota(*rows: Indicator) -> IndicatorSystem:
    return system(
        category("energy", None, *rows),
        method=Method(Family.ENERGY_QUOTA, (), READ, not_applicable=NotApplicableRule.NOT_COUNTED),
        kind=DocumentKind.ENERGY_QUOTA,
    )


def outcome(row: Indicator, value: str, **inputs: str) -> QuotaOutcome:
    result = assess(
        quota(row),
        "t",
        {row.id: Measured(F(value))},
        FirmInputs({name: F(text) for name, text in inputs.items()}),
    )
    assert result.level_range is None
    return quota_outcomes(result)[0]


CEMENT = replace(
    quantitative("c", ("80", "87", "94")),
    modifiers=(
        Modifier(
            ModifierKind.ADD,
            "clinker",
            "熟料比例超过 75% 的百分点",
            amounts={Level.I: F("1.1"), Level.II: F("1.15"), Level.III: F("1.2")},
        ),
        Modifier(ModifierKind.MULTIPLY, "altitude", "海拔修正系数", levels=(Level.III,)),
    ),
)


def test_over_level_3_is_exact() -> None:
    row = quantitative("c", ("80", "87", "94"))
    assert outcome(row, "94") == QuotaOutcome("c", Level.III, False, False)
    assert outcome(row, "94.0000001") == QuotaOutcome("c", Level.NONE, True, False)
    assert outcome(row, "87").meets_level_2 is True


def test_thresholds_are_corrected_by_what_the_document_prints() -> None:
    assert outcome(CEMENT, "81", clinker="0", altitude="1").level is Level.II
    assert outcome(CEMENT, "85.5", clinker="5").level is Level.I  # 80 + 5 × 1.1
    assert outcome(CEMENT, "100", clinker="5", altitude="1").level is Level.III  # 94 + 5 × 1.2
    assert outcome(CEMENT, "100.1", clinker="5", altitude="1").is_over_level_3 is True
    only_three = outcome(CEMENT, "103.4", clinker="0", altitude="1.1")
    assert only_three.level is Level.III  # only level III is multiplied
    assert outcome(CEMENT, "95", clinker="0", altitude="1.1").level is Level.III
    assert outcome(CEMENT, "87", clinker="0", altitude="1.1").level is Level.II


def test_a_correction_nobody_entered_leaves_the_row_open_and_is_said() -> None:
    result = assess(quota(CEMENT), "t", {"c": Measured(F(81))})
    assert result.judgement("c").state == "unjudgeable"
    assert result.missing_inputs == ("clinker", "altitude")
    assert "「海拔修正系数」没填，基准值还算不出来；不用修正的填 1" in result.warnings
    assert outcome(CEMENT, "81", altitude="1") == QuotaOutcome("c", None, None, None)
    # level III alone hangs on the altitude: what keeps level I or II keeps it anyhow
    assert outcome(CEMENT, "81", clinker="0").level is Level.II
    assert outcome(CEMENT, "95", clinker="0") == QuotaOutcome("c", None, None, False)


def test_a_factor_of_nothing_is_refused() -> None:
    with pytest.raises(UserError, match="不用修正的填 1"):
        outcome(CEMENT, "81", clinker="0", altitude="0")


def test_a_summand_without_amounts_an_upper_end_and_a_choice() -> None:
    modifier = Modifier(ModifierKind.ADD, "pulp", "自用浆", choices=(F(0), F(320)), most=F(100))
    row = replace(quantitative("p", ("300", "360", "420")), modifiers=(modifier,))
    assert outcome(row, "520", pulp="320").level is Level.III  # 420 + 100, the most that counts
    with pytest.raises(UserError, match="改成 0、320 之一"):
        outcome(row, "520", pulp="7")


def test_negative_thresholds_and_levels_the_document_does_not_give() -> None:
    row = replace(
        quantitative("n", ("-5", "0", "3")),
        benchmarks={Level.II: Limit(F(0)), Level.III: Limit(F(3))},
    )
    assert outcome(row, "-7").level is Level.II
    assert outcome(row, "4").is_over_level_3 is True
    open_limit = replace(
        row, benchmarks={Level.I: Limit(F(-5)), Level.II: Limit(F(0)), Level.III: None}
    )
    assert outcome(open_limit, "-5").level is Level.I
    assert outcome(open_limit, "1") == QuotaOutcome("n", None, None, False)


def test_rows_nobody_answered_have_no_outcome() -> None:
    result = assess(quota(CEMENT), "t", {})
    assert quota_outcomes(result) == ()
    assert result.missing == ("c",)
    assert result.verification is Verification.TRANSCRIBED
