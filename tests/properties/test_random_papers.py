"""Audits nobody would hand in (empty, huge, words for numbers, endless cells): the paper is printed and no row is lost."""

import dataclasses
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.audit.findings import assess_project
from app.audit.project import AuditProject
from app.forms.answer import MISSING, Answer, AnswerBook, Given
from app.forms.question import QuestionKind
from app.papers.audit_report import build_report
from app.papers.document import Document, State, Table
from app.reports.pdf import write_pdf
from tests.helpers.forms import printer_project, sample_book, sample_project, shipped_forms
from tests.helpers.papers import printed, table

TODAY = date(2026, 11, 22)
ODD = ("停产", "约 3 万", "-", "1,2", "１２", "1e9", "<20", "0", "-5", "9" * 40, "\u0000", "𠮷" * 40, "<b>&amp;",
       "行\n" * 60, "很长" * 1000, "W" * 300, "")  # fmt: skip


def report(project: AuditProject) -> Document:
    result = assess_project(project) if project.system is not None else None
    return build_report(project, result, state=State.DRAFT, today=TODAY)


def kinds_of(book: AnswerBook) -> dict[str, QuestionKind]:
    """The kind of every answer of a book but those that choose the questions."""
    index = printer_project(book).index
    kinds = {}
    for key in book.answers:
        parts = key.split("/")
        place = index.places.get(f"{parts[0]}.{parts[2]}" if len(parts) == 3 else key)
        if place is not None and not key.startswith(("audit.", "front.")):
            kinds[key] = place.question.kind
    return kinds


@st.composite
def disturbed(draw: st.DrawFn) -> AnswerBook:
    """A sample with some answers gone and some replaced by what nobody expects."""
    name = draw(st.sampled_from(("chengling", "huichuan")))
    book = shipped_forms().samples[name].book
    answers: dict[str, Answer] = dict(book.answers)
    kinds = kinds_of(book)
    for key in draw(st.lists(st.sampled_from(sorted(kinds)), max_size=40, unique=True)):
        odd = draw(st.sampled_from((*ODD, None)))
        if odd is None:
            answers.pop(key)
        elif kinds[key] in (QuestionKind.TEXT, QuestionKind.LONG_TEXT):
            answers[key] = Given(odd)
        else:
            answers[key] = Given("", raw=odd)  # what was typed and not read
    return dataclasses.replace(book, answers=answers)


@settings(
    max_examples=5,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)
@given(disturbed())
def test_whatever_was_typed_the_draft_is_printed(
    tmp_path_factory: pytest.TempPathFactory, book: AnswerBook
) -> None:
    is_plating = "plating.lines" in book.rows
    document = report(sample_project(book) if is_plating else printer_project(book))
    facts = write_pdf(document, tmp_path_factory.mktemp("odd") / "x.pdf")
    assert facts.pages > 5


def with_rows(count: int, text: str) -> AnswerBook:
    """The sample with `count` materials of such a name."""
    book = sample_book()
    names = tuple(f"r{n}" for n in range(1, count + 1))
    answers: dict[str, Answer] = {
        key: value for key, value in book.answers.items() if not key.startswith("materials.list/")
    }
    for place, row in enumerate(names):
        answers[f"materials.list/{row}/name"] = Given(f"{text}{place}号")
        answers[f"materials.list/{row}/unit"] = Given("kg")
        for year in ("y2", "y1", "y0"):
            answers[f"materials.list/{row}/{year}"] = Given(str(1000 + place))
    return AnswerBook(answers, {**book.rows, "materials.list": names})


def words_of(path: Path) -> str:
    import pypdfium2

    pdf = pypdfium2.PdfDocument(path)
    try:
        return "".join("".join(page.get_textpage().get_text_range().split()) for page in pdf)
    finally:
        pdf.close()


@pytest.mark.parametrize(
    ("count", "text"), [(300, "料"), (12, "四十个字的名称" * 6), (4, "很长的说明文字" * 285)]
)
def test_no_row_is_lost(tmp_path: Path, count: int, text: str) -> None:
    document = report(sample_project(with_rows(count, text)))
    assert len(table(document, "materials.list").rows) == count
    write_pdf(document, tmp_path / "x.pdf")
    words = words_of(tmp_path / "x.pdf")
    for place in range(count):
        assert f"{text[-1]}{place}号" in words, place
    assert words.count(text[:7]) >= count


def test_an_empty_audit_prints(tmp_path: Path) -> None:
    book = AnswerBook({"audit.base_year": Given("2025")})
    write_pdf(report(sample_project(book)), tmp_path / "x.pdf")
    write_pdf(report(printer_project(AnswerBook())), tmp_path / "y.pdf")


def test_a_word_in_a_bill_is_named_and_the_total_says_at_least() -> None:
    book = sample_book()
    answers = {**book.answers, "energy.bills/2025-03/electricity": Given("", raw="停产")}
    found = table(report(sample_project(AnswerBook(answers, book.rows))), "bills.energy.bills")
    cells = [cell for one in found.rows for cell in printed(one.cells)]
    assert "「停产」未读懂" in cells
    assert "≥ 1703500" in cells


def test_a_result_below_the_detection_limit_prints_as_reported_with_its_rule() -> None:
    book = sample_book()
    below = Given("10", raw="<20", note="未检出，检出限 20，按一半记")
    answers = {**book.answers, "env.monitoring/r1/result": below}
    found = table(report(sample_project(AnswerBook(answers, book.rows))), "env.monitoring")
    assert "<20" in printed(found.rows[0].cells)
    assert any("检出限的一半" in "".join(map(str, note)) for note in found.notes)


def test_a_missing_answer_is_no_zero() -> None:
    book = sample_book()
    answers = {
        key: value for key, value in book.answers.items() if key != "energy.bills/2025-03/gas"
    }
    assert book.get("energy.bills/2025-03/gas") != MISSING
    found = table(report(sample_project(AnswerBook(answers, book.rows))), "bills.energy.bills")
    assert isinstance(found, Table)
    assert any(cell.startswith("≥ ") for cell in printed(found.rows[-1].cells))
