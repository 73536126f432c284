"""Sealed editions in an open audit: recorded when a paper leaves, compared with what the audit says now."""

from datetime import date

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
from app.services.session import AuditSession, Saved
from app.storage.audit_file import FrozenSystem


def record_edition(session: AuditSession, number: str, state: str, day: date) -> Saved | None:
    """Keep that this edition was issued, with the answers it was made of; None when the last one is the same. UserError
    when the audit is open for reading only."""
    known = editions_of(session.book)
    if known and (known[-1].number, known[-1].state) == (number, state):
        return None
    frozen = FrozenSystem(FROZEN_ID, frozen_answers(session.book))
    key = f"{EDITION}{known[-1].place + 1 if known else 1}"
    given = Given(number, frozen.hash, f"{state} {day.isoformat()}")
    return session.record_with([Change(key, MISSING, given)], f"封存{state} {number}", frozen)


def changes_of(session: AuditSession, edition: Edition) -> tuple[AnswerChange, ...]:
    """What the audit says otherwise than when this edition was issued."""
    kept = session.kept(FROZEN_ID, edition.digest)
    return changes_since(kept.json, session.book, session.project.index) if kept else ()


def previous_of(session: AuditSession) -> Previous | None:
    """The last edition with what changed since, for the page 版本与核验 of the next one; None before the first."""
    known = editions_of(session.book)
    kept = session.kept(FROZEN_ID, known[-1].digest) if known else None
    return previous_in(session.project, kept)


def previous_in(project: AuditProject, frozen: FrozenSystem | None) -> Previous | None:
    """The same from an audit and the frozen answers of its last edition."""
    known = editions_of(project.book)
    if not known or frozen is None:
        return None
    last = known[-1]
    changes = changes_since(frozen.json, project.book, project.index)
    return Previous(last.place, last.number, last.state, last.day, changes)
