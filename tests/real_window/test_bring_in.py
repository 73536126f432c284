"""A table is brought in from its print, checked beside the print: one window, keyboard, real files."""

import hashlib
import time
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.workbook import Workbook
from reportlab.pdfgen.canvas import Canvas

from app.assessment.indicator_system import Verification
from app.storage.own_systems import own_files, read_own
from tests.real_window.conftest import Program, xdotool

_PATIENCE_S = 20.0
FACTS = {
    "体系编号": "practice-2026",
    "名称": "录入练习",
    "文号": "练习 1 号",
    "文件类型": "清洁生产评价指标体系",
    "默认来源": "print",
    "默认核实状态": "读自来源",
    "评价方法": "三级指数（2013 通则、GB/T 43329）",
}
SHEETS: dict[str, tuple[tuple[str | int | None, ...], ...]] = {
    "来源": (("print", "练习用的印本，第 1 页"),),
    "级别": (
        ("Ⅰ级", "领先", 85, "Ⅰ级"),
        ("Ⅱ级", "先进", 85, "Ⅱ级"),
        ("Ⅲ级", "基本", 100, "Ⅲ级"),
    ),
    "评价表": (("t1", "表 1"),),
    "一级指标": ((None, None, "资源消耗指标", 1),),
    "二级指标": (
        (None, "资源消耗指标", None, "单位产品取水量", "定量", "m3/t", "越小越好", "是", 1, "≤8", "≤ 24", "≤40"),
    ),
}  # fmt: skip


def appears(path: Path) -> None:
    end = time.monotonic() + _PATIENCE_S
    while not path.exists():
        assert time.monotonic() < end, f"{path} was not written"
        time.sleep(0.1)
    time.sleep(0.5)


def choose_in_dialog(program: Program, title: str, path: Path) -> None:
    """Put a path into a file dialog; again when a slow machine has lost a key and the dialog is still there."""
    window = program.wait_for(title)
    for _ in range(4):
        xdotool("windowactivate", "--sync", window, check=False)
        program.paste(str(path))
        xdotool("key", "--clearmodifiers", "Return")
        end = time.monotonic() + 4
        while time.monotonic() < end:
            time.sleep(0.25)
            if title not in xdotool("getwindowname", window, check=False):
                time.sleep(1)
                return
    raise AssertionError(f"the dialog 「{title}」 does not take {path}")


def fill(template: Path, *, level_one: str) -> None:
    """What a person types into the template, from the print."""
    book: Workbook = load_workbook(template)
    for name, answer, *_ in book["文件"].iter_rows():
        if name.value in FACTS:
            answer.value = FACTS[str(name.value)]
    for sheet, lines in SHEETS.items():
        for number, line in enumerate(lines, 4):
            for column, value in enumerate(line, 1):
                book[sheet].cell(number, column, value)
    book["二级指标"]["J4"] = level_one
    book.save(template)


def make_print(path: Path) -> None:
    sheet = Canvas(str(path))
    sheet.drawString(80, 700, "Table 1")
    sheet.save()


def test_from_the_print_to_checked_rows(
    programs: list[Program], user_home: Path, tmp_path: Path
) -> None:
    template, official = tmp_path / "t.xlsx", tmp_path / "print.pdf"
    make_print(official)
    program = Program(user_home)
    programs.append(program)
    program.click(105, 108)
    program.wait_title("指标体系库")
    program.keys_until("录入体系", "ctrl+n")
    program.keys("space")
    choose_in_dialog(program, "存一份模板", template)
    appears(template)

    fill(template, level_one="约 8")
    program.keys("ctrl+o")
    choose_in_dialog(program, "选填好的文件", template)
    program.keys("ctrl+Return")
    systems = user_home / "systems"
    assert own_files(systems) == ()  # one cell is not understood: nothing is taken
    fill(template, level_one="≤8")
    program.keys("F5")
    time.sleep(4)  # a busy machine reads the workbook anew in that time
    program.type("He Min")
    program.keys_until("指标体系库", "ctrl+Return")
    (file,) = own_files(systems)

    program.keys("Down", "Return")
    program.keys_until("阈值核对", "space")
    program.keys("ctrl+o")
    choose_in_dialog(program, "打开原文", official)
    for typed in ("85", "85", "100", "", "1", "8", "24", "40", "1", "", "m3/t"):
        if typed:
            program.type(typed)
        else:
            program.keys("space")  # 意思一样, 是
        program.keys("Return")
    program.keys("alt+Left", "alt+Left")
    program.close()

    system = read_own(file).system
    (row,) = system.table("t1").indicators()
    assert row.trust is Verification.VERIFIED
    assert row.provenance.checked_by == "He Min"
    digest = hashlib.sha256(official.read_bytes()).hexdigest()
    assert row.provenance.checked_against == f"练习 1 号，第 1 行；文件 print.pdf，SHA-256 {digest}"
    assert system.method.provenance.verification is Verification.VERIFIED
