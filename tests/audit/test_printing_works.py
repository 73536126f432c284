"""The printing works of the samples: its VOC, packaging and materials come to the figures of the design."""

from fractions import Fraction

import pytest

from app.assessment.numbers import display
from app.forms.answer import Given, cell_key
from tests.helpers.forms import printer_project, shipped_forms

PROJECT = printer_project()

FIGURES = {
    "voc.used_amount": "43,950",
    # 9200×68% + 7100 + 5200×6.3% + 6800×2.1% + 3100×1.4% + 6300÷1.02×372÷1000 + 4450 + 1800÷0.79×786÷1000
    "voc.generated": "22,408",
    "voc.ink_low_share": "40.7",  # (6800 + 3100) ÷ (9200 + 5200 + 6800 + 3100)
    "voc.swap_amount": "8,178",  # 9200 × 32 ÷ 36
    "voc.swap_now": "13,356",  # 9200 × 68 % + 7100
    "voc.swap_new": "1,097",  # 8177.8 × 9.5 % + 320
    "voc.swap_cut": "12,259",
    "voc.swap_cut_share": "91.8",
    "voc.swap_now_fugitive": "4,355",  # 13356 × 35 % − 400
    "voc.swap_now_removed": "6,945",  # 13356 × 65 % × 80 %
    "voc.swap_now_air": "6,091",  # 13356 − 6945 − 400
    "voc.swap_new_air": "482",
    "voc.swap_cost_now": "71.26",
    "voc.swap_cost_new": "62.13",
    "voc.swap_saving": "9.13",
    "packaging.one_way": "130,535",  # 201235 − 70700
    "packaging.per_output": "92.7",  # 130535 ÷ 1408.8
    "packaging.reuse": "35.1",  # 70700 ÷ 201235
    "packaging.cost": "79.53",
    "packaging.break_even": "19.4",  # 68 ÷ (5.4 − 1.9)
}


@pytest.mark.parametrize(("name", "shown"), FIGURES.items())
def test_figure(name: str, shown: str) -> None:
    figure = PROJECT.derivation.figure(name)
    assert figure.value is not None
    assert display(figure.value, figure.decimals) == shown


@pytest.mark.parametrize("name", [name for name in FIGURES if name.startswith("voc.swap")])
def test_a_comparison_is_of_one_year_only(name: str) -> None:
    earlier = PROJECT.derivation.figure(name, 2024)
    assert earlier.value is None
    assert earlier.not_applicable == "只有基准年的数"


def test_the_difference_of_the_cartons_stays() -> None:
    summary = PROJECT.derivation.figure("balance.material_summary")
    assert "占投入 0.48%" in summary.words
    assert "进产品 82.43%" in summary.words


def test_each_material_is_judged_or_says_why_not() -> None:
    said = {
        row: PROJECT.derivation.cell("voc.materials", row, "verdict").words
        for row in PROJECT.book.row_ids("voc.materials")
    }
    assert said == {
        "r1": "超 6.94 个百分点（待核）",  # （68 × 100 + 100 × 77.2）÷ 177.2 = 81.94 %
        "r2": "无限值",
        "r3": "超 1.3 个百分点（待核）",
        "r4": "没超（待核）",
        "r5": "没超（待核）",
        "r6": "不能判定",  # thinned, and its limit is by volume
        "r7": "无限值",
        "r8": "没超（待核）",
    }
    reason = PROJECT.derivation.cell("voc.materials", "r1", "verdict").trace.note
    assert "抄自转录件" in reason


def test_what_was_ticked_low_agrees_with_the_standards() -> None:
    for row in PROJECT.book.row_ids("voc.materials"):
        rule = PROJECT.derivation.cell("voc.materials", row, "low_rule").words
        ticked = PROJECT.book.text(cell_key("voc.materials", row, "low"))
        assert (ticked == "yes") == rule.startswith("是"), row


def test_packaging_balances_but_for_two_explained_differences() -> None:
    gaps = {
        row: PROJECT.derivation.cell("packaging.list", row, "gap").value
        for row in PROJECT.book.row_ids("packaging.list")
    }
    assert {row: gap for row, gap in gaps.items() if gap} == {
        "r1": Fraction(200),
        "r6": Fraction(15),
    }
    for row in ("r1", "r6"):
        counted = PROJECT.book.get(cell_key("packaging.list", row, "closing"))
        assert isinstance(counted, Given)
        assert counted.note == "盘点差"


def test_no_system_is_claimed_for_it() -> None:
    assert PROJECT.system is None
    assert shipped_forms().samples["huichuan"].system_id == ""
