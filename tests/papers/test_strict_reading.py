"""What strict readers found in the papers of the sample firms: each a kind, held by any firm's paper."""

import re
from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pypdfium2
import pytest

from app.assessment.finding import NotApplicable
from app.assessment.numbers import display, round_half_up
from app.audit.charts.build import chart_of, unusual_months
from app.audit.charts.process_flow import ProcessLine, ProcessStep, process_flow
from app.audit.charts.shapes import Band, Box, Fill, Words
from app.audit.evidence import Paper, Proof, paper_key, to_answer
from app.audit.findings import assess_project
from app.audit.measures import draft
from app.audit.processes import processes
from app.audit.project import AuditProject
from app.errors import ProgramError
from app.forms.answer import MISSING, Answer, AnswerBook, Change, Given, apply
from app.forms.arithmetic import ArithmeticFault, evaluate
from app.forms.printed_formula import printed_formula
from app.measures.model import measures_of
from app.measures.results import effect_said, reductions
from app.papers.answers import fact_sentences
from app.papers.audit_report import build_report
from app.papers.chapters.lists import reasons_chapter
from app.papers.document import (
    Cover,
    Document,
    PageOf,
    Progress,
    Purpose,
    Ref,
    RowKind,
    Sheet,
    Size,
    State,
    Table,
    cell_text,
)
from app.papers.finish import typed
from app.papers.forms import forms_of
from app.papers.numbering import number_all
from app.papers.owner import owner_document, surplus_blocks
from app.reports.pdf import write_pdf
from tests.helpers.forms import (
    printer_project,
    sample_book,
    sample_project,
    shipped_forms,
    with_answer,
)
from tests.helpers.papers import column, printed, row, said_by, table, tables
from tests.papers.test_two_walks import walked

TODAY = date(2026, 11, 20)


def finished() -> AuditProject:
    return sample_project(shipped_forms().samples["chengling"].finished())


def answered(book: AnswerBook, **answers: str) -> AnswerBook:
    """answers: keys with __ for . and ___ for /."""
    for key, text in answers.items():
        book = with_answer(book, key.replace("___", "/").replace("__", "."), text)
    return book


def report(project: AuditProject, purpose: Purpose = Purpose.AUDIT) -> Document:
    assessment = None if project.system is None else assess_project(project)
    return build_report(project, assessment, state=State.DRAFT, today=TODAY, purpose=purpose)


def whole(document: Document) -> str:
    chapters = "".join(said_by(one.blocks) for one in (*document.chapters, *document.appendices))
    return said_by(document.front[0].blocks) + chapters


@pytest.fixture(scope="module")
def after() -> Document:
    return report(finished())


@pytest.fixture(scope="module")
def before() -> Document:
    return report(sample_project())


def test_numbers_keep_the_decimals_they_were_typed_with(before: Document) -> None:
    assert printed(table(before, "targets.list").rows[0].cells)[2:4] == ("31.80", "24.00")
    assert printed(table(before, "targets.done").rows[0].cells)[2:4] == ("31.80", "24.00")


def test_nothing_stands_as_measured_that_was_not(after: Document) -> None:
    done = table(after, "low.done")
    assert printed(done.rows[6].cells)[-1] == "—", "WD8 was measured in money only"
    assert "“废水、废气处理设施运行管理”按投用情况重新核算" in str(done.notes)


def test_how_the_measured_came_about_is_printed(after: Document) -> None:
    assert "ZG2 实测效益：镍 6.99 万元，扣再生药剂和树脂 1.89 万元" in str(
        table(after, "implementation").notes
    )
    assert "ZG2：树脂再生周期还在调" in str(table(after, "effects").notes)


def test_finished_and_not_measured_is_still_promised(before: Document) -> None:
    said = whole(before)
    assert "绩效表中节约和效益均为预计" in said
    assert "减少固体废物 8.60 t（均为预计）" in said.replace("\u2009", "")
    assert "均为预计值；已完成的投资额为实际值" in str(table(before, "performance").notes)


def test_two_measures_at_one_place_have_one_total_and_the_difference_is_named_once() -> None:
    book = answered(sample_book(), measures__list___WD3___where="车间照明")
    project = sample_project(book)
    found = {one.id: one for one in reductions(project, measured=False)}["electricity"]
    assert found.together < found.added
    assert found.printed == Fraction("18.59"), "the sum of the cells of the 绩效表"
    document = report(project)
    rows = {
        row[0]: row for row in map(printed, (r.cells for r in table(document, "reductions").rows))
    }
    assert rows["节电"][2] == "18.59"
    assert said_by(b for c in document.chapters for b in c.blocks).count("扣除重复后") == 1
    assert "扣除重复后" not in str(table(report(sample_project()), "reductions").notes)


def test_a_notice_holds_no_result_that_came_after_it() -> None:
    notice = forms_of(finished(), None, TODAY)["企业公示信息（双有）"]
    found = [
        one
        for block in notice.chapters[0].blocks
        if isinstance(block, Table) and block.key == "notice.env.monitoring"
        for one in block.rows
    ]
    days = {printed(one.cells)[1] for one in found}
    assert days
    assert max(days) <= "2026-04-09"
    assert "监测结果列到公布日期 2026 年 4 月 9 日" in said_by(notice.chapters[0].blocks)


def test_the_owner_reads_what_is_going_to_be_done_and_no_third_sum() -> None:
    said = said_by(owner_document(printer_project(), None, TODAY).chapters[0].blocks)
    assert "打算做的 6 个方案都做，一共花 58.34 万元，一年少花 14.19 万元" in said
    assert "ZG5 一年多花 4.18 万元，已经扣掉" in said
    assert "ZG4 还在研究" in said
    assert "没有扣所得税" in said


