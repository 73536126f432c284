"""Values that stand out among their like: the program's own rule, never a document's."""

from collections.abc import Mapping
from fractions import Fraction
from statistics import median

OUTLIER_MADS = 5  # median ± 5 MAD: the program's own rule
MIN_OUTLIER_VALUES = 6


def outliers(values: Mapping[str, Fraction]) -> tuple[str, ...]:
    """Keys of values outside median ± 5 MAD. Empty for fewer than six values or when more than half are the same."""
    if len(values) < MIN_OUTLIER_VALUES:
        return ()
    middle = median(values.values())
    spread = median(abs(value - middle) for value in values.values())
    if spread == 0:
        return ()
    return tuple(
        key for key, value in values.items() if abs(value - middle) > OUTLIER_MADS * spread
    )
