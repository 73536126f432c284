"""Good audits are not blamed; each damage of tests/checkup/damages*.yaml is found by its rule, at its place."""

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from app.audit.findings import assess_project
from app.audit.project import AuditProject
from app.checkup.check_up import check_up
from app.checkup.concern import Concern, Severity, say
from app.checkup.rules import TESTS
from app.forms.answer import Answer, AnswerBook, Given, cell_key
from app.forms.checkup_data import CheckupData
from app.standards.checkup_source import load_checkup
from tests.checkup.honest_firms import FIRMS, firm_project, honest
from tests.helpers.cases import read_yaml
from tests.helpers.forms import RESOURCES, printer_project, sample_project, shipped_forms
from tools.make_checks_page import PAGE, page

TODAY = date(2026, 11, 29)
FILES = ("damages.yaml", "damages_by_kind.yaml", "damages_by_officers.yaml", "damages_of_other_trades.yaml")  # fmt: skip
CASES = [case for name in FILES for case in read_yaml(Path(__file__).parent / name)["cases"]]
AT_ONCE = read_yaml(Path(__file__).parent / "damages_at_once.yaml")["cases"]
VARIANTS = read_yaml(Path(__file__).parent / "honest_variants.yaml")["cases"]  # fmt: skip
SAMPLES: dict[str, tuple[Callable[..., AuditProject], Callable[[], AnswerBook]]] = {
    "chengling": (sample_project, lambda: shipped_forms().samples["chengling"].book),
    "chengling-after": (sample_project, lambda: shipped_forms().samples["chengling"].finished()),
    "huichuan": (printer_project, lambda: shipped_forms().samples["huichuan"].book),
}


@lru_cache(maxsize=1)
def data() -> CheckupData:
    return load_checkup(RESOURCES / "checkup")


def found_in(project: AuditProject) -> tuple[Concern, ...]:
    assessment = assess_project(project) if project.system is not None else None
    return check_up(project, assessment, data(), TODAY)


def damaged(case: dict[str, Any]) -> AuditProject:
    if "firm" in case:
        book, make = _firm(case["firm"])
    else:
        make, book_of = SAMPLES[case["sample"]]
        book = book_of()
    answers: dict[str, Answer] = dict(book.answers)
    rows = dict(book.rows)
    for table in case.get("empty", ()):
        rows[table] = ()
        answers = {key: one for key, one in answers.items() if not key.startswith(f"{table}/")}
    for key in case.get("clear", ()):
        answers.pop(key, None)
    for table, added in case.get("add", {}).items():
        for row, cells in added.items():
            rows[table] = (*rows.get(table, ()), row)
            for column, text in cells.items():
                answers[cell_key(table, row, column)] = _given(text)
    for to, source in case.get("copy", {}).items():
        copied = {
            to + k.removeprefix(source): a for k, a in answers.items() if k.startswith(source)
        }
        answers.update(copied)
    for key, text in case.get("set", {}).items():
        answers[key] = _given(text)
    return make(AnswerBook(answers, rows))


def apart(case: dict[str, Any]) -> list[dict[str, Any]]:
    """A case by itself; those of damages_at_once.yaml as a case each."""
    if "damages" not in case:
        return [case]
    whose = {k: v for k, v in case.items() if k in ("sample", "firm")}
    return [{**whose, **one, "rules": [one["rule"]]} for one in case["damages"]]


def together(case: dict[str, Any]) -> dict[str, Any]:
    """A case of damages_at_once.yaml as one damage: what its entries set and add."""
    merged: dict[str, Any] = {k: v for k, v in case.items() if k in ("sample", "firm")}
    for one in case["damages"]:
        for kind in ("set", "add"):
            for key, value in one.get(kind, {}).items():
                merged.setdefault(kind, {})[key] = value
    return merged


