"""离上一级还差什么: which limiting indicators block, the cheapest set that reaches the level, what each indicator gains."""

from dataclasses import replace

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.assessment.finding import Finding, Measured
from app.assessment.indicator_system import Level
from app.assessment.numbers import brief, display
from app.assessment.units import UNITS
from app.forms.question import Page
from app.measures.charts import path_chart
from app.measures.economics import Economics
from app.measures.model import measures_of
from app.measures.path import Cancelled, Path, Plan, Step, find_path
from app.measures.results import together
from app.services.acts import adopt_plan
from app.services.measures import default_target
from app.ui import chips, widgets
from app.ui.charts import ChartView
from app.ui.messages import Message
from app.ui.pages.base import BasePage
from app.ui.pages.measure_list import scrolled
from app.ui.session import SessionModel
from app.ui.tasks import Task, Tasks


class PathPage(BasePage):
    """Worked out beside the screen while the page is shown; a change of the answers ends what runs and starts anew."""

    def __init__(self, model: SessionModel, page: Page, parent: QWidget | None = None) -> None:
        super().__init__(model, page, parent)
        self._search: Tasks | None = None  # only while a path is looked for
        self._target: Level | None = None
        self.path: Path | None = None
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 0, 4, 0)
        inner = QWidget()
        self._body = QVBoxLayout(inner)
        self._body.setContentsMargins(0, 0, 12, 12)
        self._body.setSpacing(12)
        outer.addWidget(scrolled(inner, self.tr("最省钱的一条路")))
        self._choice = widgets.Segments(
            [self.tr("到 Ⅰ 级"), self.tr("到 Ⅱ 级"), self.tr("到 Ⅲ 级")], name=self.tr("要到哪一级")
        )
        self._choice.chosen.connect(self._choose)
        self._is_stale = True
        model.assessment_changed.connect(self._on_change)

    def head_widget(self) -> QWidget | None:
        return self._choice

    def _choose(self, index: int) -> None:
        self._target = Level(index + 1)
        self._restart()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_stale:
            self._restart()

    def commit_pending(self) -> None:
        """Nothing is typed here; what is still being looked for ends when the page is left."""
        self._is_stale |= self._search is not None
        self.stop()

    def _on_change(self) -> None:
        self.stop()
        self._is_stale = True
        if self.isVisible():
            self._restart()

    def _restart(self) -> None:
        self.stop()
        self._is_stale = False
        project, assessment = self.model.project, self.model.assessment
        target = self._target or default_target(assessment, project) or Level.I
        self._choice.set_current(target.value - 1)
        # figures are kept as they are worked out: the worker gets a set of its own
        own = replace(project, derivation=project.derivation.with_book(project.book))

        def work(task: Task) -> Path:
            def watch(tried: int) -> bool:
                task.progress(self.tr("算了 {0} 种组合").format(tried))
                return not task.is_cancelled()

            return find_path(own, measures_of(own), target, watch=watch)

        self._search = Tasks(self)
        self._search.start(self.tr("在找最省钱的一组方案"), work, self._found, self._failed)

    def stop(self) -> None:
        """End what is being looked for; waits for the set that is just scored."""
        if self._search is not None:
            search, self._search = self._search, None
            search.close()
            search.deleteLater()

    def _found(self, path: Path) -> None:
        self.stop()
        self._show(path)

    def _failed(self, error: BaseException) -> None:
        self.stop()
        if not isinstance(error, Cancelled):
            raise error

    # -- showing

    def _show(self, path: Path) -> None:
        self.path = path
        widgets.clear_layout(self._body)
        if path.best is None:
            card = widgets.Card(self.tr("到不了 {0} 级").format(path.target.symbol), icon="flag")
            for reason in path.why_not.split("；"):
                card.body.addWidget(widgets.label(f"· {reason}", wrap=True))
            go = widgets.button(
                self.tr("去补方案"), lambda: self.model.go_to("measures"), role="primary"
            )
            card.body.addLayout(widgets.row(go, None))
            self._body.addWidget(card)
        elif not path.best.measures:
            card = widgets.Card(
                self.tr("现在就是 {0} 级或更好").format(path.target.symbol), icon="check"
            )
            card.body.addWidget(widgets.label(self.tr("不用再花钱。可以看看更高一级。"), wrap=True))
            self._body.addWidget(card)
        else:
            self._show_plan(path, path.best, self.tr("最省"), is_best=True)
            chart = ChartView(self.tr("指数一步一步"))
            if chart.show_chart(lambda width: path_chart(path, width)):
                box = widgets.Card(
                    self.tr("Y{0} 一步一步").format(path.target.symbol), icon="scales"
                )
                box.body.addWidget(chart)
                self._body.addWidget(box)
            self._show_steps(path)
            for plan in path.alternatives:
                self._show_plan(path, plan, self.tr("也可以（多花不到一成）"), is_best=False)
        if path.unpriced:
            names = "、".join(one.name for one in path.unpriced)
            self._body.addWidget(
                widgets.label(self.tr("没填投资、没算进去：{0}").format(names), "note", wrap=True)
            )
        self._body.addStretch(1)
        self.status_changed.emit()

    def _show_plan(self, path: Path, plan: Plan, title: str, *, is_best: bool) -> None:
        note = (
            self.tr("解出来后重新定级核过，一共核了 {0} 种组合").format(path.tried)
            if is_best
            else ""
        )
        card = widgets.Card(title, icon="flag", note=note)
        level = plan.assessment.level
        chip = chips.ChipLabel(chips.level_chip(level))
        names = " + ".join(f"{one.code} {one.name}" for one in plan.measures)
        line = widgets.row(chip, spacing=10)
        line.addWidget(widgets.label(names, "strong", wrap=True), 1)
        card.body.addLayout(line)
        parts = [self.tr("{0} 万元").format(brief(plan.cost))]
        whole = together(self.model.project, plan.measures)
        if isinstance(whole, Economics) and whole.N is not None:
            parts.append(self.tr("偿还期（合计）{0} 年").format(display(whole.N, 2)))
        interval = plan.assessment.index_range.get(path.target)
        if interval is not None and path.needed is not None:
            parts.append(
                self.tr("Y{0} {1}，比 {2} 多 {3}").format(
                    path.target.symbol,
                    display(interval.low, 2),
                    brief(path.needed),
                    display(interval.low - path.needed, 2),
                )
            )
        card.body.addWidget(widgets.label("　".join(parts), wrap=True))
        take = widgets.button(
            self.tr("采用：标成可行"),
            lambda: self.take(plan),
            role="primary" if is_best else "",
            icon="check",
        )
        card.body.addLayout(widgets.row(take, None))
        self._body.addWidget(card)

    def _show_steps(self, path: Path) -> None:
        card = widgets.Card(
            self.tr("一项一项看"), icon="list", note=self.tr("限定性的在前，再按能得的分")
        )
        for step in path.steps:
            marks: list[QWidget | None] = []
            if step.limiting:
                marks.append(chips.ChipLabel(chips.limiting_chip()))
            name = widgets.label(step.name, wrap=True)
            name.setMinimumWidth(220)
            line = widgets.row(*marks, name, spacing=8)
            line.addStretch(1)
            line.addWidget(widgets.label(self._change(step)))
            line.addWidget(chips.ChipLabel(chips.level_chip(step.level_before)))
            line.addWidget(widgets.label("→", "note"))
            line.addWidget(chips.ChipLabel(chips.level_chip(step.level_after)))
            points = f"+{display(step.points, 2)}" if step.points else ""
            gain = widgets.label(points)
            gain.setFixedWidth(60)
            line.addWidget(gain)
            by = widgets.label("、".join(step.by), "note")
            by.setFixedWidth(110)
            line.addWidget(by)
            card.body.addLayout(line)
        self._body.addWidget(card)

    def _change(self, step: Step) -> str:
        def text(finding: Finding) -> str:
            return display(finding.value, 2) if isinstance(finding, Measured) else ""

        before, after = text(step.before), text(step.after)
        if not before or not after:
            return ""
        project = self.model.project
        assert project.system is not None
        unit = next(
            (
                UNITS[one.unit].symbol
                for part in project.system.parts(project.table_id)
                for one in part.indicators()
                if one.id == step.indicator_id and one.unit
            ),
            "",
        )
        return f"{before} → {after} {unit}"

    def take(self, plan: Plan) -> None:
        """Mark the measures of a plan as feasible, as one act."""
        act = adopt_plan(self.model.project, plan)
        names = " + ".join(one.code for one in plan.measures)
        if not act.changes:
            self.model.post(Message("info", self.tr("{0} 已经是可行或在做").format(names)))
        elif self.model.do(act):
            self.model.post(
                Message("ok", self.tr("{0} 标成可行了").format(names), of_last_act=True)
            )

    def status_keys(self) -> str:
        return self.tr("← → 换要到的级 · Tab 到「采用」")
