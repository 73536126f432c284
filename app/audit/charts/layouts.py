"""Layouts of the charts: numbers in, shapes out. Exact numbers become positions here and nowhere else."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median

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
    scale = plot_h / position(top)
    items: list[Item] = []
    for tick in range(5):
        value = top * tick / 4
        y = foot + position(value) * scale
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
    """One index on a scale of 0..100: low = certain, high = still possible; minimum = what the level asks."""

    symbol: str
    low: Fraction
    high: Fraction
    minimum: Fraction | None


def index_bars(rows: Sequence[IndexRow], *, width: float = 444) -> Chart:
    """Solid to the certain value, hatched to the possible one, a thick line where the level begins."""
    step, foot, x0 = 34.0, 18.0, 74.0
    height = foot + step * len(rows) + 12
    scale = (width - x0 - 100) / 100
    items: list[Item] = []
    for tick in range(0, 101, 20):
        x = x0 + tick * scale
        items.append(Line(((x, foot - 4), (x, height - 8)), 0.5, Role.GRID))
        items.append(Words(x, 6, str(tick), 7, anchor="middle", role=Role.SECOND))
    for number, row in enumerate(rows):
        y = height - 12 - step * (number + 1) + 8
        items.append(Words(2, y + 4, "Y", 9.5, Weight.MEDIUM))
        items.append(Words(8.5, y + 2, row.symbol, 7, Weight.MEDIUM))
        low, high = position(row.low) * scale, position(row.high) * scale
        if low > 0:
            items.append(Box(x0, y, low, 14, Fill.SOLID, Role.GOOD))
        if high > low:
            items.append(Box(x0 + low, y, high - low, 14, Fill.HATCH, Role.GOOD))
        words = display(row.low, 2)
        if row.high != row.low:
            words += f"～{display(row.high, 2)}"
        items.append(Words(width, y + 4, words, 8.5, Weight.MEDIUM, "end"))
        if row.minimum is not None:
            x = x0 + position(row.minimum) * scale
            relation = "＝" if row.minimum == 100 else "≥"
            items.append(Line(((x, y - 4), (x, y + 18)), 1.6))
            # Beside its own line, where no other row's words come.
            said = f"{relation} {display(row.minimum, 0)}"
            items.append(Words(max(x, x0 + high) + 4, y + 4, said, 7, Weight.MEDIUM))
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
) -> Chart:
    """What each category could bring and what it brings."""
    step, x0 = 22.0, 128.0
    height = step * len(shares) + 22
    top = max((share.full for share in shares), default=Fraction(1)) or Fraction(1)
    longest = max((len(display(s.won, 2)) + len(display(s.full, 2)) for s in shares), default=0)
    scale = (width - x0 - 22 - 4.8 * longest) / position(top)
    items: list[Item] = []
    for number, share in enumerate(shares):
        y = height - 8 - step * (number + 1)
        items.append(Words(x0 - 6, y + 4, share.name, 8, anchor="end"))
        items.append(Box(x0, y, position(share.full) * scale, 13, Fill.BLANK))
        if share.won > 0:
            items.append(Box(x0, y, position(share.won) * scale, 13, Fill.SOLID, Role.GOOD))
        words = f"{display(share.won, 2)} / {display(share.full, 2)}"
        items.append(Words(x0 + position(share.full) * scale + 6, y + 4, words, 8, Weight.MEDIUM))
    items.append(Words(x0, 3, "实心 已得　框 权重分", 7, role=Role.SECOND))
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
