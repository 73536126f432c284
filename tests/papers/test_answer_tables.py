"""Tables of answers on paper: wide ones in readable parts, reasons of verdicts as notes, sources of what they rest on."""

import re
from datetime import date
from pathlib import Path

import pypdfium2
import pytest

from app.audit.findings import assess_project
from app.audit.project import AuditProject, build_project
from app.forms.answer import AnswerBook
from app.papers.audit_report import build_report
from app.papers.document import Document, Sheet, Size, State, Table
from app.reports.pdf import write_pdf
from app.services import reporting
from tests.helpers.fill import filled
from tests.helpers.forms import sample_project, shipped_forms, shipped_rules, with_answer
from tests.helpers.papers import column, printed, table, tables

TODAY = date(2026, 11, 22)
NUMERALS = re.compile("[①-⑳]")


def printing_works(book: AnswerBook | None = None) -> AuditProject:
    """The second sample: VOC ledger, packaging and materials filled in, most of the rest open."""
    forms = shipped_forms()
    return build_project(
        forms.samples["huichuan"].book if book is None else book,
        forms.questionnaires["industry"],
        forms.quantities,
        forms.factors,
        rules=shipped_rules(),
    )


@pytest.fixture(scope="module")
def document() -> Document:
    return build_report(printing_works(), None, state=State.DRAFT, today=TODAY)


