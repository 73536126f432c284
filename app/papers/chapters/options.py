"""Measures as they were found: how many of which aspect, the list of all with their class of cost."""

from collections.abc import Iterable
from fractions import Fraction

from app.audit.measures import TABLE, class_limit, class_of, cost_classes
from app.audit.project import AuditProject
from app.forms.figure import Tone
from app.measures.model import Measure, measures_of
from app.measures.results import effect_said
from app.papers.answers import (
    formal,
    formal_sentence,
)
from app.papers.digits import regrouped
from app.papers.document import (
    Align,
    Amount,
    Block,
    Column,
    Open,
    Paragraph,
    Ref,
    Row,
    RowKind,
    Runs,
    Size,
    Table,
)
from app.papers.measure_rows import (
    NO_MEASURES,
    in_order,
    is_costly,
    money,
    total_row,
)


def options(project: AuditProject) -> list[Block]:
    """How many of which aspect, then every one."""
    measures = measures_of(project)
    if not measures:
        return [Paragraph((Open(NO_MEASURES),))]
    aspects = _labels(project, "aspect")
    counted: dict[str, int] = {}
    for one in measures:
        name = aspects.get(one.aspect, "未分类")
        counted[name] = counted.get(name, 0) + 1
    low = sum(not is_costly(one) for one in measures)
    order = [*aspects.values(), "未分类"]
    said = "，".join(f"{name} {counted[name]} 项" for name in order if name in counted)
    lead: Runs = (
        "共产生清洁生产方案 ",
        Amount(Fraction(len(measures)), 0, "项", "measures/count"),
        " 项，其中无/低费 ",
        Amount(Fraction(low), 0, "项", "measures/low"),
        " 项，中/高费 ",
        Amount(Fraction(len(measures) - low), 0, "项", "measures/high"),
        f" 项；按所属方面，{said}。方案汇总见",
        Ref("options"),
        "。",
    )
    ordered = sorted(measures, key=in_order)
    rows = [
        Row(
            (
                one.code,
                one.name,
                aspects.get(one.aspect, ""),
                regrouped(effect_said(project, one)),
                money(one.cost, f"measures/{one.row_id}/cost"),
                money(one.saving, f"measures/{one.row_id}/saving"),
                formal(_class_of(project, one)[0]),
            )
        )
        for one in ordered
    ]
    total = total_row(rows, (4, 5))
    grouped: list[Row] = []
    for costly, name in ((False, "无/低费方案"), (True, "中/高费方案")):
        kind = [row for row, one in zip(rows, ordered, strict=True) if is_costly(one) is costly]
        if kind:
            grouped += [Row((f"{name}（{len(kind)} 项）",), RowKind.GROUP), *kind]
    rows = [*grouped, total]
    columns = (
        Column("编号", 1.1, Align.CENTRE),
        Column("方案名称", 3.2),
        Column("所属方面", 1.8),
        Column("预计环境效果", 3.2),
        Column("预计投资", 1.3, Align.NUMBER, "万元"),
        Column("预计效益", 1.3, Align.NUMBER, "万元/a"),
        Column("费用类别", 1.2, Align.CENTRE),
    )
    limits = dict.fromkeys(
        f"{words}：{note.partition('：')[2] or note}"
        for one in measures
        for words, note in (_class_of(project, one),)
        if note
    )
    notes: list[Runs] = [(f"注：WD 为无/低费方案，ZG 为中/高费方案{_numbering(measures)}。",)]
    notes += [(f"{one}。",) for one in limits]
    if any(one.cost is None or one.saving is None for one in measures):
        notes.append(("投资或效益未填的方案没有计入合计。",))
    table = Table("options", "清洁生产方案汇总", columns, tuple(rows), tuple(notes), Size.SMALL)
    return [Paragraph(lead), table]


def _numbering(measures: Iterable[Measure]) -> str:
    """Why numbers are left out, where some are: both kinds are counted on in one row, or a number is not used."""
    kinds: dict[str, set[int]] = {}
    for one in measures:
        if one.code[2:].isdigit():
            kinds.setdefault(one.code[:2], set()).add(int(one.code[2:]))
    gaps = [
        f"{kind}{number}"
        for kind, used in kinds.items()
        for number in range(1, max(used))
        if number not in used
    ]
    every = [number for used in kinds.values() for number in used]
    if not gaps:
        return ""
    if sorted(every) == list(range(1, len(every) + 1)):
        return "，两类连续编号"
    return f"；编号 {'、'.join(gaps)} 未使用"


def _labels(project: AuditProject, column: str) -> dict[str, str]:
    place = project.index.places.get(f"{TABLE}.{column}")
    return {one.id: one.label for one in place.question.options} if place is not None else {}


def _class_of(project: AuditProject, measure: Measure) -> tuple[str, str]:
    """(费用类别, its limit); ("", "") where the set has none."""
    if f"{TABLE}.cost_class" not in project.index.places:
        return "", ""
    figure = project.derivation.cell(TABLE, measure.row_id, "cost_class")
    economics = project.reference.economics
    if figure.tone is Tone.BAD and economics is not None and measure.cost is not None:
        # what contradicts the amount is said on the screen and by the check-up; the paper says the class of the amount
        found = class_of(measure.cost, cost_classes(project.book, economics.cost_classes))
        if found is not None:
            return found.title, formal_sentence(class_limit(found, measure.cost)).rstrip("。")
    return figure.words, formal_sentence(figure.trace.note).rstrip("。")


def low_options(project: AuditProject) -> list[Block]:
    """无/低费 found so far, in a sentence."""
    found = [one for one in measures_of(project) if not is_costly(one)]
    if not found:
        return [Paragraph(("预评估阶段尚未提出无/低费方案。",))]
    names = "、".join(f"{one.code} {one.name}" for one in sorted(found, key=in_order))
    return [Paragraph((f"预评估中提出无/低费方案 {len(found)} 项：{names}。",))]
