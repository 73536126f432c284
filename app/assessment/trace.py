"""Where a figure comes from: a tree from the figure down to what somebody typed, with formula and source at each step."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

from app.assessment.indicator_system import Verification


@dataclass(unsafe_hash=True)  # not frozen: made by the thousand, and changed by nobody
class Trace:
    """One step of a derivation.

    value: exact number, text, or None while something below is missing.
    formula: with the figures filled in, e.g. 「41,600 × 1000 ÷ 1,308,000」; empty for leaves.
    source: document and clause of a factor or threshold, or the question number of an answer; may be empty.
    operands: the same formula as a tree, for whoever works it out again (app.exchange.calculation_workbook).
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
    operands: "Operands" = field(default=None, compare=False, repr=False)

    def called(self, label: str) -> "Trace":
        """The same step under another name."""
        return Trace(
            label,
            self.value,
            self.unit,
            self.formula,
            self.source,
            self.verification,
            self.note,
            self.key,
            self.children,
            self.operands,
        )


Operands: TypeAlias = "Trace | Fraction | tuple[str, tuple[Operands, ...]] | None"
"""How a step was worked out of others: an operator (+ - * / sum neg) with its operands, a step, or a constant of the
formula. None for leaves and for what no formula says (rules)."""
