"""The shipped fonts in ReportLab: registration, coverage, fallback and the repairs its own handling needs."""

import functools
import re
import unicodedata
from collections.abc import Iterator

from reportlab.pdfbase import pdfmetrics, ttfonts

from app import paths
from app.reports.alone import alone

SONG, SONG_BOLD, HEI, HEI_MEDIUM, HEI_BOLD = "Song", "SongB", "Hei", "HeiM", "HeiB"
FILES = {
    SONG: "CPASerifSC-Regular",
    SONG_BOLD: "CPASerifSC-Bold",
    HEI: "CPASansSC-Regular",
    HEI_MEDIUM: "CPASansSC-Medium",
    HEI_BOLD: "CPASansSC-Bold",
}
# Of last resort, for names and remarks: rare Han, emoji. Loaded when a paper holds such a character.
RARE, EMOJI = "Rare", "Emoji"
FALLBACK_FILES = {RARE: "CPARareSC-Regular", EMOJI: "CPAEmoji-Regular"}
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
# Selectors of a variant and of the skin of an emoji.
_VARIANTS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef\U0001f3fb-\U0001f3ff]")
_IGNORED = {THIN, "\n", "\u3000", " "}
_plain_unicode_map = ttfonts.makeToUnicodeCMap


def _beyond_bmp(match: re.Match[str]) -> str:
    return f"<{chr(int(match[1], 16)).encode('utf-16-be').hex().upper()}>"


@functools.cache
def register() -> None:
    """Make the fonts known to ReportLab, once a process."""
    for name, file in FILES.items():
        _register(name, file)
    ttfonts.makeToUnicodeCMap = _unicode_map


def _unicode_map(name: str, subset: list[int]) -> str:
    """ReportLab writes characters above U+FFFF into the Unicode map as one number; readers expect UTF-16."""
    return re.sub(r"<([0-9A-F]{5,6})>", _beyond_bmp, _plain_unicode_map(name, subset))


@alone
def _register(name: str, file: str) -> None:
    """Once, whoever asks at the same time: a paper that is being set goes on with the font that it began with."""
    if name in pdfmetrics.getRegisteredFontNames():
        return
    font = ttfonts.TTFont(name, str(paths.fonts_dir() / f"{file}.ttf"), shapable=False)
    # A line box of 1.4 em with the glyph in its middle; the fonts' own ascent hangs text low in cells.
    font.face.ascent, font.face.descent = 1060, -340
    # A subset of the same characters as in the last paper is not cut out again.
    cut = functools.lru_cache(maxsize=8)(font.face.makeSubset)
    font.face.makeSubset = lambda codes: cut(tuple(codes))
    pdfmetrics.registerFont(font)


def cleaned(text: str) -> str:
    """Text without what has no shape: control and zero-width characters, halves of pairs and selectors of a variant go,
    a tab is a blank, a line end is \\n."""
    if text.isprintable() and not _VARIANTS.search(text):
        return text
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").replace("\u00a0", " ")
    return "".join(
        c
        for c in _VARIANTS.sub("", plain)
        if c in _IGNORED or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp")
    )


def has_glyph(font: str, character: str) -> bool:
    return character in _coverage(font)


@functools.cache
def _coverage(font: str) -> frozenset[str]:
    """Every character of a font, with those that are never drawn."""
    if font in FALLBACK_FILES:
        _register(font, FALLBACK_FILES[font])
    return frozenset(map(chr, pdfmetrics.getFont(font).face.charToGlyph)) | _IGNORED


def stand_in(character: str) -> str:
    """What is printed for a character no font has (drafts only): it says which one it was."""
    return f"{GETA}U+{ord(character):X}"


_CHAINS = {SONG_BOLD: (SONG_BOLD, HEI_BOLD, HEI), HEI_MEDIUM: (HEI_MEDIUM, HEI_BOLD, HEI)}
_LAST = (RARE, EMOJI)


@functools.lru_cache(maxsize=4096)
def _font_of(character: str, font: str) -> str:
    """The first font that has the character; "" when none does."""
    chain = _CHAINS.get(font, (font, HEI))
    return next((one for one in (*chain, *_LAST) if has_glyph(one, character)), "")


def runs_by_font(text: str, font: str) -> Iterator[tuple[str, str]]:
    """(font, text) runs: what `font` lacks is set in one that has it, what all lack as `stand_in`."""
    if text and _coverage(font).issuperset(text):
        yield font, text  # nearly always
        return
    run, current = "", font
    for character in text:
        wanted = _font_of(character, font)
        if wanted != current and run:
            yield current, run
            run = ""
        current = wanted or font
        run += character if wanted else stand_in(character)
    if run:
        yield current, run


def missing_characters(text: str) -> tuple[str, ...]:
    """Characters no shipped font can print, each once."""
    register()
    plain = cleaned(text)
    if _coverage(HEI).issuperset(plain):
        return ()
    return tuple(dict.fromkeys(c for c in plain if not _font_of(c, SONG)))
