"""Editions: recorded when a sealed paper leaves, compared with the audit, told on the next one, and still verified."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import docx
import pytest

from app.assessment.finding import NotApplicable
from app.audit.editions import changes_since, editions_of
from app.bootstrap import load_catalogue
from app.forms.answer import AnswerBook, Change, Given, RowsChange
from app.forms.question_index import QuestionIndex
from app.reports.read_back import text_of
from app.services.editions import changes_of, issued_of, previous_of, record_edition
from app.services.projects import Projects
from app.services.reader import write_reader_page
from app.services.reporting import discard, save, set_paper, write_report
from app.services.session import AuditSession, ImmediateExecutor
from app.services.verifying import verify
from app.services.word import write_word
from tests.helpers.forms import sample_project

NOW = datetime(2026, 11, 29, 8, tzinfo=UTC)
DAY = date(2026, 11, 29)


@pytest.fixture(scope="module")
def projects() -> Projects:
    return Projects(load_catalogue(), ImmediateExecutor(), lambda: NOW)


def issue(session: AuditSession, target: Path) -> str:
    """As the report page does it."""
    made = set_paper(
        session.project,
        session.assessment,
        state="送审稿",
        today=DAY,
        previous=previous_of(session),
    )
    assert made is not None
    job, _ = made
    save(job, target)
    discard(job)
    record_edition(session, job.number, job.state, DAY)
    return job.number


def test_a_second_edition_lists_what_changed_since_the_first(
    projects: Projects, tmp_path: Path
) -> None:
    session = projects.open_audit(projects.printer_sample(tmp_path))
    first = issue(session, tmp_path / "一.pdf")
    assert previous_of(session) is not None
    assert changes_of(session, editions_of(session.book)[0]) == ()
    name = session.book.get("firm.name")
    session.record([Change("firm.name", name, Given("绘川包装（新名）有限公司"))], "改名")
    row = session.book.row_ids("equipment.list")
    session.record([RowsChange("equipment.list", row, row[:-1])], "删一行")
    staff = session.book.get("firm.staff")
    session.record([Change("firm.staff", staff, NotApplicable("停产"))], "改")
    changed = changes_of(session, editions_of(session.book)[0])
    assert len(changed) == 3
    assert any(one.after == "不适用：停产" for one in changed)
    second = issue(session, tmp_path / "二.pdf")
    assert second != first
    assert [one.number for one in editions_of(session.book)] == [first, second]
    assert [one.place for one in editions_of(session.book)] == [1, 2]
    session.close()
    printed = text_of((tmp_path / "二.pdf").read_bytes())
    assert first in printed
    assert "绘川包装（新名）有限公司" in printed
    assert "其后案卷改动3处" in printed
    assert "本稿为第2版，替代第1版送审稿（" in printed
    assert re.search(r"附件“清审数据.json”[0-9]{5,}字节", printed)
    assert verify(tmp_path / "二.pdf", session.path, projects.cases).differences == ()
    assert not verify(tmp_path / "一.pdf", session.path, projects.cases).same
    # By command the same edition comes out.
    project, assessment = projects.load(session.path)
    previous = projects.previous_edition(projects.cases.read(session.path))
    assert previous is not None
    assert (previous.number, previous.changes) == (second, ())
    write_report(
        project, assessment, tmp_path / "三.pdf", state="送审稿", today=DAY, previous=previous
    )
    assert verify(tmp_path / "三.pdf", session.path, projects.cases).same


def test_the_same_paper_again_is_the_same_edition(projects: Projects, tmp_path: Path) -> None:
    session = projects.open_audit(projects.printer_sample(tmp_path))
    assert record_edition(session, "QS26-AAAA-AAAAA", "送审稿", DAY) is not None
    assert record_edition(session, "QS26-AAAA-AAAAA", "送审稿", DAY) is None
    assert len(editions_of(session.book)) == 1
    session.undo()
    assert editions_of(session.book) == ()
    session.close()


def numbers_beside(session: AuditSession, folder: Path, now: datetime) -> set[str]:
    """The edition that the Word file and the web page name on their heads and feet."""
    word, page = folder / "报告.docx", folder / "报告.html"
    issued, previous = issued_of(session), previous_of(session)
    args = (session.project, session.assessment)
    write_word(*args, word, state="送审稿", now=now, issued=issued, previous=previous)
    write_reader_page(
        *args, page, state="送审稿", today=now.date(), issued=issued, previous=previous
    )
    number = re.compile(r"QS26-\w{4}-\w{5}")
    feet = [one.footer.paragraphs[0].text for one in docx.Document(str(word)).sections]
    head = re.search("<header>.*?</header>", page.read_text("utf-8"), re.DOTALL)
    assert head is not None
    return {found[0] for text in (*feet, head[0]) if (found := number.search(text))}


def test_word_and_web_page_bear_the_number_of_the_pdf(projects: Projects, tmp_path: Path) -> None:
    session = projects.open_audit(projects.printer_sample(tmp_path))
    before = numbers_beside(session, tmp_path, NOW)  # made first: what the PDF of the day gets
    first = issue(session, tmp_path / "一.pdf")
    assert before == {first}
    assert numbers_beside(session, tmp_path, NOW + timedelta(days=9)) == {first}
    staff = session.book.get("firm.staff")
    session.record([Change("firm.staff", staff, Given("187"))], "改")
    changed = numbers_beside(session, tmp_path, NOW)
    second = issue(session, tmp_path / "二.pdf")
    assert changed == {second} != {first}
    assert numbers_beside(session, tmp_path, NOW + timedelta(days=1)) == {second}


def test_newer_data_between_two_editions_are_told_without_a_hash_no_table_holds() -> None:
    kept = {"answers": {"audit.basis": "a" * 64}, "rows": {}}
    book = AnswerBook({"audit.basis": Given("b" * 64)})
    (change,) = changes_since(json.dumps(kept), book, QuestionIndex(sample_project().questionnaire))
    assert (change.before, change.after) == ("a" * 8, "b" * 8)
