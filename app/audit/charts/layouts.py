"""Layouts of the charts: numbers in, shapes out. Exact numbers become positions here and nowhere else."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import cos, pi, sin
from statistics import median

from app.assessment.numbers import display
from app.audit.charts.shapes import (
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
    fitted,
    moved,
    position,
    text_width,
)


def _nice_top(value: Fraction) -> Fraction:
    """The next round number at or above `value`, so that an axis ends on a readable tick."""
    if value <= 0:
        return Fraction(1)
    power = Fraction(1)
    while power * 10 <= value:
        power *= 10
    while power > value:
        power /= 10
    return next(power * step for step in _TOPS if power * step >= value)


# Quarters of them are numbers that an axis can bear.
_TOPS = tuple(Fraction(tenths, 10) for tenths in (10, 12, 16, 20, 24, 28, 32, 40, 48, 60, 80, 100))


def _tick_places(step: Fraction) -> int:
    """Decimals that write every multiple of `step`."""
    return next((places for places in range(4) if 10**places % step.denominator == 0), 3)


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
    scale = plot_h / position(top)
    items: list[Item] = []
    for tick in range(5):
        value = top * tick / 4
        y = foot + position(value) * scale
        items.append(
            Line(((left, y), (width - right, y)), 0.4, Role.INK if tick == 0 else Role.GRID)
        )
        said = display(value, _tick_places(top / 4))
        items.append(Words(left - 4, y - 2.5, said, 7, anchor="end", role=Role.SECOND))
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
            tall = position(part or Fraction(0)) * scale
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
        y = foot + position(middle_value) * scale
        items.append(Line(((left, y), (width - right, y)), 1.2, Role.INK, (5, 2.5)))
        words = f"中位数 {display(middle_value, 0 if middle_value >= 1000 else 1)}"
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
                ((x, height - 11), (x + 7, height - 11), (x + 3.5, height - 5)),
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


_EARLIER = (Fill.HATCH, Fill.CROSS, Fill.BLANK)


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
            # As everywhere: solid is the base year, hatched what was before it; a third year is crossed.
            fill = Fill.SOLID if place == count - 1 else _EARLIER[(count - 2 - place) % 3]
            if value is None:
                items.append(Box(x, base, bar, plot * 0.4, Fill.BLANK, Role.SECOND, 0.6, (2, 2)))
                items.append(Words(x + bar / 2, base + plot * 0.2, "未填", 6.5, anchor="middle"))
            else:
                tall = position(value / top) * plot
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
    """One index on a scale of 0..100: low = certain, high = still possible; minimum = what the level asks. after: the
    certain value after the measures; None = only what was before is shown."""

    symbol: str
    low: Fraction
    high: Fraction
    minimum: Fraction | None
    after: Fraction | None = None


def _level_chip(symbol: str, x: float, y: float) -> list[Item]:
    """The mark of a level as tables have it: Ⅰ black, Ⅱ with a bar, others white."""
    first = symbol == "Ⅰ"
    items: list[Item] = [Box(x, y, 18, 13, Fill.SOLID, Role.INK if first else Role.PAPER, 0)]
    items.append(Box(x, y, 18, 13, Fill.BLANK, stroke=0.8) if not first else items[0])
    if symbol == "Ⅱ":
        items.append(Box(x, y, 4, 13, Fill.SOLID, Role.INK, 0))
    middle = x + (11 if symbol == "Ⅱ" else 9)
    role = Role.PAPER if first else Role.INK
    items.append(Words(middle, y + 3, symbol, 9.5, Weight.BOLD, "middle", role))
    return items


def index_bars(rows: Sequence[IndexRow], *, width: float = 444) -> Chart:
    """Solid to the certain value, hatched to the possible one, a thick line where the level begins. With values after the
    measures a pair of bars each: before hatched, after solid."""
    paired = any(row.after is not None for row in rows)
    step, foot, x0, tall = (50.0, 18.0, 90.0, 13.0) if paired else (36.0, 18.0, 62.0, 14.0)
    height = foot + step * len(rows) + 4
    scale = (width - x0 - 60) / 100
    items: list[Item] = []
    for tick in range(0, 101, 20):
        x = x0 + tick * scale
        items.append(Line(((x, foot - 4), (x, height - 6)), 0.5, Role.GRID))
        items.append(Words(x, 4, str(tick), 7, anchor="middle", role=Role.SECOND))
    for number, row in enumerate(rows):
        y = height - step * (number + 1) + 2
        top = y + (2 * tall + 3 if paired else tall)
        middle = (y + top) / 2
        items += _level_chip(row.symbol, 2, middle - 6.5)
        items.append(Words(26, middle - 3.5, "Y", 9, Weight.MEDIUM))
        items.append(Words(32.5, middle - 5.5, row.symbol, 6.5, Weight.MEDIUM))
        if row.minimum is not None:
            x = x0 + position(row.minimum) * scale
            relation = "＝" if row.minimum == 100 else "≥"
            items.append(Line(((x, y - 3), (x, top + 3)), 1.6))
            said = f"{relation} {display(row.minimum, 0)}"
            items.append(Words(x, top + 5, said, 7.5, Weight.MEDIUM, "middle"))
        words = display(row.low, 2)
        if row.high != row.low:
            words += f"～{display(row.high, 2)}"
        if row.after is None:
            bars = [("", row.low, Fill.SOLID, words, row.high)]
        else:
            bars = [
                ("审核前", row.low, Fill.HATCH, words, row.low),
                ("审核后", row.after, Fill.SOLID, display(row.after, 2), row.after),
            ]
        for place, (name, value, fill, told, most) in enumerate(bars):
            at = top - tall - place * (tall + 3)
            long, end = position(value) * scale, position(most) * scale
            if name:
                items.append(Words(x0 - 4, at + 3.6, name, 7.5, anchor="end"))
            if long > 0:
                role = Role.GOOD if fill is Fill.SOLID else Role.INK
                items.append(Box(x0, at, long, tall, fill, role))
            if end > long:
                items.append(Box(x0 + long, at, end - long, tall, Fill.HATCH, Role.GOOD))
            wide = text_width(told, 8.5) + 4
            items.append(Box(x0 + end + 3, at + 1.5, wide, 10, Fill.SOLID, Role.PAPER, 0))
            items.append(Words(x0 + end + 5, at + 3.4, told, 8.5, Weight.MEDIUM))
    spoken = "；".join(
        f"Y{row.symbol} {display(row.low, 2)} 至 {display(row.high, 2)}"
        if row.after is None
        else f"Y{row.symbol} 从 {display(row.low, 2)} 到 {display(row.after, 2)}"
        for row in rows
    )
    return Chart(width, height, tuple(items), spoken)


@dataclass(frozen=True)
class CategoryShare:
    """Points of the next level's index by category: full = weight × 100, won = what is certain. after: won after the
    measures; None = only what was before is shown."""

    name: str
    full: Fraction
    won: Fraction
    after: Fraction | None = None


def category_shares(
    shares: Sequence[CategoryShare],
    *,
    width: float = 444,
    left: float = 128,
) -> Chart:
    """What each category could bring and what it brings; where both are known, a mark at what it brought before."""
    step, x0 = 22.0, left
    height = step * len(shares) + 22
    paired = any(share.after is not None for share in shares)
    top = max((share.full for share in shares), default=Fraction(1)) or Fraction(1)
    longest = max((len(display(s.won, 2)) + len(display(s.full, 2)) for s in shares), default=0)
    scale = (width - x0 - 22 - 4.8 * longest) / position(top)
    items: list[Item] = []
    for number, share in enumerate(shares):
        y = height - 8 - step * (number + 1)
        now = share.won if share.after is None else share.after
        items.append(Words(x0 - 6, y + 4, fitted(share.name, 8, x0 - 8), 8, anchor="end"))
        items.append(Box(x0, y, position(share.full) * scale, 13, Fill.BLANK))
        if now > 0:
            items.append(Box(x0, y, position(now) * scale, 13, Fill.SOLID, Role.GOOD))
        if share.after is not None:
            x = x0 + position(share.won) * scale
            mark = ((x, y + 12), (x - 3.2, y + 18), (x + 3.2, y + 18))
            items.append(Shape(mark, True))
        words = f"{display(now, 2)} / {display(share.full, 2)}"
        items.append(Words(x0 + position(share.full) * scale + 6, y + 4, words, 8, Weight.MEDIUM))
    legend = "实心 审核后　▼ 审核前　框 权重分" if paired else "实心 已得　框 权重分"
    items.append(Words(x0, 3, legend, 7, role=Role.SECOND))
    spoken = "；".join(
        f"{s.name} {display(s.won, 2)}"
        + ("" if s.after is None else f" 到 {display(s.after, 2)}")
        + f"，满分 {display(s.full, 2)}"
        for s in shares
    )
    return Chart(width, height, tuple(items), spoken)


_RADAR = 3, 8  # axes that a radar can be read with


def category_radar(shares: Sequence[CategoryShare], *, width: float = 444) -> Chart:
    """Share of each category's points before (dashed) and after (solid) as a radar, both numbers at each axis, beside the
    same as bars; the bars alone where there are too few or too many categories."""
    least, most = _RADAR
    if not least <= len(shares) <= most:
        return category_shares(shares, width=width)
    half = width * 0.5
    bars = category_shares(shares, width=width - half, left=72)
    height, radius = 190.0, 62.0
    cx, cy = half / 2, height / 2 - 2

    def at(place: int, share: float) -> tuple[float, float]:
        angle = 2 * pi * place / len(shares)
        return cx + share * sin(angle), cy + share * cos(angle)

    axes = range(len(shares))
    items: list[Item] = []
    for part in (0.25, 0.5, 0.75, 1.0):
        ring = tuple(at(n, radius * part) for n in axes)
        items.append(Shape(ring, False, Role.GRID, 0.8 if part == 1 else 0.4))
    both = []
    for place, share in enumerate(shares):
        items.append(Line(((cx, cy), at(place, radius)), 0.4, Role.GRID))
        before = share.won / share.full
        after = (share.won if share.after is None else share.after) / share.full
        both.append((before, after))
        x, y = at(place, radius + 9)
        side = "middle" if abs(x - cx) < 8 else "start" if x > cx else "end"
        room = {"middle": half, "start": half - x, "end": x}[side]
        y += (9 if y > cy else -7) if side == "middle" else 2
        items.append(Words(x, y, fitted(share.name, 7.5, room), 7.5, Weight.MEDIUM, side))
        said = f"{display(100 * before, 0)} → {display(100 * after, 0)}"
        items.append(Words(x, y - 9, said, 7, anchor=side, role=Role.SECOND))
    old = tuple(at(n, radius * position(both[n][0])) for n in axes)
    new = tuple(at(n, radius * position(both[n][1])) for n in axes)
    items.append(Shape(new, False, Role.GOOD, 2))
    items.append(Shape(old, False, Role.INK, 0.9, (2.5, 2)))
    items += [Dot(x, y, 2.2, True, Role.GOOD) for x, y in new]
    items += [Dot(x, y, 1.9, False, Role.INK) for x, y in old]
    up = (height - bars.height) / 2
    items += [moved(one, half, up) for one in bars.items]
    return Chart(width, height, tuple(items), bars.spoken)


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
    scale = room / position(top) if top > 0 else 0.0
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
            wide = position(part) * scale
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
