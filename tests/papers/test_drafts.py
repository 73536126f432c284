"""Free text drafted from the data: every figure bound, nothing said that is not known, nothing contradicting afterwards."""

import re

import pytest

from app.audit.findings import assess_project
from app.audit.project import AuditProject
from app.forms.answer import MISSING, Change, apply
from app.papers.audit_report import build_report
from app.papers.bound import bound, bound_runs, names_in
from app.papers.document import Open, State
from app.papers.drafts import _sentences, draft_of, drafts
from app.reports.fit import problems_of
from tests.helpers.forms import printer_project, sample_book, sample_project, with_answer
from tests.helpers.papers import printed, said_by
from tests.papers.test_versions import TODAY


def said(project: AuditProject, text: str) -> str:
    return "".join(printed(bound_runs(project, text)))


@pytest.mark.parametrize(
    "project", [sample_project(), printer_project()], ids=["plating", "printing"]
)
def test_a_draft_says_only_what_is_known(project: AuditProject) -> None:
    for question in _sentences():
        text = draft_of(project, question)
        for name in names_in(text):
            runs = bound(project, name)
            assert runs is not None
            assert not any(isinstance(one, Open) for one in runs), (question, name)


def test_every_number_of_a_draft_is_bound() -> None:
    for question, sentences in _sentences().items():
        for sentence in sentences:
            bare = re.sub(r"\{[^}]*\}", "", sentence)
            assert not re.search(r"\d", bare), (question, sentence)
            for name in names_in(sentence):
                known = [bound(one, name) for one in (sample_project(), printer_project())]
                assert any(one is not None for one in known), (question, name)


def test_a_drafted_text_follows_the_data() -> None:
    empty = with_answer(sample_book(), "compare.note", " ")
    book = apply(empty, (Change("firm.intro", empty.get("firm.intro"), MISSING),))
    project = sample_project(book)
    text = drafts(project)["firm.intro"]
    assert "取水 53620 m³" in said(project, text)
    later = sample_project(with_answer(book, "water.bills/2025-01/intake", "4720"))
    assert "取水 54620 m³" in said(later, text)
    filled = sample_project(with_answer(book, "firm.intro", text))
    document = build_report(filled, assess_project(filled), state=State.FOR_REVIEW, today=TODAY)
    assert "取水 53620 m³" in said_by(document.chapters[1].blocks)


def test_what_people_wrote_is_not_drafted_again() -> None:
    assert "firm.intro" not in drafts(sample_project())


def test_figures_of_years_and_changes_are_bound() -> None:
    project = sample_project()
    assert (
        said(project, "{全年取水@2023} 到 {全年取水}，{全年取水：变化}")
        == "55480 m³ 到 53620 m³，−3.4%"
    )
    assert said(project, "{职工人数}，{审核前等级}") == "128 人，Ⅲ级（国内清洁生产基本水平）"
    for wrong in ("全年取谁", "全年取水@1999", "全年取谁：变化"):
        assert bound(project, wrong) is None


def test_a_text_with_every_draft_leaves_the_house() -> None:
    """All free texts replaced by their drafts: the paper is whole."""
    book = sample_book()
    for question in _sentences():
        text = draft_of(sample_project(book), question)
        if text:
            book = with_answer(book, question, text)
    project = sample_project(book)
    document = build_report(project, assess_project(project), state=State.FINAL, today=TODAY)
    assert problems_of(document) == ()
