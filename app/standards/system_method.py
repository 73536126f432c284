"""The method of a document: family, levels and what single families say besides."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from app.assessment.indicator_system import (
    LEVELS,
    EmptyCategoryRule,
    Family,
    GradeRule,
    Level,
    LevelRule,
    Method,
    NotApplicableRule,
    PickGroup,
)
from app.assessment.numbers import number_text
from app.standards.reader import quote
from app.standards.system_reading import (
    LEVEL_CODES,
    MARKS,
    Inherited,
    Reading,
    check_sum,
    read_level,
    read_marks,
)
from app.standards.tree import Branch

METHOD_KEYS = (
    "family", "levels", "below_name", "not_applicable", "empty_category", "energy_basis",
    "index_cap", "quantitative_share", "qualitative_share", "ratio_cap", "texts",
    "recalled_parts", "pick_groups", "least_met", "phase_weights", "item_points",
    "grades", "ratio_index", *MARKS,
)  # fmt: skip
LEVEL_RULE_KEYS = ("level", "name", "min_index", "limiting_level", "others_level", "rule_text")
GRADE_KEYS = (
    "least", "below", "phase", "phase_least", "preferred_each", "preferred_sum", "fails",
)  # fmt: skip


def read_method(reading: Reading, top: Branch, above: Inherited) -> Method:
    """Family, levels and what single families say besides. Sets the family of the reading, which the tables need."""
    reader = reading.reader
    node = top.entries.get("method") or Branch(top.place, {}, {})
    branch = reader.branch(node, METHOD_KEYS, ("family", "levels"))
    _, provenance = read_marks(reading, branch, above)
    reading.family = reader.choice(branch, "family", Family, Family.LEVEL_INDEX)
    levels = read_level_rules(reading, branch)
    pick_groups = []
    seen: dict[str, str] = {}
    for item in reader.items(branch, "pick_groups"):
        group = reader.branch(item, ("id", "title", "pick"), ("id", "pick"))
        group_id = reader.slug(group, "id")
        reader.unique(seen, group_id, group.place, "选做组编号")
        reading.pick_groups[group_id] = group.place
        pick_groups.append(
            PickGroup(group_id, reader.text(group, "title"), reader.whole(group, "pick") or 0)
        )
    shares = (
        reader.number(branch, "quantitative_share"),
        reader.number(branch, "qualitative_share"),
    )
    if reading.family is Family.P_INDEX:
        if shares[0] is None or shares[1] is None:
            reader.fail(
                branch.place,
                "P 指数体系要写定量、定性两部分的占比",
                "补上 quantitative_share 和 qualitative_share，两者相加为 1。",
            )
        elif shares[0] + shares[1] != 1:
            reader.fail(
                branch.place_of("qualitative_share"),
                f"定量、定性占比相加为 {number_text(shares[0] + shares[1])}，应为 1",
                "对照原文核对两个占比。",
            )
    phases = branch.entries.get("phase_weights")
    phase_weights: dict[str, Fraction] = {}
    if phases is not None:
        phase_branch = reader.branch(
            phases, tuple(phases.entries) if isinstance(phases, Branch) else ()
        )
        for name in phase_branch.entries:
            phase_weights[name] = reader.number(phase_branch, name) or Fraction(0)
        check_sum(reading, phase_weights.values(), phases.place, "各阶段权重")
    return Method(
        family=reading.family,
        levels=levels,
        provenance=provenance,
        below_name=reader.text(branch, "below_name") or "未达到Ⅲ级",
        not_applicable=reader.choice(
            branch, "not_applicable", NotApplicableRule, NotApplicableRule.WITHIN_CATEGORY
        ),
        empty_category=reader.choice(
            branch, "empty_category", EmptyCategoryRule, EmptyCategoryRule.SPREAD
        ),
        energy_basis=reader.one_of(branch, "energy_basis", ("当量值", "等价值", ""), ""),
        index_cap=reader.number(branch, "index_cap"),
        quantitative_share=shares[0],
        qualitative_share=shares[1],
        ratio_cap=reader.text(branch, "ratio_cap"),
        texts=reader.text_map(branch, "texts"),
        recalled_parts=reader.texts(branch, "recalled_parts"),
        pick_groups=tuple(pick_groups),
        least_met=reader.whole(branch, "least_met"),
        phase_weights=phase_weights,
        item_points=reader.text_map(branch, "item_points"),
        grades=read_grades(reading, branch, levels, phase_weights),
        ratio_index=read_ratio_index(reading, branch),
    )


def read_grades(
    reading: Reading, method: Branch, levels: Sequence[LevelRule], phases: Mapping[str, Fraction]
) -> dict[Level, GradeRule]:
    """What each level asks of a checklist in its phases. Empty for other methods."""
    reader = reading.reader
    node = method.entries.get("grades")
    if node is None:
        return {}
    found = {}
    branch = reader.branch(node, [rule.level.code for rule in levels])
    for code, entry in branch.entries.items():
        item = reader.branch(entry, GRADE_KEYS)
        phase = reader.text(item, "phase")
        if phase and phase not in phases:
            reader.fail(
                item.place_of("phase"),
                f"阶段{quote(phase)}没有在 phase_weights 里",
                "可写：" + "、".join(phases) + "。",
            )
        if bool(phase) is not ("phase_least" in item.entries):
            reader.fail(
                item.place,
                "阶段（phase）和它的下限（phase_least）只写了一个",
                "两个都写，或都不写。",
            )
        rule = GradeRule(
            least=reader.number(item, "least"),
            below=reader.number(item, "below"),
            phase=phase,
            phase_least=reader.number(item, "phase_least"),
            preferred_each=reader.whole(item, "preferred_each"),
            preferred_sum=reader.number(item, "preferred_sum"),
            fails=reader.boolean(item, "fails", False),
        )
        if rule == GradeRule() and set(item.entries) <= {"fails"}:
            reader.fail(
                item.place,
                f"「{code}」没有写任何要求，谁都算达到",
                "写上它的要求（least 等），或删去这一等。",
            )
        if code in LEVEL_CODES:
            found[LEVEL_CODES[code]] = rule
    if found and not reader.text_map(method, "item_points"):
        reader.fail(
            branch.place,
            "没有条文分类的计分，不能写各等的要求",
            "补上 item_points，或删去 grades。",
        )
    return found


def read_ratio_index(reading: Reading, method: Branch) -> str:
    """Name of the ratio index of a checklist, "" when it has none."""
    name = reading.reader.text(method, "ratio_index")
    if name and reading.family is not Family.CHECKLIST:
        reading.reader.fail(
            method.place_of("ratio_index"),
            "只有核查清单可以另算比值指数",
            "删去 ratio_index，或把评价方法改成 checklist。",
        )
    return name


def read_level_rules(reading: Reading, branch: Branch) -> tuple[LevelRule, ...]:
    """The levels with what each asks of the whole, best first as the document has them."""
    reader = reading.reader
    rules = []
    seen: dict[str, str] = {}
    for node in reader.items(branch, "levels"):
        item = reader.branch(node, LEVEL_RULE_KEYS, ("level", "name"))
        code = reader.one_of(item, "level", LEVEL_CODES, "III")
        reader.unique(seen, code, item.place, "级别")
        rules.append(
            LevelRule(
                level=LEVEL_CODES[code],
                name=reader.text(item, "name", required=True),
                min_index=reader.number(item, "min_index"),
                limiting_level=read_level(reading, item, "limiting_level"),
                others_level=read_level(reading, item, "others_level"),
                rule_text=reader.text(item, "rule_text"),
            )
        )
    if [rule.level for rule in rules] != sorted(rule.level for rule in rules):
        reader.fail(branch.place_of("levels"), "级别没有从高到低排列", "按 I、II、III 的顺序写。")
    if reading.family is Family.LEVEL_INDEX:
        for level in LEVELS:
            if level.code not in seen and len(rules) < len(LEVELS):
                reader.fail(
                    branch.place_of("levels"),
                    f"指数体系缺少{level.symbol}级的判定条件",
                    "三级都要写：级别、名称、指数下限和限定性指标要求。",
                )
        for rule, node in zip(rules, reader.items(branch, "levels"), strict=False):
            if rule.min_index is None:
                reader.fail(
                    node.place,
                    f"{rule.level.symbol}级没有指数下限",
                    f"{reader.terms.give_least_index}。",
                )
    return tuple(rules)
