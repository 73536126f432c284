"""Steps from older audit files to the present format, one module a step.

To add one: write a module with BEFORE, AFTER and `migrate(connection)`, put it at the end of STEPS, raise FORMAT in
app.storage.database, keep a file of the format left behind in tests/old_files and test the step with it
(tests/storage/test_migrations.py fails until you do).

A step runs inside one transaction on a copy of the file, with foreign keys off: rebuilding a table with foreign keys
on would delete its child rows without a word.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.storage import database
from app.storage.migrations import m0001_acts


@dataclass(frozen=True)
class Step:
    before: int
    after: int
    migrate: Callable[[sqlite3.Connection], None]


STEPS = (Step(m0001_acts.BEFORE, m0001_acts.AFTER, m0001_acts.migrate),)


def migrate_copy(source: Path, target: Path) -> None:
    """Write at `target` the audit of `source` in the present format. `source` stays as it is.

    UserError when a format in between is unknown, or the file is damaged, or the target cannot be written.
    """
    with database.plain_words(source):
        old = database.connect(source, "ro")
        try:
            database.check_contents(old)
            target.unlink(missing_ok=True)
            new = database.connect(target, "rwc")
            try:
                old.backup(new)
                _run_steps(new, source)
            finally:
                new.close()
        finally:
            old.close()


def _run_steps(connection: sqlite3.Connection, source: Path) -> None:
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("BEGIN IMMEDIATE")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    for step in STEPS:
        if step.before == version:
            try:
                step.migrate(connection)
            except (sqlite3.OperationalError, sqlite3.IntegrityError) as error:
                if database.sqlite_problem(error, source) is None:
                    # Tables that are not as that format had them: the steps themselves are tested.
                    raise database.damaged(source) from error
                raise
            version = step.after
            connection.execute(f"PRAGMA user_version = {version}")
    if version != database.FORMAT:
        raise database.damaged(source)
    if connection.execute("PRAGMA foreign_key_check").fetchall():
        raise database.damaged(source)
    connection.execute("COMMIT")
    database.check_contents(connection)
