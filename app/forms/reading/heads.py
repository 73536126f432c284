"""One head of a client's column: its name, its unit, its year, and what makes it another thing than the whole."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.forms.reading.units import fit, is_unit
from app.forms.reading.words import fold, tight, words

_BRACKETS = re.compile(r"[(\[](.*?)[)\]]")
_YEAR = re.compile(
    r"(?<!\d)((?:19|20)\d{2})(?:年度?|(?![\d.]))|(?<![\d.])([0-4]\d)年度?(?!\d)|fy((?:20)?\d{2})(?!\d)"
)
_WHOLE_DATE = re.compile(
    r"(?<!\d)20\d{2}(?:年|[-./])\s*\d{1,2}\s*(?:月|[-./])\s*\d{1,2}(?!\d)日?|(?<!\d)20\d{2}(?:0[1-9]|1[0-2])[0-3]\d(?!\d)"
)
# when a list was made or printed says nothing of the year it is about
_MADE = re.compile(
    r"(?:填表|制表|填报|打印|导出|编制|上报|报送|更新|审核|下载|查询)(?:日期|时间|于|人[^\d]{0,12})?[:为]?\s*20\d{2}\s*(?:年|[-./])?\s*\d{0,2}月?"
)
_MARKS = re.compile(r"[\s_:、.,;*\n\-/]+")


@dataclass(frozen=True)
class Head:
    """text: as it stands. name: without unit, year and brackets. core: the name without words for the whole (合计, 本月).

    unit: as written, "" when none. unread: what stands in brackets or behind a slash and is neither unit nor remark.
    kinds: what else it is (「上年的」, 「不含税的」 …), which makes it doubtful. whole: it says it is the whole.
    """

    text: str
    name: str = ""
    core: str = ""
    unit: str = ""
    unread: str = ""
    year: int | None = None
    kinds: tuple[str, ...] = ()
    whole: bool = False
    last: str = ""  # the lowest part of several head rows

    @property
    def clean(self) -> bool:
        return not self.kinds


@lru_cache(maxsize=8192)
def read_head(text: str) -> Head:
    """Parts of several head rows are joined by a line end before they come here."""
    plain = re.sub(r"(?<=\d)\s+(?=年)", "", fold(text).replace("\n", " "))
    plain = plain.removesuffix("ƒ").strip()
    year, plain_without = take_year(plain)
    plain = plain_without
    unit = unread = ""
    for inside in _BRACKETS.findall(plain):
        pieces = [piece.strip() for piece in re.split(r"[,;、]|\s", inside) if piece.strip()]
        for piece in (inside.strip(), *pieces):
            bare = re.sub(r"^(?:单位|unit)[:为是]?", "", piece).strip()
            if bare and is_unit(bare) and not unit:
                unit = bare
        if not unit and inside.strip() and not _is_remark(inside):
            unread = unread or inside.strip()
    full = tight(plain)
    name = _BRACKETS.sub("", plain)
    for separator in ("/", ",", ":", " "):
        if not unit and separator in name:
            before, _, after = name.rpartition(separator)
            if (
                separator == "/"
                and is_unit(f"{before.split(' ')[-1].strip()}/{after.strip()}") is True
                and "元" in before
            ):
                continue
            if after.strip() and before.strip() and is_unit(after):
                unit, name = re.sub(r"^单位[:为是]?", "", after.strip()), before
                break
    if not unit:
        unit, name = _trailing_unit(name)
    elif (second := _second_unit(name)) and tight(second) != tight(unit):
        unit, unread, name = "", f"{unit}、{second}", name.removesuffix(second)
    name = _MARKS.sub("", name)
    if re.search(r"[^\d.]", name) and (
        (not unit and fit(name, "kWh").factor) or fit(name, "m³").factor or fit(name, "元").factor
    ):
        unit, name = unit or name, ""  # 「kWh」 alone
    if unit:
        unread = ""
    kinds = _kinds(full, fold(text).replace("\n", " "))
    core = name
    whole = False
    for word in words()["whole_words"]:
        if word in core and core != word:
            core, whole = core.replace(word, "", 1), True
        elif core == word:
            core, whole = "", True
    shown = " ".join(part.strip() for part in text.split("\n") if part.strip())
    last = text.rsplit("\n", 1)[-1].strip() if "\n" in text.strip() else ""
    return Head(shown, name, core, unit, unread, year, kinds, whole, last)


def take_year(plain: str) -> tuple[int | None, str]:
    """(the one year a folded text names, the text without it); None when it names none or several."""
    found = list(_YEAR.finditer(plain))
    years = {_full(next(group for group in one.groups() if group)) for one in found}
    if len(years) != 1:
        return None, plain
    for one in reversed(found):
        plain = plain[: one.start()] + plain[one.end() :]
    return years.pop(), plain.strip()


def years_in(text: str) -> tuple[int, ...]:
    """All the years a title, sheet or file name speaks of, 「2023-2025」 as three."""
    plain = fold(text)
    span = re.search(r"(20\d{2})年?\s*[-至到]\s*(20\d{2})(?!\d)", plain)
    if span and int(span[1]) < int(span[2]) < int(span[1]) + 12:
        return tuple(range(int(span[1]), int(span[2]) + 1))
    plain = _MADE.sub(" ", _WHOLE_DATE.sub(" ", plain))
    found = re.findall(r"(?<!\d)(20\d{2})(?!\d)", plain)
    found += [f"20{two}" for two in re.findall(r"(?<![\d.])([0-4]\d)年", plain)]
    return tuple(dict.fromkeys(int(year) for year in found))


def _full(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _is_remark(inside: str) -> bool:
    plain = tight(inside)
    data = words()
    if any(plain.startswith(word) or plain == word for word in data["innocent_remarks"]):
        return True
    if any(word in plain for group in data["qualifiers"].values() for word in group):
        return True  # it counts as a kind
    return bool(re.fullmatch(r"\d{1,2}%?|\d{4}年?度?|[一二三四五六七八九十]", plain))


def _second_unit(name: str) -> str:
    """Another unit behind a name that has one in brackets: 「电量(kWh) 万kWh」."""
    before, _, last = name.strip().rpartition(" ")
    return last if before and last and is_unit(last) else ""


def _trailing_unit(name: str) -> tuple[str, str]:
    """「电量万kWh」 → (万kwh, 电量); nothing is taken when the whole is a name by itself."""
    name = name.strip()
    found = re.search(
        r"((?:[x×*]?10\^?\d+|[十百千万亿]+)?(?:kwh|kw[·.]h|mwh|gwh|m3|m³|nm3|nm³|gj|mj|tce|kg|t|l|%))$",
        name,
    )
    if found and found.start() > 0 and not name[found.start() - 1].isascii():
        return found[1], name[: found.start()]
    found = re.search(r"((?:[十百千万亿]+)(?:元|度|方|立方米?|吨|千瓦时|标方))$", name)
    if found and found.start() > 0:
        return found[1], name[: found.start()]
    return "", name


def _kinds(full: str, plain: str) -> tuple[str, ...]:
    data = words()
    found = []
    checked = full
    if "有功" in checked:
        checked = checked.replace("无功补偿", "")
    for kind, marks in data["qualifiers"].items():
        if any(mark in checked for mark in marks):
            found.append(kind)
    if (
        re.search(
            r"(?<!第)[一二三四五六七八九十\d]+[#号]|[a-z](?:区|线|栋|厂|车间)|[一二三四五六七八九十]厂|[东西南北]区|\d+栋",
            checked,
        )
        and "其中的一部分" not in found
    ):
        found.append("其中的一部分")
    pieces = [piece for piece in re.split(r"[\s()\[\]/:\-、,]+", plain) if piece]
    times = data["time_of_use"]
    if any(piece in times for piece in pieces) or re.search(
        r"(?:尖峰|深谷|高峰|低谷|[尖峰平谷])(?:段|时段|期)?(?:时)?(?:用?电量?|电费|电价|有功|金额|用量)|(?:电量|电费|用电|有功|电)[(\-]?(?:尖峰|深谷|高峰|低谷|[尖峰平谷])(?:段|时段)?[)]?$",
        re.sub(r"水平|平均|平方|平米", "", checked),
    ):
        found.append("分时的")
    if "含税" in checked and "不含税" not in checked and "不含税的" in found:
        found.remove("不含税的")
    return tuple(found)


def title_units_of(titles: Sequence[str]) -> tuple[str, ...]:
    """The units that titles speak of, in their order: 「（单位：万kWh、元）」."""
    found: list[str] = []
    for title in titles:
        plain = fold(title)
        texts = [
            m.strip()
            for m in re.findall(r"(?:单位|计量单位|unit)\s*[:为]?\s*([^()\[\]]+)", plain)
            if not m.startswith("名称")
        ]
        texts += re.findall(r"[(\[]([^()\[\]]+)[)\]]", plain)
        for text in texts:
            for piece in re.split(
                r"[、,;，；\s]+|/(?=[万千百]?元$)", re.sub(r"^(?:单位|unit)[:为]?", "", text)
            ):
                piece = piece.strip().strip("()[]")
                if piece and (is_unit(piece) or re.search("单位", plain)):
                    found.append(piece)
    return tuple(dict.fromkeys(found))
