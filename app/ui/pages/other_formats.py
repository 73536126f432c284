"""「别的格式」 of the report page: the Word file and the calculation workbook, written off the window's thread."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from app.services.calculation import write_workbook
from app.services.reader import write_reader_page
from app.services.reporting import file_name
from app.services.word import write_word
from app.ui import widgets
from app.ui.pages.file_writer import FileWriter
from app.ui.session import SessionModel

if TYPE_CHECKING:
    from app.assessment.result import Assessment
    from app.audit.project import AuditProject


@dataclass(frozen=True)
class Format:
    """One kind of file: what the menu says, the ending, what the dialog calls it, who writes it."""

    label: str
    suffix: str
    kind: str
    write: "Callable[[AuditProject, Assessment | None, Path, str], None]"


def _word(
    project: "AuditProject", assessment: "Assessment | None", target: Path, state: str
) -> None:
    write_word(project, assessment, target, state=state, now=datetime.now().astimezone())


def _reader_page(
    project: "AuditProject", assessment: "Assessment | None", target: Path, state: str
) -> None:
    today = datetime.now().astimezone().date()
    write_reader_page(project, assessment, target, state=state, today=today)


def _workbook(
    project: "AuditProject", assessment: "Assessment | None", target: Path, _state: str
) -> None:
    write_workbook(project, assessment, target)


class OtherFormats(QWidget):
    """The button with its menu. state: the version word that is chosen now."""

    def __init__(self, model: SessionModel, state: Callable[[], str]) -> None:
        super().__init__()
        self._model, self._state = model, state
        self.formats = (
            Format(self.tr("Word 文件，可以接着改"), ".docx", self.tr("Word 文件 (*.docx)"), _word),
            Format(self.tr("网页，点数字看来历"), ".html", self.tr("网页 (*.html)"), _reader_page),
            Format(
                self.tr("计算表 Excel，公式是活的"),
                ".xlsx",
                self.tr("Excel 工作簿 (*.xlsx)"),
                _workbook,
            ),
        )
        self.button = widgets.button(self.tr("别的格式"), self._open, icon="export")
        box = widgets.row(self.button)
        box.setContentsMargins(0, 0, 0, 0)
        self.setLayout(box)
        self._writer = FileWriter(model, self.button)

    def _open(self) -> None:
        menu = QMenu(self)
        menu.setAccessibleName(self.tr("别的格式"))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for one in self.formats:
            menu.addAction(one.label, partial(self._choose, one))
        menu.popup(self.button.mapToGlobal(self.button.rect().bottomLeft()))

    def _choose(self, chosen: Format) -> None:
        name = Path(file_name(self._model.project, self._state())).stem + chosen.suffix
        start = str(self._model.session.path.with_name(name))
        path, _ = QFileDialog.getSaveFileName(self, chosen.label, start, chosen.kind)
        if path:
            right = path.lower().endswith(chosen.suffix)
            self.write(chosen, Path(path if right else f"{path}{chosen.suffix}"))

    def write(self, chosen: Format, target: Path) -> None:
        """Write the file as the audit is now; what comes of it is said on the page."""
        project, assessment, state = self._model.project, self._model.assessment, self._state()
        self._writer.write(target, lambda: chosen.write(project, assessment, target, state))
