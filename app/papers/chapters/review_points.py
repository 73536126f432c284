"""What an 评估 or a 验收 looks at, with where the report says it and what the data say about it. The points are common
knowledge (the guide of 2018 was read in part): no marks are given, the bureau decides.

Words and order: resources/design/paper_reviews.json.
"""

import functools
import json
from collections.abc import Callable
from typing import Any

from app import paths
from app.assessment.indicator_system import Level
from app.assessment.result import Assessment
from app.audit.compliance import exceedances, judged_results
from app.audit.contradictions import answers_in_doubt
from app.audit.project import AuditProject
from app.measures.economics import Economics
from app.measures.model import measures_of
from app.measures.results import afterwards, economics_of, proofs_of
from app.papers.answers import DASH, exact_of, places_typed
from app.papers.chapters.implementation import promised
from app.papers.chapters.judgements import unchecked_note
from app.papers.chapters.prose import exceeded
from app.papers.chapters.targets import expected_targets, target_rows
from app.papers.document import (
    Align,
    Amount,
    Block,
    Cell,
    Chapter,
    Column,
    Open,
    Paragraph,
    Purpose,
    Ref,
    Row,
    RowKind,
    Runs,
    Section,
    Size,
    SubSection,
    Table,
)
from app.papers.measure_rows import codes_of, is_costly
from app.papers.outline import Case

_MONITORING = "env.monitoring"
_OPINIONS = "evaluation.opinions"


@functools.cache
def _words() -> Any:
    return json.loads((paths.resources_dir() / "design" / "paper_reviews.json").read_text("utf-8"))


# ------------------------------------------------------------------ sections


def opinions(project: AuditProject) -> list[Block]:
    """Every opinion of the 评估 with what was done about it."""
    book = project.book
    day, number = book.text("evaluation.date"), book.text("evaluation.number").strip()
    rows = tuple(
        Row(
            (
                str(place),
                book.text(f"{_OPINIONS}/{row}/opinion"),
                book.text(f"{_OPINIONS}/{row}/answer") or Open(),
                book.text(f"{_OPINIONS}/{row}/proof") or DASH,
            )
        )
        for place, row in enumerate(
            (one for one in book.row_ids(_OPINIONS) if book.text(f"{_OPINIONS}/{one}/opinion")), 1
        )
    )
    if not rows:
        return [Paragraph((f"{opinions_said(project)}。",))]
    when = f"本报告于 {day} 通过评估" if day else "本报告已经评估"
    when += f"（{number}）" if number else ""
    columns = (
        Column("序", 0.7, Align.CENTRE),
        Column("审查意见", 4),
        Column("落实情况", 4.4),
        Column("证明", 2.2),
    )
    return [
        Paragraph((f"{when}，审查意见的落实情况见", Ref("opinions"), "。")),
        Table("opinions", "评估技术审查意见的落实情况", columns, rows, size=Size.SMALL),
    ]


def opinions_said(project: AuditProject) -> str:
    """In a line: how many opinions were answered, or that there are none."""
    book = project.book
    found = [one for one in book.row_ids(_OPINIONS) if book.text(f"{_OPINIONS}/{one}/opinion")]
    if not found:
        # In Guangdong one application may ask for both: there is no opinion of an 评估 of its own then.
        return "没有单独的评估技术审查意见；评估和验收是否一并进行，以主管部门的安排为准"
    answered = sum(bool(book.text(f"{_OPINIONS}/{one}/answer")) for one in found)
    return f"审查意见 {len(found)} 条，已落实 {answered} 条，逐条见验收报告"


def monitoring_after(project: AuditProject) -> list[Block]:
    """The same in the whole report: nothing where no measure is finished, or nothing was measured again since."""
    done = min((one.finished for one in proofs_of(project) if one.finished), default="")
    days = {
        project.book.text(f"{_MONITORING}/{row}/date").strip()
        for row in project.book.row_ids(_MONITORING)
    }
    if not done or not any(day < done for day in days) or max(days) <= done:
        return []
    found = monitoring_pairs(project)
    if not any(isinstance(one, Table) for one in found):
        return []
    return [SubSection("实施前后的监测"), *found]


