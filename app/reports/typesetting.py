"""Chinese typesetting on ReportLab: line breaking, script gaps, figures with their units, spaced text on the canvas.

Gaps between Chinese and Latin are drawn by character space, never as a character, so that the text layer stays clean.
Sources: the habits of Chinese office typesetting (避头尾); widths as in the design of the papers.
"""

import functools
import itertools
import types
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT
from reportlab.lib.rl_accel import fp_str
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus.paragraph import (
    Paragraph,
    ParaLines,
    _handleBulletWidth,
    cjkU,
    makeCJKParaLine,
)

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
_NO_END = set("（【《〈「『〔［｛‘“([{<￥＄$£№＃#§≥≤≈±－−")
_CLOSING = set("、。，．；：？！）】》〉」』〕］｝’”")
_OPENING = set("（【《〈「『〔［｛‘“")
_LATIN_EXTRA = set("._-/%'’·²³⁺⁻₀₁₂₃₄₅₆₇₈₉µμΩ°~+&@^*=−" + THIN)
# What follows a figure as its unit or counter, and stays on its line.
_COUNTERS = set("万亿元个项家台块年月日天吨人分页行次级条套倍种件时份期章节版名处户亩度秒公千百")
_BEFORE_HAN = set("%‰°℃²³₀₁₂₃₄₅₆₇₈₉µΩ′")
THIN_GAP = _GAP = (
    0.16  # em between Chinese and Latin, as word processors do; below what text extraction calls a space
)
_MOST_JUSTIFIED = 0.16  # em added per character; a line that needs more stays ragged
# ReportLab's parser eats every white space; these stand in for U+3000 and U+2009 while it reads.
_PROTECTED = {"\u3000": "\ue000", THIN: "\ue002"}


# Lines already broken: a cell is measured several times, and every pass sets the same text again.
_broken: dict[tuple[Any, ...], Any] = {}


# Markup already read, for the same reason.
_read: dict[tuple[Any, ...], list[Any]] = {}


def forget_broken_lines() -> None:
    """To be called before a new paper."""
    _broken.clear()
    _read.clear()


def _is_han(c: str) -> bool:
    return (
        "\u3400" <= c <= "\u9fff" or "\uf900" <= c <= "\ufaff" or "\U00020000" <= c <= "\U0003ffff"
    )


def _is_alnum(c: str) -> bool:
    return c.isalnum() and ord(c) < 0x500


def _is_latin(c: str) -> bool:
    return _is_alnum(c) or c in _LATIN_EXTRA


@functools.lru_cache(maxsize=65536)
def spacing(a: str, b: str) -> float:
    """Extra advance after `a` when `b` follows, in em: a gap at a change of script, half a width where two marks meet."""
    if _is_han(a) and (_is_alnum(b) or b in "≥≤≈±−"):
        return _GAP
    if _is_han(b) and (_is_alnum(a) or a in _BEFORE_HAN):
        return _GAP
    if (a in _CLOSING and (b in _CLOSING or b in _OPENING)) or (a in _OPENING and b in _OPENING):
        return -0.5
    return 0.0


@functools.lru_cache(maxsize=65536)
def may_break(a: str, b: str) -> bool:
    """Whether a line may end between these two characters."""
    if not a or not b:
        return True
    if a == THIN or b == THIN or b in _NO_START or a in _NO_END or b == " ":
        return False
    if a == " ":
        return True
    if (a in ",." and b.isdigit()) or (b == "(" and _is_latin(a)):
        return False
    if a == b and a in "…—":
        return False
    return not (_is_latin(a) and _is_latin(b))


def _splits_figure(before: str, a: str, b: str) -> bool:
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


def _spaced_format(text_object: Any, text: str) -> str:
    """PDFTextObject._formatText with gaps and squeezed marks, done by Tc, so that extraction sees one word."""
    base = getattr(text_object, "_charSpace", 0) or 0
    plain = type(text_object)._formatText
    out: list[str] = []
    buffer = ""
    for place, character in enumerate(text):
        if character == THIN:
            continue
        following = text[place + 1] if place + 1 < len(text) else ""
        extra = _GAP if following == THIN else spacing(character, following) if following else 0.0
        if not extra:
            buffer += character
            continue
        if buffer:
            out.append(plain(text_object, buffer))
            buffer = ""
        wide = fp_str(base + extra * text_object._fontsize)
        out += [f"{wide} Tc", plain(text_object, character), f"{fp_str(base)} Tc"]
    if buffer:
        out.append(plain(text_object, buffer))
    return " ".join(out)


