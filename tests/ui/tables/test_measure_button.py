"""「写进方案」 in the window: what it says, what it writes, undone as one act."""

from pathlib import Path

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.forms.answer import MISSING, Change, Given, RowsChange
from app.ui import pages, theme
from app.ui.messages import Message
from app.ui.tables.measure_button import MeasureButton
from tests.helpers.forms import shipped_forms
from tests.helpers.open_audit import open_audit


def test_press_writes_once_then_updates(tmp_path: Path, qapp: QApplication, qtbot: QtBot) -> None:
    theme.load_fonts()
    theme.apply_theme(qapp, "light")
    model = open_audit(tmp_path, shipped_forms().samples["huichuan"].book)
    rows = model.book.row_ids("measures.list")
    model.record([RowsChange("measures.list", rows, ())], "清空方案")
    posted: list[Message] = []
    model.message_posted.connect(posted.append)
    page = next(p for p in model.project.questionnaire.pages() if p.id == "voc")
    shown = pages.create_page(model, page)
    shown.complete()
    qtbot.addWidget(shown)
    shown.show()
    part = shown.findChild(MeasureButton)
    assert part is not None
    assert "12,259" in part.note.text()
    part.button.click()
    assert model.book.row_ids("measures.list") == ("voc_swap",)
    assert posted[-1].strong == "写进了方案第 1 行："
    assert not part.button.isEnabled()
    assert "一样" in part.note.text()

    key = "voc.swap_cost/energy/new"
    model.record([Change(key, model.book.get(key), Given("25"))], "改能源")
    assert part.button.text() == "更新方案"
    part.button.click()
    assert model.book.row_ids("measures.list") == ("voc_swap",)
    assert model.book.text("measures.list/voc_swap/saving") == "3.93"
    model.undo()
    assert model.book.text("measures.list/voc_swap/saving") == "9.13"
    model.undo()
    model.undo()
    assert model.book.row_ids("measures.list") == ()
    model.record([Change(key, model.book.get(key), MISSING)], "清空")
    assert not part.button.isEnabled()
    assert "还差" in part.note.text()
    model.close()
