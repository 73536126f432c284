"""What cannot be right of a measure is said on its page, at its field."""

import pytest

from app.audit.project import AuditProject
from app.checkup.page_remarks import Severity, check_page
from app.forms.answer import Change, Given, apply
from tests.helpers.forms import sample_project, shipped_forms


def remarks(page_id: str, key: str = "", text: str = "") -> dict[str, tuple[str, Severity]]:
    book = shipped_forms().samples["chengling"].finished()
    if key:
        book = apply(book, (Change(key, book.get(key), Given(text)),))
    project: AuditProject = sample_project(book)
    page = next(one for one in project.questionnaire.pages() if one.id == page_id)
    return {one.key: (one.what, one.severity) for one in check_page(page, book, project.derivation)}


def test_the_sample_has_none() -> None:
    for page in ("measures", "results", "focus", "screening"):
        assert remarks(page) == {}


@pytest.mark.parametrize(
    ("page", "key", "text", "about", "words", "severity"),
    [
        ("results", "measures.results/WD3/finished", "2026-05-01", "measures.results/WD3/finished", "在审核开始", Severity.MUST),
        ("results", "measures.results/WD3/started", "2026-12-01", "measures.results/WD3/finished", "投用在开工之前", Severity.MUST),
        ("measures", "measures.list/WD3/cost", "40", "measures.list/WD3/level", "和「无低费」不一致", Severity.SHOULD),
        ("measures", "measures.savings/WD4/electricity", "2000000", "measures.savings/WD4/check", "电超过全年的 1,862,400 kWh", Severity.MUST),
        ("measures", "measures.list/WD4/formula", "电=N*", "measures.list/WD4/formula", "写得不完整", Severity.SHOULD),
        ("measures", "measures.list/WD4/life", "-1", "measures.list/WD4/life", "不会小于 1", Severity.MUST),
        ("focus", "targets.list/r1/near", "33", "targets.list/r1/near", "目标比现状还差", Severity.SHOULD),
        ("screening", "measures.screening/ZG1/ease", "11", "measures.screening/ZG1/ease", "不会大于 10", Severity.MUST),
    ],
)  # fmt: skip
def test_bad_input_is_said_at_its_field(
    page: str, key: str, text: str, about: str, words: str, severity: Severity
) -> None:
    found = remarks(page, key, text)
    assert list(found) == [about]
    assert words in found[about][0]
    assert found[about][1] is severity