@functools.lru_cache(maxsize=16384)
def text_width(text: str, font: str, size: float) -> float:
    """Width in points with the gaps a paragraph would set."""
    gaps = sum(
        _GAP if b == THIN else (spacing(a, b) if a != THIN else 0.0)
        for a, b in itertools.pairwise(text)
    )
    drawn = text.replace(THIN, "")
    return (
        float(sum(stringWidth(run, one, size) for one, run in runs_by_font(drawn, font)))
        + gaps * size
    )


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
    text = cleaned(text).replace("\n", " ")
    left = x - {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor] * text_width(text, font, size)
    for one, run in runs_by_font(text, font):
        line = canvas.beginText(left, y)
        line._formatText = types.MethodType(_spaced_format, line)
        line.setFillColor(color)
        line.setFont(one, size)
        line.textOut(run)
        canvas.drawText(line)
        left += text_width(run, one, size)


def markup(text: str, font: str = SONG) -> str:
    """Plain text as ReportLab markup: nothing of it is read as a tag, what the font lacks is set in the sans."""
    parts = []
    for one, run in runs_by_font(cleaned(text), font):
        safe = escape(run).replace("\n", "<br/>")
        parts.append(safe if one == font else f'<font name="{one}">{safe}</font>')
    return "".join(parts)


