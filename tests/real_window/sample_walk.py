"""The sample shop 澄岭五金 from its problems to a proven cheapest path, a plan, results and a raised level, by keys and mouse.

python -m tests.real_window.sample_walk [--pictures FOLDER] on a display of 1366 × 768, some four minutes.
The sample lacks two answers; the two measures that raise its level are taken out first and found again from the causes.
"""

import argparse
from fractions import Fraction
from pathlib import Path

from PySide6.QtCore import Qt

from app.assessment.indicator_system import Level
from app.ui.pages.measure_path import PathPage
from tests.helpers.cases import read_yaml
from tests.helpers.forms import RESOURCES
from tests.helpers.typing import press
from tests.helpers.walker import Walker, explain, papers, row_of, walk, words_of

AFTER = read_yaml(RESOURCES / "sample" / "chengling.yaml")["after"]
RINSE, NICKEL = "清洗线改三级逆流漂洗", "加在线离子交换回收"
DOSING = "废水站自动加药与 pH 联锁"
NAMES = {
    "ZG1": RINSE,
    "ZG2": NICKEL,
    "WD1": "镀槽出槽滴流延长到 20 秒",
    "WD2": "车间用水分表和日抄表",
    "WD3": "空压机查漏、降压 0.05 MPa",
    "WD4": "车间照明换 LED",
    "WD5": "极杠铜排清洁、紧固",
    "WD7": "纯水浓水用于水帘补水",
    "WD8": DOSING,
}


def open_sample(walker: Walker) -> None:
    """By mouse from the first screen; a firm that has two answers still open has no level."""
    walker.push("打开示例：澄岭五金")
    walker.wait(lambda: walker.window.audit is not None, "the sample did not open")
    walker.settle(0.5)
    walker.go("B1")
    walker.wait(lambda: walker.model.assessment is not None, "nothing is scored")
    assert _level(walker) is None, f"two answers are missing, and yet {_level(walker)}"


def _level(walker: Walker) -> Level | None:
    """The level the window shows now, None while it is not certain."""
    assessment = walker.model.assessment
    return None if assessment is None else assessment.level


def last_answers(walker: Walker) -> None:
    """The two that are missing: nickel bought, with its unit, and the emergency plan by a figure key."""
    walker.fill("plating.metals", "nickel", ["12.845吨"], first="bought")
    walker.go("环境应急预案")
    assert walker.screen.current_page == "benchmark", walker.screen.current_page
    walker.picture("plan")
    press(Qt.Key.Key_1)
    walker.wait(lambda: _level(walker) is Level.III, "the level is not Ⅲ")


def problems(walker: Walker) -> None:
    """The eight aspects: what the data say of two of them is taken out and drafted anew."""
    walker.reach("causes.aspects")
    for row in ("technology", "waste"):
        walker.clear_cell("causes.aspects", row, "seen")
    walker.push("按数据起草现象")
    walker.settle(0.3)
    for row in ("technology", "waste"):
        said = walker.model.book.text(f"causes.aspects/{row}/seen")
        assert said, f"the data say nothing of {row}"
        walker.notes.append(f"{row}: {said}")


def measures(walker: Walker) -> None:
    """The two big measures are taken out, and made again of the ideas of the causes."""
    for name in (RINSE, "镀镍线加在线离子交换回收"):
        walker.delete_row("measures.list", name)
    walker.go("C2")
    walker.pick("想到的", RINSE)
    walker.pick("想到的", NICKEL)
    for name, texts, life, owner, proof in (
        (RINSE, ["铜镍线和镀锌线清洗", "中高费", "少用水 11 600 m³/a，少排废水 11 600 m³/a", "12.6万", "13.84"], "10", "设备部 陈伟强", "设备、安装报价单"),
        (NICKEL, ["镀镍线", "中高费", "少耗镍 672 kg/a", "168000元", "6.2"], "10", "电镀车间 林志远", "供应商报价和小试记录"),
    ):  # fmt: skip
        at = str(row_of(walker, "measures.list", name))
        walker.fill("measures.list", at, texts, first="where")
        walker.fill("measures.list", at, [life], first="life")
        walker.fill("measures.list", at, [owner, "2027年1月"], first="owner")
        walker.fill("measures.list", at, [proof], first="evidence")
    rinse = str(row_of(walker, "measures.list", RINSE))
    for column, text in (("water", "1.16万吨"), ("rinse", "11600"), ("drain", "11600方"), ("extra", "9.83")):  # fmt: skip
        walker.fill("measures.savings", rinse, [text], first=column)
    nickel = str(row_of(walker, "measures.list", NICKEL))
    walker.fill("measures.savings", nickel, ["0.672t"], first="nickel")
    walker.fill("measures.savings", nickel, ["7.9吨"], first="hazardous")
    walker.go("C3")
    walker.fill("measures.screening", rinse, ["8", "9", "9", "7", "8"])
    walker.fill("measures.screening", nickel, ["7", "9", "7", "6", "9"])