def test_the_owners_page_is_one_sheet_for_any_firm(tmp_path: Path) -> None:
    book = sample_book()
    for place in book.row_ids("measures.list"):
        book = with_answer(
            book,
            f"measures.list/{place}/name",
            f"{place}把清洗线改成三级逆流漂洗并且加装在线电导率控制和自动补水阀门的方案",
        )
    project = sample_project(book)
    facts = write_pdf(owner_document(project, assess_project(project), TODAY), tmp_path / "a.pdf")
    assert facts.pages == 1


def test_energies_that_are_not_used_stand_with_their_reasons(before: Document) -> None:
    assert {"叉车都是电动的", "没有液化气；员工餐外订，不开火"} <= set(
        column(table(before, "reasons"), "不适用的理由")
    )


def test_a_chart_knows_what_was_answered_to_the_check_up() -> None:
    book = answered(sample_book(), energy__bills___2025_02___note="")
    key = "energy.bills/2025-02"
    answers = {k: v for k, v in book.answers.items() if k != f"{key}/note"}
    book = AnswerBook(
        {**answers, f"checkup/page/{key}/electricity": Given("春节放假 12 天")}, book.rows
    )
    assert (2, "春节放假 12 天") in unusual_months(sample_project(book), "energy.monthly")


def test_an_empty_cell_of_the_comparison_shows_the_figure_that_stands_in() -> None:
    document = report(printer_project())
    assert printed(table(document, "voc.swap").rows[0].cells)[1:] == ("9200", "8178")


def test_what_a_target_is_about_stands_among_the_changes() -> None:
    found = table(report(printer_project()), "changes")
    assert printed(row(found, "一次性包装").cells)[3] == "109835"
    assert printed(row(found, "单位产品一次性包装").cells)[2:4] == ("92.7", "78.0")
    assert row(found, "VOC 排放量"), "the name of all other tables"


def test_an_evaluation_lists_the_measures_its_chapter_is_about() -> None:
    rows = table(report(printer_project(), Purpose.EVALUATION), "low.plan").rows
    assert [printed(row.cells)[0] for row in rows[:-1]] == ["WD1", "WD2", "WD3", "WD6"]


def test_an_effect_in_words_comes_with_its_amount() -> None:
    project = printer_project()
    said = {one.code: effect_said(project, one) for one in measures_of(project)}
    assert said["WD6"].endswith("；减少一次性包装 12,100 kg/a")
    assert said["WD2"] == "少用洗车水 200 kg/a", "0.2 t is said"
    assert "天然气" not in said["ZG7"]


def test_every_recommended_measure_is_named_with_its_tests(before: Document) -> None:
    said = whole(before)
    assert "ZG1 清洗线改三级逆流漂洗：各项均达到参考值，列为推荐方案" in said
    assert "ZG3 镀锌线改半自动：偿还期长于参考值，净现值和内部收益率达到" in said


# -- a restaurant, and what any firm's formulas and facts say


def kitchen(**answers: str) -> AuditProject:
    return walked("restaurant", **answers)


def test_what_was_measured_again_is_said_wherever_an_exceedance_is() -> None:
    book = sample_book()
    rows = book.row_ids("env.monitoring")
    first = f"env.monitoring/{rows[0]}"
    answers = {f"env.monitoring/x/{one}": book.get(f"{first}/{one}") for one in ("outlet", "item", "unit", "limit", "standard")}  # fmt: skip
    book = AnswerBook({**book.answers, **answers}, {**book.rows, "env.monitoring": (*rows, "x")})
    for key, text in ((f"{first}/result", "95"), ("env.monitoring/x/date", "2026-02-25"), ("env.monitoring/x/result", "61")):  # fmt: skip
        book = with_answer(book, key, text)
    document = report(sample_project(book), Purpose.EVALUATION)
    told = "2025-11-12 为 95 mg/L，限值 80 mg/L；2026-02-25 复测为 61 mg/L，未超过限值"
    chapters = said_by(one for chapter in document.chapters for one in chapter.blocks)
    in_text = (
        "2025 年 11 月 12 日为 95 mg/L，限值 80 mg/L；2026 年 2 月 25 日复测为 61 mg/L，未超过限值"
    )
    assert chapters.count(in_text) == 2, "of the section and of the conclusion"
    assert told in said_by([table(document, "review.points")])


@pytest.mark.parametrize("project", [sample_project(), finished(), printer_project(), kitchen()])
def test_every_printed_formula_holds_by_its_printed_figures(project: AuditProject) -> None:
    for quantity_id, quantity in project.derivation.quantities.items():
        if quantity.rule:
            continue
        try:
            figure = project.derivation.figure(quantity_id)
        except ProgramError:
            continue  # of rows
        if figure.value is None or not figure.trace.formula:
            continue
        said, sign = printed_formula(figure.trace, figure.decimals)
        plain = re.sub(r"(?<=[\d.])(?:%| (?![+−×÷（）-])[^+−×÷（） ]+)", "", said).replace(",", "")
        try:
            worked = evaluate(plain, {})
        except ArithmeticFault:
            continue  # words, or a long sum that is not written out
        shown = Fraction(round_half_up(figure.value, figure.decimals))
        assert sign == "＝"
        assert Fraction(round_half_up(worked, figure.decimals)) == shown, said


def test_a_quotient_of_a_product_has_brackets() -> None:
    trace = sample_project().derivation.figure("water.staff_day").trace
    assert trace.formula == "4,900 m³ × 1000 ÷ （128 人 × 296 天）"


def test_a_firm_without_a_kind_of_waste_has_no_line_of_it() -> None:
    document = report(kitchen())
    assert "危险废物" not in said_by(document.front[0].blocks)
    assert "危险废物产生量" not in said_by(
        one for chapter in (*document.chapters, *document.appendices) for one in chapter.blocks
    )


