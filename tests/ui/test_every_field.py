"""Every page of every question set, by keyboard alone: Ctrl+Enter from page to page, Tab through all that is asked."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from app.forms.answer import MISSING, AnswerBook, Change, Given
from app.forms.question import Page, Question, RowsKind, TableQuestion
from app.forms.visible import asked_items, can_fold
from app.ui import theme
from app.ui.audit_screen import AuditScreen
from app.ui.pages.form_page import FormPage
from app.ui.session import SessionModel
from tests.helpers.fill import filled
from tests.helpers.forms import shipped_forms
from tests.helpers.painting import add_painted_last, painted_last
from tests.helpers.typing import press
from tests.helpers.windows import audit_session
from tests.ui.test_audit_screen import nameless

SETS = sorted(set(shipped_forms().questionnaires) - {"front_door"})


def new_book(set_id: str) -> AnswerBook:
    answers = {
        "audit.questionnaire": Given(set_id),
        "audit.base_year": Given("2025"),
        "firm.name": Given("某单位"),
    }
    return AnswerBook(dict(answers))


@pytest.fixture
def screen(
    request: pytest.FixtureRequest, qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> Iterator[AuditScreen]:
    theme.load_fonts()
    theme.apply_theme(qapp, "light")
    model = SessionModel(audit_session(tmp_path, request.param))
    audit = AuditScreen(model, side_open=True, help_open=True)
    add_painted_last(qtbot, audit)
    audit.resize(1440, 830)
    with qtbot.waitActive(audit):
        audit.show()
        audit.activateWindow()
    yield audit
    audit.commit_pending()
    model.close()


def tab_through(page: FormPage) -> set[str]:
    """Questions and tables that Tab comes to, from the first until it leaves the page; in tables it goes through cells.

    The page is painted at the end: hundreds of pictures in between would cost a third of the walk.
    """
    with painted_last(page.window()):
        return _tab_through(page)


def _tab_through(page: FormPage) -> set[str]:
    page.focus_start()
    reached: set[str] = set()
    been: set[tuple[int, str]] = set()
    while True:
        focus = QApplication.focusWidget()
        if focus is None or not page.isAncestorOf(focus):
            return reached
        key = page.current_key()
        place = (id(focus), key)
        if place in been:
            raise AssertionError(
                f"{page.page.id}: Tab comes back to {key} in {type(focus).__name__}"
            )
        been.add(place)
        reached.add(key.split("/")[0])
        press(Qt.Key.Key_Tab)


@cache
def own_pages() -> Mapping[str, frozenset[str]]:
    """Question set -> its pages that no other set before it asks in the same words: sixteen sets share most of theirs."""
    seen: list[Page] = []
    own = {}
    for set_id in SETS:
        pages = shipped_forms().questionnaires[set_id].pages()
        own[set_id] = frozenset(page.id for page in pages if page not in seen)
        seen += pages
    return own


@pytest.mark.parametrize("screen", [new_book(each) for each in SETS], ids=SETS, indirect=True)
def test_every_page_is_walked_by_keyboard(screen: AuditScreen) -> None:
    places = screen.outline.places
    own = own_pages()[screen.model.project.questionnaire.id]
    for number, place in enumerate(places):
        if place.page.id not in own:
            continue
        if number and places[number - 1].page.id in own:
            screen.go_to(places[number - 1].page.id)
            press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        elif number:
            # What the keys do; they were pressed on the page before in the set that has it for its own.
            screen.go_to(place.page.id, first_missing=True)
        else:
            screen.open_at_last_place()
        assert screen.current_page == place.page.id
        QApplication.processEvents()
        page = screen.page_widget(place.page.id)
        focus = QApplication.focusWidget()
        assert focus is not None, place.page.id
        assert page.isAncestorOf(focus), f"{place.page.id}: the focus is in {type(focus).__name__}"
        assert nameless(page) == []
        if isinstance(page, FormPage):
            reached = tab_through(page)
            asked = {
                item.id
                for item in asked_items(page.page, page.model.book)
                if not (isinstance(item, Question) and item.derived)
                # Rows of another table that has none yet: there is nothing to go to.
                and not (isinstance(item, TableQuestion) and item.rows is RowsKind.FOLLOWING)
            }
            assert asked <= reached, f"{place.page.id}: {sorted(asked - reached)}"


@pytest.mark.parametrize(
    "screen",
    [filled(shipped_forms().questionnaires["industry"])],
    ids=["industry"],
    indirect=True,
)
def test_a_full_page_begins_with_its_first_field(screen: AuditScreen) -> None:
    screen.open_at_last_place()
    for place in screen.outline.places:
        page = screen.page_widget(place.page.id)
        if not isinstance(page, FormPage):
            continue
        screen.go_to(place.page.id, first_missing=True)
        QApplication.processEvents()
        asked = [
            item.id
            for item in asked_items(page.page, page.model.book)
            if not (isinstance(item, Question) and item.derived)
        ]
        focus = QApplication.focusWidget()
        assert focus is not None
        assert page.isAncestorOf(focus)
        assert page.current_key().split("/")[0] == asked[0]


@pytest.mark.parametrize(
    "screen", [shipped_forms().samples["huichuan"].book], ids=["huichuan"], indirect=True
)
def test_the_short_view_is_walked_by_keyboard_on_a_small_screen(screen: AuditScreen) -> None:
    screen.resize(1366, 690)
    screen.open_at_last_place()
    hours = screen.model.book.get("voc.hours")
    screen.model.record([Change("voc.hours", hours, MISSING)], "清空")
    for place in screen.outline.places:
        if place.page.id not in ("energy", "materials", "voc"):
            continue
        screen.go_to(place.page.id)
        full = tab_through(screen.page_widget(place.page.id))  # type: ignore[arg-type]
        screen.model.set_quick(True)
        page = screen.page_widget(place.page.id)
        assert isinstance(page, FormPage)
        QApplication.processEvents()
        short = tab_through(page)
        folded = {
            item.id
            for item in asked_items(place.page, page.model.book)
            if can_fold(item, page.model.book)
        }
        assert folded, place.page.id
        assert full - short == folded, place.page.id
        assert screen.width() == 1366
        # every fold is a stop of Tab on its own
        page.focus_start()
        for button in page.findChildren(QAbstractButton):
            if button.text().startswith("还有 ") and button.isVisible():
                assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
                button.setFocus()
                press(Qt.Key.Key_Space)
        assert tab_through(page) == full, place.page.id
        screen.model.set_quick(False)
