"""The report as an editable Word file, written beside its target and put in its place."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from app import files
from app.assessment.result import Assessment
from app.audit.project import AuditProject

if TYPE_CHECKING:
    from app.papers.document import Picture


def write_word(
    project: AuditProject,
    assessment: Assessment | None,
    target: Path,
    *,
    state: str,
    now: datetime,
    purpose: str = "审核",
    pictures: "Mapping[str, Picture] | None" = None,
) -> None:
    """The same paper as the PDF in `state`. UserError when the state forbids it or the file cannot be written; what was
    at `target` is replaced only by a whole file."""
    from app.papers.audit_report import build_report
    from app.papers.document import Figure, Picture, Purpose, State
    from app.reports.pictures import chart_png
    from app.word.docx import write_docx

    files.check_place(target, ".docx")
    today: date = now.date()
    document = build_report(
        project,
        assessment,
        state=State(state),
        today=today,
        purpose=Purpose(purpose),
        pictures=pictures,
    )

    def picture(figure: Figure) -> bytes:
        if isinstance(figure.chart, Picture):
            return figure.chart.content
        return chart_png(figure.chart)

    with files.written_beside(target, ".docx") as beside:
        write_docx(beside, document, picture, made=now)
