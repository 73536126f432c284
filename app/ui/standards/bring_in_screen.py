"""录入体系: template out, filled in from the print, read back with every problem, looked at again, taken into the library."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.errors import UserError
from app.services.system_editing import Preview, preview, take_in
from app.services.systems import write_template
from app.ui import problems, widgets
from app.ui.messages import Action, Message, MessageBar, announce
from app.ui.saving import ask_target
from app.ui.standards.system_table import SystemView
from app.ui.standards.words import tr

if TYPE_CHECKING:
    from app.services.services import Services


class BringInScreen(QWidget):
    """taken(system id) once the system is in the library."""

    taken = Signal(str)
    name_given = Signal(str)

    def __init__(self, services: "Services", *, who: str, today: date) -> None:
        super().__init__()
        self._services = services
        self._today = today
        self.preview: Preview | None = None
        outer = QVBoxLayout(self)
        outer.setContentsMargins(18, 14, 18, 14)
        outer.setSpacing(10)
        outer.addWidget(widgets.label(tr("指标体系库 / 录入体系"), "note"))
        outer.addWidget(widgets.label(tr("录入体系：照原文填一张表，检查过再收进库里"), "title"))
        self.messages = MessageBar()
        outer.addWidget(self.messages)
        self.template_button = widgets.button(
            tr("存一份模板"), self.ask_template, icon="table", role="primary"
        )
        self.file_button = widgets.button(
            tr("选填好的文件"), self.ask_file, icon="folder", keys="Ctrl+O"
        )
        self.again_button = widgets.button(
            tr("改好了，再读一遍"), self.read_again, icon="redo", keys="F5"
        )
        self.open_button = widgets.button(tr("打开它"), self.open_file, icon="pencil")
        steps = widgets.row(spacing=12)
        for title, text, button in (
            (
                tr("1　拿模板"),
                tr("Excel 表，每一列都写着填什么、有下拉可选。原文是横线就填 —，没查到就空着。"),
                self.template_button,
            ),
            (
                tr("2　填好放进来"),
                tr(
                    "选文件，或把 .xlsx、.yaml 拖进窗口。有问题会一次全列出来，写明哪张表、哪一格。"
                ),
                self.file_button,
            ),
        ):
            card = widgets.Card(title)
            card.body.addWidget(widgets.label(text, "second", wrap=True))
            card.body.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
            steps.addWidget(card, 1)
        card = widgets.Card(tr("3　请人看一遍，收进库里"))
        self.by = QLineEdit(who)
        self.by.setAccessibleName(tr("谁录的"))
        self.by.editingFinished.connect(lambda: self.name_given.emit(self.by.text().strip()))
        self.second = QLineEdit()
        self.second.setAccessibleName(tr("谁复核的，没有就空着"))
        self.second.setPlaceholderText(tr("没有就空着"))
        names = QHBoxLayout()
        names.addWidget(widgets.label(tr("录入人"), "table"))
        names.addWidget(self.by)
        names.addWidget(widgets.label(tr("复核人"), "table"))
        names.addWidget(self.second)
        card.body.addLayout(names)
        self.take_button = widgets.button(
            tr("收进库里"), self.take, role="primary", icon="check", keys="Ctrl+Enter"
        )
        for keys, run in (
            ("Ctrl+Return", self.take),
            ("Ctrl+Enter", self.take),
            ("Ctrl+O", self.ask_file),
            ("F5", self.read_again),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(run)
        card.body.addWidget(self.take_button, 0, Qt.AlignmentFlag.AlignLeft)
        steps.addWidget(card, 1)
        outer.addLayout(steps)
        self._result = widgets.Card(tr("读出来的"), padded=False)
        self._summary = widgets.label("", "second", wrap=True)
        self._summary.setContentsMargins(14, 8, 14, 8)
        self.table_choice = QComboBox()
        self.table_choice.setAccessibleName(tr("哪一张表"))
        self.table_choice.currentIndexChanged.connect(lambda _: self._show_table())
        head = widgets.row(
            self._summary,
            self.table_choice,
            self.open_button,
            self.again_button,
            margins=(0, 6, 14, 6),
        )
        head.setStretch(0, 1)
        self._result.body.addLayout(head)
        self.problems = QTableWidget(0, 3)
        self.problems.setHorizontalHeaderLabels([tr("哪一格"), tr("怎么了"), tr("怎么改")])
        self.problems.setAccessibleName(tr("要改的地方"))
        self.problems.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.problems.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.problems.setTabKeyNavigation(False)
        self.problems.setWordWrap(True)
        self.problems.verticalHeader().hide()
        header = self.problems.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self._result.body.addWidget(self.problems, 1)
        self.table = SystemView()
        self._result.body.addWidget(self.table, 3)
        self._result.body.addStretch(0)
        self._result.body.setSpacing(0)
        outer.addWidget(self._result, 1)
        self._file: Path | None = None
        self._show_nothing()

    def _show_nothing(self) -> None:
        self._summary.setText(tr("还没有放文件进来。"))
        for part in (
            self.problems, self.table, self.table_choice, self.again_button, self.open_button,
        ):  # fmt: skip
            part.setVisible(False)
        self._allow_taking(allowed=False)

    def _allow_taking(self, *, allowed: bool) -> None:
        self.take_button.setEnabled(allowed)
        self.take_button.setToolTip("" if allowed else tr("先放一份没有问题的文件进来"))

    # -- template

    def ask_template(self) -> None:
        kind = tr("Excel 工作簿 (*.xlsx)")
        target = ask_target(self, tr("存一份模板"), tr("指标体系模板.xlsx"), kind, ".xlsx")
        if target is not None:
            self.save_template(target)

    def save_template(self, target: Path) -> None:
        try:
            write_template(target)
        except UserError as error:
            self.messages.show_message(problems.as_message(error))
            return
        self.messages.clear()
        look = Action(tr("打开模板"), lambda: _open_outside(target))
        text = tr("模板存在 {place}。照原文填好，再放进来。").format(place=target)
        self.messages.show_message(Message("ok", text, (look,)))

    # -- reading

    def ask_file(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(
            self, tr("选填好的文件"), "", tr("体系文件 (*.xlsx *.yaml *.yml *.json)")
        )
        if chosen:
            self.read(Path(chosen))

    def open_file(self) -> None:
        """Open the file that was read where it is mended: in Excel."""
        if self._file is not None:
            _open_outside(self._file)

    def read_again(self) -> None:
        if self._file is not None:
            self.read(self._file)

    def read(self, path: Path) -> None:
        """Show what a file would add, or everything that is wrong with it."""
        self._file = path
        self.preview = None
        self.messages.clear()
        self.again_button.setVisible(True)
        self.open_button.setVisible(True)
        try:
            self.preview = preview(path, self._services.catalogue)
        except UserError as error:
            self._show_problems(error)
            return
        found = self.preview
        system = found.loaded.system
        rows = sum(1 for table in system.tables for _ in table.indicators())
        text = tr("{title}（{number}），{tables} 张表，{rows} 行，没有要改的。").format(
            title=system.title, number=system.document_no, tables=len(system.tables), rows=rows
        )
        if found.loaded.warnings:
            text += tr("下面 {n} 处对照原文看过再收。").format(n=len(found.loaded.warnings))
        if found.taken:
            text += tr("库里已有这个编号，内容不同：收进来就代替它，原来的可以撤销回来。")
        self._summary.setText(text)
        self._fill(found.loaded.warnings)
        self.problems.setVisible(bool(found.loaded.warnings))
        self.table_choice.blockSignals(True)
        self.table_choice.clear()
        for table in system.tables:
            self.table_choice.addItem(table.title, table.id)
        self.table_choice.blockSignals(False)
        self.table_choice.setVisible(len(system.tables) > 1)
        self.table.setVisible(True)
        self._show_table()
        self._allow_taking(allowed=True)
        announce(self, text)
        (self.second if self.by.text() else self.by).setFocus()

    def _show_problems(self, error: UserError) -> None:
        self._fill(error.problems)
        self.problems.setVisible(True)
        self.table.setVisible(False)
        self.table_choice.setVisible(False)
        text = tr("{n} 处要改。在 Excel 里改好存盘，再点「改好了，再读一遍」。").format(
            n=len(error.problems)
        )
        self._summary.setText(text)
        self._allow_taking(allowed=False)
        announce(self, text)
        self.problems.setFocus()

    def _fill(self, found: tuple[object, ...]) -> None:
        self.problems.setRowCount(len(found))
        for number, problem in enumerate(found):
            for column, name in enumerate(("where", "what", "remedy")):
                item = QTableWidgetItem(str(getattr(problem, name)))
                item.setToolTip(item.text())
                self.problems.setItem(number, column, item)
        # The columns get their widths once the table is shown.
        QTimer.singleShot(0, self.problems, self.problems.resizeRowsToContents)
        if found:
            self.problems.setCurrentCell(0, 0)

    def _show_table(self) -> None:
        if self.preview is not None and self.table_choice.currentData():
            self.table.show_table(self.preview.loaded.system, self.table_choice.currentData())

    # -- taking

    def take(self) -> None:
        if self.preview is None:
            return
        try:
            summary = take_in(
                self._services.catalogue,
                self.preview,
                by=self.by.text(),
                on=self._today.isoformat(),
                second=self.second.text(),
            )
        except UserError as error:
            self.messages.show_message(problems.as_message(error))
            return
        self.taken.emit(summary.id)

    def hint(self) -> str:
        return tr("Ctrl+O 选文件 · F5 再读一遍 · Ctrl+Enter 收进库里 · 文件拖进窗口也行")


def _open_outside(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
