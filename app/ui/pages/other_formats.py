"""「别的格式」 of the report page: the Word file and the calculation workbook, written off the window's thread."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QWidget

from app import clock
from app.services.calculation import write_workbook
from app.services.check_up import gate, refuse
from app.services.editions import issued_of, previous_of
from app.services.reader import write_reader_page
from app.services.report_pictures import pictures_of_session
from app.services.reporting import file_name
from app.services.word import write_word
from app.ui import widgets
from app.ui.pages.file_writer import FileWriter
from app.ui.saving import ask_target
from app.ui.session import SessionModel

if TYPE_CHECKING:
    from app.assessment.result import Assessment
    from app.audit.project import AuditProject
    from app.papers.document import Picture
    from app.papers.edition import Previous
    from app.services.editions import Issued


@dataclass(frozen=True)
class Order:
    """What is to be written: the audit as it is now, the version word, what the paper is for, its pictures (drawn when
    they are asked for: not on the screen's thread), the editions it had."""

    project: "AuditProject"
    assessment: "Assessment | None"
    state: str
    purpose: str
    pictures: "Callable[[], Mapping[str, Picture]]"
    issued: "Issued | None" = None
    previous: "Previous | None" = None


@dataclass(frozen=True)
class Format:
    """One kind of file: what the menu says, the ending, what the dialog calls it, who writes it."""

    label: str
    suffix: str
    kind: str
    write: Callable[[Order, Path], None]
    is_paper: bool = (
        True  # leaves the house as what the version word says: the check-up has to agree
    )


def _word(order: Order, target: Path) -> None:
    write_word(
        order.project,
        order.assessment,
        target,
        state=order.state,
        now=clock.now(),
        issued=order.issued,
        previous=order.previous,
        purpose=order.purpose,
        pictures=order.pictures(),
    )


def _reader_page(order: Order, target: Path) -> None:
    write_reader_page(
        order.project,
        order.assessment,
        target,
        state=order.state,
        today=clock.today(),
        issued=order.issued,
        previous=order.previous,
        purpose=order.purpose,
        pictures=order.pictures(),
    )


def _workbook(order: Order, target: Path) -> None:
    write_workbook(order.project, order.assessment, target)


class OtherFormats(QWidget):
    """The button with its menu. state, purpose: the version word, and what the paper is for, that are chosen now."""

    def __init__(
        self, model: SessionModel, state: Callable[[], str], purpose: Callable[[], str]
    ) -> None:
        super().__init__()
        self._model, self._state, self._purpose = model, state, purpose
        self.formats = (
            Format(self.tr("Word 文件，可以接着改"), ".docx", self.tr("Word 文件 (*.docx)"), _word),
            Format(self.tr("网页，点数字看来历"), ".html", self.tr("网页 (*.html)"), _reader_page),
            Format(
                self.tr("计算表 Excel，公式是活的"),
                ".xlsx",
                self.tr("Excel 工作簿 (*.xlsx)"),
                _workbook,
                is_paper=False,
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
            entry = menu.addAction(one.label, partial(self._choose, one))
            if not one.is_paper and self._model.project.system is None:
                entry.setText(self.tr("{0}（没有选指标体系，没有可算的）").format(one.label))
                entry.setEnabled(False)
        menu.popup(self.button.mapToGlobal(self.button.rect().bottomLeft()))

    def _choose(self, chosen: Format) -> None:
        name = (
            Path(file_name(self._model.project, self._state(), self._purpose())).stem
            + chosen.suffix
        )
        start = self._model.session.path.with_name(name)
        target = ask_target(self, chosen.label, start, chosen.kind, chosen.suffix)
        if target is not None:
            self.write(chosen, target)

    def write(self, chosen: Format, target: Path) -> None:
        """Write the file as the audit is now; what comes of it is said on the page."""
        session, check_up = self._model.session, self._model.check_up
        data = None if check_up is None else check_up.data
        order = Order(
            self._model.project,
            self._model.assessment,
            self._state(),
            self._purpose(),
            lambda: pictures_of_session(session),
            issued_of(session),
            previous_of(session),
        )

        def work() -> None:
            if data is not None and chosen.is_paper:
                day = clock.today()
                project, assessment, state = order.project, order.assessment, order.state
                refuse(gate(project, assessment, data, state=state, today=day))
            chosen.write(order, target)

        self._writer.write(target, work)
