"""1.0 -> 1.1: every act carries a seal that stands for it and all acts before, `meta` one that stands for the file.

Also proves the file as far as 1.0 allows, before anything of it is believed: an answer that is not what the change log
last said makes it damaged. What 1.0 had brought over from 0.1 without a log is written down as one more act.
"""

import sqlite3
from pathlib import Path

from app.storage import contents
from app.storage.contents import CREATED

BEFORE = 1000
AFTER = 1001

_COLUMNS = "before_state TEXT NOT NULL, before_text TEXT NOT NULL, before_raw TEXT NOT NULL, before_note TEXT NOT NULL"
SHAPE = (
    ("table", "meta", "meta", "CREATE TABLE meta (key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (key))"),
    ("index", "sqlite_autoindex_meta_1", "meta", None),
    ("table", "system", "system", "CREATE TABLE system (id INTEGER NOT NULL, system_id TEXT NOT NULL, hash TEXT NOT NULL,"
     " json TEXT NOT NULL, frozen_at TEXT NOT NULL, PRIMARY KEY (id))"),
    ("table", "answer", "answer", "CREATE TABLE answer (key TEXT NOT NULL, state TEXT NOT NULL, text TEXT NOT NULL,"
     " raw TEXT NOT NULL, note TEXT NOT NULL, PRIMARY KEY (key), CHECK (state IN ('given', 'not_applicable')))"),
    ("index", "sqlite_autoindex_answer_1", "answer", None),
    ("table", "table_row", "table_row", "CREATE TABLE table_row (table_id TEXT NOT NULL, position INTEGER NOT NULL,"
     " row_id TEXT NOT NULL, PRIMARY KEY (table_id, position), UNIQUE (table_id, row_id))"),
    ("index", "sqlite_autoindex_table_row_1", "table_row", None),
    ("index", "sqlite_autoindex_table_row_2", "table_row", None),
    ("table", "act", "act", "CREATE TABLE act (id INTEGER NOT NULL, at TEXT NOT NULL, who TEXT NOT NULL,"
     " label TEXT NOT NULL, PRIMARY KEY (id))"),
    ("table", "change", "change", "CREATE TABLE change (id INTEGER NOT NULL, act_id INTEGER NOT NULL, kind TEXT NOT NULL,"
     f" key TEXT NOT NULL, {_COLUMNS}, {_COLUMNS.replace('before', 'after')}, PRIMARY KEY (id),"
     " CHECK (kind IN ('answer', 'rows')), FOREIGN KEY(act_id) REFERENCES act (id))"),
    ("index", "change_by_key", "change", "CREATE INDEX change_by_key ON change (key)"),
    ("index", "change_by_act", "change", "CREATE INDEX change_by_act ON change (act_id)"),
)  # fmt: skip

_CHANGES = (
    "SELECT id, act_id, kind, key, before_state, before_text, before_raw, before_note,"
    " after_state, after_text, after_raw, after_note FROM change ORDER BY act_id, id"
)


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    changes = connection.execute(_CHANGES).fetchall()
    logged, orders = contents.last_logged(changes)
    first = connection.execute("SELECT label FROM act ORDER BY id LIMIT 1").fetchone()
    is_complete = first is not None and first[0] == CREATED
    answers = contents.check_answers(connection, path, logged, all_logged=is_complete)
    rows = contents.check_rows(connection, path, orders, all_logged=is_complete)
    connection.execute(
        "CREATE TABLE act_new (id INTEGER NOT NULL, at TEXT NOT NULL, who TEXT NOT NULL, label TEXT NOT NULL,"
        " seal TEXT NOT NULL, PRIMARY KEY (id))"
    )
    connection.execute("INSERT INTO act_new SELECT id, at, who, label, '' FROM act")
    connection.execute("DROP TABLE act")
    connection.execute("ALTER TABLE act_new RENAME TO act")
    if not is_complete:
        _log_the_rest(connection, set(answers) - set(logged), set(rows) - set(orders))
    seal_all(connection)


def _log_the_rest(connection: sqlite3.Connection, keys: set[str], tables: set[str]) -> None:
    if not keys and not tables:
        return
    last = connection.execute("SELECT id, at FROM act ORDER BY id DESC LIMIT 1").fetchone()
    made = connection.execute("SELECT value FROM meta WHERE key = 'created_at'").fetchone()
    number, at = last or (0, made[0] if made else "1970-01-01T00:00:00+00:00")
    connection.execute(
        "INSERT INTO act VALUES (?, ?, '清审通', '升级时补记以前没有记录的回答', '')",
        (number + 1, at),
    )
    connection.executemany(
        "INSERT INTO change (act_id, kind, key, before_state, before_text, before_raw, before_note, after_state,"
        " after_text, after_raw, after_note)"
        " SELECT ?, 'answer', key, 'missing', '', '', '', state, text, raw, note FROM answer WHERE key = ?",
        [(number + 1, key) for key in sorted(keys)],
    )
    connection.executemany(
        "INSERT INTO change (act_id, kind, key, before_state, before_text, before_raw, before_note, after_state,"
        " after_text, after_raw, after_note) SELECT ?, 'rows', ?, '', '', '', '', '', group_concat(row_id, char(10)),"
        " '', '' FROM (SELECT row_id FROM table_row WHERE table_id = ? ORDER BY position)",
        [(number + 1, table, table) for table in sorted(tables)],
    )


def seal_all(connection: sqlite3.Connection) -> None:
    by_act: dict[int, list[tuple[object, ...]]] = {}
    for row in connection.execute(_CHANGES):
        by_act.setdefault(row[1], []).append(row)
    seal = ""
    for act in connection.execute("SELECT id, at, who, label FROM act ORDER BY id").fetchall():
        seal = contents.act_seal(seal, act, by_act.get(act[0], ()))
        connection.execute("UPDATE act SET seal = ? WHERE id = ?", (seal, act[0]))
