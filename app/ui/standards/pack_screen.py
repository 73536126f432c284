"""体系包: checked systems in one file for others, and what a pack from others would bring."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from app.errors import UserError
from app.services.system_packs import (
    ORIGIN,
    checked_rows,
    describe_checking,
    export_pack,
    import_pack,
    read_pack,
    would_replace,
)
from app.ui import problems, widgets
from app.ui.messages import Message, MessageBar
from app.ui.saving import ask_target
from app.ui.standards.words import tr

if TYPE_CHECKING:
    from app.services.services import Services


class _PackScreen(QWidget):
    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(18, 14, 18, 14)
        outer.setSpacing(10)
        outer.addWidget(widgets.label(tr("指标体系库 / 体系包"), "note"))
        outer.addWidget(widgets.label(title, "title"))
        outer.addWidget(widgets.label(text, "second", wrap=True))
        self.messages = MessageBar()
        outer.addWidget(self.messages)
        self.card = widgets.Card(tr("包里的体系"), padded=False)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setAccessibleName(tr("包里的体系"))
        holder = QWidget()
        holder.setProperty("role", "plain")
        self.lines = QVBoxLayout(holder)
        self.lines.setContentsMargins(14, 10, 14, 10)
        self.lines.setSpacing(4)
        area.setWidget(holder)
        self.card.body.addWidget(area)
        outer.addWidget(self.card, 1)
        self.foot = widgets.row(spacing=10)
        outer.addLayout(self.foot)


class ExportPackScreen(_PackScreen):
    """Which systems, who made the pack."""

    name_given = Signal(str)

    def __init__(self, services: "Services", chosen: str, *, who: str, today: date) -> None:
        super().__init__(
            tr("导出体系包：把核对过的给别人用"),
            tr("一个文件，带着谁核对、哪天、照哪份原文。收到的人打开就能用，来历一直跟着。"),
        )
        self._services = services
        self._today = today
        self.checks: dict[str, QCheckBox] = {}
        for summary in services.catalogue.systems():
            system = services.catalogue.system(summary.id)
            done, _, rows = checked_rows([system])
            if not (summary.own or summary.id == chosen):
                continue
            check = QCheckBox(f"{summary.title}　{summary.document_no}　{rows} 行，已核 {done}")
            check.setChecked(summary.id == chosen or (not chosen and done > 0))
            check.toggled.connect(lambda _: self._describe())
            self.checks[summary.id] = check
            self.lines.addWidget(check)
        if not self.checks:
            self.lines.addWidget(
                widgets.label(
                    tr("还没有自己的体系。先「逐行核对」或「录入体系」，再来导出。"), "second"
                )
            )
        self.lines.addStretch(1)
        self.sentence = widgets.label("", "second", wrap=True)
        self.by = QLineEdit(who)
        self.by.setAccessibleName(tr("谁做的这个包"))
        self.by.setFixedWidth(140)
        self.by.editingFinished.connect(lambda: self.name_given.emit(self.by.text().strip()))
        self.note = QLineEdit()
        self.note.setAccessibleName(tr("给收到的人的话"))
        self.note.setPlaceholderText(tr("给收到的人的话，可不填"))
        self.save_button = widgets.button(
            tr("存成体系包"), self.ask_target, role="primary", icon="export"
        )
        for part in (widgets.label(tr("谁做的"), "table"), self.by, self.note, self.save_button):
            self.foot.addWidget(part)
        outer = self.layout()
        assert isinstance(outer, QVBoxLayout)
        outer.insertWidget(outer.count() - 1, self.sentence)
        self._describe()

    def _chosen(self) -> list[str]:
        return [name for name, check in self.checks.items() if check.isChecked()]

    def _describe(self) -> None:
        systems = [self._services.catalogue.system(name) for name in self._chosen()]
        self.sentence.setText(
            tr("包里会写：{text}").format(text=describe_checking(systems))
            if systems
            else tr("还没选体系。")
        )
        self.save_button.setEnabled(bool(systems))
        self.save_button.setToolTip("" if systems else tr("先勾一份体系"))

    def ask_target(self) -> None:
        kind = tr("体系包 (*.cppack)")
        target = ask_target(self, tr("存成体系包"), tr("体系包.cppack"), kind, ".cppack")
        if target is not None:
            self.save(target)

    def save(self, target: Path) -> None:
        try:
            said = export_pack(
                self._services.catalogue,
                self._chosen(),
                target,
                by=self.by.text(),
                on=self._today.isoformat(),
                note=self.note.text(),
            )
        except UserError as error:
            self.messages.show_message(problems.as_message(error))
            return
        self.messages.clear()
        self.messages.show_message(
            Message("ok", tr("存在 {place}。{said}").format(place=target, said=said))
        )

    def hint(self) -> str:
        return tr("空格 勾选 · Tab 换格 · Enter 按下")


class ImportPackScreen(_PackScreen):
    """What is in a pack, from whom; then into the library. taken(id of the first system)."""

    taken = Signal(str)

    def __init__(self, services: "Services", path: Path) -> None:
        super().__init__(
            tr("导入体系包：先看是谁核对的"),
            tr("收进来就成为自己库里的一份，来历写在体系里。已有的案卷不会跟着变。"),
        )
        self._services = services
        self._path = path
        self.take_button = widgets.button(tr("收进库里"), self.take, role="primary", icon="check")
        self.replace = QCheckBox(tr("代替库里同编号的"))
        try:
            pack = read_pack(path)
        except UserError as error:
            self.messages.show_message(problems.as_message(error))
            self.take_button.setEnabled(False)
            self.take_button.setToolTip(tr("这个包读不出来"))
            self.foot.addStretch(1)
            self.foot.addWidget(self.take_button)
            return
        self.lines.addWidget(
            widgets.label(tr("{by} 在 {on} 做的").format(by=pack.by, on=pack.on), "card_title")
        )
        taken = {one.system.id: one for one in would_replace(pack, services.catalogue)}
        if pack.note:
            self.lines.addWidget(widgets.label(pack.note, "second", wrap=True))
        for system in pack.systems:
            self.lines.addWidget(
                widgets.label(f"{system.title}　{system.document_no}", "table_strong")
            )
            said = describe_checking([system])
            there = taken.get(system.id)
            if there is not None and there.own:
                said += tr("自己库里已有这一份。")
            self.lines.addWidget(widgets.label(said, "second", wrap=True))
            if there is not None and there.differs:
                words = tr("和库里的这一份有 {n} 处不同，收进来以后按包里的定级：")
                self.lines.addWidget(
                    widgets.label(
                        words.format(n=len(there.differs)), "table_strong", tone="warn", wrap=True
                    )
                )
                for line in there.differs:
                    self.lines.addWidget(widgets.label(line, "second", wrap=True))
            self.lines.addWidget(
                widgets.label(
                    tr("来历：{text}").format(text=system.extras[ORIGIN]), "note", wrap=True
                )
            )
        self.lines.addStretch(1)
        self.replace.setVisible(bool(taken))
        self.foot.addWidget(self.replace)
        self.foot.addStretch(1)
        self.foot.addWidget(self.take_button, 0, Qt.AlignmentFlag.AlignRight)

    def take(self) -> None:
        try:
            imported = import_pack(
                self._path, self._services.catalogue, replace_own=self.replace.isChecked()
            )
        except UserError as error:
            self.messages.show_message(problems.as_message(error))
            return
        self.taken.emit(imported[0].summary.id)

    def hint(self) -> str:
        return tr("Tab 换格 · Enter 按下")
