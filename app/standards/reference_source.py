"""resources/reference/*.yaml and what measures are reckoned with -> Reference, strictly: every entry with its source and
state, `~` for what is not known."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from app.assessment.indicator_system import Verification
from app.assessment.numbers import parse_exact
from app.errors import UserError
from app.forms.reference import (
    Chemical,
    OldSeries,
    PackageClass,
    Reference,
    Standard,
    VocLimit,
    VoidLimit,
    WaterQuota,
)
from app.standards.law_source import load_law
from app.standards.marked_yaml import Faults, Fields, read_marked
from app.standards.measure_source import load_economics, load_streams

VOC_UNITS = ("%", "g/L", "g/kg")


def load_reference(folder: Path) -> Reference:
    """All reference tables. UserError with every problem, each with file and line."""
    measures = folder.parent / "measures"
    faults = Faults()
    voc = _top(folder / "voc.yaml", ("standards", "limits"), faults)
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
            )
            for item in _items(voc, "standards", ("id", "title", "until", "replaced_by", "note"))
        ),
        voc_limits=tuple(_voc_limits(voc)),
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


def _top(path: Path, keys: tuple[str, ...], faults: Faults) -> Fields:
    mark = read_marked(path, faults)
    if mark is None:
        raise UserError(*faults.problems)
    return Fields(mark, faults, keys, "参考表")


def _items(top: Fields, key: str, allowed: tuple[str, ...]) -> Iterator[Fields]:
    for mark in top.items(key):
        yield Fields(mark, top.faults, allowed, "参考值")


def _voc_limits(top: Fields) -> Iterator[VocLimit]:
    keys = ("id", "standard", "category", "limit", "unit", "low_voc", "source", "verification", "note")  # fmt: skip
    for item in _items(top, "limits", keys):
        if item.text("unit") not in VOC_UNITS:
            known = "、".join(VOC_UNITS)
            item.faults.add(item.where("unit"), f"没有「{item.text('unit')}」这种单位", known)
        low = item.text("low_voc", "")
        if low not in ("", "true", "false"):
            item.faults.add(item.where("low_voc"), "low_voc 只能写 true 或 false", "不知道就不写")
        yield VocLimit(
            item.text("id"),
            item.text("standard"),
            item.text("category"),
            _number(item, "limit"),
            item.text("unit"),
            item.text("source"),
            _state(item),
            None if low == "" else low == "true",
            item.text("note", ""),
        )


def _chemicals(top: Fields) -> Iterator[Chemical]:
    keys = ("id", "list", "name", "cas", "source", "verification", "aliases", "parts", "use")
    for item in _items(top, "chemicals", keys):
        cas = item.texts("cas")
        for number in cas:
            if not is_cas(number):
                item.faults.add(item.where("cas"), f"CAS 号「{number}」校验位不对", "查原表")
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
        item.faults.add(item.where(key), f"「{text}」不是数", "不知道写 ~")
        return None


def _known(item: Fields, key: str) -> Fraction:
    value = _number(item, key)
    if value is None:
        item.faults.add(item.where(key), f"「{key}」要写数", "不知道就先不收这一条")
    return value or Fraction(0)


def _state(item: Fields) -> Verification:
    try:
        return Verification(item.text("verification"))
    except ValueError:
        known = "、".join(Verification)
        item.faults.add(item.where("verification"), "没有这种核对状态", f"用：{known}")
        return Verification.RECALLED


def _check(reference: Reference, voc: Fields, faults: Faults) -> None:
    """Ids are used once; every limit names a standard that is described."""
    standards = {standard.id for standard in reference.standards}
    for kind in (reference.standards, reference.voc_limits, reference.chemicals):
        ids = [item.id for item in kind]
        for twice in sorted({name for name in ids if ids.count(name) > 1}):
            faults.add(voc.mark.where, f"参考值「{twice}」写了两次", "留一个")
    for limit in reference.voc_limits:
        if limit.standard not in standards:
            faults.add(voc.mark.where, f"「{limit.id}」的标准「{limit.standard}」没有说明", "补上")
