"""Charts on the screen: every layout paints in both themes, hatches stay inside, silence is told from zero."""

from fractions import Fraction as F

import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.audit.charts import hatching
from app.audit.charts.layouts import (
    CategoryShare,
    IndexRow,
    MonthValue,
    SplitBar,
    YearPanel,
    category_shares,
    index_bars,
    monthly_bars,
    split_bars,
    year_panels,
)
from app.audit.charts.process_flow import ProcessLine, ProcessStep, process_flow
from app.audit.charts.shapes import Band, Box, Chart, Fill, Role, Words
from app.audit.charts.water_flow import WaterFlow, WaterUnit, water_flow
from app.ui import theme
from app.ui.charts import ChartView, paint_chart

MONTHS = (
    MonthValue("1", (F(15), F(13)), marked=True),
    MonthValue("2", (F(12), None)),
    MonthValue("3", (F(0), F(0))),
)
CHARTS = {
    "months": monthly_bars(MONTHS, ["电", "天然气"], "tce"),
    "years": year_panels([YearPanel("电", "kWh", ("2024", "2025"), (None, F(0)), 1)]),
    "index": index_bars([IndexRow("Ⅰ", F("28.95"), F("35.35"), F(85))]),
    "shares": category_shares([CategoryShare("资源消耗", F(10), F(4))]),
    "water": water_flow(
        WaterFlow(
            F(1000),
            (
                WaterUnit("清洗", F(800), F(200), F(50), F(40), F(900)),
                WaterUnit("办公", F(150), F(0), F(0), F(30), F(120), to_works=False),
            ),
            F(900), F(650), F(20), F(200), F(50), F(30),
        )
    ),
    "split": split_bars(
        [SplitBar("外箱", (F(93), F(833), F(39)), "发出 926，复用 10 %"), SplitBar("空", (F(0), F(0)), "")],
        ("退回", "不回来", "报废"), "kg",
    ),
    "process": process_flow(
        [ProcessLine("A 挂镀线", (ProcessStep("除油", ("除油剂", "热水"), ("W1", "G1")), ProcessStep("镀镍", (), ("S1",), True)))]
    ),
}  # fmt: skip


def painted(chart: Chart) -> QImage:
    image = QImage(700, 500, QImage.Format.Format_RGB32)
    image.fill(theme.color("surface"))
    painter = QPainter(image)
    paint_chart(painter, chart, QRectF(0, 0, 700, 500))
    painter.end()
    return image


def colours(image: QImage) -> set[int]:
    """Its colours as 0xffRRGGBB."""
    assert image.format() is QImage.Format.Format_RGB32
    return set(memoryview(image.constBits()).cast("I"))


@pytest.mark.parametrize("name", sorted(CHARTS))
def test_every_chart_paints_in_both_themes(qapp: QApplication, name: str) -> None:
    theme.load_fonts()
    try:
        for mode in ("light", "dark"):
            theme.apply_theme(qapp, mode)
            seen = colours(painted(CHARTS[name]))
            assert theme.color("surface").rgb() in seen
            assert len(seen) > 20, "lines and words are there"
    finally:
        theme.apply_theme(qapp, "light")


@pytest.mark.parametrize("name", sorted(CHARTS))
def test_everything_stays_inside_the_chart(name: str) -> None:
    chart = CHARTS[name]
    for item in chart.items:
        if isinstance(item, Box):
            assert item.x >= 0, item
            assert item.x + item.width <= chart.width + 0.01, item
            assert item.y >= -3, item
            assert item.y + item.height <= chart.height, item
        if isinstance(item, Words):
            assert 0 <= item.y <= chart.height - item.size / 2, item


def test_missing_is_a_dashed_outline_and_zero_a_foot_line() -> None:
    chart = CHARTS["months"]
    dashed = [item for item in chart.items if isinstance(item, Box) and item.dash]
    words = [item.text for item in chart.items if isinstance(item, Words)]
    assert len(dashed) == 1
    assert words.count("未填") == 1
    assert "0" in words
    assert "未填：2" in chart.spoken
    assert "偏离：1" in chart.spoken


