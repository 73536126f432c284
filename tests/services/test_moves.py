"""Audits that were moved, brought along in a folder, or copied: found again, listed, told apart."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bootstrap import build_services
from app.errors import UserError
from app.forms.answer import AnswerBook, Given
from app.services.projects import Projects
from app.services.session import ImmediateExecutor


@pytest.fixture
def projects() -> Iterator[Projects]:
    services = build_services(ImmediateExecutor())
    yield services.projects
    services.close()


def paths_of(projects: Projects) -> set[Path]:
    return {one.path for one in projects.audits.summaries() if not one.trouble}


def test_one_found_again_brings_its_folder_along(projects: Projects, tmp_path: Path) -> None:
    old, new = tmp_path / "旧", tmp_path / "新"
    files = projects.sample(old)
    for file in files:
        projects.open_audit(file).close()
    old.rename(new)
    assert paths_of(projects) == set()
    assert all("指到新位置" in one.trouble for one in projects.audits.summaries())
    assert projects.relocate(files[0], new / files[0].name) == 2
    assert paths_of(projects) == {new / file.name for file in files}
    projects.open_audit(new / files[1].name).close()
    assert len(projects.backups(new / files[0].name)) == 1


def test_another_audit_is_not_taken_for_it(projects: Projects, tmp_path: Path) -> None:
    first, second = projects.sample(tmp_path)
    projects.open_audit(first).close()
    first.unlink()
    with pytest.raises(UserError, match="是另一个"):
        projects.relocate(first, second)
    with pytest.raises(UserError):
        projects.relocate(first, tmp_path / "没有.cpaudit")


def test_a_folder_is_added_with_all_its_audits(projects: Projects, tmp_path: Path) -> None:
    first, second = projects.sample(tmp_path / "a" / "b")
    projects.printer_sample(tmp_path / "a")
    (tmp_path / "a" / "坏.cpaudit").write_bytes(b"broken")
    projects.open_audit(first).close()
    told: list[tuple[int, int]] = []
    count, problems = projects.add_folder(tmp_path, lambda *at: told.append(at))
    assert count == 2
    assert [one.where for one in problems] == ["坏.cpaudit"]
    assert told[-1] == (4, 4)
    assert {first, second} < paths_of(projects)
    by_path = {one.path: one for one in projects.audits.summaries()}
    assert by_path[second].opened is None
    assert by_path[second].rated
    assert projects.add_folder(tmp_path)[0] == 0
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="没有案卷"):
        projects.add_folder(tmp_path / "empty")


def test_twins_are_marked_until_one_leaves_the_list(projects: Projects, tmp_path: Path) -> None:
    first, _ = projects.sample(tmp_path)
    copy = tmp_path / "优盘" / first.name
    copy.parent.mkdir()
    projects.open_audit(first).close()
    shutil.copy(first, copy)
    projects.open_audit(copy).close()
    assert all("同一个案卷" in one.twin for one in projects.audits.summaries())
    projects.audits.forget(copy)
    assert [one.twin for one in projects.audits.summaries()] == [""]


@pytest.mark.parametrize(
    "name",
    [
        "字" * 300,
        "𬭎" * 100,
        "a/b\\c:d*e?f",
        "CON",
        "nul.txt",
        "  . ",
        "名\x00字\x07",
        "é" * 200,
    ],
)
def test_names_fit_every_file_system(name: str, projects: Projects, tmp_path: Path) -> None:
    book = AnswerBook({"firm.name": Given("x")})
    session = projects.create_audit(tmp_path, name, book)
    made = session.path
    session.close()
    assert made.parent == tmp_path
    assert len(made.name.encode()) + len("-journal.part") <= 143
    assert made.stem.upper().split(".")[0] not in ("CON", "NUL")
