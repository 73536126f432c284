"""The costly measures looked at from technology and environment, and which of them are recommended."""

from app.audit.measures import SAVINGS
from app.audit.project import AuditProject
from app.forms.answer import Given, cell_key
from app.measures.model import Measure, stream_of
from app.measures.results import effect_said
from app.papers.answers import (
    DASH,
)
from app.papers.digits import regrouped
from app.papers.document import (
    Align,
    Amount,
    Block,
    Column,
    Inline,
    JoinUp,
    Paragraph,
    Ref,
    Row,
    Runs,
    Size,
    SubSection,
    Table,
)
from app.papers.measure_rows import (
    costly_measures,
    is_feasible,
    part_title,
    stream_places,
    typed,
    unbooked_words,
)

_NO_COSTLY = "本轮没有中/高费方案。"


def technical(project: AuditProject) -> list[Block]:
    """What was typed of each: where, how, on what it rests."""
    measures = costly_measures(project)
    if not measures:
        return [Paragraph((_NO_COSTLY,))]
    rows = [
        Row(
            (
                one.code,
                one.name,
                typed(project, one, "where") or DASH,
                regrouped(effect_said(project, one)) or DASH,
                typed(project, one, "evidence") or DASH,
                typed(project, one, "owner") or DASH,
            )
        )
        for one in measures
    ]
    columns = (
        Column("编号", 1.1, Align.CENTRE),
        Column("方案名称", 2.8),
        Column("实施部位", 2),
        Column("要点和效果", 3),
        Column("技术依据", 2.4),
        Column("负责部门或人", 1.8),
    )
    return [
        SubSection("技术评估"),
        Paragraph(("中/高费方案的技术要点和依据见", Ref("technical"), "。")),
        Table("technical", "中/高费方案技术评估", columns, tuple(rows), (), Size.SMALL),
    ]


def environmental(project: AuditProject) -> list[Block]:
    """What each saves of every stream, a year."""
    measures = [one for one in costly_measures(project) if one.savings]
    if not measures:
        return []
    rows = []
    for one in measures:
        for place, (stream_id, amount) in enumerate(one.savings.items()):
            stream = stream_of(project, stream_id)
            rows.append(
                Row(
                    (
                        one.code if not place else JoinUp(),
                        one.name if not place else JoinUp(),
                        part_title(project, stream_id, one.savings),
                        stream.unit,
                        Amount(
                            amount,
                            stream_places(amount),
                            stream.unit,
                            f"measures/{one.row_id}/{stream_id}",
                        ),
                    )
                )
            )
    columns = (
        Column("编号", 1.1, Align.CENTRE),
        Column("方案名称", 4),
        Column("节约或削减", 2.4),
        Column("单位", 1.2, Align.CENTRE),
        Column("年量", 1.8, Align.NUMBER),
    )
    without = [one for one in costly_measures(project) if not one.savings]
    tail = (
        f"{'、'.join(one.code for one in without)} 没有可以计量的资源节约和污染物削减。"
        if without
        else ""
    )
    notes: tuple[Runs, ...] = (
        (f"注：年量为预计值，负数为增加。{tail}{unbooked_words(project)}",),
        *_told(project, measures),
    )
    return [
        SubSection("环境评估"),
        Paragraph(("预计的节约和削减见", Ref("environmental"), "。")),
        Table("environmental", "中/高费方案环境评估", columns, tuple(rows), notes, Size.SMALL),
    ]


def _told(project: AuditProject, measures: list[Measure]) -> list[Runs]:
    """What was noted at amounts: 「ZG7 危险废物：废油墨 5.6 t，废活性炭 3.6 t。」"""
    said: list[Runs] = []
    for one in measures:
        for stream_id in one.savings:
            answer = project.book.get(cell_key(SAVINGS, one.row_id, stream_id))
            note = answer.note.strip().rstrip("。") if isinstance(answer, Given) else ""
            if note:
                title = stream_of(project, stream_id).title
                said.append((f"{one.code} {title}：{regrouped(note)}。",))
    return said


def recommended(project: AuditProject) -> list[Block]:
    """What is to be done of the costly ones."""
    found = [one for one in costly_measures(project) if is_feasible(one)]
    if not found:
        return [Paragraph(("没有列入实施的中/高费方案。",))]
    runs: list[Inline] = ["列入实施的中/高费方案："]
    for place, one in enumerate(found):
        runs.append(f"{'；' if place else ''}{one.code} {one.name}")
        if one.cost is not None:
            runs += ["，投资 ", Amount(one.cost, 2, "万元", f"measures/{one.row_id}/cost"), " 万元"]
    return [Paragraph((*runs, "。"))]
