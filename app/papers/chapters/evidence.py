"""Appendix 佐证材料索引: every paper the report leans on, from the answers that name it."""

from collections.abc import Collection, Iterator

from app.audit.evidence import numbered
from app.audit.project import AuditProject
from app.forms.answer import Given
from app.measures.model import Measure, measures_of
from app.papers.answers import DASH, formal
from app.papers.document import (
    Align,
    Chapter,
    Column,
    PageOf,
    Paragraph,
    Ref,
    Row,
    Runs,
    Size,
    Table,
)
from app.papers.measure_rows import codes_of
from app.papers.outline import ref_range

_FACTS, _WASTE, _AFTER = "compliance.facts", "env.waste", "after.plant"
_TEAM = "team.team.basic.facts"
# (question that holds number, name or day, what the paper is, key of the table it stands in, question of its day)
_SINGLE = (
    ("firm.credit_code", "营业执照", "profile.facts", ""),
    ("front.list_name", "列入审核名单的文件", "profile.facts", "front.list_date"),
    ("team.registered", "平台登记截图", _TEAM, "team.registered"),
    ("team.published", "公示截图或报纸", _TEAM, "team.published"),
    ("team.start", "启动会通知或照片", _TEAM, "team.start"),
    ("env.permit_no", "排污许可证", _FACTS, ""),
    ("env.plan_no", "应急预案备案表", _FACTS, ""),
    ("env.drill", "应急演练记录和照片", _FACTS, "env.drill"),
)
# (table, its column that holds number or name, what the paper is, keys of the tables it stands behind: the first of them that
# is printed is named, and what stands behind none of a paper is not cited by it, column of its day)
_COLUMNS = (
    ("env.projects", "approval", "环评批复", ("env.projects",), "approved"),
    ("env.projects", "acceptance", "竣工环保验收文件", ("env.projects",), ""),
    ("env.monitoring", "report", "监测报告", ("env.monitoring",), "date"),
    ("team.training", "topic", "培训签到表、照片", ("team.training",), "date"),
    ("measures.list", "evidence", "方案依据", ("screening",), ""),
    ("measures.results", "proof", "方案实施证明", ("implementation", "low.done"), ""),
)

# (table of figures, its column that says what each row is, what its figures are taken from)
_RECORDS = (
    ("materials.list", "", "原辅材料出入库台账"),
    ("materials.toxic", "name", "安全技术说明书"),
    ("packaging.list", "", "包装出入库和盘点记录"),
    ("voc.materials", "name", "VOC 含量检测报告或安全技术说明书"),
    ("water.units", "", "各用水单元抄表或推算记录"),
)
_OF_MEASURES = ("measures.list", "measures.results")
_OF_ALL_YEARS = "materials.list"
_MEMBERS, _APPOINTED = "team.members", "任命"  # only where the firm says that it appointed them
_RATES = ("voc.capture", "voc.treatment")


def evidence_chapter(project: AuditProject, shown: Collection[str]) -> Chapter | None:
    """The papers of the binder, then what answers name; None when there is neither. shown: keys of the tables of the paper."""
    tables = [one for one in (_binder(project, shown), _cited(project, shown)) if one is not None]
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


def _binder(project: AuditProject, shown: Collection[str]) -> Table | None:
    """What was taken into the audit: number in the binder, month, where it is used and on which page, the first digits of
    its hash."""
    rows = []
    for one in numbered(project.book):
        where = dict.fromkeys(_place(project, proof.key, shown) for proof in one.paper.proves)
        used: list[str | Ref] = []
        for key, label in where:
            used += ["；"] if used else []
            used.append(Ref(key) if key else label)
        rows.append(
            Row(
                (
                    one.number,
                    one.paper.title or one.paper.name,
                    one.paper.group,
                    one.paper.month or DASH,
                    tuple(used) or DASH,
                    _pages(tuple(used), shown),
                    _in_groups(one.paper.sha256[:8]),
                )
            )
        )
    if not rows:
        return None
    columns = (
        Column("编号", 1.1, Align.CENTRE),
        Column("名称", 3.4),
        Column("类别", 1.6),
        Column("年月", 1.5, Align.CENTRE),
        Column("用于", 2.6),
        Column("所在页", 1.3, Align.CENTRE),
        Column("校验", 1.7, Align.CENTRE),
    )
    notes: tuple[Runs, ...] = (
        (
            "注：校验为文件 SHA-256 的前八位，原件在案卷的证据册里，可逐件核对。",
            "年月为材料所属的月份。所在页为所列的表从头到尾的页。",
        ),
    )
    return Table("binder", "收存的佐证材料", columns, tuple(rows), notes, Size.SMALL)


def _in_groups(digits: str) -> str:
    return f"{digits[:4]} {digits[4:]}"


def _place(project: AuditProject, key: str, shown: Collection[str]) -> tuple[str, str]:
    """(key of the table of the paper that holds an answer, "" where none does; what the answer belongs to)."""
    name, _, rest = key.partition("/")
    table = project.index.tables.get(name)
    if table is None:
        single = next((facts for one, _, facts, _ in _SINGLE if one == key), "")
        label = project.index.label_of(key, project.book) if key in project.index.places else ""
        return (single if single in shown else "", formal(label))
    year = rest[:4]
    for one in (name, f"bills.{name}", f"bills.{name}@{year}"):
        is_of_year = not one.startswith("bills.") or "@" in one or year == str(project.base_year)
        if one in shown and is_of_year:
            return one, formal(table.title)
    behind = next((keys for one, _, _, keys, _ in _COLUMNS if one == name), ())
    return next((one for one in behind if one in shown), ""), formal(table.title)


