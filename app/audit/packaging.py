"""Sales packaging of food and cosmetics by GB 23350: void ratio, layers and cost share, with the arithmetic."""

import re
from fractions import Fraction

from app.assessment.indicator_system import Verification
from app.assessment.numbers import brief
from app.assessment.trace import Trace
from app.audit.voc import CANNOT, unchecked
from app.forms.answer import cell_key
from app.forms.derive import Derivation
from app.forms.figure import Tone, Worked
from app.forms.question import TableQuestion
from app.forms.reference import PackageClass, Reference

STANDARD = "GB 23350-2021"
_SEPARATORS = re.compile(r"[\s·•・\-—–/、，,]+")
_TOLD_LAYERS = 4  # a web page, low confidence
_FESTIVE = ("月饼", "粽子")  # amendment 1: the cost share depends on the price
_FESTIVE_PRICE, _FESTIVE_DEAR, _FESTIVE_CHEAP = Fraction(100), Fraction(15), Fraction(20)


def void_ratio(outer: Fraction, content: Fraction, k: Fraction) -> Fraction:
    """Percent of empty space: (Vn − (1 + k) × V0) ÷ Vn × 100; outer Vn and content V0 in the same unit, outer > 0."""
    return (outer - (1 + k) * content) * 100 / outer


class PackagingRules:
    """The rules of the sales-packaging table over one reference."""

    def __init__(self, reference: Reference) -> None:
        self._reference = reference

    def space_factor(
        self, derivation: Derivation, table: TableQuestion | None, row_id: str
    ) -> Worked:
        """k of the row's class as a number."""
        found, why = self._class(derivation, table, row_id)
        if found is None:
            return Worked(missing=(why[0],) if why[0] else (), note=why[1])
        if found.k is None:
            return Worked("没收录", Tone.UNSURE, note=f"这一类的 k 没收录：{found.note}")
        return Worked(
            value=found.k,
            source=f"{STANDARD} {found.category}；{found.source}",
            verification=found.verification,
            note=found.note,
        )

    def void(self, derivation: Derivation, table: TableQuestion | None, row_id: str) -> Worked:
        """Void ratio in percent."""
        factor = self.space_factor(derivation, table, row_id)
        if factor.words:
            return Worked(CANNOT, factor.tone, note=factor.note)
        if factor.value is None or table is None:
            return factor
        outer, content = (
            _number(derivation, table, row_id, column) for column in ("outer", "content")
        )
        if not outer or content is None:
            missing = tuple(
                cell_key(table.id, row_id, column)
                for column, value in (("outer", outer), ("content", content))
                if not value
            )
            return Worked(missing=missing)
        value = void_ratio(outer, content, factor.value)
        return Worked(
            value=value,
            formula=f"（{brief(outer)} −（1 + {brief(factor.value)}）× {brief(content)}）÷ {brief(outer)} × 100",
            source=f"{STANDARD} 5.4",
            verification=factor.verification,
        )

    def verdict(self, derivation: Derivation, table: TableQuestion | None, row_id: str) -> Worked:
        """Void ratio, layers and cost share against the limits of the class; what is not known is named."""
        found, why = self._class(derivation, table, row_id)
        if table is None or found is None:
            return Worked("" if table is None else CANNOT, Tone.UNSURE, note=why[1])
        over: list[str] = []
        open_parts: list[str] = []
        shown: list[str] = []
        self._judge_void(derivation, table, row_id, over, open_parts, shown)
        layers = _number(derivation, table, row_id, "layers")
        if layers is None or found.layers is None:
            open_parts.append("层数")
        else:
            shown.append(f"层数 {brief(layers)} 层，限 {found.layers} 层")
            if layers > found.layers:
                over.append("层数")
        self._judge_cost(derivation, table, row_id, found, (over, open_parts, shown))
        formula = "；".join(shown)
        if over:
            return Worked(
                f"超：{'、'.join(over)}{unchecked(found.verification)}", Tone.BAD, formula=formula, source=found.source,
                verification=found.verification, note=_left(open_parts),
            )  # fmt: skip
        if open_parts:
            return Worked(CANNOT, Tone.UNSURE, formula=formula, note=_left(open_parts))
        return Worked(
            "没超" + unchecked(found.verification), Tone.GOOD, formula=formula, source=found.source,
            verification=found.verification,
            note="限值抄自转录件，没拿原文核过"
            if found.verification is not Verification.VERIFIED
            else "",
        )  # fmt: skip

    def _judge_void(
        self,
        derivation: Derivation,
        table: TableQuestion,
        row_id: str,
        over: list[str],
        open_parts: list[str],
        shown: list[str],
    ) -> None:
        ratio = self.void(derivation, table, row_id)
        net = _number(derivation, table, row_id, "net")
        if ratio.value is None or net is None:
            open_parts.append(ratio.note if ratio.words else "空隙率")
            return
        limit = next(
            item for item in self._reference.void_limits if item.up_to is None or net <= item.up_to
        )
        shown.append(f"空隙率 {ratio.formula} = {brief(ratio.value)} %，限 {brief(limit.limit)} %")
        if ratio.value > limit.limit:
            over.append("空隙率")

    def _judge_cost(
        self,
        derivation: Derivation,
        table: TableQuestion,
        row_id: str,
        found: PackageClass,
        lists: tuple[list[str], list[str], list[str]],
    ) -> None:
        over, open_parts, shown = lists
        cost, price = (_number(derivation, table, row_id, column) for column in ("cost", "price"))
        if cost is None or not price:
            open_parts.append("成本占比")
            return
        limit = found.cost_share
        if limit is None and any(word in found.category for word in _FESTIVE):
            limit = _FESTIVE_DEAR if price > _FESTIVE_PRICE else _FESTIVE_CHEAP
        if limit is None:
            open_parts.append("成本占比的限值没收录")
            return
        share = cost * 100 / price
        shown.append(
            f"成本占比 {brief(cost)} ÷ {brief(price)} × 100 = {brief(share)} %，限 {brief(limit)} %"
        )
        if share > limit:
            over.append("成本占比")

    def _class(
        self, derivation: Derivation, table: TableQuestion | None, row_id: str
    ) -> tuple[PackageClass | None, tuple[str, str]]:
        """(class, (key still to be filled, why there is none))."""
        if table is None:
            return None, ("", "")
        key = cell_key(table.id, row_id, "category")
        text = derivation.book.text(key).strip()
        if not text:
            return None, (key, "还没填食品类别")
        found = [item for item in self._reference.package_classes if item.category == text] or [
            item
            for item in self._reference.package_classes
            if all(word in item.category for word in _SEPARATORS.split(text))
        ]
        if len(found) == 1:
            return found[0], ("", "")
        if not found:
            return None, ("", "表里没有这一类；GB 23350 只管食品和化妆品")
        names = "；".join(item.category for item in found[:4])
        return None, ("", f"能对上 {len(found)} 类，写细一点：{names}")


