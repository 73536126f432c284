"""The evidence index: every paper of the binder with its number, what it proves, and the start of its fingerprint."""

from app.audit.evidence import index_rows, numbered
from app.audit.project import AuditProject
from app.forms.question_index import row_label
from app.papers.answers import formal
from app.papers.document import Align, Chapter, Column, Paragraph, Ref, Row, Size, Table

_HASH = 16  # characters of the fingerprint that are printed; the audit file keeps all 64


def binder_chapter(project: AuditProject) -> Chapter | None:
    """None while the binder is empty."""
    keys = {proof.key for one in numbered(project.book) for proof in one.paper.proves}
    rows = index_rows(project.book, {key: _place(project, key) for key in keys})
    if not rows:
        return None
    columns = (
        Column("编号", 1.1, Align.CENTRE),
        Column("证据", 4),
        Column("证明什么", 5),
        Column("指纹（SHA-256 前 16 位）", 2.6),
    )
    lines = tuple(
        Row((one.number, one.title, one.proves or "还没有说明", one.sha256[:_HASH])) for one in rows
    )
    table = Table("binder", "证据目录", columns, lines, size=Size.SMALL)
    text = f"证据共 {len(rows)} 份，见"
    return Chapter(
        "证据目录", (Paragraph((text, Ref("binder"), "；原件在案卷的证据册里。")), table)
    )


def _place(project: AuditProject, key: str) -> str:
    """「2025 年 7 月 电量」, as the tables of the report name it."""
    parts = key.split("/")
    table = project.index.tables.get(parts[0])
    if table is None or len(parts) != 3:
        place = project.index.places.get(parts[0])
        return key if place is None else formal(place.question.title)
    column = next((one for one in table.columns if one.id == parts[2]), None)
    title = "" if column is None else formal(column.title)
    return f"{row_label(table, parts[1], project.book)}{title}"
