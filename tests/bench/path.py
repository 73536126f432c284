"""Measures: the cheapest path over 80 indicators and 60 options, the library, and one answer changed."""

import random
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from app.assessment.indicator_system import Indicator, IndicatorKind, IndicatorSystem, Level
from app.audit.project import AuditProject
from app.bootstrap import load_catalogue
from app.forms.answer import Answer, AnswerBook, Change, Given, apply, indicator_key
from app.measures.model import measures_of
from app.measures.options import find_options
from app.measures.path import find_path
from app.measures.results import performance
from tests.bench.measure import Measure, timed
from tests.helpers.forms import sample_project, shipped_forms

INDICATORS, OPTIONS = 80, 60
TABLE = "general-plating"


def _larger(system: IndicatorSystem) -> IndicatorSystem:
    """The sample's system with enough indicators that are answered directly; weights of a category are shared anew."""
    table = system.table(TABLE)
    missing = INDICATORS - sum(1 for _ in table.indicators())
    categories = []
    for place, category in enumerate(table.categories):
        own = list(category.indicators)
        pattern = (
            next(one for one in own if one.kind is not IndicatorKind.QUANTITATIVE)
            if any(one.kind is not IndicatorKind.QUANTITATIVE for one in own)
            else None
        )
        more: list[Indicator] = []
        if pattern is not None:
            count = missing // sum(
                any(i.kind is not IndicatorKind.QUANTITATIVE for i in c.indicators)
                for c in table.categories
            )
            more = [
                replace(
                    pattern,
                    id=f"more-{place}-{n}",
                    name=f"再加一项 {place}-{n}",
                    limiting=False,
                    weight=Fraction(1, 1000),
                )
                for n in range(count)
            ]
        categories.append(replace(category, indicators=(*own, *more)))
    tables = tuple(
        replace(one, categories=tuple(categories)) if one.id == TABLE else one
        for one in system.tables
    )
    return replace(system, tables=tables)


def large_project() -> AuditProject:
    """80 indicators and 60 measures: savings of water, nickel, zinc and electricity, raised levels, some of both."""
    dice = random.Random(7)
    base = sample_project()
    assert base.system is not None
    system = _larger(base.system)
    answers: dict[str, Answer] = dict(base.book.answers)
    extra = [one for one in system.table(TABLE).indicators() if one.id.startswith("more-")]
    for one in extra:
        answers[indicator_key(TABLE, one.id)] = Given(dice.choice(("I", "II", "III", "III")))
    rows = []
    for n in range(1, OPTIONS + 1):
        row = f"r{n}"
        rows.append(row)
        answers[f"measures.list/{row}/name"] = Given(f"方案 {n}")
        answers[f"measures.list/{row}/cost"] = Given(str(dice.randint(1, 400) / Fraction(10)))
        answers[f"measures.list/{row}/where"] = Given(f"第 {n % 7} 处")
        kind = dice.random()
        if kind < Fraction(1, 2):
            picked = dice.sample(extra, dice.randint(1, 3))
            words = "；".join(f"{one.id}={dice.choice(('Ⅰ', 'Ⅱ'))}" for one in picked)
            answers[f"measures.list/{row}/raises"] = Given(words)
        else:
            stream = dice.choice(("rinse", "nickel", "zinc", "copper", "electricity"))
            answers[f"measures.savings/{row}/{stream}"] = Given(str(dice.randint(20, 900)))
            if stream == "rinse":
                answers[f"measures.savings/{row}/rinse"] = Given(str(dice.randint(800, 3500)))
    book = AnswerBook(answers, {**base.book.rows, "measures.list": tuple(rows)})
    derivation = base.derivation.with_book(book)
    return replace(base, book=book, derivation=derivation, system=system)


def measures() -> list[Measure]:
    library = load_catalogue().options
    project = large_project()
    known = measures_of(project)
    path = find_path(project, known, Level.II)
    print(
        f"  path: {len(known)} measures, {path.tried} sets scored, "
        f"{'no way: ' + path.why_not if path.best is None else f'{path.best.cost} 万元'}"
    )
    sample = sample_project(shipped_forms().samples["chengling"].finished())
    return [
        Measure(
            f"cheapest path, {INDICATORS} indicators, {OPTIONS} measures",
            timed(lambda: find_path(_fresh(project), known, Level.II), 3, 0),
            2.0,
        ),
        Measure(
            "search in the library",
            timed(lambda: find_options(library.options, "dd 漂洗"), 100),
            0.030,
        ),
        Measure(
            "one answer changed, every measure again", timed(lambda: _changed(sample), 20), 0.070
        ),
    ]


def _fresh(project: AuditProject) -> AuditProject:
    return replace(project, derivation=project.derivation.with_book(project.book))


def _changed(project: AuditProject) -> Mapping[str, Fraction]:
    key = "energy.bills/2025-03/electricity"
    book = apply(project.book, (Change(key, project.book.get(key), Given("150000")),))
    changed = replace(project, book=book, derivation=project.derivation.with_book(book))
    return performance(changed).totals
