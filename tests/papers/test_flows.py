"""Both flows whole: every section of the layout stands on the paper, with a system and without, in every state."""

from dataclasses import replace
from datetime import date

import pytest

from app.audit.evidence import Paper, Proof, paper_key, to_answer
from app.audit.findings import assess_project
from app.audit.project import AuditProject
from app.papers.audit_report import build_report
from app.papers.document import Document, Section, State
from app.reports.fit import problems_of
from tests.helpers.forms import printer_project, sample_book, sample_project, with_answer
from tests.helpers.papers import printed, said_by, table

TODAY = date(2026, 11, 29)
SIMPLIFIED = {
    "审核准备": ["审核依据与企业承诺", "审核小组", "工作计划", "宣传培训"],
    "企业现状": [
        "基本情况", "产品与产量", "工艺流程", "原辅材料", "能源与水", "主要设备和计量器具", "环保手续与污染物达标", "固体废物",
        "环境和能源管理",
    ],
    "问题诊断与对标": ["清洁生产水平评价", "水平衡、物料平衡和能源分析", "八个方面原因分析", "审核重点", "清洁生产目标"],
    "方案产生与确定": ["方案汇总", "方案筛选", "中/高费方案可行性分析"],
    "方案实施与绩效": ["方案实施情况", "绩效汇总", "目标完成情况", "审核后清洁生产水平"],
    "持续清洁生产与结论": ["组织与制度", "持续清洁生产计划", "结论"],
}  # fmt: skip


def report(project: AuditProject, state: State = State.FOR_REVIEW) -> Document:
    result = assess_project(project) if project.system is not None else None
    return build_report(project, result, state=state, today=TODAY)


def outline(document: Document) -> dict[str, list[str]]:
    return {
        chapter.title: [block.title for block in chapter.blocks if isinstance(block, Section)]
        for chapter in document.chapters
    }


def test_the_simplified_flow_is_whole() -> None:
    assert outline(report(sample_project())) == SIMPLIFIED
    assert outline(report(printer_project())) == SIMPLIFIED


def test_the_standard_flow_has_its_seven_phases() -> None:
    document = report(sample_project(with_answer(sample_book(), "front.simplified", "no")))
    found = outline(document)
    assert list(found)[:7] == [
        "筹划与组织", "预评估", "评估", "方案产生和筛选", "可行性分析", "方案实施", "持续清洁生产",
    ]  # fmt: skip
    assert found["可行性分析"] == ["技术评估", "环境评估", "经济评估", "推荐的可实施方案"]
    assert problems_of(document) == ()


@pytest.mark.parametrize("state", [State.FOR_REVIEW, State.FINAL])
def test_a_firm_without_a_system_has_a_whole_paper_without_a_level(state: State) -> None:
    document = report(printer_project(), state)
    assert problems_of(document) == ()
    words = "".join(said_by(chapter.blocks) for chapter in document.chapters)
    assert "不评定清洁生产等级" in words
    assert "综合评价指数" not in words


def test_what_is_expected_is_never_called_reached() -> None:
    document = report(sample_project())
    words = said_by(document.chapters[4].blocks)
    assert "没有已完成并有实测结果的方案，审核后水平待实测后核算" in words
    assert "按预计节约量核算，预计为Ⅱ级" in words


def test_the_front_has_the_promise_and_the_consultants_page() -> None:
    assert [page.title for page in report(sample_project()).front] == [
        "审核结果一览", "真实性承诺书", "咨询机构资质",
    ]  # fmt: skip
    assert [page.title for page in report(printer_project()).front] == [
        "审核结果一览",
        "真实性承诺书",
    ]


def test_months_of_every_year_and_explanations_are_printed() -> None:
    document = report(sample_project())
    keys = [table(document, f"bills.energy.bills{year}").caption for year in ("", "@2024", "@2023")]
    assert [key[:4] for key in keys] == ["2025", "2024", "2023"]
    words = "".join(said_by(chapter.blocks) for chapter in document.chapters)
    assert "三年变化的说明：2024 年多做了两批出口件" in words
    figures = [block for chapter in document.chapters for block in chapter.blocks]
    notes = str([getattr(block, "notes", ()) for block in figures])
    assert "偏离较大的月份" in notes
    assert "1 月，春节停产" in notes
    captions = [getattr(block, "caption", "") for block in figures]
    assert any(caption.endswith("各月取水（2025 年）") for caption in captions)


def test_the_binder_is_listed_with_number_place_and_hash() -> None:
    digest = "ab12cd34" + "0" * 56
    paper = Paper(digest, "2025 年 3 月电费单", "dian.pdf", "能源和水", "2025-03",
                  (Proof("energy.bills/2025-03/electricity"),))  # fmt: skip
    book = sample_book()
    answers = {**book.answers, paper_key(digest): to_answer(paper)}
    document = report(sample_project(replace(book, answers=answers)))
    (row,) = [printed(one.cells) for one in table(document, "binder").rows]
    assert row[1:4] == ("2025 年 3 月电费单", "能源和水", "2025-03")
    assert row[6] == "ab12 cd34"
    assert row[0]
    cited = [printed(one.cells)[2] for one in table(document, "evidence").rows]
    assert "HL2511-033" in cited


def test_numbers_in_free_text_are_bound_to_the_data() -> None:
    book = with_answer(
        sample_book(), "firm.intro", "公司一年取水 {全年取水}，用能 {综合能耗（当量值）}。"
    )
    words = said_by(report(sample_project(book)).chapters[1].blocks)
    assert "公司一年取水 53620 m³，用能 426.53 tce。" in words
    later = with_answer(book, "water.bills/2025-01/intake", "4720")
    assert "公司一年取水 54620 m³" in said_by(report(sample_project(later)).chapters[1].blocks)
    wrong = with_answer(book, "firm.intro", "公司一年取水 {全年取谁}。")
    problems = problems_of(report(sample_project(wrong)))
    assert [one.where.partition(" › ")[0] for one in problems] == ["企业现状"]
