"""Two papers of one or two sheets beside the report: the page for the owner, and what is emitted below the permit for a file about
trading or green credit. The screen shows the same blocks."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

from app.assessment.numbers import display, round_half_up
from app.assessment.result import Assessment
from app.audit.project import AuditProject
from app.audit.wording import level_name
from app.measures.changes import FigureChange
from app.measures.charts import cost_chart
from app.measures.owner import OpenSurplus, OwnerPage, open_surpluses, owner_page, surpluses
from app.measures.results import others_of, performance, proofs_of, reductions, settings_of
from app.papers.answers import DASH
from app.papers.chapters.judgements import unchecked_note
from app.papers.digits import places_to_the_end
from app.papers.document import (
    Align,
    Amount,
    Bar,
    Block,
    Bold,
    Cell,
    Column,
    Document,
    Figure,
    Inline,
    Paragraph,
    Row,
    RowKind,
    Runs,
    Size,
    SubSection,
    Table,
)
from app.papers.measure_rows import codes_of, counted_by, is_costly
from app.papers.single import single_paper

OWNER_TITLE = "给老板看的一页"
SURPLUS_TITLE = "减排量核算表"
_TEN_THOUSAND = 10_000
_CHART_HEIGHT = 104  # points
# What a sheet with less on it leaves out, one after the other: height of the chart (0 = none), measures listed.
_SHORTER = ((76, 5), (0, 5), (0, 3), (0, 1))


def owner_blocks(
    project: AuditProject,
    assessment: Assessment | None,
    *,
    chart_height: int = _CHART_HEIGHT,
    most: int = 5,
) -> list[Block]:
    """In words a factory owner reads: where the money goes, what to do first (at most `most`), what level that brings."""
    page = owner_page(project, assessment)
    blocks = [*_bought(project, page), *_first(project, page, most)]
    chart = cost_chart(page.taken, height=chart_height) if chart_height else None
    if chart is not None:
        left_out = codes_of((*page.losing, *page.without))
        notes: tuple[Runs, ...] = ((f"注：不省钱或没有写钱的 {left_out} 不在图里。",),) if left_out else ()  # fmt: skip
        blocks.append(Figure("owner.cost", "花的钱和省的钱，回本快的排前面", chart, notes))
    return [*blocks, *_level(page)]


def _bought(project: AuditProject, page: OwnerPage) -> list[Block]:
    year = project.base_year or ""
    missing = (
        f"用了、还没填多少钱的：{'、'.join(page.unknown)}，没有算进来。" if page.unknown else ""
    )
    if page.bought and page.uncounted:
        missing += f"这里只算表里的几项，{'、'.join(page.uncounted)}的钱不在里面。"
    if not page.bought:
        when = f"{year} 年的" if year else ""
        said = f"{when}电费、气费、水费还没有填，算不出一年花了多少。填上账单的金额就有。"
        return [SubSection("一年花了多少，不在卖出去的东西里"), Paragraph((missing or said,))]
    lead: Runs = (
        f"{year} 年花了 ",
        Bold(_wan(page.spent)),
        " 万元，买的是用掉、漏掉、变成废物的东西，没有一样在卖出去的东西里。",
        missing,
    )
    longest = max(one.yuan for one in page.bought)
    rows = [
        Row(
            (
                one.title,
                Bar(one.yuan / longest if longest else Fraction(0)),
                Amount(one.yuan / _TEN_THOUSAND, 2, "万元", one.key),
                Amount(one.yuan / page.spent * 100, 1, "%"),
                one.note,
            )
        )
        for one in page.bought
    ]
    rows.append(
        Row(
            ("合计", "", Amount(page.spent / _TEN_THOUSAND, 2, "万元", "owner/spent"), "", ""),
            RowKind.TOTAL,
        )
    )
    columns = (
        Column("花在哪", 2.4),
        Column("", 1.8),
        Column("一年", 1.4, Align.NUMBER, "万元"),
        Column("占", 1, Align.NUMBER, "%"),
        Column("怎么来的", 4),
    )
    return [
        SubSection("一年花了多少，不在卖出去的东西里"),
        Paragraph(lead),
        Table("owner.bought", "", columns, tuple(rows), _rounding(page), Size.SMALL),
    ]


def _rounding(page: OwnerPage) -> tuple[Runs, ...]:
    """Said where what is printed does not add up: the total is that of the exact figures."""
    wan = [Fraction(round_half_up(one.yuan / _TEN_THOUSAND, 2)) for one in page.bought]
    shares = [Fraction(round_half_up(one.yuan / page.spent * 100, 1)) for one in page.bought]
    whole = Fraction(round_half_up(page.spent / _TEN_THOUSAND, 2))
    if sum(wan, Fraction(0)) == whole and sum(shares, Fraction(0)) == 100:
        return ()
    return (("注：合计由没有四舍五入的数相加，末位和各行加起来可能差一点。",),)


def _first(project: AuditProject, page: OwnerPage, most: int) -> list[Block]:
    head = SubSection("接着做哪几件" if page.done else "先做哪几件")
    if not page.best:
        if page.done and not page.taken:
            return [head, Paragraph((_done_words(page), "没有剩下要做的。"))]
        said = "方案清单里还没有写清投资和一年省多少钱的方案。"
        return [head, Paragraph((said,))]
    rows = tuple(
        Row(
            (
                str(place),
                f"{one.code} {one.name}",
                "不花钱"
                if not one.cost
                else Amount(one.cost, 2, "万元", f"measures/{one.row_id}/cost"),
                Amount(one.saving or Fraction(0), 2, "万元/a", f"measures/{one.row_id}/saving"),
                payback(years),
            )
        )
        for place, (one, years) in enumerate(page.best[:most], start=1)
    )
    columns = (
        Column("", 0.5, Align.CENTRE),
        Column("做什么", 4.4),
        Column("花多少", 1.3, Align.NUMBER, "万元"),
        Column("一年省", 1.3, Align.NUMBER, "万元"),
        Column("多久回本", 1.6, Align.CENTRE),
    )
    lead = f"按回本快慢排，前 {len(rows)} 件：" if len(rows) > 1 else "算得出回本的只有一件："
    lead = f"{_done_words(page)}还没做完的，{lead}" if page.done else lead
    planned = "打算做的" if page.planned else "算得出的"
    whole: list[Inline] = [
        f"{planned} {len(page.taken) - len(page.without)} 个方案都做，一共花 ",
        Bold(_wan(page.cost)),
        " 万元，一年少花 ",
        Bold(_wan(page.saving)),
        f" 万元{_losing_words(page)}。",
    ]
    if page.without:
        whole.append(f"{codes_of(page.without)} 没有写清钱，没有算进来。")
    if page.ideas:
        whole.append(f"{codes_of(page.ideas)} 还在研究，没有算进来。")
    blocks: list[Block] = [
        head,
        Paragraph((lead,)),
        Table("owner.best", "", columns, rows, _before_tax(project, page), size=Size.SMALL),
        Paragraph(tuple(whole)),
    ]
    return blocks


def _losing_words(page: OwnerPage) -> str:
    """「（ZG5 一年多花 2.40 万元，已经扣掉）」: what is done for another reason than money."""
    lost = [one for one in page.losing if one.saving]
    if not lost:
        return ""
    more = -sum((one.saving or Fraction(0) for one in lost), Fraction(0))
    return f"（{codes_of(lost)} 一年多花 {display(more, 2)} 万元，已经扣掉）"


def _before_tax(project: AuditProject, page: OwnerPage) -> tuple[Runs, ...]:
    """Said where the report counts the years to pay back after tax, too: it has more of them."""
    settings = settings_of(project)
    taxed = settings is not None and settings.tax_rate > 0
    if not taxed or not any(is_costly(one) for one, _ in page.best):
        return ()
    return (
        ("注：多久回本按花的钱除以一年省的钱，没有扣所得税；报告里的偿还期扣了税，要长一些。",),
    )


def _done_words(page: OwnerPage) -> str:
    return f"{codes_of(page.done)} 已经做完。"


def payback(years: Fraction) -> str:
    """「不用等」, 「约 2 个月」, 「约 1.5 年」; a month at least."""
    if not years:
        return "马上"
    if years < 1:
        return f"约 {max(1, round_half_up(years * 12, 0))} 个月"
    return f"约 {display(years, 1)} 年"


def _level(page: OwnerPage) -> list[Block]:
    now = page.now
    if now is None or now.level_range is None:
        said = "没有选用能定级的指标体系，这里不写等级；省下来的钱和能耗、水耗的变化照样算数。"
        return [Paragraph((said,))]
    runs: list[Inline] = [
        "等级，现在：",
        Bold(level_name(now.level) if now.level is not None else _open_words(now)),
        f"{_brackets(f'做完的按{counted_by(page.done)}算' if page.is_measured else '', now)}。",
    ]
    if page.forecast is not None:
        after = page.forecast.level
        runs += [
            f"打算做的 {len(page.planned)} 个方案都做完，省的都做到预计的数，预计：",
            Bold("未定" if after is None else level_name(after)),
            f"{_brackets('', page.forecast)}。做完要按实测的数再算一次。",
        ]
    elif not page.done:
        runs.append("还没有定下要做的方案。")
    return [Paragraph(tuple(runs))]


def _brackets(said: str, assessment: Assessment) -> str:
    """「（做完的按实测算，标准里的数还没全和原文对过）」 behind a level."""
    unchecked = assessment.level is not None and bool(unchecked_note(assessment))
    words = [said, "标准里的数还没全和原文对过" if unchecked else ""]
    inside = "，".join(one for one in words if one)
    return f"（{inside}）" if inside else ""


def _open_words(now: Assessment) -> str:
    """Why there is no level yet, for somebody who knows nothing of indicators."""
    if now.doubts:
        return "填的达标和监测、总量、证照的数对不上，未定"
    return "还没填全，未定"


def change_blocks(changes: Sequence[FigureChange], *, has_measures: bool = True) -> list[Block]:
    """The firm's own figures now, with every measure as promised, and as measured."""
    head = SubSection("方案做完，自己的单耗怎么变")
    if not changes:
        return [head, Paragraph(("单耗还算不出来：先把产量（或人次、面积）和账单填上。",))]
    if not has_measures:
        return [head, Paragraph(("还没有方案，和现在一样。",))]
    measured = any(one.measured is not None for one in changes)
    rows = []
    for one in changes:
        key = f"change/{one.quantity_id}"
        cells: list[Cell] = [
            one.title,
            one.unit,
            Amount(one.now, one.decimals, one.unit, one.quantity_id),
            Amount(one.planned, one.decimals, one.unit, key),
            _share(one.now, one.planned, f"{key}/percent"),
        ]
        if measured:
            cells.append(
                DASH
                if one.measured is None
                else Amount(one.measured, one.decimals, one.unit, f"{key}/measured")
            )
            cells.append(
                DASH
                if one.measured is None
                else _share(one.now, one.measured, f"{key}/measured/percent")
            )
        rows.append(Row(tuple(cells)))
    columns = [
        Column("项目", 2.6),
        Column("单位", 1.3, Align.CENTRE),
        Column("现在", 1.4, Align.NUMBER),
        Column("全部做完（预计）", 1.6, Align.NUMBER),
        Column("变化", 1.1, Align.NUMBER, "%"),
    ]
    if measured:
        columns += [
            Column("已做完的（实测）", 1.6, Align.NUMBER),
            Column("变化", 1.1, Align.NUMBER, "%"),
        ]
    notes: tuple[Runs, ...] = (("注：产量、人次、面积都按审核前的，只计方案的增减。",),)
    return [
        head,
        Table(
            "changes",
            "方案实施后消耗、排放和单耗的变化",
            tuple(columns),
            tuple(rows),
            notes,
            Size.SMALL,
        ),
    ]


