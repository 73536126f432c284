"""Tables, categories and how tables go together; their weights add up."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from app.assessment.indicator_system import (
    Category,
    Combination,
    Family,
    Table,
)
from app.assessment.numbers import number_text
from app.standards.reader import quote
from app.standards.system_indicators import read_indicators
from app.standards.system_reading import (
    CONSEQUENCE,
    INHERITED,
    MARKS,
    ROUNDED,
    Inherited,
    Reading,
    check_sum,
    read_marks,
    read_weight,
    rounded_remedy,
)
from app.standards.tree import Branch

COMBINATION_KEYS = ("id", "tables", "always", *MARKS)
TABLE_KEYS = ("id", "title", "notes", "categories", *INHERITED)
CATEGORY_KEYS = (
    "id", "name", "weight", "bonus", "weights_known", "points", "qualitative_part", "notes",
    "indicators", *INHERITED,
)  # fmt: skip


def read_tables(reading: Reading, top: Branch, above: Inherited) -> tuple[Table, ...]:
    """The tables of the document; ids are used once."""
    reader = reading.reader
    found = []
    seen: dict[str, str] = {}
    nodes = reader.items(top, "tables")
    if not nodes and "tables" in top.entries:
        reader.fail(top.place_of("tables"), "没有任何评价表", "至少写一张表。")
    for node in nodes:
        branch = reader.branch(node, TABLE_KEYS, ("id", "title", "categories"))
        below, provenance = read_marks(reading, branch, above)
        table_id = reader.slug(branch, "id")
        reader.unique(seen, table_id, branch.place_of("id"), "表编号")
        found.append(
            Table(
                id=table_id,
                title=reader.text(branch, "title", required=True),
                categories=read_categories(reading, branch, below),
                provenance=provenance,
                notes=reader.texts(branch, "notes"),
            )
        )
    return tuple(found)


def read_combinations(
    reading: Reading, top: Branch, above: Inherited, tables: Sequence[Table]
) -> tuple[Combination, ...]:
    """How tables go together. Their rows stand side by side then, so no id may come twice."""
    reader = reading.reader
    found = []
    seen: dict[str, str] = {}
    by_id = {table.id: table for table in tables}
    for node in reader.items(top, "combinations"):
        branch = reader.branch(node, COMBINATION_KEYS, ("id", "tables"))
        combination_id = reader.slug(branch, "id")
        reader.unique(seen, combination_id, branch.place, "合并编号")
        _, provenance = read_marks(reading, branch, above)
        parts = branch.entries.get("tables")
        known = reader.branch(parts or branch, by_id) if isinstance(parts, Branch) else None
        if known is None or len(known.entries) < 2:
            reader.fail(
                branch.place_of("tables"),
                "合并计分没有写至少两张表",
                "写成「表编号: 权重」，权重没有收录写 null。",
            )
            continue
        weights = {name: read_weight(reading, known, name) for name in known.entries}
        sizes = [weight for weight in weights.values() if weight is not None]
        if len(sizes) == len(weights) or sum(sizes, Fraction(0)) > 1:
            check_sum(reading, sizes, branch.place_of("tables"), "各表权重")
        always = reader.texts(branch, "always")
        for name in always:
            if name not in weights:
                reader.fail(
                    branch.place_of("always"),
                    f"必选的表{quote(name)}不在这组表里",
                    "可写：" + "、".join(weights) + "。",
                )
        if reading.family is not Family.LEVEL_INDEX:
            reader.fail(branch.place, "这种评价方法不能合并几张表", "删去合并计分。")
        check_apart(reading, [by_id[name] for name in weights if name in by_id], branch)
        found.append(Combination(combination_id, weights, provenance, always))
    return tuple(found)


def check_apart(reading: Reading, tables: Sequence[Table], branch: Branch) -> None:
    """Tables that are combined have no id of a row or category in common."""
    for what, names in (
        ("指标", [row.id for table in tables for row in table.indicators()]),
        ("一级指标", [part.id for table in tables for part in table.categories]),
    ):
        for name in sorted({name for name in names if names.count(name) > 1}):
            reading.reader.fail(
                branch.place,
                f"合并的几张表里有同名的{what}编号{quote(name)}",
                "给它们不同的编号。",
            )


def read_categories(reading: Reading, table: Branch, above: Inherited) -> tuple[Category, ...]:
    """The categories of one table, with weights that add up."""
    reader = reading.reader
    found = []
    seen: dict[str, str] = {}
    seen_indicators: dict[str, str] = {}
    faults_at_start = reading.weight_faults
    for node in reader.items(table, "categories"):
        branch = reader.branch(node, CATEGORY_KEYS, ("id", "name", "indicators"))
        below, provenance = read_marks(reading, branch, above)
        provenance = replace(
            provenance,
            source_id=below.weight_source or provenance.source_id,
            verification=below.weight_verification or provenance.verification,
        )
        faults_before = reading.weight_faults
        category_id = reader.slug(branch, "id")
        reader.unique(seen, category_id, branch.place_of("id"), "类编号")
        weights_known = reader.boolean(branch, "weights_known", True)
        category = Category(
            id=category_id,
            name=reader.text(branch, "name", required=True),
            weight=read_weight(reading, branch, "weight"),
            indicators=read_indicators(reading, branch, below, seen_indicators),
            provenance=provenance,
            bonus=reader.boolean(branch, "bonus", False),
            weights_known=weights_known,
            points=reader.number(branch, "points"),
            qualitative_part=reader.maybe_boolean(branch, "qualitative_part", None),
            notes=reader.text(branch, "notes"),
        )
        if reading.family is Family.LEVEL_INDEX and reading.weight_faults == faults_before:
            check_indicator_weights(reading, category, branch)
        if reading.family is Family.P_INDEX and category.qualitative_part is None:
            reader.fail(
                branch.place,
                f"P 指数体系的类{quote(category.name)}没有写属于定量还是定性",
                "补上 qualitative_part: true（定性）或 false（定量）。",
            )
        found.append(category)
    if reading.weight_faults == faults_at_start:
        check_category_weights(reading, found, table)
    return tuple(found)


def check_category_weights(reading: Reading, categories: list[Category], table: Branch) -> None:
    """They add up to 1; while some are not known, they do not go beyond it."""
    counted = [category.weight for category in categories if not category.bonus]
    known = [weight for weight in counted if weight is not None]
    if not known:
        return
    total = sum(known, Fraction(0))
    place = table.place_of("categories")
    if len(known) < len(counted):
        if total > 1:
            reading.reader.fail(
                place,
                f"已知的一级权重相加为 {number_text(total)}，超过 1",
                "对照原文核对各类权重。",
                CONSEQUENCE,
            )
        return
    check_sum(reading, known, place, "一级权重（不含加分类）")


def check_indicator_weights(reading: Reading, category: Category, branch: Branch) -> None:
    """The rows of a category add up to 1 (a shared weight counts once); while some are not known, they do not go beyond it."""
    place = branch.place_of("indicators")
    name = f"{quote(category.name)}的二级权重"
    totals: dict[str, Fraction | None] = {}
    known = Fraction(0)
    unknown = 0
    for indicator in category.indicators:
        if indicator.share is not None:
            totals[indicator.share.group] = indicator.share.total
        elif indicator.weight is None:
            unknown += 1
        else:
            known += indicator.weight
    for total in totals.values():
        if total is None:
            unknown += 1
        else:
            known += total
    if unknown and category.weights_known:
        reading.reader.fail(
            place,
            f"{name}有 {unknown} 处没有写",
            f"补上权重；原文确实查不到就{reading.reader.terms.mark_weights_unknown}。",
        )
    elif unknown and known > 1:
        reading.reader.fail(
            place,
            f"{name}已知部分相加为 {number_text(known)}，超过 1",
            "对照原文核对。",
            CONSEQUENCE,
        )
    elif not unknown and known != 1 and category.indicators:
        said, remedy = (
            f"{name}相加为 {number_text(known)}，应为 1",
            "对照原文核对每一行；同一分摊组只算一次合计。",
        )
        if known == category.weight:
            said += "，正好是一级权重"
            remedy = f"看着是按总数写的：每行除以一级权重 {number_text(known)}。"
        elif abs(known - 1) <= ROUNDED:
            remedy += rounded_remedy(known)
        reading.reader.fail(place, said, remedy, CONSEQUENCE)
