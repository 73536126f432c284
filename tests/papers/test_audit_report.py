"""The audit report: the sample's figures on paper, read back from the PDF; ranges while answers are missing; refusals."""

import re
from datetime import date
from fractions import Fraction
from pathlib import Path

import pypdfium2
import pytest

from app.assessment.indicator_system import Level
from app.audit.findings import assess_project
from app.audit.project import AuditProject
from app.errors import UserError
from app.forms.answer import MISSING, AnswerBook, Change, apply
from app.measures.model import measures_of
from app.papers.audit_report import build_report
from app.papers.document import Amount, Document, LevelMark, Open, RowKind, State
from app.reports.pdf import write_pdf
from tests.helpers.forms import (
    printer_project,
    sample_book,
    sample_project,
    shipped_forms,
    with_answer,
)
from tests.helpers.papers import amounts, printed, row, said_by, table, tables

TODAY = date(2026, 11, 22)


def report(book: AnswerBook | None = None, state: State = State.FOR_REVIEW) -> Document:
    project: AuditProject = sample_project(book)
    return build_report(project, assess_project(project), state=state, today=TODAY)


def without(*keys: str) -> AnswerBook:
    book = sample_book()
    return apply(book, tuple(Change(key, book.get(key), MISSING) for key in keys))


def pdf_text(path: Path) -> str:
    """The text of the whole paper without white space."""
    pdf = pypdfium2.PdfDocument(path)
    try:
        texts = []
        for number in range(len(pdf)):
            page = pdf[number]
            text_page = page.get_textpage()
            texts.append(text_page.get_text_range())
            text_page.close()
            page.close()
        return re.sub(r"\s", "", "".join(texts))
    finally:
        pdf.close()


def test_the_three_year_table_carries_the_figures_of_the_bills() -> None:
    years = table(report(), "years")
    energy = row(years, "综合能耗（当量值）")
    assert printed(energy.cells)[4] == "426.53"
    assert printed(row(years, "二氧化碳").cells)[4] == "1144.30"
    assert printed(row(years, "全年用电").cells)[4] == "1862400"
    assert printed(row(years, "全年取水").cells)[4] == "53620"


def test_the_comparison_shows_every_indicator_and_its_value() -> None:
    found = table(report(), "comparison")
    rinse = row(found, "单位产品每次清洗取水量")
    assert rinse.bar
    assert "31.80" in printed(rinse.cells)
    assert LevelMark(Level.III) in rinse.cells
    assert sum(1 for one in found.rows if one.kind.value == "normal") == 25


def test_the_calculation_sheets_add_up_to_the_indexes_of_every_state() -> None:
    """Before the measures beside what is measured, or promised, after them; a promise beyond what is measured has its own."""
    finished = sample_project(shipped_forms().samples["chengling"].finished())
    after = build_report(finished, assess_project(finished), state=State.FOR_REVIEW, today=TODAY)
    assert [one.key for one in tables(report()) if one.key.startswith("calculation")] == [
        "calculation"
    ]
    states = {
        "": (report(), "calculation"),
        "/after": (after, "calculation"),
        "/expected": (after, "calculation.expected"),
    }
    for suffix, (document, key) in states.items():
        sheet = table(document, key)
        heads = [(one.group, one.title) for one in sheet.columns]
        share = heads.index(("权重", "合成"))
        for level in ("Ⅰ", "Ⅱ", "Ⅲ"):
            places = [at for at, one in enumerate(heads) if one[1] == level]
            for at in places:
                counted = Fraction(0)
                for one in sheet.rows[:-1]:
                    weight, met = one.cells[share], one.cells[at]
                    if isinstance(weight, Amount) and isinstance(met, Amount):
                        counted += weight.value * met.value / 100
                index = sheet.rows[-1].cells[at]
                assert isinstance(index, Amount)
                assert counted == index.value, (suffix, level)
        said = {one.key: str(one) for one in sheet.rows[-1].cells if isinstance(one, Amount)}
        if suffix:
            named = ("43.65", "86.80" if suffix == "/after" else "100.00")
            assert (said[f"index/I{suffix}"], said[f"index/II{suffix}"]) == named
        if key == "calculation":
            assert (said["index/I"], said["index/II"], said["index/III"]) == (
                "30.55",
                "66.80",
                "100.00",
            )
            assert heads.count(("审核前", "数值")) == 1


def test_the_gap_check_sum_is_whole() -> None:
    notes = "".join(str(one) for note in table(report(), "gap").notes for one in note)
    assert "66.80＋33.20＝100.00" in notes


