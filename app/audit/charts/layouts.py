"""Layouts of the charts: numbers in, shapes out. Exact numbers become positions here and nowhere else."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import cos, pi, sin
from statistics import median

from app.assessment.numbers import display
from app.audit.charts.shapes import (
    Band,
    Box,
    Chart,
    Dot,
    Fill,
    Item,
    Line,
    Role,
    Shape,
    Weight,
    Words,
    without_room_below,
)


def _at(value: Fraction) -> float:
    return value.numerator / value.denominator


def _nice_top(value: Fraction) -> Fraction:
    """The next round number at or above `value`, so that an axis ends on a readable tick."""
    if value <= 0:
        return Fraction(1)
    power = Fraction(1)
    while power * 10 <= value:
        power *= 10
    while power > value:
        power /= 10
    return next(
        power * step
        for step in (
            Fraction(1),
            Fraction(2),
            Fraction(3),
            Fraction(4),
            Fraction(5),
            Fraction(6),
            Fraction(8),
            Fraction(10),
        )
        if power * step >= value
    )


@dataclass(frozen=True)
class MonthValue:
    """One month of a stacked bar: parts in the order of the series; None = 未填. marked: an unusual month, explained or not."""

    label: str
    parts: tuple[Fraction | None, ...]
    marked: bool = False


def monthly_bars(
    months: Sequence[MonthValue],
    names: Sequence[str],
    unit: str,
    *,
    width: float = 444,
    height: float = 150,
) -> Chart:
    """Stacked bars per month with the median; a month with anything missing is a dashed outline, zero a foot line."""
    left, right, foot, head = 34.0, 6.0, 18.0, 26.0
    plot_w, plot_h = width - left - right, height - foot - head
    known = [
        sum((part for part in month.parts if part is not None), Fraction(0))
        for month in months
        if None not in month.parts
    ]
    top = _nice_top(max(known, default=Fraction(1)))
    scale = plot_h / _at(top)
    items: list[Item] = []
    for tick in range(5):
        value = top * tick / 4
        y = foot + _at(value) * scale
        items.append(
            Line(((left, y), (width - right, y)), 0.4, Role.INK if tick == 0 else Role.GRID)
        )
        places = 0 if (top / 4).denominator == 1 else 1
        items.append(
            Words(left - 4, y - 2.5, display(value, places), 7, anchor="end", role=Role.SECOND)
        )
    items.append(Words(left - 4, height - 10, unit, 7, anchor="end", role=Role.SECOND))
    fills = (Fill.SOLID, Fill.HATCH, Fill.DOTS, Fill.CROSS, Fill.BACK, Fill.BLANK)
    x = left + 4
    for number, name in enumerate(names):
        items.append(Box(x, height - 11, 10, 7, fills[number % 6], Role.ENERGY))
        items.append(Words(x + 14, height - 10.5, name, 7.5))
        x += 26 + 8 * len(name)
    slot = plot_w / max(1, len(months))
    bar = min(26.0, slot * 0.58)
    for number, month in enumerate(months):
        middle = left + slot * (number + 0.5)
        items.append(Words(middle, 6, month.label, 7, anchor="middle", role=Role.SECOND))
        if None in month.parts:
            items.append(
                Box(middle - bar / 2, foot, bar, plot_h * 0.4, Fill.BLANK, Role.SECOND, 0.6, (2, 2))
            )
            items.append(
                Words(middle, foot + plot_h * 0.2, "未填", 6.5, anchor="middle", role=Role.SECOND)
            )
            continue
        y = foot
        for part_number, part in enumerate(month.parts):
            tall = _at(part or Fraction(0)) * scale
            if tall > 0:
                items.append(
                    Box(middle - bar / 2, y, bar, tall, fills[part_number % 6], Role.ENERGY)
                )
            y += tall
        if y == foot:
            items.append(Line(((middle - bar / 2, foot), (middle + bar / 2, foot)), 1.6))
            items.append(Words(middle, foot + 3, "0", 7, anchor="middle"))
        if month.marked:
            items.append(
                Shape(
                    ((middle - 3.5, y + 4), (middle + 3.5, y + 4), (middle, y + 10)),
                    False,
                    Role.WARN,
                    0.9,
                )
            )
    if known:
        middle_value = Fraction(median(known))
        y = foot + _at(middle_value) * scale
        items.append(Line(((left, y), (width - right, y)), 1.2, Role.INK, (5, 2.5)))
        words = f"中位数 {display(middle_value, 1)}"
        wide = 4 * len(words) + 10
        items.append(Box(width - right - wide, height - 13, wide, 11, Fill.SOLID, Role.PAPER, 0))
        items.append(
            Line(
                ((width - right - wide - 16, height - 7.5), (width - right - wide, height - 7.5)),
                1.2,
                Role.INK,
                (5, 2.5),
            )
        )
        items.append(Words(width - right, height - 10.5, words, 7.5, anchor="end"))
    if any(month.marked for month in months):
        x += 4
        items.append(
            Shape(
                ((x, height - 5), (x + 7, height - 5), (x + 3.5, height - 11)),
                False,
                Role.WARN,
                0.9,
            )
        )
        items.append(Words(x + 11, height - 10.5, "偏离较大的月份", 7.5))
    missing = [month.label for month in months if None in month.parts]
    odd = [month.label for month in months if month.marked]
    spoken = f"每月{unit}，{'、'.join(names)}；最高 {display(max(known, default=Fraction(0)), 1)}"
    spoken += f"；未填：{'、'.join(missing)}" if missing else ""
    spoken += f"；偏离：{'、'.join(odd)}" if odd else ""
    return Chart(width, height, tuple(items), spoken)


@dataclass(frozen=True)
class YearPanel:
    """One small chart of three years. values: None = 未填."""

    name: str
    unit: str
    years: tuple[str, ...]
    values: tuple[Fraction | None, ...]
    places: int


def year_panels(panels: Sequence[YearPanel], *, width: float = 444, height: float = 138) -> Chart:
    """Small multiples side by side, base year solid; every bar carries its number."""
    items: list[Item] = []
    panel_w = width / max(1, len(panels))
    for number, panel in enumerate(panels):
        x0 = number * panel_w
        items.append(Words(x0 + 4, height - 12, panel.name, 8.5, Weight.MEDIUM))
        items.append(Words(x0 + 4, height - 22, panel.unit, 7, role=Role.SECOND))
        top = max((value for value in panel.values if value is not None), default=Fraction(1)) or 1
        base, plot = 16.0, height - 58
        count = max(1, len(panel.values))
        step = (panel_w - 14) / count
        bar = min(26.0, step * 0.7)
        items.append(Line(((x0 + 2, base), (x0 + panel_w - 8, base))))
        for place, (year, value) in enumerate(zip(panel.years, panel.values, strict=True)):
            x = x0 + 5 + step * place + (step - bar) / 2
            fill = Fill.SOLID if place == count - 1 else (Fill.BLANK, Fill.HATCH)[place % 2]
            if value is None:
                items.append(Box(x, base, bar, plot * 0.4, Fill.BLANK, Role.SECOND, 0.6, (2, 2)))
                items.append(Words(x + bar / 2, base + plot * 0.2, "未填", 6.5, anchor="middle"))
            else:
                tall = _at(value / top) * plot
                if tall > 0:
                    items.append(
                        Box(x, base, bar, tall, fill, Role.GOOD if fill is Fill.SOLID else Role.INK)
                    )
                words = display(value, panel.places)
                items.append(Words(x + bar / 2, base + tall + 3, words, 7, anchor="middle"))
            items.append(Words(x + bar / 2, 5, year, 7, anchor="middle"))
    spoken = "；".join(
        f"{panel.name} {panel.unit}："
        + "，".join(
            f"{year} {'未填' if value is None else display(value, panel.places)}"
            for year, value in zip(panel.years, panel.values, strict=True)
        )
        for panel in panels
    )
    return Chart(width, height, tuple(items), spoken)


@dataclass(frozen=True)
class IndexRow:
    """One index on a scale of 0..100: low = certain, high = still possible; minimum = what the level asks."""

    symbol: str
    low: Fraction
    high: Fraction
    minimum: Fraction | None


def index_bars(rows: Sequence[IndexRow], *, width: float = 444) -> Chart:
    """Solid to the certain value, hatched to the possible one, a thick line where the level begins."""
    step, foot, x0 = 34.0, 18.0, 74.0
    height = foot + step * len(rows) + 12
    scale = (width - x0 - 84) / 100
    items: list[Item] = []
    for tick in range(0, 101, 20):
        x = x0 + tick * scale
        items.append(Line(((x, foot - 4), (x, height - 8)), 0.5, Role.GRID))
        items.append(Words(x, 6, str(tick), 7, anchor="middle", role=Role.SECOND))
    for number, row in enumerate(rows):
        y = height - 12 - step * (number + 1) + 8
        items.append(Words(2, y + 4, "Y", 9.5, Weight.MEDIUM))
        items.append(Words(8.5, y + 2, row.symbol, 7, Weight.MEDIUM))
        low, high = _at(row.low) * scale, _at(row.high) * scale
        if low > 0:
            items.append(Box(x0, y, low, 14, Fill.SOLID, Role.GOOD))
        if high > low:
            items.append(Box(x0 + low, y, high - low, 14, Fill.HATCH, Role.GOOD))
        words = display(row.low, 2)
        if row.high != row.low:
            words += f"～{display(row.high, 2)}"
        items.append(Words(width, y + 4, words, 8.5, Weight.MEDIUM, "end"))
        if row.minimum is not None:
            x = x0 + _at(row.minimum) * scale
            relation = "＝" if row.minimum == 100 else "≥"
            items.append(Line(((x, y - 4), (x, y + 18)), 1.6))
            items.append(
                Words(
                    x, y + 20, f"{relation} {display(row.minimum, 0)}", 7, Weight.MEDIUM, "middle"
                )
            )
    spoken = "；".join(
        f"Y{row.symbol} {display(row.low, 2)} 至 {display(row.high, 2)}" for row in rows
    )
    return Chart(width, height, tuple(items), spoken)


@dataclass(frozen=True)
class CategoryShare:
    """Points of the next level's index by category: full = weight × 100, won = what is certain."""

    name: str
    full: Fraction
    won: Fraction


