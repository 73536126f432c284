"""The tree of a formula works out to the figure it belongs to: what a workbook needs to be recalculated."""

from fractions import Fraction

from app.assessment.trace import Operands, Trace
from tests.helpers.forms import printer_project, sample_project


def worked(tree: Operands) -> Fraction:
    match tree:
        case Fraction():
            return tree
        case Trace(value=value, operands=None):
            assert isinstance(value, Fraction)
            return value
        case Trace(operands=operands):
            return worked(operands)
        case (operator, operands):
            values = [worked(one) for one in operands]
            match operator:
                case "+" | "sum":
                    return sum(values, Fraction(0))
                case "-":
                    return values[0] - values[1]
                case "*":
                    return values[0] * values[1]
                case "/":
                    return values[0] / values[1]
                case "neg":
                    return -values[0]
    raise AssertionError(tree)


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
