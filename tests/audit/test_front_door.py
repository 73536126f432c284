"""The ten questions of a new audit: what is said, where it was read, and nothing decided in place of the bureau."""

from datetime import date
from functools import cache
from pathlib import Path

import pytest

from app.audit.front_door import (
    FrontDoor,
    conclusions,
    deadlines,
    questionnaire_for,
    questionnaire_of_industry,
)
from app.audit.law import in_force, months_later
from app.forms.answer import AnswerBook, Given
from app.standards.library import SystemSummary, summarise
from app.standards.system_json import content_hash, system_to_json
from app.standards.yaml_source import load_system_file
from tests.helpers.cases import read_yaml
from tests.helpers.forms import (
    RESOURCES,
    sample_book,
    shipped_forms,
    shipped_reference,
    shipped_system,
    with_answer,
)

RULES = shipped_forms().front_door
REFERENCE = shipped_reference()
FIRMS = read_yaml(Path(__file__).with_name("front_door_firms.yaml"))


def summary(system_id: str) -> SystemSummary:
    system = shipped_system(system_id)
    return summarise(system, initials="", sha256=content_hash(system_to_json(system)), warnings=())


SYSTEMS = tuple(
    summary(name)
    for name in (
        "coating-2016",
        "electroplating-2015",
        "pcb-64-draft",
        "green-industrial-park-miit-2016",
    )
)


def test_the_sample_firm_goes_the_way_its_notice_names() -> None:
    front = conclusions(sample_book(), SYSTEMS, RULES, REFERENCE)
    assert front.verdict_state == "ok"
    assert front.verdict_title == "按简易流程做：名单通知已经写明"
    assert "不替主管部门作决定" in front.verdict_text
    assert front.deadlines == (
        "平台登记 2026-04-16 前",
        "公布企业信息 2026-04-16 前",
        "启动审核 2026-05-16 前",
        "完成并交报告 2027-03-16 前",
        "双有 5 年一审，这一轮 2026-06 前",
    )
    assert any("原文还没收录" in rule.text and rule.state == "open" for rule in front.rules)
    assert "镀液化验单、阳极领料" in front.papers


def test_systems_come_best_fit_first_with_how_sure_they_are() -> None:
    suggestions = conclusions(sample_book(), SYSTEMS, RULES, REFERENCE).suggestions
    assert (suggestions[0].system_id, suggestions[0].table_id) == (
        "electroplating-2015",
        "general-plating",
    )
    assert suggestions[0].fit == "行业和工序都对上"
    assert "已核对 0" in suggestions[0].detail
    assert [each.system_id for each in suggestions[1:]] == ["coating-2016"]
    assert not suggestions[1].usable
    assert suggestions[1].fit == "只作对照"


def test_nothing_answered_nothing_said() -> None:
    front = conclusions(AnswerBook(), SYSTEMS, RULES, REFERENCE)
    assert front.verdict_state == "open"
    assert front.rules == ()
    assert front.suggestions == ()
    assert front.deadlines == ()


@pytest.mark.parametrize(
    ("key", "text", "words"),
    [
        ("front.kind", "exceeding", "第 27 条（一）"),
        ("front.kind", "over_quota", "第 27 条（二）"),
        ("front.kind", "toxic", "第 27 条（三）"),
        ("front.key_lists", "energy", "（十四）"),
        ("env.penalties", "yes", "凭记忆"),
    ],
)
def test_each_trigger_cites_its_rule_and_its_state(key: str, text: str, words: str) -> None:
    front = conclusions(AnswerBook({key: Given(text)}), SYSTEMS, RULES, REFERENCE)
    assert any(words in rule.source for rule in front.rules)
    assert all("待核" in rule.source for rule in front.rules)


def test_a_voluntary_audit_has_no_clock_of_the_list() -> None:
    front = conclusions(
        with_answer(sample_book(), "front.kind", "voluntary"), SYSTEMS, RULES, REFERENCE
    )
    assert front.deadlines == ("平台登记 2026-04-16 前",)
    assert deadlines(AnswerBook(), in_force(REFERENCE.law, "")) == ()


@pytest.mark.parametrize(
    ("questionnaire_id", "paper"),
    [
        ("industry", "三年产量"),
        ("livestock", "兽药"),
        ("hotel", "入住报表"),
        ("construction", "建筑垃圾"),
        ("fleet", "加油"),
    ],
)
def test_each_field_has_papers_of_its_own(questionnaire_id: str, paper: str) -> None:
    book = AnswerBook({"audit.questionnaire": Given(questionnaire_id)})
    papers = conclusions(book, SYSTEMS, RULES, REFERENCE).papers
    assert any(paper in one for one in papers)
    others = [one for one in papers if "兽药" in one and questionnaire_id != "livestock"]
    assert others == []


def test_nothing_is_said_of_quotas_before_the_industry_is_known() -> None:
    front = conclusions(AnswerBook(), SYSTEMS, RULES, REFERENCE)
    assert "没收录" not in front.triggers[1].text


