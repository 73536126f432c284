"""A sealed report opened or dropped: does it agree with its data, and with the audit that is open? Every difference in one list."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QDialog, QListWidget, QVBoxLayout

from app.ui import problems, theme, widgets
from app.ui.frame import Frame

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.services.verifying import Verdict

_MARK = b"%CleanAudit-Seal"
_END = 512  # bytes in which the seal line stands


def is_sealed_report(path: Path) -> bool:
    """A PDF with a seal line, whatever it is worth."""
    if path.suffix.lower() != ".pdf" or not path.is_file():
        return False
    try:
        with path.open("rb") as stream:
            stream.seek(0, 2)
            stream.seek(max(0, stream.tell() - _END))
            return _MARK in stream.read()
    except OSError:
        return False


class SealedDialog(QDialog):
    """The verdict in words. review_wanted: read it page by page and note opinions."""

    review_wanted = Signal()

    def __init__(self, name: str, verdict: "Verdict", parent: "QWidget | None" = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("核验封存的报告"))
        self.resize(760, 460)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 20, 24, 16)
        box.setSpacing(10)
        if verdict.same:
            head = self.tr("一致")
            if verdict.compared_with:
                head = self.tr("一致，和打开着的案卷也一致")
        else:
            head = self.tr("不一致：{n} 处").format(n=len(verdict.differences))
        title = widgets.label(head, "dialog_title")
        theme.set_property(title, "tone", "ok" if verdict.same else "error")
        box.addWidget(title)
        facts = self.tr("{number}　{firm}　{state}　{day}　共 {pages} 张　{name}").format(
            number=verdict.number,
            firm=verdict.firm,
            state=verdict.state,
            day=verdict.day,
            pages=verdict.pages,
            name=name,
        )
        box.addWidget(widgets.label(facts, "body", wrap=True))
        digest = self.tr("数据包 SHA-256：{digest}").format(digest=verdict.sha256)
        box.addWidget(widgets.label(digest, "note", wrap=True))
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("不一致的地方"))
        self.list.setWordWrap(True)
        self.list.addItems(list(verdict.differences))
        self.list.setVisible(not verdict.same)
        box.addWidget(self.list, 1)
        if verdict.same:
            box.addStretch(1)
        for one in verdict.notes:
            box.addWidget(widgets.label(one, "note", tone="warn", wrap=True))
        note = self.tr("再看一眼：这里的封存编号，要和盖了章的纸上每一页的号相同。")
        box.addWidget(widgets.label(note, "note", wrap=True))
        self.close_button = widgets.button(self.tr("关上"), self.accept, role="primary", keys="Esc")
        self.review_button = widgets.button(
            self.tr("写审阅意见"),
            self._review,
            icon="pencil",
            tip=self.tr("只读打开，一处一处写意见，存成文件发回编制单位"),
        )
        box.addLayout(widgets.row(self.review_button, None, self.close_button))

    def _review(self) -> None:
        self.accept()
        self.review_wanted.emit()


def check_report(path: Path, window: Frame, review: Callable[[], object]) -> None:
    """Check a sealed report against its own data, and against the open audit when that is where it came from."""
    from app.audit.editions import editions_of
    from app.services.verifying import verify

    book = None if window.model is None else window.model.book
    if book is not None and not editions_of(book):
        book = None
    cases = window.services.projects.cases

    def show(verdict: "Verdict") -> None:
        dialog = SealedDialog(path.name, verdict, window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.review_wanted.connect(review)
        dialog.open()

    def failed(error: BaseException) -> None:
        problems.show_failure(window, _tr("核验不了「{name}」").format(name=path.name), error)

    said = _tr("正在核验 {name}…").format(name=path.name)
    window.tasks.start(said, lambda _task: verify(path, None, cases, book), show, failed)


def _tr(text: str) -> str:
    return QCoreApplication.translate("verify_sealed", text)
