"""The report page: what is still missing, setting the paper in a child process, saving it, cancelling."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.ui import theme
from app.ui.audit_screen import AuditScreen
from app.ui.pages.report import ReportPage
from app.ui.session import SessionModel
from tests.helpers.windows import sample_session


def _screen(qtbot: QtBot, folder: Path, *, complete: bool) -> AuditScreen:
    model = SessionModel(sample_session(folder, complete=complete))
    audit = AuditScreen(model, side_open=True, help_open=True)
    qtbot.addWidget(audit)
    audit.resize(1440, 830)
    audit.show()
    audit.go_to("report")
    QApplication.processEvents()
    return audit


def _page(screen: AuditScreen) -> ReportPage:
    page = screen.findChild(ReportPage)
    assert page is not None
    return page


@pytest.fixture(params=[False, True], ids=["two missing", "complete"])
def screen(
    request: pytest.FixtureRequest, qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> Iterator[AuditScreen]:
    theme.load_fonts()
    theme.apply_theme(qapp, "light")
    audit = _screen(qtbot, tmp_path, complete=request.param)
    yield audit
    _page(audit).cancel()
    audit.model.close()


def test_a_paper_for_review_is_offered_only_when_nothing_is_missing(screen: AuditScreen) -> None:
    page = _page(screen)
    complete = page.model.assessment is not None and page.model.assessment.level is not None
    review = page.states.buttons[1]
    assert review.isEnabled() is complete
    links = [b.text() for b in page.findChildren(QPushButton) if "项没填" in b.text()]
    assert bool(links) is not complete
    assert complete or "才能出送审稿" in review.toolTip()


def test_the_preview_is_the_paper_and_can_be_saved(
    screen: AuditScreen, qtbot: QtBot, tmp_path: Path
) -> None:
    page = _page(screen)
    page.make()
    qtbot.waitUntil(lambda: page.document.pageCount() > 20, timeout=60_000)
    target = tmp_path / "澄岭 报告.pdf"
    assert page.save_to(target)
    assert target.read_bytes().startswith(b"%PDF-")
    assert not list(tmp_path.glob(".*.part"))


def test_saving_where_it_cannot_be_says_why_and_leaves_nothing(
    screen: AuditScreen, tmp_path: Path
) -> None:
    page = _page(screen)
    assert not page.save_to(tmp_path / "没有" / "x.pdf")
    words = " ".join(label.text() for label in screen.messages.findChildren(QLabel))
    assert "没有这个文件夹" in words
    assert not (tmp_path / "没有").exists()


def test_cancelling_ends_the_child_and_keeps_the_page_usable(screen: AuditScreen) -> None:
    page = _page(screen)
    page.make()
    assert page.is_setting
    page.cancel()
    assert not page.is_setting
    assert page.make_button.isEnabled()
