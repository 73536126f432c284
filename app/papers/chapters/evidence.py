"""Appendix 佐证材料索引: every paper the report leans on, from the answers that name it."""

from collections.abc import Iterator

from app.audit.evidence import numbered
from app.audit.project import AuditProject
from app.papers.answers import DASH, formal
from app.papers.document import Align, Chapter, Column, Paragraph, Ref, Row, Runs, Size, Table

# (question or table.column that holds number or name, what the paper is)
_SINGLE = (
    ("env.permit_no", "排污许可证"),
    ("env.plan_no", "应急预案备案表"),
)
_COLUMNS = (
    ("env.projects", "approval", "环评批复"),
    ("env.projects", "acceptance", "竣工环保验收文件"),
    ("env.monitoring", "report", "监测报告"),
    ("team.training", "topic", "培训签到表、照片"),
    ("measures.list", "evidence", "方案依据"),
    ("measures.results", "proof", "方案实施证明"),
)


def evidence_chapter(project: AuditProject) -> Chapter | None:
    """The papers of the binder, then what answers name; None when there is neither."""
    tables = [one for one in (_binder(project), _cited(project)) if one is not None]
    if not tables:
        return None
    refs: list[str | Ref] = []
    for place, one in enumerate(tables):
        refs += [
            "，" if place else "",
            "收存的材料见" if one.key == "binder" else "报告引用的材料见",
        ]
        refs.append(Ref(one.key))
    return Chapter("佐证材料索引", (Paragraph((*refs, "。")), *tables))


def _binder(project: AuditProject) -> Table | None:
    """What was taken into the audit: number in the binder, where it is used, the first digits of its hash."""
    rows = [
        Row(
            (
                one.number,
                one.paper.title or one.paper.name,
                one.paper.group,
                "；".join(dict.fromkeys(_place(project, proof.key) for proof in one.paper.proves))
                or DASH,
                one.paper.sha256[:8],
            )
        )
        for one in numbered(project.book)
    ]
    if not rows:
        return None
    columns = (
        Column("编号", 1.1, Align.CENTRE),
        Column("名称", 3.4),
        Column("类别", 1.6),
        Column("证明的数据", 4),
        Column("SHA-256 前 8 位", 1.6, Align.CENTRE),
    )
    return Table("binder", "收存的佐证材料", columns, tuple(rows), (), Size.SMALL)


def _place(project: AuditProject, key: str) -> str:
    """The table or question a paper proves a part of."""
    table = project.index.tables.get(key.split("/")[0])
    if table is not None:
        return formal(table.title)
    return formal(project.index.label_of(key, project.book)) if key in project.index.places else ""


def _cited(project: AuditProject) -> Table | None:
    found = dict.fromkeys(_named(project))
    if not found:
        return None
    rows = tuple(
        Row((f"E{place:02d}", kind, name, used))
        for place, (kind, name, used) in enumerate(found, start=1)
    )
    columns = (
        Column("编号", 1, Align.CENTRE),
        Column("材料", 2.4),
        Column("文号、编号或名称", 4),
        Column("用于", 3.4),
    )
    notes: tuple[Runs, ...] = (("注：按填报内容列出，原件由企业装订在报告之后。",),)
    return Table("evidence", "报告引用的材料", columns, rows, notes, Size.SMALL)


def _named(project: AuditProject) -> Iterator[tuple[str, str, str]]:
    """(kind, number or name, where it is used), in the order of the report."""
    book = project.book
    for key, kind in _SINGLE:
        if book.text(key).strip():
            yield kind, book.text(key).strip(), formal(project.index.label_of(key, book))
    for table_id, column, kind in _COLUMNS:
        table = project.index.tables.get(table_id)
        if table is None:
            continue
        rows = book.row_ids(table_id) or tuple(
            dict.fromkeys(key.split("/")[1] for key in book.cells_of(table_id))
        )
        for row in rows:
            name = book.text(f"{table_id}/{row}/{column}").strip()
            if name and name != DASH:
                yield kind, name, formal(table.title)
    for table_id, kind in (("energy.bills", "电费和燃气费票据"), ("water.bills", "水费票据")):
        years = sorted({key.split("/")[1][:4] for key in book.cells_of(table_id)})
        if years:
            yield kind, f"{years[0]}～{years[-1]} 年各月", "能源与水"