def test_the_printed_paper_says_what_the_data_say(tmp_path: Path) -> None:
    target = tmp_path / "澄岭 报告.pdf"
    facts = write_pdf(report(), target)
    assert facts.replaced == ()
    text = pdf_text(target)
    for words in ("426.53", "1144.30", "31.80", "33.78", "80.59", "81.20", "83.39", "2.14", "30.55", "66.80", "100.00",
                  "国内清洁生产基本水平", "基准值待核对", "佛山市南海区澄岭五金表面处理有限公司"):  # fmt: skip
        assert words in text, words
    assert "未填" not in text.replace("未填、不适用和零", "").replace("为未填", "").replace(
        "未填项", ""
    )


def test_missing_answers_print_a_range_and_no_level() -> None:
    document = report(
        without("plating.metals/nickel/bought", "indicator/general-plating/emergency-plan"),
        State.DRAFT,
    )
    decision = table(document, "decision")
    assert [printed(one.cells)[3] for one in decision.rows] == [
        "28.95～35.35",
        "65.20～71.60",
        "93.60～100.00",
    ]
    assert [one.cells[5] for one in decision.rows] == ["否", "否", "未定"]
    comparison = table(document, "comparison")
    assert Open() in row(comparison, "镍利用率").cells


def test_a_paper_for_review_is_refused_while_something_is_missing(tmp_path: Path) -> None:
    document = report(without("indicator/general-plating/emergency-plan"))
    with pytest.raises(UserError) as caught:
        write_pdf(document, tmp_path / "x.pdf")
    assert any("没填" in problem.what for problem in caught.value.problems)


def test_a_final_paper_tells_the_reviewer_which_thresholds_nobody_compared() -> None:
    document = report(state=State.FINAL)
    told = "判级所用的 21 项基准值（不含不适用的 4 项）均尚未与原文核对（转录自二手来源 8 项，未见原文、凭既有知识录入 13 项）"
    assert told in said_by(document.chapters[2].blocks)
    assert told in said_by(document.front[0].blocks)


def test_a_final_paper_is_refused_while_the_level_is_open() -> None:
    with pytest.raises(UserError) as caught:
        report(without("indicator/general-plating/emergency-plan"), State.FINAL)
    assert "等级还没有定" in str(caught.value)


def test_the_page_of_results_agrees_with_the_tables_of_the_report() -> None:
    """Measures, money and savings: one count on every page."""
    document = report()
    total = printed(table(document, "glance.measures").rows[-1].cells)
    sums = printed(table(document, "performance").rows[-1].cells)
    planned = printed(table(document, "implementation").rows[-1].cells)
    assert total[3:5] == (planned[5], planned[7]) == ("120.50", "50.57")
    assert sums[3:5] == total[3:5]
    carried_out = sum(one.kind is RowKind.NORMAL for one in table(document, "performance").rows)
    assert total[2] == str(carried_out)
    rows = table(document, "implementation").rows
    assert sum(one.kind is RowKind.NORMAL for one in rows) == carried_out
    saved = printed(table(document, "glance.saved").rows[-1].cells)[1:]
    assert set(saved) <= {*sums, "—"}


def test_a_measure_nobody_decided_on_is_not_among_those_carried_out() -> None:
    row = sample_book().row_ids("measures.list")[0]
    book = with_answer(sample_book(), f"measures.list/{row}/state", "idea")
    document = report(book)
    code = next(one.code for one in measures_of(sample_project(book)) if one.row_id == row)
    assert code not in [printed(one.cells)[0] for one in table(document, "performance").rows]
    assert code in [printed(one.cells)[0] for one in table(document, "options").rows]


def test_user_text_prints_as_typed(tmp_path: Path) -> None:
    book = with_answer(sample_book(), "firm.intro", "一期 <b>A&B</b> 线，pH<7；二期在建")
    target = tmp_path / "x.pdf"
    write_pdf(report(book), target)
    assert "一期<b>A&B</b>线，pH<7；二期在建" in pdf_text(target)


def test_a_character_no_font_has_is_named_with_its_place(tmp_path: Path) -> None:
    book = with_answer(sample_book(), "firm.legal", "梁\U000323af衡")
    with pytest.raises(UserError) as caught:
        write_pdf(report(book), tmp_path / "x.pdf")
    assert any("\U000323af" in problem.what and problem.where for problem in caught.value.problems)
    facts = write_pdf(report(book, State.DRAFT), tmp_path / "draft.pdf")
    assert facts.replaced == ("\U000323af",)
    assert "梁〓U+323AF衡" in pdf_text(tmp_path / "draft.pdf")


def test_the_water_balance_is_told_as_it_is() -> None:
    chapter = report().chapters[2]
    words = "".join(
        one for block in chapter.blocks if hasattr(block, "runs") for one in printed(block.runs)
    )
    assert "差额 1150 m³，闭合差 2.14%" in words
    assert "620 m³" in words
    assert "530 m³" in words


