"""A year of a client's electricity, gas, water, materials and VOC tables, brought in through the whole window by keyboard."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bootstrap import build_services
from app.errors import UserError
from app.forms.answer import AnswerBook, Given
from app.storage.audit_reader import read_audit
from tests.real_window.conftest import Clipboard, Program, xdotool

KWH = (152300, 128400, 158900, 161200, 149800, 155600, 163700, 168200, 151900, 147300, 159800, 165300)  # fmt: skip
FEE = (112702, 95016, 117586, 119288, 110852, 115144, 121138, 124468, 112406, 109002, 118252, 122322)  # fmt: skip


@pytest.fixture
def clipboard() -> Iterator[Clipboard]:
    held = Clipboard()
    yield held
    held.drop()


def _picture(name: str) -> None:
    if folder := os.environ.get("PICTURES"):  # for a look at them, never in the suite
        code = (
            "import sys; from PySide6.QtGui import QGuiApplication; app = QGuiApplication(sys.argv);"
            " app.primaryScreen().grabWindow(0).save(sys.argv[1])"
        )
        subprocess.run(
            [sys.executable, "-c", code, f"{folder}/{name}.png"],
            env={**os.environ, "QT_QPA_PLATFORM": "xcb"},
            check=False,
        )


def _holds(file: Path, key: "str | re.Pattern[str]", value: str) -> bool:
    """Whether the audit, which a window has open, has this answer by now."""
    copy = file.with_name("copy" + file.suffix)
    try:
        shutil.copyfile(file, copy)
        return any(
            key.fullmatch(one) if isinstance(key, re.Pattern) else one == key
            for one, answer in read_audit(copy).book.answers.items()
            if getattr(answer, "text", "") == value
        )
    except UserError:  # caught in the middle of a write
        return False
    finally:
        copy.unlink(missing_ok=True)


def _paste(
    program: Program,
    clipboard: Clipboard,
    file: Path,
    number: str,
    text: str,
    *answers: str,
    proof: tuple["str | re.Pattern[str]", str],
) -> None:
    """Go to the table by its number, paste, answer what is asked, write; taken back and tried once more where the machine was
    too slow. proof: an answer (key, text) that is there when it went well."""
    clipboard.hold(text)
    for wait in (0.7, 1.5, 3.0, 5.0):
        before = file.stat().st_mtime_ns
        program.keys("Escape", "ctrl+k")
        time.sleep(wait)
        program.type(number)
        time.sleep(wait / 2)
        xdotool("key", "--clearmodifiers", "Return")
        time.sleep(wait)
        program.keys("ctrl+v")
        time.sleep(wait)
        _picture(f"{number}-asked")
        for answer in answers:
            program.keys(answer)
            time.sleep(wait / 2)
        _picture(f"{number}-ready")
        program.keys("Return")
        end = time.monotonic() + 3
        while time.monotonic() < end:
            if file.stat().st_mtime_ns != before and _holds(file, *proof):
                _picture(f"{number}-written")
                return
            time.sleep(0.1)
        program.keys("Escape", *(["ctrl+z"] if file.stat().st_mtime_ns != before else []))
    raise AssertionError(f"nothing was written into {number}")


def _lines(*rows: tuple[object, ...]) -> str:
    return "\n".join("\t".join(map(str, row)) for row in rows)


def test_a_clients_year_comes_in_by_keyboard_alone(
    programs: list[Program], user_home: Path, clipboard: Clipboard
) -> None:
    services = build_services()
    answers = {"firm.name": "Chengling", "audit.base_year": "2025", "voc.used": "yes"}
    audit = services.projects.create_audit(
        user_home, "Chengling 2025", AnswerBook({k: Given(v) for k, v in answers.items()})
    )
    path = audit.path
    audit.close()
    services.close()
    program = Program(user_home)
    programs.append(program)
    program.keys_until("Chengling", "Return")
    bills: list[tuple[object, ...]] = [
        ("2024年用能统计表（单位：万kWh、元）",),
        ("月份", "用电量", "电费", "天然气（m³）"),
    ]
    bills += [(f"{m}月", k / 10000, FEE[m - 1], 12000 + m) for m, k in enumerate(KWH, start=1)]
    _paste(
        program,
        clipboard,
        path,
        "4.2",
        _lines(*bills),
        "1",
        proof=("energy.bills/2024-12/gas", "12012"),
    )
    water: list[tuple[object, ...]] = [("月份", "用水量（吨）", "水费（元）")]
    water += [(f"2025年{m}月", 2000 + m, 6000 + m) for m in range(1, 13)]
    _paste(
        program,
        clipboard,
        path,
        "5.1",
        _lines(*water),
        proof=("water.bills/2025-12/intake", "2012"),
    )
    materials = _lines(
        ("序号", "原辅料名称", "用途", "2025年用量（吨）", "2024年用量（吨）", "2023年用量（吨）"),
        (1, "盐酸", "酸洗", 13, 12.5, 12),
        (2, "锌板", "镀锌", 1.3, 1.2, 1.1),
        ("合计", "", "", 14.3, 13.7, 13.1),
    )
    _paste(
        program,
        clipboard,
        path,
        "6.3",
        materials,
        proof=(re.compile("materials.list/.*/.*"), "锌板"),
    )
    voc = _lines(
        ("物料名称", "VOCs含量（%）", "年使用量"), ("水性油墨", 5, 1.2), ("洗车水", 100, 0.3)
    )
    _paste(
        program,
        clipboard,
        path,
        "7.3",
        voc,
        "2",
        proof=(re.compile("voc.materials/.*/.*"), "洗车水"),
    )
    program.close()
    book = read_audit(path).book
    assert [book.text(f"energy.bills/2024-{m:02d}/electricity") for m in range(1, 13)] == [
        str(k) for k in KWH
    ]
    assert book.text("energy.bills/2024-12/electricity_fee") == "122322"
    assert book.text("energy.bills/2024-07/gas") == "12007"
    assert book.text("energy.bills/2025-01/electricity") == ""
    assert book.text("water.bills/2025-12/intake") == "2012"
    first, second = book.rows["materials.list"]
    assert book.text(f"materials.list/{first}/y0") == "13"
    assert book.text(f"materials.list/{first}/y2") == "12"
    assert book.text(f"materials.list/{second}/unit") == "吨"
    oil = book.rows["voc.materials"][0]
    assert book.text(f"voc.materials/{oil}/amount") == "1200"
