"""Reading an audit file without holding it: for scores of a whole folder, where opening must cost next to nothing."""

from collections.abc import Container, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from app.assessment.finding import NotApplicable
from app.forms.answer import Answer, AnswerBook, Given
from app.storage import database
from app.storage.audit_file import FrozenSystem, open_file
from app.storage.rows import BASIS_ID


@dataclass(frozen=True)
class StoredAudit:
    """What an audit is made of, as it stands in the file.

    system_hash: of the frozen system, "" while none is chosen. system: its text, None for hashes already known.
    basis_hash, basis: the same of the data beside it; "" in files that froze none yet.
    """

    book: AnswerBook
    system_hash: str
    system: FrozenSystem | None
    meta: Mapping[str, str]
    basis_hash: str = ""
    basis: FrozenSystem | None = None


def read_audit(path: Path, known: Container[str] = ()) -> StoredAudit:
    """The last committed state. Files of an older format are brought to the present one on a copy.

    known: hashes of frozen systems and data the caller has already read: their text is left in the file.
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
            book = older.read_book()
            chosen_id, copy = book.text("audit.system"), book.text("audit.system_copy")
            frozen = older.system(chosen_id, copy) if chosen_id else None
            digest = "" if frozen is None else frozen.hash
            basis_hash = book.text("audit.basis")
            of_basis = older.system(BASIS_ID, basis_hash) if basis_hash else None
            return StoredAudit(book, digest, frozen, older.meta, basis_hash, of_basis)
        finally:
            older.close()
    with database.plain_words(path), closing(database.connect(path, "ro")) as connection:
        connection.execute("BEGIN")
        meta = dict(connection.execute("SELECT key, value FROM meta").fetchall())
        answers: dict[str, Answer] = {
            key: Given(text, raw, note) if state == "given" else NotApplicable(note)
            for key, state, text, raw, note in connection.execute(
                "SELECT key, state, text, raw, note FROM answer ORDER BY key"
            )
        }
        rows: dict[str, tuple[str, ...]] = {}
        for table_id, row_id in connection.execute(
            "SELECT table_id, row_id FROM table_row ORDER BY table_id, position"
        ):
            rows[table_id] = (*rows.get(table_id, ()), row_id)
        copy_of = answers.get("audit.system_copy")
        copy_hash = copy_of.text if isinstance(copy_of, Given) else ""
        chosen = connection.execute(
            "SELECT system.id, system_id, hash FROM system JOIN answer ON answer.text = system_id"
            " WHERE answer.key = 'audit.system' ORDER BY hash = ? DESC, system.id LIMIT 1",
            (copy_hash,),
        ).fetchone()
        text = ""
        if chosen is not None and chosen[2] not in known:
            query = "SELECT json FROM system WHERE id = ?"
            (text,) = connection.execute(query, chosen[:1]).fetchone()
        basis_of = answers.get("audit.basis")
        basis_hash = basis_of.text if isinstance(basis_of, Given) else ""
        basis: FrozenSystem | None = None
        if basis_hash and basis_hash not in known:
            query = "SELECT json FROM system WHERE system_id = ? AND hash = ?"
            row = connection.execute(query, (BASIS_ID, basis_hash)).fetchone()
            basis = FrozenSystem(BASIS_ID, row[0] if row else "")
            if basis.hash != basis_hash:
                raise database.damaged(path)
    book = AnswerBook(answers, rows)
    if chosen is None:
        return StoredAudit(book, "", None, meta, basis_hash, basis)
    _number, system_id, digest = chosen
    if not text:
        return StoredAudit(book, digest, None, meta, basis_hash, basis)
    system = FrozenSystem(system_id, text)
    if system.hash != digest:
        raise database.damaged(path)
    return StoredAudit(book, digest, system, meta, basis_hash, basis)