class ChineseParagraph(Paragraph):
    """ReportLab's paragraph with Chinese line breaking: 避头尾, Latin words and figures with units whole, hanging marks,
    justification by letter space."""

    def __init__(
        self,
        text: str | None,
        style: ParagraphStyle,
        bulletText: str | None = None,
        frags: Any = None,
        caseSensitive: int = 1,
        encoding: str = "utf8",
    ) -> None:
        """text: markup, see `markup`. None when ReportLab splits a paragraph and hands over its fragments."""
        self._memo_key = (text, style.name, style.fontName, style.fontSize, style.alignment)
        known = _read.get(self._memo_key) if text is not None else None
        if known is not None:
            super().__init__(text, style, bulletText, list(known), caseSensitive, encoding)
            return
        if text is not None:
            for character, stand_in in _PROTECTED.items():
                text = text.replace(character, stand_in)
        super().__init__(text, style, bulletText, frags, caseSensitive, encoding)
        for fragment in self.frags if frags is None else ():
            words = getattr(fragment, "text", None)
            if words:
                for character, stand_in in _PROTECTED.items():
                    words = words.replace(stand_in, character)
                fragment.text = words
        if frags is None:
            _read[self._memo_key] = self.frags

    def beginText(self, x: float, y: float) -> Any:
        text_object = self.canv.beginText(x, y)
        text_object.setWordSpace = text_object.setCharSpace
        text_object._charSpace = 0
        text_object._formatText = types.MethodType(_spaced_format, text_object)
        return text_object

    def breakLines(self, width: Any) -> Any:
        return self.breakLinesCJK(width)

    def breakLinesCJK(self, maxWidths: Any) -> Any:
        widths = list(maxWidths) if isinstance(maxWidths, list | tuple) else [maxWidths]
        self.height = 0
        _handleBulletWidth(self.bulletText, self.style, widths)
        if getattr(self, "blPara", None) is not None and getattr(self, "_splitpara", False):
            return self.blPara
        key = (*self._memo_key, *widths)
        if self._memo_key[0] is not None and key in _broken:
            return _broken[key]
        units = self._units()
        lines: list[Any] = []
        start = 0
        while start < len(units):
            width = widths[min(len(lines), len(widths) - 1)]
            end, hard = self._line_end(units, start, width)
            lines.append(self._line(units, start, end, width, hard))
            start = end
            while start < len(units) and str(units[start]) == " " and not hard:
                start += 1
        result = ParaLines(kind=1, lines=lines)
        if self._memo_key[0] is not None:
            _broken[key] = result
        return result

    def _units(self) -> list[Any]:
        """One unit a character, its width grown by the gap before the next."""
        units: list[Any] = []
        for fragment in self.frags:
            text = getattr(fragment, "text", "") or ""
            fresh = [cjkU(c, fragment, "utf8") for c in text] or [cjkU("", fragment, "utf8")]
            for a, b in itertools.pairwise(fresh):
                if a == THIN:
                    a._width = _GAP * fragment.fontSize
                elif b != THIN:
                    a._width += spacing(str(a), str(b)) * fragment.fontSize
            if (
                units
                and str(units[-1])
                and str(fresh[0])
                and spacing(str(units[-1]), str(fresh[0])) > 0
            ):
                gap = cjkU(THIN, units[-1].frag, "utf8")  # a gap across a change of run
                gap._width, gap.soft = _GAP * units[-1].frag.fontSize, True
                units.append(gap)
            units.extend(fresh)
        return units

    @staticmethod
    def _breaks_before(units: list[Any], place: int) -> bool:
        """A figure stays with its unit, a thin gap with its neighbours unless it only joins two runs."""
        back = place - 1
        if getattr(units[back], "soft", False) and back > 0:
            back -= 1
        a, b = str(units[back]), str(units[place])
        before = back - 1
        if before > 0 and getattr(units[before], "soft", False):
            before -= 1
        if a and b and _splits_figure(str(units[before]) if before >= 0 else "", a, b):
            return False
        return may_break(a, b)

    def _line_end(self, units: list[Any], start: int, width: float) -> tuple[int, bool]:
        """(first unit of the next line, whether the line ends by a forced break)."""
        used, place, good = 0.0, start, 0
        while place < len(units):
            unit = units[place]
            if hasattr(unit.frag, "lineBreak"):
                return place + 1, True
            slack = unit.frag.fontSize * 0.5 if str(unit) in _CLOSING else 0.0
            if used + unit.width - slack > width + 1e-6 and place > start:
                return (good or place), False
            used += unit.width
            place += 1
            if place < len(units) and self._breaks_before(units, place):
                good = place
        return len(units), False

    def _line(self, units: list[Any], start: int, end: int, width: float, hard: bool) -> Any:
        segment = list(units[start:end])
        while len(segment) > 1 and str(segment[-1]) == " ":
            segment.pop()
        used = sum(unit.width for unit in segment)
        last = not hard and end >= len(units)
        if segment and not hard and not last and segment[-1].frag is units[end].frag:
            # The gap behind the last character is not drawn.
            used -= max(0.0, spacing(str(segment[-1]), str(units[end]))) * segment[-1].frag.fontSize
        if segment and str(segment[-1]) in _CLOSING:
            used = min(used, width)
        extra = max(0.0, width - used)
        line = makeCJKParaLine(segment, width, used, extra, hard, False)
        if self.style.alignment == TA_JUSTIFY:
            gaps = max(1, sum(1 for unit in segment if unit != THIN) - 1)
            fits = extra / gaps <= _MOST_JUSTIFIED * self.style.fontSize
            line.wordCount = gaps + 1 if fits and not hard and not last else 1
        return line


def style(
    name: str, font: str, size: float, leading: float, align: int = TA_LEFT, **more: Any
) -> ParagraphStyle:
    return ParagraphStyle(
        name,
        fontName=font,
        fontSize=size,
        leading=leading,
        alignment=align,
        textColor=INK,
        wordWrap="CJK",
        allowWidows=0,
        allowOrphans=0,
        **more,
    )


BODY = style("body", SONG, 12, 24, TA_JUSTIFY, firstLineIndent=24)
LEAD = style("lead", SONG, 12, 24, TA_JUSTIFY)
H1 = style("h1", HEI_BOLD, 16, 24, keepWithNext=1, spaceBefore=24)
H2 = style("h2", HEI_MEDIUM, 14, 22, keepWithNext=1)
H3 = style("h3", HEI_MEDIUM, 12, 20, keepWithNext=1)
CAPTION = style("caption", HEI_MEDIUM, 10.5, 16, TA_CENTER)
NOTE = style("note", SONG, 8.5, 12.75)
NOTE_DENSE = style("note_dense", HEI, 8, 11.5)
CELL = {
    "std": style("std", SONG, 10.5, 15),
    "small": style("small", SONG, 9, 13),
    "dense": style("dense", HEI, 8, 11),
    "tight": style("tight", HEI, 8, 10.3),
}
