"""What can still be read of a damaged audit file, put into a new one; the damaged file stays as it is.

The change log is believed where its seals hold: it says every answer once more. The rest comes from the answers, each row by
itself, so that one torn page costs what lay on it and nothing else.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from app import files
from app.assessment.finding import NotApplicable
from app.errors import Problem, UserError
from app.forms.answer import Answer, AnswerBook, Given
from app.storage import contents, database, evidence, locks
from app.storage.audit_file import AuditFile
from app.storage.contents import BASIS_ID, FrozenSystem
from app.storage.evidence import NewPaper
from app.storage.opening import create

RESCUED = "从损坏的案卷救出"
_ANSWER = "SELECT key, state, text, raw, note FROM answer"
_ANSWER_0_1 = "SELECT key, state, text, '', note FROM answer"
_CHANGE = (
    "SELECT id, act_id, kind, key, before_state, before_text, before_raw, before_note,"
    " after_state, after_text, after_raw, after_note FROM change"
)
_MOST_ROWS = 2_000_000


@dataclass(frozen=True)
class Rescued:
    """What was read. doubtful: keys whose answer and change log disagree; the logged value was taken where its seal holds,
    else what stands in the answer."""

    book: AnswerBook
    meta: dict[str, str]
    frozen: tuple[FrozenSystem, ...]
    doubtful: tuple[str, ...]
    papers: tuple[NewPaper, ...] = ()


def read_what_is_left(path: Path) -> Rescued:
    """UserError when nothing of it can be read."""
    with database.reading(path), closing(_untouched(path)) as connection:
        database.guard(connection)
        declared = "SELECT name, sql FROM sqlite_master WHERE type = 'table'"
        tables = {
            name
            for name, sql in connection.execute(declared)
            if isinstance(sql, str) and "VIRTUAL" not in sql.upper()
        }
        has_seals = "act" in tables and "seal" in _columns(connection, "act")
        sealed = _last_sealed(connection) if has_seals else 0
        changes = list(_rows(connection, _CHANGE)) if "change" in tables else []
        changes.sort(key=lambda row: (row[1], row[0]) if _whole(row[:2]) else (0, 0))
        logged, orders = contents.last_logged(row for row in changes if _is_text(row[2:]))
        acts = {row[3]: row[1] for row in changes if row[2] == "answer"}
        answer = _ANSWER if "raw" in _columns(connection, "answer") else _ANSWER_0_1
        answers: dict[str, Answer] = {}
        doubtful: list[str] = []
        present = {
            row[0]: row[1:]
            for row in (_rows(connection, answer) if "answer" in tables else ())
            if _is_text(row)
        }
        for key in sorted({*present, *logged}):
            said, found = logged.get(key), present.get(key)
            if said is not None and found is not None and said != found:
                doubtful.append(key)
            trusted = said is not None and (not has_seals or acts.get(key, 0) <= sealed)
            columns = said if trusted or found is None else found
            if columns is None:
                continue
            state, text, raw, note = columns
            if state == "given":
                answers[key] = Given(text, raw, note)
            elif state == "not_applicable":
                answers[key] = NotApplicable(note)
        rows = {table: tuple(ids.split("\n")) for table, ids in orders.items() if ids}
        if "table_row" in tables:
            left: dict[str, list[tuple[int, str]]] = {}
            for table, place, row_id in _rows(
                connection, "SELECT table_id, position, row_id FROM table_row"
            ):
                if isinstance(table, str) and isinstance(row_id, str) and isinstance(place, int):
                    left.setdefault(table, []).append((place, row_id))
            for table, order in left.items():
                rows.setdefault(table, tuple(dict.fromkeys(row for _, row in sorted(order))))
        meta: dict[str, str] = {
            row[0]: row[1]
            for row in (
                _rows(connection, "SELECT key, value FROM meta") if "meta" in tables else ()
            )
            if _is_text(row)
        }
        frozen = []
        for system_id, digest, text in (
            _rows(connection, "SELECT system_id, hash, json FROM system")
            if "system" in tables
            else ()
        ):
            if isinstance(system_id, str) and isinstance(text, str):
                one = FrozenSystem(system_id, text)
                if one.hash == digest:
                    frozen.append(one)
        papers = evidence.readable(connection, path) if "evidence" in tables else []
    if not answers:
        raise UserError(
            Problem(path.name, "没有读得出的回答。", "用备份恢复，或者找别的副本；文件没有改动。")
        )
    return Rescued(AnswerBook(answers, rows), meta, tuple(frozen), tuple(doubtful), tuple(papers))


def audit_id_of(path: Path) -> str:
    """The id of the audit in a file of any format, also a damaged one; "" when it does not say or has a password."""
    try:
        with database.reading(path), closing(_untouched(path)) as connection:
            database.guard(connection)
            found = connection.execute("SELECT value FROM meta WHERE key = 'audit_id'").fetchone()
    except UserError:
        return ""
    return str(found[0]) if found else ""


def hashes_of_papers(path: Path) -> list[str]:
    """SHA-256 of the papers a file speaks of."""
    with database.reading(path), closing(_untouched(path)) as connection:
        if "sha256" not in _columns(connection, "evidence"):
            return []
        return [str(row[0]) for row in connection.execute("SELECT sha256 FROM evidence")]


def papers_in(path: Path, audit: Path) -> list[NewPaper]:
    """The papers of a backup of `audit` that can be read. UserError when it cannot be opened."""
    with database.reading(path), closing(_untouched(path)) as connection:
        return evidence.readable(connection, audit)


def rescue(path: Path, target: Path, *, who: str, when: datetime) -> tuple[AuditFile, Rescued]:
    """Write what is left of the audit at `path` into a new file, opened. UserError when nothing is, or `target` exists."""
    found = read_what_is_left(path)
    chosen = found.book.text("audit.system")
    copies = [one for one in found.frozen if one.system_id == chosen]
    copy = found.book.text("audit.system_copy")
    system = next((one for one in copies if one.hash == copy), copies[0] if copies else None)
    wanted = found.book.text("audit.basis")
    basis = next(
        (one for one in found.frozen if one.system_id == BASIS_ID and one.hash == wanted), None
    )
    book = found.book
    if basis is None and wanted:
        book = AnswerBook(
            {key: one for key, one in book.answers.items() if key != "audit.basis"}, book.rows
        )
    if not found.meta.get("audit_id") or not found.meta.get("questionnaire"):
        raise UserError(
            Problem(path.name, "救不出案卷的编号或问题集。", "用备份恢复；文件没有改动。")
        )
    meta = {key: text for key, text in found.meta.items() if key != contents.SEAL}
    file = create(
        target,
        answers=book,
        system=system,
        basis=basis,
        meta=meta,
        who=who,
        when=when,
        label=RESCUED,
        key=database.key_of(path),
    )
    if found.papers:
        file.add_evidence(found.papers, who, when)
    return file, found


def _untouched(path: Path) -> sqlite3.Connection:
    """A connection that plays no journal and takes no lock."""
    connection = database.connect(files.resolved(path), "ro", untouched=True)
    connection.text_factory = _text_or_bytes
    return connection


def _text_or_bytes(raw: bytes) -> object:
    """Bytes stay bytes where they are no text, so that the row is left out and the next one read."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw


