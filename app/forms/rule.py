"""Rules: what no formula can say. A rule looks at a row (or at the whole audit) and gives words or a number, with the reason.

A quantity names its rule (`rule: voc_verdict` in resources/forms/quantities); app.audit.rules holds them.
"""

import enum
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from app.assessment.indicator_system import Verification
from app.assessment.trace import Trace

if TYPE_CHECKING:
    from app.forms.derive import Derivation
    from app.forms.question import TableQuestion


class Tone(enum.StrEnum):
    """How words are meant: GOOD within a limit, BAD beyond it, UNSURE cannot be judged, PLAIN anything else."""

    PLAIN = "plain"
    GOOD = "good"
    BAD = "bad"
    UNSURE = "unsure"


@dataclass(frozen=True)
class Worked:
    """What a rule says. words: a short text for a cell ("" while nothing can be said); value: exact, for rules that give a
    number; at_least: a certain lower bound while there is no value. missing: answer keys still needed. note: the reason in full. verification: of the value compared with."""

    words: str = ""
    tone: Tone = Tone.PLAIN
    value: Fraction | None = None
    at_least: Fraction | None = None
    missing: tuple[str, ...] = ()
    not_applicable: str = ""
    formula: str = ""
    source: str = ""
    verification: Verification | None = None
    note: str = ""
    children: tuple[Trace, ...] = ()


Rule = Callable[["Derivation", "TableQuestion | None", str], Worked]
"""(derivation, table, row id) of a derived cell; (derivation, None, "") of a figure."""