def test_hatches_stay_inside_what_they_fill() -> None:
    box = Box(10, 20, 37, 13, Fill.CROSS)
    lines = hatching.box_lines(box)
    assert lines
    for x1, y1, x2, y2 in lines:
        assert 10 <= x1 < x2 <= 47
        assert all(20 <= y <= 33 for y in (y1, y2))
    assert all(
        10 < x < 47 and 20 < y < 33 for x, y in hatching.box_dots(Box(10, 20, 37, 13, Fill.DOTS))
    )
    band = Band(0, 50, 80, 120, 10, 30, Fill.HATCH, Role.ENERGY)
    sloping = hatching.band_lines(band)
    assert sloping
    for x1, y1, x2, y2 in sloping:
        assert 0 <= x1 < x2 <= 120
        assert all(10 <= y <= 80 for y in (y1, y2))


def test_a_long_line_goes_on_in_the_next_column_and_many_lines_below() -> None:
    long = process_flow(
        [ProcessLine("A", tuple(ProcessStep(str(n), key=str(n)) for n in range(13)))]
    )
    boxes = [item for item in long.items if isinstance(item, Box) and item.key]
    assert [box.key for box in boxes] == [str(n) for n in range(13)]
    assert len({box.x for box in boxes}) == 2
    assert max(box.x + box.width for box in boxes) <= long.width
    narrow = process_flow(
        [ProcessLine(name, (ProcessStep("洗", key=name),)) for name in "甲乙丙丁"], width=320
    )
    places = [(i.x, i.y) for i in narrow.items if isinstance(i, Box) and i.key]
    assert len(set(places)) == 4
    assert len({y for _, y in places}) == 2, "two lines side by side, two below"


def test_long_words_of_a_process_stay_in_their_column() -> None:
    steps = (ProcessStep("清洗", tuple("一种名字特别长的药水" + c for c in "甲乙丙丁"), ("W1",)),)
    lines = [ProcessLine(name, steps) for name in ("左线", "右线")]
    chart = process_flow(lines, names={"W1": "一种名字特别长的含油含酸废水" * 2}, width=320)
    words = [item for item in chart.items if isinstance(item, Words)]
    left = [item for item in words if item.anchor == "end"]
    assert all(item.x - 7 * len(item.text) >= -1 for item in left[:2])
    assert any("等" in item.text for item in left)
    below = [item for item in words if item.text.startswith("W1 一种")]
    assert len(below) == 1, "what the code stands for is said once, below"
    assert len(below[0].text) * 7 < chart.width


def test_a_click_on_a_step_names_its_row(qtbot: QtBot) -> None:
    view = ChartView("工艺流程")
    qtbot.addWidget(view)
    line = ProcessLine("", (ProcessStep("除油", key="process.steps/r1/name"),))
    view.show_chart(lambda width: process_flow([line], width=width))
    view.resize(600, view.heightForWidth(600))
    view.grab()
    picked: list[str] = []
    view.picked.connect(picked.append)
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert picked == []
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(300, view.height() // 2 + 10))
    assert picked == ["process.steps/r1/name"]


def test_a_view_lays_out_for_its_width_and_tells_its_numbers(qtbot: QtBot) -> None:
    view = ChartView("每月折标煤")
    qtbot.addWidget(view)
    assert view.show_chart(lambda width: monthly_bars(MONTHS, ["电", "天然气"], "tce", width=width))
    assert "未填：2" in view.accessibleName()
    assert "每月折标煤" in view.accessibleName()
    view.resize(500, view.heightForWidth(500))
    assert not view.grab().isNull()
    assert view.heightForWidth(900) < view.heightForWidth(500) * 1.2, "wider is not taller"
    view.copy_words()
    assert "未填：2" in QApplication.clipboard().text()
    view.copy_picture()
    assert QApplication.clipboard().image().width() == 1500  # sharp enough to be printed
    assert not view.show_chart(lambda _width: None)
    assert view.heightForWidth(500) == 0
