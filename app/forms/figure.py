"""A computed figure as screens and papers show it, and what a rule says in place of a formula (app.audit.rules holds them)."""

import enum
from dataclasses import dataclass
from fractions import Fraction

from app.assessment.indicator_system import Verification
from app.assessment.trace import Trace


class Tone(enum.StrEnum):
    """How words are meant: GOOD within a limit, BAD beyond it, UNSURE cannot be judged, PLAIN anything else."""

    PLAIN = "plain"
    GOOD = "good"
    BAD = "bad"
    UNSURE = "unsure"


@dataclass(unsafe_hash=True)  # as Figure
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


@dataclass(unsafe_hash=True)  # not frozen: made by the thousand, and changed by nobody
class Figure:
    """What a quantity (or a derived cell) comes to.

    value: exact, None while something is missing or when it does not apply. at_least: a certain lower bound while inputs
    are missing and only additions and multiplications of non-negative terms are involved (「≥ 426.53」), else None.
    bounded: a bound of 0 or more is certain (0 alone says nothing, so at_least is None then).
    missing: answer keys (or table ids) still to be filled. not_applicable: the reason, "" when it applies.
    words: what a rule says in place of a number, in the given tone; "" for numbers.
    computed: what the formula gives even when a typed value stands in its place (`overridden`, with `reason`).
    """

    quantity_id: str
    title: str
    unit: str
    decimals: int
    value: Fraction | None
    at_least: Fraction | None
    missing: tuple[str, ...]
    not_applicable: str
    computed: Fraction | None
    overridden: bool
    reason: str
    trace: Trace
    bounded: bool = False
    words: str = ""
    tone: Tone = Tone.PLAIN
