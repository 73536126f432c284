"""「上次没有正常关闭，数据都在」: after a crash the user sees what is in the file before going on."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QRadioButton,
    QWidget,
)

from app import clock
from app.assessment.finding import Missing, NotApplicable
from app.audit.basis import BASIS_KEY
from app.audit.project import COPY_KEY
from app.forms.answer import Answer
from app.ui import widgets
from app.ui.outline import key_label
from app.ui.status import day_text

if TYPE_CHECKING:
    # For types only: SQLAlchemy, which they stand on, is not needed to show the window.
    from app.services.damage import Backup, Compared
    from app.services.session import AuditSession

_SHOWN = 4
_OF_THE_PROGRAM = (BASIS_KEY, COPY_KEY)  # fingerprints nobody typed


def answer_words(answer: Answer) -> str:
    """An answer as one line: 「176800」, 「不适用：园区没有蒸汽管网」, 「清空」."""
    if isinstance(answer, Missing):
        return "清空"
    if isinstance(answer, NotApplicable):
        return f"不适用：{answer.reason}"
    return answer.raw or answer.text


class RecoveryDialog(QDialog):
    """Accepted = go on with this audit, or with `wanted_backup` when that is set; rejected (Esc) = later. Nothing is changed
    either way: a backup comes back as a file of its own.

    backup: the newest good one, offered when it holds other answers.
    """

    def __init__(
        self,
        session: "AuditSession",
        parent: QWidget | None = None,
        *,
        backup: "Compared | None" = None,
    ) -> None:
        super().__init__(parent)
        self._compared = backup if backup is not None and backup.differing else None
        self.setWindowTitle(self.tr("上次没有正常关闭"))
        self.setFixedWidth(640)
        history = [one for one in session.history("") if one.key not in _OF_THE_PROGRAM]
        last = day_text(history[0].when.astimezone(), clock.now()) if history else ""
        told = self.tr("{name}：最后一次写进硬盘是 {when}。").format(
            name=session.path.stem, when=last
        )
        none = self.tr("{name}：还没有回答。").format(name=session.path.stem)
        box, inner = widgets.dialog_body(
            self, "jade", self.tr("上次没有正常关闭，数据都在"), told if history else none
        )

        facts = widgets.frame("box", vertical=False, margins=(14, 7, 14, 7), spacing=20)
        facts_box: QHBoxLayout = facts.layout()  # type: ignore[assignment]
        for fact in (
            self.tr("文件完好，已逐页核对"),
            self.tr("回答 {n} 个，和改动记录逐条对过").format(n=len(session.book.answers)),
        ):
            facts_box.addLayout(
                widgets.row(
                    widgets.IconLabel("check", "jade", 14), widgets.label(fact, "table"), spacing=5
                )
            )
        facts_box.addStretch(1)
        inner.addWidget(facts)

        if history:
            inner.addWidget(
                widgets.label(
                    self.tr("中断前最后写下的 {n} 条").format(n=min(_SHOWN, len(history))), "note"
                )
            )
            table = widgets.frame("box", margins=(12, 8, 12, 8))
            table.setAccessibleName(self.tr("中断前最后写下的"))
            holder = QWidget()
            grid = QGridLayout(holder)
            grid.setContentsMargins(0, 0, 0, 0)
            grid.setHorizontalSpacing(20)
            grid.setVerticalSpacing(5)
            grid.setColumnStretch(2, 1)
            for column, title in enumerate(
                (self.tr("时间"), self.tr("内容"), self.tr("写进硬盘的值"))
            ):
                grid.addWidget(widgets.label(title, "note2"), 0, column)
            for line, entry in enumerate(history[:_SHOWN], 1):
                place = key_label(session.project, entry.key)
                cells = (f"{entry.when.astimezone():%H:%M:%S}", place, answer_words(entry.after))
                for column, text in enumerate(cells):
                    grid.addWidget(widgets.label(text[:60], "table"), line, column)
            table_box = table.layout()
            assert table_box is not None
            table_box.addWidget(holder)
            inner.addWidget(table)

        self.go_on = QRadioButton(self.tr("从中断的地方接着做（建议）"))
        self.go_back = QRadioButton("")
        self.go_on.setChecked(True)
        if self._compared is not None:
            when = day_text(self._compared.backup.made_at, clock.now())
            self.go_back.setText(self.tr("回到 {when} 的备份").format(when=when))
            group = QButtonGroup(self)
            for radio, text in (
                (self.go_on, self.tr("打开后停在上次填的地方。")),
                (
                    self.go_back,
                    self.tr("和现在有 {n} 处不同。恢复成新案卷，现在这份不会改、不会删。").format(
                        n=self._compared.differing
                    ),
                ),
            ):
                group.addButton(radio)
                choice = widgets.frame("box", margins=(14, 8, 14, 9), spacing=1)
                choice_box = choice.layout()
                assert choice_box is not None
                choice_box.addWidget(radio)
                said = widgets.label(text, "note", wrap=True)
                said.setContentsMargins(27, 0, 0, 0)
                choice_box.addWidget(said)
                inner.addWidget(choice)

        foot = widgets.frame("foot_bar", vertical=False, margins=(24, 12, 24, 12), spacing=8)
        foot_box: QHBoxLayout = foot.layout()  # type: ignore[assignment]
        foot_box.addStretch(1)
        later = widgets.button(self.tr("以后再开这个案卷"), self.reject, keys="Esc")
        on = widgets.button(
            self.tr("接着做"), self.accept, role="primary", icon="check", keys="Enter"
        )
        later.setAutoDefault(False)
        on.setDefault(True)
        foot_box.addWidget(later)
        foot_box.addWidget(on)
        box.addWidget(foot)
        on.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def wanted_backup(self) -> "Backup | None":
        """The backup to go back to; None to go on with the file as it is."""
        if self._compared is None or not self.go_back.isChecked():
            return None
        return self._compared.backup
