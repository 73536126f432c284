"""Printing the forms beside a report: each in the child process that sets the reports, read back, put in place."""

import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from app.assessment.result import Assessment
from app.audit.project import AuditProject
from app.errors import Problem, UserError
from app.services.reporting import ReportJob, discard, save, set_job

if TYPE_CHECKING:
    from app.papers.document import Document


def write_forms(
    project: AuditProject, assessment: Assessment | None, folder: Path, *, today: date
) -> list[Path]:
    """Every form of the audit as a PDF in `folder`, which is made when it is not there. UserError with everything that kept
    a form from being printed, after all the others were."""
    from app.papers.forms import forms_of

    folder.mkdir(parents=True, exist_ok=True)
    written = []
    refused: list[Problem] = []
    for title, document in forms_of(project, assessment, today).items():
        target = folder / f"{title}.pdf"
        try:
            print_paper(document, target)
            written.append(target)
        except UserError as error:
            refused += error.problems
    if refused:
        raise UserError(*refused)
    return written


def print_paper(document: "Document", target: Path) -> None:
    """One paper as a PDF, set by the child process, read back, put in place. UserError when it cannot be."""
    from app.reports.worker import write_job

    private = Path(tempfile.mkdtemp(prefix="cleanaudit-"))
    pdf = private / "form.pdf"
    file = write_job(private, document, pdf)
    job = ReportJob(private, file, pdf)
    try:
        set_job(job)
        save(job, target)
    finally:
        discard(job)
