"""Answering one indicator: a level, a number, points the auditor gives, not applicable, and what its threshold hangs on."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from app.assessment.finding import Finding, Measured, NotApplicable
from app.assessment.indicator_system import (
    LEVELS,
    Indicator,
    Level,
    Modifier,
    ModifierKind,
    Requirement,
    ShareRule,
)
from app.assessment.item_classes import Award, awarded
from app.assessment.numbers import brief, display, parse_exact
from app.assessment.plausible import odd_input, odd_value
from app.assessment.refusals import refusals
from app.assessment.remarks import Code
from app.assessment.units import UNITS
from app.audit.findings import (
    LEVEL_CODES,
    findings_of,
    inputs_of,
    output_key,
    variable_key,
)
from app.audit.wording import NOT_COLLECTED
from app.forms.answer import MISSING, SHORTEST_REASON, Answer, Given, override_key
from app.forms.parse import number_in, parse_answer
from app.forms.question import Question, QuestionKind
from app.services import acts
from app.ui import widgets
from app.ui.results.indicator_table import Kind, kind_of
from app.ui.session import SessionModel

_LEVEL_OF_DIGIT = {1: Level.I, 2: Level.II, 3: Level.III, 0: Level.NONE}


class Line(QLineEdit):
    """A line that reports when typing is done, once per change."""

    done = Signal()

    def __init__(self, name: str, text: str = "", hint: str = "") -> None:
        super().__init__(text)
        self.setAccessibleName(name)
        self.setPlaceholderText(hint)
        self._told = text
        self.returnPressed.connect(self._tell)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._tell()

    def _tell(self) -> None:
        if self.text() != self._told:
            self._told = self.text()
            self.done.emit()


class _Reply(QWidget):
    """What is wrong with a number that was typed, or asked about it, with links that answer."""

    def __init__(self) -> None:
        super().__init__()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        self._text = widgets.label("", "note", tone="error", wrap=True)
        box.addWidget(self._text)
        links = QWidget()
        self._links = widgets.FlowLayout(links, spacing=12, line_spacing=4)
        box.addWidget(links)
        self.hide()

    def say(self, text: str, links: Sequence[tuple[str, Callable[[], None]]] = ()) -> None:
        """links: what each says and does. Nothing to say hides it."""
        self._text.setText(text)
        widgets.clear_layout(self._links)
        for words, act in links:
            self._links.addWidget(widgets.link(words, act))
        self.setVisible(bool(text))


class IndicatorAnswer(QObject):
    """Adds to `box` what an indicator is answered with, and records what is said. first_field: where answering starts."""

    def __init__(
        self,
        model: SessionModel,
        box: QVBoxLayout,
        section: Callable[[str, str, str], None],
        parent: QWidget,
    ) -> None:
        """section(title, icon, note) begins a part of the panel."""
        super().__init__(parent)
        self._model = model
        self._box = box
        self._section = section
        self._body = parent
        self.first_field: QWidget | None = None

    @property
    def _kind(self) -> Kind:
        system = self._model.project.system
        assert system is not None
        return kind_of(system)

    @staticmethod
    def _symbol(indicator: Indicator) -> str:
        return UNITS[indicator.unit].symbol if indicator.unit else ""

    def _key(self, indicator: Indicator) -> str:
        return self._model.project.indicator_key(indicator.id)

    def _answer(self, indicator: Indicator) -> Answer:
        return self._model.book.get(self._key(indicator))

    def _record(self, key: str, after: Answer, name: str = "") -> None:
        self._model.do(acts.answer(self._model.project, key, after, name))

    def add_level_choice(self, indicator: Indicator) -> None:
        """The levels in the words of the document, or the points where the auditor gives them."""
        system = self._model.project.system
        assert system is not None
        award = awarded(system.method, indicator)
        if award is not None:
            self._add_award(indicator, award)
            return
        title, keys = self.tr("现在做到哪一级"), self.tr("按 1 2 3 0 选")
        if self._kind is Kind.REFERENCE and len(indicator.benchmarks) == 1:
            title, keys = self.tr("达到没有"), self.tr("按 1 0 选")
        self._section(title, "pencil", keys)
        answer = self._answer(indicator)
        given = answer if isinstance(answer, Given) else Given("")
        group = QButtonGroup(self._body)
        asked: list[tuple[Level, str]] = []
        for level in LEVELS:
            benchmark = indicator.benchmarks.get(level)
            if isinstance(benchmark, Requirement):
                asked.append((level, benchmark.text))
        if not asked:  # our copy has no words for it, somebody with the print at hand can still say
            asked = [(level, NOT_COLLECTED) for level in indicator.benchmarks]
        plain = self._kind is Kind.REFERENCE and len(asked) == 1
        asked.append((Level.NONE, "" if plain else self.tr("上面的要求都没做到")))
        grid = QGridLayout()
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        for line, (level, text) in enumerate(asked):
            name = self.tr("都没到") if level is Level.NONE else f"{level.symbol} 级"
            if plain:
                name = self.tr("没达到") if level is Level.NONE else self.tr("达到")
            choice = QRadioButton(name)
            choice.setAccessibleName(f"{name}：{text}" if text else name)
            choice.setChecked(given.text == level.code)
            choice.clicked.connect(self._level_chooser(indicator, level))
            group.addButton(choice)
            same = line > 0 and text == asked[line - 1][1]
            words = self.tr("同上一级") if same else text
            grid.addWidget(choice, line, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(widgets.label(words, "note" if same else "table", wrap=True), line, 1)
            if self.first_field is None or choice.isChecked():
                self.first_field = choice
        self._box.addLayout(grid)
        self._add_statement(indicator, given)

    def _add_award(self, indicator: Indicator, award: Award) -> None:
        """The steps the document lists; else met, not met, or a part of the points."""
        keys = self.tr("按 1 达到，0 没达到") if not award.steps else ""
        self._section(self.tr("得几分"), "pencil", keys)
        for text in dict.fromkeys(
            one.text for one in indicator.benchmarks.values() if isinstance(one, Requirement)
        ):
            self._box.addWidget(widgets.label(text, "table", wrap=True))
        answer = self._answer(indicator)
        given = answer if isinstance(answer, Given) else Given("")
        points = _points_of(given.text, award)
        choices = [(f"{brief(step)} 分", Given(brief(step)), step) for step in award.steps] or [
            (
                self.tr("达到，{points} 分").format(points=brief(award.most)),
                Given(Level.I.code),
                award.most,
            ),
            (self.tr("没达到，0 分"), Given(Level.NONE.code), Fraction(0)),
        ]
        group = QButtonGroup(self._body)
        line = widgets.row(spacing=14)
        for name, said, worth in choices:
            choice = QRadioButton(name)
            choice.setChecked(points == worth)
            choice.clicked.connect(self._awarder(indicator, said, name))
            group.addButton(choice)
            line.addWidget(choice)
            if self.first_field is None or choice.isChecked():
                self.first_field = choice
        line.addStretch(1)
        self._box.addLayout(line)
        if not award.steps:
            is_part = points not in (None, award.most, Fraction(0))
            self._add_part(indicator, award, given.text if points is None or is_part else "")
        elif given.text and points not in award.steps:
            wrong = self.tr("现在填的是「{text}」，没有算进去。填 {words}").format(
                text=given.text, words=award.words
            )
            self._box.addWidget(widgets.label(wrong, "note", tone="error", wrap=True))
        self._add_statement(indicator, given)

    def _add_part(self, indicator: Indicator, award: Award, text: str) -> None:
        """text: what was given when it is neither everything nor nothing."""
        name = self.tr("{name}，得分").format(name=indicator.name)
        field = Line(name, text, self.tr("只给一部分：填 {words}").format(words=award.words))
        reply = _Reply()

        def keep(answer: Given | None) -> str:
            if answer is None:
                self._record(self._key(indicator), MISSING, indicator.name)
                return ""
            wrong = self._refused(indicator, Measured(parse_exact(answer.text)))
            if not wrong:
                self._record_award(indicator, answer, f"{answer.text} 分")
            return wrong

        question = Question("", name, QuestionKind.NUMBER)
        if text:  # an imported file may hold what no field takes
            read = number_in(parse_answer(question, text))
            reply.say(
                self._refused(indicator, Measured(parse_exact(read.text)))
                if read is not None
                else str(parse_answer(question, text).problem or self.tr("填一个数"))
            )
        self._read_number(field, reply, question, keep)
        self._box.addLayout(widgets.row(field, widgets.label(self.tr("分"), "note")))
        self._box.addWidget(reply)

    def _read_number(
        self,
        field: Line,
        reply: _Reply,
        question: Question,
        keep: Callable[[Given | None], str],
        odd: Callable[[Fraction, str], str] = lambda value, typed: "",
    ) -> None:
        """Hands what is typed to `keep` once it is a plain number (None when it was cleared); `keep` says what is wrong
        with it, "" when it is recorded. What cannot be read, and what `odd` finds odd, is asked about and not recorded."""

        def take(typed: str, is_sure: bool) -> None:
            parsed = parse_answer(question, typed)
            answer = number_in(parsed)
            if answer is None:
                offers = [(one.label, partial(take, one.typed, False)) for one in parsed.offers]
                reply.say(str(parsed.problem or self.tr("填一个数")), offers)
                return
            doubt = "" if is_sure else odd(parse_exact(answer.text), typed)
            if doubt:
                sure = self.tr("没填错，就用 {value}").format(value=brief(parse_exact(answer.text)))
                reply.say(doubt, [(sure, partial(take, typed, True))])
                return
            reply.say(keep(answer))

        def read() -> None:
            typed = field.text().strip()
            if typed:
                take(typed, False)
            else:
                reply.say(keep(None))

        field.done.connect(read)

    def _awarder(self, indicator: Indicator, said: Given, name: str) -> Callable[[], None]:
        return lambda: self._record_award(indicator, said, name)

    def _record_award(self, indicator: Indicator, said: Given, words: str) -> None:
        self._model.do(acts.award(self._model.project, indicator, said, words))

    def choose(self, indicator: Indicator, digit: int) -> None:
        """What a figure key says of a qualitative indicator: a level, or points where the auditor gives them."""
        system = self._model.project.system
        assert system is not None
        award = awarded(system.method, indicator)
        if award is None:
            self._choose_level(indicator, _LEVEL_OF_DIGIT[digit])
        elif award.steps:
            if digit in award.steps:
                self._record_award(indicator, Given(str(digit)), f"{digit} 分")
        elif digit in (0, 1):
            level = _LEVEL_OF_DIGIT[digit]
            name = self.tr("达到") if digit else self.tr("没达到")
            self._record_award(indicator, Given(level.code), name)

    def _refused(self, indicator: Indicator, finding: Finding) -> str:
        """Why the document does not allow it, "" when it does."""
        project = self._model.project
        assert project.system is not None
        findings = {**findings_of(project), indicator.id: finding}
        found = refusals(project.system, project.table_id, findings, inputs_of(project))
        return "；".join(
            f"{one.problem.what}。{one.problem.remedy}"
            for one in found
            if indicator.id in one.findings
        )

    def _add_statement(self, indicator: Indicator, given: Given) -> None:
        statement = QPlainTextEdit(given.note)
        statement.setAccessibleName(self.tr("看到的情况，写进报告"))
        statement.setPlaceholderText(self.tr("写一句看到的情况，写进报告：自动线占产能 42%"))
        statement.setTabChangesFocus(True)
        statement.setFixedHeight(56)
        self._box.addWidget(statement)
        save = widgets.button(self.tr("记下这句"), role="small")

        def keep() -> None:
            text = statement.toPlainText().strip()
            self._model.do(acts.note(self._model.project, self._key(indicator), text))

        save.clicked.connect(keep)
        save.setEnabled(bool(given.text))
        save.setToolTip("" if given.text else self.tr("先选等级，再写说明"))
        self._box.addLayout(widgets.row(None, save))

    def _level_chooser(self, indicator: Indicator, level: Level) -> Callable[[], None]:
        return lambda: self._choose_level(indicator, level)

    def _choose_level(self, indicator: Indicator, level: Level) -> None:
        self._model.do(acts.choose_level(self._model.project, indicator, level))

    def number_question(self, indicator: Indicator) -> Question:
        unit = self._symbol(indicator)
        return Question(indicator.id, indicator.name, QuestionKind.NUMBER, unit=unit)

    def add_number(self, indicator: Indicator) -> None:
        self._section(self.tr("企业的数"), "pencil", "")
        answer = self._answer(indicator)
        field = Line(
            f"{indicator.name}，{self._symbol(indicator)}",
            answer.text if isinstance(answer, Given) else "",
            self.tr("没有账单可推，直接填"),
        )
        reply = _Reply()

        def keep(answer: Given | None) -> str:
            if answer is None:
                self._record(self._key(indicator), MISSING, indicator.name)
                return ""
            wrong = self._refused(indicator, Measured(parse_exact(answer.text)))
            if not wrong:
                self._record(self._key(indicator), answer, indicator.name)
            return wrong

        question = self.number_question(indicator)
        self._read_number(field, reply, question, keep, partial(self._odd, indicator))
        self._box.addLayout(widgets.row(field, widgets.label(self._symbol(indicator), "note")))
        self._box.addWidget(reply)
        self.first_field = field

    def _odd(self, indicator: Indicator, value: Fraction, typed: str) -> str:
        """What to ask about a number that can hardly be right, "" when there is nothing. Who writes 「0.85%」, or chose it
        when asked, has said that it is no fraction."""
        found = odd_value(indicator, value, inputs_of(self._model.project))
        if (
            found is not None
            and found.code is Code.LIKE_FRACTION
            and any(sign in typed for sign in "%％")
        ):
            return ""
        return "" if found is None else found.text

    def add_override(self, indicator: Indicator, quantity: str) -> None:
        """A computed value can be typed over, with a reason; the computed one stays visible."""
        key = override_key(quantity)
        answer = self._model.book.get(key)
        figure = self._model.project.derivation.figure(quantity)
        if isinstance(answer, Given):
            computed = (
                self.tr("还算不出") if figure.computed is None else display(figure.computed, 2)
            )
            text = self.tr("手改成 {typed}；算出来是 {computed}。原因：{reason}").format(
                typed=answer.text, computed=computed, reason=answer.note
            )
            self._box.addWidget(widgets.label(text, "table", tone="warn", wrap=True))
            back = widgets.link(
                self.tr("改回算出来的"),
                lambda: self._record(key, MISSING, indicator.name),
            )
            self._box.addLayout(widgets.row(back, None))
            return
        show = widgets.link(self.tr("不用算的，手改"), lambda: reveal())
        self._box.addLayout(widgets.row(show, None))
        field = Line(self.tr("手改的数"), "", self.tr("数"))
        reason = Line(self.tr("手改的原因"), "", self.tr("原因，至少 4 个字"))
        apply = widgets.button(self.tr("就用这个数"), role="small")
        reply = _Reply()
        for widget in (field, reason, apply):
            widget.hide()

        def reveal() -> None:
            for widget in (field, reason, apply):
                widget.show()
            field.setFocus()

        def offered(text: str) -> None:
            field.setText(text)
            keep(False)

        def keep(is_sure: bool) -> None:
            parsed = parse_answer(self.number_question(indicator), field.text())
            answer = number_in(parsed)
            if answer is None:
                links = [(one.label, partial(offered, one.typed)) for one in parsed.offers]
                reply.say(str(parsed.problem or self.tr("先填一个数")), links)
                return
            if len(reason.text().strip()) < SHORTEST_REASON:
                reply.say(self.tr("原因太短。写清为什么不用算出来的数，至少 4 个字"))
                return
            doubt = "" if is_sure else self._odd(indicator, parse_exact(answer.text), field.text())
            if doubt:
                reply.say(doubt, [(self.tr("没填错，就用这个数"), partial(keep, True))])
                return
            after = Given(answer.text, answer.raw, reason.text().strip())
            self._record(key, after, indicator.name)

        apply.clicked.connect(lambda: keep(False))
        self._box.addLayout(widgets.row(field, reason, apply))
        self._box.addWidget(reply)

    def add_silence(self, indicator: Indicator, quantity: str) -> None:
        key = self._key(indicator)
        answer = self._model.book.get(key)
        if isinstance(answer, NotApplicable):
            text = self.tr("不适用：{reason}").format(reason=answer.reason)
            self._box.addWidget(widgets.label(text, "table", wrap=True))
            again = widgets.link(
                self.tr("改成适用"),
                lambda: self._record(key, MISSING, indicator.name),
            )
            self._box.addLayout(widgets.row(again, None))
            return
        reason = Line(self.tr("不适用的原因"), "", self.tr("不适用就写原因：没有这种镀层"))
        mark = widgets.button(self.tr("不适用"), role="small")
        trouble = widgets.label("", "note", tone="error", wrap=True)
        trouble.hide()

        def keep() -> None:
            if len(reason.text().strip()) < SHORTEST_REASON:
                trouble.setText(self.tr("写清原因，至少 4 个字；报告要印"))
                trouble.show()
                reason.setFocus()
                return
            after = NotApplicable(reason.text().strip())
            wrong = self._refused(indicator, after)
            if wrong:
                trouble.setText(wrong)
                trouble.show()
                return
            self._record(key, after, indicator.name)

        mark.clicked.connect(keep)
        self._box.addLayout(widgets.row(reason, mark))
        self._box.addWidget(trouble)
        if isinstance(answer, Given):
            clear = widgets.link(
                self.tr("清空，算未填"),
                lambda: self._record(key, MISSING, indicator.name),
            )
            self._box.addLayout(widgets.row(clear, None))

    def add_inputs(self, indicator: Indicator) -> None:
        """Numbers of the firm that thresholds or weights of this row hang on: layers, factors, the yearly output."""
        project = self._model.project
        assert project.system is not None
        home = project.system.home(project.table_id, indicator.id)
        known = inputs_of(project)
        meanings = {one.id: (one.meaning, one.symbol) for one in project.system.variables}
        asked: list[tuple[str, str, str, Fraction | None, Modifier | None]] = []
        for name in sorted(indicator.variables):
            meaning, symbol = meanings.get(name, (name, ""))
            value = known.variables.get(name)
            asked.append((variable_key(home, name), meaning, symbol, value, None))
        for modifier in indicator.modifiers:
            key, value = variable_key(home, modifier.input), known.variables.get(modifier.input)
            asked.append((key, modifier.meaning, "", value, modifier))
        if indicator.share is not None and indicator.share.rule is ShareRule.OUTPUT:
            said = indicator.share.printed or self.tr("同一组各产品按产量分权重")
            key, value = output_key(home, indicator.id), known.outputs.get(indicator.id)
            asked.append(
                (key, self.tr("这种产品的年产量（{why}）").format(why=said), "", value, None)
            )
        for phase in project.system.method.phase_weights:  # of the whole work: beside every row
            meaning = self.tr("{phase}阶段的得分（算单位工程得分 W）").format(phase=phase)
            asked.append(
                (
                    variable_key(home, phase),
                    meaning,
                    self.tr("分"),
                    known.variables.get(phase),
                    None,
                )
            )
        if not asked:
            return
        whole = len(asked) == len(project.system.method.phase_weights)
        title = self.tr("整个工程还要的数") if whole else self.tr("这一行还要的数")
        self._section(title, "pencil", "")
        for key, meaning, symbol, value, correction in asked:
            self._add_input(key, meaning, symbol, value, correction)

    def _add_input(
        self,
        key: str,
        meaning: str,
        symbol: str,
        value: Fraction | None,
        modifier: Modifier | None = None,
    ) -> None:
        """value: as typed or worked out, None while unknown. modifier: the correction the number belongs to, whose choices
        are all the document allows, any number when it names none."""
        choices = () if modifier is None else modifier.choices
        is_factor = modifier is not None and modifier.kind is ModifierKind.MULTIPLY
        answer = self._model.book.get(key)
        self._box.addWidget(widgets.label(meaning, "table", wrap=True))
        hint = self.tr("没填")
        if value is not None and not isinstance(answer, Given):
            hint = self.tr("算出来是 {value}").format(value=brief(value))
        elif choices:
            hint = self.tr("只能是 {values}").format(values="、".join(map(brief, choices)))
        elif modifier is not None:
            hint = self.tr("没填；不用修正填 {value}").format(value=brief(modifier.neutral))
        field = Line(meaning, answer.text if isinstance(answer, Given) else "", hint)
        reply = _Reply()

        def keep(answer: Given | None) -> str:
            if answer is None:
                self._record(key, MISSING, meaning)
                return ""
            number = parse_exact(answer.text)
            if choices and number not in choices:
                allowed = "、".join(map(brief, choices))
                return self.tr("文件里只有 {values}").format(values=allowed)
            if key.startswith("output/") and number < 0:
                return self.tr("产量是负数。改成 0 或正数")
            if is_factor and number <= 0:
                return self.tr("系数是 0 或负数，基准值就没有了。不用修正填 1")
            self._record(key, answer, meaning)
            return ""

        signed = modifier is not None and modifier.kind is ModifierKind.ADD

        def odd(value: Fraction, _typed: str) -> str:
            found = None
            if not key.startswith("output/"):
                found = odd_input(meaning, value, signed=signed)
            return "" if found is None else found.text

        self._read_number(field, reply, Question(key, meaning, QuestionKind.NUMBER), keep, odd)
        self._box.addLayout(widgets.row(field, widgets.label(symbol, "note")))
        self._box.addWidget(reply)


def _points_of(text: str, award: Award) -> Fraction | None:
    """What an answer brings; None for what is no answer here."""
    level = LEVEL_CODES.get(text)
    if level is not None:
        return Fraction(0) if level is Level.NONE else award.most
    try:
        value = parse_exact(text)
    except ValueError:
        return None
    return value if award.allows(value) else None
