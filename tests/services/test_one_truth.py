"""One audit file, one result: in the window, on paper, by command, in the folder's table; and only newer data taken over change it."""

import csv
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from app.assessment.finding import NotApplicable
from app.assessment.result import Assessment
from app.audit.basis import BASIS_KEY
from app.bootstrap import load_catalogue
from app.errors import UserError
from app.forms.answer import Answer, AnswerBook, Change, Given
from app.papers.audit_report import build_report
from app.papers.document import State
from app.services.cases import Cases
from app.services.newer_data import newer_data, take_over
from app.services.projects import Projects
from app.services.scoring import assessment_to_plain, score_case, score_folder
from app.services.session import ImmediateExecutor
from app.standards.form_json import to_json
from app.storage.catalogue_store import Catalogue
from tests.helpers.fill import filled
from tests.helpers.forms import shipped_forms

NOW = datetime(2026, 11, 20, 14, 3, 22, tzinfo=UTC)
DERIVED = sorted(shipped_forms().derivations)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.fixture(scope="module")
def projects(catalogue: Catalogue) -> Projects:
    return Projects(catalogue, ImmediateExecutor(), lambda: NOW)


@cache
def _as_text(questionnaire_id: str) -> str:
    return to_json(shipped_forms().questionnaires[questionnaire_id])


def books(system_id: str) -> Iterator[tuple[str, AnswerBook]]:
    """The question set that knows most of the document's quantities, filled, with gaps, and with answers that do not apply."""
    forms = shipped_forms()
    wanted = {
        quantity
        for table in forms.derivations[system_id].indicators.values()
        for quantity in table.values()
    }

    def known(questionnaire_id: str) -> int:
        text = _as_text(questionnaire_id)
        names = [
            name
            for quantity in wanted
            for name in forms.quantities[quantity].expression.replace("(", " ").split()
        ]
        return sum(f'"{name}"' in text for name in names)

    best = max((one for one in forms.questionnaires if one != "front_door"), key=known)
    whole = filled(forms.questionnaires[best])
    yield "whole", whole
    partly: dict[str, Answer] = {
        key: answer
        for place, (key, answer) in enumerate(whole.answers.items())
        if place % 7 or key == "audit.base_year"
    }
    yield "partly", AnswerBook(partly, whole.rows)
    mixed: dict[str, Answer] = {
        key: NotApplicable("本企业没有")
        if place % 5 == 0
        and isinstance(answer, Given)
        and answer.text.isdigit()
        and key != "audit.base_year"
        else answer
        for place, (key, answer) in enumerate(whole.answers.items())
    }
    yield "not applicable", AnswerBook(mixed, whole.rows)


@pytest.mark.parametrize("system_id", DERIVED)
def test_window_paper_command_and_folder_agree(
    system_id: str, projects: Projects, catalogue: Catalogue, tmp_path: Path
) -> None:
    system = catalogue.system(system_id)
    written: dict[str, Assessment] = {}
    for name, book in books(system_id):
        for table in system.tables[:2]:
            session = projects.create_audit(
                tmp_path, f"{name} {table.id}", book, system_id, table.id, who="何敏"
            )
            in_window = session.assessment
            assert in_window is not None
            session.close()
            project, on_paper = projects.load(session.path)
            assert on_paper == in_window
            if name == "not applicable":  # what a paper is most likely to trip over
                build_report(project, on_paper, state=State.DRAFT, today=date(2026, 11, 29))
            plain = score_case(session.path, catalogue)
            assert json.dumps(plain) == json.dumps(assessment_to_plain(in_window, system))
            written[session.path.name] = in_window
    target = tmp_path / "结果.csv"
    assert score_folder(tmp_path, target, catalogue) == ()
    with target.open(encoding="utf-8-sig", newline="") as stream:
        rows = {row["文件"]: row for row in csv.DictReader(stream)}
    for name, assessment in written.items():
        level = assessment.level
        assert rows[name]["等级"] == ("" if level is None else level.symbol)
        for each, interval in assessment.index_range.items():
            low = Fraction(rows[name][f"Y{each.symbol}最低"])
            assert abs(low - interval.low) < Fraction(1, 10**5)
    assert len(written) == 3 * len(system.tables[:2])


# --- data that get newer ---------------------------------------------------------------------------------------------


@pytest.fixture
def old_audit(projects: Projects, tmp_path: Path) -> Path:
    return projects.sample(tmp_path)[1]


