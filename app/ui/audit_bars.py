"""What the bars of the window say about the open audit: firm, system, check-up, undo, what is written and what is not."""

from PySide6.QtCore import QObject

from app.audit.wording import short_title
from app.checkup.concern import Severity
from app.errors import UserError
from app.ui import problems
from app.ui.frame import Frame
from app.ui.messages import Action, Message
from app.ui.outline import short_name
from app.ui.session import SessionModel


class AuditBars(QObject):
    """Lives as long as the model."""

    def __init__(self, model: SessionModel, window: Frame) -> None:
        super().__init__(model)
        self._model, self._window = model, window
        self._top, self._status = window.top, window.status
        status = window.status
        if model.check_up is not None:
            model.check_up.changed.connect(self._show_check_up)
            model.check_up.failed.connect(self._top.show_check_up_failed)
        model.saved.connect(status.show_saved)
        model.save_failed.connect(self._on_save_failed)
        model.backed_up.connect(status.show_backups)
        model.backup_failed.connect(self._on_backup_failed)
        model.answers_changed.connect(lambda _: status.show_writing())
        model.answers_changed.connect(lambda _: self.show_firm())
        model.undo_changed.connect(self._show_undo)
        model.assessment_changed.connect(self._show_system)

    def show(self) -> None:
        """Everything once, when the audit has been opened."""
        self._show_undo()
        self.show_firm()
        self._show_system()
        session = self._model.session
        opened = self.tr("只读") if session.read_only else self.tr("已打开，改动随时写进文件")
        self._status.show_opened(opened)
        self._status.show_backups(session.backups)

    def say_what_happened(self) -> None:
        """What was done about a journal that lay beside the file, why its place may lose answers, that it cannot be written."""
        session = self._model.session
        if session.journal is not None:
            words = (
                self.tr("上次有一次改动只写了一半，已经退回到它之前；原来的两个文件留在 {place}")
                if session.journal.played
                else self.tr("旁边有一份别的状态的日志，没有用它；原来的两个文件留在 {place}")
            )
            self._model.post(Message("warn", words.format(place=session.journal.kept)))
        if session.doubts and not session.read_only:
            first, *others = map(str, session.doubts)
            self._model.post(Message("warn", first, more=tuple(others)))
        if session.read_only:
            only = self.tr("这个文件只能看：改动写不进去。另存一份再改。")
            self._model.post(Message("warn", only, (self._copy_action(),)))

    def show_firm(self) -> None:
        """The firm over the pages; again when other pages take their place."""
        audit = self._window.audit
        if audit is None:
            return
        stem = self._model.session.path.stem
        name = short_name(stem, self._model.book.text("firm.name"))
        year = self._model.project.base_year
        parts = [self.tr("{year} 年为基准").format(year=year)] if year else []
        if stem.startswith(f"{name} "):
            # 「澄岭五金 2026 第一轮」: the rest of the file name says which audit this is.
            rest = stem.removeprefix(f"{name} ")
            parts[:0] = [rest] if rest != str(year) else []
        audit.stepper.show_firm(name, " · ".join(parts))

    def _show_system(self) -> None:
        system = self._model.project.system
        if system is None:
            self._status.show_right(self.tr("还没选指标体系 · 离线"))
            return
        self._status.show_right(self.tr("体系：{name} · 离线").format(name=short_title(system)))

    def _show_undo(self) -> None:
        self._top.show_undo(self._model.session.undo_label, self._model.session.redo_label)

    def _show_check_up(self) -> None:
        found = self._model.check_up
        if found is not None:
            self._top.show_check_up(found.count(Severity.BLOCK), found.count(Severity.WARN))

    def _on_save_failed(self, error: UserError, waiting: int) -> None:
        self._status.show_not_saved(waiting)
        again = Action(self.tr("现在再写"), self._model.session.retry)
        self._say(problems.as_message(error, self._copy_action(), again))

    def _on_backup_failed(self, error: UserError) -> None:
        first = error.problems[0]
        words = self.tr("回答都写进去了，但备份没有做成：{what}{remedy}")
        said = words.format(what=first.what, remedy=first.remedy)
        self._say(Message("warn", said))

    def _say(self, message: Message) -> None:
        if self._window.audit is not None:
            self._window.audit.messages.show_message(message)

    def _copy_action(self) -> Action:
        return Action(self.tr("另存一份"), self._window.ask_copy)
