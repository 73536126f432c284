"""Another file with everything of an open audit: with its whole history, or from memory when the file is not ours any more."""

import logging
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from app.errors import UserError
from app.forms.answer import Act, AnswerBook
from app.storage import backups, contents, database, evidence, opening, rescue
from app.storage.audit_file import AuditFile
from app.storage.contents import FrozenSystem

log = logging.getLogger(__name__)

SAVED_ELSEWHERE = "原来的文件写不进去，从内存另存"


class Waiting(Protocol):
    """An act that is not in the file yet."""

    @property
    def number(self) -> int: ...
    @property
    def act(self) -> Act: ...
    @property
    def when(self) -> datetime: ...
    @property
    def frozen(self) -> tuple[FrozenSystem, ...]: ...


@dataclass(frozen=True)
class InMemory:
    """What an open audit is now, written or not; `waiting`: the acts its file does not have, in order."""

    book: AnswerBook
    system: FrozenSystem | None
    basis: FrozenSystem | None
    waiting: Sequence[Waiting]
    who: str
    now: datetime


def copy_audit(file: AuditFile, held: InMemory, target: Path) -> None:
    """Replace `target` by a copy. UserError when it cannot be written; `target` is then as it was."""
    part = target.with_name(f"{target.stem}.saving{target.suffix}")
    with suppress(OSError):
        part.unlink(missing_ok=True)
    try:
        _copy_history(file, held, part)
        os.replace(part, target)
        evidence.copy_beside(file.path, target)
    except OSError as error:
        raise database.os_problem(error, target, "写不进去") from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _copy_history(file: AuditFile, held: InMemory, part: Path) -> None:
    """The whole file and what waits, while it is what this window wrote; else all that is in memory."""
    if file.is_ours:
        try:
            file.copy_to(part)
        except database.DamagedFile:
            log.warning("written from memory: the file was changed by others")
        else:
            _add_waiting(held, part)
            return
    _write_from_memory(file, held, part)


def _add_waiting(held: InMemory, part: Path) -> None:
    if not held.waiting:
        return
    copy = opening.open_file(part)
    try:
        for item in held.waiting:
            if item.number > copy.last_act:
                copy.commit(item.number, item.act, who=held.who, when=item.when, frozen=item.frozen)
    finally:
        copy.close()


def _write_from_memory(file: AuditFile, held: InMemory, part: Path) -> None:
    meta = {key: text for key, text in file.meta.items() if key != contents.SEAL}
    copy = opening.create(
        part,
        answers=held.book,
        system=held.system,
        basis=held.basis,
        meta=meta,
        who=held.who,
        when=held.now,
        label=SAVED_ELSEWHERE,
        key=file.key,
    )
    try:
        # Papers are not in memory: the last backup has those that are not beside the file.
        for backup in backups.backups_of(file.path)[:1]:
            kept = rescue.papers_in(backup.path, file.path)
            copy.add_evidence(kept, held.who, held.now)
    except UserError as error:
        log.warning("papers of the backup not taken along: %s", type(error).__name__)
    finally:
        copy.close()
