"""A window manager on the display, and the program in a process of its own, driven by real keys and clicks."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_PATIENCE_S = 30.0


@pytest.fixture(scope="session", autouse=True)
def window_manager() -> Iterator[None]:
    """Windows get the keyboard only when something manages them."""
    if not xdotool("getdisplaygeometry", check=False):
        pytest.fail(
            "no display: run `python3 dev.py test`, or begin with xvfb-run -a -s '-screen 0 1920x1080x24'"
        )
    manager = subprocess.Popen(["openbox"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(0.5)
    yield
    manager.terminate()
    manager.wait()


_OWNER = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
app = QGuiApplication(sys.argv)
app.clipboard().setText(sys.stdin.read())
QTimer.singleShot(0, lambda: print("ready", flush=True))
app.exec()
"""


class Clipboard:
    """Another program that has copied something, as Excel would."""

    def __init__(self) -> None:
        self.owner: subprocess.Popen[str] | None = None

    def hold(self, text: str) -> None:
        self.drop()
        self.owner = subprocess.Popen(
            [sys.executable, "-c", _OWNER],
            env={**os.environ, "QT_QPA_PLATFORM": "xcb"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.owner.stdin is not None
        assert self.owner.stdout is not None
        self.owner.stdin.write(text)
        self.owner.stdin.close()
        assert self.owner.stdout.readline().strip() == "ready"

    def drop(self) -> None:
        if self.owner is not None:
            self.owner.kill()
            self.owner.wait()
            if self.owner.stdout is not None:
                self.owner.stdout.close()
            self.owner = None


class Program:
    """`python -m app …` with a window on the display."""

    def __init__(self, home: Path, *arguments: str) -> None:
        self.home = home
        environment = {**os.environ, "CLEANAUDIT_HOME": str(home), "QT_QPA_PLATFORM": "xcb"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app", *arguments],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.window = self.wait_for("清审通")

    def wait_for(self, title: str) -> str:
        """Id of a window of the program whose title has these words, once it is there."""
        end = time.monotonic() + _PATIENCE_S
        while time.monotonic() < end:
            for window in xdotool(
                "search",
                "--onlyvisible",
                "--pid",
                str(self.process.pid),
                "--name",
                ".",
                check=False,
            ).split():
                if title in xdotool("getwindowname", window, check=False):
                    return window
            assert self.process.poll() is None, self.errors()
            time.sleep(0.1)
        raise AssertionError(f"no window 「{title}」")

    def wait_title(self, words: str) -> None:
        """Until the main window's title has these words."""
        end = time.monotonic() + _PATIENCE_S
        while time.monotonic() < end:
            if words in xdotool("getwindowname", self.window, check=False):
                return
            time.sleep(0.1)
        raise AssertionError(f"the title never said 「{words}」: {self.title()}")

    def keys_until(self, words: str, *names: str) -> None:
        """Press keys until the title has these words: a window that has just come up may not have the keyboard yet."""
        for _ in range(6):
            self.keys(*names)
            end = time.monotonic() + 4
            while time.monotonic() < end:
                if words in self.title():
                    return
                time.sleep(0.1)
        raise AssertionError(f"the title never said 「{words}」: {self.title()}")

    def answer(self, title: str, text: str) -> None:
        """Type into a dialog and press Return until it is gone: it may not have the keyboard yet either."""
        for _ in range(6):
            xdotool("windowactivate", "--sync", self.wait_for(title))
            xdotool("key", "--clearmodifiers", "ctrl+a")
            self.type(text)
            xdotool("key", "--clearmodifiers", "Return")
            end = time.monotonic() + 4
            while time.monotonic() < end:
                if not xdotool("search", "--onlyvisible", "--name", title, check=False).split():
                    return
                time.sleep(0.1)
        raise AssertionError(f"the dialog 「{title}」 never closed")

    def title(self) -> str:
        return xdotool("getwindowname", self.window, check=False).strip()

    def keys(self, *names: str) -> None:
        """Press keys, one after another, as a person does."""
        xdotool("windowactivate", "--sync", self.window)
        for name in names:
            xdotool("key", "--clearmodifiers", name)
            time.sleep(0.12)

    def type(self, text: str) -> None:
        """Type ASCII text into what has the focus."""
        xdotool("type", "--delay", "60", text)  # faster, the display loses a key now and then
        time.sleep(0.3)

    def paste(self, text: str) -> None:
        """Words into what has the focus instead of what is there: no display loses a letter of what is pasted."""
        clipboard = Clipboard()
        clipboard.hold(text)
        xdotool("key", "--clearmodifiers", "ctrl+a")
        xdotool("key", "--clearmodifiers", "ctrl+v")
        time.sleep(0.4)
        clipboard.drop()

    def click(self, x: int, y: int) -> None:
        """Click at a place of the window."""
        xdotool("mousemove", "--window", self.window, str(x), str(y), "click", "1")
        time.sleep(0.3)

    def close(self) -> None:
        """Close the window as a person does and wait for the program to end well."""
        xdotool("windowactivate", "--sync", self.window)
        xdotool("key", "--clearmodifiers", "alt+F4")
        self.process.wait(_PATIENCE_S)
        assert self.process.returncode == 0, self.errors()

    def kill(self) -> None:
        """As when the power goes."""
        self.process.kill()
        self.process.wait()

    def errors(self) -> str:
        return (
            self.process.stderr.read()
            if self.process.stderr and self.process.poll() is not None
            else ""
        )


def xdotool(*arguments: str, check: bool = True) -> str:
    done = subprocess.run(["xdotool", *arguments], capture_output=True, text=True, check=False)
    if check and done.returncode:
        raise AssertionError(f"xdotool {' '.join(arguments)}: {done.stderr}")
    return done.stdout


@pytest.fixture
def programs(user_home: Path) -> Iterator[list[Program]]:
    """Programs started by a test; what is left running is ended."""
    started: list[Program] = []
    yield started
    for program in started:
        if program.process.poll() is None:
            program.kill()
        if program.process.stderr:
            program.process.stderr.close()


def audits(home: Path) -> list[Path]:
    """Audit files the user has, without backups."""
    return sorted(path for path in home.rglob("*.cpaudit") if not re.search("backups", str(path)))
