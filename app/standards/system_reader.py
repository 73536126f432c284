"""Document tree -> IndicatorSystem, with every fault at its place. The one validator of YAML, JSON and Excel.

The shape of a document is described in resources/indicator_systems/README.md.
"""

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from app.assessment.indicator_system import (
    LEVELS,
    Benchmark,
    Category,
    Combination,
    Direction,
    DocumentKind,
    EmptyCategoryRule,
    Family,
    GradeRule,
    Indicator,
    IndicatorKind,
    IndicatorSystem,
    Level,
    LevelRule,
    Limit,
    Linear,
    Method,
    Modifier,
    ModifierKind,
    NotApplicableRule,
    PickGroup,
    Provenance,
    Requirement,
    ShareRule,
    Source,
    Span,
    Table,
    Variable,
    Verification,
    WeightShare,
)
from app.assessment.units import UNITS, find_unit
from app.errors import Problem
from app.standards.reader import Reader, exact_number, number_text, quote
from app.standards.tree import Branch, Items, Leaf, Node

SCHEMA = "cleanaudit-system/1"
STATUSES = ("in_force", "superseded", "trial", "draft", "unknown", "")
FIELDS = ("industry", "agriculture", "services", "construction", "transport", "park")
CONFIDENCES = ("high", "medium", "low", "")
LEVEL_CODES = {level.code: level for level in LEVELS}

_CHECKED = ("checked_by", "checked_on", "checked_against")
_CONFIRMED = ("confirmed_by", "confirmed_on")
_MARKS = (
    "source",
    "verification",
    "doubt",
    "printed",
    "inferred",
    "cross_checked",
    *_CHECKED,
    *_CONFIRMED,
)
_INHERITED = (*_MARKS, "weight_source", "weight_verification")

DOCUMENT_KEYS = (
    "schema", "id", "title", "title_en", "document_no", "kind", "jurisdiction", "issued",
    "effective", "status", "status_note", "supersedes", "based_on", "fields", "industry_codes",
    "scope", "confidence", "confidence_note", "missing", "notes", "extras", "sources", "source",
    "verification", "weight_source", "weight_verification", "method", "variables", "tables",
    "combinations",
)  # fmt: skip
METHOD_KEYS = (
    "family", "levels", "below_name", "not_applicable", "empty_category", "energy_basis",
    "index_cap", "quantitative_share", "qualitative_share", "ratio_cap", "texts",
    "recalled_parts", "pick_groups", "least_met", "phase_weights", "item_points",
    "grades", "ratio_index", *_MARKS,
)  # fmt: skip
LEVEL_RULE_KEYS = ("level", "name", "min_index", "limiting_level", "others_level", "rule_text")
GRADE_KEYS = (
    "least", "below", "phase", "phase_least", "preferred_each", "preferred_sum", "fails",
)  # fmt: skip
COMBINATION_KEYS = ("id", "tables", "always", *_MARKS)
TABLE_KEYS = ("id", "title", "notes", "categories", *_INHERITED)
CATEGORY_KEYS = (
    "id", "name", "weight", "bonus", "weights_known", "points", "qualitative_part", "notes",
    "indicators", *_INHERITED,
)  # fmt: skip
INDICATOR_KEYS = (
    "id", "name", "kind", "unit", "direction", "strict", "binary", "limiting", "weight", "share",
    "points", "base", "levels", "modifiers", "recalled_weight", "item_class", "pick_group",
    "mandatory", "item_no", "evidence", "notes", "extras", "values", *_INHERITED,
)  # fmt: skip
SHARE_KEYS = ("total", "rule", "group", "printed")
MODIFIER_KEYS = ("kind", "input", "meaning", "levels", "amounts", "choices", "most", "printed")
_ONE = Fraction(1)
_INDUSTRY_CODE = re.compile(r"[A-T]|[0-9]{2,4}")
# Texts shorter than this repeat by nature (「有」, 「达标」) and say nothing about shifted rows.
_SHIFT_LENGTH = 8
_MOST_COUNTED = 30
# Stands for a source whose absence is reported already, so that the rows below do not repeat it.
_REPORTED = "?"


@dataclass(frozen=True)
class LoadedSystem:
    """A system that passed every check, and what the user should still know (official non-monotonic rows …)."""

    system: IndicatorSystem
    warnings: tuple[Problem, ...]


