"""Random tests throw the same dice in every run, on every day: a check that fails by chance says nothing of the change.

Others are thrown with CLEANAUDIT_DICE=1, 2, ...; more of them with CLEANAUDIT_HYPOTHESIS=nightly.
"""

import os
import random

DICE = os.environ.get("CLEANAUDIT_DICE", "")
IS_FIXED = not DICE


def dice(name: str) -> random.Random:
    """Of the test `name`."""
    return random.Random(f"{name} {DICE}")
