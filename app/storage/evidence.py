"""Papers kept with an audit: small ones inside its file, large ones in the folder beside it, each once by its SHA-256.

Backups copy the audit file and so the small ones; the folder is not copied again (its files never change). Content is
proved by its name whenever it is read.
"""

import hashlib
import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import sqlalchemy as sa

from app import files
from app.errors import Problem, UserError
from app.storage import database, locks
from app.storage.rows import EVIDENCE

MOST_INSIDE = 300_000  # bytes of one paper; bills are 20 to 100 KB, photographs 1 to 5 MB
MOST_INSIDE_TOGETHER = 20_000_000


@dataclass(frozen=True)
class NewPaper:
    """A file to keep. name: what the user calls it; digest: known already, where the content was let go of."""

    name: str
    content: bytes
    digest: str = ""

    @cached_property
    def sha256(self) -> str:
        return self.digest or hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class KeptPaper:
    """A paper without its content. size: bytes; inside: in the audit file."""

    sha256: str
    name: str
    size: int
    added_at: str
    added_by: str
    inside: bool


def folder_of(audit: Path) -> Path:
    """Where the large papers of an audit lie: 「澄岭五金 证据」 beside 「澄岭五金.cpaudit」."""
    return audit.with_name(f"{audit.stem} 证据")


def add(
    connection: sa.Connection,
    audit: Path,
    papers: Sequence[NewPaper],
    who: str,
    stamp: str,
    *,
    secret: bool = False,
) -> None:
    """Keep papers that are not kept yet. Large ones are written beside first, then announced; those of an audit with a
    password stay inside, where they are encrypted. UserError: no room, no right."""
    known = set(connection.scalars(sa.select(EVIDENCE.c.sha256)))
    inside = connection.scalar(
        sa.select(sa.func.coalesce(sa.func.sum(EVIDENCE.c.size), 0)).where(
            EVIDENCE.c.content.is_not(None)
        )
    )
    room = MOST_INSIDE_TOGETHER - int(inside or 0)
    for paper in papers:
        digest = paper.sha256
        if digest in known:
            continue
        known.add(digest)
        size = len(paper.content)
        content: bytes | None = paper.content
        if size > min(MOST_INSIDE, room) and not secret:
            _write_beside(audit, digest, paper.content)
            content = None
        else:
            room -= size
        connection.execute(
            EVIDENCE.insert().values(
                sha256=digest,
                name=paper.name,
                size=size,
                added_at=stamp,
                added_by=who,
                content=content,
            )
        )


def _write_beside(audit: Path, digest: str, content: bytes) -> None:
    folder = folder_of(audit)
    target = folder / digest
    try:
        if target.is_file() and hashlib.sha256(target.read_bytes()).hexdigest() == digest:
            return
        folder.mkdir(exist_ok=True)
        part = target.with_name(f"{digest}.part")
        part.write_bytes(content)
        files.flush(part)  # before the act that names it is committed
        os.replace(part, target)
        files.flush_folder(folder)
    except OSError as error:
        raise database.os_problem(error, folder, "证据写不进去") from None


def copy_beside(audit: Path, target: Path) -> None:
    """Bring the folder beside an audit along to a copy of it; what is there already is not copied again. UserError."""
    source, folder = folder_of(audit), folder_of(target)
    if not source.is_dir() or source == folder:
        return
    try:
        folder.mkdir(exist_ok=True)
        for paper in source.iterdir():
            if paper.suffix != ".part" and not (folder / paper.name).exists():
                part = folder / f"{paper.name}.part"
                files.copy_flushed(paper, part)
                os.replace(part, folder / paper.name)
    except OSError as error:
        raise database.os_problem(error, folder, "证据没有拷全") from None


def kept(connection: sa.Connection) -> tuple[KeptPaper, ...]:
    """All papers, in the order they came."""
    columns = [column for column in EVIDENCE.c if column.name != "content"]
    inside = EVIDENCE.c.content.is_not(None).label("inside")
    query = sa.select(*columns, inside).order_by(EVIDENCE.c.added_at, EVIDENCE.c.name)
    return tuple(
        KeptPaper(row.sha256, row.name, row.size, row.added_at, row.added_by, bool(row.inside))
        for row in connection.execute(query)
    )


def readable(connection: sqlite3.Connection, audit: Path) -> list[NewPaper]:
    """Every paper of a file (also a damaged one) whose content is still what it was."""
    found = []
    try:
        rows = connection.execute("SELECT sha256, name, content FROM evidence").fetchall()
    except Exception as error:
        if not locks.is_sql_error(error):
            raise
        return []
    for digest, name, inside in rows:
        data = inside
        if data is None:
            try:
                data = _beside(audit, str(digest)).read_bytes()
            except OSError:
                continue
        if isinstance(data, bytes) and hashlib.sha256(data).hexdigest() == digest:
            found.append(NewPaper(str(name), data))
    return found


def _beside(audit: Path, digest: str) -> Path:
    """Where a large paper lies; an audit that was renamed finds the folder under its old name."""
    path = folder_of(audit) / digest
    if path.is_file():
        return path
    others = sorted(audit.parent.glob("* 证据"))
    return next((other / digest for other in others if (other / digest).is_file()), path)


def content(connection: sa.Connection, audit: Path, digest: str) -> bytes:
    """A paper as it was kept. UserError: not there any more, or changed."""
    row = connection.execute(
        sa.select(EVIDENCE.c.name, EVIDENCE.c.content).where(EVIDENCE.c.sha256 == digest)
    ).one_or_none()
    if row is None:
        raise UserError(Problem("", "这份证据不在案卷里", "重新加一次"))
    data: bytes | None = row.content
    if data is None:
        path = _beside(audit, digest)
        try:
            data = path.read_bytes()
        except OSError as error:
            what = f"原件不在旁边的文件夹里（{path.parent.name}）"
            remedy = "把那个文件夹和案卷放在一起；没有了就重新加这份文件"
            raise UserError(Problem(row.name, what, remedy)) from error
    if hashlib.sha256(data).hexdigest() != digest:
        raise UserError(Problem(row.name, "原件被改过，和加进来时不一样", "重新加原来的那份文件"))
    return data


def content_of_file(audit: Path, digest: str) -> bytes:
    """The same of an audit that nobody has open here; a file with a journal beside it has to be opened first. UserError."""
    audit = audit.resolve()
    with database.plain_words(audit), closing(database.connect(audit, "ro")) as connection:
        database.guard(connection)
        row = connection.execute(
            "SELECT name, content FROM evidence WHERE sha256 = ?", (digest,)
        ).fetchone()
    if row is None:
        raise UserError(Problem("", "这份证据不在案卷里", "重新加一次"))
    data = row[1]
    if data is None:
        try:
            data = _beside(audit, digest).read_bytes()
        except OSError as error:
            raise UserError(
                Problem(str(row[0]), "原件不在旁边的文件夹里", "把那个文件夹和案卷放在一起")
            ) from error
    if not isinstance(data, bytes) or hashlib.sha256(data).hexdigest() != digest:
        raise UserError(
            Problem(str(row[0]), "原件被改过，和加进来时不一样", "重新加原来的那份文件")
        )
    return data
