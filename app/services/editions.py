"""Sealed editions in an open audit: recorded when a paper leaves, compared with what the audit says now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from app.assessment.result import Assessment
from app.audit.editions import (
    EDITION,
    FROZEN_ID,
    AnswerChange,
    Edition,
    changes_since,
    editions_of,
    frozen_answers,
)
from app.audit.project import AuditProject
from app.forms.answer import MISSING, Change, Given
from app.papers.edition import Previous
from app.storage.contents import FrozenSystem

if TYPE_CHECKING:
    from app.papers.document import Document, Picture
    from app.services.session import AuditSession, Saved


@dataclass(frozen=True)
class Issued:
    """An edition as it was issued: made again of the same audit with `previous` on `day` it bears the same number."""

    number: str
    state: str
    day: date
    previous: Previous | None


def record_edition(session: "AuditSession", number: str, state: str, day: date) -> "Saved | None":
    """Keep that this edition was issued, with the answers it was made of; None when the last one is the same. UserError
    when the audit is open for reading only."""
    known = editions_of(session.book)
    if known and (known[-1].number, known[-1].state) == (number, state):
        return None
    frozen = FrozenSystem(FROZEN_ID, frozen_answers(session.book))
    key = f"{EDITION}{known[-1].place + 1 if known else 1}"
    given = Given(number, frozen.hash, f"{state} {day.isoformat()}")
    return session.record_with([Change(key, MISSING, given)], f"封存{state} {number}", frozen)


def changes_of(session: "AuditSession", edition: Edition) -> tuple[AnswerChange, ...]:
    """What the audit says otherwise than when this edition was issued."""
    kept = session.kept(FROZEN_ID, edition.digest)
    return changes_since(kept.json, session.book, session.project.index) if kept else ()


def previous_of(session: "AuditSession") -> Previous | None:
    """The last edition with what changed since, for the page 版本与核验 of the next one; None before the first."""
    return _changed_since(session.project, lambda edition: _kept(session, edition), -1)


def previous_in(project: AuditProject, frozen: FrozenSystem | None) -> Previous | None:
    """The same from an audit and the frozen answers of its last edition."""
    return _changed_since(project, lambda _: frozen, -1)


def issued_of(session: "AuditSession") -> Issued | None:
    """The edition issued last; None before the first."""
    return issued_in(session.project, lambda edition: _kept(session, edition))


def issued_in(
    project: AuditProject, kept: Callable[[Edition], FrozenSystem | None]
) -> Issued | None:
    """The same of an audit that is only read. kept: the answers an edition froze."""
    known = editions_of(project.book)
    if not known:
        return None
    last = known[-1]
    before = _changed_since(project, kept, -2)
    return Issued(last.number, last.state, date.fromisoformat(last.day), before)


def copy_of(
    project: AuditProject,
    assessment: Assessment | None,
    *,
    state: str,
    today: date,
    issued: Issued | None,
    previous: Previous | None,
    purpose: str,
    pictures: "Mapping[str, Picture] | None",
    copy: str,
) -> "Document":
    """The paper for a file that goes beside the PDF: with the number of the edition issued last while the audit still says
    the same, otherwise with the one that a PDF of today gets. copy: what it is (「Word 文件」). UserError when `state` forbids it."""
    from app.services.reporting import made_paper

    def made(day: date, before: Previous | None) -> "tuple[Document, str]":
        return made_paper(
            project,
            assessment,
            state=state,
            today=day,
            previous=before,
            purpose=purpose,
            pictures=pictures,
            copy=copy,
        )

    if issued is not None and issued.state == state:
        document, number = made(issued.day, issued.previous)
        if number == issued.number:
            return document
    return made(today, previous)[0]


def _kept(session: "AuditSession", edition: Edition) -> FrozenSystem | None:
    return session.kept(FROZEN_ID, edition.digest)


def _changed_since(
    project: AuditProject, kept: Callable[[Edition], FrozenSystem | None], place: int
) -> Previous | None:
    known = editions_of(project.book)
    if len(known) < -place:
        return None
    edition = known[place]
    frozen = kept(edition)
    if frozen is None:
        return None
    changes = changes_since(frozen.json, project.book, project.index)
    return Previous(edition.place, edition.number, edition.state, edition.day, changes)
