"""What the results of an audit rest on besides its answers and its indicator system, frozen in its file.

Question set, formulas, factors, maps of derived indicators and reference tables are data of the program and get newer;
an audit keeps the edition it was begun with until its user takes a newer one over (app.services.newer_data).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property

from app.assessment.numbers import brief
from app.audit.rules import rules_of
from app.forms.derive import Rule
from app.forms.quantity import DerivationMap, Factor, Quantity
from app.forms.question import Questionnaire
from app.forms.reference import Reference

BASIS_KEY = "audit.basis"
"""Answer key: SHA-256 of the frozen basis in use."""


@dataclass(frozen=True)
class Basis:
    """derivations: by system id. hash: SHA-256 of `text`, the canonical text it was read from."""

    questionnaire: Questionnaire
    quantities: Mapping[str, Quantity]
    factors: Mapping[str, Factor]
    derivations: Mapping[str, DerivationMap]
    reference: Reference = field(default_factory=Reference)
    hash: str = ""
    text: str = field(default="", repr=False, compare=False)

    @cached_property
    def rules(self) -> Mapping[str, Rule]:
        return rules_of(self.reference)


@dataclass(frozen=True)
class BasisChange:
    """One thing that is another in the newer data. kind: 系数, 公式, 问题, 标准数据. before, after: short texts, "" = not there."""

    kind: str
    title: str
    before: str
    after: str


def differences(old: Basis, new: Basis) -> tuple[BasisChange, ...]:
    """What differs between two editions of the data, factor by factor; reference tables by entry."""
    return (
        *_factors(old, new),
        *_formulas(old, new),
        *_questions(old, new),
        *_reference(old.reference, new.reference),
    )


def _factors(old: Basis, new: Basis) -> Iterator[BasisChange]:
    for key in dict.fromkeys((*old.factors, *new.factors)):
        before, after = old.factors.get(key), new.factors.get(key)
        texts = [
            "" if one is None else f"{brief(one.value)} {one.unit}（{one.source}）"
            for one in (before, after)
        ]
        if texts[0] != texts[1]:
            named = after or before
            assert named is not None
            yield BasisChange("系数", named.title, texts[0], texts[1])


def _formulas(old: Basis, new: Basis) -> Iterator[BasisChange]:
    for key in dict.fromkeys((*old.quantities, *new.quantities)):
        before, after = old.quantities.get(key), new.quantities.get(key)
        texts = ["" if one is None else (one.rule or one.expression) for one in (before, after)]
        if texts[0] != texts[1]:
            named = after or before
            assert named is not None
            yield BasisChange("公式", named.title, texts[0], texts[1])
    systems = dict.fromkeys((*old.derivations, *new.derivations))
    changed = [key for key in systems if old.derivations.get(key) != new.derivations.get(key)]
    for key in changed:
        yield BasisChange("公式", f"{key} 的指标由哪些数算出来", "", "")


def _questions(old: Basis, new: Basis) -> Iterator[BasisChange]:
    before, after = (
        {
            item.id: item
            for page in one.pages()
            for card in page.cards
            for item in card.items
            if hasattr(item, "id")
        }
        for one in (old.questionnaire, new.questionnaire)
    )
    for key in dict.fromkeys((*before, *after)):
        if before.get(key) == after.get(key):
            continue
        named = after.get(key) or before.get(key)
        title = getattr(named, "title", "") or getattr(named, "label", "") or key
        words = ("有" if key in before else "", "有" if key in after else "")
        yield BasisChange(
            "问题", title, *(words if words[0] != words[1] else ("原来的问法", "新的问法"))
        )


_TABLES = {
    "standards": "标准的有效期",
    "voc_limits": "VOC 限值",
    "voc_substances": "清洗剂里另限的成分",
    "voc_methods": "VOC 核算方法",
    "voc_capture": "VOC 收集率",
    "voc_treatment": "VOC 去除率",
    "emission_factors": "产污系数",
    "caps": "排放标准里的单耗上限",
    "sectors": "试点行业",
    "chemicals": "化学品名录",
    "package_classes": "包装分类",
    "void_limits": "空隙率限值",
    "water_quotas": "用水定额",
    "old_series": "老旧设备系列",
    "law": "法律条文和期限",
    "streams": "方案省的东西",
    "economics": "经济评估的设置",
}


def _reference(old: Reference, new: Reference) -> Iterator[BasisChange]:
    for item in fields(Reference):
        before, after = getattr(old, item.name), getattr(new, item.name)
        if before == after:
            continue
        title = _TABLES.get(item.name, item.name)
        if isinstance(before, tuple) and isinstance(after, tuple):
            gone = sum(one not in after for one in before)
            come = sum(one not in before for one in after)
            yield BasisChange("标准数据", title, f"{gone} 条不再一样", f"{come} 条是新的或改过")
        else:
            yield BasisChange("标准数据", title, "原来的", "新的")
