"""New audit: ten questions at the left, what follows from them at the right, renewed with every answer."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QPen, QShortcut
from PySide6.QtWidgets import (
    QButtonGroup,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app import paths
from app.assessment.finding import Missing
from app.audit.front_door import (
    INDUSTRY,
    QUESTIONNAIRE,
    FrontDoor,
    Suggestion,
    conclusions,
    questionnaire_of_industry,
)
from app.errors import UserError
from app.forms.answer import AnswerBook, Change, Given, apply
from app.forms.condition import holds
from app.forms.parse import Parsed
from app.forms.question import Card, Question, QuestionKind
from app.ui import chips, problems, theme, widgets
from app.ui.fields.edit import FieldState
from app.ui.fields.inputs import Input, TypedInput, create_input
from app.ui.settings import Settings

if TYPE_CHECKING:
    # For types only: SQLAlchemy, which they stand on, is not needed to show the window.
    from app.services.services import Services

_STATES = {"ok": ("check", "jade"), "open": ("help", "ochre"), "no": ("warning", "cinnabar")}

_FIT_TONES: dict[str, Literal["ok", "warn", "error"]] = {"ok": "ok", "open": "warn", "no": "error"}
_MOST_SYSTEMS = 5
_SCROLL_BAR = 14
# Widths of the fields, in px, as the answers need them.
_WIDTHS = {
    QuestionKind.TEXT: 236,
    QuestionKind.CREDIT_CODE: 180,
    QuestionKind.INDUSTRY: 250,
    QuestionKind.YEAR: 78,
    QuestionKind.MONTH: 100,
    QuestionKind.NUMBER: 136,
}
_NAMED_INSIDE = (QuestionKind.TEXT, QuestionKind.CREDIT_CODE, QuestionKind.INDUSTRY)


def _width(question: Question) -> int:
    """A text whose example is short gets a short field."""
    if question.kind is QuestionKind.TEXT and question.examples:
        return 40 + 14 * len(question.examples)
    return _WIDTHS.get(question.kind, 130)


class _Number(QWidget):
    """The number of a question: a ring, filled once it is answered."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number
        self._done = False
        self.setFixedSize(22, 22)

    def show_state(self, number: int, *, done: bool) -> None:
        self._number = number
        self._done = done
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("jade" if self._done else "border"), 1.4))
        painter.setBrush(theme.color("jade" if self._done else "surface"))
        painter.drawEllipse(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.setPen(theme.color("on_jade" if self._done else "ink2"))
        painter.setFont(theme.font("caption", bold=True))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, str(self._number))
        painter.end()