def test_a_paper_names_no_source_the_firm_has_not() -> None:
    assert "企业填报的账单、监测报告和现场记录" in whole(report(kitchen(mgmt__ledger="no")))


def test_facts_are_sentences_and_said_once() -> None:
    project = kitchen(materials__has_toxic="no", energy__unused="diesel|coal")
    (said,) = fact_sentences(project, [project.index.places["materials.has_toxic"].question])
    assert said_by([said]) == "未使用有毒有害原辅料。"
    text = whole(report(project))
    assert "没有用的为" not in text
    assert "定额类别为" not in text


def test_what_is_not_used_is_one_line_and_not_one_a_month() -> None:
    book = kitchen().book
    months = {f"energy.months/2025-{n:02d}/diesel": NotApplicable("没有用（见「用了哪些能源和物料」）") for n in range(1, 13)}  # fmt: skip
    project = kitchen()
    project = replace(project, book=AnswerBook({**book.answers, **months}, book.rows))
    chapter = reasons_chapter(project)
    assert chapter is not None
    (found,) = [one for one in chapter.blocks if isinstance(one, Table)]
    lines = [printed(one.cells) for one in found.rows]
    assert sum("柴油" in one[1] for one in lines) == 1
    assert "「" not in str(lines), "no card of the screen"


def test_every_dash_is_explained(after: Document) -> None:
    for one in tables(after):
        if one.size in (Size.DENSE, Size.TIGHT):
            continue
        if one.key.startswith("glance") or not any("—" in printed(row.cells) for row in one.rows):
            continue
        assert "“—”" in said_by([one]), one.caption


def test_an_answer_keeps_its_decimals_as_a_figure() -> None:
    book = answered(sample_book(), product__years___2025___value="6480.5")
    rows = table(report(sample_project(book)), "years").rows
    assert printed(rows[0].cells)[2:5] == ("6210.0", "6365.0", "6480.5")


# -- a furniture shop without gas


def shop(**unused: str) -> AuditProject:
    """The furniture shop, which says once on a card of the screen that it uses no gas."""
    project = walked("furniture")
    why = NotApplicable("没有用（见「用了哪些能源和物料」）")
    answers = {
        f"energy.bills/{year}-{month:02d}/{column}": why
        for year in project.years
        for month in range(1, 13)
        for column in ("gas", "gas_fee")
    }
    book = AnswerBook({**project.book.answers, **answers}, project.book.rows)
    for key, text in unused.items():
        book = with_answer(book, key.replace("__", "."), text)
    return replace(project, book=book, derivation=project.derivation.with_book(book))


def test_a_firm_without_gas_has_no_column_of_dashes_and_no_word_of_a_card() -> None:
    document = report(shop(packaging__used="no"))
    for year in (2023, 2024, 2025):
        found = next(one for one in tables(document) if one.caption == f"{year} 年用电账单")
        assert not [one for one in found.columns if one.title in ("天然气", "气费")]
        assert "“—”为不适用" not in str(found.notes)
    text = whole(document)
    assert "见「用了哪些" not in text
    assert "没有外发包装" in text
    assert "是否外发包装为" not in text


def test_a_material_is_listed_in_every_table_or_in_none() -> None:
    book = sample_book()
    for key, text in (("component", "甲苯、二甲苯"), ("cas", "108-88-3")):
        book = with_answer(book, f"materials.toxic/r3/{key}", text)
    project = sample_project(book)
    for table_id, row_id in (("materials.toxic", "r3"), ("voc.materials", "r4")):
        assert "甲苯" in project.derivation.cell(table_id, row_id, "listed").words


def test_a_level_by_thresholds_nobody_compared_says_so_on_every_paper() -> None:
    project = finished()
    assessment = assess_project(project)
    forms = forms_of(project, assessment, TODAY)
    said = said_by(forms["清洁生产审核验收申请表"].chapters[0].blocks)
    assert "Ⅲ级（国内清洁生产基本水平）（基准值待核对）" in said
    assert "Ⅱ级（国内清洁生产先进水平）（基准值待核对）" in said
    points = table(report(project, Purpose.ACCEPTANCE), "review.points")
    assert "审核后Ⅱ级（基准值待核对）" in said_by([points])


def test_targets_of_an_application_are_those_of_the_report() -> None:
    form = forms_of(sample_project(), None, TODAY)["清洁生产审核评估申请表"]
    assert "单位产品每次清洗取水量 24.00 L/m²（2027 年）" in said_by(form.chapters[0].blocks)


def test_papers_to_hand_in_are_not_said_to_be_none() -> None:
    found = table(report(finished(), Purpose.ACCEPTANCE), "review.papers")
    assert not [one for one in column(found, "份数和备注") if one in ("", "—")]


def no_works() -> AuditProject:
    """The furniture shop without a treatment plant and without a meter at an outlet."""
    project = shop()
    answers: dict[str, Answer] = {
        "water.outlet_meter": NotApplicable("没有废水站和在线表"),
        "water.plant_loss": Given("0"),
    }
    book = AnswerBook({**project.book.answers, **answers}, project.book.rows)
    return replace(project, book=book, derivation=project.derivation.with_book(book))


def test_a_difference_to_a_meter_that_is_not_there_is_not_nought() -> None:
    text = whole(report(no_works()))
    assert "废水站推算与在线表之差" not in text
    assert "总排口水量不适用（没有废水站和在线表）" in text or "不适用：没有废水站和在线表" in text


def test_what_is_not_used_is_said_whole() -> None:
    assert "未使用的能源：天然气、" in whole(report(shop()))
    assert "未使用的能源：天然气、" not in whole(report(sample_project()))


