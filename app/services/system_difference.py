"""What scores otherwise when one system is put in the place of another of the same id: named before it is done."""

from dataclasses import fields, replace

from app.assessment.indicator_system import LEVELS, Indicator, IndicatorSystem, Table
from app.assessment.numbers import number_text
from app.assessment.units import UNITS
from app.services.systems import benchmark_text

_MOST_SAID = 12
# Where a value was read and who checked it: it is what packs are for, and changes no result.
_MARKS = {"provenance", "weight_provenance", "benchmark_provenance", "extras", "notes", "evidence"}


def what_differs(old: IndicatorSystem, new: IndicatorSystem) -> tuple[str, ...]:
    """A sentence for each row, table or rule that is another one: 「表 › 指标：Ⅰ级 库里 8，包里 9」."""
    said: list[str] = []
    before = {table.id: table for table in old.tables}
    after = {table.id: table for table in new.tables}
    said += [f"少了表「{before[one].title}」" for one in before if one not in after]
    said += [f"多了表「{after[one].title}」" for one in after if one not in before]
    for one in after:
        if one in before:
            said += _of_table(before[one], after[one])
    if replace(old.method, provenance=new.method.provenance) != new.method:
        said.append("判级规则不同")
    if old.variables != new.variables:
        said.append("阈值用的变量不同")
    return tuple(said)


def few(said: tuple[str, ...]) -> str:
    """The first of them as one text, with how many there are."""
    shown = "；".join(said[:_MOST_SAID])
    return f"{len(said)} 处不同：{shown}{'；…' if len(said) > _MOST_SAID else ''}"


def _of_table(old: Table, new: Table) -> list[str]:
    said: list[str] = []
    weights = {one.id: (one.weight, one.points, one.bonus) for one in old.categories}
    for category in new.categories:
        if weights.get(category.id) != (category.weight, category.points, category.bonus):
            said.append(f"「{category.name}」这一类的权重不同")
    before = {row.id: row for row in old.indicators()}
    after = {row.id: row for row in new.indicators()}
    said += [f"{new.title} › 少了「{before[one].name}」" for one in before if one not in after]
    said += [f"{new.title} › 多了「{after[one].name}」" for one in after if one not in before]
    for name, row in after.items():
        parts = _of_row(before[name], row) if name in before else []
        if parts:
            said.append(f"{new.title} › {row.name}：{'，'.join(parts)}")
    return said


def _of_row(old: Indicator, new: Indicator) -> list[str]:
    parts = []
    for level in LEVELS:
        one, other = old.benchmarks.get(level), new.benchmarks.get(level)
        if (level in old.benchmarks, one) != (level in new.benchmarks, other):
            parts.append(
                f"{level.symbol}级 库里 {_threshold(old, level)}，包里 {_threshold(new, level)}"
            )
    if old.weight != new.weight:
        parts.append(f"权重 库里 {_weight(old)}，包里 {_weight(new)}")
    if old.unit != new.unit:
        parts.append(f"单位 库里 {_unit(old)}，包里 {_unit(new)}")
    if old.limiting != new.limiting:
        parts.append("限定性不同")
    told = {"benchmarks", "weight", "unit", "limiting", *_MARKS}
    rest = [
        one.name
        for one in fields(Indicator)
        if one.name not in told and getattr(old, one.name) != getattr(new, one.name)
    ]
    return parts + (["名称、方向或算法不同"] if rest and not parts else [])


def _threshold(row: Indicator, level: object) -> str:
    for one, benchmark in row.benchmarks.items():
        if one == level:
            return benchmark_text(benchmark)
    return "没有"


def _weight(row: Indicator) -> str:
    return "没有" if row.weight is None else number_text(row.weight)


def _unit(row: Indicator) -> str:
    return UNITS[row.unit].symbol if row.unit in UNITS else row.unit or "没有"
