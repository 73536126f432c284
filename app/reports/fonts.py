"""The shipped fonts in ReportLab: registration, coverage, fallback and the repairs its own handling needs."""

import functools
import re
import unicodedata
from collections.abc import Iterator

from reportlab.graphics.shapes import STATE_DEFAULTS
from reportlab.pdfbase import pdfmetrics, ttfonts

from app import paths

SONG, SONG_BOLD, HEI, HEI_MEDIUM, HEI_BOLD = "Song", "SongB", "Hei", "HeiM", "HeiB"
FILES = {
    SONG: "CPASerifSC-Regular",
    SONG_BOLD: "CPASerifSC-Bold",
    HEI: "CPASansSC-Regular",
    HEI_MEDIUM: "CPASansSC-Medium",
    HEI_BOLD: "CPASansSC-Bold",
}
BOLD_OF = {
    SONG: SONG_BOLD,
    HEI: HEI_BOLD,
    HEI_MEDIUM: HEI_BOLD,
    SONG_BOLD: SONG_BOLD,
    HEI_BOLD: HEI_BOLD,
}
# U+3013, the mark of a character that could not be set; drafts only.
GETA = "〓"
THIN = "\u2009"
_IGNORED = {THIN, "\n", "\u3000", " "}


def _beyond_bmp(match: re.Match[str]) -> str:
    return f"<{chr(int(match[1], 16)).encode('utf-16-be').hex().upper()}>"


@functools.cache
def register() -> None:
    """Make the fonts known to ReportLab, once a process."""
    for name, file in FILES.items():
        font = ttfonts.TTFont(name, str(paths.fonts_dir() / f"{file}.ttf"), shapable=False)
        pdfmetrics.registerFont(font)
        # A line box of 1.4 em with the glyph in its middle; the fonts' own ascent hangs text low in cells.
        font.face.ascent, font.face.descent = 1060, -340
    # ReportLab writes characters above U+FFFF into the Unicode map as one number; readers expect UTF-16.
    plain = ttfonts.makeToUnicodeCMap
    ttfonts.makeToUnicodeCMap = lambda name, subset: re.sub(
        r"<([0-9A-F]{5,6})>", _beyond_bmp, plain(name, subset)
    )
    # Shapes without a font of their own would pull in Helvetica, which is never embedded.
    STATE_DEFAULTS["fontName"] = HEI


def cleaned(text: str) -> str:
    """Text without what has no shape: control and zero-width characters go, a tab is a blank, a line end is \\n."""
    if text.isprintable():
        return text
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").replace("\u00a0", " ")
    return "".join(
        c for c in plain if c in _IGNORED or unicodedata.category(c) not in ("Cc", "Cf", "Zl", "Zp")
    )


def has_glyph(font: str, character: str) -> bool:
    return character in _coverage(font)


@functools.cache
def _coverage(font: str) -> frozenset[str]:
    """Every character of a font, with those that are never drawn."""
    return frozenset(map(chr, pdfmetrics.getFont(font).face.charToGlyph)) | _IGNORED


_replaced: set[str] = set()


def replace_when_missing(characters: tuple[str, ...]) -> None:
    """Print these as 〓 (drafts only); a character is never dropped and never an empty box without notice."""
    _replaced.clear()
    _replaced.update(characters)


def runs_by_font(text: str, font: str) -> Iterator[tuple[str, str]]:
    """(font, text) runs: what `font` lacks is set in the sans of full coverage; what that lacks too keeps `font`."""
    if text and _coverage(font).issuperset(text) and _replaced.isdisjoint(text):
        yield font, text  # nearly always
        return
    run, current = "", font
    for given in text:
        character = GETA if given in _replaced else given
        wanted = font
        if not has_glyph(font, character) and has_glyph(HEI, character):
            wanted = HEI
        if wanted != current and run:
            yield current, run
            run = ""
        current = wanted
        run += character
    if run:
        yield current, run


def missing_characters(text: str) -> tuple[str, ...]:
    """Characters no shipped font can print, each once."""
    register()
    plain = cleaned(text)
    if _coverage(HEI).issuperset(plain):
        return ()
    lacking = (c for c in plain if not has_glyph(SONG, c) and not has_glyph(HEI, c))
    return tuple(dict.fromkeys(lacking))
