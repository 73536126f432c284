"""The rows of a table: thresholds, weights, modifiers, and the checks that tell a slip of typing from an odd document."""

import itertools
import re
from collections.abc import Mapping
from fractions import Fraction

from app.assessment.indicator_system import (
    Benchmark,
    Direction,
    Indicator,
    IndicatorKind,
    Level,
    Limit,
    Linear,
    Modifier,
    ModifierKind,
    Provenance,
    Requirement,
    ShareRule,
    Span,
    Verification,
    WeightShare,
)
from app.assessment.units import UNITS, find_unit
from app.standards.reader import exact_number, quote
from app.standards.system_reading import (
    CONSEQUENCE,
    INHERITED,
    LEVEL_CODES,
    MARKS,
    Inherited,
    Reading,
    read_marks,
    read_weight,
)
from app.standards.tree import Branch, Items, Leaf, Node

INDICATOR_KEYS = (
    "id", "name", "kind", "unit", "direction", "strict", "binary", "limiting", "weight", "share",
    "points", "base", "levels", "modifiers", "recalled_weight", "item_class", "pick_group",
    "mandatory", "item_no", "evidence", "notes", "extras", "values", *INHERITED,
)  # fmt: skip
SHARE_KEYS = ("total", "rule", "group", "printed")
MODIFIER_KEYS = ("kind", "input", "meaning", "levels", "amounts", "choices", "most", "printed")
# Texts shorter than this repeat by nature (「有」, 「达标」) and say nothing about shifted rows.
_SHIFT_LENGTH = 8
# how prints mark a limiting indicator in its name
_MARKED_LIMITING = re.compile(r"^[*＊★▲]|[*＊★▲]$|[（(]限定(性|性指标)?[）)]")
_MOST_COUNTED = 30


def read_indicators(
    reading: Reading, category: Branch, above: Inherited, seen: dict[str, str]
) -> tuple[Indicator, ...]:
    """The rows of one category. seen: id -> place of every row of the table so far, so that an id is used once."""
    found: list[Indicator] = []
    nodes = reading.reader.items(category, "indicators")
    if not nodes and "indicators" in category.entries:
        reading.reader.fail(
            category.place_of("indicators"), "这一类没有指标", "至少写一项指标。", CONSEQUENCE
        )
    for node in nodes:
        branch = reading.reader.branch(node, INDICATOR_KEYS, ("id", "name", "kind"))
        if not {"levels", "base", "points"} & set(branch.entries):
            reading.reader.fail(branch.place, "缺少「levels」", "补上「levels」这一项。")
        indicator = read_indicator(reading, branch, above)
        reading.reader.unique(seen, indicator.id, branch.place_of("id"), "指标编号")
        if found:
            check_shift(reading, found[-1], indicator, branch)
        found.append(indicator)
    check_share_groups(reading, found, nodes)
    return tuple(found)


def read_indicator(reading: Reading, branch: Branch, above: Inherited) -> Indicator:
    """One row. above: state, source and doubt of the category, which hold where the row says none itself."""
    reader = reading.reader
    below, provenance = read_marks(reading, branch, above)
    kind = reader.choice(branch, "kind", IndicatorKind, IndicatorKind.QUALITATIVE)
    direction = read_direction(reading, branch, kind)
    benchmarks = read_benchmarks(reading, branch, kind, direction)
    values = read_values(reading, branch, below, provenance)
    weight_provenance = values.pop("weight", None)
    if weight_provenance is None and (below.weight_source or below.weight_verification):
        weight_provenance = Provenance(
            below.weight_source or provenance.source_id,
            below.weight_verification or below.verification or Verification.RECALLED,
        )
    for code in values:
        if code in LEVEL_CODES and LEVEL_CODES[code] not in benchmarks:
            reader.fail(
                branch.place_of("values"),
                f"「values」给{code}级写了来源，「levels」里却没有这一级",
                "删去它，或补上这一级的值。",
            )
    pick_group = reader.text(branch, "pick_group")
    if pick_group and pick_group not in reading.pick_groups:
        reader.fail(
            branch.place_of("pick_group"),
            f"选做组{quote(pick_group)}没有在{reader.terms.in_pick_groups}登记",
            "先登记选做组。",
        )
    indicator = Indicator(
        id=reader.slug(branch, "id"),
        name=reader.text(branch, "name", required=True),
        kind=kind,
        benchmarks=benchmarks,
        provenance=provenance,
        unit=read_unit(reading, branch, kind),
        direction=direction,
        strict=reader.boolean(branch, "strict", False),
        binary=reader.boolean(branch, "binary", False),
        limiting=_limiting(reading, branch),
        weight=read_weight(reading, branch, "weight"),
        weight_provenance=None if weight_provenance == provenance else weight_provenance,
        benchmark_provenance={LEVEL_CODES[code]: mark for code, mark in values.items()},
        share=read_share(reading, branch),
        points=reader.number(branch, "points"),
        base=reader.number(branch, "base"),
        modifiers=read_modifiers(reading, branch),
        recalled_weight=read_weight(reading, branch, "recalled_weight"),
        item_class=reader.text(branch, "item_class"),
        pick_group=pick_group,
        mandatory=reader.maybe_boolean(branch, "mandatory", None),
        item_no=reader.text(branch, "item_no"),
        evidence=reader.text(branch, "evidence"),
        notes=reader.text(branch, "notes"),
        extras=reader.text_map(branch, "extras"),
    )
    if indicator.share is not None and indicator.weight is not None:
        reader.fail(
            branch.place_of("weight"),
            f"既写了权重又写了{reader.terms.share}",
            "只留原文用的那一种。",
        )
    numbers = {value for value in indicator.benchmarks.values() if value is not None}
    if indicator.binary and kind is IndicatorKind.QUANTITATIVE and len(numbers) > 1:
        reader.fail(
            branch.place_of("levels"),
            "写了 binary（各级要求相同），各级的值却不一样",
            "只写一级，或各级写成一样；各级不同就删去 binary。",
        )
    check_nesting(reading, indicator, branch)
    check_percent(reading, indicator, branch)
    return indicator