def test_a_material_compared_says_where_it_is_used() -> None:
    assert draft(printer_project(), "voc.swap").fixed["where"] == "凹印"


def test_what_the_firm_says_of_its_materials_is_called_so() -> None:
    heads = [one.title for one in table(report(shop()), "voc.materials").columns]
    assert "是否低 VOCs（企业填报）" in heads


def test_no_column_of_measured_savings_before_a_measure_is_finished() -> None:
    heads = [one.title for one in table(report(printer_project()), "reductions").columns]
    assert heads == ["项目", "单位", "列入实施方案预计"]
    assert "“—”为没有实测" in str(table(report(finished()), "reductions").notes)


def test_what_has_no_limit_is_not_counted_as_kept() -> None:
    document = report(printer_project(), Purpose.EVALUATION)
    said = whole(document)
    assert len(printer_project().book.row_ids("env.monitoring")) == 8, "the inlet has no limit"
    assert "按所列执行标准对照的监测结果 7 项，均未超过限值" in said
    points = column(table(document, "review.points"), "按本报告数据")
    assert "监测 7 项，均未超过所列限值；总量未超过许可量" in points


def test_an_evaluation_without_a_level_shows_that_the_measures_are_enough() -> None:
    document = report(printer_project(), Purpose.EVALUATION)
    rows = [printed(one.cells) for one in table(document, "targets.expected").rows]
    assert rows[0] == ("VOC 排放量", "kg", "10356", "7600", "4651", "达到")
    assert [one[-1] for one in rows] == ["达到"] * 3
    points = [printed(one.cells) for one in table(document, "review.points").rows]
    assert points[-1][2:] == ("5.3", "近期目标 3 项，按预计达到 3 项")
    money = next(one for one in points if one[1:2] == ("实施计划和资金落实",))
    assert money[2] == "5.1、5.2", "the sum is of both kinds"
    assert table(document, "changes").rows, "figures before and afterwards"


def test_a_target_the_measures_do_not_reach_is_said_not_to_be_reached() -> None:
    weak = printer_project(answered(printer_project().book, targets__list___r1___near="4000"))
    rows = [printed(r.cells) for r in table(report(weak, Purpose.EVALUATION), "targets.expected").rows]  # fmt: skip
    assert [one[-1] for one in rows] == ["达不到", "达到", "达到"]


def test_a_measure_put_off_is_not_said_to_be_impossible() -> None:
    document = report(printer_project())
    assert "不可行" not in said_by(b for c in document.chapters for b in c.blocks)
    assert printed(table(document, "screened").rows[2].cells)[:2] == ("待研究、本轮不列入实施的方案", "1")  # fmt: skip
    assert [one[-1] for one in map(printed, (r.cells for r in table(document, "economic.verdict").rows))] == ["未达到", "未达到", "部分达到"]  # fmt: skip


def test_money_is_amount_times_the_printed_price() -> None:
    for cells in (printed(one.cells) for one in table(report(printer_project()), "economic.benefit").rows):  # fmt: skip
        if cells[5] != "—":
            amount, price, worth = (Fraction(one.replace("−", "-").replace("\u2009", "")) for one in (cells[3], cells[5], cells[6]))  # fmt: skip
            assert round_half_up(amount * price / 10_000, 2) == round_half_up(worth, 2)


def test_fields_that_do_not_concern_a_firm_say_so() -> None:
    application = forms_of(printer_project(), None, TODAY)["清洁生产审核评估申请表"]
    fields = {
        cells[0]: cells[1]
        for block in application.chapters[0].blocks
        if isinstance(block, Table)
        for cells in (printed(one.cells) for one in block.rows)
    }
    assert fields["咨询机构"] == fields["名单公布日期"] == "不涉及"
    assert fields["已实施的无/低费方案"] == "没有已完成的，实施中 WD1、WD2"
    assert fields["审核前清洁生产水平"] == "没有选用能定级的指标体系，不评定等级"


def test_limits_of_every_verdict_stand_in_the_appendix() -> None:
    said = said_by((table(report(printer_project()), "limits"),))
    assert "初始排放速率不低于 3 kg/h" in said
    assert "净现值不小于零；内部收益率不低于贴现率" in said


def test_a_wide_ledger_stays_upright_and_keeps_its_decimals() -> None:
    ledgers = [one for one in tables(report(printer_project())) if one.key.startswith("voc.materials")]  # fmt: skip
    assert all(one.sheet is Sheet.PORTRAIT for one in ledgers)
    assert "9200" in column(ledgers[0], "年用量"), "kg a year beside kg of thinner by 100 kg"


def test_prices_name_only_sources_of_what_is_priced() -> None:
    said = str(table(report(printer_project()), "economic.benefit").notes[0])
    assert "电、天然气、新水为基准年账单的平均单价；" in said
    assert "金属" not in said
    assert "废水" not in said
    assert "原辅材料单价" in str(table(report(finished()), "economic.benefit").notes)


def test_a_figure_that_stands_in_for_nothing_is_not_beside_the_typed_one() -> None:
    assert "台账里的数" not in whole(report(printer_project()))


def test_notes_of_a_table_begin_once() -> None:
    notes = table(report(printer_project()), "env.monitoring").notes
    assert sum(str(one[0]).startswith("注：") for one in notes) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("发出 92 600 kg 只退回 9300 kg", "发出 92\u2009600 kg 只退回 9300 kg"),
        ("纸 1 246 000 kg", "纸 1\u2009246\u2009000 kg"),
        ("用 2 500 kg 的两桶", "用 2 500 kg 的两桶"),  # may be two of 500
        ("2025 100 件", "2025 100 件"),
    ],
)
def test_a_number_typed_in_groups_is_not_broken_over_two_lines(text: str, said: str) -> None:
    assert typed(text) == said


