"""Caps of discharge standards beside the firm's own figures: water per product, reuse of water, VOC per coated area.

A cap is a matter of compliance and never a cleaner-production level. Without the firm's own two figures nothing is judged.
"""

from fractions import Fraction

from app.assessment.indicator_system import Verification
from app.assessment.numbers import brief, display
from app.assessment.trace import Trace
from app.audit.voc import CANNOT, unchecked
from app.forms.answer import cell_key
from app.forms.derive import Derivation
from app.forms.figure import Tone, Worked
from app.forms.question import TableQuestion
from app.forms.reference import Cap, Reference

INDUSTRY = "firm.industry"
_REUSE, _VOC = "water.reuse", "voc.emitted"
_TABLE = "env.caps"
_SHOWN = 6


class CapRules:
    """The rules over one reference."""

    def __init__(self, reference: Reference) -> None:
        self._caps = reference.caps
        self._by_item = {one.item: one for one in reference.caps}

    def known(self, derivation: Derivation, _table: TableQuestion | None, _row: str) -> Worked:
        """Which caps the tables hold for the industry of the firm."""
        typed = derivation.book.text(INDUSTRY)
        code = typed.split(" ")[0].lstrip("ABCDEFGHIJKLMNOPQRST")
        if not code:
            return Worked(missing=(INDUSTRY,))
        found = [one for one in self._caps if fits(one, code)]
        if not found:
            return Worked(
                "没收录", Tone.UNSURE, note="这个行业的上限没有收录；查执行的排放标准和许可证"
            )
        names = "；".join(f"{one.item} {cap_text(one)}" for one in found[:_SHOWN])
        more = f"；还有 {len(found) - _SHOWN} 条" if len(found) > _SHOWN else ""
        return Worked(f"{len(found)} 条", note=f"{names}{more}", source=found[0].source)

    def limit(self, derivation: Derivation, table: TableQuestion | None, row_id: str) -> Worked:
        cap = self._cap(derivation, table, row_id)
        if cap is None or isinstance(cap, str):
            return Worked("" if cap is None else "没对上", Tone.UNSURE, note=cap or "")
        return Worked(
            cap_text(cap), note=cap.note, source=cap.source, verification=cap.verification
        )

    def own(self, derivation: Derivation, table: TableQuestion | None, row_id: str) -> Worked:
        """The firm's own figure in the unit of the cap."""
        cap = self._cap(derivation, table, row_id)
        if table is None or cap is None or isinstance(cap, str):
            unnamed = () if table is None else (cell_key(table.id, row_id, "item"),)
            return Worked(missing=unnamed, note=cap if isinstance(cap, str) else "")
        if cap.unit == "%":
            reuse = derivation.figure(_REUSE)
            return Worked(
                value=reuse.value,
                missing=reuse.missing,
                not_applicable=reuse.not_applicable,
                formula="水重复利用率",
                children=(reuse.trace,),
            )
        output_key = cell_key(table.id, row_id, "output")
        output = derivation.book.number(output_key)
        if cap.is_voc:
            voc = derivation.figure(_VOC)
            amount, trace, missing = voc.value, voc.trace, voc.missing
        else:
            key = cell_key(table.id, row_id, "drain")
            amount = derivation.book.number(key)
            trace = Trace("一年的排水量", amount, "m³", key=key)
            missing = () if amount is not None else (key,)
        if amount is None or not output:
            return Worked(missing=(*missing, *(() if output else (output_key,))))
        # litres of a cap in L/m², grams of a cap in g/m²
        scale = 1000 if cap.unit.startswith(("L/", "g/")) else 1
        return Worked(
            value=amount * scale / output,
            formula=f"{brief(amount)}{' × 1000' if scale > 1 else ''} ÷ {brief(output)}",
            children=(trace, Trace("产量", output, _output_unit(cap), key=output_key)),
        )

    def verdict(self, derivation: Derivation, table: TableQuestion | None, row_id: str) -> Worked:
        cap = self._cap(derivation, table, row_id)
        if table is None or cap is None:
            return Worked("")
        if isinstance(cap, str):
            return Worked(CANNOT, Tone.UNSURE, note=cap)
        limit, why = self._limit(derivation, table, row_id, cap)
        own = derivation.cell(table.id, row_id, "own")
        if limit is None or own.value is None:
            missing = () if why else own.missing
            said = why or own.not_applicable or "自己的量还没填"
            return Worked(CANNOT, Tone.UNSURE, note=said, source=cap.source, missing=missing)
        over = limit - own.value if cap.at_least else own.value - limit
        formula = f"{brief(own.value)} {cap.unit}；{_sign(cap)} {brief(limit)}"
        word = ("达到", "低") if cap.at_least else ("没超", "超")
        words = word[0] if over <= 0 else f"{word[1]} {display(over, 2)} {cap.unit}"
        tone = Tone.GOOD if over <= 0 else Tone.BAD
        return Worked(
            words + unchecked(cap.verification),
            tone,
            formula=formula,
            source=cap.source,
            verification=cap.verification,
            note=cap.note,
            children=(own.trace,),
        )

    def _limit(
        self, derivation: Derivation, table: TableQuestion, row_id: str, cap: Cap
    ) -> tuple[Fraction | None, str]:
        if cap.until:
            return None, f"{cap.until} 起这份标准已被代替，新标准的数值没收录。{cap.note}"
        if cap.limit is None:
            return None, "上限没收录"
        if cap.verification is Verification.RECALLED:
            return None, "上限凭记忆，没核过原文"
        if not cap.slope:
            return cap.limit, ""
        count = derivation.book.number(cell_key(table.id, row_id, "count"))
        if count is None:
            return None, "上限跟着 n 走，先填 n"
        return cap.limit + cap.slope * count, ""

    def _cap(
        self, derivation: Derivation, table: TableQuestion | None, row_id: str
    ) -> Cap | str | None:
        """None while the row names nothing; why none is found otherwise."""
        text = "" if table is None else derivation.book.text(cell_key(table.id, row_id, "item"))
        text = text.strip()
        if not text:
            return None
        if text in self._by_item:
            return self._by_item[text]
        found = [one for one in self._caps if text in one.item]
        if len(found) == 1:
            return found[0]
        if not found:
            return "上限表里没有这一项，从名单里选"
        return f"能对上 {len(found)} 条，写细一点：{'；'.join(one.item for one in found[:3])}"


