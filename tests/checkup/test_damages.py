"""Good audits are not blamed; each damage of tests/checkup/damages.yaml is found by its rule."""

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.audit.findings import assess_project
from app.audit.project import AuditProject
from app.checkup.check_up import check_up
from app.checkup.concern import Concern, Severity, say
from app.checkup.rules import TESTS
from app.forms.answer import Answer, AnswerBook, Given
from app.forms.checkup_data import CheckupData
from app.standards.checkup_source import load_checkup
from tests.helpers.forms import RESOURCES, printer_project, sample_project

TODAY = date(2026, 11, 29)
CASES = yaml.safe_load((Path(__file__).parent / "damages.yaml").read_text("utf-8"))["cases"]
SAMPLES = {"chengling": sample_project, "huichuan": printer_project}


@lru_cache(maxsize=1)
def data() -> CheckupData:
    return load_checkup(RESOURCES / "checkup")


def found_in(project: AuditProject) -> tuple[Concern, ...]:
    assessment = assess_project(project) if project.system is not None else None
    return check_up(project, assessment, data(), TODAY)


def damaged(case: dict[str, Any]) -> AuditProject:
    make = SAMPLES[case["sample"]]
    book = make().book
    answers: dict[str, Answer] = dict(book.answers)
    rows = dict(book.rows)
    for table in case.get("empty", ()):
        rows[table] = ()
        answers = {key: one for key, one in answers.items() if not key.startswith(f"{table}/")}
    for key in case.get("clear", ()):
        answers.pop(key, None)
    for key, text in case.get("set", {}).items():
        answers[key] = Given(text)
    return make(AnswerBook(answers, rows))


@pytest.mark.parametrize("name", SAMPLES)
def test_the_samples_are_not_blamed(name: str) -> None:
    found = found_in(SAMPLES[name]())
    assert [one for one in found if one.severity is not Severity.INFO] == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_each_damage_is_found(case: dict[str, Any]) -> None:
    project = damaged(case)
    found = found_in(project)
    rules = {one.rule for one in found if one.severity is not Severity.INFO}
    assert set(case["rules"]) <= rules
    if key := case.get("key"):
        assert any(key in one.keys for one in found if one.severity is not Severity.INFO)
    for one in found:
        said = say(one, data().rule(one.rule), project.index, project.book)
        assert said.what
        assert "{" not in str(said)


def test_every_rule_has_its_test_and_every_test_a_rule() -> None:
    wanted = {rule.test for rule in data().rules} - {"elsewhere"}
    assert wanted == set(TESTS)


def test_all_checks_of_the_list_are_accounted_for() -> None:
    assert len(data().checks) == 69
    named = {check for rule in data().rules for check in rule.checks}
    for check in data().checks:
        if check.how == "automatic":
            assert check.id in named or check.note, check.id


def test_every_rule_but_the_shared_ones_is_proved_by_a_damage() -> None:
    proved = {rule for case in CASES for rule in case["rules"]}
    # Found elsewhere, or only told as information.
    told = {"paper", "required_missing", "permit_soon", "deadline_passed", "scale_not_same", "material_open", "typed_twice",
            "measure_problem", "only_end_of_pipe", "no_high_cost", "below_third_level", "not_scored_right", "aspects_copied",
            "monitoring_year"}  # fmt: skip
    assert {rule.id for rule in data().rules} - proved - told == set()
