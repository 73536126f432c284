"""What a result says in words, and how it explains itself."""

import pickle
from dataclasses import replace
from fractions import Fraction
from functools import partial

import pytest

from app.assessment.engine import assess
from app.assessment.finding import Finding, Measured, Missing, NotApplicable, Reached
from app.assessment.indicator_system import (
    Direction,
    EmptyCategoryRule,
    Family,
    Level,
    LevelRule,
    Linear,
    Method,
    NotApplicableRule,
    Provenance,
    Requirement,
    ShareRule,
    Span,
    Variable,
    Verification,
    WeightShare,
)
from app.assessment.inputs import FirmInputs
from app.assessment.result import Assessment
from app.assessment.trace import Trace
from app.errors import UserError
from tests.helpers.resource_systems import resource_system
from tests.helpers.systems import READ, RULES, category, found, qualitative, quantitative, system

F = Fraction
RECALLED = Provenance("s1", Verification.RECALLED)
VERIFIED = Provenance("s1", Verification.VERIFIED)


def one_of(*names: str) -> WeightShare:
    return WeightShare(F(1), ShareRule.ONE_OF, "g")


def flat(trace: Trace) -> list[Trace]:
    return [trace, *(step for child in trace.children for step in flat(child))]


def test_the_weakest_source_in_use_is_named() -> None:
    rows = (
        replace(quantitative("a1", ("1", "2", "3"), weight=F("0.5")), provenance=VERIFIED),
        replace(
            quantitative("a2", ("1", "2", "3"), weight=F("0.5")),
            provenance=VERIFIED,
            weight_provenance=RECALLED,
            benchmark_provenance={Level.I: READ},
        ),
    )
    part = replace(category("a", F(1), *rows), provenance=VERIFIED)
    made = system(part, method=Method(Family.LEVEL_INDEX, RULES, VERIFIED))
    result = assess(made, "t", {"a1": Measured(F(1)), "a2": Measured(F(1))})
    assert result.verification is Verification.RECALLED
    assert result.judgement("a1").verification is Verification.VERIFIED
    assert result.judgement("a2").verification is Verification.RECALLED
    without = assess(made, "t", {"a1": Measured(F(1)), "a2": NotApplicable("没有")})
    assert without.verification is Verification.VERIFIED


def test_a_method_from_memory_is_said() -> None:
    made = system(
        category("a", F(1), qualitative("a1", F(1))),
        method=Method(Family.LEVEL_INDEX, RULES, RECALLED),
    )
    assert "判级方法凭记忆，没有见到原文，用前要核对" in assess(made, "t", {}).warnings


def test_a_category_that_does_not_apply_is_spread_and_said_or_refused() -> None:
    made = system(
        category("a", F("0.9"), qualitative("a1", F(1))),
        category("b", F("0.1"), qualitative("b1", F(1))),
    )
    findings: dict[str, Finding] = {"a1": Reached(Level.I), "b1": NotApplicable("没有")}
    result = assess(made, "t", findings)
    assert result.index[Level.I] == 100
    assert result.judgement("a1").share == 100
    assert "「类 b」整类不适用，它的权重 0.1 按比例分给了其他类" in result.warnings[0]
    # Where nothing is left there is no other class to take it.
    nothing = {name: NotApplicable("没有") for name in findings}
    assert assess(made, "t", nothing).warnings == ()
    strict = replace(made, method=replace(made.method, empty_category=EmptyCategoryRule.FORBIDDEN))
    with pytest.raises(UserError, match="这一类的指标全部不适用"):
        assess(strict, "t", findings)
    nowhere = replace(made, method=replace(made.method, not_applicable=NotApplicableRule.FORBIDDEN))
    with pytest.raises(UserError, match="这份文件不允许标「不适用」"):
        assess(nowhere, "t", findings)


def test_negative_outputs_are_refused() -> None:
    made = system(category("a", F(1), qualitative("a1", F(1))))
    with pytest.raises(UserError, match="产量是负数"):
        assess(made, "t", {}, FirmInputs(outputs={"a1": F(-1)}))


