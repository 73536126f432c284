"""One indicator in full: answer it, where its value comes from, its thresholds and their source, its share, what if."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.assessment.engine import assess_allowed
from app.assessment.finding import Measured
from app.assessment.indicator_system import (
    LEVELS,
    Indicator,
    IndicatorKind,
    Level,
    Source,
)
from app.assessment.numbers import brief, display, parse_exact
from app.assessment.result import Judgement
from app.assessment.trace import Trace
from app.assessment.units import UNITS
from app.audit.findings import findings_of, inputs_of
from app.audit.wording import sign, threshold_text
from app.forms.parse import number_in, parse_answer
from app.services.prints import short_record
from app.ui import chips, widgets
from app.ui.results.index_range import range_text
from app.ui.results.indicator_answer import IndicatorAnswer, Line
from app.ui.results.indicator_table import (
    Kind,
    doubt_of,
    kind_of,
    reached_chip,
    said_text,
    target_level,
)
from app.ui.session import SessionModel


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
        self._body = QWidget()
        self._body.setProperty("role", "plain")
        self._box = QVBoxLayout(self._body)
        self._box.setContentsMargins(14, 12, 14, 16)
        self._box.setSpacing(8)
        self.setWidget(self._body)
        self._answer = IndicatorAnswer(model, self._box, self._section, self._body)

    @property
    def indicator_id(self) -> str:
        return self._indicator.id if self._indicator is not None else ""

    def focus_answer(self) -> None:
        """Put the focus where this indicator is answered."""
        field = self._answer.first_field
        if field is not None:
            field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def choose(self, indicator: Indicator, digit: int) -> None:
        """Answer a qualitative indicator by a figure key."""
        self._answer.choose(indicator, digit)

    def show_indicator(self, indicator: Indicator, judgement: Judgement) -> None:
        """Build the panel anew; what was being typed has been recorded before."""
        self._indicator = indicator
        self._answer.first_field = None
        widgets.clear_layout(self._box)
        self._add_head(indicator, judgement)
        self._add_doubt(judgement)
        quantity = self._quantity(indicator)
        if indicator.kind is IndicatorKind.QUALITATIVE:
            self._answer.add_level_choice(indicator)
        elif not quantity:
            self._answer.add_number(indicator)
        else:
            self._add_derivation(judgement)
            self._answer.add_override(indicator, quantity)
        self._answer.add_silence(indicator, quantity)
        self._answer.add_inputs(indicator)
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
        title = widgets.label(indicator.name, "strong", wrap=True)
        title.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        line = widgets.row(title)
        if isinstance(judgement.finding, Measured):
            value = f"{said_text(self._kind, indicator, judgement)} {self._symbol(indicator)}"
            line.addWidget(widgets.label(value.strip(), "strong"))
        else:
            line.addWidget(chips.ChipLabel(reached_chip(self._kind, judgement)))
        self._box.addLayout(line)
        if judgement.limiting:
            self._box.addWidget(chips.ChipLabel(chips.limiting_chip()))

    def _add_doubt(self, judgement: Judgement) -> None:
        """What the firm's own data say against the answer, each with the way to it."""
        doubt = doubt_of(judgement)
        if doubt is None:
            return
        frame = widgets.frame("message", margins=(10, 6, 10, 6), spacing=4)
        frame.setProperty("tone", "error")
        box = frame.layout()
        assert box is not None
        lead = self.tr("答的是 {said}，和自己填的数据对不上，没有算进去：")
        box.addWidget(widgets.label(lead.format(said=doubt.said_text), "table_strong", wrap=True))
        for fact in doubt.facts:
            box.addWidget(widgets.label(fact.text, "table", wrap=True))
            name = self.tr("去改：{what}").format(what=fact.text)
            go = widgets.link(self.tr("去看这个数"), self._jumper(fact.keys[0]), name=name)
            box.addWidget(go)
        rest = self.tr("数错了改数；数没错，下面改选没达到的那一档。")
        box.addWidget(widgets.label(rest, "note", wrap=True))
        self._box.addWidget(frame)

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

    # -- the document's side

    def _add_thresholds(self, indicator: Indicator, judgement: Judgement) -> None:
        system = self._model.project.system
        assert system is not None
        self._section(self.tr("阈值出处"), "book")
        if indicator.kind is IndicatorKind.QUANTITATIVE:
            holder = QWidget()
            boxes = widgets.FlowLayout(holder, spacing=6, line_spacing=6)
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
            self._box.addWidget(holder)
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
        field = Line(
            self.tr("试一个数：{name}").format(name=indicator.name), "", self.tr("换个数看看")
        )
        result = widgets.label("", "table", wrap=True)

        def try_value() -> None:
            parsed = parse_answer(self._answer.number_question(indicator), field.text())
            project = self._model.project
            answer = number_in(parsed)
            if answer is None or project.system is None:
                result.setText(str(parsed.problem) if parsed.problem else "")
                return
            findings = dict(findings_of(project))
            findings[indicator.id] = Measured(parse_exact(answer.text))
            outcome = assess_allowed(project.system, project.table_id, findings, inputs_of(project))
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
