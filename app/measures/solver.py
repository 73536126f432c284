"""The one place that speaks to HiGHS: yes-or-no variables, lines that must hold, the cheapest answer.

Floating point is its own affair: callers check every answer exactly.
"""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from app.errors import ProgramError

_SLACK = 1e-7  # lines are stated a little wider, so that rounding never removes an exact answer


@dataclass(frozen=True)
class Line:
    """sum of terms (variable -> factor) >= least."""

    terms: Mapping[int, Fraction]
    least: Fraction


@functools.cache
def _highs() -> tuple[Any, type[Any]]:
    """HiGHS and its solver. Loaded when something is solved: it brings numpy, and most papers and pages only show measures."""
    import highspy

    class Quiet(highspy.Highs):
        """HiGHS prints its name on standard output while it is made; a command's JSON stands there."""

        def enableCallbacks(self) -> None:
            self.setOptionValue("output_flag", False)

    return highspy, Quiet


class Solver:
    """weights: what a yes costs, one per variable, none negative."""

    def __init__(self, weights: Sequence[Fraction]) -> None:
        highspy, quiet = _highs()
        self._highs = quiet()
        for option, value in (
            ("threads", 1),
            ("random_seed", 0),
            ("mip_rel_gap", 0.0),
            ("mip_abs_gap", 1e-6),
        ):
            self._highs.setOptionValue(option, value)
        largest = max([*weights, Fraction(1)])
        # beyond this a double no longer tells neighbours apart; smaller weights are scaled down alike
        scale = Fraction(1) if largest < 10**9 else Fraction(10**9) / largest
        for place, weight in enumerate(weights):
            self._highs.addCol(float(weight * scale), 0.0, 1.0, 0, [], [])
            self._highs.changeColIntegrality(place, highspy.HighsVarType.kInteger)

    def add(self, line: Line) -> None:
        largest = max([abs(value) for value in line.terms.values()] or [Fraction(1)]) or Fraction(1)
        places = sorted(place for place, value in line.terms.items() if value)
        factors = [float(line.terms[place] / largest) for place in places]
        self._highs.addRow(
            float(line.least / largest) - _SLACK,
            _highs()[0].kHighsInf,
            len(places),
            places,
            factors,
        )

    def solve(self) -> frozenset[int] | None:
        """The variables that are a yes; None when no answer holds every line."""
        highspy, _ = _highs()
        self._highs.run()
        status = self._highs.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            return None
        if status != highspy.HighsModelStatus.kOptimal:
            raise ProgramError(f"solver: {status}")
        values = self._highs.getSolution().col_value
        return frozenset(place for place, value in enumerate(values) if value > 0.5)
