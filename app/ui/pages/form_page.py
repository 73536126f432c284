"""A page of questions: cards of fields, rows, tables, figures and charts, with what is to be mended said at the top."""

from collections.abc import Iterator, Sequence
from functools import lru_cache, partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QHBoxLayout,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.assessment.finding import Missing, NotApplicable
from app.audit.charts.build import chart_of, has_years
from app.audit.findings import found_indicators
from app.audit.project import BASE_YEAR, AuditProject
from app.checkup.page_remarks import Remark, Severity, check_page
from app.forms.answer import MISSING, Answer, Given, cell_key, override_key
from app.forms.condition import holds
from app.forms.figure import Figure
from app.forms.grid import Grid, grid_from_text
from app.forms.offered import offered
from app.forms.question import (
    Card,
    ChartItem,
    FigureStrip,
    MeasureItem,
    Page,
    Question,
    QuestionKind,
    RowsKind,
    TableQuestion,
)
from app.forms.question_index import cell_answer, row_ids
from app.forms.reading.plan import PastePlan
from app.forms.visible import asked_columns, asked_rows, can_fold, hidden_but_answered
from app.services import acts
from app.services.bills import SheetGrid, best_sheet
from app.ui import widgets
from app.ui.charts import ChartView
from app.ui.fields.control import QuestionControl
from app.ui.fields.figures import FigureStripWidget
from app.ui.fields.inputs import TypedInput
from app.ui.messages import Action, Message
from app.ui.pages.base import BasePage
from app.ui.pages.cards import CardBox, CardColumn, Section
from app.ui.pages.file_reader import FileReader
from app.ui.pages.problem_bar import Place, ProblemBar
from app.ui.pages.question_blocks import FieldGrid, RowList
from app.ui.problems import as_message
from app.ui.session import SessionModel
from app.ui.tables.draft_button import DRAFT, DraftButton
from app.ui.tables.level_after import LEVEL, LevelAfter
from app.ui.tables.measure_button import MeasureButton
from app.ui.tables.offers import OfferList
from app.ui.tables.panel import TablePanel
from app.ui.tables.preview import PastePreview

_MOST_PLACES = 5  # places named that a paste left out
_NAMED_FOLDED = 4  # questions named beside the fold that hides them


