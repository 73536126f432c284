"""Make the two fonts of last resort: rare Han and emoji, for names and remarks that hold what the text fonts lack.

python -m tools.make_rare_fonts HanaMinA.ttf NotoEmoji_400Regular.ttf FOLDER

HanaMinA is Debian's fonts-hanazono 20170904 (GlyphWiki Project; free for any use, also under the SIL OFL 1.1 with its names
reserved, hence ours): all of extension A and the Han of JIS X 0213, HKSCS and IICore. NotoEmoji is npm
@expo-google-fonts/noto-emoji 0.4.7 (SIL OFL 1.1), one colour. Only what the text fonts lack is taken; nothing is redrawn.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem

from app.paths import fonts_dir

_DROPPED = [
    "GPOS", "GSUB", "GDEF", "BASE", "VORG", "vhea", "vmtx", "DSIG", "STAT", "gasp", "fpgm", "prep", "cvt ", "meta",
]  # fmt: skip


_HAN = ((0x2E80, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))
_EMOJI = ((0x20E3, 0x20E3), (0x2190, 0x2BFF), (0x1F000, 0x1FAFF))
_Blocks = tuple[tuple[int, int], ...]


def _without(
    source: Path, known: set[int], blocks: _Blocks, family: str, credit: str, target: Path
) -> int:
    """Writes what of `source` is not known yet; the number of characters."""
    options = subset.Options()
    options.hinting = False
    options.glyph_names = False
    options.notdef_outline = True
    options.layout_features = []
    options.drop_tables += _DROPPED
    font = subset.load_font(str(source), options)
    inside = {code for low, high in blocks for code in range(low, high + 1)}
    wanted = inside & set(font.getBestCmap()) - known
    worker = subset.Subsetter(options)
    worker.populate(unicodes=wanted)
    worker.subset(font)
    scale_upem(
        font, 1000
    )  # as the text fonts; ReportLab's widths differ from the font's with any other
    _rename(font, family, credit)
    subset.save_font(font, str(target), options)
    return len(font.getBestCmap())


def _rename(font: Any, family: str, credit: str) -> None:
    names = font["name"]
    copyright_words = names.getDebugName(0)
    names.names = []
    postscript = family.replace(" ", "") + "-Regular"
    values = {
        0: copyright_words, 1: family, 2: "Regular", 3: postscript, 4: f"{family} Regular", 5: "Version 1.000",
        6: postscript, 10: f"Subset of {credit}; modified version under the SIL Open Font License 1.1.",
        13: "This Font Software is licensed under the SIL Open Font License, Version 1.1.",
        14: "https://openfontlicense.org",
    }  # fmt: skip
    for number, value in values.items():
        if value:
            names.setName(value, number, 3, 1, 0x409)
    font["OS/2"].fsType = 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("han", type=Path)
    parser.add_argument("emoji", type=Path)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    known = set(TTFont(fonts_dir() / "CPASansSC-Regular.ttf", lazy=True).getBestCmap())
    for source, blocks, family, credit in (
        (options.han, _HAN, "CPA Rare SC", "Hanazono Mincho A"),
        (options.emoji, _EMOJI, "CPA Emoji", "Noto Emoji"),
    ):
        target = options.folder / f"{family.replace(' ', '')}-Regular.ttf"
        count = _without(source, known, blocks, family, credit, target)
        known |= set(TTFont(target, lazy=True).getBestCmap())
        print(f"{target.name}: {count} characters, {target.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
