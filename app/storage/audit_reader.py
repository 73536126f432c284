"""Reading an audit file without holding it: for scores of a whole folder, where opening must cost next to nothing."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from pathlib import Path

from app import files
from app.audit.editions import FROZEN_ID, editions_of
from app.forms.answer import AnswerBook
from app.storage import database, journals
from app.storage.contents import BASIS_ID, FrozenSystem


@dataclass(frozen=True)
class StoredAudit:
    """What an audit is made of, as it stands in the file.

    system_hash: of the frozen system, "" while none is chosen. system: its text, None for hashes already known.
    basis_hash, basis: the same of the data beside it; "" in files that froze none yet.
    edition, edition_before: the answers of the sealed edition issued last and of the one before it, None where there is none.
    """

    book: AnswerBook
    system_hash: str
    system: FrozenSystem | None
    meta: Mapping[str, str]
    basis_hash: str = ""
    basis: FrozenSystem | None = None
    edition: FrozenSystem | None = None
    edition_before: FrozenSystem | None = None


def read_audit(path: Path, known: Container[str] = ()) -> StoredAudit:
    """The last committed state. Files of an older format are brought to the present one on a copy.

    known: hashes of frozen systems and data the caller has already read: their text is left out.
    UserError: missing, no audit file, damaged, newer, held by a window.
    """
    path = files.resolved(path)
    if database.is_held(path):
        raise database.already_open(path)
    if journals.has_journal(path):
        with journals.readable_copy(path) as (copy, _played):
            found = journals.prove(copy, path)
    else:
        found = journals.prove(path, path)
    book = found.book
    chosen_id, basis_hash = book.text("audit.system"), book.text("audit.basis")
    system = found.system(chosen_id, book.text("audit.system_copy")) if chosen_id else None
    basis = found.system(BASIS_ID, basis_hash) if basis_hash else None
    if basis_hash and (basis is None or basis.hash != basis_hash):
        raise database.damaged(path, "案卷没有带着它写明的那一份题目和系数")
    issued = editions_of(book)
    edition = found.system(FROZEN_ID, issued[-1].digest) if issued else None
    if issued and (edition is None or edition.hash != issued[-1].digest):
        raise database.damaged(path, "案卷没有带着它写明的那一版报告的回答")
    before = found.system(FROZEN_ID, issued[-2].digest) if len(issued) > 1 else None
    system_hash = "" if system is None else system.hash
    return StoredAudit(
        book,
        system_hash,
        None if system is None or system_hash in known else system.read(),
        found.meta,
        basis_hash,
        None if basis is None or basis_hash in known else basis.read(),
        None if edition is None else edition.read(),
        None if before is None else before.read(),
    )
