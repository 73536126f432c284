"""All rules by name, over one reference. A quantity in resources/forms/quantities names the one it takes."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from app.assessment.finding import NotApplicable
from app.assessment.numbers import brief, display
from app.assessment.trace import Trace
from app.audit import bill_periods, energy_users, measures, meters, substitution, targets
from app.audit.caps import CapRules
from app.audit.chemicals import ChemicalRules
from app.audit.emitted import (
    AMMONIA,
    COD,
    DUST,
    NITROGEN_OXIDES,
    SULPHUR_DIOXIDE,
    VOC,
    emitted,
)
from app.audit.energy_basis import equivalent_total
from app.audit.packaging import PackagingRules, break_even, express
from app.audit.product_output import (
    CUBIC_METRES,
    HUNDRED_METRES,
    KILOLITRES,
    SQUARE_METRES,
    TONNES,
    output_in,
)
from app.audit.ranking import Ranking
from app.audit.voc import VocRules
from app.audit.voc_control import VocControlRules
from app.forms.answer import Given, cell_key
from app.forms.derive import Derivation, Rule
from app.forms.figure import Tone, Worked
from app.forms.question import TableQuestion
from app.forms.reference import Reference


def rules_of(reference: Reference) -> Mapping[str, Rule]:
    """Make once per reference; the rules keep what they have looked up."""
    voc, chemicals = VocRules(reference), ChemicalRules(reference)
    control, caps = VocControlRules(reference), CapRules(reference)
    packaging, plates = PackagingRules(reference), _Plates(reference)
    of_measures, ranking = measures.MeasureRules(reference), Ranking(reference)
    return {
        "voc_limit": voc.limit,
        "voc_standard": voc.standard,
        "voc_verdict": voc.verdict,
        "voc_low": voc.low,
        "voc_rate": initial_rate,
        "voc_capture_table": control.capture,
        "voc_treatment_table": control.treatment,
        "voc_factor": control.factor,
        "voc_swap_said": substitution.said,
        **{
            f"voc_swap_{side}_{row}": substitution.from_ledger(side, row)
            for side, row in substitution.TAKEN
        },
        "voc_factor_row": control.row,
        "voc_generated": control.generated,
        "cap_known": caps.known,
        "cap_limit": caps.limit,
        "cap_own": caps.own,
        "cap_verdict": caps.verdict,
        "chemical_row": chemicals.row,
        "chemical_summary": chemicals.summary,
        "package_factor": packaging.space_factor,
        "package_void": packaging.void,
        "package_verdict": packaging.verdict,
        "package_break_even": break_even,
        "express_verdict": express,
        "bill_shared": bill_periods.shared_cell,
        "bill_shared_year": bill_periods.shared_year,
        "meter_gap": meters.gap,
        "meter_rate": meters.rate,
        "meter_verdict": meters.verdict,
        "old_equipment": plates.hint,
        "water_quota": plates.quota,
        "measure_payback": measures.payback,
        "measure_code": of_measures.code,
        "measure_class": of_measures.cost_class,
        "measure_money": of_measures.money,
        "measure_worked": of_measures.worked,
        "measure_check": of_measures.check,
        "result_check": of_measures.result_check,
        "measure_ratio": of_measures.ratio,
        "after_before": of_measures.plant_before,
        "after_change": of_measures.plant_change,
        "after_sum": of_measures.measured_sum,
        "screening_total": ranking.screening_total,
        "screening_rank": ranking.screening_rank,
        "screening_verdict": ranking.screening_verdict,
        "focus_total": ranking.focus_total,
        "focus_rank": ranking.focus_rank,
        "target_check": targets.check,
        "target_rate": targets.rate,
        "target_verdict": targets.verdict,
        "material_summary": material_summary,
        "energy_user_share": energy_users.share,
        "energy_user_tce": energy_users.coal_equivalent,
        "energy_users_said": energy_users.said,
        "energy_equivalent": equivalent_total,
        "output_tonnes": output_in(TONNES),
        "output_kilolitres": output_in(KILOLITRES),
        "output_hundred_metres": output_in(HUNDRED_METRES),
        "output_square_metres": output_in(SQUARE_METRES),
        "output_cubic_metres": output_in(CUBIC_METRES),
        "emitted_cod": emitted(COD),
        "emitted_ammonia": emitted(AMMONIA),
        "emitted_so2": emitted(SULPHUR_DIOXIDE),
        "emitted_nox": emitted(NITROGEN_OXIDES),
        "emitted_dust": emitted(DUST),
        "emitted_voc": emitted(VOC),
    }


_ASKED_TREATMENT = 80  # %, of the facility


def initial_rate(derivation: Derivation, _table: TableQuestion | None, _row_id: str) -> Worked:
    """What the initial emission rate asks for: GB 37822-2019 10.3.2, DB44/2367-2022."""
    rate = derivation.figure("voc.initial_rate")
    if rate.value is None:
        return Worked(missing=rate.missing, not_applicable=rate.not_applicable)
    shown = display(rate.value, 2)
    if rate.value >= 3:
        words, tone = (
            f"{shown} kg/h，到了 3（重点地区是 2）：要配处理设施，效率 80 % 以上",
            Tone.UNSURE,
        )
    elif rate.value >= 2:
        words, tone = f"{shown} kg/h，到了 2：重点地区要配处理设施，效率 80 % 以上", Tone.UNSURE
    else:
        words, tone = f"{shown} kg/h，不到 2", Tone.PLAIN
    treated = derivation.figure("voc.treatment_rate")
    if rate.value >= 2 and treated.value is not None and treated.value < _ASKED_TREATMENT:
        words += f"；现在用的去除率 {display(treated.value, 1)} %，不到 80 %"
        tone = Tone.BAD if rate.value >= 3 else Tone.UNSURE
    return Worked(
        words,
        tone,
        note="用的都是低 VOC 物料的可以不配；按全厂合计和全年平均折算，各排气筒以监测的初始排放速率为准",
        source="GB 37822-2019 10.3.2；DB44/2367-2022",
        children=(rate.trace,),
    )


def material_summary(derivation: Derivation, _table: TableQuestion | None, _row_id: str) -> Worked:
    """One line per balanced material: in, out, difference, and the share that went into the product. Differences stay."""
    table = derivation.index.tables.get("balance.streams")
    if table is None:
        return Worked(not_applicable="这套问题没有物料平衡表")
    book = derivation.book
    rows: dict[str, list[str]] = {}
    for row_id in book.row_ids(table.id):
        material = book.text(cell_key(table.id, row_id, "material")).strip()
        if material:
            rows.setdefault(material, []).append(row_id)
    lines: list[str] = []
    traces: list[Trace] = []
    missing: list[str] = []
    balanced = False
    for material, row_ids in rows.items():
        streams, wanting = _streams(derivation, table, row_ids)
        missing += wanting
        entered = sum((s.amount for s in streams if s.side == "in"), Fraction(0))
        left = sum((s.amount for s in streams if s.side == "out"), Fraction(0))
        product = sum((s.amount for s in streams if s.into_product), Fraction(0))
        if wanting or not entered:
            lines.append(f"{material}：{'还没填全' if wanting else '没有投入'}")
            traces += [s.trace for s in streams]
            continue
        balanced = True
        gap = entered - left
        words = f"{material}相差 {_short(gap)} kg，占投入 {display(gap * 100 / entered, 2)}%"
        if product:
            words += f"，进产品 {display(product * 100 / entered, 2)}%"
        lines.append(words)
        formula = f"投入 {brief(entered)} − 产出 {brief(left)} = {brief(gap)}"
        children = tuple(s.trace for s in streams)
        traces.append(Trace(material, gap, "kg", formula=formula, children=children))
    if not balanced:
        missing = missing or [table.id]
        return Worked(missing=tuple(missing), note="；".join(lines), children=tuple(traces))
    return Worked("；".join(lines), missing=tuple(missing), children=tuple(traces))


@dataclass(frozen=True)
class _Stream:
    """amount: kg of the component. side: in or out."""

    side: str
    amount: Fraction
    into_product: bool
    trace: Trace


def _streams(
    derivation: Derivation, table: TableQuestion, row_ids: list[str]
) -> tuple[list[_Stream], list[str]]:
    """(streams that are known, keys still to be filled)."""
    book = derivation.book
    streams, wanting = [], []
    for row_id in row_ids:
        side_key, key = (cell_key(table.id, row_id, column) for column in ("side", "amount"))
        side, answer = book.text(side_key), book.get(key)
        if isinstance(answer, NotApplicable):
            continue
        known = isinstance(answer, Given) and bool(answer.text)
        wanting += [] if side else [side_key]
        wanting += [] if known else [key]
        if not side or not known:
            continue
        amount, content_key = Fraction(book.text(key)), cell_key(table.id, row_id, "content")
        content = book.text(content_key)
        name = book.text(cell_key(table.id, row_id, "name"))
        parts: tuple[Trace, ...] = (Trace("数量", amount, "kg", key=key),)
        if content:
            # a stream without a content is the component itself
            parts += (Trace("含量", Fraction(content), "%", key=content_key),)
            amount = amount * Fraction(content) / 100
        label = f"{'投入' if side == 'in' else '产出'} {name}".strip()
        goes = book.text(cell_key(table.id, row_id, "goes"))
        trace = Trace(label, amount, "kg", children=parts)
        streams.append(_Stream(side, amount, side == "out" and goes == "product", trace))
    return streams, wanting


def _short(value: Fraction) -> str:
    return brief(value) if value.denominator < 1000 else display(value, 2)


# what a series is of -> how a row of the equipment list names it
_NAMED: Mapping[str, tuple[str, ...]] = {"电动机": ("电动机", "电机"), "变压器": ("变压器",)}


class _Plates:
    """Hints from name plates, and water quotas."""

    def __init__(self, reference: Reference) -> None:
        # the longest beginning first: Y2 before Y
        self._series = sorted(reference.old_series, key=lambda item: -len(item.begins))
        self._quotas = reference.water_quotas

    def hint(self, derivation: Derivation, table: TableQuestion | None, row_id: str) -> Worked:
        """An old series on the plate of a motor or transformer; never a judgement."""
        if table is None:
            return Worked()
        name = derivation.book.text(cell_key(table.id, row_id, "name"))
        for column in ("motor", "model"):
            typed = derivation.book.text(cell_key(table.id, row_id, column))
            text = unicodedata.normalize("NFKC", typed).strip().upper()
            for series in self._series:
                # Y32 is also a press and S7 also a controller: a model counts for what the row is named after
                if column == "model" and not any(
                    kind in series.title and any(word in name for word in words)
                    for kind, words in _NAMED.items()
                ):
                    continue
                rest = text.removeprefix(series.begins)
                # Y225S-4 and Y-225S-4 are of the Y series, Y3-225S-4 is not: a frame size has two digits or more
                follows = r"$|[- ]" if series.begins[-1].isdigit() else r"$|[- ]|\d\d"
                if rest != text and re.match(follows, rest):
                    return Worked(
                        f"像 {series.title}",
                        Tone.UNSURE,
                        note=f"老系列，换之前先查淘汰目录和能效标准（{series.source}）",
                        source=series.source,
                        verification=series.verification,
                    )
        return Worked(note="型号里没看出老系列")

    def quota(self, derivation: Derivation, _table: TableQuestion | None, _row_id: str) -> Worked:
        """What is known of the quota the firm names; values from memory are shown and judge nothing."""
        wanted = derivation.book.text("water.quota_class").strip()
        if not wanted:
            return Worked(missing=("water.quota_class",))
        found = [item for item in self._quotas if wanted in item.category]
        if not found:
            return Worked("没收录", Tone.UNSURE, note="定额表里没有这一类，按当地定额原文查")
        parts = []
        for item in found:
            if item.advanced is None:
                parts.append(f"{item.category}：数值没收录，单位是 {item.unit}（{item.source}）")
            else:
                value = f"先进值 {brief(item.advanced)} {item.unit}"
                parts.append(f"{item.category}：{value}（{item.source}）")
        return Worked(
            "；".join(parts),
            Tone.UNSURE,
            note=f"{found[0].standard}：没核过原文，不下结论",
            verification=found[0].verification,
        )
