"""The report for an 评估 and for a 验收: what stands in each, what keeps one back, that each is sealed as what it is."""

from datetime import date
from pathlib import Path

import pytest

from app.audit.findings import assess_project
from app.audit.project import AuditProject
from app.errors import UserError
from app.papers.audit_report import build_report
from app.papers.document import Document, Purpose, State
from app.papers.edition import package_of, read_package
from app.papers.forms import forms_of
from app.reports.fit import problems_of
from app.services.reporting import file_name
from tests.helpers.forms import (
    printer_project,
    sample_book,
    sample_project,
    shipped_forms,
    with_answer,
)
from tests.helpers.papers import printed, said_by, table
from tests.papers.test_flows import outline

TODAY = date(2026, 11, 29)


def report(project: AuditProject, purpose: Purpose, state: State = State.DRAFT) -> Document:
    result = assess_project(project) if project.system is not None else None
    return build_report(project, result, state=state, today=TODAY, purpose=purpose)


def finished() -> AuditProject:
    book = with_answer(sample_book(), "measures.results/ZG1/finished", "2027-01-08")
    return sample_project(with_answer(book, "measures.list/ZG1/state", "done"))


@pytest.mark.parametrize("flow", ["yes", "no"])
def test_an_evaluation_ends_before_the_costly_measures_are_carried_out(flow: str) -> None:
    project = sample_project(with_answer(sample_book(), "front.simplified", flow))
    found = outline(report(project, Purpose.EVALUATION, State.FOR_REVIEW))
    sections = [one for some in found.values() for one in some]
    assert "中/高费方案的实施计划和资金" in sections
    assert "预期的清洁生产水平" in sections
    assert "结论" in sections
    for later in ("绩效汇总", "目标完成情况", "审核后清洁生产水平", "已实施方案的成果"):
        assert later not in sections
    if flow == "no":
        assert list(found)[:5] == ["筹划与组织", "预评估", "评估", "方案产生和筛选", "可行性分析"]


def test_an_acceptance_report_says_what_became_of_it() -> None:
    document = report(finished(), Purpose.ACCEPTANCE, State.FOR_REVIEW)
    assert list(outline(document)) == [
        "企业基本情况", "评估技术审查意见的落实情况", "方案完成情况及环境、经济效益", "清洁生产目标和水平", "达标和守法情况",
        "持续清洁生产工作计划",
    ]  # fmt: skip
    assert document.cover is not None
    assert document.cover.title == "清洁生产审核验收报告"
    assert problems_of(document) == ()


def test_a_firm_without_a_system_has_both() -> None:
    assert problems_of(report(printer_project(), Purpose.EVALUATION, State.FINAL)) == ()
    words = "".join(
        said_by(chapter.blocks)
        for chapter in report(printer_project(), Purpose.ACCEPTANCE).chapters
    )
    assert "综合评价指数" not in words


def test_nothing_carried_out_is_nothing_to_accept() -> None:
    with pytest.raises(UserError) as caught:
        report(printer_project(), Purpose.ACCEPTANCE, State.FOR_REVIEW)
    assert "没有可以验收的" in str(caught.value)
    report(printer_project(), Purpose.ACCEPTANCE, State.DRAFT)


def test_the_points_name_the_section_that_answers_them() -> None:
    document = report(sample_project(), Purpose.EVALUATION)
    rows = [
        printed(one.cells) for one in table(document, "review.points").rows if len(one.cells) > 1
    ]
    focus = next(one for one in rows if one[1].startswith("审核重点"))
    assert focus[2:] == ("3.4", "铜镍线清洗和镀镍、镀锌线清洗和三价铬钝化")
    balance = next(one for one in rows if one[1].startswith("实测和平衡"))
    assert balance[3] == "水平衡闭合差 2.14%"
    assert all(one[2] != "—" for one in rows), [one for one in rows if one[2] == "—"]


def test_the_grounds_for_refusal_are_held_against_the_data() -> None:
    def row_of(project: AuditProject, begins: str) -> tuple[str, ...]:
        document = report(project, Purpose.ACCEPTANCE)
        rows = [
            printed(one.cells)
            for one in table(document, "review.points").rows
            if len(one.cells) > 1
        ]
        return next(one for one in rows if one[1].startswith(begins))

    assert "均未超过" in row_of(finished(), "污染物排放未达标")[3]
    over = sample_project(with_answer(sample_book(), "env.monitoring/r1/result", "81"))
    assert row_of(over, "污染物排放未达标")[3].startswith("超出：DW001")


def test_opinions_of_the_evaluation_stand_with_what_was_done() -> None:
    book = with_answer(sample_book(), "evaluation.date", "2026-12-18")
    book = with_answer(book, "evaluation.opinions/r1/opinion", "补充镍平衡")
    book = with_answer(book, "evaluation.opinions/r1/answer", "已补充，见物料平衡")
    book = type(book)(book.answers, {**book.rows, "evaluation.opinions": ("r1",)})
    document = report(sample_project(book), Purpose.ACCEPTANCE)
    assert printed(table(document, "opinions").rows[0].cells)[1:3] == (
        "补充镍平衡",
        "已补充，见物料平衡",
    )


