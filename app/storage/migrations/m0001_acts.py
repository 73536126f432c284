"""0.1 -> 1.0: changes of one act of the user belong together, answers keep what was typed, rows have their own table.

0.1 was the format of the first builds: one `change_log` row a change without acts, `answer` without `raw`, row orders
as lines in `meta` under 「rows:<table>」, one frozen system.
"""

import sqlite3

BEFORE = 1
AFTER = 1000

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


def migrate(connection: sqlite3.Connection) -> None:
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
