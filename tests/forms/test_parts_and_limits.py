"""Parts that outgrow their whole, shares above 100 %, meters that run backwards: said where they stand, once."""

import pytest

from app.checkup.page_remarks import Remark, Severity, check_page
from app.forms.answer import Answer, AnswerBook, Given, cell_key, override_key
from app.forms.question import Question, TableQuestion
from tests.helpers.forms import derivation, shipped_forms


def remarks(
    set_id: str, page_id: str, texts: dict[str, str], rows: dict[str, tuple[str, ...]]
) -> tuple[Remark, ...]:
    answers: dict[str, Answer] = {key: Given(text) for key, text in texts.items()}
    book = AnswerBook({"audit.base_year": Given("2025"), **answers}, rows)
    pages = shipped_forms().questionnaires[set_id].pages()
    page = next(page for page in pages if page.id == page_id)
    return check_page(page, book, derivation(book, set_id))


def manure(used: str, year: str = "2025") -> tuple[Remark, ...]:
    texts = {
        cell_key("livestock.manure", year, "generated"): "1000",
        cell_key("livestock.manure", year, "used"): used,
    }
    found = remarks("livestock", "manure", texts, {})
    return tuple(remark for remark in found if year in remark.key or year in remark.what)


def test_more_manure_used_than_there_was_is_said_at_the_cell_and_at_the_rate() -> None:
    cell, rate = manure("1234")
    assert cell.key == cell_key("livestock.manure", "2025", "used")
    assert cell.what == "1,234 t，比「产生」的 1,000 t 还多"
    assert cell.severity is Severity.SHOULD
    assert rate.key == override_key("livestock.manure_use")
    assert "2025 年" in rate.what
    assert "123.4%" in rate.what


def test_a_rate_above_100_is_said_for_years_before_too() -> None:
    assert any("2023 年「粪污资源化利用率」" in remark.what for remark in manure("1100", "2023"))


def test_all_of_it_used_is_fine() -> None:
    assert manure("1000") == ()


def test_a_reason_settles_a_part_that_is_more_than_its_whole() -> None:
    book = AnswerBook(
        {
            "audit.base_year": Given("2025"),
            cell_key("livestock.manure", "2025", "generated"): Given("1000"),
            cell_key("livestock.manure", "2025", "used"): Given("1100", note="用了上年存的"),
        }
    )
    page = next(p for p in shipped_forms().questionnaires["livestock"].pages() if p.id == "manure")
    keys = [remark.key for remark in check_page(page, book, derivation(book, "livestock"))]
    assert cell_key("livestock.manure", "2025", "used") not in keys


def test_a_single_question_can_be_part_of_another() -> None:
    texts = {"restaurant.stoves": "6", "restaurant.efficient": "7"}
    pages = shipped_forms().questionnaires["restaurant"].pages()
    page_id = next(
        page.id
        for page in pages
        for card in page.cards
        for item in card.items
        if isinstance(item, Question) and item.id == "restaurant.efficient"
    )
    (remark,) = remarks("restaurant", page_id, texts, {})
    assert remark.key == "restaurant.efficient"
    assert remark.what == "7 个，比「灶头」的 6 个 还多"


def test_every_part_counts_in_the_unit_of_its_whole() -> None:
    seen = 0
    for questionnaire in shipped_forms().questionnaires.values():
        questions: dict[str, Question] = {}
        for page in questionnaire.pages():
            for card in page.cards:
                for item in card.items:
                    if isinstance(item, Question):
                        questions[item.id] = item
                    elif isinstance(item, TableQuestion):
                        columns = {column.id: column for column in item.columns}
                        for column in item.columns:
                            if column.part_of:
                                seen += 1
                                assert columns[column.part_of].unit == column.unit, column.id
        for question in questions.values():
            if question.part_of:
                seen += 1
                assert questions[question.part_of].unit == question.unit, question.id
    assert seen > 10


@pytest.mark.parametrize(("closing", "said"), [("900", True), ("1000", False), ("1100", False)])
def test_a_meter_that_ran_backwards_is_said(closing: str, said: bool) -> None:
    texts = {
        "energy.has_meters": "yes",
        "energy.meters/r1/name": "总表",
        "energy.meters/r1/opening": "1000",
        "energy.meters/r1/closing": closing,
    }
    found = remarks("industry", "energy", texts, {"energy.meters": ("r1",)})
    assert [remark.key for remark in found] == (["energy.meters/r1/closing"] if said else [])


@pytest.mark.parametrize(("year", "said"), [("2023", True), ("2025", False)])
def test_an_equivalent_value_of_another_year_is_pointed_out(year: str, said: bool) -> None:
    texts = {"energy.by_equivalent": "yes", "energy.equivalent_year": year}
    found = remarks("industry", "energy", texts, {})
    assert [remark.severity for remark in found] == ([Severity.HINT] if said else [])
    assert all("2023 年的，基准年是 2025 年" in remark.what for remark in found)
