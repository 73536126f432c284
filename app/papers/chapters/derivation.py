"""Appendix 指标数值的来历: how values and sums were worked out."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from app.assessment.finding import Finding, Measured
from app.assessment.result import Assessment
from app.assessment.trace import Trace
from app.audit.project import AuditProject
from app.audit.self_check import is_asked
from app.forms.printed_formula import ABOUT, printed_formula
from app.measures.apply import cells_of
from app.measures.model import Measure, number_of, stream_of
from app.measures.results import After, afterwards, expected
from app.papers.answers import figure_title, is_absent
from app.papers.chapters.judgements import judged_indicators, unit_text
from app.papers.digits import number, places_to_the_end, regrouped
from app.papers.document import (
    Align,
    Chapter,
    Column,
    Paragraph,
    Ref,
    Row,
    Runs,
    Size,
    Table,
    cell_text,
)
from app.papers.measure_rows import codes_of


def derivation_chapter(
    project: AuditProject, assessment: Assessment | None, shown: Container[str] | None = None
) -> Chapter | None:
    """How each measured value and the sums were worked out, down to what was typed; None when there is nothing yet. shown: keys
    of the tables of a paper that is not the whole report: a sum nothing of it prints has no line."""
    table = _derivation_table(project, assessment) if assessment is not None else None
    totals = _totals_table(project, shown)
    if table is None and totals is None:
        return None
    made = [one for one in (table, totals) if one is not None]
    lead: list[str | Ref] = []
    if table is not None:
        lead += [Ref(table.key), "列出指标的算式和用到的数", "，" if totals is not None else ""]
    if totals is not None:
        lead += [Ref(totals.key), "列出汇总数的算式"]
    title = "指标数值的来历" if table is not None else "汇总数的来历"
    return Chapter(title, (Paragraph((*lead, "。")), *made))


def _derivation_table(project: AuditProject, assessment: Assessment) -> Table | None:
    rows = list(_derivation_rows(project, assessment))
    after = afterwards(project)
    before = {one.indicator_id: one.finding for one in assessment.judgements}
    found_after: dict[str, Finding] = {}
    if after.counted and after.assessment is not None:
        found_after = {one.indicator_id: one.finding for one in after.assessment.judgements}
        taken = _taken(project, after)
        later = list(
            _derivation_rows(after.project, after.assessment, "（审核后）", [before], taken)
        )
        rows += later
    forecast = expected(project) if assessment.level_range is not None else None
    promised: list[Row] = []
    if forecast is not None and forecast.assessment is not None:
        said = [before, found_after]
        taken = _taken(project, forecast)
        promised = list(_derivation_rows(forecast.project, forecast.assessment, "（预计）", said, taken))  # fmt: skip
        rows += promised
    if not rows:
        return None
    columns = (
        Column("序", 0.7, Align.CENTRE),
        Column("指标", 2.6),
        Column("算式", 4.6),
        Column("用到的数", 5.2),
    )
    lines: list[str] = []
    if after.counted and after.assessment is not None:
        codes = codes_of(_acting(after, before))
        if codes and later:
            lines.append(
                f"审核后为按 {codes} 的实测节约量从审核前的数中扣除后重新计算，其余的数同审核前。"
            )
    if forecast is not None and promised:
        codes = codes_of(_acting(forecast, before))
        by = "节约量（已实测的按实测，其余按预计）" if found_after else "预计节约量"
        lines.append(
            f"预计为可行方案全部实施后，按 {codes} 的{by}从审核前的数中扣除后重新计算，其余的数同审核前。"
        )
    notes: tuple[Runs, ...] = ((f"注：{''.join(lines)}",),) if lines else ()
    return Table("derivation", "指标数值的来历", columns, tuple(rows), notes, size=Size.SMALL)


def _acting(after: After, before: Mapping[str, Finding]) -> list[Measure]:
    """The finished measures whose measured savings are taken from cells that a changed indicator is worked out of."""
    assert after.assessment is not None
    cells: set[tuple[str, str]] = set()
    for one in after.assessment.judgements:
        if isinstance(one.finding, Measured) and before.get(one.indicator_id) != one.finding:
            keys = (leaf.key.split("/") for leaf in _leaves(one.trace) if leaf.key)
            cells |= {(parts[0], parts[2]) for parts in keys if len(parts) == 3}
    found = []
    for measure in after.counted:
        places = (
            (place.table, place.column)
            for name in measure.savings
            for place in stream_of(after.project, name).places
        )
        if cells & set(places):
            found.append(measure)
    return found


@dataclass(frozen=True)
class _Taken:
    """What a stream's measures took from cells together. Where in these cells it was saved nobody may have said, so that it is
    printed as one amount beside what stood in them before. before: by answer key."""

    codes: str
    before: Mapping[str, Fraction]


def _taken(project: AuditProject, after: After) -> list[_Taken]:
    found = []
    streams = dict.fromkeys(name for one in after.counted for name in one.savings)
    for stream in (stream_of(project, name) for name in streams):
        if stream.more:
            continue
        codes = codes_of(one for one in after.counted if stream.id in one.savings)
        for place in stream.places:
            before = {
                key: number
                for key, number in cells_of(project, place)
                if number_of(after.project.book.get(key)) != number
            }
            if before:
                found.append(_Taken(codes, before))
    return found


def _origin(leaves: list[Trace], taken: Iterable[_Taken]) -> str:
    """「镀锌线清洗 17 800 m³；铜镍线清洗 23 800 m³；扣除 ZG1 节约的 11 050 m³」."""
    said: dict[str, None] = {}
    changed = {key: one for one in taken for key in one.before}
    for place, leaf in enumerate(leaves):
        one = changed.get(leaf.key)
        if one is None:
            said[f"{leaf.label} {_trace_value(leaf)}"] = None
            continue
        said[f"{leaf.label} {_trace_value(replace(leaf, value=one.before[leaf.key]))}"] = None
        here = {x.key: x for x in leaves if changed.get(x.key) is one}
        if leaf.key == [x.key for x in leaves if x.key in here][-1] or place + 1 == len(leaves):
            amount = sum(
                (
                    one.before[key] - x.value
                    for key, x in here.items()
                    if isinstance(x.value, Fraction)
                ),
                Fraction(0),
            )
            less = _trace_value(replace(leaf, value=amount))
            said[f"扣除 {one.codes} 节约的 {less}"] = None
    return "；".join(said)


def _derivation_rows(
    project: AuditProject,
    assessment: Assessment,
    when: str = "",
    before: Sequence[Mapping[str, Finding]] = (),
    taken: Iterable[_Taken] = (),
) -> Iterator[Row]:
    """before: findings that are said already; only what became another number is given then. taken: by measures."""
    for place, _, indicator, judgement in judged_indicators(project, assessment):
        if not isinstance(judgement.finding, Measured):
            continue
        if any(one.get(indicator.id) == judgement.finding for one in before):
            continue
        value = _derivation_of(judgement.trace)
        if value is None:
            continue
        leaves = [leaf for leaf in _leaves(value) if leaf.value is not None]
        origin = _origin(leaves[:_MOST_LEAVES], taken)
        if len(leaves) > _MOST_LEAVES:
            origin += f"；共 {len(leaves)} 个数，其余见账单明细"
        said, sign = printed_formula(value, 2)
        formula = said or "直接填报"
        unit = unit_text(indicator)
        yield (
            Row(
                (
                    str(place),
                    f"{indicator.name}{when}",
                    regrouped(f"{formula}{sign}{number(judgement.finding.value, 2)} {unit}"),
                    regrouped(origin),
                )
            )
        )


_MOST_LEAVES = 24


# Sums that stand on the page of results and are no indicators, with their formulas.
_TOTALS = ("energy.total", "energy.co2", "energy.per_area", "energy.per_value", "water.reuse", "water.closing_error",
           "voc.generated", "voc.emitted", "packaging.one_way", "packaging.per_output", "env.hazardous")  # fmt: skip


# What a sum is printed by, where it is not on the page of results.
_PRINTED_BY = {"water.closing_error": "balance.water.figures"}


def _totals_table(project: AuditProject, shown: Container[str] | None) -> Table | None:
    rows = []
    for quantity_id in _TOTALS:
        table = _PRINTED_BY.get(quantity_id)
        if shown is not None and table is not None and table not in shown:
            continue
        if not is_asked(project, quantity_id):
            continue
        figure = project.derivation.figure(quantity_id)
        if figure.value is None or is_absent(project, quantity_id):
            continue
        formula, sign = printed_formula(figure.trace, figure.decimals)
        made = f"{formula}{sign}" if formula else ""
        said = f"{made}{number(figure.value, figure.decimals)} {figure.unit}"
        rows.append(Row((figure_title(project, figure), regrouped(said))))
    if not rows:
        return None
    columns = (Column("项目", 2.6), Column("算式", 9))
    about = any(ABOUT in cell_text(one.cells[1]) for one in rows)
    notes: tuple[Runs, ...] = (
        (f"注：算式中的数已修约，结果按未修约的数计算{'；“≈”为末位因此相差' if about else ''}。",),
    )
    return Table("totals", "汇总数的算式", columns, tuple(rows), notes, Size.SMALL)


def _derivation_of(trace: Trace) -> Trace | None:
    """The child of a judgement's trace that works the value out."""
    for child in trace.children:
        if child.formula and child.children:
            return child
    return next(iter(trace.children), None)


def _leaves(trace: Trace) -> Iterator[Trace]:
    if not trace.children:
        yield trace
    for child in trace.children:
        yield from _leaves(child)


def _trace_value(trace: Trace) -> str:
    value = trace.value
    shown = (
        value
        if isinstance(value, str)
        else ""
        if value is None
        else number(value, 0 if abs(value) >= 1000 else min(2, places_to_the_end(value)))
    )
    return f"{shown} {trace.unit}".strip()
