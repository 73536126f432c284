"""The file under the open window is moved, deleted, replaced or written by others: noticed, kept, never written into."""

import os
import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.errors import UserError
from app.forms.answer import MISSING, AnswerBook, Change, Given
from app.services.session import AuditSession, Builders, ImmediateExecutor
from app.storage import database, opening, places
from app.storage.audit_reader import read_audit
from app.storage.contents import FrozenSystem
from app.storage.opening import create

NOW = datetime(2026, 11, 20, 9, 12, tzinfo=UTC)


def new_file(path: Path, audit_id: str = "id") -> Path:
    create(
        path,
        answers=AnswerBook({"n": Given("0")}),
        system=None,
        meta={"audit_id": audit_id, "questionnaire": "industry"},
        who="何敏",
        when=NOW,
    ).close()
    return path


def opened(path: Path) -> AuditSession:
    def no_system(system_id: str) -> FrozenSystem:
        raise AssertionError(system_id)

    builders = Builders(
        lambda book, system, basis: None,  # type: ignore[arg-type, return-value]
        lambda project: None,
        no_system,
        lambda: FrozenSystem("@basis", "{}"),
    )
    return AuditSession(
        opening.open_file(path),
        builders,
        executor=ImmediateExecutor(),
        clock=lambda: NOW,
        who="何敏",
        retry_seconds=3600,
    )


def give(session: AuditSession, key: str, text: str) -> None:
    session.record([Change(key, MISSING, Given(text))], "填写")


def moved(path: Path) -> None:
    path.rename(path.with_name("elsewhere.cpaudit"))


def deleted(path: Path) -> None:
    path.unlink()


def folder_moved(path: Path) -> None:
    path.parent.rename(path.parent.with_name("another folder"))


def replaced_by_another_audit(path: Path) -> None:
    other = new_file(path.with_name("other.cpaudit"), "other")
    os.replace(other, path)


def replaced_by_an_older_copy(path: Path) -> None:
    old = path.with_name("old.cpaudit")
    assert old.exists()
    os.replace(old, path)


def replaced_by_garbage(path: Path) -> None:
    other = path.with_name("garbage")
    other.write_bytes(b"sync conflict")
    os.replace(other, path)


def overwritten_in_place(path: Path) -> None:
    """As a copying program does it: the same file, other contents."""
    old = path.with_name("old.cpaudit").read_bytes()
    with path.open("r+b") as stream:
        stream.write(old)
        stream.truncate()


def edited_in_place(path: Path) -> None:
    content = bytearray(path.read_bytes())
    place = content.rfind(b"given1")
    content[place + 5 : place + 6] = b"7"
    with path.open("r+b") as stream:
        stream.write(content)
    os.utime(path, ns=(1, 1))


HAPPENS = [
    moved,
    deleted,
    folder_moved,
    replaced_by_another_audit,
    replaced_by_an_older_copy,
    replaced_by_garbage,
    overwritten_in_place,
    edited_in_place,
]


