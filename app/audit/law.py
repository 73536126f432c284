"""What is in force on a day, and what an audit may cite: the law of the day it began, with what changed afterwards.

Pure; the data are frozen with the reference tables of the audit (app.audit.basis). Where the day is not known, both texts
are cited with their days, and nothing is asserted that one of them does not say.
"""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from app.assessment.indicator_system import Verification, weakest
from app.forms.answer import AnswerBook
from app.forms.condition import holds
from app.forms.law import LIST_DATE, Deadline, Law, LawBook, Provision

STARTED = "team.start"
REPORTED = "team.report_date"
_ENDS = "team.plan"
_MARK = {Verification.VERIFIED: "", Verification.TRANSCRIBED: "转录待核", Verification.RECALLED: "凭记忆待核"}  # fmt: skip


@dataclass(frozen=True)
class Citation:
    """text: what is said, "" when no law says anything. source: law and article. open: why it cannot be asserted,
    "" when it can. verification: None when nothing is cited."""

    text: str = ""
    source: str = ""
    open: str = ""
    verification: Verification | None = None

    @property
    def marked(self) -> str:
        """The source with how sure it is."""
        mark = "" if self.verification is None else _MARK[self.verification]
        return f"{self.source} · {mark}" if mark else self.source


@dataclass(frozen=True)
class LawChange:
    """On `day` one law took the place of another."""

    day: str
    before: Law
    after: Law


@dataclass(frozen=True)
class LawEdition:
    """The law of one day. day: ISO, "" = not known; then laws of either side of a change are in it, from `not_before` on.

    changes: what changed after that day, oldest first.
    """

    day: str
    not_before: str
    laws: tuple[Law, ...]
    provisions: tuple[Provision, ...]
    deadlines: tuple[Deadline, ...]
    base: tuple[Law, ...]
    changes: tuple[LawChange, ...]

    @property
    def name(self) -> str:
        """What the edition is called: its first base law with the edition of its text."""
        return "；".join(_named(law) for law in _acts(self.base)) or "没有收录"

    @property
    def is_settled(self) -> bool:
        """Whether the day decides between laws: no law in it is the follower of another in it."""
        here = {law.id for law in self.laws}
        return not any(law.replaced_by in here for law in self.laws)

    def all_of(self, role: str) -> tuple[Provision, ...]:
        """What is in force about a matter; empty when no law says anything."""
        return tuple(item for item in self.provisions if item.role == role)

    def cite(self, role: str) -> Citation:
        """One matter as it may be cited. Where the day leaves two laws possible, both are said with their days."""
        found = self.all_of(role)
        if not found:
            return Citation()
        laws = {law.id: law for law in self.laws}
        state = weakest(item.verification for item in found)
        if len(found) == 1 and (self.is_settled or not self._may_end(laws[found[0].law])):
            (one,) = found
            open_text = (one.open_text or one.text) if one.open else ""
            return Citation(one.text, _source(one, laws[one.law]), open_text, state)
        texts, sources = [], []
        for item in found:
            when = _when(laws[item.law])
            texts.append(f"{when}{item.text}")
            sources.append(f"{when}{_source(item, laws[item.law])}")
        opens = [item.open_text for item in found if item.open_text]
        reason = "；".join(("审核哪天启动还没填，用哪部法还定不了", *opens))
        return Citation("；".join(texts), "；".join(sources), reason, state)

    def _may_end(self, law: Law) -> bool:
        return any(
            law.replaced_by == other.id or other.replaced_by == law.id for other in self.laws
        )


