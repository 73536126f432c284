"""One indicator in full: answer it, where its value comes from, its thresholds and their source, its share, what if."""

from collections.abc import Callable
from fractions import Fraction

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.assessment.engine import assess
from app.assessment.finding import Measured, NotApplicable
from app.assessment.indicator_system import (
    LEVELS,
    Indicator,
    IndicatorKind,
    Level,
    Requirement,
    ShareRule,
    Source,
)
from app.assessment.numbers import brief, display, parse_exact
from app.assessment.result import Judgement
from app.assessment.trace import Trace
from app.assessment.units import UNITS
from app.audit.findings import findings_of, inputs_of, output_key, variable_key
from app.audit.wording import finding_text, sign, threshold_text
from app.forms.answer import (
    MISSING,
    Answer,
    Change,
    Given,
    override_key,
)
from app.forms.parse import parse_answer
from app.forms.question import Question, QuestionKind
from app.services.prints import short_record
from app.ui import chips, widgets
from app.ui.results.index_range import range_text
from app.ui.results.indicator_table import Kind, kind_of, reached_chip, target_level
from app.ui.session import SessionModel

_LEAST_REASON = 4  # characters of a reason, design guide section 6


class _Line(QLineEdit):
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


class IndicatorPanel(QScrollArea):
    """Shows one indicator at a time. jump_requested: the answer key of a figure in the derivation."""

    jump_requested = Signal(str)

    def __init__(self, model: SessionModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._indicator: Indicator | None = None
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._first_field: QWidget | None = None
        self._body = QWidget()
        self._body.setProperty("role", "plain")
        self._box = QVBoxLayout(self._body)
        self._box.setContentsMargins(14, 12, 14, 16)
        self._box.setSpacing(8)
        self.setWidget(self._body)

    @property
    def indicator_id(self) -> str:
        return self._indicator.id if self._indicator is not None else ""

    def focus_answer(self) -> None:
        """Put the focus where this indicator is answered."""
        if self._first_field is not None:
            self._first_field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_indicator(self, indicator: Indicator, judgement: Judgement) -> None:
        """Build the panel anew; what was being typed has been recorded before."""
        self._indicator = indicator
        self._first_field = None
        widgets.clear_layout(self._box)
        self._add_head(indicator, judgement)
        quantity = self._quantity(indicator)
        if indicator.kind is IndicatorKind.QUALITATIVE:
            self._add_level_choice(indicator)
        elif not quantity:
            self._add_number(indicator)
        else:
            self._add_derivation(judgement)
            self._add_override(indicator, quantity)
        self._add_silence(indicator, quantity)
        self._add_inputs(indicator)
        self._add_thresholds(indicator, judgement)
        if self._has_index:
            self._add_share(judgement)
        elif self._kind is Kind.POINTS and indicator.points is not None:
            self._section(self.tr("在总分里"), "scales")
            text = self.tr("这一项 {points} 分").format(points=brief(indicator.points))
            self._box.addWidget(widgets.label(text, "table"))
        if indicator.kind is IndicatorKind.QUANTITATIVE:
            self._add_what_if(indicator)
        self._add_notes(indicator)
        self._box.addStretch(1)

    @property
    def _kind(self) -> Kind:
        system = self._model.project.system
        assert system is not None
        return kind_of(system)

    @property
    def _has_index(self) -> bool:
        assessment = self._model.assessment
        return assessment is not None and bool(assessment.index_range)

    # -- parts

    def _section(self, title: str, icon: str, note: str = "") -> None:
        self._box.addSpacing(4)
        self._box.addWidget(widgets.rule())
        head = widgets.row(
            widgets.IconLabel(icon),
            widgets.label(title, "card_title"),
            widgets.label(note, "note"),
            None,
        )
        self._box.addLayout(head)

    def _add_head(self, indicator: Indicator, judgement: Judgement) -> None:
        value = finding_text(judgement.finding)
        if isinstance(judgement.finding, Measured):
            value = f"{value} {self._symbol(indicator)}"
        title = widgets.label(indicator.name, "strong", wrap=True)
        title.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        line = widgets.row(title)
        if isinstance(judgement.finding, Measured):
            line.addWidget(widgets.label(value, "strong"))
        else:
            line.addWidget(chips.ChipLabel(reached_chip(self._kind, judgement)))
        self._box.addLayout(line)
        if judgement.limiting:
            self._box.addWidget(chips.ChipLabel(chips.limiting_chip()))

    @staticmethod
    def _symbol(indicator: Indicator) -> str:
        return UNITS[indicator.unit].symbol if indicator.unit else ""

    def _quantity(self, indicator: Indicator) -> str:
        """Id of the derived quantity this indicator takes its value from, "" when it is answered here."""
        return self._model.project.quantity_of(indicator.id)

    def _add_derivation(self, judgement: Judgement) -> None:
        trace = self._value_trace(judgement.trace)
        if trace is None:
            return
        if trace.formula:
            exact = ""
            if isinstance(trace.value, Measured) or not isinstance(trace.value, str | None):
                exact = self.tr("精确值 {value}，显示时才取两位").format(value=trace.value)
            text = f"= {trace.formula}" + (f"\n{exact}" if "/" in exact else "")
            self._box.addWidget(widgets.label(text, "formula", wrap=True))
        self._add_nodes(trace.children, 0)

    def _value_trace(self, trace: Trace) -> Trace | None:
        """The part of a judgement's trace that derives the value: its first child with a formula."""
        for child in trace.children:
            if child.formula and child.children:
                return child
        return next(iter(trace.children), None)

    def _add_nodes(self, nodes: tuple[Trace, ...], depth: int) -> None:
        for node in nodes:
            value = node.value
            shown = (
                value
                if isinstance(value, str)
                else (self.tr("未填") if value is None else brief(value))
            )
            name = widgets.label(node.label, "table", wrap=True)
            name.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
            line = widgets.row(margins=(12 * depth, 0, 0, 0))
            if node.key:
                go = widgets.link(
                    node.label,
                    self._jumper(node.key),
                    name=self.tr("去改：{label}").format(label=node.label),
                )
                line.addWidget(go)
                line.addStretch(1)
            else:
                line.addWidget(name)
            line.addWidget(widgets.label(f"{shown} {node.unit}".strip(), "table_strong"))
            self._box.addLayout(line)
            if node.source:
                source = widgets.label(node.source, "note", wrap=True)
                source.setContentsMargins(12 * depth + 4, 0, 0, 0)
                self._box.addWidget(source)
            if depth < 3:
                self._add_nodes(node.children, depth + 1)

    def _jumper(self, key: str) -> Callable[[], None]:
        return lambda: self.jump_requested.emit(key)

    # -- answering

    def _key(self, indicator: Indicator) -> str:
        return self._model.project.indicator_key(indicator.id)

    def _answer(self, indicator: Indicator) -> Answer:
        return self._model.book.get(self._key(indicator))

    def _record(self, key: str, after: Answer, label: str) -> None:
        before = self._model.book.get(key)
        if before != after:
            self._model.record([Change(key, before, after)], label)

    def _add_level_choice(self, indicator: Indicator) -> None:
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
            if self._first_field is None or choice.isChecked():
                self._first_field = choice
        self._box.addLayout(grid)
        statement = QPlainTextEdit(given.note)
        statement.setAccessibleName(self.tr("看到的情况，写进报告"))
        statement.setPlaceholderText(self.tr("写一句看到的情况，写进报告：自动线占产能 42%"))
        statement.setTabChangesFocus(True)
        statement.setFixedHeight(56)
        self._box.addWidget(statement)
        save = widgets.button(self.tr("记下这句"), role="small")

        def keep() -> None:
            current = self._answer(indicator)
            if isinstance(current, Given) and statement.toPlainText().strip() != current.note:
                after = Given(current.text, current.raw, statement.toPlainText().strip())
                self._record(self._key(indicator), after, self.tr("说明：") + indicator.name)

        save.clicked.connect(keep)
        save.setEnabled(bool(given.text))
        save.setToolTip("" if given.text else self.tr("先选等级，再写说明"))
        self._box.addLayout(widgets.row(None, save))

    def _level_chooser(self, indicator: Indicator, level: Level) -> Callable[[], None]:
        return lambda: self.choose_level(indicator, level)

    def choose_level(self, indicator: Indicator, level: Level) -> None:
        """Record the level a qualitative indicator reaches; keeps the statement. Who meets a level whose better neighbour
        asks the same meets that one too."""
        while level in (Level.II, Level.III) and _asks_the_same(indicator, level):
            level = Level(level - 1)
        answer = self._answer(indicator)
        note = answer.note if isinstance(answer, Given) else ""
        label = self.tr("{name}：{level}").format(
            name=indicator.name,
            level=self.tr("都没到") if level is Level.NONE else f"{level.symbol} 级",
        )
        self._record(self._key(indicator), Given(level.code, note=note), label)

    def _number_question(self, indicator: Indicator) -> Question:
        return Question(indicator.id, indicator.name, QuestionKind.NUMBER, unit=indicator.unit)

    def _add_number(self, indicator: Indicator) -> None:
        self._section(self.tr("企业的数"), "pencil")
        answer = self._answer(indicator)
        field = _Line(
            f"{indicator.name}，{self._symbol(indicator)}",
            answer.text if isinstance(answer, Given) else "",
            self.tr("没有账单可推，直接填"),
        )
        trouble = widgets.label("", "note", tone="error", wrap=True)
        trouble.hide()

        def keep() -> None:
            if not field.text().strip():
                self._record(self._key(indicator), MISSING, self.tr("清空：") + indicator.name)
                return
            parsed = parse_answer(self._number_question(indicator), field.text())
            if parsed.problem is not None:
                trouble.setText(str(parsed.problem))
                trouble.show()
            if isinstance(parsed.answer, Given):
                label = self.tr("填数：") + indicator.name
                self._record(self._key(indicator), parsed.answer, label)

        field.done.connect(keep)
        self._box.addLayout(widgets.row(field, widgets.label(self._symbol(indicator), "note")))
        self._box.addWidget(trouble)
        self._first_field = field

    def _add_override(self, indicator: Indicator, quantity: str) -> None:
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
                lambda: self._record(key, MISSING, self.tr("改回算出来的：") + indicator.name),
            )
            self._box.addLayout(widgets.row(back, None))
            return
        show = widgets.link(self.tr("不用算的，手改"), lambda: reveal())
        self._box.addLayout(widgets.row(show, None))
        field = _Line(self.tr("手改的数"), "", self.tr("数"))
        reason = _Line(self.tr("手改的原因"), "", self.tr("原因，至少 4 个字"))
        apply = widgets.button(self.tr("就用这个数"), role="small")
        trouble = widgets.label("", "note", tone="error", wrap=True)
        for widget in (field, reason, apply, trouble):
            widget.hide()

        def reveal() -> None:
            for widget in (field, reason, apply):
                widget.show()
            field.setFocus()

        def keep() -> None:
            parsed = parse_answer(self._number_question(indicator), field.text())
            if not isinstance(parsed.answer, Given) or parsed.problem is not None:
                trouble.setText(str(parsed.problem) if parsed.problem else self.tr("先填一个数"))
                trouble.show()
            elif len(reason.text().strip()) < _LEAST_REASON:
                trouble.setText(self.tr("原因太短。写清为什么不用算出来的数，至少 4 个字"))
                trouble.show()
            else:
                after = Given(parsed.answer.text, parsed.answer.raw, reason.text().strip())
                self._record(key, after, self.tr("手改：") + indicator.name)

        apply.clicked.connect(keep)
        self._box.addLayout(widgets.row(field, reason, apply))
        self._box.addWidget(trouble)

    def _add_silence(self, indicator: Indicator, quantity: str) -> None:
        key = self._key(indicator)
        answer = self._model.book.get(key)
        if isinstance(answer, NotApplicable):
            text = self.tr("不适用：{reason}").format(reason=answer.reason)
            self._box.addWidget(widgets.label(text, "table", wrap=True))
            again = widgets.link(
                self.tr("改成适用"),
                lambda: self._record(key, MISSING, self.tr("改成适用：") + indicator.name),
            )
            self._box.addLayout(widgets.row(again, None))
            return
        reason = _Line(self.tr("不适用的原因"), "", self.tr("不适用就写原因：没有这种镀层"))
        mark = widgets.button(self.tr("不适用"), role="small")
        trouble = widgets.label(
            self.tr("写清原因，至少 4 个字；报告要印"), "note", tone="error", wrap=True
        )
        trouble.hide()

        def keep() -> None:
            if len(reason.text().strip()) < _LEAST_REASON:
                trouble.show()
                reason.setFocus()
                return
            after = NotApplicable(reason.text().strip())
            self._record(key, after, self.tr("不适用：") + indicator.name)

        mark.clicked.connect(keep)
        self._box.addLayout(widgets.row(reason, mark))
        self._box.addWidget(trouble)
        if isinstance(answer, Given):
            clear = widgets.link(
                self.tr("清空，算未填"),
                lambda: self._record(key, MISSING, self.tr("清空：") + indicator.name),
            )
            self._box.addLayout(widgets.row(clear, None))

    def _add_inputs(self, indicator: Indicator) -> None:
        """Numbers of the firm that thresholds or weights of this row hang on: layers, factors, the yearly output."""
        project = self._model.project
        assert project.system is not None
        home = project.system.home(project.table_id, indicator.id)
        known = inputs_of(project)
        meanings = {one.id: (one.meaning, one.symbol) for one in project.system.variables}
        asked: list[tuple[str, str, str, Fraction | None, tuple[Fraction, ...]]] = []
        for name in sorted(indicator.variables):
            meaning, symbol = meanings.get(name, (name, ""))
            value = known.variables.get(name)
            asked.append((variable_key(home, name), meaning, symbol, value, ()))
        for modifier in indicator.modifiers:
            key, value = variable_key(home, modifier.input), known.variables.get(modifier.input)
            asked.append((key, modifier.meaning, "", value, modifier.choices))
        if indicator.share is not None and indicator.share.rule is ShareRule.OUTPUT:
            said = indicator.share.printed or self.tr("同一组各产品按产量分权重")
            key, value = output_key(home, indicator.id), known.outputs.get(indicator.id)
            asked.append(
                (key, self.tr("这种产品的年产量（{why}）").format(why=said), "", value, ())
            )
        if not asked:
            return
        self._section(self.tr("这一行还要的数"), "pencil")
        for key, meaning, symbol, value, choices in asked:
            self._add_input(key, meaning, symbol, value, choices)

    def _add_input(
        self,
        key: str,
        meaning: str,
        symbol: str,
        value: Fraction | None,
        choices: tuple[Fraction, ...],
    ) -> None:
        """value: as typed or worked out, None while unknown. choices: all the document allows, any number when empty."""
        answer = self._model.book.get(key)
        self._box.addWidget(widgets.label(meaning, "table", wrap=True))
        hint = self.tr("没填")
        if value is not None and not isinstance(answer, Given):
            hint = self.tr("算出来是 {value}").format(value=brief(value))
        elif choices:
            hint = self.tr("只能是 {values}").format(values="、".join(map(brief, choices)))
        field = _Line(meaning, answer.text if isinstance(answer, Given) else "", hint)
        trouble = widgets.label("", "note", tone="error", wrap=True)
        trouble.hide()

        def keep() -> None:
            if not field.text().strip():
                self._record(key, MISSING, self.tr("清空：") + meaning)
                return
            parsed = parse_answer(Question(key, meaning, QuestionKind.NUMBER), field.text())
            if not isinstance(parsed.answer, Given) or parsed.problem is not None:
                trouble.setText(str(parsed.problem) if parsed.problem else self.tr("填一个数"))
                trouble.show()
            elif choices and parse_exact(parsed.answer.text) not in choices:
                allowed = "、".join(map(brief, choices))
                trouble.setText(self.tr("文件里只有 {values}").format(values=allowed))
                trouble.show()
            else:
                self._record(key, parsed.answer, self.tr("填数：") + meaning)

        field.done.connect(keep)
        self._box.addLayout(widgets.row(field, widgets.label(symbol, "note")))
        self._box.addWidget(trouble)

    # -- the document's side

    def _add_thresholds(self, indicator: Indicator, judgement: Judgement) -> None:
        system = self._model.project.system
        assert system is not None
        self._section(self.tr("阈值出处"), "book")
        if indicator.kind is IndicatorKind.QUANTITATIVE:
            boxes = widgets.row(spacing=6)
            only = self._kind is Kind.REFERENCE
            if indicator.base is not None:
                text = self.tr("基准值 {sign} {value}").format(
                    sign=sign(indicator), value=brief(indicator.base)
                )
                boxes.addWidget(widgets.label(text, "strong"))
            for level in LEVELS:
                if (only or indicator.base is not None) and level not in indicator.benchmarks:
                    continue
                box = widgets.frame("box", vertical=False, margins=(8, 3, 8, 3), spacing=4)
                inner = box.layout()
                assert inner is not None
                word = str(level.value) if self._kind is Kind.QUOTA else level.symbol
                inner.addWidget(widgets.label(self.tr("要求") if only else word, "note"))
                figure = widgets.label(
                    threshold_text(indicator, level, inputs_of(self._model.project)), "strong"
                )
                figure.setAlignment(Qt.AlignmentFlag.AlignRight)
                inner.addWidget(figure)
                boxes.addWidget(box)
            self._box.addLayout(boxes)
        provenance = indicator.provenance
        source = system.sources.get(provenance.source_id, Source("", self.tr("没有写明")))
        lines = [
            (self.tr("文件"), system.document_no),
            (self.tr("位置"), source.what),
            (self.tr("疑点"), provenance.doubt),
        ]
        for name, text in lines:
            if text:
                self._add_line(name, widgets.label(text, "table", wrap=True))
        state = chips.ChipLabel(chips.verification_chip(judgement.verification))
        self._add_line(self.tr("状态"), state)
        who = provenance.checked_by or self.tr("还没有人拿原文核对")
        if provenance.checked_by:
            against = short_record(provenance.checked_against)
            who = f"{provenance.checked_by}　{provenance.checked_on}　{against}"
        self._add_line(self.tr("核对人"), widgets.label(who, "table", wrap=True))

    def _add_line(self, name: str, said: QWidget) -> None:
        """A name and what is said of it, beginning at one place in every line."""
        title = self._name(name)
        title.setFixedWidth(title.fontMetrics().horizontalAdvance("核对人") + 6)
        line = widgets.row(spacing=8)
        line.addWidget(title, 0, Qt.AlignmentFlag.AlignTop)
        if isinstance(said, QLabel):
            line.addWidget(said, 1)
        else:
            line.addWidget(said)
            line.addStretch(1)
        self._box.addLayout(line)

    @staticmethod
    def _name(text: str) -> QWidget:
        """The name of a line, never wider than its words."""
        label = widgets.label(text, "note2")
        label.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        return label

    def _add_share(self, judgement: Judgement) -> None:
        self._section(self.tr("在总分里"), "scales")
        if judgement.state == "not_applicable":
            text = self.tr("不适用，权重分给同一类里适用的指标")
            self._box.addWidget(widgets.label(text, "table", wrap=True))
            return
        after = (
            self.tr("未收录") if judgement.weight_after is None else brief(judgement.weight_after)
        )
        share = self.tr("算不出") if judgement.share is None else display(judgement.share, 2)
        line = self.tr("二级权重 {weight}，占总分 {share} 分").format(weight=after, share=share)
        self._box.addWidget(widgets.label(line, "table", wrap=True))
        parts = []
        for level in LEVELS:
            met = judgement.meets[level]
            if met is None or judgement.share is None:
                parts.append("—")
            else:
                parts.append(display(judgement.share, 2) if met else "0")
        counted = self.tr("计入 YⅠ / YⅡ / YⅢ：{parts}").format(parts=" / ".join(parts))
        self._box.addWidget(widgets.label(counted, "table", wrap=True))
        if judgement.limiting and judgement.reached not in (None, Level.I):
            word = self.tr("限定性指标停在这里，全厂最高只能定 {level}。")
            name = (
                self.tr("未达 Ⅲ 级")
                if judgement.reached is Level.NONE
                else f"{judgement.reached.symbol} 级"
            )
            self._box.addWidget(widgets.label(word.format(level=name), "note", wrap=True))

    def _add_what_if(self, indicator: Indicator) -> None:
        """Another value, tried without being stored."""
        self._section(self.tr("试一试"), "ruler", self.tr("不保存"))
        field = _Line(
            self.tr("试一个数：{name}").format(name=indicator.name), "", self.tr("换个数看看")
        )
        result = widgets.label("", "table", wrap=True)

        def try_value() -> None:
            parsed = parse_answer(self._number_question(indicator), field.text())
            project = self._model.project
            if not isinstance(parsed.answer, Given) or project.system is None:
                result.setText(str(parsed.problem) if parsed.problem else "")
                return
            findings = dict(findings_of(project))
            findings[indicator.id] = Measured(parse_exact(parsed.answer.text))
            outcome = assess(project.system, project.table_id, findings, inputs_of(project))
            judged = outcome.judgement(indicator.id)
            target = target_level(self._model.assessment or outcome)
            text = self.tr("这一项：{level}").format(level=reached_chip(self._kind, judged).text)
            interval = outcome.index_range.get(target)
            if interval is not None:
                text += "　" + self.tr("Y{level}：{range}").format(
                    level=target.symbol, range=range_text(interval.low, interval.high)
                )
            if outcome.level_range is not None:
                best = chips.level_chip(outcome.level).text
                text += "　" + self.tr("全厂：{level}").format(level=best)
            result.setText(text)

        field.done.connect(try_value)
        self._box.addLayout(widgets.row(field, widgets.label(self._symbol(indicator), "note")))
        self._box.addWidget(result)

    def _add_notes(self, indicator: Indicator) -> None:
        if indicator.notes:
            self._section(self.tr("注"), "info")
            self._box.addWidget(widgets.label(indicator.notes, "table", wrap=True))


def _asks_the_same(indicator: Indicator, level: Level) -> bool:
    """Whether the next better level asks for the same, word for word."""
    asked = indicator.benchmarks.get(level)
    return asked is not None and asked == indicator.benchmarks.get(Level(level - 1))
