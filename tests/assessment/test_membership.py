"""One indicator against its thresholds: what is met, missed, or cannot be said."""

from dataclasses import replace
from fractions import Fraction

import pytest

from app.assessment.finding import Finding, Measured, Missing, NotApplicable, Reached
from app.assessment.indicator_system import (
    LEVELS,
    Benchmark,
    Direction,
    Indicator,
    Level,
    Limit,
    Linear,
    Requirement,
    Span,
)
from app.assessment.inputs import FirmInputs
from app.assessment.membership import meets, meets_levels, reached_level, threshold
from tests.helpers.systems import qualitative, quantitative

F = Fraction
T, N, X = True, False, None


def answers(
    row: Indicator, finding: Finding, inputs: FirmInputs | None = None
) -> tuple[bool | None, ...]:
    result = meets_levels(row, finding, inputs or FirmInputs())
    return tuple(result[level] for level in LEVELS)


def measured(row: Indicator, value: str) -> tuple[bool | None, ...]:
    return answers(row, Measured(F(value)))


def test_lower_and_higher_are_met_by_equality() -> None:
    lower = quantitative("x", ("8", "24", "40"))
    assert measured(lower, "8") == (T, T, T)
    assert measured(lower, "24") == (N, T, T)
    assert measured(lower, "40") == (N, N, T)
    assert measured(lower, "40.0001") == (N, N, N)
    higher = quantitative("x", ("90", "80", "75"), Direction.HIGHER)
    assert measured(higher, "80") == (N, T, T)
    assert measured(higher, "74.9") == (N, N, N)


def test_strict_thresholds_are_not_met_by_equality() -> None:
    lower = quantitative("x", ("30", "50", "80"), strict=True)
    assert measured(lower, "50") == (N, N, T)
    higher = quantitative("x", ("7000", "6000", "5000"), Direction.HIGHER, strict=True)
    assert measured(higher, "5000") == (N, N, N)


def test_both_ends_of_a_span_belong_to_the_level() -> None:
    row = replace(
        quantitative("ph", ("1", "1", "1"), Direction.RANGE),
        benchmarks={
            Level.I: Span(F(7), F(8)),
            Level.II: Span(F("6.5"), F("8.5")),
            Level.III: Span(F(6), F(9)),
        },
    )
    assert measured(row, "8") == (T, T, T)
    assert measured(row, "6.5") == (N, T, T)
    assert measured(row, "9.1") == (N, N, N)
    assert measured(replace(row, strict=True), "9") == (N, N, N)


def test_a_direction_is_never_guessed() -> None:
    row = quantitative("x", ("1", "2", "3"))
    assert measured(replace(row, direction=None), "1") == (X, X, X)
    assert measured(replace(row, direction=Direction.RANGE), "1") == (X, X, X)


def test_what_meets_a_better_level_meets_the_worse_ones_on_rows_that_do_not_nest() -> None:
    row = quantitative("x", ("10", "25", "15"))
    assert measured(row, "10") == (T, T, T)
    assert measured(row, "20") == (N, T, T)  # the print asks less of II than of III
    assert measured(row, "26") == (N, N, N)


def test_a_gap_leaves_open_only_what_it_decides() -> None:
    levels: dict[Level, Benchmark | None] = {
        Level.I: None,
        Level.II: Limit(F(20)),
        Level.III: Limit(F(30)),
    }
    row = replace(quantitative("x", ("1", "2", "3")), benchmarks=levels)
    assert measured(row, "15") == (X, T, T)
    assert measured(row, "25") == (N, N, T)
    middle = replace(row, benchmarks={**levels, Level.I: Limit(F(10)), Level.II: None})
    assert measured(middle, "10") == (T, T, T)
    assert measured(middle, "15") == (N, X, T)
    assert measured(middle, "31") == (N, N, N)
    last = replace(row, benchmarks={Level.I: Limit(F(10)), Level.II: Limit(F(20)), Level.III: None})
    assert measured(last, "25") == (N, N, X)


def test_two_level_rows_are_open_about_the_level_between() -> None:
    row = qualitative("x", benchmarks={Level.I: Requirement("甲"), Level.III: Requirement("乙")})
    assert answers(row, Reached(Level.I)) == (T, T, T)
    assert answers(row, Reached(Level.II)) == (N, T, T)
    assert answers(row, Reached(Level.III)) == (N, X, T)
    assert answers(row, Reached(Level.NONE)) == (N, N, N)


def test_a_binary_requirement_is_met_or_not() -> None:
    row = qualitative("x", binary=True)
    assert answers(row, Reached(Level.III)) == (T, T, T)
    assert answers(row, Reached(Level.NONE)) == (N, N, N)


def test_a_formula_waits_for_its_variable() -> None:
    row = replace(
        quantitative("x", ("1", "2", "3")),
        benchmarks={
            Level.I: Linear(F(10), F(5), "n"),
            Level.II: Linear(F(25), F(10), "n"),
            Level.III: Limit(F(55)),
        },
    )
    assert measured(row, "12") == (X, X, T)
    assert measured(row, "56") == (N, N, N)
    four = FirmInputs({"n": F(4)})
    assert threshold(row, Level.I, four) == 30
    assert answers(row, Measured(F(30)), four) == (T, T, T)
    assert answers(row, Measured(F(31)), four) == (N, T, T)


@pytest.mark.parametrize("finding", [Missing(), NotApplicable("没有")])
def test_silence_meets_and_misses_nothing(finding: Finding) -> None:
    assert answers(quantitative("x", ("1", "2", "3")), finding) == (X, X, X)


def test_zero_is_a_value() -> None:
    assert measured(quantitative("x", ("1", "2", "3")), "0") == (T, T, T)
    assert measured(quantitative("x", ("3", "2", "1"), Direction.HIGHER), "0") == (N, N, N)


def test_a_number_for_a_requirement_says_nothing() -> None:
    assert measured(qualitative("x"), "1") == (X, X, X)
    assert meets(qualitative("x"), Reached(Level.II), Level.II) is True


def test_the_best_level_stays_unsaid_while_a_better_one_is_open() -> None:
    assert reached_level({Level.I: X, Level.II: T, Level.III: T}) is None
    assert reached_level({Level.I: X, Level.II: T, Level.III: T}, (Level.II, Level.III)) is Level.II
    assert reached_level({Level.I: N, Level.II: N, Level.III: N}) is Level.NONE
