"""离上一级还差什么: which limiting indicators block, three roads to the level, what each must keep, and every open indicator."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QRadioButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.assessment.finding import Finding, Measured, Reached
from app.assessment.indicator_system import Indicator, IndicatorKind, Level
from app.assessment.numbers import brief, display
from app.assessment.units import UNITS
from app.audit.findings import inputs_of
from app.audit.wording import finding_text, gap_text, threshold_text
from app.forms.question import Page
from app.measures.changes import figure_changes
from app.measures.charts import cost_chart, path_chart
from app.measures.economics import Economics
from app.measures.model import measures_of
from app.measures.path import Path, Plan, find_path
from app.measures.path_search import Cancelled
from app.measures.results import together
from app.measures.roads import MORE, Gain, Road, gains_of, index_of, roads_of
from app.papers.owner import change_blocks
from app.services.acts import adopt_plan
from app.services.measures import default_target, need_words, road_title
from app.ui import chips, widgets
from app.ui.charts import ChartView
from app.ui.messages import Message
from app.ui.pages.base import BasePage
from app.ui.pages.measure_list import scrolled
from app.ui.paper_view import paper_cards
from app.ui.session import SessionModel
from app.ui.tasks import Task, Tasks

_SIDE = 344
_ASKED = 3  # column of what the level asks: a requirement in words is too long for a cell


@dataclass(frozen=True)
class Ways:
    """What the worker brings back."""

    path: Path
    roads: tuple[Road, ...]
    gains: tuple[Gain, ...]


class PathPage(BasePage):
    """Worked out beside the screen while the page is shown; a change of the answers ends what runs and starts anew."""

    _half_way = Signal(object)  # a Path, from the worker

    def __init__(self, model: SessionModel, page: Page, parent: QWidget | None = None) -> None:
        super().__init__(model, page, parent)
        self._search: Tasks | None = None  # only while a path is looked for
        self._target: Level | None = None
        self.path: Path | None = None
        self._ways: Ways | None = None
        self._chosen = 0  # of the roads
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 0, 4, 0)
        inner = QWidget()
        columns = QHBoxLayout(inner)
        columns.setContentsMargins(0, 0, 12, 12)
        columns.setSpacing(12)
        self._body = QVBoxLayout()
        self._body.setSpacing(12)
        columns.addLayout(self._body, 1)
        self._side_box = QWidget()
        self._side_box.setFixedWidth(_SIDE)
        self._side = QVBoxLayout(self._side_box)
        self._side.setContentsMargins(0, 0, 0, 0)
        self._side.setSpacing(12)
        columns.addWidget(self._side_box)
        self._area = scrolled(inner, self.tr("最省钱的一条路"))
        outer.addWidget(self._area)
        self._choice = widgets.Segments(
            [self.tr("到 Ⅰ 级"), self.tr("到 Ⅱ 级"), self.tr("到 Ⅲ 级")], name=self.tr("要到哪一级")
        )
        self._choice.chosen.connect(self._choose)
        self._radios = QButtonGroup(self)
        self._waiting: widgets.Card | None = None
        self._is_half_way = False
        self._half_way.connect(self._show_half)
        self._is_behind = True
        self.follow(model.assessment_changed)

    def title(self) -> str:
        """Without a level there is no next one."""
        if self._is_graded():
            return super().title()
        return self.tr("方案做完会怎样：和自己比")

    def subtitle(self) -> str:
        if self._is_graded():
            return super().subtitle()
        return self.tr("没有等级可评的，看单耗降多少，先做回本快的。")

    def _is_graded(self) -> bool:
        assessment = self.model.assessment
        return assessment is not None and assessment.level_range is not None

    def head_widget(self) -> QWidget | None:
        return self._choice

    def _choose(self, index: int) -> None:
        self._target = Level(index + 1)
        self.refresh()

    def commit_pending(self) -> None:
        """Nothing is typed here; what is still being looked for ends when the page is left."""
        self._is_behind |= self._search is not None
        self.stop()

    def _on_change(self, *_: object) -> None:
        self.stop()
        super()._on_change()

    def refresh(self) -> None:
        self.stop()
        project, assessment = self.model.project, self.model.assessment
        target = self._target or default_target(assessment, project) or Level.I
        self._choice.set_current(target.value - 1)
        # figures are kept as they are worked out: the worker gets a set of its own
        own = replace(project, derivation=project.derivation.with_book(project.book))

        def work(task: Task) -> Ways:
            def watch(tried: int) -> bool:
                task.progress(self.tr("算了 {0} 种组合").format(tried))
                return not task.is_cancelled()

            measures = measures_of(own)
            path = find_path(own, measures, target, watch=watch)
            if path.best is not None:
                self._half_way.emit(path)
            return Ways(
                path,
                roads_of(own, path, measures, watch=watch),
                gains_of(own, path, measures, watch=watch),
            )

        self._waiting = None
        self._is_half_way = False
        self._search = Tasks(self)
        self._search.shown.connect(self._say)
        if self.path is None:  # nothing stands there yet: an empty page says nothing
            self._say(self.tr("正在算……"))
        self._search.start(self.tr("在找最省钱的一组方案"), work, self._found, self._failed)

    def stop(self) -> None:
        """End what is being looked for; waits for the set that is just scored."""
        if self._search is not None:
            search, self._search = self._search, None
            search.close()
            search.deleteLater()

    def _found(self, ways: Ways) -> None:
        self.stop()
        self._chosen = 0
        self._show(ways)

    def _failed(self, error: BaseException) -> None:
        self.stop()
        if not isinstance(error, Cancelled):
            raise error

    # -- showing

    def _show_half(self, path: Path) -> None:
        """The cheapest set is known; what it must keep and the other roads are still being looked at."""
        if self._search is None:
            return
        self._chosen = 0
        self._is_half_way = True
        self._show(Ways(path, (), ()))
        if path.best is None or not path.best.measures:
            return
        names = " + ".join(one.code for one in path.best.measures)
        card = widgets.Card(self.tr("最省 {0} 万元").format(brief(path.best.cost)))
        card.body.addWidget(widgets.label(names, wrap=True))
        card.body.addWidget(widgets.label(self.tr("正在比另外的路……"), "note"))
        self._side.addWidget(card)
        self._side.addStretch(1)
        self._side_box.show()

    def _say(self, text: str) -> None:
        """Said only when it takes longer than a blink; what stood there before stays until then."""
        if self._search is None or not text or self._is_half_way:
            return
        if self._waiting is None:
            self._clear()
            self._waiting = widgets.Card(self.tr("在找最省钱的一组方案"), icon="flag")
            self._said = widgets.label("", wrap=True)
            self._waiting.body.addWidget(self._said)
            self._waiting.body.addLayout(
                widgets.row(widgets.button(self.tr("不找了"), self._give_up), None)
            )
            self._body.addWidget(self._waiting)
            self._body.addStretch(1)
        self._said.setText(text)

    def _give_up(self) -> None:
        self.stop()
        self._clear()
        card = widgets.Card(self.tr("没有找完"), icon="flag")
        card.body.addLayout(
            widgets.row(widgets.button(self.tr("再找"), self.refresh, role="primary"), None)
        )
        self._body.addWidget(card)
        self._body.addStretch(1)

    def _clear(self) -> None:
        focus = QApplication.focusWidget()
        if focus is not None and self._area.isAncestorOf(focus):
            self._area.setFocus()  # what has it is about to go; the page keeps the focus
        widgets.clear_layout(self._body)
        widgets.clear_layout(self._side)
        self._side_box.hide()

    def _show(self, ways: Ways) -> None:
        path = ways.path
        self.path, self._ways = path, ways
        focus = QApplication.focusWidget()
        had_focus = focus is not None and self._side_box.isAncestorOf(focus)
        self._clear()
        graded = self._is_graded()
        self._choice.setVisible(graded)
        if not graded:
            self._show_ungraded(path)
            self._body.addStretch(1)
            self.status_changed.emit()
            return
        self._show_gate(ways)
        if path.best is None:
            self._show_why_not(path)
        elif not path.best.measures:
            card = widgets.Card(
                self.tr("现在就是 {0} 级或更好").format(path.target.symbol), icon="check"
            )
            card.body.addWidget(widgets.label(self.tr("不用再花钱。可以看看更高一级。"), wrap=True))
            self._body.addWidget(card)
        else:
            self._show_chart(ways)
        self._show_gains(ways)
        if path.unpriced:
            names = "、".join(one.name for one in path.unpriced)
            self._body.addWidget(
                widgets.label(self.tr("没填投资、没算进去：{0}").format(names), "note", wrap=True)
            )
        self._body.addStretch(1)
        self._show_roads(ways)
        if had_focus and (radio := self._radios.checkedButton()) is not None:
            radio.setFocus()
        self.status_changed.emit()

    def _show_why_not(self, path: Path) -> None:
        card = widgets.Card(self.tr("到不了 {0} 级").format(path.target.symbol), icon="flag")
        for reason in path.reasons:
            card.body.addWidget(widgets.label(f"· {reason}", wrap=True))
        go = widgets.button(
            self.tr("去补方案"), lambda: self.model.go_to("measures"), role="primary"
        )
        buttons: list[QWidget | None] = [go]
        open_rows = self.model.assessment.missing if self.model.assessment is not None else ()
        if path.before is not None and open_rows:
            go.setProperty("role", "")
            fill = widgets.button(
                self.tr("先把 {0} 项没填的指标填上").format(len(open_rows)),
                lambda: self.model.go_to("benchmark"),
                role="primary",
            )
            buttons.insert(0, fill)
        card.body.addLayout(widgets.row(*buttons, None))
        self._body.addWidget(card)

    def _show_ungraded(self, path: Path) -> None:
        """Without a level: what the measures do to the firm's own figures, and what to do first."""
        card = widgets.Card(self.tr("这个案卷不评级，和自己比"), icon="flag")
        card.body.addWidget(widgets.label(path.why_not, wrap=True))
        if self.model.project.system is None:
            choose = widgets.button(
                self.tr("看看有没有合适的指标体系"), lambda: self.model.go_to("benchmark")
            )
            card.body.addLayout(widgets.row(choose, None))
        self._body.addWidget(card)
        changes = figure_changes(self.model.project)
        for made in paper_cards(
            change_blocks(changes, has_measures=bool(measures_of(self.model.project)))
        ):
            self._body.addWidget(made)
        if not measures_of(self.model.project):
            go = widgets.button(
                self.tr("去补方案"), lambda: self.model.go_to("measures"), role="primary"
            )
            self._body.addLayout(widgets.row(go, None))
        chart = ChartView(self.tr("先做哪些"))
        measures = measures_of(self.model.project)
        if chart.show_chart(lambda width: cost_chart(measures, width)):
            box = widgets.Card(self.tr("先做哪些：回本快的排前面"), icon="money")
            box.body.addWidget(chart)
            self._body.addWidget(box)

    def _show_gate(self, ways: Ways) -> None:
        """The limiting indicators: nothing else helps while one of them blocks."""
        before = ways.path.before
        if before is None or (ways.path.best is not None and not ways.path.best.measures):
            return
        limiting = [
            one for one in before.judgements if one.limiting and one.state != "not_applicable"
        ]
        if not limiting:
            return
        target = ways.path.target
        stuck = [one for one in limiting if one.meets[target] is False]
        unknown = [one for one in limiting if one.meets[target] is None]
        card = widgets.Card(self.tr("第一关：限定性指标"), icon="flag")
        rest = len(limiting) - len(stuck) - len(unknown)
        if rest:
            card.note_label.setText(
                self.tr("其余 {0} 项已到 {1} 级或更好").format(rest, target.symbol)
            )
        inputs = inputs_of(self.model.project)
        for one in stuck:
            indicator = self._indicator(one.indicator_id)
            said = self.tr("{0} {1}，{2} 级要 {3}").format(
                indicator.name,
                self._finding(one.finding, indicator),
                target.symbol,
                threshold_text(indicator, target, inputs),
            )
            if isinstance(one.finding, Measured):
                unit = UNITS[indicator.unit].symbol if indicator.unit else ""
                said += f"，{gap_text(indicator, one, target, inputs)} {unit}".rstrip("， ")
            line = widgets.row(chips.ChipLabel(chips.tag(self.tr("卡住"), "error")), spacing=10)
            line.addWidget(widgets.label(said, wrap=True), 1)
            card.body.addLayout(line)
        for one in unknown:
            name = self._indicator(one.indicator_id).name
            line = widgets.row(
                chips.ChipLabel(chips.tag(self.tr("还没定"), "warn")),
                widgets.label(self.tr("{0}：还没填，或没有可比的数").format(name)),
                None,
                spacing=10,
            )
            card.body.addLayout(line)
        if stuck:
            words = self.tr("不先改它，别的分再高也到不了 {0} 级。").format(target.symbol)
        elif unknown:
            words = self.tr("填上才知道过没过这一关。")
        else:
            words = self.tr("没有卡住的，只差分数。")
        card.body.addWidget(widgets.label(words, "note"))
        self._body.addWidget(card)

    def _show_chart(self, ways: Ways) -> None:
        path = ways.path
        road = ways.roads[self._chosen] if ways.roads else None
        plan = road.plan if road else None
        steps = road.steps if road else ()
        more = next((one for one in ways.roads if MORE in one.kinds), None)
        extra = None
        if more is not None and self._chosen == 0:
            known = {step.indicator_id for step in steps}
            extra = next((s for s in more.steps if s.points and s.indicator_id not in known), None)
        chart = ChartView(self.tr("指数一步一步"))
        if chart.show_chart(lambda width: path_chart(path, width, plan, steps, extra)):
            box = widgets.Card(
                self.tr("第二关：Y{0} 一步一步").format(path.target.symbol), icon="scales"
            )
            box.body.addWidget(chart)
            self._body.addWidget(box)

    # -- the roads

    def _show_roads(self, ways: Ways) -> None:
        for button in self._radios.buttons():
            self._radios.removeButton(button)
        if not ways.roads:
            return
        self._side_box.show()
        best = ways.roads[0]
        for place, road in enumerate(ways.roads):
            self._side.addWidget(self._road_card(ways.path, road, place, best))
        for plan in ways.path.alternatives[:3]:
            if all(plan != road.plan for road in ways.roads):
                names = " + ".join(one.code for one in plan.measures)
                self._side.addWidget(
                    widgets.label(
                        self.tr("差不多钱的：{0}，{1} 万元").format(names, brief(plan.cost)),
                        "note",
                        wrap=True,
                    )
                )
        self._side.addWidget(
            widgets.label(
                self.tr(
                    "「最省」按投资最小解出来，再按案卷重新定级核过；「最稳」是这几条里省的打折扣最多、还不掉级的；没列出来的组合没有一一比过。"
                ),
                "note",
                wrap=True,
            )
        )
        self._side.addStretch(1)

    def _road_card(self, path: Path, road: Road, place: int, best: Road) -> QWidget:
        card = widgets.Card()
        card.setProperty("current", "true" if place == self._chosen else "false")
        radio = QRadioButton(f"{place + 1}　{road_title(road)}")
        radio.setChecked(place == self._chosen)
        radio.clicked.connect(lambda: self.choose_road(place))
        self._radios.addButton(radio, place)
        card.body.addLayout(
            widgets.row(radio, None, chips.ChipLabel(chips.level_chip(road.plan.assessment.level)))
        )
        names = widgets.label(
            " + ".join(one.code for one in road.plan.measures), "note2", wrap=True
        )
        names.setToolTip("\n".join(f"{one.code} {one.name}" for one in road.plan.measures))
        card.body.addWidget(names)
        card.body.addLayout(self._figures(path, road))
        for words in self._keeps(road, place, best):
            line = widgets.row(widgets.IconLabel("check", "jade", 13), spacing=6)
            line.itemAt(0).setAlignment(Qt.AlignmentFlag.AlignTop)
            said = widgets.label(words, "second", wrap=True)
            line.addWidget(said, 1)
            card.body.addLayout(line)
        if place == self._chosen:
            take = widgets.button(
                self.tr("采用：标成可行"),
                lambda: self.take(road.plan),
                role="primary",
                icon="check",
            )
            card.body.addLayout(widgets.row(take, None))
        return card

    def _figures(self, path: Path, road: Road) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(0)
        cells = [(self.tr("投资 万元"), brief(road.plan.cost))]
        whole = together(self.model.project, road.plan.measures)
        if isinstance(whole, Economics) and whole.N is not None:
            cells.append((self.tr("偿还期（合计）年"), display(whole.N, 2)))
        reached = index_of(road.plan.assessment, path.target)
        if reached is not None and road.margin is not None and path.needed is not None:
            name = f"Y{path.target.symbol}" if road.plan.assessment.index_range else self.tr("分数")
            said = self.tr("{0}，比 {1} 多 {2}").format(
                name, brief(path.needed), display(road.margin, 2)
            )
            cells.append((said, display(reached, 2)))
        for column, (title, value) in enumerate(cells):
            grid.addWidget(widgets.label(title, "legend"), 0, column)
            grid.addWidget(widgets.label(value, "section"), 1, column)
            grid.setColumnStretch(column, 1)
        return grid

    def _keeps(self, road: Road, place: int, best: Road) -> list[str]:
        """What must hold; what the cheapest says already is not said again."""
        said = [need_words(self.model.project, need) for need in road.needs]
        same = bool(place) and road.needs == best.needs
        if same:
            said = [self.tr("上面的仍要守住")]
        if place and road.adds:
            more = [
                step.name
                for step in road.steps
                if step.points and all(step.indicator_id != old.indicator_id for old in best.steps)
            ]
            if more:
                said.append(self.tr("多得分的：{0}").format("、".join(more)))
        if place and road.leaves:
            said.append(self.tr("不用做 {0}").format("、".join(m.code for m in road.leaves)))
        if road.holds_at is not None and road.holds_at < 1 and not same:
            said.append(
                self.tr("全部只做到预计的 {0}%，还不掉级").format(display(road.holds_at * 100, 1))
            )
        return said

    def choose_road(self, place: int) -> None:
        """Show one of the roads in the chart and offer to take it."""
        if self._ways is not None and place < len(self._ways.roads):
            self._chosen = place
            self._show(self._ways)
            if (radio := self._radios.button(place)) is not None:
                radio.setFocus()

    # -- every open indicator

    def _show_gains(self, ways: Ways) -> None:
        if not ways.gains:
            return
        target = ways.path.target
        card = widgets.Card(
            self.tr("一项一项看：没到 {0} 级的 {1} 项").format(target.symbol, len(ways.gains)),
            icon="list",
            note=self.tr("光挑「万元/分」低的不一定最省"),
        )
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        heads = ("", self.tr("指标"), self.tr("现在"), self.tr("{0} 级要").format(target.symbol),
                 self.tr("能得分"), self.tr("方案"), self.tr("投资 万元"), self.tr("万元/分"), self.tr("做完"))  # fmt: skip
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        numbers = (2, 3, 4, 6, 7, 8)
        for column, head in enumerate(heads):
            title = widgets.label(head, "note")
            grid.addWidget(title, 0, column, *(() if column not in numbers else (right,)))
        for place, gain in enumerate(ways.gains):
            line = 2 * place + 1
            grid.addWidget(widgets.rule(), line, 0, 1, len(heads))
            if gain.before.limiting:
                grid.addWidget(chips.ChipLabel(chips.limiting_chip()), line + 1, 0)
            for column, text in enumerate(self._gain_cells(gain, target), start=1):
                cell = widgets.label(text, "table", wrap=column in (1, 5))
                if column == _ASKED:
                    cell.setToolTip(self._asked(gain, target))
                if column in numbers:
                    cell.setAlignment(right)
                else:
                    cell.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
                grid.addWidget(cell, line + 1, column)
        grid.setColumnStretch(1, 3)
        grid.setColumnStretch(5, 4)
        card.body.addLayout(grid)
        self._body.addWidget(card)

    def _gain_cells(self, gain: Gain, target: Level) -> Sequence[str]:
        indicator = self._indicator(gain.before.indicator_id)
        by = "；".join(f"{one.code} {one.name}" for one in gain.by) or self.tr("还没有办法")
        costly = bool(gain.by)
        along = costly and not gain.cost and any(one.cost for one in gain.by)
        if along:
            by = self.tr("{0} 顺带").format("、".join(one.code for one in gain.by))
        per_point = gain.cost / gain.points if costly and gain.points else None
        return (
            indicator.name,
            self._finding(gain.before.finding, indicator),
            self._asked(gain, target)
            if indicator.kind is IndicatorKind.QUANTITATIVE
            else self.tr("{0} 级").format(target.symbol),
            "" if gain.points is None else display(gain.points, 2),
            by,
            brief(gain.cost) if costly else "",
            "" if per_point is None else display(per_point, 2),
            "" if gain.after is None else self._finding(gain.after, indicator, unit=False),
        )

    def _asked(self, gain: Gain, target: Level) -> str:
        indicator = self._indicator(gain.before.indicator_id)
        return threshold_text(indicator, target, inputs_of(self.model.project))

    def _indicator(self, indicator_id: str) -> Indicator:
        project = self.model.project
        assert project.system is not None
        return next(
            one
            for part in project.system.parts(project.table_id)
            for one in part.indicators()
            if one.id == indicator_id
        )

    def _finding(self, finding: Finding, indicator: Indicator, *, unit: bool = True) -> str:
        match finding:
            case Measured(value):
                symbol = UNITS[indicator.unit].symbol if unit and indicator.unit else ""
                return f"{display(value, 2)} {symbol}".strip()
            case Reached(level):
                return self.tr("{0} 级").format(level.symbol)
            case _:
                return finding_text(finding)

    # -- acts

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

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """1, 2, 3 choose a road, Enter takes the chosen one."""
        roads = self._ways.roads if self._ways is not None else ()
        if event.text() in ("1", "2", "3") and int(event.text()) <= len(roads):
            self.choose_road(int(event.text()) - 1)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and roads:
            self.take(roads[self._chosen].plan)
        else:
            super().keyPressEvent(event)

    def focus_start(self) -> bool:
        self._area.setFocus()  # there from the beginning, whatever is still being looked for
        return True

    def status_keys(self) -> str:
        if self._ways is None or not self._ways.roads:
            return "" if self._choice.isHidden() else self.tr("← → 换要到的级")
        return self.tr("1–3 选一条路 · Enter 采用 · ← → 换要到的级")
