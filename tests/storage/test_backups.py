"""Rolling backups: checked before they count, few, found again when the audit itself no longer opens."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app import paths
from app.errors import UserError
from app.forms.answer import Act, AnswerBook, Change, Given
from app.storage import backups
from app.storage.audit_file import AuditFile, create, open_file

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


def test_the_last_three_are_kept_and_nothing_is_written_twice(tmp_path: Path) -> None:
    file = new_file(tmp_path)
    for minute in range(5):
        write(file, str(minute))
        kept = backups.back_up(file, NOW + timedelta(minutes=minute))
        assert kept == backups.back_up(file, NOW + timedelta(minutes=minute, seconds=30))
    file.close()
    assert [backup.act for backup in kept] == [6, 5, 4]
    assert kept == backups.backups_of(file.path)
    assert kept[0].made_at == NOW + timedelta(minutes=4)
    assert len(list(paths.backups_dir().rglob("*.cpaudit"))) == 3
    for backup, text in zip(kept, ("4", "3", "2"), strict=True):
        copy = open_file(backup.path)
        assert copy.read_book().get("n") == Given(text)
        copy.close()


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
