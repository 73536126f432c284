"""Copies of an audit file as of one that was opened before."""

import shutil
from pathlib import Path

from app import files
from app.storage import backups


def copy_opened_before(sample: Path, target: Path, audit_id: str) -> Path:
    """A copy of a file with one act, and the backup its first opening would make: a tenth of the time of a test of a screen."""
    shutil.copy(sample, target)
    audit = files.resolved(target)
    folder = backups._folder(audit)  # noqa: SLF001
    folder.mkdir()
    shutil.copy(sample, folder / f"000001 20261120-140322 1{sample.suffix}")
    (folder / "source.txt").write_text(str(audit), encoding="utf-8")
    (folder / "audit.txt").write_text(audit_id, encoding="utf-8")
    return target