def fits(cap: Cap, code: str) -> bool:
    """Whether the cap speaks of an industry code, by common beginning."""
    return any(code.startswith(own) or own.startswith(code) for own in cap.codes)


def _sign(cap: Cap) -> str:
    return "≥" if cap.at_least else "≤"


def cap_text(cap: Cap) -> str:
    """「≤ 250 L/m²」; 没收录 where there is no value."""
    if cap.limit is None:
        return f"没收录（{cap.unit}）"
    slope = f" + {brief(cap.slope)} × n" if cap.slope else ""
    return f"{_sign(cap)} {brief(cap.limit)}{slope} {cap.unit}"


def _output_unit(cap: Cap) -> str:
    return cap.unit.partition("/")[2].removesuffix("产品") or cap.unit


def said_beside_the_level(derivation: Derivation) -> tuple[str, ...]:
    """One line a cap the firm holds itself against, 「木质家具：没超（待核）」; empty where none is. They are of compliance and
    stand beside a level without touching it."""
    table = derivation.index.tables.get(_TABLE)
    if table is None or derivation.index.not_asked(_TABLE, derivation.book)[0]:
        return ()
    lines = []
    for row in derivation.book.row_ids(_TABLE):
        name = derivation.book.text(cell_key(_TABLE, row, "item")).strip()
        words = derivation.cell(_TABLE, row, "verdict").words
        if name and words:
            lines.append(f"{name}：{words}")
    return tuple(lines)