def test_results_of_two_days_stand_beside_each_other() -> None:
    book = sample_book()
    rows = book.row_ids("env.monitoring")
    answers = {
        f"env.monitoring/x/{column}": book.get(f"env.monitoring/{rows[0]}/{column}")
        for column in ("outlet", "item", "unit", "limit", "standard")
    }
    book = type(book)({**book.answers, **answers}, {**book.rows, "env.monitoring": (*rows, "x")})
    book = with_answer(book, "env.monitoring/x/date", "2027-02-20")
    book = with_answer(book, "env.monitoring/x/result", "30.75")
    book = with_answer(book, "env.monitoring/x/report", "HL2702-001")
    found = printed(
        table(report(sample_project(book), Purpose.ACCEPTANCE), "monitoring.pairs").rows[0].cells
    )
    assert found[3:7] == ("80", "41", "30.75", "25.0")


def test_the_package_says_what_the_paper_was_for() -> None:
    project = sample_project()
    result = assess_project(project)
    plain = package_of(project, result, state="送审稿", day=TODAY)
    assert read_package(plain).purpose == "审核"
    assert b'"purpose"' not in plain
    other = package_of(project, result, state="送审稿", day=TODAY, purpose="评估")
    assert read_package(other).purpose == "评估"
    assert other != plain


def test_names_of_the_files(tmp_path: Path) -> None:
    assert file_name(sample_project(), "定稿", "验收").endswith("清洁生产审核验收报告 定稿.pdf")


def test_clocks_of_the_law_stand_with_what_was_done() -> None:
    document = report(sample_project(), Purpose.AUDIT)
    rows = {str(one.cells[0]): printed(one.cells) for one in table(document, "deadlines").rows}
    assert rows["启动审核"][2:5] == ("2026-03-16", "2026-05-16", "2026-05-10")
    assert rows["公布企业信息"][4] == "2026-04-09"
    assert printed(table(document, "validity").rows[0].cells)[2:] == (
        "2028-08-31",
        "2026-07-26",
        "有效",
    )
    told = sample_project(with_answer(sample_book(), "team.published", "2026-04-02"))
    rows = {
        str(one.cells[0]): printed(one.cells)
        for one in table(report(told, Purpose.AUDIT), "deadlines").rows
    }
    assert rows["公布企业信息"][4] == "2026-04-02"


def measured() -> AuditProject:
    """The shipped sample after its measures: nine of eleven finished, ZG3 and ZG4 planned, WD1 without any measurement."""
    return sample_project(shipped_forms().samples["chengling"].finished())


def test_an_acceptance_counts_only_what_is_finished_and_measured() -> None:
    document = report(measured(), Purpose.ACCEPTANCE, State.FOR_REVIEW)
    rows = [printed(one.cells) for one in table(document, "performance").rows]
    assert not [one for one in rows if one[0] in ("ZG3", "ZG4")]
    assert rows[-1][3:5] == ("42.00", "26.86")
    said = said_by(document.front[0].blocks) + "".join(
        said_by(one.blocks) for one in (*document.chapters, *document.appendices)
    )
    for promised in ("48.24", "17.93", "0.608"):
        assert promised not in said, promised
    assert "尚未完成的 ZG3、ZG4，不在其中" in said
    assert "WD1 没有实测，WD8 环境效果没有可合计的实测数；没有实测的未计入" in said
    form = forms_of(measured(), None, TODAY)["清洁生产审核验收申请表"]
    told = said_by(form.chapters[0].blocks)
    assert "0.546 t" in told
    assert (
        "投资 42.00 万元，实测经济效益 26.86 万元/a（WD1 没有实测，WD8 环境效果没有可合计的实测数"
        in told
    )


def test_the_whole_report_names_both_sums() -> None:
    document = report(measured(), Purpose.AUDIT)
    said = "".join(said_by(one.blocks) for one in document.chapters)
    assert "计划投资 120.50 万元，预计经济效益 50.57 万元/a" in said
    planned = printed(table(document, "implementation").rows[-1].cells)
    assert (planned[5], planned[7]) == ("120.50", "50.57")
    assert "其中已完成 9 项，实际投资 42.00 万元，实测经济效益 26.86 万元/a" in said
    total = printed(table(document, "glance.measures").rows[-1].cells)
    assert total[2:5] == ("11", "120.50", "50.57")
    assert total[5:] == ("9", "42.00", "26.86")
    (note,) = table(document, "performance").notes
    assert "8 项为实测值" in str(note[0])


def test_no_evaluation_once_a_costly_measure_runs() -> None:
    with pytest.raises(UserError, match="ZG1、ZG2 已经投用"):
        report(measured(), Purpose.EVALUATION, State.FOR_REVIEW)


def test_the_money_of_an_evaluation_is_that_of_its_chapters() -> None:
    for project in (sample_project(), measured()):
        document = report(project, Purpose.EVALUATION)
        rows = [printed(one.cells) for one in table(document, "review.points").rows]
        (told,) = (one[3] for one in rows if "列入实施的计划投资" in one[-1])
        plan = float(printed(table(document, "plan").rows[-1].cells)[4])
        assert told == f"列入实施的计划投资 {plan + 11.60:.2f} 万元，含无/低费"
        form = forms_of(project, None, TODAY).get("清洁生产审核评估申请表")
        begun = bool(project.book.text("measures.results/ZG1/finished"))
        assert (form is None) is begun  # an evaluation comes before the costly measures
        if form is not None:
            assert told.removeprefix("列入实施的").removesuffix("，含无/低费") in said_by(
                form.chapters[0].blocks
            )
