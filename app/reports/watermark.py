"""The state word across a page, as outlines: no text layer, and what it crosses stays readable."""

import functools
import json
from typing import Any

from app import paths


@functools.cache
def _outlines() -> dict[str, Any]:
    file = paths.resources_dir() / "design" / "watermark.json"
    outlines: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return outlines


def draw_watermark(canvas: Any, word: str, size: float, x: float, y: float, angle: float) -> None:
    """Hollow letters as outlines: nothing of them is text, and what they cross stays readable. Drawn once a paper, then shown."""
    form = f"watermark-{word.encode('utf-16-be').hex()}"
    if not canvas.hasForm(form):
        half = _outlines()[word]["width"] * size / 2000
        canvas.beginForm(form, -half - 1, -0.5 * size, half + 1, 0.5 * size)
        _outline(canvas, word, size)
        canvas.endForm()
    canvas.saveState()
    canvas._code.append("/Artifact <</Type /Pagination /Subtype /Watermark>> BDC")
    canvas.translate(x, y)
    canvas.rotate(angle)
    canvas.doForm(form)
    canvas._code.append("EMC")
    canvas.restoreState()


def _outline(canvas: Any, word: str, size: float) -> None:
    data = _outlines()[word]
    scale = size / 1000
    canvas.translate(-data["width"] * scale / 2, -0.38 * size)
    path = canvas.beginPath()
    at = (0.0, 0.0)
    for name, *numbers in data["operations"]:
        scaled = [number * scale for number in numbers]
        if name == "M":
            path.moveTo(*scaled)
            at = (scaled[0], scaled[1])
        elif name == "L":
            path.lineTo(*scaled)
            at = (scaled[0], scaled[1])
        elif name == "Q":
            cx, cy, ex, ey = scaled
            path.curveTo(
                at[0] + 2 / 3 * (cx - at[0]), at[1] + 2 / 3 * (cy - at[1]),
                ex + 2 / 3 * (cx - ex), ey + 2 / 3 * (cy - ey), ex, ey,
            )  # fmt: skip
            at = (ex, ey)
        else:
            path.close()
    canvas.setStrokeGray(0.82)
    canvas.setLineWidth(0.9)
    canvas.drawPath(path, stroke=1, fill=0)
    # Filling with the non-zero rule hides the inner lines of overlapping contours.
    canvas.setFillGray(1)
    canvas.drawPath(path, stroke=0, fill=1, fillMode=1)
