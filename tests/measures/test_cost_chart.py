"""The curve of cost and saving: every measure named, no name on an axis or on another, whatever the amounts."""

from fractions import Fraction
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from app.audit.charts.shapes import Line, Words, text_width
from app.measures.charts import cost_chart
from app.measures.model import Measure


def _measure(number: int, cost: int, saving: int) -> Measure:
    return Measure(f"r{number}", f"WD{number}", "甲", "", "", "", Fraction(cost), Fraction(saving), None, {}, {})  # fmt: skip


def _clear_of_the_axes(amounts: list[tuple[int, int]], width: float, height: float = 190) -> int:
    """How many measures are named."""
    measures = [_measure(n, cost, saving) for n, (cost, saving) in enumerate(amounts, 1)]
    chart = cost_chart(measures, width, height)
    assert chart is not None
    across, up = [one for one in chart.items if isinstance(one, Line)][:2]
    floor, wall = across.points[0][1], up.points[0][0]
    codes = [one for one in chart.items if isinstance(one, Words) and one.text.startswith("WD")]
    rooms: list[tuple[float, float, float, float]] = []
    for one in codes:
        wide = text_width(one.text, one.size)
        left = one.x - wide if one.anchor == "end" else one.x
        assert one.y >= floor + 2, one
        assert left > wall, one
        assert left + wide <= width, one
        rooms.append((left, one.y, left + wide, one.y + one.size))
    for one_room, other in combinations(rooms, 2):
        apart = one_room[2] <= other[0] or other[2] <= one_room[0]
        assert apart or one_room[3] <= other[1] or other[3] <= one_room[1], (one_room, other)
    return len(codes)


def test_a_small_saving_first_does_not_touch_the_axis() -> None:
    assert _clear_of_the_axes([(0, 1), (30, 100), (40, 90)], 444) == 3
    assert _clear_of_the_axes([(1, 2), (100, 150), (300, 200)], 444) == 3


def test_points_close_together_are_all_named() -> None:
    printer = [(0, 421), (204, 420), (10, 36), (220, 47), (3600, 913)]
    for height in (104, 76):
        assert _clear_of_the_axes(printer, 444, height) == 5
    assert _clear_of_the_axes([(0, 3), (0, 3), (0, 3), (1, 9), (1, 8), (900, 20)], 444) == 6


@given(
    st.lists(st.tuples(st.integers(0, 500), st.integers(1, 300)), min_size=2, max_size=12),
    st.sampled_from([300.0, 444.0, 620.0]),
)
@settings(max_examples=60, deadline=None)
def test_no_name_touches_an_axis(amounts: list[tuple[int, int]], width: float) -> None:
    assert _clear_of_the_axes(amounts, width) == len(amounts)
