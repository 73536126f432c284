"""Steps from older audit files to the present format, one module a step.

To add one: write a module with BEFORE, AFTER, SHAPE and `migrate(connection, path)`, put it at the end of STEPS, raise FORMAT in
app.storage.database, keep a file of the format left behind in tests/old_files and test the step with it
(tests/storage/test_migrations.py fails until you do).

A step runs inside one transaction on a copy of the file, with foreign keys off: rebuilding a table with foreign keys
on would delete its child rows without a word.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.storage import contents, database
from app.storage.contents import Shape
from app.storage.migrations import m0001_acts, m0002_seals, m0003_evidence


@dataclass(frozen=True)
class Step:
    """shape: everything a file of the format `before` declares; a file that declares anything else is damaged."""

    before: int
    after: int
    shape: Shape
    migrate: Callable[[sqlite3.Connection, Path], None]


STEPS = tuple(
    Step(module.BEFORE, module.AFTER, contents.shape_of(module.SHAPE), module.migrate)
    for module in (m0001_acts, m0002_seals, m0003_evidence)
)
_SEALED_FROM = m0002_seals.AFTER


def migrate_copy(source: Path, target: Path, *, called: Path | None = None) -> None:
    """Write at `target` the audit of `source` in the present format. `source` stays as it is.

    called: what messages call it. UserError when a format in between is unknown, or the file is damaged, or the target
    cannot be written.
    """
    called = called or source
    with database.plain_words(called):
        target.unlink(missing_ok=True)
        new = database.connect(target, "rwc", key=database.key_of(source))
        try:
            migrate_into(source, new, called=called)
        finally:
            new.close()


def migrate_into(source: Path, new: sqlite3.Connection, *, called: Path) -> None:
    """The same into an empty database that is open already (one in memory). Errors as above."""
    with database.reading(called):
        old = database.connect(source, "ro")
        try:
            old.backup(new)
        finally:
            old.close()
        _run_steps(new, called)
    contents.read_contents(new, called)


def _run_steps(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA synchronous = FULL")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    first = next((step for step in STEPS if step.before == version), None)
    if first is None:
        raise database.damaged(path)
    contents.check_tables(connection, path, first.shape)
    if version >= _SEALED_FROM:
        contents.read_contents(connection, path, first.shape)
    else:
        contents.check_pages(connection, path)
    connection.execute("BEGIN IMMEDIATE")
    for step in STEPS:
        if step.before == version:
            step.migrate(connection, path)
            version = step.after
            connection.execute(f"PRAGMA user_version = {version}")
    if version != database.FORMAT or connection.execute("PRAGMA foreign_key_check").fetchall():
        raise database.damaged(path)
    connection.execute("DELETE FROM meta WHERE key = ?", (contents.SEAL,))
    seal = (contents.SEAL, contents.file_seal(connection))
    connection.execute("INSERT INTO meta VALUES (?, ?)", seal)
    connection.execute("COMMIT")
