"""A page of the guided audit alone in a window, as the person sees it."""

from pytestqt.qtbot import QtBot

from app.ui import pages
from app.ui.pages.form_page import FormPage
from app.ui.session import SessionModel
from tests.helpers.painting import add_painted_last


def show_page(
    qtbot: QtBot, model: SessionModel, page_id: str, width: int = 1000, height: int = 700
) -> FormPage:
    """The page, shown and active."""
    page = next(p for p in model.project.questionnaire.pages() if p.id == page_id)
    shown = pages.create_page(model, page)
    shown.complete()
    assert isinstance(shown, FormPage)
    add_painted_last(qtbot, shown)
    shown.resize(width, height)
    shown.show()
    shown.activateWindow()
    qtbot.waitUntil(shown.isActiveWindow)
    return shown
