"""Dropped bills and the evidence binder: goes between the window, the reading, the preview and the open audit."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog

from app.errors import UserError
from app.ui import problems
from app.ui.dropping import dropped_files
from app.ui.messages import Action, Message
from app.ui.over_audit import OverAudit
from app.ui.tasks import Task

if TYPE_CHECKING:
    from app.errors import Problem
    from app.services.bill_filling import PlanRow
    from app.services.bill_reading import FolderReading
    from app.services.evidence import NewPaper
    from app.ui.bills_preview import BillsPreview
    from app.ui.pages.evidence import EvidenceScreen
    from app.ui.pages.picture_picker import PicturePicker

_MANY_PICTURES = 30
_PAGE = 1500  # dots of the longer side of a page that is looked at
_TAKEN = {".pdf", ".ofd", ".xml", ".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff"}


def dropped_papers(event: QDropEvent) -> list[Path]:
    """Folders and papers carried by a drag."""
    return [path for path in dropped_files(event) if path.is_dir() or path.suffix.lower() in _TAKEN]


class EvidenceDesk(OverAudit):
    """One screen at a time over the open audit; `leave` goes back to it."""

    # -- reading what was dropped

    def take(self, paths: Sequence[Path]) -> None:
        """Read files and folders and show what is in them; nothing is written yet. Dropped on the binder they are kept as
        they are."""
        from app.ui.pages.evidence import EvidenceScreen
        from app.ui.pages.picture_picker import PicturePicker

        model = self._window.model
        if model is None:
            return
        if isinstance(self.screen, EvidenceScreen):
            self.add(paths, self.screen.group())
            return
        if isinstance(self.screen, PicturePicker):
            self.add(paths)
            return
        session = model.session
        pictures = self._wants_pictures(paths)

        def work(task: Task) -> "FolderReading | None":
            from app.services.bill_filling import read_for
            from app.services.bill_reading import Cancelled

            def progress(done: int, count: int) -> None:
                task.progress(self.tr("正在读单据 {done}/{count}").format(done=done, count=count))

            try:
                return read_for(
                    session,
                    paths,
                    pictures=pictures,
                    progress=progress,
                    cancelled=task.is_cancelled,
                )
            except Cancelled:
                return None

        self._window.tasks.start(self.tr("正在读单据"), work, self._show, self._failed)

    def _wants_pictures(self, paths: Sequence[Path]) -> bool:
        """Many photographs take minutes to read: asked before."""
        from app.services.bill_reading import pictures_in

        count = pictures_in(paths)
        if count <= _MANY_PICTURES:
            return True
        return problems.ask(
            self._window,
            self.tr("里面有 {n} 张照片").format(n=count),
            self.tr(
                "一张一张认字大约要 {minutes} 分钟，可以随时取消。不认的照片可以整个拖到证据册里留着。"
            ).format(minutes=max(1, count * 5 // 60)),
            self.tr("都认一遍"),
            self.tr("照片先不认"),
        )

    def _failed(self, error: BaseException) -> None:
        problems.show_failure(self._window, self.tr("没有读成"), error)

    def _show(self, found: "FolderReading | None") -> None:
        from app.services.bill_filling import for_buyer, plan, usual_buyer
        from app.services.bill_reading import lacks_picture_reader
        from app.ui.bills_preview import BillsPreview

        model = self._window.model
        if found is None or model is None:
            return
        note = ""
        if lacks_picture_reader(found.readings):
            note = self.tr("照片和扫描件要装「识图组件」才读得出来（安装包的第二个文件）。没装也可以先留作凭证，数自己照着填；别的单据不受影响。")  # fmt: skip
        project = model.project
        buyer = usual_buyer(project, found)
        asked = ""
        if buyer:
            asked = self.tr("单据上的购买方是「{buyer}」，案卷里的企业叫「{firm}」。是同一家吗？不点就当不是，一份也不填。").format(buyer=buyer, firm=project.book.text("firm.name"))  # fmt: skip
        preview = BillsPreview(plan(project, found), note, asked)
        preview.buyer_accepted.connect(
            lambda: preview.show_rows(plan(project, for_buyer(project, found, buyer)))
        )
        preview.written.connect(self._write)
        preview.left.connect(self.leave)
        preview.picture_wanted.connect(lambda path, page: self._draw_file(preview, path, page))
        self.push(preview, self.tr("读到的单据"), self.tr("空格 换一种办法 · Ctrl+Enter 写进去 · Esc 都不要"))  # fmt: skip
        preview.table.setFocus()
        preview.picture_wanted.emit(preview.rows[0].path, 0)

    def _draw_file(self, preview: "BillsPreview", path: Path, page: int) -> None:
        from app.services.evidence import draw_file

        def show(drawn: tuple[bytes, int]) -> None:
            if self.screen is preview:
                preview.show_picture(path, page, *drawn)

        self._window.tasks.start(
            "",
            lambda task: draw_file(path, page, _PAGE, task.is_cancelled),
            show,
            lambda _error: None,
        )

    def _write(self, rows: "tuple[PlanRow, ...]") -> None:
        from app.services.bill_filling import Filled, fill

        model = self._window.model
        assert model is not None
        done: list[Filled] = []
        if not model.act(lambda session: done.append(fill(session, rows))):
            return
        self.leave()
        (filled,) = done
        words = self.tr("填了 {cells} 格，收了 {papers} 份凭证。").format(
            cells=filled.cells, papers=filled.papers
        )
        actions = (
            Action(self.tr("看证据册"), self.open_binder),
            Action(self.tr("撤销"), model.undo, "Ctrl+Z"),
        )
        model.post(Message("ok", words, actions, of_last_act=True))

    # -- the binder

    def open_binder(self, sha256: str = "") -> "EvidenceScreen | None":
        """证据册, at one paper."""
        from app.ui.pages.evidence import EvidenceScreen

        model = self._window.model
        if model is None:
            return None
        screen = EvidenceScreen(model, self._window.tasks)
        screen.left.connect(self.leave)
        screen.files_wanted.connect(self._choose_files)
        screen.place_wanted.connect(self._go_to)
        self.push(screen, self.tr("证据册"), self.tr("空格 放大 · F2 改名 · Del 拿掉 · Ctrl+O 加文件 · Esc 回案卷"))  # fmt: skip
        screen.choose(sha256)
        return screen

    def _choose_files(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(
            self._window, self.tr("加进证据册"), self._window.settings.last_folder
        )
        if names:
            self.add([Path(name) for name in names])

    def add(self, paths: Sequence[Path], group: str = "") -> None:
        """Keep files as they are (a camera's folder too), as one act; not read."""
        from app.services import evidence
        from app.services.bill_reading import files_in

        model = self._window.model
        if model is None:
            return
        session = model.session

        def work(task: Task) -> object:
            def progress(done: int, count: int) -> None:
                task.progress(self.tr("正在收证据 {done}/{count}").format(done=done, count=count))

            return evidence.keep_files(
                session, files_in(paths), progress=progress, cancelled=task.is_cancelled
            )

        def done(result: "tuple[tuple[NewPaper, ...], tuple[Problem, ...]]") -> None:
            kept, against = result
            if self._window.model is not model:
                return
            if model.act(lambda now: evidence.place_papers(now, kept, group=group)):
                self._show_in_report(kept)
            if against:
                title = self.tr("有 {n} 份没有收").format(n=len(against))
                problems.show_user_error(self._window, title, UserError(*against))

        self._window.tasks.start(self.tr("正在收证据"), work, done, self._failed)

    # -- pictures of the report

    def open_pictures(self) -> "PicturePicker | None":
        """Which pictures of the binder the report shows, and in which order."""
        from app.ui.pages.picture_picker import PicturePicker

        model = self._window.model
        if model is None:
            return None
        screen = PicturePicker(model, self._window.tasks)
        screen.left.connect(self.leave)
        screen.files_wanted.connect(self._choose_files)
        self.push(screen, self.tr("报告里的图"), self.tr("空格 放进报告 · Alt+↑↓ 换次序 · Del 拿出 · Ctrl+O 加图片 · Esc 回案卷"))  # fmt: skip
        screen.view.setFocus()
        return screen

    def _show_in_report(self, kept: "Sequence[NewPaper]") -> None:
        """What was added while pictures are chosen is meant for the report."""
        from app.audit.evidence import papers
        from app.ui.pages.picture_picker import PicturePicker

        model = self._window.model
        if isinstance(self.screen, PicturePicker) and model is not None:
            new = {one.sha256 for one in kept}
            self.screen.add([one for one in papers(model.book) if one.sha256 in new])

    def _go_to(self, key: str) -> None:
        self.leave()
        audit = self._window.audit
        if audit is not None:
            audit.go_to_key(key)