class _Row(QFrame):
    """One of the ten: number, words, inputs side by side.

    answered: (key, answer) of one of its questions. stepped: (key, +1 / -1), Enter was pressed in its input.
    """

    answered = Signal(str, object)
    stepped = Signal(str, int)

    def __init__(
        self, number: int, card: Card, industries: Callable[[], Sequence[str]], *, last: bool
    ) -> None:
        super().__init__()
        self.setProperty("role", "row_last" if last else "row")
        self.card = card
        # A choice of one thing is no question.
        self.questions = [
            item for item in card.items if isinstance(item, Question) and len(item.options) != 1
        ]
        box = QHBoxLayout(self)
        box.setContentsMargins(14, 8, 14, 8)
        box.setSpacing(14)
        self._number = _Number(number)
        box.addWidget(self._number)
        words = QWidget()
        words.setFixedWidth(172)
        words_box = QVBoxLayout(words)
        words_box.setContentsMargins(0, 0, 0, 0)
        words_box.setSpacing(0)
        words_box.addStretch(1)
        words_box.addWidget(widgets.label(card.title, wrap=True))
        if card.note:
            words_box.addWidget(widgets.label(card.note, "note", wrap=True))
        words_box.addStretch(1)
        box.addWidget(words)
        side = QVBoxLayout()
        side.setSpacing(4)
        side.addStretch(1)
        holder = QWidget()
        flow = widgets.FlowLayout(holder, spacing=10)
        self.inputs: dict[str, Input] = {}
        self._parts: dict[str, QWidget] = {}
        for place, question in enumerate(self.questions):
            field = create_input(question)
            if question.kind is QuestionKind.INDUSTRY and isinstance(field, TypedInput):
                field.suggest(industries)
            field.set_name(question.title, self.tr("第 {n} 题").format(n=number))
            field.answered.connect(lambda parsed, key=question.id: self._take(key, parsed))
            field.step.connect(lambda way, key=question.id: self.stepped.emit(key, way))
            self.inputs[question.id] = field
            if question.kind is QuestionKind.MULTI_CHOICE:
                # Chips wrap by themselves and want the whole width.
                self._parts[question.id] = field
                side.addWidget(field)
                continue
            unit = QWidget()
            line = widgets.row(spacing=6)
            if isinstance(field, QLineEdit):
                field.setFixedWidth(_width(question))
                if question.kind in _NAMED_INSIDE:
                    field.setPlaceholderText(question.short)
                else:
                    line.addWidget(widgets.label(question.short, "note"))
            elif place:
                line.addWidget(widgets.label(question.short, "note"))
            line.addWidget(field)
            unit.setLayout(line)
            self._parts[question.id] = unit
            flow.addWidget(unit)
        if flow.count():
            side.addWidget(holder)
        else:
            holder.deleteLater()
        self._problems: dict[str, str] = {}
        self._problem = widgets.label("", "note", tone="error", wrap=True)
        self._problem.hide()
        side.addWidget(self._problem)
        side.addStretch(1)
        box.addLayout(side, 1)

    def _take(self, key: str, parsed: Parsed) -> None:
        problem = parsed.problem
        self.inputs[key].set_state(FieldState.MUST_MEND if problem else FieldState.NORMAL)
        self._problems.pop(key, None)
        if problem is not None:
            self._problems[key] = f"{problem.what}。{problem.remedy}"
        self._problem.setText("\n".join(self._problems.values()))
        self._problem.setVisible(bool(self._problems))
        self.answered.emit(key, parsed.answer)

    def is_asked(self, book: AnswerBook) -> bool:
        return holds(self.card.condition, book)

    def show_book(self, book: AnswerBook, number: int) -> bool:
        """Renew what is asked, the answers shown and the ring; True when every asked question is answered."""
        asked = [question for question in self.questions if holds(question.condition, book)]
        for question in self.questions:
            self._parts[question.id].setVisible(question in asked)
            self.inputs[question.id].show_answer(book.get(question.id))
        required = [question for question in asked if question.required] or asked
        done = (
            bool(required)
            and not self._problems
            and not any(isinstance(book.get(question.id), Missing) for question in required)
        )
        self._number.show_state(number, done=done)
        return done

    def commit(self) -> None:
        for field in self.inputs.values():
            field.commit()


