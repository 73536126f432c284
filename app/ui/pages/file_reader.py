"""A client's file read off the window's thread: what takes longer than a blink shows that it runs and can be stopped."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEventLoop, QObject, QTimer

from app.errors import UserError
from app.forms.grid import SheetGrid
from app.ui.messages import Action, Message
from app.ui.tasks import Task, Tasks

_BLINK_MS = 500  # a small file is there before anybody looks


def _read(path: Path, cancelled: Callable[[], bool]) -> tuple[SheetGrid, ...]:
    from app.services.bills import read_bills  # with all that reads clients' tables

    return read_bills(path, cancelled)


class FileReader(QObject):
    """Reads one file at a time; a new one takes the place of the one before."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._task: Task | None = None

    def read(
        self,
        path: Path,
        done: Callable[[Sequence[SheetGrid]], object],
        failed: Callable[[UserError], object],
        say: Callable[[Message], object],
    ) -> None:
        """`done` with the sheets, or `failed` with what is wrong; `say` gets the message with its way to stop."""
        if self._task is not None:
            self._task.cancel()
        wait = QEventLoop(self)
        ended = False
        tasks = Tasks(self)

        def finish(then: Callable[[], object]) -> None:
            nonlocal ended
            ended = True
            self._task = None
            wait.quit()
            tasks.close()  # its thread has done its work; none is left idle
            tasks.deleteLater()
            then()

        def on_error(error: BaseException) -> None:
            if isinstance(error, UserError):
                finish(lambda: failed(error))
                return
            finish(lambda: None)
            raise error

        self._task = tasks.start(
            self.tr("读 {0}").format(path.name),
            lambda task: _read(path, task.is_cancelled),
            lambda sheets: finish(lambda: done(sheets)),
            on_error,
        )
        task = self._task
        QTimer.singleShot(_BLINK_MS, wait.quit)
        wait.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        if not ended:
            say(
                Message(
                    "info",
                    self.tr("正在读 {0}，读好了自动打开。").format(path.name),
                    (Action(self.tr("不读了"), task.cancel),),
                )
            )