@lru_cache
def _firm(name: str) -> tuple[AnswerBook, Callable[..., AuditProject]]:
    """One of the honest firms."""
    firm = next(one for one in FIRMS if one["name"] == name)
    questionnaire = shipped_forms().questionnaires[firm["set"]]
    return honest(firm), lambda book: firm_project(questionnaire, book)


@lru_cache
def _told_before(sample: str, firm: str) -> frozenset[str]:
    """What is said of a sample or an honest firm as it stands."""
    case = {"firm": firm} if firm else {"sample": sample}
    return frozenset(one.id for one in found_in(damaged(case)))


def _given(text: Any) -> Given:
    """A text, or {value, note, raw}."""
    if isinstance(text, dict):
        return Given(str(text["value"]), text.get("raw", ""), text.get("note", ""))
    return Given(str(text))


@pytest.mark.parametrize("name", SAMPLES)
def test_the_samples_are_not_blamed(name: str) -> None:
    make, book = SAMPLES[name]
    found = found_in(make(book()))
    assert [one for one in found if one.severity is not Severity.INFO] == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_each_damage_is_found(case: dict[str, Any]) -> None:
    project = damaged(case)
    found = [one for one in found_in(project) if one.severity is not Severity.INFO]
    assert set(case["rules"]) <= {one.rule for one in found}
    if key := case.get("key"):
        there = [one for one in found if any(k == key or k.startswith(f"{key}/") for k in one.keys)]
        assert there
        if severity := case.get("severity"):
            assert Severity(severity) in {one.severity for one in there}
    # One rule says one thing once at a place.
    places = [(one.rule, one.key, str(one.arguments.get("what", ""))) for one in found]
    assert len(places) == len(set(places))
    for one in found:
        said = say(one, data().rule(one.rule), project.index, project.book)
        assert said.what
        assert said.remedy or data().rule(one.rule).test == "elsewhere"
        assert not re.search(r"\{[a-z]+\}", str(said))


@pytest.mark.parametrize("case", AT_ONCE, ids=lambda case: case["damages"][0]["name"])
def test_damages_done_at_once_are_found_each(case: dict[str, Any]) -> None:
    found = [one for one in found_in(damaged(together(case))) if one.severity is not Severity.INFO]
    there = {(one.rule, key) for one in found for key in one.keys}
    silent = [
        one["name"]
        for one in case["damages"]
        if not any(
            rule == one["rule"] and (key == one["key"] or key.startswith(f"{one['key']}/"))
            for rule, key in there
        )
    ]
    assert silent == []


@pytest.mark.parametrize("case", VARIANTS, ids=lambda case: case["name"])
def test_honest_variants_are_not_blamed(case: dict[str, Any]) -> None:
    before = _told_before(case.get("sample", ""), case.get("firm", ""))
    raised = [one for one in found_in(damaged(case)) if one.severity is not Severity.INFO]
    assert [o for o in raised if o.id not in before and o.rule not in case.get("except", ())] == []


def test_every_rule_has_its_test_and_every_test_a_rule() -> None:
    wanted = {rule.test for rule in data().rules} - {"elsewhere"}
    assert wanted == set(TESTS)


def test_all_checks_of_the_list_are_accounted_for() -> None:
    assert len(data().checks) == 69
    assert {check.how for check in data().checks} == {"automatic", "asked"}
    assert PAGE.read_text("utf-8") == page(), "run python -m tools.make_checks_page"
    named = {check for rule in data().rules for check in rule.checks}
    for check in data().checks:
        if check.how == "automatic":
            assert check.id in named or check.note, check.id


def test_every_rule_but_the_shared_ones_is_proved_by_a_damage() -> None:
    proved = {rule for case in CASES for rule in case["rules"]}
    proved |= {one["rule"] for case in AT_ONCE for one in case["damages"]}
    # Found elsewhere, or only told as information.
    told = {"paper", "required_missing", "permit_soon", "deadline_passed", "scale_not_same", "below_third_level",
            "not_scored_right"}  # fmt: skip
    assert {rule.id for rule in data().rules} - proved - told == set()
