"""Random systems of every family, with every mark a value can carry, come back equal from JSON, YAML and Excel."""

import tempfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.assessment.indicator_system import (
    LEVELS,
    Benchmark,
    Category,
    Combination,
    Direction,
    DocumentKind,
    EmptyCategoryRule,
    Family,
    GradeRule,
    Indicator,
    IndicatorKind,
    IndicatorSystem,
    Level,
    LevelRule,
    Limit,
    Linear,
    Method,
    Modifier,
    ModifierKind,
    NotApplicableRule,
    PickGroup,
    Provenance,
    Requirement,
    ShareRule,
    Source,
    Span,
    Table,
    Variable,
    Verification,
    WeightShare,
)
from app.assessment.units import UNITS
from app.errors import UserError
from app.exchange.system_import import read_system_workbook
from app.exchange.system_workbook import write_system
from app.standards.system_json import system_from_json, system_to_json
from app.standards.yaml_source import system_to_yaml
from tests.helpers.systems import load_system_text

# Text as documents hold it: no control characters, no outer blanks; also what YAML and Excel might take for something else.
words = st.one_of(
    st.sampled_from(["是", "=1+1", "2015-10-28", "null", "true", "~", "# 注", "a: b", "- x", "'引号\"", "12", "0x1F", "第一行\n第二行"]),
    st.text("电镀水ABCabc019 ≤≥%（）：；、。,.-+", min_size=1, max_size=12).map(str.strip).filter(bool),
)  # fmt: skip
requirements = words.filter(
    lambda text: text.strip("0123456789/.+-") != "" and text not in ("—", "未查到")
)
numbers = st.one_of(
    st.integers(-500, 20_000).map(Fraction),
    st.decimals("-3", "3000", places=3).map(Fraction),
    st.fractions(Fraction(-3), Fraction(900), max_denominator=97),
)
sources = st.sampled_from(["print", "page", "memory"])


@st.composite
def provenances(draw: st.DrawFn) -> Provenance:
    state = draw(st.sampled_from(list(Verification)))
    mark = Provenance(
        draw(sources),
        state,
        doubt=draw(st.just("") | words),
        printed=draw(st.just("") | words),
        inferred=draw(st.booleans()),
        cross_checked=tuple(
            draw(st.lists(words.filter(lambda text: "\n" not in text), max_size=2))
        ),
    )
    if state is Verification.VERIFIED:
        return replace(
            mark, checked_by="李工", checked_on="2026-11-22", checked_against="纸本 3 页"
        )
    return mark


@st.composite
def indicators(draw: st.DrawFn, number: int, family: Family) -> Indicator:
    kind = draw(st.sampled_from(list(IndicatorKind)))
    quantitative = kind is IndicatorKind.QUANTITATIVE
    direction = draw(st.sampled_from(list(Direction))) if quantitative else None
    benchmarks: dict[Level, Benchmark | None] = {}
    given_levels = draw(st.sets(st.sampled_from(LEVELS), min_size=1))
    for level in sorted(given_levels):
        if draw(st.integers(0, 9)) == 0:
            benchmarks[level] = None
        elif not quantitative:
            benchmarks[level] = Requirement(draw(requirements))
        elif direction is Direction.RANGE:
            low, high = sorted((abs(draw(numbers)), abs(draw(numbers))))
            benchmarks[level] = Span(low, high)
        elif draw(st.booleans()):
            benchmarks[level] = Limit(draw(numbers))
        else:
            benchmarks[level] = Linear(
                draw(numbers), draw(numbers), draw(st.sampled_from(["n", "layer-count"]))
            )
    provenance = draw(provenances())
    row = Indicator(
        id=f"row-{number}",
        name=draw(words),
        kind=kind,
        benchmarks=benchmarks,
        provenance=provenance,
        unit=draw(st.sampled_from(sorted(UNITS))) if quantitative else "",
        direction=direction,
        strict=quantitative and draw(st.booleans()),
        binary=not quantitative and draw(st.booleans()),
        limiting=draw(st.sampled_from([True, False, None])),
        points=draw(st.none() | st.integers(0, 100).map(Fraction)),
        base=draw(st.none() | numbers) if quantitative else None,
        recalled_weight=draw(st.none() | st.just(Fraction("0.12"))),
        item_class=draw(st.just("") | st.just("控制项")),
        mandatory=draw(st.sampled_from([True, False, None])),
        item_no=draw(st.just("") | st.just("7")),
        evidence=draw(st.just("") | words),
        notes=draw(st.just("") | words),
        extras=draw(st.dictionaries(st.just("原编号"), words, max_size=1)),
        modifiers=tuple(draw(st.lists(modifiers(), max_size=2))),
    )
    marked = {level: draw(provenances()) for level in benchmarks if draw(st.integers(0, 4)) == 0}
    # A single value repeats the doubt of its row unless it has its own; it cannot take it back.
    row = replace(
        row,
        benchmark_provenance={
            level: replace(
                mark,
                doubt=mark.doubt or provenance.doubt,
                printed=mark.printed or provenance.printed,
                cross_checked=mark.cross_checked or provenance.cross_checked,
            )
            for level, mark in marked.items()
        },
    )
    if draw(st.integers(0, 4)) == 0:
        weight = draw(provenances())
        row = replace(row, weight_provenance=None if weight == provenance else weight)
    return row


