"""The ten questions with what follows from them: chemicals, the first look, an earlier audit brought along."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QRadioButton, QScrollArea

from app.errors import UserError
from app.forms.answer import AnswerBook, Given
from app.ui import problems
from app.ui.chips import ChipLabel
from app.ui.earlier_picker import EarlierPicker
from app.ui.main_window import MainWindow
from app.ui.new_audit import NewAuditScreen
from tests.helpers.typing import focused, press, type_text
from tests.ui.test_audit_screen import nameless
from tests.ui.test_main_window import answer, catalogue_is_built, new_screen, open_window, services

__all__ = ["catalogue_is_built", "open_window", "services"]
PLATER = "3360 金属表面处理及热处理加工"


def words(screen: NewAuditScreen) -> str:
    QApplication.processEvents()
    return "\n".join(one.text() for one in screen.findChildren(QLabel) if one.isVisible())


def opened(open_window: Callable[[], MainWindow]) -> NewAuditScreen:
    window = open_window()
    window.start()
    return new_screen(window)


def earlier_audit(window: MainWindow, folder: Path) -> Path:
    answers = {
        "firm.name": "绘川包装",
        "firm.credit_code": "91440605MA05T8K207",
        "firm.place": "佛山",
        "firm.industry": PLATER,
        "audit.base_year": "2025",
        "energy.diesel": "120",
        "front.kind": "toxic",
        "equipment.list/r1/name": "印刷机",
        "equipment.list/r1/power": "75",
    }
    book = AnswerBook(
        {key: Given(text) for key, text in answers.items()}, {"equipment.list": ("r1",)}
    )
    session = window.services.projects.create_audit(folder, "绘川包装 2025", book)
    session.close()
    return session.path


def test_chemicals_pasted_below_each_other_are_found_and_the_rest_is_named(
    open_window: Callable[[], MainWindow],
) -> None:
    screen = opened(open_window)
    field = next(
        row.inputs["front.chemical_names"]
        for row in screen.rows
        if "front.chemical_names" in row.inputs
    )
    field.focus_target().setFocus()
    QApplication.clipboard().setText("108-88-3\n盐酸\n二氯甲烷 99%")
    QTest.keyClick(focused(), Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    press(Qt.Key.Key_Tab)
    said = words(screen)
    assert "甲苯（CAS 108-88-3）" in said
    assert "对上 2 种" in said
    assert "没对上名录：盐酸" in said
    assert "没对上不等于不属于" in said


def test_the_limiting_indicators_of_the_chosen_system_bound_the_level_and_are_not_asked_again(
    open_window: Callable[[], MainWindow],
) -> None:
    screen = opened(open_window)
    answer(screen, "firm.name", "甲")
    answer(screen, "firm.industry", PLATER)
    assert "还有 1 项，进去再填" in words(screen)
    assert "还不能说。左边最下面有 9 项限定性指标" in words(screen)
    key = "indicator/general-plating/hazardous-chemicals"
    choice = screen.look.inputs[key]
    assert isinstance(choice, QComboBox)
    choice.setFocus()
    press(Qt.Key.Key_Down)
    amount = screen.look.inputs["front.look/general-plating/rinse-water-intake"]
    amount.focus_target().setFocus()
    type_text("32")
    press(Qt.Key.Key_Return)
    assert "最高可能 Ⅲ级" in words(screen)
    assert "还有 7 项没填" in words(screen)
    assert "拿原文核对过才算数" in words(screen)
    assert nameless(screen.window()) == []
    screen.create_audit()
    window = screen.window()
    assert isinstance(window, MainWindow)
    assert window.model is not None
    assert window.model.book.text(key) == "I"
    assert window.model.assessment is not None
    assert window.model.assessment.judgement("hazardous-chemicals").state == "reached"
    assert window.model.assessment.judgement("rinse-water-intake").state == "missing"


def test_without_a_system_the_level_is_not_guessed_and_what_then_is_said(
    open_window: Callable[[], MainWindow],
) -> None:
    screen = opened(open_window)
    answer(screen, "firm.industry", "6110 旅游饭店")
    assert "没有收录能给这个行业定级的指标体系" in words(screen)
    assert "近三年比" in words(screen)
    assert screen.look.isHidden()
    answer(screen, "firm.industry", PLATER)
    assert not screen.look.isHidden()
    none = next(one for one in screen.findChildren(QRadioButton) if "先不选" in one.text())
    none.click()
    QApplication.processEvents()
    assert screen.look.isHidden()
    screen.create_audit()
    window = screen.window()
    assert isinstance(window, MainWindow)
    assert window.model is not None
    assert window.model.book.text("audit.system") == ""


@pytest.mark.parametrize("industry", ["0313", "6110", "4710", "5430", "3360"])
def test_dates_and_time_are_in_sight_for_every_field(
    open_window: Callable[[], MainWindow], industry: str
) -> None:
    screen = opened(open_window)
    screen.window().resize(1366, 728)
    answer(screen, "firm.industry", industry)
    screen._take("front.kind", Given("toxic"))  # noqa: SLF001
    assert "填了名单公布日期" in words(screen)
    answer(screen, "front.list_date", "2026-03-16")
    said = words(screen)
    for part in ("平台登记 2026-04-16 前", "完成并交报告 2027-03-16 前", "小时", "先去要这些材料"):
        assert part in said
    assert [one for one in screen.findChildren(ChipLabel) if "电费单" in one.accessibleName()]
    clock = next(one for one in screen.findChildren(QLabel) if "小时" in one.text())
    assert screen.rect().contains(clock.mapTo(screen, clock.rect().bottomLeft()))


def test_an_earlier_audit_is_found_by_pinyin_and_brought_along(
    open_window: Callable[[], MainWindow], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window()
    path = earlier_audit(window, tmp_path)
    window.services.projects.create_audit(tmp_path, "别家", AnswerBook()).close()
    window.start()
    screen = new_screen(window)

    def pick(picker: EarlierPicker) -> int:
        picker.show()
        QTest.keyClicks(picker.search, "hcbz")
        assert picker.list.count() == 1
        QTest.keyClick(picker.search, Qt.Key.Key_Return)
        return picker.result()

    monkeypatch.setattr(EarlierPicker, "exec", pick)
    QTest.keyClick(screen, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert "从「绘川包装 2025」带过来" in words(screen)
    assert screen.file_name() == "绘川包装 2026"
    row = next(row for row in screen.rows if "front.kind" in row.inputs)
    assert not row.is_done
    assert row.isAncestorOf(window.focusWidget())
    answer(screen, "audit.base_year", "2027")
    assert "2027 年的数" in words(screen)
    screen.create_audit()
    assert window.model is not None
    session = window.model.session
    assert session.path == path.with_name("绘川包装 2027.cpaudit")
    assert session.book.text("equipment.list/r1/power") == "75"
    assert session.book.text("energy.diesel") == ""
    assert session.book.text("front.kind") == ""
    assert session.earlier is not None
    assert session.earlier.beside("energy.diesel", 2027) == Given("120")


def test_what_was_typed_here_stands_over_what_is_brought_and_stays_without_it(
    open_window: Callable[[], MainWindow], tmp_path: Path
) -> None:
    window = open_window()
    path = earlier_audit(window, tmp_path)
    window.start()
    screen = new_screen(window)
    answer(screen, "firm.name", "绘川包装（新厂）")
    screen.carry_from(path)
    assert screen.file_name() == "绘川包装（新厂） 2026"
    screen.drop_link.click()
    assert screen.file_name() == "绘川包装（新厂）"
    assert "带过来：" not in words(screen)


def test_a_year_that_is_not_later_is_said_and_nothing_is_made(
    open_window: Callable[[], MainWindow], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window()
    path = earlier_audit(window, tmp_path)
    window.start()
    screen = new_screen(window)
    screen.carry_from(path)
    answer(screen, "audit.base_year", "2025")
    assert "2025 年不比上一轮的 2025 年晚" in words(screen)
    told: list[UserError] = []
    monkeypatch.setattr(problems, "show_user_error", lambda _w, _t, error: told.append(error))
    screen.create_audit()
    assert len(told) == 1
    assert window.model is None
    assert sorted(one.name for one in tmp_path.glob("*.cpaudit")) == ["绘川包装 2025.cpaudit"]
    answer(screen, "audit.base_year", "2026")
    screen.create_audit()
    assert window.model is not None


def test_with_an_earlier_audit_the_foot_stays_on_a_small_screen(
    open_window: Callable[[], MainWindow], tmp_path: Path
) -> None:
    window = open_window()
    path = earlier_audit(window, tmp_path)
    window.start()
    window.resize(1366, 728)
    screen = new_screen(window)
    screen.carry_from(path)
    QApplication.processEvents()
    around = screen.parentWidget()
    while not isinstance(around, QScrollArea):
        assert around is not None
        around = around.parentWidget()
    assert around.verticalScrollBar().maximum() == 0
    assert screen.create_button.isVisible()


def test_a_trade_is_found_by_the_words_people_have_for_it(
    open_window: Callable[[], MainWindow],
) -> None:
    screen = opened(open_window)
    screen.focus_first()
    for _ in range(3):
        press(Qt.Key.Key_Return)
    for typed, taken in (
        ("木家具", "2110 木质家具制造"),
        ("综超", ""),
        ("211", "2110 木质家具制造"),
    ):
        assert focused().accessibleName() == "行业代码和名称"
        press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        press(Qt.Key.Key_Delete)
        type_text(typed)
        offers = QApplication.activePopupWidget()
        if not taken:
            assert offers is None, typed
            continue
        assert offers is not None, typed
        QTest.keyClick(offers, Qt.Key.Key_Down)
        QTest.keyClick(offers, Qt.Key.Key_Return)
        QApplication.processEvents()
        assert taken in [field.text() for field in screen.findChildren(QLineEdit)], typed
        answer_field = next(
            field for field in screen.findChildren(QLineEdit) if field.text() == taken
        )
        answer_field.setFocus()


def test_the_whole_page_by_enter_alone(open_window: Callable[[], MainWindow]) -> None:
    screen = opened(open_window)
    answer(screen, "firm.industry", PLATER)
    screen.focus_first()
    seen = set()
    for _ in range(80):
        here = focused()
        if here is screen.create_button:
            break
        seen.add(here.accessibleName())
        if here.inherits("QPlainTextEdit"):
            press(Qt.Key.Key_Tab)
        else:
            press(Qt.Key.Key_Return)
    assert focused() is screen.create_button
    assert {"统一社会信用代码", "危险废物处理处置"} <= seen


def test_an_audit_that_cannot_be_gone_on_from_says_why_and_leaves_everything(
    open_window: Callable[[], MainWindow], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window()
    book = AnswerBook({"firm.name": Given("没有基准年")})
    session = window.services.projects.create_audit(tmp_path, "没有基准年", book)
    session.close()
    broken = tmp_path / "坏.cpaudit"
    broken.write_bytes(b"not an audit")
    window.start()
    screen = new_screen(window)
    answer(screen, "firm.name", "甲")
    told: list[str] = []
    monkeypatch.setattr(problems, "show_user_error", lambda _w, _t, error: told.append(str(error)))
    for path in (session.path, broken, tmp_path / "没有.cpaudit"):
        screen.carry_from(path)
    assert len(told) == 3
    assert "基准年" in told[0]
    assert screen.file_name() == "甲"
    assert "带过来：" not in words(screen)