# -- what a saving was taken from, which tables a paper names, which day it speaks of


@pytest.fixture(scope="module")
def acceptance() -> Document:
    return report(finished(), Purpose.ACCEPTANCE)


def test_a_saving_over_two_lines_is_printed_as_one_amount(after: Document) -> None:
    said = said_by([table(after, "derivation")]).replace("\u2009", "")
    assert "镀锌线清洗 17800 m³；铜镍线清洗 23800 m³；扣除 ZG1 节约的 11050 m³" in said
    assert "镍 投入金属 12845 kg；扣除 ZG2 节约的 546 kg" in said
    assert "13072" not in said, "nobody measured how the saving falls on the lines"


def test_evidence_names_tables_of_its_own_paper(after: Document, acceptance: Document) -> None:
    for paper in (after, acceptance):
        known = {one.key for one in tables(paper)}
        used = [one.cells[4] for one in table(paper, "evidence").rows]
        assert used
        for cell in used:
            assert isinstance(cell, tuple)
            assert {one.key for one in cell if isinstance(one, Ref)} <= known
    assert "培训签到表、照片" in column(table(after, "evidence"), "材料")
    assert "培训签到表、照片" not in column(table(acceptance, "evidence"), "材料")


def test_limits_have_a_source_where_a_paper_judges_by_them(acceptance: Document) -> None:
    (chapter,) = [one for one in acceptance.appendices if "系数的来源" in one.title]
    assert "监测结果的限值和许可量由企业按排污许可证和所列标准填报" in said_by(chapter.blocks)


def test_reasons_speak_of_tables_of_the_paper(after: Document, acceptance: Document) -> None:
    assert any("各镀种" in one for one in column(table(after, "reasons"), "项目"))
    assert not any("各镀种" in one for one in column(table(acceptance, "reasons"), "项目"))
    assert "水平衡闭合差" in column(table(after, "totals"), "项目")
    assert "水平衡闭合差" not in column(table(acceptance, "totals"), "项目")


def test_an_acceptance_holds_finished_against_finished(acceptance: Document) -> None:
    found = table(acceptance, "reductions")
    assert [one.title for one in found.columns][2:] == ["已完成方案预计", "已完成方案实测"]
    assert printed(row(found, "节电").cells)[2:] == ("9.95", "9.29"), "without ZG4"


def test_the_level_afterwards_is_said_to_rest_on_one_thing(after: Document) -> None:
    said = whole(after)
    assert "审核后（按实测和投用情况）" in said
    assert "审核后（按实测）" not in said
    form = forms_of(finished(), assess_project(finished()), TODAY)["清洁生产审核验收申请表"]
    assert "按实测和投用情况核算" in said_by(form.chapters[0].blocks)


def test_percent_signs_stand_at_their_numbers(after: Document) -> None:
    assert not re.search(r"\d %", whole(after))


def test_amounts_without_a_column_have_a_sum(after: Document) -> None:
    totals = [printed(one.cells)[-1] for one in table(after, "performance").rows[-3:]]
    assert [one.replace("\u2009", "") for one in totals] == ["废水 11050 m³", "—", "废水 11050 m³"]


def test_aspects_are_counted_in_the_order_of_the_eight(after: Document) -> None:
    assert "技术工艺 1 项，设备 5 项，过程控制 2 项，废弃物 2 项，管理 1 项，员工 1 项" in whole(
        after
    )


def test_who_of_the_consultant_did_what(after: Document) -> None:
    said = said_by(after.front[-1].blocks)
    assert "何敏（项目负责人、审核人员）；唐志敏（技术审核）；周启文（批准）" in said
    assert "由机构填写" not in said
    unknown = answered(sample_book(), **{f"team__consultants___r{n}___certificate": "" for n in range(1, 5)})  # fmt: skip
    assert "空白处由咨询机构手写" in said_by(report(sample_project(unknown)).front[-1].blocks)


def test_no_opinion_of_an_evaluation_is_said_so(acceptance: Document) -> None:
    said = "没有单独的评估技术审查意见"
    assert said in said_by(b for c in acceptance.chapters for b in c.blocks)
    form = forms_of(finished(), None, TODAY)["清洁生产审核验收申请表"]
    assert said in said_by(form.chapters[0].blocks)


def test_emissions_without_a_measured_cut_stand_beside_the_permit() -> None:
    found = next(one for one in surplus_blocks(finished()) if isinstance(one, Table))
    assert printed(row(found, "COD").cells)[1:4] == ("3.600", "1.676", "1.924")
    assert "废水" in said_by(surplus_blocks(finished()))


def cover_of(document: Document) -> Cover:
    assert document.cover is not None
    return document.cover


def test_a_report_bears_the_day_it_speaks_of(before: Document) -> None:
    assert cover_of(before).month == "二〇二六年七月"
    assert ("审核期间", "2026 年 5 月 10 日至 2026 年 11 月 20 日（计划）") in cover_of(
        before
    ).facts
    none = report(sample_project(answered(sample_book(), team__report_date="")))
    assert cover_of(none).month == "二〇二六年十一月"
    future = report(sample_project(answered(sample_book(), team__report_date="2026-12-31")))
    assert cover_of(future).month == "二〇二六年十一月", "never a day that has not come"


def test_a_plan_that_has_gone_by_is_not_printed_as_one_to_come() -> None:
    book = answered(sample_book(), team__report_date="", team__plan___e___end="2026-11-10")
    late = report(sample_project(book))
    assert ("审核期间", "2026 年 5 月 10 日起") in cover_of(late).facts
    assert "2026-11-10（计划，已过）" in said_by([table(late, "deadlines")])


