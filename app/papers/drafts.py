"""Drafts of the free texts of the report: sentences whose every figure is bound to the data (resources/design/
paper_drafts.json). A sentence one of whose names is not known yet is left out; what people have written is never touched."""

import functools
import json

from app import paths
from app.audit.project import AuditProject
from app.forms.answer import Given
from app.forms.question import Question, QuestionKind
from app.forms.visible import asked_items
from app.papers.bound import bound, names_in
from app.papers.document import Open


@functools.cache
def _sentences() -> dict[str, list[str]]:
    text = (paths.resources_dir() / "design" / "paper_drafts.json").read_text("utf-8")
    found: dict[str, list[str]] = json.loads(text)["drafts"]
    return found


def draft_of(project: AuditProject, question_id: str) -> str:
    """The text as it is kept, names in braces; "" when nothing can be said from the data."""
    return "".join(one for one in _sentences().get(question_id, ()) if _is_known(project, one))


def _is_known(project: AuditProject, sentence: str) -> bool:
    for name in names_in(sentence):
        said = bound(project, name)
        if said is None or any(isinstance(one, Open) for one in said):
            return False
    return True


def drafts(project: AuditProject) -> dict[str, str]:
    """By question: the draft of every free text that is asked and empty."""
    found = {}
    for page in project.questionnaire.pages():
        for item in asked_items(page, project.book):
            if not isinstance(item, Question) or item.kind is not QuestionKind.LONG_TEXT:
                continue
            answer = project.book.get(item.id)
            if isinstance(answer, Given) and answer.text.strip():
                continue
            text = draft_of(project, item.id)
            if text:
                found[item.id] = text
    return found
