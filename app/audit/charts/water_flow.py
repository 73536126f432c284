"""The water diagram: bands as wide as the water they carry, from the supply over the units to the outlets."""

from dataclasses import dataclass
from fractions import Fraction

from app.assessment.numbers import display
from app.audit.charts.shapes import (
    Band,
    Box,
    Chart,
    Fill,
    Item,
    Line,
    Role,
    Shape,
    Weight,
    Words,
    fitted,
    position,
    text_width,
    without_room_below,
)


@dataclass(frozen=True)
class WaterUnit:
    """m³ a year; internal reuse does not cross the unit's edge and is told in words."""

    name: str
    fresh: Fraction
    reclaimed: Fraction
    internal: Fraction
    loss: Fraction
    discharge: Fraction
    to_works: bool = True


@dataclass(frozen=True)
class WaterFlow:
    """A plant's water of a year. gap_in: meter minus units; gap_works: works in minus works out as metered."""

    supply: Fraction
    units: tuple[WaterUnit, ...]
    works_in: Fraction
    works_out: Fraction
    works_loss: Fraction
    reclaimed: Fraction
    gap_in: Fraction
    gap_works: Fraction


def _loop(x_source: float, high: float, x_out: float, out: float, low: float) -> list[Item]:
    """Reuse as a closed loop: from where it leaves the works, under everything, back to where it comes in."""
    path = (
        (x_out, out),
        (x_out + 2.5, out),
        (x_out + 2.5, low),
        (1.0, low),
        (1.0, high),
        (x_source - 3, high),
    )
    head = ((x_source, high), (x_source - 3.6, high + 1.6), (x_source - 3.6, high - 1.6))
    return [Line(path, 0.7, Role.INK, (3, 2)), Shape(head, True, stroke=0)]


_FAN = 44  # points the bands have from the units to the works
_APART = 6


def _flow_words(unit: WaterUnit) -> str:
    """「新水 2,480 · 损耗 2,060 · 排水 420」: what a band is as wide as, in figures."""
    parts = [f"新水 {display(unit.fresh, 0)}"]
    for word, value in (("回用", unit.reclaimed), ("损耗", unit.loss), ("排水", unit.discharge)):
        if value:
            parts.append(f"{word} {display(value, 0)}")
    return " · ".join(parts)


def _internal_words(unit: WaterUnit) -> str:
    return f"串级、循环 {display(unit.internal, 0)}" if unit.internal else ""


def _wide(unit: WaterUnit) -> float:
    """Points that the two lines of a unit take."""
    aside = _internal_words(unit)
    first = text_width(unit.name, 8) + (_APART + text_width(aside, 7) if aside else 0)
    return max(first, text_width(_flow_words(unit), 7))


