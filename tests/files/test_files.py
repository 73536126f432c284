"""A file that is written comes whole or not at all: what was there stays, nothing is left beside it, an audit is never covered."""

import errno
import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import files
from app.errors import UserError
from app.files import MOST_NAME_BYTES, cut, safe_name, written_beside

OLD, NEW = b"old", b"new"


def left_beside(target: Path) -> list[str]:
    return [one.name for one in target.parent.iterdir() if one != target]


def test_a_file_is_replaced_whole_and_nothing_is_left(tmp_path: Path) -> None:
    target = tmp_path / "结果.csv"
    target.write_bytes(OLD)
    with written_beside(target, ".csv") as beside:
        beside.write_bytes(NEW)
        assert target.read_bytes() == OLD
    assert target.read_bytes() == NEW
    assert left_beside(target) == []


def _disk_full(beside: Path) -> None:
    beside.write_bytes(b"half")
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _bug(beside: Path) -> None:
    beside.write_bytes(b"half")
    raise ZeroDivisionError


def _network_gone(beside: Path) -> None:
    raise OSError(errno.EIO, "Input/output error")


@pytest.mark.parametrize(
    ("write", "raised", "words"),
    [
        (_disk_full, UserError, "磁盘满了"),
        (_network_gone, UserError, "写不进去"),
        (_bug, ZeroDivisionError, None),
    ],
)
@pytest.mark.parametrize("existing", [True, False])
def test_what_fails_on_the_way_leaves_the_old_file(
    write: Callable[[Path], None],
    raised: type[Exception],
    words: str | None,
    existing: bool,
    tmp_path: Path,
) -> None:
    target = tmp_path / "报告.pdf"
    if existing:
        target.write_bytes(b"%PDF-1.7 old")
    with pytest.raises(raised, match=words), written_beside(target, ".pdf") as beside:
        write(beside)
    assert (target.read_bytes() if existing else target.exists()) == (
        b"%PDF-1.7 old" if existing else False
    )
    assert left_beside(target) == []


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.EACCES, "文件正开着"),  # Windows: the target is open in Excel
        (errno.EPERM, "文件正开着"),
        (errno.ENOSPC, "磁盘满了"),
        (errno.EDQUOT, "磁盘满了"),
        (errno.EROFS, "只读"),
        (errno.EIO, "写不进去"),
    ],
)
@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_what_the_system_refuses_at_the_end_is_said_and_changes_nothing(
    step: str, code: int, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "表.xlsx"
    target.write_bytes(b"PK old")

    def refuse(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(f"app.files.os.{step}", refuse)
    with pytest.raises(UserError, match=words):
        files.write_bytes(target, b"PK new", ".xlsx")
    assert target.read_bytes() == b"PK old"
    assert left_beside(target) == []


def test_places_that_cannot_be_written_are_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="没有这个文件夹"):
        files.write_text(tmp_path / "没有" / "a.csv", "x")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UserError, match="没有这个文件夹"):
        files.write_text(tmp_path / "file" / "a.csv", "x")
    with pytest.raises(UserError, match="这是一个文件夹"):
        files.write_text(tmp_path, "x")
    with pytest.raises(UserError, match="文件名太长"):
        files.write_text(tmp_path / ("字" * 200 + ".csv"), "x")
    with pytest.raises(UserError, match=r"文件名用 \.html 或 \.htm 结尾"):
        files.write_text(tmp_path / "a.pdf", "x", ".html", ".htm")
    with pytest.raises(UserError, match="不是普通的文件"):
        files.check_place(Path(os.devnull))
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root writes anywhere")
def test_a_folder_for_reading_only(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(UserError, match="只读"):
            files.write_text(tmp_path / "a.csv", "x")
    finally:
        tmp_path.chmod(0o700)


def test_a_file_set_to_reading_only_is_kept(tmp_path: Path) -> None:
    target = tmp_path / "定稿.pdf"
    target.write_bytes(b"%PDF-1.7 sealed")
    target.chmod(0o400)
    with pytest.raises(UserError, match="只读"):
        files.write_bytes(target, b"%PDF-1.7 draft", ".pdf")
    assert target.read_bytes() == b"%PDF-1.7 sealed"


def _audit(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE answer (key TEXT)")
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    "name", ["案卷.cpaudit", "案卷.CPAUDIT", "报告.pdf", "表.xlsx", "结果.csv", "证据", "页.html"]
)
def test_nothing_ever_covers_an_audit_whatever_it_is_called(name: str, tmp_path: Path) -> None:
    target = tmp_path / name
    _audit(target)
    before = target.read_bytes()
    with pytest.raises(UserError, match="没有盖掉它"):
        files.write_bytes(target, NEW)
    linked = tmp_path / f"link{target.suffix}"
    linked.symlink_to(target)
    with pytest.raises(UserError, match="没有盖掉它"):
        files.write_bytes(linked, NEW)
    assert target.read_bytes() == before


@pytest.mark.parametrize("name", ["报告.pdf", "表.xlsx", "字.docx", "结果.csv", "页.html"])
def test_an_audit_with_a_password_and_another_name_is_not_covered(
    name: str, tmp_path: Path
) -> None:
    """Nothing tells it from noise: it is only no paper, no workbook and no text."""
    target = tmp_path / name
    target.write_bytes(os.urandom(8192))
    with pytest.raises(UserError, match="别的东西"):
        files.write_bytes(target, NEW)


def test_own_results_are_replaced_again_and_again(tmp_path: Path) -> None:
    for name, content in (
        ("a.pdf", b"%PDF-1.7"),
        ("a.xlsx", b"PK\3\4"),
        ("a.csv", "﻿文件".encode()),
    ):
        for _ in range(2):
            files.write_bytes(tmp_path / name, content)
        (tmp_path / name).write_bytes(b"")
        files.write_bytes(tmp_path / name, content)
    assert len(list(tmp_path.iterdir())) == 3


def test_a_hard_link_keeps_what_it_had(tmp_path: Path) -> None:
    target, kept = tmp_path / "a.csv", tmp_path / "b.csv"
    target.write_bytes(OLD)
    os.link(target, kept)
    files.write_bytes(target, NEW)
    assert (target.read_bytes(), kept.read_bytes()) == (NEW, OLD)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("澄岭五金", "澄岭五金"),
        ("", "企业"),
        (" . ", "企业"),
        ('a/b\\c:d*e?f"g<h>i|j', "abcdefghij"),
        ("甲\n乙\t丙", "甲乙丙"),
        ("../../etc/passwd", "etcpasswd"),
        ("公司\u202efdp.exe\x00", "公司fdp.exe"),  # turned round, and a NUL
        ("e\u0301", "é"),
        ("con", "企业 con"),
        ("COM1.厂", "企业 COM1.厂"),
    ],
)
def test_a_firm_gives_a_file_its_name(name: str, expected: str) -> None:
    assert safe_name(name, "企业") == expected