@st.composite
def modifiers(draw: st.DrawFn) -> Modifier:
    adds = draw(st.booleans())
    return Modifier(
        kind=ModifierKind.ADD if adds else ModifierKind.MULTIPLY,
        input="extra-heats",
        meaning=draw(words),
        levels=tuple(sorted(draw(st.sets(st.sampled_from(LEVELS))))),
        amounts={level: draw(numbers) for level in LEVELS} if adds and draw(st.booleans()) else {},
        choices=tuple(draw(st.lists(numbers, max_size=3))),
        most=draw(st.none() | st.just(Fraction(5))),
        printed=draw(st.just("") | words),
    )


@st.composite
def extra_rules(draw: st.DrawFn, family: Family) -> dict[str, Any]:
    """What only some families may say."""
    if family is Family.CHECKLIST:
        return {
            "ratio_index": draw(st.just("") | words),
            "least_met": draw(st.none() | st.integers(0, 30)),
            "pick_groups": (PickGroup("group-a", draw(words), 2),) if draw(st.booleans()) else (),
        }
    if family is not Family.POINTS or draw(st.booleans()):
        return {}
    phase = draw(words)
    amounts = st.none() | numbers
    return {
        "phase_weights": {phase: Fraction(1)},
        "item_points": {"一般项": "每条 0/1/2", "优选项": draw(words)},
        "grades": {
            level: rule
            for level in draw(st.sets(st.sampled_from(LEVELS)))
            if (
                rule := GradeRule(
                    draw(amounts),
                    draw(amounts),
                    *draw(st.sampled_from([("", None), (phase, Fraction(80))])),
                    draw(st.none() | st.integers(0, 9)),
                    draw(amounts),
                    draw(st.booleans()),
                )
            )
            != GradeRule()
        },
    }


@st.composite
def combinations(draw: st.DrawFn) -> tuple[Combination, ...]:
    weights = draw(
        st.sampled_from(
            [(Fraction(1, 3), Fraction(2, 3)), (None, Fraction("0.123456789")), (None, None)]
        )
    )
    names = ("table-0", "table-1")
    always = names[1:] if draw(st.booleans()) else ()
    return (
        Combination("both", dict(zip(names, weights, strict=True)), draw(provenances()), always),
    )


@st.composite
def systems(draw: st.DrawFn) -> IndicatorSystem:
    family = draw(st.sampled_from(list(Family)))
    tables = []
    for table_number in range(draw(st.integers(1, 2))):
        categories = []
        count = draw(st.integers(1, 3))
        number = 10 * table_number
        for category_number in range(count):
            rows = []
            size = draw(st.integers(1, 3))
            for _ in range(size):
                number += 1
                rows.append(draw(indicators(number, family)))
            shared = draw(st.booleans())
            rule = draw(st.sampled_from(list(ShareRule)))
            rows = [
                replace(
                    row, share=WeightShare(Fraction(1), rule, "metal", draw(st.just("") | words))
                )
                if shared
                else replace(row, weight=Fraction(1, size))
                for row in rows
            ]
            categories.append(
                Category(
                    id=f"part-{table_number}{category_number}",
                    name=draw(words),
                    weight=Fraction(1, count),
                    indicators=tuple(rows),
                    provenance=draw(provenances()),
                    points=draw(st.none() | st.just(Fraction(20))),
                    qualitative_part=draw(st.booleans()),
                    notes=draw(st.just("") | words),
                )
            )
        tables.append(
            Table(
                id=f"table-{table_number}",
                title=draw(words),
                categories=tuple(categories),
                provenance=draw(provenances()),
                notes=tuple(draw(st.lists(words, max_size=2))),
            )
        )
    shares = (Fraction("0.7"), Fraction("0.3")) if family is Family.P_INDEX else (None, None)
    return IndicatorSystem(
        id="random-2026",
        title=draw(words),
        document_no=draw(words),
        kind=draw(st.sampled_from(list(DocumentKind))),
        method=Method(
            family=family,
            levels=tuple(
                LevelRule(level, draw(words), Fraction(85), level, draw(st.none() | st.just(level)))
                for level in LEVELS
            ),
            provenance=draw(provenances()),
            not_applicable=draw(st.sampled_from(list(NotApplicableRule))),
            empty_category=draw(st.sampled_from(list(EmptyCategoryRule))),
            quantitative_share=shares[0],
            qualitative_share=shares[1],
            ratio_cap="k/m" if family is Family.P_INDEX else "",
            texts=draw(st.dictionaries(st.sampled_from(["index", "note"]), words, max_size=2)),
            **draw(extra_rules(family)),
        ),
        combinations=draw(combinations()) if len(tables) == 2 and family is Family.LEVEL_INDEX else (),
        tables=tuple(tables),
        sources={name: Source(name, draw(words), quality="partial") for name in ("print", "page", "memory")},
        variables=(Variable("n", "n", "层数"), Variable("layer-count", "m", "层数减2")),
        missing=tuple(draw(st.lists(words, max_size=2))),
        notes=tuple(draw(st.lists(words, max_size=2))),
        supersedes=tuple(draw(st.lists(words, max_size=1))),
    )  # fmt: skip


@given(systems())
def test_json_and_yaml(system: IndicatorSystem) -> None:
    assert system_from_json(system_to_json(system)) == system
    assert load_system_text(system_to_yaml(system), "random.yaml").system == system


@given(systems())
@settings(max_examples=25)
def test_excel(system: IndicatorSystem) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "system.xlsx"
        write_system(system, path)
        try:
            read = read_system_workbook(path)
        except UserError as error:
            # By chance every row has its levels the wrong way round: that is asked about, and rightly.
            if all("放反" in problem.remedy for problem in error.problems):
                return
            raise
        assert read.system == system
