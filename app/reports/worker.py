"""The paper is set in a process of its own: the window stays quick, and a long job is cancelled by ending the process.

A job file (pickle, written by this program for itself in a private folder) goes in, the PDF and a small result file come out.
The result file is there even when an installed copy has no standard output.
"""

import json
import pickle
import sys
from dataclasses import asdict
from pathlib import Path

from app.errors import Problem, UserError
from app.papers.document import Document, PdfFacts

OPTION = "--report-worker"
READING = ".sealed"  # ending of a job that reads a sealed paper (app.reports.sealed_reading)


def write_job(folder: Path, document: Document, target: Path) -> Path:
    """Put a job into `folder`; returns the job file. `target`: where the PDF is written (replaced by the caller)."""
    job = folder / "report.job"
    job.write_bytes(pickle.dumps((document, str(target))))
    return job


def worker_command(job: Path) -> list[str]:
    """The command line that sets `job`, from a checkout and from an installed copy."""
    if getattr(sys, "frozen", False):
        return [sys.executable, OPTION, str(job)]
    return [sys.executable, "-m", "app", OPTION, str(job)]


def run_job(job: Path) -> int:
    """Set the paper of a job file, or read one. 0 = done, 2 = the user can mend it; both leave a result file. A bug raises."""
    if job.suffix == READING:
        from app.reports.sealed_reading import answer

        _write_result(job, answer(job))
        return 0
    from app.reports.pdf import write_pdf

    document, target = pickle.loads(job.read_bytes())
    try:
        facts = write_pdf(document, Path(target))
    except UserError as error:
        _write_result(job, {"problems": [asdict(problem) for problem in error.problems]})
        return 2
    _write_result(job, {"facts": asdict(facts)})
    return 0


def read_result(job: Path) -> PdfFacts:
    """What came of a finished job. UserError with its problems; FileNotFoundError when the process died without a word."""
    result = json.loads(result_file(job).read_text("utf-8"))
    if "problems" in result:
        raise UserError(*(Problem(**problem) for problem in result["problems"]))
    facts = result["facts"]
    return PdfFacts(facts["pages"], facts["body_pages"], facts["sha256"], tuple(facts["replaced"]))


def result_file(job: Path) -> Path:
    return job.with_suffix(".result")


def _write_result(job: Path, result: dict[str, object]) -> None:
    result_file(job).write_text(json.dumps(result, ensure_ascii=False), "utf-8")
