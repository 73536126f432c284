"""The sample shop carried to its end: promise and proof, the results table, the level afterwards by rule."""

from fractions import Fraction

import pytest

from app.assessment.finding import NotApplicable
from app.assessment.indicator_system import Level
from app.audit.project import AuditProject
from app.forms.answer import MISSING, Change, Given, apply
from app.measures.economics import Economics
from app.measures.model import measures_of
from app.measures.owner import owner_page, surpluses
from app.measures.results import (
    PERFORMANCE,
    afterwards,
    economics_of,
    performance,
    problems_of_results,
    proofs_of,
    reductions,
    settings_of,
    together,
)
from app.papers.chapters.implementation import plan
from app.papers.chapters.options import options
from app.papers.document import Amount, RowKind, Table, cell_text
from tests.helpers.forms import printer_project, sample_project, shipped_forms


def finished(**changed: str) -> AuditProject:
    """The sample afterwards; changed: cells by `table/row/column` with / as __."""
    book = shipped_forms().samples["chengling"].finished()
    changes = tuple(
        Change(key.replace("__", "/"), MISSING, Given(text) if text else MISSING)
        for key, text in changed.items()
    )
    return sample_project(apply(book, changes))


def test_before_and_after_by_rule() -> None:
    before, after = sample_project(), afterwards(finished())
    assert after.assessment is not None
    assert after.assessment.level is Level.II
    index = {level.code: interval.low for level, interval in after.assessment.index_range.items()}
    assert index == {"I": Fraction("43.65"), "II": Fraction("86.8"), "III": 100}
    assert (
        round(float(after.project.derivation.figure("plating.rinse_per_area").value or 0), 2)
        == 23.36
    )
    assert [one.code for one in after.unmeasured] == ["WD1"], "done and not measured counts nothing"
    assert afterwards(before).counted == (), "before anything is measured nothing is taken"


def test_what_is_measured_decides_not_what_was_promised() -> None:
    # 41,600 - 10,000 m³ over 1,308,000 m²: 24.16 L/m², above the 24 of level Ⅱ
    short = finished(**{"measures.results__ZG1__rinse": "10000"})
    after = afterwards(short)
    assert after.assessment is not None
    assert after.assessment.level is Level.III


def test_the_results_table_has_its_twenty_one_columns() -> None:
    table = performance(finished())
    assert len(PERFORMANCE) == 21
    # WD9 is still an idea: nobody is going to carry it out.
    assert [row.texts["number"] for row in table.rows] == [
        "WD1", "WD2", "WD3", "WD4", "WD5", "WD7", "WD8", "ZG1", "ZG2", "ZG3", "ZG4",
    ]  # fmt: skip
    assert (table.low, table.high) == (7, 4)
    for column, total in table.totals.items():
        assert total == sum(row.values.get(column, 0) for row in table.rows)
    led = next(row for row in table.rows if row.texts["number"] == "WD4")
    assert led.is_measured
    assert led.values["electricity"] == Fraction("4.79")
    assert led.values["tce"] == 47900 * Fraction("0.1229") / 1000
    plan = performance(sample_project())
    assert not any(row.is_measured for row in plan.rows)
    assert plan.totals["cost"] == Fraction("120.5")
    assert plan.totals["saving"] == Fraction("50.57")
    assert len(performance(finished(), only_done=True).rows) == 9


def test_ratios_of_promise_and_proof() -> None:
    ratios = {one.measure.code: one for one in proofs_of(finished())}
    assert ratios["WD4"].ratio("electricity") == Fraction(47900, 46500)
    assert ratios["ZG1"].ratio("rinse") == Fraction(11050, 11600)
    assert ratios["ZG3"].ratio("electricity") is None


def test_reductions_are_not_counted_twice() -> None:
    found = {one.id: one for one in reductions(finished(), measured=True)}
    assert found["water"].added == 12960
    assert found["electricity"].added == found["electricity"].together == Fraction("9.29")
    predicted = {one.id: one for one in reductions(sample_project(), measured=False)}
    assert predicted["water"].added == 11600 + 900 + 1100


def test_the_plant_stands_beside_the_sum() -> None:
    derivation = finished().derivation
    assert derivation.cell("after.plant", "electricity", "before").value == 1862400
    change = derivation.cell("after.plant", "electricity", "change").value
    assert change == Fraction(1862400 * 269700, 268000) - 1805000
    assert derivation.cell("after.plant", "electricity", "sum").value == 92900
    assert derivation.cell("after.plant", "gas", "sum").value is None


def test_targets_are_reached_or_said() -> None:
    derivation = finished().derivation
    assert (
        derivation.cell("targets.done", "r1", "rate").value
        == Fraction(3180 - 2336, 3180 - 2400) * 100
    )
    assert derivation.cell("targets.done", "r2", "verdict").words == "完成"
    assert derivation.cell("targets.done", "r4", "rate").value == 75
    assert derivation.cell("targets.done", "r4", "verdict").words == "没完成"
    same = finished(**{"targets.list__r1__near": "31.80"})
    assert "目标和现状一样" in same.derivation.cell("targets.done", "r1", "rate").not_applicable


