"""The figures of the conclusion."""

from app.assessment.result import Assessment
from app.audit.project import AuditProject
from app.audit.self_check import is_asked
from app.audit.wording import level_name
from app.papers.answers import computed_cell, figure_title
from app.papers.chapters.judgements import index_amount, unchecked_note
from app.papers.document import Block, Inline, Paragraph, Sub


def conclusion(project: AuditProject, assessment: Assessment | None) -> list[Block]:
    """The figures of the conclusion."""
    blocks: list[Block] = []
    if assessment is not None and assessment.level is not None:
        said = f"审核前清洁生产水平为{level_name(assessment.level)}"
        said += f"（{assessment.level_name}）" if assessment.level_name else ""
        tail: list[Inline] = []
        for level, interval in assessment.index_range.items():
            if interval.is_point:
                tail += ["，" if tail else "；综合评价指数 ", "Y", Sub(level.symbol), " "]
                tail.append(index_amount(level, interval))
        blocks.append(Paragraph((said, unchecked_note(assessment), *tail, "。")))
    elif assessment is not None and assessment.level_range is not None:
        best, worst = assessment.level_range
        said = f"还有 {len(assessment.missing)} 项指标未填，等级未定，介于{level_name(best)}与{level_name(worst)}之间。"
        blocks.append(Paragraph((said,)))
    else:
        blocks.append(Paragraph(("本报告不评定清洁生产等级。",)))
    figures = [
        figure
        for quantity_id in (
            "energy.total",
            "energy.co2",
            "water.intake",
            "voc.emitted",
            "env.hazardous",
        )
        if is_asked(project, quantity_id)
        for figure in (project.derivation.figure(quantity_id),)
        if figure.value is not None
    ]
    if figures:
        runs: list[Inline] = [f"{project.base_year} 年"]
        for place, figure in enumerate(figures):
            runs += ["，" if place else "", f"{figure_title(project, figure)} "]
            runs += [computed_cell(figure), f" {figure.unit}"]
        blocks.append(Paragraph((*runs, "。")))
    return blocks
