"""Remarks: all at once, each with its place and remedy; nothing is changed."""

from datetime import date

from app.assessment.finding import Missing, NotApplicable
from app.checkup.page_remarks import Remark, Severity, check_page
from app.forms.answer import AnswerBook, Change, Given, apply
from tests.helpers.forms import sample_book, sample_project, with_answer

TODAY = date(2026, 11, 20)


def remarks(page_id: str, book: AnswerBook) -> dict[str, Remark]:
    project = sample_project(book)
    page = next(page for page in project.questionnaire.pages() if page.id == page_id)
    return {
        remark.key: remark
        for remark in check_page(page, book, project.derivation, TODAY)
        if remark.severity is not Severity.HINT
    }


def test_the_five_remarks_of_a_badly_typed_profile_come_together() -> None:
    book = sample_book()
    book = with_answer(book, "firm.credit_code", "91440605MA05T8K201")
    for key, raw in (("firm.founded", "20098"), ("firm.staff", "一百二十八")):
        book = apply(book, (Change(key, book.get(key), Given("", raw=raw)),))
    book = with_answer(book, "firm.days", "400")
    found = remarks("profile", book)
    assert found["firm.credit_code"].severity is Severity.MUST
    assert "应是 7" in found["firm.credit_code"].what
    assert [offer.typed for offer in found["firm.founded"].offers] == ["2009"]
    assert found["firm.staff"].severity is Severity.SHOULD
    assert [offer.typed for offer in found["firm.staff"].offers] == ["128"]
    assert found["firm.days"].severity is Severity.MUST
    assert len(found) == 4


def test_yuan_in_a_field_of_ten_thousand_yuan_is_noticed_with_an_offer() -> None:
    found = remarks("products", with_answer(sample_book(), "product.years/2025/value", "64800000"))
    remark = found["product.years/2025/value"]
    assert "1 万倍" in remark.what
    assert [offer.typed for offer in remark.offers] == ["6480"]


def test_a_month_in_the_wrong_unit_is_a_slip_not_an_outlier() -> None:
    found = remarks(
        "energy", with_answer(sample_book(), "energy.bills/2025-07/electricity", "17.68")
    )
    remark = found["energy.bills/2025-07/electricity"]
    assert "单位" in remark.what
    assert [offer.typed for offer in remark.offers] == ["176800"]


def test_an_outlier_without_a_reason_asks_for_one() -> None:
    book = sample_book()
    key = "energy.bills/2025-02/note"
    book = apply(book, (Change(key, book.get(key), Missing()),))
    found = remarks("energy", book)
    assert found["energy.bills/2025-02/electricity"].severity is Severity.SHOULD
    assert "energy.bills/2025-02/gas" in found


def test_a_jump_between_years_asks_for_a_reason_until_it_has_one() -> None:
    key = "materials.list/r5/y0"
    assert "多了" in remarks("materials", with_answer(sample_book(), key, "13000"))[key].what
    assert key not in remarks(
        "materials", with_answer(sample_book(), key, "13000", note="加了一条线")
    )


def test_a_gap_between_filled_months_is_named() -> None:
    book = sample_book()
    key = "water.bills/2025-07/intake"
    book = apply(book, (Change(key, book.get(key), Missing()),))
    assert "2025 年 7 月" in remarks("water", book)[key].what


def test_a_water_row_that_does_not_close_is_named_with_the_difference() -> None:
    found = remarks("water", with_answer(sample_book(), "water.units/r1/drain", "19750"))
    assert "差 100 m³" in found["water.units/r1/drain"].what


def test_dates_in_the_wrong_order_and_an_expired_permit() -> None:
    book = with_answer(sample_book(), "team.plan/b/end", "2026-06-01")
    assert remarks("team", book)["team.plan/b/end"].severity is Severity.MUST
    expired = with_answer(sample_book(), "env.permit_until", "2026-10-31")
    assert remarks("compliance", expired)["env.permit_until"].what == "今天 11-20，已经过期"


def test_more_metal_in_the_coating_than_was_bought_cannot_be() -> None:
    found = remarks("materials", with_answer(sample_book(), "plating.metals/zinc/bought", "1329"))
    assert found["plating.metals/zinc/bought"].severity is Severity.MUST


def test_a_result_over_its_limit_is_named() -> None:
    found = remarks("compliance", with_answer(sample_book(), "env.monitoring/r3/result", "1.2"))
    assert "超过限值 1" in found["env.monitoring/r3/result"].what


def test_not_applicable_needs_a_reason_and_a_typed_over_figure_too() -> None:
    book = sample_book()
    book = apply(book, (Change("energy.heat", book.get("energy.heat"), NotApplicable("无")),))
    assert "energy.heat" in remarks("energy", book)
    book = with_answer(sample_book(), "override/energy.total", "430")
    assert remarks("energy", book)["override/energy.total"].severity is Severity.MUST


def test_an_answer_that_a_condition_hides_is_mentioned() -> None:
    book = with_answer(sample_book(), "voc.used", "no")
    project = sample_project(book)
    page = next(page for page in project.questionnaire.pages() if page.id == "voc")
    found = [remark.key for remark in check_page(page, book, project.derivation)]
    assert {"voc.materials", "voc.capture", "voc.treatment"} <= set(found)
