"""The calculation workbook of an audit, written beside its target and put in its place."""

from pathlib import Path

from app.assessment.result import Assessment
from app.audit.project import AuditProject
from app.errors import Problem, UserError
from app.services.files import written_beside


def write_workbook(project: AuditProject, assessment: Assessment | None, target: Path) -> None:
    """Write the workbook with live formulas. UserError without a system, or when it cannot be written; what was at
    `target` is replaced only by a whole workbook."""
    from app.exchange.calculation_workbook import write_calculation

    if assessment is None:
        raise UserError(
            Problem("计算表", "这个案卷还没有选指标体系，没有可算的", "先选一份指标体系。")
        )
    if target.suffix.lower() != ".xlsx":
        raise UserError(Problem(str(target), "计算表是 Excel 文件", "文件名用 .xlsx 结尾。"))
    firm = project.book.text("firm.name") or "本企业"
    year = "" if project.base_year is None else f"（{project.base_year} 年）"
    with written_beside(target) as part:
        write_calculation(part, project, assessment, title=f"{firm}{year}　清洁生产水平计算表")
