"""The shapes a chart is made of: points (1/72 inch), origin at the lower left, y upwards. Roles instead of colours.

Fills differ by geometry, not by shade, so that a chart reads in black and white.
"""

import enum
from dataclasses import dataclass, replace
from fractions import Fraction


class Role(enum.StrEnum):
    """What a colour means; each painter has its palette."""

    INK = "ink"
    SECOND = "second"
    GRID = "grid"
    PAPER = "paper"
    GOOD = "good"  # after, base year, certain
    ENERGY = "energy"  # series on the screen; black on paper
    WARN = "warn"


class Fill(enum.StrEnum):
    SOLID = "solid"
    HATCH = "hatch"
    BACK = "back"
    CROSS = "cross"
    DOTS = "dots"
    BLANK = "blank"


class Weight(enum.StrEnum):
    REGULAR = "regular"
    MEDIUM = "medium"
    BOLD = "bold"


@dataclass(frozen=True)
class Line:
    points: tuple[tuple[float, float], ...]
    width: float = 0.6
    role: Role = Role.INK
    dash: tuple[float, ...] = ()


@dataclass(frozen=True)
class Box:
    """key: the answer it stands for, "" for none; on the screen a click leads there."""

    x: float
    y: float
    width: float
    height: float
    fill: Fill = Fill.BLANK
    role: Role = Role.INK
    stroke: float = 0.6
    dash: tuple[float, ...] = ()
    key: str = ""


@dataclass(frozen=True)
class Shape:
    """A closed polygon."""

    points: tuple[tuple[float, float], ...]
    filled: bool
    role: Role = Role.INK
    stroke: float = 0.6
    dash: tuple[float, ...] = ()


@dataclass(frozen=True)
class Band:
    """A flow between two vertical edges: from (x1, low1..high1) to (x2, low2..high2), drawn as an S-curve."""

    x1: float
    low1: float
    high1: float
    x2: float
    low2: float
    high2: float
    fill: Fill
    role: Role


@dataclass(frozen=True)
class Dot:
    x: float
    y: float
    radius: float
    filled: bool
    role: Role = Role.INK


@dataclass(frozen=True)
class Words:
    x: float
    y: float
    text: str
    size: float = 7.5
    weight: Weight = Weight.REGULAR
    anchor: str = "start"  # start | middle | end
    role: Role = Role.INK


Item = Line | Box | Shape | Band | Dot | Words


@dataclass(frozen=True)
class Chart:
    """width, height in points. spoken: title, range, limit and the odd ones out, for who cannot see the picture."""

    width: float
    height: float
    items: tuple[Item, ...]
    spoken: str


def _lowest(item: Item) -> float:
    match item:
        case Line(points) | Shape(points):
            return min(y for _, y in points)
        case Band():
            return min(item.low1, item.low2)
        case Dot(_, y, radius):
            return y - radius
        case Box(_, y) | Words(_, y):
            return y


def moved(item: Item, right: float, up: float) -> Item:
    """The shape at another place."""
    match item:
        case Line(points) | Shape(points):
            return replace(item, points=tuple((x + right, y + up) for x, y in points))
        case Band():
            return replace(
                item,
                x1=item.x1 + right,
                x2=item.x2 + right,
                low1=item.low1 + up,
                high1=item.high1 + up,
                low2=item.low2 + up,
                high2=item.high2 + up,
            )
        case Box() | Dot() | Words():
            return replace(item, x=item.x + right, y=item.y + up)


def without_room_below(chart: Chart, margin: float = 6.0) -> Chart:
    """The chart cut off below its lowest shape."""
    spare = min((_lowest(item) for item in chart.items), default=0.0) - margin
    if spare <= 0:
        return chart
    items = tuple(moved(item, 0.0, -spare) for item in chart.items)
    return replace(chart, height=chart.height - spare, items=items)


def position(value: Fraction) -> float:
    """An exact number as a place on paper; nothing comes back from there."""
    return value.numerator / value.denominator


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
