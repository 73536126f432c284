"""「表格」 of the report page: one form or all of them, as PDF and as a workbook, made off the window's thread."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from app import clock
from app.services.form_prints import names_of_forms, write_forms
from app.ui import widgets
from app.ui.pages.file_writer import FileWriter
from app.ui.session import SessionModel


class FormsMenu(QWidget):
    """The button with its menu: every form of this audit by name, and all of them."""

    def __init__(self, model: SessionModel) -> None:
        super().__init__()
        self._model = model
        self.button = widgets.button(self.tr("表格"), self._open, icon="export")
        box = widgets.row(self.button)
        box.setContentsMargins(0, 0, 0, 0)
        self.setLayout(box)
        self._writer = FileWriter(model, self.button)

    def menu(self) -> QMenu:
        """Built when it is asked for: the notices depend on the answers."""
        menu = QMenu(self)
        menu.setAccessibleName(self.tr("表格"))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("全部表格，PDF 和 Excel"), partial(self._choose, None))
        menu.addSeparator()
        today = clock.today()
        for name in names_of_forms(self._model.project, self._model.assessment, today=today):
            menu.addAction(name, partial(self._choose, name))
        return menu

    def _open(self) -> None:
        self.menu().popup(self.button.mapToGlobal(self.button.rect().bottomLeft()))

    def _choose(self, name: str | None) -> None:
        start = str(self._model.session.path.parent)
        chosen = QFileDialog.getExistingDirectory(self, self.tr("放在哪个文件夹"), start)
        if chosen:
            self.write(name, Path(chosen))

    def write(self, name: str | None, folder: Path) -> None:
        """The form of this name (None = all) into `folder`, as the audit is now; what comes of it is said on the page."""
        project, assessment = self._model.project, self._model.assessment
        today = clock.today()
        only = None if name is None else (name,)
        self._writer.write(
            folder if name is None else folder / f"{name}.pdf",
            lambda: write_forms(project, assessment, folder, today=today, only=only, xlsx=True),
        )
