"""Above the table of indicators: what still has to be filled, and what keeps the firm from the next level."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.assessment.finding import Measured
from app.assessment.indicator_system import IndicatorSystem, Level, Table
from app.assessment.inputs import FirmInputs
from app.assessment.numbers import display, index_text
from app.assessment.result import Assessment
from app.audit.wording import threshold_text
from app.ui import widgets
from app.ui.results.indicator_table import target_level

_MOST_NAMES = 3


class _Notice(QWidget):
    """Bold start, text, links in a coloured frame; in as many lines as the width asks for."""

    def __init__(self, tone: str, icon: str, role: str) -> None:
        super().__init__()
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        frame = widgets.frame("message", vertical=False, margins=(12, 5, 10, 5), spacing=8)
        frame.setProperty("tone", tone)
        frame.setMinimumHeight(34)
        outer.addWidget(frame)
        self._box: QHBoxLayout = frame.layout()  # type: ignore[assignment]
        self._icon = widgets.IconLabel(icon, role, 16)
        self._lines = QWidget()
        self._content = widgets.FlowLayout(self._lines, spacing=4, line_spacing=2)
        self._words = widgets.label("", "table", wrap=True)
        self._box.addWidget(self._icon)
        self._box.addWidget(self._lines, 1)
        self._box.addWidget(self._words, 1)

    def fill(self, *parts: QWidget) -> None:
        """Show these parts in order."""
        widgets.clear_layout(self._content)
        for part in parts:
            self._content.addWidget(part)
        self._lines.show()
        self._words.hide()

    def say(self, text: str) -> None:
        """Show a text that wraps."""
        self._words.setText(text)
        self._words.show()
        self._lines.hide()


class Notices(QWidget):
    """indicator_wanted: the id of a row a link names. missing_wanted: all that is 未填."""

    indicator_wanted = Signal(str)
    missing_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._todo = _Notice("info", "info", "indigo")
        self._stop = _Notice("warn", "warning", "ochre")
        self._doubt = _Notice("error", "warning", "cinnabar")
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        box.addWidget(self._doubt, 1)
        box.addWidget(self._todo, 1)
        box.addWidget(self._stop, 1)

    def show_assessment(
        self, assessment: Assessment, system: IndicatorSystem, table: Table, inputs: FirmInputs
    ) -> None:
        """Renew both; what has nothing to say is hidden."""
        names = {indicator.id: indicator.name for indicator in table.indicators()}
        self._show_doubts(assessment, names)
        if assessment.blank:
            count = len(assessment.blank)
            lead = self.tr("补 {count} 项就能定级：")
            if assessment.why_not_scored or assessment.missing_inputs or assessment.doubts:
                lead = self.tr("还有 {count} 项没填：")
            if assessment.level is not None:
                lead = self.tr("还有 {count} 项没填，不影响等级：")
            parts: list[QWidget] = [widgets.label(lead.format(count=count), "table_strong")]
            for indicator_id in assessment.blank[:_MOST_NAMES]:
                parts.append(
                    widgets.link(
                        names[indicator_id], partial(self.indicator_wanted.emit, indicator_id)
                    )
                )
            if count > _MOST_NAMES:
                more = self.tr("还有 {count} 项").format(count=count - _MOST_NAMES)
                parts.append(widgets.link(more, self.missing_wanted.emit))
            parts += self._asked_inputs(assessment, system, table)
            self._todo.fill(*parts)
        elif assessment.missing_inputs:
            self._todo.fill(*self._asked_inputs(assessment, system, table))
        self._todo.setVisible(bool(assessment.blank or assessment.missing_inputs))
        reason = self._what_holds_back(assessment, system, table, inputs)
        if reason:
            target = target_level(assessment)
            start = self.tr("{level} 级已不可能：").format(level=target.symbol)
            self._stop.say(start + reason)
        self._stop.setVisible(bool(reason))
        self.setVisible(not self._todo.isHidden() or not self._doubt.isHidden() or bool(reason))

    def _show_doubts(self, assessment: Assessment, names: Mapping[str, str]) -> None:
        """Answers the firm's own data speak against, each with the way to it."""
        doubts = assessment.doubts
        lead = self.tr("{count} 项和数据对不上，等级未定：")
        if assessment.level is not None:
            lead = self.tr("{count} 项和数据对不上，不影响等级：")
        parts: list[QWidget] = [widgets.label(lead.format(count=len(doubts)), "table_strong")]
        for indicator_id in list(doubts)[:_MOST_NAMES]:
            go = partial(self.indicator_wanted.emit, indicator_id)
            parts.append(widgets.link(names[indicator_id], go))
        self._doubt.fill(*parts)
        self._doubt.setVisible(bool(doubts))

    def _asked_inputs(
        self, assessment: Assessment, system: IndicatorSystem, table: Table
    ) -> list[QWidget]:
        """Numbers of the firm beside the indicators (layers, outputs), with the way to the row that asks for them."""
        if not assessment.missing_inputs:
            return []
        rows = tuple(table.indicators())
        meanings = {one.input: one.meaning for row in rows for one in row.modifiers}
        meanings |= {one.id: one.meaning for one in system.variables}
        links: list[QWidget] = []
        for name in assessment.missing_inputs:
            indicator_id = name.removeprefix("output:")
            row = next(
                (one for one in rows if one.id == indicator_id or name in one.asked_inputs), None
            )
            if row is None or len(links) == _MOST_NAMES:
                break
            words = meanings.get(name) or self.tr("产量：{name}").format(name=row.name)
            links.append(widgets.link(words, partial(self.indicator_wanted.emit, row.id)))
        count = len(assessment.missing_inputs)
        lead = self.tr("还要 {count} 个数才算得全：").format(count=count)
        more = count - len(links)
        rest = (
            [widgets.label(self.tr("还有 {count} 个").format(count=more), "note")] if more else []
        )
        return [widgets.label(lead, "table_strong"), *links, *rest]

    def _what_holds_back(
        self, assessment: Assessment, system: IndicatorSystem, table: Table, inputs: FirmInputs
    ) -> str:
        """Why the next level is out of reach whatever is still missing, "" when it is not or there is none."""
        if assessment.level_range is None or assessment.level_range[0] is Level.I:
            return ""
        target = target_level(assessment)
        indicators = {one.id: one for one in table.indicators()}
        reasons = []
        for indicator_id in assessment.limiting_failed.get(target, ()):
            indicator = indicators[indicator_id]
            judgement = assessment.judgement(indicator_id)
            finding = judgement.finding
            if isinstance(finding, Measured):
                asked = threshold_text(indicator, target, inputs)
                value = display(finding.value, judgement.places)
                text = self.tr("{name} {value}，要 {asked}")
                reasons.append(text.format(name=indicator.name, value=value, asked=asked))
            else:
                reasons.append(indicator.name)
        interval = assessment.index_range.get(target)
        minimum = next(
            (rule.min_index for rule in system.method.levels if rule.level is target), None
        )
        if interval is not None and minimum is not None and interval.high < minimum:
            text = (
                self.tr("Y{level} 最高 {value}")
                if interval.low != interval.high
                else "Y{level} {value}"
            )
            reasons.append(text.format(level=target.symbol, value=index_text(interval.high)))
        return "；".join(reasons)
