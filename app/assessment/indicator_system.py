"""Indicator systems (清洁生产评价指标体系) as frozen data, one shape for every method family.

The loader in app.standards builds these objects and refuses faults; this module only says what they are.
Numbers are Fractions built from the document's text; `None` always means "not found in any source", never zero.
"""

import enum
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property


class Level(enum.IntEnum):
    """Ⅰ is best. NONE = below level III (未达Ⅲ级). An undetermined level is None, not a member."""

    I = 1  # noqa: E741 - the level's own name
    II = 2
    III = 3
    NONE = 4

    @property
    def symbol(self) -> str:
        """Ⅰ Ⅱ Ⅲ as single characters; 未达Ⅲ for NONE."""
        return {1: "Ⅰ", 2: "Ⅱ", 3: "Ⅲ", 4: "未达Ⅲ"}[self.value]

    @property
    def code(self) -> str:
        """`I`, `II`, `III`, `none`: how files and the command line write it."""
        return "none" if self is Level.NONE else self.name


LEVELS = (Level.I, Level.II, Level.III)


class Verification(enum.StrEnum):
    """How sure a value is. Order of trust: verified > transcribed > recalled."""

    VERIFIED = "verified"
    TRANSCRIBED = "transcribed"
    RECALLED = "recalled"

    @property
    def rank(self) -> int:
        """0 = most trusted. The weakest of several is the one with the highest rank."""
        return list(Verification).index(self)


def weakest(
    states: "Iterator[Verification] | list[Verification] | tuple[Verification, ...]",
) -> Verification | None:
    """The least trusted of `states`, None when there are none."""
    return max(states, key=lambda state: state.rank, default=None)


class DocumentKind(enum.StrEnum):
    INDICATOR_SYSTEM = "indicator_system"
    CP_STANDARD = "cp_standard"
    ENERGY_QUOTA = "energy_quota"
    REFERENCE_TABLE = "reference_table"


class Family(enum.StrEnum):
    LEVEL_INDEX = "level-index"
    P_INDEX = "p-index"
    LEVEL_ONLY = "level-only"
    POINTS = "points"
    ENERGY_QUOTA = "energy-quota"
    CHECKLIST = "checklist"


class IndicatorKind(enum.StrEnum):
    QUANTITATIVE = "quantitative"
    QUALITATIVE = "qualitative"


class Direction(enum.StrEnum):
    LOWER = "lower"
    HIGHER = "higher"
    RANGE = "range"


@dataclass(frozen=True)
class Source:
    """Where values were read: `what` names the part (table, rows, page)."""

    id: str
    what: str
    url: str = ""
    quality: str = ""


@dataclass(frozen=True)
class Provenance:
    """Source and state of one value. `doubt` says what is damaged or contradictory; `printed` keeps the source's own text.

    inferred: worked out from other values or read against the print (a sign, a weight that completes a sum).
    cross_checked: where else the same value was seen. None of these makes a value VERIFIED.
    checked_by / checked_on / checked_against are set only when verification is VERIFIED; confirmed_by / confirmed_on
    when a second person has looked too.
    """

    source_id: str
    verification: Verification
    doubt: str = ""
    printed: str = ""
    inferred: bool = False
    cross_checked: tuple[str, ...] = ()
    checked_by: str = ""
    checked_on: str = ""
    checked_against: str = ""
    confirmed_by: str = ""
    confirmed_on: str = ""


@dataclass(frozen=True)
class Limit:
    """A threshold number: value <= limit (lower is better) or >= (higher), < or > when the indicator is strict."""

    value: Fraction


@dataclass(frozen=True)
class Span:
    """Both ends belong to the level."""

    low: Fraction
    high: Fraction


@dataclass(frozen=True)
class Linear:
    """base + slope × variable; the variable is one of the system's `variables`, given per firm."""

    base: Fraction
    slope: Fraction
    variable: str


@dataclass(frozen=True)
class Requirement:
    """What a qualitative level asks, in our own short words."""

    text: str


Benchmark = Limit | Span | Linear | Requirement


class ShareRule(enum.StrEnum):
    """How a group divides its total weight among its indicators, depending on the firm."""

    APPLICABLE_COUNT = (
        "applicable-count"  # total / n over the indicators that apply (0.8/n over plated metals)
    )
    OUTPUT = (
        "output"  # total × this product's output ÷ output of the group; no output = not taking part
    )
    ONE_OF = "one-of"  # exactly one row of the group applies to the firm and takes the total


