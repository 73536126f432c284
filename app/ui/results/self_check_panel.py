"""自评参考 on the indicator page: three years, the best of them and how far the base year is from it; never a level."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QScrollArea, QWidget

from app.assessment.energy_quota import quota_outcomes
from app.assessment.explain import interval_text
from app.assessment.indicator_system import DocumentKind
from app.assessment.numbers import display
from app.assessment.result import Assessment
from app.audit.project import AuditProject
from app.audit.self_check import BESIDE, CAUTION, HEADING, SelfRow, is_reference, self_check
from app.audit.wording import counts_text, score_name
from app.forms.figure import Figure
from app.ui import chips, widgets

_CONDITIONS_HEIGHT = 80  # three lines
_YEAR_LINE = 30
_MOST_YEAR_LINES = 5  # a head and four rows
_MOST_ALONE = 14  # where no table of indicators stands below
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class SelfCheckPanel(widgets.Card):
    """Shown for audits without a system, above the rows of an energy quota or a reference table, and where it is wanted.

    trace_requested: the way of a base-year figure, asked for at its name.
    """

    trace_requested = Signal(object)

    def __init__(self) -> None:
        super().__init__(HEADING, icon="ruler")
        self.wanted = False  # asked for beside a system that gives levels
        self._caution = widgets.label(CAUTION, "second", wrap=True)
        self._caution.setAccessibleName(CAUTION)
        self.body.addWidget(self._caution)
        self._quota = widgets.label("", "second", wrap=True)
        self.body.addWidget(self._quota)
        conditions = QWidget()
        conditions.setProperty("role", "plain")
        self._outcome_grid = QGridLayout(conditions)
        self._outcome_grid.setContentsMargins(0, 2, 8, 2)
        self._outcome_grid.setHorizontalSpacing(10)
        self._outcome_grid.setVerticalSpacing(4)
        self._outcome_grid.setColumnStretch(1, 1)
        # Conditions are printed at length: they scroll, so that the rows below keep their place on a small screen.
        self._outcome = QScrollArea()
        self._outcome.setWidgetResizable(True)
        self._outcome.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._outcome.setAccessibleName(self.tr("文件的条件，逐条"))
        self._outcome.setFixedHeight(_CONDITIONS_HEIGHT)
        self._outcome.setWidget(conditions)
        self.body.addWidget(self._outcome)
        self._holder = QWidget()
        self._holder.setProperty("role", "plain")
        self._grid = QGridLayout(self._holder)
        self._grid.setContentsMargins(0, 4, 0, 4)
        self._grid.setHorizontalSpacing(18)
        self._grid.setVerticalSpacing(7)
        # Many rows scroll, as above.
        self._years = QScrollArea()
        self._years.setWidgetResizable(True)
        self._years.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._years.setAccessibleName(self.tr("近三年和自己最好的一年"))
        self._years.setWidget(self._holder)
        self.body.addWidget(self._years)

    def show_project(self, project: AuditProject, assessment: Assessment | None) -> None:
        """Renew the rows, or hide where a system gives levels."""
        alone = project.system is None or is_reference(project.system)
        self._caution.setText(CAUTION if alone else BESIDE)
        self._caution.setAccessibleName(self._caution.text())
        self.setVisible(alone or self.wanted)
        if self.isHidden():
            return
        self._quota.setText(self._quota_text(project, assessment))
        self._quota.setVisible(bool(self._quota.text()))
        self._show_outcome(assessment)
        widgets.clear_layout(self._grid)
        rows = self_check(project)
        if not rows:
            self._grid.addWidget(
                widgets.label(
                    self.tr("三年的产出、能源和水还没有填。填了这里就和自己最好的一年比。"),
                    "second",
                ),
                0,
                0,
            )
            self._fit_years(1, 1)
            return
        heads = (
            self.tr("项目"),
            self.tr("单位"),
            *(self.tr("{year} 年").format(year=year) for year in project.years),
            self.tr("三年最好"),
            self.tr("{year} 年差多少").format(year=project.base_year),
        )
        for column, head in enumerate(heads):
            side = _RIGHT if column > 1 else Qt.AlignmentFlag.AlignLeft
            self._grid.addWidget(widgets.label(head, "note"), 0, column, side)
        self._grid.setColumnStretch(0, 1)
        for number, row in enumerate(rows, 1):
            self._add_row(number, row)
        self._fit_years(len(rows) + 1, _MOST_ALONE if project.system is None else _MOST_YEAR_LINES)

    def _fit_years(self, lines: int, most: int) -> None:
        """As high as its lines, so long as the table below keeps its place."""
        wanted = max(self._holder.sizeHint().height(), _YEAR_LINE * lines)  # of the fonts in use
        self._years.setFixedHeight(min(wanted, _YEAR_LINE * most))
        bar = self._years.verticalScrollBar().sizeHint().width()
        self._years.setMinimumWidth(self._holder.minimumSizeHint().width() + bar)

    def _show_outcome(self, assessment: Assessment | None) -> None:
        """What a reference table says of the whole by its own conditions: points, items met, each condition."""
        widgets.clear_layout(self._outcome_grid)
        outcome = None if assessment is None else assessment.outcome
        self._outcome.setVisible(outcome is not None)
        if assessment is None or outcome is None:
            return
        counted = [
            f"{score_name(name)} {interval_text(score.low, score.high)}"
            for name, score in assessment.scores.items()
        ]
        counted.append(counts_text(outcome))
        if outcome.recalled:
            counted.append(self.tr("规则凭记忆，没有见到原文，用前要核对"))
        text = "　".join(counted)
        self._outcome_grid.addWidget(widgets.label(text, "table_strong", wrap=True), 0, 0, 1, 2)
        said = {
            True: chips.tag(self.tr("符合"), "ok"),
            False: chips.tag(self.tr("不符合"), "warn"),
            None: chips.tag(self.tr("还不能说")),
        }
        for number, one in enumerate(outcome.conditions, 1):
            chip = chips.ChipLabel(said[one.holds])
            self._outcome_grid.addWidget(chip, number, 0, Qt.AlignmentFlag.AlignTop)
            self._outcome_grid.addWidget(widgets.label(one.text, "second", wrap=True), number, 1)
        if assessment.warnings:
            text = "\n".join(assessment.warnings)
            warnings = widgets.label(text, "second", tone="warn", wrap=True)
            self._outcome_grid.addWidget(warnings, len(outcome.conditions) + 1, 0, 1, 2)
        self._outcome_grid.setRowStretch(len(outcome.conditions) + 2, 1)

    def _add_row(self, number: int, row: SelfRow) -> None:
        best = ""
        if row.best is not None:
            best = self.tr("{value}（{year} 年）").format(
                value=display(row.best, row.decimals), year=row.best_year
            )
        behind, tone = "—", ""
        if row.behind is not None:
            best_now = row.behind == 0
            behind = self.tr("最好") if best_now else f"{display(row.behind, 1)} %"
            tone = "ok" if best_now else "warn"
        name = widgets.link(
            row.title,
            partial(self.trace_requested.emit, row.figures[-1].trace),
            name=self.tr("{title}：这个数怎么来的").format(title=row.title),
        )
        self._grid.addWidget(name, number, 0, Qt.AlignmentFlag.AlignLeft)
        texts = (row.unit, *(_figure(one, row.decimals) for one in row.figures), best)
        for column, text in enumerate(texts, 1):
            label = widgets.label(text, "table")
            side = _RIGHT if column > 1 else Qt.AlignmentFlag.AlignLeft
            self._grid.addWidget(label, number, column, side)
        self._grid.addWidget(
            widgets.label(behind, "table_strong", tone=tone), number, len(texts) + 1, _RIGHT
        )

    def _quota_text(self, project: AuditProject, assessment: Assessment | None) -> str:
        system = project.system
        if system is None:
            return self.tr("库里若有合适的体系、能耗限额或参考表，用右上角「换体系或版本对照」选。")
        if assessment is None or system.kind is not DocumentKind.ENERGY_QUOTA:
            return self.tr("下面的参考表只作对照，不定清洁生产等级。")
        outcomes = quota_outcomes(assessment)
        over = sum(1 for one in outcomes if one.is_over_level_3)
        if not outcomes:
            return self.tr("能耗限额：还没有填产品的单位能耗。")
        unsaid = sum(1 for one in outcomes if one.is_over_level_3 is None)
        still = self.tr("还有 {n} 种判不了。").format(n=unsaid) if unsaid else ""
        if over:
            return self.tr("能耗限额：{n} 种产品超过 3 级（限定值）。").format(n=over) + still
        if unsaid:
            return self.tr(
                "能耗限额：填了的 {n} 种产品里，{open} 种还判不了，补上「这一行还要的数」。"
            ).format(n=len(outcomes), open=unsaid)
        return self.tr("能耗限额：填了的 {n} 种产品都没有超过 3 级（限定值）。").format(
            n=len(outcomes)
        )


def _figure(figure: Figure, decimals: int) -> str:
    if figure.value is not None:
        return display(figure.value, decimals)
    if figure.not_applicable:
        return "—"
    if figure.at_least is not None:
        return f"≥ {display(figure.at_least, decimals)}"
    return "未填"