@pytest.mark.parametrize(
    ("key", "text", "words"),
    [
        ("measures.results__WD3__finished", "2026-05-01", "在审核开始"),
        ("measures.results__WD3__started", "2026-12-01", "投用在开工之前"),
        ("measures.results__WD7__note", "", "不到预计的九成"),
        ("measures.results__WD5__proof", "", ""),
    ],
)
def test_what_cannot_be_right_is_said(key: str, text: str, words: str) -> None:
    assert problems_of_results(finished()) == ()
    said = "；".join(str(one) for one in problems_of_results(finished(**{key: text})))
    assert words in said


def test_economics_of_a_row_and_of_several() -> None:
    project = finished()
    by_code = {one.code: one for one in measures_of(project)}
    one = economics_of(project, by_code["ZG1"])
    assert isinstance(one, Economics)
    assert round(float(one.N or 0), 2) == 1.18
    both = together(project, [by_code["ZG1"], by_code["ZG2"]])
    assert isinstance(both, Economics)
    assert round(float(both.N or 0), 2) == 1.86
    settings = settings_of(project)
    assert settings is not None
    assert len(settings.said) == 2, "defaults nobody set are named"
    own = settings_of(finished(**{"measures.tax": "high_tech", "measures.discount": "6"}))
    assert own is not None
    assert (own.tax_rate, own.discount_rate) == (Fraction(15, 100), Fraction(6, 100))
    assert not own.said


def test_a_row_that_cannot_be_reckoned_says_why() -> None:
    project = finished(**{"measures.list__ZG1__cost": "", "measures.list__ZG2__saving": "0"})
    by_name = {one.name: one for one in measures_of(project)}
    missing = economics_of(project, by_name["清洗线改三级逆流漂洗"])
    assert isinstance(missing, tuple)
    assert "还没填" in str(missing[0])
    nothing = economics_of(project, by_name["镀镍线加在线离子交换回收"])
    assert isinstance(nothing, tuple)
    assert "年效益是 0" in str(nothing[0])


def test_a_class_its_amount_contradicts_is_said() -> None:
    project = finished(**{"measures.list__WD3__cost": "40"})
    cell = project.derivation.cell("measures.list", "WD3", "cost_class")
    assert cell.words == "中费，和「无低费」不一致"
    wider = finished(**{"measures.list__WD3__cost": "40", "measures.low_below": "50"})
    assert wider.derivation.cell("measures.list", "WD3", "cost_class").words == "低费"


def test_the_paper_says_the_class_of_the_amount_and_not_what_to_click() -> None:
    project = finished(**{"measures.list__WD3__cost": "40"})
    said = str(options(project))
    assert "不一致" not in said
    assert "要不要花钱" not in said


def test_sums_of_every_table_are_those_of_what_is_printed() -> None:
    project = finished(
        **{"measures.list__ZG1__cost": "26.005", "measures.list__ZG2__cost": "18.005"}
    )
    planned = plan(project)[-1]
    listed = options(project)[-1]
    for table, column in ((planned, 4), (listed, 4)):
        assert isinstance(table, Table)
        rows = [row for row in table.rows if row.kind is not RowKind.GROUP]
        *cells, total = [row.cells[column] for row in rows]
        printed = [Fraction(cell_text(cell)) for cell in cells if isinstance(cell, Amount)]
        assert len(printed) > 1
        assert Fraction(cell_text(total)) == sum(printed)


def test_the_owners_page() -> None:
    page = owner_page(sample_project())
    lines = {one.title: one.yuan for one in page.bought}
    assert lines["买了没镀上去的镍"] == (12845 - Fraction("10712.04")) * 128
    done = {one.code for one in page.done}
    assert len(done) == 5
    assert [one.code for one, _ in page.best] == ["WD1", "ZG1", "ZG2", "ZG4", "ZG3"], "still to do"
    assert [one.code for one in page.ideas] == ["WD9"], "nobody decided on it: not in the sums"


def test_surplus_cuts_need_a_measured_cut() -> None:
    assert surpluses(finished()) == ()
    with_voc = finished(**{"measures.results__WD8__voc": "400"})
    (found,) = surpluses(with_voc)
    assert found.pollutant == "VOCs"
    assert found.cut == Fraction("0.4")
    assert found.after == Fraction("0.999")
    assert found.surplus == Fraction("1.401")


def test_the_printer_says_only_what_its_tables_carry() -> None:
    project = printer_project()
    table = performance(project)
    swap = next(row for row in table.rows if row.key == "voc_swap")
    assert swap.values["voc"] == Fraction("5609.37") / 1000
    assert afterwards(project).assessment is None
    assert owner_page(project).bought
    not_said = apply(
        project.book, (Change("measures.list/r1/cost", MISSING, NotApplicable("不花钱")),)
    )
    assert measures_of(printer_project(not_said))[0].cost == 0
