"""Reading an audit file without holding it: for scores of a whole folder, where opening must cost next to nothing."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from app.forms.answer import Answer, AnswerBook
from app.storage import database
from app.storage.audit_file import FrozenSystem, open_file
from app.storage.rows import answer_from_columns


@dataclass(frozen=True)
class StoredAudit:
    """What an audit is made of, as it stands in the file. system: None while none is chosen."""

    book: AnswerBook
    system: FrozenSystem | None
    meta: Mapping[str, str]


def read_audit(path: Path) -> StoredAudit:
    """The last committed state. Files of an older format are brought to the present one on a copy.

    UserError: missing, no audit file, damaged, newer, held by a window.
    """
    path = path.resolve()
    if database.is_held(path):
        raise database.already_open(path)
    version = database.read_version(path)
    if version > database.FORMAT:
        raise database.newer(path, version)
    if version < database.FORMAT:
        older = open_file(path, read_only=True)
        try:
            return StoredAudit(older.read_book(), older.system(), older.meta)
        finally:
            older.close()
    with database.plain_words(path), closing(database.connect(path, "ro")) as connection:
        connection.row_factory = sqlite3.Row
        connection.execute("BEGIN")
        meta = {row["key"]: row["value"] for row in connection.execute("SELECT * FROM meta")}
        answers: dict[str, Answer] = {
            row["key"]: answer_from_columns(row)
            for row in connection.execute("SELECT * FROM answer ORDER BY key")
        }
        rows: dict[str, tuple[str, ...]] = {}
        for row in connection.execute("SELECT * FROM table_row ORDER BY table_id, position"):
            rows[row["table_id"]] = (*rows.get(row["table_id"], ()), row["row_id"])
        frozen = connection.execute(
            "SELECT system_id, hash, json FROM system ORDER BY id DESC LIMIT 1"
        ).fetchone()
    book = AnswerBook(answers, rows)
    if frozen is None:
        return StoredAudit(book, None, meta)
    system = FrozenSystem(frozen["system_id"], frozen["json"])
    if system.hash != frozen["hash"]:
        raise database.damaged(path)
    return StoredAudit(book, system, meta)
