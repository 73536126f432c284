"""A password on an audit: set, changed, taken away, for the file and its backups on this computer alike."""

import logging
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from app import files, paths
from app.errors import Problem, UserError
from app.storage import backups, database, journals, locks
from app.storage.database import NeedsPassword as NeedsPassword

LEAST = 8
_LOG = logging.getLogger(__name__)


def unlock(path: Path, password: str) -> None:
    """Let this session open the audit. UserError when the password is wrong."""
    database.unlock(path, password)


def has_password(path: Path) -> bool:
    """Of a file that nobody holds."""
    return locks.salt_of(path) is not None


def set_password(path: Path, password: str) -> int:
    """Encrypt a closed audit and its backups on this computer with `password`, or decrypt them with ""; how many backups.

    A password it has must be known already (`unlock`). UserError when it is too short, the audit is open, damaged or cannot
    be written; the file is then as it was. Backups that fail are said in the log and left under the old password.
    """
    if password and len(password) < LEAST:
        raise UserError(
            Problem(
                path.name, f"密码太短，至少 {LEAST} 个字符。", "用一句自己记得住、别人想不到的话。"
            )
        )
    path = files.resolved(path)
    if database.is_held(path):
        raise database.already_open(path)
    if journals.has_journal(path):
        raise UserError(Problem(path.name, "上次没有正常关闭。", "先打开一次再关上，然后设密码。"))
    key = locks.new_key(password) if password else None
    if key is not None:
        _remove_thumbnails(path)
    kept = backups.backups_of(path)
    _convert(path, key)
    done = 0
    for one in kept:
        try:
            _convert(one.path, key)
            done += 1
        except UserError as error:
            _LOG.warning("backup keeps its password: %s", type(error).__name__)
    return done


def _remove_thumbnails(path: Path) -> None:
    """The pictures of its papers, small ones and those for print, lie open in the user's folder; a confidential audit has none."""
    from app.storage import rescue

    for one in rescue.hashes_of_papers(path):
        for ending in (".png", ".print.jpg"):
            with suppress(OSError):
                (paths.thumbnails_dir() / f"{one}{ending}").unlink(missing_ok=True)


def open_copies(path: Path, second: Path | None = None) -> tuple[Path, ...]:
    """Files of this computer that hold the same audit and have no password: what upgrades, restores, rescues and journals
    left behind, copies beside the audit and in the second place of backups. Nothing is searched elsewhere."""
    from app.storage import rescue

    path = path.resolve()
    audit_id = journals.prove(path, path).meta["audit_id"]
    found = []
    folders = [
        paths.backups_dir().rglob(f"*{database.SUFFIX}"),
        path.parent.glob(f"*{database.SUFFIX}"),
    ]
    if second is not None:
        folders.append(second.glob(f"*{database.SUFFIX}"))
    for one in sorted({one.resolve() for folder in folders for one in folder}):
        if one == path or database.is_held(one) or locks.salt_of(one) is not None:
            continue
        if rescue.audit_id_of(one) == audit_id:
            found.append(one)
    return tuple(found)


def lock_copies(path: Path, copies: Sequence[Path]) -> tuple[Path, ...]:
    """Encrypt copies with the password of the audit; those that cannot be (damaged, not writable) are returned and left."""
    key = database.key_of(path)
    left = []
    for one in copies:
        try:
            _convert(one, key)
            journals.journal_of(one).unlink(missing_ok=True)
        except (UserError, OSError) as error:
            _LOG.warning("copy stays without password: %s", type(error).__name__)
            left.append(one)
    return tuple(left)


def remove_copies(copies: Sequence[Path]) -> tuple[Path, ...]:
    """Delete copies with the journals beside them; those that cannot be are returned."""
    left = []
    for one in copies:
        try:
            journals.journal_of(one).unlink(missing_ok=True)
            one.unlink()
        except OSError:
            left.append(one)
    return tuple(left)


def _convert(path: Path, key: locks.Key | None) -> None:
    old = journals.prove(path, path)
    part = path.with_name(path.name + ".part")
    try:
        part.unlink(missing_ok=True)
        with database.plain_words(path), journals.not_held(path):
            locks.export(path, database.key_of(path), part, key)
        if journals.prove(part, path).seal != old.seal:
            raise database.damaged(path)
        os.replace(part, path)
    except OSError as error:
        raise database.os_problem(error, path, "写不进去") from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
