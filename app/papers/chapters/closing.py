"""The conclusion in figures: level before and after, measures and what they save, targets, the base year, compliance."""

from collections.abc import Mapping
from dataclasses import replace

from app.assessment.result import Assessment
from app.audit.front_door import KIND
from app.audit.project import AuditProject
from app.audit.self_check import is_asked
from app.audit.wording import level_name
from app.measures.model import measures_of
from app.measures.results import PERFORMANCE, Performance, afterwards, others_of, performance
from app.papers.answers import computed_cell, figure_title, is_absent
from app.papers.chapters.implementation import promised
from app.papers.chapters.judgements import index_amount, unchecked_note
from app.papers.chapters.performance import DONE_SCOPE, done_money, printed_totals
from app.papers.chapters.plant_after import plant_after
from app.papers.chapters.prose import said_compliance
from app.papers.chapters.targets import target_rows
from app.papers.document import Amount, Block, Inline, Paragraph, Sub
from app.papers.measure_rows import counted_by, unbooked_words

_BASE = ("energy.total", "energy.co2", "water.intake", "voc.emitted", "env.hazardous")
_SAVED = (
    ("electricity", "节电"), ("tce", "折标煤"), ("co2", "减排二氧化碳"), ("water", "节水"), ("voc", "减排 VOC"),
    ("material", "节约原辅料"), ("solid", "减少固体废物"),
)  # fmt: skip
# The same where the measures together use or emit more.
_MORE = {
    "节电": "增加用电", "折标煤": "增加能耗（折标煤）", "减排二氧化碳": "增加二氧化碳", "节水": "增加用水", "减排 VOC": "增加 VOC",
    "节约原辅料": "增加原辅料", "减少固体废物": "增加固体废物",
}  # fmt: skip


def conclusion(
    project: AuditProject, assessment: Assessment | None, *, only_done: bool = False
) -> list[Block]:
    """The figures of the conclusion. only_done: as an acceptance counts, see `performance`."""
    blocks: list[Block] = []
    figures = [
        figure
        for quantity_id in _BASE
        if is_asked(project, quantity_id) and not is_absent(project, quantity_id)
        for figure in (project.derivation.figure(quantity_id),)
        if figure.value is not None
    ]
    if figures:
        runs: list[Inline] = [f"{project.base_year} 年"]
        for place, figure in enumerate(figures):
            runs += ["，" if place else "", f"{figure_title(project, figure)} "]
            runs += [computed_cell(figure), f" {figure.unit}"]
        blocks.append(Paragraph((*runs, *_afterwards(project), "。")))
    blocks += _measures(project, only_done=only_done)
    blocks += _level(project, assessment)
    targets = target_rows(project)
    if any(reached is not None for _, reached in targets):
        done = sum(bool(reached) for _, reached in targets)
        missed = [name for name, reached in targets if reached is False]
        said = f"清洁生产近期目标 {len(targets)} 项，完成 {done} 项"
        said += f"；尚未达到的为{'、'.join(missed)}，原因和安排见目标完成情况" if missed else ""
        blocks.append(Paragraph((f"{said}。",)))
    elif targets:
        blocks.append(Paragraph((f"清洁生产近期目标 {len(targets)} 项，完成值待方案实施后实测。",)))
    return [*blocks, *_why_listed(project)]


def _measures(project: AuditProject, *, only_done: bool) -> list[Block]:
    """As the 绩效表 counts and sums; what is finished has its own count and sums."""
    found, done = performance(project), performance(project, only_done=True)
    if not found.rows:
        return []
    totals = printed_totals(found)
    runs: list[Inline] = [
        f"共提出清洁生产方案 {len(measures_of(project))} 项，列入实施 {len(found.rows)} 项"
        f"（无/低费 {found.low} 项，中/高费 {found.high} 项）"
    ]
    if not only_done:
        planned = promised(project)
        for column, name in (("cost", "计划投资"), ("saving", "预计经济效益")):
            if column in planned:
                runs += [f"，{name} ", planned[column], f" {planned[column].unit}"]
    if done.rows:
        runs += [f"；其中已完成 {len(done.rows)} 项", *done_money(done)]
    shown = printed_totals(done, DONE_SCOPE) if only_done else totals
    said = [(name, shown[column]) for column, name in _SAVED if column in shown]
    said += _more_of(done if only_done else found, shown)
    for place, (name, amount) in enumerate(said):
        lead = "。已完成方案每年合计" if only_done else "。列入实施的各方案每年合计"
        if amount.value < 0:
            name = _MORE.get(name, f"增加{name}")
            amount = replace(amount, value=-amount.value, key=f"{amount.key}/more")
        runs += ["，" if place else lead, f"{name} ", amount, f" {amount.unit}"]
    if not said:
        return [Paragraph((*runs, "。"))]
    return [
        Paragraph(
            (
                *runs,
                "（均为实测）。"
                if only_done or all(row.is_measured for row in found.rows)
                else "（有实测的按实测，其余按预计）。"
                if any(row.is_measured for row in found.rows)
                else "（均为预计）。",
                "" if only_done else unbooked_words(project),
            )
        )
    ]


