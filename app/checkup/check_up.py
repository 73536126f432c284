"""The check-up: page remarks and rules as one list, reasons given by the user taken into account. The fit of the paper is added
by whoever has set it (app.services.check_up), for the printers stand above."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from app.assessment.result import Assessment
from app.audit.project import AuditProject
from app.checkup import (  # noqa: F401 - they register their tests
    rules_agree,
    rules_amounts,
    rules_cited,
    rules_claims,
    rules_dates,
    rules_people,
    rules_plan,
    rules_said,
    rules_shares,
    rules_site,
    rules_slips,
    rules_text,
    rules_unlikely,
    rules_words,
)
from app.checkup.concern import ELSEWHERE, PAGE, Concern, Severity, reason_for
from app.checkup.facts import Facts, Test
from app.checkup.page_remarks import Severity as RemarkSeverity
from app.checkup.page_remarks import check_page
from app.checkup.rules import TESTS
from app.forms.checkup_data import CheckupData, RuleText

_ORDER = {Severity.BLOCK: 0, Severity.WARN: 1, Severity.INFO: 2}
_OF_REMARK = {
    RemarkSeverity.MUST: Severity.BLOCK,
    RemarkSeverity.SHOULD: Severity.WARN,
    RemarkSeverity.HINT: Severity.INFO,
}


def check_up(
    project: AuditProject, assessment: Assessment | None, data: CheckupData, today: date
) -> tuple[Concern, ...]:
    """Everything found, gravest first, then in the order of the rules. A warning with a reason is told as info."""
    facts = Facts(project, assessment, today)
    by_rules = list(_of_rules(facts, data))
    told = {one.key: _ORDER[one.severity] for one in by_rules}
    # A page's remark on a place of which a rule says as much or more would say it twice.
    by_pages = [
        one
        for one in _of_pages(project, today)
        if told.get(one.key, len(_ORDER)) > _ORDER[one.severity]
    ]
    found = [*by_rules, *by_pages]
    return in_order(with_reason(one, project) for one in found)


def in_order(concerns: Iterable[Concern]) -> tuple[Concern, ...]:
    return tuple(sorted(concerns, key=lambda one: _ORDER[one.severity]))


def with_reason(concern: Concern, project: AuditProject) -> Concern:
    """The concern with the reason kept in the audit; a warning is then no longer one. A block stays a block."""
    reason = reason_for(concern, project.book)
    if not reason:
        return concern
    severity = Severity.INFO if concern.severity is Severity.WARN else concern.severity
    return replace(concern, severity=severity, reason=reason)


def _of_rules(facts: Facts, data: CheckupData) -> Iterator[Concern]:
    for rule in data.rules:
        if rule.test == ELSEWHERE:
            continue
        seen: set[tuple[object, ...]] = set()
        for found in test_of(rule)(facts, rule):
            one = (*found.keys, *([] if found.keys else sorted(map(str, found.arguments.values()))))
            if one not in seen:
                seen.add(one)
                severity = found.severity or Severity(rule.severity)
                yield Concern(rule.id, severity, found.keys, dict(found.arguments))


def test_of(rule: RuleText) -> Test:
    """KeyError when no function of app.checkup.rules has the name."""
    return TESTS[rule.test]


def _of_pages(project: AuditProject, today: date) -> Iterator[Concern]:
    for page in project.questionnaire.pages():
        for remark in check_page(page, project.book, project.derivation, today):
            arguments = {"what": remark.what, "remedy": remark.remedy}
            yield Concern(PAGE, _OF_REMARK[remark.severity], (remark.key,), arguments)
