"""The check-up in the window: badge, F8, the list with reasons."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel
from pytestqt.qtbot import QtBot

from app.checkup.concern import Concern, Severity, alike
from app.checkup.page_remarks import Severity as PageSeverity
from app.forms.answer import Change, Given
from app.services import acts
from app.services.services import Services
from app.ui import check_up as check_up_in_window
from app.ui.check_up import ConcernList
from app.ui.main_window import MainWindow
from app.ui.pages.problem_bar import Place, ProblemBar
from app.ui.reason_dialog import ReasonDialog
from app.ui.tables.panel import TablePanel
from tests.ui.test_main_window import catalogue_is_built, open_window, services

__all__ = ["catalogue_is_built", "open_window", "services"]


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check-up begins shortly after a change: nobody is typing here."""
    monkeypatch.setattr(check_up_in_window, "_IDLE_MS", 30)


def test_badge_walk_list_and_reason(
    qtbot: QtBot, services: Services, open_window: Callable[[], MainWindow], tmp_path: Path
) -> None:
    audit = services.projects.printer_sample(tmp_path)
    window = open_window()
    assert window.open_file(audit)
    assert window.model is not None
    assert window.audit is not None
    check_up = window.model.check_up
    assert check_up is not None
    qtbot.waitUntil(lambda: "没有问题" in window.top.check_button.text())
    book = window.model.book
    window.model.record(
        [
            Change("env.permit_until", book.get("env.permit_until"), Given("2020-01-31")),
            Change("product.list/r1/capacity", book.get("product.list/r1/capacity"), Given("1000")),
        ],
        "改",
    )
    qtbot.waitUntil(lambda: check_up.count(Severity.BLOCK) == 1)
    assert "必改 1" in window.top.check_button.text()
    QTest.keyClick(window.audit, Qt.Key.Key_F8)
    assert window.audit._current == check_up.page_of(check_up.to_mend()[0])  # noqa: SLF001
    (told,) = window.audit.messages.messages
    assert "到期" in told.text
    assert "必改" in told.strong
    QTest.keyClick(window.audit, Qt.Key.Key_F8)
    (told,) = window.audit.messages.messages  # the next one in its place
    assert "批复" in told.text
    window.top.check_button.click()
    shown = window.audit.findChild(ConcernList)
    assert shown is not None
    words = " ".join(label.text() for label in shown.findChildren(QLabel))
    assert "到期" in words
    assert "批复" in words
    window.grab().save(str(tmp_path / "checkup.png"))
    window.activateWindow()
    shown.findChildren(QAbstractButton)[-1].setFocus()
    for warning in [one for one in check_up.concerns if one.severity is Severity.WARN]:
        shown.take_reason([warning], "扩产环评已批")
    qtbot.waitUntil(lambda: check_up.count(Severity.WARN) == 0)
    focus = QApplication.focusWidget()
    assert focus is not None
    assert shown.isAncestorOf(focus), "the keyboard stays in the list"
    words = " ".join(label.text() for label in shown.findChildren(QLabel))
    assert "已说明：扩产环评已批" in words
    window.model.undo()
    qtbot.waitUntil(lambda: check_up.count(Severity.WARN) > 0)


def test_a_check_up_that_breaks_down_is_not_no_problem(
    qtbot: QtBot,
    services: Services,
    open_window: Callable[[], MainWindow],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_arguments: object) -> None:
        raise ValueError("broken rule")

    monkeypatch.setattr("app.ui.check_up.concerns_of", broken)
    window = open_window()
    assert window.open_file(services.projects.printer_sample(tmp_path))
    qtbot.waitUntil(lambda: window.top.check_button.text() == "体检没做成")


def test_every_kind_of_place_leads_somewhere(
    services: Services, open_window: Callable[[], MainWindow], tmp_path: Path
) -> None:
    window = open_window()
    assert window.open_file(services.projects.sample(tmp_path)[1])
    assert window.model is not None
    check_up = window.model.check_up
    assert check_up is not None

    def page(key: str) -> str:
        return check_up.page_of(Concern("rule", Severity.WARN, (key,), {}))

    assert page("indicator/general-plating/legal-compliance") == "benchmark"
    assert page("override/voc.capture_rate") == "voc"
    assert page("water.bills/2025-03/intake") == "water"
    assert page("nobody.asks") == "report"


def test_no_line_of_a_concern_is_squeezed_away(
    qtbot: QtBot, services: Services, open_window: Callable[[], MainWindow], tmp_path: Path
) -> None:
    """Many concerns on the smallest screen: a page is asked for its least height without its width."""
    audit = services.projects.printer_sample(tmp_path)
    window = open_window()
    window.resize(1366, 728)
    assert window.open_file(audit)
    assert window.model is not None
    assert window.audit is not None
    book, measures = window.model.book, window.model.book.row_ids("measures.list")
    far = [f"measures.list/{row}/{column}" for row in measures for column in ("done", "state")]
    texts = ["2026-01", "feasible"] * len(measures)
    changes = [
        Change(key, book.get(key), Given(text)) for key, text in zip(far, texts, strict=True)
    ]
    names = [f"measures.list/{row}/name" for row in measures]
    changes += [Change(key, book.get(key), Given(book.text(key) + "，再" * 30)) for key in names]
    window.model.record(changes, "改")
    check_up = window.model.check_up
    assert check_up is not None
    qtbot.waitUntil(lambda: check_up.count(Severity.WARN) > 3)
    window.audit.go_to_report()
    shown = window.audit.findChild(ConcernList)
    assert shown is not None

    def is_whole() -> bool:
        wrapped = [one for one in shown.findChildren(QLabel) if one.wordWrap() and one.isVisible()]
        heights = [(one.height(), one.heightForWidth(one.width())) for one in wrapped]
        return any(wanted > 30 for _, wanted in heights) and all(
            height >= wanted for height, wanted in heights
        )

    for width, height in ((1366, 728), (1280, 680), (1440, 860), (1920, 1040), (1366, 728)):
        window.resize(width, height)
        qtbot.wait(100)
        qtbot.waitUntil(is_whole)


