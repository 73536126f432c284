"""Damaged files through every door: the same contents as before, or a plain refusal; never anything else."""

import os
import random
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.bootstrap import load_catalogue
from app.errors import UserError
from app.forms.answer import MISSING, AnswerBook, Change, Given, RowsChange
from app.storage import database, opening, rescue
from app.storage.audit_reader import StoredAudit, read_audit
from app.storage.contents import BASIS_ID, FrozenSystem
from tests.torture.counts import Wrong, keep
from tests.torture.doors import DEAR, Doors

OLD = Path(__file__).parents[1] / "old_files"
_SMALL = 0.85
FROZEN = Path(__file__).parents[1] / "frozen_files"
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


@dataclass
class Original:
    """A sound file, where it lies, and what the doors say of it (worked out when first asked for)."""

    content: bytes
    path: Path
    stored: StoredAudit
    said: dict[str, object]


def corruptions(
    cases: int, seed: int = 4, dear: float = 0.1, wanted: Sequence[str] = ()
) -> Counter[str]:
    """Random damage to files of every format, through every door: window, score, folder score, report, check, verify, path,
    results, workbook, word, page, forms, replies, next round, copies, a password, the list, restore, rescue. wanted: only some
    of them (names of tests.torture.doors). dear: share of those that open which is set as PDF, Word … too."""
    counts: Counter[str] = Counter()
    dice = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="torture-") as name:
        os.environ.setdefault("CLEANAUDIT_HOME", name)
        doors = Doors(load_catalogue(), Path(name))
        large = list(_originals(Path(name), doors))
        small = list(_small(Path(name), doors))
        for case in range(cases):
            # Mostly the small ones: ten of them cost what one real audit costs.
            original = dice.choice(small if dice.random() < _SMALL else large)
            content = original.content
            if dice.random() < 0.12:
                damaged = edited(content, dice, Path(name))
            else:
                changed = bytearray(content)
                for _ in range(dice.choice((1, 1, 1, 2, 5))):
                    if len(changed) > 4096:
                        dice.choice(DAMAGES)(changed, dice)
                damaged = bytes(changed)
            if damaged == content:
                continue
            try:
                _through_every_door(
                    damaged, original, doors, dice.random() < dear, dice, counts, wanted
                )
            except Exception as error:
                place = keep(f"damaged-{seed}-{case}.cpaudit", damaged)
                raise Wrong(f"{type(error).__name__}: {error}; kept as {place}") from error
            finally:
                original.path.write_bytes(content)
            counts["corruptions"] += 1
    return counts


def _originals(folder: Path, doors: Doors) -> Iterator[Original]:
    """Each in a folder of its own, with two backups of the same contents."""
    files = [*sorted(OLD.glob("*.cpaudit")), *sorted(FROZEN.glob("*.cpaudit"))]
    sources = []
    for file in files:
        # 0.1 wrote an answer once only: a flipped bit in it cannot be known before it is upgraded.
        if database.read_version(file) >= 1000:
            sources.append((file, False))
        if database.read_version(file) < database.FORMAT:
            sources.append((file, True))
    for number, (file, upgrade) in enumerate(sources):
        path = folder / str(number) / file.name
        path.parent.mkdir()
        shutil.copy(file, path)
        session = doors.projects.open_audit(path)  # upgrades it and makes a backup
        session.close()
        if not upgrade:
            shutil.copy(file, path)
        yield Original(path.read_bytes(), path, read_audit(path), {})


