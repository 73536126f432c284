"""The report as a Word file: the same content and numbers as the PDF, with what Word needs to work on it."""

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import docx
import pypdfium2
import pytest
from PIL import Image

from app.__main__ import main
from app.audit.findings import assess_project
from app.papers.audit_report import build_report
from app.papers.document import Chapter, Document, Figure, Section, State, Table
from app.papers.numbering import number_all
from app.papers.walk import texts_of
from app.word.docx import write_docx
from tests.helpers.forms import printer_project, sample_project, with_answer
from tests.helpers.office import SOFFICE, convert

NOW = datetime(2026, 11, 29, 8, tzinfo=UTC)


def report(which: str) -> Document:
    project = sample_project() if which == "chengling" else printer_project()
    assessment = assess_project(project) if project.system is not None else None
    return build_report(project, assessment, state=State.DRAFT, today=NOW.date())


def white(_figure: Figure) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (200, 100), "white").save(out, format="PNG")
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
        for paragraph in docx.Document(str(path)).paragraphs
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
        for paragraph in docx.Document(str(path)).paragraphs
        if paragraph.style is not None and paragraph.style.name == "Caption"
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


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_another_program_opens_it_and_sets_the_same_words(
    written: tuple[Document, Path], tmp_path: Path
) -> None:
    document, path = written
    (pdf,) = convert([path], tmp_path / "pdf", "pdf", tmp_path / "profile")
    paper = pypdfium2.PdfDocument(pdf)
    text = "".join("".join(page.get_textpage().get_text_bounded().split()) for page in paper)
    assert len(paper) > 10
    paper.close()
    for chapter in parts(document):
        assert "".join(chapter.title.split()) in text


def test_by_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sample", str(tmp_path)]) == 0
    audit = next(tmp_path.glob("*审核前.cpaudit"))
    assert main(["word", str(audit), "-o", str(tmp_path / "报告.docx")]) == 0
    assert docx.Document(str(tmp_path / "报告.docx")).inline_shapes
    assert main(["word", str(audit), "-o", str(audit)]) == 2
    assert main(["word", str(audit), "-o", str(tmp_path / "没有" / "a.docx")]) == 2
    capsys.readouterr()
