"""The check-up of an audit with the fit of its paper: one list for the window, the command line and the gate before a paper."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from app.assessment.result import Assessment
from app.audit.project import AuditProject
from app.checkup.concern import PAPER, Concern, Said, Severity, fingerprint, say
from app.errors import Problem, UserError
from app.forms.answer import MISSING, Change, Given
from app.forms.checkup_data import CheckupData

if TYPE_CHECKING:
    from app.services.session import AuditSession, Saved

GATED = ("送审稿", "定稿")


def concerns_of(
    project: AuditProject, assessment: Assessment | None, data: CheckupData, today: date
) -> tuple[Concern, ...]:
    """Everything but the fit of the paper: quick enough for every change."""
    from app.checkup.check_up import (
        check_up,  # all the rules: an audit is open before they are needed
    )

    return check_up(project, assessment, data, today)


def with_paper(
    concerns: tuple[Concern, ...],
    project: AuditProject,
    assessment: Assessment | None,
    *,
    state: str,
    today: date,
) -> tuple[Concern, ...]:
    """The same with what stands in the way of the paper itself in `state`: too wide, no glyph, refused."""
    from app.checkup.check_up import in_order, with_reason
    from app.services.reporting import problems_before

    fits = [
        with_reason(_of_paper(problem), project)
        for problem in problems_before(project, assessment, state=state, today=today)
    ]
    return in_order((*concerns, *fits))


def _of_paper(problem: Problem) -> Concern:
    what = f"{problem.where}：{problem.what}" if problem.where else problem.what
    arguments = {"what": what, "remedy": problem.remedy}
    return Concern(PAPER, Severity.BLOCK, ("report",), arguments)


def said(concern: Concern, data: CheckupData, project: AuditProject) -> Said:
    """A concern in words."""
    return say(concern, data.rule(concern.rule), project.index, project.book)


def give_reason(
    session: "AuditSession", given: Sequence[tuple[Concern, str]], reason: str
) -> "Saved":
    """Keep why warnings are all right, in one act; it holds as long as their values are these. An empty reason takes it
    back. given: each warning with its words, which are printed beside the reason."""
    reason = reason.strip()
    changes = [
        Change(
            one.id,
            session.book.get(one.id),
            Given(reason, what, fingerprint(one)) if reason else MISSING,
        )
        for one, what in given
    ]
    name = "写明原因" if reason else "撤回原因"
    return session.record(changes, name if len(given) == 1 else f"{name}（{len(given)} 处）")


def gate(
    project: AuditProject,
    assessment: Assessment | None,
    data: CheckupData,
    *,
    state: str,
    today: date,
) -> tuple[Problem, ...]:
    """What keeps the paper from leaving in `state`: blocks, and warnings nobody gave a reason for. Never for a draft."""
    if state not in GATED:
        return ()
    problems = []
    for concern in concerns_of(project, assessment, data, today):
        words = said(concern, data, project)
        if concern.severity is Severity.BLOCK:
            problems.append(Problem(words.where, words.what, words.remedy))
        elif concern.severity is Severity.WARN:
            remedy = f"{words.remedy}；没错就写明原因（打开案卷，在报告页的清单里写）"
            problems.append(Problem(words.where, words.what, remedy))
    return tuple(problems)


def refuse(problems: tuple[Problem, ...]) -> None:
    """UserError with all of them when there are any."""
    if problems:
        raise UserError(*problems)
