"""What a firm must say before thresholds and weights can be worked out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction


@dataclass(frozen=True)
class FirmInputs:
    """What is absent is unknown, never zero.

    variables: by id of the system's variables (layer count …) and by the `input` of threshold modifiers.
    outputs: yearly output per indicator id, for weights shared by output; an explicit 0 = not produced.
    table_weights: where the document leaves open how its tables go together, the firm's own parts of 1 by table id.
    applicable: per weight group, ids of the rows the firm has; the group's other rows become not applicable.
    """

    variables: Mapping[str, Fraction] = field(default_factory=dict)
    outputs: Mapping[str, Fraction] = field(default_factory=dict)
    applicable: Mapping[str, frozenset[str]] = field(default_factory=dict)
    table_weights: Mapping[str, Fraction] = field(default_factory=dict)


NO_INPUTS = FirmInputs()