@dataclass(frozen=True)
class WeightShare:
    total: Fraction | None
    rule: ShareRule
    group: str
    printed: str = ""  # the document's words for the rule


_ZERO = Fraction(0)
_ONE = Fraction(1)


class ModifierKind(enum.StrEnum):
    ADD = "add"  # threshold + amount × input; without amounts the input itself is added
    MULTIPLY = "multiply"  # threshold × input


@dataclass(frozen=True)
class Modifier:
    """A condition of the firm that changes thresholds; several apply in the order of the document.

    input: id of the firm's number (points above a base, extra heats, a factor); without it the threshold is not known.
    levels: where it applies, all levels when empty. amounts: per level, of one unit of the input (ADD only).
    choices: the only inputs the document allows, any when empty. most: the input counts up to this.
    printed keeps the document's words.
    """

    kind: ModifierKind
    input: str
    meaning: str
    levels: tuple[Level, ...] = ()
    amounts: Mapping[Level, Fraction] = field(default_factory=dict)
    choices: tuple[Fraction, ...] = ()
    most: Fraction | None = None
    printed: str = ""

    @property
    def neutral(self) -> Fraction:
        """What the firm gives where the correction does not concern it."""
        return _ONE if self.kind is ModifierKind.MULTIPLY else _ZERO

    def counts_at(self, level: Level) -> bool:
        """Whether it can move the threshold of `level` at all."""
        if self.levels and level not in self.levels:
            return False
        return not self.amounts or bool(self.amounts.get(level))

    def applied(self, value: Fraction, given: Fraction, level: Level) -> Fraction:
        """The threshold `value` of `level`, corrected by the firm's number."""
        if self.most is not None:
            given = min(given, self.most)
        if self.kind is ModifierKind.MULTIPLY:
            return value * given
        return value + self.amounts.get(level, _ONE) * given


@dataclass(frozen=True)
class Indicator:
    """One second-level indicator (二级指标).

    weight: inside its category, None = unknown (or taken from `share`). points: for p-index and points families.
    limiting: None = the source does not show it. unit: an id of the closed unit list, "" for qualitative.
    benchmarks: a level that is absent has no threshold in the document (two-level rows, 「—」 in quotas);
      a level present with None is a gap in our source. variable thresholds are `Linear`.
    base: reference value of the p-index family. weight_provenance: None = as `provenance`.
    recalled_weight: a remembered weight that cannot be used (its category does not add up); shown, never counted.
    item_class, pick_group, mandatory, item_no, evidence: reference tables (control item, pick-n group, how it is checked).
    extras: marks of the source without a place of their own, word for word.
    """

    id: str
    name: str
    kind: IndicatorKind
    benchmarks: Mapping[Level, Benchmark | None]
    provenance: Provenance
    unit: str = ""
    direction: Direction | None = None
    strict: bool = False
    binary: bool = False
    limiting: bool | None = False
    weight: Fraction | None = None
    weight_provenance: Provenance | None = None
    benchmark_provenance: Mapping[Level, Provenance] = field(default_factory=dict)
    share: WeightShare | None = None
    points: Fraction | None = None
    base: Fraction | None = None
    modifiers: tuple[Modifier, ...] = ()
    recalled_weight: Fraction | None = None
    item_class: str = ""
    pick_group: str = ""
    mandatory: bool | None = None
    item_no: str = ""
    evidence: str = ""
    notes: str = ""
    extras: Mapping[str, str] = field(default_factory=dict)

    def provenance_of(self, level: Level) -> Provenance:
        """Source and state of the threshold of `level`."""
        return self.benchmark_provenance.get(level, self.provenance)

    @cached_property
    def trust(self) -> Verification:
        """The weakest state among its thresholds and its weight. Kept: it is asked for at every scoring."""
        states = [self.provenance.verification]
        if self.weight_provenance is not None:
            states.append(self.weight_provenance.verification)
        states.extend(provenance.verification for provenance in self.benchmark_provenance.values())
        return max(states, key=lambda state: state.rank)

    @cached_property
    def unprinted_best(self) -> tuple[Level, ...]:
        """Levels better than every one the document gives for this row. Kept, as above."""
        if self.binary or not self.benchmarks:
            return ()
        return tuple(level for level in LEVELS if level < min(self.benchmarks))

    @cached_property
    def asked_inputs(self) -> tuple[str, ...]:
        """Ids of the firm's numbers without which its thresholds cannot be worked out: variables, then corrections."""
        corrections = (
            one.input for one in self.modifiers if any(map(one.counts_at, self.benchmarks))
        )
        return tuple(dict.fromkeys((*sorted(self.variables), *corrections)))

    @cached_property
    def variables(self) -> frozenset[str]:
        """Ids of the variables without which its thresholds cannot be worked out. Kept, as above."""
        return frozenset(
            benchmark.variable
            for benchmark in self.benchmarks.values()
            if isinstance(benchmark, Linear)
        )


