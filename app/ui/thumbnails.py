"""Small pictures of the papers of the binder: from the cache, from their file, else drawn soon in a child process."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QPixmap, QPixmapCache
from shiboken6 import isValid

from app.services import evidence
from app.ui.session import SessionModel
from app.ui.tasks import Tasks

if TYPE_CHECKING:
    from app.services.evidence import Kept

_AT_ONCE = 24  # drawn by one child process


class Thumbnails(QObject):
    """drawn: some are there that were not."""

    drawn = Signal()

    def __init__(self, model: SessionModel, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._model, self._tasks = model, tasks
        self._waiting: dict[str, Kept] = {}
        self._hopeless: set[str] = set()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(30)
        self._soon.timeout.connect(self._draw)

    def of(self, row: "Kept") -> QPixmap | None:
        """None while it is not there; it is then drawn with the others that are in sight."""
        sha256 = row.paper.sha256
        pixmap = QPixmap()
        if QPixmapCache.find(sha256, pixmap):
            return pixmap
        file = evidence.thumbnail_file(sha256)
        if file.is_file() and pixmap.load(str(file)):
            QPixmapCache.insert(sha256, pixmap)
            return pixmap
        if row.kept is not None and sha256 not in self._hopeless:
            self._waiting[sha256] = row
            self._soon.start()
        return None

    def _draw(self) -> None:
        papers = [one.paper for one in list(self._waiting.values())[-_AT_ONCE:]]
        self._waiting.clear()
        session = self._model.session

        def done(_result: object) -> None:
            self._hopeless.update(
                one.sha256 for one in papers if not evidence.thumbnail_file(one.sha256).is_file()
            )
            if isValid(self):  # the screen may have been left meanwhile
                self.drawn.emit()

        self._tasks.start(
            "",
            lambda task: evidence.draw_thumbnails(session, papers, task.is_cancelled),
            done,
            lambda _error: None,
        )
