"""Drafting the free texts of the report: one act puts a draft into every one that is empty."""

from typing import TYPE_CHECKING

from app.audit.project import AuditProject
from app.forms.answer import Change, Given
from app.papers.drafts import drafts

if TYPE_CHECKING:
    from app.services.session import AuditSession, Saved


def empty_texts(project: AuditProject) -> int:
    """How many free texts are empty and can be drafted."""
    return len(drafts(project))


def draft_texts(session: "AuditSession") -> "Saved | None":
    """Put the drafts in, to be edited by people; undo takes all back. None when there is none to put in."""
    found = drafts(session.project)
    if not found:
        return None
    changes = [Change(key, session.book.get(key), Given(text)) for key, text in found.items()]
    return session.record(changes, f"按数据起草文字 {len(changes)} 处")