def _share(now: Fraction, after: Fraction, key: str) -> Cell:
    return Amount((after - now) / now * 100, 1, "%", key, signed=True) if now else DASH


def _wan(yuan: Fraction) -> str:
    return display(yuan / _TEN_THOUSAND, 2)


# -- surplus cuts


def surplus_blocks(project: AuditProject) -> list[Block]:
    """What a file about trading or green credit asks: permitted, emitted, cut as measured, left; and energy and CO2 saved."""
    found, lacking = surpluses(project), open_surpluses(project)
    blocks: list[Block] = [SubSection("低于许可的排放量")]
    if found:
        rows = tuple(
            Row(
                (
                    one.pollutant,
                    *(
                        Amount(value, 3, "t/a", f"surplus/{one.key}/{name}")
                        for name, value in (
                            ("permitted", one.permitted), ("before", one.before), ("cut", one.cut),
                            ("after", one.after), ("left", one.surplus),
                        )
                    ),
                )
            )
            for one in found
        )  # fmt: skip
        columns = (
            Column("污染物", 2),
            Column("许可排放量", 1.5, Align.NUMBER, "t/a"),
            Column("审核前", 1.4, Align.NUMBER, "t/a"),
            Column("实测削减", 1.4, Align.NUMBER, "t/a"),
            Column("审核后", 1.4, Align.NUMBER, "t/a"),
            Column("比许可少", 1.5, Align.NUMBER, "t/a"),
        )
        notes: tuple[Runs, ...] = (
            ("注：审核后 = 审核前 − 实测削减；比许可少 = 许可 − 审核后，不到 0 写 0。",),
        )
        blocks.append(Table("surplus", "", columns, rows, notes))
        blocks += _parts(project)
    if lacking:
        blocks += _without_cuts(project, lacking)
    elif not found:
        blocks.append(Paragraph(("没有填报污染物的许可排放量和排放量。",)))
    blocks.append(
        Paragraph(("能不能交易、按多少算，由主管部门核定；这张表只把企业自己的数列出来。",))
    )
    return [*blocks, *_credit(project)]


