"""Parts of the window one by one: search, messages, status, settings, long work, trace, chips."""

import json
import subprocess
import sys
import threading
from datetime import datetime, timedelta
from fractions import Fraction

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.assessment.indicator_system import Level, Verification
from app.assessment.trace import Trace
from app.errors import Problem, UserError
from app.ui import chips, messages, problems, search, theme, trace_panel
from app.ui.outline import Findable, key_label, short_name
from app.ui.search import SearchPalette, find, rank
from app.ui.settings import Settings, load_settings, save_settings, settings_file
from app.ui.status import StatusBar, day_text
from app.ui.stepper import Counts, PageEntry, StageEntry, Stepper, duration_text
from app.ui.tasks import Task, Tasks
from tests.helpers.forms import sample_project


@pytest.fixture(autouse=True)
def look(qapp: QApplication) -> None:
    theme.load_fonts()
    theme.apply_theme(qapp, "light")


# -- search


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("clwj", "澄岭五金"),
        ("岭五", "澄岭五金"),
        ("lw", "澄岭五金"),
        ("VOC", "VOCs 物料"),
        ("chengling", "澄岭五金"),
        ("lingwu", "澄岭五金"),
    ],
)
def test_search_finds_by_words_and_pinyin_initials(typed: str, text: str) -> None:
    assert rank(typed, text) is not None


def test_whole_syllables_count_from_their_beginning_only() -> None:
    assert rank("ingwu", "澄岭五金") is None
    number = "GB 25323-2023"  # nobody types it whole
    for typed in ("25323", "gb25323", "GB 25323"):
        assert rank(typed, "单位产品能源消耗限额", number) is not None
    assert rank("23", "单位产品能源消耗限额", number) is None


@pytest.mark.parametrize(
    ("stem", "full", "short"),
    [
        ("澄岭五金 2026 第一轮", "佛山市南海区澄岭五金表面处理有限公司", "澄岭五金"),
        ("3M 胶带 2025", "3M 胶带", "3M 胶带"),
        ("新案卷", "绘川包装", "绘川包装"),
        ("新案卷", "", "新案卷"),
    ],
)
def test_the_short_name_is_as_much_of_the_file_name_as_the_firm_has(
    stem: str, full: str, short: str
) -> None:
    assert short_name(stem, full) == short