def test_rows_of_a_group_the_firm_does_not_have_drop_out() -> None:
    share = WeightShare(F("0.8"), ShareRule.APPLICABLE_COUNT, "metals")
    made = system(
        category(
            "a",
            F(1),
            *(qualitative(name, share=share) for name in ("zn", "cu", "ni", "au")),
            qualitative("water", F("0.2")),
        )
    )
    inputs = FirmInputs(applicable={"metals": frozenset({"zn", "cu"})})
    result = assess(made, "t", {"zn": found(1), "water": found(1)}, inputs)
    assert result.judgement("zn").weight_before == F("0.2")
    assert result.judgement("zn").weight_after == F("0.4")
    assert result.judgement("ni").state == "not_applicable"
    assert result.missing == ("cu",)
    assert result.index_range[Level.I].low == 60


def test_one_row_of_a_one_of_group_is_enough_and_two_are_too_many() -> None:
    share = one_of()
    made = system(
        category("a", F(1), qualitative("wet", share=share), qualitative("dry", share=share))
    )
    one = assess(made, "t", {"wet": found(2)})
    assert one.index == {Level.I: 0, Level.II: 100, Level.III: 100}
    assert one.missing == ()
    assert one.judgement("dry").state == "not_applicable"
    two = assess(made, "t", {"wet": found(2), "dry": found(3)})
    assert (two.index_range[Level.II].low, two.index_range[Level.II].high) == (F(0), F(100))
    assert "「指标 wet」「指标 dry」只能有一项适用，别的标「不适用」" in two.warnings


def test_a_value_without_output_is_pointed_at() -> None:
    share = WeightShare(F(1), ShareRule.OUTPUT, "g")
    made = system(
        category("a", F(1), qualitative("p1", share=share), qualitative("p2", share=share))
    )
    result = assess(
        made, "t", {"p1": found(1), "p2": found(4)}, FirmInputs(outputs={"p1": F(1), "p2": F(0)})
    )
    assert result.index[Level.I] == 100
    assert "「指标 p2」填了数，产量却是 0，没有参评。核对产量" in result.warnings
    asked = assess(made, "t", {"p1": found(1), "p2": found(4)})
    assert asked.missing_inputs == ("output:p1", "output:p2")
    assert "「指标 p1」「指标 p2」的产量没填，权重还分不出来" in asked.warnings


def test_official_rows_that_do_not_nest_are_pointed_at_when_they_matter() -> None:
    made = system(category("a", F(1), quantitative("a1", ("10", "25", "15"), weight=F(1))))
    said = "".join(assess(made, "t", {"a1": Measured(F(20))}).warnings)
    assert "「指标 a1」的官方基准值前后不顺" in said
    assert "前后不顺" not in "".join(assess(made, "t", {"a1": Measured(F(12))}).warnings)


def test_whether_a_row_limits_may_be_unknown() -> None:
    made = system(
        category("a", F(1), qualitative("a1", F("0.1"), limiting=None), qualitative("a2", F("0.9")))
    )
    result = assess(made, "t", {"a1": found(3), "a2": found(1)})
    assert result.index[Level.I] == 90
    assert result.level_range == (Level.I, Level.III)
    assert result.level is None
    assert "来源没有写明「指标 a1」是不是限定性指标，等级按两种可能给" in result.warnings


def test_a_variable_nobody_entered_leaves_its_rows_open() -> None:
    row = replace(
        quantitative("a1", ("1", "2", "3"), weight=F(1)),
        benchmarks={level: Linear(F(10 * level), F(5), "n") for level in Level if level < 4},
    )
    made = replace(
        system(category("a", F(1), row)), variables=(Variable("n", "n", "印制板层数减 2"),)
    )
    result = assess(made, "t", {"a1": Measured(F(22))})
    assert result.missing_inputs == ("n",)
    assert "「印制板层数减 2」没填，有的基准值还算不出来" in result.warnings
    assert result.judgement("a1").state == "unjudgeable"
    assert result.why_not_scored == ""
    given = assess(made, "t", {"a1": Measured(F(22))}, FirmInputs({"n": F(2)}))
    assert given.level is Level.II
    assert "10 + 5 × n" in flat(given.judgement("a1").trace)[2].note


