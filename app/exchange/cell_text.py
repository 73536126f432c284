"""What a cell of a printed table means: numbers as people type them, thresholds with signs, units, ranges and formulas."""

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction

from app.assessment.units import UNITS, UnitMismatchError, convert, find_unit

_DIGITS = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?(?:/[0-9]*[1-9][0-9]*)?"
_NUMBER = re.compile(rf"([-+]?)\s*({_DIGITS})")
_SIGNS = {
    "小于或等于": "≤", "大于或等于": "≥", "小于等于": "≤", "大于等于": "≥", "<=": "≤", ">=": "≥", "≤": "≤", "≥": "≥",
    "不大于": "≤", "不高于": "≤", "不超过": "≤", "不多于": "≤", "至多": "≤", "最高": "≤", "<": "<", "小于": "<", "低于": "<", "少于": "<",
    "不小于": "≥", "不低于": "≥", "不少于": "≥", "至少": "≥", "最低": "≥", ">": ">", "大于": ">", "高于": ">", "超过": ">", "多于": ">",
}  # fmt: skip
_SIGN = re.compile(rf"^({'|'.join(_SIGNS)})\s*")
# 以上 and 以下 take the number itself in (as Chinese law counts).
_SIGN_BEHIND = re.compile(r"\s*\(?(?:及|或)?(以上|以下|以内)\)?$")
_BEHIND = {"以上": "≥", "以下": "≤", "以内": "≤"}
# A raised or ringed figure at a number: a note of the print, or a power; made plain it would be one more digit.
_RAISED = re.compile(
    r"[0-9０-９.．][\s]*[\u00b2\u00b3\u00b9\u2070-\u2079\u2460-\u24ff\u2776-\u2793\u00bc-\u00be\u2150-\u215f]"
)
_BETWEEN = re.compile(r"^(?:~|–|—|--?|至|到)")
_COMMA_BETWEEN = re.compile(r"^[,;]")
_LINEAR = re.compile(
    rf"^([-+]?\s*{_DIGITS})?\s*([-+])?\s*({_DIGITS})?\s*[*×·]?\s*([a-z][a-z0-9]*(?:-[a-z0-9]+)*)$"
)
_ABSENT = {"—", "——", "-", "–", "/", "－", "∕"}
_UNKNOWN = {"", "未查到", "未知", "?", "？", "待查"}


class NotUnderstoodError(ValueError):
    """The cell says something we will not guess at; `args[0]` says what, `args[1]` how to write it."""


@dataclass(frozen=True)
class Threshold:
    """What a threshold cell says. Exactly one of the readings is set; `sign` is ≤ < ≥ > or "" when none is written."""

    absent: bool = False
    unknown: bool = False
    value: Fraction | None = None
    low: Fraction | None = None
    high: Fraction | None = None
    slope: Fraction | None = None
    variable: str = ""
    sign: str = ""


def fold(text: str) -> str:
    """Full-width digits and punctuation as ASCII, the minus signs as one, without outer spaces."""
    folded = unicodedata.normalize("NFKC", text).strip()
    for old, new in (
        ("−", "-"),
        ("﹣", "-"),
        ("≦", "≤"),
        ("≧", "≥"),
        ("⩽", "≤"),
        ("⩾", "≥"),
        ("∼", "~"),
    ):
        folded = folded.replace(old, new)
    return folded


def read_number(text: str) -> Fraction:
    """A number with full-width digits, thousands commas, a percent sign (then divided by 100). NotUnderstoodError otherwise."""
    _refuse_raised(text)
    folded = fold(text)
    match = _NUMBER.match(folded)
    if match is None:
        raise NotUnderstoodError(f"「{text}」不是数值", "填数字，例如 0.15。")
    rest = folded[match.end() :].strip()
    value = _signed(match)
    if rest == "%":
        return value / 100
    if rest:
        raise NotUnderstoodError(f"「{text}」里多了「{rest}」", "只填数字。")
    return value


