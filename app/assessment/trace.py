"""Where a figure comes from: a tree from the figure down to what somebody typed, with formula and source at each step."""

from dataclasses import dataclass
from fractions import Fraction

from app.assessment.indicator_system import Verification


@dataclass(frozen=True)
class Trace:
    """One step of a derivation.

    value: exact number, text, or None while something below is missing.
    formula: with the figures filled in, e.g. 「41,600 × 1000 ÷ 1,308,000」; empty for leaves.
    source: document and clause of a factor or threshold, or the question number of an answer; may be empty.
    key: answer key to jump to (「water.units/r1/fresh」) when this step was typed by the user, else "".
    """

    label: str
    value: Fraction | str | None
    unit: str = ""
    formula: str = ""
    source: str = ""
    verification: Verification | None = None
    note: str = ""
    key: str = ""
    children: tuple["Trace", ...] = ()
