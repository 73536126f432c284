"""An open audit: stages at the left, the page in the middle, help or trace at the right."""

from collections.abc import Callable, Iterable, Iterator

from PySide6.QtCore import QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QBoxLayout,
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.audit.progress import progress
from app.forms.answer import Act, RowsChange
from app.forms.question import Page, Question, TableQuestion
from app.ui import pages, widgets
from app.ui.help_panel import HelpPanel
from app.ui.messages import MessageBar
from app.ui.outline import PAGE, Findable, Outline, Place
from app.ui.pages.base import BasePage
from app.ui.search import SearchPalette, load_pinyin
from app.ui.session import SessionModel
from app.ui.stepper import Counts, PageEntry, StageEntry, Stepper

# Both side bars fit beside the page from here; below, the one used less recently folds; below the second, both.
WIDE = 1400
NARROW = 1180
_VERY_NARROW = 960  # wider than any page needs with its buttons beside the title
_FIRST_PART_AFTER_MS, _NEXT_PART_AFTER_MS = 1000, 20


class PageHead(QWidget):
    """Path, title, one line of explanation; previous and next at the right, and what the page puts beside its title."""

    previous = Signal()
    next = Signal()
    quick_wanted = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(1)
        self._crumb = widgets.CutLabel("", "note")
        self._previous = widgets.link("", self.previous.emit, icon="chevron-left")
        self._next = widgets.ActionButton(
            "", icon="chevron-right", icon_after=True, role="link", on_click=self.next.emit
        )
        self._next_cap = widgets.key_cap("Ctrl+Enter")
        self.depth_switch = widgets.Segments(
            [self.tr("快速"), self.tr("完整")], name=self.tr("问多少：")
        )
        self.depth_switch.setToolTip(
            self.tr("快速：没填的选填题先收起来。完整：都摆出来（F7）。填过的一直在。")
        )
        for tool in self.depth_switch.buttons:
            tool.setFixedHeight(23)  # no higher than the line it stands in
        self.depth_switch.chosen.connect(lambda index: self.quick_wanted.emit(index == 0))
        box.addLayout(
            widgets.row(
                self._crumb,
                None,
                self.depth_switch,
                self._previous,
                self._next,
                self._next_cap,
                spacing=6,
            )
        )
        self._title = widgets.label("", "title", wrap=True)  # a document's name may be long
        self._beside = QHBoxLayout()
        self._beside.setSpacing(8)
        self._line = widgets.row()
        self._line.addWidget(self._title, 1)
        self._line.addLayout(self._beside)
        box.addLayout(self._line)
        self._subtitle = widgets.label("", "second", wrap=True)
        box.addWidget(self._subtitle)

    def show_place(self, place: Place, before: Place | None, after: Place | None) -> None:
        self.depth_switch.setVisible(bool(place.page.cards))
        self._crumb.setText(place.crumb)
        self._previous.setVisible(before is not None)
        if before is not None:
            self._previous.setText(before.page.short)
            self._previous.setAccessibleName(
                self.tr("上一页：{page}").format(page=before.page.short)
            )
            self._previous.updateGeometry()
        self._next.setVisible(after is not None)
        self._next_cap.setVisible(after is not None)
        if after is not None:
            self._next.setText(after.page.short)
            self._next.setAccessibleName(self.tr("下一页：{page}").format(page=after.page.short))
            self._next.updateGeometry()

    def show_words(self, title: str, subtitle: str) -> None:
        self._title.setText(title)
        self._subtitle.setText(subtitle)
        self._subtitle.setVisible(bool(subtitle))

    def set_narrow(self, narrow: bool) -> None:
        """What stands at the right of the title goes below it where there is little room."""
        ways = QBoxLayout.Direction
        self._line.setDirection(ways.TopToBottom if narrow else ways.LeftToRight)
        self._beside.setAlignment(Qt.AlignmentFlag.AlignRight if narrow else Qt.AlignmentFlag(0))

    def show_beside(self, widget: QWidget | None) -> None:
        """Replace what stands at the right of the title; the old one stays here unseen, so that it goes when the screen goes."""
        while (item := self._beside.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
        if widget is not None:
            self._beside.addWidget(widget)
            widget.show()


class _Columns(QHBoxLayout):
    """Never asks for the height of all that its pages hold: they scroll, and the window would scroll beside them."""

    def hasHeightForWidth(self) -> bool:
        return False


class _Pages(QStackedWidget):
    """Needs the room of the page that is shown, not of the largest, and never the height of all that a page could scroll."""

    def hasHeightForWidth(self) -> bool:
        return False

    def minimumSizeHint(self) -> QSize:
        page = self.currentWidget()
        return super().minimumSizeHint() if page is None else page.minimumSizeHint()


class AuditScreen(QWidget):
    """Everything of one open audit below the top bar. hint_changed: the keys of the page, for the status bar."""

    hint_changed = Signal(str)
    page_shown = Signal(str)
    panels_changed = Signal()

    def __init__(
        self,
        model: SessionModel,
        *,
        side_open: bool,
        help_open: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.model = model
        self._questionnaire = model.project.questionnaire
        self.outline = Outline(self._questionnaire, pages.kinds())
        self.side_open = side_open
        self.help_open = help_open
        self._side_is_newer = True
        self._asked = False
        self._count_soon = QTimer(self)
        self._count_soon.setSingleShot(True)
        self._count_soon.setInterval(0)
        self._count_soon.timeout.connect(self._count)
        self._ahead = QTimer(self)
        self._ahead.setSingleShot(True)
        self._ahead.timeout.connect(self._build_part)
        self._parts: Iterator[None] | None = None  # of pages to be made ahead; None: not begun
        self.is_built_ahead = False  # whether every page is there
        self._pages: dict[str, BasePage] = {}
        self._beside: dict[str, QWidget | None] = {}
        self._panels: dict[str, tuple[str, QWidget] | None] = {}
        self._current = ""
        self._walked = ""  # id of the concern F8 went to last
        self.more_findables: Callable[[], Iterable[Findable]] = tuple
        self._visited: list[tuple[str, str]] = []
        self._forward: list[tuple[str, str]] = []

        box = _Columns(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        self.stepper = Stepper()
        self.stepper.page_chosen.connect(lambda page_id: self.go_to(page_id))
        self.stepper.fold_wanted.connect(self.toggle_side)
        self.stepper.evidence_wanted.connect(lambda: model.screen_requested.emit("evidence", ""))
        self.stepper.review_wanted.connect(lambda: model.screen_requested.emit("review", ""))
        box.addWidget(self.stepper)
        middle = QWidget()
        middle_box = QVBoxLayout(middle)
        middle_box.setContentsMargins(0, 14, 0, 0)
        middle_box.setSpacing(12)
        upper = QWidget()
        upper_box = QVBoxLayout(upper)
        upper_box.setContentsMargins(18, 0, 18, 0)
        upper_box.setSpacing(12)
        self.head = PageHead()
        self.head.previous.connect(self.go_previous)
        self.head.next.connect(self.go_next)
        self.head.depth_switch.set_current(0 if model.quick else 1)
        self.head.quick_wanted.connect(model.set_quick)
        model.depth_changed.connect(
            lambda quick: self.head.depth_switch.set_current(0 if quick else 1)
        )
        self.messages = MessageBar()
        upper_box.addWidget(self.head)
        upper_box.addWidget(self.messages)
        middle_box.addWidget(upper)
        self._stack = _Pages()
        middle_box.addWidget(self._stack, 1)
        box.addWidget(middle, 1)
        self.help = HelpPanel()
        self.help.fold_wanted.connect(self.toggle_help)
        self.help.opened.connect(self._on_help_opened)
        self.help.jump_requested.connect(self.go_to_key)
        box.addWidget(self.help)

        model.answers_changed.connect(self._on_answers)
        self._has_system = model.project.system is not None
        model.assessment_changed.connect(self._on_assessment)
        model.message_posted.connect(self.messages.show_message)
        model.undo_changed.connect(self.messages.after_act)
        model.page_requested.connect(self._on_page_requested)
        self._add_keys()
        self._count()
        self._fold()

    # Methods, not lambdas: the model outlives a screen that is made anew, and Qt lets go of methods only.

    def _on_answers(self, _keys: object) -> None:
        self._count_soon.start()

    def _on_page_requested(self, page_id: str, key: str) -> None:
        self.go_to(page_id, key)

    # -- going about

    @property
    def current_page(self) -> str:
        return self._current

    def page_widget(self, page_id: str) -> BasePage:
        """The widget of a page, made when first needed."""
        widget = self._begun_page(page_id)
        widget.complete()
        if self._stack.indexOf(widget) < 0:
            self._stack.addWidget(widget)  # not before: the first one there is shown at once
        return widget

    def build_ahead(self) -> None:
        """From now on make the pages that nobody has seen yet, a part at a time while the window has nothing else to do: a page
        that is only then made keeps the user waiting for 0.1 s."""
        self._ahead.start(_FIRST_PART_AFTER_MS)

    def _build_part(self) -> None:
        """One part of the next page that is not whole."""
        if self._parts is None:
            self._parts = self._all_parts()
        is_seen = self.isVisible()
        if is_seen and next(self._parts, self) is self:
            self.is_built_ahead = True
        else:
            self._ahead.start(_NEXT_PART_AFTER_MS if is_seen else _FIRST_PART_AFTER_MS)

    def _all_parts(self) -> Iterator[None]:
        """Make every page, the next ones first; gives way after each part."""
        load_pinyin([text for one in self._findables() for text in (one.text, one.words) if text])
        places = [one.page.id for one in self.outline.places]
        here = places.index(self._current) if self._current in places else 0
        for page_id in (*places[here:], *places[:here]):
            pages.load(self.outline.place(page_id).page.kind)
            yield
            page = self._begun_page(page_id)
            yield
            while page.build_more():
                yield
            yield
            for _ in range(2):  # tables that got their width ask for another height
                self._lay_out(page)
                yield

    def _lay_out(self, page: BasePage) -> None:
        """Style and place all of a page that nobody has seen yet, as it will stand: half of what its first showing takes."""
        if page.isVisible():
            return
        if self._stack.indexOf(page) < 0:
            self._stack.addWidget(page)
        page.resize(self._stack.size())
        page.grab(QRect(0, 0, 1, 1))

    def _begun_page(self, page_id: str) -> BasePage:
        if page_id not in self._pages:
            widget = pages.create_page(self.model, self.outline.place(page_id).page, self._stack)
            widget.help_requested.connect(self._show_help)
            widget.help_opened.connect(self._open_help)
            widget.trace_requested.connect(self._show_trace)
            widget.jump_requested.connect(self.go_to_key)
            widget.panel_wanted.connect(self._show_page_panel)
            widget.status_changed.connect(self._show_hint)
            self._pages[page_id] = widget
            beside, panel = widget.head_widget(), widget.side_panel()
            # Somebody's from the start: what has no parent outlives the audit, with all its figures.
            if beside is not None:
                beside.setParent(self.head)
            if panel is not None:
                panel[1].setParent(self.help)
            self._beside[page_id], self._panels[page_id] = beside, panel
        return self._pages[page_id]

    def open_at_last_place(self) -> None:
        """Show the page and the field where this audit was left; the first page for a new one."""
        page_id, key = self.model.session.position
        if not self.outline.has(page_id):
            page_id, key = self.outline.places[0].page.id, ""
        self.go_to(page_id, key)

    def go_to(self, page_id: str, key: str = "", *, first_missing: bool = False) -> None:
        """Show a page and focus a field of it; remembers where the user was for Alt+←."""
        if not self.outline.has(page_id):
            return
        here = self._here()
        if here is not None and here[0] != page_id:
            self._visited.append(here)
            self._forward.clear()
        self._show(page_id, key, first_missing=first_missing)

    def go_to_key(self, key: str) -> None:
        """Go to the page an answer is given on."""
        page_id = self.outline.page_of_key(key)
        if page_id:
            self.go_to(page_id, key)

    def go_next(self) -> None:
        after = self.outline.after(self._current)
        if after is not None:
            self.go_to(after.page.id, first_missing=True)

    def go_previous(self) -> None:
        before = self.outline.before(self._current)
        if before is not None:
            self.go_to(before.page.id)

    def go_back(self) -> None:
        self._travel(self._visited, self._forward)

    def go_forward(self) -> None:
        self._travel(self._forward, self._visited)

    def commit_pending(self) -> None:
        """Store what is being typed."""
        if self._current:
            self._pages[self._current].commit_pending()
            here = self._here()
            if here is not None:
                self.model.session.set_position(*here)

    def _travel(self, source: list[tuple[str, str]], other: list[tuple[str, str]]) -> None:
        if not source:
            return
        here = self._here()
        if here is not None:
            other.append(here)
        self._show(*source.pop())

    def _here(self) -> tuple[str, str] | None:
        if not self._current:
            return None
        return self._current, self._pages[self._current].current_key()

    def _show(self, page_id: str, key: str = "", *, first_missing: bool = False) -> None:
        self.commit_pending()
        changed = page_id != self._current
        widget = self.page_widget(page_id)
        if changed:
            self._current = page_id
            place = self.outline.place(page_id)
            self.head.show_place(place, self.outline.before(page_id), self.outline.after(page_id))
            self.head.show_words(widget.title(), widget.subtitle())
            self.head.show_beside(self._beside[page_id])
            self.messages.clear()
            self._stack.setCurrentWidget(widget)
            self.stepper.set_current(page_id)
            self.help.show_help(place.page, place.page)
            self.help.set_page_panel(self._panels[page_id])
            self._fold()
            self._to_report.setEnabled(place.page.kind != "report")
            self.page_shown.emit(page_id)
        self._show_hint()
        focused = (bool(key) and widget.focus_key(key)) or (
            first_missing and widget.focus_first_missing()
        )
        if not focused and changed:
            focused = widget.focus_start()
        if not focused and changed and not widget.isAncestorOf(QApplication.focusWidget() or self):
            focus_first(widget)
        self.model.session.set_position(page_id, key or widget.current_key())

    def _on_assessment(self) -> None:
        """Another system has another title; the first one, and the last taken away, have other pages."""
        has_system = self.model.project.system is not None
        if has_system != self._has_system:
            self._has_system = has_system
            self._renew_pages()
        elif self._current:
            widget = self._pages[self._current]
            self.head.show_words(widget.title(), widget.subtitle())

    # -- undo

    def undo(self) -> None:
        self._after(self._stepped(self.model.undo))

    def redo(self) -> None:
        self._after(self._stepped(self.model.redo))

    def _stepped(self, step: Callable[[], Act | None]) -> Act | None:
        if self._current:
            self._pages[self._current].commit_pending()
        return step()

    def _after(self, act: Act | None) -> None:
        """Show what undo or redo has changed."""
        if act is None or not act.changes:
            return
        change = act.changes[0]
        key = change.table_id if isinstance(change, RowsChange) else change.key
        page_id = self.outline.page_of_key(key)
        if page_id:
            self.go_to(page_id, key)

    # -- side bars

    def toggle_side(self) -> None:
        """F9."""
        self._asked = True
        self.side_open = self.stepper.is_rail
        self._side_is_newer = True
        self._fold()

    def toggle_help(self) -> None:
        """F1."""
        self._asked = True
        self.help_open = self.help.is_rail
        self._side_is_newer = not self.help_open
        self._fold()

    def _on_help_opened(self) -> None:
        self._asked = True
        self.help_open = True
        self._side_is_newer = False
        self._fold()

    def _fold(self) -> None:
        self.head.set_narrow(self.width() < _VERY_NARROW)
        side, help_ = self.side_open, self.help_open
        if self.width() < NARROW:
            # Too narrow for either, but for the one just asked for.
            side = side and self._asked and self._side_is_newer
            help_ = help_ and self._asked and not self._side_is_newer
        elif self.width() < WIDE and side and help_:
            side, help_ = self._side_is_newer, not self._side_is_newer
        if self.stepper.is_rail == side:
            self.stepper.set_rail(not side)
        if self.help.is_rail == help_:
            self.help.set_rail(not help_)
        self.panels_changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() >= NARROW > event.size().width():
            self._asked = False
        self._fold()

    # -- showing

    def _follow_trace(self) -> None:
        """The panel shows its figure as it is now, not as it was when it was opened."""
        shown = self.help.trace.trace
        if shown is None or not self.help.shows_trace:
            return
        for figure in self.model.project.figures():
            fresh = figure.trace
            if (fresh.label, fresh.unit) == (shown.label, shown.unit):
                if fresh != shown:
                    self.help.trace.show_trace(fresh)
                return

    def _count(self) -> None:
        self._follow_trace()
        if self.model.project.questionnaire is not self._questionnaire:
            self._renew_pages()
        counted = progress(self.model.project)
        stages = []
        minutes = 0
        for stage, shown in self.outline.stages:
            entries = []
            for page in shown:
                part = counted.page(page.id)
                minutes += part.minutes_left
                entries.append(
                    PageEntry(
                        page.id,
                        page.number,
                        page.short,
                        Counts(part.answered, part.zero, part.not_applicable, part.missing),
                    )
                )
            stages.append(StageEntry(stage.id, stage.title, tuple(entries)))
        self.stepper.show_progress(tuple(stages), minutes)

    def _renew_pages(self) -> None:
        """The questions have changed (another base year): every page is made anew, the same one stays open."""
        self._questionnaire = self.model.project.questionnaire
        self.outline = Outline(self._questionnaire, pages.kinds())
        here = self._here()
        self.head.show_beside(None)
        self.help.set_page_panel(None)
        for page in self._pages.values():
            self._stack.removeWidget(page)
            page.deleteLater()
        for beside in self._beside.values():
            if beside is not None:
                beside.deleteLater()
        for panel in self._panels.values():
            if panel is not None:
                panel[1].deleteLater()
        if self._parts is not None:
            self._parts, self.is_built_ahead = None, False
            self.build_ahead()
        self._pages.clear()
        self._beside.clear()
        self._panels.clear()
        self._current = ""
        if here is not None and self.outline.has(here[0]):
            self._show(*here)

    def show_hint(self) -> None:
        """Say the keys of the page again."""
        self._show_hint()

    def _show_hint(self) -> None:
        if self._current:
            self.hint_changed.emit(self._pages[self._current].status_keys())

    def _show_help(self, subject: Question | TableQuestion | Page) -> None:
        self.help.show_help(subject, self.outline.place(self._current).page)

    def _open_help(self, subject: Question | TableQuestion | Page) -> None:
        self._show_help(subject)
        self.help.show_page_tab()
        self._on_help_opened()

    def _show_trace(self, trace: object) -> None:
        self.help.show_trace(trace)  # type: ignore[arg-type]

    def _show_page_panel(self) -> None:
        self.help.show_page_panel()

    # -- keys and search

    def _add_keys(self) -> None:
        for keys, run in (
            ("Ctrl+Return", self.go_next),
            ("Ctrl+Enter", self.go_next),
            ("Alt+Left", self.go_back),
            ("Alt+Right", self.go_forward),
            ("F8", lambda: self._walk(1)),
            ("Shift+F8", lambda: self._walk(-1)),
            ("F7", lambda: self.model.set_quick(not self.model.quick)),
            ("F9", self.toggle_side),
            ("F1", self.toggle_help),
            ("Ctrl+Z", self.undo),
            ("Ctrl+Y", self.redo),
            ("Ctrl+Shift+Z", self.redo),
            ("Ctrl+K", self.open_search),
            ("/", self.open_search),
        ):
            # Of the window: Tab leads on to the bars above and below, and the keys of the page work there, too.
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
            shortcut.activated.connect(run)
        # The report page has a Ctrl+P of its own: printing.
        self._to_report = QShortcut(QKeySequence("Ctrl+P"), self)
        self._to_report.setContext(Qt.ShortcutContext.WindowShortcut)
        self._to_report.activated.connect(self.go_to_report)

    def _walk(self, step: int) -> None:
        """F8, Shift+F8: the next thing to mend, gravest first, on whatever page it is."""
        page = self._pages[self._current]
        check_up = self.model.check_up
        places = () if check_up is None else check_up.to_mend()
        if check_up is None or not places:
            (page.next_problem if step > 0 else page.previous_problem)()
            return
        page.commit_pending()
        last = next(
            (n for n, one in enumerate(places) if one.id == self._walked), -1 if step > 0 else 0
        )
        chosen = places[(last + step) % len(places)]
        self._walked = chosen.id
        check_up.go_to(chosen)

    def go_to_report(self) -> None:
        if page_id := self.outline.page_of_kind("report"):
            self.go_to(page_id)

    def open_search(self) -> SearchPalette:
        """Ctrl+K."""
        palette = SearchPalette(self._findables(), self._go_to_found, self)
        palette.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        palette.popup()
        return palette

    def _findables(self) -> list[Findable]:
        things = list(self.outline.findables(self.model.book))
        benchmark = self.outline.page_of_kind("benchmark")
        project = self.model.project
        if benchmark and project.system is not None:
            table = project.system.table(project.table_id)
            place = self.outline.place(benchmark).page
            things += [
                Findable(
                    indicator.name,
                    f"{place.number} {place.short}",
                    "指标",
                    benchmark,
                    f"indicator/{table.id}/{indicator.id}",
                )
                for indicator in table.indicators()
            ]
        things += [
            Findable(self.tr("证据册"), self.tr("每一份证明什么"), PAGE, "", "evidence:"),
            Findable(self.tr("报告里的图和照片"), self.tr("挑图、排次序"), PAGE, "", "pictures:"),
            Findable(self.tr("审阅意见"), self.tr("评审人的意见和回复"), PAGE, "", "review:"),
        ]
        return [*things, *self.more_findables()]

    def _go_to_found(self, thing: Findable) -> None:
        if thing.page_id:
            self.go_to(thing.page_id, thing.key)
        else:
            name, _, argument = thing.key.partition(":")
            self.model.screen_requested.emit(name, argument)


def focus_first(widget: QWidget) -> None:
    """Focus the first control of a page."""
    candidate = widget.nextInFocusChain()
    first = candidate
    while candidate is not None:
        if (
            widget.isAncestorOf(candidate)
            and candidate.focusPolicy() & Qt.FocusPolicy.TabFocus
            and candidate.isVisibleTo(widget)
            and candidate.isEnabled()
        ):
            candidate.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        candidate = candidate.nextInFocusChain()
        if candidate is first:
            return
