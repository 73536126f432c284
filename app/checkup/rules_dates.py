"""Dates and years that cannot be, or are late."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from app.audit.law import due_days
from app.checkup.concern import Severity
from app.checkup.facts import Facts, Found, setting, test_of_rule
from app.forms.answer import cell_key
from app.forms.checkup_data import RuleText

MEASURES = "measures.list"
PLAN = "team.plan"


@test_of_rule
def dates_phases(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """The phases of the plan: none begins or ends before the one above it."""
    rows = [row for row in facts.rows(PLAN) if facts.day(PLAN, row, "start")]
    for above, row in pairwise(rows):
        for column in ("start", "end"):
            first, second = facts.day(PLAN, above, column), facts.day(PLAN, row, column)
            if first is not None and second is not None and second < first:
                keys = cell_key(PLAN, row, column), cell_key(PLAN, above, column)
                yield Found(keys, {"day": second, "above": first})
                break
    start = facts.day("team.start")
    first = facts.day(PLAN, rows[0], "start") if rows else None
    if start is not None and first is not None and first < start:
        keys = cell_key(PLAN, rows[0], "start"), "team.start"
        yield Found(keys, {"day": first, "above": start})


@test_of_rule
def years_base(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """The base year is over when the audit begins, and not long ago."""
    start = facts.day("team.start")
    if facts.base_year is None:
        return
    keys = ("audit.base_year", "team.start")
    if facts.base_year >= facts.today.year:
        yield Found(("audit.base_year",), {"year": facts.base_year, "start": facts.today})
    elif start is not None and start.year <= facts.base_year:
        yield Found(keys, {"year": facts.base_year, "start": start})
    elif start is not None and start.year - facts.base_year > setting(rule, "years"):
        yield Found(keys, {"year": facts.base_year, "start": start}, Severity.WARN)


@test_of_rule
def deadline_missed(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A clock of the law that ran out before what it is for: begun too late, planned to end too late."""
    start, end = facts.day("team.start"), _end(facts)
    done = {"start": (start, "team.start"), "next_toxic": (start, "team.start"), "finish": end}
    for deadline, due in due_days(facts.project.law_edition, facts.book):
        happened, key = done.get(deadline.id, (None, ""))
        if happened is None or happened.isoformat()[: len(due)] <= due:
            continue
        yield Found((key, deadline.since), {"what": deadline.text, "due": due, "day": happened})


def _end(facts: Facts) -> tuple[date | None, str]:
    ends = [
        (day, cell_key(PLAN, row, "end"))
        for row in facts.rows(PLAN)
        if (day := facts.day(PLAN, row, "end")) is not None
    ]
    return max(ends, default=(None, ""), key=lambda one: one[0])


@test_of_rule
def permit_ends_early(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A permit that runs out before the audit is planned to end."""
    end, _ = _end(facts)
    for key in rule.settings["questions"]:
        until = facts.day(key)
        if until is not None and end is not None and facts.today <= until < end:
            yield Found((key,), {"until": until, "end": end})
