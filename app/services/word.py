"""The report as an editable Word file, written beside its target and put in its place."""

from datetime import date, datetime
from pathlib import Path

from app import files
from app.assessment.result import Assessment
from app.audit.project import AuditProject


def write_word(
    project: AuditProject,
    assessment: Assessment | None,
    target: Path,
    *,
    state: str,
    now: datetime,
) -> None:
    """The same paper as the PDF in `state`. UserError when the state forbids it or the file cannot be written; what was
    at `target` is replaced only by a whole file."""
    from app.papers.audit_report import build_report
    from app.papers.document import Figure, State
    from app.reports.pictures import chart_png
    from app.word.docx import write_docx

    files.check_place(target, ".docx")
    today: date = now.date()
    document = build_report(project, assessment, state=State(state), today=today)

    def picture(figure: Figure) -> bytes:
        return chart_png(figure.chart)

    with files.written_beside(target, ".docx") as beside:
        write_docx(beside, document, picture, made=now)
