"""Rolling backups: checked before they count, few, found again when the audit itself no longer opens."""

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app import paths
from app.errors import UserError
from app.forms.answer import Act, AnswerBook, Change, Given
from app.storage import backups, evidence, journals
from app.storage.audit_file import AuditFile
from app.storage.backups import Backup
from app.storage.opening import create, open_file

NOW = datetime(2026, 11, 20, 9, 12, tzinfo=UTC)


def new_file(folder: Path) -> AuditFile:
    folder.mkdir(exist_ok=True)
    return create(
        folder / "澄岭五金.cpaudit",
        answers=AnswerBook(),
        system=None,
        meta={"audit_id": "id", "questionnaire": "industry"},
        who="何敏",
        when=NOW,
    )


def write(file: AuditFile, text: str) -> None:
    change = Change("n", file.read_book().get("n"), Given(text))
    file.commit(file.last_act + 1, Act("填写", (change,)), who="何敏", when=NOW)


def test_each_act_once_and_the_latest_first(tmp_path: Path) -> None:
    file = new_file(tmp_path)
    for minute in range(5):
        write(file, str(minute))
        kept = backups.back_up(file, NOW + timedelta(minutes=minute))
        assert kept == backups.back_up(file, NOW + timedelta(minutes=minute, seconds=30))
    file.close()
    assert [backup.act for backup in kept] == [6, 5, 4, 3, 2]
    assert kept == backups.backups_of(file.path)
    assert kept[0].made_at == NOW + timedelta(minutes=4)
    for backup, text in zip(kept, "43210", strict=True):
        copy = open_file(backup.path)
        assert copy.read_book().get("n") == Given(text)
        copy.close()


def test_order_goes_by_act_when_the_clock_runs_back(tmp_path: Path) -> None:
    file = new_file(tmp_path)
    for years in (0, 30, -30, 60, -60):
        write(file, str(years))
        kept = backups.back_up(file, NOW + timedelta(days=365 * years))
    file.close()
    assert [backup.act for backup in kept] == [6, 5, 4, 3, 2]


def test_old_ones_are_thinned_to_days_weeks_and_months() -> None:
    def made(number: int, age: timedelta) -> Backup:
        return Backup(Path(f"{number}"), (NOW - age).astimezone(), number, number)

    every_hour = [made(20_000 - hour, timedelta(hours=hour)) for hour in range(24 * 500)]
    kept = backups.thinned(every_hour, NOW)
    ages = [NOW - one.made_at for one in kept]
    assert sum(age <= timedelta(days=2) for age in ages) == 49
    assert 27 <= sum(age > timedelta(days=2) for age in ages) <= 31
    assert timedelta(days=200) < max(ages)
    assert list(kept) == sorted(kept, key=lambda one: one.number, reverse=True)


def test_backups_are_found_again_after_a_move_or_rename(tmp_path: Path) -> None:
    file = new_file(tmp_path / "一")
    write(file, "1")
    (kept,) = backups.back_up(file, NOW)
    file.close()
    moved = tmp_path / "二" / "改了名.cpaudit"
    moved.parent.mkdir()
    file.path.rename(moved)
    assert [one.act for one in backups.backups_of(moved)] == [kept.act]
    again = open_file(moved)
    write(again, "2")
    assert [one.act for one in backups.back_up(again, NOW)] == [3, 2]
    again.close()
    moved.write_bytes(b"broken")
    assert [one.act for one in backups.backups_of(moved)] == [3, 2]


def test_a_second_place_gets_the_same_copy(tmp_path: Path) -> None:
    file = new_file(tmp_path)
    second = tmp_path / "优盘"
    second.mkdir()
    for number in range(5):
        write(file, str(number))
        backups.back_up(file, NOW, second)
    names = sorted(one.name for one in second.iterdir())
    assert len(names) == 3
    assert journals.prove(second / names[-1], second).last_act == 6
    shutil.rmtree(second)
    write(file, "more")
    with pytest.raises(UserError, match="第二处备份"):
        backups.back_up(file, NOW, second)
    assert backups.backups_of(file.path)[0].act == 7
    file.close()


def test_audits_of_one_name_do_not_replace_each_other_in_the_second_place(tmp_path: Path) -> None:
    second = tmp_path / "优盘"
    second.mkdir()
    for folder in ("甲", "乙"):
        (tmp_path / folder).mkdir()
        file = new_file(tmp_path / folder)
        for number in range(4):
            write(file, f"{folder}{number}")
            backups.back_up(file, NOW, second)
        file.close()
    held = {journals.prove(one, one).book.text("n") for one in second.iterdir()}
    assert held == {f"{folder}{number}" for folder in "甲乙" for number in (1, 2, 3)}


