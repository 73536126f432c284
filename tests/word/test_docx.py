"""The report as a Word file: the same content and numbers as the PDF, with what Word needs to work on it."""

import io
import itertools
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import docx
import docx.document
import docx.table
import pypdfium2
import pytest
from docx.oxml.ns import qn
from PIL import Image

from app.__main__ import main
from app.audit.findings import assess_project
from app.papers.audit_report import build_report
from app.papers.document import (
    Amount,
    Chapter,
    Document,
    Figure,
    Paragraph,
    Section,
    State,
    Table,
)
from app.papers.numbering import number_all
from app.papers.walk import texts_of
from app.reports.pdf import write_pdf
from app.reports.read_back import text_of
from app.word.docx import write_docx
from tests.helpers.forms import printer_project, sample_project, with_answer
from tests.helpers.office import SOFFICE, convert

NOW = datetime(2026, 11, 29, 8, tzinfo=UTC)


def report(which: str) -> Document:
    project = sample_project() if which == "chengling" else printer_project()
    assessment = assess_project(project) if project.system is not None else None
    return build_report(project, assessment, state=State.DRAFT, today=NOW.date())


def white(figure: Figure) -> bytes:
    out = io.BytesIO()
    size = round(figure.chart.width), round(figure.chart.height)
    Image.new("RGB", size, "white").save(out, format="PNG")
    return out.getvalue()


def parts(document: Document) -> tuple[Chapter, ...]:
    return (*document.chapters, *document.appendices)


@pytest.fixture(scope="module", params=["chengling", "huichuan"])
def written(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Document, Path]:
    document = report(request.param)
    path = tmp_path_factory.mktemp("word") / "报告.docx"
    write_docx(path, document, white, made=NOW)
    return document, path


@cache
def opened(path: Path) -> docx.document.Document:
    """A file that several tests read; none changes it."""
    return docx.Document(str(path))


def test_headings_are_words_own_and_numbered_as_in_the_pdf(written: tuple[Document, Path]) -> None:
    document, path = written
    numbers = number_all(document)
    expected = []
    for chapter in parts(document):
        name = numbers.chapters[id(chapter)]
        expected.append(
            f"附录 {name}　{chapter.title}" if name.isalpha() else f"{name}　{chapter.title}"
        )
        sections = [block for block in chapter.blocks if isinstance(block, Section)]
        expected += [f"{name}.{place}　{one.title}" for place, one in enumerate(sections, 1)]
    found = [
        paragraph.text
        for paragraph in opened(path).paragraphs
        if paragraph.style is not None and paragraph.style.name in ("Heading 1", "Heading 2")
    ]
    assert found == expected


def test_every_table_and_figure_has_its_caption_and_number(written: tuple[Document, Path]) -> None:
    document, path = written
    numbers = number_all(document)
    expected = [
        f"{' '.join(numbers.items[block.key])}　{block.caption}"
        for chapter in parts(document)
        for block in chapter.blocks
        if isinstance(block, Table | Figure) and block.caption
    ]
    found = [
        paragraph.text
        for paragraph in opened(path).paragraphs
        if paragraph.style is not None and paragraph.style.name in ("表题", "图题")
    ]
    assert found == expected


def test_nothing_of_the_paper_is_lost(written: tuple[Document, Path]) -> None:
    document, path = written
    with zipfile.ZipFile(path) as file:
        names = [
            name for name in file.namelist() if name.startswith("word/") and name.endswith(".xml")
        ]
        words = "".join(
            "".join(ElementTree.fromstring(file.read(name)).itertext()) for name in names
        )
    printed = "".join(words.split())
    charts = {
        text
        for chapter in parts(document)
        for block in chapter.blocks
        if isinstance(block, Figure)
        for text in (
            item.text for item in getattr(block.chart, "items", ()) if hasattr(item, "text")
        )
    }
    lost = {
        text
        for _, text in texts_of(document)
        if type(text) is str and text not in charts and "".join(text.split()) not in printed
    }
    assert not lost


def test_the_file_is_the_same_every_time(tmp_path: Path) -> None:
    document = report("huichuan")
    contents = []
    for name in ("a.docx", "b.docx"):
        write_docx(tmp_path / name, document, white, made=NOW)
        with zipfile.ZipFile(tmp_path / name) as file:
            contents.append({one: file.read(one) for one in file.namelist()})
    assert contents[0] == contents[1]


