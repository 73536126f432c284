"""The closed list of units: what may stand behind a number, how it is written, what converts into what.

A unit outside this list is refused by the loader and by the forms, so that no figure carries an unknown scale.
Conversion is exact and only within one dimension; coal equivalent from kWh or m³ needs a factor and is no conversion.
"""

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Unit:
    """factor: how many units of the dimension's base one of this unit is. symbol: as printed ("" for pure numbers)."""

    id: str
    symbol: str
    dimension: str
    factor: Fraction
    spellings: tuple[str, ...]


class UnitMismatchError(ValueError):
    """Two units of different dimensions."""


# id | symbol | factor to the base of the dimension | further spellings, one space between. The base has factor 1.
_TABLE: dict[str, str] = {
    "number": """
        dimensionless||1|1 无量纲 -
    """,
    "ratio": """
        fraction|（小数）|1|比值
        %|%|1/100|％ 百分比 百分数 pct
        permille|‰|1/1000|千分之
    """,
    "mass": """
        kg|kg|1|千克 公斤
        g|g|1/1000|克
        mg|mg|1/1000000|毫克
        ug|μg|1/1000000000|微克
        t|t|1000|吨 公吨
        jin|斤|1/2|市斤
        kt|kt|1000000|千吨
        wan-t|万t|10000000|万吨
    """,
    "volume": """
        m3|m³|1|立方米 立方 方 m^3 m**3
        L|L|1/1000|升 公升 dm3
        mL|mL|1/1000000|毫升
        kL|kL|1|千升
        cm3|cm³|1/1000000|立方厘米
        wan-m3|万m³|10000|万立方米 万方
    """,
    "normal volume": """
        Nm3|Nm³|1|标立方米 标方 标准立方米 标准方 标立方 标m3 标况立方米
        wan-Nm3|万Nm³|10000|万标方 万标立方米
    """,
    "area": """
        m2|m²|1|平方米 平米 平方 m^2
        dm2|dm²|1/100|平方分米
        cm2|cm²|1/10000|平方厘米
        mm2|mm²|1/1000000|平方毫米
        wan-m2|万m²|10000|万平方米 10⁴m² 万平
        hm2|hm²|10000|公顷 ha
        km2|km²|1000000|平方公里 平方千米
        mu|亩|2000/3|
    """,
    "length": """
        m|m|1|米
        mm|mm|1/1000|毫米
        cm|cm|1/100|厘米
        um|μm|1/1000000|微米
        km|km|1000|千米 公里
        100m|百米|100|hm
    """,
    "energy": """
        kWh|kW·h|1|度 千瓦时 kW.h
        Wh|W·h|1/1000|瓦时
        MWh|MW·h|1000|兆瓦时
        GWh|GW·h|1000000|吉瓦时
        TWh|TW·h|1000000000|太瓦时
        wan-kWh|万kW·h|10000|万千瓦时 万度
        MJ|MJ|5/18|兆焦
        GJ|GJ|2500/9|吉焦 百万千焦
        TJ|TJ|2500000/9|太焦
        kJ|kJ|1/3600|千焦
    """,
    "coal equivalent": """
        kgce|kgce|1|千克标准煤 公斤标煤 kg标煤 千克标煤 公斤标准煤 kg标准煤
        gce|gce|1/1000|克标准煤
        tce|tce|1000|吨标准煤 吨标煤 t标煤 t标准煤
        wan-tce|万tce|10000000|万吨标准煤 万吨标煤
    """,
    "oil equivalent": """
        kgoe|kgoe|1|千克标准油
        toe|toe|1000|吨标准油
    """,
    "carbon dioxide": """
        kgCO2|kgCO₂|1|
        tCO2|tCO₂|1000|tCO2e t二氧化碳 吨二氧化碳
    """,
    "money": """
        yuan|元|1|人民币元 RMB CNY
        wan-yuan|万元|10000|
        yi-yuan|亿元|100000000|
    """,
    "people": """
        person|人|1|名 位 个人
    """,
    "count": """
        piece|个|1|件 只 项 条 家 台 套 处 片 块
        wan-piece|万个|10000|万件 万只 万套 万台
    """,
    "occurrence": """
        time|次|1|回
    """,
    "vehicle trip": """
        trip|车次|1|趟
    """,
    "time": """
        h|h|1|小时 时 hr
        min|min|1/60|分钟
        s|s|1/3600|秒
        d|d|24|天 日
    """,
    "calendar": """
        a|年|1|yr year
        month|月|1/12|个月
    """,
    "power": """
        kW|kW|1|千瓦
        W|W|1/1000|瓦
        MW|MW|1000|兆瓦
        GW|GW|1000000|吉瓦
    """,
    "apparent power": """
        kVA|kV·A|1|千伏安
    """,
    "voltage": """
        V|V|1|伏
    """,
    "current": """
        A|A|1|安
    """,
    "temperature": """
        celsius|℃|1|°C 摄氏度 度C
    """,
    "sound level": """
        dBA|dB(A)|1|dB 分贝
    """,
    "acidity": """
        pH|pH|1|
    """,
    "pressure": """
        MPa|MPa|1|兆帕
        kPa|kPa|1/1000|千帕
        Pa|Pa|1/1000000|帕
    """,
    "density": """
        kg/m3|kg/m³|1|
        g/cm3|g/cm³|1000|g/mL kg/L
    """,
    "concentration in liquid": """
        mg/L|mg/L|1|毫克每升
        g/L|g/L|1000|
        ug/L|μg/L|1/1000|
    """,
    "concentration in gas": """
        mg/m3|mg/m³|1|
        ug/m3|μg/m³|1/1000|
    """,
    "concentration in normal gas": """
        mg/Nm3|mg/Nm³|1|
    """,
    "toxic equivalent in normal gas": """
        ngTEQ/Nm3|ngTEQ/Nm³|1|ng-TEQ/Nm3 ngTEQ/m3
    """,
    "content by mass": """
        mg/kg|mg/kg|1|
        g/kg|g/kg|1000|
    """,
    "energy per area": """
        kWh/m2|kW·h/m²|1|度/m2
    """,
    "energy per mass": """
        kWh/t|kW·h/t|1|度/t
        kWh/kg|kW·h/kg|1000|
    """,
    "energy per volume": """
        kWh/kL|kW·h/kL|1|kWh/m3
    """,
    "energy per length": """
        kWh/100m|kW·h/100m|1|kWh/百米
    """,
    "energy per count": """
        kWh/piece|kW·h/件|1|kWh/个
    """,
    "energy per normal volume": """
        MJ/Nm3|MJ/Nm³|1|
        kJ/Nm3|kJ/Nm³|1/1000|
    """,
    "calorific value": """
        kJ/kg|kJ/kg|1|
        MJ/kg|MJ/kg|1000|GJ/t
    """,
    "coal equivalent per mass": """
        kgce/t|kgce/t|1|千克标准煤/吨 kg标煤/t
        kgce/kg|kgce/kg|1000|tce/t
    """,
    "coal equivalent per air-dry mass": """
        kgce/Adt|kgce/Adt|1|kgce/adt
    """,
    "coal equivalent per leather mass": """
        kgce/tsl|kgce/tsl|1|
    """,
    "coal equivalent per recovered DMF": """
        kgce/tdmf|kgce/tdmf|1|kgce/tDMF
    """,
    "coal equivalent per volume": """
        kgce/m3|kgce/m³|1|
        kgce/kL|kgce/kL|1|
    """,
    "coal equivalent per normal volume": """
        kgce/Nm3|kgce/Nm³|1|
    """,
    "coal equivalent per area": """
        kgce/m2|kgce/m²|1|
        kgce/wan-m2|kgce/10⁴m²|1/10000|kgce/万m2 kgce/万平方米
        kgce/km2|kgce/km²|1/1000000|
    """,
    "coal equivalent per energy": """
        kgce/kWh|kgce/(kW·h)|1|kgce/kWh
        tce/wan-kWh|tce/万kW·h|1/10|
    """,
    "coal equivalent per heat": """
        kgce/MJ|kgce/MJ|1|
        kgce/GJ|kgce/GJ|1/1000|
    """,
    "coal equivalent per glass case": """
        kgce/weight-case|kgce/重箱|1|kgce/重量箱
    """,
    "oil equivalent per mass": """
        kgoe/t|kgoe/t|1|
    """,
    "oil equivalent per mass and energy factor": """
        kgoe/t-factor|kgoe/(t·能量因数)|1|
    """,
    "volume per area": """
        m3/m2|m³/m²|1|
        L/m2|L/m²|1/1000|升/平方米
    """,
    "volume per mass": """
        m3/t|m³/t|1|立方米/吨
        L/kg|L/kg|1|
    """,
    "volume per volume": """
        m3/kL|m³/kL|1|m3/m3
    """,
    "volume per person": """
        m3/person|m³/人|1|
    """,
    "volume per person and day": """
        L/person-d|L/(人·d)|1|L/人d 升/人天
    """,
    "volume per count": """
        m3/piece|m³/件|1|
    """,
    "mass per area": """
        g/m2|g/m²|1|克/平方米
        mg/m2|mg/m²|1/1000|
        kg/m2|kg/m²|1000|
    """,
    "mass per mass": """
        t/t|t/t|1|kg/kg
        kg/t|kg/t|1/1000|
        g/t|g/t|1/1000000|
    """,
    "mass per volume of product": """
        kg/kL|kg/kL|1|
    """,
    "mass per length": """
        t/100m|t/100m|1|t/百米
        kg/100m|kg/100m|1/1000|kg/百米
    """,
    "mass per count": """
        kg/piece|kg/件|1|kg/个
        g/piece|g/件|1/1000|g/个
    """,
    "mass per money": """
        t/wan-yuan|t/万元|1|吨/万元
        kg/wan-yuan|kg/万元|1/1000|
    """,
    "mass per time": """
        kg/h|kg/h|1|
        t/h|t/h|1000|
        t/d|t/d|125/3|
    """,
    "volume per time": """
        m3/h|m³/h|1|
        m3/d|m³/d|1/24|
    """,
    "area per time": """
        m2/d|m²/d|1|
    """,
    "volume per money": """
        m3/wan-yuan|m³/万元|1|
    """,
    "energy per money": """
        kWh/wan-yuan|kW·h/万元|1|
    """,
    "coal equivalent per money": """
        tce/wan-yuan|tce/万元|1|吨标煤/万元
    """,
    "money per coal equivalent": """
        wan-yuan/tce|万元/tce|1|
    """,
    "money per volume": """
        yuan/m3|元/m³|1|元/方 元/吨水
    """,
    "money per energy": """
        yuan/kWh|元/(kW·h)|1|元/度 元/kWh
    """,
    "money per mass": """
        yuan/kg|元/kg|1|
        yuan/t|元/t|1/1000|元/吨
    """,
    "money per area": """
        yi-yuan/km2|亿元/km²|1|
        yuan/m2|元/m²|1/100|
    """,
    "money per person": """
        wan-yuan/person|万元/人|1|
    """,
    "money per time": """
        wan-yuan/a|万元/年|1|万元/a
        yuan/a|元/年|1/10000|元/a
    """,
    "carbon dioxide per mass": """
        tCO2/t|tCO₂/t|1|
        kgCO2/kg|kgCO₂/kg|1|
    """,
    "carbon dioxide per money": """
        tCO2/wan-yuan|tCO₂/万元|1|
    """,
    "carbon dioxide per energy": """
        tCO2/MWh|tCO₂/(MW·h)|1|kgCO2/kWh tCO2/MWh kgCO2/(kWh)
    """,
    "carbon dioxide per normal volume": """
        kgCO2/Nm3|kgCO₂/Nm³|1|
        tCO2/wan-Nm3|tCO₂/万Nm³|1/10|
    """,
    "carbon dioxide per volume": """
        kgCO2/m3|kgCO₂/m³|1|
    """,
    "carbon dioxide per heat": """
        tCO2/GJ|tCO₂/GJ|1|
    """,
    "carbon per heat": """
        tC/TJ|tC/TJ|1|
        tC/GJ|tC/GJ|1000|
    """,
    "coal equivalent per throughput": """
        tce/wan-t-throughput|tce/万吨吞吐量|1|
    """,
    "mass per throughput": """
        t/wan-t-throughput|t/万吨吞吐量|1|
    """,
    "occurrence per year": """
        time/a|次/年|1|次/a
    """,
    "occurrence per day": """
        time/d|次/天|1|次/d 次/日
    """,
    "time per year": """
        h/a|h/年|1|小时/年 h/a
        d/a|d/年|24|天/年 d/a
    """,
    "time per day": """
        h/d|h/天|1|小时/天 h/d
    """,
    "mass per year": """
        kg/a|kg/年|1|kg/a
        t/a|t/年|1000|t/a 吨/年
    """,
    "volume per year": """
        m3/a|m³/年|1|m3/a
    """,
}