def test_months_end_on_the_last_day_where_there_is_no_such_day() -> None:
    assert months_later(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_later(date(2026, 3, 16), 12) == date(2027, 3, 16)


def test_the_question_set_follows_from_the_answer() -> None:
    assert questionnaire_for(AnswerBook()) == "industry"
    assert questionnaire_for(AnswerBook({"audit.questionnaire": Given("hotel")})) == "hotel"


def test_every_fit_names_a_table_that_exists_and_every_set_of_questions_too() -> None:
    for fit in RULES.systems:
        path = RESOURCES / "indicator_systems" / f"{fit.system}.yaml"
        assert fit.table in {table.id for table in load_system_file(path).system.tables}
    front = shipped_forms().questionnaires["front_door"]
    items = [item for page in front.pages() for card in page.cards for item in card.items]
    choice = next(item for item in items if getattr(item, "id", "") == "audit.questionnaire")
    offered = {option.id for option in getattr(choice, "options", ())}
    assert offered == set(shipped_forms().questionnaires) - {"front_door"}
    processes = next(item for item in items if getattr(item, "id", "") == "process.list")
    known = {option.id for option in getattr(processes, "options", ())}
    assert all(set(fit.processes) <= known for fit in RULES.systems)


@cache
def every_system() -> tuple[SystemSummary, ...]:
    paths = sorted((RESOURCES / "indicator_systems").glob("*.yaml"))
    return tuple(summary(path.stem) for path in paths)


@pytest.mark.parametrize("firm", FIRMS, ids=lambda firm: firm["firm"])
def test_each_firm_gets_its_questions_and_its_systems_or_hears_that_there_are_none(
    firm: dict[str, str],
) -> None:
    sets = [each for name, each in shipped_forms().questionnaires.items() if name != "front_door"]
    assert questionnaire_of_industry(firm["industry"], sets) == firm["set"]
    answers = {
        "firm.industry": Given(firm["industry"]),
        "process.list": Given(firm.get("processes", "")),
    }
    front = conclusions(AnswerBook(answers), every_system(), RULES, REFERENCE)
    found = {
        usable: [
            f"{each.system_id}/{each.table_id}"
            for each in front.suggestions
            if each.usable is usable
        ]
        for usable in (True, False)
    }
    assert found[True] == firm.get("usable", [])
    assert found[False] == firm.get("beside", [])
    assert bool(front.without_system) is (not found[True])
    if front.without_system:
        assert "近三年比" in front.without_system
    (quota,) = [one for one in front.triggers if one.id == "over_quota"]
    assert quota.applies is None
    assert firm.get("quota", "没收录这个行业的限额标准") in quota.text


def named(**answers: str) -> FrontDoor:
    book = AnswerBook({f"front.{key}": Given(text) for key, text in answers.items()})
    return conclusions(book, (), RULES, REFERENCE)


def toxic(front: FrontDoor) -> tuple[bool | None, str, str]:
    (one,) = [one for one in front.triggers if one.id == "toxic"]
    return one.applies, one.text, one.source


def test_pasted_chemicals_are_found_with_their_list_and_the_rule() -> None:
    front = named(chemical_names="108-88-3\n盐酸\n1,2-二氯丙烷\n二氯甲烷 99%；toluene")
    applies, text, source = toxic(front)
    assert applies is True
    assert "对上 3 种" in text
    assert "应做强制性审核" in text
    assert "由主管部门定" in text
    assert "第 27 条（三）" in source
    assert "（十四）" in source
    assert [line.split("：")[0] for line in front.listed_chemicals] == [
        "甲苯（toluene）",
        "1,2-二氯丙烷",
        "二氯甲烷",
    ]
    assert all("优先控制化学品名录" in line and "待核" in line for line in front.listed_chemicals)
    assert front.unmatched_chemicals == ("盐酸",)


def test_what_matches_no_list_is_never_said_to_be_none() -> None:
    front = named(chemical_names="盐酸\n片碱")
    applies, text, _ = toxic(front)
    assert applies is None
    assert "只按填了的名称和 CAS 号找" in text
    assert "没对上不等于不属于" in text
    assert toxic(named())[0] is None


def test_every_chemical_to_tick_is_one_of_the_list() -> None:
    front = shipped_forms().questionnaires["front_door"]
    items = [item for page in front.pages() for card in page.cards for item in card.items]
    ticks = next(item for item in items if getattr(item, "id", "") == "front.chemicals")
    for option in getattr(ticks, "options", ()):
        found = named(chemicals=option.id).listed_chemicals
        if option.id in ("other", "none"):
            assert found == ()
        else:
            assert len(found) == 1, option.id
            assert option.label in found[0]
    assert toxic(named(chemicals="other"))[0] is True
    applies, text, _ = toxic(named(chemicals="none"))
    assert applies is None
    assert "都没用" in text  # answered, though it does not settle what is let out


@pytest.mark.parametrize("kind", ["exceeding", "over_quota", "toxic"])
def test_the_case_the_list_names_is_the_one_that_applies(kind: str) -> None:
    applies = {one.id: one.applies for one in named(kind=kind).triggers}
    assert applies == {"exceeding": None, "over_quota": None, "toxic": None, kind: True}
