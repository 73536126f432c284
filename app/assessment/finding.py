"""What the audit found for one indicator. Missing, not applicable and a measured zero are three different types."""

from dataclasses import dataclass
from fractions import Fraction

from app.assessment.doubt import Doubt
from app.assessment.indicator_system import Level


@dataclass(frozen=True)
class Missing:
    """未填: nobody has answered yet. Never counted as zero, as not applicable, or as met.

    doubt: somebody has, but the firm's own data speak against it, so that it is as open as if nobody had.
    """

    doubt: Doubt | None = None


@dataclass(frozen=True)
class NotApplicable:
    """不适用: the firm has no such thing; `reason` is printed in the report."""

    reason: str


@dataclass(frozen=True)
class Measured:
    """A value in the indicator's own unit, exact. Zero is a value like any other."""

    value: Fraction


@dataclass(frozen=True)
class Reached:
    """A qualitative indicator: the best level whose requirement is fulfilled; Level.NONE = below level III.

    `statement` says what was found, for the report.
    """

    level: Level
    statement: str = ""


Finding = Measured | Reached | NotApplicable | Missing
