"""The cards of a page of questions: made once from its data, filled with every new state of the answers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.assessment.finding import NotApplicable
from app.audit.charts.build import chart_of, has_years
from app.audit.project import BASE_YEAR, AuditProject
from app.checkup.page_remarks import Remark
from app.forms.answer import MISSING, Answer, override_key
from app.forms.condition import holds
from app.forms.folding import Folding
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
from app.forms.row_units import asked_in
from app.papers.pictures import TABLE as PICTURES
from app.services import acts
from app.ui import widgets
from app.ui.charts import ChartView
from app.ui.fields.control import QuestionControl
from app.ui.fields.figures import FigureStripWidget
from app.ui.fields.typed_input import TypedInput
from app.ui.pages.cards import CardBox, Section
from app.ui.pages.question_blocks import FieldGrid, RowList
from app.ui.session import SessionModel
from app.ui.tables.draft_button import DRAFT, DraftButton
from app.ui.tables.measure_button import MeasureButton
from app.ui.tables.offers import OfferList
from app.ui.tables.panel import TablePanel

if TYPE_CHECKING:
    from app.ui.tables.level_after import LevelAfter

_LEVEL_AFTER = "results.level"  # `measure:` of the level after the measures
_NAMED_FOLDED = 4  # questions named beside the fold that hides them
_MOST_REASONS = 8


@dataclass(frozen=True)
class _Shown:
    """What the cards show now. remarks: by the key they are about; reasons: of 不适用 given in this audit, the newest first."""

    year: int | None = None
    remarks: dict[str, list[Remark]] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)


class FormCards(QObject):
    """controls and tables by their keys. An answer typed into a control is recorded here, as one act.

    entered: (key, Question or TableQuestion) that took the focus; stepped: (control, +1 or -1) by Enter; wanted: a key somebody
    clicked on; unfold_wanted: id of a card; pasted: (panel, text, row, column); file_wanted: the panel a file is for.
    """

    entered = Signal(str, object)
    stepped = Signal(object, int)
    wanted = Signal(str)
    unfold_wanted = Signal(str)
    pasted = Signal(object, str, str, str)
    file_wanted = Signal(object)
    trace_requested = Signal(object)
    help_opened = Signal(object)

    def __init__(self, model: SessionModel, page: Page, folding: Folding, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self._parent = parent
        self._folding = folding
        self._shown = _Shown()
        self.controls: dict[str, QuestionControl] = {}
        self.tables: dict[str, TablePanel] = {}
        self._import_links: list[tuple[QWidget, QWidget]] = []
        self.boxes: list[CardBox] = []
        self._waiting = list(reversed(page.cards))

    def make_next(self) -> bool:
        """Make one more card; False when all are there."""
        if not self._waiting:
            return False
        self.boxes.append(self._make_card(self._waiting.pop()))
        return True

    def order_tabs(self) -> None:
        """A page begins with its table, not with the link above; once all stand in the page."""
        for table, link in self._import_links:
            QWidget.setTabOrder(table, link)

    # -------------------------------------------------------------- making

    def _make_card(self, card: Card) -> CardBox:
        only_figures = bool(card.items) and all(isinstance(i, FigureStrip) for i in card.items)
        panel = widgets.Card(
            "" if only_figures else card.title, note=card.note, padded=False, parent=self._parent
        )
        panel.body.setSpacing(0)
        panel.setAccessibleName(card.title)
        fold = widgets.link("", lambda: self.unfold_wanted.emit(card.id))
        box = CardBox(card, panel, fold, widgets.label("", "note", wrap=True))
        run: list[Question] = []
        for item in (*card.items, None):
            if isinstance(item, Question) and (not run or run[0].silences == item.silences):
                run.append(item)
                continue
            if run:
                box.sections.append(self._make_questions(run, panel))
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

    def _make_measure(self, item: MeasureItem) -> "MeasureButton | DraftButton | LevelAfter":
        if item.measure == DRAFT:
            return DraftButton(self._model, item)
        if item.measure == _LEVEL_AFTER:
            from app.ui.tables.level_after import LevelAfter  # with the document model

            return LevelAfter(self._model)
        return MeasureButton(self._model, item)

    def _make_questions(self, run: Sequence[Question], panel: QWidget) -> Section:
        as_rows = run[0].silences
        controls = [self._make_control(question, small=as_rows) for question in run]
        kind = RowList if as_rows else FieldGrid
        block: FieldGrid | RowList = kind(controls, panel)

        def show(project: AuditProject) -> bool:
            return block.show_asked(lambda question: self._is_open(question, project))

        return Section(block, show)

    def _is_open(self, item: Question | TableQuestion, project: AuditProject) -> bool:
        return holds(item.condition, project.book) and item.id not in self._folding.folded

    def _make_control(self, question: Question, *, small: bool) -> QuestionControl:
        key = override_key(question.derived) if question.derived else question.id
        control = QuestionControl(question, key, self._parent, small=small)
        if question.kind is QuestionKind.INDUSTRY and isinstance(control.input, TypedInput):
            control.input.suggest(self._industries)
        if question.choices_from and isinstance(control.input, TypedInput):
            names = OfferList(control.input, partial(self._model.offers, question.choices_from))
            names.written.connect(control.commit)
        control.answered.connect(lambda answer: self._record_answer(control, answer))
        control.overridden.connect(lambda answer: self._record_answer(control, answer))
        control.step.connect(lambda direction: self.stepped.emit(control, direction))
        control.trace_requested.connect(self.trace_requested)
        control.help_requested.connect(self.help_opened)
        control.entered.connect(lambda: self.entered.emit(control.key, question))
        self.controls[key] = control
        return control

    def _industries(self) -> list[str]:
        return [f"{code} {name}" for code, name in self._model.industries().items()]

    def _make_table(self, card: Card, table: TableQuestion, panel: widgets.Card) -> Section:
        block = QWidget(panel)
        box = QVBoxLayout(block)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        tools: QHBoxLayout | None = None
        own_head = len(card.items) == 1 or table.title == card.title
        if not own_head:
            title_row = QWidget(block)
            tools = QHBoxLayout(title_row)
            tools.setContentsMargins(14, 6, 8, 4)
            tools.addWidget(widgets.label(table.title, "table_strong"))
            tools.addStretch(1)
            box.addWidget(title_row)
        elif panel.title_label is not None:
            tools = panel.head
        part = TablePanel(self._model, table, block)
        box.addWidget(part)
        if tools is not None and table.id == PICTURES:
            pick = widgets.link(
                self.tr("看着图挑、排次序"),
                lambda: self._model.screen_requested.emit("pictures", ""),
                icon="eye",
            )
            tools.addWidget(pick)
        if tools is not None and table.rows in (RowsKind.MONTHS, RowsKind.FREE):
            link = widgets.link(
                self.tr("导入 .xlsx"),
                lambda: self.file_wanted.emit(part),
                name=self.tr("{0}：导入 .xlsx 或 .csv").format(table.title),
                icon="table",
            )
            tools.addWidget(link)
            self._import_links.append((part.view, link))
        part.paste_requested.connect(
            lambda text, row, column: self.pasted.emit(part, text, row, column)
        )
        part.trace_requested.connect(self.trace_requested)
        part.entered.connect(lambda: self.entered.emit(part.current_key() or table.id, table))
        self.tables[table.id] = part

        def show(project: AuditProject) -> bool:
            if not self._is_open(table, project):
                return False
            prefix = f"{table.id}/"
            remarks = {
                key: of_key for key, of_key in self._shown.remarks.items() if key.startswith(prefix)
            }
            year = self._shown.year
            part.load(project, year, remarks, self._shown.reasons)
            if table.rows is RowsKind.MONTHS and own_head and year is not None:
                if panel.title_label is not None:
                    panel.title_label.setText(self.tr("{0} 年{1}").format(year, card.title))
                panel.note_label.setText(self._count_words(table, part, card.note))
            return True

        return Section(block, show)

    def _count_words(self, table: TableQuestion, part: TablePanel, note: str) -> str:
        """「4.1 · 48 格已填 48 · 粘贴时自动去掉逗号和空格」 for the year shown."""
        filled, asked = part.counts()
        words = self.tr("{0} 格已填 {1}").format(asked, filled)
        proved = part.answers.proved()
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
        strip.answer_wanted.connect(self.wanted)

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
        view.picked.connect(self.wanted)
        empty = widgets.label(item.empty, "note", wrap=True)
        box.addWidget(empty)

        def show(project: AuditProject) -> bool:
            # Qt asks for the height at a width again and again; one state of the audit has one chart per width.
            base = project.derivation.base_year
            chosen = self._shown.year
            shown = chosen if has_years(item.chart) and chosen is not None else base
            build = partial(chart_of, project, item.chart, year=shown)
            words = self.tr("{year} 年（基准年）") if shown == base else self.tr("{year} 年")
            said = "" if shown is None else words.format(year=shown)
            drawn = view.show_chart(build, said)
            view.setVisible(drawn)
            empty.setVisible(not drawn)
            year.setText(said)
            year.setVisible(drawn and bool(said))
            return drawn or bool(item.empty)

        return Section(block, show, lambda project: chart_of(project, item.chart) is not None)

    # -------------------------------------------------------------- recording

    def _record_answer(self, control: QuestionControl, after: Answer) -> None:
        name = control.question.short or control.question.title
        self._model.do(acts.answer(self._model.project, control.key, after, name))

    def _record_override(self, quantity_id: str, after: Answer) -> None:
        self._model.do(acts.answer(self._model.project, override_key(quantity_id), after))

    def commit(self) -> None:
        """Record what is still being typed."""
        for control in self.controls.values():
            control.commit()
        for panel in self.tables.values():
            panel.commit()

    # -------------------------------------------------------------- showing

    def show(self, project: AuditProject, remarks: Iterable[Remark], year: int | None) -> None:
        """Show the state of the audit in every card; what is folded is decided before."""
        by_key: dict[str, list[Remark]] = {}
        for remark in remarks:
            by_key.setdefault(remark.key, []).append(remark)
        self._shown = _Shown(year, by_key, _reasons(project))
        for key, control in self.controls.items():
            self._show_control(key, control, project)
        for box in self.boxes:
            self._show_card(box, project)

    def _show_control(self, key: str, control: QuestionControl, project: AuditProject) -> None:
        control.ask(asked_in(control.printed, project.index, project.book))
        question = control.question
        control.set_reasons(self._shown.reasons)
        figure = None
        if question.derived:
            figure = project.derivation.figure(question.derived)
        else:
            earlier = self._model.session.earlier
            then: Answer = MISSING
            if earlier is not None and key != BASE_YEAR:  # each round has its own year
                then = earlier.beside(key, project.base_year)
            year = earlier.year if earlier is not None else 0
            control.set_beside(then, year, offered(question, project.book))
        of_key = self._shown.remarks
        control.show(project.book.get(key), figure, of_key.get(question.id, of_key.get(key, ())))

    def _show_card(self, box: CardBox, project: AuditProject) -> None:
        card = box.card
        asked = holds(card.condition, project.book)
        waiting = self._folding.waiting(card)
        # in a card of which nothing is open, only results that are there are shown
        closed = self._folding.is_closed(card, project.book)
        any_shown = False
        for section in box.sections:
            visible = asked and (not closed or section.says(project)) and section.show(project)
            section.widget.setVisible(visible)
            section.rule.setVisible(visible and any_shown)
            any_shown = any_shown or visible
        box.fold.setVisible(asked and bool(waiting))
        box.folded_names.setVisible(asked and bool(waiting))
        box.folded_names.setText(self._folded_words(card, waiting))
        box.fold.setText(self.tr("还有 {0} 项选填 ▸").format(len(waiting)))
        box.fold.setAccessibleName(
            self.tr("{0}：还有 {1} 项选填，打开").format(card.title, len(waiting))
        )
        box.widget.setVisible(asked and (any_shown or bool(waiting)))

    def _folded_words(self, card: Card, items: Sequence[Question | TableQuestion]) -> str:
        """What waits behind the fold: the names of the first questions; of one that is called as its card, what it is for."""
        names = [(item.short if isinstance(item, Question) else "") or item.title for item in items]
        if names == [card.title]:
            return items[0].why or items[0].help
        more = self.tr("等") if len(names) > _NAMED_FOLDED else ""
        return "、".join(names[:_NAMED_FOLDED]) + more


def _reasons(project: AuditProject) -> list[str]:
    answers = project.book.answers.values()
    given = [answer.reason for answer in answers if isinstance(answer, NotApplicable)]
    return list(dict.fromkeys(reversed(given)))[:_MOST_REASONS]