def read_threshold(text: str, unit_id: str, *, percent: bool = False) -> Threshold:
    """A quantitative threshold as printed: 8, ≤8, ＜１２，０００, 80%, 6～9, [6, 9], 10+5n, 8 L/m², —, 未查到.

    `percent`: the cell is a number shown as percent. A unit behind the number must be the row's, or convert into it.
    """
    stripped = text.strip()
    if stripped in _ABSENT:
        return Threshold(absent=True)
    if stripped in _UNKNOWN:
        return Threshold(unknown=True)
    _refuse_raised(text)
    folded = fold(text)
    sign_match = _SIGN.match(folded)
    sign = _SIGNS[sign_match.group(1)] if sign_match else ""
    body = folded[sign_match.end() :] if sign_match else folded
    behind = _SIGN_BEHIND.search(body)
    if behind is not None and behind.start():
        if sign:
            raise NotUnderstoodError(f"「{text}」前后各有一个大小的词", "只留一个，例如 ≥80。")
        sign, body = _BEHIND[behind.group(1)], body[: behind.start()]
    linear = _read_linear(body)
    if linear is not None:
        return Threshold(value=linear[0], slope=linear[1], variable=linear[2], sign=sign)
    bracketed = body.startswith(("[", "(")) and body.endswith(("]", ")"))
    inner = body[1:-1].strip() if bracketed else body
    first = _NUMBER.match(inner)
    if first is None:
        raise NotUnderstoodError(
            f"「{text}」看不出是多少",
            "填一个数；区间写 6~9，随变量变化的写 10+5n，原文没有这一级写 —，没查到留空。",
        )
    rest = inner[first.end() :].strip()
    value = _signed(first)
    between = _BETWEEN.match(rest) or (_COMMA_BETWEEN.match(rest) if bracketed else None)
    if between is not None:
        second = _NUMBER.match(rest[between.end() :].strip())
        if second is None or sign:
            raise NotUnderstoodError(f"「{text}」的区间没有写全", "写成 6~9 的样子，不加符号。")
        tail = rest[between.end() :].strip()[second.end() :].strip()
        low = _in_unit(value, tail, unit_id, percent, text)
        return Threshold(low=low, high=_in_unit(_signed(second), tail, unit_id, percent, text))
    if re.match(r"^,\d", rest):
        raise NotUnderstoodError(
            f"「{text}」的逗号看不出是千位还是小数点", "小数点写「.」，千位逗号每三位一个或不写。"
        )
    return Threshold(value=_in_unit(value, rest, unit_id, percent, text), sign=sign)


def _refuse_raised(text: str) -> None:
    if _RAISED.search(text):
        raise NotUnderstoodError(
            f"「{text}」的数字后面有上标或带圈的数字", "脚注的号删去；乘方算出来再填。"
        )


def _signed(match: re.Match[str]) -> Fraction:
    value = Fraction(match.group(2).replace(",", ""))
    return -value if match.group(1) == "-" else value


def _read_linear(body: str) -> tuple[Fraction, Fraction, str] | None:
    """`10+5n`, `90-2n`, `5n`, `n`: base, slope, variable; None for anything else."""
    match = _LINEAR.match(body.replace(" ", ""))
    if match is None:
        return None
    base, operator, slope, variable = match.groups()
    if find_unit(variable) is not None and operator is None:
        return None  # a number and its unit, not a formula
    if operator is None:
        if base is None:
            return Fraction(0), Fraction(1), variable
        if slope is None:
            return Fraction(0), Fraction(base.replace(",", "")), variable
        return None
    amount = Fraction((slope or "1").replace(",", ""))
    start = Fraction((base or "0").replace(",", ""))
    return start, -amount if operator == "-" else amount, variable


def _in_unit(value: Fraction, written: str, unit_id: str, percent: bool, text: str) -> Fraction:
    """`value` in the row's unit, given what stands behind the number."""
    if percent:
        value, written = value * 100, "%"
    if not written:
        return value
    unit = find_unit(written)
    if unit is None:
        raise NotUnderstoodError(
            f"「{text}」里的「{written}」看不懂", "数值格只填数字，单位填在单位列。"
        )
    if unit_id in UNITS:
        try:
            return convert(value, unit.id, unit_id)
        except UnitMismatchError:
            pass
    raise NotUnderstoodError(f"「{text}」的单位与单位列不是一回事", "核对单位列，数值格只填数字。")
