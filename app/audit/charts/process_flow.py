"""The process of a plant: one column a production line, inputs at the left, points of pollution at the right.

A long line goes on in the next column, an elbow leads there; more lines than stand side by side go below.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

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
    text_width,
)

_T = TypeVar("_T")
_BOX_HEIGHT, _GAP, _GAP_WITH_WORDS = 20.0, 13.0, 18.0
_LEAST_BOX, _MOST_BOX = 62.0, 104.0
_LEAST_COLUMN = 200.0  # a line is broken into a second column only where both are at least so wide
_EASY_STEPS = 5  # a line of so many steps is not broken
_MOST_STEPS = 11  # no column is longer
_LINE = 8.0  # between two lines of small words
_ARROW = 11.0  # length of the arrow of the inputs
_CODES = 33.0  # at the right of a box: its marks with their codes
_MARK = 15.0  # a mark of pollution with its distance to the box
_EASY_MARKS, _MARK_HEIGHT = (
    3,
    9.0,
)  # so many reach into the gaps; a box with more of them has more room
KINDS = {"W": "废水", "G": "废气", "S": "固体废物", "N": "噪声"}


@dataclass(frozen=True)
class ProcessStep:
    """One box. pollution: codes whose first letter is one of KINDS. output: what goes on to the next step.
    focus: part of the audit focus. key: the answer a click on the box leads to. goes_to: the later step the output goes into
    where that is not the next one."""

    name: str
    inputs: tuple[str, ...] = ()
    pollution: tuple[str, ...] = ()
    focus: bool = False
    output: str = ""
    key: str = ""
    goes_to: str = ""


@dataclass(frozen=True)
class ProcessLine:
    """A production line; "" = the only one, without a heading."""

    name: str
    steps: tuple[ProcessStep, ...]


@dataclass(frozen=True)
class _Column:
    """A part of a line. goes_on: its next part stands in the column beside it."""

    title: str
    steps: tuple[ProcessStep, ...]
    goes_on: bool = False


def _packed(texts: Sequence[str], size: float, room: float, most: int) -> list[str]:
    """Texts packed into at most `most` lines of `room`; what is left over is 「等」."""
    lines: list[str] = []
    pieces = [piece for whole in texts for piece in _pieces(whole, size, room)]
    for text in pieces if len(pieces) <= most else [fitted(one, size, room) for one in texts]:
        joined = f"{lines[-1]}、{text}" if lines else text
        if lines and text_width(joined, size) <= room:
            lines[-1] = joined
        elif len(lines) < most:
            lines.append(text)
        else:
            lines[-1] = fitted(lines[-1], size, room - size) + "等"
            break
    return lines


def _pieces(text: str, size: float, room: float) -> list[str]:
    """A name over two lines where it is too long for one."""
    if text_width(text, size) <= room:
        return [text]
    half = next((n for n in range(len(text), 0, -1) if text_width(text[:n], size) <= room), 1)
    return [text[:half], fitted(text[half:], size, room)]


def _mark(code: str, x: float, y: float) -> Item:
    """Water a filled triangle down, gas an open one up, solid a square, noise a ring."""
    size = 4.0
    match code[:1]:
        case "W":
            return Shape(((x - size, y + 3.2), (x + size, y + 3.2), (x, y - size)), True)
        case "G":
            corners = ((x - size, y - 3.2), (x + size, y - 3.2), (x, y + size))
            return Shape(corners, False, stroke=0.8)
        case "N":
            return Dot(x, y, 3.2, False)
        case _:
            return Box(x - 3.2, y - 3.2, 6.4, 6.4, Fill.CROSS, stroke=0.8)


def _arrow(x1: float, y1: float, x2: float, y2: float) -> list[Item]:
    """Level to the right or straight down."""
    if y1 == y2:
        head = ((x2, y2), (x2 - 3.6, y2 + 1.5), (x2 - 3.6, y2 - 1.5))
        return [Line(((x1, y1), (x2 - 3, y2))), Shape(head, True, stroke=0)]
    head = ((x2, y2), (x2 - 1.5, y2 + 3.6), (x2 + 1.5, y2 + 3.6))
    return [Line(((x1, y1), (x2, y2 + 3))), Shape(head, True, stroke=0)]


def _chunks(things: Sequence[_T], size: int) -> list[tuple[_T, ...]]:
    size = max(1, size)
    return [tuple(things[at : at + size]) for at in range(0, len(things), size)]


def _columns(lines: Sequence[ProcessLine], width: float) -> list[_Column]:
    """Lines as columns; where there is room for more columns than lines, the longest are broken."""
    fit = max(1, int(width // _LEAST_COLUMN))
    spare = max(0, fit - len(lines))
    columns: list[_Column] = []
    for line in lines:
        count = len(line.steps)
        parts = max(min(1 + spare, -(-count // _EASY_STEPS)), -(-count // _MOST_STEPS), 1)
        spare = max(0, spare - (parts - 1))
        each = -(-count // parts)
        pieces = _chunks(line.steps, each)
        for place, piece in enumerate(pieces):
            title = line.name if place == 0 or not line.name else f"{line.name}（续）"
            columns.append(_Column(title, piece, place + 1 < len(pieces)))
    return columns


def process_flow(
    lines: Sequence[ProcessLine], *, names: Mapping[str, str] | None = None, width: float = 444
) -> Chart:
    """names: what each code of pollution stands for; beside the marks where there is room, else below."""
    names = names or {}
    columns = _columns(lines, width)
    side_by_side = max(1, min(len(columns), int(width // (_LEAST_COLUMN * 0.72))))
    banks = _chunks(columns, side_by_side)
    cell = width / side_by_side
    box_width = min(_MOST_BOX, max(_LEAST_BOX, cell * 0.3))
    room = (cell - box_width) / 2 - _ARROW - 8
    codes = list(dict.fromkeys(c for line in lines for step in line.steps for c in step.pollution))
    beside = all(text_width(f"{c} {names.get(c, '')}", 7) <= room - 4 for c in codes)
    # Where names of pollution stand below, the codes need little room and the inputs have the rest.
    aside = 0.0 if beside else max(0.0, (cell - box_width) / 2 - _CODES)
    left = room + aside
    gap = _GAP_WITH_WORDS if any(s.output for line in lines for s in line.steps) else _GAP
    has_titles = any(line.name for line in lines)
    keys = [] if beside else [f"{code} {names[code]}" for code in codes if code in names]
    key_rows = _key_rows(keys, width)
    heights = [_bank_height(bank, gap, has_titles) for bank in banks]
    height = 24.0 + sum(heights) + (6 + 10 * len(key_rows) if key_rows else 0)
    items = _legend(codes, any(s.focus for line in lines for s in line.steps), height - 9)
    top = height - 24
    for bank, tall in zip(banks, heights, strict=True):
        for place, column in enumerate(bank):
            centre = cell * (place + 0.5) + aside
            shown = names if beside else {}
            begin = top - (24 if has_titles else 4)
            if has_titles and column.title:
                items.append(Words(centre, top - 12, column.title, 9, Weight.MEDIUM, "middle"))
                items.append(Line(((centre - 46, top - 17), (centre + 46, top - 17)), 0.8))
            middles = _middles(column, begin, gap)
            for number, (step, y) in enumerate(zip(column.steps, middles, strict=True)):
                items += _step(step, shown, centre, y, box_width, left)
                low = y - _BOX_HEIGHT / 2
                is_last = number + 1 == len(column.steps)
                next_top = low - gap if is_last else middles[number + 1] + _BOX_HEIGHT / 2
                if step.goes_to:
                    items += _arrow(centre, low, centre, low - gap / 2)
                elif not is_last:
                    items += _arrow(centre, low, centre, next_top)
                elif column.goes_on and place + 1 < len(bank):
                    items += _elbow(
                        centre, low, centre - aside + cell / 2 - 3, begin, centre + cell
                    )
                elif step.output:
                    items += _arrow(centre, low, centre, low - gap + 6)
                if step.output:
                    # three points of pollution reach into the gap above and below their box
                    near = column.steps[number : number + 2]
                    crowded = any(len(one.pollution) > 2 for one in near)
                    space = box_width / 2 + (-3 if crowded else room - aside - 4)
                    there = f"{step.output}（到{step.goes_to}）" if step.goes_to else step.output
                    # The short arrow says that it does not go on; where to is told where there is room.
                    words = fitted(
                        there if text_width(there, 7) <= space else step.output, 7, space
                    )
                    place_y = next_top + 4 if not is_last else low - gap + 2
                    items.append(Words(centre + 5, place_y, words, 7, role=Role.SECOND))
        top -= tall
    for number, row in enumerate(key_rows):
        items.append(Words(4, 4 + 10 * (len(key_rows) - 1 - number), row, 7, role=Role.SECOND))
    spoken = "；".join(
        f"{line.name}：{said}" if line.name else said
        for line in lines
        if (said := "、".join(step.name for step in line.steps))
    )
    return Chart(width, height, tuple(items), spoken)


def _bank_height(bank: Sequence[_Column], gap: float, has_titles: bool) -> float:
    tallest = max((sum(map(_room_of, c.steps)) + gap * len(c.steps) for c in bank), default=0.0)
    return max(tallest, _BOX_HEIGHT + gap) + (24 if has_titles else 4) + 6


def _room_of(step: ProcessStep) -> float:
    """Height of a box with what its marks need beyond the gaps."""
    count = len(step.pollution)
    return max(_BOX_HEIGHT, _MARK_HEIGHT * count - 8) if count > _EASY_MARKS else _BOX_HEIGHT


def _middles(column: _Column, begin: float, gap: float) -> list[float]:
    """Where the middle of each box is, from the top down."""
    found, top = [], begin
    for step in column.steps:
        room = _room_of(step)
        found.append(top - room / 2)
        top -= room + gap
    return found


def _key_rows(keys: Sequence[str], width: float) -> list[str]:
    rows: list[str] = []
    for key in keys:
        joined = f"{rows[-1]}　{key}" if rows else key
        if rows and text_width(joined, 7) <= width - 8:
            rows[-1] = joined
        else:
            rows.append(fitted(key, 7, width - 8))
    return rows


def _elbow(x: float, low: float, lane: float, top: float, next_x: float) -> list[Item]:
    """From under the last box of a column, up between the columns, into the first box of the next."""
    turn, over = low - 5, top + 4
    path = ((x, low), (x, turn), (lane, turn), (lane, over), (next_x, over), (next_x, top + 3))
    head = ((next_x, top), (next_x - 1.5, top + 3.6), (next_x + 1.5, top + 3.6))
    return [Line(path), Shape(head, True, stroke=0)]


def _name(text: str, x: float, y: float, room: float, weight: Weight) -> list[Item]:
    """A name inside its box: on two lines when it is too long for one; never under 7 pt."""
    if text_width(text, 8) <= room:
        return [Words(x, y - 2.8, text, 8, weight, "middle")]
    half = (len(text) + 1) // 2
    lines = (fitted(text[:half], 7, room), fitted(text[half:], 7, room))
    return [
        Words(x, y + offset, line, 7, weight, "middle")
        for offset, line in zip((1.2, -7.0), lines, strict=True)
    ]


def _step(
    step: ProcessStep, names: Mapping[str, str], x: float, y: float, box_width: float, room: float
) -> list[Item]:
    half = box_width / 2
    weight = Weight.MEDIUM if step.focus else Weight.REGULAR
    stroke = 1.4 if step.focus else 0.6
    items: list[Item] = [
        Box(x - half, y - _BOX_HEIGHT / 2, box_width, _BOX_HEIGHT, stroke=stroke, key=step.key),
        *_name(step.name, x, y, box_width - 4, weight),
    ]
    inputs = _packed(step.inputs, 7, room, 3)
    if inputs:
        items += _arrow(x - half - _ARROW, y, x - half, y)
        high = y - 2.6 + _LINE * (len(inputs) - 1) / 2
        for number, text in enumerate(inputs):
            place = high - _LINE * number
            items.append(
                Words(x - half - _ARROW - 3, place, text, 7, anchor="end", role=Role.SECOND)
            )
    count = len(step.pollution)
    for number, code in enumerate(step.pollution):
        apart = 10.0 if count <= _EASY_MARKS else _MARK_HEIGHT
        place = y + apart * ((count - 1) / 2 - number)
        items.append(_mark(code, x + half + 9, place))
        items.append(Words(x + half + _MARK, place - 2.6, code, 7, Weight.MEDIUM))
        if code in names:
            after = x + half + _MARK + text_width(f"{code} ", 7)
            items.append(Words(after, place - 2.6, names[code], 7, role=Role.SECOND))
    return items


def _legend(codes: Sequence[str], focus: bool, y: float) -> list[Item]:
    """What the marks mean, of those that are there."""
    items: list[Item] = []
    x = 8.0
    for letter, words in KINDS.items():
        if any(code.startswith(letter) for code in codes):
            items.append(_mark(letter, x, y))
            items.append(Words(x + 8, y - 2.6, f"{letter} {words}", 7.5))
            x += 30 + 8 * len(words)
    if focus:
        items.append(Box(x, y - 4.5, 16, 9, stroke=1.4))
        items.append(Words(x + 20, y - 2.6, "审核重点所在工序", 7.5))
        x += 92
    items += _arrow(x, y, x + 14, y)
    items.append(Words(x + 18, y - 2.6, "物料、水、能源输入", 7.5))
    return items
