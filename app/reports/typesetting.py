"""Chinese typesetting on ReportLab: line breaking, script gaps, figures with their units, spaced text on the canvas.

Gaps between Chinese and Latin are drawn by character space, never as a character, so that the text layer stays clean.
Sources: the habits of Chinese office typesetting (避头尾); widths as in the design of the papers.
"""

import functools
import itertools
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT
from reportlab.lib.rl_accel import escapePDF
from reportlab.pdfbase.pdfmetrics import getFont

from app.reports.fonts import HEI, HEI_BOLD, HEI_MEDIUM, SONG, THIN, cleaned, runs_by_font

INK = HexColor("#000000")
WHITE = HexColor("#FFFFFF")
GREY = HexColor("#6E6E6E")
PALE = HexColor("#B4B4B4")
ACCENT = HexColor("#14604F")

_NO_START = set("、。，．；：？！）】》〉」』〕］｝’”…—～·％‰℃°″′,.;:?!)]}%>/²³⁰⁺⁻¹₀₁₂₃₄₅₆₇₈₉㎡")
_NO_START |= {
    chr(0x2460 + place) for place in range(20)
}  # ①: the number of a note stays with its word
_NO_START |= set("●◐◌")  # the state of a source stays with it
_NO_END = set("（【《〈「『〔［｛‘“([{<￥＄$£№＃#§≥≤≈±－−")
CLOSING = set("、。，．；：？！）】》〉」』〕］｝’”")
_OPENING = set("（【《〈「『〔［｛‘“")
_LATIN_EXTRA = set("._-/%'’·²³⁺⁻₀₁₂₃₄₅₆₇₈₉µμΩ°~+&@^*=−" + THIN)
# What follows a figure as its unit or counter, and stays on its line.
_COUNTERS = set("万亿元个项家台块年月日天吨人分页行次级条套倍种件时份期章节版名处户亩度秒公千百")
_BEFORE_HAN = set("%‰°℃²³₀₁₂₃₄₅₆₇₈₉µΩ′")
# em between Chinese and Latin, as word processors do; below what text extraction calls a space
GAP = 0.16
ASCENT = 1.06  # em above the baseline: a line box of 1.4 em with the glyph in its middle


class Look(NamedTuple):
    """How a paragraph looks; its names are those that ReportLab asks for."""

    name: str
    fontName: str
    fontSize: float
    leading: float
    alignment: int = TA_LEFT
    firstLineIndent: float = 0
    spaceBefore: float = 0
    spaceAfter: float = 0
    keepWithNext: int = 0
    is_cell: bool = False


class Run(NamedTuple):
    """Text of one look. size: share of the paragraph's. rise: points above the baseline. link: key of what it leads to."""

    text: str
    font: str
    size: float = 1.0
    rise: float = 0.0
    link: str = ""


def _is_han(c: str) -> bool:
    return (
        "\u3400" <= c <= "\u9fff" or "\uf900" <= c <= "\ufaff" or "\U00020000" <= c <= "\U0003ffff"
    )


def _is_alnum(c: str) -> bool:
    return c.isalnum() and ord(c) < 0x500


def _is_latin(c: str) -> bool:
    return _is_alnum(c) or c in _LATIN_EXTRA


_TYPED_GAP = re.compile(
    r"(?<=[\u3400-\u9fff、。，；：！）】》”]) (?=[0-9A-Za-z≥≤±−+])"
    r"|(?<=[0-9A-Za-z%‰°℃²³₀-₉µΩ′]) (?=[\u3400-\u9fff（【《“])"
)


def closed_up(text: str) -> str:
    """Without blanks typed between Chinese and Latin: a line has its own gap there, narrower than a blank."""
    return _TYPED_GAP.sub("", text) if " " in text else text


@functools.lru_cache(maxsize=65536)
def spacing(a: str, b: str) -> float:
    """Extra advance after `a` when `b` follows, in em: a gap at a change of script, half a width where two marks meet."""
    if _is_han(a) and (_is_alnum(b) or b in "≥≤≈±−"):
        return GAP
    if _is_han(b) and (_is_alnum(a) or a in _BEFORE_HAN):
        return GAP
    if (a in CLOSING and (b in CLOSING or b in _OPENING)) or (a in _OPENING and b in _OPENING):
        return -0.5
    return 0.0


@functools.lru_cache(maxsize=65536)
def stretches(a: str, b: str) -> bool:
    """Whether a justified line is made wider between these two: not inside a Latin word or a figure."""
    return not (_is_latin(a) and _is_latin(b))


@functools.lru_cache(maxsize=65536)
def may_break(a: str, b: str) -> bool:
    """Whether a line may end between these two characters."""
    if not a or not b:
        return True
    if a == THIN or b == THIN or b in _NO_START or a in _NO_END or b == " ":
        return False
    if (a in "第表图" and b.isdigit()) or (a == "/" and b in _COUNTERS):
        return False
    if a == " ":
        return True
    if (a in ",." and b.isdigit()) or (b == "(" and _is_latin(a)):
        return False
    if a == b and a in "…—":
        return False
    return not (_is_latin(a) and _is_latin(b))


def splits_figure(before: str, a: str, b: str) -> bool:
    """Whether a break between `a` and `b` would part a figure from its unit or a code from its number.

    before: the character in front of `a`.
    """
    if a == " ":
        if before.isdigit() and (_is_alnum(b) or b in "°%µ" or b in _COUNTERS):
            return True
        if before in _NO_END or (before.isascii() and before.isupper() and b.isdigit()):
            return True  # 「≥ 85」, 「GB/T 24001」
    if a.isdigit() and b in _COUNTERS:
        return True
    return a in "万亿千" and before.isdigit() and (b == "元" or b == "吨" or _is_latin(b))


