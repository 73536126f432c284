"""What became of each measure when the team sifted them: outcome, ranking by marks and weights."""

from fractions import Fraction

from app.assessment.numbers import brief
from app.audit.measures import TABLE
from app.audit.project import AuditProject
from app.audit.ranking import SCREENING
from app.forms.answer import Given, cell_key
from app.measures.model import DROPPED, Measure, measures_of
from app.papers.answers import (
    DASH,
    computed_cell,
    exact_of,
    places_of,
)
from app.papers.digits import places_to_the_end
from app.papers.document import (
    Align,
    Amount,
    Block,
    Cell,
    Column,
    Open,
    Paragraph,
    Ref,
    Row,
    Runs,
    Size,
    Table,
)
from app.papers.measure_rows import NO_MEASURES, in_order, is_costly, is_feasible, typed

_STATES = {
    "idea": "待研究", "feasible": "可行", "doing": "可行，实施中", "done": "可行，已实施", "dropped": "不实施",
}  # fmt: skip


def screening(project: AuditProject) -> list[Block]:
    """What became of each, the ranking where the team gave marks, and the outcome group by group."""
    measures = sorted(measures_of(project), key=in_order)
    if not measures:
        return [Paragraph((Open(NO_MEASURES),))]
    rows = [
        Row(
            (
                one.code,
                one.name,
                typed(project, one, "where") or DASH,
                typed(project, one, "evidence") or DASH,
                _screened(project, one),
            )
        )
        for one in measures
    ]
    columns = (
        Column("编号", 1.1, Align.CENTRE),
        Column("方案名称", 3.6),
        Column("实施部位", 2.2),
        Column("依据", 2.6),
        Column("筛选结果", 1.8),
    )
    table = Table("screening", "方案筛选", columns, tuple(rows), (), Size.SMALL)
    ranking = _ranking(project, measures)
    refs: list[str | Ref] = ["逐项筛选见", Ref("screening")]
    if ranking:
        refs += ["，权重总和计分排序见", Ref(ranking[0].key)]
    return [
        Paragraph((*refs, "，结果汇总见", Ref("screened"), "。")),
        table,
        *ranking,
        _outcome(measures),
    ]


def _screened(project: AuditProject, measure: Measure) -> str:
    """What was decided and why: the reason it is left out for, else what was noted at the decision."""
    why = project.book.text(cell_key(SCREENING, measure.row_id, "excluded")).strip()
    decided = project.book.get(cell_key(TABLE, measure.row_id, "state"))
    if not why and isinstance(decided, Given) and not is_feasible(measure):
        why = decided.note.strip().rstrip("。")
    said = _STATES.get(measure.state, "待研究")
    return f"{said}：{why}" if why else said


def _ranking(project: AuditProject, measures: list[Measure]) -> list[Table]:
    """Marks × weights of every measure somebody gave marks, best first; nothing when nobody did."""
    factors = project.reference.economics.screening if project.reference.economics else ()
    if not factors or SCREENING not in project.index.tables:
        return []
    weights = [
        exact_of(project.book.text(f"screening.w_{one.id}") or "") or one.weight for one in factors
    ]
    ranked = []
    for one in measures:
        sum_of = project.derivation.cell(SCREENING, one.row_id, "total")
        if sum_of.value is not None:
            ranked.append((sum_of.value, one))
    if not ranked:
        return []
    ranked.sort(key=lambda pair: (-pair[0], in_order(pair[1])))
    rows = []
    for total, one in ranked:
        marks: list[Cell] = []
        for factor in factors:
            key = cell_key(SCREENING, one.row_id, factor.id)
            mark = exact_of(project.book.text(key))
            marks.append(
                DASH if mark is None else Amount(mark, places_of(project.book.text(key)), "", key)
            )
        rank = project.derivation.cell(SCREENING, one.row_id, "rank")
        rows.append(
            Row(
                (
                    one.code,
                    one.name,
                    *marks,
                    Amount(
                        total, places_to_the_end(total, 1), "分", f"{SCREENING}/{one.row_id}/total"
                    ),
                    computed_cell(rank),
                )
            )
        )
    columns = (
        Column("编号", 1.1, Align.CENTRE),
        Column("方案名称", 3),
        *(
            Column(factor.title, 1.2, Align.NUMBER, f"权重 {brief(weight)}", "得分 R")
            for factor, weight in zip(factors, weights, strict=True)
        ),
        Column("总分", 1.1, Align.NUMBER, "ΣR×W"),
        Column("排序", 0.9, Align.CENTRE),
    )
    notes: tuple[Runs, ...] = (
        ("注：得分 1 至 10，由审核小组评定；权重为审核小组所定，不是国家规定。",),
    )
    return [Table("ranking", "方案权重总和计分排序", columns, tuple(rows), notes, Size.SMALL)]


def _outcome(measures: list[Measure]) -> Table:
    groups = (
        ("可行的无/低费方案", [m for m in measures if not is_costly(m) and is_feasible(m)]),
        ("初步可行的中/高费方案", [m for m in measures if is_costly(m) and is_feasible(m)]),
        ("待研究、本轮不列入实施的方案", [m for m in measures if m.state in ("", "idea")]),
        ("确定不实施的方案", [m for m in measures if m.state == DROPPED]),
    )
    rows = tuple(
        Row(
            (
                name,
                Amount(Fraction(len(found)), 0, "项"),
                "、".join(f"{one.code} {one.name}" for one in found) or DASH,
            )
        )
        for name, found in groups
    )
    columns = (Column("结果", 2.6), Column("数量", 1, Align.NUMBER, "项"), Column("方案", 7.4))
    return Table("screened", "方案筛选结果汇总", columns, rows, (), Size.SMALL)
