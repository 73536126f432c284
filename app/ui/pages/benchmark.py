"""B1 指标对标: level or range of levels, what would settle it, every indicator with its thresholds, one in full at the right."""

from PySide6.QtCore import QModelIndex, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from app.assessment.indicator_system import (
    LEVELS,
    Indicator,
    IndicatorKind,
    Level,
    Table,
    Verification,
)
from app.assessment.result import Assessment
from app.audit.caps import said_beside_the_level
from app.audit.findings import inputs_of
from app.audit.self_check import is_reference
from app.audit.wording import level_name, short_table, short_title
from app.forms.answer import MISSING
from app.forms.question import Page
from app.services.acts import answer
from app.ui import chips, widgets
from app.ui.messages import announce
from app.ui.pages.base import BasePage
from app.ui.pages.measure_list import scrolled
from app.ui.results.indicator_panel import IndicatorPanel
from app.ui.results.indicator_table import (
    Filter,
    IndicatorModel,
    IndicatorTable,
    Kind,
    Row,
    asked_level,
    is_in,
    kind_of,
    level_word,
    table_rows,
    target_level,
)
from app.ui.results.level_card import LevelCard
from app.ui.results.notices import Notices
from app.ui.results.self_check_panel import SelfCheckPanel
from app.ui.results.tables_panel import TablesPanel
from app.ui.session import SessionModel

_FIGURES = {Qt.Key.Key_0: 0, Qt.Key.Key_1: 1, Qt.Key.Key_2: 2, Qt.Key.Key_3: 3}
_FILTERS = tuple(Filter)


