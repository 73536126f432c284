"""The water balance as papers draw it: trunk of fresh water at the left, units in one column, drains, works and outfall.

Lines are as wide as the water they carry. Nothing is written upon a line, so that an office printer keeps both.
"""

import math
from collections.abc import Callable
from fractions import Fraction

from app.assessment.numbers import display
from app.audit.charts.shapes import (
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
)
from app.audit.charts.water_flow import WaterFlow, WaterUnit

_DAYS = 365
_TRUNK, _UNITS = 46.0, 112.0  # x of the trunk and of the boxes
_BOX, _TALL = (72.0, 112.0), 20.0  # least and greatest width of a box; its height
_STEP, _LEAST_STEP, _ROOMY = 33.0, 28.0, 10  # between units; up to ten of them have the whole of it
_BESIDE = 3  # units that are as tall as the works with what is below them
_HEAD = 30.0  # above the first unit, for the loop of reuse


def _width_of(amount: Fraction) -> float:
    return 0.45 + 0.235 * math.sqrt(position(abs(amount)) / _DAYS)


def _arrow(
    points: tuple[tuple[float, float], ...], width: float, dash: tuple[float, ...] = ()
) -> list[Item]:
    """A line that ends in a head; its last piece is level or upright."""
    (x0, y0), (x1, y1) = points[-2:]
    long = 3.2 + 1.1 * width
    half = long * 0.42
    dx, dy = (x1 > x0) - (x1 < x0), (y1 > y0) - (y1 < y0)
    back = (x1 - dx * long, y1 - dy * long)
    head = ((x1, y1), (back[0] + dy * half, back[1] + dx * half), (back[0] - dy * half, back[1] - dx * half))  # fmt: skip
    return [Line((*points[:-1], back), width, Role.INK, dash), Shape(head, True, stroke=0)]


def _named(name: str, x: float, y: float, room: float) -> list[Item]:
    """A name in the middle of its box; one that is too long stands on two lines."""
    if text_width(name, 8) <= room - 6:
        return [Words(x, y - 2.8, name, 8, Weight.MEDIUM, "middle")]
    half = (len(name) + 1) // 2
    lines = (name[:half], fitted(name[half:], 7.5, room - 4))
    return [
        Words(x, y + 1.2 - 8.4 * n, line, 7.5, Weight.MEDIUM, "middle")
        for n, line in enumerate(lines)
    ]


def water_trunk(flow: WaterFlow, *, width: float = 444) -> Chart:
    """m³ a year; what does not close is dashed with its number."""
    inside = [unit for unit in flow.units if unit.to_works]
    apart = [unit for unit in flow.units if not unit.to_works]
    units = [*inside, *apart]
    rows = len(units) + bool(flow.gap_in)
    step = _STEP if rows <= _ROOMY else _LEAST_STEP
    longest = max((text_width(unit.name, 8) for unit in units), default=0.0)
    box = min(max(longest + 10, _BOX[0]), _BOX[1])
    # Below the works stands what is lost in them: beside few units it needs room of its own.
    lower = 26.0 if 0 < len(inside) < _BESIDE and rows > len(inside) else 0.0
    height = _HEAD + step * rows + 18 + lower
    top = height - _HEAD - 12
    right = _UNITS + box  # of the boxes
    reuse, drain = right + 60, right + 104  # x of the trunks of reuse and of drains
    works, outfall = drain + 32, width - 2
    items: list[Item] = []

    def y_of(place: int) -> float:
        return top - step * place - (lower if place >= len(inside) else 0.0)

    def fresh(y: float, amount: Fraction, dash: tuple[float, ...] = ()) -> None:
        wide = _width_of(amount)
        items.extend(_arrow(((_TRUNK, y), (_UNITS, y)), wide, dash))
        items.append(Words(_TRUNK + 6, y + 2.5 + wide / 2, display(amount, 0), 7.5))

    for place, unit in enumerate(units):
        y = y_of(place)
        items += _unit(unit, y, right, box, reuse, drain, works)
        if unit.fresh:
            fresh(y, unit.fresh)
    if flow.gap_in:
        y = y_of(len(units))
        fresh(y, flow.gap_in, (2, 1.6))
        name = "未计量" if flow.gap_in > 0 else "分表多于总表"
        items.append(Box(_UNITS, y - 8, box, 16, Fill.BLANK, dash=(2, 1.6)))
        items.append(Words(_UNITS + box / 2, y - 2.8, name, 8, anchor="middle"))
    supplied = [n for n, unit in enumerate(units) if unit.fresh]
    last = y_of(rows - 1 if flow.gap_in else max(supplied, default=0))
    wide = _width_of(flow.supply)
    items += [
        Line(((2, top), (_TRUNK + wide / 2, top)), wide),
        Line(((_TRUNK, top), (_TRUNK, last)), min(wide, 2.4)),
        Words(2, top + 19, "取水", 8.5, Weight.MEDIUM),
        Words(2, top + 7, display(flow.supply, 0), 9.5, Weight.BOLD),
    ]
    if inside:
        items += _works(flow, inside, y_of, reuse, drain, works, outfall, top)
    foot: list[Item] = [
        *_arrow(((2, 4), (24, 4)), 0.6, (2, 1.6)),
        Words(28, 1.5, "损耗、差额", 7),
        Line(((78, 4), (100, 4)), 3),
        Words(104, 1.5, "线宽随水量增大，单位 m³", 7),
    ]
    spoken = f"取水 {display(flow.supply, 0)} 立方米，回用 {display(flow.reclaimed, 0)}，总排口 {display(flow.works_out, 0)}"
    spoken += "；" + "；".join(f"{u.name} 新水 {display(u.fresh, 0)}" for u in flow.units)
    return Chart(width, height, (*items, *foot), spoken)


