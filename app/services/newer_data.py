"""Newer factors, formulas, questions and reference tables than those an audit rests on: what they would change, and taking them over.

An audit keeps the data it was begun with. Nothing of it changes until its user takes the program's data over, which is one
act that can be undone.
"""

from dataclasses import dataclass

from app.assessment.indicator_system import Level
from app.assessment.numbers import brief
from app.assessment.result import Assessment
from app.audit.basis import BasisChange, differences
from app.audit.project import AuditProject
from app.forms.question import FigureStrip
from app.services.cases import Cases
from app.services.session import AuditSession, Saved


@dataclass(frozen=True)
class FigureChange:
    """A figure that would be another. before, after: as shown, 「未填」 while something is missing."""

    title: str
    unit: str
    before: str
    after: str


@dataclass(frozen=True)
class NewerData:
    """data: what differs between the two editions. figures: what would come out otherwise for this audit. levels: (now,
    then), equal when the level stays; None while undetermined or without a system."""

    text: str
    data: tuple[BasisChange, ...]
    figures: tuple[FigureChange, ...]
    levels: tuple[Level | None, Level | None]


def newer_data(session: AuditSession, cases: Cases) -> NewerData | None:
    """What the program's own data would change in this open audit; None when it rests on them already."""
    text = cases.present_basis_text(session.questionnaire_id)
    if session.basis is None or session.basis.json == text:
        return None
    old = session.project
    present = cases.basis(text)
    new = cases.project(old.book, present, old.system, old.system_hash)
    return NewerData(
        text,
        differences(cases.basis(session.basis.json), present),
        _figures(old, new),
        (_level(session.assessment), _level(cases.assess(new))),
    )


def take_over(session: AuditSession, newer: NewerData) -> Saved:
    """Rest on the newer data from now on; one act, which undo takes back. UserError when the audit is read-only."""
    return session.adopt_basis(newer.text, "改用新的系数、公式和问题")


def _level(assessment: Assessment | None) -> Level | None:
    return None if assessment is None else assessment.level


def _figures(old: AuditProject, new: AuditProject) -> tuple[FigureChange, ...]:
    found = []
    for quantity_id in _shown(new):
        if quantity_id not in old.derivation.quantities:
            continue
        quantity = new.derivation.quantities[quantity_id]
        before, after = (one.derivation.figure(quantity_id) for one in (old, new))
        if (before.value, before.words) == (after.value, after.words):
            continue
        texts = [
            one.words or ("未填" if one.value is None else brief(one.value))
            for one in (before, after)
        ]
        found.append(FigureChange(quantity.title, quantity.unit, texts[0], texts[1]))
    return tuple(found)


def _shown(project: AuditProject) -> dict[str, None]:
    """Quantities that stand for themselves: on a page's strip of figures, or as an indicator's value."""
    ids = {
        quantity_id: None
        for page in project.questionnaire.pages()
        for card in page.cards
        for item in card.items
        if isinstance(item, FigureStrip)
        for quantity_id in item.quantities
    }
    if project.derivation_map is not None:
        for indicators in project.derivation_map.indicators.values():
            ids.update(dict.fromkeys(indicators.values()))
    return ids
