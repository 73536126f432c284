"""Measures before they are carried out: list, screening, the three assessments of those that cost much. Figures come from
app.measures; what cannot be worked out says why."""

from collections.abc import Iterable
from fractions import Fraction

from app.audit.measures import TABLE, cost_classes
from app.audit.project import AuditProject
from app.forms.answer import cell_key
from app.measures.economics import Economics, accept
from app.measures.model import DONE, DROPPED, Measure, measures_of, stream_of
from app.measures.results import economics_of, settings_of
from app.papers.answers import DASH, formal, formal_sentence
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
    RowKind,
    Runs,
    Sheet,
    Size,
    SubSection,
    Table,
)

_NONE = "尚未提出清洁生产方案。"
_STATES = {
    "idea": "待研究", "feasible": "可行", "doing": "可行，实施中", "done": "可行，已实施", "dropped": "不可行或暂不实施",
}  # fmt: skip


def is_costly(measure: Measure) -> bool:
    """中/高费, by the letters of its number."""
    return measure.code.startswith("ZG")


def options(project: AuditProject) -> list[Block]:
    """How many of which aspect, then every one."""
    measures = measures_of(project)
    if not measures:
        return [Paragraph((Open(_NONE),))]
    aspects = _labels(project, "aspect")
    counted: dict[str, int] = {}
    for one in measures:
        name = aspects.get(one.aspect, "未分类")
        counted[name] = counted.get(name, 0) + 1
    low = sum(not is_costly(one) for one in measures)
    said = "，".join(f"{name} {count} 项" for name, count in counted.items())
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
    rows = [
        Row(
            (
                one.code,
                one.name,
                aspects.get(one.aspect, ""),
                regrouped(_text(project, one, "effect")),
                money(one.cost, 2, f"measures/{one.row_id}/cost"),
                money(one.saving, 2, f"measures/{one.row_id}/saving"),
                formal(_class_of(project, one)[0]),
            )
        )
        for one in sorted(measures, key=_order)
    ]
    rows.append(_sum_row(measures, 4, 7))
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
    notes: list[Runs] = [("注：WD 为无/低费方案，ZG 为中/高费方案。",)]
    notes += [(f"{one}。",) for one in limits]
    if any(one.cost is None or one.saving is None for one in measures):
        notes.append(("投资或效益未填的方案没有计入合计。",))
    table = Table("options", "清洁生产方案汇总", columns, tuple(rows), tuple(notes), Size.SMALL)
    return [Paragraph(lead), table]


def _order(measure: Measure) -> tuple[bool, int]:
    digits = "".join(c for c in measure.code if c.isdigit())
    return is_costly(measure), int(digits or 0)


def money(value: Fraction | None, places: int, key: str) -> Cell:
    return Open(key=key) if value is None else Amount(value, places, "万元", key)


def _sum_row(measures: Iterable[Measure], first: int, count: int) -> Row:
    """Sums of cost and saving in the two columns from `first` on."""
    chosen = tuple(measures)
    cells: list[Cell] = ["", "合计", *([""] * (count - 2))]
    cells[first] = Amount(sum((one.cost or Fraction(0) for one in chosen), Fraction(0)), 2, "万元")
    cells[first + 1] = Amount(
        sum((one.saving or Fraction(0) for one in chosen), Fraction(0)), 2, "万元"
    )
    return Row(tuple(cells), RowKind.TOTAL)


def _labels(project: AuditProject, column: str) -> dict[str, str]:
    place = project.index.places.get(f"{TABLE}.{column}")
    return {one.id: one.label for one in place.question.options} if place is not None else {}


def _text(project: AuditProject, measure: Measure, column: str) -> str:
    return project.book.text(cell_key(TABLE, measure.row_id, column)).strip()


def _class_of(project: AuditProject, measure: Measure) -> tuple[str, str]:
    """(费用类别, its limit); ("", "") where the set has none."""
    if f"{TABLE}.cost_class" not in project.index.places:
        return "", ""
    figure = project.derivation.cell(TABLE, measure.row_id, "cost_class")
    return figure.words, formal_sentence(figure.trace.note).rstrip("。")


