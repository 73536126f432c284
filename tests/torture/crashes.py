"""The process is killed, the power is cut, the disk is full: what was acknowledged is in the file, and the file opens."""

import os
import random
import shutil
import signal
import struct
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from app.errors import UserError
from app.forms.answer import MISSING, Act, AnswerBook, Change, Given
from app.services.session import AuditSession, Builders, ImmediateExecutor
from app.storage import journals, opening
from app.storage.audit_file import AuditFile
from app.storage.audit_reader import read_audit
from app.storage.contents import FrozenSystem
from tests.torture.counts import Wrong

NOW = datetime(2026, 11, 20, 9, 12, tzinfo=UTC)
_PAGE = 4096
_CELLS = 4


def new_file(path: Path) -> AuditFile:
    return opening.create(
        path,
        answers=AnswerBook({f"start/{n}": Given(str(n)) for n in range(60)}),
        system=FrozenSystem("toy", "{}" * 4000),
        meta={"audit_id": "torture", "questionnaire": "industry"},
        who="何敏",
        when=NOW,
    )


def act_of(book: AnswerBook, number: int, dice: random.Random) -> Act:
    """Some cells of a few keys, long and short, given, changed and cleared; the number in a cell of its own."""
    changes = [Change("n", book.get("n"), Given(str(number)))]
    for key in dice.sample([f"k{n}" for n in range(40)], _CELLS):
        text = "" if dice.random() < 0.1 else "值" * dice.choice((1, 3, 50, 900))
        changes.append(Change(key, book.get(key), Given(text) if text else MISSING))
    return Act(f"第 {number} 次", tuple(one for one in changes if one.before != one.after))


def _builders() -> Builders:
    def no_system(system_id: str) -> FrozenSystem:
        raise AssertionError(system_id)

    return Builders(
        lambda book, system, basis: None,  # type: ignore[arg-type, return-value]
        lambda project: None,
        no_system,
        lambda: FrozenSystem("@basis", "{}"),
    )


def _write_until_killed(path: Path, pipe: int, seed: int) -> None:
    """Through a session with its writer thread, as the window does it; every commit is acknowledged through the pipe."""
    dice = random.Random(seed)
    session = AuditSession(
        opening.open_file(path),
        _builders(),
        executor=ThreadPoolExecutor(1),
        clock=lambda: NOW,
        who="何敏",
    )
    number = int(session.book.text("n", "0"))
    while True:
        number += 1
        act = act_of(session.book, number, dice)
        session.record(act.changes, act.label).result()
        os.write(pipe, struct.pack(">I", number))


def kills(cases: int, seed: int = 1) -> Counter[str]:
    """kill -9 at a random moment; a new session goes on with the same file each time."""
    counts: Counter[str] = Counter()
    dice = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="torture-") as name:
        path = Path(name) / "案卷.cpaudit"
        new_file(path).close()
        before = 0
        for case in range(cases):
            if case % 50 == 49:
                path.unlink()
                new_file(path).close()
                before = 0
            reading, writing = os.pipe()
            child = os.fork()
            if child == 0:
                os.close(reading)
                os.environ["CLEANAUDIT_HOME"] = name
                try:
                    _write_until_killed(path, writing, dice.randrange(1 << 30))
                finally:
                    os._exit(9)
            os.close(writing)
            first = b""
            if dice.random() < 0.8:
                first = os.read(reading, 4)  # else before it has begun
            time.sleep(dice.random() * 0.12)
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            last = _last_acknowledged(reading, first)
            stored = read_audit(path)
            found = int(stored.book.text("n", "0"))
            if last is not None and found < last:
                raise Wrong(f"kill {case}: acknowledged {last}, in the file {found}")
            counts["kills"] += 1
            counts["commits acknowledged"] += found - before if last is not None else 0
            before = found
            counts["journals left"] += journals.has_journal(path)
    return counts


def _last_acknowledged(pipe: int, content: bytes) -> int | None:
    while chunk := os.read(pipe, 65536):
        content += chunk
    os.close(pipe)
    return struct.unpack(">I", content[-4:])[0] if content else None


# -- power cuts


def _journal(before: bytes, changed: list[int], nonce: int) -> bytes:
    """The rollback journal SQLite writes before it changes these pages (numbers from 0)."""
    header = b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + struct.pack(
        ">IIIII", len(changed), nonce, len(before) // _PAGE, 512, _PAGE
    )
    parts = [header.ljust(512, b"\0")]
    for page in changed:
        content = before[page * _PAGE : (page + 1) * _PAGE]
        checksum = nonce
        for place in range(_PAGE - 200, 0, -200):
            checksum = (checksum + content[place]) & 0xFFFFFFFF
        parts.append(struct.pack(">I", page + 1) + content + struct.pack(">I", checksum))
    return b"".join(parts)


