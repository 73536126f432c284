"""An own system tied to the bills: a row takes its value from a quantity the user chose, in its own unit, with its trace."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from app.assessment.finding import Measured, Missing
from app.assessment.indicator_system import IndicatorSystem
from app.assessment.trace import Trace
from app.audit.findings import assess_project, found_indicators
from app.audit.own_ties import TAKES, fitting, whole_quantities, with_own_ties
from app.audit.project import AuditProject, build_project
from app.exchange.system_import import read_system_workbook
from app.exchange.system_workbook import write_system
from app.services.system_editing import tie_row
from tests.helpers.forms import (
    sample_book,
    shipped_forms,
    shipped_reference,
    shipped_rules,
)
from tests.helpers.systems import category, quantitative, system

F = Fraction


def own(**ties: str) -> IndicatorSystem:
    """Two rows as somebody typed them in: water per area in L/m² and energy per value in tce/万元."""
    half = F(1, 2)
    water = replace(quantitative("water", ("8", "24", "40"), weight=half), unit="L/m2")
    energy = replace(quantitative("energy", ("8", "24", "40"), weight=half), unit="tce/wan-yuan")
    made = system(category("c", F(1), water, energy))
    for row, quantity in ties.items():
        made = tie_row(made, made.tables[0].id, row, quantity)
    return made


def project(made: IndicatorSystem) -> AuditProject:
    forms = shipped_forms()
    return build_project(
        sample_book(),
        forms.questionnaires["industry"],
        forms.quantities,
        forms.factors,
        system=made,
        system_hash="own",
        table_id=made.tables[0].id,
        derivation_map=with_own_ties(None, made, forms.quantities),
        rules=shipped_rules(),
        law=shipped_reference().law,
        reference=shipped_reference(),
    )


def leaves(trace: Trace) -> list[Trace]:
    return [one for child in trace.children for one in leaves(child)] if trace.children else [trace]


def test_the_value_comes_from_the_bills_in_the_unit_of_the_row() -> None:
    made = project(own(water="water.per_area", energy="energy.per_value"))
    found = found_indicators(made)
    per_area = made.derivation.figure("water.per_area")
    per_value = made.derivation.figure("energy.per_value")
    assert per_area.value is not None
    assert per_value.value is not None
    assert found["water"].finding == Measured(per_area.value * 1000)  # m³/m² -> L/m²
    assert found["energy"].finding == Measured(per_value.value)
    assert any("water.bills" in one.key for one in leaves(found["water"].trace))
    assert "×" in found["water"].trace.formula
    judged = assess_project(made).judgement("water")
    assert judged.state == "measured"


def test_without_a_tie_the_row_is_answered_directly() -> None:
    assert found_indicators(project(own()))["water"].finding == Missing()


@pytest.mark.parametrize("quantity", ["no.such", "energy.total", "voc.rate_rule", ""])
def test_what_does_not_fit_is_no_tie(quantity: str) -> None:
    made = own(water=quantity)
    assert with_own_ties(None, made, shipped_forms().quantities) is None
    assert found_indicators(project(made))["water"].finding == Missing()


def test_offered_is_what_has_such_a_unit_and_is_one_figure() -> None:
    forms = shipped_forms()
    whole = whole_quantities(forms.quantities, forms.questionnaires.values())
    row = replace(own().tables[0].categories[0].indicators[0], name="单位镀件面积取水量")
    offered = [one.id for one in fitting(row, whole)]
    assert "water.per_area" in offered
    assert "energy.per_value" not in offered
    assert "plating.deposited" not in {one.id for one in whole}  # of a row of a table


def test_a_tie_goes_with_the_workbook(tmp_path: Path) -> None:
    made = own(water="water.per_area")
    write_system(made, tmp_path / "own.xlsx")
    back = read_system_workbook(tmp_path / "own.xlsx").system
    row = next(iter(back.tables[0].indicators()))
    assert row.extras[TAKES] == "water.per_area"
