"""What the audit rests on."""

from collections.abc import Mapping

from app.audit.front_door import sectors_of
from app.audit.project import AuditProject
from app.forms.question import Page
from app.papers.chapters.law import law_changes, law_doubts, rests_on
from app.papers.document import Block, Paragraph


def _sources(project: AuditProject) -> str:
    """「账单、台账、监测报告和现场记录」: what the firm has of them."""
    book = project.book
    bills = any(key.split("/")[0] in ("energy.bills", "water.bills") for key in book.answers)
    ledger = book.text("mgmt.ledger") != "no"
    found = [
        word
        for word, is_there in (
            ("账单", bills), ("台账", ledger), ("监测报告", bool(book.row_ids("env.monitoring"))),
        )
        if is_there
    ]  # fmt: skip
    return f"{'、'.join(found)}和现场记录" if found else "现场记录"


def _why_none(project: AuditProject) -> str:
    """「（没有收录 2018 年的印刷指标体系，未作对照）」 where the program has not the system of the firm's sector."""
    unread = [one.unread for one in sectors_of(project.book, project.reference) if one.unread]
    return f"（没有收录 {'、'.join(unread)}，未作对照）" if unread else ""


def basis(
    project: AuditProject, pages: Mapping[str, Page], *, in_report: bool = True
) -> list[Block]:
    """What the audit rests on, and what changed in the law on the way. in_report: the paper has what was worked out."""
    against = "与行业清洁生产评价指标体系对照"
    if project.system is None:
        against = (
            "就三年都有数的项目与本企业近三年的水平比较；"
            f"没有选用能定级的行业清洁生产评价指标体系{_why_none(project)}"
        )
    looked_at = ["能源", "水", "原辅材料"]
    if "voc" in pages and project.book.text("voc.used") != "no":
        looked_at.append("挥发性有机物")
    if project.book.text("packaging.used") != "no":
        looked_at.append("包装")
    topics = f"{'、'.join(looked_at[:-1])}和{looked_at[-1]}"
    blocks: list[Block] = [
        Paragraph(
            (
                f"{rests_on(project.law_edition)}，对{topics}逐项核算"
                f"{'' if in_report else '（见清洁生产审核报告）'}，并{against}。",
            )
        ),
        Paragraph(
            (
                f"数据取自企业填报的{_sources(project)}，推算的数列出算式和来历，见各表注和附录。未填、不适用和零分别标示；"
                "所用基准值、限值和系数的来源和核对情况列于附录。",
            )
        ),
    ]
    blocks += law_changes(project)
    blocks += law_doubts(project.law_edition)
    return blocks
