"""What becomes of the measures: plan and state of each, money planned beside actual, effect predicted beside measured."""

from collections.abc import Sequence
from fractions import Fraction

from app.assessment.numbers import brief, round_half_up
from app.audit.measures import RESULTS, cost_classes
from app.audit.project import AuditProject
from app.forms.answer import Given, cell_key
from app.measures.economics import Economics, accept
from app.measures.model import stream_of
from app.measures.results import (
    Proof,
    counts,
    economics_of,
    proofs_of,
)
from app.papers.answers import DASH
from app.papers.chapters.judgements import (
    system_table,
)
from app.papers.document import (
    Align,
    Amount,
    Block,
    Cell,
    Column,
    Inline,
    JoinUp,
    Paragraph,
    Ref,
    Row,
    Runs,
    Size,
    Table,
)
from app.papers.measure_rows import (
    in_order,
    is_costly,
    is_feasible,
    money,
    part_title,
    stream_places,
    total_row,
)

_STATES = {
    "idea": "待研究",
    "feasible": "计划实施",
    "doing": "实施中",
    "done": "已完成",
    "dropped": "不实施",
}


def implementation(project: AuditProject) -> list[Block]:
    """Plan and state of each measure, planned beside actual money."""
    proofs = [
        one
        for one in proofs_of(project)
        if one.is_done or one.measure.state in ("feasible", "doing")
    ]
    proofs.sort(key=lambda one: in_order(one.measure))
    if not proofs:
        return [Paragraph(("尚未确定列入实施的方案。",))]
    done = sum(one.is_done for one in proofs)
    so_far = f"已完成 {done} 项" if done else "均在计划或实施中"
    lead: Runs = (
        f"列入实施的方案 {len(proofs)} 项，{so_far}；计划和实际见",
        Ref("implementation"),
        "。",
    )
    rows = []
    for one in proofs:
        book, row = project.book, one.measure.row_id
        at = f"measures/{row}"
        rows.append(
            Row(
                (
                    one.measure.code,
                    one.measure.name,
                    book.text(f"measures.list/{row}/owner") or DASH,
                    book.text(f"measures.list/{row}/done") or DASH,
                    one.finished or DASH,
                    money(one.measure.cost, f"{at}/cost"),
                    DASH if one.cost is None else money(one.cost, f"{at}/actual_cost"),
                    money(one.measure.saving, f"{at}/saving"),
                    DASH if one.saving is None else money(one.saving, f"{at}/actual_saving"),
                    "已完成" if one.is_done else _STATES.get(one.measure.state, "待研究"),
                )
            )
        )
    rows.append(total_row(rows, (5, 6, 7, 8)))
    columns = (
        Column("编号", 1.1, Align.CENTRE),
        Column("方案名称", 3),
        Column("负责部门或人", 1.8),
        Column("计划完成", 1.3, Align.CENTRE),
        Column("实际投用", 1.4, Align.CENTRE),
        Column("计划", 1.1, Align.NUMBER, "万元", "投资"),
        Column("实际", 1.1, Align.NUMBER, "万元", "投资"),
        Column("预计", 1.1, Align.NUMBER, "万元/a", "效益"),
        Column("实测", 1.1, Align.NUMBER, "万元/a", "效益"),
        Column("进展", 1.3, Align.CENTRE),
    )
    notes: tuple[Runs, ...] = (
        ("注：“—”为尚未投用或没有实测；合计为表中各数之和。",),
        *_reckoned(project, proofs),
    )
    table = Table("implementation", "方案实施进度和资金", columns, tuple(rows), notes, Size.SMALL)
    return [Paragraph(lead), table, *_paid_back(project, proofs)]