def water_flow(flow: WaterFlow, *, width: float = 444, height: float = 300) -> Chart:
    """Bands as wide as the water they carry, one scale for all; what does not close is a hatched stub with its number."""
    top = height - 18
    gap, least = 10.0, 20.0  # points between units; room for a unit's two lines of words
    through = sum((unit.fresh + unit.reclaimed for unit in flow.units), Fraction(0)) or Fraction(1)
    room = top - 34 - (gap + least * 0.6) * max(1, len(flow.units) - 1)
    scale = room / position(max(through, flow.supply + flow.reclaimed))
    x_source, x_unit, x_works, x_out = 6.0, width * 0.19, width * 0.71, width - 78
    # A unit is a frame that water comes into on the left and leaves on the right: its words stand where no band passes.
    room_of_words = min(
        max((_wide(unit) for unit in flow.units), default=0.0) + 8, x_works - _FAN - x_unit - 12
    )
    x_drain = x_unit + 6 + room_of_words
    items: list[Item] = []

    def bar(x: float, y: float, value: Fraction, role: Role) -> float:
        tall = max(1.0, position(value) * scale)
        items.append(Box(x, y - tall, 6, tall, Fill.SOLID, role, 0))
        return tall

    supply_tall = bar(x_source, top, flow.supply, Role.ENERGY)
    items.append(Words(x_source, top + 10, "取水", 8, Weight.MEDIUM))
    items.append(Words(x_source + 22, top + 10, f"{display(flow.supply, 0)} m³", 8))
    reclaimed_top = top - supply_tall - 26
    reclaimed_middle = reclaimed_top - position(flow.reclaimed) * scale / 2
    if flow.reclaimed > 0:
        tall = position(flow.reclaimed) * scale
        items.append(Box(x_source, reclaimed_top - tall, 6, tall, Fill.HATCH, Role.ENERGY, 0.6))
        items.append(
            Words(x_source, reclaimed_top - tall - 10, f"回用水 {display(flow.reclaimed, 0)}", 7.5)
        )
    bands: list[Item] = []
    living: list[tuple[float, float, Fraction]] = []
    from_supply, from_reclaimed = top, reclaimed_top
    y = top
    works_y = top - 8
    to_works = works_y
    for unit in flow.units:
        fresh, back = position(unit.fresh) * scale, position(unit.reclaimed) * scale
        tall = max(1.5, fresh + back)
        high = max(tall, least)
        items.append(Box(x_unit, y - high, x_drain + 6 - x_unit, high, Fill.BLANK, Role.INK, 0.5))
        items.append(Box(x_unit, y - tall, 6, tall, Fill.SOLID, Role.INK, 0))
        if fresh > 0:
            bands.append(
                Band(
                    x_source + 6,
                    from_supply - fresh,
                    from_supply,
                    x_unit,
                    y - fresh,
                    y,
                    Fill.SOLID,
                    Role.ENERGY,
                )
            )
            from_supply -= fresh
        if back > 0:
            bands.append(
                Band(
                    x_source + 6,
                    from_reclaimed - back,
                    from_reclaimed,
                    x_unit,
                    y - fresh - back,
                    y - fresh,
                    Fill.HATCH,
                    Role.ENERGY,
                )
            )
            from_reclaimed -= back
        drain = position(unit.discharge) * scale
        if drain > 0:
            shown = max(1.2, drain)
            items.append(Box(x_drain, y - shown, 6, shown, Fill.SOLID, Role.INK, 0))
        if drain > 0 and unit.to_works:
            bands.append(
                Band(
                    x_drain + 6,
                    y - drain,
                    y,
                    x_works,
                    to_works - drain,
                    to_works,
                    Fill.SOLID,
                    Role.GOOD,
                )
            )
            to_works -= drain
        if drain > 0 and not unit.to_works:
            living.append((y, drain, unit.discharge))
        middle = y - high / 2
        name = fitted(unit.name, 8, room_of_words - 8)
        aside = _internal_words(unit)
        after = x_unit + 10 + text_width(name, 8) + _APART
        items.append(Words(x_unit + 10, middle + 1, name, 8, Weight.MEDIUM))
        if aside and after + text_width(aside, 7) <= x_drain - 2:
            items.append(Words(after, middle + 1, aside, 7))
        items.append(Words(x_unit + 10, middle - 8, _flow_words(unit), 7))
        y -= high + gap
    if flow.gap_in:
        stub = max(2.0, abs(position(flow.gap_in)) * scale)
        items.append(Box(x_source + 6, from_supply - stub, 26, stub, Fill.HATCH, Role.WARN, 0.6))
        words = f"未计量 {display(flow.gap_in, 0)}"
        low = from_supply - stub - 10
        items.append(Box(x_source, low - 2.5, 8 * len(words) - 16, 10, Fill.SOLID, Role.PAPER, 0))
        items.append(Words(x_source, low, words, 7.5, role=Role.WARN))
    has_works = any((flow.works_in, flow.works_out, flow.works_loss, flow.reclaimed))
    if has_works:
        works_tall = max(1.5, works_y - to_works)
        items.append(Box(x_works, works_y - works_tall, 6, works_tall, Fill.SOLID, Role.INK, 0))
        items.append(
            Words(
                x_works + 3,
                works_y + 5,
                f"废水站 {display(flow.works_in, 0)}",
                8,
                Weight.MEDIUM,
                "middle",
            )
        )
    out = works_y
    outs = (
        (flow.works_out, "总排口", Fill.SOLID, Role.GOOD, False),
        (flow.gap_works, "推算差额", Fill.HATCH, Role.WARN, False),
        (flow.works_loss, "废水站损耗", Fill.BLANK, Role.INK, False),
        (flow.reclaimed, "回用", Fill.HATCH, Role.ENERGY, True),
    )
    target = works_y
    reuse_end: float | None = None
    for value, name, fill, role, returns in outs:
        tall = position(abs(value)) * scale
        if value == 0:
            continue
        if returns:
            reuse_end = target - max(1.2, tall) / 2
        shown = max(1.2, tall)
        bands.append(Band(x_works + 6, out - tall, out, x_out, target - shown, target, fill, role))
        items.append(Words(x_out + 5, target - shown / 2 + 1, name, 8, Weight.MEDIUM))
        items.append(Words(x_out + 5, target - shown / 2 - 8, display(value, 0), 7.5))
        out -= tall
        target -= max(shown, 18) + 10
    for high, tall, value in living:
        shown = max(1.2, tall)
        target = min(target, high)
        bands.append(
            Band(
                x_drain + 6,
                high - shown,
                high,
                x_out,
                target - shown,
                target,
                Fill.SOLID,
                Role.SECOND,
            )
        )
        items.append(Words(x_out + 5, target - shown / 2 + 1, "生活污水", 8, Weight.MEDIUM))
        items.append(Words(x_out + 5, target - shown / 2 - 8, display(value, 0), 7.5))
        target -= max(shown, 18) + 10
    if flow.reclaimed > 0 and reuse_end is not None:
        bands += _loop(x_source, reclaimed_middle, x_out, reuse_end, min(target, y) - 4)
    spoken = f"取水 {display(flow.supply, 0)} 立方米，回用 {display(flow.reclaimed, 0)}，总排口 {display(flow.works_out, 0)}"
    spoken += "；" + "；".join(f"{u.name} 新水 {display(u.fresh, 0)}" for u in flow.units)
    return without_room_below(Chart(width, height, (*bands, *items), spoken))