def newer(catalogue: Catalogue) -> Catalogue:
    """The same catalogue after an update: factors are others, a question is worded anew."""
    copy = Catalogue(dict(catalogue._bodies), "newer", ())  # noqa: SLF001 - as a later build would hold it
    bodies = copy._bodies  # noqa: SLF001
    factors = {
        name: replace(factor, value=factor.value * 2)
        for name, factor in catalogue.factors().items()
    }
    bodies["factors", "all"] = (to_json(factors), "x")
    text = bodies["questionnaire", "industry"][0]
    bodies["questionnaire", "industry"] = (text.replace("企业名称", "企业的全名", 1), "x")
    return copy


def test_newer_data_change_nothing_until_they_are_taken_over(
    catalogue: Catalogue, projects: Projects, old_audit: Path
) -> None:
    before_project, before = projects.load(old_audit)
    later = newer(catalogue)
    updated = Projects(later, ImmediateExecutor(), lambda: NOW)
    project, assessment = updated.load(old_audit)
    assert assessment == before
    assert project.basis_hash == before_project.basis_hash
    assert score_case(old_audit, later) == score_case(old_audit, catalogue)
    session = updated.open_audit(old_audit)
    found = newer_data(session, updated.cases)
    assert found is not None
    assert {one.kind for one in found.data} >= {"系数"}
    assert any(one.before != one.after for one in found.figures)
    total = session.project.derivation.figure("energy.total").value
    take_over(session, found)
    assert session.project.derivation.figure("energy.total").value != total
    assert newer_data(session, updated.cases) is None
    session.undo()
    assert session.project.derivation.figure("energy.total").value == total
    session.redo()
    session.close()
    taken, _ = updated.load(old_audit)
    assert taken.derivation.figure("energy.total").value != total
    # An older program reads the same file with the data frozen in it.
    again, _ = projects.load(old_audit)
    assert (
        again.derivation.figure("energy.total").value
        == taken.derivation.figure("energy.total").value
    )


def test_an_older_file_keeps_the_data_of_its_first_change(
    catalogue: Catalogue, projects: Projects, tmp_path: Path
) -> None:
    session = projects.open_audit(projects.sample(tmp_path)[0])
    session.record([Change(BASIS_KEY, session.book.get(BASIS_KEY), NotApplicable("旧格式"))], "x")
    session.close()
    opened = projects.open_audit(session.path)
    assert opened.basis is None
    assert opened.book.text(BASIS_KEY) == ""
    opened.record([Change("firm.name", opened.book.get("firm.name"), Given("改名"))], "填写")
    assert opened.basis is not None
    assert opened.undo_label == "填写"
    opened.undo()
    assert opened.book.text(BASIS_KEY) == opened.basis.hash
    opened.close()


def test_an_audit_whose_frozen_data_are_gone_is_damaged(
    catalogue: Catalogue, old_audit: Path
) -> None:
    connection = sqlite3.connect(old_audit)
    with connection:
        connection.execute("UPDATE system SET json = json || ' ' WHERE system_id = '@basis'")
    connection.close()
    projects = Projects(catalogue, ImmediateExecutor(), lambda: NOW)
    with pytest.raises(UserError):
        projects.load(old_audit)
    with pytest.raises(UserError):
        projects.open_audit(old_audit)


def test_a_case_needs_its_question_set(catalogue: Catalogue) -> None:
    with pytest.raises(UserError, match="问题集"):
        Cases(catalogue).present_basis("没有这个")


def test_a_file_of_an_earlier_edition_opens_with_the_data_frozen_in_it(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    """One file a released edition: when this fails, the shape of the frozen data changed and old ones are to be read too."""
    kept = sorted((Path(__file__).parents[1] / "frozen_files").glob("*.cpaudit"))
    assert kept
    for file in kept:
        copy = tmp_path / file.name
        copy.write_bytes(file.read_bytes())
        projects = Projects(catalogue, ImmediateExecutor(), lambda: NOW)
        project, assessment = projects.load(copy)
        assert assessment is not None
        assert project.basis_hash == project.book.text(BASIS_KEY)
        assert {level.code: value for level, value in assessment.index.items()} == {
            "I": Fraction("30.55"),
            "II": Fraction("66.8"),
            "III": Fraction(100),
        }
        session = projects.open_audit(copy)
        assert session.assessment == assessment
        session.close()
