"""Charts of measures as shapes, for screen and paper alike: steps of the index, cost against saving, promise and proof."""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from app.assessment.indicator_system import LevelRule
from app.assessment.numbers import brief, display
from app.assessment.result import Assessment
from app.audit.charts.layouts import IndexRow, SplitBar, index_bars, split_bars
from app.audit.charts.shapes import (
    Box,
    Chart,
    Fill,
    Item,
    Line,
    Role,
    Weight,
    Words,
    fitted,
    position,
    text_width,
)
from app.measures.economics import Economics
from app.measures.model import Measure
from app.measures.path import Path, Plan, Step
from app.measures.results import Proof

_WIDTH = 444
_HEIGHT = 190
_FOOT = 44  # room for names below the axis
_LEFT = 30
_AXIS = 28  # of cost, from below
_NAME = 7.5  # points, names at a curve
_Room = tuple[float, float, float, float]  # left, low, right, high


def path_chart(
    path: Path,
    width: float = _WIDTH,
    plan: Plan | None = None,
    steps: Sequence[Step] = (),
    more: Step | None = None,
) -> Chart | None:
    """The index of the target level from now, step by step, to what a plan brings (the cheapest, unless another is given
    with its steps); the line is what the level asks. more: what could be added, drawn beside. None for documents without
    an index, or without a plan."""
    if path.best is None or path.before is None:
        return None
    chosen = plan or path.best
    before = path.before.index_range.get(path.target)
    after = chosen.assessment.index_range.get(path.target)
    if before is None or after is None:
        return None
    gains = [step for step in (steps if plan else path.steps) if step.points]
    names = ["现在", *[step.name for step in gains], "做完"]
    foots = [
        "",
        *["、".join(step.by) for step in gains],
        "、".join(m.code for m in chosen.measures),
    ]
    lows, highs = [Fraction(0)], [before.low]
    level = before.low
    for step in gains:
        lows.append(level)
        level += step.points or 0
        highs.append(level)
    lows.append(Fraction(0))
    highs.append(after.low)
    if more is not None and more.points:
        names.append(more.name)
        foots.append(f"{'、'.join(more.by)} 可加")
        lows.append(after.low)
        highs.append(after.low + more.points)
    last = len(gains) + 1  # the place of 做完
    shown_from = max(Fraction(0), Fraction((before.low // 10 - 1) * 10))
    top = max(Fraction(100) if after.low > 90 else Fraction(90), *highs) + 4
    area = _HEIGHT - _FOOT - 14
    scale = area / position(top - shown_from)
    slot = (width - _LEFT - 8) / len(names)
    bar = slot * 0.62
    items: list[Item] = [Line(((_LEFT, _FOOT), (width - 8, _FOOT)), 0.8)]

    def y(value: Fraction) -> float:
        return _FOOT + position(max(value, shown_from) - shown_from) * scale

    tick = shown_from
    while tick <= top:
        if tick > shown_from:
            items.append(Line(((_LEFT, y(tick)), (width - 8, y(tick))), 0.4, Role.GRID))
        items.append(
            Words(_LEFT - 4, y(tick) - 2.5, brief(tick), 7.5, anchor="end", role=Role.SECOND)
        )
        tick += 10
    for place, (name, foot, low, high) in enumerate(zip(names, foots, lows, highs, strict=True)):
        x = _LEFT + slot * place + (slot - bar) / 2
        whole = place in (0, last)
        tall = max(y(high) - y(low), 0.8)
        if place > last:
            items.append(Box(x, y(low), bar, tall, Fill.BLANK, Role.SECOND, 0.7, (2, 2)))
        else:
            items.append(Box(x, y(low), bar, tall, Fill.SOLID if whole else Fill.HATCH, Role.GOOD))
        if whole and shown_from:  # the bar does not begin at 0: a break says so
            zigzag = tuple(
                (x - 2 + (bar + 4) * n / 4, _FOOT + (9 if n % 2 else 6)) for n in range(5)
            )
            items.append(Line(zigzag, 2.0, Role.PAPER))
        said = display(high, 2) if whole else f"+{display(high - low, 2)}"
        items.append(Words(x + bar / 2, y(high) + 4, said, 7.5, Weight.BOLD, "middle"))
        items.append(
            Words(x + bar / 2, _FOOT - 12, fitted(name, 7.5, slot - 2), 7.5, anchor="middle")
        )
        items.append(
            Words(
                x + bar / 2,
                _FOOT - 23,
                fitted(foot, 7.5, slot - 2),
                7.5,
                anchor="middle",
                role=Role.SECOND,
            )
        )
        if not whole or place:
            edge = _LEFT + slot * (place - 1) + (slot + bar) / 2
            start = y(highs[place - 1])
            items.append(Line(((edge, start), (x, start)), 0.5, Role.SECOND, (1.5, 1.5)))
    least = path.needed
    if least is not None and least >= shown_from:
        items.append(Line(((_LEFT, y(least)), (width - 8, y(least))), 1.2, Role.INK, (4, 2)))
        items.append(
            Words(
                _LEFT + 3,
                y(least) + 3,
                f"{path.target.symbol} 级线 {brief(least)}",
                7.5,
                Weight.BOLD,
            )
        )
    if shown_from:
        items.append(
            Words(
                width - 8,
                _FOOT - 36,
                f"纵轴省去 0 到 {brief(shown_from)}",
                7.5,
                anchor="end",
                role=Role.SECOND,
            )
        )
    spoken = (
        f"Y{path.target.symbol} 从 {display(before.low, 2)} 到 {display(after.low, 2)}："
        + "，".join(f"{step.name} 加 {display(step.points or Fraction(0), 2)}" for step in gains)
    )
    return Chart(width, _HEIGHT, tuple(items), spoken)


def _overlap(one: _Room, other: _Room) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _places(x: float, y: float, long: float, width: float, height: float) -> Iterator[_Room]:
    """Where the name of a point may stand, the nearest first; right below and left above it before all others, since the line
    is steepest at its beginning. Those further away, which are many, are looked for only when they are asked for."""

    def inside(places: Iterable[tuple[float, float]]) -> Iterator[_Room]:
        for left, low in places:
            room = (left, low, left + long, low + _NAME)
            if left > _LEFT + 2 and room[2] <= width - 8 and low >= _AXIS + 3 and room[3] <= height:
                yield room

    yield from inside([(x + 4, y - 8), (x - 4 - long, y + 4)])
    right, top = width - 8 - long, height - _NAME
    across = [_LEFT + 3 + 6.0 * n for n in range(int((right - _LEFT - 3) / 6) + 1)]
    up = [_AXIS + 3 + 4.0 * n for n in range(int((top - _AXIS - 3) / 4) + 1)]

    aside = [(max(left - x, x - left - long, 0.0) ** 2, left) for left in across]
    above = [(max(low - y, y - low - _NAME, 0.0) ** 2, low) for low in up]
    away = sorted((one + other, left, low) for one, left in aside for other, low in above)
    yield from inside((left, low) for _, left, low in away)


def _nearest(room: _Room, x: float, y: float) -> tuple[float, float]:
    left, low, right, high = room
    return min(max(x, left), right), min(max(y, low), high)


def _along(points: Sequence[tuple[float, float]]) -> list[_Room]:
    """Small rooms on a line, close enough that no name crosses it."""
    found = []
    for (x1, y1), (x2, y2) in pairwise(points):
        steps = int(max(abs(x2 - x1), abs(y2 - y1)) / 4) + 1
        for step in range(1, steps):
            x, y = x1 + (x2 - x1) * step / steps, y1 + (y2 - y1) * step / steps
            found.append((x - 0.5, y - 0.5, x + 0.5, y + 0.5))
    return found


def cost_chart(
    measures: Sequence[Measure], width: float = _WIDTH, height: float = _HEIGHT
) -> Chart | None:
    """Saving of a year against the money spent, one measure after another, the quickest to pay back first. None where
    fewer than two have both figures."""
    known = [
        (one, one.cost, one.saving)
        for one in measures
        if one.cost is not None and one.saving is not None and one.saving > 0
    ]
    if len(known) < 2:
        return None
    known.sort(key=lambda entry: (entry[1] / entry[2], -entry[2]))
    spent, saved = [Fraction(0)], [Fraction(0)]
    for _, cost, saving in known:
        spent.append(spent[-1] + cost)
        saved.append(saved[-1] + saving)
    area_x, area_y = width - _LEFT - 16, height - 40
    wide = max(spent[-1], Fraction(1))

    def at(x: Fraction, y: Fraction) -> tuple[float, float]:
        return (
            _LEFT + position(x / wide) * area_x,
            _AXIS + position(y / saved[-1]) * area_y,
        )

    points = [at(x, y) for x, y in zip(spent, saved, strict=True)]
    items: list[Item] = [
        Line(((_LEFT, _AXIS), (width - 12, _AXIS)), 0.8),
        Line(((_LEFT, _AXIS), (_LEFT, height - 8)), 0.8),
        Line(tuple(points), 1.2, Role.ENERGY),
    ]
    head = f"累计一年省 {brief(saved[-1])} 万元"
    named: list[_Room] = [
        (_LEFT + 4, height - 10, _LEFT + 4 + text_width(head, 7.5), float(height))
    ]
    marks = [(x - 2, y - 2, x + 2, y + 2) for x, y in points[1:]]
    line = _along(points)
    for (one, _, _), mark, (x, y) in zip(known, marks, points[1:], strict=True):
        items.append(
            Box(x - 2, y - 2, 4, 4, Fill.SOLID, Role.ENERGY, key=f"measures.list/{one.row_id}/name")
        )
        taken = [*(other for other in marks if other != mark), *line]
        places = _places(x, y, text_width(one.code, _NAME), width, height)
        for place, room in enumerate(places):
            if any(_overlap(room, other) for other in (*named, *taken)):
                continue
            if place > 1:  # not beside its point: a thin line leads there
                items.append(Line(((x, y), _nearest(room, x, y)), 0.4))
            items.append(Words(room[0], room[1], one.code, _NAME))
            named.append(room)
            break
    items += [
        Words(width - 12, 10, f"累计投资 {brief(spent[-1])} 万元", 7.5, anchor="end"),
        Words(_LEFT + 4, height - 10, head, 7.5),
    ]
    spoken = f"{len(known)} 个方案按回本快慢排，一共投资 {brief(spent[-1])} 万元，一年省 {brief(saved[-1])} 万元"
    return Chart(width, height, tuple(items), spoken)


def proof_chart(proofs: Sequence[Proof], width: float = _WIDTH) -> Chart | None:
    """Measured as a share of what was predicted, one bar a measure (its first stream); None where nothing was measured."""
    bars = []
    for proof in proofs:
        for stream_id in proof.measure.savings:
            ratio = proof.ratio(stream_id)
            if ratio is not None and ratio >= 0:
                key = f"measures.results/{proof.measure.row_id}/{stream_id}"
                words = f"{display(ratio * 100, 0)}%"
                bars.append(
                    SplitBar(
                        f"{proof.measure.code} {proof.measure.name}", (ratio * 100,), words, key
                    )
                )
                break
    if not bars:
        return None
    return split_bars(bars, ("实测占预计",), "%", fills=((Fill.HATCH, Role.ENERGY),), width=width)


def level_chart(
    before: Assessment, after: Assessment, rules: Sequence[LevelRule], width: float = _WIDTH
) -> Chart | None:
    """The index of every level before (hatched) and after (solid) the finished measures; a line at what the level asks. None
    for documents without an index."""
    levels = [level for level in before.index_range if level in after.index_range]
    if not levels:
        return None
    asked = {rule.level: rule.min_index for rule in rules}
    rows = []
    for level in levels:
        old, new = before.index_range[level], after.index_range[level].low
        rows.append(IndexRow(level.symbol, old.low, old.high, asked.get(level), new))
    return index_bars(rows, width=width)


def value_chart(result: Economics, width: float = _WIDTH) -> Chart:
    """The value of the cash added up year by year, discounted."""
    values, total = [], Fraction(0)
    growth = 1 + result.case.discount_rate
    for year, flow in enumerate(result.flows):
        total += flow / growth**year
        values.append(total)
    top, bottom = max(*values, Fraction(0)), min(*values, Fraction(0))
    span = top - bottom or Fraction(1)
    height = 130

    def at(year: int, value: Fraction) -> tuple[float, float]:
        x = _LEFT + year * (width - _LEFT - 16) / max(1, len(values) - 1)
        return x, 16 + position((value - bottom) / span) * (height - 34)

    zero = at(0, Fraction(0))[1]
    items: list[Item] = [
        Line(((_LEFT, zero), (width - 12, zero)), 0.7),
        Line(tuple(at(year, value) for year, value in enumerate(values)), 1.2, Role.ENERGY),
        Words(_LEFT - 3, zero - 2.5, "0", 7.5, anchor="end", role=Role.SECOND),
    ]
    for year, value in enumerate(values):
        x, y = at(year, value)
        items.append(Box(x - 1.6, y - 1.6, 3.2, 3.2, Fill.SOLID, Role.ENERGY))
        if year % 2 == 0 or year == len(values) - 1:
            items.append(Words(x, 4, str(year), 7.5, anchor="middle", role=Role.SECOND))
    x, _ = at(len(values) - 1, values[-1])
    y = max(at(year, values[year])[1] for year in range(len(values) * 2 // 3, len(values)))
    items.append(Words(x, y + 5, f"NPV {display(result.NPV, 2)}", 7.5, Weight.BOLD, "end"))
    spoken = f"累计净现值 {len(values) - 1} 年后是 {display(result.NPV, 2)} 万元"
    return Chart(width, height, tuple(items), spoken)
