"""0.1 -> 1.0: changes of one act of the user belong together, answers keep what was typed, rows have their own table.

0.1 was the format of the first builds: one `change_log` row a change without acts, `answer` without `raw`, row orders
as lines in `meta` under 「rows:<table>」, one frozen system.
"""

import sqlite3
from pathlib import Path

from app.storage import contents, database

BEFORE = 1
AFTER = 1000

# Every declaration of a file of format BEFORE: (type, name, table, SQL).
SHAPE = (
    ("table", "meta", "meta", "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)"),
    ("index", "sqlite_autoindex_meta_1", "meta", None),
    ("table", "system", "system", "CREATE TABLE system (system_id TEXT NOT NULL, hash TEXT NOT NULL,"
     " json TEXT NOT NULL, frozen_at TEXT NOT NULL)"),
    ("table", "answer", "answer", "CREATE TABLE answer (key TEXT PRIMARY KEY, state TEXT NOT NULL,"
     " text TEXT NOT NULL, note TEXT NOT NULL)"),
    ("index", "sqlite_autoindex_answer_1", "answer", None),
    ("table", "change_log", "change_log", "CREATE TABLE change_log (id INTEGER PRIMARY KEY, at TEXT NOT NULL,"
     " who TEXT NOT NULL, key TEXT NOT NULL, from_state TEXT NOT NULL, from_text TEXT NOT NULL,"
     " to_state TEXT NOT NULL, to_text TEXT NOT NULL)"),
)  # fmt: skip

_TABLES = """
CREATE TABLE answer_new (key TEXT NOT NULL, state TEXT NOT NULL, text TEXT NOT NULL, raw TEXT NOT NULL,
    note TEXT NOT NULL, PRIMARY KEY (key), CHECK (state IN ('given', 'not_applicable')));
CREATE TABLE system_new (id INTEGER NOT NULL, system_id TEXT NOT NULL, hash TEXT NOT NULL, json TEXT NOT NULL,
    frozen_at TEXT NOT NULL, PRIMARY KEY (id));
CREATE TABLE table_row (table_id TEXT NOT NULL, position INTEGER NOT NULL, row_id TEXT NOT NULL,
    PRIMARY KEY (table_id, position), UNIQUE (table_id, row_id));
CREATE TABLE act (id INTEGER NOT NULL, at TEXT NOT NULL, who TEXT NOT NULL, label TEXT NOT NULL, PRIMARY KEY (id));
CREATE TABLE change (id INTEGER NOT NULL, act_id INTEGER NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL,
    before_state TEXT NOT NULL, before_text TEXT NOT NULL, before_raw TEXT NOT NULL, before_note TEXT NOT NULL,
    after_state TEXT NOT NULL, after_text TEXT NOT NULL, after_raw TEXT NOT NULL, after_note TEXT NOT NULL,
    PRIMARY KEY (id), CHECK (kind IN ('answer', 'rows')), FOREIGN KEY(act_id) REFERENCES act (id));
CREATE INDEX change_by_key ON change (key);
CREATE INDEX change_by_act ON change (act_id);
CREATE TABLE meta_new (key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (key));
INSERT INTO meta_new SELECT key, value FROM meta;
DROP TABLE meta;
ALTER TABLE meta_new RENAME TO meta;
INSERT INTO answer_new SELECT key, state, text, '', note FROM answer;
DROP TABLE answer;
ALTER TABLE answer_new RENAME TO answer;
INSERT INTO system_new SELECT 1, system_id, hash, json, frozen_at FROM system;
DROP TABLE system;
ALTER TABLE system_new RENAME TO system;
INSERT INTO act SELECT id, at, who, '填写' FROM change_log;
INSERT INTO change SELECT id, id, 'answer', key, from_state, from_text, '', '', to_state, to_text, '', ''
    FROM change_log;
DROP TABLE change_log
"""


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    _prove(connection, path)
    for statement in _TABLES.split(";\n"):
        connection.execute(statement)
    for key, value in connection.execute(
        "SELECT key, value FROM meta WHERE key LIKE 'rows:%'"
    ).fetchall():
        connection.executemany(
            "INSERT INTO table_row VALUES (?, ?, ?)",
            [
                (key.removeprefix("rows:"), position, row_id)
                for position, row_id in enumerate(value.split("\n"))
            ],
        )
    connection.execute("DELETE FROM meta WHERE key LIKE 'rows:%'")


def _prove(connection: sqlite3.Connection, path: Path) -> None:
    """What 0.1 wrote twice must agree: an answer and the last change of it, a frozen system and its hash."""
    answers = {
        key: (state, text)
        for key, state, text in connection.execute("SELECT key, state, text FROM answer")
    }
    if any(state not in ("given", "not_applicable") for state, _ in answers.values()):
        raise database.damaged(path)
    last = {
        key: (state, text)
        for key, state, text in connection.execute(
            "SELECT key, to_state, to_text FROM change_log ORDER BY id"
        )
    }
    for key, said in last.items():
        found = answers.get(key, ("missing", ""))
        if found[0] != said[0] or (found[0] == "given" and found[1] != said[1]):
            raise contents.differs(path, key, found[1], (*said, "", ""))
    for system_id, digest, text in connection.execute("SELECT system_id, hash, json FROM system"):
        if contents.FrozenSystem(system_id, text).hash != digest:
            raise database.damaged(path)
