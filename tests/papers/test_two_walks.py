"""Two firms from the first answer to the paper: a furniture maker who paints, and a restaurant. Their words, law and figures."""

import re
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from app.audit.duty import triggers_of
from app.audit.findings import assess_project
from app.audit.project import SYSTEM_KEY, TABLE_KEY, AuditProject, build_project
from app.forms.answer import AnswerBook, Given
from app.papers.audit_report import build_report
from app.papers.chapters.sources import sources_chapter
from app.papers.document import Document, State
from app.papers.walk import texts_of
from app.standards.form_samples import load_sample
from app.standards.reader import Reader
from app.standards.verification import (
    ENTERED,
    NO_SECOND_LOOK,
    SECOND_LOOK,
    Check,
    confirm_row,
    verify_row,
)
from tests.helpers.forms import (
    RESOURCES,
    sample_project,
    shipped_forms,
    shipped_reference,
    shipped_rules,
    shipped_system,
    with_answer,
)
from tests.helpers.papers import column, printed, row, said_by, table, tables
from tests.helpers.trades import TRADES

WALKS = RESOURCES.parent / "tests" / "cases" / "walks"


def walked(name: str, **answers: str) -> AuditProject:
    forms, faults = shipped_forms(), Reader()
    sample = load_sample(WALKS / f"{name}.yaml", forms.questionnaires, faults)
    assert sample is not None
    assert not faults.problems
    chosen: dict[str, Given] = {}
    if sample.system_id:
        chosen = {SYSTEM_KEY: Given(sample.system_id), TABLE_KEY: Given(sample.table_id)}
    book = AnswerBook({**sample.book.answers, **chosen}, sample.book.rows)
    for key, text in answers.items():
        book = with_answer(book, key.replace("__", "."), text)
    return build_project(
        book,
        forms.questionnaires[sample.questionnaire_id],
        forms.quantities,
        forms.factors,
        system=shipped_system(sample.system_id) if sample.system_id else None,
        system_hash="test",
        table_id=sample.table_id,
        derivation_map=forms.derivations.get(sample.system_id),
        rules=shipped_rules(),
        law=shipped_reference().law,
        reference=shipped_reference(),
    )


def paper(project: AuditProject) -> Document:
    assessment = assess_project(project) if project.system is not None else None
    return build_report(project, assessment, state=State.DRAFT, today=date(2026, 11, 29))


def words(document: Document) -> str:
    return "\n".join(text for _, text in texts_of(document))


@pytest.mark.parametrize(
    ("name", "trades"),
    [("furniture", {"process:painting", "industry"}), ("restaurant", {"restaurant"})],
)
def test_the_paper_has_no_word_of_another_trade(name: str, trades: set[str]) -> None:
    text = words(paper(walked(name)))
    found = [
        hit.group()
        for pattern, at_home in TRADES.values()
        if not at_home & trades and (hit := re.search(pattern, text))
    ]
    assert found == []


def test_the_sections_are_called_what_the_field_calls_them() -> None:
    titles = [block.title for one in paper(walked("restaurant")).chapters for block in one.blocks if hasattr(block, "title")]  # fmt: skip
    assert "经营规模" in titles
    assert "物料与包装" in titles
    assert "产品与产量" not in titles


def test_a_document_that_gives_no_level_still_says_what_is_lacking() -> None:
    document = paper(walked("furniture"))
    text = words(document)
    assert "按现有资料不能定级" in text
    assert "只能有一项适用，别的标「不适用」" in text  # whole, not cut at its colon
    gap = table(document, "gap")
    assert column(gap, "上一级") == ("Ⅲ", "Ⅰ")
    water = row(gap, "单位面积取水量").cells
    assert printed(water)[6] == "18.02"
    assert row(table(document, "self"), "每平方米涂装取水")
    assert not [one for one in tables(document) if one.key == "calculation"]  # there is no index
    weights = column(table(document, "comparison"), "权重")
    assert weights.count("0.35") == 3  # one of two rows takes it whole; the third is of COD
    assert not any("/2" in one for one in weights)


def test_the_figures_of_the_furniture_maker() -> None:
    """By hand: 16,800 kg at 520 g/L and 1.0 kg/L, thinner whole, 13,600 at 90 g/L and 1.05, 6,500 at 40 and 1.05 …"""
    derivation = walked("furniture").derivation
    made = (
        Fraction(16800) * 52 / 100
        + 8600
        + Fraction(13600) * 90 / 1050
        + Fraction(6500) * 40 / 1050
        + 900
        + 240
        + Fraction(60) * 12 / 100
    )
    assert derivation.figure("voc.generated").value == made
    capture, treatment, waste = Fraction(90, 100), Fraction(50, 100), 300
    collected = made * capture
    fugitive = made - collected - waste
    assert derivation.figure("voc.emitted").value == fugitive + collected - collected * treatment
    water = Fraction(sum((667, 446, 639, 631, 641, 621, 631, 642, 645, 632, 631, 631)))
    assert derivation.figure("coating.water_area").value == water * 1000 / 324000