_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_RAISED_RUN = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+")
_MARKS = re.compile(
    "([\u2460-\u2473\u2488-\u249b\u24ea-\u24ff\u2776-\u2793\u3251-\u325f\u32b1-\u32bf]|(?<=\\d)[\u2080-\u2089]+)"
)


def fold_powers(text: str) -> str:
    """NFKC, but 「10⁴」 stays a power: 「10^4」, not 104."""
    raised = _RAISED_RUN.sub(lambda found: "^" + found[0].translate(_RAISED), text)
    # 「12845①」 and 「12845₂」 are no 128451: what marks a note or stands below the line of a number stays as it is.
    parts = enumerate(_MARKS.split(raised))
    return "".join(part if at % 2 else unicodedata.normalize("NFKC", part) for at, part in parts)


def _spelling_key(text: str) -> str:
    """One form for the many ways of writing: full-width, superscripts, middle dots, spaces, brackets."""
    folded = fold_powers(text.strip())
    for old, new in (("每", "/"), ("·", ""), ("・", ""), ("⋅", ""), ("•", ""), ("×", "")):
        folded = folded.replace(old, new)
    return "".join(character for character in folded if character not in " \u200b()^*.")


def _build() -> dict[str, Unit]:
    units: dict[str, Unit] = {}
    for dimension, lines in _TABLE.items():
        for line in lines.split("\n"):
            if not line.strip():
                continue
            unit_id, symbol, factor, spellings = line.strip().split("|")
            units[unit_id] = Unit(
                unit_id, symbol, dimension, Fraction(factor), tuple(spellings.split())
            )
    return units


