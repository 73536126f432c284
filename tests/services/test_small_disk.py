"""Every writer on a disk of 2 MB that is full: a plain message, what was there stays, nothing is left beside it."""

import gc
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from app.bootstrap import build_services
from app.errors import UserError
from app.forms.answer import MISSING, AnswerBook, Change, Given
from app.services.calculation import write_workbook
from app.services.own_measures import OwnMeasures
from app.services.projects import Projects
from app.services.reader import write_reader_page
from app.services.reporting import write_report
from app.services.review import Notes, write_notes
from app.services.scoring import score_folder
from app.services.session import ImmediateExecutor
from app.services.system_packs import export_pack
from app.services.systems import export_system
from app.services.word import write_word
from app.storage import backups
from app.ui.settings import Settings, save_settings

NOW = datetime(2026, 11, 29, 9, tzinfo=UTC)
DAY = date(2026, 11, 29)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """2 MB, of which a thousand bytes or so are free."""
    place = tmp_path / "小盘"
    place.mkdir()
    if sys.platform == "win32" or os.geteuid():
        pytest.skip("only the administrator of a Linux machine can make a small disk")
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)],
        capture_output=True,
        check=False,
    )
    if done.returncode:
        pytest.skip("this machine makes no small disks")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False)


def fill(disk: Path) -> None:
    held = os.open(disk / "占着", os.O_WRONLY | os.O_CREAT)
    with suppress(OSError):
        while True:
            os.write(held, bytes(4096))
    os.close(held)


def there(disk: Path) -> dict[str, bytes]:
    return {
        str(one.relative_to(disk)): one.read_bytes()
        for one in sorted(disk.rglob("*"))
        if one.is_file() and one.name != "占着"
    }


@pytest.fixture
def projects() -> Iterator[Projects]:
    services = build_services(ImmediateExecutor())
    yield services.projects
    services.close()


def writers(projects: Projects, audit: Path) -> dict[str, Callable[[Path], object]]:
    project, assessment = projects.load(audit)
    catalogue = projects.cases.catalogue
    notes = Notes("QS26-XXXX-XXXXC", "x", "王", ())
    return {
        "报告.pdf": lambda path: write_report(project, assessment, path, state="草稿", today=DAY),
        "报告.docx": lambda path: write_word(project, assessment, path, state="草稿", now=NOW),
        "计算.xlsx": lambda path: write_workbook(project, assessment, path),
        "页.html": lambda path: write_reader_page(
            project, assessment, path, state="草稿", today=DAY
        ),
        "分.csv": lambda path: score_folder(audit.parent, path, catalogue),
        "体系.xlsx": lambda path: export_system(catalogue, "pcb-hj450-2008", path),
        "体系.cppack": lambda path: export_pack(
            catalogue, ["pcb-hj450-2008"], path, by="甲", on="2026-11-29"
        ),
        "意见.cpreview": lambda path: write_notes(path, notes),
        "方案.json": lambda path: OwnMeasures(path.with_name("x")).export(str(path)),
        "匿名.cpaudit": lambda path: projects.anonymous_copy(audit, path),
    }


def test_every_writer(disk: Path, projects: Projects, tmp_path: Path) -> None:
    audit = projects.sample(tmp_path / "案卷")[1]
    wrong = []
    fill(disk)
    before = there(disk)
    for name, write in writers(projects, audit).items():
        try:
            write(disk / name)
        except UserError as error:
            if "满" not in str(error):
                wrong.append(f"{name}: {error}")
        else:
            if not (disk / name).stat().st_size:
                wrong.append(f"{name}: said nothing")
            (disk / name).unlink()
        if there(disk) != before:
            wrong.append(f"{name}: left {sorted(there(disk).keys() - before.keys())}")
            for one in there(disk).keys() - before.keys():
                (disk / one).unlink()
    gc.collect()  # nothing that is thrown away writes once more
    assert not wrong


def test_the_audit_and_its_backups(disk: Path, projects: Projects, tmp_path: Path) -> None:
    """On the small disk: the audit itself, then the second place of its backups, a copy and a restored one."""
    with pytest.raises(UserError, match="满"):
        fill_and(
            disk, lambda: projects.create_audit(disk, "新", AnswerBook({"firm.name": Given("x")}))
        )
    assert there(disk) == {}
    (disk / "占着").unlink()
    audit = projects.sample(disk)[1]
    session = projects.open_audit(audit)
    fill(disk)
    saved = session.book
    for number in range(30):
        session.record([Change("firm.name", MISSING, Given("企业" * 200 + str(number)))], "填写")
    assert session.waiting
    assert "满" in str(session.save_problem)
    (disk / "占着").unlink()
    session.retry()
    assert not session.waiting
    fill(disk)
    with pytest.raises(UserError, match="满"):
        session.copy_to(disk / "副本.cpaudit")
    session.second_place = disk
    session.record([Change("firm.name", MISSING, Given("短"))], "填写")
    kept = backups.backups_of(audit)[0]
    with pytest.raises(UserError, match="满"):
        backups.restore_as_copy(kept.path, audit)
    assert sorted(there(disk)) == sorted(one.name for one in disk.glob("*.cpaudit*"))
    assert not list(disk.glob("*.part"))
    assert saved != session.book
    session.close(abandon=True)


def fill_and(disk: Path, write: Callable[[], object]) -> None:
    fill(disk)
    write()


def test_the_users_own_folder(
    disk: Path, projects: Projects, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Settings, list, marks, backups and the log have no room: the work goes on and is said."""
    audit = projects.sample(tmp_path / "案卷")[1]
    monkeypatch.setenv("CLEANAUDIT_HOME", str(disk))
    fill(disk)
    save_settings(Settings(user_name="何" * 4000))
    session = projects.open_audit(audit)
    session.record([Change("firm.name", MISSING, Given("新"))], "填写")
    assert not session.waiting
    assert session.backup_problem is not None
    session.close()
    projects.audits.summaries()
