"""The report page: what is still missing, setting the paper in a child process, saving it, cancelling."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPdfWidgets import QPdfView
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.errors import Problem
from app.forms.answer import Change, Given
from app.reports.read_back import text_of
from app.services.reporting import problems_before
from app.ui import theme
from app.ui.audit_screen import AuditScreen
from app.ui.pages.report import ReportPage
from app.ui.session import SessionModel
from tests.helpers.painting import add_painted_last
from tests.helpers.typing import press
from tests.helpers.windows import sample_session


def _screen(qtbot: QtBot, folder: Path, *, complete: bool) -> AuditScreen:
    model = SessionModel(sample_session(folder, complete=complete))
    audit = AuditScreen(model, side_open=True, help_open=True)
    add_painted_last(qtbot, audit)
    audit.resize(1440, 830)
    audit.show()
    audit.go_to("report")
    QApplication.processEvents()
    return audit


def _page(screen: AuditScreen) -> ReportPage:
    page = screen.findChild(ReportPage)
    assert page is not None
    return page


@pytest.fixture
def screen(
    request: pytest.FixtureRequest, qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> Iterator[AuditScreen]:
    """The page of an audit with two answers missing, or of the complete one where a test asks for both."""
    theme.load_fonts()
    theme.apply_theme(qapp, "light")
    audit = _screen(qtbot, tmp_path, complete=getattr(request, "param", False))
    yield audit
    _page(audit).cancel()
    audit.model.close()


BOTH = pytest.mark.parametrize(
    "screen", [False, True], ids=["two missing", "complete"], indirect=True
)


@BOTH
def test_a_paper_for_review_is_offered_only_when_nothing_is_missing(
    screen: AuditScreen, qtbot: QtBot
) -> None:
    page = _page(screen)
    qtbot.waitUntil(lambda: not page.is_checking, timeout=60_000)
    complete = page.model.assessment is not None and page.model.assessment.level is not None
    review = page.states.buttons[1]
    assert review.isEnabled() is complete
    links = [b.text() for b in page.findChildren(QPushButton) if "项没填" in b.text()]
    assert bool(links) is not complete
    assert complete or "才能出送审稿" in review.toolTip()


@BOTH
def test_the_window_does_not_wait_for_what_the_paper_lacks(
    screen: AuditScreen, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = _page(screen)
    qtbot.waitUntil(lambda: not page.is_checking, timeout=60_000)
    judged: list[str] = []
    answer, go_on = problems_before, threading.Event()

    def slow(*args: Any, **named: Any) -> tuple[Problem, ...]:
        judged.append(threading.current_thread().name)
        assert go_on.wait(60)
        return answer(*args, **named)

    monkeypatch.setattr("app.services.reporting.problems_before", slow)
    for name in ("甲", "乙", "丙"):
        before = screen.model.book.get("firm.legal")
        screen.model.record((Change("firm.legal", before, Given(name)),), "改法定代表人")
        qtbot.waitUntil(lambda: page.is_checking)
    # Until it is known there is no paper for review, and the page says so.
    assert not page.states.buttons[1].isEnabled()
    assert "正在查" in page.states.buttons[1].toolTip()
    go_on.set()
    qtbot.waitUntil(lambda: not page.is_checking, timeout=60_000)
    complete = page.model.assessment is not None and page.model.assessment.level is not None
    assert page.states.buttons[1].isEnabled() is complete
    assert (
        len(judged) == 2
    )  # the one that ran, and the last state: the one between is not worth the work
    assert all(name.startswith("long-work") for name in judged)


def test_what_could_not_be_found_out_is_not_offered(
    screen: AuditScreen, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: Any, **_named: Any) -> tuple[Problem, ...]:
        raise RuntimeError("a fault of ours")

    page = _page(screen)
    qtbot.waitUntil(lambda: not page.is_checking, timeout=60_000)
    told: list[BaseException] = []
    monkeypatch.setattr("app.services.reporting.problems_before", broken)
    monkeypatch.setattr("app.ui.problems.show_fault", lambda _page, error: told.append(error))
    before = screen.model.book.get("firm.legal")
    screen.model.record((Change("firm.legal", before, Given("甲")),), "改法定代表人")
    qtbot.waitUntil(lambda: bool(told), timeout=60_000)
    assert not page.states.buttons[1].isEnabled()


def _says(screen: AuditScreen, words: str) -> bool:
    return any(words in label.text() for label in screen.messages.findChildren(QLabel))


def _heartbeat(screen: AuditScreen) -> tuple[QTimer, list[float]]:
    """A timer of the window's thread and when it came round."""
    beats: list[float] = []
    timer = QTimer(screen)
    timer.timeout.connect(lambda: beats.append(time.monotonic()))
    timer.start(5)
    return timer, beats


