"""The calculation workbook of an audit, written beside its target and put in its place."""

from pathlib import Path

from app import files
from app.assessment.result import Assessment
from app.audit.project import AuditProject
from app.errors import Problem, UserError


def write_workbook(project: AuditProject, assessment: Assessment | None, target: Path) -> None:
    """Write the workbook with live formulas. UserError without a system, or when it cannot be written; what was at
    `target` is replaced only by a whole workbook."""
    from app.exchange.calculation_workbook import write_calculation

    if assessment is None:
        raise UserError(
            Problem("计算表", "这个案卷还没有选指标体系，没有可算的", "先选一份指标体系。")
        )
    firm = project.book.text("firm.name") or "本企业"
    year = "" if project.base_year is None else f"（{project.base_year} 年）"
    with files.written_beside(target, ".xlsx") as beside:
        write_calculation(beside, project, assessment, title=f"{firm}{year}　清洁生产水平计算表")
