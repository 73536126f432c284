"""A set paper on its way to a printer: page by page at 300 dpi, off the window's thread, with a way to stop."""

from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QSize, Signal
from PySide6.QtGui import QPainter
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPrintSupport import QPrinter

from app.errors import Problem, UserError
from app.ui.tasks import Task, Tasks


class Printing(QObject):
    """One printing. moved: words about the page that is drawn; done: how many pages; failed: the error."""

    moved = Signal(str)
    done = Signal(int)
    failed = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.tasks = Tasks(self)
        self.tasks.shown.connect(lambda words: self.moved.emit(words) if words else None)

    def start(self, content: QByteArray, printer: QPrinter) -> None:
        said = self.tr("正在打印第 {page} 页，共 {count} 页")
        self.tasks.start(
            self.tr("正在打印…"),
            lambda task: _print_pages(content, printer, task, said),
            self.done.emit,
            self.failed.emit,
        )

    def stop(self) -> None:
        """After the page that is being drawn, if any; nothing of it is told any more."""
        self.tasks.close()
        self.deleteLater()


def _print_pages(content: QByteArray, printer: QPrinter, task: Task, said: str) -> int:
    """Every page turned as it stands, fitted into the printable area; the number of pages.

    Runs on a worker: it has a document of its own. A cancelled print leaves nothing in the queue and no file.
    """
    document = QPdfDocument()
    buffer = QBuffer()
    buffer.setData(content)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    document.load(buffer)
    pages = document.pageCount()
    painter = QPainter()
    for number in range(pages):
        task.progress(said.format(page=number + 1, count=pages))
        size = document.pagePointSize(number)
        wide = size.width() > size.height()
        layout = printer.pageLayout()
        layout.setOrientation(layout.Orientation.Landscape if wide else layout.Orientation.Portrait)
        printer.setPageLayout(layout)
        if not (painter.begin(printer) if number == 0 else printer.newPage()):
            painter.end()
            raise UserError(Problem("打印机", "没有接下这份报告", "看看打印机是否连着，再打印一次"))
        room = printer.pageRect(QPrinter.Unit.DevicePixel)
        scale = min(room.width() / size.width(), room.height() / size.height())
        pixels = QSize(round(size.width() * scale), round(size.height() * scale))
        painter.drawImage(0, 0, document.render(number, pixels))
        if task.is_cancelled():
            printer.abort()
            painter.end()
            if printer.outputFileName():
                Path(printer.outputFileName()).unlink(missing_ok=True)
            return number
    painter.end()
    return pages
