"""Candidates for the focus and their ranking, the focus and why it was chosen."""

from app.assessment.numbers import brief
from app.audit.project import AuditProject
from app.forms.answer import cell_key
from app.papers.answers import DASH, computed_cell, exact_of, given_text, places_of
from app.papers.bound import bound_runs
from app.papers.digits import places_to_the_end, regrouped
from app.papers.document import (
    Align,
    Amount,
    Block,
    Cell,
    Column,
    Inline,
    Open,
    Paragraph,
    Ref,
    Row,
    Runs,
    Size,
    Table,
)

_TABLE = "focus.candidates"
_CHOSEN, _REASON = "focus.chosen", "focus.reason"


def focus(project: AuditProject) -> list[Block]:
    """Nothing for a question set without candidates."""
    table = project.index.tables.get(_TABLE)
    if table is None:
        return []
    book = project.book
    rows = [row for row in book.row_ids(_TABLE) if book.text(cell_key(_TABLE, row, "name")).strip()]
    blocks: list[Block] = []
    chosen, reason = book.text(_CHOSEN).strip(), book.text(_REASON).strip()
    runs: list[Inline] = []
    if rows:
        runs += ["备选审核重点 ", str(len(rows)), " 处，情况见", Ref(_TABLE)]
    ranking = _ranking(project, rows)
    if ranking:
        runs += ["，权重总和计分排序见", Ref(ranking[0].key)]
    if runs:
        runs.append("。")
    runs += ["审核重点确定为", chosen or Open(key=_CHOSEN), "。"]
    blocks.append(Paragraph(tuple(runs)))
    if reason:
        blocks.append(Paragraph(("选择理由：", *bound_runs(project, reason))))
    else:
        blocks.append(Paragraph(("选择理由：", Open(key=_REASON))))
    if not rows:
        return [Paragraph(("备选审核重点", Open(key=_TABLE), "。")), *blocks]
    return [blocks[0], *_candidates(project, rows), *ranking, *blocks[1:]]


def _candidates(project: AuditProject, rows: list[str]) -> list[Table]:
    book = project.book
    places = {one.id: one for one in project.index.tables[_TABLE].columns}

    def text(row: str, column: str) -> Cell:
        said = regrouped(book.text(cell_key(_TABLE, row, column)).strip())
        return said or (
            Open(key=cell_key(_TABLE, row, column)) if places[column].required else DASH
        )

    has_reason = any(book.text(cell_key(_TABLE, row, "must")) for row in rows)
    made = []
    for place, row in enumerate(rows, start=1):
        must = book.get(cell_key(_TABLE, row, "must"))
        said = given_text(places["must"], must) if getattr(must, "text", "") else DASH  # type: ignore[arg-type]
        cells = [text(row, one) for one in ("name", "consumption", "waste", "potential")]
        made.append(Row((str(place), *cells, *((said,) if has_reason else ()))))
    columns = (
        Column("序", 0.7, Align.CENTRE),
        Column("备选重点", 2.4),
        Column("主要消耗", 3.4),
        Column("主要废物", 3.4),
        Column("节约潜力", 2.6),
        *((Column("列入名单的原因", 1.8, Align.CENTRE),) if has_reason else ()),
    )
    return [Table(_TABLE, "备选审核重点", columns, tuple(made), (), Size.SMALL)]


def _ranking(project: AuditProject, rows: list[str]) -> list[Table]:
    """Marks × weights of the candidates; nothing when nobody gave marks."""
    factors = project.reference.economics.focus if project.reference.economics else ()
    book = project.book
    totals = {row: project.derivation.cell(_TABLE, row, "total") for row in rows}
    if not factors or all(one.value is None for one in totals.values()):
        return []
    made = []
    for row in sorted(rows, key=lambda one: -(totals[one].value or 0)):
        marks: list[Cell] = []
        for factor in factors:
            key = cell_key(_TABLE, row, f"r_{factor.id}")
            mark = exact_of(book.text(key))
            marks.append(DASH if mark is None else Amount(mark, places_of(book.text(key)), "", key))
        total = totals[row].value
        made.append(
            Row(
                (
                    book.text(cell_key(_TABLE, row, "name")),
                    *marks,
                    DASH
                    if total is None
                    else Amount(total, places_to_the_end(total, 1), "分", f"{_TABLE}/{row}/total"),
                    computed_cell(project.derivation.cell(_TABLE, row, "rank")),
                )
            )
        )
    weights = [exact_of(book.text(f"focus.w_{one.id}")) or one.weight for one in factors]
    columns = (
        Column("备选重点", 2.6),
        *(
            Column(factor.title, 1.2, Align.NUMBER, f"权重 {brief(weight)}", "得分 R")
            for factor, weight in zip(factors, weights, strict=True)
        ),
        Column("总分", 1.2, Align.NUMBER, "ΣR×W"),
        Column("排序", 1.7, Align.CENTRE),
    )
    notes: tuple[Runs, ...] = (
        (
            "注：得分 1 至 10，由审核小组评定；权重为审核小组所定，不是国家规定。有强制理由的必须纳入，不论得分。",
        ),
    )
    return [
        Table(
            "focus.ranking", "备选审核重点权重总和计分排序", columns, tuple(made), notes, Size.SMALL
        )
    ]
