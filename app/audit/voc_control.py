"""VOC where nothing was measured: capture and treatment by the situation of the equipment, generation by emission factors.

Values are those of the published methods; which edition holds follows from the day the audit began (app.audit.law). Where
two editions are possible both are named and none is used.
"""

from collections.abc import Sequence
from fractions import Fraction

from app.assessment.indicator_system import weakest
from app.assessment.numbers import brief
from app.assessment.trace import Trace
from app.audit.law import edition_of, holds_on
from app.forms.answer import cell_key
from app.forms.derive import Derivation
from app.forms.figure import Tone, Worked
from app.forms.question import TableQuestion
from app.forms.reference import EmissionFactor, Reference, VocEfficiency, VocMethod

SITUATION, TREATMENT, REPLACED = "voc.capture_kind", "voc.treatment_kind", "voc.carbon_replaced"
BY_FACTOR, PROCESSES = "voc.by_factor", "voc.processes"
_TO_KG = {"kg": Fraction(1), "g": Fraction(1, 1000), "mg": Fraction(1, 1_000_000)}


class VocControlRules:
    """The rules over one reference."""

    def __init__(self, reference: Reference) -> None:
        self._reference = reference
        self._methods = {one.id: one for one in reference.voc_methods}
        self._factors = {one.process: one for one in reference.emission_factors}

    def capture(self, derivation: Derivation, _table: TableQuestion | None, _row: str) -> Worked:
        """Capture in % for the situation chosen, by the method of the day."""
        kind = derivation.book.text(SITUATION)
        if not kind:
            return Worked(missing=(SITUATION,))
        found = [one for one in self._reference.voc_capture if one.kind == kind]
        return self._one(derivation, found, SITUATION)

    def treatment(self, derivation: Derivation, _table: TableQuestion | None, _row: str) -> Worked:
        """Treatment in % of what was collected; activated carbon by what was replaced of it."""
        kind = derivation.book.text(TREATMENT)
        if not kind:
            return Worked(missing=(TREATMENT,))
        found = [one for one in self._reference.voc_treatment if one.kind == kind]
        if not found:
            return Worked(
                "没收录", Tone.UNSURE, note="这种治理没有收录去除率，按进出口监测算", source=""
            )
        share = self._one(derivation, found, TREATMENT)
        if share.value is None or not found[0].of_replaced:
            return share
        replaced = derivation.book.number(REPLACED)
        collected = derivation.figure("voc.collected")
        if replaced is None or not collected.value:
            missing = (() if replaced is not None else (REPLACED,)) + collected.missing
            return Worked(missing=missing, note="按活性炭更换量算，先填更换量和台账")
        removed = replaced * share.value / 100
        value = min(removed * 100 / collected.value, Fraction(100))
        return Worked(
            value=value,
            formula=f"{brief(replaced)} × {brief(share.value)} % ÷ {brief(collected.value)} × 100",
            source=share.source,
            verification=share.verification,
            note=share.note,
            children=(
                Trace("活性炭年更换量", replaced, "kg", key=REPLACED),
                Trace("更换量的比例", share.value, "%", source=share.source),
                collected.trace,
            ),
        )

    def _one(self, derivation: Derivation, found: Sequence[VocEfficiency], key: str) -> Worked:
        law = edition_of(self._reference.law, derivation.book)
        now = [
            one
            for one in found
            if not one.method
            or holds_on(
                self._methods[one.method].starts,
                self._methods[one.method].until,
                law.day,
                law.not_before,
            )
        ]
        if not now:
            return Worked("没收录", Tone.UNSURE, note="审核启动那天有效的方法里没有这一种")
        if len({one.value for one in now}) > 1:
            said = "；".join(f"{self._named(one)}：{brief(one.value)} %" for one in now)
            why = "审核启动日期没填" if not law.day else "启动那天两版都可能"
            return Worked(
                "两版不一样", Tone.UNSURE, note=f"{why}，自己定一个填上，写明依据。{said}"
            )
        one = now[-1]
        return Worked(
            value=one.value,
            formula=one.title,
            source=one.source,
            verification=one.verification,
            note="；".join(part for part in (one.condition, self._named(one)) if part),
            children=(Trace("情形", one.title, key=key),),
        )

    def _named(self, one: VocEfficiency) -> str:
        method: VocMethod | None = self._methods.get(one.method)
        return f"{method.title}（{method.number}）" if method is not None else one.source

    # -- emission factors

    def factor(self, derivation: Derivation, table: TableQuestion | None, row_id: str) -> Worked:
        """The factor of a row's process, as words: 「2.7 kg/t 产品」."""
        found = self._factor(derivation, table, row_id)
        if found is None:
            return Worked("")
        if isinstance(found, str):
            return Worked("没对上", Tone.UNSURE, note=found)
        return Worked(
            factor_text(found),
            note="；".join(part for part in (found.pollutant, found.note) if part),
            source=found.source,
            verification=found.verification,
        )

    def row(self, derivation: Derivation, table: TableQuestion | None, row_id: str) -> Worked:
        """What a row generates, kg a year: activity × factor."""
        found = self._factor(derivation, table, row_id)
        if table is None or found is None or isinstance(found, str):
            missing = () if table is None else (cell_key(table.id, row_id, "process"),)
            return Worked(missing=missing, note=found if isinstance(found, str) else "")
        key = cell_key(table.id, row_id, "activity")
        activity = derivation.book.number(key)
        if activity is None:
            return Worked(missing=(key,))
        value = activity * found.value * _TO_KG[found.mass]
        parts = (
            Trace(f"{found.of}（{found.per}）", activity, found.per, key=key),
            Trace(
                "产污系数",
                found.value,
                f"{found.mass}/{found.per}",
                source=found.source,
                verification=found.verification,
                note=found.note,
            ),
        )
        thousandth = {"kg": "", "g": " ÷ 1000", "mg": " ÷ 1000000"}[found.mass]
        return Worked(
            value=value,
            formula=f"{brief(activity)} {found.per} × {factor_text(found)}{thousandth}",
            source=found.source,
            verification=found.verification,
            children=parts,
        )

    def generated(self, derivation: Derivation, _table: TableQuestion | None, _row: str) -> Worked:
        """VOC of the ledger and, where the firm says so, of processes counted by factor (dust is not VOC)."""
        ledger = derivation.figure("voc.ledger_generated")
        if derivation.book.text(BY_FACTOR) != "yes":
            return Worked(
                value=ledger.value,
                at_least=ledger.at_least,
                missing=ledger.missing,
                not_applicable=ledger.not_applicable,
                formula=ledger.trace.formula,
                note=ledger.trace.note,
                verification=ledger.trace.verification,
                children=ledger.trace.children,
            )
        table = derivation.index.tables.get(PROCESSES)
        rows = () if table is None else derivation.book.row_ids(PROCESSES)
        figures = [
            derivation.cell(PROCESSES, row_id, "generated")
            for row_id in rows
            if not self._is_dust(derivation, table, row_id)
        ]
        missing = tuple(key for one in figures for key in one.missing)
        empty = not derivation.book.row_ids("voc.materials")
        parts = figures if empty else [ledger, *figures]
        if not rows:
            missing = (PROCESSES,)
        if not empty:
            missing += ledger.missing
        known = sum((one.value for one in parts if one.value is not None), Fraction(0))
        traces = tuple(one.trace for one in parts)
        if missing:
            note = "按系数算的工序还没填全，或有的没对上系数表"
            return Worked(at_least=known or None, missing=missing, note=note, children=traces)
        return Worked(
            value=known,
            formula=" + ".join(brief(one.value or Fraction(0)) for one in parts),
            note="台账没有物料，只有按产污系数算的" if empty else "",
            verification=weakest(
                [one.trace.verification for one in parts if one.trace.verification]
            ),
            children=traces,
        )

    def _is_dust(self, derivation: Derivation, table: TableQuestion | None, row_id: str) -> bool:
        found = self._factor(derivation, table, row_id)
        return isinstance(found, EmissionFactor) and not found.is_voc

    def _factor(
        self, derivation: Derivation, table: TableQuestion | None, row_id: str
    ) -> EmissionFactor | str | None:
        """None while the row names no process; the reason where it fits none or several."""
        if table is None:
            return None
        text = derivation.book.text(cell_key(table.id, row_id, "process")).strip()
        if not text:
            return None
        if text in self._factors:
            return self._factors[text]
        found = [one for name, one in self._factors.items() if text in name]
        if len(found) == 1:
            return found[0]
        if not found:
            return "系数表里没有这种工序：查排放源统计调查产排污核算方法和系数手册里本行业的表，或做物料平衡"
        names = "；".join(one.process for one in found[:3])
        return f"能对上 {len(found)} 种，写细一点：{names}"


def factor_text(factor: EmissionFactor) -> str:
    """「2.7 kg/t 产品」."""
    return f"{brief(factor.value)} {factor.mass}/{factor.per} {factor.of}".strip()
