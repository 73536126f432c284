"""What is in force on a day, what an audit cites before and after a change of law, and that nobody else names a law."""

import ast
import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.assessment.indicator_system import Verification
from app.assessment.triggers import Trigger
from app.audit.duty import triggers, triggers_of
from app.audit.law import crossed, edition_of, in_force
from app.forms.answer import AnswerBook, Given
from app.forms.figure import Worked
from app.forms.law import Deadline, Law, LawBook, Provision
from app.papers.audit_report import build_report
from app.papers.document import State
from app.papers.walk import texts_of
from app.standards.law_source import load_law
from app.standards.reader import Reader
from tests.helpers.cases import read_yaml
from tests.helpers.forms import (
    RESOURCES,
    printer_project,
    sample_project,
    shipped_reference,
    with_answer,
)

LAW = shipped_reference().law
CASES = read_yaml(Path(__file__).parents[1] / "cases" / "law" / "cases.yaml")


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
    assert "自 2026 年 8 月 15 日起，《中华人民共和国生态环境法典》施行" in before
    assert (
        "第 967 条" in before
    )  # the new articles stand beside the old where the audit crosses the day
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
    faults = Reader()
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


def _edges() -> list[str]:
    """The day before, on and after each day on which something of the law begins, ends or comes into doubt."""
    days = set()
    dated: tuple[Law | Provision | Deadline, ...] = (*LAW.laws, *LAW.provisions, *LAW.deadlines)
    for one in dated:
        days |= {one.starts, one.until}
    days |= {law.doubt_from for law in LAW.laws}
    found = set()
    for text in days - {""}:
        for shift in (-1, 0, 1):
            found.add((date.fromisoformat(text) + timedelta(days=shift)).isoformat())
    return sorted(found)


def _holds(starts: str, until: str, day: str) -> bool:
    return (not starts or starts <= day) and (not until or day < until)


@pytest.mark.parametrize("day", _edges())
def test_on_either_side_of_every_day_of_the_law_only_what_holds_is_cited(day: str) -> None:
    law = in_force(LAW, day)
    assert law.is_settled
    by_id = {one.id: one for one in LAW.laws}
    cited_now: tuple[Provision | Deadline, ...] = (*law.provisions, *law.deadlines)
    for one in cited_now:
        owner = by_id[one.law]
        assert _holds(owner.starts, owner.until, day)
        assert _holds(one.starts, one.until, day)
    for role in {each.role for each in LAW.provisions}:
        held = [
            each
            for each in LAW.provisions
            if each.role == role
            and _holds(each.starts, each.until, day)
            and _holds(by_id[each.law].starts, by_id[each.law].until, day)
        ]
        assert len(held) <= 1, role  # one matter, one article
        cited = law.cite(role)
        assert cited.text == (held[0].text if held else "")
        if held:
            assert held[0].article in cited.source
            assert bool(cited.open) is held[0].open


@pytest.mark.parametrize("day", _edges())
def test_a_paper_names_no_law_that_is_gone_and_none_to_come_but_as_a_change(day: str) -> None:
    text = paper(with_answer(sample_project().book, "team.start", day))
    for law in LAW.laws:
        if law.until and law.until <= day:
            assert law.title not in text, law.title
        if law.starts and law.starts > day:
            said = [line for line in text.splitlines() if law.title in line]
            assert all("自 " in line for line in said), said


def test_what_the_law_leaves_open_is_never_asserted_of_a_works_over_its_quota() -> None:
    over = Trigger("over_quota", True, "超能耗限额", "水泥 超过 3 级限额", "GB 16780-2021")
    for day, applies in (("2026-08-14", True), ("2026-08-15", None)):
        book = AnswerBook({"team.start": Given(day)})
        found = triggers(book, Worked(""), in_force(LAW, day), over_quota=over)
        one = next(each for each in found if each.id == "over_quota")
        assert one.applies is applies
        assert ("应当实施强制性清洁生产审核" in one.text) is bool(applies)
        assert ("没查到" in one.text) is not bool(applies)


def test_an_audit_keeps_the_law_it_was_frozen_with() -> None:
    """A later book that changes an article changes nothing for a project that holds the earlier one."""
    earlier = sample_project()
    changed = replace(
        LAW, provisions=tuple(replace(one, article="第 1 条") for one in LAW.provisions)
    )
    later = replace(earlier, law=changed)
    before = earlier.law_edition.cite("trigger.toxic").source
    assert "第 1 条" not in before
    assert "第 1 条" in later.law_edition.cite("trigger.toxic").source
    assert earlier.law_edition.cite("trigger.toxic").source == before


_ARTICLE = re.compile(r"第\s*[0-9一二三四五六七八九十百千]+\s*条")


def test_every_article_that_is_cited_comes_from_data_with_its_source() -> None:
    """No 第 N 条 in code or forms; rows of data name theirs as their source."""
    root = RESOURCES.parent
    found = []
    for path in sorted((root / "app").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            value = node.value if isinstance(node, ast.Constant) else None
            if isinstance(value, str) and _ARTICLE.search(value):
                found.append(f"{path.relative_to(root)}: {value[:60]}")
    for path in (*sorted(RESOURCES.rglob("*.yaml")), *sorted(RESOURCES.rglob("*.json"))):
        if path.name in ("law.yaml", "wanted.yaml") or "indicator_systems" in path.parts:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            outside = re.sub(r"source: [^,}]*", "", line)
            if _ARTICLE.search(outside):
                found.append(f"{path.relative_to(root)}:{number}: {line.strip()[:80]}")
    assert found == []


@pytest.mark.parametrize("text", ["第27条", "第 967 条第一款", "第二十七条"])
def test_the_rule_sees_an_article(text: str) -> None:
    assert _ARTICLE.search(text)
    assert not _ARTICLE.search("第 3 步，改条件")
