"""Backups of audit files in the user's folder: complete copies, each opened and proved before it counts.

One folder an audit file (by where it lies: a copy of an audit elsewhere is another file), with the path of the original in
「source.txt」 and the id of its audit in 「audit.txt」, so that the backups of a file that was moved or renamed are found
again. Order goes by a running number, never by the clock; the clock only thins out what is old.
"""

import hashlib
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from app import files, paths
from app.errors import Problem, UserError
from app.forms.answer import AnswerBook
from app.storage import database, journals
from app.storage.contents import Contents

if TYPE_CHECKING:
    from app.storage.audit_file import AuditFile

_STAMP = "%Y%m%d-%H%M%S"
_ALWAYS = 5  # the last ones, whatever the clock says
_ALL_OF = timedelta(days=2)
_DAILY, _WEEKLY, _MONTHLY = 12, 10, 9
_SOURCE, _AUDIT = "source.txt", "audit.txt"
_SECOND_KEEP = 3


@dataclass(frozen=True)
class Backup:
    """A copy that was proved when it was made. made_at: local time. act: the last act in it. number: a later one is larger."""

    path: Path
    made_at: datetime
    act: int
    number: int = 0


@dataclass(frozen=True)
class Compared:
    """A sound backup beside the file it is of. only_here: answers the file has otherwise or alone (None: unreadable)."""

    backup: Backup
    contents: Contents
    differing: int | None