def test_the_report_is_what_the_plan_of_the_audit_ends_with(after: Document) -> None:
    assert "2026-11-20（报告日期）" in said_by([table(after, "deadlines")])


def test_a_forecast_takes_what_was_measured_for_what_was_promised(after: Document) -> None:
    measured = said_by([table(after, "indicators.after")])
    expected = said_by([table(after, "indicators.expected")])
    for figure in ("23.36", "40.43"):  # only ZG1, which is measured, moves these
        assert figure in measured
        assert figure in expected


def test_what_was_measured_nowhere_is_not_said_to_be_left_out_of_a_sum(before: Document) -> None:
    said = whole(before)
    assert "没有实测）" in said
    assert "没有实测的未计入" not in said


def test_hazardous_waste_stands_beside_the_cases_and_decides_nothing(before: Document) -> None:
    said = said_by([table(before, "duty")])
    assert "产生危险废物 9 种" in said
    assert "第 6～8 条 ◐），是否因此列入，由主管部门确定" in said
    book = sample_book()
    rows = {f"env.waste/{row}/kind": "general" for row in book.row_ids("env.waste")}
    none = report(sample_project(answered(book, **{k.replace("/", "___").replace(".", "__"): v for k, v in rows.items()})))  # fmt: skip
    assert "产生危险废物" not in said_by([table(none, "duty")])


def test_a_target_whose_year_is_to_come_has_not_failed(after: Document) -> None:
    said = said_by([table(after, "targets.done")])
    assert "尚未达到（期限 2028 年）" in said
    assert "未完成" not in said


def test_a_product_is_not_led_into_a_step_that_does_not_take_it() -> None:
    steps = {
        step.name: step.goes_to for line in processes(sample_project()).lines for step in line.steps
    }
    assert steps["喷漆"] == "固化", "powder is not put on what was painted"
    assert [name for name, there in steps.items() if there] == ["喷漆"]


def test_many_points_of_pollution_do_not_cover_each_other() -> None:
    codes = tuple(f"S{n}" for n in range(1, 8))
    line = ProcessLine("喷涂线", (ProcessStep("喷漆", (), codes, output="件"), ProcessStep("固化", (), codes)))  # fmt: skip
    chart = process_flow([line])
    marks = sorted(one.y for one in chart.items if isinstance(one, Words) and one.text in codes)
    assert len(marks) == 14
    assert min(b - a for a, b in pairwise(marks)) >= 8
    assert all(0 <= one.y <= chart.height for one in chart.items if isinstance(one, Box))


def test_a_single_sheet_counts_no_figures(tmp_path: Path) -> None:
    path = tmp_path / "老板.pdf"
    write_pdf(owner_document(printer_project(), None, TODAY), path)
    pdf = pypdfium2.PdfDocument(path)
    said = "".join(page.get_textpage().get_text_bounded() for page in pdf)
    assert "回本快的排前面" in said
    assert "图 1-1" not in said


def test_nothing_measured_is_said_and_not_left_blank() -> None:
    acceptance = forms_of(printer_project(), None, TODAY)["清洁生产审核验收申请表"]
    fields = {
        cells[0]: cells[1]
        for block in acceptance.chapters[0].blocks
        if isinstance(block, Table)
        for cells in (printed(one.cells) for one in block.rows)
    }
    assert fields["方案实施数量"] == "没有已完成的方案"
    assert fields["投资和经济效益"] == fields["目标完成情况"] == "尚无实测"


def test_targets_of_an_application_have_the_decimals_of_the_report() -> None:
    application = forms_of(printer_project(), None, TODAY)["清洁生产审核评估申请表"]
    assert "单位产品一次性包装 80.0 kg/t" in said_by(application.chapters[0].blocks)


# -- what a reader of the printer's last papers found


@pytest.fixture(scope="module")
def printed_works() -> Document:
    return report(printer_project())


def noted(book: AnswerBook, key: str, text: str, note: str) -> AnswerBook:
    return AnswerBook({**book.answers, key: Given(text, note=note)}, book.rows)


def test_what_a_note_leaves_out_of_a_measure_is_said_at_every_sum() -> None:
    book = printer_project().book
    book = noted(
        book, "measures.list/r3/saving", "0.47", "省的钱按电价；停机换装少印的没有测算，未计入"
    )
    document = report(printer_project(book))
    said = "WD3 停机换装少印的没有测算，未计入。"
    for key in ("reductions", "glance.saved", "performance"):
        assert said in str(table(document, key).notes), key
    assert said in said_by(document.chapters[-1].blocks), "the conclusion"
    assert whole(document).count(said) >= 4
    assert "按电价" not in str(table(document, "reductions").notes)


def test_what_a_measure_is_done_for_is_said_beside_what_it_uses_more(
    printed_works: Document,
) -> None:
    said = whole(printed_works).replace("\u2009", "")
    assert (
        "ZG5 凹印、复合机集气罩改密闭收集：预期效果为无组织排放减少，收集率实测后再定；每年增加电 4800 kWh"
        in said
    )


def test_the_conclusion_tells_what_the_measures_use_and_emit_more_of(
    printed_works: Document,
) -> None:
    said = said_by(printed_works.chapters[-1].blocks).replace("\u2009", "").replace(" ", "")
    assert "增加COD0.007t，增加氨氮0.001t，增加天然气13140m³，增加废水110m³" in said
    assert "减排氨氮" in str(table(printed_works, "glance.saved").columns)


def test_a_mix_nobody_measured_comes_with_the_density_that_takes_it_beyond(
    printed_works: Document,
) -> None:
    # 36.47 + 70.6 = 107.07 kg; at 400 g/L 267.7 L, of which the glue takes 98.04: 70.6 ÷ 169.6 = 0.4163
    found = str(table(printed_works, "voc.materials.worked").notes)
    assert "按体积相加推算，稀释剂密度不低于 0.42 kg/L 就超过 400 g/L" in found
    book = answered(printer_project().book, voc__materials___r6___density="")
    without = str(table(report(printer_project(book)), "voc.materials.worked").notes)
    assert "按体积相加推算" not in without


