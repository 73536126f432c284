"""自评参考 on the indicator page: three years, the best of them and how far the base year is from it; never a level."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from app.assessment.energy_quota import quota_outcomes
from app.assessment.indicator_system import DocumentKind
from app.assessment.numbers import display
from app.assessment.result import Assessment
from app.audit.project import AuditProject
from app.audit.self_check import CAUTION, HEADING, SelfRow, is_reference, self_check
from app.forms.figure import Figure
from app.ui import widgets

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class SelfCheckPanel(widgets.Card):
    """Shown for audits without a system, and above the rows of an energy quota or a reference table.

    trace_requested: the way of a base-year figure, asked for at its name.
    """

    trace_requested = Signal(object)

    def __init__(self) -> None:
        super().__init__(HEADING, icon="ruler")
        self._caution = widgets.label(CAUTION, "second", wrap=True)
        self._caution.setAccessibleName(CAUTION)
        self.body.addWidget(self._caution)
        self._quota = widgets.label("", "second", wrap=True)
        self.body.addWidget(self._quota)
        self._holder = QWidget()
        self._grid = QGridLayout(self._holder)
        self._grid.setContentsMargins(0, 4, 0, 4)
        self._grid.setHorizontalSpacing(18)
        self._grid.setVerticalSpacing(7)
        self.body.addWidget(self._holder)

    def show_project(self, project: AuditProject, assessment: Assessment | None) -> None:
        """Renew the rows, or hide where a system gives levels."""
        self.setVisible(project.system is None or is_reference(project.system))
        if self.isHidden():
            return
        self._quota.setText(self._quota_text(project, assessment))
        self._quota.setVisible(bool(self._quota.text()))
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
        if over:
            return self.tr("能耗限额：{n} 种产品超过 3 级（限定值）。").format(n=over)
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
