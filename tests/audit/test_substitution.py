"""The comparison of two materials takes from the VOC ledger what the ledger knows."""

from fractions import Fraction

import pytest

from app.audit import measures
from app.audit.offers import offers
from app.audit.project import AuditProject
from tests.audit.test_measures import changed
from tests.helpers.forms import shipped_reference
from tests.papers.test_two_walks import walked

NAMED = {"voc.swap_now_name": "PU 面漆（双组分）", "voc.swap_new_name": "水性底漆"}
EMPTY = ("amount", "percent", "solids", "solvent")


def comparison(**ledger: str) -> AuditProject:
    """The furniture maker's comparison with the names of its ledger and nothing typed that the ledger has."""
    project = walked("furniture")
    for key, text in NAMED.items():
        project = changed(project, key, text)
    for row in EMPTY:
        project = changed(project, f"voc.swap/{row}/now", "")
    project = changed(project, "voc.swap/percent/new", "")
    for column, text in ledger.items():
        project = changed(project, f"voc.materials/r1/{column}", text)
    return project


def test_the_ledger_fills_what_is_not_typed() -> None:
    project = comparison(solids="50", thinner="40", thinner_percent="100")
    figure = project.derivation.figure
    # 16,800 kg at 520 g/L ÷ 1.0 kg/L = 52 %, and 40 kg of thinner on 100 kg
    assert figure("voc.swap_now").value == Fraction(16800) * 52 / 100 + 6720
    # solids 50 against 38 typed for the new one; its share is 90 g/L ÷ 1.05 kg/L
    amount = Fraction(16800) * 50 / 38
    assert figure("voc.swap_amount").value == amount
    assert figure("voc.swap_new").value == amount * Fraction(90) / Fraction("1.05") / 10 / 100
    assert not measures.draft(project, "voc.swap").missing
    said = figure("voc.swap_ledger").words
    assert "年用量 16,800 kg" in said
    assert "VOC 质量分数 8.6 %" in said


def test_what_is_typed_stands_over_the_ledger() -> None:
    project = changed(comparison(solids="50"), "voc.swap/solvent/now", "100")
    project = changed(project, "voc.swap/amount/now", "10000")
    assert project.derivation.figure("voc.swap_now").value == 5200 + 100


@pytest.mark.parametrize("name", ["别的漆", ""])
def test_another_name_takes_nothing_and_the_cell_is_asked_for(name: str) -> None:
    project = changed(comparison(), "voc.swap_now_name", name)
    figure = project.derivation.figure("voc.swap_now")
    assert figure.value is None
    assert "voc.swap/amount/now" in figure.missing


def test_names_the_ledger_does_not_have_say_nothing() -> None:
    project = changed(changed(comparison(), "voc.swap_now_name", "甲"), "voc.swap_new_name", "乙")
    assert not project.derivation.figure("voc.swap_ledger").words


def test_two_rows_of_one_name_are_not_guessed_between() -> None:
    project = changed(comparison(), "voc.materials/r2/name", NAMED["voc.swap_now_name"])
    assert project.derivation.figure("voc.swap_now").value is None


def test_the_ledgers_names_are_offered() -> None:
    found = offers(shipped_reference(), "voc_materials", book=walked("furniture").book)
    assert found[0].text == "PU 面漆（双组分）"
    assert "16800 kg" in found[0].detail
