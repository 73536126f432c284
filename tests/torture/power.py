"""Power cuts of sessions typed in the real window, from the calls of the system that the program really made.

The program runs under strace on a screen of its own: front door, fields, a table pasted, undo and redo, a copy saved, measures, a
sealed report. Out of the record a small disk is built that knows what was flushed and what was not; it is cut after every
call: with all that was written, with only what was flushed, and with some of the rest, also half of it. Each state of the
audit goes through `score` and the window, and must hold what the window had said was saved, and nothing that was not given.
"""

import os
import pickle
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.errors import UserError
from app.forms.answer import AnswerBook, apply
from app.storage import audit_file, journals, opening
from tests.torture.counts import Wrong
from tests.torture.windows import display

_ROOT = Path(__file__).parents[2]
_CALLS = "openat,pwrite64,write,ftruncate,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,close"
_LINE = re.compile(r"(\d+) +(\w+)\((.*)\) += +(-?\d+)")
_TEXT = r'"((?:\\x[0-9a-f]{2})*)"'
_NAME = r"<((?:\\x[0-9a-f]{2})+)>"
_SECTOR = 512

# --- the session


def typed(home: Path, seed: int) -> None:
    """In the process that is recorded. What it says goes to `home`/said, one write each, so that it stands in the record."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication, QLineEdit

    from app.audit.measures import TABLE
    from app.bootstrap import build_services
    from app.forms.answer import MISSING, Change, Given, RowsChange, cell_key
    from app.ui.application import create_application
    from app.ui.main_window import MainWindow
    from app.ui.pages.report import ReportPage
    from app.ui.settings import load_settings

    dice = random.Random(seed)
    said = os.open(home / "said", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def say(kind: str, *more: object) -> None:
        data = pickle.dumps((kind, *more))
        os.write(said, len(data).to_bytes(4, "big") + data)

    commit, create = audit_file.AuditFile.commit, opening.create

    def told(file: audit_file.AuditFile, number: int, act: Any, **more: Any) -> None:
        say("act", str(file.path), number, act)
        commit(file, number, act, **more)

    def made(path: Path, *, answers: AnswerBook, **more: Any) -> audit_file.AuditFile:
        file = create(path, answers=answers, **more)
        say("made", str(path), file.last_act, answers)
        return file

    audit_file.AuditFile.commit = told  # type: ignore[assignment, method-assign]
    opening.create = made
    settings = load_settings()
    application = create_application(settings)
    window: Any = MainWindow(build_services(), settings)
    window.resize(1366, 768)
    window.show()
    window.start()

    def settle() -> None:
        for _ in range(3):
            QTest.qWait(5)
        while window.model is not None and window.model.session.waiting:
            QTest.qWait(5)

    def key(name: Qt.Key, control: bool = False) -> None:
        target = QApplication.focusWidget() or window
        modifier = (
            Qt.KeyboardModifier.ControlModifier if control else Qt.KeyboardModifier.NoModifier
        )
        QTest.keyClick(target, name, modifier)
        settle()

    def number(text: str) -> None:
        QTest.keyClicks(QApplication.focusWidget() or window, text)
        settle()

    def told_of(shown: Any) -> None:
        path, file = str(shown.session.path), shown.session._file  # noqa: SLF001
        shown.saved.connect(lambda _: say("saved", path, file.last_act))

    # the front door
    window.new_audit()
    settle()
    screen: Any = window.screens.current_screen()
    for question, text in (("firm.name", f"Chengling {seed}"), ("firm.industry", "3360")):
        field: QLineEdit = next(
            row.inputs[question] for row in screen.rows if question in row.inputs
        )
        field.setFocus()
        field.clear()
        QTest.keyClicks(field, text)
        key(Qt.Key.Key_Return)
    screen.create_audit()
    settle()
    assert window.model is not None
    model, session = window.model, window.model.session
    told_of(model)
    # fields of the first page
    for _ in range(8):
        key(Qt.Key.Key_Tab)
        number(str(dice.randrange(1, 99_999)))
        key(Qt.Key.Key_Return)
    key(Qt.Key.Key_Z, True)
    key(Qt.Key.Key_Y, True)
    key(Qt.Key.Key_Z, True)
    # tables pasted
    window.audit.go_to("energy", "energy.bills/2025-01/electricity")
    settle()
    for _ in range(2):
        lines = ["月份\t电量(kWh)\t电费(元)"]
        lines += [
            f"2025年{m}月\t{dice.randrange(90_000, 170_000)}\t{dice.randrange(60_000, 120_000)}"
            for m in range(1, 13)
        ]
        QApplication.clipboard().setText("\n".join(lines))
        key(Qt.Key.Key_V, True)
        key(Qt.Key.Key_Return)
    key(Qt.Key.Key_Z, True)
    key(Qt.Key.Key_Y, True)
    # a copy
    window.copy_to(home / "副本.cpaudit")
    # … and the window goes on in it
    model, session = window.model, window.model.session
    say("made", str(session.path), session._file.last_act, session.book)  # noqa: SLF001
    told_of(model)
    # measures
    rows = tuple(session.new_row_id(TABLE) for _ in range(3))
    cells = {"name": "节水", "cost": "12", "saving": "3", "life": "5"}
    model.record([RowsChange(TABLE, (), rows)], "方案")
    for row in rows:
        for column, text in cells.items():
            model.record([Change(cell_key(TABLE, row, column), MISSING, Given(text))], "填写")
            settle()
    # a sealed report, kept as an edition
    from datetime import date

    from app.services.editions import record_edition
    from app.services.reporting import write_report

    target = home / "报告.pdf"
    write_report(
        session.project, session.assessment, target, state="草稿", today=date(2026, 11, 29)
    )
    say("file", str(target))
    model.act(lambda one: record_edition(one, "QS26-XXXX-XXXXC", "送审稿", date(2026, 11, 29)))
    settle()
    number("7")
    window.audit.go_to_report()
    settle()
    assert isinstance(window.audit.page_widget(window.audit.current_page), ReportPage)
    say("closing")
    window.close()
    application.processEvents()
    window.services.close()


# --- the disk


@dataclass
class _File:
    """content: as programs see it. flushed: as it is on the disk for certain. waiting: what was written since, in order."""

    content: bytearray = field(default_factory=bytearray)
    flushed: bytes = b""
    waiting: list[tuple[int, bytes]] = field(default_factory=list)

    def write(self, place: int, data: bytes) -> None:
        if len(self.content) < place:
            self.content.extend(bytes(place - len(self.content)))
        self.content[place : place + len(data)] = data
        self.waiting.append((place, data))

    def flush(self) -> None:
        self.flushed, self.waiting = bytes(self.content), []

    def states(self, dice: random.Random) -> Iterator[bytes]:
        """What may be there after the power came back."""
        yield bytes(self.content)
        if not self.waiting:
            return
        yield self.flushed
        yield _with(self.flushed, self.waiting[:-1], self.waiting[-1])
        for _ in range(2):
            some = [one for one in self.waiting if dice.random() < 0.5]
            yield _with(self.flushed, some, dice.choice(self.waiting))


def _with(content: bytes, writes: list[tuple[int, bytes]], torn: tuple[int, bytes]) -> bytes:
    state = bytearray(content)
    half = len(torn[1]) // 2 // _SECTOR * _SECTOR
    for place, data in [*writes, (torn[0], torn[1][:half])]:
        if len(state) < place:
            state.extend(bytes(place - len(state)))
        state[place : place + len(data)] = data
    return bytes(state)


def _plain(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


def _calls(record: Path) -> Iterator[tuple[str, str, int]]:
    """(name, arguments, result) of every call, in the order they began."""
    begun: dict[str, list[str]] = {}
    lines: list[list[str]] = []
    with record.open(encoding="ascii", errors="replace") as stream:
        for line in stream:
            process, _, rest = line.rstrip("\n").partition(" ")
            if rest.rstrip().endswith("<unfinished ...>"):
                held = [f"{process} {rest.strip().removesuffix('<unfinished ...>')}"]
                begun[process] = held
                lines.append(held)
            elif "resumed>" in rest and process in begun:
                begun.pop(process)[0] += rest.partition("resumed>")[2]
            else:
                lines.append([f"{process} {rest.strip()}"])
    for (line,) in lines:
        found = _LINE.match(line)
        if found is not None and int(found[4]) >= 0:
            yield found[2], found[3], int(found[4])


class _Disk:
    def __init__(self, home: Path) -> None:
        self.home = home
        self.files: dict[str, _File] = {}
        self.places: dict[str, int] = {}  # of plain writes, by descriptor and name

    def _own(self, name: str) -> bool:
        return name.startswith(str(self.home)) and "said" not in name

    def call(self, name: str, said: str, result: int) -> str:
        """What one call did; the file it touched, "" for none of ours."""
        if name == "openat":
            found = re.match(rf"AT_FDCWD(?:{_NAME})?, {_TEXT}, ([A-Z_|0-9]+)", said)
            if found is None:
                return ""
            path = _plain(found[2]).decode("utf-8", "replace")
            if not self._own(path) or "O_RDONLY" in found[3]:
                return ""
            file = self.files.setdefault(path, _File())
            if "O_TRUNC" in found[3]:
                file.content.clear()
                file.waiting.append((0, b""))
            self.places[f"{result} {path}"] = 0
            return path
        if name in ("pwrite64", "write", "ftruncate", "fsync", "fdatasync"):
            found = re.match(rf"(\d+){_NAME}(?:\(deleted\))?(?:, (.*))?", said)
            if found is None:
                return ""
            path = _plain(found[2]).decode("utf-8", "replace")
            if not self._own(path) or path not in self.files:
                return ""
            self._change(name, found[1], path, found[3] or "", result)
            return path
        if name.startswith("rename"):
            names = [_plain(one).decode("utf-8", "replace") for one in re.findall(_TEXT, said)]
            if len(names) == 2 and names[0] in self.files:
                if self.files[names[0]].waiting:
                    raise Wrong(f"moved before it was flushed: {names[0]} to {names[1]}")
                self.files[names[1]] = self.files.pop(names[0])
                return names[1]
        if name.startswith("unlink"):
            names = [_plain(one).decode("utf-8", "replace") for one in re.findall(_TEXT, said)]
            if names and names[-1] in self.files:
                del self.files[names[-1]]
                return names[-1]
        return ""

    def _change(self, name: str, descriptor: str, path: str, rest: str, result: int) -> None:
        file, at = self.files[path], f"{descriptor} {path}"
        if name in ("fsync", "fdatasync"):
            file.flush()
        elif name == "ftruncate":
            length = int(rest)
            del file.content[length:]
            file.content.extend(bytes(length - len(file.content)))
            file.flushed = file.flushed[:length]
            file.waiting = [(0, bytes(file.content))]
        else:
            found = re.match(rf"{_TEXT}(\.\.\.)?, (\d+)(?:, (\d+))?", rest)
            assert found is not None, rest[:80]
            assert not found[2], "the record cut a write short"
            place = int(found[4]) if found[4] else self.places.get(at, 0)
            file.write(place, _plain(found[1])[:result])
            self.places[at] = place + result


# --- the cuts


def window_power_cuts(seed: int) -> Counter[str]:
    """One session, recorded and cut after every call that touched the audit or its journal."""
    counts: Counter[str] = Counter()
    if shutil.which("strace") is None:
        counts["no strace here"] += 1
        return counts
    with tempfile.TemporaryDirectory(prefix="torture-power-") as name:
        home, record = Path(name) / "home", Path(name) / "record"
        home.mkdir()
        with display():
            done = subprocess.run(
                ["strace", "-f", "--seccomp-bpf", "-y", "-xx", "-s", "20000000", "-e", f"trace={_CALLS}", "-o", str(record),
                 sys.executable, "-m", "tests.torture.power", str(home), str(seed)],
                cwd=_ROOT, env={**os.environ, "CLEANAUDIT_HOME": str(home)}, capture_output=True, text=True, check=False,
            )  # fmt: skip
        if done.returncode:
            raise Wrong(f"the session ended with {done.returncode}: {done.stderr[-800:]}")
        _cut(home, record, Path(name), random.Random(seed), counts)
    counts["sessions of the window"] += 1
    return counts


def _said(home: Path) -> list[tuple[Any, ...]]:
    content, found = (home / "said").read_bytes(), []
    while content:
        size = int.from_bytes(content[:4], "big")
        found.append(pickle.loads(content[4 : 4 + size]))
        content = content[4 + size :]
    return found


def _cut(home: Path, record: Path, folder: Path, dice: random.Random, counts: Counter[str]) -> None:
    said = _said(home)
    disk = _Disk(home)
    audits: dict[str, _Audit] = {}
    heard = 0
    frame = folder / "frame" / "案卷.cpaudit"
    frame.parent.mkdir()
    os.environ.setdefault("CLEANAUDIT_HOME", str(folder / "frame"))
    for name, arguments, result in _calls(record):
        descriptor = re.match(rf"\d+{_NAME}", arguments)
        if name == "write" and descriptor and _plain(descriptor[1]).endswith(b"/said"):
            kind, *more = said[heard]
            heard += 1
            if kind == "made":
                audits[more[0]] = _Audit({more[1]: more[2]}, more[1], more[1])
            elif kind == "act" and more[0] in audits:
                known = audits[more[0]]
                known.begun = more[1]
                known.books[more[1]] = apply(known.books[more[1] - 1], more[2].changes)
                counts["acts recorded"] += 1
            elif kind == "saved" and more[0] in audits:
                audits[more[0]].saved = max(audits[more[0]].saved, more[1])
                counts["times it said 已保存"] += 1
            continue
        touched = disk.call(name, arguments, result)
        counts["calls to our files"] += bool(touched)
        audit = touched.removesuffix("-journal")
        if audit not in audits or audit not in disk.files:
            continue
        journal = disk.files.get(f"{audit}-journal")
        kept: list[bytes | None] = [None] if journal is None else list(journal.states(dice))
        for content in dict.fromkeys(disk.files[audit].states(dice)):
            for log in dict.fromkeys(kept):
                _check(content, log, frame, audits[audit])
                counts["frames of the window"] += 1
    if heard != len(said):
        raise Wrong(f"the record lacks {len(said) - heard} of {len(said)} words")
    for kind, *more in said:
        if kind == "file":
            counts["papers"] += Path(more[0]).stat().st_size > 0
    for audit, known in audits.items():
        last = journals.prove(Path(audit), Path(audit))
        if last.book != known.books[known.begun]:
            raise Wrong(f"the record does not end as the file did: {audit}")
        counts["audits"] += 1


@dataclass
class _Audit:
    """books: by act. saved: the last act the window said was saved; begun: the last one it began to write."""

    books: dict[int, AnswerBook]
    saved: int
    begun: int


def _check(content: bytes, log: bytes | None, frame: Path, known: _Audit) -> None:
    beside = journals.journal_of(frame)
    for door in ("score", "window"):
        frame.write_bytes(content)
        beside.unlink(missing_ok=True)
        if log:
            beside.write_bytes(log)
        try:
            if door == "window":
                file = opening.open_file(frame)
                act, book = file.last_act, file.read_book()
                file.close()
            elif journals.has_journal(frame):
                with journals.readable_copy(frame) as (copy, _):
                    found = journals.prove(copy, frame)
                act, book = found.last_act, found.book
            else:
                found = journals.prove(frame, frame)
                act, book = found.last_act, found.book
        except UserError as error:
            raise Wrong(f"power cut, {door}: {error}") from error
        if not known.saved <= act <= known.begun:
            raise Wrong(f"power cut, {door}: act {act}, saved {known.saved}, begun {known.begun}")
        if book != known.books[act]:
            raise Wrong(f"power cut, {door}: other answers than those of act {act}")


if __name__ == "__main__":
    typed(Path(sys.argv[1]), int(sys.argv[2]))
