"""E 报告: what still keeps the paper from being handed in, a preview page by page, saving and printing."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import (
    QByteArray,
    QModelIndex,
    QPointF,
    Qt,
    QTimer,
    QUrl,
)
from PySide6.QtGui import (
    QDesktopServices,
    QKeySequence,
    QResizeEvent,
    QShortcut,
    QShowEvent,
)
from PySide6.QtPdf import QPdfBookmarkModel, QPdfDocument
from PySide6.QtPdfWidgets import QPdfView
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import (
    QApplication,
    QBoxLayout,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSplitter,
    QStackedWidget,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from app import clock
from app.audit.editions import EDITION
from app.audit.progress import progress
from app.audit.review import REVIEW
from app.checkup.concern import Severity
from app.errors import AppError, UserError
from app.forms.question import Page
from app.papers.document import OPEN_CELLS
from app.services import reporting
from app.services.check_up import gate, refuse
from app.services.drafting import draft_texts, empty_texts
from app.services.editions import previous_of, record_edition
from app.services.report_pictures import pictures_of_session
from app.services.reporting import ReportFacts, ReportJob
from app.ui import problems, widgets
from app.ui.check_up import ConcernList
from app.ui.messages import Action, Message
from app.ui.pages.base import BasePage
from app.ui.pages.edition_line import EditionLine
from app.ui.pages.forms_menu import FormsMenu
from app.ui.pages.measure_list import scrolled
from app.ui.pages.other_formats import OtherFormats
from app.ui.pages.printing import Printing
from app.ui.pages.report_gate import ReportGate
from app.ui.pages.template_menu import TemplateMenu
from app.ui.saving import ask_target
from app.ui.session import SessionModel
from app.ui.tasks import Task, Tasks

_PRINT_DPI = 300
_COLUMNS = 3  # of what is not filled in yet, so that the paper keeps its room
_MOST_PROBLEMS = 6
_NARROW = 900
_PREVIEW_HEIGHT, _PAPER_HEIGHT = 160, 420  # px at least, without and with a paper in it


class ReportPage(BasePage):
    """Ctrl+S saves, Ctrl+P prints, F5 sets the paper again."""

    def __init__(self, model: SessionModel, page: Page, parent: QWidget | None = None) -> None:
        super().__init__(model, page, parent)
        self._state = reporting.STATES[0]
        self._purpose = reporting.PURPOSES[0]
        self._job: ReportJob | None = None
        self._concerns: ConcernList | None = None
        self._work_on = Tasks(self)  # sets papers, off the screen's thread
        self._setting: Task | None = None
        self._target: Path | None = None  # where the paper being set goes when it is done
        self._is_stale = True
        self._gate = ReportGate(self)
        self._gate.changed.connect(self._on_checked)
        self._printing: Printing | None = None  # only while pages are on their way
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        head = QVBoxLayout()
        head.setContentsMargins(18, 0, 18, 12)
        head.setSpacing(12)
        head.addWidget(self._build_choice())
        self.edition_line = EditionLine(model)
        head.addWidget(self.edition_line)
        head.addWidget(self._build_work())
        whole.addLayout(head)
        # A long list of what lacks scrolls below the buttons, and the stages beside it stay in sight.
        inner = QWidget()
        inner.setProperty("role", "plain")
        box = QVBoxLayout(inner)
        box.setContentsMargins(18, 0, 18, 12)
        box.setSpacing(12)
        self._area = scrolled(inner, self.tr("报告"))
        self._area.setProperty("role", "canvas")
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        whole.addWidget(self._area, 1)
        self._below = box
        self._area.verticalScrollBar().rangeChanged.connect(self._make_room_for_bar)
        box.addWidget(self._build_todo())
        self.document = QPdfDocument(self)
        box.addWidget(self._build_preview(), 1)
        model.answers_changed.connect(self._on_answers)
        self.destroyed.connect(_cleaner(self))
        for keys, act in (
            ("F5", self.make),
            ("Ctrl+S", self.save_paper),
            ("Ctrl+P", self.print_paper),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)

    # -- building

    def _make_room_for_bar(self, _least: int, most: int) -> None:
        """What scrolls keeps its right edge in line with the buttons above it."""
        bar = self._area.verticalScrollBar().sizeHint().width() if most > 0 else 0
        self._below.setContentsMargins(18, 0, max(4, 18 - bar), 12)

    def _build_choice(self) -> QWidget:
        card = widgets.Card(padded=False)
        line = QHBoxLayout()
        line.setContentsMargins(14, 9, 14, 9)
        line.setSpacing(10)
        self.states = widgets.Segments(
            [self.tr("草稿"), self.tr("送审稿"), self.tr("定稿")], name=self.tr("出哪一种")
        )
        self.states.set_current(0)
        self.states.chosen.connect(self._on_state)
        self.purposes = widgets.Segments(
            [self.tr("全本"), self.tr("评估"), self.tr("验收")], name=self.tr("报告用来做什么")
        )
        self.purposes.set_current(0)
        self.purposes.chosen.connect(self._on_purpose)
        for button, words in zip(
            self.purposes.buttons,
            (
                self.tr("整份审核报告"),
                self.tr("评估用：中/高费方案实施以前的部分，加评估要点对照"),
                self.tr("验收报告：方案完成情况、目标、水平，加否决项对照"),
            ),
            strict=True,
        ):
            button.setToolTip(words)
        line.addLayout(widgets.row(self.states, self.purposes, None, spacing=10))
        self._choices = line
        self.make_button = widgets.button(self.tr("排版预览"), self.make, icon="eye", keys="F5")
        self._print = widgets.button(self.tr("打印"), self.print_paper, icon="print", keys="Ctrl+P")
        self._save = widgets.button(
            self.tr("存成 PDF"), self.save_paper, role="primary", icon="export", keys="Ctrl+S"
        )
        self.other_formats = OtherFormats(self.model, lambda: self._state, lambda: self._purpose)
        self.forms = FormsMenu(self.model)
        line.addLayout(widgets.row(None, self.make_button, self._print, self._save, spacing=10))
        card.body.addLayout(line)
        self._note = widgets.label("", "note2", wrap=True)
        under = QHBoxLayout()
        under.setContentsMargins(14, 0, 14, 9)
        under.addWidget(self._note, 1)
        self.draft_link = widgets.link("", self.draft, name=self.tr("按数据起草空着的文字"))
        self.template_menu = TemplateMenu(self.model)
        under.setSpacing(10)
        for part in (self.draft_link, self.template_menu, self.forms, self.other_formats):
            under.addWidget(part)
        card.body.addLayout(under)
        return card

    def _build_work(self) -> QWidget:
        """What is being done, with the way to stop it; seen only meanwhile."""
        self._work = QWidget()
        self._work_text = widgets.label("", "second")
        self.stop_button = widgets.link(self.tr("停下"), self.cancel, name=self.tr("停下"))
        line = widgets.row(self._work_text, self.stop_button, None)
        line.setContentsMargins(14, 0, 14, 0)
        self._work.setLayout(line)
        self._work.hide()
        return self._work

    def _build_todo(self) -> QWidget:
        self._todo = widgets.Card(self.tr("出送审稿、定稿之前"), icon="shield")
        if self.model.check_up is not None:
            self._concerns = ConcernList(self.model.check_up)
            self._todo.body.addWidget(self._concerns)
            self.model.check_up.changed.connect(self._on_checked)
        self._todo_box = QVBoxLayout()
        self._todo_box.setSpacing(2)
        self._todo.body.addLayout(self._todo_box)
        return self._todo

    def _build_preview(self) -> QWidget:
        self._preview = QStackedWidget()
        self._preview.setMinimumHeight(_PREVIEW_HEIGHT)
        empty = widgets.frame("card", margins=(24, 24, 24, 24), spacing=8)
        inner = empty.layout()
        assert isinstance(inner, QVBoxLayout)
        inner.addStretch(1)
        icon = widgets.IconLabel("document", "ink3", 32)
        inner.addWidget(icon, 0, Qt.AlignmentFlag.AlignHCenter)
        self._empty_text: QLabel = widgets.label(
            self.tr("点「排版预览」，几秒钟就能看到整份报告"), "second"
        )
        inner.addWidget(self._empty_text, 0, Qt.AlignmentFlag.AlignHCenter)
        inner.addStretch(1)
        self._preview.addWidget(empty)
        splitter = QSplitter()
        self._outline = QTreeView()
        self._outline.setHeaderHidden(True)
        self._outline.setAccessibleName(self.tr("报告目录"))
        self._outline.setMaximumWidth(280)
        bookmarks = QPdfBookmarkModel(self)
        bookmarks.setDocument(self.document)
        self._outline.setModel(bookmarks)
        self._outline.activated.connect(self._to_bookmark)
        self._outline.clicked.connect(self._to_bookmark)
        self._view = QPdfView(splitter)
        self._view.setAccessibleName(self.tr("报告预览"))
        self._view.setPageMode(QPdfView.PageMode.MultiPage)
        self._view.setZoomMode(QPdfView.ZoomMode.FitToWidth)
        self._view.setDocument(self.document)
        splitter.addWidget(self._outline)
        splitter.addWidget(self._view)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([230, 700])
        self._preview.addWidget(splitter)
        return self._preview

    # -- what is still to do

    def _on_checked(self) -> None:
        if self.isVisible():  # else it is all asked when the page is shown
            self._refresh_todo()

    def _refresh_todo(self) -> None:
        if self._concerns is not None:
            self._concerns.refresh()
        widgets.clear_layout(self._todo_box)
        project = self.model.project
        missing = 0
        links: list[QWidget] = []
        for one in progress(project).pages:
            if one.missing:
                place = project.questionnaire.pages()
                page = next((page for page in place if page.id == one.page_id), None)
                if page is not None:
                    missing += one.missing
                    words = self.tr("{number} {page}：还有 {count} 项没填").format(
                        number=page.number, page=page.short, count=one.missing
                    )
                    link = widgets.link(words, self._goer(page.id), name=words)
                    links.append(link)
        if links:
            self._todo_box.addLayout(_columns(links))
        # Asked whenever the page is shown or the check-up is done.
        found = self._gate.problems(project, self.model.assessment, self._purpose, clock.today())
        is_checking = found is None
        found = found or ()
        # Places without an answer are named by their pages above, but for one that no page counts.
        others = [one for one in found if not links or one.code != OPEN_CELLS]
        for problem in others[:_MOST_PROBLEMS]:
            self._todo_box.addWidget(widgets.label(str(problem), "table", tone="warn", wrap=True))
        if len(others) > _MOST_PROBLEMS:
            more = self.tr("还有 {count} 处").format(count=len(others) - _MOST_PROBLEMS)
            self._todo_box.addWidget(widgets.label(more, "note"))
        if is_checking:
            self._todo_box.addWidget(widgets.label(self.tr("正在查能不能出送审稿…"), "note"))
        mend = self._to_mend()
        check_up = self.model.check_up
        explained = check_up is not None and any(one.reason for one in check_up.concerns)
        self._todo.setVisible(bool(missing or found or mend or explained))
        self._can_review = not found and not mend and not is_checking
        why = "" if self._can_review else self.tr("下面列的填好、改好，才能出送审稿和定稿")
        if is_checking:
            why = self.tr("正在查能不能出送审稿…")
        for button in self.states.buttons[1:]:
            button.setEnabled(self._can_review)
            button.setToolTip(why)
        if not self._can_review and not is_checking and self._state != reporting.STATES[0]:
            self.states.set_current(0)
            self._state = reporting.STATES[0]
        empty = empty_texts(project)
        self.draft_link.setText(self.tr("按数据起草 {count} 段文字").format(count=empty))
        self.draft_link.setVisible(bool(empty) and not self.model.read_only)
        self.template_menu.refresh()
        self._show_note()

    @property
    def is_checking(self) -> bool:
        """Whether it is being worked out if the paper may leave."""
        return self._gate.is_checking

    def _to_mend(self) -> int:
        """How many blocks, and warnings without a reason, the check-up has."""
        check_up = self.model.check_up
        if check_up is None:
            return 0
        return sum(one.severity is not Severity.INFO for one in check_up.concerns)

    def _goer(self, page_id: str) -> Callable[[], None]:
        return lambda: self.model.go_to(page_id)

    def _show_note(self) -> None:
        if self._state == reporting.STATES[0]:
            text = self.tr("草稿：没填的留虚线框，每页印「草稿」。随时能出。")
        elif self._state == reporting.STATES[1]:
            text = self.tr("送审稿：没有空项。没核过原文的阈值会标「待核对」。")
        else:
            text = self.tr(
                "定稿：不印水印。没核过原文的阈值照样标「待核对」，并在判级那一页提请评审注意。"
            )
        self._note.setText(text)

    def _on_state(self, index: int) -> None:
        self._state = reporting.STATES[index]
        self._is_stale = True
        self._show_note()
        if self._job is not None:
            self.make()

    def draft(self) -> None:
        """Put a draft into every free text that is empty."""
        self.model.act(draft_texts)
        self._refresh_todo()

    def _on_purpose(self, index: int) -> None:
        self._purpose = reporting.PURPOSES[index]
        self._is_stale = True
        self._refresh_todo()
        if self._job is not None:
            self.make()

    def _on_answers(self, keys: object) -> None:
        if isinstance(keys, frozenset) and all(key.startswith((EDITION, REVIEW)) for key in keys):
            return  # that a paper was issued, or talked about, changes no paper
        self._is_stale = True
        if self.isVisible():
            self._refresh_todo()

    # -- setting

    @property
    def is_setting(self) -> bool:
        """Whether a paper is being set."""
        return self._setting is not None

    @property
    def is_printing(self) -> bool:
        """Whether pages are on their way to a printer."""
        return self._printing is not None

    def make(self) -> None:
        """Set the paper and show it; the window goes on meanwhile."""
        self._start(None)

    def _start(self, target: Path | None) -> None:
        """Set the paper; `target`: also put it there."""
        self.cancel()
        project, assessment, state, day = (
            self.model.project,
            self.model.assessment,
            self._state,
            clock.today(),
        )
        data = None if self.model.check_up is None else self.model.check_up.data
        previous = previous_of(self.model.session)
        purpose, session = self._purpose, self.model.session

        def work(task: Task) -> tuple[ReportJob, ReportFacts] | None:
            if data is not None:
                # Once more as the answers are now: the list may be a moment old.
                refuse(gate(project, assessment, data, state=state, today=day))
            made = reporting.set_paper(
                project,
                assessment,
                state=state,
                today=day,
                previous=previous,
                purpose=purpose,
                pictures=pictures_of_session(session),
                is_cancelled=task.is_cancelled,
            )
            if made is not None and task.is_cancelled():  # nobody takes it any more
                reporting.discard(made[0])
            return made

        self._target = target
        self._is_stale = False  # until the next change
        words = self.tr("正在排版…")
        if target is not None:
            words = self.tr("正在排版，排好就存成 {name}…").format(name=target.name)
        self._show_work(words)
        if self._job is None:
            self._preview.setCurrentIndex(0)
        self._setting = self._work_on.start(words, work, self._on_set, self._on_not_set)

    def cancel(self) -> None:
        """Give up the paper being set and the printing; what was shown and saved before stays."""
        task, self._setting = self._setting, None
        if task is not None:
            task.cancel()
            self._is_stale = True
        self._target = None
        self._end_printing()

    def _show_work(self, words: str) -> None:
        self._work_text.setText(words)
        self._work.show()
        for button in (self.make_button, self._save, self._print):
            button.setEnabled(False)
        self._empty_text.setText(words)

    def _rest(self) -> None:
        self._work.hide()
        for button in (self.make_button, self._save, self._print):
            button.setEnabled(True)
        self._empty_text.setText(self.tr("点「排版预览」，几秒钟就能看到整份报告"))

    def _on_not_set(self, error: BaseException) -> None:
        self._setting = self._target = None
        self._is_stale = True
        self._rest()
        if isinstance(error, UserError):
            self.model.post(problems.as_message(error))
            self._refresh_todo()
        elif isinstance(error, AppError):
            problems.show_fault(self, error)
        else:
            raise error

    def _on_set(self, made: tuple[ReportJob, ReportFacts]) -> None:
        job, facts = made
        target, self._target = self._target, None
        self._setting = None
        self._rest()
        self._show_paper(job)
        if target is not None:
            self._put(job, target)
        elif not isinstance(QApplication.focusWidget(), QLineEdit):
            self._view.setFocus(Qt.FocusReason.OtherFocusReason)  # PgUp and PgDn turn its pages
        if facts.unplaced:
            self.model.post(Message("warn", reporting.unplaced_words(facts.unplaced)))
        if facts.replaced:
            words = self.tr("「{characters}」字库里没有，草稿里印成〓").format(
                characters="」「".join(facts.replaced)
            )
            self.model.post(Message("warn", words))

    def _show_paper(self, job: ReportJob) -> None:
        before = self._job
        page = self._view.pageNavigator().currentPage()
        self.document.close()
        self._job = job
        self.document.load(str(job.pdf))
        self._outline.expandToDepth(0)
        self._preview.setCurrentIndex(1)
        self._preview.setMinimumHeight(_PAPER_HEIGHT)
        if before is None:  # asked for the first time, perhaps from above a long list
            QTimer.singleShot(0, self, lambda: self._area.ensureWidgetVisible(self._preview))
        self._view.pageNavigator().jump(min(page, self.document.pageCount() - 1), QPointF(0, 0))
        if before is not None:
            reporting.discard(before)

    def _to_bookmark(self, index: QModelIndex) -> None:
        page = index.data(QPdfBookmarkModel.Role.Page.value)
        place = index.data(QPdfBookmarkModel.Role.Location.value)
        if page is not None:
            self._view.pageNavigator().jump(int(page), place or QPointF(0, 0))

    # -- handing over

    def save_paper(self) -> None:
        """Ask where, then set the paper if need be and put it there."""
        name = reporting.file_name(self.model.project, self._state, self._purpose)
        start = self.model.session.path.with_name(name)
        kind = self.tr("PDF 文件 (*.pdf)")
        target = ask_target(self, self.tr("存成 PDF"), start, kind, ".pdf")
        if target is not None:
            self.save_to(target)

    def save_to(self, target: Path) -> None:
        """Put the paper at `target`, set anew when answers changed since; what comes of it is said on the page."""
        if self._job is None or self._is_stale or self.is_setting:
            self._start(target)
        else:
            self._put(self._job, target)

    def _put(self, job: ReportJob, target: Path) -> None:
        try:
            reporting.save(job, target)
        except UserError as error:
            self.model.post(problems.as_message(error))
            return
        if job.number and job.day is not None and not self.model.read_only:
            number, state, day = job.number, job.state, job.day
            self.model.act(lambda session: record_edition(session, number, state, day))
        opened = Action(
            self.tr("打开看看"),
            lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(target))),
        )
        folder = Action(
            self.tr("打开文件夹"),
            lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(target.parent))),
        )
        words = self.tr("已写好并读回核对：{name}").format(name=target.name)
        self.model.post(Message("ok", words, (opened, folder)))

    def print_paper(self) -> None:
        """To a printer, page by page at 300 dpi."""
        if self._job is None or self._is_stale or self.is_setting:
            self.model.post(Message("info", self.tr("先排版预览，看过再打印")))
            return
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setResolution(_PRINT_DPI)
        if QPrintDialog(printer, self).exec():
            self.print_to(printer)

    def print_to(self, printer: QPrinter) -> None:
        """Start printing the paper that is shown; the pages are drawn off the window's thread."""
        if self._job is None or self.is_printing:
            return
        content = QByteArray(
            self._job.pdf.read_bytes()
        )  # a new preview may replace the file meanwhile
        self._show_work(self.tr("正在打印…"))
        self._printing = Printing(self)
        self._printing.moved.connect(self._show_work)
        self._printing.done.connect(self._on_printed)
        self._printing.failed.connect(self._on_print_failed)
        self._printing.start(content, printer)

    def _end_printing(self) -> None:
        """Stop after the page that is being drawn, if any."""
        printing, self._printing = self._printing, None
        if printing is not None:
            printing.stop()
        self._rest()

    def _on_printed(self, pages: int) -> None:
        self._end_printing()
        words = self.tr("已送到打印机：{count} 页").format(count=pages)
        self.model.post(Message("ok", words))

    def _on_print_failed(self, error: BaseException) -> None:
        self._end_printing()
        if isinstance(error, UserError):
            self.model.post(problems.as_message(error))
        else:
            problems.show_fault(self, error)

    # -- what the window asks for

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh_todo()
        self.edition_line.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._outline.setVisible(self.width() > 760)
        # The buttons go below the choices where both have no room beside one another.
        ways = QBoxLayout.Direction
        narrow = self.width() < _NARROW
        self._choices.setDirection(ways.TopToBottom if narrow else ways.LeftToRight)

    def focus_first_missing(self) -> bool:
        self._save.setFocus(Qt.FocusReason.OtherFocusReason)
        return False

    def status_keys(self) -> str:
        return self.tr("F5 排版预览 · Ctrl+S 存成 PDF · Ctrl+P 打印 · PgUp/PgDn 翻页")


def _cleaner(page: ReportPage) -> Callable[[], None]:
    """Removes the private folder when the page goes; holds the page's own dictionary, not the page."""
    held = page.__dict__

    def clean() -> None:
        held["_work_on"].close()
        held["_gate"].tasks.close()
        if held["_printing"] is not None:
            held["_printing"].tasks.close()
        if held["_job"] is not None:
            reporting.discard(held["_job"])

    return clean


def _columns(links: Sequence[QWidget]) -> QGridLayout:
    """Side by side, read downwards."""
    grid = QGridLayout()
    grid.setVerticalSpacing(2)
    deep = -(-len(links) // _COLUMNS)
    for place, link in enumerate(links):
        grid.addWidget(link, place % deep, place // deep, Qt.AlignmentFlag.AlignLeft)
    for column in range(_COLUMNS):
        grid.setColumnStretch(column, 1)
    return grid
