"""Quantities, factors and derivation maps as data: what may be computed, and from what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from app.assessment.indicator_system import Verification


@dataclass(frozen=True)
class Quantity:
    """A figure that follows from answers. `expression` is the language of app.forms.expression; a quantity with a `rule`
    (app.forms.derive) takes what the rule says and has the expression "0".

    decimals: places shown (the value itself is exact). maximum: what it can be at most ("100" for most rates), "" = no limit. basis: where the formula comes from; verification: how sure that is.
    """

    id: str
    title: str
    unit: str
    decimals: int
    expression: str
    basis: str = ""
    verification: Verification | None = None
    note: str = ""
    maximum: str = ""
    rule: str = ""


@dataclass(frozen=True)
class Factor:
    """A conversion or emission factor with its place in the literature. Written `factor.<id>` in expressions."""

    id: str
    title: str
    value: Fraction
    unit: str
    source: str
    verification: Verification
    year: str = ""
    region: str = ""
    note: str = ""

    def __hash__(self) -> int:
        """By id: hashing an exact value takes longer than what is looked up by it."""
        return hash(self.id)


SUBJECTS = frozenset(
    [
        "limits",
        "limits_water",
        "limits_gas",
        "limits_noise",
        "limits_first",
        "totals",
        "permit",
        "audit",
        "audit_done",
        "audit_interval",
        "waste",
        "plan",
    ]
)
"""What an indicator answered by level can be held against: results above their limits (all, of waste water, of waste gas,
of noise, of the pollutants of the first class), yearly totals, the permit, the round of audits before, takers of hazardous
waste, the emergency plan."""


@dataclass(frozen=True)
class DerivationMap:
    """Which indicator of a system is worked out by which quantity: table id -> indicator id -> quantity id.

    variables and outputs: the firm's inputs the system's rules need (formula thresholds, output shares), by table.
    held: what an indicator answered by level is held against (app.audit.contradictions): table id -> indicator id ->
    subjects. 「audit_done I」: only who claims level I is.
    """

    system_id: str
    indicators: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    variables: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    outputs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    held: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)

    def quantity_of(self, table_id: str, indicator_id: str) -> str:
        """The quantity id, "" when the indicator is answered directly."""
        return self.indicators.get(table_id, {}).get(indicator_id, "")
