"""Damaged files through every door: the same contents as before, or a plain refusal; never anything else."""

import os
import random
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from app.bootstrap import load_catalogue
from app.errors import UserError
from app.forms.answer import AnswerBook
from app.services.cases import Cases
from app.services.scoring import assessment_to_plain
from app.storage import audit_file, database, rescue
from app.storage.audit_reader import StoredAudit, read_audit
from tests.torture.counts import Wrong, keep

OLD = Path(__file__).parents[1] / "old_files"
Damage = Callable[[bytearray, random.Random], object]


def one_bit(content: bytearray, dice: random.Random) -> None:
    content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)


def bit_in_text(content: bytearray, dice: random.Random) -> None:
    """Where bytes are: half of a file is often empty."""
    for _ in range(200):
        place = dice.randrange(len(content))
        if content[place]:
            content[place] ^= 1 << dice.randrange(8)
            return


def a_digit(content: bytearray, dice: random.Random) -> None:
    for _ in range(2000):
        place = dice.randrange(len(content))
        if 48 <= content[place] <= 57:
            content[place] = 48 + (content[place] - 48 + dice.randrange(1, 10)) % 10
            return


def some_bytes(content: bytearray, dice: random.Random) -> None:
    place, length = dice.randrange(len(content)), dice.choice((2, 8, 64, 512, 4096))
    content[place : place + length] = dice.randbytes(min(length, len(content) - place))


def header(content: bytearray, dice: random.Random) -> None:
    content[dice.randrange(16, 100)] = dice.randrange(256)


