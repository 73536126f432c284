"""The balance of water as papers draw it: every number there, none upon another, nothing outside."""

import itertools
from fractions import Fraction

import pytest

from app.audit.charts.shapes import Words, text_width
from app.audit.charts.water_flow import WaterFlow, WaterUnit
from app.audit.charts.water_trunk import water_trunk


def _flow(count: int, reused: int, gap: int = 620, works: bool = True) -> WaterFlow:
    units = []
    for n in range(count):
        back = Fraction(800 + n if n < reused else 0)
        name = f"{'配槽补液与酸雾喷淋和地面冲洗' if n == 1 else '清洗'}{n}"
        units.append(WaterUnit(name, Fraction(17800 + n), back, Fraction(5600 + n), Fraction(1150 + n), Fraction(9850 + n)))  # fmt: skip
    units.insert(
        0, WaterUnit("办公与生活", Fraction(4900), Fraction(0), Fraction(0), Fraction(980), Fraction(3920), False)
    )  # fmt: skip
    total = [Fraction(n) if works else Fraction(0) for n in (51830, 40870, 430, 10000)]
    gaps = Fraction(gap), Fraction(530 if works else 0)
    return WaterFlow(Fraction(153620), tuple(units), total[0], total[1], total[2], total[3], *gaps)


def _room(words: Words) -> tuple[float, float, float, float]:
    wide = text_width(words.text, words.size)
    left = words.x - wide * {"start": 0.0, "middle": 0.5, "end": 1.0}[words.anchor]
    return left, words.y, left + wide, words.y + 0.72 * words.size


@pytest.mark.parametrize(
    "flow", [_flow(1, 1), _flow(4, 4), _flow(13, 6), _flow(5, 0, -90), _flow(3, 0, 0, works=False)]
)
def test_every_number_has_its_own_place(flow: WaterFlow) -> None:
    chart = water_trunk(flow)
    words = [one for one in chart.items if isinstance(one, Words)]
    said = " ".join(one.text for one in words)
    for unit in flow.units:
        for amount in (unit.fresh, unit.reclaimed, unit.internal, unit.loss, unit.discharge):
            assert not amount or f"{int(amount):,}" in said
    for one, other in itertools.combinations(words, 2):
        a, b = _room(one), _room(other)
        apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
        assert apart, (one.text, other.text)
    for one in words:
        left, low, right, high = _room(one)
        assert low >= 0
        assert high <= chart.height
        assert left >= 0
        assert right <= chart.width + 0.5, one.text
