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
