"""Picking a category while typing: in a cell and in a question of its own, by keyboard."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from app.audit.offers import Offer
from app.forms.answer import Change, Given
from app.ui.pages.form_page import FormPage
from app.ui.session import SessionModel
from app.ui.tables.offers import OfferList, found
from tests.helpers.pages import show_page
from tests.helpers.typing import focused, press, type_text

CELL = "voc.materials/r1/category"


def open_list(page: FormPage) -> OfferList:
    return next(one for one in page.findChildren(OfferList) if one.isVisible())


def test_words_in_any_order_and_pinyin_initials_find_an_offer() -> None:
    offers = [
        Offer("溶剂油墨-凹印油墨", "GB 38507-2020 · ≤ 75 %"),
        Offer("水性油墨-凹印-吸收性承印物", "GB 38507-2020 · ≤ 15 %"),
        Offer("水性油墨-凹印-非吸收性承印物", "GB 38507-2020 · ≤ 30 %"),
    ]
    assert [one.text for one in found(offers, "凹印 溶剂")] == ["溶剂油墨-凹印油墨"]
    assert [one.text for one in found(offers, "rjym")] == ["溶剂油墨-凹印油墨"]
    assert len(found(offers, "38507")) == 3
    assert len(found(offers, "")) == 3
    assert found(offers, "木器") == []


def test_a_category_is_picked_in_a_cell_and_judged(qtbot: QtBot, model: SessionModel) -> None:
    page = show_page(qtbot, model, "voc")
    assert page.focus_key(CELL)
    type_text("凹印 溶剂")
    shown = open_list(page)
    assert "溶剂油墨-凹印油墨" in [offer.text for offer in shown.shown]
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Return)
    assert model.book.text(CELL) == "溶剂油墨-凹印油墨"
    assert not any(one.isVisible() for one in page.findChildren(OfferList))
    undiluted = CELL.replace(
        "category", "thinner"
    )  # the ledger holds thinners: none goes into this one
    model.record([Change(undiluted, model.book.get(undiluted), Given("0"))], "不加稀释剂")
    verdict = model.project.derivation.cell("voc.materials", "r1", "verdict")
    assert "没超" in verdict.words


def test_text_of_ones_own_stays_and_escape_closes_the_list_first(
    qtbot: QtBot, model: SessionModel
) -> None:
    page = show_page(qtbot, model, "voc")
    before = model.book.text(CELL)
    assert page.focus_key(CELL)
    type_text("水性")
    shown = open_list(page)
    press(Qt.Key.Key_Escape)
    assert not shown.isVisible()
    assert isinstance(focused(), QLineEdit), "the cell is still open"
    press(Qt.Key.Key_Escape)
    assert model.book.text(CELL) == before
    type_text("我们自己的叫法水性")
    press(Qt.Key.Key_Return)
    assert model.book.text(CELL) == "我们自己的叫法水性"


def test_an_empty_cell_offers_everything_and_a_list_of_chemicals_grows(
    qtbot: QtBot, model: SessionModel
) -> None:
    page = show_page(qtbot, model, "voc")
    key = "voc.materials/r1/component"
    assert page.focus_key(key)
    press(Qt.Key.Key_F2)
    QApplication.processEvents()
    assert len(open_list(page).shown) > 20
    type_text("甲醛、75-09-2")
    assert [offer.text for offer in open_list(page).shown] == ["二氯甲烷"]
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Return)
    assert model.book.text(key) == "甲醛、二氯甲烷"


def test_a_single_question_offers_its_list_too(qtbot: QtBot, model: SessionModel) -> None:
    page = show_page(qtbot, model, "water")
    assert page.focus_key("water.quota_class")
    type_text("洗车")
    shown = open_list(page)
    shown.list.clicked.emit(shown.list.model().index(0, 0))
    assert model.book.text("water.quota_class") == shown.shown[0].text
