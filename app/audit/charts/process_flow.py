"""The process of a plant: one column a production line, inputs at the left, points of pollution at the right."""

from collections.abc import Sequence
from dataclasses import dataclass

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
)

_BOX_WIDTH, _BOX_HEIGHT, _STEP = 74.0, 18.0, 31.0
MOST_STEPS = 11


@dataclass(frozen=True)
class ProcessStep:
    """One box. pollution: codes whose first letter tells the kind: W water, G gas, S solid. focus: part of the audit focus."""

    name: str
    inputs: tuple[str, ...] = ()
    pollution: tuple[str, ...] = ()
    focus: bool = False


@dataclass(frozen=True)
class ProcessLine:
    """A production line; at most MOST_STEPS steps, the rest goes into a second figure."""

    name: str
    steps: tuple[ProcessStep, ...]


def _mark(code: str, x: float, y: float) -> list[Item]:
    """Water a filled triangle down, gas an open one up, solid a square; the code beside it."""
    size = 4.0
    marks: dict[str, Item] = {
        "W": Shape(((x - size, y + 3.2), (x + size, y + 3.2), (x, y - size)), True),
        "G": Shape(((x - size, y - 3.2), (x + size, y - 3.2), (x, y + size)), False, stroke=0.8),
    }
    square = Box(x - 3.2, y - 3.2, 6.4, 6.4, Fill.CROSS, stroke=0.8)
    words = Words(x + size + 2, y - 2.6, code, 7, Weight.MEDIUM)
    return [marks.get(code[:1], square), words]


def _arrow(x1: float, y1: float, x2: float, y2: float) -> list[Item]:
    """Level to the right or straight down."""
    if y1 == y2:
        head = ((x2, y2), (x2 - 3.6, y2 + 1.5), (x2 - 3.6, y2 - 1.5))
        return [Line(((x1, y1), (x2 - 3, y2))), Shape(head, True, stroke=0)]
    head = ((x2, y2), (x2 - 1.5, y2 + 3.6), (x2 + 1.5, y2 + 3.6))
    return [Line(((x1, y1), (x2, y2 + 3))), Shape(head, True, stroke=0)]


def _name(text: str, x: float, y: float, room: float, weight: Weight) -> list[Item]:
    """A name inside its box: on two lines when it is too long for one; never under 7 pt."""
    # A Chinese character is as wide as the type is high, a Latin one a little over half of it.
    if sum(8.0 if ord(character) > 0x2E80 else 4.8 for character in text) <= room:
        return [Words(x, y - 2.8, text, 8, weight, "middle")]
    half = (len(text) + 1) // 2
    lines = (text[:half], text[half:])
    return [
        Words(x, y + offset, line, 7, weight, "middle")
        for offset, line in zip((0.8, -6.6), lines, strict=True)
    ]


def process_flow(lines: Sequence[ProcessLine], *, width: float = 444) -> Chart:
    """Up to three lines side by side. ValueError for a line with more steps than fit one figure."""
    if any(len(line.steps) > MOST_STEPS for line in lines):
        raise ValueError("a production line has more steps than fit one figure")
    longest = max((len(line.steps) for line in lines), default=1)
    height = 52.0 + _STEP * longest
    top = height - 50
    items: list[Item] = _legend(height - 9)
    column = width / max(1, len(lines))
    box_width = min(_BOX_WIDTH, column - 66)
    for place, line in enumerate(lines):
        x = column * place + column / 2 + 6
        items.append(Words(x, height - 27, line.name, 9, Weight.MEDIUM, "middle"))
        items.append(Line(((x - 46, height - 33), (x + 46, height - 33)), 0.8))
        gap = (top - 12) / max(1, len(line.steps) - 1) if len(line.steps) > 1 else 0.0
        gap = min(gap, _STEP * 1.6)
        for number, step in enumerate(line.steps):
            y = top - gap * number
            items += _step(step, x, y, box_width)
            if number + 1 < len(line.steps):
                low = y - _BOX_HEIGHT / 2
                items += _arrow(x, low, x, y - gap + _BOX_HEIGHT / 2)
    spoken = "；".join(f"{line.name}：{'、'.join(s.name for s in line.steps)}" for line in lines)
    return Chart(width, height, tuple(items), spoken)


def _step(step: ProcessStep, x: float, y: float, box_width: float) -> list[Item]:
    half = box_width / 2
    weight = Weight.MEDIUM if step.focus else Weight.REGULAR
    items: list[Item] = [
        Box(x - half, y - 9, box_width, _BOX_HEIGHT, stroke=1.4 if step.focus else 0.6),
        *_name(step.name, x, y, box_width - 4, weight),
    ]
    if step.inputs:
        items += _arrow(x - half - 11, y, x - half, y)
        shown = (
            (step.inputs[0], "、".join(step.inputs[1:])) if len(step.inputs) > 1 else step.inputs
        )
        offsets = (-2.6,) if len(shown) == 1 else (0.8, -7.2)
        for text, offset in zip(shown, offsets, strict=True):
            items.append(Words(x - half - 13, y + offset, text, 7, anchor="end", role=Role.SECOND))
    count = len(step.pollution)
    for number, code in enumerate(step.pollution):
        items += _mark(code, x + half + 8, y + 10 * ((count - 1) / 2 - number))
    return items


def _legend(y: float) -> list[Item]:
    items: list[Item] = []
    x = 8.0
    for code, words in (("W", "W 废水"), ("G", "G 废气"), ("S", "S 固体废物")):
        items += _mark(code, x, y)[:1]
        items.append(Words(x + 8, y - 2.6, words, 7.5))
        x += 56
    items.append(Box(x + 20, y - 4.5, 16, 9, stroke=1.4))
    items.append(Words(x + 40, y - 2.6, "审核重点所在工序", 7.5))
    items += _arrow(x + 124, y, x + 138, y)
    items.append(Words(x + 142, y - 2.6, "物料、水、能源输入", 7.5))
    return items