def _more_of(found: Performance, shown: Mapping[str, Amount]) -> list[tuple[str, Amount]]:
    """What the measures together use or emit more of and no saving speaks of: a conclusion tells both sides."""
    told = {column for column, _ in _SAVED} | {"cost", "saving"}
    more = [
        (column.title, shown[column.id])
        for column in PERFORMANCE
        if column.id in shown and column.id not in told and shown[column.id].value < 0
    ]
    more += [
        (title, Amount(amount, 0, unit, f"performance/other/{title}"))
        for (title, unit), amount in others_of(found.rows).items()
        if amount < 0
    ]
    return more


def _level(project: AuditProject, assessment: Assessment | None) -> list[Block]:
    if assessment is None or assessment.level_range is None:
        return [Paragraph(("本报告不评定清洁生产等级。",))]
    if assessment.level is None:
        best, worst = assessment.level_range
        said = f"还有 {len(assessment.missing)} 项指标未填，等级未定，介于{level_name(best)}与{level_name(worst)}之间。"
        return [Paragraph((said,))]
    # What people wrote says the level in words; the indexes behind it stand here.
    if project.book.text("continuing.conclusion").strip():
        return [_indexes(project, assessment)]
    runs = _said("审核前清洁生产水平为", assessment, "")
    after = afterwards(project)
    if after.counted and after.assessment is not None and after.assessment.level is not None:
        runs += [
            f"；按已完成方案的{counted_by(after.counted)}，",
            *_said("审核后为", after.assessment, "/after"),
        ]
    return [Paragraph((*runs, unchecked_note(assessment), "。"))]


def _indexes(project: AuditProject, assessment: Assessment) -> Paragraph:
    """「综合评价指数：审核前 YⅠ 30.55，…；审核后 YⅠ 30.55，…（基准值待核对）。」"""
    runs: list[Inline] = ["综合评价指数："]
    after = afterwards(project)
    stages = [("审核前", assessment, "")]
    if after.counted and after.assessment is not None:
        stages.append((f"审核后（按{counted_by(after.counted)}）", after.assessment, "/after"))
    for place, (when, one, key) in enumerate(stages):
        runs += ["；" if place else "", when]
        for nth, (level, interval) in enumerate(one.index_range.items()):
            amount = index_amount(level, interval)
            runs += ["，" if nth else "", "Y", Sub(level.symbol), " "]
            runs.append(Amount(amount.value, 2, "", f"{amount.key}{key}", high=amount.high))
    return Paragraph((*runs, unchecked_note(assessment), "。"))


def _afterwards(project: AuditProject) -> list[Inline]:
    """「；审核后（折全年）用电 1 778 000 kWh，取水 41 050 m³」; nothing before anything was measured of the plant."""
    runs: list[Inline] = []
    for title, amount in plant_after(project):
        runs += ["，" if runs else "；审核后（折全年）", f"{title} ", amount, f" {amount.unit}"]
    return runs


def _why_listed(project: AuditProject) -> list[Block]:
    """Why the firm was put on the list, and what monitoring and totals say of it."""
    kind = _KINDS.get(project.book.text(KIND), "")
    said = said_compliance(project)
    if not kind:
        return said
    listed = f"企业因{kind}列入强制性清洁生产审核名单。"
    if not said:
        return [Paragraph((listed,))]
    first = said[0]
    assert isinstance(first, Paragraph)
    return [replace(first, runs=(listed, *first.runs)), *said[1:]]


_KINDS = {"exceeding": "超标或超总量排放（双超）", "over_quota": "超过能耗限额", "toxic": "使用或排放有毒有害物质（双有）"}  # fmt: skip


def _said(lead: str, assessment: Assessment, key: str) -> list[Inline]:
    assert assessment.level is not None
    name = f"（{assessment.level_name}）" if assessment.level_name else ""
    runs: list[Inline] = [f"{lead}{level_name(assessment.level)}{name}"]
    for level, interval in assessment.index_range.items():
        if interval.is_point:
            amount = index_amount(level, interval)
            runs += ["，", "Y", Sub(level.symbol), " "]
            runs.append(Amount(amount.value, amount.places, "", f"{amount.key}{key}"))
    return runs