UNITS: dict[str, Unit] = _build()


def _build_spellings() -> tuple[dict[str, Unit], dict[str, Unit | None]]:
    exact: dict[str, Unit] = {}
    loose: dict[str, Unit | None] = {}
    for unit in UNITS.values():
        for spelling in (unit.id, unit.symbol, *unit.spellings):
            key = _spelling_key(spelling)
            if not key:
                continue
            known = exact.setdefault(key, unit)
            if known is not unit:
                raise ValueError(f"{spelling!r} names both {known.id} and {unit.id}")
            folded = key.casefold()
            loose[folded] = unit if loose.get(folded, unit) is unit else None
    return exact, loose


_EXACT, _LOOSE = _build_spellings()


_PREFIXED = re.compile(r"[Mm](?:g|G$|L|J|Wh?|Pa|m)(?![a-z])")


def find_unit(text: str) -> Unit | None:
    """The unit a person or a document means by `text` (m3, m³, 立方米, ㎥); None when it is not in the list.

    Case counts only where it tells two units apart: 「mWh」 and 「Mg」 are no MWh and mg, 「mwh」 and 「MG/L」 are.
    """
    key = _spelling_key(text)
    if key in _EXACT:
        return _EXACT[key]
    return None if prefix_doubtful(text) else _LOOSE.get(key.casefold())


