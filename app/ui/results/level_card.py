"""What a system says of the whole firm: the level or the levels still possible, the index or points, what is open."""

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.assessment.explain import interval_text
from app.assessment.indicator_system import IndicatorSystem, LevelRule, Verification
from app.assessment.numbers import brief
from app.assessment.remarks import Code
from app.assessment.result import Assessment
from app.audit.wording import score_name
from app.ui import chips, widgets
from app.ui.results.index_range import IndexRange, index_bars


class LevelCard(widgets.Card):
    """Level at the left, index, points or counts at the right, and every warning of the assessment in `why`."""

    def __init__(self) -> None:
        super().__init__(padded=False)
        line = QHBoxLayout()
        line.setSpacing(0)
        left = QVBoxLayout()
        left.setContentsMargins(16, 12, 16, 12)
        left.setSpacing(6)
        self._level_head = widgets.label("", "note2")
        left.addWidget(self._level_head)
        self._level = chips.ChipLabel(chips.level_chip(None, big=True))
        left.addWidget(self._level)
        self._between = QHBoxLayout()
        self._between.setSpacing(5)
        left.addLayout(self._between)
        self._level_note = widgets.label("", "note", wrap=True)
        left.addWidget(self._level_note)
        left.addStretch(1)
        holder = QWidget()
        holder.setLayout(left)
        holder.setFixedWidth(222)
        line.addWidget(holder)
        line.addWidget(widgets.rule(vertical=True))
        right = QVBoxLayout()
        right.setContentsMargins(18, 12, 16, 6)
        self._range = IndexRange()
        self.why = widgets.label("", "second", wrap=True)
        right.addWidget(self._range)
        self._profile = QWidget()
        self._profile_box = widgets.FlowLayout(self._profile, spacing=16, line_spacing=6)
        right.addWidget(self._profile)
        right.addWidget(self.why)
        line.addLayout(right, 1)
        self.body.addLayout(line)

    def show_assessment(self, assessment: Assessment, system: IndicatorSystem) -> None:
        """Renew everything."""
        self._show_level(assessment)
        self._range.set_bars(index_bars(assessment, system.method))
        self._range.setVisible(bool(assessment.index_range))
        self._profile.setVisible(not assessment.index_range)
        if not assessment.index_range:
            self._show_profile(assessment, system.method.levels)
        why = [assessment.why_not_scored]
        # what is open stands beside the level already
        why += [one.text for one in assessment.remarks if one.code is not Code.OPEN_ROWS]
        self.why.setText("\n".join(text for text in why if text))
        self.why.setVisible(any(why))

    def _show_profile(self, assessment: Assessment, rules: Sequence[LevelRule]) -> None:
        """How many rows reach each level, where the document has no index; the points where it counts points."""
        widgets.clear_layout(self._profile_box)
        for name, score in assessment.scores.items():
            text = f"{score_name(name)} {interval_text(score.low, score.high)}"
            self._profile_box.addWidget(widgets.label(text, "section"))
        if assessment.scores:
            asked = [
                self.tr("{level} ≥ {value}").format(level=rule.name, value=brief(rule.min_index))
                for rule in rules
                if rule.min_index is not None
            ]
            self._profile_box.addWidget(widgets.label("　".join(asked), "second", wrap=True))
            return
        states = [judgement.state for judgement in assessment.judgements]
        counted = [(chips.level_chip(level), n) for level, n in assessment.profile.items()]
        doubts = len(assessment.doubts)
        counted.append((chips.contradicted_chip(), doubts))
        counted.append((chips.missing_level_chip(), states.count("missing") - doubts))
        counted.append((chips.unjudgeable_chip(), states.count("unjudgeable")))
        counted.append((chips.not_applicable_level_chip(), states.count("not_applicable")))
        for chip, count in counted:
            if count:
                holder = QWidget()
                line = QHBoxLayout(holder)
                line.setContentsMargins(0, 0, 0, 0)
                line.setSpacing(6)
                line.addWidget(chips.ChipLabel(chip))
                text = self.tr("{n} 项").format(n=count)
                line.addWidget(widgets.label(text, "table_strong"))
                self._profile_box.addWidget(holder)

    def _no_level(self, assessment: Assessment) -> str:
        if any(one.code is Code.COMPARISON_ONLY for one in assessment.reasons):
            return self.tr("只作对照，不评级")
        return self.tr("文件不给总等级")

    def _show_level(self, assessment: Assessment) -> None:
        self._level.set_chip(chips.level_chip(assessment.level, big=True))
        gives_level = assessment.level_range is not None
        self._level_head.setText(
            self.tr("审核前等级") if gives_level else self._no_level(assessment)
        )
        self._level.setVisible(gives_level)
        widgets.clear_layout(self._between)
        blank, doubts = len(assessment.blank), len(assessment.doubts)
        parts = [self.tr("{count} 项没填").format(count=blank)] if blank else []
        parts += [self.tr("{count} 项和数据对不上").format(count=doubts)] if doubts else []
        open_words = self.tr("，").join(parts)
        if assessment.level is None and assessment.level_range is not None:
            best, worst = assessment.level_range
            words = self.tr("也可能") if worst - best == 1 else self.tr("最差")
            for part in (
                widgets.label(self.tr("可能"), "table"),
                chips.ChipLabel(chips.level_chip(best)),
                widgets.label(words, "table"),
                chips.ChipLabel(chips.level_chip(worst)),
            ):
                self._between.addWidget(part)
            note = self.tr("只给范围，不给等级")
            if open_words:
                note = self.tr("{open}：").format(open=open_words) + note
        elif assessment.level_range is None:
            note = self.tr("看每项达到哪一级")
            if open_words:
                note = self.tr("{open}；").format(open=open_words) + note
        elif open_words:
            note = self.tr("{open}，但不影响等级").format(open=open_words)
        else:
            note = assessment.level_name
        self._between.addStretch(1)
        unsure = assessment.verification is not Verification.VERIFIED
        if assessment.level is not None and unsure:
            note += self.tr("（阈值待核对）")
        self._level_note.setText(note)