@dataclass(frozen=True)
class _Inherited:
    source: str = ""
    verification: Verification | None = None
    weight_source: str = ""
    weight_verification: Verification | None = None


def read_system(node: Node, reader: Reader | None = None) -> LoadedSystem:
    """The system written in `node`. UserError with every problem found (those already in `reader` included)."""
    reading = _SystemReading(reader or Reader())
    system = reading.document(node)
    reading.reader.raise_problems()
    return LoadedSystem(system, tuple(reading.reader.warnings))


class _SystemReading:
    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.sources: dict[str, Source] = {}
        self.variables: dict[str, Variable] = {}
        self.family = Family.LEVEL_INDEX
        self.pick_groups: dict[str, str] = {}
        self.weight_faults = (
            0  # reported; a sum with such a weight in it is not worth a second report
        )

    # ---- document -------------------------------------------------------------------------

    def document(self, node: Node) -> IndicatorSystem:
        reader = self.reader
        top = reader.branch(
            node,
            DOCUMENT_KEYS,
            ("schema", "id", "title", "document_no", "kind", "sources", "method", "tables"),
        )
        schema = reader.text(top, "schema")
        if schema and schema != SCHEMA:
            reader.fail(
                top.place_of("schema"),
                f"文件格式是{quote(schema)}，本程序只认 {SCHEMA}",
                "用较新版本的程序打开，或按本版模板重写。",
            )
        self.read_sources(top)
        self.read_variables(top)
        inherited, _ = self.marks(top, _Inherited(), need_source=False)
        method = self.method(top, inherited)
        issued, effective = reader.date(top, "issued"), reader.date(top, "effective")
        if issued and effective and effective < issued:
            reader.warn(top.place_of("effective"), "施行日期早于发布日期", "对照原文核对两个日期。")
        codes = reader.placed_texts(top, "industry_codes")
        for code, place in codes:
            if not _INDUSTRY_CODE.fullmatch(code):
                reader.fail(
                    place,
                    f"行业代码{quote(code)}不是 GB/T 4754 的写法",
                    '写门类字母，或 2 到 4 位数字，例如 "336"。',
                )
        fields = reader.placed_texts(top, "fields")
        for name, place in fields:
            if name not in FIELDS:
                reader.fail(
                    place, f"没有{quote(name)}这个领域", "可写：" + "、".join(FIELDS) + "。"
                )
        tables = self.tables(top, inherited)
        return IndicatorSystem(
            id=reader.slug(top, "id"),
            title=reader.text(top, "title", required=True),
            title_en=reader.text(top, "title_en"),
            document_no=reader.text(top, "document_no", required=True),
            kind=reader.choice(top, "kind", DocumentKind, DocumentKind.INDICATOR_SYSTEM),
            jurisdiction=reader.text(top, "jurisdiction"),
            issued=issued,
            effective=effective,
            status=reader.one_of(top, "status", STATUSES, ""),
            status_note=reader.text(top, "status_note"),
            supersedes=reader.texts(top, "supersedes"),
            based_on=reader.text(top, "based_on"),
            fields=tuple(name for name, _ in fields),
            industry_codes=tuple(code for code, _ in codes),
            scope=reader.text(top, "scope"),
            confidence=reader.one_of(top, "confidence", CONFIDENCES, ""),
            confidence_note=reader.text(top, "confidence_note"),
            missing=reader.texts(top, "missing"),
            notes=reader.texts(top, "notes"),
            extras=reader.text_map(top, "extras"),
            sources=dict(self.sources),
            method=method,
            variables=tuple(self.variables.values()),
            tables=tables,
            combinations=self.combinations(top, inherited, tables),
        )

    def read_sources(self, top: Branch) -> None:
        node = top.entries.get("sources")
        if node is None:
            return
        if not isinstance(node, Branch):
            self.reader.fail(
                top.place_of("sources"), "「sources」应当是一组「编号: 来源」", "按模板填写来源。"
            )
            return
        if not node.entries:
            self.reader.fail(
                top.place_of("sources"), "没有任何来源", "至少写一个来源：看的是哪份文件、哪几页。"
            )
        for source_id, entry in node.entries.items():
            branch = self.reader.branch(entry, ("what", "url", "quality"), ("what",))
            self.sources[source_id] = Source(
                id=source_id,
                what=self.reader.text(branch, "what", required=True),
                url=self.reader.text(branch, "url"),
                quality=self.reader.one_of(
                    branch, "quality", ("complete", "partial", "snippet", ""), ""
                ),
            )

    def read_variables(self, top: Branch) -> None:
        seen: dict[str, str] = {}
        for node in self.reader.items(top, "variables"):
            branch = self.reader.branch(node, ("id", "symbol", "meaning"), ("id", "meaning"))
            variable = Variable(
                id=self.reader.slug(branch, "id"),
                symbol=self.reader.text(branch, "symbol") or self.reader.text(branch, "id"),
                meaning=self.reader.text(branch, "meaning", required=True),
            )
            self.reader.unique(seen, variable.id, branch.place, "变量编号")
            self.variables[variable.id] = variable

    # ---- source and state -----------------------------------------------------------------

    def source_id(self, branch: Branch, key: str) -> str:
        found = self.reader.text(branch, key)
        if found and found not in self.sources:
            known = "、".join(self.sources)
            self.reader.fail(
                branch.place_of(key),
                f"来源{quote(found)}没有在 sources 里登记",
                f"先在 sources 里写明它；已登记的有：{known}。",
            )
        return found

    def state(self, branch: Branch, key: str) -> Verification | None:
        if key not in branch.entries:
            return None
        return self.reader.choice(branch, key, Verification, Verification.RECALLED)

    def marks(
        self,
        branch: Branch,
        above: _Inherited,
        *,
        need_source: bool = True,
        defaults: Provenance | None = None,
    ) -> tuple[_Inherited, Provenance]:
        """What the levels below inherit, and the provenance of this node.

        `defaults` (the row's own provenance) fills the marks a single value does not repeat.
        """
        own_state = self.state(branch, "verification")
        source = self.source_id(branch, "source") or (
            defaults.source_id if defaults else above.source
        )
        state = own_state or (defaults.verification if defaults else above.verification)
        # Nobody verifies by inheritance: what is below keeps the state it had.
        below = _Inherited(
            source or (_REPORTED if need_source else ""),
            above.verification
            if state is Verification.VERIFIED
            else state or (Verification.RECALLED if need_source else None),
            self.source_id(branch, "weight_source") or above.weight_source,
            self.state(branch, "weight_verification") or above.weight_verification,
        )
        if need_source and not source:
            self.reader.fail(
                branch.place,
                "没有写来源（source）",
                "在这里，或在它所属的类、表、文件开头写 source，每个值都要有来源。",
            )
        if need_source and state is None:
            self.reader.fail(
                branch.place,
                "没有写核实状态（verification）",
                "在这里，或在它所属的类、表、文件开头写 transcribed（读自来源）或 recalled（凭记忆）。",
            )
        checked = {key: self.reader.text(branch, key) for key in (*_CHECKED, *_CONFIRMED)}
        if own_state is Verification.VERIFIED and not all(checked[key] for key in _CHECKED):
            self.reader.fail(
                branch.place_of("verification"),
                "写了 verified，却没有写全谁、哪天、对照哪份原文",
                "补上 checked_by、checked_on、checked_against。",
            )
        if any(checked.values()) and own_state is not Verification.VERIFIED:
            key = next(key for key in checked if checked[key])
            self.reader.fail(
                branch.place_of(key),
                f"写了「{key}」，状态却不是 verified",
                "在同一处写 verification: verified，或删去核对记录。",
            )
        for key in ("checked_on", "confirmed_on"):
            self.reader.date(branch, key)
        if checked["confirmed_by"] and checked["confirmed_by"] == checked["checked_by"]:
            self.reader.fail(
                branch.place_of("confirmed_by"),
                "复核的人与核对的人是同一个",
                "复核要另一个人做；没有复核就不填。",
            )
        base = defaults or Provenance(source, state or Verification.RECALLED)
        if own_state is None and defaults is not None:
            checked = {key: getattr(defaults, key) for key in checked}
        return below, Provenance(
            source_id=source,
            verification=state or Verification.RECALLED,
            doubt=self.reader.text(branch, "doubt") or base.doubt,
            printed=self.reader.text(branch, "printed") or base.printed,
            inferred=self.reader.boolean(branch, "inferred", base.inferred),
            cross_checked=self.reader.texts(branch, "cross_checked") or base.cross_checked,
            **checked,
        )

    # ---- method ---------------------------------------------------------------------------

    def method(self, top: Branch, above: _Inherited) -> Method:
        reader = self.reader
        node = top.entries.get("method") or Branch(top.place, {}, {})
        branch = reader.branch(node, METHOD_KEYS, ("family", "levels"))
        _, provenance = self.marks(branch, above)
        self.family = reader.choice(branch, "family", Family, Family.LEVEL_INDEX)
        levels = self.level_rules(branch)
        pick_groups = []
        seen: dict[str, str] = {}
        for item in reader.items(branch, "pick_groups"):
            group = reader.branch(item, ("id", "title", "pick"), ("id", "pick"))
            group_id = reader.slug(group, "id")
            reader.unique(seen, group_id, group.place, "选做组编号")
            self.pick_groups[group_id] = group.place
            pick_groups.append(
                PickGroup(group_id, reader.text(group, "title"), reader.whole(group, "pick") or 0)
            )
        shares = (
            reader.number(branch, "quantitative_share"),
            reader.number(branch, "qualitative_share"),
        )
        if self.family is Family.P_INDEX:
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
            self.check_sum(phase_weights.values(), phases.place, "各阶段权重")
        return Method(
            family=self.family,
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
            grades=self.grades(branch, levels, phase_weights),
            ratio_index=self.ratio_index(branch),
        )

    def grades(
        self, method: Branch, levels: Sequence[LevelRule], phases: Mapping[str, Fraction]
    ) -> dict[Level, GradeRule]:
        reader = self.reader
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
            if code in LEVEL_CODES:
                found[LEVEL_CODES[code]] = GradeRule(
                    least=reader.number(item, "least"),
                    below=reader.number(item, "below"),
                    phase=phase,
                    phase_least=reader.number(item, "phase_least"),
                    preferred_each=reader.whole(item, "preferred_each"),
                    preferred_sum=reader.number(item, "preferred_sum"),
                    fails=reader.boolean(item, "fails", False),
                )
        if found and not reader.text_map(method, "item_points"):
            reader.fail(
                branch.place,
                "没有条文分类的计分，不能写各等的要求",
                "补上 item_points，或删去 grades。",
            )
        return found

    def ratio_index(self, method: Branch) -> str:
        name = self.reader.text(method, "ratio_index")
        if name and self.family is not Family.CHECKLIST:
            self.reader.fail(
                method.place_of("ratio_index"),
                "只有核查清单可以另算比值指数",
                "删去 ratio_index，或把评价方法改成 checklist。",
            )
        return name

    def level_rules(self, branch: Branch) -> tuple[LevelRule, ...]:
        reader = self.reader
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
                    limiting_level=self.level(item, "limiting_level"),
                    others_level=self.level(item, "others_level"),
                    rule_text=reader.text(item, "rule_text"),
                )
            )
        if [rule.level for rule in rules] != sorted(rule.level for rule in rules):
            reader.fail(
                branch.place_of("levels"), "级别没有从高到低排列", "按 I、II、III 的顺序写。"
            )
        if self.family is Family.LEVEL_INDEX:
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
                        "补上 min_index，例如 85。",
                    )
        return tuple(rules)

    def level(self, branch: Branch, key: str) -> Level | None:
        if reader_text := self.reader.text(branch, key):
            if reader_text not in LEVEL_CODES:
                self.reader.one_of(branch, key, LEVEL_CODES, "III")
                return None
            return LEVEL_CODES[reader_text]
        return None

    # ---- tables ---------------------------------------------------------------------------

    def tables(self, top: Branch, above: _Inherited) -> tuple[Table, ...]:
        reader = self.reader
        found = []
        seen: dict[str, str] = {}
        nodes = reader.items(top, "tables")
        if not nodes and "tables" in top.entries:
            reader.fail(top.place_of("tables"), "没有任何评价表", "至少写一张表。")
        for node in nodes:
            branch = reader.branch(node, TABLE_KEYS, ("id", "title", "categories"))
            below, provenance = self.marks(branch, above)
            table_id = reader.slug(branch, "id")
            reader.unique(seen, table_id, branch.place_of("id"), "表编号")
            found.append(
                Table(
                    id=table_id,
                    title=reader.text(branch, "title", required=True),
                    categories=self.categories(branch, below),
                    provenance=provenance,
                    notes=reader.texts(branch, "notes"),
                )
            )
        return tuple(found)

    def combinations(
        self, top: Branch, above: _Inherited, tables: Sequence[Table]
    ) -> tuple[Combination, ...]:
        """How tables go together. Their rows stand side by side then, so no id may come twice."""
        reader = self.reader
        found = []
        seen: dict[str, str] = {}
        by_id = {table.id: table for table in tables}
        for node in reader.items(top, "combinations"):
            branch = reader.branch(node, COMBINATION_KEYS, ("id", "tables"))
            combination_id = reader.slug(branch, "id")
            reader.unique(seen, combination_id, branch.place, "合并编号")
            _, provenance = self.marks(branch, above)
            parts = branch.entries.get("tables")
            known = reader.branch(parts or branch, by_id) if isinstance(parts, Branch) else None
            if known is None or len(known.entries) < 2:
                reader.fail(
                    branch.place_of("tables"),
                    "合并计分没有写至少两张表",
                    "写成「表编号: 权重」，权重没有收录写 null。",
                )
                continue
            weights = {name: self.weight(known, name) for name in known.entries}
            sizes = [weight for weight in weights.values() if weight is not None]
            if len(sizes) == len(weights) or sum(sizes, Fraction(0)) > 1:
                self.check_sum(sizes, branch.place_of("tables"), "各表权重")
            always = reader.texts(branch, "always")
            for name in always:
                if name not in weights:
                    reader.fail(
                        branch.place_of("always"),
                        f"必选的表{quote(name)}不在这组表里",
                        "可写：" + "、".join(weights) + "。",
                    )
            if self.family is not Family.LEVEL_INDEX:
                reader.fail(branch.place, "这种评价方法不能合并几张表", "删去合并计分。")
            self.check_apart([by_id[name] for name in weights if name in by_id], branch)
            found.append(Combination(combination_id, weights, provenance, always))
        return tuple(found)

    def check_apart(self, tables: Sequence[Table], branch: Branch) -> None:
        for what, names in (
            ("指标", [row.id for table in tables for row in table.indicators()]),
            ("一级指标", [part.id for table in tables for part in table.categories]),
        ):
            for name in sorted({name for name in names if names.count(name) > 1}):
                self.reader.fail(
                    branch.place,
                    f"合并的几张表里有同名的{what}编号{quote(name)}",
                    "给它们不同的编号。",
                )

    def categories(self, table: Branch, above: _Inherited) -> tuple[Category, ...]:
        reader = self.reader
        found = []
        seen: dict[str, str] = {}
        seen_indicators: dict[str, str] = {}
        faults_at_start = self.weight_faults
        for node in reader.items(table, "categories"):
            branch = reader.branch(node, CATEGORY_KEYS, ("id", "name", "indicators"))
            below, provenance = self.marks(branch, above)
            provenance = replace(
                provenance,
                source_id=below.weight_source or provenance.source_id,
                verification=below.weight_verification or provenance.verification,
            )
            faults_before = self.weight_faults
            category_id = reader.slug(branch, "id")
            reader.unique(seen, category_id, branch.place_of("id"), "类编号")
            weights_known = reader.boolean(branch, "weights_known", True)
            category = Category(
                id=category_id,
                name=reader.text(branch, "name", required=True),
                weight=self.weight(branch, "weight"),
                indicators=self.indicators(branch, below, seen_indicators),
                provenance=provenance,
                bonus=reader.boolean(branch, "bonus", False),
                weights_known=weights_known,
                points=reader.number(branch, "points"),
                qualitative_part=reader.maybe_boolean(branch, "qualitative_part", None),
                notes=reader.text(branch, "notes"),
            )
            if self.family is Family.LEVEL_INDEX and self.weight_faults == faults_before:
                self.check_indicator_weights(category, branch)
            if self.family is Family.P_INDEX and category.qualitative_part is None:
                reader.fail(
                    branch.place,
                    f"P 指数体系的类{quote(category.name)}没有写属于定量还是定性",
                    "补上 qualitative_part: true（定性）或 false（定量）。",
                )
            found.append(category)
        if self.weight_faults == faults_at_start:
            self.check_category_weights(found, table)
        return tuple(found)

    def check_category_weights(self, categories: list[Category], table: Branch) -> None:
        counted = [category.weight for category in categories if not category.bonus]
        known = [weight for weight in counted if weight is not None]
        if not known:
            return
        total = sum(known, Fraction(0))
        place = table.place_of("categories")
        if len(known) < len(counted):
            if total > 1:
                self.reader.fail(
                    place,
                    f"已知的一级权重相加为 {number_text(total)}，超过 1",
                    "对照原文核对各类权重。",
                )
            return
        self.check_sum(known, place, "一级权重（不含加分类）")

    def check_indicator_weights(self, category: Category, branch: Branch) -> None:
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
            self.reader.fail(
                place,
                f"{name}有 {unknown} 处没有写",
                "补上权重；原文确实查不到就在这一类写 weights_known: false。",
            )
        elif unknown and known > 1:
            self.reader.fail(
                place, f"{name}已知部分相加为 {number_text(known)}，超过 1", "对照原文核对。"
            )
        elif not unknown and known != 1 and category.indicators:
            self.reader.fail(
                place,
                f"{name}相加为 {number_text(known)}，应为 1",
                "对照原文核对每一行；同一分摊组只算一次合计。",
            )

    def check_sum(self, weights: Iterable[Fraction], place: str, what: str) -> None:
        total = sum(weights, Fraction(0))
        if total != 1:
            self.reader.fail(
                place, f"{what}相加为 {number_text(total)}，应为 1", "对照原文核对每个数。"
            )

    def weight(self, branch: Branch, key: str) -> Fraction | None:
        value = self.reader.number(branch, key)
        if value is not None and not 0 <= value <= 1:
            self.reader.fail(
                branch.place_of(key),
                f"权重 {number_text(value)} 不在 0 到 1 之间",
                "写成小数，例如 15% 写 0.15。",
            )
            self.weight_faults += 1
        elif value is None and isinstance(node := branch.entries.get(key), Leaf) and node.text:
            self.weight_faults += 1
        return value

    # ---- indicators -----------------------------------------------------------------------

    def indicators(
        self, category: Branch, above: _Inherited, seen: dict[str, str]
    ) -> tuple[Indicator, ...]:
        found: list[Indicator] = []
        nodes = self.reader.items(category, "indicators")
        if not nodes and "indicators" in category.entries:
            self.reader.fail(category.place_of("indicators"), "这一类没有指标", "至少写一项指标。")
        for node in nodes:
            branch = self.reader.branch(node, INDICATOR_KEYS, ("id", "name", "kind"))
            if not {"levels", "base", "points"} & set(branch.entries):
                self.reader.fail(branch.place, "缺少「levels」", "补上「levels」这一项。")
            indicator = self.indicator(branch, above)
            self.reader.unique(seen, indicator.id, branch.place_of("id"), "指标编号")
            if found:
                self.check_shift(found[-1], indicator, branch)
            found.append(indicator)
        self.check_share_groups(found, nodes)
        return tuple(found)

    def indicator(self, branch: Branch, above: _Inherited) -> Indicator:
        reader = self.reader
        below, provenance = self.marks(branch, above)
        kind = reader.choice(branch, "kind", IndicatorKind, IndicatorKind.QUALITATIVE)
        direction = self.direction(branch, kind)
        benchmarks = self.benchmarks(branch, kind, direction)
        values = self.values(branch, below, provenance)
        weight_provenance = values.pop("weight", None)
        if weight_provenance is None and (below.weight_source or below.weight_verification):
            weight_provenance = Provenance(
                below.weight_source or provenance.source_id,
                below.weight_verification or below.verification or Verification.RECALLED,
            )
        for code in values:
            if LEVEL_CODES[code] not in benchmarks:
                reader.fail(
                    branch.place_of("values"),
                    f"「values」给{code}级写了来源，「levels」里却没有这一级",
                    "删去它，或补上这一级的值。",
                )
        pick_group = reader.text(branch, "pick_group")
        if pick_group and pick_group not in self.pick_groups:
            reader.fail(
                branch.place_of("pick_group"),
                f"选做组{quote(pick_group)}没有在 method.pick_groups 里登记",
                "先登记选做组。",
            )
        indicator = Indicator(
            id=reader.slug(branch, "id"),
            name=reader.text(branch, "name", required=True),
            kind=kind,
            benchmarks=benchmarks,
            provenance=provenance,
            unit=self.unit(branch, kind),
            direction=direction,
            strict=reader.boolean(branch, "strict", False),
            binary=reader.boolean(branch, "binary", False),
            limiting=reader.maybe_boolean(branch, "limiting", False),
            weight=self.weight(branch, "weight"),
            weight_provenance=None if weight_provenance == provenance else weight_provenance,
            benchmark_provenance={LEVEL_CODES[code]: mark for code, mark in values.items()},
            share=self.share(branch),
            points=reader.number(branch, "points"),
            base=reader.number(branch, "base"),
            modifiers=self.modifiers(branch),
            recalled_weight=self.weight(branch, "recalled_weight"),
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
                branch.place_of("weight"), "既写了权重又写了分摊（share）", "只留原文用的那一种。"
            )
        self.check_nesting(indicator, branch)
        self.check_percent(indicator, branch)
        return indicator

    def direction(self, branch: Branch, kind: IndicatorKind) -> Direction | None:
        if kind is IndicatorKind.QUALITATIVE:
            for key in ("direction", "strict", "base"):
                if key in branch.entries:
                    self.reader.fail(
                        branch.place_of(key),
                        f"定性指标不该有「{key}」",
                        "删去它；是数值指标就把 kind 改成 quantitative。",
                    )
            return None
        if "direction" not in branch.entries:
            self.reader.fail(
                branch.place,
                "定量指标没有写方向（direction）",
                "写 lower（越小越好）、higher（越大越好）或 range（区间内为好）。",
            )
            return None
        return self.reader.choice(branch, "direction", Direction, Direction.LOWER)

    def unit(self, branch: Branch, kind: IndicatorKind) -> str:
        text = self.reader.text(branch, "unit")
        if kind is IndicatorKind.QUALITATIVE:
            if text:
                self.reader.fail(
                    branch.place_of("unit"),
                    "定性指标不该有单位",
                    "删去单位；是数值指标就把 kind 改成 quantitative。",
                )
            return ""
        if not text:
            self.reader.fail(
                branch.place, "定量指标没有写单位", "写单位；纯数值写 dimensionless（无量纲）。"
            )
            return ""
        if text in UNITS:
            return text
        unit = find_unit(text)
        if unit is None:
            self.reader.fail(
                branch.place_of("unit"),
                f"单位{quote(text)}不在单位表里",
                "改成单位表里的写法，例如 kWh/m2、m3/t；确实没有时请反馈增补。",
            )
            return ""
        return unit.id

    def benchmarks(
        self, branch: Branch, kind: IndicatorKind, direction: Direction | None
    ) -> Mapping[Level, Benchmark | None]:
        node = branch.entries.get("levels")
        if node is None:
            return {}
        levels = self.reader.branch(node, LEVEL_CODES)
        if not levels.entries:
            self.reader.fail(
                branch.place_of("levels"), "一个级别的值都没有写", "至少写一级；没有查到写 null。"
            )
        return {
            level: self.benchmark(levels.entries[code], level, kind, direction)
            for code, level in LEVEL_CODES.items()
            if code in levels.entries
        }

    def benchmark(
        self, node: Node, level: Level, kind: IndicatorKind, direction: Direction | None
    ) -> Benchmark | None:
        reader = self.reader
        name = f"{level.symbol}级"
        if isinstance(node, Leaf) and node.text is None:
            return None
        if kind is IndicatorKind.QUALITATIVE:
            if not isinstance(node, Leaf):
                reader.fail(
                    node.place,
                    f"定性指标的{name}要求应当是一句话",
                    "写成文字，或把 kind 改成 quantitative。",
                )
                return None
            text = node.text or ""
            if not text.strip():
                reader.fail(node.place, f"{name}要求是空的", "写上要求；没有查到写 null。")
            elif exact_number(text) is not None:
                reader.fail(
                    node.place,
                    f"定性指标的{name}写的是数值{quote(text)}",
                    "写成文字要求，或把 kind 改成 quantitative 并写方向和单位。",
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
                    "写成 [下限, 上限]，或把 direction 改成 lower 或 higher。",
                )
            return Limit(value)
        if isinstance(node, Items):
            return self.span(node, name, direction)
        linear = reader.branch(node, ("base", "slope", "variable"), ("base", "slope", "variable"))
        variable = reader.text(linear, "variable")
        if variable and variable not in self.variables:
            reader.fail(
                linear.place_of("variable"),
                f"变量{quote(variable)}没有在 variables 里登记",
                "在文件开头的 variables 里写明它的含义。",
            )
        if direction is Direction.RANGE:
            reader.fail(node.place, f"区间指标的{name}不能写公式", "写成 [下限, 上限]。")
        return Linear(
            reader.number(linear, "base") or Fraction(0),
            reader.number(linear, "slope") or Fraction(0),
            variable,
        )

    def span(self, node: Items, name: str, direction: Direction | None) -> Span | None:
        ends = [self.reader.number_of(item, name) for item in node.nodes]
        if direction is not Direction.RANGE:
            self.reader.fail(
                node.place,
                f"{name}写的是区间，方向却不是 range",
                "只写一个数，或把 direction 改成 range。",
            )
            return None
        if len(ends) != 2 or ends[0] is None or ends[1] is None:
            self.reader.fail(node.place, f"{name}的区间要写两个数", "写成 [下限, 上限]。")
            return None
        if ends[0] > ends[1]:
            self.reader.fail(
                node.place, f"{name}的区间下限大于上限", "把两个数对调，或对照原文核对。"
            )
        return Span(ends[0], ends[1])

    def values(
        self, branch: Branch, above: _Inherited, provenance: Provenance
    ) -> dict[str, Provenance]:
        node = branch.entries.get("values")
        if node is None:
            return {}
        entries = self.reader.branch(node, (*LEVEL_CODES, "weight")).entries
        found = {}
        for key, entry in entries.items():
            defaults = provenance
            if key == "weight":
                defaults = Provenance(
                    above.weight_source or provenance.source_id,
                    above.weight_verification or provenance.verification,
                )
            marks = self.reader.branch(entry, _MARKS)
            found[key] = self.marks(marks, above, defaults=defaults)[1]
        return found

    def share(self, branch: Branch) -> WeightShare | None:
        node = branch.entries.get("share")
        if node is None:
            return None
        share = self.reader.branch(node, SHARE_KEYS, ("total", "rule", "group"))
        return WeightShare(
            total=self.weight(share, "total"),
            rule=self.reader.choice(share, "rule", ShareRule, ShareRule.ONE_OF),
            group=self.reader.slug(share, "group"),
            printed=self.reader.text(share, "printed"),
        )

    def check_share_groups(self, found: list[Indicator], nodes: tuple[Node, ...]) -> None:
        first: dict[str, tuple[WeightShare, str]] = {}
        for indicator, node in zip(found, nodes, strict=True):
            share = indicator.share
            if share is None:
                continue
            known, place = first.setdefault(share.group, (share, node.place))
            if (known.total, known.rule) != (share.total, share.rule):
                self.reader.fail(
                    node.place,
                    f"分摊组「{share.group}」的合计或规则与{place}不一样",
                    "同一组的每一行写同样的 total 和 rule。",
                )
                self.weight_faults += 1

    def modifiers(self, branch: Branch) -> tuple[Modifier, ...]:
        reader = self.reader
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
                        amounts[LEVEL_CODES[code]] = reader.number(amount_branch, code) or Fraction(
                            0
                        )
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

    # ---- what is allowed but worth a word -----------------------------------------------------

    def check_nesting(self, indicator: Indicator, branch: Branch) -> None:
        given = [
            (level, benchmark)
            for level, benchmark in indicator.benchmarks.items()
            if benchmark is not None
        ]
        for (better, tighter), (worse, looser) in itertools.pairwise(given):
            fault = _nesting_fault(tighter, looser, indicator.direction)
            if fault is not None:
                self.reader.warn(
                    branch.place_of("levels"),
                    f"{quote(indicator.name)}的{better.symbol}级反而比{worse.symbol}级宽{fault}",
                    "对照原文核对；原文就是这样的，可以照录。",
                )

    def check_percent(self, indicator: Indicator, branch: Branch) -> None:
        limits = [b.value for b in indicator.benchmarks.values() if isinstance(b, Limit)]
        if indicator.unit == "%" and limits and all(0 < value <= 1 for value in limits):
            self.reader.warn(
                branch.place_of("levels"),
                f"{quote(indicator.name)}的单位是 %，各级的值却都不超过 1",
                "确认是不是把 80% 写成了 0.8。",
            )

    def check_shift(self, above: Indicator, row: Indicator, branch: Branch) -> None:
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
            self.reader.warn(
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
