"""`cleanaudit workbook`: written whole or not at all."""

from pathlib import Path

import pytest
from openpyxl import load_workbook

from app.__main__ import main


def test_an_audit_becomes_a_workbook(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sample", str(tmp_path)]) == 0
    audit = next(tmp_path.glob("*审核前.cpaudit"))
    target = tmp_path / "计 算.xlsx"
    target.write_bytes(b"old")
    assert main(["workbook", str(audit), "-o", str(target)]) == 0
    assert load_workbook(target, data_only=True).sheetnames == ["结果", "指标", "数据"]
    printer = next(tmp_path.glob("*绘川*.cpaudit"))
    assert main(["workbook", str(printer), "-o", str(target)]) == 2
    assert "还没有选指标体系" in capsys.readouterr().err
    assert main(["workbook", str(audit), "-o", str(audit)]) == 2
    assert main(["workbook", str(audit), "-o", str(tmp_path / "没有" / "a.xlsx")]) == 2
    assert not list(tmp_path.glob(".*.part"))
