"""A paper of a sheet or two that stands by itself: no cover, no signatures, one chapter under its title."""

from collections.abc import Iterable
from datetime import date

from app.audit.project import AuditProject
from app.papers.document import Block, Chapter, Document, Sheet, State
from app.papers.finish import in_house_style

NO_NAME = "（企业名称未填）"


def single_paper(
    project: AuditProject,
    title: str,
    blocks: Iterable[Block],
    today: date,
    sheet: Sheet = Sheet.PORTRAIT,
) -> Document:
    """Headed by its title and the firm."""
    name = project.book.text("firm.name") or NO_NAME
    return in_house_style(
        Document(
            title=f"{name}{title}",
            enterprise=name,
            state=State.FINAL,
            head_left=title,
            head_right=name,
            foot=f"清审通　{today.isoformat()} 打印",
            cover=None,
            signatures=None,
            front=(),
            chapters=(Chapter(title, tuple(blocks), sheet),),
            appendices=(),
            author=name,
        )
    )
