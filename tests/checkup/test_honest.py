"""Honest audits of many trades raise nothing above info: the check-up's words and limits know ordinary reports."""

from datetime import date
from functools import cache

import pytest

from app.checkup.check_up import check_up
from app.checkup.concern import Concern, Severity, say
from tests.checkup.honest_firms import FIRMS, firm_project, honest
from tests.checkup.test_damages import TODAY, data
from tests.helpers.forms import shipped_forms


@cache
def found_in(name: str) -> tuple[tuple[Concern, str], ...]:
    firm = next(one for one in FIRMS if one["name"] == name)
    questionnaire = shipped_forms().questionnaires[firm["set"]]
    project = firm_project(questionnaire, honest(firm))
    found = check_up(project, None, data(), TODAY)
    return tuple((one, str(say(one, data().rule(one.rule), project.index, project.book))) for one in found)  # fmt: skip


@pytest.mark.parametrize("name", [one["name"] for one in FIRMS])
def test_nothing_is_raised(name: str) -> None:
    raised = [(one.rule, one.key, text) for one, text in found_in(name) if one.severity is not Severity.INFO]  # fmt: skip
    assert raised == []


def test_they_are_of_every_kind() -> None:
    sets = set(shipped_forms().questionnaires) - {"front_door"}
    assert {one["set"] for one in FIRMS} == sets
    assert date(2026, 11, 29) == TODAY