def _rows(connection: sqlite3.Connection, query: str) -> Iterator[tuple[Any, ...]]:
    """Rows until the first page that cannot be read; then the rest from the other end."""
    seen = 0
    for order in ("", " ORDER BY rowid DESC"):
        try:
            for row in connection.execute(query + order):
                seen += 1
                if seen > _MOST_ROWS:
                    return
                yield row
            return
        except Exception as error:  # SQLite's or SQLCipher's: a page that cannot be read
            if not locks.is_sql_error(error) and not isinstance(error, ValueError):
                raise


def _columns(connection: sqlite3.Connection, table: str) -> set[object]:
    try:
        return {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
    except Exception as error:
        if not locks.is_sql_error(error):
            raise
        return set()


def _last_sealed(connection: sqlite3.Connection) -> int:
    """The last act up to which the chain of seals holds."""
    by_act: dict[object, list[tuple[object, ...]]] = {}
    for row in _rows(connection, _CHANGE):
        by_act.setdefault(row[1], []).append(row)
    seal, last = "", 0
    try:
        for act in connection.execute("SELECT id, at, who, label, seal FROM act ORDER BY id"):
            changes = sorted(by_act.get(act[0], ()), key=lambda row: str(row[0]).rjust(20, "0"))
            seal = contents.act_seal(seal, act[:4], changes)
            if seal != act[4]:
                break
            last = act[0]
    except Exception as error:
        if not locks.is_sql_error(error) and not isinstance(error, TypeError | ValueError):
            raise
    return last


def _is_text(row: tuple[object, ...]) -> bool:
    return all(isinstance(one, str) for one in row)


def _whole(row: tuple[object, ...]) -> bool:
    return all(isinstance(one, int) for one in row)
