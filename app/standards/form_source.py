"""Everything the guided audit is made of, from resources/, strictly; each kind of file has its reader in form_*.py.

Files: forms/<set>.yaml (one question set each), forms/common/*.yaml (pages, cards and items shared through `include:`),
forms/quantities/*.yaml, forms/derivations/*.yaml, factors.yaml, front_door.yaml, sample/*.yaml. Question numbers are
not written: they follow from the place (the third question of page A4 is 4.3, of page B2 it is B2.3).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.errors import UserError
from app.forms.front_rules import FrontDoorRules
from app.forms.quantity import DerivationMap, Factor, Quantity
from app.forms.question import Questionnaire
from app.forms.sample import SampleAudit
from app.standards.form_front_door import load_front_door
from app.standards.form_quantities import (
    check_expressions,
    load_derivations,
    load_factors,
    load_quantities,
)
from app.standards.form_questions import QuestionReader, load_questionnaire
from app.standards.form_samples import load_sample
from app.standards.reader import Reader
from app.standards.tree import Node


@dataclass(frozen=True)
class Forms:
    """Everything the guided audit is made of, checked against each other."""

    questionnaires: Mapping[str, Questionnaire]
    quantities: Mapping[str, Quantity]
    factors: Mapping[str, Factor]
    derivations: Mapping[str, DerivationMap]
    samples: Mapping[str, SampleAudit]
    front_door: FrontDoorRules


def load_forms(resources: Path) -> Forms:
    """All question sets and what belongs to them. UserError with every problem, each with file and line."""
    faults = Reader()
    factors = load_factors(resources / "factors.yaml", faults)
    quantities = load_quantities(
        sorted((resources / "forms" / "quantities").glob("*.yaml")), faults
    )
    questionnaires: dict[str, Questionnaire] = {}
    shared: dict[Path, Node | None] = {}
    for path in sorted((resources / "forms").glob("*.yaml")):
        reader = QuestionReader(resources / "forms", quantities, faults, shared)
        loaded = load_questionnaire(path, reader, faults)
        if loaded is None:
            continue
        if loaded.id in questionnaires:
            faults.fail(path.name, f"问题集「{loaded.id}」已经有了", "换一个 id")
        questionnaires[loaded.id] = loaded
    derivations: dict[str, DerivationMap] = {}
    for path in sorted((resources / "forms" / "derivations").glob("*.yaml")):
        derivation = load_derivations(path, quantities, faults)
        if derivation is not None:
            derivations[derivation.system_id] = derivation
    plain = {quantity_id: quantity for quantity_id, (quantity, _) in quantities.items()}
    if not faults.problems:
        check_expressions(quantities, factors, questionnaires, faults)
    samples: dict[str, SampleAudit] = {}
    for path in sorted((resources / "sample").glob("*.yaml")):
        sample = load_sample(path, questionnaires, faults)
        if sample is not None:
            samples[sample.id] = sample
    front_door = load_front_door(resources / "front_door.yaml", resources / "forms", faults)
    if faults.problems:
        # a fault in a shared file is met once per question set that includes it
        raise UserError(*dict.fromkeys(faults.problems))
    return Forms(questionnaires, plain, factors, derivations, samples, front_door)
