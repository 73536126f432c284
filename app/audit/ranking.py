"""Weighted sums: which measures first, which place of the audit in depth. Scores are people's, sums and ranks are not."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from app.assessment.numbers import brief
from app.assessment.trace import Trace
from app.audit.measures import code_of
from app.forms.answer import Given, cell_key
from app.forms.derive import Derivation
from app.forms.figure import Figure, Tone, Worked
from app.forms.measure_data import Factor
from app.forms.question import TableQuestion
from app.forms.reference import Reference

SCREENING = "measures.screening"
_MEASURES = "measures.list"
_FOCUS = "focus.candidates"


class Ranking:
    """Weights are those of the project where it set its own, else the shipped defaults."""

    def __init__(self, reference: Reference) -> None:
        self._screening = reference.economics.screening if reference.economics else ()
        self._focus = reference.economics.focus if reference.economics else ()

    # -- measures

    def screening_total(
        self, derivation: Derivation, _table: TableQuestion | None, row_id: str
    ) -> Worked:
        if _excluded(derivation, row_id):
            return Worked(not_applicable="已排除")
        return _total(derivation, SCREENING, row_id, self._screening, "screening.w_", "")

    def screening_rank(
        self, derivation: Derivation, table: TableQuestion | None, row_id: str
    ) -> Worked:
        """Among those that are not excluded; equal sums share a rank."""
        rows = [r for r in derivation.book.row_ids(_MEASURES) if not _excluded(derivation, r)]
        return _rank(rows, row_id, lambda row: derivation.cell(SCREENING, row, "total"))

    def screening_verdict(
        self, derivation: Derivation, table: TableQuestion | None, row_id: str
    ) -> Worked:
        why = _excluded(derivation, row_id)
        if why:
            trace = Trace("排除的理由", why, key=cell_key(SCREENING, row_id, "excluded"))
            return Worked("不可行", Tone.BAD, note=why, children=(trace,))
        total = derivation.cell(SCREENING, row_id, "total")
        if total.value is None:
            return Worked(missing=total.missing)
        costly = code_of(derivation.book, row_id).startswith("ZG")
        words = "初步可行，做可行性分析" if costly else "可行，边审边改"
        children = tuple(
            Trace(title, derivation.book.text(key), key=key)
            for title, column in (("要不要花钱", "level"), ("投资", "cost"))
            if derivation.book.text(key := cell_key(_MEASURES, row_id, column))
        )
        return Worked(words, Tone.GOOD, children=(*total.trace.children, *children))

    # -- focus

    def focus_total(
        self, derivation: Derivation, _table: TableQuestion | None, row_id: str
    ) -> Worked:
        return _total(derivation, _FOCUS, row_id, self._focus, "focus.w_", "r_")

    def focus_rank(
        self, derivation: Derivation, table: TableQuestion | None, row_id: str
    ) -> Worked:
        """By the sum; what is under a mandatory reason is always in, whatever its score."""
        rows = derivation.book.row_ids(_FOCUS)
        found = _rank(list(rows), row_id, lambda row: derivation.cell(_FOCUS, row, "total"))
        key = cell_key(_FOCUS, row_id, "must")
        if derivation.book.text(key):
            place = f"，第 {found.words}" if found.words else ""
            children = (*found.children, Trace("强制理由", derivation.book.text(key), key=key))
            return Worked(f"必须纳入{place}", Tone.UNSURE, children=children)
        return replace(found, words=f"第 {found.words}") if found.words else found


def _excluded(derivation: Derivation, row_id: str) -> str:
    return derivation.book.text(cell_key(SCREENING, row_id, "excluded")).strip()


def _number(derivation: Derivation, key: str) -> Fraction | None:
    answer = derivation.book.get(key)
    return Fraction(answer.text) if isinstance(answer, Given) and answer.text else None


def _total(
    derivation: Derivation,
    table_id: str,
    row_id: str,
    factors: tuple[Factor, ...],
    weight_prefix: str,
    column_prefix: str,
) -> Worked:
    """Nothing while any score is open: a sum of fewer scores would rank lower for being unfinished."""
    terms, missing = [], []
    for factor in factors:
        key = cell_key(table_id, row_id, f"{column_prefix}{factor.id}")
        score = _number(derivation, key)
        weight_key = f"{weight_prefix}{factor.id}"
        own = _number(derivation, weight_key)
        weight = factor.weight if own is None else own
        if score is None:
            missing.append(key)
            continue
        children = (
            Trace("分", score, key=key),
            Trace("权重", weight, key=weight_key, note="" if own is not None else "默认，小组可改"),
        )
        formula = f"{brief(score)} × {brief(weight)}"
        terms.append(Trace(factor.title, score * weight, formula=formula, children=children))
    if missing or not terms:
        return Worked(missing=tuple(missing) if terms else ())
    values = [term.value for term in terms if isinstance(term.value, Fraction)]
    return Worked(
        value=sum(values, Fraction(0)),
        formula=" + ".join(term.formula for term in terms),
        children=tuple(terms),
    )


def _rank(rows: list[str], row_id: str, total: Callable[[str], Figure]) -> Worked:
    """Words, not a figure: what a rank rests on may change without changing it."""
    own = total(row_id)
    if own.value is None:
        return Worked(missing=own.missing, not_applicable=own.not_applicable)
    others = {row: total(row) for row in rows}
    better = sum(one.value is not None and one.value > own.value for one in others.values())
    children = tuple(
        Trace(row, one.value, children=one.trace.children)
        for row, one in others.items()
        if one.value is not None
    )
    return Worked(str(better + 1), children=children)