def monitoring_pairs(project: AuditProject) -> list[Block]:
    """The first and the last result of every outlet and item that was measured on two days."""
    book = project.book
    found: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
    for row in book.row_ids(_MONITORING):
        outlet, item, unit, day = (
            book.text(f"{_MONITORING}/{row}/{one}").strip()
            for one in ("outlet", "item", "unit", "date")
        )
        if outlet and item and day and book.text(f"{_MONITORING}/{row}/result"):
            found.setdefault((outlet, item, unit), []).append((day, row))
    rows = []
    has_noise = False  # decibels are a logarithm: a percentage of them says nothing
    for (outlet, item, unit), some in found.items():
        some.sort()
        if some[0][0] == some[-1][0]:
            continue
        cells: list[Cell] = [outlet, item, unit]
        first, last = some[0], some[-1]
        values = []
        for key in (
            f"{_MONITORING}/{last[1]}/limit",
            f"{_MONITORING}/{first[1]}/result",
            f"{_MONITORING}/{last[1]}/result",
        ):
            value = exact_of(book.text(key))
            values.append(value)
            cells.append(
                DASH if value is None else Amount(value, places_typed(book.get(key)), unit, key)
            )
        change: Cell = DASH
        loud = unit.casefold().startswith("db")
        has_noise = has_noise or loud
        if values[1] and values[2] is not None and not loud:
            key = f"monitoring/{first[1]}/{last[1]}"
            change = Amount((values[1] - values[2]) * 100 / values[1], 1, "%", key)
        rows.append(Row((*cells, change, f"{first[0]}，{last[0]}")))
    if not rows:
        return [
            Paragraph(
                (
                    "方案实施前后的监测结果在监测表中逐次列出；没有同一排放口、同一项目在两个日期的结果可以对照。",
                )
            )
        ]
    columns = (
        Column("排放口", 2.4),
        Column("项目", 1.6),
        Column("单位", 1.2, Align.CENTRE),
        Column("限值", 1.1, Align.NUMBER),
        Column("实施前", 1.2, Align.NUMBER),
        Column("实施后", 1.2, Align.NUMBER),
        Column("下降", 1.1, Align.NUMBER, "%"),
        Column("监测日期", 2.4),
    )
    lead = ("同一排放口、同一项目最早和最近一次的监测结果见", Ref("monitoring.pairs"), "。")
    said = "注：下降＝（实施前－实施后）÷实施前，负数为上升"
    notes: tuple[Runs, ...] = (
        (f"{said}{'；噪声的分贝不算百分比，记“—”' if has_noise else ''}。",),
    )
    table = Table(
        "monitoring.pairs", "实施前后监测结果对照", columns, tuple(rows), notes, Size.SMALL
    )
    return [Paragraph(lead), table]


# ------------------------------------------------------------------ appendices


def review_chapters(case: Case, chapters: tuple[Chapter, ...]) -> tuple[Chapter, ...]:
    """The points an 评估 or a 验收 looks at, the grounds for 不合格, and what is handed in; none in the whole report."""
    if case.purpose is Purpose.AUDIT:
        return ()
    words = _words()[
        {Purpose.EVALUATION: "evaluation", Purpose.ACCEPTANCE: "acceptance"}[case.purpose]
    ]
    places = _places(chapters)
    blocks: list[Block] = [
        Paragraph(
            (words["lead"], Ref("review.points"), "；提交的材料见", Ref("review.papers"), "。")
        )
    ]
    blocks.append(_points(case, words, places))
    blocks.append(_papers(words))
    return (Chapter(words["title"], tuple(blocks)),)