class BenchmarkPage(BasePage):
    """The indicator page. Arrows choose an indicator, Enter answers it, 1 2 3 0 set a level, Ctrl+E goes to the source."""

    def __init__(self, model: SessionModel, page: Page, parent: QWidget | None = None) -> None:
        super().__init__(model, page, parent)
        self._filter = Filter.ALL
        self._level_said: Level | None = None
        self._returns_focus = False
        # Where what stands above the table leaves it too little room the page scrolls, never the window around it.
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        inner = QWidget()
        inner.setProperty("role", "plain")
        box = QVBoxLayout(inner)
        box.setContentsMargins(16, 0, 16, 12)
        box.setSpacing(12)
        area = scrolled(inner, self.tr("指标对标"))
        area.setProperty("role", "canvas")
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        whole.addWidget(area)
        self._head = self._build_head()
        self._self_check = SelfCheckPanel()
        self._self_check.trace_requested.connect(self.trace_requested)
        box.addWidget(self._self_check)
        self.tables = TablesPanel(model)
        box.addWidget(self.tables)
        self.result = LevelCard()
        box.addWidget(self.result)
        self.caps = widgets.label("", "second", wrap=True)
        box.addWidget(self.caps)
        self._notices = Notices()
        self._notices.indicator_wanted.connect(self.show_indicator)
        self._notices.missing_wanted.connect(lambda: self._choose_filter(Filter.MISSING))
        box.addWidget(self._notices)
        self.rows = IndicatorModel(self)
        self.table = IndicatorTable(self.rows)
        self.table.activated.connect(lambda _index: self._answer_current())
        self._card = self._build_card()
        box.addWidget(self._card, 1)
        self._no_room = QWidget()  # keeps the panel at the top where there is no table
        box.addWidget(self._no_room, 1)
        self._panel = IndicatorPanel(model)
        self._panel.jump_requested.connect(self._jump)
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        self.follow(model.assessment_changed)
        self.refresh()
        self._select_first()

    # -- building

    def _build_head(self) -> QWidget:
        holder = QWidget()
        box = QHBoxLayout(holder)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        ask = self.model.screen_requested.emit
        self.verify_button = widgets.button(
            self.tr("逐行核对"), lambda: ask("verify", self._panel.indicator_id), icon="check"
        )
        self.editions_button = widgets.button(
            self.tr("换体系或版本对照"), lambda: ask("editions", ""), icon="columns"
        )
        self.own_years_button = widgets.button(
            self.tr("自评参考"), self._toggle_own_years, icon="ruler"
        )
        self.own_years_button.setCheckable(True)
        self.own_years_button.setToolTip(self.tr("和本企业近三年比，不影响等级"))
        box.addWidget(self.own_years_button)
        box.addWidget(self.verify_button)
        box.addWidget(self.editions_button)
        return holder

    def _toggle_own_years(self) -> None:
        self._self_check.wanted = self.own_years_button.isChecked()
        self._self_check.show_project(self.model.project, self.model.assessment)

    def _build_card(self) -> QWidget:
        card = widgets.Card(padded=False)
        head = widgets.frame("card_head", vertical=False, margins=(10, 5, 14, 5), spacing=12)
        inner = head.layout()
        assert isinstance(inner, QHBoxLayout)
        self._segments = widgets.Segments([""] * len(_FILTERS), name=self.tr("只看"))
        self._segments.chosen.connect(self._on_filter)
        self._segments.set_current(0)
        inner.addWidget(self._segments)
        self._legend = widgets.row(spacing=10)
        inner.addLayout(self._legend, 1)
        card.body.setSpacing(0)
        card.body.addWidget(head)
        card.body.addWidget(self.table, 1)
        return card

    # -- showing

    def refresh(self) -> None:
        assessment = self.model.assessment
        project = self.model.project
        known = assessment is not None and project.system is not None
        self._self_check.show_project(project, assessment)
        self.tables.show_project()
        caps = said_beside_the_level(project.derivation)
        self.caps.setText(
            self.tr("排放标准的单耗上限（是合规，不是等级）：{lines}").format(lines="；".join(caps))
        )
        self.caps.setVisible(bool(caps))
        self.verify_button.setVisible(known)
        rated = known and project.system is not None and not is_reference(project.system)
        self.own_years_button.setVisible(rated)
        for part, shown in (
            (self.result, rated),
            (self._notices, known),
            (self._card, known),
            (self._no_room, not known),
        ):
            part.setVisible(shown)
        self.table.setMinimumHeight(180 if rated else 130)
        if assessment is None or project.system is None:
            return
        self.result.show_assessment(assessment, project.system)
        self._notices.show_assessment(
            assessment, project.system, self._system_table(), inputs_of(project)
        )
        self._show_legend(assessment)
        self._show_rows(assessment)
        if assessment.level is not self._level_said:
            self._level_said = assessment.level
            announce(self, self.tr("等级：{level}").format(level=level_name(assessment.level)))

    def _show_legend(self, assessment: Assessment) -> None:
        widgets.clear_layout(self._legend)
        self._legend.addStretch(1)
        states = [j.verification for j in assessment.judgements]
        for state in Verification:
            if state in states:
                self._legend.addWidget(chips.ChipLabel(chips.verification_chip(state)))
        unchecked = sum(1 for state in states if state is not Verification.VERIFIED)
        if unchecked:
            text = self.tr("{count} 行阈值没核过原文，报告里会标「待核对」")
            if unchecked == len(states):
                text = self.tr("阈值没有一行核过原文，报告里会标「待核对」")
            note = widgets.label(text.format(count=unchecked), "note", wrap=True)
            note.setMinimumWidth(120)
            self._legend.addWidget(note, 3)

    def _kind(self) -> Kind:
        system = self.model.project.system
        assert system is not None
        return kind_of(system)

    def _target(self, assessment: Assessment) -> Level:
        """The level the last columns speak of; a reference table asks for one thing only, a quota for its 3rd level."""
        kind = self._kind()
        if kind in (Kind.LEVELS, Kind.POINTS):
            return target_level(assessment)
        return Level.III if kind is Kind.QUOTA else asked_level(self._system_table())

    def _tables(self) -> tuple[Table, ...]:
        project = self.model.project
        assert project.system is not None
        return project.system.parts(project.table_id)

    def _system_table(self) -> Table:
        project = self.model.project
        assert project.system is not None
        return project.system.table(project.table_id)

    def _show_rows(self, assessment: Assessment) -> None:
        kind, target = self._kind(), self._target(assessment)
        counts = {
            one: sum(1 for j in assessment.judgements if is_in(j, one, target)) for one in _FILTERS
        }
        self._segments.set_texts(
            [
                self.tr("全部 {n}").format(n=counts[Filter.ALL]),
                {
                    Kind.LEVELS: self.tr("限定性 {n}"),
                    Kind.POINTS: self.tr("限定性 {n}"),
                    Kind.QUOTA: self.tr("限额 {n}"),
                    Kind.REFERENCE: self.tr("必须达到 {n}"),
                }[kind].format(n=counts[Filter.LIMITING]),
                self.tr("没达到 {n}").format(n=counts[Filter.BELOW_TARGET])
                if kind is Kind.REFERENCE
                else self.tr("没到 {level} {n}").format(
                    level=level_word(kind, target), n=counts[Filter.BELOW_TARGET]
                ),
                self.tr("未填 {n}").format(n=counts[Filter.MISSING]),
                self.tr("不适用 {n}").format(n=counts[Filter.NOT_APPLICABLE]),
            ]
        )
        chosen = self._panel.indicator_id
        rows = table_rows(self._system_table(), assessment, self._filter, target, kind)
        project = self.model.project
        self.rows.set_rows(rows, target, str(project.base_year or ""), inputs_of(project), kind)
        asked = {level for row in self._system_table().indicators() for level in row.benchmarks}
        if any(row.base is not None for row in self._system_table().indicators()):
            asked = {Level.I}  # its column holds the base values
        self.table.fit(
            has_index=bool(assessment.index_range),
            levels=sorted(asked) if kind in (Kind.REFERENCE, Kind.POINTS) else LEVELS,
        )
        at = self.rows.row_of(chosen)
        if at >= 0:
            if self.table.currentIndex().row() != at:
                self.table.setCurrentIndex(self.rows.index(at, 1))
            row = rows[at]
            if row.indicator is not None and row.judgement is not None:
                self._show_in_panel(row.indicator)
        elif not self._is_in_table(chosen):
            self._select_first()

    def _is_in_table(self, indicator_id: str) -> bool:
        """Whether what the panel shows still stands in the tables in use: they may have been chosen anew."""
        project = self.model.project
        return project.system is not None and any(
            one.id == indicator_id for one in self._system_table().indicators()
        )

    def _show_in_panel(self, indicator: Indicator) -> None:
        assessment = self.model.assessment
        if assessment is None:
            return
        focus = QApplication.focusWidget()
        if focus is not None and self._panel.isAncestorOf(focus) and not self._returns_focus:
            # The panel may be built several times before it is shown: the focus comes back once, at the end.
            self._returns_focus = True
            QTimer.singleShot(0, self, self._return_focus)
        self._panel.show_indicator(indicator, assessment.judgement(indicator.id))

    def _return_focus(self) -> None:
        self._returns_focus = False
        self._panel.focus_answer()

    def _select_first(self) -> None:
        for number, row in enumerate(self.rows.rows):
            if row.indicator is not None:
                self.table.setCurrentIndex(self.rows.index(number, 1))
                return

    # -- acting

    def _on_filter(self, index: int) -> None:
        self._filter = _FILTERS[index]
        if self.model.assessment is not None:
            self._show_rows(self.model.assessment)
            if self.rows.row_of(self._panel.indicator_id) < 0:
                self._select_first()

    def _choose_filter(self, chosen: Filter) -> None:
        self._segments.set_current(_FILTERS.index(chosen))
        self._on_filter(_FILTERS.index(chosen))
        self.table.setFocus()

    def show_indicator(self, indicator_id: str) -> None:
        """Select an indicator, leaving a filter that hides it."""
        if self.rows.row_of(indicator_id) < 0:
            self._choose_filter(Filter.ALL)
        at = self.rows.row_of(indicator_id)
        if at < 0:
            self._choose_filter(Filter.NOT_APPLICABLE)
            at = self.rows.row_of(indicator_id)
        if at >= 0:
            self.table.setCurrentIndex(self.rows.index(at, 1))
            self.table.scrollTo(self.rows.index(at, 1))
            self.table.setFocus()

    def _on_row(self, current: QModelIndex, _previous: QModelIndex) -> None:
        row = self.rows.rows[current.row()] if current.isValid() else None
        if row is not None and row.indicator is not None:
            self._show_in_panel(row.indicator)
            self.panel_wanted.emit()

    def _current(self) -> Row | None:
        index = self.table.currentIndex()
        return self.rows.rows[index.row()] if index.isValid() else None

    def _answer_current(self) -> None:
        """Into the panel, or to the page the value comes from."""
        self.panel_wanted.emit()
        QTimer.singleShot(0, self._panel.focus_answer)

    def _jump(self, key: str) -> None:
        page_id = self.model.project.index.page_of(key)
        if page_id:
            self.model.go_to(page_id, key)

    def _go_to_source(self) -> None:
        """Ctrl+E: to the first typed figure this indicator rests on, or into the panel for one answered here."""
        row = self._current()
        if row is None or row.judgement is None:
            return
        waiting = [row.judgement.trace]
        while waiting:
            node = waiting.pop(0)
            if node.key and self.model.project.index.page_of(node.key) not in ("", self.page.id):
                self._jump(node.key)
                return
            waiting += node.children
        self._answer_current()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self._current()
        if self.table.hasFocus() and row is not None and row.indicator is not None:
            ctrl = event.modifiers() & Qt.KeyboardModifier.ControlModifier
            if ctrl and event.key() == Qt.Key.Key_E:
                self._go_to_source()
                return
            figure = _FIGURES.get(Qt.Key(event.key()))
            qualitative = row.indicator.kind is IndicatorKind.QUALITATIVE
            if figure is not None and not ctrl and qualitative:
                self._panel.choose(row.indicator, figure)
                return
            if event.key() == Qt.Key.Key_Delete:
                self._clear(row.indicator)
                return
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not ctrl:
                self._answer_current()
                return
        super().keyPressEvent(event)

    def _clear(self, indicator: Indicator) -> None:
        key = self.model.project.indicator_key(indicator.id)
        self.model.do(answer(self.model.project, key, MISSING))

    # -- what the window asks for

    def title(self) -> str:
        """Names the system and the table, so that a look at the page says what is compared with what."""
        system = self.model.project.system
        if system is None:
            return self.tr("自评参考：和自己最好的一年比")
        parts = [short_title(system)]
        if len(system.tables) > 1:
            parts.append(" ＋ ".join(short_table(one.title) for one in self._tables()))
        return self.tr("指标对标：") + " · ".join(parts)

    def subtitle(self) -> str:
        system = self.model.project.system
        if system is None:
            return ""
        if self._kind() is Kind.QUOTA:
            return self.tr("一种产品一行，逐个比：3 级是限定值，不是清洁生产等级。")
        if self._kind() is Kind.POINTS:
            return self.tr("一项一项得分，加起来定级。没填完只给范围，不给等级。")
        if self._kind() is Kind.REFERENCE:
            return self.tr("只作自评参考：逐项看达到没有，不定清洁生产等级。")
        return self.page.subtitle

    def head_widget(self) -> QWidget:
        return self._head

    def side_panel(self) -> tuple[str, QWidget] | None:
        if self.model.project.system is None:
            return None
        return self.tr("这个数怎么来的"), self._panel

    def focus_first_missing(self) -> bool:
        assessment = self.model.assessment
        if assessment is None or not assessment.missing:
            self.table.setFocus()
            return False
        self.show_indicator(assessment.missing[0])
        return True

    def focus_start(self) -> bool:
        if self.model.project.system is None:
            return False
        self.table.setFocus()
        return True

    def focus_key(self, key: str) -> bool:
        parts = key.split("/")
        if len(parts) == 3 and parts[0] == "indicator":
            self.show_indicator(parts[2])
            return True
        return False

    def current_key(self) -> str:
        if not self._is_in_table(self._panel.indicator_id):
            return ""
        return self.model.project.indicator_key(self._panel.indicator_id)

    def next_problem(self) -> bool:
        return self._step(1)

    def previous_problem(self) -> bool:
        return self._step(-1)

    def _step(self, direction: int) -> bool:
        """To the next indicator that is 未填, round the table."""
        rows = self.rows.rows
        start = self.table.currentIndex().row()
        for offset in range(1, len(rows) + 1):
            at = (start + direction * offset) % len(rows)
            judgement = rows[at].judgement
            if judgement is not None and judgement.state == "missing":
                self.table.setCurrentIndex(self.rows.index(at, 1))
                self.table.setFocus()
                return True
        return False

    def status_keys(self) -> str:
        if self.model.project.system is None:
            return self.tr("Tab 换一项 · F1 帮助")
        return self.tr("↑↓ 换指标 · Enter 去填 · 1 2 3 0 选等级 · Ctrl+E 到出处 · F1 帮助")