def _without_cuts(project: AuditProject, lacking: Sequence[OpenSurplus]) -> list[Block]:
    """Pollutants of which no measured cut is known: permitted and emitted as they are, and what is lacking of each."""

    def cell(value: Fraction | None) -> Cell:
        return DASH if value is None else Amount(value, max(3, places_to_the_end(value)), "t/a")

    rows = []
    for one in lacking:
        left = None
        if one.permitted is not None and one.before is not None:
            left = max(Fraction(0), one.permitted - one.before)
        rows.append(
            Row(
                (
                    one.pollutant,
                    *map(cell, (one.permitted, one.before, left)),
                    "、".join(one.lacking),
                )
            )
        )
    columns = (
        Column("污染物", 1.6),
        Column("许可排放量", 1.5, Align.NUMBER, "t/a"),
        Column(f"{project.base_year} 年排放量", 1.6, Align.NUMBER, "t/a"),
        Column("比许可少", 1.5, Align.NUMBER, "t/a"),
        Column("缺少的数据", 3),
    )
    blank = any(cell == DASH for row in rows for cell in row.cells)
    note = f"注：这些污染物没有扣方案的削减{'；“—”为没有填报' if blank else ''}。"
    return [Table("surplus.open", "", columns, tuple(rows), ((note,),))]


