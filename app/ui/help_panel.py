"""The right side of an open audit: 「这一页」 (why, how, papers, sources, common mistakes) or 「这个数怎么来的」."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.assessment.trace import Trace
from app.forms.question import Page, Question, TableQuestion
from app.ui import chips, theme, widgets
from app.ui.trace_panel import TracePanel

_PAGE, _TRACE = 0, 1


class HelpPanel(QFrame):
    """fold_wanted: close (F1). opened: which of the two was asked for. jump_requested: an answer key."""

    fold_wanted = Signal()
    opened = Signal()
    jump_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "help")
        self._rail = False
        self._page_panel: QWidget | None = None
        outer = QHBoxLayout(self)
        outer.setContentsMargins(1, 0, 0, 0)
        outer.setSpacing(0)

        self._rail_box = QWidget()
        rail = QVBoxLayout(self._rail_box)
        rail.setContentsMargins(0, 8, 0, 8)
        rail.setSpacing(8)
        self.rail_help = widgets.icon_button(
            "help", self.tr("打开「这一页」（F1）"), lambda: self._open(_PAGE)
        )
        self.rail_trace = widgets.icon_button(
            "scales", self.tr("打开「这个数怎么来的」（Ctrl+I）"), lambda: self._open(_TRACE)
        )
        for tool in (self.rail_help, self.rail_trace):
            rail.addWidget(tool, 0, Qt.AlignmentFlag.AlignHCenter)
        rail.addStretch(1)
        outer.addWidget(self._rail_box)

        self._panel = QWidget()
        box = QVBoxLayout(self._panel)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        head = widgets.frame("card_head", vertical=False, margins=(10, 0, 8, 0), spacing=2)
        head.setFixedHeight(40)
        head_box: QHBoxLayout = head.layout()  # type: ignore[assignment]
        self.tabs: list[QToolButton] = []
        for index, text in enumerate((self.tr("这一页"), self.tr("这个数怎么来的"))):
            tab = QToolButton()
            tab.setText(text)
            tab.setCheckable(True)
            tab.setAutoExclusive(True)
            tab.setAccessibleName(text)
            tab.clicked.connect(lambda _=False, which=index: self._open(which))
            self.tabs.append(tab)
            head_box.addWidget(tab)
        head_box.addStretch(1)
        self._copy = widgets.icon_button(
            "copy", self.tr("把来历复制成文字"), lambda: self.trace.copy(), small=True
        )
        head_box.addWidget(self._copy)
        head_box.addWidget(
            widgets.icon_button(
                "close", self.tr("收起右栏（F1）"), self.fold_wanted.emit, small=True
            )
        )
        box.addWidget(head)
        self._stack = QStackedWidget()
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setAccessibleName(self.tr("这一页的帮助"))
        self._inner = QWidget()
        self._inner.setProperty("role", "surface")
        inner_box = QVBoxLayout(self._inner)
        inner_box.setContentsMargins(0, 0, 0, 0)
        inner_box.setSpacing(0)
        inner_box.addStretch(1)
        self._scroll.setWidget(self._inner)
        self._subject_part: QWidget | None = None
        self._page_part: QWidget | None = None
        self._shown: tuple[Question | TableQuestion | None, Page | None] = (None, None)
        self._wanted: tuple[Question | TableQuestion | None, Page] | None = None
        self.trace = TracePanel()
        self.trace.jump_requested.connect(self.jump_requested)
        self._stack.addWidget(self._scroll)
        self._stack.addWidget(self.trace)
        box.addWidget(self._stack, 1)
        outer.addWidget(self._panel, 1)
        self._show_tab(_PAGE)
        self.set_rail(False)

    @property
    def is_rail(self) -> bool:
        return self._rail

    @property
    def shows_trace(self) -> bool:
        """The wider of the two is open: a trace, or the page's own panel."""
        return self._stack.currentWidget() is not self._scroll

    def set_page_panel(self, panel: tuple[str, QWidget] | None) -> None:
        """The panel of the page that is shown now takes the place of the trace; None = the page has none."""
        if self._page_panel is not None:
            self._stack.removeWidget(self._page_panel)
            self._page_panel.hide()
            self._page_panel = None
        self.tabs[_TRACE].setText(panel[0] if panel else self.tr("这个数怎么来的"))
        if panel is not None:
            self._page_panel = panel[1]
            self._stack.addWidget(panel[1])
            self._show_tab(_TRACE)
        else:
            self._show_tab(_PAGE)

    def show_page_panel(self) -> None:
        """Bring the page's own panel to the front."""
        if self._page_panel is not None:
            self._open(_TRACE)

    def set_rail(self, rail: bool) -> None:
        """Fold to the rail, or open."""
        self._rail = rail
        self._rail_box.setVisible(rail)
        self._panel.setVisible(not rail)
        self._fit()
        if not rail:
            self._fill()

    def show_help(self, subject: Question | TableQuestion | Page, page: Page) -> None:
        """Help for a question or table, with that of its page below; or for the page alone. Only what changes is built anew:
        this runs at every step of Tab."""
        asked = (
            subject
            if isinstance(subject, Question | TableQuestion) and _has_help(subject)
            else None
        )
        self._wanted = (asked, page)
        if not self._rail:
            self._fill()

    def _fill(self) -> None:
        """Show what is wanted; while folded to the rail nothing is built."""
        if self._wanted is None:
            return
        (asked, page), (shown, of_page) = self._wanted, self._shown
        if of_page is not page:
            self._page_part = self._replace(self._page_part, self._part_of(page))
        if shown is not asked or self._subject_part is None:
            self._subject_part = self._replace(self._subject_part, self._part_of(asked), 0)
            self._scroll.verticalScrollBar().setValue(0)
        self._shown = (asked, page)

    def _replace(self, old: QWidget | None, new: QWidget, place: int = -1) -> QWidget:
        box = self._inner.layout()
        assert isinstance(box, QVBoxLayout)
        if old is not None:
            box.removeWidget(old)
            old.hide()
            old.deleteLater()
        box.insertWidget(place if place >= 0 else box.count() - 1, new)  # the last is the stretch
        return new

    def _part_of(self, subject: Question | TableQuestion | Page | None) -> QWidget:
        part = QWidget()
        box = QVBoxLayout(part)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        if isinstance(subject, Question | TableQuestion):
            number = f"{subject.number}　" if subject.number else ""
            lines = (subject.help,) if subject.help else ()
            self._section(box, "", f"{number}{subject.title}", lines)
        if subject is not None:
            self._sections(box, subject)
        return part

    def show_trace(self, trace: Trace) -> None:
        """Show where a figure comes from, opening the panel."""
        self.trace.show_trace(trace)
        self._open(_TRACE)
        self._stack.setCurrentWidget(self.trace)
        self._copy.show()

    def show_page_tab(self) -> None:
        self._show_tab(_PAGE)

    def _open(self, which: int) -> None:
        self._show_tab(which)
        self.opened.emit()

    def _show_tab(self, which: int) -> None:
        second = self._page_panel or self.trace
        self._stack.setCurrentWidget(self._scroll if which == _PAGE else second)
        self.tabs[which].setChecked(True)
        self._copy.setVisible(self._stack.currentWidget() is self.trace)
        self._fit()

    def _fit(self) -> None:
        role = "help_rail" if self._rail else ("trace_panel" if self.shows_trace else "help_panel")
        self.setFixedWidth(theme.size(role))

    def _sections(self, box: QVBoxLayout, subject: Question | TableQuestion | Page) -> None:
        if subject.why:
            self._section(box, "help", self.tr("为什么问"), (subject.why,))
        if subject.how:
            steps = subject.how
            lines = (
                steps
                if len(steps) == 1
                else tuple(f"{n}. {step}" for n, step in enumerate(steps, 1))
            )
            self._section(box, "pencil", self.tr("怎么填"), lines)
        if subject.evidence:
            section = self._section(box, "clip", self.tr("要什么证据"), ())
            flow_holder = QWidget()
            flow = widgets.FlowLayout(flow_holder, spacing=6)
            for paper in subject.evidence:
                flow.addWidget(chips.ChipLabel(chips.tag(paper)))
            section.addWidget(flow_holder)
        if isinstance(subject, Question) and subject.examples:
            self._section(box, "eye", self.tr("比如"), (subject.examples,))
        if subject.basis:
            self._section(box, "book", self.tr("依据"), subject.basis)
        if subject.mistakes:
            self._section(box, "warning", self.tr("常见错"), (subject.mistakes,))

    def _section(
        self, box: QVBoxLayout, icon: str, title: str, lines: tuple[str, ...]
    ) -> QVBoxLayout:
        part = widgets.frame("row", margins=(16, 11, 16, 12), spacing=5)
        part_box: QVBoxLayout = part.layout()  # type: ignore[assignment]
        head = QHBoxLayout()
        head.setSpacing(6)
        if icon:
            head.addWidget(widgets.IconLabel(icon))
        head.addWidget(widgets.label(title, "table_strong", wrap=True), 1)
        part_box.addLayout(head)
        for line in lines:
            part_box.addWidget(widgets.label(line, "second", wrap=True))
        box.addWidget(part)
        return part_box


def _has_help(subject: Question | TableQuestion) -> bool:
    return bool(
        subject.help
        or subject.why
        or subject.how
        or subject.evidence
        or subject.basis
        or subject.mistakes
    )