def _paid_back(project: AuditProject, proofs: list[Proof]) -> list[Block]:
    """The economic indexes of the finished costly measures once more, by what was spent and measured, held against the same
    tests as what was planned."""
    rows = []
    judged = []
    for one in proofs:
        if not is_costly(one.measure) or not one.is_done or one.cost is None or one.saving is None:
            continue
        planned = economics_of(project, one.measure)
        actual = economics_of(project, one.measure, one.cost, one.saving)
        if not isinstance(planned, Economics) or not isinstance(actual, Economics):
            continue
        judged.append(f"{one.measure.code} {_held(project, actual)}")
        at = f"economics/{one.measure.row_id}"
        cells: list[Cell] = [one.measure.code, one.measure.name]
        for name, unit, times in (("N", "a", 1), ("NPV", "万元", 1), ("IRR", "%", 100)):
            for found, key in ((planned, f"{at}/{name}"), (actual, f"{at}/{name}/measured")):
                value: Fraction | None = getattr(found, name)
                cells.append(DASH if value is None else Amount(value * times, 2, unit, key))
        rows.append(Row(tuple(cells)))
    if not rows:
        return []
    heads = (("偿还期 N", "a"), ("净现值 NPV", "万元"), ("内部收益率 IRR", "%"))
    columns = (
        Column("编号", 1.1, Align.CENTRE),
        Column("方案名称", 3),
        *(
            Column(when, 1.2, Align.NUMBER, unit, group)
            for group, unit in heads
            for when in ("预计", "实际")
        ),
    )
    notes: tuple[Runs, ...] = (
        ("注：实际为按实际投资和实测效益重新计算，税率、贴现率和计算期与预计相同；“—”为算不出。",),
        (f"实际与参考值相比：{'；'.join(judged)}。",),
    )
    key = "economic.actual"
    return [
        Paragraph(("已完成的中/高费方案按实际投资和实测效益重新计算的经济指标见", Ref(key), "。")),
        Table(key, "中/高费方案的实际经济指标", columns, tuple(rows), notes, Size.SMALL),
    ]


def _held(project: AuditProject, actual: Economics) -> str:
    """Which tests of the method the figures of afterwards meet: 「均达到」, or what fails first."""
    economics = project.reference.economics
    assert economics is not None
    held = accept(actual, cost_classes(project.book, economics.cost_classes))
    if held.acceptable:
        return "均达到"
    if actual.NPV < 0:
        return "净现值小于零，没有达到"
    limit = None if held.cost_class is None else held.cost_class.years
    if limit is None or actual.N is None:
        return "没有全部达到"
    more = "和内部收益率" if len(actual.irr) == 1 else ""
    return f"偿还期不小于 {brief(limit)} a，没有达到；净现值{more}达到"


def _reckoned(project: AuditProject, proofs: list[Proof]) -> list[Runs]:
    """How measured benefits came about, as it was noted at them."""
    said: list[Runs] = []
    for one in proofs:
        answer = project.book.get(cell_key(RESULTS, one.measure.row_id, "saving"))
        note = answer.note.strip().rstrip("。") if isinstance(answer, Given) else ""
        if one.is_done and note:
            said.append((f"{one.measure.code} 实测效益：{note}。",))
    costly = [one for one in proofs if is_costly(one.measure) and one.is_done]
    return [*said, *_unmeasured_notes(costly)]


def _unmeasured_notes(proofs: list[Proof]) -> list[Runs]:
    """What was noted at results without any measured effect: with one it stands beside that (`effects`)."""
    return [
        (f"{one.measure.code}：{one.note.rstrip('。')}。",)
        for one in proofs
        if one.note and not one.measured
    ]


def low_planned(project: AuditProject) -> list[Block]:
    """The 无/低费 measures taken up and not finished: who, until when, for how much, with what effect."""
    found = [
        one
        for one in proofs_of(project)
        if not is_costly(one.measure) and not one.is_done and one.measure.state in ("feasible", "doing")
    ]  # fmt: skip
    if not found:
        return []
    return [
        Paragraph(("尚未完成的无/低费方案见", Ref("low.plan"), "。")),
        _plan_table(project, "low.plan", "无/低费方案实施计划", found),
    ]