@dataclass(frozen=True)
class Category:
    """One first-level indicator (一级指标). weight: of the table's 1; None = unknown. bonus: counted on top of the 1."""

    id: str
    name: str
    weight: Fraction | None
    indicators: tuple[Indicator, ...]
    provenance: Provenance
    bonus: bool = False
    weights_known: bool = True
    points: Fraction | None = None
    qualitative_part: bool | None = None  # p-index: True = belongs to P2
    notes: str = ""


@dataclass(frozen=True)
class Table:
    id: str
    title: str
    categories: tuple[Category, ...]
    provenance: Provenance
    notes: tuple[str, ...] = ()

    def indicators(self) -> Iterator[Indicator]:
        """Every indicator in the order of the document."""
        for category in self.categories:
            yield from category.indicators


@dataclass(frozen=True)
class LevelRule:
    """What a level asks: index (or P, or points) at least `min_index`, limiting indicators at `limiting_level` or better,
    every other indicator at `others_level` or better (None = not asked)."""

    level: Level
    name: str
    min_index: Fraction | None = None
    limiting_level: Level | None = None
    others_level: Level | None = None
    rule_text: str = ""


class NotApplicableRule(enum.StrEnum):
    WITHIN_CATEGORY = "within-category"  # ω' = ω / Σω of the applicable ones of the same category
    REPAIR_POINTS = "repair-points"  # K' = K × A1/A2
    NOT_COUNTED = "not-counted"  # level-only: the row is left out
    FORBIDDEN = "forbidden"


class EmptyCategoryRule(enum.StrEnum):
    SPREAD = (
        "spread"  # over the other categories in proportion, with a warning (design: no rule found)
    )
    FORBIDDEN = "forbidden"


@dataclass(frozen=True)
class PickGroup:
    """Indicators of which the firm need meet only `pick` (reference tables)."""

    id: str
    title: str
    pick: int


@dataclass(frozen=True)
class GradeRule:
    """What a grade of a points table by classes of items asks beside its control items; None or "" = not asked.

    least, below: bounds of the whole score W. phase, phase_least: a stage and the least it scores. preferred_each,
    preferred_sum: preferred items that bring points in each element, and the points of all of them. fails: the grade
    of whoever misses a control item or one of the least scores.
    """

    least: Fraction | None = None
    below: Fraction | None = None
    phase: str = ""
    phase_least: Fraction | None = None
    preferred_each: int | None = None
    preferred_sum: Fraction | None = None
    fails: bool = False


@dataclass(frozen=True)
class Method:
    """How this document turns findings into a level. Families are code, everything else is this data.

    recalled_parts names what of the method is field knowledge although the rest was read.
    pick_groups, least_met: reference tables (so many optional items, at least so many in all).
    phase_weights, item_points, grades: points tables with stages and item classes.
    ratio_index: what the document calls 100/N·Σ of the ratios to level I (GI), "" where it has none.
    """

    family: Family
    levels: tuple[LevelRule, ...]
    provenance: Provenance
    below_name: str = "未达到Ⅲ级"
    not_applicable: NotApplicableRule = NotApplicableRule.WITHIN_CATEGORY
    empty_category: EmptyCategoryRule = EmptyCategoryRule.SPREAD
    energy_basis: str = ""  # 当量值 | 等价值 | "" when the document does not say
    index_cap: Fraction | None = None  # with a bonus category
    quantitative_share: Fraction | None = None  # p-index: a of P = a·P1 + b·P2
    qualitative_share: Fraction | None = None
    ratio_cap: str = ""  # p-index: "" none | "k/m" | a number as text
    texts: Mapping[str, str] = field(
        default_factory=dict
    )  # the document's own sentences: membership, index, note …
    recalled_parts: tuple[str, ...] = ()
    pick_groups: tuple[PickGroup, ...] = ()
    least_met: int | None = None
    phase_weights: Mapping[str, Fraction] = field(default_factory=dict)
    item_points: Mapping[str, str] = field(default_factory=dict)
    grades: Mapping[Level, GradeRule] = field(default_factory=dict)
    ratio_index: str = ""