def test_unknown_weights_and_thresholds_say_why_there_is_no_index() -> None:
    made = system(
        category("a", None, qualitative("a1"), qualitative("a2")),
        category("b", None, qualitative("b1", F(1), benchmarks=dict.fromkeys((Level.I,)))),
    )
    result = assess(made, "t", {"a1": found(1), "a2": found(4), "b1": found(3)})
    assert result.missing == ()
    assert result.level is None
    assert result.why_not_scored == (
        "一级权重没有收录全；「类 a」的二级权重没有收录全；「指标 b1」的基准值没有收录全"
    )
    good = assess(made, "t", {"a1": found(1), "a2": found(1), "b1": found(1)})
    assert good.index[Level.I] == 100
    assert good.why_not_scored == ""


def test_the_only_unknown_weight_is_what_is_left_of_one() -> None:
    made = system(category("a", F(1), qualitative("a1", F("0.7")), qualitative("a2")))
    result = assess(made, "t", {"a1": found(1), "a2": found(4)})
    assert result.index[Level.I] == 70
    assert result.judgement("a2").weight_before is None
    assert result.judgement("a2").weight_after == F("0.3")


def test_unknown_weights_with_nothing_left_to_divide_leave_the_index_open() -> None:
    made = system(
        category("a", F(1), qualitative("a1", F(1)), qualitative("a2"), qualitative("a3"))
    )
    result = assess(made, "t", {"a1": NotApplicable("没有"), "a2": found(1), "a3": found(4)})
    y = result.index_range[Level.I]
    assert (y.low, y.high) == (F(0), F(100))


def test_a_rule_that_asks_nothing_gives_no_level() -> None:
    rules = tuple(LevelRule(level, level.name, None, level) for level in (Level.I, Level.II))
    made = system(
        category("a", F(1), qualitative("a1", F(1))), method=Method(Family.LEVEL_INDEX, rules, READ)
    )
    assert assess(made, "t", {}).level_range is None


def test_an_unknown_bonus_adds_between_nothing_and_everything_under_the_cap() -> None:
    made = system(
        category("a", F(1), qualitative("a1", F("0.5")), qualitative("a2", F("0.5"))),
        category("b", None, qualitative("b1", F(1)), bonus=True),
        category("c", F("0.2"), qualitative("c1", F(1)), bonus=True),
        method=Method(Family.LEVEL_INDEX, RULES, READ, index_cap=F(100)),
    )
    result = assess(
        made, "t", {"a1": found(1), "a2": found(4), "b1": found(1), "c1": NotApplicable("没有")}
    )
    assert (result.index_range[Level.I].low, result.index_range[Level.I].high) == (F(50), F(100))


# ------------------------------------------------------------------------------------------------ traces


def electroplating(findings: dict[str, Finding], **kwargs: object) -> Assessment:
    made = resource_system("electroplating-2015")
    step = partial(Trace, "清洗水 ÷ 清洗面积", F("31.8"), key="water.units")
    evidence = {"rinse-water-intake": step}
    return assess(made, "general-plating", findings, evidence=evidence)


def test_a_judgement_explains_value_comparison_weight_and_source() -> None:
    result = electroplating({"rinse-water-intake": Measured(F("31.8"))})
    trace = result.judgement("rinse-water-intake").trace
    assert (trace.label, trace.value) == ("单位产品每次清洗取水量", "Ⅲ")
    assert trace.children[0].key == "water.units"
    assert [child.formula for child in trace.children[1:4]] == [
        "31.8 ≤ 8？没达到",
        "31.8 ≤ 24？没达到",
        "31.8 ≤ 40？达到",
    ]
    assert trace.children[3].value == 40
    assert "公告2015年第25号" in trace.children[3].source
    assert trace.children[3].verification is Verification.TRANSCRIBED
    assert trace.children[4].value == 10
    assert trace.children[4].formula == "100 × 一级权重 0.1 × 二级权重 1"


def test_redistributed_weights_show_before_and_after() -> None:
    na = NotApplicable("没有这个镀种")
    result = electroplating(
        {
            "decorative-chromium-utilisation": na,
            "hard-chromium-utilisation": na,
            "gold-utilisation": na,
            "silver-utilisation": na,
        }
    )
    zinc = result.judgement("zinc-utilisation").trace.children[-1]
    assert zinc.note == "二级权重 0.1143，去掉不适用的以后是 0.2667"
    gold = result.judgement("gold-utilisation").trace
    assert (gold.value, gold.children[0].note) == ("不适用", "没有这个镀种")


