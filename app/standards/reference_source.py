"""resources/reference/*.yaml and what measures are reckoned with -> Reference, strictly: every entry with its source and
state, `~` for what is not known."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from app.assessment.indicator_system import Verification
from app.assessment.numbers import parse_exact
from app.errors import UserError
from app.forms.reference import (
    Cap,
    Chemical,
    EmissionFactor,
    OldSeries,
    PackageClass,
    Reference,
    Sector,
    Standard,
    VocEfficiency,
    VocLimit,
    VocMethod,
    VocSubstance,
    VoidLimit,
    WaterQuota,
)
from app.standards.fields import Fields
from app.standards.law_source import is_day, load_law
from app.standards.measure_source import load_economics, load_streams
from app.standards.reader import Reader
from app.standards.yaml_tree import read_or_note

VOC_UNITS = ("%", "g/L", "g/kg")


def load_reference(folder: Path) -> Reference:
    """All reference tables. UserError with every problem, each with file and line."""
    measures = folder.parent / "measures"
    faults = Reader()
    voc = _top(folder / "voc.yaml", ("standards", "limits", "substances"), faults)
    control = _top(
        folder / "voc_control.yaml", ("methods", "collection", "treatment", "factors"), faults
    )
    sectors = _top(folder / "sectors.yaml", ("sectors",), faults)
    caps = _top(folder / "caps.yaml", ("caps",), faults)
    chemicals = _top(folder / "chemicals.yaml", ("rule", "chemicals"), faults)
    packaging = _top(folder / "packaging.yaml", ("classes", "void_limits"), faults)
    water = _top(folder / "water.yaml", ("quotas",), faults)
    equipment = _top(folder / "equipment.yaml", ("series",), faults)
    reference = Reference(
        standards=tuple(
            Standard(
                item.text("id"),
                item.text("title"),
                item.text("until", ""),
                item.text("replaced_by", ""),
                item.text("note", ""),
                item.text("from", ""),
                item.text("get", ""),
                item.text("sort", ""),
            )
            for item in _dated_items(
                voc,
                "standards",
                ("id", "title", "from", "until", "replaced_by", "note", "get", "sort"),
            )
        ),
        voc_limits=tuple(_voc_limits(voc)),
        voc_substances=tuple(_substances(voc)),
        voc_methods=tuple(
            VocMethod(
                item.text("id"),
                item.text("title"),
                item.text("number"),
                item.text("from"),
                item.text("until"),
            )
            for item in _dated_items(control, "methods", ("id", "title", "number", "from", "until"))
        ),
        voc_capture=tuple(_efficiencies(control, "collection", "situation")),
        voc_treatment=tuple(_efficiencies(control, "treatment", "kind")),
        emission_factors=tuple(_emission_factors(control)),
        caps=tuple(_caps(caps)),
        sectors=tuple(_sectors(sectors)),
        chemicals=tuple(_chemicals(chemicals)),
        chemical_rule=chemicals.text("rule"),
        package_classes=tuple(_classes(packaging)),
        void_limits=tuple(
            VoidLimit(
                _number(item, "up_to"), _known(item, "limit"), item.text("source"), _state(item)
            )
            for item in _items(
                packaging, "void_limits", ("up_to", "limit", "source", "verification")
            )
        ),
        water_quotas=tuple(_quotas(water)),
        law=load_law(folder / "law.yaml", faults),
        streams=load_streams(measures / "streams.yaml"),
        economics=load_economics(measures / "economics.yaml"),
        old_series=tuple(
            OldSeries(item.text("begins"), item.text("title"), item.text("source"), _state(item))
            for item in _items(equipment, "series", ("begins", "title", "source", "verification"))
        ),
    )
    if not faults.problems:
        _check(reference, voc, faults)
    if faults.problems:
        raise UserError(*faults.problems)
    return reference


def _top(path: Path, keys: tuple[str, ...], faults: Reader) -> Fields:
    mark = read_or_note(path, faults)
    if mark is None:
        raise UserError(*faults.problems)
    return Fields(mark, faults, keys, "参考表")


def _items(top: Fields, key: str, allowed: tuple[str, ...]) -> Iterator[Fields]:
    for mark in top.items(key):
        yield Fields(mark, top.faults, allowed, "参考值")


def _dated_items(top: Fields, key: str, allowed: tuple[str, ...]) -> Iterator[Fields]:
    """The same for entries with `from` and `until`, whose days must be days."""
    for item in _items(top, key, allowed):
        days = [item.text(name, "") for name in ("from", "until")]
        for name, text in zip(("from", "until"), days, strict=True):
            if text and not is_day(text):
                item.faults.fail(item.where(name), f"「{text}」不是日期", "写成 2026-06-01")
        if all(days) and days[0] >= days[1]:
            item.faults.fail(item.where("until"), "until 不在 from 之后", "until 是失效的第一天")
        yield item


def _substances(top: Fields) -> Iterator[VocSubstance]:
    keys = ("standard", "category", "substance", "limit", "unit", "source", "verification")
    for item in _items(top, "substances", keys):
        yield VocSubstance(
            item.text("standard"),
            item.text("category"),
            item.text("substance"),
            _number(item, "limit"),
            item.text("unit"),
            item.text("source"),
            _state(item),
        )


def _efficiencies(top: Fields, key: str, kind: str) -> Iterator[VocEfficiency]:
    keys = ("method", kind, "basis", "title", "condition", "value", "source", "verification")
    known = {mark.text("id") for mark in _items(top, "methods", ("id", "title", "number", "from", "until"))}  # fmt: skip
    for item in _items(top, key, keys):
        method, value = item.text("method"), _known(item, "value")
        if method and method not in known:
            item.faults.fail(item.where("method"), f"没有「{method}」这种方法", "先写进 methods")
        if not 0 <= value <= 100:
            item.faults.fail(item.where("value"), "效率要在 0 到 100 之间", "检查一下")
        yield VocEfficiency(
            method,
            item.text(kind),
            item.text("title"),
            value,
            item.text("source"),
            _state(item),
            item.text("condition"),
            item.text("basis", "collected") == "replaced",
        )


def _emission_factors(top: Fields) -> Iterator[EmissionFactor]:
    keys = ("id", "process", "pollutant", "kind", "value", "mass", "per", "of", "source", "verification", "note")  # fmt: skip
    for item in _items(top, "factors", keys):
        for name, allowed in (("mass", ("kg", "g", "mg")), ("kind", ("voc", "pm"))):
            if item.text(name) not in allowed:
                item.faults.fail(
                    item.where(name), f"不认识「{item.text(name)}」", "、".join(allowed)
                )
        yield EmissionFactor(
            item.text("id"),
            item.text("process"),
            item.text("pollutant"),
            item.text("kind") == "voc",
            _known(item, "value"),
            item.text("mass"),
            item.text("per"),
            item.text("of"),
            item.text("source"),
            _state(item),
            item.text("note", ""),
        )


def _caps(top: Fields) -> Iterator[Cap]:
    keys = ("id", "item", "codes", "limit", "slope", "at_least", "voc", "unit", "until", "source", "verification", "note")  # fmt: skip
    for item in _dated_items(top, "caps", keys):
        yield Cap(
            item.text("id"),
            item.text("item"),
            item.texts("codes"),
            _number(item, "limit"),
            item.text("unit"),
            item.text("source"),
            _state(item),
            _number(item, "slope") if "slope" in item.map else None,
            item.flag("at_least", False),
            item.flag("voc", False),
            item.text("until", ""),
            item.text("note", ""),
        )


def _sectors(top: Fields) -> Iterator[Sector]:
    keys = ("id", "title", "codes", "processes", "systems", "technologies", "lacking")
    for item in _items(top, "sectors", (*keys, "unread")):
        codes, processes, systems, technologies, lacking = (item.texts(key) for key in keys[2:])
        yield Sector(
            item.text("id"), item.text("title"), codes, processes, systems, technologies, lacking,
            item.text("unread", ""),
        )  # fmt: skip


_LOW_WORDS = ("usually", "always")


def _voc_limits(top: Fields) -> Iterator[VocLimit]:
    keys = ("id", "standard", "category", "limit", "unit", "low_voc", "source", "verification", "note", "from", "until")  # fmt: skip
    for item in _dated_items(top, "limits", keys):
        if item.text("unit") not in VOC_UNITS:
            known = "、".join(VOC_UNITS)
            item.faults.fail(item.where("unit"), f"没有「{item.text('unit')}」这种单位", known)
        low = item.text("low_voc", "")
        if low not in ("", "true", "false", *_LOW_WORDS):
            allowed = "true、false、usually 或 always"
            item.faults.fail(item.where("low_voc"), f"low_voc 只能写 {allowed}", "不知道就不写")
        yield VocLimit(
            item.text("id"),
            item.text("standard"),
            item.text("category"),
            _number(item, "limit"),
            item.text("unit"),
            item.text("source"),
            _state(item),
            low == "true" if low in ("true", "false") else None,
            item.text("note", ""),
            low if low in _LOW_WORDS else "",
            item.text("from", ""),
            item.text("until", ""),
        )


def _chemicals(top: Fields) -> Iterator[Chemical]:
    keys = ("id", "list", "name", "cas", "source", "verification", "aliases", "parts", "use")
    for item in _items(top, "chemicals", keys):
        cas = item.texts("cas")
        for number in cas:
            if not is_cas(number):
                item.faults.fail(item.where("cas"), f"CAS 号「{number}」校验位不对", "查原表")
        yield Chemical(
            item.text("id"),
            item.text("list"),
            item.text("name"),
            cas,
            item.text("source"),
            _state(item),
            item.texts("aliases"),
            item.texts("parts"),
            item.text("use", ""),
        )


def is_cas(number: str) -> bool:
    """Whether the check digit of a CAS number fits."""
    digits = number.replace("-", "")
    if not digits.isdigit() or number.count("-") != 2 or number[-2] != "-":
        return False
    body = digits[:-1][::-1]
    return sum(place * int(digit) for place, digit in enumerate(body, 1)) % 10 == int(digits[-1])


def _classes(top: Fields) -> Iterator[PackageClass]:
    keys = ("id", "category", "k", "layers", "cost_share", "source", "verification", "note")
    for item in _items(top, "classes", keys):
        layers = item.text("layers")
        yield PackageClass(
            item.text("id"),
            item.text("category"),
            _number(item, "k"),
            int(layers) if layers.isdigit() else None,
            item.text("source"),
            _state(item),
            _number(item, "cost_share"),
            item.text("note", ""),
        )


def _quotas(top: Fields) -> Iterator[WaterQuota]:
    keys = ("standard", "category", "unit", "advanced", "general", "source", "verification")
    for item in _items(top, "quotas", keys):
        yield WaterQuota(
            item.text("standard"),
            item.text("category"),
            item.text("unit"),
            _number(item, "advanced"),
            _number(item, "general"),
            item.text("source"),
            _state(item),
        )


def _number(item: Fields, key: str) -> Fraction | None:
    """The number at `key`; None for `~`."""
    text = item.text(key)
    if not text:
        return None
    try:
        return parse_exact(text)
    except ValueError:
        item.faults.fail(item.where(key), f"「{text}」不是数", "不知道写 ~")
        return None


def _known(item: Fields, key: str) -> Fraction:
    value = _number(item, key)
    if value is None:
        item.faults.fail(item.where(key), f"「{key}」要写数", "不知道就先不收这一条")
    return value or Fraction(0)


def _state(item: Fields) -> Verification:
    try:
        return Verification(item.text("verification"))
    except ValueError:
        known = "、".join(Verification)
        item.faults.fail(item.where("verification"), "没有这种核对状态", f"用：{known}")
        return Verification.RECALLED


def _check(reference: Reference, voc: Fields, faults: Reader) -> None:
    """Ids are used once; every limit names a standard that is described."""
    standards = {standard.id for standard in reference.standards}
    kinds = (reference.standards, reference.voc_limits, reference.chemicals, reference.emission_factors, reference.caps)  # fmt: skip
    for kind in kinds:
        ids = [item.id for item in kind]
        for twice in sorted({name for name in ids if ids.count(name) > 1}):
            faults.fail(voc.node.place, f"参考值「{twice}」写了两次", "留一个")
    for limit in reference.voc_limits:
        if limit.standard not in standards:
            faults.fail(voc.node.place, f"「{limit.id}」的标准「{limit.standard}」没有说明", "补上")
