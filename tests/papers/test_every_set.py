"""The report of every question set, answered in full: whole, and without a level where no system was chosen."""

import re
from dataclasses import fields, is_dataclass
from datetime import date

import pytest

from app.audit.project import AuditProject, build_project
from app.forms.answer import Given
from app.papers.audit_report import build_report
from app.papers.document import State
from app.reports.fit import problems_of
from tests.forms.test_words_of_other_trades import SECTORS
from tests.helpers.fill import filled
from tests.helpers.forms import shipped_forms, shipped_reference, shipped_rules
from tests.helpers.trades import TRADES

SETS = sorted(set(shipped_forms().questionnaires) - {"front_door"})
LEVEL = re.compile("[ⅠⅡⅢ] ?级")


def project_of(set_id: str) -> AuditProject:
    forms = shipped_forms()
    questions = forms.questionnaires[set_id]
    return build_project(
        filled(questions),
        questions,
        forms.quantities,
        forms.factors,
        rules=shipped_rules(),
        law=shipped_reference().law,
    )


def words(part: object) -> str:
    """All text of a part of a document."""
    if isinstance(part, str):
        return part
    if isinstance(part, tuple | list):
        return " ".join(words(each) for each in part)
    if is_dataclass(part):
        return " ".join(words(getattr(part, each.name)) for each in fields(part))
    return ""


@pytest.mark.parametrize("set_id", SETS)
def test_the_report_is_whole_and_claims_no_level(set_id: str) -> None:
    document = build_report(
        project_of(set_id), None, state=State.FOR_REVIEW, today=date(2026, 11, 22)
    )
    problems_of(document)
    text = words((document.front, document.chapters, document.appendices))
    assert "自评参考" in text
    assert LEVEL.findall(text) == []
    assert "与行业清洁生产评价指标体系对照" not in text
    assert set_id == "industry" or "镀" not in text
    pages = {page.id for page in shipped_forms().questionnaires[set_id].pages()}
    assert ("挥发性有机物" in text) == ("voc" in pages)


@pytest.mark.parametrize("process", SECTORS)
def test_the_paper_of_a_works_has_no_word_of_another_trade(process: str) -> None:
    """Answered in full with neutral words: what is printed besides is ours."""
    questions = shipped_forms().questionnaires["industry"]
    # what this firm would not choose from lists that name all trades
    texts = {"process.list": process, "firm.industry": "4190 其他未列明制造业", "env.caps_used": "no", "voc.materials/r1/sort": "other"}  # fmt: skip
    begun = {key: Given(text) for key, text in texts.items()}
    project = build_project(
        filled(questions, begun),
        questions,
        shipped_forms().quantities,
        shipped_forms().factors,
        rules=shipped_rules(),
        law=shipped_reference().law,
    )
    document = build_report(project, None, state=State.DRAFT, today=date(2026, 11, 22))
    text = words((document.front, document.chapters, document.appendices))
    own = {"powder": "painting", "plating_nickel": "plating"}.get(process, process)
    found = {
        trade: hit.group()
        for trade, (pattern, at_home) in TRADES.items()
        if not at_home & {"industry", f"process:{own}"} and (hit := re.search(pattern, text))
    }
    assert found == {}