def read_direction(reading: Reading, branch: Branch, kind: IndicatorKind) -> Direction | None:
    """None for a qualitative row, and after a fault."""
    if kind is IndicatorKind.QUALITATIVE:
        for key in ("direction", "strict", "base"):
            if key in branch.entries:
                reading.reader.fail(
                    branch.place_of(key),
                    f"定性指标不该有「{key}」",
                    f"删去它；是数值指标就{reading.reader.terms.make_quantitative}。",
                )
        return None
    if "direction" not in branch.entries:
        reading.reader.fail(
            branch.place,
            f"定量指标没有写{reading.reader.terms.direction}",
            f"{reading.reader.terms.choose_direction}。",
        )
        return None
    return reading.reader.choice(branch, "direction", Direction, Direction.LOWER)


def read_unit(reading: Reading, branch: Branch, kind: IndicatorKind) -> str:
    """Id of a unit (app.assessment.units); "" for a qualitative row, and after a fault."""
    text = reading.reader.text(branch, "unit")
    if kind is IndicatorKind.QUALITATIVE:
        if text:
            reading.reader.fail(
                branch.place_of("unit"),
                "定性指标不该有单位",
                f"删去单位；是数值指标就{reading.reader.terms.make_quantitative}。",
            )
        return ""
    if not text:
        reading.reader.fail(
            branch.place, "定量指标没有写单位", f"{reading.reader.terms.write_unit}。"
        )
        return ""
    if text in UNITS:
        return text
    unit = find_unit(text)
    if unit is None:
        reading.reader.fail(
            branch.place_of("unit"),
            f"单位{quote(text)}不在单位表里",
            "改成单位表里的写法，例如 kWh/m2、m3/t；确实没有时请反馈增补。",
        )
        return ""
    return unit.id


def read_benchmarks(
    reading: Reading, branch: Branch, kind: IndicatorKind, direction: Direction | None
) -> Mapping[Level, Benchmark | None]:
    """What each level asks; None where the source does not have it. A level that is not named is not in it."""
    node = branch.entries.get("levels")
    if node is None:
        return {}
    levels = reading.reader.branch(node, LEVEL_CODES)
    if not levels.entries:
        reading.reader.fail(
            branch.place_of("levels"),
            "一个级别的值都没有写",
            f"至少写一级；{reading.reader.terms.write_unknown}。",
        )
    return {
        level: read_benchmark(reading, levels.entries[code], level, kind, direction)
        for code, level in LEVEL_CODES.items()
        if code in levels.entries
    }


