"""Remarks: every code has its words, and nobody needs the words to know what is meant."""

from fractions import Fraction

from app.assessment.indicator_system import Level
from app.assessment.remarks import _WORDS, WAITING, Code, Remark, remark

ARGUMENTS = {
    "names": ("甲", "乙", "丙", "丁"), "name": "甲", "meaning": "海拔系数", "neutral": Fraction(1), "count": 2,
    "decided": True, "level": Level.II, "levels": (Level.I,), "weight": Fraction(1, 10), "points": Fraction(40),
    "part": "定性部分", "title": "表", "why": "不是 1", "index": "GI", "where": "表 › 甲", "what": "不允许",
    "remedy": "改", "typed": "abc", "value": Fraction(-5), "unit": "%", "item_class": "一般项",
}  # fmt: skip


def test_every_code_has_words() -> None:
    assert set(_WORDS) == set(Code)
    for code in Code:
        text = Remark(code, ARGUMENTS).text
        assert text
        assert "{" not in text


def test_what_waits_for_an_answer_is_known_by_its_code() -> None:
    assert remark(Code.OPEN_ROWS, count=1, decided=False).code in WAITING
    assert remark(Code.NEGATIVE, name="甲", value=Fraction(-1)).code not in WAITING


def test_many_names_are_counted() -> None:
    assert "「甲」「乙」「丙」等 4 项" in remark(Code.NOT_NESTED, names=ARGUMENTS["names"]).text
