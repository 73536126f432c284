"""The cases of a mandatory audit, held against what was filled in."""

from app.assessment.result import Assessment
from app.audit.duty import triggers_of
from app.audit.project import AuditProject
from app.papers.answers import formal_sentence
from app.papers.document import Block, Column, Row, Runs, Section, Size, Table

_WASTE = "env.waste"


def duty(project: AuditProject, assessment: Assessment | None) -> list[Block]:
    """One table; nothing in it decides in place of the bureau."""
    rows = []
    for one in triggers_of(project, assessment):
        source = one.source.replace(" · ", "；")
        rows.append(Row((one.case, formal_sentence(one.found), source)))
    notes: list[Runs] = [("本表只按已填数据与条文对照；是否列入名单，由主管部门确定。",)]
    if count := _hazardous(project):
        cited = project.law_edition.cite("kind.toxic")
        said = f"产生危险废物 {count} 种；{cited.text}（{cited.marked}），是否因此列入，由主管部门确定。"
        notes.append((said,))
    columns = (Column("情形", 1.6), Column("按已填数据对照", 5), Column("依据", 3.4))
    table = Table(
        "duty",
        "强制性审核的情形",
        columns,
        tuple(rows),
        notes=tuple(notes),
        size=Size.SMALL,
    )
    return [Section("强制性审核情形对照"), table]


def _hazardous(project: AuditProject) -> int:
    """How many kinds of hazardous waste the base year had."""
    book = project.book
    rows = book.row_ids(_WASTE) if _WASTE in project.index.tables else ()
    return sum(
        book.text(f"{_WASTE}/{row}/kind") == "hazardous" and bool(book.text(f"{_WASTE}/{row}/y0"))
        for row in rows
    )
