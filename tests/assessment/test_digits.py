"""Figures just beyond a threshold show why, in the window and on paper alike; nothing else gets more digits."""

from fractions import Fraction

import pytest

from app.assessment.engine import assess
from app.assessment.finding import Measured
from app.assessment.indicator_system import (
    Direction,
    Indicator,
    IndicatorKind,
    Level,
    Limit,
)
from app.assessment.numbers import index_text, places_apart
from app.assessment.plausible import odd_input
from app.assessment.result import Interval
from app.audit.wording import finding_text, gap_text, threshold_text
from app.forms.parse import parse_answer
from app.forms.question import Question, QuestionKind
from app.papers.chapters.judgements import index_amount, value_cell
from tests.helpers.systems import READ, category, quantitative, system


def shown(value: str, direction: Direction = Direction.LOWER) -> tuple[str, str, str]:
    row = quantitative("w", ["5", "6", "7"], direction, Fraction(1))
    made = system(category("c", Fraction(1), row))
    judged = assess(made, "t", {"w": Measured(Fraction(value))}).judgement("w")
    return (
        finding_text(judged.finding, judged.places),
        gap_text(row, judged, Level.I),
        str(value_cell(judged, made)),
    )


@pytest.mark.parametrize(
    ("value", "says", "gap"),
    [
        ("5.00000000000001", "5.00000000000001", "还差 0.00000000000001"),
        ("5.004", "5.004", "还差 0.004"),
        ("4.999", "4.999", ""),
        ("5", "5.00", ""),
        ("5.01", "5.01", "还差 0.01"),
        ("5.123456", "5.12", "还差 0.12"),
        ("6.0000001", "6.0000001", "还差 1.0000001"),
    ],
)
def test_a_value_shows_on_which_side_of_a_threshold_it_lies(
    value: str, says: str, gap: str
) -> None:
    assert shown(value) == (says, gap, says)


def test_the_same_holds_for_what_is_better_high() -> None:
    assert shown("4.99999", Direction.HIGHER)[0] == "4.99999"


def test_an_index_is_never_rounded_onto_what_is_asked() -> None:
    assert index_text(Fraction("84.9999")) == "84.9999"
    assert index_text(Fraction("85")) == "85.00"
    assert index_text(Fraction("85.004")) == "85.004"
    assert index_text(Fraction("86.804")) == "86.80"
    interval = Interval(Fraction("84.9999"), Fraction("84.9999"))
    assert str(index_amount(Level.II, interval)) == "84.9999"


def test_places_end_somewhere() -> None:
    assert places_apart(Fraction(5) + Fraction(1, 10**60), (Fraction(5),)) < 40


def test_a_binary_row_names_its_one_requirement_at_every_level() -> None:
    row = Indicator(
        id="w", name="取水量", kind=IndicatorKind.QUANTITATIVE, benchmarks={Level.I: Limit(Fraction(5))},
        provenance=READ, unit="m3/t", direction=Direction.LOWER, limiting=True, binary=True,
    )  # fmt: skip
    assert [threshold_text(row, level) for level in (Level.I, Level.II, Level.III)] == ["≤ 5"] * 3


@pytest.mark.parametrize(
    ("meaning", "value", "signed", "odd"),
    [
        ("水泥中熟料比例减 75 的百分点数（低于 75% 为负）", "980", True, "-75 到 25"),
        ("水泥中熟料比例减 75 的百分点数（低于 75% 为负）", "-80", True, "-75 到 25"),
        ("水泥中熟料比例减 75 的百分点数（低于 75% 为负）", "25", True, ""),
        ("掺量的百分点", "101", False, "0 到 100"),
        ("层数", "-2", False, "负数"),
        ("层数", "12", False, ""),
    ],
)
def test_implausible_numbers_beside_the_rows_are_asked(
    meaning: str, value: str, signed: bool, odd: str
) -> None:
    found = odd_input(meaning, Fraction(value), signed=signed)
    assert (found is None) is (odd == "")
    assert odd == "" or odd in found.text.replace("−", "-")  # type: ignore[union-attr]


def test_units_in_messages_are_printed_as_on_paper() -> None:
    question = Question("q", "数", QuestionKind.NUMBER, unit="kg/t")
    problem = parse_answer(question, "5 m^3").problem
    assert problem is not None
    assert "写的是 m³" in str(problem)
    assert "^" not in str(problem)
