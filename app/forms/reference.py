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
    """starts, until: ISO days from which it holds and no longer holds, "" = always, still; then replaced_by holds.
    get: where the print can be had. sort: what it is about, an option of the ledger's column; "" = several."""

    id: str
    title: str
    until: str = ""
    replaced_by: str = ""
    note: str = ""
    starts: str = ""
    get: str = ""
    sort: str = ""


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
    low_voc_word: str = (
        ""  # "usually": the standard says so without a test; "always": whatever the content
    )
    starts: str = ""
    until: str = ""


@dataclass(frozen=True)
class VocSubstance:
    """What a standard limits beside the VOC content of a category. limit: None where the transcript is unreadable."""

    standard: str
    category: str
    substance: str
    limit: Fraction | None
    unit: str
    source: str
    verification: Verification


@dataclass(frozen=True)
class VocMethod:
    """An edition of a method of accounting. starts, until: ISO days, "" = open."""

    id: str
    title: str
    number: str
    starts: str = ""
    until: str = ""


@dataclass(frozen=True)
class VocEfficiency:
    """Capture or treatment of a kind of equipment, %. method: id of its edition, "" = of none. of_replaced: percent of the
    activated carbon replaced in a year, not of what was collected."""

    method: str
    kind: str
    title: str
    value: Fraction
    source: str
    verification: Verification
    condition: str = ""
    of_replaced: bool = False


@dataclass(frozen=True)
class EmissionFactor:
    """Generation per unit of activity. mass: kg, g or mg. per: unit of the activity (t, kg, 双), of: what is counted."""

    id: str
    process: str
    pollutant: str
    is_voc: bool
    value: Fraction
    mass: str
    per: str
    of: str
    source: str
    verification: Verification
    note: str = ""


@dataclass(frozen=True)
class Cap:
    """The most (at_least: the least) a discharge standard allows per product. codes: prefixes of industry codes.
    slope: cap = limit + slope × n. is_voc: of VOC emitted, else of water. until: ISO day it was replaced, "" = in force."""

    id: str
    item: str
    codes: tuple[str, ...]
    limit: Fraction | None
    unit: str
    source: str
    verification: Verification
    slope: Fraction | None = None
    at_least: bool = False
    is_voc: bool = False
    until: str = ""
    note: str = ""


@dataclass(frozen=True)
class Sector:
    """A sector of the province's pilot audits. codes: prefixes of industry codes; processes: ids of the question
    process.list; systems: ids of documents; technologies: names of sectors in the list of technologies; lacking: what is
    not collected; unread: the system of indicators among it, "" where there is none or it is here."""

    id: str
    title: str
    codes: tuple[str, ...]
    processes: tuple[str, ...]
    systems: tuple[str, ...]
    technologies: tuple[str, ...]
    lacking: tuple[str, ...]
    unread: str = ""


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
    voc_substances: tuple[VocSubstance, ...] = ()
    voc_methods: tuple[VocMethod, ...] = ()
    voc_capture: tuple[VocEfficiency, ...] = ()
    voc_treatment: tuple[VocEfficiency, ...] = ()
    emission_factors: tuple[EmissionFactor, ...] = ()
    caps: tuple[Cap, ...] = ()
    sectors: tuple[Sector, ...] = ()
    chemicals: tuple[Chemical, ...] = ()
    chemical_rule: str = ""
    package_classes: tuple[PackageClass, ...] = ()
    void_limits: tuple[VoidLimit, ...] = ()
    water_quotas: tuple[WaterQuota, ...] = ()
    old_series: tuple[OldSeries, ...] = ()
    law: LawBook = field(default_factory=LawBook)
    streams: tuple[Stream, ...] = ()
    economics: EconomicSettings | None = None