def _left(open_parts: list[str]) -> str:
    return f"还不能判：{'、'.join(open_parts)}" if open_parts else ""


def _number(
    derivation: Derivation, table: TableQuestion, row_id: str, column: str
) -> Fraction | None:
    return derivation.book.number(cell_key(table.id, row_id, column))


def break_even(derivation: Derivation, _table: TableQuestion | None, _row_id: str) -> Worked:
    """Trips after which a returnable box has paid for itself: price ÷ (one-way cost − cost of a return trip)."""
    keys = ("packaging.box_price", "packaging.one_way_cost", "packaging.return_cost")
    price, one_way, back = (derivation.book.number(key) for key in keys)
    if price is None or one_way is None or back is None:
        return Worked(missing=tuple(key for key in keys if not derivation.book.text(key)))
    formula = f"{brief(price)} ÷（{brief(one_way)} − {brief(back)}）"
    children = tuple(
        Trace(title, value, "元", key=key)
        for title, value, key in zip(
            ("周转箱价", "一次性包装一次", "回程和清洗一次"),
            (price, one_way, back),
            keys,
            strict=True,
        )
    )
    if one_way <= back:
        note = "回程和清洗不比一次性包装便宜"
        return Worked("回不了本", Tone.BAD, formula=formula, note=note, children=children)
    return Worked(value=price / (one_way - back), formula=formula, children=children)


def express(derivation: Derivation, table: TableQuestion | None, row_id: str) -> Worked:
    """Express packaging: nothing is judged while the values of GB 45186-2024 are not collected."""
    if table is None or not any(True for _ in derivation.book.row(table.id, row_id)):
        return Worked("")
    notes = ["GB 45186-2024（2026-07-01 起）的层数、箱形和胶带数值没收录"]
    layers = _number(derivation, table, row_id, "layers")
    if layers is not None and layers > _TOLD_LAYERS:
        notes.append(f"层数 {brief(layers)}：网上说不超过 {_TOLD_LAYERS} 层，没核过")
    if derivation.book.text(cell_key(table.id, row_id, "degradable")) == "some":
        notes.append("广东要求 2025 年底前邮政快递网点停用不可降解塑料包装（实施方案）")
    return Worked(CANNOT, Tone.UNSURE, note="；".join(notes), source="GB 45186-2024")