def screening(project: AuditProject) -> list[Block]:
    """What became of each, and the outcome group by group."""
    measures = sorted(measures_of(project), key=_order)
    if not measures:
        return [Paragraph((Open(_NONE),))]
    rows = [
        Row(
            (
                one.code,
                one.name,
                _text(project, one, "where") or DASH,
                _text(project, one, "evidence") or DASH,
                _STATES.get(one.state, "待研究"),
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
    return [Paragraph(("逐项筛选见", Ref("screening"), "，结果汇总见", Ref("screened"), "。")), table,
            _outcome(measures)]  # fmt: skip


def _outcome(measures: list[Measure]) -> Table:
    groups = (
        ("可行的无/低费方案", [m for m in measures if not is_costly(m) and _is_feasible(m)]),
        ("初步可行的中/高费方案", [m for m in measures if is_costly(m) and _is_feasible(m)]),
        ("待研究的方案", [m for m in measures if m.state in ("", "idea")]),
        ("不可行或暂不实施的方案", [m for m in measures if m.state == DROPPED]),
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


def _is_feasible(measure: Measure) -> bool:
    return measure.state in ("feasible", "doing", DONE)


def low_options(project: AuditProject) -> list[Block]:
    """无/低费 found so far, in a sentence."""
    found = [one for one in measures_of(project) if not is_costly(one)]
    if not found:
        return [Paragraph(("预评估阶段尚未提出无/低费方案。",))]
    names = "、".join(f"{one.code} {one.name}" for one in sorted(found, key=_order))
    return [Paragraph((f"预评估中提出无/低费方案 {len(found)} 项：{names}。",))]


def low_implemented(project: AuditProject) -> list[Block]:
    found = [one for one in measures_of(project) if not is_costly(one)]
    if not found:
        return [Paragraph(("尚未提出无/低费方案。",))]
    done = [one for one in found if one.state == DONE]
    doing = [one for one in found if one.state == "doing"]
    said = f"{len(found)} 项无/低费方案中，已实施 {len(done)} 项，正在实施 {len(doing)} 项"
    names = "、".join(f"{one.code} {one.name}" for one in sorted(done, key=_order))
    return [Paragraph((f"{said}{'；已实施的为' + names if names else ''}。",))]


def _costly(project: AuditProject) -> list[Measure]:
    found = [one for one in measures_of(project) if is_costly(one) and one.state != DROPPED]
    return sorted(found, key=_order)


_NO_COSTLY = "本轮没有中/高费方案。"


def technical(project: AuditProject) -> list[Block]:
    """What was typed of each: where, how, on what it rests."""
    measures = _costly(project)
    if not measures:
        return [Paragraph((_NO_COSTLY,))]
    rows = [
        Row(
            (
                one.code,
                one.name,
                _text(project, one, "where") or DASH,
                regrouped(_text(project, one, "effect")) or DASH,
                _text(project, one, "evidence") or DASH,
                _text(project, one, "owner") or DASH,
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
        Column("负责人", 1.6),
    )
    return [
        SubSection("技术评估"),
        Paragraph(("中/高费方案的技术要点和依据见", Ref("technical"), "。")),
        Table("technical", "中/高费方案技术评估", columns, tuple(rows), (), Size.SMALL),
    ]


def environmental(project: AuditProject) -> list[Block]:
    """What each saves of every stream, a year."""
    measures = [one for one in _costly(project) if one.savings]
    if not measures:
        return []
    rows = []
    for one in measures:
        for place, (stream_id, amount) in enumerate(one.savings.items()):
            stream = stream_of(project, stream_id)
            rows.append(
                Row(
                    (
                        one.code if not place else "",
                        one.name if not place else "",
                        stream.title,
                        stream.unit,
                        Amount(
                            amount,
                            places_to_the_end(amount, 3),
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
    notes: tuple[Runs, ...] = (("注：年量为预计值，负数为增加。",),)
    return [
        SubSection("环境评估"),
        Paragraph(("预计的节约和削减见", Ref("environmental"), "。")),
        Table("environmental", "中/高费方案环境评估", columns, tuple(rows), notes, Size.SMALL),
    ]


def economic(project: AuditProject) -> list[Block]:
    """I, P, D, T, E, F, N, NPV, NPVR, IRR of each; what is missing where they cannot be worked out."""
    measures = _costly(project)
    settings = settings_of(project)
    if not measures or settings is None:
        return []
    worked: list[tuple[Measure, Economics]] = []
    lacking: list[str] = []
    for one in measures:
        found = economics_of(project, one)
        if isinstance(found, Economics):
            worked.append((one, found))
        else:
            lacking.append(f"{one.code}：{'；'.join(problem.what for problem in found)}")
    blocks: list[Block] = [SubSection("经济评估")]
    if worked:
        blocks += [
            Paragraph(("各方案的经济指标见", Ref("economic"), "。")),
            _economics_table(project, worked),
        ]
    verdicts = [(one, _acceptance(project, found)) for one, found in worked]
    blocks += [Paragraph((f"{one.code} {one.name}：{said}。",)) for one, said in verdicts if said]
    if lacking:
        blocks.append(Paragraph(("不能评估：", Open("，".join(lacking)), "。")))
    return blocks


def _acceptance(project: AuditProject, found: Economics) -> str:
    """Every test of the method with its outcome."""
    settings = project.reference.economics
    if settings is None:
        return ""
    held = accept(found, cost_classes(project.book, settings.cost_classes))
    verdict = "经济上可行" if held.acceptable else "经济上未达到要求，实施的理由须另行说明"
    return f"{verdict}（{'；'.join(formal_sentence(one) for one in held.reasons)}）"


def _economics_table(project: AuditProject, worked: list[tuple[Measure, Economics]]) -> Table:
    rows = []
    for one, found in worked:
        key = f"economics/{one.row_id}"

        def figure(name: str, value: Fraction | None, unit: str, at: str = key) -> Cell:
            return DASH if value is None else Amount(value, 2, unit, f"{at}/{name}")

        rate = None if found.IRR is None else found.IRR * 100
        rows.append(
            Row(
                (
                    one.code,
                    figure("I", found.case.cost, "万元"),
                    figure("P", found.case.annual_benefit, "万元"),
                    Amount(Fraction(found.case.life), 0, "年", f"{key}/n"),
                    figure("D", found.D, "万元"),
                    figure("T", found.T, "万元"),
                    figure("E", found.E, "万元"),
                    figure("F", found.F, "万元"),
                    figure("N", found.N, "年"),
                    figure("NPV", found.NPV, "万元"),
                    figure("NPVR", found.NPVR, "%"),
                    figure("IRR", rate, "%"),
                )
            )
        )
    heads = (
        ("总投资 I", "万元"), ("年节省 P", "万元"), ("计算期 n", "年"), ("折旧 D", "万元"), ("税前利润 T", "万元"),
        ("净利润 E", "万元"), ("净现金流 F", "万元"), ("偿还期 N", "年"), ("净现值 NPV", "万元"), ("净现值率", "%"), ("内部收益率", "%"),
    )  # fmt: skip
    columns = (
        Column("编号", 1, Align.CENTRE),
        *(Column(title, 1.3, Align.NUMBER, unit) for title, unit in heads),
    )
    settings = settings_of(project)
    assert settings is not None
    tax = Amount(settings.tax_rate * 100, places_to_the_end(settings.tax_rate * 100, 2), "%")
    discount = settings.discount_rate * 100
    percent = Amount(discount, places_to_the_end(discount, 2), "%")
    notes: list[Runs] = [
        (
            "注：D＝I/n，T＝P−D，E＝T×(1−税率)，F＝E＋D，N＝I/F；所得税率 ",
            tax,
            "%，贴现率 ",
            percent,
            "%。",
        )
    ]
    notes += [(f"{one}。",) for one in settings.said]
    return Table(
        "economic",
        "中/高费方案经济评估指标",
        columns,
        tuple(rows),
        tuple(notes),
        Size.SMALL,
        Sheet.LANDSCAPE,
    )


def recommended(project: AuditProject) -> list[Block]:
    """What is to be done of the costly ones."""
    found = [one for one in _costly(project) if _is_feasible(one)]
    if not found:
        return [Paragraph(("没有确定推荐实施的中/高费方案。",))]
    runs: list[Inline] = ["推荐实施的中/高费方案："]
    for place, one in enumerate(found):
        runs.append(f"{'；' if place else ''}{one.code} {one.name}")
        if one.cost is not None:
            runs += ["，投资 ", Amount(one.cost, 2, "万元", f"measures/{one.row_id}/cost"), " 万元"]
    return [Paragraph((*runs, "。"))]