def test_what_knows_pinyin_is_loaded_after_the_start_and_beside_the_window() -> None:
    program = """
import sys
from app.ui import application, library, search
assert "pypinyin" not in sys.modules
thread = search.load_pinyin()
assert thread.daemon
thread.join()
assert "pypinyin" in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_first_letter_typed_waits_for_no_pinyin() -> None:
    things = [Findable("回用水", "", "问题", "water", "x", words="全年回用了多少水")]
    search.load_pinyin([things[0].text, things[0].words]).join()
    known = search.initials.cache_info().misses, search.pinyin.cache_info().misses
    assert find("hys", things) == find("qnhy", things) == things
    assert (search.initials.cache_info().misses, search.pinyin.cache_info().misses) == known


def test_search_prefers_the_question_number_then_the_start() -> None:
    things = [
        Findable("4 月电量", "A4 能源", "问题", "energy", "x", "9.1"),
        Findable("柴油", "A4 能源", "问题", "energy", "y", "4.3"),
        Findable("电量", "A4 能源", "问题", "energy", "z", "4.30"),
    ]
    assert [thing.key for thing in find("4.3", things)] == ["y", "z"]
    assert find("没有这个", things) == []


def test_search_palette_goes_where_enter_says(qtbot: QtBot) -> None:
    chosen: list[Findable] = []
    host = Stepper()
    qtbot.addWidget(host)
    host.show()
    things = [
        Findable("A4 能源", "准备与现状", "页", "energy"),
        Findable("A5 用水", "准备与现状", "页", "water"),
    ]
    palette = SearchPalette(things, chosen.append, host)
    qtbot.addWidget(palette)
    palette.popup()
    assert [thing.page_id for thing in palette.found] == ["energy", "water"]
    QTest.keyClick(palette.field, Qt.Key.Key_Down)
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert [thing.page_id for thing in chosen] == ["water"]
    assert not palette.isVisible()


# -- messages


def test_a_message_is_not_stacked_and_only_two_stay(qtbot: QtBot) -> None:
    bar = messages.MessageBar()
    qtbot.addWidget(bar)
    first = messages.Message("info", "一")
    for message in (first, first, messages.Message("warn", "二"), messages.Message("error", "三")):
        bar.show_message(message)
    assert [message.text for message in bar.messages] == ["二", "三"]
    bar.clear()
    assert bar.messages == ()
    assert bar.isHidden()


def test_what_tells_of_the_last_act_ends_with_the_next(qtbot: QtBot) -> None:
    bar = messages.MessageBar()
    qtbot.addWidget(bar)
    bar.show_message(messages.Message("warn", "磁盘快满了"))
    bar.show_message(messages.Message("ok", "已粘贴", of_last_act=True))
    bar.after_act()
    assert [message.text for message in bar.messages] == ["磁盘快满了"]


def test_an_action_is_done_and_closes_its_message(qtbot: QtBot) -> None:
    done: list[str] = []
    bar = messages.MessageBar()
    qtbot.addWidget(bar)
    bar.show_message(
        messages.Message("ok", "已粘贴", (messages.Action("撤销", lambda: done.append("x")),))
    )
    bar.show()
    (button,) = (child for child in bar.findChildren(QPushButton) if child.text() == "撤销")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert done == ["x"]
    assert bar.messages == ()


def test_every_problem_of_a_user_error_is_one_key_away(qtbot: QtBot) -> None:
    error = UserError(
        Problem("企业概况", "年份不是 4 位数", "改成 2009"),
        Problem("能源", "缺 2 月", "补上"),
        Problem("用水", "缺 3 月", "补上"),
    )
    bar = messages.MessageBar()
    qtbot.addWidget(bar)
    bar.show_message(problems.as_message(error))
    bar.show()
    qtbot.waitExposed(bar)

    def said() -> str:
        return " ".join(part.text() for part in bar.findChildren(QLabel) if part.isVisible())

    (following,) = (child for child in bar.findChildren(QPushButton) if child.text() == "下一处")
    for count, what in (
        ("1/3", "年份不是"),
        ("2/3", "缺 2 月"),
        ("3/3", "缺 3 月"),
        ("1/3", "年份不是"),
    ):
        assert count in said()
        assert what in said()
        QTest.keyClick(following, Qt.Key.Key_Space)
    assert len(bar.messages) == 1


# -- status, settings


def test_the_saved_mark_changes_only_when_told(qtbot: QtBot) -> None:
    bar = StatusBar()
    qtbot.addWidget(bar)
    bar.show_saved("14:03:22")
    bar.show_writing()
    assert bar.saved_button.text().startswith("已保存 14:03:22")
    qtbot.waitUntil(lambda: bar.saved_button.text().startswith("正在写"))
    bar.show_not_saved(1)
    assert bar.saved_button.text() == "1 个回答还没写进去"
    bar.show_saved("14:03:30")
    assert bar.saved_button.text() == "已保存 14:03:30"


def test_days_are_said_as_people_do() -> None:
    now = datetime(2026, 11, 20, 14, 0).astimezone()
    assert day_text(now.replace(hour=9, minute=12), now) == "今天 09:12"
    assert day_text(now - timedelta(days=1), now).startswith("昨天")
    assert day_text(now - timedelta(days=400), now).startswith("2025-10-16")


def test_settings_come_back_and_bad_ones_fall_back() -> None:
    save_settings(Settings(theme="dark", user_name="何敏", side_open=False))
    assert load_settings() == Settings(theme="dark", user_name="何敏", side_open=False)
    settings_file().write_text(json.dumps({"theme": 5, "user_name": "李", "unknown": 1}))
    assert load_settings() == Settings(user_name="李")
    settings_file().write_text("{ broken")
    assert load_settings() == Settings()


# -- long work


def test_long_work_reports_its_result_on_this_thread(qtbot: QtBot) -> None:
    tasks = Tasks()
    results: list[object] = []

    def work(task: Task) -> int:
        task.progress("第 2 页")
        return threading.get_ident()

    tasks.start(
        "做报告",
        work,
        lambda result: results.extend((result, threading.get_ident())),
        results.append,
    )
    qtbot.waitUntil(lambda: len(results) == 2)
    assert results[0] != results[1] == threading.get_ident()
    assert not tasks.busy
    tasks.close()


def test_cancelled_work_says_nothing_and_errors_arrive(qtbot: QtBot) -> None:
    tasks = Tasks()
    seen: list[object] = []
    started, go_on = threading.Event(), threading.Event()

    def work(task: Task) -> None:
        started.set()
        go_on.wait(5)

    task = tasks.start("慢", work, seen.append, seen.append)
    assert started.wait(5)
    task.cancel()
    go_on.set()

    def broken(task: Task) -> None:
        raise UserError(Problem("", "磁盘满了", "腾出空间"))

    tasks.start("坏", broken, lambda _: None, seen.append)
    qtbot.waitUntil(lambda: bool(seen))
    assert len(seen) == 1
    assert isinstance(seen[0], UserError)
    tasks.close()


# -- stepper


def stages() -> tuple[StageEntry, ...]:
    return (
        StageEntry(
            "A",
            "准备与现状",
            (
                PageEntry("profile", "A1", "企业概况", Counts(given=9)),
                PageEntry(
                    "energy", "A4", "能源", Counts(given=8, zero=2, not_applicable=1, missing=1)
                ),
            ),
        ),
        StageEntry(
            "B", "诊断与对标", (PageEntry("benchmark", "B1", "指标对标", Counts(missing=3)),)
        ),
    )


def test_the_stepper_speaks_like_the_guide(qtbot: QtBot) -> None:
    stepper = Stepper()
    qtbot.addWidget(stepper)
    stepper.show_progress(stages(), 130)
    stepper.set_current("energy")
    model = stepper.list.model()
    said = [model.data(model.index(row, 0), Qt.ItemDataRole.AccessibleTextRole) for row in range(4)]
    assert said == [
        "A 阶段 准备与现状，21 题填了 20 题",
        "企业概况，A1，9 题填了 9 题",
        "能源，A4，12 题填了 11 题，当前页",
        "B 阶段 诊断与对标，3 题填了 0 题",
    ]
    stepper.set_rail(True)
    assert model.rowCount() == 2


def test_enter_on_a_stage_goes_to_its_first_open_page(qtbot: QtBot) -> None:
    stepper = Stepper()
    qtbot.addWidget(stepper)
    stepper.show_progress(stages(), 0)
    stepper.set_current("benchmark")
    stepper.list.setCurrentIndex(stepper.list.model().index(0, 0))
    with qtbot.waitSignal(stepper.page_chosen) as chosen:
        QTest.keyClick(stepper.list, Qt.Key.Key_Return)
    assert chosen.args == ["energy"]


def test_durations_are_rough() -> None:
    assert [duration_text(minutes) for minutes in (0, 7, 61, 130)] == [
        "",
        "7 分",
        "1 小时 10 分",
        "2 小时 10 分",
    ]


# -- trace


def rinse() -> Trace:
    meter = Trace(
        "镀锌线清洗分表", Fraction(17800), "m³", key="water.meters/r1/y0", source="A5 · 5.2"
    )
    return Trace(
        "单位产品每次清洗取水量",
        Fraction(41600 * 1000, 1308000),
        "L/m²",
        formula="41,600 × 1000 ÷ 1,308,000",
        verification=Verification.TRANSCRIBED,
        children=(
            Trace("清洗取水量", Fraction(41600), "m³", children=(meter,)),
            Trace("面积", None, "m²"),
        ),
    )


def test_a_trace_shows_rounded_and_exact_and_says_what_is_missing(qtbot: QtBot) -> None:
    panel = trace_panel.TracePanel()
    qtbot.addWidget(panel)
    panel.show_trace(rinse())
    assert trace_panel.value_text(rinse()) == "31.80 L/m²"
    assert trace_panel.exact_text(rinse()) == "10400/327"
    assert "面积：未填" in panel.text()
    assert "镀锌线清洗分表：17,800 m³" in panel.text()


def test_enter_on_a_step_jumps_to_where_it_was_typed(qtbot: QtBot) -> None:
    panel = trace_panel.TracePanel()
    qtbot.addWidget(panel)
    panel.resize(336, 600)
    panel.show()
    panel.show_trace(rinse())
    model = panel.tree.model()
    panel.tree.setCurrentIndex(model.index(0, 0, model.index(0, 0)))
    with qtbot.waitSignal(panel.jump_requested) as jumped:
        QTest.keyClick(panel.tree, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    assert jumped.args == ["water.meters/r1/y0"]


# -- chips


def test_chips_say_their_meaning_without_colour() -> None:
    assert [chips.level_chip(level).name for level in (*Level, None)] == [
        "Ⅰ 级",
        "Ⅱ 级",
        "Ⅲ 级",
        "未达 Ⅲ",
        "未定",
    ]
    mark = chips.verification_chip(Verification.RECALLED, word=False)
    assert (mark.text, mark.name) == ("", "凭记忆待核")


def test_the_notice_after_a_crash_names_what_was_changed_in_words() -> None:
    project = sample_project()
    for key in ("audit.system", "audit.table", "front.kind"):
        assert key not in key_label(project, key)