def _folder(audit: Path) -> Path:
    digest = hashlib.sha256(str(audit).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return paths.backups_dir() / digest


def back_up(file: "AuditFile", when: datetime, second: Path | None = None) -> tuple[Backup, ...]:
    """Write a proved copy of the open file and thin out the old ones; all that are kept, latest first.

    Nothing is written when the latest one already holds the last act. second: a folder that gets a copy too.
    UserError when one of them cannot be written, or the file is not what this window wrote; what was there stays.
    """
    folder = _folder(file.path)
    audit_id = file.meta.get("audit_id", "")
    adopted = _adopt(folder, file.path, audit_id)
    kept = _in_folder(folder)
    # Those of a twin may end with the same act and hold other answers.
    if adopted or not kept or kept[0].act != file.last_act:
        if not file.is_ours:
            raise database.replaced(file.path)
        try:
            folder.mkdir(exist_ok=True)
            (folder / _SOURCE).write_text(str(file.path), encoding="utf-8")
            (folder / _AUDIT).write_text(audit_id, encoding="utf-8")
        except OSError as error:
            raise database.os_problem(error, folder, "备份写不进去") from None
        number = max((one.number for one in kept), default=0) + 1
        stamp = when.astimezone().strftime(_STAMP)
        file.copy_to(folder / f"{number:06} {stamp} {file.last_act}{database.SUFFIX}")
        kept = _in_folder(folder)
        thin = set(thinned(kept, when))
        for old in kept:
            if old not in thin:
                with suppress(OSError):
                    old.path.unlink()
        kept = tuple(one for one in kept if one in thin)
        if second is not None:
            _second_copy(kept[0], file.path, second)
    return kept


def _second_copy(backup: Backup, audit: Path, second: Path) -> None:
    """The same copy in the other place, under the audit's name. UserError when it cannot be written there.

    Audits of the same name in different folders have different marks, else they would replace and thin out each other's.
    """
    name = f"{database.short_stem(audit)} 备份 {_folder(audit).name[:6]}"
    target = second / f"{name} {backup.number:06}{database.SUFFIX}"
    try:
        part = target.with_name(target.name + ".part")
        files.copy_flushed(backup.path, part)
        os.replace(part, target)
        old = sorted(second.glob(f"{glob_escape(name)} [0-9]*{database.SUFFIX}"))
        for one in old[:-_SECOND_KEEP]:
            one.unlink()
    except OSError as error:
        raise database.os_problem(error, target, "第二处备份写不进去") from None


def glob_escape(text: str) -> str:
    """The text as a pattern that matches only itself."""
    return "".join(f"[{one}]" if one in "*?[" else one for one in text)


def thinned(kept: Iterable[Backup], now: datetime) -> tuple[Backup, ...]:
    """Those to keep: the last ones, all of two days, then the last of each day, week and month."""
    order = sorted(kept, key=lambda one: (one.number, one.made_at, one.act), reverse=True)
    keep = dict.fromkeys(order[:_ALWAYS])
    seen: dict[str, set[str]] = {"day": set(), "week": set(), "month": set()}
    for one in order:
        age = now.astimezone() - one.made_at
        if age <= _ALL_OF:  # also what a wrong clock put into the future
            keep[one] = None
            continue
        year, week, _ = one.made_at.isocalendar()
        for kind, name, most in (
            ("day", f"{one.made_at:%Y%m%d}", _DAILY),
            ("week", f"{year}-{week}", _WEEKLY),
            ("month", f"{one.made_at:%Y%m}", _MONTHLY),
        ):
            if name not in seen[kind] and len(seen[kind]) < most:
                seen[kind].add(name)
                keep[one] = None
                break
    return tuple(one for one in order if one in keep)


def _in_folder(folder: Path) -> tuple[Backup, ...]:
    found = []
    for path in folder.glob(f"*{database.SUFFIX}"):
        parts = path.stem.split(" ")
        if len(parts) == 2:
            parts = ["0", *parts]  # as written before there were numbers
        if len(parts) != 3:
            continue
        with suppress(ValueError, OverflowError, OSError):  # a clock before 1970 or after 9999
            made_at = datetime.strptime(parts[1], _STAMP).astimezone()
            found.append(Backup(path, made_at, int(parts[2]), int(parts[0])))
    return tuple(sorted(found, key=lambda one: (one.number, one.made_at, one.act), reverse=True))


def backups_of(audit: Path) -> tuple[Backup, ...]:
    """The backups of the audit file at `audit`, latest first; also when that file is damaged, gone, moved or renamed."""
    audit = files.resolved(audit)
    kept = _in_folder(_folder(audit))
    return kept or tuple(
        one for folder in _left_behind(audit, _audit_id(audit)) for one in _in_folder(folder)
    )


def _adopt(folder: Path, audit: Path, audit_id: str) -> bool:
    """Take over the backups of this audit from where it lay before; whether there were any."""
    if folder.exists():
        return False
    for old in _left_behind(audit, audit_id)[:1]:
        with suppress(OSError):
            old.rename(folder)
            # At once: a twin opened elsewhere must not take them for left behind.
            (folder / _SOURCE).write_text(str(audit), encoding="utf-8")
            return True
    return False


def _left_behind(audit: Path, audit_id: str) -> list[Path]:
    """Folders of backups whose own file is gone and whose audit is this one; without an id, those of a file so named."""
    found = []
    for folder in sorted(paths.backups_dir().iterdir()):
        source = _line(folder / _SOURCE)
        if not source or Path(source) == audit or Path(source).exists():
            continue
        known = _line(folder / _AUDIT)
        if not known:
            known = next((_audit_id(one.path) for one in _in_folder(folder)[:1]), "")
        if known == audit_id if audit_id else Path(source).name == audit.name:
            found.append(folder)
    return found


def _line(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return ""


def _audit_id(path: Path) -> str:
    """Of a file that nobody holds, "" when it cannot be read."""
    if database.is_held(path) or not path.is_file():
        return ""
    try:
        return journals.prove(path, path).meta.get("audit_id", "")
    except UserError:
        return ""


def newest_good(audit: Path, present: AnswerBook | None = None) -> Compared | None:
    """The latest backup that is sound, beside the answers of the file (None: it cannot be read); None when none is."""
    for backup in backups_of(audit):
        try:
            found = journals.prove(backup.path, backup.path)
        except UserError:
            continue
        differing = None if present is None else len(differences(present, found.book))
        return Compared(backup, found, differing)
    return None


def differences(one: AnswerBook, other: AnswerBook) -> Mapping[str, None]:
    """Keys of the answers and tables that are not the same in both."""
    answers = {key for key in {*one.answers, *other.answers} if one.get(key) != other.get(key)}
    rows = {key for key in {*one.rows, *other.rows} if one.row_ids(key) != other.row_ids(key)}
    return dict.fromkeys(sorted(answers | rows))


def restore_as_copy(backup: Path, original: Path) -> Path:
    """Put the backup beside the original under a name of its own (「… 恢复 20261122-0912.cpaudit」); never overwrites.

    UserError when it is not sound or cannot be written. Returns the new file, proved.
    """
    if not backup.is_file():
        raise UserError(Problem(backup.name, "找不到这份备份。", "在列表里换一份较早的备份。"))
    journals.prove(backup, backup)
    stamp = next((part for part in backup.stem.split(" ") if "-" in part), backup.stem)[:13]
    stem = f"{database.short_stem(original)} 恢复 {stamp}"
    target = original.with_name(f"{stem}{database.SUFFIX}")
    number = 2
    while target.exists():
        target = original.with_name(f"{stem} ({number}){database.SUFFIX}")
        number += 1
    part = target.with_name(target.name + ".part")
    try:
        files.copy_flushed(backup, part)
        journals.prove(part, target)
        os.replace(part, target)
    except FileNotFoundError as error:
        raise database.os_problem(error, target, "写不进去") from None
    except OSError as error:
        raise database.os_problem(error, target, "写不进去") from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return target