def test_control_characters_and_rare_han_do_not_break_the_file(tmp_path: Path) -> None:
    project = sample_project()
    book = project.book
    changed = with_answer(book, "firm.name", "澄岭\x0b五金\x00𠮷😀<b>&")
    made = sample_project(changed)
    document = build_report(made, assess_project(made), state=State.DRAFT, today=NOW.date())
    write_docx(tmp_path / "a.docx", document, white, made=NOW)
    text = "\n".join(one.text for one in docx.Document(str(tmp_path / "a.docx")).paragraphs)
    assert "澄岭五金𠮷😀<b>&" in text


def test_a_number_is_the_same_in_the_word_file_and_in_the_pdf(
    written: tuple[Document, Path], tmp_path: Path
) -> None:
    """Every keyed number of every table, looked up by its table and cell."""
    document, path = written
    write_pdf(document, tmp_path / "报告.pdf")
    pdf = text_of((tmp_path / "报告.pdf").read_bytes())
    numbers = number_all(document).items
    word = opened(path)
    body, found = list(word.element.body), 0
    for chapter in parts(document):
        for table in (one for one in chapter.blocks if isinstance(one, Table) and one.caption):
            caption = plain(f"{' '.join(numbers[table.key])}{table.caption}")
            place = next(n for n, one in enumerate(body) if plain(words_of(one)) == caption)
            grid = Grid(body[place + 1], word)
            heads = 2 if any(one.group for one in table.columns) else 1
            start = pdf.index(caption, pdf.index(caption) + 1 if caption in pdf else 0)
            after = pdf[start : start + 40_000]
            for number, row in enumerate(table.rows):
                for column, cell in enumerate(row.cells):
                    if isinstance(cell, Amount) and cell.key:
                        said = plain(str(cell))
                        assert plain(grid.at(heads + number, column)) == said, cell.key
                        assert said in after, cell.key
                        found += 1
    assert found > 300


def plain(text: str) -> str:
    return "".join(text.replace("\u202f", "").split())


def words_of(element: Any) -> str:
    return "".join(one.text or "" for one in element.iter(qn("w:t")))


class Grid:
    """Text of a Word table's cells, each searched once."""

    def __init__(self, element: Any, word: docx.document.Document) -> None:
        assert element.tag == qn("w:tbl")
        table = docx.table.Table(element, word)
        self._columns, self._cells = len(table.columns), table._cells  # noqa: SLF001 - searched once

    def at(self, row: int, column: int) -> str:
        return self._cells[row * self._columns + column].text


def contents_of(path: Path) -> list[tuple[str, int]]:
    """(heading, page) of every line of the contents as they stand in the file."""
    return [(text, page) for text, page in listed_in(path) if text[:2] not in ("表 ", "图 ")]


def listed_in(path: Path) -> list[tuple[str, int]]:
    """(text, page) of every line of the contents and of the lists of tables and figures."""
    lines = []
    for paragraph in opened(path).paragraphs:
        link = paragraph._p.find(qn("w:hyperlink"))  # noqa: SLF001
        if link is not None:
            number = "".join(run.text for run in paragraph.runs)
            lines.append((words_of(link).strip(), int(number)))
    return lines


def test_the_contents_are_filled_and_headings_keep_to_what_follows(
    written: tuple[Document, Path],
) -> None:
    _, path = written
    word = opened(path)
    heads = [
        p.text for p in word.paragraphs if p.style and p.style.name in ("Heading 1", "Heading 2")
    ]
    lines = contents_of(path)
    assert [text for text, _ in lines] == heads
    pages = [page for _, page in lines]
    assert pages == sorted(pages)
    assert pages[0] == 1 < pages[-1]
    breaks = [one for one in word.element.body.iter(qn("w:br")) if one.get(qn("w:type")) == "page"]
    assert not breaks  # a paragraph with nothing but a break can leave a page blank
    assert word.styles["Heading 1"].paragraph_format.keep_with_next
    for paragraph in word.paragraphs:
        if paragraph.style and paragraph.style.name == "表题":
            assert paragraph.paragraph_format.keep_with_next


def test_tables_and_figures_are_listed_with_their_pages(written: tuple[Document, Path]) -> None:
    document, path = written
    numbers = number_all(document)
    lines = [one for one in listed_in(path) if one[0][:2] in ("表 ", "图 ")]
    expected = [
        f"{' '.join(numbers.items[block.key])}　{block.caption}"
        for kind in (Table, Figure)
        for chapter in parts(document)
        for block in chapter.blocks
        if isinstance(block, kind) and block.caption
    ]
    assert [text for text, _ in lines] == expected
    for sort in ("表", "图"):
        pages = [page for text, page in lines if text.startswith(sort)]
        assert pages == sorted(pages)
        assert pages[-1] > 1