def prefix_doubtful(text: str) -> bool:
    """A million times or a thousandth part: `text` is a listed unit but for the case of its m."""
    key = _spelling_key(text)
    if key in _EXACT or _PREFIXED.match(key) is None:
        return False
    return key.swapcase()[0] + key[1:] in _EXACT or key == "MG"


def convert(value: Fraction, from_id: str, to_id: str) -> Fraction:
    """`value` in another unit of the same dimension, exactly. KeyError for an unknown id, UnitMismatchError across dimensions."""
    source, target = UNITS[from_id], UNITS[to_id]
    if source.dimension != target.dimension:
        raise UnitMismatchError(
            f"{from_id} ({source.dimension}) is not {to_id} ({target.dimension})"
        )
    return value * source.factor / target.factor


# ------------------------------------------------------------------------------------------------ units as people write them

SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_SCALE_WORDS = re.compile("[十百千万亿]+")
_POWER = re.compile(r"10(?:\^|\*\*)(\d{1,2})")
_JOINTS = str.maketrans(dict.fromkeys("·・⋅•*×", "·"))

_Measure = tuple[tuple[str, ...], tuple[str, ...], Fraction]
"""Dimensions above and below the stroke, and how many of their bases one is. Nothing cancels: kg/t is not m³/m³."""


