"""Which audits are open, one small file each, so that the next start finds what a crash left open.

Several windows may run: a mark whose audit another process holds is of a window that lives, and stays.
"""

import hashlib
import logging
from contextlib import suppress
from pathlib import Path

from app import paths

_LOG = logging.getLogger(__name__)


def _folder() -> Path:
    return paths.user_data_dir() / "open"


def _file(audit: Path) -> Path:
    digest = hashlib.sha256(str(audit).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return _folder() / f"{digest}.txt"


def mark(audit: Path) -> None:
    """Note that the audit is open from now on. Failing costs only the offer after a crash."""
    try:
        _folder().mkdir(exist_ok=True)
        _file(audit).write_text(str(audit), encoding="utf-8")
    except OSError as error:
        _LOG.warning("open audit not noted: %s", error)


def unmark(audit: Path) -> None:
    """The audit was closed well, or what a crash left was looked at."""
    with suppress(OSError):
        _file(audit).unlink(missing_ok=True)


def interrupted() -> tuple[Path, ...]:
    """Audits that a process left open when it ended, the latest first; those of living windows are not among them."""
    try:
        marks = sorted(_folder().glob("*.txt"), key=lambda one: one.stat().st_mtime, reverse=True)
        audits = [Path(one.read_text(encoding="utf-8")) for one in marks]
    except (OSError, ValueError) as error:
        if not isinstance(error, FileNotFoundError):
            _LOG.warning("open audits not read: %s", error)
        return ()
    found = []
    for audit in audits:
        if not _is_there(audit):
            unmark(audit)
            continue
        if not _is_open(audit):
            found.append(audit)
    return tuple(found)


def _is_there(audit: Path) -> bool:
    try:
        return audit.is_file()
    except (OSError, ValueError):  # a mark of noise: a name no file can have
        return False


def _is_open(audit: Path) -> bool:
    from app.errors import UserError
    from app.storage import database, journals

    if database.is_held(audit):
        return True
    try:
        with journals.not_held(audit):
            return False
    except UserError:
        return True