def test_the_rate_is_held_against_both_thresholds(printed_works: Document) -> None:
    assert "不低于 3 kg/h（重点地区 2 kg/h），应配置处理设施" in whole(printed_works)


def test_figures_of_ledgers_have_their_papers_in_the_index(printed_works: Document) -> None:
    found = table(printed_works, "evidence")
    kinds = column(found, "材料")
    assert {
        "包装出入库和盘点记录",
        "VOC 含量检测报告或安全技术说明书",
        "收集率的依据",
        "去除率的依据",
    } <= set(kinds)
    names = printed(row(found, "VOC 含量检测报告或安全技术说明书").cells)
    assert "溶剂型聚氨酯复合胶" in names[2]


def test_why_no_system_was_chosen_is_said(printed_works: Document) -> None:
    said = whole(printed_works)
    assert "没有收录 2018 年的印刷指标体系，未作对照" in said
    assert "就三年都有数的项目与本企业近三年的水平比较" in said


def test_no_band_of_the_water_diagram_runs_under_words() -> None:
    for project in (printer_project(), sample_project()):
        chart = chart_of(project, "water.flow")
        assert chart is not None
        bands = [one for one in chart.items if isinstance(one, Band)]
        frames = [one for one in chart.items if isinstance(one, Box) and one.fill is Fill.BLANK]
        words = [one.text for one in chart.items if isinstance(one, Words)]
        assert len(frames) == len(project.book.row_ids("water.units"))
        for frame in frames:
            for band in bands:
                assert band.x2 <= frame.x or band.x1 >= frame.x + frame.width, (frame, band)
        for place in project.book.row_ids("water.units"):
            drain = project.book.number(f"water.units/{place}/drain")
            assert not drain or any(f"排水 {display(drain, 0)}" in one for one in words), place


def test_a_head_over_what_is_lacking_does_not_read_as_a_blank() -> None:
    found = [one for one in surplus_blocks(printer_project()) if isinstance(one, Table)]
    assert [one.title for one in found[0].columns][-1] == "缺少的数据"


# -- a strict reader of the plating works, once more


def test_columns_that_hold_different_measures_say_so(
    after: Document, before: Document, acceptance: Document
) -> None:
    words = "没有实测的 WD1（镍 62 kg），实测不含，两列不能直接相比"
    assert f"预计含{words}" in said_by([table(acceptance, "reductions")])
    assert f"预计含尚未完成的 ZG3、ZG4 和{words}" in said_by([table(after, "reductions")])
    assert "不能直接相比" not in said_by([table(before, "reductions")]), "nothing was measured"


def test_a_finished_costly_measure_is_reckoned_once_more_by_what_was_measured(
    after: Document, before: Document, acceptance: Document
) -> None:
    rows = {cells[0]: cells[2:] for cells in map(printed, (one.cells for one in table(after, "economic.actual").rows))}  # fmt: skip
    assert rows["ZG1"][:2] == ("1.18", "1.28")
    assert rows["ZG2"][:4] == ("3.31", "4.04", "17.22", "11.35")
    assert set(rows) == {"ZG1", "ZG2"}
    assert table(acceptance, "economic.actual")
    assert "economic.actual" not in [one.key for one in tables(before)]


def test_the_year_afterwards_says_how_it_was_reckoned_and_by_what_papers(after: Document) -> None:
    said = said_by([table(after, "after.plant")])
    assert "用电折全年：两个月抄表 322300 kWh" in said.replace("\u2009", "")
    assert "审核后产出折全年：两个月入库镀件" in said
    cited = said_by([table(after, "evidence")])
    assert "审核后的抄表记录、台账和账单" in cited
    assert "10 月 25 日两个抄表月" in cited


def test_a_forecast_has_its_formula(before: Document, after: Document) -> None:
    said = said_by([table(before, "derivation")]).replace("\u2009", " ")
    for words in ("镍利用率（预计）", "88.45%", "扣除 WD1、ZG2 节约的 734 kg", "22.94", "40.83"):
        assert words in said
    assert "按 WD1、ZG1、ZG2 的预计节约量从审核前的数中扣除" in said
    later = said_by([table(after, "derivation")])
    assert "已实测的按实测，其余按预计" in later
    assert later.count("单位产品每次清洗取水量（") == 1, "measured: the forecast says it once more"


def test_a_case_of_the_law_cites_what_defines_it(before: Document) -> None:
    said = said_by([table(before, "duty")])
    assert "清洁生产审核办法 第 8 条（三）" in said
    assert "第 11 条" not in said, "is about publishing"
    assert "方案（2023—2025 年）第" not in said, "nothing of the line is of the province"


def test_why_a_measure_waits_stands_beside_that_it_waits(before: Document) -> None:
    cells = printed(row(table(before, "screening"), "WD9").cells)
    assert cells[-1].startswith("待研究：要停槽改管路")


def test_a_denial_is_the_firms_and_a_search_says_by_what(before: Document) -> None:
    said = whole(before)
    assert "企业填报：未使用名录所列的优先控制化学品" in said
    assert "没有 CAS 号的只按名称" in said


def test_a_note_at_a_result_without_a_measured_effect_is_printed_too(acceptance: Document) -> None:
    said = said_by([table(acceptance, "low.done")])
    assert "WD8：每方废水药剂少用 8.5%" in said
    assert "WD1：镍没有单独量" in said
    assert "WD2：" not in said, "stands beside what was measured"


