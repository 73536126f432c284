"""Appendix 时限和有效期: the clocks of the law with what was done, and papers of the firm that run out."""

from collections.abc import Iterator
from datetime import date

from app.assessment.indicator_system import Verification
from app.audit.law import REPORTED, due_days
from app.audit.project import AuditProject
from app.papers.answers import DASH, formal
from app.papers.chapters.front import last_planned_day
from app.papers.document import (
    Align,
    Block,
    Chapter,
    Column,
    Paragraph,
    Ref,
    Row,
    Runs,
    Size,
    Table,
)

# What was done about a clock of resources/reference/law.yaml: the question that has the day.
_DONE = {"register": "team.registered", "publish": "team.published", "start": "team.start"}
_MARKS = {Verification.TRANSCRIBED: "转录待核", Verification.RECALLED: "凭记忆待核"}
# (question with the last day, what it is called where the form says it shorter)
_VALID = (("env.permit_until", "排污许可证或排污登记"),)


def deadlines_chapter(project: AuditProject, today: date) -> Chapter | None:
    """None where no clock runs and nothing runs out."""
    clocks, papers = tuple(_clocks(project, today)), tuple(_papers(project, today))
    if not clocks and not papers:
        return None
    blocks: list[Block] = []
    if clocks:
        columns = (
            Column("事项", 2.2),
            Column("要求", 2.2),
            Column("起算日", 1.6, Align.CENTRE),
            Column("期限", 1.6, Align.CENTRE),
            Column("完成日", 2, Align.CENTRE),
            Column("依据", 3),
        )
        notes: tuple[Runs, ...] = (
            (
                "注：“—”为没有填报，以企业留存的证明为准；期限按名单公布日等起算日推算，以主管部门的通知为准。",
            ),
        )
        blocks += [
            Paragraph(("本轮审核的时限及执行情况见", Ref("deadlines"), "。")),
            Table("deadlines", "审核时限及执行情况", columns, clocks, notes, Size.SMALL),
        ]
    if papers:
        heads = (
            Column("文件", 3.4),
            Column("编号", 3.4),
            Column("有效期至", 1.8, Align.CENTRE),
            Column("报告日期", 1.8, Align.CENTRE),
            Column("状态", 1.6, Align.CENTRE),
        )
        blocks += [
            Paragraph(("有有效期的文件见", Ref("validity"), "。")),
            Table("validity", "文件的有效期", heads, papers, size=Size.SMALL),
        ]
    return Chapter("时限和有效期", tuple(blocks))


def _clocks(project: AuditProject, today: date) -> Iterator[Row]:
    book = project.book
    for clock, day in due_days(project.law_edition, book):
        source = next(
            (
                f"{law.short} {clock.article}".strip()
                for law in project.law_edition.laws
                if law.id == clock.law
            ),
            "",
        )
        mark = _MARKS.get(clock.verification, "")
        source = "；".join(one for one in (source, mark) if one)
        months = (
            f"{clock.months // 12} 年内" if clock.months % 12 == 0 else f"{clock.months} 个月内"
        )
        yield Row(
            (
                formal(clock.text),
                months,
                book.text(clock.since),
                day,
                _done(project, clock.id, today),
                source,
            )
        )


def _done(project: AuditProject, clock: str, today: date) -> str:
    """The day it was done; for the end of the audit, the planned one, and that it is planned, or that it has gone by."""
    if clock == "finish":
        planned = last_planned_day(project)
        if not planned:
            return DASH
        if project.book.text(REPORTED) and planned <= today.isoformat():
            return f"{today.isoformat()}（报告日期）"  # this paper is what the plan ends with
        return f"{planned}（计划{'，已过' if planned < today.isoformat() else ''}）"
    if clock == "next_toxic" and project.book.text("team.start"):
        return f"{project.book.text('team.start')} 启动"
    return project.book.text(_DONE.get(clock, "")) or DASH


def _papers(project: AuditProject, today: date) -> Iterator[Row]:
    book = project.book
    for key, name in _VALID:
        until = book.text(key)
        if until:
            state = "有效" if until >= today.isoformat() else "已过期"
            number = book.text("env.permit_no").strip() or DASH
            yield Row((name, number, until, today.isoformat(), state))
