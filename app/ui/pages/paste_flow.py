"""A paste or a file of one table: read, shown as a preview over the page, written as one act or taken back."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QStackedWidget

from app.forms.grid import Grid, SheetGrid, grid_from_text
from app.services import acts
from app.ui.messages import Action, Message
from app.ui.pages.file_reader import FileReader
from app.ui.problems import as_message
from app.ui.session import SessionModel
from app.ui.tables.panel import TablePanel

if TYPE_CHECKING:
    from app.forms.reading.plan import PastePlan
    from app.ui.tables.preview import PastePreview

_MOST_PLACES = 5  # places named that a paste left out


class PasteFlow(QObject):
    """At most one preview, laid over the page in its stack.

    opening: a preview is about to cover the page; opened, closed: it does, or is gone. written: the key of the first cell that
    was written. year: the year the page shows, asked for when a preview opens.
    """

    opening = Signal()
    opened = Signal()
    closed = Signal()
    written = Signal(str)

    def __init__(
        self, model: SessionModel, stack: QStackedWidget, year: Callable[[], int | None]
    ) -> None:
        super().__init__(stack)
        self._model = model
        self._stack = stack
        self._page = stack.currentWidget()
        self._year = year
        self._reader = FileReader(self)
        self._preview: PastePreview | None = None

    @property
    def is_open(self) -> bool:
        return self._preview is not None

    def show_year(self, year: int) -> None:
        if self._preview is not None:
            self._preview.show_year(year)

    def paste(self, panel: TablePanel, text: str, row: str, column: str) -> None:
        """Preview a block of text whose top left corner belongs to a cell."""
        self._open(panel, grid_from_text(text), (row, column))

    def chosen_file(self) -> Path | None:
        """A file of bills somebody picks; None when nobody does."""
        name, _ = QFileDialog.getOpenFileName(
            self._stack,
            self.tr("导入账单"),
            "",
            self.tr(
                "表格 (*.xlsx *.xlsm *.xls *.xlsb *.et *.ods *.csv *.txt *.html *.htm *.xml);;所有文件 (*)"
            ),
        )
        return Path(name) if name else None

    def read_file(self, panel: TablePanel, path: Path) -> None:
        """Preview a workbook or CSV, read off this thread; what cannot be read is said in the message bar."""
        self._reader.read(
            path,
            lambda sheets: self._open_sheets(panel, sheets),
            lambda error: self._model.post(as_message(error)),
            lambda message: self._model.post(message),
        )

    def _open_sheets(self, panel: TablePanel, sheets: Sequence[SheetGrid]) -> None:
        from app.services.bills import best_sheet

        project = self._model.project
        best = best_sheet(sheets, panel.table, project.book, project.base_year, self._year())
        self._open(panel, sheets[best].grid, ("", ""), sheets, best)

    def _open(
        self,
        panel: TablePanel,
        grid: Grid,
        top_left: tuple[str, str],
        sheets: Sequence[SheetGrid] = (),
        chosen: int = 0,
    ) -> None:
        from app.ui.tables.preview import PastePreview  # with all that reads clients' tables

        self.opening.emit()
        self.close()
        preview = PastePreview(self._model, panel.table, self._year(), top_left)
        preview.written.connect(lambda plan: self._write(panel, plan))
        preview.cancelled.connect(lambda: self._cancel(panel))
        self._preview = preview
        self._stack.addWidget(preview)
        self._stack.setCurrentWidget(preview)
        preview.load(grid, sheets, chosen)
        self.opened.emit()

    def close(self) -> None:
        """Back to the page; nothing is written."""
        if self._preview is None:
            return
        self._stack.setCurrentWidget(self._page)
        self._stack.removeWidget(self._preview)
        self._preview.deleteLater()
        self._preview = None
        self.closed.emit()

    def _cancel(self, panel: TablePanel) -> None:
        self.close()
        panel.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _write(self, panel: TablePanel, plan: "PastePlan") -> None:
        if self._preview is not None:
            self._model.keep_reading(plan.table.id, self._preview.grid, self._preview.decisions)
        self.close()
        if not self._model.do(acts.paste(plan, self._model.project)):
            return
        self._model.post(self._done(plan))
        if plan.cells:
            self.written.emit(plan.cells[0].key)
        else:
            panel.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _done(self, plan: "PastePlan") -> Message:
        """How much was written, what it replaced, what was left out."""
        rows = len({cell.row for cell in plan.cells})
        columns = len({cell.column for cell in plan.cells})
        text = self.tr("写入 {0} 格。").format(len(plan.cells))
        if plan.replaced:
            text += self.tr("其中 {0} 格原来有数。").format(plan.replaced)
        left = _left_out(plan)
        if left:
            more = "…" if len(left) > _MOST_PLACES else ""
            text += self.tr("没写进去的 {0} 处：{1}。").format(
                len(left), "、".join(left[:_MOST_PLACES]) + more
            )
        return Message(
            "ok",
            text,
            (Action(self.tr("撤销粘贴"), self._model.undo, "Ctrl+Z"),),
            strong=self.tr("已粘贴 {0} 行 × {1} 列，").format(rows, columns),
            of_last_act=True,
        )


def _left_out(plan: "PastePlan") -> list[str]:
    """Places of the block that were refused; what was written in spite of a remark is not among them."""
    written = {(cell.row, cell.column) for cell in plan.cells}
    rows = {cell.row for cell in plan.cells}
    return [
        problem.where or (problem.what if problem.column < 0 else f"第 {problem.column + 1} 列")
        for problem in plan.problems
        if (problem.row, problem.column) not in written
        and (problem.column >= 0 or problem.row not in rows)
    ]
