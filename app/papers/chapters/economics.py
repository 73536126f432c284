"""The costly measures in money: indexes of the handbook, how the saving comes about, the tests of the method. What cannot
be worked out says why; figures come from app.measures."""

from collections.abc import Mapping
from fractions import Fraction

from app.assessment.numbers import brief, round_half_up
from app.audit.measures import TABLE, cost_classes
from app.audit.project import AuditProject
from app.forms.answer import Given, cell_key
from app.forms.measure_data import Stream
from app.measures.economics import Economics, accept
from app.measures.model import Measure, price_of, stream_of
from app.measures.results import economics_of, settings_of
from app.papers.answers import (
    DASH,
    formal_sentence,
)
from app.papers.digits import places_to_the_end, regrouped
from app.papers.document import (
    Align,
    Amount,
    Block,
    Cell,
    Column,
    Inline,
    JoinUp,
    Open,
    Paragraph,
    Ref,
    Row,
    Runs,
    Size,
    SubSection,
    Table,
)
from app.papers.measure_rows import costly_measures, is_feasible, money, stream_places, typed


def economic(project: AuditProject) -> list[Block]:
    """I, P, D, T, E, F, N, NPV, NPVR, IRR of each; what is missing where they cannot be worked out."""
    measures = costly_measures(project)
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
        tables = _economics_tables(project, worked)
        refs = (
            (Ref("economic"),) if len(tables) == 1 else (Ref("economic"), "～", Ref(tables[-1].key))
        )
        blocks += [Paragraph(("各方案的经济指标见", *refs, "。")), *tables]
    blocks += _benefits(project, [one for one, _ in worked])
    blocks += _verdicts(project, worked)
    if lacking:
        blocks.append(Paragraph(("不能评估：", Open("，".join(lacking)), "。")))
    return blocks


def _benefits(project: AuditProject, measures: list[Measure]) -> list[Block]:
    """How P of each comes about: what is saved of what has a price, times the price; the rest is what people reckoned."""
    rows: list[Row] = []
    told: list[Runs] = []
    priced: dict[str, Stream] = {}
    for one in measures:
        if one.saving is None:
            continue
        left = one.saving
        parts: list[tuple[Cell, ...]] = []
        for stream_id, amount in one.savings.items():
            stream = stream_of(project, stream_id)
            price = price_of(project, stream)
            if not price:
                continue
            priced[stream.id] = stream
            worth = Fraction(round_half_up(amount * price / _YUAN, 2))
            left -= worth
            at = f"measures/{one.row_id}/{stream_id}"
            places = min(4, places_to_the_end(price))
            parts.append(
                (
                    stream.title,
                    Amount(amount, stream_places(amount), stream.unit, at),
                    f"{stream.unit}",
                    Amount(price, places, "元", f"price/{stream_id}"),
                    Amount(worth, 2, "万元", f"{at}/worth"),
                )
            )
        note = project.book.get(cell_key(TABLE, one.row_id, "saving"))
        if isinstance(note, Given) and note.note.strip():
            told.append((f"{one.code}：{note.note.strip().rstrip('。')}。",))
        if left or not parts:
            rest = "其他节约减去运行费用" if parts else "企业核算，没有可按单价计算的资源"
            money_left = Amount(left, 2, "万元", f"measures/{one.row_id}/other")
            parts.append((rest, DASH, DASH, DASH, money_left))
        for place, part in enumerate(parts):
            heads = (JoinUp(), JoinUp()) if place else (one.code, one.name)
            total = JoinUp() if place else money(one.saving, f"measures/{one.row_id}/saving")
            rows.append(Row((*heads, *part, total)))
    if not rows:
        return []
    columns = (
        Column("编号", 1, Align.CENTRE),
        Column("方案名称", 2.6),
        Column("节约项", 3),
        Column("年量", 1.3, Align.NUMBER),
        Column("单位", 0.8, Align.CENTRE),
        Column("单价", 1, Align.NUMBER, "元"),
        Column("金额", 1.1, Align.NUMBER, "万元"),
        Column("合计 P", 1.1, Align.NUMBER, "万元/a"),
    )
    said = f"注：{_sources_of_prices(priced)}负数为增加的用量或费用；“—”为不按单价计算。"
    notes: tuple[Runs, ...] = ((said,), *told)
    key = "economic.benefit"
    return [
        Paragraph(("年运行费用节省的构成见", Ref(key), "。")),
        Table(key, "年运行费用节省的构成", columns, tuple(rows), notes, Size.SMALL),
    ]


