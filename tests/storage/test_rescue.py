"""A damaged audit: what can be read goes into a new file, the damaged one stays as it is."""

import random
import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.errors import UserError
from app.storage import rescue
from app.storage.audit_reader import StoredAudit, read_audit
from app.storage.opening import open_file

OLD = Path(__file__).parents[1] / "old_files"
NOW = datetime(2026, 11, 20, 9, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sound") / "案卷.cpaudit"
    shutil.copy(OLD / "澄岭五金 1.0.cpaudit", path)
    open_file(path).close()
    return path


def rescued(path: Path) -> tuple[StoredAudit, rescue.Rescued]:
    before = path.read_bytes()
    target = path.with_name("救出.cpaudit")
    target.unlink(missing_ok=True)
    file, found = rescue.rescue(path, target, who="何敏", when=NOW)
    file.close()
    assert path.read_bytes() == before
    return read_audit(target), found


def copy_of(sound: Path, folder: Path) -> Path:
    return Path(shutil.copy(sound, folder / "坏.cpaudit"))


def test_the_log_says_what_an_answer_was(sound: Path, tmp_path: Path) -> None:
    path = copy_of(sound, tmp_path)
    with sqlite3.connect(path) as plain:
        plain.execute("UPDATE answer SET text = '1999' WHERE key = 'audit.base_year'")
    plain.close()
    stored, found = rescued(path)
    assert stored.book == read_audit(sound).book
    assert found.doubtful == ("audit.base_year",)
    assert stored.system_hash == read_audit(sound).system_hash


def test_a_broken_log_leaves_the_answers(sound: Path, tmp_path: Path) -> None:
    path = copy_of(sound, tmp_path)
    with sqlite3.connect(path) as plain:
        plain.execute("DROP TABLE change")
    plain.close()
    stored, _ = rescued(path)
    assert stored.book == read_audit(sound).book


def test_torn_pages_cost_little_or_nothing(sound: Path, tmp_path: Path) -> None:
    """Any one page zeroed: nothing that is rescued is another value than it was."""
    whole = read_audit(sound).book
    pages = sound.stat().st_size // 4096
    dice = random.Random(3)
    kept = []
    for page in dice.sample(range(1, pages), 8):
        path = copy_of(sound, tmp_path)
        content = bytearray(path.read_bytes())
        content[page * 4096 : (page + 1) * 4096] = bytes(4096)
        path.write_bytes(content)
        try:
            stored, _ = rescued(path)
        except UserError:
            kept.append(0)
            continue
        for key, answer in stored.book.answers.items():
            assert key == "audit.basis" or answer == whole.get(key)
        kept.append(len(stored.book.answers))
    assert sorted(kept)[len(kept) // 2] > len(whole.answers) // 2


def test_nothing_readable_says_so(tmp_path: Path) -> None:
    path = tmp_path / "坏.cpaudit"
    path.write_bytes(b"SQLite format 3\x00" + bytes(8000))
    with pytest.raises(UserError):
        rescue.read_what_is_left(path)


def test_the_first_format_can_be_rescued_too(tmp_path: Path) -> None:
    path = tmp_path / "坏.cpaudit"
    shutil.copy(OLD / "澄岭五金 0.1.cpaudit", path)
    with sqlite3.connect(path) as plain:
        plain.execute("DROP TABLE change_log")
    plain.close()
    assert len(rescue.read_what_is_left(path).book.answers) == 1100
