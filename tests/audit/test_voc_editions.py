"""A new edition of a VOC standard can be entered by data before its day; every value has source, state and range."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

from app.assessment.indicator_system import Verification
from app.audit.voc import VocRules
from app.forms.answer import AnswerBook, Given
from app.forms.derive import Derivation
from app.forms.reference import Reference, Standard, VocLimit
from tests.helpers.forms import derivation, shipped_forms, shipped_reference


def verdict_on(day: str, reference: Reference) -> tuple[str, str]:
    """(words, note) for an alkyd wood paint of 400 g/L, judged on a day."""
    answers = {
        "voc.used": "yes",
        "voc.judged_on": day,
        "voc.materials/r1/name": "木器漆",
        "voc.materials/r1/category": "溶剂型-醇酸类",
        "voc.materials/r1/amount": "100",
        "voc.materials/r1/grams": "400",
    }
    book = AnswerBook(
        {key: Given(text) for key, text in answers.items()}, {"voc.materials": ("r1",)}
    )
    forms = shipped_forms()
    rules = {"voc_verdict": VocRules(reference).verdict}
    made = Derivation(
        book, forms.questionnaires["industry"], forms.quantities, forms.factors, 2025, rules
    )
    figure = made.cell("voc.materials", "r1", "verdict")
    return figure.words, figure.trace.note


def with_next_edition() -> Reference:
    """The shipped tables with a limit of the standard of 2026-06-01 (a value of this test, of no print)."""
    shipped = shipped_reference()
    new = VocLimit(
        "new",
        "GB 30981.2-2025",
        "溶剂型-醇酸类",
        Fraction(380),
        "g/L",
        "test",
        Verification.VERIFIED,
    )
    return replace(shipped, voc_limits=(*shipped.voc_limits, new))


def test_an_edition_entered_before_its_day_counts_from_its_day() -> None:
    reference = with_next_edition()
    assert verdict_on("2026-05-31", reference)[0].startswith("没超")
    assert verdict_on("2026-06-01", reference) == ("超 20 g/L", "")
    words, note = verdict_on("", reference)
    assert words == "不能判定"
    assert "先填判定日期" in note


def test_a_line_may_end_before_its_standard() -> None:
    shipped = shipped_reference()
    lines = tuple(
        replace(one, until="2026-01-01") if one.category == "溶剂型-醇酸类" else one
        for one in shipped.voc_limits
    )
    reference = replace(shipped, voc_limits=lines)
    assert verdict_on("2025-12-31", reference)[0].startswith("没超")
    assert verdict_on("2026-01-01", reference)[0] == "不能判定"


def test_every_value_has_its_source_and_state() -> None:
    reference = shipped_reference()
    values: tuple[Any, ...] = (
        *reference.voc_limits,
        *reference.voc_substances,
        *reference.voc_capture,
        *reference.voc_treatment,
        *reference.emission_factors,
    )
    assert len(reference.voc_capture) == 16
    assert len(reference.emission_factors) == 34
    for one in values:
        assert one.source
        assert one.verification in (Verification.TRANSCRIBED, Verification.RECALLED)
    adhesives = [one for one in reference.voc_limits if one.standard == "GB 33372-2020"]
    assert len(adhesives) == 149
    assert all(one.verification is Verification.TRANSCRIBED for one in adhesives)
    assert not [one for one in adhesives if "本体型-木工与家具" in one.category]


def test_a_standard_that_is_replaced_says_by_what_and_where_to_get_it() -> None:
    standards: dict[str, Standard] = {one.id: one for one in shipped_reference().standards}
    for one in standards.values():
        if one.until:
            assert standards[one.replaced_by].get, one.id


def test_a_coating_is_looked_for_among_the_coatings() -> None:
    """「水性」 alone fits inks too: a furniture maker is not asked which ink his paint is."""
    book = AnswerBook(
        {
            "voc.judged_on": Given("2026-06-20"),
            "voc.materials/a/category": Given("水性"),
            "voc.materials/a/sort": Given("coating"),
            "voc.materials/b/category": Given("水性"),
            "voc.materials/b/sort": Given("ink"),
        },
        {"voc.materials": ("a", "b")},
    )
    made = derivation(book)
    coating = made.cell("voc.materials", "a", "verdict").trace.note
    ink = made.cell("voc.materials", "b", "verdict").trace.note
    assert "写细一点" in coating
    assert "墨" not in coating
    assert "油墨" in ink
