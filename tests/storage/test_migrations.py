"""Old audit files, kept as they were written: opened, brought to the present format, scored as before."""

import pkgutil
import shutil
import sqlite3
from fractions import Fraction
from pathlib import Path

import pytest

from app import paths
from app.assessment.indicator_system import Level
from app.bootstrap import load_catalogue
from app.errors import UserError
from app.forms.answer import Given
from app.services.scoring import Scorer
from app.storage import database, migrations
from app.storage.opening import open_file
from app.storage.rows import metadata
from tests.helpers.ordinary_user import open_folder, ordinary_user

OLD_FILES = Path(__file__).parents[1] / "old_files"
# The old file of each format that was left behind.
KEPT = {
    1: "澄岭五金 0.1.cpaudit",
    1000: "澄岭五金 1.0.cpaudit",
    1001: "澄岭五金 1.1.cpaudit",
}


def old_file(version: int, folder: Path) -> Path:
    return Path(shutil.copy(OLD_FILES / KEPT[version], folder / "旧 案卷.cpaudit"))


def test_every_step_is_listed_follows_the_one_before_and_has_its_old_file() -> None:
    modules = {module.name for module in pkgutil.iter_modules(migrations.__path__)}
    assert modules == {step.migrate.__module__.rpartition(".")[2] for step in migrations.STEPS}
    versions = [step.before for step in migrations.STEPS] + [migrations.STEPS[-1].after]
    assert versions == sorted(versions)
    assert [step.after for step in migrations.STEPS] == versions[1:]
    assert versions[-1] == database.FORMAT
    assert set(KEPT) == {step.before for step in migrations.STEPS}
    for version, name in KEPT.items():
        assert database.read_version(OLD_FILES / name) == version


def test_from_0_1_answers_rows_changes_and_system_come_along(tmp_path: Path) -> None:
    path = old_file(1, tmp_path)
    with sqlite3.connect(path) as old:
        answers = dict(old.execute("SELECT key, text FROM answer WHERE state = 'given'").fetchall())
        rows = dict(old.execute("SELECT key, value FROM meta WHERE key LIKE 'rows:%'").fetchall())
    old.close()
    content = path.read_bytes()
    file = open_file(path)
    assert (file.migrated_from, file.read_only) == (1, False)
    book = file.read_book()
    given = {key: answer.text for key, answer in book.answers.items() if isinstance(answer, Given)}
    assert given == answers
    assert {f"rows:{table}": "\n".join(ids) for table, ids in book.rows.items()} == rows
    system = file.system()
    assert system is not None
    assert system.system_id == "electroplating-2015"
    (entry,) = file.history("audit.base_year")
    assert (entry.before, entry.after) == (Given("2024"), Given("2025"))
    assert (entry.who, entry.when.isoformat()) == ("何敏", "2026-10-12T09:30:00+08:00")
    assert not [key for key in file.meta if key.startswith("rows:")]
    file.close()
    (kept,) = paths.backups_dir().glob("*升级前 0.1*")
    assert kept.read_bytes() == content
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    assert database.read_version(path) == database.FORMAT


def test_from_1_0_every_answer_row_and_change_comes_along(tmp_path: Path) -> None:
    path = old_file(1000, tmp_path)

    def everything() -> list[list[tuple[object, ...]]]:
        with sqlite3.connect(path) as plain:
            found = [
                plain.execute(f"SELECT * FROM {table}").fetchall()
                for table in ("answer", "table_row", "change", "system")
            ]
            found.append(plain.execute("SELECT id, at, who, label FROM act").fetchall())
            found.append(plain.execute("SELECT * FROM meta WHERE key <> 'seal'").fetchall())
        plain.close()
        return found

    before = everything()
    file = open_file(path)
    assert file.migrated_from == 1000
    file.close()
    assert everything() == before


def test_a_migrated_file_has_the_tables_of_a_new_one(tmp_path: Path) -> None:
    migrated = old_file(1, tmp_path)
    open_file(migrated).close()
    new = tmp_path / "new.cpaudit"
    engine = database.open_engine(new, "rwc")
    metadata.create_all(engine)
    engine.dispose()

    def shape(path: Path) -> dict[str, object]:
        with sqlite3.connect(path) as plain:
            tables = [
                name
                for (name,) in plain.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            ]
            found: dict[str, object] = {
                name: (
                    plain.execute(f"PRAGMA table_info({name})").fetchall(),
                    plain.execute(f"PRAGMA foreign_key_list({name})").fetchall(),
                    sorted(row[1] for row in plain.execute(f"PRAGMA index_list({name})")),
                )
                for name in tables
            }
        plain.close()
        return found

    assert shape(migrated) == shape(new)


@pytest.mark.parametrize("version", KEPT)
def test_an_old_file_scores_as_it_did(version: int, tmp_path: Path) -> None:
    assessment, _ = Scorer(load_catalogue()).assess(old_file(version, tmp_path))
    assert assessment.index[Level.I] == Fraction("30.55")
    assert assessment.level is Level.III


def test_a_read_only_old_file_is_read_from_a_migrated_copy() -> None:
    with open_folder() as folder:
        path = old_file(1, folder)
        path.chmod(0o444)
        content = path.read_bytes()
        with ordinary_user():
            file = open_file(path)
            assert (file.migrated_from, file.read_only) == (1, True)
            assert file.read_book().text("audit.base_year") == "2025"
            file.close()
        assert path.read_bytes() == content


def test_a_damaged_old_file_is_left_as_it_is(tmp_path: Path) -> None:
    path = old_file(1, tmp_path)
    with sqlite3.connect(path) as plain:
        plain.execute("DROP TABLE change_log")
    plain.close()
    content = path.read_bytes()
    with pytest.raises(UserError, match="损坏"):
        open_file(path)
    assert path.read_bytes() == content
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_an_unknown_old_format_is_refused(tmp_path: Path) -> None:
    path = old_file(1, tmp_path)
    with sqlite3.connect(path) as plain:
        plain.execute("PRAGMA user_version = 17")
    plain.close()
    with pytest.raises(UserError):
        open_file(path)
