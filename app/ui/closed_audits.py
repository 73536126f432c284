"""What the list of audits offers for audits that are not open: found again, added from a folder, passwords, copies without names."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from app import paths
from app.errors import Problem, UserError
from app.ui import problems
from app.ui.library import LibraryScreen
from app.ui.messages import Message, announce
from app.ui.saving import ask_target
from app.ui.session import SessionModel
from app.ui.settings import Settings, save_settings
from app.ui.tasks import Task, Tasks

if TYPE_CHECKING:
    from app.services.services import Services


def second_place(settings: Settings) -> Path | None:
    """The folder that gets backups too, None when none was chosen."""
    return Path(settings.backup_place) if settings.backup_place else None


class ClosedAudits(QObject):
    """opened: opens a file in the window, None where that did not go."""

    def __init__(
        self,
        services: "Services",
        settings: Settings,
        library: LibraryScreen,
        tasks: Tasks,
        opened: Callable[[Path], SessionModel | None],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._services, self._settings = services, settings
        self._library, self._tasks, self._window = library, tasks, window
        self._opened = opened

    def relocate(self, path: Path) -> None:
        """Ask where an audit that is gone from its place lies by now."""
        chosen, _ = QFileDialog.getOpenFileName(
            self._window,
            self.tr("「{name}」现在在哪里").format(name=path.stem),
            str(path.parent),
            self.tr("案卷 (*.cpaudit)"),
        )
        if not chosen:
            return
        try:
            count = self._services.projects.relocate(path, Path(chosen))
        except UserError as error:
            problems.show_user_error(self._window, self.tr("没有指过去"), error)
            return
        self._library.show_rows(self._services.projects.audits.summaries())
        announce(self._library, self.tr("指到新位置了，一起找到 {n} 个").format(n=count))

    def ask_folder(self) -> None:
        """Ask for a folder and put all its audits on the list."""
        folder = QFileDialog.getExistingDirectory(self._window, self.tr("哪个文件夹里的案卷"))
        if folder:
            self.add_folder(Path(folder))

    def add_folder(self, folder: Path) -> None:
        def failed(error: BaseException) -> None:
            problems.show_failure(self._window, self.tr("没有加进来"), error)

        def work(task: Task) -> tuple[int, tuple[Problem, ...]]:
            def progress(done: int, total: int) -> None:
                words = self.tr("正在看文件夹里的案卷 {done}/{total}")
                task.progress(words.format(done=done, total=total))

            return self._services.projects.add_folder(folder, progress, task.is_cancelled)

        self._tasks.start(self.tr("正在看文件夹里的案卷"), work, self._folder_added, failed)

    def _folder_added(self, result: tuple[int, tuple[Problem, ...]]) -> None:
        count, wrong = result
        self._library.show_rows(self._services.projects.audits.summaries())
        announce(self._library, self.tr("加进来 {n} 个案卷").format(n=count))
        if wrong:
            problems.show_user_error(
                self._window,
                self.tr("加进来 {n} 个案卷，{m} 个打不开").format(n=count, m=len(wrong)),
                UserError(*wrong),
            )

    def ask_second_place(self) -> None:
        """Ask for a second folder for backups; cancelling leaves what was chosen before."""
        folder = QFileDialog.getExistingDirectory(
            self._window,
            self.tr("备份再存到哪个文件夹（最好是另一个盘）"),
            self._settings.backup_place,
        )
        if folder:
            self._settings.backup_place = folder
            save_settings(self._settings)
            words = self.tr("下次打开案卷起，备份也存到 {place}")
            announce(self._library, words.format(place=folder))

    def change_password(self, path: Path) -> None:
        """Give a closed audit a password, another one, or none."""
        from app.services import passwords
        from app.ui.password import NewPasswordDialog, unlock

        if passwords.has_password(path) and not unlock(self._window, path):
            return
        dialog = NewPasswordDialog(path.name, self._window)
        if dialog.exec():
            self._set_password(path, dialog.password)

    def drop_password(self, path: Path) -> None:
        """Take the password of a closed audit away."""
        from app.ui.password import unlock

        if unlock(self._window, path):
            self._set_password(path, "")

    def _set_password(self, path: Path, password: str) -> None:
        try:
            count = self._services.projects.set_password(path, password)
        except UserError as error:
            problems.show_user_error(self._window, self.tr("密码没有改成"), error)
            return
        words = self.tr("加好了密码，它的 {n} 份备份也加了") if password else self.tr("去掉了密码")
        self._library.show_rows(self._services.projects.audits.summaries())
        announce(self._library, words.format(n=count))
        if password:
            self._handle_open_copies(path)

    def _handle_open_copies(self, path: Path) -> None:
        """Originals and backups from before the password: said, and handled as the user wants."""
        from app.services import passwords
        from app.ui.password import CopiesWish, OpenCopiesDialog

        try:
            copies = self._services.projects.open_copies(path, second_place(self._settings))
        except UserError as error:
            problems.show_user_error(self._window, self.tr("旧副本没有找全"), error)
            return
        if not copies:
            return
        dialog = OpenCopiesDialog(copies, self._window)
        dialog.exec()
        left: tuple[Path, ...] = ()
        if dialog.wish is CopiesWish.LOCK:
            left = passwords.lock_copies(path, copies)
        elif dialog.wish is CopiesWish.REMOVE:
            left = passwords.remove_copies(copies)
        if left:
            listed = "、".join(one.name for one in left[:5])
            words = self.tr("这 {n} 份没有办成：{listed}").format(n=len(left), listed=listed)
            remedy = self.tr("损坏的加不了密：不要了就删掉。")
            problem = UserError(Problem("", words, remedy))
            problems.show_user_error(self._window, self.tr("旧副本还没处理完"), problem)

    def anonymous_copy(self, path: Path) -> None:
        """Ask where to, then write a copy that names nobody."""
        proposed = paths.default_audits_dir() / self.tr("匿名副本.cpaudit")
        kind = self.tr("案卷 (*.cpaudit)")
        made = ask_target(self._window, self.tr("存成匿名副本"), proposed, kind, ".cpaudit")
        if made is None:
            return
        try:
            self._services.projects.anonymous_copy(path, made)
        except UserError as error:
            problems.show_user_error(self._window, self.tr("匿名副本没有写成"), error)
            return
        model = self._opened(made)
        if model is not None:
            words = self.tr(
                "企业名、人名、证号、地址都换掉了，改动记录没有带过来。发出去之前自己再看一遍说明文字。"
            )
            model.post(Message("warn", words))
