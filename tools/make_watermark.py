"""Write resources/design/watermark.json: the outlines of the state words, so that a watermark has no text layer.

Run again only when a word or the font changes: python tools/make_watermark.py
"""

import json
from pathlib import Path

from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parent.parent
WORDS = ("草稿", "送审稿")
GAP = 120  # units of 1/1000 em between the characters


def outline(font: TTFont, word: str) -> dict[str, object]:
    """Operations in 1/1000 em: ["M",x,y] ["L",x,y] ["Q",…] (quadratic, TrueType implied points resolved) ["Z"]."""
    glyphs, names = font.getGlyphSet(), font.getBestCmap()
    operations: list[list[object]] = []
    left = 0
    for character in word:
        pen = DecomposingRecordingPen(glyphs)
        glyphs[names[ord(character)]].draw(pen)
        for name, points in pen.value:
            if name == "moveTo":
                operations.append(["M", points[0][0] + left, points[0][1]])
            elif name == "lineTo":
                operations.append(["L", points[0][0] + left, points[0][1]])
            elif name == "qCurveTo":
                for place, control in enumerate(points[:-1]):
                    after = points[place + 1]
                    is_last = place == len(points) - 2
                    end = (
                        after
                        if is_last
                        else ((control[0] + after[0]) / 2, (control[1] + after[1]) / 2)
                    )
                    operations.append(["Q", control[0] + left, control[1], end[0] + left, end[1]])
            else:
                operations.append(["Z"])
        left += glyphs[names[ord(character)]].width + GAP
    return {"width": left - GAP, "operations": operations}


def main() -> None:
    font = TTFont(ROOT / "resources" / "fonts" / "CPASansSC-Bold.ttf")
    data = {word: outline(font, word) for word in WORDS}
    target = ROOT / "resources" / "design" / "watermark.json"
    target.write_text(json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    main()
