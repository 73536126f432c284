"""Where a number on paper comes from: the trace behind its key (app.papers.document.Amount)."""

from fractions import Fraction

from app.assessment.result import Assessment
from app.assessment.trace import Trace
from app.audit.project import AuditProject
from app.errors import ProgramError
from app.forms.answer import Given


def chain_of(project: AuditProject, assessment: Assessment | None, key: str) -> Trace | None:
    """The way from the number back to what was typed; None for keys nothing stands behind (sums of rows, say so)."""
    kind, _, rest = key.partition("/")
    if kind == "indicator" and assessment is not None:
        try:
            return assessment.judgement(rest.split("/", 1)[0]).trace
        except KeyError:
            return None
    if kind == "index" and assessment is not None:
        return assessment.trace
    quantity_id, _, year = key.partition("@")
    if quantity_id in project.derivation.quantities:
        try:
            return project.derivation.figure(
                quantity_id, int(year) if year.isdigit() else None
            ).trace
        except ProgramError:  # a quantity of a row has no figure of its own
            return None
    if quantity_id.startswith("factor."):
        factor = project.derivation.factors.get(quantity_id.removeprefix("factor."))
        if factor is not None:
            return Trace(
                factor.title,
                factor.value,
                factor.unit,
                source="，".join(filter(None, (factor.source, factor.region, factor.year))),
                verification=factor.verification,
                note=factor.note,
            )
    return _answer(project, key)


def _answer(project: AuditProject, key: str) -> Trace | None:
    """An answer, a derived cell, or the sum of a column over some rows (「table/r1+r2/column」)."""
    parts = key.split("/")
    if len(parts) == 3 and "+" in parts[1]:
        rows = [_answer(project, f"{parts[0]}/{row}/{parts[2]}") for row in parts[1].split("+")]
        known = tuple(one for one in rows if one is not None)
        values = [one.value for one in known if isinstance(one.value, Fraction)]
        total = sum(values, Fraction(0)) if len(values) == len(known) else None
        return Trace("各行相加", total, known[0].unit if known else "", children=known)
    if len(parts) == 3 and parts[0] in project.index.tables:
        table = project.index.tables[parts[0]]
        column = next((one for one in table.columns if one.id == parts[2]), None)
        if column is not None and column.derived:
            return project.derivation.cell(*parts).trace
    answer = project.book.get(key)
    if not isinstance(answer, Given):
        return None
    try:
        label = project.index.label_of(key, project.book)
    except KeyError:
        return None
    typed = f"填的是「{answer.raw}」" if answer.raw and answer.raw != answer.text else ""
    note = "；".join(part for part in (typed, answer.note) if part)
    return Trace(label, answer.text, source="企业填报", note=note, key=key)