def in_force(book: LawBook, day: str, not_before: str = "") -> LawEdition:
    """What holds on `day` (ISO). "" = the day is not known, only that it is not before `not_before` ("" = no bound)."""

    def now(starts: str, until: str) -> bool:
        return holds_on(starts, until, day, not_before)

    laws = tuple(law for law in book.laws if now(law.starts, law.until))
    here = {law.id: law for law in laws}
    after = {law.id: law for law in book.laws}
    changes = [
        LawChange(law.until, law, after[law.replaced_by])
        for law in laws
        if law.until and law.replaced_by
    ]
    return LawEdition(
        day,
        not_before,
        laws,
        tuple(p for p in book.provisions if p.law in here and now(p.starts, p.until)),
        tuple(d for d in book.deadlines if d.law in here and now(d.starts, d.until)),
        tuple(here[name] for name in book.base if name in here),
        tuple(sorted(changes, key=lambda change: change.day)),
    )


def holds_on(starts: str, until: str, day: str, not_before: str = "") -> bool:
    """Whether something that holds from `starts` to before `until` may hold on `day`; all ISO, "" = open."""
    if day:
        return (not starts or starts <= day) and (not until or day < until)
    return not until or not not_before or not_before < until


def edition_of(book: LawBook, answers: AnswerBook) -> LawEdition:
    """The law an audit uses: that of the day it was started. Not started yet: the list it is on bounds the day."""
    started = answers.text(STARTED)
    if _is_day(started):
        return in_force(book, started)
    listed = answers.text(LIST_DATE)
    return in_force(book, "", listed if _is_day(listed) else "")


def crossed(edition: LawEdition, answers: AnswerBook) -> tuple[LawChange, ...]:
    """Changes of the base laws meanwhile."""
    base = {law.id for law in edition.base}
    return tuple(one for one in changes_meanwhile(edition, answers) if one.before.id in base)


def changes_meanwhile(edition: LawEdition, answers: AnswerBook) -> tuple[LawChange, ...]:
    """Changes of any law between the start of the audit and its end: the last day of its plan, else the day the
    report is due, else a year after the start. Empty while the start is not known."""
    if not edition.day:
        return ()
    end = _end(edition, answers)
    return tuple(one for one in edition.changes if one.day <= end)


def _end(edition: LawEdition, answers: AnswerBook) -> str:
    planned = [
        answer
        for key in answers.cells_of(_ENDS)
        if key.endswith("/end") and _is_day(answer := answers.text(key))
    ]
    if planned:
        return max(planned)
    due = [
        months_later(date.fromisoformat(answers.text(one.since)), one.months).isoformat()
        for one in edition.deadlines
        if one.id == "finish" and _is_day(answers.text(one.since))
    ]
    return due[0] if due else months_later(date.fromisoformat(edition.day), 12).isoformat()


def report_day(answers: AnswerBook, today: date) -> date:
    """The day the report speaks of and bears on its cover: as answered, never later than today; else today."""
    try:
        return min(date.fromisoformat(answers.text(REPORTED)), today)
    except ValueError:
        return today


def due_days(edition: LawEdition, answers: AnswerBook) -> Iterator[tuple[Deadline, str]]:
    """(clock, ISO day or month it ends) for each clock that runs; nothing for one whose first day was not answered."""
    for each in edition.deadlines:
        start = answers.text(each.since)
        # A month without a day begins on its first.
        if start and _is_day(f"{start}-01"[:10]) and holds(each.condition, answers):
            day = months_later(date.fromisoformat(f"{start}-01"[:10]), each.months)
            yield each, day.isoformat()[: len(start)]


def months_later(day: date, months: int) -> date:
    """The same day some months on; the last of the month where there is no such day."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _acts(base: tuple[Law, ...]) -> tuple[Law, ...]:
    """The base laws that have a follower or are one: the act itself, not what is made under it."""
    followers = {law.replaced_by for law in base}
    return tuple(law for law in base if law.replaced_by or law.id in followers or law.starts)


def _named(law: Law) -> str:
    return f"{law.short}（{law.edition}）" if law.edition else law.short


def _source(provision: Provision, law: Law) -> str:
    return f"{law.short} {provision.article}".strip()


def _when(law: Law) -> str:
    if law.until:
        return f"{law.until} 以前启动的，"
    return f"{law.starts} 起启动的，" if law.starts else ""


def _is_day(text: str) -> bool:
    try:
        return len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False
