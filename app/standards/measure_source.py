"""resources/measures/*.yaml -> settings of the economic assessment, streams and the library of options, strictly."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from app.assessment.indicator_system import Verification
from app.errors import UserError
from app.forms.arithmetic import ArithmeticFault, names_in
from app.forms.measure_data import (
    Claim,
    CostClass,
    EconomicSettings,
    Factor,
    LibraryOption,
    OfferRule,
    OptionLibrary,
    Setting,
    Stream,
    StreamPlace,
    Technology,
)
from app.standards.fields import Fields, words_of
from app.standards.library import pinyin_initials
from app.standards.reader import Reader, exact_number
from app.standards.tree import Items
from app.standards.yaml_tree import read_or_note

_SETTING = ("id", "title", "value", "unit", "verification", "source")


def load_economics(path: Path) -> EconomicSettings:
    """UserError with every problem, each with file and line."""
    faults = Reader()
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
        faults.fail(
            top.where("cost_classes"), "费用类别的界限要从小到大，最后一类没有上限（~）", "改界限"
        )
    if faults.problems:
        raise UserError(*faults.problems)
    return settings


_STREAM = ("id", "title", "unit", "whole", "places", "more", "price", "tce", "co2", "per_tonne", "result", "implies", "most")  # fmt: skip


def load_streams(path: Path) -> tuple[Stream, ...]:
    """UserError as above."""
    faults = Reader()
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
            item.text("implies", ""),
            item.text("most", ""),
        )
        for item in items(top, "streams", _STREAM)
    )
    if faults.problems:
        raise UserError(*faults.problems)
    return streams


_OPTION = (
    "id", "title", "theme", "aspect", "fields", "cost", "sectors", "text", "formula", "variables", "unit", "stream",
    "bind", "effect", "payback", "evidence", "caution",
)  # fmt: skip
_KINDS = ("vendor", "recalled", "press", "paper", "government", "standard")


def load_library(folder: Path) -> OptionLibrary:
    """options.yaml, technologies.yaml, offers.yaml. UserError with every problem of the three."""
    faults = Reader()
    top = _top(folder / "options.yaml", ("sources", "options"), faults)
    sources: dict[str, tuple[str, str]] = {}
    for key, mark in top.pairs("sources"):
        source = Fields(mark, faults, ("kind", "url", "what"), "来源")
        if source.text("kind") not in _KINDS:
            faults.fail(source.where("kind"), "没有这种来源", "、".join(_KINDS))
        sources[key] = (source.text("kind"), source.text("what"))
    options = tuple(_options(top, sources))
    known = {one.id for one in options}
    tech = _top(folder / "technologies.yaml", ("source", "technologies"), faults)
    keys = ("id", "title", "sector", "stage", "effect", "cost", "site", "origin", "confidence")
    technologies = tuple(
        Technology(
            item.text("id"),
            item.text("title"),
            item.text("sector"),
            item.text("stage", ""),
            item.text("effect", ""),
            item.text("cost", ""),
            item.text("site", ""),
            item.text("origin"),
            item.text("confidence"),
            pinyin_initials(item.text("title")),
        )
        for item in items(tech, "technologies", keys)
    )
    offers = tuple(
        _offer(item, known)
        for item in items(
            _top(folder / "offers.yaml", ("offers",), faults),
            "offers",
            ("id", "why", "options", "words", "figure", "short"),
        )
    )
    if faults.problems:
        raise UserError(*faults.problems)
    return OptionLibrary(options, technologies, tech.text("source"), offers)


def _options(top: Fields, sources: dict[str, tuple[str, str]]) -> Iterator[LibraryOption]:
    for item in items(top, "options", _OPTION):
        variables = {key: words_of(mark) or "" for key, mark in item.pairs("variables")}
        formula = item.text("formula", "")
        try:
            unknown = (
                [name for name in names_in(formula) if name not in variables] if formula else []
            )
        except ArithmeticFault as fault:
            item.faults.fail(item.where("formula"), str(fault), "改算式")
            unknown = []
        bind = {key: words_of(mark) or "" for key, mark in item.pairs("bind")}
        unknown += [name for name in bind if name not in variables]
        if unknown:
            item.faults.fail(
                item.where("formula"), f"没说「{'、'.join(unknown)}」是什么", "写进 variables"
            )
        effect = payback = None
        if "effect" in item.map:
            names = ("low", "high", "unit", "basis", "source", "confidence")
            effect = Fields(item.map["effect"], item.faults, names, "效果")
        if "payback" in item.map:
            payback = Fields(item.map["payback"], item.faults, ("low", "high", "source"), "回收期")
        for said in (effect, payback):
            if said is not None and said.text("source") not in sources:
                item.faults.fail(said.where("source"), "没有这个来源", "写进 sources")
        title = item.text("title")
        yield LibraryOption(
            id=item.text("id"),
            title=title,
            theme=item.text("theme"),
            aspect=item.text("aspect"),
            fields=item.texts("fields"),
            level=item.text("cost"),
            sectors=item.texts("sectors"),
            text=item.text("text"),
            formula=formula,
            variables=variables,
            unit=item.text("unit", ""),
            stream=item.text("stream", ""),
            bind=bind,
            effect=None if effect is None else _claim(effect, sources),
            payback=tuple(
                value
                for key in ("low", "high")
                if payback is not None and (value := _maybe(payback, key)) is not None
            ),
            payback_kind=""
            if payback is None
            else sources.get(payback.text("source"), ("", ""))[0],
            evidence=item.texts("evidence"),
            caution=item.text("caution", ""),
            initials=pinyin_initials(title),
        )


def _claim(effect: Fields, sources: dict[str, tuple[str, str]]) -> Claim:
    kind, what = sources.get(effect.text("source"), ("", ""))
    return Claim(
        _maybe(effect, "low"),
        _maybe(effect, "high"),
        effect.text("unit", ""),
        effect.text("basis", ""),
        what,
        kind,
        effect.text("confidence"),
    )


def _offer(item: Fields, known: set[str]) -> OfferRule:
    figure = None
    if "figure" in item.map:
        figure = Fields(item.map["figure"], item.faults, ("id", "above", "below"), "数")
    words = {}
    for key, mark in item.pairs("words"):
        content = mark.nodes if isinstance(mark, Items) else ()
        words[key] = tuple(words_of(one) or "" for one in content)
    for option in item.texts("options"):
        if option not in known:
            item.faults.fail(item.where("options"), f"方案库里没有「{option}」", "检查编号")
    return OfferRule(
        item.text("id"),
        item.text("why"),
        item.texts("options"),
        words,
        "" if figure is None else figure.text("id"),
        None if figure is None else _maybe(figure, "above"),
        None if figure is None else _maybe(figure, "below"),
        item.text("short", ""),
    )


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


def _top(path: Path, keys: tuple[str, ...], faults: Reader) -> Fields:
    mark = read_or_note(path, faults)
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
        item.faults.fail(item.where("verification"), f"没有「{text}」这种核对状态", f"用：{known}")
        return Verification.RECALLED


def number(item: Fields, key: str) -> Fraction:
    return _maybe(item, key, required=True) or Fraction(0)


def _maybe(item: Fields, key: str, required: bool = False) -> Fraction | None:
    text = item.text(key, None if required else "")
    if not text and not required:
        return None
    value = exact_number(text)
    if value is None:
        item.faults.fail(item.where(key), f"「{key}」应是数，写的是「{text}」", "改成数")
    return value
