"""Appendix 佐证材料索引: every paper the report leans on, from the answers that name it."""

from collections.abc import Collection, Iterator

from app.audit.evidence import numbered
from app.audit.project import AuditProject
from app.forms.answer import Given
from app.papers.answers import DASH, formal
from app.papers.document import Align, Chapter, Column, Paragraph, Ref, Row, Runs, Size, Table
from app.papers.outline import ref_range

_FACTS, _WASTE, _AFTER = "compliance.facts", "env.waste", "after.plant"
# (question that holds number, name or day, what the paper is, key of the table it stands in)
_SINGLE = (
    ("front.list_name", "列入审核名单的文件", "profile.facts"),
    ("env.permit_no", "排污许可证", _FACTS),
    ("env.plan_no", "应急预案备案表", _FACTS),
    ("env.drill", "应急演练记录和照片", _FACTS),
)
# (table, its column that holds number or name, what the paper is, keys of the tables it stands behind: the first of them that
# is printed is named, and what stands behind none of a paper is not cited by it)
_COLUMNS = (
    ("env.projects", "approval", "环评批复", ("env.projects",)),
    ("env.projects", "acceptance", "竣工环保验收文件", ("env.projects",)),
    ("env.monitoring", "report", "监测报告", ("env.monitoring",)),
    ("team.training", "topic", "培训签到表、照片", ("team.training",)),
    ("measures.list", "evidence", "方案依据", ("screening",)),
    ("measures.results", "proof", "方案实施证明", ("implementation", "low.done")),
)

# (table of figures, its column that says what each row is, what its figures are taken from)
_RECORDS = (
    ("materials.list", "", "原辅材料出入库台账"),
    ("materials.toxic", "name", "安全技术说明书"),
    ("packaging.list", "", "包装出入库和盘点记录"),
    ("voc.materials", "name", "VOC 含量检测报告或安全技术说明书"),
    ("water.units", "", "各用水单元抄表或推算记录"),
)
_OF_ALL_YEARS = "materials.list"
_RATES = ("voc.capture", "voc.treatment")


def evidence_chapter(project: AuditProject, shown: Collection[str]) -> Chapter | None:
    """The papers of the binder, then what answers name; None when there is neither. shown: keys of the tables of the paper."""
    tables = [one for one in (_binder(project), _cited(project, shown)) if one is not None]
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


def _cited(project: AuditProject, shown: Collection[str]) -> Table | None:
    found = dict.fromkeys(_named(project, shown))
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


def _named(project: AuditProject, shown: Collection[str]) -> Iterator[tuple[str, str, Runs]]:
    """(kind, number or name, where it is used), in the order of the report."""
    book = project.book
    for key, kind, facts in _SINGLE:
        if book.text(key).strip():
            label = formal(project.index.label_of(key, book))
            yield kind, book.text(key).strip(), (Ref(facts),) if facts in shown else (label,)
    for table_id, column, kind, behind in _COLUMNS:
        table = project.index.tables.get(table_id)
        used = next((key for key in behind if key in shown), "")
        if table is None or not used:
            continue
        rows = book.row_ids(table_id) or tuple(
            dict.fromkeys(key.split("/")[1] for key in book.cells_of(table_id))
        )
        for row in rows:
            name = book.text(f"{table_id}/{row}/{column}").strip()
            if name and name != DASH:
                yield kind, name, (Ref(used),)
    if _WASTE in shown:
        names = [
            book.text(f"{_WASTE}/{row}/name").strip()
            for row in book.row_ids(_WASTE)
            if book.text(f"{_WASTE}/{row}/kind") == "hazardous"
        ]
        if any(names):
            yield "危险废物合同和转移联单", "、".join(one for one in names if one), (Ref(_WASTE),)
    yield from _records(project, shown)
    period = book.text("after.period").strip()
    if period and _AFTER in shown:
        yield "审核后的抄表记录、台账和账单", period.rstrip("。"), (Ref(_AFTER),)
    for table_id, kind in (("energy.bills", "电费和燃气费票据"), ("water.bills", "水费票据")):
        years = sorted({key.split("/")[1][:4] for key in book.cells_of(table_id)})
        printed = [key for key in shown if key.startswith(f"bills.{table_id}")]
        if years:
            used_in: Runs = ref_range(printed) if printed else ("能源与水",)
            yield kind, f"{years[0]}～{years[-1]} 年各月", used_in


def _records(project: AuditProject, shown: Collection[str]) -> Iterator[tuple[str, str, Runs]]:
    """What the tables of amounts rest on, by rows that are filled; and what the rates of the VOC ledger rest on, as noted."""
    book = project.book
    for table_id, column, kind in _RECORDS:
        rows = {key.split("/")[1] for key in book.cells_of(table_id)}
        if table_id not in shown or not rows:
            continue
        names = [
            book.text(f"{table_id}/{row}/{column}").strip()
            for row in book.row_ids(table_id)
            if column
        ]
        first = f"{project.years[0]}～" if table_id == _OF_ALL_YEARS and project.years else ""
        said = "、".join(one for one in names if one) or f"{first}{project.base_year} 年"
        yield kind, formal(said), (Ref(table_id),)
    for key in _RATES if "voc.materials" in shown else ():
        answer = book.get(key)
        if isinstance(answer, Given) and answer.note.strip():
            label = formal(project.index.label_of(key, book))
            yield f"{label}的依据", formal(answer.note.strip()), (Ref("voc.facts"),)