def _sources_of_prices(priced: Mapping[str, Stream]) -> str:
    """Where the prices of these streams come from; "" where nothing has one."""
    groups = {"基准年账单的平均单价": [], "企业填报的处理单价": [], "原辅材料单价": []}  # type: dict[str, list[str]]
    for one in priced.values():
        kind = "企业填报的处理单价" if one.id == "drain" else "基准年账单的平均单价" if one.price else "原辅材料单价"  # fmt: skip
        groups[kind].append(one.title)
    said = "，".join(f"{'、'.join(names)}为{kind}" for kind, names in groups.items() if names)
    return f"单价：{said}；" if said else ""


_YUAN = 10_000


def _verdicts(project: AuditProject, worked: list[tuple[Measure, Economics]]) -> list[Block]:
    """Every test of the method with its outcome, one row a measure; where one fails and the measure is carried out all the
    same, what it is carried out for."""
    economics = project.reference.economics
    if economics is None or not worked:
        return []
    classes = cost_classes(project.book, economics.cost_classes)
    rows, why, notes = [], [], []
    for one, found in worked:
        held = accept(found, classes)
        limit = held.cost_class.years if held.cost_class is not None else None
        worth = found.NPV is not None and found.NPV >= 0
        at = f"economics/{one.row_id}"
        irr = None if found.IRR is None else found.IRR * 100
        words = "均达到" if held.acceptable else "部分达到" if worth else "未达到"
        rows.append(
            Row(
                (
                    one.code,
                    one.name,
                    DASH if found.N is None else Amount(found.N, 2, "a", f"{at}/N"),
                    DASH if limit is None else f"< {brief(limit)}",
                    Amount(found.NPV, 2, "万元", f"{at}/NPV"),
                    DASH if irr is None else Amount(irr, 2, "%", f"{at}/IRR"),
                    words,
                )
            )
        )
        notes += [f"{one.code}：{formal_sentence(text)}" for text in held.reasons[_TESTS:] if text]
        if not held.acceptable and is_feasible(one):
            reason = _why_all_the_same(project, one, worth=worth)
            if reason:
                late = worth and limit is not None and found.N is not None and limit <= found.N
                lead = "偿还期长于参考值，净现值和内部收益率达到；" if late else ""
                why.append(Paragraph((f"{one.code} {one.name}：{lead}", *reason)))
        elif held.acceptable:
            if is_feasible(one):
                said = f"{one.code} {one.name}：各项均达到参考值，列为推荐方案。"
                why.append(Paragraph((said,)))
        else:
            judged = "没有全部达到" if worth else "没有达到"
            said = f"{one.code} {one.name}：{judged}参考值，待研究，本轮不列入实施。"
            why.append(Paragraph((said,)))
    settings = settings_of(project)
    assert settings is not None
    rate = settings.discount_rate * 100
    note: Runs = (
        "注：参考值为偿还期小于所列年数、净现值不小于零、内部收益率不低于贴现率 ",
        Amount(rate, places_to_the_end(rate, 2), "%", "settings/discount"),
        "%；“—”为没有规定或算不出。",
    )
    columns = (
        Column("编号", 1.1, Align.CENTRE),
        Column("方案名称", 3.2),
        Column("偿还期", 1.2, Align.NUMBER, "a"),
        Column("参考值", 1.1, Align.CENTRE, "a"),
        Column("净现值", 1.4, Align.NUMBER, "万元"),
        Column("内部收益率", 1.4, Align.NUMBER, "%"),
        Column("与参考值相比", 1.6, Align.CENTRE),
    )
    lines: list[Runs] = [note, *((f"{text.rstrip('。')}。",) for text in notes)]
    table = Table(
        "economic.verdict",
        "中/高费方案经济评估结论",
        columns,
        tuple(rows),
        tuple(lines),
        Size.SMALL,
    )
    return [Paragraph(("与参考值的比较见", Ref("economic.verdict"), "。")), table, *why]


_TESTS = 3  # of the method: N, NPV, IRR; what stands behind them is said besides


