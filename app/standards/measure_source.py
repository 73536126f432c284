"""resources/measures/*.yaml -> settings of the economic assessment and the library of options, strictly."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from app.assessment.indicator_system import Verification
from app.errors import UserError
from app.forms.measure_data import (
    CostClass,
    EconomicSettings,
    Factor,
    Setting,
    Stream,
    StreamPlace,
)
from app.standards.marked_yaml import Faults, Fields, read_marked
from app.standards.reader import exact_number

_SETTING = ("id", "title", "value", "unit", "verification", "source")


def load_economics(path: Path) -> EconomicSettings:
    """UserError with every problem, each with file and line."""
    faults = Faults()
    keys = ("cost_classes", "discount_rate", "lives", "tax", "depreciation", "screening", "focus")
    top = _top(path, keys, faults)
    rate = (
        Fields(top.map["discount_rate"], faults, _SETTING, "贴现率")
        if "discount_rate" in top.map
        else top
    )
    settings = EconomicSettings(
        cost_classes=tuple(
            CostClass(
                item.text("id"),
                item.text("title"),
                _maybe(item, "below"),
                _maybe(item, "years"),
                state(item),
                item.text("note", ""),
            )
            for item in items(
                top, "cost_classes", ("id", "title", "below", "years", "verification", "note")
            )
        ),
        discount_rate=Setting(
            "discount_rate",
            "贴现率",
            number(rate, "value"),
            rate.text("unit", "%"),
            state(rate),
            rate.text("source", ""),
        ),
        lives=tuple(_settings(top, "lives")),
        tax=tuple(_settings(top, "tax")),
        depreciation=tuple(_settings(top, "depreciation")),
        screening=tuple(_factors(top, "screening")),
        focus=tuple(_factors(top, "focus")),
    )
    limits = [one.below for one in settings.cost_classes]
    known = [limit for limit in limits[:-1] if limit is not None]
    if (
        not limits
        or limits[-1] is not None
        or len(known) < len(limits) - 1
        or known != sorted(known)
    ):
        faults.add(
            top.where("cost_classes"), "费用类别的界限要从小到大，最后一类没有上限（~）", "改界限"
        )
    if faults.problems:
        raise UserError(*faults.problems)
    return settings


_STREAM = ("id", "title", "unit", "whole", "places", "more", "price", "tce", "co2", "per_tonne", "result")  # fmt: skip


def load_streams(path: Path) -> tuple[Stream, ...]:
    """UserError as above."""
    faults = Faults()
    top = _top(path, ("streams",), faults)
    streams = tuple(
        Stream(
            item.text("id"),
            item.text("title"),
            item.text("unit"),
            item.text("whole", ""),
            tuple(
                StreamPlace(
                    place.text("table", ""),
                    place.text("column", ""),
                    place.text("by", ""),
                    place.texts("values"),
                    place.text("row", ""),
                    place.text("question", ""),
                    place.flag("otherwise", False),
                )
                for place in items(
                    item,
                    "places",
                    ("table", "column", "by", "values", "row", "question", "otherwise"),
                )
            ),
            item.flag("more", False),
            item.text("price", ""),
            item.text("tce", ""),
            item.text("co2", ""),
            int(_maybe(item, "per_tonne") or 0),
            item.text("result", ""),
        )
        for item in items(top, "streams", _STREAM)
    )
    if faults.problems:
        raise UserError(*faults.problems)
    return streams


def _settings(top: Fields, key: str) -> Iterator[Setting]:
    for item in items(top, key, _SETTING):
        yield Setting(
            item.text("id"),
            item.text("title"),
            number(item, "value"),
            item.text("unit"),
            state(item),
            item.text("source", ""),
        )


def _factors(top: Fields, key: str) -> Iterator[Factor]:
    for item in items(top, key, ("id", "title", "short", "weight", "verification")):
        yield Factor(
            item.text("id"),
            item.text("title"),
            number(item, "weight"),
            state(item),
            item.text("short", ""),
        )


def _top(path: Path, keys: tuple[str, ...], faults: Faults) -> Fields:
    mark = read_marked(path, faults)
    if mark is None:
        raise UserError(*faults.problems)
    return Fields(mark, faults, keys, "方案资料")


def items(top: Fields, key: str, allowed: tuple[str, ...]) -> Iterator[Fields]:
    for mark in top.items(key):
        yield Fields(mark, top.faults, allowed, "方案资料")


def state(item: Fields) -> Verification:
    text = item.text("verification")
    try:
        return Verification(text)
    except ValueError:
        known = "、".join(Verification)
        item.faults.add(item.where("verification"), f"没有「{text}」这种核对状态", f"用：{known}")
        return Verification.RECALLED


def number(item: Fields, key: str) -> Fraction:
    return _maybe(item, key, required=True) or Fraction(0)


def _maybe(item: Fields, key: str, required: bool = False) -> Fraction | None:
    text = item.text(key, None if required else "")
    if not text and not required:
        return None
    value = exact_number(text)
    if value is None:
        item.faults.add(item.where(key), f"「{key}」应是数，写的是「{text}」", "改成数")
    return value