def category_shares(
    shares: Sequence[CategoryShare],
    *,
    width: float = 444,
    legend: str = "实心 已得　框 权重分",
) -> Chart:
    """What each category could bring and what it brings."""
    step, x0 = 22.0, 128.0
    height = step * len(shares) + 22
    top = max((share.full for share in shares), default=Fraction(1)) or Fraction(1)
    longest = max((len(display(s.won, 2)) + len(display(s.full, 2)) for s in shares), default=0)
    scale = (width - x0 - 22 - 4.8 * longest) / _at(top)
    items: list[Item] = []
    for number, share in enumerate(shares):
        y = height - 8 - step * (number + 1)
        items.append(Words(x0 - 6, y + 4, share.name, 8, anchor="end"))
        items.append(Box(x0, y, _at(share.full) * scale, 13, Fill.BLANK))
        if share.won > 0:
            items.append(Box(x0, y, _at(share.won) * scale, 13, Fill.SOLID, Role.GOOD))
        words = f"{display(share.won, 2)} / {display(share.full, 2)}"
        items.append(Words(x0 + _at(share.full) * scale + 6, y + 4, words, 8, Weight.MEDIUM))
    items.append(Words(x0, 3, legend, 7, role=Role.SECOND))
    spoken = "；".join(f"{s.name} {display(s.won, 2)}，满分 {display(s.full, 2)}" for s in shares)
    return Chart(width, height, tuple(items), spoken)