def test_every_kind_of_threshold_can_be_read_in_a_trace() -> None:
    row = quantitative("x", ("1", "2", "3"), Direction.HIGHER, F("0.5"), strict=True)
    rows = (
        replace(
            row,
            benchmarks={
                Level.I: Linear(F(90), F(-2), "n"),
                Level.II: None,
                Level.III: Span(F(6), F(9)),
            },
            benchmark_provenance={Level.I: replace(READ, doubt="印作加号", printed="90+2n")},
        ),
        qualitative("y", F("0.5"), benchmarks={Level.I: Requirement("有"), Level.III: None}),
    )
    made = system(category("a", F(1), *rows))
    result = assess(made, "t", {"x": Measured(F(88)), "y": Reached(Level.I, "现场看过")})
    x = result.judgement("x").trace.children
    assert x[1].note == "90 − 2 × n；印作加号；90+2n"
    assert x[2].note == "基准值未收录，不能判定"
    assert (x[3].value, x[3].formula) == ("6～9", "88，范围 6～9：没达到")
    y = result.judgement("y").trace.children
    assert (y[0].label, y[0].note) == ("现状", "现场看过")
    assert y[1].value == "有"
    with_n = assess(made, "t", {"x": Measured(F(88))}, FirmInputs({"n": F(1)}))
    assert with_n.judgement("x").trace.children[1].formula == "88 > 88？没达到"
    lower = quantitative("z", ("10", "25", "15"), weight=F(1), strict=True)
    low = assess(system(category("a", F(1), lower)), "t", {"z": Measured(F(20))})
    assert low.judgement("z").trace.children[2].formula == "20 < 25？达到"
    assert low.judgement("z").trace.children[3].formula == "20 < 15？达到（更好的级别已达到）"


def test_unknown_weights_read_as_not_recorded() -> None:
    made = system(
        category("a", None, qualitative("a1"), qualitative("a2")),
        category("b", None, qualitative("b1", F(1))),
        category("c", None, qualitative("c1", F(1))),
    )
    result = assess(made, "t", {"a1": found(1), "c1": NotApplicable("没有")})
    assert result.judgement("a1").trace.children[-1].formula == (
        "100 × 一级权重 未收录 × 二级权重 未收录"
    )
    steps = flat(result.trace)
    assert any(step.value == "整类不适用" for step in steps)
    assert any(step.note == "未定，最多 未收录 分" for step in steps)
    assert "按比例分给了其他类" in result.warnings[0]


def test_a_result_travels_to_another_process() -> None:
    result = electroplating({"rinse-water-intake": Measured(F("31.8")), "clean-process": Missing()})
    copy = pickle.loads(pickle.dumps(result))
    assert copy == result
    assert copy.judgements == result.judgements
    assert copy.trace == result.trace
    assert copy.judgement("clean-process").trace.children[0].label == "未填"
    with pytest.raises(KeyError):
        copy.judgement("nothing")


@pytest.mark.parametrize("family", [Family.P_INDEX, Family.POINTS])
def test_families_that_cannot_be_scored_still_explain_themselves(family: Family) -> None:
    made = system(category("a", None, qualitative("a1")), method=Method(family, (), READ))
    result = assess(made, "t", {"a1": found(1)})
    assert result.trace.children == ()
    assert result.judgement("a1").trace.value == "Ⅰ"


def test_a_document_without_conditions_on_the_index_reads_plainly() -> None:
    rules = (LevelRule(Level.I, "领先", None, Level.I, Level.II, "原文如此"),)
    made = system(
        category(
            "a", F(1), qualitative("a1", F("0.5"), limiting=True), qualitative("a2", F("0.5"))
        ),
        method=Method(Family.LEVEL_INDEX, rules, READ),
    )
    result = assess(made, "t", {"a1": found(2), "a2": found(3)})
    rule = result.trace.children[0]
    assert rule.formula == "限定性指标都达到Ⅰ级，没达到：指标 a1；其他指标都达到Ⅱ级"
    assert rule.note == "原文如此"
    assert result.level is Level.NONE
    assert result.trace.value == "未达Ⅲ 未达到Ⅲ级"
