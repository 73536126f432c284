"""The tree of a formula works out to the figure it belongs to: what a workbook needs to be recalculated."""

from fractions import Fraction

from app.assessment.trace import Operands, Trace
from tests.helpers.forms import printer_project, sample_project


def worked(tree: Operands) -> Fraction:
    if isinstance(tree, Fraction):
        return tree
    if isinstance(tree, Trace):
        if tree.operands is not None and tree.operands is not tree:
            return worked(tree.operands)
        assert isinstance(tree.value, Fraction)
        return tree.value
    assert tree is not None
    operator, operands = tree
    values = [worked(one) for one in operands]
    if operator in ("+", "sum"):
        return sum(values, Fraction(0))
    if operator == "neg":
        return -values[0]
    first, second = values
    if operator == "-":
        return first - second
    return first * second if operator == "*" else first / second


def test_every_figure_of_both_samples_is_its_own_tree() -> None:
    compared = 0
    for project in (sample_project(), printer_project()):
        for quantity_id, quantity in project.derivation.quantities.items():
            if quantity.rule:
                continue
            try:
                figures = [project.derivation.figure(quantity_id, year) for year in project.years]
            except Exception:  # noqa: BLE001 - a quantity of a row has no figure of its own
                continue
            for figure in figures:
                if figure.value is not None and not figure.overridden:
                    assert figure.trace.operands is not None, quantity_id
                    assert worked(figure.trace.operands) == figure.value, quantity_id
                    compared += 1
    assert compared > 100
