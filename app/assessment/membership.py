"""Does a finding meet a level? The cumulative reading: what meets level I also meets II and III.

A level is met when its own threshold or that of any better level is satisfied, also on the official rows whose
thresholds do not nest. It is missed when its own threshold, or the next worse one that can be told, is not satisfied. What
neither settles stays None: a gap in our source, a level the document does not give, a variable or a correction nobody has
entered.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cache

from app.assessment.finding import Finding, Measured, Reached
from app.assessment.indicator_system import (
    LEVELS,
    Direction,
    Indicator,
    Level,
    Limit,
    Linear,
    Requirement,
    Span,
)
from app.assessment.inputs import NO_INPUTS, FirmInputs

Meets = Mapping[Level, bool | None]

_UNKNOWN: Meets = dict.fromkeys(LEVELS)


def meets(
    indicator: Indicator, finding: Finding, level: Level, inputs: FirmInputs = NO_INPUTS
) -> bool | None:
    """None while it cannot be said."""
    return meets_levels(indicator, finding, inputs)[level]


def meets_levels(indicator: Indicator, finding: Finding, inputs: FirmInputs = NO_INPUTS) -> Meets:
    """All three levels at once. The answers nest: True at a level is True at every worse one."""
    if not isinstance(finding, (Measured, Reached)):
        return _UNKNOWN
    first = satisfies(indicator, finding, Level.I, inputs)
    if first is True:
        return _ALL  # worse thresholds have nothing to add, and most rows end here
    second = satisfies(indicator, finding, Level.II, inputs)
    if first is False and second is True:
        return _FROM_II
    return _nested(first, second, satisfies(indicator, finding, Level.III, inputs))


@cache
def _nested(*satisfied: bool | None) -> Meets:
    """From the thresholds taken one by one to the cumulative reading."""
    result: dict[Level, bool | None] = {}
    for place, level in enumerate(LEVELS):
        if True in satisfied[: place + 1]:
            result[level] = True
        else:
            # A threshold met beyond the open one says nothing of it, and on a row that does not nest nor does what follows.
            told = [answer for answer in satisfied[place:] if answer is not None]
            result[level] = False if told and not told[0] else None
    return result


_ALL = _nested(True, True, True)
_FROM_II = _nested(False, True, True)


def without_unprinted_best(indicator: Indicator, answers: Meets) -> Meets:
    """Where levels nest: what an answered row says once it is counted that no value reaches a level better than all the
    document gives for it."""
    if not indicator.unprinted_best:
        return answers
    return {**answers, **dict.fromkeys(indicator.unprinted_best, False)}


def satisfies(
    indicator: Indicator, finding: Measured | Reached, level: Level, inputs: FirmInputs
) -> bool | None:
    """The threshold of this one level alone; None when it is not there or cannot be worked out."""
    if isinstance(finding, Reached):
        if finding.level is Level.NONE:
            return False
        if indicator.binary or finding.level <= level:
            return True
        return None if indicator.benchmarks.get(level) is None else False
    bound = threshold(indicator, level, inputs)
    if bound is None:
        return None
    value = finding.value
    if isinstance(bound, Span):
        if indicator.strict:
            return bound.low < value < bound.high
        return bound.low <= value <= bound.high
    if indicator.direction not in (Direction.LOWER, Direction.HIGHER):
        return None  # a direction is never guessed
    # Cross-multiplied: Fraction's own comparison takes four times as long, and this is the innermost step.
    left = value.numerator * bound.denominator
    right = bound.numerator * value.denominator
    if left == right:
        return not indicator.strict
    return (left < right) == (indicator.direction is Direction.LOWER)


def threshold(
    indicator: Indicator, level: Level, inputs: FirmInputs = NO_INPUTS
) -> Fraction | Span | None:
    """The number to compare with, formula worked out and corrections applied; None for text and for what is unknown. A
    binary row has one number for all levels."""
    benchmark = indicator.benchmarks.get(level)
    if benchmark is None and indicator.binary:
        printed = (one for one in indicator.benchmarks.items() if one[1] is not None)
        level, benchmark = next(printed, (level, None))
    match benchmark:
        case Limit():
            value = benchmark.value
        case None | Requirement():
            return None
        case Span():
            return benchmark
        case Linear():
            variable = inputs.variables.get(benchmark.variable)
            if variable is None:
                return None
            value = benchmark.base + benchmark.slope * variable
    for modifier in indicator.modifiers:
        if not modifier.counts_at(level):
            continue
        given = inputs.variables.get(modifier.input)
        if given is None:
            return None  # a blank correction is not "no correction"
        value = modifier.applied(value, given, level)
    return value


def reached_level(answers: Meets, levels: Sequence[Level] = LEVELS) -> Level | None:
    """Best of `levels` that is met, NONE when all are missed, None while an open one could still be the best."""
    for level in levels:
        if answers[level] is True:
            return level
        if answers[level] is None:
            return None
    return Level.NONE
