"""A colleague's pack: taken in, read a second time beside the print, scored with and printed. One window, keyboard."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from pypdf import PdfReader

from app.bootstrap import build_services
from app.forms.answer import AnswerBook, Given, indicator_key
from app.services.session import ImmediateExecutor
from app.services.system_editing import preview, take_in
from app.services.system_packs import export_pack
from app.services.systems import change_system, write_template
from app.standards.verification import Check, is_confirmed, verify_row
from app.storage.own_systems import own_files, read_own
from tests.real_window.conftest import ROOT, Program
from tests.real_window.test_bring_in import choose_in_dialog, fill, make_print

ID, TABLE = "practice-2026", "t1"


def make_pack(folder: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """By a colleague with a library of his own: brought in from the print, its row checked once."""
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("CLEANAUDIT_HOME", str(home))
        services = build_services(ImmediateExecutor())
        filled, pack = folder / "filled.xlsx", folder / "practice.cppack"
        write_template(filled)
        fill(filled, level_one="≤8")
        brought = preview(filled, services.catalogue)
        take_in(services.catalogue, brought, by="Li Gong", on="2026-11-20")
        (row,) = services.catalogue.system(ID).table(TABLE).indicators()
        check = Check("Li Gong", "2026-11-21", "练习 1 号")
        change_system(services.catalogue, ID, lambda one: verify_row(one, TABLE, row.id, check))
        export_pack(services.catalogue, [ID], pack, by="Li Gong", on="2026-11-21")
        services.close()
    return pack


def test_a_pack_is_taken_in_read_again_and_used(
    programs: list[Program], user_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack, official = (
        make_pack(tmp_path, tmp_path / "colleague", monkeypatch),
        tmp_path / "print.pdf",
    )
    make_print(official)
    program = Program(user_home)
    programs.append(program)
    program.click(105, 108)
    program.wait_title("指标体系库")
    program.keys("ctrl+o")
    choose_in_dialog(program, "导入", pack)
    program.wait_title("导入体系包")
    assert own_files(user_home / "systems") == ()  # first it is only shown
    program.keys_until("指标体系库", "space")
    (file,) = own_files(user_home / "systems")

    program.keys("Down", "Return")
    program.keys_until("阈值核对", "space")
    program.keys("ctrl+o")
    choose_in_dialog(program, "打开原文", official)
    for typed in ("85", "85", "100", "", "Wang Gong", "1", "8", "24", "40", "1", "", "m3/t"):
        if typed:
            program.type(typed)  # the name is asked for when the first line is done
        else:
            program.keys("space")  # 意思一样, 是
        program.keys("Return")
    program.keys("alt+Left", "alt+Left")
    time.sleep(1)
    program.close()
    (row,) = read_own(file).system.table(TABLE).indicators()
    mark = row.provenance
    assert is_confirmed(row)
    assert (mark.checked_by, mark.confirmed_by) == ("Li Gong", "Wang Gong")

    services = build_services(ImmediateExecutor())
    answers = {"firm.name": "练习厂", "audit.base_year": "2025", indicator_key(TABLE, row.id): "20"}
    book = AnswerBook({key: Given(text) for key, text in answers.items()})
    audit = services.projects.create_audit(tmp_path, "练习厂 2025", book, ID, TABLE)
    assert audit.assessment is not None
    assert audit.assessment.level_name == "先进"
    audit.close()
    services.close()
    paper = tmp_path / "报告.pdf"
    command = [sys.executable, "-m", "app", "report", str(audit.path), "-o", str(paper)]
    subprocess.run(command, cwd=ROOT, check=True, timeout=120)
    words = "".join(page.extract_text() for page in PdfReader(paper).pages)
    assert "录入练习" in words
    assert "单位产品取水量" in words
    assert "先进" in words