def power_cuts(sessions: int, acts: int, seed: int = 2) -> Counter[str]:
    """Recorded sessions, cut at every write between two syncs: the journal growing, each page of the file (in order and in
    any order, whole and torn in the middle), the journal gone. Every state must be the one before or the one after."""
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="torture-") as name:
        folder = Path(name)
        for session in range(sessions):
            dice = random.Random(seed * 1000 + session)
            path = folder / f"{session}.cpaudit"
            file = new_file(path)
            frame = folder / "frame.cpaudit"
            for number in range(1, acts + 1):
                before, old = path.read_bytes(), file.last_act
                file.close()
                file = opening.open_file(path)
                act = act_of(file.read_book(), number, dice)
                file.commit(old + 1, act, who="何敏", when=NOW)
                file.close()
                after = path.read_bytes()
                _cut(before, after, frame, old, dice, counts)
                file = opening.open_file(path)
            file.close()
            counts["sessions"] += 1
    return counts


def _cut(
    before: bytes, after: bytes, frame: Path, old: int, dice: random.Random, counts: Counter[str]
) -> None:
    pages = max(len(before), len(after)) // _PAGE
    differing = [
        page
        for page in range(pages)
        if before[page * _PAGE : (page + 1) * _PAGE] != after[page * _PAGE : (page + 1) * _PAGE]
    ]
    journalled = [page for page in differing if (page + 1) * _PAGE <= len(before)]
    journal = _journal(before, journalled, dice.randrange(1 << 32))
    # While the journal grows nothing of the file is changed yet.
    for share in (0.0, 0.1, 0.5, 0.9, 1.0):
        torn = journal[: int(len(journal) * share)]
        _check(before, torn, frame, {old}, counts)
        _check(before, b"\0" * 28 + torn[28:], frame, {old}, counts)
    order = list(differing)
    for attempt in range(2):
        state = bytearray(before.ljust(len(after), b"\0") if attempt else before)
        if attempt:
            dice.shuffle(order)
        for page in order:
            start, new = page * _PAGE, after[page * _PAGE : (page + 1) * _PAGE]
            if len(state) < start:
                state.extend(bytes(start - len(state)))
            half = bytes(state[start + _PAGE // 2 : start + _PAGE]).ljust(_PAGE // 2, b"\0")
            state[start : start + _PAGE] = new[: _PAGE // 2] + half
            _check(bytes(state), journal, frame, {old, old + 1}, counts)
            state[start : start + _PAGE] = new
            _check(bytes(state), journal, frame, {old, old + 1}, counts)
    _check(after, b"", frame, {old + 1}, counts)


def _check(
    content: bytes, journal: bytes, frame: Path, allowed: set[int], counts: Counter[str]
) -> None:
    """Through `score` and through the window."""
    beside = journals.journal_of(frame)
    for door in ("score", "window"):
        frame.write_bytes(content)
        beside.unlink(missing_ok=True)
        if journal:
            beside.write_bytes(journal)
        try:
            if door == "score":
                with_journal = journals.has_journal(frame)
                if with_journal:
                    with journals.readable_copy(frame) as (copy, _):
                        found = journals.prove(copy, frame).last_act
                else:
                    found = journals.prove(frame, frame).last_act
            else:
                file = opening.open_file(frame)
                found = file.last_act
                file.close()
        except UserError as error:
            raise Wrong(f"power cut, {door}: {error}") from error
        if found not in allowed:
            raise Wrong(f"power cut, {door}: act {found}, allowed {allowed}")
    counts["frames"] += 1


# -- a full disk


def full_disks(cases: int, seed: int = 3) -> Counter[str]:
    """The file may not grow beyond a limit that falls anywhere inside a commit; then the limit goes and work goes on."""
    import resource

    counts: Counter[str] = Counter()
    dice = random.Random(seed)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with tempfile.TemporaryDirectory(prefix="torture-") as name:
        os.environ.setdefault("CLEANAUDIT_HOME", name)
        for case in range(cases):
            path = Path(name) / f"{case}.cpaudit"
            new_file(path).close()
            session = AuditSession(
                opening.open_file(path),
                _builders(),
                executor=ImmediateExecutor(),
                clock=lambda: NOW,
                who="何敏",
                retry_seconds=3600,
            )
            limit = dice.choice(
                (dice.randrange(512, 40_000), path.stat().st_size + dice.randrange(0, 30_000))
            )
            given = 0
            try:
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
                for _ in range(dice.randrange(1, 6)):
                    given += 1
                    act = act_of(session.book, given, dice)
                    session.record(act.changes, act.label)
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
            counts["refused writes"] += session.waiting
            session.retry()
            if session.waiting:
                raise Wrong(f"full disk {case}: {session.save_problem}")
            session.close()
            if read_audit(path).book.text("n") != str(given):
                raise Wrong(f"full disk {case}: an answer is lost")
            counts["full disks"] += 1
            path.unlink()
            for old in Path(name, "backups").glob("*"):
                shutil.rmtree(old, ignore_errors=True)
    return counts
