"""Pictures of the binder in the report: the site plan, photographs before and after. Which, and under what caption, stands in
the table 「report.pictures」; a paper is named by its title, its file name or its number in the binder."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.audit.evidence import Paper, numbered
from app.audit.project import AuditProject
from app.forms.answer import Given
from app.papers.answers import given_text
from app.papers.document import Block, Chapter, Figure, Open, Paragraph, Picture, Ref, Runs

TABLE = "report.pictures"


@dataclass(frozen=True)
class Wanted:
    """A row of the table. paper: None where no paper of the binder, or more than one, is called so."""

    row_id: str
    name: str
    caption: str
    paper: Paper | None


def wanted_pictures(project: AuditProject) -> tuple[Wanted, ...]:
    """What is to be shown, in the order of the table."""
    table = project.index.tables.get(TABLE)
    if table is None:
        return ()
    book = project.book
    kinds = next(column for column in table.columns if column.id == "kind")
    found = []
    for row in book.row_ids(TABLE):
        name = book.text(f"{TABLE}/{row}/paper").strip()
        if not name:
            continue
        kind = book.get(f"{TABLE}/{row}/kind")
        said = given_text(kinds, kind) if isinstance(kind, Given) and kind.text else ""
        caption = book.text(f"{TABLE}/{row}/caption").strip() or said or name
        found.append(Wanted(row, name, caption, _called(project, name)))
    return tuple(found)


def _called(project: AuditProject, name: str) -> Paper | None:
    papers = [
        one.paper
        for one in numbered(project.book)
        if name in (one.paper.title, one.paper.name, one.number)
    ]
    return papers[0] if len(papers) == 1 else None


def name_for(project: AuditProject, paper: Paper) -> str:
    """How a row of the table names a paper of the binder: by its title where no other is called so, else by its file, else
    by its number."""
    found = next(one for one in numbered(project.book) if one.paper.sha256 == paper.sha256)
    names = (paper.title, paper.name, found.number)
    return next((name for name in names if _called(project, name) == paper), found.number)


def pictures_chapter(
    project: AuditProject, pictures: Mapping[str, Picture] | None
) -> Chapter | None:
    """The appendix 附图. pictures: by SHA-256 of the paper; None = nobody looked: then the chapter is left out."""
    wanted = wanted_pictures(project)
    if not wanted or pictures is None:
        return None
    shown: list[Block] = []
    lacking: list[Block] = []
    for one in wanted:
        picture = None if one.paper is None else pictures.get(one.paper.sha256)
        if picture is None:
            lacking.append(Paragraph((f"{one.caption}：", Open(f"证据册里没有「{one.name}」的图"))))
        else:
            shown.append(Figure(f"picture.{one.row_id}", one.caption, picture))
    refs = [Ref(block.key) for block in shown if isinstance(block, Figure)]
    lead: Runs = ()
    if refs:
        lead = (
            ("图和照片见", refs[0], "。")
            if len(refs) == 1
            else ("图和照片见", refs[0], "～", refs[-1], "。")
        )
    blocks = [*([Paragraph(lead)] if lead else []), *lacking, *shown]
    return Chapter("附图", tuple(blocks))
