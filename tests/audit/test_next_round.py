"""The next round of an audit: years move back, what lasts is carried, results are not."""

import pytest

from app.assessment.finding import NotApplicable
from app.audit.next_round import (
    Earlier,
    earlier_from_text,
    earlier_of,
    earlier_to_text,
    next_round,
)
from app.errors import UserError
from app.forms.answer import MISSING, AnswerBook, Given
from app.forms.question import Question, QuestionKind, RowsKind, TableQuestion
from tests.helpers.fill import filled
from tests.helpers.forms import sample_book, sample_project, shipped_forms, with_answer

FRONT = shipped_forms().questionnaires["front_door"]
SETS = sorted(set(shipped_forms().questionnaires) - {"front_door"})


def after(
    book: AnswerBook, questionnaire_id: str = "industry", year: int | None = None
) -> AnswerBook:
    return next_round(book, shipped_forms().questionnaires[questionnaire_id], FRONT, year)


def carried() -> AnswerBook:
    return after(sample_book())


def test_the_base_year_goes_on_and_its_figures_become_those_of_the_year_before() -> None:
    old, new = sample_book(), carried()
    assert new.text("audit.base_year") == "2026"
    assert new.text("plating.lines/r1/y1") == old.text("plating.lines/r1/y0")
    assert new.text("plating.lines/r1/y2") == old.text("plating.lines/r1/y1")
    assert new.text("plating.lines/r1/y0") == ""
    assert new.text("energy.bills/2025-03/electricity") == "158900"
    assert new.text("energy.bills/2023-03/electricity") == ""
    assert new.text("product.years/2025/value") == old.text("product.years/2025/value")
    derived = sample_project(new).derivation
    assert (
        derived.figure("energy.total", 2025).value
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
    new = after(book)
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
    for key in ("front.list_date", "front.kind", "env.penalties", "team.start", "env.drill"):
        assert sample_book().text(key), key
        assert new.text(key) == "", key


def test_without_a_base_year_there_is_no_next_round() -> None:
    book = sample_book()
    answers = {key: value for key, value in book.answers.items() if key != "audit.base_year"}
    with pytest.raises(UserError, match="基准年"):
        after(AnswerBook(answers, book.rows))


def test_numbers_that_were_not_readable_do_not_stop_it() -> None:
    book = with_answer(sample_book(), "plating.lines/r1/y0", "很多")
    assert after(book).get("plating.lines/r1/y1") == Given("很多")


@pytest.mark.parametrize("questionnaire_id", SETS)
def test_no_amount_of_the_new_base_year_is_carried_in_any_set(questionnaire_id: str) -> None:
    questionnaire = shipped_forms().questionnaires[questionnaire_id]
    old = filled(questionnaire)
    new = after(old, questionnaire_id)
    for page in questionnaire.stages[0].pages:
        for card in page.cards:
            for item in card.items:
                if (
                    isinstance(item, Question)
                    and item.kind is QuestionKind.NUMBER
                    and not item.keep
                ):
                    assert new.get(item.id) == MISSING, item.id
                if not isinstance(item, TableQuestion):
                    continue
                if item.rows in (RowsKind.MONTHS, RowsKind.YEARS):
                    assert not [key for key in new.answers if key.startswith(f"{item.id}/2026")]
                    assert not [key for key in new.answers if key.startswith(f"{item.id}/2023")]
                    assert [key for key in new.answers if key.startswith(f"{item.id}/2025")]
                for key in new.answers:
                    if key.startswith(f"{item.id}/"):
                        assert not key.endswith(("/y0", "/closing")), key


def test_a_hotel_keeps_its_rooms_and_asks_again_for_what_a_year_used() -> None:
    old = filled(shipped_forms().questionnaires["hotel"])
    new = after(old, "hotel")
    for key in (
        "hotel.rooms",
        "hotel.stars",
        "hotel.hot_water",
        "firm.name",
        "mgmt.meters/water1/needed",
    ):
        if old.get(key) != MISSING:
            assert new.get(key) == old.get(key), key
    assert new.text("hotel.rooms")
    assert new.get("energy.diesel") == new.get("firm.days") == MISSING


def test_a_farm_keeps_its_land_and_its_years_stay_where_they_are() -> None:
    old = filled(shipped_forms().questionnaires["livestock"])
    new = after(old, "livestock")
    assert new.get("livestock.land") == old.get("livestock.land") != MISSING
    assert new.get("livestock.antibiotics") == MISSING
    key = "livestock.manure/2025/generated"
    assert new.get(key) == old.get(key) != MISSING


def test_a_stock_and_a_meter_begin_where_they_ended() -> None:
    book = with_answer(
        filled(shipped_forms().questionnaires["logistics"]), "packaging.list/r1/closing", "37"
    )
    assert after(book, "logistics").text("packaging.list/r1/opening") == "37"
    assert after(book, "logistics", 2027).text("packaging.list/r1/opening") == ""


def test_after_some_years_the_figures_move_as_far() -> None:
    old = sample_book()
    new = after(old, year=2027)
    assert new.text("plating.lines/r1/y2") == old.text("plating.lines/r1/y0")
    assert new.text("plating.lines/r1/y1") == new.text("plating.lines/r1/y0") == ""
    assert new.text("energy.bills/2025-03/electricity") == "158900"
    assert new.text("energy.bills/2024-03/electricity") == ""
    assert not [key for key in after(old, year=2030).answers if key.startswith("energy.bills/")]
    with pytest.raises(UserError, match="2025 年不比上一轮"):
        after(old, year=2025)


def test_the_last_round_stays_readable_beside_each_question() -> None:
    old, new = sample_book(), carried()
    earlier = earlier_of(old, new)
    assert earlier.year == 2025
    assert earlier.beside("energy.diesel", 2026) == old.get("energy.diesel") != MISSING
    assert earlier.beside("energy.bills/2026-03/electricity", 2026) == Given("158900")
    assert earlier.beside("product.years/2026/value", 2026) == old.get("product.years/2025/value")
    assert earlier.beside("plating.lines/r1/y0", 2026) == old.get("plating.lines/r1/y0")
    assert [key for key in earlier.book.answers if key.startswith("indicator/")]


def test_a_row_that_was_not_carried_is_not_shown_beside_a_new_one() -> None:
    old = sample_book()
    assert old.row_ids("env.monitoring")
    earlier = earlier_of(old, carried())
    assert not [key for key in earlier.book.answers if key.startswith("env.monitoring/")]
    assert [key for key in earlier.book.answers if key.startswith("equipment.list/r1/")]


def test_the_last_round_is_the_same_after_the_file() -> None:
    earlier = earlier_of(sample_book(), carried())
    assert any(isinstance(answer, NotApplicable) for answer in earlier.book.answers.values())
    back = earlier_from_text(earlier_to_text(earlier))
    assert back.year == earlier.year
    assert back.book.rows == earlier.book.rows
    assert {key: _said(back, key) for key in back.book.answers} == {
        key: _said(earlier, key) for key in earlier.book.answers
    }


def _said(earlier: Earlier, key: str) -> tuple[str, str]:
    answer = earlier.book.get(key)
    if isinstance(answer, Given):
        return answer.text, answer.note
    return "", str(answer)


def test_the_tables_their_weights_and_the_layers_go_on_and_amounts_of_the_year_do_not() -> None:
    book = sample_book()
    given = {
        "audit.table": "one+two",
        "table_weight/one": "0.4",
        "table_weight/two": "0.6",
        "variable/one/n": "4",
        "variable/one/extra-heats": "2",
        "output/one/rigid": "1200",
    }
    for key, text in given.items():
        book = with_answer(book, key, text)
    new = next_round(book, shipped_forms().questionnaires["industry"], FRONT, variables=["n"])
    kept = {key: new.text(key) for key in given if new.text(key)}
    assert kept == {key: given[key] for key in list(given)[:4]}
