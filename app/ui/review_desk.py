"""Opinions on a paper: goes between the window, a reviewer's copy, files of notes and the open audit."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QInputDialog

from app import clock
from app.errors import UserError
from app.services import review
from app.ui import problems
from app.ui.dropping import dropped_files
from app.ui.messages import Action, Message
from app.ui.over_audit import OverAudit
from app.ui.saving import ask_target

if TYPE_CHECKING:
    from app.audit.review import Opinion
    from app.services.review import Copy
    from app.ui.pages.review_replies import RepliesScreen


def dropped_notes(event: QDropEvent) -> Path | None:
    """A file of a reviewer's notes carried by a drag, None when there is none."""
    files = dropped_files(event)
    return next((path for path in files if path.suffix.lower() == review.SUFFIX), None)


class ReviewDesk(OverAudit):
    """One screen at a time: the reviewer's copy, or the opinions of the open audit."""

    # -- the reviewer

    def read(self, path: Path) -> None:
        """Open a sealed report for reading and noting."""
        cases = self._window.services.projects.cases
        author = self._window.settings.user_name.strip()
        if not author:
            author, agreed = QInputDialog.getText(
                self._window, self.tr("写审阅意见"), self.tr("评审人姓名（印在意见后面）：")
            )
            if not agreed or not author.strip():
                return
        self._window.tasks.start(
            self.tr("正在打开 {name}…").format(name=path.name),
            lambda _task: review.open_copy(path, cases),
            lambda copy: self._show_copy(copy, author.strip()),
            self._failed,
        )

    def _show_copy(self, copy: "Copy", author: str) -> None:
        from app.ui.review_copy import ReviewCopyScreen

        try:
            file, notes = review.begun_notes(copy, author)
        except UserError as error:
            problems.show_user_error(self._window, self.tr("以前的意见读不出来"), error)
            return
        screen = ReviewCopyScreen(copy, notes, file, self._window.tasks)
        screen.left.connect(self.leave)
        self.push(screen, self.tr("审阅：{name}").format(name=copy.path.name), self.tr("只读，改不了数据 · Ctrl+F 找 · Ctrl+Enter 记下 · Esc 回去"))  # fmt: skip
        screen.search.setFocus()

    # -- the consultant

    def open_replies(self) -> "RepliesScreen | None":
        """审阅意见 of the open audit."""
        from app.ui.pages.review_replies import RepliesScreen

        model = self._window.model
        if model is None:
            return None
        screen = RepliesScreen(model, self._window.tasks)
        screen.left.connect(self.leave)
        screen.file_wanted.connect(self._choose_file)
        screen.paste_wanted.connect(self.paste)
        screen.table_wanted.connect(self._ask_table)
        screen.report_wanted.connect(self._go_to_report)
        self.push(screen, self.tr("审阅意见"), self.tr("Alt+↑↓ 换意见 · Ctrl+Enter 改完 · Ctrl+O 收意见 · Esc 回案卷"))  # fmt: skip
        (screen.list if screen.list.count() else screen.open_button).setFocus()
        return screen

    def _choose_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self._window,
            self.tr("收下评审人的意见"),
            self._window.settings.last_folder,
            self.tr("审阅意见 (*{suffix})").format(suffix=review.SUFFIX),
        )
        if name:
            self.take(Path(name))

    def take(self, path: Path) -> None:
        """Opinions of a file into the open audit; asked first when they may belong to another paper."""
        model = self._window.model
        if model is None:
            return
        try:
            notes = review.read_notes(path)
            taken = review.plan_notes(model.session, notes)
        except UserError as error:
            problems.show_user_error(self._window, self.tr("意见没有收下"), error)
            return
        if taken.strange and not problems.ask(
            self._window,
            self.tr("这些意见可能不是这份报告的"),
            self.tr("{why}。还要收下这 {n} 条吗？").format(why=taken.strange, n=len(taken.new)),
            self.tr("收下"),
            self.tr("先不收"),
        ):
            return
        if not taken.new:
            said = self.tr("{name} 里的 {n} 条意见早就收过了").format(name=path.name, n=taken.known)
            model.post(Message("info", said))
            self.open_replies()
            return
        self._take_in(taken.new)

    def paste(self) -> None:
        """Opinions from the clipboard, looked at before they are taken in."""
        model = self._window.model
        if model is None:
            return
        text = QGuiApplication.clipboard().text()
        text, agreed = QInputDialog.getMultiLineText(
            self._window,
            self.tr("粘贴意见"),
            self.tr("有序号的，一个序号算一条；没有序号，一行算一条。可以在这里改："),
            text,
        )
        if not agreed or not text.strip():
            return
        author, agreed = QInputDialog.getText(
            self._window, self.tr("谁的意见"), self.tr("评审人（例如 专家甲、区局）：")
        )
        if agreed:
            today = clock.today()
            self._take_in(review.plan_typed(model.session, text, author, today))

    def _take_in(self, new: "tuple[Opinion, ...]") -> None:
        model = self._window.model
        if model is not None and new and model.act(lambda session: review.take_in(session, new)):
            self.open_replies()

    def _go_to_report(self) -> None:
        self.leave()
        audit = self._window.audit
        if audit is not None:
            audit.go_to_report()

    # -- the table of replies

    def _ask_table(self, suffix: str) -> None:
        model = self._window.model
        if model is None:
            return
        from app.files import safe_name

        firm = safe_name(model.book.text("firm.name"), self.tr("企业"))
        start = model.session.path.with_name(f"{firm} 修改对照表{suffix}")
        kind = self.tr("Word 文件 (*.docx)") if suffix == ".docx" else self.tr("PDF (*.pdf)")
        target = ask_target(self._window, self.tr("修改对照表"), start, kind, suffix)
        if target is not None:
            self.write_table(target)

    def write_table(self, target: Path) -> None:
        """Write 修改对照表 as the audit is now, off the window's thread."""
        model = self._window.model
        if model is None:
            return
        project, assessment = model.project, model.assessment
        now = clock.now()
        self._window.tasks.start(
            self.tr("正在写修改对照表"),
            lambda task: review.write_replies(
                project, assessment, target, now=now, cancelled=task.is_cancelled
            ),
            self._written,
            self._failed,
        )

    def _written(self, target: Path) -> None:
        model = self._window.model
        if model is None:
            return
        look = Action(
            self.tr("打开看看"), lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(target)))
        )
        model.post(Message("ok", self.tr("已写好：{name}").format(name=target.name), (look,)))

    def _failed(self, error: BaseException) -> None:
        problems.show_failure(self._window, self.tr("没有做成"), error)
