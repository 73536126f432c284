"""New audit: ten questions at the left, what follows from them at the right, renewed with every answer."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app import paths
from app.assessment.finding import Missing
from app.audit.first_look import FirstLook, LookRow, first_look, look_rows, without_other_tables
from app.audit.front_door import (
    INDUSTRY,
    KIND,
    LIST_DATE,
    QUESTIONNAIRE,
    FrontDoor,
    conclusions,
    minutes_of,
    questionnaire_for,
)
from app.audit.next_round import Earlier
from app.audit.project import BASE_YEAR
from app.errors import UserError
from app.files import safe_name
from app.forms.answer import Answer, AnswerBook, Given
from app.services.acts import answer_front_door
from app.ui import problems, widgets
from app.ui.earlier_picker import EarlierPicker
from app.ui.fields.inputs import Input
from app.ui.first_look import LookSection
from app.ui.new_audit_conclusions import Choice, Conclusions
from app.ui.new_audit_rows import QuestionRow
from app.ui.settings import Settings

if TYPE_CHECKING:
    # For types only: SQLAlchemy, which they stand on, is not needed to show the window.
    from app.services.services import Services

_DATES_IN_LINE = 3
_SCROLL_BAR = 14


def _unwrapped(role: str) -> QLabel:
    """Lines that are cut where they are too long: one that wraps would make the whole screen as high as it wants to be."""
    words = widgets.label("", role)
    words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return words


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
        self._own: dict[
            str, Answer
        ] = {}  # what the user answered here, over defaults and what was carried
        self._last: tuple[Path, AnswerBook] | None = None
        self._earlier: Earlier | None = None
        self._carry_problem: UserError | None = None
        self._chosen: Choice | None = None
        self._picked = False
        self._is_looking = False  # the last answer was one of a limiting indicator
        self._look: tuple[LookRow, ...] = ()
        self._defaults: dict[str, Answer] = {}
        self._folder = (
            Path(settings.audits_folder) if settings.audits_folder else paths.default_audits_dir()
        )
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        body = QVBoxLayout()
        body.setContentsMargins(18, 14, 18, 10)
        body.setSpacing(12)
        head = QVBoxLayout()
        head.setSpacing(1)
        self.earlier_button = widgets.button(
            self.tr("从以前的审核带过来"), self.choose_earlier, icon="copy", keys="Ctrl+D"
        )
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
        line = QHBoxLayout()
        line.addLayout(head, 1)
        line.addWidget(self.earlier_button, 0, Qt.AlignmentFlag.AlignBottom)
        body.addLayout(line)
        body.addWidget(self._build_carried())
        columns = QHBoxLayout()
        columns.setSpacing(16)
        columns.addWidget(self._build_questions(), 13)
        self._right = Conclusions(services)
        self._right.system_chosen.connect(self._choose)
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addWidget(self._right, 1)
        self._clock = _unwrapped("note")
        right.addWidget(self._clock)
        columns.addLayout(right, 12)
        body.addLayout(columns, 1)
        outer.addLayout(body, 1)
        outer.addWidget(self._build_foot())
        for keys, run in (
            ("Ctrl+Return", self.create_audit),
            ("Ctrl+Enter", self.create_audit),
            ("Ctrl+D", self.choose_earlier),
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
                    self._defaults[question.id] = given
        self._book = AnswerBook(dict(self._defaults))

    def _build_carried(self) -> QWidget:
        """What was brought along from an earlier audit; hidden while nothing was."""
        self._carried = widgets.frame("card", vertical=False, margins=(12, 7, 12, 7), spacing=10)
        box = self._carried.layout()
        assert isinstance(box, QHBoxLayout)
        box.addWidget(widgets.IconLabel("copy"))
        self._carried_words = _unwrapped("table")
        box.addWidget(self._carried_words, 1)
        self.drop_link = widgets.link(
            self.tr("不带了"), self.drop_earlier, name=self.tr("不从以前的审核带")
        )
        box.addWidget(self.drop_link)
        self._carried.hide()
        return self._carried

    def _build_questions(self) -> QWidget:
        cards = self._services.catalogue.questionnaire("front_door").pages()[0].cards
        card = widgets.Card(self.tr("{n} 个问题").format(n=len(cards)), padded=False)
        self._count_label = card.title_label
        self._done_label = card.note_label
        card.note_label.setWordWrap(False)  # else the screen is as high as all its questions
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
        self.rows: list[QuestionRow] = []
        for number, entry in enumerate(cards, 1):
            row = QuestionRow(number, entry, self._industries)
            row.answered.connect(self._take)
            row.stepped.connect(self._step)
            self.rows.append(row)
            box.addWidget(row)
        self.look = LookSection()
        self.look.answered.connect(self._take)
        self.look.stepped.connect(self._step)
        box.addWidget(self.look)
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

    def _inputs(self) -> dict[str, Input]:
        """Every input on the screen, in the order of the page."""
        found = {key: field for row in self.rows for key, field in row.inputs.items()}
        return {**found, **self.look.inputs}

    def _step(self, key: str, way: int) -> None:
        """Enter goes to the next question that is asked, Shift+Enter back; after the last, to the button."""
        shown = {name: field for name, field in self._inputs().items() if field.isVisible()}
        fields = list(shown.values())
        index = list(shown).index(key) + way
        target = fields[index].focus_target() if 0 <= index < len(fields) else self.create_button
        target.setFocus(
            Qt.FocusReason.TabFocusReason if way > 0 else Qt.FocusReason.BacktabFocusReason
        )

    def _take(self, key: str, answer: Answer) -> None:
        self._own[key] = answer
        self._is_looking = key in self.look.inputs
        # The industry says which questions fit, until the user says it.
        sets = () if QUESTIONNAIRE in self._own else self._services.catalogue.questionnaires()
        self._book = answer_front_door(self._book, key, answer, sets)
        if self._last is not None and key in (INDUSTRY, QUESTIONNAIRE, BASE_YEAR):
            self._carry()
        self._renew()

    # -- an earlier audit

    def choose_earlier(self) -> None:
        """Ctrl+D: pick the audit this one goes on from."""
        picker = EarlierPicker(self._services.projects.audits.summaries(), self._folder, self)
        chosen = picker.path if picker.exec() else None
        picker.deleteLater()
        if chosen is not None:
            self.carry_from(chosen)

    def carry_from(self, path: Path) -> None:
        """Begin with what lasts of the audit in a file; what was answered here already stands over it."""
        try:
            last = self._services.projects.read_earlier(path)
        except UserError as error:
            problems.show_user_error(
                self, self.tr("「{name}」带不过来").format(name=path.name), error
            )
            return
        self._last = (path, last)
        self._folder = path.parent
        self._carry()
        system = (self._book.text("audit.system"), self._book.text("audit.table"))
        if system[0]:
            self._chosen, self._picked = system, True
        self._renew()
        open_row = next((row for row in self.rows if not row.isHidden() and not row.is_done), None)
        if open_row is not None:
            open_row.focus_open(self._book)

    def drop_earlier(self) -> None:
        """Without the earlier audit after all; what was answered here stays."""
        self._last, self._earlier, self._carry_problem = None, None, None
        self._chosen, self._picked = None, False
        self._book = AnswerBook({**self._defaults, **self._own})
        self._renew()

    def _carry(self) -> None:
        assert self._last is not None
        _, last = self._last
        year = self._own.get(BASE_YEAR)
        base_year = int(year.text) if isinstance(year, Given) and year.text.isdigit() else None
        chosen = self._own.get(QUESTIONNAIRE)
        questionnaire_id = chosen.text if isinstance(chosen, Given) else questionnaire_for(last)
        try:
            book, self._earlier = self._services.projects.carry_over(
                last, questionnaire_id, base_year
            )
        except UserError as error:
            self._carry_problem = error
            return
        self._carry_problem = None
        own = {key: answer for key, answer in self._own.items() if not isinstance(answer, Missing)}
        self._book = AnswerBook({**self._defaults, **book.answers, **own}, book.rows)

    def _show_carried(self) -> None:
        self._carried.setVisible(self._last is not None)
        self.earlier_button.setVisible(self._last is None)
        if self._last is None:
            return
        name = self._last[0].stem
        if self._carry_problem is not None:
            words = self.tr("「{name}」：{problem}").format(
                name=name, problem=str(self._carry_problem.problems[0])
            )
        elif self._earlier is not None:
            words = self.tr(
                "从「{name}」带过来：企业、小组、工序、设备、排口、物料名单，{year} 年和以前的账\n"
                "{year} 年的答案放在每一格旁边对照；{new} 年的数、监测、计划、等级和结论都空着"
            ).format(name=name, year=self._earlier.year, new=self._book.text(BASE_YEAR))
        self._carried_words.setText(words)
        self._carried_words.setToolTip(words)

    # -- renewing

    def _renew(self) -> None:
        for row in self.rows:
            row.setVisible(row.is_asked(self._book))
        asked = [row for row in self.rows if row.is_asked(self._book)]
        done = sum(row.show_book(self._book, number) for number, row in enumerate(asked, 1))
        if self._count_label is not None:
            self._count_label.setText(self.tr("{n} 个问题").format(n=len(asked)))
        self._done_label.setText(f"{done} / {len(asked)}")
        catalogue = self._services.catalogue
        front = conclusions(
            self._book, catalogue.systems(), catalogue.front_door_rules(), catalogue.reference()
        )
        if not self._picked:
            best = next((each for each in front.suggestions if each.usable), None)
            self._chosen = (best.system_id, best.table_id) if best else None
        self._show_look()
        look: FirstLook | None = None
        if self._look and self._chosen is not None:
            system = catalogue.system(self._chosen[0])
            rough = catalogue.front_door_rules().rough
            look = first_look(self._book, system, self._chosen[1], self._look, rough)
        self._right.show_front(front, self._chosen, look, in_sight=self._is_looking)
        self._show_carried()
        self._show_clock(front)
        self._file_label.setText(
            self.tr("建好后是一个文件：{name}.cpaudit").format(name=self.file_name())
        )
        self._file_label.setToolTip(str(self._folder))

    def _show_look(self) -> None:
        """The limiting indicators of the system that is chosen now."""
        catalogue = self._services.catalogue
        self._look = ()
        if self._chosen is not None:
            system_id, table_id = self._chosen
            self._look = look_rows(
                catalogue.system(system_id), table_id, catalogue.derivations(system_id)
            )
        self.look.show_rows(self._look, self._book)

    def _show_clock(self, front: FrontDoor) -> None:
        """The dates that run and how long the rest takes: always in sight."""
        questionnaire = self._services.catalogue.questionnaire(questionnaire_for(self._book))
        hours = max(1, round(minutes_of(questionnaire) / 60))
        parts = list(front.deadlines)
        if self._book.text(KIND) not in ("", "voluntary") and not self._book.text(LIST_DATE):
            parts.append(self.tr("填了名单公布日期，这里写期限"))
        parts.append(
            self.tr("材料齐了，其余 {pages} 页大约 {hours} 小时，可以分几次填").format(
                pages=len(questionnaire.pages()), hours=hours
            )
        )
        dates, last = parts[:-1], parts[-1]
        lines = [
            "　".join(dates[at : at + _DATES_IN_LINE])
            for at in range(0, len(dates), _DATES_IN_LINE)
        ]
        self._clock.setText("\n".join((*lines, last)))
        self._clock.setToolTip("\n".join(parts))

    def file_name(self) -> str:
        """What the new file will be called, without its ending."""
        name = safe_name(self._book.text("firm.name"), self.tr("未命名企业"))
        year = self._book.text("audit.base_year")
        return f"{name} {year}".strip() if year else name

    def _choose_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, self.tr("案卷放在哪里"), str(self._folder))
        if chosen:
            self._folder = Path(chosen)
            self._settings.audits_folder = chosen
            self._renew()

    def create_audit(self) -> None:
        """Make the file and open it; a problem is said and everything stays as it is."""
        for row in self.rows:
            row.commit()
        self.look.commit()
        if self._carry_problem is not None:
            problems.show_user_error(self, self.tr("案卷没有建成"), self._carry_problem)
            return
        if not self._may_have_another():
            return
        system_id, table_id = self._chosen or ("", "")
        tables = (
            {part.id for part in self._services.catalogue.system(system_id).parts(table_id)}
            if system_id
            else set()
        )
        try:
            session = self._services.projects.create_audit(
                self._folder,
                self.file_name(),
                without_other_tables(self._book, tables),
                system_id,
                table_id,
                earlier=self._earlier,
                who=self._settings.user_name,
            )
        except UserError as error:
            problems.show_user_error(self, self.tr("案卷没有建成"), error)
            return
        self.created.emit(session)

    def _may_have_another(self) -> bool:
        """True unless the firm has an audit already and the user rather goes to that."""
        name = self._book.text("firm.name")
        audits = self._services.projects.audits.summaries()
        same = [one for one in audits if name and one.name == name and not one.trouble]
        if not same or self._earlier is not None:
            return True
        words = self.tr(
            "在 {place}。再做一轮的话，到项目库里用「复制为下一轮」，上一轮的数会带过来。"
        )
        return problems.ask(
            self,
            self.tr("「{name}」已经有 {n} 个案卷了").format(name=name, n=len(same)),
            words.format(place=same[0].path),
            self.tr("照样新建一个"),
            self.tr("先不建"),
        )

    def _choose(self, choice: Choice | None) -> None:
        self._chosen = choice
        self._picked = True
        # Later: the button that was clicked is among what is built anew.
        QTimer.singleShot(0, self, self._renew)

    def sizeHint(self) -> QSize:
        return QSize(1180, 620)