class _Widths(dict[str, float]):
    """Character → width in em."""

    def __init__(self, font: str) -> None:
        super().__init__()
        self._face = getFont(font).face

    def __missing__(self, character: str) -> float:
        width = float(self._face.getCharWidth(ord(character))) / 1000 if character != "\n" else 0.0
        self[character] = width
        return width


@functools.cache
def width_of(font: str) -> Mapping[str, float]:
    """Character → width in em, without gaps."""
    return _Widths(font)


@functools.lru_cache(maxsize=16384)
def _gaps(text: str) -> tuple[tuple[int, float], ...]:
    """(place of a character, what is added behind it in em) where something is."""
    found = []
    for place, (a, b) in enumerate(itertools.pairwise(text)):
        extra = GAP if b == THIN else 0.0 if a == THIN else spacing(a, b)
        if extra and a != THIN:
            found.append((place, extra))
    return tuple(found)


@functools.lru_cache(maxsize=65536)
def plain(value: float) -> str:
    """A coordinate to a ten-thousandth of a point."""
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


class _Codes(dict[str, tuple[str, str]]):
    """Character → (name of the font's subset, its code escaped for a string), for one font in one file."""

    def __init__(self, font: str, file: Any) -> None:
        super().__init__()
        self._font, self._file = getFont(font), file

    def __missing__(self, character: str) -> tuple[str, str]:
        ((subset, code),) = self._font.splitString(character, self._file)
        name = self._font.getSubsetInternalName(subset, self._file)
        found = (name, escapePDF(code))
        self[character] = found
        return found


def show(
    canvas: Any,
    x: float,
    y: float,
    pieces: Iterable[tuple[str, str, float, float]],
    between: float,
    color: Any,
) -> None:
    """Text at a place. pieces: (text, font, size, rise) one behind the other. between: points added behind every character
    that is not inside a word (see `stretches`).

    Gaps and squeezed marks are made by Tc around one glyph, so that the text layer has no character for them.
    """
    if canvas._fillColorObj is not color:
        canvas.setFillColor(color)
    known = canvas.__dict__.setdefault("_operators", {})
    code = [f"BT 1 0 0 1 {plain(x)} {plain(y)} Tm"]
    if between:
        code.append(f"{plain(between)} Tc")
    raised = 0.0
    for piece in pieces:
        if piece[3] != raised:
            raised = piece[3]
            code.append(f"{plain(raised)} Ts")
        key = (piece, between)
        made = known.get(key)
        if made is None:
            made = known[key] = _operators(canvas, *piece[:3], between)
        code.append(made)
    if raised:
        code.append("0 Ts")
    code.append("0 Tc ET" if between else "ET")
    canvas._code.append(" ".join(code))


def _operators(canvas: Any, text: str, font: str, size: float, between: float) -> str:
    codes = canvas.__dict__.setdefault("_codes", {}).get(font)
    if codes is None:
        codes = canvas._codes[font] = _Codes(font, canvas._doc)
    out: list[str] = []
    held: list[str] = []
    current = ""
    spaced = dict(_gaps(text))
    extra = between  # points that are added behind every character now

    def put() -> None:
        if held:
            out.append(f"({''.join(held)}) Tj")
            held.clear()

    for place, character in enumerate(text):
        if character == THIN or character == "\n":
            continue
        name, code = codes[character]
        if name != current:
            put()
            out.append(f"{name} {plain(size)} Tf")
            current = name
        wanted = spaced.get(place, 0.0) * size
        if between and (place + 1 == len(text) or stretches(character, text[place + 1])):
            wanted += between
        if wanted != extra:
            put()
            out.append(f"{plain(wanted)} Tc")
            extra = wanted
        held.append(code)
    put()
    if extra != between:
        out.append(f"{plain(between)} Tc")
    return " ".join(out)


@functools.lru_cache(maxsize=16384)
def text_width(text: str, font: str, size: float) -> float:
    """Width in points with the gaps a paragraph would set."""
    wide = sum(extra for _, extra in _gaps(text))
    for one, run in runs_by_font(text.replace(THIN, ""), font):
        wide += sum(map(width_of(one).__getitem__, run))
    return wide * size


def say(
    canvas: Any,
    x: float,
    y: float,
    text: str,
    font: str,
    size: float,
    anchor: str = "start",
    color: Any = INK,
) -> None:
    """Text on the canvas with the same gaps and fallback as a paragraph."""
    text = closed_up(cleaned(text).replace("\n", " "))
    left = x - {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor] * text_width(text, font, size)
    show(
        canvas,
        left,
        y,
        [(run, one, size, 0.0) for one, run in runs_by_font(text, font)],
        0.0,
        color,
    )


BODY = Look("body", SONG, 12, 24, TA_JUSTIFY, firstLineIndent=24)
LEAD = Look("lead", SONG, 12, 24, TA_JUSTIFY)
H1 = Look("h1", HEI_BOLD, 16, 24, keepWithNext=1, spaceBefore=24)
H2 = Look("h2", HEI_MEDIUM, 14, 22, keepWithNext=1)
H3 = Look("h3", HEI_MEDIUM, 12, 20, keepWithNext=1)
CAPTION = Look("caption", HEI_MEDIUM, 10.5, 16, TA_CENTER)
NOTE = Look("note", SONG, 8.5, 12.75)
NOTE_DENSE = Look("note_dense", HEI, 8, 11.5)
CELL = {
    "std": Look("std", SONG, 10.5, 15),
    "small": Look("small", SONG, 9, 13),
    "dense": Look("dense", HEI, 8, 11),
    "tight": Look("tight", HEI, 8, 10.3),
}
FOLDED = Look("folded", HEI, 9, 12.5)  # of a sheet that is read when it was made smaller
