"""A password on an audit: set, changed, taken away, for the file and its backups on this computer alike."""

import logging
import os
from contextlib import suppress
from pathlib import Path

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
    path = path.resolve()
    if database.is_held(path):
        raise database.already_open(path)
    if journals.has_journal(path):
        raise UserError(Problem(path.name, "上次没有正常关闭。", "先打开一次再关上，然后设密码。"))
    key = locks.new_key(password) if password else None
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
