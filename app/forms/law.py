"""Laws, what their articles say and the clocks they start, each with the days it holds (resources/reference/law.yaml).

Days are ISO texts; "" = not known or not ended. `until` is the first day it no longer holds. What is in force on a day:
app.audit.law.
"""

from dataclasses import dataclass

from app.assessment.indicator_system import Verification
from app.forms.condition import Condition

LIST_DATE = "front.list_date"


@dataclass(frozen=True)
class Law:
    """edition: which text of it was read, "" when it has one only. replaced_by: id of the law that follows.

    doubt: why a paper of a day from `doubt_from` on must not take it for granted (it was written for earlier years, or
    what it rests on changed), "" when it may.
    """

    id: str
    title: str
    short: str
    source: str
    verification: Verification
    edition: str = ""
    starts: str = ""
    until: str = ""
    replaced_by: str = ""
    note: str = ""
    doubt: str = ""
    doubt_from: str = ""


@dataclass(frozen=True)
class Provision:
    """What an article says about one matter. role: the matter, the same through all laws that ever ruled it.
    open_text: why nobody can say what holds; then the matter is asked, never asserted."""

    id: str
    role: str
    law: str
    article: str
    text: str
    verification: Verification
    starts: str = ""
    until: str = ""
    open: bool = False
    open_text: str = ""


@dataclass(frozen=True)
class Deadline:
    """`months` after the day answered under `since`: the day the list was published unless it says another key."""

    id: str
    text: str
    months: int
    law: str
    article: str
    verification: Verification
    condition: Condition | None = None
    since: str = LIST_DATE
    starts: str = ""
    until: str = ""


@dataclass(frozen=True)
class LawBook:
    """base: ids of the laws an audit rests on, in the order in which a paper names them."""

    laws: tuple[Law, ...] = ()
    provisions: tuple[Provision, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    base: tuple[str, ...] = ()

    def title_of(self, law_id: str) -> str:
        """The full title, "" for a law the book does not have."""
        return next((law.title for law in self.laws if law.id == law_id), "")