def _unit(
    unit: WaterUnit, y: float, right: float, box: float, reuse: float, drain: float, works: float
) -> list[Item]:
    half = _TALL / 2
    items: list[Item] = [Box(right - box, y - half, box, _TALL, Fill.BLANK, stroke=0.8)]
    items += _named(unit.name, right - box / 2, y, box)
    if unit.loss:
        up = y + half + 2.5
        items += _arrow(((right - 14, y + half), (right - 14, up), (right + 10, up)), 0.6, (2, 1.6))
        items.append(Words(right + 12, up - 2.4, display(unit.loss, 0), 7))
    if unit.reclaimed:
        items += _arrow(((reuse, y + 4), (right, y + 4)), _width_of(unit.reclaimed))
        items.append(Words(reuse - 4, y + 6, display(unit.reclaimed, 0), 7, anchor="end"))
    if unit.discharge:
        wide = _width_of(unit.discharge)
        at = y - 4
        if unit.to_works:
            items.append(Line(((right, at), (drain, at)), wide))
        else:
            items += _arrow(((right, at), (works, at)), wide)
            items.append(Words(works + 5, at - 2.6, "生活污水", 7.5))
        said = display(unit.discharge, 0)
        items.append(Words(drain - 6, at + 2.4 + wide / 2, said, 7.5, anchor="end"))
    if unit.internal:
        items.append(Words(right + 4, y - 12.6, f"串级、循环 {display(unit.internal, 0)}", 7))
    return items


def _works(
    flow: WaterFlow,
    inside: list[WaterUnit],
    y_of: Callable[[int], float],
    reuse: float,
    drain: float,
    works: float,
    outfall: float,
    top: float,
) -> list[Item]:
    """Drains, the works with what comes in and goes out, and reuse as a closed loop back to the units."""
    places = [n for n, unit in enumerate(inside) if unit.discharge]
    first, last = (y_of(n) - 4 for n in (min(places, default=0), max(places, default=0)))
    middle = (first + last) / 2
    wide = max(0.8, min(2.4, _width_of(flow.works_in)))
    items: list[Item] = [Line(((drain, first - 0.3), (drain, last + 0.3)), wide)]
    if not any((flow.works_in, flow.works_out, flow.works_loss, flow.reclaimed)):
        total = sum((unit.discharge for unit in inside), Fraction(0))
        items += _arrow(((drain, middle), (outfall, middle)), _width_of(total))
        items.append(Words(outfall, middle + 6, f"外排 {display(total, 0)}", 7.5, anchor="end"))
        return items
    wide, tall = 42.0, 40.0
    centre = works + wide / 2
    items += [
        *_arrow(((drain, middle), (works, middle)), _width_of(flow.works_in)),
        Words(drain + 4, middle + 6, display(flow.works_in, 0), 7.5),
        Box(works, middle - tall / 2, wide, tall, Fill.BLANK, stroke=1.2),
        Words(centre, middle - 3, "废水站", 8.5, Weight.MEDIUM, "middle"),
    ]
    if flow.works_out:
        y = middle - 8
        items += _arrow(((works + wide, y), (outfall, y)), _width_of(flow.works_out))
        items.append(Words(outfall, y - 12, "总排口", 7.5, anchor="end"))
        items.append(Words(outfall, y + 5, display(flow.works_out, 0), 7.5, anchor="end"))
    low = middle - tall / 2
    for amount, name, x, side in (
        (flow.works_loss, "损耗", works + 12, "end"),
        (flow.gap_works, "推算差额", works + 28, "start"),
    ):
        if amount:
            items += _arrow(((x, low), (x, low - 15)), 0.6, (2, 1.6))
            beside = x - 4 if side == "end" else x + 4
            said = f"{name} {display(amount, 0)}"
            items.append(Words(beside, low - 14, said, 7, anchor=side))
    fed = [n for n, unit in enumerate(inside) if unit.reclaimed]
    if flow.reclaimed and fed:
        line, up = _width_of(flow.reclaimed), top + 24
        out = ((centre, middle + tall / 2), (centre, up), (reuse, up), (reuse, y_of(max(fed)) + 4))
        items.append(Line(out, line))
        said = f"回用水 {display(flow.reclaimed, 0)}"
        items.append(Words((reuse + centre) / 2, up + 4, said, 7.5, anchor="middle"))
    return items
