"""Forms beside the report: the right ones for the case, filled from the audit, blank where nobody answered, never refused."""

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from app.audit.findings import assess_project
from app.errors import UserError
from app.exchange.form_workbook import write_form
from app.papers.audit_report import build_report
from app.papers.digits import told_days
from app.papers.document import Amount, Document, Open, RowKind, State, cell_text
from app.papers.forms import forms_of
from app.papers.walk import places
from app.reports.pdf import write_pdf
from app.services.form_prints import write_forms
from tests.helpers.forms import (
    printer_project,
    sample_book,
    sample_project,
    shipped_forms,
    with_answer,
)
from tests.helpers.papers import printed, said_by, tables

TODAY = date(2026, 11, 29)


@pytest.fixture(scope="module")
def forms() -> dict[str, Document]:
    project = sample_project()
    return forms_of(project, assess_project(project), TODAY)


def words(document: Document) -> str:
    return "".join(said_by(chapter.blocks) for chapter in document.chapters)


def test_the_forms_of_the_sample(forms: dict[str, Document]) -> None:
    assert set(forms) == {
        "清洁生产审核评估申请表", "清洁生产审核验收申请表", "企业基本情况表", "企业公示信息（双有）", "清洁生产项目绩效表",
        "宣传培训记录", "现场核查表", "资料清单", "空白工作表", "给老板看的一页", "减排量核算表",
    }  # fmt: skip
    said = words(forms["清洁生产审核评估申请表"])
    for fragment in (
        "91440605MA05T8K207",
        "铜镍线清洗和镀镍、镀锌线清洗和三价铬钝化",
        "提出 12 项，其中无/低费 8 项，中/高费 4 项；列入实施 11 项",
        "120.50 万元",
        "Ⅲ级",
    ):
        assert fragment in said, fragment
    assert "没有见到主管部门的原表" in said


def test_no_form_is_refused_for_a_blank(forms: dict[str, Document]) -> None:
    for document in forms.values():
        assert not [thing for _, thing in places(document) if isinstance(thing, Open)]


def test_a_notice_and_the_list_of_papers_hold_only_what_concerns_the_firm(
    forms: dict[str, Document],
) -> None:
    notice = words(forms["企业公示信息（双有）"])
    assert "含镍污泥" in notice
    assert "DW002" in notice
    for other in ("生活垃圾", "废五金件", "厂界四周", "昼间噪声"):
        assert other not in notice, other
    papers = words(forms["资料清单"])
    assert "三年各月的电费单" in papers
    for other in ("进煤磅单", "加油单", "蒸汽结算单", "炉料台账", "批生产记录", "LDAR"):
        assert other not in papers, other


def test_a_notice_is_that_of_the_case() -> None:
    for kind, title in (("exceeding", "双超"), ("over_quota", "超能耗限额"), ("toxic", "双有")):
        project = sample_project(with_answer(sample_book(), "front.kind", kind))
        names = forms_of(project, assess_project(project), TODAY)
        assert [one for one in names if "公示" in one] == [f"企业公示信息（{title}）"]
    assert not [one for one in forms_of(printer_project(), None, TODAY) if "公示" in one]


def test_totals_of_the_results_table_are_sums_of_what_is_printed(
    forms: dict[str, Document],
) -> None:
    (table,) = [b for b in forms["清洁生产项目绩效表"].chapters[0].blocks if hasattr(b, "rows")]
    rows = [printed(row.cells) for row in table.rows]
    for place in range(3, 20):
        values = [
            row[place]
            for row, one in zip(rows, table.rows, strict=True)
            if one.kind is RowKind.NORMAL and row[place] not in ("", "—")
        ]
        if values:
            places = len(values[0].partition(".")[2])
            whole = sum(round(float(value) * 10**places) for value in values)
            assert round(float(rows[-1][place]) * 10**places) == whole


def test_a_form_that_cannot_be_printed_does_not_keep_the_others_back(tmp_path: Path) -> None:
    project = sample_project(with_answer(sample_book(), "env.outlets/r1/name", "\U000323af 排口"))
    with pytest.raises(UserError) as caught:
        write_forms(project, assess_project(project), tmp_path / "表格", today=TODAY)
    assert all("印不出来" in problem.what for problem in caught.value.problems)
    assert (tmp_path / "表格" / "资料清单.pdf").exists()


def test_every_form_prints(forms: dict[str, Document], tmp_path: Path) -> None:
    for title, document in forms.items():
        pages = write_pdf(document, tmp_path / f"{title}.pdf").pages
        assert pages <= max(5, len(document.chapters))


def test_every_form_is_a_workbook_with_the_numbers_of_the_paper(
    forms: dict[str, Document], tmp_path: Path
) -> None:
    for name, document in forms.items():
        target = tmp_path / f"{name}.xlsx"
        write_form(target, document)
        book = openpyxl.load_workbook(target)
        cells = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row]
        numbers = {float(one) for one in cells if isinstance(one, int | float)}
        said = " ".join(str(one) for one in cells if one is not None)
        for block in document.chapters[0].blocks:
            for row in getattr(block, "rows", ()):
                for cell in row.cells:
                    if isinstance(cell, Amount) and cell.high is None and not cell.mark:
                        exact = float(str(cell).replace("\u2009", "").replace("−", "-"))
                        assert exact in numbers or str(cell) in said, (name, cell)
                    elif isinstance(cell, str) and cell.strip():
                        assert cell.strip().replace("\u2009", "") in said, (name, cell)


def test_one_form_is_made_alone_and_as_a_workbook(tmp_path: Path) -> None:
    project = sample_project()
    made = write_forms(
        project,
        assess_project(project),
        tmp_path,
        today=TODAY,
        only=("清洁生产项目绩效表",),
        pdf=False,
        xlsx=True,
    )
    assert [one.name for one in made] == ["清洁生产项目绩效表.xlsx"]
    assert [one.name for one in tmp_path.iterdir()] == ["清洁生产项目绩效表.xlsx"]


def test_heads_are_repeated_in_print_only_where_they_are_those_of_all_rows(
    forms: dict[str, Document], tmp_path: Path
) -> None:
    for name, repeated in (("资料清单", True), ("企业基本情况表", False)):
        write_form(tmp_path / f"{name}.xlsx", forms[name])
        sheet = openpyxl.load_workbook(tmp_path / f"{name}.xlsx").worksheets[0]
        assert bool(sheet.print_title_rows) is repeated, name


def test_applications_name_the_audit_they_are_of() -> None:
    """Both of them: list, period, who did it, with whom, about what."""
    before, after = (
        sample_project(),
        sample_project(shipped_forms().samples["chengling"].finished()),
    )
    for project, title, period in (
        (before, "清洁生产审核评估申请表", "2026-05-10 至 2026-11-20（计划）"),
        (after, "清洁生产审核验收申请表", "2026-05-10 至 2026-11-20"),
    ):
        document = forms_of(project, assess_project(project), TODAY)[title]
        said = {
            cell_text(row.cells[0]): cell_text(row.cells[1]) for row in next(tables(document)).rows
        }
        assert said["审核起止时间"] == period
        report = build_report(project, assess_project(project), state=State.DRAFT, today=TODAY)
        assert report.cover is not None
        assert dict(report.cover.facts)["审核期间"] == told_days(period), "one period on all papers"
        who = "".join(said[one] for one in said if "审核方式" in one or "咨询机构" in one)
        assert who.startswith("自行审核，咨询机构协助")
        assert who.endswith("佛山衡岭环境技术咨询有限公司")
        assert "示例 17 号" in said["名单名称、文号"]
        assert said["审核重点"].startswith("铜镍线清洗和镀镍")
