"""A file written off the window's thread by the press of a button: one at a time, and what comes of it is said on the page."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QPushButton

from app.errors import UserError
from app.ui import problems
from app.ui.messages import Action, Message
from app.ui.session import SessionModel
from app.ui.tasks import Tasks


class FileWriter(QObject):
    """button: pressed for it, and off while it runs."""

    def __init__(self, model: SessionModel, button: QPushButton) -> None:
        super().__init__(button)
        self._model, self._button = model, button
        self._tasks: Tasks | None = None  # only while a file is being written
        held = self.__dict__  # not the writer, which is gone by then
        self.destroyed.connect(lambda: _wait(held))

    def write(self, target: Path, work: Callable[[], object]) -> None:
        """Run `work`, which writes `target`; nothing while another file is being written."""
        if self._tasks is not None:
            return
        said = self.tr("正在写 {name}").format(name=target.name)
        self._button.setEnabled(False)
        self._button.setToolTip(said)
        self._tasks = Tasks(self)
        self._tasks.start(said, lambda _task: work(), lambda _: self._done(target), self._failed)

    def wait(self) -> None:
        """Until the file that is being written is there."""
        _wait(self.__dict__)

    def _done(self, target: Path) -> None:
        self._rest()
        look = Action(
            self.tr("打开看看"), lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(target)))
        )
        self._model.post(Message("ok", self.tr("已写好：{name}").format(name=target.name), (look,)))

    def _failed(self, error: BaseException) -> None:
        self._rest()
        if isinstance(error, UserError):
            self._model.post(problems.as_message(error))
        else:
            problems.show_fault(self._button, error)

    def _rest(self) -> None:
        self._button.setEnabled(True)
        self._button.setToolTip("")
        if self._tasks is not None:
            self._tasks.close()
            self._tasks.deleteLater()
            self._tasks = None


def _wait(held: dict[str, Any]) -> None:
    if held["_tasks"] is not None:
        held["_tasks"].close()