class NewAuditScreen(QWidget):
    """created: the session of the new audit. left: back to the library without one."""

    created = Signal(object)
    left = Signal()
    hint_changed = Signal(str)

    def __init__(
        self, services: "Services", settings: Settings, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._settings = settings
        self._book = AnswerBook()
        self._chosen: tuple[str, str] | None = None
        self._picked = False
        self._set_named = False
        self._folder = (
            Path(settings.last_folder) if settings.last_folder else paths.default_audits_dir()
        )
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        body = QVBoxLayout()
        body.setContentsMargins(18, 14, 18, 10)
        body.setSpacing(12)
        head = QVBoxLayout()
        head.setSpacing(1)
        head.addWidget(widgets.label(self.tr("项目库 / 新建审核"), "note"))
        head.addWidget(widgets.label(self.tr("新建审核：先看走哪条路"), "title"))
        head.addWidget(
            widgets.label(
                self.tr(
                    "答完就能看到右边的结论。每答一题右边马上变，哪一题都可以回来改，也可以先空着。"
                ),
                "second",
            )
        )
        body.addLayout(head)
        columns = QHBoxLayout()
        columns.setSpacing(16)
        columns.addWidget(self._build_questions(), 13)
        self._right = QScrollArea()
        self._right.setProperty("role", "canvas")
        self._right.setWidgetResizable(True)
        self._right.setFrameShape(QFrame.Shape.NoFrame)
        self._right.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._right.setAccessibleName(self.tr("结论"))
        columns.addWidget(self._right, 12)
        body.addLayout(columns, 1)
        outer.addLayout(body, 1)
        outer.addWidget(self._build_foot())
        for keys, run in (
            ("Ctrl+Return", self.create_audit),
            ("Ctrl+Enter", self.create_audit),
            ("Esc", self.left.emit),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(run)
        self._take_defaults()
        self._renew()

    def _take_defaults(self) -> None:
        """What stands chosen from the start, so that what is seen is what is stored."""
        for row in self.rows:
            for question in row.questions:
                if question.default:
                    given = Given(question.default)
                    row.inputs[question.id].show_answer(given)
                    self._book = apply(
                        self._book, (Change(question.id, self._book.get(question.id), given),)
                    )

    def _build_questions(self) -> QWidget:
        cards = self._services.catalogue.questionnaire("front_door").pages()[0].cards
        card = widgets.Card(self.tr("{n} 个问题").format(n=len(cards)), padded=False)
        self._count_label = card.title_label
        self._done_label = card.note_label
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget()
        inner.setProperty("role", "plain")
        box = QVBoxLayout(inner)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        self.rows: list[_Row] = []
        for number, entry in enumerate(cards, 1):
            row = _Row(number, entry, self._industries, last=number == len(cards))
            row.answered.connect(self._take)
            row.stepped.connect(self._step)
            self.rows.append(row)
            box.addWidget(row)
        box.addStretch(1)
        scroll.setWidget(inner)
        scroll.setMinimumWidth(inner.minimumSizeHint().width() + _SCROLL_BAR)
        card.body.addWidget(scroll)
        return card

    def _industries(self) -> list[str]:
        names = self._services.catalogue.industries()
        return [f"{code} {name}" for code, name in names.items()]

    def _build_foot(self) -> QWidget:
        foot = widgets.frame("foot_bar", vertical=False, margins=(18, 11, 18, 11), spacing=10)
        box: QHBoxLayout = foot.layout()  # type: ignore[assignment]
        self.back_button = widgets.button(
            self.tr("先不建"), self.left.emit, icon="chevron-left", keys="Esc"
        )
        self.create_button = widgets.button(
            self.tr("建立案卷，从企业概况开始"),
            self.create_audit,
            role="primary",
            icon="chevron-right",
            keys="Ctrl+Enter",
        )
        self._file_label = widgets.label("", "note2")
        box.addWidget(self.back_button)
        box.addStretch(1)
        box.addWidget(self._file_label)
        box.addWidget(
            widgets.link(self.tr("换个位置"), self._choose_folder, name=self.tr("换个位置放案卷"))
        )
        box.addWidget(self.create_button)
        return foot

    # -- answering

    def hint(self) -> str:
        return self.tr("Tab 下一题 · 空格 选中 · Ctrl+Enter 建立")

    def focus_first(self) -> None:
        first = self.rows[0].inputs[self.rows[0].questions[0].id]
        first.focus_target().setFocus(Qt.FocusReason.OtherFocusReason)

    def _step(self, key: str, way: int) -> None:
        """Enter goes to the next question that is asked, Shift+Enter back; after the last, to the button."""
        shown = [field for row in self.rows for field in row.inputs.values() if field.isVisible()]
        place = next(row.inputs[key] for row in self.rows if key in row.inputs)
        index = shown.index(place) + way
        target = shown[index].focus_target() if 0 <= index < len(shown) else self.create_button
        target.setFocus(
            Qt.FocusReason.TabFocusReason if way > 0 else Qt.FocusReason.BacktabFocusReason
        )

    def _take(self, key: str, answer: object) -> None:
        change = Change(key, self._book.get(key), answer)  # type: ignore[arg-type]
        self._book = apply(self._book, (change,))
        if key == QUESTIONNAIRE:
            self._set_named = True
        elif key == INDUSTRY and not self._set_named:
            # The industry says which questions fit, until the user says it.
            chosen = questionnaire_of_industry(
                self._book.text(INDUSTRY), self._services.catalogue.questionnaires()
            )
            change = Change(QUESTIONNAIRE, self._book.get(QUESTIONNAIRE), Given(chosen))
            self._book = apply(self._book, (change,))
        self._renew()

    def _renew(self) -> None:
        for row in self.rows:
            row.setVisible(row.is_asked(self._book))
        asked = [row for row in self.rows if row.is_asked(self._book)]
        done = sum(row.show_book(self._book, number) for number, row in enumerate(asked, 1))
        if self._count_label is not None:
            self._count_label.setText(self.tr("{n} 个问题").format(n=len(asked)))
        self._done_label.setText(f"{done} / {len(asked)}")
        catalogue = self._services.catalogue
        self._show(
            conclusions(
                self._book, catalogue.systems(), catalogue.front_door_rules(), catalogue.system
            )
        )
        self._file_label.setText(
            self.tr("建好后是一个文件：{name}.cpaudit").format(name=self.file_name())
        )
        self._file_label.setToolTip(str(self._folder))

    def file_name(self) -> str:
        """What the new file will be called, without its ending."""
        name = self._book.text("firm.name") or self.tr("未命名企业")
        year = self._book.text("audit.base_year")
        return f"{name} {year}".strip() if year else name

    def _choose_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, self.tr("案卷放在哪里"), str(self._folder))
        if chosen:
            self._folder = Path(chosen)
            self._renew()

    def create_audit(self) -> None:
        """Make the file and open it; a problem is said and everything stays as it is."""
        for row in self.rows:
            row.commit()
        system_id, table_id = self._chosen or ("", "")
        try:
            session = self._services.projects.create_audit(
                self._folder,
                self.file_name(),
                self._book,
                system_id,
                table_id,
                who=self._settings.user_name,
            )
        except UserError as error:
            problems.show_user_error(self, self.tr("案卷没有建成"), error)
            return
        self.created.emit(session)

    # -- conclusions

    def _show(self, front: FrontDoor) -> None:
        inner = QWidget()
        inner.setProperty("role", "plain")
        box = QVBoxLayout(inner)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(10)
        box.addWidget(self._verdict(front))
        if front.suggestions:
            box.addWidget(self._systems(front))
        if front.papers:
            box.addWidget(self._papers(front))
        if front.deadlines:
            box.addWidget(widgets.label("　".join(front.deadlines), "note", wrap=True))
        box.addStretch(1)
        position = self._right.verticalScrollBar().value()
        self._right.setWidget(inner)
        self._right.verticalScrollBar().setValue(position)

    def _verdict(self, front: FrontDoor) -> QWidget:
        card = widgets.Card(padded=False)
        head = QHBoxLayout()
        head.setContentsMargins(14, 12, 14, 12)
        head.setSpacing(14)
        icon, role = _STATES[front.verdict_state]
        head.addWidget(widgets.IconLabel(icon, role, 26))
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(widgets.label(front.verdict_title, "section", wrap=True))
        if front.verdict_text:
            words.addWidget(widgets.label(front.verdict_text, "second", wrap=True))
        head.addLayout(words, 1)
        card.body.addLayout(head)
        card.body.setSpacing(0)
        for rule in front.rules:
            line = QHBoxLayout()
            line.setContentsMargins(14, 6, 14, 6)
            line.setSpacing(10)
            icon, role = _STATES[rule.state]
            line.addWidget(widgets.IconLabel(icon, role, 15), 0, Qt.AlignmentFlag.AlignTop)
            said = QVBoxLayout()
            said.setSpacing(0)
            said.addWidget(widgets.label(rule.text, "table", wrap=True))
            if rule.source:
                said.addWidget(widgets.label(rule.source, "note", wrap=True))
            line.addLayout(said, 1)
            card.body.addLayout(line)
        card.body.addSpacing(6)
        return card

    def _systems(self, front: FrontDoor) -> QWidget:
        card = widgets.Card(self.tr("建议的指标体系"), icon="scales", padded=False)
        card.body.setSpacing(0)
        group = QButtonGroup(card)
        shown = front.suggestions[:_MOST_SYSTEMS]
        if not self._picked:
            best = next((each for each in shown if each.usable), None)
            self._chosen = (best.system_id, best.table_id) if best else None
        for entry in shown:
            card.body.addWidget(self._system(entry, group))
        return card

    def _system(self, entry: Suggestion, group: QButtonGroup) -> QWidget:
        line = widgets.frame("row", margins=(14, 7, 14, 8), spacing=1)
        box: QVBoxLayout = line.layout()  # type: ignore[assignment]
        head = widgets.row(spacing=4)
        title = widgets.label(entry.title, "table_strong" if entry.usable else "table", wrap=True)
        if entry.usable:
            choice = (entry.system_id, entry.table_id)
            radio = QRadioButton()
            radio.setAccessibleName(f"{entry.title}，{entry.fit}")
            group.addButton(radio)
            radio.setChecked(choice == self._chosen)
            radio.clicked.connect(lambda: self._choose(choice))
            head.addWidget(radio, 0, Qt.AlignmentFlag.AlignTop)
        else:
            title.setContentsMargins(27, 0, 0, 0)
        head.addWidget(title, 1)
        fit = chips.ChipLabel(chips.tag(entry.fit, _FIT_TONES[entry.fit_state]))
        head.addWidget(fit, 0, Qt.AlignmentFlag.AlignTop)
        box.addLayout(head)
        detail = widgets.label(entry.detail, "note", wrap=True)
        detail.setContentsMargins(27, 0, 0, 0)
        box.addWidget(detail)
        return line

    def _choose(self, choice: tuple[str, str]) -> None:
        self._chosen = choice
        self._picked = True

    def _papers(self, front: FrontDoor) -> QWidget:
        card = widgets.Card(self.tr("先去要这些材料"), icon="clip")
        holder = QWidget()
        flow = widgets.FlowLayout(holder, spacing=8, line_spacing=8)
        for paper in front.papers:
            flow.addWidget(chips.ChipLabel(chips.tag(paper)))
        card.body.addWidget(holder)
        return card

    def sizeHint(self) -> QSize:
        return QSize(1180, 620)