def test_a_treatment_below_what_the_rate_asks_is_said() -> None:
    said = walked("furniture").derivation.figure("voc.rate_rule").words
    assert "去除率 50.0 %，不到 80 %" in said


def test_the_law_is_that_of_the_day_and_what_it_leaves_open_is_said() -> None:
    crossing, after = words(paper(walked("furniture"))), words(paper(walked("restaurant")))
    assert "自 2026 年 8 月 15 日起，《中华人民共和国生态环境法典》施行" in crossing
    assert "《中华人民共和国大气污染防治法》" in crossing  # of what else was repealed meanwhile
    assert "自 2026-08-15 起废止，由《中华人民共和国生态环境法典》代替" in crossing
    assert "生态环境法典 第 967 条" in crossing  # the new articles stand beside the old
    for text in (crossing, after):
        assert "的实施期至 2025 年，其后以主管部门现行要求为准" in text
    assert "清洁生产审核办法》在生态环境法典施行后是否修订" in after
    assert "清洁生产审核办法》在生态环境法典施行后是否修订" not in crossing
    before = words(paper(walked("furniture", team__start="2025-12-31")))
    assert "其后以主管部门现行要求为准" not in before


def test_monitoring_and_totals_speak_about_the_first_case() -> None:
    def said(**answers: str) -> str:
        return next(one.text for one in triggers_of(walked("furniture", **answers), None) if one.id == "exceeding")  # fmt: skip

    ledger = said()  # 10.64 t by the ledger, 8 t permitted, 6.1 t entered
    assert "VOC 排放量 10.64 t，许可量 8 t：按台账超了" in ledger
    assert "没超" not in ledger
    within = {"env__totals/r1/permitted": "12"}
    assert "2 个监测结果没超限值，2 项总量没超许可量" in said(**within)
    over = said(**{"env__monitoring/r1/result": "31"})
    assert "1 处超过限值或许可量（DA001 喷漆废气 非甲烷总烃）" in over
    assert "没超限值" not in over
    assert "1 处超过限值或许可量（VOCs）" in said(**{"env__totals/r1/y0": "8.01"})


def test_nothing_paid_is_not_printed_as_below_a_limit() -> None:
    bills = next(one for one in tables(paper(walked("furniture"))) if "2025" in one.caption and "气账单" in one.caption)  # fmt: skip
    assert set(column(bills, "气费")) <= {"0", "0.00"}


def test_a_cap_that_is_not_on_the_list_says_so() -> None:
    project = walked("furniture", **{"env__caps/r1/item": "木质家具制造"})
    assert "名单" in project.derivation.cell("env.caps", "r1", "own").trace.note


def test_the_paper_says_who_entered_a_system_and_who_looked() -> None:
    project = sample_project()
    assert project.system is not None
    check = Check("何敏", "2026-11-22", "公告，第 3 页")
    entered = replace(project.system, extras={ENTERED: "2026-11-20 何敏 从 表.xlsx", SECOND_LOOK: NO_SECOND_LOOK})  # fmt: skip
    alone = replace(project, system=verify_row(entered, project.table_id, "rinse-water-intake", check))  # fmt: skip

    def said(one: AuditProject) -> str:
        chapter = sources_chapter(one, assess_project(one))
        assert chapter is not None
        return said_by(chapter.blocks)

    assert "录入后没有第二人复核" in said(alone)
    assert "第 5 项由何敏一人录入并核对" in said(alone)
    assert alone.system is not None
    two = confirm_row(alone.system, alone.table_id, "rinse-water-intake", "黄淑仪", "2026-11-23")
    assert "一人录入" not in said(replace(alone, system=two))
    assert "使用者录入" not in said(project)


def test_a_cap_stands_beside_the_level_as_what_it_is() -> None:
    """A plating works holds its drainage against the base drainage of the discharge standard."""
    project = sample_project()
    cap = next(one for one in shipped_reference().caps if one.item.startswith("电镀·多层镀"))
    answers = {
        "env.caps_used": "yes",
        "env.caps/r1/item": cap.item,
        "env.caps/r1/drain": "1000",
        "env.caps/r1/output": "100000",
    }
    book = AnswerBook(
        {**project.book.answers, **{key: Given(text) for key, text in answers.items()}},
        {**project.book.rows, "env.caps": ("r1",)},
    )
    text = words(paper(sample_project(book)))
    assert "合规要求，不是清洁生产等级，不影响等级" in text
    assert f"{cap.item}：" in text
    assert "与排放标准单耗上限的对照" not in words(paper(project))


def test_a_kitchen_s_paper_speaks_of_no_works_and_of_no_card_of_the_screen() -> None:
    plant = {f"after.plant/{row}/after": "100" for row in ("electricity", "gas", "water")}
    text = words(paper(walked("restaurant", **plant, **{"energy.unused": "diesel|coal"})))
    assert "整体审核前后" in text
    assert "全厂" not in text
    assert "用了哪些能源和物料" not in text
