"""The ten questions of a new audit: what is said, where it was read, and nothing decided in place of the bureau."""

from datetime import date

import pytest

from app.audit.front_door import conclusions, deadlines, months_later, questionnaire_for
from app.forms.answer import AnswerBook, Given
from app.standards.library import SystemSummary, summarise
from app.standards.system_json import content_hash, system_to_json
from app.standards.yaml_source import load_system_file
from tests.helpers.forms import RESOURCES, sample_book, shipped_forms, shipped_system, with_answer

RULES = shipped_forms().front_door


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
    front = conclusions(sample_book(), SYSTEMS, RULES)
    assert front.verdict_state == "ok"
    assert front.verdict_title == "按简易流程做：名单通知已经写明"
    assert "不替主管部门作决定" in front.verdict_text
    assert front.deadlines == (
        "平台登记 2026-04-16 前",
        "公布企业信息 2026-04-16 前",
        "启动审核 2026-05-16 前",
        "完成并交报告 2027-03-16 前",
    )
    assert any("原文还没收录" in rule.text and rule.state == "open" for rule in front.rules)
    assert "镀液化验单、阳极领料" in front.papers


def test_systems_come_best_fit_first_with_how_sure_they_are() -> None:
    suggestions = conclusions(sample_book(), SYSTEMS, RULES).suggestions
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
    front = conclusions(AnswerBook(), SYSTEMS, RULES)
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
        ("front.chemicals", "cyanide", "（十四）"),
        ("front.key_lists", "energy", "（十四）"),
        ("env.penalties", "yes", "凭记忆"),
    ],
)
def test_each_trigger_cites_its_rule_and_its_state(key: str, text: str, words: str) -> None:
    front = conclusions(AnswerBook({key: Given(text)}), SYSTEMS, RULES)
    assert any(words in rule.source for rule in front.rules)
    assert all("待核" in rule.source for rule in front.rules)


def test_a_voluntary_audit_has_no_clock_of_the_list() -> None:
    front = conclusions(with_answer(sample_book(), "front.kind", "voluntary"), SYSTEMS, RULES)
    assert front.deadlines == ("平台登记 2026-04-16 前",)
    assert deadlines(AnswerBook(), RULES) == ()


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


def test_two_rough_figures_give_the_limiting_indicator_away() -> None:
    front = conclusions(sample_book(), SYSTEMS, RULES, shipped_system)
    (rough,) = [rule for rule in front.rules if "先看一眼" in rule.text]
    assert "约 32 L/m²" in rough.text
    assert "Ⅱ级要 ≤ 24" in rough.text
    assert "Ⅲ级" in rough.text
    assert "不进报告" in rough.source