def _places(chapters: tuple[Chapter, ...]) -> dict[str, str]:
    """Title of a section -> 「2.3」."""
    found: dict[str, str] = {}
    for number, chapter in enumerate(chapters, 1):
        section = 0
        for block in chapter.blocks:
            if isinstance(block, Section):
                section += 1
                found[block.title] = f"{number}.{section}"
    return found


def _points(case: Case, words: Any, places: dict[str, str]) -> Table:
    rows: list[Row] = []
    number = 0
    for group in words["groups"]:
        rows.append(Row((group["name"],), RowKind.GROUP))
        for text, sections, said in group["points"]:
            number += 1
            where = "、".join(dict.fromkeys(places[one] for one in sections if one in places))
            cell = _SAID[said](case.project, case.assessment) if said else "由专家判断"
            rows.append(Row((str(number), text, where or DASH, cell or DASH)))
    columns = (
        Column("序", 0.7, Align.CENTRE),
        Column("要点", 5),
        Column("所在章节", 1.6, Align.CENTRE),
        Column("按本报告数据", 4),
    )
    notes: tuple[Runs, ...] = ((words["note"],),)
    return Table("review.points", words["caption"], columns, tuple(rows), notes, Size.SMALL)


def _papers(words: Any) -> Table:
    rows = tuple(
        Row((str(place), name, how)) for place, (name, how) in enumerate(words["papers"], 1)
    )
    columns = (Column("序", 0.7, Align.CENTRE), Column("材料", 7), Column("份数和备注", 2.6))
    return Table("review.papers", "提交材料清单", columns, rows, size=Size.SMALL)


Said = Callable[[AuditProject, Assessment | None], Cell]


def _team(project: AuditProject, _: Assessment | None) -> Cell:
    book = project.book
    said = (
        f"小组 {len(book.row_ids('team.members'))} 人，培训 {len(book.row_ids('team.training'))} 次"
    )
    came = {
        f"team.training/{row}/people": number
        for row in book.row_ids("team.training")
        if (number := exact_of(book.text(f"team.training/{row}/people"))) is not None
    }
    staff = exact_of(book.text("firm.staff"))
    if not came or staff is None:
        return said
    key = max(came, key=lambda one: came[one])
    most = Amount(came[key], 0, "人", key)
    return (
        f"{said}，人数最多的一次 ",
        most,
        " 人（职工 ",
        Amount(staff, 0, "人", "firm.staff"),
        " 人）",
    )


def _years(project: AuditProject, _: Assessment | None) -> Cell:
    years = project.years
    return (
        f"{years[0]} 年至 {years[-1]} 年，工序 {len(project.book.row_ids('process.steps'))} 道"
        if years
        else DASH
    )


def _aspects(project: AuditProject, _: Assessment | None) -> Cell:
    table = project.index.tables.get("causes.aspects")
    if table is None:
        return DASH
    told = sum(
        bool(project.book.text(f"causes.aspects/{one.id}/cause")) for one in table.fixed_rows
    )
    return f"八个方面中写明原因 {told} 个"


def _enough(project: AuditProject, assessment: Assessment | None) -> Cell:
    """How many near targets the measures reach by what they promise."""
    rows = expected_targets(project, assessment)
    told = [one for one in rows if one.reaches is not None]
    if not told:
        return "由专家判断"
    said = f"近期目标 {len(rows)} 项，按预计达到 {sum(one.reaches is True for one in told)} 项"
    left = len(rows) - len(told)
    return f"{said}，另 {left} 项没有对应的核算量" if left else said


def _focus(project: AuditProject, _: Assessment | None) -> Cell:
    return project.book.text("focus.chosen").strip() or DASH


def _targets(project: AuditProject, _: Assessment | None) -> Cell:
    rows = target_rows(project)
    return f"{len(rows)} 项，均有现状、目标值和年份" if rows else "没有设定"


def _balance(project: AuditProject, _: Assessment | None) -> Cell:
    figure = project.derivation.figure("water.closing_error")
    if figure.value is None:
        return DASH
    return ("水平衡闭合差 ", Amount(figure.value, 2, "%", figure.quantity_id), "%")


