"""What every test stands on: no screen, own user folder, Chinese locale, the same day, no network, no thread left behind.

Tests in tests/real_window drive windows on a real display. They are collected only when CLEANAUDIT_REAL_WINDOW
is set, which `dev.py test` does for its last part.
"""

import gc
import os
import shutil
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

REAL_WINDOW = bool(os.environ.get("CLEANAUDIT_REAL_WINDOW"))
if not REAL_WINDOW:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ.setdefault(
    "QT_LOGGING_RULES", "qt.pdf.*=false"
)  # QtPdf complains of every /Fit bookmark

import pytest  # noqa: E402  (Qt reads the platform when pytest-qt first imports it)
import shiboken6  # noqa: E402
from hypothesis import HealthCheck, settings  # noqa: E402
from PySide6.QtCore import QLocale, Qt, QThreadPool  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402
from pytestqt.qtbot import QtBot  # noqa: E402

from app import clock  # noqa: E402
from app.forms.answer import AnswerBook  # noqa: E402
from app.forms.sample import SampleAudit  # noqa: E402
from app.services.projects import Projects  # noqa: E402
from tests.helpers.dice import IS_FIXED  # noqa: E402

PATIENCE_S = 90

collect_ignore = [] if REAL_WINDOW else ["real_window"]

# The shipped data are a million objects that live on; with Python's own thresholds a tenth of all time goes into looking
# through them again and again.
gc.set_threshold(20_000, 20, 50)

# No deadline: a busy machine is not a fault of the program.
settings.register_profile("local", max_examples=40, deadline=None, derandomize=IS_FIXED)
settings.register_profile(
    "nightly", max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("CLEANAUDIT_HYPOTHESIS", "local"))


@pytest.fixture(scope="session", autouse=True)
def chinese_locale() -> None:
    QLocale.setDefault(QLocale("zh_CN"))


MORNING = datetime(2026, 11, 29, 9).astimezone()  # of the sample audits, before their plans are due


@pytest.fixture(autouse=True)
def day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test begins on the same morning: what the check-up says of an audit depends on the day."""
    begun = time.monotonic()
    monkeypatch.setattr(clock, "now", lambda: MORNING + timedelta(seconds=time.monotonic() - begun))


@pytest.fixture(autouse=True)
def user_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The program's user folder of this one test; nothing of the real user is read or written."""
    home = tmp_path_factory.mktemp("用户 文件夹")
    monkeypatch.setenv("CLEANAUDIT_HOME", str(home))
    for variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(variable, str(home / variable.lower()))
    return home


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """The program is an offline one: any attempt to reach another machine fails the test."""

    def refusing(patch: pytest.MonkeyPatch, name: str) -> None:
        real = getattr(socket.socket, name)

        def refuse(self: socket.socket, *arguments: object) -> object:
            if self.family in (socket.AF_INET, socket.AF_INET6):
                raise AssertionError(
                    f"the program tried to reach the network: {name} {arguments!r}"
                )
            return real(self, *arguments)

        patch.setattr(socket.socket, name, refuse)

    def no_names(*arguments: object, **_: object) -> None:
        raise AssertionError(f"the program asked for an address: {arguments!r}")

    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex", "bind", "sendto"):
            refusing(patch, name)
        patch.setattr(socket, "getaddrinfo", no_names)
        yield


@pytest.fixture(scope="session", autouse=True)
def patience() -> None:
    """What a test waits for may come late on a busy machine; that it never comes is the fault."""
    for wait in (QtBot.waitUntil, QtBot.waitSignal, QtBot.waitActive, QtBot.waitExposed):
        defaults = wait.__kwdefaults__
        assert defaults is not None
        assert "timeout" in defaults
        defaults["timeout"] = round(PATIENCE_S * 1000)


WriteSample = Callable[[Projects, Path, SampleAudit, AnswerBook], None]


@pytest.fixture(scope="session", autouse=True)
def written_anew(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WriteSample]:
    """Each sample audit is written once and then copied: it is the same to the byte (a test of the projects proves it),
    and writing it takes a tenth of a second in a hundred tests. Gives the way that really writes."""
    write: WriteSample = Projects._write_sample  # noqa: SLF001
    folder = tmp_path_factory.mktemp("samples")
    kept: dict[tuple[str, ...], Path] = {}

    def copy(self: Projects, path: Path, sample: SampleAudit, book: AnswerBook) -> None:
        catalogue = self._catalogue
        basis = catalogue.basis_text(sample.questionnaire_id)
        system = catalogue.system_json(sample.system_id) if sample.system_id else ""
        what = (path.name, basis, system)
        if path.exists():
            return
        if what in kept:
            with suppress(OSError):  # the real way says what is wrong
                path.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(kept[what], path)
                return
        write(self, path, sample, book)
        if what not in kept:
            kept[what] = Path(shutil.copy(path, folder / f"{len(kept)}.cpaudit"))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Projects, "_write_sample", copy)
        yield write


def _working_threads() -> set[threading.Thread]:
    # Python lists a Qt thread that once ran Python code for ever, as a "dummy"; Qt's pool is asked below.
    return {
        thread
        for thread in threading.enumerate()
        if not isinstance(thread, threading._DummyThread) and thread.is_alive()  # noqa: SLF001
    }


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    """Work started by a test must end with it; otherwise it would write into the next test's files."""
    before = _working_threads()
    yield
    give_up_at = time.monotonic() + PATIENCE_S
    while (left := _working_threads() - before) and time.monotonic() < give_up_at:
        time.sleep(0.01)
    assert not left, f"threads left running: {sorted(thread.name for thread in left)}"
    pool = QThreadPool.globalInstance()
    assert pool.waitForDone(round(PATIENCE_S * 1000)), "work left running in Qt's thread pool"


_SLOW_LOOK = 0.012  # s of processor time


@pytest.fixture(autouse=True)
def no_window_left() -> Iterator[None]:
    """Windows of one test do not live on in the next: hundreds of them make every change of look take seconds."""
    yield
    if QApplication.instance() is None or not QApplication.topLevelWidgets():
        return
    # First what only Python still holds, so that nothing is deleted while Qt deletes.
    started = time.thread_time()
    gc.collect()
    took = time.thread_time() - started
    for window in QApplication.topLevelWidgets():
        if not shiboken6.isValid(window):
            continue
        # A list that pops up belongs to its field, which deletes it.
        is_popup = window.windowType() in (Qt.WindowType.Popup, Qt.WindowType.ToolTip)
        if not is_popup and window.parent() is None:
            shiboken6.delete(window)
    # The shipped data are loaded once and stay: looking through them after each window costs as much as the window.
    if took > _SLOW_LOOK:
        gc.collect()
        gc.freeze()


def pytest_report_header() -> str:
    return f"Qt platform: {os.environ.get('QT_QPA_PLATFORM', 'default')}, Python {sys.version.split()[0]}"
