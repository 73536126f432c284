"""New audit: ten questions at the left, what follows from them at the right, renewed with every answer."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QButtonGroup,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QRadioButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app import paths
from app.assessment.finding import Missing
from app.assessment.indicator_system import LEVELS, Level, Verification
from app.audit.first_look import FirstLook, LookRow, first_look, look_rows, without_other_tables
from app.audit.front_door import (
    INDUSTRY,
    KIND,
    LIST_DATE,
    QUESTIONNAIRE,
    WORDS,
    FrontDoor,
    Suggestion,
    conclusions,
    minutes_of,
    questionnaire_for,
)
from app.audit.next_round import Earlier
from app.audit.project import BASE_YEAR
from app.audit.wording import level_name, threshold_text
from app.errors import UserError
from app.files import safe_name
from app.forms.answer import Answer, AnswerBook, Given
from app.services.acts import answer_front_door
from app.ui import chips, problems, widgets
from app.ui.earlier_picker import EarlierPicker
from app.ui.fields.inputs import Input
from app.ui.first_look import LookSection
from app.ui.new_audit_rows import QuestionRow
from app.ui.settings import Settings

if TYPE_CHECKING:
    # For types only: SQLAlchemy, which they stand on, is not needed to show the window.
    from app.services.services import Services

_STATES = {"ok": ("check", "jade"), "open": ("help", "ochre"), "no": ("warning", "cinnabar")}

_FIT_TONES: dict[str, Literal["ok", "warn", "error"]] = {"ok": "ok", "open": "warn", "no": "error"}
_MOST_SYSTEMS = 5
_MOST_UNMATCHED = 6
_DATES_IN_LINE = 3
_SCROLL_BAR = 14


def _said(state: str, text: str, source: str) -> QHBoxLayout:
    """A sentence with its state in front and its source below."""
    line = QHBoxLayout()
    line.setContentsMargins(14, 6, 14, 6)
    line.setSpacing(10)
    icon, role = _STATES[state]
    line.addWidget(widgets.IconLabel(icon, role, 15), 0, Qt.AlignmentFlag.AlignTop)
    said = QVBoxLayout()
    said.setSpacing(0)
    said.addWidget(widgets.label(text, "table", wrap=True))
    if source:
        said.addWidget(widgets.label(source, "note", wrap=True))
    line.addLayout(said, 1)
    return line


def _indented(text: str) -> QWidget:
    """A note below a sentence of `_said`, in line with its words."""
    note = widgets.label(text, "note", wrap=True)
    note.setContentsMargins(39, 0, 14, 3)
    return note


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
        self._chosen: tuple[str, str] | None = None
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
        self._right = QScrollArea()
        self._right.setProperty("role", "canvas")
        self._right.setWidgetResizable(True)
        self._right.setFrameShape(QFrame.Shape.NoFrame)
        self._right.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._right.setAccessibleName(self.tr("结论"))
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
        self._show(front)
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

    # -- conclusions

    def _show(self, front: FrontDoor) -> None:
        inner = QWidget()
        inner.setProperty("role", "plain")
        box = QVBoxLayout(inner)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(10)
        box.addWidget(self._verdict(front))
        if front.suggestions or front.without_system:
            box.addWidget(self._systems(front))
        look: QWidget | None = None
        if self._look and self._chosen is not None:
            system_id, table_id = self._chosen
            rough = self._services.catalogue.front_door_rules().rough
            system = self._services.catalogue.system(system_id)
            look = self._first_look(first_look(self._book, system, table_id, self._look, rough))
            box.addWidget(look)
        box.addWidget(self._triggers(front))
        if front.papers:
            box.addWidget(self._papers(front))
        box.addStretch(1)
        position = self._right.verticalScrollBar().value()
        self._right.setWidget(inner)
        self._right.verticalScrollBar().setValue(position)
        if look is not None and self._is_looking:
            # Its answers are at the end of the left; what they come to is to be seen without scrolling.
            QTimer.singleShot(0, look, lambda: self._right.ensureWidgetVisible(look, 0, 8))

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
            card.body.addLayout(_said(rule.state, rule.text, rule.source))
        card.body.addSpacing(6)
        return card

    def _triggers(self, front: FrontDoor) -> QWidget:
        """The cases of a mandatory audit, and which chemicals were found on a list."""
        card = widgets.Card(self.tr("要做强制性审核的情形"), icon="flag", padded=False)
        card.body.setSpacing(0)
        card.body.addSpacing(4)
        for one in front.triggers:
            # Applies is a matter of the bureau's list; it is shown as something to ask, never as settled.
            card.body.addLayout(_said("no" if one.applies else "open", one.text, one.source))
        for text in front.listed_chemicals:
            card.body.addWidget(_indented(text))
        if front.unmatched_chemicals:
            words = self.tr(
                "没对上名录：{names}。只按填的名称和 CAS 号找，没对上不等于不属于"
            ).format(
                names="、".join(front.unmatched_chemicals[:_MOST_UNMATCHED])
                + (self.tr("等") if len(front.unmatched_chemicals) > _MOST_UNMATCHED else "")
            )
            card.body.addWidget(_indented(words))
        card.body.addSpacing(6)
        return card

    def _first_look(self, look: FirstLook) -> QWidget:
        card = widgets.Card(
            self.tr("先看一眼大概到哪一级"),
            icon="flag",
            note=self.tr("粗估，不进报告"),
            padded=False,
        )
        card.body.setSpacing(0)
        if look.best is None:
            words = self.tr("还不能说。左边最下面有 {n} 项限定性指标，填一两项就能看").format(
                n=look.total
            )
            card.body.addLayout(_said("open", words, ""))
            return card
        line = QHBoxLayout()
        line.setContentsMargins(14, 8, 14, 6)
        line.setSpacing(10)
        line.addWidget(chips.ChipLabel(chips.level_chip(look.best)), 0, Qt.AlignmentFlag.AlignTop)
        if look.best is Level.NONE:
            words = self.tr("有限定性指标没到 Ⅲ 级，照现在的样子评不上级")
        else:
            words = self.tr("按填了的 {n} 项限定性指标，最高可能 {level}").format(
                n=len(look.answered), level=level_name(look.best)
            )
        if look.total > len(look.answered):
            words += self.tr("；还有 {n} 项没填，只会更低不会更高").format(
                n=look.total - len(look.answered)
            )
        line.addWidget(widgets.label(words, "table_strong", wrap=True), 1)
        card.body.addLayout(line)
        for one in look.answered:
            reached = self.tr("还不能说") if one.reached is None else level_name(one.reached)
            words = self.tr("{name}：{value}，{reached}").format(
                name=one.indicator.name, value=one.value, reached=reached
            )
            if one.reached is not Level.I and one.indicator.unit:
                limits = "，".join(
                    f"{level.symbol} {threshold_text(one.indicator, level)}" for level in LEVELS
                )
                words += f"（{limits}）"
            card.body.addWidget(_indented(words))
        if look.verification is not None and look.verification is not Verification.VERIFIED:
            words = self.tr("基准值{state}，拿原文核对过才算数").format(
                state=WORDS[look.verification]
            )
            card.body.addWidget(_indented(words))
        card.body.addSpacing(8)
        return card

    def _systems(self, front: FrontDoor) -> QWidget:
        card = widgets.Card(self.tr("建议的指标体系"), icon="scales", padded=False)
        card.body.setSpacing(0)
        group = QButtonGroup(card)
        shown = list(front.suggestions[:_MOST_SYSTEMS])
        if self._chosen is not None and self._chosen not in [
            (each.system_id, each.table_id) for each in shown
        ]:
            system = self._services.catalogue.system(self._chosen[0])
            shown.insert(
                0,
                Suggestion(
                    *self._chosen,
                    system.title,
                    self.tr("上一轮用的"),
                    "ok",
                    system.document_no,
                    usable=True,
                ),
            )
        for usable, title in ((True, self.tr("能定级")), (False, self.tr("只作对照，不定级"))):
            members = [entry for entry in shown if entry.usable is usable]
            if members:
                card.body.addWidget(_indented(title))
            for entry in members:
                card.body.addWidget(self._system(entry, group))
        if front.without_system:
            card.body.addLayout(_said("open", front.without_system, ""))
        if shown:
            card.body.addWidget(self._none(group))
        return card

    def _none(self, group: QButtonGroup) -> QWidget:
        line = widgets.frame("row_last", margins=(14, 7, 14, 8))
        box = line.layout()
        assert box is not None
        radio = QRadioButton(self.tr("先不选，只和本企业近三年比"))
        group.addButton(radio)
        radio.setChecked(self._chosen is None)
        radio.clicked.connect(lambda: self._choose(None))
        box.addWidget(radio)
        return line

    def _system(self, entry: Suggestion, group: QButtonGroup) -> QWidget:
        line = widgets.frame("row", margins=(14, 7, 14, 8), spacing=1)
        box: QVBoxLayout = line.layout()  # type: ignore[assignment]
        head = widgets.row(spacing=4)
        title = widgets.label(entry.title, "table_strong" if entry.usable else "table", wrap=True)
        choice = (entry.system_id, entry.table_id)
        radio = QRadioButton()
        radio.setAccessibleName(f"{entry.title}，{entry.fit}")
        group.addButton(radio)
        radio.setChecked(choice == self._chosen)
        radio.clicked.connect(lambda: self._choose(choice))
        head.addWidget(radio, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(title, 1)
        fit = chips.ChipLabel(chips.tag(entry.fit, _FIT_TONES[entry.fit_state]))
        head.addWidget(fit, 0, Qt.AlignmentFlag.AlignTop)
        box.addLayout(head)
        detail = widgets.label(entry.detail, "note", wrap=True)
        detail.setContentsMargins(27, 0, 0, 0)
        box.addWidget(detail)
        return line

    def _choose(self, choice: tuple[str, str] | None) -> None:
        self._chosen = choice
        self._picked = True
        # Later: the button that was clicked is among what is built anew.
        QTimer.singleShot(0, self, self._renew)

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
