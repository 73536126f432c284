"""Measures before they are carried out: list, screening, the three assessments of those that cost much. Figures come from
app.measures; what cannot be worked out says why."""

from collections.abc import Container, Iterable
from fractions import Fraction

from app.assessment.numbers import brief, round_half_up
from app.audit.measures import TABLE, class_limit, class_of, cost_classes
from app.audit.project import AuditProject
from app.audit.ranking import SCREENING
from app.forms.answer import Given, cell_key
from app.forms.figure import Tone
from app.measures.economics import Economics, accept
from app.measures.model import DONE, DROPPED, Measure, measures_of, price_of, stream_of
from app.measures.results import economics_of, settings_of
from app.papers.answers import (
    DASH,
    computed_cell,
    exact_of,
    formal,
    formal_sentence,
    places_of,
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
    RowKind,
    Runs,
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
        for one in sorted(measures, key=in_order)
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


def in_order(measure: Measure) -> tuple[bool, int]:
    """无/低费 first, by number: the order of every table of measures."""
    digits = "".join(c for c in measure.code if c.isdigit())
    return is_costly(measure), int(digits or 0)


_PARTS = {
    "rinse": ("water", "其中清洗用新水")
}  # counted in another stream where that is saved, too


def part_title(project: AuditProject, stream_id: str, saved: Container[str]) -> str:
    """The name of a stream; 「其中…」 of one that is a part of another in the same row."""
    whole, title = _PARTS.get(stream_id, ("", ""))
    return title if whole in saved else stream_of(project, stream_id).title


def stream_places(amount: Fraction) -> int:
    """Decimals of a year's amount of a stream: whole from a thousand on, as many as it has below, at most three."""
    return 0 if abs(amount) >= 1000 else places_to_the_end(amount, 3)


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
    economics = project.reference.economics
    if figure.tone is Tone.BAD and economics is not None and measure.cost is not None:
        # what contradicts the amount is said on the screen and by the check-up; the paper says the class of the amount
        found = class_of(measure.cost, cost_classes(project.book, economics.cost_classes))
        if found is not None:
            return found.title, formal_sentence(class_limit(found, measure.cost)).rstrip("。")
    return figure.words, formal_sentence(figure.trace.note).rstrip("。")


def screening(project: AuditProject) -> list[Block]:
    """What became of each, the ranking where the team gave marks, and the outcome group by group."""
    measures = sorted(measures_of(project), key=in_order)
    if not measures:
        return [Paragraph((Open(_NONE),))]
    rows = [
        Row(
            (
                one.code,
                one.name,
                _text(project, one, "where") or DASH,
                _text(project, one, "evidence") or DASH,
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
    why = project.book.text(cell_key(SCREENING, measure.row_id, "excluded")).strip()
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
    names = "、".join(f"{one.code} {one.name}" for one in sorted(found, key=in_order))
    return [Paragraph((f"预评估中提出无/低费方案 {len(found)} 项：{names}。",))]


def _costly(project: AuditProject) -> list[Measure]:
    found = [one for one in measures_of(project) if is_costly(one) and one.state != DROPPED]
    return sorted(found, key=in_order)


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
    without = [one for one in _costly(project) if not one.savings]
    tail = (
        f"{'、'.join(one.code for one in without)} 没有可以计量的资源节约和污染物削减。"
        if without
        else ""
    )
    notes: tuple[Runs, ...] = ((f"注：年量为预计值，负数为增加。{tail}",),)
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
            worth = Fraction(round_half_up(amount * price / _YUAN, 2))
            left -= worth
            at = f"measures/{one.row_id}/{stream_id}"
            places = min(2, places_to_the_end(price))
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
            total = JoinUp() if place else money(one.saving, 2, f"measures/{one.row_id}/saving")
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
    notes: tuple[Runs, ...] = (
        (
            "注：电、气、水的单价为基准年账单的平均单价，金属为原辅材料单价；负数为增加的用量或费用；“—”为不按单价计算。",
        ),
    )
    notes += tuple(told)
    key = "economic.benefit"
    return [
        Paragraph(("年运行费用节省的构成见", Ref(key), "。")),
        Table(key, "年运行费用节省的构成", columns, tuple(rows), notes, Size.SMALL),
    ]


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
        words = "均达到" if held.acceptable else "部分达到" if worth else "不可行"
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
        if not held.acceptable and _is_feasible(one):
            reason = _why_all_the_same(project, one, worth=worth)
            if reason:
                why.append(Paragraph((f"{one.code} {one.name}：", *reason)))
        elif not held.acceptable:
            judged = "没有全部达到参考值" if worth else "经济上不可行"
            said = f"{one.code} {one.name}：{judged}，留待研究，本轮不列入实施。"
            why.append(Paragraph((said,)))
    settings = settings_of(project)
    assert settings is not None
    rate = settings.discount_rate * 100
    note: Runs = (
        "注：参考值为偿还期小于所列年数、净现值不小于零、内部收益率不低于贴现率 ",
        Amount(rate, places_to_the_end(rate, 2), "%"),
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
    effect = regrouped(_text(project, measure, "effect"))
    if not runs and effect:
        runs = [f"预期效果为{effect.rstrip('。')}"]
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
    tax = Amount(settings.tax_rate * 100, places_to_the_end(settings.tax_rate * 100, 2), "%")
    discount = settings.discount_rate * 100
    percent = Amount(discount, places_to_the_end(discount, 2), "%")
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
