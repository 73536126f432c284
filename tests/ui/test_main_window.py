"""The window with the real services: first start, new audit, list, recovery, closing while writing fails."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QScrollArea,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.bootstrap import build_services
from app.errors import Problem, UserError
from app.forms.answer import Change, Given
from app.services import open_marks
from app.services.services import Services
from app.services.session import ImmediateExecutor
from app.storage.audit_reader import read_audit
from app.ui import problems, recovery, theme
from app.ui.main_window import MainWindow
from app.ui.new_audit import NewAuditScreen
from app.ui.results.indicator_table import IndicatorTable
from app.ui.settings import Settings, load_settings
from tests.helpers.typing import press, type_text
from tests.ui.test_audit_screen import nameless

CHILDREN = Qt.FindChildOption.FindDirectChildrenOnly


@pytest.fixture(scope="session")
def catalogue_is_built() -> None:
    build_services(ImmediateExecutor()).close()


@pytest.fixture
def services(catalogue_is_built: None) -> Iterator[Services]:
    made = build_services(ImmediateExecutor())
    yield made
    made.close()


@pytest.fixture
def open_window(
    qtbot: QtBot, qapp: QApplication, services: Services
) -> Iterator[Callable[[], MainWindow]]:
    theme.load_fonts()
    theme.apply_theme(qapp, "light")
    windows: list[MainWindow] = []

    def make() -> MainWindow:
        window = MainWindow(services, load_settings())
        windows.append(window)
        window.setUpdatesEnabled(False)  # painted at the end
        window.resize(1440, 900)
        with qtbot.waitActive(window):
            window.show()
            window.activateWindow()
        return window

    yield make
    for window in windows:
        window.setUpdatesEnabled(True)
        QApplication.processEvents()
        window.close()
        qtbot.addWidget(window)


def new_screen(window: MainWindow) -> NewAuditScreen:
    window.new_audit()
    screen = window.screens.current_screen()
    assert isinstance(screen, NewAuditScreen)
    return screen


def answer(screen: NewAuditScreen, key: str, text: str) -> None:
    field = next(row.inputs[key] for row in screen.rows if key in row.inputs)
    assert isinstance(field, QLineEdit)
    field.setFocus()
    field.clear()
    field.insert(text)  # as an input method does; QTest types ASCII only
    QTest.keyClick(field, Qt.Key.Key_Return)


def test_the_first_start_offers_three_ways_and_names_everything(
    open_window: Callable[[], MainWindow],
) -> None:
    window = open_window()
    window.start()
    assert nameless(window) == []
    focused = QApplication.focusWidget()
    assert focused is not None
    assert focused.property("text") == "新建审核"
    new_screen(window)
    QApplication.processEvents()
    assert nameless(window) == []


def test_a_new_audit_keeps_what_was_answered_and_stands_in_the_list(
    open_window: Callable[[], MainWindow], user_home: Path
) -> None:
    window = open_window()
    window.start()
    screen = new_screen(window)
    answer(screen, "firm.name", "绘川包装")
    answer(screen, "firm.industry", "3360")
    screen.create_audit()
    assert window.model is not None
    assert window.model.book.text("firm.name") == "绘川包装"
    assert window.audit is not None
    assert window.audit.current_page == "profile"
    assert window.windowTitle().startswith("绘川包装")
    window.go_home()
    assert [row.name for row in window.library.model.rows] == ["绘川包装"]
    window.library.search.setText("hcbz")
    assert len(window.library.model.rows) == 1
    window.library.search.setText("没有")
    assert window.library.model.rows == []


def test_the_industry_brings_the_system_that_fits(open_window: Callable[[], MainWindow]) -> None:
    window = open_window()
    window.start()
    screen = new_screen(window)
    answer(screen, "firm.name", "甲")
    answer(screen, "firm.industry", "3360")
    screen.create_audit()
    assert window.model is not None
    assert window.model.book.text("audit.system") == "electroplating-2015"
    assert window.model.assessment is not None


def test_a_new_audit_shows_what_was_typed_and_enter_goes_on(
    open_window: Callable[[], MainWindow],
) -> None:
    window = open_window()
    window.start()
    screen = new_screen(window)
    QApplication.processEvents()
    for text in ("绘川包装", "91440605MA05T8K208", "东莞市"):
        type_text(text)
        press(Qt.Key.Key_Return)
    answer(screen, "firm.industry", "6110 旅游饭店")
    fields = {key: field for row in screen.rows for key, field in row.inputs.items()}
    assert [
        field.text() for field in fields.values() if isinstance(field, QLineEdit) and field.text()
    ] == ["绘川包装", "91440605MA05T8K208", "东莞市", "6110 旅游饭店"]
    assert QApplication.focusWidget() is fields["audit.questionnaire"]
    fields["audit.base_year"].setFocus()
    press(Qt.Key.Key_Return)
    assert QApplication.focusWidget() is screen.create_button


def test_the_keys_of_an_audit_work_from_the_bar_above_it(
    open_window: Callable[[], MainWindow],
) -> None:
    window = open_window()
    window.open_sample()
    assert window.audit is not None
    window.audit.go_to("profile")
    window.top.back_button.setFocus()  # where Tab leads after the last question
    QTest.keyClick(window.top.back_button, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert window.audit.current_page == "team"


def test_questions_left_before_an_audit_was_made_are_there_again(
    open_window: Callable[[], MainWindow],
) -> None:
    window = open_window()
    window.start()
    answer(new_screen(window), "firm.name", "绘川包装")
    press(Qt.Key.Key_Escape)
    assert window.screens.current_screen() is window.library
    screen = new_screen(window)
    assert screen.file_name() == "绘川包装"
    screen.create_audit()
    window.go_home()
    assert new_screen(window).file_name() == "未命名企业"


def test_a_file_that_cannot_be_opened_leaves_the_open_audit_open(
    open_window: Callable[[], MainWindow], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[UserError] = []
    monkeypatch.setattr(
        problems, "show_user_error", lambda _parent, _title, error: said.append(error)
    )
    window = open_window()
    window.start()
    window.open_sample()
    opened = window.audit
    foreign = tmp_path / "照片.cpaudit"
    foreign.write_bytes(b"\x89PNG")
    assert not window.open_file(foreign)
    assert said
    assert window.audit is opened
    assert window.screens.current_screen() is opened


def test_the_industry_brings_the_questions_until_they_are_chosen(
    open_window: Callable[[], MainWindow],
) -> None:
    window = open_window()
    window.start()
    screen = new_screen(window)
    kind = next(
        row.inputs["audit.questionnaire"]
        for row in screen.rows
        if "audit.questionnaire" in row.inputs
    )
    assert isinstance(kind, QComboBox)
    processes = next(row for row in screen.rows if "process.list" in row.inputs)
    assert processes.isVisible()
    flow = next(row for row in screen.rows if "front.simplified" in row.inputs)
    assert not flow.isVisible()  # only a list the firm stands on says which flow
    answer(screen, "firm.industry", "6110 旅游饭店")
    assert kind.currentText() == "酒店"
    assert not processes.isVisible()
    kind.setCurrentIndex(kind.findText("洗衣洗涤"))
    kind.activated.emit(kind.currentIndex())
    answer(screen, "firm.industry", "0313 猪的饲养")
    assert kind.currentText() == "洗衣洗涤"


def test_two_audits_of_one_name_get_two_files(
    open_window: Callable[[], MainWindow], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def ask(_parent: object, title: str, *_: str) -> bool:
        asked.append(title)
        return True

    monkeypatch.setattr(problems, "ask", ask)
    window = open_window()
    window.start()
    paths = set()
    for _ in range(2):
        screen = new_screen(window)
        answer(screen, "firm.name", "甲/乙:厂")
        screen.create_audit()
        assert window.model is not None
        paths.add(window.model.session.path)
        window.go_home()
    assert len(paths) == 2
    assert asked == ["「甲/乙:厂」已经有 1 个案卷了"]


def test_the_sample_opens_and_is_left_where_it_was(open_window: Callable[[], MainWindow]) -> None:
    window = open_window()
    window.start()
    window.open_sample()
    assert window.audit is not None
    window.audit.go_to_key("firm.staff")
    window.go_home()
    path = window.library.model.rows[0].path
    assert window.open_file(path)
    assert window.audit.page_widget("profile").current_key() == "firm.staff"


def test_the_second_sample_opens_from_the_first_start_and_from_the_list(
    open_window: Callable[[], MainWindow],
) -> None:
    window = open_window()
    window.start()
    window.library.first_start.printer_button.click()
    assert window.model is not None
    assert window.model.session.path.name == "绘川包装.cpaudit"
    window.go_home()
    menu = window.library.sample_menu()
    menu.actions()[1].trigger()
    assert window.model.book.text("voc.swap_new_name") == "水性凹印油墨（非吸收性承印物）"
    window.go_home()
    assert [row.path.stem for row in window.library.model.rows] == ["绘川包装"]


def test_a_file_that_is_no_audit_is_refused_in_words(
    open_window: Callable[[], MainWindow], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[UserError] = []
    monkeypatch.setattr(
        problems, "show_user_error", lambda _parent, _title, error: said.append(error)
    )
    window = open_window()
    window.start()
    wrong = tmp_path / "不是案卷.cpaudit"
    wrong.write_text("hello")
    assert not window.open_file(wrong)
    assert said
    assert all(problem.remedy for problem in said[0].problems)
    assert window.audit is None


def test_an_audit_dropped_on_the_window_opens(
    open_window: Callable[[], MainWindow], services: Services, tmp_path: Path
) -> None:
    window = open_window()
    window.start()
    file, _ = services.projects.sample(tmp_path)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    event = QDropEvent(
        QPointF(500, 400),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    window.dropEvent(event)
    QTest.qWait(10)
    assert window.model is not None
    assert window.model.session.path == file


def test_after_a_crash_the_open_audit_is_offered(
    open_window: Callable[[], MainWindow],
    services: Services,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file, _ = services.projects.sample(tmp_path)
    shown: list[recovery.RecoveryDialog] = []

    def accept(dialog: recovery.RecoveryDialog) -> int:
        shown.append(dialog)
        return 1

    monkeypatch.setattr(recovery.RecoveryDialog, "exec", accept)
    window = open_window()
    open_marks.mark(file)  # as the program that crashed left it
    window.start()
    assert len(shown) == 1
    assert window.model is not None
    assert window.model.session.path == file
    assert open_marks.interrupted() == ()  # a window that lives has it open
    window.go_home()
    assert open_marks.interrupted() == ()


def test_closing_while_an_answer_cannot_be_written_asks_and_stays(
    open_window: Callable[[], MainWindow],
    services: Services,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    answers = [False, True]

    def ask(_parent: object, title: str, *_rest: str) -> bool:
        asked.append(title)
        return answers[len(asked) - 1]

    monkeypatch.setattr(problems, "ask", ask)
    window = open_window()
    window.start()
    file, _ = services.projects.sample(tmp_path)
    assert window.open_file(file)
    assert window.model is not None

    def full(*_: object, **__: object) -> None:
        raise UserError(Problem(file.name, "磁盘满了", "腾出空间"))

    monkeypatch.setattr(type(window.model.session._file), "commit", full)  # noqa: SLF001 - the disk is full
    window.model.record((Change("firm.legal", Given("梁启衡"), Given("陈立")),), "改法定代表人")
    assert window.status.saved_button.text().startswith("1 个回答还没写进去")
    assert not window.close_audit()
    assert window.audit is not None
    assert window.close_audit()
    assert asked == ["有 1 个回答还没写进文件"] * 2


def test_the_theme_is_kept_for_the_next_start(open_window: Callable[[], MainWindow]) -> None:
    window = open_window()
    window.start()
    window.toggle_theme()
    assert theme.current() == "dark"
    assert load_settings().theme == "dark"
    window.toggle_theme()
    assert load_settings() == Settings(geometry=load_settings().geometry)


def test_nothing_is_cut_off_in_a_small_window(
    open_window: Callable[[], MainWindow], qtbot: QtBot
) -> None:
    """What does not fit can be scrolled to: no screen is squeezed below what its parts need, and no bar keeps a window
    that was opened wide from being made narrow."""
    window = open_window()
    window.setMinimumSize(0, 0)
    window.start()

    def is_checking() -> bool:
        check_up = None if window.model is None else window.model.check_up
        return check_up is not None and check_up.behind

    long_name = "狮山镇罗村某某某五金电镀制品有限公司环保部的欧阳某某" * 2
    for go in (window.go_home, window.new_audit, window.open_sample):
        window.resize(1440, 900)
        go()
        qtbot.waitUntil(lambda: not is_checking())  # or it says its own number later on
        window.top.show_name(long_name)
        window.top.show_check_up(128, 64)
        window.status.show_work("正在读取三年的电费、水费和燃气账单，一共一百二十八份")
        for width, height in ((1180, 680), (960, 520), (683, 350), (1440, 900)):
            window.resize(width, height)
            QApplication.processEvents()
            assert (window.width(), window.height()) == (width, height)
            screen = window.screens.current_screen()
            assert screen.width() >= screen.minimumSizeHint().width()
            for bar in (window.top, window.status):
                for part in bar.findChildren(QWidget, options=CHILDREN):
                    assert not part.isVisible() or part.geometry().right() < bar.width(), part
    window.resize(683, 350)
    QApplication.processEvents()
    assert window.top.check_button.text() == "必改 128"  # words go, the number stays
    assert window.status.saved_button.text().startswith("已打开")
    window.resize(1440, 900)
    QApplication.processEvents()
    assert window.top.check_button.text() == "体检 必改 128"


def test_a_long_list_of_what_lacks_scrolls_beside_the_stages(
    open_window: Callable[[], MainWindow],
) -> None:
    window = open_window()
    window.resize(1366, 736)
    window.start()
    screen = new_screen(window)
    name = "佛山市南海区狮山镇罗村某某某某某某某五金电镀制品有限公司第一分公司东厂区"
    answer(screen, "firm.name", name)
    answer(screen, "firm.industry", "3360")
    screen.create_audit()
    audit = window.audit
    assert audit is not None
    labels = [one.text() for one in audit.stepper.findChildren(QLabel)]
    assert name in labels  # whole, though its file's name was cut
    audit.go_to("benchmark")
    rows = audit.page_widget("benchmark").findChildren(IndicatorTable)[0].model()
    heads = [rows.headerData(n, Qt.Orientation.Horizontal) for n in range(rows.columnCount())]
    assert "企业值" in heads  # no year yet, no empty brackets
    audit.go_to("energy")
    ways = audit.page_widget("energy").findChildren(QAbstractButton)
    QTest.mouseClick(
        next(one for one in ways if one.text() == "去填基准年"), Qt.MouseButton.LeftButton
    )
    assert (audit.current_page, audit.page_widget("profile").current_key()) == (
        "profile",
        "audit.base_year",
    )
    audit.go_to("team")
    acts = [one.text() for one in audit.page_widget("team").findChildren(QAbstractButton)
            if one.isVisibleTo(audit.page_widget("team"))]  # fmt: skip
    assert "加一行" in acts
    assert "删掉这行" not in acts  # there is none
    audit.go_to("report")
    check_up = audit.model.check_up
    assert check_up is not None
    for _ in range(500):
        QTest.qWait(10)
        if len(check_up.to_mend()) > 20:
            break
    QTest.qWait(20)
    assert len(check_up.to_mend()) > 20
    area = window.screens.currentWidget()
    assert isinstance(area, QScrollArea)
    assert area.verticalScrollBar().maximum() == 0


def test_screens_over_the_audit_never_scroll_the_window(
    open_window: Callable[[], MainWindow],
) -> None:
    """Their lists scroll by themselves: a window of 1366x768, and the smallest there is, hold the rest."""
    window = open_window()
    window.start()
    window.open_sample()
    desk = window.standards()
    system, table = "electroplating-2015", "general-plating"
    too_large = {}
    for name, show, leave in (
        ("systems", desk.systems, None),
        ("verify", lambda: desk.verify(system, table), None),
        ("edit", lambda: desk.edit(system, table), None),
        ("bring in", desk.bring_in, None),
        ("pack", lambda: desk.export_pack(system), None),
        ("editions", desk.compare, desk.leave),
        ("opinions", window.review.open_replies, window.review.leave),
        ("binder", window.evidence.open_binder, window.evidence.leave),
        ("pictures", window.evidence.open_pictures, window.evidence.leave),
        ("new audit", window.new_audit, None),
    ):
        show()
        for width, height in ((1366, 736), (1180, 688)):
            window.resize(width, height)
            QApplication.processEvents()
            area = window.screens.currentWidget()
            assert isinstance(area, QScrollArea)
            over = area.horizontalScrollBar().maximum(), area.verticalScrollBar().maximum()
            if any(over):
                too_large[name, width] = over
        if leave is not None:
            leave()
    assert too_large == {}


def test_the_full_view_is_remembered_for_the_next_audit(
    open_window: Callable[[], MainWindow], services: Services, tmp_path: Path
) -> None:
    file, _ = services.projects.sample(tmp_path)
    window = open_window()
    window.open_file(file)
    assert window.model is not None
    assert window.model.quick  # whoever opens the program first is the officer
    window.model.set_quick(False)
    window.go_home()
    window.close()
    again = open_window()
    again.open_file(file)
    assert again.model is not None
    assert not again.model.quick


def test_a_file_that_can_only_be_read_is_gone_on_with_in_a_copy(
    open_window: Callable[[], MainWindow],
    services: Services,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    original = services.projects.sample(tmp_path)[0]
    monkeypatch.setattr("app.storage.database.is_writable", lambda _path: False)
    window = open_window()
    assert window.open_file(original)
    monkeypatch.undo()
    assert window.model is not None
    assert window.model.read_only
    assert window.audit is not None
    (message,) = window.audit.messages.messages
    assert [action.label for action in message.actions] == ["另存一份"]
    window.copy_to(tmp_path / "副本.cpaudit")
    assert window.model.session.path == tmp_path / "副本.cpaudit"
    assert not window.model.read_only
    assert window.model.book.text("firm.name") == read_audit(original).book.text("firm.name")