@dataclass(frozen=True)
class Combination:
    """Tables by which one firm is assessed together, with the parts of 1 they carry; None = unknown.

    The firm's own tables are chosen among them; those of `always` are never left out. provenance.printed keeps the
    document's words.
    """

    id: str
    weights: Mapping[str, Fraction | None]
    provenance: Provenance
    always: tuple[str, ...] = ()


@dataclass(frozen=True)
class Variable:
    """A number the firm must give before thresholds can be worked out (layer count minus 2 …)."""

    id: str
    symbol: str
    meaning: str


@dataclass(frozen=True)
class IndicatorSystem:
    id: str
    title: str
    document_no: str
    kind: DocumentKind
    method: Method
    tables: tuple[Table, ...]
    sources: Mapping[str, Source]
    title_en: str = ""
    jurisdiction: str = ""
    issued: str = ""  # ISO date or ""
    effective: str = ""
    status: str = ""  # in_force | superseded | trial | draft | unknown
    status_note: str = ""
    supersedes: tuple[str, ...] = ()
    based_on: str = ""
    fields: tuple[
        str, ...
    ] = ()  # industry | agriculture | services | construction | transport | park
    industry_codes: tuple[str, ...] = ()
    scope: str = ""
    confidence: str = ""
    confidence_note: str = ""
    missing: tuple[str, ...] = ()  # gaps of our source, shown to the user
    notes: tuple[str, ...] = ()
    variables: tuple[Variable, ...] = ()
    combinations: tuple[Combination, ...] = ()
    extras: Mapping[str, str] = field(default_factory=dict)

    @property
    def edition(self) -> str:
        """How papers name this edition: the document number."""
        return self.document_no

    def table(self, table_id: str) -> Table:
        """The table, or the tables named by `joined_id` as one: all their categories in a row. KeyError when the
        system has no such table."""
        parts = self.parts(table_id)
        if len(parts) == 1:
            return parts[0]
        return Table(
            id=joined_id(part.id for part in parts),
            title=" ＋ ".join(part.title for part in parts),
            categories=tuple(category for part in parts for category in part.categories),
            provenance=max(
                (part.provenance for part in parts), key=lambda found: found.verification.rank
            ),
            notes=tuple(note for part in parts for note in part.notes),
        )

    def parts(self, table_id: str) -> tuple[Table, ...]:
        """The tables a table id stands for, mostly one. KeyError as above."""
        tables = {table.id: table for table in self.tables}
        return tuple(tables[name] for name in table_id.split(_JOIN))

    def home(self, table_id: str, indicator_id: str) -> str:
        """Which of the tables of `table_id` the indicator stands in. KeyError when none of them has it."""
        parts = self.parts(table_id)
        if len(parts) == 1:
            return parts[0].id
        for part in parts:
            if any(indicator.id == indicator_id for indicator in part.indicators()):
                return part.id
        raise KeyError(indicator_id)

    def combination(self, table_id: str) -> Combination | None:
        """The document's way to put these tables together; None when it gives none, or one that always belongs to
        them is left out."""
        names = table_id.split(_JOIN)
        return next(
            (
                combination
                for combination in self.combinations
                if set(combination.always) <= set(names) <= combination.weights.keys()
            ),
            None,
        )


_JOIN = "+"  # no table id has one


def joined_id(table_ids: Iterable[str]) -> str:
    """What stands for several tables where one table id is asked for."""
    return _JOIN.join(table_ids)


def same_tables(one: str, other: str) -> bool:
    """Whether two table ids stand for the same tables, in whatever order."""
    return set(one.split(_JOIN)) == set(other.split(_JOIN))
