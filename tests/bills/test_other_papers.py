"""Test reports, safety data sheets, manifests, licences and lists: what they say is read; they are never taken for bills."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from app.bills.other_papers import is_cas, is_credit_code
from app.bills.read import read_file
from app.bills.reading import Reading, State
from app.bills.together import judge
from app.forms.parse import credit_check_character
from tests.helpers.bill_papers import bill_font

CODE = "91441900MA4W0000X" + credit_check_character("91441900MA4W0000X")


def _paper(path: Path, lines: Sequence[Sequence[tuple[float, str]]]) -> Reading:
    canvas = Canvas(str(path), pagesize=(595, 842))
    for number, line in enumerate(lines):
        for x, text in line:
            canvas.setFont(bill_font(), 9)
            canvas.drawString(x, 800 - 20 * number, text)
    canvas.save()
    (reading,) = judge(read_file(path, None))
    return reading


def _row(*texts: str, width: float = 90) -> list[tuple[float, str]]:
    return [(30 + width * at, text) for at, text in enumerate(texts)]


def test_lab_report(tmp_path: Path) -> None:
    reading = _paper(tmp_path / "r.pdf", [
        [(220, "广东某某检测技术有限公司 检测报告")],
        [(30, "报告编号：GD20250611"), (300, "采样日期：2025年06月03日")],
        _row("检测点位", "检测项目", "单位", "检测结果", "标准限值"),
        _row("DW001", "总铬", "mg/L", "0.12", "0.5"),
        _row("DW001", "化学需氧量", "mg/L", "36", "80"),
        _row("DA001", "氯化氢", "mg/m³", "1.3L", "30"),
    ])  # fmt: skip
    assert (reading.document, reading.kind, reading.state) == (
        "lab_report",
        "other",
        State.LEFT_OUT,
    )
    assert dict(reading.facts)["报告编号"] == "GD20250611"
    assert reading.month == "2025-06"
    assert reading.table[0] == ("排放口", "日期", "项目", "单位", "结果", "限值")
    assert reading.table[1] == ("DW001", "", "总铬", "mg/L", "0.12", "0.5")
    assert len(reading.table) == 4


def test_safety_data_sheet(tmp_path: Path) -> None:
    reading = _paper(tmp_path / "s.pdf", [
        [(220, "化学品安全技术说明书")],
        [(30, "产品名称：快干稀释剂 A2")],
        _row("组分", "CAS号", "浓度 %", width=160),
        _row("甲苯", "108-88-3", "30-40", width=160),
        _row("乙酸乙酯", "141-78-6", "20-30", width=160),
        _row("丁酮", "78-93-4", "10", width=160),
    ])  # fmt: skip
    assert reading.document == "sds"
    assert reading.table[1] == ("甲苯", "108-88-3", "30-40")
    assert reading.state is State.ASK
    assert "78-93-4" in reading.why  # a wrong check digit: it is 78-93-3


def test_manifest_and_licence(tmp_path: Path) -> None:
    manifest = _paper(tmp_path / "m.pdf", [
        [(220, "危险废物转移联单")],
        [(30, "联单编号：20254419000123")],
        [(30, "废物名称：含铬污泥"), (250, "废物代码：336-069-17")],
        [(30, "转移量：3.52 吨"), (250, "转移日期：2025-03-18")],
    ])  # fmt: skip
    facts = dict(manifest.facts)
    assert (facts["废物代码"], facts["数量"], manifest.month) == ("336-069-17", "3.52吨", "2025-03")
    licence = _paper(tmp_path / "l.pdf", [
        [(250, "营业执照")],
        [(30, f"统一社会信用代码：{CODE}")],
        [(30, "名称："), (110, "东莞市云岭电子有限公司")],
        [(30, "法定代表人："), (110, "李工")],
        [(30, "住所："), (110, "东莞市寮步镇工业路 1 号")],
    ])  # fmt: skip
    assert dict(licence.facts)["名称"] == "东莞市云岭电子有限公司"
    assert dict(licence.facts)["统一社会信用代码"] == CODE
    assert not licence.failed


def test_list_of_equipment(tmp_path: Path) -> None:
    reading = _paper(tmp_path / "e.pdf", [
        [(220, "主要生产设备清单")],
        _row("序号", "设备名称", "规格型号", "数量", "额定功率"),
        _row("1", "空压机", "GA37", "2", "37 kW"),
        _row("2", "镀锌线", "ZX-3", "1", "120 kW"),
    ])  # fmt: skip
    assert [row[0] for row in reading.table[1:]] == ["空压机", "镀锌线"]
    # Whether a gap is a space depends on how the paper was set, and means nothing.
    assert [cell.replace(" ", "") for cell in reading.table[2][2:4]] == ["1", "120kW"]


@pytest.mark.parametrize(
    ("text", "right"), [("108-88-3", True), ("78-93-4", False), ("1234", False)]
)
def test_cas(text: str, right: bool) -> None:
    assert is_cas(text) is right


def test_credit_code() -> None:
    assert is_credit_code(CODE)
    assert not is_credit_code(CODE[:-1] + ("0" if CODE[-1] != "0" else "1"))
    assert not is_credit_code("abc")
