"""Remarks: every code has its words, and nobody needs the words to know what is meant."""

from fractions import Fraction

from app.assessment.doubt import Against, Doubt, Fact
from app.assessment.indicator_system import Level
from app.assessment.outcome import _SEEN, Condition, ConditionCode, Seen, SeenCode
from app.assessment.outcome import _WORDS as CONDITIONS
from app.assessment.refusals import _WORDS as REFUSALS
from app.assessment.refusals import Refusal, RefusalCode
from app.assessment.remarks import _WORDS, WAITING, Code, Remark, remark
from app.assessment.result import ScoreRange

ARGUMENTS = {
    "names": ("甲", "乙", "丙", "丁"), "name": "甲", "meaning": "海拔系数", "neutral": Fraction(1), "count": 2,
    "decided": True, "level": Level.II, "levels": (Level.I,), "weight": Fraction(1, 10), "points": Fraction(40),
    "part": "定性部分", "title": "表", "why": "不是 1", "index": "GI", "what": "权重", "typed": "abc",
    "refusal": Refusal(RefusalCode.NOT_APPLICABLE, "表", "甲"), "value": Fraction(-5), "unit": "%", "item_class": "一般项",
    "least": Fraction(-75), "most": Fraction(25), "doubt": Doubt(Level.I, "", (Fact(Against.PERMIT_ENDED, ("env.permit_until",), day="2025-06-30"),)),
}  # fmt: skip


def test_every_code_has_words() -> None:
    assert set(_WORDS) == set(Code)
    for code in Code:
        text = Remark(code, ARGUMENTS).text
        assert text
        assert "{" not in text


def test_a_refusal_is_a_code_with_arguments() -> None:
    assert set(REFUSALS) == set(RefusalCode)
    arguments = {
        "points": Fraction(3), "allowed": "0 到 2", "meaning": "海拔系数", "given": Fraction(1, 2),
        "choices": (Fraction(1), Fraction(6, 5)),
    }  # fmt: skip
    for code in RefusalCode:
        problem = Refusal(code, "表 1", "单位产品取水量", arguments).problem
        assert problem.where == "表 1 › 单位产品取水量"
        assert problem.code == code
        assert problem.what
        assert problem.remedy
    problem = Refusal(RefusalCode.NO_SUCH_CORRECTION, "表", "甲", arguments).problem
    assert str(problem) == "表 › 甲：「海拔系数」填了 0.5，文件里没有这个数。改成 1、1.2 之一"


def test_a_condition_is_a_code_with_arguments() -> None:
    assert set(CONDITIONS) == set(ConditionCode)
    assert set(_SEEN) == set(SeenCode)
    seen = [
        Seen.of(SeenCode.CONTROLS, met=3, of=4),
        Seen.of(SeenCode.SCORE, score=ScoreRange(Fraction(40), Fraction(60))),
        Seen.of(SeenCode.SCORE, score=None),
        Seen.of(SeenCode.PHASE, name="施工阶段", score=None),
        Seen.of(SeenCode.PREFERRED, element="节水", sure=1, hoped=2),
        Seen.of(SeenCode.UNLISTED, elements=("节地", "节材")),
        Seen.of(SeenCode.PREFERRED_SUM, score=ScoreRange(Fraction(2), Fraction(2)), is_least=True),
    ]
    arguments = {
        "missed": ("甲", "乙"), "group": "第二组", "pick": 2, "least": 5, "sure": 3, "hoped": 6, "name": "优良",
        "rule": "W ≥ 60", "fails": False, "seen": seen,
    }  # fmt: skip
    said = {code: Condition(code, None, arguments).text for code in ConditionCode}
    assert said[ConditionCode.MANDATORY_MET] == "必选项全部达标，没达到：甲、乙"
    assert said[ConditionCode.LEAST_MET] == "合计至少 5 项达标：已达标 3 项，最多 6 项"
    assert said[ConditionCode.GRADE] == (
        "优良：W ≥ 60。现在：控制项 3/4 项符合；W 40～60；W 算不出；施工阶段 没填；节水优选项得分 1～2 项；"
        "节地、节材的优选项条文没有收录；优选项共 2 分以上"
    )


def test_what_waits_for_an_answer_is_known_by_its_code() -> None:
    assert remark(Code.OPEN_ROWS, count=1, decided=False).code in WAITING
    assert remark(Code.NEGATIVE, name="甲", value=Fraction(-1)).code not in WAITING


def test_many_names_are_counted() -> None:
    assert "「甲」「乙」「丙」等 4 项" in remark(Code.NOT_NESTED, names=ARGUMENTS["names"]).text
