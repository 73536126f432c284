"""A page of the question set as a section of a chapter, with the sentence that leads to its tables."""

from app.audit.project import AuditProject
from app.forms.question import Page
from app.papers.answers import formal
from app.papers.document import Block, Figure, Paragraph, Ref, Section, Table
from app.papers.question_pages import page_blocks


def page_section(project: AuditProject, page: Page | None, title: str = "") -> list[Block]:
    """A question page as a section; nothing when it has nothing to say."""
    if page is None or page.kind != "form":
        return []
    blocks = page_blocks(project, page)
    return [Section(title or formal(page.short)), *_with_lead(blocks, page)] if blocks else []


def _with_lead(blocks: list[Block], page: Page) -> list[Block]:
    """A sentence that names the tables of the section before they stand."""
    tables = [block.key for block in blocks if isinstance(block, Table)]
    figures = [block.key for block in blocks if isinstance(block, Figure)]
    if not tables and not figures:
        return blocks
    between = ("和",) if tables and figures else ()
    refs = (*ref_range(tables), *between, *ref_range(figures))
    return [Paragraph((f"{formal(page.short)}的情况见", *refs, "。")), *blocks]


def ref_range(keys: list[str]) -> tuple[str | Ref, ...]:
    """「表 2-2～表 2-8」; the keys follow one another on the paper."""
    if len(keys) <= 1:
        return tuple(Ref(key) for key in keys)
    return (Ref(keys[0]), "、" if len(keys) == 2 else "～", Ref(keys[-1]))
