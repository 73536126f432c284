"""What standards and lists say outside of indicator systems: VOC limits, chemicals, packaging, water quotas, old motors;
and with what measures are reckoned.

The files are resources/reference/*.yaml. Each entry names where it was read and how sure it is; None is not known.
"""

from dataclasses import dataclass, field
from fractions import Fraction

from app.assessment.indicator_system import Verification
from app.forms.law import LawBook
from app.forms.measure_data import EconomicSettings, Stream


@dataclass(frozen=True)
class Standard:
    """until: ISO day from which it no longer holds, "" while in force; then replaced_by holds."""

    id: str
    title: str
    until: str = ""
    replaced_by: str = ""
    note: str = ""


@dataclass(frozen=True)
class VocLimit:
    """Highest VOC content of one product category. unit: "%" (by mass), "g/L" or "g/kg". low_voc: whether meeting it
    makes the product a low-VOC one by the standard; None when the standard does not say."""

    id: str
    standard: str
    category: str
    limit: Fraction | None
    unit: str
    source: str
    verification: Verification
    low_voc: bool | None = None
    note: str = ""


@dataclass(frozen=True)
class Chemical:
    """One entry of a list of chemicals. aliases: other names, Chinese and English, for finding only (from memory).
    parts: pieces of names that mean a compound of the group."""

    id: str
    list: str
    name: str
    cas: tuple[str, ...]
    source: str
    verification: Verification
    aliases: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    use: str = ""


@dataclass(frozen=True)
class PackageClass:
    """A food or cosmetics class of GB 23350. k: space factor, None when not collected."""

    id: str
    category: str
    k: Fraction | None
    layers: int | None
    source: str
    verification: Verification
    cost_share: Fraction | None = None
    note: str = ""


@dataclass(frozen=True)
class VoidLimit:
    """Largest void ratio (%) for a net content up to `up_to` (g or mL); None = any larger content."""

    up_to: Fraction | None
    limit: Fraction
    source: str
    verification: Verification


@dataclass(frozen=True)
class WaterQuota:
    """A quota per unit. advanced and general: None when the values were not collected."""

    standard: str
    category: str
    unit: str
    advanced: Fraction | None
    general: Fraction | None
    source: str
    verification: Verification


@dataclass(frozen=True)
class OldSeries:
    """An old series of motors, transformers or the like. begins: how the model begins on the plate."""

    begins: str
    title: str
    source: str
    verification: Verification


@dataclass(frozen=True)
class Reference:
    """Everything of resources/reference; streams and economics of resources/measures."""

    standards: tuple[Standard, ...] = ()
    voc_limits: tuple[VocLimit, ...] = ()
    chemicals: tuple[Chemical, ...] = ()
    chemical_rule: str = ""
    package_classes: tuple[PackageClass, ...] = ()
    void_limits: tuple[VoidLimit, ...] = ()
    water_quotas: tuple[WaterQuota, ...] = ()
    old_series: tuple[OldSeries, ...] = ()
    law: LawBook = field(default_factory=LawBook)
    streams: tuple[Stream, ...] = ()
    economics: EconomicSettings | None = None