def _why_all_the_same(project: AuditProject, measure: Measure, *, worth: bool) -> list[Inline]:
    """The reason that was written down (the explained warnings of the check-up), else what the measure saves."""
    runs: list[Inline] = []
    # What more is used or emitted is said as such, never as a saving below nought.
    for lead, chosen in (
        ("每年节约或削减", [one for one in measure.savings.items() if one[1] >= 0]),
        ("每年增加", [one for one in measure.savings.items() if one[1] < 0]),
    ):
        for place, (stream_id, amount) in enumerate(chosen):
            stream = stream_of(project, stream_id)
            more = "/more" if amount < 0 else ""
            key = f"measures/{measure.row_id}/{stream_id}{more}"
            runs += [
                "，" if runs else "",
                "" if place else lead,
                f"{stream.title} ",
                Amount(abs(amount), stream_places(amount), stream.unit, key),
                f" {stream.unit}",
            ]
    effect = regrouped(typed(project, measure, "effect"))
    if effect and not any(amount > 0 for amount in measure.savings.values()):
        # What it is done for; an amount that is only more says nothing of that.
        runs = [f"预期效果为{effect.rstrip('。')}", "；" if runs else "", *runs]
    if not runs:
        return []
    tail = "，列为推荐方案。" if worth else "，企业为改善环境实施，不以经济效益为理由。"
    return [*runs, tail]


_ECONOMIC_ROWS = (
    ("I", "总投资费用 I", "万元"), ("P", "年运行费用节省 P", "万元/a"), ("n", "计算期 n", "a"), ("D", "年折旧费 D＝I/n", "万元/a"),
    ("T", "应税利润 T＝P－D", "万元/a"), ("E", "净利润 E", "万元/a"), ("F", "年增加现金流量 F＝E＋D", "万元/a"),
    ("N", "投资偿还期 N＝I/F", "a"), ("NPV", "净现值 NPV", "万元"), ("NPVR", "净现值率 NPVR", "%"), ("IRR", "内部收益率 IRR", "%"),
)  # fmt: skip


_MOST_BESIDE = 6  # measures beside each other on an upright page


def _economics_tables(
    project: AuditProject, worked: list[tuple[Measure, Economics]]
) -> list[Table]:
    """One row an index, one column a measure, as the handbook has them; a few measures a table."""
    settings = settings_of(project)
    assert settings is not None
    tax_rate = settings.tax_rate * 100
    tax = Amount(tax_rate, places_to_the_end(tax_rate, 2), "%", "settings/tax")
    discount = settings.discount_rate * 100
    percent = Amount(discount, places_to_the_end(discount, 2), "%", "settings/discount")
    notes: list[Runs] = [
        (
            "注：E＝T×(1－税率)，T 小于零时不计税；所得税率 ",
            tax,
            "%，贴现率 ",
            percent,
            "%；“—”为算不出。",
        )
    ]
    notes += [(f"{formal_sentence(one).rstrip('。')}。",) for one in settings.said]
    tables = []
    for start in range(0, len(worked), _MOST_BESIDE):
        part = worked[start : start + _MOST_BESIDE]
        rows = tuple(
            Row((title, unit, *(_economic_cell(one, found, name, unit) for one, found in part)))
            for name, title, unit in _ECONOMIC_ROWS
        )
        columns = (
            Column("指标", 3.2),
            Column("单位", 1.2, Align.CENTRE),
            *(Column(one.code, 1.3, Align.NUMBER, group="方案") for one, _ in part),
        )
        last = start + _MOST_BESIDE >= len(worked)
        tables.append(
            Table(
                "economic" if not start else f"economic.{start}",
                "中/高费方案经济评估指标",
                columns,
                rows,
                tuple(notes) if last else (),
                Size.SMALL,
                width=min(1.0, 0.5 + 0.1 * len(part)),
            )
        )
    return tables


def _economic_cell(measure: Measure, found: Economics, name: str, unit: str) -> Cell:
    values: dict[str, Fraction | None] = {
        "I": found.case.cost,
        "P": found.case.annual_benefit,
        "n": Fraction(found.case.life),
        "D": found.D,
        "T": found.T,
        "E": found.E,
        "F": found.F,
        "N": found.N,
        "NPV": found.NPV,
        "NPVR": found.NPVR,
        "IRR": None if found.IRR is None else found.IRR * 100,
    }
    value = values[name]
    places = 0 if name == "n" else 2
    return (
        DASH if value is None else Amount(value, places, unit, f"economics/{measure.row_id}/{name}")
    )
