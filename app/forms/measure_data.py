"""What the program knows about measures before any audit. The files are resources/measures/*.yaml; each entry says where it
was read and how sure that is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from app.assessment.indicator_system import Verification


@dataclass(frozen=True)
class CostClass:
    """A class of 费用类别. below: 万元, it costs less than this (None = no limit, 0 = nothing spent). years: the payback
    must be shorter (None = nothing asked)."""

    id: str
    title: str
    below: Fraction | None
    years: Fraction | None
    verification: Verification
    note: str = ""


@dataclass(frozen=True)
class Setting:
    """A rate (%), a number of years or the like that each audit may change."""

    id: str
    title: str
    value: Fraction
    unit: str
    verification: Verification
    source: str = ""


@dataclass(frozen=True)
class Factor:
    """A factor of a weighted sum; scores are 1 to 10. short: the head of its column."""

    id: str
    title: str
    weight: Fraction
    verification: Verification
    short: str = ""


@dataclass(frozen=True)
class EconomicSettings:
    cost_classes: tuple[CostClass, ...]
    discount_rate: Setting
    lives: tuple[Setting, ...]
    tax: tuple[Setting, ...]
    depreciation: tuple[Setting, ...]
    screening: tuple[Factor, ...]
    focus: tuple[Factor, ...]


@dataclass(frozen=True)
class StreamPlace:
    """Where a stream is answered: a question, or a column of a table: of the base year in a table of months, in rows of
    some kinds (`by` in `values`; all when empty), or in one row. otherwise: only where no place before it is answered."""

    table: str = ""
    column: str = ""
    by: str = ""
    values: tuple[str, ...] = ()
    row: str = ""
    question: str = ""
    otherwise: bool = False


@dataclass(frozen=True)
class Stream:
    """What a measure saves a year of; its id is the column of measures.savings. whole: the quantity it cannot exceed, ""
    where none is asked. more: the measure adds instead (water used again). price: quantity with 元 per unit, "" = none
    known. tce, co2: factor ids (kg per unit). per_tonne: units that make a tonne, 0 = not a mass. result: the column of
    the 绩效表 it goes to. implies: the stream that falls with it where nothing is said of that one (made less, emitted less).
    most: another quantity it cannot exceed, for sets that do not ask `whole`."""

    id: str
    title: str
    unit: str
    whole: str = ""
    places: tuple[StreamPlace, ...] = ()
    more: bool = False
    price: str = ""
    tce: str = ""
    co2: str = ""
    per_tonne: int = 0
    result: str = ""
    implies: str = ""
    most: str = ""


@dataclass(frozen=True)
class Claim:
    """An effect somebody reported, for a first look. kind: of the source: vendor (a seller says so), recalled (from
    memory), press, paper, government, standard. Never a saving of an audit."""

    low: Fraction | None
    high: Fraction | None
    unit: str
    basis: str
    source: str
    kind: str
    confidence: str


@dataclass(frozen=True)
class LibraryOption:
    """aspect: an option id of measures.list.aspect. formula: arithmetic over `variables` (id -> what it is, with unit);
    bind: variable -> id of the quantity that knows it. stream: what the formula comes to, "" = none of them. unit: as
    printed."""

    id: str
    title: str
    theme: str
    aspect: str
    fields: tuple[str, ...]
    level: str
    sectors: tuple[str, ...]
    text: str
    formula: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    stream: str = ""
    bind: Mapping[str, str] = field(default_factory=dict)
    effect: Claim | None = None
    payback: tuple[Fraction, ...] = ()
    payback_kind: str = ""
    evidence: tuple[str, ...] = ()
    caution: str = ""
    initials: str = ""


@dataclass(frozen=True)
class Technology:
    """Figures are kept as the source words them and never calculated with."""

    id: str
    title: str
    sector: str
    stage: str
    effect: str
    cost: str
    site: str
    origin: str
    confidence: str
    initials: str = ""


@dataclass(frozen=True)
class OfferRule:
    """Offers options where everything it asks holds. words: table.column -> any of these in any row. figure: a quantity
    above or below a value. short: an indicator that does not reach the level aimed at."""

    id: str
    why: str
    options: tuple[str, ...]
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    figure: str = ""
    above: Fraction | None = None
    below: Fraction | None = None
    short: str = ""


@dataclass(frozen=True)
class OptionLibrary:
    options: tuple[LibraryOption, ...]
    technologies: tuple[Technology, ...]
    technology_source: str
    offers: tuple[OfferRule, ...]
