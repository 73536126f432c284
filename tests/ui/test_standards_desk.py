"""The standards desk in the real window: find, check by keyboard, packs, bringing in, editing, editions, 自评参考."""

import hashlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QImage
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QScrollArea, QWidget
from pytestqt.qtbot import QtBot
from reportlab.pdfgen.canvas import Canvas

from app.assessment.indicator_system import Indicator, Level, Limit, Verification
from app.audit.project import COPY_KEY
from app.audit.wording import threshold_text
from app.bootstrap import build_services
from app.forms.answer import Given
from app.reports.read_back import text_of
from app.services.prints import print_of
from app.services.services import Services
from app.services.session import ImmediateExecutor
from app.services.systems import change_system, export_system
from app.standards.verification import Check, correct_row, verify_row
from app.ui import theme
from app.ui.main_window import MainWindow
from app.ui.pages.benchmark import BenchmarkPage
from app.ui.results.self_check_panel import SelfCheckPanel
from app.ui.settings import Settings
from app.ui.standards.bring_in_screen import BringInScreen
from app.ui.standards.desk import StandardsDesk
from app.ui.standards.editions_screen import NO_SYSTEM, EditionsScreen
from app.ui.standards.pack_screen import ImportPackScreen
from app.ui.standards.system_table import COLUMNS
from app.ui.standards.systems_screen import SystemsScreen
from app.ui.standards.verify_screen import VerifyScreen
from tests.helpers.painting import painted_last
from tests.helpers.typing import focused, press, type_text
from tests.ui.test_audit_screen import nameless

ID, TABLE, RINSE = "electroplating-2015", "general-plating", "rinse-water-intake"


@pytest.fixture(scope="module")
def catalogue_is_built() -> None:
    build_services(ImmediateExecutor()).close()


@pytest.fixture
def services(catalogue_is_built: None) -> Iterator[Services]:
    made = build_services(ImmediateExecutor())
    yield made
    made.close()


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication, services: Services) -> Iterator[MainWindow]:
    theme.load_fonts()
    theme.apply_theme(qapp, "light")
    made = MainWindow(services, Settings(user_name="何敏"))
    made.resize(1440, 900)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    with painted_last(made):
        made.start()
        yield made
    made.close()
    qtbot.addWidget(made)


@pytest.fixture
def desk(window: MainWindow) -> StandardsDesk:
    return window.standards()


def open_sample(window: MainWindow, folder: Path) -> None:
    """The complete sample: level Ⅲ under the shipped system."""
    window.open_file(window.services.projects.sample(folder)[1])
    assert window.audit is not None
    window.audit.go_to("benchmark")


