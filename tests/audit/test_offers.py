"""What may be picked while typing: every offer says what is known, and picking one is understood."""

from app.audit.offers import offers
from app.audit.voc import match_category
from app.forms.question import OFFERED
from tests.helpers.forms import shipped_forms, shipped_reference


def test_every_offered_category_is_one_limit_when_picked() -> None:
    limits = shipped_reference().voc_limits
    for offer in offers(shipped_reference(), "voc_limits"):
        match = match_category(offer.text, limits)
        assert match.no_limit or len(match.limits) == 1, offer


def test_a_limit_from_memory_or_of_a_replaced_standard_says_so() -> None:
    reference = shipped_reference()
    details = {offer.text: offer.detail for offer in offers(reference, "voc_limits", "2026-11-20")}
    assert details["溶剂油墨-凹印油墨"] == "GB 38507-2020 油墨 · ≤ 75 % · 待核"
    assert "凭记忆" in details["水性-木器涂料-清漆"]
    assert (
        "胶粘剂" in details["溶剂型-建筑-氯丁橡胶类"]
    )  # what one looks for, though the category does not say it
    late = [detail for detail in details.values() if detail.startswith("GB 24409-2020")]
    assert late
    assert all("2026-06-01 起由 GB 30981.2-2025 代替" in detail for detail in late)
    before = offers(reference, "voc_limits", "2026-01-01")
    assert not any("代替" in offer.detail for offer in before)


def test_every_list_has_offers_with_details() -> None:
    book = shipped_forms().samples["huichuan"].book
    for name in OFFERED:
        found = offers(shipped_reference(), name, book=book)
        assert found, name
        assert all(offer.text and offer.detail for offer in found), name
    details = {one.text: one.detail for one in offers(shipped_reference(), "package_classes")}
    assert details["调味品"] == "GB 23350-2021 · k = 5 · 最多 4 层 · 待核"
    assert "k 没收录" in details["化妆品各类"]
