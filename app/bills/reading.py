"""What was read from a bill, and how sure it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from app.bills.page import Place

NEEDS_READER = "是照片或扫描件，要装「识图组件」才读得出来；可以先留作凭证，自己照着填"


class State(StrEnum):
    READ = "read"
    ASK = "ask"
    LEFT_OUT = "left_out"


@dataclass(frozen=True)
class Check:
    """One check a reading makes on itself. said: what was compared, in words, with the figures."""

    rule: str
    holds: bool
    said: str


@dataclass(frozen=True)
class MeterRow:
    """One register of a meter: before and after as read off, in its own digits."""

    meter: str
    register: str
    before: Decimal | None
    after: Decimal | None


@dataclass(frozen=True)
class Reading:
    """One bill. kind: electricity, water, gas, steam, heat, other, unread. document: notice, invoice, "".

    start, end: both days belong to it. month: YYYY-MM of use, "" = not said. quantity: in `unit`, as printed (scaled to
    the first unit of the kind where another power of ten is printed); money: with tax, net: without; None = not on the paper.
    what: the goods in the bill's own words. places: field -> where it was read. doubts: why it has to be asked.
    facts, table: of a paper that is no bill, fields by name and the table with its heads first. repeats: the name of the
    file that says the same and counts, "" when this one stands for itself.
    """

    file: str
    kind: str
    document: str = ""
    carrier: str = ""
    what: str = ""
    start: date | None = None
    end: date | None = None
    month: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    money: Decimal | None = None
    net: Decimal | None = None
    invoice: str = ""
    issued: date | None = None
    buyer: str = ""
    buyer_id: str = ""
    seller: str = ""
    account: str = ""
    point: str = ""
    red: str = ""
    meters: tuple[MeterRow, ...] = ()
    checks: tuple[Check, ...] = ()
    doubts: tuple[str, ...] = ()
    places: Mapping[str, Place] = field(default_factory=dict)
    facts: tuple[tuple[str, str], ...] = ()
    table: tuple[tuple[str, ...], ...] = ()
    pictured: bool = False
    state: State = State.READ
    why: str = ""
    repeats: str = ""

    @property
    def failed(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if not check.holds)


def unread(file: str, why: str) -> Reading:
    """A file nothing could be read from."""
    return Reading(file, "unread", doubts=(why,), state=State.ASK, why=why)
