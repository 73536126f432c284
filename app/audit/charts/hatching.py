"""Hatches as line segments clipped to what they fill, the same for paper and screen (brush patterns do not scale)."""

from app.audit.charts.shapes import Band, Box, Fill

Segment = tuple[float, float, float, float]
"""x1, y1, x2, y2 in the chart's points."""

STEP = 4.0
STROKE = 0.45
DOT_RADIUS = 0.55
_SAMPLES = 48


def _diagonals(box: Box, rising: bool) -> list[Segment]:
    lines = []
    t = -box.height
    while t < box.width:
        a, b = max(0.0, t), min(box.width, t + box.height)
        if b > a:
            low, high = a - t, b - t
            if not rising:
                low, high = box.height - low, box.height - high
            lines.append((box.x + a, box.y + low, box.x + b, box.y + high))
        t += STEP
    return lines


def box_lines(box: Box) -> list[Segment]:
    """45° lines of a hatched, back-hatched or crossed box; empty for other fills."""
    lines = _diagonals(box, True) if box.fill in (Fill.HATCH, Fill.CROSS) else []
    if box.fill in (Fill.BACK, Fill.CROSS):
        lines += _diagonals(box, False)
    return lines


def box_dots(box: Box) -> list[tuple[float, float]]:
    """Centres of the dots of a dotted box; empty for other fills."""
    if box.fill is not Fill.DOTS:
        return []
    centres = []
    y, shift = 2.2, 0.0
    while y < box.height - 1:
        x = 2.2 + shift
        while x < box.width - 1:
            centres.append((box.x + x, box.y + y))
            x += 4.5
        y += 3.6
        shift = 2.25 - shift
    return centres


def band_lines(band: Band) -> list[Segment]:
    """45° lines inside the S-curve of a hatched flow; empty for other fills.

    A line y = x + c is inside where low(t) - x(t) <= c <= high(t) - x(t) along the curve's own parameter.
    """
    if band.fill is not Fill.HATCH:
        return []
    samples = []
    for number in range(_SAMPLES + 1):
        t = number / _SAMPLES
        x = band.x1 + (band.x2 - band.x1) * (1.5 * t - 1.5 * t * t + t**3)
        smooth = t * t * (3 - 2 * t)
        low = band.low1 + (band.low2 - band.low1) * smooth
        high = band.high1 + (band.high2 - band.high1) * smooth
        samples.append((x, low - x, high - x))
    lines: list[Segment] = []
    c = min(low for _, low, _ in samples)
    last = max(high for _, _, high in samples)
    while c < last:
        start: float | None = None
        end = 0.0
        for x, low, high in samples:
            if low <= c <= high:
                start = x if start is None else start
                end = x
            elif start is not None:
                lines.append((start, start + c, end, end + c))
                start = None
        if start is not None:
            lines.append((start, start + c, end, end + c))
        c += STEP * 1.4
    return [line for line in lines if line[2] > line[0]]