def page_head(content: bytearray, dice: random.Random) -> None:
    page = dice.randrange(len(content) // 4096)
    content[page * 4096 + dice.randrange(12)] = dice.randrange(256)


def zero_page(content: bytearray, dice: random.Random) -> None:
    page = dice.randrange(len(content) // 4096)
    content[page * 4096 : (page + 1) * 4096] = bytes(4096)


def swap_pages(content: bytearray, dice: random.Random) -> None:
    one, other = (dice.randrange(1, len(content) // 4096) * 4096 for _ in range(2))
    first = bytes(content[one : one + 4096])
    content[one : one + 4096] = content[other : other + 4096]
    content[other : other + 4096] = first


def cut(content: bytearray, dice: random.Random) -> None:
    del content[dice.randrange(len(content)) :]


def cut_at_page(content: bytearray, dice: random.Random) -> None:
    del content[dice.randrange(len(content) // 4096) * 4096 :]


def longer(content: bytearray, dice: random.Random) -> None:
    content += dice.randbytes(dice.choice((1, 100, 4096, 8192)))


DAMAGES: tuple[Damage, ...] = (
    one_bit, bit_in_text, bit_in_text, a_digit, a_digit, some_bytes, header, page_head, zero_page, swap_pages, cut,
    cut_at_page, longer,
)  # fmt: skip

_EDITS = (
    "UPDATE answer SET text = text || '1' WHERE key = (SELECT key FROM answer ORDER BY random() LIMIT 1)",
    "DELETE FROM answer WHERE key = (SELECT key FROM answer ORDER BY random() LIMIT 1)",
    "UPDATE change SET after_text = after_text || '1' WHERE id = (SELECT id FROM change ORDER BY random() LIMIT 1)",
    "DELETE FROM change WHERE id = (SELECT id FROM change ORDER BY random() LIMIT 1)",
    "UPDATE act SET label = label || 'x' WHERE id = (SELECT id FROM act ORDER BY random() LIMIT 1)",
    "DELETE FROM act WHERE id = (SELECT id FROM act ORDER BY random() LIMIT 1)",
    "UPDATE table_row SET row_id = row_id || '9' WHERE rowid = (SELECT rowid FROM table_row ORDER BY random() LIMIT 1)",
    "UPDATE meta SET value = value || 'x' WHERE key = (SELECT key FROM meta ORDER BY random() LIMIT 1)",
    "UPDATE system SET json = json || ' ' WHERE id = (SELECT id FROM system ORDER BY random() LIMIT 1)",
    "CREATE TRIGGER x AFTER INSERT ON act BEGIN DELETE FROM answer; END",
    "CREATE VIEW x AS SELECT 1",
    "DROP INDEX change_by_key",
    "ALTER TABLE answer ADD COLUMN more TEXT",
)


def edited(content: bytes, dice: random.Random, folder: Path) -> bytes:
    """As another program edits the tables."""
    path = folder / "edit.db"
    path.write_bytes(content)
    plain = sqlite3.connect(path)
    plain.execute("PRAGMA foreign_keys = OFF")
    plain.execute("PRAGMA ignore_check_constraints = ON")
    with suppress(sqlite3.OperationalError):  # a table the first format had not
        plain.execute(dice.choice(_EDITS))
        plain.commit()
    plain.close()
    return path.read_bytes()


def corruptions(cases: int, seed: int = 4) -> Counter[str]:
    """Random damage to files of every format, each through: score, report, window to read, window to write, rescue."""
    counts: Counter[str] = Counter()
    cases_of = Cases(load_catalogue())
    with tempfile.TemporaryDirectory(prefix="torture-") as name:
        folder = Path(name)
        os.environ.setdefault("CLEANAUDIT_HOME", name)
        originals = []
        for old in sorted(OLD.glob("*.cpaudit")):
            if database.read_version(old) >= 1000:
                # 0.1 wrote an answer once only: a flipped bit in it cannot be known before it is upgraded.
                originals.append(old.read_bytes())
            upgraded = folder / "upgraded.cpaudit"
            shutil.copy(old, upgraded)
            audit_file.open_file(upgraded).close()
            originals.append(upgraded.read_bytes())
        whole = []
        for content in originals:
            path = folder / "whole.cpaudit"
            path.write_bytes(content)
            stored = read_audit(path)
            whole.append((content, stored, _score(cases_of, path)))
        dice = random.Random(seed)
        for case in range(cases):
            content, stored, score = dice.choice(whole)
            if dice.random() < 0.12:
                damaged = edited(content, dice, folder)
            else:
                changed = bytearray(content)
                for _ in range(dice.choice((1, 1, 1, 2, 5))):
                    if len(changed) > 4096:
                        dice.choice(DAMAGES)(changed, dice)
                damaged = bytes(changed)
            if damaged == content:
                continue
            try:
                _through_every_door(damaged, stored, score, cases_of, folder, counts)
            except UserError as error:
                raise AssertionError from error
            except Exception as error:
                place = keep(f"damaged-{seed}-{case}.cpaudit", damaged)
                raise Wrong(f"{type(error).__name__}: {error}; kept as {place}") from error
            counts["corruptions"] += 1
    return counts


def _score(cases_of: Cases, path: Path) -> object:
    case = cases_of.read(path)
    assert case.assessment is not None
    assert case.project.system is not None
    return assessment_to_plain(case.assessment, case.project.system)


def _same(found: AnswerBook, stored: StoredAudit, door: str) -> None:
    if found != stored.book:
        raise Wrong(f"{door}: other answers in silence")


def _through_every_door(
    damaged: bytes,
    stored: StoredAudit,
    score: object,
    cases_of: Cases,
    folder: Path,
    counts: Counter[str],
) -> None:
    path = folder / "damaged.cpaudit"
    path.write_bytes(damaged)
    opened = []
    try:
        found = read_audit(path)
        _same(found.book, stored, "read")
        opened.append("score")
        if _score(cases_of, path) != score:
            raise Wrong("score: other figures in silence")
    except UserError:
        counts["refused"] += 1
    try:
        file = audit_file.open_file(path, read_only=True)
        _same(file.read_book(), stored, "window to read")
        file.close()
        opened.append("read")
    except UserError:
        pass
    if path.read_bytes() != damaged:
        raise Wrong("changed by reading")
    try:
        file = audit_file.open_file(path)
        _same(file.read_book(), stored, "window")
        file.close()
        opened.append("window")
    except UserError:
        if path.read_bytes() != damaged:
            raise Wrong("changed although it was refused") from None
    if len(opened) not in (0, 3):
        raise Wrong(f"the doors do not agree: {opened}")
    if opened:
        counts["opened with the same answers"] += 1
        return
    try:
        left = rescue.read_what_is_left(path)
    except UserError:
        counts["nothing to rescue"] += 1
    else:
        counts["rescued at least half"] += 2 * len(left.book.answers) > len(stored.book.answers)