def _plan_table(project: AuditProject, key: str, caption: str, proofs: Sequence[Proof]) -> Table:
    """Who, until when, for how much, with what effect, and how far it has come."""
    book = project.book
    rows = [
        Row(
            (
                one.code,
                one.name,
                book.text(f"measures.list/{one.row_id}/owner") or DASH,
                book.text(f"measures.list/{one.row_id}/done") or DASH,
                money(one.cost, f"measures/{one.row_id}/cost"),
                money(one.saving, f"measures/{one.row_id}/saving"),
                "已完成" if proof.is_done else _STATES.get(one.state, "待研究"),
            )
        )
        for proof in sorted(proofs, key=lambda proof: in_order(proof.measure))
        for one in (proof.measure,)
    ]
    rows.append(total_row(rows, (4, 5)))
    columns = (
        Column("编号", 1.1, Align.CENTRE),
        Column("方案名称", 3.4),
        Column("负责部门或人", 2.2),
        Column("计划完成", 1.4, Align.CENTRE),
        Column("计划投资", 1.3, Align.NUMBER, "万元"),
        Column("预计效益", 1.3, Align.NUMBER, "万元/a"),
        Column("进展", 1.3, Align.CENTRE),
    )
    return Table(key, caption, columns, tuple(rows), size=Size.SMALL)


def low_implemented(project: AuditProject) -> list[Block]:
    """What became of 无/低费 measures; of those that are done, money and what was measured."""
    found = [one for one in proofs_of(project) if not is_costly(one.measure)]
    if not found:
        return [Paragraph(("尚未提出无/低费方案。",))]
    done = sorted((one for one in found if one.is_done), key=lambda one: in_order(one.measure))
    doing = [one for one in found if not one.is_done and one.measure.state == "doing"]
    planned = sum(not one.is_done and one.measure.state == "feasible" for one in found)
    later = len(found) - len(done) - len(doing) - planned
    said = f"{len(found)} 项无/低费方案中，" + (
        f"已实施 {len(done)} 项" if done else "尚无实施完成的"
    )
    said += f"，正在实施 {len(doing)} 项" if doing else ""
    said += f"，计划实施 {planned} 项" if planned else ""
    said += f"，待研究或不实施 {later} 项" if later else ""
    if not done:
        return [Paragraph((f"{said}。",))]
    rows = []
    any_running = any(one.running is not None for one in done)
    for one in done:
        at = f"measures/{one.measure.row_id}"
        rows.append(
            Row(
                (
                    one.measure.code,
                    one.measure.name,
                    one.finished or DASH,
                    DASH if one.cost is None else money(one.cost, f"{at}/actual_cost"),
                    *(
                        (DASH if one.running is None else money(one.running, f"{at}/running"),)
                        if any_running
                        else ()
                    ),
                    DASH if one.saving is None else money(one.saving, f"{at}/actual_saving"),
                    tuple(_measured(project, one)) or DASH,
                )
            )
        )
    money_places = (3, 4, 5) if any_running else (3, 4)
    rows.append(total_row(rows, money_places))
    columns = (
        Column("编号", 1, Align.CENTRE),
        Column("方案名称", 3),
        Column("实施时间", 1.5, Align.CENTRE),
        Column("实际投资", 1.2, Align.NUMBER, "万元"),
        *((Column("运行费", 1.1, Align.NUMBER, "万元/a"),) if any_running else ()),
        Column("实测效益", 1.2, Align.NUMBER, "万元/a"),
        Column("实测环境效果", 3),
    )
    raised = "".join(_raised(project, one) for one in done if not one.measured)
    notes: tuple[Runs, ...] = (
        (f"注：“—”为没有实测；合计为表中各数之和。{raised}",),
        *_unmeasured_notes(done),
    )
    return [
        Paragraph((f"{said}；实施效果见", Ref("low.done"), "。")),
        Table("low.done", "无/低费方案实施效果", columns, tuple(rows), notes, Size.SMALL),
    ]


def _raised(project: AuditProject, proof: Proof) -> str:
    """「WD8 没有可合计的实测环境效果，指标“废水、废气处理设施运行管理”按投用情况重新核算。」: of indicators that are no numbers."""
    measure = proof.measure
    if project.system is None or not measure.raises:
        return ""
    names = {one.id: one.name for one in system_table(project).indicators()}
    found = "、".join(f"“{names[one]}”" for one in measure.raises if one in names)
    said = f"{measure.code} 没有可合计的实测环境效果，指标{found}按投用情况重新核算。"
    return said if found else ""


