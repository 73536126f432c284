"""Give the ten digits of a TrueType font one width, so that columns of figures align in print.

python -m tools.make_fonts --check               are the shipped fonts tabular?
python -m tools.make_fonts SOURCE.ttf TARGET.ttf  repair a font

Noto Serif SC has proportional digits and no `tnum` feature, and ReportLab applies no features. Every digit gets the
width of the widest and is centred in it. The shipped fonts are subsets of Noto Sans SC and Noto Serif SC (SIL OFL 1.1,
renamed as the licence asks); this is the one change to their outlines besides the added signs.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

from app.paths import fonts_dir

DIGITS = "0123456789"


def digit_widths(font: Any) -> set[int]:
    """Advance widths of the ten digits, in font units; one width when they are tabular."""
    names = font.getBestCmap()
    return {font["hmtx"].metrics[names[ord(digit)]][0] for digit in DIGITS}


def make_tabular(font: Any) -> int:
    """Centre every digit in the width of the widest; returns that width."""
    names, metrics, glyphs = font.getBestCmap(), font["hmtx"].metrics, font.getGlyphSet()
    widest = max(digit_widths(font))
    drawn = {}
    for digit in DIGITS:
        name = names[ord(digit)]
        pen, flat = TTGlyphPen(None), DecomposingRecordingPen(glyphs)
        glyphs[name].draw(flat)
        flat.replay(TransformPen(pen, (1, 0, 0, 1, (widest - metrics[name][0]) / 2, 0)))
        drawn[name] = pen.glyph()
    for name, glyph in drawn.items():
        glyph.recalcBounds(font["glyf"])
        font["glyf"][name] = glyph
        metrics[name] = (widest, glyph.xMin)
    return widest


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="look at the shipped fonts only")
    parser.add_argument("files", nargs="*", type=Path)
    arguments = parser.parse_args()
    if arguments.check:
        wobbly = [
            p.name for p in sorted(fonts_dir().glob("*.ttf")) if len(digit_widths(TTFont(p))) > 1
        ]
        print("proportional digits: " + ", ".join(wobbly) if wobbly else "all digits tabular")
        return 1 if wobbly else 0
    if len(arguments.files) != 2:
        parser.error("SOURCE.ttf and TARGET.ttf, or --check")
    source, target = arguments.files
    font = TTFont(source)
    print(f"{target.name}: digits {make_tabular(font)} units wide")
    font.save(target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
