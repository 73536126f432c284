"""Words of an audit that look like formulas, commands or markup leave the program as words, by every way out."""

import csv
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from openpyxl import load_workbook

from app.bootstrap import build_services
from app.errors import UserError
from app.forms.answer import AnswerBook, Given
from app.forms.grid import grid_from_text, safe_cell, safe_line
from app.forms.question import QuestionKind
from app.reports.read_back import text_of
from app.services.calculation import write_workbook
from app.services.form_prints import write_forms
from app.services.reader import write_reader_page
from app.services.reporting import write_report
from app.services.scoring import score_folder
from app.services.services import Services
from app.services.session import ImmediateExecutor
from app.services.word import write_word
from app.storage import opening
from app.storage.audit_reader import read_audit

TODAY = date(2026, 11, 29)
PAYLOADS = (
    "=1+1",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "＝1+1",
    "＋cmd",
    "=cmd|' /C calc'!A0",
    "=DDE(\"cmd\";\"/C calc\";\"x\")",
    "=HYPERLINK(\"http://x.invalid\",\"看\")",
    "=WEBSERVICE(\"http://x.invalid\")",
    "@import url(x)",
    "a;=1+1",
    "</script><script>alert(1)</script>",
    "<img src=\"file:///etc/passwd\" onerror=\"alert(1)\"/>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "{{7*7}} ${7*7} %(x)s",
    "]]><!--",
    " HYPERLINK \"http://x.invalid\" ",
    "DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe \"/k calc\"",
)  # fmt: skip
_FORMULA = re.compile(r"^\s*[=+\-@＝＋－＠]")


@pytest.fixture(scope="module")
def services() -> Iterator[Services]:
    made = build_services(ImmediateExecutor())
    yield made
    made.close()


