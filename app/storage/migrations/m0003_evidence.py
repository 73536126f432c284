"""1.1 -> 1.2: papers that prove answers are kept in the audit."""

import sqlite3
from pathlib import Path

from app.storage.migrations import m0002_seals

BEFORE = 1001
AFTER = 1002

_ACT = ("table", "act", "act", "CREATE TABLE act (id INTEGER NOT NULL, at TEXT NOT NULL, who TEXT NOT NULL,"
        " label TEXT NOT NULL, seal TEXT NOT NULL, PRIMARY KEY (id))")  # fmt: skip
SHAPE = tuple(_ACT if one[:2] == ("table", "act") else one for one in m0002_seals.SHAPE)


def migrate(connection: sqlite3.Connection, _path: Path) -> None:
    connection.execute(
        "CREATE TABLE evidence (sha256 TEXT NOT NULL, name TEXT NOT NULL, size INTEGER NOT NULL, added_at TEXT NOT NULL,"
        " added_by TEXT NOT NULL, content BLOB, PRIMARY KEY (sha256))"
    )
