"""Printing the forms beside a report, one or all, as PDF and, where a bureau takes it, as a workbook. Each is set by the
process that sets the reports, read back, put in place."""

import tempfile
from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from app import files
from app.assessment.result import Assessment
from app.audit.project import AuditProject
from app.errors import Problem, UserError
from app.services.reporting import ReportJob, discard, save, set_job

if TYPE_CHECKING:
    from app.papers.document import Document


def names_of_forms(
    project: AuditProject, assessment: Assessment | None, *, today: date
) -> tuple[str, ...]:
    """What can be made of this audit, in order; a form's name is its file name without ending."""
    from app.papers.forms import forms_of

    return tuple(forms_of(project, assessment, today))


def write_forms(
    project: AuditProject,
    assessment: Assessment | None,
    folder: Path,
    *,
    today: date,
    only: Collection[str] | None = None,
    pdf: bool = True,
    xlsx: bool = False,
) -> list[Path]:
    """The forms of the audit (`only`: those of these names) in `folder`, which is made when it is not there. UserError with
    everything that kept a form from being made, after all the others were."""
    from app.papers.forms import forms_of

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(Problem(str(folder), "文件夹建不了", "换个位置再存")) from error
    written: list[Path] = []
    refused: list[Problem] = []
    for title, document in forms_of(project, assessment, today).items():
        if only is not None and title not in only:
            continue
        for suffix, wanted, write in ((".pdf", pdf, print_paper), (".xlsx", xlsx, _workbook)):
            if not wanted:
                continue
            target = folder / f"{title}{suffix}"
            try:
                write(document, target)
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


def _workbook(document: "Document", target: Path) -> None:
    from app.exchange.form_workbook import write_form

    with files.written_beside(target, ".xlsx") as part:
        write_form(part, document)
