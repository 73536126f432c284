"""Random small systems against brute force: every completion of what is open, every extreme of unknown weights."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise, product

from hypothesis import given, settings
from hypothesis import strategies as st

from app.assessment.engine import assess
from app.assessment.finding import Finding, Measured, NotApplicable
from app.assessment.indicator_system import (
    LEVELS,
    Direction,
    Family,
    Indicator,
    IndicatorSystem,
    Level,
    LevelRule,
    Limit,
    Method,
    ShareRule,
    WeightShare,
)
from app.assessment.inputs import FirmInputs
from app.assessment.level_index import general_index, index_ranges
from app.assessment.result import Assessment
from app.assessment.rows import build_rows
from app.assessment.weights import weigh
from tests.helpers.systems import READ, category, found, qualitative, quantitative, system

F = Fraction
OUTCOMES = (1, 2, 3, 4)


@dataclass(frozen=True)
class Case:
    system: IndicatorSystem
    reached: Mapping[str, int | None]  # 1..4, 0 = not applicable, None = missing
    outputs: Mapping[str, Fraction]

    def assess(self, **changes: int | None) -> Assessment:
        findings = {i: found(r) for i, r in {**self.reached, **changes}.items()}
        return assess(self.system, "t", findings, FirmInputs(outputs=self.outputs))

    @property
    def missing(self) -> list[str]:
        return [i for i, r in self.reached.items() if r is None]


def _split(parts: Sequence[int]) -> list[Fraction]:
    return [F(part, sum(parts)) for part in parts]


@st.composite
def cases(
    draw: st.DrawFn,
    unknown_weights: bool = False,
    unknown_outputs: bool = False,
    bonus: bool = False,
) -> Case:
    names = iter("abcdefghijklmnopqrstuvwxyz")
    categories, reached, outputs = [], {}, {}
    sizes = draw(st.lists(st.integers(1, 3), min_size=1, max_size=3))
    for place, (size, weight) in enumerate(
        zip(
            sizes,
            _split(draw(st.lists(st.integers(1, 6), min_size=len(sizes), max_size=len(sizes)))),
            strict=True,
        )
    ):
        weights: list[Fraction | None] = list(
            _split(draw(st.lists(st.integers(1, 5), min_size=size, max_size=size)))
        )
        if unknown_weights:
            weights = [None if draw(st.booleans()) else w for w in weights]
        indicators: list[Indicator] = []
        for number, omega in enumerate(weights):
            rule = draw(st.sampled_from([None, None, *ShareRule]))
            limiting = draw(st.booleans())
            if rule is None:
                indicators.append(qualitative(next(names), omega, limiting))
                continue
            share = WeightShare(omega, rule, f"g{place}{number}")
            for _ in range(draw(st.integers(1, 2))):
                indicators.append(qualitative(next(names), None, limiting, share))
        for indicator in indicators:
            reached[indicator.id] = draw(st.sampled_from([None, 0, *OUTCOMES]))
            output = draw(st.integers(0 if reached[indicator.id] in (None, 0) else 1, 5))
            if not (unknown_outputs and draw(st.booleans())):
                outputs[indicator.id] = F(output)
        category_weight: Fraction | None = weight
        if unknown_weights and draw(st.booleans()):
            category_weight = None
        categories.append(category(f"C{place}", category_weight, *indicators))
    if bonus:
        extra = [qualitative(next(names), w) for w in (F("0.4"), F("0.6"))]
        reached |= {i.id: draw(st.sampled_from([None, 0, *OUTCOMES])) for i in extra}
        categories.append(category("bonus", F("0.1"), *extra, bonus=True))
    rules = tuple(
        LevelRule(
            level,
            level.name,
            draw(st.sampled_from([F(60), F(85), F(100)])),
            level if draw(st.booleans()) else None,
            draw(st.sampled_from([None, None, Level.II, Level.III])),
        )
        for level in LEVELS
    )
    cap = F(100) if bonus else None
    made = system(*categories, method=Method(Family.LEVEL_INDEX, rules, READ, index_cap=cap))
    kept = dict(list({i: r for i, r in reached.items() if r is None}.items())[:4])
    reached = {i: (r if r is not None or i in kept else 1) for i, r in reached.items()}
    outputs = {i: (o if reached[i] in (None, 0) or o else F(1)) for i, o in outputs.items()}
    return Case(made, reached, outputs)


# ------------------------------------------------------------------------------ a slow, plain second opinion


def _shares(case: Case, reached: Mapping[str, int | None]) -> Iterator[dict[str, Fraction]]:
    """Points of the index per indicator, for every extreme of what is unknown about weights and outputs."""
    table = case.system.table("t")
    options: list[list[tuple[Fraction | None, list[dict[str, Fraction]]]]] = []
    for part in table.categories:
        units: dict[str, list[Indicator]] = {}
        for indicator in part.indicators:
            units.setdefault(indicator.share.group if indicator.share else indicator.id, []).append(
                indicator
            )
        options.append(
            [
                (
                    members[0].share.total if members[0].share else members[0].weight,
                    _portions(case, members, reached),
                )
                for members in units.values()
            ]
        )
    inner_choices = []
    for units_of in options:
        choices = []
        for weights in _settled([weight for weight, _ in units_of]):
            for portions in product(*(portions for _, portions in units_of)):
                total = sum((w for w, p in zip(weights, portions, strict=True) if p), F(0))
                if total:
                    choices.append(
                        {
                            i: w * s / total
                            for w, p in zip(weights, portions, strict=True)
                            for i, s in p.items()
                        }
                    )
                elif not any(portions):
                    choices.append({})
        inner_choices.append(choices)
    main = [place for place, part in enumerate(table.categories) if not part.bonus]
    for inner in product(*inner_choices):
        for outer in _settled([table.categories[place].weight for place in main]):
            total = sum((w for w, place in zip(outer, main, strict=True) if inner[place]), F(0))
            if not total:
                continue
            result: dict[str, Fraction] = {}
            for w, place in zip(outer, main, strict=True):
                result |= {i: 100 * w / total * s for i, s in inner[place].items()}
            for place, part in enumerate(table.categories):
                if part.bonus:
                    assert part.weight is not None
                    result |= {i: 100 * part.weight * s for i, s in inner[place].items()}
            yield result


def _settled(weights: Sequence[Fraction | None]) -> list[list[Fraction]]:
    """The corners: all that is left of 1 on one of the unknown weights."""
    unknown = [place for place, weight in enumerate(weights) if weight is None]
    left = 1 - sum((w for w in weights if w is not None), F(0))
    known = [F(0) if w is None else w for w in weights]
    return [
        [left if place == chosen else w for place, w in enumerate(known)] for chosen in unknown
    ] or [known]


def _portions(
    case: Case, members: Sequence[Indicator], reached: Mapping[str, int | None]
) -> list[dict[str, Fraction]]:
    here = [i.id for i in members if reached[i.id] != 0]
    share = members[0].share
    if share is not None and share.rule is ShareRule.OUTPUT:
        here = [i for i in here if case.outputs.get(i) != 0]
        known = {i: case.outputs[i] for i in here if i in case.outputs}
        choices = [{i: F(int(i == lone)) for i in here} for lone in here if lone not in known]
        if known:
            total = sum(known.values())
            choices.append({i: known.get(i, F(0)) / total for i in here})
        return choices or [{}]
    if share is not None and share.rule is ShareRule.ONE_OF:
        here = [i for i in here if case.reached[i] not in (None, 0)] or here
        return [{lone: F(1)} for lone in here] or [{}]
    return [{i: F(1, len(here)) for i in here}] if here else [{}]


def _completions(case: Case) -> Iterator[dict[str, int | None]]:
    for outcome in product(OUTCOMES, repeat=len(case.missing)):
        yield {**case.reached, **dict(zip(case.missing, outcome, strict=True))}


def _level(case: Case, y: Mapping[Level, Fraction], reached: Mapping[str, int | None]) -> Level:
    takes_part = {j.indicator_id for j in case.assess().judgements if j.state != "not_applicable"}
    for rule in case.system.method.levels:
        good = rule.min_index is None or y[rule.level] >= rule.min_index
        for part in case.system.table("t").categories:
            for indicator in part.indicators:
                if indicator.id in takes_part:
                    asked = rule.limiting_level if indicator.limiting else rule.others_level
                    if part.bonus and not indicator.limiting:
                        asked = None
                    if asked is not None:
                        good &= (reached[indicator.id] or 4) <= asked
        if good:
            return rule.level
    return Level.NONE


def _brute(case: Case) -> tuple[dict[Level, tuple[Fraction, Fraction]], set[Level]]:
    cap = case.system.method.index_cap
    y: dict[Level, list[Fraction]] = {level: [] for level in LEVELS}
    levels = set()
    shares = list(_shares(case, case.reached))
    for reached in _completions(case):
        for share in shares:
            one = {
                level: sum((s for i, s in share.items() if (reached[i] or 4) <= level), F(0))
                for level in LEVELS
            }
            if cap is not None:
                one = {level: min(cap, value) for level, value in one.items()}
            for level in LEVELS:
                y[level].append(one[level])
            levels.add(_level(case, one, reached))
    return {level: (min(values), max(values)) for level, values in y.items() if values}, levels


# ------------------------------------------------------------------------------------------------ properties


@given(cases())
@settings(max_examples=60, deadline=None)
def test_missing_answers_give_exactly_the_range_of_their_completions(case: Case) -> None:
    result = case.assess()
    ranges, levels = _brute(case)
    assert {level: (y.low, y.high) for level, y in result.index_range.items()} == ranges
    if ranges:
        assert result.level_range == (min(levels), max(levels))
        assert result.level == (levels.pop() if len(levels) == 1 else None)


@given(cases(bonus=True))
@settings(max_examples=60, deadline=None)
def test_a_bonus_stays_under_the_cap(case: Case) -> None:
    result = case.assess()
    ranges, _levels = _brute(case)
    assert {level: (y.low, y.high) for level, y in result.index_range.items()} == ranges


@given(cases(unknown_weights=True, unknown_outputs=True))
@settings(max_examples=50, deadline=None)
def test_unknown_weights_and_outputs_give_the_range_of_their_extremes(case: Case) -> None:
    result = case.assess()
    ranges, levels = _brute(case)
    assert {level: (y.low, y.high) for level, y in result.index_range.items()} == ranges
    if ranges:
        assert result.level_range is not None
        assert result.level_range[0] == min(levels)
        assert result.level_range[1] >= max(levels)


@given(cases(unknown_weights=True), st.data())
@settings(max_examples=60, deadline=None)
def test_every_later_answer_stays_inside_every_earlier_range(
    case: Case, data: st.DataObject
) -> None:
    before = case.assess()
    answers = dict(case.reached)
    for indicator_id in data.draw(st.permutations(case.missing)):
        if indicator_id not in before.missing:
            continue  # the other row of a one-of group has been answered: this one is asked no more
        answers[indicator_id] = data.draw(st.sampled_from([0, *OUTCOMES]))
        after = replace(case, reached=answers).assess()
        for level, y in after.index_range.items():
            assert (
                before.index_range[level].low <= y.low <= y.high <= before.index_range[level].high
            )
        if after.level_range is not None:
            assert before.level_range is not None
            assert before.level_range[0] <= after.level_range[0]
            assert after.level_range[1] <= before.level_range[1]
        before = after


@given(cases(unknown_weights=True, unknown_outputs=True))
@settings(max_examples=50, deadline=None)
def test_indexes_nest_and_stay_within_bounds(case: Case) -> None:
    ranges = case.assess().index_range
    ends = [(ranges[level].low, ranges[level].high) for level in LEVELS if level in ranges]
    for (low, high), (next_low, next_high) in pairwise(ends):
        assert low <= next_low
        assert high <= next_high
    for low, high in ends:
        assert 0 <= low <= high <= 100


@given(cases(), st.data())
@settings(max_examples=40, deadline=None)
def test_better_findings_never_lower_anything(case: Case, data: st.DataObject) -> None:
    judged = [i for i, r in case.reached.items() if r in (2, 3, 4)]
    if not judged:
        return
    chosen = data.draw(st.sampled_from(judged))
    now = case.reached[chosen]
    assert now is not None
    before, after = case.assess(), case.assess(**{chosen: now - 1})
    for level, y in before.index_range.items():
        assert after.index_range[level].low >= y.low
        assert after.index_range[level].high >= y.high
    if before.level_range is not None and after.level_range is not None:
        assert after.level_range <= before.level_range


@given(cases(unknown_weights=True), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_the_order_of_rows_and_answers_changes_nothing(case: Case, random: object) -> None:
    table = case.system.table("t")
    turned = replace(
        table,
        categories=tuple(
            replace(part, indicators=part.indicators[::-1]) for part in table.categories[::-1]
        ),
    )
    first = case.assess()
    second = replace(
        case,
        system=replace(case.system, tables=(turned,)),
        reached=dict(reversed(list(case.reached.items()))),
    ).assess()
    assert first.index_range == second.index_range
    assert first.level_range == second.level_range
    assert {j.indicator_id: j.share for j in first.judgements} == {
        j.indicator_id: j.share for j in second.judgements
    }


@given(cases())
@settings(max_examples=40, deadline=None)
def test_the_short_way_for_known_weights_equals_the_general_way(case: Case) -> None:
    table = case.system.table("t")
    findings = {i: found(r) for i, r in case.reached.items()}
    inputs = FirmInputs(outputs=case.outputs)
    rows = build_rows(case.system, table, findings, inputs)
    weighting = weigh(table, rows, inputs)
    for level, y in index_ranges(case.system.method, weighting, rows).items():
        met = [row.meets[level] for row in rows]
        assert general_index(weighting, met) == (y.low, y.high)


@given(
    st.fractions(0, 50),
    st.lists(st.integers(1, 50), min_size=3, max_size=3, unique=True),
    st.sampled_from([Direction.LOWER, Direction.HIGHER]),
    st.booleans(),
    st.fractions("0.001", 1000),
)
@settings(max_examples=60, deadline=None)
def test_a_change_of_unit_changes_no_level(
    value: Fraction, limits: list[int], direction: Direction, strict: bool, factor: Fraction
) -> None:
    ordered = sorted(limits, reverse=direction is Direction.HIGHER)
    row = quantitative("x", [str(limit) for limit in ordered], direction, F(1), strict=strict)
    scaled = replace(
        row,
        benchmarks={
            level: Limit(F(limit) * factor) for level, limit in zip(LEVELS, ordered, strict=True)
        },
    )
    plain: Mapping[str, Finding] = {"x": Measured(value)}
    assert (
        assess(system(category("A", F(1), row)), "t", plain).judgement("x").meets
        == assess(system(category("A", F(1), scaled)), "t", {"x": Measured(value * factor)})
        .judgement("x")
        .meets
    )


def test_nothing_applies_then_nothing_is_scored() -> None:
    only = system(category("A", F(1), qualitative("a", F(1))))
    result = assess(only, "t", {"a": NotApplicable("没有")})
    assert result.index_range == {}
    assert result.level_range is None
    assert result.why_not_scored == "没有一项适用，算不出综合指数"
    assert result.verification is None
