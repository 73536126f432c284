"""Dates and years that cannot be, or are late."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from app.assessment.finding import NotApplicable
from app.audit.law import REPORTED, due_days
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
    elif start is not None and _years_between(facts.base_year, start) > setting(rule, "years"):
        yield Found(keys, {"year": facts.base_year, "start": start}, Severity.WARN)


def _years_between(base_year: int, start: date) -> int:
    """From the base year to the audit; the figures of a year are not there in its first months."""
    return start.year - base_year - (1 if start.month <= 3 else 0)


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


@test_of_rule
def deadline_open(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A clock of the law that has run out, and the question with the day of what it is for is empty. `days`: 「clock question」."""
    asked = dict(line.split() for line in rule.settings["days"])
    for deadline, due in due_days(facts.project.law_edition, facts.book):
        key = asked.get(deadline.id, "")
        said = facts.text(key) or isinstance(facts.book.get(key), NotApplicable)
        if key in facts.asked and not said and due < facts.today.isoformat():
            yield Found((key, deadline.since), {"what": deadline.text, "due": due})


def _end(facts: Facts) -> tuple[date | None, str]:
    ends = [
        (day, cell_key(PLAN, row, "end"))
        for row in facts.rows(PLAN)
        if (day := facts.day(PLAN, row, "end")) is not None
    ]
    return max(ends, default=(None, ""), key=lambda one: one[0])


@test_of_rule
def report_before(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """The report bears a day before something it tells; the latest of them is named."""
    day = facts.day(REPORTED)
    if day is None:
        return
    late = []
    for place in rule.settings["keys"]:
        table, _, column = place.partition("/")
        keys = [cell_key(table, row, column) for row in facts.rows(table)] if column else [place]
        late += [(found, key) for key in keys if (found := facts.day(key)) is not None]
    last, key = max(late, default=(day, ""))
    if last > day:
        yield Found((REPORTED, key), {"day": day, "late": last})


@test_of_rule
def plan_over(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """The last day of the work plan is before the day of the report: the paper would print a plan that has gone by."""
    end, key = _end(facts)
    if end is not None and end < facts.report_day:
        yield Found((key,), {"end": end, "day": facts.report_day})


@test_of_rule
def permit_ends_early(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A permit that runs out before the audit is planned to end."""
    end, _ = _end(facts)
    for key in rule.settings["questions"]:
        until = facts.day(key)
        if until is not None and end is not None and facts.today <= until < end:
            yield Found((key,), {"until": until, "end": end})


@test_of_rule
def done_later(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """Said to be done in a month that has not come, or after the audit itself is planned to be over."""
    end, end_key = _end(facts)
    for row in facts.rows(MEASURES):
        done = facts.day(MEASURES, row, "done")
        if done is None or facts.text(MEASURES, row, "state") != "done":
            continue
        key, name = cell_key(MEASURES, row, "done"), facts.text(MEASURES, row, "name")
        if (done.year, done.month) > (facts.today.year, facts.today.month):
            told = f"今天才 {facts.today}"
            yield Found((key,), {"name": name, "day": f"{done:%Y-%m}", "told": told})
        elif end is not None and (done.year, done.month) > (end.year, end.month):
            told = f"审核计划 {end} 就完成了"
            yield Found((key, end_key), {"name": name, "day": f"{done:%Y-%m}", "told": told})


@test_of_rule
def measure_overdue(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """Planned to be done in a month that is over, and not said to be done."""
    for row in facts.rows(MEASURES):
        done, state = facts.day(MEASURES, row, "done"), facts.text(MEASURES, row, "state")
        day = facts.report_day
        over = done is not None and (done.year, done.month) < (day.year, day.month)
        if done is not None and over and state in ("idea", "feasible", "doing"):
            name = facts.text(MEASURES, row, "name")
            keys = cell_key(MEASURES, row, "done"), cell_key(MEASURES, row, "state")
            yield Found(keys, {"name": name, "day": f"{done:%Y-%m}"})


@test_of_rule
def done_twice(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """Done in one month by the list and finished in another by the results."""
    for row in facts.rows(MEASURES):
        done, finished = facts.day(MEASURES, row, "done"), facts.day("measures.results", row, "finished")  # fmt: skip
        if done is None or finished is None or facts.text(MEASURES, row, "state") != "done":
            continue
        months = (finished.year - done.year) * 12 + finished.month - done.month
        if abs(months) > 1:
            keys = cell_key(MEASURES, row, "done"), cell_key("measures.results", row, "finished")
            name = facts.text(MEASURES, row, "name")
            yield Found(keys, {"name": name, "one": f"{done:%Y-%m}", "two": finished})


@test_of_rule
def training_before(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Training for the audit long before it began."""
    start = facts.day("team.start")
    for row in facts.rows("team.training"):
        day = facts.day("team.training", row, "date")
        if day is not None and start is not None and (start - day).days > setting(rule, "days"):
            keys = cell_key("team.training", row, "date"), "team.start"
            yield Found(keys, {"day": day, "start": start})


@test_of_rule
def future_year(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Years of what stands there already: equipment, the founding."""
    for place in rule.settings["keys"]:
        table, _, column = place.partition("/")
        keys = [cell_key(table, row, column) for row in facts.rows(table)] if column else [place]
        for key in keys:
            year = facts.year(key)
            if year is not None and year > facts.today.year:
                yield Found((key,), {"year": year, "today": facts.today})
