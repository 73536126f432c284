"""Audits as documents: created, listed, read without holding, sampled, brought back."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from app import paths
from app.assessment.indicator_system import Level
from app.bootstrap import load_catalogue
from app.errors import UserError
from app.forms.answer import MISSING, AnswerBook, Change, Given
from app.services.projects import Projects
from app.services.session import AuditSession, ImmediateExecutor
from app.storage import opening

NOW = datetime(2026, 11, 20, 14, 3, 22, tzinfo=UTC)


@pytest.fixture(scope="module")
def projects() -> Projects:
    return Projects(load_catalogue(), ImmediateExecutor(), lambda: NOW)


@pytest.fixture
def samples(projects: Projects, tmp_path: Path) -> tuple[Path, Path]:
    return projects.sample(tmp_path / "示例 案卷")


def test_the_sample_has_the_figures_of_the_design(
    projects: Projects, samples: tuple[Path, Path]
) -> None:
    _, incomplete = projects.load(samples[0])
    _, complete = projects.load(samples[1])
    assert incomplete is not None
    assert complete is not None
    assert incomplete.level is None
    assert incomplete.level_range == (Level.III, Level.NONE)
    ranges = {level: (both.low, both.high) for level, both in incomplete.index_range.items()}
    assert ranges == {
        Level.I: (Fraction("28.95"), Fraction("35.35")),
        Level.II: (Fraction("65.2"), Fraction("71.6")),
        Level.III: (Fraction("93.6"), Fraction(100)),
    }
    assert dict(complete.index) == {
        Level.I: Fraction("30.55"),
        Level.II: Fraction("66.8"),
        Level.III: Fraction(100),
    }
    assert complete.level is Level.III


def test_the_sample_is_the_same_every_time_and_never_overwrites(
    projects: Projects,
    samples: tuple[Path, Path],
    tmp_path: Path,
    written_anew: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Projects, "_write_sample", written_anew)
    for folder in ("b", "c"):
        again = projects.sample(tmp_path / folder)
        assert [path.read_bytes() for path in again] == [path.read_bytes() for path in samples]
    session = projects.open_audit(samples[0])
    session.record([Change("firm.name", MISSING, Given("改过"))], "填写")
    session.close()
    projects.sample(samples[0].parent)
    project, _ = projects.load(samples[0])
    assert project.book.text("firm.name") == "改过"


def test_a_score_follows_an_answer_and_its_undo(
    projects: Projects, samples: tuple[Path, Path]
) -> None:
    session = projects.open_audit(samples[1])
    before = session.assessment
    assert before is not None
    key = next(key for key in session.book.answers if key.startswith("indicator/"))
    session.record([Change(key, MISSING, MISSING)], "清空")
    assert session.assessment is not None
    assert session.assessment.level is None
    session.undo()
    assert session.assessment == before
    session.close()


def test_new_audits_get_names_that_are_free_and_allowed(projects: Projects, tmp_path: Path) -> None:
    names = []
    for name in ('澄岭/五金: "2026" 第一轮', '澄岭/五金: "2026" 第一轮', "…. "):
        session = projects.create_audit(tmp_path / "新 夹", name, AnswerBook())
        assert session.system is None
        session.close()
        names.append(session.path.name)
    assert names == [
        "澄岭五金 2026 第一轮.cpaudit",
        "澄岭五金 2026 第一轮 (2).cpaudit",
        "….cpaudit",
    ]


def test_a_new_audit_keeps_its_system_and_who_made_it(projects: Projects, tmp_path: Path) -> None:
    session = projects.create_audit(
        tmp_path,
        "甲",
        AnswerBook({"firm.name": Given("甲厂")}),
        "electroplating-2015",
        "general-plating",
        who="何敏",
    )
    assert session.system is not None
    assert session.system.system_id == "electroplating-2015"
    assert session.project.table_id == "general-plating"
    assert [entry.who for entry in session.history("firm.name")] == ["何敏"]
    session.close()


def test_a_folder_that_cannot_be_made_says_so(projects: Projects, tmp_path: Path) -> None:
    (tmp_path / "不是文件夹").write_text("")
    with pytest.raises(UserError, match="文件夹建不了"):
        projects.create_audit(tmp_path / "不是文件夹" / "里面", "甲", AnswerBook())


def test_the_list_latest_first_with_missing_files_and_forgetting(
    projects: Projects, samples: tuple[Path, Path]
) -> None:
    for path in samples:
        projects.open_audit(path).close()
    first, second = projects.audits.summaries()
    assert (first.path, second.path) == (samples[1], samples[0])
    assert (first.level, second.level, first.rated) == (Level.III, None, True)
    assert first.name
    assert first.deadline == date(2027, 3, 16)
    assert 0 < second.done < first.done <= 1
    samples[1].unlink()
    assert "不在原来的地方" in projects.audits.summaries()[0].trouble
    projects.audits.forget(samples[1])
    assert [entry.path for entry in projects.audits.summaries()] == [samples[0]]


def test_a_broken_list_loses_only_the_list(
    projects: Projects, samples: tuple[Path, Path], caplog: pytest.LogCaptureFixture
) -> None:
    (paths.user_data_dir() / "library.json").write_text("{", encoding="utf-8")
    assert projects.audits.summaries() == ()
    projects.open_audit(samples[0]).close()
    assert len(projects.audits.summaries()) == 1


def test_loading_leaves_the_file_free_and_off_the_list(
    projects: Projects, samples: tuple[Path, Path]
) -> None:
    projects.load(samples[0])
    assert projects.audits.summaries() == ()
    projects.open_audit(samples[0]).close()


def test_the_latest_backup_is_brought_back_beside_a_damaged_audit(
    projects: Projects, samples: tuple[Path, Path]
) -> None:
    session = projects.open_audit(samples[0])
    session.record([Change("firm.name", MISSING, Given("留住"))], "填写")
    session.close()
    samples[0].write_bytes(samples[0].read_bytes()[:5000])
    with pytest.raises(UserError, match="损坏"):
        projects.open_audit(samples[0])
    restored = projects.restore(samples[0])
    project, _ = projects.load(restored)
    assert project.book.text("firm.name") == "留住"
    with pytest.raises(UserError, match="没有它的备份"):
        projects.restore(samples[1])


def test_an_audit_of_unknown_questions_closes_again(projects: Projects, tmp_path: Path) -> None:
    path = tmp_path / "a.cpaudit"
    opening.create(
        path,
        answers=AnswerBook(),
        system=None,
        meta={"audit_id": "x", "questionnaire": "from the future"},
        who="x",
        when=NOW,
    ).close()
    for open_or_load in (projects.open_audit, projects.load):
        with pytest.raises(UserError, match="from the future"):
            open_or_load(path)
    opening.open_file(path).close()


def next_round(projects: Projects, path: Path, year: int | None = None) -> AuditSession:
    book, earlier = projects.carry_over(projects.read_earlier(path), "industry", year)
    system_id, table_id = book.text("audit.system"), book.text("audit.table")
    return projects.create_audit(path.parent, "下一轮", book, system_id, table_id, earlier=earlier)


def test_the_next_round_is_a_file_of_its_own_beside_the_last(
    projects: Projects, samples: tuple[Path, Path]
) -> None:
    before = samples[1].read_bytes()
    session = next_round(projects, samples[1])
    assert samples[1].read_bytes() == before
    assert session.project.base_year == 2026
    assert session.project.system is not None
    assert session.assessment is not None
    assert session.assessment.level is None
    assert session.earlier is not None
    assert session.earlier.year == 2025
    assert session.earlier.beside("energy.diesel", 2026) != MISSING
    session.close()
    with pytest.raises(UserError, match="2026"):
        next_round(projects, session.path, 2026)
    first = projects.open_audit(samples[1])
    assert first.earlier is None
    first.close()


def test_what_the_last_round_said_goes_with_the_file_and_its_backups(
    projects: Projects, samples: tuple[Path, Path], tmp_path: Path
) -> None:
    made = next_round(projects, samples[1])
    made.close()
    elsewhere = tmp_path / "另一台" / "带走.cpaudit"
    elsewhere.parent.mkdir()
    made.path.replace(elsewhere)
    samples[1].unlink()
    session = projects.open_audit(elsewhere)
    assert session.earlier is not None
    session.close()
    restored = projects.open_audit(projects.restore(elsewhere))
    assert restored.earlier == session.earlier
    restored.close()


def test_a_missing_file_stays_in_the_list_and_says_what_to_do(
    projects: Projects, samples: tuple[Path, Path]
) -> None:
    projects.open_audit(samples[1]).close()
    samples[1].unlink()
    found = next(one for one in projects.audits.summaries() if one.path == samples[1])
    assert "备份" in found.trouble
    projects.audits.forget(samples[1])
    assert samples[1] not in [one.path for one in projects.audits.summaries()]


def test_a_chosen_backup_comes_back_as_a_file_of_its_own(
    projects: Projects, samples: tuple[Path, Path]
) -> None:
    session = projects.open_audit(samples[1])
    session.record([Change("firm.name", MISSING, Given("改过"))], "填写")
    session.close()
    kept = projects.backups(samples[1])
    assert kept
    made = projects.restore(samples[1], kept[-1].path)
    assert made != samples[1]
    assert made.parent == samples[1].parent
    projects.load(made)
