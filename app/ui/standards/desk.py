"""Goes between the screens of the standards desk, and back to where the user came from."""

from datetime import date
from pathlib import Path

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog

from app.errors import Problem, UserError
from app.services.check_sheets import sheet_name, write_check_sheet
from app.services.systems import export_system
from app.ui import problems, widgets
from app.ui.frame import Frame
from app.ui.messages import Action, Message, announce
from app.ui.saving import ask_target
from app.ui.settings import save_settings
from app.ui.side_nav import SideNav
from app.ui.standards.bring_in_screen import BringInScreen
from app.ui.standards.edit_screen import EditScreen
from app.ui.standards.editions_screen import EditionsScreen
from app.ui.standards.pack_screen import ExportPackScreen, ImportPackScreen
from app.ui.standards.systems_screen import SystemsScreen
from app.ui.standards.verify_screen import VerifyScreen
from app.ui.standards.words import tr
from app.ui.tasks import Task

FILES = (".cppack", ".xlsx", ".yaml", ".yml")
Screen = (
    SystemsScreen
    | VerifyScreen
    | BringInScreen
    | EditScreen
    | ExportPackScreen
    | ImportPackScreen
    | EditionsScreen
)


class StandardsDesk(QObject):
    """The screens form a stack over the library or the open audit; `back` takes the top one away."""

    def __init__(self, window: Frame, today: date) -> None:
        super().__init__(window)
        self._window = window
        self._today = today
        self._stack: list[Screen] = []

    @property
    def current(self) -> Screen | None:
        """The screen of the desk that is shown, None while the library or an audit is."""
        return self._stack[-1] if self._stack else None

    # -- coming in

    def open(self, name: str, argument: str) -> None:
        """What an open audit asks for: systems, system ID, editions, verify ITEM."""
        model = self._window.model
        if model is None:
            return
        system = model.project.system
        if name == "verify" and system is not None:
            tables = system.parts(model.project.table_id)
            home = next(
                (one.id for one in tables if argument in {row.id for row in one.indicators()}),
                tables[0].id,
            )
            self.verify(system.id, home, argument)
        elif name == "editions":
            self.compare()
        else:
            self.systems(argument)

    def systems(self, chosen: str = "") -> SystemsScreen:
        """指标体系库."""
        holder = widgets.frame("side")
        holder.setFixedWidth(196)
        box = holder.layout()
        assert box is not None
        box.setContentsMargins(0, 8, 1, 0)
        nav = SideNav("systems")
        nav.show_count("systems", len(self._window.services.catalogue.systems()))
        nav.show_count("home", len(self._window.services.projects.audits.summaries()))
        nav.chosen.connect(lambda name: self.leave() if name == "home" else None)
        box.addWidget(nav)
        box.addStretch(1)  # type: ignore[attr-defined]
        screen = SystemsScreen(self._window.services, holder)
        screen.bring_in_wanted.connect(self.bring_in)
        screen.choose_file_wanted.connect(self.choose_file)
        screen.pack_wanted.connect(self.export_pack)
        screen.detail.verify_wanted.connect(self.verify)
        screen.detail.edit_wanted.connect(self.edit)
        screen.detail.export_wanted.connect(self.export)
        screen.detail.pack_wanted.connect(self.export_pack)
        screen.detail.sheet_wanted.connect(self.print_sheet)
        screen.detail.audit_wanted.connect(self._open_audit)
        self._push(screen, tr("指标体系库"))
        if chosen:
            screen.choose(chosen)
        else:
            screen.refresh()
        screen.focus_search()
        return screen

    def verify(self, system_id: str, table_id: str, item_id: str = "") -> VerifyScreen | None:
        """阈值核对 of one table of the library."""
        catalogue = self._window.services.catalogue
        if system_id not in {one.id for one in catalogue.systems()}:
            problem = Problem(
                system_id, tr("这份体系不在库里，只在案卷里"), tr("先导入它的文件或体系包。")
            )
            problems.show_user_error(self._window, tr("不能核对"), UserError(problem))
            return None
        screen = VerifyScreen(
            self._window.services,
            system_id,
            table_id,
            who=self._window.settings.user_name,
            today=self._today,
            in_audit=lambda: self._in_audit(system_id),
        )
        screen.changed.connect(self._refresh)
        screen.name_given.connect(self._keep_name)
        screen.take_over_wanted.connect(self.take_over)
        screen.sheet_wanted.connect(self.print_sheet)
        self._push(screen, tr("阈值核对"))
        if item_id:
            screen.choose(item_id)
        screen.focus_first()
        return screen

    def bring_in(self) -> BringInScreen:
        """录入体系."""
        screen = BringInScreen(
            self._window.services, who=self._window.settings.user_name, today=self._today
        )
        screen.taken.connect(self._taken)
        screen.name_given.connect(self._keep_name)
        self._push(screen, tr("录入体系"))
        screen.template_button.setFocus()
        return screen

    def edit(self, system_id: str, table_id: str) -> EditScreen:
        """改数值 of one table."""
        screen = EditScreen(
            self._window.services,
            system_id,
            table_id,
            who=self._window.settings.user_name,
            today=self._today,
        )
        screen.changed.connect(self._refresh)
        self._push(screen, tr("改数值"))
        screen.table.setFocus()
        return screen

    def export_pack(self, system_id: str) -> ExportPackScreen:
        """导出体系包."""
        screen = ExportPackScreen(
            self._window.services, system_id, who=self._window.settings.user_name, today=self._today
        )
        screen.name_given.connect(self._keep_name)
        self._push(screen, tr("导出体系包"))
        (screen.by if not screen.by.text() else screen.save_button).setFocus()
        return screen

    def compare(self) -> EditionsScreen | None:
        """版本对照 of the open audit."""
        model = self._window.model
        if model is None:
            return None
        screen = EditionsScreen(self._window.services, model, today=self._today)
        screen.adopted.connect(self._adopted)
        screen.audit_wanted.connect(self._open_audit)
        self._push(screen, tr("版本对照"))
        screen.choice.setFocus()
        return screen

    def take_file(self, path: Path) -> None:
        """A pack or a filled template, dropped or chosen."""
        if path.suffix.lower() == ".cppack":
            screen = ImportPackScreen(self._window.services, path)
            screen.taken.connect(self._taken)
            self._push(screen, tr("导入体系包"))
            screen.take_button.setFocus()
            return
        current = self.current
        bring_in = current if isinstance(current, BringInScreen) else self.bring_in()
        bring_in.read(path)

    def choose_file(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(
            self._window, tr("导入"), "", tr("体系包和体系文件 (*.cppack *.xlsx *.yaml *.yml)")
        )
        if chosen:
            self.take_file(Path(chosen))

    def export(self, system_id: str, ending: str) -> None:
        """Ask where to, then write Excel or YAML."""
        target = ask_target(self._window, tr("导出"), f"{system_id}{ending}", f"*{ending}", ending)
        if target is not None:
            self.export_to(system_id, target)

    def export_to(self, system_id: str, target: Path) -> None:
        try:
            export_system(self._window.services.catalogue, system_id, target)
        except UserError as error:
            problems.show_user_error(self._window, tr("没有导出"), error)
            return
        self._say_stored(target)

    def print_sheet(self, system_id: str, table_ids: list[str]) -> None:
        """Ask where to, then set the 核对单."""
        title = self._window.services.catalogue.summary(system_id).title
        kind = tr("PDF 文件 (*.pdf)")
        target = ask_target(self._window, tr("打印核对单"), sheet_name(title), kind, ".pdf")
        if target is not None:
            self.sheet_to(system_id, table_ids, target)

    def sheet_to(self, system_id: str, table_ids: list[str], target: Path) -> None:
        """Set the 核对单 off the screen's thread; the status bar tells, and its 「取消」 ends it."""
        window = self._window
        catalogue = window.services.catalogue

        def work(task: Task) -> None:
            write_check_sheet(
                catalogue,
                system_id,
                table_ids,
                target,
                today=self._today,
                is_cancelled=task.is_cancelled,
            )

        window.tasks.start(
            tr("正在排核对单…"), work, lambda _: self._say_stored(target), self._failed
        )

    def _failed(self, error: BaseException) -> None:
        problems.show_failure(self._window, tr("没有存成"), error)

    def _say_stored(self, target: Path) -> None:
        """On the screen of the desk that is shown, with a way to open it."""
        text = tr("存在 {place}").format(place=target)
        announce(self._window, text)
        screen = self.current
        if screen is not None:
            where = QUrl.fromLocalFile(str(target))
            look = Action(tr("打开看"), lambda: QDesktopServices.openUrl(where))
            screen.messages.show_message(Message("ok", text, (look,)))

    # -- acts on the open audit

    def _in_audit(self, system_id: str) -> bool:
        model = self._window.model
        return (
            model is not None
            and model.project.system is not None
            and model.project.system.id == system_id
            and not model.read_only
        )

    def take_over(self) -> bool:
        """Take the checked states over into the open audit; where values differ too, show both editions instead."""
        screen = self.compare()
        if screen is None:
            return False
        if screen.take_checked():
            self._adopted()
            return True
        system = screen.model.project.system
        if system is not None:
            screen.choose(system.id, screen.model.project.table_id)
        return False

    def _adopted(self) -> None:
        model = self._window.model
        assert model is not None
        text = model.session.undo_label
        self.leave()
        announce(self._window, text)

    # -- going back

    def back(self) -> None:
        """One screen back; from the last one to the library or the audit."""
        if not self._stack:
            return
        screen = self._stack.pop()
        if self._stack:
            self._show(self._stack[-1])
        else:
            self._window.show_base()
        self._window.screens.remove(screen)
        self._refresh()

    def leave(self) -> None:
        """Back to the library or the audit at once."""
        while self._stack:
            self.back()

    def forget(self) -> None:
        """Take every screen away: what they stand on is being closed."""
        while self._stack:
            self._window.screens.remove(self._stack.pop())
        if self._window.audit is not None:
            self._window.screens.show_screen(self._window.audit)
        self._window.top.show_back("")

    def _push(self, screen: Screen, title: str) -> None:
        screen.setProperty("title", title)
        QShortcut(QKeySequence("Alt+Left"), screen).activated.connect(self.back)
        self._stack.append(screen)
        self._window.screens.add(screen)
        self._show(screen)

    def _show(self, screen: Screen) -> None:
        self._window.screens.show_screen(screen)
        behind = (
            self._stack[self._stack.index(screen) - 1] if screen is not self._stack[0] else None
        )
        base = tr("项目库") if self._window.model is None else tr("案卷")
        self._window.show_desk(
            str(screen.property("title")),
            str(behind.property("title")) if behind is not None else base,
            screen.hint(),
        )

    def _refresh(self) -> None:
        for screen in self._stack:
            if isinstance(screen, SystemsScreen):
                screen.refresh()

    def _taken(self, system_id: str) -> None:
        """A system has come in: the library shows it."""
        self.leave()
        self.systems(system_id)

    def _open_audit(self, path: Path) -> None:
        self.leave()
        self._window.open_file(path)

    def _keep_name(self, name: str) -> None:
        if name and name != self._window.settings.user_name:
            self._window.settings.user_name = name
            save_settings(self._window.settings)
            self._window.top.show_name(name)