def _pages(used: Runs, shown: Collection[str]) -> PageOf | str:
    """Of the tables that are named, in the order of the paper: one of several, or those from one to another (「～」)."""
    spans: list[tuple[str, str]] = []
    is_range = False
    for one in used:
        if isinstance(one, Ref) and is_range:
            spans[-1] = (spans[-1][0], one.key)
        elif isinstance(one, Ref):
            spans.append((one.key, one.key))
        is_range = one == "～"
    order = {key: place for place, key in enumerate(shown)}
    return PageOf(tuple(sorted(spans, key=lambda span: order[span[0]]))) if spans else DASH


def _cited(project: AuditProject, shown: Collection[str]) -> Table | None:
    found = dict.fromkeys(_named(project, shown))
    if not found:
        return None
    rows = []
    for place, (kind, name, day, used) in enumerate(found, start=1):
        rows.append(Row((f"E{place:02d}", kind, name, day or DASH, used, _pages(used, shown))))
    columns = (
        Column("编号", 1, Align.CENTRE),
        Column("材料", 2.4),
        Column("文号、编号或名称", 4),
        Column("日期", 1.7, Align.CENTRE),
        Column("用于", 2.6),
        Column("所在页", 1.3, Align.CENTRE),
    )
    notes: tuple[Runs, ...] = (
        (
            "注：按填报内容列出，原件由企业装订在报告之后。日期为监测、批复、培训等填报的日期，“—”为没有填报。所在页为所列的表从头到尾的页。",
        ),
    )
    return Table("evidence", "报告引用的材料", columns, tuple(rows), notes, Size.SMALL)


def _named(project: AuditProject, shown: Collection[str]) -> Iterator[tuple[str, str, str, Runs]]:
    """(kind, number or name, day, where it is used), in the order of the report."""
    book = project.book
    for key, kind, facts, day in _SINGLE:
        said = book.text(key).strip()
        if said:
            label = formal(project.index.label_of(key, book))
            name = DASH if key == day else said
            yield kind, name, book.text(day).strip(), (Ref(facts),) if facts in shown else (label,)
    if _MEMBERS in shown and _APPOINTED in book.text("team.support"):
        yield "审核小组任命文件", DASH, "", (Ref(_MEMBERS),)
    for table_id, column, kind, behind, day in _COLUMNS:
        table = project.index.tables.get(table_id)
        used = next((key for key in behind if key in shown), "")
        if table is None or not used:
            continue
        if table_id in _OF_MEASURES:
            yield from _of_measures(project, table_id, column, kind, used)
            continue
        rows = book.row_ids(table_id) or tuple(
            dict.fromkeys(key.split("/")[1] for key in book.cells_of(table_id))
        )
        for row in rows:
            name = book.text(f"{table_id}/{row}/{column}").strip()
            if name and name != DASH:
                told = book.text(f"{table_id}/{row}/{day}").strip() if day else ""
                yield kind, name, told, (Ref(used),)
    if _WASTE in shown:
        names = [
            book.text(f"{_WASTE}/{row}/name").strip()
            for row in book.row_ids(_WASTE)
            if book.text(f"{_WASTE}/{row}/kind") == "hazardous"
        ]
        if any(names):
            yield (
                "危险废物合同和转移联单",
                "、".join(one for one in names if one),
                "",
                (Ref(_WASTE),),
            )
    yield from _records(project, shown)
    period = book.text("after.period").strip()
    if period and _AFTER in shown:
        yield "审核后的抄表记录、台账和账单", period.rstrip("。"), "", (Ref(_AFTER),)
    for table_id, kind in (("energy.bills", "电费和燃气费票据"), ("water.bills", "水费票据")):
        years = sorted({key.split("/")[1][:4] for key in book.cells_of(table_id)})
        printed = [key for key in shown if key.startswith(f"bills.{table_id}")]
        if years:
            used_in: Runs = ref_range(printed) if printed else ("能源与水",)
            yield kind, f"{years[0]}～{years[-1]} 年各月", "", used_in


def _of_measures(
    project: AuditProject, table_id: str, column: str, kind: str, used: str
) -> Iterator[tuple[str, str, str, Runs]]:
    """Papers behind measures, each once with the measures it stands behind: 「报价单（WD8、ZG4）」."""
    behind: dict[str, list[Measure]] = {}
    for one in measures_of(project):
        name = project.book.text(f"{table_id}/{one.row_id}/{column}").strip()
        if name and name != DASH:
            behind.setdefault(name, []).append(one)
    for name, some in behind.items():
        yield kind, f"{name}（{codes_of(some)}）", "", (Ref(used),)


def _records(project: AuditProject, shown: Collection[str]) -> Iterator[tuple[str, str, str, Runs]]:
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
        yield kind, formal(said), "", (Ref(table_id),)
    for key in _RATES if "voc.materials" in shown else ():
        answer = book.get(key)
        if isinstance(answer, Given) and answer.note.strip():
            label = formal(project.index.label_of(key, book))
            yield f"{label}的依据", formal(answer.note.strip()), "", (Ref("voc.facts"),)
