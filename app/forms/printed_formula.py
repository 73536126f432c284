"""A formula with its figures, printed so that it holds for whoever works it out again with a pocket calculator: rounded
figures get the decimals they need."""

import re
from collections.abc import Iterator
from fractions import Fraction

from app.assessment.numbers import display, round_half_up
from app.assessment.trace import Trace
from app.forms.arithmetic import ArithmeticFault, evaluate

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_UNIT = re.compile(r"(?<=[\d.])(?:%| (?![+−×÷（）-])[^+−×÷（） ]+)")
_NOUGHT = re.compile(r" \+ 0(?:\.0+)?(?: [^ +−×÷（）]+)?(?= [+−] |$)")  # a term of nothing
_MOST_MORE = 4  # decimals beyond those a figure is printed with
ABOUT, EQUALS = "≈", "＝"


def printed_formula(trace: Trace, places: int) -> tuple[str, str]:
    """(formula, sign before the result of `places` decimals): figures of the steps with more decimals where the rounded ones
    do not come to the printed result, 「≈」 where no decimals do, or a long sum is not written out."""
    formula = _NOUGHT.sub("", trace.formula)
    if not isinstance(trace.value, Fraction) or not formula:
        return formula, EQUALS
    wanted = Fraction(round_half_up(trace.value, places))
    steps = list(_values(trace.children))
    for more in range(_MOST_MORE + 1):
        said = _sharpened(formula, steps, more)
        result = _worked(said)
        if result is None:
            return formula, EQUALS  # words or 「…」: nothing to be worked out
        if Fraction(round_half_up(result, places)) == wanted:
            return said, EQUALS
    return formula, ABOUT


def _values(traces: tuple[Trace, ...]) -> Iterator[Fraction]:
    for one in traces:
        if isinstance(one.value, Fraction):
            yield one.value
        yield from _values(one.children)


def _sharpened(formula: str, steps: list[Fraction], more: int) -> str:
    return _NUMBER.sub(lambda found: _sharper(found[0], steps, more), formula)


def _sharper(printed: str, steps: list[Fraction], more: int) -> str:
    """The figure behind a printed number with `more` decimals; numbers that are exact stay."""
    if not more:
        return printed
    plain = printed.replace(",", "")
    places = len(plain.partition(".")[2])
    value = Fraction(plain)
    if value in steps:
        return printed
    for step in steps:
        if Fraction(round_half_up(step, places)) == value:
            return display(step, places + more)
    return printed


def _worked(formula: str) -> Fraction | None:
    """What the formula comes to as it is printed; None where it is no plain arithmetic."""
    plain = _UNIT.sub("", formula).replace(",", "")
    try:
        return evaluate(plain, {})
    except (ArithmeticFault, ZeroDivisionError):
        return None
