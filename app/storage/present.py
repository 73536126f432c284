"""What a file of the present format declares, word for word as `rows.metadata` writes it: a reader knows it without SQLAlchemy.

When the format is raised, this becomes the SHAPE of the step that leaves it (app.storage.migrations).
"""

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
     " label TEXT NOT NULL, seal TEXT NOT NULL, PRIMARY KEY (id))"),
    ("table", "change", "change", "CREATE TABLE change (id INTEGER NOT NULL, act_id INTEGER NOT NULL, kind TEXT NOT NULL,"
     f" key TEXT NOT NULL, {_COLUMNS}, {_COLUMNS.replace('before', 'after')}, PRIMARY KEY (id),"
     " CHECK (kind IN ('answer', 'rows')), FOREIGN KEY(act_id) REFERENCES act (id))"),
    ("index", "change_by_key", "change", "CREATE INDEX change_by_key ON change (key)"),
    ("index", "change_by_act", "change", "CREATE INDEX change_by_act ON change (act_id)"),
    ("table", "evidence", "evidence", "CREATE TABLE evidence (sha256 TEXT NOT NULL, name TEXT NOT NULL, size INTEGER NOT NULL,"
     " added_at TEXT NOT NULL, added_by TEXT NOT NULL, content BLOB, PRIMARY KEY (sha256))"),
    ("index", "sqlite_autoindex_evidence_1", "evidence", None),
)  # fmt: skip
