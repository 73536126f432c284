"""The report as an editable Word file, written beside its target and put in its place."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from app import files
from app.assessment.result import Assessment
from app.audit.project import AuditProject

if TYPE_CHECKING:
    from app.papers.document import Picture
    from app.papers.edition import Previous
    from app.services.editions import Issued


def write_word(
    project: AuditProject,
    assessment: Assessment | None,
    target: Path,
    *,
    state: str,
    now: datetime,
    issued: "Issued | None" = None,
    previous: "Previous | None" = None,
    purpose: str = "审核",
    pictures: "Mapping[str, Picture] | None" = None,
) -> None:
    """The same paper as the PDF in `state`, with the number of its edition. issued, previous: as of `editions.copy_of`. UserError
    when the state forbids it or the file cannot be written; what was at `target` is replaced only by a whole file."""
    from app.papers.document import Figure, Picture
    from app.reports.pictures import chart_png
    from app.services.editions import copy_of
    from app.word.docx import write_docx

    files.check_place(target, ".docx")
    document = copy_of(
        project,
        assessment,
        issued=issued,
        previous=previous,
        state=state,
        today=now.date(),
        purpose=purpose,
        pictures=pictures,
        copy="Word 文件",
    )

    def picture(figure: Figure) -> bytes:
        if isinstance(figure.chart, Picture):
            return figure.chart.content
        return chart_png(figure.chart)

    with files.written_beside(target, ".docx") as beside:
        write_docx(beside, document, picture, made=now)
