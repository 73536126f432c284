"""The report as one page for a browser, written beside its target and put in its place."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from app import files
from app.assessment.result import Assessment
from app.audit.project import AuditProject

if TYPE_CHECKING:
    from app.papers.document import Picture


def write_reader_page(
    project: AuditProject,
    assessment: Assessment | None,
    target: Path,
    *,
    state: str,
    today: date,
    purpose: str = "审核",
    pictures: "Mapping[str, Picture] | None" = None,
) -> None:
    """The same paper as the PDF in `state`. UserError when the state forbids it or the file cannot be written; what was
    at `target` is replaced only by a whole file."""
    from app.papers.audit_report import build_report
    from app.papers.chains import chain_of
    from app.papers.document import Purpose, State
    from app.reports.reader_page import reader_page

    files.check_place(target, ".html", ".htm")
    document = build_report(
        project,
        assessment,
        state=State(state),
        today=today,
        purpose=Purpose(purpose),
        pictures=pictures,
    )
    content = reader_page(document, lambda key: chain_of(project, assessment, key))
    files.write_bytes(target, content, ".html", ".htm")
