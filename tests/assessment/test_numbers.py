"""Exact numbers in and out, and rounding for the eye."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assessment.numbers import (
    brief,
    display,
    fraction_text,
    parse_exact,
    round_half_up,
    total,
)

F = Fraction


@pytest.mark.parametrize(
    ("text", "value"),
    [("0.1", F(1, 10)), ("250/7", F(250, 7)), ("−3", F(-3)), (" +4 ", F(4)), ("1200", F(1200))],
)
def test_plain_numbers_are_read_exactly(text: str, value: Fraction) -> None:
    assert parse_exact(text) == value


@pytest.mark.parametrize(
    "text", ["", "1,000", "1e3", "5%", "1/0", "1.", ".5", "１２", "nan", "1/2/3"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_exact(text)


@given(st.fractions())
def test_text_reads_back(value: Fraction) -> None:
    assert parse_exact(fraction_text(value)) == value


@pytest.mark.parametrize(
    ("value", "places", "rounded"),
    [(F(1, 8), 2, "0.13"), (F(-1, 8), 2, "-0.13"), (F(-1, 1000), 2, "0.00"), (F(7, 2), 0, "4")],
)
def test_halves_go_away_from_zero(value: Fraction, places: int, rounded: str) -> None:
    assert str(round_half_up(value, places)) == rounded


def test_rounding_is_exact_for_numbers_a_float_cannot_hold() -> None:
    assert round_half_up(F("0.005"), 2) == Decimal("0.01")
    assert round_half_up(F(10**30 + 1, 2), 0) == Decimal(5 * 10**29 + 1)


def test_display_groups_thousands_and_writes_a_true_minus() -> None:
    assert display(F("1234567.5"), 2) == "1,234,567.50"
    assert display(F(-1234), 0) == "−1,234"
    assert display(F(1234), 0, grouping=False) == "1234"


def test_brief_is_exact_where_it_can_be() -> None:
    assert brief(F("0.125")) == "0.125"
    assert brief(F(2, 3)) == "0.6667"
    assert brief(F(100)) == "100"


@given(st.lists(st.fractions(max_denominator=1000)))
def test_total_is_the_sum(values: list[Fraction]) -> None:
    assert total(values) == sum(values, F(0))
