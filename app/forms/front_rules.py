"""What follows from the ten questions, as data (resources/front_door.yaml). Every sentence names where it was read; what the
law says stands in resources/reference/law.yaml."""

from dataclasses import dataclass
from fractions import Fraction

from app.assessment.indicator_system import Verification
from app.forms.condition import Condition


@dataclass(frozen=True)
class Statement:
    """state: ok (settled) | open (ask the bureau) | no (in the way). roles: matters of the law (app.forms.law) it cites,
    whose texts and articles are those of the day; then text and source stand beside them, "" = nothing besides."""

    state: str
    text: str = ""
    source: str = ""
    verification: Verification = Verification.RECALLED
    condition: Condition | None = None
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Paper:
    text: str
    condition: Condition | None = None


@dataclass(frozen=True)
class ProcessFit:
    """A table of a system that fits firms with any of `processes`."""

    system: str
    table: str
    processes: tuple[str, ...]


@dataclass(frozen=True)
class RoughRule:
    """A limiting indicator that two rough figures give away: factor × numerator ÷ denominator, by front-door answers."""

    system: str
    table: str
    indicator: str
    numerator: str
    denominator: str
    factor: Fraction


@dataclass(frozen=True)
class FrontDoorRules:
    statements: tuple[Statement, ...]
    papers: tuple[Paper, ...]
    systems: tuple[ProcessFit, ...]
    rough: tuple[RoughRule, ...] = ()
