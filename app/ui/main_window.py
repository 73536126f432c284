"""The window: top bar, the library or the open audit, status bar; opening, closing and dropping of files."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QTimer, QUrl
from PySide6.QtGui import (
    QCloseEvent,
    QDesktopServices,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QKeySequence,
    QShortcut,
)
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QInputDialog,
    QVBoxLayout,
    QWidget,
)

from app import clock, paths
from app.audit.basis import BASIS_KEY
from app.errors import Problem, UserError
from app.services import open_marks
from app.ui import problems, theme
from app.ui.audit_bars import AuditBars
from app.ui.audit_screen import AuditScreen, focus_first
from app.ui.check_up import CheckUp
from app.ui.closed_audits import ClosedAudits
from app.ui.dropping import dropped_audit, dropped_report, dropped_system
from app.ui.evidence_desk import EvidenceDesk, dropped_papers
from app.ui.frame import Frame, Screens
from app.ui.idle_lock import IdleLock
from app.ui.library import LibraryScreen
from app.ui.messages import announce
from app.ui.newer_data import ask_newer_data, offer_newer_data
from app.ui.opening import Opening
from app.ui.outline import Findable
from app.ui.review_desk import ReviewDesk, dropped_notes
from app.ui.saving import ask_target
from app.ui.session import SessionModel
from app.ui.settings import Settings, save_settings
from app.ui.standards.words import findables
from app.ui.status import StatusBar
from app.ui.tasks import Tasks
from app.ui.top_bar import TopBar
from app.ui.verify_sealed import check_report

if TYPE_CHECKING:
    # For types only: SQLAlchemy, which they stand on, is not needed to show the window.
    from app.services.services import Services
    from app.services.session import AuditSession
    from app.ui.new_audit import NewAuditScreen
    from app.ui.standards.desk import StandardsDesk

_FIRST_SIZE = (1440, 900)
_TITLE_BAR = 32


class MainWindow(Frame):
    def __init__(self, services: "Services", settings: Settings) -> None:
        super().__init__()
        self.services = services
        self.settings = settings
        self.tasks = Tasks(self)
        self.model: SessionModel | None = None
        self.audit: AuditScreen | None = None
        self._builds_ahead = False
        self._bars: AuditBars | None = None
        self._is_warm = False
        self.idle = IdleLock(self)
        self.idle.due.connect(self._lock)
        self._opening = Opening(self)
        self._warm_soon = QTimer(self)
        self._warm_soon.setSingleShot(True)
        self._warm_soon.timeout.connect(self._warm_up)
        self.setAcceptDrops(True)
        # On a small screen, or one at 200 %, the window may be as small as the screen: side bars fold, pages scroll.
        room = QGuiApplication.primaryScreen().availableGeometry()
        self.setMinimumSize(min(1180, room.width()), min(680, room.height() - _TITLE_BAR))
        central = QWidget()
        box = QVBoxLayout(central)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        self.top = TopBar()
        self.status = StatusBar()
        self.screens = Screens()
        today = clock.today()
        self.library = LibraryScreen(today)
        self.screens.add(self.library)
        box.addWidget(self.top)
        box.addWidget(self.screens, 1)
        box.addWidget(self.status)
        self.setCentralWidget(central)
        self.desk: StandardsDesk | None = None
        self.evidence = EvidenceDesk(self)
        self.review = ReviewDesk(self)
        self._today = today
        self._begun: NewAuditScreen | None = None
        self._closed = ClosedAudits(
            services, settings, self.library, self.tasks, self._opened, self
        )
        self._connect()
        self.top.show_name(settings.user_name)
        self._show_library_bars()

    def _connect(self) -> None:
        self.top.back.connect(self._go_back)
        self.top.theme_toggled.connect(self.toggle_theme)
        self.top.name_wanted.connect(self.ask_name)
        self.top.help.connect(self._help)
        self.top.about_wanted.connect(self.show_about)
        self.top.undo.connect(lambda: self._audit().undo())
        self.top.redo.connect(lambda: self._audit().redo())
        self.top.search.connect(lambda: self._audit().open_search())
        self.top.report.connect(lambda: self._audit().go_to_report())
        self.top.check_up.connect(lambda: self._audit().go_to_report())
        self.library.new_wanted.connect(self.new_audit)
        self.library.choose_wanted.connect(self.choose_file)
        self.library.sample_wanted.connect(self.open_sample)
        self.library.printer_wanted.connect(self.open_printer_sample)
        self.library.backups_wanted.connect(
            lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(paths.backups_dir())))
        )
        self.library.open_wanted.connect(self.open_file)
        self.library.systems_wanted.connect(lambda: self.standards().systems())
        self.library.forget_wanted.connect(self.forget)
        self.library.next_round_wanted.connect(self.next_round)
        self.library.restore_wanted.connect(self._opening.restore)
        self.library.relocate_wanted.connect(self._closed.relocate)
        self.library.folder_wanted.connect(self._closed.ask_folder)
        self.library.second_place_wanted.connect(self._closed.ask_second_place)
        self.library.password_wanted.connect(self._closed.change_password)
        self.library.no_password_wanted.connect(self._closed.drop_password)
        self.library.anonymous_wanted.connect(self._closed.anonymous_copy)
        self.library.backups_of = self.services.projects.backups
        self.library.hint_changed.connect(self._on_library_hint)
        self.status.restore_wanted.connect(self._restore_open)
        close = QShortcut(QKeySequence("Ctrl+W"), self)
        close.activated.connect(self._leave)
        self.tasks.shown.connect(self.status.show_work)
        self.status.cancel_wanted.connect(self.tasks.cancel)

    def _on_library_hint(self, keys: str) -> None:
        if self.screens.current_screen() is self.library:
            self.status.show_hint(keys)

    # -- the standards desk

    def standards(self) -> "StandardsDesk":
        """The desk for indicator systems; what it stands on is imported when it is first used."""
        if self.desk is None:
            from app.ui.standards.desk import StandardsDesk

            self.desk = StandardsDesk(self, self._today)
        return self.desk

    def show_desk(self, title: str, behind: str, hint: str) -> None:
        """The bars while a screen of the desk is shown; `behind`: where back leads."""
        self.setWindowTitle(f"{title} — {self.tr('清审通')}")
        self.top.show_mode(audit=False, back=True, name=True)
        self.top.show_back(behind)
        self.status.show_hint(hint)

    def show_base(self) -> None:
        """Back from the desk: the open audit as it was left, or the library."""
        self.top.show_back("")
        if self.audit is None:
            self.go_home()
            return
        self.screens.show_screen(self.audit)
        self._show_audit_bars()
        self.audit.show_hint()

    def _go_back(self) -> None:
        over = next((one for one in (self.evidence, self.review) if one.screen is not None), None)
        if over is not None:
            over.leave()
        elif self.desk is not None and self.desk.current is not None:
            self.desk.back()
        else:
            self.go_home()

    def _leave(self) -> None:
        """Ctrl+W: what the back button does, where there is one."""
        if self.top.back_button.isVisible():
            self._go_back()

    def _audit(self) -> AuditScreen:
        """The open audit; the buttons that ask for it are only there while one is open."""
        assert self.audit is not None
        return self.audit

    # -- opening and closing

    def start(self, file: Path | None = None) -> None:
        """First thing after the window is on the screen: the given audit, what a crash left open, or the library."""
        left_open = open_marks.interrupted()
        wanted = left_open[0] if left_open and file is None else file
        if wanted in left_open and wanted is not None:
            open_marks.unmark(wanted)
            if self._opening.after_crash(wanted):
                return
            file = None
        if file is not None and self.open_file(file):
            return
        self.go_home()

    def go_home(self) -> None:
        """Close the open audit and show the library."""
        left = None if self.model is None else self.model.session.path
        if not self.close_audit():
            return
        self.library.show_rows(self.services.projects.audits.summaries())
        if left is not None:
            self.library.select(left)
        self.library.nav.show_count("systems", len(self.services.catalogue.systems()))
        self.screens.show_screen(self.library)
        self._show_library_bars()
        self.library.focus_search()
        if not self._is_warm:
            self._warm_soon.start(200)

    def _warm_up(self) -> None:
        """Import what opening an audit needs while the user looks at the list."""
        self._is_warm = True

        def work(_task: object) -> None:
            for name in ("app.services.session", "app.ui.pages.form_page"):
                import_module(name)

        self.tasks.start("", work, lambda _: None, lambda _: None)

    def open_file(self, path: Path) -> bool:
        """Open an audit file; False, after saying why, when it cannot be: what is open then stays open."""
        if self.model is not None and self.model.session.path.resolve() == path.resolve():
            return True
        session = self._opening.session(path)
        if session is None:
            return False
        if not self.close_audit():
            session.close()
            return False
        self.show_session(session)
        return True

    def _opened(self, path: Path) -> SessionModel | None:
        return self.model if self.open_file(path) else None

    def show_session(self, session: "AuditSession") -> None:
        """Show an audit that has just been opened or created."""
        catalogue = self.services.catalogue
        self.model = SessionModel(
            session,
            self,
            industries=catalogue.industries,
            reference=catalogue.reference,
            options=lambda: catalogue.options,
            column_widths=self.settings.column_widths,
            readings=self.settings.readings,
            quick=self.settings.quick,
        )
        self.model.check_up = CheckUp(self.model, catalogue.checkup())
        self._show_screen(self.model)
        self.model.screen_requested.connect(self._open_screen)
        self.model.answers_changed.connect(self._on_answers)
        self._show_audit_bars()
        self._bars = AuditBars(self.model, self)
        self._bars.show()
        assert self.audit is not None
        self.audit.open_at_last_place()
        self.settings.last_folder = str(session.path.parent)
        if not session.read_only:
            open_marks.mark(session.path)
        self._bars.say_what_happened()
        self.idle.watch(session.has_password)
        if not session.read_only:
            offer_newer_data(self.model, self.services.projects.cases, self.ask_newer_data)

    def _show_screen(self, model: SessionModel) -> None:
        """Pages for the questions of the audit; the ones before are let go of."""
        if self.audit is not None:
            self.screens.remove(self.audit)
        self.audit = AuditScreen(
            model, side_open=self.settings.side_open, help_open=self.settings.help_open
        )
        self.audit.hint_changed.connect(self.status.show_hint)
        self.audit.more_findables = self._system_findables
        self.screens.add(self.audit)
        self.screens.show_screen(self.audit)
        if self._builds_ahead:
            self.audit.build_ahead()

    def build_ahead(self) -> None:
        """Make pages of an audit before they are asked for, from now on."""
        self._builds_ahead = True
        if self.audit is not None:
            self.audit.build_ahead()

    def _open_screen(self, name: str, text: str) -> None:
        if name == "evidence":
            self.evidence.open_binder(text)
        elif name == "pictures":
            self.evidence.open_pictures()
        elif name == "review":
            self.review.open_replies()
        else:
            self.standards().open(name, text)

    def _on_answers(self, keys: object) -> None:
        assert isinstance(keys, frozenset)
        if BASIS_KEY in keys:
            # Other data, other questions: the pages are made anew once this change has been told to all.
            QTimer.singleShot(0, self, self._renew_pages)

    def _renew_pages(self) -> None:
        if self.model is None or self.audit is None:
            return
        self.settings.side_open = self.audit.side_open
        self.settings.help_open = self.audit.help_open
        self._show_screen(self.model)
        self._show_audit_bars()
        if self._bars is not None:
            self._bars.show_firm()
        self.audit.open_at_last_place()
        QTimer.singleShot(200, self, self._keep_keyboard)

    def _keep_keyboard(self) -> None:
        """A dialog that closes gives the keyboard back to what had it, which may be a page that is gone."""
        if self.audit is not None and QApplication.focusWidget() is None:
            focus_first(self.audit.page_widget(self.audit.current_page))

    def ask_newer_data(self) -> None:
        """Show what newer data would change; take them over if the user says so."""
        if self.model is not None:
            ask_newer_data(self.model, self.services.projects.cases, self)

    def ask_copy(self) -> None:
        """Ask where to, then go on in a copy of the open audit."""
        assert self.model is not None
        proposed = paths.default_audits_dir() / self.model.session.path.name
        kind = self.tr("案卷 (*.cpaudit)")
        target = ask_target(self, self.tr("另存一份"), proposed, kind, ".cpaudit")
        if target is not None:
            self.copy_to(target)

    def copy_to(self, target: Path) -> None:
        """Copy the open audit and open the copy."""
        assert self.model is not None
        if target.resolve() == self.model.session.path.resolve():
            return
        try:
            self.model.session.copy_to(target)
        except UserError as error:
            problems.show_user_error(
                self, self.tr("存不成「{name}」").format(name=target.name), error
            )
            return
        if self.model.session.save_problem is None:
            self.open_file(target)
            return
        # All that could not be written into the old file is in the copy.
        session = self._opening.session(target)
        if session is not None:
            self.close_audit(saved_elsewhere=True)
            self.show_session(session)

    def close_audit(self, *, saved_elsewhere: bool = False) -> bool:
        """Write what waits and let go of the file. False when the user wants to stay because writing fails.

        saved_elsewhere: what waits is in another file already.
        """
        if self.desk is not None and self.desk.current is not None:
            self.desk.forget()
        self.evidence.forget()
        self.review.forget()
        if self.model is None or self.audit is None:
            return True
        self.audit.commit_pending()
        if not self.model.read_only:
            self.services.projects.audits.remember(self.model.session)
        path = self.model.session.path
        try:
            self.model.close(abandon=saved_elsewhere)
        except UserError as error:
            leave = problems.ask(
                self,
                self.tr("有 {n} 个回答还没写进文件").format(n=self.model.session.waiting),
                str(error.problems[0]),
                self.tr("不要了，关掉"),
                self.tr("留下再试"),
            )
            if not leave:
                return False
            self.model.close(abandon=True)
        self.settings.side_open = self.audit.side_open
        self.settings.help_open = self.audit.help_open
        self.settings.quick = self.model.quick
        self.screens.remove(self.audit)
        self.model.deleteLater()
        self.audit = None
        self.model = None
        self._bars = None
        open_marks.unmark(path)
        self.idle.watch(False)
        return True

    def new_audit(self) -> None:
        """Ctrl+N: the ten questions; those left before an audit was made are as they were left."""
        from app.ui.new_audit import NewAuditScreen

        if not self.close_audit():
            return
        screen = self._begun
        if screen is None:
            screen = self._begun = NewAuditScreen(self.services, self.settings)
            screen.left.connect(self.go_home)
            screen.created.connect(self._created)
            screen.hint_changed.connect(self.status.show_hint)
            self.screens.add(screen)
        self.screens.show_screen(screen)
        self.top.show_mode(audit=False, back=True, name=False)
        self.setWindowTitle(f"{self.tr('新建审核')} — {self.tr('清审通')}")
        self.status.show_plain(self.tr("还没建立案卷"))
        self.status.show_hint(screen.hint())
        screen.focus_first()

    def choose_file(self) -> None:
        """Ctrl+O."""
        chosen, _ = QFileDialog.getOpenFileName(
            self,
            self.tr("打开案卷"),
            self.settings.last_folder or str(paths.default_audits_dir()),
            self.tr("案卷，或封存的报告 (*.cpaudit *.pdf)"),
        )
        if chosen.lower().endswith(".pdf"):
            self.verify_report(Path(chosen))
        elif chosen:
            self.open_file(Path(chosen))

    def verify_report(self, path: Path) -> None:
        """Check a sealed report against its own data, and against the open audit when that is where it came from."""
        check_report(path, self, lambda: self.review.read(path))

    def open_sample(self) -> None:
        """The sample audit, written anew into the user's folder when it is not there."""
        self._open_sample(lambda folder: self.services.projects.sample(folder)[0])

    def open_printer_sample(self) -> None:
        """The second sample, a printing works with VOC, packaging and materials."""
        self._open_sample(self.services.projects.printer_sample)

    def _open_sample(self, write: Callable[[Path], Path]) -> None:
        try:
            file = write(paths.default_audits_dir() / self.tr("示例"))
        except UserError as error:
            problems.show_user_error(self, self.tr("示例没有写成"), error)
            return
        self.open_file(file)

    def forget(self, path: Path) -> None:
        """Take a file off the list; the file itself stays."""
        self.services.projects.audits.forget(path)
        self.library.show_rows(self.services.projects.audits.summaries())
        announce(self.library, self.tr("已从列表移走，文件还在"))

    def next_round(self, path: Path) -> None:
        """Ctrl+D in the library: a new audit that goes on from this one, with the ten questions to look over."""
        if self._begun is not None:
            self.screens.remove(self._begun)
            self._begun = None
        self.new_audit()
        # Not there when the audit that is open stays open.
        begun: NewAuditScreen | None = self._begun
        if begun is not None:
            begun.carry_from(path)

    def _restore_open(self, backup: Path) -> None:
        if self.model is not None:
            self._opening.restore(self.model.session.path, backup)

    # -- bars

    def toggle_theme(self) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        theme.apply_theme(app, "light" if theme.current() == "dark" else "dark")
        self.settings.theme = theme.current()
        save_settings(self.settings)
        self.top.show_theme()

    def ask_name(self) -> None:
        """Whose name stands in the change record."""
        name, accepted = QInputDialog.getText(
            self,
            self.tr("你的名字"),
            self.tr("写进改动记录，报告里不印："),
            text=self.settings.user_name,
        )
        if accepted:
            self.settings.user_name = name.strip()
            save_settings(self.settings)
            self.top.show_name(self.settings.user_name)

    def show_about(self) -> None:
        """Version, data pack, licences."""
        from app.ui.about import AboutDialog

        AboutDialog(self.services, self).exec()

    def _show_audit_bars(self) -> None:
        assert self.model is not None
        assert self.audit is not None
        self.setWindowTitle(f"{self.model.session.path.name} — {self.tr('清审通')}")
        self.top.show_mode(
            audit=True,
            back=True,
            name=False,
            report=bool(self.audit.outline.page_of_kind("report")),
        )

    def _help(self) -> None:
        if self.audit is not None:
            self.audit.toggle_help()

    def _show_library_bars(self) -> None:
        self.setWindowTitle(self.tr("清审通"))
        self.top.show_mode(audit=False, back=False, name=True)
        self.top.show_theme()
        count = len(self.services.catalogue.systems())
        self.status.show_plain("")
        self.status.show_hint(self.library.hint())
        self.status.show_right(self.tr("{n} 个指标体系 · 离线").format(n=count))

    def _created(self, session: "AuditSession") -> None:
        if self._begun is not None:
            self.screens.remove(self._begun)
            self._begun = None
        self.show_session(session)

    # -- idle

    def _lock(self) -> None:
        """Close an audit with a password that nobody has touched for a while; opening it asks for the password again."""
        if self.model is None or not self.model.session.has_password:
            return
        session, name = self.model.session, self.model.session.path.name
        if session.waiting:
            self.idle.start_again()
            return
        self.go_home()
        if self.model is None:
            session.forget_key()
            announce(
                self.library,
                self.tr("离开了一会儿，「{name}」锁上了").format(name=name),
                urgent=True,
            )

    # -- the window itself

    def restore_geometry(self) -> None:
        """The size and place of last time, else the designed size or what the screen allows."""
        if self.settings.geometry and self.restoreGeometry(
            QByteArray.fromBase64(self.settings.geometry.encode())
        ):
            return
        screen = QGuiApplication.primaryScreen().availableGeometry()
        self.resize(
            min(_FIRST_SIZE[0], screen.width()), min(_FIRST_SIZE[1], screen.height() - _TITLE_BAR)
        )

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.close_audit():
            event.ignore()
            return
        self.settings.geometry = bytes(self.saveGeometry().toBase64().data()).decode()
        save_settings(self.settings)
        self._warm_soon.stop()
        self.tasks.close()
        event.accept()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._taker(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        take = self._taker(event)
        if take is not None:
            event.acceptProposedAction()
            QTimer.singleShot(0, take)

    def _taker(self, event: QDropEvent) -> Callable[[], object] | None:
        """What to do with what is dragged; None when the window takes nothing of it."""
        notes = dropped_notes(event)
        if notes is not None and self.model is not None:
            return lambda: self.review.take(notes)
        if (report := dropped_report(event)) is not None:
            return lambda: self.verify_report(report)
        if papers := dropped_papers(event):
            return lambda: self.take_papers(papers)
        if (system := dropped_system(event)) is not None:
            return lambda: self.standards().take_file(system)
        if (path := dropped_audit(event)) is not None:
            return lambda: self.open_file(path)
        return None

    def take_papers(self, papers: list[Path]) -> None:
        """Bills and other papers dropped onto the window: read for the open audit."""
        if self.model is None or self.audit is None:
            problem = Problem(
                self.tr("单据"),
                self.tr("还没有打开案卷"),
                self.tr("先打开一个案卷，再把单据拖进来。"),
            )
            problems.show_user_error(self, self.tr("不知道填到哪里"), UserError(problem))
            return
        self.audit.commit_pending()
        self.evidence.take(papers)

    def _system_findables(self) -> tuple[Findable, ...]:
        return findables(self.services.catalogue.systems())