def _low(project: AuditProject, _: Assessment | None) -> Cell:
    low = [one for one in proofs_of(project) if not is_costly(one.measure)]
    return f"{len(low)} 项，已实施 {sum(one.is_done for one in low)} 项" if low else "没有"


def _high(project: AuditProject, _: Assessment | None) -> Cell:
    high = [one for one in measures_of(project) if is_costly(one)]
    worked = sum(isinstance(economics_of(project, one), Economics) for one in high)
    return f"{len(high)} 项，有经济评估 {worked} 项" if high else "没有"


def _money(project: AuditProject, _: Assessment | None) -> Cell:
    cost = promised(project).get("cost")
    return DASH if cost is None else ("列入实施的计划投资 ", cost, " 万元，含无/低费")


def _finished(project: AuditProject, _: Assessment | None) -> Cell:
    high = [one for one in proofs_of(project) if is_costly(one.measure)]
    open_ones = codes_of(one.measure for one in high if not one.is_done)
    said = f"中/高费 {len(high)} 项，完成 {sum(one.is_done for one in high)} 项"
    return f"{said}；未完成 {open_ones}" if open_ones else said


def _reached(project: AuditProject, _: Assessment | None) -> Cell:
    rows = target_rows(project)
    return (
        f"{len(rows)} 项，完成 {sum(bool(reached) for _, reached in rows)} 项"
        if rows
        else "没有设定"
    )


def _limits(project: AuditProject, _: Assessment | None) -> Cell:
    over = exceedances(project.book)
    if over:
        results = [one for one in over if one.kind == "monitoring"]
        totals = "、".join(dict.fromkeys(one.name for one in over if one.kind != "monitoring"))
        runs = ["超出：", *exceeded(project, results)] if results else []
        return (*runs, f"{'；' if runs else ''}总量超出：{totals}") if totals else tuple(runs)
    count = len(judged_results(project.book))
    return f"监测 {count} 项，均未超过所列限值；总量未超过许可量" if count else "没有监测数据"


def _limits_and_quota(project: AuditProject, assessment: Assessment | None) -> Cell:
    """The same with the quota of energy, which the data of an audit are not held against here."""
    said = _limits(project, assessment)
    runs = said if isinstance(said, tuple) else (said,)
    return (*runs, "；单位产品能耗限额由专家判断")


def _policy(project: AuditProject, _: Assessment | None) -> Cell:
    return project.book.text("env.policy").strip() or DASH


def _level(project: AuditProject, assessment: Assessment | None) -> Cell:
    if assessment is None or assessment.level_range is None:
        return "没有选用能定级的指标体系，不评定等级"
    after = afterwards(project)
    found = after.assessment if after.counted else assessment
    if found is None or found.level is None:
        return "等级未定"
    when = "审核后" if after.counted else "审核前"
    said = "低于Ⅲ级" if found.level is Level.NONE else f"{found.level.symbol}级"
    return f"{when}{said}{unchecked_note(found)}"


def _penalties(project: AuditProject, _: Assessment | None) -> Cell:
    said = project.book.text("env.penalties")
    against = answers_in_doubt(project.derivation).get("env.penalties")
    if against:
        return f"填报为没有，与数据不符：{'；'.join(one.text for one in against)}"
    return {"no": "近一年没有处罚、超标和事故", "yes": "近一年有，见处罚说明"}.get(said, DASH)


_SAID: dict[str, Said] = {
    "team": _team, "years": _years, "aspects": _aspects, "focus": _focus, "enough": _enough, "targets": _targets, "balance": _balance,
    "low": _low, "high": _high, "money": _money, "finished": _finished, "reached": _reached, "limits": _limits, "limits_and_quota": _limits_and_quota,
    "policy": _policy, "level": _level, "penalties": _penalties,
}  # fmt: skip
