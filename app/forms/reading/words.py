"""The vocabulary of clients' tables (data: resources/design/table_words.json) and folding of what they write."""

import json
import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.forms.question import Question, QuestionKind

# beside `app` in every layout of app.paths, which this package may not know (it needs platformdirs)
_RESOURCES = Path(__file__).resolve().parents[3] / "resources"
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_RAISED = re.compile("(?<=10)[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+")
TOTAL = re.compile(
    r"^(?:(?:\d{4}|\d{2})?年?度?)?(?:全年|年度|本年|全部|各月|以上|第?[一二三四1-4]季度|[上下]半年|\d{1,2}[-~至到]\d{1,2}月|\d{1,2}月)?"
    r"(?:总计|合计|小计|总数|总和|总额|共计|累计|平均(?:值|数)?|月均|年均|合计数|总合计|sum|total|subtotal|average|grandtotal)[:：]?$"
)
WHOLE_YEAR = re.compile(r"^(?:(?:\d{4}|\d{2})年?度?)?全年$")
MEAN = re.compile(r"平均|月均|年均|average")


@lru_cache(maxsize=1)
def words() -> dict[str, Any]:
    """The file as it stands."""
    text = (_RESOURCES / "design" / "table_words.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


@lru_cache(maxsize=1)
def _simplified() -> dict[int, str]:
    pairs = words()["traditional"]
    return {ord(old): new for old, new in zip(pairs[::2], pairs[1::2], strict=True)}


@lru_cache(maxsize=200_000)
def fold(text: str) -> str:
    """Half-width, simplified, lower case, dashes alike, no spaces at the ends; raised powers of ten stay powers (10⁴ → 10^4)."""
    if text.isascii():
        return text.strip().lower()
    text = _RAISED.sub(lambda found: "^" + found[0].translate(_SUPERSCRIPTS), text)
    text = unicodedata.normalize("NFKC", text).replace("\u00a0", " ").translate(_simplified())
    text = text.replace("（", "(").replace("）", ")").replace("【", "[").replace("】", "]")
    text = text.replace("〔", "[").replace("〕", "]").replace("：", ":").replace("\u200b", "")
    return re.sub("[–—―−－﹣～∼〜]", "-", text.replace("~", "-")).strip().lower()


@lru_cache(maxsize=200_000)
def tight(text: str) -> str:
    """Folded, without any space."""
    return re.sub(r"\s+", "", fold(text))


@lru_cache(maxsize=200_000)
def is_total(text: str) -> bool:
    plain = tight(text)
    return len(plain) < 16 and (
        TOTAL.match(plain) is not None or WHOLE_YEAR.match(plain) is not None
    )


@dataclass(frozen=True)
class Carrier:
    """An energy carrier or water as clients call it. amount, fee: titles of the columns it goes to. price: usual bounds in
    元 per unit; monthly, monthly_fee: usual bounds of one month, asked about where no unit is written. tonnes: t = m³."""

    name: str
    amount: tuple[str, ...]
    fee: tuple[str, ...]
    unit: str
    names: tuple[str, ...]
    price: tuple[Fraction, Fraction] | None
    monthly: tuple[Fraction, Fraction] | None
    monthly_fee: tuple[Fraction, Fraction] | None
    tonnes: bool


def _bounds(pair: list[str] | None) -> tuple[Fraction, Fraction] | None:
    return (Fraction(pair[0]), Fraction(pair[1])) if pair else None


@lru_cache(maxsize=1)
def carriers() -> tuple[Carrier, ...]:
    return tuple(
        Carrier(
            one["name"],
            tuple(one["amount"]),
            tuple(one["fee"]),
            one["unit"],
            tuple(fold(name) for name in one["names"]),
            _bounds(one.get("price")),
            _bounds(one.get("monthly")),
            _bounds(one.get("monthly_fee")),
            bool(one.get("tonnes")),
        )
        for one in words()["carriers"]
    )


@dataclass(frozen=True)
class Meaning:
    """What a head or an item speaks of: a carrier and whether its amount or its fee."""

    carrier: Carrier
    fee: bool


@lru_cache(maxsize=1)
def _english() -> dict[str, tuple[str, ...]]:
    return {tight(name): tuple(map(tight, others)) for name, others in words()["english"].items()}


def other_names(name: str) -> tuple[str, ...]:
    """What English tables call a column of that Chinese name."""
    return _english().get(tight(name), ())


@lru_cache(maxsize=1)
def spoken() -> dict[str, Meaning]:
    """Every exact way to call an amount or a fee of a carrier."""
    found: dict[str, Meaning] = {}
    data = words()
    for carrier in carriers():
        for name in carrier.names:
            for after in data["amount_words"]:
                found.setdefault(name + after, Meaning(carrier, False))
            for before in data["amount_before"]:
                for after in ("", "量", "数量"):
                    found.setdefault(before + name + after, Meaning(carrier, False))
            if carrier.fee:
                for after in data["fee_words"]:
                    found.setdefault(name + after, Meaning(carrier, True))
        for title in carrier.amount:
            found[fold(title)] = Meaning(carrier, False)
        for title in carrier.fee:
            found[fold(title)] = Meaning(carrier, True)
    return found


@lru_cache(maxsize=1)
def names_of_meanings() -> dict[tuple[str, bool], list[str]]:
    """By carrier and whether its fee is meant: the ways to call it that may stand inside a longer head."""
    found: dict[tuple[str, bool], list[str]] = {}
    for name, meaning in spoken().items():
        if len(name) >= 2:
            found.setdefault((meaning.carrier.name, meaning.fee), []).append(name)
    return found


def meaning_of_column(question: Question) -> Meaning | None:
    """The carrier a column of ours is about, None when it is about none."""
    if question.kind is not QuestionKind.NUMBER:
        return None
    for carrier in carriers():
        if question.title in carrier.amount:
            return Meaning(carrier, False)
        if question.title in carrier.fee:
            return Meaning(carrier, True)
    return None


@lru_cache(maxsize=1)
def _item_names() -> dict[str, Carrier]:
    return {name: carrier for carrier in carriers() for name in carrier.names}


def carrier_in(text: str) -> Carrier | None:
    """The one carrier a title, a sheet or a file name speaks of; None when none or several."""
    plain = tight(text)
    for boring in (
        "水电气",
        "水电",
        "电气",
        "煤气表",
        "气象",
        "电子",
        "电镀",
        "水处理",
        "废水",
        "污水",
        "电话",
        "电脑",
    ):
        if boring in plain:
            plain = plain.replace(boring, "")
    found: set[str] = set()
    hits = sorted(
        ((name, c) for name, c in _item_names().items() if name in plain), key=lambda p: -len(p[0])
    )
    for name, carrier in hits:
        if name in plain:
            found.add(carrier.name)
            plain = plain.replace(name, "|")
    return next((c for c in carriers() if c.name in found), None) if len(found) == 1 else None


def item_meaning(text: str) -> Meaning | None:
    """What the item of a long table (「电」, 「电费」, 「天然气（m³）」) is."""
    plain = re.sub(r"[(\[].*?[)\]]", "", tight(text))
    for whole in ("合计", "总", "外购"):
        if plain not in spoken() and plain.replace(whole, "") in spoken():
            plain = plain.replace(whole, "")
    return spoken().get(plain)