def test_a_reference_to_a_page_shows_that_of_the_list(written: tuple[Document, Path]) -> None:
    """Of the papers behind the report: the page of their table, as a field."""
    document, path = written
    listed = dict(listed_in(path))
    numbers = number_all(document).items
    kind, number = numbers["env.monitoring"]
    page = next(page for text, page in listed.items() if text.startswith(f"{kind} {number}　"))
    index = next(
        one
        for one in opened(path).tables
        if one.cell(0, 0).text == "编号" and "所在页" in one.cell(0, 5).text
    )
    row = next(one for one in index.rows if one.cells[1].text == "监测报告")
    assert row.cells[5].text.split("～")[0] == str(page)


def test_the_sentence_that_names_a_table_stays_with_it(written: tuple[Document, Path]) -> None:
    _, path = written
    body = list(opened(path).element.body)
    named = 0
    for one, after in itertools.pairwise(body):
        caption = words_of(after).partition("　")[0] if after.tag == qn("w:p") else ""
        if caption[:2] in ("表 ", "图 ") and words_of(one).rstrip("。").endswith(caption):
            named += 1
            assert one.find(f"{qn('w:pPr')}/{qn('w:keepNext')}") is not None
    assert named > 5


@pytest.mark.parametrize(("words", "kept"), [("短短一句。", True), ("长" * 200, False)])
def test_a_few_lines_that_end_a_chapter_stay_with_their_table(
    written: tuple[Document, Path], tmp_path: Path, words: str, *, kept: bool
) -> None:
    document, _ = written
    small = next(t for c in document.chapters for t in c.blocks if isinstance(t, Table) and len(t.rows) < 5)  # fmt: skip
    ends = Chapter("一", (replace(small, notes=()), Paragraph((words,))))
    path = tmp_path / "章末.docx"
    write_docx(path, replace(document, chapters=(ends,), appendices=()), white, made=NOW)
    last = opened(path).tables[-1].rows[-1].cells[-1].paragraphs[0]
    assert bool(last.paragraph_format.keep_with_next) is kept


def test_small_tables_stay_whole_and_long_ones_do_not_leave_a_row_alone(
    written: tuple[Document, Path],
) -> None:
    _, path = written
    small = long = 0
    for table in opened(path).tables[3:]:
        kept = [row.cells[-1].paragraphs[0].paragraph_format.keep_with_next for row in table.rows]
        if all(kept[:-1]):
            small += 1
        elif len(kept) > 12:
            assert all((kept[0], kept[1], kept[-2]))
            long += 1
    assert small > 20
    assert long > 3


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_another_program_opens_it_and_sets_the_same_words(
    written: tuple[Document, Path], tmp_path: Path
) -> None:
    document, path = written
    (pdf,) = convert([path], tmp_path / "pdf", "pdf", tmp_path / "profile")
    paper = pypdfium2.PdfDocument(pdf)
    pages = ["".join(page.get_textpage().get_text_bounded().split()) for page in paper]
    assert len(paper) > 10
    paper.close()
    for chapter in parts(document):
        assert "".join(chapter.title.split()) in "".join(pages)
    head = plain(document.head_left + document.head_right)
    foot = plain(document.foot)
    assert not [
        one for one in pages[1:] if len(one.replace(head, "").replace(foot, "")) < 15
    ]  # blank
    # The numbers in the contents are estimates until Word works them out: here they are right, or one or two off.
    lines = contents_of(path)
    first = next(
        n for n, one in enumerate(pages) if plain(lines[0][0]) in one and "目录" not in one and n > 2
        and plain(lines[-1][0]) not in one
    )  # fmt: skip
    last = first
    for text, said in lines:
        last = next(n for n in range(last, len(pages)) if plain(text) in pages[n])
        assert abs(last - first + 1 - said) <= 2, text


def test_by_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sample", str(tmp_path)]) == 0
    audit = next(tmp_path.glob("*审核前.cpaudit"))
    sent = tmp_path / "送审稿.docx"
    assert main(["word", str(audit), "-o", str(sent), "--state", "送审稿"]) == 0
    written = docx.Document(str(sent))
    assert written.inline_shapes
    assert "QS26-" in written.sections[0].footer.paragraphs[0].text
    assert main(["word", str(audit), "-o", str(audit)]) == 2
    assert main(["word", str(audit), "-o", str(tmp_path / "没有" / "a.docx")]) == 2
    capsys.readouterr()
