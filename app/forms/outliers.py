"""Values that stand out among their like: the program's own rule, never a document's."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import lcm

OUTLIER_MADS = 5  # median ± 5 MAD: the program's own rule
MIN_OUTLIER_VALUES = 6


def outliers(values: Mapping[str, Fraction]) -> tuple[str, ...]:
    """Keys of values outside median ± 5 MAD. Empty for fewer than six values or when more than half are the same."""
    if len(values) < MIN_OUTLIER_VALUES:
        return ()
    # In whole numbers of one denominator, so large that both medians, means of two at most, are whole: several times as fast.
    unit = 4 * lcm(*(value.denominator for value in values.values()))
    whole = {key: value.numerator * (unit // value.denominator) for key, value in values.items()}
    middle = _median(whole.values())
    apart = {key: abs(value - middle) for key, value in whole.items()}
    spread = _median(apart.values())
    if spread == 0:
        return ()
    return tuple(key for key, distance in apart.items() if distance > OUTLIER_MADS * spread)


def _median(numbers: Iterable[int]) -> int:
    """Of whole numbers, two of which make an even sum."""
    in_order = sorted(numbers)
    half = len(in_order) // 2
    return in_order[half] if len(in_order) % 2 else (in_order[half - 1] + in_order[half]) // 2
