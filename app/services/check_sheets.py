"""Printing a 核对单: set in the child process that sets the reports, read back, put where the user wants it."""

import subprocess
import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from app import files
from app.services.prints import print_of
from app.services.reporting import ReportFacts, ReportJob, discard, finish, save
from app.services.systems import find_system
from app.storage.catalogue_store import Catalogue

_LOOK_EVERY_SECONDS = 0.1


def write_check_sheet(
    catalogue: Catalogue,
    system_id: str,
    table_ids: Sequence[str],
    target: Path,
    *,
    today: date,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> ReportFacts | None:
    """The sheets of these tables as a PDF at `target`; None when it was cancelled.

    UserError for a place that cannot be written or a character that cannot be printed; nothing half written is left.
    """
    from app.papers.check_sheet import check_sheet
    from app.reports.worker import worker_command, write_job

    opened = print_of(system_id)
    prints = () if opened is None else (f"{opened.path.name}　SHA-256 {opened.sha256}",)
    document = check_sheet(find_system(catalogue, system_id), table_ids, today=today, prints=prints)
    folder = Path(tempfile.mkdtemp(prefix="cleanaudit-"))
    pdf = folder / "sheet.pdf"
    file = write_job(folder, document, pdf)
    job = ReportJob(folder, file, pdf, tuple(worker_command(file)))
    try:
        said = _run(job, is_cancelled)
        if said is None:
            return None
        facts = finish(job, said)
        save(job, target)
        return facts
    finally:
        discard(job)


def sheet_name(title: str) -> str:
    """「核对单 电镀行业清洁生产评价指标体系.pdf」."""
    return f"核对单 {files.safe_name(title)}.pdf"


def _run(job: ReportJob, is_cancelled: Callable[[], bool]) -> str | None:
    """What the child process said; None when it was ended because the user wants no more."""
    with subprocess.Popen(
        job.command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as process:
        while True:
            try:
                said, _ = process.communicate(timeout=_LOOK_EVERY_SECONDS)
            except subprocess.TimeoutExpired:
                if is_cancelled():
                    process.kill()
                    return None
            else:
                return said