@pytest.mark.parametrize("name", ["CON", "con", "NUL.txt", "com1", "LPT9", "COM¹", "AUX .x"])
def test_a_device_of_windows_is_no_name(name: str) -> None:
    assert safe_name(name) == f"_{name}"


def test_a_long_name_keeps_whole_characters() -> None:
    assert safe_name("字" * 300) == "字" * (MOST_NAME_BYTES // 3)
    assert safe_name("a" + "𬭎" * 100) == "a" + "𬭎" * 22


@given(st.text(st.characters(), max_size=80))
@settings(max_examples=150, deadline=None)
def test_any_name_is_taken_by_the_disk_and_by_windows(name: str) -> None:
    made = safe_name(name)
    assert len(made.encode()) <= MOST_NAME_BYTES + 1
    assert not set(made) & set('\\/:*?"<>|')
    assert not made or made.isprintable()
    assert made == made.strip(" .")
    assert safe_name(made) == made


def test_a_file_of_ours_that_is_missing_is_a_fault_of_ours(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), written_beside(tmp_path / "a.docx"):
        (tmp_path / "template.docx").read_bytes()


def test_cutting_never_halves_a_character() -> None:
    assert cut("字字字", 7) == "字字"
    assert cut("𬭎𬭎", 7) == "𬭎"


def test_no_service_writes_a_result_past_the_door() -> None:
    """os.replace outside this door and the storage of audits (which proves its copies first) is a second way."""
    root = Path(files.__file__).parent
    found = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        if "os.replace(" in path.read_text(encoding="utf-8")
    }
    others = {one for one in found if not one.startswith("storage/")}
    assert others == {"files.py", "services/copying.py", "services/passwords.py"}


def _to_a_full_device(beside: Path) -> None:
    beside.write_bytes(NEW)
    with open("/dev/full", "wb") as full, beside.open("rb") as stream:
        shutil.copyfileobj(stream, full)


def test_a_device_that_is_full(tmp_path: Path) -> None:
    """The same with the system's own error."""
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    target = tmp_path / "a.csv"
    target.write_bytes(OLD)
    with pytest.raises(UserError, match="磁盘满了"), written_beside(target) as beside:
        _to_a_full_device(beside)
    assert target.read_bytes() == OLD
    assert left_beside(target) == []
