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


def packed(cases: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Cases that can be done to one audit: none touches a question or table, or wants a rule, of another. Eight at most."""
    groups: list[tuple[set[str], list[dict[str, Any]]]] = []
    for case in cases:
        whose = f"audit {case.get('sample')} {case.get('firm')}"
        own = {key.split("/")[0] for kind in ("set", "add") for key in case.get(kind, ())}
        own |= {case["key"].split("/")[0]} if case.get("key") else set()
        own |= {f"rule {one}" for one in case.get("rules", ())}
        alone = case.keys() & {"clear", "empty", "copy"}
        for held, group in groups:
            if not alone and whose in held and not own & held and len(group) < 8:
                held |= own
                group.append(case)
                break
        else:
            groups.append((own if alone else {whose, *own}, [case]))
    return [group for _, group in groups]


def together(case: dict[str, Any]) -> dict[str, Any]:
    """A case of several damages as one: what its entries set and add."""
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


def raised_by(case: dict[str, Any]) -> list[Concern]:
    """What is above info; each said once at a place, in words that are whole."""
    project = damaged(case)
    found = [one for one in found_in(project) if one.severity is not Severity.INFO]
    places = [(one.rule, one.key, str(one.arguments.get("what", ""))) for one in found]
    assert len(places) == len(set(places))
    for one in found:
        said = say(one, data().rule(one.rule), project.index, project.book)
        assert said.what
        assert said.remedy or data().rule(one.rule).test == "elsewhere"
        assert not re.search(r"\{[a-z]+\}", str(said))
    return found


def is_seen(case: dict[str, Any], found: list[Concern]) -> bool:
    """By its rules, at its place, as severe as it is."""
    key, severity = case.get("key"), case.get("severity")
    there = [one for one in found if any(k == key or k.startswith(f"{key}/") for k in one.keys)]
    return (
        set(case["rules"]) <= {one.rule for one in found}
        and (not key or bool(there))
        and (not key or not severity or Severity(severity) in {one.severity for one in there})
    )


@pytest.mark.parametrize("group", packed(CASES), ids=lambda group: group[0]["name"])
def test_each_damage_is_found(group: list[dict[str, Any]]) -> None:
    """Several in one audit, for each check-up takes its time; whatever is not seen there has to be seen alone."""
    whose = {k: v for k, v in group[0].items() if k in ("sample", "firm")}
    at_once = group[0] if len(group) == 1 else together({**whose, "damages": group})
    found = raised_by(at_once)
    unseen = [one for one in group if not is_seen(one, found)]
    silent = [one["name"] for one in unseen if not is_seen(one, raised_by(one))]
    assert silent == []


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


@pytest.mark.parametrize("group", packed(VARIANTS), ids=lambda group: group[0]["name"])
def test_honest_variants_are_not_blamed(group: list[dict[str, Any]]) -> None:
    """Several in one audit; where something is raised there, it must not be raised by one alone."""

    def blamed(case: dict[str, Any], cases: list[dict[str, Any]]) -> list[Concern]:
        before = _told_before(case.get("sample", ""), case.get("firm", ""))
        but = {rule for one in cases for rule in one.get("except", ())}
        found = [one for one in found_in(damaged(case)) if one.severity is not Severity.INFO]
        return [one for one in found if one.id not in before and one.rule not in but]

    whose = {k: v for k, v in group[0].items() if k in ("sample", "firm")}
    at_once = group[0] if len(group) == 1 else together({**whose, "damages": group})
    if blamed(at_once, group):
        assert [blame for one in group for blame in blamed(one, [one])] == []


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
