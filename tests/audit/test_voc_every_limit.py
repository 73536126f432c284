"""Every line of the VOC limits, on every day that matters: right verdict by sums of our own, or a reason and what to look up."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.assessment.indicator_system import Verification
from app.forms.answer import AnswerBook, Given
from app.forms.figure import Tone
from app.forms.reference import VocLimit
from tests.helpers.forms import derivation, shipped_reference

REFERENCE = shipped_reference()
STANDARDS = {one.id: one for one in REFERENCE.standards}
LIMITS = REFERENCE.voc_limits
BEFORE, AFTER = "2026-05-31", "2026-06-01"
SMALL = Fraction(1, 1000)


def judged(limit: VocLimit, content: Fraction, day: str) -> tuple[str, Tone, str]:
    """(words, tone, note) for a product of this line with a content in the unit of the limit."""
    column = "grams" if limit.unit == "g/L" else "percent"
    typed = content / 10 if limit.unit == "g/kg" else content
    answers = {
        "voc.judged_on": day,
        "voc.materials/r/name": "某料",
        "voc.materials/r/category": f"{limit.standard} {limit.category}",
        f"voc.materials/r/{column}": str(typed),
    }
    book = AnswerBook(
        {key: Given(text) for key, text in answers.items()}, {"voc.materials": ("r",)}
    )
    made = derivation(book).cell("voc.materials", "r", "verdict")
    return made.words, made.tone, made.trace.note


def holds(starts: str, until: str, day: str) -> bool:
    return (not starts or starts <= day) and (not until or day < until)


@pytest.mark.parametrize("day", [BEFORE, AFTER, "2026-11-29"])
@pytest.mark.parametrize("standard", sorted(STANDARDS))
def test_each_line_is_judged_as_it_stands_or_says_what_to_look_up(standard: str, day: str) -> None:
    law = STANDARDS[standard]
    for limit in (one for one in LIMITS if one.standard == standard):
        alike = [one for one in LIMITS if (one.standard, one.category) == (standard, limit.category)]  # fmt: skip
        now = holds(law.starts, law.until, day) and holds(limit.starts, limit.until, day)
        readable = limit.limit is not None and limit.verification is not Verification.RECALLED
        words, _, note = judged(limit, Fraction(1), day)
        if not now or not readable or len(alike) > 1:
            assert "没超" not in words, (limit.id, words)
            assert not words.startswith("超"), (limit.id, words)
            assert note, limit.id
            if len(alike) == 1 and words == "不能判定":
                assert "要查" in note, limit.id
            continue
        assert limit.limit is not None
        for content, over in ((limit.limit - SMALL, 0), (limit.limit, 0), (limit.limit + SMALL, 1)):
            words, tone, _ = judged(limit, content, day)
            assert words.startswith("超" if over else "没超"), (limit.id, content, words)
            assert (tone is Tone.BAD) is bool(over)
            assert ("待核" in words) is (limit.verification is not Verification.VERIFIED)


def test_what_replaces_a_standard_is_named_from_its_day_on() -> None:
    for standard in STANDARDS.values():
        lines = [one for one in LIMITS if one.standard == standard.id]
        if not standard.until or not lines:
            continue
        last = (date.fromisoformat(standard.until) - timedelta(days=1)).isoformat()
        assert "代替" not in judged(lines[0], Fraction(1), last)[2]
        note = judged(lines[0], Fraction(1), standard.until)[2]
        assert standard.replaced_by in note
        assert "要查" in note


amounts = st.fractions(min_value=0, max_value=50000, max_denominator=100)
shares = st.fractions(min_value=0, max_value=100, max_denominator=100)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(amounts, shares), min_size=1, max_size=5), shares, shares, shares)
def test_generated_collected_and_emitted_by_sums_of_our_own(
    rows: list[tuple[Fraction, Fraction]], capture: Fraction, treated: Fraction, carried: Fraction
) -> None:
    """Generated = Σ amount × content; what goes with waste is deducted once; the stack gives what treatment leaves."""
    answers = {"voc.used": Given("yes"), "voc.by_factor": Given("no")}
    for number, (amount, percent) in enumerate(rows):
        answers[f"voc.materials/r{number}/amount"] = Given(str(amount))
        answers[f"voc.materials/r{number}/percent"] = Given(str(percent))
    made = sum((amount * percent / 100 for amount, percent in rows), Fraction(0))
    waste = made * (100 - capture) / 100 * carried / 100  # never more than what is not captured
    answers |= {
        "voc.capture": Given(str(capture)),
        "voc.treatment": Given(str(treated)),
        "voc.with_waste": Given(str(waste)),
    }
    ids = tuple(f"r{number}" for number in range(len(rows)))
    found = derivation(AnswerBook(answers, {"voc.materials": ids}))
    collected = made * capture / 100
    assert found.figure("voc.generated").value == made
    assert found.figure("voc.collected").value == collected
    assert found.figure("voc.fugitive").value == made - collected - waste
    assert found.figure("voc.emitted").value == made - waste - collected * treated / 100


@pytest.mark.parametrize("day", ["2022-01-01", "2023-12-31", "2024-06-01", "2026-09-01", ""])
def test_rates_by_situation_are_those_of_the_method_of_the_day(day: str) -> None:
    methods = {one.id: one for one in REFERENCE.voc_methods}
    for one in {each.kind for each in REFERENCE.voc_capture}:
        lines = [each for each in REFERENCE.voc_capture if each.kind == one]
        possible = [
            each
            for each in lines
            if not each.method
            or not day
            or holds(methods[each.method].starts, methods[each.method].until, day)
        ]
        answers = {"voc.used": Given("yes"), "voc.capture_kind": Given(one)}
        if day:
            answers["team.start"] = Given(day)
        figure = derivation(AnswerBook(answers)).figure("voc.capture_table")
        values = {each.value for each in possible}
        if len(values) == 1:
            assert figure.value in values, (one, day)
            assert figure.trace.source
        else:
            assert figure.value is None, (one, day)
            assert figure.trace.note


@pytest.mark.parametrize("category", ["", "没有这一类的东西"])
@pytest.mark.parametrize(("sort", "named"), [("ink", "GB 38507-2020"), ("adhesive", "GB 33372-2020"), ("cleaner", "GB 38508-2020"), ("coating", "GB/T 38597-2020"), ("", "")])  # fmt: skip
def test_without_a_category_it_says_where_to_look(category: str, sort: str, named: str) -> None:
    answers = {"voc.judged_on": AFTER, "voc.materials/r/name": "某料", "voc.materials/r/category": category, "voc.materials/r/sort": sort}  # fmt: skip
    book = AnswerBook({k: Given(v) for k, v in answers.items() if v}, {"voc.materials": ("r",)})
    made = derivation(book).cell("voc.materials", "r", "verdict")
    assert made.words == "不能判定"
    assert "要查" in made.trace.note
    assert named in made.trace.note
    assert "GB 18581-2020" not in made.trace.note  # replaced by that day
