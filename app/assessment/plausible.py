"""Numbers that can hardly be right: they count, and the result says so. What a document itself sets beyond the ordinary (a
negative limit, a limit above 100 %) is ordinary for that row."""

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction

from app.assessment.finding import Measured
from app.assessment.indicator_system import (
    Indicator,
    IndicatorKind,
    Limit,
    Linear,
    ModifierKind,
    Span,
)
from app.assessment.inputs import FirmInputs
from app.assessment.membership import threshold
from app.assessment.remarks import Code, Remark, remark
from app.assessment.rows import Row
from app.assessment.units import UNITS

_RATIO = UNITS["%"].dimension
_SIGNED = frozenset(UNITS[name].dimension for name in ("celsius", "pH"))
_WHOLE = UNITS["fraction"].factor
_FAR_OFF = 500  # L for m³, kg for t, kgce for tce: a thousand; nobody is that much better or worse than a document asks
_LESS_THAN_A_TENTH = (
    10  # a share written as a fraction lies two places below what the document asks
)


def implausible(rows: Sequence[Row], inputs: FirmInputs) -> list[Remark]:
    """A remark for each measured row that takes part and looks odd."""
    found = [
        odd_value(row.indicator, row.finding.value, inputs)
        for row in rows
        if row.applies and isinstance(row.finding, Measured)
    ]
    return [one for one in found if one is not None]


def odd_value(indicator: Indicator, value: Fraction, inputs: FirmInputs) -> Remark | None:
    """What is odd about a number for this row; None when nothing is, or when the row takes points."""
    code = _odd(indicator, value, inputs)
    if code is None:
        return None
    unit = UNITS[indicator.unit].symbol
    return remark(code, [indicator.id], name=indicator.name, value=value, unit=unit)


_POINTS = re.compile(r"减\s*(\d+(?:\.\d+)?)\s*的百分点")


def odd_input(meaning: str, value: Fraction, *, signed: bool) -> Remark | None:
    """What is odd about a number of the firm's beside its indicators, by what it means. 「比例减 75 的百分点数」 lies between -75 and
    25, other points of per cent between -100 and 100; signed: it is added to a threshold, so that it may be below nought."""
    found = _POINTS.search(meaning)
    least, most = (Fraction(-100) if signed else Fraction(0)), Fraction(100)
    if found is not None:
        least, most = -Fraction(found[1]), 100 - Fraction(found[1])
    elif "百分点" not in meaning:
        if value >= 0 or signed:
            return None
        return remark(Code.NEGATIVE, name=meaning, value=value)
    if least <= value <= most:
        return None
    return remark(Code.INPUT_BEYOND, name=meaning, value=value, least=least, most=most)


def odd_inputs(
    rows: Sequence[Row], meanings: Mapping[str, str], inputs: FirmInputs
) -> list[Remark]:
    """A remark for each number beside the rows that take part and looks odd. meanings: of the document's variables."""
    found: dict[str, Remark | None] = {}
    for row in rows:
        asked = {name: (meanings.get(name, name), False) for name in row.indicator.variables}
        for one in row.indicator.modifiers:
            asked[one.input] = (one.meaning, one.kind is ModifierKind.ADD)
        for name, (meaning, signed) in asked.items():
            value = inputs.variables.get(name)
            if row.applies and value is not None:
                found[name] = odd_input(meaning, value, signed=signed)
    return [one for one in found.values() if one is not None]


def _odd(indicator: Indicator, value: Fraction, inputs: FirmInputs) -> Code | None:
    if indicator.kind is not IndicatorKind.QUANTITATIVE or not indicator.unit:
        return None
    unit = UNITS[indicator.unit]
    asked = _asked(indicator, inputs)
    if value < 0:
        is_signed = unit.dimension in _SIGNED or any(number < 0 for number in asked)
        return None if is_signed else Code.NEGATIVE
    if unit.dimension != _RATIO:
        wanted = [number for number in asked if number > 0]
        far = value > 0 and bool(wanted) and not min(wanted) < value * _FAR_OFF < max(wanted) * _FAR_OFF**2  # fmt: skip
        return Code.FAR_OFF if far else None
    whole = _WHOLE / unit.factor
    if value > whole and all(number <= whole for number in asked):
        return Code.LIKE_PERCENT if unit.id == "fraction" else Code.OVER_WHOLE
    least = min((number for number in asked if number > 0), default=None)
    is_low = 0 < value <= 1 and least is not None and value * _LESS_THAN_A_TENTH < least
    return Code.LIKE_FRACTION if is_low and unit.id != "fraction" else None


def _asked(indicator: Indicator, inputs: FirmInputs) -> list[Fraction]:
    """Every number the document compares with."""
    numbers = [] if indicator.base is None else [indicator.base]
    for level, benchmark in indicator.benchmarks.items():
        match benchmark:
            case Span():
                numbers += [benchmark.low, benchmark.high]
            case Limit() | Linear():
                bound = threshold(indicator, level, inputs)
                if isinstance(bound, Fraction):
                    numbers.append(bound)
                elif isinstance(benchmark, Limit):
                    numbers.append(benchmark.value)
            case _:
                pass
    return numbers
