"""Two editions side by side: exported as a workbook, and taken into a file of its own with the first one untouched."""

import hashlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from app.assessment.indicator_system import Level
from app.bootstrap import build_services
from app.errors import UserError
from app.services.services import Services
from app.services.session import AuditSession, ImmediateExecutor
from app.services.switching import Switch, export_comparison, open_another, switch_to

ID, TABLE, OTHER = "electroplating-2015", "general-plating", "anodizing"
TODAY = date(2026, 11, 22)


@pytest.fixture
def services() -> Iterator[Services]:
    made = build_services(ImmediateExecutor())
    yield made
    made.close()


@pytest.fixture
def session(services: Services, tmp_path: Path) -> Iterator[AuditSession]:
    opened = services.projects.open_audit(services.projects.sample(tmp_path)[1])
    yield opened
    opened.close()


def under(services: Services, session: AuditSession, system: str, table: str) -> Switch:
    return switch_to(services.projects, session, services.catalogue, system, table)


def test_the_comparison_goes_out_with_sources_and_states(
    services: Services, session: AuditSession, tmp_path: Path
) -> None:
    switch = under(services, session, ID, OTHER)
    target = tmp_path / "对照.xlsx"
    export_comparison(switch, session.project, target, today=TODAY)
    book = load_workbook(target)
    facts = {row[0]: row[1:] for row in book["结论"].iter_rows(min_row=6, values_only=True)}
    assert facts["等级"] == ("国内清洁生产基本水平", "未定（Ⅲ级到未达Ⅲ级）")
    assert facts["指数"][0] == "YⅠ 30.55　YⅡ 66.80　YⅢ 100.00"
    assert str(facts["表"][1]).startswith("表2 阳极氧化")
    heads, *lines = book["逐项对照"].iter_rows(values_only=True)
    assert switch.comparison is not None
    assert len(lines) == len(switch.comparison.pairs)
    rows = {line[1]: dict(zip(heads, line, strict=True)) for line in lines}
    rinse = rows["单位产品每次清洗取水量"]
    assert (rinse["企业值"], rinse["单位"]) == (31.8, "L/m²")
    assert (rinse["旧版 Ⅲ级"], rinse["旧版 判定"], rinse["新版 判定"]) == ("≤ 40", "Ⅲ级", "Ⅲ级")
    assert (rinse["旧版 限定性"], rinse["旧版 状态"]) == ("是", "转录待核")
    assert str(rinse["旧版 来源"]).startswith("表1 第1至12行")
    zinc = rows["锌利用率"]
    assert (zinc["新版 Ⅰ级"], zinc["变化"]) == ("没有这一项", "取消")
    asked = [row[0] for row in book["要再问的"].iter_rows(min_row=2, values_only=True)]
    assert len(asked) == len(switch.again)
    assert book["来源"].max_row > 2
    with pytest.raises(UserError, match="写不进去"):
        export_comparison(switch, session.project, tmp_path / "没有" / "x.xlsx", today=TODAY)


def test_a_name_that_looks_like_a_formula_stays_text(
    services: Services, session: AuditSession, tmp_path: Path
) -> None:
    from app.forms.answer import Change, Given

    before = session.book.get("firm.name")
    session.record([Change("firm.name", before, Given("=1+1"))], "企业名称")
    target = tmp_path / "对照.xlsx"
    export_comparison(under(services, session, ID, OTHER), session.project, target, today=TODAY)
    cell = load_workbook(target)["结论"]["A2"]
    assert (cell.data_type, str(cell.value)[:4]) == ("s", "=1+1")


def test_another_audit_is_opened_under_the_other_edition(
    services: Services, session: AuditSession, tmp_path: Path
) -> None:
    def content() -> str:
        return hashlib.sha256(session.path.read_bytes()).hexdigest()

    before, level = content(), session.assessment and session.assessment.level
    switch = under(services, session, ID, OTHER)
    made = open_another(services.projects, session, switch, who="何敏")
    assert made.name == "澄岭五金 审核前 按电镀 2015.cpaudit"
    assert content() == before
    assert session.project.table_id == TABLE
    assert session.assessment is not None
    assert session.assessment.level is level is Level.III
    project, assessment = services.projects.load(made)
    assert (project.table_id, project.book.text("firm.name")) == (
        OTHER,
        session.book.text("firm.name"),
    )
    assert assessment is not None
    assert set(assessment.missing) == set(switch.again)
    listed = [one.path.name for one in services.projects.audits.summaries()]
    assert made.name in listed
    assert session.path.name in listed


def test_a_reference_table_gives_no_level_beside_a_system_that_does(
    services: Services, session: AuditSession, tmp_path: Path
) -> None:
    table = services.catalogue.summary("eco-industrial-park-hj274-2015").tables[0][0]
    switch = under(services, session, "eco-industrial-park-hj274-2015", table)
    target = tmp_path / "对照.xlsx"
    export_comparison(switch, session.project, target, today=TODAY)
    book = load_workbook(target)
    facts = {row[0]: row[1:] for row in book["结论"].iter_rows(min_row=6, values_only=True)}
    assert facts["等级"][1] == "不给等级"
    heads, *lines = book["逐项对照"].iter_rows(values_only=True)
    judged = {line[heads.index("新版 判定")] for line in lines}
    assert judged <= {"未填", "达到", "没达到", "不适用", "", None}
