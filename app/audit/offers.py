"""Texts a question offers while one types: names from standards and lists, each with what is known of it.

Picking one is never demanded; a text of the user's own stays as it is.
"""

import re
from collections import Counter
from dataclasses import dataclass, replace

from app.assessment.indicator_system import Verification
from app.assessment.numbers import brief
from app.audit.caps import cap_text
from app.audit.voc import limit_text, standard_state, unchecked
from app.audit.voc_control import factor_text
from app.forms.answer import AnswerBook, cell_key
from app.forms.reference import Reference

VOC_LEDGER = "voc.materials"
_BETWEEN = re.compile(r"[\s·・•,，、;；/（）()—–-]+")

_ABOUT = re.compile("(?:中|低)?(?:可?挥发性有机|有害物质|VOC)")


@dataclass(frozen=True)
class Offer:
    """text: what is written into the answer. detail: standard, limit and how sure it is."""

    text: str
    detail: str


def offers(
    reference: Reference, name: str, judged_on: str = "", book: AnswerBook | None = None
) -> tuple[Offer, ...]:
    """The offers of one of app.forms.question.OFFERED. judged_on: ISO day standards are looked up for, "" = not said.
    book: answers that names are taken from.

    KeyError for an unknown name.
    """
    if name == "voc_limits":
        return _voc_limits(reference, judged_on)
    if name == "voc_materials":
        return () if book is None else _voc_materials(book)
    return {
        "package_classes": _package_classes,
        "water_quotas": _water_quotas,
        "chemicals": _chemicals,
        "emission_factors": _emission_factors,
        "caps": _caps,
        "caps_repair": _repair_caps,
    }[name](reference)


def _voc_materials(book: AnswerBook) -> tuple[Offer, ...]:
    """Names of the VOC ledger, each once, with what is used of it."""
    found: dict[str, Offer] = {}
    for row in book.row_ids(VOC_LEDGER):
        name = book.text(cell_key(VOC_LEDGER, row, "name")).strip()
        amount = book.text(cell_key(VOC_LEDGER, row, "amount"))
        if name and name not in found:
            found[name] = Offer(name, f"台账里一年 {amount} kg" if amount else "台账里有")
    return tuple(found.values())


def wanted_words(typed: str) -> list[str]:
    """What is looked for: the pieces of what was typed, in lower case."""
    return [word for word in _BETWEEN.split(typed.lower()) if word]


def _voc_limits(reference: Reference, judged_on: str) -> tuple[Offer, ...]:
    standards = {standard.id: standard for standard in reference.standards}
    count = Counter(limit.category for limit in reference.voc_limits)
    found = []
    for limit in reference.voc_limits:
        twice = count[limit.category] > 1
        # the list is also searched by what the standard is about: a category may not say 胶粘剂 itself
        about = _ABOUT.split(standards[limit.standard].title)[0]
        parts = [f"{limit.standard} {about}".strip(), limit_text(limit)]
        if limit.limit is not None and limit.verification is not Verification.RECALLED:
            parts.append(unchecked(limit.verification).strip("（）"))
        if standard_state(standards[limit.standard], judged_on):
            late = standards[limit.standard]
            parts.append(f"{late.until} 起由 {late.replaced_by} 代替")
        text = f"{limit.category} {limit.standard}" if twice else limit.category
        found.append(Offer(text, " · ".join(part for part in parts if part)))
    plain = [Offer(word, "没有单独的限值，和主剂合在一起判") for word in ("稀释剂", "固化剂")]
    return (*found, *plain)


def _package_classes(reference: Reference) -> tuple[Offer, ...]:
    return tuple(
        Offer(
            one.category,
            " · ".join(
                part
                for part in (
                    "GB 23350-2021",
                    "k 没收录" if one.k is None else f"k = {brief(one.k)}",
                    "" if one.layers is None else f"最多 {one.layers} 层",
                    unchecked(one.verification).strip("（）"),
                )
                if part
            ),
        )
        for one in reference.package_classes
    )


def _water_quotas(reference: Reference) -> tuple[Offer, ...]:
    return tuple(
        Offer(
            one.category,
            f"{one.standard} · "
            + ("没收录" if one.advanced is None else f"先进值 {brief(one.advanced)} {one.unit}")
            + f" · {one.source}",
        )
        for one in reference.water_quotas
    )


def _emission_factors(reference: Reference) -> tuple[Offer, ...]:
    return tuple(
        Offer(
            one.process,
            " · ".join(
                part
                for part in (
                    factor_text(one),
                    one.pollutant,
                    one.source,
                    unchecked(one.verification).strip("（）"),
                )
                if part
            ),
        )
        for one in reference.emission_factors
    )


def _repair_caps(reference: Reference) -> tuple[Offer, ...]:
    return _caps(
        replace(reference, caps=tuple(one for one in reference.caps if "811" in one.codes))
    )


def _caps(reference: Reference) -> tuple[Offer, ...]:
    return tuple(
        Offer(
            one.item,
            " · ".join(
                part
                for part in (cap_text(one), one.source, unchecked(one.verification).strip("（）"))
                if part
            ),
        )
        for one in reference.caps
    )


def _chemicals(reference: Reference) -> tuple[Offer, ...]:
    return tuple(
        Offer(one.name, " · ".join((*one.cas[:2], *one.aliases[:2], one.list)))
        for one in reference.chemicals
    )
