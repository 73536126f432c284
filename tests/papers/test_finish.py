"""What holds for every cell and sentence of a report, whoever wrote it: no blank, no ungrouped number, marks explained once."""

import re
from dataclasses import replace
from datetime import date

import pytest

from app.audit.charts.shapes import Chart, Words
from app.audit.findings import assess_project
from app.bootstrap import build_services
from app.papers.audit_report import build_report
from app.papers.chapters.judgements import STATE_NOTE
from app.papers.document import (
    Amount,
    Column,
    Document,
    Row,
    RowKind,
    Size,
    State,
    Table,
    cell_text,
)
from app.papers.finish import dashed, explained, typed
from app.papers.places import pieces
from app.papers.walk import places, texts_of
from app.services.session import ImmediateExecutor
from tests.helpers.forms import printer_project, sample_project

TODAY = date(2026, 11, 29)


@pytest.fixture(scope="module", params=["plating", "printing", "finished"])
def paper(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Document:
    if request.param == "finished":
        services = build_services(ImmediateExecutor())
        folder = tmp_path_factory.mktemp("sample")
        project, assessment = services.projects.load(services.projects.finished_sample(folder))
        services.close()
        return build_report(project, assessment, state=State.FOR_REVIEW, today=TODAY)
    project = sample_project() if request.param == "plating" else printer_project()
    assessment = assess_project(project) if project.system is not None else None
    return build_report(project, assessment, state=State.FOR_REVIEW, today=TODAY)


@pytest.mark.parametrize(
    ("plain", "said"),
    [
        ("清洗新水 23800 m³", "清洗新水 23\u2009800 m³"),
        ("少用电 38,000 kWh/a", "少用电 38\u2009000 kWh/a"),
        ("少用水 1,100 m³", "少用水 1100 m³"),
        ("用油 4860 kg", "用油 4860 kg"),
        ("投资 12345.60元", "投资 12\u2009345.60元"),
        ("证号 91440605MA05T8K207", "证号 91440605MA05T8K207"),
        ("GB 12348 的限值", "GB 12348 的限值"),
        ("报告 HL2511-04412 号", "报告 HL2511-04412 号"),
        ("减少 CO2 排放", "减少 CO₂ 排放"),
        ("C2H5OH、CO2H", "C2H5OH、CO2H"),
        ("到 Ⅱ 级", "到 Ⅱ级"),
        ("第 27 条 · 转录待核", "第 27 条 ◐"),
    ],
)
def test_typed_words_follow_the_house(plain: str, said: str) -> None:
    assert typed(plain) == said
    assert typed(said) == said


def test_a_blank_cell_gets_a_dash_and_a_note_once() -> None:
    columns = (Column("限", 1), Column("项目", 1), Column("数", 1))
    rows = (Row(("", "甲", "")), Row(("", "合计", ""), RowKind.TOTAL))
    table = dashed(Table("t", "表", columns, rows))
    assert [cell_text(one) for one in table.rows[0].cells] == ["", "甲", "—"]
    assert [cell_text(one) for one in table.rows[1].cells] == ["", "合计", ""]
    assert len(table.notes) == 1
    assert dashed(table) == table
    told = replace(table, rows=rows, notes=(("注：“—”为没有实测。",),))
    assert dashed(told).notes == told.notes


def test_a_mark_is_explained_below_its_table() -> None:
    table = Table("t", "表", (Column("依据", 1),), (Row(("第 1 条 ◐",)),))
    (note,) = explained(table).notes
    assert note == (STATE_NOTE,)
    assert explained(explained(table)) == explained(table)


def test_no_cell_of_a_report_is_blank(paper: Document) -> None:
    for chapter in (*paper.chapters, *paper.appendices):
        for block in chapter.blocks:
            if not isinstance(block, Table) or block.size in (Size.DENSE, Size.TIGHT):
                continue
            for row in block.rows:
                if row.kind in (RowKind.TOTAL, RowKind.GROUP):
                    continue
                for column, cell in zip(block.columns, row.cells, strict=False):
                    assert column.title == "限" or cell not in ("", (), ("",)), (block.key, row)


_UNGROUPED = re.compile(
    r"(?<![\w.\-−/〔])\d{5,}(?= ?(?:kWh|kgce|tce|kg|m³|m²|元|万|t\b|件|人))|\d{1,3}(?:,\d{3})+"
)


def test_no_number_of_a_report_stands_ungrouped(paper: Document) -> None:
    drawn = {  # the painters group what stands in a chart
        item.text
        for _, thing in places(paper)
        if isinstance(thing, Chart)
        for item in thing.items
        if isinstance(item, Words)
    }
    for where, text in texts_of(paper):
        if text in drawn:
            continue
        assert not _UNGROUPED.search(text), (where, text)


_SCREEN = ("凭记忆", "转录待核", "没填", "没有查到", "没收录", "MAD", "没对上", "类别不够具体", "没有读清", "这一级要的")  # fmt: skip


def test_no_word_of_the_screen_stands_on_a_report(paper: Document) -> None:
    said = "\n".join(text for _, text in texts_of(paper))
    assert [one for one in _SCREEN if one in said] == []


def test_a_table_of_money_is_added_up(paper: Document) -> None:
    tables = {
        block.key: block
        for chapter in (*paper.chapters, *paper.appendices)
        for block in chapter.blocks
        if isinstance(block, Table)
    }
    for key in ("options", "implementation", "performance", "energy.used", "balance.energy"):
        if key in tables:
            assert tables[key].rows[-1].kind is RowKind.TOTAL, key
            assert any(isinstance(cell, Amount) for cell in tables[key].rows[-1].cells), key


def test_a_number_that_changed_is_shown_as_a_whole() -> None:
    found = pieces("综合能耗 426.53 tce，等级Ⅲ", "综合能耗 407.00 tce，等级Ⅱ")
    assert [(one.kind, one.text) for one in found] == [
        ("same", "综合能耗 "), ("out", "426.53"), ("in", "407.00"), ("same", " tce，等级"), ("out", "Ⅲ"), ("in", "Ⅱ"),
    ]  # fmt: skip
    assert "".join(one.text for one in found if one.kind != "in") == "综合能耗 426.53 tce，等级Ⅲ"