def read_benchmark(
    reading: Reading, node: Node, level: Level, kind: IndicatorKind, direction: Direction | None
) -> Benchmark | None:
    """What one level asks: a limit, a span or words. None where the source does not have it, and after a fault."""
    reader = reading.reader
    name = f"{level.symbol}级"
    if isinstance(node, Leaf) and node.text is None:
        return None
    if kind is IndicatorKind.QUALITATIVE:
        if not isinstance(node, Leaf):
            reader.fail(
                node.place,
                f"定性指标的{name}要求应当是一句话",
                f"写成文字，或{reader.terms.make_quantitative}。",
            )
            return None
        text = node.text or ""
        if not text.strip():
            reader.fail(
                node.place, f"{name}要求是空的", f"写上要求；{reader.terms.write_unknown}。"
            )
        elif exact_number(text) is not None:
            reader.fail(
                node.place,
                f"定性指标的{name}写的是数值{quote(text)}",
                f"写成文字要求，或{reader.terms.make_quantitative_whole}。",
            )
        return Requirement(text)
    if isinstance(node, Leaf):
        value = exact_number(node.text or "")
        if value is None:
            reader.fail(
                node.place,
                f"定量指标的{name}应当是数值，写的是{quote(node.text or '')}",
                "只写数字，不带单位和 ≤ ≥ 号；随变量变化的写 {base: 10, slope: 5, variable: n}。",
            )
            return None
        if direction is Direction.RANGE:
            reader.fail(
                node.place,
                f"区间指标的{name}只写了一个数",
                f"{reader.terms.write_span}，或{reader.terms.make_lower_or_higher}。",
            )
        return Limit(value)
    if isinstance(node, Items):
        return read_span(reading, node, name, direction)
    linear = reader.branch(node, ("base", "slope", "variable"), ("base", "slope", "variable"))
    variable = reader.text(linear, "variable")
    if variable and variable not in reading.variables:
        reader.fail(
            linear.place_of("variable"),
            f"变量{quote(variable)}没有在{reader.terms.in_variables}登记",
            f"{reader.terms.explain_variable}。",
        )
    if direction is Direction.RANGE:
        reader.fail(node.place, f"区间指标的{name}不能写公式", f"{reader.terms.write_span}。")
    return Linear(
        reader.number(linear, "base") or Fraction(0),
        reader.number(linear, "slope") or Fraction(0),
        variable,
    )


def read_span(reading: Reading, node: Items, name: str, direction: Direction | None) -> Span | None:
    """Both ends belong to it. None after a fault."""
    ends = [reading.reader.number_of(item, name) for item in node.nodes]
    if direction is not Direction.RANGE:
        reading.reader.fail(
            node.place,
            f"{name}写的是区间，方向却不是 range",
            f"只写一个数，或{reading.reader.terms.make_range}。",
        )
        return None
    if len(ends) != 2 or ends[0] is None or ends[1] is None:
        reading.reader.fail(
            node.place, f"{name}的区间要写两个数", f"{reading.reader.terms.write_span}。"
        )
        return None
    if ends[0] > ends[1]:
        reading.reader.fail(
            node.place, f"{name}的区间下限大于上限", "把两个数对调，或对照原文核对。"
        )
    return Span(ends[0], ends[1])


def read_values(
    reading: Reading, branch: Branch, above: Inherited, provenance: Provenance
) -> dict[str, Provenance]:
    """State and source of single values of a row, by level code or "weight"."""
    node = branch.entries.get("values")
    if node is None:
        return {}
    entries = reading.reader.branch(node, (*LEVEL_CODES, "weight")).entries
    found = {}
    for key, entry in entries.items():
        if key not in (*LEVEL_CODES, "weight"):
            continue  # said above
        defaults = provenance
        if key == "weight":
            defaults = Provenance(
                above.weight_source or provenance.source_id,
                above.weight_verification or provenance.verification,
            )
        marks = reading.reader.branch(entry, MARKS)
        found[key] = read_marks(reading, marks, above, defaults=defaults)[1]
    return found


def read_share(reading: Reading, branch: Branch) -> WeightShare | None:
    """A weight that several rows share, None when the row has its own."""
    node = branch.entries.get("share")
    if node is None:
        return None
    share = reading.reader.branch(node, SHARE_KEYS, ("total", "rule", "group"))
    return WeightShare(
        total=read_weight(reading, share, "total"),
        rule=reading.reader.choice(share, "rule", ShareRule, ShareRule.ONE_OF),
        group=reading.reader.slug(share, "group"),
        printed=reading.reader.text(share, "printed"),
    )


def check_share_groups(reading: Reading, found: list[Indicator], nodes: tuple[Node, ...]) -> None:
    """Rows of one group say the same total and rule."""
    first: dict[str, tuple[WeightShare, str]] = {}
    for indicator, node in zip(found, nodes, strict=True):
        share = indicator.share
        if share is None:
            continue
        known, place = first.setdefault(share.group, (share, node.place))
        if (known.total, known.rule) != (share.total, share.rule):
            reading.reader.fail(
                node.place,
                f"分摊组「{share.group}」的合计或规则与{place}不一样",
                f"{reading.reader.terms.same_in_group}。",
            )
            reading.weight_faults += 1