def test_a_draft_lists_what_is_missing_and_a_paper_for_review_has_no_such_list() -> None:
    draft = report(without("plating.metals/nickel/bought"), State.DRAFT)
    listed = table(draft, "open")
    assert any("各镀种的面积、厚度和金属投入" in str(one.cells[1]) for one in listed.rows)
    assert not [one for one in tables(report()) if one.key == "open"]


def test_what_does_not_apply_is_listed_once_with_its_reason() -> None:
    rows = [one.cells[1:] for one in table(report(), "reasons").rows]
    assert rows.count(("各镀种的面积、厚度和金属投入：金", "没有镀金")) == 1


def test_a_result_is_judged_only_by_a_limit_whose_source_is_named() -> None:
    book = with_answer(sample_book(), "env.monitoring/r1/standard", "")
    book = with_answer(book, "env.monitoring/r2/result", "15.5")
    verdicts = [
        printed(one.cells)[-1] for one in table(report(book, State.DRAFT), "env.monitoring").rows
    ]
    assert verdicts[:3] == ["—", "否", "是"]


def test_the_flow_and_kind_on_the_cover_are_those_of_the_list() -> None:
    cover = report().cover
    assert cover is not None
    assert cover.subtitle == "简易流程 · 强制性审核（双有）"
    plain = report(with_answer(sample_book(), "front.simplified", "no"))
    assert "常规流程" in plain.title
    unclear = report(with_answer(sample_book(), "front.simplified", "unclear"))
    assert "流程" not in unclear.title


def test_figures_are_printed_as_measured_and_years_with_the_same_decimals() -> None:
    limits = [printed(one.cells)[4:6] for one in table(report(), "env.monitoring").rows]
    assert limits[0] == ("41", "80")
    totals = [printed(one.cells)[1:] for one in table(report(), "env.totals").rows]
    assert totals[2] == ("0.008", "0.0036", "0.0034", "0.0032③")


def test_totals_that_differ_from_the_printed_rows_say_why() -> None:
    bills = table(report(), "bills.energy.bills")
    assert "修约" in str(bills.notes)
    assert "修约" not in str(table(report(), "plating.lines").notes)


def test_names_of_who_checks_and_approves_are_printed_or_left_to_be_written() -> None:
    signatures = report().signatures
    assert signatures is not None
    firm, consultant = signatures.blocks
    assert [one.name for one in firm.lines[2:]] == ["黄淑仪", "林志远", "梁启衡"]
    assert ("项目负责人", "何敏") in [(one.duty, one.name) for one in consultant.lines]
    book = sample_book()
    rows = {**book.rows, "team.consultants": ()}
    answers = {key: one for key, one in book.answers.items() if not key.startswith("team.signers")}
    blank = report(AnswerBook(answers, rows)).signatures
    assert blank is not None
    assert [one.name for one in blank.blocks[0].lines[2:]] == ["", "", ""]
    # Who of the consultant sat in the team is known all the same.
    told = [(one.duty, one.name) for one in blank.blocks[1].lines]
    assert told == [("项目负责人", ""), ("审核人员", "何敏"), ("技术审核", ""), ("批准", "")]


def test_the_sums_of_the_results_page_come_with_their_arithmetic() -> None:
    sums = {
        one.cells[0]: str(one.cells[1]).replace("\u2009", "")
        for one in table(report(), "totals").rows
    }
    assert "228.89 tce + 197.64 tce" in sums["综合能耗（当量值）"]
    assert sums["综合能耗（当量值）"].endswith("＝426.53 tce")
    assert sums["水平衡闭合差"] == "1150 m³ × 100 ÷ 53620 m³＝2.14%"


def test_no_screen_grouping_is_left_on_the_paper() -> None:
    origins = " ".join(str(one.cells) for one in table(report(), "derivation").rows)
    assert not re.search(r"\d,\d{3}", origins)


def test_the_same_number_is_the_same_on_every_page() -> None:
    """By what it is, not by its text: glance, chapters, appendices and conclusion."""
    for project in (sample_project(), printer_project()):
        found: dict[str, set[tuple[object, object]]] = {}
        result = assess_project(project) if project.system is not None else None
        document = build_report(project, result, state=State.DRAFT, today=TODAY)
        for _, one in amounts(document):
            found.setdefault(one.key, set()).add((one.value, one.high))
        assert len(found) > 300
        assert {key for key, values in found.items() if len(values) > 1} == set()


def test_the_ways_of_the_voc_add_up_to_what_is_made() -> None:
    """Collected, with waste and not collected: every row of the sum is printed."""
    document = build_report(printer_project(), None, state=State.DRAFT, today=TODAY)
    made = {
        amount.key: amount.value for _, amount in amounts(document) if amount.key.startswith("voc.")
    }
    ways = ("voc.collected", "voc.waste_out", "voc.fugitive")
    assert made["voc.waste_out"] == 400
    assert sum(made[one] for one in ways) == made["voc.generated"]
