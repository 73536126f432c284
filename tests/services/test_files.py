"""Files that leave the program: whole or not at all, and under names every file system takes."""

import errno
from pathlib import Path

import pytest

from app.errors import UserError
from app.services.files import MOST_NAME_BYTES, safe_name, written_beside


def test_a_target_is_replaced_by_a_whole_file_only(tmp_path: Path) -> None:
    target = tmp_path / "结果.csv"
    target.write_text("旧", "utf-8")
    with pytest.raises(ZeroDivisionError), written_beside(target) as part:
        part.write_text("半", "utf-8")
        raise ZeroDivisionError
    assert [path.name for path in tmp_path.iterdir()] == ["结果.csv"]
    assert target.read_text("utf-8") == "旧"
    with written_beside(target) as part:
        part.write_text("新", "utf-8")
    assert target.read_text("utf-8") == "新"
    assert [path.name for path in tmp_path.iterdir()] == ["结果.csv"]


def test_what_is_wrong_with_the_place_is_said(tmp_path: Path) -> None:
    def write(target: Path, error: OSError | None = None) -> str:
        with pytest.raises(UserError) as caught, written_beside(target) as part:
            if error is not None:
                raise error
            part.write_text("x", "utf-8")
        return str(caught.value)

    assert "没有这个文件夹" in write(tmp_path / "没有" / "a.pdf")
    assert "这是一个文件夹" in write(tmp_path)
    full = OSError(errno.ENOSPC, "No space left on device")
    assert "磁盘满了" in write(tmp_path / "a.pdf", full)
    assert "文件正开着" in write(tmp_path / "a.pdf", PermissionError(errno.EACCES, "denied"))
    assert list(tmp_path.iterdir()) == []


def test_an_audit_is_never_the_target(tmp_path: Path) -> None:
    audit = tmp_path / "案卷.CPAUDIT"
    audit.write_bytes(b"answers")
    with pytest.raises(UserError, match="这是案卷"), written_beside(audit) as part:
        part.write_text("x", "utf-8")
    assert audit.read_bytes() == b"answers"


def test_a_file_of_ours_that_is_missing_is_a_fault_of_ours(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), written_beside(tmp_path / "a.docx"):
        (tmp_path / "template.docx").read_bytes()


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("澄岭五金", "澄岭五金"),
        ('甲/乙:丙"丁', "甲乙丙丁"),
        (" . ", "企业"),
        ("", "企业"),
        ("con", "企业 con"),
        ("COM1.厂", "企业 COM1.厂"),
        ("甲\n乙\u202e丙", "甲乙丙"),
    ],
)
def test_names(name: str, safe: str) -> None:
    assert safe_name(name, "企业") == safe


def test_a_long_name_keeps_whole_characters() -> None:
    name = safe_name("厂" * 100)
    assert name == "厂" * (MOST_NAME_BYTES // 3)
