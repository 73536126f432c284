"""The next round of an audit: years move back, what lasts is carried, results are not."""

import pytest

from app.assessment.finding import NotApplicable
from app.audit.next_round import next_round
from app.errors import UserError
from app.forms.answer import AnswerBook, Given
from tests.helpers.forms import sample_book, sample_project, with_answer


def carried() -> AnswerBook:
    return next_round(sample_book(), sample_project().questionnaire)


def test_the_base_year_goes_on_and_its_figures_become_those_of_the_year_before() -> None:
    old, new = sample_book(), carried()
    assert new.text("audit.base_year") == "2026"
    assert new.text("plating.lines/r1/y1") == old.text("plating.lines/r1/y0")
    assert new.text("plating.lines/r1/y2") == old.text("plating.lines/r1/y1")
    assert new.text("plating.lines/r1/y0") == ""
    assert new.text("energy.bills/2025-03/electricity") == "158900"
    assert new.text("energy.bills/2023-03/electricity") == ""
    assert new.text("product.years/2025/value") == old.text("product.years/2025/value")
    after = sample_project(new).derivation
    assert (
        after.figure("energy.total", 2025).value
        == sample_project().derivation.figure("energy.total", 2025).value
    )


def test_what_was_a_question_of_the_base_year_moves_into_the_table_of_earlier_years() -> None:
    new = carried()
    assert new.text("energy.before/diesel/y1") == "0"
    assert isinstance(new.get("energy.before/coal/y1"), NotApplicable)
    assert new.text("energy.diesel") == ""


def test_what_lasts_is_carried() -> None:
    old, new = sample_book(), carried()
    for key in ("firm.name", "firm.legal", "firm.industry", "equipment.list/r1/power", "plating.lines/r1/name",
                "plating.lines/r1/rinses", "env.outlets/r3/height", "env.permit_no", "audit.system"):  # fmt: skip
        if old.text(key):
            assert new.text(key) == old.text(key), key
    assert new.rows["equipment.list"] == old.rows["equipment.list"]


def test_results_and_amounts_of_the_last_round_are_not_carried() -> None:
    book = with_answer(sample_book(), "override/energy.total", "400")
    new = next_round(book, sample_project().questionnaire)
    gone = (
        "indicator/",
        "override/",
        "env.monitoring/",
        "team.plan/",
        "causes.",
        "targets.",
        "continuing.",
        "balance.",
    )
    assert not [key for key in new.answers if key.startswith(gone)]
    assert new.text("plating.metals/nickel/bought") == ""
    assert new.text("front.list_date") == ""


def test_without_a_base_year_there_is_no_next_round() -> None:
    book = sample_book()
    answers = {key: value for key, value in book.answers.items() if key != "audit.base_year"}
    with pytest.raises(UserError, match="基准年"):
        next_round(AnswerBook(answers, book.rows), sample_project().questionnaire)


def test_numbers_that_were_not_readable_do_not_stop_it() -> None:
    book = with_answer(sample_book(), "plating.lines/r1/y0", "很多")
    assert next_round(book, sample_project().questionnaire).get("plating.lines/r1/y1") == Given(
        "很多"
    )
