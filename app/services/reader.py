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
    from app.papers.edition import Previous
    from app.services.editions import Issued


def write_reader_page(
    project: AuditProject,
    assessment: Assessment | None,
    target: Path,
    *,
    state: str,
    today: date,
    issued: "Issued | None" = None,
    previous: "Previous | None" = None,
    purpose: str = "审核",
    pictures: "Mapping[str, Picture] | None" = None,
) -> None:
    """The same paper as the PDF in `state`, with the number of its edition. issued, previous: as of `editions.copy_of`. UserError
    when the state forbids it or the file cannot be written; what was at `target` is replaced only by a whole file."""
    from app.papers.chains import chain_of
    from app.reports.reader_page import reader_page
    from app.services.editions import copy_of

    files.check_place(target, ".html", ".htm")
    document = copy_of(
        project,
        assessment,
        issued=issued,
        previous=previous,
        state=state,
        today=today,
        purpose=purpose,
        pictures=pictures,
        copy="网页",
    )
    content = reader_page(document, lambda key: chain_of(project, assessment, key))
    files.write_bytes(target, content, ".html", ".htm")