def test_an_empty_table_is_brought_into_sight_and_the_page_says_what_is_left(
    qtbot: QtBot, services: Services, open_window: Callable[[], MainWindow], tmp_path: Path
) -> None:
    window = open_window()
    window.resize(1366, 728)
    assert window.open_file(services.projects.printer_sample(tmp_path))
    assert window.model is not None
    assert window.audit is not None
    check_up, table = window.model.check_up, "targets.list"
    assert check_up is not None
    rows = window.model.book.row_ids(table)
    assert window.model.do(acts.delete_rows(window.model.project, table, rows))
    qtbot.waitUntil(lambda: check_up.count(Severity.BLOCK) > 0)
    window.audit.go_to(window.audit.outline.places[0].page.id)
    QTest.keyClick(window.audit, Qt.Key.Key_F8)
    page = window.audit.page_widget(window.audit.current_page)
    panel = next(one for one in page.findChildren(TablePanel) if one.table.id == table)
    qtbot.waitUntil(lambda: not panel.visibleRegion().isEmpty())
    assert check_up.waiting_on(window.audit.current_page) >= 1
    assert check_up.first_on(window.audit.current_page)
    window.model.undo()
    qtbot.waitUntil(lambda: check_up.count(Severity.BLOCK) == 0)
    assert window.audit.messages.messages == ()


def test_a_page_is_not_called_mended_while_the_check_up_has_something_on_it(qtbot: QtBot) -> None:
    bar = ProblemBar()
    qtbot.addWidget(bar)
    bar.show_problems([Place("a/b/c", "甲", "甲", PageSeverity.MUST)])
    bar.show()
    bar.show_problems([], waiting=2, first="厨房：油烟没有监测")
    words = " ".join(label.text() for label in bar.findChildren(QLabel))
    assert "还有 2 处" in words
    assert "都改好了" not in words
    assert "油烟没有监测" in words  # a number alone would not say what to do
    bar.show_problems([], waiting=0)
    assert "都改好了" in " ".join(label.text() for label in bar.findChildren(QLabel))


def test_one_reason_is_given_to_like_warnings_that_were_ticked_and_taken_back_at_once(
    qtbot: QtBot, services: Services, open_window: Callable[[], MainWindow], tmp_path: Path
) -> None:
    window = open_window()
    assert window.open_file(services.projects.printer_sample(tmp_path))
    assert window.model is not None
    assert window.audit is not None
    check_up = window.model.check_up
    assert check_up is not None
    qtbot.waitUntil(lambda: not check_up.behind)
    book = window.model.book
    months = [f"energy.bills/{year}-02/electricity" for year in (2023, 2024, 2025)]
    window.model.record([Change(one, book.get(one), Given("2000")) for one in months], "改")

    def warnings() -> list[Concern]:
        return [one for one in check_up.concerns if one.severity is Severity.WARN]

    qtbot.waitUntil(lambda: not check_up.behind and len(warnings()) >= 3)
    first, *rest = [one for one in warnings() if one.rule == "price_odd"]
    before = len(warnings())
    like = alike(first, check_up.concerns)
    assert like == tuple(rest)
    assert len(rest) == 2
    window.top.check_button.click()
    shown = window.audit.findChild(ConcernList)
    assert shown is not None
    seen: list[str] = []

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, ReasonDialog)
        if not dialog.isActiveWindow():  # a busy machine: its keys do not work yet
            QTimer.singleShot(100, answer)
            return
        try:
            seen.append("nothing" if dialog.chosen == () else "all")
            dialog.field.setPlainText("春节停产，二月只开了九天")
            dialog.all.click()
            seen.append("all" if dialog.chosen == tuple(rest) else "some")
            dialog.ticks[0][1].click()
            seen.append("some" if not dialog.all.isChecked() else "all")
            dialog.ticks[0][1].click()
            seen.append("all" if dialog.all.isChecked() else "some")
            QTest.keyClick(dialog.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        finally:
            if dialog.isVisible():
                dialog.reject()

    QTimer.singleShot(300, answer)
    shown.ask_reason(first)
    assert seen == ["nothing", "all", "some", "all"]
    qtbot.waitUntil(lambda: len(warnings()) == before - 3)
    kept = [window.model.book.get(one.id) for one in (first, *like)]
    assert {one.text for one in kept if isinstance(one, Given)} == {"春节停产，二月只开了九天"}
    window.model.undo()
    qtbot.waitUntil(lambda: len(warnings()) == before)


def test_what_is_alike_says_the_same_of_another_place() -> None:
    def one(rule: str, key: str, severity: Severity = Severity.WARN, **said: str) -> Concern:
        return Concern(rule, severity, (key,), said)

    low = one("page", "a/1", what="比前后的月少 41.5%")
    others = (
        low,
        one("page", "a/2", what="比前后的月少 1,038%"),
        one("page", "a/3", what="比前后的月多 20%"),
        one("page", "a/4", Severity.BLOCK, what="比前后的月少 3%"),
        one("deadline", "b/1"),
    )
    assert [found.key for found in alike(low, others)] == ["a/2"]
    assert alike(one("deadline", "b/2"), others) == (others[-1],)
