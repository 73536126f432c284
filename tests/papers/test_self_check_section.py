"""A firm without a system: the diagnosis is headed 自评参考, with three years and the best of them, and no level anywhere."""

from datetime import date

from app.audit.project import build_project
from app.forms.derive import NO_RULES
from app.papers.audit_report import build_report
from app.papers.document import Section, State, SubSection, Table
from app.papers.walk import texts_of
from tests.helpers.forms import sample_book, shipped_forms
from tests.helpers.papers import printed


def test_the_diagnosis_compares_with_the_firms_own_best_year() -> None:
    forms = shipped_forms()
    project = build_project(
        sample_book(),
        forms.questionnaires["industry"],
        forms.quantities,
        forms.factors,
        rules=NO_RULES,
    )
    report = build_report(project, None, state=State.DRAFT, today=date(2026, 11, 22))
    blocks = [block for chapter in report.chapters for block in chapter.blocks]
    assert any(
        isinstance(block, Section | SubSection) and block.title == "自评参考" for block in blocks
    )
    table = next(block for block in blocks if isinstance(block, Table) and block.key == "self")
    water = next(row for row in table.rows if row.cells[0] == "万元产值取水")
    assert printed(water.cells)[2:] == ("8.93", "8.66", "8.27", "8.27", "2025", "最好")
    said = [text for _, text in texts_of(report)]
    assert any("不是清洁生产等级" in text for text in said)
    assert not any("判定为" in text for text in said)
