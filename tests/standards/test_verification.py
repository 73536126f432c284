"""Checking row by row: who, when, against what; a second person; corrections that are kept beside what stood there."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from app.assessment.indicator_system import IndicatorSystem, Level, Limit, Verification
from app.errors import UserError
from app.standards.library import threshold_state
from app.standards.verification import (
    CORRECTED,
    Check,
    confirm_row,
    correct_row,
    is_confirmed,
    is_verified,
    recheck,
    verify_category,
    verify_row,
)
from app.standards.yaml_source import load_system_file

FOLDER = Path(__file__).parents[2] / "resources" / "indicator_systems"
CHECK = Check("李工", "2026-11-22", "公告纸本第 7 页")
TABLE = "general-plating"


@pytest.fixture(scope="module")
def system() -> IndicatorSystem:
    return load_system_file(FOLDER / "electroplating-2015.yaml").system


def test_a_checked_row_names_person_day_and_print(system: IndicatorSystem) -> None:
    checked = verify_row(system, TABLE, "emergency-plan", CHECK)
    rows = {row.id: row for row in checked.table(TABLE).indicators()}
    mark = rows["emergency-plan"].provenance_of(Level.II)
    assert (mark.checked_by, mark.checked_on, mark.checked_against) == (
        "李工",
        "2026-11-22",
        "公告纸本第 7 页",
    )
    assert mark.source_id == "memory"
    assert is_verified(rows["emergency-plan"])
    assert threshold_state(rows["industrial-policy"]) is Verification.RECALLED
    assert recheck(checked).system == checked


def test_single_values_with_marks_of_their_own_are_checked_too() -> None:
    draft = load_system_file(FOLDER / "pcb-64-draft.yaml").system
    checked = verify_row(draft, "general", "laminate-utilisation-rigid-multilayer", CHECK)
    rows = {row.id: row for row in checked.table("general").indicators()}
    laminate = rows["laminate-utilisation-rigid-multilayer"]
    assert is_verified(laminate)
    assert laminate.provenance_of(Level.I).printed == "90+2n"
    assert laminate.weight_provenance is not None
    assert laminate.weight_provenance.source_id == "platform-rules"
    assert recheck(checked).system == checked


def test_a_second_look_needs_a_second_person(system: IndicatorSystem) -> None:
    with pytest.raises(UserError, match="还没有核对过"):
        confirm_row(system, TABLE, "emergency-plan", "王工", "2026-11-23")
    checked = verify_row(system, TABLE, "emergency-plan", CHECK)
    with pytest.raises(UserError, match="另一个人"):
        confirm_row(checked, TABLE, "emergency-plan", "李工", "2026-11-23")
    confirmed = confirm_row(checked, TABLE, "emergency-plan", "王工", "2026-11-23")
    rows = {row.id: row for row in confirmed.table(TABLE).indicators()}
    assert is_confirmed(rows["emergency-plan"])
    assert recheck(confirmed).system == confirmed
    again = verify_row(confirmed, TABLE, "emergency-plan", CHECK)
    assert not is_confirmed(
        {row.id: row for row in again.table(TABLE).indicators()}["emergency-plan"]
    )


def test_a_correction_keeps_that_it_was_one(system: IndicatorSystem) -> None:
    levels = {
        level: Limit(Fraction(value)) for level, value in zip(Level, (60, 45, 30), strict=False)
    }
    corrected = correct_row(system, TABLE, "water-reuse", CHECK, benchmarks=levels)
    rows = {row.id: row for row in corrected.table(TABLE).indicators()}
    assert rows["water-reuse"].benchmarks == levels
    assert rows["water-reuse"].extras[CORRECTED] == "2026-11-22 李工 按公告纸本第 7 页改"
    assert is_verified(rows["water-reuse"])
    assert recheck(corrected).system == corrected
    unchanged = correct_row(corrected, TABLE, "water-reuse", CHECK, benchmarks=levels)
    assert unchanged == corrected


def test_a_weight_that_breaks_the_sum_is_refused(system: IndicatorSystem) -> None:
    wrong = correct_row(system, TABLE, "water-reuse", CHECK, weight=Fraction("0.3"))
    with pytest.raises(UserError, match=r"「资源综合利用指标」的二级权重相加为 1\.1，应为 1"):
        recheck(wrong)


def test_category_weights_are_checked_by_name(system: IndicatorSystem) -> None:
    checked = verify_category(system, TABLE, "management", CHECK)
    category = checked.table(TABLE).categories[-1]
    assert category.provenance.verification is Verification.VERIFIED
    assert all(not is_verified(row) for row in category.indicators)
    assert recheck(checked).system == checked


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda system: verify_row(system, TABLE, "water-reuse", Check("李工", "2026-11-22", " ")), "没有填核对的原文"),
        (lambda system: verify_row(system, TABLE, "water-reuse", Check("", "", "纸本")), "没有填核对人、核对日期"),
    ],
)  # fmt: skip
def test_half_a_signature_is_none(
    system: IndicatorSystem, act: Callable[[IndicatorSystem], IndicatorSystem], words: str
) -> None:
    with pytest.raises(UserError, match=words):
        act(system)


def test_a_gap_cannot_be_checked_away() -> None:
    draft = load_system_file(FOLDER / "hazardous-waste-incineration-zaepi-draft.yaml").system
    with pytest.raises(UserError, match="Ⅰ、Ⅱ、Ⅲ级还没有值"):
        verify_row(draft, "general", "carbon-dioxide-per-tonne", CHECK)
    battery = load_system_file(FOLDER / "battery-2015.yaml").system
    with pytest.raises(UserError, match="一级权重还没有值"):
        verify_category(battery, "lead-acid", "process-equipment", CHECK)