def _small(folder: Path, doors: Doors) -> Iterator[Original]:
    """Two audits of some acts, with and without frozen data, so that damage falls on answers more often than on long texts."""
    catalogue = doors.catalogue
    system = FrozenSystem("electroplating-2015", catalogue.system_json("electroplating-2015"))
    whole = read_audit(next(iter(sorted(FROZEN.glob("*.cpaudit"))))).book
    chosen = [
        key for key in sorted(whole.answers) if key.startswith(("firm.", "energy.bills/2025"))
    ]
    for number, basis in enumerate(
        (None, FrozenSystem(BASIS_ID, catalogue.basis_text("industry")))
    ):
        path = folder / f"small-{number}" / "小案卷.cpaudit"
        path.parent.mkdir()
        answers = {key: whole.answers[key] for key in chosen}
        answers |= {
            "audit.system": Given(system.system_id),
            "audit.table": Given("general-plating"),
        }
        if basis is not None:
            answers["audit.basis"] = Given(basis.hash)
        opening.create(
            path,
            answers=AnswerBook(answers),
            system=system,
            basis=basis,
            meta={"audit_id": f"small-{number}", "questionnaire": "industry"},
            who="何敏",
            when=datetime(2026, 11, 20, 9, 12, tzinfo=UTC),
        ).close()
        session = doors.projects.open_audit(path)
        for step, key in enumerate(chosen[:12]):
            session.record([Change(key, MISSING, Given(f"{2000 + step}"))], f"第 {step} 次")
        rows = tuple(session.new_row_id("team.members") for _ in range(3))
        session.record([RowsChange("team.members", (), rows)], "行")
        session.record([Change(f"team.members/{rows[0]}/name", MISSING, Given("何敏"))], "填写")
        session.undo()
        session.redo()
        session.close()
        yield Original(path.read_bytes(), path, read_audit(path), {})


def _same(found: AnswerBook, stored: StoredAudit, door: str) -> None:
    if found != stored.book:
        raise Wrong(f"{door}: other answers in silence")


def _through_every_door(
    damaged: bytes,
    original: Original,
    doors: Doors,
    dear: bool,
    dice: random.Random,
    counts: Counter[str],
    wanted: Sequence[str],
) -> None:
    path, stored = original.path, original.stored
    path.write_bytes(damaged)
    opened: list[str] = []
    refused: dict[str, str] = {}  # door -> why
    # Not every door for every file: the first always, and some of the others by turns.
    for name in ["read", *dice.sample(sorted(wanted or doors.all), 5)]:
        door = doors.all[name]
        if opened and not refused and name in DEAR and not dear:
            continue
        try:
            found = door(path)
        except UserError as error:
            refused[name] = str(error)
            counts[f"refused: {name}"] += 1
            continue
        finally:
            if path.read_bytes() != damaged:
                raise Wrong(f"{name}: changed by reading")
        opened.append(name)
        if name not in original.said:
            path.write_bytes(original.content)
            original.said[name] = door(path)
            path.write_bytes(damaged)
        if found != original.said[name]:
            raise Wrong(f"{name}: other figures in silence")
        counts[f"opened: {name}"] += 1
    if opened:
        _same(read_audit(path).book, stored, "read")
    else:
        _restore(path, original, doors, counts)
    for name in ("window to read", "window"):
        try:
            file = opening.open_file(path, read_only=name != "window")
            _same(file.read_book(), stored, name)
            file.close()
            opened.append(name)
        except UserError as error:
            refused[name] = str(error)
            if path.read_bytes() != damaged:
                raise Wrong(f"{name}: changed although it was refused") from None
    # A sound file may name a set of questions that is not here: what needs the questions refuses it, saying that.
    if opened and any("问题集" not in why for why in refused.values()):
        raise Wrong(f"the doors do not agree: {opened} open, {sorted(refused)} do not")
    if opened:
        counts["opened with the same answers"] += 1
        return
    counts["refused"] += 1
    try:
        left = rescue.read_what_is_left(path)
    except UserError:
        counts["nothing to rescue"] += 1
    else:
        counts["rescued at least half"] += 2 * len(left.book.answers) > len(stored.book.answers)


def _restore(path: Path, original: Original, doors: Doors, counts: Counter[str]) -> None:
    """The backup comes back beside the damaged file, with the answers from before."""
    restored = doors.projects.restore(path)
    try:
        _same(read_audit(restored).book, original.stored, "restore")
        counts["restored"] += 1
    finally:
        restored.unlink()
