"""The open audit as a whole: going about, undo across pages, folding, and names for screen readers."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.assessment.result import Assessment
from app.audit.progress import progress
from app.audit.project import AuditProject
from app.forms.answer import Change, Given, RowsChange
from app.forms.question import Page
from app.papers.chapters.level_after import level_after as chapter
from app.papers.document import Block
from app.ui import pages, theme
from app.ui.audit_screen import AuditScreen
from app.ui.pages.base import BasePage
from app.ui.pages.form_page import FormPage
from app.ui.session import SessionModel
from app.ui.tables import level_after
from tests.helpers.painting import add_painted_last
from tests.helpers.windows import reopened, sample_session


@pytest.fixture
def screen(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[AuditScreen]:
    theme.load_fonts()
    theme.apply_theme(qapp, "light")
    model = SessionModel(sample_session(tmp_path))
    audit = AuditScreen(model, side_open=True, help_open=True)
    add_painted_last(qtbot, audit)
    audit.resize(1440, 830)
    with qtbot.waitActive(audit):
        audit.show()
        audit.activateWindow()
    audit.open_at_last_place()
    yield audit
    audit.commit_pending()
    model.close()


def test_the_level_after_is_filled_ahead_and_again_only_for_other_answers(
    screen: AuditScreen, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(level_after, "_REST_MS", 0)
    asked: list[AuditProject] = []

    def ask(project: AuditProject, assessment: Assessment | None) -> list[Block]:
        asked.append(project)
        return chapter(project, assessment)

    monkeypatch.setattr(level_after, "level_after", ask)
    name = "measures.list/r1/name"
    rows = RowsChange("measures.list", screen.model.book.row_ids("measures.list"), ("r1",))
    screen.model.record([rows, Change(name, screen.model.book.get(name), Given("换阀"))], "方案")
    screen.page_widget("results")
    qtbot.waitUntil(lambda: len(asked) == 1)
    for page in ("results", "team", "results"):
        screen.go_to(page)
        QTest.qWait(20)
    assert len(asked) == 1
    screen.model.record([Change(name, Given("换阀"), Given("换泵"))], "名称")
    qtbot.waitUntil(lambda: len(asked) == 2)


def spoken(widget: QWidget) -> str:
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Name) if interface else ""


def nameless(root: QWidget) -> list[str]:
    """Focusable, visible widgets without a name for the screen reader."""
    return [
        f"{type(child).__name__} in {type(child.parent()).__name__}"
        for child in root.findChildren(QWidget)
        if child.focusPolicy() & Qt.FocusPolicy.TabFocus
        and child.isVisibleTo(root)
        and not child.focusProxy()
        and not spoken(child).strip()
    ]


def test_ctrl_enter_goes_on_and_alt_left_comes_back(screen: AuditScreen) -> None:
    first = screen.current_page
    QTest.keyClick(screen, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    second = screen.current_page
    assert second == screen.outline.places[1].page.id != first
    QTest.keyClick(screen, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert screen.current_page == first
    QTest.keyClick(screen, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert screen.current_page == second


def test_pages_made_ahead_are_whole_and_show_what_was_answered_meanwhile(
    screen: AuditScreen, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.ui.audit_screen._FIRST_PART_AFTER_MS", 0)
    monkeypatch.setattr("app.ui.audit_screen._NEXT_PART_AFTER_MS", 0)
    begun: list[str] = []
    plain = pages.create_page

    def begin(model: SessionModel, page: Page, parent: QWidget | None = None) -> BasePage:
        begun.append(page.id)
        return plain(model, page, parent)

    monkeypatch.setattr("app.ui.pages.create_page", begin)
    screen.build_ahead()
    qtbot.waitUntil(lambda: "products" in begun)
    screen.go_to("products")  # in the middle of its cards
    page = screen.page_widget("products")
    assert isinstance(page, FormPage)
    assert not page.build_more()
    apart = plain(screen.model, page.page)
    apart.complete()
    qtbot.addWidget(apart)
    assert isinstance(apart, FormPage)
    assert (list(page.controls), list(page.tables)) == (list(apart.controls), list(apart.tables))
    key = "energy.bills/2025-07/electricity"
    screen.model.record([Change(key, screen.model.book.get(key), Given("171235"))], "7 月电量")
    qtbot.waitUntil(lambda: screen.is_built_ahead)
    assert screen.current_page == "products"
    # What nobody has seen yet is laid out as it will stand, and lays nothing out again when it is shown.
    unseen = screen.page_widget("voc")
    assert unseen.size() == page.size()
    made = len(begun)
    screen.go_to("energy", key)
    assert len(begun) == made
    energy = screen.page_widget("energy")
    assert isinstance(energy, FormPage)
    shown = energy.tables["energy.bills"].view.currentIndex().data()
    assert "171,235" in str(shown)


def test_undo_returns_to_the_page_of_the_answer(screen: AuditScreen) -> None:
    screen.model.record((Change("firm.legal", Given("梁启衡"), Given("陈立")),), "改法定代表人")
    screen.go_to("energy")
    screen.undo()
    assert screen.model.book.text("firm.legal") == "梁启衡"
    assert screen.current_page == "profile"
    screen.go_to("energy")
    screen.redo()
    assert screen.model.book.text("firm.legal") == "陈立"
    assert screen.current_page == "profile"


def test_side_bars_fold_as_the_window_narrows(screen: AuditScreen) -> None:
    for width, side_folded, help_folded in (
        (1440, False, False),
        (1366, False, True),
        (1180, False, True),
        (1100, True, True),
        (1440, False, False),
    ):
        screen.resize(width, 700)
        assert (screen.stepper.is_rail, screen.help.is_rail) == (side_folded, help_folded), width


def test_asking_for_help_in_a_narrow_window_folds_the_other_side(screen: AuditScreen) -> None:
    screen.resize(1366, 700)
    QTest.keyClick(screen, Qt.Key.Key_F1)
    assert (screen.stepper.is_rail, screen.help.is_rail) == (True, False)
    QTest.keyClick(screen, Qt.Key.Key_F9)
    assert (screen.stepper.is_rail, screen.help.is_rail) == (False, True)


def test_search_finds_an_indicator_and_goes_there(screen: AuditScreen) -> None:
    palette = screen.open_search()
    palette.field.setText("环境应急")
    assert "指标" in [thing.kind for thing in palette.found]
    row = next(i for i, thing in enumerate(palette.found) if thing.kind == "指标")
    for _ in range(row):
        QTest.keyClick(palette.field, Qt.Key.Key_Down)
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert screen.current_page == "benchmark"


def test_a_jump_from_a_figure_lands_on_its_field(screen: AuditScreen) -> None:
    screen.go_to("benchmark")
    screen.go_to_key("firm.staff")
    assert screen.current_page == "profile"
    assert screen.page_widget("profile").current_key() == "firm.staff"


def test_another_base_year_renews_the_questions(screen: AuditScreen) -> None:
    before = screen.model.project.questionnaire
    screen.model.record((Change("audit.base_year", Given("2025"), Given("2024")),), "改基准年")
    QApplication.processEvents()
    assert screen.model.project.questionnaire is not before
    assert screen.current_page == "profile"
    assert screen.page_widget("energy").page in screen.model.project.questionnaire.pages()


def test_the_audit_opens_where_it_was_left(screen: AuditScreen, tmp_path: Path) -> None:
    screen.go_to_key("firm.staff")
    screen.commit_pending()
    path = screen.model.session.path
    screen.model.close()
    session = reopened(path)
    assert session.position == ("profile", "firm.staff")
    screen.model.session = session


def test_a_folded_question_is_found_by_number_words_and_pinyin_and_opened(
    screen: AuditScreen,
) -> None:
    for typed in ("7.12", "nyxsj", "年运行时间", "chanshengfeiqi", "一年开多少小时"):
        screen.go_to("voc")
        page = screen.page_widget("voc")
        assert isinstance(page, FormPage)
        screen.model.set_quick(False)
        screen.model.set_quick(True)
        assert not page.controls["voc.hours"].input.isVisibleTo(page), typed
        screen.go_to("profile")
        palette = screen.open_search()
        palette.field.setText(typed)
        assert palette.found[0].key == "voc.hours", typed
        QTest.keyClick(palette.field, Qt.Key.Key_Return)
        QApplication.processEvents()
        assert screen.current_page == "voc", typed
        assert page.current_key() == "voc.hours", typed


def test_f7_turns_from_quick_to_full_and_progress_stays(screen: AuditScreen) -> None:
    screen.go_to("voc")
    before = progress(screen.model.project)
    QTest.keyClick(screen, Qt.Key.Key_F7)
    assert screen.model.quick
    assert screen.head.depth_switch.current() == 0
    assert progress(screen.model.project) == before
    QTest.keyClick(screen, Qt.Key.Key_F7)
    assert not screen.model.quick


def test_the_trace_follows_its_figure(qtbot: QtBot, screen: AuditScreen) -> None:
    model = screen.model
    before = model.project.derivation.figure("energy.total").trace
    screen.help.show_trace(before)
    key = "energy.bills/2025-03/electricity"
    model.record((Change(key, model.book.get(key), Given("200000")),), "改用电")
    qtbot.waitUntil(lambda: screen.help.trace.trace != before)
    shown = screen.help.trace.trace
    assert shown is not None
    assert shown == model.project.derivation.figure("energy.total").trace
