"""The real window is typed into by real keys and killed at random moments; every answer it said was saved is in the file.

The window runs in a process made by fork, so that a kill costs a second and not five. Before it commits an act it says so
through a pipe, and when the status bar says 已保存 it says up to which act. After the kill the file must hold exactly the
acts up to its last one, and that is never an earlier one than was said to be saved.
"""

import os
import pickle
import random
import select
import signal
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from app.bootstrap import build_services
from app.forms.answer import Act, apply
from app.services.session import ImmediateExecutor
from app.storage import audit_file, journals
from app.storage.contents import Contents
from tests.torture.counts import Wrong

_PATIENCE = 120  # seconds until the window stands, on a busy machine
_WIDTH, _HEIGHT = 1366, 768


@contextmanager
def display() -> Iterator[None]:
    """A screen of our own with a window manager, for this process and its children."""
    reading, writing = os.pipe()
    size = f"{_WIDTH}x{_HEIGHT}x24"
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", size, "-nolisten", "tcp"],
        pass_fds=(writing,),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as stream:
        number = stream.readline().strip()
    before = {name: os.environ.get(name) for name in ("DISPLAY", "QT_QPA_PLATFORM")}
    os.environ.update(DISPLAY=f":{number}", QT_QPA_PLATFORM="xcb")
    manager = subprocess.Popen(
        ["openbox"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        for process in (manager, server):
            process.terminate()
            process.wait()
        for name, text in before.items():
            if text is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = text


def window_kills(cases: int, seed: int = 8) -> Counter[str]:
    """On the display of the environment (`display` makes one)."""
    # Loaded once, before any fork.
    import app.ui.main_window
    import app.ui.pages
    import app.ui.search  # noqa: F401

    counts: Counter[str] = Counter()
    dice = random.Random(seed)
    home = os.environ.get("CLEANAUDIT_HOME")
    with tempfile.TemporaryDirectory(prefix="torture-window-") as name:
        os.environ["CLEANAUDIT_HOME"] = name
        try:
            path = Path(name)
            for case in range(cases):
                if case % 8 == 0:
                    path = _new_audit(Path(name) / str(case), dice)
                _one(path, dice, counts)
        finally:
            if home is None:
                del os.environ["CLEANAUDIT_HOME"]
            else:
                os.environ["CLEANAUDIT_HOME"] = home
    return counts


def _new_audit(folder: Path, dice: random.Random) -> Path:
    services = build_services(ImmediateExecutor())
    try:
        projects = services.projects
        return dice.choice(
            (
                lambda: projects.sample(folder)[0],
                lambda: projects.sample(folder)[1],
                lambda: projects.printer_sample(folder),
            )
        )()
    finally:
        services.close()


def _one(path: Path, dice: random.Random, counts: Counter[str]) -> None:
    before = _contents(path)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            _window(path, writing)
        finally:
            os._exit(9)
    os.close(writing)
    said: list[tuple[str, int, object]] = []
    early = dice.random() < 0.1
    if early:
        time.sleep(dice.random() * 1.5)
    else:
        _listen(reading, said, _PATIENCE, until="ready")
        if not said or said[-1][0] != "ready":
            os.kill(child, signal.SIGKILL)
            raise Wrong(f"the window never stood: {said}")
        # Half of the kills fall into a commit: so many acts, and then within some thousandths of a second.
        acts = dice.randrange(1, 6) if dice.random() < 0.5 else 10_000
        _type_and_kill(child, time.monotonic() + dice.uniform(0.3, 6), acts, dice, reading, said)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    _listen(reading, said, 5)
    os.close(reading)
    _compare(path, before, said)
    counts["window kills"] += 1
    counts["window kills before it stood"] += early
    counts["acts begun"] += sum(kind == "act" for kind, *_ in said)
    counts["acts said to be saved"] += max(
        [number - before.last_act for kind, number, _ in said if kind == "saved"], default=0
    )
    counts["journals left"] += journals.has_journal(path)


def _contents(path: Path) -> Contents:
    """As `score` sees it: the file itself is not touched."""
    if journals.has_journal(path):
        with journals.readable_copy(path) as (copy, _played):
            return journals.prove(copy, path)
    return journals.prove(path, path)


def _compare(path: Path, before: Contents, said: Sequence[tuple[str, int, object]]) -> None:
    found = _contents(path)
    saved = max([number for kind, number, _ in said if kind == "saved"], default=before.last_act)
    if found.last_act < saved:
        raise Wrong(f"said to be saved up to act {saved}, in the file {found.last_act}")
    book = before.book
    for kind, number, act in said:
        if kind == "act" and number <= found.last_act:
            assert isinstance(act, Act)
            book = apply(book, act.changes)
    if found.book != book:
        raise Wrong(f"other answers than those given up to act {found.last_act}")


# --- typing


def _type_and_kill(
    child: int,
    end: float,
    acts: int,
    dice: random.Random,
    reading: int,
    said: list[tuple[str, int, object]],
) -> None:
    """Until the time is over or so many acts were begun; the window first, what types afterwards."""

    def is_over() -> bool:
        begun = sum(kind == "act" for kind, *_ in said)
        return time.monotonic() >= end or begun >= acts

    while not is_over():
        typing = subprocess.Popen(
            ["xdotool", *_strokes(dice)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            while typing.poll() is None and not is_over():
                _listen(reading, said, 0.01, until="act")
            if is_over():
                time.sleep(dice.random() * 0.003)
                os.kill(child, signal.SIGKILL)
        finally:
            typing.kill()
            typing.wait()


def _strokes(dice: random.Random) -> list[str]:
    """What a hasty user types: numbers and words into one field after another, into tables, undo, the next page."""
    strokes: list[str] = []
    for _ in range(12):
        match dice.randrange(12):
            case 0:
                strokes += ["key", "Down"]
            case 1:
                strokes += ["key", "ctrl+z"]
            case 2:
                strokes += ["key", "ctrl+y"]
            case 3:
                strokes += ["key", "ctrl+Return"]
            case 4:
                strokes += ["key", "Escape"]
            case 5:
                x, y = dice.randrange(420, 960), dice.randrange(180, 640)
                strokes += ["mousemove", str(x), str(y), "click", "1", "key", "ctrl+a"]
            case 6:
                strokes += ["type", "--delay", "2", dice.choice(("abc", "3.5", "12%", "100 kWh"))]
            case _:
                strokes += ["key", "Tab", "type", "--delay", "2", str(dice.randrange(100_000))]
                strokes += ["key", dice.choice(("Tab", "Return"))]
    return strokes


def _listen(
    reading: int, said: list[tuple[str, int, object]], seconds: float, until: str = ""
) -> None:
    """Take what the window says: until it says `until`, is silent for `seconds`, or is gone."""
    while select.select([reading], [], [], seconds)[0]:
        head = os.read(reading, 4)
        if len(head) < 4:
            return
        size, parts = int.from_bytes(head, "big"), b""
        while len(parts) < size:
            part = os.read(reading, size - len(parts))
            if not part:
                return  # killed in the middle of a word
            parts += part
        said.append(pickle.loads(parts))
        if until and said[-1][0] == until:
            return


# --- the process that is killed


def _window(path: Path, pipe: int) -> None:
    from app.ui.application import create_application
    from app.ui.main_window import MainWindow
    from app.ui.settings import load_settings

    def say(kind: str, number: int, act: Act | None = None) -> None:
        data = pickle.dumps((kind, number, act))
        os.write(pipe, len(data).to_bytes(4, "big") + data)

    commit = audit_file.AuditFile.commit

    def told(file: audit_file.AuditFile, number: int, act: Act, **more: object) -> None:
        say("act", number, act)
        commit(file, number, act, **more)  # type: ignore[arg-type]

    audit_file.AuditFile.commit = told  # type: ignore[assignment, method-assign]
    services = build_services()
    settings = load_settings()
    application = create_application(settings)
    window = MainWindow(services, settings)
    window.resize(_WIDTH, _HEIGHT)
    window.show()
    assert window.open_file(path)
    assert window.model is not None
    session = window.model.session
    # When the user sees it: after the status bar.
    window.model.saved.connect(lambda _: say("saved", session._file.last_act))  # noqa: SLF001
    application.processEvents()
    say("ready", 0)
    application.exec()
