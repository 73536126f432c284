"""Each family worked out a second time, in a few plain lines that share nothing with the engine, on random documents."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import count, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.assessment.energy_quota import quota_outcomes
from app.assessment.engine import assess
from app.assessment.finding import Finding, Measured, Missing, NotApplicable, Reached
from app.assessment.indicator_system import (
    LEVELS,
    Benchmark,
    Direction,
    DocumentKind,
    Family,
    Indicator,
    IndicatorSystem,
    Level,
    LevelRule,
    Limit,
    Method,
    Modifier,
    ModifierKind,
    NotApplicableRule,
    ShareRule,
    WeightShare,
)
from app.assessment.inputs import FirmInputs
from tests.helpers.systems import READ, RULES, category, qualitative, quantitative, system

F = Fraction
NA = NotApplicable("没有")
INF = None  # a ratio above every cap


# ------------------------------------------------------------------------------------------------ p-index


@dataclass(frozen=True)
class Line:
    """points; base and direction of a ratio, None for a requirement. said: a value, True/False, "na" or "open"."""

    points: int
    base: int | None
    higher: bool
    said: Fraction | bool | str


@dataclass(frozen=True)
class Book:
    """Items of the two parts: points of the item and its lines."""

    parts: tuple[tuple[tuple[int, tuple[Line, ...]], ...], tuple[tuple[int, tuple[Line, ...]], ...]]
    cap: str


def lines(draw: st.DrawFn, is_ratio: bool) -> Line:
    said: list[object] = ["na", "open", "open", True, False]
    if is_ratio:
        said = ["na", "open", "open", F(0), *(F(n, 2) for n in (1, 3, 8, 21))]
    return Line(
        draw(st.integers(1, 6)),
        draw(st.integers(1, 9)) if is_ratio else None,
        draw(st.booleans()),
        draw(st.sampled_from(said)),  # type: ignore[arg-type]
    )


@st.composite
def books(draw: st.DrawFn) -> Book:
    parts = []
    for is_requirement in (False, True):
        items = []
        for _ in range(draw(st.integers(0 if is_requirement else 1, 2))):
            mixed = draw(st.integers(0, 4)) == 0
            found = tuple(
                lines(draw, draw(st.booleans()) if mixed else not is_requirement)
                for _ in range(draw(st.integers(1, 3)))
            )
            items.append((draw(st.sampled_from([sum(one.points for one in found), 20])), found))
        parts.append(tuple(items))
    open_lines = [one for part in parts for _, found in part for one in found if one.said == "open"]
    if len(open_lines) > 4:
        return draw(books())
    return Book((parts[0], parts[1]), draw(st.sampled_from(["", "k/m", "1.2", "0.8"])))


def document(book: Book) -> tuple[IndicatorSystem, dict[str, Finding]]:
    names = (f"i{number}" for number in count())
    findings: dict[str, Finding] = {}
    categories = []
    for is_requirement, items in zip((False, True), book.parts, strict=True):
        for place, (points, found) in enumerate(items):
            rows: list[Indicator] = []
            for line in found:
                name = next(names)
                direction = Direction.HIGHER if line.higher else Direction.LOWER
                if line.base is None:
                    row = qualitative(name, binary=True)
                else:
                    row = quantitative(name, ("1", "1", "1"), direction)
                    row = replace(row, benchmarks={}, base=F(line.base))
                rows.append(replace(row, points=F(line.points)))
                match line.said:
                    case "na":
                        findings[name] = NA
                    case "open":
                        findings[name] = Missing()
                    case bool():
                        findings[name] = Reached(Level.I if line.said else Level.NONE)
                    case Fraction():
                        findings[name] = Measured(line.said)
                    case _:
                        raise AssertionError(line)
            made = category(f"c{int(is_requirement)}{place}", None, *rows, points=F(points))
            categories.append(replace(made, qualitative_part=is_requirement))
    rules = (LevelRule(Level.I, "先进", F(90)), LevelRule(Level.II, "一般", F(70)))
    method = Method(
        Family.P_INDEX,
        rules,
        READ,
        not_applicable=NotApplicableRule.REPAIR_POINTS,
        quantitative_share=F("0.6"),
        qualitative_share=F("0.4"),
        ratio_cap=book.cap,
    )
    return system(*categories, method=method), findings


def ratio(line: Line, said: object, assessed: int, points: int, cap: str) -> Fraction | None:
    """S of one line under the cap; None above everything."""
    if line.base is None:
        return F(int(said is not False and said != "worst"))
    limit = None if not cap else F(points, assessed) if cap == "k/m" else F(cap)
    if said == "worst":
        return F(0)
    if said == "best" or (said == 0 and not line.higher):
        return limit
    assert isinstance(said, Fraction)
    plain = said / line.base if line.higher else line.base / said
    return plain if limit is None else min(plain, limit)


def p_of(book: Book, said: Sequence[object]) -> Fraction | None:
    """P of a whole set of answers; None when a ratio has no end. Raises ZeroDivisionError when nothing applies."""
    answers = iter(said)
    scores: list[tuple[Fraction, bool, bool]] = []
    endless = False
    for items in book.parts:
        earned = here = whole = F(0)
        for points, found in items:
            whole += points
            told = [(line, next(answers)) for line in found]
            present = [(line, one) for line, one in told if one != "na"]
            if not present:
                continue
            here += points
            got = F(0)
            for line, one in present:
                s = ratio(line, one, len(present), points, book.cap)
                endless |= s is None
                got += line.points * (s or F(0))
            earned += points * got / sum(line.points for line, _ in present)
        scores.append((earned * whole / here if here else F(0), bool(here), bool(items)))
    if endless:
        return None
    (first, is_first, _), (second, is_second, has_second) = scores
    if is_first and (is_second or not has_second):
        return F("0.6") * first + F("0.4") * second
    if is_first or is_second:
        return first if is_first else second
    raise ZeroDivisionError


def ways(book: Book) -> Iterator[list[object]]:
    """Every way the open lines may turn out at their extremes, or not apply."""
    said = [line.said for part in book.parts for _, found in part for line in found]
    places = [place for place, one in enumerate(said) if one == "open"]
    for choice in product(("best", "worst", "na"), repeat=len(places)):
        whole: list[object] = list(said)
        for place, one in zip(places, choice, strict=True):
            whole[place] = one
        yield whole


@given(books())
@settings(max_examples=150, deadline=None)
def test_p_is_the_plain_formula_at_the_extremes_of_what_is_open(book: Book) -> None:
    made, findings = document(book)
    result = assess(made, "t", findings)
    found: list[Fraction | None] = []
    for said in ways(book):
        try:
            found.append(p_of(book, said))
        except ZeroDivisionError:
            continue
    if not found:
        assert result.level_range is None
        return
    score = result.scores["P"]
    if None in found:
        assert score.high is None
    else:
        known = [one for one in found if one is not None]
        assert score.high == max(known)
    lowest = [one for one in found if one is not None]
    if lowest:
        assert score.low == min(lowest)


@pytest.mark.parametrize("cap", ["", "k/m", "1.2"])
@pytest.mark.parametrize("mixed", [False, True])
def test_a_thousand_open_rows_have_a_range(cap: str, mixed: bool) -> None:
    """What grew with the square took 12 s here; tests/bench holds the time."""
    found = tuple(
        Line(1 + place % 7, None if mixed and place % 2 else 5, False, "open")
        for place in range(1024)
    )
    made, findings = document(Book((((5000, found),), ()), cap))
    score = assess(made, "t", findings).scores["P"]
    assert score.low == 0
    assert (score.high is None) == (not cap)


# ------------------------------------------------------------------------------------------------ points


@given(
    st.lists(
        st.tuples(
            st.lists(
                st.tuples(st.integers(1, 9), st.sampled_from(["yes", "no", "na", "open", "over", "under"])),
                min_size=1, max_size=3,
            ),
            st.sampled_from([None, 20]),
        ),
        min_size=1, max_size=3,
    ),
    st.booleans(),
)  # fmt: skip
@settings(max_examples=100, deadline=None)
def test_points_are_the_plain_sum(
    items: list[tuple[list[tuple[int, str]], int | None]], repairs: bool
) -> None:
    findings: dict[str, Finding] = {}
    categories = []
    low = high = here = whole = F(0)
    for place, (found, printed) in enumerate(items):
        rows = []
        for number, (points, said) in enumerate(found):
            name = f"r{place}{number}"
            if said in ("over", "under"):  # one limit, at the best level only
                row = replace(
                    quantitative(name, ("5", "5", "5")), benchmarks={Level.I: Limit(F(5))}
                )
                findings[name] = Measured(F(6 if said == "over" else 4))
            else:
                row = qualitative(name)
                said_of: dict[str, Finding] = {
                    "yes": Reached(Level.I), "no": Reached(Level.NONE), "na": NA, "open": Missing(),
                }  # fmt: skip
                findings[name] = said_of[said]
            rows.append(replace(row, points=F(points)))
        categories.append(
            category(f"c{place}", None, *rows, points=None if printed is None else F(printed))
        )
        size = F(printed or sum(points for points, _ in found))
        assessed = sum(points for points, said in found if said != "na")
        whole += size
        if not assessed:
            continue
        here += size
        factor = size / assessed if repairs else F(1)
        low += factor * sum(points for points, said in found if said in ("yes", "under"))
        high += factor * sum(points for points, said in found if said in ("yes", "under", "open"))
    rule = NotApplicableRule.REPAIR_POINTS if repairs else NotApplicableRule.NOT_COUNTED
    rules = (LevelRule(Level.I, "优", F(90)), LevelRule(Level.II, "良", F(70)))
    method = Method(Family.POINTS, rules, READ, not_applicable=rule)
    result = assess(system(*categories, method=method), "t", findings)
    if not here:
        assert result.scores == {}
        return
    spread = whole / here if repairs else F(1)
    score = result.scores["points"]
    assert (score.low, score.high) == (low * spread, high * spread)
    assert result.level_range == (_points_level(score.high), _points_level(score.low))


def _points_level(points: Fraction | None) -> Level:
    assert points is not None
    return Level.I if points >= 90 else Level.II if points >= 70 else Level.NONE


# ------------------------------------------------------------------------------------------------ level-index


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_levels_by_values_corrections_and_rows_without_a_level(data: st.DataObject) -> None:
    """Known weights, everything answered; thresholds with corrections, in both directions, single for all levels, or with
    the best level not printed."""
    draw = data.draw
    sizes = draw(st.lists(st.integers(1, 3), min_size=1, max_size=3))
    outer = _parts(draw(st.lists(st.integers(1, 5), min_size=len(sizes), max_size=len(sizes))))
    findings: dict[str, Finding] = {}
    reached: dict[str, int] = {}
    shares: dict[str, Fraction] = {}
    limiting: dict[str, bool] = {}
    categories = []
    inputs = {"k": F(draw(st.integers(-2, 2))), "f": F(draw(st.integers(1, 3)), 2)}
    for place, (size, w) in enumerate(zip(sizes, outer, strict=True)):
        inner = _parts(draw(st.lists(st.integers(1, 5), min_size=size, max_size=size)))
        rows = []
        for number, omega in enumerate(inner):
            name = f"r{place}{number}"
            higher = draw(st.booleans())
            start, step = draw(st.integers(10, 20)), draw(st.integers(1, 3))
            limits = [start + (-step if higher else step) * i for i in range(3)]
            kind = draw(st.sampled_from(["plain", "corrected", "binary", "no-first"]))
            benchmarks: dict[Level, Benchmark | None] = {
                level: Limit(F(limit)) for level, limit in zip(LEVELS, limits, strict=True)
            }
            modifiers: tuple[Modifier, ...] = ()
            asked: list[Fraction | None] = [F(limit) for limit in limits]
            if kind == "corrected":
                modifiers = (
                    Modifier(ModifierKind.ADD, "k", "增减"),
                    Modifier(ModifierKind.MULTIPLY, "f", "系数", levels=(Level.III,)),
                )
                asked = [F(limit) + inputs["k"] for limit in limits]
                assert asked[2] is not None
                asked[2] *= inputs["f"]
            if kind == "binary":
                benchmarks = {Level.II: Limit(F(limits[1]))}
                asked = [F(limits[1])] * 3
            if kind == "no-first":
                del benchmarks[Level.I]
                asked[0] = None
            value = F(draw(st.integers(0, 60)), 2)
            satisfied = [
                one is not None and (value >= one if higher else value <= one) for one in asked
            ]
            reached[name] = satisfied.index(True) + 1 if True in satisfied else 4
            findings[name] = Measured(value)
            limiting[name] = draw(st.booleans())
            shares[name] = 100 * w * omega
            row = quantitative(
                name,
                ("1", "1", "1"),
                Direction.HIGHER if higher else Direction.LOWER,
                omega,
                limiting[name],
            )
            rows.append(
                replace(row, benchmarks=benchmarks, modifiers=modifiers, binary=kind == "binary")
            )
        categories.append(category(f"c{place}", w, *rows))
    made = system(*categories, method=Method(Family.LEVEL_INDEX, RULES, READ))
    result = assess(made, "t", findings, FirmInputs(inputs))
    y = {
        level: sum((share for name, share in shares.items() if reached[name] <= level), F(0))
        for level in LEVELS
    }
    assert dict(result.index) == y
    expected = Level.NONE
    for rule in reversed(RULES):
        fits = all(reached[name] <= rule.level for name, limits in limiting.items() if limits)
        if y[rule.level] >= (rule.min_index or 0) and fits:
            expected = rule.level
    assert result.level is expected


def _parts(numbers: Sequence[int]) -> list[Fraction]:
    return [F(number, sum(numbers)) for number in numbers]


@given(st.fractions(0, 4), st.fractions(0, 4), st.fractions("0.01", 0.99), st.integers(1, 9))
@settings(max_examples=60, deadline=None)
def test_no_output_gives_a_level_outside_the_range_of_the_open_output(
    x: Fraction, y: Fraction, bonus: Fraction, output: int
) -> None:
    """Open outputs move every index at once, and a bonus fills them: the range is never too narrow."""
    share = WeightShare(F(1), ShareRule.OUTPUT, "g")
    rows = [replace(quantitative(name, ("1", "2", "3")), share=share) for name in ("x", "y", "m")]
    extra = category("b", bonus / 4, qualitative("z", F(1)), bonus=True)
    method = Method(Family.LEVEL_INDEX, RULES, READ, index_cap=F(100))
    made = system(category("a", F(1), *rows), extra, method=method)
    findings: Mapping[str, Finding] = {
        "x": Measured(x), "y": Measured(y), "m": Measured(F(9)), "z": Reached(Level.I),
    }  # fmt: skip
    known = {"x": F(80), "m": F(output)}
    best_worst = assess(made, "t", findings, FirmInputs(outputs=known)).level_range
    assert best_worst is not None
    for thousandth in (1, 10, 30, 100, 130, 150, 152, 200, 400, 900, 5000, 100000):
        outputs = {**known, "y": F(thousandth, 10)}
        level = assess(made, "t", findings, FirmInputs(outputs=outputs)).level
        assert level is not None
        assert best_worst[0] <= level <= best_worst[1]


# ------------------------------------------------------------------------------------------------ quotas, ratios


@given(st.lists(st.integers(1, 30), min_size=3, max_size=3), st.fractions(0, 40), st.integers(0, 7))
@settings(max_examples=100, deadline=None)
def test_a_quota_is_the_best_level_it_keeps(
    numbers: list[int], value: Fraction, left_out: int
) -> None:
    limits = sorted(numbers)
    printed = {
        level: Limit(F(limit))
        for place, (level, limit) in enumerate(zip(LEVELS, limits, strict=True))
        if not left_out >> place & 1
    }
    if not printed:
        return
    row = replace(quantitative("x", ("1", "1", "1")), benchmarks=dict(printed))
    rule = NotApplicableRule.NOT_COUNTED
    made = system(
        category("e", None, row),
        method=Method(Family.ENERGY_QUOTA, (), READ, not_applicable=rule),
        kind=DocumentKind.ENERGY_QUOTA,
    )
    (outcome,) = quota_outcomes(assess(made, "t", {"x": Measured(value)}))
    kept = [level for level, limit in printed.items() if value <= limit.value]
    assert outcome.level == (kept[0] if kept else Level.NONE)


@given(st.lists(st.tuples(st.integers(1, 9), st.sampled_from([None, *range(1, 20)]), st.booleans()), min_size=1, max_size=5))  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_the_index_of_ratios_is_their_mean(rows: list[tuple[int, int | None, bool]]) -> None:
    made = system(
        category("a", None, *(
            replace(
                quantitative(f"r{n}", ("1", "1", "1"), Direction.HIGHER if higher else Direction.LOWER),
                benchmarks={Level.I: Limit(F(leading))},
            )
            for n, (leading, _, higher) in enumerate(rows)
        )),
        method=Method(Family.CHECKLIST, (), READ, ratio_index="GI", not_applicable=NotApplicableRule.NOT_COUNTED),
        kind=DocumentKind.REFERENCE_TABLE,
    )  # fmt: skip
    findings: dict[str, Finding] = {
        f"r{n}": NA if value is None else Measured(F(value)) for n, (_, value, _) in enumerate(rows)
    }
    result = assess(made, "t", findings)
    told = [
        F(value, leading) if higher else F(leading, value)
        for leading, value, higher in rows
        if value is not None
    ]
    if not told:
        assert result.scores == {}
        return
    assert result.scores["GI"].low == result.scores["GI"].high == 100 * sum(told) / len(told)
    assert result.level_range is None
