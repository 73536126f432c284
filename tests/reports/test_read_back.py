"""The words of a paper as this program reads them back: the same as another reader finds; no word of a wrong figure."""

import dataclasses
import re
from datetime import date
from pathlib import Path

import pypdfium2
import pytest

from app.assessment.indicator_system import Level
from app.audit.findings import assess_project
from app.errors import ProgramError, UserError
from app.forms.answer import MISSING, Change, apply
from app.papers.audit_report import build_report
from app.papers.document import State
from app.reports.pdf import write_pdf
from app.reports.read_back import text_of
from app.reports.worker import run_job
from app.services import reporting
from tests.helpers.forms import sample_book, sample_project, with_answer

TODAY = date(2026, 11, 22)


def test_every_page_reads_as_another_reader_reads_it(tmp_path: Path) -> None:
    project = sample_project()
    target = tmp_path / "报告.pdf"
    document = build_report(project, assess_project(project), state=State.FOR_REVIEW, today=TODAY)
    write_pdf(document, target)
    ours = text_of(target.read_bytes())
    pdf = pypdfium2.PdfDocument(target)
    try:
        theirs = "".join(pdf[number].get_textpage().get_text_range() for number in range(len(pdf)))
    finally:
        pdf.close()
    plain = re.sub(r"\s", "", theirs)
    assert sorted(ours) == sorted(plain)


def test_the_key_figures_of_the_sample_are_those_of_the_data() -> None:
    project = sample_project()
    assert reporting.key_figures(project, assess_project(project)) == (
        "清洁生产水平Ⅲ",
        "国内清洁生产基本水平",
        "综合评价指数YⅠ30.55",
        "综合评价指数YⅡ66.80",
        "综合评价指数YⅢ100.00",
        "综合能耗（当量值），tce426.53",
        "二氧化碳，t1144.30",
        "全年取水，m³53620",
        "水重复利用率（全部用水），%33.24",
        "VOC产生量，kg2691",
        "VOC排放量，kg1399",
        "一次性包装，kg25300",
        "危险废物产生量，t87.30",
    )


def test_a_paper_whose_figure_differs_from_the_data_is_not_handed_out() -> None:
    project = sample_project()
    job = reporting.prepare(project, assess_project(project), state="送审稿", today=TODAY)
    try:
        assert run_job(job.file) == 0
        assert reporting.finish(job).pages > 20
        wrong = dataclasses.replace(job, key_figures=(*job.key_figures, "全年取水，m³53621"))
        with pytest.raises(ProgramError, match="53621"):
            reporting.finish(wrong)
    finally:
        reporting.discard(job)


def test_a_firm_below_every_level_gets_its_paper() -> None:
    key = "indicator/general-plating/emergency-plan"
    project = sample_project(with_answer(sample_book(), key, "none"))
    assessment = assess_project(project)
    assert assessment.level is Level.NONE
    job = reporting.prepare(project, assessment, state="草稿", today=TODAY)
    try:
        assert run_job(job.file) == 0
        assert reporting.finish(job).pages > 20
    finally:
        reporting.discard(job)


def test_what_is_missing_is_told_when_the_paper_comes_back() -> None:
    key = "indicator/general-plating/emergency-plan"
    book = sample_book()
    project = sample_project(apply(book, (Change(key, book.get(key), MISSING),)))
    job = reporting.prepare(project, assess_project(project), state="送审稿", today=TODAY)
    try:
        assert run_job(job.file) == 2
        with pytest.raises(UserError) as caught:
            reporting.finish(job)
        assert any("没填" in problem.what for problem in caught.value.problems)
    finally:
        reporting.discard(job)