@pytest.fixture(scope="module")
def hostile(services: Services, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample, every text in it one of the payloads."""
    folder = tmp_path_factory.mktemp("案卷")
    path = services.projects.sample(folder)[1]
    project, _ = services.projects.load(path)
    stored = read_audit(path)
    answers = dict(project.book.answers)
    texts = [
        key
        for key, answer in sorted(answers.items())
        if isinstance(answer, Given)
        and (place := project.index.places.get(_question(key))) is not None
        and place.question.kind in (QuestionKind.TEXT, QuestionKind.LONG_TEXT)
        and not place.question.choices_from
    ]
    assert len(texts) > 3 * len(PAYLOADS)
    for number, key in enumerate(texts):
        answers[key] = Given(PAYLOADS[number % len(PAYLOADS)], note="=1+2")
    answers["firm.name"] = Given("=1+1 </script> 公司")
    target = folder / "怪词.cpaudit"
    opening.create(
        target,
        answers=AnswerBook(answers, project.book.rows),
        system=stored.system,
        basis=stored.basis,
        meta={"audit_id": "x", "questionnaire": "industry"},
        who="=cmd",
        when=datetime(2026, 11, 29, tzinfo=UTC),
    ).close()
    path.unlink()
    for other in folder.glob("*.cpaudit"):
        if other != target:
            other.unlink()
    return target


def _question(key: str) -> str:
    parts = key.split("/")
    return f"{parts[0]}.{parts[2]}" if len(parts) == 3 else key


def test_workbook(services: Services, hostile: Path, tmp_path: Path) -> None:
    project, assessment = services.projects.load(hostile)
    target = tmp_path / "x.xlsx"
    write_workbook(project, assessment, target)
    book = load_workbook(target)
    said = formulas = 0
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    formulas += 1
                    for bad in (
                        "cmd",
                        "HYPERLINK",
                        "DDE",
                        "WEBSERVICE",
                        "1+1",
                        "script",
                        "SUM(A1)",
                    ):
                        assert bad not in str(cell.value), cell.coordinate
                said += "1+1" in str(cell.value)
                assert cell.hyperlink is None
    assert formulas > 50
    assert said
    with zipfile.ZipFile(target) as archive:
        assert not [one for one in archive.namelist() if "external" in one or "connection" in one]


def test_word(services: Services, hostile: Path, tmp_path: Path) -> None:
    project, assessment = services.projects.load(hostile)
    target = tmp_path / "x.docx"
    write_word(project, assessment, target, state="草稿", now=datetime(2026, 11, 29, tzinfo=UTC))
    with zipfile.ZipFile(target) as archive:
        for name in archive.namelist():
            text = archive.read(name).decode("utf-8", "ignore")
            for code in re.findall(r"<w:instrText[^>]*>([^<]*)<", text):
                assert re.match(
                    r"\s*(TOC|PAGE|NUMPAGES|PAGEREF|REF|SEQ|STYLEREF|SECTIONPAGES)\b", code
                ), code
            for code in re.findall(r"w:instr=\"([^\"]*)\"", text):
                assert re.match(
                    r"\s*(TOC|PAGE|NUMPAGES|PAGEREF|REF|SEQ|STYLEREF|SECTIONPAGES)\b", code
                ), code
            if name.endswith(".rels"):
                assert 'TargetMode="External"' not in text
        assert "DDEAUTO" in archive.read("word/document.xml").decode()


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.scripts = 0
        self.odd: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        for name, value in attrs:
            if name.startswith("on") or (
                name in ("href", "src") and not re.match("#|data:", value or "")
            ):
                self.odd.append(f"{tag} {name}={value}")


def test_page(services: Services, hostile: Path, tmp_path: Path) -> None:
    project, assessment = services.projects.load(hostile)
    target = tmp_path / "x.html"
    write_reader_page(project, assessment, target, state="草稿", today=TODAY)
    tags = _Tags()
    text = target.read_text("utf-8")
    tags.feed(text)
    assert tags.odd == []
    assert tags.scripts == text.count("<script")
    assert "alert(1)" in text
    json.loads(re.findall(r'<script[^>]*id="nodes"[^>]*>(.*?)</script>', text, re.DOTALL)[0])


def test_report_and_forms(services: Services, hostile: Path, tmp_path: Path) -> None:
    project, assessment = services.projects.load(hostile)
    target = tmp_path / "x.pdf"
    write_report(project, assessment, target, state="草稿", today=TODAY)
    content = target.read_bytes()
    printed = text_of(content)
    assert "<imgsrc=" in printed
    assert "root:" not in printed
    for bad in (b"/JavaScript", b"/Launch", b"/URI", b"/SubmitForm"):
        assert bad not in content
    try:
        made = list(write_forms(project, assessment, tmp_path / "表格", today=TODAY))
    except UserError:
        made = []
    for one in made:
        assert b"/Launch" not in one.read_bytes()


def test_folder_scores(services: Services, hostile: Path, tmp_path: Path) -> None:
    target = tmp_path / "x.csv"
    score_folder(hostile.parent, target, services.catalogue)
    text = target.read_text("utf-8-sig")
    for delimiter in (",", ";", "\t"):
        for row in csv.reader(text.splitlines(), delimiter=delimiter):
            for cell in row:
                if not re.fullmatch(r"[+-]?[0-9.]*", cell):
                    assert not _FORMULA.match(cell), (delimiter, cell)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_cell_is_made_safe_and_read_back(payload: str) -> None:
    cell = safe_cell(payload)
    for part in re.split(r"[;\t\r\n]", cell):
        assert not _FORMULA.match(part), part
    if "\t" not in payload and "\r" not in payload and ";" not in payload:
        grid = grid_from_text(safe_line([payload, "12"]))
        assert [one.text for one in grid.rows[0]] == [payload, "12"]


@pytest.mark.parametrize("number", ["-1", "+2.5", "-0.3", "-1e5", "12", "-1,200", "—", "-"])
def test_numbers_and_dashes_stay_as_they_are(number: str) -> None:
    assert safe_cell(number) == number