def test_targets_show_how_far_they_came_and_measures_stand_in_two_groups(after: Document) -> None:
    rows = table(after, "targets.done").rows
    strips = [cell for row in rows for cell in row.cells if isinstance(cell, Progress)]
    assert len(strips) == len(rows)
    assert [one.reached >= 1 for one in strips] == [True, True, True, False]
    assert str(Progress(Fraction(3, 4))) == "○─────●─┃"
    heads = [
        printed(row.cells)[0] for row in table(after, "options").rows if row.kind is RowKind.GROUP
    ]
    assert heads == ["无/低费方案（8 项）", "中/高费方案（4 项）"]


def test_the_evidence_index_says_of_which_day_each_paper_is_and_on_which_page_it_is_used(
    after: Document, tmp_path: Path
) -> None:
    index = table(after, "evidence")
    rows = {(one.cells[1], one.cells[2]): one.cells[3:] for one in index.rows}
    assert rows["监测报告", "HL2511-031"] == (
        "2025-11-12",
        (Ref("env.monitoring"),),
        PageOf((("env.monitoring", "env.monitoring"),)),
    )
    assert rows["平台登记截图", "—"][0] == "2026-03-27"
    assert rows["审核小组任命文件", "—"][1:] == (
        (Ref("team.members"),),
        PageOf((("team.members", "team.members"),)),
    )
    assert rows["方案实施证明", "合同、发票、联锁试验记录（WD8）"][1] == (Ref("implementation"),)
    bills = next(used for (kind, _), used in rows.items() if kind == "电费和燃气费票据")
    assert bills[2] == PageOf((("bills.energy.bills", "bills.energy.bills@2023"),))
    target = tmp_path / "报告.pdf"
    write_pdf(after, target)
    with pypdfium2.PdfDocument(target) as pdf:
        pages = {
            pdf.get_page_label(at): "".join(pdf[at].get_textpage().get_text_range().split())
            for at in range(len(pdf))
        }
    index_begins = next(at for at, text in pages.items() if "报告引用的材料编号" in text)
    listed = "".join(text for at, text in list(pages.items())[list(pages).index(index_begins) :])
    kind, number = number_all(after).items["env.monitoring"]
    caption = f"{kind}{number}监测结果和限值"
    stands = [at for at, text in pages.items() if at.isdecimal() and caption in text]
    assert len(stands) > 1, "goes over pages, or this asks nothing"
    assert f"HL2511-0312025-11-12{kind}{number}{stands[0]}～{stands[-1]}E" in listed


def test_the_binder_says_where_each_paper_is_used() -> None:
    kept = Paper(
        "0123abcd" + "0" * 56,
        "一月电费单",
        "a.pdf",
        "能源和水",
        "2025-01",
        (Proof("energy.bills/2025-01/electricity"), Proof("env.permit_no")),
    )
    project = sample_project()
    book = apply(project.book, (Change(paper_key(kept.sha256), MISSING, to_answer(kept)),))
    found = table(report(sample_project(book)), "binder").rows[0].cells
    assert found[3] == "2025-01"
    assert found[4] == (Ref("bills.energy.bills"), "；", Ref("compliance.facts"))
    assert found[5] == PageOf(
        (("compliance.facts", "compliance.facts"), ("bills.energy.bills", "bills.energy.bills"))
    )
    assert found[6] == "0123 abcd"


def test_what_keeps_the_firm_from_the_next_level_now_is_said_after_the_measures(
    after: Document, before: Document
) -> None:
    gap = table(after, "gap.after")
    assert gap.caption == "审核后未达Ⅰ级的指标"
    assert printed(row(gap, "单位产品每次清洗取水量").cells)[3:6] == ("23.36", "≤ 8", "15.36")
    assert "WD8 废水站自动加药与 pH 联锁已投用" in column(gap, "现状")
    assert "43.65＋56.35＝100.00" in str(gap.notes)
    assert not [one for one in tables(before) if one.key == "gap.after"]


def test_results_before_and_after_the_measures_stand_beside_each_other(
    after: Document, before: Document
) -> None:
    pairs = table(after, "monitoring.pairs")
    assert printed(row(pairs, "COD").cells)[3:7] == ("80", "41", "38", "7.3")
    assert column(pairs, "下降")[-1] == "—", "decibels have no percentage"
    assert not [one for one in tables(before) if one.key == "monitoring.pairs"]


def test_actual_indexes_are_held_against_the_same_tests(after: Document) -> None:
    said = said_by([table(after, "economic.actual")])
    assert "ZG1 均达到；ZG2 偿还期不小于 3 a，没有达到；净现值和内部收益率达到。" in said


def test_an_evaluation_says_how_many_came_to_the_largest_training() -> None:
    points = table(report(sample_project(), Purpose.EVALUATION), "review.points")
    assert "小组 6 人，培训 4 次，人数最多的一次 96 人（职工 128 人）" in column(
        points, "按本报告数据"
    )


def test_what_a_unit_of_output_takes_is_worked_out_year_by_year(before: Document) -> None:
    """Of materials and carriers, by the output value of the same year; nothing of it is typed."""
    use = table(before, "unit.use")
    acid = next(one for one in use.rows if cell_text(one.cells[0]) == "盐酸（31%）")
    assert printed(acid.cells) == ("盐酸（31%）", "kg/万元", "7.44", "7.37", "7.18")
    power = next(one for one in use.rows if "电" in cell_text(one.cells[0]) and one.cells[1:])
    assert printed(power.cells)[1:] == ("kWh/万元", "297", "297", "287")
    project = sample_project()
    without = report(sample_project(with_answer(project.book, "product.years/2024/value", "")))
    assert not [one for one in tables(without) if one.key == "unit.use"]
