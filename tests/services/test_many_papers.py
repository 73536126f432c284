"""Thousands of photographs in the binder: an act about something else neither reads nor seals them anew, and nothing is lost."""

import sqlite3
from pathlib import Path

import pytest

from app.audit import evidence as binder
from app.bootstrap import build_services
from app.forms.answer import MISSING, Change, Given
from app.services import evidence
from app.services.session import AuditSession, ImmediateExecutor
from app.storage import contents
from app.storage.audit_reader import read_audit
from app.storage.evidence import NewPaper

PAPERS = 300


def papers(first: int, count: int) -> list[NewPaper]:
    return [
        NewPaper(f"照片 {n}.jpg", b"\xff\xd8\xff" + str(n).encode() * 9)
        for n in range(first, first + count)
    ]


@pytest.fixture
def session(tmp_path: Path) -> AuditSession:
    services = build_services(ImmediateExecutor())
    session = services.projects.open_audit(services.projects.sample(tmp_path)[1])
    kept = papers(0, PAPERS)
    session.keep_papers(kept)
    evidence.place_papers(session, kept, ["energy.bills/2025-03/electricity"])
    return session


def test_an_answer_costs_the_same_with_many_papers(
    session: AuditSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed: list[int] = []
    read: list[str] = []
    whole, one = contents.later_tables, binder.paper_of

    def counted(connection: sqlite3.Connection) -> list[str]:
        found = whole(connection)
        sealed.append(len(found[0]))
        return found

    def reading(key: str, answer: object) -> object:
        read.append(key)
        return one(key, answer)

    evidence.binder(session)
    monkeypatch.setattr(contents, "later_tables", counted)
    monkeypatch.setattr(binder, "paper_of", reading)
    monkeypatch.setattr(session._file, "papers_kept", lambda: pytest.fail("read once more"))  # noqa: SLF001
    for number in range(5):
        session.record([Change("firm.name", MISSING, Given(f"企业 {number}"))], "填写")
        assert len(evidence.binder(session)) == PAPERS
        assert len(binder.proofs_of(session.book)["energy.bills/2025-03/electricity"]) == PAPERS
    assert len(sealed) <= 1
    assert read == []
    path = session.path
    session.close()
    assert read_audit(path).book.text("firm.name") == "企业 4"  # and so its seal holds


def test_papers_and_answers_by_turns_are_sealed_alike(session: AuditSession) -> None:
    for number in range(4):
        session.record([Change("firm.name", MISSING, Given(f"企业 {number}"))], "填写")
        more = papers(1000 + number, 1)
        session.keep_papers(more)
        assert len(session.papers_kept()) == PAPERS + number + 1
        evidence.place_papers(session, more)
        assert len(evidence.binder(session)) == PAPERS + number + 1
        evidence.take_out(session, [evidence.binder(session)[-1].paper])
        session.undo()
    path, book = session.path, session.book
    session.close()
    assert read_audit(path).book == book
