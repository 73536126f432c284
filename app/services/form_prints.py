"""Printing the forms beside a report: each in the child process that sets the reports, read back, put in place."""

import subprocess
import tempfile
from datetime import date
from pathlib import Path

from app.assessment.result import Assessment
from app.audit.project import AuditProject
from app.errors import Problem, UserError
from app.services.reporting import ReportJob, discard, finish, save


def write_forms(
    project: AuditProject, assessment: Assessment | None, folder: Path, *, today: date
) -> list[Path]:
    """Every form of the audit as a PDF in `folder`, which is made when it is not there. UserError with everything that kept
    a form from being printed, after all the others were."""
    from app.papers.forms import forms_of
    from app.reports.worker import worker_command, write_job

    folder.mkdir(parents=True, exist_ok=True)
    written = []
    refused: list[Problem] = []
    for title, document in forms_of(project, assessment, today).items():
        private = Path(tempfile.mkdtemp(prefix="cleanaudit-"))
        pdf = private / "form.pdf"
        file = write_job(private, document, pdf)
        job = ReportJob(private, file, pdf, tuple(worker_command(file)))
        try:
            done = subprocess.run(job.command, capture_output=True, text=True, check=False)
            finish(job, done.stdout + done.stderr)
            target = folder / f"{title}.pdf"
            save(job, target)
            written.append(target)
        except UserError as error:
            refused += error.problems
        finally:
            discard(job)
    if refused:
        raise UserError(*refused)
    return written