def _parts(project: AuditProject) -> list[Block]:
    """Which measure brought which cut, since when, and what proves it."""
    proofs = {one.measure.row_id: one for one in proofs_of(project)}
    rows = [
        Row(
            (
                f"{proofs[row].measure.code} {proofs[row].measure.name}",
                one.pollutant,
                Amount(cut, 3, "t/a", f"surplus/{one.key}/{row}"),
                proofs[row].finished or DASH,
                proofs[row].evidence or "还没有证明",
            )
        )
        for one in surpluses(project)
        for row, cut in one.parts
    ]
    columns = (
        Column("方案", 3.4),
        Column("污染物", 1.4),
        Column("实测削减", 1.3, Align.NUMBER, "t/a"),
        Column("投用", 1.4, Align.CENTRE),
        Column("证明", 2.6),
    )
    return [
        Paragraph(("削减从这些方案来：",), indent=False),
        Table("surplus.parts", "", columns, tuple(rows)),
    ]


def _credit(project: AuditProject) -> list[Block]:
    """What a bank asks beside it: money spent on finished measures, energy, water and CO2 saved as measured."""
    done = [one for one in proofs_of(project) if one.is_done]
    blocks: list[Block] = [SubSection("做完的方案：花的钱，省的能和水")]
    if not done:
        return [*blocks, Paragraph(("还没有做完的方案。",))]
    spent = [one.cost if one.cost is not None else one.measure.cost for one in done]
    planned = sum(one.cost is None for one in done)
    whole = sum((one for one in spent if one is not None), Fraction(0))
    runs: list[Inline] = [
        f"做完 {len(done)} 个方案，投资 {display(whole, 2)} 万元",
        f"（其中 {planned} 个没有写实际花的，按预计）" if planned else "",
        "；按实测，一年：",
    ]
    rows = tuple(
        Row(
            (
                one.title,
                Amount(
                    one.printed,
                    one.places,
                    one.unit,
                    f"reductions/{one.id}/measured",
                ),
                one.unit,
            )
        )
        for one in reductions(project, measured=True)
    )
    rows += tuple(
        Row((title, Amount(amount, places_to_the_end(amount), unit), unit))
        for (title, unit), amount in others_of(performance(project, only_done=True).rows).items()
    )
    if not rows:
        runs = [*runs[:2], "；还没有实测的数。"]
        return [*blocks, Paragraph(tuple(runs))]
    columns = (
        Column("少用、少排", 2),
        Column("一年", 1.6, Align.NUMBER),
        Column("单位", 1, Align.CENTRE),
    )
    return [*blocks, Paragraph(tuple(runs)), Table("surplus.saved", "", columns, rows, width=0.6)]


# -- papers


def owner_document(project: AuditProject, assessment: Assessment | None, today: date) -> Document:
    """The owner's page as a paper of one sheet: what is too long for it goes, the chart first."""
    found: Document | None = None
    for height, most in (*reversed(_SHORTER), (_CHART_HEIGHT, 5)):
        blocks = owner_blocks(project, assessment, chart_height=height, most=most)
        found = replace(single_paper(project, OWNER_TITLE, blocks, today), shorter=found)
    assert found is not None
    return found


def surplus_document(project: AuditProject, today: date) -> Document:
    """The surplus cuts as a paper."""
    return single_paper(project, SURPLUS_TITLE, surplus_blocks(project), today)
