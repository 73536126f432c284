"""A year of a client's electricity, gas, water, materials and VOC tables, brought in through the window by keyboard alone."""

import datetime
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.forms.answer import MISSING, Change, Given, RowsChange, cell_key
from app.ui import theme
from app.ui.pages.form_page import FormPage
from app.ui.session import SessionModel
from app.ui.tables.preview import PastePreview
from tests.helpers.open_audit import open_audit
from tests.helpers.pages import show_page
from tests.helpers.typing import press

CONTROL = Qt.KeyboardModifier.ControlModifier
KWH = (152300, 128400, 158900, 161200, 149800, 155600, 163700, 168200, 151900, 147300, 159800, 165300)  # fmt: skip
FEE = (112702, 95016, 117586, 119288, 110852, 115144, 121138, 124468, 112406, 109002, 118252, 122322)  # fmt: skip


@pytest.fixture
def model(tmp_path: Path, qapp: QApplication) -> Iterator[SessionModel]:
    theme.load_fonts()
    theme.apply_theme(qapp, "light")
    opened = open_audit(tmp_path)
    yield opened
    opened.close()


def _emptied(model: SessionModel, table_id: str) -> None:
    changes: list[Change | RowsChange] = [
        Change(key, answer, MISSING)
        for key, answer in model.book.answers.items()
        if key.startswith(f"{table_id}/")
    ]
    if model.book.rows.get(table_id):
        changes.append(RowsChange(table_id, model.book.rows[table_id], ()))
    if changes:
        model.record(changes, "清空")


def _pasted(page: FormPage, start: str, text: str, picture: str) -> PastePreview:
    page.focus_key(start)
    QApplication.clipboard().setText(text)
    press(Qt.Key.Key_V, CONTROL)
    preview = page.findChild(PastePreview)
    assert preview is not None
    QApplication.processEvents()
    if folder := os.environ.get("PICTURES"):  # for a look at them, never in the suite
        page.grab().save(str(Path(folder) / f"{picture}.png"))
    return preview


def test_electricity_with_a_title_of_another_year_is_asked_and_then_written_at_once(
    qtbot: QtBot, model: SessionModel
) -> None:
    _emptied(model, "energy.bills")
    page = show_page(qtbot, model, "energy", 1100, 720)
    lines = ["2024年用电统计表（单位：万kWh、元）\t\t", "月份\t用电量\t电费"]
    lines += [
        f"{n}月\t{k / 10000}\t{f}" for n, (k, f) in enumerate(zip(KWH, FEE, strict=True), start=1)
    ]
    preview = _pasted(
        page, cell_key("energy.bills", "2025-01", "electricity"), "\n".join(lines), "1-year"
    )
    first = preview.doubts.first_button
    assert first is not None
    assert first.hasFocus()
    assert not model.book.text(cell_key("energy.bills", "2024-01", "electricity"))
    press(Qt.Key.Key_1)
    if folder := os.environ.get("PICTURES"):
        page.grab().save(str(Path(folder) / "1-year-answered.png"))
    assert preview.write_button.hasFocus()
    press(Qt.Key.Key_Return)
    assert model.book.text(cell_key("energy.bills", "2024-01", "electricity")) == "152300"
    assert model.book.text(cell_key("energy.bills", "2024-12", "electricity_fee")) == "122322"
    assert not model.book.text(cell_key("energy.bills", "2025-01", "electricity"))
    model.undo()
    assert not model.book.text(cell_key("energy.bills", "2024-01", "electricity"))


def test_time_of_use_gas_and_water_come_in_by_keyboard(qtbot: QtBot, model: SessionModel) -> None:
    _emptied(model, "energy.bills")
    page = show_page(qtbot, model, "energy", 1100, 720)
    lines = ["月份\t峰电量\t平电量\t谷电量\t天然气（万方）\t气费（元）"]
    lines += [
        f"2025年{n}月\t50000\t60000\t{k - 110000}\t1.2\t45600" for n, k in enumerate(KWH, start=1)
    ]
    preview = _pasted(
        page, cell_key("energy.bills", "2025-01", "electricity"), "\n".join(lines), "2-parts"
    )
    press(Qt.Key.Key_1)
    press(Qt.Key.Key_Return)
    assert page.findChild(PastePreview) is None or not preview.isVisible()
    assert model.book.text(cell_key("energy.bills", "2025-01", "electricity")) == "152300"
    assert model.book.text(cell_key("energy.bills", "2025-01", "gas")) == "12000"
    _emptied(model, "water.bills")
    page = show_page(qtbot, model, "water", 1100, 720)
    rows = "\n".join(f"{n}月\t{2000 + n}\t{6000 + n}" for n in range(1, 13))
    _pasted(
        page,
        cell_key("water.bills", "2025-01", "intake"),
        f"月份\t用水量（吨）\t水费（元）\n{rows}",
        "3-water",
    )
    press(Qt.Key.Key_Return)
    assert model.book.text(cell_key("water.bills", "2025-12", "intake")) == "2012"


def test_materials_and_voc_come_in_by_keyboard(qtbot: QtBot, model: SessionModel) -> None:
    _emptied(model, "materials.list")
    model.record(
        [Change("audit.base_year", model.book.get("audit.base_year"), Given("2025"))], "年"
    )
    page = show_page(qtbot, model, "materials", 1100, 720)
    text = "序号\t原辅料名称\t用途\t2025年用量（吨）\t2024年用量（吨）\t2023年用量（吨）\n1\t盐酸\t酸洗\t13\t12.5\t12\n2\t锌板\t镀锌\t1.3\t1.2\t1.1\n合计\t\t\t14.3\t13.7\t13.1"
    _pasted(page, "materials.list", text, "4-materials")
    press(Qt.Key.Key_Return)
    first, second = model.book.rows["materials.list"][-2:]
    assert model.book.text(cell_key("materials.list", first, "y0")) == "13"
    assert model.book.text(cell_key("materials.list", first, "y2")) == "12"
    assert model.book.text(cell_key("materials.list", second, "unit")) == "吨"
    _emptied(model, "voc.materials")
    page = show_page(qtbot, model, "voc", 1100, 720)
    text = "物料名称\tVOCs含量（%）\t年使用量\n水性油墨\t5\t1.2\n洗车水\t100\t0.3"
    preview = _pasted(page, "voc.materials", text, "5-voc")
    if preview.plan is not None and preview.plan.questions:
        press(Qt.Key.Key_2)  # 吨
        press(Qt.Key.Key_Return)
    rows = model.book.rows["voc.materials"]
    assert model.book.text(cell_key("voc.materials", rows[-1], "amount")) == "300"


def test_half_hourly_readings_of_a_year_are_added_by_month_beside_the_window(
    qtbot: QtBot, model: SessionModel
) -> None:
    _emptied(model, "energy.bills")
    page = show_page(qtbot, model, "energy", 1100, 720)
    start = datetime.datetime.fromisoformat("2025-01-01T00:00")  # meters know no time zones
    stamps = (start + n * datetime.timedelta(minutes=30) for n in range(17_520))
    lines = ["日期\t电量(kWh)", *(f"{stamp:%Y-%m-%d %H:%M}\t100" for stamp in stamps)]
    key = cell_key("energy.bills", "2025-02", "electricity")
    preview = _pasted(page, key, "\n".join(lines), "6-readings")
    assert preview.plan is not None
    assert len(preview.plan.cells) == 12
    press(Qt.Key.Key_Return)
    assert model.book.text(key) == str(28 * 48 * 100)