def economics(walker: Walker) -> None:
    walker.go("C4")
    walker.settle(0.5)


def path(walker: Walker) -> None:
    """The cheapest road to Ⅱ, proven, and taken."""
    walker.go("C5")
    page = walker.screen.page_widget("measure_path")
    assert isinstance(page, PathPage)
    walker.wait(lambda: page.path is not None and page.path.best is not None, "no path is found")
    walker.wait(lambda: walker.has("采用", page), "the path cannot be taken")
    found = page.path
    assert found is not None
    assert found.best is not None
    assert found.target is Level.II
    assert found.best.cost == Fraction("29.4"), found.best.cost
    assert {one.name for one in found.best.measures} == {RINSE, NICKEL}
    assert "29.4" in words_of(page)
    walker.push("采用", page)
    for name in (RINSE, NICKEL):
        at = walker.model.book.row_ids("measures.list")[row_of(walker, "measures.list", name)]
        assert walker.model.book.text(f"measures.list/{at}/state") == "feasible"


def plan(walker: Walker) -> None:
    """What is left for later, with dates."""
    walker.go("E1")
    walker.reach("continuing.plan")
    assert walker.model.book.row_ids("continuing.plan"), "the plan of the sample is gone"
    for row, (start, end) in {
        "b": ("2026-7-1", "2026.7.15"),
        "c": ("2026-7-16", "2026年7月26日"),
        "d": ("2026-7-27", "2026-11-5"),
        "e": ("2026-11-6", "2026-11-20"),
    }.items():
        walker.fill("team.plan", row, [start, end])


def results(walker: Walker) -> None:
    """What was measured, typed row by row as the sample's own file says it."""
    table = AFTER["tables"]["measures.results"]
    walker.go("D1")
    for row, cells in table["rows"].items():
        at = str(row_of(walker, "measures.list", NAMES[row]))
        texts = dict(zip(table["columns"], map(_typed, cells), strict=True))
        walker.fill(
            "measures.results", at, [texts[c] for c in ("started", "finished", "cost", "saving")]
        )
        for column in ("electricity", "water", "rinse", "drain", "nickel", "hazardous"):
            if texts[column]:
                walker.fill("measures.results", at, [texts[column]], first=column)
        walker.fill("measures.results", at, [texts["note"], texts["proof"]], first="note")
    for row in table["rows"]:
        name = NAMES[row]
        at = walker.model.book.row_ids("measures.list")[row_of(walker, "measures.list", name)]
        state = walker.model.book.text(f"measures.list/{at}/state")
        assert state == "done", f"{name} is in use, and its state is {state}"
    for name in (RINSE, NICKEL, DOSING, NAMES["WD1"]):  # earlier than planned
        at = str(row_of(walker, "measures.list", name))
        walker.fill("measures.list", at, ["2026年8月份"], first="done")
    for key, text in AFTER["answers"].items():
        if key.startswith("after."):
            walker.put(key, _typed(text))
    for row, (amount, note) in AFTER["tables"]["after.plant"]["rows"].items():
        walker.fill("after.plant", row, [_typed(amount)], first="after")
        if note:
            walker.fill("after.plant", row, [_typed(note)], first="note")
    for n, (value, note) in enumerate(AFTER["tables"]["targets.done"]["rows"].values()):
        walker.fill("targets.done", str(n), [_typed(value)])
        if note:
            walker.fill("targets.done", str(n), [_typed(note)], first="note")


def _typed(cell: object) -> str:
    """What somebody types of a cell of the sample's file."""
    if isinstance(cell, dict):
        return str(cell["value"])
    return "" if cell in (None, "~") else str(cell)


def level(walker: Walker) -> None:
    """Before and after stand on the page: raised from Ⅲ to Ⅱ by what was measured."""
    walker.settle(0.5)
    page = walker.screen.page_widget(walker.screen.current_page)
    said = words_of(page)
    assert "审核前后的水平" in said
    assert "Ⅲ" in said, said
    assert "Ⅱ" in said, said


def again(walker: Walker) -> None:
    """The monitoring after the measures."""
    table = AFTER["tables"]["env.monitoring"]
    walker.rows("env.monitoring", [[_typed(c) for c in row] for row in table["rows"].values()])
    for key in ("continuing.conclusion", "team.report_date"):
        walker.put(key, str(AFTER["answers"][key]))


def explained(walker: Walker) -> None:
    explain(walker, {"price_differs": "镍 8.60 万元，扣掉了再生药剂和树脂"})


STAGES = (
    open_sample, last_answers, problems, measures, economics, path, plan, results, level, again, explained, papers,
)  # fmt: skip


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--pictures", type=Path)
    walk(STAGES, arguments.parse_args().pictures)