def scale_of(words: str) -> int | None:
    """「百万」 -> 1,000,000; None for what is not only such words."""
    if not _SCALE_WORDS.fullmatch(words):
        return None
    sizes = [SCALES[word] for word in words]
    if sizes != sorted(set(sizes)):
        return None  # 「万千」 is no number word
    product = 1
    for size in sizes:
        product *= size
    return product


def split_scale(text: str) -> tuple[int, str]:
    """「万件」 -> (10000, 「件」), 「10^4 m^2」 -> (10000, 「m^2」); 1 and the text where it begins with no scale."""
    power = _POWER.match(text)
    if power is not None:
        return 10 ** int(power[1]), text[power.end() :].lstrip(" ·*×")
    words = _SCALE_WORDS.match(text)
    if words is None:
        return 1, text
    # 「亿千瓦时」: 千 belongs to the unit.
    parts = [(scale_of(text[:end]), text[end:].strip()) for end in range(words.end(), 0, -1)]
    known = [(size, rest) for size, rest in parts if size is not None]
    of_unit = [one for one in known if find_unit(one[1]) is not None]
    return (*of_unit, *known, (1, text))[0]


def times_between(from_text: str, to_text: str) -> Fraction | None:
    """How many `to_text` one `from_text` is, both as people write them, also quotients of known units that are not in the
    list (MW·h/m², 吨标煤/吨). None when one is not understood or they measure different things."""
    one, other = find_unit(from_text), find_unit(to_text)
    if one is not None and other is not None and one.dimension == other.dimension:
        return one.factor / other.factor
    above, below = _measure(from_text), _measure(to_text)
    if above is None or below is None or above[:2] != below[:2]:
        return None
    return above[2] / below[2]


def is_unit(text: str) -> bool:
    """Whether `text` is a unit people write, listed or put together of listed ones."""
    return find_unit(text) is not None or _measure(text) is not None


def _measure(text: str) -> _Measure | None:
    unit = find_unit(text)
    written = unit.symbol if unit is not None and "/" in unit.symbol else text
    folded = fold_powers(written).replace("每", "/").replace(" ", "").translate(_JOINTS)
    above, *below = folded.split("/")
    top = _product(above)
    bottoms = [_product(part) for part in below]
    if top is None or None in bottoms:
        return None
    names: list[str] = []
    factor = top[1]
    for bottom in bottoms:
        if bottom is not None:
            names += bottom[0]
            factor /= bottom[1]
    return tuple(sorted(top[0])), tuple(sorted(names)), factor


def _product(text: str) -> tuple[list[str], Fraction] | None:
    """「人·d」, 「万件」: the dimensions and the factor."""
    if text.startswith("(") and text.endswith(")"):
        text = text[1:-1]
    whole = _atom(text)
    if whole is not None:
        return whole
    names, factor = [], Fraction(1)
    parts = text.split("·")
    if len(parts) == 1:
        return None
    for part in parts:
        atom = _atom(part)
        if atom is None:
            return None
        names += atom[0]
        factor *= atom[1]
    return names, factor


def _atom(text: str) -> tuple[list[str], Fraction] | None:
    scale = 1
    unit = find_unit(text)
    if unit is None:
        scale, rest = split_scale(text)
        unit = find_unit(rest) if rest else None
    if unit is None or "/" in unit.symbol:
        return None
    return [unit.dimension], unit.factor * scale


def unit_text(typed: str) -> str:
    """A unit somebody typed as it is printed: 「m^3/m^2」 and 「m**3」 become m³."""
    return _TYPED_POWER.sub(lambda found: {"2": "²", "3": "³"}[found[1]], typed)


_TYPED_POWER = re.compile(r"(?<=[A-Za-z)])(?:\^|\*\*)([23])(?!\d)")