@BOTH
def test_a_paper_asked_for_before_any_preview_is_set_shown_and_saved(
    screen: AuditScreen, qtbot: QtBot, tmp_path: Path
) -> None:
    page = _page(screen)
    target = tmp_path / "澄岭 报告.pdf"
    page.save_to(target)
    assert page.is_setting, "the window waits for nothing: a child process sets the paper"
    assert page.stop_button.isVisible()
    assert not page.make_button.isEnabled()
    assert not target.exists()
    qtbot.waitUntil(lambda: _says(screen, "已写好并读回核对"), timeout=60_000)
    assert target.read_bytes().startswith(b"%PDF-")
    assert page.document.pageCount() > 20
    assert not page.stop_button.isVisible()
    assert sorted(one.name for one in tmp_path.glob("*.p*")) == [target.name]


def test_an_answer_given_while_the_paper_is_set_makes_it_stale(
    screen: AuditScreen, qtbot: QtBot, tmp_path: Path
) -> None:
    page = _page(screen)
    page.make()
    before = screen.model.book.get("firm.legal")
    screen.model.record((Change("firm.legal", before, Given("改过的人")),), "改法定代表人")
    qtbot.waitUntil(lambda: not page.is_setting, timeout=60_000)
    page.save_to(tmp_path / "新.pdf")
    assert page.is_setting
    qtbot.waitUntil(lambda: (tmp_path / "新.pdf").exists(), timeout=60_000)
    assert "改过的人" in text_of((tmp_path / "新.pdf").read_bytes())


def test_saving_where_it_cannot_be_says_why_and_leaves_nothing(
    screen: AuditScreen, qtbot: QtBot, tmp_path: Path
) -> None:
    _page(screen).save_to(tmp_path / "没有" / "x.pdf")
    qtbot.waitUntil(lambda: _says(screen, "没有这个文件夹"), timeout=60_000)
    assert not (tmp_path / "没有").exists()


def test_stopping_a_save_leaves_the_file_that_was_there(
    screen: AuditScreen, qtbot: QtBot, tmp_path: Path
) -> None:
    page = _page(screen)
    target = tmp_path / "旧.pdf"
    target.write_bytes(b"before")
    page.save_to(target)
    page.stop_button.click()
    assert not page.is_setting
    assert page.make_button.isEnabled()
    qtbot.wait(300)
    assert target.read_bytes() == b"before"
    assert not list(tmp_path.glob(".*"))


def test_a_fresh_preview_is_turned_by_keys_saved_and_printed(
    screen: AuditScreen, qtbot: QtBot, tmp_path: Path
) -> None:
    page = _page(screen)
    screen.activateWindow()
    qtbot.waitUntil(screen.isActiveWindow)
    page.make_button.setFocus()
    page.make()
    qtbot.waitUntil(lambda: page.document.pageCount() > 20, timeout=60_000)
    view = page.findChild(QPdfView)
    assert view is not None
    qtbot.waitUntil(view.hasFocus)
    press(Qt.Key.Key_PageDown)
    qtbot.waitUntil(lambda: view.verticalScrollBar().value() > 0)
    _saved_as_it_is_shown(page, tmp_path / "一.pdf")
    _print_that_is_stopped_leaves_no_file(screen, qtbot, tmp_path / "stopped.pdf")
    _printed_while_the_window_goes_on(screen, qtbot, tmp_path / "printed.pdf")


def _saved_as_it_is_shown(page: ReportPage, target: Path) -> None:
    page.save_to(target)
    assert not page.is_setting, "the paper that is shown needs no other setting"
    assert target.read_bytes().startswith(b"%PDF-")


def _print_that_is_stopped_leaves_no_file(screen: AuditScreen, qtbot: QtBot, printed: Path) -> None:
    page = _page(screen)
    page.print_to(_printer(printed, dpi=150))
    qtbot.waitUntil(printed.exists, timeout=60_000)
    page.stop_button.click()
    assert not page.is_printing
    assert page.make_button.isEnabled()
    qtbot.waitUntil(lambda: not printed.exists(), timeout=60_000)
    assert not _says(screen, "已送到打印机")


def _printed_while_the_window_goes_on(screen: AuditScreen, qtbot: QtBot, printed: Path) -> None:
    page = _page(screen)
    timer, beats = _heartbeat(screen)
    page.print_to(_printer(printed, dpi=60))
    assert page.is_printing
    qtbot.waitUntil(lambda: not page.is_printing, timeout=60_000)
    timer.stop()
    assert len(beats) > 3, "the window went on meanwhile"
    assert _says(screen, f"已送到打印机：{page.document.pageCount()} 页")
    paper = QPdfDocument()
    paper.load(str(printed))
    assert paper.pageCount() == page.document.pageCount()
    sizes = [paper.pagePointSize(number) for number in range(paper.pageCount())]
    assert {size.width() > size.height() for size in sizes} == {True, False}


def _printer(target: Path, *, dpi: int) -> QPrinter:
    printer = QPrinter()
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(target))
    printer.setResolution(dpi)
    return printer


def test_cancelling_ends_the_child_and_keeps_the_page_usable(screen: AuditScreen) -> None:
    page = _page(screen)
    page.make()
    assert page.is_setting
    page.cancel()
    assert not page.is_setting
    assert page.make_button.isEnabled()