def open_drop(window: MainWindow, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(
        QPointF(20, 20),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    window.dropEvent(event)
    QApplication.processEvents()


def type_rinse(screen: VerifyScreen, level_two: str = "24") -> None:
    """The row of the rinse water by keyboard, as printed: ≤8 ≤24 ≤40, weight 1, limiting, L/m²."""
    screen.choose(RINSE)
    for text in ("8", level_two, "≤40", "1"):
        type_text(text)
        press(Qt.Key.Key_Return)
    press(Qt.Key.Key_Space)  # 是
    press(Qt.Key.Key_Return)
    type_text("L/m2")
    press(Qt.Key.Key_Return)


def test_the_left_side_leads_to_the_library_and_back(window: MainWindow) -> None:
    window.library.nav.buttons["systems"].setFocus()
    press(Qt.Key.Key_Space)
    screen = window.screens.current_screen()
    assert isinstance(screen, SystemsScreen)
    assert focused() is screen.search
    assert nameless(screen) == []
    press(Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert window.screens.current_screen() is window.library


def test_typing_finds(qtbot: QtBot, desk: StandardsDesk) -> None:
    screen = desk.systems()
    for typed, first in (
        ("电镀行业", ID),
        ("HJ 450", "pcb-hj450-2008"),
        ("ddhy", ID),
        ("农业", "eco-farm-check-2023"),
        ("3360 ddhy", ID),
        ("啤酒 32047", "energy-quota-beer-gb32047-2025"),
    ):
        press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        type_text(typed)
        assert screen.model.shown[0].id == first, typed
        qtbot.waitUntil(
            lambda first=first: (  # type: ignore[misc]
                screen.detail.summary is not None and screen.detail.summary.id == first
            )
        )
        assert screen.detail.table.lines.rowCount() > 0, typed


def test_filters_and_nothing_found(desk: StandardsDesk) -> None:
    screen = desk.systems()
    screen.kind.setCurrentIndex(screen.kind.findText("能耗限额"))
    assert {one.kind for one in screen.model.shown} == {"energy_quota"}
    type_text("没有这种体系")
    assert screen.model.shown == ()
    assert screen.nothing.isVisible()
    screen.choose(ID)
    assert screen.detail.summary is not None
    assert screen.detail.summary.id == ID


def test_the_detail_tells_doubts_replaced_documents_and_audits(
    window: MainWindow, desk: StandardsDesk, tmp_path: Path
) -> None:
    open_sample(window, tmp_path)
    window.go_home()
    screen = desk.systems(ID)
    table = screen.detail.table.lines
    row = table.row_of(RINSE)
    shown = [table.text(table.lines[row], column) for column in COLUMNS[:-1]]
    assert shown == ["单位产品每次清洗取水量", "L/m²", "1", "", "≤ 8", "≤ 24", "≤ 40"]
    texts = _texts(screen.detail.pages.widget(2))
    assert any("2005年第28号" in text for text in texts)
    assert "澄岭五金 审核前" in texts


def _texts(page: QWidget) -> list[str]:
    labels = [one.text() for one in page.findChildren(QLabel)]
    return labels + [one.text() for one in page.findChildren(QPushButton)]


def test_a_row_is_checked_by_keyboard_blind_and_undone(
    desk: StandardsDesk, services: Services
) -> None:
    screen = desk.verify(ID, TABLE)
    assert screen is not None
    screen.choose(RINSE)
    assert not any("24" in text for text in _texts(screen.form))
    type_text("8")
    press(Qt.Key.Key_Tab)
    assert any("一样" in text for text in _texts(screen.form))
    assert not any("24" in text for text in _texts(screen.form))
    assert nameless(screen) == []
    press(Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    press(Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    type_rinse(screen)
    row = rinse_row(services)
    assert row.trust is Verification.VERIFIED
    assert row.provenance.checked_by == "何敏"
    assert row.provenance.checked_against.endswith("第25号，第 5 行")
    assert screen.model.items[screen.list.currentIndex().row()].id != RINSE
    press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert services.catalogue.summary(ID).states[Verification.VERIFIED] == 0


def make_pdf(path: Path, pages: int) -> None:
    sheet = Canvas(str(path))
    for number in range(1, pages + 1):
        sheet.drawString(80, 700, f"page {number}")
        sheet.showPage()
    sheet.save()


def test_the_print_stands_beside_the_typing_and_goes_into_the_record(
    qtbot: QtBot, desk: StandardsDesk, services: Services, tmp_path: Path
) -> None:
    first = desk.verify(ID, TABLE)
    assert first is not None
    assert first.pane.first_button.isVisible()
    file = tmp_path / "公告 2015 第25号.pdf"
    make_pdf(file, 4)
    assert first.pane.open(file)
    for _ in range(12):  # from the field that is being typed in
        press(Qt.Key.Key_PageDown)
    qtbot.waitUntil(lambda: first.pane.page > 2)
    press(Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    left = first.pane.print
    assert left is not None
    assert left.zoom > 0
    page = first.pane.page
    qtbot.waitUntil(lambda: (print_of(ID) or left).page == page)
    first.page.setText("3")
    type_rinse(first)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    against = rinse_row(services).provenance.checked_against
    assert against.endswith(f"第 3 页第 5 行；文件 {file.name}，SHA-256 {digest}")
    desk.leave()
    again = desk.verify(ID, TABLE)
    assert again is not None
    assert again.pane.print is not None
    assert (again.pane.print.zoom, again.pane.page) == (left.zoom, page)
    desk.leave()
    file.unlink()
    gone = desk.verify(ID, TABLE)
    assert gone is not None
    assert gone.pane.print is None
    assert any("不在原来的地方" in text for text in _texts(gone.pane))


def test_a_picture_or_a_torn_file_as_print(desk: StandardsDesk, tmp_path: Path) -> None:
    screen = desk.verify(ID, TABLE)
    assert screen is not None
    torn = tmp_path / "坏.pdf"
    torn.write_bytes(b"not a pdf")
    assert not screen.pane.open(torn)
    assert "打不开" in screen.messages.messages[0].text
    assert screen.pane.print is None
    photo = tmp_path / "照片.png"
    picture = QImage(1200, 1600, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.white)
    assert picture.save(str(photo))
    assert screen.pane.open(photo)
    wide = screen.pane.width()
    views = screen.pane.findChildren(QScrollArea)
    shown = next(one for one in views if one.accessibleName() == "原文")
    assert wide - 60 < shown.widget().width() < wide
    screen.pane.zoom_by(1)
    assert shown.widget().width() in (900, 1200)
    assert nameless(screen) == []


def test_the_sheet_to_check_by_hand_is_set_and_told(
    qtbot: QtBot, desk: StandardsDesk, tmp_path: Path
) -> None:
    screen = desk.systems(ID)
    target = tmp_path / "核对单.pdf"
    desk.sheet_to(ID, [TABLE, "anodizing"], target)
    qtbot.waitUntil(lambda: bool(screen.messages.messages))
    message = screen.messages.messages[0]
    assert message.text == f"存在 {target}"
    assert [action.label for action in message.actions] == ["打开看"]
    words = text_of(target.read_bytes())
    assert "核对单：表1综合电镀" in words
    assert "核对单：表2阳极氧化" in words


def rinse_row(services: Services) -> Indicator:
    rows = services.catalogue.system(ID).table(TABLE).indicators()
    return next(one for one in rows if one.id == RINSE)


def test_a_difference_is_kept_until_a_second_person_agrees(
    desk: StandardsDesk, services: Services
) -> None:
    screen = desk.verify(ID, TABLE)
    assert screen is not None

    def level_two() -> str:
        return threshold_text(rinse_row(services), Level.II)

    type_rinse(screen, "22")
    assert level_two() == "≤ 24"
    assert "两个都记下了" in screen.messages.messages[0].text
    type_rinse(screen, "22")  # the same person again decides nothing
    assert level_two() == "≤ 24"
    screen.by.setText("黄淑仪")
    type_rinse(screen, "22")
    assert level_two() == "≤ 22"
    row = rinse_row(services)
    assert (row.provenance.checked_by, row.provenance.confirmed_by) == ("何敏", "黄淑仪")


def test_checked_states_come_into_the_audit_only_by_an_act(
    window: MainWindow, desk: StandardsDesk, tmp_path: Path
) -> None:
    open_sample(window, tmp_path)
    assert window.model is not None
    model = window.model
    frozen = model.project.system_hash
    screen = desk.verify(ID, TABLE)
    assert screen is not None
    type_rinse(screen)
    assert model.project.system_hash == frozen
    message = screen.messages.messages[0]
    assert [action.label for action in message.actions] == ["用进案卷"]
    message.actions[0].run()
    assert model.assessment is not None
    assert model.assessment.judgement(RINSE).verification is Verification.VERIFIED
    assert model.session.undo_label.startswith("把核对结果用进案卷")
    window.go_home()
    window.open_file(tmp_path / "澄岭五金 审核前.cpaudit")
    assert window.model is not None
    assert window.model.project.system_hash != frozen
    stored, _ = window.model.session.history(COPY_KEY)[0].after, window.close_audit()
    assert isinstance(stored, Given)
    project, assessment = window.services.projects.load(tmp_path / "澄岭五金 审核前.cpaudit")
    assert project.system_hash == stored.text
    assert assessment is not None
    assert assessment.judgement(RINSE).verification is Verification.VERIFIED


def test_undo_brings_the_frozen_copy_back(
    window: MainWindow, desk: StandardsDesk, services: Services, tmp_path: Path
) -> None:
    open_sample(window, tmp_path)
    assert window.model is not None
    frozen = window.model.project.system_hash
    check = Check("何敏", "2026-11-22", "公告，第 3 页")
    change_system(services.catalogue, ID, lambda one: verify_row(one, TABLE, RINSE, check))
    assert desk.take_over()
    assert window.model.project.system_hash != frozen
    window.model.undo()
    assert window.model.project.system_hash == frozen
    window.model.redo()
    assert window.model.project.system_hash != frozen


def test_other_values_are_not_taken_over_as_states(
    window: MainWindow, desk: StandardsDesk, services: Services, tmp_path: Path
) -> None:
    open_sample(window, tmp_path)
    assert window.model is not None
    frozen = window.model.project.system_hash
    check = Check("何敏", "2026-11-22", "公告，第 3 页")
    values = {
        Level.I: Limit(Fraction(8)),
        Level.II: Limit(Fraction(35)),
        Level.III: Limit(Fraction(40)),
    }
    change_system(
        services.catalogue,
        ID,
        lambda one: correct_row(one, TABLE, RINSE, check, benchmarks=values),
    )
    assert not desk.take_over()
    assert window.model.project.system_hash == frozen
    screen = desk.current
    assert isinstance(screen, EditionsScreen)
    assert "1 处数值" in screen.messages.messages[0].text
    assert screen.switch is not None
    assert screen.switch.comparison is not None
    pairs = screen.switch.comparison.pairs
    assert [pair.new_id for pair in pairs if pair.reached[0] != pair.reached[1]] == [RINSE]
    assert "35" in " ".join(_texts(screen))


def test_editions_side_by_side_and_the_users_act(
    window: MainWindow, desk: StandardsDesk, tmp_path: Path
) -> None:
    open_sample(window, tmp_path)
    assert window.model is not None
    level = window.model.assessment and window.model.assessment.level
    page = window.audit and window.audit.page_widget("benchmark")
    assert isinstance(page, BenchmarkPage)
    page.editions_button.setFocus()
    press(Qt.Key.Key_Space)
    screen = desk.current
    assert isinstance(screen, EditionsScreen)
    assert nameless(screen) == []
    screen.choose(ID, "anodizing")
    assert screen.switch is not None
    assert screen.switch.again
    assert window.model.assessment is not None
    assert window.model.assessment.level is level
    screen.adopt_button.setFocus()
    press(Qt.Key.Key_Space)
    assert window.model.project.table_id == "anodizing"
    assert set(window.model.assessment.missing) == set(screen.switch.again)
    assert window.screens.current_screen() is window.audit
    window.model.undo()
    assert window.model.project.table_id == TABLE
    assert window.model.assessment.level is level


def test_an_audit_goes_without_a_system_and_back(
    window: MainWindow, desk: StandardsDesk, tmp_path: Path
) -> None:
    open_sample(window, tmp_path)
    assert window.model is not None
    level = window.model.assessment and window.model.assessment.level
    screen = desk.compare()
    assert screen is not None
    heads = [
        screen.choice.itemText(n)
        for n in range(screen.choice.count())
        if screen.choice.itemData(n) is None
    ]
    assert heads[-1] == "— 不用体系 —"
    assert "— 别的行业，只作对照 —" in heads
    assert screen.choice.currentData() is not None
    screen.choose(*NO_SYSTEM)
    screen.adopt_button.setFocus()
    press(Qt.Key.Key_Space)
    assert window.model.project.system is None
    assert window.model.assessment is None
    page = window.audit and window.audit.page_widget("benchmark")
    assert isinstance(page, BenchmarkPage)
    assert "自评参考" in page.title()
    window.model.undo()
    assert window.model.project.table_id == TABLE
    assert window.model.assessment is not None
    assert window.model.assessment.level is level
    page.own_years_button.click()
    assert "不影响按体系定的级" in shown_words(page)


def shown_words(page: BenchmarkPage) -> str:
    return " ".join(one.text() for one in page.findChildren(QLabel) if one.isVisibleTo(page))


def test_another_audit_is_opened_beside_this_one(
    window: MainWindow, desk: StandardsDesk, tmp_path: Path
) -> None:
    open_sample(window, tmp_path)
    assert window.model is not None
    screen = desk.compare()
    assert screen is not None
    screen.choose(ID, "anodizing")
    target = tmp_path / "对照.xlsx"
    screen.export_to(target)
    assert target.stat().st_size > 5000
    screen.another_button.setFocus()
    press(Qt.Key.Key_Space)
    assert window.model.project.table_id == TABLE
    assert nameless(screen) == []
    message = screen.messages.messages[-1]
    assert [action.label for action in message.actions] == ["打开它"]
    message.actions[0].run()
    assert window.model is not None
    assert window.model.project.table_id == "anodizing"
    window.go_home()
    names = [one.path.stem for one in window.services.projects.audits.summaries()]
    assert names[:2] == ["澄岭五金 审核前 按电镀 2015", "澄岭五金 审核前"]


def test_a_row_of_several_tables_is_checked_in_its_own_table(
    window: MainWindow, desk: StandardsDesk, services: Services, tmp_path: Path
) -> None:
    open_sample(window, tmp_path)
    assert window.model is not None
    text = services.catalogue.system_json("coating-2016")
    window.model.act(
        lambda session: session.adopt("coating-2016", text, "spray-painting+management", "两张表")
    )
    rows = services.catalogue.system("coating-2016").table("management").indicators()
    row_id = next(iter(rows)).id
    desk.open("verify", row_id)
    screen = desk.current
    assert isinstance(screen, VerifyScreen)
    assert screen.table_id == "management"
    assert screen.model.items[screen.list.currentIndex().row()].id == row_id


def test_a_template_is_filled_read_and_taken(
    window: MainWindow, desk: StandardsDesk, services: Services, tmp_path: Path
) -> None:
    screen = desk.bring_in()
    template = tmp_path / "模板.xlsx"
    screen.save_template(template)
    open_drop(window, template)
    assert screen.problems.rowCount() >= 8
    assert not screen.take_button.isEnabled()
    assert nameless(screen) == []
    filled = tmp_path / "啤酒.xlsx"
    export_system(services.catalogue, "beer-hjt183-2006", filled)
    text = services.catalogue.system_json("beer-hjt183-2006")
    screen.read(filled)
    assert screen.problems.isHidden()
    assert screen.table.lines.rowCount() > 8
    screen.second.setText("何敏")
    screen.take()
    assert "另一个人" in screen.messages.messages[0].text
    screen.second.clear()
    screen.second.setFocus()
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    shown = window.screens.current_screen()
    assert isinstance(shown, SystemsScreen)
    assert shown.detail.summary is not None
    assert (shown.detail.summary.id, shown.detail.summary.own) == ("beer-hjt183-2006", True)
    extras = services.catalogue.system("beer-hjt183-2006").extras
    assert extras["复核"] == "没有第二人复核"
    assert services.catalogue.system_json("beer-hjt183-2006") != text


def test_cells_are_edited_and_kept_only_when_the_table_adds_up(
    desk: StandardsDesk, services: Services
) -> None:
    screen = desk.edit(ID, TABLE)
    lines = screen.table.lines
    weight = COLUMNS.index("weight")

    def put(row_id: str, text: str) -> None:
        screen.table.setCurrentIndex(lines.index(lines.row_of(row_id), weight))
        press(Qt.Key.Key_F2)
        editor = focused()
        assert isinstance(editor, QLineEdit)
        editor.selectAll()
        type_text(text)
        press(Qt.Key.Key_Return)

    first, second = [one.row.id for one in lines.lines if one.row is not None][:2]
    shipped = services.catalogue.system_hash(ID)
    put(first, "0.2")
    assert services.catalogue.system_hash(ID) == shipped
    assert "还没存" in screen.messages.messages[0].spoken
    put(second, "0.1")
    rows = {one.id: one for one in services.catalogue.system(ID).table(TABLE).indicators()}
    assert (str(rows[first].weight), str(rows[second].weight)) == ("1/5", "1/10")
    assert "何敏 在程序里改" in rows[first].extras["改动"]
    press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier, times=2)
    rows = {one.id: one for one in services.catalogue.system(ID).table(TABLE).indicators()}
    assert (str(rows[first].weight), str(rows[second].weight)) == ("3/20", "3/20")
    assert nameless(screen) == []


def test_a_pack_goes_out_and_comes_in_by_dropping(
    window: MainWindow, desk: StandardsDesk, services: Services, tmp_path: Path
) -> None:
    check = Check("何敏", "2026-11-22", "公告，第 3 页")
    change_system(services.catalogue, ID, lambda one: verify_row(one, TABLE, RINSE, check))
    screen = desk.export_pack("")
    assert [name for name, box in screen.checks.items() if box.isChecked()] == [ID]
    pack = tmp_path / "电镀.cppack"
    screen.save(pack)
    assert "没有第二人复核" in screen.messages.messages[0].text
    services.catalogue.drop_own(ID)
    desk.leave()
    open_drop(window, pack)
    shown = desk.current
    assert isinstance(shown, ImportPackScreen)
    assert any("何敏" in text for text in _texts(shown))
    assert nameless(shown) == []
    press(Qt.Key.Key_Space)
    assert services.catalogue.summary(ID).own
    assert "电镀.cppack" in services.catalogue.system(ID).extras["体系包"]


def test_a_torn_pack_is_refused(window: MainWindow, desk: StandardsDesk, tmp_path: Path) -> None:
    pack = tmp_path / "坏.cppack"
    pack.write_text("{", encoding="utf-8")
    open_drop(window, pack)
    shown = desk.current
    assert isinstance(shown, ImportPackScreen)
    assert "不是完好的体系包" in shown.messages.messages[0].text
    assert not shown.take_button.isEnabled()


def test_the_search_palette_finds_systems(window: MainWindow, tmp_path: Path) -> None:
    open_sample(window, tmp_path)
    assert window.audit is not None
    palette = window.audit.open_search()
    palette.field.setText("HJ 450-2008")
    assert palette.found[0].kind == "体系"
    palette.choose()
    shown = window.screens.current_screen()
    assert isinstance(shown, SystemsScreen)
    assert shown.detail.summary is not None
    assert shown.detail.summary.id == "pcb-hj450-2008"
    press(Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert window.screens.current_screen() is window.audit


def test_without_a_system_the_page_compares_with_the_firms_own_best_year(
    window: MainWindow, services: Services, tmp_path: Path
) -> None:
    book = services.catalogue.sample("chengling").book
    services.projects.create_audit(tmp_path, "自评", book).close()
    window.open_file(tmp_path / "自评.cpaudit")
    assert window.audit is not None
    window.audit.go_to("benchmark")
    panel = window.audit.page_widget("benchmark").findChild(SelfCheckPanel)
    assert panel is not None
    assert panel.isVisible()
    texts = _texts(panel)
    assert "自评参考" in texts
    assert "万元产值取水" in texts
    assert "8.27（2025 年）" in texts
    assert not any("级" in text for text in texts if "不是清洁生产等级" not in text)


def test_bring_in_is_a_screen_of_its_own(desk: StandardsDesk) -> None:
    desk.systems()
    press(Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert isinstance(desk.current, BringInScreen)
    desk.back()
    assert isinstance(desk.current, SystemsScreen)


def test_another_system_is_compared_with_several_of_its_tables_and_taken_over_with_them(
    window: MainWindow, desk: StandardsDesk, tmp_path: Path
) -> None:
    open_sample(window, tmp_path)
    model = window.model
    assert model is not None
    screen = desk.compare()
    assert screen is not None
    both = "spray-painting+management"
    screen.search.setText("涂装")
    screen.choose("coating-2016", both)
    assert screen.switch is not None
    assert screen.switch.table.id == both
    screen.adopt_button.setFocus()
    press(Qt.Key.Key_Space)
    assert model.project.table_id == both
    assert model.assessment is not None
    assert model.assessment.table_id == both
    again = desk.compare()
    assert again is not None
    offered = [tuple(again.choice.itemData(one) or ()) for one in range(again.choice.count())]
    assert ("coating-2016", both) not in offered  # it is what the audit has
    assert ("coating-2016", "management") in offered


def test_a_row_is_tied_to_the_bills_by_choosing(desk: StandardsDesk, services: Services) -> None:
    screen = desk.edit("coating-2016", "spray-painting")
    lines = screen.table.lines
    screen.table.setCurrentIndex(lines.index(lines.row_of("cod-per-area"), 0))
    assert "直接填" in screen.tie.itemText(0)
    wanted = screen.tie.findData("coating.hazardous_area")
    assert wanted > 0  # of the same unit, whatever it is called
    screen.tie.setCurrentIndex(wanted)
    screen.tie.activated.emit(wanted)

    def tie() -> str:
        rows = services.catalogue.system("coating-2016").table("spray-painting").indicators()
        return next(one for one in rows if one.id == "cod-per-area").extras.get("取数", "")

    assert tie() == "coating.hazardous_area"
    assert screen.table.currentIndex().row() == lines.row_of("cod-per-area")
    screen.table.setCurrentIndex(lines.index(lines.row_of("water-per-area"), 0))
    assert "程序已经会算" in screen.tie.itemText(0)
    screen.table.setCurrentIndex(lines.index(lines.row_of("primer-drying"), 0))
    assert not screen.tie.isEnabled()
    screen.undo()
    assert tie() == ""
    assert nameless(screen) == []
