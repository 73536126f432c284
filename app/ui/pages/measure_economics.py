"""可行性分析: I, P, D, T, E, F, N, NPV, NPVR, IRR of one measure, whether that is enough, and what if."""

from fractions import Fraction

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.assessment.numbers import brief, display
from app.audit.measures import TABLE, cost_classes
from app.forms.answer import cell_key
from app.forms.measure_data import CostClass
from app.forms.question import Page
from app.measures.charts import cost_chart, proof_chart, value_chart
from app.measures.economics import Economics, accept, least_benefit, sensitivity, textbook_irr
from app.measures.model import Measure, measures_of
from app.measures.results import Proof, economics_of, proofs_of, settings_of
from app.ui import chips, widgets
from app.ui.charts import ChartView
from app.ui.pages.base import BasePage
from app.ui.pages.measure_list import ListAndDetail, chosen_id, facts, fill_list
from app.ui.session import SessionModel


class EconomicsPage(BasePage):
    """Up and down change the measure."""

    def __init__(self, model: SessionModel, page: Page, parent: QWidget | None = None) -> None:
        super().__init__(model, page, parent)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        self.view = ListAndDetail(self.tr("方案"))
        box.addWidget(self.view)
        self.view.list.currentRowChanged.connect(lambda _: self._show())
        self.view.list.itemActivated.connect(lambda _: self._go())
        self.follow(model.answers_changed)
        self.refresh()

    def refresh(self) -> None:
        measures = measures_of(self.model.project)
        entries = []
        for one in measures:
            cost = self.tr("投资没填") if one.cost is None else f"{brief(one.cost)} 万元"
            entries.append((one.row_id, f"{one.code} {one.name}\n{cost}", ""))
        fill_list(self.view.list, entries, chosen_id(self.view.list))
        self._show()

    def _chosen(self) -> Measure | None:
        row = chosen_id(self.view.list)
        return next((one for one in measures_of(self.model.project) if one.row_id == row), None)

    def _go(self) -> None:
        if row := chosen_id(self.view.list):
            self.model.go_to("measures", cell_key(TABLE, row, "cost"))

    def _show(self) -> None:
        self.view.clear()
        measure = self._chosen()
        if measure is None:
            card = widgets.Card(self.tr("还没有方案"), icon="money")
            card.body.addWidget(
                widgets.label(self.tr("先在「方案」页写几个办法，或从「方案库」加。"), wrap=True)
            )
            self.view.body.addWidget(card)
            self.view.body.addStretch(1)
            return
        result = economics_of(self.model.project, measure)
        if isinstance(result, Economics):
            self._show_result(measure, result)
        else:
            card = widgets.Card(self.tr("还算不了"), icon="warning")
            for problem in result:
                card.body.addWidget(widgets.label(str(problem), wrap=True))
            card.body.addLayout(
                widgets.row(widgets.button(self.tr("去填数"), self._go, role="primary"), None)
            )
            self.view.body.addWidget(card)
        self._show_proof(measure)
        self._show_all()
        self.view.body.addStretch(1)

    def _show_result(self, measure: Measure, result: Economics) -> None:
        project = self.model.project
        economics = project.reference.economics
        classes = cost_classes(project.book, economics.cost_classes) if economics else ()
        said = accept(result, classes)
        settings = settings_of(project)
        name = said.cost_class.title if said.cost_class else ""
        card = widgets.Card(f"{measure.code} {measure.name}", icon="money", note=name)
        verdict = self.tr("经济上可行") if said.acceptable else self.tr("经济上没达到")
        card.body.addLayout(
            widgets.row(
                chips.ChipLabel(chips.tag(verdict, "ok" if said.acceptable else "warn")), None
            )
        )
        card.body.addLayout(self._tiles(result, said.cost_class))
        card.body.addWidget(widgets.rule())
        chart = ChartView(self.tr("累计净现值"))
        chart.show_chart(lambda width: value_chart(result, width))
        side = QVBoxLayout()
        side.addWidget(widgets.label(self.tr("累计净现值，万元"), "note"))
        side.addWidget(chart)
        side.addStretch(1)
        both = QHBoxLayout()
        both.setSpacing(16)
        both.addWidget(facts(self._pairs(result)), 1, Qt.AlignmentFlag.AlignTop)
        both.addLayout(side, 1)
        card.body.addLayout(both)
        for reason in said.reasons:
            card.body.addWidget(widgets.label(f"· {reason}", wrap=True))
        if not said.acceptable:
            words = self.tr("为达标、减排非做不可的，经济上达不到也可以做，要在报告里写明为什么。")
            card.body.addWidget(widgets.label(f"· {words}", "note", wrap=True))
        for assumed in settings.said if settings else ():
            card.body.addWidget(widgets.label(f"· {assumed}", "note", wrap=True))
        self.view.body.addWidget(card)
        self.view.body.addWidget(self._what_if(result))

    def _tiles(self, result: Economics, cost_class: CostClass | None) -> QGridLayout:
        """The four figures a reader looks for, each with what is asked of it."""
        years = cost_class.years if cost_class is not None else None
        title = cost_class.title if cost_class is not None else ""
        none = self.tr("没有")
        rate = display(result.case.discount_rate * 100, 0)
        tiles = (
            (
                self.tr("投资偿还期 N"),
                none if result.N is None else self.tr("{0} 年").format(display(result.N, 2)),
                "" if years is None else self.tr("{0}要 < {1} 年").format(title, brief(years)),
            ),
            (
                self.tr("净现值 NPV"),
                self.tr("{0} 万元").format(display(result.NPV, 2)),
                self.tr("{0}%，{1} 年，要 ≥ 0").format(rate, result.case.life),
            ),
            (
                self.tr("净现值率 NPVR"),
                none if result.NPVR is None else f"{display(result.NPVR, 1)} %",
                self.tr("几个方案比时先排高的"),
            ),
            (
                self.tr("内部收益率 IRR"),
                self._irr(result),
                self.tr("要 ≥ {0}%").format(rate),
            ),
        )
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(1)
        for column, (name, value, asked) in enumerate(tiles):
            grid.addWidget(widgets.label(name, "note"), 0, column)
            grid.addWidget(widgets.label(value, "hero"), 1, column)
            grid.addWidget(widgets.label(asked, "note"), 2, column)
            grid.setColumnStretch(column, 1)
        return grid

    def _irr(self, result: Economics) -> str:
        if result.IRR is not None:
            return f"{display(result.IRR * 100, 2)} %"
        return self.tr("有 {0} 个").format(len(result.irr)) if result.irr else self.tr("没有")

    def _pairs(self, result: Economics) -> list[tuple[str, str]]:
        case = result.case
        money = self.tr("{0} 万元")

        def amount(value: Fraction) -> str:
            return money.format(display(value, 2))

        pairs = [
            (self.tr("总投资费用 I"), amount(case.cost)),
            (self.tr("年总节省 P"), amount(case.annual_benefit)),
            (self.tr("年折旧 D"), f"{amount(result.D)}　I ÷ {brief(case.written_off_in)} 年"),
            (self.tr("应税利润 T"), f"{amount(result.T)}　P − D"),
            (self.tr("净利润 E"), f"{amount(result.E)}　T ×（1 − {brief(case.tax_rate * 100)}%）"),
            (self.tr("年净现金流 F"), f"{amount(result.F)}　E + D"),
        ]
        if result.IRR is not None and (book := textbook_irr(result)) is not None:
            pairs.append(
                (
                    self.tr("课本插值的 IRR"),
                    self.tr("{0}%　{1}% 和 {2}% 之间").format(
                        display(book.rate * 100, 2),
                        display(book.low_rate * 100, 0),
                        display(book.high_rate * 100, 0),
                    ),
                )
            )
        return pairs

    def _what_if(self, result: Economics) -> QWidget:
        card = widgets.Card(self.tr("数变了还值不值"), icon="scales", note=self.tr("净现值，万元"))
        by_field: dict[str, list[str]] = {}
        for one in sensitivity(result.case):
            change = f"{'+' if one.change > 0 else '−'}{display(abs(one.change) * 100, 0)}%"
            by_field.setdefault(one.title, []).append(f"{change} {display(one.result.NPV, 2)}")
        pairs = [(title, "　".join(said)) for title, said in by_field.items()]
        least = least_benefit(result.case)
        if least is not None:
            pairs.append(
                (
                    self.tr("一年至少要省"),
                    self.tr("{0} 万元，净现值才不小于 0").format(display(least, 2)),
                )
            )
        card.body.addWidget(facts(pairs))
        return card

    def _show_proof(self, measure: Measure) -> None:
        """What was promised and what was measured, of this measure and of all."""
        project = self.model.project
        proofs = proofs_of(project)
        proof = next(one for one in proofs if one.measure.row_id == measure.row_id)
        pairs = []
        for title, unit, planned, actual in self._compared(measure, proof):
            share = (
                ""
                if not planned
                else self.tr("　实测÷预计 {0}%").format(display(actual / planned * 100, 1))
            )
            before = "—" if planned is None else brief(planned)
            pairs.append(
                (
                    f"{title} {unit}",
                    self.tr("预计 {0}　实测 {1}").format(before, brief(actual)) + share,
                )
            )
        if pairs:
            card = widgets.Card(
                self.tr("{0}：预计和实测").format(measure.code), icon="check", note=proof.finished
            )
            card.body.addWidget(facts(pairs))
            if proof.note:
                card.body.addWidget(widgets.label(proof.note, "note", wrap=True))
            self.view.body.addWidget(card)
        chart = ChartView(self.tr("实测占预计"))
        if chart.show_chart(lambda width: proof_chart(proofs, width)):
            chart.picked.connect(self._pick)
            card = widgets.Card(self.tr("全部做完的方案：实测 ÷ 预计"), icon="scales")
            card.body.addWidget(chart)
            self.view.body.addWidget(card)

    def _compared(
        self, measure: Measure, proof: Proof
    ) -> list[tuple[str, str, Fraction | None, Fraction]]:
        """(what, unit, predicted, measured) of everything that was measured."""
        found: list[tuple[str, str, Fraction | None, Fraction]] = []
        for stream in self.model.project.reference.streams:
            if stream.id in proof.measured:
                found.append(
                    (
                        stream.title,
                        stream.unit,
                        measure.savings.get(stream.id),
                        proof.measured[stream.id],
                    )
                )
        if proof.cost is not None:
            found.append((self.tr("投资"), self.tr("万元"), measure.cost, proof.cost))
        if proof.saving is not None:
            found.append((self.tr("一年省"), self.tr("万元"), measure.saving, proof.saving))
        return found

    def _show_all(self) -> None:
        chart = ChartView(self.tr("先做哪些"))
        measures = measures_of(self.model.project)
        if chart.show_chart(lambda width: cost_chart(measures, width)):
            chart.picked.connect(self._pick)
            card = widgets.Card(
                self.tr("先做哪些：回本快的排前面"),
                icon="money",
                note=self.tr("累计投资和累计一年省"),
            )
            card.body.addWidget(chart)
            self.view.body.addWidget(card)

    def _pick(self, key: str) -> None:
        rows = [one.row_id for one in measures_of(self.model.project)]
        if (row := key.split("/")[1]) in rows:
            self.view.list.setCurrentRow(rows.index(row))

    def focus_start(self) -> bool:
        self.view.list.setFocus()
        return True

    def status_keys(self) -> str:
        return self.tr("↑↓ 换方案 · Enter 去填数")
