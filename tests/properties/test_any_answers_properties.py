"""Whatever stands in an audit file, the audit can be scored: what is no answer counts as not given and is named."""

from dataclasses import replace
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from app.assessment.finding import NotApplicable
from app.assessment.indicator_system import (
    DocumentKind,
    EmptyCategoryRule,
    Family,
    Indicator,
    IndicatorSystem,
    Level,
    LevelRule,
    Limit,
    Linear,
    Method,
    Modifier,
    ModifierKind,
    NotApplicableRule,
    ShareRule,
    Variable,
    WeightShare,
)
from app.audit.findings import assess_project, output_key, variable_key
from app.audit.project import build_project
from app.forms.answer import Answer, AnswerBook, Given, indicator_key
from app.forms.derive import NO_RULES
from tests.helpers.forms import shipped_forms
from tests.helpers.systems import READ, category, qualitative, quantitative, system

F = Fraction
TEXTS = st.one_of(
    st.sampled_from(
        ["", "0", "-5", "1/0", "1/3", "1e999999", "30", "31", "0.5", "９", "²", "I", "II", "none", "abc", "NaN", "9" * 5000, "-" + "9" * 40]
    ),
    st.text(max_size=6),
    st.integers(-3, 40).map(str),
)  # fmt: skip
ANSWERS: st.SearchStrategy[Answer] = st.one_of(
    TEXTS.map(Given), st.just(NotApplicable("没有")), st.just(NotApplicable(""))
)


@st.composite
def systems(draw: st.DrawFn) -> IndicatorSystem:
    family = draw(st.sampled_from(list(Family)))
    by_class = family is Family.POINTS and draw(st.booleans())
    ratios = family is Family.CHECKLIST and draw(st.booleans())
    names = iter("abcdefghijkl")
    categories = []
    for place in range(draw(st.integers(1, 3))):
        rows: list[Indicator] = []
        count = draw(st.integers(1, 3))
        shared = draw(st.sampled_from([None, *ShareRule]))
        for _ in range(count):
            name = next(names)
            row = quantitative(name, ("1", "5", "9"))
            if draw(st.booleans()):
                row = qualitative(name, binary=draw(st.booleans()))
            elif draw(st.booleans()):
                row = replace(
                    row,
                    benchmarks={Level.I: Linear(F(1), F(2), "n"), Level.II: Limit(F(5))},
                    modifiers=(Modifier(ModifierKind.MULTIPLY, "m", "修正", choices=(F(1), F(2))),),
                )
            row = replace(
                row,
                limiting=draw(st.sampled_from([True, False, None])),
                points=draw(st.sampled_from([None, F(30)])),
                base=draw(st.sampled_from([None, F(5)])),
                item_class=draw(st.sampled_from(["一般项", "优选项", "控制项", ""])),
            )
            if shared is None:
                row = replace(row, weight=F(1, count))
            else:
                row = replace(row, share=WeightShare(F(1), shared, "g"))
            rows.append(row)
        categories.append(category(f"c{place}", None, *rows, points=F(60)))
    rules = (LevelRule(Level.I, "先进", F(90), Level.I), LevelRule(Level.II, "一般", F(70)))
    method = Method(
        family,
        rules,
        READ,
        not_applicable=draw(st.sampled_from(list(NotApplicableRule))),
        empty_category=draw(st.sampled_from(list(EmptyCategoryRule))),
        quantitative_share=F("0.6"),
        qualitative_share=F("0.4"),
        ratio_cap=draw(st.sampled_from(["", "k/m", "1.2"])),
        item_points={"一般项": "每条 0/1/2", "优选项": "每条 0/0.5/1"} if by_class else {},
        phase_weights={"n": F(1)} if by_class else {},
        ratio_index="GI" if ratios else "",
    )
    made = system(*categories, method=method, kind=draw(st.sampled_from(list(DocumentKind))))
    return replace(made, variables=(Variable("n", "n", "层数"),))


@given(systems(), st.data())
@settings(max_examples=300, deadline=None)
def test_any_answers_can_be_scored_and_explained(
    made: IndicatorSystem, data: st.DataObject
) -> None:
    forms = shipped_forms()
    keys = [variable_key("t", name) for name in ("n", "m")]
    for row in made.tables[0].indicators():
        keys += [indicator_key("t", row.id), output_key("t", row.id)]
    book = AnswerBook(data.draw(st.dictionaries(st.sampled_from(keys), ANSWERS)))
    project = build_project(
        book,
        next(iter(forms.questionnaires.values())),
        forms.quantities,
        forms.factors,
        system=made,
        system_hash="x",
        table_id="t",
        rules=NO_RULES,
    )
    assessment = assess_project(project)
    assert len(assessment.judgements) == len(list(made.tables[0].indicators()))
    assert assessment.trace.label
    assert all(judgement.trace.label for judgement in assessment.judgements)
