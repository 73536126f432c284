"""The process that sets papers, kept warm: libraries and fonts are loaded once, not for every paper.

It ends with the program (its input ends) and is started anew after a crash or a cancelled paper. Should it not live at all
(no pipes on a machine), each paper gets a process of its own.
"""

import atexit
import contextlib
import functools
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from app.child import hidden
from app.reports.worker import result_file, warm_command, worker_command

_LOOK_EVERY_SECONDS = 0.004


class Typesetter:
    """Sets one paper after another. Every method may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()  # one paper at a time
        self._starting = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._words: IO[bytes] | None = None  # what it says when it breaks

    def start(self) -> None:
        """Begin to load; does not wait. To be called before the paper is put together."""
        with self._starting:
            if self._process is not None and self._process.poll() is None:
                return
            self._forget()
            self._words = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the process
            self._process = subprocess.Popen(
                warm_command(),
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=self._words,
                **hidden(),
            )

    def set(self, job: Path, is_cancelled: Callable[[], bool] = lambda: False) -> str | None:
        """Wait for the paper of a job file; what the process said besides its result, None when it was cancelled.

        The result is read with `app.reports.worker.read_result`; it is missing when the process broke down.
        """
        with self._lock:
            self.start()
            process = self._process
            assert process is not None
            assert process.stdin is not None
            try:
                process.stdin.write(f"{job}\n".encode())
                process.stdin.flush()
            except OSError:
                return self._apart(job, is_cancelled)  # it died while it was idle
            while not result_file(job).is_file():
                if is_cancelled():
                    self.stop()
                    self.start()  # to be warm again for the next
                    return None
                if process.poll() is not None and not result_file(job).is_file():
                    said = self._said()
                    self.stop()
                    # One that never got as far as reading its jobs says nothing about this paper.
                    return said if said else self._apart(job, is_cancelled)
                time.sleep(_LOOK_EVERY_SECONDS)
            return ""

    def stop(self) -> None:
        """End the process, whatever it does."""
        with self._starting:
            self._forget()

    def _forget(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            if process.stdin is not None:
                with contextlib.suppress(OSError):  # what was not read any more
                    process.stdin.close()
        if self._words is not None:
            self._words.close()
            self._words = None

    def _said(self) -> str:
        if self._words is None:
            return ""
        self._words.seek(0)
        return self._words.read().decode("utf-8", "replace")

    @staticmethod
    def _apart(job: Path, is_cancelled: Callable[[], bool]) -> str | None:
        """In a process for this paper only."""
        with tempfile.TemporaryFile() as words:
            process = subprocess.Popen(
                worker_command(job),
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=subprocess.STDOUT,
                **hidden(),
            )
            while process.poll() is None:
                if is_cancelled():
                    process.kill()
                    process.wait()
                    return None
                time.sleep(_LOOK_EVERY_SECONDS)
            words.seek(0)
            return words.read().decode("utf-8", "replace")


@functools.cache
def shared() -> Typesetter:
    """The one of this program."""
    typesetter = Typesetter()
    atexit.register(typesetter.stop)
    return typesetter
