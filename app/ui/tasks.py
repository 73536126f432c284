"""Work off the screen's thread: one worker, progress, cancel, result or error back on the screen's thread."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

# Shorter work is not worth a sign on the screen.
_SHOW_AFTER_MS = 300


class Task:
    """One piece of work, handed to the work itself so that it can report and be cancelled."""

    def __init__(self, title: str, report: Callable[[str], None]) -> None:
        self.title = title
        self._report = report
        self._cancelled = threading.Event()

    def progress(self, text: str) -> None:
        """Say what is being done now; may be called from any thread."""
        self._report(text)

    def cancel(self) -> None:
        self._cancelled.set()

    def is_cancelled(self) -> bool:
        return self._cancelled.is_set()


class Tasks(QObject):
    """Runs tasks one after another on one worker.

    shown: the text for the status bar once a task takes longer than 0.3 s, "" when nothing runs any more.
    """

    shown = Signal(str)
    _finished = Signal(object, object)
    _progressed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="long-work")
        self._tasks: list[Task] = []
        self._text = ""
        self._show_soon = QTimer(self)
        self._show_soon.setSingleShot(True)
        self._show_soon.setInterval(_SHOW_AFTER_MS)
        self._show_soon.timeout.connect(lambda: self.shown.emit(self._text))
        self._finished.connect(self._on_finished)
        self._progressed.connect(self._on_progressed)

    @property
    def busy(self) -> bool:
        return bool(self._tasks)

    def start(
        self,
        title: str,
        work: Callable[[Task], Any],
        done: Callable[[Any], object],
        failed: Callable[[BaseException], object],
    ) -> Task:
        """Run `work` on the worker; `done(result)` or `failed(error)` follows on the screen's thread.

        After `cancel` neither is called; the work must look at `is_cancelled` and return.
        """
        task = Task(title, self._progressed.emit)
        self._tasks.append(task)
        self._text = title
        self._show_soon.start()

        def job() -> None:
            try:
                result = work(task)
            except BaseException as error:  # noqa: BLE001 - handed over to `failed`, whatever it is
                self._finished.emit(task, lambda caught=error: failed(caught))
            else:
                self._finished.emit(task, lambda: done(result))

        self._worker.submit(job)
        return task

    def cancel(self) -> None:
        """Cancel what runs and what waits."""
        for task in self._tasks:
            task.cancel()

    def close(self) -> None:
        """Cancel everything and wait for the worker."""
        self.cancel()
        self._worker.shutdown(wait=True, cancel_futures=True)

    def _on_progressed(self, text: str) -> None:
        self._text = text
        if self._tasks and not self._show_soon.isActive():
            self.shown.emit(text)

    def _on_finished(self, task: Task, then: Callable[[], object]) -> None:
        self._tasks.remove(task)
        if not self._tasks:
            self._show_soon.stop()
            self.shown.emit("")
        if not task.is_cancelled():
            then()
