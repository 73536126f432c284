"""Pictures of the binder in the report: placed and captioned in every kind of paper, sealed and verified with it."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from PIL import Image

from app.audit.project import AuditProject
from app.bootstrap import load_catalogue
from app.forms.answer import Change, Given, RowsChange
from app.papers.audit_report import build_report
from app.papers.document import Figure, Open, Picture, State
from app.papers.pictures import wanted_pictures
from app.papers.template import jpeg_size
from app.papers.walk import places
from app.services.evidence import keep_files, place_papers
from app.services.projects import Projects
from app.services.reader import write_reader_page
from app.services.report_pictures import pictures_of_file, pictures_of_session
from app.services.reporting import write_report
from app.services.session import AuditSession, ImmediateExecutor
from app.services.verifying import verify
from app.services.word import write_word

NOW = datetime(2026, 11, 29, 8, tzinfo=UTC)
DAY = date(2026, 11, 29)


@pytest.fixture(scope="module")
def projects() -> Projects:
    return Projects(load_catalogue(), ImmediateExecutor(), lambda: NOW)


def _plan(folder: Path) -> Path:
    path = folder / "平面布置图.png"
    image = Image.new("RGB", (900, 600), "white")
    image.paste("black", (100, 100, 500, 400))
    image.save(path)
    return path


def _with_plan(projects: Projects, folder: Path) -> AuditSession:
    """The printer's audit with a site plan in its binder and in its report."""
    session = projects.open_audit(projects.printer_sample(folder))
    kept, problems = keep_files(session, [_plan(folder)])
    assert problems == ()
    place_papers(session, kept, ("firm.address",))
    changes: list[Change | RowsChange] = [RowsChange("report.pictures", (), ("r1",))]
    for column, text in (("paper", "平面布置图"), ("kind", "site")):
        key = f"report.pictures/r1/{column}"
        changes.append(Change(key, session.book.get(key), Given(text)))
    session.record(changes, "附图")
    return session


def test_the_plan_is_placed_captioned_sealed_and_verified(
    projects: Projects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.report_pictures.thumbnails_dir", lambda: tmp_path)
    session = _with_plan(projects, tmp_path)
    pictures = pictures_of_session(session)
    assert [(one.wide, one.high) for one in pictures.values()] == [(900, 600)]
    document = build_report(session.project, None, state=State.FINAL, today=DAY, pictures=pictures)
    chapter = next(one for one in document.appendices if one.title == "附图")
    (figure,) = [one for one in chapter.blocks if isinstance(one, Figure)]
    assert figure.caption == "平面布置图"
    assert isinstance(figure.chart, Picture)
    assert 0 < figure.chart.width <= 440

    path = session.path
    session.close()
    assert pictures_of_file(path, session.project) == pictures
    target = tmp_path / "定稿.pdf"
    write_report(session.project, None, target, state="定稿", today=DAY, pictures=pictures)
    verdict = verify(target, None, projects.cases)
    assert verdict.same, verdict.differences

    word, page = tmp_path / "a.docx", tmp_path / "a.html"
    write_word(session.project, None, word, state="草稿", now=NOW, pictures=pictures)
    write_reader_page(session.project, None, page, state="草稿", today=DAY, pictures=pictures)
    assert "data:image/jpeg;base64," in page.read_text("utf-8")
    assert word.stat().st_size > 1000


def test_a_picture_that_is_not_there_is_told(projects: Projects, tmp_path: Path) -> None:
    session = _with_plan(projects, tmp_path)
    key = "report.pictures/r1/paper"
    session.record([Change(key, session.book.get(key), Given("管网图"))], "改")
    document = build_report(session.project, None, state=State.DRAFT, today=DAY, pictures={})
    assert any("管网图" in str(thing) for _, thing in places(document) if isinstance(thing, Open))
    session.close()


def test_a_picture_for_print_is_kept_drawn_again_when_broken_and_never_of_a_confidential_audit(
    projects: Projects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "kept"
    monkeypatch.setattr("app.services.report_pictures.thumbnails_dir", lambda: kept)
    kept.mkdir()
    session = _with_plan(projects, tmp_path)
    pictures = pictures_of_session(session)
    (file,) = kept.iterdir()
    whole = file.read_bytes()
    for broken in (b"", whole[:-2], whole[:600] + bytes(len(whole) - 600), bytes(len(whole))):
        file.write_bytes(broken)
        assert pictures_of_session(session) == pictures
        assert file.read_bytes() == whole
    path, project = session.path, session.project
    session.close()
    file.unlink()
    projects.set_password(path, "一把很长的钥匙 2026")
    assert pictures_of_file(path, project) == pictures
    assert list(kept.iterdir()) == []


def test_nothing_wanted_is_no_chapter(projects: Projects, tmp_path: Path) -> None:
    session = projects.open_audit(projects.printer_sample(tmp_path))
    project: AuditProject = session.project
    assert wanted_pictures(project) == ()
    document = build_report(project, None, state=State.DRAFT, today=DAY, pictures={})
    assert "附图" not in [one.title for one in document.appendices]
    session.close()


@pytest.mark.parametrize("cut", [0, 2, 11, 200])
def test_a_cut_jpeg_has_no_size_or_its_own(cut: int) -> None:
    out = io.BytesIO()
    Image.new("RGB", (70, 40)).save(out, "JPEG")
    whole = out.getvalue()
    assert jpeg_size(whole) == (70, 40)
    assert jpeg_size(whole[:cut]) in (None, (70, 40))
    assert replace(Picture(whole, 70, 40), wide=140).width <= 440
