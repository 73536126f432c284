"""Printing a 核对单: set in the child process that sets the reports, read back, put where the user wants it."""

import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from app import files
from app.services.prints import print_of
from app.services.reporting import ReportFacts, ReportJob, discard, save, set_job
from app.services.systems import find_system
from app.storage.catalogue_store import Catalogue


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
    from app.reports.worker import write_job

    opened = print_of(system_id)
    prints = () if opened is None else (f"{opened.path.name}　SHA-256 {opened.sha256}",)
    document = check_sheet(find_system(catalogue, system_id), table_ids, today=today, prints=prints)
    folder = Path(tempfile.mkdtemp(prefix="cleanaudit-"))
    pdf = folder / "sheet.pdf"
    file = write_job(folder, document, pdf)
    job = ReportJob(folder, file, pdf)
    try:
        facts = set_job(job, is_cancelled)
        if facts is None:
            return None
        save(job, target)
        return facts
    finally:
        discard(job)


def sheet_name(title: str) -> str:
    """「核对单 电镀行业清洁生产评价指标体系.pdf」."""
    return f"核对单 {files.safe_name(title)}.pdf"
