"""Chapter 1, 审核准备: what the audit rests on, the cases of the law, team, plan, training."""

from app.assessment.result import Assessment
from app.audit.project import AuditProject
from app.forms.question import Page
from app.papers.chapters.duty import duty
from app.papers.chapters.law import law_changes, law_table, rests_on
from app.papers.chapters.section import page_section
from app.papers.document import Block, Paragraph, Section


def preparation(
    project: AuditProject, assessment: Assessment | None, pages: dict[str, Page]
) -> list[Block]:
    """What the audit rests on, the cases of a mandatory one, then team, plan and training as the page says them."""
    against = "与行业清洁生产评价指标体系对照"
    if project.system is None:
        against = "与本企业近三年的水平比较；没有选用行业清洁生产评价指标体系"
    looked_at = ["能源", "水", "原辅材料"]
    if "voc" in pages and project.book.text("voc.used") != "no":
        looked_at.append("挥发性有机物")
    if project.book.text("packaging.used") != "no":
        looked_at.append("包装")
    topics = f"{'、'.join(looked_at[:-1])}和{looked_at[-1]}"
    blocks: list[Block] = [
        Section("审核依据与说明"),
        Paragraph((f"{rests_on(project.law_edition)}，对{topics}逐项核算，并{against}。",)),
        Paragraph(
            (
                "数据取自企业填报的账单、台账、监测报告和现场记录，推算的数列出算式和来历，见附录。未填、不适用和零分别标示；"
                "所用基准值、限值和系数的来源和核对情况列于附录。",
            )
        ),
    ]
    blocks += law_changes(project)
    blocks += duty(project, assessment)
    blocks += law_table(project)
    blocks += page_section(project, pages.get("team"), "审核小组、计划与培训")
    return blocks