def _measured(project: AuditProject, proof: Proof) -> list[Inline]:
    """「节电 38000 kWh，节水 900 m³」: what was measured, a year."""
    runs: list[Inline] = []
    for stream_id, amount in proof.measured.items():
        stream = stream_of(project, stream_id)
        value = Amount(
            amount,
            stream_places(amount),
            stream.unit,
            f"measures/{proof.measure.row_id}/{stream_id}/measured",
        )
        runs += ["，" if runs else "", f"{part_title(project, stream_id, proof.measured)} ", value]
        runs += [f" {stream.unit}"]
    return runs


def effects(project: AuditProject) -> list[Block]:
    """Predicted beside measured of every stream of every finished measure; nothing before anything was measured."""
    rows = []
    told: list[Runs] = []
    for one in sorted(proofs_of(project), key=lambda one: in_order(one.measure)):
        if not one.is_done or not one.measured:
            continue
        if one.note:
            told.append((f"{one.measure.code}：{one.note.rstrip('。')}。",))
        streams = list(dict.fromkeys((*one.measure.savings, *one.measured)))
        for place, stream_id in enumerate(streams):
            stream = stream_of(project, stream_id)
            predicted, real = one.measure.savings.get(stream_id), one.measured.get(stream_id)
            ratio = one.ratio(stream_id)
            at = f"measures/{one.measure.row_id}/{stream_id}"
            rows.append(
                Row(
                    (
                        JoinUp() if place else one.measure.code,
                        JoinUp() if place else one.measure.name,
                        part_title(project, stream_id, {**one.measure.savings, **one.measured}),
                        stream.unit,
                        _stream_cell(predicted, stream.unit, at),
                        _stream_cell(real, stream.unit, f"{at}/measured"),
                        DASH if ratio is None else Amount(ratio * 100, 1, "%", f"{at}/ratio"),
                    )
                )
            )
    if not rows:
        return []
    columns = (
        Column("编号", 1, Align.CENTRE),
        Column("方案名称", 3.4),
        Column("节约或削减", 2),
        Column("单位", 1, Align.CENTRE),
        Column("预计", 1.6, Align.NUMBER, "每年"),
        Column("实测", 1.6, Align.NUMBER, "每年"),
        Column("实测÷预计", 1.4, Align.NUMBER, "%"),
    )
    notes: tuple[Runs, ...] = (
        ("注：实测不满一年的折算成一年；“—”为没有实测或没有预计。",),
        *told,
    )
    return [
        Paragraph(("已实施方案的环境效果，预计与实测对照见", Ref("effects"), "。")),
        Table("effects", "已实施方案环境效果对比", columns, tuple(rows), notes, Size.SMALL),
    ]


def _stream_cell(value: Fraction | None, unit: str, key: str) -> Cell:
    return DASH if value is None else Amount(value, stream_places(value), unit, key)


def plan(project: AuditProject) -> list[Block]:
    """When, by whom and for how much the costly measures will be carried out, year by year of the money."""
    found = [
        one for one in proofs_of(project) if is_costly(one.measure) and is_feasible(one.measure)
    ]
    if not found:
        return [Paragraph(("没有列入实施的中/高费方案。",))]
    return [
        Paragraph(("中/高费方案的实施计划和资金见", Ref("plan"), "。")),
        _plan_table(project, "plan", "中/高费方案实施计划和资金", found),
    ]


def promised(project: AuditProject) -> dict[str, Amount]:
    """Cost and saving of all that are carried out, as they were planned: the sums of the table of implementation."""
    chosen = [one.measure for one in proofs_of(project) if counts(one)]
    found = {}
    for name, unit in (("cost", "万元"), ("saving", "万元/a")):
        known = [getattr(one, name) for one in chosen]
        rounded = [Fraction(round_half_up(one, 2)) for one in known if one is not None]
        if rounded:
            whole = sum(rounded, Fraction(0))
            found[name] = Amount(whole, 2, unit, f"implementation/planned_{name}")
    return found