class FormPage(BasePage):
    """Cards of questions. Every accepted answer is one act; a new state of the answers is shown without moving the focus."""

    def __init__(self, model: SessionModel, page: Page, parent: QWidget | None = None) -> None:
        super().__init__(model, page, parent)
        self._controls: dict[str, QuestionControl] = {}
        self._tables: dict[str, TablePanel] = {}
        self._strips: list[FigureStripWidget] = []
        self._boxes: list[CardBox] = []
        self._import_links: list[tuple[QWidget, QWidget]] = []
        self._remarks: tuple[Remark, ...] = ()
        self._folded: dict[str, str] = {}  # question or table folded now -> its card
        self._unfolded: set[str] = set()  # cards opened by hand
        self._answered: set[str] = (
            set()
        )  # seen with an answer here: never folded under the user's hands
        self._last_key = ""
        self._stale = False
        years = model.project.years
        self._year = years[-1] if years else None

        self._problems = ProblemBar()
        self._problems.picked.connect(self.focus_key)
        self._hidden_note = widgets.label("", "note", wrap=True)
        self._hidden_note.hide()
        self._years: widgets.Segments | None = None
        self._head = self._make_head()

        self._content = QWidget()
        self._content.setProperty("role", "plain")
        self._column = CardColumn(self._content)
        for card in page.cards:
            self._boxes.append(self._make_card(card))
        self._scroll = QScrollArea()
        self._scroll.setProperty("role", "canvas")
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._content)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.verticalScrollBar().rangeChanged.connect(self._make_room_for_bar)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._scroll)
        self._preview: PastePreview | None = None
        self._reader = FileReader(self)
        top = QWidget()
        top_box = QVBoxLayout(top)
        top_box.setContentsMargins(18, 0, 18, 0)
        top_box.setSpacing(6)
        top_box.addWidget(self._problems)
        top_box.addWidget(self._hidden_note)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(top)
        self._gap = QWidget()
        self._gap.setFixedHeight(12)
        outer.addWidget(self._gap)
        outer.addWidget(self._stack, 1)
        for table, link in self._import_links:
            QWidget.setTabOrder(
                table, link
            )  # a page begins with its table, not with the link above

        shortcut = QShortcut(QKeySequence(QKeySequence.StandardKey.Paste), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self.paste)
        model.answers_changed.connect(self._on_answers_changed)
        model.depth_changed.connect(self._on_depth)
        if model.check_up is not None:
            model.check_up.changed.connect(self._on_checked)
        self._refresh()

    # -------------------------------------------------------------- building

    def head_widget(self) -> QWidget | None:
        return self._head

    def _page_tables(self) -> list[TableQuestion]:
        return [
            item
            for card in self.page.cards
            for item in card.items
            if isinstance(item, TableQuestion)
            and any(not column.derived for column in item.columns)
        ]

    def _make_head(self) -> QWidget | None:
        tables = self._page_tables()
        if not tables:
            return None
        head = QWidget(self)
        head.hide()  # shown by the window, which takes it into its own head
        self.destroyed.connect(head.deleteLater)
        box = QHBoxLayout(head)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        if any(table.rows is RowsKind.MONTHS for table in tables) and self.model.project.years:
            years = self.model.project.years
            self._years = widgets.Segments([str(year) for year in years], name=self.tr("年份"))
            self._years.set_current(len(years) - 1)
            self._years.chosen.connect(self._on_year)
            box.addWidget(self._years)
        button = widgets.button(
            self.tr("从 Excel 粘贴"), self.paste, role="primary", icon="paste", keys="Ctrl+V"
        )
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        box.addWidget(button)
        return head

    def _make_card(self, card: Card) -> CardBox:
        only_figures = bool(card.items) and all(isinstance(i, FigureStrip) for i in card.items)
        panel = widgets.Card(
            "" if only_figures else card.title, note=card.note, padded=False, parent=self
        )
        panel.body.setSpacing(0)
        panel.setAccessibleName(card.title)
        fold = widgets.link("", lambda: self._unfold(card.id, focus=True))
        box = CardBox(card, panel, fold, widgets.label("", "note", wrap=True))
        run: list[Question] = []
        for item in (*card.items, None):
            if isinstance(item, Question) and (not run or run[0].silences == item.silences):
                run.append(item)
                continue
            if run:
                box.sections.append(self._make_questions(run))
                run = []
            if isinstance(item, Question):
                run = [item]
            elif isinstance(item, TableQuestion):
                box.sections.append(self._make_table(card, item, panel))
            elif isinstance(item, FigureStrip):
                box.sections.append(self._make_strip(item))
            elif isinstance(item, ChartItem):
                box.sections.append(self._make_chart(item))
                box.is_chart = True
            elif isinstance(item, MeasureItem):
                made = self._make_measure(item)
                box.sections.append(Section(made, made.load, lambda _project: True))
        for section in box.sections:
            panel.body.addWidget(section.rule)
            panel.body.addWidget(section.widget)
        box.folded_names.setObjectName("folded")
        foot = widgets.row(fold, box.folded_names)
        foot.setStretch(1, 1)
        foot.setContentsMargins(8, 2, 14, 4)
        panel.body.addLayout(foot)
        panel.body.addStretch(1)
        return box

    def _make_measure(self, item: MeasureItem) -> MeasureButton | DraftButton | LevelAfter:
        if item.measure == DRAFT:
            return DraftButton(self.model, item)
        if item.measure == LEVEL:
            return LevelAfter(self.model)
        return MeasureButton(self.model, item)

    def _make_questions(self, run: Sequence[Question]) -> Section:
        as_rows = run[0].silences
        controls = [self._make_control(question, small=as_rows) for question in run]
        block: FieldGrid | RowList = RowList(controls) if as_rows else FieldGrid(controls)

        def show(project: AuditProject) -> bool:
            return block.show_asked(
                lambda question: (
                    holds(question.condition, project.book) and question.id not in self._folded
                )
            )

        return Section(block, show)

    def _make_control(self, question: Question, *, small: bool) -> QuestionControl:
        key = override_key(question.derived) if question.derived else question.id
        control = QuestionControl(question, key, self, small=small)
        if question.kind is QuestionKind.INDUSTRY and isinstance(control.input, TypedInput):
            control.input.suggest(self._industries)
        if question.choices_from and isinstance(control.input, TypedInput):
            names = OfferList(control.input, partial(self.model.offers, question.choices_from))
            names.written.connect(control.commit)
        control.answered.connect(lambda answer: self._record_answer(control, answer))
        control.overridden.connect(lambda answer: self._record_answer(control, answer))
        control.step.connect(lambda direction: self._step_from(control, direction))
        control.trace_requested.connect(self.trace_requested)
        control.help_requested.connect(self.help_opened)
        control.entered.connect(lambda: self._on_entered(control.key, question))
        self._controls[key] = control
        return control

    def _industries(self) -> list[str]:
        return [f"{code} {name}" for code, name in self.model.industries().items()]

    def _make_table(self, card: Card, table: TableQuestion, panel: widgets.Card) -> Section:
        block = QWidget()
        box = QVBoxLayout(block)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        tools: QHBoxLayout | None = None
        own_head = len(card.items) == 1 or table.title == card.title
        if not own_head:
            title_row = QWidget()
            tools = QHBoxLayout(title_row)
            tools.setContentsMargins(14, 6, 8, 4)
            tools.addWidget(widgets.label(table.title, "table_strong"))
            tools.addStretch(1)
            box.addWidget(title_row)
        elif panel.title_label is not None:
            tools = panel.head
        part = TablePanel(self.model, table)
        box.addWidget(part)
        if tools is not None and table.rows in (RowsKind.MONTHS, RowsKind.FREE):
            link = widgets.link(
                self.tr("导入 .xlsx"),
                lambda: self._import_file(part),
                name=self.tr("{0}：导入 .xlsx 或 .csv").format(table.title),
                icon="table",
            )
            tools.addWidget(link)
            self._import_links.append((part.view, link))
        part.paste_requested.connect(
            lambda text, row, column: self._open_preview(part, grid_from_text(text), (row, column))
        )
        part.trace_requested.connect(self.trace_requested)
        part.entered.connect(lambda: self._on_entered(part.current_key() or table.id, table))
        self._tables[table.id] = part

        def show(project: AuditProject) -> bool:
            visible = holds(table.condition, project.book) and table.id not in self._folded
            if visible:
                by_key: dict[str, list[Remark]] = {}
                for remark in self._remarks:
                    if remark.key.startswith(f"{table.id}/"):
                        by_key.setdefault(remark.key, []).append(remark)
                part.load(project, self._year, by_key, self._reasons())
                if table.rows is RowsKind.MONTHS and own_head and self._year is not None:
                    title = panel.title_label
                    if title is not None:
                        title.setText(self.tr("{0} 年{1}").format(self._year, card.title))
                    panel.note_label.setText(self._count_words(table, part, card.note))
            return visible

        return Section(block, show)

    def _count_words(self, table: TableQuestion, part: TablePanel, note: str) -> str:
        """「4.1 · 48 格已填 48 · 粘贴时自动去掉逗号和空格」 for the year shown."""
        filled, asked = part.counts()
        words = self.tr("{0} 格已填 {1}").format(asked, filled)
        proved = part.proved()
        proofs = self.tr("{n} 格有凭证").format(n=proved) if proved else ""
        return " · ".join(
            part
            for part in (table.number, words, proofs, note or self.tr("粘贴时自动去掉逗号和空格"))
            if part
        )

    def _make_strip(self, item: FigureStrip) -> Section:
        strip = FigureStripWidget(item.quantities)
        strip.trace_requested.connect(self.trace_requested)
        strip.overridden.connect(self._record_override)
        strip.answer_wanted.connect(self._go_to_answer)
        self._strips.append(strip)

        def show(project: AuditProject) -> bool:
            strip.load(project)
            return True

        return Section(strip, show, strip.says_something)

    def _make_chart(self, item: ChartItem) -> Section:
        view = ChartView(item.title)
        block = QWidget()
        box = QVBoxLayout(block)
        box.setContentsMargins(14, 10, 14, 10)
        year = widgets.label("", "note")
        box.addWidget(year)
        box.addWidget(view)
        view.picked.connect(self.focus_key)
        empty = widgets.label(item.empty, "note", wrap=True)
        box.addWidget(empty)

        def show(project: AuditProject) -> bool:
            # Qt asks for the height at a width again and again; one state of the audit has one chart per width.
            base = project.derivation.base_year
            shown = self._year if has_years(item.chart) and self._year is not None else base
            build = partial(chart_of, project, item.chart, year=shown)
            words = self.tr("{year} 年（基准年）") if shown == base else self.tr("{year} 年")
            said = "" if shown is None else words.format(year=shown)
            drawn = view.show_chart(lru_cache(build), said)
            view.setVisible(drawn)
            empty.setVisible(not drawn)
            year.setText(said)
            year.setVisible(drawn and bool(said))
            return drawn or bool(item.empty)

        return Section(block, show, lambda project: chart_of(project, item.chart) is not None)

    # -------------------------------------------------------------- laying out

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._column.arrange(self._boxes, self.width() - 36, self.model.book)

    def _make_room_for_bar(self, _least: int, most: int) -> None:
        """The cards keep their right edge in line with the head, with or without a scroll bar."""
        bar = self._scroll.verticalScrollBar().sizeHint().width() if most > 0 else 0
        self._column.setContentsMargins(18, 0, max(4, 18 - bar), 16)

    # -------------------------------------------------------------- showing

    def _on_answers_changed(self, _keys: object) -> None:
        if self.isVisible():
            self._refresh()
        else:
            self._stale = True

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self._refresh()
        else:
            self._show_problems()

    def _on_checked(self) -> None:
        if self.isVisible() and self._preview is None:
            self._show_problems()

    def _refresh(self) -> None:
        """Show the state of the audit everywhere on the page."""
        self._stale = False
        project = self.model.project
        self._remarks = check_page(self.page, project.book, project.derivation)
        by_key: dict[str, list[Remark]] = {}
        for remark in self._remarks:
            by_key.setdefault(remark.key, []).append(remark)
        reasons = self._reasons()
        earlier = self.model.session.earlier
        self._fold(project)
        for key, control in self._controls.items():
            question = control.question
            figure: Figure | None = None
            if question.derived:
                figure = project.derivation.figure(question.derived)
            control.set_reasons(reasons)
            if not question.derived:
                other = earlier is not None and key != BASE_YEAR  # each round has its own year
                then = earlier.beside(key, project.base_year) if earlier and other else MISSING
                control.set_beside(
                    then,
                    earlier.year if earlier is not None else 0,
                    offered(question, project.book),
                )
            control.show(
                project.book.get(key), figure, by_key.get(question.id, by_key.get(key, ()))
            )
        for box in self._boxes:
            asked = holds(box.card.condition, project.book)
            any_shown = False
            folded = sum(card_id == box.card.id for card_id in self._folded.values())
            asked_for = [
                item.id
                for item in box.card.items
                if isinstance(item, Question | TableQuestion)
                and holds(item.condition, project.book)
            ]
            # in a card of which nothing is open, only results that are there are shown
            closed = folded > 0 and all(item in self._folded for item in asked_for)
            for section in box.sections:
                visible = asked and (not closed or section.says(project)) and section.show(project)
                section.widget.setVisible(visible)
                section.rule.setVisible(visible and any_shown)
                any_shown = any_shown or visible
            box.fold.setVisible(asked and folded > 0)
            box.folded_names.setVisible(asked and folded > 0)
            box.folded_names.setText(self._folded_words(box.card))
            box.fold.setText(self.tr("还有 {0} 项选填 ▸").format(folded))
            box.fold.setAccessibleName(
                self.tr("{0}：还有 {1} 项选填，打开").format(box.card.title, folded)
            )
            box.widget.setVisible(asked and (any_shown or folded > 0))
        if self.isVisible():  # else when the page gets its size
            self._column.arrange(self._boxes, self.width() - 36, project.book)
        self._show_hidden(project)
        self._show_years(project)
        self._show_problems()

    def _fold(self, project: AuditProject) -> None:
        """Decide what the short view folds: optional, never answered here, and not waited for by an indicator."""
        self._folded = {}
        book = project.book
        for card in self.page.cards:
            for item in card.items:
                if not isinstance(item, Question | TableQuestion):
                    continue
                if not can_fold(item, book):
                    self._answered.add(item.id)
                elif (
                    self.model.quick
                    and card.id not in self._unfolded
                    and item.id not in self._answered
                    and holds(item.condition, book)
                ):
                    self._folded[item.id] = card.id
        if self._folded:
            for found in found_indicators(project).values():
                for key in found.missing:
                    self._folded.pop(key.split("/", 1)[0], None)
        asked_for = {
            item.id
            for card in self.page.cards
            for item in card.items
            if isinstance(item, Question | TableQuestion) and holds(item.condition, book)
        }
        if asked_for == set(
            self._folded
        ):  # a page of nothing but optional questions would be empty
            self._folded = {}

    def _folded_words(self, card: Card) -> str:
        """What waits behind the fold: the names of the first questions; of one that is called as its card, what it is for."""
        items = [
            item
            for item in card.items
            if isinstance(item, Question | TableQuestion) and item.id in self._folded
        ]
        names = [(item.short if isinstance(item, Question) else "") or item.title for item in items]
        if names == [card.title]:
            return items[0].why or items[0].help
        more = self.tr("等") if len(names) > _NAMED_FOLDED else ""
        return "、".join(names[:_NAMED_FOLDED]) + more

    def _unfold(self, card_id: str, *, focus: bool = False) -> None:
        """Show the optional questions of a card, and go to the first of them."""
        first = next((key for key, card in self._folded.items() if card == card_id), "")
        self._unfolded.add(card_id)
        self._refresh()
        if focus and first:
            self.focus_key(first)

    def _on_depth(self, _quick: bool) -> None:
        self._unfolded.clear()
        self._answered.clear()
        self._column.forget()  # heights change
        self._on_answers_changed(frozenset())

    def _reasons(self) -> list[str]:
        """Reasons of 不适用 given in this audit, the newest first."""
        answers = self.model.project.book.answers.values()
        given = [answer.reason for answer in answers if isinstance(answer, NotApplicable)]
        return list(dict.fromkeys(reversed(given)))[:8]

    def _show_hidden(self, project: AuditProject) -> None:
        hidden = hidden_but_answered(self.page, project.book)
        names = "、".join(f"「{project.index.label_of(key, project.book)}」" for key in hidden[:3])
        self._hidden_note.setVisible(bool(hidden))
        self._hidden_note.setText(
            self.tr("有 {0} 题按现在的回答不再问：{1}。答案还留着，改回去就又出来。").format(
                len(hidden), names
            )
            if hidden
            else ""
        )

    def _show_years(self, project: AuditProject) -> None:
        """Years of month tables, ticked when nothing is missing."""
        if self._years is None:
            return
        open_years = {
            key.split("/")[1][:4]
            for table in self._page_tables()
            if table.rows is RowsKind.MONTHS and holds(table.condition, project.book)
            for key in _missing_cells(table, project)
        }
        texts = []
        for year in project.years:
            base = year == project.base_year
            words = self.tr("{0} 年（基准年）") if base else self.tr("{0} 年")
            done = not base and str(year) not in open_years
            texts.append(words.format(year) + (" ✓" if done else ""))
        if len(texts) == len(self._years.buttons):
            self._years.set_texts(texts)

    def _show_problems(self) -> None:
        project = self.model.project
        found = []
        for key, severity in self._problem_places():
            question = self._controls[key].question if key in self._controls else None
            if question is not None:
                short = question.number
                name = f"{question.number} {question.short or question.title}".strip()
            else:
                name = project.index.cell_name(key, project.book)
                short = name.split(" 年 ")[-1]
            found.append(Place(key, name, short or name, severity))
        before = self._stack.y()
        check_up = self.model.check_up
        waiting = 0 if found or check_up is None else check_up.waiting_on(self.page.id)
        self._problems.show_problems(found, waiting)
        top = not self._problems.isHidden() or not self._hidden_note.isHidden()
        self._gap.setVisible(top)
        self._hold_still(before)

    def _hold_still(self, before: int) -> None:
        """What stands under the pointer stays there when the bar above appears or grows: the page scrolls by as much."""
        outer = self.layout()
        if outer is None or not self.isVisible():
            return
        outer.activate()
        moved = self._stack.y() - before
        if moved:
            bar = self._scroll.verticalScrollBar()
            bar.setValue(bar.value() + moved)

    def _problem_places(self) -> list[tuple[str, Severity]]:
        """Keys with something to mend or to look at, once each, in the order of the page."""
        worst: dict[str, Severity] = {}
        for remark in self._remarks:
            if remark.severity is Severity.HINT:
                continue
            if remark.severity is Severity.MUST or remark.key not in worst:
                worst[remark.key] = remark.severity
        order = {key: place for place, key in enumerate(self._keys_in_order())}
        known = [key for key in worst if key in order]
        return [(key, worst[key]) for key in sorted(known, key=lambda key: order[key])]

    def _keys_in_order(self) -> Iterator[str]:
        project = self.model.project
        for card in self.page.cards:
            for item in card.items:
                if isinstance(item, Question):
                    yield item.id
                elif isinstance(item, TableQuestion):
                    yield item.id
                    for row_id in row_ids(item, project.book, project.base_year):
                        for column in item.columns:
                            yield cell_key(item.id, row_id, column.id)

    # -------------------------------------------------------------- recording

    def _record_answer(self, control: QuestionControl, after: Answer) -> None:
        name = control.question.short or control.question.title
        self.model.do(acts.answer(self.model.project, control.key, after, name))

    def _record_override(self, quantity_id: str, after: Answer) -> None:
        self.model.do(acts.answer(self.model.project, override_key(quantity_id), after))

    def commit_pending(self) -> None:
        for control in self._controls.values():
            control.commit()
        for panel in self._tables.values():
            panel.commit()

    # -------------------------------------------------------------- focus

    def _on_entered(self, key: str, subject: Question | TableQuestion) -> None:
        changed = key.split("/")[0] != self._last_key.split("/")[0]
        self._last_key = key
        if changed:
            self.help_requested.emit(subject)
        self.status_changed.emit()
        focus = QApplication.focusWidget()
        if focus is not None and self._content.isAncestorOf(focus):
            QTimer.singleShot(0, self._keep_in_sight)

    def _keep_in_sight(self) -> None:
        focus = QApplication.focusWidget()
        if focus is None or not self._content.isAncestorOf(focus):
            return
        if any(panel.isAncestorOf(focus) for panel in self._tables.values()):
            return  # tables keep their own cell in sight
        self._scroll.ensureWidgetVisible(focus, 0, 40)

    def _stops(self) -> list[tuple[str, QWidget]]:
        """Every question and table in reading order with the widget that takes the focus; hidden ones left out."""
        stops: list[tuple[str, QWidget]] = []
        for card in self.page.cards:
            for item in card.items:
                if isinstance(item, Question):
                    key = override_key(item.derived) if item.derived else item.id
                    control = self._controls[key]
                    if control.title_label.isVisibleTo(self) and not item.derived:
                        stops.append((key, control.focus_target()))
                elif isinstance(item, TableQuestion):
                    panel = self._tables[item.id]
                    if panel.isVisibleTo(self):
                        stops.append((item.id, panel.view))
        return stops

    def _step_from(self, control: QuestionControl, direction: int) -> None:
        stops = self._stops()
        keys = [key for key, _ in stops]
        if control.key not in keys:
            return
        place = keys.index(control.key) + direction
        if 0 <= place < len(stops):
            self._focus_stop(keys[place])

    def _focus_stop(self, key: str) -> None:
        if key in self._controls:
            self._controls[key].focus()
        elif key in self._tables:
            self._tables[key].view.setFocus(Qt.FocusReason.TabFocusReason)

    def current_key(self) -> str:
        focus = QApplication.focusWidget()
        if focus is not None:
            for key, control in self._controls.items():
                if control.owns(focus):
                    return key
            for panel in self._tables.values():
                if panel.isAncestorOf(focus):
                    return panel.current_key()
        return self._last_key if self._last_key.split("/")[0] in self._item_ids() else ""

    def _item_ids(self) -> set[str]:
        return {key.split("/")[0] for key in (*self._controls, *self._tables)}

    def focus_key(self, key: str) -> bool:
        self._close_preview()
        card_id = self._folded.get(key.split("/")[0])
        if card_id is not None:
            self._unfold(card_id)
        control = self._controls.get(key)
        if control is not None:
            if not control.title_label.isVisibleTo(self):
                return False
            control.focus()
            self._scroll.ensureWidgetVisible(control.focus_target(), 0, 80)
            return True
        panel = self._tables.get(key.split("/")[0])
        if panel is None or not panel.isVisibleTo(self):
            return False
        if "/" not in key:
            panel.view.setFocus(Qt.FocusReason.OtherFocusReason)
            self._scroll.ensureWidgetVisible(panel, 0, 20)
            return True
        if panel.table.rows is RowsKind.MONTHS:
            self._show_year_of(key)
        if not panel.focus_key(key):
            return False
        rect = panel.view.current_rect()
        corner = panel.view.mapTo(self._content, rect.center())
        self._scroll.ensureVisible(corner.x(), corner.y(), 0, 80)
        return True

    def _go_to_answer(self, key: str) -> None:
        if not self.focus_key(key):
            self.jump_requested.emit(key)

    def _show_year_of(self, key: str) -> None:
        year = key.split("/")[1][:4]
        years = [str(y) for y in self.model.project.years]
        if year in years and self._years is not None and str(self._year) != year:
            self._years.set_current(years.index(year))
            self._on_year(years.index(year))

    def focus_first_missing(self) -> bool:
        project = self.model.project
        for card in self.page.cards:
            if not holds(card.condition, project.book):
                continue
            for item in card.items:
                if isinstance(item, Question):
                    if (
                        item.required
                        and not item.derived
                        and holds(item.condition, project.book)
                        and isinstance(project.book.get(item.id), Missing)
                        and self.focus_key(item.id)
                    ):
                        return True
                elif isinstance(item, TableQuestion) and holds(item.condition, project.book):
                    missing = next(iter(_missing_cells(item, project)), "")
                    if missing and self.focus_key(missing):
                        return True
        return False

    def focus_start(self) -> bool:
        stops = self._stops()
        if stops:
            self._focus_stop(stops[0][0])
        return bool(stops)

    def next_problem(self) -> bool:
        return self._go_to_problem(1)

    def previous_problem(self) -> bool:
        return self._go_to_problem(-1)

    def _go_to_problem(self, direction: int) -> bool:
        self.commit_pending()
        keys = [key for key, _ in self._problem_places()]
        if not keys:
            return False
        order = {key: place for place, key in enumerate(self._keys_in_order())}
        here = order.get(self.current_key(), -1 if direction > 0 else len(order))
        if direction > 0:
            target = next((key for key in keys if order[key] > here), keys[0])
        else:
            target = next((key for key in reversed(keys) if order[key] < here), keys[-1])
        return self.focus_key(target)

    def status_keys(self) -> str:
        if self._preview is not None and self._stack.currentWidget() is self._preview:
            return self.tr("数字键选答案 · Enter 写入 · Esc 取消 · Tab 换列")
        focus = QApplication.focusWidget()
        in_table = focus is not None and any(
            panel.isAncestorOf(focus) for panel in self._tables.values()
        )
        if in_table or (focus is None and self._tables):
            return self.tr("Enter 下一格 · Tab 右移 · Ctrl+D 同上格 · / 不适用 · F1 帮助")
        return self.tr("F8 下一处问题 · Enter 下一格 · F7 快速或完整 · Ctrl+Z 撤销")

    # -------------------------------------------------------------- years, pasting, files

    def _on_year(self, index: int) -> None:
        years = self.model.project.years
        if index < len(years):
            self._year = years[index]
            self._refresh()
            if self._preview is not None:
                self._preview.show_year(self._year)

    def _panel_for_paste(self) -> TablePanel | None:
        """The table with the focus, else the first one that is shown."""
        focus = QApplication.focusWidget()
        shown = [panel for panel in self._tables.values() if panel.isVisibleTo(self)]
        for panel in shown:
            if focus is not None and panel.isAncestorOf(focus):
                return panel
        last = self._tables.get(self._last_key.split("/")[0])
        if last is not None and last in shown:
            return last
        return shown[0] if shown else None

    def paste(self) -> None:
        """Ctrl+V and the button: preview what is on the clipboard."""
        panel = self._panel_for_paste()
        if panel is not None and self._stack.currentWidget() is self._scroll:
            panel.paste()

    def _import_file(self, panel: TablePanel) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self,
            self.tr("导入账单"),
            "",
            self.tr(
                "表格 (*.xlsx *.xlsm *.xls *.xlsb *.et *.ods *.csv *.txt *.html *.htm *.xml);;所有文件 (*)"
            ),
        )
        if name:
            self.import_file(panel.table.id, Path(name))

    def import_file(self, table_id: str, path: Path) -> None:
        """Preview a workbook or CSV for a table, read off this thread; what cannot be read is said in the message bar."""
        self._reader.read(
            path,
            lambda sheets: self._open_sheets(table_id, sheets),
            lambda error: self.model.post(as_message(error)),
            lambda message: self.model.post(message),
        )

    def _open_sheets(self, table_id: str, sheets: Sequence[SheetGrid]) -> None:
        panel = self._tables[table_id]
        project = self.model.project
        best = best_sheet(sheets, panel.table, project.book, project.base_year, self._year)
        self._open_preview(panel, sheets[best].grid, ("", ""), sheets, best)

    def _open_preview(
        self,
        panel: TablePanel,
        grid: Grid,
        top_left: tuple[str, str],
        sheets: Sequence[SheetGrid] = (),
        chosen: int = 0,
    ) -> None:
        self.commit_pending()
        self._close_preview()
        preview = PastePreview(self.model, panel.table, self._year, top_left)
        preview.written.connect(lambda plan: self._on_written(panel, plan))
        preview.cancelled.connect(lambda: self._on_cancelled(panel))
        self._preview = preview
        self._stack.addWidget(preview)
        self._stack.setCurrentWidget(preview)
        preview.load(grid, sheets, chosen)
        self._problems.hide()
        self.status_changed.emit()

    def _close_preview(self) -> None:
        if self._preview is None:
            return
        self._stack.setCurrentWidget(self._scroll)
        self._stack.removeWidget(self._preview)
        self._preview.deleteLater()
        self._preview = None
        self._problems.show_problems(())
        self._show_problems()
        self.status_changed.emit()

    def _on_cancelled(self, panel: TablePanel) -> None:
        self._close_preview()
        panel.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_written(self, panel: TablePanel, plan: PastePlan) -> None:
        rows = len({cell.row for cell in plan.cells})
        columns = len({cell.column for cell in plan.cells})
        if self._preview is not None:
            self.model.keep_reading(plan.table.id, self._preview.grid, self._preview.decisions)
        self._close_preview()
        if not self.model.do(acts.paste(plan, self.model.project)):
            return
        text = self.tr("写入 {0} 格。").format(len(plan.cells))
        if plan.replaced:
            text += self.tr("其中 {0} 格原来有数。").format(plan.replaced)
        left = _left_out(plan)
        if left:
            more = "…" if len(left) > _MOST_PLACES else ""
            text += self.tr("没写进去的 {0} 处：{1}。").format(
                len(left), "、".join(left[:_MOST_PLACES]) + more
            )
        self.model.post(
            Message(
                "ok",
                text,
                (Action(self.tr("撤销粘贴"), self.model.undo, "Ctrl+Z"),),
                strong=self.tr("已粘贴 {0} 行 × {1} 列，").format(rows, columns),
                of_last_act=True,
            )
        )
        if plan.cells:
            self.focus_key(plan.cells[0].key)
        else:
            panel.view.setFocus(Qt.FocusReason.OtherFocusReason)


def _left_out(plan: PastePlan) -> list[str]:
    """Places of the block that were refused; what was written in spite of a remark is not among them."""
    written = {(cell.row, cell.column) for cell in plan.cells}
    rows = {cell.row for cell in plan.cells}
    return [
        problem.where or (problem.what if problem.column < 0 else f"第 {problem.column + 1} 列")
        for problem in plan.problems
        if (problem.row, problem.column) not in written
        and (problem.column >= 0 or problem.row not in rows)
    ]


def _missing_cells(table: TableQuestion, project: AuditProject) -> Iterator[str]:
    """Keys of required typed cells nobody has filled, in order. An empty free table is asked for as a whole."""
    columns = [
        column
        for column in asked_columns(table, project.book)
        if column.required and not column.derived
    ]
    for row_id in asked_rows(table, project.book, project.base_year):
        for column in columns:
            answer = cell_answer(project.book, table, row_id, column.id)
            if isinstance(answer, Missing) or (isinstance(answer, Given) and not answer.text):
                yield cell_key(table.id, row_id, column.id)