@dataclass(frozen=True)
class SplitBar:
    """One bar of parts in the order of the names. words: said at its end. key: the answer a click leads to."""

    name: str
    parts: tuple[Fraction, ...]
    words: str = ""
    key: str = ""


# How the parts of a split bar are told apart, also in black and white.
SPLIT_FILLS = (
    (Fill.SOLID, Role.INK),
    (Fill.CROSS, Role.ENERGY),
    (Fill.HATCH, Role.ENERGY),
    (Fill.DOTS, Role.INK),
)
_LEAST_BAR = 90.0  # names and words give way before the bars get shorter


def text_width(text: str, size: float) -> float:
    """About how wide a text is: a Chinese character as wide as the type is high, a Latin one a little over half of it."""
    return sum(size if ord(character) > 0x2E80 else size * 0.58 for character in text)


def fitted(text: str, size: float, room: float) -> str:
    """The text, cut with 「…」 where it is wider than `room`."""
    if text_width(text, size) <= room:
        return text
    while text and text_width(text, size) + size > room:
        text = text[:-1]
    return f"{text}…"


def split_bars(
    bars: Sequence[SplitBar],
    names: Sequence[str],
    unit: str,
    *,
    fills: Sequence[tuple[Fill, Role]] = SPLIT_FILLS,
    width: float = 444,
) -> Chart:
    """Level bars on one scale, split into parts; a part carries its number where it has room. Parts are not negative."""
    step, tall = 25.0, 14.0
    legend = bool(names)
    height = step * len(bars) + (22 if legend else 6)
    x0 = min(max((text_width(bar.name, 8) for bar in bars), default=0) + 10, width * 0.3)
    end = max((text_width(bar.words, 7.5) for bar in bars), default=0) + 10
    room = max(_LEAST_BAR, width - x0 - end)
    top = max((sum(bar.parts, Fraction(0)) for bar in bars), default=Fraction(0))
    scale = room / _at(top) if top > 0 else 0.0
    items: list[Item] = []
    x = x0
    for name, (fill, role) in zip(names, fills, strict=False):
        items.append(Box(x, height - 11, 10, 7, fill, role))
        items.append(Words(x + 14, height - 10.5, name, 7.5))
        x += 24 + text_width(name, 7.5)
    if legend:
        items.append(Words(width, height - 10.5, unit, 7, anchor="end", role=Role.SECOND))
    for number, bar in enumerate(bars):
        y = height - (18 if legend else 2) - step * (number + 1) + (step - tall) / 2
        items.append(
            Words(x0 - 6, y + 4, fitted(bar.name, 8, x0 - 8), 8, Weight.REGULAR, anchor="end")
        )
        x = x0
        for part, (fill, role) in zip(bar.parts, fills, strict=False):
            wide = _at(part) * scale
            if wide <= 0:
                continue
            items.append(Box(x, y, wide, tall, fill, role, key=bar.key))
            words = display(part, 0)
            space = text_width(words, 7) + 6
            if sum(1 for one in bar.parts if one) > 1 and wide > space + 8:
                middle = x + wide / 2
                ground = Box(middle - space / 2, y + 2.4, space, 9.2, Fill.SOLID, Role.PAPER, 0)
                items += [ground, Words(middle, y + 4.4, words, 7, anchor="middle")]
            x += wide
        if x == x0:
            items.append(Line(((x0, y), (x0, y + tall)), 1.6))
        items.append(Words(x + 6, y + 4, fitted(bar.words, 7.5, width - x - 6), 7.5))
    spoken = "；".join(
        f"{bar.name}"
        + "，".join(
            f" {name} {display(part, 0)}" for name, part in zip(names, bar.parts, strict=False)
        )
        + (f" {bar.words}" if bar.words else "")
        for bar in bars
    )
    return Chart(width, height, tuple(items), f"{unit}：{spoken}")


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