def read_modifiers(reading: Reading, branch: Branch) -> tuple[Modifier, ...]:
    """What changes the thresholds of the row for this firm, in the order of the document."""
    reader = reading.reader
    found = []
    for node in reader.items(branch, "modifiers"):
        item = reader.branch(node, MODIFIER_KEYS, ("kind", "input", "meaning"))
        levels = []
        for text, place in reader.placed_texts(item, "levels"):
            if text in LEVEL_CODES:
                levels.append(LEVEL_CODES[text])
            else:
                reader.fail(place, f"没有{quote(text)}这个级别", "可写：I、II、III。")
        amounts: dict[Level, Fraction] = {}
        if "amounts" in item.entries:
            amount_branch = reader.branch(item.entries["amounts"], LEVEL_CODES)
            for code in amount_branch.entries:
                if code in LEVEL_CODES:
                    amounts[LEVEL_CODES[code]] = reader.number(amount_branch, code) or Fraction(0)
        choices = [reader.number_of(leaf, "choices") for leaf in reader.items(item, "choices")]
        found.append(
            Modifier(
                kind=reader.choice(item, "kind", ModifierKind, ModifierKind.ADD),
                input=reader.slug(item, "input"),
                meaning=reader.text(item, "meaning", required=True),
                levels=tuple(levels),
                amounts=amounts,
                choices=tuple(choice for choice in choices if choice is not None),
                most=reader.number(item, "most"),
                printed=reader.text(item, "printed"),
            )
        )
    return tuple(found)


def check_nesting(reading: Reading, indicator: Indicator, branch: Branch) -> None:
    """A better level asks no less than a worse one."""
    given = [
        (level, benchmark)
        for level, benchmark in indicator.benchmarks.items()
        if benchmark is not None
    ]
    for (better, tighter), (worse, looser) in itertools.pairwise(given):
        fault = _nesting_fault(tighter, looser, indicator.direction)
        if fault is not None:
            reading.reader.warn(
                branch.place_of("levels"),
                f"{quote(indicator.name)}的{better.symbol}级反而比{worse.symbol}级宽{fault}",
                "对照原文核对；原文就是这样的，可以照录。",
            )


def _limiting(reading: Reading, branch: Branch) -> bool | None:
    """As written; a name that carries the mark of prints (*, ★, 限定性) without a word beside it is asked, not guessed."""
    name = reading.reader.text(branch, "name")
    if "limiting" not in branch.entries and _MARKED_LIMITING.search(name):
        reading.reader.warn(
            branch.place_of("name"),
            f"{quote(name)}的名称带限定性的记号，「限定性」却没有写",
            "对照原文：是限定性指标就写「是」，不是就写「否」；写明以前按「不明」算。",
        )
        return None
    return reading.reader.maybe_boolean(branch, "limiting", False)


def check_percent(reading: Reading, indicator: Indicator, branch: Branch) -> None:
    """A warning, no fault: limits of 0 to 1 in percent are often 80 % written as 0.8."""
    limits = [b.value for b in indicator.benchmarks.values() if isinstance(b, Limit)]
    if indicator.unit == "%" and limits and all(0 < value <= 1 for value in limits):
        reading.reader.warn(
            branch.place_of("levels"),
            f"{quote(indicator.name)}的单位是 %，各级的值却都不超过 1",
            "确认是不是把 80% 写成了 0.8。",
        )


def check_shift(reading: Reading, above: Indicator, row: Indicator, branch: Branch) -> None:
    """Rows of a questionnaire shifted by one repeat their neighbour's texts."""
    same = []
    for level, benchmark in row.benchmarks.items():
        neighbour = above.benchmarks.get(level)
        if (
            isinstance(benchmark, Requirement)
            and benchmark == neighbour
            and len(benchmark.text) >= _SHIFT_LENGTH
        ):
            same.append(level.symbol)
    if same:
        reading.reader.warn(
            branch.place_of("levels"),
            f"{quote(row.name)}的{'、'.join(same)}级文字与上一行{quote(above.name)}完全相同",
            "检查是不是抄错了行（整列错位一行）；原文确实相同则不用改。",
        )


def _nesting_fault(
    tighter: Benchmark, looser: Benchmark, direction: Direction | None
) -> str | None:
    """None when every value that meets `tighter` also meets `looser`; else where it does not ("" = everywhere)."""
    if isinstance(tighter, Span) and isinstance(looser, Span):
        nested = looser.low <= tighter.low and tighter.high <= looser.high
        return None if nested else ""
    if direction not in (Direction.LOWER, Direction.HIGHER):
        return None
    sign = 1 if direction is Direction.LOWER else -1

    def crosses(n: int) -> bool:
        return sign * (_at(looser, n) - _at(tighter, n)) < 0

    if not isinstance(tighter, Linear) and not isinstance(looser, Linear):
        return "" if crosses(0) else None
    # A formula's variable counts layers and the like: small whole numbers. Straight lines cross once.
    if not crosses(0) and not crosses(_MOST_COUNTED):
        return None
    return f"（变量为 {next(n for n in range(_MOST_COUNTED + 1) if crosses(n))} 时）"


def _at(benchmark: Benchmark, n: int) -> Fraction:
    if isinstance(benchmark, Linear):
        return benchmark.base + benchmark.slope * n
    return benchmark.value if isinstance(benchmark, Limit) else Fraction(0)
