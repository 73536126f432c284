"""The shipped fonts: digits of one width, licences beside them, and a repair that makes a font so."""

from pathlib import Path

from fontTools.pens.boundsPen import BoundsPen
from fontTools.subset import Subsetter
from fontTools.ttLib import TTFont

from app.paths import fonts_dir
from app.reports.fonts import FALLBACK_FILES, FILES
from tools.make_fonts import DIGITS, digit_widths, make_tabular


def test_shipped_fonts_have_digits_of_one_width_and_may_be_embedded() -> None:
    for file in FILES.values():
        font = TTFont(fonts_dir() / f"{file}.ttf")
        assert len(digit_widths(font)) == 1, file
        assert font["OS/2"].fsType == 0, file
        missing = [c for c in "ⅠⅡⅢ●◐◌≥≤±−²³₂㎡℃μ·①〓〔〕" if ord(c) not in font.getBestCmap()]
        assert not missing, (file, missing)
    for file in FALLBACK_FILES.values():
        assert TTFont(fonts_dir() / f"{file}.ttf")["OS/2"].fsType == 0, file
    assert {one.name for one in fonts_dir().glob("LICENSE*")} == {
        "LICENSE-Hanazono-OFL.txt",
        "LICENSE-NotoEmoji-OFL.txt",
        "LICENSE-NotoSansSC-OFL.txt",
        "LICENSE-NotoSerifSC-OFL.txt",
    }


def test_repair_centres_every_digit_in_the_widest(tmp_path: Path) -> None:
    with TTFont(fonts_dir() / f"{FILES['Song']}.ttf", lazy=True) as font:
        few = Subsetter()  # thirty thousand other characters take seconds to write and to read back
        few.populate(text=f"{''.join(DIGITS)}一二三，。Aa%")
        few.subset(font)
        metrics, names = font["hmtx"].metrics, font.getBestCmap()
        one = names[ord("1")]
        metrics[one] = (300, metrics[one][1])
        assert make_tabular(font) == 562
        font.save(tmp_path / "repaired.ttf")
    repaired = TTFont(tmp_path / "repaired.ttf")
    assert digit_widths(repaired) == {562}
    glyphs = repaired.getGlyphSet()
    for digit in DIGITS:
        pen = BoundsPen(glyphs)
        glyphs[names[ord(digit)]].draw(pen)
        left = pen.bounds[0]
        assert repaired["hmtx"].metrics[names[ord(digit)]] == (562, left)