def water_flow(flow: WaterFlow, *, width: float = 444, height: float = 300) -> Chart:
    """Bands as wide as the water they carry, one scale for all; what does not close is a hatched stub with its number."""
    top = height - 18
    gap, least = 10.0, 20.0  # points between units; room for a unit's two lines of words
    through = sum((unit.fresh + unit.reclaimed for unit in flow.units), Fraction(0)) or Fraction(1)
    room = top - 34 - (gap + least * 0.6) * max(1, len(flow.units) - 1)
    scale = room / _at(max(through, flow.supply + flow.reclaimed))
    x_source, x_unit, x_works, x_out = 6.0, width * 0.30, width * 0.66, width - 78
    items: list[Item] = []

    def bar(x: float, y: float, value: Fraction, role: Role) -> float:
        tall = max(1.0, _at(value) * scale)
        items.append(Box(x, y - tall, 6, tall, Fill.SOLID, role, 0))
        return tall

    supply_tall = bar(x_source, top, flow.supply, Role.ENERGY)
    items.append(Words(x_source, top + 10, "取水", 8, Weight.MEDIUM))
    items.append(Words(x_source + 22, top + 10, f"{display(flow.supply, 0)} m³", 8))
    reclaimed_top = top - supply_tall - 26
    if flow.reclaimed > 0:
        tall = _at(flow.reclaimed) * scale
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
        fresh, back = _at(unit.fresh) * scale, _at(unit.reclaimed) * scale
        tall = max(1.5, fresh + back)
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
        drain = _at(unit.discharge) * scale
        if drain > 0 and unit.to_works:
            bands.append(
                Band(
                    x_unit + 6,
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
        words = f"新水 {display(unit.fresh, 0)}"
        if unit.internal:
            words += f" · 串级 {display(unit.internal, 0)}"
        if unit.loss:
            words += f" · 损耗 {display(unit.loss, 0)}"
        if drain > 0 and not unit.to_works:
            living.append((y, drain, unit.discharge))
        centre = y - tall / 2
        centre = min(centre, y - 8)
        items.append(Words(x_unit + 10, centre + 1, unit.name, 8, Weight.MEDIUM))
        items.append(Words(x_unit + 10, centre - 8, words, 7))
        y -= max(tall, least) + gap
    if flow.gap_in:
        stub = max(2.0, abs(_at(flow.gap_in)) * scale)
        items.append(Box(x_source + 6, from_supply - stub, 26, stub, Fill.HATCH, Role.WARN, 0.6))
        words = f"未计量 {display(flow.gap_in, 0)}"
        low = from_supply - stub - 10
        items.append(Box(x_source, low - 2.5, 8 * len(words) - 16, 10, Fill.SOLID, Role.PAPER, 0))
        items.append(Words(x_source, low, words, 7.5, role=Role.WARN))
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
        (flow.works_out, "总排口", Fill.SOLID, Role.GOOD),
        (flow.gap_works, "推算差额", Fill.HATCH, Role.WARN),
        (flow.works_loss, "蒸发、污泥", Fill.BLANK, Role.INK),
        (flow.reclaimed, "回用", Fill.HATCH, Role.ENERGY),
    )
    target = works_y
    for value, name, fill, role in outs:
        tall = _at(abs(value)) * scale
        if value == 0:
            continue
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
                x_unit + 6,
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
    spoken = f"取水 {display(flow.supply, 0)} 立方米，回用 {display(flow.reclaimed, 0)}，总排口 {display(flow.works_out, 0)}"
    spoken += "；" + "；".join(f"{u.name} 新水 {display(u.fresh, 0)}" for u in flow.units)
    return without_room_below(Chart(width, height, (*bands, *items), spoken))


@dataclass(frozen=True)
class RadarAxis:
    """Share of one category's weight that is met, 0..100; before: the same before the audit, where there are two."""

    name: str
    value: Fraction
    before: Fraction | None = None


def radar(axes: Sequence[RadarAxis], *, width: float = 220, height: float = 200) -> Chart:
    """A second view of the shares; every axis carries its numbers, before dashed and open, after solid."""
    cx, cy, reach = width / 2, height / 2, min(width, height) / 2 - 32
    count = max(3, len(axes))

    def point(number: int, share: float) -> tuple[float, float]:
        angle = 2 * pi * number / count
        return cx + reach * share * sin(angle), cy + reach * share * cos(angle)

    items: list[Item] = []
    for ring in (0.25, 0.5, 0.75, 1.0):
        items.append(Shape(tuple(point(n, ring) for n in range(count)), False, Role.GRID, 0.5))
    for number, axis in enumerate(axes):
        items.append(Line(((cx, cy), point(number, 1)), 0.4, Role.GRID))
        x, y = point(number, 1.14)
        is_upright = abs(x - cx) < 8
        anchor = "middle" if is_upright else ("start" if x > cx else "end")
        lift = (3 if y > cy else -8) if is_upright else 0
        items.append(Words(x, y + lift, axis.name, 7.5, Weight.MEDIUM, anchor))
        words = display(axis.value, 0)
        if axis.before is not None:
            words = f"{display(axis.before, 0)} → {words}"
        items.append(Words(x, y + lift - 8.5, words, 7, anchor=anchor, role=Role.SECOND))
    after = [point(number, _at(axis.value) / 100) for number, axis in enumerate(axes)]
    items.append(Shape(tuple(after), False, Role.GOOD, 1.8))
    items.extend(Dot(x, y, 2.2, True, Role.GOOD) for x, y in after)
    before = [
        point(number, _at(axis.before) / 100)
        for number, axis in enumerate(axes)
        if axis.before is not None
    ]
    if len(before) == len(axes):
        items.append(Shape(tuple(before), False, Role.INK, 0.9, (2.5, 2)))
        items.extend(Dot(x, y, 1.9, False) for x, y in before)
    spoken = "；".join(f"{axis.name} {display(axis.value, 0)}%" for axis in axes)
    return Chart(width, height, tuple(items), spoken)
