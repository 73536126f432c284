"""What the program knows about measures before any audit. The files are resources/measures/*.yaml; each entry says where it
was read and how sure that is."""

from dataclasses import dataclass
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
    the 绩效表 it goes to."""

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
