"""What the measures do to the figures a firm compares with itself: shown where no document gives a level."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from app.audit.project import AuditProject
from app.forms.question import FigureStrip
from app.measures.apply import combine, with_measures
from app.measures.model import DROPPED, Measure, measures_of
from app.measures.results import afterwards, counts, proofs_of

_PAGE = "compare"  # where an audit lists the figures it compares over the years


@dataclass(frozen=True)
class FigureChange:
    """planned: with the measures of `planned_measures`, as promised. measured: with the finished ones, as measured; None
    where nothing was measured."""

    quantity_id: str
    title: str
    unit: str
    decimals: int
    now: Fraction
    planned: Fraction
    measured: Fraction | None


def figure_changes(project: AuditProject, also: Iterable[str] = ()) -> tuple[FigureChange, ...]:
    """The figures of the page of three years that are known, in its order, then what the measures save of and `also`.
    Measures that save more than there is, or have a fault, are left out."""
    measures = [one for one in planned_measures(project) if not one.problems]
    if combine(project, measures).overdrawn:
        measures = []
    later = with_measures(project, measures).derivation
    after = afterwards(project)
    done = after.project.derivation if after.counted else None
    found = []
    touched = {stream for one in measures for stream in one.savings}
    wholes = [one.whole for one in project.reference.streams if one.id in touched]
    names = dict.fromkeys([*compared_figures(project), *wholes, *also])
    for name in names:
        if name not in project.derivation.quantities:
            continue
        now, planned = project.derivation.figure(name), later.figure(name).value
        if now.value is None or planned is None:
            continue
        measured = None if done is None else done.figure(name).value
        found.append(
            FigureChange(name, now.title, now.unit, now.decimals, now.value, planned, measured)
        )
    return tuple(found)


def planned_measures(project: AuditProject) -> list[Measure]:
    """Those of the 绩效表; while nothing was decided on yet, every one that is not dropped."""
    taken = [one.measure for one in proofs_of(project) if counts(one)]
    return taken or [one for one in measures_of(project) if one.state != DROPPED]


def compared_figures(project: AuditProject) -> tuple[str, ...]:
    """Ids of the figures the audit compares over the years, in the order of its page."""
    page = next((one for one in project.questionnaire.pages() if one.id == _PAGE), None)
    if page is None:
        return ()
    strips = [item for card in page.cards for item in card.items if isinstance(item, FigureStrip)]
    names = [name for strip in strips for name in strip.quantities]
    return tuple(dict.fromkeys(name for name in names if name in project.derivation.quantities))
