"""From a path to an open audit: its password, what a crash left, a damaged file, a backup taken back."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.errors import UserError
from app.ui import problems
from app.ui.closed_audits import second_place
from app.ui.frame import Frame
from app.ui.messages import Message

if TYPE_CHECKING:
    from app.services.session import AuditSession


class Opening(QObject):
    """Asks and says whatever there is to ask and say; the window shows what comes of it."""

    def __init__(self, window: Frame) -> None:
        super().__init__(window)
        self._window = window

    def session(self, path: Path) -> "AuditSession | None":
        """A session of the file; None after saying why not, and after doing what the user wants about a damaged one."""
        from app.services.damage import DamagedFile
        from app.services.passwords import NeedsPassword
        from app.ui.password import unlock

        window = self._window
        while True:
            try:
                return window.services.projects.open_audit(
                    path, who=window.settings.user_name, second_place=second_place(window.settings)
                )
            except NeedsPassword:
                if not unlock(window, path):
                    return None
            except UserError as error:
                if isinstance(error, DamagedFile):
                    self._offer_help(path, error)
                else:
                    problems.show_user_error(
                        window, self.tr("打不开「{name}」").format(name=path.name), error
                    )
                return None

    def after_crash(self, path: Path) -> bool:
        """Show what is in the file. False when the user wants the library first, or the file is gone."""
        window = self._window
        backup = window.services.projects.newest_backup(path)
        session = self.session(path)
        if session is None:
            return window.model is not None
        from app.ui.recovery import RecoveryDialog

        dialog = RecoveryDialog(session, window, backup=backup)
        if not dialog.exec():
            session.close()
            return False
        wanted = dialog.wanted_backup
        if wanted is not None:
            session.close()
            self.restore(path, wanted.path)
            return window.model is not None
        window.show_session(session)
        return True

    def restore(self, path: Path, backup: Path) -> None:
        """Bring a backup back as an audit of its own and open it; the file it came from stays as it is."""
        window = self._window
        try:
            made = window.services.projects.restore(path, backup)
        except UserError as error:
            problems.show_user_error(window, self.tr("备份没有恢复成"), error)
            return
        if window.open_file(made) and window.model is not None:
            words = self.tr("备份恢复成了新案卷「{name}」，原来的文件没有动")
            window.model.post(Message("ok", words.format(name=made.name)))

    def _offer_help(self, path: Path, error: UserError) -> None:
        from app.ui.damage import DamageDialog, Wish

        backup = self._window.services.projects.newest_backup(path)
        dialog = DamageDialog(path.name, error, backup, self._window)
        dialog.exec()
        if dialog.wish is Wish.BACKUP and backup is not None:
            self.restore(path, backup.backup.path)
        elif dialog.wish is Wish.RESCUE:
            self._rescue(path)

    def _rescue(self, path: Path) -> None:
        window = self._window
        try:
            made, doubtful = window.services.projects.rescue(path, who=window.settings.user_name)
        except UserError as error:
            problems.show_user_error(window, self.tr("没有救出来"), error)
            return
        if not window.open_file(made) or window.model is None:
            return
        words = self.tr("读得出的都救到了「{name}」，损坏的文件没有动").format(name=made.name)
        if doubtful:
            index = window.model.project.index
            listed = "、".join(index.label_of(key, window.model.book) for key in doubtful[:5])
            words += self.tr("。这 {n} 处回答和改动记录对不上，要核一核：{listed}").format(
                n=len(doubtful), listed=listed
            )
        window.model.post(Message("warn" if doubtful else "ok", words))
