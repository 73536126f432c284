"""The paper is set in a process of its own: the window stays quick, and a long job is cancelled by ending the process.

A job file (pickle, written by this program for itself in a private folder) goes in, the PDF and a small result file come out.
The result file is there even when an installed copy has no standard output.
"""

import gc
import json
import pickle
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from app.child import limit_memory
from app.errors import Problem, UserError

if TYPE_CHECKING:
    from app.papers.document import Document, PdfFacts

OPTION = "--report-worker"
_MOST_MEMORY = 1_500_000_000  # of address space; 500 photographs take a quarter
READING = ".sealed"  # ending of a job that reads a sealed paper (app.reports.sealed_reading)


def write_job(folder: Path, document: "Document", target: Path) -> Path:
    """Put a job into `folder`; returns the job file. `target`: where the PDF is written (replaced by the caller)."""
    job = folder / "report.job"
    with job.open("wb") as stream:
        pickle.dump((document, str(target)), stream)
    return job


def worker_command(job: Path) -> list[str]:
    """The command line that sets `job`, from a checkout and from an installed copy."""
    if getattr(sys, "frozen", False):
        return [sys.executable, OPTION, str(job)]
    return [sys.executable, "-m", "app", OPTION, str(job)]


def warm_command() -> list[str]:
    """The command line of a process that sets the jobs named on its input, one a line, until that ends."""
    if getattr(sys, "frozen", False):
        return [sys.executable, OPTION]
    return [sys.executable, "-m", "app", OPTION]


def run_jobs() -> int:
    """Set every job named on the input. What a paper needs is loaded before the first one comes."""
    gc.disable()  # a tenth of the time of a paper; done when nobody waits
    from app.reports import fonts, pdf

    limit_memory(_MOST_MEMORY)
    fonts.register()
    assert pdf  # loaded
    gc.freeze()
    with open(0, encoding="utf-8", closefd=False) as names:  # there even when sys.stdin is not
        for name in names:
            run_job(Path(name.rstrip("\n")))
            gc.collect()
    return 0


def run_job(job: Path) -> int:
    """Set the paper of a job file, or read one. 0 = done, 2 = the user can mend it; both leave a result file. A bug raises."""
    if job.suffix == READING:
        from app.reports.sealed_reading import answer

        _write_result(job, answer(job))
        return 0
    from app.reports.pdf import write_pdf

    with job.open("rb") as stream:
        document, target = pickle.load(stream)
    try:
        facts = write_pdf(document, Path(target), is_for_now=True)  # copied from there
    except UserError as error:
        _write_result(job, {"problems": [asdict(problem) for problem in error.problems]})
        return 2
    except MemoryError:
        problem = Problem("报告", "太大了，内存不够排", "少放一些照片，或者分成几份")
        _write_result(job, {"problems": [asdict(problem)]})
        return 2
    _write_result(job, {"facts": asdict(facts)})
    return 0


def read_result(job: Path) -> "PdfFacts":
    """What came of a finished job. UserError with its problems; FileNotFoundError when the process died without a word."""
    from app.papers.document import PdfFacts

    result = json.loads(result_file(job).read_text("utf-8"))
    if "problems" in result:
        raise UserError(*(Problem(**problem) for problem in result["problems"]))
    facts = result["facts"]
    return PdfFacts(facts["pages"], facts["body_pages"], facts["sha256"], tuple(facts["replaced"]))


def result_file(job: Path) -> Path:
    return job.with_suffix(".result")


def _write_result(job: Path, result: dict[str, object]) -> None:
    """In one step: who waits for the file never sees half of it."""
    beside = job.with_suffix(".part")
    beside.write_text(json.dumps(result, ensure_ascii=False), "utf-8")
    beside.replace(result_file(job))
