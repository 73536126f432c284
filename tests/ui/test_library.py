"""The list of audits as a consultant uses it: keyboard, order, next round, backups, files that are gone."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from app.forms.answer import MISSING, AnswerBook, Change, Given
from app.services.audit_list import AuditSummary
from app.ui.main_window import MainWindow
from app.ui.new_audit import NewAuditScreen
from app.ui.status import BackupsPanel
from tests.ui.test_main_window import catalogue_is_built, open_window, services

__all__ = ["catalogue_is_built", "open_window", "services"]

NAMES = ("绘川包装", "澄岭五金", "阿兰印染", "屹丰电镀")


def filled(open_window: Callable[[], MainWindow], folder: Path) -> MainWindow:
    """A window with four audits in the list; 屹丰电镀 was opened last."""
    window = open_window()
    for number, name in enumerate(NAMES):
        answers = {"firm.name": Given(name), "audit.base_year": Given("2025"), "firm.place": Given("佛山市南海区"),
                   "firm.staff": Given(str(number))}  # fmt: skip
        window.services.projects.create_audit(folder, name, AnswerBook(answers)).close()
    window.start()
    return window


def names(window: MainWindow) -> list[str]:
    return [row.path.stem for row in window.library.model.rows]


def current(window: MainWindow) -> str:
    return names(window)[window.library.table.currentIndex().row()]


def test_from_the_search_to_an_audit_and_back_to_its_row_by_keyboard(
    open_window: Callable[[], MainWindow], tmp_path: Path
) -> None:
    window = filled(open_window, tmp_path)
    QTest.keyClicks(window.library.search, "hc")
    assert names(window) == ["绘川包装"]
    QTest.keyClick(window.library.search, Qt.Key.Key_Return)
    assert window.model is not None
    assert window.model.session.path.stem == "绘川包装"
    window.library.search.clear()
    QTest.keyClick(window, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
    assert window.model is None
    assert current(window) == "绘川包装"
    QTest.keyClicks(window.library.search, "qqq")
    assert names(window) == []
    assert "没有找到" in window.library._foot.text()  # noqa: SLF001


def test_the_list_is_ordered_by_a_column_and_keeps_its_row(
    open_window: Callable[[], MainWindow], tmp_path: Path
) -> None:
    window = filled(open_window, tmp_path)
    window.library.select(tmp_path / "绘川包装.cpaudit")
    window.library.sort_by(0)
    assert names(window) == ["阿兰印染", "澄岭五金", "绘川包装", "屹丰电镀"]
    assert current(window) == "绘川包装"
    window.library.sort_by(0)
    assert names(window) == ["屹丰电镀", "绘川包装", "澄岭五金", "阿兰印染"]
    window.library.sort_by(0)
    assert names(window) == list(reversed(NAMES))
    place = window.library.model.index(0, 1)
    assert place.data().startswith("佛山南海")  # the tip says it whole
    assert "佛山市南海区" in place.data(Qt.ItemDataRole.ToolTipRole)


def test_the_next_round_opens_with_the_year_after(
    open_window: Callable[[], MainWindow], tmp_path: Path
) -> None:
    window = filled(open_window, tmp_path)
    window.library.select(tmp_path / "绘川包装.cpaudit")
    QTest.keyClick(window.library.table, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    screen = window.screens.current_screen()
    assert isinstance(screen, NewAuditScreen)
    QTest.keyClick(screen, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert window.model is not None
    assert window.model.session.path.name == "绘川包装 2026.cpaudit"
    assert window.model.book.text("audit.base_year") == "2026"
    assert window.model.session.earlier is not None


def test_a_file_that_is_gone_says_so_and_leaves_only_the_list(
    open_window: Callable[[], MainWindow], tmp_path: Path
) -> None:
    window = filled(open_window, tmp_path)
    path = tmp_path / "绘川包装.cpaudit"
    path.rename(tmp_path / "别处.cpaudit")
    window.go_home()
    window.library.select(path)
    assert "不在原来的地方" in window.library._foot.text()  # noqa: SLF001
    menu = window.library.row_menu()
    assert menu is not None
    assert not [one for one in menu.actions() if one.text().startswith("复制为下一轮")]
    QTest.keyClick(window.library.table, Qt.Key.Key_Delete)
    assert "绘川包装" not in names(window)
    assert (tmp_path / "别处.cpaudit").is_file()


def test_a_backup_is_brought_back_from_the_list_and_from_the_status_bar(
    open_window: Callable[[], MainWindow], tmp_path: Path
) -> None:
    window = filled(open_window, tmp_path)
    path = tmp_path / "绘川包装.cpaudit"
    window.open_file(path)
    assert window.model is not None
    window.model.session.record([Change("firm.legal", MISSING, Given("何敏"))], "填写")
    window.go_home()
    kept = window.services.projects.backups(path)
    assert kept
    window.library.restore_wanted.emit(path, kept[0].path)
    assert window.model is not None
    restored = window.model.session.path
    assert restored != path
    assert "恢复" in restored.stem
    window.open_file(path)
    window.status.show_backups(kept)
    window.status.saved_button.click()
    panel = window.findChild(BackupsPanel)
    assert panel is not None
    panel.restore_wanted.emit(kept[0].path)
    QApplication.processEvents()
    assert window.model is not None
    assert window.model.session.path not in (path, restored)


def test_audits_opened_one_after_another_each_let_go_of_the_last(
    open_window: Callable[[], MainWindow], tmp_path: Path
) -> None:
    window = filled(open_window, tmp_path)
    for _ in range(2):
        for name in NAMES:
            assert window.open_file(tmp_path / f"{name}.cpaudit")
    assert window.screens.count() == 2
    window.go_home()
    for name in NAMES:
        window.services.projects.open_audit(tmp_path / f"{name}.cpaudit").close()


def test_two_audits_of_one_firm_are_told_apart(
    open_window: Callable[[], MainWindow], tmp_path: Path
) -> None:
    window = filled(open_window, tmp_path)
    window.next_round(tmp_path / "绘川包装.cpaudit")
    screen = window.screens.current_screen()
    assert isinstance(screen, NewAuditScreen)
    screen.create_audit()
    window.go_home()
    model = window.library.model
    shown = [model.text(row, 0) for row in model.rows]
    assert shown.count("绘川包装") == 1
    assert "绘川包装 2026" in shown


def long_list(folder: Path, count: int, today: date) -> list[AuditSummary]:
    """Audits of three firms by turns, some of them late."""
    return [
        AuditSummary(
            folder / f"{NAMES[number % 3]} {number:03} 厂 2025.cpaudit",
            f"{NAMES[number % 3]} {number:03} 厂",
            deadline=today + timedelta(days=number - 2),
            opened=datetime(2026, 1, 1).astimezone() + timedelta(hours=number),
        )
        for number in range(count)
    ]


@pytest.mark.parametrize("count", [1, 21, 200])
def test_a_list_of_any_length_is_searched_ordered_and_says_what_is_late(
    open_window: Callable[[], MainWindow], tmp_path: Path, count: int
) -> None:
    window = open_window()
    window.start()
    library = window.library
    window.resize(1366, 728)
    library.show_rows(long_list(tmp_path, count, library._today))  # noqa: SLF001
    QApplication.processEvents()
    assert len(library.model.rows) == count
    assert library.table.columnWidth(0) >= 150
    late = [one.text() for one in library.findChildren(QLabel) if one.text() == "过了 2 天"]
    assert len(late) == 1
    library.search.setText("huichuan")
    assert len(library.model.rows) == (count + 2) // 3
    library.search.setText("2025")
    assert len(library.model.rows) == count
    library.search.clear()
    library.sort_by(0)
    assert library.model.rows[0].name.startswith("阿兰" if count > 1 else "绘川")
    assert f"{count} / {count}" in library._foot.text()  # noqa: SLF001


def test_an_empty_list_offers_the_first_steps(open_window: Callable[[], MainWindow]) -> None:
    window = open_window()
    window.start()
    window.library.show_rows([])
    assert "Tab" in window.library.hint()
    shown = [one.text() for one in window.library.findChildren(QLabel) if one.isVisible()]
    assert any("开始一次清洁生产审核" in text for text in shown)
