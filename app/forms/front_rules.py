"""What follows from the ten questions, as data (resources/front_door.yaml). Every sentence names where it was read."""

from dataclasses import dataclass
from fractions import Fraction

from app.assessment.indicator_system import Verification
from app.forms.condition import Condition

LIST_DATE = "front.list_date"


@dataclass(frozen=True)
class DeadlineRule:
    """`months` after the date answered under `since`: the day the list was published unless it says another key."""

    id: str
    text: str
    months: int
    source: str
    verification: Verification
    condition: Condition | None = None
    since: str = LIST_DATE


@dataclass(frozen=True)
class Statement:
    """state: ok (settled) | open (ask the bureau) | no (in the way)."""

    state: str
    text: str
    source: str
    verification: Verification
    condition: Condition | None = None


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
    deadlines: tuple[DeadlineRule, ...]
    statements: tuple[Statement, ...]
    papers: tuple[Paper, ...]
    systems: tuple[ProcessFit, ...]
    rough: tuple[RoughRule, ...] = ()
