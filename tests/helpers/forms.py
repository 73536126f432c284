"""The shipped question sets and the sample audit, loaded once for all tests."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from app.assessment.indicator_system import IndicatorSystem
from app.audit.project import AuditProject, build_project
from app.audit.rules import rules_of
from app.forms.answer import AnswerBook, Change, Given, apply
from app.forms.derive import Derivation, Rule
from app.forms.reference import Reference
from app.standards.form_source import Forms, load_forms
from app.standards.reference_source import load_reference
from app.standards.yaml_source import load_system_file

RESOURCES = Path(__file__).resolve().parents[2] / "resources"


@lru_cache(maxsize=1)
def shipped_forms() -> Forms:
    return load_forms(RESOURCES)


@lru_cache(maxsize=1)
def shipped_reference() -> Reference:
    return load_reference(RESOURCES / "reference")


@lru_cache(maxsize=1)
def shipped_rules() -> Mapping[str, Rule]:
    return rules_of(shipped_reference())


@lru_cache(maxsize=4)
def shipped_system(system_id: str) -> IndicatorSystem:
    return load_system_file(RESOURCES / "indicator_systems" / f"{system_id}.yaml").system


def sample_book() -> AnswerBook:
    return shipped_forms().samples["chengling"].book


def sample_project(book: AnswerBook | None = None) -> AuditProject:
    """The sample audit with the shipped system; `book` replaces its answers."""
    forms = shipped_forms()
    sample = forms.samples["chengling"]
    return build_project(
        sample.book if book is None else book,
        forms.questionnaires[sample.questionnaire_id],
        forms.quantities,
        forms.factors,
        system=shipped_system(sample.system_id),
        system_hash="test",
        table_id=sample.table_id,
        derivation_map=forms.derivations[sample.system_id],
        rules=shipped_rules(),
        law=shipped_reference().law,
        reference=shipped_reference(),
    )


def printer_project(book: AnswerBook | None = None) -> AuditProject:
    """The printing works of the samples, which no system fits; `book` replaces its answers."""
    forms = shipped_forms()
    sample = forms.samples["huichuan"]
    return build_project(
        sample.book if book is None else book,
        forms.questionnaires[sample.questionnaire_id],
        forms.quantities,
        forms.factors,
        rules=shipped_rules(),
        law=shipped_reference().law,
        reference=shipped_reference(),
    )


def derivation(
    book: AnswerBook, questionnaire_id: str = "industry", base_year: int = 2025
) -> Derivation:
    forms = shipped_forms()
    return Derivation(
        book,
        forms.questionnaires[questionnaire_id],
        forms.quantities,
        forms.factors,
        base_year,
        shipped_rules(),
    )


def with_answer(book: AnswerBook, key: str, text: str, note: str = "") -> AnswerBook:
    return apply(book, (Change(key, book.get(key), Given(text, note=note)),))
