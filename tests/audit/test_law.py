"""What is in force on a day, what an audit cites before and after a change of law, and that nobody else names a law."""

import ast
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from app.assessment.indicator_system import Verification
from app.audit.duty import triggers_of
from app.audit.law import crossed, edition_of, in_force
from app.forms.answer import AnswerBook, Given
from app.forms.law import Law, LawBook, Provision
from app.papers.audit_report import build_report
from app.papers.document import State
from app.papers.walk import texts_of
from app.standards.law_source import load_law
from app.standards.marked_yaml import Faults
from tests.helpers.forms import (
    RESOURCES,
    printer_project,
    sample_project,
    shipped_reference,
    with_answer,
)

LAW = shipped_reference().law
CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases" / "law" / "cases.yaml").read_text(encoding="utf-8")
)


def answers(case: dict[str, Any]) -> AnswerBook:
    keys = {
        "started": "team.start",
        "listed": "front.list_date",
        "kind": "front.kind",
        "planned": "team.plan/e/end",
    }
    return AnswerBook({key: Given(str(case[name])) for name, key in keys.items() if name in case})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["about"])
def test_an_audit_cites_the_law_of_the_day_it_began(case: dict[str, Any]) -> None:
    book = answers(case)
    law = edition_of(LAW, book)
    assert case["edition"] in law.name
    for role, words in case["cites"].items():
        cited = law.cite(role)
        assert words in cited.source, role
        assert "转录待核" in cited.marked
        if "not" in case:
            assert case["not"] not in cited.source + cited.text
    assert {p.role for p in law.provisions if law.cite(p.role).open} >= set(case["open"])
    if law.day:
        opens = {p.role for p in law.provisions if law.cite(p.role).open} - {"place.strict"}
        assert opens == set(case["open"])
    for role in case.get("nothing", ()):
        assert law.cite(role).text == ""
    assert bool(crossed(law, book)) is case["crosses"]


def test_energy_over_quota_is_open_after_the_code_and_says_why() -> None:
    cited = in_force(LAW, "2026-08-15").cite("trigger.over_quota")
    assert "没查到" in cited.open
    assert "审核办法" in cited.open
    assert in_force(LAW, "2026-08-14").cite("trigger.over_quota").open == ""


@settings(max_examples=40, deadline=None)
@given(st.integers(-900, 900))
def test_of_two_laws_one_of_which_follows_the_other_one_is_in_force_on_any_day(shift: int) -> None:
    day = (date(2026, 8, 15) + timedelta(days=shift)).isoformat()
    law = in_force(LAW, day)
    here = {one.id for one in law.laws}
    assert law.is_settled
    assert ("eco-code" in here) is (day >= "2026-08-15")
    assert len(here & {"cp-law", "eco-code"}) == 1
    for role in ("trigger.exceeding", "trigger.toxic", "trigger.over_quota", "fine.audit"):
        assert len(law.all_of(role)) == 1


def test_a_provision_that_ends_before_its_law_is_left_out_from_its_day() -> None:
    law = Law("l", "法", "法", "s", Verification.VERIFIED)
    one = Provision(
        "p", "r", "l", "第 1 条", "要做", Verification.VERIFIED, "2026-01-01", "2027-01-01"
    )
    book = LawBook((law,), (one,), (), ("l",))
    assert [bool(in_force(book, day).cite("r").text) for day in ("2025-12-31", "2026-01-01", "2026-12-31", "2027-01-01")] == [False, True, True, False]  # fmt: skip


def paper(book: AnswerBook) -> str:
    project = sample_project(book)
    document = build_report(project, None, state=State.DRAFT, today=date(2026, 11, 29))
    return "\n".join(text for _, text in texts_of(document))


def test_the_report_names_the_law_of_its_day_and_says_that_it_crosses() -> None:
    sample = sample_project().book
    before = paper(with_answer(sample, "team.start", "2026-05-10"))
    assert "按《中华人民共和国清洁生产促进法》" in before
    assert "第 27 条（三）" in before
    assert "自 2026-08-15 起，《中华人民共和国生态环境法典》施行" in before
    assert "第 967 条" not in before
    after = paper(with_answer(sample, "team.start", "2026-08-15"))
    assert "按《中华人民共和国生态环境法典》" in after
    assert "清洁生产促进法" not in after
    assert "第 27 条" not in after
    assert "待定" in after
    neither = paper(with_answer(with_answer(sample, "team.start", ""), "front.list_date", ""))
    assert "审核启动日期未填" in neither


def test_the_cases_of_the_paper_follow_the_day() -> None:
    project = printer_project(with_answer(printer_project().book, "team.start", "2026-10-01"))
    by_id = {one.id: one for one in triggers_of(project, None)}
    assert list(by_id) == ["exceeding", "over_quota", "toxic", "other"]
    assert "没查到" in by_id["over_quota"].text
    assert all("法典" in one.source for one in by_id.values())


def _fault(text: str, tmp_path: Path) -> str:
    path = tmp_path / "law.yaml"
    path.write_text(text, encoding="utf-8")
    faults = Faults()
    load_law(path, faults)
    return "\n".join(str(problem) for problem in faults.problems)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("until: '2026-08-15'", "until: '2026-13-15'", "不是日期"),
        ("replaced_by: eco-code", "replaced_by: eco-cod", "没有「eco-cod」这部法律"),
        ("law: cp-law", "law: cp-lau", "没有「cp-lau」这部法律"),
        ("id: code-toxic", "id: cp-toxic", "写了两次"),
        ("verification: transcribed", "verification: read", "没有「read」这种核对状态"),
        ("months: 12", "months: 一年", "月数要写整数"),
    ],
)
def test_faults_of_the_law_file_are_named(old: str, new: str, words: str, tmp_path: Path) -> None:
    text = (RESOURCES / "reference" / "law.yaml").read_text(encoding="utf-8")
    assert words in _fault(text.replace(old, new, 1), tmp_path)


def _names_a_law(text: str) -> bool:
    names = {law.short for law in LAW.laws} | {law.title for law in LAW.laws}
    names |= {"固废法", "大气法", "第二十七条", "第27条", "第 27 条"}
    return any(name in text for name in names)


def test_no_law_is_named_outside_the_data_of_the_law() -> None:
    """A law is repealed one day: code, forms and rules name matters (roles), never laws."""
    root = RESOURCES.parent
    found = []
    for path in sorted((root / "app").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            value = node.value if isinstance(node, ast.Constant) else None
            if isinstance(value, str) and _names_a_law(value):
                found.append(f"{path.relative_to(root)}: {value[:60]}")
    for path in sorted(RESOURCES.rglob("*.yaml")):
        if path.name in ("law.yaml", "wanted.yaml") or "indicator_systems" in path.parts:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if _names_a_law(line):
                found.append(f"{path.relative_to(root)}:{number}: {line.strip()[:80]}")
    assert found == []


def test_the_rule_sees_a_law_that_is_named() -> None:
    assert _names_a_law("清洁生产促进法 第 27 条")
    assert not _names_a_law("生态环境部公告")
