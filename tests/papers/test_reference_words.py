"""What never gives a cleaner-production level says nothing of levels on paper either, read back from the PDF."""

import re
from datetime import date
from pathlib import Path

import pytest

from app.audit.findings import assess_project
from app.audit.project import build_project
from app.forms.answer import AnswerBook, Given, indicator_key
from app.papers.audit_report import build_report
from app.papers.document import State
from app.reports.pdf import write_pdf
from app.reports.read_back import text_of
from tests.helpers.fill import filled
from tests.helpers.forms import shipped_forms, shipped_rules, shipped_system


@pytest.mark.parametrize(
    ("system_id", "said"),
    [
        ("eco-farm-check-2023", ["要求", "未达到", "自评参考"]),
        ("energy-quota-beer-gb32047-2025", ["1级", "2级", "3级", "自评参考"]),
    ],
)
def test_no_level_where_the_document_gives_none(
    tmp_path: Path, system_id: str, said: list[str]
) -> None:
    forms = shipped_forms()
    questions = forms.questionnaires["planting"]
    system = shipped_system(system_id)
    table = system.tables[0]
    book = filled(questions)
    rows = {
        indicator_key(table.id, one.id): Given("I" if one.kind.value == "qualitative" else "1")
        for one in table.indicators()
    }
    project = build_project(
        AnswerBook({**book.answers, **rows}, book.rows),
        questions,
        forms.quantities,
        forms.factors,
        system=system,
        system_hash="test",
        table_id=table.id,
        rules=shipped_rules(),
    )
    paper = build_report(
        project, assess_project(project), state=State.DRAFT, today=date(2026, 11, 22)
    )
    target = tmp_path / "x.pdf"
    write_pdf(paper, target)
    text = text_of(target.read_bytes())
    assert not re.findall("[ⅠⅡⅢ]级", text)
    for words in said:
        assert words in text, words