def test_what_is_moved_into_place_was_flushed_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a power cut leaves noughts under the final name: of a paper whose act was written, of a backup."""
    flushed: set[int] = set()
    moved: list[str] = []
    real_fsync, real_replace = os.fsync, os.replace

    def fsync(number: int) -> None:
        flushed.add(os.fstat(number).st_ino)
        real_fsync(number)

    def replace(source: Path, target: Path) -> None:
        moved.append(Path(target).name)
        assert os.stat(source).st_ino in flushed, target
        real_replace(source, target)

    monkeypatch.setattr("os.fsync", fsync)
    monkeypatch.setattr("app.storage.evidence.MOST_INSIDE", 10)
    file = new_file(tmp_path)
    write(file, "1")
    (backup,) = backups.back_up(file, NOW)
    monkeypatch.setattr("os.replace", replace)
    paper = evidence.NewPaper("大.pdf", b"%PDF" + bytes(100))
    file.add_evidence([paper], "何敏", NOW)
    evidence.copy_beside(file.path, tmp_path / "副本.cpaudit")
    backups.restore_as_copy(backup.path, file.path)
    backups._second_copy(backup, file.path, tmp_path)  # noqa: SLF001
    assert len(moved) == 4
    file.close()


def test_a_paper_beside_that_a_power_cut_emptied_is_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.storage.evidence.MOST_INSIDE", 10)
    file = new_file(tmp_path)
    paper = evidence.NewPaper("大.pdf", b"%PDF" + bytes(100))
    beside = evidence.folder_of(file.path) / paper.sha256
    beside.parent.mkdir()
    beside.write_bytes(bytes(104))
    file.add_evidence([paper], "何敏", NOW)
    assert file.evidence_content(paper.sha256) == paper.content
    file.close()


def test_the_newest_sound_backup_counts(tmp_path: Path) -> None:
    file = new_file(tmp_path)
    for number in range(3):
        write(file, str(number))
        kept = backups.back_up(file, NOW)
    book = file.read_book()
    file.close()
    kept[0].path.write_bytes(kept[0].path.read_bytes()[:-4000])
    found = backups.newest_good(file.path, book)
    assert found is not None
    assert (found.backup.act, found.differing) == (3, 1)
    with pytest.raises(UserError, match="损坏"):
        backups.restore_as_copy(kept[0].path, file.path)


def test_copies_of_one_audit_have_backups_of_their_own(tmp_path: Path) -> None:
    first = new_file(tmp_path / "一")
    first.close()
    second_path = tmp_path / "二.cpaudit"
    shutil.copy(first.path, second_path)
    second = open_file(second_path)
    write(second, "1")
    backups.back_up(second, NOW)
    second.close()
    assert backups.backups_of(first.path) == ()
    assert len(backups.backups_of(second_path)) == 1


def test_a_damaged_audit_is_brought_back_beside_it(tmp_path: Path) -> None:
    file = new_file(tmp_path)
    write(file, "7")
    (backup,) = backups.back_up(file, NOW)
    file.close()
    file.path.write_bytes(b"broken")
    restored = backups.restore_as_copy(backup.path, file.path)
    again = backups.restore_as_copy(backup.path, file.path)
    assert restored.parent == file.path.parent
    assert len({file.path, restored, again}) == 3
    assert file.path.read_bytes() == b"broken"
    copy = open_file(restored)
    assert copy.read_book().get("n") == Given("7")
    copy.close()


def test_a_backup_that_is_gone_says_so(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="找不到这份备份"):
        backups.restore_as_copy(tmp_path / "20261120-091200 1.cpaudit", tmp_path / "a.cpaudit")


def test_a_copy_that_cannot_be_checked_does_not_become_a_backup(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = new_file(tmp_path)
    monkeypatch.setattr(file, "meta_on_file", lambda _key: "another state")
    with pytest.raises(UserError):
        backups.back_up(file, NOW)
    assert list(paths.backups_dir().rglob("*.cpaudit*")) == []
    file.close()


def test_a_twin_does_not_take_the_backups_of_a_file_that_was_moved(tmp_path: Path) -> None:
    file = new_file(tmp_path / "一")
    write(file, "1")
    backups.back_up(file, NOW)
    file.close()
    moved = tmp_path / "二" / "澄岭五金.cpaudit"
    moved.parent.mkdir()
    file.path.rename(moved)
    twin = tmp_path / "三" / "澄岭五金.cpaudit"
    twin.parent.mkdir()
    shutil.copy(moved, twin)
    again = open_file(moved)
    backups.back_up(again, NOW)
    again.close()
    other = open_file(twin)
    write(other, "twin")
    backups.back_up(other, NOW)
    other.close()
    for path, text in ((moved, "1"), (twin, "twin")):
        found = backups.newest_good(path)
        assert found is not None
        assert found.contents.book.get("n") == Given(text)


def test_backups_taken_over_from_a_twin_are_followed_by_one_of_this_file(tmp_path: Path) -> None:
    file = new_file(tmp_path / "一")
    file.close()
    twin = tmp_path / "二" / "澄岭五金.cpaudit"
    twin.parent.mkdir()
    shutil.copy(file.path, twin)
    for path, text in ((file.path, "first"), (twin, "twin")):
        opened = open_file(path)
        write(opened, text)
        if path == file.path:
            backups.back_up(opened, NOW)
        opened.close()
    file.path.unlink()
    opened = open_file(twin)
    backups.back_up(opened, NOW)
    opened.close()
    found = backups.newest_good(twin)
    assert found is not None
    assert found.contents.book.get("n") == Given("twin")
