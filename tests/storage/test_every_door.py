"""A file that is not sound is found by the window, `score`, `report` and a folder score alike, and said in plain words."""

import re
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from app.bootstrap import load_catalogue
from app.errors import UserError
from app.services.cases import Cases
from app.services.scoring import Scorer, score_folder
from app.storage import journals
from app.storage.audit_reader import read_audit
from app.storage.catalogue_store import Catalogue
from app.storage.opening import open_file

OLD = Path(__file__).parents[1] / "old_files" / "澄岭五金 1.0.cpaudit"


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An audit of the present format with answers, rows and three acts."""
    path = tmp_path_factory.mktemp("sound") / "案卷.cpaudit"
    shutil.copy(OLD, path)
    open_file(path).close()
    return path


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def everywhere(path: Path, catalogue: Catalogue) -> list[str]:
    """What each door says about the file, "" where it opens."""

    def said(door: Callable[[], object]) -> str:
        try:
            door()
        except UserError as error:
            return str(error)
        return ""

    before = path.read_bytes()
    found = [
        said(lambda: open_file(path, read_only=True).close()),
        said(lambda: Scorer(catalogue).assess(path)),
        said(lambda: Cases(catalogue).read(path)),
        said(lambda: open_file(path).close()),
    ]
    out = path.with_name("scores.csv")
    problems = score_folder(path.parent, out, catalogue)
    found.append("；".join(str(one) for one in problems))
    if any(found):
        assert path.read_bytes() == before
    return found


def change(path: Path, *statements: str) -> None:
    with sqlite3.connect(path) as plain:
        plain.execute("PRAGMA writable_schema = ON")
        for statement in statements:
            plain.execute(statement)
    plain.close()


def flip(path: Path, find: bytes, put: bytes, *, last: bool = False) -> None:
    content = path.read_bytes()
    place = content.rfind(find) if last else content.find(find)
    assert place >= 0
    path.write_bytes(content[:place] + put + content[place + len(find) :])


ENDLESS = (
    "CREATE VIEW act AS WITH RECURSIVE r(a) AS (SELECT 1 UNION ALL SELECT a+1 FROM r)"
    " SELECT a AS id, 'x' AS at, 'x' AS who, 'x' AS label, '' AS seal FROM r"
)
TRIGGER = (
    "CREATE TRIGGER t AFTER INSERT ON change BEGIN"
    " UPDATE answer SET text = '1' WHERE key = 'firm.name'; END"
)
DAMAGE: dict[str, Callable[[Path], object]] = {
    "an answer changed beside the log": lambda path: change(
        path, "UPDATE answer SET text = text || '0' WHERE key = 'audit.base_year'"
    ),
    "an answer gone": lambda path: change(path, "DELETE FROM answer WHERE key = 'firm.name'"),
    "an answer nobody gave": lambda path: change(
        path, "INSERT INTO answer VALUES ('firm.nobody_asked', 'given', '3', '', '')"
    ),
    "log and answer changed alike": lambda path: change(
        path,
        "UPDATE answer SET text = '1999' WHERE key = 'audit.base_year'",
        "UPDATE change SET after_text = '1999' WHERE key = 'audit.base_year'",
    ),
    "an act gone": lambda path: change(
        path, "DELETE FROM change WHERE act_id = 1", "DELETE FROM act WHERE id = 1"
    ),
    "the last act gone": lambda path: change(
        path,
        "DELETE FROM change WHERE act_id = (SELECT max(id) FROM act)",
        "DELETE FROM act WHERE id = (SELECT max(id) FROM act)",
    ),
    "another name in the record": lambda path: change(path, "UPDATE act SET who = 'x'"),
    "rows in another order": lambda path: change(
        path,
        "UPDATE table_row SET position = 100 - position WHERE table_id = 'team.members'",
    ),
    "a setting changed": lambda path: change(
        path, "UPDATE meta SET value = 'x' WHERE key = 'created_by'"
    ),
    "no question set": lambda path: change(path, "DELETE FROM meta WHERE key = 'questionnaire'"),
    "a frozen system changed": lambda path: change(
        path, "UPDATE system SET json = replace(json, '1', '2')"
    ),
    "a frozen system with its hash away": lambda path: change(path, "DELETE FROM system"),
    "an unknown state": lambda path: flip(path, b"audit.base_yeargiven", b"audit.base_yeargivem"),
    "a state as a number": lambda path: change(
        path, "PRAGMA ignore_check_constraints = ON", "UPDATE answer SET state = 7"
    ),
    "text that is no text": lambda path: change(
        path, "UPDATE answer SET text = x'ff' WHERE key = 'audit.base_year'"
    ),
    "a digit flipped": lambda path: flip(
        path, b"audit.base_yeargiven2025", b"audit.base_yeargiven2024"
    ),
    "an endless view": lambda path: change(path, "ALTER TABLE act RENAME TO a", ENDLESS),
    "a trigger": lambda path: change(path, TRIGGER),
    "a view more": lambda path: change(path, "CREATE VIEW v AS SELECT 1"),
    "a generated column": lambda path: change(
        path, "ALTER TABLE answer ADD COLUMN more TEXT AS ('5')"
    ),
    "no CHECK": lambda path: change(
        path,
        "UPDATE sqlite_master SET sql = replace(sql, 'given', 'xxxxx') WHERE name = 'answer'",
    ),
    "an index gone": lambda path: change(path, "DROP INDEX change_by_key"),
    "a table more": lambda path: change(path, "CREATE TABLE more (a)"),
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:-4096]),
    "another way of writing": lambda path: path.write_bytes(
        path.read_bytes()[:18] + b"\x02\x02" + path.read_bytes()[20:]
    ),
    "a page of zeros": lambda path: path.write_bytes(
        path.read_bytes()[:4096] + bytes(4096) + path.read_bytes()[8192:]
    ),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_every_door_refuses(name: str, sound: Path, tmp_path: Path, catalogue: Catalogue) -> None:
    path = tmp_path / "案卷.cpaudit"
    shutil.copy(sound, path)
    DAMAGE[name](path)
    for door, said in enumerate(everywhere(path, catalogue)):
        assert "损坏" in said, (door, said)
        if door in (1, 2, 4):  # what people read: names of questions, not keys
            assert not re.search(r"「[a-z_@]+(?:[./][a-z_./0-9]*)?」", said), said


@pytest.mark.parametrize(
    "name", ["an answer changed beside the log", "a trigger", "an endless view"]
)
def test_a_file_of_an_older_format_is_proved_before_it_is_upgraded(
    name: str, tmp_path: Path, catalogue: Catalogue
) -> None:
    path = tmp_path / "案卷.cpaudit"
    shutil.copy(OLD, path)
    DAMAGE[name](path)
    for door, said in enumerate(everywhere(path, catalogue)):
        assert "损坏" in said, (door, said)


def test_the_answer_and_what_the_log_says_are_named(sound: Path, tmp_path: Path) -> None:
    path = tmp_path / "案卷.cpaudit"
    shutil.copy(sound, path)
    DAMAGE["a digit flipped"](path)
    with pytest.raises(UserError, match=r"audit.base_year.*2024.*2025"):
        read_audit(path)


def test_an_index_that_misses_a_row_is_found(
    sound: Path, tmp_path: Path, catalogue: Catalogue
) -> None:
    """quick_check says ok, a row cannot be found by its key any more."""
    path = tmp_path / "案卷.cpaudit"
    shutil.copy(sound, path)
    with sqlite3.connect(path) as plain:
        root = plain.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'change_by_act'"
        ).fetchone()[0]
    plain.close()
    content = bytearray(path.read_bytes())
    # An interior page has its last child in bytes 8..12; a leaf keeps the count of its cells in bytes 3..5.
    page = (root - 1) * 4096
    if content[page] == 2:
        page = (int.from_bytes(content[page + 8 : page + 12], "big") - 1) * 4096
    count = int.from_bytes(content[page + 3 : page + 5], "big")
    content[page + 3 : page + 5] = (count - 1).to_bytes(2, "big")
    path.write_bytes(content)
    for door, said in enumerate(everywhere(path, catalogue)):
        assert "损坏" in said, (door, said)


# -- journals


def interrupted(path: Path, statement: str) -> None:
    """Leave `path` as a kill in the middle of writing leaves it: half of it written, the journal beside it."""
    other = path.with_name("working.cpaudit")
    shutil.copy(path, other)
    plain = sqlite3.connect(other, isolation_level=None)
    plain.execute("PRAGMA cache_size = 1")
    plain.execute("BEGIN")
    plain.execute(statement)
    plain.execute("UPDATE change SET before_raw = before_raw")  # more pages than the cache holds
    shutil.copy(other, path)
    shutil.copy(journals.journal_of(other), journals.journal_of(path))
    plain.execute("ROLLBACK")
    plain.close()
    other.unlink()


def test_a_hot_journal_is_played_at_every_door_on_copies(
    sound: Path, tmp_path: Path, catalogue: Catalogue
) -> None:
    path = tmp_path / "案卷.cpaudit"
    shutil.copy(sound, path)
    expected = read_audit(path)
    interrupted(path, "UPDATE answer SET text = '0' WHERE text <> ''")
    assert journals.has_journal(path)
    content, journal = path.read_bytes(), journals.journal_of(path).read_bytes()
    assert read_audit(path) == expected
    Scorer(catalogue).assess(path)
    file = open_file(path, read_only=True)
    assert file.read_book() == expected.book
    file.close()
    assert (path.read_bytes(), journals.journal_of(path).read_bytes()) == (content, journal)
    file = open_file(path)
    assert file.read_book() == expected.book
    assert file.journal is not None
    assert file.journal.played
    kept = file.journal.kept
    file.close()
    assert (kept / path.name).read_bytes() == content
    assert journals.journal_of(kept / path.name).read_bytes() == journal
    assert not journals.journal_of(path).exists()


def test_a_journal_of_another_state_never_spoils_a_good_copy(
    sound: Path, tmp_path: Path, catalogue: Catalogue
) -> None:
    path = tmp_path / "案卷.cpaudit"
    shutil.copy(sound, path)
    interrupted(path, "UPDATE answer SET text = '0' WHERE text <> ''")
    # A good copy of a later state is put where the file was, and its journal is forgotten there.
    later = tmp_path / "later.cpaudit"
    shutil.copy(sound, later)
    file = open_file(later)
    file.set_meta({"position": "energy\n" + "x" * 9000})
    file.close()
    shutil.copy(later, path)
    later.unlink()
    journal = journals.journal_of(path).read_bytes()
    expected = path.read_bytes()
    assert read_audit(path).meta["position"].startswith("energy")
    assert path.read_bytes() == expected
    file = open_file(path)
    assert file.journal is not None
    assert not file.journal.played
    kept = file.journal.kept
    assert file.meta["position"].startswith("energy")
    file.close()
    assert journals.journal_of(kept / path.name).read_bytes() == journal
    assert not journals.journal_of(path).exists()


def test_a_damaged_file_with_a_journal_that_does_not_help_stays_as_it_is(
    sound: Path, tmp_path: Path, catalogue: Catalogue
) -> None:
    path = tmp_path / "案卷.cpaudit"
    shutil.copy(sound, path)
    DAMAGE["a digit flipped"](path)
    journals.journal_of(path).write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + bytes(600))
    journal = journals.journal_of(path).read_bytes()
    for door, said in enumerate(everywhere(path, catalogue)):
        assert "损坏" in said, (door, said)
    assert journals.journal_of(path).read_bytes() == journal
