"""The unit a client writes against the unit a column asks for: a factor, another kind, or not read."""

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from app.assessment.units import UnitMismatchError, convert, find_unit
from app.forms.reading.words import tight

_SCALES = (
    ("千万", 10**7), ("百万", 10**6), ("十万", 10**5), ("亿", 10**8), ("万", 10**4), ("千", 1000), ("百", 100), ("十", 10),
    ("million", 10**6), ("thousand", 1000), ("k", 1000),
)  # fmt: skip
_POWER = re.compile(r"^[x×*]?(?:10\^(\d{1,2})|1e(\d{1,2})|(10{2,8}))[x×*·]?")
_BASES = {
    "m³": ("m?", "立方米", "立方", "方", "m3", "m³", "m^3", "nm3", "nm³", "标方", "标立方", "标立方米", "标准立方米", "标准方", "标m3", "㎥", "立米", "cbm"),  # 「m?」: m³ through GB2312
    "kWh": ("kwh", "kw.h", "kw·h", "度", "千瓦时", "千瓦小时", "度电", "kw*h", "千瓦·时", "kw-h"),
    "元": ("元", "rmb", "cny", "人民币", "人民币元", "元整", "圆", "块"),
}  # fmt: skip
_SPECIAL: dict[tuple[str, str], int | Fraction] = {
    ("gwh", "kWh"): 10**6, ("吉瓦时", "kWh"): 10**6, ("mwh", "kWh"): 1000, ("兆瓦时", "kWh"): 1000, ("mw.h", "kWh"): 1000, ("mw·h", "kWh"): 1000,
    ("斤", "kg"): Fraction(1, 2), ("角", "元"): Fraction(1, 10), ("分", "元"): Fraction(1, 100),
}  # fmt: skip
_YEARLY = re.compile(r"/(?:年|a|y|yr|year)$")
_TAIL = re.compile(r"/(?:月|年|a|y|yr|mon|month|季度|季)$")


@dataclass(frozen=True)
class Fit:
    """factor: what a number in the written unit is multiplied by. None with bare: only a scale was written (万), of what is
    not said; None with other: a unit of another kind; None with neither: not read."""

    factor: Fraction | None
    other: bool = False
    bare: bool = False


@lru_cache(maxsize=4096)
def fit(written: str, own: str, tonnes: bool = False) -> Fit:
    """`written` against `own` (a unit as our columns print it). tonnes: a tonne is a m³ (water)."""
    text = tight(written).strip("()[]")
    text = re.sub(r"^(?:单位|unit)[:为是]?", "", text)
    own_text = tight(own)
    if not _TAIL.search(own):
        text = _TAIL.sub("", text)
    elif _YEARLY.search(own_text) and _YEARLY.search(text):
        own, own_text, text = _YEARLY.sub("", own), _YEARLY.sub("", own_text), _YEARLY.sub("", text)
    if not text:
        return Fit(None)
    if text == own_text:
        return Fit(Fraction(1))
    if tonnes and own == "m³" and text.endswith(("吨", "t")):
        mass = fit(text, "t")
        if mass.factor is not None and not mass.bare:
            return mass  # a tonne of water is a m³
    factor = Fraction(1)
    for _ in range(3):
        if text == own_text:
            return Fit(factor)
        found = _base(text, own, tonnes)
        if found is not None:
            return Fit(None, other=True) if found == 0 else Fit(factor * found)
        power = _POWER.match(text)
        if power is not None:
            factor *= 10 ** int(power[1] or power[2] or len(power[3]) - 1)
            text = text[power.end() :]
        else:
            scale = next(((w, n) for w, n in _SCALES if text.startswith(w)), None)
            if scale is None:
                return Fit(None)
            factor *= scale[1]
            text = text[len(scale[0]) :].lstrip("·* ")
        if not text:
            return Fit(factor, bare=True)
    return Fit(None)


def _base(text: str, own: str, tonnes: bool) -> Fraction | None:
    """Factor of a unit without a scale; 0 for a unit of another kind; None when it is no unit."""
    special = _SPECIAL.get((text, own))
    if special is not None:
        return Fraction(special)
    if text in _BASES.get(own, ()):
        return Fraction(1)
    if tonnes and text in ("t", "吨"):
        return Fraction(1)
    if tonnes and text in ("万t", "万吨"):
        return Fraction(10**4)
    theirs = find_unit(text)
    if theirs is None:
        # m³ written another way, kWh …: a unit, of another kind than ours
        return Fraction(0) if any(text in names for names in _BASES.values()) else None
    ours = find_unit(own)
    if ours is None:
        return Fraction(0) if own else None
    try:
        return convert(Fraction(1), theirs.id, ours.id)
    except UnitMismatchError:
        volumes = {"volume", "normal volume"}
        if {theirs.dimension, ours.dimension} == volumes:
            return theirs.factor / ours.factor
        return Fraction(0)


@lru_cache(maxsize=4096)
def is_unit(text: str) -> bool:
    """True when a text alone is a unit or a scale of one."""
    plain = tight(text).strip("()[]")
    plain = re.sub(r"^(?:单位|unit)[:为是]?", "", plain)
    if (
        not plain
        or len(plain) > 14
        or plain == "-"
        or (re.fullmatch(r"[\d.,%]+", plain) and plain != "%")
    ):
        return False
    if re.fullmatch(r"\d{2,4}年?度?|\d{1,2}月", plain):
        return False
    if find_unit(plain) is not None or find_unit(_TAIL.sub("", plain)) is not None:
        return True
    for own in _BASES:
        found = fit(plain, own)
        if found.factor is not None or found.other:
            return True
    power = _POWER.match(plain)
    if power is not None and power.end() < len(plain):
        return find_unit(plain[power.end() :]) is not None
    scale = next((w for w, _ in _SCALES if plain.startswith(w) and w.isascii() is False), None)
    return (
        scale is not None and len(plain) > len(scale) and find_unit(plain[len(scale) :]) is not None
    )
