"""Rolling backups of audit files in the user's folder: complete copies, each opened and checked before it counts.

One folder an audit file (by where it lies: a copy of an audit elsewhere is another file, and a file that no longer opens
still has its backups), the last KEEP copies in it, and the path of the original in 「source.txt」.
"""

import hashlib
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app import paths
from app.errors import Problem, UserError
from app.storage import database
from app.storage.audit_file import AuditFile

KEEP = 3
_STAMP = "%Y%m%d-%H%M%S"


@dataclass(frozen=True)
class Backup:
    """A checked copy. made_at: when it was written and checked, local time."""

    path: Path
    made_at: datetime
    act: int  # the last act that is in it


def _folder(audit: Path) -> Path:
    digest = hashlib.sha256(str(audit).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return paths.backups_dir() / digest


def back_up(file: AuditFile, when: datetime) -> tuple[Backup, ...]:
    """Write a checked copy of the open file, drop the oldest ones beyond KEEP; all that are kept, latest first.

    Nothing is written when the latest one already holds the last act. UserError when it cannot be written.
    """
    folder = _folder(file.path)
    kept = _in_folder(folder)
    if not kept or kept[0].act != file.last_act:
        try:
            folder.mkdir(exist_ok=True)
            (folder / "source.txt").write_text(str(file.path), encoding="utf-8")
        except OSError as error:
            raise database.os_problem(error, folder, "备份写不进去") from None
        local = when.astimezone()
        file.copy_to(folder / f"{local.strftime(_STAMP)} {file.last_act}{database.SUFFIX}")
        kept = _in_folder(folder)
    for old in kept[KEEP:]:
        with suppress(OSError):
            old.path.unlink()
    return kept[:KEEP]


def _in_folder(folder: Path) -> tuple[Backup, ...]:
    found = []
    for path in folder.glob(f"*{database.SUFFIX}"):
        stamp, _, act = path.stem.partition(" ")
        with suppress(ValueError):
            made_at = datetime.strptime(stamp, _STAMP).astimezone()
            found.append(Backup(path, made_at, int(act)))
    return tuple(sorted(found, key=lambda backup: (backup.made_at, backup.act), reverse=True))


def backups_of(audit: Path) -> tuple[Backup, ...]:
    """The backups of the audit file at `audit`, latest first; also when that file is damaged or gone."""
    return _in_folder(_folder(audit.resolve()))


def restore_as_copy(backup: Path, original: Path) -> Path:
    """Put the backup beside the original under a name of its own (「… 恢复 20261122-0912.cpaudit」); never overwrites.

    UserError when it cannot be written. Returns the new file.
    """
    stem = f"{original.stem} 恢复 {backup.stem.rpartition(' ')[0][:13]}"
    target = original.with_name(f"{stem}{database.SUFFIX}")
    number = 2
    while target.exists():
        target = original.with_name(f"{stem} ({number}){database.SUFFIX}")
        number += 1
    part = target.with_name(target.name + ".part")
    try:
        shutil.copyfile(backup, part)
        os.replace(part, target)
    except FileNotFoundError:
        raise UserError(
            Problem(backup.name, "找不到这份备份。", "在列表里换一份较早的备份。")
        ) from None
    except OSError as error:
        raise database.os_problem(error, target, "写不进去") from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return target