@pytest.fixture(scope="module")
def paper(document: Document, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("papers") / "绘川.pdf"
    write_pdf(document, target)
    return target


def text(found: Table) -> str:
    """Heads, cells and notes in one."""
    heads = [one.title for one in found.columns]
    cells = [cell for row in found.rows for cell in printed(row.cells)]
    return " ".join([*heads, *cells, *("".join(map(str, note)) for note in found.notes)])


def test_a_wide_ledger_stands_upright_in_two_parts(document: Document) -> None:
    typed, worked = table(document, "voc.materials"), table(document, "voc.materials.worked")
    assert {typed.sheet, worked.sheet} == {Sheet.PORTRAIT}
    assert column(typed, "物料") == column(worked, "物料")
    assert "判定" not in [one.title for one in typed.columns]
    assert column(worked, "产生")[-1] == "22408"


def test_no_table_of_answers_is_set_smaller_than_nine_points(document: Document) -> None:
    assert {one.size for one in tables(document)} <= {Size.STANDARD, Size.SMALL}


def test_every_number_in_a_table_has_its_reason_below_and_each_reason_stands_once(
    document: Document,
) -> None:
    numbered = 0
    for one in tables(document):
        inside = text(one)
        notes = "".join(str(run) for note in one.notes for run in note)
        used = set(NUMERALS.findall(inside.replace(notes, "")))
        assert used == set(NUMERALS.findall(notes)), one.caption
        reasons = [part.strip("；。 ") for part in NUMERALS.split(notes)[1:]]
        assert len(set(reasons)) == len(reasons), one.caption
        numbered += len(used)
    assert numbered > 5


def test_a_verdict_that_cannot_be_given_says_why() -> None:
    book = with_answer(printing_works().book, "voc.materials/r6/category", "水性-木器涂料-清漆")
    document = build_report(printing_works(book), None, state=State.DRAFT, today=TODAY)
    worked = table(document, "voc.materials.worked")
    open_verdicts = [cell for cell in column(worked, "判定") if str(cell).startswith("不能判定")]
    assert len(open_verdicts) == 1
    mark = str(open_verdicts[0])[-1]
    notes = "".join(str(run) for note in worked.notes for run in note)
    assert f"{mark} 限值 ≤ 270 g/L 凭记忆，未与原文核对" in notes


def test_what_verdicts_rest_on_is_listed_with_its_state(document: Document) -> None:
    listed = table(document, "limits")
    bases = [str(cell) for cell in column(listed, "依据")]
    assert any(one.startswith("GB 38507-2020") for one in bases)
    assert len(set(bases)) == len(bases)


def test_a_verdict_in_words_is_printed_whole(document: Document) -> None:
    words = " ".join(
        str(run)
        for chapter in document.chapters
        for block in chapter.blocks
        for run in getattr(block, "runs", ())
    )
    assert "彩盒相差 6700 kg，占投入 0.48%，进产品 82.43%" in words


def test_a_printing_works_reads_nothing_of_plating(document: Document) -> None:
    assert not [one.caption for one in tables(document) if "镀" in text(one)]


def test_optional_questions_nobody_answered_stay_off_the_paper(document: Document) -> None:
    assert "—" not in column(table(document, "materials.facts"), "内容")


def test_only_factors_that_were_used_are_listed() -> None:
    forms = shipped_forms()
    book = with_answer(filled(forms.questionnaires["hotel"]), "energy.by_month", "lng")
    for unused in ("energy.diesel", "energy.heat", "energy.lpg", "energy.gasoline", "energy.coal"):
        book = with_answer(book, unused, "0")
    project = build_project(
        book,
        forms.questionnaires["hotel"],
        forms.quantities,
        forms.factors,
        rules=shipped_rules(),
    )
    found = build_report(project, None, state=State.DRAFT, today=TODAY)
    names = column(table(found, "factors"), "系数")
    assert "电力折标煤（当量值）" in names
    assert "原煤折标煤" not in names
    years = [row.cells[0] for row in table(found, "years").rows]
    assert "营业收入" in years  # what a hotel calls it
    assert "年产值" not in years


def test_numbers_of_standards_are_not_broken(paper: Path) -> None:
    lines = [
        line.strip()
        for page in pypdfium2.PdfDocument(paper)
        for line in page.get_textpage().get_text_range().splitlines()
    ]
    assert sum("GB 38507-2020" in line for line in lines) > 4
    assert not [
        line for line in lines if re.search(r"(GB|GB/T|DB44)$|GB[ /T]*[\d.]+-?(20)?$", line)
    ]


def test_no_heading_ends_a_page(paper: Path, tmp_path: Path) -> None:
    """The lowest words of a page, above its foot, are never set in the type of headings."""
    sample = sample_project()
    other = tmp_path / "澄岭.pdf"
    write_pdf(
        build_report(sample, assess_project(sample), state=State.FOR_REVIEW, today=TODAY), other
    )
    for path in (paper, other):
        for number, page in enumerate(pypdfium2.PdfDocument(path), start=1):
            if number <= 5:
                continue
            lowest: list[tuple[float, float, str]] = []
            for words in page.get_objects(
                [pypdfium2.raw.FPDF_PAGEOBJ_TEXT], textpage=page.get_textpage()
            ):
                matrix = words.get_matrix()
                if matrix.f > 60 and words.extract().strip():
                    name = words.get_font().get_base_name()
                    lowest.append((matrix.f, words.get_font_size() * matrix.d, name))
            bottom = min(lowest)
            assert not (bottom[1] >= 12 and "Sans" in bottom[2]), f"page {number}: {bottom}"


def test_voc_and_packaging_of_the_printing_works_are_read_back() -> None:
    project = printing_works()
    said = reporting.key_figures(project, None)
    assert said == (
        "综合能耗（当量值），tce317.54",
        "二氧化碳，t892.06",
        "全年取水，m³11640",
        "水重复利用率（全部用水），%76.89",
        "VOC产生量，kg22408",
        "VOC排放量，kg10356",
        "一次性包装，kg130535",
        "单位产品一次性包装，kg/t92.7",
        "危险废物产生量，t18.60",
    )


def test_parts_of_a_ledger_count_their_notes_from_one_and_leave_what_was_typed() -> None:
    """澄岭's second part began at ① and left ⑥ out; a ⑦ that somebody typed is no mark of ours."""
    book = sample_project().book
    row = book.row_ids("voc.materials")[1]
    project = sample_project(with_answer(book, f"voc.materials/{row}/name", "固化剂⑦"))
    found = build_report(project, assess_project(project), state=State.DRAFT, today=TODAY)
    worked = table(found, "voc.materials.worked")
    marks = [str(note[0])[0] for note in worked.notes if NUMERALS.match(str(note[0]))]
    assert len(marks) > 5
    assert marks == [chr(0x2460 + place) for place in range(len(marks))]
    assert "固化剂⑦" in column(worked, "物料")