@pytest.mark.parametrize("happens", HAPPENS, ids=lambda one: one.__name__)
def test_it_is_noticed_kept_and_saved_elsewhere(happens: object, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    path = new_file(folder / "案卷.cpaudit")
    session = opened(path)
    shutil.copy(path, folder / "old.cpaudit")
    give(session, "n", "1")
    assert session.waiting == 0
    assert callable(happens)
    happens(path)
    left = path.read_bytes() if path.exists() else None
    told: list[UserError] = []
    session.on_save_failed = lambda error, waiting: told.append(error)  # type: ignore[arg-type]
    give(session, "n", "2")
    give(session, "m", "3")
    assert session.waiting == 2
    assert isinstance(told[0], database.Displaced)
    assert session.book.text("n") == "2"
    session.retry()
    assert session.waiting == 2
    assert (path.read_bytes() if path.exists() else None) == left
    target = tmp_path / "另存.cpaudit"
    session.copy_to(target)
    stored = read_audit(target)
    assert (stored.book.text("n"), stored.book.text("m")) == ("2", "3")
    with pytest.raises(UserError):
        session.close()
    session.close(abandon=True)
    assert (path.read_bytes() if path.exists() else None) == left
    assert [one.name for one in tmp_path.glob("*.saving*")] == []


def test_a_file_that_comes_back_is_gone_on_with(tmp_path: Path) -> None:
    path = new_file(tmp_path / "案卷.cpaudit")
    session = opened(path)
    give(session, "n", "1")
    away = tmp_path / "away.cpaudit"
    path.rename(away)
    give(session, "n", "2")
    assert session.waiting == 1
    away.rename(path)
    session.retry()
    assert session.waiting == 0
    # A disk that was away comes back under other numbers, with the same state: it is the file.
    shutil.copy(path, away)
    os.replace(away, path)
    give(session, "n", "3")
    assert session.waiting == 0
    session.close()
    assert read_audit(path).book.text("n") == "3"


def test_a_touched_file_is_no_reason_to_stop(tmp_path: Path) -> None:
    path = new_file(tmp_path / "案卷.cpaudit")
    session = opened(path)
    give(session, "n", "1")
    os.utime(path, ns=(5, 5))
    give(session, "n", "2")
    assert session.waiting == 0
    session.close()
    assert read_audit(path).book.text("n") == "2"


def test_the_history_goes_along_while_the_handle_leads_to_it(tmp_path: Path) -> None:
    path = new_file(tmp_path / "案卷.cpaudit")
    session = opened(path)
    give(session, "n", "1")
    path.unlink()
    give(session, "n", "2")
    target = tmp_path / "另存.cpaudit"
    session.copy_to(target)
    session.close(abandon=True)
    copy = opening.open_file(target)
    assert [entry.after for entry in copy.history("n")] == [Given("2"), Given("1"), Given("0")]
    copy.close()


def test_no_backup_is_made_of_what_is_not_ours(tmp_path: Path) -> None:
    path = new_file(tmp_path / "案卷.cpaudit")
    session = opened(path)
    kept = session.backups
    shutil.copy(path, tmp_path / "old.cpaudit")
    give(session, "n", "1")
    overwritten_in_place(path)
    give(session, "n", "2")
    session.close(abandon=True)
    assert session.backups == kept


# -- doubtful places


def test_hard_links_and_synced_folders_are_recognised(tmp_path: Path) -> None:
    path = new_file(tmp_path / "案卷.cpaudit")
    assert places.doubts(path) == ()
    os.link(path, tmp_path / "second name.cpaudit")
    (problem,) = places.doubts(path)
    assert "硬链接" in problem.what
    for folder in ("OneDrive", "OneDrive - 公司", "我的坚果云", "Dropbox", "WPS云盘"):
        synced = tmp_path / folder / "客户"
        synced.mkdir(parents=True)
        (problem,) = places.doubts(new_file(synced / "案卷.cpaudit"))
        assert "同步" in problem.what
    (tmp_path / "share").mkdir()
    (tmp_path / "share" / ".stfolder").mkdir()
    assert places.synced_by(tmp_path / "share" / "a.cpaudit") == "Syncthing"


def test_network_file_systems_are_recognised_by_the_nearest_mount() -> None:
    mounts = (
        "/dev/sda1 / ext4 rw 0 0\n//server/share /mnt/客户\\040资料 cifs rw 0 0\n"
        "server:/home /home nfs4 rw 0 0\n/dev/sdb1 /home/me/stick vfat rw 0 0\n"
    )
    assert places.file_system_of(Path("/mnt/客户 资料/a.cpaudit"), mounts) == "cifs"
    assert places.file_system_of(Path("/home/me/a.cpaudit"), mounts) == "nfs4"
    assert places.file_system_of(Path("/home/me/stick/a.cpaudit"), mounts) == "vfat"
    assert places.file_system_of(Path("/var/a.cpaudit"), mounts) == "ext4"


def test_an_audit_that_another_program_has_opened_is_not_spoiled(tmp_path: Path) -> None:
    path = new_file(tmp_path / "案卷.cpaudit")
    session = opened(path)
    other = sqlite3.connect(path, timeout=0)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("UPDATE answer SET text = '9'")
    other.close()
    session.close()
